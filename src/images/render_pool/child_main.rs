//! The child: takes orders, renders, answers, and ends with its parent.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Resource, Rlimit, Signal};
use rustix::time::ClockId;
use sha2::{Digest as _, Sha256};

use super::super::cache::{Cache, Facts};
use super::protocol::{self, Answer, Received};
use super::{Renderer, Unfinished};
use crate::Error;

/// Buffers for sources are kept up to this size, in bytes; most photographs are smaller.
const KEPT_SOURCE: usize = 32 << 20;
const CHANGED: &str = "it changed during the build";

/// What a child process does from its first order to the end of its input. The command line calls
/// it when its first argument is [`super::HIDDEN_WORD`], and ends with what it gives.
pub fn child_main<C: Renderer>(craft: C) -> ExitCode {
    // A dump of a crash would hold private pictures, and cost time and disk.
    limit(Resource::Core, 0);
    // Should the input not end with the parent, because something else holds it open.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    let last_panic = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&last_panic);
    panic::set_hook(Box::new(move |info| {
        *told.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
    }));
    let mut bench = ChildState { craft, source: Vec::new(), cache: None };
    let busy = Arc::new(Mutex::new(false));
    let Ok(orders) = listen::<C>(Arc::clone(&busy)) else { return ExitCode::FAILURE };
    let Ok(mut answers) = take_output() else { return ExitCode::FAILURE };
    if protocol::write(&mut answers, &Answer::Ready).is_err() {
        return ExitCode::FAILURE;
    }
    for order in orders {
        let answer = panic::catch_unwind(AssertUnwindSafe(|| bench.carry_out(order))).unwrap_or_else(|_| {
            bench.craft.reset();
            let told = std::mem::take(&mut *last_panic.lock().unwrap_or_else(PoisonError::into_inner));
            let reason = format!("it triggered a bug in Safelight ({})", told.trim().replace('\n', " "));
            Answer::Failed { reason, for_memory: false }
        });
        *busy.lock().unwrap_or_else(PoisonError::into_inner) = false;
        if protocol::write(&mut answers, &answer).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Keeps the way to the parent for answers alone: what a native library prints goes where errors go.
fn take_output() -> io::Result<File> {
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(output.into())
}

/// Takes orders on a thread of its own, so that the end of the input is noticed in the middle of
/// a picture too: then the whole process ends at once.
fn listen<C: Renderer>(busy: Arc<Mutex<bool>>) -> io::Result<Receiver<Received<C::Recipe>>> {
    let (give, take) = mpsc::sync_channel(1);
    thread::Builder::new().name("orders".into()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(Some(order)) = protocol::read(&mut input) {
            *busy.lock().unwrap_or_else(PoisonError::into_inner) = true;
            if give.send(order).is_err() {
                return;
            }
        }
        if *busy.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = rustix::process::kill_process(rustix::process::getpid(), Signal::KILL);
        }
    })?;
    Ok(take)
}

/// What one child keeps from photograph to photograph.
struct ChildState<C> {
    craft: C,
    source: Vec<u8>,
    cache: Option<Cache>,
}

impl<C: Renderer> ChildState<C> {
    fn carry_out(&mut self, order: Received<C::Recipe>) -> Answer {
        let began = processor_time();
        limit(Resource::As, order.memory);
        // Counted in whole seconds from the start of the process, so the part second is added.
        limit(Resource::Cpu, began.as_secs() + 1 + order.seconds);
        let answer = self.make(order).unwrap_or_else(|failure| match failure {
            Failure::Photo(reason) => Answer::Failed { reason, for_memory: false },
            Failure::Memory(reason) => Answer::Failed { reason, for_memory: true },
            Failure::Trouble(error) => Answer::trouble(error),
        });
        self.source.clear();
        self.source.shrink_to(KEPT_SOURCE);
        self.craft.trim();
        match answer {
            Answer::Made { colour, bytes, warnings, .. } => {
                let spent = processor_time().saturating_sub(began);
                let cpu_milliseconds = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
                Answer::Made { colour, bytes, warnings, cpu_milliseconds }
            }
            other => other,
        }
    }

