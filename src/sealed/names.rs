//! Names of files that a manifest gives: where they may be written on any system.

use std::path::PathBuf;

/// Names that Windows keeps for devices, whatever ending they have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Characters that some file system does not take.
const FOREIGN: [char; 9] = ['<', '>', ':', '"', '\\', '|', '?', '*', '/'];
/// No file system takes more bytes in a name.
const LONGEST: usize = 255;

/// A path below a folder for the name that a manifest gives, with `_` for what some system does not take; none for a name
/// that would lead out of the folder or is no name.
pub fn path_below(name: &str) -> Option<PathBuf> {
    let parts: Vec<String> = name.split('/').map(part).collect::<Option<_>>()?;
    Some(parts.iter().collect())
}

fn part(name: &str) -> Option<String> {
    if matches!(name, "" | "." | "..") || name.len() > LONGEST {
        return None;
    }
    let taken = |c: char| if c.is_control() || FOREIGN.contains(&c) { '_' } else { c };
    let mut part: String = name.chars().map(taken).collect();
    // Windows drops these where a name ends.
    if part.ends_with(['.', ' ']) {
        part.pop();
        part.push('_');
    }
    if is_device(&part) {
        part.insert(0, '_');
    }
    Some(part)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let numbered = |kind: &str| {
        let number = stem.strip_prefix(kind);
        number.is_some_and(|number| {
            matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(name: &str) -> Option<String> {
        path_below(name).map(|path| path.to_string_lossy().into_owned())
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["a.jpg", "lake/dance 2.jpg", "Hüt te/été.avif", ".hidden", "console.jpg", "com10.jpg", "a..b"] {
            assert_eq!(below(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in
            ["", "/etc/passwd", "../a.jpg", "a/../../b.jpg", "a//b.jpg", "a/./b.jpg", "a/", "..", &"a".repeat(256)]
        {
            assert_eq!(below(name), None, "{name}");
        }
        assert_eq!(below("..\\..\\a.jpg").unwrap(), ".._.._a.jpg");
        assert_eq!(below("C:\\a.jpg").unwrap(), "C__a.jpg");
    }

    #[test]
    fn what_some_system_does_not_take_becomes_a_name_that_all_take() {
        let cases = [
            ("NUL", "_NUL"),
            ("con.jpg", "_con.jpg"),
            ("aux .jpg", "_aux .jpg"),
            ("lake/COM1.jpg", "lake/_COM1.jpg"),
            ("a?.jpg", "a_.jpg"),
            ("a\u{0}\n.jpg", "a__.jpg"),
            ("a.", "a_"),
            ("a ", "a_"),
        ];
        for (name, expected) in cases {
            assert_eq!(below(name).as_deref(), Some(expected));
        }
    }
}
