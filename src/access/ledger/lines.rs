//! Reads a ledger in the plain form that is written, one `key = value` on a line, many times faster than
//! TOML in general. Whatever it does not know for certain it leaves to the general reader, which also
//! finds the words for what is wrong.

use std::collections::HashSet;

use jiff::civil::Date;

use super::reader::LONGEST_TEXT;
use super::{GalleryId, Ledger, LedgerGallery, Link, LinkId, PreviousRoot};

/// The ledger, or nothing where the general reader must look.
pub(super) fn read(text: &str) -> Option<Ledger> {
    let mut top = Top::default();
    let mut galleries: Vec<Gallery> = Vec::new();
    let mut ids = HashSet::new();
    for line in text.split('\n') {
        if line.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
            return None;
        }
        match line {
            "[[gallery]]" => galleries.push(Gallery::default()),
            "[[gallery.link]]" => galleries.last_mut()?.links.push(Entry::default()),
            _ if line.is_empty() || line.starts_with('#') => {}
            _ => {
                let (key, value) = line.split_once(" = ")?;
                match galleries.last_mut() {
                    None => top.set(key, value)?,
                    Some(gallery) => match gallery.links.last_mut() {
                        None => gallery.set(key, value)?,
                        Some(link) => link.set(key, value)?,
                    },
                }
            }
        }
    }
    (top.version == Some(1)).then_some(())?;
    let previous = match (top.previous_root, top.previous_until) {
        (Some(root), Some(until)) => Some(PreviousRoot { root, until }),
        (None, None) => None,
        _ => return None,
    };
    let galleries = galleries.into_iter().map(Gallery::finish);
    let galleries: Vec<_> =
        galleries.map(|gallery| gallery.filter(|gallery| ids.insert(gallery.id))).collect::<Option<_>>()?;
    Some(Ledger { root: top.root?, previous, galleries })
}

#[derive(Default)]
struct Top {
    version: Option<u32>,
    root: Option<String>,
    previous_root: Option<String>,
    previous_until: Option<Date>,
}

impl Top {
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "version" => once(&mut self.version, number(value)?),
            "root" => once(&mut self.root, quoted(value)?),
            "previous_root" => once(&mut self.previous_root, quoted(value)?),
            "previous_until" => once(&mut self.previous_until, date(value)?),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Gallery {
    id: Option<GalleryId>,
    path: Option<String>,
    epoch: Option<u32>,
    closed: Option<Date>,
    links: Vec<Entry>,
}

impl Gallery {
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "id" => once(&mut self.id, quoted(value)?.parse().ok()?),
            "path" => once(&mut self.path, quoted(value)?),
            "epoch" => once(&mut self.epoch, number(value).filter(|epoch| *epoch > 0)?),
            "closed" => once(&mut self.closed, date(value)?),
            _ => None,
        }
    }

    fn finish(self) -> Option<LedgerGallery> {
        let mut ids = HashSet::with_capacity(self.links.len());
        let links = self.links.into_iter().map(Entry::finish);
        let links = links.map(|link| link.filter(|link| ids.insert(link.id))).collect::<Option<_>>()?;
        Some(LedgerGallery { id: self.id?, path: self.path?, epoch: self.epoch?, closed: self.closed, links })
    }
}

#[derive(Default)]
struct Entry {
    id: Option<LinkId>,
    to: Option<String>,
    audience: Option<String>,
    issued: Option<Date>,
    expires: Option<Date>,
    dated: Option<bool>,
    was: Option<Vec<Date>>,
    revoked: Option<Date>,
    find: Option<bool>,
}

