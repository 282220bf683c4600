//! Identifies a file by its first bytes or, if they are not enough, by its name.

use serde::{Deserialize, Serialize};

use super::bytes::{be32, slice};
use super::isobmff::Meta;
use super::jxl;
use super::tiff::Tiff;

/// The formats photos are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceFormat {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG (W3C).
    Png,
    /// TIFF 6.0 or BigTIFF.
    Tiff,
    /// WebP (RFC 9649).
    Webp,
    /// AVIF (AOM).
    Avif,
    /// HEIC: HEVC in HEIF (ISO/IEC 23008-12), as telephones and some cameras write it.
    Heic,
    /// JPEG XL (ISO/IEC 18181).
    JpegXl,
}

impl SourceFormat {
    /// The format these bytes begin with. A TIFF may still be RAW: ask [`NotAPhoto::by_bytes`] first.
    pub fn by_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else if let Some(coded) = heif_by_bytes(bytes) {
            Some(coded)
        } else if bytes.starts_with(jxl::CODESTREAM) || bytes.starts_with(jxl::BOXES) {
            Some(Self::JpegXl)
        } else if Tiff::new(bytes).is_some() {
            Some(Self::Tiff)
        } else {
            None
        }
    }

    /// The format a file of this name should have: how folders are searched before files are opened.
    pub fn by_name(file_name: &str) -> Option<Self> {
        Some(match extension(file_name)?.as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" => Self::Png,
            "tif" | "tiff" => Self::Tiff,
            "webp" => Self::Webp,
            "avif" => Self::Avif,
            "heic" | "heif" | "hif" | "heics" | "heifs" => Self::Heic,
            "jxl" => Self::JpegXl,
            _ => return None,
        })
    }

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Tiff => "TIFF",
            Self::Webp => "WebP",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::JpegXl => "JPEG XL",
        }
    }

    /// The usual ending of its files, without the point.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::JpegXl => "jxl",
        }
    }
}

/// A file that is no photo this program can show, and what it is instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotAPhoto {
    /// A camera's own format, before development.
    Raw,
    /// A HEIF picture in another coding than HEVC and AV1: AVC, JPEG, uncompressed.
    OtherHeif,
    /// A JPEG 2000 picture.
    Jpeg2000,
    /// A film.
    Video,
    /// A moving picture in a picture format.
    Animation,
    /// A GIF.
    Gif,
    /// A layered file of an editor.
    Layered,
    /// Another picture format.
    OtherPicture,
    /// Something that begins like no picture.
    Unknown,
    /// Nothing at all.
    Empty,
}

const RAW_EXTENSIONS: [&str; 31] = [
    "3fr", "ari", "arq", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "iiq", "k25", "kdc", "mef",
    "mos", "mrw", "nef", "nrw", "orf", "ori", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f",
];

const VIDEO_EXTENSIONS: [&str; 20] = [
    "3gp", "avi", "crm", "flv", "insv", "lrv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv",
    "qt", "ts", "webm", "wmv",
];

impl NotAPhoto {
    /// What a file of this name is, when it is no photo: for telling people without opening it.
    pub fn by_name(file_name: &str) -> Option<Self> {
        let extension = extension(file_name)?;
        let extension = extension.as_str();
        Some(match extension {
            "avci" | "avcs" => Self::OtherHeif,
            "jp2" | "j2k" | "jpf" | "jpx" => Self::Jpeg2000,
            "gif" => Self::Gif,
            "psd" | "psb" | "xcf" | "afphoto" | "kra" => Self::Layered,
            "bmp" | "exr" | "hdr" | "ico" | "svg" | "tga" | "pnm" | "ppm" | "pgm" | "qoi" => Self::OtherPicture,
            _ if RAW_EXTENSIONS.contains(&extension) => Self::Raw,
            _ if VIDEO_EXTENSIONS.contains(&extension) => Self::Video,
            _ => return None,
        })
    }

