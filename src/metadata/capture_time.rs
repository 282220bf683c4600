//! When a photo was taken: the local time on the photographer's watch, as finely as it is known.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// Where clocks begin that nobody has set, to the hour: those of spreadsheets, the Macintosh, Unix, DOS and GPS, those of
/// cameras, Apple's, and that of many phones' camera software.
const UNSET_CLOCKS: [(i16, i8, i8, i8); 11] = [
    (1899, 12, 30, 0),
    (1899, 12, 31, 0),
    (1900, 1, 1, 0),
    (1904, 1, 1, 0),
    (1970, 1, 1, 0),
    (1980, 1, 1, 0),
    (1980, 1, 6, 0),
    (1990, 1, 1, 0),
    (2000, 1, 1, 0),
    (2001, 1, 1, 0),
    (2002, 12, 8, 12),
];

/// How much of a date and time was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// The year alone, as archives write it.
    Year,
    /// Year and month.
    Month,
    /// A day without a time.
    Day,
    /// Hour and minute.
    Minute,
    /// Seconds, and parts of them where the camera wrote any.
    Second,
}

/// When a photo was taken. Sorts by local time, which is the order in which a day was lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Taken {
    local: DateTime,
    precision: Precision,
    offset_minutes: Option<i16>,
}

/// A day without its time, as finely as it is known. Sorts by the first day that it can be, and coarser ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// The day; what is not known of it is the first of its kind.
    pub date: Date,
    /// [`Precision::Day`] at most.
    pub precision: Precision,
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self { date, precision: Precision::Day }
    }
}

/// How it is kept in an index: ten bytes or so instead of a text of thirty.
#[derive(Serialize, Deserialize)]
struct Stored(i16, [i8; 5], i32, Precision, Option<i16>);

impl From<Taken> for Stored {
    fn from(taken: Taken) -> Self {
        let at = taken.local;
        let parts = [at.month(), at.day(), at.hour(), at.minute(), at.second()];
        Self(at.year(), parts, at.subsec_nanosecond(), taken.precision, taken.offset_minutes)
    }
}

impl TryFrom<Stored> for Taken {
    type Error = jiff::Error;

    fn try_from(stored: Stored) -> Result<Self, jiff::Error> {
        let Stored(year, [month, day, hour, minute, second], nanosecond, precision, offset_minutes) = stored;
        let local = DateTime::new(year, month, day, hour, minute, second, nanosecond)?;
        Ok(Self { local, precision, offset_minutes })
    }
}

impl Taken {
    /// A time to the second, with its offset from UTC in minutes where it is known.
    pub fn new(local: DateTime, offset_minutes: Option<i16>) -> Self {
        Self { local, precision: Precision::Second, offset_minutes }
    }

    /// The local date and time; what is not known is the first of its kind: 1 January, midnight.
    pub fn local(&self) -> DateTime {
        self.local
    }

    /// The day alone.
    pub fn day(&self) -> Day {
        Day { date: self.local.date(), precision: self.precision.min(Precision::Day) }
    }

