//! The lock under which an object is compared and replaced, for places that know no conditional write.
//!
//! It is a file that only one can create. Whoever has it holds it for two or three requests; one that is older than a
//! minute, by the clock of the target, was left by a process that was killed, and is broken. Breaking needs care: two that
//! find the same old lock must not both remove "it", for the second would remove the new lock of the first. So a lock is
//! known by the second of its creation, and only who creates the marker with that number may remove it.

use std::io;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::deploy::Body;
use crate::deploy::lease::slept;
use crate::error::Code;
use crate::{Error, Result};

use super::FilesStore;
use super::primitives::{Access, Files, Told as _, is_vague};
use super::unfinished::UNFINISHED;

/// Seconds after which a lock was left by a killed process.
const DEAD_AFTER: i64 = 60;
/// How often one tries: with the pauses below that is about three minutes, in which a dead lock is broken long since.
const ATTEMPTS: u32 = 200;
/// How often a target may refuse to create the lock without a reason: some seconds.
const REFUSALS: u32 = 10;
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The lock, as long as it lives.
pub(super) struct Turn<'a, F: Files> {
    store: &'a FilesStore<F>,
    since: Timestamp,
}

/// The name of the lock.
pub(super) fn lock() -> String {
    format!("{UNFINISHED}/lock")
}

impl<'a, F: Files> Turn<'a, F> {
    /// Waits for one's turn.
    ///
    /// # Errors
    /// [`Code::TargetBusy`] where others have it for minutes or the lease is over, and what the target refuses.
    pub(super) fn wait(store: &'a FilesStore<F>) -> Result<Self> {
        let (files, lock) = (&store.files, lock());
        let (mut was_lost, mut refusals) = (false, 0);
        let mut pause = SHORTEST_PAUSE;
        for _ in 0..ATTEMPTS {
            match files.write_new(&lock, Access::Owner, Body::Bytes(&[])) {
                Ok(()) => {
                    let made = files.entry(&lock).or_refusal(files, "look at the lock in", "")?;
                    return Ok(Self { store, since: made.modified });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                // Nobody knows whether it was created; if so, it is broken in a minute.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset && !was_lost => was_lost = true,
                // Not every target says that a name is taken, and the lock may have gone before one could look.
                Err(error) if is_vague(&error) && refusals < REFUSALS => {
                    refusals += 1;
                }
                Err(error) => return Err(error).or_refusal(files, "create the lock in", ""),
            }
            if store.breaks_dead_lock(&lock)? {
                continue;
            }
            if files.is_stopped() {
                return Err(slept());
            }
            #[expect(clippy::disallowed_methods, reason = "no target tells when a file is removed on it")]
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Err(Error::new(Code::TargetBusy, format!("others keep the record in `{}` locked", files.name())))
    }

    /// Whether it was not broken meanwhile, because whoever has it was held up for longer than a minute.
    pub(super) fn is_ours(&self) -> bool {
        self.store.files.entry(&lock()).is_ok_and(|entry| entry.modified == self.since)
    }
}

impl<F: Files> Drop for Turn<'_, F> {
    fn drop(&mut self) {
        if self.is_ours() {
            // What cannot be removed now is broken in a minute.
            let _ = self.store.files.remove(&[lock().as_str()]);
        }
    }
}

impl<F: Files> FilesStore<F> {
    /// Removes the lock if it was left by a killed process; false where somebody has it.
    fn breaks_dead_lock(&self, lock: &str) -> Result<bool> {
        let files = &self.files;
        let found = match files.entry(lock) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            found => found.or_refusal(files, "look at the lock in", "")?,
        };
        let now = self.clock()?;
        let is_dead = |since: Timestamp| now.as_second() - since.as_second() > DEAD_AFTER;
        if !is_dead(found.modified) {
            return Ok(false);
        }
        // Who was to remove it may have been killed too; then the next number decides.
        for number in 0_u32.. {
            let marker = format!("{UNFINISHED}/broken-{}-{number}", found.modified.as_second());
            match files.write_new(&marker, Access::Owner, Body::Bytes(&[])) {
                Ok(()) => {
                    let removed = files.remove(&[lock]).pop().unwrap_or(Ok(()));
                    return match removed {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => {
                            Err(error).or_refusal(files, "remove the lock in", "")
                        }
                        _ => Ok(true),
                    };
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match files.entry(&marker) {
                    Ok(entry) if is_dead(entry.modified) => {}
                    _ => return Ok(false),
                },
                Err(error) => return Err(error).or_refusal(files, "break the lock in", ""),
            }
        }
        Ok(false)
    }
}
