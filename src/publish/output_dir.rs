//! The output folder: what lies where, never through a symbolic link, and the few ways in which it is changed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::{Code, Error, Result};

use super::inspect::{EntryKind, FileStamp, Walker};
use super::path::{STAGING, ancestors, parent};
use super::{Content, Unwritten};

/// An operating-system error with the hint that belongs to it.
pub(super) fn refused(code: Code, doing: &str, path: &Path, error: io::Error) -> Error {
    use io::ErrorKind as Is;
    let kind = error.kind();
    let refusal = Error::io(code, doing, path, error);
    match kind {
        Is::StorageFull | Is::QuotaExceeded => {
            refusal.hint("free some disk space and build again; the published site is intact")
        }
        Is::ReadOnlyFilesystem => refusal.hint("the file system is mounted read-only"),
        Is::PermissionDenied => refusal.hint("check who owns the folder and whether you may write there"),
        Is::InvalidFilename => {
            refusal.hint("shorten the name of a folder or file: the path is too long for this file system")
        }
        Is::CrossesDevices => refusal.hint("mount the whole output instead: a folder in it is a mount point"),
        _ => refusal,
    }
}

/// How many unfinished files lie in one folder: threads that write into one folder wait for one another.
const TRAY: usize = 1024;
/// Random bytes in the name of a folder that cannot be guessed.
const UNGUESSABLE: usize = 16;

/// An output folder, which need not exist yet.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    /// Where unfinished files lie: in the site's own folder, which nobody publishes.
    beside: PathBuf,
    /// The folder in use, once it is known whether files can be moved from there into the output.
    staging: OnceLock<PathBuf>,
}

impl Tree {
    /// The folder at this path, which must be absolute and may be a link to a folder only as a whole. Unfinished files
    /// lie in `beside`, or, where that is another file system, in the output under a name that cannot be guessed: an
    /// upload during a build, or after one that was killed, would carry private pages along.
    pub(super) fn at(root: PathBuf, beside: PathBuf) -> Self {
        Self { root, beside, staging: OnceLock::new() }
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Looks at many paths in order, remembering the folders above the last one.
    pub(super) fn walker(&self) -> Walker<'_> {
        Walker::new(&self.root)
    }

    /// Makes the output folder where it is missing.
    pub(super) fn make_root(&self) -> Result<()> {
        fs::create_dir_all(&self.root)
            .map_err(|error| refused(Code::CannotWrite, "create the output folder", &self.root, error))
    }

    /// Where an unfinished file lies.
    pub(super) fn staged(&self, number: usize) -> PathBuf {
        let staging = self.staging.get().unwrap_or(&self.beside);
        staging.join((number / TRAY).to_string()).join(number.to_string())
    }

    /// Removes what a killed publish left out of sight. Only files and folders with the names that we give are removed.
    pub(super) fn sweep(&self) -> Result<()> {
        sweep_trays(&self.beside)?;
        let within = self.root.join(STAGING);
        if is_staging(&within)? {
            for (folder, is_folder) in listed(&within, |name| name.len() == UNGUESSABLE * 2)? {
                if is_folder {
                    sweep_trays(&folder)?;
                }
            }
            remove_if_empty(&within)?;
        }
        Ok(())
    }

    /// Makes the folders for that many files that are not yet shown. Nobody else may look into them.
    pub(super) fn make_staging(&self, files: usize) -> Result<()> {
        let staging = match self.staging.get() {
            Some(staging) => {
                // A publish that failed before this one has swept it away.
                staging.parent().map_or(Ok(()), make_hidden)?;
                make_hidden(staging)?;
                staging.clone()
            }
            None => self.choose_staging()?,
        };
        for tray in 0..files.div_ceil(TRAY) {
            make_hidden(&staging.join(tray.to_string()))?;
        }
        Ok(())
    }

