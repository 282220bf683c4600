//! What is packed within a file: gzip, zip and zlib wherever they begin, compressed text in PNG, base64 of what is packed.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::bufread::DeflateDecoder;

use crate::metadata::SourceFormat;

/// Archives within archives are opened this deep.
pub(super) const DEEPEST: usize = 4;
/// What one file may unpack to in all, in bytes.
pub(super) const MOST: u64 = 512 << 20;
/// What one part may unpack to.
const MOST_OF_PART: u64 = 128 << 20;
const ZIP: &[u8] = b"PK\x03\x04";
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

/// What trying to unpack something costs at least, as bytes that are read.
const ATTEMPT: usize = 2048;
/// Headers of gzip hold names of files: none is longer.
const LONGEST_NAME: usize = 4096;

/// What could not be unpacked.
#[derive(Default)]
pub(super) struct Rest {
    /// How something is packed that is not opened here.
    pub closed: Option<&'static str>,
    /// Whether there were more beginnings of packed parts than anybody can look into.
    pub is_cut: bool,
}

/// Tells every packed part. `left` counts down what may still be unpacked.
pub(super) fn parts(content: &[u8], left: &mut u64, mut tell: impl FnMut(Part, &mut u64)) -> Rest {
    let mut rest = Rest::default();
    // All that is read in vain, too: beginnings that stand close together must not cost the rest of the file each.
    let mut work = content.len().saturating_mul(64).saturating_add(1 << 20);
    // Where what is packed as `deflate` ends, if it came to its end.
    let mut inflate = |at: usize, how, packed: &[u8], left: &mut u64| {
        if work == 0 || *left == 0 {
            rest.is_cut |= work == 0;
            return at;
        }
        let mut decoder = DeflateDecoder::new(packed);
        let mut out = Vec::new();
        let most = MOST_OF_PART.min(*left);
        // What is damaged further on is looked at up to there.
        let ended = decoder.by_ref().take(most + 1).read_to_end(&mut out).is_ok();
        let read = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
        work = work.saturating_sub(read.saturating_add(ATTEMPT));
        let is_cut = out.len() as u64 > most;
        if !out.is_empty() {
            *left -= (out.len() as u64).min(*left);
            tell(Part { at, how, content: out, is_cut }, left);
        }
        // A few bytes can end by chance.
        let is_whole = ended && !is_cut && read > LONGEST_NAME;
        if is_whole { at + read } else { at }
    };
    let mut next = 0;
    for at in memchr::memmem::find_iter(content, b"\x1f\x8b\x08") {
        if at >= next
            && let Some(header) = gzip_header(&content[at..])
        {
            next = inflate(at, "gzip", &content[at + header..], left);
        }
    }
    next = 0;
    for at in memchr::memmem::find_iter(content, ZIP) {
        let Some(header) = content.get(at..at + 30).filter(|_| at >= next) else { continue };
        let two = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        rest.closed = rest.closed.or(closed_zip(two(6), two(8)));
        // What is stored without packing is read where it lies.
        if let Some(packed) = content.get(at + 30 + two(26) + two(28)..).filter(|_| two(8) == 8 && two(6) & 1 == 0) {
            next = inflate(at, "zip", packed, left);
        }
    }
    next = 0;
    // The pixels of a PNG are packed so, too: they say nothing.
    if !content.starts_with(PNG) {
        for at in memchr::memchr_iter(0x78, content) {
            if at >= next && is_zlib(content, at) {
                next = inflate(at, "zlib", &content[at + 2..], left);
            }
        }
    }
    // Other windows than the usual one: in random bytes every five-hundredth pair could be one, so only where a PDF has them.
    for (at, packed) in streams(content).filter(|(at, _)| !is_zlib(content, *at)) {
        if let [method @ (0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), flags, packed @ ..] = packed
            && u16::from_be_bytes([*method, *flags]) % 31 == 0
        {
            inflate(at, "zlib", packed, left);
        }
    }
    for (at, packed) in png_texts(content) {
        inflate(at, "png", packed.get(2..).unwrap_or_default(), left);
    }
    base64(content, |at, decoded| {
        let most = MOST_OF_PART.min(*left);
        let is_cut = decoded.len() as u64 > most;
        *left -= (decoded.len() as u64).min(*left);
        if !decoded.is_empty() && most > 0 {
            tell(Part { at, how: "base64", content: decoded, is_cut }, left);
        }
    });
    rest
}

