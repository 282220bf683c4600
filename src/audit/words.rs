//! Titles, recipients and file names of private galleries, found wherever they stand as words.

use super::folding::{Class, Folding};
use super::forms::{SHORTEST, forms};
use super::legible::{EACH, HIGH, runs};
use super::{AuditInput, Word};

/// In pictures and other packed bytes shorter words are found by chance.
pub(super) const SHORTEST_IN_BINARY: usize = 7;
/// White space between two words of a name may be this long: lines of HTML are indented.
const LONGEST_SPACE: usize = 256;

/// Looks for words without regard to case, accents, or how they are spaced.
pub(super) struct Lexicon<'a> {
    words: Vec<Known<'a>>,
    folding: Folding,
    /// Folded forms with the words they belong to, by their first four bytes and then as a whole.
    forms: Vec<(Vec<u8>, u32)>,
    /// Where the forms with the same first four bytes begin.
    starts: Vec<(u32, usize)>,
    bits: Vec<u64>,
    shift: u32,
}

/// A word that is looked for.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// Its place among the words that are looked for.
    pub number: usize,
    /// The word.
    pub word: &'a Word,
    /// Whether a public source says it too.
    pub is_public: bool,
    /// Whether its own gallery's texts say it.
    pub is_own: bool,
}

impl<'a> Lexicon<'a> {
    pub(super) fn of(input: &'a AuditInput) -> Self {
        let mut lexicon = Self {
            words: Vec::new(),
            folding: Folding::new(),
            forms: Vec::new(),
            starts: Vec::new(),
            bits: Vec::new(),
            shift: 0,
        };
        let mut keyed = Vec::new();
        for word in &input.words {
            let forms = forms(&lexicon.folding, &word.text, word.what);
            let number = lexicon.words.len();
            let at = u32::try_from(number).unwrap_or(u32::MAX);
            let before = keyed.len();
            keyed.extend(forms.into_iter().filter_map(|form| Some((first_four(&form)?, form, at))));
            if keyed.len() > before {
                lexicon.words.push(Known { number, word, is_public: false, is_own: false });
            }
        }
        keyed.sort();
        for (at, (first, form, word)) in keyed.into_iter().enumerate() {
            if lexicon.starts.last().is_none_or(|(known, _)| *known != first) {
                lexicon.starts.push((first, at));
            }
            lexicon.forms.push((form, word));
        }
        let size = (lexicon.starts.len() * 32).next_power_of_two().clamp(1 << 13, 1 << 24);
        lexicon.shift = 32 - size.ilog2();
        lexicon.bits = vec![0; size / 64];
        for (first, _) in &lexicon.starts {
            let bit = hash(*first, lexicon.shift);
            lexicon.bits[bit / 64] |= 1 << (bit % 64);
        }
        let mut said = Vec::new();
        lexicon.places(input.public_text.as_bytes(), SHORTEST, |_, _, word| said.push(word));
        said.into_iter().for_each(|word| lexicon.words[word].is_public = true);
        for (gallery, text) in &input.own_text {
            let mut said = Vec::new();
            lexicon.places(text.as_bytes(), SHORTEST, |_, _, word| said.push(word));
            for word in said {
                let known = &mut lexicon.words[word];
                known.is_own |= known.word.gallery == Some(*gallery);
            }
        }
        lexicon
    }

    /// The words that are looked for.
    pub(super) fn words(&self) -> &[Known<'a>] {
        &self.words
    }

    /// Tells each word in a text, with its place and length.
    pub(super) fn find(&self, text: &[u8], mut tell: impl FnMut(usize, usize, &Known<'a>)) {
        self.places(text, SHORTEST, |at, length, word| tell(at, length, &self.words[word]));
    }

    /// Tells each word in what is no text: where bytes can be read as letters, and shorter words are chance.
    pub(super) fn find_in_binary(&self, bytes: &[u8], mut tell: impl FnMut(usize, usize, &Known<'a>)) {
        if self.words.is_empty() {
            return;
        }
        runs(bytes, SHORTEST_IN_BINARY, |start, end| {
            self.places(&bytes[start..end], SHORTEST_IN_BINARY, |at, length, word| {
                tell(start + at, length, &self.words[word]);
            });
        });
    }

    fn places(&self, text: &[u8], shortest: usize, mut tell: impl FnMut(usize, usize, usize)) {
        if self.words.is_empty() {
            return;
        }
        let mut begin = |at: usize| {
            // Most words are told apart from all of ours by how they begin.
            let first = match text.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) {
                Some(four) if is_plain(u32::from_le_bytes(four)) => u32::from_le_bytes(four) | (EACH as u32 * 0x20),
                _ => match self.first_at(text, at) {
                    Some(first) => first,
                    None => return,
                },
            };
            let bit = hash(first, self.shift);
            if self.bits.get(bit / 64).is_some_and(|bits| bits & (1 << (bit % 64)) != 0) {
                self.compare(text, at, first, shortest, &mut tell);
            }
        };
        let mut at = 0;
        let mut inside = false;
        while at < text.len() {
            // Eight bytes at once, where they are ASCII: words are long, and most of them are none of ours.
            if let Some(eight) = text.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
                let eight = u64::from_le_bytes(eight);
                if eight & HIGH == 0 {
                    let letters = letters(eight);
                    let mut starts = letters & !(letters << 8 | u64::from(inside) << 7);
                    while starts != 0 {
                        begin(at + starts.trailing_zeros() as usize / 8);
                        starts &= starts - 1;
                    }
                    inside = letters >> 63 != 0;
                    at += 8;
                    continue;
                }
            }
            // Up to the end of these eight one by one.
            let end = at + 8;
            while at < end
                && let Some((letter, length)) = self.folding.at(text, at)
            {
                match letter.class {
                    Class::Letter => {
                        if !inside {
                            begin(at);
                        }
                        inside = true;
                    }
                    Class::Unspaced => {
                        begin(at);
                        inside = false;
                    }
                    Class::Space | Class::Between => inside = false,
                    Class::Nothing => {}
                }
                at += length;
            }
        }
    }

