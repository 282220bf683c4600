//! Carrying out a diff: everything is made out of sight first, then shown and removed in waves.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::error::{Code, Error, Result};

use super::diff::{Action, ChangeKind, Diff, PendingFile};
use super::inspect::{EntryKind, FileStamp};
use super::manifest::{Manifest, Notes, Record};
use super::names::hash_of;
use super::order::{self, Order};
use super::output_dir::refused;
use super::path::{ancestors, fold, parent};
use super::record::{self, Kind};
use super::report::Report;
use super::site::Site;
use super::{Content, Phase, Step};

/// Up to this many files are brought onto the disk one by one; beyond it, one call for the whole file system costs less.
const FEW: usize = 64;
/// How many paths a message names.
const NAMED: usize = 10;

/// What a file to write turned out to be.
#[derive(Clone, Copy, Debug)]
enum Made {
    /// Its bytes lie there already.
    Same(FileStamp),
    /// It waits out of sight.
    Staged(FileStamp),
    /// Somebody else's file lies there.
    InTheWay,
}

impl Made {
    fn stamp(self) -> FileStamp {
        match self {
            Self::Same(stamp) | Self::Staged(stamp) => stamp,
            Self::InTheWay => FileStamp::default(),
        }
    }

    fn is_staged(self) -> bool {
        matches!(self, Self::Staged(_))
    }
}

impl Site {
    /// Carries out a diff that this site made. `contents` is called once for each file to write, from several threads;
    /// one file for each thread is in memory.
    ///
    /// Nothing that can be seen changes before all contents are made and on the disk. Then the order is: assets, new
    /// pages, replaced pages, removed pages, removed assets. Killed or failed at any moment, what lies there is whole,
    /// and the next publish finishes it. With nothing to do, nothing is written.
    ///
    /// # Errors
    ///
    /// Those of `contents`; a site error where files of somebody else are in the way; I/O errors, which name the path.
    pub fn publish<'c>(
        &mut self,
        diff: Diff,
        contents: &(dyn Fn(&str) -> Result<Content<'c>> + Sync),
    ) -> Result<Report> {
        let result = self.carry_out(diff, contents);
        if result.is_err() {
            // Room is given back, and what was announced is ours from now on; the error that matters is the one there is.
            let _ = self.tree.sweep();
            if let Ok(manifest) = Manifest::load(&self.manifest_path) {
                self.manifest = manifest;
            }
        }
        result
    }

    fn carry_out<'c>(
        &mut self,
        mut diff: Diff,
        contents: &(dyn Fn(&str) -> Result<Content<'c>> + Sync),
    ) -> Result<Report> {
        if diff.fates.len() != self.manifest.len() {
            return Err(Error::new(Code::Internal, "the output changed since it was compared").hint("build again"));
        }
        let taken = std::mem::take(&mut self.taken);
        diff.mend_lost(&self.manifest, &self.tree, taken.iter().map(String::as_str))?;
        self.taken = taken;
        self.tree.sweep()?;
        let mut report = self.unchanged(&diff);
        if diff.is_empty() {
            if self.manifest.notes() != &self.notes {
                self.write_manifest(&diff, &[], Kind::Outcome)?;
            }
            return Ok(report);
        }
        let blocking = self.blocking(&diff)?;
        let few = !cfg!(target_os = "linux") || diff.fresh.len() + diff.removals().count() <= FEW;
        let mut made = Vec::new();
        if !diff.fresh.is_empty() {
            self.claim_output()?;
            made = self.stage(&diff, contents, few)?;
            if !few {
                self.settle(false, BTreeSet::new())?;
            }
        }
        let order = Order::new(&diff, &self.manifest, |number| made[number].is_staged());
        // Also where files that lie there already become ours: the second copy must name whatever is ours.
        if order.shows() || diff.fresh.iter().any(|fresh| fresh.old().is_none()) {
            self.write_manifest(&diff, &made, Kind::Intent)?;
            self.make_way(&diff, &blocking)?;
            self.show(&diff, &order, few)?;
        }
        self.remove(&diff, &order, few)?;
        self.tree.sweep()?;
        self.tell(&diff, &made, &mut report);
        self.write_manifest(&diff, &made, Kind::Outcome)?;
        self.taken.clear();
        Ok(report)
    }

    fn unchanged(&self, diff: &Diff) -> Report {
        let mut report = Report::default();
        for (position, _) in diff.fates.iter().enumerate().filter(|(_, fate)| **fate == Action::Keep) {
            report.unchanged.add(self.manifest.record(position).size);
        }
        report
    }

