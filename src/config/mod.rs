//! Reads and checks settings: `site.toml` and each gallery's `gallery.toml`.
//!
//! Reading happens once; what comes out cannot be wrong. Every default lives here. The room reads
//! its own files alone, and never looks at photographs; of all else it asks where it lies, as where
//! links among the galleries lead.

mod address;
pub(crate) mod closed;
pub(crate) mod closing;
mod colour;
mod document;
mod downloads;
mod edit;
mod folders;
mod format;
mod gallery;
mod images;
mod publish;
mod reference;
mod schema;
mod settings;
mod show;
mod site;
#[cfg(test)]
mod tests;
mod value;
mod walk;
mod watermark;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::error::SourceLocation;
use crate::visibility::Visibility;

pub(crate) use address::origin_of;
pub use downloads::{DownloadSettings, Downloads};
pub use edit::GalleryEdit;
pub use folders::{SERVED_FOLDER, STATE as STATE_FOLDER, at_home};
pub use format::Format;
pub use gallery::Unread;
pub use publish::{PublishTarget, PurgeSetting, TargetAddress};
pub use reference::reference;
pub use schema::{gallery_schema, site_schema};
pub use watermark::{Drawing, Position, WatermarkSaid, WatermarkSettings};

/// A checked site: everything of `site.toml`, defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that holds `site.toml`. Every path below is joined to it already.
    pub root: PathBuf,
    /// The site's name. Default: the folder's name.
    pub title: String,
    /// One sentence about the site. Default: none.
    pub description: Option<String>,
    /// Where the site will be served. Default: none (then nothing absolute is written, and what needs an
    /// absolute address – feed, sitemap, canonical links – is left out with a note).
    pub url: Option<SiteUrl>,
    /// BCP 47 language of the texts. Default: `en`.
    pub language: String,
    /// Further languages of the open part of the site. Default: none.
    pub languages: Vec<SiteLanguage>,
    /// What the site is called in other languages. Default: nothing.
    pub translations: BTreeMap<String, Translation>,
    /// Who made the photographs. Default: none.
    pub author: Option<String>,
    /// Whom visitors write to: an address or a URL. Default: none.
    pub contact: Option<String>,
    /// Where the site is written. Default: `public`.
    pub output: PathBuf,
    /// Where the galleries lie. Default: `galleries`.
    pub galleries: PathBuf,
    /// Where the text pages lie. Default: `pages`.
    pub pages: PathBuf,
    /// Files that are copied as they are. Default: `static`.
    pub static_files: PathBuf,
    /// Who may see a gallery that says nothing, and no gallery above it does. Default: `Public`. `Private` where what the file
    /// says of it is wrong.
    pub default_access: Visibility,
    /// Where themes lie; a folder in it named like `theme.name` goes over the built-in one. Default: `themes`.
    pub themes: PathBuf,
    /// Where the record, the cache and the secret lie. Default: `.safelight`.
    pub state: PathBuf,
    /// How pictures are made, unless a gallery says otherwise.
    pub images: ImageSettings,
    /// What rights information pictures carry, unless the photo says otherwise.
    pub rights: RightsSettings,
    /// How the pages look.
    pub theme: ThemeSettings,
    /// Feed, search engines, AI training.
    pub discovery: Discovery,
    /// Where clients can send their favourites: an `https` address that accepts web forms. Default: none.
    pub send_favourites_to: Option<String>,
    /// Links to private galleries.
    pub links: LinkSettings,
    /// How downloads are packed.
    pub downloads: DownloadSettings,
    /// Rounds of PBKDF2 that trying one code or password takes, 600,000 to 10,000,000. Default: 600,000.
    pub code_iterations: u32,
    /// The page where guests type the code of a link. Default: none.
    pub find: Option<FindSettings>,
    /// Where the site goes online, by name; the one without a name is the usual one. Default: nowhere.
    pub publish: BTreeMap<String, PublishTarget>,
    /// Where settings stand that are held against what the site's own texts say or its folders hold; those that are
    /// written.
    pub places: BTreeMap<&'static str, SourceLocation>,
}

