//! The walk through the site's folders.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use super::clutter::{self, is_mark, is_passed_by};
use super::ignored_files::{is_beside, picture_in, placeholder_of};
use super::index::{Index, Links, Stat};
use super::lookalike::{self, Lookalike, SETTINGS, Verdict, is_settings};
use super::photos::read_photos;
use super::private::Private;
use super::sidecars::Sidecars;
use super::static_files::{static_files, text_pages};
use super::watermarks::{Watermarks, contradictions};
use super::{Broken, Catalog, Gallery, Names, ignored_files, same_name, sort_photos, title_from_name};
use crate::Visibility;
use crate::config::closed::Closed;
use crate::config::{Config, Downloads, GalleryConfig, Sort};
use crate::error::shell_quote;
use crate::formats::{NotAPhoto, SourceFormat};
use crate::{Code, Error};

/// A folder below the folder of galleries, as found.
#[derive(Default)]
struct Folder {
    files: Vec<(OsString, Stat)>,
    sidecars: Sidecars,
    config: Option<PathBuf>,
    /// Files that may have been meant as its settings.
    lookalikes: Vec<Lookalike>,
    /// Its owner left it out, or a folder above it: nothing in it is shown.
    left_out: bool,
}

pub(super) fn read(config: &Config, index: &mut Index, walked: Walked) -> (Option<Catalog>, Vec<Error>) {
    let Some(mut found) = walked.0 else {
        return (None, vec![no_galleries(config)]);
    };
    let folders = told(config, &mut found);
    let Found { broken, unsupported, is_cut, warnings, mut errors, left_out, doubted, .. } = found;
    if is_cut {
        return (None, errors);
    }
    let mut catalog = Catalog {
        galleries: Vec::new(),
        pages: Vec::new(),
        static_files: Vec::new(),
        broken,
        unsupported,
        companions: 0,
        left_out,
        doubted: Vec::new(),
        default_access: config.default_access,
        warnings,
        names: Names::of(&config.language),
        has_find: config.find.is_some(),
        language_folders: config.languages.iter().map(|one| one.folder.trim_end_matches('/').to_owned()).collect(),
        today: None,
        place: config.display_path(&config.galleries).to_owned(),
    };
    let mut watermarks = Watermarks::default();
    let mut work = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::with_capacity(folders.len());
    for Told { path, folder, said, visibility } in folders {
        let at = catalog.galleries.len();
        // Sorted by component, a parent comes before its children, and every folder was entered through it.
        let parent = path.parent().filter(|_| at > 0).map(|parent| places.get(parent).copied().unwrap_or(0));
        places.insert(path.clone(), at);
        if doubted.contains(&path) {
            catalog.doubted.push(at);
        }
        let inherited = parent.map(|parent| &catalog.galleries[parent]);
        if let (Some(asked), Some(parent)) = (said.access, inherited)
            && asked < parent.visibility
        {
            let file = folder.config.clone().unwrap_or_default();
            catalog.warnings.push(
                Error::new(Code::SettingWithoutEffect, format!(
                    "`access = \"{}\"` has no effect: the gallery above it is {}",
                    asked.name(),
                    parent.visibility.name()
                ))
                .at(config.display_path(&file))
                .hint(if parent.is_closed_by_default(config.default_access) {
                    "a gallery is never more open than its parent, which `default_access` closes: set `access` there too"
                } else {
                    "a gallery is never more open than its parent"
                }),
            );
        }
        let downloads = said.downloads.or(inherited.map(|above| above.downloads)).unwrap_or_default();
        let above = inherited.and_then(|above| above.watermark.as_ref());
        let watermark = watermarks.of(config, &said, above, &mut errors);
        let images = inherited.map_or(&config.images, |g| &g.images).with(&said.images);
        let language = said.language.clone().or_else(|| inherited.and_then(|gallery| gallery.language.clone()));
        let title = said.title.clone().unwrap_or_else(|| match path.file_name() {
            Some(name) => title_from_name(Path::new(name)),
            None => config.title.clone(),
        });
        for (file, stat) in folder.files {
            let sidecar = folder.sidecars.of(&file).cloned();
            work.push((at, file, stat, sidecar));
        }
        catalog.galleries.push(Gallery {
            folder: path,
            parent,
            children: Vec::new(),
            config: said,
            visibility,
            ended: None,
            images,
            language,
            downloads,
            watermark,
            title,
            photos: Vec::new(),
            sort: Sort::Name,
        });
    }
    errors.extend(contradictions(config, &catalog.galleries));
    read_photos(config, index, work, &mut catalog);
    arrange(config, &mut catalog, &mut errors);
    text_pages(config, &mut catalog, &mut errors);
    static_files(config, index, &mut catalog, &mut errors);
    (Some(catalog), errors)
}

