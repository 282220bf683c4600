//! What the forms of words begin with, as it may stand in a file: in any case, with any accents, in UTF-8 or Latin-1.

use std::sync::LazyLock;

use super::folding::{Folding, Letter};
use super::pairs::Pairs;

/// The first two bytes of forms.
#[derive(Default)]
pub(super) struct Beginnings {
    /// As they are compared.
    folded: Pairs,
    /// As they may stand in a file: rather too many than too few.
    written: Pairs,
}

impl Beginnings {
    /// Of the first four bytes of each form, which have the bit set that tells small letters from large ones.
    pub(super) fn of(folding: &Folding, firsts: impl Iterator<Item = [u8; 4]>) -> Self {
        let mut folded = Pairs::default();
        let mut first_bytes = [false; 256];
        for [first, second, ..] in firsts {
            for first in [first, first & !0x20] {
                first_bytes[usize::from(first)] = true;
                folded.add([first, second]);
                folded.add([first, second & !0x20]);
            }
        }
        if first_bytes == [false; 256] {
            return Self::default();
        }
        static HEADS: LazyLock<Vec<Option<[u64; 4]>>> =
            LazyLock::new(|| (0..=255).map(|byte| heads(&Folding::new(), byte)).collect());
        // Whether a form begins with this byte and the first of what begins with `next`.
        let goes_on = |first: u8, next: u8| {
            first_bytes[usize::from(first)]
                && HEADS[usize::from(next)].is_none_or(|heads| {
                    heads.iter().zip(folded.row(first)).any(|(heads, seconds)| heads & seconds != 0)
                })
        };
        let begins = |letter: &Letter, next: Option<u8>| match (letter.bytes(), next) {
            ([first, second, ..], _) => folded.has([*first, *second]),
            ([first], Some(next)) => goes_on(*first, next),
            ([first], None) => first_bytes[usize::from(*first)],
            ([], _) => false,
        };
        let written = Pairs::of(|[first, second]| {
            let mut may_begin = false;
            let are_few = characters(folding, first, second, |letter, length| {
                may_begin = may_begin || begins(letter, if length == 1 { Some(second) } else { None });
            });
            may_begin || !are_few
        });
        Self { folded, written }
    }

    /// What stands in a file where a form may begin.
    pub(super) fn pairs(&self) -> &Pairs {
        &self.written
    }

    /// Whether a form begins with these two bytes, as they are compared.
    pub(super) fn has_folded(&self, pair: [u8; 2]) -> bool {
        self.folded.has(pair)
    }
}

/// The first bytes that the characters are compared as which begin with `byte`, a bit for each; nothing where that may be any,
/// as after an accent.
fn heads(folding: &Folding, byte: u8) -> Option<[u64; 4]> {
    let mut heads = [0; 4];
    let mut is_any = false;
    // What no character goes on with stands for all that is none.
    for second in (0x80..=0xbf).chain([0]) {
        let are_few = characters(folding, byte, second, |letter, _| match letter.bytes().first() {
            Some(first) => heads[usize::from(first / 64)] |= 1 << (first % 64),
            None => is_any = true,
        });
        is_any |= !are_few;
    }
    (!is_any).then_some(heads)
}

/// Tells the characters that begin with these bytes, with their lengths; says no where they are too many to be counted. One
/// stands for all that are compared as what begins with the same two bytes.
fn characters(folding: &Folding, first: u8, second: u8, mut tell: impl FnMut(&Letter, usize)) -> bool {
    let mut at = |bytes: &[u8]| folding.at(bytes, 0).into_iter().for_each(|(letter, length)| tell(&letter, length));
    match (first, second) {
        (0xe0..=0xef, 0x80..=0xbf) => {
            if are_alike(first, second) {
                at(&[first, second, 0x80]);
            } else {
                (0x80..=0xbf).for_each(|third| at(&[first, second, third]));
            }
            // What no character goes on with: then the first stands for itself.
            at(&[first, second, 0xc0]);
        }
        (0xf0..=0xf4, 0x80..=0xbf) => return false,
        _ => at(&[first, second]),
    }
    true
}

/// Whether the characters of three bytes with these two are all compared as what begins with the same two bytes, as most signs
/// of Chinese and syllables of Korean are.
fn are_alike(first: u8, second: u8) -> bool {
    matches!(
        (first, second),
        (0xe1, 0x84..=0x8c | 0x90..=0x99)
            | (0xe2, 0x8d..=0x90 | 0x94..=0xa7 | 0xaa..=0xaf)
            | (0xe3, 0x90..)
            | (0xe4..=0xe9 | 0xeb | 0xec | 0xee, _)
            | (0xea, ..=0x98 | 0xb0..)
            | (0xed, ..=0x9d)
            | (0xef, ..=0xa3)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_stands_for_those_that_are_compared_alike() {
        let folding = Folding::new();
        for first in 0xe0..=0xef {
            for second in (0x80..=0xbf).filter(|second| are_alike(first, *second)) {
                let start = |third| {
                    let (letter, length) = folding.at(&[first, second, third], 0).unwrap();
                    (letter.bytes()[..2].to_vec(), length)
                };
                assert!((0x81..=0xbf).all(|third| start(third) == start(0x80)), "{first:x} {second:x}");
            }
        }
    }
}
