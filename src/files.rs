//! Our own small files and the folders that hold them: written so that a killed write leaves the old file whole, closed to
//! others, and what to do where we may not write.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::error::shell_quote;
use crate::{Code, Error, Result};

/// Writes a file that only its owner may read: to a temporary name beside it, synced, then renamed.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written; the old file then stays as it was. What is no file (a
/// link, a pipe, a device) is never replaced.
pub fn write_private(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    write_atomic(path, 0o600, fill)
}

/// The same with the mode that is wanted (before the umask).
///
/// # Errors
/// As [`write_private`].
pub fn write_atomic(path: &Path, mode: u32, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_folder_if_missing(folder)?;
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Error::new(Code::CannotWrite, "cannot be replaced, because it is not a file").at(path));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    let written = (|| {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let mut file = options.open(&temporary)?;
        fill(&mut file)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        File::open(folder)?.sync_all()
    })();
    written.map_err(|error| {
        // The temporary file is of no use to anybody; that it may not be removable is not the error to tell.
        let _ = fs::remove_file(&temporary);
        Error::io(Code::CannotWrite, "write", path, error)
    })
}

/// Gives a file another name, unless something has that name.
///
/// # Errors
/// When something has, or the system refuses.
pub fn rename_new(temporary: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, temporary, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot say "unless".
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(temporary, to)
        }
        other => Ok(other?),
    }
}

/// Whether two files have the same bytes.
///
/// # Errors
/// When one cannot be read.
pub fn same_content(one: &Path, other: &Path) -> io::Result<bool> {
    if fs::metadata(one)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut here, mut there) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = one.read(&mut here)?;
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(&mut there[..read])?;
        if here[..read] != there[..read] {
            return Ok(false);
        }
    }
}

/// Makes a folder, and those above it, that only the owner may enter, where it is not there yet.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder_if_missing(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Error::io(Code::CannotWrite, "create the folder", folder, error))
}

/// The error to tell where something cannot be made at `path` in the site's own folder: what opens the folder, where that is
/// because nobody may write there, and else the `other`.
pub fn closed_or(path: &Path, error: io::Error, other: impl FnOnce(io::Error) -> Error) -> Error {
    match closed(path, error.kind()) {
        Some((folder, hint)) => Error::io(Code::CannotWrite, "write into this folder", folder, error).hint(hint),
        None => other(error),
    }
}

/// The folder that is closed, and what opens it.
fn closed(path: &Path, error: io::ErrorKind) -> Option<(&Path, String)> {
    let folder = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let why = "the lock and the record of what was published are kept there";
    let hint = match error {
        io::ErrorKind::PermissionDenied => {
            // What lies in the own folder is ours; what lies around it is more than needs to change.
            let all = if path.parent() == Some(folder) { "-R " } else { "" };
            let folder = shell_quote(&folder.to_string_lossy());
            format!(
                "{why}: run `chmod {all}u+rwX {folder}`, or `sudo chown {all}\"$USER\" {folder}` if someone else owns it"
            )
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            format!("{why}, but its disk is mounted read-only: mount it for writing, or work on a copy of the site")
        }
        _ => return None,
    };
    Some((folder, hint))
}

/// Takes the rights of others from a folder that may have been made by somebody else's hand. A file system that knows no
/// rights has none to take.
pub fn close_to_others(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(mode) = fs::metadata(folder).map(|found| found.permissions().mode()) else { return };
        if mode & 0o077 != 0 {
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(mode & 0o700));
        }
    }
}

/// The absolute path of a file or folder, through links where it exists; as it is where even that cannot be said.
pub fn canonical_or_absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// Where a folder lies, through links, though it may be missing itself.
pub fn place_of(root: &Path) -> PathBuf {
    match (root.canonicalize(), root.parent(), root.file_name()) {
        (Ok(place), ..) => place,
        (Err(_), Some(parent), Some(name)) if !parent.as_os_str().is_empty() => {
            canonical_or_absolute(parent).join(name)
        }
        _ => canonical_or_absolute(root),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_folder_that_is_closed_is_named_with_what_opens_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("my site");
        fs::create_dir(&folder).unwrap();
        let other = |_| Error::new(Code::Internal, "another");
        let told = |path: &str, kind: io::ErrorKind| closed_or(&folder.join(path), kind.into(), other);
        let denied = told("lock", io::ErrorKind::PermissionDenied);
        let shown = folder.display();
        assert_eq!(denied.to_string(), format!("`{shown}`: cannot write into this folder: permission denied"));
        assert!(denied.hint.unwrap().contains(&format!("`chmod -R u+rwX '{shown}'`, or")));
        let above = told("missing/new", io::ErrorKind::PermissionDenied);
        assert!(above.hint.unwrap().contains(&format!("`chmod u+rwX '{shown}'`, or")));
        let mounted = told("lock", io::ErrorKind::ReadOnlyFilesystem);
        assert!(mounted.hint.unwrap().contains("mounted read-only: mount it for writing"));
        assert_eq!(told("lock", io::ErrorKind::StorageFull).message, "another");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_not_replaced() {
        let place = tempfile::tempdir().unwrap();
        let (file, link) = (place.path().join("file"), place.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let write = |path: &Path| write_private(path, |out| io::Write::write_all(out, b"new"));
        assert!(write(&link).is_err() && write(place.path()).is_err());
        assert!(link.is_symlink() && fs::read(&file).unwrap() == b"old");
        write(&file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }
}
