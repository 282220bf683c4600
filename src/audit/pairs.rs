//! A set of pairs of bytes, for passes over large files: what a word, an escape or a break begins with.

use super::blocks;

/// A bit for each two bytes: eight kilobytes, which stay in the processor's first cache.
#[derive(Clone)]
pub(super) struct Pairs(Box<[u64; 1024]>);

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; 1024]))
    }
}

impl Pairs {
    /// Those that `belongs` says of.
    pub(super) fn of(mut belongs: impl FnMut([u8; 2]) -> bool) -> Self {
        let mut pairs = Self::default();
        for first in 0..=255 {
            for second in 0..=255 {
                if belongs([first, second]) {
                    pairs.add([first, second]);
                }
            }
        }
        pairs
    }

    pub(super) fn add(&mut self, pair: [u8; 2]) {
        let (place, bit) = place(pair);
        self.0[place] |= 1 << bit;
    }

    pub(super) fn has(&self, pair: [u8; 2]) -> bool {
        let (place, bit) = place(pair);
        self.0[place] >> bit & 1 != 0
    }

    /// The second bytes of the pairs with this first one, a bit for each.
    pub(super) fn row(&self, first: u8) -> &[u64] {
        &self.0[usize::from(first) * 4..][..4]
    }

    /// Which of these places of a text, a bit for each from `start` on, have a pair of the set.
    pub(super) fn among(&self, text: &[u8], start: usize, places: u64) -> u64 {
        let has = |at: usize| text.get(at..).and_then(|rest| rest.first_chunk()).is_some_and(|pair| self.has(*pair));
        blocks::places(start, places).fold(0, |found, at| found | u64::from(has(at)) << (at - start))
    }
}

/// Which word of the set has a pair, and which bit of it.
fn place(pair: [u8; 2]) -> (usize, u16) {
    let pair = u16::from_be_bytes(pair);
    (usize::from(pair / 64), pair % 64)
}
