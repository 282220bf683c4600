//! Finds the metadata blocks in a file: EXIF, XMP and IPTC-IIM, wherever its format keeps them.

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::formats::bytes::{be16, be32, slice};
use crate::formats::isobmff::Meta;
use crate::formats::tiff::Tiff;
use crate::formats::{Limits, SourceFormat, jpeg, jxl, png, webp};

const TAG_XMP: u16 = 700;
const TAG_IPTC: u16 = 33723;
const TAG_PHOTOSHOP: u16 = 34377;

/// The property of an XMP packet that names the rest of it, which lies elsewhere.
const EXTENDED_NOTE: &str = "HasExtendedXMP";
/// The number of the resource with the IPTC-IIM data, and how that begins.
const IPTC_NUMBER: u16 = 0x0404;
const IPTC_RESOURCE: &[u8] = b"8BIM\x04\x04";

/// The blocks of one file, as they lie in it.
#[derive(Debug, Default)]
pub(super) struct Blocks<'a> {
    /// A TIFF structure.
    pub(super) exif: Option<Cow<'a, [u8]>>,
    /// The XMP packet, then the extended one where there is any.
    pub(super) xmp: Vec<Cow<'a, [u8]>>,
    /// IPTC-IIM data sets.
    pub(super) iptc: Option<Cow<'a, [u8]>>,
    /// Whether some XMP was damaged, missing or too large.
    pub(super) lost_xmp: bool,
    /// Whether another packet lies beside the first, which may say anything once more in other words.
    pub(super) second_xmp: bool,
    /// Whether some EXIF or IPTC was.
    pub(super) lost_others: bool,
    /// What was damaged or too large, one sentence each.
    pub(super) warnings: Vec<String>,
}

impl<'a> Blocks<'a> {
    /// Finds them all; what exceeds `limits` is left out with a warning.
    pub(super) fn of(bytes: &'a [u8], format: SourceFormat, limits: &Limits) -> Self {
        let mut blocks = Self::default();
        match format {
            SourceFormat::Jpeg => blocks.of_jpeg(bytes, limits),
            SourceFormat::Png => blocks.of_png(bytes, limits),
            SourceFormat::Webp => blocks.of_webp(bytes),
            SourceFormat::Tiff => blocks.of_tiff(bytes),
            SourceFormat::Avif | SourceFormat::Heic => blocks.of_heif(bytes, limits),
            SourceFormat::JpegXl => blocks.of_jxl(bytes, limits),
        }
        blocks.miss_extended();
        blocks.keep_within(limits);
        blocks
    }

    fn keep_within(&mut self, limits: &Limits) {
        let limit = limits.metadata_bytes;
        let warnings = &mut self.warnings;
        let mut fits = |name: &str, length: usize| {
            let fits = length <= limit;
            if !fits {
                warnings.push(format!(
                    "its {name} block is ignored: it has {length} bytes, more than the limit of {limit}"
                ));
            }
            fits
        };
        // A TIFF file is its own EXIF block, pictures and all; only what is read from it counts.
        if let Some(Cow::Owned(exif)) = &self.exif
            && !fits("EXIF", exif.len())
        {
            self.exif = None;
            self.lost_others = true;
        }
        let found = self.xmp.len();
        self.xmp.retain(|xmp| fits("XMP", xmp.len()));
        self.lost_xmp |= self.xmp.len() < found;
        self.lost_others |= self.iptc.take_if(|iptc| !fits("IPTC", iptc.len())).is_some();
    }

    /// Takes the first packet. One photo has one: of another nobody knows which of the two counts.
    fn take_xmp(&mut self, packet: Cow<'a, [u8]>) {
        match self.xmp.first() {
            None => self.xmp.push(packet),
            Some(first) if *first == packet => {}
            Some(_) if self.second_xmp => {}
            Some(_) => {
                self.second_xmp = true;
                self.lost_xmp = true;
                self.warnings.push("its second XMP block is ignored".into());
            }
        }
    }

    /// Notices where the packet names an extended one and nothing of that came along.
    fn miss_extended(&mut self) {
        if let [main] = self.xmp.as_slice()
            && !self.lost_xmp
            && after_note(&super::xmp::as_text(main)).is_some()
        {
            self.lost_xmp = true;
            self.warnings.push("its extended XMP is missing".into());
        }
    }