    /// The positions of our own files that must go before others can be written, because a file is to be where a folder
    /// was or the other way round. Whatever else is in the way ends the publish here.
    pub(super) fn blocking(&self, diff: &Diff) -> Result<Vec<usize>> {
        let mut blocking = BTreeSet::new();
        let mut strangers = Vec::new();
        let mut fixed = BTreeSet::new();
        for fresh in &diff.fresh {
            let path = diff.path(fresh);
            match fresh.occupant {
                EntryKind::Nobody | EntryKind::File => {}
                // Our own file was replaced by a link: ours to mend.
                EntryKind::Link if fresh.old().is_some() || self.adopt => {}
                EntryKind::Folder if self.only_ours_below(path)? => {
                    blocking.extend(self.manifest.below(path));
                }
                EntryKind::BelowFile => match ancestors(path).find_map(|folder| self.manifest.position(folder).ok()) {
                    Some(position) => {
                        blocking.insert(position);
                    }
                    None => drop(fixed.insert(self.in_place_of_a_folder(path))),
                },
                EntryKind::Link => strangers.push(path),
                EntryKind::BelowLink => drop(fixed.insert(self.in_place_of_a_folder(path))),
                EntryKind::Other | EntryKind::Folder => drop(fixed.insert(path)),
            }
        }
        if !fixed.is_empty() {
            return Err(self.fixed(&fixed));
        }
        if strangers.is_empty() { Ok(blocking.into_iter().collect()) } else { Err(self.in_the_way(&strangers)) }
    }