/// A language in which the open part of a site is laid out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteLanguage {
    /// BCP 47.
    pub tag: String,
    /// The folder of its pages below the output, with a slash at its end: `pt-br/`.
    pub folder: String,
}

impl SiteLanguage {
    /// The language of a tag.
    pub fn of(tag: String) -> Self {
        Self { folder: format!("{}/", tag.to_ascii_lowercase()), tag }
    }
}

/// What a site or a gallery says in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Its name.
    pub title: Option<String>,
    /// What it says of itself: a sentence for a site, Markdown for a gallery.
    pub description: Option<String>,
    /// Captions by file name.
    pub captions: BTreeMap<String, String>,
    /// Alternative texts by file name.
    pub alt: BTreeMap<String, String>,
}

impl Translation {
    /// What is said in a language: by its whole tag or, for `de-AT`, by that of `de`.
    pub fn find<'t, T: ?Sized>(
        translations: &'t BTreeMap<String, Self>,
        language: &str,
        said: impl Fn(&'t Self) -> Option<&'t T>,
    ) -> Option<&'t T> {
        let mut tag = language;
        loop {
            if let Some(found) = translations.get(tag).and_then(&said) {
                return Some(found);
            }
            tag = &tag[..tag.rfind('-')?];
        }
    }

    /// Takes the tables of translations out of what a file says.
    fn take(v: &mut walk::Values) -> BTreeMap<String, Self> {
        let mut translations: BTreeMap<String, Self> = BTreeMap::new();
        for (path, value) in v.below("translations") {
            let value::Value::Text(text) = value else { continue };
            let (Some(language), rest) = (path.first(), path.get(1..).unwrap_or_default()) else { continue };
            let translation = translations.entry(language.clone()).or_default();
            match rest {
                [name] if name == "title" => translation.title = Some(text),
                [name] if name == "description" => translation.description = Some(text),
                [table, file] if table == "captions" => drop(translation.captions.insert(file.clone(), text)),
                [_, file] => drop(translation.alt.insert(file.clone(), text)),
                _ => {}
            }
        }
        translations
    }
}

/// An absolute `https://` or `http://` address of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteUrl {
    /// Scheme and host, as `https://photos.example.com`, without a slash at the end.
    pub origin: String,
    /// The path below which the site lies: `/`, or `/photos/` with slashes at both ends.
    pub base: String,
}

/// How pictures are made for a gallery and what lies below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSettings {
    /// For each wanted format its widths in pixels, ascending. Browsers take the first format they can show.
    pub formats: Vec<FormatSettings>,
    /// What transparent photos are laid on, in every format. Default: white.
    pub background: [u8; 3],
    /// What was said for this to be in force: galleries further down say theirs over it.
    pub said: ImageOverrides,
}

/// One format of a gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSettings {
    /// Which.
    pub format: Format,
    /// Widths in pixels, ascending, none twice. A photo that is narrower than the largest gets its own width instead.
    pub widths: Vec<u32>,
    /// Perceived quality, 1 to 100; the same number looks alike in every format. Default: 80.
    pub quality: u8,
}

/// Rights information for derivatives; what a photo says of itself comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RightsSettings {
    /// Creator. Default: `author`.
    pub creator: Option<String>,
    /// Copyright line. Default: none.
    pub copyright: Option<String>,
    /// Credit line. Default: none.
    pub credit: Option<String>,
    /// Address of the licence. Default: none.
    pub licence: Option<String>,
    /// Reservation against text and data mining. Default: `Unspecified`.
    pub data_mining: DataMining,
    /// Whether GPS positions stay in published pictures. Default: false.
    pub keep_gps: bool,
    /// Show city and country of photos that name them. Default: false.
    pub show_places: bool,
}

/// What the site says about training machines on its pictures: `plus:DataMining`, tdmrep, robots rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataMining {
    /// Nothing is said.
    #[default]
    Unspecified,
    /// Allowed.
    Allowed,
    /// Not for training AI or machine learning.
    ProhibitedAiTraining,
    /// No mining at all, search engines excepted.
    ProhibitedExceptSearch,
    /// No mining at all.
    Prohibited,
}

