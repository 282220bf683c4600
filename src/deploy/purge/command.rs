//! A command of the owner's.

use std::io::{self, Write as _};
use std::process::Stdio;

use super::{PurgeList, failed};
use crate::deploy::http::told;
use crate::{Result, processes};

/// How many lines of its complaints are shown.
const LINES: usize = 3;

/// Runs a command with the list on its standard input.
pub(super) fn run(words: &[String], list: &PurgeList) -> Result<()> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed("the command that purges is empty".to_owned()));
    };
    let folders = list.folders.iter().map(|folder| format!("{folder}*\n"));
    let input: String = folders.chain(list.files.iter().map(|path| format!("{path}\n"))).collect();
    let cannot = |error: io::Error| failed(format!("`{program}` cannot be run: {error}"));
    let mut child = processes::command(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // It may complain before it has read all.
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A command that does not want to know all paths says by its exit code whether it is content.
                let _ = stdin.write_all(input.as_bytes());
            }
        });
        child.wait_with_output()
    })
    .map_err(cannot)?;
    if output.status.success() {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = complaints.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LINES)..].iter().map(|line| told(line)).collect::<Vec<_>>().join("; ");
    let ended = match output.status.code() {
        Some(code) => format!("exit code {code}"),
        None => "a signal".to_owned(),
    };
    Err(failed(format!("`{program}` ended with {ended}: {last}").trim_end_matches([':', ' ']).to_owned()))
}
