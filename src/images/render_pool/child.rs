//! The parent's side of one child: starting it, giving it orders, and telling why it died.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::Signal;
use serde::Serialize;

use super::protocol::{self, Answer, Order, RawPath};
use super::{HIDDEN_WORD, Job, Outcome, Renderer};
use crate::error::visible;
use crate::{Code, Error, Result, processes};

/// Address space that every child may take besides its job's estimate: the program itself, thread stacks, buffers of
/// the job before, and what the allocator reserves without using.
const BASE_MEMORY: u64 = 512 << 20;
/// How much of a child's last words is kept, in bytes.
const LAST_WORDS: usize = 4096;

const GARBLED: &str = "the process that rendered it returned an invalid answer";

/// How a job ended for the one who gave it out.
pub(super) enum Verdict {
    Done(Outcome),
    /// The line was cut; the job was not made.
    Cut,
    /// Not the job's fault, and no job will fare better.
    Trouble(Error),
}

enum Attempt {
    Ended(Verdict),
    /// It failed, and the photograph may not be the cause; the reason to give if that is the last of it.
    Doubtful(String),
}

/// The way to one child. Whoever cuts it ends the child: a child does not outlive its input.
#[derive(Default)]
pub(super) struct ChildPipe(Mutex<ChildPipeState>);

#[derive(Default)]
enum ChildPipeState {
    #[default]
    Idle,
    Open(ChildStdin),
    Cut,
}

impl ChildPipe {
    /// Ends the child, even in the middle of a job, and lets no other begin.
    pub(super) fn cut(&self) {
        *self.lock() = ChildPipeState::Cut;
    }

    fn is_cut(&self) -> bool {
        matches!(*self.lock(), ChildPipeState::Cut)
    }

    fn open(&self, input: ChildStdin) {
        let mut state = self.lock();
        // A line cut in the meantime stays cut, and `input` is dropped.
        if !matches!(*state, ChildPipeState::Cut) {
            *state = ChildPipeState::Open(input);
        }
    }

    fn close(&self) {
        let mut state = self.lock();
        if !matches!(*state, ChildPipeState::Cut) {
            *state = ChildPipeState::Idle;
        }
    }

