//! Withdrawal: takes down what must no longer be reachable, whatever else goes wrong: photos that were taken away, galleries that were closed, links
//! that died.

mod by_ledger;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

pub(super) use by_ledger::{DeadByLedger, may_be_dead};

use super::address_history::recorded_assets;
use super::{Access, Event, Listener};
use crate::access::GalleryId;
use crate::access::token::shortened;
use crate::catalog::{Catalog, Photo};
use crate::compose::{FILTER, PhotoTag, PhotoTags, is_archive, is_blank, is_grid_page, is_manifest, is_original};
use crate::config::{Config, Downloads};
use crate::formats::SourceFormat;
use crate::plan::{AlbumLocation, PICTURE_PLACES, PICTURES, Plan, download_level, photo_of_picture};
use crate::publish::{Manifest, Phase, Reach, Record, Site};
use crate::sealed::{MANIFEST, SLOTS};
use crate::visibility::PrivateFolder;
use crate::{Code, Error};

/// The note in the record that names dead addresses which were published as such.
pub(super) const DEAD: &str = "tombstones";

/// The note in the record that names the addresses of galleries that were public.
pub(super) const PUBLIC: &str = "public";

/// What may stay reachable, known before anything is made.
pub(super) struct Retained {
    /// `album path ‖ photo name`, broken ones too: a photo that cannot be read was not withdrawn.
    photos: HashSet<String>,
    /// Folders of open albums.
    albums: HashSet<String>,
    /// Folders of open galleries that cannot be read, and of which therefore nothing was withdrawn.
    unread: Vec<String>,
    /// Folders of living private addresses, those below `x/` with the photos that they show today; nothing where that is not
    /// known.
    private: HashMap<String, Option<Shown>>,
    /// Those of the photos whose originals may be downloaded.
    originals: HashSet<String>,
    /// Folders of open albums of which anything may be downloaded.
    offering: HashSet<String>,
    /// Folders of private addresses of which nobody can tell what may be downloaded.
    in_doubt: HashSet<String>,
    /// Files that lie in `static`, wherever they go.
    statics: HashSet<String>,
    /// Folders in which the open part lies again, in the site's further languages.
    languages: Vec<String>,
    /// Nothing is known of other private addresses.
    open_alone: bool,
    output: std::path::PathBuf,
}

/// The photos of a private address, as the record knows them.
#[derive(Debug, Default)]
struct Shown {
    places: HashSet<PhotoTag>,
    sources: HashSet<PhotoTag>,
    /// Those whose originals may be downloaded.
    open_places: HashSet<PhotoTag>,
    open_sources: HashSet<PhotoTag>,
    /// Whether anything may be downloaded.
    offers: bool,
}

impl Shown {
    /// These, and those in and below a folder that cannot be read: such a photo was not withdrawn. Nothing where a whole folder
    /// cannot be read.
    fn of<'a>(
        catalog: &Catalog,
        (shared, audience): (usize, &str),
        photos: impl Iterator<Item = (usize, &'a Photo)>,
    ) -> Option<Self> {
        let mut shown = Self::default();
        let mut level = |at: usize| {
            let level = download_level(catalog, shared, audience, at);
            shown.offers |= level != Downloads::None;
            level
        };
        for (at, photo) in photos {
            let place = PhotoTag::of_place(&catalog.galleries[at].folder, &photo.name);
            let source = PhotoTag::of_source(&photo.sha256);
            if level(at) == Downloads::Full {
                shown.open_places.insert(place);
                shown.open_sources.insert(source);
            }
            shown.places.insert(place);
            shown.sources.insert(source);
        }
        let folder = &catalog.galleries[shared].folder;
        for broken in catalog.broken.iter().filter(|broken| broken.folder.starts_with(folder)) {
            SourceFormat::by_name(&broken.name.to_string_lossy())?;
            let place = PhotoTag::of_place(&broken.folder, &broken.name);
            let gallery = catalog.galleries.iter().position(|gallery| gallery.folder == broken.folder);
            if gallery.is_some_and(|at| level(at) == Downloads::Full) {
                shown.open_places.insert(place);
            }
            shown.places.insert(place);
        }
        Some(shown)
    }

    fn has(&self, record: &Record<'_>) -> bool {
        match record.phase {
            Phase::Page => {
                let page = PhotoTags::of_page(&record.key);
                self.places.contains(&page.place) || self.sources.contains(&page.source)
            }
            Phase::Asset if is_archive(&record.key) => self.offers,
            Phase::Asset if is_original(&record.key) => self.open_sources.contains(&PhotoTag::of_picture(&record.key)),
            Phase::Asset => self.sources.contains(&PhotoTag::of_picture(&record.key)),
        }
    }
}

