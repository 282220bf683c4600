//! Watermarks: what is laid over a finished picture before it is encoded.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use ab_glyph::{Font, FontVec, PxScale, ScaleFont as _, point};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::picture::{Layout, Picture, Samples};
use super::resize::resize;
use super::{RenderError, Scratch, convert};
use crate::config::Position;

/// Counts up with every change of ours to how a mark is drawn and laid.
const REVISION: u32 = 1;
/// Larger files are neither marks nor fonts of one alphabet.
const LARGEST_FILE: u64 = 32 << 20;
/// Pixels of a side of a mark before it is reduced.
const LONGEST_SIDE: u32 = 8192;
/// Pixels that a line of text is high before it is reduced.
const TEXT_HEIGHT: f32 = 320.0;
/// Between a mark and the edges, in hundredths of the shorter side.
const MARGIN: usize = 3;

/// A watermark, down to its files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// Its PNG or its font, as the bytes of a path.
    file: Vec<u8>,
    sha256: [u8; 32],
    /// A line of text in this colour, instead of a picture.
    text: Option<(String, [u8; 3])>,
    position: Position,
    /// Hundredths of width and height that it fits into.
    size: u8,
    /// Hundredths.
    opacity: u8,
}

impl Mark {
    /// A mark of a PNG file, or of a line of text in the font of a file, in a colour.
    pub fn new(
        file: &Path,
        sha256: [u8; 32],
        text: Option<(&str, [u8; 3])>,
        position: Position,
        (size, opacity): (u8, u8),
    ) -> Self {
        Self {
            file: file.as_os_str().as_bytes().to_vec(),
            sha256,
            text: text.map(|(text, colour)| (text.to_owned(), colour)),
            position,
            size,
            opacity,
        }
    }

    /// Everything that decides how it looks, as recipes name it.
    pub(super) fn recipe_text(&self) -> String {
        let hash = self.drawing_hash().to_hex();
        let Self { position, size, opacity, .. } = self;
        format!(";mark={};at={};share={size};opacity={opacity};mrev={REVISION}", &hash[..20], position.name())
    }

    /// Looks whether it can be drawn.
    ///
    /// # Errors
    /// Why it cannot: a sentence about its file.
    pub fn check(&self) -> Result<(), RenderError> {
        self.draw().map(drop)
    }

    /// What its drawing depends on.
    fn drawing_hash(&self) -> blake3::Hash {
        let mut hash = blake3::Hasher::new();
        hash.update(&self.sha256);
        if let Some((text, colour)) = &self.text {
            hash.update(text.as_bytes()).update(b"\0").update(colour);
        }
        hash.finalize()
    }

    /// Draws it, as large as it is.
    fn draw(&self) -> Result<Picture, RenderError> {
        let path = Path::new(OsStr::from_bytes(&self.file));
        let read = || {
            let length = std::fs::metadata(path)?.len();
            if length > LARGEST_FILE { Err(std::io::ErrorKind::FileTooLarge.into()) } else { std::fs::read(path) }
        };
        let bytes = read().map_err(|error| RenderError::new(format!("its watermark cannot be read: {error}")))?;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != self.sha256 {
            return Err(RenderError::new("its watermark changed during the build"));
        }
        match &self.text {
            None => of_png(&bytes),
            Some((text, colour)) => of_text(bytes, text, *colour),
        }
    }

    /// Lays it over an opaque picture of eight bits.
    pub(super) fn laid_over(&self, picture: &Picture, scratch: &mut Scratch) -> Result<Picture, RenderError> {
        let drawn = scratch.mark(self)?;
        let (width, height) = (picture.width, picture.height);
        let share = |side: usize| (side * usize::from(self.size) / 100).max(1) as f64;
        let scale = (share(width) / drawn.width as f64).min(share(height) / drawn.height as f64).min(1.0);
        let side = |side: usize| ((side as f64 * scale).round() as usize).max(1);
        let (mark_width, mark_height) = (side(drawn.width), side(drawn.height));
        let reduced = match (mark_width, mark_height) == (drawn.width, drawn.height) {
            true => None,
            false => Some(resize(&drawn, mark_width, mark_height, scratch)?),
        };
        let mark = reduced.as_ref().unwrap_or(&drawn);
        let margin = width.min(height) * MARGIN / 100;
        let place = |side: usize, of_mark: usize, third: usize| match third {
            0 => margin.min(side - of_mark),
            1 => (side - of_mark) / 2,
            _ => (side - of_mark).saturating_sub(margin),
        };
        let (across, down) = self.position.thirds();
        let (left, top) = (place(width, mark_width, across), place(height, mark_height, down));
        let mut marked = in_colour(picture, scratch)?;
        let (Samples::Eight(to), Samples::Eight(from)) = (&mut marked.samples, &mark.samples) else {
            return Err(RenderError::new("a watermark is laid over pictures of eight bits"));
        };
        for (row, pixels) in from.chunks_exact(mark_width * 4).enumerate() {
            let start = ((top + row) * width + left) * 3;
            let line = to.get_mut(start..start + mark_width * 3).unwrap_or_default();
            for (to, &[r, g, b, a]) in line.as_chunks_mut::<3>().0.iter_mut().zip(pixels.as_chunks::<4>().0) {
                let alpha = (u32::from(a) * u32::from(self.opacity) + 50) / 100;
                for (to, front) in to.iter_mut().zip(convert::ycc([r, g, b])) {
                    *to = ((u32::from(front) * alpha + u32::from(*to) * (255 - alpha) + 127) / 255) as u8;
                }
            }
        }
        Ok(marked)
    }
}

