//! Bytes that are written as numbers: hex in either case with anything between the digits, arrays of programs.

use std::ops::Range;

use super::piece::Piece;

/// Fewer bytes than this are no token and no secret.
const SHORTEST: usize = 16;
/// Longer pieces are told in parts, which have so much in common that nothing is cut.
const LONGEST: usize = 1 << 16;
const OVERLAP: usize = 1 << 10;

/// Every piece of a text that is bytes written as numbers.
pub(super) fn numbers(text: &[u8], mut tell: impl FnMut(&Piece)) {
    let mut from = 0;
    while let Some(part) = next_part(text, from) {
        from = part.end;
        // What has letters is hex and what has none can be both.
        for radix in [16, 10] {
            read(text, part.clone(), radix, &mut tell);
        }
    }
}

/// The next part of a text from a place on that holds nothing else than numbers, as long as the shortest at least. Of other
/// text few bytes are looked at: what is no part of a number, at the end of where one could be, tells that none is before it.
fn next_part(text: &[u8], from: usize) -> Option<Range<usize>> {
    let mut start = from;
    loop {
        let window = text.get(start..start + 2 * SHORTEST)?;
        match window.iter().rposition(|byte| !PARTS[usize::from(*byte)]) {
            Some(at) => start += at + 1,
            None => break,
        }
    }
    let length = text[start..].iter().take_while(|byte| PARTS[usize::from(**byte)]).count();
    Some(start..start + length)
}

/// What numbers are written with.
const PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        parts[byte as usize] = byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X') || is_between(byte);
        byte += 1;
    }
    parts
};

/// What may stand between two numbers.
const fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | b';' | b'-' | b'"' | b'\'' | b'|' | b'/' | b'.' | b'_')
}

/// Tells the longest pieces of one radix within a part of the text that holds nothing else than numbers.
fn read(text: &[u8], part: Range<usize>, radix: u32, tell: &mut impl FnMut(&Piece)) {
    let mut piece = Piece { is_recoded: true, ..Piece::default() };
    let mut finish = |piece: &mut Piece, end: usize, kept: usize| {
        if piece.text.len() >= SHORTEST {
            piece.sources.push(end);
            tell(piece);
            piece.sources.pop();
        }
        let done = piece.text.len().saturating_sub(kept);
        piece.text.drain(..done);
        piece.sources.drain(..done);
    };
    let mut at = part.start;
    let mut end = at;
    while at < part.end {
        let length = text[at..part.end].iter().take(LONGEST).take_while(|byte| !is_between(**byte)).count();
        if length > 0 {
            if !number(&text[at..at + length], radix, at, &mut piece) {
                finish(&mut piece, end, 0);
            }
            end = at + length;
            if piece.text.len() >= LONGEST {
                finish(&mut piece, end, OVERLAP);
            }
        }
        at += length.max(1);
    }
    finish(&mut piece, end, 0);
}

/// Adds the bytes that one number stands for, or one row of hex; whether it stands for any.
fn number(digits: &[u8], radix: u32, at: usize, piece: &mut Piece) -> bool {
    if radix == 10 {
        let value = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u8>().ok());
        piece.text.extend(value);
        piece.sources.extend(value.map(|_| at));
        return value.is_some();
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (digits, at) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (rest, at + 2),
        _ => (digits, at),
    };
    if let [one] = digits {
        piece.text.extend(value(*one));
        piece.sources.extend(value(*one).map(|_| at));
        return value(*one).is_some();
    }
    if digits.len() % 2 != 0 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    for (place, pair) in digits.chunks_exact(2).enumerate() {
        if let (Some(high), Some(low)) = (value(pair[0]), value(pair[1])) {
            piece.text.push(high << 4 | low);
            piece.sources.push(at + place * 2);
        }
    }
    !digits.is_empty()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TOKEN: &[u8] = b"pqHj2r_ZN1lEF10utN0Ktky71";

    fn written(joint: &str, number: impl Fn(usize, u8) -> String) -> String {
        let numbers: Vec<String> = TOKEN.iter().enumerate().map(|(at, byte)| number(at, *byte)).collect();
        numbers.join(joint)
    }

    #[test]
    fn bytes_are_read_however_their_numbers_are_written_and_lead_back() {
        let hex = |_: usize, byte: u8| format!("{byte:02x}");
        let mixed =
            |at: usize, byte: u8| if at.is_multiple_of(2) { format!("{byte:02x}") } else { format!("{byte:02X}") };
        for text in [
            written(":", hex),
            written(" ", hex),
            written("-", mixed),
            written("", mixed),
            written(", ", |_, byte| format!("0x{byte:02X}")),
            written(",", |_, byte| byte.to_string()),
            written("|", |_, byte| byte.to_string()),
            written("\",\"", hex),
            written("\n", |_, byte| byte.to_string()),
        ] {
            let whole = format!("a z [{text}] {{}}");
            let mut found = Vec::new();
            numbers(whole.as_bytes(), |piece| {
                let at = memchr::memmem::find(&piece.text, TOKEN);
                found.extend(at.and_then(|at| piece.span(at, at + TOKEN.len())).map(|(at, _)| at));
            });
            assert!(matches!(found[..], [5 | 7]), "{whole}: {found:?}");
        }
    }

    #[test]
    fn a_token_is_found_wherever_it_stands_in_many_numbers() {
        let token = written("", |_, byte| format!("{byte:02x}"));
        for before in [LONGEST - 40, LONGEST - 20, LONGEST, LONGEST * 2 - 10] {
            let text = format!("{}{token}{}", "00".repeat(before), "00".repeat(LONGEST));
            let mut found = BTreeSet::new();
            numbers(text.as_bytes(), |piece| {
                let at = memchr::memmem::find(&piece.text, TOKEN);
                found.extend(at.and_then(|at| piece.span(at, at + TOKEN.len())));
            });
            assert_eq!(found, BTreeSet::from([(before * 2, (before + TOKEN.len()) * 2)]));
        }
    }

    #[test]
    fn prose_and_short_numbers_are_no_bytes() {
        for text in ["a bad bed faded, a dead cafe ceded", "1 2 3 4 5 6 7 8", "", "2027-06-30 12:14:16", "0x", "ffff"] {
            numbers(text.as_bytes(), |piece| panic!("{text}: {piece:?}"));
        }
    }
}
