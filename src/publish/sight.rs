//! What lies where in the output folder, seen without following a symbolic link.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::Result;

use super::path::{ancestors, parent};
use super::tree::refused;

/// What tells whether a file was touched since it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes.
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: i64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().map_or(0, |time| {
            let (sign, distance) = match time.duration_since(UNIX_EPOCH) {
                Ok(after) => (1, after),
                Err(before) => (-1, before.duration()),
            };
            sign * i64::try_from(distance.as_nanos()).unwrap_or(i64::MAX)
        });
        Self { size: metadata.len(), modified }
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Occupant {
    /// Nothing.
    #[default]
    Nobody,
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A device, a socket, a pipe.
    Other,
    /// Nothing can, for one of the folders above is a regular file.
    BelowFile,
    /// Nothing of ours, for one of the folders above is a symbolic link or stranger.
    BelowLink,
}

/// Looks at one path after another.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    root: &'a Path,
    whole: PathBuf,
    parent: Option<String>,
    above: Occupant,
}

impl<'a> Walker<'a> {
    /// Begins in this folder.
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, whole: PathBuf::new(), parent: None, above: Occupant::Folder }
    }

    /// What lies at the path. Every folder above it is looked at once, as long as paths come in order.
    pub(super) fn look(&mut self, path: &str) -> Result<(Occupant, Stamp)> {
        let folder = parent(path);
        if self.parent.as_deref() != Some(folder) {
            self.above = self.look_above(path)?;
            match &mut self.parent {
                Some(parent) => {
                    parent.clear();
                    parent.push_str(folder);
                }
                none => *none = Some(folder.to_owned()),
            }
        }
        if self.above == Occupant::Folder { self.look_at(path) } else { Ok((self.above, Stamp::default())) }
    }

    /// Whether the folders above are folders.
    fn look_above(&mut self, path: &str) -> Result<Occupant> {
        let known = self.parent.take().filter(|_| self.above == Occupant::Folder);
        for folder in ancestors(path) {
            let verified = known.as_deref().and_then(|known| known.strip_prefix(folder));
            if verified.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                continue;
            }
            match self.look_at(folder)?.0 {
                Occupant::Folder => {}
                Occupant::Nobody => return Ok(Occupant::Nobody),
                Occupant::File => return Ok(Occupant::BelowFile),
                _ => return Ok(Occupant::BelowLink),
            }
        }
        Ok(Occupant::Folder)
    }

    fn look_at(&mut self, path: &str) -> Result<(Occupant, Stamp)> {
        self.whole.clear();
        self.whole.push(self.root);
        self.whole.push(path);
        match fs::symlink_metadata(&self.whole) {
            Ok(metadata) => {
                let kind = metadata.file_type();
                Ok(if kind.is_file() {
                    (Occupant::File, Stamp::of(&metadata))
                } else if kind.is_dir() {
                    (Occupant::Folder, Stamp::default())
                } else if kind.is_symlink() {
                    (Occupant::Link, Stamp::default())
                } else {
                    (Occupant::Other, Stamp::default())
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((Occupant::Nobody, Stamp::default())),
            // The output folder itself is a file, or a folder became one just now.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok((Occupant::BelowFile, Stamp::default())),
            Err(error) => Err(refused("look at", &self.whole, &error)),
        }
    }
}
