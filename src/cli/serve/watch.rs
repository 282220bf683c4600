//! Notices that a file of the site has changed.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::{Config as Settings, Event, EventKind, PollWatcher, RecursiveMode, Watcher};
use safelight::config::Config;

/// So long nothing may change before a rebuild: programs write a file in several steps.
const QUIET: Duration = Duration::from_millis(120);
/// So long a rebuild is put off at most while files keep changing.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often files are looked at where the system tells nothing.
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
        let mut watch = Self { watcher, sender, changes, interest, watched: BTreeMap::new(), polls };
        let folder = site_file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let root = real(folder);
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
        let folders =
            [&config.galleries, &config.pages, &config.static_files, &config.themes].map(|folder| real(folder));
        let root = real(&config.root);
        let mut wanted = BTreeMap::from([(root.clone(), RecursiveMode::NonRecursive)]);
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
            interest.folders = folders.to_vec();
            interest.outputs = own.iter().map(|folder| real(folder)).collect();
        }
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
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
    pub(super) fn wait(&self, long: Duration) -> bool {
        match self.changes.recv_timeout(long) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
        }
        let first = Instant::now();
        while first.elapsed() < PATIENCE && self.changes.recv_timeout(QUIET).is_ok() {}
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

/// What tells a folder from another one of its name; nothing where there is none.
fn identity(path: &Path) -> Option<u64> {
    let found = path.metadata().ok()?;
    #[cfg(unix)]
    return Some(std::os::unix::fs::MetadataExt::ino(&found));
    #[cfg(not(unix))]
    return found.created().ok()?.duration_since(std::time::UNIX_EPOCH).ok().map(|age| age.as_secs());
}

/// The absolute path, through links as far as it exists: events name real paths.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
