//! The head of a text page: TOML between two lines of `+++`.

use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::closest_match;
use crate::{Code, Error, Result};

use super::position::{line_of, toml_error};

/// What a text page says of itself; all of it optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// Its title. Default: the level-one heading it begins with, else its file name.
    pub title: Option<String>,
    /// A sentence for search engines. Default: none.
    pub description: Option<String>,
    /// The day since when the text applies. Default: none.
    pub effective: Option<Date>,
    /// Its place among the links of a menu: lower comes first, ties by title. Default: 0.
    pub order: i64,
    /// Which menu it stands in. Default: `Main`, or `None` for an older version of another page.
    pub menu: Menu,
    /// Whether it is left out. Default: false.
    pub draft: bool,
    /// The source path of the page that this is an older version of. Default: none.
    pub version_of: Option<String>,
    /// What the text claims of the site, each with its line in the file. Default: nothing.
    pub claims: Vec<(Claim, usize)>,
}

/// Something that a text can claim of the whole site, and that is held against what the site does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Nothing is kept in visitors' browsers but the pages themselves.
    NoCookies,
    /// Nothing is kept in visitors' browsers but what they choose to keep.
    StorageOnRequest,
    /// Pages load nothing from other hosts.
    NoThirdParties,
    /// Nothing tells anybody what visitors look at.
    NoTracking,
    /// There is nothing to fill in.
    NoForms,
    /// Published pictures do not say where they were taken.
    NoLocations,
    /// Pictures carry a reservation against training AI.
    NoAiTraining,
    /// Visitors write to the site's owner by mail, and to no other company's page.
    ContactByMail,
}

impl Claim {
    /// Every claim there is.
    pub const ALL: [Self; 8] = [
        Self::NoCookies,
        Self::StorageOnRequest,
        Self::NoThirdParties,
        Self::NoTracking,
        Self::NoForms,
        Self::NoLocations,
        Self::NoAiTraining,
        Self::ContactByMail,
    ];

    /// As it is written in front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoCookies => "no-cookies",
            Self::StorageOnRequest => "storage-on-request",
            Self::NoThirdParties => "no-third-parties",
            Self::NoTracking => "no-tracking",
            Self::NoForms => "no-forms",
            Self::NoLocations => "no-locations",
            Self::NoAiTraining => "no-ai-training",
            Self::ContactByMail => "contact-by-mail",
        }
    }
}

/// The menu that a text page stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Menu {
    /// At the top of every page.
    #[default]
    Main,
    /// At the foot of every page.
    Footer,
    /// In none: reached by links alone.
    None,
}

/// A text page, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its head.
    pub front: FrontMatter,
    /// Its text.
    pub body: &'a str,
    /// The line of the file where the text begins, from 1.
    pub first_line: usize,
}

const FENCE: &str = "+++";
const NAMES: [&str; 8] = ["title", "description", "effective", "order", "menu", "draft", "version_of", "claims"];

/// Takes a text page apart. A page without a head is all text. `file` is named in errors.
///
/// # Errors
///
/// A head that is not closed, is no TOML, or says what does not exist: with line, column and the nearest name.
pub fn split<'a>(text: &'a str, file: &Path) -> Result<Source<'a>, Vec<Error>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if let Some(error) = of_another_kind(text, file) {
        return Err(vec![error]);
    }
    if first.trim_end() != FENCE {
        return Ok(Source { front: FrontMatter::default(), body: text, first_line: 1 });
    }
    let mut at = first.len();
    for line in text[first.len()..].split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let front = read(&text[first.len()..at], file)?;
            let body = &text[at + line.len()..];
            return Ok(Source { front, body, first_line: line_of(text, at + line.len()) });
        }
        at += line.len();
    }
    let error = Error::new(Code::PageHead, "the front matter is not closed").at_line(file, 1, 1);
    Err(vec![error.hint("end it with a line `+++`")])
}

