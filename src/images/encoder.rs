//! The encoders: one entry for each format, with everything that differs between them.

use super::codecs::{self, Codec};
use super::picture::Picture;
use super::{Format, Recipe, RenderError, Scratch, avif, jpeg, quality, webp};

/// A table from perceived quality to an encoder's own setting, ascending in its first column.
pub(super) type Scale = &'static [(f64, f64)];

/// The maker of one format's files.
pub(super) struct Encoder {
    /// The native library, for `--version`.
    pub codec: fn() -> Codec,
    /// The library with its version, as recipes name it.
    pub library: fn() -> String,
    /// What a recipe calls the library's own setting.
    pub parameter: &'static str,
    /// Our own revision of the way to the library.
    pub revision: u32,
    /// The scale of the library's setting at a perceived quality.
    pub scale: fn(quality: u8) -> Scale,
    /// Encodes an opaque picture.
    pub encode: fn(&Picture, &Recipe, &mut Scratch) -> Result<Vec<u8>, RenderError>,
}

impl Encoder {
    pub(super) fn of(format: Format) -> Self {
        match format {
            Format::Avif => Self {
                codec: codecs::libaom,
                library: avif::encoder,
                parameter: "cq",
                revision: avif::REVISION,
                scale: |_| quality::AVIF,
                encode: encode_avif,
            },
            Format::Webp => Self {
                codec: codecs::libwebp,
                library: webp::encoder,
                parameter: "q",
                revision: webp::REVISION,
                scale: |_| quality::WEBP,
                encode: |picture, recipe, scratch| webp::encode(picture, recipe.setting(), scratch),
            },
            Format::Jpeg => Self {
                codec: codecs::mozjpeg,
                library: jpeg::encoder,
                parameter: "q",
                revision: jpeg::REVISION,
                scale: |quality| if quality >= quality::FULL_CHROMA { quality::JPEG_FULL } else { quality::JPEG },
                encode: |picture, recipe, _| encode_jpeg(picture, recipe),
            },
        }
    }
}

#[cfg(feature = "avif")]
fn encode_avif(picture: &Picture, recipe: &Recipe, scratch: &mut Scratch) -> Result<Vec<u8>, RenderError> {
    let mut planes = avif::planes(picture, scratch)?;
    let encoded = avif::encode(&mut planes, picture.width, picture.height, recipe.setting());
    planes.give_back(scratch);
    encoded
}

#[cfg(not(feature = "avif"))]
fn encode_avif(_: &Picture, _: &Recipe, _: &mut Scratch) -> Result<Vec<u8>, RenderError> {
    Err(RenderError::new("this build cannot write avif"))
}

fn encode_jpeg(picture: &Picture, recipe: &Recipe) -> Result<Vec<u8>, RenderError> {
    let mut wanted = recipe.quality.clamp(1, 100);
    loop {
        let full_chroma = wanted >= quality::FULL_CHROMA;
        let encoded = jpeg::encode(picture, quality::setting(Format::Jpeg, wanted), full_chroma)?;
        match recipe.max_bytes {
            Some(most) if encoded.len() > most as usize && wanted > 1 => wanted = wanted.saturating_sub(5).max(1),
            Some(most) if encoded.len() > most as usize => {
                return Err(RenderError::new(format!("its JPEG does not fit into {most} bytes at any quality")));
            }
            _ => return Ok(encoded),
        }
    }
}
