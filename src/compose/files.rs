//! Every file of the site: where it lies, what it is, and the fingerprint of all that its bytes depend on.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::page_files::PageFile;
use super::sealed::openings;
use super::{Composer, Hashing, holder_key, photo_tags};
use crate::catalog::Catalog;
use crate::pages::{BLANK, PageKind};
use crate::plan::{AlbumLocation, OpenPlace, PICTURES, Pictures, Plan};
use crate::publish::{Fingerprint, LONGEST_PATH, Phase, Reach, Wanted};
use crate::visibility::PrivateFolder;

/// A file of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A page that a template makes.
    Page(PageFile),
    /// A picture.
    #[allow(missing_docs)]
    Picture { album: u32, section: u32, photo: u32, rung: u32 },
    /// The original of a photo, for a download.
    #[allow(missing_docs)]
    Original { album: u32, section: u32, photo: u32 },
    /// A ZIP file of photos.
    #[allow(missing_docs)]
    Archive { album: u32, part: u32 },
    /// The list of who opens a sealed gallery.
    #[allow(missing_docs)]
    Slots { album: u32 },
    /// What describes a sealed gallery and lists its files.
    #[allow(missing_docs)]
    Manifest { album: u32 },
    /// Where a code that is typed on the look-up page leads.
    Locator(u32),
    /// A file for machines: feed, sitemap, robots rules, headers.
    Machine(u32),
    /// A stylesheet, script or font of the theme.
    Asset(u32),
    /// A file that is copied as it is.
    Static(u32),
    /// The page of a folder that has none of its own.
    Blank,
}

/// The fingerprint of every folder's page that says nothing.
fn blank_key() -> Fingerprint {
    let mut hash = Hashing(blake3::Hasher::new());
    hash.0.update(b"blank\0").update(BLANK.as_bytes());
    hash.key()
}

/// Whether this is the fingerprint of a page that says nothing: it withholds what lies in its folder, and gives nothing away.
pub fn is_blank(key: &Fingerprint) -> bool {
    *key == blank_key()
}

/// A file in the list.
#[derive(Clone, Copy, Debug)]
pub struct File {
    start: u32,
    length: u16,
    key: Fingerprint,
    /// What it is.
    pub what: FileKind,
    reach: Reach,
}

impl File {
    /// The fingerprint of all that its bytes depend on.
    pub fn key(&self) -> Fingerprint {
        self.key
    }
}

/// The paths of all pictures. They are long to work out and stand in many pages, so they are worked out once; they lie
/// in one string, because a large site has a million of them.
#[derive(Debug, Default)]
pub struct PicturePaths {
    paths: Arc<str>,
    /// Where each path lies, in the order of albums, sections, photos and rungs.
    spans: Vec<(u32, u16)>,
    /// For each album and section, the first span of each photo.
    first: Vec<Vec<Vec<u32>>>,
}

/// Paths one after the other, the length and key of each, and how many each photo has.
type Part = (String, Vec<(u16, Fingerprint)>, Vec<u32>);

