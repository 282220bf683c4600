//! Text pages, and static files that are copied unchanged.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::clutter::is_of_a_system;
use super::index::{Entry, Finding, Index, Links, key_of};
use super::{Catalog, StaticFile, TextSource};
use crate::config::Config;
use crate::config::closed::Closed;
use crate::visibility::PrivateFolder;
use crate::{Code, Error};

/// Text pages are read whole.
const LARGEST_TEXT: u64 = 4 << 20;

pub(super) fn text_pages(config: &Config, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    let Ok(entries) = fs::read_dir(&config.pages) else { return };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md")))
        .filter(|path| path.is_file() && path.file_name().is_some_and(|name| !is_of_a_system(name)))
        .collect();
    files.sort();
    for file in files {
        let here = config.display_path(&file);
        match fs::metadata(&file) {
            Ok(metadata) if metadata.len() > LARGEST_TEXT => {
                errors.push(Error::new(Code::FileNotRead, "the text page is larger than 4 MiB").at(here));
                continue;
            }
            Err(error) => {
                errors.push(Error::io(Code::CannotRead, "read", here, error));
                continue;
            }
            Ok(_) => {}
        }
        match fs::read(&file).map(String::from_utf8) {
            Ok(Ok(text)) => {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                // `privacy.de.md` is the German of `privacy.md`, where the site is in German too.
                let translated = stem.rsplit_once('.').and_then(|(stem, tag)| {
                    let language = config.languages.iter().find(|known| known.tag.eq_ignore_ascii_case(tag))?;
                    Some((stem.to_owned(), language.clone()))
                });
                let (stem, language) = translated.map_or((stem, None), |(stem, language)| (stem, Some(language)));
                catalog.pages.push(TextSource { stem, language, file: here.to_owned(), text });
            }
            Ok(Err(_)) => {
                errors.push(Error::new(Code::NotUtf8, "is not UTF-8 text").at(here).hint("save the file as UTF-8"))
            }
            Err(error) => errors.push(Error::io(Code::CannotRead, "read", here, error)),
        }
    }
}

pub(super) fn static_files(config: &Config, index: &mut Index, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    if !config.static_files.is_dir() {
        return;
    }
    let walk = WalkDir::new(&config.static_files).follow_links(true).sort_by_file_name();
    let closed = std::cell::OnceCell::new();
    let mut links = Links::default();
    let mut walk = walk.into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let file = error.path().map_or(std::path::Path::new(""), |path| config.display_path(path));
                // A link that leads back to a folder above it, or to nothing, holds nothing to copy.
                let leads_nowhere = error.loop_ancestor().is_some()
                    || error.path().is_some_and(|path| path.is_symlink() && !path.exists());
                if leads_nowhere {
                    let message = "this symbolic link leads to nothing that can be copied and is left out";
                    catalog.warnings.push(Error::new(Code::FileLeftOut, message).at(file));
                    continue;
                }
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                errors
                    .push(Error::new(Code::CannotRead, format!("cannot be read: {reason}")).at(file).caused_by(error));
                continue;
            }
        };
        links.pass(&entry);
        let is_folder = entry.file_type().is_dir();
        let name = entry.file_name().to_string_lossy();
        let fate = if entry.depth() == 0 { Fate::Copied } else { Fate::of(&name, is_folder) };
        if fate != Fate::Copied {
            if let Some(warning) = fate.told(is_folder) {
                catalog.warnings.push(warning.at(config.display_path(entry.path())));
            }
            if is_folder {
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.depth() > 0
            && entry.path_is_symlink()
            && let Some(what) = closed.get_or_init(|| to_static(config, catalog)).met_by(entry.path())
        {
            errors.push(
                Error::new(Code::UnsafeLink, format!("this symbolic link would publish {what} unchanged"))
                    .at(config.display_path(entry.path()))
                    .hint("delete the symbolic link, and copy what everyone may see"),
            );
            if is_folder {
                walk.skip_current_dir();
            }
            continue;
        }
        if !entry.file_type().is_file() {
            continue;
        }
        let here = config.display_path(entry.path());
        let Ok(relative) = entry.path().strip_prefix(&config.static_files) else { continue };
        let Some(path) = relative.to_str() else {
            errors.push(Error::new(Code::UnusableName, "the name of a static file must be UTF-8").at(here));
            continue;
        };
        let path = path.replace(std::path::MAIN_SEPARATOR, "/");
        if let Some(wrong) = misnamed(&path) {
            errors.push(wrong.at(here));
            continue;
        }
        let key = key_of(entry.path());
        let read = links.stat(&entry).map_err(std::io::Error::from).and_then(|stat| {
            if let Some(known) = index.take(&key, &stat, None)
                && let Finding::Plain { sha256 } = known.finding
            {
                return Ok((stat, sha256));
            }
            index.mark_changed();
            Ok((stat, Sha256::digest(fs::read(entry.path())?).into()))
        });
        match read {
            Ok((stat, sha256)) => {
                index.fresh.insert(key, Entry { stat, sidecar: None, finding: Finding::Plain { sha256 } });
                catalog.static_files.push(StaticFile { path, file: entry.path().to_owned(), sha256 });
            }
            Err(error) => errors.push(Error::io(Code::CannotRead, "read", here, error)),
        }
    }
}

