//! One at a time: locks that die with the process that held them, and how to wait for one.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::{Code, Error, Result};
use crate::files::closed_or;

/// The name of the lock that every build takes, in the folder with the site's state.
const OF_STATE: &str = "lock";
/// What is told of who holds it.
const BUILDING: &str = "another build of this site is running";
/// How often a lock that is taken is tried again. A flock tells nobody that it has become free.
const NEXT_TRY: Duration = Duration::from_millis(50);
/// What a lock's file holds at most.
const LONGEST_NOTE: u64 = 200;

/// A lock that is held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The one who held it before was killed.
    left_by_a_killed: bool,
}

/// What keeps others from changing a site while it is looked at.
#[derive(Debug)]
pub struct Looking {
    _file: Option<File>,
}

/// Who holds a lock, by what its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process: u32,
    /// Its command, as in `build`; empty where it is not known.
    pub command: String,
    /// When it took the lock.
    pub since: Option<SystemTime>,
}

/// How to wait for a lock.
#[derive(Clone, Copy)]
pub struct Patience<'a> {
    /// The command that waits, for those who will wait for it.
    pub command: &'a str,
    /// How long it waits at most.
    pub at_most: Duration,
    /// Set to stop waiting.
    pub cancel: Option<&'a AtomicBool>,
    /// Told for whom it waits, each once.
    pub tell: &'a dyn Fn(&Holder),
}

impl Patience<'_> {
    /// Waits for nobody.
    pub const NONE: Patience<'static> = Patience { command: "", at_most: Duration::ZERO, cancel: None, tell: &|_| () };

    /// Calls `attempt` until it gives something; `holder` reads who stands in the way.
    fn wait<T>(
        &self,
        (path, what): (&Path, &str),
        holder: impl Fn() -> Option<Holder>,
        mut attempt: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long a caller waits for another process is no part of a site"
        )]
        let began = Instant::now();
        let mut told = None;
        loop {
            if let Some(found) = attempt()? {
                return Ok(found);
            }
            if self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
                return Err(Error::new(
                    Code::Interrupted,
                    "nothing was changed, because another command was still running",
                ));
            }
            let holder = holder();
            if began.elapsed() >= self.at_most {
                return Err(taken(what, holder.as_ref(), self.at_most).at(path));
            }
            // Between taking a lock and noting who has it there is a moment.
            if let Some(holder) = holder.filter(|holder| told.as_ref() != Some(holder)) {
                (self.tell)(&holder);
                told = Some(holder);
            }
            #[expect(clippy::disallowed_methods, reason = "no file system tells when a lock is released")]
            std::thread::sleep(NEXT_TRY.min(self.at_most.saturating_sub(began.elapsed())));
        }
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("command", &self.command)
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

impl Holder {
    /// Reads what [`Self::note`] wrote. The file may be empty, half written, or of an older version, which noted the
    /// process alone.
    fn of_note(note: &str) -> Option<Self> {
        let mut lines = note.lines();
        let process = lines.next()?.trim().parse().ok()?;
        let command = lines.next().unwrap_or_default();
        let is_name = command.bytes().all(|byte| byte.is_ascii_lowercase() || b" -".contains(&byte));
        let since = lines.next().and_then(|seconds| seconds.trim().parse().ok());
        Some(Self {
            process,
            command: if is_name { command.to_owned() } else { String::new() },
            since: since.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
        })
    }

    fn note(command: &str) -> String {
        #[expect(clippy::disallowed_methods, reason = "a note for people who wait, no part of a site")]
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        format!("{}\n{command}\n{seconds}\n", std::process::id())
    }
}

/// As in "`safelight build` (process 4711), which began 12 s ago".
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.command.as_str() {
            "" => write!(f, "process {}", self.process)?,
            command => write!(f, "`safelight {command}` (process {})", self.process)?,
        }
        // A clock that was set back meanwhile tells nothing.
        match self.since.and_then(|since| since.elapsed().ok()).map(|time| time.as_secs()) {
            Some(seconds @ 0..120) => write!(f, ", started {seconds} s ago"),
            Some(seconds) => write!(f, ", started {} min ago", seconds / 60),
            None => Ok(()),
        }
    }
}