    fn send(&self, order: &impl Serialize) -> io::Result<()> {
        match &mut *self.lock() {
            ChildPipeState::Open(input) => protocol::write(input, order),
            ChildPipeState::Idle | ChildPipeState::Cut => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, ChildPipeState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread's place at the bench, with a child while there is one.
pub(super) struct Worker<'a> {
    executable: Option<&'a Path>,
    line: &'a ChildPipe,
    cache: &'a Path,
    patience: Duration,
    running: Option<Running>,
}

struct Running {
    child: Child,
    answers: BufReader<ChildStdout>,
    last_words: Option<JoinHandle<VecDeque<u8>>>,
    /// Whether it has had a job.
    used: bool,
}

impl<'a> Worker<'a> {
    pub(super) fn new(executable: Option<&'a Path>, line: &'a ChildPipe, cache: &'a Path, patience: Duration) -> Self {
        Self { executable, line, cache, patience, running: None }
    }

    /// Has one job done, starting a child where there is none.
    pub(super) fn work<C: Renderer>(&mut self, job: &Job<C::Recipe>) -> Verdict {
        // A machine short of memory kills whom it likes, and a child may have been spoilt by the
        // jobs before. Once is bad luck; a job that fails in a fresh child too is taken for the cause.
        match self.attempt::<C>(job) {
            Attempt::Ended(verdict) => verdict,
            Attempt::Doubtful(_) => match self.attempt::<C>(job) {
                Attempt::Ended(verdict) => verdict,
                Attempt::Doubtful(reason) => Verdict::Done(Outcome::Failed { reason }),
            },
        }
    }

    /// Keeps a child for the next job, which is to have all the memory that it would have in a fresh one.
    fn keep(&mut self, running: Running) {
        if running.address_space().is_some_and(|held| held > BASE_MEMORY) {
            self.end(running);
        } else {
            self.running = Some(Running { used: true, ..running });
        }
    }

    /// Ends a child that waits for orders.
    fn end(&self, running: Running) {
        self.line.close();
        running.end();
    }

    fn attempt<C: Renderer>(&mut self, job: &Job<C::Recipe>) -> Attempt {
        let mut running = match self.running.take().map_or_else(|| self.start(), Ok) {
            Ok(running) => running,
            Err(_) if self.line.is_cut() => return Attempt::Ended(Verdict::Cut),
            Err(error) => return Attempt::Ended(Verdict::Trouble(error)),
        };
        let order = Order {
            cache: RawPath::new(self.cache),
            path: RawPath::new(&job.path),
            size: job.size,
            sha256: job.sha256,
            orientation: job.orientation,
            derivatives: &job.derivatives[..],
            facts: job.facts,
            memory: BASE_MEMORY.saturating_add(job.memory),
            seconds: self.patience.as_secs().max(1),
        };
        let answer = self.line.send(&order).and_then(|()| protocol::read(&mut running.answers));
        match answer {
            Ok(Some(Answer::Made { colour, bytes, warnings, cpu_milliseconds })) => {
                self.keep(running);
                Attempt::Ended(Verdict::Done(Outcome::Made { colour, bytes, warnings, cpu_milliseconds }))
            }
            Ok(Some(Answer::Failed { reason, for_memory: true })) => {
                self.end(running);
                Attempt::Doubtful(reason)
            }
            Ok(Some(Answer::Failed { reason, for_memory: false })) => {
                self.keep(running);
                Attempt::Ended(Verdict::Done(Outcome::Failed { reason }))
            }
            Ok(Some(Answer::Trouble { code, file, message, hint })) => {
                self.keep(running);
                Attempt::Ended(Verdict::Trouble(protocol::error(code, file, message, hint)))
            }
            other => {
                let used = running.used;
                let ended = running.end();
                if self.line.is_cut() {
                    return Attempt::Ended(Verdict::Cut);
                }
                self.line.close();
                let garbled = match other {
                    Ok(answer) => answer.is_some(),
                    Err(error) => !matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe),
                };
                // Otherwise the pipe ended, and how the process ended says more.
                let reason = if garbled { GARBLED.into() } else { ended.reason(order.seconds) };
                // Whoever computes too long does so by itself.
                if !garbled && (ended.was_killed() || ended.ran_out_of_memory() || used && !ended.took_too_long()) {
                    return Attempt::Doubtful(reason);
                }
                Attempt::Ended(Verdict::Done(Outcome::Failed { reason }))
            }
        }
    }

    fn start(&self) -> Result<Running> {
        let program = match self.executable {
            Some(program) => program.to_path_buf(),
            None => own_executable()?,
        };
        let cannot = |error: io::Error| Error::io(Code::CannotStart, "start a rendering process", &program, error);
        let mut command = processes::command(&program);
        #[expect(clippy::disallowed_methods, reason = "what the dynamic linker needs is handed on as it is")]
        let linker = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"].map(|name| (name, std::env::var_os(name)));
        command
            .arg(HIDDEN_WORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Of the environment, which may hold a secret, a process that decodes strangers' files
            // gets what the dynamic linker needs and no more.
            .env_clear()
            .envs(linker.into_iter().filter_map(|(name, value)| Some((name, value?))))
            // Ctrl-C goes to the whole group of the terminal. Out of it, children end when the
            // parent has decided what to do, and are not taken for crashed.
            .process_group(0);
        #[cfg(debug_assertions)]
        super::fault_injection::pass_on(&mut command);
        let mut child = command.spawn().map_err(cannot)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            let _ = child.kill().and_then(|()| child.wait());
            return Err(cannot(io::ErrorKind::BrokenPipe.into()));
        };
        self.line.open(input);
        // Somebody has to read it, or a talkative codec would fill the pipe and stand still.
        let last_words = thread::Builder::new().name("last words".into()).spawn(move || tail(errors)).ok();
        let mut running = Running { child, answers: BufReader::new(output), last_words, used: false };
        match protocol::read(&mut running.answers) {
            Ok(Some(Answer::Ready)) => Ok(running),
            _ => {
                let ended = running.end();
                self.line.close();
                let message = format!("a rendering process did not start: {}", ended.reason(0));
                Err(Error::new(Code::CannotStart, message).at(program))
            }
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            // The end of its input ends an idle child; waiting for it leaves no zombie.
            self.end(running);
        }
    }
}

/// The program that is running. On Linux by a link that stays good while a package manager
/// replaces the file, so that parent and child are always of one version.
fn own_executable() -> Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && link.exists() {
        return Ok(link.to_path_buf());
    }
    std::env::current_exe().map_err(|error| {
        Error::new(Code::CannotStart, format!("cannot find the program that is running: {error}")).caused_by(error)
    })
}

/// How a child ended, and what it said last.
struct Ended {
    status: io::Result<ExitStatus>,
    last_words: String,
}

impl Running {
    /// The address space that the child has taken, in bytes, where the system tells: what its limit counts.
    fn address_space(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
        Some(size.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.saturating_mul(1024))
    }

