//! Notices that a file of the site has changed.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use notify::{Config as Settings, Event, EventKind, PollWatcher, RecursiveMode, Watcher};
use safelight::config::Config;
use safelight::files::canonical_or_absolute;
use walkdir::WalkDir;

/// So long nothing may change before a rebuild: programs write a file in several steps.
const QUIET: Duration = Duration::from_millis(120);
/// So long a rebuild is put off at most while files keep changing.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often files are looked at where the system tells nothing; so often, too, what links lead to.
const LOOK: Duration = Duration::from_secs(1);

/// What is watched, for the thread that hears of events.
#[derive(Default)]
struct Interest {
    /// The folder of the site, absolute.
    root: PathBuf,
    /// Names directly in it that matter.
    names: Vec<std::ffi::OsString>,
    /// Folders everything in which matters, absolute.
    folders: Vec<PathBuf>,
    /// Folders nothing in which matters.
    outputs: Vec<PathBuf>,
}

/// Watches a site.
pub(super) struct Watch {
    watcher: Box<dyn Watcher + Send>,
    sender: Sender<()>,
    changes: Receiver<()>,
    interest: Arc<Mutex<Interest>>,
    watched: BTreeMap<PathBuf, (RecursiveMode, u64)>,
    links: Links,
    polls: bool,
}

impl Watch {
    /// Watches the folder of `site_file`.
    pub(super) fn new(site_file: &Path) -> Self {
        let (sender, changes) = channel();
        let interest = Arc::new(Mutex::new(Interest::default()));
        let (watcher, polls): (Box<dyn Watcher + Send>, bool) =
            match notify::recommended_watcher(hearing(&interest, &sender)) {
                Ok(watcher) => (Box::new(watcher), false),
                Err(_) => (polling(&interest, &sender), true),
            };
        let mut watch =
            Self { watcher, sender, changes, interest, watched: BTreeMap::new(), links: Links::default(), polls };
        let folder = site_file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let root = canonical_or_absolute(folder);
        {
            let mut interest = watch.interest.lock().unwrap_or_else(PoisonError::into_inner);
            interest.root.clone_from(&root);
            interest.names =
                site_file.file_name().map(ToOwned::to_owned).into_iter().chain(["access.toml".into()]).collect();
        }
        watch.set([(root, RecursiveMode::NonRecursive)].into());
        watch
    }

    /// Watches what a site is made of. `own` are folders that the program itself writes.
    pub(super) fn follow(&mut self, config: &Config, own: &[&Path]) {
        let folders = [&config.galleries, &config.pages, &config.static_files, &config.themes]
            .map(|folder| canonical_or_absolute(folder));
        let root = canonical_or_absolute(&config.root);
        let mut wanted = BTreeMap::from([(root.clone(), RecursiveMode::NonRecursive)]);
        self.links = Links::of([&config.galleries, &config.pages, &config.static_files, &config.themes], &config.root);
        // The system tells of what lies behind them only where it is asked by its real name.
        let linked = self.links.folders().filter(|folder| !root.starts_with(folder));
        let linked: Vec<PathBuf> = linked.filter(|folder| !folders.iter().any(|f| folder.starts_with(f))).collect();
        {
            let mut interest = self.interest.lock().unwrap_or_else(PoisonError::into_inner);
            for folder in &folders {
                // A folder that is not there yet is seen when its first part appears.
                let first = folder.strip_prefix(&root).ok().and_then(|rest| rest.components().next());
                if let Some(Component::Normal(name)) = first
                    && !interest.names.iter().any(|known| known == name)
                {
                    interest.names.push(name.to_owned());
                }
            }
            interest.folders = folders.iter().chain(&linked).cloned().collect();
            interest.outputs = own.iter().map(|folder| canonical_or_absolute(folder)).collect();
        }
        for folder in folders.into_iter().chain(linked).filter(|folder| folder.is_dir()) {
            wanted.insert(folder, RecursiveMode::Recursive);
        }
        self.set(wanted);
    }

    /// Whether files are looked at again and again, because the system does not tell.
    pub(super) fn polls(&self) -> bool {
        self.polls
    }