/// How pages look.
#[derive(Clone, Debug)]
pub struct ThemeSettings {
    /// The theme's folder name below `themes`. Default: `default`.
    pub name: String,
    /// A logo, relative to the `static` folder. Default: none (the title is set in type).
    pub logo: Option<String>,
    /// Accent colour. Default: the theme's.
    pub accent: Option<[u8; 3]>,
    /// Background and text colours for light pages. Default: the theme's.
    pub light: Option<(/* background */ [u8; 3], /* text */ [u8; 3])>,
    /// Background and text colours for dark pages. Default: the theme's.
    pub dark: Option<([u8; 3], [u8; 3])>,
    /// Which of light and dark: what the visitor's system says, or always one. Default: `Auto`.
    pub scheme: Scheme,
    /// Self-hosted font file for headings, relative to `static`. Default: none.
    pub heading_font: Option<String>,
    /// Self-hosted font file for text, relative to `static`. Default: none.
    pub text_font: Option<String>,
    /// How tall the rows of a gallery are. Default: `Regular`.
    pub density: Density,
    /// Rows of equal height, or squares. Default: `Rows`.
    pub grid: Grid,
    /// Photos on one page before a gallery is split, 24 to 2000. Default: 1000.
    pub page_size: u32,
}

/// Light or dark pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// As the visitor's system says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How tall rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// Small pictures.
    Compact,
    /// Neither.
    #[default]
    Regular,
    /// Large pictures.
    Airy,
}

/// The shape of a gallery's grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grid {
    /// Justified rows, every picture whole.
    #[default]
    Rows,
    /// Squares, cut in the middle.
    Squares,
}

/// How a gallery's page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Header {
    /// With the title alone.
    #[default]
    None,
    /// With the cover, half as tall as the window.
    Half,
    /// With the cover, as tall as the window.
    Full,
}

/// To be found, and not.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Atom feed of the newest galleries. Default: true (needs `url`).
    pub feed: bool,
    /// Whether search engines may list the public part. Default: true.
    pub index: bool,
}

/// Links to private galleries.
#[derive(Clone, Debug)]
pub struct LinkSettings {
    /// Put the last day into the path of new links. Default: false.
    pub dated: bool,
    /// How long a dead link says that it is dead, in days, 1 to 3650. Default: 90.
    pub tombstone_days: u32,
    /// Whom the holder of a dead link asks. Default: `contact`.
    pub contact: Option<String>,
}

/// Fewer rounds of PBKDF2 than these are refused, here and by every client.
pub const LEAST_ITERATIONS: u32 = 600_000;
/// More rounds of PBKDF2 than these are refused, here and by every client.
pub const MOST_ITERATIONS: u32 = 10_000_000;

/// What the look-up page says; the theme has words for what is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindSettings {
    /// Its heading.
    pub title: Option<String>,
    /// What a code is called, there and on cards.
    pub label: Option<String>,
    /// What stands above the field. Default: nothing.
    pub text: Option<String>,
}

