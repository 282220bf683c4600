//! Every file of the site: where it lies, what it is, and the fingerprint of all that its bytes depend on.

use rayon::prelude::*;

use super::{Composer, Hashing};
use crate::catalog::Catalog;
use crate::plan::{Pictures, Place, Plan};
use crate::publish::{Key, Phase, Reach, Wanted};

/// A file of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The home page.
    Home,
    /// A page of an album's grid; `grid` counts the holders' addresses of a private album.
    #[allow(missing_docs)]
    Grid { album: u32, grid: u32, page: u32 },
    /// The page of a photo.
    #[allow(missing_docs)]
    Photo { album: u32, section: u32, photo: u32 },
    /// A picture.
    #[allow(missing_docs)]
    Picture { album: u32, section: u32, photo: u32, rung: u32 },
    /// A text page.
    Text(u32),
    /// The page for addresses that do not exist.
    NotFound,
    /// The page at a dead link's address.
    Tombstone(u32),
    /// A file for machines: feed, sitemap, robots rules, headers.
    Machine(u32),
    /// A stylesheet, script or font of the theme.
    Asset(u32),
    /// A file that is copied as it is.
    Static(u32),
}

/// A file in the list.
#[derive(Clone, Copy, Debug)]
pub struct File {
    start: u32,
    length: u16,
    key: Key,
    /// What it is.
    pub what: What,
    reach: Reach,
}

impl File {
    /// The fingerprint of all that its bytes depend on.
    pub fn key(&self) -> Key {
        self.key
    }
}

/// All files of the site, by path. Paths lie in one string: a large site has a million of them.
#[derive(Debug, Default)]
pub struct Files {
    paths: String,
    list: Vec<File>,
}

impl Files {
    /// The path of a file.
    pub fn path(&self, file: &File) -> &str {
        &self.paths[file.start as usize..][..usize::from(file.length)]
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        let at = self.list.binary_search_by(|file| self.path(file).cmp(path)).ok()?;
        Some(&self.list[at])
    }

    /// Every file, by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &File)> {
        self.list.iter().map(|file| (self.path(file), file))
    }

    /// The list as the publisher takes it.
    pub fn wanted(&self) -> impl Iterator<Item = Wanted<'_>> {
        self.iter().map(|(path, file)| {
            let phase = match file.what {
                What::Picture { .. } | What::Asset(_) | What::Static(_) => Phase::Asset,
                _ => Phase::Page,
            };
            Wanted { path, key: file.key, phase, reach: file.reach }
        })
    }

    /// Lists every picture, and nothing else.
    pub fn of_pictures(catalog: &Catalog, plan: &Plan, pictures: &Pictures) -> Self {
        let mut files = Self::default();
        for (number, album) in plan.albums.iter().enumerate() {
            let reach = reach(&album.place);
            for (section, photos) in album.sections.iter().enumerate() {
                for (at, shown) in photos.photos.iter().enumerate() {
                    let photo = &catalog.galleries[photos.gallery].photos[shown.photo];
                    let picture = pictures.of(photos.gallery, shown.photo);
                    for (rung, step) in picture.ladder.rungs.iter().enumerate() {
                        let path = album.picture_path(shown, photo, step, &picture.imprint);
                        let what = What::Picture {
                            album: small(number),
                            section: small(section),
                            photo: small(at),
                            rung: small(rung),
                        };
                        let mut hash = Hashing(blake3::Hasher::new());
                        for part in [&photo.sha256[..], step.text.as_bytes(), picture.imprint.fingerprint.as_bytes()] {
                            hash.0.update(part);
                        }
                        files.push(&path, hash.key(), what, reach);
                    }
                }
            }
        }
        files.sort();
        files
    }

    fn sort(&mut self) {
        let paths = &self.paths;
        let path = |file: &File| &paths[file.start as usize..][..usize::from(file.length)];
        self.list.par_sort_unstable_by(|a, b| path(a).cmp(path(b)));
    }

    fn push(&mut self, path: &str, key: Key, what: What, reach: Reach) {
        let start = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        // Paths are made of names that were cut; what comes from `static` is checked by the publisher.
        let length = u16::try_from(path.len()).unwrap_or(u16::MAX);
        self.paths.push_str(&path[..usize::from(length)]);
        self.list.push(File { start, length, key, what, reach });
    }
}

impl Composer<'_> {
    /// Lists every file of the site. Views are made on all threads to be hashed, and let go of.
    ///
    /// `pictures` are the pictures among them, from [`Files::of_pictures`].
    pub fn files(&self, pictures: Files) -> Files {
        let mut files = pictures;
        let mut pages: Vec<(String, What, Reach)> = vec![
            ("index.html".to_owned(), What::Home, Reach::Public),
            ("404.html".to_owned(), What::NotFound, Reach::Public),
        ];
        for (number, album) in self.plan.albums.iter().enumerate() {
            let reach = reach(&album.place);
            let album_number = small(number);
            // The first album is the home page.
            if number > 0 {
                for (grid, folder) in album.grids().into_iter().enumerate() {
                    for page in 0..self.page_count(number) {
                        let what = What::Grid { album: album_number, grid: small(grid), page: small(page) };
                        pages.push((format!("{folder}{}", page_name(page)), what, reach));
                    }
                }
            }
            for (section, photo) in Self::sequence(album) {
                let placed = self.placed(number, section, photo);
                let what = What::Photo { album: album_number, section: small(section), photo: small(photo) };
                pages.push((album.photo_page_path(placed.shown), what, reach));
            }
        }
        for (at, text) in self.texts.iter().enumerate() {
            pages.push((text.path.clone(), What::Text(small(at)), Reach::Public));
        }
        for (at, (path, _)) in self.machine.iter().enumerate() {
            pages.push((path.clone(), What::Machine(small(at)), Reach::Public));
        }
        for (at, tombstone) in self.plan.tombstones.iter().enumerate() {
            let path = format!("g/{}/index.html", tombstone.token.path_segment());
            pages.push((path, What::Tombstone(small(at)), Reach::Private));
        }
        for (at, asset) in self.theme.assets().iter().enumerate() {
            let mut hash = Hashing(blake3::Hasher::new());
            hash.0.update(&asset.bytes);
            files.push(&asset.path, hash.key(), What::Asset(small(at)), Reach::Public);
        }
        for (at, file) in self.catalog.static_files.iter().enumerate() {
            let mut hash = Hashing(blake3::Hasher::new());
            hash.0.update(&file.sha256);
            files.push(&file.path, hash.key(), What::Static(small(at)), Reach::Public);
        }
        let keys: Vec<Key> = pages.par_iter().map(|(_, what, _)| self.page_key(*what)).collect();
        for ((path, what, reach), key) in pages.into_iter().zip(keys) {
            files.push(&path, key, what, reach);
        }
        files.sort();
        files
    }
}

fn reach(place: &Place) -> Reach {
    match place {
        Place::Open(_) => Reach::Public,
        Place::Private(_) => Reach::Private,
    }
}

/// The file of a grid's page, counted from 0.
pub(super) fn page_name(page: usize) -> String {
    if page == 0 { "index.html".to_owned() } else { format!("page-{}.html", page + 1) }
}

/// Counts of galleries, photos and pages are far below four thousand million.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
