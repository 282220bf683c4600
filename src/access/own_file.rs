//! Files that only their owner may read: the secret's, and the one with the chosen passwords.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::files::canonical_or_absolute;
use crate::{Code, Error, Result};

/// What such a file is called, and what to do where others can read it.
pub(super) struct OwnFile {
    /// What errors call it.
    pub name: &'static str,
    /// Continues "cannot …" where it cannot be read.
    pub read: &'static str,
    /// What to do where other users of the computer can read it.
    pub if_open: &'static str,
    /// What to do where git tracks it.
    pub if_tracked: &'static str,
    /// What to do where it lies in a published folder.
    pub if_published: &'static str,
    /// So many bytes it may have.
    pub largest: u64,
}

impl OwnFile {
    /// Refuses a file of the site's own folder for its place, or where others can read it.
    pub(super) fn refuse_open(
        &self,
        file: &Path,
        published: &[PathBuf],
        tracked: impl Fn(&Path) -> bool,
    ) -> Result<()> {
        self.refuse_place(file, published, tracked)?;
        if readable_by_others(file) {
            return Err(self
                .exposed(format!("other users on this computer can read {}", self.name), file)
                .hint(self.if_open));
        }
        Ok(())
    }

    /// Refuses a file that git tracks, or that lies in one of the folders that everybody can fetch from.
    pub(super) fn refuse_place(
        &self,
        file: &Path,
        published: &[PathBuf],
        tracked: impl Fn(&Path) -> bool,
    ) -> Result<()> {
        if tracked(file) {
            return Err(self.exposed(format!("git tracks {}", self.name), file).hint(self.if_tracked));
        }
        if published.iter().any(|folder| canonical_or_absolute(file).starts_with(canonical_or_absolute(folder))) {
            return Err(self.exposed(format!("{} is in a published folder", self.name), file).hint(self.if_published));
        }
        Ok(())
    }

    /// The bytes of a file; none where there is no file, and none in it where it is too large to be one of these.
    pub(super) fn read(&self, path: &Path) -> Result<Option<Option<Zeroizing<Vec<u8>>>>> {
        let failed = |error| Error::io(Code::CannotRead, self.read, path, error);
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let length = file.metadata().map_err(failed)?.len().min(self.largest);
        // With room for all of it, so that no half of it stays behind in memory when the buffer grows.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 1));
        file.take(self.largest + 1).read_to_end(&mut bytes).map_err(failed)?;
        Ok(Some((bytes.len() as u64 <= self.largest).then_some(bytes)))
    }

    fn exposed(&self, message: String, file: &Path) -> Error {
        Error::new(Code::SecretExposed, message).at(file)
    }
}

#[cfg(unix)]
pub(super) fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // A file whose mode cannot be read could be read by anyone.
    std::fs::metadata(path).map_or(true, |metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn readable_by_others(_path: &Path) -> bool {
    false
}