/// The folder of a private address that a path lies in.
fn private_folder(path: &str) -> &str {
    path.match_indices('/').nth(1).map_or(path, |(at, _)| &path[..=at])
}

impl Retained {
    pub(super) fn of(config: &Config, catalog: &Catalog, plan: &Plan, manifest: &Manifest) -> Self {
        let mut living = Self {
            photos: HashSet::new(),
            albums: HashSet::new(),
            unread: Vec::new(),
            private: HashMap::new(),
            originals: HashSet::new(),
            offering: HashSet::new(),
            in_doubt: HashSet::new(),
            statics: catalog.static_files.iter().map(|file| file.path.clone()).collect(),
            languages: config.languages.iter().map(|language| language.folder.clone()).collect(),
            open_alone: false,
            output: config.output.clone(),
        };
        for album in &plan.albums {
            match &album.place {
                AlbumLocation::Open(place) => {
                    living.albums.insert(place.path.clone());
                    let before: HashSet<String> = std::mem::take(&mut living.photos);
                    let level = download_level(catalog, album.gallery, "", album.gallery);
                    let folder = &catalog.galleries[album.gallery].folder;
                    let broken = catalog.broken.iter().filter(|broken| broken.folder == *folder);
                    living
                        .photos
                        .extend(broken.map(|broken| format!("{}{}", place.path, Plan::photo_name(&broken.name))));
                    let shown = album.sections.iter().flat_map(|section| &section.photos);
                    living.photos.extend(shown.map(|shown| format!("{}{}", place.path, shown.name)));
                    if level == Downloads::Full {
                        living.originals.extend(living.photos.iter().cloned());
                    }
                    if level != Downloads::None {
                        living.offering.insert(place.path.clone());
                    }
                    living.photos.extend(before);
                }
                AlbumLocation::Private(place) => {
                    let photos = album.sections.iter().flat_map(|section| {
                        let gallery = &catalog.galleries[section.gallery];
                        section.photos.iter().map(move |shown| (section.gallery, &gallery.photos[shown.photo]))
                    });
                    let shown = Shown::of(catalog, (album.gallery, &place.audience), photos);
                    living.private.extend(album.grids().into_iter().map(|grid| (grid, None)));
                    living.private.insert(PrivateFolder::Assets.of_token(place.assets.path_segment()), shown);
                }
            }
        }
        // Galleries in which no photo can be read, and photos of none, unless all are closed.
        let loose = catalog.visibility_of_photos(0).is_open().then(|| (0, "photos/".to_owned()));
        for (gallery, path) in plan.empty.iter().chain(&loose) {
            let folder = &catalog.galleries[*gallery].folder;
            let broken = catalog.broken.iter().filter(|broken| broken.folder == *folder);
            living.photos.extend(broken.map(|broken| format!("{path}{}", Plan::photo_name(&broken.name))));
            living.albums.insert(path.clone());
            if catalog.broken.iter().any(|broken| broken.folder.join(&broken.name) == *folder) {
                living.unread.push(path.clone());
            }
        }
        let tombstones = plan.tombstones.iter().map(|dead| PrivateFolder::Pages.of_token(dead.token.path_segment()));
        living.private.extend(tombstones.map(|page| (page, None)));
        living.learn(manifest);
        living
    }

    /// The same where nobody knows today's links: what is private may stay, but for photos that are in their gallery no more.
    pub(super) fn open_alone(mut self, catalog: &Catalog, manifest: &Manifest) -> Self {
        self.open_alone = true;
        // Each gallery that has an id, with all that lies below it, itself first.
        let mut trees: HashMap<GalleryId, Vec<usize>> = HashMap::new();
        for gallery in 0..catalog.galleries.len() {
            let mut around = Some(gallery);
            while let Some(above) = around.map(|at| &catalog.galleries[at]) {
                if let Some(id) = above.config.id.as_ref().and_then(|id| id.parse().ok()) {
                    trees.entry(id).or_default().push(gallery);
                }
                around = above.parent;
            }
        }
        for assets in recorded_assets(manifest) {
            let folder = PrivateFolder::Assets.of_token(&assets.token);
            let Some(tree) = trees.get(&assets.gallery) else {
                self.in_doubt.insert(folder);
                continue;
            };
            let photos = tree.iter().flat_map(|at| catalog.galleries[*at].photos.iter().map(|photo| (*at, photo)));
            let shown = Shown::of(catalog, (tree[0], &assets.audience), photos);
            self.private.insert(folder, shown);
        }
        self.learn(manifest);
        self
    }

