//! The chunks of a WebP file (RFC 9649).

use std::iter;

use super::bytes::{le24, le32, slice};

/// Bits of the first byte of `VP8X`.
pub(crate) const ANIMATION: u8 = 0x02;
pub(crate) const XMP: u8 = 0x04;
pub(crate) const EXIF: u8 = 0x08;
pub(crate) const ALPHA: u8 = 0x10;

/// Bytes before the first chunk.
pub(crate) const HEADER: usize = 12;

/// Every chunk's type and content, until one is cut off.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    chunks_from(bytes, HEADER)
}

fn chunks_from(bytes: &[u8], mut at: usize) -> impl Iterator<Item = (&[u8], &[u8])> {
    iter::from_fn(move || {
        let length = usize::try_from(le32(bytes, at + 4)?).ok()?;
        let chunk = (slice(bytes, at, 4)?, slice(bytes, at + 8, length)?);
        at = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
        Some(chunk)
    })
}

/// The first EXIF block; some programs begin it as a JPEG's segment begins.
pub(crate) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let (_, block) = chunks(bytes).find(|(kind, _)| *kind == b"EXIF")?;
    Some(block.strip_prefix(b"Exif\0\0").unwrap_or(block))
}

/// What the first chunks say of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alpha: bool,
    pub(crate) animated: bool,
}

/// The canvas, from whichever of `VP8X`, `VP8L` and `VP8 ` comes first.
pub(crate) fn canvas(bytes: &[u8]) -> Option<Canvas> {
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

/// A picture of an animation and its place on the canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    alpha: Option<&'a [u8]>,
    kind: &'a [u8],
    picture: &'a [u8],
}

/// The first picture of an animation.
pub(crate) fn first_frame(bytes: &[u8]) -> Option<Frame<'_>> {
    let (_, body) = chunks(bytes).find(|(kind, _)| *kind == b"ANMF")?;
    let number = |at| le24(body, at);
    let mut frame = Frame {
        left: number(0)? * 2,
        top: number(3)? * 2,
        width: number(6)? + 1,
        height: number(9)? + 1,
        alpha: None,
        kind: &[],
        picture: &[],
    };
    for (kind, content) in chunks_from(body, 16) {
        match kind {
            b"ALPH" => frame.alpha = Some(content),
            b"VP8 " | b"VP8L" => {
                (frame.kind, frame.picture) = (kind, content);
                return Some(frame);
            }
            _ => {}
        }
    }
    None
}

impl Frame<'_> {
    /// Whether some of it may be transparent.
    pub(crate) fn has_alpha(&self) -> bool {
        let lossless = || self.kind == b"VP8L" && le32(self.picture, 1).is_some_and(|bits| bits >> 28 & 1 == 1);
        self.alpha.is_some() || lossless()
    }

    /// The picture as a file of its own.
    pub(crate) fn to_file(self) -> Vec<u8> {
        let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
        let mut chunk = |kind: &[u8], body: &[u8]| {
            out.extend_from_slice(kind);
            out.extend((body.len() as u32).to_le_bytes());
            out.extend_from_slice(body);
            out.extend(iter::repeat_n(0, body.len() % 2));
        };
        if let Some(alpha) = self.alpha.filter(|_| self.kind == b"VP8 ") {
            let mut canvas = vec![ALPHA, 0, 0, 0];
            canvas.extend(&(self.width - 1).to_le_bytes()[..3]);
            canvas.extend(&(self.height - 1).to_le_bytes()[..3]);
            chunk(b"VP8X", &canvas);
            chunk(b"ALPH", alpha);
        }
        chunk(self.kind, self.picture);
        let length = (out.len() - 8) as u32;
        out[4..8].copy_from_slice(&length.to_le_bytes());
        out
    }
}
