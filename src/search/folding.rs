//! Letters made comparable: neither case nor accents nor the way they are composed count, nor how wide a space is.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A letter becomes at most this many bytes; the few that would become more stay as they are.
const LONGEST: usize = 12;
/// Characters with one, two or three bytes in UTF-8 have a table, of which each block is made when it is first asked for.
const TABLE: usize = 0x1_0000;
const BLOCK: usize = 64;

/// What a character is, for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter or digit: a word goes on.
    Letter,
    /// A letter of a script that is written without spaces: a word may begin and end here.
    Unspaced,
    /// White space.
    Space,
    /// Anything else between words.
    Between,
    /// Nothing that can be seen by itself: accents, soft hyphens.
    Nothing,
}

/// A character with what it is compared as.
#[derive(Clone, Copy)]
pub(super) struct Letter {
    pub class: Class,
    length: u8,
    bytes: [u8; LONGEST],
}

impl Letter {
    fn new(class: Class, text: &[u8]) -> Self {
        let mut bytes = [0; LONGEST];
        bytes[..text.len()].copy_from_slice(text);
        Self { class, length: text.len() as u8, bytes }
    }

    fn of(letter: char) -> Self {
        let kept = |class, letter: char| Self::new(class, letter.encode_utf8(&mut [0; 4]).as_bytes());
        match letter {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return Self::new(Class::Nothing, b""),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => return kept(Class::Between, '-'),
            '\u{2018}'..='\u{201b}' => return kept(Class::Between, '\''),
            '\u{201c}'..='\u{201f}' => return kept(Class::Between, '"'),
            _ if letter.is_whitespace() => return kept(Class::Space, ' '),
            _ if is_combining_mark(letter) => return Self::new(Class::Nothing, b""),
            _ => {}
        }
        let class = match letter {
            _ if is_unspaced(letter) => Class::Unspaced,
            _ if letter.is_alphanumeric() => Class::Letter,
            _ => Class::Between,
        };
        let mut folded = String::new();
        let parts = std::iter::once(letter).nfkd().filter(|part| !is_combining_mark(*part));
        for part in parts.flat_map(char::to_lowercase) {
            match part {
                'ß' => folded.push_str("ss"),
                'ς' => folded.push('σ'),
                'ı' => folded.push('i'),
                // Unicode takes their strokes for parts of them, and people leave them out.
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ø' => folded.push('o'),
                'ħ' => folded.push('h'),
                'ŧ' => folded.push('t'),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                part if is_combining_mark(part) => {}
                part => folded.push(part),
            }
        }
        if folded.is_empty() || folded.len() > LONGEST {
            return kept(class, letter);
        }
        Self::new(class, folded.as_bytes())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

fn is_unspaced(letter: char) -> bool {
    matches!(u32::from(letter),
        0xe01..=0xe7f | 0xe81..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x2e80..=0x2fdf | 0x3005..=0x3007
        | 0x3041..=0x312f | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Reads characters out of bytes.
pub(super) struct Folding(&'static [OnceLock<Box<[Letter; BLOCK]>>]);

impl Default for Folding {
    fn default() -> Self {
        static LETTERS: [OnceLock<Box<[Letter; BLOCK]>>; TABLE / BLOCK] = [const { OnceLock::new() }; TABLE / BLOCK];
        Self(&LETTERS)
    }
}

impl Folding {
    fn letter(&self, code: u32) -> Letter {
        let (block, at) = (code as usize / BLOCK, code as usize % BLOCK);
        let block = self.0[block].get_or_init(|| {
            Box::new(std::array::from_fn(|at| {
                // In the place of surrogates stands something that is never read.
                char::from_u32((block * BLOCK + at) as u32).map_or(Letter::new(Class::Nothing, b""), Letter::of)
            }))
        });
        block[at]
    }

    /// The character at `at`, and how many bytes it has. A byte that is no UTF-8 counts as Latin-1.
    pub(super) fn at(&self, text: &[u8], at: usize) -> Option<(Letter, usize)> {
        let first = *text.get(at)?;
        let rest = |place: usize| {
            text.get(at + place).filter(|byte| **byte & 0xc0 == 0x80).map(|byte| u32::from(*byte & 0x3f))
        };
        let code = u32::from(first);
        match first {
            0xc2..=0xdf => {
                if let Some(second) = rest(1) {
                    return Some((self.letter((code & 0x1f) << 6 | second), 2));
                }
            }
            0xe0..=0xef => {
                if let (Some(second), Some(third)) = (rest(1), rest(2))
                    && let Some(letter) = char::from_u32((code & 0xf) << 12 | second << 6 | third)
                {
                    return Some((self.letter(letter.into()), 3));
                }
            }
            0xf0..=0xf4 => {
                if let (Some(second), Some(third), Some(fourth)) = (rest(1), rest(2), rest(3))
                    && let Some(letter) = char::from_u32((code & 7) << 18 | second << 12 | third << 6 | fourth)
                {
                    return Some((Letter::of(letter), 4));
                }
            }
            _ => {}
        }
        Some((self.letter(code), 1))
    }

    /// Whether `at` is within a character that begins before it.
    pub(super) fn is_within(&self, text: &[u8], at: usize) -> bool {
        text[at] & 0xc0 == 0x80
            && (1..=at.min(3)).any(|back| self.at(text, at - back).is_some_and(|(_, length)| length > back))
    }

    /// The character before `at` that can be seen.
    pub(super) fn before(&self, text: &[u8], at: usize) -> Option<Letter> {
        let mut end = at;
        while end > 0 {
            let mut start = end - 1;
            while start > 0 && self.is_within(text, start) {
                start -= 1;
            }
            let (letter, _) = self.at(text, start)?;
            if letter.class != Class::Nothing {
                return Some(letter);
            }
            end = start;
        }
        None
    }

    /// A text as it is compared, white space made one space.
    pub(super) fn whole(&self, text: &str) -> String {
        let mut folded = Vec::new();
        let mut at = 0;
        while let Some((letter, length)) = self.at(text.as_bytes(), at) {
            if letter.class != Class::Space || folded.last() != Some(&b' ') {
                folded.extend_from_slice(letter.bytes());
            }
            at += length;
        }
        String::from_utf8_lossy(&folded).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_the_way_letters_are_composed_do_not_count() {
        let folding = Folding::default();
        for (text, folded) in [
            ("ÖSTERREICH", "osterreich"),
            ("O\u{308}sterreich", "osterreich"),
            ("Élodie Çelik", "elodie celik"),
            ("Свадьба ОЛЬГИ", "свадьба ольги"),
            ("STRAẞE Straße", "strasse strasse"),
            ("ΌΛΥΜΠΟΣ όλυμπος", "ολυμποσ ολυμποσ"),
            ("İZMİR ﬁn ｗｉｄｅ", "izmir fin wide"),
            ("Łukasz Żółkiewski, Đám, Ærø", "lukasz zolkiewski, dam, aero"),
            ("a \u{a0}\n\tb\u{ad}c", "a bc"),
            ("Anna’s – “x”", "anna's - \"x\""),
            ("湖畔の家", "湖畔の家"),
        ] {
            assert_eq!(folding.whole(text), folded);
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_read_as_latin_1() {
        let folding = Folding::default();
        for (byte, folded) in [(0xd6, "o"), (0xe9, "e"), (0xff, "y")] {
            assert_eq!(folding.at(&[byte, b'x'], 0).unwrap().0.bytes(), folded.as_bytes());
        }
        assert!(folding.at(b"", 0).is_none());
    }
}
