//! Files that lie in another one as they are, without being packed: in a zip, a tar, an icon, a PDF.

use super::{DEEPEST, ZIP, pdf};
use crate::formats::SourceFormat;

/// No icon has more pictures.
const MOST_OF_ICON: usize = 64;
/// What a tar is counted in.
const BLOCK: usize = 512;

/// What may be a picture in here: everything that lies where a file begins. What is in a picture is random and no file.
pub(in crate::audit) fn pictures(content: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    if SourceFormat::by_bytes(content).is_none() {
        all.extend(of_zip(content));
        all.extend(pdf::streams(content).map(|stream| stream.body));
        for at in 0..all.len() {
            within(all[at], 1, &mut all);
        }
        within(content, 0, &mut all);
    }
    all
}

/// Files of a tar or an icon, which are known by their beginning.
fn within<'a>(content: &'a [u8], depth: usize, all: &mut Vec<&'a [u8]>) {
    all.extend(of_icon(content));
    if depth < DEEPEST {
        for file in of_tar(content) {
            all.push(file);
            within(file, depth + 1, all);
        }
    }
}

/// What is stored in a zip without packing, each up to the next.
fn of_zip(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut all = memchr::memmem::find_iter(content, ZIP).peekable();
    std::iter::from_fn(move || {
        let at = all.next()?;
        let entry = &content[at..all.peek().copied().unwrap_or(content.len())];
        let two = |at: usize| Some(usize::from(u16::from_le_bytes([*entry.get(at)?, *entry.get(at + 1)?])));
        let start = two(26).and_then(|name| Some(30 + name + two(28)?));
        Some(start.and_then(|start| entry.get(start..)).unwrap_or_default())
    })
}

/// The files of a tar (POSIX.1, `ustar`, and those before it).
fn of_tar(content: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(length) = content.get(at..at + BLOCK).and_then(tar_length) {
        let body = &content[at + BLOCK..];
        all.push(&body[..body.len().min(length)]);
        let next = length.checked_next_multiple_of(BLOCK).and_then(|length| length.checked_add(at + BLOCK));
        let Some(next) = next.filter(|next| *next < content.len()) else { break };
        at = next;
    }
    all
}

/// How long the file behind this header of a tar is. The sum of its bytes tells that it is one.
fn tar_length(header: &[u8]) -> Option<usize> {
    let octal = |field: &[u8]| {
        let end = field.iter().position(|byte| matches!(byte, 0 | b' ')).unwrap_or(field.len());
        usize::from_str_radix(std::str::from_utf8(&field[..end]).ok()?, 8).ok()
    };
    let number = |field: &[u8]| octal(field.trim_ascii_start());
    let sum: usize = header.iter().map(|byte| usize::from(*byte)).sum();
    let own: usize = header[148..156].iter().map(|byte| usize::from(*byte)).sum();
    let is_one = number(&header[148..156])? == sum - own + 8 * usize::from(b' ');
    // Numbers that are too large for octal digits have their first bit set.
    let large = || header[128..136].iter().fold(0, |length: usize, byte| length << 8 | usize::from(*byte));
    let length = if header[124] & 0x80 == 0 { number(&header[124..136]).unwrap_or(0) } else { large() };
    is_one.then_some(length)
}

/// The pictures of an icon.
fn of_icon(content: &[u8]) -> Vec<&[u8]> {
    let [0, 0, 1 | 2, 0, low, high, entries @ ..] = content else { return Vec::new() };
    let count = usize::from(u16::from_le_bytes([*low, *high]));
    let (entries, _) = entries.as_chunks::<16>();
    let four = |entry: &[u8; 16], at: usize| {
        usize::try_from(u32::from_le_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]])).ok()
    };
    let picture = |entry| {
        let body = content.get(four(entry, 12)?..)?;
        Some(&body[..body.len().min(four(entry, 8)?)])
    };
    // Pictures that lay in one another would be read again and again.
    let mut room = content.len();
    let mut fits = |picture: &&[u8]| {
        let fits = picture.len() <= room;
        room -= if fits { picture.len() } else { 0 };
        fits
    };
    entries.iter().take(count.min(MOST_OF_ICON)).filter_map(picture).filter(|picture| fits(picture)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(files: &[&[u8]]) -> Vec<u8> {
        let mut all = Vec::new();
        for file in files {
            let mut header = [0; BLOCK];
            header[0] = b'a';
            header[124..136].copy_from_slice(format!("{:011o} ", file.len()).as_bytes());
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            all.extend(header);
            all.extend_from_slice(file);
            all.resize(all.len().next_multiple_of(BLOCK), 0);
        }
        all.extend([0; 2 * BLOCK]);
        all
    }

    fn icon(picture: &[u8]) -> Vec<u8> {
        let length = u32::try_from(picture.len()).unwrap().to_le_bytes();
        [&[0, 0, 1, 0, 1, 0][..], &[0; 8], &length, &22_u32.to_le_bytes(), picture].concat()
    }

    #[test]
    fn files_are_found_where_a_tar_an_icon_a_zip_and_a_pdf_say_that_they_begin() {
        assert_eq!(pictures(&tar(&[b"one", b"", &[7; 600]])), [&b"one"[..], b"", &[7; 600]]);
        assert_eq!(pictures(&icon(b"one")), [b"one"]);
        assert_eq!(pictures(&tar(&[&icon(b"one")])).last(), Some(&&b"one"[..]));
        let zip = [b"PK\x03\x04".to_vec(), vec![0; 22], vec![1, 0, 0, 0, b'a'], icon(b"one")].concat();
        assert_eq!(pictures(&zip).last(), Some(&&b"one"[..]));
        let pdf = b"%PDF-1.7\nstream\n\xff\xd8\xff\xe0\nendstream\nstream\nq\nendstream";
        assert_eq!(pictures(pdf)[..2], [&b"\xff\xd8\xff\xe0\n"[..], b"q\n"]);
        let one = icon(b"one");
        let twice = [&one[..4], &[2, 0], &one[6..22], &[0; 8], &[99, 0, 0, 0, 0, 0, 0, 0], b"one"].concat();
        assert!(pictures(&twice).iter().map(|file| file.len()).sum::<usize>() <= twice.len());
        // What says that it is longer than what there is.
        let cut = tar(&[&[7; 600]]);
        assert_eq!(pictures(&cut[..1000]), [&[7; 488]]);
        assert_eq!(pictures(&icon(b"one")[..24]), [b"on"]);
        let mut endless = tar(&[b"one"]);
        endless[124..136].copy_from_slice(&[0xff; 12]);
        endless[148..156].fill(b' ');
        let sum: u32 = endless[..BLOCK].iter().map(|byte| u32::from(*byte)).sum();
        endless[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(pictures(&endless), [&endless[BLOCK..]]);
        for content in [&b""[..], &[0; 2000], &[0, 0, 1, 0, 255, 255], b"PK\x03\x04", &[0xff; 600]] {
            assert!(pictures(content).iter().all(|file| file.is_empty()));
        }
    }
}
