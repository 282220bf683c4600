//! How a language writes days, numbers and plural forms, as the Unicode CLDR has it.

use std::fmt::{self, Write};

use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD, YMDT};
use icu_datetime::input::{Date as IcuDate, DateTime as IcuDateTime, Time as IcuTime};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::GroupingStrategy;
use icu_locale_core::Locale as Tag;
use icu_plurals::{PluralCategory, PluralRuleType, PluralRules};
use jiff::civil::{Date, DateTime};
use writeable::{Part, PartsWrite, Writeable};

type Days<Fields> = Option<FixedCalendarDateTimeFormatter<Gregorian, Fields>>;

/// A language's ways with days, numbers and plural forms. The data of all languages are part of the program; what they
/// know nothing of is written as in English.
#[derive(Debug)]
pub(super) struct Locale {
    day: Days<YMD>,
    month: Days<YM>,
    moment: Days<YMDT>,
    number: Option<DecimalFormatter>,
    digits: Option<DecimalFormatter>,
    plurals: Option<PluralRules>,
}

impl Locale {
    /// The ways of `language` (BCP 47).
    pub fn of(language: &str) -> Self {
        // Days come first in English, but for the regions that say otherwise.
        const ENGLISH: &str = "en-GB";
        let known = Self::named(if language.eq_ignore_ascii_case("en") { ENGLISH } else { language });
        let nothing = Self::named("und");
        let day = Date::constant(2024, 3, 12);
        if known.day(day) == nothing.day(day) { Self::named(ENGLISH) } else { known }
    }

    fn named(language: &str) -> Self {
        let tag = Tag::try_from_str(language).unwrap_or(Tag::UNKNOWN);
        // The pattern for months of `pt` in ICU4X 2.4 comes without digits; that of `pt-PT` reads the same.
        let of_months = if tag.id.language.as_str() == "pt" { Tag::try_from_str("pt-PT").ok() } else { None };
        let of_months = of_months.unwrap_or_else(|| tag.clone());
        let number = |grouping| DecimalFormatter::try_new((&tag).into(), GroupingStrategy::into(grouping)).ok();
        Self {
            day: FixedCalendarDateTimeFormatter::try_new((&tag).into(), YMD::long()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new((&of_months).into(), YM::long()).ok(),
            moment: FixedCalendarDateTimeFormatter::try_new((&tag).into(), YMD::long().with_time_hm()).ok(),
            number: number(GroupingStrategy::Auto),
            digits: number(GroupingStrategy::Never),
            plurals: PluralRules::try_new((&tag).into(), PluralRuleType::Cardinal.into()).ok(),
        }
    }

    /// A day: `12 March 2024`.
    pub fn day(&self, date: Date) -> String {
        self.pieces_of_day(date).text()
    }

    /// A month with its year: `March 2024`.
    pub fn month(&self, year: i16, month: i8) -> String {
        self.pieces_of_month(year, month).text()
    }

    /// A moment to the minute.
    pub fn moment(&self, moment: DateTime) -> String {
        let time = IcuTime::try_new(hour(moment.hour()), hour(moment.minute()), 0, 0);
        match (&self.moment, gregorian(moment.year(), moment.month(), moment.day()), time) {
            (Some(format), Some(date), Ok(time)) => format.format(&IcuDateTime { date, time }).to_string(),
            _ => moment.to_string(),
        }
    }

    /// A number, with its thousands apart: `1,250`.
    pub fn number(&self, number: u64) -> String {
        self.number.as_ref().map_or_else(|| number.to_string(), |format| format.format(&number.into()).to_string())
    }

    /// A number that is given in tenths: `2.3`.
    pub fn tenths(&self, tenths: u64) -> String {
        let mut number = Decimal::from(tenths);
        number.multiply_pow10(-1);
        self.number.as_ref().map_or_else(|| number.to_string(), |format| format.format(&number).to_string())
    }

    /// A year.
    pub fn year(&self, year: i16) -> String {
        let number = Decimal::from(year);
        self.digits.as_ref().map_or_else(|| year.to_string(), |format| format.format(&number).to_string())
    }

    /// The plural form that a number takes: `one`, `few`, `other`.
    pub fn form(&self, number: u64) -> &'static str {
        self.plurals.as_ref().map_or("other", |rules| name(rules.category_for(number)))
    }

    /// Every plural form that whole numbers take.
    pub fn forms(&self) -> Vec<&'static str> {
        self.plurals.as_ref().map_or_else(|| vec!["other"], |rules| rules.categories().map(name).collect())
    }

    /// What two days say together, each part once.
    pub fn days(&self, first: Date, last: Date) -> Together {
        Pieces::together(&self.pieces_of_day(first), &self.pieces_of_day(last))
    }

    /// What two months say together.
    pub fn months(&self, first: (i16, i8), last: (i16, i8)) -> Together {
        Pieces::together(&self.pieces_of_month(first.0, first.1), &self.pieces_of_month(last.0, last.1))
    }

    fn pieces_of_day(&self, date: Date) -> Pieces {
        match (&self.day, gregorian(date.year(), date.month(), date.day())) {
            (Some(format), Some(day)) => Pieces::of(&format.format(&day)),
            _ => Pieces(vec![(true, date.to_string())]),
        }
    }

    fn pieces_of_month(&self, year: i16, month: i8) -> Pieces {
        match (&self.month, gregorian(year, month, 1)) {
            (Some(format), Some(day)) => Pieces::of(&format.format(&day)),
            _ => Pieces(vec![(true, format!("{year:04}-{month:02}"))]),
        }
    }
}

