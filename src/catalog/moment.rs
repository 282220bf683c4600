//! Photos in the order in which they were taken.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;

use jiff::civil::{Date, DateTime};

use super::Photo;
use crate::metadata::{Camera, Taken};

/// Sorts by the moment, those without one last; ties stay as they are.
///
/// Every photo is given one moment in UTC, so the order is total whatever is known of which. One without an offset has that of
/// the photo of the same camera that is nearest to it on the clock, else of any photo of the gallery: people change the zone
/// on all their cameras, or on none. Where no photo has one, all are on one clock.
pub(super) fn sort(photos: &mut Vec<Photo>, newest_first: bool, today: Option<Date>) {
    let credible = |taken: &Taken| today.is_none_or(|today| !is_ahead(taken, today));
    let when = |photo: &Photo| photo.taken.or_else(|| in_name(&photo.name).filter(credible));
    let said: Vec<Option<Taken>> = photos.iter().map(when).collect();
    let mut offsets = Offsets::default();
    for (photo, taken) in photos.iter().zip(&said) {
        if let Some(taken) = taken
            && let Some(minutes) = taken.offset_minutes()
        {
            offsets.add(&photo.metadata.camera, taken.local(), minutes);
        }
    }
    offsets.settle();
    let moment = |(photo, taken): (&Photo, &Option<Taken>)| {
        taken.map(|taken| taken.moment(offsets.of(&photo.metadata.camera, taken.local())))
    };
    let moments: Vec<Option<DateTime>> = photos.iter().zip(&said).map(moment).collect();
    let mut all: Vec<_> = moments.into_iter().zip(std::mem::take(photos)).collect();
    all.sort_by(|(a, _), (b, _)| {
        let order = if newest_first { b.cmp(a) } else { a.cmp(b) };
        a.is_none().cmp(&b.is_none()).then(order)
    });
    photos.extend(all.into_iter().map(|(_, photo)| photo));
}

/// Whether a date lies in the future: behind tomorrow, for somewhere it is tomorrow already.
pub(super) fn is_ahead(taken: &Taken, today: Date) -> bool {
    taken.is_after(today.tomorrow().unwrap_or(today))
}

/// Offsets that photos of a gallery have written down, by the clock.
#[derive(Default)]
struct Offsets<'a> {
    of_cameras: HashMap<(&'a str, &'a str), Vec<(DateTime, i16)>>,
    all: Vec<(DateTime, i16)>,
}

impl<'a> Offsets<'a> {
    fn name(camera: &'a Camera) -> (&'a str, &'a str) {
        (camera.make.as_deref().unwrap_or(""), camera.model.as_deref().unwrap_or(""))
    }

    fn add(&mut self, camera: &'a Camera, local: DateTime, minutes: i16) {
        self.of_cameras.entry(Self::name(camera)).or_default().push((local, minutes));
        self.all.push((local, minutes));
    }

    fn settle(&mut self) {
        self.of_cameras.values_mut().for_each(|known| known.sort_unstable());
        self.all.sort_unstable();
    }

    fn of(&self, camera: &'a Camera, local: DateTime) -> i16 {
        let own = self.of_cameras.get(&Self::name(camera)).and_then(|known| nearest(known, local));
        own.or_else(|| nearest(&self.all, local)).unwrap_or(0)
    }
}

/// The offset that was noted nearest to a time, the earlier one of two.
fn nearest(known: &[(DateTime, i16)], local: DateTime) -> Option<i16> {
    let at = known.partition_point(|(other, _)| *other < local);
    let before = at.checked_sub(1).and_then(|at| known.get(at));
    let after = known.get(at);
    let far = |(other, _): &(DateTime, i16)| local.duration_since(*other).abs();
    match (before, after) {
        (Some(before), Some(after)) if far(after) < far(before) => Some(after.1),
        (before, after) => before.or(after).map(|(_, minutes)| *minutes),
    }
}

