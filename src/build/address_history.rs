//! Private addresses of earlier publishes, as the record of what was written keeps them: an address that was given up is
//! still told apart from one that never was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::access::publication::{GalleryPublication, PublicationContext};
use crate::access::verify::TokenIndex;
use crate::access::{GalleryId, Keys, Ledger, LinkId, Today};
use crate::publish::Manifest;

/// The note that names the addresses of private files.
const ASSETS_NOTE: &str = "assets";
/// The note that names the addresses of links.
const PAGES_NOTE: &str = "pages";
/// Former addresses beyond these are forgotten, the oldest first.
const MOST_FORMER: usize = 50_000;

/// An address below `x/` that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedAssets {
    /// The address.
    pub token: String,
    /// Its gallery.
    pub gallery: GalleryId,
    /// Its audience.
    pub audience: String,
    /// The last day on which it was published.
    pub last: Date,
}

/// An address below `g/` that a link had at a publish, alive or dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedPage {
    /// The address.
    pub token: String,
    /// Its gallery.
    pub gallery: GalleryId,
    /// The link.
    pub link: LinkId,
    /// The id of the root that it was made with.
    pub root: String,
    /// The last day on which it was one of that root's.
    pub last: Date,
}

/// The addresses of private files that were ever published and are remembered.
pub fn recorded_assets(manifest: &Manifest) -> Vec<RecordedAssets> {
    noted(manifest, ASSETS_NOTE)
}

/// The remembered addresses of links under roots that are in force no longer. Nobody can make them again, so without this
/// they would be unknown.
fn pages_of_given_up_roots(manifest: &Manifest, ledger: &Ledger, today: Today) -> Vec<RecordedPage> {
    let previous = ledger.previous.as_ref().filter(|previous| today.date() <= previous.until);
    let in_force = |root: &str| root == ledger.root || previous.is_some_and(|previous| previous.root == root);
    let mut pages: Vec<RecordedPage> = noted(manifest, PAGES_NOTE);
    pages.retain(|page| !in_force(&page.root));
    pages
}

/// Adds to what is known of a ledger's links the private addresses that earlier publishes recorded. `is_current` says whether
/// files lie at an address still. Gives the addresses of files.
pub fn add_former(
    known: &mut TokenIndex,
    manifest: &Manifest,
    ledger: &Ledger,
    circumstances: &PublicationContext<'_>,
    is_current: impl Fn(&str) -> bool,
) -> Vec<RecordedAssets> {
    let files = recorded_assets(manifest);
    for assets in &files {
        known.add_assets(&assets.token, assets.gallery, &assets.audience, is_current(&assets.token));
    }
    for page in pages_of_given_up_roots(manifest, ledger, circumstances.today) {
        known.add_given_up_page(&page.token, (page.gallery, page.link), ledger, circumstances);
    }
    files
}

fn noted<T: serde::de::DeserializeOwned>(manifest: &Manifest, note: &str) -> Vec<T> {
    manifest.note(note).and_then(|note| serde_json::from_slice(note).ok()).unwrap_or_default()
}

/// The note of what private files are published now and were before.
pub(super) fn assets_note(
    manifest: &Manifest,
    publications: &[GalleryPublication],
    today: Today,
) -> Option<(&'static str, Vec<u8>)> {
    let all = publications.iter().flat_map(|one| one.audiences.iter().map(move |audience| (one.gallery, audience)));
    let current = all.map(|(gallery, audience)| RecordedAssets {
        token: audience.assets.path_segment().to_owned(),
        gallery,
        audience: audience.scope.audience.clone(),
        last: today.date(),
    });
    note(ASSETS_NOTE, recorded_assets(manifest), current.collect(), RecordedAssets::order)
}

/// The note of what addresses the ledger's links have and had, under these roots and earlier ones.
pub(super) fn pages_note<'k>(
    manifest: &Manifest,
    ledger: &Ledger,
    roots: impl Iterator<Item = &'k Keys>,
    today: Today,
) -> Option<(&'static str, Vec<u8>)> {
    let mut current = Vec::new();
    for keys in roots {
        let root = keys.root_id();
        for (gallery, link) in ledger.galleries.iter().flat_map(|one| one.links.iter().map(|link| (one.id, link))) {
            current.extend(link.days().into_iter().map(|day| RecordedPage {
                token: keys.page_token(gallery, link.id, day).path_segment().to_owned(),
                gallery,
                link: link.id,
                root: root.clone(),
                last: today.date(),
            }));
        }
    }
    note(PAGES_NOTE, noted(manifest, PAGES_NOTE), current, RecordedPage::order)
}

/// The notes of a build, with what those of a target know besides: addresses that were given up, and what the ledger is. For targets that are published to from several machines, of which each remembers its own builds.
pub fn merge_notes(
    earlier: &BTreeMap<String, Vec<u8>>,
    latest: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<String, Vec<u8>> {
    let mut merged = latest.clone();
    fn history<T: Serialize + serde::de::DeserializeOwned>(
        name: &str,
        earlier: &BTreeMap<String, Vec<u8>>,
        merged: &mut BTreeMap<String, Vec<u8>>,
        order: fn(&T) -> (Date, &str),
    ) {
        let read = |notes: &BTreeMap<String, Vec<u8>>| -> Vec<T> {
            notes.get(name).and_then(|note| serde_json::from_slice(note).ok()).unwrap_or_default()
        };
        if let Some((_, note)) = note("", read(earlier), read(merged), order) {
            merged.insert(name.to_owned(), note);
        }
    }
    history(ASSETS_NOTE, earlier, &mut merged, RecordedAssets::order);
    history(PAGES_NOTE, earlier, &mut merged, RecordedPage::order);
    // What the ledger is today was noted when the change began; the output's record may be of an older one.
    if let Some(ledger) = earlier.get(super::access::LEDGER_NOTE) {
        merged.insert(super::access::LEDGER_NOTE.to_owned(), ledger.clone());
    }
    merged
}

/// What is current, after what was before and is not forgotten yet.
fn note<T: Serialize>(
    name: &'static str,
    mut all: Vec<T>,
    current: Vec<T>,
    order: impl Fn(&T) -> (Date, &str),
) -> Option<(&'static str, Vec<u8>)> {
    let living: BTreeSet<&str> = current.iter().map(|one| order(one).1).collect();
    all.retain(|former| !living.contains(order(former).1));
    all.sort_by(|a, b| {
        let ((a_last, a_token), (b_last, b_token)) = (order(a), order(b));
        (b_last, a_token).cmp(&(a_last, b_token))
    });
    all.truncate(MOST_FORMER);
    drop(living);
    all.extend(current);
    Some((name, serde_json::to_vec(&all).ok()?))
}

impl RecordedAssets {
    fn order(&self) -> (Date, &str) {
        (self.last, &self.token)
    }
}

impl RecordedPage {
    fn order(&self) -> (Date, &str) {
        (self.last, &self.token)
    }
}
