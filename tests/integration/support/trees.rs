//! What was published.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::Site;

/// What lies in a folder, by path.
pub type Tree = BTreeMap<PathBuf, Vec<u8>>;

pub fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                tree.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    tree
}

/// The paths in which two trees differ.
pub fn differences(one: &Tree, two: &Tree) -> Vec<String> {
    let paths: BTreeSet<_> = one.keys().chain(two.keys()).collect();
    paths.into_iter().filter(|path| one.get(*path) != two.get(*path)).map(|path| path.display().to_string()).collect()
}

impl Site {
    /// Everything in the output.
    pub fn tree(&self) -> Tree {
        tree(&self.path("public"))
    }

    /// Everything in the output, by paths as addresses have them.
    pub fn output(&self) -> BTreeMap<String, Vec<u8>> {
        self.tree().into_iter().map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes)).collect()
    }

    /// The output without private pages and pictures.
    pub fn public(&self) -> BTreeMap<String, Vec<u8>> {
        self.output().into_iter().filter(|(path, _)| !path.starts_with("g/") && !path.starts_with("x/")).collect()
    }

    /// Paths in the output.
    pub fn paths(&self) -> Vec<String> {
        self.output().into_keys().collect()
    }

    /// The output's paths that begin and end so.
    pub fn like(&self, start: &str, end: &str) -> Vec<String> {
        self.paths().into_iter().filter(|path| path.starts_with(start) && path.ends_with(end)).collect()
    }

    /// A page or another text of the output.
    pub fn text(&self, path: &str) -> String {
        self.read(&format!("public/{path}"))
    }

    /// The page of a link.
    pub fn page(&self, link: &str) -> String {
        self.text(&format!("{link}index.html"))
    }

    /// How many photos a link shows.
    pub fn photos_of(&self, link: &str) -> usize {
        self.page(link).matches("<li class=\"r").count()
    }

    pub fn is_tombstone(&self, link: &str) -> bool {
        let page = self.page(link);
        !page.contains("/x/") && !page.contains("Boathouse")
    }

    /// Names of the folders of private pictures.
    pub fn assets(&self) -> Vec<String> {
        let paths = self.paths();
        let folders = paths.iter().filter_map(|path| Some(path.strip_prefix("x/")?.split_once('/')?.0.to_owned()));
        folders.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A published picture's bytes: the widest of this photo and ending.
    pub fn picture(&self, start: &str, ending: &str) -> Vec<u8> {
        let width = |path: &String| -> u32 {
            path.rsplitn(3, '.').nth(2).unwrap().rsplit_once('-').unwrap().1.parse().unwrap()
        };
        let path = self.like(&format!("img/{start}-"), ending).into_iter().max_by_key(width).unwrap();
        fs::read(self.path("public").join(path)).unwrap()
    }

    /// Files of the output in which these bytes stand, whatever their case.
    pub fn containing(&self, needle: &str) -> Vec<String> {
        let needle = needle.to_lowercase();
        let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&needle);
        let files = self.output().into_iter();
        files
            .filter(|(path, bytes)| path.to_lowercase().contains(&needle) || holds(bytes))
            .map(|(path, _)| path)
            .collect()
    }
}
