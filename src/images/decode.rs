//! Pixels again: for measuring and checking what was made.

use super::picture::{Layout, Samples};
use super::{Limits, RenderError, Scratch, colour, convert, source};

/// A decoded picture in sRGB, eight bits, not premultiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels, as stored.
    pub width: usize,
    /// Height in pixels, as stored.
    pub height: usize,
    /// Red, green, blue and alpha, row by row.
    pub rgba: Vec<[u8; 4]>,
    /// What was odd, each one sentence without a full stop.
    pub warnings: Vec<String>,
}

/// Decodes a picture of any kind that can be read, at its full size and without turning.
///
/// # Errors
/// As [`render`](super::render).
pub fn look(bytes: &[u8], limits: &Limits, scratch: &mut Scratch) -> Result<Pixels, RenderError> {
    let opened = source::open(bytes, limits)?;
    let mut warnings = Vec::new();
    let decoded = opened.decode(bytes, opened.shown(1), limits, scratch, &mut warnings)?;
    let picture = convert::to_eight(colour::to_srgb(decoded.picture, &decoded.space, scratch, &mut warnings)?);
    let mut rgba = Vec::with_capacity(picture.width * picture.height);
    if let Samples::Eight(samples) = &picture.samples {
        rgba.extend(samples.chunks_exact(picture.layout.channels()).map(|pixel| match (picture.layout, pixel) {
            (Layout::Ycc, &[y, cb, cr]) => {
                let [r, g, b] = convert::rgb([y, cb, cr]);
                [r, g, b, 255]
            }
            (_, &[r, g, b]) => [r, g, b, 255],
            (_, &[r, g, b, a]) => [r, g, b, a],
            _ => {
                let grey = pixel.first().copied().unwrap_or_default();
                [grey, grey, grey, 255]
            }
        }));
    }
    let (width, height) = (picture.width, picture.height);
    scratch.give_picture(picture);
    Ok(Pixels { width, height, rgba, warnings })
}