    /// The first four bytes of what begins at `at`, folded.
    #[cold]
    fn first_at(&self, text: &[u8], at: usize) -> Option<u32> {
        let mut four = [0; 4];
        let mut filled = 0;
        let mut at = at;
        while filled < 4 {
            let (letter, length) = self.folding.at(text, at)?;
            at += length;
            if letter.class == Class::Space && filled > 0 && four[filled - 1] == b' ' {
                continue;
            }
            for byte in letter.bytes().iter().take(4 - filled) {
                four[filled] = *byte;
                filled += 1;
            }
        }
        first_four(&four)
    }

    /// Compares what begins at `at` with all forms that begin like it.
    fn compare(&self, text: &[u8], at: usize, first: u32, shortest: usize, tell: &mut impl FnMut(usize, usize, usize)) {
        let Ok(found) = self.starts.binary_search_by_key(&first, |(known, _)| *known) else { return };
        let until = self.starts.get(found + 1).map_or(self.forms.len(), |(_, start)| *start);
        // Names of one camera share their beginning: those that still may be meant lie together.
        let mut forms = &self.forms[self.starts[found].1..until];
        let mut filled = 0;
        let mut end = at;
        let mut spaces = 0;
        while let Some((letter, length)) = self.folding.at(text, end) {
            end += length;
            if letter.class != Class::Space {
                spaces = 0;
            } else {
                spaces += length;
                if spaces > LONGEST_SPACE {
                    return;
                }
                if spaces > length {
                    continue;
                }
            }
            for byte in letter.bytes() {
                let is_next = |form: &(Vec<u8>, u32)| form.0.get(filled) == Some(byte);
                if !(forms.first().is_some_and(is_next) && forms.last().is_some_and(is_next)) {
                    let from = forms.partition_point(|(form, _)| form.get(filled) < Some(byte));
                    let until = forms.partition_point(|(form, _)| form.get(filled) <= Some(byte));
                    forms = &forms[from..until];
                    if forms.is_empty() {
                        return;
                    }
                }
                filled += 1;
            }
            let is_whole = |form: &(Vec<u8>, u32)| form.0.len() == filled;
            let is_end = filled >= shortest
                && forms.first().is_some_and(is_whole)
                && match letter.class {
                    Class::Letter => !self.goes_on(text, end),
                    Class::Unspaced => true,
                    _ => false,
                };
            if is_end {
                for (_, word) in forms.iter().take_while(|form| is_whole(form)) {
                    tell(at, end - at, *word as usize);
                }
            }
        }
    }

    /// Whether a letter follows.
    fn goes_on(&self, text: &[u8], at: usize) -> bool {
        let mut at = at;
        while let Some((letter, length)) = self.folding.at(text, at) {
            if letter.class != Class::Nothing {
                return letter.class == Class::Letter;
            }
            at += length;
        }
        false
    }
}

/// The upper bit of each byte that is a letter or digit, of eight that are ASCII.
fn letters(eight: u64) -> u64 {
    // No sum is more than a byte can hold.
    let from = |bytes: u64, least: u64| bytes + EACH * (0x80 - least);
    let small = eight | (EACH * 0x20);
    let letters = from(small, 0x61) & !from(small, 0x7b);
    let digits = from(eight, 0x30) & !from(eight, 0x3a);
    (letters | digits) & HIGH
}

/// Whether four bytes fold to themselves but for their case: none beyond ASCII or below a space, and no two spaces.
fn is_plain(four: u32) -> bool {
    let odd = (four | four.wrapping_sub(0x2020_2020) & !four) & 0x8080_8080;
    odd == 0 && four >> 8 & 0xffff != 0x2020 && four >> 16 != 0x2020
}

fn first_four(form: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(form.get(..4)?.try_into().ok()?) | 0x2020_2020)
}

