//! Rules for output paths, and for names that are the same on some file systems.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, Error, Result, visible};

/// The longest component that common file systems store, in bytes.
const LONGEST_COMPONENT: usize = 255;
/// The longest relative path, in bytes: well below what operating systems take, so that an output folder fits before it.
pub const LONGEST_PATH: usize = 2048;
/// Where files lie before they are shown. No wanted path may be in it.
pub(super) const STAGING: &str = ".safelight-staging";

/// Checks a relative output path: `/` between components of 1 to 255 bytes, 2048 bytes in all, no `.` or `..`, no
/// backslash, no NUL, on Windows no colon, nothing below our staging folder.
///
/// # Errors
///
/// A site error that says what is wrong with the path.
pub fn check_path(path: &str) -> Result<()> {
    match fault(path) {
        None => Ok(()),
        Some(fault) => {
            let shown: String = visible(path).chars().take(200).collect();
            Err(Error::new(Code::UnusableName, format!("output path `{shown}` {fault}")))
        }
    }
}

/// What is wrong with a path, if anything.
fn fault(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST_PATH {
        return Some("is longer than 2048 bytes");
    }
    if path.bytes().any(|byte| byte == 0 || byte == b'\\') {
        return Some("contains a NUL or a backslash");
    }
    for component in path.split('/') {
        match component {
            "" => return Some("is absolute, or has an empty component"),
            "." | ".." => return Some("has `.` or `..` as a component"),
            _ if component.len() > LONGEST_COMPONENT => return Some("has a component of more than 255 bytes"),
            _ => {}
        }
    }
    let first = path.split('/').next().unwrap_or(path);
    if first.eq_ignore_ascii_case(STAGING) {
        return Some("is in the folder reserved for unfinished files");
    }
    (cfg!(windows) && path.contains(':')).then_some("contains a colon")
}

/// A form that is equal for names which some file system takes for the same: without case, composed.
pub(super) fn fold(name: &str, folded: &mut String) {
    folded.clear();
    if name.is_ascii() {
        folded.push_str(name);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(name.nfd().flat_map(char::to_lowercase).nfc());
    }
}

/// The folder that a path lies in; empty for the output folder itself.
pub(super) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// The folders above a path, the outermost first, without the output folder itself.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_output_or_confuse_a_system_are_refused() {
        for good in ["index.html", "a/b/c.jpg", "ä/ü.html", "..a/b..", "-/~", &"x".repeat(255)] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        let long = "y".repeat(256);
        let deep = "d/".repeat(1024) + "f";
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "a/../b",
            "./a",
            "a\\b",
            "a\0b",
            &long,
            &deep,
            ".safelight-staging/1",
        ] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_that_some_file_system_takes_for_one_fold_to_one() {
        let folded = |name: &str| {
            let mut out = String::new();
            fold(name, &mut out);
            out
        };
        assert_eq!(folded("IMG.JPG"), folded("img.jpg"));
        assert_eq!(folded("É.jpg"), folded("e\u{301}.jpg"));
        assert_ne!(folded("a.jpg"), folded("b.jpg"));
    }

    #[test]
    fn ancestors_come_outermost_first() {
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(ancestors("a").count(), 0);
        assert_eq!(parent("a/b/c"), "a/b");
        assert_eq!(parent("a"), "");
    }
}
