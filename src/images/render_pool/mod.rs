//! Many photographs rendered at once, each in a child process, so that a photograph which crashes
//! a native codec costs itself and nothing else.
//!
//! Each thread of a run owns at most one child: this same program, started again with
//! [`HIDDEN_WORD`]. It takes one order at a time over its standard input, reads the source itself,
//! writes the finished pixels straight into the [`Cache`], and answers with a few bytes. A child
//! that dies fails the photograph it held; the next order starts another. What a photograph comes to
//! is its own fate and not its neighbours': a child that keeps much memory is ended after its
//! photograph, and one that fails for lack of it, or in a child that others have used, is tried
//! again in a fresh one.
//!
//! This module hands out and collects. It decides neither what is rendered nor how: that is the
//! [`Renderer`].

mod child;
mod child_main;
#[cfg(debug_assertions)]
mod fault_injection;
mod protocol;
mod scheduler;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cache::{Cache, Key};
use crate::{Code, Error, Result};

use child::{ChildPipe, Verdict, Worker};
pub use child_main::child_main;
use scheduler::Queue;

/// First argument of a child process. The command line hands over to [`child_main`] before it
/// parses anything else.
pub const HIDDEN_WORD: &str = "__render";

/// How often a run looks at the cancel flag.
const CANCEL_INTERVAL: Duration = Duration::from_millis(50);

/// How photographs are rendered, as the workshop sees it. One value lives in each child and keeps
/// its buffers from one photograph to the next.
pub trait Renderer {
    /// What is to be made: one derivative.
    type Recipe: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Renders one source, and encodes the recipes for which `wanted`, a list as long, says so.
    ///
    /// The others are there because sizes are reduced from one another: what is not wanted now
    /// still decides the pixels of what is.
    ///
    /// # Errors
    /// Why there is nothing.
    fn render(
        &mut self,
        source: &[u8],
        orientation: u8,
        recipes: &[Self::Recipe],
        wanted: &[bool],
    ) -> Result<Finished, Unfinished>;

    /// Gives back buffers that are larger than most photographs need. Called after every photograph.
    fn trim(&mut self);

    /// Drops every buffer. Called after a panic, which may have left them half-changed.
    fn reset(&mut self);
}

/// What a [`Renderer`] made of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// The encoded derivatives, in the order of the recipes; empty where not wanted.
    pub encoded: Vec<Vec<u8>>,
    /// Mean colour in sRGB.
    pub colour: [u8; 3],
    /// What was odd but not wrong; one sentence each.
    pub warnings: Vec<String>,
}

/// Why a [`Renderer`] made nothing of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// One sentence without a full stop, about "it".
    pub reason: String,
    /// Whether memory was lacking, which may be the fault of what was rendered before: it is tried once more.
    pub for_memory: bool,
}

/// One photograph and what is to be made of it.
#[derive(Clone, Debug)]
pub struct Job<R> {
    /// The source, absolute or from the current directory.
    pub path: PathBuf,
    /// Its size in bytes when it was read for the catalog.
    pub size: u64,
    /// The SHA-256 of its content then.
    pub sha256: [u8; 32],
    /// The EXIF orientation it is shown in, 1 to 8.
    pub orientation: u8,
    /// Everything that is made of this photograph, whether the cache has it or not.
    pub derivatives: Vec<Derivative<R>>,
    /// Where its [`super::cache::Facts`] go, by [`Key::facts`].
    pub facts: Key,
    /// Estimate of the memory it takes at its peak, in bytes.
    pub memory: u64,
}

/// One file to be made of a photograph.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Derivative<R> {
    /// How it is made.
    pub recipe: R,
    /// Where it goes, by [`Key::derivative`].
    pub key: Key,
    /// Whether it is to be made now; false where the cache has it.
    pub wanted: bool,
}