/// Why nothing can be read at all.
fn no_galleries(config: &Config) -> Error {
    let folder = config.display_path(&config.galleries);
    let there = std::fs::symlink_metadata(&config.galleries).is_ok();
    let what = if there { "not a folder" } else { "missing" };
    let wrong = match config.places.get("galleries") {
        Some(place) => {
            let wrong = Error::new(
                Code::NoGalleriesFolder,
                format!("`galleries` names `{}`, which is {what}", folder.display()),
            );
            Error { place: Some(place.clone()), ..wrong }
        }
        None => Error::new(Code::NoGalleriesFolder, format!("the galleries folder is {what}")).at(folder),
    };
    wrong.hint("create it and put a folder of photos into it, or set `galleries` in site.toml")
}

/// The folders and what their owner says of them, and what is wrong with that.
pub(super) fn folders_alone(config: &Config) -> (Vec<(PathBuf, GalleryConfig)>, Vec<Error>) {
    let mut found = folders(config);
    let folders = told(config, &mut found).into_iter().map(|one| (one.path, one.said)).collect();
    (folders, found.errors)
}

/// A folder with what its owner says of it.
pub(super) struct Told {
    /// The folder below the folder of galleries.
    pub(super) path: PathBuf,
    folder: Folder,
    pub(super) said: GalleryConfig,
    /// Who may reach it: its own word or its parent's, whichever is more closed.
    pub(super) visibility: Visibility,
}

/// Reads what is said of the folders, parents first. Links that would show what is private are errors, and what lies
/// behind them is left out.
fn told(config: &Config, found: &mut Found) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::with_capacity(found.folders.len());
    let mut open: HashMap<PathBuf, Visibility> = HashMap::with_capacity(found.folders.len());
    for (path, mut folder) in std::mem::take(&mut found.folders) {
        let mut counts = false;
        let mut said = match &folder.config {
            None => GalleryConfig::default(),
            // What is left out needs no settings, but for the id that its links go by.
            Some(file) if folder.left_out => GalleryConfig::read(file, &config.root).unwrap_or_default(),
            Some(file) => match GalleryConfig::read(file, &config.root) {
                Ok(said) => {
                    counts = true;
                    said
                }
                Err(unread) => {
                    found.errors.extend(unread.errors);
                    if unread.may_close {
                        found.doubted.insert(path.clone());
                    }
                    // What may have been meant to restrict, restricts.
                    GalleryConfig { downloads: Some(Downloads::None), ..GalleryConfig::default() }
                }
            },
        };
        let around = path.parent().and_then(|parent| open.get(parent)).copied();
        // The folder of galleries is the home page: what it does not say closes nothing below it.
        let is_top = path.components().count() == 1;
        let otherwise = if is_top { config.default_access } else { Visibility::Public };
        let visibility = said.access.unwrap_or(otherwise).max(around.unwrap_or(Visibility::Public));
        // Who writes an audience expects that something is hidden from somebody.
        if !said.audiences.is_empty() && said.access.is_none() && visibility.is_open() && !folder.left_out {
            let what = "`[audiences]` has no effect, because this gallery is open to everyone by default";
            let file = folder.config.clone().unwrap_or_default();
            let hint = "write `access = \"private\"` at the top, or delete the audiences";
            said.open_audiences =
                Some(Error::new(Code::AudienceHidesNothing, what).at(config.display_path(&file)).hint(hint));
        }
        if let Some(wrong) = said.open_audiences.as_ref().filter(|_| !folder.left_out) {
            found.errors.push(wrong.clone());
            found.doubted.insert(path.clone());
        }
        // Who chose passwords expects that nobody gets in without one.
        if let (Some(audience), true) =
            (said.first_with_passwords(), visibility != Visibility::Sealed && !folder.left_out)
        {
            found.errors.push(passwords_protect_nothing(config, &folder, &path, audience, visibility));
            found.doubted.insert(path.clone());
        }
        for lookalike in std::mem::take(&mut folder.lookalikes) {
            match lookalike.judge(config, counts.then_some(&said), visibility) {
                Verdict::Fine => {}
                Verdict::Warning(warning) => found.warnings.push(warning),
                Verdict::Error(error, may_close) => {
                    found.errors.push(error);
                    if may_close {
                        found.doubted.insert(path.clone());
                    }
                }
            }
        }
        open.insert(path.clone(), visibility);
        all.push(Told { path, folder, said, visibility });
    }
    let private = Private::among(config, &all);
    let mut refused: Vec<PathBuf> = Vec::new();
    for link in std::mem::take(&mut found.links) {
        if refused.iter().any(|other| link.starts_with(other)) {
            continue;
        }
        if let Some(wrong) = private.refuses(config, &link) {
            found.errors.push(wrong);
            refused.push(link);
        }
    }
    for link in refused {
        all.retain(|one| !one.path.starts_with(&link));
        for one in all.iter_mut().filter(|one| link.parent() == Some(&one.path)) {
            one.folder.files.retain(|(name, _)| link.file_name() != Some(name));
        }
        found.broken.retain(|broken| !broken.folder.join(&broken.name).starts_with(&link));
    }
    all
}

