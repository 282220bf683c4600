//! What lies online: what the state says, and for the private folders what really lies there.
//!
//! Of the public part the state is believed: listing a large site takes minutes. The private folders must hold exactly what
//! the ledger gives, so they are listed each time. What is missing there is sent again, and what nobody knows is removed.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

use super::store::Store;
use crate::publish::{Fingerprint, Manifest, Phase, Reach, Record, check_path};
use crate::visibility::PrivateFolder;
use crate::{Code, Error, Result};

/// What lies online.
#[derive(Debug, Default)]
pub struct Online {
    /// The files. One that is not settled may be anything: it was being changed when a publish was killed, or somebody else put
    /// it there.
    pub manifest: Manifest,
    /// Files in the private folders whose names no site has. They go first.
    pub unusable: Vec<String>,
}

impl Online {
    /// Lists the private folders, and corrects what the state says of them.
    ///
    /// # Errors
    /// Those of the target.
    pub fn look(store: &dyn Store, state: Manifest) -> Result<Self> {
        let Sighting { seen, resized, foreign, unusable } = Sighting::of(store, &state)?;
        if foreign.is_empty() && resized.is_empty() && missing(&state, &seen) == 0 {
            return Ok(Self { manifest: state, unusable });
        }
        let known =
            state.iter().enumerate().filter(|(at, record)| !is_private(record) || seen[*at]).map(|(at, record)| {
                // Somebody wrote over it, or an upload broke.
                Record { settled: record.settled && !resized.contains(&at), ..record }
            });
        let strange = foreign.iter().map(|(path, size)| unknown(path, *size, Reach::Private));
        let manifest = Manifest::of(merged(known, strange), state.notes().clone()).map_err(too_many)?;
        Ok(Self { manifest, unusable })
    }

    /// How many files of the private folders are missing, and how many are not those that this list names.
    ///
    /// # Errors
    /// Those of the target.
    pub fn differences(store: &dyn Store, wanted: &Manifest) -> Result<(usize, usize)> {
        let Sighting { seen, resized, foreign, unusable } = Sighting::of(store, wanted)?;
        Ok((missing(wanted, &seen), resized.len() + foreign.len() + unusable.len()))
    }

    /// Whether anything lies in the private folders but the pages that keep hosts from listing them.
    pub fn has_private(&self) -> bool {
        !self.unusable.is_empty()
            || self
                .manifest
                .iter()
                .any(|record| PrivateFolder::holds(record.path) && !PrivateFolder::is_index(record.path))
    }
}

/// What the private folders hold, beside a list of what they should.
struct Sighting {
    /// Whether each file of the list is there.
    seen: Vec<bool>,
    /// Positions of files with another size.
    resized: BTreeSet<usize>,
    /// Files that are not on the list, with their sizes.
    foreign: BTreeMap<String, u64>,
    /// Files whose names no site has.
    unusable: Vec<String>,
}

impl Sighting {
    fn of(store: &dyn Store, list: &Manifest) -> Result<Self> {
        let mut seen = vec![false; list.len()];
        let (mut resized, mut foreign, mut unusable) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
        for folder in PrivateFolder::ALL {
            store.list(folder.prefix(), &mut |path, size| match list.position(path) {
                Ok(position) => {
                    seen[position] = true;
                    if list.record(position).size != size {
                        resized.insert(position);
                    }
                }
                Err(_) if check_path(path).is_err() => unusable.push(path.to_owned()),
                Err(_) => drop(foreign.insert(path.to_owned(), size)),
            })?;
        }
        Ok(Self { seen, resized, foreign, unusable })
    }
}

fn is_private(record: &Record<'_>) -> bool {
    PrivateFolder::holds(record.path)
}

fn missing(list: &Manifest, seen: &[bool]) -> usize {
    list.iter().enumerate().filter(|(at, record)| is_private(record) && !seen[*at]).count()
}

/// Public files below some folders, where no state says what they are.
pub(super) fn unrecorded(store: &dyn Store, folders: &[String]) -> Result<Manifest> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for folder in folders {
        store.list(folder, &mut |path, size| {
            if check_path(path).is_ok() && !PrivateFolder::holds(path) {
                found.insert(path.to_owned(), size);
            }
        })?;
    }
    let records = found.iter().map(|(path, size)| unknown(path, *size, Reach::Public));
    Manifest::of(records, BTreeMap::new()).map_err(too_many)
}

/// A file of which only the name and the size are known.
fn unknown(path: &str, size: u64, reach: Reach) -> Record<'_> {
    let phase = if path.ends_with(".html") { Phase::Page } else { Phase::Asset };
    Record { path, key: Fingerprint([0; 16]), size, modified: 0, phase, reach, settled: false }
}

pub(super) fn too_many(error: std::io::Error) -> Error {
    Error::new(Code::TargetRefused, format!("the site cannot be recorded: {error}"))
}

/// Two sorted lists of records as one.
pub(super) fn merged<'a>(
    one: impl Iterator<Item = Record<'a>>,
    other: impl Iterator<Item = Record<'a>>,
) -> impl Iterator<Item = Record<'a>> {
    Merged { one: one.peekable(), other: other.peekable() }
}

struct Merged<A: Iterator, B: Iterator> {
    one: Peekable<A>,
    other: Peekable<B>,
}

impl<'a, A: Iterator<Item = Record<'a>>, B: Iterator<Item = Record<'a>>> Iterator for Merged<A, B> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let first = match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) => one.path <= other.path,
            (one, _) => one.is_some(),
        };
        if first { self.one.next() } else { self.other.next() }
    }
}
