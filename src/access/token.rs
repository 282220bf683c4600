//! Addresses and names that only the root secret can produce.
//!
//! Who knows a page token can open the page, so none of them shows itself whole by accident: debug
//! and display forms are shortened, comparison takes the same time whatever is in them, and the
//! whole is only given by a method that says so.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// How many characters a token has behind its letter.
pub const TOKEN_BODY: usize = 24;
/// How many characters a private file name has behind its letter.
pub const NAME_BODY: usize = 16;

/// Shortens a token or name for people: the day, where it has one, and the first six characters.
pub fn shortened(segment: &str) -> String {
    let start = match segment.as_bytes() {
        [day @ .., _] if day.len() > 8 && day[8] == b'-' && day[..8].iter().all(u8::is_ascii_digit) => 9,
        _ => 0,
    };
    let end = segment.char_indices().nth(start + 6).map_or(segment.len(), |(place, _)| place);
    format!("{}…", &segment[..end])
}

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $name {
            /// The whole, as it stands in an address: whoever sees it can use it.
            pub fn path_segment(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&shortened(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&shortened(&self.0))
            }
        }
    };
}

secret_text!(
    /// The address of a link's page: `/g/<token>/`.
    PageToken
);
secret_text!(
    /// The address of an audience's files: `/x/<token>/`.
    AssetsToken
);
secret_text!(
    /// The name of a private file, without its extension.
    PrivateName
);

impl PageToken {
    pub(super) fn new(day: &str, bytes: [u8; 18]) -> Self {
        Self(dated(day, 'p', bytes))
    }
}

impl AssetsToken {
    pub(super) fn new(day: &str, bytes: [u8; 18]) -> Self {
        Self(dated(day, 'a', bytes))
    }
}

impl PrivateName {
    pub(super) fn new(bytes: [u8; 12]) -> Self {
        Self(format!("i{}", URL_SAFE_NO_PAD.encode(bytes)))
    }
}

fn dated(day: &str, letter: char, bytes: [u8; 18]) -> String {
    let dash = if day.is_empty() { "" } else { "-" };
    format!("{day}{dash}{letter}{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_show_themselves_shortened_and_give_the_whole_on_request() {
        let token = PageToken::new("20270630", [7; 18]);
        assert_eq!(token.path_segment(), "20270630-pBwcHBwcHBwcHBwcHBwcHBwcH");
        assert_eq!(format!("{token} {token:?}"), "20270630-pBwcHB… 20270630-pBwcHB…");
        assert_eq!(AssetsToken::new("", [7; 18]).to_string(), "aBwcHB…");
        assert_eq!(shortened("é"), "é…");
    }
}
