//! Paths and views of each kind of page.

use super::editions::Edition;
use super::files::small;
use super::{Contents, Sources};
use crate::pages::view::NotFoundView;
use crate::pages::{PageKind, PageView};
use crate::plan::{Album, AlbumLocation};
use crate::publish::Reach;
use crate::visibility::{PrivateFolder, Visibility};

/// A page that a template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFile {
    /// The home page.
    Home(Edition),
    /// A page of an album's grid; `grid` counts the addresses of a private album: the holders', then the audience's own.
    #[allow(missing_docs)]
    Grid { edition: Edition, album: u32, grid: u32, page: u32 },
    /// The page that asks for what opens a sealed album; `grid` counts the holders' addresses.
    #[allow(missing_docs)]
    Unlock { album: u32, grid: u32 },
    /// The page of a photo.
    #[allow(missing_docs)]
    Photo { edition: Edition, album: u32, section: u32, photo: u32 },
    /// A text page.
    Text(u32),
    /// The page on which codes are typed.
    Find(Edition),
    /// The page for addresses that do not exist.
    NotFound,
    /// The page at a dead link's address.
    Tombstone(u32),
}

impl PageFile {
    /// Tells kinds apart in fingerprints: their views could be written alike. The numbers stand in records of earlier
    /// publishes, so none of them ever changes or is given out again.
    pub(super) fn mark(self) -> u8 {
        match self {
            Self::Home(_) => 0,
            Self::Grid { .. } => 1,
            Self::Photo { .. } => 2,
            Self::Text(_) => 4,
            Self::NotFound => 5,
            Self::Tombstone(_) => 6,
            // 7 stands for files for machines.
            Self::Unlock { .. } => 8,
            Self::Find(_) => 9,
        }
    }
}

impl Contents<'_> {
    /// The paths of all pages of a kind, each with whom it is for.
    pub(super) fn pages_of(&self, kind: PageKind) -> Vec<(String, PageFile, Reach)> {
        let everybody = Reach::from(Visibility::Public);
        let albums = || (0..).zip(&self.plan.albums);
        match kind {
            PageKind::Home => {
                let page = |edition| (self.path_in(edition, "index.html"), PageFile::Home(edition), everybody);
                self.editions().map(page).collect()
            }
            PageKind::NotFound => vec![("404.html".to_owned(), PageFile::NotFound, everybody)],
            // The first album is the home page.
            PageKind::Gallery => albums()
                .skip(1)
                .filter(|(_, of)| of.seal().is_none())
                .flat_map(|(album, of)| self.editions_of(album as usize).map(move |edition| (edition, album, of)))
                .flat_map(|(edition, album, of)| {
                    let pages = 0..small(self.page_count(album as usize));
                    (0..).zip(of.grids()).flat_map(move |(grid, folder)| {
                        let folder = self.path_in(edition, &folder);
                        let reach = of.visibility().into();
                        pages.clone().map(move |page| {
                            (
                                format!("{folder}{}", page_name(page as usize)),
                                PageFile::Grid { edition, album, grid, page },
                                reach,
                            )
                        })
                    })
                })
                .collect(),
            PageKind::Photo => albums()
                .flat_map(|(album, of)| self.editions_of(album as usize).map(move |edition| (edition, album, of)))
                .flat_map(|(edition, album, of)| {
                    Sources::sequence(of).map(move |(section, photo)| {
                        let path = of.photo_page_path(&of.sections[section].photos[photo]);
                        let page = PageFile::Photo { edition, album, section: small(section), photo: small(photo) };
                        (self.path_in(edition, &path), page, of.visibility().into())
                    })
                })
                .collect(),
            PageKind::Unlock => albums()
                .filter(|(_, of)| of.seal().is_some())
                .flat_map(|(album, of)| {
                    // The last is the audience's own, which a sealed gallery has not.
                    let holders = of.grids().len() - 1;
                    (0..).zip(of.grids()).take(holders).map(move |(grid, folder)| {
                        (format!("{folder}index.html"), PageFile::Unlock { album, grid }, of.visibility().into())
                    })
                })
                .collect(),
            PageKind::Find => self
                .has_find()
                .then(|| self.editions().map(|edition| (self.find_path(edition), PageFile::Find(edition), everybody)))
                .into_iter()
                .flatten()
                .collect(),
            PageKind::Text => (0..)
                .zip(&self.texts.pages)
                .map(|(at, text)| (text.path.clone(), PageFile::Text(at), everybody))
                .collect(),
            PageKind::Tombstone => (0..)
                .zip(&self.plan.tombstones)
                .map(|(at, tombstone)| {
                    let folder = PrivateFolder::Pages.of_token(tombstone.token.path_segment());
                    (format!("{folder}index.html"), PageFile::Tombstone(at), Visibility::Private.into())
                })
                .collect(),
        }
    }

    /// What a page shows.
    pub(super) fn view(&self, page: PageFile) -> Box<dyn PageView> {
        match page {
            PageFile::Home(edition) => Box::new(self.home(edition)),
            PageFile::Grid { edition, album, grid, page } => {
                let of = &self.plan.albums[album as usize];
                let (folder, ends) = (of.grid(grid as usize), of.ends_soon(grid as usize));
                Box::new(self.gallery_in(&folder, ends, edition, album as usize, page as usize))
            }
            PageFile::Unlock { album, grid } => Box::new(self.unlock(album as usize, grid as usize)),
            PageFile::Find(edition) => Box::new(self.find(edition)),
            PageFile::Photo { edition, album, section, photo } => {
                Box::new(self.photo(edition, album as usize, section as usize, photo as usize))
            }
            PageFile::Text(at) => Box::new(self.text(at as usize)),
            PageFile::NotFound => {
                Box::new(NotFoundView { head: self.head("404.html", Visibility::Unlisted, None, None) })
            }
            PageFile::Tombstone(at) => Box::new(self.tombstone(at as usize)),
        }
    }

    /// The edition whose menu and foot stand on a page.
    pub(super) fn edition_of(&self, page: PageFile) -> Edition {
        match page {
            PageFile::Home(edition) | PageFile::Find(edition) => edition,
            PageFile::Unlock { album, .. } => self.edition_around(album as usize, Edition::MAIN),
            PageFile::Grid { edition, album, .. } | PageFile::Photo { edition, album, .. } => {
                self.edition_around(album as usize, edition)
            }
            PageFile::Text(at) => self.texts.pages[at as usize].edition,
            PageFile::NotFound | PageFile::Tombstone(_) => Edition::MAIN,
        }
    }

    /// The pages of grids that several holders share: a private album, and the page.
    pub(super) fn shared_grids(&self) -> Vec<(u32, u32)> {
        let is_shared = |of: &Album| matches!(of.place, AlbumLocation::Private(_)) && of.seal().is_none();
        let private = (0..).zip(&self.plan.albums).filter(|(_, of)| is_shared(of));
        private
            .flat_map(|(album, _)| (0..small(self.page_count(album as usize))).map(move |page| (album, page)))
            .collect()
    }
}

/// The file of a grid's page, counted from 0.
pub(super) fn page_name(page: usize) -> String {
    if page == 0 { "index.html".to_owned() } else { format!("page-{}.html", page + 1) }
}

/// Whether a file of an album's folder is a page of its grid, and no photo's.
pub fn is_grid_page(file: &str) -> bool {
    let number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    file == "index.html" || file.strip_prefix("page-").and_then(|name| name.strip_suffix(".html")).is_some_and(number)
}