    /// What the photos that are shown were made of when they were published: a changed one was not withdrawn.
    fn learn(&mut self, manifest: &Manifest) {
        let pages = manifest.iter().filter(|record| record.reach == Reach::Private && record.phase == Phase::Page);
        for record in pages.filter(|record| !is_grid(record)) {
            let page = PhotoTags::of_page(&record.key);
            if let Some(Some(shown)) = self.private.get_mut(private_folder(record.path))
                && shown.places.contains(&page.place)
            {
                shown.sources.insert(page.source);
                if shown.open_places.contains(&page.place) {
                    shown.open_sources.insert(page.source);
                }
            }
        }
    }

    /// Whether what was published may stay although it is not being brought up to date.
    pub(super) fn may_stay(&self, record: &Record<'_>) -> bool {
        let path = record.path;
        if record.reach == Reach::Private {
            return match self.private.get(private_folder(path)) {
                // A grid is no photo's page: what it shows decides, as for those of the holders.
                Some(shown) => {
                    is_blank(&record.key) || is_grid(record) || shown.as_ref().is_none_or(|shown| shown.has(record))
                }
                None => {
                    self.open_alone && !self.is_in_doubt(record) || is_of_all(path) || PrivateFolder::is_locator(path)
                }
            };
        }
        let is_static = self.statics.contains(path);
        // A page in a further language stays with the one that it is a translation of.
        let path = self.languages.iter().find_map(|folder| path.strip_prefix(folder.as_str())).unwrap_or(path);
        if is_blank(&record.key) {
            let folder = path.strip_prefix(PICTURES).unwrap_or(path).trim_end_matches("index.html");
            return self.albums.iter().chain(&self.unread).any(|album| album.starts_with(folder));
        }
        if is_static {
            return true;
        }
        let shown = path.strip_prefix(PICTURES).unwrap_or(path);
        if self.unread.iter().any(|folder| shown.starts_with(folder)) {
            return true;
        }
        if is_archive(&record.key) {
            return self.offering.contains(album_of(record));
        }
        if is_original(&record.key) {
            return photo_of_picture(path).is_some_and(|photo| self.originals.contains(photo));
        }
        if path.starts_with(PICTURES) {
            return photo_of_picture(path).is_some_and(|photo| self.photos.contains(photo));
        }
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        match file.strip_suffix(".html") {
            Some(name) if self.albums.contains(&folder) && !is_grid_page(file) => {
                folder.is_empty() || self.photos.contains(&format!("{folder}{name}"))
            }
            // Pages of an album that has gone; other files are nobody's photograph.
            Some(_) if is_grid_page(file) && folder.matches('/').count() > 1 => self.albums.contains(&folder),
            _ => true,
        }
    }

    /// Whether it is a download of which nobody can tell whether it may stay.
    fn is_in_doubt(&self, record: &Record<'_>) -> bool {
        let is_download = is_archive(&record.key) || is_original(&record.key);
        is_download && self.in_doubt.contains(private_folder(record.path))
    }

    /// What was published and may not stay. The ZIP files of an album and what its filter knows go with anything of it.
    pub(super) fn gone(&self, manifest: &Manifest) -> BTreeSet<String> {
        let gone = manifest.iter().filter(|record| !self.may_stay(record));
        let gone: BTreeSet<String> = gone.map(|record| record.path.to_owned()).collect();
        let along = taken_along(manifest, &gone);
        gone.into_iter().chain(along).collect()
    }

    /// Takes down what may not stay after a build that failed, and the pages that show it. Gives what could not be done.
    pub(super) fn take_down_the_rest(&self, site: &mut Site, listener: Listener<'_>) -> Vec<Error> {
        let gone = self.gone(site.manifest());
        take_down(&self.output, site, &gone, listener)
    }
}

/// The ZIP files, filters and manifests of albums of which something is gone: what they hold is not known, so they may hold it.
pub(super) fn taken_along(manifest: &Manifest, gone: &BTreeSet<String>) -> Vec<String> {
    let albums: HashSet<&str> =
        gone.iter().filter_map(|path| manifest.get(path)).map(|record| album_of(&record)).collect();
    let gathers = |record: &Record<'_>| {
        is_archive(&record.key) || record.path.rsplit('/').next() == Some(FILTER) || is_manifest(record.path)
    };
    let along = manifest.iter().filter(|record| gathers(record) && albums.contains(album_of(record)));
    along.map(|record| record.path.to_owned()).collect()
}

