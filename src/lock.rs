//! One build at a time: locks that die with the process that held them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::files::closed_or;

/// A lock that is held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The one who held it before was killed.
    left_by_a_killed: bool,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Who finds the number knows that its process did not come to this.
        let _ = self.file.set_len(0);
        // A child process that is just being started holds a copy of the open file until it runs its own program;
        // closing ours would not end the lock then, unlocking does.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Locks the folder with the site's state, as every build does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] while a build is running; I/O errors.
    pub fn of_state(folder: &Path) -> Result<Self> {
        Self::of_file(&folder.join("lock"))
    }

    /// Whether the process that held this lock before did not end by itself, and may have left things unfinished.
    pub(super) fn is_left_by_a_killed(&self) -> bool {
        self.left_by_a_killed
    }

    /// Locks a file of ours, made where it is missing. The file names the process that holds it, for the message that
    /// another one shows.
    pub(super) fn of_file(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(path)
            .map_err(|error| closed_or(path, &error, || super::tree::refused("open the lock", path, &error)))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message, so what cannot be read is left out.
                let _ = (&mut file).take(20).read_to_string(&mut holder);
                let process = holder.trim().parse::<u32>().map(|id| format!(" (process {id})")).unwrap_or_default();
                return Err(Error::new(ErrorKind::Locked, format!("another build of this site is running{process}"))
                    .at(path)
                    .hint("wait until it has ended, or stop it; a lock of a dead process needs no clearing"));
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path, &error)),
        }
        let left_by_a_killed = file.metadata().is_ok_and(|metadata| metadata.len() > 0);
        // The lock holds without the number, and on a full disk takedowns must still be possible.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Self { file, left_by_a_killed })
    }

    /// Whether nobody holds a lock on this file or folder; nothing is made, and nothing is locked afterwards.
    pub(super) fn is_free(path: &Path) -> bool {
        // What is not there, or may not be opened, cannot be asked.
        !File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Locks a folder itself, so that nothing needs to lie in it; `None` where the system cannot lock a folder.
    pub(super) fn of_folder(path: &Path) -> Result<Option<Self>> {
        if !cfg!(unix) {
            return Ok(None);
        }
        let file = File::open(path).map_err(|error| super::tree::refused("open the output folder", path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, left_by_a_killed: false })),
            Err(TryLockError::WouldBlock) => {
                Err(Error::new(ErrorKind::Locked, "the build of another site is writing into this folder")
                    .at(path)
                    .hint("wait until it has ended, or give each site an output folder of its own"))
            }
            // Network file systems that cannot lock folders: the state folder's lock is what remains.
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}
