//! The words of the interface in one language: the built-in ones, with a site's own over them.
//!
//! Words are messages of Fluent, a file for each language. A site's file needs only what it changes. English has every word
//! that there is, and stands in where a language has none.

mod ftl;
mod locale;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::error::closest_match;
use crate::{Code, Error, Result};

use super::view::DateView;
use locale::{Locale, Together};

/// Every word of the interface in one language, by name.
#[derive(Clone, Debug)]
pub struct Words {
    language: String,
    locale: Arc<Locale>,
    words: BTreeMap<String, Word>,
    /// Names of those that are in the language.
    translated: BTreeSet<String>,
}

/// A text with places such as `{title}` for values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    /// One for each plural form that the word distinguishes, and for single numbers; `other` is always there.
    Counted(BTreeMap<String, String>),
}

/// What is filled into the place of a word.
#[derive(Clone, Copy, Debug)]
pub enum Filling<'a> {
    /// A number, written as the language writes them.
    Number(u64),
    /// A name or a sentence.
    Text(&'a str),
}

impl<'a> From<&'a str> for Filling<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Filling<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
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
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Self::Text(text) => (Some(text), None),
            Self::Counted(forms) => (None, Some(forms)),
        };
        one.into_iter().chain(several.into_iter().flat_map(BTreeMap::values)).map(String::as_str)
    }

    /// Whether it says something in a language, and does not only put values together.
    fn says_something(&self) -> bool {
        self.texts().any(|text| {
            let mut inside = false;
            text.chars().any(|c| {
                inside = (inside || c == '{') && c != '}';
                !inside && c.is_alphabetic()
            })
        })
    }
}

/// The languages whose words a page in `language` has, most special first: `de-AT`, `de`.
///
/// One written in another script than usual has nothing of the language by its short name: `zh` stands for Chinese in
/// simplified characters, as the CLDR has it.
pub(super) fn chain(language: &str) -> Vec<String> {
    let parts: Vec<&str> = language.split('-').collect();
    let first = parts[0].to_ascii_lowercase();
    let usual = match first.as_str() {
        "ar" => "arab",
        "he" => "hebr",
        "ja" => "jpan",
        "zh" => "hans",
        _ => "latn",
    };
    let is_region = |part: &&str| ["tw", "hk", "mo"].contains(&part.to_ascii_lowercase().as_str());
    let of_script = parts.iter().skip(1).position(|part| part.len() == 4 && !part.eq_ignore_ascii_case(usual));
    let of_region = parts.iter().skip(1).position(|part| first == "zh" && is_region(part));
    let is_usual = parts.iter().any(|part| part.eq_ignore_ascii_case(usual));
    let least = of_script.or(of_region.filter(|_| !is_usual)).map_or(1, |at| at + 2);
    (least..=parts.len()).rev().map(|end| parts[..end].join("-")).collect()
}

impl Words {
    /// The words of `language`, from the English ones and its own, the most special last. The built-in files hold nothing wrong.
    ///
    /// # Errors
    ///
    /// What is wrong in a file.
    pub(crate) fn built_in<'t>(
        language: &str,
        english: &str,
        own: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, Vec<Error>> {
        let file = Path::new("default/words/en.ftl");
        let messages = ftl::read(english, file)?;
        let words = messages.into_iter().map(|message| (message.name, message.word)).collect();
        let locale = Arc::new(Locale::of(language));
        let mut all = Self { language: language.to_owned(), locale, words, translated: BTreeSet::new() };
        if chain(language).last().is_some_and(|language| language.eq_ignore_ascii_case("en")) {
            all.translated = all.words.keys().cloned().collect();
        }
        for text in own {
            all.replace(text, file)?;
        }
        Ok(all)
    }

