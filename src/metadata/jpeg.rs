//! The segments of a JPEG before its picture data (ITU-T T.81, annex B).

use super::bytes::{be16, slice};

/// A segment: its marker's second byte, where it starts (at the marker), and what follows its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) at: usize,
    pub(super) body: &'a [u8],
}

pub(super) const APP0: u8 = 0xe0;
pub(super) const APP1: u8 = 0xe1;
pub(super) const APP13: u8 = 0xed;
pub(super) const START_OF_SCAN: u8 = 0xda;

pub(super) const EXIF: &[u8] = b"Exif\0";
pub(super) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
pub(super) const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
pub(super) const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Segments up to and with the first start of scan; ends where the file does not go on as it should.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut at = if bytes.starts_with(b"\xff\xd8") { 2 } else { bytes.len() };
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            // Any number of fill bytes may stand before a marker; zeros between segments are a writer's slip.
            while matches!(bytes.get(at), Some(0)) || bytes.get(at) == Some(&0xff) && bytes.get(at + 1) == Some(&0xff) {
                at += 1;
            }
            if bytes.get(at) != Some(&0xff) {
                return None;
            }
            let marker = *bytes.get(at + 1)?;
            match marker {
                0x01 | 0xd0..=0xd8 => at += 2,
                0x00 | 0xd9 => return None,
                _ => {
                    let length = usize::from(be16(bytes, at + 2)?);
                    let segment = Segment { marker, at, body: slice(bytes, at + 4, length.checked_sub(2)?)? };
                    at += 2 + length;
                    ended = marker == START_OF_SCAN;
                    return Some(segment);
                }
            }
        }
        None
    })
}

impl Segment<'_> {
    /// Whether it is a frame header: SOF0 to SOF15 without DHT, JPG and DAC.
    pub(super) fn is_frame(&self) -> bool {
        matches!(self.marker, 0xc0..=0xcf) && !matches!(self.marker, 0xc4 | 0xc8 | 0xcc)
    }
}
