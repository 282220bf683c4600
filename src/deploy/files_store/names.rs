//! Names on a target that are not UTF-8, as text. A program or an old archive may have made them, and what lies where only private
//! files may lie has to go whatever its name is.

use std::borrow::Cow;

/// How a byte that is not UTF-8 begins in text. No name on a target has it, and no path of a site.
const MARK: char = '\0';

/// A name as text: each byte that is not UTF-8 as a mark and two digits.
pub(in crate::deploy) fn name_of(bytes: &[u8]) -> String {
    let mut name = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("{MARK}{byte:02x}"));
        }
    }
    name
}

/// The bytes of a path whose names are from [`name_of`].
pub(in crate::deploy) fn bytes_of(path: &str) -> Cow<'_, [u8]> {
    let mut parts = path.split(MARK);
    let first = parts.next().unwrap_or_default().as_bytes();
    let mut bytes = Cow::Borrowed(first);
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|byte| !byte.is_ascii());
        match byte {
            Some(byte) => {
                bytes.to_mut().push(byte);
                bytes.to_mut().extend(&part.as_bytes()[2..]);
            }
            // Nothing that was listed. The system refuses it.
            None => {
                bytes.to_mut().push(0);
                bytes.to_mut().extend(part.as_bytes());
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::check_path;

    #[test]
    fn names_that_are_not_utf_8_are_turned_back_and_are_those_of_no_site() {
        for name in [&b"F\xfcr Anna.zip"[..], b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98 \x80", b"\xff2e"] {
            let text = name_of(name);
            assert_eq!(*bytes_of(&text), *name, "{text:?}");
            assert!(check_path(&format!("x/{text}")).is_err(), "{text:?}");
        }
        for name in ["Für Anna.zip", "", "\u{f7ff}", "a\\b"] {
            assert_eq!(name_of(name.as_bytes()), name);
            assert_eq!(*bytes_of(name), *name.as_bytes());
        }
        // A server that lies leads nowhere else.
        for text in ["\u{0}2e\u{0}2e", "a\u{0}", "\u{0}\u{0}ü", "\u{0}2f"] {
            assert_eq!(*bytes_of(text), *text.as_bytes());
        }
    }
}
