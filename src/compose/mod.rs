//! From the plan and what was made to views, and from views to the bytes of every file.
//!
//! Every file of the site is listed with its path and a key: the fingerprint of all that its bytes depend on. Bytes are
//! made when they are asked for, so an unchanged page costs its view and a hash, and is not rendered.

mod claims;
mod discovery;
mod downloads;
mod editions;
mod files;
mod filter;
mod find;
mod inspect;
mod page_files;
mod photo_tags;
mod private;
mod sealed;
mod text;
mod views;

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

pub use editions::Edition;
pub use files::{File, FileKind, Files, PicturePaths, is_blank};
pub use filter::FILTER;
pub use page_files::{PageFile, is_grid_page};
pub use photo_tags::{PhotoTag, PhotoTags, archive_key, is_archive, is_original};
pub use sealed::{Prepared, Salt, is_manifest};

use crate::access::Keys;
use crate::catalog::{Catalog, Gallery, Photo, same_name};
use crate::config::Config;
use crate::images::cache::{Cache, Key as CacheKey};
use crate::pages::{BLANK, PageView, PreparedSite, Theme};
use crate::plan::{
    Album, AlbumLocation, DownloadFile, DownloadPlan, Locator, Pictures, Plan, RenditionSet, Seal, Section, Shown,
};
use crate::publish::{Content, Fingerprint};
use crate::visibility::PrivateFolder;
use crate::{Code, Error, Result};

use sealed::Names;
use text::Texts;

/// What was read and planned, before any text of the site is rendered.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The site's settings.
    pub config: &'a Config,
    /// What exists.
    pub catalog: &'a Catalog,
    /// What is shown where, and to whom.
    pub plan: &'a Plan,
    /// The sizes of each photo.
    pub pictures: &'a Pictures,
    /// The paths of all pictures.
    pub drawing: &'a PicturePaths,
    /// What may be downloaded.
    pub downloads: &'a DownloadPlan,
    /// The templates, words and assets.
    pub theme: &'a Theme,
    /// Where codes lead that are typed on the look-up page.
    pub locators: &'a [Locator],
    /// The current root's keys, where the secret is at hand.
    pub keys: Option<&'a Keys>,
}

/// The same with its texts rendered and its covers chosen: every view is a function of this.
struct Contents<'a> {
    sources: Sources<'a>,
    texts: Texts,
    /// For each album the picture that stands for it.
    covers: Vec<Option<Cover>>,
}

/// The site, ready to be listed and written.
pub struct Composer<'a> {
    contents: Contents<'a>,
    /// The beginning of every page's key: the theme and the site in each of its languages.
    common: Vec<blake3::Hasher>,
    sites: Vec<PreparedSite>,
    /// Files for machines, with their paths.
    machine: Vec<(String, String)>,
    /// The salts of sealed files that are known, by path.
    salts: Mutex<HashMap<Box<str>, Salt>>,
    /// For each album, what stands for its files on its page, where it is sealed.
    names: Vec<OnceLock<Names>>,
}

// All that can be asked of the sources can be asked once the texts are there.
impl<'a> Deref for Contents<'a> {
    type Target = Sources<'a>;

    fn deref(&self) -> &Sources<'a> {
        &self.sources
    }
}

/// The photo that stands for an album, possibly one of an album below it.
#[derive(Clone, Copy, Debug)]
struct Cover {
    album: usize,
    section: usize,
    photo: usize,
}

/// A photo of an album with all that a view needs of it.
#[derive(Clone, Copy)]
struct Placed<'a> {
    album: &'a Album,
    section: &'a Section,
    gallery: &'a Gallery,
    photo: &'a Photo,
    shown: &'a Shown,
    /// Album, section and place in it, as the plan counts them.
    place: (usize, usize, usize),
    /// Its place among the album's photos, from 0.
    at: usize,
}

