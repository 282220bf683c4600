//! Erasing a photo: what is published of it, what is kept of it, and the file itself.
//!
//! Erasing is a takedown, so it rests on the record and on the file's name alone: a photo that cannot be read, settings that
//! are wrong somewhere and a secret that is not at hand keep nothing up.

mod files;
mod places;
mod published;

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use self::places::{Places, entry_of, ways_of};
use super::withdrawal::{pages_that_show, still_reachable};
use super::{State, leftovers};
use crate::access;
use crate::access::ledger::LEDGER_FILE;
use crate::catalog::{Catalog, Gallery, Index, same_name};
use crate::compose::PhotoTag;
use crate::config::{Config, Sort};
use crate::formats::SourceFormat;
use crate::images::cache::{Cache, Key};
use crate::lock::Lock;
use crate::plan::mentions;
use crate::publish::{Manifest, Site, TakenDown};
use crate::{Code, Error};

/// What is known of a photo that is to be erased.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Its file, its sidecars, and links to it.
    pub files: Vec<PathBuf>,
    /// Its pictures and pages in the output, at addresses that ended too.
    pub published: Vec<String>,
    /// Other pages in the output that show a picture of it.
    pub showing: Vec<String>,
    /// Entries of the cache that are made of it, or of what is neither here nor published any more, as of what it was
    /// before it was changed.
    pub cached: usize,
    /// The site that `serve` built is there, and goes too.
    pub served: bool,
    /// Other files with the same bytes: their pictures stay, in the output and in the cache.
    pub twins: Vec<PathBuf>,
    /// Other files of the same name with another ending, which are not erased: the raw file that it was made of, say.
    pub alike: Vec<PathBuf>,
    /// Sidecars that stay, for other pictures may need them.
    pub sidecars: Vec<PathBuf>,
    /// What links to it lead to outside of the site.
    pub elsewhere: Vec<PathBuf>,
    /// Folders that were the output once, where nothing is taken down.
    pub former: Vec<PathBuf>,
    /// It cannot be read and nothing is known to be published of it: that may lie under a name its folder had before.
    pub may_be_published: bool,
    /// Not everything could be read, so the cache may hold what was made of it before it was changed.
    pub may_be_cached: bool,
    /// Settings that name it.
    pub named_in: Vec<PathBuf>,
    /// What entries of the cache that are made of it, and of no twin, begin with.
    sources: BTreeSet<PhotoTag>,
    /// What entries begin with that are made of anything that is here or published. Unknown where not everything could be read.
    living: Option<BTreeSet<PhotoTag>>,
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

