//! The walk through the site's folders.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use super::index::{Index, Stat};
use super::photos::read_photos;
use super::plain::{static_files, text_pages};
use super::sidecars::Sidecars;
use super::{Catalog, Gallery, order, same_name, sort_photos, title_from_name};
use crate::config::{Config, GalleryConfig, Openness, Sort};
use crate::{Error, ErrorKind};

/// A folder below the folder of galleries, as found.
#[derive(Default)]
struct Folder {
    files: Vec<(OsString, Stat)>,
    sidecars: Sidecars,
    config: Option<PathBuf>,
}

pub(super) fn read(config: &Config, index: &mut Index) -> (Option<Catalog>, Vec<Error>) {
    let mut errors = Vec::new();
    let mut catalog = Catalog {
        galleries: Vec::new(),
        pages: Vec::new(),
        static_files: Vec::new(),
        broken: Vec::new(),
        warnings: Vec::new(),
    };
    if !config.galleries.is_dir() {
        let wrong = Error::site("the folder of galleries is not there").at(shown(config, &config.galleries)).hint(
            "make the folder and put a folder of photographs into it, or name another with `galleries` in site.toml",
        );
        return (None, vec![wrong]);
    }
    let folders = folders(config, &mut catalog.warnings, &mut errors);
    let mut work = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::with_capacity(folders.len());
    for (path, folder) in folders {
        let at = catalog.galleries.len();
        // Sorted by component, a parent comes before its children, and every folder was entered through it.
        let parent = path.parent().filter(|_| at > 0).map(|parent| places.get(parent).copied().unwrap_or(0));
        places.insert(path.clone(), at);
        let said = match &folder.config {
            None => GalleryConfig::default(),
            Some(file) => GalleryConfig::read(file, &config.root).unwrap_or_else(|wrong| {
                errors.extend(wrong);
                GalleryConfig::default()
            }),
        };
        let inherited = parent.map(|parent| &catalog.galleries[parent]);
        let openness = said.access.unwrap_or_default().max(inherited.map_or(Openness::Public, |g| g.openness));
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
    arrange(config, &mut catalog);
    text_pages(config, &mut catalog, &mut errors);
    static_files(config, index, &mut catalog, &mut errors);
    (Some(catalog), errors)
}

/// The folders and what their owner says of them, and what is wrong with that.
pub(super) fn folders_alone(config: &Config) -> (Vec<(PathBuf, GalleryConfig)>, Vec<Error>) {
    let mut errors = Vec::new();
    let said = |folder: &Folder, errors: &mut Vec<Error>| match &folder.config {
        None => GalleryConfig::default(),
        Some(file) => GalleryConfig::read(file, &config.root).unwrap_or_else(|wrong| {
            errors.extend(wrong);
            GalleryConfig::default()
        }),
    };
    let found = folders(config, &mut Vec::new(), &mut errors);
    let folders = found.into_iter().map(|(path, folder)| (path, said(&folder, &mut errors))).collect();
    (folders, errors)
}

/// Every folder below the folder of galleries, with itself, in order of path components.
///
/// What cannot be read is warned of and left out, but for settings: a folder whose `gallery.toml` is out of reach may be
/// a private one, so that is an error.
fn folders(config: &Config, warnings: &mut Vec<Error>, errors: &mut Vec<Error>) -> BTreeMap<PathBuf, Folder> {
    let mut folders: BTreeMap<PathBuf, Folder> = BTreeMap::new();
    folders.insert(PathBuf::new(), Folder::default());
    let walk = WalkDir::new(&config.galleries).follow_links(true).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_clutter(entry.file_name())) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let file = error.path().map(|path| shown(config, path)).unwrap_or_default();
                if file.file_name().is_some_and(is_settings) {
                    let reason = match error.io_error() {
                        Some(reason) => format!("cannot be read: {reason}"),
                        None => "is not a file".to_owned(),
                    };
                    errors.push(unreachable_settings(reason).at(file));
                    continue;
                }
                let message = if error.loop_ancestor().is_some() {
                    "this link leads back to a folder above it and is left out".to_owned()
                } else {
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    format!("cannot be read and is left out: {reason}")
                };
                warnings.push(Error::new(ErrorKind::Io, message).at(file));
                continue;
            }
        };
        let Ok(path) = entry.path().strip_prefix(&config.galleries) else { continue };
        if entry.depth() > 0 && is_settings(entry.file_name()) {
            if !entry.file_type().is_file() {
                errors.push(unreachable_settings("is not a file".to_owned()).at(shown(config, entry.path())));
                continue;
            }
            if entry.file_name() != SETTINGS {
                errors.push(
                    Error::site("looks like a `gallery.toml`, and nothing in it would count")
                        .at(shown(config, entry.path()))
                        .hint("call it `gallery.toml`, in small letters and without another ending, or remove it"),
                );
                continue;
            }
        }
        if entry.file_type().is_dir() {
            folders.entry(path.to_owned()).or_default();
            continue;
        }
        let folder = folders.entry(path.parent().unwrap_or(Path::new("")).to_owned()).or_default();
        let name = entry.file_name();
        // A FIFO or a device would block for ever when read.
        if !entry.file_type().is_file() {
            warnings.push(
                Error::new(ErrorKind::Photo, "is neither a file nor a folder and is left out")
                    .at(shown(config, entry.path())),
            );
            continue;
        }
        let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("toml") => {
                if name == SETTINGS {
                    folder.config = Some(entry.path().to_owned());
                }
            }
            // What people keep beside their photographs, and what no photograph is ever called.
            Some(
                "md" | "txt" | "json" | "html" | "htm" | "css" | "js" | "zip" | "pdf" | "lrcat" | "lrdata" | "ini"
                | "db",
            ) => {}
            _ => match entry.metadata() {
                Ok(metadata) => {
                    let stat = Stat::of(&metadata);
                    if extension.as_deref() == Some("xmp") {
                        folder.sidecars.add(name, stat);
                    } else {
                        folder.files.push((name.to_owned(), stat));
                    }
                }
                Err(error) => warnings.push(
                    Error::new(ErrorKind::Io, format!("cannot be read and is left out: {error}"))
                        .at(shown(config, entry.path())),
                ),
            },
        }
    }
    folders
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

/// Files that systems leave behind, and hidden ones.
pub(super) fn is_clutter(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
        || ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "__macosx", "$recycle.bin"]
            .iter()
            .any(|clutter| name.eq_ignore_ascii_case(clutter))
}

/// Puts photos and galleries into showing order and warns of names that lead nowhere.
fn arrange(config: &Config, catalog: &mut Catalog) {
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
