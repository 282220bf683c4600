//! Codes and passwords: what a person types to open a sealed gallery, or to find a link.
//!
//! A code belongs to a link and comes from the root secret; a password was chosen by the photographer. Both are read as people
//! type them: however they are spaced, whatever a keyboard made of their dashes, and a code in any case.

use std::fmt;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The symbols of codes, in the order of their values: Crockford's base32.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many symbols a code has: 14 with 70 bits, and two that check them.
pub const CODE_LENGTH: usize = 16;
const DATA: usize = CODE_LENGTH - 2;

/// A link's code. Overwritten in memory when dropped; hidden in debug output; compared in constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkCode([u8; CODE_LENGTH]);

/// Why typed text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// It has a symbol that no code has.
    Symbol,
    /// It has more or fewer than 16 symbols.
    Length,
    /// Its last two symbols do not fit the others: something was mistyped.
    Check,
}

impl LinkCode {
    /// The code that the first 70 of these bits stand for.
    pub(super) fn from_entropy(entropy: &[u8; 9]) -> Self {
        let mut symbols = [0; CODE_LENGTH];
        for (place, symbol) in symbols[..DATA].iter_mut().enumerate() {
            let bits = (0..5).map(|bit| 5 * place + bit);
            let value = bits.fold(0, |value, bit| value << 1 | entropy[bit / 8] >> (7 - bit % 8) & 1);
            *symbol = SYMBOLS[usize::from(value)];
        }
        let check = check_symbols(&symbols[..DATA]);
        symbols[DATA..].copy_from_slice(&check);
        Self(symbols)
    }

    /// The whole as people read it, `XXXX-XXXX-XXXX-XXXX`: whoever sees it can use it.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CODE_LENGTH + 3));
        for (place, symbol) in self.0.iter().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(*symbol));
        }
        text
    }

    /// The sixteen symbols, which keys are stretched from and which stand in a link's fragment.
    pub fn symbols(&self) -> &[u8; CODE_LENGTH] {
        &self.0
    }
}

impl PartialEq for LinkCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for LinkCode {}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode(hidden)")
    }
}

/// A password in its normal form, never empty. Overwritten in memory when dropped; hidden in debug output; compared in
/// constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// The whole: whoever sees it can use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// What a person typed at a sealed gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedSecret {
    /// A valid code.
    Code(LinkCode),
    /// Anything else.
    Password(Password),
}

impl TypedSecret {
    /// The bytes that keys are stretched from.
    pub fn expose_bytes(&self) -> &[u8] {
        match self {
            Self::Code(code) => code.symbols(),
            Self::Password(password) => password.expose().as_bytes(),
        }
    }
}