/// What lies below the folder of galleries, before any of it is read; nothing if there is no such folder.
pub struct Walked(Option<Found>);

impl Walked {
    /// Walks through the folder of galleries. Needs no index, so it can run while that is loaded.
    pub fn through(config: &Config) -> Self {
        Self(config.galleries.is_dir().then(|| folders(config)))
    }
}

/// What is found below the folder of galleries.
#[derive(Default)]
struct Found {
    /// Every folder, with the folder of galleries itself, in order of path components.
    folders: BTreeMap<PathBuf, Folder>,
    /// Every symbolic link among them that leads somewhere, below the folder of galleries.
    links: Vec<PathBuf>,
    /// What may be a photo, or a folder of them, and cannot be read.
    broken: Vec<Broken>,
    /// Photos that are not read, by what they are.
    unsupported: Vec<Broken>,
    /// Files that stand for one that is not on this machine: the folder, the file's name, and why.
    placeholders: Vec<Broken>,
    /// Folders that their owner left out.
    left_out: Vec<PathBuf>,
    /// Folders that may have been meant to be closed.
    doubted: BTreeSet<PathBuf>,
    /// Nobody knows what there is, so nothing may count as withdrawn.
    is_cut: bool,
    warnings: Vec<Error>,
    errors: Vec<Error>,
}

