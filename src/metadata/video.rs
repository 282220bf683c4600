//! What is said in the boxes of a film (ISO/IEC 14496-12, QuickTime), and of pictures that are built of the same boxes. For the
//! audit of a finished site.

use std::borrow::Cow;

use super::blocks::after_tiff_offset;
use super::privacy_scan::{Carried, Found, MOST, of_exif, of_packet};
use crate::formats::Limits;
use crate::formats::isobmff::{Boxed, Meta, boxes};

/// Boxes within boxes are looked into this deep.
const DEEPEST: usize = 10;
/// No film has more boxes that could say something.
const MOST_BOXES: usize = 1 << 16;
/// The `uuid` of XMP (XMP part 3, 1.2.7).
const XMP: &[u8] = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// Whether bytes begin as a file that is built of boxes does.
pub(super) fn is_film(bytes: &[u8]) -> bool {
    let kinds = [b"ftyp", b"JXL ", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];
    boxes(bytes).next().is_some_and(|first| kinds.contains(&&first.kind))
}

/// Notes what the boxes of a file say.
pub(super) fn look(bytes: &[u8], found: &mut Found) {
    of_items(bytes, found);
    within(bytes, 0, &mut { MOST_BOXES }, found);
}

/// All blocks of metadata that a file has as items.
fn of_items(bytes: &[u8], found: &mut Found) {
    let Some(meta) = Meta::of_file(bytes) else { return };
    let limit = Limits::default().metadata_bytes;
    // Items may name the same bytes: read again and again, they would be more than the file.
    let mut room = bytes.len();
    let is_xmp = |media: &[u8]| media == b"application/rdf+xml";
    for item in meta.items.iter().filter(|item| &item.kind == b"Exif" || is_xmp(item.media)).take(MOST) {
        let content = meta.content(bytes, item.id, limit.min(room));
        room -= content.as_ref().map_or(0, |content| content.len());
        match content {
            Some(content) if is_xmp(item.media) => of_packet(&content, found),
            Some(content) => match after_tiff_offset(content) {
                Some(block) => of_exif(&block, found),
                None => found.add(Carried::Unreadable, "EXIF"),
            },
            None => found.add(Carried::Unreadable, "a block of metadata"),
        }
    }
}

fn within(bytes: &[u8], depth: usize, left: &mut usize, found: &mut Found) {
    for inner in boxes(bytes) {
        if depth > DEEPEST || *left == 0 {
            found.add(Carried::Unreadable, "boxes");
            return;
        }
        *left -= 1;
        let body = inner.body;
        match &inner.kind {
            b"moov" | b"trak" | b"udta" | b"ilst" | b"mdia" | b"minf" | b"stbl" => within(body, depth + 1, left, found),
            // QuickTime's has neither version nor flags.
            b"meta" if body.get(4..8) == Some(b"hdlr") => within(body, depth + 1, left, found),
            b"meta" => within(body.get(4..).unwrap_or_default(), depth + 1, left, found),
            // Digits, as `+50.0100+014.0200/` (ISO 6709).
            b"\xa9xyz" if body.iter().any(u8::is_ascii_digit) => found.add(Carried::Gps, "\u{a9}xyz"),
            b"loci" => found.add(Carried::Gps, "loci"),
            b"keys" => of_keys(body, found),
            // The tracks of cameras that write down where they go.
            b"stsd" => {
                let kinds = || boxes(body.get(8..).unwrap_or_default()).map(|entry| entry.kind).take(MOST);
                if memchr::memmem::find(body, b"location.ISO6709").is_some()
                    || kinds().any(|kind| matches!(&kind, b"gpmd" | b"camm"))
                {
                    found.add(Carried::Gps, "a track of places");
                }
            }
            b"uuid" if body.starts_with(XMP) => of_xmp(&body[XMP.len()..], found),
            b"XMP_" => of_xmp(body, found),
            _ if depth == 0 => of_jpeg_xl(&inner, found),
            _ => {}
        }
    }
}

/// A packet of XMP that lies in a box.
fn of_xmp(body: &[u8], found: &mut Found) {
    if body.len() > Limits::default().metadata_bytes {
        found.add(Carried::Unreadable, "XMP");
    } else {
        of_packet(body, found);
    }
}

/// The names of what stands in the `ilst` box beside them.
fn of_keys(body: &[u8], found: &mut Found) {
    for key in boxes(body.get(8..).unwrap_or_default()).take(MOST) {
        let name = String::from_utf8_lossy(key.body).to_lowercase();
        if name.contains("location") || name.contains("gps") {
            found.add(Carried::Gps, name);
        } else if name.contains("serial") {
            found.add(Carried::SerialNumber, name);
        }
    }
}

/// The blocks of a JPEG XL (ISO/IEC 18181-2).
fn of_jpeg_xl(outer: &Boxed<'_>, found: &mut Found) {
    match &outer.kind {
        b"Exif" => match after_tiff_offset(Cow::Borrowed(outer.body)) {
            Some(block) => of_exif(&block, found),
            None => found.add(Carried::Unreadable, "EXIF"),
        },
        b"xml " => of_xmp(outer.body, found),
        b"brob" if matches!(outer.body.get(..4), Some(b"Exif" | b"xml ")) => {
            found.add(Carried::Unreadable, "a block that is packed with Brotli");
        }
        _ => {}
    }
}
