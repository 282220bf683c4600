//! Titles, recipients and file names of private galleries, found wherever they stand as words.

use std::collections::BTreeSet;

use super::beginnings::Beginnings;
use super::folding::{Class, Folding};
use super::forms::{SHORTEST, forms};
use super::pairs::Pairs;
use super::{AuditInput, Word, blocks};
use crate::access::GalleryId;

/// In pictures and other packed bytes shorter words are found by chance.
pub(super) const SHORTEST_IN_BINARY: usize = 7;
/// White space between two words of a name may be this long: lines of HTML are indented.
const LONGEST_SPACE: usize = 256;
/// In other bytes than text, what stands beside a word may be a length, a checksum or the name of a chunk that reads as
/// letters by chance: so long at most.
const LONGEST_CHANCE: usize = 5;

/// Looks for words without regard to case, accents, or how they are spaced.
pub(super) struct Lexicon<'a> {
    words: Vec<Known<'a>>,
    folding: Folding,
    /// Folded forms with the words they belong to, by their first four bytes and then as a whole.
    forms: Vec<(Vec<u8>, u32)>,
    beginnings: Beginnings,
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
    /// Whether every site says it.
    pub is_everyday: bool,
    /// The private galleries whose own texts say it.
    pub said_by: BTreeSet<GalleryId>,
}

impl<'a> Lexicon<'a> {
    pub(super) fn of(input: &'a AuditInput) -> Self {
        let mut lexicon = Self {
            words: Vec::new(),
            folding: Folding::new(),
            forms: Vec::new(),
            beginnings: Beginnings::default(),
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
                let said_by = BTreeSet::new();
                lexicon.words.push(Known { number, word, is_public: false, is_everyday: false, said_by });
            }
        }
        keyed.sort();
        for (at, (first, form, word)) in keyed.into_iter().enumerate() {
            if lexicon.starts.last().is_none_or(|(known, _)| *known != first) {
                lexicon.starts.push((first, at));
            }
            lexicon.forms.push((form, word));
        }
        let firsts = lexicon.starts.iter().map(|(first, _)| first.to_le_bytes());
        lexicon.beginnings = Beginnings::of(&lexicon.folding, firsts);
        let size = (lexicon.starts.len() * 32).next_power_of_two().clamp(1 << 13, 1 << 24);
        lexicon.shift = 32 - size.ilog2();
        lexicon.bits = vec![0; size / 64];
        for (first, _) in &lexicon.starts {
            let bit = hash(*first, lexicon.shift);
            lexicon.bits[bit / 64] |= 1 << (bit % 64);
        }
        let said = |lexicon: &Self, text: &str| {
            let mut said = Vec::new();
            lexicon.find(text.as_bytes(), |_, _, known| said.push(known.number));
            said
        };
        for word in said(&lexicon, &input.public_text) {
            lexicon.words[word].is_public = true;
        }
        for word in said(&lexicon, &input.everyday_text) {
            lexicon.words[word].is_public = true;
            lexicon.words[word].is_everyday = true;
        }
        for (gallery, text) in &input.own_text {
            for word in said(&lexicon, text) {
                lexicon.words[word].said_by.insert(*gallery);
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
        blocks::each(text, Bytes::Text, |places| {
            let found = self.pairs().among(text, places.start, places.begin);
            blocks::places(places.start, found).for_each(|at| self.find_at(text, at, Bytes::Text, &mut tell));
        });
    }

    /// What words may begin with.
    pub(super) fn pairs(&self) -> &Pairs {
        self.beginnings.pairs()
    }

    /// Tells each word that begins at `at`, with its place and length.
    pub(super) fn find_at(&self, text: &[u8], at: usize, bytes: Bytes, mut tell: impl FnMut(usize, usize, &Known<'a>)) {
        // Most words are told apart from all of ours by how they begin.
        let first = match text.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) {
            Some(four) if is_plain(u32::from_le_bytes(four)) => u32::from_le_bytes(four) | 0x2020_2020,
            _ => match self.first_at(text, at) {
                Some(first) => first,
                None => return,
            },
        };
        let bit = hash(first, self.shift);
        if self.bits.get(bit / 64).is_some_and(|bits| bits & (1 << (bit % 64)) != 0) && self.is_start(text, at, bytes) {
            self.compare(text, at, first, bytes, &mut |at, length, word| tell(at, length, &self.words[word]));
        }
    }

    /// Whether a word begins at `at`: no letter stands before it, or it needs none.
    fn is_start(&self, text: &[u8], at: usize, bytes: Bytes) -> bool {
        if self.folding.is_within(text, at) {
            return false;
        }
        match self.folding.at(text, at).map(|(letter, _)| letter.class) {
            Some(Class::Unspaced) => true,
            Some(Class::Letter) => {
                let before = self.folding.before(text, at);
                before.is_none_or(|letter| letter.class != Class::Letter)
                    || bytes == Bytes::Other && {
                        let near = &text[at.saturating_sub(LONGEST_CHANCE + 1)..at];
                        near.len() <= LONGEST_CHANCE
                            || near.iter().any(|byte| is_illegible(*byte))
                            || text[at - 1] >= 0x80 && !self.folding.is_within(text, at - 1)
                    }
            }
            _ => false,
        }
    }

    /// The first four bytes of what begins at `at`, folded.
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
                if filled == 2 && !self.beginnings.has_folded([four[0], four[1]]) {
                    return None;
                }
            }
        }
        first_four(&four)
    }

    /// Compares what begins at `at` with all forms that begin like it.
    fn compare(&self, text: &[u8], at: usize, first: u32, bytes: Bytes, tell: &mut impl FnMut(usize, usize, usize)) {
        let shortest = match bytes {
            Bytes::Text => SHORTEST,
            Bytes::Other => SHORTEST_IN_BINARY,
        };
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
                    Class::Letter => !self.goes_on(text, end, bytes),
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

    /// Whether the word goes on with a letter.
    fn goes_on(&self, text: &[u8], end: usize, bytes: Bytes) -> bool {
        let mut at = end;
        while let Some((letter, length)) = self.folding.at(text, at) {
            match letter.class {
                Class::Nothing => at += length,
                Class::Letter => {
                    let near = &text[at..text.len().min(at + LONGEST_CHANCE + 1)];
                    let is_chance = near.len() <= LONGEST_CHANCE
                        || near.iter().any(|byte| is_illegible(*byte))
                        || text[at] >= 0x80 && length == 1;
                    return bytes == Bytes::Text || !is_chance;
                }
                _ => return false,
            }
        }
        false
    }
}

