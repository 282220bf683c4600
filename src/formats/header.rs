//! A picture's header, read before a pixel is decoded: format, size, orientation, depth.

use serde::{Deserialize, Serialize};

use super::bytes::be32;
use super::hevc::Configuration;
use super::isobmff::Meta;
use super::sniff::is_sequence;
use super::tiff::{self, Directory, Tiff};
use super::{Limits, NotAPhoto, SourceFormat, jpeg, jxl, png, sniff, webp};
use crate::{Code, Error};

/// What a picture's first bytes say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format, by its bytes and not by its name.
    pub format: SourceFormat,
    /// The width in pixels as stored, before any turning.
    pub width: u32,
    /// The height in pixels as stored, before any turning.
    pub height: u32,
    /// EXIF orientation, 1 to 8. AVIF, HEIC and JPEG XL say it in places of their own and ignore EXIF's (MIAF, 7.3.6.7): 1 there.
    pub orientation: u8,
    /// The turn and mirror of `irot` and `imir` in AVIF and HEIC, as the EXIF number that does the same; 1 elsewhere.
    pub container_orientation: u8,
    /// Bits for each channel.
    pub bits: u8,
    /// Channels as stored, with alpha: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha, or CMYK.
    pub channels: u8,
    /// Whether some of it may be transparent.
    pub has_alpha: bool,
    /// Whether its brightness goes beyond that of ordinary screens (PQ or HLG), as far as its header says.
    pub is_hdr: bool,
    /// Bytes that decoding keeps besides the pixels: the coefficients of a JPEG of several scans; 0 elsewhere.
    pub coefficients: u64,
}

/// Why a file cannot be shown as a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// It is something else.
    NotAPhoto(NotAPhoto),
    /// It begins like a picture of this format, and then goes wrong.
    Damaged(SourceFormat, &'static str),
    /// It has more pixels than are allowed.
    TooLarge {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// What is allowed.
        limits: Limits,
    },
}

impl ProbeError {
    /// What to do about it, one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAPhoto(what) => what.hint(),
            Self::Damaged(..) => "copy it again from the original, or export it again",
            Self::TooLarge { .. } => "export it at a smaller size",
        }
    }
}

impl std::fmt::Display for ProbeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAPhoto(what) => write!(f, "this is {}", what.what()),
            Self::Damaged(format, why) => write!(f, "damaged {}: {why}", format.name()),
            Self::TooLarge { width, height, limits } => {
                write!(f, "it has {}", limits.too_large(*width, *height).unwrap_or_default())
            }
        }
    }
}

impl std::error::Error for ProbeError {}

impl From<ProbeError> for Error {
    fn from(error: ProbeError) -> Self {
        Self::new(Code::PhotoLeftOut, error.to_string()).hint(error.hint()).caused_by(error)
    }
}

impl Header {
    /// Whether its pixels may turn out to be transparent. Where a header can be silent about it, as a TIFF's fourth channel
    /// and a WebP's or an AVIF's second picture, they may.
    pub fn may_be_transparent(&self) -> bool {
        match self.format {
            SourceFormat::Jpeg => false,
            SourceFormat::Png => self.has_alpha,
            SourceFormat::JpegXl => self.has_alpha,
            SourceFormat::Tiff | SourceFormat::Webp | SourceFormat::Avif | SourceFormat::Heic => true,
        }
    }

    /// Width and height as shown, after every turn.
    pub fn displayed_size(&self) -> (u32, u32) {
        let sideways = |orientation: u8| (5..=8).contains(&orientation);
        match sideways(self.orientation) != sideways(self.container_orientation) {
            true => (self.height, self.width),
            false => (self.width, self.height),
        }
    }
}