impl<'a> Composer<'a> {
    /// Prepares the site's pages. Also returns warnings about text pages.
    ///
    /// # Errors
    /// All that is wrong in text pages, together.
    pub fn new(sources: Sources<'a>) -> Result<(Self, Vec<Error>), Vec<Error>> {
        let Sources { plan, theme, .. } = sources;
        let mut errors = sources.missing_files();
        let read = sources.texts();
        let (texts, mut warnings) = match read {
            Ok(read) if errors.is_empty() => read,
            read => {
                errors.extend(read.err().into_iter().flatten());
                return Err(errors);
            }
        };
        warnings.extend(sources.broken_claims());
        warnings.extend(sources.idle_translations());
        warnings.extend(sources.idle_covers());
        warnings.extend(sources.lacking_headers());
        let covers = (0..plan.albums.len()).map(|album| sources.cover_of(album)).collect();
        let contents = Contents { sources, texts, covers };
        let sites: Vec<_> = sources.editions().map(|edition| theme.prepare(&contents.site_view(edition))).collect();
        let common = sites.iter().map(|site| {
            let mut common = Hashing(blake3::Hasher::new());
            common.0.update(&theme.fingerprint());
            common.add(site.view());
            common.0
        });
        let (common, machine) = (common.collect(), contents.machine_files());
        let names = plan.albums.iter().map(|_| OnceLock::new()).collect();
        Ok((Self { contents, common, sites, machine, salts: Mutex::default(), names }, warnings))
    }

    /// Files of `static` that lie where the build writes something of its own.
    pub fn taken_places(&self, files: &Files) -> Vec<Error> {
        let copied: BTreeMap<String, &std::path::Path> = self
            .contents
            .catalog
            .static_files
            .iter()
            .map(|file| (file.path.to_lowercase(), file.file.as_path()))
            .collect();
        if copied.is_empty() {
            return Vec::new();
        }
        let own = files.iter().filter(|(_, file)| !matches!(file.what, FileKind::Static(_)));
        own.filter_map(|(path, _)| Some((path, *copied.get(&path.to_lowercase())?)))
            .map(|(path, file)| {
                let shown = self.contents.config.display_path(file);
                Error::new(
                    Code::AddressTaken,
                    format!("the build writes `{path}` itself, which this file would replace"),
                )
                .at(shown)
                .hint("rename it; to change pages, use a theme")
            })
            .collect()
    }

    /// The content of the file at a path of the list.
    ///
    /// # Errors
    /// What a template lacks; a cached picture that has gone since it was looked for.
    pub fn content<'c>(&'c self, path: &str, what: FileKind, cache: &'c Cache) -> Result<Prepared<'c>> {
        let open = |plain| Ok(Prepared::open(plain));
        match what {
            FileKind::Picture { album, section, photo, rung } => self.in_album(album, path, || {
                let placed = self.contents.placed(album as usize, section as usize, photo as usize);
                self.contents.rendition(&placed, rung as usize, cache)
            }),
            FileKind::Original { album, section, photo } => self.in_album(album, path, || {
                let placed = self.contents.placed(album as usize, section as usize, photo as usize);
                self.contents.original(&placed)
            }),
            FileKind::Page(page @ PageFile::Photo { album, .. }) if self.is_sealed(album) => {
                self.in_album(album, path, || self.about(album as usize, page))
            }
            // It stands in the manifest, and nowhere else.
            FileKind::Page(PageFile::Grid { album, .. }) if self.is_sealed(album) => {
                Err(Error::new(Code::Internal, "the page of a sealed gallery would be published as it is").at(path))
            }
            FileKind::Manifest { album } => self.in_album(album, path, || self.manifest(album as usize, cache)),
            FileKind::Slots { album } => {
                let seal = self.contents.plan.albums[album as usize].seal();
                open(Content::Bytes(seal.map(Seal::slots).unwrap_or_default()))
            }
            FileKind::Locator(at) => open(Content::Bytes(self.located(at as usize))),
            FileKind::Archive { album, part } => open(self.packed(album as usize, part as usize, cache)),
            FileKind::Static(at) => open(Content::CopyOf(self.contents.catalog.static_files[at as usize].file.clone())),
            FileKind::Asset(at) => open(Content::Bytes(self.contents.theme.assets()[at as usize].bytes.to_vec())),
            other => open(Content::Bytes(self.page(other)?.into_bytes())),
        }
    }

