//! One publish at a time: the state is taken before anything changes, renewed while the work goes on, and given back.
//!
//! Taking it is a conditional write that names what will change, so that whoever comes after a run that was killed knows which
//! files may be anything. A run that could not renew it in time stops: somebody else may have taken over.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::action::{each_once, perform};
use super::change::{Action, Change};
use super::header::{Header, Holder, Process, random_name};
use super::lease::{Lease, Moment, lost, slept};
use super::purge::PurgeList;
use super::state::States;
use super::store::{Condition, Headers, Put, Store, Version};
use crate::publish::Record;
use crate::{Code, Error, Result};

/// For how long a state is taken at least, unless it is renewed.
const LEASE: Duration = Duration::from_secs(120);
/// Before its end nothing new is begun: the clocks of two machines do not tick alike.
const MARGIN: Duration = Duration::from_secs(20);

/// For how long after its end a lease is still to be renewed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who publishes, and how.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Person and machine, or the job, for those who wait.
    pub who: String,
    /// A random name of this run: what it holds itself it does not wait for.
    pub run: String,
    /// Requests at once.
    pub threads: usize,
    /// For how long the state is taken; none for a time that fits its size.
    pub lease_length: Option<Duration>,
    /// An unguarded target is an error.
    pub strict: bool,
    /// What the target's store was opened with.
    pub lease: Arc<Lease>,
}

/// What happens meanwhile. Called from several threads.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Something that the owner should know.
    Warning(&'a Error),
    /// Files are sent, copied or removed.
    Progress {
        /// How many are done.
        done: usize,
        /// How many there are.
        total: usize,
    },
}

/// Hears of [`Event`]s.
pub type Listener<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// Gives the headers and the bytes of a wanted file.
pub type Contents<'a> = &'a (dyn Fn(&Record<'_>) -> Result<(Headers<'a>, Bytes)> + Sync);

/// The bytes of a wanted file.
#[derive(Clone, Debug)]
pub enum Bytes {
    /// Made here.
    Made(Vec<u8>),
    /// Those of a file.
    Of(std::path::PathBuf),
}

/// What a state says besides the files: its header, and the notes of the record of a build.
pub type Told = (Header, BTreeMap<String, Vec<u8>>);

/// Why the state was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// Somebody else holds it.
    Held(Holder),
    /// It is another one than was read: what was worked out from that counts no longer.
    Changed,
    /// Something else.
    Failed(Error),
}

impl From<Error> for NotTaken {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The state, taken for one change.
pub struct Session<'a> {
    states: &'a States<'a>,
    site: &'a dyn Store,
    change: &'a Change<'a>,
    terms: &'a Terms,
    cancel: &'a AtomicBool,
    notes: BTreeMap<String, Vec<u8>>,
    header: Header,
    version: Option<Version>,
    /// Whether the target honours conditions.
    is_guarded: bool,
    length: Duration,
    /// When it was last taken or renewed.
    since: Moment,
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("header", &self.header.holder).finish_non_exhaustive()
    }
}

