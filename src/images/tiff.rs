//! TIFF through the `tiff` crate: grey and RGB, with alpha or without, and CMYK; 8 and 16 bits, strips and tiles. Grey and
//! palettes of 1 to 8 bits come out of it packed, and are unpacked here; JPEG inside TIFF is libjpeg's, which notices damage.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::colour::ColourSpace;
use super::jpeg::{self, Colours};
use super::patched::Patched;
use super::picture::{Layout, Picture, Samples};
use super::resize::unpremultiply;
use super::source::{Decode, Decoded};
use super::{Limits, RenderError, Scratch};
use crate::formats::tiff::Tiff;

/// Pages that are looked at for one that is no thumbnail.
const PAGES: usize = 16;

/// What the directory of the picture says (TIFF 6.0).
pub(super) struct Structure<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    bytes: Patched<'a>,
    colour: ColorType,
    /// What the crate leaves packed, several samples in a byte.
    packed: Option<Packed>,
    /// Pieces that are JPEG files, each.
    pieces: Option<Pieces<'a>>,
    /// What the first sample beyond the colour is for (ExtraSamples): 1 is alpha that the colours have been multiplied by,
    /// 2 is alpha, anything else is neither.
    extra: Option<u16>,
    icc: Option<Vec<u8>>,
    icc_too_large: bool,
}

fn broken(error: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!("its TIFF data is broken or truncated: {error}"))
}

/// Whole files of a kind that this program does not read are not called broken.
fn unread(what: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!(
        "it is an unsupported kind of TIFF ({what}); save it as grey, RGB or CMYK with 8 or 16 bits, uncompressed or \
         with LZW or ZIP"
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
fn decoder(bytes: Patched<'_>, largest: u64) -> Result<Decoder<Patched<'_>>, RenderError> {
    let mut limits = tiff::decoder::Limits::default();
    // The library counts lists of strips and tiles here too, at 32 bytes for each.
    limits.decoding_buffer_size = usize::try_from(largest).unwrap_or(usize::MAX).max(64 << 20);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = 8 << 20;
    let mut decoder = Decoder::new(bytes).map_err(failed)?.with_limits(limits);
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
        let mut patched = Patched::new(bytes);
        let mut decoder = self::decoder(patched.clone(), 0)?;
        let (width, height) = decoder.dimensions().map_err(failed)?;
        super::check_size(limits, width, height)?;
        let mut chunks = Vec::new();
        for (offsets, lengths) in [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)] {
            let offsets: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(offsets).map_err(failed)?;
            let lengths: Option<Vec<u64>> = decoder.find_tag_unsigned_vec(lengths).map_err(failed)?;
            for (offset, length) in offsets.unwrap_or_default().into_iter().zip(lengths.unwrap_or_default()) {
                let end = offset.saturating_add(length);
                if end > bytes.len() as u64 {
                    return Err(RenderError::new("its TIFF data is truncated"));
                }
                chunks.push(offset as usize..end as usize);
            }
        }
        let packed = packed(&mut decoder)?;
        if let Some(packed) = &packed {
            patched = packed.read_as_grey(patched, &chunks, height);
            decoder = self::decoder(patched.clone(), 0)?;
        }
        let colour = decoder.colortype().map_err(failed)?;
        kind(&mut decoder, colour, packed.is_some())?;
        let compression: Option<u16> = decoder.find_tag_unsigned(Tag::Compression).map_err(failed)?;
        let pieces = match compression {
            Some(7) => Some(pieces(&mut decoder, bytes, chunks, colour, packed.is_some())?),
            _ => None,
        };
        let extra: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::ExtraSamples).map_err(failed)?;
        let extra = extra.and_then(|extra| extra.first().copied());
        let (icc, icc_too_large) = profile(&mut decoder, limits);
        Ok(Structure { width, height, bytes: patched, colour, packed, pieces, extra, icc, icc_too_large })
    })
}

