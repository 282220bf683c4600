//! The whole site before any of it is made: every page, picture and size, and who may reach it.
//!
//! A plan is made from what exists and from who was given a link. It decodes, renders and writes nothing. It holds
//! galleries and photos; paths are computed when they are asked for and never all held.

mod audience;
mod ladder;
mod pictures;
mod preview;
mod slug;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::Path;

pub use audience::{Selection, audience_faults, mentions, telling_nothing};
pub use ladder::recipes;
pub use pictures::{Imprint, Ladder, Picture, Pictures, Rung, rights};
pub use preview::Previewed;

use crate::access::keys::NameKey;
use crate::access::publication::{GalleryPublication, TombstoneReason};
use crate::access::{AssetsToken, GalleryId, Keys, PageToken};
use crate::catalog::{Catalog, Gallery, Photo};
use crate::config::Openness;
use crate::{Error, ErrorKind};

/// Folders of the output that are ours; no gallery and no text page has one of these names.
pub const OWN_FOLDERS: [&str; 6] = ["assets", "e", "g", "img", "photos", "x"];
/// Files that hosts read at the top of a site and that have no ending: no folder may have one of these names.
const HOST_FILES: [&str; 2] = ["_headers", "_redirects"];
/// Where pictures of open galleries lie.
pub const PICTURES: &str = "img";

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

/// A gallery as one audience will see it.
#[derive(Debug)]
pub struct Album {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// Where it lies and who may reach it.
    pub place: Place,
    /// The album around it.
    pub parent: Option<usize>,
    /// Albums below it, in showing order.
    pub children: Vec<usize>,
    /// Its photos: one section for itself, and in private albums one for each folder below.
    pub sections: Vec<Section>,
}

/// A folder of photos on an album's grid.
#[derive(Debug)]
pub struct Section {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// What is shown of it, in order.
    pub photos: Vec<Shown>,
}

/// A photo in an album.
#[derive(Debug)]
pub struct Shown {
    /// The photo, as an index into its gallery.
    pub photo: usize,
    /// The name of its page without `.html`, unique in the album.
    pub name: Box<str>,
}

/// Where an album lies. What is open and what is private are different types, so that neither can be taken
/// for the other.
#[derive(Debug)]
pub enum Place {
    /// At an address made from folder names.
    Open(OpenPlace),
    /// At addresses that only the root secret can produce.
    Private(Box<PrivatePlace>),
}

/// An address that everybody may have.
#[derive(Debug)]
pub struct OpenPlace {
    /// The folder below the output, with a slash at its end; empty for the home page.
    pub path: String,
    /// Whether lists, feeds and search engines may name it.
    pub listed: bool,
}

