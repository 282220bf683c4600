//! A gallery's `gallery.toml`, read and checked.

use std::collections::BTreeMap;
use std::path::Path;

use super::closing;
use super::document::{self, Problems};
use super::images;
use super::settings::GALLERY;
use super::value::Value;
use super::walk::{self, Values};
use super::watermark;
use super::{AudienceRule, Downloads, GalleryConfig, Header, Translation};
use crate::error::{Code, Error};
use crate::visibility::Visibility;

/// A `gallery.toml` that does not count, because something is wrong with it.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Everything that is wrong.
    pub errors: Vec<Error>,
    /// Whether it may have been meant to close the gallery.
    pub may_close: bool,
}

impl GalleryConfig {
    /// Reads the `gallery.toml` at `path`, of a site in `root`. The file must exist; without one, use the default.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of the file, each with line and column; or the one
    /// reason why it could not be read: missing, no file, larger than 1 MiB, not UTF-8. Where nothing is wrong but
    /// [`Self::open_audiences`], the settings are given with it.
    pub fn read(path: &Path, root: &Path) -> Result<Self, Unread> {
        let shown = path.strip_prefix(root).unwrap_or(path);
        let text = document::text_of(path, shown).map_err(|error| Unread {
            errors: vec![error],
            may_close: closing::may_close_gallery(&document::bytes_of(path)),
        })?;
        if text.chars().all(|c| c == '\0' || c.is_whitespace()) {
            let lost =
                Error::new(Code::EmptySettings, "this file is empty, but may have made the gallery private").at(shown);
            let hint =
                "restore its content, or delete the file; to keep it without settings, add a line that begins with `#`";
            return Err(Unread { errors: vec![lost.hint(hint)], may_close: true });
        }
        let mut gallery = Self::of_text(&text, shown)?;
        gallery.file = Some(path.to_owned());
        Ok(gallery)
    }

    /// Checks the text of a `gallery.toml` that is called `file` in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_text(text: &str, file: &Path) -> Result<Self, Vec<Error>> {
        let mut gallery = Self::of_text(text, file).map_err(|unread| unread.errors)?;
        gallery.open_audiences.take().map_or(Ok(gallery), |wrong| Err(vec![wrong]))
    }

    fn of_text(text: &str, file: &Path) -> Result<Self, Unread> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut problems = Problems::new(file, text);
        let Some(table) = document::parse(text, &mut problems) else {
            let errors = problems.finish().err().unwrap_or_default();
            return Err(Unread { errors, may_close: closing::may_close_gallery(text.as_bytes()) });
        };
        let values = walk::walk(&table, GALLERY, &mut problems);
        let at_watermark = table.get_key_value("watermark").map(|(key, _)| key.span().start);
        let gallery = build(values, at_watermark, &mut problems);
        let may_close = problems.is_closing();
        problems.finish().map(|_| gallery).map_err(|errors| Unread { errors, may_close })
    }
}

fn build(mut values: Values, at_watermark: Option<usize>, problems: &mut Problems<'_>) -> GalleryConfig {
    let v = &mut values;
    let (at_access, at_audiences) = (v.at("access"), v.first_below("audiences"));
    let mut gallery = GalleryConfig {
        id: v.text("id"),
        title: v.text("title"),
        date: v.day("date"),
        description: v.text("description"),
        language: v.text("language"),
        translations: Translation::take(v),
        cover: v.text("cover"),
        sort: v.sort("sort"),
        access: v.text("access").and_then(|access| Visibility::named(&access)),
        expires: v.day("expires"),
        keywords: v.lines("keywords").unwrap_or_default(),
        licence: v.text("licence"),
        share_cover: v.flag("share_cover").unwrap_or(false),
        header: match v.text("header").as_deref() {
            Some("half") => Header::Half,
            Some("full") => Header::Full,
            _ => Header::None,
        },
        sections: v.lines("sections").unwrap_or_default(),
        favourites: v.flag("favourites"),
        lists: lists(v),
        downloads: v.text("downloads").and_then(|word| Downloads::named(&word)),
        watermark: watermark::take(v, at_watermark, problems),
        passwords: v.flag("passwords").unwrap_or(false),
        captions: texts(v, "captions"),
        alt: texts(v, "alt"),
        images: images::take(v, problems),
        audiences: audiences(v),
        open_audiences: None,
        file: None,
    };
    // Who writes an audience expects that something is hidden from somebody.
    let is_open = gallery.access.is_some_and(Visibility::is_open);
    if let (true, Some(at), Some(_)) = (is_open, at_access, at_audiences) {
        let message = "`[audiences]` has no effect, because this gallery is open to everyone";
        let hint = "write `access = \"private\"`, or delete the audiences";
        if problems.is_empty() {
            let place = problems.place(at);
            gallery.open_audiences =
                Some(Error { place: Some(place), ..Error::new(Code::AudienceHidesNothing, message).hint(hint) });
        } else {
            problems.may_close();
            problems.add(Code::AudienceHidesNothing, at, message, hint);
        }
    }
    #[cfg(test)]
    assert!(values.is_empty(), "a setting was checked and then ignored: {values:?}");
    gallery
}

/// Texts by file name.
fn texts(v: &mut Values, table: &str) -> BTreeMap<String, String> {
    let texts = v.below(table).into_iter().filter_map(|(path, value)| match (path.as_slice(), value) {
        ([name], Value::Text(text)) => Some((name.clone(), text)),
        _ => None,
    });
    texts.collect()
}

/// Lists of favourites with their limits; none where the limit is 0.
fn lists(v: &mut Values) -> BTreeMap<String, Option<u32>> {
    let lists = v.below("lists").into_iter().filter_map(|(path, value)| match (path.as_slice(), value) {
        ([name], Value::Number(limit)) => Some((name.clone(), Some(limit).filter(|limit| *limit > 0))),
        _ => None,
    });
    lists.collect()
}

/// Audiences by name. One that says nothing is there too: it sees everything.
fn audiences(v: &mut Values) -> BTreeMap<String, AudienceRule> {
    let mut audiences: BTreeMap<String, AudienceRule> =
        v.take_names().into_iter().map(|name| (name, AudienceRule::default())).collect();
    for (path, value) in v.below("audiences") {
        let [name, rule] = path.as_slice() else { continue };
        let audience = audiences.entry(name.clone()).or_default();
        match (rule.as_str(), value) {
            ("only", Value::Lines(lines)) => audience.only = Some(lines),
            ("except", Value::Lines(lines)) => audience.except = lines,
            ("language", Value::Text(language)) => audience.language = Some(language),
            ("downloads", Value::Text(word)) => audience.downloads = Downloads::named(&word),
            ("watermark", Value::Flag(flag)) => audience.watermark = Some(flag),
            ("passwords", Value::Flag(flag)) => audience.passwords = flag,
            _ => {}
        }
    }
    audiences
}
