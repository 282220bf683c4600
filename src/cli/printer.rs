//! Prints results: lines for people, or JSON events for programs.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use safelight::error::visible;
use safelight::{Code, Error};

use super::Format;

/// Speaks to whoever runs the program. Results go to standard output, everything else to standard error; `NO_COLOR`
/// and pipes are respected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
}

impl Printer {
    pub(crate) fn new(format: Format, quiet: bool, verbose: bool) -> Self {
        Self { format, quiet, verbose }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether a progress bar can be drawn.
    pub(crate) fn can_draw(&self) -> bool {
        !self.quiet && !self.is_json() && std::io::stderr().is_terminal()
    }

    pub(crate) fn error(&self, error: &Error) {
        self.trouble("error", AnsiColor::Red, error);
    }

    pub(crate) fn warning(&self, error: &Error) {
        self.trouble("warning", AnsiColor::Yellow, error);
    }

    fn trouble(&self, word: &str, colour: AnsiColor, error: &Error) {
        if self.is_json() {
            let mut event = serde_json::json!({ "event": word, "code": error.code, "kind": error.kind(), "message": error.message });
            if let Some(place) = &error.place {
                event["file"] = path_text(&place.file).into();
                event["line"] = place.line.into();
                event["column"] = place.column.into();
            }
            if let Some(hint) = &error.hint {
                event["hint"] = hint.clone().into();
            }
            self.json(&event);
            return;
        }
        let style = Style::new().bold().fg_color(Some(colour.into()));
        let word = if error.code == Code::Interrupted { "stopped" } else { word };
        let code = if self.verbose { format!("[{}]", error.code) } else { String::new() };
        let mut text = format!("{style}{word}{code}{style:#}: {error}\n");
        if let Some(hint) = &error.hint {
            let style = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
            text.push_str(&format!("{style}hint{style:#}: {}\n", visible(hint)));
        }
        to_stderr(&text);
    }

    /// Something that people like to know while it happens.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.is_json() {
            to_stderr(&format!("{}\n", visible(text)));
        }
    }

    /// Something for those who asked to be told more.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.note(text);
        }
    }

    /// What a command was asked for. `--quiet` does not silence an answer.
    pub(crate) fn answer(&self, text: &str) {
        if !self.is_json() {
            to_stdout(&format!("{text}\n"));
        }
    }

    /// One event; nothing where people are spoken to.
    pub(crate) fn json(&self, event: &serde_json::Value) {
        if self.is_json() {
            to_stdout(&format!("{event}\n"));
        }
    }
}

/// A path as text for JSON; what is not Unicode is shown by replacement characters.
fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Whether something that was asked for could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether an answer was lost, as on a full disk.
pub(crate) fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

// A closed pipe (`safelight links | head`) is no error of ours.
fn to_stdout(text: &str) {
    let mut out = anstream::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        to_stderr(&format!("error: cannot write to standard output: {error}\n"));
    }
}

fn to_stderr(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
