//! Every derivation from the root secret that addresses and names need.
//!
//! HKDF with SHA-256 (RFC 5869) over PASETO's pre-authentication encoding, so that no two lists of
//! fields can be taken for each other. `docs/security.md` has the whole scheme.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::Date;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::code::LinkCode;
use super::identifier::{GalleryId, LinkId};
use super::scope::{PasswordTag, Scope};
use super::secret::Secret;
use super::token::{AssetsToken, PageToken, PrivateName};
use crate::{Code, Error, Result};

pub(crate) const VERSION: &[u8] = b"safelight/v1";

/// The keys of one root secret. Overwritten in memory when dropped; hidden in debug output.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Keys(Box<[u8; 32]>);

impl Keys {
    /// Extracts the keys from a root secret.
    pub fn new(secret: &Secret) -> Self {
        Self(Box::new(mac(VERSION, &[secret.expose_bytes()])))
    }

    /// The public name of the root: which secret a ledger belongs to.
    pub fn root_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.derive::<12>(&[b"root-id"]))
    }

    /// Refuses any root but the one that `expected` names; `file` is the ledger that says so.
    ///
    /// # Errors
    /// Another root's keys.
    pub fn require_root(&self, expected: &str, file: &std::path::Path) -> Result<()> {
        if self.root_id() == expected {
            return Ok(());
        }
        Err(Error::new(Code::SecretWrong, "the secret is not the one that this site's links were derived from")
            .at(file)
            .hint(
                "use this site's secret; if it is lost or you want another, `safelight secret rotate --compromised` \
                 gives every link a new address",
            ))
    }

    /// The address of a link's page; `last_day` where the link carries it in its address.
    pub fn page_token(&self, gallery: GalleryId, link: LinkId, last_day: Option<Date>) -> PageToken {
        let day = digits(last_day);
        PageToken::new(&day, self.derive(&[b"page", day.as_bytes(), gallery.as_bytes(), link.as_bytes()]))
    }

    /// The address of an audience's files; `last_day` where the site has dated links and the gallery ends.
    pub fn assets_token(&self, scope: &Scope, last_day: Option<Date>) -> AssetsToken {
        let day = digits(last_day);
        AssetsToken::new(&day, scope.with_fields(&[b"assets", day.as_bytes()], |fields| self.derive(fields)))
    }

    /// The key that names the files of one scope.
    pub fn name_key(&self, scope: &Scope) -> NameKey {
        NameKey(Box::new(scope.with_fields(&[b"name-key"], |fields| self.derive(fields))))
    }

    /// The mark of an audience's chosen passwords, which come in their normal form; none where none was chosen.
    pub fn password_tag(&self, gallery: GalleryId, audience: &str, passwords: &[&[u8]]) -> Option<PasswordTag> {
        let mut sorted = passwords.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut fields: Vec<&[u8]> = vec![b"passwords", gallery.as_bytes(), audience.as_bytes()];
        fields.extend(&sorted);
        (!sorted.is_empty()).then(|| PasswordTag(self.derive(&fields)))
    }

    /// The code of a link, which opens a sealed gallery and leads to the link at the look-up page.
    pub fn link_code(&self, gallery: GalleryId, link: LinkId) -> LinkCode {
        let entropy = Zeroizing::new(self.derive(&[b"link-code", gallery.as_bytes(), link.as_bytes()]));
        LinkCode::from_entropy(&entropy)
    }

    /// `D(fields…; LENGTH)`: one block of HKDF-Expand, so at most 32 bytes.
    pub(super) fn derive<const LENGTH: usize>(&self, fields: &[&[u8]]) -> [u8; LENGTH] {
        let mut all = Vec::with_capacity(fields.len() + 1);
        all.push(VERSION);
        all.extend(fields);
        expand(self.0.as_slice(), &pae(&all))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

/// Names the files of one scope. Overwritten in memory when dropped; hidden in debug output.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct NameKey(Box<[u8; 32]>);

impl NameKey {
    /// The name, without extension, of what `recipe` makes of the photo with this SHA-256.
    pub fn image(&self, source_sha256: &[u8; 32], recipe: &str) -> PrivateName {
        self.name(b"image", source_sha256, Some(recipe.as_bytes()))
    }

    /// The name, without `.html`, of the page of the photo at `path` within its gallery.
    pub fn page(&self, path: &str) -> PrivateName {
        let path: String = path.nfc().collect();
        self.name(b"page", path.as_bytes(), None)
    }

    fn name(&self, label: &[u8], first: &[u8], second: Option<&[u8]>) -> PrivateName {
        let mut fields = vec![label, first];
        fields.extend(second);
        let whole = mac(self.0.as_slice(), &[&pae(&fields)]);
        let mut short = [0; 12];
        short.copy_from_slice(&whole[..12]);
        PrivateName::new(short)
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(hidden)")
    }
}

/// PASETO's pre-authentication encoding: the count of the fields, then each with its length.
pub fn pae(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 + fields.iter().map(|field| field.len() + 8).sum::<usize>());
    out.extend_from_slice(&(fields.len() as u64).to_le_bytes());
    for field in fields {
        out.extend_from_slice(&(field.len() as u64).to_le_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// A day as eight digits; empty for none.
pub(super) fn digits(day: Option<Date>) -> String {
    day.map(|day| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())).unwrap_or_default()
}

/// One block of HKDF-Expand (RFC 5869) with SHA-256, so at most 32 bytes.
pub(crate) fn expand<const LENGTH: usize>(key: &[u8], info: &[u8]) -> [u8; LENGTH] {
    const { assert!(LENGTH <= 32) };
    let mut block = mac(key, &[info, &[1]]);
    let mut out = [0; LENGTH];
    out.copy_from_slice(&block[..LENGTH]);
    block.zeroize();
    out
}

/// HMAC with SHA-256 (RFC 2104) of the parts, one after the other.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length (RFC 2104).
    #[expect(clippy::expect_used, reason = "the error is for algorithms with keys of one length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_photo_page_does_not_depend_on_how_its_letters_are_composed() {
        let keys = Keys::new(&Secret::of_published_vectors());
        let scope = Scope {
            gallery: "k3v9q2m7t4xa".parse().unwrap(),
            audience: String::new(),
            mode: super::super::Mode::Private,
            epoch: 1,
            password_tag: None,
            dead: Default::default(),
        };
        let names = keys.name_key(&scope);
        assert_eq!(names.page("caf\u{e9}.jpg"), names.page("cafe\u{301}.jpg"));
        assert_ne!(names.page("a.jpg"), names.page("b.jpg"));
        assert_eq!(format!("{keys:?} {names:?}"), "Keys(hidden) NameKey(hidden)");
    }

    #[test]
    fn another_root_is_refused() {
        let keys = Keys::new(&Secret::of_published_vectors());
        assert!(keys.require_root("m8TUJsIqZj_F81MJ", "access.toml".as_ref()).is_ok());
        let error = keys.require_root("m8TUJsIqZj_F81MK", "access.toml".as_ref()).unwrap_err();
        assert_eq!(error.code, Code::SecretWrong);
    }
}
