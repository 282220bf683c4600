//! Targets that symbolic links in published folders must not have.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{Config, SERVED_FOLDER};

/// Folders and files whose contents would get out by way of a link.
pub(crate) struct Closed(Vec<(PathBuf, &'static str)>);

const PHOTOGRAPHS: &str = "original photographs";

/// What is for nobody but the site's owner, or gets out only after it was worked on.
fn sources(config: &Config) -> [(PathBuf, &'static str); 8] {
    let root = &config.root;
    [
        (config.state.clone(), "the folder with the secret"),
        (config.galleries.clone(), PHOTOGRAPHS),
        (config.pages.clone(), "the sources of pages"),
        (config.output.clone(), "the output itself"),
        (root.join(SERVED_FOLDER), "the output of `serve`"),
        (root.join(".git"), "the history of the site's sources"),
        (root.join("access.toml"), "the ledger"),
        (root.join("site.toml"), "`site.toml`"),
    ]
}

impl Closed {
    /// What must not be shown as photographs of a gallery. Above all the output: private pictures lie there, and a gallery
    /// of them would be open. The history of the sources is not among it, for some keep their originals there and links to
    /// them among the galleries.
    pub(crate) fn to_galleries(config: &Config) -> Self {
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

    /// What must not be copied as it is. `linked` are galleries, which may be links themselves.
    pub(crate) fn to_static(config: &Config, linked: impl Iterator<Item = PathBuf>) -> Self {
        let themes = (config.themes.clone(), "the sources of themes");
        Self::real(sources(config).into_iter().chain([themes]).chain(linked.map(|folder| (folder, PHOTOGRAPHS))))
    }

    /// What must not be part of a theme. Galleries are looked for here, since a theme is read before them.
    pub(crate) fn to_theme(config: &Config) -> Self {
        let walk = WalkDir::new(&config.galleries).into_iter().filter_map(Result::ok);
        let linked = walk.filter(|entry| entry.path_is_symlink()).map(|entry| (entry.into_path(), PHOTOGRAPHS));
        Self::real(sources(config).into_iter().chain(linked))
    }

    fn real(all: impl Iterator<Item = (PathBuf, &'static str)>) -> Self {
        Self(all.filter_map(|(path, what)| Some((path.canonicalize().ok()?, what))).collect())
    }

    /// What is in the place that a link leads to, or around it.
    pub(crate) fn met_by(&self, link: &Path) -> Option<&'static str> {
        let real = link.canonicalize().ok()?;
        let met = |closed: &Path| real.starts_with(closed) || closed.starts_with(&real);
        self.0.iter().find(|(closed, _)| met(closed)).map(|(_, what)| *what)
    }
}
