//! Text behind escapes: percent, as often as it was applied; HTML, JSON, JavaScript and CSS escapes; UTF-16.

/// Escapes that are closer together than this are read as one piece.
const REACH: usize = 96;
/// Escapes of escapes are read this often.
const DEEPEST: usize = 3;
/// UTF-16 shorter than this many characters is chance.
const SHORTEST_WIDE: usize = 8;

/// A piece of a file with its escapes taken out.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// The text.
    pub text: Vec<u8>,
    /// Where each byte of it stands in the file, and at the end where the piece ends.
    sources: Vec<usize>,
}

impl Piece {
    /// Where in the file the bytes from `at` stand, unless they stand there as they are.
    pub(super) fn source(&self, at: usize, length: usize) -> Option<usize> {
        let (start, end) = (*self.sources.get(at)?, *self.sources.get(at + length)?);
        (end - start != length).then_some(start)
    }
}

/// Every piece of the text that holds escapes.
pub(super) fn escaped(text: &[u8], mut tell: impl FnMut(&Piece)) {
    let mut escapes =
        memchr::memchr3_iter(b'%', b'&', b'\\', text).filter(|at| unit(&text[*at..]).is_some()).peekable();
    while let Some(first) = escapes.next() {
        let mut last = first;
        while let Some(next) = escapes.next_if(|next| *next <= last + REACH) {
            last = next;
        }
        let end = (last + REACH).min(text.len());
        tell(&decode(text, first.saturating_sub(REACH), end));
    }
}

fn decode(text: &[u8], start: usize, end: usize) -> Piece {
    let whole = Piece { text: text[start..end].to_vec(), sources: (start..=end).collect() };
    let mut piece = once(&whole);
    // What was escaped as a whole twice is read twice.
    for _ in 1..DEEPEST {
        let more = memchr::memchr3_iter(b'%', b'&', b'\\', &piece.text).any(|at| unit(&piece.text[at..]).is_some());
        if !more {
            break;
        }
        piece = once(&piece);
    }
    piece
}