/// Looks for folders and files.
///
/// What cannot be read is told and left out, but for settings: a folder whose `gallery.toml` is out of reach may be a
/// private one, so that is an error. So is a link to what must not be shown.
fn folders(config: &Config) -> Found {
    let mut found = Found::default();
    found.folders.insert(PathBuf::new(), Folder::default());
    let walk = WalkDir::new(&config.galleries).follow_links(true).sort_by_file_name();
    // Files that are passed by may still have been meant as settings.
    let mut walk = walk.into_iter().filter_entry(|entry| {
        entry.depth() == 0 || !entry.file_type().is_dir() || !is_passed_by(entry.file_name(), true)
    });
    let closed = std::cell::OnceCell::new();
    let mut links = Links::default();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.unreadable(config, &error);
                continue;
            }
        };
        links.pass(&entry);
        let here = || config.display_path(entry.path());
        let Ok(path) = entry.path().strip_prefix(&config.galleries) else { continue };
        let is_folder = entry.file_type().is_dir();
        let is_left_out = match is_folder {
            true => found.leaves_out(config, entry.path(), path),
            false => found.is_left_out(path),
        };
        if is_left_out {
            // The id that links go by still counts; nothing else, and nothing behind a link.
            let is_marked = found.left_out.iter().any(|folder| folder == path);
            if is_folder && (is_marked || !entry.path_is_symlink()) {
                found.folders.entry(path.to_owned()).or_default().left_out = true;
            } else if is_folder {
                walk.skip_current_dir();
            } else if entry.file_name() == SETTINGS && entry.file_type().is_file() {
                let above = path.parent().unwrap_or(Path::new(""));
                found.folders.entry(above.to_owned()).or_default().config = Some(entry.path().to_owned());
            }
            continue;
        }
        if entry.depth() > 0 && !is_folder && is_passed_by(entry.file_name(), false) {
            found.pass_by(entry.path(), path);
            continue;
        }
        if entry.depth() > 0 && entry.path_is_symlink() {
            if let Some(what) = closed.get_or_init(|| Closed::to_galleries(config)).met_by(entry.path()) {
                let wrong = Error::new(
                    Code::UnsafeLink,
                    format!("this symbolic link leads to {what} and would publish pictures from there as a gallery"),
                );
                found.errors.push(wrong.at(here()).hint("delete the symbolic link; photos need their own folder"));
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            found.links.push(path.to_owned());
        }
        if entry.depth() > 0 && is_settings(entry.file_name()) && !entry.file_type().is_file() {
            found.errors.push(unreachable_settings("is not a file".to_owned()).at(here()));
            found.doubted.insert(path.parent().unwrap_or(Path::new("")).to_owned());
            continue;
        }
        if is_folder {
            found.folders.entry(path.to_owned()).or_default();
            continue;
        }
        let (above, name) = (path.parent().unwrap_or(Path::new("")), entry.file_name());
        let folder = found.folders.entry(above.to_owned()).or_default();
        if entry.file_type().is_file()
            && let Some(lookalike) = Lookalike::of(entry.path())
        {
            folder.lookalikes.push(lookalike);
            continue;
        }
        if let Some((real, why)) = placeholder_of(name) {
            found.placeholders.push(Broken { folder: above.to_owned(), name: real, reason: why });
            continue;
        }
        let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("toml") => {
                if name == SETTINGS {
                    folder.config = Some(entry.path().to_owned());
                }
            }
            Some(ending) if is_beside(ending) => {
                if entry.file_type().is_file()
                    && let Some(format) = picture_in(entry.path())
                {
                    let message = format!("is {} with the extension `.{ending}`, so it is left out", format.name());
                    let warning = Error::new(Code::WrongEnding, message).at(here());
                    found
                        .warnings
                        .push(warning.hint("to show it, give it a picture's extension; to hide it, move it away"));
                    let reason = format!("this is {} with the extension `.{ending}`", format.name());
                    found.unsupported.push(Broken { folder: above.to_owned(), name: name.to_owned(), reason });
                }
            }
            // A FIFO or a device would block for ever when read.
            _ if !entry.file_type().is_file() => found.is_broken(above, name, "is neither a file nor a folder"),
            extension => match links.stat(&entry) {
                Ok(stat) => {
                    if extension == Some("xmp") {
                        folder.sidecars.add(name, stat);
                    } else {
                        folder.files.push((name.to_owned(), stat));
                    }
                }
                Err(error) => found.unreadable(config, &error),
            },
        }
    }
    for (wrong, closes) in lookalike::astray(config) {
        found.errors.push(wrong);
        if closes {
            found.doubted.insert(PathBuf::new());
        }
    }
    // Where the file itself is there, what stands for it is a leftover.
    for missing in std::mem::take(&mut found.placeholders) {
        let is_there = |folder: &Folder| folder.files.iter().any(|(name, _)| *name == missing.name);
        if !found.folders.get(&missing.folder).is_some_and(is_there) {
            found.broken.push(missing);
        }
    }
    found
}

impl Found {
    /// Whether a folder's owner left it out, by a mark that lies in it or in one above it.
    fn leaves_out(&mut self, config: &Config, folder: &Path, below: &Path) -> bool {
        if self.is_left_out(below) {
            return true;
        }
        let Ok(entries) = std::fs::read_dir(folder) else { return false };
        let names: Vec<OsString> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        let mut marked = names.iter().any(|name| is_mark(name));
        if names.iter().any(|name| name == clutter::PATTERNS) {
            let list = folder.join(clutter::PATTERNS);
            if clutter::ignores_all(&list) {
                marked = true;
            } else if !marked {
                let message = "PhotoPrism patterns are not supported, so the photos they exclude are shown";
                let warning = Error::new(Code::PatternsNotRead, message).at(config.display_path(&list));
                self.warnings.push(warning.hint("to leave out a folder, put an empty file named `.nomedia` into it"));
            }
        }
        if marked {
            self.left_out.push(below.to_owned());
        }
        marked
    }

    /// Whether something lies in a folder that was left out, or is one.
    fn is_left_out(&self, below: &Path) -> bool {
        self.left_out.iter().any(|folder| below.starts_with(folder))
    }

    /// A file that other programs left, or that is hidden: it may have been meant as settings, or stand for a photo that is
    /// not on this machine.
    fn pass_by(&mut self, file: &Path, below: &Path) {
        let (above, name) = (below.parent().unwrap_or(Path::new("")), below.file_name().unwrap_or_default());
        if !file.is_file() {
            return;
        }
        if let Some(lookalike) = Lookalike::of(file) {
            self.folders.entry(above.to_owned()).or_default().lookalikes.push(lookalike);
        } else if let Some((real, why)) = placeholder_of(name) {
            self.placeholders.push(Broken { folder: above.to_owned(), name: real, reason: why });
        }
    }

