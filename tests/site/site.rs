//! A small site in a folder of its own, and the program run on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::making::jpeg;

/// Enough for small pictures in two formats; AVIF is left to the tests of encoders.
pub const HEAD: &str = "title = \"Test Site\"\n";
pub const IMAGES: &str =
    "[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [32, 64]\n[images.jpeg]\nwidths = [48, 96]\n";

/// What lies in a folder, by path.
pub type Tree = BTreeMap<PathBuf, Vec<u8>>;

pub struct Site {
    folder: tempfile::TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Site {
    /// A site without a gallery.
    pub fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(site.path("galleries")).unwrap();
        site.config("")
    }

    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A file below the site's folder.
    pub fn file(self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        self.put(path, bytes);
        self
    }

    pub fn put(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A photo below `galleries/`, 96 × 64, its colours made from its path.
    pub fn photo(self, path: impl AsRef<Path>) -> Self {
        self.put_photo(path);
        self
    }

    pub fn put_photo(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let seed = path.as_os_str().as_encoded_bytes().iter().fold(7u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
        self.put(Path::new("galleries").join(path), jpeg(96, 64, seed).bytes());
    }

    pub fn photos<'a>(self, paths: impl IntoIterator<Item = &'a str>) -> Self {
        paths.into_iter().fold(self, |site, path| site.photo(path))
    }

    pub fn gallery_toml(self, gallery: &str, text: &str) -> Self {
        self.file(Path::new("galleries").join(gallery).join("gallery.toml"), text)
    }

    /// More of `site.toml`: settings of the top first, then tables.
    pub fn config(self, more: &str) -> Self {
        self.set_config(more);
        self
    }

    pub fn set_config(&self, more: &str) {
        let (top, tables) = more.split_at(more.find('[').unwrap_or(more.len()));
        self.put("site.toml", format!("{HEAD}{top}{IMAGES}{tables}"));
    }

    /// The site's configuration to the letter.
    pub fn site_toml(self, text: &str) -> Self {
        self.file("site.toml", text)
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_safelight"));
        let arguments = crate::clock::on_its_day(&mut command, arguments);
        command.current_dir(self.folder.path()).args(arguments);
        command.env_remove("SAFELIGHT_SITE").env_remove("SAFELIGHT_SECRET");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Builds, and expects it to go well.
    pub fn build(&self) -> Run {
        let run = self.run(&["build"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run
    }

    /// Builds, and gives the summary for programs.
    pub fn summary(&self) -> serde_json::Value {
        let run = self.run(&["build", "--format", "json"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        serde_json::from_str(run.out.lines().last().unwrap()).unwrap()
    }

    /// Everything in the output.
    pub fn tree(&self) -> Tree {
        tree(&self.path("public"))
    }

    /// A page or another text of the output.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path("public").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Paths in the output, as text.
    pub fn paths(&self) -> Vec<String> {
        self.tree().into_keys().map(|path| path.to_str().unwrap().to_owned()).collect()
    }

    /// The output's paths that begin and end so.
    pub fn like(&self, start: &str, end: &str) -> Vec<String> {
        self.paths().into_iter().filter(|path| path.starts_with(start) && path.ends_with(end)).collect()
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
        let named = |path: &Path| path.to_str().unwrap().to_lowercase().contains(&needle);
        self.tree()
            .into_iter()
            .filter(|(path, bytes)| named(path) || holds(bytes))
            .map(|(path, _)| path.display().to_string())
            .collect()
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What was said before the summary, which counts and times.
    pub fn said(&self) -> String {
        self.err.lines().filter(|line| !is_count(line)).map(|line| format!("{line}\n")).collect()
    }
}

fn is_count(line: &str) -> bool {
    line.starts_with("rendering: ") || line.starts_with("files: ") || line.starts_with(|c: char| c.is_ascii_digit())
}

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
    let paths: std::collections::BTreeSet<_> = one.keys().chain(two.keys()).collect();
    paths.into_iter().filter(|path| one.get(*path) != two.get(*path)).map(|path| path.display().to_string()).collect()
}