impl PicturePaths {
    /// Works out every picture's path, and lists them by path. Two photos of one private audience that are the same to the
    /// byte have the same pictures: their files are listed once, for the first of the two.
    pub fn new(catalog: &Catalog, plan: &Plan, pictures: &Pictures) -> (Self, Vec<File>) {
        let work: Vec<(usize, usize, usize)> = plan
            .albums
            .iter()
            .enumerate()
            .flat_map(|(album, a)| {
                a.sections
                    .iter()
                    .enumerate()
                    .flat_map(move |(section, s)| (0..s.photos.len()).map(move |at| (album, section, at)))
            })
            .collect();
        // In parts, so that no more than a few thousand paths are held twice.
        let parts: Vec<Part> = work
            .par_chunks(512)
            .map(|photos| {
                let (mut paths, mut each, mut counts) = (String::new(), Vec::new(), Vec::new());
                for &(album, section, at) in photos {
                    let (album, section) = (&plan.albums[album], &plan.albums[album].sections[section]);
                    let shown = &section.photos[at];
                    let photo = &catalog.galleries[section.gallery].photos[shown.photo];
                    let picture = pictures.of(section.gallery, shown.photo);
                    let has_cards = match &album.place {
                        AlbumLocation::Open(_) => true,
                        // Whoever makes a preview has no key.
                        AlbumLocation::Private(place) => {
                            place.seal.is_none() && catalog.galleries[album.gallery].config.share_cover
                        }
                    };
                    let rungs = || picture.ladder_in(album).rungs.iter().filter(|rung| has_cards || !rung.for_cards);
                    counts.push(small(rungs().count()));
                    for rung in rungs() {
                        let (path, key) = album.picture(shown, photo, rung, &picture.imprint);
                        paths.push_str(&path);
                        each.push((length(&path), photo_tags::on_picture(&photo.sha256, key)));
                    }
                }
                (paths, each, counts)
            })
            .collect();
        let mut drawing = Self { paths: Arc::from(""), spans: Vec::new(), first: Vec::new() };
        drawing.first = plan.albums.iter().map(|album| album.sections.iter().map(|_| Vec::new()).collect()).collect();
        let (mut paths, mut list) = (String::new(), Vec::new());
        let mut photos = work.iter();
        for (part, each, counts) in parts {
            let mut start = paths.len();
            let mut each = each.into_iter();
            for count in counts {
                let Some(&(album, section, photo)) = photos.next() else { break };
                let reach = plan.albums[album].visibility().into();
                drawing.first[album][section].push(small(drawing.spans.len()));
                for (rung, (length, key)) in each.by_ref().take(count as usize).enumerate() {
                    let what = FileKind::Picture {
                        album: small(album),
                        section: small(section),
                        photo: small(photo),
                        rung: small(rung),
                    };
                    drawing.spans.push((small(start), length));
                    list.push(File { start: small(start), length, key, what, reach });
                    start += usize::from(length);
                }
            }
            paths.push_str(&part);
        }
        drawing.paths = Arc::from(paths);
        list.par_sort_unstable_by(|a, b| drawing.path(a).cmp(drawing.path(b)).then(a.start.cmp(&b.start)));
        // Equal keys mean equal bytes. One path with two keys stays listed twice, and is refused as a collision.
        list.dedup_by(|later, first| later.key == first.key && drawing.path(later) == drawing.path(first));
        (drawing, list)
    }

    /// Photos whose pictures' paths are longer than an output may have, by gallery and place in it, with the reason. A photo's
    /// page and its album's have shorter ones.
    pub fn too_long(&self, plan: &Plan, picture_files: &[File]) -> Vec<(usize, usize, String)> {
        let long = picture_files.iter().filter(|file| usize::from(file.length) > LONGEST_PATH);
        let photos = long.filter_map(|file| {
            let FileKind::Picture { album, section, photo, .. } = file.what else { return None };
            let section = &plan.albums[album as usize].sections[section as usize];
            Some((section.gallery, section.photos[photo as usize].photo))
        });
        let reason = format!(
            "its address would be longer than {LONGEST_PATH} bytes; nest it in fewer folders, or shorten their names"
        );
        photos.collect::<BTreeSet<_>>().into_iter().map(|(gallery, photo)| (gallery, photo, reason.clone())).collect()
    }

    /// The path of a picture from the list.
    pub fn path(&self, file: &File) -> &str {
        &self.paths[file.start as usize..][..usize::from(file.length)]
    }

    /// The path of one rung of a photo's ladder.
    pub fn of(&self, album: usize, section: usize, photo: usize, rung: usize) -> &str {
        let (start, length) = self.spans[self.first[album][section][photo] as usize + rung];
        &self.paths[start as usize..][..usize::from(length)]
    }
}

/// All files of the site, by path.
#[derive(Debug, Default)]
pub struct Files {
    pictures: Arc<str>,
    paths: String,
    list: Vec<File>,
}