    /// Where the pictures lie in the cache that a file is made of.
    pub fn cache_keys(&self, what: FileKind) -> Vec<CacheKey> {
        let key = |album: u32, section: usize, photo: usize, rung: usize| {
            let placed = self.contents.placed(album as usize, section, photo);
            let picture = self.contents.pictures.of(placed.section.gallery, placed.shown.photo);
            derivative_key(placed.photo, picture.ladder_in(placed.album), rung)
        };
        match what {
            FileKind::Picture { album, section, photo, rung } => {
                vec![key(album, section as usize, photo as usize, rung as usize)]
            }
            FileKind::Archive { album, part } => {
                let downloads = self.contents.downloads.of(album as usize);
                let part = &downloads.parts[part as usize];
                let renditions = downloads.members(part).filter_map(|(photo, member)| match member.file {
                    DownloadFile::Rendition(rung) => Some(key(album, part.section, photo, rung)),
                    DownloadFile::Original { .. } => None,
                });
                renditions.collect()
            }
            _ => Vec::new(),
        }
    }

    /// The text of a page or a machine's file.
    fn page(&self, what: FileKind) -> Result<String> {
        match what {
            FileKind::Page(page) => self.contents.theme.render(self.site_of(page), &*self.contents.view(page)),
            FileKind::Machine(at) => Ok(self.machine[at as usize].1.clone()),
            FileKind::Blank => Ok(BLANK.to_owned()),
            FileKind::Picture { .. }
            | FileKind::Original { .. }
            | FileKind::Archive { .. }
            | FileKind::Slots { .. }
            | FileKind::Manifest { .. }
            | FileKind::Locator(_)
            | FileKind::Static(_)
            | FileKind::Asset(_) => Ok(String::new()),
        }
    }

    /// The site as a page shows it.
    fn site_of(&self, page: PageFile) -> &PreparedSite {
        &self.sites[self.contents.edition_of(page).place()]
    }

    /// The key of a page: the theme, the site and the page's own view; of a photo's page also the photo.
    fn page_key(&self, page: PageFile) -> Fingerprint {
        let mut hash = self.marked(self.contents.edition_of(page), page.mark());
        hash.view(&*self.contents.view(page));
        match page {
            PageFile::Photo { album, section, photo, .. } => {
                let placed = self.contents.placed(album as usize, section as usize, photo as usize);
                let place = PhotoTag::of_place(&placed.gallery.folder, &placed.photo.name);
                PhotoTags { place, source: PhotoTag::of_source(&placed.photo.sha256) }.on_page(hash.key())
            }
            _ => hash.key(),
        }
    }

    /// The key of a file for machines: all of it.
    fn machine_key(&self, at: usize) -> Fingerprint {
        let mut hash = self.marked(Edition::MAIN, 7);
        hash.add(&self.machine[at].1);
        hash.key()
    }

    /// The beginning of a file's key: what all have in common, and the mark of its kind, as the first records have it.
    fn marked(&self, edition: Edition, mark: u8) -> Hashing {
        let mut hash = Hashing(self.common[edition.place()].clone());
        hash.0.update(format!("Discriminant({mark})").as_bytes());
        hash
    }

    /// What the grids of all holders of a private album have in common. A hundred links to a gallery cost one view.
    fn shared_key(&self, album: usize, page: usize) -> [u8; 32] {
        let around = self.contents.edition_around(album, Edition::MAIN);
        let mut hash = Hashing(self.common[around.place()].clone());
        // A view is a function of its album and of the folder that it stands in: the key takes the folder by itself.
        hash.view(&self.contents.gallery_in(PrivateFolder::Pages.prefix(), None, Edition::MAIN, album, page));
        *hash.0.finalize().as_bytes()
    }

