//! The files of a photo in the folder of its gallery.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::folded;
use crate::formats::{NotAPhoto, SourceFormat};

/// A photo and what lies beside it under its name.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The photo and its sidecars.
    pub(super) own: Vec<PathBuf>,
    /// Sidecars that another picture of its stem may need.
    pub(super) shared: Vec<PathBuf>,
    /// Other files of its stem.
    pub(super) alike: Vec<PathBuf>,
}

/// What lies in the photo's folder under its name.
pub(super) fn files_of(photo: &Path) -> Files {
    let mut files = Files { own: vec![photo.to_owned()], ..Files::default() };
    let (Some(folder), Some(name)) = (photo.parent(), photo.file_name()) else { return files };
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
        let owners = names.iter().filter(|other| is_alike(other) && may_own_a_sidecar(other));
        owners.into_iter().any(|other| !in_own || stem(other) == letters)
    };
    for sidecar in &names {
        let known = folded(sidecar);
        if known == own || (known == by_stem && !is_shared(sidecar)) {
            files.own.push(folder.join(sidecar));
        } else if known == by_stem {
            files.shared.push(folder.join(sidecar));
        }
    }
    files.alike = names.iter().filter(is_alike).map(|name| folder.join(name)).collect();
    files
}

/// Pictures, raw files and films have sidecars; notes, and what programs keep of a file before they change it, have none.
fn may_own_a_sidecar(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    SourceFormat::by_name(&name).is_some() || NotAPhoto::by_name(&name).is_some()
}

fn with_ending(name: &OsStr) -> OsString {
    let mut name = name.to_owned();
    name.push(".xmp");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes, what stays of its sidecars, and what else has the name of `a.jpg`.
    fn beside(others: &[&str]) -> [Vec<String>; 3] {
        let place = tempfile::tempdir().unwrap();
        for name in others.iter().chain(&["a.jpg"]) {
            std::fs::write(place.path().join(name), "").unwrap();
        }
        let Files { own, shared, alike } = files_of(&place.path().join("a.jpg"));
        [own, shared, alike].map(|files| {
            let name = |file: PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
            let mut names: Vec<String> = files.into_iter().map(name).collect();
            names.sort();
            names
        })
    }

    #[test]
    fn a_sidecar_stays_for_another_picture_and_for_nothing_else_of_the_name() {
        assert_eq!(
            beside(&["a.xmp", "a.jpg.xmp", "a.jpg_original", "a.txt", "a.jpg~"]),
            [vec!["a.jpg", "a.jpg.xmp", "a.xmp"], vec![], vec!["a.jpg_original", "a.jpg~", "a.txt"]]
        );
        for picture in ["a.cr3", "a.png", "a.heic", "a.mp4"] {
            assert_eq!(
                beside(&["a.xmp", "a.jpg.xmp", picture]),
                [vec!["a.jpg", "a.jpg.xmp"], vec!["a.xmp"], vec![picture]]
            );
        }
    }
}
