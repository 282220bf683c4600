//! Finds what a published picture contains besides pixels and rights, for the audit.

use std::collections::BTreeSet;

use serde::Serialize;

use super::blocks::{Blocks, resources};
use super::{iptc, video, xmp};
use crate::formats::isobmff::{Meta, boxes};
use crate::formats::tiff::{Directory, Tiff};
use crate::formats::{Limits, SourceFormat, jpeg, png, webp};

/// What kind of thing a picture carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carried {
    /// Where it was taken, as coordinates.
    Gps,
    /// A number of the camera, the lens, the picture or their owner.
    SerialNumber,
    /// A small copy of the picture, perhaps of an earlier state.
    Thumbnail,
    /// What only the maker of the camera can read.
    MakerNote,
    /// A comment.
    Comment,
    /// Anything else that is neither pixels, colour nor rights.
    Other,
    /// A block that cannot be read, so that nobody knows.
    Unreadable,
}

/// What a picture carries beyond pixels, colour profile and the fields of [`super::Rights`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Each thing with its name in its block: `EXIF 0xa431`, `XMP aux:SerialNumber`, `JPEG APP2`.
    pub items: BTreeSet<(Carried, String)>,
}

impl Found {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether anything of this kind was found.
    pub fn has(&self, kind: Carried) -> bool {
        self.items.iter().any(|(found, _)| *found == kind)
    }

    pub(super) fn add(&mut self, kind: Carried, name: impl Into<String>) {
        self.items.insert((kind, name.into()));
    }
}

/// How many blocks of one kind, and how many pictures behind the first, are looked into.
pub(super) const MOST: usize = 64;

/// Lists what a JPEG, PNG, TIFF, WebP or AVIF carries that no published picture should.
pub fn strip_check(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let Some(format) = SourceFormat::by_bytes(bytes) else {
        found.add(Carried::Unreadable, "it is no picture");
        return found;
    };
    let mut end = of_picture(bytes, format, &mut found);
    let behind = end.filter(|_| format == SourceFormat::Jpeg).and_then(|end| bytes.get(end..)).unwrap_or_default();
    // Telephones put a second picture behind the first (CIPA DC-007, multi-picture format), with all it has to say.
    let mut rest = bytes;
    for _ in 0..MOST {
        rest = end.and_then(|end| rest.get(end..)).unwrap_or_default();
        let Some(at) = memchr::memmem::find(rest, b"\xff\xd8\xff") else { break };
        rest = &rest[at..];
        // One that has no end is looked behind, too.
        end = of_picture(rest, SourceFormat::Jpeg, &mut found).or(Some(3));
    }
    // Or the film of the moment.
    for at in memchr::memmem::find_iter(behind, b"ftyp").take(MOST) {
        let film = at.checked_sub(4).and_then(|at| behind.get(at..));
        film.into_iter().for_each(|film| video::look(film, &mut found));
    }
    found
}

/// Lists what a film, a HEIC or a JPEG XL says of places and cameras; nothing where it is none of them.
pub fn film_check(bytes: &[u8]) -> Option<Found> {
    video::is_film(bytes).then(|| {
        let mut found = Found::default();
        video::look(bytes, &mut found);
        found
    })
}

/// Lists what the XMP says that stands as text in an SVG, a GIF or a sidecar.
pub fn xmp_check(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let mut rest = bytes;
    for _ in 0..MOST {
        let Some(start) = memchr::memmem::find(rest, b"<rdf:RDF") else { break };
        let end = memchr::memmem::find(&rest[start..], b"</rdf:RDF>").map_or(rest.len(), |end| start + end + 10);
        let named = xmp::property_names(&rest[start..end]);
        let is_whole = named.is_ok();
        // What its names stand for may be said further out: then the whole file is read, once.
        let named = named.or_else(|why| match bytes.len() <= Limits::default().metadata_bytes {
            true => xmp::property_names(bytes),
            false => Err(why),
        });
        match named {
            Ok(names) => names.iter().for_each(|name| of_xmp(name, &mut found)),
            Err(why) => found.add(Carried::Unreadable, why),
        }
        if !is_whole {
            break;
        }
        rest = &rest[end..];
    }
    found
}

