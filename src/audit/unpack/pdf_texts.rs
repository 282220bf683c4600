//! The texts of a PDF (ISO 32000-2, 7.3.4), however they are written.

use super::filters;

/// A text that is not closed within so many bytes ends there.
const LONGEST_TEXT: usize = 32 << 10;
/// A gap between letters that is wider than so many thousandths of their size is a space.
const SPACE: f32 = -180.0;

/// The texts that are not written as they are read: with escapes, in hex, in UTF-16, or in pieces with the distances between
/// them. Each on a line of its own, in UTF-8.
pub(super) fn texts(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    let mut is_odd = false;
    let mut at = 0;
    let mut end = 0;
    while let Some(open) = memchr::memchr2(b'(', b'<', &content[at..]).map(|distance| at + distance) {
        let found = if content[open] == b'(' { Some(literal(&content[open..])) } else { in_hex(&content[open..]) };
        let Some(text) = found else {
            at = open + if content[open..].starts_with(b"<<") { 2 } else { 1 };
            continue;
        };
        match distance(&content[end..open]) {
            Some(distance) if !line.is_empty() => {
                is_odd = true;
                line.extend(Some(b' ').filter(|_| distance < SPACE));
            }
            _ => flush(&mut line, &mut is_odd, &mut out),
        }
        is_odd |= text.is_odd;
        line.extend(read(&text.bytes));
        at = open + text.length;
        end = at;
    }
    flush(&mut line, &mut is_odd, &mut out);
    out
}

fn flush(line: &mut Vec<u8>, is_odd: &mut bool, out: &mut Vec<u8>) {
    if std::mem::take(is_odd) {
        out.append(line);
        out.push(b'\n');
    }
    line.clear();
}

/// A text as it stands in a PDF.
struct Text {
    bytes: Vec<u8>,
    /// How much room it takes, with what opens and closes it.
    length: usize,
    /// Whether it is written in another way than it is read.
    is_odd: bool,
}

/// The text in brackets that begins here.
fn literal(content: &[u8]) -> Text {
    let mut bytes = Vec::new();
    let mut is_odd = false;
    let mut depth = 0;
    let mut at = 0;
    while let Some(byte) = content.get(at).filter(|_| at < LONGEST_TEXT) {
        at += 1;
        match byte {
            b'\\' => {
                is_odd = true;
                let digits = content[at..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
                let (number, count) =
                    digits.fold((0_u8, 0), |(number, count), digit| (number << 3 | (digit - b'0'), count + 1));
                let Some(escape) = content.get(at).copied() else { break };
                at += if count > 0 { count } else { 1 };
                match escape {
                    _ if count > 0 => bytes.push(number),
                    b'n' | b'r' | b't' => bytes.push(b' '),
                    b'b' | b'f' => {}
                    // A line that goes on.
                    b'\r' => at += usize::from(content.get(at) == Some(&b'\n')),
                    b'\n' => {}
                    other => bytes.push(other),
                }
                continue;
            }
            b'(' => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
        bytes.push(*byte);
    }
    let is_odd = is_odd || bytes.starts_with(b"\xfe\xff") || bytes.starts_with(b"\xff\xfe");
    Text { bytes, length: at, is_odd }
}

/// The text in hex that begins here.
fn in_hex(content: &[u8]) -> Option<Text> {
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace();
    let length = content[1..].iter().take_while(|byte| is_digit(byte)).count();
    let is_closed = length > 0 && content.get(1 + length) == Some(&b'>');
    let bytes = || filters::hex(&content[1..=length], length);
    is_closed.then(|| Text { bytes: bytes(), length: length + 2, is_odd: true })
}

/// The distance that stands between two pieces of a text, where nothing else does.
fn distance(between: &[u8]) -> Option<f32> {
    std::str::from_utf8(between).ok().filter(|between| between.len() < 32)?.trim().parse().ok()
}

/// A text in UTF-8.
fn read(bytes: &[u8]) -> Vec<u8> {
    let wide = |bytes: &[u8], order: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    };
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_hex_with_escapes_in_utf_16_and_in_pieces() {
        let told = |text: &[u8]| String::from_utf8(texts(text)).unwrap();
        assert_eq!(told(b"/Title <FEFF00420061 0072> /A <426172>"), "Bar\nBar\n");
        assert_eq!(told(b"/Title (\\376\\377\\000B\\000a) (\xfe\xff\0B\0\\()"), "Ba\nB(\n");
        assert_eq!(told(b"(B\\141r\\\nthol\\\r\n(o)mew\\)) (plain)"), "Barthol(o)mew)\n");
        assert_eq!(told(b"[(Bar) -20.5 (tho) 3(lo)-250(mew)] TJ (plain)"), "Bartholo mew\n");
        assert_eq!(told(b"[(a) (b)] <</A(c)/B 5 0 R>> (d"), "");
        assert_eq!(told(b"(Soir\\351e)"), "Soirée\n");
        for part in ["(", "<", "<<", "<0", "(\\", "\\(", "(a)1", "[(", "<00>1"] {
            texts(part.repeat(60_000).as_bytes());
        }
    }
}
