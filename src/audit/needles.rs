//! Finds any of very many known byte strings in one pass.
//!
//! Eight bytes are read at every eighth place and looked up in a set of bits that lies in the processor's cache; only where
//! that says "perhaps" are strings compared: with those that have these eight bytes at one of their first eight places. Speed
//! hardly depends on how many strings there are.

use std::collections::BTreeSet;

use zeroize::{Zeroize as _, Zeroizing};

use super::written::{hex, in_base64, secret_forms, token_forms, undated};
use super::{AuditInput, Token};
use crate::access::secret::shapes;

/// Bytes that are looked up at once.
const WINDOW: usize = 8;
/// The most places from one look to the next. A needle then has as many windows that may be met.
const STRIDE: usize = 8;
/// Shorter strings are not looked for: they would be found everywhere. Each has a window at every place of a stride.
const SHORTEST: usize = WINDOW + STRIDE - 1;
/// With more windows than this they would fill the memory: then more places are looked at, and fewer windows are enough.
const MOST_WINDOWS: usize = 4_000_000;
/// Where a site has more private names than this, they are looked for as they are and in no other form.
const MOST_SPELLED_NAMES: usize = 200_000;
const LEDGER_SHAPE: &[u8] = b"[[gallery.link]]";
/// Spreads the bits of a word over its upper half.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// A bit in each byte of a window.
const EACH: u64 = 0x0101_0101_0101_0101;
/// What tells a small letter from a large one, in each byte of a window: windows are looked up without it.
const CASE: u64 = EACH * 0x20;
/// What a byte has that is no ASCII, in each byte of a window.
const BEYOND: u64 = EACH * 0x80;

/// What a needle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The token at this place in the input.
    Token(u32),
    /// A root secret.
    Secret,
    /// The form in which links stand in a ledger.
    Ledger,
}

/// All needles of an audit. Overwritten in memory when dropped.
pub(super) struct Needles {
    bytes: Zeroizing<Vec<u8>>,
    list: Vec<Needle>,
    /// Sorted.
    windows: Vec<Window>,
    stride: usize,
    /// By the kind of window. The largest set, of what is written in symbols, is seldom asked, in packed bytes and in text; the
    /// others stay in the processor's cache however many links there are.
    sets: [Bits; 3],
}

struct Needle {
    start: u32,
    length: u16,
    what: What,
}

/// Eight bytes of a needle, without what tells small letters from large ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    bytes: u64,
    needle: u32,
    /// Where in the needle they lie.
    at: u8,
}

impl Drop for Needles {
    fn drop(&mut self) {
        self.windows.iter_mut().for_each(|window| window.bytes.zeroize());
    }
}

impl Needles {
    pub(super) fn of(input: &AuditInput) -> Self {
        let mut needles = Self {
            bytes: Zeroizing::default(),
            list: Vec::new(),
            windows: Vec::new(),
            stride: STRIDE,
            sets: Default::default(),
        };
        for secret in &input.secrets {
            for form in secret_forms(secret) {
                needles.add(&form, What::Secret);
            }
        }
        // What names a root stands in ledgers alone.
        for shape in input.roots.iter().map(String::as_bytes).chain([LEDGER_SHAPE]) {
            for form in [shape.to_vec(), hex(shape)].into_iter().chain(in_base64(shape)) {
                needles.add(&form, What::Ledger);
            }
        }
        let names = input.tokens.iter().filter(|token| is_name(token)).count();
        for (at, token) in (0_u32..).zip(&input.tokens) {
            let forms = if is_name(token) && names > MOST_SPELLED_NAMES {
                BTreeSet::from([token.text.clone().into_bytes()])
            } else {
                token_forms(undated(&token.text), !is_name(token))
            };
            for form in forms {
                needles.add(&form, What::Token(at));
            }
        }
        needles.settle();
        needles
    }

    fn add(&mut self, needle: &[u8], what: What) {
        if let (true, Ok(start), Ok(length)) =
            (needle.len() >= SHORTEST, u32::try_from(self.bytes.len()), u16::try_from(needle.len()))
        {
            self.bytes.extend_from_slice(needle);
            self.list.push(Needle { start, length, what });
        }
    }

    fn settle(&mut self) {
        while self.stride > 1 && self.list.len() * self.stride > MOST_WINDOWS {
            self.stride /= 2;
        }
        for (needle, found) in (0_u32..).zip(&self.list) {
            for at in 0..self.stride {
                let bytes = word_at(&self.bytes, found.start as usize + at);
                self.windows.extend(bytes.map(|bytes| Window { bytes: bytes | CASE, needle, at: at as u8 }));
            }
        }
        self.windows.sort_unstable();
        for (set, bits) in self.sets.iter_mut().enumerate() {
            let of_set = || self.windows.iter().map(|window| window.bytes).filter(|bytes| kind(*bytes) == set);
            *bits = Bits::of(of_set().count(), of_set());
        }
    }

