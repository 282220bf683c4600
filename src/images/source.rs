//! A source's structure, read before it is decoded.

use super::colour::ColourSpace;
use super::orient::swaps_sides;
use super::picture::Picture;
use super::{Limits, RenderError, Scratch, heif, jpeg, jxl, png, tiff, webp};
use crate::formats::{SourceFormat, sniff};

/// A source whose markers or chunks have been read, ready to be decoded: what the module of a format gives.
pub(super) trait Decode {
    /// Width and height, after the file's own turning and before that of EXIF.
    fn size(&self) -> (u32, u32);

    /// Decodes the file it was read from to at least `least`, a width and a height as in [`size`](Self::size); what was odd
    /// goes to `warnings`.
    fn decode(
        &self,
        bytes: &[u8],
        least: (u32, u32),
        limits: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError>;

    /// Width and height as shown with this EXIF orientation.
    fn shown(&self, orientation: u8) -> (u32, u32) {
        let (width, height) = self.size();
        if swaps_sides(orientation) { (height, width) } else { (width, height) }
    }
}

/// Pixels as stored, what their colours mean.
pub(super) struct Decoded {
    pub(super) picture: Picture,
    pub(super) space: ColourSpace,
}

/// Reads the structure of a source.
///
/// # Errors
/// No picture, a broken header, or more than the limits allow.
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Box<dyn Decode + 'a>, RenderError> {
    let format = sniff(bytes, "").map_err(|is| RenderError::new(format!("it is {}; {}", is.what(), is.hint())))?;
    Ok(match format {
        SourceFormat::Jpeg => Box::new(jpeg::read(bytes, limits)?),
        SourceFormat::Png => Box::new(png::read(bytes, limits)?),
        SourceFormat::Tiff => Box::new(tiff::read(bytes, limits)?),
        SourceFormat::Webp => Box::new(webp::read(bytes, limits)?),
        SourceFormat::Avif | SourceFormat::Heic => Box::new(heif::read(bytes, limits)?),
        SourceFormat::JpegXl => Box::new(jxl::read(bytes, limits)?),
    })
}
