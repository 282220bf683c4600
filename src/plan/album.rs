//! An album as one audience sees it, and the path of everything in it.

use jiff::civil::Date;

use super::seal::Seal;
use super::{EmbeddedMetadata, Rendition};
use crate::access::keys::NameKey;
use crate::access::{AssetsToken, GalleryId, PageToken};
use crate::catalog::{Catalog, Gallery, Photo};
use crate::sealed::{MANIFEST_FILE, SLOTS_FILE};
use crate::visibility::{PrivateFolder, Visibility};

/// Where pictures of open galleries lie.
pub const PICTURES: &str = "img/";
/// Where pictures lie, and with those of private galleries the pages of their photos.
pub const PICTURE_PLACES: [&str; 2] = [PICTURES, PrivateFolder::Assets.prefix()];

/// A gallery as one audience will see it.
#[derive(Debug)]
pub struct Album {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// Where it lies and who may reach it.
    pub place: AlbumLocation,
    /// The album around it.
    pub parent: Option<usize>,
    /// Albums below it, in showing order.
    pub children: Vec<usize>,
    /// Whether its audience is spared the gallery's watermark.
    pub is_spared: bool,
    /// Its photos: one section for itself, and in private albums one for each folder below.
    pub sections: Vec<Section>,
}

/// A folder of photos on an album's grid.
#[derive(Debug)]
pub struct Section {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// The keyword that makes it a section, as its place in the gallery's `sections`; none for the others.
    pub keyword: Option<usize>,
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
pub enum AlbumLocation {
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
    pub pages: Vec<HolderPage>,
    pub(super) names: NameKey,
    /// What its files are sealed with; none for a private gallery, whose files lie there as they are.
    pub seal: Option<Seal>,
}

/// The page of a holder of a link.
#[derive(Debug)]
pub struct HolderPage {
    /// Its address, below `g/`.
    pub token: PageToken,
    /// The link's last day, where that is near.
    pub ends_soon: Option<Date>,
}

impl PrivatePlace {
    /// The folder of its pictures, photo pages and the audience's own grid.
    fn folder(&self) -> String {
        PrivateFolder::Assets.of_token(self.assets.path_segment())
    }

