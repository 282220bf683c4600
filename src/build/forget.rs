//! Erasing a photo: what is published of it, what is kept of it, and the file itself.
//!
//! Erasing is a takedown, so it rests on the record and on the file's name alone: a photo that cannot be read, settings that
//! are wrong somewhere and a secret that is not at hand keep nothing up.

mod files;
mod published;

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::State;
use super::withdrawal::{pages_that_show, still_reachable};
use crate::catalog::{Catalog, Gallery, Index, same_name};
use crate::compose::Mark;
use crate::config::{Config, Sort};
use crate::images::cache::{Cache, Key};
use crate::metadata::SourceFormat;
use crate::plan::mentions;
use crate::publish::{Site, TakenDown};
use crate::{Error, ErrorKind};

/// What is known of a photo that is to be erased.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Its file and its sidecars.
    pub files: Vec<PathBuf>,
    /// Its pictures and pages in the output, at addresses that ended too.
    pub published: Vec<String>,
    /// Other pages in the output that show a picture of it.
    pub showing: Vec<String>,
    /// Entries of the cache that are made of it.
    pub cached: usize,
    /// Other files with the same bytes: their pictures stay, in the output and in the cache.
    pub twins: Vec<PathBuf>,
    /// Other files of the same name with another ending, which are not erased: the raw file that it was made of, say.
    pub alike: Vec<PathBuf>,
    /// Settings that name it.
    pub named_in: Vec<PathBuf>,
    /// What entries of the cache that are made of it, and of no twin, begin with.
    sources: BTreeSet<Mark>,
}

/// What was erased.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    /// What was published.
    pub down: TakenDown,
    /// How many entries of the cache.
    pub cached: usize,
    /// What could not be removed; the rest is gone.
    pub errors: Vec<Error>,
}

/// Finds all that there is of the photo at `path` below the folder of galleries.
///
/// # Errors
/// A photo that is not there and was not published; a record that cannot be read.
pub fn traces(config: &Config, path: &str) -> Result<Traces, Vec<Error>> {
    let one = |error| vec![error];
    let state = State::of(config);
    let site = Site::look(&config.output, state.folder()).map_err(one)?;
    // What is wrong elsewhere is the next build's to tell.
    let catalog = Catalog::read_what_can_be(config, &mut Index::load(&state.index())).0;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (folder, name) = (Path::new(folder), OsStr::new(name));
    let is_it = |other: &Path, other_name: &OsStr| other == folder && other_name == name;
    let galleries = || catalog.iter().flat_map(|catalog| &catalog.galleries);
    let photos = || galleries().flat_map(|gallery| gallery.photos.iter().map(move |photo| (&*gallery.folder, photo)));
    let own = photos().find(|(folder, photo)| is_it(folder, &photo.name)).map(|(_, photo)| photo);
    let broken = || catalog.iter().flat_map(|catalog| &catalog.broken).map(|broken| (&*broken.folder, &*broken.name));
    let others: HashSet<Mark> = photos()
        .map(|(folder, photo)| (folder, &*photo.name))
        .chain(broken())
        .filter(|(folder, name)| !is_it(folder, name))
        .map(|(folder, name)| Mark::of_place(folder, name))
        .collect();
    let mut sources: BTreeSet<Mark> = own.map(|photo| Mark::of_source(&photo.sha256)).into_iter().collect();
    let published = published::of_photo(site.manifest(), Mark::of_place(folder, name), &mut sources, &others);
    let file = config.galleries.join(folder).join(name);
    let is_known = own.is_some()
        || broken().any(|(folder, name)| is_it(folder, name))
        || (catalog.is_none() && is_photo_below(path));
    if published.is_empty() && !(is_known && file.is_file()) {
        return Err(vec![no_photo(path, galleries())]);
    }
    let (files, alike) = files::files_of(&file);
    let mut traces = Traces { alike, ..Traces::default() };
    // A sidecar that another photo was read with stays.
    let theirs: HashSet<&OsStr> = photos()
        .filter(|(other, photo)| *other == folder && photo.name != name)
        .filter_map(|(_, photo)| Some(photo.sidecar.as_ref()?.name.as_os_str()))
        .collect();
    let goes = |file: &PathBuf| file.is_file() && file.file_name().is_none_or(|name| !theirs.contains(name));
    traces.files = files.into_iter().filter(goes).collect();
    let twins = photos()
        .filter(|(other, photo)| !is_it(other, &photo.name) && sources.contains(&Mark::of_source(&photo.sha256)))
        .collect::<Vec<_>>();
    traces.twins = twins.iter().map(|(other, photo)| other.join(&photo.name)).collect();
    traces.named_in =
        galleries().filter(|gallery| names(gallery, folder, name)).filter_map(|g| g.config.file.clone()).collect();
    for (_, twin) in twins {
        sources.remove(&Mark::of_source(&twin.sha256));
    }
    traces.sources = sources;
    // A cache that cannot be read keeps nothing up; erasing tells of it.
    let made = Cache::look(state.cache()).keys().unwrap_or_default();
    traces.cached = made.iter().filter(|key| traces.is_made_of_it(key)).count();
    traces.showing = pages_that_show(&config.output, &published, site.manifest()).into_iter().collect();
    traces.published = published.into_iter().collect();
    Ok(traces)
}

