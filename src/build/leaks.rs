//! Nothing is published in which a root secret stands, wherever it came from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::{Access, Walk};
use crate::audit::SecretSearch;
use crate::compose::{Composer, Files, What};
use crate::config::Config;
use crate::publish::{ChangeKind, Content, Diff, Site};
use crate::{Error, ErrorKind, Result};

/// Looks at files that are to be written.
#[derive(Debug)]
pub struct Leaks<'a> {
    config: &'a Config,
    search: SecretSearch,
    origin: OnceLock<Option<PathBuf>>,
}

impl<'a> Leaks<'a> {
    /// Looks for the secrets that are at hand, and for what has the shape of one.
    pub fn of(config: &'a Config, access: &Access) -> Self {
        Self { config, search: SecretSearch::of(access.secrets()), origin: OnceLock::new() }
    }

    /// Refuses a file that would hold a secret, or be called by it.
    ///
    /// # Errors
    /// Names the file of the site that the secret comes from, and never the secret.
    pub fn refuse(&self, path: &str, content: &Content) -> Result<()> {
        let file = match content {
            Content::Bytes(bytes) => return self.refuse_bytes(path, bytes),
            Content::CopyOf(file) => file,
        };
        self.refuse_name(path)?;
        // What cannot be read is not published either.
        if self.search.is_in_file(file).unwrap_or_default() { Err(self.stands_in(file)) } else { Ok(()) }
    }

    /// The same for the bytes of a file that is made.
    ///
    /// # Errors
    /// As [`Leaks::refuse`].
    pub fn refuse_bytes(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.refuse_name(path)?;
        if !self.search.is_in(bytes) {
            return Ok(());
        }
        let origin = self.origin.get_or_init(|| self.origin());
        Err(self.stands_in(origin.as_deref().unwrap_or(Path::new(path))))
    }

    fn refuse_name(&self, path: &str) -> Result<()> {
        if self.search.is_in(path.as_bytes()) {
            return Err(refused("a root secret stands in the name of a file or folder, which would be published"));
        }
        Ok(())
    }

    fn stands_in(&self, file: &Path) -> Error {
        let shown = file.strip_prefix(&self.config.root).unwrap_or(file);
        refused("a root secret stands in this file, and would be published").at(shown)
    }

    /// The first file of the site that a page or an asset can be made of and that has a secret in it.
    fn origin(&self) -> Option<PathBuf> {
        let config = self.config;
        let theme = config.themes.join(&config.theme.name);
        let roots = [config.root.join("site.toml"), config.pages.clone(), theme, config.galleries.clone()];
        let files = roots.into_iter().flat_map(|root| WalkDir::new(root).follow_links(true).sort_by_file_name());
        let mut files = files.filter_map(|entry| Some(entry.ok()?).filter(|entry| entry.file_type().is_file()));
        files.find(|entry| self.search.is_in_file(entry.path()).unwrap_or_default()).map(walkdir::DirEntry::into_path)
    }
}

impl Walk<'_> {
    /// Refuses secrets in what is copied: that can be looked at without making anything.
    pub(super) fn refuse_secrets_in_copies(
        &self,
        site: &Site,
        composer: &Composer<'_>,
        files: &Files,
        diff: &Diff,
    ) -> Result<()> {
        let leaks = Leaks::of(self.config, self.access);
        let written = site.changes(diff).filter(|change| change.kind != ChangeKind::Removed);
        let copies = written.filter_map(|change| Some((change.path, files.get(change.path)?.what)));
        for (path, what) in copies.filter(|(_, what)| matches!(what, What::Static(_) | What::Asset(_))) {
            leaks.refuse(path, &composer.content(what, self.cache)?)?;
        }
        Ok(())
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Secret, message)
        .hint("take it out; if it was ever online, `safelight secret rotate --compromised`")
}
