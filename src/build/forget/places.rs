//! Every place below the folder of galleries at which the file of one photo is found, by symbolic links too.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;

/// A way with more links than this leads to nothing: no system follows it.
const MOST_LINKS: usize = 40;

/// A folder below the folder of galleries, and the name of a file in it.
pub(super) type Place = (PathBuf, OsString);

/// What lies at the places of a photo and on the way to its file.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// What lies at the places, and behind links below the site's folder or that of the galleries; none twice.
    pub(super) files: Vec<PathBuf>,
    /// What links lead to elsewhere.
    pub(super) elsewhere: Vec<PathBuf>,
}

/// The named place first, then those of the others that lead to the same file.
pub(super) fn places_of<'c>(
    config: &Config,
    named: (&'c Path, &'c OsStr),
    others: impl Iterator<Item = (&'c Path, &'c OsStr)>,
) -> Vec<Place> {
    let file = |(folder, name): (&Path, &OsStr)| config.galleries.join(folder).join(name).canonicalize().ok();
    let wanted = file(named);
    let same = others.filter(|other| *other != named && wanted.is_some() && file(*other) == wanted);
    std::iter::once(named).chain(same).map(|(folder, name)| (folder.to_owned(), name.to_owned())).collect()
}

/// Everything between the places and the file to which they lead.
pub(super) fn ways_of(config: &Config, places: &[Place]) -> Ways {
    let (mut ways, mut seen, mut behind) = (Ways::default(), BTreeSet::new(), Vec::new());
    for (folder, name) in places {
        let file = config.galleries.join(folder).join(name);
        let mut way = way_of(&file).into_iter();
        if way.next().is_some_and(|entry| seen.insert(entry)) {
            ways.files.push(file);
        }
        behind.extend(way);
    }
    let own = [&config.root, &config.galleries].map(|folder| (folder, folder.canonicalize().ok()));
    for entry in behind {
        if !seen.insert(entry.clone()) {
            continue;
        }
        let below = own.iter().find_map(|(folder, real)| Some(folder.join(entry.strip_prefix(real.as_ref()?).ok()?)));
        match below {
            Some(file) => ways.files.push(file),
            None => ways.elsewhere.push(entry),
        }
    }
    ways
}

/// Where a file or a link lies, whatever links lead into its folder.
pub(super) fn entry_of(file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?))
}

/// The file; or the link, each further link, and the file to which they lead.
fn way_of(file: &Path) -> Vec<PathBuf> {
    let (mut way, mut next) = (Vec::new(), entry_of(file));
    while let Some(entry) = next.take().filter(|_| way.len() <= MOST_LINKS) {
        if let (Ok(target), Some(folder)) = (fs::read_link(&entry), entry.parent()) {
            next = entry_of(&folder.join(target));
        }
        way.push(entry);
    }
    way
}