    fn is_broken(&mut self, folder: &Path, name: &OsStr, reason: impl Into<String>) {
        self.broken.push(Broken { folder: folder.to_owned(), name: name.to_owned(), reason: reason.into() });
    }

    /// What the system would not show. It may be a photo that was published, or a folder of them: it was not withdrawn.
    fn unreadable(&mut self, config: &Config, error: &walkdir::Error) {
        let reason = error.io_error().map_or_else(|| "is not a file".to_owned(), |io| format!("cannot be read: {io}"));
        // Without a path it is the rest of some folder.
        let file = error.path().unwrap_or(&config.galleries);
        let here = config.display_path(file);
        let below = file.strip_prefix(&config.galleries).unwrap_or(Path::new(""));
        let (Some(folder), Some(name)) = (below.parent(), below.file_name()) else {
            self.is_cut = true;
            return self.errors.push(Error::new(Code::CannotRead, reason).at(here));
        };
        if self.is_left_out(below) {
            return;
        }
        if is_settings(name) {
            self.errors.push(unreachable_settings(reason).at(here));
            self.doubted.insert(folder.to_owned());
            return;
        }
        if is_passed_by(name, false) || is_passed_by(name, true) {
            return;
        }
        if error.loop_ancestor().is_some() {
            let message = "this symbolic link leads back to a parent folder and is left out";
            self.warnings.push(Error::new(Code::FileLeftOut, message).at(here));
            return;
        }
        let ending = below.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let text = name.to_string_lossy();
        if ending.as_deref() == Some("xmp") {
            // Its photo says what it may lack.
            let sidecars = &mut self.folders.entry(folder.to_owned()).or_default().sidecars;
            sidecars.add(name, Stat::default().unsettled());
        }
        // Films and the like are never shown.
        if ending.is_some_and(|ending| ending == "xmp" || is_beside(&ending)) || NotAPhoto::by_name(&text).is_some() {
            self.warnings.push(Error::new(Code::FileLeftOut, format!("{reason}; it is left out")).at(here));
            return;
        }
        if SourceFormat::by_name(&text).is_none() {
            // A link to a disk that is not there, perhaps: a folder of which nothing is known.
            self.folders.entry(below.to_owned()).or_default();
        }
        let annexed = |target: PathBuf| target.to_string_lossy().replace('\\', "/").contains("/annex/objects/");
        if std::fs::read_link(file).is_ok_and(annexed) {
            return self.is_broken(folder, name, ignored_files::ANNEXED);
        }
        self.is_broken(folder, name, reason);
    }
}

/// Nobody knows what it says, so the folder may be private.
fn unreachable_settings(reason: String) -> Error {
    Error::new(
        Code::SettingsUnreachable,
        format!("{reason}; it may make the folder private, so nothing new is published"),
    )
    .hint("restore the file, or delete what replaced it; until then the folder counts as private")
}

