//! The root secret: 32 random bytes that every private address of a site comes from.
//!
//! It is never printed, compared openly or kept longer than needed. Its text form carries a prefix
//! that scanners for leaked secrets can look for, and a check that tells a typing error from another secret.

use std::fmt;
use std::sync::LazyLock;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeError, Engine as _};
use memchr::memmem::Finder;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::gate::is_symbol;
use crate::{Code, Error, Result};

/// What every text form begins with.
pub const PREFIX: &str = "slk1_";
/// The length of the text form in characters.
pub const TEXT_LENGTH: usize = 53;
/// Fewer different bytes than this are not 32 random bytes: fewer than one in 10²⁰ random secrets have so few.
const LEAST_DISTINCT: usize = 16;
const BODY: std::ops::Range<usize> = 5..48;
/// So many symbols behind the prefix are looked at where anything of the shape counts.
const LONGEST_SHAPE: usize = 64;

/// The root of the published test vectors: known to everyone, so no site may use it.
const PUBLISHED_ROOT: [u8; 32] = [
    0x83, 0xdc, 0x08, 0x66, 0x1e, 0x07, 0x3b, 0x21, 0xf2, 0xa1, 0x20, 0x59, 0x16, 0xbf, 0xd7, 0x26, 0x2a, 0x56, 0x59,
    0x99, 0xf3, 0xfb, 0xf8, 0x58, 0x70, 0x26, 0x4b, 0x5c, 0x48, 0x13, 0xe4, 0x32,
];

/// The root secret of a site. Overwritten in memory when dropped; hidden in debug output.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret(Box<[u8; 32]>);

impl Secret {
    /// The secret that 32 fresh random bytes are.
    ///
    /// # Errors
    /// Bytes that cannot be random: fewer than 16 different ones.
    pub fn generate(entropy: [u8; 32]) -> Result<Self> {
        let entropy = Zeroizing::new(entropy);
        Self::checked(Box::new(*entropy))
    }

    /// Reads the text form, `slk1_<43 characters>_<4 characters>`; one line end behind it is allowed.
    ///
    /// # Errors
    /// A wrong prefix, length, symbol or check; base64 that is not canonical; bytes that cannot be random;
    /// the root of the published test vectors. No message repeats any part of the text.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        if !text.starts_with(PREFIX) {
            return Err(damaged("the secret does not begin with `slk1_`").hint(
                "create one with `safelight secret new`; give the whole line, without quotes or a name in front",
            ));
        }
        if text.len() != TEXT_LENGTH {
            return Err(damaged(format!(
                "the secret has {} characters instead of {TEXT_LENGTH}",
                text.chars().count()
            ))
            .hint("copy it again: it seems to be cut off or to have extra characters"));
        }
        let bytes = text.as_bytes();
        if bytes[BODY.end] != b'_' {
            return Err(damaged("the secret has no `_` in front of its last four characters").hint("copy it again"));
        }
        let mut root = Box::new([0_u8; 32]);
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(&bytes[BODY]).map_err(not_base64)?);
        // 43 characters of canonical base64 are 32 bytes.
        if decoded.len() != root.len() {
            return Err(damaged("the secret does not contain 32 bytes").hint("copy it again"));
        }
        root.copy_from_slice(&decoded);
        let check = URL_SAFE_NO_PAD.decode(&bytes[BODY.end + 1..]).map_err(not_base64)?;
        let secret = Self(root);
        if !bool::from(check.ct_eq(&secret.check())) {
            return Err(damaged("the secret's checksum (its last four characters) does not match")
                .hint("a character is wrong: copy the secret again from its source"));
        }
        Self::checked(secret.0.clone())
    }

    /// The text form, to be written to where the photographer keeps it and nowhere else.
    pub fn expose_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(TEXT_LENGTH));
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(self.0.as_slice(), &mut text);
        text.push('_');
        URL_SAFE_NO_PAD.encode_string(self.check(), &mut text);
        text
    }

    /// The 32 bytes, for the derivation of keys and for an audit that looks for them.
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same secret, in constant time.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_slice()).into()
    }

    fn check(&self) -> [u8; 3] {
        let mut hash = Sha256::new();
        hash.update(b"safelight/v1 secret");
        hash.update(self.0.as_slice());
        let digest = hash.finalize();
        [digest[0], digest[1], digest[2]]
    }

    fn checked(root: Box<[u8; 32]>) -> Result<Self> {
        let secret = Self(root);
        let mut seen = [false; 256];
        secret.0.iter().for_each(|byte| seen[usize::from(*byte)] = true);
        if seen.iter().filter(|seen| **seen).count() < LEAST_DISTINCT {
            return Err(damaged("the secret is not random: too few of its bytes differ")
                .hint("create one with `safelight secret new`"));
        }
        if secret.0.as_slice() == PUBLISHED_ROOT {
            return Err(damaged("this is the published secret of the test vectors, which everyone knows")
                .hint("create your own with `safelight secret new`"));
        }
        Ok(secret)
    }

    /// The root of the published vectors, which [`Secret::parse`] refuses; for checking the derivations alone.
    #[doc(hidden)]
    pub fn of_published_vectors() -> Self {
        Self(Box::new(PUBLISHED_ROOT))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Refuses a text in which a secret stands, such as `site.toml`.
///
/// # Errors
/// Anything of the shape of a secret's text form, with its line; the text itself is not repeated.
pub fn refuse_secret_in(text: &str, file: &std::path::Path) -> Result<()> {
    let Some((start, _)) = shapes(text.as_bytes()).next() else { return Ok(()) };
    let before = &text[..start];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    Err(Error::new(Code::SecretInSite, "this file contains a root secret")
        .at_line(file, line, before[line_start..].chars().count() + 1)
        .hint("remove it, create a new one with `safelight secret new`, and treat the old one as compromised"))
}

/// Where something stands that has the shape of a secret's text form, and how long it is.
pub(crate) fn shapes(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(PREFIX));
    FINDER.find_iter(text).filter_map(|at| {
        // One beginning may follow another: looked at to the end each, they would cost the file's length squared.
        let body = text[at + PREFIX.len()..].iter().take(LONGEST_SHAPE);
        let length = body.take_while(|byte| is_symbol(byte)).count();
        (length >= BODY.len()).then_some((at, PREFIX.len() + length))
    })
}

