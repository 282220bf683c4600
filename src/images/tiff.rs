//! TIFF through the `tiff` crate: grey and RGB, with alpha or without, and CMYK; 8 and 16 bits, strips and tiles.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::colour::ColourSpace;
use super::picture::{Layout, Picture};
use super::resize::unpremultiply;
use super::{Limits, RenderError};

/// Pages that are looked at for one that is no thumbnail.
const PAGES: usize = 16;

/// What the directory of the picture says (TIFF 6.0).
pub(super) struct Structure<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    bytes: &'a [u8],
    colour: ColorType,
    /// What the first sample beyond the colour is for (ExtraSamples): 1 is alpha that the colours have been multiplied by,
    /// 2 is alpha, anything else is neither.
    extra: Option<u16>,
    icc: Option<Vec<u8>>,
    icc_too_large: bool,
}

fn broken(error: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!("its TIFF data is broken or cut off: {error}"))
}

/// Whole files of a kind that this program does not read are not called broken.
fn unread(what: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!(
        "it is a TIFF of a kind that is not read ({what}); save it with 8 or 16 bits of grey, RGB or CMYK, without \
         compression or with LZW or ZIP"
    ))
}

fn failed(error: TiffError) -> RenderError {
    match error {
        TiffError::UnsupportedError(what) => unread(what),
        other => broken(other),
    }
}

/// The library is known to panic on odd files; that must not cost more than the photograph.
fn guarded<T>(work: impl FnOnce() -> Result<T, RenderError>) -> Result<T, RenderError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken("it makes no sense")))
}

/// `largest` is what the pixels may take, in bytes.
fn decoder(bytes: &[u8], largest: u64) -> Result<Decoder<Cursor<&[u8]>>, RenderError> {
    let mut limits = tiff::decoder::Limits::default();
    // The library counts lists of strips and tiles here too, at 32 bytes for each.
    limits.decoding_buffer_size = usize::try_from(largest).unwrap_or(usize::MAX).max(64 << 20);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = 8 << 20;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(failed)?.with_limits(limits);
    // Some programs write a thumbnail before the picture (NewSubfileType, bit 0).
    for page in 0..PAGES {
        let kind: Option<u32> = decoder.find_tag_unsigned(Tag::NewSubfileType).ok().flatten();
        if kind.is_none_or(|kind| kind & 1 == 0) {
            break;
        }
        if page + 1 == PAGES || !decoder.more_images() {
            decoder.seek_to_image(0).map_err(failed)?;
            break;
        }
        decoder.next_image().map_err(failed)?;
    }
    Ok(decoder)
}

/// Reads the directory of the first page that is no thumbnail; all strips or tiles must lie within the file.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    guarded(|| {
        let mut decoder = decoder(bytes, 0)?;
        let (width, height) = decoder.dimensions().map_err(failed)?;
        limits.check_size(width, height)?;
        let colour = decoder.colortype().map_err(failed)?;
        kind(&mut decoder, colour)?;
        for (offsets, lengths) in [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)] {
            let offsets: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(offsets).map_err(failed)?;
            let lengths: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(lengths).map_err(failed)?;
            for (offset, length) in offsets.unwrap_or_default().iter().zip(lengths.unwrap_or_default()) {
                if offset.saturating_add(length) > bytes.len() as u64 {
                    return Err(RenderError::new("its TIFF data is cut off"));
                }
            }
        }
        let extra: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::ExtraSamples).map_err(failed)?;
        let extra = extra.and_then(|extra| extra.first().copied());
        let (icc, icc_too_large) = profile(&mut decoder, limits);
        Ok(Structure { width, height, bytes, colour, extra, icc, icc_too_large })
    })
}

