//! Every place below the folder of galleries at which the file of one photo is found, by symbolic links too.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;

/// A way with more links than this leads to nothing: no system follows it.
const MOST_LINKS: usize = 40;

/// Where the file of one photo is found: folders below the folder of galleries, and its names in them.
#[derive(Debug)]
pub(super) struct Places(Vec<(PathBuf, OsString)>);

/// What lies at the places of a photo and on the way to its file.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// What lies at the places, and behind links below the site's folder or that of the galleries; none twice.
    pub(super) files: Vec<PathBuf>,
    /// What links lead to elsewhere.
    pub(super) elsewhere: Vec<PathBuf>,
}

impl Places {
    /// The named place first, then those of the others that lead to the same file.
    pub(super) fn of<'c>(
        config: &Config,
        named: (&'c Path, &'c OsStr),
        others: impl Iterator<Item = (&'c Path, &'c OsStr)>,
    ) -> Self {
        let file = |(folder, name): (&Path, &OsStr)| config.galleries.join(folder).join(name).canonicalize().ok();
        let wanted = file(named);
        let same = others.filter(|other| *other != named && wanted.is_some() && file(*other) == wanted);
        Self(std::iter::once(named).chain(same).map(|(folder, name)| (folder.to_owned(), name.to_owned())).collect())
    }

    /// Folder and name of each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, &OsStr)> {
        self.0.iter().map(|(folder, name)| (&**folder, &**name))
    }

    /// Whether it is one of them.
    pub(super) fn hold(&self, folder: &Path, name: &OsStr) -> bool {
        self.iter().any(|place| place == (folder, name))
    }
}

/// Everything between the places and the file to which they lead.
pub(super) fn ways_of(config: &Config, places: &Places) -> Ways {
    let (mut ways, mut seen, mut behind) = (Ways::default(), BTreeSet::new(), Vec::new());
    for (folder, name) in places.iter() {
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_photo_is_at_every_place_that_leads_to_its_file_and_so_is_each_link_on_the_way() {
        let site = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let config = Config::defaults(site.path());
        let path = |path: &str| config.galleries.join(path);
        for folder in [path("lake/deep"), site.path().join("raw")] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(elsewhere.path().join("a.jpg"), "").unwrap();
        fs::write(path("lake/b.jpg"), "").unwrap();
        symlink(elsewhere.path().join("a.jpg"), site.path().join("raw/a.jpg")).unwrap();
        symlink("../../../raw/a.jpg", path("lake/deep/a.jpg")).unwrap();
        symlink("deep/a.jpg", path("lake/best.jpg")).unwrap();
        symlink("lake", path("shore")).unwrap();
        symlink("self.jpg", path("self.jpg")).unwrap();
        let all = [("lake", "best.jpg"), ("lake", "b.jpg"), ("lake/deep", "a.jpg"), ("shore", "best.jpg")];
        let place = |(folder, name): (&'static str, &'static str)| (Path::new(folder), OsStr::new(name));
        let places = Places::of(&config, place(all[3]), all.into_iter().map(place));
        assert_eq!(places.iter().collect::<Vec<_>>(), [all[3], all[0], all[2]].map(place));
        let ways = ways_of(&config, &places);
        assert_eq!(ways.files, [path("shore/best.jpg"), path("lake/deep/a.jpg"), site.path().join("raw/a.jpg")]);
        assert_eq!(ways.elsewhere, [elsewhere.path().canonicalize().unwrap().join("a.jpg")]);
        // What leads in a circle, or nowhere, is at its own place alone.
        for name in ["self.jpg", "gone.jpg"] {
            let places = Places::of(&config, place(("", name)), all.into_iter().map(place));
            assert_eq!((places.iter().count(), ways_of(&config, &places).files), (1, vec![path(name)]));
        }
    }
}