/// Puts photos and galleries into showing order and warns of names that lead nowhere. A name in a table of files that is
/// no file's and has no ending may be a setting that counts nowhere: an error.
fn arrange(config: &Config, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    for at in 0..catalog.galleries.len() {
        let inherited = catalog.galleries[at].parent.map(|parent| match &catalog.galleries[parent].sort {
            // A list names files of its own folder only.
            Sort::Listed(_) => Sort::Name,
            other => other.clone(),
        });
        let gallery = &mut catalog.galleries[at];
        gallery.sort = gallery.config.sort.clone().or(inherited).unwrap_or(Sort::Name);
        let mut missing = sort_photos(&mut gallery.photos, &gallery.sort, &catalog.names, None);
        let Some(file) = gallery.config.file.clone() else { continue };
        // A list may name folders too; looked up only where something is missing, for there may be ten thousand.
        if !missing.is_empty() {
            let below = catalog.galleries.iter().filter(|child| child.parent == Some(at));
            let children: HashSet<String> =
                below.filter_map(|child| Some(child.folder.file_name()?.to_str()?.nfc().collect())).collect();
            missing.retain(|name| !children.contains(&name.nfc().collect::<String>()));
        }
        let gallery = &catalog.galleries[at];
        let photo = |name: &str| {
            gallery.photos.iter().any(|photo| photo.name.to_str().is_some_and(|known| same_name(known, name)))
                || catalog
                    .broken
                    .iter()
                    .any(|b| b.folder == gallery.folder && b.name.to_str().is_some_and(|known| same_name(known, name)))
        };
        let lacking = |texts: &BTreeMap<String, String>| -> Vec<String> {
            texts.keys().filter(|name| !photo(name)).cloned().collect()
        };
        let mut named = vec![
            ("sort".to_owned(), missing),
            ("captions".to_owned(), lacking(&gallery.config.captions)),
            ("alt".to_owned(), lacking(&gallery.config.alt)),
        ];
        for (language, said) in &gallery.config.translations {
            named.push((format!("translations.{language}.captions"), lacking(&said.captions)));
            named.push((format!("translations.{language}.alt"), lacking(&said.alt)));
        }
        for (what, names) in named {
            for name in names {
                if what != "sort" && !name.contains('.') {
                    let wrong =
                        format!("`{what}` names `{name}`, which is not a file in this folder and may be a setting");
                    let hint = "move a setting to the top of the file, before the first `[table]`; write a photo's \
                                name with its extension";
                    errors.push(Error::new(Code::MisplacedSetting, wrong).at(config.display_path(&file)).hint(hint));
                    continue;
                }
                let near =
                    crate::error::closest_match(&name, gallery.photos.iter().filter_map(|photo| photo.name.to_str()));
                let warning = Error::new(
                    Code::PhotoNotInGallery,
                    format!("`{what}` names `{name}`, which is not in this folder"),
                )
                .at(config.display_path(&file));
                catalog.warnings.push(match near {
                    Some(near) => warning.hint(format!("did you mean `{near}`?")),
                    None => warning,
                });
            }
        }
    }
    for at in (1..catalog.galleries.len()).rev() {
        if let Some(parent) = catalog.galleries[at].parent {
            catalog.galleries[parent].children.push(at);
        }
    }
    order_galleries(catalog);
}

/// Puts galleries into showing order: as their owner lists them, then the newest first, then those without a day, by name.
pub(super) fn order_galleries(catalog: &mut Catalog) {
    let shown_first: Vec<_> = catalog
        .galleries
        .iter()
        .map(|g| (newest(catalog, g), g.folder.file_name().unwrap_or_default().to_owned()))
        .collect();
    let names = &catalog.names;
    for gallery in &mut catalog.galleries {
        let listed = match &gallery.config.sort {
            Some(Sort::Listed(names)) => names.clone(),
            _ => Vec::new(),
        };
        gallery.children.sort_by(|a, b| {
            let place = |at: usize| {
                let folder = shown_first[at].1.to_str();
                folder.and_then(|folder| listed.iter().position(|name| same_name(name, folder))).unwrap_or(usize::MAX)
            };
            let ((a_day, a_name), (b_day, b_name)) = (&shown_first[*a], &shown_first[*b]);
            place(*a).cmp(&place(*b)).then_with(|| b_day.cmp(a_day)).then_with(|| names.folders(a_name, b_name))
        });
    }
}

/// The last day of a gallery, of its own photos or of those below it that are as open as it is.
fn newest(catalog: &Catalog, gallery: &Gallery) -> Option<jiff::civil::Date> {
    let own = gallery.days().map(|(_, last)| last.date);
    if gallery.config.date.is_some() {
        return own;
    }
    let below = gallery
        .children
        .iter()
        .map(|child| &catalog.galleries[*child])
        // What is less open must not move what is more open.
        .filter(|child| child.visibility <= gallery.visibility)
        .filter_map(|child| newest(catalog, child));
    own.into_iter().chain(below).max()
}

fn passwords_protect_nothing(
    config: &Config,
    folder: &Folder,
    path: &Path,
    audience: &str,
    visibility: Visibility,
) -> Error {
    let what =
        format!("`passwords = true` protects nothing, because this gallery is {}, not sealed", visibility.name());
    let whose = if audience.is_empty() { String::new() } else { format!(" --for {}", shell_quote(audience)) };
    let hint = format!(
        "write `access = \"sealed\"` at the top, or remove the passwords with `safelight password {}{whose} --remove`",
        shell_quote(&path.to_string_lossy())
    );
    let file = folder.config.clone().unwrap_or_default();
    Error::new(Code::GalleryNotSealed, what).at(config.display_path(&file)).hint(hint)
}