/// The folder of the album that a file belongs to: of a private one that of its pictures, of an open one that of its pages.
fn album_of<'p>(record: &Record<'p>) -> &'p str {
    if record.reach == Reach::Private {
        return private_folder(record.path);
    }
    let folder = |path: &'p str| path.rfind('/').map_or("", |at| &path[..=at]);
    let around = folder(record.path.strip_prefix(PICTURES).unwrap_or(record.path));
    if is_archive(&record.key) { folder(around.trim_end_matches('/')) } else { around }
}

/// Whether this is the page that keeps hosts from listing all private addresses of a kind. It says nothing, and is nobody's.
fn is_of_all(path: &str) -> bool {
    PrivateFolder::is_index(path)
}

/// Those of the pages that keep folders from being listed in whose folders nothing is left.
fn idle(gone: &BTreeSet<String>, manifest: &Manifest) -> Vec<String> {
    let mut idle: Vec<String> =
        manifest.iter().map(|record| record.path).filter(|path| is_of_all(path)).map(str::to_owned).collect();
    for record in manifest.iter().filter(|record| !is_of_all(record.path) && !gone.contains(record.path)) {
        idle.retain(|page| !record.path.starts_with(page.trim_end_matches("index.html")));
    }
    idle
}

/// Takes files down, and the pages that show them. Gives what could not be done.
pub(super) fn take_down(output: &Path, site: &mut Site, gone: &BTreeSet<String>, listener: Listener<'_>) -> Vec<Error> {
    if gone.is_empty() {
        return Vec::new();
    }
    let gone = &gone.iter().cloned().chain(idle(gone, site.manifest())).collect();
    let showing = pages_that_show(output, gone, site.manifest());
    let down = site.take_down(gone.iter().chain(&showing).map(String::as_str));
    if !down.removed.is_empty() {
        let told =
            Error::new(Code::TakenDown, format!("{} withdrawn files were taken down anyway", down.removed.len()))
                .hint("fix the errors and build again: pages that showed them are missing until then");
        listener(Event::Warning(&told));
    }
    // A page that merely shows it may stay.
    let failed = down.failed.into_iter().filter(|(path, _)| gone.contains(path));
    failed.map(|(path, error)| still_reachable(&path, error)).collect()
}

/// Published pages that show one of these files.
pub(super) fn pages_that_show(output: &Path, gone: &BTreeSet<String>, manifest: &Manifest) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    // A link to a download that has gone leads nowhere, and shows nothing.
    let is_shown =
        |path: &&String| manifest.get(path).is_none_or(|record| !is_archive(&record.key) && !is_original(&record.key));
    let shown: BTreeSet<&str> = gone.iter().filter(is_shown).map(String::as_str).collect();
    if shown.is_empty() {
        return pages;
    }
    for record in manifest.iter().filter(|record| record.phase == Phase::Page && !gone.contains(record.path)) {
        let Ok(text) = fs::read(output.join(record.path)) else { continue };
        let text = String::from_utf8_lossy(&text);
        let shows = PICTURE_PLACES.iter().any(|prefix| {
            text.match_indices(prefix).any(|(at, _)| {
                let end = text[at..].find(['"', '\'', ' ', ',', '<', '&', ')']).map_or(text.len(), |end| at + end);
                shown.contains(&text[at..end])
            })
        });
        if shows {
            pages.insert(record.path.to_owned());
        }
    }
    pages
}

/// What must come down and did not.
pub(super) fn still_reachable(path: &str, error: Error) -> Error {
    let message = format!("`{path}` is still online: {}", error.message);
    without_tokens(Error { place: None, message, ..error })
}

/// An error without addresses that open something: logs are read by others.
pub fn without_tokens(mut error: Error) -> Error {
    error.message = hidden(&error.message);
    error.hint = error.hint.map(|hint| hidden(&hint));
    if let Some(place) = &mut error.place
        && let Some(file) = place.file.to_str()
    {
        place.file = hidden(file).into();
    }
    error
}

/// Whether a name is as long as a token, and begins as one.
pub fn is_like_a_token(name: &str) -> bool {
    let body = name.strip_prefix(|c: char| matches!(c, 'p' | 'a' | 'e' | 's')).map_or(0, str::len);
    body == 24 || (name.len() == 34 && name.as_bytes()[8] == b'-')
}