    fn make(&mut self, order: Received<C::Recipe>) -> Result<Answer, Failure> {
        let path = order.path.to_path();
        read_unchanged(&path, order.size, &order.sha256, &mut self.source)?;
        #[cfg(debug_assertions)]
        super::fault_injection::obey(&path)?;
        let (mut recipes, mut keys, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        for derivative in order.derivatives {
            recipes.push(derivative.recipe);
            keys.push(derivative.key);
            wanted.push(derivative.wanted);
        }
        let finished = self.craft.render(&self.source, order.orientation, &recipes, &wanted)?;
        if finished.encoded.len() != keys.len() {
            return Err(Failure::Photo("it triggered a bug in Safelight (derivatives are missing)".into()));
        }
        let cache = self.cache(order.cache.to_path())?;
        let mut bytes = vec![0; keys.len()];
        for (index, encoded) in finished.encoded.iter().enumerate().filter(|(index, _)| wanted[*index]) {
            cache.write(&keys[index], encoded)?;
            bytes[index] = encoded.len() as u64;
        }
        let facts = Facts { colour: finished.colour, warnings: finished.warnings };
        cache.write_facts(&order.facts, &facts)?;
        Ok(Answer::Made { colour: facts.colour, bytes, warnings: facts.warnings, cpu_milliseconds: 0 })
    }

    fn cache(&mut self, folder: PathBuf) -> Result<&Cache, Error> {
        let opened = match self.cache.take().filter(|cache| cache.folder() == folder) {
            Some(cache) => cache,
            None => Cache::open(folder)?,
        };
        Ok(self.cache.insert(opened))
    }
}

#[derive(Debug)]
pub(super) enum Failure {
    Photo(String),
    /// For lack of memory.
    Memory(String),
    Trouble(Error),
}

impl From<Unfinished> for Failure {
    fn from(Unfinished { reason, for_memory }: Unfinished) -> Self {
        if for_memory { Self::Memory(reason) } else { Self::Photo(reason) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Trouble(error)
    }
}

/// Reads the whole source into `into`, and makes sure that it is still what the catalog saw: what
/// is stored under a source's hash must come from that source.
fn read_unchanged(path: &Path, size: u64, sha256: &[u8; 32], into: &mut Vec<u8>) -> Result<(), Failure> {
    let cannot = |error: &io::Error| {
        Failure::Photo(match error.kind() {
            io::ErrorKind::NotFound => "it was deleted during the build".to_owned(),
            _ => format!("it cannot be read: {error}"),
        })
    };
    let changed = || Failure::Photo(CHANGED.into());
    // Opening a FIFO that took the photograph's place would wait for ever.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|error| cannot(&error))?;
    let found = file.metadata().map_err(|error| cannot(&error))?;
    if !found.is_file() || found.len() != size {
        return Err(changed());
    }
    into.clear();
    let length = usize::try_from(size).map_err(|_| Failure::Photo("it is too large for this computer".into()))?;
    into.try_reserve_exact(length).map_err(|_| Failure::Memory("it is larger than its memory limit".into()))?;
    read_at_most(file, size, into).map_err(|error| cannot(&error))?;
    if into.len() != length || Sha256::digest(&into[..])[..] != sha256[..] {
        return Err(changed());
    }
    Ok(())
}

fn read_at_most(file: File, size: u64, into: &mut Vec<u8>) -> io::Result<usize> {
    file.take(size).read_to_end(into)
}

/// Lowers the soft limit and leaves the hard one, so that the next order may set another. A system
/// that does not know the limit goes without.
fn limit(resource: Resource, to: u64) {
    let hard = rustix::process::getrlimit(resource).maximum;
    let current = Some(hard.map_or(to, |hard| hard.min(to)));
    let _ = rustix::process::setrlimit(resource, Rlimit { current, maximum: hard });
}

fn processor_time() -> std::time::Duration {
    let time = rustix::time::clock_gettime(ClockId::ProcessCPUTime);
    std::time::Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path, size: u64, content: &[u8]) -> Result<Vec<u8>, String> {
        let mut into = b"left from the last one".to_vec();
        match read_unchanged(path, size, &Sha256::digest(content).into(), &mut into) {
            Ok(()) => Ok(into),
            Err(Failure::Photo(reason)) => Err(reason),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_source_is_read_only_while_it_is_what_the_catalog_saw() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        std::fs::write(&path, b"pixels").unwrap();
        assert_eq!(read(&path, 6, b"pixels"), Ok(b"pixels".to_vec()));
        assert_eq!(read(&path, 6, b"pixelz"), Err(CHANGED.into()));
        assert_eq!(read(&path, 5, b"pixel"), Err(CHANGED.into()));
        assert_eq!(read(folder.path(), 6, b"pixels"), Err(CHANGED.into()));
        let gone = folder.path().join("gone.jpg");
        assert_eq!(read(&gone, 6, b"pixels"), Err("it was deleted during the build".into()));
    }

    #[test]
    fn a_fifo_in_the_place_of_a_photograph_does_not_stop_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(read(&path, 6, b"pixels"), Err(CHANGED.into()));
    }
}
