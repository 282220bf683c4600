//! A whole settings file against the tables of [`super::settings`]: what is known is checked, the rest is named.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::address;
use super::closing;
use super::document::{Problems, shorten};
use super::settings::{DEFAULT_ACCESS, LATER, Sections, Setting, TARGETS, TRANSLATIONS};
use super::value::{self, Value};
use super::{Format, Sort};
use crate::error::{Code, closest_match};

/// What a file says, checked value by value; each with its byte offset.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    said: BTreeMap<Vec<String>, (usize, Value)>,
    /// The names that the owner gave to tables: of audiences.
    names: BTreeSet<String>,
    /// The tables that are written, even with nothing in them.
    tables: BTreeSet<Vec<String>>,
}

impl Values {
    /// Where a setting is said.
    pub fn at(&self, path: &str) -> Option<usize> {
        self.said.get(&split(path)).map(|(at, _)| *at)
    }

    /// Where something is said below a table whose names are the owner's.
    pub fn first_below(&self, table: &str) -> Option<usize> {
        let inner = self.said.iter().filter(|(path, _)| path.first().is_some_and(|first| first == table));
        inner.map(|(_, (at, _))| *at).min()
    }

    /// Takes a value out, so that what nobody asked for can be told.
    pub fn take(&mut self, path: &str) -> Option<Value> {
        self.said.remove(&split(path)).map(|(_, value)| value)
    }

    /// Takes a text out.
    pub fn text(&mut self, path: &str) -> Option<String> {
        if let Value::Text(text) = self.take(path)? { Some(text) } else { None }
    }

    /// Takes a flag out.
    pub fn flag(&mut self, path: &str) -> Option<bool> {
        if let Value::Flag(flag) = self.take(path)? { Some(flag) } else { None }
    }

    /// Takes a number out.
    pub fn number(&mut self, path: &str) -> Option<u32> {
        if let Value::Number(number) = self.take(path)? { Some(number) } else { None }
    }

    /// Takes widths out.
    pub fn numbers(&mut self, path: &str) -> Option<Vec<u32>> {
        if let Value::Numbers(numbers) = self.take(path)? { Some(numbers) } else { None }
    }

    /// Takes formats out.
    pub fn formats(&mut self, path: &str) -> Option<Vec<Format>> {
        if let Value::Formats(formats) = self.take(path)? { Some(formats) } else { None }
    }

    /// Takes a colour out.
    pub fn colour(&mut self, path: &str) -> Option<[u8; 3]> {
        if let Value::Colour(colour) = self.take(path)? { Some(colour) } else { None }
    }

    /// Takes a list of texts out.
    pub fn lines(&mut self, path: &str) -> Option<Vec<String>> {
        if let Value::Lines(lines) = self.take(path)? { Some(lines) } else { None }
    }

    /// Takes a day out.
    pub fn day(&mut self, path: &str) -> Option<jiff::civil::Date> {
        if let Value::Day(day) = self.take(path)? { Some(day) } else { None }
    }

    /// Takes an order out.
    pub fn sort(&mut self, path: &str) -> Option<Sort> {
        if let Value::Sort(sort) = self.take(path)? { Some(sort) } else { None }
    }

    /// Whether a table is written, even with nothing in it.
    pub fn has_table(&self, path: &str) -> bool {
        self.tables.contains(&split(path))
    }

    /// The names of the tables that are written below this one.
    pub fn tables_below(&self, path: &str) -> Vec<String> {
        let above = split(path);
        let inner = self.tables.iter().filter(|table| table.len() == above.len() + 1 && table.starts_with(&above));
        inner.filter_map(|table| table.last().cloned()).collect()
    }

    /// Takes out everything below a table whose names are the owner's: the rest of its path, and the value.
    pub fn below(&mut self, table: &str) -> Vec<(Vec<String>, Value)> {
        let keys: Vec<_> =
            self.said.keys().filter(|path| path.first().is_some_and(|first| first == table)).cloned().collect();
        keys.into_iter().filter_map(|path| Some((path[1..].to_vec(), self.said.remove(&path)?.1))).collect()
    }

