//! Erasing a photo: what is published of it, what is kept of it, and the file itself.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use unicode_normalization::UnicodeNormalization as _;

use super::access::ledger_path;
use super::{Access, State, making};
use crate::catalog::{Catalog, Index, folded, same_name};
use crate::compose::derivative_key;
use crate::config::{Config, Sort};
use crate::images::cache::Cache;
use crate::plan::{Grants, Pictures, Plan, mentions};
use crate::publish::{Site, TakenDown};
use crate::{Error, ErrorKind};

/// What is known of a photo that is to be erased.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Its file and its sidecars.
    pub files: Vec<PathBuf>,
    /// Its pictures and pages in the output.
    pub published: Vec<String>,
    /// Entries of the cache that are made of it.
    pub cached: usize,
    /// Other files with the same bytes: their pictures stay, in the output and in the cache.
    pub twins: Vec<PathBuf>,
    /// Other files of the same name with another ending, which are not erased: the raw file that it was made of, say.
    pub alike: Vec<PathBuf>,
    /// Settings that name it.
    pub named_in: Vec<PathBuf>,
    keys: Vec<crate::images::cache::Key>,
}

/// Finds all that there is of the photo at `path` below the folder of galleries.
///
/// # Errors
/// A photo that is not there; all that keeps galleries or the record from being read.
pub fn traces(config: &Config, access: &Access, path: &str) -> Result<Traces, Vec<Error>> {
    let one = |error| vec![error];
    let state = State::of(config);
    let mut index = Index::load(&state.index());
    let mut catalog = Catalog::read(config, &mut index)?;
    catalog.close_ended(access.today().date());
    let said = catalog.galleries.iter().map(|gallery| &gallery.config);
    let publications = access.publications(config, said).map_err(one)?;
    let grants = access.keys().map(|keys| Grants { keys, publications: &publications });
    let plan = Plan::new(&catalog, grants.as_ref())?;
    let pictures = Pictures::new(config, &catalog);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let gallery = catalog.galleries.iter().position(|gallery| ledger_path(&gallery.folder) == folder);
    let place = gallery.and_then(|gallery| {
        let photos = &catalog.galleries[gallery].photos;
        Some((gallery, photos.iter().position(|photo| photo.name.to_str() == Some(name))?))
    });
    let Some((gallery, photo)) = place else {
        let known =
            gallery.into_iter().flat_map(|at| &catalog.galleries[at].photos).filter_map(|photo| photo.name.to_str());
        let error = Error::new(ErrorKind::Usage, format!("there is no photo `{path}`"));
        return Err(vec![match crate::error::nearest(name, known) {
            Some(near) => error.hint(format!("did you mean `{}`?", if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") })),
            None => error.hint("name it as in `weddings/lake-house/DSC_0042.jpg`; what was removed by hand goes from the site with the next build"),
        }]);
    };
    let source = &catalog.galleries[gallery].photos[photo];
    let (files, alike) = files_of(&catalog.photo_file(config, gallery, photo));
    let mut traces = Traces { files, alike, ..Traces::default() };
    // A sidecar that another photo was read with stays.
    let others = catalog.galleries[gallery].photos.iter().enumerate().filter(|(at, _)| *at != photo);
    let theirs: HashSet<&OsStr> =
        others.filter_map(|(_, other)| Some(other.sidecar.as_ref()?.name.as_os_str())).collect();
    traces.files.retain(|file| file.file_name().is_none_or(|name| !theirs.contains(name)));
    // In a private album twins share their pictures: what another file still shows stays.
    let mut shared: HashSet<String> = HashSet::new();
    for album in &plan.albums {
        for section in &album.sections {
            for shown in &section.photos {
                let other = &catalog.galleries[section.gallery].photos[shown.photo];
                if other.sha256 != source.sha256 {
                    continue;
                }
                let picture = pictures.of(section.gallery, shown.photo);
                let rungs = picture.ladder.rungs.iter();
                let paths = rungs.map(|rung| album.picture_path(shown, other, rung, &picture.imprint));
                if (section.gallery, shown.photo) == (gallery, photo) {
                    traces.published.extend(paths);
                    traces.published.push(album.photo_page_path(shown));
                } else {
                    shared.extend(paths);
                }
            }
        }
    }
    traces.published.retain(|path| !shared.contains(path));
    for (at, other) in catalog.galleries.iter().enumerate() {
        let same = other
            .photos
            .iter()
            .enumerate()
            .filter(|(number, one)| (at, *number) != (gallery, photo) && one.sha256 == source.sha256);
        traces.twins.extend(same.map(|(_, one)| other.folder.join(&one.name)));
        let said = &other.config;
        let below = format!("{folder}/{name}");
        let end = |text: &str| {
            below.char_indices().map(|(at, _)| &below[at..]).any(|end| same_name(end, &format!("/{text}")))
        };
        let names = |text: &str| same_name(text, name) || (!text.is_empty() && end(text));
        let sorted = matches!(&said.sort, Some(Sort::Listed(list)) if list.iter().any(|text| same_name(text, name)));
        let texts = || said.captions.keys().chain(said.alt.keys());
        let own = at == gallery && (sorted || texts().any(|text| same_name(text, name)));
        let covers = said.cover.as_deref().is_some_and(names) && Path::new(folder).starts_with(&other.folder);
        let file = catalog.galleries[gallery].folder.join(name);
        let in_rules =
            file.starts_with(&other.folder) && said.audiences.values().any(|rule| mentions(rule, &other.folder, &file));
        if own || covers || in_rules {
            traces.named_in.extend(said.file.clone());
        }
    }
    if traces.twins.is_empty() {
        let ladder = &pictures.of(gallery, photo).ladder;
        traces.keys = (0..ladder.rungs.len()).map(|rung| derivative_key(source, ladder, rung)).collect();
        traces.keys.push(making::facts_key(source, ladder));
        let cache = Cache::open(state.cache()).map_err(one)?;
        traces.cached = traces.keys.iter().filter(|key| cache.contains(key)).count();
    }
    Ok(traces)
}

/// Erases what was found: first what can be reached, then what is kept, then the files.
///
/// # Errors
/// What could not be removed, all together; the rest is gone.
pub fn erase(config: &Config, traces: &Traces, now: SystemTime) -> Result<TakenDown, Vec<Error>> {
    let one = |error| vec![error];
    let state = State::of(config);
    let mut site = Site::open(&config.output, state.folder()).map_err(one)?;
    let down = site.take_down(traces.published.iter().map(String::as_str));
    let mut errors: Vec<Error> =
        down.failed.iter().map(|(path, error)| super::withdrawal::still_reachable(path, error.clone())).collect();
    match Cache::open(state.cache()) {
        Ok(cache) => errors.extend(traces.keys.iter().filter_map(|key| cache.remove(key).err())),
        Err(error) => errors.push(error),
    }
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
    if let Ok(catalog) = Catalog::read(config, &mut index) {
        index.mark_changed();
        errors.extend(index.save(&state.index(), &catalog, &config.galleries, now).err());
    }
    if errors.is_empty() { Ok(down) } else { Err(errors) }
}

/// A photo and its sidecars; and other files of its stem. A sidecar that one of these may need stays.
fn files_of(photo: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut files = vec![photo.to_owned()];
    let (Some(folder), Some(name)) = (photo.parent(), photo.file_name()) else { return (files, Vec::new()) };
    let stem = |name: &OsStr| Path::new(name).file_stem().unwrap_or(name).to_string_lossy().nfc().collect::<String>();
    let (letters, folded_stem) = (stem(name), stem(&folded(name)));
    let (own, by_stem) = (folded(&with_ending(name)), folded(&with_ending(OsStr::new(&letters))));
    let names: Vec<OsString> =
        std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    let is_alike = |other: &&OsString| {
        let known = folded(other);
        *other != name
            && stem(&known) == folded_stem
            && Path::new(&known).extension().is_some_and(|ending| ending != "xmp")
    };
    // In the photo's own letters, or in any where the sidecar is not in the photo's own.
    let is_shared = |sidecar: &OsStr| {
        let in_own = stem(sidecar) == letters;
        names.iter().filter(is_alike).any(|other| !in_own || stem(other) == letters)
    };
    let mine = names.iter().filter(|other| {
        let known = folded(other);
        known == own || (known == by_stem && !is_shared(other))
    });
    files.extend(mine.map(|name| folder.join(name)));
    let alike = names.iter().filter(is_alike).map(|name| folder.join(name)).collect();
    (files, alike)
}

fn with_ending(name: &OsStr) -> OsString {
    let mut name = name.to_owned();
    name.push(".xmp");
    name
}
