//! Looks through bytes for everything at once: needles and words, in all spellings.

use super::needles::{Needles, What};
use super::pairs::Pairs;
use super::spellings::{self, Piece};
use super::words::{Bytes, Known, Lexicon, SHORTEST_IN_BINARY};
use super::{AuditInput, blocks, broken, everyday, leads, ledgers, numbers, wide};
use crate::access::token::shortened;

/// What is looked for in every file, and in its name.
pub(super) struct Search<'a> {
    needles: Needles,
    lexicon: Lexicon<'a>,
    /// What words, escapes and breaks begin with: one pass finds them all.
    pairs: Pairs,
}

/// Something that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit<T> {
    /// Where it begins.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub what: T,
    /// How it is written, where it does not stand there as it is.
    pub how: &'static str,
}

/// What was found, each in the order of looking.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub needles: Vec<Hit<What>>,
    /// By their numbers.
    pub words: Vec<Hit<usize>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(input: &'a AuditInput) -> Self {
        let lexicon = Lexicon::of(input);
        let words = lexicon.pairs();
        let pairs = Pairs::of(|pair| words.has(pair) || spellings::may_begin(pair) || broken::may_break(pair));
        Self { needles: Needles::of(input), lexicon, pairs }
    }

    pub(super) fn lexicon(&self) -> &Lexicon<'a> {
        &self.lexicon
    }

    /// Everything in a text. What every site says is left out where it is no more than markup.
    pub(super) fn look(&self, text: &[u8]) -> Hits {
        let is_text = leads::is_text(text);
        let bytes = if is_text { Bytes::Text } else { Bytes::Other };
        let mut hits = Hits::default();
        let word = |at: usize, end: usize, known: &Known<'_>, how| {
            let is_markup = known.is_everyday && everyday::is_markup(text, at, end);
            (!is_markup).then_some(Hit { at, end, what: known.number, how })
        };
        self.needles.find(text, |at, length, what, how| hits.needles.push(Hit { at, end: at + length, what, how }));
        let (mut escapes, mut breaks, mut wides) = (Vec::new(), Vec::new(), Vec::new());
        blocks::each(text, bytes, |places| {
            let found = self.pairs.among(text, places.start, places.begin);
            for at in blocks::places(places.start, found) {
                let pair = [text[at], text[at + 1]];
                if self.lexicon.pairs().has(pair) {
                    self.lexicon.find_at(text, at, bytes, |at, length, known| {
                        hits.words.extend(word(at, at + length, known, ""));
                    });
                }
                if spellings::may_begin(pair) {
                    escapes.push(at);
                }
                if broken::may_break(pair) {
                    breaks.push(at);
                }
            }
            wides.extend(blocks::places(places.start, places.wide).filter(|at| wide::may_begin(text, *at)));
        });
        let mut piece_of = |piece: &Piece, how: &'static str| {
            self.needles.find(&piece.text, |at, length, what, _| {
                hits.needles.extend(piece.span(at, length).map(|(at, end)| Hit { at, end, what, how }));
            });
            self.lexicon.find(&piece.text, |at, length, known| {
                if is_text || length >= SHORTEST_IN_BINARY {
                    hits.words.extend(piece.span(at, length).and_then(|(at, end)| word(at, end, known, how)));
                }
            });
        };
        spellings::escaped(text, &escapes, |piece| piece_of(piece, "escaped"));
        broken::broken(text, &breaks, |piece| {
            piece_of(piece, "broken up");
            if let Some(plain) = spellings::unescaped(piece) {
                piece_of(&plain, "broken up and escaped");
            }
        });
        wide::wide(text, &wides, |piece| piece_of(piece, "UTF-16"));
        if let Some(piece) = wide::marked(text) {
            piece_of(&piece, "UTF-16");
        }
        if is_text {
            self.look_into_text(text, &mut hits.needles);
        }
        hits
    }

    /// Forms that are chance in anything else than text, or would take too long there.
    fn look_into_text(&self, text: &[u8], needles: &mut Vec<Hit<What>>) {
        numbers::numbers(text, |piece| {
            self.needles.find(&piece.text, |at, length, what, _| {
                let how = "as numbers";
                needles.extend(piece.span(at, length).map(|(at, end)| Hit { at, end, what, how }));
            });
        });
        ledgers::ledgers(text, |at, end| needles.push(Hit { at, end, what: What::Ledger, how: "" }));
    }

    /// A path for people: no token and no secret stays whole in it, however it is written.
    pub(super) fn concealed(&self, path: &str) -> String {
        let mut spans: Vec<(usize, usize)> =
            self.look(path.as_bytes()).needles.iter().map(|hit| (hit.at, hit.end.min(path.len()))).collect();
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
