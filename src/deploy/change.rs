//! A change of what lies online: from one list of files to another, in waves that may stop at any moment.
//!
//! The waves: assets, new pages, replaced pages, then removed pages, then removed assets. So no page is ever there whose files are
//! not, whoever looks and whenever it breaks off. Pages come before the pages that lead to them, the home page last.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use super::online::merged;
use crate::publish::{Fingerprint, Manifest, Phase, Reach, Record, Tally};
use crate::visibility::PrivateFolder;

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is right as it is.
    Stays,
    /// It is not there yet.
    New,
    /// It lies there with other bytes or headers, or nobody knows with which.
    Replaced,
    /// It goes.
    Removed,
}

/// A change and how far it has come.
#[derive(Debug)]
pub struct Change<'a> {
    /// What lies there before.
    pub online: &'a Manifest,
    /// What is wanted, or of a withdrawal what is put in the place of what goes. The hash of headers is in `modified`.
    pub wanted: &'a Manifest,
    before: Vec<Fate>,
    after: Vec<Fate>,
    copies: HashMap<usize, usize>,
    removed: Vec<AtomicBool>,
    written: Vec<AtomicBool>,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Copy the online file at the second position to where the wanted file at the first one belongs.
    Copy(usize, usize),
    /// Send the wanted file at this position.
    Send(usize),
    /// Remove the online file at this position.
    Remove(usize),
}

/// What a change does, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Amounts {
    /// Files that are sent and were not there.
    pub new: Tally,
    /// Files that are sent and were there.
    pub replaced: Tally,
    /// Files that are copied within the target.
    pub copied: Tally,
    /// Files that go.
    pub removed: Tally,
    /// Of those, files that everybody could reach.
    pub removed_public: usize,
    /// Files that stay.
    pub unchanged: Tally,
}

impl<'a> Change<'a> {
    /// The change that makes all that lies there what is wanted. `copies`: whether the target can copy.
    pub fn between(online: &'a Manifest, wanted: &'a Manifest, copies: bool) -> Self {
        let mut change = Self::of(online, wanted, |_| true);
        if copies {
            change.find_copies();
        }
        change
    }

    /// The same for what is private alone: nothing public is removed. `wanted` holds what is private, and what its pages need.
    pub fn of_private(online: &'a Manifest, wanted: &'a Manifest, copies: bool) -> Self {
        let mut change = Self::of(online, wanted, |at| PrivateFolder::holds(online.path(at)));
        if copies {
            change.find_copies();
        }
        change
    }

    /// The change that removes what lies at some positions, and puts `instead` in the place of some of it.
    pub fn withdrawal(online: &'a Manifest, instead: &'a Manifest, goes: impl Fn(usize) -> bool) -> Self {
        Self::of(online, instead, goes)
    }

    fn of(online: &'a Manifest, wanted: &'a Manifest, goes: impl Fn(usize) -> bool) -> Self {
        let mut before = vec![Fate::Stays; online.len()];
        let mut after = Vec::with_capacity(wanted.len());
        let mut at = 0;
        let pass = |at: &mut usize, before: &mut Vec<Fate>| {
            if goes(*at) {
                before[*at] = Fate::Removed;
            }
            *at += 1;
        };
        for record in wanted.iter() {
            while at < online.len() && online.path(at) < record.path {
                pass(&mut at, &mut before);
            }
            if at < online.len() && online.path(at) == record.path {
                let is_right = is_same(&online.record(at), &record);
                let fate = if is_right { Fate::Stays } else { Fate::Replaced };
                before[at] = fate;
                after.push(fate);
                at += 1;
            } else {
                after.push(Fate::New);
            }
        }
        while at < online.len() {
            pass(&mut at, &mut before);
        }
        let marks = |count: usize| (0..count).map(|_| AtomicBool::new(false)).collect();
        let (removed, written) = (marks(before.len()), marks(after.len()));
        Self { online, wanted, before, after, copies: HashMap::new(), removed, written }
    }

