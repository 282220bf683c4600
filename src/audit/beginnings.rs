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
        static HEADS: LazyLock<Vec<Option<[bool; 256]>>> =
            LazyLock::new(|| (0..=255).map(|byte| heads(&Folding::new(), byte)).collect());
        let begins = |letter: &Letter, next: Option<u8>| match (letter.bytes(), next) {
            ([first, second, ..], _) => folded.has([*first, *second]),
            ([first], Some(next)) => match &HEADS[usize::from(next)] {
                Some(heads) => (0..=255).any(|second| heads[usize::from(second)] && folded.has([*first, second])),
                None => first_bytes[usize::from(*first)],
            },
            ([first], None) => first_bytes[usize::from(*first)],
            ([], _) => false,
        };
        let written = Pairs::of(|[first, second]| {
            characters(folding, first, Some(second)).is_none_or(|all| {
                all.iter().any(|(letter, length)| begins(letter, if *length == 1 { Some(second) } else { None }))
            })
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

/// The first bytes that the characters are compared as which begin with `byte`; nothing where that may be any, as after an
/// accent.
fn heads(folding: &Folding, byte: u8) -> Option<[bool; 256]> {
    let mut heads = [false; 256];
    for (letter, _) in characters(folding, byte, None)? {
        heads[usize::from(*letter.bytes().first()?)] = true;
    }
    Some(heads)
}

/// The characters that begin with these bytes, with their lengths; nothing where they are too many to be counted.
fn characters(folding: &Folding, first: u8, second: Option<u8>) -> Option<Vec<(Letter, usize)>> {
    let mut all = Vec::new();
    let seconds = second.map_or(0..=255, |second| second..=second);
    for second in seconds {
        match first {
            // The last one goes on in no character: then the first stands for itself.
            0xe0..=0xef if second & 0xc0 == 0x80 => {
                (0x80..=0xc0).for_each(|third| all.extend(folding.at(&[first, second, third], 0)))
            }
            0xf0..=0xf4 if second & 0xc0 == 0x80 => return None,
            _ => all.extend(folding.at(&[first, second], 0)),
        }
    }
    Some(all)
}