    /// Takes out the names that the owner gave to tables.
    pub fn take_names(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.names)
    }

    /// Whether everything has been taken.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.said.is_empty() && self.names.is_empty()
    }
}

fn split(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// Checks a parsed file. What is wrong goes to `problems`; what is right comes back.
pub(super) fn walk(table: &DeTable<'_>, sections: Sections, problems: &mut Problems<'_>) -> Values {
    let mut values = Values::default();
    Walk { sections, problems, values: &mut values }.table(&[], "", table);
    values
}

struct Walk<'w, 'p, 't> {
    sections: Sections,
    problems: &'p mut Problems<'t>,
    values: &'w mut Values,
}

impl Walk<'_, '_, '_> {
    /// `path` is the table's as written, `pattern` with `*` for what the owner named.
    fn table(&mut self, path: &[String], pattern: &str, table: &DeTable<'_>) {
        // In the order of the file, so that of two that do not go together the later one is told.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, raw) in entries {
            let written = key.get_ref().as_ref();
            let at = key.span().start;
            let mut inner = path.to_vec();
            if let Some(setting) = self.setting(pattern, written) {
                inner.push(written.to_owned());
                self.leaf(setting, inner, at, raw);
            } else if let Some(pattern) = self.inner_table(pattern, written) {
                let named = pattern.ends_with('*');
                if named && !raw.get_ref().is_table() && self.is_setting(&dotted(path), written, at, raw) {
                    continue;
                }
                let name = match pattern.as_str() {
                    TRANSLATIONS => self.language(written, at, raw),
                    TARGETS => self.target(written, at),
                    _ if named => self.audience(written, at),
                    _ => Some(written.to_owned()),
                };
                if let Some(name) = name {
                    inner.push(name);
                    self.inner(&inner, &pattern, raw);
                }
            } else {
                if self.may_mean_closing(written, raw) {
                    self.problems.may_close();
                }
                self.unknown(path, pattern, written, at, raw.get_ref().is_table());
            }
        }
    }

    fn leaf(&mut self, setting: &Setting, path: Vec<String>, at: usize, raw: &Spanned<DeValue<'_>>) {
        if setting.name == "*" && !self.is_file_name(&path, at, raw) {
            return;
        }
        // Inner names are the owner's and may need quotes.
        let name = dotted(&path);
        let checked = value::check(setting.kind, &name, raw, self.problems);
        let closes = |name: &String| closing::CLOSING_SETTINGS.contains(&name.as_str()) || name == DEFAULT_ACCESS;
        if checked.is_none() && path.first().is_some_and(closes) {
            self.problems.may_close();
        }
        if let Some(value) = checked {
            if let Value::Text(text) = &value
                && text.contains('\n')
                && let Some(meant) = closing::swallowed(text, self.sections)
            {
                self.problems.add(
                    Code::MisplacedSetting,
                    raw.span().start,
                    format!("`{name}` contains a line that looks like the setting `{meant}`, but has no effect there"),
                    "end the text before it, and write the setting on its own line, outside quotes",
                );
                if closing::may_close(text.as_bytes()) {
                    self.problems.may_close();
                }
            }
            self.values.said.insert(path, (raw.span().start, value));
        }
    }

    /// Whether what nobody knows here may have been meant to close this gallery or, in `site.toml`, galleries.
    fn may_mean_closing(&self, written: &str, raw: &Spanned<DeValue<'_>>) -> bool {
        let of_site = self.setting("", DEFAULT_ACCESS).is_some();
        if of_site { closing::may_mean_closing_all(written, raw) } else { closing::may_mean_closing(written, raw) }
    }

    /// Refuses a setting in a table whose names are the owner's: it would be taken for one of those names, and not count.
    fn is_setting(&mut self, table: &str, written: &str, at: usize, raw: &Spanned<DeValue<'_>>) -> bool {
        let Some(meant) = closing::meant_as(written, self.sections) else { return false };
        if closing::may_mean_closing(meant, raw) || closing::may_mean_closing(written, raw) {
            self.problems.may_close();
        }
        let shown = shorten(written);
        let top = self.sections.iter().find(|section| section.table.is_empty());
        let is_top = top.is_some_and(|top| top.settings.iter().any(|setting| setting.name == meant));
        let hint = match self.sections.iter().find(|section| section.settings.iter().any(|one| one.name == meant)) {
            _ if is_top && meant == written => {
                format!("move `{meant}` to the top of the file, before the first `[table]`")
            }
            Some(_) if is_top => {
                format!("did you mean `{meant}`? move it to the top of the file, before the first `[table]`")
            }
            Some(section) => format!("did you mean `{meant}` in `[{}]`?", section.table),
            None => {
                "to choose who may see a gallery, set `access` at the top of the file, before the first `[table]`; \
                     names here are file names with their extensions"
                    .to_owned()
            }
        };
        self.problems.add(
            Code::MisplacedSetting,
            at,
            format!("`{shown}` in `[{table}]` looks like a setting, but has no effect there"),
            hint,
        );
        true
    }

    /// The names in `[captions]` and `[alt]` are those of files in the gallery itself.
    fn is_file_name(&mut self, path: &[String], at: usize, raw: &Spanned<DeValue<'_>>) -> bool {
        let name = path.last().map(String::as_str).unwrap_or_default();
        let table = path.first().map(String::as_str).unwrap_or_default();
        if self.is_setting(table, name, at, raw) {
            return false;
        }
        if !name.is_empty() && !name.contains(['/', '\\']) && !name.chars().any(char::is_control) {
            return true;
        }
        self.problems.add(
            Code::InvalidValue,
            at,
            format!("`{}` in `[{table}]` must be the name of a file in this gallery", shorten(name)),
            "name files of a folder below it in that folder's own `gallery.toml`",
        );
        false
    }

    /// The pattern of the table called that, where there is one.
    fn inner_table(&self, pattern: &str, written: &str) -> Option<String> {
        // A dot in a quoted name is no step into another table.
        [written, "*"].into_iter().filter(|name| !name.contains('.')).map(|name| join(pattern, name)).find(|inner| {
            let deeper = format!("{inner}.");
            self.sections.iter().any(|section| section.table == inner || section.table.starts_with(&deeper))
        })
    }

    /// The language of a table of translations, in the usual case of its tag.
    fn language(&mut self, written: &str, at: usize, raw: &Spanned<DeValue<'_>>) -> Option<String> {
        let tag = address::language(written);
        if let Err((expected, hint)) = &tag {
            if self.may_mean_closing(written, raw) {
                self.problems.may_close();
            }
            let message = format!("`{}` in `[translations]` must be {expected}", shorten(written));
            self.problems.add(Code::InvalidValue, at, message, *hint);
        }
        tag.ok()
    }

    /// The name of a target, which is typed in commands.
    fn target(&mut self, written: &str, at: usize) -> Option<String> {
        let is_good = written.starts_with(|c: char| c.is_ascii_alphanumeric())
            && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_good {
            let message = format!("`{}` is not a valid name of a target", shorten(written));
            self.problems.add(Code::InvalidValue, at, message, "use letters, digits, `-` and `_`");
        }
        is_good.then(|| written.to_owned())
    }

    /// The name of an audience in NFC: names enter the derivation of addresses, byte by byte.
    fn audience(&mut self, written: &str, at: usize) -> Option<String> {
        let name: String = written.nfc().collect();
        let good = (1..=64).contains(&name.chars().count())
            && name.trim() == name
            && name.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c) || "-_ ".contains(c));
        if !good {
            self.problems.may_close();
            self.problems.add(
                Code::InvalidValue,
                at,
                format!("`{}` is not a valid audience name", shorten(written)),
                "use 1 to 64 letters, digits, `-`, `_` and inner spaces",
            );
        }
        if good && !self.values.names.insert(name.clone()) {
            // Two spellings of one name in Unicode; the same spelling twice is refused by TOML itself.
            self.problems.may_close();
            self.problems.add(
                Code::InvalidValue,
                at,
                format!("the audience `{}` is defined twice", shorten(&name)),
                "",
            );
            return None;
        }
        good.then_some(name)
    }

    fn inner(&mut self, path: &[String], pattern: &str, raw: &Spanned<DeValue<'_>>) {
        match raw.get_ref().as_table() {
            Some(table) => {
                self.values.tables.insert(path.to_vec());
                self.table(path, pattern, table);
            }
            None => {
                let name = dotted(path);
                if path.first().is_some_and(|first| closing::CLOSING_SETTINGS.contains(&first.as_str())) {
                    self.problems.may_close();
                }
                let shown = self.problems.shown(raw.span());
                self.problems.add(
                    Code::InvalidValue,
                    raw.span().start,
                    format!("`{name}` must be a table, not `{shown}`"),
                    format!("write `[{name}]` on its own line, with its settings below"),
                );
            }
        }
    }

    fn unknown(&mut self, path: &[String], pattern: &str, written: &str, at: usize, is_table: bool) {
        if self.problems.is_full() {
            return self.problems.add(Code::UnknownSetting, at, "", "");
        }
        let place = if path.is_empty() { String::new() } else { format!(" in `[{}]`", dotted(path)) };
        let shown = shorten(written);
        if written == "password" {
            self.problems.add(
                Code::UnknownSetting,
                at,
                "a password does not belong in this file",
                "delete the line, and choose a password with `safelight password GALLERY`; if others could read it, choose another",
            );
            return;
        }
        if LATER.contains(&written.to_ascii_lowercase().as_str()) {
            self.problems.add(
                Code::UnavailableFeature,
                at,
                format!("`{shown}` is not available in this version"),
                "remove it for now",
            );
            return;
        }
        let what = if is_table {
            format!("table `[{}]`", dotted(&[path, &[shown]].concat()))
        } else {
            format!("setting `{shown}`{place}")
        };
        self.problems.add(Code::UnknownSetting, at, format!("unknown {what}"), self.meant(pattern, written));
    }

    /// What was probably meant: a name of this table, the same name of another, or what this table knows.
    fn meant(&self, pattern: &str, written: &str) -> String {
        let known = self.names_in(pattern);
        if self.sections.iter().any(|section| section.table == written && written.contains('.')) {
            return "write it without quotes".to_owned();
        }
        if let Some(near) = closest_match(written, known.iter().copied()) {
            return format!("did you mean `{near}`?");
        }
        let elsewhere = self.sections.iter().find(|section| {
            !section.table.contains('*') && section.settings.iter().any(|setting| setting.name == written)
        });
        match elsewhere {
            Some(section) if section.table.is_empty() => {
                format!("move `{written}` to the top of the file, before the first `[table]`")
            }
            Some(section) => format!("move `{written}` to `[{}]`", section.table),
            None => format!("known here: {}", known.join(", ")),
        }
    }

    /// The names of settings and tables that may stand in a table, in the order of the reference.
    fn names_in(&self, pattern: &str) -> Vec<&'static str> {
        let settings = self.sections.iter().filter(|section| section.table == pattern);
        let settings = settings.flat_map(|section| section.settings.iter().map(|setting| setting.name));
        let tables = self.sections.iter().filter_map(|section| {
            let rest = if pattern.is_empty() {
                section.table
            } else {
                section.table.strip_prefix(pattern)?.strip_prefix('.')?
            };
            rest.split('.').next()
        });
        let mut names = Vec::new();
        for name in settings.chain(tables) {
            if !name.is_empty() && name != "*" && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The setting of that name in a table.
    fn setting(&self, pattern: &str, written: &str) -> Option<&'static Setting> {
        let section = self.sections.iter().find(|section| section.table == pattern)?;
        section.settings.iter().find(|setting| setting.name == written || setting.name == "*")
    }
}

fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// A path as TOML writes it, shortened where somebody's own names are long.
fn dotted(path: &[String]) -> String {
    let is_bare =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let parts = path.iter().map(|name| if is_bare(name) { shorten(name) } else { format!("{:?}", shorten(name)) });
    parts.collect::<Vec<_>>().join(".")
}
