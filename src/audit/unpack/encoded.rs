//! Decodes base64.

use super::starts::Start;
use crate::search::base64 as decoded;

/// Base64 of base64 is looked into this deep.
const DEEPEST: usize = 4;
/// What is shorter is a word.
const SHORTEST_WHOLE: usize = 24;
/// What says that base64 follows.
pub(super) const SAID: &[u8] = b"base64";

/// Tells what each base64 stands for that is said to be some, or begins as gzip and zip do; in either alphabet, escaped or not.
///
/// Letters that go on in one another are decoded once for each of the four places where base64 can begin, however many
/// beginnings they hold.
pub(super) fn each(content: &[u8], starts: &[(usize, Start)], mut tell: impl FnMut(usize, Vec<u8>)) {
    let starts = starts.iter().filter_map(|(at, start)| match start {
        Start::SaidBase64 => said(content, *at),
        Start::Base64 => Some(*at),
        _ => None,
    });
    let mut starts = starts.peekable();
    while let Some(first) = starts.next() {
        let mut symbols = Vec::new();
        let mut begins = vec![(first, 0)];
        let mut seen = [true, false, false, false];
        let mut at = first;
        while let Some((symbol, length)) = symbol(&content[at..]) {
            while starts.next_if(|next| *next < at + length).is_some() {
                if !std::mem::replace(&mut seen[symbols.len() % 4], true) {
                    begins.push((at, symbols.len()));
                }
            }
            symbols.extend(symbol);
            at += length;
        }
        for (at, start) in begins {
            let mut content = decoded(&symbols[start..]);
            for _ in 1..DEEPEST {
                let next = whole(&content);
                tell(at, content);
                content = next;
            }
            tell(at, content);
        }
    }
}

/// What a content stands for that is base64 again from its beginning to its end.
fn whole(content: &[u8]) -> Vec<u8> {
    let mut symbols = Vec::new();
    let mut rest = content.trim_ascii_end();
    rest = rest.strip_suffix(b"==").or(rest.strip_suffix(b"=")).unwrap_or(rest);
    while let Some((symbol, length)) = symbol(rest) {
        symbols.extend(symbol);
        rest = &rest[length..];
    }
    if rest.is_empty() && symbols.len() >= SHORTEST_WHOLE { decoded(&symbols) } else { Vec::new() }
}

/// Where base64 begins that is said to be some at `at`: the content of a `data:` address.
fn said(content: &[u8], at: usize) -> Option<usize> {
    let at = at + SAID.len();
    match content.get(at..)? {
        [b',', ..] => Some(at + 1),
        [b'%', b'2', b'C' | b'c', ..] => Some(at + 3),
        _ => None,
    }
}

/// The symbol that stands here, if it is none of white space, and how many bytes it takes; as addresses and scripts escape it,
/// too.
fn symbol(text: &[u8]) -> Option<(Option<u8>, usize)> {
    let plain = |byte: u8| match byte {
        b'-' => Some(Some(b'+')),
        b'_' => Some(Some(b'/')),
        b'+' | b'/' => Some(Some(byte)),
        byte if byte.is_ascii_alphanumeric() => Some(Some(byte)),
        byte if byte.is_ascii_whitespace() => Some(None),
        _ => None,
    };
    match text {
        [b'%', high, low, ..] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            plain(digit(high)? << 4 | digit(low)?).map(|symbol| (symbol, 3))
        }
        [b'\\', b'/', ..] => Some((Some(b'/'), 2)),
        [b'\\', b'n' | b'r', ..] => Some((None, 2)),
        [byte, ..] => plain(*byte).map(|symbol| (symbol, 1)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    fn all(text: &str) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        each(text.as_bytes(), &super::super::starts::all(text.as_bytes()), |_, decoded| {
            all.extend(Some(decoded).filter(|decoded| !decoded.is_empty()))
        });
        all
    }

    #[test]
    fn base64_is_decoded_in_either_alphabet_and_however_it_is_escaped() {
        // With all symbols in it.
        let bytes: Vec<u8> = b"\x1f\x8b\x08".iter().copied().chain((0..=255).rev()).collect();
        let (standard, for_addresses) = (STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes));
        let escaped = standard.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        for text in [&standard, &for_addresses, &escaped, &standard.replace('/', "\\/")] {
            for before in ["", "data:a/b;base64,", "data:a/b%3Bbase64%2C"] {
                assert_eq!(all(&format!("({before}{text})")), [&bytes[..]], "{before}{text}");
            }
        }
        assert_eq!(all(&STANDARD.encode(&standard)), [standard.as_bytes(), &bytes]);
        assert_eq!(all(&STANDARD.encode(STANDARD.encode("PK\x03\x04"))), [b"UEsDBA==".to_vec()]);
        let text = "what is within, in words";
        let twice = STANDARD.encode(STANDARD.encode(text));
        assert_eq!(all(&format!("data:,;base64,{twice}")), [STANDARD.encode(text).as_bytes(), text.as_bytes()]);
        assert_eq!(all("base64 of it, and base64;"), Vec::<Vec<u8>>::new());
    }
}