    fn of_jpeg(&mut self, bytes: &'a [u8], limits: &Limits) {
        self.exif = jpeg::exif(bytes).map(Cow::Borrowed);
        let mut photoshop: Vec<&[u8]> = Vec::new();
        let mut extended: Vec<&[u8]> = Vec::new();
        for segment in jpeg::segments(bytes) {
            let body = segment.body;
            match segment.marker {
                jpeg::APP1 if body.starts_with(jpeg::XMP) => {
                    self.take_xmp(Cow::Borrowed(&body[jpeg::XMP.len()..]));
                }
                jpeg::APP1 if body.starts_with(jpeg::EXTENDED_XMP) => extended.push(&body[jpeg::EXTENDED_XMP.len()..]),
                jpeg::APP13 if body.starts_with(jpeg::PHOTOSHOP) => photoshop.push(&body[jpeg::PHOTOSHOP.len()..]),
                _ => {}
            }
        }
        self.iptc = match photoshop.as_slice() {
            [] => None,
            [one] => self.iptc_of(one).map(Cow::Borrowed),
            // A resource may run over from one segment into the next.
            several => self.iptc_of(&several.concat()).map(|iptc| Cow::Owned(iptc.to_vec())),
        };
        if !extended.is_empty() {
            match self.xmp.first().and_then(|main| join_extended(main, &extended, limits.metadata_bytes)) {
                Some(joined) => self.xmp.push(Cow::Owned(joined)),
                None => {
                    self.lost_xmp = true;
                    self.warnings.push("its extended XMP is incomplete or does not match, and is ignored".into());
                }
            }
        }
    }

    fn of_png(&mut self, bytes: &'a [u8], limits: &Limits) {
        self.exif = png::exif(bytes, limits.metadata_bytes);
        let mut raw_xmp = None;
        let texts = png::metadata_texts(png::chunks_to_end(bytes), limits.metadata_bytes);
        for (place, text) in texts.enumerate().take(png::MOST_TEXTS + 1) {
            if place == png::MOST_TEXTS {
                self.lost_others = true;
                break;
            }
            match text {
                Err(keyword) => {
                    self.lost_xmp |= keyword.ends_with(b"xmp");
                    self.lost_others |= !keyword.ends_with(b"xmp");
                    self.warnings.push("a text chunk with metadata is damaged and ignored".into());
                }
                Ok((b"XML:com.adobe.xmp", text)) => self.take_xmp(text),
                Ok((b"Raw profile type xmp", text)) => {
                    raw_xmp = png::raw_profile(&text);
                    self.lost_xmp |= raw_xmp.is_none();
                }
                Ok((b"Raw profile type exif" | b"Raw profile type APP1", text)) => {
                    self.lost_others |= png::raw_profile(&text).is_none();
                }
                Ok((b"Raw profile type iptc", text)) => {
                    let raw = png::raw_profile(&text);
                    self.lost_others |= raw.is_none() || self.iptc.is_some();
                    self.iptc = raw.map(|raw| Cow::Owned(iptc_resource(&raw).unwrap_or(&raw).to_vec()));
                }
                Ok(_) => {}
            }
        }
        self.xmp.extend(raw_xmp.filter(|_| self.xmp.is_empty()).map(Cow::Owned));
    }

    /// The IPTC-IIM data among Photoshop's image resources; that they are damaged is told where it may be lost by that.
    fn iptc_of<'b>(&mut self, resources: &'b [u8]) -> Option<&'b [u8]> {
        let iptc = iptc_resource(resources);
        let rest = behind(resources);
        let is_whole = rest.iter().all(|byte| *byte == 0);
        let is_in_rest = || rest.windows(IPTC_RESOURCE.len()).any(|window| window == IPTC_RESOURCE);
        if !is_whole && (iptc.is_none() || is_in_rest()) {
            self.lost_others = true;
            self.warnings.push("its block of Photoshop resources is damaged; only its readable part is used".into());
        } else if self::resources(resources).any(|(id, body)| id == IPTC_NUMBER && Some(body) != iptc) {
            self.lost_others = true;
            self.warnings.push("its second IPTC block is ignored".into());
        }
        iptc
    }

    fn of_webp(&mut self, bytes: &'a [u8]) {
        self.exif = webp::exif(bytes).map(Cow::Borrowed);
        webp::chunks(bytes)
            .filter(|(kind, _)| *kind == b"XMP ")
            .for_each(|(_, packet)| self.take_xmp(Cow::Borrowed(packet)));
    }

    fn of_tiff(&mut self, bytes: &'a [u8]) {
        let Some(directory) = Tiff::new(bytes).and_then(|tiff| tiff.first()) else { return };
        self.exif = Some(Cow::Borrowed(bytes));
        self.xmp.extend(directory.get(TAG_XMP).map(|entry| Cow::Borrowed(entry.bytes())));
        self.iptc = directory.get(TAG_IPTC).map(|entry| {
            let raw = entry.bytes();
            match raw {
                // Written as numbers of four bytes by a program that then turned them round.
                [_, _, _, 0x1c, ..] if raw[0] != 0x1c => {
                    Cow::Owned(raw.chunks_exact(4).flat_map(|four| [four[3], four[2], four[1], four[0]]).collect())
                }
                _ => Cow::Borrowed(raw),
            }
        });
        if self.iptc.is_none() {
            self.iptc = directory.get(TAG_PHOTOSHOP).and_then(|entry| self.iptc_of(entry.bytes())).map(Cow::Borrowed);
        }
    }

    fn of_heif(&mut self, bytes: &'a [u8], limits: &Limits) {
        let Some(meta) = Meta::of_file(bytes) else { return };
        for item in &meta.items {
            let is_xmp = &item.kind == b"mime" && item.media == b"application/rdf+xml";
            if &item.kind != b"Exif" && !is_xmp {
                continue;
            }
            match meta.content(bytes, item.id, limits.metadata_bytes) {
                Some(content) if is_xmp => self.take_xmp(content),
                Some(content) if self.exif.is_none() => self.exif = after_tiff_offset(content),
                Some(_) => {}
                None => self.lose_item(is_xmp),
            }
        }
    }

    fn of_jxl(&mut self, bytes: &'a [u8], limits: &Limits) {
        for (kind, is_xmp) in [(b"Exif", false), (b"xml ", true)] {
            for found in jxl::metadata(bytes, kind, limits.metadata_bytes) {
                match found {
                    Some(content) if is_xmp => self.take_xmp(content),
                    Some(content) if self.exif.is_none() => self.exif = after_tiff_offset(content),
                    Some(_) => {}
                    None => self.lose_item(is_xmp),
                }
            }
        }
    }

    fn lose_item(&mut self, is_xmp: bool) {
        self.lost_xmp |= is_xmp;
        self.lost_others |= !is_xmp;
        self.warnings.push("a metadata item is damaged or too large and is ignored".into());
    }
}

