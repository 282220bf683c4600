//! Links that would show pictures of a private gallery to others than those whom it was shared with.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::walk::Told;
use crate::config::Config;
use crate::{Code, Error};

/// Systems give up after fewer.
const MOST_LINKS: usize = 64;

/// The private galleries, and where their folders really lie. What lies below one is of the innermost around it.
pub(super) struct Private {
    /// Where it lies, by its folder below the folder of galleries; one that is linked from elsewhere has several.
    places: BTreeMap<PathBuf, PathBuf>,
    /// The reverse, with the folder that lies there by itself, or else the first.
    folders: BTreeMap<PathBuf, PathBuf>,
    /// The folder of galleries, where the photos directly in it are closed by the site's default and what lies below is not.
    loose: Option<PathBuf>,
}

impl Private {
    /// Those among the folders that are galleries of their own: a folder that a private gallery links to does not become
    /// private by that.
    pub(super) fn among(config: &Config, all: &[Told]) -> Self {
        let mut private = Self { places: BTreeMap::new(), folders: BTreeMap::new(), loose: None };
        let Ok(galleries) = config.galleries.canonicalize() else { return private };
        let is_own = |one: &&Told| {
            let says_so = one.said.access.is_some_and(|access| !access.is_open());
            // What is closed by the site's default lies in none that says so.
            let by_default = one.said.access.is_none() && one.path.components().count() == 1;
            let by_default = by_default && !config.default_access.is_open();
            !one.visibility.is_open() && (says_so || by_default || one.said.id.is_some())
        };
        let home = all.iter().find(|one| one.path.as_os_str().is_empty());
        let is_loose = home.is_some_and(|home| home.said.access.is_none() && !config.default_access.is_open());
        private.loose = is_loose.then(|| galleries.clone());
        for one in all.iter().filter(is_own) {
            let folder = galleries.join(&one.path);
            let Ok(place) = folder.canonicalize() else { continue };
            if folder == place || !private.folders.contains_key(&place) {
                private.folders.insert(place.clone(), one.path.clone());
            }
            private.places.insert(one.path.clone(), place);
        }
        private
    }

    /// Why a link, a path below the folder of galleries, must not be followed: it leads into a private gallery, or through
    /// one, and lies outside it.
    pub(super) fn refuses(&self, config: &Config, link: &Path) -> Option<Error> {
        if self.places.is_empty() && self.loose.is_none() {
            return None;
        }
        let is_loose = |place: &PathBuf| place.is_file() && place.parent() == self.loose.as_deref();
        let is_elsewhere = link.parent() != Some(Path::new(""));
        if is_elsewhere && self.loose.is_some() && way_of(&config.galleries.join(link)).iter().any(is_loose) {
            let wrong =
                Error::new(Code::UnsafeLink, "this symbolic link would publish a photo that `default_access` closes");
            return Some(
                wrong
                    .at(config.display_path(&config.galleries.join(link)))
                    .hint("delete the symbolic link, or copy the photo"),
            );
        }
        // A private gallery may be a link itself, and belongs to none around it then.
        let is_home = |place: &&PathBuf| self.folders.get(*place).is_some_and(|folder| folder == link);
        let itself = self.places.get(link).filter(is_home);
        let own = itself.or_else(|| link.parent()?.ancestors().find_map(|folder| self.places.get(folder)));
        let (private, place) = way_of(&config.galleries.join(link)).into_iter().find_map(|place| {
            let private = place.ancestors().find(|above| self.folders.contains_key(*above))?.to_owned();
            (own != Some(&private)).then_some((private, place))
        })?;
        let folder = self.folders.get(&private)?;
        let below = place.strip_prefix(&private).unwrap_or(Path::new(""));
        let named = |folder: &Path| config.display_path(&config.galleries.join(folder)).display().to_string();
        let target = if below.as_os_str().is_empty() { folder.clone() } else { folder.join(below) };
        let others = if own.is_some() { "everyone with a link to this gallery" } else { "everybody" };
        let wrong = Error::new(
            Code::UnsafeLink,
            format!(
                "this symbolic link would show `{}`, in the private gallery `{}`, to {others}",
                named(&target),
                named(folder)
            ),
        );
        Some(
            wrong
                .at(config.display_path(&config.galleries.join(link)))
                .hint("delete the symbolic link, and copy what people may see here into this gallery"),
        )
    }
}

/// The way that a link leads: where each further link on it lies, and where it ends.
fn way_of(link: &Path) -> Vec<PathBuf> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut way = Vec::new();
    let mut at = real(link.parent().unwrap_or(Path::new("")));
    let mut ahead = PathBuf::from(link.file_name().unwrap_or_default());
    loop {
        let mut parts = ahead.components();
        let Some(part) = parts.next() else { break };
        let rest = parts.as_path();
        ahead = match part {
            Component::ParentDir => {
                at.pop();
                rest.to_owned()
            }
            Component::Normal(name) => match fs::read_link(at.join(name)) {
                Ok(target) if way.len() < MOST_LINKS => {
                    way.push(real(&at).join(name));
                    target.join(rest)
                }
                _ => {
                    at.push(name);
                    rest.to_owned()
                }
            },
            root => {
                at.push::<&OsStr>(root.as_ref());
                rest.to_owned()
            }
        };
    }
    way.push(real(&at));
    // The link itself lies where it may.
    way.remove(0);
    way
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_way_of_a_link_has_every_link_on_it_and_its_end() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for folder in ["open", "lake", "disk/deep"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("disk/deep/a.jpg"), "").unwrap();
        symlink("../disk", root.join("lake/raw")).unwrap();
        symlink("deep/a.jpg", root.join("disk/best.jpg")).unwrap();
        symlink("../lake/./raw/best.jpg", root.join("open/a.jpg")).unwrap();
        symlink(root.join("lake/raw/deep/../best.jpg"), root.join("open/b.jpg")).unwrap();
        symlink("../open", root.join("lake/open")).unwrap();
        let way = ["lake/raw", "disk/best.jpg", "disk/deep/a.jpg"].map(|path| root.join(path));
        for link in ["open/a.jpg", "open/b.jpg", "lake/open/a.jpg"] {
            assert_eq!(way_of(&root.join(link)), way, "{link}");
        }
        symlink("self", root.join("self")).unwrap();
        assert!(way_of(&root.join("self")).len() <= MOST_LINKS);
        symlink("../../nowhere", root.join("gone")).unwrap();
        assert_eq!(way_of(&root.join("gone")).len(), 1);
    }
}