/// Beginnings of names to which cameras, phones and messengers add a day without a time, in lower case.
const WORDS: &[&str] = &[
    "burst",
    "c360",
    "cam",
    "dsc",
    "img",
    "image",
    "lrm",
    "mvimg",
    "p",
    "pano",
    "photo",
    "pic",
    "picture",
    "pxl",
    "screenshot",
    "signal",
    "snapchat",
    "telegram",
    "vid",
    "whatsapp",
    "wp",
];

/// When a file was made, as its name has it: `IMG-20240601-WA0003`, `PXL_20240601_123456789`, `2024-06-01 12.34.56`,
/// `Screenshot 2024-06-01 at 3.04.05 PM`. Never from digits alone: eight of them need a known word before them or a time of
/// day behind, or begin the name.
pub(super) fn in_name(name: &OsStr) -> Option<Taken> {
    let stem = Path::new(name).file_stem()?.to_str()?;
    let bytes = stem.as_bytes();
    let starts =
        (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit()));
    starts.into_iter().find_map(|at| parted(stem, at).or_else(|| compact(stem, at)))
}

/// `2024-06-01`, also with `_` or `.`, and what follows.
fn parted(stem: &str, at: usize) -> Option<Taken> {
    let text = stem.get(at..)?;
    let bytes = text.as_bytes();
    let part = *bytes.get(4)?;
    if !matches!(part, b'-' | b'_' | b'.')
        || bytes.get(7) != Some(&part)
        || bytes.get(10).is_some_and(u8::is_ascii_digit)
    {
        return None;
    }
    let day = day(text.get(..4)?, text.get(5..7)?, text.get(8..10)?)?;
    Some(with_time(day, clock(&text[10..]), stem))
}

/// `20240601`, and what follows.
fn compact(stem: &str, at: usize) -> Option<Taken> {
    let text = stem.get(at..)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    // A time may follow at once, with parts of a second or without.
    if !matches!(digits, 8 | 14 | 17) {
        return None;
    }
    let day = day(text.get(..4)?, text.get(4..6)?, text.get(6..8)?)?;
    let time = clock(&text[8..]);
    let word = stem[..at].trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
    let word = word.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    let is_known = at == 0 || WORDS.contains(&word);
    ((digits == 8 && is_known) || time.is_some()).then(|| with_time(day, time, stem))
}

fn with_time(day: Date, time: Option<jiff::civil::Time>, stem: &str) -> Taken {
    // Pixel phones name their files in UTC.
    let offset = (stem.starts_with("PXL_") && time.is_some()).then_some(0);
    Taken::new(time.map_or(day.at(0, 0, 0, 0), |time| day.to_datetime(time)), offset)
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    // No phone and no messenger is older.
    let year = number(year).filter(|year| *year >= 1990)?;
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    Date::new(year, month, day).ok()
}

