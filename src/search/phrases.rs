//! Phrases that people write, found without regard to case, accents or spacing, where they stand as words.
//!
//! A text is folded, a part at a time, and all forms of all phrases are looked for at once (Aho and Corasick). What beside a form
//! is a letter, and so a longer word, is looked up in the text itself.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::folding::{Class, Folding};
use super::legible::{is_illegible, is_legible};
use super::variants::{PhraseKind, forms};

/// In pictures and other packed bytes shorter forms are found by chance.
pub(super) const SHORTEST_IN_BINARY: usize = 7;
/// White space between two words of a phrase may be this long: lines of HTML are indented.
const LONGEST_SPACE: usize = 256;
/// In other bytes than text, what stands beside a word may be a length, a checksum or the name of a chunk that reads as
/// letters by chance: so long at most.
const LONGEST_CHANCE: usize = 5;
/// So much of a text is folded at once, and so much behind it, in which a phrase may end.
const PART: usize = 1 << 16;
const OVERLAP: usize = 1 << 12;

/// What is looked through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bytes {
    /// Text.
    Text,
    /// Pictures and other packed bytes, where shorter words are chance.
    Other,
}

/// All phrases that are looked for.
#[derive(Default)]
pub(crate) struct Phrases {
    folding: Folding,
    /// Of all forms; none where there is nothing to look for.
    automaton: Option<AhoCorasick>,
    /// What forms begin with: as they are compared, and as they may stand in a file.
    folded: Pairs,
    written: Pairs,
    /// The numbers of the phrases that have each form.
    owners: Vec<Vec<usize>>,
}

impl Phrases {
    /// Of phrases, each with the number by which it is told. Those that say nothing, as `gallery`, are left out.
    pub(crate) fn new<'t>(phrases: impl IntoIterator<Item = (&'t str, PhraseKind, usize)>) -> Self {
        let folding = Folding::default();
        let mut owners: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        for (text, kind, number) in phrases {
            forms(&folding, text, kind).into_iter().for_each(|form| owners.entry(form).or_default().push(number));
        }
        let mut builder = AhoCorasick::builder();
        let automaton = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(owners.keys());
        // It refuses more than two thousand million states, which no memory holds.
        let automaton = automaton.ok().filter(|_| !owners.is_empty());
        let mut folded = Pairs::default();
        for form in owners.keys() {
            if let [first, second, ..] = form[..] {
                folded.add(first, second);
            }
        }
        let written = written(&folding, &folded);
        Self { folding, automaton, folded, written, owners: owners.into_values().collect() }
    }

    /// Tells each phrase in a text: from where to where, and its number.
    pub(crate) fn find(&self, text: &[u8], tell: impl FnMut(usize, usize, usize)) {
        self.find_in(text, Bytes::Text, tell);
    }

    /// The same in any bytes.
    pub(super) fn find_in(&self, text: &[u8], bytes: Bytes, mut tell: impl FnMut(usize, usize, usize)) {
        let Some(automaton) = &self.automaton else { return };
        let folding = &self.folding;
        let mut reading = Reading { automaton, folding, text, bytes, folded: Folded::default() };
        let mut found = |at: usize, until: usize, form: usize| {
            self.owners[form].iter().for_each(|number| tell(at, until, *number));
        };
        if bytes == Bytes::Text {
            reading.find_between(0, text.len(), &mut found);
            return;
        }
        // What is random has few places at which a form could begin, and ends soon.
        let mut done = 0;
        for (at, pair) in text.windows(2).enumerate() {
            if self.written.has(pair[0], pair[1]) && at >= done && self.may_begin(text, at) {
                done = at + text[at..].iter().take_while(|byte| !is_illegible(**byte)).count();
                reading.find_between(at, done, &mut found);
            }
        }
    }

    /// Whether what begins at `at` in other bytes than text can be read, and is compared like a form as far as two bytes tell.
    fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let Some(start) = text[at..].first_chunk::<SHORTEST_IN_BINARY>() else { return false };
        if start.iter().any(|byte| is_illegible(*byte)) || !is_legible(start) {
            return false;
        }
        let mut first = None;
        let mut next = at;
        loop {
            let Some((letter, length)) = self.folding.at(text, next) else { return false };
            next += length;
            match (first, letter.bytes()) {
                (None, [one, other, ..]) => return self.folded.has(*one, *other),
                (Some(one), [other, ..]) => return self.folded.has(one, *other),
                (None, [one]) => first = Some(*one),
                (_, []) => {}
            }
        }
    }
}

