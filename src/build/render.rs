//! Selects the photos to render, and renders them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use super::facts;
use super::stages::Planned;
use super::stopping::interrupted;
use super::{Event, Listener};
use crate::Error;
use crate::catalog::{Catalog, Photo, Seen};
use crate::compose::{Composer, File, FileKind, Files, archive_key, derivative_key, orientation};
use crate::config::Config;
use crate::images::cache::{Cache, Key};
use crate::images::render_pool::{Derivative, Job, Outcome, Workshop};
use crate::images::{Crafter, Recipe, memory_estimate, memory_refusal};
use crate::plan::{DownloadFile, Pictures, RenditionSet};
use crate::publish::{Change, ChangeKind, Site};

/// A rung of a photo's ladder, of the one with a watermark or the one without.
type Rung = (bool, usize);

/// What must be rendered: for each photo, by gallery and place in it, the rungs of its ladder.
pub(super) struct Needs {
    photos: BTreeMap<(usize, usize), BTreeSet<Rung>>,
}

/// What came of rendering.
pub(super) struct Made {
    /// The photographs that were rendered.
    pub files: Vec<PathBuf>,
    /// Whether anything was learned that the index should keep.
    pub any: bool,
    /// Those that failed: gallery, photo, reason.
    pub failed: Vec<(usize, usize, String)>,
}

/// Finds what neither the output nor the cache has. `lost` names pictures that the record has and the output has not;
/// of photos that must be rendered in any case, the output itself is looked at.
pub(super) fn needs(
    catalog: &Catalog,
    planned: &Planned,
    picture_files: &[File],
    site: &Site,
    cache: &Cache,
    lost: &BTreeSet<String>,
) -> Needs {
    let Planned { plan, pictures, paths: drawing, downloads, .. } = planned;
    let mut needs = Needs { photos: BTreeMap::new() };
    // Both are sorted by path, so one pass through both is enough.
    let mut records = site.manifest().iter().peekable();
    for file in picture_files {
        let path = drawing.path(file);
        let FileKind::Picture { album, section, photo, rung } = file.what else { continue };
        while records.peek().is_some_and(|record| record.path < path) {
            records.next();
        }
        let recorded = records.peek().is_some_and(|record| record.path == path && record.key == file.key());
        if recorded && !lost.contains(path) {
            continue;
        }
        let album = &plan.albums[album as usize];
        let section = &album.sections[section as usize];
        let photo = section.photos[photo as usize].photo;
        let rung = rung as usize;
        let source = &catalog.galleries[section.gallery].photos[photo];
        let picture = pictures.of(section.gallery, photo);
        if !cache.contains(&derivative_key(source, picture.ladder_in(album), rung)) {
            let needed = (picture.is_marked_in(album), rung);
            needs.photos.entry((section.gallery, photo)).or_default().insert(needed);
        }
    }
    // A ZIP file is written from the cache, whatever lies in the output.
    for (album, part) in downloads.parts() {
        let recorded = site.manifest().get(&part.path).is_some_and(|record| record.key == archive_key(part.key));
        if recorded && !lost.contains(&part.path) {
            continue;
        }
        let downloads = downloads.of(album);
        let album = &plan.albums[album];
        let section = &album.sections[part.section];
        for (at, member) in downloads.members(part) {
            let DownloadFile::Rendition(rung) = member.file else { continue };
            let photo = section.photos[at].photo;
            let source = &catalog.galleries[section.gallery].photos[photo];
            let picture = pictures.of(section.gallery, photo);
            if !cache.contains(&derivative_key(source, picture.ladder_in(album), rung)) {
                let needed = (picture.is_marked_in(album), rung);
                needs.photos.entry((section.gallery, photo)).or_default().insert(needed);
            }
        }
    }
    for section in plan.albums.iter().flat_map(|album| &album.sections) {
        for shown in &section.photos {
            let source = &catalog.galleries[section.gallery].photos[shown.photo];
            let place = (section.gallery, shown.photo);
            let ladder = &pictures.of(place.0, place.1).ladder;
            // Its colour is not known any more: the smallest picture tells it.
            if facts::known(source, ladder).is_none() {
                needs.photos.entry(place).or_insert_with(|| BTreeSet::from([(false, 0)]));
            }
        }
    }
    if needs.photos.is_empty() {
        return needs;
    }
    for file in picture_files {
        let FileKind::Picture { album, section, photo, rung } = file.what else { continue };
        let album = &plan.albums[album as usize];
        let section = &album.sections[section as usize];
        let photo = section.photos[photo as usize].photo;
        let Some(rungs) = needs.photos.get_mut(&(section.gallery, photo)) else { continue };
        let rung = rung as usize;
        let source = &catalog.galleries[section.gallery].photos[photo];
        let picture = pictures.of(section.gallery, photo);
        let needed = (picture.is_marked_in(album), rung);
        let key = || derivative_key(source, picture.ladder_in(album), rung);
        if !rungs.contains(&needed) && !site.is_intact(drawing.path(file)) && !cache.contains(&key()) {
            rungs.insert(needed);
        }
    }
    needs
}