impl Files {
    /// The path of a file.
    pub fn path(&self, file: &File) -> &str {
        let paths = if matches!(file.what, FileKind::Picture { .. }) { &*self.pictures } else { &self.paths };
        &paths[file.start as usize..][..usize::from(file.length)]
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
                // Pages that keep a folder from being listed are there before what lies in it is led to, and go after it.
                FileKind::Picture { .. }
                | FileKind::Original { .. }
                | FileKind::Archive { .. }
                | FileKind::Asset(_)
                | FileKind::Static(_)
                | FileKind::Blank => Phase::Asset,
                FileKind::Page(_)
                | FileKind::Slots { .. }
                | FileKind::Manifest { .. }
                | FileKind::Locator(_)
                | FileKind::Machine(_) => Phase::Page,
            };
            Wanted { path, key: file.key, phase, reach: file.reach }
        })
    }

    fn push(&mut self, path: &str, key: Fingerprint, what: FileKind, reach: Reach) {
        let (start, length) = (small(self.paths.len()), length(path));
        self.paths.push_str(&path[..usize::from(length)]);
        self.list.push(File { start, length, key, what, reach });
    }
}

/// Paths are made of names that were cut; what comes from `static` is checked by the publisher.
fn length(path: &str) -> u16 {
    u16::try_from(path.len()).unwrap_or(u16::MAX)
}

