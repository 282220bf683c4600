//! A folder as a target: another disk, or what is mounted from a NAS.
//!
//! The folder is opened once, and everything is reached from there, folder by folder, without following links: so a disk that
//! is taken away in the middle is an error, and never a site on the disk below it.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

use jiff::Timestamp;
use rustix::fd::{AsFd as _, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::deploy::Missing;
use crate::error::Code;
use crate::files::place_of;
use crate::{Error, Result};

use super::files_store::{
    Access, Entry, Files, FilesStore, Kind, Source, bytes_of, in_the_way, name_of, refusal, told,
};
use super::{Body, Copied, Store};

/// How much is written at a time.
const PIECE: usize = 1 << 18;

/// A folder of this computer.
#[derive(Debug)]
struct Folder {
    /// None for one that is not made yet.
    root: Option<OwnedFd>,
    name: String,
}

/// Opens a folder as a target; if only itself is `missing`, that is done which is said. `name` is how its owner wrote it. It must not be, lie
/// in or contain one of the `forbidden` folders, each with what it is ("the site's folder").
///
/// # Errors
/// [`Code::OverlappingFolders`]; [`Code::TargetUnreachable`] where the folder above it is missing, as it is when a disk is
/// not mounted; what the system refuses.
pub fn open(root: &Path, name: &str, forbidden: &[(&Path, &str)], missing: Missing) -> Result<Box<dyn Store>> {
    let refused = |doing: &str, error| refusal(name, doing, "", error);
    let place = place_of(root);
    refuse_overlap(root, &format!("the target `{name}`"), forbidden)?;
    let above = place.parent().unwrap_or(&place);
    if missing == Missing::Foreseen && !place.exists() && above.is_dir() {
        return Ok(Box::new(FilesStore::new(Folder { root: None, name: name.to_owned() })?));
    }
    if missing == Missing::Refused && !place.is_dir() {
        let message = format!("the folder `{name}` does not exist");
        return Err(Error::new(Code::TargetUnreachable, message)
            .hint("check `to` in site.toml, and whether the disk is mounted"));
    }
    match std::fs::create_dir(&place) {
        Ok(()) => {
            let mode = Mode::from_raw_mode(Access::Everybody.of_folder());
            rustix::fs::chmod(&place, mode).map_err(|error| refused("create", error.into()))?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("the folder above `{name}` does not exist");
            return Err(Error::new(Code::TargetUnreachable, message).hint("mount the disk, or create the folder above"));
        }
        Err(error) => return Err(refused("create", error)),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(&place, flags, Mode::empty()).map_err(|error| refused("open", error.into()))?;
    Ok(Box::new(FilesStore::new(Folder { root: Some(root), name: name.to_owned() })?))
}

/// Refuses a folder that is, lies in or contains one of the `forbidden` folders. `what` it is begins the message.
///
/// # Errors
/// [`Code::OverlappingFolders`].
pub fn refuse_overlap(folder: &Path, what: &str, forbidden: &[(&Path, &str)]) -> Result<()> {
    let place = place_of(folder);
    for (other, which) in forbidden {
        let other = place_of(other);
        if place.starts_with(&other) || other.starts_with(&place) {
            let message = format!("{what} is, contains or lies in {which}");
            return Err(Error::new(Code::OverlappingFolders, message).hint("choose a folder of its own"));
        }
    }
    Ok(())
}

impl Folder {
    /// Opens a folder below the root.
    fn open_folder(&self, path: &str) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let root = self.root.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut folder = root.try_clone()?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            folder = rustix::fs::openat(&folder, &*bytes_of(name), flags, Mode::empty())?;
        }
        Ok(folder)
    }

    /// Opens the folder that a path lies in, and gives the name in it.
    fn open_parent<'p>(&self, path: &'p str) -> io::Result<(OwnedFd, Cow<'p, [u8]>)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.open_folder(folder)?, bytes_of(name)))
    }

    fn create(&self, path: &str, access: Access) -> io::Result<File> {
        let (folder, name) = self.open_parent(path)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(access.of_file());
        let file = rustix::fs::openat(&folder, &*name, flags, mode)?;
        // The umask took from it what the web server needs; file systems without rights have none to give.
        let _ = rustix::fs::fchmod(&file, mode);
        Ok(file.into())
    }

    fn open_file(&self, path: &str) -> io::Result<File> {
        let (folder, name) = self.open_parent(path)?;
        // Without waiting: a pipe would wait for somebody who writes into it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(match rustix::fs::openat(&folder, &*name, flags, Mode::empty()) {
            Err(Errno::LOOP) => return Err(self.no_file(path)),
            file => file?,
        });
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if found.is_file() { Ok(file) } else { Err(self.no_file(path)) }
    }

    fn no_file(&self, path: &str) -> io::Error {
        told(in_the_way(&self.name, path, "a symbolic link or a device", "a file"))
    }
}

