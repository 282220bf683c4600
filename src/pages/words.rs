//! The words of the interface: the theme's own, with a site's `words.toml` over them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use toml::de::{DeTable, DeValue};

use crate::error::closest_match;
use crate::{Code, Error, Result};

use super::view::DateView;

/// Every word of the interface, by name.
#[derive(Clone, Debug)]
pub struct Words {
    words: BTreeMap<String, Word>,
    /// Names of those that the site has its own of.
    own: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Counted { one: String, other: String },
    List(Vec<String>),
}

/// A day, or what is known of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The year alone.
    Year(i16),
    /// Year and month, which counts from 1.
    Month(i16, i8),
    /// The day.
    Day(Date),
}

impl From<Date> for When {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

impl When {
    fn parts(self) -> (i16, Option<i8>, Option<i8>) {
        match self {
            Self::Year(year) => (year, None, None),
            Self::Month(year, month) => (year, Some(month), None),
            Self::Day(date) => (date.year(), Some(date.month()), Some(date.day())),
        }
    }

    /// ISO 8601, as a `time` element takes it too: `1987`, `1987-05`, `1987-05-04`.
    fn iso(self) -> String {
        let (year, month, day) = self.parts();
        let rest: String = [month, day].into_iter().flatten().map(|part| format!("-{part:02}")).collect();
        format!("{year:04}{rest}")
    }
}

impl Word {
    fn says_something(&self) -> bool {
        let says = |text: &str| {
            let mut inside = false;
            text.chars().any(|c| {
                inside = (inside || c == '{') && c != '}';
                !inside && c.is_alphabetic()
            })
        };
        match self {
            Self::Text(text) => says(text),
            Self::Counted { one, other } => says(one) || says(other),
            Self::List(texts) => texts.iter().any(|text| says(text)),
        }
    }
}

impl Words {
    /// The built-in English words.
    pub(crate) fn built_in(text: &str) -> Result<Self> {
        let mut words = BTreeMap::new();
        for (name, _, word) in read(text, Path::new("default/words.toml"))? {
            words.insert(name, word);
        }
        Ok(Self { words, own: BTreeSet::new() })
    }

    /// Puts a site's words over these; `file` is named in errors.
    ///
    /// # Errors
    ///
    /// All of them: names that do not exist, values of another kind, places `{like_this}` that the word does not have.
    pub(crate) fn replace(&mut self, text: &str, file: &Path) -> Result<(), Vec<Error>> {
        let mut errors = Vec::new();
        for (name, line, word) in read(text, file)? {
            let Some(known) = self.words.get(&name) else {
                let error = Error::new(Code::UnknownSetting, format!("unknown word `{name}`")).at_line(file, line, 1);
                errors.push(match closest_match(&name, self.words.keys().map(String::as_str)) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error.hint("`safelight theme eject words.toml` writes all of them"),
                });
                continue;
            };
            if let Err(message) = fits(known, &word) {
                errors.push(Error::new(Code::InvalidValue, format!("`{name}` {message}")).at_line(file, line, 1));
                continue;
            }
            self.own.insert(name.clone());
            self.words.insert(name, word);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// A word as it stands, or its name where there is none.
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        match self.words.get(name) {
            Some(Word::Text(text) | Word::Counted { other: text, .. }) => text,
            _ => name,
        }
    }

    /// Names of words that are still the built-in English ones. Those that only put values together belong to no language.
    pub fn english(&self) -> impl Iterator<Item = &str> {
        let is_built_in = |(name, word): &(&String, &Word)| !self.own.contains(*name) && word.says_something();
        self.words.iter().filter(is_built_in).map(|(name, _)| name.as_str())
    }

    /// Whether the site has none of its own.
    pub fn are_built_in(&self) -> bool {
        self.own.is_empty()
    }