impl<'a> Session<'a> {
    /// Takes the state for this change: `version` is the one that was read, `header` and `notes` are what it says from now on.
    ///
    /// # Errors
    /// Somebody else holds it or has changed it; a target that honours no conditions where `terms` are strict; its own errors.
    pub fn take(
        states: &'a States<'a>,
        site: &'a dyn Store,
        (version, (mut header, notes)): (Option<&Version>, Told),
        change: &'a Change<'a>,
        (terms, cancel, listener): (&'a Terms, &'a AtomicBool, Listener<'_>),
    ) -> Result<Self, NotTaken> {
        let others = |holder: &&Holder| holder.run != terms.run;
        if let Some(holder) = header.holder.as_ref().filter(others)
            && !holder.is_over(states.store.now()?)
        {
            return Err(NotTaken::Held(holder.clone()));
        }
        let is_guarded = states.is_guarded(&terms.run)?;
        if !is_guarded {
            let error = unguarded(states.store.name());
            if terms.strict {
                return Err(error.into());
            }
            listener(Event::Warning(&error));
        }
        // A state of a million files takes its time to write.
        let size = (change.online.len() + change.wanted.len()) as u64 / 10_000;
        let length = terms.lease_length.unwrap_or(LEASE + Duration::from_secs(size));
        let since = Moment::now();
        let now = states.store.now()?;
        // Who it was is nobody's business where everybody can read it.
        let who = if states.keys.is_some() { terms.who.clone() } else { "another publish".to_owned() };
        let process = states.keys.and_then(|_| Process::current());
        header.run.clone_from(&terms.run);
        header.holder = Some(Holder { run: terms.run.clone(), who, since: now, until: now, process });
        let version = version.cloned();
        let mut session =
            Self { states, site, change, terms, cancel, notes, header, version, is_guarded, length, since };
        match session.announce(now)? {
            Put::Stored(version) => session.version = Some(version),
            Put::Refused => return Err(NotTaken::Changed),
        }
        Ok(session)
    }

    /// Writes the state with what will change, and with who holds it from now on.
    fn announce(&mut self, now: Timestamp) -> Result<Put> {
        let began = Moment::now();
        self.header.nonce = random_name()?;
        let length = SignedDuration::try_from(self.length).unwrap_or(SignedDuration::MAX);
        if let Some(holder) = &mut self.header.holder {
            holder.until = now.checked_add(length).unwrap_or(Timestamp::MAX);
        }
        let put = self.states.write(&self.header, &self.notes, || self.change.announced(), self.condition())?;
        self.since = began;
        if matches!(put, Put::Stored(_)) {
            self.terms.lease.hold(began, self.at_most());
        }
        Ok(put)
    }

    /// For how long something new is begun. Beyond, somebody else may hold the state.
    fn at_most(&self) -> Duration {
        self.length.saturating_sub(MARGIN.min(self.length / 4))
    }

    /// Only over the writing that is known; in any case where the target knows no conditions.
    fn condition(&self) -> Condition<'_> {
        match &self.version {
            _ if !self.is_guarded => Condition::Always,
            Some(version) => Condition::Unchanged(version),
            None => Condition::Absent,
        }
    }

    /// Renews the state when half of the time is over; later, too, where the target tells whether somebody else has taken it.
    fn keep(&mut self) -> Result<()> {
        let is_over = self.terms.lease.is_over();
        if !is_over && self.since.elapsed() < self.length / 2 {
            return Ok(());
        }
        if is_over && !self.is_guarded {
            return Err(slept());
        }
        let now = self.states.store.now()?;
        match self.announce(now)? {
            Put::Stored(version) => {
                self.version = Some(version);
                Ok(())
            }
            Put::Refused => Err(lost()),
        }
    }

