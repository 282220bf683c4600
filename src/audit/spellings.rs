//! Text behind escapes: percent, as often as it was applied; HTML, JSON, JavaScript and CSS escapes.

use unicode_normalization::char::compose;

/// Escapes that are closer together than this are read as one piece.
const REACH: usize = 96;
/// Escapes of escapes are read this often.
const DEEPEST: usize = 3;
/// So many backslashes at most stand before one that was escaped.
const DEEPEST_BACKSLASHES: usize = 7;
/// Names of the characters from 160 to 255 in HTML.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
/// Other characters with a name of their own.
const NAMED: [(&str, char); 26] = [
    ("amp", '&'),
    ("quot", '"'),
    ("lt", '<'),
    ("gt", '>'),
    ("apos", '\''),
    ("sol", '/'),
    ("lowbar", '_'),
    ("hyphen", '-'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("lstrok", 'ł'),
    ("Lstrok", 'Ł'),
];
/// What stands behind a letter in the name of one with an accent.
const ACCENTS: [(&str, char); 12] = [
    ("grave", '\u{300}'),
    ("acute", '\u{301}'),
    ("circ", '\u{302}'),
    ("tilde", '\u{303}'),
    ("macr", '\u{304}'),
    ("breve", '\u{306}'),
    ("dot", '\u{307}'),
    ("uml", '\u{308}'),
    ("ring", '\u{30a}'),
    ("dblac", '\u{30b}'),
    ("caron", '\u{30c}'),
    ("cedil", '\u{327}'),
];

/// A piece of a file with its escapes taken out.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// The text.
    pub text: Vec<u8>,
    /// Where each byte of it stands in the file, and at the end where the piece ends.
    pub sources: Vec<usize>,
    /// Whether nothing in it stands in the file as it is.
    pub is_recoded: bool,
}

impl Piece {
    /// From where to where in the file the bytes from `at` stand, unless they stand there as they are, behind the same byte: the
    /// last letter of an escape seems to belong to the word behind it.
    pub(super) fn span(&self, at: usize, length: usize) -> Option<(usize, usize)> {
        let (start, end) = (*self.sources.get(at)?, *self.sources.get(at + length)?);
        let is_behind_another = at > 0 && self.sources[at - 1] + 1 != start;
        (self.is_recoded || end - start != length || is_behind_another).then_some((start, end))
    }
}

