//! Where codes lead that are typed on the look-up page.
//!
//! The name of such a file is stretched from its code, which takes a quarter of a second. The record of a publish remembers it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Access;
use crate::access::publication::{GalleryPublication, PublicationContext};
use crate::access::verify::{AddressRoot, TokenIndex};
use crate::access::{GalleryId, Keys, Ledger, Link, LinkCode};
use crate::config::Config;
use crate::plan::Locator;
use crate::publish::Manifest;
use crate::sealed::{Iterations, LocatorKey};

/// The note in the record that names the files by what their names depend on.
const NOTE: &str = "locators";

impl Access {
    /// The links that their codes find today, living ones and those that say that they have died, by all that the names of
    /// their files depend on.
    pub(super) fn locators(
        &self,
        config: &Config,
        publications: &[GalleryPublication],
        manifest: &Manifest,
    ) -> BTreeMap<String, Locator> {
        let (Some(_), Some(keys), Some(ledger)) = (&config.find, self.keys(), self.ledger()) else {
            return BTreeMap::new();
        };
        let published: BTreeSet<&str> = publications
            .iter()
            .flat_map(|gallery| {
                let pages = gallery.audiences.iter().flat_map(|audience| &audience.pages).map(|page| &page.token);
                pages.chain(gallery.tombstones.iter().map(|tombstone| &tombstone.token))
            })
            .map(|token| token.path_segment())
            .collect();
        let page = |keys: &Keys, of: &Findable| keys.page_token(of.gallery, of.link.id, of.link.day_in_address());
        let mut wanted = self.findable(ledger);
        wanted.retain(|one| published.contains(page(one.keys, one).path_segment()));
        let names = self.names(config, &wanted, manifest);
        let locator = |(one, (depends, name)): (&Findable, (String, String))| {
            // A code of the former root leads to the address that stays.
            (depends, Locator { name, code: one.code(), page: page(keys, one) })
        };
        wanted.iter().zip(names).map(locator).collect()
    }

    /// Adds the names of the files that the codes of all links ever led through, whether they are published or not.
    pub fn add_locators(
        &self,
        known: &mut TokenIndex,
        config: &Config,
        ledger: &Ledger,
        manifest: &Manifest,
        circumstances: &PublicationContext<'_>,
    ) {
        let all = self.findable(ledger);
        for (one, (_, name)) in all.iter().zip(self.names(config, &all, manifest)) {
            let Some(gallery) = ledger.gallery(one.gallery) else { continue };
            let until = ledger.previous.as_ref().map(|previous| previous.until);
            let root = if one.is_current { AddressRoot::Current } else { AddressRoot::Previous(until) };
            known.add_locator(name.trim_end_matches(".bin"), (gallery, one.link), root, circumstances);
        }
    }

    /// Every link whose code works on the look-up page, or did, once for each root at hand.
    fn findable<'a>(&'a self, ledger: &'a Ledger) -> Vec<Findable<'a>> {
        let links =
            ledger.galleries.iter().flat_map(|gallery| gallery.links.iter().map(move |link| (gallery.id, link)));
        let roots = || {
            let current = self.keys().map(|keys| (&**keys, true));
            current.into_iter().chain(self.previous().map(|keys| (keys, false)))
        };
        let of = |(gallery, link): (GalleryId, &'a Link)| {
            roots().map(move |(keys, is_current)| Findable { keys, is_current, gallery, link }).collect::<Vec<_>>()
        };
        links.filter(|(_, link)| link.find).flat_map(of).collect()
    }

    /// What the name of each one's file depends on, and the name.
    fn names(&self, config: &Config, of: &[Findable<'_>], manifest: &Manifest) -> Vec<(String, String)> {
        let Some(keys) = self.keys() else { return Vec::new() };
        let iterations = Iterations::of(config.code_iterations);
        let (root, salt, known) = (keys.root_id(), keys.code_salt(), remembered(manifest));
        of.par_iter()
            .map(|one| {
                let Findable { keys, gallery, link, .. } = one;
                let depends = format!("{root} {} {gallery} {} {}", keys.root_id(), link.id, iterations.get());
                let made = || LocatorKey::new(one.code().symbols(), &salt, iterations).name();
                let name = known.get(&depends).cloned().unwrap_or_else(made);
                (depends, name)
            })
            .collect()
    }
}

/// A link whose code is for the look-up page, under one of the roots.
struct Findable<'a> {
    keys: &'a Keys,
    is_current: bool,
    gallery: GalleryId,
    link: &'a Link,
}

impl Findable<'_> {
    fn code(&self) -> LinkCode {
        self.keys.link_code(self.gallery, self.link.id)
    }
}

/// The note that the next build will read; none where nothing is to be remembered.
pub(super) fn note(locators: &BTreeMap<String, Locator>) -> Option<(&'static str, Vec<u8>)> {
    let names: BTreeMap<&String, &String> = locators.iter().map(|(depends, one)| (depends, &one.name)).collect();
    if names.is_empty() { None } else { Some((NOTE, serde_json::to_vec(&names).ok()?)) }
}

fn remembered(manifest: &Manifest) -> BTreeMap<String, String> {
    manifest.note(NOTE).and_then(|note| serde_json::from_slice(note).ok()).unwrap_or_default()
}