impl Entry {
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "id" => once(&mut self.id, quoted(value)?.parse().ok()?),
            "to" => once(&mut self.to, quoted(value)?),
            "audience" => once(&mut self.audience, quoted(value).filter(|audience| !audience.is_empty())?),
            "issued" => once(&mut self.issued, date(value)?),
            "expires" => once(&mut self.expires, date(value)?),
            "dated" => once(&mut self.dated, flag(value)?),
            "was" => {
                let days = value.strip_prefix('[')?.strip_suffix(']')?;
                once(&mut self.was, days.split(", ").map(date).collect::<Option<_>>()?)
            }
            "revoked" => once(&mut self.revoked, date(value)?),
            "find" => once(&mut self.find, flag(value)?),
            _ => None,
        }
    }

    fn finish(self) -> Option<Link> {
        Some(Link {
            id: self.id?,
            to: self.to?,
            audience: self.audience.unwrap_or_default(),
            issued: self.issued?,
            expires: self.expires,
            dated: self.dated.unwrap_or_default(),
            was: self.was.unwrap_or_default(),
            revoked: self.revoked,
            find: self.find.unwrap_or_default(),
        })
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A text in quotes without escapes.
fn quoted(value: &str) -> Option<String> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    (text.len() <= LONGEST_TEXT && !text.contains(['"', '\\'])).then(|| text.to_owned())
}

/// A number in its plainest form.
fn number(value: &str) -> Option<u32> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit()) && (value.len() == 1 || !value.starts_with('0'));
    plain.then(|| value.parse().ok())?
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn date(value: &str) -> Option<Date> {
    let digits = |range: std::ops::Range<usize>| {
        let part = value.get(range)?;
        if part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse::<i16>().ok() } else { None }
    };
    let dashes = value.len() == 10 && value.as_bytes()[4] == b'-' && value.as_bytes()[7] == b'-';
    dashes.then_some(())?;
    let (month, day) = (i8::try_from(digits(5..7)?).ok()?, i8::try_from(digits(8..10)?).ok()?);
    Date::new(digits(0..4)?, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::super::reader;
    use super::*;

    const PLAIN: &str = r#"# A comment.
version = 1
root = "m8TUJsIqZj_F81MJ"
previous_root = "x"
previous_until = 2027-03-01

[[gallery]]
id = "k3v9q2m7t4xa"
path = "hochzeiten/müller"
epoch = 12
closed = 2027-08-01

[[gallery.link]]
id = "h7w2c9d4n5ke"
to = ""
audience = "guests"
issued = 2026-11-22
expires = 2027-06-30
dated = true
was = [2027-01-31, 2027-02-28]
revoked = 2026-12-24
find = false
[[gallery.link]]
id = "q8r3x6v1z0mb"
to = "their parents # 'and' = more"
issued = 2026-11-22

[[gallery]]
id = "a5t0f8j2y6gs"
path = "b"
epoch = 1
"#;

    #[test]
    fn the_plain_form_is_read_as_the_general_reader_reads_it() {
        let fast = read(PLAIN);
        assert!(fast.is_some());
        assert_eq!(fast, reader::general(PLAIN, "access.toml".as_ref()).ok());
    }

    #[test]
    fn whatever_it_accepts_the_general_reader_accepts_with_the_same_meaning() {
        let mut accepted = 0;
        let mut compare = |text: &str| {
            if let Some(fast) = read(text) {
                accepted += 1;
                assert_eq!(reader::general(text, "access.toml".as_ref()).as_ref(), Ok(&fast), "{text}");
            }
        };
        for (place, letter) in PLAIN.char_indices() {
            compare(&PLAIN[..place]);
            for other in
                ["", "\"", "\\", "0", "9", "-", "=", " ", "\n", "#", "[", "]", "\t", "\r", "\u{7f}", "é", "e", "_", "."]
            {
                compare(&format!("{}{other}{}", &PLAIN[..place], &PLAIN[place..]));
                compare(&format!("{}{other}{}", &PLAIN[..place], &PLAIN[place + letter.len_utf8()..]));
            }
        }
        let lines: Vec<&str> = PLAIN.split_inclusive('\n').collect();
        for place in 0..lines.len() {
            compare(&[&lines[..place], &lines[place + 1..]].concat().concat());
            compare(&[&lines[..place], &lines[place..=place], &lines[place..]].concat().concat());
        }
        assert!(accepted > 500, "{accepted}");
    }
}
