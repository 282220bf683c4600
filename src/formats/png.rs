//! The chunks of a PNG (W3C PNG, third edition), checksums unread.

use std::borrow::Cow;
use std::io::Read;

use super::bytes::{be32, slice};

/// The eight bytes every PNG begins with.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Every chunk's type and content, until one is cut off.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    placed_chunks(bytes).map(|(_, kind, body)| (kind, body))
}

/// Every chunk's place, type and content, until one is cut off; the last may lack its checksum.
pub(crate) fn placed_chunks(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8], &[u8])> {
    let mut next = SIGNATURE.len();
    std::iter::from_fn(move || {
        let at = next;
        let length = usize::try_from(be32(bytes, at)?).ok()?;
        let chunk = (at, slice(bytes, at + 4, 4)?, slice(bytes, at + 8, length)?);
        next = at.checked_add(12)?.checked_add(length)?;
        Some(chunk)
    })
}

/// The header chunk (`IHDR`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImageHeader {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits of a sample, or of an index of a palette.
    pub(crate) bits: u8,
    /// The colour type: 0 grey, 2 colour, 3 a palette, 4 grey and alpha, 6 colour and alpha.
    pub(crate) colour: u8,
}

/// What the body of a header chunk says; `None` where it has not the length of one.
pub(crate) fn image_header(body: &[u8]) -> Option<ImageHeader> {
    let [.., bits, colour, _, _, _] = *body else { return None };
    (body.len() == 13).then_some(ImageHeader { width: be32(body, 0)?, height: be32(body, 4)?, bits, colour })
}

impl ImageHeader {
    /// Bits of a stored pixel.
    pub(crate) fn pixel_bits(&self) -> u64 {
        let samples = match self.colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        u64::from(self.bits) * samples
    }
}

/// The chunks before the one that ends the picture.
pub(crate) fn chunks_to_end(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    chunks(bytes).take_while(|(kind, _)| *kind != b"IEND")
}

/// Texts with metadata that are read. One of each kind is what a photo has; a thousand would be there to keep us busy.
pub(crate) const MOST_TEXTS: usize = 8;

/// The keyword and the text of a chunk.
type Text<'a> = (&'a [u8], Cow<'a, [u8]>);

/// The texts among `chunks` that programs keep metadata in: keyword and text for blocks of `limit` bytes, or the keyword
/// alone of one that is damaged or too long.
pub(crate) fn metadata_texts<'a>(
    chunks: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    limit: usize,
) -> impl Iterator<Item = Result<Text<'a>, &'a [u8]>> {
    chunks.filter(|(kind, _)| matches!(*kind, b"iTXt" | b"tEXt" | b"zTXt")).filter_map(move |(kind, body)| {
        let keyword = body.split(|byte| *byte == 0).next().unwrap_or_default();
        let holds = keyword == b"XML:com.adobe.xmp" || keyword.starts_with(b"Raw profile type ");
        // Hexadecimal with line ends takes a little more than twice the room.
        holds.then(|| text(kind, body, limit.saturating_mul(3)).ok_or(keyword))
    })
}

/// The EXIF block: the chunk that is made for it, else what ImageMagick keeps in a text.
pub(crate) fn exif(bytes: &[u8], limit: usize) -> Option<Cow<'_, [u8]>> {
    if let Some((_, block)) = chunks(bytes).find(|(kind, _)| *kind == b"eXIf") {
        return Some(Cow::Borrowed(block));
    }
    let texts = metadata_texts(chunks_to_end(bytes), limit).take(MOST_TEXTS).filter_map(Result::ok);
    let is_exif = |keyword: &[u8]| matches!(keyword, b"Raw profile type exif" | b"Raw profile type APP1");
    let (_, text) = texts.filter(|(keyword, _)| is_exif(keyword)).last()?;
    let raw = raw_profile(&text)?;
    Some(Cow::Owned(raw.strip_prefix(b"Exif\0\0").unwrap_or(&raw).to_vec()))
}

/// A text chunk's keyword and text (`tEXt`, `zTXt`, `iTXt`), inflated to at most `limit` bytes.
fn text<'a>(kind: &[u8], body: &'a [u8], limit: usize) -> Option<(&'a [u8], Cow<'a, [u8]>)> {
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