/// What became of one [`Job`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All its wanted derivatives and its facts are in the cache.
    Made {
        /// Mean colour in sRGB.
        colour: [u8; 3],
        /// Sizes of the derivatives in bytes, in their order; 0 where not wanted.
        bytes: Vec<u64>,
        /// What was odd but not wrong; one sentence each.
        warnings: Vec<String>,
        /// Processor time it took, in milliseconds. Differs from run to run: never for the site.
        cpu_milliseconds: u64,
    },
    /// It cannot be made, and the others go on.
    Failed {
        /// One sentence without a full stop, about "it".
        reason: String,
    },
    /// The user stopped the run before it was made.
    Cancelled,
}

/// Renders jobs in parallel.
#[derive(Clone, Debug)]
pub struct Workshop {
    threads: usize,
    memory: u64,
    cancel: Arc<AtomicBool>,
    executable: Option<PathBuf>,
    patience: Duration,
}

impl Workshop {
    /// A workshop of `threads` (at least one) children, whose jobs together take about `memory`
    /// bytes at most; a job that needs more by itself runs alone. Setting `cancel` stops a run
    /// within a moment.
    pub fn new(threads: usize, memory: u64, cancel: Arc<AtomicBool>) -> Self {
        let patience = Duration::from_secs(10 * 60);
        Self { threads: threads.max(1), memory, cancel, executable: None, patience }
    }

    /// Children run this program instead of the one that is running.
    #[must_use]
    pub fn executable(mut self, executable: impl Into<PathBuf>) -> Self {
        self.executable = Some(executable.into());
        self
    }

    /// Processor time one photograph may take before it is given up, in whole seconds.
    /// Default: ten minutes.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Renders all jobs, the largest first so that every core is busy to the end.
    ///
    /// `on_done` is called on the calling thread as each job ends, in the order in which they end;
    /// jobs that were cancelled are not told. The outcomes come back in the order of the jobs.
    ///
    /// # Errors
    /// Where the fault is no photograph's: the cache cannot be written, or no child can be
    /// started. What was finished until then stays in the cache.
    pub fn run<C: Renderer>(
        &self,
        jobs: &[Job<C::Recipe>],
        cache: &Cache,
        on_done: &dyn Fn(usize, &Outcome),
    ) -> Result<Vec<Outcome>> {
        let mut outcomes = vec![Outcome::Cancelled; jobs.len()];
        if self.cancel.load(Ordering::Relaxed) {
            return Ok(outcomes);
        }
        let queue = Queue::new(jobs.iter().map(|job| job.memory).enumerate(), self.memory);
        let lines: Vec<ChildPipe> = (0..self.threads.min(jobs.len())).map(|_| ChildPipe::default()).collect();
        // A pool of its own: its threads wait for children, and would keep others from working.
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(lines.len().max(1)).thread_name(|_| "workshop".into()).build();
        let pool = pool.map_err(|error| {
            Error::new(Code::CannotStart, format!("cannot start threads: {error}")).caused_by(error)
        })?;
        let mut trouble = None;
        pool.in_place_scope(|scope| {
            let (tell, hear) = mpsc::channel();
            for line in &lines {
                let tell = tell.clone();
                let queue = &queue;
                scope.spawn(move |_| {
                    let mut worker = Worker::new(self.executable.as_deref(), line, cache.folder(), self.patience);
                    while let Some(ticket) = queue.take() {
                        let verdict = worker.work::<C>(&jobs[ticket.index()]);
                        if tell.send((ticket.index(), verdict)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(tell);
            let mut cut = false;
            loop {
                match hear.recv_timeout(CANCEL_INTERVAL) {
                    Ok((index, Verdict::Done(outcome))) => {
                        outcomes[index] = outcome;
                        on_done(index, &outcomes[index]);
                    }
                    Ok((_, Verdict::Cut)) | Err(RecvTimeoutError::Timeout) => {}
                    Ok((_, Verdict::Trouble(error))) => {
                        queue.close();
                        trouble.get_or_insert(error);
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if !cut && self.cancel.load(Ordering::Relaxed) {
                    cut = true;
                    queue.close();
                    lines.iter().for_each(ChildPipe::cut);
                }
            }
        });
        trouble.map_or(Ok(outcomes), Err)
    }
}
