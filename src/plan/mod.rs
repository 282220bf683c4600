//! The whole site before any of it is made: every page, picture and size, and who may reach it.
//!
//! A plan is made from what exists and from who was given a link. It decodes, renders and writes nothing. It holds
//! galleries and photos; paths are computed when they are asked for and never all held.

mod album;
mod audience;
mod audience_view;
mod downloads;
mod gallery_key;
mod locator;
mod pictures;
mod preview;
mod private;
mod renditions;
mod seal;
mod slug;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::sync::Arc;

pub use album::{
    Album, AlbumLocation, HolderPage, OpenPlace, PICTURE_PLACES, PICTURES, PrivatePlace, Section, Shown,
    lies_among_pictures, photo_of_picture,
};
pub use audience::{Selection, audience_faults, mentions, telling_nothing};
pub use audience_view::AudienceView;
pub use downloads::{
    AlbumDownloads, DownloadFile, DownloadPlan, Part, PhotoDownload, download_level, entry_time, kept, original_packet,
};
pub use gallery_key::{key_of_open, key_of_private};
pub use locator::Locator;
pub use pictures::{EmbeddedMetadata, Picture, Pictures, Rendition, RenditionSet, mark_of, rights};
pub use preview::Previewed;
pub use private::{family, is_own};
pub use renditions::recipes;
pub use seal::Seal;

use private::is_shared_by_itself;

use crate::access::passwords::Passwords;
use crate::access::publication::{GalleryPublication, TombstoneReason};
use crate::access::{Keys, PageToken};
use crate::catalog::{Catalog, Gallery};
use crate::sealed::Iterations;
use crate::visibility::{PrivateFolder, Visibility};
use crate::{Code, Error};

/// Folders of the output that are ours, besides the private ones; no gallery and no text page has one of these names.
const OWN_FOLDERS: [&str; 3] = ["assets", "img", "photos"];
/// The folder of the look-up page, where the site has one.
pub const FIND_FOLDER: &str = "find";
/// Files that hosts read at the top of a site and that have no ending: no folder may have one of these names.
const HOST_FILES: [&str; 2] = ["_headers", "_redirects"];

/// Everything that the site will have.
#[derive(Debug)]
pub struct Plan {
    /// Galleries as their audiences will see them, parents before children. Open ones first.
    pub albums: Vec<Album>,
    /// Addresses that say that they are dead.
    pub tombstones: Vec<TombstonePage>,
    /// Galleries that are not published, and why.
    pub left_out: Vec<Error>,
    /// Photos that an audience is not shown because nobody knows all of their keywords.
    pub withheld: Vec<Error>,
    /// Galleries that do not have the address that their names make, and why.
    pub moved: Vec<Error>,
    /// Open galleries in which nothing is shown, with the addresses that they would have.
    pub empty: Vec<(usize, String)>,
    /// Private galleries that are shown to their owner alone; a site that is published has none.
    pub previews: Vec<Previewed>,
}

/// How many galleries there are by who may reach them; only such as show a photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct VisibilityCount {
    /// Seen by everybody.
    pub public: usize,
    /// Seen by whoever knows the address.
    pub unlisted: usize,
    /// Seen by whoever holds a link, or by nobody.
    pub private: usize,
    /// Seen by whoever holds a link and what opens it, or by nobody.
    pub sealed: usize,
}

/// A dead address that says so.
#[derive(Debug)]
pub struct TombstonePage {
    /// The address, below `g/`.
    pub token: PageToken,
    /// What it says.
    pub reason: TombstoneReason,
}

/// What the ledger grants today, with the keys that it takes to name it.
#[derive(Debug)]
pub struct Grants<'a> {
    /// The current root's keys.
    pub keys: &'a Arc<Keys>,
    /// The former root's, as long as its addresses are published.
    pub previous: Option<&'a Keys>,
    /// The passwords that were chosen.
    pub passwords: &'a Passwords,
    /// How often codes and passwords of sealed galleries are stretched.
    pub iterations: Iterations,
    /// What the ledger asks to be published.
    pub publications: &'a [GalleryPublication],
}

