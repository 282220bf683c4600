//! One value of a settings file against what its setting may hold.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use super::address;
use super::colour;
use super::document::{Problems, shorten};
use super::settings::{FORMATS, Kind, SORTS, Words};
use super::{Format, SiteUrl, Sort};
use crate::error::{Code, closest_match};

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Number(u32),
    Numbers(Vec<u32>),
    Lines(Vec<String>),
    Formats(Vec<Format>),
    Colour([u8; 3]),
    Day(Date),
    Site(SiteUrl),
    Sort(Sort),
}

/// The widest picture that is made, in pixels: WebP holds 16383, JPEG 65500; screens stop long before.
pub(super) const WIDEST: u32 = 16_383;
/// How many widths a format has at most.
const MOST_WIDTHS: usize = 16;
/// How long a text may be, in characters.
const LONGEST_TEXT: usize = 50_000;
/// How many entries a list may have, and how long each is, in characters.
const MOST_LINES: usize = 20_000;
const LONGEST_LINE: usize = 255;

/// Checks one value. What is wrong goes to `problems`, and there is no value then.
///
/// `name` is how messages call the setting: `images.quality`.
pub(super) fn check(kind: Kind, name: &str, raw: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<Value> {
    let span = raw.span();
    let at = span.start;
    let wrong = |problems: &mut Problems<'_>, expected: &str, hint: &str| {
        let shown = problems.shown(span.clone());
        problems.add(Code::InvalidValue, at, format!("`{name}` must be {expected}, not `{shown}`"), hint);
        None
    };
    let value = raw.get_ref();
    match kind {
        Kind::Flag => match value.as_bool() {
            Some(flag) => Some(Value::Flag(flag)),
            None => wrong(problems, "`true` or `false`", if value.is_str() { "write it without quotes" } else { "" }),
        },
        Kind::Number(least, most) => match whole(value) {
            Some(number) if (i128::from(least)..=i128::from(most)).contains(&number) => {
                u32::try_from(number).ok().map(Value::Number)
            }
            _ => {
                let expected = format!("a whole number from {least} to {most}");
                let quoted = value.as_str().is_some_and(|text| text.parse::<i64>().is_ok());
                wrong(problems, &expected, if quoted { "write it without quotes" } else { "" })
            }
        },
        Kind::Day => {
            day(value).map_or_else(|(expected, hint)| wrong(problems, expected, hint), |date| Some(Value::Day(date)))
        }
        Kind::Formats => formats(name, raw, problems).map(Value::Formats),
        Kind::Widths => widths(name, raw, problems).map(Value::Numbers),
        Kind::Lines { may_be_empty } => {
            let lines = lines(name, raw, "a list of texts in quotes", problems)?;
            if lines.is_empty() && !may_be_empty {
                problems.add(
                    Code::InvalidValue,
                    at,
                    format!("`{name}` is empty and would match no photo"),
                    "remove it, or add an entry",
                );
                return None;
            }
            Some(Value::Lines(lines))
        }
        Kind::Command => {
            let words = value.as_array().map(|words| words.iter().map(|word| word.get_ref().as_str()));
            match words.and_then(|words| words.map(|word| word.map(str::to_owned)).collect::<Option<Vec<_>>>()) {
                Some(words) if words.first().is_some_and(|program| !program.is_empty()) => Some(Value::Lines(words)),
                _ => wrong(problems, "a list of texts in quotes: a program and its arguments", ""),
            }
        }
        Kind::Languages => {
            let written = lines(name, raw, "a list of language tags in quotes", problems)?;
            let mut tags: Vec<String> = Vec::new();
            for text in &written {
                match address::language(text) {
                    Ok(tag) if tags.contains(&tag) => {
                        problems.add(Code::InvalidValue, at, format!("`{tag}` is in `{name}` twice"), "");
                        return None;
                    }
                    Ok(tag) => tags.push(tag),
                    Err((expected, hint)) => {
                        let message = format!("`{name}` must contain language tags, not `{}`", shorten(text));
                        let hint = if hint.is_empty() { format!("write {expected}") } else { hint.to_owned() };
                        problems.add(Code::InvalidValue, at, message, hint);
                        return None;
                    }
                }
            }
            Some(Value::Lines(tags))
        }
        Kind::Sort if value.is_array() => {
            let names = lines(name, raw, "a list of file names", problems)?;
            let good = names.iter().all(|file| !file.contains(['/', '\\']));
            if good {
                Some(Value::Sort(Sort::Listed(names)))
            } else {
                wrong(
                    problems,
                    "a list of file names without slashes",
                    "set the order of a folder below in its own `gallery.toml`",
                )
            }
        }
        _ => {
            let Some(text) = value.as_str() else {
                let expected = if kind == Kind::Sort { "an order or a list of file names" } else { "text in quotes" };
                return wrong(problems, expected, "");
            };
            match kind {
                Kind::Choice(words) => choice(words, name, text, at, problems).map(|word| Value::Text(word.to_owned())),
                Kind::Sort => {
                    // What people call these orders elsewhere.
                    let usual = match text {
                        "date" | "oldest" | "date-taken" => "taken",
                        "newest" | "date-descending" => "taken-descending",
                        "filename" | "natural" => "name",
                        other => other,
                    };
                    if usual != text {
                        problems.add(
                            Code::InvalidValue,
                            at,
                            format!("unknown order `{}` in `{name}`", shorten(text)),
                            format!("did you mean `{usual}`?"),
                        );
                        return None;
                    }
                    match choice(&SORTS, name, text, at, problems)? {
                        "taken" => Some(Value::Sort(Sort::Taken)),
                        "taken-descending" => Some(Value::Sort(Sort::TakenDescending)),
                        _ => Some(Value::Sort(Sort::Name)),
                    }
                }
                _ => match of_text(kind, text) {
                    Ok(value) => Some(value),
                    Err((expected, hint)) => wrong(problems, &expected, &hint),
                },
            }
        }
    }
}

