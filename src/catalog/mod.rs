//! The catalog of everything on disk: galleries, photos, text pages and files to copy.
//!
//! Reads folders, headers, metadata and content hashes, never pixels. What is broken or not a
//! photograph is told and left out; nothing here fails because of one bad file.

mod clutter;
mod ignored_files;
mod index;
mod lookalike;
mod moment;
mod order;
mod photos;
mod private;
mod sidecars;
mod static_files;
mod walk;
mod watermarks;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

pub use index::{Index, Seen, Stat};
pub use order::{Names, same_name};
pub use sidecars::{Sidecar, folded};
pub use walk::Walked;

use crate::Visibility;
use crate::config::{
    Config, Downloads, GalleryConfig, ImageSettings, SiteLanguage, Sort, Translation, WatermarkSettings,
};
use crate::formats::Header;
use crate::metadata::{Day, Metadata, OriginalFile, Taken};
use crate::{Code, Error, Result};

/// Everything that a build can draw on.
#[derive(Debug)]
pub struct Catalog {
    /// Galleries, parents before children; the first is the folder of galleries itself.
    pub galleries: Vec<Gallery>,
    /// Text pages by file name.
    pub pages: Vec<TextSource>,
    /// Files that are copied as they are, by path.
    pub static_files: Vec<StaticFile>,
    /// Photographs that cannot be used, and why.
    pub broken: Vec<Broken>,
    /// Photographs in formats that are not read, and what each is; not those beside a photo of the same name.
    pub unsupported: Vec<Broken>,
    /// How many files in formats that are not read lie beside a photo of the same name, as a RAW file beside its JPEG and the
    /// film of a live photo.
    pub companions: usize,
    /// Folders that their owner left out, with all that lies below them, by their paths below the folder of galleries.
    pub left_out: Vec<PathBuf>,
    /// Galleries that may have been meant to be closed, by what cannot be understood; see [`Catalog::close_doubted`].
    pub doubted: Vec<usize>,
    /// Who may see what says nothing; see [`Catalog::visibility_of_photos`].
    pub default_access: Visibility,
    /// What the owner should know.
    pub warnings: Vec<Error>,
    /// The order of names in the site's language.
    pub names: Names,
    /// The day of the build in UTC, once [`Self::close_ended`] was told it.
    pub today: Option<jiff::civil::Date>,
    /// The folders of the site's further languages, without slashes.
    pub(crate) language_folders: Vec<String>,
    /// Whether the site has a look-up page, whose folder nothing else may have.
    pub(crate) has_find: bool,
    /// The folder of galleries, as its owner would type it.
    pub(crate) place: PathBuf,
}

/// A folder of photographs, of galleries, or of both.
#[derive(Debug)]
pub struct Gallery {
    /// The folder below the folder of galleries, as it is on disk; empty for that folder itself.
    pub folder: PathBuf,
    /// The gallery around it; none for the first.
    pub parent: Option<usize>,
    /// Galleries below it, in showing order.
    pub children: Vec<usize>,
    /// What its `gallery.toml` says.
    pub config: GalleryConfig,
    /// Who may reach it: its own word or its parent's, whichever is more closed.
    pub visibility: Visibility,
    /// Its last day or that of a gallery above it, where it was open and the day is over; see [`Catalog::close_ended`].
    pub ended: Option<jiff::civil::Date>,
    /// Image settings in force.
    pub images: ImageSettings,
    /// BCP 47 language of its pages, where it or a gallery around it says one.
    pub language: Option<String>,
    /// What visitors may download of its photos, its own word or its parent's; an audience may say otherwise.
    pub downloads: Downloads,
    /// What lies over its pictures, its own word or its parent's; an audience may be spared it.
    pub watermark: Option<Arc<Watermark>>,
    /// The title, the owner's or from the folder's name.
    pub title: String,
    /// Photographs in showing order: by the gallery's `sort`, ties by file name.
    pub photos: Vec<Photo>,
    /// The order in force: its own, or that of a gallery around it.
    pub(crate) sort: Sort,
}

/// A watermark with the file that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// How it is to look.
    pub settings: WatermarkSettings,
    /// Its PNG or its font.
    pub file: PathBuf,
    /// SHA-256 of that.
    pub sha256: [u8; 32],
}

