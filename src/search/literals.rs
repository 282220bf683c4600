//! Finds any of very many known byte strings in one pass.
//!
//! Eight bytes are read at every eighth place and looked up in a set of bits that lies in the processor's cache; only where
//! that says "perhaps" are strings compared: with those that have these eight bytes at one of their first eight places. Speed
//! hardly depends on how many strings there are, and memory is a fraction of what an automaton of them would take.

use zeroize::{Zeroize as _, Zeroizing};

use super::encodings;
use crate::access::secret::shapes;

/// Bytes that are looked up at once.
const WINDOW: usize = 8;
/// Places from one look to the next. A string then has as many windows that may be met.
const STRIDE: usize = 8;
/// Shorter strings are not looked for: they would be found everywhere. Each has a window at every place of a stride.
const SHORTEST: usize = WINDOW + STRIDE - 1;
/// What tells a small letter from a large one, in each byte of a window: windows are looked up without it.
const CASE: u64 = 0x2020_2020_2020_2020;
/// What is encoded within something encoded is read this deep.
const DEEPEST: usize = 3;

/// All strings that are looked for. Overwritten in memory when dropped.
#[derive(Default)]
pub(crate) struct Literals {
    bytes: Zeroizing<Vec<u8>>,
    list: Vec<Literal>,
    /// Sorted.
    windows: Vec<Window>,
    /// Two bits for each window; sometimes says yes where there is none.
    filter: Vec<u64>,
    /// What stands for a secret that nobody knows, by its shape.
    shape: Option<usize>,
}

struct Literal {
    start: usize,
    length: usize,
    what: usize,
}

/// Eight bytes of a string, without what tells small letters from large ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    bytes: u64,
    literal: u32,
    /// Where in the string they lie.
    at: u8,
}

impl Drop for Literals {
    fn drop(&mut self) {
        self.windows.iter_mut().for_each(|window| window.bytes.zeroize());
    }
}