/// The kinds that are one text each.
fn of_text(kind: Kind, text: &str) -> Result<Value, (String, String)> {
    let refuse = |(expected, hint): (&str, &str)| (expected.to_owned(), hint.to_owned());
    let plain = |result: Result<String, address::Refusal>| result.map(Value::Text).map_err(refuse);
    match kind {
        Kind::Line(longest) => {
            if text.trim().is_empty() {
                Err(refuse(("text that is not empty", "remove the setting if it has no value")))
            } else if text.chars().any(char::is_control) {
                Err(refuse(("one line without control characters", "")))
            } else if text.chars().count() > longest {
                Err((format!("text of at most {longest} characters"), String::new()))
            } else {
                Ok(Value::Text(text.trim().to_owned()))
            }
        }
        Kind::Text => {
            if text.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) {
                Err(refuse(("text without control characters", "")))
            } else if text.chars().count() > LONGEST_TEXT {
                Err((format!("text of at most {LONGEST_TEXT} characters"), String::new()))
            } else {
                Ok(Value::Text(text.replace("\r\n", "\n")))
            }
        }
        Kind::Colour => colour::parse(text).map(Value::Colour).ok_or_else(|| {
            let near = closest_match(text, colour::NAMES.iter().map(|(name, _)| *name));
            let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            ("a colour such as `#c2410c` or a basic CSS colour name".to_owned(), hint)
        }),
        Kind::SiteAddress => address::site(text).map(Value::Site).map_err(refuse),
        Kind::WebAddress => plain(address::web(text)),
        Kind::Contact => plain(address::contact(text)),
        Kind::Language => plain(address::language(text)),
        Kind::Folder => {
            if text.trim().is_empty() || text.chars().any(char::is_control) {
                Err(refuse(("the path of a folder", "")))
            } else {
                Ok(Value::Text(text.to_owned()))
            }
        }
        Kind::FolderName => {
            let good = !matches!(text, "" | "." | "..")
                && !text.contains(['/', '\\', ':'])
                && !text.chars().any(char::is_control);
            if good {
                Ok(Value::Text(text.to_owned()))
            } else {
                Err(refuse(("the name of a folder, without slashes", "")))
            }
        }
        Kind::File(endings) => file(text, endings).map(|()| Value::Text(text.to_owned())),
        Kind::Id => {
            let good = text.len() == 12 && text.bytes().all(|byte| b"0123456789abcdefghjkmnpqrstvwxyz".contains(&byte));
            if good {
                Ok(Value::Text(text.to_owned()))
            } else {
                let expected = "twelve lower-case Crockford base32 symbols";
                Err(refuse((
                    expected,
                    "restore it from git or a backup, or delete it if the gallery was never shared; `safelight share` \
                     writes it",
                )))
            }
        }
        // The rest are no texts and were taken before.
        _ => Err(refuse(("something else", ""))),
    }
}

