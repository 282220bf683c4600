//! Facts about a photo that rendering finds besides its pictures: a colour, and warnings.
//!
//! It belongs to the sizes and the background that the photograph was rendered to. Under other settings it is another
//! fact, however alike the two may be, so that a site does not depend on how it came to be what it is.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Photo, Seen};
use crate::compose::orientation;
use crate::config::Config;
use crate::images::cache::{Cache, Key};
use crate::images::facts_revision;
use crate::plan::{Pictures, Plan, RenditionSet};
use crate::{Code, Error};

/// The key of what a photo's ladder teaches about it.
pub(super) fn key(photo: &Photo, ladder: &RenditionSet) -> Key {
    let [r, g, b] = ladder.background;
    let revision = format!("{};bg={r:02x}{g:02x}{b:02x}", facts_revision());
    Key::facts(&photo.sha256, orientation(photo), &ladder.sizes, &revision)
}

/// What is known of a photo by this very ladder.
pub(super) fn known<'a>(photo: &'a Photo, ladder: &RenditionSet) -> Option<&'a Seen> {
    photo.seen.as_ref().filter(|seen| seen.by == *key(photo, ladder).as_bytes())
}

/// What the cache remembers of it.
fn remembered(photo: &Photo, ladder: &RenditionSet, cache: &Cache) -> Option<Seen> {
    let key = key(photo, ladder);
    let facts = cache.read_facts(&key)?;
    Some(Seen { by: *key.as_bytes(), colour: facts.colour, warnings: facts.warnings })
}

/// Tells the catalog what the cache remembers of the photos that are shown. Returns whether it remembers anything new.
pub(super) fn recall(catalog: &mut Catalog, plan: &Plan, pictures: &Pictures, cache: &Cache) -> bool {
    let mut any = false;
    for section in plan.albums.iter().flat_map(|album| &album.sections) {
        for shown in &section.photos {
            let photo = &mut catalog.galleries[section.gallery].photos[shown.photo];
            let ladder = &pictures.of(section.gallery, shown.photo).ladder;
            if known(photo, ladder).is_none()
                && let Some(seen) = remembered(photo, ladder, cache)
            {
                photo.seen = Some(seen);
                any = true;
            }
        }
    }
    any
}

/// What was odd about the pixels of photos that are shown, as far as they have been rendered: a fact of the photo, told
/// whenever somebody asks, not only when it is found out.
pub(super) fn warnings(config: &Config, catalog: &Catalog, plan: &Plan, pictures: &Pictures) -> Vec<Error> {
    let sections = plan.albums.iter().flat_map(|album| &album.sections);
    let shown: BTreeSet<(usize, usize)> =
        sections.flat_map(|section| section.photos.iter().map(|shown| (section.gallery, shown.photo))).collect();
    let mut warnings = Vec::new();
    for (at, place) in shown {
        let gallery = &catalog.galleries[at];
        let photo = &gallery.photos[place];
        let ladder = &pictures.of(at, place).ladder;
        let Some(seen) = known(photo, ladder) else { continue };
        let file = config.display_gallery_path(gallery.folder.join(&photo.name));
        warnings.extend(seen.warnings.iter().map(|told| Error::new(Code::PixelsDoubtful, told.clone()).at(&file)));
    }
    warnings
}
