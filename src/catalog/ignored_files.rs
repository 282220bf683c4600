//! Files that lie beside photographs and are none.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::formats::{NotAPhoto, SourceFormat};

/// Endings of what people keep beside their photographs, and what no photograph is ever called.
const ENDINGS: [&str; 13] =
    ["md", "txt", "json", "html", "htm", "css", "js", "zip", "pdf", "lrcat", "lrdata", "ini", "db"];

/// What programs leave of a file before they change it: `a.jpg~` of editors, `a.jpg_original` of exiftool. Either would
/// be a second photograph.
pub(super) fn is_backup(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return name.as_encoded_bytes().ends_with(b"~") };
    let of_a_photo = |name: &str| SourceFormat::by_name(name).is_some() || NotAPhoto::by_name(name).is_some();
    name.ends_with('~') || name.strip_suffix("_original").is_some_and(of_a_photo)
}

/// Why a photo that git-annex keeps cannot be read.
pub(super) const ANNEXED: &str = "its content is in git-annex and not on this computer: run `git annex get`";

/// The name of the photo for which a file stands whose bytes are elsewhere, and why it cannot be read.
pub(super) fn placeholder_of(name: &OsStr) -> Option<(OsString, String)> {
    let name = name.to_str()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let (real, why) = match ending.to_ascii_lowercase().as_str() {
        "icloud" => (
            stem.strip_prefix('.')?,
            "it is in iCloud and not on this computer: download it in the Finder or with `brctl download`",
        ),
        "nextcloud" => (stem, "it is in Nextcloud and not on this computer: make it available locally"),
        "owncloud" => (stem, "it is in ownCloud and not on this computer: make it available locally"),
        "rsls" | "rslsp" | "rslsv" => (stem, "it is in Resilio Sync and not on this computer: sync it to this device"),
        "dvc" => (stem, "its content is in DVC and not on this computer: run `dvc pull`"),
        _ => return None,
    };
    SourceFormat::by_name(real).map(|_| (real.into(), why.to_owned()))
}

/// What a file that has the name of a photo is instead, where it only stands for one: what versioning and syncing programs
/// put in its place, and what a server sent for it.
pub(super) fn stands_for(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(1024)];
    let text = start.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start().to_ascii_lowercase();
    let holds = |needle: &[u8]| text.windows(needle.len()).any(|at| at == needle);
    let begins = |with: &[u8]| text.starts_with(with);
    if begins(b"version https://git-lfs") || begins(b"version https://hawser") || begins(b"version http://git-media") {
        return Some("this is a Git LFS pointer, not the photo: run `git lfs pull`");
    }
    if begins(b"/annex/objects/") || bytes.len() < 1024 && holds(b"/annex/objects/") {
        return Some("this is a git-annex pointer, not the photo: run `git annex get`");
    }
    if begins(b"<!doctype html") || begins(b"<html") || begins(b"<head") {
        return Some("this is a web page, not a photo: download the photo itself");
    }
    if begins(b"<?xml") && !holds(b"<svg") {
        return Some("this is XML, not a photo: probably a downloaded server error");
    }
    if begins(b"l\0\0\0\x01\x14\x02\0") {
        return Some("this is a Windows shortcut, not the photo: copy the photo here");
    }
    if begins(b"book\0\0\0\0mark") {
        return Some("this is a macOS alias, not the photo: copy the photo here");
    }
    if begins(b"intxlnk\x01") || bytes.len() < 1024 && is_path_of_a_photo(bytes) {
        return Some("this is a symbolic link written as text, not the photo: copy the photo here");
    }
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Some("it contains only zeros: a partial copy or download, or a file that is still in the cloud");
    }
    None
}

/// Whether a file holds one line that is a path to a photo: git writes links so where a system has none.
fn is_path_of_a_photo(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let line = text.trim();
    line.contains('/') && !line.contains('\n') && SourceFormat::by_name(line).is_some()
}

/// Whether bytes are those of some text.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    let good = match std::str::from_utf8(start) {
        Ok(text) => text,
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !good.is_empty() && !good.chars().any(|c| c.is_control() && !"\n\r\t\u{c}".contains(c))
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