/// A path below a folder, with forward slashes, that cannot lead out of it.
fn file(text: &str, endings: &[&str]) -> Result<(), (String, String)> {
    let refuse = |expected: &str, hint: &str| Err((expected.to_owned(), hint.to_owned()));
    if text.contains('\\') {
        return refuse("a path with forward slashes", "write `/` for `\\`");
    }
    let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    if text.starts_with('/') || drive {
        return refuse("a path below its folder", "remove everything before that folder");
    }
    if text.split('/').any(|part| part == "..") {
        return refuse("a path below its folder", "remove `..`, which leads out of it");
    }
    if text.split('/').any(|part| part.is_empty() || part == ".") || text.chars().any(char::is_control) {
        return refuse("a file name, or a path below its folder", "");
    }
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if !endings.is_empty() && !endings.contains(&ending.as_str()) {
        let known = endings.join("`, `.");
        return Err((format!("a file ending in `.{known}`"), String::new()));
    }
    Ok(())
}

/// One of some words; the nearest is told where it is another.
fn choice(
    words: &'static Words,
    name: &str,
    text: &str,
    at: usize,
    problems: &mut Problems<'_>,
) -> Option<&'static str> {
    if let Some(known) = words.names().find(|known| *known == text) {
        return Some(known);
    }
    let known = words.names().collect::<Vec<_>>().join(", ");
    let near = closest_match(text, words.names()).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let message = format!("unknown {} `{}` in `{name}`", words.noun, shorten(text));
    problems.add(Code::InvalidValue, at, message, format!("{near}known {}: {known}", words.nouns));
    None
}

/// Formats, sorted as browsers are offered them: whoever can show AVIF can show the rest, so no other order makes sense.
fn formats(name: &str, raw: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<Vec<Format>> {
    let Some(items) = raw.get_ref().as_array() else {
        let shown = problems.shown(raw.span());
        problems.add(
            Code::InvalidValue,
            raw.span().start,
            format!("`{name}` must be a list of formats, not `{shown}`"),
            "for example `[\"webp\", \"jpeg\"]`",
        );
        return None;
    };
    let mut formats = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let at = item.span().start;
        let Some(text) = item.get_ref().as_str() else {
            let shown = problems.shown(item.span());
            problems.add(
                Code::InvalidValue,
                at,
                format!("`{name}` must contain format names in quotes, not `{shown}`"),
                "",
            );
            good = false;
            continue;
        };
        // The same format has two spellings everywhere else.
        if text.eq_ignore_ascii_case("jpg") {
            problems.add(
                Code::InvalidValue,
                at,
                format!("unknown format `{text}` in `{name}`"),
                format!("did you mean `jpeg`? known formats: {}", FORMATS.names().collect::<Vec<_>>().join(", ")),
            );
            good = false;
            continue;
        }
        let Some(format) = choice(&FORMATS, name, text, at, problems).and_then(Format::named) else {
            good = false;
            continue;
        };
        if !format.is_available() {
            problems.add(
                Code::UnavailableFeature,
                at,
                format!("this build of safelight cannot create `{text}`, which `{name}` requests"),
                "remove it, or build safelight with the feature `avif` (the default)",
            );
            good = false;
        }
        if formats.contains(&format) {
            problems.add(Code::InvalidValue, at, format!("`{text}` is in `{name}` twice"), "");
            good = false;
        }
        formats.push(format);
    }
    if good && !formats.contains(&Format::Jpeg) {
        problems.add(
            Code::InvalidValue,
            raw.span().start,
            format!("`{name}` does not include `jpeg`"),
            "add it: preview cards and old software show nothing else, and it costs little next to another format",
        );
        good = false;
    }
    formats.sort_unstable();
    good.then_some(formats)
}

