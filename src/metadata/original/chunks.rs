//! Formats of chunks and boxes: PNG, WebP and JPEG XL.

use super::{Original, Refusal};
use crate::formats::isobmff::boxes;
use crate::formats::{jxl, png, webp};
use crate::metadata::packet::Packet;

const DAMAGED: Refusal = "it is damaged, or something else lies in it";
const TOO_LARGE: Refusal = "it is too large";

/// Chunks that say how the pixels of a PNG are stored, coloured and scaled.
const PNG_CHUNKS: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"pHYs",
];

/// The picture's own chunks, and the packet's behind the header.
pub(super) fn png(source: &[u8], packet: &Packet) -> Result<Original, Refusal> {
    let mut out = Original::default();
    out.put(png::SIGNATURE);
    let mut has_ended = false;
    for (at, kind, body) in png::placed_chunks(source) {
        let is_known = PNG_CHUNKS.iter().any(|known| known[..] == *kind);
        // A capital tells what nobody can do without (W3C PNG, 5.4).
        if !is_known && kind[0].is_ascii_uppercase() {
            return Err(DAMAGED);
        }
        let end = at + 12 + body.len();
        if !is_known {
            continue;
        }
        if end > source.len() {
            return Err(DAMAGED);
        }
        out.take(at..end);
        if kind == b"IHDR" {
            if !packet.exif.is_empty() {
                out.put(png_chunk(b"eXIf", &packet.exif)?);
            }
            if !packet.xmp.is_empty() {
                let text = [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], &packet.xmp].concat();
                out.put(png_chunk(b"iTXt", &text)?);
            }
        }
        has_ended = kind == b"IEND";
        if has_ended {
            break;
        }
    }
    if has_ended { Ok(out) } else { Err(DAMAGED) }
}

fn png_chunk(kind: &[u8; 4], body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut check = flate2::Crc::new();
    check.update(kind);
    check.update(body);
    let length = u32::try_from(body.len()).map_err(|_| TOO_LARGE)?;
    Ok([&length.to_be_bytes()[..], kind, body, &check.sum().to_be_bytes()].concat())
}

/// `VP8X` tells of a colour profile by this bit.
const PROFILE: u8 = 0x20;

/// The still picture with its profile and transparency, and the packet's chunks behind it.
pub(super) fn webp(source: &[u8], packet: &Packet) -> Result<Original, Refusal> {
    let canvas = webp::canvas(source).ok_or(DAMAGED)?;
    if canvas.animated {
        return Err("it is an animation");
    }
    let (mut profile, mut alpha, mut picture) = (None, None, None);
    let mut at = webp::HEADER;
    for (kind, body) in webp::chunks(source) {
        let chunk = at..at + 8 + body.len();
        at = chunk.end + body.len() % 2;
        match kind {
            b"ICCP" => profile = profile.or(Some(chunk)),
            b"ALPH" => alpha = alpha.or(Some(chunk)),
            b"VP8 " | b"VP8L" => picture = picture.or(Some(chunk)),
            _ => {}
        }
    }
    let picture = picture.ok_or(DAMAGED)?;
    let mut flags = if profile.is_some() { PROFILE } else { 0 };
    flags |= if canvas.alpha { webp::ALPHA } else { 0 };
    flags |= if packet.exif.is_empty() { 0 } else { webp::EXIF };
    flags |= if packet.xmp.is_empty() { 0 } else { webp::XMP };
    let mut out = Original::default();
    out.put(*b"WEBP");
    if flags != 0 {
        let mut extended = b"VP8X\x0a\0\0\0".to_vec();
        extended.extend([flags, 0, 0, 0]);
        extended.extend(&(canvas.width - 1).to_le_bytes()[..3]);
        extended.extend(&(canvas.height - 1).to_le_bytes()[..3]);
        out.put(extended);
    }
    for chunk in profile.into_iter().chain(alpha).chain([picture]) {
        let odd = chunk.len() % 2;
        out.take(chunk);
        out.put(vec![0; odd]);
    }
    for (kind, body) in [(b"EXIF", &packet.exif), (b"XMP ", &packet.xmp)] {
        if !body.is_empty() {
            let length = u32::try_from(body.len()).map_err(|_| TOO_LARGE)?;
            out.put([&kind[..], &length.to_le_bytes(), body, &[0][..body.len() % 2]].concat());
        }
    }
    let length = u32::try_from(out.len()).map_err(|_| TOO_LARGE)?;
    out.pieces.insert(0, super::Piece::Own([b"RIFF", &length.to_le_bytes()[..]].concat()));
    Ok(out)
}

/// What a file of boxes begins with behind its signature.
const FILE_TYPE: &[u8] = b"\0\0\0\x14ftypjxl \0\0\0\0jxl ";

/// The codestream in boxes, with the packet's before it. What would make a JPEG of it again holds that JPEG's metadata, and is
/// left out.
pub(super) fn jpeg_xl(source: &[u8], packet: &Packet) -> Result<Original, Refusal> {
    let mut out = Original::default();
    let is_bare = source.starts_with(jxl::CODESTREAM);
    if is_bare && packet.is_empty() {
        out.take(0..source.len());
        return Ok(out);
    }
    out.put([jxl::BOXES, FILE_TYPE].concat());
    let of_kind = |kinds: &'static [&[u8; 4]]| {
        let found = boxes(if is_bare { &[] } else { source }).filter(|found| kinds.contains(&&found.kind));
        found.map(|found| found.at..found.end())
    };
    // The level that a decoder needs stands before everything else.
    of_kind(&[b"jxll"]).take(1).for_each(|level| out.take(level));
    for (kind, head, body) in [(b"Exif", &[0; 4][..], &packet.exif), (b"xml ", &[][..], &packet.xmp)] {
        if !body.is_empty() {
            let length = u32::try_from(head.len() + body.len() + 8).map_err(|_| TOO_LARGE)?;
            out.put([&length.to_be_bytes()[..], kind, head, body].concat());
        }
    }
    if is_bare {
        let length = u32::try_from(source.len() + 8).map_err(|_| TOO_LARGE)?;
        out.put([&length.to_be_bytes()[..], b"jxlc"].concat());
        out.take(0..source.len());
        return Ok(out);
    }
    let before = out.len();
    of_kind(&[b"jxlc", b"jxlp"]).for_each(|coded| out.take(coded));
    if out.len() > before { Ok(out) } else { Err(DAMAGED) }
}
