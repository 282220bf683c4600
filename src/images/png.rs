//! PNG through the `png` decoder of `image`, after our own reading of its chunks.

use image::{ColorType, ImageDecoder};
use std::io::Cursor;

use super::colour::ColourSpace;
use super::picture::{Layout, Picture};
use super::source::{Decode, Decoded};
use super::{Limits, RenderError, Scratch};
use crate::formats::png::{image_header, placed_chunks};

/// What the chunks say (PNG third edition).
pub(super) struct Structure {
    pub(super) width: u32,
    pub(super) height: u32,
    depth: u8,
    icc: bool,
    cicp: Option<[u8; 4]>,
    /// The brightest that it shows, in cd/m²; 0 is unknown.
    peak: u16,
    srgb: bool,
    gamma: Option<u32>,
    chromaticities: Option<[f64; 8]>,
    /// Bytes that decoders of profiles may take.
    icc_limit: usize,
}

/// Reads the chunks up to the last: all of them must be there.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Structure, RenderError> {
    let mut found = Structure {
        width: 0,
        height: 0,
        depth: 8,
        icc: false,
        cicp: None,
        peak: 0,
        srgb: false,
        gamma: None,
        chromaticities: None,
        icc_limit: limits.profile_bytes,
    };
    let (mut pixels, mut ended) = (false, false);
    for (at, kind, body) in placed_chunks(bytes) {
        // The checksum is of the chunk, too.
        if at + 12 + body.len() > bytes.len() {
            break;
        }
        match (kind, body) {
            (b"IHDR", body) => {
                let Some(header) = image_header(body) else { continue };
                (found.width, found.height, found.depth) = (header.width, header.height, header.bits);
                super::check_size(limits, found.width, found.height)?;
            }
            (b"IDAT", _) => pixels = true,
            (b"IEND", _) => {
                ended = true;
                break;
            }
            (b"iCCP", _) => found.icc = true,
            (b"sRGB", _) => found.srgb = true,
            (b"cICP", &[primaries, transfer, matrix, range]) => found.cicp = Some([primaries, transfer, matrix, range]),
            // In ten thousandths.
            (b"cLLI", &[a, b, c, d, ..]) => {
                found.peak = u16::try_from(u32::from_be_bytes([a, b, c, d]) / 10_000).unwrap_or(u16::MAX);
            }
            (b"gAMA", &[a, b, c, d]) => found.gamma = Some(u32::from_be_bytes([a, b, c, d])),
            (b"cHRM", body) if body.len() == 32 => {
                let mut values = [0.0; 8];
                for (value, word) in values.iter_mut().zip(body.as_chunks::<4>().0) {
                    *value = f64::from(u32::from_be_bytes(*word)) / 100_000.0;
                }
                found.chromaticities = Some(values);
            }
            _ => {}
        }
    }
    if !ended {
        return Err(RenderError::new("its PNG data is truncated"));
    }
    if found.width == 0 || !pixels {
        return Err(RenderError::new("its PNG data is broken: it has no pixels"));
    }
    Ok(found)
}

impl Decode for Structure {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn decode(
        &self,
        bytes: &[u8],
        _: (u32, u32),
        _: &Limits,
        _: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        Ok(Decoded { picture: self.pixels(bytes)?, space: self.colour_space(bytes, warnings) })
    }
}

impl Structure {
    fn decoder<'a>(&self, bytes: &'a [u8]) -> Result<image::codecs::png::PngDecoder<Cursor<&'a [u8]>>, RenderError> {
        let mut limits = image::Limits::no_limits();
        // Rows and the profile; our own buffer is not counted.
        let row = u64::from(self.width) * 8;
        limits.max_alloc = Some(row * 16 + self.icc_limit as u64 * 2 + (1 << 20));
        image::codecs::png::PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(broken)
    }

    /// The colour space in the order that the standard gives: cICP, iCCP, sRGB, then gAMA with cHRM.
    fn colour_space(&self, bytes: &[u8], warnings: &mut Vec<String>) -> ColourSpace {
        if let Some([primaries, transfer, 0, 1]) = self.cicp {
            return ColourSpace::of_cicp(primaries, transfer, self.peak);
        }
        if self.icc {
            match self.decoder(bytes).and_then(|mut decoder| decoder.icc_profile().map_err(broken)) {
                Ok(Some(icc)) if icc.len() > self.icc_limit => warnings.push(super::TOO_LARGE_PROFILE.to_owned()),
                Ok(Some(icc)) => return ColourSpace::Icc(icc),
                _ => warnings
                    .push("its colour profile is ignored: it cannot be decompressed; treated as sRGB".to_owned()),
            }
            return ColourSpace::Srgb;
        }
        match self.gamma {
            Some(gamma) if !self.srgb => {
                ColourSpace::Gamma { exponent: f64::from(gamma) / 100_000.0, chromaticities: self.chromaticities }
            }
            _ => ColourSpace::Srgb,
        }
    }

    /// The pixels, sixteen bits where the file has them.
    fn pixels(&self, bytes: &[u8]) -> Result<Picture, RenderError> {
        let decoder = self.decoder(bytes)?;
        if decoder.dimensions() != (self.width, self.height) {
            return Err(RenderError::new("its PNG data is broken: two headers"));
        }
        let (width, height) = (self.width as usize, self.height as usize);
        let colour = decoder.color_type();
        let layout = match colour {
            ColorType::L8 | ColorType::L16 => Layout::Grey,
            ColorType::La8 | ColorType::La16 => Layout::GreyAlpha,
            ColorType::Rgb8 | ColorType::Rgb16 => Layout::Rgb,
            ColorType::Rgba8 | ColorType::Rgba16 => Layout::Rgba,
            other => return Err(RenderError::new(format!("its pixel format is not supported ({other:?})"))),
        };
        // The limits have been checked, so this does not overflow.
        let length = width * height * layout.channels();
        if decoder.total_bytes() == length as u64 {
            let mut pixels = vec![0u8; length];
            decoder.read_image(&mut pixels).map_err(broken)?;
            return Picture::eight(width, height, layout, pixels);
        }
        // In native order; straight into its place, for a copy of a large picture is large.
        let mut pixels = vec![0u16; length];
        if decoder.total_bytes() != length as u64 * 2 {
            return Err(RenderError::new(format!("its pixel format is not supported ({colour:?})")));
        }
        decoder.read_image(bytemuck::cast_slice_mut(&mut pixels)).map_err(broken)?;
        Picture::sixteen(width, height, layout, pixels)
    }
}

fn broken(error: image::ImageError) -> RenderError {
    RenderError::new(format!("its PNG data is broken or truncated: {error}"))
}