fn not_base64(error: DecodeError) -> Error {
    match error {
        DecodeError::InvalidLastSymbol { .. } => {
            damaged("the secret is not in canonical form: a character has spare bits")
                .hint("a character is wrong: copy the secret again from its source")
        }
        _ => damaged("the secret contains an invalid character")
            .hint("copy it again: it has only A-Z, a-z, 0-9, `-` and `_`"),
    }
}

fn damaged(message: impl Into<String>) -> Error {
    Error::new(Code::SecretDamaged, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entropy() -> [u8; 32] {
        std::array::from_fn(|place| (place * 7 + 3) as u8)
    }

    fn message(text: &str) -> String {
        let error = Secret::parse(text).unwrap_err();
        assert_eq!(error.code, Code::SecretDamaged);
        assert!(error.hint.is_some(), "{text}");
        error.message
    }

    #[test]
    fn the_text_form_comes_back_as_the_same_secret() {
        let secret = Secret::generate(entropy()).unwrap();
        let text = secret.expose_text();
        assert_eq!(text.len(), TEXT_LENGTH);
        for form in [text.to_string(), format!("{}\n", *text), format!("{}\r\n", *text)] {
            assert!(Secret::parse(&form).unwrap().is_same(&secret));
        }
    }

    #[test]
    fn each_refusal_says_what_is_wrong_and_never_repeats_the_text() {
        let good = Secret::generate(entropy()).unwrap().expose_text().to_string();
        let replaced = |place: usize, with: char| {
            let mut text: Vec<char> = good.chars().collect();
            text[place] = with;
            text.into_iter().collect::<String>()
        };
        // The 43rd character carries two spare bits.
        let last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let place = last.iter().position(|symbol| *symbol == good.as_bytes()[47]).unwrap();
        let few: [u8; 32] = std::array::from_fn(|place| (place % 15) as u8);
        let few = Secret(Box::new(few)).expose_text().to_string();
        let messages = [
            message(&good[5..]),
            message(&good[..52]),
            message(&replaced(48, '-')),
            message(&replaced(9, '+')),
            message(&replaced(47, last[place + 1] as char)),
            message(&replaced(52, if good.ends_with('A') { 'B' } else { 'A' })),
            message(&few),
            message(&Secret::of_published_vectors().expose_text()),
        ];
        let different: std::collections::BTreeSet<_> = messages.iter().collect();
        assert_eq!(different.len(), messages.len(), "{messages:#?}");
        assert!(messages.iter().all(|message| !message.contains(&good[5..20])));
        assert_eq!(message(&format!("{good}\n\n")), "the secret has 54 characters instead of 53");
        assert_eq!(message(""), "the secret does not begin with `slk1_`");
        assert!(message(&format!("slk1_{}", "é".repeat(24))).contains("`_`"));
    }

    #[test]
    fn debug_output_hides_the_secret() {
        assert_eq!(format!("{:?}", Secret::generate(entropy()).unwrap()), "Secret(hidden)");
    }

    #[test]
    fn entropy_that_is_not_random_is_damaged() {
        assert!(Secret::generate([0; 32]).is_err());
    }

    #[test]
    fn a_secret_in_a_settings_file_is_found_with_its_line() {
        let text = Secret::generate(entropy()).unwrap().expose_text().to_string();
        let error = refuse_secret_in(&format!("title = \"A\"\nkey = \"{text}\"\n"), "site.toml".as_ref()).unwrap_err();
        assert_eq!(error.place.as_ref().and_then(|place| Some((place.line?, place.column?))), Some((2, 8)));
        assert!(!error.message.contains("slk1_g") && !format!("{error:?}").contains(&text[5..]));
        assert!(refuse_secret_in("secrets begin with slk1_ and are long", "site.toml".as_ref()).is_ok());
    }
}