    /// How much of [`Self::local`] is known.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Minutes east of UTC, where they were written down.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset_minutes
    }

    /// The offset as `+02:00`; `Z` is `+00:00`.
    pub fn offset_text(&self) -> Option<String> {
        self.offset_minutes.map(|minutes| {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        })
    }

    /// ISO 8601, as finely as it is known: `2024-06-01T14:03:22.05+02:00`, `2024-06-01`, `1987`.
    pub fn iso(&self) -> String {
        let at = self.local;
        let mut text = format!("{:04}", at.year());
        if self.precision >= Precision::Month {
            text += &format!("-{:02}", at.month());
        }
        if self.precision >= Precision::Day {
            text += &format!("-{:02}", at.day());
        }
        if self.precision >= Precision::Minute {
            text += &format!("T{:02}:{:02}", at.hour(), at.minute());
        }
        if self.precision == Precision::Second {
            text += &format!(":{:02}", at.second());
            if at.subsec_nanosecond() != 0 {
                text += format!(".{:09}", at.subsec_nanosecond()).trim_end_matches('0');
            }
        }
        if self.precision >= Precision::Minute
            && let Some(offset) = self.offset_text()
        {
            text += &offset;
        }
        text
    }

    /// The same with an offset, where it has a time and no offset yet.
    pub(super) fn with_offset(mut self, minutes: Option<i16>) -> Self {
        if self.precision >= Precision::Minute {
            self.offset_minutes = self.offset_minutes.or(minutes);
        }
        self
    }

    /// Whether both name the same second on the same watch.
    pub(super) fn is_same_second(&self, other: &Self) -> bool {
        let second =
            |taken: &Self| (taken.local.date(), taken.local.hour(), taken.local.minute(), taken.local.second());
        self.precision == Precision::Second && other.precision == Precision::Second && second(self) == second(other)
    }

    /// EXIF: `2024:06:01 14:03:22`, with parts of a second and an offset in fields of their own. Blanks and
    /// zeros mean unknown.
    pub(super) fn from_exif(text: &str, parts: Option<&str>, offset: Option<&str>) -> Option<Self> {
        let mut taken = Self::from_text(text)?;
        if let Some(parts) = parts.map(str::trim)
            && taken.precision == Precision::Second
            && let Some(nanosecond) = nanoseconds(parts)
        {
            taken.local = taken.local.with().subsec_nanosecond(nanosecond).build().ok()?;
        }
        Some(taken.with_offset(offset.and_then(offset_minutes))).filter(|taken| !taken.is_of_unset_clock())
    }

    /// A date as any block may have it: ISO 8601 from the year alone to parts of a second with a zone, which XMP wants, and
    /// EXIF's notation, which programs put there all the same. What a clock says that was never set is no date.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        let (date, time) = match text.split_once(|c: char| matches!(c, 'T' | 't') || c.is_whitespace()) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        // A day may have a zone of its own (XML Schema, 3.3.9).
        let date = date.split('+').next().unwrap_or(date).trim_end_matches(['Z', 'z']);
        let compact = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        let date = match compact {
            true => format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]),
            false => date.replace([':', '/', '.'], "-"),
        };
        Self::from_parts(&date, time).filter(|taken| !taken.is_of_unset_clock())
    }

    /// IPTC-IIM: `CCYYMMDD` and `HHMMSS±HHMM`; months and days of 00 are unknown.
    pub(super) fn from_iim(date: &str, time: Option<&str>) -> Option<Self> {
        match time.map(str::trim).filter(|time| !time.is_empty()) {
            Some(time) => Self::from_text(&format!("{}T{time}", date.trim())),
            None => Self::from_text(date),
        }
    }

    /// Whether this is where the clock of a camera, a phone or a program begins that nobody has set: the very moment, for
    /// people take pictures on those days too.
    fn is_of_unset_clock(&self) -> bool {
        let begins = |at: DateTime| {
            let moment = (at.year(), at.month(), at.day(), at.hour());
            at.minute() == 0 && at.second() == 0 && UNSET_CLOCKS.contains(&moment)
        };
        // Such clocks count from their beginning in UTC and may be told in another zone.
        let of_zone = self.offset_minutes.is_some() && begins(self.moment(0));
        self.precision >= Precision::Minute && (begins(self.local) || of_zone)
    }

    /// Whether it lies behind this day.
    pub(crate) fn is_after(&self, day: Date) -> bool {
        self.local.date() > day
    }

    /// When that was in UTC; `assumed`, in minutes east of it, counts where no offset was written down.
    pub(crate) fn moment(&self, assumed: i16) -> DateTime {
        let minutes = i64::from(self.offset_minutes.unwrap_or(assumed));
        self.local.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(self.local)
    }

    /// A date with hyphens and a time with colons; a time that cannot be read leaves the day.
    fn from_parts(date: &str, time: Option<&str>) -> Option<Self> {
        let mut numbers = [0_i16, 1, 1];
        let mut known = 0;
        for (slot, part) in numbers.iter_mut().zip(date.split('-')) {
            // A month or a day of 00 is one that nobody knows.
            if known > 0 && part == "00" {
                break;
            }
            if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *slot = part.parse().ok()?;
            known += 1;
        }
        // Cameras whose clock was never set write year 0; no photograph is older than 1800.
        if date.split('-').count() > 3 || numbers[0] < 1800 {
            return None;
        }
        let precision = [Precision::Year, Precision::Month, Precision::Day][usize::min(known, 3).checked_sub(1)?];
        let (month, day) = (i8::try_from(numbers[1]).ok()?, i8::try_from(numbers[2]).ok()?);
        let date = jiff::civil::Date::new(numbers[0], month, day).ok()?;
        let mut taken = Self { local: date.at(0, 0, 0, 0), precision, offset_minutes: None };
        if precision == Precision::Day
            && let Some(time) = time
        {
            taken.set_time(time);
        }
        Some(taken)
    }

    /// `HH:MM[:SS[.parts]][zone]`, with colons or without; what is no time is passed over.
    fn set_time(&mut self, text: &str) {
        let text = text.trim();
        let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
        let (clock, zone) = text.split_at(zone_at);
        let clock = clock.trim();
        let is_compact = matches!(clock.len(), 4 | 6) && clock.bytes().all(|byte| byte.is_ascii_digit());
        let spaced = || format!("{}:{}:{}", &clock[..2], &clock[2..4], &clock[4..]).trim_end_matches(':').to_owned();
        let clock = if is_compact { spaced() } else { clock.to_owned() };
        let mut parts = clock.split(':');
        let number = |part: Option<&str>| part.and_then(|part| part.trim().parse::<i8>().ok());
        let (Some(hour), Some(minute)) = (number(parts.next()), number(parts.next())) else { return };
        let (second, nanosecond, precision) = match parts.next() {
            None => (0, 0, Precision::Minute),
            Some(seconds) => {
                let (whole, parts) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
                // A leap second is shown as the second before it.
                let Some(whole) = number(Some(whole)) else { return };
                (if whole == 60 { 59 } else { whole }, nanoseconds(parts).unwrap_or(0), Precision::Second)
            }
        };
        if let Ok(time) = jiff::civil::Time::new(hour, minute, second, nanosecond) {
            *self =
                Self { local: self.local.date().to_datetime(time), precision, offset_minutes: offset_minutes(zone) };
        }
    }
}