fn taken(what: &str, holder: Option<&Holder>, waited: Duration) -> Error {
    let mut message = what.to_owned();
    if let Some(holder) = holder {
        message.push_str(&format!(": {holder}"));
    }
    if waited.as_secs() > 0 {
        message.push_str(&format!("; waited {} s", waited.as_secs()));
    }
    Error::new(Code::Locked, message)
        .hint("wait until it ends, or stop it; locks of dead processes need no cleaning up")
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Who finds the number knows that its process did not come to this.
        let _ = self.file.set_len(0);
        // A child process that is just being started holds a copy of the open file until it runs its own program;
        // closing ours would not end the lock then, unlocking does.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Locks the folder with the site's state, as every build does. The folder must be there.
    ///
    /// # Errors
    ///
    /// [`Code::Locked`] when another command has it for longer than one waits, [`Code::Interrupted`] when the
    /// waiting was stopped; I/O errors.
    pub fn of_state(folder: &Path, patience: &Patience<'_>) -> Result<Self> {
        Self::of_file(&folder.join(OF_STATE), BUILDING, patience)
    }

    /// Waits until nobody has the folder with the site's state locked, and keeps others from it as long as what is given
    /// lives; who looks does not keep others from looking. Nothing is made or written.
    ///
    /// # Errors
    ///
    /// As [`Self::of_state`], but for I/O errors.
    pub fn for_looking(folder: &Path, patience: &Patience<'_>) -> Result<Looking> {
        let path = folder.join(OF_STATE);
        let holder = || File::open(&path).ok().as_mut().and_then(holder_of);
        patience.wait((&path, BUILDING), holder, || {
            // What is not there, or may not be opened, nobody waits for.
            let Ok(file) = File::open(&path) else { return Ok(Some(Looking { _file: None })) };
            let is_taken = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
            Ok((!is_taken).then_some(Looking { _file: Some(file) }))
        })
    }

    /// Whether the process that held this lock before did not end by itself, and may have left things unfinished.
    pub(crate) fn is_left_by_a_killed(&self) -> bool {
        self.left_by_a_killed
    }

    /// Locks a file of ours, made where it is missing. The file names the process that holds it, for the message that
    /// another one shows; `what` begins that message.
    ///
    /// # Errors
    ///
    /// As [`Self::of_state`].
    pub fn of_file(path: &Path, what: &str, patience: &Patience<'_>) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| {
            closed_or(path, error, |error| {
                let refusal = Error::io(Code::CannotLock, "open the lock", path, error);
                match refusal.code {
                    Code::DiskFull => refusal.hint("free some disk space, then run the command again"),
                    _ => refusal,
                }
            })
        })?;
        let holder = || file.try_clone().ok().as_mut().and_then(holder_of);
        patience.wait((path, what), holder, || match file.try_lock() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io(Code::CannotLock, "lock", path, error)),
        })?;
        let left_by_a_killed = file.metadata().is_ok_and(|metadata| metadata.len() > 0);
        // The lock holds without the note, and on a full disk takedowns must still be possible.
        let note = Holder::note(patience.command);
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(note.as_bytes()));
        Ok(Self { file, left_by_a_killed })
    }

    /// Whether nobody holds a lock on this file or folder; nothing is made, and nothing is locked afterwards.
    pub(crate) fn is_free(path: &Path) -> bool {
        // What is not there, or may not be opened, cannot be asked.
        !File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// What to tell where [`Self::is_free`] says no, and nobody waits.
    pub(crate) fn taken(path: &Path) -> Error {
        taken(BUILDING, File::open(path).ok().as_mut().and_then(holder_of).as_ref(), Duration::ZERO).at(path)
    }

    /// Locks a folder itself, so that nothing needs to lie in it; `None` where the system cannot lock a folder.
    pub(crate) fn of_folder(path: &Path) -> Result<Option<Self>> {
        if !cfg!(unix) {
            return Ok(None);
        }
        let file =
            File::open(path).map_err(|error| Error::io(Code::CannotRead, "open the output folder", path, error))?;
        // Who asks whether it is free has it for a moment.
        let brief = Patience { at_most: Duration::from_secs(1), ..Patience::NONE };
        let what = "a build of another site is writing to this folder";
        let locked = brief.wait(
            (path, what),
            || None,
            || match file.try_lock() {
                Ok(()) => Ok(Some(true)),
                Err(TryLockError::WouldBlock) => Ok(None),
                // Network file systems that cannot lock folders: the state folder's lock is what remains.
                Err(TryLockError::Error(_)) => Ok(Some(false)),
            },
        );
        let hint = "wait until it ends, or give each site its own output folder";
        Ok(locked.map_err(|error| error.hint(hint))?.then_some(Self { file, left_by_a_killed: false }))
    }
}