    fn choose_staging(&self) -> Result<PathBuf> {
        make_hidden(&self.beside)?;
        // Not every two folders of one device can exchange files: try it.
        let (probe, within) = (self.beside.join("probe"), self.root.join(STAGING));
        make_hidden(&probe)?;
        let chosen = match fs::rename(&probe, &within) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                remove_if_empty(&probe)?;
                make_hidden(&within)?;
                let mut name = [0; UNGUESSABLE];
                #[expect(clippy::disallowed_methods, reason = "the name of a folder that is gone when the build ends")]
                getrandom::fill(&mut name).map_err(|error| {
                    Error::new(Code::CannotRead, format!("the system provides no randomness: {error}"))
                })?;
                let folder = within.join(name.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
                make_hidden(&folder)?;
                folder
            }
            moved => {
                // What else is in the way of a folder is told when files are to be shown.
                remove_if_empty(if moved.is_ok() { &within } else { &probe })?;
                self.beside.clone()
            }
        };
        Ok(self.staging.get_or_init(|| chosen).clone())
    }

    /// Writes content out of sight.
    pub(super) fn stage(&self, number: usize, path: &str, content: &Content<'_>, sync: bool) -> Result<FileStamp> {
        let staged = self.staged(number);
        let target = || self.root.join(path);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
        let mut file = options.open(&staged).map_err(|error| refused(Code::CannotWrite, "write", &target(), error))?;
        match content {
            Content::Bytes(bytes) => {
                file.write_all(bytes).map_err(|error| refused(Code::CannotWrite, "write", &target(), error))?
            }
            Content::CopyOf(source) => {
                let mut from = File::open(source).map_err(|error| refused(Code::CannotRead, "open", source, error))?;
                io::copy(&mut from, &mut file)
                    .map_err(|error| refused(Code::CannotWrite, "write", &target(), error))?;
            }
            Content::Written(content) => content.produce(&mut file).map_err(|unwritten| match unwritten {
                Unwritten::Content(error) => error,
                Unwritten::Write(error) => refused(Code::CannotWrite, "write", &target(), error),
            })?,
        }
        if sync {
            file.sync_all().map_err(|error| refused(Code::CannotWrite, "sync", &target(), error))?;
        }
        let metadata = file.metadata().map_err(|error| refused(Code::CannotRead, "look at", &target(), error))?;
        Ok(FileStamp::of(&metadata))
    }

    /// Brings a staged file onto the disk where that is asked for.
    pub(super) fn settle(&self, staged: &Path, path: &str, sync: bool) -> Result<FileStamp> {
        let target = || self.root.join(path);
        let file = File::open(staged).map_err(|error| refused(Code::CannotRead, "open", &target(), error))?;
        if sync {
            file.sync_all().map_err(|error| refused(Code::CannotWrite, "sync", &target(), error))?;
        }
        let metadata = file.metadata().map_err(|error| refused(Code::CannotRead, "look at", &target(), error))?;
        Ok(FileStamp::of(&metadata))
    }

    /// The stamp of the file at this path, if its bytes are those of the content.
    pub(super) fn holds(&self, path: &str, content: &Content<'_>) -> Result<Option<FileStamp>> {
        let whole = self.root.join(path);
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            rustix::fs::OFlags::NOFOLLOW.union(rustix::fs::OFlags::NONBLOCK).bits().cast_signed(),
        );
        let Ok(file) = options.open(&whole) else {
            // What cannot be read cannot be known to be right; it is written anew.
            return Ok(None);
        };
        let unreadable = |error: io::Error| refused(Code::CannotRead, "read", &whole, error);
        let metadata = file.metadata().map_err(unreadable)?;
        let same = match content {
            _ if !metadata.is_file() => false,
            Content::Bytes(bytes) => metadata.len() == bytes.len() as u64 && equal(file, &mut bytes.as_slice()),
            Content::CopyOf(source) => {
                let other = File::open(source).map_err(|error| refused(Code::CannotRead, "open", source, error))?;
                let length =
                    other.metadata().map_err(|error| refused(Code::CannotRead, "look at", source, error))?.len();
                metadata.len() == length && equal(file, &mut BufReader::with_capacity(1 << 16, other))
            }
            // Compared once it is written.
            Content::Written(_) => false,
        };
        Ok(same.then(|| FileStamp::of(&metadata)))
    }

    /// Makes the folders above the paths, which must come in order, where they are missing.
    pub(super) fn make_folders<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<()> {
        let mut last = None;
        for path in paths {
            if last == Some(parent(path)) {
                continue;
            }
            last = Some(parent(path));
            for folder in ancestors(path) {
                let whole = self.root.join(folder);
                match folder_builder(0o755).create(&whole) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        // Looked at again, for a link may have come since the diff.
                        let metadata = fs::symlink_metadata(&whole)
                            .map_err(|error| refused(Code::CannotRead, "look at", &whole, error))?;
                        if !metadata.is_dir() {
                            return Err(Error::new(Code::InTheWay, "this is in the way of a folder")
                                .at(whole)
                                .hint("move it away"));
                        }
                    }
                    Err(error) => return Err(refused(Code::CannotWrite, "create the folder", &whole, error)),
                }
            }
        }
        Ok(())
    }

    /// Puts a staged file in its place, over what is there.
    pub(super) fn show(&self, number: usize, path: &str) -> Result<()> {
        let whole = self.root.join(path);
        fs::rename(self.staged(number), &whole).map_err(|error| refused(Code::CannotWrite, "write", &whole, error))
    }

    /// Removes the file at a path of ours, or the link that somebody put there; false where there was nothing.
    pub(super) fn remove(&self, walker: &mut Walker<'_>, path: &str) -> Result<bool> {
        let whole = self.root.join(path);
        let (occupant, _) = walker.look(path)?;
        match occupant {
            // A folder has taken the place of our file, which is gone then.
            EntryKind::Nobody | EntryKind::BelowFile | EntryKind::Folder => Ok(false),
            EntryKind::BelowLink => {
                Err(Error::new(Code::InTheWay, "a parent folder of this file is now a symbolic link")
                    .at(whole)
                    .hint("delete the symbolic link, and its target if that is still served"))
            }
            EntryKind::File | EntryKind::Link | EntryKind::Other => match fs::remove_file(&whole) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(refused(Code::CannotRemove, "remove", &whole, error))
                }
                result => Ok(result.is_ok()),
            },
        }
    }

    /// Removes the folders above these paths that are empty now, never the output folder.
    pub(super) fn remove_empty_folders<'a>(&self, paths: impl Iterator<Item = &'a str>) {
        let mut walker = self.walker();
        let mut last = None;
        for path in paths {
            let mut folder = parent(path);
            if last == Some(folder) {
                continue;
            }
            last = Some(folder);
            // A folder that is not empty refuses; that ends the way up. One behind a link is not ours.
            while !folder.is_empty() && matches!(walker.look(folder), Ok((EntryKind::Folder, _))) {
                if fs::remove_dir(self.root.join(folder)).is_err() {
                    break;
                }
                folder = parent(folder);
            }
        }
    }

    /// Removes a folder that holds nothing but folders, and those with it; one that has gone is no error.
    pub(super) fn remove_hollow_folder(&self, path: &str) -> Result<()> {
        let whole = self.root.join(path);
        match self.walker().look(path)? {
            (EntryKind::Folder, _) => {
                remove_hollow(&whole).map_err(|error| refused(Code::CannotRemove, "remove the folder", &whole, error))
            }
            _ => Ok(()),
        }
    }

    /// Brings everything on this file system onto the disk; false where the system has no call for that.
    pub(super) fn sync_whole(&self) -> Result<bool> {
        #[cfg(target_os = "linux")]
        {
            let root = match File::open(&self.root) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
                root => root.map_err(|error| refused(Code::CannotRead, "open the output folder", &self.root, error))?,
            };
            rustix::fs::syncfs(&root).map_err(|error| refused(Code::CannotWrite, "sync", &self.root, error.into()))?;
            Ok(true)
        }
        #[cfg(not(target_os = "linux"))]
        Ok(false)
    }

    /// Brings the folder that this path is relative to the output, and those above it, onto the disk.
    pub(super) fn sync_folder(&self, folder: &str) -> Result<()> {
        let whole = self.root.join(folder);
        match sync_folder(&whole) {
            // A folder that was removed in the meantime; its parent is synced too.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(refused(Code::CannotWrite, "sync", &whole, error))
            }
            _ => Ok(()),
        }
    }

    /// Whether two paths lead to one file, as names that differ only in case do on some file systems.
    pub(super) fn same_file(&self, one: &str, other: &str) -> bool {
        let (one, other) = (self.root.join(one), self.root.join(other));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let identity =
                |path: &Path| fs::symlink_metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
            identity(&one).is_some_and(|identity_of_one| Some(identity_of_one) == identity(&other))
        }
        #[cfg(not(unix))]
        fs::canonicalize(one).is_ok_and(|real| fs::canonicalize(other).is_ok_and(|other| real == other))
    }
}

