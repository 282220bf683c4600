//! Lines and columns in texts, for messages.

use std::path::Path;

use crate::{Code, Error};

/// The line of a byte, from 1.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The column of a byte in characters, from 1.
pub(crate) fn column_of(text: &str, byte: usize) -> usize {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    before.rsplit('\n').next().unwrap_or(before).chars().count() + 1
}

/// A TOML error with its place; `lines_before` is added where the text stands further down in its file.
pub(crate) fn toml_error(error: &toml::de::Error, text: &str, file: &Path, lines_before: usize) -> Error {
    let at = error.span().map_or(0, |span| span.start);
    Error::new(Code::InvalidToml, error.message().replace('\n', ", "))
        .at_line(file, line_of(text, at) + lines_before, column_of(text, at))
        .caused_by(error.clone())
}