    /// Carries the change out, wave by wave. `withdraws`: nothing stops it but the target, neither Ctrl-C nor what fails
    /// on the way.
    ///
    /// # Errors
    /// What could not be done. What has been done is marked in the change.
    pub fn carry_out(
        &mut self,
        contents: Contents<'_>,
        withdraws: bool,
        listener: Listener<'_>,
    ) -> Result<(), Vec<Error>> {
        let waves = self.change.waves();
        let total = waves.iter().map(Vec::len).sum();
        let done = AtomicUsize::new(0);
        let mut errors = Vec::new();
        for wave in waves {
            let told = || listener(Event::Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
            if let Err(failed) = self.wave(&wave, contents, withdraws, &told) {
                errors.extend(failed);
                if !withdraws {
                    break;
                }
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn wave(
        &mut self,
        wave: &[Action],
        contents: Contents<'_>,
        withdraws: bool,
        told: &(dyn Fn() + Sync),
    ) -> Result<(), Vec<Error>> {
        let batch = match wave {
            [Action::Remove(_), ..] => self.site.delete_batch().max(1),
            _ => 1,
        };
        let next = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        let errors: Mutex<Vec<Error>> = Mutex::default();
        let running = Mutex::new(0_usize);
        let ended = Condvar::new();
        let (site, change, cancel) = (self.site, self.change, self.cancel);
        let workers = self.terms.threads.clamp(1, wave.len().div_ceil(batch));
        let lease = &*self.terms.lease;
        let fail = |error: Error| {
            if !withdraws {
                stop.store(true, Ordering::Relaxed);
            }
            errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        };
        let work = || loop {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            if !withdraws && cancel.load(Ordering::Relaxed) {
                stop.store(true, Ordering::Relaxed);
                return fail(Error::new(Code::Interrupted, "the publish was stopped before it was complete"));
            }
            let begin = next.fetch_add(batch, Ordering::Relaxed);
            let Some(actions) = wave.get(begin..wave.len().min(begin + batch)).filter(|some| !some.is_empty()) else {
                return;
            };
            for is_last in [false, false, true] {
                // After a sleep the lease may still be renewed, where nobody else has taken over: whoever keeps it does so, or stops all.
                while lease.is_over() && !stop.load(Ordering::Relaxed) {
                    std::thread::park_timeout(Duration::from_millis(50));
                }
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let failed = perform(site, change, actions, contents, told);
                if is_last || !failed.iter().any(|error| error.code == Code::TargetBusy) {
                    failed.into_iter().for_each(fail);
                    break;
                }
            }
        };
        std::thread::scope(|scope| {
            *running.lock().unwrap_or_else(PoisonError::into_inner) = workers;
            for _ in 0..workers {
                scope.spawn(|| {
                    work();
                    *running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
                    ended.notify_all();
                });
            }
            let mut left = running.lock().unwrap_or_else(PoisonError::into_inner);
            while *left > 0 {
                let pause = Duration::from_millis(500).min(self.length / 8);
                left = ended.wait_timeout(left, pause).unwrap_or_else(PoisonError::into_inner).0;
                if *left == 0 {
                    break;
                }
                drop(left);
                match self.keep() {
                    Ok(()) => {}
                    // Others hold it: stop at once. What else fails is tried again until the time is over.
                    Err(error) if error.code == Code::TargetBusy => {
                        stop.store(true, Ordering::Relaxed);
                        fail(error);
                    }
                    Err(_) if !lease.is_over() || self.since.elapsed() < self.length + PATIENCE => {}
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        fail(error);
                    }
                }
                left = running.lock().unwrap_or_else(PoisonError::into_inner);
            }
        });
        let errors = errors.into_inner().unwrap_or_else(PoisonError::into_inner);
        if errors.is_empty() { Ok(()) } else { Err(each_once(errors)) }
    }

    /// The header and the notes, for what a publish adds to them before it gives the state back.
    pub fn record_mut(&mut self) -> (&mut Header, &mut BTreeMap<String, Vec<u8>>) {
        (&mut self.header, &mut self.notes)
    }

    /// Gives the state back, with what lies there now.
    ///
    /// # Errors
    /// Those of the target; somebody else who has taken over. The next publish then finds what was announced.
    pub fn give_back(mut self) -> Result<GivenBack<'a>> {
        // This writing is refused where somebody else has written.
        self.terms.lease.release();
        self.header.holder = None;
        self.header.nonce = random_name()?;
        let put = self.states.write(&self.header, &self.notes, || self.change.reached(), self.condition())?;
        match put {
            Put::Stored(version) => {
                self.version = Some(version);
                Ok(GivenBack(self))
            }
            Put::Refused => Err(lost()),
        }
    }
}

/// A state that was given back, and what caches have not been told yet.
#[derive(Debug)]
pub struct GivenBack<'a>(Session<'a>);

impl GivenBack<'_> {
    /// What caches must be told.
    pub fn pending(&self) -> &PurgeList {
        &self.0.header.pending
    }

    /// Notes that they were told. Where somebody else has changed the state meanwhile, they are told once more.
    ///
    /// # Errors
    /// Those of the target.
    pub fn caches_were_told(mut self) -> Result<()> {
        if self.pending().is_empty() {
            return Ok(());
        }
        self.0.header.pending = PurgeList::default();
        self.0.header.nonce = random_name()?;
        let session = &self.0;
        session
            .states
            .write(&session.header, &session.notes, || session.change.reached(), session.condition())
            .map(drop)
    }
}

fn unguarded(target: &str) -> Error {
    Error::new(
        Code::TargetUnguarded,
        format!("{target} ignores conditions on writing, so two publishes at once could undo each other"),
    )
    .hint("let only one job publish at a time, as with `concurrency` in GitHub Actions")
}