/// A photograph that can be used, as far as its header tells.
#[derive(Clone, Debug)]
pub struct Photo {
    /// The file's name in its gallery's folder.
    pub name: OsString,
    /// Size and times when it was read.
    pub stat: Stat,
    /// The sidecar that was read with it.
    pub sidecar: Option<Sidecar>,
    /// SHA-256 of the whole file.
    pub sha256: [u8; 32],
    /// Format, size, orientation.
    pub header: Header,
    /// What the file says about itself, with its sidecar's word over it.
    pub metadata: Metadata,
    /// When it was taken, as far as that is believed: no day of the future, which [`Catalog::close_ended`] takes out.
    pub taken: Option<Taken>,
    /// What rendering it has taught, known once the pixels were seen.
    pub seen: Option<Seen>,
    /// What was odd about its metadata.
    pub warnings: Vec<String>,
    /// What of the file can be given away as a download, or why nothing can.
    pub original: Result<OriginalFile, Box<str>>,
}

/// A photograph that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// The folder of its gallery, below the folder of galleries.
    pub folder: PathBuf,
    /// The file's name.
    pub name: OsString,
    /// Why, in one sentence without a full stop.
    pub reason: String,
}

/// A markdown file, as it lies there.
#[derive(Debug)]
pub struct TextSource {
    /// The file's name without `.md`, and without the language of a translation.
    pub stem: String,
    /// Which of the site's further languages it is in: `privacy.de.md`.
    pub language: Option<SiteLanguage>,
    /// The file.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
}

/// A file that is copied as it is.
#[derive(Debug)]
pub struct StaticFile {
    /// Its path below the output, with slashes.
    pub path: String,
    /// Where it lies.
    pub file: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl Broken {
    /// The file as its owner would type it.
    pub fn file(&self, config: &Config) -> PathBuf {
        config.display_gallery_path(self.folder.join(&self.name))
    }
}

impl Catalog {
    /// Reads everything below the site's folders; `index` spares reading files that did not change since
    /// it was made, and is brought up to date.
    ///
    /// # Errors
    /// All that is wrong in `gallery.toml` files and in folder layout, together; one bad photo is no error.
    pub fn read(config: &Config, index: &mut Index) -> Result<Self, Vec<Error>> {
        match Self::read_what_can_be(config, index) {
            (Some(catalog), wrong) if wrong.is_empty() => Ok(catalog),
            (_, wrong) => Err(wrong),
        }
    }

    /// The same, with what is wrong beside what could be read; a gallery whose settings are wrong has the defaults. No
    /// catalog where the folder of galleries is not there, or cannot be read whole.
    pub fn read_what_can_be(config: &Config, index: &mut Index) -> (Option<Self>, Vec<Error>) {
        Self::read_walked(config, index, Walked::through(config))
    }

    /// The same after a walk that was made before.
    pub fn read_walked(config: &Config, index: &mut Index, walked: Walked) -> (Option<Self>, Vec<Error>) {
        walk::read(config, index, walked)
    }

    /// The folders below the folder of galleries with what their `gallery.toml` says, without looking into any photo.
    /// Also gives what is wrong in those files; such a folder has the defaults.
    pub fn folders(config: &Config) -> (Vec<(PathBuf, GalleryConfig)>, Vec<Error>) {
        walk::folders_alone(config)
    }

    /// The last days of open galleries that are not over on `today`, of [`Self::folders`].
    pub fn open_ends(
        folders: &[(PathBuf, GalleryConfig)],
        default_access: Visibility,
        today: jiff::civil::Date,
    ) -> Vec<(jiff::civil::Date, &Path)> {
        let top = |folder: &Path| {
            let first = folder.components().next().map(|first| Path::new(first.as_os_str()));
            let said = folders.iter().find(|(other, _)| Some(other.as_path()) == first);
            said.and_then(|(_, said)| said.access).unwrap_or(default_access)
        };
        let open = |folder: &Path| {
            if !top(folder).is_open() {
                return false;
            }
            let around = folder.ancestors().filter_map(|above| folders.iter().find(|(other, _)| other == above));
            around.filter_map(|(_, said)| said.access).all(|access| access.is_open())
        };
        folders
            .iter()
            .filter_map(|(folder, said)| Some((said.expires.filter(|day| *day >= today)?, folder.as_path())))
            .filter(|(_, folder)| open(folder))
            .collect()
    }