/// Looks into one picture, and tells where it ends if it is a JPEG.
fn of_picture(bytes: &[u8], format: SourceFormat, found: &mut Found) -> Option<usize> {
    let mut end = None;
    match format {
        SourceFormat::Jpeg => end = of_jpeg(bytes, found),
        SourceFormat::Png => of_png(bytes, found),
        SourceFormat::Webp => of_webp(bytes, found),
        SourceFormat::Avif => {
            of_avif(bytes, found);
            video::look(bytes, found);
        }
        SourceFormat::Heic | SourceFormat::JpegXl => video::look(bytes, found),
        SourceFormat::Tiff => {}
    }
    let blocks = Blocks::of(bytes, format, &Limits::default());
    for warning in blocks.warnings {
        found.add(Carried::Unreadable, warning);
    }
    if let Some(exif) = &blocks.exif {
        of_exif(exif, found);
    }
    blocks.xmp.iter().for_each(|packet| of_packet(packet, found));
    if let Some(block) = &blocks.iptc {
        let (sets, whole) = iptc::data_sets(block);
        for (record, number, _) in sets {
            if !matches!((record, number), (1, 0 | 90) | (2, 0 | 80 | 110 | 116)) {
                found.add(Carried::Other, format!("IPTC {record}:{number:02}"));
            }
        }
        if !whole {
            found.add(Carried::Unreadable, "IPTC");
        }
    }
    // Readers of photographs take the first block of a kind; what others hold is published as well.
    match format {
        SourceFormat::Jpeg => of_more_segments(bytes, found),
        SourceFormat::Png => of_more_chunks(bytes, found),
        _ => {}
    }
    end
}

pub(super) fn of_packet(packet: &[u8], found: &mut Found) {
    match xmp::property_names(packet) {
        Ok(names) => names.iter().for_each(|name| of_xmp(name, found)),
        Err(why) => found.add(Carried::Unreadable, why),
    }
}

fn of_more_segments(bytes: &[u8], found: &mut Found) {
    let segments = || jpeg::segments(bytes).filter(|segment| segment.marker == jpeg::APP1);
    let exif = segments().filter(|segment| segment.body.starts_with(jpeg::EXIF)).skip(1).take(MOST);
    exif.filter_map(|segment| segment.body.get(6..)).for_each(|block| of_exif(block, found));
    let packets = segments().filter_map(|segment| segment.body.strip_prefix(jpeg::XMP)).skip(1).take(MOST);
    packets.for_each(|packet| of_packet(packet, found));
}

fn of_more_chunks(bytes: &[u8], found: &mut Found) {
    let limit = Limits::default().metadata_bytes;
    let blocks = png::chunks(bytes).filter(|(kind, _)| *kind == b"eXIf").skip(1).take(MOST);
    blocks.for_each(|(_, block)| of_exif(block, found));
    let texts = png::metadata_texts(png::chunks(bytes), limit).take(MOST);
    for (keyword, text) in texts.filter_map(Result::ok) {
        let raw = || png::raw_profile(&text);
        match keyword {
            b"Raw profile type exif" | b"Raw profile type APP1" => match raw() {
                // Both are kept in one chunk by the name of the segment that they come from.
                Some(raw) if raw.starts_with(jpeg::XMP) => of_packet(&raw[jpeg::XMP.len()..], found),
                Some(raw) => of_exif(raw.strip_prefix(b"Exif\0\0").unwrap_or(&raw), found),
                None => found.add(Carried::Unreadable, "PNG text"),
            },
            b"Raw profile type xmp" => raw().iter().for_each(|packet| of_packet(packet, found)),
            b"XML:com.adobe.xmp" => of_packet(&text, found),
            _ => {}
        }
    }
}

