//! A source's structure, read before it is decoded.

use super::colour::ColourSpace;
use super::orient::swaps_sides;
use super::picture::Picture;
use super::renderer::largest;
use super::{Limits, Recipe, RenderError, Scratch, avif, jpeg, png, tiff, webp};
use crate::formats::{SourceFormat, sniff};

/// A source whose markers or chunks have been read, ready to be decoded.
pub(super) enum Opened<'a> {
    Jpeg(jpeg::Structure),
    Png(png::Structure),
    Tiff(tiff::Structure<'a>),
    Webp(webp::Structure<'a>),
    Avif(avif::read::Structure<'a>),
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
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Opened<'a>, RenderError> {
    let format = sniff(bytes, "").map_err(|is| RenderError::new(format!("it is {}; {}", is.what(), is.hint())))?;
    Ok(match format {
        SourceFormat::Jpeg => Opened::Jpeg(jpeg::read(bytes, limits)?),
        SourceFormat::Png => Opened::Png(png::read(bytes, limits)?),
        SourceFormat::Tiff => Opened::Tiff(tiff::read(bytes, limits)?),
        SourceFormat::Webp => Opened::Webp(webp::read(bytes, limits)?),
        SourceFormat::Avif => Opened::Avif(avif::read::read(bytes, limits)?),
    })
}

impl Opened<'_> {
    /// Width and height as stored.
    fn stored(&self) -> (u32, u32) {
        match self {
            Opened::Jpeg(found) => (found.width, found.height),
            Opened::Png(found) => (found.width, found.height),
            Opened::Tiff(found) => (found.width, found.height),
            Opened::Webp(found) => (found.width, found.height),
            Opened::Avif(found) => found.shown(),
        }
    }

    /// Width and height as shown.
    pub(super) fn shown(&self, orientation: u8) -> (u32, u32) {
        let (width, height) = self.stored();
        if swaps_sides(orientation) { (height, width) } else { (width, height) }
    }

    /// The largest width and height that recipes ask for, as stored.
    pub(super) fn least(&self, orientation: u8, recipes: &[Recipe]) -> (u32, u32) {
        largest(recipes, orientation)
    }

    /// Decodes to at least `least`, with what was odd about it in `warnings`.
    pub(super) fn decode(
        &self,
        bytes: &[u8],
        least: (u32, u32),
        limits: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        match self {
            Opened::Jpeg(found) => {
                let space = match (&found.icc, found.exif_adobe_rgb) {
                    (Some(icc), _) => ColourSpace::Icc(icc.clone()),
                    (None, true) if found.components == 3 => ColourSpace::AdobeRgb,
                    (None, _) => ColourSpace::Srgb,
                };
                if let Some(reason) = found.icc_broken {
                    warnings.push(format!("its colour profile is not used: {reason}; taken as sRGB"));
                }
                let keep_ycc = found.components == 3 && scratch.profiles.is_srgb(&space);
                let decoded = jpeg::decode(bytes, found, least, keep_ycc, scratch)?;
                warnings.extend(decoded.warnings);
                Ok(Decoded { picture: decoded.picture, space })
            }
            Opened::Png(found) => {
                Ok(Decoded { picture: found.decode(bytes)?, space: found.colour_space(bytes, warnings) })
            }
            Opened::Tiff(found) => {
                Ok(Decoded { picture: found.decode(limits, scratch)?, space: found.colour_space(warnings) })
            }
            Opened::Webp(found) => {
                Ok(Decoded { picture: found.decode(scratch)?, space: found.colour_space(limits, warnings) })
            }
            Opened::Avif(found) => decode_avif(found, limits, warnings),
        }
    }
}

#[cfg(feature = "avif")]
fn decode_avif(
    found: &avif::read::Structure<'_>,
    limits: &Limits,
    warnings: &mut Vec<String>,
) -> Result<Decoded, RenderError> {
    let (picture, space) = avif::decode(found, limits, warnings)?;
    Ok(Decoded { picture, space })
}

#[cfg(not(feature = "avif"))]
fn decode_avif(_: &avif::read::Structure<'_>, _: &Limits, _: &mut Vec<String>) -> Result<Decoded, RenderError> {
    Err(RenderError::new(
        "it is an AVIF, which this build cannot read; install cmake and nasm and build with the feature `avif`, or export it as JPEG",
    ))
}
