//! What all tests share: a temporary site, the program run on it, and what it published.
//!
//! ```ignore
//! let site = Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]);
//! site.build();
//! assert_eq!(site.like("lake/", ".html"), ["lake/a.html", "lake/index.html"]);
//! ```

pub mod archives;
pub mod crawl;
pub mod photos;
mod redaction;
mod run;
pub mod sealed;
mod transcript;
mod trees;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use safelight::access::sources::write_new;
use safelight::access::{Keys, Secret};
use safelight::build::Options;

pub use run::Run;
pub use transcript::said;
pub use trees::{Tree, differences, tree};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_safelight");
/// The day on which the program runs where a test names no other.
pub const TODAY: &str = "2027-01-02";

/// Enough for small pictures in two formats; AVIF is left to the tests of encoders.
pub const HEAD: &str = "title = \"Test Site\"\n";
pub const IMAGES: &str =
    "[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [32, 64]\n[images.jpeg]\nwidths = [48, 96]\n";

/// A site in a folder of its own, called `site`, which goes with the value.
pub struct Site {
    _folder: tempfile::TempDir,
    root: PathBuf,
    transcript: transcript::Transcript,
}

impl Site {
    /// A folder with nothing in it.
    pub fn empty() -> Self {
        let folder = temporary_folder();
        let root = folder.path().canonicalize().unwrap().join("site");
        fs::create_dir(&root).unwrap();
        Self { _folder: folder, root, transcript: transcript::Transcript::default() }
    }

    /// Settings, and no gallery.
    pub fn new() -> Self {
        let site = Self::empty();
        fs::create_dir(site.path("galleries")).unwrap();
        site.config("")
    }

    /// What `safelight init` makes.
    pub fn initialised() -> Self {
        let site = Self::empty();
        site.prepare(&["init", ".", "--title", "Tides", "--author", "Ada Vik", "--contact", "ada@vik.example"]);
        site
    }

    /// A public gallery and a private one, with a secret and without a link.
    pub fn with_private_gallery() -> Self {
        let site = Self::empty();
        site.put_galleries();
        site.prepare(&["secret", "new"]);
        site
    }

    /// The same with links and a secret that are known: what is made of them is the same in every run. One link was
    /// revoked, and one belongs to an audience.
    pub fn with_known_links() -> Self {
        let site = Self::empty();
        let secret = Secret::generate(std::array::from_fn(|n| n as u8 * 7 + 3)).unwrap();
        write_new(&secret, &site.path(".safelight/secret")).unwrap();
        let link = |id: &str, to: &str, more: &str| {
            format!("\n[[gallery.link]]\nid = \"{id}\"\nto = \"{to}\"\nissued = 2027-01-01\n{more}")
        };
        let links = [
            link("h7w2c9d4n5ke", "the couple", "expires = 2027-03-31\n"),
            link("q8r3x6v1z0mb", "their parents", ""),
            link("t4n8s2k6y0wd", "a guest", "audience = \"guests\"\n"),
            link("b6f1j5p9r3hc", "a cousin", "revoked = 2027-01-02\n"),
        ];
        let gallery = "[[gallery]]\nid = \"k3v9q2m7t4xa\"\npath = \"lake-house\"\nepoch = 1\n";
        let root = Keys::new(&secret).root_id();
        site.put("access.toml", format!("version = 1\nroot = \"{root}\"\n\n{gallery}{}", links.concat()));
        site.put_galleries();
        let settings = site.read("galleries/lake-house/gallery.toml");
        site.put("galleries/lake-house/gallery.toml", format!("id = \"k3v9q2m7t4xa\"\n{settings}"));
        site
    }

    fn put_galleries(&self) {
        self.put("site.toml", "title = \"Halcyon Coast\"\nurl = \"https://photos.example.com/\"\ncontact = \"hello@example.com\"\n[images]\nformats = [\"jpeg\"]\n");
        self.put_png("galleries/coast/DSC_0001.png", 1);
        self.put_png("galleries/coast/DSC_0002.png", 2);
        self.put_private_gallery();
    }

    /// The private gallery of [`Site::with_private_gallery`], once more.
    pub fn put_private_gallery(&self) {
        self.put("galleries/lake-house/gallery.toml", "# For Mara and Ida\naccess = \"private\"\ntitle = \"Boathouse\"\n\n# not for everybody\n[audiences.guests]\nexcept = [\"SECRET_0009.png\"]\n");
        // The same photo as in the public gallery.
        self.put_png("galleries/lake-house/SECRET_0001.png", 1);
        self.put_png("galleries/lake-house/SECRET_0009.png", 9);
        self.put_png("galleries/lake-house/dance/SECRET_0010.png", 10);
    }
}