    /// What is odd about covers: names that lead to no photo that is shown. Each is told once for a gallery, and where its
    /// photo is there, once for each audience that does not see it.
    pub fn warnings(&self) -> Vec<Error> {
        let mut warned = BTreeMap::new();
        for (album, cover) in self.contents.plan.albums.iter().zip(&self.contents.covers) {
            let gallery = &self.contents.catalog.galleries[album.gallery];
            let (Some(wanted), Some(file)) = (&gallery.config.cover, &gallery.config.file) else { continue };
            let found = cover.is_some_and(|cover| {
                let placed = self.contents.placed(cover.album, cover.section, cover.photo);
                placed.gallery.folder.join(&placed.photo.name).to_str().is_some_and(|path| {
                    use unicode_normalization::UnicodeNormalization;
                    path.nfc().collect::<String>().ends_with(&wanted.nfc().collect::<String>())
                })
            });
            if found {
                continue;
            }
            let file = self.contents.config.display_path(file);
            let warning = if self.contents.is_below(&gallery.folder, wanted) {
                let whom = match &album.place {
                    AlbumLocation::Private(place) if !place.audience.is_empty() => {
                        format!("the audience `{}` is not shown", place.audience)
                    }
                    _ => "is not shown here".to_owned(),
                };
                let instead = if cover.is_some() { "; another photo is its cover there" } else { "" };
                Error::new(Code::CoverNotShown, format!("`cover` names `{wanted}`, which {whom}{instead}"))
            } else {
                let near =
                    crate::error::closest_match(wanted, gallery.photos.iter().filter_map(|photo| photo.name.to_str()));
                let warning = Error::new(
                    Code::CoverNotShown,
                    format!("`cover` names `{wanted}`, which this gallery does not show"),
                );
                match near {
                    Some(near) => warning.hint(format!("did you mean `{near}`?")),
                    None => warning,
                }
            };
            warned.insert((file.to_owned(), warning.message.clone()), warning.at(file));
        }
        warned.into_values().collect()
    }
}

impl<'a> Sources<'a> {
    /// Files of `static` that the theme's settings name and that are not there.
    fn missing_files(&self) -> Vec<Error> {
        let theme = &self.config.theme;
        let named = [("logo", &theme.logo), ("heading_font", &theme.heading_font), ("text_font", &theme.text_font)];
        named
            .into_iter()
            .filter_map(|(setting, path)| Some((setting, path.as_deref()?)))
            .filter(|(_, path)| !self.catalog.static_files.iter().any(|file| file.path == *path))
            .map(|(setting, path)| {
                let error = Error::new(
                    Code::MissingAsset,
                    format!("`theme.{setting}` names `{path}`, which is not in the static folder"),
                );
                let place = self.config.places.get(&*format!("theme.{setting}")).cloned();
                let error = Error { place, ..error };
                match crate::error::closest_match(path, self.catalog.static_files.iter().map(|file| file.path.as_str()))
                {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint("put the file there, and give its path relative to that folder"),
                }
            })
            .collect()
    }