/// Finds all that there is of the photo at `path` below the folder of galleries. `turn` is the lock of the state folder, where
/// the caller holds it.
///
/// # Errors
/// A photo that is not there and was not published; a record that cannot be read.
pub fn traces(config: &Config, path: &str, turn: Option<&Lock>) -> Result<Traces, Vec<Error>> {
    let state = State::of(config);
    let site = match turn {
        Some(turn) => Site::look_in_turn(&config.output, state.folder(), turn),
        None => Site::look(&config.output, state.folder()),
    };
    let site = site?;
    // What is wrong elsewhere is the next build's to tell.
    let (catalog, wrong) = Catalog::read_what_can_be(config, &mut Index::load(&state.index()));
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let named = (Path::new(folder), OsStr::new(name));
    let galleries = || catalog.iter().flat_map(|catalog| &catalog.galleries);
    let photos = || galleries().flat_map(|gallery| gallery.photos.iter().map(move |photo| (&*gallery.folder, photo)));
    let own = photos().find(|(folder, photo)| (*folder, &*photo.name) == named).map(|(_, photo)| photo);
    let broken = || catalog.iter().flat_map(|catalog| &catalog.broken).map(|broken| (&*broken.folder, &*broken.name));
    let is_broken = broken().any(|place| place == named);
    // Only what has the same bytes, or cannot be read either, can be the same file.
    let like_it = photos().filter(|(_, photo)| own.is_some_and(|own| own.sha256 == photo.sha256));
    let like_it = like_it.map(|(folder, photo)| (folder, &*photo.name)).chain(broken().filter(|_| is_broken));
    let places = Places::of(config, named, like_it);
    let others: HashSet<PhotoTag> = photos()
        .map(|(folder, photo)| (folder, &*photo.name))
        .chain(broken())
        .filter(|(folder, name)| !places.hold(folder, name))
        .map(|(folder, name)| PhotoTag::of_place(folder, name))
        .collect();
    let mut sources: BTreeSet<PhotoTag> = own.map(|photo| PhotoTag::of_source(&photo.sha256)).into_iter().collect();
    let mut marks: HashSet<PhotoTag> = places.iter().map(|(folder, name)| PhotoTag::of_place(folder, name)).collect();
    let former = former_folders(config, Path::new(folder), galleries());
    // Another photo may lie there by now.
    marks.extend(former.iter().map(|folder| PhotoTag::of_place(folder, named.1)).filter(|mark| !others.contains(mark)));
    let published = published::of_photo(site.manifest(), &marks, &mut sources, &others);
    let living = catalog.as_ref().filter(|_| wrong.is_empty()).and_then(|catalog| living(catalog, site.manifest()));
    // A cache that cannot be read keeps nothing up; erasing tells of it.
    let made = Cache::look(state.cache()).keys().unwrap_or_default();
    let is_known = own.is_some() || is_broken || (catalog.is_none() && is_photo_below(path));
    let is_there = is_known && config.galleries.join(folder).join(name).is_file();
    if published.is_empty() && !is_there {
        let mut traces = Traces { living, ..Traces::default() };
        traces.may_be_cached = made.iter().any(|key| traces.is_made_of_it(key));
        return Err(vec![no_photo(path, galleries(), traces.may_be_cached)]);
    }
    let mut traces = Traces::default();
    traces.find_files(config, &places, galleries());
    let twins = photos()
        .filter(|(other, photo)| {
            !places.hold(other, &photo.name) && sources.contains(&PhotoTag::of_source(&photo.sha256))
        })
        .collect::<Vec<_>>();
    traces.twins = twins.iter().map(|(other, photo)| other.join(&photo.name)).collect();
    let is_named = |gallery: &&Gallery| places.iter().any(|(folder, name)| names(gallery, folder, name));
    traces.named_in = galleries().filter(is_named).filter_map(|gallery| gallery.config.file.clone()).collect();
    for (_, twin) in twins {
        sources.remove(&PhotoTag::of_source(&twin.sha256));
    }
    (traces.sources, traces.living) = (sources, living);
    traces.cached = made.iter().filter(|key| traces.is_made_of_it(key)).count();
    traces.may_be_cached = traces.living.is_none() && made.len() > traces.cached;
    traces.may_be_published = own.is_none() && published.is_empty() && !site.manifest().is_empty();
    traces.served = state.has_served();
    traces.former = leftovers::former(config).into_iter().map(|(folder, _)| folder.into()).collect();
    traces.showing = pages_that_show(&config.output, &published, site.manifest()).into_iter().collect();
    traces.published = published.into_iter().collect();
    Ok(traces)
}

impl Traces {
    /// Whether an entry of the cache goes: one that is made of the photo and of no twin, or of nothing that there is.
    fn is_made_of_it(&self, key: &Key) -> bool {
        let source = PhotoTag::of_cached(key);
        self.sources.contains(&source) || self.living.as_ref().is_some_and(|living| !living.contains(&source))
    }