/// What is looked through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bytes {
    /// Text.
    Text,
    /// Pictures and other packed bytes, where shorter words are chance.
    Other,
}

/// Whether a byte stands in no text.
fn is_illegible(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f
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
        let mut tell = |at, _, known: &Known<'_>| all.push((at, known.is_public));
        if is_text {
            lexicon.find(text, tell)
        } else {
            blocks::each(text, Bytes::Other, |places| {
                let legible = blocks::places(places.start, places.begin);
                legible.filter(|at| *at < text.len()).for_each(|at| lexicon.find_at(text, at, Bytes::Other, &mut tell));
            });
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
    fn beside_a_word_in_other_bytes_lengths_and_checksums_may_read_as_letters() {
        let words = [("Hochzeit", WordKind::Title)];
        let found = |bytes: &[u8]| lexicon_finds(&words, "", bytes, false).len();
        for (name, before, after) in [
            ("a comment in a JPEG", &b"\xff\xfe\0AHoch"[..], &b"zeit\xff\xdb\0"[..]),
            ("a caption of IPTC", b"\x1c\x02x\0BHoch", b"zeit\x1c\x02"),
            ("a text in a PNG and its checksum", b"\0\0\0\x11tEXtTitle\0Hoch", b"zeitaBcD\0\0\0\0IEND"),
            ("a keyword in a PNG", b"\0\0\0AtEXtHoch", b"zeit\0x"),
            ("the end of a file", b"\0\0\0Hoch", b"zeitaBcD"),
            ("after a byte of a number", b"\x01\x02\x03AB\xe4Hoch", b"zeit\xe4ABCDEFG"),
        ] {
            assert_eq!(found(&[before, after].concat()), 1, "{name}");
        }
        assert_eq!(found(b"\0<li>Hochzeitsfotos am See</li>\0"), 0);
        assert_eq!(found(b"\0<li>Sommerhochzeit am See</li>\0"), 0);
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