/// What lies in the folder.
impl Site {
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
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

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// A photo below `galleries/`, 96 × 64, its colours made from its path.
    pub fn photo(self, path: impl AsRef<Path>) -> Self {
        self.put_photo(path);
        self
    }

    pub fn put_photo(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let seed = path.as_os_str().as_encoded_bytes().iter().fold(7u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
        self.put(Path::new("galleries").join(path), photos::jpeg(96, 64, seed).bytes());
    }

    pub fn photos<'a>(self, paths: impl IntoIterator<Item = &'a str>) -> Self {
        paths.into_iter().fold(self, |site, path| site.photo(path))
    }

    /// A PNG file, 96 × 64, its colours made from `seed`.
    pub fn put_png(&self, path: impl AsRef<Path>, seed: u8) {
        let colour = |x: u32, y: u32| [seed.wrapping_mul(23), (x as u8).wrapping_mul(seed), (y as u8).wrapping_mul(3)];
        self.put(path, photos::png(96, 64, colour));
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
        let first = if more.starts_with('[') { Some(0) } else { more.find("\n[").map(|at| at + 1) };
        let (top, tables) = more.split_at(first.unwrap_or(more.len()));
        self.put("site.toml", format!("{HEAD}{top}{IMAGES}{tables}"));
    }

    /// The site's configuration to the letter.
    pub fn site_toml(self, text: &str) -> Self {
        self.file("site.toml", text)
    }
}

/// The program.
impl Site {
    /// The program with these arguments. Neither the tester's settings nor the tester's name and day show. `--today DAY`
    /// among the arguments is the clock's day; `--today=DAY` is the option itself.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"SAFELIGHT_")) {
            command.env_remove(name);
        }
        command.env_remove("GITHUB_ACTIONS").env_remove("XDG_CONFIG_HOME").env_remove("COLUMNS");
        command.env("HOME", &self.root).env("USER", "tester").env("TZ", "UTC");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap());
        let clock = arguments.iter().position(|argument| *argument == "--today");
        let (before, day, after) = match clock {
            Some(at) => (&arguments[..at], arguments[at + 1], &arguments[at + 2..]),
            None => (arguments, TODAY, &[][..]),
        };
        command.env("SAFELIGHT_TEST_TODAY", day).args(before).args(after);
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    /// With these variables in its environment.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let run = Run::of(self.command(arguments).envs(variables.iter().copied()));
        self.transcript.add(self, arguments, &run);
        run
    }

    /// Runs what is no matter of the test, and expects it to go well: no transcript has it.
    #[track_caller]
    pub fn prepare(&self, arguments: &[&str]) -> Run {
        let run = Run::of(&mut self.command(arguments)).fine();
        self.transcript.learn(self);
        run
    }

    /// Builds, and expects it to go well. A transcript has it where it warns of something.
    #[track_caller]
    pub fn build(&self) -> Run {
        self.prepare_with_warnings(&["build", "--threads", "1"])
    }

    /// Builds on another day.
    #[track_caller]
    pub fn build_on(&self, day: &str) -> Run {
        self.prepare_with_warnings(&["build", "--threads", "1", "--today", day])
    }

    #[track_caller]
    fn prepare_with_warnings(&self, arguments: &[&str]) -> Run {
        let run = self.prepare(arguments);
        if !run.said().is_empty() {
            self.transcript.add(self, arguments, &run);
        }
        run
    }

    /// Builds, whatever comes of it.
    pub fn try_build(&self) -> Run {
        self.run(&["build", "--threads", "1"])
    }

    /// Builds, and gives the summary for programs.
    #[track_caller]
    pub fn summary(&self) -> serde_json::Value {
        self.prepare(&["build", "--format", "json"]).events().pop().unwrap()
    }

    /// Shares the private gallery with somebody, and gives the path of the link.
    #[track_caller]
    pub fn share(&self, to: &str, more: &[&str]) -> String {
        self.prepare(&[&["share", "lake-house", "--to", to, "--today", "2027-01-01"], more].concat()).link()
    }
}

/// A folder that goes with the value: in memory where there is room, because every publish waits for the disk many times.
pub fn temporary_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map_or(0, |there| there.f_bavail * there.f_frsize);
    if room > 1 << 30 { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// How tests build through the library: one thread, and nothing out of the ordinary.
pub fn options() -> Options {
    Options {
        threads: 1,
        memory: 1 << 30,
        strict: false,
        dry_run: false,
        adopt: false,
        now: SystemTime::now(),
        cancel: Arc::default(),
        worker: Some(PROGRAM.into()),
        turn: None,
    }
}
