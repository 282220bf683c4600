//! Whose a state is, for those who cannot open it: marks of the galleries in the ledger at the end of a sealed state. They tell nothing of the galleries, and
//! a ledger that has one of them is a later or an earlier one of the same site, whatever its secret is by now.
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

/// The marks of a site's galleries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners(BTreeSet<[u8; MARK]>);

impl Owners {
    /// Those of these galleries.
    pub fn of(galleries: impl Iterator<Item = GalleryId>) -> Self {
        let mark = |id: GalleryId| {
            let hash = blake3::derive_key("safelight 2026 owner of a published site", id.as_str().as_bytes());
            let mut mark = [0; MARK];
            mark.copy_from_slice(&hash[..MARK]);
            mark
        };
        Self(galleries.map(mark).collect())
    }

    /// Whether a state with these marks may be replaced by a site with the others. One without marks has nothing private.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        self.0.is_empty() || !self.0.is_disjoint(&other.0)
    }

    /// What stands at the end of a state.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.0.iter().flatten().copied().collect();
        bytes.extend((self.0.len() as u32).to_le_bytes());
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
        Ok((Self(marks.iter().copied().collect()), size))
    }

    fn none() -> (Self, u64) {
        (Self::default(), 0)
    }
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
        let (both, other) = (Owners::of(ids[..2].iter().copied()), Owners::of(ids[2..].iter().copied()));
        for owners in [&both, &other, &Owners::default()] {
            let (read, size) = at_the_end_of(&[b"sealed".to_vec(), owners.to_bytes()].concat());
            assert_eq!((&read, size), (owners, owners.to_bytes().len() as u64));
        }
        for odd in [&b""[..], b"short", b"\xff\xff\xff\xffslowner1", b"something that is longer than an end"] {
            assert_eq!(at_the_end_of(odd), Owners::none());
        }
        let later = Owners::of(ids.iter().copied());
        assert!(both.gives_way_to(&later) && later.gives_way_to(&both) && !both.gives_way_to(&other));
        assert!(Owners::default().gives_way_to(&other) && !other.gives_way_to(&Owners::default()));
    }
}
