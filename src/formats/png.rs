//! The chunks of a PNG (W3C PNG, third edition), checksums unread.

use std::borrow::Cow;
use std::io::Read;

use super::bytes::{be32, slice};

/// The eight bytes every PNG begins with.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Every chunk's type and content, until one is cut off.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = SIGNATURE.len();
    std::iter::from_fn(move || {
        let length = usize::try_from(be32(bytes, at)?).ok()?;
        let chunk = (slice(bytes, at + 4, 4)?, slice(bytes, at + 8, length)?);
        at = at.checked_add(12)?.checked_add(length)?;
        Some(chunk)
    })
}

/// A text chunk's keyword and text (`tEXt`, `zTXt`, `iTXt`), inflated to at most `limit` bytes.
pub(crate) fn text<'a>(kind: &[u8], body: &'a [u8], limit: usize) -> Option<(&'a [u8], Cow<'a, [u8]>)> {
    let end = body.iter().take(80).position(|byte| *byte == 0)?;
    let (keyword, rest) = (&body[..end], &body[end + 1..]);
    let text = match kind {
        b"tEXt" => Cow::Borrowed(rest),
        b"zTXt" if rest.first() == Some(&0) => Cow::Owned(inflate(&rest[1..], limit)?),
        b"iTXt" => {
            let (compressed, method, rest) = (*rest.first()?, *rest.get(1)?, rest.get(2..)?);
            let language = rest.iter().position(|byte| *byte == 0)?;
            let rest = &rest[language + 1..];
            let translated = rest.iter().position(|byte| *byte == 0)?;
            let rest = &rest[translated + 1..];
            match (compressed, method) {
                (0, _) => Cow::Borrowed(rest),
                (1, 0) => Cow::Owned(inflate(rest, limit)?),
                _ => return None,
            }
        }
        _ => return None,
    };
    (text.len() <= limit).then_some((keyword, text))
}

fn inflate(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let bound = u64::try_from(limit).ok()?.saturating_add(1);
    flate2::read::ZlibDecoder::new(bytes).take(bound).read_to_end(&mut out).ok()?;
    (out.len() <= limit).then_some(out)
}

/// A "Raw profile type", as ImageMagick began them: lines of a name, a length, and hexadecimal digits.
pub(crate) fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = std::str::from_utf8(text).ok()?.trim_start().lines();
    let (_name, length) = (lines.next()?, lines.next()?.trim().parse::<usize>().ok()?);
    let digits: Vec<u8> = lines.flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace()).collect();
    let decoded: Option<Vec<u8>> =
        digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect();
    decoded.filter(|decoded| decoded.len() == length)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