/// A set of pairs of bytes, a bit for each: eight kilobytes, which stay in the processor's cache.
struct Pairs(Box<[u64; 1024]>);

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; 1024]))
    }
}

impl Pairs {
    fn add(&mut self, first: u8, second: u8) {
        self.0[usize::from(first) * 4 + usize::from(second) / 64] |= 1 << (second % 64);
    }

    fn has(&self, first: u8, second: u8) -> bool {
        let pair = u16::from_be_bytes([first, second]);
        self.0[usize::from(pair / 64)] >> (pair % 64) & 1 != 0
    }
}

/// What forms that begin with these pairs may begin with in a file, in any case, with any accents, in UTF-8 or Latin-1: rather too
/// many than too few.
fn written(folding: &Folding, folded: &Pairs) -> Pairs {
    let is_first = |first: u8| folded.0[usize::from(first) * 4..][..4].iter().any(|bits| *bits != 0);
    let is_other_script = (0xe0..=0xff).any(is_first);
    let begins = |bytes: [u8; 2]| {
        // Letters of three and four bytes that are compared as one of ASCII.
        let is_large_latin = matches!(bytes, [0xe1, 0xb8..=0xbb] | [0xef, 0xac..=0xbd] | [0xf0, 0x9d]);
        if is_large_latin || bytes[0] >= 0xe0 && bytes[1] & 0xc0 == 0x80 && is_other_script {
            return true;
        }
        let Some((letter, length)) = folding.at(&bytes, 0) else { return false };
        let next = folding.at(&bytes, length);
        match (letter.bytes(), next.as_ref().map(|(next, _)| next.bytes())) {
            ([first, second, ..], _) => folded.has(*first, *second),
            // What follows may be any letter, or an accent.
            ([first], Some([second, ..])) if bytes[1] < 0xc2 => folded.has(*first, *second),
            ([first], _) => is_first(*first),
            ([], _) => false,
        }
    };
    let mut written = Pairs::default();
    for first in 0..=255 {
        (0..=255).filter(|second| begins([first, *second])).for_each(|second| written.add(first, second));
    }
    written
}

/// The reading of one text.
struct Reading<'p, 't> {
    automaton: &'p AhoCorasick,
    folding: &'p Folding,
    text: &'t [u8],
    bytes: Bytes,
    folded: Folded,
}

impl Reading<'_, '_> {
    /// Tells each form between two places: from where to where, and its number.
    fn find_between(&mut self, mut start: usize, end: usize, tell: &mut impl FnMut(usize, usize, usize)) {
        while start < end {
            let mut stop = end.min(start + PART);
            while stop < end && self.folding.is_within(self.text, stop) {
                stop += 1;
            }
            self.folded.fill(self.folding, self.text, start, end.min(stop + OVERLAP));
            for found in self.automaton.find_overlapping_iter(&self.folded.text) {
                let place = self.folded.span(self.folding, self.text, found.start(), found.end());
                let Some((at, until)) = place else { continue };
                // What begins in the next part is told there.
                if at < stop && self.is_readable(found.len(), at, until) && self.begins(at) && self.ends(until) {
                    tell(at, until, found.pattern().as_usize());
                }
            }
            start = stop;
        }
    }

