//! Unpacks data within a file: gzip, zip and zlib wherever they begin, the streams of a PDF, compressed text in PNG, base64 of
//! what is packed.

mod deflate;
mod embedded;
mod encoded;
mod filters;
mod pdf;
mod pdf_texts;
mod starts;

use std::collections::{BTreeMap, BTreeSet};

use self::deflate::Inflater;
use self::starts::Start;
use crate::formats::{SourceFormat, png};

pub(super) use self::embedded::pictures;

/// Archives within archives are opened this deep.
pub(super) const DEEPEST: usize = 4;
/// What one file may unpack to in all, in bytes.
pub(super) const MOST: u64 = 512 << 20;
/// What one part may unpack to.
const MOST_OF_PART: u64 = 128 << 20;
const ZIP: &[u8] = b"PK\x03\x04";
/// Headers of gzip hold names of files: none is longer.
const LONGEST_NAME: usize = 4096;

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

/// What could not be unpacked.
#[derive(Default)]
pub(super) struct Rest {
    /// How something is packed that is not opened here.
    pub closed: BTreeSet<&'static str>,
    /// Whether there were more beginnings of packed parts than anybody can look into.
    pub is_cut: bool,
}

/// Tells every packed part. `left` counts down what may still be unpacked.
pub(super) fn parts(content: &[u8], left: &mut u64, mut tell: impl FnMut(Part, &mut u64)) -> Rest {
    let inflater = Inflater::of_file(content.len());
    let mut opening = Opening { inflater, left, tell: &mut tell, closed: BTreeSet::new() };
    let starts = starts::all(content);
    let of = |kind| starts.iter().filter(move |(_, start)| *start == kind).map(|(at, _)| *at);
    opening.gzips(content, of(Start::Gzip));
    opening.zips(content, of(Start::Zip));
    // What is in a picture is random, and no stream.
    let is_picture = SourceFormat::by_bytes(content).is_some();
    let streams = if is_picture { BTreeMap::new() } else { pdf::open(content, &mut opening) };
    opening.zlibs(content, of(Start::Zlib), &streams);
    for (at, packed) in png_texts(content) {
        opening.inflate(at, "png", packed.get(2..).unwrap_or_default());
    }
    encoded::each(content, &starts, |at, decoded| opening.part(at, "base64", decoded));
    Rest { closed: opening.closed, is_cut: opening.inflater.is_spent }
}

/// The opening of what is packed in one file or part.
struct Opening<'a> {
    inflater: Inflater,
    left: &'a mut u64,
    tell: &'a mut dyn FnMut(Part, &mut u64),
    closed: BTreeSet<&'static str>,
}

impl Opening<'_> {
    /// What one part may unpack to, now.
    fn most(&self) -> u64 {
        MOST_OF_PART.min(*self.left)
    }

    /// Counts what was unpacked.
    fn spend(&mut self, length: usize) {
        *self.left -= (length as u64).min(*self.left);
    }

    /// Tells a part, as far as there is room for it.
    fn part(&mut self, at: usize, how: &'static str, content: Vec<u8>) {
        let most = self.most();
        if content.is_empty() || most == 0 {
            return;
        }
        let is_cut = content.len() as u64 > most;
        self.spend(content.len());
        (self.tell)(Part { at, how, content, is_cut }, self.left);
    }

    /// Tells what is packed as `deflate`, and says where that ends if it came to its end.
    fn inflate(&mut self, at: usize, how: &'static str, packed: &[u8]) -> usize {
        let most = self.most();
        let Some(found) = self.inflater.inflate(packed, most) else { return at };
        let is_cut = found.content.len() as u64 > most;
        self.part(at, how, found.content);
        // A few bytes can end by chance.
        let is_whole = found.ended && !is_cut && found.read > LONGEST_NAME;
        if is_whole { at + found.read } else { at }
    }

    fn gzips(&mut self, content: &[u8], starts: impl Iterator<Item = usize>) {
        let mut next = 0;
        for at in starts {
            if at >= next
                && let Some(header) = gzip_header(&content[at..])
            {
                next = self.inflate(at, "gzip", &content[at + header..]);
            }
        }
    }

    fn zips(&mut self, content: &[u8], starts: impl Iterator<Item = usize>) {
        let mut next = 0;
        for at in starts {
            let Some(header) = content.get(at..at + 30).filter(|_| at >= next) else { continue };
            let two = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
            self.closed.extend(closed_zip(two(6), two(8)));
            // What is stored without packing is read where it lies.
            if let Some(packed) = content.get(at + 30 + two(26) + two(28)..).filter(|_| two(8) == 8 && two(6) & 1 == 0)
            {
                next = self.inflate(at, "zip", packed);
            }
        }
    }

    /// Zlib wherever it begins, but for the streams that were opened already: where each begins, and where it ends.
    fn zlibs(&mut self, content: &[u8], starts: impl Iterator<Item = usize>, opened: &BTreeMap<usize, usize>) {
        // The pixels of a PNG are packed so, too: they say nothing.
        if content.starts_with(png::SIGNATURE) {
            return;
        }
        let mut next = 0;
        for at in starts {
            if at < next {
                continue;
            }
            next = match opened.get(&at) {
                Some(end) => *end,
                None => self.inflate(at, "zlib", &content[at + 2..]),
            };
        }
    }
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