    fn end(mut self) -> Ended {
        // Closed pipes with the process still alive: it has nothing to say any more.
        let _ = self.child.kill();
        let status = self.child.wait();
        let last_words = self.last_words.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let last_words = String::from_utf8_lossy(&Vec::from(last_words)).into_owned();
        Ended { status, last_words }
    }
}

impl Ended {
    /// Whether the system or somebody else ended it, which says nothing about the photograph.
    fn was_killed(&self) -> bool {
        self.status.as_ref().is_ok_and(|status| status.signal() == Some(Signal::KILL.as_raw()))
    }

    /// By the words of Rust's allocation error hook, which then aborts.
    fn ran_out_of_memory(&self) -> bool {
        self.last_words.lines().any(|line| line.starts_with("memory allocation of"))
    }

    fn took_too_long(&self) -> bool {
        self.status.as_ref().is_ok_and(|status| status.signal() == Some(Signal::XCPU.as_raw()))
    }

    /// What it said last, made fit for one line of a terminal.
    fn last_line(&self) -> Option<String> {
        // Rust ends its own reports with notes on how to get longer ones.
        let mut lines = self.last_words.lines().map(str::trim);
        let line = lines.rfind(|line| !line.is_empty() && !line.starts_with("note:"))?;
        Some(visible(line).chars().take(200).collect())
    }

    /// One sentence about "it", the photograph. `seconds` is the processor time it was allowed.
    fn reason(&self, seconds: u64) -> String {
        let status = match &self.status {
            Ok(status) => status,
            Err(error) => return format!("the process that rendered it was lost: {error}"),
        };
        if self.ran_out_of_memory() {
            return "rendering it ran out of memory".into();
        }
        let said = self.last_line().map_or_else(String::new, |line| format!(": {line}"));
        match status.signal() {
            Some(signal) if signal == Signal::XCPU.as_raw() => {
                format!("rendering it took longer than {}", duration(seconds))
            }
            Some(signal) if signal == Signal::KILL.as_raw() => {
                "the process that rendered it was killed (signal 9), probably because memory ran out".into()
            }
            Some(signal) => format!("the decoder or encoder crashed (signal {signal}{}){said}", name(signal)),
            None => {
                let code = status.code().unwrap_or_default();
                format!("the process that rendered it ended with code {code}{said}")
            }
        }
    }
}

fn name(signal: i32) -> &'static str {
    const NAMES: [(Signal, &str); 5] = [
        (Signal::SEGV, ", segmentation fault"),
        (Signal::ABORT, ", abort"),
        (Signal::BUS, ", bus error"),
        (Signal::ILL, ", illegal instruction"),
        (Signal::FPE, ", arithmetic error"),
    ];
    NAMES.iter().find(|(known, _)| known.as_raw() == signal).map_or("", |(_, name)| name)
}

fn duration(seconds: u64) -> String {
    let (count, unit) = if seconds >= 60 { (seconds / 60, "minute") } else { (seconds, "second") };
    format!("{count} {unit}{} of processor time", if count == 1 { "" } else { "s" })
}

/// The end of what comes, however much comes.
fn tail(mut from: impl Read) -> VecDeque<u8> {
    let mut kept = VecDeque::new();
    let mut buffer = [0; 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return kept,
            Ok(count) => {
                kept.extend(&buffer[..count]);
                kept.drain(..kept.len().saturating_sub(LAST_WORDS));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(wait_status: i32, last_words: &str) -> String {
        Ended { status: Ok(ExitStatus::from_raw(wait_status)), last_words: last_words.into() }.reason(600)
    }

    #[test]
    fn every_end_has_its_words() {
        assert_eq!(reason(11, ""), "the decoder or encoder crashed (signal 11, segmentation fault)");
        assert_eq!(
            reason(6, "first\n odd \x1bstate\n\nnote: more\n"),
            "the decoder or encoder crashed (signal 6, abort): odd \\u{1b}state"
        );
        assert_eq!(reason(6, "memory allocation of 9 bytes failed\nnote: more"), "rendering it ran out of memory");
        assert_eq!(reason(Signal::XCPU.as_raw(), ""), "rendering it took longer than 10 minutes of processor time");
        assert_eq!(reason(3 << 8, ""), "the process that rendered it ended with code 3");
    }

    #[test]
    fn only_the_end_of_a_long_speech_is_kept() {
        let speech = [vec![b'a'; 100_000], b"the end".to_vec()].concat();
        let kept = Vec::from(tail(&speech[..]));
        assert_eq!(kept.len(), LAST_WORDS);
        assert!(kept.ends_with(b"the end"));
    }
}
