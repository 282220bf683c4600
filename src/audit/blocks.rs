//! Where something may begin in a file, sixty-four bytes at a time.
//!
//! In pictures nobody can foresee what the next byte is. A processor that guesses wrong loses more time than one that asks
//! the same simple questions of all bytes at once and keeps the answers as bits.

use wide::u8x16;

use super::words::Bytes;

/// Bytes that are looked at together: a bit of a word for each.
const LENGTH: usize = 64;
/// What is taken for what lies behind the end.
const PAD: [u8; LENGTH] = [b' '; LENGTH];

/// Where something may begin in one block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Where the block begins.
    pub start: usize,
    /// Where a word, an escape or a break may begin: in text not within a word, in other bytes where the next seven could be
    /// text.
    pub begin: u64,
    /// Where the upper half of a letter of UTF-16 may stand, and of the three that follow.
    pub wide: u64,
}

/// The places of bits, counted from `start`, in order.
pub(super) fn places(start: usize, mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (bits != 0).then(|| {
            let at = start + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            at
        })
    })
}

/// Tells where something may begin in each block of a text, in order.
pub(super) fn each(text: &[u8], bytes: Bytes, mut tell: impl FnMut(Places)) {
    let (blocks, rest) = text.as_chunks::<LENGTH>();
    let mut last = PAD;
    last[..rest.len()].copy_from_slice(rest);
    let mut blocks = blocks.iter().chain(Some(&last).filter(|_| !rest.is_empty())).chain([&PAD]);
    let Some(first) = blocks.next() else { return };
    match bytes {
        Bytes::Text => {
            let mut this = Plain::of(first);
            let mut before = 0;
            for (start, next) in (0..).step_by(LENGTH).zip(blocks) {
                let next = Plain::of(next);
                let begin = !(this.word & (this.word << 1 | before));
                tell(Places { start, begin, wide: wide(this.small, next.small) });
                before = this.word >> 63;
                this = next;
            }
        }
        Bytes::Other => {
            let mut this = Packed::of(first);
            for (start, next) in (0..).step_by(LENGTH).zip(blocks) {
                let next = Packed::of(next);
                tell(Places { start, begin: this.legible(&next), wide: wide(this.small, next.small) });
                this = next;
            }
        }
    }
}

/// Which of a block's bytes something is true of.
fn bits(block: &[u8; LENGTH], what: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    let parts = parts.iter().enumerate();
    parts.fold(0, |all, (at, part)| all | u64::from(what(u8x16::new(*part)).to_bitmask()) << (at * 16))
}

/// What stands in the upper half of a letter of UTF-16, up to Arabic and in typography.
fn small(block: &[u8; LENGTH]) -> u64 {
    bits(block, |bytes| bytes.simd_lt(7) | bytes.simd_eq(b' '))
}

/// Where four of them stand, each at every second byte.
fn wide(this: u64, next: u64) -> u64 {
    let two = u128::from(next) << 64 | u128::from(this);
    let two = two & two >> 2;
    (two & two >> 4) as u64
}

/// A block of text.
struct Plain {
    /// Letters and digits of ASCII.
    word: u64,
    small: u64,
}

impl Plain {
    fn of(block: &[u8; LENGTH]) -> Self {
        let word = |bytes: u8x16| {
            let lower = bytes | u8x16::splat(0x20);
            (lower - u8x16::splat(b'a')).simd_lt(26) | (bytes - u8x16::splat(b'0')).simd_lt(10)
        };
        Self { word: bits(block, word), small: small(block) }
    }
}

/// A block of anything else.
struct Packed {
    /// What stands in no text.
    odd: u64,
    /// What is no ASCII.
    beyond: u64,
    /// What begins a letter of UTF-8 beyond ASCII.
    lead: u64,
    small: u64,
}

impl Packed {
    fn of(block: &[u8; LENGTH]) -> Self {
        let odd = |bytes: u8x16| {
            let white = bytes.simd_eq(b'\t') | bytes.simd_eq(b'\n') | bytes.simd_eq(b'\r');
            bytes.simd_lt(0x20) & !white | bytes.simd_eq(0x7f)
        };
        Self {
            odd: bits(block, odd),
            beyond: bits(block, |bytes| bytes),
            lead: bits(block, |bytes| bytes.simd_ge(0xc0)),
            small: small(block),
        }
    }