/// Whether something is packed in here that would be opened further out.
pub(super) fn is_packed(content: &[u8]) -> bool {
    starts::all(content).iter().any(|(at, start)| match start {
        Start::Gzip => gzip_header(&content[*at..]).is_some(),
        start => *start == Start::Zip,
    })
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
    if !content.starts_with(png::SIGNATURE) {
        return all;
    }
    for (at, kind, body) in png::placed_chunks(content) {
        let name = memchr::memchr(0, body).unwrap_or(body.len());
        let skip = match kind {
            b"zTXt" | b"iCCP" => Some(name + 2),
            b"iTXt" if body.get(name + 1) == Some(&1) => {
                let rest = body.get(name + 3..).unwrap_or_default();
                let language = memchr::memchr(0, rest).map(|end| end + 1);
                language.and_then(|end| Some(name + 3 + end + memchr::memchr(0, rest.get(end..)?)? + 1))
            }
            _ => None,
        };
        all.extend(skip.and_then(|skip| body.get(skip..)).map(|packed| (at, packed)));
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
    fn files_cut_off_or_spoiled_anywhere_are_survived() {
        let zlib = |text: &[u8]| {
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(text).unwrap();
            packer.finish().unwrap()
        };
        let stream = |filter: &str, body: &[u8]| {
            [format!("1 0 obj<</Filter{filter}>>stream\n").as_bytes(), body, b"\nendstream\n"].concat()
        };
        let mut pdf = b"%PDF-1.7\n/Title(\\376\\377\\000a) <FEFF0041> [(a)-3(b)]\n".to_vec();
        pdf.extend(stream("[/AHx/Fl]", b"789c4b4c4a06000"));
        pdf.extend(stream("/LZW", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"));
        pdf.extend(stream("/A#385", b"<~87cURz~>"));
        pdf.extend(stream("/RL", b"\x02abc\xfed"));
        pdf.extend(stream("/Fl", &zlib(b"(a\\)b)")));
        let mut icon = [&[0, 0, 1, 0, 1, 0][..], &[0; 8], &[9, 0, 0, 0, 22, 0, 0, 0], b"H4sIAAAA%2F"].concat();
        icon.extend(b"PK\x03\x04\x14\0\0\0\x08\0");
        icon.extend([0; 16]);
        icon.extend([1, 0, 0, 0, b'a', 0x4b, 0x4c]);
        for file in [pdf, icon, gzip(b"abc")] {
            for at in 0..file.len() {
                opened(&file[..at]);
                for value in [0, 1, 0x7f, 0xff, file[at] ^ 0x10] {
                    let mut spoiled = file.clone();
                    spoiled[at] = value;
                    opened(&spoiled);
                    pictures(&spoiled);
                }
            }
        }
    }
}
