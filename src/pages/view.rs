//! The data that templates receive, field by field: the contract between the program and themes, version 2.
//!
//! Views are plain values, filled by the build and turned into pages by a [`Theme`](super::Theme).
//! They hold ready text and ready addresses; a template decides nothing about privacy. Every field is always
//! there (absent things are `none`), so a name that is not defined is always a mistake, and is told as one.
//!
//! Addresses of the site's own are paths below the base path, percent-encoded (`/photos/iceland/`); what
//! comes from outside (a licence, a contact) is an [`Href`], which cannot hold a scheme that runs.

use serde::Serialize;

use crate::config::{Density, Grid, Header};
use crate::visibility::Visibility;

use super::layout;
use super::palette::Ratio;

pub use super::link::{Href, LinkView};
pub use super::picture::{PictureView, Rendition, SourceView};

/// The version of the contract. It grows when a field is taken away or changes its meaning, not when one is added.
pub const CONTRACT: u32 = 2;

/// The site: the same on every page. Templates know it as `site`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SiteView {
    /// The site's name.
    pub title: String,
    /// One sentence about the site.
    pub description: Option<String>,
    /// BCP 47 language of the texts.
    pub language: String,
    /// Who made the photographs.
    pub author: Option<String>,
    /// Whom visitors write to.
    pub contact: Option<LinkView>,
    /// The path below which everything lies, with slashes at both ends.
    pub base: String,
    /// The path of the home page in the page's language.
    pub home: String,
    /// Scheme and host, without a slash at the end, where the site's address is known.
    pub origin: Option<String>,
    /// Text pages that stand in the menu. Never galleries: private pages show this menu too.
    pub menu: Vec<LinkView>,
    /// Text pages that stand at the foot of every page.
    pub footer: Vec<LinkView>,
    /// The path of the Atom feed, where there is one.
    pub feed: Option<String>,
    /// The path of the site's own icon, as `static/favicon.ico`; the theme's `icon.svg` where there is none.
    pub icon: Option<String>,
    /// The copyright line at the foot of every page.
    pub copyright: Option<String>,
    /// Whether search engines may list the public part.
    pub index: bool,
    /// `true`: text and data mining is reserved; `false`: allowed; none: nothing is said.
    pub mining_reserved: Option<bool>,
}

/// What the head of a page needs. Part of every view; templates know it, with what is derived from it, as `page`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeadView {
    /// The path of the page below the base path.
    pub path: String,
    /// The address of the page with scheme and host; ignored on private pages.
    pub canonical: Option<String>,
    /// One or two sentences for search engines and preview cards; ignored on private pages.
    pub description: Option<String>,
    /// The picture of preview cards. On private pages only where the photographer opted in.
    pub card: Option<CardView>,
    /// BCP 47 language of the page; the site's where it is empty.
    pub language: String,
    /// The page in each of the site's languages, where there are several; ignored on private pages.
    pub languages: Vec<PageLanguageView>,
    /// Who reaches the page; decides robots, referrer and what its head may say.
    pub audience: Visibility,
}

/// A page in one of the site's languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PageLanguageView {
    /// BCP 47.
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// What the language calls itself.
    pub name: String,
    /// Its path.
    pub url: String,
    /// Its address with scheme and host, where the site's is known.
    pub absolute: Option<String>,
    /// Whether it is this page.
    pub current: bool,
    /// Whether it is in the site's main language.
    pub main: bool,
    /// Whether it is this page; where that is not translated it is the home page.
    pub same: bool,
}

/// A picture for preview cards.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardView {
    /// Its address with scheme and host.
    pub url: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What it shows; not written on private pages.
    pub alt: String,
}

/// A day or a span of days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateView {
    /// For machines, as `2024-03-12` or `2024-03-12T18:04:00+01:00`: the first day of a span.
    pub iso: String,
    /// For people, in the words of the theme.
    pub text: String,
}

