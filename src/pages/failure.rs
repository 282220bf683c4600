//! Translates errors of the template engine for the template's author: file, line, column, and the name that was meant.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tera::ErrorKind;

use crate::error::closest_match;
use crate::{Code, Error};

/// Template names and the files they were read from.
pub(crate) type Sources = BTreeMap<String, PathBuf>;

/// Everything that is wrong, of one error of the engine.
pub(crate) fn explain(error: &tera::Error, sources: &Sources) -> Vec<Error> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            vec![placed(report.message(), report.filename(), span.start_line, span.start_col + 1, sources)]
        }
        ErrorKind::MissingParent { current, parent } => {
            let error = Error::new(Code::TemplateError, format!("extends `{parent}`, which does not exist"))
                .at(file(current, sources));
            vec![hint_template(error, parent, sources)]
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            vec![Error::new(Code::TemplateError, "extends itself through other templates").at(file(tpl, sources)).hint(
                "to change a part of a built-in template, extend it by its full name, such as `default/gallery.html`",
            )]
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            vec![Error::new(Code::TemplateError, "includes itself through other templates").at(file(tpl, sources))]
        }
        ErrorKind::Msg(text) => reports(text, sources),
        _ => vec![Error::new(Code::TemplateError, error.to_string())],
    }
}

/// Several findings come as one text of reports: `error: …`, then ` --> file:line:column`.
fn reports(text: &str, sources: &Sources) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut message = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("error: ") {
            message = Some(rest);
        } else if let (Some(place), Some(what)) = (line.trim_start().strip_prefix("--> "), message) {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
            let line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
            errors.push(placed(what, parts.next().unwrap_or_default(), line, column, sources));
            message = None;
        }
    }
    if errors.is_empty() { vec![Error::new(Code::TemplateError, text.replace('\n', " "))] } else { errors }
}

fn placed(message: &str, template: &str, line: usize, column: usize, sources: &Sources) -> Error {
    let (what, known) = split_known(message);
    let typed = what.split('`').nth(1).unwrap_or_default();
    let mut told = what.trim_end_matches('.').to_owned();
    if let Some(first) = told.get(..1) {
        told = first.to_lowercase() + &told[1..];
    }
    let error = Error::new(Code::TemplateError, told).at_line(file(template, sources), line, column);
    if what.starts_with("Unknown template") {
        return hint_template(error, typed, sources);
    }
    if what.starts_with("Tried to render a variable that is undefined") {
        return error.hint("the value has no such field: `safelight theme data` shows a page's data");
    }
    match closest_match(typed, known.iter().copied()) {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None if known.is_empty() => error,
        None => error.hint(format!("available: {}", known.join(", "))),
    }
}

/// Splits off the names that the engine lists behind its message.
fn split_known(message: &str) -> (&str, Vec<&str>) {
    for mark in [" Available variables: ", " Available fields: "] {
        if let Some((what, names)) = message.split_once(mark) {
            return (what, names.split(", ").filter(|name| !name.starts_with("__")).collect());
        }
    }
    (message, Vec::new())
}

fn hint_template(error: Error, typed: &str, sources: &Sources) -> Error {
    let bare = typed.rsplit('/').next().unwrap_or(typed);
    let names: Vec<&str> = sources.keys().filter_map(|name| name.split_once('/')).map(|(_, name)| name).collect();
    match closest_match(bare, names.iter().copied()) {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error.hint("`safelight theme files` lists the templates"),
    }
}

fn file(template: &str, sources: &Sources) -> PathBuf {
    sources.get(template).cloned().unwrap_or_else(|| PathBuf::from(template))
}
