//! What is packed within a file: gzip, zip and zlib wherever they begin, compressed text in PNG, base64 of what is packed.

use std::io::Read;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// Archives within archives are opened this deep.
pub(super) const DEEPEST: usize = 4;
/// What one file may unpack to in all, in bytes.
pub(super) const MOST: u64 = 512 << 20;
/// What one part may unpack to.
const MOST_OF_PART: u64 = 128 << 20;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
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

/// Tells every packed part, and returns how something is packed that is not opened here. `left` counts down what may
/// still be unpacked.
pub(super) fn parts(content: &[u8], left: &mut u64, mut tell: impl FnMut(Part, &mut u64)) -> Option<&'static str> {
    let mut closed = None;
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
        closed = closed.or(closed_zip(two(6), two(8)));
        // What is stored without packing is read where it lies.
        if let Some(packed) = content.get(at + 30 + two(26) + two(28)..).filter(|_| two(8) == 8 && two(6) & 1 == 0) {
            unpack(at, "zip", &mut DeflateDecoder::new(packed), left);
        }
    }
    // The pixels of a PNG are packed so, too: they say nothing.
    if !content.starts_with(PNG) {
        for at in memchr::memchr_iter(0x78, content) {
            if matches!(content.get(at + 1), Some(0x01 | 0x5e | 0x9c | 0xda)) {
                unpack(at, "zlib", &mut ZlibDecoder::new(&content[at..]), left);
            }
        }
    }
    for (at, packed) in png_texts(content) {
        unpack(at, "png", &mut ZlibDecoder::new(packed), left);
    }
    for at in memchr::memmem::find_iter(content, b";base64,") {
        unpack(at, "base64", &mut decoded(&content[at + 8..]).as_slice(), left);
    }
    // What gzip and zip begin with.
    for start in [&b"H4sI"[..], b"UEsDB"] {
        for at in memchr::memmem::find_iter(content, start) {
            unpack(at, "base64", &mut decoded(&content[at..]).as_slice(), left);
        }
    }
    closed
}

/// What the base64 stands for that the text begins with, over ends of lines; as much of it as is whole.
fn decoded(text: &[u8]) -> Vec<u8> {
    let symbol = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') || byte.is_ascii_whitespace();
    let mut symbols: Vec<u8> =
        text.iter().take_while(symbol).filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    // Four symbols are three bytes; one symbol is none.
    if symbols.len() % 4 == 1 {
        symbols.pop();
    }
    LENIENT.decode(&symbols).unwrap_or_default()
}

/// How an entry of a zip with these flags and this method is packed, where it is not opened here.
fn closed_zip(flags: usize, method: usize) -> Option<&'static str> {
    match method {
        9 => Some("zip (Deflate64)"),
        12 => Some("zip (bzip2)"),
        14 => Some("zip (LZMA)"),
        93 => Some("zip (Zstandard)"),
        95 => Some("zip (xz)"),
        0 | 8 if flags & 1 != 0 => Some("zip (with a password)"),
        99 => Some("zip (with a password)"),
        _ => None,
    }
}

/// Compressed chunks of text in a PNG, with their places.
fn png_texts(content: &[u8]) -> Vec<(usize, &[u8])> {
    let mut all = Vec::new();
    if !content.starts_with(PNG) {
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
