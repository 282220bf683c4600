//! Names of files that people save, and of the entries in ZIP files: as they are, for every file system.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::{Catalog, Gallery};
use crate::formats::SourceFormat;
use crate::plan::slug;
use crate::plan::{Album, Section};

/// The longest name, in characters: with a number and an ending it fits every file system.
const LONGEST: usize = 80;
/// What stands in addresses of a gallery's and a section's title.
const LONGEST_SLUG: usize = 40;

/// A name that every file system takes: no separators, no control characters, nothing that Windows refuses.
pub(super) fn file(name: &str) -> String {
    let plain = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let name: String = name.nfc().map(plain).collect();
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 8 => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    let stem = stem.trim().trim_end_matches('.');
    // Leading points hide a file.
    let stem = stem.trim_start_matches('.');
    let reserved = slug::is_device(&stem.to_ascii_lowercase());
    let mark = if stem.is_empty() || reserved { "_" } else { "" };
    format!("{stem}{mark}{}", ending.trim_end_matches([' ', '.']))
}

/// The name of a photo that is saved as JPEG.
pub(super) fn as_jpeg(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if [".jpg", ".jpeg", ".jpe", ".jfif"].iter().any(|ending| lower.ends_with(ending)) {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, _)) if SourceFormat::by_name(name).is_some() => format!("{stem}.jpg"),
        _ => format!("{name}.jpg"),
    }
}

/// The folder of each section in ZIP files, with a slash at its end: all below one of the album's name, so that parts that are
/// unpacked in one place come together. The album's own photos lie in that itself.
pub(super) fn folders(catalog: &Catalog, album: &Album) -> Vec<String> {
    let top = format!("{}/", file(&catalog.galleries[album.gallery].title));
    let (mut seen, mut of_galleries) = (HashSet::new(), HashMap::new());
    let mut below =
        |around: &str, name: &str| format!("{}/", unused(&mut seen, &format!("{around}{}", file(name)), ""));
    let folder = |section: &Section| {
        let gallery = &catalog.galleries[section.gallery];
        let around = match section.gallery == album.gallery {
            true => &top,
            false => of_galleries.entry(section.gallery).or_insert_with(|| below(&top, &gallery.title)),
        };
        match keyword(gallery, section) {
            Some(keyword) => below(around, keyword),
            None => around.clone(),
        }
    };
    album.sections.iter().map(folder).collect()
}

/// The keyword that makes a section.
fn keyword<'c>(gallery: &'c Gallery, section: &Section) -> Option<&'c str> {
    section.keyword.and_then(|at| gallery.config.sections.get(at)).map(String::as_str)
}

/// The names of entries in one folder, none twice where case or normal form makes no difference.
pub(super) struct Entries<'a> {
    folder: &'a str,
    seen: HashSet<String>,
}

impl<'a> Entries<'a> {
    pub(super) fn in_folder(folder: &'a str) -> Self {
        Self { folder, seen: HashSet::new() }
    }

    /// The path of one more entry.
    pub(super) fn add(&mut self, name: &str) -> String {
        let name = file(name);
        let (stem, ending) = match name.rfind('.') {
            Some(at) if at > 0 => name.split_at(at),
            _ => (name.as_str(), ""),
        };
        format!("{}{}", self.folder, unused(&mut self.seen, stem, ending))
    }
}

/// A name that is not among those seen, with a number where it is.
fn unused(seen: &mut HashSet<String>, stem: &str, ending: &str) -> String {
    let numbered = (2..).map(|number| format!("{stem} ({number}){ending}"));
    let mut names = std::iter::once(format!("{stem}{ending}")).chain(numbered);
    names.find(|name| seen.insert(name.to_lowercase())).unwrap_or_default()
}

/// The name of a part: `lake-house-ceremony-1-of-3.zip`.
pub(super) fn part(catalog: &Catalog, album: &Album, section: &Section, number: usize, total: usize) -> String {
    let slug = |title: &str| {
        let mut slug = slug::fold(&title.nfc().collect::<String>());
        slug.truncate(LONGEST_SLUG);
        slug.trim_end_matches(['-', '_']).to_owned()
    };
    let gallery = &catalog.galleries[section.gallery];
    let folder = (section.gallery != album.gallery).then_some(&*gallery.title);
    let titles = [Some(&*catalog.galleries[album.gallery].title), folder, keyword(gallery, section)];
    let parts: Vec<String> = titles.into_iter().flatten().map(slug).filter(|part| !part.is_empty()).collect();
    let name = if parts.is_empty() { "photos".to_owned() } else { parts.join("-") };
    if total == 1 { format!("{name}.zip") } else { format!("{name}-{number}-of-{total}.zip") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_are_where_every_file_system_takes_them() {
        for name in ["DSC_0042.JPG", "Käse 2.5 (final).tiff", "夏.png", "a.b.c.webp"] {
            assert_eq!(file(name), name);
        }
        for (name, expected) in [
            ("../a.jpg", "_a.jpg"),
            ("a:b?.jpg", "a_b_.jpg"),
            ("con.jpg", "con_.jpg"),
            (".hidden.jpg", "hidden.jpg"),
            ("..", "_"),
            ("a\u{202e}b\n.jpg", "a\u{202e}b_.jpg"),
            ("cafe\u{301}.jpg", "caf\u{e9}.jpg"),
            ("trailing. ", "trailing"),
        ] {
            assert_eq!(file(name), expected);
        }
        assert!(file(&"a".repeat(300)).len() <= LONGEST);
    }

    #[test]
    fn a_jpeg_is_called_one() {
        assert_eq!(
            ["a.jpg", "a.JPEG", "a.png", "a.b", "a"].map(as_jpeg),
            ["a.jpg", "a.JPEG", "a.jpg", "a.b.jpg", "a.jpg"]
        );
    }

    #[test]
    fn no_entry_takes_the_place_of_another() {
        let mut entries = Entries::in_folder("Lake/");
        let names = ["a.jpg", "A.JPG", "a (2).jpg", "a.jpg"].map(|name| entries.add(name));
        assert_eq!(names, ["Lake/a.jpg", "Lake/A (2).JPG", "Lake/a (2) (2).jpg", "Lake/a (3).jpg"]);
    }
}
