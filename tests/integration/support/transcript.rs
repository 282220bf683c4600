//! What the program said in a test, whole, as a text to compare with a snapshot.
//!
//! What is random in it has a name instead, and how far a build has come is left out.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::redaction::Names;
use super::{Run, Site};

thread_local! {
    /// What was said in this thread. Each test has one of its own.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// All that the program said in this test, or since this was last asked. What [`Site::prepare`] runs, and with it builds
/// and shares that are not the matter of a test, is left out.
pub fn said() -> String {
    SAID.with_borrow_mut(std::mem::take)
}

/// One site's part of it.
#[derive(Default)]
pub struct Transcript {
    names: Mutex<Names>,
    spoke: AtomicBool,
}

impl Transcript {
    /// Names the ids that the ledger has now.
    pub fn learn(&self, site: &Site) {
        let ledger = std::fs::read(site.path("access.toml")).unwrap_or_default();
        self.names.lock().unwrap().read_ledger(&String::from_utf8_lossy(&ledger));
    }

    /// Adds a run on the site.
    pub fn add(&self, site: &Site, arguments: &[&str], run: &Run) {
        self.learn(site);
        let mut text = String::new();
        let typed = arguments.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ");
        writeln!(text, "$ safelight {typed}").unwrap();
        for (name, said) in [("stdout", &run.out), ("stderr", &run.err)] {
            let lines: String = said.split_inclusive('\n').filter(|line| !is_progress(line)).collect();
            if name == "stdout" && (arguments.starts_with(&["edge"]) || arguments.starts_with(&["theme", "data"])) {
                // Pages of the theme stand in it.
                writeln!(text, "[stdout: {}]", if lines.is_empty() { "nothing" } else { "left out" }).unwrap();
            } else if !lines.is_empty() {
                let end = if lines.ends_with('\n') { "" } else { "\n[no end of line]\n" };
                write!(text, "[{name}]\n{lines}{end}").unwrap();
            }
        }
        writeln!(text, "[exit {}]", run.code).unwrap();
        let text = self.names.lock().unwrap().redacted(&text);
        let is_first = !self.spoke.swap(true, Ordering::Relaxed);
        SAID.with_borrow_mut(|said| {
            if !said.is_empty() {
                said.push_str(if is_first { "\n# another site\n\n" } else { "\n" });
            }
            said.push_str(&text);
        });
    }
}

impl Site {
    /// Runs commands as they are typed, one after the other.
    pub fn session(&self, commands: &[&str]) {
        for command in commands {
            let words = words_of(command);
            self.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

/// How far a build has come, which is told more often where it takes longer.
fn is_progress(line: &str) -> bool {
    ["rendering: ", "{\"event\":\"rendering\"", "{\"event\":\"writing\""].iter().any(|start| line.starts_with(start))
}

fn quoted(argument: &str) -> String {
    if argument.is_empty() || argument.contains([' ', '\'', '"', '*', '`', '$']) {
        format!("'{argument}'")
    } else {
        argument.to_owned()
    }
}

/// The words of a command, of which those within quotes have spaces.
fn words_of(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in command.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
