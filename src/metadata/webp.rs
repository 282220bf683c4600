//! The chunks of a WebP file (RFC 9649).

use super::bytes::{le24, le32, slice};

/// Bits of the first byte of `VP8X`.
pub(super) const ANIMATION: u8 = 0x02;
pub(super) const XMP: u8 = 0x04;
pub(super) const EXIF: u8 = 0x08;
pub(super) const ALPHA: u8 = 0x10;

/// Every chunk's type and content, until one is cut off.
pub(super) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = 12;
    std::iter::from_fn(move || {
        let length = usize::try_from(le32(bytes, at + 4)?).ok()?;
        let chunk = (slice(bytes, at, 4)?, slice(bytes, at + 8, length)?);
        at = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
        Some(chunk)
    })
}

/// What the first chunks say of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alpha: bool,
    pub(super) animated: bool,
}

/// The canvas, from whichever of `VP8X`, `VP8L` and `VP8 ` comes first.
pub(super) fn canvas(bytes: &[u8]) -> Option<Canvas> {
    let (kind, body) = chunks(bytes).next()?;
    match kind {
        b"VP8X" => {
            let flags = *body.first()?;
            let (width, height) = (le24(body, 4)? + 1, le24(body, 7)? + 1);
            Some(Canvas { width, height, alpha: flags & ALPHA != 0, animated: flags & ANIMATION != 0 })
        }
        b"VP8L" => {
            let bits = (body.first() == Some(&0x2f)).then(|| le32(body, 1)).flatten()?;
            let (width, height) = ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
            Some(Canvas { width, height, alpha: bits >> 28 & 1 == 1, animated: false })
        }
        b"VP8 " => {
            let sizes = (body.get(3..6) == Some(b"\x9d\x01\x2a")).then(|| le32(body, 6)).flatten()?;
            Some(Canvas { width: sizes & 0x3fff, height: sizes >> 16 & 0x3fff, alpha: false, animated: false })
        }
        _ => None,
    }
}