pub(super) fn of_exif(block: &[u8], found: &mut Found) {
    let Some((tiff, first)) = Tiff::new(block).and_then(|tiff| Some((tiff, tiff.first()?))) else {
        found.add(Carried::Unreadable, "EXIF");
        return;
    };
    // What a picture is built of in TIFF, and the resolution: they say nothing about anybody.
    let is_plain = |tag: u16| {
        matches!(tag, 0x00fe | 0x0100..=0x0103 | 0x0106 | 0x0111 | 0x0112 | 0x0115..=0x0117 | 0x011a..=0x011c)
            || matches!(tag, 0x0128 | 0x013b | 0x013d | 0x0142..=0x0145 | 0x0152 | 0x0153 | 0x0213 | 0x8298 | 0x8773)
            || matches!(tag, 0x02bc | 0x83bb | 0x8649)
    };
    let note = |directory: &Directory<'_>, found: &mut Found| {
        for entry in &directory.entries {
            match entry.tag {
                0xa430 | 0xa431 | 0xa435 | 0xa420 | 0xc62f | 0xfde8 => {
                    found.add(Carried::SerialNumber, name(entry.tag))
                }
                0x927c | 0xc634 => found.add(Carried::MakerNote, name(entry.tag)),
                0x9286 | 0x9c9c => found.add(Carried::Comment, name(entry.tag)),
                0x8825 => found.add(Carried::Gps, "EXIF"),
                0x0201 | 0x0202 => found.add(Carried::Thumbnail, "EXIF"),
                // The directories themselves; what stands in them counts.
                0x8769 | 0xa005 | 0x014a => {}
                tag if is_plain(tag) => {}
                tag => found.add(Carried::Other, name(tag)),
            }
        }
        if directory.damaged > 0 {
            found.add(Carried::Unreadable, "EXIF");
        }
    };
    note(&first, found);
    for tag in [0x8769, 0xa005, 0x014a] {
        let Some(entry) = first.get(tag) else { continue };
        let at = entry.number(0).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| tiff.directory(at)) {
            Some(below) => {
                note(&below, found);
                if below.get(0xa005).is_some() {
                    found.add(Carried::Other, "EXIF interoperability");
                }
            }
            None => found.add(Carried::Unreadable, "EXIF"),
        }
    }
    if first.next.is_some_and(|next| next != 0) {
        found.add(Carried::Thumbnail, "EXIF second directory");
    }
}

fn name(tag: u16) -> String {
    format!("EXIF {tag:#06x}")
}

/// `prefix:Name`, by the customary prefix.
fn of_xmp(name: &str, found: &mut Found) {
    const RIGHTS: [&str; 7] = [
        "dc:creator",
        "dc:rights",
        "photoshop:Credit",
        "xmpRights:Marked",
        "xmpRights:WebStatement",
        "cc:license",
        "plus:DataMining",
    ];
    let lower = name.to_lowercase();
    let kind = match lower.as_str() {
        _ if RIGHTS.contains(&name) => return,
        _ if lower.contains("gps") || lower.contains("location") => Carried::Gps,
        _ if lower.contains("serial") || lower.contains("owner") || lower.contains("documentid") => {
            Carried::SerialNumber
        }
        _ if lower.contains("instanceid") || lower.contains("imageuniqueid") => Carried::SerialNumber,
        _ if lower.contains("thumbnail") => Carried::Thumbnail,
        _ => Carried::Other,
    };
    found.add(kind, format!("XMP {name}"));
}

