//! What the program said in a test, whole, as a text to compare with a snapshot.
//!
//! Everything that another run would not say again has a name instead: folders, tokens, ids, sizes, times. How far a build
//! has come is left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use super::{Run, Site};

/// What was run, and names for what is random in it.
#[derive(Default)]
pub struct Transcript {
    text: Mutex<String>,
    names: Mutex<Names>,
}

impl Transcript {
    pub fn add(&self, arguments: &[&str], run: &Run, ledger: &str) {
        self.names.lock().unwrap().read_ledger(ledger);
        let mut text = self.text.lock().unwrap();
        if !text.is_empty() {
            text.push('\n');
        }
        let typed = arguments.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ");
        writeln!(text, "$ safelight {typed}").unwrap();
        for (name, said) in [("stdout", &run.out), ("stderr", &run.err)] {
            if !said.is_empty() {
                let lines: String = said.split_inclusive('\n').filter(|line| !is_progress(line)).collect();
                let end = if said.ends_with('\n') { "" } else { "\n[no end of line]\n" };
                write!(text, "[{name}]\n{lines}{end}").unwrap();
            }
        }
        writeln!(text, "[exit {}]", run.code).unwrap();
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

    /// All that was said since the site was made, or since this was last asked. What [`Site::prepare`] runs, and with it
    /// builds and shares that are not the matter of a test, is left out.
    pub fn transcript(&self) -> String {
        let text = std::mem::take(&mut *self.transcript.text.lock().unwrap());
        let folder = self.root().parent().unwrap().to_str().unwrap();
        self.transcript.names.lock().unwrap().redacted(&text.replace(folder, "[tmp]"))
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

/// Names of what is random, in the order in which it was met.
#[derive(Default)]
struct Names {
    of: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Names {
    fn of(&mut self, text: &str, kind: &'static str) -> String {
        if let Some(name) = self.of.get(text) {
            return name.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("[{kind} {count}]");
        self.of.insert(text.to_owned(), name.clone());
        name
    }

    /// Names the ids of a ledger.
    fn read_ledger(&mut self, ledger: &str) {
        let mut kind = "gallery";
        for line in ledger.lines() {
            match line.trim() {
                "[[gallery]]" => kind = "gallery",
                "[[gallery.link]]" => kind = "link",
                line => {
                    if let Some(id) = line.strip_prefix("id = \"") {
                        self.of(id.trim_end_matches('"'), kind);
                    }
                }
            }
        }
    }

    fn redacted(&mut self, text: &str) -> String {
        let lines: String = text.lines().map(|line| measures(line) + "\n").collect();
        let mut out = String::new();
        let mut rest = lines.as_str();
        while !rest.is_empty() {
            let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let next = after.chars().next();
            out.push_str(&self.word(word, next));
            out.extend(next);
            rest = &after[next.map_or(0, char::len_utf8)..];
        }
        out
    }

    /// A word, or its name; `next` is what stands behind it.
    fn word(&mut self, word: &str, next: Option<char>) -> String {
        let hex = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        match word.len() {
            25 if word.starts_with('p') => self.of(word, "page"),
            25 if word.starts_with('a') => self.of(word, "pictures"),
            15 | 34 if word.as_bytes()[8] == b'-' && word[..8].bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{}-{}", &word[..8], self.word(&word[9..], next))
            }
            17 if word.starts_with('i') && next == Some('.') => "[name]".to_owned(),
            8 | 12 if next == Some('.') && hex(word) => "[hash]".to_owned(),
            6 if next == Some('…') && word.starts_with(['p', 'a']) => {
                let whole = self.of.iter().find(|(token, _)| token.len() == 25 && token.starts_with(word));
                whole.map_or_else(|| "[token]".to_owned(), |(_, name)| name.clone())
            }
            _ => self.of.get(word).cloned().unwrap_or_else(|| word.to_owned()),
        }
    }
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The line without how large something is and how long it took.
fn measures(line: &str) -> String {
    let mut line = line.to_owned();
    for (key, is_word) in [("bytes\":", false), ("\"seconds\":", false), ("\"root\":\"", true)] {
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || is_word && is_of_word(c);
        let mut parts = line.split(key).map(str::to_owned).collect::<Vec<_>>();
        for part in &mut parts[1..] {
            *part = format!("[…]{}", part.trim_start_matches(is_part));
        }
        line = parts.join(key);
    }
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic);
    let words: Vec<&str> = line.split(' ').collect();
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (unit, before) = (words.get(at + 1).copied().unwrap_or_default(), at.checked_sub(1).map(|at| words[at]));
        let bare = unit.trim_end_matches([',', ';', '.']);
        let is_size = ["B", "KB", "MB", "GB"].contains(&bare) && before.is_none_or(|before| before.ends_with(','));
        let is_time = bare == "s" && before == Some("after");
        if is_number(words[at]) && (is_size || is_time) {
            kept.push(format!("[{}]{}", if is_size { "size" } else { "time" }, &unit[bare.len()..]));
            at += 2;
        } else {
            kept.push(words[at].to_owned());
            at += 1;
        }
    }
    kept.join(" ")
}