    /// Whether what was found is no chance: in other bytes than text it is long, and can be read.
    fn is_readable(&self, length: usize, at: usize, end: usize) -> bool {
        let start = &self.text[at..end.min(at + SHORTEST_IN_BINARY)];
        self.bytes == Bytes::Text || length >= SHORTEST_IN_BINARY && is_legible(start)
    }

    /// Whether a word begins at `at`: no letter stands before it, or it needs none.
    fn begins(&self, at: usize) -> bool {
        match self.folding.at(self.text, at).map(|(letter, _)| letter.class) {
            Some(Class::Unspaced) => true,
            Some(Class::Letter) => {
                let before = self.folding.before(self.text, at);
                before.is_none_or(|letter| letter.class != Class::Letter)
                    || self.bytes == Bytes::Other && {
                        let near = &self.text[at.saturating_sub(LONGEST_CHANCE + 1)..at];
                        is_chance(near) || self.text[at - 1] >= 0x80 && !self.folding.is_within(self.text, at - 1)
                    }
            }
            _ => false,
        }
    }

    /// Whether a word ends at `end`: no letter goes on with it, or it needs none.
    fn ends(&self, end: usize) -> bool {
        if self.folding.before(self.text, end).is_some_and(|last| last.class == Class::Unspaced) {
            return true;
        }
        let mut next = end;
        while let Some((letter, length)) = self.folding.at(self.text, next) {
            match letter.class {
                Class::Nothing => next += length,
                Class::Letter if self.bytes == Bytes::Other => {
                    let near = &self.text[next..self.text.len().min(next + LONGEST_CHANCE + 1)];
                    return is_chance(near) || self.text[next] >= 0x80 && length == 1;
                }
                Class::Letter => return false,
                _ => return true,
            }
        }
        true
    }
}

/// Whether letters beside a word in other bytes than text may be none: they are few before something that no text holds.
fn is_chance(near: &[u8]) -> bool {
    near.len() <= LONGEST_CHANCE || near.iter().any(|byte| is_illegible(*byte))
}

/// A part of a text as it is compared, white space made one space.
#[derive(Default)]
struct Folded {
    text: Vec<u8>,
    /// Where the character of each byte begins.
    sources: Vec<usize>,
}

impl Folded {
    fn fill(&mut self, folding: &Folding, text: &[u8], start: usize, end: usize) {
        self.text.clear();
        self.sources.clear();
        let mut spaces = 0;
        let mut at = start;
        while at < end {
            let from = at;
            let plain = PLAIN[usize::from(text[at])];
            if plain > b' ' {
                self.text.push(plain);
                self.sources.push(from);
                (at, spaces) = (at + 1, 0);
                continue;
            }
            let Some((letter, length)) = folding.at(text, at) else { break };
            at += length;
            if letter.class != Class::Space {
                spaces = 0;
                self.text.extend_from_slice(letter.bytes());
                self.sources.resize(self.text.len(), from);
                continue;
            }
            let before = spaces;
            spaces += length;
            // So far apart words are no phrase.
            let is_far = before <= LONGEST_SPACE && spaces > LONGEST_SPACE;
            if before == 0 || is_far {
                self.text.push(if is_far { 0 } else { b' ' });
                self.sources.push(from);
            }
        }
    }

    /// From where to where in the text these bytes stand; nothing where they begin or end within a character.
    fn span(&self, folding: &Folding, text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
        let (first, last) = (self.sources[start], self.sources[end - 1]);
        let is_cut = start > 0 && self.sources[start - 1] == first || self.sources.get(end) == Some(&last);
        (!is_cut).then(|| Some((first, last + folding.at(text, last)?.1))).flatten()
    }
}

/// What ASCII is compared as, without looking further; 0 for white space, for what is no text, and beyond ASCII.
const PLAIN: [u8; 256] = {
    let mut plain = [0; 256];
    let mut byte = b'!';
    while byte < 0x7f {
        plain[byte as usize] = byte.to_ascii_lowercase();
        byte += 1;
    }
    plain
};

