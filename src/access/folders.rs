//! The ledger against the folders that are there: an id binds a gallery to its folder, wherever that lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::identifier::GalleryId;
use super::ledger::{Ledger, LedgerGallery};
use crate::{Code, Error};

/// What the folders of a site say about the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderFindings {
    /// Why the site cannot be published, each with the fix.
    pub errors: Vec<Error>,
    /// Galleries whose folder lies elsewhere than the ledger last saw it: its path now.
    pub moved: Vec<(GalleryId, String)>,
}

/// Compares the ledger with the folders that have an id (`with_id`: path and id), and all others (`without_id`).
/// Paths are below the galleries' folder, with `/` between parts; `galleries` is that folder, for the errors.
pub fn check_folders(
    ledger: &Ledger,
    with_id: &[(String, GalleryId)],
    without_id: impl Fn(&str) -> bool,
    galleries: &Path,
) -> FolderFindings {
    let mut findings = FolderFindings::default();
    let file = |path: &str| -> PathBuf { galleries.join(path).join("gallery.toml") };
    let mut folders: BTreeMap<GalleryId, &str> = BTreeMap::new();
    for (path, id) in with_id {
        let Some(first) = folders.insert(*id, path) else { continue };
        findings.errors.push(
            Error::new(Code::DuplicateId, format!("`{path}` and `{first}` have the same `id`")).at(file(path)).hint(
                "delete the `id` line from the copy's `gallery.toml`: the links stay with the original, and you can \
                 share the copy separately",
            ),
        );
    }
    for gallery in ledger.galleries.iter().filter(|gallery| gallery.closed.is_none()) {
        match folders.get(&gallery.id) {
            Some(path) if *path == gallery.path => {}
            Some(path) => findings.moved.push((gallery.id, (*path).to_owned())),
            None if without_id(&gallery.path) => findings.errors.push(
                Error::new(
                    Code::MissingId,
                    format!(
                        "`{}` was shared, but its folder lacks the `id` of its links{}",
                        gallery.path,
                        still(gallery)
                    ),
                )
                .at(file(&gallery.path))
                .hint(format!(
                    "if it is the same gallery, write `id = \"{0}\"` into its `gallery.toml`; if it is a new one, \
                         close the old one with `safelight retire {0}`",
                    gallery.id
                )),
            ),
            None => findings.errors.push(
                Error::new(
                    Code::SharedFolderGone,
                    format!("the folder of the shared gallery `{}` is missing{}", gallery.path, still(gallery)),
                )
                .hint(format!(
                    "restore it, or close the gallery with `safelight retire {0}`; if you moved the folder, keep its \
                     `gallery.toml` with `id = \"{0}\"`",
                    gallery.id
                )),
            ),
        }
    }
    findings
}

/// What is published of a gallery stays until somebody says what became of it. It comes down earlier where another link to
/// the same pictures ends, for those would move.
fn still(gallery: &LedgerGallery) -> String {
    match gallery.links.iter().filter(|link| link.revoked.is_none()).count() {
        0 => String::new(),
        1 => "; its published files may still be online, with a link that was not revoked".to_owned(),
        links => format!("; its published files may still be online, with {links} links that were not revoked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = r#"version = 1
root = "r"
[[gallery]]
id = "k3v9q2m7t4xa"
path = "lake"
epoch = 1
[[gallery]]
id = "a5t0f8j2y6gs"
path = "gone"
epoch = 1
closed = 2027-01-01
"#;

    fn findings(folders: &[(&str, &str)], others: &[&str]) -> FolderFindings {
        let ledger = Ledger::parse(LEDGER, "access.toml".as_ref()).unwrap();
        let with_id: Vec<_> = folders.iter().map(|(path, id)| ((*path).to_owned(), id.parse().unwrap())).collect();
        check_folders(&ledger, &with_id, |path| others.contains(&path), "galleries".as_ref())
    }

    fn message(findings: &FolderFindings) -> String {
        assert_eq!(findings.errors.len(), 1, "{findings:?}");
        assert!(findings.errors[0].hint.is_some());
        findings.errors[0].to_string()
    }

    #[test]
    fn a_folder_in_its_place_or_moved_is_fine_and_a_closed_gallery_needs_none() {
        assert_eq!(findings(&[("lake", "k3v9q2m7t4xa")], &[]), FolderFindings::default());
        let moved = findings(&[("2026/lake", "k3v9q2m7t4xa")], &["lake"]);
        assert_eq!(moved.errors, []);
        assert_eq!(moved.moved, [("k3v9q2m7t4xa".parse().unwrap(), "2026/lake".to_owned())]);
    }

    #[test]
    fn a_copied_a_lost_and_a_replaced_folder_are_refused() {
        let copied = findings(&[("lake", "k3v9q2m7t4xa"), ("lake copy", "k3v9q2m7t4xa")], &[]);
        assert_eq!(
            copied.errors[0].to_string(),
            "`galleries/lake copy/gallery.toml`: `lake copy` and `lake` have the same `id`"
        );
        assert_eq!(message(&findings(&[], &[])), "the folder of the shared gallery `lake` is missing");
        let replaced = findings(&[], &["lake"]);
        assert!(message(&replaced).contains("lacks the `id`"));
        assert!(replaced.errors[0].hint.as_ref().unwrap().contains("k3v9q2m7t4xa"));
    }
}
