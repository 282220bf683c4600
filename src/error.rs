//! One error for the whole house: what is wrong, where, and what to do about it.
//!
//! Rooms build errors; only the command line prints them. The fields stay apart so that JSON
//! output carries them as they are, and no wording has to be parsed.

mod codes;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::ser::SerializeStruct as _;

pub use codes::{Code, Severity};

/// The result of everything in this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that is wrong, where several errors are found at once.
pub type Errors = Vec<Error>;

/// What kind of trouble it is; decides the exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// A command that was called wrongly: exit code 2.
    Usage,
    /// Something written by the site's owner is wrong: `site.toml`, `gallery.toml`, a template,
    /// a page, the ledger. Exit code 3.
    Site,
    /// A photograph that cannot be used. Exit code 4 under `--strict`.
    Photo,
    /// The secret is missing, damaged, or not the one the ledger knows. Exit code 5.
    Secret,
    /// The file system or the network refused. Exit code 6.
    Io,
    /// Another build holds the lock. Exit code 7.
    Locked,
    /// A check or an audit found something. Exit code 1.
    Finding,
    /// The user asked to stop. Exit code 130.
    Interrupted,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Usage => "usage",
            Self::Site => "site",
            Self::Photo => "photo",
            Self::Secret => "secret",
            Self::Io => "io",
            Self::Locked => "locked",
            Self::Finding => "finding",
            Self::Interrupted => "interrupted",
        })
    }
}

/// Where in a file something is wrong. Lines and columns count from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SourceLocation {
    /// The file, as the user would type it: relative to the site's folder where it lies in it.
    pub file: PathBuf,
    /// The line, where one is known.
    pub line: Option<usize>,
    /// The column, where one is known.
    pub column: Option<usize>,
}

/// What is wrong, where, and what to do.
#[derive(Clone, Debug)]
pub struct Error {
    /// What is wrong, by name.
    pub code: Code,
    /// The place, where there is one.
    pub place: Option<SourceLocation>,
    /// One sentence without a full stop, which also says what the source says. Never contains a secret, a password or a
    /// whole token.
    pub message: String,
    /// What to do, where something can be said.
    pub hint: Option<String>,
    /// What caused it, for programs: the error of the system or of another library.
    // A thin pointer: every `Result` is as large as its error.
    pub source: Option<Arc<Box<dyn std::error::Error + Send + Sync>>>,
}

impl Error {
    /// An error of this code without place or hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, place: None, message: message.into(), hint: None, source: None }
    }

    /// An operating-system error about `path`; `doing` continues "cannot …", as in "read". On a full disk the code is
    /// [`Code::DiskFull`].
    pub fn io(code: Code, doing: &str, path: &Path, error: io::Error) -> Self {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let code = if full { Code::DiskFull } else { code };
        Self::new(code, format!("cannot {doing}: {error}")).at(path).caused_by(error)
    }

    /// The kind, for exit codes.
    pub fn kind(&self) -> ErrorKind {
        self.code.kind()
    }

    /// Keeps what caused it; the message says already what there is to say of it.
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(Box::new(source)));
        self
    }

    /// Names the file.
    pub fn at(mut self, file: impl Into<PathBuf>) -> Self {
        self.place = Some(SourceLocation { file: file.into(), line: None, column: None });
        self
    }

    /// Names file, line and column, both counted from 1.
    pub fn at_line(mut self, file: impl Into<PathBuf>, line: usize, column: usize) -> Self {
        self.place = Some(SourceLocation { file: file.into(), line: Some(line), column: Some(column) });
        self
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Error {
    /// `` `site.toml` line 14: unknown format `avfi` ``, without the hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            // A line break in a name would make one message look like two.
            write!(f, "`{}`", on_one_line(&place.file.to_string_lossy()))?;
            if let Some(line) = place.line {
                write!(f, " line {line}")?;
            }
            if let Some(column) = place.column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&visible(&self.message))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| &**source as _)
    }
}

/// Two errors are the same where they say the same, whatever caused them.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code && self.place == other.place && self.message == other.message && self.hint == other.hint
    }
}

impl Eq for Error {}

impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Error", 5)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("kind", &self.kind())?;
        fields.serialize_field("place", &self.place)?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("hint", &self.hint)?;
        fields.end()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        vec![error]
    }
}

/// Text from file names and files, made safe for a terminal: control characters are shown as escapes.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// The same for what must stay on its line: line breaks are shown as escapes too.
pub fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

/// The path of a folder as it can be typed into a shell, where it is not taken for an option.
pub fn shell_quote(path: &str) -> String {
    let word = if path.starts_with('-') { &format!("./{path}") } else { path };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ',');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The nearest of `known` to what was typed, when it is near enough to be what was meant.
pub fn closest_match<'a>(shell_quote: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&shell_quote.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.len().max(shell_quote.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_cause_is_kept_said_once_and_makes_no_error_another() {
        let error = Error::io(Code::CannotRead, "read", Path::new("site.toml"), io::ErrorKind::PermissionDenied.into());
        assert_eq!(error.to_string(), "`site.toml`: cannot read: permission denied");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::PermissionDenied));
        assert_eq!(error, Error::new(Code::CannotRead, "cannot read: permission denied").at("site.toml"));
    }

    #[test]
    fn a_full_disk_is_told_apart_whatever_could_not_be_done() {
        let error = Error::io(Code::CannotWrite, "write", Path::new("public"), io::ErrorKind::StorageFull.into());
        assert_eq!((error.code, error.kind()), (Code::DiskFull, ErrorKind::Io));
    }
}