fn gregorian(year: i16, month: i8, day: i8) -> Option<IcuDate<Gregorian>> {
    IcuDate::try_new_gregorian(year.into(), u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
}

fn hour(part: i8) -> u8 {
    u8::try_from(part).unwrap_or_default()
}

fn name(form: PluralCategory) -> &'static str {
    match form {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// Two dates in one: `12` and `15`, with ` March 2024` after both.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Together {
    pub before: String,
    pub first: String,
    pub last: String,
    pub after: String,
}

/// A date in pieces, each with whether it is a day, a month or a year and not what stands between them.
struct Pieces(Vec<(bool, String)>);

impl Pieces {
    fn of(date: &impl Writeable) -> Self {
        let mut pieces = Self(Vec::new());
        // Strings take whatever is written.
        let _ = date.write_to_parts(&mut Sink { pieces: &mut pieces, inside: false });
        pieces
    }

    fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// CLDR's patterns for spans differ from those for days in what is said once, and where a sign belongs to a day:
    /// `12.–15. März`, `3月12日–15日`. Both follow from the days themselves.
    fn together(first: &Self, last: &Self) -> Together {
        let (first, last) = (&first.0, &last.0);
        let shorter = first.len().min(last.len());
        let before = (0..shorter).take_while(|at| first[*at] == last[*at]).count();
        let same = |at: &usize| first[first.len() - at] == last[last.len() - at];
        let after = (1..=shorter - before).take_while(same).count();
        let text = |pieces: &[(bool, String)]| pieces.iter().map(|(_, text)| text.as_str()).collect::<String>();
        let (first_end, last_end) = (first.len() - after, last.len() - after);
        let mut together = Together {
            before: text(&first[..before]),
            first: text(&first[before..first_end]),
            last: text(&last[before..last_end]),
            after: text(&last[last_end..]),
        };
        if last.get(last_end).is_some_and(|(is_field, _)| !is_field) {
            let apart = |c: char| c.is_whitespace() || c == ',' || c == '،';
            let sign = together.after.len().min(last[last_end].1.len());
            let sign = together.after[..sign].find(apart).unwrap_or(sign);
            let rest = together.after.split_off(sign);
            together.first.push_str(&together.after);
            together.last.push_str(&together.after);
            together.after = rest;
        }
        together
    }
}

/// Where a date is written to, piece by piece.
struct Sink<'a> {
    pieces: &'a mut Pieces,
    inside: bool,
}

impl Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.pieces.0.last_mut() {
            Some((inside, last)) if *inside == self.inside => last.push_str(text),
            _ => self.pieces.0.push((self.inside, text.to_owned())),
        }
        Ok(())
    }
}

impl PartsWrite for Sink<'_> {
    type SubPartsWrite = Self;

    fn with_part(&mut self, _: Part, mut write: impl FnMut(&mut Self) -> fmt::Result) -> fmt::Result {
        let outside = std::mem::replace(&mut self.inside, true);
        let written = write(self);
        self.inside = outside;
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The languages of CLDR whose data are complete, and some regions.
    const LANGUAGES: &str = "af am ar ar-EG az be bg bn bs ca cs cy da de de-AT de-CH el en en-AU en-CA en-US es es-MX \
                             et eu fa fi fil fr fr-CA fr-CH ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt \
                             lv mk ml mn mr ms my nb ne nl nn or pa pl pt pt-BR pt-PT ro ru si sk sl sq sr sr-Latn sv sw \
                             ta te th tr uk ur uz vi xx zh zh-Hant zh-TW";

    #[test]
    fn every_language_writes_every_date() {
        for language in LANGUAGES.split_whitespace() {
            let locale = Locale::of(language);
            for year in [-44, 0, 1, 999, 1839, 2024, 9999] {
                for month in 1..=12 {
                    let day = Date::new(year, month, 12).unwrap();
                    for text in [locale.day(day), locale.month(year, month), locale.moment(day.at(18, 4, 0, 0))] {
                        // The root of all languages names months so.
                        assert!(!text.is_empty() && !text.contains("M0"), "{language}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_nothing_is_known_of_is_written_as_in_english() {
        let day = Date::new(2024, 3, 12).unwrap();
        assert_eq!([Locale::of("xx").day(day), Locale::of("").day(day)], ["12 March 2024", "12 March 2024"]);
        assert_eq!(Locale::of("en-US").day(day), "March 12, 2024");
    }

    #[test]
    fn numbers_and_plural_forms_follow_the_language() {
        let number = |language: &str| Locale::of(language).number(12_345);
        assert_eq!(["en", "de", "fr", "hi"].map(number), ["12,345", "12.345", "12\u{202f}345", "12,345"]);
        assert_eq!(Locale::of("fa").year(2024), "۲۰۲۴");
        assert_eq!(Locale::of("pl").forms(), ["one", "few", "many", "other"]);
        let polish = [0, 1, 2, 5, 12, 22, 25].map(|number| Locale::of("pl").form(number));
        assert_eq!(polish, ["many", "one", "few", "many", "many", "few", "many"]);
        let arabic = [0, 1, 2, 3, 11, 100].map(|number| Locale::of("ar").form(number));
        assert_eq!(arabic, ["zero", "one", "two", "few", "many", "other"]);
    }
}
