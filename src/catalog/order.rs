//! The order in which people expect names: as the dictionaries of the site's language have it, numbers by their value.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::path::Path;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;

/// The order of names in one language (Unicode Collation Algorithm, CLDR). Total: what reads alike is told apart by its bytes,
/// so sorting never depends on the order in which a folder is listed.
pub struct Names(Option<CollatorBorrowed<'static>>);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    /// The order of `language` (BCP 47); where nothing is known of it, the one that all languages share.
    pub fn of(language: &str) -> Self {
        let locale = Locale::try_from_str(language).unwrap_or(Locale::UNKNOWN);
        let mut preferences = CollatorPreferences::from(&locale);
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        // The data are part of the program, so none can be missing.
        Self(CollatorBorrowed::try_new(preferences, CollatorOptions::default()).ok())
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        self.0.as_ref().map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
    }

    /// Compares texts: `img2` before `img10`, `Étretat` among the words with E.
    pub fn texts(&self, a: &str, b: &str) -> Ordering {
        self.compare(a, b).then_with(|| a.cmp(b))
    }

    /// Compares names of folders; names that are not UTF-8 compare by what can be read.
    pub fn folders(&self, a: &OsStr, b: &OsStr) -> Ordering {
        self.compare(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(b))
    }

    /// Compares names of files: first without their endings, so that what is made of a photo (`DSC_0001-Edit.jpg`,
    /// `DSC_0001 (1).jpg`, an iPhone's `IMG_E0001.jpg`) comes right after it.
    pub fn files(&self, a: &OsStr, b: &OsStr) -> Ordering {
        if let Some(order) = by_number(a.as_encoded_bytes(), b.as_encoded_bytes()) {
            return order;
        }
        let (one, other) = (File::of(a), File::of(b));
        self.compare(&one.original, &other.original)
            .then(one.is_edited.cmp(&other.is_edited))
            .then_with(|| self.compare(&one.ending, &other.ending))
            .then_with(|| a.cmp(b))
    }
}

/// Compares names that first differ in numbers of equal length, as most that cameras give: no language orders them otherwise.
fn by_number(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let at = a.iter().zip(b).position(|(a, b)| a != b)?;
    let digits = |name: &[u8]| name[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (one, other) = (digits(a), digits(b));
    (one == other && one > 0).then(|| a[at].cmp(&b[at]))
}

/// A file's name as it is compared.
struct File {
    original: String,
    is_edited: bool,
    ending: String,
}

impl File {
    fn of(name: &OsStr) -> Self {
        let path = Path::new(name);
        let part = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let (mut original, ending) = (part(path.file_stem()), part(path.extension()));
        // What an iPhone makes of IMG_0001 is IMG_E0001.
        let digits = original.get(..5).filter(|mark| mark.eq_ignore_ascii_case("IMG_E")).map(|_| &original[5..]);
        let is_edited = digits.is_some_and(|digits| digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit()));
        if is_edited {
            original.remove(4);
        }
        Self { original, is_edited, ending }
    }
}