/// Brings the names in a folder onto the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg_attr(not(unix), allow(unused_variables, unused_mut))]
fn folder_builder(mode: u32) -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    builder
}

/// Removes folders from the innermost outwards; a file among them refuses.
fn remove_hollow(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_hollow(&entry.path())?;
        }
    }
    fs::remove_dir(folder)
}

/// Whether a folder for unfinished files is there. Anything else of that name would lead elsewhere.
fn is_staging(folder: &Path) -> Result<bool> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(refused(Code::CannotRead, "look at", folder, error)),
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(Error::new(Code::InTheWay, "this is not a folder, but its name is reserved for unfinished files")
            .at(folder)
            .hint("move it away")),
    }
}

/// Removes unfinished files with the folders that hold them.
fn sweep_trays(staging: &Path) -> Result<()> {
    if !is_staging(staging)? {
        return Ok(());
    }
    let numbered = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    for (tray, is_folder) in listed(staging, numbered)? {
        if is_folder {
            for (file, _) in listed(&tray, numbered)?.into_iter().filter(|(_, is_folder)| !is_folder) {
                fs::remove_file(&file)
                    .map_err(|error| refused(Code::CannotRemove, "remove the unfinished file", &file, error))?;
            }
            remove_if_empty(&tray)?;
        }
    }
    remove_if_empty(staging)
}