/// Widths, ascending.
fn widths(name: &str, raw: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<Vec<u32>> {
    let at = raw.span().start;
    let items = match raw.get_ref().as_array() {
        Some(items) if !items.is_empty() && items.len() <= MOST_WIDTHS => items,
        _ => {
            let shown = problems.shown(raw.span());
            let message = format!("`{name}` must be a list of 1 to {MOST_WIDTHS} widths in pixels, not `{shown}`");
            problems.add(Code::InvalidValue, at, message, "for example `[640, 1280, 2560]`");
            return None;
        }
    };
    let mut widths = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let shown = problems.shown(item.span());
        match whole(item.get_ref()).and_then(|width| u32::try_from(width).ok()) {
            Some(width) if (1..=WIDEST).contains(&width) => {
                if widths.contains(&width) {
                    problems.add(Code::InvalidValue, item.span().start, format!("`{shown}` is in `{name}` twice"), "");
                    good = false;
                }
                widths.push(width);
            }
            _ => {
                let message = format!("`{name}` must contain whole numbers from 1 to {WIDEST}, not `{shown}`");
                problems.add(Code::InvalidValue, item.span().start, message, "");
                good = false;
            }
        }
    }
    widths.sort_unstable();
    good.then_some(widths)
}

/// A list of short texts, none twice.
fn lines(name: &str, raw: &Spanned<DeValue<'_>>, expected: &str, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    let at = raw.span().start;
    let Some(items) = raw.get_ref().as_array().filter(|items| items.len() <= MOST_LINES) else {
        let shown = problems.shown(raw.span());
        let hint = if raw.get_ref().is_str() { "put it in square brackets" } else { "" };
        problems.add(Code::InvalidValue, at, format!("`{name}` must be {expected}, not `{shown}`"), hint);
        return None;
    };
    let mut lines = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut good = true;
    for item in items.iter() {
        let shown = problems.shown(item.span());
        let line = item.get_ref().as_str().map(str::trim).filter(|line| {
            !line.is_empty() && line.chars().count() <= LONGEST_LINE && !line.chars().any(char::is_control)
        });
        let message = match line {
            None => format!("`{name}` must contain texts of 1 to {LONGEST_LINE} characters in quotes, not `{shown}`"),
            Some(line) if !seen.insert(line) => format!("`{shown}` is in `{name}` twice"),
            Some(line) => {
                lines.push(line.to_owned());
                continue;
            }
        };
        problems.add(Code::InvalidValue, item.span().start, message, "");
        good = false;
    }
    good.then_some(lines)
}

/// A whole number, of whatever size and radix.
fn whole(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A day, without time and zone.
fn day(value: &DeValue<'_>) -> Result<Date, (&'static str, &'static str)> {
    const EXPECTED: &str = "a date such as `2027-06-30`";
    let Some(moment) = value.as_datetime() else {
        let quoted = value.as_str().is_some_and(|text| text.parse::<Date>().is_ok());
        return Err((EXPECTED, if quoted { "write it without quotes" } else { "" }));
    };
    let (Some(date), None, None) = (moment.date, moment.time, moment.offset) else {
        return Err((EXPECTED, "remove the time: a day ends at midnight UTC"));
    };
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day))
    else {
        return Err((EXPECTED, "use a valid date"));
    };
    Date::new(year, month, day).map_err(|_| (EXPECTED, "use a valid date"))
}
