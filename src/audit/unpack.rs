//! What is packed within a file: gzip and zip wherever they begin, compressed text in PNG, base64 in addresses.

use std::io::Read;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// Archives within archives are opened this deep.
pub(super) const DEEPEST: usize = 4;
/// What one file may unpack to in all, in bytes.
pub(super) const MOST: u64 = 512 << 20;
/// What one part may unpack to.
const MOST_OF_PART: u64 = 128 << 20;
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A part of a file, unpacked.
pub(super) struct Part {
    /// Where it begins in the file.
    pub at: usize,
    /// What it was packed with.
    pub how: &'static str,
    /// Its content, as far as it could be unpacked.
    pub content: Vec<u8>,
    /// Whether the limit cut it.
    pub is_cut: bool,
}

/// Tells every packed part. `left` counts down what may still be unpacked.
pub(super) fn parts(content: &[u8], left: &mut u64, mut tell: impl FnMut(Part, &mut u64)) {
    let mut unpack = |at: usize, how, reader: &mut dyn Read, left: &mut u64| {
        let most = MOST_OF_PART.min(*left);
        let mut out = Vec::new();
        // What is damaged further on is looked at up to there.
        let _ = reader.take(most + 1).read_to_end(&mut out);
        if !out.is_empty() {
            let is_cut = out.len() as u64 > most;
            *left -= (out.len() as u64).min(*left);
            tell(Part { at, how, content: out, is_cut }, left);
        }
    };
    for at in memchr::memmem::find_iter(content, b"\x1f\x8b\x08") {
        unpack(at, "gzip", &mut GzDecoder::new(&content[at..]), left);
    }
    for at in memchr::memmem::find_iter(content, b"PK\x03\x04") {
        let Some(header) = content.get(at..at + 30) else { continue };
        let two = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        // What is stored without packing is read where it lies.
        if let Some(packed) = content.get(at + 30 + two(26) + two(28)..).filter(|_| two(8) == 8) {
            unpack(at, "zip", &mut DeflateDecoder::new(packed), left);
        }
    }
    for (at, packed) in png_texts(content) {
        unpack(at, "png", &mut ZlibDecoder::new(packed), left);
    }
    for at in memchr::memmem::find_iter(content, b";base64,") {
        let body = &content[at + 8..];
        let symbol = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let length = body.iter().take_while(symbol).count();
        if let Ok(decoded) = LENIENT.decode(body[..length].trim_ascii_end()) {
            unpack(at, "base64", &mut decoded.as_slice(), left);
        }
    }
}

/// Compressed chunks of text in a PNG, with their places.
fn png_texts(content: &[u8]) -> Vec<(usize, &[u8])> {
    let mut all = Vec::new();
    if !content.starts_with(b"\x89PNG\r\n\x1a\n") {
        return all;
    }
    let mut at = 8;
    while let Some(header) = content.get(at..at + 8) {
        let length = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let Some(body) = content.get(at + 8..at.saturating_add(8).saturating_add(length)) else { break };
        let name = memchr::memchr(0, body).unwrap_or(body.len());
        let skip = match &header[4..8] {
            b"zTXt" | b"iCCP" => Some(name + 2),
            b"iTXt" if body.get(name + 1) == Some(&1) => {
                let rest = body.get(name + 3..).unwrap_or_default();
                let language = memchr::memchr(0, rest).map(|end| end + 1);
                language.and_then(|end| Some(name + 3 + end + memchr::memchr(0, rest.get(end..)?)? + 1))
            }
            _ => None,
        };
        all.extend(skip.and_then(|skip| body.get(skip..)).map(|packed| (at, packed)));
        at += 12 + length;
    }
    all
}

/// Whether a file is packed in a way that is not opened here.
pub(super) fn is_closed(content: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 5] = [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh9", "bzip2"),
        (b"Rar!\x1a\x07", "RAR"),
    ];
    known.iter().find(|(magic, _)| content.starts_with(magic)).map(|(_, name)| *name)
}