/// Who has a lock, by its file. Only for messages, so what cannot be read is left out.
fn holder_of(file: &mut File) -> Option<Holder> {
    let mut note = String::new();
    file.rewind().ok()?;
    file.take(LONGEST_NOTE).read_to_string(&mut note).ok()?;
    Holder::of_note(&note)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn patience<'a>(tell: &'a dyn Fn(&Holder), cancel: &'a AtomicBool) -> Patience<'a> {
        Patience { command: "share", at_most: Duration::from_secs(60), cancel: Some(cancel), tell }
    }

    #[test]
    fn who_waits_is_told_for_whom_and_goes_on_when_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::of_state(folder.path(), &Patience { command: "build", ..Patience::NONE }).unwrap();
        let (held, cancel, told) = (Mutex::new(Some(first)), AtomicBool::new(false), Mutex::new(Vec::new()));
        // It becomes free only when somebody was told.
        let tell = |holder: &Holder| {
            told.lock().unwrap().push((holder.process, holder.command.clone(), holder.since.is_some()));
            drop(held.lock().unwrap().take());
        };
        let second = Lock::of_state(folder.path(), &patience(&tell, &cancel)).unwrap();
        assert_eq!(*told.lock().unwrap(), [(std::process::id(), "build".to_owned(), true)]);
        assert!(!second.is_left_by_a_killed());
        let error = Lock::of_state(folder.path(), &Patience::NONE).unwrap_err();
        assert_eq!(error.code, Code::Locked);
        assert!(error.message.contains(&format!("`safelight share` (process {})", std::process::id())), "{error}");
    }

    #[test]
    fn waiting_ends_when_it_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Lock::of_state(folder.path(), &Patience::NONE).unwrap();
        let cancel = AtomicBool::new(false);
        let tell = |_: &Holder| cancel.store(true, Ordering::Relaxed);
        let stopped = |result: Result<()>| assert_eq!(result.unwrap_err().code, Code::Interrupted);
        stopped(Lock::of_state(folder.path(), &patience(&tell, &cancel)).map(drop));
        cancel.store(false, Ordering::Relaxed);
        stopped(Lock::for_looking(folder.path(), &patience(&tell, &cancel)).map(drop));
    }

    #[test]
    fn who_looks_keeps_writers_away_and_others_may_look_too() {
        let folder = tempfile::tempdir().unwrap();
        // Where nothing was ever locked nothing is made.
        drop(Lock::for_looking(folder.path(), &Patience::NONE).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(Lock::of_state(folder.path(), &Patience::NONE).unwrap());
        let looking = Lock::for_looking(folder.path(), &Patience::NONE).unwrap();
        assert!(Lock::is_free(&folder.path().join(OF_STATE)));
        drop(Lock::for_looking(folder.path(), &Patience::NONE).unwrap());
        assert_eq!(Lock::of_state(folder.path(), &Patience::NONE).unwrap_err().code, Code::Locked);
        drop(looking);
        Lock::of_state(folder.path(), &Patience::NONE).unwrap();
    }

    #[test]
    fn a_note_of_an_older_version_or_of_nobody_is_no_obstacle() {
        let of = |process, command: &str, since: Option<u64>| {
            let since = since.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
            Some(Holder { process, command: command.to_owned(), since })
        };
        assert_eq!(Holder::of_note("4711"), of(4711, "", None));
        assert_eq!(Holder::of_note("4711\nnext-expiry\n90\n"), of(4711, "next-expiry", Some(90)));
        assert_eq!(Holder::of_note("4711\n\u{1b}[2J\nx\n"), of(4711, "", None));
        assert_eq!(Holder::of_note(""), None);
        assert_eq!(of(7, "serve", None).unwrap().to_string(), "`safelight serve` (process 7)");
    }
}