impl Composer<'_> {
    /// Lists every file of the site. Views are made on all threads to be hashed, and let go of.
    ///
    /// `pictures` are the pictures among them, from [`PicturePaths::new`].
    pub fn files(&self, pictures: Vec<File>) -> Files {
        let mut files =
            Files { pictures: Arc::clone(&self.contents.drawing.paths), paths: String::new(), list: pictures };
        for (at, asset) in self.contents.theme.assets().iter().enumerate() {
            let mut hash = Hashing(blake3::Hasher::new());
            hash.0.update(&asset.bytes);
            files.push(&asset.path, hash.key(), FileKind::Asset(small(at)), Reach::Public);
        }
        for (at, file) in self.contents.catalog.static_files.iter().enumerate() {
            let mut hash = Hashing(blake3::Hasher::new());
            hash.0.update(&file.sha256);
            files.push(&file.path, hash.key(), FileKind::Static(small(at)), Reach::Public);
        }
        for (at, (path, _)) in self.machine.iter().enumerate() {
            files.push(path, self.machine_key(at), FileKind::Machine(small(at)), Reach::Public);
        }
        self.list_downloads(&mut files);
        // A hundred links to a gallery cost one view: their pages differ in where they lie alone.
        let of_all = |(album, page): (u32, u32)| ((album, page), self.shared_key(album as usize, page as usize));
        let shared: HashMap<_, [u8; 32]> = self.contents.shared_grids().into_par_iter().map(of_all).collect();
        let key = |(path, page, _): &(String, PageFile, Reach)| match page {
            PageFile::Grid { album, grid, page: at, .. } => match shared.get(&(*album, *at)) {
                Some(shared) => {
                    holder_key(shared, path, self.contents.plan.albums[*album as usize].ends_soon(*grid as usize))
                }
                None => self.page_key(*page),
            },
            _ => self.page_key(*page),
        };
        let pages: Vec<_> = PageKind::ALL.into_iter().flat_map(|kind| self.contents.pages_of(kind)).collect();
        let keys: Vec<Fingerprint> = pages.par_iter().map(key).collect();
        for ((path, page, reach), key) in pages.into_iter().zip(keys) {
            files.push(&path, key, FileKind::Page(page), reach);
        }
        self.list_locators(&mut files);
        let mut list = std::mem::take(&mut files.list);
        // The pictures are in order already, which this sort notices.
        list.par_sort_by(|a, b| files.path(a).cmp(files.path(b)));
        // Two photos of one private audience that are the same to the byte have one original too.
        let is_original = |file: &File| matches!(file.what, FileKind::Original { .. });
        list.dedup_by(|later, first| {
            is_original(later) && later.key == first.key && files.path(later) == files.path(first)
        });
        files.list = list;
        self.list_openings(&mut files);
        let folders = self.folders_without_page(&files);
        if !folders.is_empty() {
            for folder in folders {
                let reach = if PrivateFolder::holds(&folder) { Reach::Private } else { Reach::Public };
                files.push(&format!("{folder}index.html"), blank_key(), FileKind::Blank, reach);
            }
            let mut list = std::mem::take(&mut files.list);
            list.par_sort_by(|a, b| files.path(a).cmp(files.path(b)));
            files.list = list;
        }
        files
    }

    fn list_downloads(&self, files: &mut Files) {
        let plan = &self.contents.plan;
        let reach = |album: usize| plan.albums[album].visibility().into();
        for (album, section, photo, path, key) in self.contents.downloads.originals() {
            let sha256 = &self.contents.placed(album, section, photo).photo.sha256;
            let what = FileKind::Original { album: small(album), section: small(section), photo: small(photo) };
            files.push(path, photo_tags::on_original(sha256, key), what, reach(album));
        }
        for album in 0..plan.albums.len() {
            for (part, found) in self.contents.downloads.of(album).parts.iter().enumerate() {
                let what = FileKind::Archive { album: small(album), part: small(part) };
                files.push(&found.path, photo_tags::archive_key(found.key), what, reach(album));
            }
        }
    }

    /// What opens sealed galleries. What describes one depends on all its other files, which are listed, and on its page.
    fn list_openings(&self, files: &mut Files) {
        let mut listed = Vec::new();
        for (at, album) in self.contents.plan.albums.iter().enumerate() {
            let (Some(seal), Some([slots, manifest])) = (album.seal(), openings(album, at)) else { continue };
            let folder = album.own_grid();
            let mut hash = Hashing(blake3::Hasher::new());
            hash.0.update(&self.shared_key(at, 0));
            let first = files.list.partition_point(|file| files.path(file) < folder.as_str());
            let within = files.list[first..].iter().map(|file| (files.path(file), file));
            for (path, file) in within.take_while(|(path, _)| path.starts_with(&folder)) {
                hash.0.update(path.as_bytes()).update(&file.key.0);
            }
            let [(slots, of_slots), (manifest, of_manifest)] = [slots, manifest];
            listed.push((slots, of_slots, Fingerprint(seal.slots_fingerprint())));
            listed.push((manifest, of_manifest, hash.key()));
        }
        for (path, what, key) in listed {
            files.push(&path, key, what, Reach::Private);
        }
        let mut list = std::mem::take(&mut files.list);
        list.par_sort_by(|a, b| files.path(a).cmp(files.path(b)));
        files.list = list;
    }

    /// Where codes lead that people type on the look-up page.
    fn list_locators(&self, files: &mut Files) {
        for (at, locator) in self.contents.locators.iter().enumerate() {
            let mut hash = Hashing(blake3::Hasher::new());
            hash.add(&self.contents.target(locator));
            files.push(&locator.path(), hash.key(), FileKind::Locator(small(at)), Reach::Private);
        }
    }

    /// Folders that have no page, and whose list would tell of something that nobody lists: all private ones, and of the
    /// others those on the way to what is unlisted.
    fn folders_without_page(&self, files: &Files) -> BTreeSet<String> {
        let mut folders = BTreeSet::new();
        for folder in PrivateFolder::ALL.iter().map(|folder| folder.prefix()) {
            let first = files.list.partition_point(|file| files.path(file) < folder);
            let mut last = "";
            let paths = files.list[first..].iter().map(|file| files.path(file));
            for path in paths.take_while(|path| path.starts_with(folder)) {
                let around = &path[..=path.rfind('/').unwrap_or(0)];
                // One folder's files come one after the other, and a large one has a hundred thousand.
                if around != last {
                    folders.extend(on_the_way(around));
                    last = around;
                }
            }
        }
        for album in &self.contents.plan.albums {
            if let AlbumLocation::Open(OpenPlace { path, listed: false }) = &album.place
                && !path.is_empty()
            {
                for edition in self.contents.editions() {
                    folders.extend(on_the_way(&self.contents.path_in(edition, path)).collect::<Vec<_>>());
                }
                if !album.is_empty() {
                    folders.extend(on_the_way(&format!("{PICTURES}{path}")));
                }
            }
        }
        folders.retain(|folder| files.get(&format!("{folder}index.html")).is_none());
        folders
    }
}

/// A folder and all around it, but for the output itself. Folders end with a slash.
fn on_the_way(folder: &str) -> impl Iterator<Item = String> + '_ {
    folder.match_indices('/').map(|(at, _)| folder[..=at].to_owned())
}

/// Counts of galleries, photos and pages are far below four thousand million.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
