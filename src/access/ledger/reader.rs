//! Reads the text of a ledger, and says where something is wrong in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Ledger, LedgerGallery, Link, PreviousRoot};
use crate::error::closest_match;
use crate::{Code, Error, Result};

const TOP: &[&str] = &["version", "root", "previous_root", "previous_until", "gallery"];
const GALLERY: &[&str] = &["id", "path", "epoch", "closed", "link"];
pub(super) const LINK: &[&str] = &["id", "to", "audience", "issued", "expires", "dated", "was", "revoked", "find"];

/// Longest text of a single value, so that a broken file cannot fill a terminal.
const LONGEST_TEXT: usize = 1000;

type Table<'i> = DeTable<'i>;
type Value<'i> = Spanned<DeValue<'i>>;

/// Reads a ledger.
pub(super) fn read(text: &str, file: &Path) -> Result<Ledger> {
    Reader { text, file }.ledger()
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Reader<'_> {
    fn ledger(&self) -> Result<Ledger> {
        let document = Table::parse(self.text).map_err(|error| self.not_toml(&error))?;
        let top = document.get_ref();
        self.known_keys(top, TOP, "a ledger")?;
        let version = self.required(top, "version", "the ledger", 0..0)?;
        if self.integer(version, "version")? != 1 {
            return Err(self
                .wrong(version.span(), "this version of Safelight does not support the ledger's format")
                .hint("use the version of Safelight that wrote it, or a newer one"));
        }
        let root = self.text_of(self.required(top, "root", "the ledger", 0..0)?, "root")?;
        let previous = match (top.get("previous_root"), top.get("previous_until")) {
            (Some(root), Some(until)) => Some(PreviousRoot {
                root: self.text_of(root, "previous_root")?,
                until: self.date(until, "previous_until")?,
            }),
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                return Err(self
                    .wrong(one.span(), "`previous_root` and `previous_until` belong together, but one is missing")
                    .hint("restore the missing line from git, or delete the other one"));
            }
        };
        let mut galleries = Vec::new();
        let mut seen = BTreeMap::new();
        for (table, span) in self.tables(top, "gallery")? {
            let gallery = self.gallery(table, span.clone())?;
            if seen.insert(gallery.id, ()).is_some() {
                return Err(self.wrong(span, format!("the gallery `{}` is in the ledger twice", gallery.id)).hint(
                    "after a merge, keep one entry with the links of both, the higher epoch and every `revoked`",
                ));
            }
            galleries.push(gallery);
        }
        Ok(Ledger { root, previous, galleries })
    }

    fn gallery(&self, table: &Table<'_>, span: Range<usize>) -> Result<LedgerGallery> {
        self.known_keys(table, GALLERY, "a gallery")?;
        let of = "a gallery";
        let epoch = self.required(table, "epoch", of, span.clone())?;
        let epoch = u32::try_from(self.integer(epoch, "epoch")?)
            .ok()
            .filter(|epoch| *epoch >= 1)
            .ok_or_else(|| self.wrong(epoch.span(), "`epoch` must be a whole number from 1 to 4294967295"))?;
        let mut links = Vec::new();
        let mut seen = BTreeSet::new();
        for (link, span) in self.tables(table, "link")? {
            let link = self.link(link, span.clone())?;
            if !seen.insert(link.id) {
                return Err(self
                    .wrong(span, format!("the link `{}` is in this gallery twice", link.id))
                    .hint("after a merge, keep one entry, with `revoked` if either has it"));
            }
            links.push(link);
        }
        Ok(LedgerGallery {
            id: self.id(self.required(table, "id", of, span.clone())?)?,
            path: self.text_of(self.required(table, "path", of, span)?, "path")?,
            epoch,
            closed: self.optional_date(table, "closed")?,
            links,
        })
    }

    fn link(&self, table: &Table<'_>, span: Range<usize>) -> Result<Link> {
        self.known_keys(table, LINK, "a link")?;
        let of = "a link";
        let audience = match table.get("audience") {
            Some(value) => {
                let audience = self.text_of(value, "audience")?;
                if audience.is_empty() {
                    return Err(self
                        .wrong(value.span(), "`audience` is empty")
                        .hint("delete the line if the link is for no particular audience"));
                }
                audience
            }
            None => String::new(),
        };
        Ok(Link {
            id: self.id(self.required(table, "id", of, span.clone())?)?,
            to: self.text_of(self.required(table, "to", of, span.clone())?, "to")?,
            audience,
            issued: self.date(self.required(table, "issued", of, span)?, "issued")?,
            expires: self.optional_date(table, "expires")?,
            dated: self.flag(table, "dated")?,
            was: self.dates(table, "was")?,
            revoked: self.optional_date(table, "revoked")?,
            find: self.flag(table, "find")?,
        })
    }

    fn known_keys(&self, table: &Table<'_>, known: &[&str], of: &str) -> Result<()> {
        for key in table.keys() {
            if known.contains(&key.get_ref().as_ref()) {
                continue;
            }
            let near = closest_match(key.get_ref(), known.iter().copied());
            let hint = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            return Err(self
                .wrong(key.span(), format!("{of} has no `{}`", key.get_ref()))
                .hint(format!("{hint}{of} may have: {}", known.join(", "))));
        }
        Ok(())
    }

    fn tables<'t, 'i>(&self, table: &'t Table<'i>, key: &str) -> Result<Vec<(&'t Table<'i>, Range<usize>)>> {
        let Some(value) = table.get(key) else { return Ok(Vec::new()) };
        let wrong = |span| self.wrong(span, format!("`{key}` must be written as `[[…]]` tables"));
        let all = value.get_ref().as_array().ok_or_else(|| wrong(value.span()))?;
        all.iter().map(|one| Ok((one.get_ref().as_table().ok_or_else(|| wrong(one.span()))?, one.span()))).collect()
    }

    fn required<'t, 'i>(&self, table: &'t Table<'i>, key: &str, of: &str, span: Range<usize>) -> Result<&'t Value<'i>> {
        table.get(key).ok_or_else(|| {
            self.wrong(span, format!("{of} has no `{key}`")).hint("restore the line from git: `git log -p access.toml`")
        })
    }

    fn text_of(&self, value: &Value<'_>, key: &str) -> Result<String> {
        let text = value.get_ref().as_str().ok_or_else(|| self.type_of(value, key, "a text in quotes"))?;
        if text.len() > LONGEST_TEXT {
            return Err(self.wrong(value.span(), format!("`{key}` is longer than {LONGEST_TEXT} bytes")));
        }
        Ok(text.to_owned())
    }

    fn id<T: FromStr<Err = Error>>(&self, value: &Value<'_>) -> Result<T> {
        self.text_of(value, "id")?.parse().map_err(|error: Error| {
            let wrong = self.wrong(value.span(), error.message);
            Error { hint: error.hint, ..wrong }
        })
    }

    fn integer(&self, value: &Value<'_>, key: &str) -> Result<i64> {
        value
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .ok_or_else(|| self.type_of(value, key, "a whole number"))
    }

    fn flag(&self, table: &Table<'_>, key: &str) -> Result<bool> {
        table.get(key).map_or(Ok(false), |value| {
            value.get_ref().as_bool().ok_or_else(|| self.type_of(value, key, "`true` or `false`"))
        })
    }

    fn optional_date(&self, table: &Table<'_>, key: &str) -> Result<Option<Date>> {
        table.get(key).map(|value| self.date(value, key)).transpose()
    }

    fn dates(&self, table: &Table<'_>, key: &str) -> Result<Vec<Date>> {
        let Some(value) = table.get(key) else { return Ok(Vec::new()) };
        let all = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.type_of(value, key, "a list of dates, such as `[2027-06-30]`"))?;
        all.iter().map(|one| self.date(one, key)).collect()
    }

    fn date(&self, value: &Value<'_>, key: &str) -> Result<Date> {
        let wrong = || self.type_of(value, key, "a date without quotes, such as `2027-06-30`");
        let written = value.get_ref().as_datetime().ok_or_else(wrong)?;
        match (written.date, written.time, written.offset) {
            (Some(date), None, None) => {
                let parts = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
                let (Ok(year), Ok(month), Ok(day)) = parts else { return Err(wrong()) };
                Date::new(year, month, day).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    fn type_of(&self, value: &Value<'_>, key: &str, expected: &str) -> Error {
        self.wrong(value.span(), format!("`{key}` must be {expected}, not a {}", value.get_ref().type_str()))
    }

    fn not_toml(&self, error: &toml::de::Error) -> Error {
        // Git's marks would otherwise be reported as a strange key.
        if let Some(mark) =
            self.text.match_indices("<<<<<<< ").find(|(at, _)| *at == 0 || self.text[..*at].ends_with('\n'))
        {
            return self
                .wrong(mark.0..mark.0, "the ledger contains an unresolved merge conflict")
                .hint("keep the entries of both sides, the higher `epoch` and every `revoked` and `closed`");
        }
        self.wrong(error.span().unwrap_or(0..0), format!("this is not TOML: {}", error.message().replace('\n', ", ")))
            .hint("restore the file from git, or correct the line")
            .caused_by(error.clone())
    }

    fn wrong(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        Error::new(Code::InvalidLedger, message).at_line(self.file, line, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) const EXAMPLE: &str = r#"version = 1
root = "m8TUJsIqZj_F81MJ"

[[gallery]]
id = "k3v9q2m7t4xa"
path = "weddings/lake-house"
epoch = 1

[[gallery.link]]
id = "h7w2c9d4n5ke"
to = "the couple"
audience = "guests"
issued = 2026-11-22
expires = 2027-06-30
dated = true
was = [2027-01-31]
revoked = 2026-12-24
find = true
"#;

    fn failure(text: &str) -> String {
        let error = read(text, "access.toml".as_ref()).unwrap_err();
        format!("{error}")
    }

    #[test]
    fn a_ledger_is_read_as_it_is_written() {
        let ledger = read(EXAMPLE, "access.toml".as_ref()).unwrap();
        let day = jiff::civil::date;
        assert_eq!(
            ledger.galleries[0].links,
            [Link {
                id: "h7w2c9d4n5ke".parse().unwrap(),
                to: "the couple".into(),
                audience: "guests".into(),
                issued: day(2026, 11, 22),
                expires: Some(day(2027, 6, 30)),
                dated: true,
                was: vec![day(2027, 1, 31)],
                revoked: Some(day(2026, 12, 24)),
                find: true,
            }]
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_column() {
        let with = |from: &str, to: &str| failure(&EXAMPLE.replacen(from, to, 1));
        assert_eq!(with("revoked =", "revokd ="), "`access.toml` line 17, column 1: a link has no `revokd`");
        assert_eq!(
            with("epoch = 1", "epoch = 0"),
            "`access.toml` line 7, column 9: `epoch` must be a whole number from 1 to 4294967295"
        );
        assert_eq!(
            with("2026-11-22", "\"2026-11-22\""),
            "`access.toml` line 13, column 10: `issued` must be a date without quotes, such as `2027-06-30`, not a string"
        );
        assert!(with("2026-11-22", "2026-11-22T10:00:00").contains("line 13, column 10"));
        assert!(with("2026-11-22", "2026-02-30").contains("line 13"));
        assert!(with("dated = true", "dated = 1").contains("`true` or `false`"));
        assert!(with("version = 1", "version = 2").contains("does not support"));
        assert!(with("to = \"the couple\"\n", "").contains("a link has no `to`"));
        assert!(with("k3v9q2m7t4xa", "k3v9q2m7t4xi").contains("is not the id of a gallery"));
        assert!(with("version", "previous_root = \"x\"\nversion").contains("belong together"));
        assert!(
            with("[[gallery]]\n", "<<<<<<< HEAD\n[[gallery]]\n")
                .contains("line 4, column 1: the ledger contains an unresolved merge conflict")
        );
        let link = &EXAMPLE[EXAMPLE.find("[[gallery.link]]").unwrap()..];
        assert!(failure(&format!("{EXAMPLE}\n{link}")).contains("twice"));
        let hint = read(&EXAMPLE.replace("revoked =", "revokd ="), "a".as_ref()).unwrap_err().hint.unwrap();
        assert!(hint.starts_with("did you mean `revoked`?"));
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        for end in 0..EXAMPLE.len() {
            let _ = read(&EXAMPLE[..end], "access.toml".as_ref());
            let _ = read(&format!("{}é = [[{}", &EXAMPLE[..end], &EXAMPLE[end..]), "access.toml".as_ref());
        }
    }
}