/// Whether the header of zlib with its usual window stands here.
fn is_zlib(content: &[u8], at: usize) -> bool {
    matches!(content.get(at..at + 2), Some([0x78, 0x01 | 0x5e | 0x9c | 0xda]))
}

/// How long a header of gzip is (RFC 1952).
fn gzip_header(content: &[u8]) -> Option<usize> {
    let flags = *content.get(3)?;
    let mut at = 10;
    if flags & 0xe0 != 0 {
        return None;
    }
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*content.get(at)?, *content.get(at + 1)?]));
    }
    for text in [8, 16] {
        if flags & text != 0 {
            let name = content.get(at..)?;
            at += memchr::memchr(0, &name[..name.len().min(LONGEST_NAME)])? + 1;
        }
    }
    at += if flags & 2 == 0 { 0 } else { 2 };
    (at < content.len()).then_some(at)
}

/// What stands behind each `stream` of a PDF, up to the next: what is in a picture is random and no stream.
fn streams(content: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let is_picture = SourceFormat::by_bytes(content).is_some();
    let content = if is_picture { b"" } else { content };
    let mut all = memchr::memmem::find_iter(content, b"stream").peekable();
    std::iter::from_fn(move || {
        let at = all.next()? + b"stream".len();
        let end = all.peek().copied().unwrap_or(content.len());
        let body = &content[at..end];
        let body = body.strip_prefix(b"\r").unwrap_or(body);
        let body = body.strip_prefix(b"\n").unwrap_or_default();
        Some((end - body.len(), body))
    })
}

/// Pictures that lie in a zip or a PDF as they are, without being packed.
pub(super) fn pictures(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let content = if SourceFormat::by_bytes(content).is_some() { b"" } else { content };
    let mut all = memchr::memmem::find_iter(content, ZIP).peekable();
    let stored = std::iter::from_fn(move || {
        let at = all.next()?;
        let entry = &content[at..all.peek().copied().unwrap_or(content.len())];
        let two = |at: usize| Some(usize::from(u16::from_le_bytes([*entry.get(at)?, *entry.get(at + 1)?])));
        let start = two(26).and_then(|name| Some(30 + name + two(28)?));
        Some(start.and_then(|start| entry.get(start..)).unwrap_or_default())
    });
    let is_picture = |body: &&[u8]| SourceFormat::by_bytes(body).is_some();
    stored.chain(streams(content).map(|(_, body)| body)).filter(is_picture)
}

/// Tells what each base64 stands for that is said to be some, or begins as gzip and zip do.
///
/// Letters that go on in one another are decoded once for each of the four places where base64 can begin, however many
/// beginnings they hold.
fn base64(content: &[u8], mut tell: impl FnMut(usize, Vec<u8>)) {
    let mut starts: Vec<usize> = memchr::memmem::find_iter(content, b";base64,").map(|at| at + 8).collect();
    for start in [&b"H4sI"[..], b"UEsDB"] {
        starts.extend(memchr::memmem::find_iter(content, start));
    }
    starts.sort_unstable();
    let mut starts = starts.into_iter().peekable();
    while let Some(first) = starts.next() {
        let is_symbol =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') || byte.is_ascii_whitespace();
        let length = content[first..].iter().take_while(|byte| is_symbol(byte)).count();
        let run = &content[first..first + length];
        let symbols: Vec<u8> = run.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
        let mut seen = [false; 4];
        let (mut at, mut count) = (0, 0);
        let mut start = Some(first);
        while let Some(begins) = start {
            count += run[at..begins - first].iter().filter(|byte| !byte.is_ascii_whitespace()).count();
            at = begins - first;
            if !std::mem::replace(&mut seen[count % 4], true) {
                tell(begins, decoded(&symbols[count..]));
            }
            start = starts.next_if(|next| *next < first + length);
        }
    }
}