    fn set(&mut self, wanted: BTreeMap<PathBuf, RecursiveMode>) {
        let mut refused = false;
        let mut watched = BTreeMap::new();
        for (path, mode) in wanted {
            let Some(identity) = identity(&path) else { continue };
            let known = self.watched.remove(&path);
            if known != Some((mode, identity)) {
                // A folder that was removed and made again has the old name and needs a new watch.
                if known.is_some() {
                    let _ = self.watcher.unwatch(&path);
                }
                refused |= self.watcher.watch(&path, mode).is_err();
            }
            watched.insert(path, (mode, identity));
        }
        for path in std::mem::replace(&mut self.watched, watched).into_keys() {
            let _ = self.watcher.unwatch(&path);
        }
        if refused && !self.polls {
            // Most often the system's limit of watched folders.
            self.watcher = polling(&self.interest, &self.sender);
            self.polls = true;
            for (path, (mode, _)) in &self.watched {
                let _ = self.watcher.watch(path, *mode);
            }
        }
    }

    /// Waits for a change and for the quiet after it. Returns false when `long` is over without one.
    pub(super) fn wait(&mut self, long: Duration) -> bool {
        match self.changes.recv_timeout(long) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                if !self.links.have_moved(LOOK) {
                    return false;
                }
            }
        }
        let first = Instant::now();
        while first.elapsed() < PATIENCE
            && (self.changes.recv_timeout(QUIET).is_ok() || self.links.have_moved(Duration::ZERO))
        {}
        true
    }
}

fn hearing(interest: &Arc<Mutex<Interest>>, sender: &Sender<()>) -> impl Fn(notify::Result<Event>) + Send + use<> {
    let (interest, sender) = (Arc::clone(interest), sender.clone());
    move |event| {
        let interest = interest.lock().unwrap_or_else(PoisonError::into_inner);
        let matters = match event {
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => false,
            Ok(event) => event.need_rescan() || event.paths.iter().any(|path| interest.matters(path)),
            // What was lost may have mattered.
            Err(_) => true,
        };
        if matters {
            let _ = sender.send(());
        }
    }
}

fn polling(interest: &Arc<Mutex<Interest>>, sender: &Sender<()>) -> Box<dyn Watcher + Send> {
    match PollWatcher::new(hearing(interest, sender), Settings::default().with_poll_interval(LOOK)) {
        Ok(watcher) => Box::new(watcher),
        Err(_) => Box::new(notify::NullWatcher),
    }
}

impl Interest {
    fn matters(&self, path: &Path) -> bool {
        if self.outputs.iter().any(|output| path.starts_with(output)) {
            return false;
        }
        let inside = self.folders.iter().filter_map(|folder| path.strip_prefix(folder).ok());
        let seen = |relative: &Path| {
            relative.components().all(|part| {
                let name = part.as_os_str().as_encoded_bytes();
                // Hidden files, and what editors leave while they save.
                !name.starts_with(b".") && !name.ends_with(b"~") && !name.ends_with(b".swp")
            })
        };
        if inside.into_iter().any(seen) {
            return true;
        }
        path.strip_prefix(&self.root).is_ok_and(|name| self.names.iter().any(|known| name == Path::new(known)))
    }
}

/// What a link leads to: its real path, and what the file system says of it. Nothing where it leads nowhere.
type OutputFile = Option<(PathBuf, u64, Option<SystemTime>, u64)>;

/// The symbolic links among what a site is made of. Neither what they lead to nor the links on the way there lie where
/// systems are asked to watch, so they are looked at again and again.
#[derive(Default)]
struct Links {
    targets: BTreeMap<PathBuf, OutputFile>,
    looked: Option<Instant>,
}

impl Links {
    /// All links at and below `folders`, and the settings directly in `root` where they are links.
    fn of(folders: [&Path; 4], root: &Path) -> Self {
        let mut links = Self::default();
        for folder in folders {
            for entry in WalkDir::new(folder).follow_links(true) {
                let link = match &entry {
                    Ok(entry) => entry.path_is_symlink().then(|| entry.path()),
                    // One that leads nowhere, or in a circle.
                    Err(error) => error.path().filter(|path| path.is_symlink()),
                };
                links.add(link);
            }
        }
        for entry in root.read_dir().into_iter().flatten().flatten() {
            let path = entry.path();
            links.add((path.is_symlink() && path.extension().is_some_and(|ending| ending == "toml")).then_some(&*path));
        }
        links.looked = Some(Instant::now());
        links
    }

    fn add(&mut self, link: Option<&Path>) {
        if let Some(link) = link {
            self.targets.insert(link.to_owned(), target(link));
        }
    }

    /// The folders that links lead to.
    fn folders(&self) -> impl Iterator<Item = PathBuf> {
        self.targets.values().flatten().map(|(real, ..)| real).filter(|real| real.is_dir()).cloned()
    }