/// The Exif item of a HEIF file, and the box of a JPEG XL, begins with the distance to the TIFF header (ISO/IEC 23008-12, A.2.1).
pub(super) fn after_tiff_offset(content: Cow<'_, [u8]>) -> Option<Cow<'_, [u8]>> {
    let start = usize::try_from(be32(&content, 0)?).ok()?.checked_add(4)?;
    Some(match content {
        Cow::Borrowed(content) => Cow::Borrowed(content.get(start..)?),
        Cow::Owned(content) => Cow::Owned(content.get(start..)?.to_vec()),
    })
}

/// The IPTC-IIM data among Photoshop's image resources (number 0x0404).
pub(super) fn iptc_resource(bytes: &[u8]) -> Option<&[u8]> {
    resources(bytes).find(|(id, _)| *id == IPTC_NUMBER).map(|(_, body)| body)
}

/// Photoshop's image resources: number and content.
pub(super) fn resources(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (resource, next) = resource(bytes, at)?;
        at = next;
        Some(resource)
    })
}

/// What lies behind the resources: nothing but padding where they are whole.
fn behind(bytes: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some((_, next)) = resource(bytes, at) {
        at = next;
    }
    bytes.get(at..).unwrap_or_default()
}

/// The resource at a place, and the place of the next.
fn resource(bytes: &[u8], at: usize) -> Option<((u16, &[u8]), usize)> {
    if !matches!(bytes.get(at..at + 4)?, b"8BIM" | b"MeSa" | b"PHUT" | b"AgHg" | b"DCSR") {
        return None;
    }
    let id = be16(bytes, at + 4)?;
    // The name: a length byte and that many more, together even.
    let name = usize::from(*bytes.get(at + 6)?) + 1;
    let length_at = at + 6 + name + name % 2;
    let length = usize::try_from(be32(bytes, length_at)?).ok()?;
    let body = slice(bytes, length_at + 4, length)?;
    Some(((id, body), length_at + 4 + length + length % 2))
}

/// What follows in a packet on the name of the property that names an extended one.
fn after_note(main: &str) -> Option<&str> {
    main.split_once(EXTENDED_NOTE).map(|(_, rest)| rest)
}

/// Puts the pieces of an extended XMP together (XMP part 3, 1.1.3.1): those whose GUID the main packet
/// names, at the offsets they give, with the MD5 that the GUID is.
fn join_extended(main: &[u8], pieces: &[&[u8]], limit: usize) -> Option<Vec<u8>> {
    let text = super::xmp::as_text(main);
    let guid: Vec<u8> = after_note(&text)?.bytes().skip_while(|byte| !byte.is_ascii_hexdigit()).take(32).collect();
    let mine: Vec<(usize, &[u8])> = pieces
        .iter()
        .filter(|piece| piece.get(..32).is_some_and(|of| of.eq_ignore_ascii_case(&guid)))
        .filter_map(|piece| Some((usize::try_from(be32(piece, 36)?).ok()?, piece.get(40..)?)))
        .collect();
    let first = pieces.iter().find(|piece| piece.get(..32).is_some_and(|of| of.eq_ignore_ascii_case(&guid)))?;
    let length = usize::try_from(be32(first, 32)?).ok()?;
    // What the pieces bring bounds the memory, whatever length they claim.
    if length > limit || mine.iter().map(|(_, piece)| piece.len()).sum::<usize>() < length {
        return None;
    }
    let mut joined = vec![0; length];
    for (at, piece) in mine {
        joined.get_mut(at..at.checked_add(piece.len())?)?.copy_from_slice(piece);
    }
    let digest = Md5::digest(&joined);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.as_bytes().eq_ignore_ascii_case(&guid).then_some(joined)
}
