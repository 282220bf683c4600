//! Locators: small files that lead from a code, typed at the look-up page, to the page of its link.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::file::{open_padded, seal_padded};
use super::records::Refusal;
use super::stretch::{Iterations, Stretched};
use crate::access::Keys;

/// To how many bytes the content of a locator is padded.
pub const LOCATOR_LENGTH: u64 = 1024;

/// What a code gives at the look-up page: the name of its locator and what opens it. Stretching is done once, when it is made.
pub struct LocatorKey(Stretched);

impl LocatorKey {
    /// Stretches the 16 symbols of a code with the salt of the look-up page ([`Keys::code_salt`]).
    pub fn new(symbols: &[u8], salt: &[u8; 16], iterations: Iterations) -> Self {
        Self(Stretched::new(symbols, salt, iterations))
    }

    /// The name of the code's locator below `e/`.
    pub fn name(&self) -> String {
        format!("e{}.bin", URL_SAFE_NO_PAD.encode(self.0.part::<18>("locator-path")))
    }

    /// The whole locator, which leads to `go`: the path of a link's page.
    pub fn seal(&self, keys: &Keys, go: &str) -> Vec<u8> {
        let form = Form { v: 1, go: go.to_owned() };
        #[expect(clippy::expect_used, reason = "the error is for maps whose keys are no text")]
        let content = serde_json::to_vec(&form).expect("a text and a number are JSON");
        let salt = keys.locator_salt(&self.name(), &Sha256::digest(&content).into());
        seal_padded(self.key().as_slice(), &salt, &content, LOCATOR_LENGTH)
    }

    /// Reads a locator: the path that it leads to.
    ///
    /// # Errors
    /// Anything but a locator that was sealed for this code.
    pub fn open(&self, sealed: &[u8]) -> Result<String, LocatorFault> {
        let mut content = Vec::new();
        open_padded(self.key().as_slice(), None, sealed, &mut content, |length| length.max(LOCATOR_LENGTH))
            .map_err(LocatorFault::Sealed)?;
        let form: Form = serde_json::from_slice(&content).map_err(|_| LocatorFault::Form)?;
        if form.v != 1 || !is_path_of_a_page(&form.go) {
            return Err(LocatorFault::Form);
        }
        Ok(form.go)
    }

    fn key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.part("locator-key"))
    }
}

impl fmt::Debug for LocatorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocatorKey(hidden)")
    }
}

/// Why a locator is refused.
#[derive(Debug)]
pub enum LocatorFault {
    /// It is not a file sealed for this code.
    Sealed(Refusal),
    /// What it holds leads nowhere.
    Form,
}

impl fmt::Display for LocatorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed(refusal) => refusal.fmt(f),
            Self::Form => f.write_str("does not lead to a page of this site"),
        }
    }
}

impl std::error::Error for LocatorFault {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u32,
    go: String,
}

/// A path on the same host: it begins and ends with one slash, and has nothing that leads elsewhere.
fn is_path_of_a_page(go: &str) -> bool {
    let plain = go.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte));
    plain && go.starts_with('/') && go.ends_with('/') && !go.contains("//") && !go.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Secret;
    use crate::sealed::{padme, records::HEADER};

    const GO: &str = "/g/pqHj2r_ZN1lEF10utN0Ktky71/";

    fn keys() -> Keys {
        Keys::new(&Secret::of_published_vectors())
    }

    fn key(symbols: &[u8]) -> LocatorKey {
        LocatorKey::new(symbols, &keys().code_salt(), Iterations::few())
    }

    #[test]
    fn a_locator_leads_its_own_code_to_its_link_and_all_are_of_one_length() {
        let key = key(b"3SSPTAE721FMA34X");
        let whole = key.seal(&keys(), GO);
        assert_eq!(key.open(&whole).unwrap(), GO);
        assert_eq!(whole.len(), HEADER + 1024 + 17);
        assert_eq!(key.seal(&keys(), "/photos/g/20270630-pIOO_39yE-9GhjfrKbsnHTYi0/").len(), whole.len());
        assert_eq!(key.seal(&keys(), GO), whole);
        let name = key.name();
        assert!(name.len() == 29 && name.starts_with('e') && name.ends_with(".bin"), "{name}");
        assert_eq!(format!("{key:?}"), "LocatorKey(hidden)");

        let other = self::key(b"3SSPTAE721FMA34Y");
        assert_ne!(other.name(), name);
        assert!(matches!(other.open(&whole), Err(LocatorFault::Sealed(Refusal::Record(1)))));
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            assert!(matches!(key.open(&damaged), Err(LocatorFault::Sealed(_))), "{place}");
        }
    }

    #[test]
    fn a_locator_leads_nowhere_else() {
        let key = key(b"3SSPTAE721FMA34X");
        let outside = [
            "",
            "/",
            "//evil.example/",
            "https://evil.example/",
            "javascript:alert(1)/",
            "/g/a",
            "g/a/",
            "/\\evil.example/",
            "/g/../../",
            "/g/a/?x=/",
            "/g/a/#/",
            "/g/ä/",
        ];
        for go in outside {
            let opened = key.open(&key.seal(&keys(), go));
            assert_eq!(opened.is_ok(), go == "/", "{go}: {opened:?}");
        }
        let sealed = |content: &[u8], padded| seal_padded(key.key().as_slice(), &[3; 16], content, padded);
        for content in
            [b"".as_slice(), b"{}", b"{\"v\":2,\"go\":\"/g/\"}", b"{\"v\":1,\"go\":\"/g/\",\"x\":1}", b"\xff"]
        {
            assert!(matches!(key.open(&sealed(content, LOCATOR_LENGTH)), Err(LocatorFault::Form)), "{content:?}");
        }
        let content = b"{\"v\":1,\"go\":\"/g/\"}";
        assert!(key.open(&sealed(content, LOCATOR_LENGTH)).is_ok());
        let short = key.open(&sealed(content, padme(content.len() as u64)));
        assert!(matches!(short, Err(LocatorFault::Sealed(Refusal::Length))));
    }
}