    /// Everything that the interface says, with places as `{count}` where something is filled in.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.values().flat_map(|word| match word {
            Word::Text(text) => vec![text.as_str()],
            Word::Counted { one, other } => vec![one.as_str(), other.as_str()],
            Word::List(texts) => texts.iter().map(String::as_str).collect(),
        })
    }

    /// A word with its places filled in.
    pub fn fill(&self, name: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(name), |place| {
            values.iter().find(|(known, _)| *known == place).map(|(_, value)| (*value).to_owned())
        })
        .unwrap_or_else(|_| self.text(name).to_owned())
    }

    /// What a picture shows, in words: the photographer's own, else the caption, else the title, else its
    /// place in the gallery. Never a file name and never empty.
    pub fn alternative(
        &self,
        alt: Option<&str>,
        caption: Option<&str>,
        title: Option<&str>,
        number: usize,
        total: usize,
        gallery: &str,
    ) -> String {
        let told = [alt, caption, title].into_iter().flatten().map(str::trim).find(|text| !text.is_empty());
        match told {
            Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            None => {
                let (number, total) = (number.to_string(), total.to_string());
                self.fill("photo_of", &[("number", &number), ("total", &total), ("gallery", gallery)])
            }
        }
    }

    /// A day.
    pub fn day(&self, date: Date) -> DateView {
        DateView { iso: date.to_string(), text: self.day_text(date) }
    }

    /// A day, a month or a year.
    pub fn when(&self, when: When) -> DateView {
        let text = match when {
            When::Day(date) => self.day_text(date),
            When::Month(..) | When::Year(_) => self.month_text(when),
        };
        DateView { iso: when.iso(), text }
    }

    /// The days from `first` to `last`, as short as they can be said, and no finer than either is known.
    pub fn span(&self, first: impl Into<When>, last: impl Into<When>) -> DateView {
        let (first, last) = (first.into(), last.into());
        let (first, last) = if first.parts() <= last.parts() { (first, last) } else { (last, first) };
        if let (When::Day(first), When::Day(last)) = (first, last) {
            return self.span_of_days(first, last);
        }
        let ((year, month, _), (last_year, last_month, _)) = (first.parts(), last.parts());
        match (month, last_month) {
            (None, _) | (_, None) if year == last_year => self.when(When::Year(year)),
            (Some(month), Some(last)) if (year, month) == (last_year, last) => self.when(When::Month(year, month)),
            _ => {
                let ends = [("first", &*self.month_text(first)), ("last", &*self.month_text(last))];
                DateView { iso: first.iso(), text: self.fill("span_years", &ends) }
            }
        }
    }

    fn span_of_days(&self, first: Date, last: Date) -> DateView {
        let text = if first == last {
            self.day_text(first)
        } else if first.year() != last.year() {
            let month = |date: Date| self.month_text(When::Day(date));
            self.fill("span_years", &[("first", &month(first)), ("last", &month(last))])
        } else if first.month() != last.month() {
            self.fill(
                "span_months",
                &[
                    ("first_day", &first.day().to_string()),
                    ("first_month", self.month(first.month())),
                    ("last_day", &last.day().to_string()),
                    ("last_month", self.month(last.month())),
                    ("year", &last.year().to_string()),
                ],
            )
        } else {
            self.fill(
                "span_days",
                &[
                    ("first", &first.day().to_string()),
                    ("last", &last.day().to_string()),
                    ("month", self.month(last.month())),
                    ("year", &last.year().to_string()),
                ],
            )
        };
        DateView { iso: first.to_string(), text }
    }

    /// A moment as a camera's clock showed it, with its zone where that is known.
    pub fn moment(&self, moment: DateTime, zone: Option<Offset>) -> DateView {
        let (date, time) = (moment.date(), moment.time());
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        let mut iso = format!("{date}T{clock}:{:02}", time.second());
        if let Some(zone) = zone {
            let minutes = zone.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            iso.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
        }
        DateView { iso, text: self.fill("date_time", &[("date", &self.day_text(date)), ("time", &clock)]) }
    }

    fn day_text(&self, date: Date) -> String {
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.fill("date", &[("day", &day), ("month", self.month(date.month())), ("year", &year)])
    }

    /// The month with its year, or the year where no more is known.
    fn month_text(&self, when: When) -> String {
        let (year, month, _) = when.parts();
        match month {
            Some(month) => self.fill("month_year", &[("month", self.month(month)), ("year", &year.to_string())]),
            None => year.to_string(),
        }
    }

    /// Months count from 1.
    fn month(&self, month: i8) -> &str {
        let at = usize::try_from(month).unwrap_or(0).wrapping_sub(1);
        match self.words.get("months") {
            Some(Word::List(months)) => months.get(at).map_or("", String::as_str),
            _ => "",
        }
    }

    /// For templates.
    pub(crate) fn value(&self) -> tera::Value {
        tera::Value::from_serializable(&self.words)
    }

    /// For keys of pages.
    pub(crate) fn canonical(&self) -> String {
        serde_json::to_string(&self.words).unwrap_or_default()
    }
}

