//! Files that lie beside photographs and are none.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::metadata::{NotAPhoto, SourceFormat};

/// Endings of what people keep beside their photographs, and what no photograph is ever called.
const ENDINGS: [&str; 13] =
    ["md", "txt", "json", "html", "htm", "css", "js", "zip", "pdf", "lrcat", "lrdata", "ini", "db"];

/// Files that systems leave behind, and hidden ones.
pub(super) fn is_clutter(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
        || ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "__macosx", "$recycle.bin"]
            .iter()
            .any(|clutter| name.eq_ignore_ascii_case(clutter))
}

/// What programs leave of a file before they change it: `a.jpg~` of editors, `a.jpg_original` of exiftool. Either would
/// be a second photograph.
pub(super) fn is_backup(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return name.as_encoded_bytes().ends_with(b"~") };
    let of_a_photo = |name: &str| SourceFormat::by_name(name).is_some() || NotAPhoto::by_name(name).is_some();
    name.ends_with('~') || name.strip_suffix("_original").is_some_and(of_a_photo)
}

/// Whether a file's ending, in small letters, is that of something else than a photograph.
pub(super) fn is_beside(ending: &str) -> bool {
    ENDINGS.contains(&ending)
}

/// The picture that a file's first bytes begin, whatever the file is called.
pub(super) fn picture_in(file: &Path) -> Option<SourceFormat> {
    let mut first = Vec::with_capacity(64);
    File::open(file).ok()?.take(64).read_to_end(&mut first).ok()?;
    SourceFormat::by_bytes(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_known_by_their_names() {
        for name in ["w.jpg~", "w~", "p.jpg_original", "P.JPG_original", "p.CR2_original", "p.tiff_original"] {
            assert!(is_backup(OsStr::new(name)), "{name}");
        }
        for name in ["w.jpg", "the_original", "p_original.jpg", "~w.jpg", "p.jpg_original.jpg"] {
            assert!(!is_backup(OsStr::new(name)), "{name}");
        }
    }
}