/// A checked `gallery.toml`; all of it optional.
#[derive(Clone, Debug, Default)]
pub struct GalleryConfig {
    /// Twelve Crockford symbols, written by `share`.
    pub id: Option<String>,
    /// Default: from the folder's name.
    pub title: Option<String>,
    /// Default: the days of its photos.
    pub date: Option<Date>,
    /// Markdown.
    pub description: Option<String>,
    /// BCP 47 language of its pages. Default: inherited, else [`Config::language`].
    pub language: Option<String>,
    /// What it says in other languages.
    pub translations: BTreeMap<String, Translation>,
    /// A file name in the gallery, or a path below it.
    pub cover: Option<String>,
    /// Order of photos. Default: inherited, else `Name`.
    pub sort: Option<Sort>,
    /// Default: the parent's, else [`Config::default_access`].
    pub access: Option<Visibility>,
    /// Last day of the gallery and of links made for it without one of their own.
    pub expires: Option<Date>,
    /// Keywords of every photo in it.
    pub keywords: Vec<String>,
    /// Address of the licence of its photos.
    pub licence: Option<String>,
    /// Whether the cover may stand in the preview card of a private link. Default: false.
    pub share_cover: bool,
    /// How its page begins. Default: with the title alone.
    pub header: Header,
    /// Keywords that make sections of its grid, in order. Default: none.
    pub sections: Vec<String>,
    /// Whether visitors can choose favourites. Default: in private galleries.
    pub favourites: Option<bool>,
    /// Lists of favourites, each with the number of photos that it can hold. Default: one that the theme names.
    pub lists: BTreeMap<String, Option<u32>>,
    /// What visitors may download. Default: the parent's, else `None`.
    pub downloads: Option<Downloads>,
    /// What lies over its pictures. Default: the parent's, else nothing.
    pub watermark: Option<WatermarkSaid>,
    /// Whether chosen passwords open it too, for everyone it was shared with; only where it is sealed.
    pub passwords: bool,
    /// Captions by file name.
    pub captions: BTreeMap<String, String>,
    /// Alternative texts by file name.
    pub alt: BTreeMap<String, String>,
    /// Image settings said here, for the gallery and what lies below it.
    pub images: ImageOverrides,
    /// Audiences by name; each sees what its rule lets through.
    pub audiences: BTreeMap<String, AudienceRule>,
    /// What is wrong where it has audiences and says that it is open to everybody. Nothing may be built with it; making
    /// it private mends it.
    pub open_audiences: Option<crate::Error>,
    /// The file this was read from, where there is one.
    pub file: Option<PathBuf>,
}

impl GalleryConfig {
    /// Whether visitors of the gallery can choose favourites; `is_open`: whether it needs no link.
    pub fn has_favourites(&self, is_open: bool) -> bool {
        self.favourites.unwrap_or(!is_open)
    }

    /// Whether chosen passwords open it for an audience; the name is empty for everyone it was shared with.
    pub fn has_passwords(&self, audience: &str) -> bool {
        if audience.is_empty() {
            return self.passwords;
        }
        self.audiences.get(audience).is_some_and(|rule| rule.passwords)
    }

    /// The first audience for which passwords were chosen; its name is empty for everyone it was shared with.
    pub fn first_with_passwords(&self) -> Option<&str> {
        let named = self.audiences.iter().find(|(_, rule)| rule.passwords).map(|(name, _)| name.as_str());
        self.passwords.then_some("").or(named)
    }
}

/// Image settings as a gallery says them; what is absent is inherited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageOverrides {
    /// Which formats.
    pub formats: Option<Vec<Format>>,
    /// Quality of all formats.
    pub quality: Option<u8>,
    /// Quality by format.
    pub format_quality: BTreeMap<Format, u8>,
    /// Widths of all formats.
    pub widths: Option<Vec<u32>>,
    /// Widths by format.
    pub format_widths: BTreeMap<Format, Vec<u32>>,
    /// What transparent photos are laid on, in every format.
    pub background: Option<[u8; 3]>,
}

/// What an audience of a private gallery may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AudienceRule {
    /// Where given, only photos with one of these keywords, names, paths or folders.
    pub only: Option<Vec<String>>,
    /// Never photos with one of these keywords, names, paths or folders.
    pub except: Vec<String>,
    /// BCP 47 language of its pages. Default: the gallery's.
    pub language: Option<String>,
    /// What it may download. Default: the gallery's.
    pub downloads: Option<Downloads>,
    /// Whether it sees the gallery's watermark. Default: true.
    pub watermark: Option<bool>,
    /// Whether chosen passwords open the gallery for it too; only where the gallery is sealed.
    pub passwords: bool,
}

/// The order of photos in a gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By file name, numbers by value.
    Name,
    /// By the moment it was taken, oldest first; photos without one come last, by name.
    Taken,
    /// Newest first.
    TakenDescending,
    /// As listed; photos that are not listed follow by name.
    Listed(Vec<String>),
}
