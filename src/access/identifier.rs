//! Ids of galleries and links: twelve random symbols that mean nothing.

use std::fmt;
use std::str::FromStr;

use crate::{Code, Error, Result};

/// How many symbols an id has: 60 bits.
pub const ID_LENGTH: usize = 12;

const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn from_entropy(entropy: [u8; 8]) -> [u8; ID_LENGTH] {
    let number = u64::from_be_bytes(entropy);
    std::array::from_fn(|place| SYMBOLS[(number >> (5 * place) & 31) as usize])
}

fn parse(text: &str, of: &str) -> Result<[u8; ID_LENGTH]> {
    let bytes: [u8; ID_LENGTH] = text.as_bytes().try_into().map_err(|_| refused(text, of))?;
    if bytes.iter().all(|byte| SYMBOLS.contains(byte)) { Ok(bytes) } else { Err(refused(text, of)) }
}

fn refused(text: &str, of: &str) -> Error {
    let shown: String = text.chars().take(24).collect();
    Error::new(Code::InvalidId, format!("`{shown}` is not the id of a {of}"))
        .hint("an id is 12 characters from 0-9 and a-z without i, l, o and u; `safelight share` creates them")
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $of:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; ID_LENGTH]);

        impl $name {
            /// The id that 60 bits of fresh randomness stand for.
            pub fn from_entropy(entropy: [u8; 8]) -> Self {
                Self(from_entropy(entropy))
            }

            /// The twelve symbols.
            pub fn as_str(&self) -> &str {
                // Only ASCII symbols ever get in.
                std::str::from_utf8(&self.0).unwrap_or_default()
            }

            /// The bytes that derivations take.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Reads twelve lower-case symbols of Crockford's base32.
            ///
            /// # Errors
            /// Any other length or symbol.
            fn from_str(text: &str) -> Result<Self> {
                parse(text, $of).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|error: Error| serde::de::Error::custom(error.message))
            }
        }
    };
}

identifier!(
    /// The id of a gallery; it lies in the gallery's `gallery.toml` and travels with the folder.
    GalleryId,
    "gallery"
);
identifier!(
    /// The id of a link within its gallery.
    LinkId,
    "link"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_the_entropy_that_fits_reaches_the_id() {
        let zero = LinkId::from_entropy([0; 8]);
        assert_eq!(zero.as_str(), "000000000000");
        assert_eq!(LinkId::from_entropy([0xff; 8]).as_str(), "zzzzzzzzzzzz");
        for bit in 0..60u64 {
            assert_ne!(LinkId::from_entropy((1_u64 << bit).to_be_bytes()), zero, "bit {bit}");
        }
    }

    #[test]
    fn an_id_of_another_length_or_with_a_foreign_symbol_is_refused() {
        for text in ["", "k3v9q2m7t4x", "k3v9q2m7t4xaa", "K3v9q2m7t4xa", "i3v9q2m7t4xa", "k3v9q2m7t4x/", "k3v9q2m7t4é"]
        {
            assert!(text.parse::<GalleryId>().is_err(), "{text}");
        }
        assert_eq!("k3v9q2m7t4xa".parse::<GalleryId>().unwrap().as_str(), "k3v9q2m7t4xa");
    }
}
