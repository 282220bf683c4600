//! A set of pairs of bytes, for passes over large files: what a word, an escape or a break begins with.

/// Bytes that are looked at before anything is told.
const BLOCK: usize = 64;

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

    /// Tells every place of a text where a pair of the set stands, in order.
    ///
    /// Many places at once: nobody can foresee where the next pair is, and a processor that guesses wrong loses more time than
    /// one that looks every place up and then takes those that count.
    pub(super) fn each(&self, text: &[u8], mut tell: impl FnMut(usize, [u8; 2])) {
        let mut start = 0;
        while start + 1 < text.len() {
            let block = &text[start..text.len().min(start + BLOCK + 1)];
            let mut found = 0_u64;
            for (at, pair) in block.windows(2).enumerate() {
                let (place, bit) = place([pair[0], pair[1]]);
                found |= (self.0[place] >> bit & 1) << at;
            }
            while found != 0 {
                let at = start + found.trailing_zeros() as usize;
                tell(at, [text[at], text[at + 1]]);
                found &= found - 1;
            }
            start += BLOCK;
        }
    }
}

/// Which word of the set has a pair, and which bit of it.
fn place(pair: [u8; 2]) -> (usize, u16) {
    let pair = u16::from_le_bytes(pair);
    (usize::from(pair / 64), pair % 64)
}