impl Plan {
    /// Plans the site. Without `grants` private galleries are left out, and said so.
    ///
    /// # Errors
    /// Text pages with a name of ours.
    pub fn new(catalog: &Catalog, grants: Option<&Grants<'_>>) -> Result<Self, Vec<Error>> {
        let mut plan = Self {
            albums: Vec::new(),
            tombstones: Vec::new(),
            left_out: Vec::new(),
            withheld: Vec::new(),
            moved: Vec::new(),
            empty: Vec::new(),
            previews: Vec::new(),
        };
        let taken = top_level_names(catalog)?;
        plan.open(catalog, &taken);
        let by_id: HashMap<&str, usize> =
            catalog.galleries.iter().enumerate().filter_map(|(at, g)| Some((g.config.id.as_deref()?, at))).collect();
        for publication in grants.iter().flat_map(|grants| grants.publications) {
            plan.private(catalog, grants, publication, by_id.get(publication.gallery.as_str()).copied());
        }
        let with_links: HashSet<&str> = grants
            .iter()
            .flat_map(|grants| grants.publications)
            .map(|publication| publication.gallery.as_str())
            .collect();
        for (at, gallery) in catalog.galleries.iter().enumerate() {
            if let Some(day) = gallery.ended {
                if gallery.config.expires == Some(day) {
                    let hint = "to show it again, set a later `expires` in its gallery.toml, or delete the line";
                    let why = format!("it expired on {day} and is left out");
                    plan.left_out.push(told(Code::GalleryLeftOut, gallery, &why, Some(hint.to_owned())));
                }
                continue;
            }
            if at == 0 && !catalog.visibility_of_photos(0).is_open() && !gallery.photos.is_empty() {
                let hint = "move them to their own folder: the galleries folder itself cannot be shared";
                let why = "is private, so the photos directly in it are left out";
                plan.left_out.push(told(Code::GalleryLeftOut, gallery, why, Some(hint.to_owned())));
            }
            let root_of_closed = !gallery.visibility.is_open() && is_shared_by_itself(catalog, at);
            let published = gallery.config.id.as_deref().is_some_and(|id| with_links.contains(id));
            if root_of_closed && !published {
                let hint = gallery.config.id.is_none();
                let hint = hint.then(|| {
                    format!(
                        "share it with `safelight share {} --to NAME`",
                        crate::error::shell_quote(&gallery.folder.to_string_lossy())
                    )
                });
                let kind = gallery.visibility.name();
                let why = match grants {
                    None if gallery.config.id.is_some() => format!("is {kind} and left out"),
                    _ => format!("is {kind} without a working link, so it is left out"),
                };
                plan.left_out.push(told(Code::GalleryLeftOut, gallery, &why, hint));
            }
        }
        Ok(plan)
    }

    /// The open albums: each with the path of its folder, less what is private.
    fn open(&mut self, catalog: &Catalog, taken: &BTreeSet<String>) {
        self.open_below(catalog, taken, 0, None, String::new(), true);
        // The folder of galleries is the home page; photos that lie directly in it make an album of their own.
        if let Some(home) = self.albums.first_mut() {
            let loose: Vec<Section> = std::mem::take(&mut home.sections);
            home.sections.push(Section { gallery: 0, keyword: None, photos: Vec::new() });
            let visibility = catalog.visibility_of_photos(0);
            if loose.iter().any(|section| !section.photos.is_empty()) && visibility.is_open() {
                let at = self.albums.len();
                self.albums[0].children.push(at);
                self.albums.push(Album {
                    gallery: 0,
                    place: AlbumLocation::Open(OpenPlace {
                        path: "photos/".to_owned(),
                        listed: visibility.is_listed(),
                    }),
                    parent: Some(0),
                    children: Vec::new(),
                    is_spared: false,
                    sections: loose,
                });
            }
        }
    }

    fn open_below(
        &mut self,
        catalog: &Catalog,
        taken: &BTreeSet<String>,
        gallery: usize,
        parent: Option<usize>,
        path: String,
        listed: bool,
    ) -> Option<usize> {
        let source = &catalog.galleries[gallery];
        let listed = listed && source.visibility.is_listed();
        let at = self.albums.len();
        let names = slug::photos(source.photos.iter().map(|photo| photo.name.as_os_str()));
        let photos = names.into_iter().enumerate().map(|(photo, name)| Shown { photo, name: name.into() }).collect();
        let place = AlbumLocation::Open(OpenPlace { path: path.clone(), listed });
        let sections = private::sections(source, photos, |shown| shown.photo)
            .into_iter()
            .map(|(keyword, photos)| Section { gallery, keyword, photos })
            .collect();
        self.albums.push(Album { gallery, place, parent, children: Vec::new(), is_spared: false, sections });
        // Names are given out among what is listed first, so that an unlisted folder never moves a public one, and
        // private folders take no part: the open site is what it would be without them.
        let mut children = Vec::new();
        let mut here = taken.clone();
        for visibility in Visibility::ALL.iter().filter(|one| one.is_open()) {
            let of_kind: Vec<usize> = source
                .children
                .iter()
                .copied()
                .filter(|child| catalog.galleries[*child].visibility == *visibility)
                .collect();
            let names: Vec<&OsStr> = of_kind.iter().map(|child| file_name(&catalog.galleries[*child])).collect();
            let slugs = slug::folders(&names, &here);
            here.extend(slugs.iter().map(|name| name.slug.clone()));
            children.extend(of_kind.into_iter().zip(slugs));
        }
        children.sort_by_key(|(child, _)| source.children.iter().position(|other| other == child));
        let none = BTreeSet::new();
        for (child, name) in children {
            let address = format!("{path}{}/", name.slug);
            let made = self.open_below(catalog, &none, child, Some(at), address.clone(), listed);
            let ours = |slug: &str| path.is_empty() && own_names().any(|own| own == slug);
            if let Some(plain) = name.contested.filter(|plain| made.is_some() && !ours(plain)) {
                let message = format!(
                    "another gallery, page or file also has the address `/{path}{plain}/`, so this one is at `/{address}`"
                );
                let hint = "rename one of them: people who know the address of one may end up at the other";
                self.moved.push(told(
                    Code::ContestedAddress,
                    &catalog.galleries[child],
                    &message,
                    Some(hint.to_owned()),
                ));
            }
            self.albums[at].children.extend(made);
        }
        // A folder in which nothing is shown is no gallery; the home page stands in any case.
        if gallery != 0 && self.albums[at].children.is_empty() && self.albums[at].is_empty() {
            self.albums.truncate(at);
            self.empty.push((gallery, path));
            return None;
        }
        Some(at)
    }

