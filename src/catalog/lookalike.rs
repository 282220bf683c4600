//! Files that may have been meant as the settings of a gallery, and are not: another name, another ending, a copy that
//! some program made. Their owner may think that the gallery is closed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::Visibility;
use crate::config::{Config, GalleryConfig, closing};
use crate::formats::{NotAPhoto, SourceFormat};
use crate::{Code, Error};

use super::ignored_files::picture_in;

/// The file that says what a folder is and who may see it.
pub(super) const SETTINGS: &str = "gallery.toml";

/// Settings of people are short; what is longer is something else.
const LONGEST: u64 = 256 << 10;

/// Endings of texts that hold settings, whatever notation they are in.
const NOTATIONS: [&str; 20] = [
    "toml",
    "tml",
    "tom",
    "toml5",
    "tmol",
    "toml2",
    "yaml",
    "yml",
    "json",
    "json5",
    "jsonc",
    "ini",
    "cfg",
    "conf",
    "config",
    "cnf",
    "properties",
    "settings",
    "xml",
    "plist",
];
/// Endings of texts.
const TEXTS: [&str; 9] = ["txt", "text", "rtf", "doc", "docx", "odt", "pages", "log", "webloc"];
/// Endings that programs put behind a name.
const BEHIND: [&str; 29] = [
    "txt",
    "text",
    "rtf",
    "bak",
    "backup",
    "old",
    "orig",
    "original",
    "save",
    "sav",
    "swp",
    "swo",
    "swn",
    "un~",
    "tmp",
    "temp",
    "new",
    "copy",
    "disabled",
    "off",
    "icloud",
    "nextcloud",
    "owncloud",
    "part",
    "rej",
    "mine",
    "lnk",
    "url",
    "crdownload",
];
/// Endings of what no text is, beyond pictures and films.
const NO_TEXTS: [&str; 22] = [
    "zip", "pdf", "db", "lrcat", "html", "htm", "css", "js", "gz", "7z", "rar", "mp3", "wav", "m4a", "exe", "dll",
    "app", "dmg", "iso", "icc", "icm", "cube",
];

/// A file that is no settings and may have been meant as such.
#[derive(Debug)]
pub(super) struct Lookalike {
    /// The file.
    pub(super) file: PathBuf,
    /// Why it may have been.
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// By its name: a copy that a program keeps of a file that it changes, of a state before.
    Backup,
    /// By its name: another file.
    Named,
    /// By what it says alone.
    Says,
    /// By its name, which is a word for closing, or by the server whose rules it holds.
    Mark,
}

/// What comes of a lookalike.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It says nothing that is not so.
    Fine,
    /// To be told.
    Warning(Error),
    /// Nothing may be built; and whether it may have been meant to close the gallery.
    Error(Error, bool),
}

/// Whether a name is that of the settings, or the same in other letters or with an ending that editors add and systems
/// hide.
pub(super) fn is_settings(name: &OsStr) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = Path::new(&name);
    stem == Path::new(SETTINGS)
        || (stem.extension().is_some_and(|ending| ending == "txt" || ending == "toml")
            && stem.file_stem() == Some(OsStr::new(SETTINGS)))
}