/// Refuses what is whole and is not read, before memory is taken for it.
fn kind(decoder: &mut Decoder<Patched<'_>>, colour: ColorType, packed: bool) -> Result<(), RenderError> {
    let formats: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::SampleFormat).map_err(failed)?;
    match colour.bit_depth() {
        bits if formats.is_some_and(|formats| formats.iter().any(|format| *format != 1)) => {
            return Err(unread(format_args!("{bits} bits of floating point or with a sign")));
        }
        8 | 16 => {}
        1..8 if packed => {}
        bits => return Err(unread(format_args!("{bits} bits"))),
    }
    let compression: Option<u16> = decoder.find_tag_unsigned(Tag::Compression).map_err(failed)?;
    if compression == Some(6) {
        return Err(unread("JPEG inside TIFF, in its old form"));
    }
    let order: Option<u16> = decoder.find_tag_unsigned(Tag::FillOrder).map_err(failed)?;
    if order == Some(2) && !packed && compression != Some(7) {
        return Err(unread("bytes with their lowest bit first"));
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
fn profile(decoder: &mut Decoder<Patched<'_>>, limits: &Limits) -> (Option<Vec<u8>>, bool) {
    let mut directory = decoder.image_ifd();
    let Some(entry) = directory.find_entry(Tag::IccProfile) else { return (None, false) };
    let Some(length) = usize::try_from(entry.count()).ok().filter(|length| *length <= limits.profile_bytes) else {
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

impl Decode for Structure<'_> {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        limits: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        Ok(Decoded { picture: self.pixels(limits, scratch)?, space: self.colour_space(warnings) })
    }
}

impl Structure<'_> {
    /// The colour space of the file.
    fn colour_space(&self, warnings: &mut Vec<String>) -> ColourSpace {
        if self.icc_too_large {
            warnings.push(super::TOO_LARGE_PROFILE.to_owned());
        }
        self.icc.clone().map_or(ColourSpace::Srgb, ColourSpace::Icc)
    }

    /// The pixels, sixteen bits where the file has them.
    fn pixels(&self, limits: &Limits, scratch: &mut Scratch) -> Result<Picture, RenderError> {
        if let Some(pieces) = &self.pieces {
            return pieces.put_together((self.width as usize, self.height as usize), limits, scratch);
        }
        guarded(|| {
            let samples = u64::from(self.width) * u64::from(self.height) * u64::from(self.colour.num_samples());
            let mut decoder = decoder(self.bytes.clone(), samples.saturating_mul(2))?;
            let mut result = DecodingResult::U8(Vec::new());
            let layout = decoder.read_image_to_buffer(&mut result).map_err(failed)?;
            let planes = layout.planes;
            let mut picture = match result {
                DecodingResult::U8(samples) => {
                    let (width, height) = (self.width as usize, self.height as usize);
                    match &self.packed {
                        Some(packed) => packed.unpack(&samples, width, height)?,
                        None => {
                            let (layout, samples) = self.arrange(samples, planes, 255)?;
                            Picture::eight(width, height, layout, samples)?
                        }
                    }
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

/// Samples of one to eight bits: shades of grey, or places in a palette.
struct Packed {
    bits: u8,
    photometric: u16,
    /// The colour of each value; none for grey.
    palette: Option<Vec<[u8; 3]>>,
    lowest_bit_first: bool,
    fax: bool,
}

/// What the first page has of palettes and of samples smaller than a byte.
fn packed(decoder: &mut Decoder<Patched<'_>>) -> Result<Option<Packed>, RenderError> {
    let bits: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::BitsPerSample).map_err(failed)?;
    let bits = bits.and_then(|bits| bits.first().copied()).unwrap_or(1);
    let mut number = |tag| -> Result<Option<u16>, RenderError> { decoder.find_tag_unsigned(tag).map_err(failed) };
    let photometric = number(Tag::PhotometricInterpretation)?.unwrap_or(0);
    let samples = number(Tag::SamplesPerPixel)?.unwrap_or(1);
    let compression = number(Tag::Compression)?;
    if !(photometric == 3 || photometric < 2 && bits < 8) || samples != 1 {
        return Ok(None);
    }
    let Some(bits) = u8::try_from(bits).ok().filter(|bits| (1..=8).contains(bits)) else {
        return Err(unread(format_args!("a palette of {bits} bits")));
    };
    if compression == Some(7) {
        return Err(unread("JPEG inside TIFF, with a palette"));
    }
    let lowest_bit_first = number(Tag::FillOrder)? == Some(2);
    let palette = match photometric {
        3 => {
            let colours: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::ColorMap).map_err(failed)?;
            Some(palette(&colours.unwrap_or_default(), 1 << bits)?)
        }
        _ => None,
    };
    Ok(Some(Packed { bits, photometric, palette, lowest_bit_first, fax: compression == Some(4) }))
}

/// All reds, then all greens, then all blues, of sixteen bits each; some programs write eight.
fn palette(colours: &[u16], count: usize) -> Result<Vec<[u8; 3]>, RenderError> {
    if colours.len() != count * 3 {
        return Err(broken("its palette is missing or has the wrong length"));
    }
    let deep = colours.iter().any(|colour| *colour > 255);
    let eight = |colour: u16| if deep { ((u32::from(colour) * 255 + 32_767) / 65_535) as u8 } else { colour as u8 };
    Ok((0..count).map(|at| [at, at + count, at + 2 * count].map(|at| eight(colours[at]))).collect())
}

impl Packed {
    /// Lets the crate, which has no palettes, read them as grey with black at 0.
    fn read_as_grey<'a>(&self, mut patched: Patched<'a>, chunks: &[Range<usize>], height: u32) -> Patched<'a> {
        const PHOTOMETRIC: u16 = 0x0106;
        const ROWS: u16 = 0x0116;
        let bytes = patched.bytes();
        let big_endian = bytes.starts_with(b"MM");
        if let Some(page) = Tiff::new(bytes).and_then(|tiff| tiff.page()) {
            let mut replace = |tag, value: u32| {
                let Some(entry) = page.get(tag) else { return };
                let (place, length) = (entry.bytes().as_ptr() as usize - bytes.as_ptr() as usize, entry.bytes().len());
                let (low, high) = (value.to_le_bytes(), value.to_be_bytes());
                match (length, big_endian) {
                    (2 | 4, false) => patched.values.push((place, low[..length].to_vec())),
                    (2 | 4, true) => patched.values.push((place, high[4 - length..].to_vec())),
                    _ => {}
                }
            };
            replace(PHOTOMETRIC, 1);
            // "All of them" is written as the largest number, which its decoder of fax data has no room for.
            if self.fax && page.number(ROWS).is_some_and(|rows| rows > u64::from(height)) {
                replace(ROWS, height);
            }
        }
        if self.lowest_bit_first {
            patched.reversed = chunks.to_vec();
        }
        patched
    }

    /// One byte for each sample of grey, three for each of a palette. Rows begin with a byte of their own.
    fn unpack(&self, packed: &[u8], width: usize, height: usize) -> Result<Picture, RenderError> {
        let bits = usize::from(self.bits);
        let row = (width * bits).div_ceil(8);
        let last = (1usize << bits) - 1;
        let grey = |value: usize| {
            let shade = ((value * 255 + last / 2) / last) as u8;
            if self.photometric == 0 { 255 - shade } else { shade }
        };
        let values = packed.chunks_exact(row.max(1)).take(height).flat_map(|row| {
            (0..width).map(move |x| {
                let (at, within) = (x * bits / 8, x * bits % 8);
                let pair = usize::from(row[at]) << 8 | row.get(at + 1).map_or(0, |next| usize::from(*next));
                pair >> (16 - within - bits) & last
            })
        });
        match &self.palette {
            Some(palette) => {
                let mut samples = Vec::with_capacity(width * height * 3);
                values.for_each(|value| samples.extend(palette[value]));
                Picture::eight(width, height, Layout::Rgb, samples)
            }
            None => {
                let shades: Vec<u8> = (0..=last).map(grey).collect();
                let mut samples = Vec::with_capacity(width * height);
                samples.extend(values.map(|value| shades[value]));
                Picture::eight(width, height, Layout::Grey, samples)
            }
        }
    }
}

/// The strips or tiles of a picture, each a JPEG that may lack its tables.
struct Pieces<'a> {
    tables: Vec<u8>,
    pieces: Vec<&'a [u8]>,
    /// Width and height of all but those at the edges.
    size: (usize, usize),
    colours: Colours,
    white_is_zero: bool,
}

/// Reads where they are and what they hold (TIFF technical note 2).
fn pieces<'a>(
    decoder: &mut Decoder<Patched<'_>>,
    bytes: &'a [u8],
    chunks: Vec<Range<usize>>,
    colour: ColorType,
    packed: bool,
) -> Result<Pieces<'a>, RenderError> {
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let mut number = |tag| -> Result<Option<u32>, RenderError> { decoder.find_tag_unsigned(tag).map_err(failed) };
    let samples = number(Tag::SamplesPerPixel)?.unwrap_or(1);
    let photometric = number(Tag::PhotometricInterpretation)?;
    let colours = match (photometric, samples) {
        (Some(0 | 1), 1) => Colours::Grey,
        (Some(2), 3) => Colours::Rgb,
        (Some(6), 3) => Colours::Ycc,
        (Some(5), 4) => Colours::Cmyk,
        _ => return Err(unread(format_args!("JPEG inside TIFF, {samples} samples"))),
    };
    if packed || colour.bit_depth() != 8 || samples > 1 && number(Tag::PlanarConfiguration)? == Some(2) {
        return Err(unread("JPEG inside TIFF, in planes or of other than 8 bits"));
    }
    let (tile_width, tile_height) = (number(Tag::TileWidth)?, number(Tag::TileLength)?);
    let rows = number(Tag::RowsPerStrip)?.unwrap_or(height).min(height);
    let size = match (tile_width, tile_height) {
        (Some(width), Some(height)) => (width as usize, height as usize),
        _ => (width as usize, rows as usize),
    };
    if size.0 == 0 || size.1 == 0 {
        return Err(broken("its tiles have no size"));
    }
    let wanted = (width as usize).div_ceil(size.0) * (height as usize).div_ceil(size.1);
    if chunks.len() != wanted {
        return Err(broken("strips or tiles are missing"));
    }
    let tables = decoder.find_tag(Tag::JPEGTables).map_err(failed)?;
    let tables = tables.map(|tables| tables.into_u8_vec()).transpose().map_err(failed)?.unwrap_or_default();
    // Without their end marker.
    let end = tables.windows(2).rposition(|pair| pair == [0xFF, 0xD9]).unwrap_or(tables.len());
    let pieces = chunks.into_iter().map(|chunk| bytes.get(chunk).unwrap_or_default()).collect();
    Ok(Pieces { tables: tables[..end].to_vec(), pieces, size, colours, white_is_zero: photometric == Some(0) })
}