/// Pictures that are to be written, and whose key in the cache is one of those that are `gone`.
pub(super) fn to_make_again<'a>(
    composer: &Composer<'_>,
    files: &Files,
    changes: impl Iterator<Item = Change<'a>>,
    gone: impl Fn(&Key) -> bool,
) -> BTreeSet<String> {
    changes
        .filter(|change| change.kind != ChangeKind::Removed)
        .filter(|change| files.get(change.path).is_some_and(|file| composer.cache_keys(file.what).iter().any(&gone)))
        .map(|change| change.path.to_owned())
        .collect()
}

/// Every key of the cache that the catalog's photos have a use for.
pub(super) fn used(catalog: &Catalog, pictures: &Pictures) -> HashSet<Key> {
    let mut used = HashSet::new();
    for (at, gallery) in catalog.galleries.iter().enumerate() {
        for (place, photo) in gallery.photos.iter().enumerate() {
            let picture = pictures.of(at, place);
            used.insert(facts::key(photo, &picture.ladder));
            for ladder in picture.ladders() {
                used.extend((0..ladder.rungs.len()).map(|rung| derivative_key(photo, ladder, rung)));
            }
        }
    }
    used
}

impl Needs {
    pub(super) fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.photos.len()
    }

    /// Those that need more than this much memory: gallery, photo, reason.
    pub(super) fn above(&self, memory: u64, catalog: &Catalog, pictures: &Pictures) -> Vec<(usize, usize, String)> {
        let refused = |(gallery, photo): &(usize, usize)| {
            let needed = needed(&catalog.galleries[*gallery].photos[*photo], &pictures.of(*gallery, *photo).ladder);
            Some((*gallery, *photo, memory_refusal(needed, memory)?))
        };
        self.photos.keys().filter_map(refused).collect()
    }

    /// Takes what must be rendered out of the catalog.
    pub(super) fn leave_out(&self, catalog: &mut Catalog) {
        for (gallery, photo) in self.photos.keys().rev() {
            catalog.galleries[*gallery].photos.remove(*photo);
        }
    }

    /// Renders, and tells the catalog what was seen.
    pub(super) fn make(
        &self,
        config: &Config,
        catalog: &mut Catalog,
        pictures: &Pictures,
        workshop: &Workshop,
        cache: &Cache,
        listener: Listener<'_>,
    ) -> Result<Made, Vec<Error>> {
        let places: Vec<(usize, usize)> = self.photos.keys().copied().collect();
        let jobs: Vec<Job<Recipe>> =
            self.photos.iter().map(|(place, rungs)| job(config, catalog, pictures, *place, rungs)).collect();
        let total = jobs.len();
        let done = std::cell::Cell::new(0);
        let on_done = |_: usize, _: &Outcome| {
            done.set(done.get() + 1);
            listener(Event::Rendering { done: done.get(), total });
        };
        listener(Event::Rendering { done: 0, total });
        let outcomes = workshop.run::<Crafter>(&jobs, cache, &on_done)?;
        let mut made = Made { files: Vec::new(), any: false, failed: Vec::new() };
        let mut cancelled = false;
        for ((gallery, photo), outcome) in places.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Made { colour, warnings, .. } => {
                    made.files.push(catalog.photo_file(config, gallery, photo));
                    let source = &mut catalog.galleries[gallery].photos[photo];
                    let by = *facts::key(source, &pictures.of(gallery, photo).ladder).as_bytes();
                    let seen = Some(Seen { by, colour, warnings });
                    made.any |= source.seen != seen;
                    source.seen = seen;
                }
                Outcome::Failed { reason } => made.failed.push((gallery, photo, reason)),
                Outcome::Cancelled => cancelled = true,
            }
        }
        if cancelled { Err(vec![interrupted()]) } else { Ok(made) }
    }
}

/// Memory that rendering a photo takes, in bytes.
fn needed(source: &Photo, ladder: &RenditionSet) -> u64 {
    let recipes: Vec<Recipe> = ladder.rungs.iter().map(|rung| rung.recipe.clone()).collect();
    memory_estimate(&source.header, source.stat.size, &recipes)
}

fn job(
    config: &Config,
    catalog: &Catalog,
    pictures: &Pictures,
    (gallery, photo): (usize, usize),
    rungs: &BTreeSet<Rung>,
) -> Job<Recipe> {
    let source = &catalog.galleries[gallery].photos[photo];
    let picture = pictures.of(gallery, photo);
    let ladder = &picture.ladder;
    Job {
        path: catalog.photo_file(config, gallery, photo),
        size: source.stat.size,
        sha256: source.sha256,
        orientation: orientation(source),
        memory: needed(source, ladder),
        facts: facts::key(source, ladder),
        derivatives: [false, true]
            .into_iter()
            .zip(picture.ladders())
            .flat_map(|(marked, ladder)| {
                ladder.rungs.iter().enumerate().map(move |(at, rung)| Derivative {
                    recipe: rung.recipe.clone(),
                    key: derivative_key(source, ladder, at),
                    wanted: rungs.contains(&(marked, at)),
                })
            })
            .collect(),
    }
}
