//! The command line of Safelight: parses, calls the library, turns the result into an exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A worker process of ours: it renders pictures so that a crash in a codec costs one photo.
    if std::env::args_os().nth(1).is_some_and(|word| word == safelight::images::render_pool::HIDDEN_WORD) {
        return safelight::images::worker_main();
    }
    cli::run()
}
