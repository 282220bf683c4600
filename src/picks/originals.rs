//! The photographer's originals: a folder tree in which the files of a photo are found by its name.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::shelf::{fold, has_ending_of_a_photo, parted, stem, without_edit};
use crate::{Code, Error, Result};

/// All photos below a folder.
#[derive(Debug, Default)]
pub struct Originals {
    /// Files by folded name without ending, as folder below the root and name.
    by_stem: BTreeMap<String, Vec<(PathBuf, OsString)>>,
    root: PathBuf,
}

/// The originals of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginalFiles {
    /// Its files, all of one folder: a RAW file, and what lies beside it under the same name.
    Files(Vec<PathBuf>),
    /// Files of this name lie in several folders, below the root.
    Several(Vec<PathBuf>),
    /// There is none.
    Missing,
}

impl Originals {
    /// Looks through a folder and all below it but the folders in `apart`. Links are not followed, and hidden files are nobody's
    /// originals.
    ///
    /// # Errors
    /// A folder that cannot be read: what lies there would be missing without a word.
    pub fn search(root: &Path, apart: &[PathBuf]) -> Result<Self> {
        let mut originals = Self { root: root.to_owned(), ..Self::default() };
        let looked_at = |entry: &walkdir::DirEntry| {
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            entry.depth() == 0 || !is_hidden && !apart.iter().any(|apart| apart == entry.path())
        };
        for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(looked_at) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(root).to_owned();
                Error::io(Code::CannotRead, "read", &path, error.into())
            })?;
            let name = entry.file_name().to_string_lossy();
            if !entry.file_type().is_file() || !has_ending_of_a_photo(&name) {
                continue;
            }
            let folder =
                entry.path().parent().and_then(|folder| folder.strip_prefix(root).ok()).unwrap_or(Path::new(""));
            let key = fold(&name);
            let files = originals.by_stem.entry(stem(&key).to_owned()).or_default();
            files.push((folder.to_owned(), entry.file_name().to_owned()));
        }
        Ok(originals)
    }

    /// The files of a photo that lies at `path` in its gallery: those of its name without the ending; for an edit that has
    /// none, those of the photo that was edited. Among several folders the one counts that is called as the photo's.
    pub fn of(&self, path: &str) -> OriginalFiles {
        let path = fold(path);
        let (folder, name) = parted(&path);
        let stem = stem(name);
        let Some(files) = self.by_stem.get(stem).or_else(|| self.by_stem.get(without_edit(stem))) else {
            return OriginalFiles::Missing;
        };
        let mut folders: Vec<&PathBuf> = files.iter().map(|(folder, _)| folder).collect();
        folders.dedup();
        let wanted = folder.trim_end_matches('/');
        let is_named = |candidate: &&&PathBuf| {
            let candidate = fold(&candidate.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
            candidate == wanted || candidate.ends_with(&format!("/{wanted}"))
        };
        let chosen = match folders.as_slice() {
            [one] => *one,
            several => {
                let mut named = several.iter().filter(|candidate| !wanted.is_empty() && is_named(candidate));
                match (named.next(), named.next()) {
                    (Some(one), None) => *one,
                    _ => return OriginalFiles::Several(several.iter().map(|folder| (*folder).clone()).collect()),
                }
            }
        };
        let of_folder = files.iter().filter(|(folder, _)| folder == chosen);
        OriginalFiles::Files(of_folder.map(|(folder, name)| self.root.join(folder).join(name)).collect())
    }

    /// How many different names there are.
    pub fn len(&self) -> usize {
        self.by_stem.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.by_stem.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn originals_are_found_by_name_and_two_folders_are_told_apart_or_told() {
        let root = tempfile::tempdir().unwrap();
        for path in [
            "2026/ceremony/DSC_0042.NEF",
            "2026/ceremony/DSC_0042.xmp",
            "2026/ceremony/DSC_0042.JPG",
            "2026/party/DSC_0042.NEF",
            "2026/party/DSC_0050.NEF",
            "2026/party/DSC_0050-Edit.tif",
            "2026/party/dsc_0060.nef",
            "2026/.trash/DSC_0060.NEF",
            "2026/party/notes.txt",
            "site/galleries/DSC_0050.jpg",
        ] {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let originals = Originals::search(root.path(), &[root.path().join("site")]).unwrap();
        let files = |path: &str| match originals.of(path) {
            OriginalFiles::Files(files) => files
                .iter()
                .map(|file| file.strip_prefix(root.path()).unwrap().to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
                .join(" "),
            other => format!("{other:?}"),
        };
        assert_eq!(files("Ceremony/DSC_0042.jpg"), "2026/ceremony/DSC_0042.JPG 2026/ceremony/DSC_0042.NEF");
        assert_eq!(files("DSC_0042.jpg"), "Several([\"2026/ceremony\", \"2026/party\"])");
        assert_eq!(files("dinner/DSC_0042.jpg"), "Several([\"2026/ceremony\", \"2026/party\"])");
        assert_eq!(files("DSC_0050.jpg"), "2026/party/DSC_0050.NEF");
        assert_eq!(files("DSC_0050-Edit.jpg"), "2026/party/DSC_0050-Edit.tif");
        assert_eq!(files("DSC_0060-Edit.jpg"), "2026/party/dsc_0060.nef");
        assert_eq!(files("DSC_0070.jpg"), "Missing");
        assert_eq!(files("../../etc/passwd"), "Missing");
        assert_eq!(originals.len(), 4);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert_eq!(Originals::search(Path::new("/nowhere/at/all"), &[]).unwrap_err().code, Code::CannotRead);
    }
}