    fn placed(&self, album: usize, section: usize, photo: usize) -> Placed<'a> {
        let place = (album, section, photo);
        let album = &self.plan.albums[album];
        let before: usize = album.sections[..section].iter().map(|section| section.photos.len()).sum();
        let section = &album.sections[section];
        let shown = &section.photos[photo];
        let gallery = &self.catalog.galleries[section.gallery];
        Placed { album, section, gallery, photo: &gallery.photos[shown.photo], shown, place, at: before + photo }
    }

    /// The photos of an album in showing order, as section and place in it.
    fn sequence(album: &Album) -> impl Iterator<Item = (usize, usize)> + '_ {
        album
            .sections
            .iter()
            .enumerate()
            .flat_map(|(at, section)| (0..section.photos.len()).map(move |photo| (at, photo)))
    }

    /// The cover of an album: the one its owner named, else its first landscape photo among the first ten, else its first
    /// photo, else the cover of the first album below it.
    fn cover_of(&self, at: usize) -> Option<Cover> {
        let album = &self.plan.albums[at];
        let wanted = self.catalog.galleries[album.gallery].config.cover.as_deref();
        if let Some(wanted) = wanted {
            let base = &self.catalog.galleries[album.gallery].folder;
            let own = std::iter::once(at).chain(self.below(at)).filter(|other| self.may_show(at, *other));
            for other in own {
                for (section, photo) in Self::sequence(&self.plan.albums[other]) {
                    let placed = self.placed(other, section, photo);
                    let path = placed.gallery.folder.join(&placed.photo.name);
                    if path
                        .strip_prefix(base)
                        .ok()
                        .and_then(|path| path.to_str())
                        .is_some_and(|path| same_name(path, wanted))
                    {
                        return Some(Cover { album: other, section, photo });
                    }
                }
            }
        }
        let mut first = None;
        for (section, photo) in Self::sequence(album).take(10) {
            let cover = Cover { album: at, section, photo };
            let (width, height) = self.placed(at, section, photo).photo.header.displayed_size();
            if width > height {
                return Some(cover);
            }
            first.get_or_insert(cover);
        }
        first.or_else(|| {
            // What is listed nowhere is shown on no page and no preview card that is listed.
            let mut children = album.children.iter().filter(|child| self.may_show(at, **child));
            children.find_map(|child| self.cover_of(*child))
        })
    }

    /// Whether an album may show what belongs to another: a listed one shows listed ones alone.
    fn may_show(&self, album: usize, other: usize) -> bool {
        self.plan.albums[other].is_listed() || !self.plan.albums[album].is_listed()
    }

    /// All albums below one.
    fn below(&self, at: usize) -> Vec<usize> {
        let children = &self.plan.albums[at].children;
        children.iter().flat_map(|child| std::iter::once(*child).chain(self.below(*child))).collect()
    }

    /// Whether a photo lies at this path below a folder, whoever sees it.
    fn is_below(&self, folder: &Path, wanted: &str) -> bool {
        let is_it = |path: PathBuf| path.to_str().is_some_and(|path| same_name(path, wanted));
        self.catalog.galleries.iter().any(|gallery| {
            gallery
                .folder
                .strip_prefix(folder)
                .is_ok_and(|below| gallery.photos.iter().any(|photo| is_it(below.join(&photo.name))))
        })
    }
}

/// Where a derivative lies in the cache.
pub fn derivative_key(photo: &Photo, ladder: &RenditionSet, rung: usize) -> CacheKey {
    let rung = &ladder.rungs[rung];
    CacheKey::derivative(&photo.sha256, orientation(photo), ladder.above(rung), &rung.text)
}

/// The orientation that a decoder must apply by itself; AVIF carries its own in the container.
pub fn orientation(photo: &Photo) -> u8 {
    photo.header.orientation
}

/// The key of one holder's grid, from what all have in common, where it lies, and the last day that it names.
fn holder_key(shared: &[u8; 32], path: &str, ends: Option<jiff::civil::Date>) -> Fingerprint {
    let mut hash = Hashing(blake3::Hasher::new());
    hash.0.update(shared).update(path.as_bytes());
    if let Some(last) = ends {
        hash.0.update(last.to_string().as_bytes());
    }
    hash.key()
}

/// A hash that views are written into.
struct Hashing(blake3::Hasher);

impl Hashing {
    fn add(&mut self, value: &impl serde::Serialize) {
        self.take(serde_json::to_vec(value));
    }

    /// A view with its head, which templates are given apart from it.
    fn view(&mut self, view: &dyn PageView) {
        self.add(view.head());
        self.take(view.json());
    }

    fn take(&mut self, written: serde_json::Result<Vec<u8>>) {
        // Views are plain values: writing one cannot fail.
        debug_assert!(written.is_ok());
        // A hash of many small pieces costs several times that of one piece.
        self.0.update(&written.unwrap_or_default());
    }

    fn key(&self) -> Fingerprint {
        let mut key = [0; 16];
        key.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        Fingerprint(key)
    }
}
