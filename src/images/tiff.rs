//! TIFF through the `tiff` crate: grey, RGB and CMYK, 8 and 16 bits, strips and tiles.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use super::colour::ColourSpace;
use super::picture::{Layout, Picture};
use super::{Limits, RenderError};

/// What the first directory says (TIFF 6.0).
pub(super) struct Structure<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    bytes: &'a [u8],
    colour: ColorType,
    /// 0 is white.
    white_is_zero: bool,
    icc: Option<Vec<u8>>,
    icc_too_large: bool,
}

fn broken(error: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!("its TIFF data is broken or cut off: {error}"))
}

/// The library is known to panic on odd files; that must not cost more than the photograph.
fn guarded<T>(work: impl FnOnce() -> Result<T, RenderError>) -> Result<T, RenderError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken("it makes no sense")))
}

fn decoder(bytes: &[u8], pixels: u64) -> Result<Decoder<Cursor<&[u8]>>, RenderError> {
    let mut limits = tiff::decoder::Limits::default();
    // Four samples of two bytes.
    // The library counts lists of strips and tiles here too, at 32 bytes for each.
    limits.decoding_buffer_size = usize::try_from(pixels.saturating_mul(8)).unwrap_or(usize::MAX).max(64 << 20);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = 8 << 20;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(broken)?.with_limits(limits))
}

/// Reads the first directory; all strips or tiles must lie within the file.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    guarded(|| {
        let mut decoder = decoder(bytes, 0)?;
        let (width, height) = decoder.dimensions().map_err(broken)?;
        limits.check_size(width, height)?;
        let colour = decoder.colortype().map_err(broken)?;
        let photometric: Option<u16> = decoder.find_tag_unsigned(Tag::PhotometricInterpretation).map_err(broken)?;
        for (offsets, lengths) in [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)] {
            let offsets: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(offsets).map_err(broken)?;
            let lengths: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(lengths).map_err(broken)?;
            for (offset, length) in offsets.unwrap_or_default().iter().zip(lengths.unwrap_or_default()) {
                if offset.saturating_add(length) > bytes.len() as u64 {
                    return Err(RenderError::new("its TIFF data is cut off"));
                }
            }
        }
        let (icc, icc_too_large) = profile(&mut decoder, limits);
        Ok(Structure { width, height, bytes, colour, white_is_zero: photometric == Some(0), icc, icc_too_large })
    })
}

/// The embedded profile, and whether there is one that is too large. One that lies outside the file is an empty one, which
/// is a broken one.
fn profile(decoder: &mut Decoder<Cursor<&[u8]>>, limits: &Limits) -> (Option<Vec<u8>>, bool) {
    let mut directory = decoder.image_ifd();
    let Some(entry) = directory.find_entry(Tag::IccProfile) else { return (None, false) };
    let Some(length) = usize::try_from(entry.count()).ok().filter(|length| *length <= limits.max_icc_bytes) else {
        return (None, true);
    };
    // As bytes: as a list of values it would take 32 times the memory.
    let mut icc = vec![0; length];
    let read = directory.find_tag_bytes(Tag::IccProfile, &mut icc, 0);
    if !read.is_ok_and(|read| read == Some(length)) {
        icc.clear();
    }
    (Some(icc), false)
}

impl Structure<'_> {
    /// The colour space of the file.
    pub(super) fn colour_space(&self, warnings: &mut Vec<String>) -> ColourSpace {
        if self.icc_too_large {
            warnings.push(super::TOO_LARGE_PROFILE.to_owned());
        }
        self.icc.clone().map_or(ColourSpace::Srgb, ColourSpace::Icc)
    }

    /// The pixels, sixteen bits where the file has them.
    pub(super) fn decode(&self) -> Result<Picture, RenderError> {
        guarded(|| {
            let mut decoder = decoder(self.bytes, u64::from(self.width) * u64::from(self.height))?;
            let mut result = DecodingResult::U8(Vec::new());
            let layout = decoder.read_image_to_buffer(&mut result).map_err(broken)?;
            let planes = layout.planes;
            match result {
                DecodingResult::U8(samples) => {
                    let (layout, samples) = self.arrange(samples, planes, 255)?;
                    Picture::eight(self.width as usize, self.height as usize, layout, samples)
                }
                DecodingResult::U16(samples) => {
                    let (layout, samples) = self.arrange(samples, planes, 65_535)?;
                    Picture::sixteen(self.width as usize, self.height as usize, layout, samples)
                }
                _ => Err(self.unread()),
            }
        })
    }

    fn unread(&self) -> RenderError {
        RenderError::new(format!(
            "it is a TIFF of a kind that is not read ({:?}); export it with 8 or 16 bits of grey, RGB or CMYK",
            self.colour
        ))
    }

    /// Samples as the rest of the house wants them: interleaved, no more than four, black at 0.
    fn arrange<T: Sample>(&self, samples: Vec<T>, planes: usize, full: u16) -> Result<(Layout, Vec<T>), RenderError> {
        let samples = if planes > 1 { interleave(&samples, planes) } else { samples };
        Ok(match self.colour {
            ColorType::Gray(8 | 16) if self.white_is_zero => {
                (Layout::Grey, samples.into_iter().map(|sample| sample.inverted(full)).collect())
            }
            ColorType::Gray(8 | 16) => (Layout::Grey, samples),
            ColorType::RGB(8 | 16) => (Layout::Rgb, samples),
            ColorType::RGBA(8 | 16) => (Layout::Rgba, samples),
            ColorType::CMYK(8 | 16) => (Layout::Cmyk, samples),
            ColorType::CMYKA(8 | 16) => {
                (Layout::Cmyk, samples.as_chunks::<5>().0.iter().flat_map(|[c, m, y, k, _]| [*c, *m, *y, *k]).collect())
            }
            ColorType::GrayA(8 | 16) => {
                (Layout::Rgba, samples.as_chunks::<2>().0.iter().flat_map(|[g, a]| [*g, *g, *g, *a]).collect())
            }
            ColorType::YCbCr(8) => (Layout::Ycc, samples),
            _ => return Err(self.unread()),
        })
    }
}

trait Sample: Copy + Default {
    fn inverted(self, full: u16) -> Self;
}

impl Sample for u8 {
    fn inverted(self, full: u16) -> Self {
        (full as u8).wrapping_sub(self)
    }
}

impl Sample for u16 {
    fn inverted(self, full: u16) -> Self {
        full.wrapping_sub(self)
    }
}

fn interleave<T: Sample>(samples: &[T], planes: usize) -> Vec<T> {
    let length = samples.len() / planes;
    let mut out = vec![T::default(); length * planes];
    for (plane, from) in samples.chunks_exact(length.max(1)).enumerate().take(planes) {
        for (to, sample) in out.iter_mut().skip(plane).step_by(planes).zip(from) {
            *to = *sample;
        }
    }
    out
}
