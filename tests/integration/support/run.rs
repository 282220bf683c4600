//! A whole run of the program.

use std::process::Command;

use serde_json::Value;

/// How a run of the program ended, and what it said.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn fine(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn refused(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// The path of the link that was printed.
    #[track_caller]
    pub fn link(&self) -> String {
        let line = self.out.lines().find(|line| line.contains("/g/")).unwrap();
        format!("g/{}", line.split_once("/g/").unwrap().1)
    }

    /// The events of a command with `--format json`.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        let event = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.out.lines().map(event).collect()
    }

    /// What was said before the summary, which counts and times.
    pub fn said(&self) -> String {
        self.err.lines().filter(|line| !is_count(line)).map(|line| format!("{line}\n")).collect()
    }
}

fn is_count(line: &str) -> bool {
    line.starts_with("rendering: ") || line.starts_with("files: ") || line.starts_with(|c: char| c.is_ascii_digit())
}
