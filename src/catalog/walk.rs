//! The walk through the site's folders.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use super::beside::{is_backup, is_beside, is_clutter, picture_in};
use super::index::{Index, Links, Stat};
use super::photos::read_photos;
use super::plain::{static_files, text_pages};
use super::private::Private;
use super::sidecars::Sidecars;
use super::{Broken, Catalog, Gallery, order, same_name, sort_photos, title_from_name};
use crate::config::closed::Closed;
use crate::config::{Config, GalleryConfig, Openness, Sort};
use crate::metadata::{NotAPhoto, SourceFormat};
use crate::{Error, ErrorKind};

/// A folder below the folder of galleries, as found.
#[derive(Default)]
struct Folder {
    files: Vec<(OsString, Stat)>,
    sidecars: Sidecars,
    config: Option<PathBuf>,
}

pub(super) fn read(config: &Config, index: &mut Index) -> (Option<Catalog>, Vec<Error>) {
    if !config.galleries.is_dir() {
        return (None, vec![no_galleries(config)]);
    }
    let mut found = folders(config);
    let folders = told(config, &mut found);
    let Found { broken, is_cut, warnings, mut errors, .. } = found;
    if is_cut {
        return (None, errors);
    }
    let mut catalog = Catalog { galleries: Vec::new(), pages: Vec::new(), static_files: Vec::new(), broken, warnings };
    let mut work = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::with_capacity(folders.len());
    for Told { path, folder, said, openness } in folders {
        let at = catalog.galleries.len();
        // Sorted by component, a parent comes before its children, and every folder was entered through it.
        let parent = path.parent().filter(|_| at > 0).map(|parent| places.get(parent).copied().unwrap_or(0));
        places.insert(path.clone(), at);
        let inherited = parent.map(|parent| &catalog.galleries[parent]);
        if let (Some(asked), Some(parent)) = (said.access, inherited)
            && asked < parent.openness
        {
            let file = folder.config.clone().unwrap_or_default();
            catalog.warnings.push(
                Error::site(format!(
                    "`access = \"{}\"` has no effect: the gallery above it is {}",
                    name(asked),
                    name(parent.openness)
                ))
                .at(shown(config, &file))
                .hint("a gallery is never more open than the one around it"),
            );
        }
        let images = inherited.map_or(&config.images, |g| &g.images).with(&said.images);
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
            openness,
            ended: None,
            images,
            title,
            photos: Vec::new(),
        });
    }
    read_photos(config, index, work, &mut catalog);
    arrange(config, &mut catalog, &mut errors);
    text_pages(config, &mut catalog, &mut errors);
    static_files(config, index, &mut catalog, &mut errors);
    (Some(catalog), errors)
}

/// Why nothing can be read at all.
fn no_galleries(config: &Config) -> Error {
    let folder = shown(config, &config.galleries);
    let there = std::fs::symlink_metadata(&config.galleries).is_ok();
    let what = if there { "no folder" } else { "not there" };
    let wrong = match config.places.get("galleries") {
        Some(place) => {
            let wrong = Error::site(format!("`galleries` names `{}`, which is {what}", folder.display()));
            Error { place: Some(place.clone()), ..wrong }
        }
        None => Error::site(format!("the folder of galleries is {what}")).at(folder),
    };
    wrong.hint("make the folder and put a folder of photographs into it, or name another with `galleries` in site.toml")
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
    pub(super) openness: Openness,
}

