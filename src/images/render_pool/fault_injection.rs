//! Photographs that crash their child, for the tests that show what a crash costs. Not part of
//! release builds, and without effect unless [`VARIABLE`] is set.

#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "it crashes on purpose, in tests alone")]

use std::path::Path;
use std::process::Command;

use rustix::process::{Signal, getpid, kill_process};

use super::child_main::Failure;

/// Makes children obey file names.
const VARIABLE: &str = "SAFELIGHT_TEST_CRASH";

/// Hands the variable on to a child, whose environment is otherwise empty.
pub(super) fn pass_on(command: &mut Command) {
    command.envs(std::env::var_os(VARIABLE).map(|value| (VARIABLE, value)));
}

/// Does what the file's name says.
pub(super) fn obey(path: &Path) -> Result<(), Failure> {
    if std::env::var_os(VARIABLE).is_none() {
        return Ok(());
    }
    let is_first = || std::fs::File::create_new(path.with_extension("tried")).is_ok();
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split_once("crash-").map(|(_, what)| what) {
        Some("segv") => raise(Signal::SEGV),
        Some("abort") => std::process::abort(),
        Some("kill") => raise(Signal::KILL),
        // The file that they leave tells the second attempt from the first.
        Some("kill-once") if is_first() => raise(Signal::KILL),
        Some("memory-once") if is_first() => eat_memory(),
        Some("codec-memory-once") if is_first() => return Err(Failure::Memory("a codec had no memory".into())),
        Some("codec-memory") => return Err(Failure::Memory("a codec had no memory".into())),
        Some("hoard") => hoard(),
        Some("roomy") if Vec::<u8>::new().try_reserve(64 << 20).is_err() => {
            return Err(Failure::Photo("somebody hoards memory".into()));
        }
        Some("segv-once") if is_first() => raise(Signal::SEGV),
        Some("exit") => std::process::exit(3),
        Some("panic") => panic!("the table has no row 17"),
        Some("memory") => eat_memory(),
        Some("endless") => spin(),
        Some("hold") => hold(path),
        Some("talk") => println!("a native library says hello"),
        _ => {}
    }
    Ok(())
}

/// Again and again: the first signal only takes down the handler that Rust sets for stack overflows.
fn raise(signal: Signal) -> ! {
    loop {
        let _ = kill_process(getpid(), signal);
    }
}

fn eat_memory() -> ! {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        // Never written to: address space is what the limit counts, and the machine keeps its memory.
        eaten.push(Vec::with_capacity(64 << 20));
        std::hint::black_box(&eaten);
    }
}

/// Leaves so much address space taken that the next photograph would have none.
fn hoard() {
    std::mem::forget(std::hint::black_box(Vec::<u8>::with_capacity(2 << 30)));
}

fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

/// Holds a FIFO beside the file open while it computes, so that the test sees when it began and
/// when the process ended; and says so if that was not before five seconds of computing.
fn hold(path: &Path) {
    let fifo = std::fs::OpenOptions::new().write(true).open(path.with_extension("fifo"));
    while rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec < 5 {}
    let _ = fifo.and_then(|mut fifo| std::io::Write::write_all(&mut fifo, b"outlived"));
}
