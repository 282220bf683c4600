//! The streams of a PDF (ISO 32000-2), whatever they are packed with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pdf_texts::texts;
use super::{Opening, filters};

/// No stream is packed in more ways at once.
const MOST_FILTERS: usize = 8;
/// Ways of packing that are opened here, with their short names.
const OPENED: [&[u8]; 10] = [
    b"FlateDecode",
    b"Fl",
    b"ASCII85Decode",
    b"A85",
    b"ASCIIHexDecode",
    b"AHx",
    b"RunLengthDecode",
    b"RL",
    b"LZWDecode",
    b"LZW",
];
/// Those of pictures.
const PICTURES: [&[u8]; 6] = [b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode"];

/// A stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream<'a> {
    /// Where its content begins.
    pub at: usize,
    /// All that stands between the stream before and this one: what it says of itself comes last.
    pub before: &'a [u8],
    /// Its content, as it lies there.
    pub body: &'a [u8],
}

/// Every stream of the PDF that is, or lies, in these bytes; and at last what stands behind the last one, without a body.
pub(super) fn streams(content: &[u8]) -> impl Iterator<Item = Stream<'_>> {
    let start = memchr::memmem::find(content, b"%PDF-").unwrap_or(content.len());
    let mut all = memchr::memmem::find_iter(&content[start..], b"stream").map(move |at| start + at);
    let mut from = start;
    std::iter::from_fn(move || {
        for at in all.by_ref() {
            let body = &content[at + b"stream".len()..];
            let body = body.strip_prefix(b"\r").unwrap_or(body);
            let Some(body) = body.strip_prefix(b"\n").filter(|_| at >= from && !content[..at].ends_with(b"end")) else {
                continue;
            };
            let place = content.len() - body.len();
            let length = memchr::memmem::find(body, b"endstream").unwrap_or(body.len());
            let before = &content[from..at];
            from = place + length;
            return Some(Stream { at: place, before, body: &body[..length] });
        }
        let before = &content[from..];
        let at = std::mem::replace(&mut from, content.len());
        (!before.is_empty()).then_some(Stream { at, before, body: b"" })
    })
}

/// Tells what is in each stream, and the texts that nobody could read where they lie. Says where the streams that were opened
/// begin and end.
pub(super) fn open(content: &[u8], opening: &mut Opening<'_>) -> BTreeMap<usize, usize> {
    let mut opened = BTreeMap::new();
    for stream in streams(content) {
        if is_encrypted(stream.before) {
            opening.closed.insert("PDF (with a password)");
        }
        opening.part(stream.at, "PDF", texts(stream.before));
        if let Some((content, is_text)) = unpacked(&stream, opening) {
            opened.insert(stream.at, stream.at + stream.body.len());
            let texts = if is_text { texts(&content) } else { Vec::new() };
            if let Cow::Owned(content) = content {
                opening.part(stream.at, "PDF", content);
            }
            opening.part(stream.at, "PDF", texts);
        }
    }
    opened
}

/// Whether the end of a PDF, or what it is packed with, says that all of it is encrypted.
fn is_encrypted(text: &[u8]) -> bool {
    const NAME: &[u8] = b"/Encrypt";
    memchr::memmem::find_iter(text, NAME).any(|at| text.get(at + NAME.len()).is_none_or(|byte| !is_of_name(*byte)))
}

/// The content of a stream, and whether it may hold texts; nothing where it is packed in a way that is not opened here.
fn unpacked<'a>(stream: &Stream<'a>, opening: &mut Opening<'_>) -> Option<(Cow<'a, [u8]>, bool)> {
    let dictionary = match memchr::memmem::rfind(stream.before, b"obj") {
        Some(at) => &stream.before[at..],
        None => stream.before,
    };
    let says = |name: &[u8]| memchr::memmem::find(dictionary, name).is_some();
    let mut ways = filters_of(dictionary);
    // Some programs forget to say it.
    if ways.is_empty() && is_zlib(stream.body) {
        ways.push(b"Fl".to_vec());
    }
    if ways.len() > MOST_FILTERS {
        opening.closed.insert("PDF (with many filters)");
        return None;
    }
    // A picture is packed as pictures are, and comes last.
    let is_known = |way: &[u8]| OPENED.contains(&way) || PICTURES.contains(&way);
    if !ways.iter().all(|way| is_known(way)) {
        opening.closed.insert("PDF (with an unknown filter)");
        return None;
    }
    let mut content = Cow::Borrowed(stream.body);
    for way in &ways {
        let most = usize::try_from(opening.most()).unwrap_or(usize::MAX);
        let next = match way.as_slice() {
            _ if most == 0 => return None,
            b"FlateDecode" | b"Fl" if is_zlib(&content) => {
                opening.inflater.inflate(&content[2..], opening.most()).map(|found| found.content).unwrap_or_default()
            }
            // Not what it is said to be: nothing comes of it, and what came before is counted below.
            b"FlateDecode" | b"Fl" => Vec::new(),
            b"ASCII85Decode" | b"A85" => filters::ascii85(&content, most),
            b"ASCIIHexDecode" | b"AHx" => filters::hex(&content, most),
            b"RunLengthDecode" | b"RL" => filters::run_length(&content, most),
            b"LZWDecode" | b"LZW" => filters::lzw(&content, !says(b"/EarlyChange 0"), most),
            _ => return Some((content, false)),
        };
        // What comes between is counted, too: each way may make much of little.
        if matches!(content, Cow::Owned(_)) {
            opening.spend(content.len());
        }
        content = Cow::Owned(next);
    }
    Some((content, !says(b"/Image") && !says(b"/FontFile")))
}