impl Pieces<'_> {
    fn put_together(
        &self,
        (width, height): (usize, usize),
        limits: &Limits,
        scratch: &mut Scratch,
    ) -> Result<Picture, RenderError> {
        let (layout, components) = match self.colours {
            Colours::Grey => (Layout::Grey, 1),
            Colours::Rgb | Colours::Ycc => (Layout::Rgb, 3),
            Colours::Cmyk => (Layout::Cmyk, 4),
        };
        let mut samples = vec![0; width * height * components];
        let across = width.div_ceil(self.size.0);
        for (at, piece) in self.pieces.iter().enumerate() {
            let (left, top) = (at % across * self.size.0, at / across * self.size.1);
            let (columns, rows) = (self.size.0.min(width - left), self.size.1.min(height - top));
            let file = if self.tables.is_empty() {
                piece.to_vec()
            } else {
                [&self.tables, piece.get(2..).unwrap_or_default()].concat()
            };
            let mut found = jpeg::read(&file, limits)?;
            let (wide, high) = (found.width as usize, found.height as usize);
            // The last strip may be as high as the others.
            if usize::from(found.components) != components
                || wide != self.size.0
                || !(rows..=self.size.1).contains(&high)
            {
                return Err(broken("a strip or tile has the wrong size or kind"));
            }
            found.colours = Some(self.colours);
            let decoded = jpeg::decode(&file, &found, (found.width, found.height), false, scratch)?;
            let Samples::Eight(from) = &decoded.picture.samples else { return Err(broken("of more than 8 bits")) };
            for (row, line) in from.chunks_exact(wide * components).take(rows).enumerate() {
                let to = ((top + row) * width + left) * components;
                samples[to..to + columns * components].copy_from_slice(&line[..columns * components]);
            }
            scratch.give_picture(decoded.picture);
        }
        if self.white_is_zero {
            samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
        }
        Picture::eight(width, height, layout, samples)
    }
}