/// Makes a folder that only its owner may enter, unless it is there.
fn make_hidden(folder: &Path) -> Result<()> {
    match folder_builder(0o700).create(folder) {
        Ok(()) => Ok(()),
        // Left there with somebody else's file in it; anything but a folder would lead elsewhere.
        Err(error)
            if error.kind() == io::ErrorKind::AlreadyExists
                && fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir()) =>
        {
            Ok(())
        }
        Err(error) => Err(refused(Code::CannotWrite, "create the folder", folder, error)),
    }
}

/// What lies in a folder under names of a kind, and whether each is a folder.
fn listed(folder: &Path, is_of_kind: impl Fn(&str) -> bool) -> Result<Vec<(PathBuf, bool)>> {
    let unreadable = |error: io::Error| refused(Code::CannotRead, "read the folder", folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().to_str().is_some_and(&is_of_kind) {
            found.push((entry.path(), entry.file_type().map_err(unreadable)?.is_dir()));
        }
    }
    Ok(found)
}

/// Removes a folder of ours; somebody else's file in it is not ours to remove, and not in the way.
fn remove_if_empty(folder: &Path) -> Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => {
            Err(refused(Code::CannotRemove, "remove the folder", folder, error))
        }
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner may enter, and those above it.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    folder_builder(0o700).recursive(true).create(folder)
}

/// Whether two readers of equal length hold the same; what cannot be read is not the same.
fn equal(mut file: File, other: &mut impl Read) -> bool {
    let (mut here, mut there) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let Ok(length) = file.read(&mut here) else { return false };
        if length == 0 {
            return matches!(other.read(&mut there), Ok(0));
        }
        if other.read_exact(&mut there[..length]).is_err() || here[..length] != there[..length] {
            return false;
        }
    }
}