fn number(text: &str) -> Option<i16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The time of day behind a day: `_123456`, ` 12.34.56`, `-12-34-56`, ` at 3.04.05 PM`, `T123456`.
fn clock(text: &str) -> Option<jiff::civil::Time> {
    let text = text.trim_start_matches([' ', '_', '-', '.', ',', 'T']);
    let text = text.strip_prefix("at").map_or(text, |rest| rest.trim_start_matches([' ', '_', '-']));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, minute, second, rest) = if matches!(digits, 6 | 8 | 9) {
        (&text[..2], &text[2..4], &text[4..6], &text[digits..])
    } else {
        let (hour, rest) = text.split_at_checked(digits).filter(|_| matches!(digits, 1 | 2))?;
        let part = rest.chars().next().filter(|c| matches!(c, '.' | ':' | '-' | '_' | '\u{a789}'))?;
        let rest = &rest[part.len_utf8()..];
        let (minute, rest) = rest.split_at_checked(2)?;
        let (second, rest) = rest.strip_prefix(part)?.split_at_checked(2)?;
        (hour, minute, second, rest)
    };
    let mut hour = number(hour)?;
    match rest.trim_start().get(..2).map(str::to_ascii_uppercase).as_deref() {
        Some("PM") if hour < 12 => hour += 12,
        Some("AM") if hour == 12 => hour = 0,
        _ => {}
    }
    let small = |number: i16| i8::try_from(number).ok();
    jiff::civil::Time::new(small(hour)?, small(number(minute)?)?, small(number(second)?)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Option<String> {
        in_name(name.as_ref()).map(|taken| taken.iso())
    }

    #[test]
    fn the_day_in_a_name_is_read_as_phones_and_messengers_write_it() {
        for (text, expected) in [
            ("IMG-20240601-WA0003.jpg", "2024-06-01T00:00:00"),
            ("IMG_20240601_123456.jpg", "2024-06-01T12:34:56"),
            ("IMG20240601123456.jpg", "2024-06-01T12:34:56"),
            ("PXL_20240601_123456789.jpg", "2024-06-01T12:34:56+00:00"),
            ("PXL_20240601_123456789.PORTRAIT-01.COVER.jpg", "2024-06-01T12:34:56+00:00"),
            ("MVIMG_20240601_123456.jpg", "2024-06-01T12:34:56"),
            ("2024-06-01 12.34.56.jpg", "2024-06-01T12:34:56"),
            ("2024-06-01 12.34.56-1.jpg", "2024-06-01T12:34:56"),
            ("Screenshot_2024-06-01-12-34-56.png", "2024-06-01T12:34:56"),
            ("Screenshot_2024-06-01-12-34-56-789_com.example.jpg", "2024-06-01T12:34:56"),
            ("Screenshot_20240601-123456.png", "2024-06-01T12:34:56"),
            ("Screenshot 2024-06-01 at 3.04.05 PM.png", "2024-06-01T15:04:05"),
            ("Screenshot 2024-06-01 at 3.04.05\u{202f}PM.png", "2024-06-01T15:04:05"),
            ("20240601_123456.jpg", "2024-06-01T12:34:56"),
            ("20240601_123456(0).jpg", "2024-06-01T12:34:56"),
            ("signal-2024-06-01-12-34-56-789.jpg", "2024-06-01T12:34:56"),
            ("signal-2024-06-01-123456.jpg", "2024-06-01T12:34:56"),
            ("signal-2024-06-01-123456_001.jpg", "2024-06-01T12:34:56"),
            ("WhatsApp Image 2024-06-01 at 12.34.56.jpeg", "2024-06-01T12:34:56"),
            ("WhatsApp Image 2024-06-01 at 12.34.56 (1).jpeg", "2024-06-01T12:34:56"),
            ("photo_2024-06-01_12-34-56.jpg", "2024-06-01T12:34:56"),
            ("DSC_20240601.jpg", "2024-06-01T00:00:00"),
            ("WP_20240601_12_34_56_Pro.jpg", "2024-06-01T12:34:56"),
            ("P_20240601_123456.jpg", "2024-06-01T12:34:56"),
            ("00001IMG_00001_BURST20240601123456789.jpg", "2024-06-01T12:34:56"),
            ("20240601-wedding-001.jpg", "2024-06-01T00:00:00"),
            ("Ann 2024.06.01.jpg", "2024-06-01T00:00:00"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_days_are_none() {
        for text in [
            "IMG_20991399.jpg",
            "IMG_1234.jpg",
            "DSC_0001.jpg",
            "FB_IMG_1717236896123.jpg",
            "1717236896.jpg",
            "+4915120240601.jpg",
            "015120240601.jpg",
            "invoice 20240601.jpg",
            "ID20240601.jpg",
            "A20240601B.jpg",
            "12-34-56.jpg",
            "2024-13-01.jpg",
            "2024-06-015.jpg",
            "18991231_000000.jpg",
            "P1010001.jpg",
            "100_2024.jpg",
            "2024-06.jpg",
            "é2024.jpg",
            "",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn the_nearest_offset_counts_and_the_earlier_of_two() {
        let at = |hour| jiff::civil::date(2024, 6, 1).at(hour, 0, 0, 0);
        let known = [(at(8), 60), (at(12), 120)];
        let offset = |hour| nearest(&known, at(hour));
        assert_eq!([offset(0), offset(9), offset(10), offset(11), offset(23)], [60, 60, 60, 120, 120].map(Some));
        assert_eq!(nearest(&[], at(0)), None);
    }
}