/// Reads a picture's header; `file_name` is for [`sniff`].
///
/// # Errors
///
/// The file is no photo, its header is damaged, or it is larger than `limits` allow.
pub fn probe(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Header, ProbeError> {
    let format = sniff(bytes, file_name).map_err(ProbeError::NotAPhoto)?;
    let mut header = match format {
        SourceFormat::Jpeg => of_jpeg(bytes),
        SourceFormat::Png => of_png(bytes),
        SourceFormat::Tiff => of_tiff(bytes),
        SourceFormat::Webp => of_webp(bytes),
        SourceFormat::Avif | SourceFormat::Heic => of_heif(bytes, format),
        SourceFormat::JpegXl => of_jxl(bytes),
    }
    .map_err(|why| ProbeError::Damaged(format, why))?;
    if header.width == 0 || header.height == 0 {
        return Err(ProbeError::Damaged(format, "it has no width or no height"));
    }
    let (width, height) = (header.width, header.height);
    if limits.too_large(width, height).is_some() {
        return Err(ProbeError::TooLarge { width, height, limits: *limits });
    }
    if is_doubtful(bytes, &header) {
        return Err(ProbeError::Damaged(format, "its header declares more pixels than such a small file can contain"));
    }
    header.orientation = match format {
        SourceFormat::Jpeg => jpeg::exif(bytes).map(tiff::orientation),
        SourceFormat::Png => png::exif(bytes, limits.metadata_bytes).map(|block| tiff::orientation(&block)),
        SourceFormat::Tiff => Some(tiff::orientation(bytes)),
        SourceFormat::Webp => webp::exif(bytes).map(tiff::orientation),
        SourceFormat::Avif | SourceFormat::Heic | SourceFormat::JpegXl => None,
    }
    .unwrap_or(1);
    Ok(header)
}

/// Smaller pictures take so little memory that nothing needs to be known of them before they are decoded.
const SURELY_HARMLESS: u64 = 16_000_000;
/// No photograph of so many pixels is packed so well as AV1, HEVC, JPEG XL and VP8 pack a plain area, which they do without a bound.
const NO_PHOTOGRAPH: (u64, u64) = (64_000_000, 1000);

/// Whether the file is too small for its pixels: cut off behind its header, or made to fill memory.
///
/// Plain areas are packed very well, so the bounds are those of the formats themselves wherever they have any.
fn is_doubtful(bytes: &[u8], header: &Header) -> bool {
    let pixels = u64::from(header.width) * u64::from(header.height);
    if pixels <= SURELY_HARMLESS {
        return false;
    }
    let length = bytes.len() as u64;
    match header.format {
        // A block of 64 samples takes at least a bit.
        SourceFormat::Jpeg => pixels / 512 > length,
        // A bit a pixel at least, of which DEFLATE packs no more than 1032 bytes into one.
        SourceFormat::Png => {
            let found = png::chunks(bytes).next().and_then(|(_, body)| png::image_header(body));
            found.is_some_and(|found| pixels / 8 * found.pixel_bits() / 1032 > length)
        }
        SourceFormat::Tiff => {
            let Some(page) = Tiff::new(bytes).and_then(|tiff| tiff.page()) else { return false };
            // Half of the colours may be left away (YCbCr).
            let sampling = if page.number(0x0106) == Some(6) { 2 } else { 1 };
            let raw = pixels / sampling / 8
                * page.number(0x0102).unwrap_or(1).min(64)
                * page.number(0x0115).unwrap_or(1).min(16);
            match page.number(0x0103).unwrap_or(1) {
                1 => raw > length,
                // LZW's longest code of 12 bits stands for less than 4096 bytes.
                5 => raw / 4096 > length,
                7 => pixels / 512 > length,
                8 | 32946 => raw / 1032 > length,
                32773 => raw / 64 > length,
                _ => false,
            }
        }
        SourceFormat::Webp | SourceFormat::Avif | SourceFormat::Heic | SourceFormat::JpegXl => {
            pixels > NO_PHOTOGRAPH.0 && pixels / NO_PHOTOGRAPH.1 > length
        }
    }
}

/// What is odd about a picture's file and does not hinder, a sentence each without a full stop.
pub(crate) fn oddities(bytes: &[u8], format: SourceFormat) -> Vec<String> {
    let told = match format {
        SourceFormat::Jpeg => match jpeg::stray(bytes) {
            0 => None,
            1 => Some("a stray byte between its headers was skipped".to_owned()),
            stray => Some(format!("{stray} stray bytes between its headers were skipped")),
        },
        SourceFormat::Webp if webp::canvas(bytes).is_some_and(|canvas| canvas.animated) => Some(FIRST_ONLY.to_owned()),
        SourceFormat::Png => png::chunks(bytes)
            .take_while(|(kind, _)| *kind != b"IDAT")
            .any(|(kind, body)| kind == b"acTL" && be32(body, 0).is_some_and(|pictures| pictures > 1))
            .then(|| FIRST_ONLY.to_owned()),
        SourceFormat::Heic => is_sequence(bytes).then(|| FIRST_ONLY.to_owned()),
        SourceFormat::JpegXl => {
            let said = jxl::codestream(bytes).and_then(|codestream| jxl::header(&codestream));
            said.is_some_and(|said| said.animated).then(|| FIRST_ONLY.to_owned())
        }
        _ => None,
    };
    told.into_iter().collect()
}

const FIRST_ONLY: &str = "it is an animation; only its first picture is shown";

const CUT_OFF: &str = "it ends within its header";

fn header(format: SourceFormat, (width, height): (u32, u32), bits: u8, channels: u8, has_alpha: bool) -> Header {
    Header {
        format,
        width,
        height,
        orientation: 1,
        container_orientation: 1,
        bits,
        channels,
        has_alpha,
        is_hdr: false,
        coefficients: 0,
    }
}

/// What libjpeg keeps of a picture of several scans until the last: two bytes for each sample.
fn coefficients(bytes: &[u8], frame: &jpeg::Frame<'_>) -> u64 {
    let scan = jpeg::segments(bytes).find(|segment| segment.marker == jpeg::START_OF_SCAN);
    if !frame.has_several_scans(scan.map_or(&[], |scan| scan.body)) {
        return 0;
    }
    let factors = || frame.components.chunks_exact(3).map(|of| (u64::from(of[1] >> 4), u64::from(of[1] & 15)));
    let (across, down) = factors().fold((1, 1), |(across, down), (h, v)| (across.max(h), down.max(v)));
    let blocks = u64::from(frame.width).div_ceil(8 * across) * u64::from(frame.height).div_ceil(8 * down);
    factors().map(|(h, v)| blocks * h * v * 64 * 2).sum()
}

fn of_jpeg(bytes: &[u8]) -> Result<Header, &'static str> {
    let segment = jpeg::segments(bytes).find(jpeg::Segment::is_frame).ok_or("it has no picture header")?;
    let frame = segment.frame().ok_or(CUT_OFF)?;
    match segment.marker {
        0xc3 | 0xc5..=0xc7 | 0xcb | 0xcd..=0xcf => {
            Err("it is of a lossless or hierarchical kind that no browser shows")
        }
        _ if !matches!(frame.bits, 8 | 12) || !matches!(frame.channels, 1..=4) => Err("its picture header is invalid"),
        _ => {
            let size = (frame.width, frame.height);
            let coefficients = coefficients(bytes, &frame);
            Ok(Header { coefficients, ..header(SourceFormat::Jpeg, size, frame.bits, frame.channels, false) })
        }
    }
}