    /// The path of a file in it; what is sealed has an ending that says so, and no other.
    pub(super) fn file(&self, name: &str, extension: &str) -> String {
        let extension = if self.seal.is_some() { "bin" } else { extension };
        format!("{}{name}.{extension}", self.folder())
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
    pub fn picture_path(&self, shown: &Shown, photo: &Photo, rung: &Rendition, imprint: &EmbeddedMetadata) -> String {
        self.picture(shown, photo, rung, imprint).0
    }

    /// The same with a fingerprint of all that the picture's bytes depend on.
    pub fn picture(
        &self,
        shown: &Shown,
        photo: &Photo,
        rung: &Rendition,
        imprint: &EmbeddedMetadata,
    ) -> (String, [u8; 16]) {
        let (recipe, fingerprint) = (&rung.recipe, &imprint.fingerprint);
        let extension = recipe.format.extension();
        match &self.place {
            AlbumLocation::Open(place) => {
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
                let path = format!("{PICTURES}{}{}-{}.{name}.{extension}", place.path, shown.name, recipe.width);
                (path, last_half(&hash))
            }
            AlbumLocation::Private(place) => {
                let name = place.names.image(&photo.sha256, &format!("{};meta={fingerprint}", rung.text));
                let path = place.file(name.path_segment(), extension);
                let mut hash = blake3::Hasher::new();
                for part in [&photo.sha256[..], rung.text.as_bytes(), b"\0", fingerprint.as_bytes()] {
                    hash.update(part);
                }
                (path, last_half(&hash.finalize()))
            }
        }
    }

    /// The path of a photo's page below the output. In a sealed gallery what the page would say lies there.
    pub fn photo_page_path(&self, shown: &Shown) -> String {
        match &self.place {
            AlbumLocation::Open(place) => format!("{}{}.html", place.path, shown.name),
            AlbumLocation::Private(place) => place.file(&shown.name, "html"),
        }
    }

    /// The folder of the grid that photo pages lead up to: all that it links to lies beside it.
    pub fn own_grid(&self) -> String {
        match &self.place {
            AlbumLocation::Open(place) => place.path.clone(),
            AlbumLocation::Private(place) => place.folder(),
        }
    }

    /// The folders of its grid below the output: one for an open album; for a private one one for each holder of a link, and at
    /// last the audience's own among its pictures, where the way up from photo pages leads.
    pub fn grids(&self) -> Vec<String> {
        match &self.place {
            AlbumLocation::Open(place) => vec![place.path.clone()],
            AlbumLocation::Private(place) => {
                let holders = place.pages.iter().map(|page| PrivateFolder::Pages.of_token(page.token.path_segment()));
                holders.chain([place.folder()]).collect()
            }
        }
    }

    /// The folder of one of its grids, as [`Self::grids`] counts them.
    pub fn grid(&self, at: usize) -> String {
        match &self.place {
            AlbumLocation::Open(place) => place.path.clone(),
            AlbumLocation::Private(place) => place
                .pages
                .get(at)
                .map_or_else(|| place.folder(), |page| PrivateFolder::Pages.of_token(page.token.path_segment())),
        }
    }

    /// The last day of the link that one of its grids belongs to, where that is near.
    pub fn ends_soon(&self, grid: usize) -> Option<Date> {
        match &self.place {
            AlbumLocation::Open(_) => None,
            AlbumLocation::Private(place) => place.pages.get(grid)?.ends_soon,
        }
    }

    /// The album's open address, where it has one.
    pub fn open_path(&self) -> Option<&str> {
        match &self.place {
            AlbumLocation::Open(place) => Some(&place.path),
            AlbumLocation::Private(_) => None,
        }
    }

    /// Who reaches it.
    pub fn visibility(&self) -> Visibility {
        match &self.place {
            AlbumLocation::Open(place) if place.listed => Visibility::Public,
            AlbumLocation::Open(_) => Visibility::Unlisted,
            AlbumLocation::Private(place) if place.seal.is_some() => Visibility::Sealed,
            AlbumLocation::Private(_) => Visibility::Private,
        }
    }

    /// What its files are sealed with.
    pub fn seal(&self) -> Option<&Seal> {
        match &self.place {
            AlbumLocation::Open(_) => None,
            AlbumLocation::Private(place) => place.seal.as_ref(),
        }
    }

    /// The paths of what opens a sealed gallery: the list of who may, and the file that describes the others.
    pub fn slots_and_manifest(&self) -> [String; 2] {
        [SLOTS_FILE, MANIFEST_FILE].map(|name| self.own_grid() + name)
    }

    /// Whether lists, feeds and search engines may name it.
    pub fn is_listed(&self) -> bool {
        self.visibility().is_listed()
    }
}

/// Whether a file of the output lies where pictures do.
pub fn lies_among_pictures(path: &str) -> bool {
    PICTURE_PLACES.iter().any(|place| path.starts_with(place))
}

/// The photo of an open picture, as the path of its page without `.html`: what [`Album::picture_path`] makes, taken apart.
pub fn photo_of_picture(path: &str) -> Option<&str> {
    // `img/album/name-1280.0123456789ab.avif`
    let sized = path.strip_prefix(PICTURES)?.rsplitn(3, '.').nth(2)?;
    sized.rsplit_once('-').map(|(photo, _)| photo)
}

/// The half of a hash that names nothing.
pub(super) fn last_half(hash: &blake3::Hash) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[16..]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Index;
    use crate::config::Config;
    use crate::plan::{Pictures, Plan};

    #[test]
    fn the_path_of_an_open_picture_names_the_page_of_its_photo() {
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("site.toml"), "title = \"A\"\ncontact = \"a@example.com\"\n").unwrap();
        for folder in ["galleries", "galleries/2026-may", "galleries/2026-may/Day 2.5"] {
            std::fs::create_dir(site.path().join(folder)).unwrap();
            for name in ["dance-1.png", "B 2.0-x.png"] {
                image::RgbImage::new(8, 6).save(site.path().join(folder).join(name)).unwrap();
            }
        }
        let (config, _) = Config::read(&site.path().join("site.toml")).unwrap();
        let catalog = Catalog::read(&config, &mut Index::default()).unwrap();
        let (plan, pictures) = (Plan::new(&catalog, None).unwrap(), Pictures::new(&config, &catalog));
        let mut seen = 0;
        for (album, section) in plan.albums.iter().flat_map(|album| album.sections.iter().map(move |one| (album, one)))
        {
            for shown in &section.photos {
                let photo = &catalog.galleries[section.gallery].photos[shown.photo];
                let picture = pictures.of(section.gallery, shown.photo);
                for rung in &picture.ladder_in(album).rungs {
                    let path = album.picture_path(shown, photo, rung, &picture.imprint);
                    assert!(lies_among_pictures(&path), "{path}");
                    let page = photo_of_picture(&path).map(|photo| format!("{photo}.html"));
                    assert_eq!(page, Some(album.photo_page_path(shown)), "{path}");
                    seen += 1;
                }
            }
        }
        assert!(seen >= 6, "{seen}");
        for other in ["img/logo.png", "x/aiszVmMLLXUlp40kJJR9L7I8B/i7BkxW3qP0m2f7en9.jpg", "2026-may/dance-1.html"] {
            assert_eq!(photo_of_picture(other), None, "{other}");
        }
    }
}