    /// What these bytes are, when they are no photo. The name decides where RAW looks like plain TIFF.
    pub fn by_bytes(bytes: &[u8], file_name: &str) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::Empty);
        }
        if is_raw(bytes, file_name) {
            return Some(Self::Raw);
        }
        // A sequence often calls itself a picture too.
        if brands(bytes).is_some_and(|mut brands| brands.any(|brand| brand == b"avis")) {
            return Some(Self::Animation);
        }
        if SourceFormat::by_bytes(bytes).is_some() {
            return None;
        }
        if let Some(brands) = brands(bytes) {
            let heif = |brand: &[u8]| {
                matches!(brand, b"mif1" | b"mif2" | b"msf1" | b"avci" | b"avcs" | b"jpeg" | b"vvic")
                    || brand.starts_with(b"hei")
                    || brand.starts_with(b"hev")
            };
            return Some(if brands.clone().any(|brand| brand == b"crx ") {
                Self::Raw
            } else if is_sequence(bytes) && Meta::of_file(bytes).is_none() {
                Self::Animation
            } else if brands.into_iter().any(heif) {
                Self::OtherHeif
            } else {
                Self::Video
            });
        }
        let starts = |with: &[u8]| bytes.starts_with(with);
        Some(if starts(b"\0\0\0\x0cjP  ") || starts(b"\xff\x4f\xff\x51") {
            Self::Jpeg2000
        } else if starts(b"GIF8") {
            Self::Gif
        } else if starts(b"8BPS") || starts(b"gimp xcf") {
            Self::Layered
        } else if starts(b"BM") || starts(b"qoif") || starts(b"\x76\x2f\x31\x01") || starts(b"<svg") || starts(b"#?RAD")
        {
            Self::OtherPicture
        } else if is_video(bytes) {
            Self::Video
        } else {
            Self::by_name(file_name).unwrap_or(Self::Unknown)
        })
    }

    /// What it is, as the end of "this is …".
    pub fn what(self) -> &'static str {
        match self {
            Self::Raw => "a RAW file",
            Self::OtherHeif => "a HEIF picture in another coding than HEVC or AV1",
            Self::Jpeg2000 => "a JPEG 2000 picture",
            Self::Video => "a video",
            Self::Animation => "an animation",
            Self::Gif => "a GIF",
            Self::Layered => "an editor's layered file",
            Self::OtherPicture => "a picture in an unsupported format",
            Self::Unknown => "not a picture, or a badly damaged one",
            Self::Empty => "an empty file",
        }
    }

    /// What to do about it, one sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Raw => "develop it and export a JPEG or a 16-bit TIFF next to it",
            Self::OtherHeif => "export it as JPEG, or as HEIC in HEVC",
            Self::Jpeg2000 | Self::OtherPicture => "export it as JPEG, PNG, TIFF, WebP, AVIF, HEIC or JPEG XL",
            Self::Video => "galleries hold photos only; put videos in another folder",
            Self::Animation | Self::Gif => "galleries hold still photos; export one picture as JPEG or PNG",
            Self::Layered => "export it as a flat TIFF, PNG or JPEG",
            Self::Unknown => "open it in an editor, or copy it again from the original",
            Self::Empty => "copy it again from the original",
        }
    }
}

/// What a file is: a format that photos are read from, or what it is instead. `file_name` decides only where RAW looks like
/// plain TIFF and what to call the unknown.
///
/// # Errors
///
/// It is no photo.
pub fn sniff(bytes: &[u8], file_name: &str) -> Result<SourceFormat, NotAPhoto> {
    match NotAPhoto::by_bytes(bytes, file_name) {
        Some(what) => Err(what),
        None => SourceFormat::by_bytes(bytes).ok_or(NotAPhoto::Unknown),
    }
}

