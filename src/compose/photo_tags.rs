//! Photo tags: which photo a published file was made of, according to the record.
//!
//! A key is a hash, and says nothing of what it is a hash of. The keys of pictures and of photos' pages therefore begin
//! with marks: of the photo's bytes, and of where its file lies. So all that was published of a photo is found by the
//! record alone, whatever has become since of its file, of settings, names and addresses.

use std::ffi::OsStr;
use std::path::Path;

use crate::images::cache;
use crate::publish::Fingerprint;

/// One thing among a million is mistaken for another with a chance of one in a million.
const LENGTH: usize = 5;

/// Stands for the bytes of a photo, or for the place of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhotoTag([u8; LENGTH]);

/// The photo that a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoTags {
    /// Its file's place.
    pub place: PhotoTag,
    /// Its bytes.
    pub source: PhotoTag,
}

impl PhotoTag {
    /// The mark of a photo's bytes, from their SHA-256: its first bytes, with which the names in the cache begin too.
    pub fn of_source(sha256: &[u8; 32]) -> Self {
        Self::first(sha256)
    }

    /// The mark of a file's place: its folder below the folder of galleries, and its name.
    pub fn of_place(folder: &Path, name: &OsStr) -> Self {
        let mut hash = blake3::Hasher::new_derive_key("safelight record: place, 1");
        for part in folder.iter().chain([name]) {
            // No name has a slash in it.
            hash.update(part.as_encoded_bytes()).update(b"/");
        }
        Self::first(hash.finalize().as_bytes())
    }

    /// The bytes that stand in keys.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The mark that the key of a picture begins with.
    pub fn of_picture(key: &Fingerprint) -> Self {
        Self::first(&key.0)
    }

    /// The mark of the bytes that an entry of the cache is made of.
    pub fn of_cached(key: &cache::Key) -> Self {
        Self::first(&key.source())
    }

    /// The first bytes of what has more.
    fn first(bytes: &[u8]) -> Self {
        let mut mark = [0; LENGTH];
        mark.copy_from_slice(&bytes[..LENGTH]);
        Self(mark)
    }
}

impl PhotoTags {
    /// The marks that the key of a photo's page begins with.
    pub fn of_page(key: &Fingerprint) -> Self {
        Self { place: PhotoTag::first(&key.0), source: PhotoTag::first(&key.0[LENGTH..]) }
    }

    /// A page's key with these marks.
    pub(super) fn on_page(self, Fingerprint(mut key): Fingerprint) -> Fingerprint {
        key[..LENGTH].copy_from_slice(&self.place.0);
        key[LENGTH..2 * LENGTH].copy_from_slice(&self.source.0);
        Fingerprint(key)
    }
}

/// The mark of originals, behind that of their source, and the mark of ZIP files, in its place.
const ORIGINAL: [u8; LENGTH] = *b"orig\0";
const ARCHIVE: [u8; LENGTH] = *b"zip\0\0";

/// An original's key: the mark of its source, and that it is one.
pub(super) fn on_original(sha256: &[u8; 32], key: [u8; 16]) -> Fingerprint {
    let Fingerprint(mut key) = on_picture(sha256, key);
    key[LENGTH..2 * LENGTH].copy_from_slice(&ORIGINAL);
    Fingerprint(key)
}

/// The key of a ZIP file: that it is one.
pub fn archive_key(mut key: [u8; 16]) -> Fingerprint {
    key[..LENGTH].copy_from_slice(&ARCHIVE);
    Fingerprint(key)
}

/// Whether this is the key of an original.
pub fn is_original(key: &Fingerprint) -> bool {
    key.0[LENGTH..2 * LENGTH] == ORIGINAL
}

/// Whether this is the key of a ZIP file of photos.
pub fn is_archive(key: &Fingerprint) -> bool {
    key.0[..LENGTH] == ARCHIVE
}

/// A picture's key with the mark of its source.
pub(super) fn on_picture(sha256: &[u8; 32], mut key: [u8; 16]) -> Fingerprint {
    key[..LENGTH].copy_from_slice(&PhotoTag::of_source(sha256).0);
    Fingerprint(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_the_photo_and_still_what_its_bytes_depend_on() {
        let sha256 = std::array::from_fn(|at| at as u8);
        let (one, other) = (on_picture(&sha256, [7; 16]), on_picture(&sha256, [8; 16]));
        assert_eq!(
            (PhotoTag::of_picture(&one), PhotoTag::of_picture(&other)),
            (PhotoTag::of_source(&sha256), PhotoTag::of_source(&sha256))
        );
        assert_ne!(one, other);
        let marks = PhotoTags {
            place: PhotoTag::of_place("a/b".as_ref(), "c.jpg".as_ref()),
            source: PhotoTag::of_source(&sha256),
        };
        let (one, other) = (marks.on_page(Fingerprint([7; 16])), marks.on_page(Fingerprint([8; 16])));
        assert_eq!((PhotoTags::of_page(&one), PhotoTags::of_page(&other)), (marks, marks));
        assert_ne!(one, other);
    }

    #[test]
    fn places_are_told_apart_by_every_part_of_their_path() {
        let place = |folder: &str, name: &str| PhotoTag::of_place(folder.as_ref(), name.as_ref());
        assert_eq!(place("a/b", "c.jpg"), place("a/b/", "c.jpg"));
        let all = [
            place("a/b", "c.jpg"),
            place("a", "bc.jpg"),
            place("ab", "c.jpg"),
            place("", "c.jpg"),
            place("a", "c.jpg"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }
}
