//! The search terms of an audit: the tokens, secrets and ledgers of a site, and the words of its private galleries.

use std::collections::BTreeSet;

use super::{AuditInput, Word, ledgers};
use crate::access::GalleryId;
use crate::access::token::shortened;
use crate::access::verify::TokenKind;
use crate::search::{self, Hit, Hits, Literals, Phrases};

/// What stands in a ledger and nowhere else.
const LEDGER_SHAPE: &[u8] = b"[[gallery.link]]";

/// What a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The token at this place in the input.
    Token(usize),
    /// A root secret.
    Secret,
    /// The form in which links stand in a ledger.
    Ledger,
}

/// A word that is looked for.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The word.
    pub word: &'a Word,
    /// Whether a public source says it too.
    pub is_public: bool,
    /// Whether every site says it.
    pub is_everyday: bool,
    /// The private galleries whose own texts say it.
    pub said_by: BTreeSet<GalleryId>,
}

/// All that is looked for.
pub(super) struct Wanted<'a> {
    literals: Literals,
    phrases: Phrases,
    tokens: usize,
    words: Vec<Known<'a>>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(input: &'a AuditInput) -> Self {
        let tokens = input.tokens.len();
        let (secret, ledger) = (tokens, tokens + 1);
        // An address stands for bytes, and those bytes for it. Private names are never written so.
        let raw: Vec<(Vec<u8>, usize)> = (0..)
            .zip(&input.tokens)
            .filter(|(_, token)| !matches!(token.meaning, TokenKind::Name { .. }))
            .filter_map(|(at, token)| Some((search::base64(search::undated(&token.text).get(1..)?), at)))
            .collect();
        let texts = input.tokens.iter().map(|token| search::undated(&token.text)).zip(0..);
        let texts = texts.chain(raw.iter().map(|(raw, at)| (raw.as_slice(), *at)));
        let secrets = input.secrets.iter().map(|bytes| (bytes.as_slice(), secret));
        // What names a root stands in ledgers alone.
        let ledgers = input.roots.iter().map(String::as_bytes).chain([LEDGER_SHAPE]).map(|shape| (shape, ledger));
        let words = input.words.iter().map(|word| Known {
            word,
            is_public: false,
            is_everyday: false,
            said_by: BTreeSet::new(),
        });
        let mut wanted = Self {
            literals: Literals::new(texts.chain(secrets).chain(ledgers), Some(secret)),
            phrases: Phrases::new((0..).zip(&input.words).map(|(at, word)| (word.text.as_str(), word.what, at))),
            tokens,
            words: words.collect(),
        };
        for word in wanted.said(&input.public_text) {
            wanted.words[word].is_public = true;
        }
        for word in wanted.said(&input.everyday_text) {
            wanted.words[word].is_public = true;
            wanted.words[word].is_everyday = true;
        }
        for (gallery, text) in &input.own_text {
            for word in wanted.said(text) {
                wanted.words[word].said_by.insert(*gallery);
            }
        }
        wanted
    }

    /// The words that a text says, by their places in the input.
    fn said(&self, text: &str) -> BTreeSet<usize> {
        let mut said = BTreeSet::new();
        self.phrases.find(text.as_bytes(), |_, _, word| {
            said.insert(word);
        });
        said
    }

    /// What is known of the word at this place in the input.
    pub(super) fn word(&self, at: usize) -> &Known<'a> {
        &self.words[at]
    }

    /// What the literal with this number stands for.
    pub(super) fn what(&self, literal: usize) -> What {
        match literal.checked_sub(self.tokens) {
            None => What::Token(literal),
            Some(0) => What::Secret,
            Some(_) => What::Ledger,
        }
    }

    /// Whether a text says what a gallery is called, or anything else of it that no public source says.
    pub(super) fn names(&self, gallery: Option<GalleryId>, text: &str) -> bool {
        self.said(text)
            .into_iter()
            .map(|word| &self.words[word])
            .any(|known| !known.is_public && known.word.gallery.is_some() && known.word.gallery == gallery)
    }

    /// Everything in a text.
    pub(super) fn look(&self, text: &[u8]) -> Hits {
        let mut hits = search::look(text, &self.literals, &self.phrases);
        if search::is_text(text) {
            let what = self.tokens + 1;
            ledgers::ledgers(text, |at, end| hits.literals.push(Hit { what, at, end, how: "" }));
        }
        hits
    }

    /// A path for people: no token and no secret stays whole in it, however it is written.
    pub(super) fn concealed(&self, path: &str) -> String {
        let hits = search::look(path.as_bytes(), &self.literals, &Phrases::default());
        let mut spans: Vec<(usize, usize)> =
            hits.literals.iter().map(|hit| (hit.at, hit.end.min(path.len()))).collect();
        spans.sort_unstable();
        let mut out = String::with_capacity(path.len());
        let mut done = 0;
        for (at, end) in spans {
            if at >= done {
                out.push_str(&String::from_utf8_lossy(&path.as_bytes()[done..at]));
                out.push_str(&shortened(&String::from_utf8_lossy(&path.as_bytes()[at..end])));
            }
            done = done.max(end);
        }
        out.push_str(&String::from_utf8_lossy(&path.as_bytes()[done..]));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Token, WordKind};

    #[test]
    fn a_word_that_a_public_source_says_too_is_told_apart() {
        let is_public = |text: &str, public: &str| {
            let word = Word { text: text.to_owned(), what: WordKind::Title, gallery: None, link: None };
            let input = AuditInput { words: vec![word], public_text: public.to_owned(), ..AuditInput::default() };
            Wanted::of(&input).word(0).is_public
        };
        assert!(is_public("Lake", "by the lake"));
        assert!(!is_public("Lake", "flakes"));
        assert!(is_public("lake-house", "Lake House"));
    }

    #[test]
    fn tokens_are_found_without_their_day_and_as_the_bytes_that_they_stand_for() {
        let body = "qHj2r_ZN1lEF10utN0Ktky71";
        let token = Token { text: format!("20270630-p{body}"), meaning: TokenKind::Unknown, audience: None };
        let input = AuditInput { tokens: vec![token], ..AuditInput::default() };
        let wanted = Wanted::of(&input);
        let raw = search::base64(body.as_bytes());
        for text in [format!("p{body}").as_bytes(), &raw, format!("20280101-p{body}").as_bytes()] {
            let hits = wanted.look(text).literals;
            assert!(matches!(&hits[..], [hit] if wanted.what(hit.what) == What::Token(0)), "{hits:?}");
        }
        assert!(!wanted.concealed(&format!("a/p{body}/b")).contains(&body[8..]));
    }
}
