//! Where a link in a folder that is published must not lead.

use std::path::{Path, PathBuf};

use super::Gallery;
use crate::config::{Config, SERVED_FOLDER};

/// Folders and files whose contents would get out by way of a link.
pub(super) struct Closed(Vec<(PathBuf, &'static str)>);

impl Closed {
    /// What must not be shown as photographs of a gallery. Above all the output: private pictures lie there, and a gallery
    /// of them would be open. The history of the sources is not among it, for some keep their originals there and links to
    /// them among the galleries.
    pub(super) fn to_galleries(config: &Config) -> Self {
        Self::real(
            [
                (config.state.clone(), "the folder with the secret"),
                (config.output.clone(), "the output itself"),
                (config.root.join(SERVED_FOLDER), "the output of `serve`"),
                (config.static_files.clone(), "the static files"),
                (config.pages.clone(), "the sources of pages"),
                (config.themes.clone(), "the sources of themes"),
                (config.root.join("site.toml"), "the site's own folder"),
            ]
            .into_iter(),
        )
    }

    /// What must not be copied as it is.
    pub(super) fn to_static(config: &Config, galleries: &[Gallery]) -> Self {
        let root = &config.root;
        let all = [
            (config.state.clone(), "the folder with the secret"),
            (config.galleries.clone(), "original photographs"),
            (config.pages.clone(), "the sources of pages"),
            (config.themes.clone(), "the sources of themes"),
            (config.output.clone(), "the output itself"),
            (root.join(SERVED_FOLDER), "the output of `serve`"),
            (root.join(".git"), "the history of the site's sources"),
            (root.join("access.toml"), "the ledger"),
            (root.join("site.toml"), "`site.toml`"),
        ];
        // Galleries may be links themselves.
        let linked = galleries.iter().map(|gallery| (config.galleries.join(&gallery.folder), "original photographs"));
        Self::real(all.into_iter().chain(linked))
    }

    fn real(all: impl Iterator<Item = (PathBuf, &'static str)>) -> Self {
        Self(all.filter_map(|(path, what)| Some((path.canonicalize().ok()?, what))).collect())
    }

    /// What is in the place that a link leads to, or around it.
    pub(super) fn met_by(&self, link: &Path) -> Option<&'static str> {
        let real = link.canonicalize().ok()?;
        let met = |closed: &Path| real.starts_with(closed) || closed.starts_with(&real);
        self.0.iter().find(|(closed, _)| met(closed)).map(|(_, what)| *what)
    }
}