impl Scratch {
    /// A mark as it is drawn; kept, for all pictures of a gallery have the same.
    fn mark(&mut self, mark: &Mark) -> Result<Arc<Picture>, RenderError> {
        let key = *mark.drawing_hash().as_bytes();
        if let Some((_, drawn)) = self.mark.as_ref().filter(|(known, _)| *known == key) {
            return Ok(Arc::clone(drawn));
        }
        let drawn = Arc::new(mark.draw()?);
        self.mark = Some((key, Arc::clone(&drawn)));
        Ok(drawn)
    }
}

/// A copy of an opaque picture as Y'CbCr.
fn in_colour(picture: &Picture, scratch: &mut Scratch) -> Result<Picture, RenderError> {
    let Samples::Eight(samples) = &picture.samples else {
        return Err(RenderError::new("a watermark is laid over pictures of eight bits"));
    };
    let mut copy = scratch.take(picture.width * picture.height * 3);
    let pixels = copy.as_chunks_mut::<3>().0;
    match picture.layout {
        Layout::Ycc => copy.copy_from_slice(samples),
        Layout::Rgb => {
            pixels.iter_mut().zip(samples.as_chunks::<3>().0).for_each(|(to, from)| *to = convert::ycc(*from))
        }
        Layout::Grey => pixels.iter_mut().zip(samples).for_each(|(to, grey)| *to = [*grey, 128, 128]),
        _ => return Err(RenderError::new("a watermark is laid over opaque pictures")),
    }
    Picture::eight(picture.width, picture.height, Layout::Ycc, copy)
}

fn of_png(bytes: &[u8]) -> Result<Picture, RenderError> {
    let refused = |why: &dyn std::fmt::Display| RenderError::new(format!("its watermark is no usable PNG: {why}"));
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Png);
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| refused(&error))?.into_rgba8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if picture.pixels().all(|pixel| pixel.0[3] == 0) {
        return Err(refused(&"it is fully transparent"));
    }
    Picture::eight(width, height, Layout::Rgba, picture.into_raw())
}

/// A line of text, glyph by glyph with its kerning. Scripts whose letters change with their neighbours need a picture.
fn of_text(font: Vec<u8>, text: &str, colour: [u8; 3]) -> Result<Picture, RenderError> {
    let font = FontVec::try_from_vec(font).map_err(|_| RenderError::new("its watermark's font cannot be read"))?;
    if let Some(missing) = text.chars().find(|c| !c.is_whitespace() && font.glyph_id(*c).0 == 0) {
        return Err(RenderError::new(format!("its watermark's font has no `{missing}`")));
    }
    let length = |height: f32| {
        let scaled = font.as_scaled(PxScale::from(height));
        let mut last = None;
        text.chars().fold(0.0, |at, c| {
            let id = scaled.glyph_id(c);
            let kern = last.replace(id).map_or(0.0, |last| scaled.kern(last, id));
            at + kern + scaled.h_advance(id)
        })
    };
    let most = LONGEST_SIDE as f32 - 2.0 * TEXT_HEIGHT;
    let height = TEXT_HEIGHT * (most / length(TEXT_HEIGHT).max(1.0)).min(1.0);
    let scaled = font.as_scaled(PxScale::from(height));
    let (mut glyphs, mut at, mut last) = (Vec::new(), 0.0, None);
    for c in text.chars() {
        let id = scaled.glyph_id(c);
        at += last.replace(id).map_or(0.0, |last| scaled.kern(last, id));
        glyphs.extend(font.outline_glyph(id.with_scale_and_position(height, point(at, scaled.ascent()))));
        at += scaled.h_advance(id);
    }
    let bounds = glyphs.iter().map(|glyph| glyph.px_bounds());
    let whole = bounds.reduce(|mut whole, one| {
        (whole.min.x, whole.min.y) = (whole.min.x.min(one.min.x), whole.min.y.min(one.min.y));
        (whole.max.x, whole.max.y) = (whole.max.x.max(one.max.x), whole.max.y.max(one.max.y));
        whole
    });
    let whole = whole.ok_or_else(|| RenderError::new("its watermark's text shows nothing"))?;
    let (width, height) = (whole.width().ceil() as usize, whole.height().ceil() as usize);
    if width == 0 || height == 0 || width > LONGEST_SIDE as usize * 2 || height > LONGEST_SIDE as usize {
        return Err(RenderError::new("its watermark's font cannot be used"));
    }
    let [r, g, b] = colour;
    let mut samples = [r, g, b, 0].repeat(width * height);
    for glyph in glyphs {
        let bounds = glyph.px_bounds();
        let (left, top) = ((bounds.min.x - whole.min.x) as usize, (bounds.min.y - whole.min.y) as usize);
        glyph.draw(|x, y, coverage| {
            let at = ((top + y as usize) * width + left + x as usize) * 4 + 3;
            if let Some(alpha) = samples.get_mut(at) {
                // Neighbours may touch.
                *alpha = (*alpha).max((coverage * 255.0).round().clamp(0.0, 255.0) as u8);
            }
        });
    }
    Picture::eight(width, height, Layout::Rgba, samples)
}
