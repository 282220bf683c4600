//! A settings file as text: read with limits, parsed, and every place in it found again by line and column.

use std::fs;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Code, Error, SourceLocation};

/// The largest settings file that is read, in bytes. Ten thousand captions take less.
const LARGEST: u64 = 1 << 20;

/// How many problems of one file are told. More than a screenful helps nobody.
const MOST_TOLD: usize = 50;
/// How many problems of one file are kept, to tell the first of them.
const MOST_KEPT: usize = 1000;

/// How a root secret begins. One that stands in a file that is committed is lost.
const SECRET_START: &str = "slk1_";

/// Problems of one file, gathered so that all can be told at once.
pub(super) struct Problems<'t> {
    file: PathBuf,
    text: &'t str,
    found: Vec<Problem>,
    warnings: Vec<Problem>,
    /// How many more there are than are kept.
    dropped: usize,
    /// Whether one of them may have been meant to close a gallery.
    may_close: bool,
}

/// What is wrong at a byte of the text. Its line is only counted when it is told.
struct Problem {
    code: Code,
    at: usize,
    message: String,
    hint: String,
}

impl<'t> Problems<'t> {
    /// None yet, for a file of that name and text.
    pub fn new(file: &Path, text: &'t str) -> Self {
        Self { file: file.to_owned(), text, found: Vec::new(), warnings: Vec::new(), dropped: 0, may_close: false }
    }

    /// Notes what is wrong at a byte of the text. An empty hint is none.
    pub fn add(&mut self, code: Code, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        if self.is_full() {
            self.dropped += 1;
        } else {
            self.found.push(Problem { code, at, message: message.into(), hint: hint.into() });
        }
    }

    /// Notes that what is wrong may have been meant to close the gallery.
    pub fn may_close(&mut self) {
        self.may_close = true;
    }

    /// Whether something that is wrong may have been meant to close the gallery.
    pub fn is_closing(&self) -> bool {
        self.may_close
    }

    /// Whether nothing wrong was found yet.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether further problems are only counted, so that no work need be spent on their hints.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MOST_KEPT
    }

    /// Notes what is odd, but does not stop the build.
    pub fn warn(&mut self, code: Code, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.warnings.push(Problem { code, at, message: message.into(), hint: hint.into() });
    }

    /// Line and column of a byte of the text.
    pub fn place(&self, at: usize) -> SourceLocation {
        let (line, column) = place(self.text, at);
        SourceLocation { file: self.file.clone(), line: Some(line), column: Some(column) }
    }

    /// What a place in the text says, short enough for a message.
    pub fn shown(&self, span: Range<usize>) -> String {
        shorten(self.text.get(span).unwrap_or_default())
    }

    /// The warnings, or the problems where there are any; both in the order of the file.
    pub fn finish(mut self) -> Result<Vec<Error>, Vec<Error>> {
        if self.found.is_empty() {
            let warnings = std::mem::take(&mut self.warnings);
            return Ok(self.errors(warnings));
        }
        let found = std::mem::take(&mut self.found);
        let more = found.len().saturating_sub(MOST_TOLD) + self.dropped;
        let mut errors = self.errors(found);
        if more > 0 {
            errors.push(Error::new(Code::MoreProblems, format!("and {more} more problems")).at(self.file));
        }
        Err(errors)
    }

    /// The first of these in the order of the file; two at one place in the order of their discovery.
    fn errors(&self, mut problems: Vec<Problem>) -> Vec<Error> {
        problems.sort_by_key(|problem| problem.at);
        let one = |problem: Problem| {
            let (line, column) = place(self.text, problem.at);
            let error = Error::new(problem.code, problem.message).at_line(&self.file, line, column);
            if problem.hint.is_empty() { error } else { error.hint(problem.hint) }
        };
        problems.into_iter().take(MOST_TOLD).map(one).collect()
    }
}