/// What these symbols of base64 stand for; as much of it as is whole.
pub(super) fn decoded(symbols: &[u8]) -> Vec<u8> {
    // Four symbols are three bytes; one symbol is none.
    let whole = symbols.len() - usize::from(symbols.len() % 4 == 1);
    LENIENT.decode(&symbols[..whole]).unwrap_or_default()
}

/// Whether something is packed in here that would be opened further out.
pub(super) fn is_packed(content: &[u8]) -> bool {
    memchr::memmem::find(content, ZIP).is_some()
        || memchr::memmem::find_iter(content, b"\x1f\x8b\x08").any(|at| gzip_header(&content[at..]).is_some())
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

/// How a file is packed, where it is in a way that is not opened here. Some ways begin with nothing that tells them.
pub(super) fn is_closed(path: &str, content: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 7] = [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh9", "bzip2"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x5d\0\0\x80\0", "LZMA"),
        (b"\x04\x22\x4d\x18", "LZ4"),
    ];
    let by_name = || match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "br" => Some("Brotli"),
        "lzma" => Some("LZMA"),
        _ => None,
    };
    known.iter().find(|(magic, _)| content.starts_with(magic)).map(|(_, name)| *name).or_else(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn opened(content: &[u8]) -> Vec<(usize, &'static str, Vec<u8>)> {
        let mut all = Vec::new();
        parts(content, &mut { MOST }, |part, _| all.push((part.at, part.how, part.content)));
        all
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::GzBuilder::new()
            .filename("a.txt")
            .comment("b")
            .extra("c")
            .write(Vec::new(), flate2::Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn beginnings_that_stand_close_together_cost_no_more_than_their_file() {
        for part in [
            &b"H4sI"[..],
            b"H4sI ",
            b"UEsDB",
            b";base64,A",
            b"\x1f\x8b\x08\x08",
            b"\x1f\x8b\x08\0",
            b"x\x9c",
            b"PK\x03\x04",
            b"stream\n",
        ] {
            opened(&part.repeat(60_000));
        }
        // Blocks of nothing, each of which goes on to the end of the file.
        let (mut tries, block) = (Vec::new(), b"x\x01\0\x02\0\xfd\xff");
        while tries.len() < 1 << 20 {
            tries.extend_from_slice(block);
        }
        let rest = parts(&tries, &mut { MOST }, |_, _| {});
        assert!(rest.is_cut);
    }

    #[test]
    fn base64_is_opened_wherever_it_begins_in_other_letters() {
        use base64::Engine as _;
        let packed = gzip(b"what is within");
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&packed);
        for before in ["", "H4sI", "H4sI a", "H4sI ab\n", "H4sI abc UEsDB "] {
            let found = opened(format!("{before}{encoded}").as_bytes());
            assert!(
                found
                    .iter()
                    .any(|(_, how, content)| *how == "base64"
                        && content.windows(packed.len()).any(|part| part == packed)),
                "{before}"
            );
        }
        assert!(opened(&packed).contains(&(0, "gzip", b"what is within".to_vec())));
    }

    #[test]
    fn streams_of_a_pdf_are_opened_whatever_their_window_and_pictures_in_them_are_seen() {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(b"what is within").unwrap();
        let packed = packer.finish().unwrap();
        for header in [b"\x48\x89", b"\x58\x85", b"\x08\xd7"] {
            for end in ["\n", "\r\n"] {
                let start = format!("%PDF-1.7\n<<>>stream{end}");
                let pdf = [start.as_bytes(), header, &packed, b"\nendstream"].concat();
                assert_eq!(opened(&pdf), [(start.len(), "zlib", b"what is within".to_vec())]);
            }
        }
        let pdf = b"%PDF-1.7\nstream\n\xff\xd8\xff\xe0\nendstream\nstream\nq\nendstream";
        assert_eq!(pictures(pdf).collect::<Vec<_>>(), [b"\xff\xd8\xff\xe0\nend"]);
    }
}