impl Files for Folder {
    fn name(&self) -> &str {
        &self.name
    }

    fn write_new(&self, path: &str, access: Access, body: Body<'_>) -> io::Result<()> {
        let mut source = Source::open(&body)?;
        let mut file = self.create(path, access)?;
        let mut piece = vec![0; PIECE.min(usize::try_from(body.size()).unwrap_or(PIECE) + 1)];
        loop {
            let length = source.fill(&mut piece)?;
            file.write_all(&piece[..length])?;
            if length < piece.len() {
                break;
            }
        }
        file.sync_all()
    }

    fn copy_new(&self, from: &str, to: &str, access: Access) -> io::Result<Copied> {
        let mut source = self.open_file(from)?;
        let mut file = self.create(to, access)?;
        // Between two files the system copies, or lets them share their blocks.
        io::copy(&mut source, &mut file)?;
        file.sync_all()?;
        Ok(Copied::Done)
    }

    fn read(&self, path: &str, at_most: u64, to: &mut dyn Write) -> io::Result<()> {
        io::copy(&mut self.open_file(path)?.take(at_most), to).map(drop)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let ((from, old), (to, new)) = (self.open_parent(from)?, self.open_parent(to)?);
        rustix::fs::renameat(&from, &*old, &to, &*new)?;
        settle(&to)
    }

    fn remove(&self, paths: &[&str]) -> Vec<io::Result<()>> {
        let mut last: Option<(&str, io::Result<OwnedFd>)> = None;
        let mut results = Vec::with_capacity(paths.len());
        for path in paths {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if last.as_ref().is_none_or(|(known, _)| *known != folder) {
                settle_last(last.take());
                last = Some((folder, self.open_folder(folder)));
            }
            results.push(match &last {
                Some((_, Ok(folder))) => {
                    rustix::fs::unlinkat(folder, &*bytes_of(name), AtFlags::empty()).map_err(io::Error::from)
                }
                Some((_, Err(error))) => Err(error.kind().into()),
                None => Ok(()),
            });
        }
        settle_last(last);
        results
    }

    fn make_folder(&self, path: &str, access: Access) -> io::Result<()> {
        let (folder, name) = self.open_parent(path)?;
        let mode = Mode::from_raw_mode(access.of_folder());
        rustix::fs::mkdirat(&folder, &*name, mode)?;
        // As with files: the umask is not asked.
        let _ = self.open_folder(path).map(|made| rustix::fs::fchmod(made, mode));
        Ok(())
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.open_parent(path)?;
        Ok(rustix::fs::unlinkat(&folder, &*name, AtFlags::REMOVEDIR)?)
    }

    fn entry(&self, path: &str) -> io::Result<Entry> {
        let (folder, name) = self.open_parent(path)?;
        Ok(seen(&rustix::fs::statat(&folder, &*name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    fn entries(&self, folders: &[String], each: &mut dyn FnMut(usize, &str, Entry)) -> io::Result<()> {
        for (place, path) in folders.iter().enumerate() {
            let folder = match self.open_folder(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                folder => folder?,
            };
            for found in Dir::read_from(&folder)? {
                let found = found?;
                let name = found.file_name();
                if matches!(name.to_bytes(), b"." | b"..") {
                    continue;
                }
                match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Err(Errno::NOENT) => {}
                    stat => each(place, &name_of(name.to_bytes()), seen(&stat?)),
                }
            }
        }
        Ok(())
    }

    fn remove_batch(&self) -> usize {
        // So that folders are brought onto the disk once for many files.
        100
    }
}

/// Brings the names in a folder onto the disk. Some network file systems have no such call; they do it anyhow.
fn settle(folder: &OwnedFd) -> io::Result<()> {
    match rustix::fs::fsync(folder.as_fd()) {
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NOSYS) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn settle_last(last: Option<(&str, io::Result<OwnedFd>)>) {
    if let Some((_, Ok(folder))) = last {
        // What is removed is removed for everybody who looks; only a power cut at this moment could bring it back.
        let _ = settle(&folder);
    }
}

fn seen(stat: &Stat) -> Entry {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    };
    // The fields have other widths on other systems.
    #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
    let modified = Timestamp::new(stat.st_mtime as i64, i32::try_from(stat.st_mtime_nsec).unwrap_or_default());
    Entry { kind, size: u64::try_from(stat.st_size).unwrap_or_default(), modified: modified.unwrap_or_default() }
}