/// The first line of a text, at most 40 characters of it.
pub(super) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Line and column of a byte, both from 1; columns count characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The text of a settings file, without a byte order mark. `shown` is how errors call it.
///
/// # Errors
/// Where it cannot be read, is no file, is larger than 1 MiB, or is not UTF-8.
pub(super) fn text_of(path: &Path, shown: &Path) -> Result<String, Error> {
    let cannot = |error: std::io::Error| Error::io(Code::CannotRead, "read", shown, error);
    // Opening a named pipe would wait for ever.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(Error::new(Code::FileNotRead, "this is not a file").at(shown));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(cannot)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::new(Code::FileNotRead, "the file is larger than 1 MiB").at(shown));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (good, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let (line, column) = place(&String::from_utf8_lossy(good), good.len());
        let hint = match rest {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
            _ => "save the file as UTF-8",
        };
        Error::new(Code::NotUtf8, "this is not UTF-8").at_line(shown, line, column).hint(hint)
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The bytes of a settings file as far as it can be read: nothing where it cannot, or is too large.
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    let small = fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= LARGEST);
    if small { fs::read(path).unwrap_or_default() } else { Vec::new() }
}

/// A settings file, or as much of it as is text; and whether that is all of it.
pub(super) fn what_can_be_read(path: &Path) -> (String, bool) {
    if let Ok(text) = text_of(path, path) {
        return (text, true);
    }
    (String::from_utf8_lossy(&bytes_of(path)).into_owned(), false)
}

/// What is TOML in a text, whatever else stands in it; and whether all of it is.
pub(super) fn recovered(text: &str) -> (DeTable<'_>, bool) {
    let (table, errors) = DeTable::parse_recoverable(text);
    (table.into_inner(), errors.is_empty())
}

/// Parses the text; where it is not TOML, or holds a secret, nothing else is told of it.
///
/// # Errors
/// Every syntax error, or every place of a secret; the secret itself is never repeated.
pub(super) fn parse<'t>(text: &'t str, problems: &mut Problems<'t>) -> Option<DeTable<'t>> {
    for (at, _) in text.match_indices(SECRET_START) {
        secret(at, problems);
    }
    if !problems.found.is_empty() {
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        problems.add(Code::InvalidToml, at, syntax(error.message()), syntax_hint(text, at));
    }
    if errors.is_empty() {
        for (key, value) in table.get_ref() {
            look_for_secrets(key.get_ref(), key.span().start, value, problems);
        }
    }
    problems.found.is_empty().then(|| table.into_inner())
}

/// The parser's message, as one sentence of ours.
fn syntax(message: &str) -> String {
    format!("this is not valid TOML: {}", message.lines().collect::<Vec<_>>().join(", "))
}

/// The most frequent reason: text without quotes.
fn syntax_hint(text: &str, at: usize) -> &'static str {
    let at = at.min(text.len());
    let line = text.get(..at).and_then(|before| before.lines().last()).unwrap_or_default();
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some('“' | '”' | '„' | '‘' | '’') => "write straight quotes: \"",
        Some(c) if c.is_alphabetic() && line.trim_end().ends_with('=') => "put text in \"quotes\"",
        _ => "",
    }
}

/// Escapes can hide a secret from the search of the raw text.
fn look_for_secrets(key: &str, at: usize, value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) {
    if key.contains(SECRET_START) {
        secret(at, problems);
    }
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(text) if text.contains(SECRET_START) => secret(at, problems),
        DeValue::Array(items) => items.iter().for_each(|item| look_for_secrets("", at, item, problems)),
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| look_for_secrets(key.get_ref(), key.span().start, value, problems));
        }
        _ => {}
    }
}

fn secret(at: usize, problems: &mut Problems<'_>) {
    problems.add(
        Code::SecretInSettings,
        at,
        "this file contains a secret, and others will read it",
        "move it to `.safelight/secret` or the environment variable `SAFELIGHT_SECRET`; if this file was ever \
         committed or sent, create a new secret",
    );
}