fn of_jpeg(bytes: &[u8], found: &mut Found) -> Option<usize> {
    let mut scan_at = None;
    for segment in jpeg::segments(bytes) {
        let body = segment.body;
        let starts = |mark: &[u8]| body.starts_with(mark);
        match segment.marker {
            // Two bytes at its end say how large a thumbnail follows.
            jpeg::APP0 if starts(b"JFIF\0") && body.len() <= 14 => {}
            jpeg::APP0 if starts(b"JFIF\0") || starts(b"JFXX\0") => found.add(Carried::Thumbnail, "JFIF"),
            jpeg::APP1 if starts(jpeg::EXIF) || starts(jpeg::XMP) || starts(jpeg::EXTENDED_XMP) => {}
            jpeg::APP13 if starts(jpeg::PHOTOSHOP) => {
                for (id, _) in resources(&body[jpeg::PHOTOSHOP.len()..]).filter(|(id, _)| *id != 0x0404) {
                    let kind = if matches!(id, 0x0409 | 0x040c) { Carried::Thumbnail } else { Carried::Other };
                    found.add(kind, format!("Photoshop {id:#06x}"));
                }
            }
            0xe2 if starts(b"ICC_PROFILE\0") => {}
            0xee if starts(b"Adobe") => {}
            0xe0..=0xef => found.add(Carried::Other, format!("JPEG APP{}", segment.marker - 0xe0)),
            0xfe => found.add(Carried::Comment, "JPEG"),
            jpeg::START_OF_SCAN => scan_at = Some(segment.at),
            _ => {}
        }
    }
    if jpeg::stray(bytes) > 0 {
        found.add(Carried::Other, "data between the headers");
    }
    let end = scan_at.and_then(|scan_at| jpeg::end_of_picture(bytes, scan_at));
    match end {
        Some(end) if end < bytes.len() => found.add(Carried::Other, "data behind the picture"),
        Some(_) => {}
        None => found.add(Carried::Unreadable, "JPEG"),
    }
    end
}

fn of_png(bytes: &[u8], found: &mut Found) {
    for (kind, body) in png::chunks(bytes) {
        match kind {
            b"iTXt" if body.starts_with(b"XML:com.adobe.xmp\0") => {}
            b"tEXt" | b"zTXt" | b"iTXt" => found.add(Carried::Comment, "PNG text"),
            b"tIME" => found.add(Carried::Other, "PNG time"),
            _ => {}
        }
    }
}

fn of_webp(bytes: &[u8], found: &mut Found) {
    let mut end = webp::HEADER;
    for (kind, body) in webp::chunks(bytes) {
        end += 8 + body.len() + body.len() % 2;
        if !matches!(kind, b"VP8X" | b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" | b"EXIF" | b"XMP ") {
            found.add(Carried::Other, format!("WebP {}", String::from_utf8_lossy(kind).escape_default()));
        }
    }
    if end < bytes.len() {
        found.add(Carried::Other, "data behind the picture");
    }
}

fn of_avif(bytes: &[u8], found: &mut Found) {
    let mut end = 0;
    for outer in boxes(bytes) {
        end = outer.end();
        if !matches!(&outer.kind, b"ftyp" | b"meta" | b"mdat" | b"free") {
            found.add(Carried::Other, format!("AVIF {}", String::from_utf8_lossy(&outer.kind).escape_default()));
        }
    }
    if end < bytes.len() {
        found.add(Carried::Other, "data behind the picture");
    }
    let Some(meta) = Meta::of_file(bytes) else {
        found.add(Carried::Unreadable, "AVIF");
        return;
    };
    for item in &meta.items {
        let is_picture = matches!(&item.kind, b"av01" | b"grid" | b"iden" | b"tmap");
        let is_block = &item.kind == b"Exif" || &item.kind == b"mime" && item.media == b"application/rdf+xml";
        if !is_picture && !is_block {
            found.add(Carried::Other, format!("AVIF item {}", String::from_utf8_lossy(&item.kind).escape_default()));
        }
    }
    if meta.has_reference(b"thmb") {
        found.add(Carried::Thumbnail, "AVIF");
    }
}