/// Addresses of one audience of a private gallery.
#[derive(Debug)]
pub struct PrivatePlace {
    /// The gallery in the ledger.
    pub id: GalleryId,
    /// The audience's name in `gallery.toml`; empty for everyone whom the gallery was shared with.
    pub audience: String,
    /// Where its pictures and photo pages lie, below `x/`.
    pub assets: AssetsToken,
    /// The address of each holder's page, below `g/`.
    pub pages: Vec<PageToken>,
    names: NameKey,
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
    pub keys: &'a Keys,
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
                    let hint = "write a later `expires` into its gallery.toml to show it again, or take the line out";
                    let why = format!("its last day, {day}, is over; it is left out");
                    plan.left_out.push(left_out(gallery, &why, Some(hint.to_owned())));
                }
                continue;
            }
            if at == 0 && gallery.openness > Openness::Unlisted && !gallery.photos.is_empty() {
                let hint = "move them into a folder of their own: the whole folder of galleries cannot be shared";
                let why = "is private; the photos directly in it are left out";
                plan.left_out.push(left_out(gallery, why, Some(hint.to_owned())));
            }
            let root_of_closed = gallery.openness > Openness::Unlisted && is_shared_by_itself(catalog, at);
            let published = gallery.config.id.as_deref().is_some_and(|id| with_links.contains(id));
            if gallery.openness == Openness::Sealed && root_of_closed {
                plan.left_out.push(left_out(
                    gallery,
                    "sealed galleries are not available in this version; it is left out",
                    None,
                ));
            } else if root_of_closed && !published {
                let hint = gallery.config.id.is_none();
                let hint = hint.then(|| {
                    format!(
                        "share it: safelight share {} --to NAME",
                        crate::error::typed(&gallery.folder.to_string_lossy())
                    )
                });
                let why = match grants {
                    None if gallery.config.id.is_some() => "is private; it is left out",
                    _ => "is private and has no living link; it is left out",
                };
                plan.left_out.push(left_out(gallery, why, hint));
            }
        }
        Ok(plan)
    }

    /// The open albums: each with the path of its folder, less what is private.
    fn open(&mut self, catalog: &Catalog, taken: &BTreeSet<String>) {
        self.open_below(catalog, taken, 0, None, String::new(), true);
        // The folder of galleries is the home page; photos that lie directly in it make an album of their own.
        if let Some(home) = self.albums.first_mut() {
            let loose = std::mem::take(&mut home.sections[0].photos);
            let openness = catalog.galleries[0].openness;
            if !loose.is_empty() && openness <= Openness::Unlisted {
                let at = self.albums.len();
                self.albums[0].children.push(at);
                self.albums.push(Album {
                    gallery: 0,
                    place: Place::Open(OpenPlace { path: "photos/".to_owned(), listed: openness == Openness::Public }),
                    parent: Some(0),
                    children: Vec::new(),
                    sections: vec![Section { gallery: 0, photos: loose }],
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
        let listed = listed && source.openness == Openness::Public;
        let at = self.albums.len();
        let names = slug::photos(source.photos.iter().map(|photo| photo.name.as_os_str()));
        let photos = names.into_iter().enumerate().map(|(photo, name)| Shown { photo, name: name.into() }).collect();
        let place = Place::Open(OpenPlace { path: path.clone(), listed });
        let sections = vec![Section { gallery, photos }];
        self.albums.push(Album { gallery, place, parent, children: Vec::new(), sections });
        // Names are given out among what is listed first, so that an unlisted folder never moves a public one, and
        // private folders take no part: the open site is what it would be without them.
        let mut children = Vec::new();
        let mut here = taken.clone();
        for openness in [Openness::Public, Openness::Unlisted] {
            let of_kind: Vec<usize> = source
                .children
                .iter()
                .copied()
                .filter(|child| catalog.galleries[*child].openness == openness)
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
            let ours = |slug: &str| path.is_empty() && OWN_FOLDERS.iter().chain(&HOST_FILES).any(|own| *own == slug);
            if let Some(plain) = name.contested.filter(|plain| made.is_some() && !ours(plain)) {
                let message = format!(
                    "another gallery, page or file makes the address `/{path}{plain}/` too; this one is at `/{address}`"
                );
                let hint = "rename one of them: whoever was given the address of one may come to see the other";
                self.moved.push(left_out(&catalog.galleries[child], &message, Some(hint.to_owned())));
            }
            self.albums[at].children.extend(made);
        }
        // A folder in which nothing is shown is no gallery; the home page stands in any case.
        if gallery != 0 && self.albums[at].children.is_empty() && self.albums[at].sections[0].photos.is_empty() {
            self.albums.truncate(at);
            self.empty.push((gallery, path));
            return None;
        }
        Some(at)
    }

    /// The albums of a private gallery: one for each audience with a living link.
    fn private(
        &mut self,
        catalog: &Catalog,
        grants: Option<&Grants<'_>>,
        publication: &GalleryPublication,
        at: Option<usize>,
    ) {
        let Some(grants) = grants else { return };
        self.tombstones.extend(
            publication
                .tombstones
                .iter()
                .map(|tombstone| TombstonePage { token: tombstone.token.clone(), reason: tombstone.reason }),
        );
        let id = publication.gallery;
        let Some(gallery) = at else { return };
        // A gallery that was opened to everybody after it was shared keeps its links: they lead to the same pictures.
        if catalog.galleries[gallery].openness == Openness::Sealed {
            return;
        }
        for audience in &publication.audiences {
            let names = grants.keys.name_key(&audience.scope);
            let Some(sections) = private_sections(catalog, gallery, &audience.scope.audience, &names) else { continue };
            self.withhold(catalog, gallery, &audience.scope.audience);
            let pages = audience.pages.iter().map(|page| page.token.clone()).collect();
            let place = PrivatePlace {
                id,
                audience: audience.scope.audience.clone(),
                assets: audience.assets.clone(),
                pages,
                names,
            };
            self.albums.push(Album {
                gallery,
                place: Place::Private(Box::new(place)),
                parent: None,
                children: Vec::new(),
                sections,
            });
        }
    }

    /// Says which photos an audience is not shown although nothing hides them by name.
    fn withhold(&mut self, catalog: &Catalog, gallery: usize, audience: &str) {
        if let Some(rule) = catalog.galleries[gallery].config.audiences.get(audience) {
            self.withheld.extend(Selection::new(rule, catalog, gallery).withheld(catalog, gallery, audience));
        }
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

impl Album {
    /// Its photos with their galleries, in showing order.
    pub fn photos<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = (&'a Gallery, &'a Photo, &'a Shown)> {
        self.sections.iter().flat_map(move |section| {
            let gallery = &catalog.galleries[section.gallery];
            section.photos.iter().map(move |shown| (gallery, &gallery.photos[shown.photo], shown))
        })
    }

    /// How many photos it shows.
    pub fn len(&self) -> usize {
        self.sections.iter().map(|section| section.photos.len()).sum()
    }

    /// Whether it shows no photo of its own.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The path of a picture below the output.
    ///
    /// Everything that changes the bytes changes the name, the spliced metadata too, so a name can be cached for ever.
    pub fn picture_path(&self, shown: &Shown, photo: &Photo, rung: &Rung, imprint: &Imprint) -> String {
        self.picture(shown, photo, rung, imprint).0
    }

    /// The same with a fingerprint of all that the picture's bytes depend on.
    pub fn picture(&self, shown: &Shown, photo: &Photo, rung: &Rung, imprint: &Imprint) -> (String, [u8; 16]) {
        let (recipe, fingerprint) = (&rung.recipe, &imprint.fingerprint);
        let extension = recipe.format.extension();
        match &self.place {
            Place::Open(place) => {
                let mut hash = blake3::Hasher::new();
                for part in [
                    &photo.sha256[..],
                    place.path.as_bytes(),
                    b"\0",
                    rung.text.as_bytes(),
                    b"\0",
                    fingerprint.as_bytes(),
                ] {
                    hash.update(part);
                }
                let hash = hash.finalize();
                let name = &hash.to_hex()[..12];
                let path = format!("{PICTURES}/{}{}-{}.{name}.{extension}", place.path, shown.name, recipe.width);
                (path, last_half(&hash))
            }
            Place::Private(place) => {
                let name = place.names.image(&photo.sha256, &format!("{};meta={fingerprint}", rung.text));
                let path = format!("x/{}/{}.{extension}", place.assets.path_segment(), name.path_segment());
                let mut hash = blake3::Hasher::new();
                for part in [&photo.sha256[..], rung.text.as_bytes(), b"\0", fingerprint.as_bytes()] {
                    hash.update(part);
                }
                (path, last_half(&hash.finalize()))
            }
        }
    }

    /// The path of a photo's page below the output.
    pub fn photo_page_path(&self, shown: &Shown) -> String {
        match &self.place {
            Place::Open(place) => format!("{}{}.html", place.path, shown.name),
            Place::Private(place) => format!("x/{}/{}.html", place.assets.path_segment(), shown.name),
        }
    }

    /// The folders of its grid below the output: one for an open album, one for each holder of a link for a private one.
    pub fn grids(&self) -> Vec<String> {
        match &self.place {
            Place::Open(place) => vec![place.path.clone()],
            Place::Private(place) => place.pages.iter().map(|token| format!("g/{}/", token.path_segment())).collect(),
        }
    }

    /// The folder of one of its grids, as [`Self::grids`] counts them.
    pub fn grid(&self, at: usize) -> String {
        match &self.place {
            Place::Open(place) => place.path.clone(),
            Place::Private(place) => {
                place.pages.get(at).map(|token| format!("g/{}/", token.path_segment())).unwrap_or_default()
            }
        }
    }

    /// The album's open address, where it has one.
    pub fn open_path(&self) -> Option<&str> {
        match &self.place {
            Place::Open(place) => Some(&place.path),
            Place::Private(_) => None,
        }
    }

    /// Whether lists, feeds and search engines may name it.
    pub fn is_listed(&self) -> bool {
        matches!(&self.place, Place::Open(OpenPlace { listed: true, .. }))
    }
}

/// A gallery and the folders below it that its links open: those that neither were shared themselves nor say `access`.
pub fn family(catalog: &Catalog, gallery: usize) -> Vec<usize> {
    let mut all = vec![gallery];
    for child in &catalog.galleries[gallery].children {
        if !is_own(catalog, *child) {
            all.extend(family(catalog, *child));
        }
    }
    all
}

/// Whether a folder is a gallery of its own: it has an id, or says `access`.
pub fn is_own(catalog: &Catalog, gallery: usize) -> bool {
    let gallery = &catalog.galleries[gallery];
    gallery.config.id.is_some() || gallery.config.access.is_some()
}

/// Whether a closed folder opens with links of its own or with none: a gallery of its own, and where the whole folder of
/// galleries is closed, which cannot be shared, each folder in it that shows anything.
fn is_shared_by_itself(catalog: &Catalog, at: usize) -> bool {
    let shows_something =
        || family(catalog, at).into_iter().any(|section| !catalog.galleries[section].photos.is_empty());
    let in_closed_home = catalog.galleries[at].parent == Some(0) && catalog.galleries[0].openness > Openness::Unlisted;
    at != 0 && (is_own(catalog, at) || in_closed_home && shows_something())
}

/// What one audience sees of a private gallery: a section for each of its folders that shows it anything. Nothing for a
/// named audience without its rule, which would see everything.
fn private_sections(catalog: &Catalog, gallery: usize, audience: &str, names: &NameKey) -> Option<Vec<Section>> {
    let rule = catalog.galleries[gallery].config.audiences.get(audience);
    if rule.is_none() && !audience.is_empty() {
        return None;
    }
    let base = &catalog.galleries[gallery].folder;
    let selection = rule.map(|rule| Selection::new(rule, catalog, gallery));
    let sections = family(catalog, gallery)
        .into_iter()
        .map(|section| Section { gallery: section, photos: private_photos(catalog, section, base, selection, names) });
    Some(sections.filter(|section| !section.photos.is_empty()).collect())
}

fn private_photos(
    catalog: &Catalog,
    section: usize,
    base: &Path,
    selection: Option<Selection<'_>>,
    names: &NameKey,
) -> Vec<Shown> {
    let gallery = &catalog.galleries[section];
    let below = gallery.folder.strip_prefix(base).unwrap_or(&gallery.folder);
    gallery
        .photos
        .iter()
        .enumerate()
        .filter(|(_, photo)| selection.is_none_or(|selection| selection.shows(gallery, photo)))
        .map(|(at, photo)| {
            let path = below.join(&photo.name);
            Shown { photo: at, name: names.page(&private_path(&path)).path_segment().into() }
        })
        .collect()
}

/// The half of a hash that names nothing.
fn last_half(hash: &blake3::Hash) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[16..]);
    half
}

/// A path within a gallery as the derivation takes it: `/` between components. Bytes that are not UTF-8 are
/// written as `%XX`, so that no two names meet.
fn private_path(path: &Path) -> String {
    let parts = path.components().map(|part| {
        let part = part.as_os_str();
        match part.to_str() {
            Some(text) => text.to_owned(),
            None => part
                .as_encoded_bytes()
                .iter()
                .map(|byte| if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
                .collect(),
        }
    });
    parts.collect::<Vec<String>>().join("/")
}

fn file_name(gallery: &Gallery) -> &OsStr {
    gallery.folder.file_name().unwrap_or_default()
}

fn left_out(gallery: &Gallery, why: &str, hint: Option<String>) -> Error {
    let error = Error::new(ErrorKind::Site, why).at(&gallery.folder);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// A name as it stands in addresses, without the tag that tells it from others.
pub(crate) fn address_name(name: &str) -> String {
    slug::fold(name)
}

/// Names at the top of the site that galleries must leave free.
fn top_level_names(catalog: &Catalog) -> Result<BTreeSet<String>, Vec<Error>> {
    let mut taken: BTreeSet<String> = OWN_FOLDERS.iter().chain(&HOST_FILES).map(|name| (*name).to_owned()).collect();
    let mut errors = Vec::new();
    for page in &catalog.pages {
        let slug = page_slug(&page.stem);
        if slug.is_empty() || !taken.insert(slug.clone()) {
            let reason = if slug.is_empty() {
                "a text page needs a name with a letter or a digit".to_owned()
            } else {
                format!("the address `/{slug}/` is taken")
            };
            errors.push(Error::site(reason).at(&page.file).hint("give the file another name"));
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