impl Lookalike {
    /// What a file may be by its name, or by what it says.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let name = file.file_name()?;
        let of = |kind| Some(Self { file: file.to_owned(), kind });
        if name == SETTINGS {
            return None;
        }
        let text = name.to_string_lossy();
        let is_other = SourceFormat::by_name(&text).is_some() || NotAPhoto::by_name(&text).is_some();
        if is_other {
            return None;
        }
        let ending = ending_of(&text);
        let is_mark = is_mark_of_closing(file, &text, ending.as_deref());
        let named = by_name(&text).or(is_mark.then_some(Kind::Mark));
        if let Some(kind) = named {
            let is_picture = !text.contains('.') && picture_in(file).is_some();
            return if is_picture { None } else { of(kind) };
        }
        // What lies beside one photo speaks of it alone.
        let is_sidecar = text.rsplit_once('.').is_some_and(|(of, _)| SourceFormat::by_name(of).is_some());
        if is_sidecar || ending.as_deref().is_some_and(|ending| ending == "xmp" || NO_TEXTS.contains(&ending)) {
            return None;
        }
        let (said, _) = closing::said_by(&beginning(file)?)?;
        if !said.is_open() { of(Kind::Says) } else { None }
    }

    /// What is to be told, in a gallery that is as open as `visibility`; `said` is what its `gallery.toml` says, where it has
    /// one that counts.
    pub(super) fn judge(&self, config: &Config, said: Option<&GalleryConfig>, visibility: Visibility) -> Verdict {
        let bytes = beginning(&self.file);
        let found = bytes.as_deref().and_then(closing::said_by);
        let closes = found.as_ref().is_some_and(|(found, _)| *found > visibility);
        let line = found.map(|(_, line)| line.chars().take(60).collect::<String>()).unwrap_or_default();
        let here = config.display_path(&self.file);
        let is_history = self.file.to_string_lossy().ends_with(".un~");
        let may_close = bytes.as_deref().is_none_or(closing::may_close);
        let says =
            |what: &str| Error::new(Code::LookalikeSettings, format!("{what} `{line}`, but has no effect")).at(here);
        let has_word = said.is_some_and(|said| said.access.is_some());
        match (self.kind, said) {
            (Kind::Mark, _) if !visibility.is_open() => Verdict::Fine,
            (Kind::Mark, _) => {
                let told = Error::new(
                    Code::MarkWithoutEffect,
                    "looks like a marker or rule that closes this gallery, but has no effect",
                )
                .at(here);
                let hint = "set `access` in the gallery's gallery.toml";
                if has_word { Verdict::Warning(told.hint(hint)) } else { Verdict::Error(told.hint(hint), true) }
            }
            (Kind::Says, _) if !closes => Verdict::Fine,
            (Kind::Says, _) => {
                let told = says("this file says");
                if has_word {
                    return Verdict::Warning(
                        told.hint("if the gallery should be closed, set `access` in its gallery.toml"),
                    );
                }
                let hint = "write `access = \"private\"` into a `gallery.toml` next to it to close the gallery, or \
                            `access = \"public\"` to open it";
                Verdict::Error(told.hint(hint), true)
            }
            (_, Some(_)) if closes && !is_history => {
                let told = says("looks like an old or misnamed `gallery.toml` that says");
                let hint =
                    "if the gallery should be closed, set `access` in its gallery.toml; otherwise delete this file";
                Verdict::Error(told.hint(hint), true)
            }
            (_, Some(_)) => {
                let told = Error::new(
                    Code::LookalikeSettings,
                    "looks like an old or misnamed `gallery.toml`, but has no effect",
                );
                Verdict::Warning(told.at(here).hint("delete it, or move its settings into gallery.toml"))
            }
            (kind, None) => {
                let placeholder = self.file.to_string_lossy().to_lowercase().ends_with(".icloud");
                let told = Error::new(Code::LookalikeSettings, "looks like a `gallery.toml`, but would have no effect")
                    .at(here);
                Verdict::Error(
                    told.hint(match kind {
                        _ if placeholder => {
                            "the file is in iCloud and not on this computer: download it (`brctl download`)"
                        }
                        Kind::Backup => {
                            "restore `gallery.toml`, of which this is a copy kept by a program; or delete this file"
                        }
                        _ => "rename it to `gallery.toml`, in lower case and without another extension, or delete it",
                    }),
                    may_close,
                )
            }
        }
    }
}

/// Whether a file is called like a word for closing, as an empty `private` or `PRIVATE.txt`, or holds rules of a web server
/// that keep visitors out. `.hidden` is the list of a file manager.
fn is_mark_of_closing(file: &Path, name: &str, ending: Option<&str>) -> bool {
    let lower = name.to_lowercase();
    match lower.as_str() {
        ".hidden" => return false,
        ".htpasswd" | ".htdigest" => return true,
        ".htaccess" | "web.config" | ".htaccess.txt" | "htaccess.txt" => {
            let rules = String::from_utf8_lossy(&beginning(file).unwrap_or_default()).to_lowercase();
            let closing = ["require ", "deny ", "auth", "<deny", "<authorization", "satisfy "];
            return rules.lines().any(|line| {
                let line = line.trim_start();
                line != "require all granted" && closing.iter().any(|rule| line.starts_with(rule))
            });
        }
        _ => {}
    }
    let stem = match ending {
        Some(ending) if TEXTS.contains(&ending) => lower.rsplit_once('.').map_or(lower.as_str(), |(stem, _)| stem),
        Some(_) => return false,
        None => &lower,
    };
    closing::is_word_for_closing(stem)
}