/// Whether two names are one to a person: however their accents are composed.
pub fn same_name(a: &str, b: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    a == b || (!(a.is_ascii() && b.is_ascii()) && a.nfc().eq(b.nfc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(language: &str, mut names: Vec<&'a str>) -> Vec<&'a str> {
        let order = Names::of(language);
        names.sort_by(|a, b| order.texts(a, b));
        names
    }

    fn files(mut names: Vec<&str>) -> Vec<&str> {
        let order = Names::of("en");
        names.sort_by(|a, b| order.files(a.as_ref(), b.as_ref()));
        names
    }

    #[test]
    fn names_that_differ_in_a_number_compare_as_the_collator_has_them() {
        let parts = ["", "1", "02", "10", "9", "E", "IMG_", "-", "a", "é"];
        let names: Vec<_> = parts
            .iter()
            .flat_map(|one| parts.iter().map(move |two| format!("{one}{two}")))
            .flat_map(|start| ["", ".jpg", ".jp2"].map(|end| format!("{start}7{end}")))
            .collect();
        let mut numbered = 0;
        for language in ["en", "sv", "th"] {
            let order = Names::of(language);
            for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
                let Some(fast) = by_number(a.as_bytes(), b.as_bytes()) else { continue };
                numbered += 1;
                let (one, other) = (File::of(a.as_ref()), File::of(b.as_ref()));
                let slow = order.compare(&one.original, &other.original);
                let slow = slow.then_with(|| order.compare(&one.ending, &other.ending));
                assert_eq!(fast, slow, "{language}: {a}, {b}");
            }
        }
        assert!(numbered > 1000, "{numbered}");
    }

    #[test]
    fn numbers_in_names_sort_by_their_value() {
        let names = vec!["img10", "IMG2", "img1", "img02", "a", "img", "img2b", "99999999999999999999999", "100"];
        let expected = ["100", "99999999999999999999999", "a", "img", "img1", "img02", "IMG2", "img2b", "img10"];
        assert_eq!(sorted("en", names), expected);
        assert_eq!(
            files(vec!["IMG_10.jpg", "IMG_2.jpg", "img_3.JPG", "IMG_1.jpg"]),
            ["IMG_1.jpg", "IMG_2.jpg", "img_3.JPG", "IMG_10.jpg"]
        );
    }

    #[test]
    fn names_sort_as_readers_of_the_language_look_them_up() {
        let places = || vec!["Zürich", "Ålesund", "Étretat", "école", "Edinburgh", "Zagreb", "aarhus", "Oslo", "Öland"];
        let english = ["aarhus", "Ålesund", "école", "Edinburgh", "Étretat", "Öland", "Oslo", "Zagreb", "Zürich"];
        for language in ["en", "de", "de-CH", "fr", "en-GB", "xx", "not a language", ""] {
            assert_eq!(sorted(language, places()), english, "{language}");
        }
        // Å, Ä and Ö end the Swedish alphabet, and Aa is an Å in Denmark.
        let swedish = ["aarhus", "école", "Edinburgh", "Étretat", "Oslo", "Zagreb", "Zürich", "Ålesund", "Öland"];
        assert_eq!(sorted("sv", places()), swedish);
        assert_eq!(sorted("da", vec!["Aarhus", "Zagreb", "Bergen"]), ["Bergen", "Zagreb", "Aarhus"]);
        assert_eq!(sorted("cs", vec!["Chomutov", "Hradec", "Ivančice"]), ["Hradec", "Chomutov", "Ivančice"]);
        assert_eq!(sorted("ru", vec!["Ямал", "Ёлка", "Енисей", "Москва"]), ["Ёлка", "Енисей", "Москва", "Ямал"]);
    }

    #[test]
    fn names_that_read_alike_still_have_one_order() {
        let order = Names::of("en");
        assert_eq!(order.texts("a01", "a1"), order.texts("a1", "a01").reverse());
        assert_ne!(order.texts("a01", "a1"), Ordering::Equal);
        assert_ne!(order.texts("A", "a"), Ordering::Equal);
        assert_ne!(order.files("\u{e9}.jpg".as_ref(), "e\u{301}.jpg".as_ref()), Ordering::Equal);
    }

    #[test]
    fn what_is_made_of_a_photo_comes_right_after_it() {
        let expected = vec!["DSC_0001.jpg", "DSC_0002.jpg"];
        for made in ["-Edit", "-Edit-2", "_edited", " (1)", " copy", "-HDR", "-Pano", "(0)", "-2", "_1", ".COVER", "b"]
        {
            let made = format!("DSC_0001{made}.jpg");
            let mut names = expected.clone();
            names.push(&made);
            assert_eq!(files(names), ["DSC_0001.jpg", &made, "DSC_0002.jpg"]);
        }
        assert_eq!(
            files(vec!["IMG_E0001.jpg", "IMG_0002.jpg", "IMG_0001.jpg", "IMG_0001-Edit.jpg"]),
            ["IMG_0001.jpg", "IMG_E0001.jpg", "IMG_0001-Edit.jpg", "IMG_0002.jpg"]
        );
        assert_eq!(files(vec!["a.tif", "a.jpg"]), ["a.jpg", "a.tif"]);
    }
}
