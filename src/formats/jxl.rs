//! JPEG XL files: a bare codestream (ISO/IEC 18181-1), or boxes with one among them (18181-2).

use std::borrow::Cow;
use std::io::Read as _;
use std::panic::catch_unwind;

use jxl_bitstream::Bitstream;
use jxl_oxide::ImageHeader;
use jxl_oxide_common::Bundle as _;

use super::header::is_bright;
use super::isobmff::boxes;

/// What a file of boxes begins with.
pub(crate) const BOXES: &[u8] = b"\0\0\0\x0cJXL \r\n\x87\n";
/// What a bare codestream begins with.
pub(crate) const CODESTREAM: &[u8] = b"\xff\x0a";

/// What a codestream's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Width and height as shown: decoders turn pictures by themselves.
    pub(crate) size: (u32, u32),
    /// Bits for each channel.
    pub(crate) bits: u8,
    pub(crate) grey: bool,
    pub(crate) alpha: bool,
    /// Whether its brightness goes beyond what screens usually show: PQ or HLG.
    pub(crate) hdr: bool,
    /// Whether more than one picture follows.
    pub(crate) animated: bool,
}

/// The codestream of a file.
pub(crate) fn codestream(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if bytes.starts_with(CODESTREAM) {
        return Some(Cow::Borrowed(bytes));
    }
    if !bytes.starts_with(BOXES) {
        return None;
    }
    let mut parts = Vec::new();
    for found in boxes(bytes) {
        match &found.kind {
            b"jxlc" => return Some(Cow::Borrowed(found.body)),
            // The number of the part, then the part.
            b"jxlp" => parts.push(found.body.get(4..)?),
            _ => {}
        }
    }
    (!parts.is_empty()).then(|| Cow::Owned(parts.concat()))
}

/// Reads the header of a codestream, and nothing behind it: no profile is unpacked.
pub(crate) fn header(codestream: &[u8]) -> Option<Said> {
    // A reader that is fed by strangers may panic; that costs the photo.
    let parsed = catch_unwind(|| ImageHeader::parse(&mut Bitstream::new(codestream), ()));
    let header = parsed.ok()?.ok()?;
    let said = &header.metadata;
    Some(Said {
        size: (header.width_with_orientation(), header.height_with_orientation()),
        bits: u8::try_from(said.bit_depth.bits_per_sample()).ok()?,
        grey: said.grayscale(),
        alpha: said.alpha().is_some(),
        hdr: said.colour_encoding.cicp().is_some_and(|[_, transfer, ..]| is_bright(transfer)),
        animated: said.animation.is_some(),
    })
}

/// The bodies of all boxes of a type, unpacked where they are packed by Brotli (`brob`); `None` for one that is damaged or
/// longer than `limit`.
pub(crate) fn metadata<'a>(
    bytes: &'a [u8],
    kind: &'static [u8; 4],
    limit: usize,
) -> impl Iterator<Item = Option<Cow<'a, [u8]>>> {
    let of_boxes = if bytes.starts_with(BOXES) { bytes } else { &[] };
    boxes(of_boxes).filter_map(move |found| match found.body.split_at_checked(4) {
        _ if found.kind == *kind => Some((found.body.len() <= limit).then_some(Cow::Borrowed(found.body))),
        Some((packed, body)) if &found.kind == b"brob" && packed == kind => Some(unpack(body, limit).map(Cow::Owned)),
        _ => None,
    })
}

fn unpack(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let more = limit as u64 + 1;
    let read = brotli_decompressor::Decompressor::new(packed, 4096).take(more).read_to_end(&mut unpacked);
    (read.is_ok() && unpacked.len() <= limit).then_some(unpacked)
}