#[cfg(test)]
mod tests {
    use super::PhraseKind as WordKind;
    use super::*;

    fn finds(words: &[(&str, WordKind)], text: &[u8], bytes: Bytes) -> Vec<usize> {
        let mut all = Vec::new();
        let phrases = Phrases::new(words.iter().map(|(text, what)| (*text, *what, 0)));
        phrases.find_in(text, bytes, |at, _, _| all.push(at));
        all.sort_unstable();
        all.dedup();
        all
    }

    fn found(words: &[(&str, WordKind)], text: &str) -> Vec<usize> {
        finds(words, text.as_bytes(), Bytes::Text)
    }

    #[test]
    fn a_word_is_found_in_any_case_and_as_an_address_but_not_within_another_word() {
        let lake = [("Lake House", WordKind::Title)];
        assert_eq!(found(&lake, "a LAKE house, lake-house"), [2, 14]);
        assert_eq!(found(&lake, "Flake house, lake houses"), [0; 0]);
        assert_eq!(found(&[("Café Noël", WordKind::Title)], "(Café noël)"), [1]);
        assert_eq!(found(&[("DSC_0042.jpg", WordKind::FileName)], "see dsc_0042 there"), [4]);
        for before in 0..20 {
            let text = format!("{}Lake House{}", " -xyz aé"[..].repeat(before) + " ", ".".repeat(before));
            assert_eq!(found(&lake, &text).len(), 1, "{before}");
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
            assert!(!found(&[(word, what)], text).is_empty(), "{word}: {text}");
        }
        assert_eq!(found(&[("Österreich", Title)], "Österreicher, Mösterreich"), [0; 0]);
    }

    #[test]
    fn in_other_bytes_longer_words_are_found_where_they_can_be_read() {
        let words = [("Hochzeit", WordKind::Title), ("Lake", WordKind::Title), ("Österreich", WordKind::Title)];
        for before in 0..9 {
            let bytes = |text: &str| [&vec![1; before][..], b"\xffx\x00", text.as_bytes(), b"\0\xff\x02"].concat();
            assert_eq!(finds(&words, &bytes("Hochzeit"), Bytes::Other), [before + 3]);
            assert_eq!(finds(&words, &bytes("Lake"), Bytes::Other), [0; 0]);
            let packet = bytes("<rdf:li>ÖSTERREICH</rdf:li>");
            assert_eq!(finds(&words, &packet, Bytes::Other), [before + 11]);
        }
    }

    #[test]
    fn beside_a_word_in_other_bytes_lengths_and_checksums_may_read_as_letters() {
        let words = [("Hochzeit", WordKind::Title)];
        let found = |bytes: &[u8]| finds(&words, bytes, Bytes::Other).len();
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
    fn what_says_nothing_is_not_looked_for() {
        for nothing in ["Ann", "2027", "0042.jpg", "Gallery"] {
            assert_eq!(found(&[(nothing, WordKind::FileName)], "Ann 2027 0042.jpg 0042 Gallery"), [0; 0], "{nothing}");
        }
    }

    #[test]
    fn a_phrase_is_found_wherever_it_stands_in_a_long_text_and_not_across_a_wide_gap() {
        let lake = [("Lake House", WordKind::Title)];
        for before in [PART - 12, PART - 5, PART, PART + 1, 2 * PART - 3] {
            for filler in ["- ", "é ", "湖 "] {
                let start = filler.repeat(before / filler.len());
                assert_eq!(found(&lake, &format!("{start}Lake\n   House {start}")), [start.len()], "{before}");
            }
        }
        let gap = |width: usize| found(&lake, &format!("Lake{}House", " ".repeat(width))).len();
        assert_eq!((gap(LONGEST_SPACE), gap(LONGEST_SPACE + 1), gap(5000)), (1, 0, 0));
        // The form begins and ends within letters that stand for two.
        assert_eq!(found(&[("Slade", WordKind::Title)], "ßlade"), [0; 0]);
    }
}