fn of_png(bytes: &[u8]) -> Result<Header, &'static str> {
    let (kind, body) = png::chunks(bytes).next().ok_or(CUT_OFF)?;
    let found = png::image_header(body).filter(|_| kind == b"IHDR").ok_or("its header chunk is missing")?;
    let transparent = || png::chunks(bytes).take_while(|(kind, _)| *kind != b"IDAT").any(|(kind, _)| kind == b"tRNS");
    let (channels, has_alpha) = match found.colour {
        0 => (1, transparent()),
        2 | 3 => (3, transparent()),
        4 => (2, true),
        6 => (4, true),
        _ => return Err("its header chunk is invalid"),
    };
    // A palette's colours have eight bits, however few its indices have.
    let bits = if found.colour == 3 { 8 } else { found.bits };
    match bits {
        1 | 2 | 4 | 8 | 16 => {
            let mut before_pixels = png::chunks(bytes).take_while(|(kind, _)| *kind != b"IDAT");
            let is_hdr =
                before_pixels.any(|(kind, body)| kind == b"cICP" && body.get(1).copied().is_some_and(is_bright));
            let header = header(SourceFormat::Png, (found.width, found.height), bits, channels, has_alpha);
            Ok(Header { is_hdr, ..header })
        }
        _ => Err("its header chunk is invalid"),
    }
}

fn of_tiff(bytes: &[u8]) -> Result<Header, &'static str> {
    const WIDTH: u16 = 0x0100;
    const HEIGHT: u16 = 0x0101;
    const BITS: u16 = 0x0102;
    const PHOTOMETRIC: u16 = 0x0106;
    const CHANNELS: u16 = 0x0115;
    const EXTRA: u16 = 0x0152;
    let first = Tiff::new(bytes).and_then(|tiff| tiff.page()).ok_or(CUT_OFF)?;
    let side = |directory: &Directory<'_>, tag| directory.number(tag).and_then(|side| u32::try_from(side).ok());
    let size = (side(&first, WIDTH).ok_or("it has no width")?, side(&first, HEIGHT).ok_or("it has no height")?);
    let small = |tag| first.number(tag).and_then(|number| u8::try_from(number).ok());
    // 1 is premultiplied alpha, 2 is plain alpha; 0 is a channel of some other use.
    let has_alpha = first
        .get(EXTRA)
        .is_some_and(|entry| (0..entry.count().min(8)).any(|index| matches!(entry.number(index), Some(1 | 2))));
    // Of a palette only the indices have so few bits.
    if first.number(PHOTOMETRIC) == Some(3) {
        return Ok(header(SourceFormat::Tiff, size, 8, 3, has_alpha));
    }
    Ok(header(SourceFormat::Tiff, size, small(BITS).unwrap_or(1), small(CHANNELS).unwrap_or(1), has_alpha))
}