/// Names, lines and values of a file of words.
fn read(text: &str, file: &Path) -> Result<Vec<(String, usize, Word)>> {
    let table = DeTable::parse(text).map_err(|error| toml_error(&error, text, file, 0))?;
    let mut words = Vec::new();
    for (name, value) in table.get_ref() {
        let line = line_of(text, name.span().start);
        let word = match value.get_ref() {
            DeValue::String(text) => Some(Word::Text(text.to_string())),
            DeValue::Array(list) => list
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Word::List),
            DeValue::Table(forms) => {
                let form = |name: &str| forms.get(name).and_then(|form| form.get_ref().as_str()).map(str::to_owned);
                match (form("one"), form("other"), forms.len()) {
                    (Some(one), Some(other), 2) => Some(Word::Counted { one, other }),
                    _ => None,
                }
            }
            _ => None,
        };
        let word = word.ok_or_else(|| {
            Error::new(
                Code::InvalidValue,
                format!("`{}` must be text in quotes, or a table with `one` and `other`", name.get_ref()),
            )
            .at_line(file, line, 1)
        })?;
        words.push((name.get_ref().to_string(), line, word));
    }
    words.sort_by_key(|(_, line, _)| *line);
    Ok(words)
}

/// Whether a word can stand for another: of the same kind, and with no place that will not be filled.
fn fits(known: &Word, word: &Word) -> Result<(), String> {
    match (known, word) {
        (Word::List(known), Word::List(list)) if known.len() != list.len() => {
            return Err(format!("must have {} entries", known.len()));
        }
        (Word::List(_), Word::List(_)) | (Word::Text(_), Word::Text(_)) => {}
        (Word::Counted { .. }, Word::Counted { .. } | Word::Text(_)) => {}
        (Word::List(_), _) => return Err("must be a list".to_owned()),
        (Word::Text(_), _) => return Err("must be text in quotes".to_owned()),
        (Word::Counted { .. }, _) => return Err("must be text, or a table with `one` and `other`".to_owned()),
    }
    let allowed = places_of(known);
    match places_of(word).into_iter().find(|place| !allowed.contains(place)) {
        Some(place) if allowed.is_empty() => Err(format!("has no placeholder `{{{place}}}`, nor any other")),
        Some(place) => Err(format!("has no placeholder `{{{place}}}`; it has `{{{}}}`", allowed.join("}`, `{"))),
        None => Ok(()),
    }
}

fn places_of(word: &Word) -> Vec<String> {
    let texts: Vec<&str> = match word {
        Word::Text(text) => vec![text],
        Word::Counted { one, other } => vec![one, other],
        Word::List(_) => vec![],
    };
    let mut places = Vec::new();
    for text in texts {
        let _ = fill(text, |place| {
            if !places.iter().any(|known| known == place) {
                places.push(place.to_owned());
            }
            Some(String::new())
        });
    }
    places
}

