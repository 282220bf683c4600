//! Until when a run may write: not beyond the time for which it holds the state, however long its computer slept on the way. A request
//! that is repeated later could put back what another run has withdrawn since.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::{Code, Error};

/// Shared by a run and the targets that it writes to.
#[derive(Debug, Default)]
pub struct Lease(Mutex<Option<(Moment, Duration)>>);

impl Lease {
    /// From now on writing ends so long after a moment.
    pub(super) fn hold(&self, since: Moment, length: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((since, length));
    }

    /// Nothing is written any longer, or on conditions alone.
    pub(super) fn release(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether the time is over.
    pub(super) fn is_over(&self) -> bool {
        let held = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.is_some_and(|(since, length)| since.elapsed() >= length)
    }
}

/// A moment from which on time is counted. The monotonic clock stands still while a computer sleeps, and the other one may be set:
/// the longer time counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    steady: Instant,
    wall: SystemTime,
}

impl Moment {
    #[expect(clippy::disallowed_methods, reason = "how long a state has been held is no part of a site")]
    pub(super) fn now() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.steady.elapsed().max(self.wall.elapsed().unwrap_or_default())
    }
}

/// What a run hears whose state another one has taken.
pub(super) fn lost() -> Error {
    Error::new(Code::TargetBusy, "another publish took over, because this one did nothing for too long")
        .hint("publish again")
}

/// What a run hears whose time is over.
pub(super) fn slept() -> Error {
    let message = "this publish did nothing for so long that another one may have begun: did the computer sleep?";
    Error::new(Code::TargetBusy, message).hint("publish again")
}
