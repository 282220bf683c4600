//! Names in addresses: readable, the same on every file system, and never two alike.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

/// Longer names are cut; a tag keeps them apart.
const LONGEST: usize = 60;
/// Devices on Windows, whatever follows the first dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The name of a photo's page, from the file's name alone: other photos that come and go do not change it.
///
/// A name that is already its own address (lower case ASCII letters, digits, `_` and `-`, ending in `.jpg`) stays as it
/// is. Every other name loses something on the way, so it gets a tag made from all of its bytes: `DSC 42.JPG` becomes
/// `dsc-42-7k2fq`. No plain name ends like a tag.
pub(super) fn photo(name: &OsStr) -> String {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or(name);
    let slug = fold(&stem.to_string_lossy());
    let kept = path.extension() == Some(OsStr::new("jpg")) && stem.to_str() == Some(slug.as_str());
    if kept && !looks_tagged(&slug) && !is_reserved(&slug) {
        return slug;
    }
    tagged(&slug, name, "photo", 5)
}

/// Names for all photos of one page space. Two names have the same tag once in four million times; then longer tags
/// tell them apart.
pub(super) fn photos<'a>(names: impl Iterator<Item = &'a OsStr> + Clone) -> Vec<String> {
    let mut slugs: Vec<String> = names.clone().map(photo).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for slug in &slugs {
        *seen.entry(slug).or_default() += 1;
    }
    let twice: BTreeSet<String> =
        seen.into_iter().filter(|(_, count)| *count > 1).map(|(slug, _)| slug.to_owned()).collect();
    if !twice.is_empty() {
        for (slug, name) in slugs.iter_mut().zip(names) {
            if twice.contains(slug) {
                *slug =
                    tagged(&fold(&Path::new(name).file_stem().unwrap_or(name).to_string_lossy()), name, "photo", 20);
            }
        }
    }
    slugs
}

/// Names for the folders of one level; `taken` are names that belong to somebody else there.
///
/// A folder keeps its plain name unless another on the same level would have it too; then only the one
/// whose name is written exactly so keeps it.
pub(super) fn folders(names: &[&OsStr], taken: &BTreeSet<String>) -> Vec<String> {
    let plain: Vec<String> = names.iter().map(|name| fold(&name.to_string_lossy())).collect();
    plain
        .iter()
        .zip(names)
        .map(|(slug, name)| {
            let own = name.to_str() == Some(slug.as_str());
            let shared = plain.iter().filter(|other| *other == slug).count() > 1;
            if slug.is_empty() || is_reserved(slug) || taken.contains(slug) || looks_tagged(slug) || (shared && !own) {
                tagged(slug, name, "gallery", if shared { 8 } else { 5 })
            } else {
                slug.clone()
            }
        })
        .collect()
}

/// Lower case ASCII; what is neither letter nor digit becomes one `-`, or stays where it is `_`.
pub(super) fn fold(name: &str) -> String {
    let ascii = deunicode::deunicode_with_tofu(name, "-");
    let mut slug = String::with_capacity(ascii.len().min(LONGEST));
    for c in ascii.chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// `-`, a digit, a letter and three more: what a tag looks like.
fn looks_tagged(slug: &str) -> bool {
    let Some((_, end)) = slug.rsplit_once('-') else { return false };
    let end = end.as_bytes();
    [5, 8, 20].contains(&end.len()) && end[0].is_ascii_digit() && end[1].is_ascii_lowercase()
}

fn is_reserved(slug: &str) -> bool {
    slug == "index"
        || slug.strip_prefix("page-").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        || DEVICES.contains(&slug)
}

/// The slug with a tag made from all of the name's bytes; `length` symbols, 4 bits and more each.
fn tagged(slug: &str, name: &OsStr, otherwise: &str, length: usize) -> String {
    const LETTERS: &[u8; 16] = b"bcdfghjkmnpqrstv";
    const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let hash = blake3::hash(name.as_encoded_bytes());
    let slug = if slug.is_empty() { otherwise } else { slug };
    let mut out = format!("{slug}-");
    for (at, byte) in hash.as_bytes()[..length].iter().enumerate() {
        out.push(match at {
            0 => char::from(b'2' + byte % 8),
            1 => char::from(LETTERS[usize::from(byte % 16)]),
            _ => char::from(SYMBOLS[usize::from(byte % 32)]),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_its_own_address_stays() {
        assert_eq!(photo(OsStr::new("lake-house.jpg")), "lake-house");
        assert_eq!(photo(OsStr::new("dsc_0042.jpg")), "dsc_0042");
    }

    #[test]
    fn names_that_differ_in_case_form_or_ending_never_meet() {
        let names = [
            "a.jpg",
            "A.jpg",
            "a.JPG",
            "a.png",
            "é.jpg",
            "e\u{301}.jpg",
            "e.jpg",
            "index.jpg",
            "page-2.jpg",
            "con.jpg",
            "-.jpg",
            "..jpg",
            "%.jpg",
            "#.jpg",
            "?.jpg",
            "<script>.jpg",
            "a b.jpg",
            "a-b.jpg",
            "東京.jpg",
            "a-2bcde.jpg",
            "\u{200b}.jpg",
        ];
        let slugs: BTreeSet<String> = photos(names.iter().map(OsStr::new)).into_iter().collect();
        assert_eq!(slugs.len(), names.len(), "{slugs:?}");
        for slug in &slugs {
            assert!(
                slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_'),
                "{slug}"
            );
            assert!(!slug.is_empty() && slug != "index" && !slug.starts_with('-'));
        }
    }

    #[test]
    fn a_long_name_is_cut_and_told_apart() {
        let (one, two) = (format!("{}1.jpg", "x".repeat(240)), format!("{}2.jpg", "x".repeat(240)));
        let slugs = photos([OsStr::new(&one), OsStr::new(&two)].into_iter());
        assert_ne!(slugs[0], slugs[1]);
        assert!(slugs[0].len() <= 70);
    }

    #[test]
    fn a_folder_gives_way_only_where_two_would_meet() {
        let names = ["Lake House", "lake-house", "Iceland", "img"].map(OsStr::new);
        let slugs = folders(&names, &BTreeSet::from(["img".to_owned()]));
        assert_eq!((slugs[1].as_str(), slugs[2].as_str()), ("lake-house", "iceland"));
        assert!(slugs[0].starts_with("lake-house-") && slugs[3].starts_with("img-"));
    }
}
