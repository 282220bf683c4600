//! What must go from a target, whatever else becomes of a publish: pages of dead links, and files that the ledger gives nobody.
//!
//! Files of an audience that move because one of its links died are needed by the pages of its other links until those show the
//! new address. They go at the end; if the way there breaks, they go all the same, with the pages that show them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::is_same;
use super::header::{Header, Owner};
use super::online::{Online, too_many};
use crate::Result;
use crate::access::publication::GalleryPublication;
use crate::access::{Ledger, LinkId};
use crate::publish::{Fingerprint, Manifest, Phase, Reach, Record};
use crate::visibility::PrivateFolder;

/// What the ledger says today.
#[derive(Debug, Default)]
pub struct Ledgered {
    /// Private files that lie online and that it gives no address to.
    pub dead: BTreeSet<String>,
    /// The folders below `g/` and `x/` that it gives, each with a slash at its end, and whose they are.
    pub living: BTreeMap<String, Owner>,
    /// The folders below `g/` that say that their link is dead, and whose they were.
    pub tombstones: BTreeMap<String, Owner>,
}

impl Ledgered {
    /// What is published today by the ledger; `dead` are the private files that lie online and that it gives no address to.
    pub fn of(publications: &[GalleryPublication], ledger: Option<&Ledger>, dead: BTreeSet<String>) -> Self {
        let mut found = Self { dead, ..Self::default() };
        for one in publications {
            for audience in &one.audiences {
                let owner = |link| Owner { gallery: one.gallery, audience: audience.scope.audience.clone(), link };
                found.living.insert(PrivateFolder::Assets.of_token(audience.assets.path_segment()), owner(None));
                for page in &audience.pages {
                    found
                        .living
                        .insert(PrivateFolder::Pages.of_token(page.token.path_segment()), owner(Some(page.link)));
                }
            }
            for grave in &one.tombstones {
                let link = ledger.and_then(|ledger| ledger.gallery(one.gallery)?.link(grave.link));
                let audience = link.map(|link| link.audience.clone()).unwrap_or_default();
                let owner = Owner { gallery: one.gallery, audience, link: Some(grave.link) };
                found.tombstones.insert(PrivateFolder::Pages.of_token(grave.token.path_segment()), owner);
            }
        }
        found
    }
}

/// What goes from a target.
#[derive(Debug, Default)]
pub struct Withdrawal {
    /// For each file that lies online whether it goes.
    pub goes: Vec<bool>,
    /// The pages that stand in the place of some of it.
    pub instead: Manifest,
    /// Links that still work and show nothing until the next publish.
    pub gaps: BTreeSet<LinkId>,
}

/// The page that stands where a dead link's page was.
#[derive(Clone, Copy, Debug)]
pub struct Tombstone<'a> {
    /// Its HTML.
    pub page: &'a [u8],
    /// The hash of its headers.
    pub headers: i64,
}

impl Withdrawal {
    /// What goes before anything else: nothing that lives needs it.
    ///
    /// # Errors
    /// More files than can be recorded.
    pub fn first(online: &Online, header: &Header, ledgered: &Ledgered, tombstone: Tombstone<'_>) -> Result<Self> {
        let manifest = &online.manifest;
        let needed = needed(manifest, header, ledgered);
        let is_needed = |path: &str| folder_of(path).is_some_and(|folder| needed.contains(folder));
        let goes: Vec<bool> =
            manifest.iter().map(|record| ledgered.dead.contains(record.path) && !is_needed(record.path)).collect();
        Self::with_tombstones(manifest, goes, ledgered, tombstone)
    }

