//! Last days as people type them: `90d`, `12w` or `2027-06-30`.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::life::Today;
use crate::{Code, Error, Result};

/// Longer than this is a typing error: a hundred years.
const MOST_DAYS: i64 = 36_525;

/// The last day that a person typed: a number of days (`90d`) or weeks (`12w`) from today on, or a day.
///
/// # Errors
/// Anything else; a day that has passed; more than a hundred years.
pub fn last_day(typed: &str, today: Today) -> Result<Date> {
    let typed = typed.trim();
    let wrong = |message: String| {
        Error::new(Code::InvalidArgument, message)
            .hint("write a number of days (`90d`) or weeks (`12w`), or the last day, such as `2027-06-30`")
    };
    let shown: String = typed.chars().take(32).collect();
    let too_long = || wrong(format!("`{shown}` is more than a hundred years"));
    let last = match typed.as_bytes() {
        [number @ .., unit @ (b'd' | b'w')] if !number.is_empty() && number.iter().all(u8::is_ascii_digit) => {
            let factor = if *unit == b'w' { 7 } else { 1 };
            let days = typed[..typed.len() - 1].parse::<i64>().ok().and_then(|number| number.checked_mul(factor));
            let days = days.filter(|days| *days <= MOST_DAYS).ok_or_else(too_long)?;
            let span: Span = days.days();
            today.date().checked_add(span).map_err(|_| too_long())?
        }
        [year @ .., b'-', _, _, b'-', _, _] if year.len() == 4 => {
            typed.parse::<Date>().map_err(|_| wrong(format!("`{shown}` is not a valid date")))?
        }
        _ => return Err(wrong(format!("`{shown}` is neither a duration nor a date"))),
    };
    if last < today.date() {
        return Err(wrong(format!("{last} has passed: today is {} (UTC)", today.date())));
    }
    if (last - today.date()).get_days() as i64 > MOST_DAYS {
        return Err(too_long());
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::super::Ledger;
    use super::*;
    use jiff::civil::date;

    fn today() -> Today {
        Today::new(date(2026, 11, 22), &Ledger::new("r"))
    }

    #[test]
    fn days_weeks_and_dates_are_understood() {
        assert_eq!(last_day("90d", today()).unwrap(), date(2027, 2, 20));
        assert_eq!(last_day(" 12w ", today()).unwrap(), date(2027, 2, 14));
        assert_eq!(last_day("0d", today()).unwrap(), date(2026, 11, 22));
        assert_eq!(last_day("2026-11-22", today()).unwrap(), date(2026, 11, 22));
    }

    #[test]
    fn everything_else_is_refused_with_an_example() {
        for typed in [
            "",
            "d",
            "90",
            "6m",
            "1y",
            "-1d",
            "+1d",
            "1.5d",
            "2026-11-21",
            "2027-02-30",
            "2027-6-1",
            "20270630",
            "99999d",
            "99999999999999999999d",
            "2227-01-01",
            "٣d",
            "2027-06-30T10:00",
        ] {
            let error = last_day(typed, today()).unwrap_err();
            assert_eq!(error.code, Code::InvalidArgument, "{typed}");
            assert!(error.hint.unwrap().contains("90d"), "{typed}");
        }
    }
}