/// Hidden files that hosts read where the site lies, or that programs read there which upload to them; whether each is a
/// folder. Everything else that is hidden is for nobody: it keeps passwords, histories and settings of programs.
const READ_BY_HOSTS: [(&str, bool); 7] = [
    // Kept by the web's own standard (RFC 8615): `security.txt`, proofs of who owns a name.
    (".well-known", true),
    // Apache and LiteSpeed, in any folder.
    (".htaccess", false),
    // GitHub Pages: the site is taken as it is.
    (".nojekyll", false),
    // Codeberg Pages: the site's names.
    (".domains", false),
    // What `wrangler`, `vercel` and `surge` leave out of an upload.
    (".assetsignore", false),
    (".vercelignore", false),
    (".surgeignore", false),
];

/// What systems, file managers and git leave in folders, and nobody means to publish.
const LEFT_BEHIND: [&str; 16] = [
    ".ds_store",
    ".localized",
    ".appledouble",
    ".apdisk",
    ".documentrevisions-v100",
    ".fseventsd",
    ".spotlight-v100",
    ".temporaryitems",
    ".trashes",
    ".directory",
    ".hidden",
    ".thumbnails",
    ".@__thumb",
    ".picasa.ini",
    ".gitkeep",
    ".keep",
];
/// What other such names begin with: AppleDouble's twins, bins, and files that were removed while they were open.
const LEFT_BEHIND_BEGIN: [&str; 4] = ["._", ".trash", ".nfs0", ".fuse_hidden"];

const MOVE: &str = "move it out of the static folder: no host reads it, unlike `.well-known/`, `.htaccess` and others, \
                    which are copied";

/// What becomes of a file or folder among the static ones, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Copied,
    /// Left out without a word.
    Clutter,
    /// Left out and told of, for somebody may have meant it.
    Hidden,
    /// The same; it says who may log in.
    Passwords,
    /// The same; an editor keeps what a file was there, or is.
    OfAnEditor,
}

impl Fate {
    fn of(name: &str, is_folder: bool) -> Self {
        let lower = name.to_lowercase();
        if READ_BY_HOSTS.contains(&(name, is_folder)) {
            return Self::Copied;
        }
        let swap = lower.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "swp" | "swo" | "swn" | "swx"));
        if !is_folder
            && (name.ends_with('~')
                || name.len() > 1 && name.starts_with('#') && name.ends_with('#')
                || name.starts_with('.') && (swap || name.starts_with(".#")))
        {
            return Self::OfAnEditor;
        }
        if !name.starts_with('.') {
            return if is_of_a_system(name.as_ref()) { Self::Clutter } else { Self::Copied };
        }
        if LEFT_BEHIND.contains(&lower.as_str()) || LEFT_BEHIND_BEGIN.iter().any(|begin| lower.starts_with(begin)) {
            return Self::Clutter;
        }
        if [".htpasswd", ".htdigest", ".htgroup"].iter().any(|known| lower.starts_with(known)) {
            return Self::Passwords;
        }
        Self::Hidden
    }

    /// What to say of it.
    fn told(self, is_folder: bool) -> Option<Error> {
        let (message, hint) = match self {
            Self::Copied | Self::Clutter => return None,
            Self::Hidden if is_folder => ("this hidden folder is not published", MOVE),
            Self::Hidden => ("this hidden file is not published", MOVE),
            Self::Passwords => (
                "this file contains login data and is not published",
                "keep it outside the site, readable only by the server, and give its path in `.htaccess`",
            ),
            Self::OfAnEditor => ("this is an editor's backup file and is not published", "delete or rename it"),
        };
        Some(Error::new(Code::FileNotPublished, message).hint(hint))
    }
}

