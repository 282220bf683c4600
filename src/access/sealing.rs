//! What sealed galleries, the look-up page and the record of what is online derive from the root secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::keys::{Keys, VERSION, mac, pae};
use super::scope::Scope;

/// The key that every file of one scope is sealed under. Overwritten in memory when dropped; hidden in debug output.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey(Box<[u8; 32]>);

impl ContentKey {
    /// The key that a slot of the gallery held.
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(Box::new(*bytes))
    }

    /// The key itself, to be wrapped in slots.
    pub(crate) fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key material of the file with this name.
    pub(crate) fn file_key(&self, name: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(self.0.as_slice(), &[&pae(&[VERSION, b"file", name.as_bytes()])]))
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(hidden)")
    }
}

/// Seals the files of one scope. Overwritten in memory when dropped; hidden in debug output.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Sealing {
    content: ContentKey,
    salts: Box<[u8; 32]>,
}

impl Sealing {
    /// The key that opens what this seals.
    pub fn content_key(&self) -> &ContentKey {
        &self.content
    }

    /// The salt of a file: its name, its record size, its padded length in bytes, and the SHA-256 of its plain text decide
    /// it, so two plain texts never share a key and a nonce.
    pub(crate) fn salt_of(&self, name: &str, record_size: u32, padded: u64, sha256: &[u8; 32]) -> [u8; 16] {
        let fields =
            pae(&[b"file", name.as_bytes(), &record_size.to_be_bytes(), &padded.to_be_bytes(), sha256.as_slice()]);
        first_16(mac(self.salts.as_slice(), &[&fields]))
    }
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealing(hidden)")
    }
}

impl Keys {
    /// What seals the files of one scope.
    pub fn sealing(&self, scope: &Scope) -> Sealing {
        Sealing {
            content: self.content_key(scope),
            salts: Box::new(scope.with_fields(&[b"seal-salt"], |f| self.derive(f))),
        }
    }

    /// The key that the slots of one scope hold.
    pub(crate) fn content_key(&self, scope: &Scope) -> ContentKey {
        ContentKey(Box::new(scope.with_fields(&[b"content-key"], |fields| self.derive(fields))))
    }

    /// The name of the record of what is online, which lies on the target and names every link. `of` is the target, where its record
    /// lies elsewhere.
    pub fn state_name(&self, of: Option<&str>) -> String {
        let fields = [Some(&b"publish-state-name"[..]), of.map(str::as_bytes)];
        let fields: Vec<&[u8]> = fields.into_iter().flatten().collect();
        format!("s{}.bin", URL_SAFE_NO_PAD.encode(self.derive::<18>(&fields)))
    }

    /// What seals that record.
    pub fn state_sealing(&self) -> Sealing {
        Sealing {
            content: ContentKey(Box::new(self.derive(&[b"publish-state-key"]))),
            salts: Box::new(self.derive(&[b"publish-state-salt"])),
        }
    }

    /// The salt with which codes are stretched for the look-up page; published there.
    pub fn code_salt(&self) -> [u8; 16] {
        self.derive(&[b"code-salt"])
    }

    /// The salt with which the passwords and codes of one scope are stretched; published in its slots.
    pub(crate) fn password_salt(&self, scope: &Scope) -> [u8; 16] {
        scope.with_fields(&[b"password-salt"], |fields| self.derive(fields))
    }

    /// A slot that nothing opens, so that the number of slots tells little.
    pub(crate) fn dummy_slot(&self, scope: &Scope, number: u32) -> ([u8; 16], [u8; 48]) {
        let number = number.to_be_bytes();
        let id = scope.with_fields(&[b"dummy"], |fields| self.derive(&[fields, &[&number]].concat()));
        let half = |half: u32| -> [u8; 24] {
            let half = half.to_be_bytes();
            scope.with_fields(&[b"dummy-wrapped"], |fields| self.derive(&[fields, &[&number, &half]].concat()))
        };
        let mut wrapped = [0; 48];
        wrapped[..24].copy_from_slice(&half(0));
        wrapped[24..].copy_from_slice(&half(1));
        (id, wrapped)
    }

    /// The salt of a locator's file: its name and the SHA-256 of its content decide it.
    pub(crate) fn locator_salt(&self, name: &str, sha256: &[u8; 32]) -> [u8; 16] {
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(self.derive(&[b"locator-salt"]));
        first_16(mac(key.as_slice(), &[&pae(&[b"locator", name.as_bytes(), sha256])]))
    }
}

fn first_16(whole: [u8; 32]) -> [u8; 16] {
    std::array::from_fn(|place| whole[place])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Mode, Secret};

    #[test]
    fn every_scope_has_the_content_key_of_the_vectors() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/vectors-v1.json")).unwrap();
        let keys = Keys::new(&Secret::of_published_vectors());
        let gallery = vectors["gallery"].as_str().unwrap().parse().unwrap();
        let passwords: Vec<&[u8]> =
            vectors["passwords"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().as_bytes()).collect();
        let scopes = vectors["scopes"].as_object().unwrap();
        assert_eq!(scopes.len(), 7);
        for (name, expected) in scopes {
            let audience = expected["audience"].as_str().unwrap();
            let tagged = expected["password_tag"] != "";
            let scope = Scope {
                gallery,
                audience: audience.to_owned(),
                mode: if expected["mode"] == "sealed" { Mode::Sealed } else { Mode::Private },
                epoch: u32::try_from(expected["epoch"].as_u64().unwrap()).unwrap(),
                password_tag: keys.password_tag(gallery, audience, if tagged { &passwords } else { &[] }),
                dead: expected["dead"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|id| id.as_str().unwrap().parse().unwrap())
                    .collect(),
            };
            let key = URL_SAFE_NO_PAD.encode(keys.sealing(&scope).content_key().expose_bytes());
            assert_eq!(key, expected["content_key"].as_str().unwrap(), "{name}");
        }
    }
}