    /// Puts a site's words over these; `file` is named in errors.
    ///
    /// # Errors
    ///
    /// All of them: names that do not exist, plural forms where there are none, places `{like_this}` that the word does not have.
    pub(crate) fn replace(&mut self, text: &str, file: &Path) -> Result<(), Vec<Error>> {
        let mut errors = Vec::new();
        for message in ftl::read(text, file)? {
            let (name, line) = (message.name, message.line);
            let Some(known) = self.words.get(&name) else {
                let error = Error::new(Code::UnknownSetting, format!("unknown word `{name}`")).at_line(file, line, 1);
                errors.push(match closest_match(&name, self.words.keys().map(String::as_str)) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error.hint("`safelight theme eject words/en.ftl --print` shows all of them"),
                });
                continue;
            };
            if let Err(what) = self.fits(known, &message.word) {
                errors.push(Error::new(Code::InvalidValue, format!("`{name}` {what}")).at_line(file, line, 1));
                continue;
            }
            self.translated.insert(name.clone());
            self.words.insert(name, message.word);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Whether a word can stand for another: with no form that would never be chosen, and no place that would not be filled.
    fn fits(&self, known: &Word, word: &Word) -> Result<(), String> {
        if let Word::Counted(forms) = word {
            if matches!(known, Word::Text(_)) {
                return Err("has no number to choose between forms by".to_owned());
            }
            let has = self.locale.forms();
            let is_one = |form: &str| has.contains(&form) || form.parse::<u64>().is_ok();
            if let Some(form) = forms.keys().find(|form| !is_one(form)) {
                let language = &self.language;
                return Err(format!("has a form `{form}`, but `{language}` has only `{}`", has.join("`, `")));
            }
        }
        let allowed = places_of(known);
        match places_of(word).into_iter().find(|place| !allowed.contains(place)) {
            Some(place) if allowed.is_empty() => Err(format!("has no value `${place}`, nor any other")),
            Some(place) => Err(format!("has no value `${place}`; it has `${}`", allowed.join("`, `$"))),
            None => Ok(()),
        }
    }

    /// The language of these words, as a BCP 47 tag.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What the language calls itself, or its tag where nobody said.
    pub fn own_name(&self) -> &str {
        if self.translated.contains("language_name") { self.text("language_name") } else { &self.language }
    }

    /// A word as it stands, or its name where there is none.
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        match self.words.get(name) {
            Some(Word::Text(text)) => text,
            Some(Word::Counted(forms)) => forms.get("other").map_or(name, String::as_str),
            None => name,
        }
    }

    /// Names of words that are English still. Those that only put values together belong to no language.
    pub fn english(&self) -> impl Iterator<Item = &str> {
        let is_english = |(name, word): &(&String, &Word)| !self.translated.contains(*name) && word.says_something();
        self.words.iter().filter(is_english).map(|(name, _)| name.as_str())
    }

    /// Whether there is no word in the language at all.
    pub fn are_english(&self) -> bool {
        self.translated.is_empty()
    }