/// The letters after the last point, in lower case.
fn extension(file_name: &str) -> Option<String> {
    let (stem, extension) = file_name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// The brands of an ISO base media file's first box: the major one, then the compatible ones.
fn brands(bytes: &[u8]) -> Option<impl Iterator<Item = &[u8]> + Clone> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let end = usize::try_from(be32(bytes, 0)?).ok()?.clamp(16, 1024).min(bytes.len());
    let major = slice(bytes, 8, 4)?;
    let compatible = bytes.get(16..end).unwrap_or_default();
    Some(std::iter::once(major).chain(compatible.chunks_exact(4)))
}

/// AVIF or HEIC, by its brands; by its main item, where they say no more than that it is a HEIF.
fn heif_by_bytes(bytes: &[u8]) -> Option<SourceFormat> {
    let mut all = brands(bytes)?;
    if all.clone().any(|brand| brand == b"avif") {
        return Some(SourceFormat::Avif);
    }
    if all.clone().any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis")) {
        return Some(SourceFormat::Heic);
    }
    if !all.any(|brand| matches!(brand, b"mif1" | b"mif2" | b"msf1" | b"hevc" | b"hevx" | b"1pic")) {
        return None;
    }
    let meta = Meta::of_file(bytes)?;
    match &meta.kind(meta.coded(meta.primary))? {
        b"hvc1" | b"hev1" => Some(SourceFormat::Heic),
        b"av01" => Some(SourceFormat::Avif),
        _ => None,
    }
}

/// Whether a HEIF file holds a sequence of pictures besides its main one.
pub(super) fn is_sequence(bytes: &[u8]) -> bool {
    brands(bytes).is_some_and(|mut brands| brands.any(|brand| matches!(brand, b"msf1" | b"hevc" | b"hevx")))
}

/// RAW, by its own marks, by the marks of a sensor in a TIFF, or by its name.
fn is_raw(bytes: &[u8], file_name: &str) -> bool {
    const MARKS: [&[u8]; 8] =
        [b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM", b"FOVb", b"II\x1a\0\0\0HEAPCCDR"];
    if MARKS.iter().any(|mark| bytes.starts_with(mark))
        || bytes.get(8..10) == Some(b"CR") && bytes.starts_with(b"II*\0")
    {
        return true;
    }
    let Some(tiff) = Tiff::new(bytes) else { return false };
    let by_name = extension(file_name).is_some_and(|extension| RAW_EXTENSIONS.contains(&extension.as_str()));
    by_name || tiff.first().is_some_and(|directory| holds_sensor_data(&tiff, &directory))
}

/// A DNG version, or a colour filter array or linear raw picture in this directory or below it.
fn holds_sensor_data(tiff: &Tiff<'_>, directory: &super::tiff::Directory<'_>) -> bool {
    const DNG_VERSION: u16 = 0xc612;
    const PHOTOMETRIC: u16 = 0x0106;
    const SUB_DIRECTORIES: u16 = 0x014a;
    let sensor = |directory: &super::tiff::Directory<'_>| matches!(directory.number(PHOTOMETRIC), Some(32803 | 34892));
    directory.get(DNG_VERSION).is_some()
        || sensor(directory)
        || directory.get(SUB_DIRECTORIES).is_some_and(|entry| {
            (0..entry.count().min(8)).any(|index| {
                let at = entry.number(index).and_then(|at| usize::try_from(at).ok());
                at.and_then(|at| tiff.directory(at)).is_some_and(|below| sensor(&below))
            })
        })
}

fn is_video(bytes: &[u8]) -> bool {
    let atom = matches!(bytes.get(4..8), Some(b"moov" | b"mdat" | b"wide" | b"free"));
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ");
    let transport = bytes.first() == Some(&0x47) && bytes.get(188) == Some(&0x47);
    atom || riff
        || transport
        || [&b"\x1a\x45\xdf\xa3"[..], b"\0\0\x01\xba", b"\0\0\x01\xb3", b"FLV", b"OggS", b"\x30\x26\xb2\x75"]
            .iter()
            .any(|mark| bytes.starts_with(mark))
}