    /// Every language that galleries or their audiences ask for beside the site's, with the first file that does.
    pub fn languages(&self) -> BTreeMap<String, PathBuf> {
        Self::languages_of(self.galleries.iter().map(|gallery| &gallery.config))
    }

    /// The same of what some `gallery.toml` say.
    pub fn languages_of<'g>(galleries: impl IntoIterator<Item = &'g GalleryConfig>) -> BTreeMap<String, PathBuf> {
        let mut languages = BTreeMap::new();
        for said in galleries {
            let audiences = said.audiences.values().filter_map(|audience| audience.language.as_ref());
            for language in said.language.iter().chain(audiences) {
                languages.entry(language.clone()).or_insert_with(|| said.file.clone().unwrap_or_default());
            }
        }
        languages
    }

    /// The file of a photo.
    pub fn photo_file(&self, config: &Config, gallery: usize, photo: usize) -> PathBuf {
        let gallery = &self.galleries[gallery];
        config.galleries.join(&gallery.folder).join(&gallery.photos[photo].name)
    }

    /// Closes open galleries whose last day is over, with what lies below them: they count as private from then on.
    /// `today` is the day in UTC; the last day itself is one more day of being open. Private galleries stay as they are:
    /// their days are those of their links.
    ///
    /// Dates of photos that lie behind `today` count no longer, with a warning for each: a clock that runs ahead would keep
    /// its photos first for ever. Tomorrow is believed, since somewhere it has begun.
    pub fn close_ended(&mut self, today: jiff::civil::Date) {
        let mut any = self.doubt_the_future(today);
        for at in 0..self.galleries.len() {
            let above = self.galleries[at].parent.and_then(|parent| self.galleries[parent].ended);
            let gallery = &mut self.galleries[at];
            if !gallery.visibility.is_open() && above.is_none() {
                continue;
            }
            let own = gallery.config.expires.filter(|last| *last < today);
            gallery.ended = own.or(above);
            if gallery.ended.is_some() {
                gallery.visibility = gallery.visibility.max(Visibility::Private);
                any = true;
            }
        }
        if any {
            // What is closed must not move what is open.
            walk::order_galleries(self);
        }
    }

    /// Who may see the photos of a gallery. Those that lie directly in the folder of galleries follow the site's
    /// `default_access`, unless that folder says `access` itself: what it does not say closes nothing below it.
    pub fn visibility_of_photos(&self, gallery: usize) -> Visibility {
        let found = &self.galleries[gallery];
        let otherwise =
            if gallery == 0 && found.config.access.is_none() { self.default_access } else { Visibility::Public };
        found.visibility.max(otherwise)
    }

    /// Whether a gallery, or one around it, may have been meant to be closed.
    pub fn is_doubted(&self, gallery: usize) -> bool {
        let mut around = std::iter::successors(Some(gallery), |inner| self.galleries[*inner].parent);
        around.any(|at| self.doubted.contains(&at))
    }

    /// Closes the galleries that may have been meant to be closed, with what lies below them: what cannot be understood
    /// counts as the most closed that it may have meant.
    pub fn close_doubted(&mut self) {
        for at in 0..self.galleries.len() {
            if self.is_doubted(at) {
                self.galleries[at].visibility = self.galleries[at].visibility.max(Visibility::Private);
            }
        }
        if !self.doubted.is_empty() {
            walk::order_galleries(self);
        }
    }

    /// Whether a file may have been meant as the settings of the gallery in whose folder it lies, by its name.
    pub fn may_be_settings(name: &std::ffi::OsStr) -> bool {
        lookalike::is_settings(name) || lookalike::by_name(&name.to_string_lossy()).is_some()
    }

