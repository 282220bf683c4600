//! The diff: the wanted files against the manifest, and both against what really lies in the folder.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::error::{Code, Error, Result};

use super::inspect::{EntryKind, FileStamp};
use super::manifest::Manifest;
use super::names::Names;
use super::output_dir::Tree;
use super::path::check_path;
use super::{Fingerprint, Phase, Reach, Wanted};

/// How many files one thread looks at before it asks for more.
const STRETCH: usize = 1024;
/// No entry of the manifest.
const NONE: u32 = u32::MAX;
/// Marks the owner of a name as a file to write rather than an entry of the manifest.
const FRESH: u32 = 1 << 31;

/// What becomes of a file that the manifest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// No longer wanted.
    Remove,
    /// Wanted, and as it should be.
    Keep,
    /// Wanted, and written again.
    Replace,
}

/// One file to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingFile {
    start: u32,
    length: u16,
    pub(super) phase: Phase,
    pub(super) reach: Reach,
    pub(super) key: Fingerprint,
    old: u32,
    pub(super) occupant: EntryKind,
    mend: bool,
}

impl PendingFile {
    /// The manifest's entry for this path.
    pub(super) fn old(&self) -> Option<usize> {
        (self.old != NONE).then_some(self.old as usize)
    }

    /// What kind of change it is.
    pub(super) fn kind(&self) -> ChangeKind {
        match self.old() {
            None => ChangeKind::New,
            Some(_) if self.mend => ChangeKind::Mended,
            Some(_) => ChangeKind::Changed,
        }
    }
}

/// Everything that is to be done, and nothing about what is not: what stays as it is costs one byte for a file.
#[derive(Debug)]
pub struct Diff {
    /// For each entry of the manifest.
    pub(super) fates: Vec<Action>,
    /// Sorted by path.
    pub(super) fresh: Vec<PendingFile>,
    paths: String,
    /// Of the folded paths of all wanted files, sorted.
    pub(super) folded: Vec<u64>,
    /// Whether an earlier publish was cut short.
    unsettled: bool,
}

/// What happens to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was not there before.
    New,
    /// It is made from something else now.
    Changed,
    /// It was changed or lost in the output.
    Mended,
    /// It is no longer wanted.
    Removed,
}

/// One thing to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change<'a> {
    /// Relative to the output folder.
    pub path: &'a str,
    /// What happens to it.
    pub kind: ChangeKind,
}