    /// Whether one leads to something else than before. They are looked at once in `interval`.
    fn have_moved(&mut self, interval: Duration) -> bool {
        if self.looked.is_some_and(|looked| looked.elapsed() < interval) {
            return false;
        }
        let mut any = false;
        for (link, known) in &mut self.targets {
            let now = target(link);
            any |= *known != now;
            *known = now;
        }
        self.looked = Some(Instant::now());
        any
    }
}

fn target(link: &Path) -> OutputFile {
    let (real, found) = (link.canonicalize().ok()?, link.metadata().ok()?);
    let identity = identity(&real).unwrap_or_default();
    Some((real, found.len(), found.modified().ok(), identity))
}

/// What tells a folder from another one of its name; nothing where there is none.
fn identity(path: &Path) -> Option<u64> {
    let found = path.metadata().ok()?;
    #[cfg(unix)]
    return Some(std::os::unix::fs::MetadataExt::ino(&found));
    #[cfg(not(unix))]
    return found.created().ok()?.duration_since(std::time::UNIX_EPOCH).ok().map(|age| age.as_secs());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_links_lead_to_is_noticed_when_it_changes() {
        use std::fs;
        use std::os::unix::fs::symlink;

        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        for folder in ["site/galleries/Lake", "site/pages", "site/static", "site/themes", "disk/one", "disk/two"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for (file, text) in [("disk/a.jpg", "a"), ("disk/b.jpg", "b"), ("disk/one/c.jpg", "c"), ("disk/site.toml", "")]
        {
            fs::write(at(file), text).unwrap();
        }
        symlink(at("disk/a.jpg"), at("site/galleries/Lake/a.jpg")).unwrap();
        symlink(at("disk/now"), at("site/galleries/Sea")).unwrap();
        symlink(at("disk/one"), at("disk/now")).unwrap();
        symlink(at("disk/none.jpg"), at("site/galleries/none.jpg")).unwrap();
        symlink(at("disk/site.toml"), at("site/site.toml")).unwrap();
        let root = at("site");
        let all = || {
            let [galleries, pages, files, themes] =
                ["galleries", "pages", "static", "themes"].map(|name| root.join(name));
            Links::of([&galleries, &pages, &files, &themes], &root)
        };
        let mut links = all();
        let mut moved = || links.have_moved(Duration::ZERO);
        assert!(!moved());
        fs::write(at("disk/a.jpg"), "longer").unwrap();
        assert!(moved() && !moved());
        // Replaced by another file, as programs save.
        fs::write(at("disk/new"), "longer").unwrap();
        fs::rename(at("disk/new"), at("disk/a.jpg")).unwrap();
        assert!(moved() && !moved());
        fs::remove_file(at("site/galleries/Lake/a.jpg")).unwrap();
        symlink(at("disk/b.jpg"), at("site/galleries/Lake/a.jpg")).unwrap();
        assert!(moved() && !moved());
        // A link on the way to the folder.
        fs::remove_file(at("disk/now")).unwrap();
        symlink(at("disk/two"), at("disk/now")).unwrap();
        assert!(moved() && !moved());
        fs::write(at("disk/none.jpg"), "there").unwrap();
        assert!(moved() && !moved());
        fs::remove_file(at("disk/b.jpg")).unwrap();
        assert!(moved() && !moved());
        fs::write(at("disk/site.toml"), "title = \"Two\"").unwrap();
        assert!(moved() && !moved());
        assert_eq!(all().folders().collect::<Vec<_>>(), [at("disk/two").canonicalize().unwrap()]);
        assert!(!links.have_moved(Duration::from_secs(600)));
    }

    #[test]
    fn what_is_hidden_or_written_by_the_program_does_not_matter() {
        let interest = Interest {
            root: "/site".into(),
            names: vec!["site.toml".into(), "pages".into()],
            folders: vec!["/site/galleries".into(), "/site/pages".into()],
            outputs: vec!["/site/galleries/out".into()],
        };
        for path in ["/site/site.toml", "/site/pages", "/site/galleries/a/b.jpg"] {
            assert!(interest.matters(Path::new(path)), "{path}");
        }
        for path in [
            "/site",
            "/site/.safelight",
            "/site/notes.txt",
            "/site/pages/.about.md.swp",
            "/site/pages/about.md~",
            "/site/galleries/out/x",
        ] {
            assert!(!interest.matters(Path::new(path)), "{path}");
        }
    }
}
