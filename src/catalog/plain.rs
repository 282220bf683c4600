//! What is neither gallery nor photograph: text pages, and files that are copied as they are.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::beside::is_clutter;
use super::index::{Entry, Finding, Index, Stat, key_of};
use super::walk::shown;
use super::{Catalog, StaticFile, TextSource};
use crate::config::Config;
use crate::config::closed::Closed;
use crate::{Error, ErrorKind};

/// Text pages are read whole.
const LARGEST_TEXT: u64 = 4 << 20;

pub(super) fn text_pages(config: &Config, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    let Ok(entries) = fs::read_dir(&config.pages) else { return };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md")))
        .filter(|path| path.is_file() && path.file_name().is_some_and(|name| !is_clutter(name)))
        .collect();
    files.sort();
    for file in files {
        let here = shown(config, &file);
        match fs::metadata(&file) {
            Ok(metadata) if metadata.len() > LARGEST_TEXT => {
                errors.push(Error::site("a text page may have 4 MiB at most").at(here));
                continue;
            }
            Err(error) => {
                errors.push(Error::io("read", &here, &error));
                continue;
            }
            Ok(_) => {}
        }
        match fs::read(&file).map(String::from_utf8) {
            Ok(Ok(text)) => {
                let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                catalog.pages.push(TextSource { stem, file: here, text });
            }
            Ok(Err(_)) => errors.push(Error::site("is not UTF-8 text").at(here).hint("save the file as UTF-8")),
            Err(error) => errors.push(Error::io("read", &here, &error)),
        }
    }
}

pub(super) fn static_files(config: &Config, index: &mut Index, catalog: &mut Catalog, errors: &mut Vec<Error>) {
    if !config.static_files.is_dir() {
        return;
    }
    let walk = WalkDir::new(&config.static_files).follow_links(true).sort_by_file_name();
    // Hidden files are left alone but for the folder that the web has made a standard of (RFC 8615).
    let wanted = |name: &OsStr| !is_clutter(name) || name == ".well-known" || name == ".nojekyll";
    let closed = std::cell::OnceCell::new();
    let mut walk = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || wanted(entry.file_name()));
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let file = error.path().map(|path| shown(config, path)).unwrap_or_default();
                // A link that leads back to a folder above it, or to nothing, holds nothing to copy.
                let leads_nowhere = error.loop_ancestor().is_some()
                    || error.path().is_some_and(|path| path.is_symlink() && !path.exists());
                if leads_nowhere {
                    let message = "this link leads to nothing that could be copied, and is left out";
                    catalog.warnings.push(Error::new(ErrorKind::Io, message).at(file));
                    continue;
                }
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                errors.push(Error::new(ErrorKind::Io, format!("cannot be read: {reason}")).at(file));
                continue;
            }
        };
        if entry.depth() > 0
            && entry.path_is_symlink()
            && let Some(what) = closed.get_or_init(|| to_static(config, catalog)).met_by(entry.path())
        {
            errors.push(
                Error::site(format!("this link leads to {what}, which would be published as it is"))
                    .at(shown(config, entry.path()))
                    .hint("remove the link, and copy what may be seen by everybody"),
            );
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        if !entry.file_type().is_file() {
            continue;
        }
        let here = shown(config, entry.path());
        let Ok(relative) = entry.path().strip_prefix(&config.static_files) else { continue };
        let Some(path) = relative.to_str() else {
            errors.push(Error::site("the name of a static file must be UTF-8").at(here));
            continue;
        };
        let path = path.replace(std::path::MAIN_SEPARATOR, "/");
        if let Some(wrong) = misnamed(&path) {
            errors.push(wrong.at(here));
            continue;
        }
        let key = key_of(entry.path());
        let read = entry.metadata().map_err(std::io::Error::from).and_then(|metadata| {
            let stat = Stat::of(&metadata);
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
            Err(error) => errors.push(Error::io("read", &here, &error)),
        }
    }
}

fn to_static(config: &Config, catalog: &Catalog) -> Closed {
    Closed::to_static(config, catalog.galleries.iter().map(|gallery| config.galleries.join(&gallery.folder)))
}

/// What is wrong with the place that a static file would have in the output.
fn misnamed(path: &str) -> Option<Error> {
    if path.contains('\\') {
        let wrong = Error::site("has a backslash in its name, which no address can have");
        return Some(wrong.hint("give it another name"));
    }
    let first = path.split('/').next().unwrap_or_default();
    let kept = PRIVATE_FOLDERS.iter().find(|kept| first.eq_ignore_ascii_case(kept))?;
    let wrong = Error::site(format!("`/{kept}/` is kept for private galleries, and nothing else may lie there"));
    Some(wrong.hint("give it another name"))
}

/// Folders of the output whose every file counts as private: for builds, for audits and for gates.
const PRIVATE_FOLDERS: [&str; 3] = ["e", "g", "x"];