/// Refuses what is whole and is not read, before memory is taken for it.
fn kind(decoder: &mut Decoder<Cursor<&[u8]>>, colour: ColorType) -> Result<(), RenderError> {
    let formats: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::SampleFormat).map_err(failed)?;
    match colour.bit_depth() {
        bits if formats.is_some_and(|formats| formats.iter().any(|format| *format != 1)) => {
            return Err(unread(format_args!("{bits} bits of floating point or with a sign")));
        }
        8 | 16 => {}
        bits => return Err(unread(format_args!("{bits} bits"))),
    }
    // Its decoder goes on over damage that our own refuses.
    let compression: Option<u16> = decoder.find_tag_unsigned(Tag::Compression).map_err(failed)?;
    if matches!(compression, Some(6 | 7)) {
        return Err(unread("JPEG inside TIFF"));
    }
    let planes: Option<u16> = decoder.find_tag_unsigned(Tag::PlanarConfiguration).map_err(failed)?;
    let tiled: Option<u32> = decoder.find_tag_unsigned(Tag::TileWidth).map_err(failed)?;
    // Its decoder takes the other channels out before it undoes the differences, which they are part of.
    let samples: Option<u16> = decoder.find_tag_unsigned(Tag::SamplesPerPixel).map_err(failed)?;
    let predictor: Option<u16> = decoder.find_tag_unsigned(Tag::Predictor).map_err(failed)?;
    if planes != Some(2) && predictor.is_some_and(|predictor| predictor != 1) && samples > Some(colour.num_samples()) {
        return Err(unread("channels beside the colours, compressed with a predictor"));
    }
    if planes == Some(2) && tiled.is_some() && colour.bit_depth() > 8 {
        return Err(unread("16 bits in tiles, one plane after the other"));
    }
    Ok(())
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
            let samples = u64::from(self.width) * u64::from(self.height) * u64::from(self.colour.num_samples());
            let mut decoder = decoder(self.bytes, samples.saturating_mul(2))?;
            let mut result = DecodingResult::U8(Vec::new());
            let layout = decoder.read_image_to_buffer(&mut result).map_err(failed)?;
            let planes = layout.planes;
            let mut picture = match result {
                DecodingResult::U8(samples) => {
                    let (layout, samples) = self.arrange(samples, planes, 255)?;
                    Picture::eight(self.width as usize, self.height as usize, layout, samples)?
                }
                DecodingResult::U16(samples) => {
                    let (layout, samples) = self.arrange(samples, planes, 65_535)?;
                    Picture::sixteen(self.width as usize, self.height as usize, layout, samples)?
                }
                _ => return Err(self.unread()),
            };
            if self.extra == Some(1) {
                unpremultiply(&mut picture)?;
            }
            Ok(picture)
        })
    }

    fn unread(&self) -> RenderError {
        unread(format_args!("{:?}", self.colour))
    }

    /// Samples as the rest of the house wants them: interleaved and no more than four. Where the file has white at 0, the
    /// library has turned them round already.
    fn arrange<T: Copy + Default + PartialEq>(
        &self,
        samples: Vec<T>,
        planes: usize,
        opaque: T,
    ) -> Result<(Layout, Vec<T>), RenderError> {
        let samples = if planes > 1 { interleave(&samples, planes) } else { samples };
        Ok(match self.colour {
            ColorType::Gray(8 | 16) => (Layout::Grey, samples),
            ColorType::RGB(8 | 16) => (Layout::Rgb, samples),
            ColorType::RGBA(8 | 16) => (Layout::Rgba, samples),
            ColorType::CMYK(8 | 16) => (Layout::Cmyk, samples),
            ColorType::CMYKA(8 | 16) => {
                let pixels = samples.as_chunks::<5>().0;
                if pixels.iter().any(|[.., alpha]| *alpha != opaque) {
                    return Err(unread("CMYK with transparency"));
                }
                (Layout::Cmyk, pixels.iter().flat_map(|[c, m, y, k, _]| [*c, *m, *y, *k]).collect())
            }
            // As the library calls grey with anything beside it.
            ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 } => match self.extra {
                Some(1 | 2) => (Layout::GreyAlpha, samples),
                Some(_) => (Layout::Grey, samples.as_chunks::<2>().0.iter().map(|[grey, _]| *grey).collect()),
                None => return Err(self.unread()),
            },
            ColorType::YCbCr(8) => (Layout::Ycc, samples),
            _ => return Err(self.unread()),
        })
    }
}

fn interleave<T: Copy + Default>(samples: &[T], planes: usize) -> Vec<T> {
    let length = samples.len() / planes;
    let mut out = vec![T::default(); length * planes];
    for (plane, from) in samples.chunks_exact(length.max(1)).enumerate().take(planes) {
        for (to, sample) in out.iter_mut().skip(plane).step_by(planes).zip(from) {
            *to = *sample;
        }
    }
    out
}