/// A photo in a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TileView {
    /// The path of the photo's page.
    pub url: String,
    /// The anchor of its place on the page, which its own page leads back to.
    pub id: String,
    /// Its place in the gallery, from 1.
    pub number: usize,
    /// The photo's file within the gallery, as `ceremony/DSC_0042.jpg`; only where visitors can choose favourites.
    pub file: Option<String>,
    /// The photographer's title.
    pub title: Option<String>,
    /// The photographer's caption.
    pub caption: Option<String>,
    /// The picture.
    pub picture: PictureView,
    /// What may be saved of it, where anything may.
    pub download: Option<DownloadView>,
}

/// A photo that may be saved: the largest JPEG of the page, or the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DownloadView {
    /// The path of the file.
    pub url: String,
    /// The name to save it under: the photo's own, for a JPEG of it with `.jpg` at its end.
    pub name: String,
    /// About how many bytes it has; none where that is not known before it is made.
    pub bytes: Option<u64>,
}

/// A ZIP file of photos of one section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DownloadPartView {
    /// The section's heading; none for the gallery's own photos.
    pub section: Option<String>,
    /// The anchor of the heading.
    pub section_id: Option<String>,
    /// Its place among the ZIP files of the section, from 1.
    pub number: usize,
    /// ZIP files of the section.
    pub total: usize,
    /// Photos in it.
    pub photos: usize,
    /// About how many bytes it has.
    pub bytes: u64,
    /// The same for people, as `312 MB`.
    pub size: String,
    /// The path of the file.
    pub url: String,
    /// The name to save it under.
    pub name: String,
}

/// About a hundred photos that are laid out together when they come near.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChunkView {
    /// Classes that give the chunk its height before it is laid out.
    pub class: String,
    /// Its photos.
    pub tiles: Vec<TileView>,
}

/// A part of a gallery's grid under a heading of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SectionView {
    /// Its heading; none for the gallery's own photos.
    pub title: Option<String>,
    /// The anchor of its heading.
    pub id: Option<String>,
    /// HTML.
    pub description: Option<String>,
    /// Its photos.
    pub chunks: Vec<ChunkView>,
}

impl SectionView {
    /// Cuts photos into chunks and tells each picture its `sizes`.
    pub fn arranged(
        title: Option<String>,
        id: Option<String>,
        description: Option<String>,
        mut tiles: Vec<TileView>,
        density: Density,
        grid: Grid,
    ) -> Self {
        let ratios: Vec<_> = tiles.iter().map(|tile| tile.picture.shape()).collect();
        let arrangement = layout::arrange(&ratios, density, grid);
        for (tile, sizes) in tiles.iter_mut().zip(arrangement.sizes) {
            tile.picture.sizes = sizes;
        }
        let mut tiles = tiles.into_iter();
        let chunks = arrangement
            .chunks
            .into_iter()
            .map(|(range, class)| ChunkView { class, tiles: tiles.by_ref().take(range.len()).collect() })
            .collect();
        Self { title, id, description, chunks }
    }
}

/// A gallery as it stands on the home page or in the gallery above it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverView {
    /// The gallery's title.
    pub title: String,
    /// Its path.
    pub url: String,
    /// Its cover, where it has a photo.
    pub picture: Option<PictureView>,
    /// The days it was taken on, or the day it says.
    pub date: Option<DateView>,
    /// Photos in it and below it.
    pub photos: usize,
    /// Galleries directly in it.
    pub galleries: usize,
}

impl CoverView {
    /// Tells the pictures of covers their `sizes`, and the first one that it is fetched at once.
    ///
    /// `lead`: on the home page, where a wide first cover stands alone above the others; returns whether it does.
    pub fn arrange(covers: &mut [Self], lead: bool) -> bool {
        // A gallery without a photo stands among the others as an empty frame of three to two.
        let shape = |cover: &Self| cover.picture.as_ref().map_or(Ratio::nearest(3, 2), PictureView::shape);
        let ratios: Vec<_> = covers.iter().map(shape).collect();
        let is_large = |cover: &Self| cover.picture.as_ref().is_none_or(PictureView::is_large);
        let lead = lead
            && covers.len() != 2
            && covers.first().is_some_and(is_large)
            && ratios.first().is_some_and(|ratio| ratio.value() > 1.2);
        let sizes = layout::arrange_covers(&ratios, lead);
        let mut eager = true;
        for (cover, sizes) in covers.iter_mut().zip(sizes) {
            if let Some(picture) = &mut cover.picture {
                picture.sizes = sizes;
                picture.eager = std::mem::take(&mut eager);
            }
        }
        lead
    }
}