fn once(from: &Piece) -> Piece {
    let mut piece = Piece::default();
    let mut at = 0;
    while at < from.text.len() {
        let (code, length) = unit(&from.text[at..]).unwrap_or((u32::from(from.text[at]), 1));
        let mut buffer = [0; 4];
        let bytes: &[u8] = match u8::try_from(code) {
            Ok(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Err(_) => char::from_u32(code).map_or(&[], |letter| letter.encode_utf8(&mut buffer).as_bytes()),
        };
        piece.text.extend_from_slice(bytes);
        piece.sources.extend(bytes.iter().map(|_| from.sources[at]));
        at += length;
    }
    piece.sources.push(from.sources.last().copied().unwrap_or_default());
    piece
}

/// The escape that the text begins with: what it stands for, and its length.
fn unit(text: &[u8]) -> Option<(u32, usize)> {
    match text.first()? {
        b'%' => {
            // What was escaped twice has its `%` escaped.
            let mut at = 1;
            while text.get(at..at + 2) == Some(b"25") && digits(text.get(at + 2..)?, 16, 2).1 == 2 {
                at += 2;
            }
            let (code, length) = digits(text.get(at..)?, 16, 2);
            (length == 2).then_some((code, at + 2))
        }
        b'&' => {
            for (name, code) in
                [(&b"&amp;"[..], b'&'), (b"&quot;", b'"'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&apos;", b'\'')]
            {
                if text.starts_with(name) {
                    return Some((u32::from(code), name.len()));
                }
            }
            let (radix, start) = match text.get(1..3)? {
                [b'#', b'x' | b'X'] => (16, 3),
                [b'#', _] => (10, 2),
                _ => return None,
            };
            let (code, length) = digits(text.get(start..)?, radix, 7);
            let end = start + length;
            (length > 0).then_some((code, end + usize::from(text.get(end) == Some(&b';'))))
        }
        b'\\' => match text.get(1)? {
            b'/' => Some((u32::from(b'/'), 2)),
            b'u' | b'x' => {
                let wanted = if text[1] == b'u' { 4 } else { 2 };
                let (code, length) = digits(text.get(2..)?, 16, wanted);
                (length == wanted).then_some((code, 2 + wanted))
            }
            _ => {
                let (code, length) = digits(text.get(1..)?, 16, 6);
                let end = 1 + length;
                (length > 0).then_some((code, end + usize::from(text.get(end) == Some(&b' '))))
            }
        },
        _ => None,
    }
}

/// The HTML escape that the text begins with: what it stands for, and its length.
pub(super) fn entity(text: &[u8]) -> Option<(u32, usize)> {
    unit(text).filter(|_| text.starts_with(b"&"))
}

/// The number that the text begins with, of at most so many digits, and how many it has.
fn digits(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut number = 0;
    for (length, byte) in text.iter().take(most).enumerate() {
        match char::from(*byte).to_digit(radix) {
            Some(digit) => number = number * radix + digit,
            None => return (number, length),
        }
    }
    (number, text.len().min(most))
}

/// Every piece that is UTF-16 of Latin letters, in either order of bytes: so Windows writes titles into pictures.
pub(super) fn wide(text: &[u8], mut tell: impl FnMut(&Piece)) {
    let printable = |byte: u8| (0x20..0x7f).contains(&byte);
    let mut at = 0;
    while at + 4 <= text.len() {
        // A piece of eight characters covers one of the places looked at, with two characters to spare.
        let little = printable(text[at]) && text[at + 1] == 0 && printable(text[at + 2]) && text[at + 3] == 0;
        let big = text[at] == 0 && printable(text[at + 1]) && text[at + 2] == 0 && printable(text[at + 3]);
        if !(little || big) {
            at += 8;
            continue;
        }
        let fits =
            |pair: &[u8]| if little { printable(pair[0]) && pair[1] == 0 } else { pair[0] == 0 && printable(pair[1]) };
        let before = text[..at].rchunks_exact(2).take_while(|pair| fits(pair)).count();
        let after = text[at..].chunks_exact(2).take_while(|pair| fits(pair)).count();
        let start = at - before * 2;
        if before + after >= SHORTEST_WIDE {
            let end = at + after * 2;
            // Read in the other order one letter is cut off: what looks at an odd place cannot know which order it is.
            let first = start.checked_sub(1).filter(|first| !little && printable(text[*first]));
            let last = Some(end).filter(|last| little && text.get(*last).is_some_and(|byte| printable(*byte)));
            let inner = (start + usize::from(!little)..end).step_by(2);
            let mut sources: Vec<usize> = first.into_iter().chain(inner).chain(last).collect();
            let letters = sources.iter().map(|place| text[*place]).collect();
            sources.push(last.map_or(end, |last| last + 2));
            tell(&Piece { text: letters, sources });
        }
        at += (after * 2).max(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        escaped(text.as_bytes(), |piece| pieces.push(String::from_utf8_lossy(&piece.text).into_owned()));
        pieces
    }

    #[test]
    fn each_way_of_escaping_is_read() {
        for text in
            ["%61bc", "%2561bc", "%25%36%31bc", "%252561bc", "&#97;bc", "&#x61;bc", "\\u0061bc", "\\x61bc", "\\61 bc"]
        {
            assert_eq!(read(text), ["abc"], "{text}");
        }
        assert_eq!(read("a\\/b &amp; c"), ["a/b & c"]);
        assert_eq!(read("&#233;t&#xe9;"), ["\u{fffd}t\u{fffd}"]);
        for text in ["abc", "100% of it", "this & that", "\\", "%", "%6", "&", "&#", "&#x", "\\u00"] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_place_in_a_piece_leads_back_to_the_file_unless_it_is_found_there_anyway() {
        let text = b"plain text %61bc and plain";
        escaped(text, |piece| {
            let at = memchr::memmem::find(&piece.text, b"abc").unwrap();
            assert_eq!(piece.source(at, 3), Some(11));
            assert_eq!(piece.source(0, 5), None);
        });
    }

    #[test]
    fn utf_16_is_read_at_every_offset_and_in_both_orders() {
        for before in 0..17 {
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let mut text = vec![0xff; before];
                text.extend("LakeHouse".encode_utf16().flat_map(order));
                text.push(0xff);
                let mut pieces = Vec::new();
                wide(&text, |piece| pieces.push((piece.text.clone(), piece.source(0, 9))));
                let first = before + usize::from(order(0x4c)[0] == 0);
                assert_eq!(pieces, [(b"LakeHouse".to_vec(), Some(first))]);
            }
        }
    }
}