    /// Finds what lies at the places of the photo, and what of it stays.
    fn find_files<'g>(&mut self, config: &Config, places: &Places, galleries: impl Iterator<Item = &'g Gallery>) {
        let ways = ways_of(config, places);
        self.elsewhere = ways.elsewhere;
        for file in ways.files {
            let beside = files::files_of(&file);
            self.files.extend(beside.own);
            self.sidecars.extend(beside.shared);
            self.alike.extend(beside.alike);
        }
        self.files.retain(|file| !file.is_dir() && file.symlink_metadata().is_ok());
        // A sidecar that another photo was read with stays.
        let mut theirs: HashSet<PathBuf> = HashSet::new();
        for gallery in galleries {
            let Ok(folder) = config.galleries.join(&gallery.folder).canonicalize() else { continue };
            let others = gallery.photos.iter().filter(|photo| !places.hold(&gallery.folder, &photo.name));
            theirs.extend(others.filter_map(|photo| Some(folder.join(&photo.sidecar.as_ref()?.name))));
        }
        let stays = |file: &mut PathBuf| entry_of(file).is_some_and(|entry| theirs.contains(&entry));
        self.sidecars.extend(self.files.extract_if(.., stays));
        self.alike.retain(|file| !self.files.contains(file));
        for list in [&mut self.sidecars, &mut self.alike] {
            list.sort();
            list.dedup();
        }
    }
}

/// Erases what was found: first what can be reached, then what is kept, then the files. `turn` is as in
/// [`super::Options::turn`].
///
/// # Errors
/// An output that cannot be opened: another build is running, say. Nothing was erased then.
pub fn erase(config: &Config, traces: &Traces, now: SystemTime, turn: Option<Arc<Lock>>) -> Result<Erased, Vec<Error>> {
    let state = State::of(config);
    let mut site = Site::open_in_turn(&config.output, state.folder(), turn)?;
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
                errors.push(Error::io(Code::CannotRemove, "remove", file, error))
            }
            _ => {}
        }
    }
    errors.extend(state.drop_served().err());
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

/// The bytes of all photos that are here or published, unless a folder cannot be read: it stands among the broken photos
/// without the name of one, and may be a disk that is not there at the moment.
fn living(catalog: &Catalog, manifest: &Manifest) -> Option<BTreeSet<PhotoTag>> {
    if catalog.broken.iter().any(|broken| SourceFormat::by_name(&broken.name.to_string_lossy()).is_none()) {
        return None;
    }
    let here = catalog.galleries.iter().flat_map(|gallery| &gallery.photos);
    let here = here.map(|photo| PhotoTag::of_source(&photo.sha256));
    Some(here.chain(published::pictures(manifest).map(|(_, source)| source)).collect())
}

/// What a folder was called when the ledger last saw the shared galleries that it lies in. A ledger that cannot be read
/// keeps nothing up, and tells nothing.
fn former_folders<'g>(config: &Config, folder: &Path, galleries: impl Iterator<Item = &'g Gallery>) -> Vec<PathBuf> {
    let Ok(Some(ledger)) = access::file::read(&config.root.join(LEDGER_FILE)) else { return Vec::new() };
    let around = galleries.filter_map(|gallery| {
        let below = folder.strip_prefix(&gallery.folder).ok()?;
        let known = ledger.gallery(gallery.config.id.as_deref()?.parse().ok()?)?;
        Some(Path::new(&known.path).join(below))
    });
    around.collect()
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

fn no_photo<'g>(path: &str, galleries: impl Iterator<Item = &'g Gallery>, is_cached: bool) -> Error {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let here: Vec<&Gallery> = galleries.filter(|gallery| gallery.folder == Path::new(folder)).collect();
    let known = here.iter().flat_map(|gallery| &gallery.photos).filter_map(|photo| photo.name.to_str());
    let error =
        Error::new(Code::UnknownPhoto, format!("there is no photo `{path}`, and none was ever published from there"));
    let near = match crate::error::closest_match(name, known) {
        Some(near) if folder.is_empty() => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{folder}/{near}`?"),
        None => "give a path such as `weddings/lake-house/DSC_0042.jpg`".to_owned(),
    };
    if !is_cached {
        return error.hint(near);
    }
    error.hint(format!("{near} If you deleted it by hand, `safelight clean` removes it from the cache"))
}