    /// Finds private pictures that only move. Encrypted files do not: under another address they have another key.
    fn find_copies(&mut self) {
        let moves = |record: &Record<'_>| {
            record.phase == Phase::Asset
                && PrivateFolder::Assets.below(record.path).is_some_and(|path| !path.ends_with(".bin"))
        };
        let mut sources: HashMap<(Fingerprint, u64), usize> = HashMap::new();
        for (at, record) in self.online.iter().enumerate() {
            if self.before[at] == Fate::Removed && record.settled && moves(&record) {
                sources.insert((record.key, record.size), at);
            }
        }
        if sources.is_empty() {
            return;
        }
        for (at, record) in self.wanted.iter().enumerate() {
            if self.after[at] != Fate::Stays
                && moves(&record)
                && let Some(from) = sources.get(&(record.key, record.size))
            {
                self.copies.insert(at, *from);
            }
        }
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.before.iter().chain(&self.after).all(|fate| *fate == Fate::Stays)
    }

    /// What is still to be done, wave by wave; whatever is in one wave can be done at the same time.
    pub fn waves(&self) -> Vec<Vec<Action>> {
        let mut assets = Vec::new();
        let mut pages: BTreeMap<(bool, u32), Vec<Action>> = BTreeMap::new();
        for (at, fate) in self.changing().filter(|(at, _)| !self.is_written(*at)) {
            let record = self.wanted.record(at);
            match (record.phase, self.copies.get(&at)) {
                (Phase::Asset, Some(from)) => assets.push(Action::Copy(at, *from)),
                (Phase::Asset, None) => assets.push(Action::Send(at)),
                (Phase::Page, _) => {
                    pages.entry((fate == Fate::Replaced, rank(record.path))).or_default().push(Action::Send(at));
                }
            }
        }
        let mut waves = vec![assets];
        waves.extend(pages.into_values());
        waves.extend(self.going(|_, fate| fate == Fate::Removed));
        waves.retain(|wave| !wave.is_empty());
        waves
    }

    /// What still goes from the private folders, wave by wave, and with it the pages in whose place others come: what makes room
    /// on a target that takes nothing more.
    pub fn clearing(&self) -> [Vec<Action>; 3] {
        self.going(|at, fate| {
            let is_there = match fate {
                Fate::Removed => true,
                Fate::Replaced => self.wanted.position(self.online.path(at)).is_ok_and(|at| !self.is_written(at)),
                Fate::Stays | Fate::New => false,
            };
            is_there && PrivateFolder::holds(self.online.path(at))
        })
    }

    /// Some of what lies there and has not gone: pages that lead to others, other pages, files.
    fn going(&self, goes: impl Fn(usize, Fate) -> bool) -> [Vec<Action>; 3] {
        let mut waves = [Vec::new(), Vec::new(), Vec::new()];
        for (at, fate) in self.before.iter().enumerate() {
            if self.is_gone(at) || !goes(at, *fate) {
                continue;
            }
            let record = self.online.record(at);
            let wave = match record.phase {
                Phase::Page if rank(record.path) > 0 => 0,
                Phase::Page => 1,
                Phase::Asset => 2,
            };
            waves[wave].push(Action::Remove(at));
        }
        waves
    }

    fn is_written(&self, at: usize) -> bool {
        self.written[at].load(Ordering::Relaxed)
    }

    fn is_gone(&self, at: usize) -> bool {
        self.removed[at].load(Ordering::Relaxed)
    }

    /// Notes that something has been done.
    pub fn mark(&self, action: Action) {
        match action {
            Action::Copy(at, _) | Action::Send(at) => self.written[at].store(true, Ordering::Relaxed),
            Action::Remove(at) => self.removed[at].store(true, Ordering::Relaxed),
        }
    }

    /// What may lie there from now on until the change is done: what is about to change is not settled.
    pub fn announced(&self) -> impl Iterator<Item = Record<'_>> {
        let before = self.before.iter().enumerate().filter(|(_, fate)| matches!(fate, Fate::Stays | Fate::Removed));
        let before = before.map(|(at, fate)| {
            let record = self.online.record(at);
            Record { settled: record.settled && *fate == Fate::Stays, ..record }
        });
        merged(before, self.changing().map(|(at, _)| Record { settled: false, ..self.wanted.record(at) }))
    }

    /// What lies there by what has been done.
    pub fn reached(&self) -> impl Iterator<Item = Record<'_>> {
        let before = self.before.iter().enumerate().filter(|(at, fate)| match fate {
            Fate::Stays => true,
            Fate::Removed => !self.is_gone(*at),
            Fate::New | Fate::Replaced => false,
        });
        let before = before.map(|(at, fate)| {
            let record = self.online.record(at);
            Record { settled: record.settled && *fate == Fate::Stays, ..record }
        });
        let after = self.changing().map(|(at, _)| Record { settled: self.is_written(at), ..self.wanted.record(at) });
        merged(before, after)
    }

    fn changing(&self) -> impl Iterator<Item = (usize, Fate)> {
        self.after.iter().copied().enumerate().filter(|(_, fate)| *fate != Fate::Stays)
    }

    /// The online files that go, with whether they are gone by now.
    pub fn removals(&self) -> impl Iterator<Item = (Record<'_>, bool)> {
        let going = self.before.iter().enumerate().filter(|(_, fate)| **fate == Fate::Removed);
        going.map(|(at, _)| (self.online.record(at), self.is_gone(at)))
    }

    /// The wanted files that are written, with whether each takes the place of another, and whether that is done by now, or at
    /// least the other one has gone.
    pub fn writings(&self) -> impl Iterator<Item = (Record<'_>, bool, bool)> {
        self.changing().map(|(at, fate)| {
            let (record, is_replaced) = (self.wanted.record(at), fate == Fate::Replaced);
            let has_gone = || is_replaced && self.online.position(record.path).is_ok_and(|at| self.is_gone(at));
            (record, is_replaced, self.is_written(at) || has_gone())
        })
    }

    /// Whether any of it has been done.
    pub fn has_begun(&self) -> bool {
        self.removed.iter().chain(&self.written).any(|done| done.load(Ordering::Relaxed))
    }

    /// What it does, counted.
    pub fn amounts(&self) -> Amounts {
        let mut amounts = Amounts::default();
        for (at, fate) in self.after.iter().enumerate() {
            let record = self.wanted.record(at);
            let tally = match fate {
                Fate::Stays | Fate::Removed => &mut amounts.unchanged,
                _ if self.copies.contains_key(&at) => &mut amounts.copied,
                Fate::New => &mut amounts.new,
                Fate::Replaced => &mut amounts.replaced,
            };
            tally.add(record.size);
        }
        for (record, _) in self.removals() {
            amounts.removed.add(record.size);
            amounts.removed_public += usize::from(record.reach == Reach::Public);
        }
        amounts
    }
}

/// Whether a file lies there as it is wanted.
pub(super) fn is_same(online: &Record<'_>, wanted: &Record<'_>) -> bool {
    online.settled && (online.key, online.size, online.modified) == (wanted.key, wanted.size, wanted.modified)
}

/// Where a page stands in its order: after those that it leads to. Grids lead to photos, and grids further up to those
/// below; the home page leads to all.
fn rank(path: &str) -> u32 {
    let depth = path.matches('/').count() as u32;
    if path == "index.html" || path.ends_with("/index.html") { 1000 - depth.min(999) } else { 0 }
}
