//! The key of a gallery as one audience sees it: what a client's favourites name instead of an address.
//!
//! It is public. It tells nothing about a link, opens nothing, and stays the same when links are renewed or pictures move.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{Album, AlbumLocation};
use crate::access::GalleryId;

/// How many bytes of the hash a key has: twelve characters.
const KEY_BYTES: usize = 9;

impl Album {
    /// The key of the gallery for this audience, twelve characters of base64url.
    pub fn key(&self) -> String {
        match &self.place {
            AlbumLocation::Open(place) => key_of_open(&place.path),
            AlbumLocation::Private(place) => key_of_private(place.id, &place.audience),
        }
    }
}

/// The key of an open gallery in this folder of the output, such as `weddings/lake-house/`.
pub fn key_of_open(path: &str) -> String {
    // No id of a gallery is so short.
    key("open", path)
}

/// The key of a private gallery for one of its audiences; the empty one is everyone whom it was shared with.
pub fn key_of_private(gallery: GalleryId, audience: &str) -> String {
    key(gallery.as_str(), audience)
}

fn key(first: &str, second: &str) -> String {
    let hash = Sha256::digest(["safelight gallery", first, second].join("\0"));
    URL_SAFE_NO_PAD.encode(&hash[..KEY_BYTES])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `printf 'safelight gallery\0k3v9q2m7t4xa\0guests' | openssl sha256 -binary | head -c 9 | basenc --base64url`.
    #[test]
    fn a_key_is_the_beginning_of_a_hash() {
        let id: GalleryId = "k3v9q2m7t4xa".parse().unwrap();
        assert_eq!(key_of_private(id, "guests"), "HcgvN-vm2Sok");
        assert_eq!(key_of_private(id, ""), "GPih6BNwi9kk");
        assert_eq!(key_of_open("weddings/lake-house/"), "xvKb8btvjwbN");
    }

    #[test]
    fn no_two_galleries_or_audiences_share_a_key() {
        let (one, other): (GalleryId, GalleryId) = ("k3v9q2m7t4xa".parse().unwrap(), "k3v9q2m7t4xb".parse().unwrap());
        let keys = [
            key_of_private(one, ""),
            key_of_private(one, "guests"),
            key_of_private(other, ""),
            key_of_open(""),
            key_of_open("photos/"),
            key_of_open("k3v9q2m7t4xa/"),
        ];
        let different: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert!(keys.iter().all(|key| key.len() == 12));
    }
}
