//! Finds what must not be said, however it is written: tokens and secrets to the byte, phrases as people write them.
//!
//! 1. [`Literals`] are found in any case, and in hex, base64 and base32 by reading what those stand for (`encodings`).
//! 2. [`Phrases`] are found without regard to case, accents and spacing (`folding`), in the forms that `variants` names.
//! 3. Both are looked for once more in every [`Piece`] of a text that says something else when it is read: `unescape`,
//!    `line_breaks`, `utf16`, `numbers`.
//!
//! The room works on plain values and knows neither sites nor galleries.

mod encodings;
mod folding;
mod legible;
mod line_breaks;
mod literals;
mod numbers;
mod phrases;
mod piece;
mod secrets;
mod unescape;
mod utf16;
mod variants;

pub(crate) use encodings::{base64, undated};
pub(crate) use literals::Literals;
pub(crate) use phrases::Phrases;
pub use secrets::{SecretSearch, Sighting};
pub use variants::PhraseKind;

use phrases::{Bytes, SHORTEST_IN_BINARY};
use piece::Piece;

/// Something that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// The number of the literal or phrase.
    pub what: usize,
    /// Where it begins.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// How it is written, where it does not stand there as it is.
    pub how: &'static str,
}

/// What was found in a text: each thing once at each place.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Literals, by the numbers that they were given.
    pub literals: Vec<Hit>,
    /// Phrases, by their place in the list.
    pub phrases: Vec<Hit>,
}

/// Finds everything in a text, in all its readings.
pub(crate) fn look(text: &[u8], literals: &Literals, phrases: &Phrases) -> Hits {
    let is_text = is_text(text);
    let mut hits = Hits::default();
    literals.find(text, |at, end, what, how| hits.literals.push(Hit { what, at, end, how }));
    let bytes = if is_text { Bytes::Text } else { Bytes::Other };
    phrases.find_in(text, bytes, |at, end, what| hits.phrases.push(Hit { what, at, end, how: "" }));
    let mut read = |piece: &Piece, before: usize, how: &'static str| {
        let hit = |at: usize, end: usize, what: usize| {
            piece.span(at, end).map(|(at, end)| Hit { what, at: before + at, end: before + end, how })
        };
        literals.find(&piece.text, |at, end, what, _| hits.literals.extend(hit(at, end, what)));
        phrases.find(&piece.text, |at, end, what| {
            if is_text || end - at >= SHORTEST_IN_BINARY {
                hits.phrases.extend(hit(at, end, what));
            }
        });
    };
    let mut read_text = |text: &[u8], before: usize| {
        unescape::escaped(text, |piece| read(piece, before, "escaped"));
        line_breaks::broken(text, |piece| {
            read(piece, before, "broken up");
            if let Some(plain) = unescape::unescaped(piece) {
                read(&plain, before, "broken up and escaped");
            }
        });
    };
    if is_text {
        read_text(text, 0);
    } else {
        legible::texts(text, |start, end| read_text(&text[start..end], start));
    }
    utf16::wide(text, |piece| read(piece, 0, "UTF-16"));
    if is_text {
        // Bytes written as numbers are chance in anything else.
        numbers::numbers(text, |piece| {
            literals.find(&piece.text, |at, end, what, _| {
                let how = "as numbers";
                hits.literals.extend(piece.span(at, end).map(|(at, end)| Hit { what, at, end, how }));
            });
        });
    }
    once(&mut hits.literals);
    once(&mut hits.phrases);
    hits
}

/// Leaves out what was found within itself, in another reading of the same bytes.
fn once(hits: &mut Vec<Hit>) {
    // The first of those that begin together is the longest.
    hits.sort_by_key(|hit| (hit.what, hit.at, std::cmp::Reverse(hit.end), hit.how.len()));
    let mut last = (usize::MAX, 0);
    hits.retain(|hit| {
        let is_new = last.0 != hit.what || hit.end > last.1;
        if is_new {
            last = (hit.what, hit.end);
        }
        is_new
    });
}

/// Whether bytes are text rather than packed.
pub(crate) fn is_text(content: &[u8]) -> bool {
    let start = &content[..content.len().min(4096)];
    match std::str::from_utf8(start) {
        Ok(text) => !text.contains('\0'),
        // A letter that was cut at the end is no reason.
        Err(error) => error.error_len().is_none() && !start.contains(&0),
    }
}
