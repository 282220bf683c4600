//! Whether all wanted paths can lie in one folder, on any file system: no two equal, none that differ only in case or
//! normal form, none that is a file here and a folder there.

use std::hash::{DefaultHasher, Hasher};

use rayon::slice::ParallelSliceMut;

use crate::error::{Code, Error, Result};

use super::path::fold;

/// Sixteen bytes for each file and folder instead of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    /// Of the folded path.
    hash: u64,
    /// Which wanted file it belongs to.
    owner: u32,
    /// How much of the owner's path it is.
    end: u16,
    /// A folder above the owner rather than the owner itself.
    folder: bool,
}

/// Gathers names, in any order.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<Name>,
    last: String,
    /// Ends and hashes of the folders above the last path.
    folders: Vec<(usize, u64)>,
    folded: String,
}

impl Names {
    /// Adds a path that [`super::check_path`] has passed; `owner` is given back to find it again.
    pub(super) fn add(&mut self, path: &str, owner: u32) {
        let last = &self.last;
        let shared = self.folders.iter().take_while(|(end, _)| {
            path.len() > *end && path.as_bytes()[*end] == b'/' && path.as_bytes()[..*end] == last.as_bytes()[..*end]
        });
        let shared = shared.count();
        self.folders.truncate(shared);
        let (mut start, mut hash) = self.folders.last().map_or((0, 0), |(end, hash)| (end + 1, *hash));
        for component in path[start..].split('/') {
            let end = start + component.len();
            fold(component, &mut self.folded);
            hash = extend(hash, &self.folded);
            let folder = end < path.len();
            // Paths are at most 2048 bytes long.
            self.all.push(Name { hash, owner, end: u16::try_from(end).unwrap_or(u16::MAX), folder });
            if folder {
                self.folders.push((end, hash));
            }
            start = end + 1;
        }
        self.last.clear();
        self.last.push_str(path);
    }

    /// Checks all names and gives the sorted hashes of the files' folded paths.
    ///
    /// # Errors
    ///
    /// A site error that names two paths which cannot lie side by side.
    pub(super) fn check<'a>(mut self, path_of: impl Fn(u32) -> &'a str) -> Result<Vec<u64>> {
        self.all.par_sort_unstable();
        let text = |name: &Name| path_of(name.owner).get(..usize::from(name.end)).unwrap_or_default();
        let same_folded = |one: &str, other: &str| {
            let (mut folded_one, mut folded_other) = (String::new(), String::new());
            fold(one, &mut folded_one);
            fold(other, &mut folded_other);
            folded_one == folded_other
        };
        for pair in self.all.windows(2) {
            let [one, other] = pair else { continue };
            if one.hash != other.hash {
                continue;
            }
            let (first, second) = (text(one), text(other));
            if (one.folder && other.folder && first == second) || !same_folded(first, second) {
                continue;
            }
            let (first_file, second_file) = (path_of(one.owner), path_of(other.owner));
            let (first_file, second_file) = (first_file.min(second_file), first_file.max(second_file));
            let why = match (one.folder, other.folder) {
                (false, false) if first == second => "are the same",
                (true, true) | (false, false) => "differ only in case or Unicode form",
                _ => "use one name for a file and a folder",
            };
            return Err(Error::new(
                Code::AddressTaken,
                format!("output paths `{first_file}` and `{second_file}` {why}"),
            )
            .hint("rename one of the sources"));
        }
        Ok(self.all.iter().filter(|name| !name.folder).map(|name| name.hash).collect())
    }
}

/// The hash that [`Names::check`] gives for this path.
pub(super) fn hash_of(path: &str) -> u64 {
    let mut folded = String::new();
    path.split('/').fold(0, |hash, component| {
        fold(component, &mut folded);
        extend(hash, &folded)
    })
}

/// For telling names apart within one run only, so any good hash does.
fn extend(hash: u64, folded: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u64(hash);
    hasher.write(folded.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str]) -> Result<Vec<u64>> {
        let mut names = Names::default();
        for (owner, path) in (0..).zip(paths) {
            names.add(path, owner);
        }
        names.check(|owner| paths[owner as usize])
    }

    fn complaint(paths: &[&str]) -> String {
        check(paths).map(|_| String::new()).unwrap_or_else(|error| error.message)
    }

    #[test]
    fn names_that_can_lie_side_by_side_pass() {
        let hashes = check(&["a/b/c", "a/b/d", "a/e", "a-b", "a/b2/c", "b", "a/b/e"]).unwrap();
        assert_eq!(hashes.len(), 7);
        assert!(hashes.is_sorted());
        assert!(hashes.contains(&hash_of("A/B/C")));
    }

    #[test]
    fn two_names_that_cannot_are_both_named() {
        assert_eq!(complaint(&["a/x", "b", "a/x"]), "output paths `a/x` and `a/x` are the same");
        assert_eq!(
            complaint(&["a/x.jpg", "b", "a/X.jpg"]),
            "output paths `a/X.jpg` and `a/x.jpg` differ only in case or Unicode form"
        );
        assert_eq!(
            complaint(&["É/1", "x/y", "e\u{301}/2"]),
            "output paths `e\u{301}/2` and `É/1` differ only in case or Unicode form"
        );
        assert_eq!(
            complaint(&["a/b", "a/b/c/d"]),
            "output paths `a/b` and `a/b/c/d` use one name for a file and a folder"
        );
        assert_eq!(
            complaint(&["a/b/c/d", "a/B"]),
            "output paths `a/B` and `a/b/c/d` use one name for a file and a folder"
        );
    }
}
