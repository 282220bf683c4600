//! Text behind escapes: percent, as often as it was applied; HTML, JSON, JavaScript and CSS escapes.

use std::borrow::Cow;

use super::piece::Piece;

/// Escapes that are closer together than this are read as one piece.
const REACH: usize = 96;
/// Escapes of escapes are read this often.
const DEEPEST: usize = 3;
/// No number of a character is written with more digits.
const LONGEST_NUMBER: usize = 64;
/// So many backslashes at most stand before one that was escaped.
const DEEPEST_BACKSLASHES: usize = 7;
/// Tells every piece of the text that holds escapes.
pub(super) fn escaped(text: &[u8], mut tell: impl FnMut(&Piece)) {
    let escapes = memchr::memchr3_iter(b'%', b'&', b'\\', text);
    let mut escapes = escapes.filter(|at| unit(&text[*at..]).is_some()).peekable();
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
    let mut piece = once(&Piece::of(text, start, end), read);
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
    let mut piece = Piece::default();
    let mut done = 0;
    let keep = |piece: &mut Piece, start: usize, end: usize| {
        piece.text.extend_from_slice(&from.text[start..end]);
        piece.sources.extend_from_slice(&from.sources[start..end]);
    };
    for at in memchr::memchr3_iter(b'%', b'&', b'\\', &from.text) {
        let Some((sign, length)) = (at >= done).then(|| read(&from.text[at..])).flatten() else { continue };
        keep(&mut piece, done, at);
        match sign {
            Sign::Byte(byte) => piece.read(&[byte], from.sources[at]),
            Sign::Text(text) => piece.read(text.as_bytes(), from.sources[at]),
        }
        done = at + length;
    }
    keep(&mut piece, done, from.text.len());
    piece.sources.extend(from.sources.last());
    piece
}

/// What an escape stands for.
enum Sign {
    Byte(u8),
    Text(Cow<'static, str>),
}

impl Sign {
    fn letter(code: u32) -> Self {
        Self::Text(char::from_u32(code).map_or(Cow::Borrowed(""), |letter| letter.to_string().into()))
    }
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
        b'&' => entity(text).map(|(text, length)| (Sign::Text(text), length)),
        b'\\' => {
            // What was escaped twice has its `\` escaped.
            let more = text[1..].iter().take(DEEPEST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
            backslash(&text[more..]).map(|(sign, length)| (sign, more + length))
        }
        _ => None,
    }
}

/// The escape that the text begins with, where that is one backslash.
fn backslash(text: &[u8]) -> Option<(Sign, usize)> {
    match text.get(1)? {
        b'/' => Some((Sign::Byte(b'/'), 2)),
        b'n' | b'r' | b't' => Some((Sign::Byte(b' '), 2)),
        b'u' if text.get(2) == Some(&b'{') => {
            let (code, length) = digits(text.get(3..)?, 16, 6);
            (length > 0 && text.get(3 + length) == Some(&b'}')).then_some((Sign::letter(code), length + 4))
        }
        b'u' => {
            let (code, length) = digits(text.get(2..)?, 16, 4);
            (length == 4).then_some((Sign::letter(code), 6))
        }
        b'x' => {
            let (code, length) = digits(text.get(2..)?, 16, 2);
            (length == 2).then_some((Sign::Byte(code as u8), 4))
        }
        _ => {
            let (code, length) = digits(text.get(1..)?, 16, 6);
            let end = 1 + length;
            (length > 0).then_some((Sign::letter(code), end + usize::from(text.get(end) == Some(&b' '))))
        }
    }
}

/// The byte in three octal digits that the text begins with, as shells and older languages write it.
fn octal(text: &[u8]) -> Option<(Sign, usize)> {
    let (code, length) = digits(text.strip_prefix(b"\\")?, 8, 3);
    (length == 3).then(|| u8::try_from(code).ok().map(|byte| (Sign::Byte(byte), 4))).flatten()
}

/// The HTML escape that the text begins with: what it stands for, and its length. A few may end without a semicolon.
pub(super) fn entity(text: &[u8]) -> Option<(Cow<'static, str>, usize)> {
    let after = text.strip_prefix(b"&")?;
    let length = match after {
        [b'#', digits @ ..] => {
            let is_hex = digits.first().is_some_and(|letter| matches!(letter, b'x' | b'X'));
            let is_digit = |byte: &&u8| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
            let start = usize::from(is_hex);
            let count = digits[start..].iter().take(LONGEST_NUMBER).take_while(is_digit).count();
            (count > 0).then_some(2 + start + count)?
        }
        name => {
            1 + name.iter().take(htmlize::ENTITY_MAX_LENGTH).take_while(|byte| byte.is_ascii_alphanumeric()).count()
        }
    };
    let with_end = length + usize::from(text.get(length) == Some(&b';'));
    if after.first() == Some(&b'#') {
        let number = std::str::from_utf8(&text[..with_end]).ok()?;
        return Some((htmlize::unescape(number).into_owned().into(), with_end));
    }
    let named = |length: usize| {
        let letters = std::str::from_utf8(htmlize::ENTITIES.get(&text[..length])?).ok()?;
        Some((Cow::Borrowed(letters), length))
    };
    // The longest name that there is, as browsers read it.
    named(with_end).or_else(|| (2..=length).rev().find_map(named))
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
        assert_eq!(read("https&colon;&sol;/a&ampb&copy=&NotEqualTilde;"), ["https://a&b©=≂̸"]);
        for text in ["abc", "100% of it", "this & that", "\\", "%", "%6", "&", "&#", "&#x", "\\u00"] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_place_in_a_piece_leads_back_to_the_file_unless_it_is_found_there_anyway() {
        let text = b"plain text %61bc and plain";
        escaped(text, |piece| {
            let at = memchr::memmem::find(&piece.text, b"abc").unwrap();
            assert_eq!(piece.span(at, at + 3), Some((11, 16)));
            assert_eq!(piece.span(0, 5), None);
        });
    }
}