    /// Whether there was any.
    fn doubt_the_future(&mut self, today: jiff::civil::Date) -> bool {
        // A library's caller who has no day at hand (the default is in the year 0) doubts nothing.
        if today == jiff::civil::Date::default() {
            return false;
        }
        self.today = Some(today);
        let mut any = false;
        for gallery in &mut self.galleries {
            let mut moved = false;
            for photo in &mut gallery.photos {
                if let Some(taken) = photo.taken.take_if(|taken| moment::is_ahead(taken, today)) {
                    moved = true;
                    let day = taken.local().date();
                    let message = format!("is dated {day}, which is in the future, so it counts as undated");
                    let warning =
                        Error::new(Code::DateInFuture, message).at(self.place.join(&gallery.folder).join(&photo.name));
                    self.warnings.push(warning.hint("correct the date in a photo program or a sidecar"));
                }
            }
            // So are days in names.
            if moved || matches!(gallery.sort, Sort::Taken | Sort::TakenDescending) {
                sort_photos(&mut gallery.photos, &gallery.sort, &self.names, Some(today));
            }
            any |= moved;
        }
        any
    }

    /// Takes photographs out that turned out to be unusable when their pixels were wanted.
    /// `failed` gives gallery, photo and reason.
    pub fn take_out(&mut self, mut failed: Vec<(usize, usize, String)>) {
        failed.sort();
        failed.dedup_by_key(|(gallery, photo, _)| (*gallery, *photo));
        for (gallery, photo, reason) in failed.into_iter().rev() {
            let gallery = &mut self.galleries[gallery];
            let photo = gallery.photos.remove(photo);
            self.broken.push(Broken { folder: gallery.folder.clone(), name: photo.name, reason });
        }
        self.broken.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    }
}

impl Gallery {
    /// Whether it is closed by the site's default alone: it lies directly in the folder of galleries and says nothing.
    pub fn is_closed_by_default(&self, default_access: Visibility) -> bool {
        let is_top = self.folder.components().count() == 1;
        is_top && self.config.access.is_none() && !default_access.is_open()
    }

    /// Whether anything is shown in it or below it.
    pub fn is_empty(&self) -> bool {
        self.photos.is_empty() && self.children.is_empty()
    }

    /// First and last day on which its photos were taken, or the day its owner gave.
    pub fn days(&self) -> Option<(Day, Day)> {
        if let Some(day) = self.config.date {
            return Some((day.into(), day.into()));
        }
        let days = || self.photos.iter().filter_map(|photo| Some(photo.taken.as_ref()?.day()));
        Some((days().min()?, days().max()?))
    }

    /// The last of its days that is not behind `today`: the owner's, else that of its photos.
    pub fn last_day(&self, today: Option<jiff::civil::Date>) -> Option<jiff::civil::Date> {
        let has_come = |day: &jiff::civil::Date| today.is_none_or(|today| *day <= today);
        // A photo may be of tomorrow where tomorrow has begun.
        let of_photos = || {
            let last = self.photos.iter().filter_map(|photo| Some(photo.taken.as_ref()?.day().date)).max()?;
            Some(today.map_or(last, |today| last.min(today)))
        };
        self.config.date.filter(has_come).or_else(of_photos)
    }

    /// Its title in a language.
    pub fn title_in(&self, language: &str) -> &str {
        let translated = Translation::find(&self.config.translations, language, |said| said.title.as_deref());
        translated.unwrap_or(&self.title)
    }

    /// Its description in a language, Markdown.
    pub fn description_in(&self, language: &str) -> Option<&str> {
        let translated = Translation::find(&self.config.translations, language, |said| said.description.as_deref());
        translated.or(self.config.description.as_deref())
    }

    /// The caption of a photo in a language.
    pub fn caption_in<'a>(&'a self, photo: &'a Photo, language: &str) -> Option<&'a str> {
        let said = |said: &'a Translation| Self::said(&said.captions, &photo.name);
        Translation::find(&self.config.translations, language, said).or_else(|| self.caption(photo))
    }

    /// The alternative text of a photo in a language.
    pub fn alt_in<'a>(&'a self, photo: &'a Photo, language: &str) -> Option<&'a str> {
        let said = |said: &'a Translation| Self::said(&said.alt, &photo.name);
        Translation::find(&self.config.translations, language, said).or_else(|| self.alt(photo))
    }