/// A head as other programs have it, in YAML between lines of `---`: it would stand in the page as text.
fn of_another_kind(text: &str, file: &Path) -> Option<Error> {
    let mut lines = text.lines().map(str::trim_end);
    if lines.next() != Some("---") {
        return None;
    }
    // Between rules there may be anything; a head begins with a name, at once, and has an end.
    let named = |line: &str| {
        line.split_once(':').is_some_and(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    let first = lines.next()?;
    (named(first) && lines.any(|line| line == "---" || line == "...")).then(|| {
        Error::new(Code::PageHead, "the front matter is YAML, which is not supported")
            .at_line(file, 1, 1)
            .hint("write it as TOML between two lines of `+++`: `title = \"Privacy\"`")
    })
}

fn read(text: &str, file: &Path) -> Result<FrontMatter, Vec<Error>> {
    let table = DeTable::parse(text).map_err(|error| toml_error(&error, text, file, 1))?;
    let mut front = FrontMatter::default();
    let mut menu = None;
    let mut errors = Vec::new();
    for (name, value) in table.get_ref() {
        let told = match &**name.get_ref() {
            "title" => words(value).map(|text| front.title = Some(text)),
            "description" => words(value).map(|text| front.description = Some(text)),
            "version_of" => words(value).map(|text| front.version_of = Some(text)),
            "effective" => day(value).map(|date| front.effective = Some(date)),
            "order" => number(value).map(|number| front.order = number),
            "menu" => place(value).map(|place| menu = Some(place)),
            "draft" => match value.get_ref() {
                DeValue::Boolean(draft) => {
                    front.draft = *draft;
                    Ok(())
                }
                _ => Err("must be `true` or `false`".to_owned()),
            },
            "claims" => match value.get_ref() {
                DeValue::Array(items) => {
                    for item in items.iter() {
                        // The file has one line more than its head: the fence.
                        let line = line_of(text, item.span().start) + 1;
                        match claim(item) {
                            Ok(claim) if front.claims.iter().any(|(known, _)| *known == claim) => {}
                            Ok(claim) => front.claims.push((claim, line)),
                            Err((message, hint)) => errors.push(
                                Error::new(Code::InvalidValue, message)
                                    .at_line(file, line, super::position::column_of(text, item.span().start))
                                    .hint(hint),
                            ),
                        }
                    }
                    Ok(())
                }
                _ => Err("must be a list, such as [\"no-cookies\"]".to_owned()),
            },
            unknown => {
                let error = Error::new(Code::UnknownSetting, format!("unknown setting `{unknown}`"));
                let error = error.at_line(file, line_of(text, name.span().start) + 1, 1);
                errors.push(match closest_match(unknown, NAMES) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error.hint(format!("available settings: {}", NAMES.join(", "))),
                });
                Ok(())
            }
        };
        if let Err(message) = told {
            let (line, column) =
                (line_of(text, value.span().start) + 1, super::position::column_of(text, value.span().start));
            errors.push(
                Error::new(Code::InvalidValue, format!("`{}` {message}", name.get_ref())).at_line(file, line, column),
            );
        }
    }
    front.menu = menu.unwrap_or(if front.version_of.is_some() { Menu::None } else { Menu::Main });
    errors.sort_by_key(|error| error.place.as_ref().and_then(|place| place.line));
    if errors.is_empty() { Ok(front) } else { Err(errors) }
}

/// One claim of a list, or what is wrong with it and what to do.
fn claim(item: &Spanned<DeValue<'_>>) -> Result<Claim, (String, String)> {
    let written = item.get_ref().as_str().unwrap_or_default();
    let names = || Claim::ALL.into_iter().map(Claim::name);
    Claim::ALL.into_iter().find(|claim| claim.name() == written).ok_or_else(|| {
        let known = format!("known claims: {}", names().collect::<Vec<_>>().join(", "));
        match closest_match(written, names()) {
            Some(near) => (format!("unknown claim `{written}`"), format!("did you mean `{near}`? {known}")),
            None if written.is_empty() => ("`claims` must contain names in quotes".to_owned(), known),
            None => (format!("unknown claim `{written}`"), known),
        }
    })
}

fn words(value: &Spanned<DeValue<'_>>) -> Result<String, String> {
    match value.get_ref().as_str().map(str::trim) {
        Some("") => Err("is empty; remove it instead".to_owned()),
        Some(text) => Ok(text.to_owned()),
        None => Err("must be text in quotes".to_owned()),
    }
}

fn number(value: &Spanned<DeValue<'_>>) -> Result<i64, String> {
    let integer = value.get_ref().as_integer();
    integer
        .and_then(|integer| i64::from_str_radix(integer.as_str(), integer.radix()).ok())
        .ok_or_else(|| "must be a whole number".to_owned())
}

fn day(value: &Spanned<DeValue<'_>>) -> Result<Date, String> {
    let text = match value.get_ref() {
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::new(),
    };
    text.parse().ok().filter(|_| text.len() == 10).ok_or_else(|| "must be a date, such as 2026-11-22".to_owned())
}

fn place(value: &Spanned<DeValue<'_>>) -> Result<Menu, String> {
    match value.get_ref().as_str() {
        Some("main") => Ok(Menu::Main),
        Some("footer") => Ok(Menu::Footer),
        Some("none") => Ok(Menu::None),
        _ => Err("must be \"main\", \"footer\" or \"none\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_and_the_text_keeps_its_line() {
        let page = "+++\ntitle = \"Privacy\"\neffective = 2026-03-01\nmenu = \"footer\"\norder = 7\n+++\n\nText\n";
        let source = split(page, Path::new("pages/privacy.md")).unwrap();
        assert_eq!(source.front.title.as_deref(), Some("Privacy"));
        assert_eq!(source.front.effective, Some(Date::new(2026, 3, 1).unwrap()));
        assert_eq!((source.front.menu, source.front.order, source.front.draft), (Menu::Footer, 7, false));
        assert_eq!((source.body, source.first_line), ("\nText\n", 7));
    }

    #[test]
    fn claims_know_their_lines() {
        let page = "+++\ntitle = \"Datenschutz\"\nclaims = [\"no-forms\",\n  \"no-tracking\", \"no-forms\"]\n+++\n";
        let source = split(page, Path::new("pages/datenschutz.md")).unwrap();
        assert_eq!(source.front.claims, [(Claim::NoForms, 3), (Claim::NoTracking, 4)]);
    }

    #[test]
    fn a_page_without_a_head_is_all_text() {
        let source = split("\u{feff}Hello\n+++\n", Path::new("a.md")).unwrap();
        assert_eq!((source.body, source.first_line), ("Hello\n+++\n", 1));
    }

    #[test]
    fn a_head_of_another_kind_is_told_and_a_rule_is_none() {
        let error = split("---\ntitle: Privacy\n---\nText\n", Path::new("a.md")).unwrap_err();
        assert_eq!(error[0].to_string(), "`a.md` line 1, column 1: the front matter is YAML, which is not supported");
        assert!(split("---\n\nText: it begins.\n\n---\n", Path::new("a.md")).is_ok());
        assert!(split("---\ntext\n", Path::new("a.md")).is_ok());
    }

    #[test]
    fn mistakes_are_told_with_their_lines() {
        let told = |text: &str| {
            let errors = split(text, Path::new("a.md")).unwrap_err();
            errors
                .iter()
                .map(|error| format!("{error} / {}", error.hint.clone().unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        assert!(told("+++\ntitle = 'x'\n\norder = = 3\n+++\n")[0].starts_with("`a.md` line 4, column 9: "));
        assert_eq!(
            told("+++\r\ntitle = 3\r\nefective = 2026-01-01\r\nmenu = \"top\"\r\n+++\r\n"),
            [
                "`a.md` line 2, column 9: `title` must be text in quotes / ",
                "`a.md` line 3, column 1: unknown setting `efective` / did you mean `effective`?",
                "`a.md` line 4, column 8: `menu` must be \"main\", \"footer\" or \"none\" / ",
            ]
        );
        let known = "no-cookies, storage-on-request, no-third-parties, no-tracking, no-forms, no-locations, no-ai-training, contact-by-mail";
        assert_eq!(
            told("+++\nclaims = [\n  \"no-cookies\",\n  \"no-cookie\", \"everything\", 3,\n]\n+++\n"),
            [
                format!(
                    "`a.md` line 4, column 3: unknown claim `no-cookie` / did you mean `no-cookies`? known claims: {known}"
                ),
                format!("`a.md` line 4, column 16: unknown claim `everything` / known claims: {known}"),
                format!("`a.md` line 4, column 30: `claims` must contain names in quotes / known claims: {known}"),
            ]
        );
        assert_eq!(
            told("+++\nclaims = \"no-cookies\"\n+++\n"),
            ["`a.md` line 2, column 10: `claims` must be a list, such as [\"no-cookies\"] / "]
        );
        assert_eq!(
            told("+++\ntitle = \"x\"\n")[0],
            "`a.md` line 1, column 1: the front matter is not closed / end it with a line `+++`"
        );
    }
}
