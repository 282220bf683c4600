//! How often and after which pauses a request is repeated.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Answer, Watch};
use crate::deploy::lease::slept;
use crate::{Error, Result};

/// The longest pause for an owner who wants to stop.
const HURRY: Duration = Duration::from_secs(2);

/// How patient a client is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// The largest number of attempts.
    pub attempts: u32,
    /// The pause after the first failure; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// No attempt starts later than this after the first failure.
    pub total: Duration,
}

/// What came of one attempt.
#[derive(Debug)]
pub(super) enum Outcome<T> {
    /// Another attempt would end like this one.
    Final(Result<T>),
    /// Another attempt may end differently.
    Again {
        /// What to give if there is none.
        last: Result<T>,
        /// How long the server asks to wait.
        wait: Option<Duration>,
        /// Whether it is likely to be better within a minute; three attempts suffice otherwise.
        patiently: bool,
    },
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Failure {
    /// In words.
    pub error: Box<Error>,
    /// Whether another attempt may end differently, and if so, whether within a minute rather than at once.
    pub again: Option<bool>,
}

impl<T> From<Failure> for Outcome<T> {
    fn from(failure: Failure) -> Self {
        match failure.again {
            None => Self::Final(Err(*failure.error)),
            Some(patiently) => Self::Again { last: Err(*failure.error), wait: None, patiently },
        }
    }
}

impl Retry {
    /// For services in the network: about a minute.
    pub(crate) const PATIENT: Self = Self {
        attempts: 12,
        first: Duration::from_millis(200),
        longest: Duration::from_secs(10),
        total: Duration::from_secs(60),
    };

    /// For services that somebody waits for.
    pub(crate) const BRIEF: Self = Self { attempts: 3, total: Duration::from_secs(20), ..Self::PATIENT };

    /// No second attempt.
    pub(crate) const ONCE: Self = Self { attempts: 1, ..Self::PATIENT };

    /// Repeats `attempt` until its outcome is final, or patience ends.
    ///
    /// # Errors
    /// The last attempt's; [`Code::TargetBusy`] if the lease is over when another attempt is due.
    pub(super) fn run<T>(&self, watch: &Watch, mut attempt: impl FnMut() -> Outcome<T>) -> Result<T> {
        let mut failed_first = None;
        for number in 1.. {
            let (last, wait, patiently) = match attempt() {
                Outcome::Final(result) => return result,
                Outcome::Again { last, wait, patiently } => (last, wait, patiently),
            };
            let is_in_hurry = watch.hurry.load(Ordering::Relaxed);
            let attempts = if patiently && !is_in_hurry { self.attempts } else { self.attempts.min(3) };
            let pause = wait.unwrap_or_else(|| self.pause(number)).min(if is_in_hurry { HURRY } else { self.total });
            #[expect(clippy::disallowed_methods, reason = "patience with a server ends by the clock")]
            let now = Instant::now();
            let since = now.duration_since(*failed_first.get_or_insert(now));
            // A large file may take longer than all patience: it gets a second and a third chance.
            if number >= attempts || (number >= 3 && since + pause > self.total) {
                return last;
            }
            if !sleep(pause, watch) {
                return Err(slept());
            }
        }
        unreachable!("attempts are counted without end")
    }

    /// The pause after this many failures: half of it fixed, half by chance, so that threads which failed together do not come
    /// back together.
    fn pause(&self, failures: u32) -> Duration {
        let whole = self.first.saturating_mul(1 << (failures - 1).min(16)).min(self.longest);
        let chance = RandomState::new().hash_one(failures) % 1024;
        whole / 2 + whole.mul_f64(chance as f64 / 2048.0)
    }
}

/// How long the server asks to wait, in whole seconds.
pub(super) fn wanted_pause(answer: &Answer) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// Waits, no longer than until the owner wants to stop; `false` if the lease ended meanwhile.
fn sleep(pause: Duration, watch: &Watch) -> bool {
    let slice = Duration::from_millis(50);
    let mut left = pause;
    let is_in_hurry = || watch.hurry.load(Ordering::Relaxed);
    let was_in_hurry = is_in_hurry();
    while !watch.lease.is_over() {
        if left.is_zero() || (is_in_hurry() && !was_in_hurry) {
            return true;
        }
        let now = left.min(slice);
        #[expect(clippy::disallowed_methods, reason = "a server that is overloaded tells nobody when it is not")]
        std::thread::sleep(now);
        left -= now;
    }
    false
}
