//! A folder with the picked photos, as copies or links. Nothing that lies there is ever replaced.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{rename_new, same_content};
use crate::{Code, Error, Result};

/// How photos come into the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As copies, with the time of the last change of their originals.
    Copy,
    /// As symbolic links.
    Link,
}

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The file.
    pub from: PathBuf,
    /// Where it will lie.
    pub to: PathBuf,
    /// What lies there.
    pub there: There,
}

/// What lies where a file should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// Nothing.
    Nothing,
    /// The same already.
    Same,
    /// Something else, or another of the picked photos will.
    Other,
}

/// Where each file will lie: `files` gives each with its path below the folder.
///
/// # Errors
/// A file that cannot be read.
pub fn plan(manner: Manner, files: &[(PathBuf, PathBuf)], folder: &Path) -> Result<Vec<Transfer>> {
    let mut taken = std::collections::HashMap::new();
    let mut transfers = Vec::new();
    for (from, below) in files {
        let to = folder.join(below);
        // Many file systems do not tell letters by their case.
        let name = super::shelf::fold(&to.to_string_lossy());
        let there = match taken.get(&name) {
            Some(earlier) if earlier == from => continue,
            Some(_) => There::Other,
            None => look(manner, from, &to)?,
        };
        taken.entry(name).or_insert_with(|| from.clone());
        transfers.push(Transfer { from: from.clone(), to, there });
    }
    Ok(transfers)
}

fn look(manner: Manner, from: &Path, to: &Path) -> Result<There> {
    let there = match fs::symlink_metadata(to) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) => return Err(Error::io(Code::CannotRead, "read", to, error)),
    };
    let same = match manner {
        Manner::Link => there.is_symlink() && to.canonicalize().ok() == from.canonicalize().ok(),
        Manner::Copy => {
            let read = |path: &Path| Error::io(Code::CannotRead, "read", path, io::ErrorKind::Other.into());
            there.is_file() && same_content(from, to).map_err(|_| read(from))?
        }
    };
    Ok(if same { There::Same } else { There::Other })
}

/// Carries a file over to where nothing lies.
///
/// # Errors
/// When it cannot be read or written, or something has come to lie there since.
pub fn carry_out(manner: Manner, transfer: &Transfer) -> Result<()> {
    let Transfer { from, to, .. } = transfer;
    let failed = |error| Error::io(Code::CannotWrite, "write", to, error);
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Error::io(Code::CannotWrite, "create the folder", folder, error))?;
    match manner {
        Manner::Link => {
            let target = from.canonicalize().map_err(|error| Error::io(Code::CannotRead, "read", from, error))?;
            std::os::unix::fs::symlink(target, to).map_err(failed)
        }
        Manner::Copy => {
            let mut source = File::open(from).map_err(|error| Error::io(Code::CannotRead, "read", from, error))?;
            let mut name = to.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.tmp", std::process::id()));
            let temporary = folder.join(name);
            let copied = (|| {
                let mut target = fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
                io::copy(&mut source, &mut target)?;
                target.set_modified(source.metadata()?.modified()?)?;
                target.sync_all()?;
                rename_new(&temporary, to)
            })();
            if copied.is_err() {
                // Of no use to anybody; that it may not be removable is not the error to tell.
                let _ = fs::remove_file(&temporary);
            }
            copied.map_err(failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_is_never_replaced() {
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        fs::create_dir_all(at("in/b")).unwrap();
        for (path, text) in [("in/1.jpg", "one"), ("in/2.jpg", "two"), ("in/3.jpg", "three"), ("in/b/1.jpg", "other")] {
            fs::write(at(path), text).unwrap();
        }
        fs::create_dir(at("out")).unwrap();
        fs::write(at("out/2.jpg"), "two").unwrap();
        fs::write(at("out/3.jpg"), "THREE").unwrap();
        let files = ["in/1.jpg", "in/2.jpg", "in/3.jpg", "in/b/1.jpg", "in/1.jpg"];
        let files: Vec<_> = files.map(|path| (at(path), PathBuf::from(path.rsplit('/').next().unwrap()))).into();
        for manner in [Manner::Copy, Manner::Link] {
            let transfers = plan(manner, &files, &at("out")).unwrap();
            let there: Vec<There> = transfers.iter().map(|one| one.there).collect();
            let second = if manner == Manner::Copy { There::Same } else { There::Other };
            assert_eq!(there, [There::Nothing, second, There::Other, There::Other]);
            carry_out(manner, &transfers[0]).unwrap();
            assert!(carry_out(manner, &transfers[2]).is_err());
            assert_eq!(plan(manner, &files[..1], &at("out")).unwrap()[0].there, There::Same);
            assert_eq!(at("out/1.jpg").is_symlink(), manner == Manner::Link);
            assert_eq!(fs::read_to_string(at("out/1.jpg")).unwrap(), "one");
            assert_eq!(fs::read_to_string(at("out/3.jpg")).unwrap(), "THREE");
            assert_eq!(fs::read_dir(at("out")).unwrap().count(), 3);
            fs::remove_file(at("out/1.jpg")).unwrap();
        }
    }

    #[test]
    fn a_copy_keeps_the_time_of_its_original() {
        let place = tempfile::tempdir().unwrap();
        let (from, below) = (place.path().join("a.jpg"), PathBuf::from("new/a.jpg"));
        fs::write(&from, "a").unwrap();
        let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        File::options().write(true).open(&from).unwrap().set_modified(then).unwrap();
        let transfers = plan(Manner::Copy, &[(from, below)], &place.path().join("out")).unwrap();
        carry_out(Manner::Copy, &transfers[0]).unwrap();
        assert_eq!(fs::metadata(place.path().join("out/new/a.jpg")).unwrap().modified().unwrap(), then);
    }
}