/// Whether an escape may begin with these two bytes.
pub(super) fn may_begin([first, second]: [u8; 2]) -> bool {
    match first {
        b'%' => second.is_ascii_hexdigit(),
        b'&' => second == b'#' || second.is_ascii_alphanumeric(),
        b'\\' => matches!(second, b'/' | b'\\') || second.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Every piece of the text that holds escapes; `places` are those where one may begin, in order.
pub(super) fn escaped(text: &[u8], places: &[usize], mut tell: impl FnMut(&Piece)) {
    let mut escapes = places.iter().copied().filter(|at| unit(&text[*at..]).is_some()).peekable();
    while let Some(first) = escapes.next() {
        let mut last = first;
        while let Some(next) = escapes.next_if(|next| *next <= last + REACH) {
            last = next;
        }
        let end = (last + REACH).min(text.len());
        let start = first.saturating_sub(REACH);
        tell(&decode(text, start, end, unit));
        // The same digits mean one thing in CSS and another in a shell.
        if text[start..end].windows(4).any(|four| octal(four).is_some()) {
            tell(&decode(text, start, end, |text| octal(text).or_else(|| unit(text))));
        }
    }
}

/// The piece without its escapes, where it has any.
pub(super) fn unescaped(piece: &Piece) -> Option<Piece> {
    has_escapes(piece).then(|| once(piece, unit))
}

fn has_escapes(piece: &Piece) -> bool {
    memchr::memchr3_iter(b'%', b'&', b'\\', &piece.text).any(|at| unit(&piece.text[at..]).is_some())
}

/// Reads the escape that a text begins with.
type Reader = fn(&[u8]) -> Option<(Sign, usize)>;

fn decode(text: &[u8], start: usize, end: usize, read: Reader) -> Piece {
    let whole = Piece { text: text[start..end].to_vec(), sources: (start..=end).collect(), is_recoded: false };
    let mut piece = once(&whole, read);
    // What was escaped as a whole twice is read twice.
    for _ in 1..DEEPEST {
        if !has_escapes(&piece) {
            break;
        }
        piece = once(&piece, read);
    }
    piece
}

fn once(from: &Piece, read: Reader) -> Piece {
    let mut piece = Piece {
        text: Vec::with_capacity(from.text.len()),
        sources: Vec::with_capacity(from.sources.len()),
        is_recoded: false,
    };
    let mut done = 0;
    for at in memchr::memchr3_iter(b'%', b'&', b'\\', &from.text) {
        let Some((sign, length)) = (at >= done).then(|| read(&from.text[at..])).flatten() else { continue };
        let mut buffer = [0; 4];
        let bytes: &[u8] = match sign {
            Sign::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Sign::Letter(code) => char::from_u32(code).map_or(&[], |letter| letter.encode_utf8(&mut buffer).as_bytes()),
        };
        piece.text.extend_from_slice(&from.text[done..at]);
        piece.sources.extend_from_slice(&from.sources[done..at]);
        piece.text.extend_from_slice(bytes);
        piece.sources.extend(bytes.iter().map(|_| from.sources[at]));
        done = at + length;
    }
    piece.text.extend_from_slice(&from.text[done..]);
    piece.sources.extend_from_slice(&from.sources[done..]);
    piece
}

/// What an escape stands for.
#[derive(Clone, Copy)]
enum Sign {
    Byte(u8),
    Letter(u32),
}

/// The escape that the text begins with: what it stands for, and its length.
fn unit(text: &[u8]) -> Option<(Sign, usize)> {
    match text.first()? {
        b'%' => {
            // What was escaped twice has its `%` escaped.
            let mut at = 1;
            while text.get(at..at + 2) == Some(b"25") && digits(text.get(at + 2..)?, 16, 2).1 == 2 {
                at += 2;
            }
            let (code, length) = digits(text.get(at..)?, 16, 2);
            (length == 2).then_some((Sign::Byte(code as u8), at + 2))
        }
        b'&' => entity(text).map(|(code, length)| (Sign::Letter(code), length)),
        b'\\' => {
            // What was escaped twice has its `\` escaped.
            let more = text[1..].iter().take(DEEPEST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
            backslash(&text[more..]).map(|(sign, length)| (sign, more + length))
        }
        _ => None,
    }
}

/// What the escape stands for that the text begins with.
pub(super) fn meaning(text: &[u8]) -> Option<u32> {
    match unit(text)?.0 {
        Sign::Byte(byte) => Some(byte.into()),
        Sign::Letter(code) => Some(code),
    }
}

/// The escape that the text begins with, where that is one backslash.
fn backslash(text: &[u8]) -> Option<(Sign, usize)> {
    match text.get(1)? {
        b'/' => Some((Sign::Byte(b'/'), 2)),
        b'n' | b'r' | b't' => Some((Sign::Byte(b' '), 2)),
        b'u' if text.get(2) == Some(&b'{') => {
            let (code, length) = digits(text.get(3..)?, 16, 6);
            (length > 0 && text.get(3 + length) == Some(&b'}')).then_some((Sign::Letter(code), length + 4))
        }
        b'u' => {
            let (code, length) = digits(text.get(2..)?, 16, 4);
            (length == 4).then_some((Sign::Letter(code), 6))
        }
        b'x' => {
            let (code, length) = digits(text.get(2..)?, 16, 2);
            (length == 2).then_some((Sign::Byte(code as u8), 4))
        }
        _ => {
            let (code, length) = digits(text.get(1..)?, 16, 6);
            let end = 1 + length;
            (length > 0).then_some((Sign::Letter(code), end + usize::from(text.get(end) == Some(&b' '))))
        }
    }
}

/// The byte in three octal digits that the text begins with, as shells and older languages write it.
fn octal(text: &[u8]) -> Option<(Sign, usize)> {
    let (code, length) = digits(text.strip_prefix(b"\\")?, 8, 3);
    (length == 3).then(|| u8::try_from(code).ok().map(|byte| (Sign::Byte(byte), 4))).flatten()
}

/// The HTML escape that the text begins with: what it stands for, and its length.
pub(super) fn entity(text: &[u8]) -> Option<(u32, usize)> {
    if text.first() != Some(&b'&') {
        return None;
    }
    let (radix, start) = match text.get(1..3)? {
        [b'#', b'x' | b'X'] => (16, 3),
        [b'#', _] => (10, 2),
        _ => {
            let name = text[1..].iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let letter = (text.get(1 + name) == Some(&b';'))
                .then(|| std::str::from_utf8(&text[1..=name]).ok().and_then(named))
                .flatten()?;
            return Some((u32::from(letter), name + 2));
        }
    };
    let zeros = text.get(start..)?.iter().take(64).take_while(|byte| **byte == b'0').count();
    let (code, length) = digits(text.get(start + zeros..)?, radix, 7);
    let length = zeros + length;
    let end = start + length;
    (length > 0).then_some((code, end + usize::from(text.get(end) == Some(&b';'))))
}

/// The character with this name in HTML.
fn named(name: &str) -> Option<char> {
    if let Some((_, letter)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*letter);
    }
    if let Some(at) = LATIN.split(' ').position(|known| known == name) {
        return u8::try_from(160 + at).ok().map(char::from);
    }
    let letter = name.chars().next()?;
    let (_, accent) = ACCENTS.iter().find(|(accent, _)| name.strip_prefix(letter) == Some(accent))?;
    compose(letter, *accent)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &[u8]) -> Vec<usize> {
        let pairs = text.windows(2).enumerate();
        pairs.filter(|(_, pair)| may_begin([pair[0], pair[1]])).map(|(at, _)| at).collect()
    }

    fn read(text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        escaped(text.as_bytes(), &places(text.as_bytes()), |piece| {
            pieces.push(String::from_utf8_lossy(&piece.text).into_owned())
        });
        pieces
    }

    #[test]
    fn each_way_of_escaping_is_read() {
        for text in
            ["%61bc", "%2561bc", "%25%36%31bc", "%252561bc", "&#97;bc", "&#x61;bc", "\\u0061bc", "\\x61bc", "\\61 bc"]
        {
            assert_eq!(read(text), ["abc"], "{text}");
        }
        for text in ["&#x00000061;bc", "&#000000000097;bc", "\\\\u0061bc", "\\\\\\\\x61bc"] {
            assert_eq!(read(text), ["abc"], "{text}");
        }
        assert_eq!(read("\\160\\161z"), ["\u{160}\u{161}z", "pqz"]);
        assert_eq!(read("a\\/b &amp; c"), ["a/b & c"]);
        for text in
            ["&#228;&#x161;", "&auml;&scaron;", "\\u00e4\\u0161", "\\u{e4}\\u{161}", "%C3%A4%c5%a1", "\\e4 \\161 "]
        {
            assert_eq!(read(text)[0], "äš", "{text}");
        }
        assert_eq!(read("a&nbsp;b\\nc"), ["a\u{a0}b c"]);
        for text in ["abc", "100% of it", "this & that", "\\", "%", "%6", "&", "&#", "&#x", "\\u00"] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_place_in_a_piece_leads_back_to_the_file_unless_it_is_found_there_anyway() {
        let text = b"plain text %61bc and plain";
        escaped(text, &places(text), |piece| {
            let at = memchr::memmem::find(&piece.text, b"abc").unwrap();
            assert_eq!(piece.span(at, 3), Some((11, 16)));
            assert_eq!(piece.span(0, 5), None);
        });
    }
}
