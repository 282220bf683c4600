//! The site as shown now, shared between the builder and the threads that answer browsers.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use safelight::Error;

/// What is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Grows whenever pages would look different.
    pub(super) revision: u64,
    /// The folder of the last good site; none before there is one.
    pub(super) root: Option<PathBuf>,
    /// The path below which the site lies, with slashes at both ends.
    pub(super) base: String,
    /// Why the site is not what its files say.
    pub(super) errors: Vec<Error>,
    /// Folders below the root that show a gallery which no living link opens.
    pub(super) previews: Arc<[String]>,
    /// Photographs rendered and to render, while the first build goes on.
    pub(super) progress: Option<(usize, usize)>,
}

/// [`Shown`], with those who wait for it to change.
pub(super) struct Stage {
    shown: Mutex<Shown>,
    changed: Condvar,
}

impl Stage {
    /// Revisions count from `first`, which differs from one run of the program to the next: a page that stayed open must
    /// not take a new run for the old one.
    pub(super) fn new(first: u64) -> Self {
        let shown = Shown { revision: first, base: "/".to_owned(), ..Shown::default() };
        Self { shown: Mutex::new(shown), changed: Condvar::new() }
    }

    pub(super) fn now(&self) -> Shown {
        self.lock().clone()
    }

    /// Shows something else, and tells everybody.
    pub(super) fn show(&self, change: impl FnOnce(&mut Shown)) {
        let mut shown = self.lock();
        change(&mut shown);
        shown.revision += 1;
        drop(shown);
        self.changed.notify_all();
    }

    /// Notes how far the build is, which nobody needs to be told.
    pub(super) fn progress(&self, done: usize, total: usize) {
        self.lock().progress = Some((done, total));
    }

    /// Waits until the revision is not `known`, or for `long` at most. Returns the revision.
    pub(super) fn wait(&self, known: u64, long: Duration) -> u64 {
        let waited = self.changed.wait_timeout_while(self.lock(), long, |shown| shown.revision == known);
        waited.unwrap_or_else(PoisonError::into_inner).0.revision
    }

    /// A thread that panicked left a whole value behind: every change is one assignment.
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
