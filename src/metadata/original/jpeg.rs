//! JPEG: tables, frames and scans, the colour profile and Adobe's note on colours are the picture.

use super::{Density, Original, Refusal};
use crate::formats::bytes::be16;
use crate::formats::jpeg::{APP0, END_OF_IMAGE, Headers, START_OF_SCAN, Segment, end_of_scan};
use crate::metadata::packet::Packet;
use crate::metadata::splice;

const DAMAGED: Refusal = "it is damaged, or something else lies in it";
/// Colour profiles, in pieces.
const APP2: u8 = 0xe2;
/// Adobe's note on how colours are coded.
const APP14: u8 = 0xee;
/// What a JFIF segment without a thumbnail has: name, version, density, and no pixels.
const JFIF: usize = 14;
/// What Adobe's note has: name, version, flags, and the transform.
const ADOBE: usize = 12;

/// The picture's own segments and the packet's, in their usual order.
pub(super) fn rewritten(source: &[u8], packet: &Packet) -> Result<Original, Refusal> {
    let mut out = Original::default();
    let (mut headers, mut scan) = (Headers::new(source), None);
    out.put(*b"\xff\xd8");
    let (mut rest, mut jfif) = (Vec::new(), None);
    while let Some(segment) = headers.read() {
        let segment = segment.map_err(|_| DAMAGED)?;
        let body = segment.body;
        match segment.marker {
            APP0 if body.starts_with(b"JFIF\0") && body.len() >= JFIF => jfif = jfif.or(body.get(..JFIF - 2)),
            START_OF_SCAN => scan = Some(segment),
            END_OF_IMAGE => return Err(DAMAGED),
            _ if is_of_picture(&segment) => rest.push(segment),
            _ => {}
        }
    }
    let scan = scan.ok_or(DAMAGED)?;
    if let Some(jfif) = jfif {
        // No thumbnail follows.
        out.put([&[0xff, APP0, 0, 16][..], jfif, &[0, 0]].concat());
    }
    let mut blocks = Vec::new();
    splice::jpeg_segments(&mut blocks, packet)?;
    if !blocks.is_empty() {
        out.put(blocks);
    }
    for segment in rest {
        if segment.marker == APP14 {
            out.put([&[0xff, APP14, 0, 14][..], &segment.body[..ADOBE]].concat());
        } else {
            out.take(segment.at..segment.end);
        }
    }
    scans(source, &scan, &mut out)?;
    Ok(out)
}

/// All scans with the tables between them, up to the end of the picture: what lies behind is another file.
fn scans(source: &[u8], first: &Segment<'_>, out: &mut Original) -> Result<(), Refusal> {
    let (mut from, mut at) = (first.at, first.end);
    loop {
        at = end_of_scan(source, at).ok_or(DAMAGED)?;
        let marker = *source.get(at + 1).ok_or(DAMAGED)?;
        if marker == END_OF_IMAGE {
            out.take(from..at + 2);
            return Ok(());
        }
        let end = at + 2 + usize::from(be16(source, at + 2).ok_or(DAMAGED)?);
        if end > source.len() {
            return Err(DAMAGED);
        }
        match marker {
            // Tables, further scans, the number of lines, restart intervals.
            0xc4 | 0xcc | START_OF_SCAN..=0xdd => {}
            0xe0..=0xef | 0xfe => {
                out.take(from..at);
                from = end;
            }
            _ => return Err(DAMAGED),
        }
        at = end;
    }
}

/// Whether a segment says how the picture is coded or coloured.
fn is_of_picture(segment: &Segment<'_>) -> bool {
    match segment.marker {
        APP2 => segment.body.starts_with(b"ICC_PROFILE\0"),
        APP14 => segment.body.starts_with(b"Adobe") && segment.body.len() >= ADOBE,
        0xc0..=0xcf | 0xdb..=0xdf => true,
        _ => false,
    }
}

/// The density that JFIF gives.
pub(super) fn density(source: &[u8]) -> Option<Density> {
    let mut segments = crate::formats::jpeg::segments(source);
    let body = segments.find(|segment| segment.marker == APP0 && segment.body.starts_with(b"JFIF\0"))?.body;
    let unit = match body.get(7)? {
        1 => 2,
        2 => 3,
        _ => return None,
    };
    let pixels = be16(body, 8).filter(|pixels| *pixels > 0)?;
    Some(((u32::from(pixels), 1), unit))
}
