//! Nothing is published in which a root secret stands, wherever it came from.

use std::path::PathBuf;

use walkdir::WalkDir;

use super::{Access, Walk};
use crate::audit::SecretSearch;
use crate::compose::{Composer, Files, What};
use crate::config::Config;
use crate::publish::{ChangeKind, Content, Diff, Site};
use crate::{Error, ErrorKind, Result};

/// Looks at every file that is to be written.
pub(super) struct Leaks<'a> {
    config: &'a Config,
    search: SecretSearch,
}

impl<'a> Leaks<'a> {
    pub(super) fn of(config: &'a Config, access: &Access) -> Self {
        Self { config, search: SecretSearch::of(access.secrets()) }
    }

    /// Refuses a file that would hold a secret, or be called by it. The error names the file that it comes from.
    pub(super) fn refuse(&self, path: &str, content: &Content) -> Result<()> {
        if self.search.is_in(path.as_bytes()) {
            return Err(refused("a root secret stands in the name of a file or folder, which would be published"));
        }
        let from = match content {
            Content::Bytes(bytes) if self.search.is_in(bytes) => self.origin(),
            // What cannot be read is not published either.
            Content::CopyOf(file) if self.search.is_in_file(file).unwrap_or_default() => Some(file.clone()),
            _ => return Ok(()),
        };
        let root = &self.config.root;
        let from = from.map_or_else(|| path.into(), |from| from.strip_prefix(root).unwrap_or(&from).to_owned());
        Err(refused("a root secret stands in this file, and would be published").at(from))
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