fn hash(first: u32, shift: u32) -> usize {
    (first.wrapping_mul(0x9e37_79b1) >> shift) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::WordKind;

    fn lexicon_finds(words: &[(&str, WordKind)], public: &str, text: &[u8], is_text: bool) -> Vec<(usize, bool)> {
        let words =
            words.iter().map(|(text, what)| Word { text: (*text).to_owned(), what: *what, gallery: None, link: None });
        let input = AuditInput { words: words.collect(), public_text: public.to_owned(), ..AuditInput::default() };
        let mut all = Vec::new();
        let lexicon = Lexicon::of(&input);
        let tell = |at, _, known: &Known<'_>| all.push((at, known.is_public));
        if is_text {
            lexicon.find(text, tell)
        } else {
            lexicon.find_in_binary(text, tell)
        }
        all
    }

    fn found(words: &[(&str, WordKind)], public: &str, text: &str) -> Vec<(usize, bool)> {
        lexicon_finds(words, public, text.as_bytes(), true)
    }

    #[test]
    fn a_word_is_found_in_any_case_and_as_an_address_but_not_within_another_word() {
        let lake = [("Lake House", WordKind::Title)];
        assert_eq!(found(&lake, "", "a LAKE house, lake-house"), [(2, false), (14, false)]);
        assert_eq!(found(&lake, "", "Flake house, lake houses"), []);
        assert_eq!(found(&[("Café Noël", WordKind::Title)], "", "(Café noël)"), [(1, false)]);
        assert_eq!(found(&[("DSC_0042.jpg", WordKind::FileName)], "", "see dsc_0042 there"), [(4, false)]);
        for before in 0..20 {
            let text = format!("{}Lake House{}", " -xyz aé"[..].repeat(before) + " ", ".".repeat(before));
            assert_eq!(found(&lake, "", &text).len(), 1, "{before}");
        }
    }

    #[test]
    fn a_name_in_any_script_is_found_however_it_is_composed_spaced_and_quoted() {
        use WordKind::{FileName, Recipient, Title};
        for (word, what, text) in [
            ("Свадьба Ольги", Title, "«Свадьба Ольги»"),
            ("Свадьба Ольги", Title, "СВАДЬБА ОЛЬГИ"),
            ("Свадьба Ольги", Title, "/svad-ba-ol-gi/"),
            ("Ольга Иванова", Recipient, "для Ольга Иванова!"),
            ("Фото_1.jpg", FileName, "Фото_1.jpg"),
            ("Österreich Reise", Title, "Österreich Reise"),
            ("Österreich Reise", Title, "O\u{308}sterreich Reise"),
            ("Österreich Reise", Title, "osterreich-reise"),
            ("O\u{308}sterreich Reise", Title, "ÖSTERREICH REISE"),
            ("Élodie Çelik", Recipient, "von Élodie\u{a0}Çelik"),
            ("Ünïcode Fest", Title, "unicode-fest"),
            ("Łódź", Title, "Łódź, lodz"),
            ("Anna's Day", Title, "Anna’s Day"),
            ("Lake House", Title, "the Lake\n        House"),
            ("Lake House", Title, "Lake  House"),
            ("La Paz 9", Title, "la\tpaz 9"),
            ("Bartholomew", Recipient, "Bartho\u{ad}lomew"),
            ("湖畔の家", Title, "今日は湖畔の家の写真です"),
            ("婚礼上海", Title, "张婚礼上海"),
            ("(Lake House)", Title, "Lake House"),
            ("lake-house", Title, "Lake House"),
        ] {
            assert!(!found(&[(word, what)], "", text).is_empty(), "{word}: {text}");
        }
        assert_eq!(found(&[("Österreich", Title)], "", "Österreicher, Mösterreich"), []);
    }

    #[test]
    fn in_other_bytes_longer_words_are_found_where_they_can_be_read() {
        let words = [("Hochzeit", WordKind::Title), ("Lake", WordKind::Title), ("Österreich", WordKind::Title)];
        for before in 0..9 {
            let bytes = |text: &str| [&vec![1; before][..], b"\xffx\x00", text.as_bytes(), b"\0\xff\x02"].concat();
            assert_eq!(lexicon_finds(&words, "", &bytes("Hochzeit"), false), [(before + 3, false)]);
            assert_eq!(lexicon_finds(&words, "", &bytes("Lake"), false), []);
            let packet = bytes("<rdf:li>ÖSTERREICH</rdf:li>");
            assert_eq!(lexicon_finds(&words, "", &packet, false), [(before + 11, false)]);
        }
    }

    #[test]
    fn what_public_sources_say_is_told_apart_and_what_says_nothing_is_not_looked_for() {
        assert_eq!(found(&[("Lake", WordKind::Title)], "by the lake", "Lake"), [(0, true)]);
        assert_eq!(found(&[("Lake", WordKind::Title)], "flakes", "Lake"), [(0, false)]);
        assert_eq!(found(&[("lake-house", WordKind::Title)], "Lake House", "lake-house"), [(0, true)]);
        for nothing in ["Ann", "2027", "0042.jpg", "Gallery"] {
            assert_eq!(found(&[(nothing, WordKind::FileName)], "", "Ann 2027 0042.jpg 0042 Gallery"), [], "{nothing}");
        }
    }
}