/// The home page. Templates know it as `home`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HomeView {
    /// For the head.
    #[serde(skip)]
    pub head: HeadView,
    /// HTML that stands above the galleries.
    pub introduction: Option<String>,
    /// Whether the first cover stands alone above the others.
    pub lead: bool,
    /// The galleries at the top.
    pub galleries: Vec<CoverView>,
}

/// One page of a gallery. Templates know it as `gallery`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GalleryView {
    /// For the head.
    #[serde(skip)]
    pub head: HeadView,
    /// Its title.
    pub title: String,
    /// The days it was taken on, or the day it says.
    pub date: Option<DateView>,
    /// HTML; on the first page only.
    pub description: Option<String>,
    /// The way up, from the home page to the gallery above this one.
    pub breadcrumbs: Vec<LinkView>,
    /// Galleries in it; on the first page only.
    pub galleries: Vec<CoverView>,
    /// How its first page begins.
    pub header: Header,
    /// The cover that stands across its first page, where the header has one.
    pub cover: Option<PictureView>,
    /// The last day on which the link that leads here works, where it is near.
    pub ends: Option<DateView>,
    /// The headings of its sections, on whichever page they stand; none where there are fewer than two.
    pub contents: Vec<LinkView>,
    /// What visitors need for choosing favourites; none where they cannot.
    pub favourites: Option<FavouritesView>,
    /// Its photos on this page, in parts.
    pub sections: Vec<SectionView>,
    /// ZIP files of all its photos, by section; the same on all pages.
    pub downloads: Vec<DownloadPartView>,
    /// The path of what its filter knows; none where it is not open to everybody, or all its photos are alike.
    pub filter: Option<String>,
    /// Photos in it, on all pages.
    pub photos: usize,
    /// Which page this is, from 1.
    pub page: usize,
    /// All its pages, where there is more than one.
    pub pages: Vec<PageLinkView>,
    /// The path of the page before this one.
    pub previous: Option<String>,
    /// The path of the page after this one.
    pub next: Option<String>,
}

/// Favourites of a gallery, as its page's script needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FavouritesView {
    /// What tells the gallery, as this audience sees it, from all others. No secret, and the same for ever.
    pub key: String,
    /// The name of files that are handed over, without an ending.
    pub file_name: String,
    /// The subject of messages.
    pub subject: String,
    /// The lists; at least one.
    pub lists: Vec<ListView>,
    /// The address that takes favourites as a web form.
    pub send_to: Option<String>,
    /// The photographer's e-mail address.
    pub mail: Option<String>,
}

/// A list of favourites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListView {
    /// Its name.
    pub name: String,
    /// How many photos it can hold; none for any number.
    pub limit: Option<u32>,
}

/// A page of a gallery that has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageLinkView {
    /// Its number, from 1.
    pub number: usize,
    /// Its path.
    pub url: String,
    /// Whether it is this page.
    pub current: bool,
}

impl GalleryView {
    /// Has the first picture of the page fetched at once, be it a cover or a photo, and no other.
    pub fn hasten_first(&mut self) {
        let covers = self.cover.iter_mut().chain(self.galleries.iter_mut().filter_map(|cover| cover.picture.as_mut()));
        let photos =
            self.sections.iter_mut().flat_map(|section| &mut section.chunks).flat_map(|chunk| &mut chunk.tiles);
        for (place, picture) in covers.chain(photos.map(|tile| &mut tile.picture)).enumerate() {
            picture.eager = place == 0;
        }
    }
}

