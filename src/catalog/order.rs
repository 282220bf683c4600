//! The order in which people expect names: numbers by their value, letters without regard to case.

use std::cmp::Ordering;
use std::ffi::OsStr;

/// Compares names so that `img2` comes before `img10`. Total: names that read alike are told apart by
/// their bytes, so sorting never depends on the order in which a folder is listed.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        match (left.first(), right.first()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, x_rest) = digits(left);
                let (y, y_rest) = digits(right);
                // Without leading zeros, a longer number is a larger one.
                let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
                if order != Ordering::Equal {
                    return order;
                }
                (left, right) = (x_rest, y_rest);
            }
            (Some(x), Some(y)) => {
                let order = x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
                (left, right) = (&left[1..], &right[1..]);
            }
        }
    }
}

/// The same for names as the system gives them; names that are not UTF-8 compare by what can be read.
pub fn natural_os(a: &OsStr, b: &OsStr) -> Ordering {
    natural(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(b))
}

/// The leading number without its leading zeros, and the rest.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().position(|byte| *byte != b'0').unwrap_or(end);
    (&text[zeros..end], &text[end..])
}

/// Whether two names are one to a person: however their accents are composed.
pub fn same_name(a: &str, b: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    a == b || (!(a.is_ascii() && b.is_ascii()) && a.nfc().eq(b.nfc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_sort_by_their_value() {
        let mut names = ["img10", "IMG2", "img1", "img02", "a", "img", "img2b", "99999999999999999999999", "100"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["100", "99999999999999999999999", "a", "img", "img1", "IMG2", "img02", "img2b", "img10"]);
    }

    #[test]
    fn names_that_read_alike_still_have_one_order() {
        assert_eq!(natural("a01", "a1"), natural("a1", "a01").reverse());
        assert_ne!(natural("A", "a"), Ordering::Equal);
    }
}