/// Whether the header of zlib stands here, with any window.
fn is_zlib(content: &[u8]) -> bool {
    matches!(content, [method, flags, ..] if method & 0x8f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

/// How a stream is packed, from the outside in.
fn filters_of(dictionary: &[u8]) -> Vec<Vec<u8>> {
    const NAME: &[u8] = b"/Filter";
    let is_it = |at: &usize| dictionary.get(at + NAME.len()).is_some_and(|byte| !is_of_name(*byte));
    let Some(at) = memchr::memmem::find_iter(dictionary, NAME).find(is_it) else { return Vec::new() };
    let value = dictionary[at + NAME.len()..].trim_ascii_start();
    match value {
        [b'[', list @ ..] => {
            let list = &list[..memchr::memchr(b']', list).unwrap_or(list.len())];
            list.split(|byte| *byte == b'/').skip(1).take(MOST_FILTERS + 1).map(name).collect()
        }
        [b'/', value @ ..] => vec![name(value)],
        [b'n', b'u', b'l', b'l', ..] => Vec::new(),
        // It is said elsewhere.
        _ => vec![b"?".to_vec()],
    }
}

/// The name that stands here, without its escapes.
fn name(text: &[u8]) -> Vec<u8> {
    let mut rest = &text[..text.iter().position(|byte| !is_of_name(*byte)).unwrap_or(text.len())];
    let mut name = Vec::new();
    while let [first, behind @ ..] = rest {
        let escaped = behind.get(..2).filter(|_| *first == b'#').map(|digits| filters::hex(digits, 1));
        match escaped.as_deref() {
            Some([byte]) => {
                name.push(*byte);
                rest = &behind[2..];
            }
            _ => {
                name.push(*first);
                rest = behind;
            }
        }
    }
    name
}

fn is_of_name(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !b"\0()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::{MOST, parts};

    fn opened(pdf: &[u8]) -> (Vec<String>, Vec<&'static str>) {
        let mut all = Vec::new();
        let rest = parts(pdf, &mut { MOST }, |part, _| {
            all.push(String::from_utf8_lossy(&part.content).into_owned());
        });
        (all, rest.closed.into_iter().collect())
    }

    fn pdf(dictionary: &str, body: &[u8]) -> Vec<u8> {
        let start = format!("%PDF-1.7\n1 0 obj <</Length 5 0 R {dictionary}>>\nstream\r\n");
        [start.as_bytes(), body, b"\nendstream\nendobj\ntrailer <</Root 2 0 R>>"].concat()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn hex(bytes: &[u8]) -> Vec<u8> {
        bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()
    }

    #[test]
    fn streams_are_opened_however_they_are_packed_and_in_however_many_ways() {
        let text = b"what is within";
        let packed = zlib(text);
        let mut narrow = packed.clone();
        narrow[..2].copy_from_slice(b"\x48\x89");
        let runs = |bytes: &[u8]| [&[u8::try_from(bytes.len() - 1).unwrap()], bytes, b"\x80"].concat();
        for (filter, body) in [
            ("/Filter /FlateDecode", packed.clone()),
            ("/Filter/FlateDecode", narrow.clone()),
            ("", narrow),
            ("/Filter [/ASCIIHexDecode/FlateDecode]", hex(&packed)),
            ("/Filter [ /AHx /AHx ]", hex(&hex(text))),
            ("/Filter/Fl#61teDecode", packed.clone()),
            ("/Filter /RunLengthDecode", runs(text)),
            ("/Filter [/Fl /RL]", zlib(&runs(text))),
            ("/Filter [/FlateDecode /FlateDecode]", zlib(&packed)),
            ("/Filter /ASCII85Decode", b"<~GA(E,+DGm>GA2/4Bl3~>".to_vec()),
        ] {
            let (all, closed) = opened(&pdf(filter, &body));
            assert_eq!(all.first().map(String::as_str), Some("what is within"), "{filter}");
            assert!(all.len() == 1 && closed.is_empty(), "{filter}: {all:?} {closed:?}");
        }
    }

    #[test]
    fn what_was_unpacked_in_vain_counts_too() {
        let body = b"0".repeat(4000);
        for (filters, is_counted) in [("[/AHx /AHx /Fl]", true), ("[/AHx /Own]", false)] {
            let mut left = MOST;
            parts(&pdf(&format!("/Filter {filters}"), &body), &mut left, |_, _| {});
            assert_eq!(left < MOST, is_counted, "{filters}");
        }
    }

    #[test]
    fn what_is_encrypted_or_packed_in_an_unknown_way_is_said_to_be_closed_and_pictures_are_not() {
        for filter in ["/DCTDecode", "/JPXDecode", "[/JBIG2Decode]", "/CCITTFaxDecode", "[/AHx /DCT]", "null", "[]"] {
            assert_eq!(opened(&pdf(&format!("/Filter {filter}"), b"ab>")).1, [""; 0], "{filter}");
        }
        for filter in ["/Crypt", "[/AHx /Own]", "7 0 R", &format!("[{}]", "/AHx".repeat(9)), "[/AHx"] {
            let closed = opened(&pdf(&format!("/Filter {filter}"), b"ab>")).1;
            assert_eq!(closed.len(), usize::from(filter != "[/AHx"), "{filter}");
        }
        assert_eq!(opened(b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>").1, ["PDF (with a password)"]);
        assert_eq!(opened(b"%PDF-1.7\n<</EncryptMetadata true>>").1, [""; 0]);
    }
}
