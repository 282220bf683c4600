//! The folder beside `site.toml` that holds what is not published: record, cache, secret.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::images::cache::{Amount, Cache};
use crate::publish::Lock;
use crate::{Error, Result};

/// Where things lie in the state folder.
#[derive(Clone, Debug)]
pub struct State {
    folder: PathBuf,
}

impl State {
    /// The state folder of a site.
    pub fn of(config: &Config) -> Self {
        Self { folder: config.state.clone() }
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

    /// What [`Self::clean`] would drop.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn amount(&self) -> Result<Amount> {
        Cache::look(self.cache()).amount()
    }

    /// Drops what can be made again. The record of what was written and the secret stay.
    ///
    /// # Errors
    /// While a build is running; when something cannot be removed.
    pub fn clean(&self) -> Result<Amount> {
        if !self.folder.is_dir() {
            return Ok(Amount::default());
        }
        let _lock = Lock::of_state(&self.folder)?;
        let dropped = Cache::open(self.cache())?.clear()?;
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
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", file, &error)),
        _ => Ok(()),
    }
}