    /// Where the next seven bytes could be text: nothing that no text holds, and what is beyond ASCII in UTF-8, or so little
    /// that it could be Latin-1. The shortest word that is looked for here has seven.
    fn legible(&self, next: &Self) -> u64 {
        let two = |this: u64, next: u64| u128::from(next) << 64 | u128::from(this);
        let (odd, beyond, lead) = (two(self.odd, next.odd), two(self.beyond, next.beyond), two(self.lead, next.lead));
        let follows = (beyond & !lead) >> 1;
        // A letter that is not whole. The last of the seven may be cut.
        let broken = lead & !follows | follows & !beyond;
        let is_utf_8 = !within::<6>(broken);
        // How many of seven are beyond ASCII, as a number of three bits each.
        let at = |place: u32| (beyond >> place) as u64;
        let (ones, twos) = add(at(0), at(1), at(2));
        let (more_ones, more_twos) = add(at(3), at(4), at(5));
        let (ones, last_twos) = add(ones, more_ones, at(6));
        let (twos, fours) = add(twos, more_twos, last_twos);
        let are_few = !(fours | twos & ones);
        !within::<7>(odd) & (is_utf_8 | are_few)
    }
}

/// Where one of so many bytes from here on has a bit.
fn within<const COUNT: u32>(bits: u128) -> u64 {
    let two = bits | bits >> 1;
    let four = two | two >> 2;
    (four | four >> (COUNT - 4)) as u64
}

/// Three bits added, in each place: the ones and the twos.
fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    (a ^ b ^ c, a & b | c & (a ^ b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes as in pictures, of which some could be text.
    fn random(length: usize) -> Vec<u8> {
        let mut state = 9_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        };
        (0..length).map(|at| if at / 200 % 2 == 0 { next() } else { next() % 0x60 + 0x20 }).collect()
    }

    fn told(text: &[u8], bytes: Bytes) -> (Vec<bool>, Vec<bool>) {
        let (mut begin, mut wide) = (Vec::new(), Vec::new());
        each(text, bytes, |places| {
            assert_eq!(places.start, begin.len());
            begin.extend((0..64).map(|at| places.begin >> at & 1 != 0));
            wide.extend((0..64).map(|at| places.wide >> at & 1 != 0));
        });
        assert!(begin.len() >= text.len() && begin.len() < text.len() + LENGTH);
        (begin, wide)
    }

    #[test]
    fn in_other_bytes_seven_that_could_be_text_are_told_wherever_they_lie() {
        let legible = |seven: &[u8]| {
            let odd = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || *byte == 0x7f;
            let follows = |byte: Option<&u8>| byte.is_some_and(|byte| byte & 0xc0 == 0x80);
            let broken = |at: usize| {
                (seven[at] >= 0xc0) != follows(seven.get(at + 1)) && (seven[at] >= 0xc0 || seven[at] < 0x80)
            };
            let beyond = seven.iter().filter(|byte| **byte >= 0x80).count();
            !seven.iter().any(odd) && (beyond <= 2 || !(0..6).any(broken))
        };
        for length in [0, 1, 6, 7, 63, 64, 65, 130, 5000] {
            let text = random(length);
            let padded = [&text[..], &[b' '; 7]].concat();
            let (begin, _) = told(&text, Bytes::Other);
            for at in 0..length {
                assert_eq!(begin[at], legible(&padded[at..at + 7]), "{at} of {length}: {:?}", &padded[at..at + 7]);
            }
        }
        for (text, is_text) in
            [("Ольга Иванова", true), ("caf\u{e9} au lait", true), ("\u{1}a Hochzeit", false), ("東京の写真", true)]
        {
            assert_eq!(told(text.as_bytes(), Bytes::Other).0[0], is_text, "{text}");
        }
    }

    #[test]
    fn in_text_nothing_begins_between_two_letters_of_ascii() {
        for length in [0, 1, 64, 65, 1000] {
            let text = random(length);
            let (begin, _) = told(&text, Bytes::Text);
            for at in 0..length {
                let is_within = at > 0 && text[at].is_ascii_alphanumeric() && text[at - 1].is_ascii_alphanumeric();
                assert_eq!(begin[at], !is_within);
            }
        }
    }

    #[test]
    fn what_may_be_utf_16_is_told_in_both_kinds_of_bytes() {
        for before in 0..130 {
            let text = [vec![b'x'; before], b"\0L\0a\0k\0e".to_vec(), vec![b'x'; 9]].concat();
            for bytes in [Bytes::Text, Bytes::Other] {
                let (_, wide) = told(&text, bytes);
                let found: Vec<usize> = (0..text.len()).filter(|at| wide[*at]).collect();
                assert_eq!(found, [before]);
            }
        }
    }
}