/// `05` after the point is 50 milliseconds.
fn nanoseconds(parts: &str) -> Option<i32> {
    if parts.is_empty() || !parts.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{parts:0<9}").get(..9)?.parse().ok()
}

/// `+02:00`, `-0330`, `+2`, `Z`; nothing beyond 15 hours.
pub(super) fn offset_minutes(text: &str) -> Option<i16> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = &text[1..];
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
        return None;
    }
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.get(..2)?),
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes) = (hours.parse::<i16>().ok()?, minutes.parse::<i16>().ok()?);
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(text: &str, parts: Option<&str>, offset: Option<&str>) -> Option<String> {
        Taken::from_exif(text, parts, offset).map(|taken| taken.iso())
    }

    #[test]
    fn exif_dates_take_their_parts_of_a_second_and_their_offset() {
        assert_eq!(
            exif("2024:06:01 14:03:22\0", Some("05"), Some("+02:00")).as_deref(),
            Some("2024-06-01T14:03:22.05+02:00")
        );
        assert_eq!(exif("2024:06:01 14:03:22", None, None).as_deref(), Some("2024-06-01T14:03:22"));
        assert_eq!(exif("2024:06:01 24:61:00", None, None).as_deref(), Some("2024-06-01"));
    }

    #[test]
    fn blanks_zeros_and_impossible_days_are_no_date() {
        for text in
            ["0000:00:00 00:00:00", "    :  :     :  :  ", "", "2024:02:30 10:00:00", "2024:13:01 10:00:00", "éé"]
        {
            assert_eq!(exif(text, None, None), None, "{text}");
        }
    }

    #[test]
    fn xmp_dates_are_as_fine_as_they_were_written() {
        for text in [
            "1987",
            "1987-05",
            "1987-05-04",
            "1987-05-04T11:00",
            "2024-06-01T14:03:22.125-03:30",
            "2024-06-01T00:00:00+00:00",
        ] {
            assert_eq!(Taken::from_text(text).map(|taken| taken.iso()).as_deref(), Some(text));
        }
        assert_eq!(Taken::from_text("2024-06-01T14:03Z").map(|t| t.iso()).as_deref(), Some("2024-06-01T14:03+00:00"));
    }

    #[test]
    fn every_block_s_notation_is_read_in_every_block() {
        let read = |text| Taken::from_text(text).map(|taken| taken.iso());
        for (text, expected) in [
            ("2024:07:01 09:00:00", "2024-07-01T09:00:00"),
            ("2024:07:01T09:00:00", "2024-07-01T09:00:00"),
            ("2024-07-01 09:00:00", "2024-07-01T09:00:00"),
            ("2024:07:01 09:00:00+02:00", "2024-07-01T09:00:00+02:00"),
            ("2024:07:01 09:00:00.25 -0330", "2024-07-01T09:00:00.25-03:30"),
            ("2024:07:01 09:00:00Z", "2024-07-01T09:00:00+00:00"),
            ("2024:07:01 09:00", "2024-07-01T09:00"),
            ("2024:07:01", "2024-07-01"),
            ("2024/07/01", "2024-07-01"),
            ("2024:07", "2024-07"),
            ("2024:07:00 00:00:00", "2024-07"),
            ("1993-00-00 12:00:00", "1993"),
            ("1993 12:00:00", "1993"),
            ("20240701", "2024-07-01"),
            ("20240701T090000Z", "2024-07-01T09:00:00+00:00"),
            ("2024-07-01+02:00", "2024-07-01"),
            ("2024-07-01Z", "2024-07-01"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "2024:13:01", "07/01/2024", "1719817200", "2024:07:01:09:00:00"] {
            assert_eq!(read(text), None, "{text}");
        }
        let iim = |date, time| Taken::from_iim(date, time).map(|taken: Taken| taken.iso());
        assert_eq!(iim("2024:07:01", Some("09:00:00+02:00")).as_deref(), Some("2024-07-01T09:00:00+02:00"));
    }

    #[test]
    fn a_clock_that_was_never_set_tells_no_date_and_an_old_picture_keeps_its_own() {
        for text in [
            "1970:01:01 00:00:00",
            "1980-01-01T00:00:00",
            "1904:01:01 00:00:00",
            "1899:12:30 00:00:00",
            "2000:01:01 00:00:00",
            "2002:12:08 12:00:00",
            "1970-01-01T00:00",
            "1970-01-01T01:00:00+01:00",
            "1969-12-31T19:00:00-05:00",
        ] {
            assert_eq!(Taken::from_text(text), None, "{text}");
        }
        assert_eq!(Taken::from_iim("20000101", Some("000000+0000")), None);
        for (text, expected) in [
            ("1985:06:12 00:00:00", "1985-06-12T00:00:00"),
            ("1970:07:20 00:00:00", "1970-07-20T00:00:00"),
            ("2000:01:01 18:30:00", "2000-01-01T18:30:00"),
            ("2000:01:01 00:00:01", "2000-01-01T00:00:01"),
            ("2002:12:08 12:01:00", "2002-12-08T12:01:00"),
            ("1969:12:31 19:00:00", "1969-12-31T19:00:00"),
            ("1970:01:01", "1970-01-01"),
            ("1970", "1970"),
        ] {
            assert_eq!(exif(text, None, None).as_deref(), Some(expected));
        }
    }

    #[test]
    fn iim_dates_may_lack_month_day_and_time() {
        let iim = |date, time| Taken::from_iim(date, time).map(|taken: Taken| taken.iso());
        assert_eq!(iim("20240601", Some("140322+0200")).as_deref(), Some("2024-06-01T14:03:22+02:00"));
        assert_eq!(iim("19870500", None).as_deref(), Some("1987-05"));
        assert_eq!(iim("19870000", Some("000000")).as_deref(), Some("1987"));
    }

    #[test]
    fn it_comes_back_from_an_index_as_it_went_in() {
        let taken = Taken::from_text("2024-06-01T14:03:22.125-03:30").unwrap();
        let kept = postcard::to_stdvec(&taken).unwrap();
        assert!(kept.len() <= 18, "{}", kept.len());
        assert_eq!(postcard::from_bytes::<Taken>(&kept).unwrap(), taken);
    }
}
