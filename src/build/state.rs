//! The folder beside `site.toml` that holds what is not published: record, cache, secret.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::config::Config;
use crate::images::cache::{Amount, Cache};

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
        Cache::open(self.cache())?.amount()
    }

    /// Drops what can be made again. The record of what was written and the secret stay.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn clean(&self) -> Result<Amount> {
        let dropped = Cache::open(self.cache())?.clear()?;
        match std::fs::remove_file(self.index()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(crate::Error::io("remove", &self.index(), &error))
            }
            _ => Ok(dropped),
        }
    }
}