    /// How many galleries are public, unlisted, private, sealed. A closed gallery counts with its sections as one, whoever it was
    /// shared with.
    pub fn count_by_visibility(&self, catalog: &Catalog) -> VisibilityCount {
        let mut count = VisibilityCount::default();
        for album in self.albums.iter().filter(|album| album.open_path().is_some() && !album.is_empty()) {
            *if album.is_listed() { &mut count.public } else { &mut count.unlisted } += 1;
        }
        let shows = |at: usize| family(catalog, at).into_iter().any(|one| !catalog.galleries[one].photos.is_empty());
        let private = (1..catalog.galleries.len()).filter(|at| {
            let gallery = &catalog.galleries[*at];
            !gallery.visibility.is_open() && gallery.ended.is_none() && is_shared_by_itself(catalog, *at) && shows(*at)
        });
        for at in private {
            let is_sealed = catalog.galleries[at].visibility == Visibility::Sealed;
            *if is_sealed { &mut count.sealed } else { &mut count.private } += 1;
        }
        count
    }

    /// The name of a photo's page in an open album, as long as no other photo's tag is the same.
    pub fn photo_name(name: &OsStr) -> String {
        slug::photo(name)
    }

    /// How many different photos are shown.
    pub fn photo_count(&self) -> usize {
        let all: BTreeSet<(usize, usize)> = self
            .albums
            .iter()
            .flat_map(|album| &album.sections)
            .flat_map(|section| section.photos.iter().map(|shown| (section.gallery, shown.photo)))
            .collect();
        all.len()
    }
}

fn file_name(gallery: &Gallery) -> &OsStr {
    gallery.folder.file_name().unwrap_or_default()
}

fn told(code: Code, gallery: &Gallery, why: &str, hint: Option<String>) -> Error {
    let error = Error::new(code, why).at(&gallery.folder);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// A name as it stands in addresses, without the tag that tells it from others.
pub(crate) fn address_name(name: &str) -> String {
    slug::fold(name)
}

/// Names at the top of the site that are ours or its host's.
fn own_names() -> impl Iterator<Item = &'static str> {
    let private = PrivateFolder::ALL.iter().map(|folder| folder.name());
    OWN_FOLDERS.into_iter().chain(private).chain(HOST_FILES)
}

/// Names at the top of the site that galleries must leave free.
fn top_level_names(catalog: &Catalog) -> Result<BTreeSet<String>, Vec<Error>> {
    let mut taken: BTreeSet<String> = own_names().map(str::to_owned).collect();
    let mut errors = Vec::new();
    taken.extend(catalog.language_folders.iter().cloned());
    taken.extend(catalog.has_find.then(|| FIND_FOLDER.to_owned()));
    let mut translated = BTreeSet::new();
    for page in &catalog.pages {
        let mut slug = page_slug(&page.stem);
        let is_new = match &page.language {
            Some(_) if catalog.has_find && slug == FIND_FOLDER => false,
            Some(language) => translated.insert(format!("{}{slug}", language.folder)),
            None => taken.insert(slug.clone()),
        };
        if slug.is_empty() || !is_new {
            slug.insert_str(0, page.language.as_ref().map_or("", |language| &language.folder));
            let error = if page_slug(&page.stem).is_empty() {
                Error::new(Code::UnusableName, "the name of a text page needs a letter or a digit")
            } else {
                Error::new(Code::AddressTaken, format!("the address `/{slug}/` is taken"))
            };
            errors.push(error.at(&page.file).hint("rename the file"));
        }
    }
    // What is copied from `static` keeps its name.
    for file in &catalog.static_files {
        if let Some(first) = file.path.split('/').next() {
            taken.insert(first.to_lowercase());
        }
    }
    if errors.is_empty() { Ok(taken) } else { Err(errors) }
}

/// The name of a text page in its address.
pub fn page_slug(stem: &str) -> String {
    slug::fold(stem)
}