fn to_static(config: &Config, catalog: &Catalog) -> Closed {
    Closed::to_static(config, catalog.galleries.iter().map(|gallery| config.galleries.join(&gallery.folder)))
}

/// What is wrong with the place that a static file would have in the output.
fn misnamed(path: &str) -> Option<Error> {
    if path.contains('\\') {
        let wrong = Error::new(Code::UnusableName, "has a backslash in its name, which is not possible in an address");
        return Some(wrong.hint("rename it"));
    }
    let first = path.split('/').next().unwrap_or_default();
    let kept = PrivateFolder::ALL.iter().map(|folder| folder.name()).find(|kept| first.eq_ignore_ascii_case(kept))?;
    let wrong = Error::new(Code::AddressTaken, format!("`/{kept}/` is reserved for private galleries"));
    Some(wrong.hint("rename it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hosts_read_is_copied_what_systems_leave_is_passed_over_and_everything_else_that_is_hidden_is_told() {
        let all = |fate: Fate, names: &[&str]| {
            for name in names {
                let (plain, is_folder) = name.strip_suffix('/').map_or((*name, false), |plain| (plain, true));
                assert_eq!(Fate::of(plain, is_folder), fate, "{name}");
                assert_eq!(fate.told(is_folder).is_some(), !matches!(fate, Fate::Copied | Fate::Clutter));
            }
        };
        all(
            Fate::Copied,
            &[
                ".well-known/",
                ".htaccess",
                ".nojekyll",
                ".domains",
                ".assetsignore",
                ".vercelignore",
                ".surgeignore",
                "_headers",
                "_redirects",
                "CNAME",
                "web.config",
                "staticwebapp.config.json",
                "favicon.ico",
                "price #1?.pdf",
                "a~b.txt",
                "#",
                "swp",
                "a.swp",
                "htpasswd.html",
            ],
        );
        all(
            Fate::Clutter,
            &[
                ".DS_Store",
                "._photo.jpg",
                ".localized",
                ".Trash-1000/",
                ".Trashes/",
                ".Spotlight-V100/",
                ".fseventsd/",
                ".directory",
                ".@__thumb/",
                ".nfs000012",
                ".fuse_hidden0001",
                ".gitkeep",
                "Thumbs.db",
                "desktop.ini",
                "__MACOSX/",
                "@eaDir/",
            ],
        );
        all(
            Fate::Hidden,
            &[
                ".env",
                ".env.local",
                ".git/",
                ".git",
                ".gitignore",
                ".gitattributes",
                ".ssh/",
                ".aws/",
                ".npmrc",
                ".netrc",
                ".config/",
                ".vscode/",
                ".safelight/",
                ".bash_history",
                ".user.ini",
                ".anything",
                ".HTACCESS",
                ".well-known",
                ".htaccess/",
                ".nojekyll/",
                ".htaccess.bak",
                ".well-known2/",
                "...",
            ],
        );
        all(Fate::Passwords, &[".htpasswd", ".htpasswd.old", ".htdigest", ".htgroups", ".HTPASSWD"]);
        all(
            Fate::OfAnEditor,
            &[".index.html.swp", "_headers~", ".htaccess~", "#notes.txt#", ".#notes.txt", ".htaccess.swo"],
        );
    }
}
