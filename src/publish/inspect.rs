//! Inspects the output folder without following symbolic links.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::{Code, Result};

use super::output_dir::refused;
use super::path::{ancestors, parent};

/// What tells whether a file was touched since it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FileStamp {
    /// Bytes.
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: i64,
}

impl FileStamp {
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
pub(super) enum EntryKind {
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
    above: EntryKind,
    /// The folder above, open, so that its files are found by their names alone: a large site has a hundred thousand.
    #[cfg(unix)]
    folder: Option<std::os::fd::OwnedFd>,
}

impl<'a> Walker<'a> {
    /// Begins in this folder.
    pub(super) fn new(root: &'a Path) -> Self {
        Self {
            root,
            whole: PathBuf::new(),
            parent: None,
            above: EntryKind::Folder,
            #[cfg(unix)]
            folder: None,
        }
    }

    /// What lies at the path. Every folder above it is looked at once, as long as paths come in order.
    pub(super) fn look(&mut self, path: &str) -> Result<(EntryKind, FileStamp)> {
        let folder = parent(path);
        if self.parent.as_deref() != Some(folder) {
            self.above = self.look_above(path)?;
            #[cfg(unix)]
            {
                use rustix::fs::{Mode, OFlags};
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                // One that cannot be opened, and the output itself, which may be a link, are looked at by whole paths.
                let opens = self.above == EntryKind::Folder && !folder.is_empty();
                self.folder =
                    opens.then(|| rustix::fs::open(self.root.join(folder), flags, Mode::empty()).ok()).flatten();
            }
            match &mut self.parent {
                Some(parent) => {
                    parent.clear();
                    parent.push_str(folder);
                }
                none => *none = Some(folder.to_owned()),
            }
        }
        if self.above != EntryKind::Folder {
            return Ok((self.above, FileStamp::default()));
        }
        #[cfg(unix)]
        if let Some(open) = &self.folder {
            let name = &path[folder.len() + 1..];
            return match rustix::fs::statat(open, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => Ok(seen(&stat)),
                Err(rustix::io::Errno::NOENT) => Ok((EntryKind::Nobody, FileStamp::default())),
                Err(error) => Err(refused(Code::CannotRead, "look at", &self.root.join(path), error.into())),
            };
        }
        self.look_at(path)
    }

    /// Whether the folders above are folders.
    fn look_above(&mut self, path: &str) -> Result<EntryKind> {
        let known = self.parent.take().filter(|_| self.above == EntryKind::Folder);
        for folder in ancestors(path) {
            let verified = known.as_deref().and_then(|known| known.strip_prefix(folder));
            if verified.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                continue;
            }
            match self.look_at(folder)?.0 {
                EntryKind::Folder => {}
                EntryKind::Nobody => return Ok(EntryKind::Nobody),
                EntryKind::File => return Ok(EntryKind::BelowFile),
                _ => return Ok(EntryKind::BelowLink),
            }
        }
        Ok(EntryKind::Folder)
    }

    fn look_at(&mut self, path: &str) -> Result<(EntryKind, FileStamp)> {
        self.whole.clear();
        self.whole.push(self.root);
        self.whole.push(path);
        match fs::symlink_metadata(&self.whole) {
            Ok(metadata) => {
                let kind = metadata.file_type();
                Ok(if kind.is_file() {
                    (EntryKind::File, FileStamp::of(&metadata))
                } else if kind.is_dir() {
                    (EntryKind::Folder, FileStamp::default())
                } else if kind.is_symlink() {
                    (EntryKind::Link, FileStamp::default())
                } else {
                    (EntryKind::Other, FileStamp::default())
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((EntryKind::Nobody, FileStamp::default())),
            // The output folder itself is a file, or a folder became one just now.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                Ok((EntryKind::BelowFile, FileStamp::default()))
            }
            Err(error) => Err(refused(Code::CannotRead, "look at", &self.whole, error)),
        }
    }
}

/// What the system says of a file in a folder that is open.
#[cfg(unix)]
fn seen(stat: &rustix::fs::Stat) -> (EntryKind, FileStamp) {
    use rustix::fs::FileType;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            // The fields have other widths on other systems.
            #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
            let modified =
                (stat.st_mtime as i64).saturating_mul(1_000_000_000).saturating_add(stat.st_mtime_nsec as i64);
            (EntryKind::File, FileStamp { size: u64::try_from(stat.st_size).unwrap_or_default(), modified })
        }
        FileType::Directory => (EntryKind::Folder, FileStamp::default()),
        FileType::Symlink => (EntryKind::Link, FileStamp::default()),
        _ => (EntryKind::Other, FileStamp::default()),
    }
}
