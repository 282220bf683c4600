//! A small site with a public and a private gallery, and the program run on it.
#![allow(dead_code)]

#[path = "../clock/mod.rs"]
mod clock;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct Place(tempfile::TempDir);

/// A whole run of the program.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn fine(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    pub fn refused(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(self.err.contains(words), "{words:?} is not in\n{}", self.err);
        self
    }

    /// The path of the link that was printed.
    pub fn link(&self) -> String {
        let line = self.out.lines().find(|line| line.contains("/g/")).unwrap();
        format!("g/{}", line.split_once("/g/").unwrap().1)
    }
}

impl Place {
    pub fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("site.toml", "title = \"Halcyon Coast\"\nurl = \"https://photos.example.com/\"\ncontact = \"hello@example.com\"\n[images]\nformats = [\"jpeg\"]\n");
        place.photo("galleries/coast/DSC_0001.png", 1);
        place.photo("galleries/coast/DSC_0002.png", 2);
        place.private();
        place.run(&["secret", "new"]).fine();
        place
    }

    pub fn private(&self) {
        self.write("galleries/lake-house/gallery.toml", "# For Mara and Ida\naccess = \"private\"\ntitle = \"Boathouse\"\n\n# not for everybody\n[audiences.guests]\nexcept = [\"SECRET_0009.png\"]\n");
        // The same photo as in the public gallery.
        self.photo("galleries/lake-house/SECRET_0001.png", 1);
        self.photo("galleries/lake-house/SECRET_0009.png", 9);
        self.photo("galleries/lake-house/dance/SECRET_0010.png", 10);
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn photo(&self, path: &str, seed: u8) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let picture = image::RgbImage::from_fn(96, 64, |x, y| {
            image::Rgb([seed.wrapping_mul(23), (x as u8).wrapping_mul(seed), (y as u8).wrapping_mul(3)])
        });
        picture.save(path).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let Output { status, stdout, stderr } = self.command(arguments, variables).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// The program with these arguments, on the day behind `--today` among them.
    pub fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_safelight"));
        for name in [
            "SAFELIGHT_SECRET",
            "SAFELIGHT_SECRET_FILE",
            "SAFELIGHT_SECRET_PREVIOUS",
            "SAFELIGHT_SITE",
            "GITHUB_ACTIONS",
        ] {
            command.env_remove(name);
        }
        // Where a test names no day: none depends on the day on which it runs.
        command.env("SAFELIGHT_TEST_TODAY", "2027-01-02");
        let arguments = clock::on_its_day(&mut command, arguments);
        command.env("TZ", "UTC").env("GIT_CONFIG_GLOBAL", "/dev/null").envs(variables.iter().copied());
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    pub fn build(&self) -> Ran {
        self.build_on("2027-01-02")
    }

    pub fn build_on(&self, day: &str) -> Ran {
        self.run(&["build", "--threads", "1", "--today", day])
    }

    pub fn share(&self, to: &str, more: &[&str]) -> String {
        let arguments = [&["share", "lake-house", "--to", to, "--today", "2027-01-01"], more].concat();
        self.run(&arguments).fine().link()
    }

    /// Every published file.
    pub fn output(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path("public"), &self.path("public"), &mut files);
        files
    }

    pub fn public(&self) -> BTreeMap<String, Vec<u8>> {
        self.output().into_iter().filter(|(path, _)| !path.starts_with("g/") && !path.starts_with("x/")).collect()
    }

    pub fn assets(&self) -> Vec<String> {
        let mut folders: Vec<String> = self
            .output()
            .keys()
            .filter_map(|path| Some(path.strip_prefix("x/")?.split_once('/')?.0.to_owned()))
            .collect();
        folders.dedup();
        folders
    }

    pub fn page(&self, link: &str) -> String {
        self.read(&format!("public/{link}index.html"))
    }

    /// How many photos a link shows.
    pub fn photos(&self, link: &str) -> usize {
        self.page(link).matches("<li class=\"r").count()
    }

    pub fn is_tombstone(&self, link: &str) -> bool {
        let page = self.page(link);
        !page.contains("/x/") && !page.contains("Boathouse")
    }
}

/// The text of a sidecar with these elements of Dublin Core.
pub fn sidecar(elements: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">{elements}</rdf:Description>\
         </rdf:RDF></x:xmpmeta>"
    )
}

pub fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(path).unwrap());
        }
    }
}

/// Addresses below the site's own root in a page.
pub fn addresses(page: &str) -> Vec<String> {
    let marks = page.match_indices(['"', ' ', ',']).map(|(at, _)| at + 1);
    let starts = marks.filter(|at| page[*at..].starts_with('/') && !page[*at..].starts_with("//"));
    starts.map(|at| page[at + 1..].split(['"', ' ', ',', '#', '>']).next().unwrap().to_owned()).collect()
}