/// The page of one photo. Templates know it as `photo`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PhotoView {
    /// For the head.
    #[serde(skip)]
    pub head: HeadView,
    /// The photographer's title.
    pub title: Option<String>,
    /// The photographer's caption: plain text, lines kept.
    pub caption: Option<String>,
    /// Its place in the gallery, from 1.
    pub number: usize,
    /// Photos in the gallery.
    pub total: usize,
    /// The title of its gallery.
    pub gallery: String,
    /// The way up, from the home page to the gallery; for private audiences the gallery alone.
    pub breadcrumbs: Vec<LinkView>,
    /// Its place on the page of the gallery that shows it. Private audiences have a grid of their own beside their photos,
    /// which names no link.
    pub up: Option<String>,
    /// The path of the photo before.
    pub previous: Option<String>,
    /// The path of the photo after.
    pub next: Option<String>,
    /// The picture.
    pub picture: PictureView,
    /// What may be saved of it, where anything may.
    pub download: Option<DownloadView>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// When it was taken.
    pub taken: Option<DateView>,
    /// City and country.
    pub place: Option<String>,
    /// The camera.
    pub camera: Option<String>,
    /// The lens.
    pub lens: Option<String>,
    /// Exposure time, aperture, sensitivity, focal length: ready words, in this order.
    pub exposure: Vec<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// Whom to name.
    pub credit: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// Its licence.
    pub licence: Option<LinkView>,
}

impl PhotoView {
    /// Gives the picture the `sizes` of a photo page, and has it fetched at once.
    pub fn arrange(&mut self) {
        self.picture.sizes = layout::photo_sizes(self.picture.shape());
        self.picture.eager = true;
    }
}

/// A text page. Templates know it as `text`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TextView {
    /// For the head.
    #[serde(skip)]
    pub head: HeadView,
    /// Its title.
    pub title: String,
    /// HTML, from markdown, safe.
    pub body: String,
    /// Its headings.
    pub contents: Vec<HeadingView>,
    /// The day since when it applies.
    pub effective: Option<DateView>,
    /// Other versions of the page, newest first.
    pub versions: Vec<LinkView>,
}

/// A heading of a text page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HeadingView {
    /// Its anchor, without `#`.
    pub id: String,
    /// Its words.
    pub text: String,
    /// The headings below it.
    pub below: Vec<HeadingView>,
}

/// The page for addresses that do not exist. Templates know only `page`.
#[derive(Clone, Debug, Default)]
pub struct NotFoundView {
    /// For the head.
    pub head: HeadView,
}

/// The page at the address of a link that died. Templates know it as `tombstone`.
#[derive(Clone, Debug, Serialize)]
pub struct TombstoneView {
    /// For the head; the audience is always taken as private.
    #[serde(skip)]
    pub head: HeadView,
    /// What may be said.
    pub state: TombstoneState,
    /// Whom to ask.
    pub contact: Option<LinkView>,
}

/// What a dead link says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TombstoneState {
    /// It no longer works.
    Closed,
    /// There is a newer one, but not here.
    Renewed,
}

/// The page of a link to a sealed gallery. Templates know it as `unlock`. It says nothing of the gallery.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UnlockView {
    /// For the head; the audience is always taken as sealed.
    #[serde(skip)]
    pub head: HeadView,
    /// The path of the folder with the gallery's files, with a slash at its end.
    pub assets: String,
    /// Whether passwords open it besides codes.
    pub passwords: bool,
    /// The last day of the link, where it is near.
    pub ends: Option<DateView>,
    /// Whom to ask.
    pub contact: Option<LinkView>,
}

/// The page where a typed code leads to its link. Templates know it as `find`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FindView {
    /// For the head.
    #[serde(skip)]
    pub head: HeadView,
    /// Its title.
    pub title: String,
    /// What a code is called here.
    pub label: String,
    /// Plain text that stands above the field.
    pub text: Option<String>,
    /// The path of the folder in which files lead from codes to links, with a slash at its end.
    pub entries: String,
    /// The salt with which codes are stretched: base64url.
    pub salt: String,
    /// The number of rounds with which they are.
    pub iterations: u32,
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
