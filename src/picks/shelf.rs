//! The photos that could be picked, and which of them a name means.

use std::collections::HashMap;
use std::ffi::OsStr;

use crate::catalog::{Catalog, folded};
use crate::formats::{NotAPhoto, SourceFormat};
use crate::plan::AudienceView;

/// The photos of a gallery as one audience sees them, in its order.
#[derive(Debug, Default)]
pub struct Shelf {
    photos: Vec<Item>,
    exact: HashMap<String, usize>,
    /// By folded path; and by folder, ending left out: first as it is, then without what an edit adds.
    paths: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    edits: HashMap<String, Vec<usize>>,
    /// The same without the folder.
    names: HashMap<String, Vec<usize>>,
    bare_stems: HashMap<String, Vec<usize>>,
    bare_edits: HashMap<String, Vec<usize>>,
    patterns: std::collections::HashSet<String>,
}

/// A photo on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its path within the gallery.
    pub path: String,
    /// The gallery and the photo in it, as indices into the catalog.
    pub place: (usize, usize),
}

/// How a photo was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By its path.
    Path,
    /// By its name without the ending, or without the folder.
    Name,
    /// As the edit of the photo that was named, or as the photo whose edit was.
    Edit,
    /// By its place in the gallery, because the name is another.
    Number,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One photo.
    Photo(usize, How),
    /// Any of several.
    Several(Vec<usize>),
    /// None.
    Nothing,
}

impl Shelf {
    /// The photos of a view.
    pub fn of_view(catalog: &Catalog, view: &AudienceView) -> Self {
        let items = view.paths(catalog).zip(&view.photos).map(|((path, ..), place)| Item { path, place: *place });
        Self::new(items.collect())
    }

    /// These photos, in this order.
    pub fn new(photos: Vec<Item>) -> Self {
        let mut shelf = Self::default();
        for (at, photo) in photos.iter().enumerate() {
            shelf.exact.entry(photo.path.clone()).or_insert(at);
            let path = fold(&photo.path);
            let (folder, name) = parted(&path);
            let stem = stem(name);
            let edit = without_edit(stem);
            let mut add = |map: fn(&mut Self) -> &mut HashMap<String, Vec<usize>>, key: String| {
                map(&mut shelf).entry(key).or_default().push(at);
            };
            add(|shelf| &mut shelf.paths, path.clone());
            add(|shelf| &mut shelf.stems, format!("{folder}{stem}"));
            add(|shelf| &mut shelf.edits, format!("{folder}{edit}"));
            add(|shelf| &mut shelf.names, name.to_owned());
            add(|shelf| &mut shelf.bare_stems, stem.to_owned());
            add(|shelf| &mut shelf.bare_edits, edit.to_owned());
            shelf.patterns.insert(pattern(stem));
        }
        shelf.photos = photos;
        shelf
    }

    /// Its photos in showing order.
    pub fn photos(&self) -> &[Item] {
        &self.photos
    }

    /// Whether a name is made as names of its photos are: the same but for its digits.
    pub fn has_pattern_of(&self, name: &str) -> bool {
        let name = fold(name);
        let stem = stem(parted(&name).1);
        stem.contains(|c: char| c.is_ascii_digit()) && self.patterns.contains(&pattern(stem))
    }

    /// The photo that a name means: the path itself; in other letters or another normal form; with another ending, as after an
    /// export; as an edit. A name without a folder may lie in any. Nothing is opened, and nothing nearly right is taken.
    pub fn find(&self, file: &str) -> Found {
        if let Some(at) = self.exact.get(file) {
            return Found::Photo(*at, How::Path);
        }
        let file = file.trim().trim_start_matches("./").trim_start_matches('/');
        if file.is_empty() {
            return Found::Nothing;
        }
        let path = fold(file);
        let (folder, name) = parted(&path);
        let stem = stem(name);
        let edit = without_edit(stem);
        let has_folder = !folder.is_empty();
        let here = [
            (&self.paths, path.clone(), How::Path),
            (&self.stems, format!("{folder}{stem}"), How::Name),
            (&self.edits, format!("{folder}{edit}"), How::Edit),
        ];
        let anywhere = [
            (&self.names, name.to_owned(), How::Name),
            (&self.bare_stems, stem.to_owned(), How::Name),
            (&self.bare_edits, edit.to_owned(), How::Edit),
        ];
        let wanted = if has_folder { here } else { anywhere };
        for (map, key, how) in wanted {
            match map.get(&key).map(Vec::as_slice) {
                Some([one]) => return Found::Photo(*one, how),
                Some(several) => return Found::Several(several.to_vec()),
                None => {}
            }
        }
        Found::Nothing
    }
}

/// Text as names are compared: in small letters and one normal form.
pub(super) fn fold(text: &str) -> String {
    folded(OsStr::new(text)).to_string_lossy().into_owned()
}

/// A path's folder, with its slash, and its name.
pub(super) fn parted(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |at| at + 1))
}