    /// Tells each place where a needle begins, with its length and what it stands for, and how it is written there. Case does
    /// not count: programs that make names alike change it.
    pub(super) fn find(&self, text: &[u8], mut tell: impl FnMut(usize, usize, What, &'static str)) {
        self.find_known(text, &mut tell);
        // Secrets of other sites or of former times are as little for others.
        shapes(text).for_each(|(at, length)| tell(at, length, What::Secret, ""));
    }

    /// The same without what has only the shape of a secret.
    pub(super) fn find_known(&self, text: &[u8], mut tell: impl FnMut(usize, usize, What, &'static str)) {
        for start in (0..WINDOW.min(text.len())).step_by(self.stride) {
            let (windows, _) = text[start..].as_chunks::<WINDOW>();
            for (at, window) in windows.iter().enumerate() {
                let bytes = u64::from_le_bytes(*window) | CASE;
                if self.sets[kind(bytes)].may_have(bytes) {
                    self.compare(text, start + at * WINDOW, bytes, &mut tell);
                }
            }
        }
    }

    /// Tells the needles that have these eight bytes, which stand at `place`, and stand around it themselves.
    fn compare(&self, text: &[u8], place: usize, bytes: u64, tell: &mut impl FnMut(usize, usize, What, &'static str)) {
        let from = self.windows.partition_point(|other| other.bytes < bytes);
        for window in self.windows[from..].iter().take_while(|other| other.bytes == bytes) {
            let needle = &self.list[window.needle as usize];
            let length = usize::from(needle.length);
            let wanted = &self.bytes[needle.start as usize..][..length];
            let Some(at) = place.checked_sub(usize::from(window.at)) else { continue };
            let Some(found) = text.get(at..at + length).filter(|found| found.eq_ignore_ascii_case(wanted)) else {
                continue;
            };
            // Hex and base32 are the same in both cases.
            let is_changed = found != wanted && wanted.iter().any(u8::is_ascii_uppercase);
            tell(at, length, needle.what, if is_changed { "in another case" } else { "" });
        }
    }
}

/// A set of windows that is sometimes wrong, and then says yes.
#[derive(Default)]
struct Bits {
    bits: Vec<u64>,
    shift: u32,
}

impl Bits {
    fn of(count: usize, all: impl Iterator<Item = u64>) -> Self {
        let size = (count * 32).next_power_of_two().clamp(1 << 13, 1 << 28);
        let mut set = Self { bits: vec![0; size / 64], shift: 64 - size.ilog2() };
        for window in all {
            for bit in set.places(window) {
                set.bits[(bit / 64) as usize] |= 1 << (bit % 64);
            }
        }
        set
    }

    /// Whether the window may be in it: two bits say so by chance in one of several hundred places.
    fn may_have(&self, window: u64) -> bool {
        self.places(window).into_iter().all(|bit| self.bits[(bit / 64) as usize] >> (bit % 64) & 1 != 0)
    }

    fn places(&self, window: u64) -> [u64; 2] {
        let spread = window.wrapping_mul(SPREAD);
        [spread >> self.shift, spread.rotate_right(32) >> self.shift]
    }
}

/// Which kind of window this is: with a byte beyond ASCII, of symbols alone, or with something that stands between words.
fn kind(window: u64) -> usize {
    // No difference is more than a byte can hold.
    let has_space = !((window | BEYOND) - EACH * u64::from(b'+')) & BEYOND != 0;
    if window & BEYOND != 0 { 0 } else { 1 + usize::from(has_space) }
}

fn word_at(text: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(text.get(at..at + WINDOW)?.try_into().ok()?))
}

fn is_name(token: &Token) -> bool {
    matches!(token.meaning, crate::access::verify::Meaning::Name { .. })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::super::written::in_base32;
    use super::*;
    use crate::access::verify::Meaning;

    const TOKEN: &str = "pqHj2r_ZN1lEF10utN0Ktky71";

    fn needles() -> Needles {
        let token = Token { text: format!("20270630-{TOKEN}"), meaning: Meaning::Unknown, audience: None };
        let secret = Zeroizing::new((0..32_u8).map(|n| n * 7 + 3).collect());
        Needles::of(&AuditInput { tokens: vec![token], secrets: vec![secret], ..AuditInput::default() })
    }

    fn found(text: &[u8]) -> Vec<(usize, What)> {
        let mut all = Vec::new();
        needles().find(text, |at, _, what, _| all.push((at, what)));
        all
    }

    #[test]
    fn a_token_is_found_at_its_place_whatever_stands_around_it_and_however_it_is_written() {
        let raw = URL_SAFE_NO_PAD.decode(&TOKEN[1..]).unwrap();
        let forms = [
            TOKEN.as_bytes().to_vec(),
            raw.clone(),
            hex(TOKEN.as_bytes()),
            hex(&raw).to_ascii_uppercase(),
            in_base32(&raw).to_ascii_uppercase(),
            TOKEN.to_ascii_lowercase().into_bytes(),
        ];
        for form in forms {
            for before in 0..17 {
                let text = [vec![b'x'; before], form.clone(), b"y".to_vec()].concat();
                assert_eq!(found(&text), [(before, What::Token(0))]);
            }
        }
        assert_eq!(found(&TOKEN.as_bytes()[1..]), []);
        assert_eq!(found(b""), []);
    }

    #[test]
    fn a_token_that_is_alike_in_both_alphabets_of_base64_is_told_once() {
        let text = "pqHj2rAZN1lEF10utN0Ktky71";
        let token = Token { text: text.to_owned(), meaning: Meaning::Unknown, audience: None };
        let needles = Needles::of(&AuditInput { tokens: vec![token], ..AuditInput::default() });
        let mut all = Vec::new();
        needles.find(text.as_bytes(), |at, _, _, _| all.push(at));
        assert_eq!(all, [0]);
    }

    #[test]
    fn a_token_in_another_case_is_told_as_that_and_hex_in_another_case_is_not() {
        let how = |text: &str| {
            let mut all = Vec::new();
            needles().find(text.as_bytes(), |_, _, _, how| all.push(how));
            all
        };
        assert_eq!(how(TOKEN), [""]);
        assert_eq!(how(&TOKEN.to_uppercase()), ["in another case"]);
        assert_eq!(how(&String::from_utf8(hex(TOKEN.as_bytes())).unwrap().to_uppercase()), [""]);
    }

    #[test]
    fn very_many_tokens_are_found_as_well_as_one() {
        let text = |at: u32| {
            format!("p{}", URL_SAFE_NO_PAD.encode([at.to_be_bytes(), [7; 4], at.to_le_bytes()].concat()) + "abcdefgh")
        };
        let token = |at| Token { text: text(at), meaning: Meaning::Unknown, audience: None };
        let needles = Needles::of(&AuditInput { tokens: (0..70_000).map(token).collect(), ..AuditInput::default() });
        assert!(needles.stride < STRIDE);
        for before in 0..9 {
            let mut all = Vec::new();
            let text = "x".repeat(before) + &text(69_123);
            needles.find(text.as_bytes(), |at, _, what, _| all.push((at, what)));
            assert_eq!(all, [(before, What::Token(69_123))]);
        }
    }

    #[test]
    fn a_token_inside_base64_is_found_at_every_offset_and_in_both_alphabets() {
        for before in 0..7 {
            let text = format!("{}{TOKEN}/?>~", "?".repeat(before));
            for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                assert_eq!(found(encoded.as_bytes()).len(), 1, "{before}");
            }
        }
    }

    #[test]
    fn a_secret_is_found_in_all_its_forms_and_one_that_nobody_knows_by_its_shape() {
        let bytes: [u8; 32] = std::array::from_fn(|n| n as u8 * 7 + 3);
        let text = crate::access::Secret::generate(bytes).unwrap().expose_text();
        let forms = [
            bytes.to_vec(),
            hex(&bytes),
            hex(&bytes).to_ascii_uppercase(),
            URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            STANDARD_NO_PAD.encode(bytes).into_bytes(),
            STANDARD_NO_PAD.encode(text.as_bytes()).into_bytes(),
            STANDARD_NO_PAD.encode(hex(&bytes)).into_bytes(),
            STANDARD_NO_PAD.encode(STANDARD_NO_PAD.encode(bytes)).into_bytes(),
            in_base32(&bytes).to_ascii_uppercase(),
            format!("slk1_{}", "A".repeat(48)).into_bytes(),
        ];
        for form in forms {
            assert!(found(&form).iter().any(|(_, what)| *what == What::Secret));
        }
        // Read to the end at each beginning, it would take hours.
        assert!(found(&b"slk1_".repeat(1 << 18)).len() > 1000);
        assert_eq!(found(b"secrets begin with slk1_ and are long"), []);
    }
}