/// The code that is meant by what a person typed.
///
/// # Errors
/// Text that is no code, with the first reason: a foreign symbol, the length, the check.
pub fn normal_code(typed: &str) -> Result<LinkCode, CodeFault> {
    let mut code = LinkCode([0; CODE_LENGTH]);
    let mut length = 0;
    for c in typed.nfkc().flat_map(char::to_uppercase).filter(|c| !is_ignored(*c)) {
        let meant = match c {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        let symbol = u8::try_from(meant).ok().filter(|symbol| SYMBOLS.contains(symbol)).ok_or(CodeFault::Symbol)?;
        if let Some(place) = code.0.get_mut(length) {
            *place = symbol;
        }
        length += 1;
    }
    if length != CODE_LENGTH {
        return Err(CodeFault::Length);
    }
    let fits = check_symbols(&code.0[..DATA]).ct_eq(&code.0[DATA..]);
    if fits.into() { Ok(code) } else { Err(CodeFault::Check) }
}

/// The password that is meant by what a person typed; none where nothing was.
pub fn normal_password(typed: &str) -> Option<Password> {
    let normal: Zeroizing<String> = Zeroizing::new(typed.nfkc().collect());
    let trimmed = normal.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    (!trimmed.is_empty()).then(|| Password(trimmed.to_owned()))
}

/// What a person typed at a sealed gallery: a valid code means the code, anything else a password; none where nothing was
/// typed.
pub fn typed_secret(typed: &str) -> Option<TypedSecret> {
    match normal_code(typed) {
        Ok(code) => Some(TypedSecret::Code(code)),
        Err(_) => normal_password(typed).map(TypedSecret::Password),
    }
}

/// What stands between symbols, or slips in when text is copied: white space, control and format characters, and dashes.
fn is_ignored(c: char) -> bool {
    use GeneralCategory as G;
    matches!(c, '_' | '.' | '\u{2212}')
        || matches!(
            CodePointMapData::<G>::new().get(c),
            G::DashPunctuation | G::SpaceSeparator | G::LineSeparator | G::ParagraphSeparator | G::Control | G::Format
        )
}

/// The two symbols that check others: over GF(32), `Σ αⁱ·cᵢ` and `Σ α²ⁱ·cᵢ`. They differ for any one or two wrong symbols and
/// for any swap.
fn check_symbols(data: &[u8]) -> [u8; 2] {
    // By Horner's rule, from the last symbol to the first.
    let (one, two) = data.iter().rev().fold((0, 0), |(one, two), symbol| {
        let value = SYMBOLS.iter().position(|known| known == symbol).unwrap_or_default();
        (times_alpha(one) ^ value, times_alpha(times_alpha(two)) ^ value)
    });
    [SYMBOLS[one], SYMBOLS[two]]
}

/// A value of GF(32) times α, by x⁵ + x³ + 1.
fn times_alpha(value: usize) -> usize {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_1001 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(code: &LinkCode) -> Vec<u8> {
        code.symbols().to_vec()
    }

    #[test]
    fn one_or_two_wrong_symbols_and_a_swap_are_told_from_a_wrong_code() {
        let right = symbols(&LinkCode::from_entropy(b"\x1c\xf3\x96\xa9\xb0\x27\x7c\xd1\x55"));
        let typed = |symbols: &[u8]| normal_code(std::str::from_utf8(symbols).unwrap());
        assert!(typed(&right).is_ok());
        for first in 0..CODE_LENGTH {
            for one in SYMBOLS.iter().filter(|one| **one != right[first]) {
                let mut wrong = right.clone();
                wrong[first] = *one;
                assert_eq!(typed(&wrong), Err(CodeFault::Check));
                for second in first + 1..CODE_LENGTH {
                    let mut twice = wrong.clone();
                    twice[second] = SYMBOLS[(usize::from(twice[second]) * 7 + first) % 32];
                    assert!(twice[second] == right[second] || typed(&twice) == Err(CodeFault::Check));
                }
            }
            for second in (first + 1..CODE_LENGTH).filter(|second| right[*second] != right[first]) {
                let mut swapped = right.clone();
                swapped.swap(first, second);
                assert_eq!(typed(&swapped), Err(CodeFault::Check));
            }
        }
    }

    #[test]
    fn what_stands_between_symbols_does_not_count_and_what_looks_alike_is_read_as_meant() {
        let plain = normal_code("0000-0000-0000-0000").unwrap();
        for typed in
            ["oooo OOOO\t0000_0000", "\u{ff10}000\u{2013}0000\u{2014}0000.0000\r\n", "\u{200f}0000000000000000\u{feff}"]
        {
            assert_eq!(normal_code(typed), Ok(plain.clone()), "{typed:?}");
        }
        for typed in ["0000-0000-0000-000u", "0000,0000,0000,0000", "\u{1f511}", "ñ"] {
            assert_eq!(normal_code(typed), Err(CodeFault::Symbol), "{typed:?}");
        }
        assert_eq!(normal_code(&"0".repeat(100_000)), Err(CodeFault::Length));
    }

    #[test]
    fn a_valid_code_is_a_code_and_anything_else_a_password() {
        assert_eq!(typed_secret("oooo-oooo-oooo-oooo").unwrap().expose_bytes(), b"0000000000000000");
        assert_eq!(typed_secret(" 0000-0000-0000-0001").unwrap().expose_bytes(), b"0000-0000-0000-0001");
        assert!(typed_secret(" \u{3000}\n").is_none());
    }

    #[test]
    fn neither_shows_itself() {
        let both = (typed_secret("0000-0000-0000-0000"), typed_secret("two words"));
        let shown = format!("{both:?}");
        assert_eq!(shown, "(Some(Code(LinkCode(hidden))), Some(Password(Password(hidden))))");
    }
}