/// What a file may be by its name alone.
pub(super) fn by_name(name: &str) -> Option<Kind> {
    let mut name = name.trim().to_lowercase();
    let mut is_backup = false;
    // `.gallery.toml.swp`, `#gallery.toml#`, `~gallery.toml`, `_gallery.toml`.
    loop {
        let bare = name.trim_matches(['#', '~', ' ']).trim_start_matches(['.', '_', '-', '$', '(', '[']).to_owned();
        is_backup |= name.ends_with('~') || name.starts_with(['#', '~']);
        if bare.is_empty() {
            return None;
        }
        let behind = bare.rsplit_once('.').filter(|(stem, ending)| {
            let ending = ending.trim_matches('~').trim_end_matches(|c: char| c.is_ascii_digit());
            (BEHIND.contains(&ending) || ending.is_empty() || ending == "un") && has_notation(stem)
        });
        match behind {
            Some((stem, ending)) => {
                is_backup |= !matches!(ending, "txt" | "text" | "rtf" | "icloud" | "disabled" | "off");
                name = stem.to_owned();
            }
            None if bare == name => break,
            None => name = bare,
        }
    }
    let kind = if is_backup { Kind::Backup } else { Kind::Named };
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) => (stem, Some(ending)),
        None => (name.as_str(), None),
    };
    let means_gallery = |word: &str| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        ["gallery", "galleries", "galerie", "galeria", "album"].contains(&word)
            || word.len() > 3 && crate::error::closest_match(word, ["gallery", "album"]).is_some()
    };
    let first = stem.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_one = match ending {
        // No other program keeps TOML among photographs.
        Some(ending) if ending.starts_with("toml") => true,
        Some(ending) if NOTATIONS.contains(&ending) => means_gallery(first),
        Some(ending) if TEXTS.contains(&ending) => means_gallery(stem),
        Some(_) => false,
        None => means_gallery(stem) || name == "gallerytoml" || name == "gallery_toml",
    };
    is_one.then_some(kind)
}

/// Whether a name ends, or once ended, in the notation of settings.
fn has_notation(stem: &str) -> bool {
    stem.split('.').skip(1).any(|part| NOTATIONS.iter().any(|notation| part == *notation || part.starts_with("toml")))
}

fn ending_of(name: &str) -> Option<String> {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending.to_lowercase())
}

/// The bytes of a short file; nothing for a long one, and for one that cannot be read.
fn beginning(file: &Path) -> Option<Vec<u8>> {
    if std::fs::metadata(file).is_ok_and(|found| !found.is_file() || found.len() > LONGEST) {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A `gallery.toml` where no gallery is: beside the folder of galleries, or among pages, static files and themes.
pub(super) fn astray(config: &Config) -> Vec<(Error, bool)> {
    let mut found = Vec::new();
    for folder in [&config.root, &config.pages, &config.static_files, &config.themes] {
        if folder.starts_with(&config.galleries) {
            continue;
        }
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let meant = name == SETTINGS || name.contains("gal") && name.contains("toml") && by_name(&name).is_some();
            if !meant || !file.is_file() {
                continue;
            }
            let galleries = config.display_path(&config.galleries);
            let told = Error::new(
                Code::LookalikeSettings,
                "looks like gallery settings, but has no effect here, because this folder is not a gallery",
            )
            .at(config.display_path(&file))
            .hint(format!("move it to the gallery's folder below `{}/`, or delete it", galleries.display()));
            let closes = beginning(&file).as_deref().is_none_or(closing::may_close);
            found.push((told, closes && *folder == config.root));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_have_been_meant_as_settings_are_known() {
        for name in [
            "gallery copy.toml",
            "gallery (1).toml",
            "gallery.toml.txt",
            "gallery.toml.rtf",
            "Gallery.TOML",
            "galery.toml",
            "gallery.sync-conflict-20240601-120000-ABCDEF7.toml",
            "gallery (Anna's conflicted copy 2024-06-01).toml",
            "gallery-DESKTOP-XY.toml",
            "gallery_conf-20240601-120000.toml",
            "album.toml",
            "gallery.tml",
            "gallery.yaml",
            "gallery.yml",
            "gallery.json",
            "gallery.ini",
            "gallery.cfg",
            "gallery.conf",
            ".gallery.toml",
            "_gallery.toml",
            "gallery.toml.icloud",
            ".gallery.toml.icloud",
            "gallery",
            "gallery.txt",
            "settings.toml",
            "Kopie von gallery.toml",
            "gallery - Copy.toml",
            "Galerie.toml",
            "gallery.toml.disabled",
            "gallery.toml ",
        ] {
            assert_eq!(by_name(name), Some(Kind::Named), "{name}");
        }
        for name in [
            "gallery.toml.bak",
            "gallery.toml.orig",
            "gallery.toml.swp",
            ".gallery.toml.swp",
            ".gallery.toml.un~",
            "gallery.toml~",
            "#gallery.toml#",
            "gallery.toml.old",
            "gallery.toml.~1~",
            "gallery.toml.save.1",
            "gallery.bak.toml~",
            "gallery.toml.1",
        ] {
            assert_eq!(by_name(name), Some(Kind::Backup), "{name}");
        }
        for name in [
            "gallery.jpg",
            "gallery-1.jpg",
            "album 1.png",
            "notes.txt",
            "README",
            "CNAME",
            "a.jpg.json",
            "metadata.json",
            "IMG_1",
        ] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }
}
