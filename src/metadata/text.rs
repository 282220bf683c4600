//! Text out of metadata blocks: decoded, trimmed, without control characters, of bounded length.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Longer texts are cut here; counted in characters.
const LONGEST: usize = 20_000;

/// What Windows-1252 has between 0x80 and 0x9F; its five holes become U+FFFD.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Bytes that should have been UTF-8 and in the main are plain: UTF-8 where they are, else Windows-1252 (and with it Latin-1).
pub(super) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            })
            .collect(),
    }
}

/// A text of several lines: line ends become `\n`, other control characters go, NFC.
pub(super) fn lines(text: &str) -> Option<Box<str>> {
    // A character takes at most four bytes; what lies behind is cut anyway.
    let text = cut(text, 4 * LONGEST);
    // Before control characters go: one may be part of a letter that was encoded twice.
    let mended = super::charset::mended(text);
    let text = mended.as_deref().unwrap_or(text).replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let kept: String = text
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| *c == '\n' || !unwanted(*c))
        .take(LONGEST)
        .collect();
    let trimmed = kept.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(if is_nfc(trimmed) { trimmed.into() } else { trimmed.nfc().collect::<String>().into() })
}

/// A text of one line: as [`lines`], and every run of white space is one space.
pub(super) fn line(text: &str) -> Option<Box<str>> {
    lines(text).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ").into())
}

/// Control characters, byte order marks, and the overrides that make text read backwards.
fn unwanted(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{202d}' | '\u{202e}' | '\u{fffe}' | '\u{ffff}')
}

/// Cuts a text to at most `octets` bytes of UTF-8, between characters.
pub(super) fn cut(text: &str, octets: usize) -> &str {
    let mut end = octets.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_and_windows_1252_are_read_where_it_is_not_utf_8() {
        assert_eq!(decode("Þingvellir".as_bytes()), "Þingvellir");
        assert_eq!(decode(b"\xdeingvellir \x96 \xa9 J\xf3n"), "Þingvellir – © Jón");
    }

    #[test]
    fn control_characters_and_blanks_are_no_text() {
        assert_eq!(lines("               \0\0"), None);
        assert_eq!(lines("one\r\ntwo\u{7}\u{202e}").as_deref(), Some("one\ntwo"));
        assert_eq!(line("  one \n two\t\tthree").as_deref(), Some("one two three"));
        assert_eq!(line("Jo\u{301}n").as_deref(), Some("J\u{f3}n"));
    }

    #[test]
    fn a_cut_falls_between_characters() {
        assert_eq!(cut("añb", 2), "a");
        assert_eq!(cut("añb", 9), "añb");
    }
}