    /// Everything that the interface says, with places as `{count}` where something is filled in.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.values().flat_map(Word::texts)
    }

    /// A word with its places filled in.
    pub fn fill(&self, name: &str, values: &[(&str, Filling<'_>)]) -> String {
        let value =
            |place: &str| values.iter().find(|(known, _)| *known == place).map(|(_, value)| self.filled(*value));
        fill(self.text(name), value).unwrap_or_else(|_| self.text(name).to_owned())
    }

    /// A value as it stands in a sentence. Where that runs from the right, names of whatever script are kept from changing the
    /// order of what is around them.
    pub(crate) fn filled(&self, value: Filling<'_>) -> String {
        match value {
            Filling::Number(number) => self.number(number),
            Filling::Text(text) if self.is_from_the_right() && text.chars().any(char::is_alphabetic) => {
                format!("\u{2068}{text}\u{2069}")
            }
            Filling::Text(text) => text.to_owned(),
        }
    }

    /// A number, its thousands apart.
    pub fn number(&self, number: u64) -> String {
        self.locale.number(number)
    }

    /// The size of a file, as short as it is told next to a download.
    pub fn size(&self, bytes: u64) -> String {
        let (name, number) = match bytes {
            0..1_000_000 => ("size_kilobytes", self.number(bytes.div_ceil(1000))),
            1_000_000..1_000_000_000 => ("size_megabytes", self.number((bytes + 500_000) / 1_000_000)),
            _ => ("size_gigabytes", self.locale.tenths(bytes.saturating_add(50_000_000) / 100_000_000)),
        };
        self.fill(name, &[("number", number.as_str().into())])
    }

    /// The text of a word with plural forms for a number.
    pub(crate) fn form<'f>(&self, number: u64, form: impl Fn(&str) -> Option<&'f str>) -> Option<&'f str> {
        form(&number.to_string()).or_else(|| form(self.locale.form(number))).or_else(|| form("other"))
    }

    /// The direction of the language's usual script.
    pub fn direction(&self) -> &'static str {
        direction(&self.language)
    }

    fn is_from_the_right(&self) -> bool {
        self.direction() == "rtl"
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
            None => self
                .fill("photo_of", &[("number", number.into()), ("total", total.into()), ("gallery", gallery.into())]),
        }
    }

    /// A day.
    pub fn day(&self, date: Date) -> DateView {
        DateView { iso: date.to_string(), text: self.locale.day(date) }
    }

    /// A day, a month or a year.
    pub fn when(&self, when: When) -> DateView {
        let text = match when {
            When::Day(date) => self.locale.day(date),
            When::Month(year, month) => self.locale.month(year, month),
            When::Year(year) => self.fill("year", &[("year", self.locale.year(year).as_str().into())]),
        };
        DateView { iso: when.iso(), text }
    }

    /// The days from `first` to `last`, as short as they can be said, and no finer than either is known.
    pub fn span(&self, first: impl Into<When>, last: impl Into<When>) -> DateView {
        let (first, last) = (first.into(), last.into());
        let (first, last) = if first.parts() <= last.parts() { (first, last) } else { (last, first) };
        let ((year, month, _), (last_year, last_month, _)) = (first.parts(), last.parts());
        if let (When::Day(first), When::Day(last), true) = (first, last, year == last_year) {
            let text =
                if first == last { self.locale.day(first) } else { self.together(&self.locale.days(first, last)) };
            return DateView { iso: first.to_string(), text };
        }
        match (month, last_month) {
            (None, _) | (_, None) if year == last_year => self.when(When::Year(year)),
            (Some(month), Some(last)) if (year, month) == (last_year, last) => self.when(When::Month(year, month)),
            (Some(month), Some(last_month)) => {
                let text = self.together(&self.locale.months((year, month), (last_year, last_month)));
                DateView { iso: first.iso(), text }
            }
            _ => {
                let month = |(year, month, _): (i16, Option<i8>, Option<i8>)| {
                    self.when(month.map_or(When::Year(year), |month| When::Month(year, month))).text
                };
                let (one, other) = (month(first.parts()), month(last.parts()));
                DateView { iso: first.iso(), text: self.joined("span_wide", &one, &other) }
            }
        }
    }

    /// What two dates say together, as close as what is between them: `12–15`, but `30 March – 2 April`.
    fn together(&self, Together { before, first, last, after }: &Together) -> String {
        let is_wide = [first, last].into_iter().any(|part| part.contains(char::is_whitespace));
        // Names of months do not stick together.
        let is_word = |text: &str| text.chars().all(char::is_alphabetic);
        let name = if is_wide || is_word(first) { "span_wide" } else { "span" };
        format!("{before}{}{after}", self.joined(name, first, last))
    }

    fn joined(&self, name: &str, first: &str, last: &str) -> String {
        fill(self.text(name), |place| match place {
            "first" => Some(first.to_owned()),
            "last" => Some(last.to_owned()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// A moment as a camera's clock showed it, with its zone where that is known.
    pub fn moment(&self, moment: DateTime, zone: Option<Offset>) -> DateView {
        let (date, time) = (moment.date(), moment.time());
        let mut iso = format!("{date}T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        if let Some(zone) = zone {
            let minutes = zone.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            iso.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
        }
        DateView { iso, text: self.locale.moment(moment) }
    }

    /// For templates.
    pub(crate) fn value(&self) -> tera::Value {
        tera::Value::from_serializable(&self.words)
    }
}

/// The direction of a language's usual script.
fn direction(language: &str) -> &'static str {
    let first = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let script = language.split('-').nth(1).unwrap_or_default().to_ascii_lowercase();
    match (first.as_str(), script.as_str()) {
        (_, "latn" | "cyrl") => "ltr",
        ("ar" | "fa" | "he" | "iw" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb", _) | (_, "arab" | "hebr") => {
            "rtl"
        }
        _ => "ltr",
    }
}

/// The places of a word in the order in which they stand.
fn places_of(word: &Word) -> Vec<String> {
    let mut places = Vec::new();
    for text in word.texts() {
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

#[cfg(test)]
mod tests;
