//! The files of a photo in the folder of its gallery.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::folded;

/// A photo and its sidecars; and other files of its stem. A sidecar that one of these may need stays.
pub(super) fn files_of(photo: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
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