    /// The first part of a path that is no folder, and should be one.
    fn in_place_of_a_folder<'p>(&self, path: &'p str) -> &'p str {
        let is_folder = |folder: &str| {
            std::fs::symlink_metadata(self.tree.root().join(folder)).is_ok_and(|metadata| metadata.is_dir())
        };
        ancestors(path).find(|folder| !is_folder(folder)).unwrap_or(path)
    }

    /// What no option replaces: nothing is written through a link, and folders of somebody else are not emptied.
    fn fixed(&self, paths: &BTreeSet<&str>) -> Error {
        let named = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let more = paths.len().checked_sub(NAMED).filter(|more| *more > 0);
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        let what = if paths.len() == 1 { "is a link or a folder" } else { "are links or folders" };
        Error::new(
            Code::ForeignFiles,
            format!("{named}{more} {what} that Safelight did not create, but where it needs to write"),
        )
        .at(self.tree.root())
        .hint("move it away, or choose another output folder; `--adopt` replaces only files")
    }

    /// Whether a folder holds files of ours and folders alone.
    fn only_ours_below(&self, folder: &str) -> Result<bool> {
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            let whole = self.tree.root().join(&folder);
            let entries = std::fs::read_dir(&whole)
                .map_err(|error| refused(Code::CannotRead, "read the folder", &whole, error))?;
            for entry in entries {
                let entry = entry.map_err(|error| refused(Code::CannotRead, "read the folder", &whole, error))?;
                let kind =
                    entry.file_type().map_err(|error| refused(Code::CannotRead, "look at", &entry.path(), error))?;
                let Some(path) = entry.file_name().to_str().map(|name| format!("{folder}/{name}")) else {
                    return Ok(false);
                };
                if kind.is_dir() {
                    waiting.push(path);
                } else if self.manifest.position(&path).is_err() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn in_the_way(&self, paths: &[&str]) -> Error {
        let named = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let more = paths.len().checked_sub(NAMED).filter(|more| *more > 0);
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        Error::new(Code::ForeignFiles, format!("files that Safelight did not write are in the way of {named}{more}"))
            .at(self.tree.root())
            .hint("move them away, choose another output folder, or replace them with `--adopt`")
    }

    /// Makes all contents, out of sight, except those that lie there already.
    fn stage<'c>(
        &self,
        diff: &Diff,
        contents: &(dyn Fn(&str) -> Result<Content<'c>> + Sync),
        sync: bool,
    ) -> Result<Vec<Made>> {
        self.tree.make_staging(diff.fresh.len())?;
        // Our own file under an older spelling of its name, where the file system takes both for one.
        let respelled: BTreeMap<&str, &str> =
            self.respelled(diff).into_iter().map(|(old, wanted)| (wanted, old)).collect();
        let one = |(number, fresh): (usize, &PendingFile)| {
            let path = diff.path(fresh);
            self.announce(Step::Stage(path))
                .map_err(|error| refused(Code::CannotWrite, "write", &self.tree.root().join(path), error))?;
            let mut content = contents(path)?;
            if fresh.occupant == EntryKind::File {
                // What is too large to be held is compared with what lies there once it is written.
                if let Content::Written(_) = content {
                    self.tree.stage(number, path, &content, false)?;
                    content = Content::CopyOf(self.tree.staged(number));
                }
                if let Some(stamp) = self.tree.holds(path, &content)? {
                    return Ok(Made::Same(stamp));
                }
                let ours =
                    fresh.old().is_some() || respelled.get(path).is_some_and(|old| self.tree.same_file(old, path));
                if !ours && !self.adopt {
                    return Ok(Made::InTheWay);
                }
            }
            match &content {
                Content::CopyOf(staged) if *staged == self.tree.staged(number) => self.tree.settle(staged, path, sync),
                content => self.tree.stage(number, path, content, sync),
            }
            .map(Made::Staged)
        };
        let made: Vec<Made> = diff.fresh.par_iter().enumerate().map(one).collect::<Result<_>>()?;
        let strangers = made.iter().zip(&diff.fresh).filter(|(made, _)| matches!(made, Made::InTheWay));
        let strangers: Vec<&str> = strangers.map(|(_, fresh)| diff.path(fresh)).collect();
        if strangers.is_empty() { Ok(made) } else { Err(self.in_the_way(&strangers)) }
    }

    /// Removes our own files from where a folder must be, or folders from where a file must be.
    fn make_way(&self, diff: &Diff, blocking: &[usize]) -> Result<()> {
        if !blocking.is_empty() {
            self.remove_blocking(diff, blocking)?;
        }
        // What is left of folders that held nothing, or files of ours alone.
        for fresh in diff.fresh.iter().filter(|fresh| fresh.occupant == EntryKind::Folder) {
            let path = diff.path(fresh);
            self.announce(Step::MakeWay(path))
                .map_err(|error| refused(Code::CannotRemove, "remove", &self.tree.root().join(path), error))?;
            self.tree.remove_hollow_folder(path)?;
        }
        Ok(())
    }

    fn remove_blocking(&self, diff: &Diff, blocking: &[usize]) -> Result<()> {
        let assets = blocking.iter().any(|position| self.manifest.record(*position).phase == Phase::Asset);
        // An asset that goes before its time must not be missed by a page, so the pages that may show it go first.
        let pages = order::old_pages(diff, &self.manifest).filter(|_| assets);
        let all: BTreeSet<usize> = blocking.iter().copied().chain(pages).collect();
        for wave in order::removals(&self.manifest, all.into_iter()) {
            let mut walker = self.tree.walker();
            for position in wave {
                let path = self.manifest.path(position);
                self.announce(Step::MakeWay(path))
                    .map_err(|error| refused(Code::CannotRemove, "remove", &self.tree.root().join(path), error))?;
                self.tree.remove(&mut walker, path)?;
            }
        }
        self.tree.remove_empty_folders(blocking.iter().map(|position| self.manifest.path(*position)));
        Ok(())
    }

    fn show(&self, diff: &Diff, order: &Order, few: bool) -> Result<()> {
        for wave in order.shown.iter().filter(|wave| !wave.is_empty()) {
            self.tree.make_folders(wave.iter().map(|number| diff.path(&diff.fresh[*number])))?;
            wave.par_iter().with_min_len(16).try_for_each(|number| {
                let path = diff.path(&diff.fresh[*number]);
                self.announce(Step::Show(path))
                    .map_err(|error| refused(Code::CannotWrite, "write", &self.tree.root().join(path), error))?;
                self.tree.show(*number, path)
            })?;
            let touched = wave.iter().map(|number| diff.path(&diff.fresh[*number]));
            self.settle(few, folders_of(touched))?;
        }
        Ok(())
    }

    fn remove(&self, diff: &Diff, order: &Order, few: bool) -> Result<()> {
        let respelled = self.respelled(diff);
        for wave in order.removed.iter().filter(|wave| !wave.is_empty()) {
            let mut walker = self.tree.walker();
            for position in wave {
                let path = self.manifest.path(*position);
                self.announce(Step::Remove(path))
                    .map_err(|error| refused(Code::CannotRemove, "remove", &self.tree.root().join(path), error))?;
                let another_name = respelled.get(path).is_some_and(|wanted| self.tree.same_file(path, wanted));
                if !another_name {
                    self.tree.remove(&mut walker, path)?;
                }
            }
            let paths = || wave.iter().map(|position| self.manifest.path(*position));
            self.tree.remove_empty_folders(paths());
            self.settle(few, folders_of(paths()))?;
        }
        Ok(())
    }

    /// Paths to remove that differ from a wanted one only in case or normal form, with that one: where a file system takes
    /// both for one name, removing the old would remove the new.
    fn respelled<'a>(&'a self, diff: &'a Diff) -> BTreeMap<&'a str, &'a str> {
        let mut folded = String::new();
        let mut fold_of = |path: &str| {
            fold(path, &mut folded);
            folded.clone()
        };
        let removed = diff.removals().map(|position| self.manifest.path(position));
        let removed = removed.filter(|path| diff.folded.binary_search(&hash_of(path)).is_ok());
        let removed: BTreeMap<String, &str> = removed.map(|path| (fold_of(path), path)).collect();
        if removed.is_empty() {
            return BTreeMap::new();
        }
        let kept = diff.fates.iter().enumerate().filter(|(_, fate)| **fate == Action::Keep);
        let wanted = kept.map(|(position, _)| self.manifest.path(position));
        let wanted = wanted.chain(diff.fresh.iter().map(|fresh| diff.path(fresh)));
        wanted.filter_map(|wanted| Some((*removed.get(&fold_of(wanted))?, wanted))).collect()
    }

    /// Brings what was done onto the disk.
    fn settle(&self, few: bool, folders: BTreeSet<&str>) -> Result<()> {
        self.announce(Step::Settle).map_err(|error| refused(Code::CannotWrite, "sync", self.tree.root(), error))?;
        if few || !self.tree.sync_whole()? {
            for folder in folders {
                self.tree.sync_folder(folder)?;
            }
        }
        Ok(())
    }

    /// Adds what was written and removed.
    fn tell(&self, diff: &Diff, made: &[Made], report: &mut Report) {
        for (fresh, made) in diff.fresh.iter().zip(made) {
            let path = || diff.path(fresh).to_owned();
            let size = made.stamp().size;
            // A publish that was cut short may have shown it, or something older; copies elsewhere may hold either.
            let unsettled = fresh.old().is_some_and(|old| !self.manifest.record(old).settled);
            let tally = match fresh.kind() {
                _ if !made.is_staged() => &mut report.unchanged,
                ChangeKind::New => &mut report.new,
                ChangeKind::Mended => &mut report.mended,
                _ => &mut report.changed,
            };
            tally.add(size);
            let foreign =
                fresh.old().is_none() && fresh.occupant != EntryKind::Nobody && fresh.occupant != EntryKind::BelowFile;
            if foreign && fresh.occupant != EntryKind::Folder {
                report.adopted.push(path());
            }
            if unsettled || (made.is_staged() && (fresh.old().is_some() || foreign)) {
                report.replaced_paths.push(path());
            }
        }
        for (position, _) in diff.fates.iter().enumerate().filter(|(_, fate)| **fate == Action::Keep) {
            let record = self.manifest.record(position);
            if !record.settled {
                report.replaced_paths.push(record.path.to_owned());
            }
        }
        report.replaced_paths.sort_unstable();
        for position in diff.removals() {
            let record = self.manifest.record(position);
            report.removed.add(record.size);
            report.removed_paths.push(record.path.to_owned());
        }
    }

    /// Writes the manifest of this diff, and holds it from then on.
    fn write_manifest(&mut self, diff: &Diff, made: &[Made], kind: Kind) -> Result<()> {
        let intent = kind == Kind::Intent;
        let old = |position: &usize| match diff.fates[*position] {
            Action::Keep => true,
            Action::Remove => intent,
            Action::Replace => false,
        };
        let records = || {
            let kept = (0..self.manifest.len()).filter(old).map(|position| self.manifest.record(position));
            // An outcome leaves nothing open; an intent keeps what an earlier one left open, for the purge list.
            let mut kept = kept.map(|record| Record { settled: record.settled || !intent, ..record }).peekable();
            let mut fresh = diff
                .fresh
                .iter()
                .zip(made)
                .map(|(fresh, made)| Record {
                    path: diff.path(fresh),
                    key: fresh.key,
                    size: made.stamp().size,
                    modified: made.stamp().modified,
                    phase: fresh.phase,
                    reach: fresh.reach,
                    settled: !intent || !made.is_staged(),
                })
                .peekable();
            std::iter::from_fn(move || match (kept.peek(), fresh.peek()) {
                (Some(one), Some(other)) if one.path < other.path => kept.next(),
                (_, Some(_)) => fresh.next(),
                (_, None) => kept.next(),
            })
        };
        let named = if intent { self.manifest.notes() } else { &self.notes };
        let notes = Notes { output: self.manifest.output().to_owned(), named: named.clone() };
        record::write(&self.manifest_path, kind, &notes, records, self.observer.as_ref())?;
        if !intent {
            self.manifest = Manifest::load(&self.manifest_path)?;
        }
        Ok(())
    }
}

/// The folders of these paths and all folders above, which may be new too.
fn folders_of<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut folders = BTreeSet::from([""]);
    for path in paths {
        let mut folder = parent(path);
        while folders.insert(folder) {
            folder = parent(folder);
        }
    }
    folders
}