impl Diff {
    /// Compares. Order of `wanted` does not matter, but sorted by path it is fastest.
    pub(super) fn new<'a>(
        manifest: &Manifest,
        tree: &Tree,
        wanted: impl IntoIterator<Item = Wanted<'a>>,
    ) -> Result<Self> {
        let fates = vec![Action::Remove; manifest.len()];
        let mut diff = Self { fates, fresh: Vec::new(), paths: String::new(), folded: Vec::new(), unsettled: false };
        let mut names = Names::default();
        let mut guess = 0;
        for item in wanted {
            check_path(item.path)?;
            // Sorted input finds each entry right after the last one.
            let position = if guess < manifest.len() && manifest.path(guess) == item.path {
                Some(guess)
            } else {
                manifest.position(item.path).ok()
            };
            let kept = position.filter(|position| diff.fates[*position] == Action::Remove);
            guess = position.map_or(guess, |position| position + 1);
            if let Some(position) = kept {
                let record = manifest.record(position);
                // A file that was announced but not settled counts too: its stamp, looked at below, tells whether it was shown.
                let same = (record.key, record.phase, record.reach) == (item.key, item.phase, item.reach);
                diff.unsettled |= !record.settled;
                diff.fates[position] = if same { Action::Keep } else { Action::Replace };
                names.add(item.path, number(position)?);
                if !same {
                    diff.push(&item, number(position)?, false)?;
                }
            } else {
                // A path that comes twice arrives here too, and the names say so.
                names.add(item.path, FRESH | number(diff.fresh.len())?);
                diff.push(&item, NONE, false)?;
            }
        }
        diff.folded = names.check(|owner| {
            if owner & FRESH == 0 { manifest.path(owner as usize) } else { diff.path_at((owner & !FRESH) as usize) }
        })?;
        for position in diff.touched(manifest, tree)? {
            diff.mend(manifest, position)?;
        }
        diff.sort();
        diff.look(tree)?;
        Ok(diff)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.fresh.is_empty() && !self.unsettled && !self.fates.contains(&Action::Remove)
    }

    /// The path of a file to write.
    pub(super) fn path(&self, fresh: &PendingFile) -> &str {
        &self.paths[fresh.start as usize..fresh.start as usize + usize::from(fresh.length)]
    }

    fn path_at(&self, index: usize) -> &str {
        self.fresh.get(index).map_or("", |fresh| self.path(fresh))
    }

    /// Everything to be done, sorted by path.
    pub(super) fn changes<'a>(&'a self, manifest: &'a Manifest) -> impl Iterator<Item = Change<'a>> {
        let mut fresh = self.fresh.iter().map(|fresh| Change { path: self.path(fresh), kind: fresh.kind() }).peekable();
        let removed = self.removals();
        let mut removed =
            removed.map(|position| Change { path: manifest.path(position), kind: ChangeKind::Removed }).peekable();
        std::iter::from_fn(move || match (fresh.peek(), removed.peek()) {
            (Some(one), Some(other)) if one.path > other.path => removed.next(),
            (Some(_), _) => fresh.next(),
            (None, _) => removed.next(),
        })
    }

    /// The positions of what is to be removed.
    pub(super) fn removals(&self) -> impl Iterator<Item = usize> {
        self.fates.iter().enumerate().filter(|(_, fate)| **fate == Action::Remove).map(|(position, _)| position)
    }

    /// Has files written again that were taken down after the diff was made.
    pub(super) fn mend_lost<'a>(
        &mut self,
        manifest: &Manifest,
        tree: &Tree,
        lost: impl Iterator<Item = &'a str>,
    ) -> Result<()> {
        let before = self.fresh.len();
        for path in lost {
            if let Ok(position) = manifest.position(path)
                && self.fates.get(position) == Some(&Action::Keep)
            {
                self.mend(manifest, position)?;
            }
        }
        if self.fresh.len() == before {
            return Ok(());
        }
        self.sort();
        self.look(tree)
    }

    fn mend(&mut self, manifest: &Manifest, position: usize) -> Result<()> {
        let record = manifest.record(position);
        self.fates[position] = Action::Replace;
        let item = Wanted { path: record.path, key: record.key, phase: record.phase, reach: record.reach };
        self.push(&item, number(position)?, record.settled)
    }

    fn push(&mut self, item: &Wanted<'_>, old: u32, mend: bool) -> Result<()> {
        let start = u32::try_from(self.paths.len()).map_err(|_| too_many())?;
        let length = u16::try_from(item.path.len()).map_err(|_| too_many())?;
        self.paths.push_str(item.path);
        let Wanted { key, phase, reach, .. } = *item;
        self.fresh.push(PendingFile { start, length, phase, reach, key, old, occupant: EntryKind::Nobody, mend });
        Ok(())
    }

    fn sort(&mut self) {
        let paths = &self.paths;
        let path = |fresh: &PendingFile| &paths[fresh.start as usize..fresh.start as usize + usize::from(fresh.length)];
        self.fresh.par_sort_by(|one, other| path(one).cmp(path(other)));
    }

    /// The positions of files that should be as they are and are not.
    fn touched(&self, manifest: &Manifest, tree: &Tree) -> Result<Vec<usize>> {
        let stretches = self.fates.par_chunks(STRETCH).enumerate().map(|(stretch, fates)| {
            let mut walker = tree.walker();
            let mut touched = Vec::new();
            for (within, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Action::Keep) {
                let record = manifest.record(stretch * STRETCH + within);
                let written = FileStamp { size: record.size, modified: record.modified };
                if walker.look(record.path)? != (EntryKind::File, written) {
                    touched.push(stretch * STRETCH + within);
                }
            }
            Ok(touched)
        });
        Ok(stretches.collect::<Result<Vec<_>>>()?.concat())
    }

    /// Sees what lies where files are to be written.
    fn look(&mut self, tree: &Tree) -> Result<()> {
        let paths = &self.paths;
        self.fresh.chunks_mut(STRETCH).collect::<Vec<_>>().into_par_iter().try_for_each(|stretch| {
            let mut walker = tree.walker();
            for fresh in stretch {
                let path = &paths[fresh.start as usize..fresh.start as usize + usize::from(fresh.length)];
                fresh.occupant = walker.look(path)?.0;
            }
            Ok(())
        })
    }
}

/// Positions are held in 31 bits.
fn number(position: usize) -> Result<u32> {
    u32::try_from(position).ok().filter(|number| *number < FRESH).ok_or_else(too_many)
}

fn too_many() -> Error {
    Error::new(Code::TooManyFiles, "the site has too many files").hint("split it into several sites")
}