/// Reads what is said of the folders, parents first. Links that would show what is private are errors, and what lies
/// behind them is left out.
fn told(config: &Config, found: &mut Found) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::with_capacity(found.folders.len());
    let mut open: HashMap<PathBuf, Openness> = HashMap::with_capacity(found.folders.len());
    for (path, folder) in std::mem::take(&mut found.folders) {
        let said = match &folder.config {
            None => GalleryConfig::default(),
            Some(file) => GalleryConfig::read(file, &config.root).unwrap_or_else(|wrong| {
                found.errors.extend(wrong);
                GalleryConfig::default()
            }),
        };
        found.errors.extend(said.open_audiences.clone());
        let around = path.parent().and_then(|parent| open.get(parent)).copied();
        let openness = said.access.unwrap_or_default().max(around.unwrap_or(Openness::Public));
        open.insert(path.clone(), openness);
        all.push(Told { path, folder, said, openness });
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

/// What is found below the folder of galleries.
#[derive(Default)]
struct Found {
    /// Every folder, with the folder of galleries itself, in order of path components.
    folders: BTreeMap<PathBuf, Folder>,
    /// Every symbolic link among them that leads somewhere, below the folder of galleries.
    links: Vec<PathBuf>,
    /// What may be a photo, or a folder of them, and cannot be read.
    broken: Vec<Broken>,
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
    let passed_by = |name: &OsStr| is_clutter(name) || is_backup(name);
    let mut walk = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !passed_by(entry.file_name()));
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
        let here = || shown(config, entry.path());
        let Ok(path) = entry.path().strip_prefix(&config.galleries) else { continue };
        if entry.depth() > 0 && entry.path_is_symlink() {
            if let Some(what) = closed.get_or_init(|| Closed::to_galleries(config)).met_by(entry.path()) {
                let wrong =
                    Error::site(format!("this link leads to {what}, and pictures there would be shown as a gallery"));
                found.errors.push(wrong.at(here()).hint("remove the link; photographs need a folder of their own"));
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            found.links.push(path.to_owned());
        }
        if entry.depth() > 0 && is_settings(entry.file_name()) {
            if !entry.file_type().is_file() {
                found.errors.push(unreachable_settings("is not a file".to_owned()).at(here()));
                continue;
            }
            if entry.file_name() != SETTINGS {
                found.errors.push(
                    Error::site("looks like a `gallery.toml`, and nothing in it would count")
                        .at(here())
                        .hint("call it `gallery.toml`, in small letters and without another ending, or remove it"),
                );
                continue;
            }
        }
        if entry.file_type().is_dir() {
            found.folders.entry(path.to_owned()).or_default();
            continue;
        }
        let (above, name) = (path.parent().unwrap_or(Path::new("")), entry.file_name());
        let folder = found.folders.entry(above.to_owned()).or_default();
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
                    let message =
                        format!("is {} by its bytes and `.{ending}` by its name, and is left out", format.name());
                    let warning = Error::new(ErrorKind::Photo, message).at(here());
                    found
                        .warnings
                        .push(warning.hint("to show it, give it the ending of a picture; to hide it, move it away"));
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
    found
}

impl Found {
    fn is_broken(&mut self, folder: &Path, name: &OsStr, reason: impl Into<String>) {
        self.broken.push(Broken { folder: folder.to_owned(), name: name.to_owned(), reason: reason.into() });
    }

    /// What the system would not show. It may be a photo that was published, or a folder of them: it was not withdrawn.
    fn unreadable(&mut self, config: &Config, error: &walkdir::Error) {
        let reason = error.io_error().map_or_else(|| "is not a file".to_owned(), |io| format!("cannot be read: {io}"));
        // Without a path it is the rest of some folder.
        let file = error.path().unwrap_or(&config.galleries);
        let here = shown(config, file);
        let below = file.strip_prefix(&config.galleries).unwrap_or(Path::new(""));
        let (Some(folder), Some(name)) = (below.parent(), below.file_name()) else {
            self.is_cut = true;
            return self.errors.push(Error::new(ErrorKind::Io, reason).at(here));
        };
        if is_settings(name) {
            self.errors.push(unreachable_settings(reason).at(here));
            return;
        }
        if error.loop_ancestor().is_some() {
            let message = "this link leads back to a folder above it and is left out";
            self.warnings.push(Error::new(ErrorKind::Io, message).at(here));
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
            self.warnings.push(Error::new(ErrorKind::Io, format!("{reason}; it is left out")).at(here));
            return;
        }
        if SourceFormat::by_name(&text).is_none() {
            // A link to a disk that is not there, perhaps: a folder of which nothing is known.
            self.folders.entry(below.to_owned()).or_default();
        }
        self.is_broken(folder, name, reason);
    }
}

/// The file that says what a folder is and who may see it.
const SETTINGS: &str = "gallery.toml";

/// Whether a name is that of the settings, or was meant to be: in capitals, or with the ending that editors add and
/// systems hide.
fn is_settings(name: &OsStr) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = Path::new(&name);
    stem == Path::new(SETTINGS)
        || (stem.extension().is_some_and(|ending| ending == "txt" || ending == "toml")
            && stem.file_stem() == Some(OsStr::new(SETTINGS)))
}

/// Nobody knows what it says, so the folder may be private.
fn unreachable_settings(reason: String) -> Error {
    Error::new(ErrorKind::Io, format!("{reason}; it may say that the folder is private, so nothing new is published"))
        .hint("bring the file back, or remove what is in its place; photos of the folder that were published stay until then")
}

/// Puts photos and galleries into showing order and warns of names that lead nowhere. A name in a table of files that is
/// no file's and has no ending may be a setting that counts nowhere: an error.
fn arrange(config: &Config, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    let mut sorts: Vec<Sort> = Vec::with_capacity(catalog.galleries.len());
    for at in 0..catalog.galleries.len() {
        let gallery = &mut catalog.galleries[at];
        let inherited = gallery.parent.map(|parent| match &sorts[parent] {
            // A list names files of its own folder only.
            Sort::Listed(_) => Sort::Name,
            other => other.clone(),
        });
        let sort = gallery.config.sort.clone().or(inherited).unwrap_or(Sort::Name);
        let mut missing = sort_photos(&mut gallery.photos, &sort);
        sorts.push(sort);
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
        for (what, names) in [
            ("sort", missing),
            ("captions", gallery.config.captions.keys().filter(|name| !photo(name)).cloned().collect()),
            ("alt", gallery.config.alt.keys().filter(|name| !photo(name)).cloned().collect()),
        ] {
            for name in names {
                if what != "sort" && !name.contains('.') {
                    let wrong =
                        format!("`{what}` names `{name}`, which is no file of this folder and could be a setting");
                    let hint = "a setting belongs to the top of the file, before the first `[table]`; a photo is named with its ending";
                    errors.push(Error::site(wrong).at(shown(config, &file)).hint(hint));
                    continue;
                }
                let near = crate::error::nearest(&name, gallery.photos.iter().filter_map(|photo| photo.name.to_str()));
                let warning = Error::site(format!("`{what}` names `{name}`, which is not in this folder"))
                    .at(shown(config, &file));
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
            place(*a).cmp(&place(*b)).then_with(|| b_day.cmp(a_day)).then_with(|| order::natural_os(a_name, b_name))
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
        .filter(|child| child.openness <= gallery.openness)
        .filter_map(|child| newest(catalog, child));
    own.into_iter().chain(below).max()
}

fn name(openness: Openness) -> &'static str {
    match openness {
        Openness::Public => "public",
        Openness::Unlisted => "unlisted",
        Openness::Private => "private",
        Openness::Sealed => "sealed",
    }
}

/// A path as the owner would type it.
pub(super) fn shown(config: &Config, path: &Path) -> PathBuf {
    path.strip_prefix(&config.root).unwrap_or(path).to_owned()
}