fn of_webp(bytes: &[u8]) -> Result<Header, &'static str> {
    let canvas = webp::canvas(bytes).ok_or(CUT_OFF)?;
    let frame = if canvas.animated { Some(webp::first_frame(bytes).ok_or("it has no picture")?) } else { None };
    // What the first picture of an animation leaves uncovered is transparent.
    let covers = |frame: &webp::Frame<'_>| (frame.width, frame.height) == (canvas.width, canvas.height);
    let alpha = frame.as_ref().map_or(canvas.alpha, |frame| frame.has_alpha() || !covers(frame));
    let channels = if alpha { 4 } else { 3 };
    Ok(header(SourceFormat::Webp, (canvas.width, canvas.height), 8, channels, alpha))
}

/// Whether a transfer function (H.273) is PQ or HLG.
pub(super) fn is_bright(transfer: u8) -> bool {
    matches!(transfer, 16 | 18)
}

/// AVIF and HEIC.
fn of_heif(bytes: &[u8], format: SourceFormat) -> Result<Header, &'static str> {
    let meta = Meta::of_file(bytes).ok_or("its list of pictures cannot be read")?;
    let size = meta.size(meta.primary).ok_or("its size is missing")?;
    let (_, _, width, height) = meta.aperture(meta.primary, size).ok_or("it is cropped to nothing")?;
    let property = |kind| meta.property(meta.primary, kind).or_else(|| meta.property(meta.coded(meta.primary), kind));
    let av1 = property(b"av1C").and_then(|body| body.get(2).copied());
    let hevc = property(b"hvcC").and_then(Configuration::read);
    // High bit depth, twelve bits, monochrome (AV1-ISOBMFF, 2.3.3).
    let bits = match (av1, &hevc) {
        (Some(flags), _) if flags & 0x60 == 0x60 => 12,
        (Some(flags), _) if flags & 0x40 != 0 => 10,
        (Some(_), _) => 8,
        (None, Some(hevc)) => hevc.bits,
        (None, None) => property(b"pixi").and_then(|body| body.get(5).copied()).unwrap_or(8),
    };
    let grey = av1.is_some_and(|flags| flags & 0x10 != 0) || hevc.as_ref().is_some_and(|hevc| hevc.grey);
    let has_alpha = meta.alpha_of(meta.primary).is_some();
    let (turns, mirror) = meta.turning(meta.primary);
    let channels = if grey { 1 } else { 3 } + u8::from(has_alpha);
    let colours = meta.colours(meta.primary);
    let mut nclx = colours.iter().filter(|said| said.body.starts_with(b"nclx"));
    let transfer = match nclx.next() {
        Some(said) => said.body.get(7).copied(),
        None => hevc.and_then(|hevc| hevc.colours()).map(|colours| colours.transfer),
    };
    let has_profile = colours.iter().any(|said| said.body.starts_with(b"prof") || said.body.starts_with(b"rICC"));
    Ok(Header {
        container_orientation: exif_number(turns, mirror),
        is_hdr: !has_profile && transfer.is_some_and(is_bright),
        ..header(format, (width, height), bits, channels, has_alpha)
    })
}

fn of_jxl(bytes: &[u8]) -> Result<Header, &'static str> {
    let codestream = jxl::codestream(bytes).ok_or("it has no picture")?;
    let said = jxl::header(&codestream).ok_or("its header is damaged or cut off")?;
    let channels = if said.grey { 1 } else { 3 } + u8::from(said.alpha);
    let header = header(SourceFormat::JpegXl, said.size, said.bits, channels, said.alpha);
    Ok(Header { is_hdr: said.hdr, ..header })
}

/// The EXIF orientation of quarter turns against the clock, then a mirror: axis 0 swaps top and bottom, axis 1
/// left and right (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
fn exif_number(turns: u8, mirror: Option<u8>) -> u8 {
    match (turns, mirror) {
        (0, None) => 1,
        (1, None) => 8,
        (2, None) => 3,
        (3, None) => 6,
        (0, Some(1)) | (2, Some(0)) => 2,
        (0, Some(_)) | (2, Some(_)) => 4,
        (1, Some(0)) | (3, Some(1)) => 5,
        (_, Some(_)) => 7,
        (_, None) => 1,
    }
}