/// Puts values into the places `{like_this}` of a text; the error is the name of a place without a value.
pub(crate) fn fill(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let end = inside.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(inside.len());
        if end > 0 && inside[end..].starts_with('}') {
            let place = &inside[..end];
            out.push_str(&value(place).ok_or_else(|| place.to_owned())?);
            rest = &inside[end + 1..];
        } else {
            out.push('{');
            rest = inside;
        }
    }
    out.push_str(rest);
    Ok(out)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Words {
        Words::built_in(include_str!("../../themes/default/words.toml")).unwrap()
    }

    #[test]
    fn a_picture_without_words_says_where_it_stands() {
        let words = english();
        assert_eq!(words.alternative(None, None, None, 7, 120, "Iceland"), "Photo 7 of 120, Iceland");
        assert_eq!(words.alternative(Some("  "), Some("A\n lake"), Some("T"), 7, 120, "Iceland"), "A lake");
        assert_eq!(words.alternative(Some("Boat"), Some("A lake"), None, 7, 120, "Iceland"), "Boat");
    }

    #[test]
    fn spans_of_days_are_said_as_shortly_as_they_can_be() {
        let words = english();
        let day = |year, month, day| Date::new(year, month, day).unwrap();
        let span = |first: Date, last: Date| words.span(first, last).text;
        assert_eq!(span(day(2024, 3, 12), day(2024, 3, 12)), "12 March 2024");
        assert_eq!(span(day(2024, 3, 12), day(2024, 3, 15)), "12–15 March 2024");
        assert_eq!(span(day(2024, 4, 2), day(2024, 3, 30)), "30 March – 2 April 2024");
        assert_eq!(span(day(2023, 12, 30), day(2024, 1, 2)), "December 2023 – January 2024");
        assert_eq!(words.span(day(2024, 4, 2), day(2024, 3, 30)).iso, "2024-03-30");
    }

    #[test]
    fn a_year_or_a_month_alone_stays_one() {
        let words = english();
        let (year, month) = (When::Year(1987), When::Month(1987, 5));
        let day = |month, day| When::Day(Date::new(1987, month, day).unwrap());
        let said = |view: DateView| (view.iso, view.text);
        let expected = |iso: &str, text: &str| (iso.to_owned(), text.to_owned());
        assert_eq!(said(words.when(year)), expected("1987", "1987"));
        assert_eq!(said(words.when(month)), expected("1987-05", "May 1987"));
        assert_eq!(said(words.span(year, day(8, 9))), expected("1987", "1987"));
        assert_eq!(said(words.span(month, day(5, 9))), expected("1987-05", "May 1987"));
        assert_eq!(said(words.span(day(6, 9), month)), expected("1987-05", "May 1987 – June 1987"));
        assert_eq!(said(words.span(When::Year(1985), month)), expected("1985", "1985 – May 1987"));
        assert_eq!(said(words.span(day(5, 9), When::Year(1990))), expected("1987-05-09", "May 1987 – 1990"));
    }

    #[test]
    fn a_moment_keeps_its_zone() {
        let moment = Date::new(2024, 3, 12).unwrap().at(8, 4, 9, 0);
        let zone = Offset::from_seconds(-(3 * 3600 + 1800)).unwrap();
        assert_eq!(english().moment(moment, Some(zone)).iso, "2024-03-12T08:04:09-03:30");
        assert_eq!(english().moment(moment, None).text, "12 March 2024, 08:04");
    }

    #[test]
    fn words_that_do_not_exist_are_told_with_line_and_nearest_name() {
        let file = Path::new("themes/mine/words.toml");
        let errors = english().replace("home = \"Start\"\n\nprevios = \"x\"\nnext = \"{page}\"", file).unwrap_err();
        assert_eq!(errors[0].to_string(), "`themes/mine/words.toml` line 3, column 1: unknown word `previos`");
        assert_eq!(errors[0].hint.as_deref(), Some("did you mean `previous`?"));
        assert_eq!(errors[1].message, "`next` has no placeholder `{page}`, nor any other");
    }

    #[test]
    fn braces_that_are_no_place_stay() {
        assert_eq!(fill("{ a } {{b}} {c", |_| Some("x".into())).unwrap(), "{ a } {x} {c");
    }

    #[test]
    fn words_of_the_sites_own_are_told_from_the_english_ones() {
        let mut words = Words::built_in(crate::pages::files::built_in("words.toml").unwrap()).unwrap();
        let english: Vec<_> = words.english().map(str::to_owned).collect();
        assert!(english.contains(&"skip".to_owned()) && english.contains(&"months".to_owned()));
        // Values put together belong to no language.
        assert!(!english.iter().any(|name| ["date", "span_days", "page_title", "date_time"].contains(&name.as_str())));
        let text = |name: &String| match &words.words[name] {
            Word::Text(text) => format!("{name} = {text:?}"),
            Word::Counted { one, other } => format!("{name} = {{ one = {one:?}, other = {other:?} }}"),
            Word::List(list) => format!("{name} = {list:?}"),
        };
        // A word may be the same in both.
        let own = english[1..].iter().map(text).collect::<Vec<_>>().join("\n");
        words.replace(&own, Path::new("words.toml")).unwrap();
        assert_eq!(words.english().collect::<Vec<_>>(), [english[0].as_str()]);
    }
}