/// Every run of symbols that is as long as a token and begins as one is shortened.
fn hidden(text: &str) -> String {
    let symbol = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(symbol) {
        let end = rest[start..].find(|c| !symbol(c)).map_or(rest.len(), |length| start + length);
        let run = &rest[start..end];
        out.push_str(&rest[..start]);
        if is_like_a_token(run) {
            out.push_str(&shortened(run))
        } else {
            out.push_str(run)
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Whether a file is a page of a grid, or what stands for one in a sealed gallery.
fn is_grid(record: &Record<'_>) -> bool {
    let name = record.path.rsplit('/').next().unwrap_or_default();
    record.phase == Phase::Page && (is_grid_page(name) || name == SLOTS || name == MANIFEST)
}

/// Published addresses of links that have died since they were published.
pub(super) fn newly_dead(manifest: &Manifest, plan: &Plan) -> Vec<String> {
    let known: HashSet<&str> =
        manifest.note(DEAD).and_then(|note| std::str::from_utf8(note).ok()).into_iter().flat_map(str::lines).collect();
    let living: HashSet<String> = plan
        .albums
        .iter()
        .filter(|album| matches!(album.place, AlbumLocation::Private(_)))
        .flat_map(|album| album.grids())
        .collect();
    manifest
        .iter()
        .filter(|record| PrivateFolder::Pages.below(record.path).is_some() && !is_of_all(record.path))
        .filter(|record| {
            let folder_end = record.path.match_indices('/').nth(1).map_or(record.path.len(), |(at, _)| at + 1);
            let folder = &record.path[..folder_end];
            let token = folder.trim_start_matches(PrivateFolder::Pages.prefix()).trim_end_matches('/');
            !living.contains(folder) && !known.contains(token)
        })
        .map(|record| record.path.to_owned())
        .collect()
}

/// Private files that lie online by this record and that the ledger gives no address to today, and pages of which nobody can
/// tell without the former secret. `settings_stand` as in [`super::withdraw`].
pub fn dead_online(
    access: &Access,
    config: &Config,
    settings_stand: bool,
    online: &Manifest,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let found = DeadByLedger::of(access, config, settings_stand, online);
    (found.dead, found.unknown)
}

/// Adds dead addresses to those that a record says were published as such.
pub fn add_tombstones(notes: &mut BTreeMap<String, Vec<u8>>, tokens: impl Iterator<Item = String>) {
    let known = notes.get(DEAD).map(|note| String::from_utf8_lossy(note).into_owned()).unwrap_or_default();
    let all: BTreeSet<String> = known.lines().map(str::to_owned).chain(tokens).collect();
    notes.insert(DEAD.to_owned(), all.into_iter().collect::<Vec<_>>().join("\n").into_bytes());
}

/// The note that the next build will read.
pub(super) fn dead_note(plan: &Plan) -> Vec<u8> {
    let tokens: BTreeSet<&str> = plan.tombstones.iter().map(|dead| dead.token.path_segment()).collect();
    tokens.into_iter().collect::<Vec<_>>().join("\n").into_bytes()
}

/// The addresses of public galleries, with the galleries.
fn public_addresses(plan: &Plan) -> impl Iterator<Item = (&str, usize)> {
    let listed = plan.albums.iter().filter(|album| album.is_listed() && !album.is_empty());
    listed.filter_map(|album| Some((album.open_path()?, album.gallery)))
}

/// Galleries that are public and were not when the record was written. One that was made by an earlier version knows of
/// no difference between public and unlisted ones.
pub(super) fn newly_public(manifest: &Manifest, plan: &Plan) -> Vec<usize> {
    let known = manifest.note(PUBLIC).map(|note| String::from_utf8_lossy(note).into_owned());
    let known: Option<HashSet<String>> = known.map(|note| note.lines().map(str::to_owned).collect());
    let was_public = |path: &str| match &known {
        Some(known) => known.contains(path),
        None => manifest.get(&format!("{path}index.html")).is_some(),
    };
    public_addresses(plan).filter(|(path, _)| !was_public(path)).map(|(_, gallery)| gallery).collect()
}

/// The note that the next build will read.
pub(super) fn public_note(plan: &Plan) -> Vec<u8> {
    let paths: BTreeSet<&str> = public_addresses(plan).map(|(path, _)| path).collect();
    paths.into_iter().collect::<Vec<_>>().join("\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_an_error_opens_nothing() {
        let text = hidden("/srv/g/pqHj2r_ZN1lEF10utN0Ktky71/index.html and x/20270630-ag5CvgHR0LOhRQsCm7Rn0u1EB/é.jpg");
        assert!(!text.contains("ZN1lEF10utN0Ktky71") && !text.contains("LOhRQsCm7Rn0u1EB"), "{text}");
        assert!(
            text.starts_with("/srv/g/p") && text.ends_with("/é.jpg") && text.contains("/index.html and x/"),
            "{text}"
        );
    }
}