impl Literals {
    /// Of strings with the numbers by which they are told; `shape` is that of what has the shape of a secret.
    pub(crate) fn new<'t>(strings: impl IntoIterator<Item = (&'t [u8], usize)>, shape: Option<usize>) -> Self {
        let mut literals = Self::default();
        literals.shape = shape;
        for (string, what) in strings.into_iter().filter(|(string, _)| string.len() >= SHORTEST) {
            literals.list.push(Literal { start: literals.bytes.len(), length: string.len(), what });
            literals.bytes.extend_from_slice(string);
        }
        for (literal, found) in (0_u32..).zip(&literals.list) {
            let string = &literals.bytes[found.start..found.start + found.length];
            let windows = string.windows(WINDOW).take(STRIDE).zip(0_u8..);
            let windows = windows.filter_map(|(window, at)| Some((u64::from_le_bytes(window.try_into().ok()?), at)));
            literals.windows.extend(windows.map(|(bytes, at)| Window { bytes: bytes | CASE, literal, at }));
        }
        literals.windows.sort_unstable();
        let size = (literals.windows.len() * 32).next_power_of_two().clamp(1 << 13, 1 << 28);
        literals.filter = vec![0; size / 64];
        for window in &literals.windows {
            for (word, bit) in places(window.bytes, literals.filter.len()) {
                literals.filter[word] |= bit;
            }
        }
        literals
    }

    /// Tells each string that stands in a text as it is, in another case, or in hex, base64 or base32: from where to where, and
    /// how it is written. Programs that make names alike change their case.
    pub(crate) fn find(&self, text: &[u8], mut tell: impl FnMut(usize, usize, usize, &'static str)) {
        self.find_plain(text, &mut tell);
        self.find_encoded(text, 1, &mut tell);
    }

    fn find_encoded(&self, text: &[u8], depth: usize, tell: &mut dyn FnMut(usize, usize, usize, &'static str)) {
        encodings::decoded(text, |part| {
            let mut within = |at: usize, end: usize, what: usize, _: &'static str| {
                let (at, end) = part.span(at, end);
                tell(at, end, what, part.how);
            };
            self.find_plain(&part.bytes, &mut within);
            if depth < DEEPEST {
                self.find_encoded(&part.bytes, depth + 1, &mut within);
            }
        });
    }

    /// Tells what stands there as it is, or in another case.
    fn find_plain(&self, text: &[u8], tell: &mut dyn FnMut(usize, usize, usize, &'static str)) {
        let (windows, _) = text.as_chunks::<WINDOW>();
        for (at, window) in windows.iter().enumerate() {
            let bytes = u64::from_le_bytes(*window) | CASE;
            if places(bytes, self.filter.len()).into_iter().all(|(word, bit)| self.filter[word] & bit != 0) {
                self.compare(text, at * WINDOW, bytes, tell);
            }
        }
        if let Some(what) = self.shape {
            // Secrets of other sites or of former times are as little for others.
            shapes(text).for_each(|(at, length)| tell(at, at + length, what, ""));
        }
    }

    /// Tells the strings that have these eight bytes, which stand at `place`, and stand around it themselves.
    fn compare(&self, text: &[u8], place: usize, bytes: u64, tell: &mut dyn FnMut(usize, usize, usize, &'static str)) {
        let from = self.windows.partition_point(|other| other.bytes < bytes);
        for window in self.windows[from..].iter().take_while(|other| other.bytes == bytes) {
            let literal = &self.list[window.literal as usize];
            let wanted = &self.bytes[literal.start..literal.start + literal.length];
            let Some(at) = place.checked_sub(usize::from(window.at)) else { continue };
            let end = at + literal.length;
            let Some(found) = text.get(at..end).filter(|found| found.eq_ignore_ascii_case(wanted)) else { continue };
            tell(at, end, literal.what, if found == wanted { "" } else { "in another case" });
        }
    }
}

/// Which bits of so many words stand for a window.
fn places(window: u64, words: usize) -> [(usize, u64); 2] {
    let spread = window.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [spread, spread.rotate_left(32)].map(|spread| ((spread >> 38) as usize & (words - 1), 1 << (spread >> 32 & 63)))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::*;

    const TOKEN: &str = "pqHj2r_ZN1lEF10utN0Ktky71";
    const SECRET: usize = 9;

    fn literals() -> Literals {
        let raw = URL_SAFE_NO_PAD.decode(&TOKEN[1..]).unwrap();
        let secret: [u8; 32] = std::array::from_fn(|n| n as u8 * 7 + 3);
        Literals::new([(TOKEN.as_bytes(), 0), (&raw, 0), (&secret, SECRET)], Some(SECRET))
    }

    fn found(text: &[u8]) -> Vec<(usize, usize)> {
        let phrases = super::super::Phrases::default();
        super::super::look(text, &literals(), &phrases).literals.iter().map(|hit| (hit.at, hit.what)).collect()
    }

    fn hex(bytes: &[u8]) -> Vec<u8> {
        bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
    }

    /// Base32 without padding, bit by bit.
    fn base32(bytes: &[u8]) -> Vec<u8> {
        let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
        let symbol = |five: &[u8]| {
            let five = format!("{:0<5}", std::str::from_utf8(five).unwrap());
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from_str_radix(&five, 2).unwrap()]
        };
        bits.as_bytes().chunks(5).map(symbol).collect()
    }

    #[test]
    fn a_token_is_found_at_its_place_whatever_stands_around_it_and_however_it_is_written() {
        let raw = URL_SAFE_NO_PAD.decode(&TOKEN[1..]).unwrap();
        let forms = [
            TOKEN.as_bytes().to_vec(),
            raw.clone(),
            hex(TOKEN.as_bytes()),
            hex(&raw).to_ascii_uppercase(),
            base32(&raw),
            base32(TOKEN.as_bytes()).to_ascii_lowercase(),
            TOKEN.to_ascii_lowercase().into_bytes(),
        ];
        for form in forms {
            for before in 0..17 {
                let text = [vec![b'.'; before], form.clone(), b".".to_vec()].concat();
                assert_eq!(found(&text), [(before, 0)], "{}", String::from_utf8_lossy(&text));
                let text = [vec![b'x'; before], form.clone(), b"y".to_vec()].concat();
                assert_eq!(found(&text).first(), Some(&(before, 0)), "{}", String::from_utf8_lossy(&text));
            }
        }
        assert_eq!(found(b""), []);
    }

    #[test]
    fn a_token_in_another_case_is_told_as_that_and_hex_in_another_case_is_not() {
        let how = |text: &[u8]| {
            let mut all = Vec::new();
            literals().find(text, |_, _, _, how| all.push(how));
            all.dedup();
            all
        };
        assert!(how(TOKEN.as_bytes()).contains(&""));
        assert_eq!(how(TOKEN.to_uppercase().as_bytes()), ["in another case"]);
        assert_eq!(how(&hex(TOKEN.as_bytes()).to_ascii_uppercase()), ["in hex"]);
    }

    #[test]
    fn very_many_tokens_are_found_as_well_as_one() {
        let text = |at: u32| {
            format!("p{}", URL_SAFE_NO_PAD.encode([at.to_be_bytes(), [7; 4], at.to_le_bytes()].concat()) + "abcdefgh")
        };
        let tokens: Vec<String> = (0..70_000).map(text).collect();
        let literals = Literals::new(tokens.iter().map(String::as_bytes).zip(0..), None);
        for before in 0..9 {
            let mut all = Vec::new();
            let text = "x".repeat(before) + &text(69_123);
            literals.find(text.as_bytes(), |at, _, what, _| all.push((at, what)));
            assert_eq!(all, [(before, 69_123)]);
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
            base32(&bytes),
            base32(text.as_bytes()),
            hex(text.as_bytes()),
            format!("slk1_{}", "A".repeat(48)).into_bytes(),
        ];
        for form in forms {
            assert!(found(&form).iter().any(|(_, what)| *what == SECRET), "{}", String::from_utf8_lossy(&form));
        }
        // Read to the end at each beginning, it would take hours.
        let mut count = 0;
        literals().find_plain(&b"slk1_".repeat(1 << 18), &mut |_, _, _, _| count += 1);
        assert!(count > 1000);
        assert_eq!(found(b"secrets begin with slk1_ and are long"), []);
    }
}
