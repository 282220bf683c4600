//! Nothing is published in which a root secret stands, wherever it came from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::{Access, RunningBuild};
use crate::compose::{Composer, FileKind, Files};
use crate::config::Config;
use crate::publish::{ChangeKind, Content, Diff, Site};
use crate::search::{SecretSearch, Sighting};
use crate::{Code, Error, Result};

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
    pub fn refuse(&self, path: &str, content: &Content<'_>) -> Result<()> {
        let file = match content {
            Content::Bytes(bytes) => return self.refuse_bytes(path, bytes),
            Content::CopyOf(file) => file,
            // It holds files that are published by themselves too, and were looked at.
            Content::Written(_) => return self.refuse_name(path),
        };
        self.refuse_name(path)?;
        // What cannot be read is not published either.
        let seen = self.search.seen_in_file(file).unwrap_or_default();
        seen.map_or(Ok(()), |seen| Err(self.stands_in(file, seen)))
    }

    /// The same for the bytes of a file that is made.
    ///
    /// # Errors
    /// As [`Leaks::refuse`].
    pub fn refuse_bytes(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.refuse_name(path)?;
        let Some(seen) = self.search.seen_in(bytes) else { return Ok(()) };
        match self.origin.get_or_init(|| self.origin()) {
            // Names are written into pages too, and into the map of the site.
            Some(file) => self.refuse_name_of(file).and(Err(self.stands_in(file, seen))),
            None => Err(self.stands_in(Path::new(path), seen)),
        }
    }

    fn refuse_name(&self, path: &str) -> Result<()> {
        let Some(seen) = self.search.seen_in(path.as_bytes()) else { return Ok(()) };
        if let Some(file) = self.origin.get_or_init(|| self.origin()) {
            self.refuse_name_of(file)?;
        }
        Err(in_a_name(seen))
    }

    /// Refuses a file of the site that is called by a secret, and names the folder around it.
    fn refuse_name_of(&self, file: &Path) -> Result<()> {
        let named = |path: &Path| self.search.seen_in(path.as_os_str().as_encoded_bytes());
        let shown = self.config.display_path(file);
        let Some(seen) = named(shown) else { return Ok(()) };
        let folder = shown.ancestors().find(|above| named(above).is_none()).unwrap_or(Path::new(""));
        let error = in_a_name(seen);
        Err(if folder.as_os_str().is_empty() { error } else { error.at(folder) })
    }

    fn stands_in(&self, file: &Path, seen: Sighting) -> Error {
        refused("is in this file and would be published", seen).at(self.config.display_path(file))
    }

    /// The first file of the site that a page or an asset can be made of and that has a secret in it or in its name.
    fn origin(&self) -> Option<PathBuf> {
        let config = self.config;
        let theme = config.themes.join(&config.theme.name);
        let roots = [config.root.join("site.toml"), config.pages.clone(), theme, config.galleries.clone()];
        let files = roots.into_iter().flat_map(|root| WalkDir::new(root).follow_links(true).sort_by_file_name());
        let mut files = files.filter_map(|entry| Some(entry.ok()?).filter(|entry| entry.file_type().is_file()));
        let is_named =
            |path: &Path| self.search.seen_in(self.config.display_path(path).as_os_str().as_encoded_bytes()).is_some();
        files
            .find(|entry| {
                let path = entry.path();
                is_named(path) || self.search.seen_in_file(path).unwrap_or_default().is_some()
            })
            .map(walkdir::DirEntry::into_path)
    }
}

impl RunningBuild<'_> {
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
        for (path, what) in copies.filter(|(_, what)| matches!(what, FileKind::Static(_) | FileKind::Asset(_))) {
            leaks.refuse(path, composer.content(path, what, self.cache)?.plain())?;
        }
        Ok(())
    }
}

fn in_a_name(seen: Sighting) -> Error {
    refused("is in the name of a file or folder that would be published", seen)
}

fn refused(why: &str, seen: Sighting) -> Error {
    let (what, hint) = match seen {
        Sighting::Secret => {
            ("a root secret", "remove it; if it was ever online, run `safelight secret rotate --compromised`")
        }
        Sighting::Shape => (
            "something that looks like a root secret, but is none of this site's,",
            "remove it, or shorten it if it is an example",
        ),
    };
    Error::new(Code::SecretInSite, format!("{what} {why}")).hint(hint)
}
