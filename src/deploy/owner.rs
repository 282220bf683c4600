//! Whose a state is, for those who cannot open it: marks of the galleries in the ledger at the end of a sealed state; of the site's address where there
//! are none. They tell nothing of the galleries, and a ledger that has one of them is a later or an earlier one of the same site, whatever its
//! secret is by now.
//!
//! Layout, little-endian: the marks, 8 bytes each; their number (u32); [`MAGIC`].

use std::collections::BTreeSet;
use std::io;

use super::scratch::Scratch;
use crate::access::GalleryId;

const MAGIC: &[u8; 8] = b"slowner1";
const MARK: usize = 8;
/// The number of marks and the magic.
const END: usize = 12;

/// Whose a state is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    galleries: BTreeSet<[u8; MARK]>,
    site: Option<[u8; MARK]>,
}

impl Owners {
    /// Those of these galleries, on a site with this address. The address counts where there are no galleries: then nothing is private.
    pub fn of(galleries: impl Iterator<Item = GalleryId>, site: Option<&str>) -> Self {
        Self { galleries: galleries.map(|id| mark(id.as_str())).collect(), site: site.map(mark) }
    }

    /// Whether a state with these marks may be replaced by a site with the others.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        let marks = self.marks();
        marks.is_empty() || marks.iter().any(|mark| other.galleries.contains(mark) || other.site == Some(*mark))
    }

    fn marks(&self) -> Vec<[u8; MARK]> {
        if self.galleries.is_empty() {
            self.site.into_iter().collect()
        } else {
            self.galleries.iter().copied().collect()
        }
    }

    /// What stands at the end of a state.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let marks = self.marks();
        let mut bytes = marks.as_flattened().to_vec();
        bytes.extend((marks.len() as u32).to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }

    /// Reads what stands at the end of a state, and how many bytes that are; none where there is nothing of that kind.
    pub(super) fn at_the_end_of(state: &mut Scratch) -> io::Result<(Self, u64)> {
        let end = state.end(END as u64)?;
        let Some((count, _)) = end.split_first_chunk().filter(|(_, magic)| *magic == MAGIC) else {
            return Ok(Self::none());
        };
        let size = u64::from(u32::from_le_bytes(*count)) * MARK as u64 + END as u64;
        if size > state.length() {
            return Ok(Self::none());
        }
        let bytes = state.end(size)?;
        let (marks, _) = bytes[..bytes.len() - END].as_chunks();
        Ok((Self { galleries: marks.iter().copied().collect(), site: None }, size))
    }

    fn none() -> (Self, u64) {
        (Self::default(), 0)
    }
}

fn mark(name: &str) -> [u8; MARK] {
    let hash = blake3::derive_key("safelight 2026 owner of a published site", name.as_bytes());
    let mut mark = [0; MARK];
    mark.copy_from_slice(&hash[..MARK]);
    mark
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn at_the_end_of(bytes: &[u8]) -> (Owners, u64) {
        let folder = tempfile::tempdir().unwrap();
        let mut state = Scratch::new(folder.path(), "state");
        state.write_all(bytes).unwrap();
        Owners::at_the_end_of(&mut state).unwrap()
    }

    #[test]
    fn what_stands_at_the_end_is_read_again_and_nothing_else_is_taken_for_it() {
        let ids = ["k3v9q2m7t4xa", "h7w2c9d4n5ke", "q8r3x6v1z0mb"].map(|id| id.parse::<GalleryId>().unwrap());
        let of = |ids: &[GalleryId], site: &str| Owners::of(ids.iter().copied(), Some(site));
        let read = |owners: &Owners| {
            let (read, size) = at_the_end_of(&[b"sealed".to_vec(), owners.to_bytes()].concat());
            assert_eq!(size, owners.to_bytes().len() as u64);
            read
        };
        for odd in [&b""[..], b"short", b"\xff\xff\xff\xffslowner1", b"something that is longer than an end"] {
            assert_eq!(at_the_end_of(odd), Owners::none());
        }
        let (both, later, other) = (of(&ids[..2], "a"), of(&ids, "a"), of(&ids[2..], "a"));
        assert!(read(&both).gives_way_to(&later) && read(&later).gives_way_to(&both));
        assert!(!read(&both).gives_way_to(&other), "the same address is not enough where something is private");
        let (open, elsewhere) = (of(&[], "a"), of(&[], "b"));
        assert!(read(&open).gives_way_to(&other) && read(&open).gives_way_to(&open));
        assert!(!read(&open).gives_way_to(&elsewhere) && !read(&other).gives_way_to(&open));
        assert!(read(&Owners::default()).gives_way_to(&other));
    }
}