/// Whether a name has the ending of a photo, shown or RAW.
pub(super) fn has_ending_of_a_photo(name: &str) -> bool {
    let kind = NotAPhoto::by_name(name);
    SourceFormat::by_name(name).is_some() || kind.is_some_and(|kind| kind != NotAPhoto::Video)
}

/// A name without its ending, and without a second one, as in `DSC_1.NEF.jpg`.
pub(super) fn stem(name: &str) -> &str {
    let once = |name: &str| has_ending_of_a_photo(name).then(|| name.rfind('.')).flatten();
    let first = once(name).map_or(name, |at| &name[..at]);
    once(first).map_or(first, |at| &first[..at])
}

/// A folded stem without what Lightroom Classic adds to the name of an edit: `-Edit`, `-Edit-2`, and for its enhancements
/// `-Enhanced`, `-Enhanced-NR`, `-Enhanced-SR` and their like. A number alone may be another photo.
pub(super) fn without_edit(stem: &str) -> &str {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut left = stem;
    loop {
        let unnumbered = left.rsplit_once('-').filter(|(_, number)| is_digits(number)).map(|(rest, _)| rest);
        let base = [Some(left), unnumbered].into_iter().flatten().find_map(|name| {
            let plain = ["-nr", "-sr", "-dn", "-rd"].iter().find_map(|kind| name.strip_suffix(kind));
            let enhanced = plain.unwrap_or(name).strip_suffix("-enhanced");
            name.strip_suffix("-edit").or(enhanced)
        });
        match base.filter(|base| !base.is_empty()) {
            Some(base) => left = base,
            None => return left,
        }
    }
}

/// A folded stem with `#` for each run of digits.
pub(super) fn pattern(stem: &str) -> String {
    let mut pattern = String::with_capacity(stem.len());
    for c in stem.chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !pattern.ends_with('#') {
            pattern.push(c);
        }
    }
    pattern
}

#[cfg(test)]
pub(super) fn shelf(paths: &[&str]) -> Shelf {
    Shelf::new(paths.iter().enumerate().map(|(at, path)| Item { path: (*path).to_owned(), place: (0, at) }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_path_then_without_ending_then_as_an_edit() {
        let shelf =
            shelf(&["a/DSC_0042.jpg", "b/DSC_0042.jpg", "b/DSC_0050-Edit.jpg", "Zoe\u{301}.jpg", "DSC_0060.NEF.jpg"]);
        for (name, found) in [
            ("a/DSC_0042.jpg", Found::Photo(0, How::Path)),
            ("./A/dsc_0042.JPG", Found::Photo(0, How::Path)),
            ("b/DSC_0042.NEF", Found::Photo(1, How::Name)),
            ("b/DSC_0042", Found::Photo(1, How::Name)),
            ("DSC_0042.jpg", Found::Several(vec![0, 1])),
            ("DSC_0042", Found::Several(vec![0, 1])),
            ("b/DSC_0050.jpg", Found::Photo(2, How::Edit)),
            ("DSC_0050", Found::Photo(2, How::Edit)),
            ("b/DSC_0042-Edit-2.tif", Found::Photo(1, How::Edit)),
            ("b/DSC_0042-Enhanced-NR.dng", Found::Photo(1, How::Edit)),
            ("zo\u{e9}", Found::Photo(3, How::Name)),
            ("Zo\u{e9}.jpg", Found::Photo(3, How::Name)),
            ("DSC_0060.jpg", Found::Photo(4, How::Name)),
            ("b/DSC_0042-2.jpg", Found::Nothing),
            ("c/DSC_0050-Edit.jpg", Found::Nothing),
            ("../../etc/passwd", Found::Nothing),
            ("DSC_004", Found::Nothing),
            ("-Edit.jpg", Found::Nothing),
            ("", Found::Nothing),
            ("/", Found::Nothing),
        ] {
            assert_eq!(shelf.find(name), found, "{name}");
        }
    }

    #[test]
    fn files_that_differ_in_case_alone_are_told_apart_by_it_or_not_at_all() {
        let shelf = shelf(&["a.jpg", "A.JPG", "b.jpg", "b.png"]);
        assert_eq!(shelf.find("a.jpg"), Found::Photo(0, How::Path));
        assert_eq!(shelf.find("A.JPG"), Found::Photo(1, How::Path));
        assert_eq!(shelf.find("A.jpg"), Found::Several(vec![0, 1]));
        assert_eq!(shelf.find("b.png"), Found::Photo(3, How::Path));
        assert_eq!(shelf.find("b"), Found::Several(vec![2, 3]));
    }

    #[test]
    fn a_pattern_is_a_name_but_for_its_digits() {
        let shelf = shelf(&["DSC_0042.jpg", "Ida.jpg"]);
        assert!(shelf.has_pattern_of("dsc_99") && shelf.has_pattern_of("x/DSC_1.NEF"));
        assert!(!shelf.has_pattern_of("Ida") && !shelf.has_pattern_of("2026") && !shelf.has_pattern_of("DSC_"));
    }
}