impl Traces {
    /// Whether an entry of the cache is made of the photo and of no twin.
    fn is_made_of_it(&self, key: &Key) -> bool {
        self.sources.iter().any(|source| key.is_of(source.as_bytes()))
    }
}

/// Erases what was found: first what can be reached, then what is kept, then the files.
///
/// # Errors
/// An output that cannot be opened: another build is running, say. Nothing was erased then.
pub fn erase(config: &Config, traces: &Traces, now: SystemTime) -> Result<Erased, Vec<Error>> {
    let state = State::of(config);
    let mut site = Site::open(&config.output, state.folder()).map_err(|error| vec![error])?;
    let down = site.take_down(traces.published.iter().map(String::as_str));
    let mut errors: Vec<Error> = down.failed.iter().map(|(path, error)| still_reachable(path, error.clone())).collect();
    let removed = Cache::open(state.cache()).and_then(|cache| cache.remove_all(|key| traces.is_made_of_it(key)));
    let cached = removed.map_or_else(
        |error| {
            errors.push(error);
            0
        },
        |amount| amount.entries as usize,
    );
    for file in &traces.files {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                errors.push(Error::io("remove", file, &error))
            }
            _ => {}
        }
    }
    // What was read of the photo is forgotten with the next writing of the index.
    let mut index = Index::load(&state.index());
    let rewritten = match Catalog::read_what_can_be(config, &mut index).0 {
        Some(catalog) => {
            index.mark_changed();
            index.save(&state.index(), &catalog, &config.galleries, now)
        }
        None => state.drop_index(),
    };
    errors.extend(rewritten.err());
    Ok(Erased { down, cached, errors })
}

/// Whether the settings of a gallery name the photo.
fn names(gallery: &Gallery, folder: &Path, name: &OsStr) -> bool {
    let (said, file) = (&gallery.config, folder.join(name));
    let (Some(name), Ok(below)) = (name.to_str(), file.strip_prefix(&gallery.folder)) else { return false };
    // As one writes it there: by its name, or by the end of its path.
    let path = format!("/{}", below.to_string_lossy());
    let end = |text: &str| path.char_indices().any(|(at, _)| same_name(&path[at..], &format!("/{text}")));
    let sorted = matches!(&said.sort, Some(Sort::Listed(list)) if list.iter().any(|text| same_name(text, name)));
    let mut texts = said.captions.keys().chain(said.alt.keys());
    let own = gallery.folder == folder && (sorted || texts.any(|text| same_name(text, name)));
    let cover = said.cover.as_deref().is_some_and(|text| !text.is_empty() && end(text));
    own || cover || said.audiences.values().any(|rule| mentions(rule, &gallery.folder, &file))
}

/// Whether a path leads nowhere but below the folder of galleries, to what is a photo by its name.
fn is_photo_below(path: &str) -> bool {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    Path::new(path).components().all(plain) && SourceFormat::by_name(path).is_some()
}

fn no_photo<'g>(path: &str, galleries: impl Iterator<Item = &'g Gallery>) -> Error {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let here: Vec<&Gallery> = galleries.filter(|gallery| gallery.folder == Path::new(folder)).collect();
    let known = here.iter().flat_map(|gallery| &gallery.photos).filter_map(|photo| photo.name.to_str());
    let error = Error::new(ErrorKind::Usage, format!("there is no photo `{path}`, and none was published from there"));
    match crate::error::nearest(name, known) {
        Some(near) if folder.is_empty() => error.hint(format!("did you mean `{near}`?")),
        Some(near) => error.hint(format!("did you mean `{folder}/{near}`?")),
        None => error.hint("name it as in `weddings/lake-house/DSC_0042.jpg`"),
    }
}
