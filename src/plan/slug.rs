//! Names in addresses: readable, the same on every file system, and never two alike.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

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

/// The name of a folder in its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FolderName {
    pub slug: String,
    /// The plain name, where somebody else on the level has it or wants it too.
    pub contested: Option<String>,
}

/// Names for the folders of one level; `taken` are names that belong to somebody else there.
///
/// A name in ordinary letters has its plain address: `Lake House` is `lake-house`. Every other name loses something that
/// may be all that tells it from another, so it gets a tag made from all of its bytes, whoever its neighbours are. Where two
/// ordinary names come to the same, the one that is written exactly so keeps it and the others give way.
pub(super) fn folders(names: &[&OsStr], taken: &BTreeSet<String>) -> Vec<FolderName> {
    let plain: Vec<String> = names.iter().map(|name| fold(&name.to_string_lossy().nfc().collect::<String>())).collect();
    let claims = |at: usize| {
        let slug = plain[at].as_str();
        is_ordinary(names[at]) && !slug.is_empty() && slug.len() < LONGEST && !is_reserved(slug) && !looks_tagged(slug)
    };
    let mut claimants: BTreeMap<&str, usize> = BTreeMap::new();
    for at in (0..names.len()).filter(|at| claims(*at)) {
        *claimants.entry(&plain[at]).or_default() += 1;
    }
    let mut out: Vec<FolderName> = (0..names.len())
        .map(|at| {
            let (slug, name) = (&plain[at], names[at]);
            let exact = name.to_str() == Some(slug.as_str());
            if !claims(at) {
                FolderName { slug: tagged(slug, name, "gallery", 5), contested: None }
            } else if taken.contains(slug) || (claimants.get(slug.as_str()) > Some(&1) && !exact) {
                FolderName { slug: tagged(slug, name, "gallery", 5), contested: Some(slug.clone()) }
            } else {
                FolderName { slug: slug.clone(), contested: None }
            }
        })
        .collect();
    // Two tags are the same once in four million times.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for name in &out {
        *seen.entry(name.slug.clone()).or_default() += 1;
    }
    for (at, name) in out.iter_mut().enumerate().filter(|(_, name)| seen[&name.slug] > 1) {
        name.slug = tagged(&plain[at], names[at], "gallery", 20);
    }
    out
}

/// Letters of Latin alphabets, digits, and what people put between words. Whoever differs from such a name in nothing but
/// these is told.
fn is_ordinary(name: &OsStr) -> bool {
    let latin = |c: char| matches!(c, '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}');
    let between = |c: char| matches!(c, ' ' | '-' | '_' | '&' | '.' | ',' | '\'' | '’' | '(' | ')' | '+' | '–' | '—');
    name.to_str().is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || latin(c) || between(c)))
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

/// Whether Windows takes a name for one of a device.
pub(super) fn is_device(name: &str) -> bool {
    DEVICES.contains(&name.split('.').next().unwrap_or(name))
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

    fn slugs(names: &[&str], taken: &[&str]) -> Vec<(String, bool)> {
        let names: Vec<&OsStr> = names.iter().map(OsStr::new).collect();
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        folders(&names, &taken).into_iter().map(|name| (name.slug, name.contested.is_some())).collect()
    }

    #[test]
    fn a_folder_in_ordinary_letters_has_its_plain_name() {
        let names = ["Lake House", "Anna & Ben", "\u{c9}t\u{e9} 2026", "Mu\u{308}nchen", "St. John's (2)", "a_b"];
        let plain = ["lake-house", "anna-ben", "ete-2026", "munchen", "st-john-s-2", "a_b"];
        assert_eq!(slugs(&names, &[]), plain.map(|slug| (slug.to_owned(), false)));
    }

    #[test]
    fn a_folder_gives_way_only_where_two_would_meet_and_says_so() {
        let slugs = slugs(&["Lake House", "lake-house", "Iceland", "img"], &["img"]);
        assert_eq!((&slugs[1], &slugs[2]), (&("lake-house".to_owned(), false), &("iceland".to_owned(), false)));
        assert!(slugs[0].0.starts_with("lake-house-") && slugs[0].1 && slugs[3].0.starts_with("img-"));
    }

    #[test]
    fn other_names_have_the_same_address_whoever_their_neighbours_are() {
        for name in ["100% #1?", "\u{6771}\u{4eac}", "<b>", "a:b"] {
            let alone = slugs(&[name], &[]);
            let plain = fold(name);
            assert_eq!(alone[0], slugs(&[name, &plain, &plain.to_uppercase()], &[])[0], "{name}");
            assert!(alone[0].0.starts_with(&plain) && alone[0].0 != plain && !alone[0].1, "{alone:?}");
        }
    }
}
