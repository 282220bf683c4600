//! Where codes lead that are typed on the look-up page.
//!
//! The name of such a file is stretched from its code, which takes a quarter of a second. The record of a publish remembers it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Access;
use crate::access::publication::GalleryPublication;
use crate::access::{Keys, Link};
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
        let iterations = Iterations::of(config.code_iterations);
        let (root, salt, known) = (keys.root_id(), keys.code_salt(), remembered(manifest));
        let published: BTreeSet<&str> = publications
            .iter()
            .flat_map(|gallery| {
                let pages = gallery.audiences.iter().flat_map(|audience| &audience.pages).map(|page| &page.token);
                pages.chain(gallery.tombstones.iter().map(|tombstone| &tombstone.token))
            })
            .map(|token| token.path_segment())
            .collect();
        let links =
            ledger.galleries.iter().flat_map(|gallery| gallery.links.iter().map(move |link| (gallery.id, link)));
        let wanted: Vec<_> = links
            .filter(|(_, link)| link.find)
            .flat_map(|(gallery, link)| {
                let page = |keys: &Keys, link: &Link| keys.page_token(gallery, link.id, link.day_in_address());
                // A code of the former root leads to the address that stays.
                let current = page(keys, link);
                let roots = [Some(&**keys), self.previous()].into_iter().flatten();
                let alive = roots.filter(|root| published.contains(page(root, link).path_segment()));
                alive
                    .map(|of| {
                        let depends = format!("{root} {} {gallery} {} {}", of.root_id(), link.id, iterations.get());
                        (depends, of.link_code(gallery, link.id), current.clone())
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        wanted
            .into_par_iter()
            .map(|(depends, code, page)| {
                let made = || LocatorKey::new(code.symbols(), &salt, iterations).name();
                let name = known.get(&depends).cloned().unwrap_or_else(made);
                (depends, Locator { name, code, page })
            })
            .collect()
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
