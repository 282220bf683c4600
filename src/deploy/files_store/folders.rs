//! The folders above an object: there and no links, or made.

use std::io;
use std::sync::PoisonError;

use crate::Error;

use super::FilesStore;
use super::primitives::{Access, Entry, Files, Kind, in_the_way, told};

impl<F: Files> FilesStore<F> {
    fn is_known(&self, folder: &str) -> bool {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).contains(folder)
    }

    fn remember(&self, folder: &str) {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
    }

    pub(super) fn forget(&self, folder: &str) {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).remove(folder);
    }

    /// Whether this is a folder; nothing else is, and a link is an error.
    pub(super) fn is_folder(&self, folder: &str) -> io::Result<bool> {
        if folder.is_empty() || self.is_known(folder) {
            return Ok(true);
        }
        match self.files.entry(folder) {
            Ok(Entry { kind: Kind::Folder, .. }) => {
                self.remember(folder);
                Ok(true)
            }
            Ok(Entry { kind: Kind::Link, .. }) => {
                let error = self.no_folder(folder, "a symbolic link");
                Err(told(error.hint("remove it there: what it leads to may still be served")))
            }
            Ok(_) => Ok(false),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn no_folder(&self, path: &str, is: &str) -> Error {
        in_the_way(self.files.name(), path, is, "a folder")
    }

    /// Whether everything above a path is a folder; otherwise nothing of ours lies there.
    pub(super) fn is_below_folders(&self, path: &str) -> io::Result<bool> {
        for folder in ancestors(path) {
            if !self.is_folder(folder)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn make_folder(&self, folder: &str, access: Access) -> io::Result<()> {
        if self.is_known(folder) {
            return Ok(());
        }
        match self.files.make_folder(folder, access) {
            Ok(()) => self.remember(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !self.is_folder(folder)? {
                    return Err(told(self.no_folder(folder, "a file")));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(super) fn make_folders_above(&self, path: &str) -> io::Result<()> {
        ancestors(path).try_for_each(|folder| self.make_folder(folder, Access::of(path)))
    }
}

/// The folders above a path, the outermost first.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}

/// Whether nothing has this name, or nothing can, because a file is where a folder would have to be.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