    /// A text that the owner gave for a file name, however the name's accents are composed.
    fn said<'a>(texts: &'a BTreeMap<String, String>, name: &std::ffi::OsStr) -> Option<&'a str> {
        let name = name.to_str()?;
        if let Some(text) = texts.get(name) {
            return Some(text);
        }
        if texts.is_empty() || name.is_ascii() {
            return None;
        }
        let normal: String = name.nfc().collect();
        texts.iter().find(|(key, _)| key.nfc().eq(normal.chars())).map(|(_, text)| text.as_str())
    }

    /// The caption of a photo: `gallery.toml`, then the sidecar, then the file.
    pub fn caption<'a>(&'a self, photo: &'a Photo) -> Option<&'a str> {
        Self::said(&self.config.captions, &photo.name).or(self.shown(photo, photo.metadata.caption.as_deref()))
    }

    /// The alternative text of a photo, in the same order.
    pub fn alt<'a>(&'a self, photo: &'a Photo) -> Option<&'a str> {
        Self::said(&self.config.alt, &photo.name).or(self.shown(photo, photo.metadata.alt.as_deref()))
    }

    /// The title of a photo, as its file has it.
    pub fn title<'a>(&self, photo: &'a Photo) -> Option<&'a str> {
        self.shown(photo, photo.metadata.title.as_deref())
    }

    /// A text of a file, unless it is the file's name and the gallery is private: many programs write the name there, and
    /// no private page gives it away.
    fn shown<'a>(&self, photo: &Photo, text: Option<&'a str>) -> Option<&'a str> {
        text.filter(|text| self.visibility.is_open() || !photo.is_named(text))
    }

    /// Keywords of a photo that people gave: its own and its gallery's, none twice.
    pub fn keywords<'a>(&'a self, photo: &'a Photo) -> Vec<&'a str> {
        let mut words: Vec<&str> = Vec::new();
        for word in photo.metadata.shown_keywords().chain(self.config.keywords.iter().map(|word| &**word)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// The same with those that programs keep for themselves: what rules for audiences go by.
    pub fn all_keywords<'a>(&'a self, photo: &'a Photo) -> impl Iterator<Item = &'a str> {
        photo.metadata.keywords.iter().chain(&self.config.keywords).map(|word| &**word)
    }
}

impl Photo {
    /// Whether a text is the name of the photo's file, with its extension or without.
    pub fn is_named(&self, text: &str) -> bool {
        let name = Path::new(&self.name);
        let names = [name.to_str(), name.file_stem().and_then(|stem| stem.to_str())];
        names.into_iter().flatten().any(|name| name.to_lowercase() == text.trim().to_lowercase())
    }
}

/// Sorts photos the way the gallery wants; names that its list has and the folder does not are returned.
fn sort_photos(photos: &mut Vec<Photo>, sort: &Sort, order: &Names, today: Option<jiff::civil::Date>) -> Vec<String> {
    photos.sort_by(|a, b| order.files(&a.name, &b.name));
    match sort {
        Sort::Name => Vec::new(),
        Sort::Taken | Sort::TakenDescending => {
            moment::sort(photos, *sort == Sort::TakenDescending, today);
            Vec::new()
        }
        Sort::Listed(names) => {
            // In one normal form: a list that was typed and a name that a file system made differ in theirs. Two files that
            // differ in nothing else are told apart by the exact name.
            let normal = |name: &str| name.nfc().collect::<String>();
            let exact: HashMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
            let place: HashMap<String, usize> = names.iter().enumerate().map(|(at, name)| (normal(name), at)).collect();
            let at = |photo: &Photo| {
                let name = photo.name.to_str()?;
                exact.get(name).or_else(|| place.get(&normal(name))).copied()
            };
            photos.sort_by_cached_key(|photo| at(photo).unwrap_or(usize::MAX));
            let there: HashSet<String> = photos.iter().filter_map(|photo| photo.name.to_str().map(normal)).collect();
            names.iter().filter(|name| !there.contains(&normal(name))).cloned().collect()
        }
    }
}

/// A title from a folder's or file's name: separators become spaces, the first letter becomes a capital.
pub fn title_from_name(name: &Path) -> String {
    let name = name.to_string_lossy();
    let spaced = if name.contains(' ') { name.into_owned() } else { name.replace(['_', '-'], " ") };
    let spaced = spaced.replace(char::REPLACEMENT_CHARACTER, "").replace(|c: char| c.is_control(), "");
    let trimmed = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = trimmed.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Untitled".to_owned(),
    }
}
