//! The folder beside `site.toml` that holds what is not published: record, cache, secret.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::config::{Config, SERVED_FOLDER};
use crate::images::cache::{Amount, Cache};
use crate::lock::{Lock, Patience};
use crate::{Code, Error, Result};

/// Where things lie in the state folder.
#[derive(Clone, Debug)]
pub struct State {
    folder: PathBuf,
    served: PathBuf,
}

impl State {
    /// The state folder of a site.
    pub fn of(config: &Config) -> Self {
        Self { folder: config.state.clone(), served: config.root.join(SERVED_FOLDER).join("site") }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Finished pictures.
    pub fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// What was read of the photographs.
    pub fn index(&self) -> PathBuf {
        self.folder.join("index")
    }

    /// The site that `serve` builds for its owner to look at, beside the state folder.
    pub fn served(&self) -> &Path {
        &self.served
    }

    /// Whether `serve` has built anything that is still there.
    pub fn has_served(&self) -> bool {
        self.served.symlink_metadata().is_ok()
    }

    /// Removes what `serve` built; its next build makes it again.
    ///
    /// # Errors
    /// When it cannot be removed whole.
    pub(super) fn drop_served(&self) -> Result<()> {
        #[expect(clippy::disallowed_methods, reason = "our own copy of the site, in the folder of state")]
        match std::fs::remove_dir_all(&self.served) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(Code::CannotRemove, "remove", &self.served, error))
            }
            _ => Ok(()),
        }
    }

    /// How much of the cache [`Self::clean`] would drop.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn amount(&self) -> Result<Amount> {
        Cache::look(self.cache()).amount()
    }

    /// Drops what can be made again, and what `serve` built. The record of what was written and the secret stay. Says how
    /// much lay in the cache.
    ///
    /// # Errors
    /// While another command uses the site for longer than one waits; when something cannot be removed.
    pub fn clean(&self, patience: &Patience<'_>) -> Result<Amount> {
        if !self.folder.is_dir() {
            return Ok(Amount::default());
        }
        let _lock = Lock::of_state(&self.folder, patience)?;
        let dropped = Cache::open(self.cache())?.clear()?;
        self.drop_served()?;
        self.unfinished_indices().iter().try_for_each(|file| remove(file))?;
        remove(&self.index())?;
        Ok(dropped)
    }

    /// Drops what was read of the photographs.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(super) fn drop_index(&self) -> Result<()> {
        remove(&self.index())
    }

    /// Removes what a build left unfinished that was killed. The caller holds the lock.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub(super) fn sweep(&self, cache: &Cache) -> Result<()> {
        cache.sweep_unfinished()?;
        self.unfinished_indices().iter().try_for_each(|file| remove(file))
    }

    /// Whether the cache was not looked through for what nothing needs any more since yesterday. Listing it takes longer than
    /// making one picture.
    pub(super) fn is_sweep_due(&self, now: SystemTime) -> bool {
        let last = std::fs::metadata(self.swept()).and_then(|file| file.modified());
        let apart = last.map(|last| now.duration_since(last).unwrap_or_else(|error| error.duration()));
        apart.map_or(true, |apart| apart >= Duration::from_secs(24 * 60 * 60))
    }

    /// Notes that the cache was looked through. Where that cannot be noted, the next build looks again.
    pub(super) fn note_sweep(&self) {
        let _ = std::fs::File::create(self.swept());
    }

    /// The file whose time says when the cache was last looked through.
    fn swept(&self) -> PathBuf {
        self.folder.join("swept")
    }

    /// Indices that were being written: `index.4711.tmp`.
    fn unfinished_indices(&self) -> Vec<PathBuf> {
        let unfinished = |name: &str| {
            let number = name.strip_prefix("index.").and_then(|rest| rest.strip_suffix(".tmp"));
            number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_str().is_some_and(unfinished)).map(|entry| entry.path()).collect()
    }
}

fn remove(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(Code::CannotRemove, "remove", file, error))
        }
        _ => Ok(()),
    }
}