    /// The same with the pages that stand in the place of those of dead links.
    fn with_tombstones(
        manifest: &Manifest,
        goes: Vec<bool>,
        ledgered: &Ledgered,
        tombstone: Tombstone<'_>,
    ) -> Result<Self> {
        let page = |(at, record): (usize, Record<'_>)| {
            let folder =
                folder_of(record.path).filter(|folder| goes[at] && ledgered.tombstones.contains_key(*folder))?;
            (record.path[folder.len()..] == *"index.html").then(|| record.path.to_owned())
        };
        let paths: Vec<String> = manifest.iter().enumerate().filter_map(page).collect();
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(tombstone.page).as_bytes()[..16]);
        let records = paths.iter().map(|path| Record {
            path,
            key: Fingerprint(key),
            size: tombstone.page.len() as u64,
            modified: tombstone.headers,
            phase: Phase::Page,
            reach: Reach::Private,
            settled: true,
        });
        let instead = Manifest::of(records, BTreeMap::new()).map_err(too_many)?;
        Ok(Self { goes, instead, gaps: BTreeSet::new() })
    }

    /// What goes when the rest of a publish cannot be carried out: what was kept for pages that live, and those pages, as far as they
    /// show it. `doomed` are the files that should have gone; pages that are `current` show none of them.
    ///
    /// # Errors
    /// More files than can be recorded.
    pub fn last(
        manifest: &Manifest,
        header: &Header,
        ledgered: &Ledgered,
        tombstone: Tombstone<'_>,
        doomed: impl Fn(&Record<'_>) -> bool,
        current: impl Fn(&Record<'_>) -> bool,
    ) -> Result<Self> {
        let owner = |path: &str| {
            let folder = folder_of(path)?;
            ledgered.living.get(folder).or_else(|| header.owners.get(folder))
        };
        let goes: Vec<bool> = manifest.iter().map(|record| doomed(&record)).collect();
        let lost: BTreeSet<_> = manifest
            .iter()
            .zip(&goes)
            .filter(|(record, goes)| **goes && PrivateFolder::Assets.below(record.path).is_some())
            .filter_map(|(record, _)| owner(record.path).map(audience))
            .collect();
        // Tombstones show nothing.
        let living = |path: &str| folder_of(path).and_then(|folder| ledgered.living.get(folder));
        let shows = |record: &Record<'_>| {
            record.phase == Phase::Page
                && !current(record)
                && living(record.path).is_some_and(|owner| lost.contains(&audience(owner)))
        };
        let mut gaps = BTreeSet::new();
        let goes = manifest.iter().zip(goes).map(|(record, goes)| {
            let shows = !goes && shows(&record);
            if shows && let Some(link) = owner(record.path).and_then(|owner| owner.link) {
                gaps.insert(link);
            }
            goes || shows
        });
        let goes = goes.collect();
        Ok(Self { gaps, ..Self::with_tombstones(manifest, goes, ledgered, tombstone)? })
    }
}

/// The folders of files that were given up and that pages show which live and lie online.
fn needed<'h>(manifest: &Manifest, header: &'h Header, ledgered: &Ledgered) -> BTreeSet<&'h str> {
    let is_online = |folder: &str| manifest.get(&format!("{folder}index.html")).is_some();
    let pages = ledgered.living.iter().filter(|(folder, owner)| owner.link.is_some() && is_online(folder));
    let showing: BTreeSet<_> = pages.map(|(_, owner)| audience(owner)).collect();
    let shown = header
        .owners
        .iter()
        .filter(|(folder, owner)| PrivateFolder::Assets.below(folder).is_some() && showing.contains(&audience(owner)));
    shown.map(|(folder, _)| folder.as_str()).collect()
}

/// Whether a file lies there as it is wanted, headers and all.
pub fn is_wanted(wanted: &Manifest, online: &Record<'_>) -> bool {
    wanted.get(online.path).is_some_and(|wanted| is_same(online, &wanted))
}

fn audience(owner: &Owner) -> (crate::access::GalleryId, &str) {
    (owner.gallery, owner.audience.as_str())
}

/// The private folder that a path lies in, with a slash at its end: `x/TOKEN/`.
pub fn folder_of(path: &str) -> Option<&str> {
    PrivateFolder::split(path)?;
    path.match_indices('/').nth(1).map(|(at, _)| &path[..=at])
}
