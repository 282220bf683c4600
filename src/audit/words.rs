//! Titles, recipients and file names of private galleries, found wherever they stand as words.

use std::collections::HashMap;

use super::{AuditInput, Word, WordKind};

/// Shorter words say nothing.
const SHORTEST: usize = 4;
/// In pictures and other packed bytes shorter words are found by chance.
pub(super) const SHORTEST_IN_BINARY: usize = 7;
/// Words that galleries everywhere are called by.
const GENERIC: [&str; 44] = [
    "album",
    "albums",
    "archive",
    "best",
    "camera",
    "client",
    "clients",
    "collection",
    "dcim",
    "default",
    "draft",
    "event",
    "events",
    "everyone",
    "export",
    "exports",
    "family",
    "final",
    "folder",
    "friends",
    "galleries",
    "gallery",
    "guest",
    "guests",
    "home",
    "image",
    "images",
    "index",
    "misc",
    "name",
    "other",
    "photo",
    "photos",
    "pics",
    "picture",
    "pictures",
    "portrait",
    "portraits",
    "preview",
    "private",
    "public",
    "selection",
    "untitled",
    "wedding",
];

/// Looks for words without regard to case.
pub(super) struct Lexicon<'a> {
    words: Vec<Known<'a>>,
    /// By folded first four bytes: forms with the word they belong to.
    forms: HashMap<u32, Vec<(Vec<u8>, u32)>>,
    bits: Vec<u64>,
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
        let mut lexicon = Self { words: Vec::new(), forms: HashMap::new(), bits: vec![0; 1 << 14] };
        for word in &input.words {
            let forms = forms(&word.text, word.what);
            if forms.is_empty() {
                continue;
            }
            let at = u32::try_from(lexicon.words.len()).unwrap_or(u32::MAX);
            let number = lexicon.words.len();
            lexicon.words.push(Known { number, word, is_public: false, is_own: false });
            for form in forms {
                let Some(first) = folded(&form) else { continue };
                let bit = hash(first);
                lexicon.bits[bit / 64] |= 1 << (bit % 64);
                let bucket = lexicon.forms.entry(first).or_default();
                bucket.push((form, at));
            }
        }
        // Names of one camera share their beginning, so the search in a bucket must not be a walk.
        lexicon.forms.values_mut().for_each(|bucket| bucket.sort());
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

    /// Tells each word, with its place and length. `shortest` is in bytes.
    pub(super) fn find(&self, text: &[u8], shortest: usize, mut tell: impl FnMut(usize, usize, &Known<'a>)) {
        self.places(text, shortest, |at, length, word| tell(at, length, &self.words[word]));
    }

    fn places(&self, text: &[u8], shortest: usize, mut tell: impl FnMut(usize, usize, usize)) {
        if self.words.is_empty() {
            return;
        }
        for (at, four) in text.windows(4).enumerate() {
            let Some(first) = folded(four) else { continue };
            let bit = hash(first);
            if self.bits[bit / 64] & (1 << (bit % 64)) == 0
                || (at > 0 && is_letter(text[at - 1]) && is_letter(text[at]))
            {
                continue;
            }
            let Some(bucket) = self.forms.get(&first) else { continue };
            // A word ends where letters end: each end in reach is one candidate.
            let longest = bucket.iter().map(|(form, _)| form.len()).max().unwrap_or(0).min(text.len() - at);
            for length in shortest.max(4)..=longest {
                if text.get(at + length).is_some_and(|next| is_letter(*next)) && is_letter(text[at + length - 1]) {
                    continue;
                }
                let candidate = text[at..at + length].to_ascii_lowercase();
                let from = bucket.partition_point(|(form, _)| *form < candidate);
                for (_, word) in bucket[from..].iter().take_while(|(form, _)| *form == candidate) {
                    tell(at, length, *word as usize);
                }
            }
        }
    }
}

/// The forms that a word is looked for in; none for a word that says nothing.
fn forms(text: &str, what: WordKind) -> Vec<Vec<u8>> {
    let whole = text.trim().to_lowercase();
    let mut forms = vec![whole.clone()];
    if what == WordKind::FileName
        && let Some((stem, _)) = whole.rsplit_once('.')
    {
        // A number with an extension is still a number.
        if !tells_something(stem) {
            return Vec::new();
        }
        forms.push(stem.to_owned());
    }
    if what == WordKind::Title {
        // As it stands in addresses.
        for joint in ["-", "_", "%20", "+"] {
            forms.push(whole.split_whitespace().collect::<Vec<_>>().join(joint));
        }
    }
    forms.retain(|form| tells_something(form));
    forms.sort();
    forms.dedup();
    forms.into_iter().map(String::into_bytes).collect()
}

fn tells_something(form: &str) -> bool {
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    form.chars().count() >= SHORTEST && letters >= 2 && !GENERIC.contains(&form)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Four bytes with small and capital letters made one.
fn folded(text: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(text.get(..4)?.try_into().ok()?) | 0x2020_2020)
}

fn hash(first: u32) -> usize {
    (first.wrapping_mul(0x9e37_79b1) >> 12) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[(&str, WordKind)], public: &str, text: &str) -> Vec<(usize, bool)> {
        let words =
            words.iter().map(|(text, what)| Word { text: (*text).to_owned(), what: *what, gallery: None, link: None });
        let input = AuditInput { words: words.collect(), public_text: public.to_owned(), ..AuditInput::default() };
        let mut all = Vec::new();
        Lexicon::of(&input).find(text.as_bytes(), 4, |at, _, known| all.push((at, known.is_public)));
        all
    }

    #[test]
    fn a_word_is_found_in_any_case_and_as_an_address_but_not_within_another_word() {
        let lake = [("Lake House", WordKind::Title)];
        assert_eq!(found(&lake, "", "a LAKE house, lake-house"), [(2, false), (14, false)]);
        assert_eq!(found(&lake, "", "Flake house, lake houses"), []);
        assert_eq!(found(&[("Café Noël", WordKind::Title)], "", "(Café noël)"), [(1, false)]);
        assert_eq!(found(&[("DSC_0042.jpg", WordKind::FileName)], "", "see dsc_0042 there"), [(4, false)]);
    }

    #[test]
    fn what_public_sources_say_is_told_apart_and_what_says_nothing_is_not_looked_for() {
        assert_eq!(found(&[("Lake", WordKind::Title)], "by the lake", "Lake"), [(0, true)]);
        assert_eq!(found(&[("Lake", WordKind::Title)], "flakes", "Lake"), [(0, false)]);
        for nothing in ["Ann", "2027", "0042.jpg", "Gallery"] {
            assert_eq!(found(&[(nothing, WordKind::FileName)], "", "Ann 2027 0042.jpg 0042 Gallery"), [], "{nothing}");
        }
    }
}
