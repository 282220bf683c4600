//! `safelight check`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::ValueEnum;
use rayon::prelude::*;
use safelight::build::{Leaks, State, none_usable, without_tokens};
use safelight::compose::{File, FileKind, PageFile, Prepared};
use safelight::config::Config;
use safelight::images::cache::Cache;
use safelight::plan::VisibilityCount;
use safelight::publish::{Content, Site};
use safelight::{Code, Error, ErrorKind};
use serde_json::json;

use super::build::{access_text, bytes_text, counted, many_parts_text};
use super::hosts::{self, Host};
use super::init::PLACEHOLDER_CONTACT;
use super::whole::{self, Whole};
use super::{Context, Outcome};

/// Photo pages of a gallery that are rendered: they differ in what their photos say of themselves.
const PHOTO_PAGES: u32 = 3;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also check the limits of this host
    #[arg(long, value_name = "HOST")]
    host: Option<Host>,
}

/// What was found.
#[derive(Default)]
struct Findings {
    list: Vec<Error>,
    /// What a build would only warn of, before it reads the site. It decides no exit code.
    surroundings: Vec<Error>,
    notes: Vec<String>,
    /// What is told where everything is asked for.
    details: Vec<String>,
    galleries: usize,
    visibility: VisibilityCount,
    photos: usize,
    files: usize,
    bytes: u64,
    /// Files and bytes that are there for downloads alone.
    downloads: (usize, u64),
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let voice = &context.voice;
    let mut found = Findings::default();
    match Config::read(&context.site_file()) {
        Ok((config, warnings)) => {
            found.list.extend(warnings);
            if config.contact.as_deref() == Some(PLACEHOLDER_CONTACT) {
                let error = Error::new(Code::PlaceholderContact, format!("`contact` is still `{PLACEHOLDER_CONTACT}`"))
                    .at("site.toml");
                found.list.push(error.hint("set your own address: your pages promise that someone answers there"));
            }
            let mut surroundings = Vec::new();
            let warn = |warning: &Error| surroundings.push(warning.clone());
            let looked = whole::compose(context, &config, warn, |whole| {
                look(&whole, arguments.host, &mut found);
                Ok(())
            });
            found.surroundings = surroundings;
            found.list.extend(looked.err().into_iter().flatten());
        }
        Err(errors) => found.list.extend(errors),
    }
    // A secret that is missing, wrong or about to be published, and what kept us from looking, are told apart from the rest.
    let graver = found.list.iter().map(Error::kind).find(|kind| matches!(kind, ErrorKind::Secret | ErrorKind::Io));
    let mut told: Vec<Error> = Vec::new();
    for error in found.list.into_iter().chain(found.surroundings).map(without_tokens) {
        if !told.contains(&error) {
            voice.error(&error);
            told.push(error);
        }
    }
    found.details.iter().for_each(|detail| voice.detail(detail));
    for note in &found.notes {
        voice.note(&format!("note: {note}"));
        voice.json(&json!({ "event": "note", "message": note }));
    }
    voice.json(&json!({
        "event": "summary", "command": "check", "findings": told.len(), "galleries": found.galleries,
        "access": found.visibility,
        "photos": found.photos, "files": found.files, "estimated_bytes": found.bytes,
        "downloads": { "files": found.downloads.0, "estimated_bytes": found.downloads.1 },
        "host": arguments.host.and_then(|host| Some(host.to_possible_value()?.get_name().to_owned())),
    }));
    let size = format!(
        "{} in {} ({}), {}, about {}",
        counted(found.photos, "photo", "photos"),
        counted(found.galleries, "gallery", "galleries"),
        access_text(found.visibility),
        counted(found.files, "file", "files"),
        bytes_text(found.bytes)
    );
    voice.note(&match told.len() {
        0 => format!("no problems found: {size}"),
        some => format!("{}: {size}", counted(some, "finding", "findings")),
    });
    Ok(ExitCode::from(match graver {
        Some(kind) => super::exit_code(kind),
        None => u8::from(!told.is_empty()),
    }))
}

/// Checks the limits of a host alone, before a site goes there.
///
/// # Errors
/// What the host does not take, and all that is wrong with the site.
#[cfg(feature = "publish")]
pub(crate) fn limits(context: &Context, config: &Config, host: Host) -> Result<(), Vec<Error>> {
    let mut found = Findings::default();
    whole::compose(
        context,
        config,
        |_| {},
        |whole| {
            look(&whole, Some(host), &mut found);
            Ok(())
        },
    )?;
    found.list.retain(|error| error.code == Code::HostLimit);
    if found.list.is_empty() { Ok(()) } else { Err(found.list) }
}

fn look(whole: &Whole<'_>, host: Option<Host>, found: &mut Findings) {
    found.list.extend(whole.warnings.iter().cloned());
    let broken = whole.catalog.broken.iter().map(|broken| {
        Error::new(Code::PhotoLeftOut, format!("would be left out: {}", broken.reason)).at(broken.file(whole.config))
    });
    found.list.extend(broken);
    let unsupported = whole.catalog.unsupported.iter();
    found
        .details
        .extend(unsupported.map(|one| format!("left out: {}: {}", one.file(whole.config).display(), one.reason)));
    let marked = whole.catalog.left_out.iter().map(|folder| whole.config.display_gallery_path(folder));
    found.details.extend(marked.map(|folder| format!("left out by a marker file: {}", folder.display())));
    found.list.extend(none_usable(whole.config, whole.catalog).into_iter().flatten().take(1));
    found.visibility = whole.plan.count_by_visibility(whole.catalog);
    found.galleries = whole.plan.albums.iter().filter(|album| !album.is_empty()).count();
    found.photos = whole.plan.photo_count();
    let pages = render(whole, &mut found.list);
    conflicts(whole, found);
    let sizes = sizes(whole, &pages);
    found.files = sizes.len();
    found.bytes = sizes.iter().map(|(_, bytes, _)| bytes).sum();
    let of_downloads = whole
        .files
        .iter()
        .zip(&sizes)
        .filter(|((_, file), _)| matches!(file.what, FileKind::Original { .. } | FileKind::Archive { .. }));
    found.downloads = of_downloads.fold((0, 0), |(files, bytes), (_, size)| (files + 1, bytes + size.1));
    if found.downloads.0 > 0 {
        let files = counted(found.downloads.0, "file", "files");
        found.notes.push(format!("downloads: {files}, about {}", bytes_text(found.downloads.1)));
    }
    if let Some((gallery, parts)) = whole.downloads.most_parts(whole.plan) {
        let folder = whole.config.display_gallery_path(&whole.catalog.galleries[gallery].folder);
        found.notes.push(many_parts_text(&folder.to_string_lossy(), parts));
    }
    if let Some(host) = host {
        let (findings, notes) = hosts::look(host, whole, &sizes);
        found.list.extend(findings);
        found.notes.extend(notes);
    }
}

/// Renders pages of every kind; a template may fail on some only. Looks for secrets in them, and in what is copied; in pages
/// that are not rendered and in pictures the build does. Returns the sizes of pages by path.
fn render<'w>(whole: &Whole<'w>, findings: &mut Vec<Error>) -> BTreeMap<&'w str, u64> {
    let leaks = Leaks::of(whole.config, whole.access);
    let files: Vec<(&str, FileKind)> = whole.files.iter().map(|(path, file)| (path, file.what)).collect();
    let rendered: Vec<_> = files
        .par_iter()
        .filter(|(_, what)| !matches!(what, FileKind::Page(PageFile::Photo { photo, .. }) if *photo >= PHOTO_PAGES))
        .map(|(path, what)| (*path, looked_through(whole, &leaks, path, *what)))
        .collect();
    let mut sizes = BTreeMap::new();
    for (path, text) in rendered {
        match text {
            Ok(Some(text)) => drop(sizes.insert(path, text.len() as u64)),
            Ok(None) => {}
            Err(error) => findings.push(error),
        }
    }
    sizes
}

/// The text of a page; nothing for other files.
fn looked_through(
    whole: &Whole<'_>,
    leaks: &Leaks<'_>,
    path: &str,
    what: FileKind,
) -> safelight::Result<Option<String>> {
    if let FileKind::Static(_) | FileKind::Asset(_) = what {
        let cache = Cache::look(State::of(whole.config).cache());
        leaks.refuse(path, whole.composer.content(path, what, &cache)?.plain())?;
    }
    let text = whole.composer.written(what)?;
    text.map(|text| leaks.refuse_bytes(path, text.as_bytes()).map(|()| text)).transpose()
}

/// What the publisher would refuse: files of somebody else where ours belong, paths that cannot lie in one folder.
fn conflicts(whole: &Whole<'_>, found: &mut Findings) {
    let state = State::of(whole.config);
    match Site::look(&whole.config.output, state.folder()) {
        Ok(site) => {
            found.list.extend(site.warning().cloned());
            match site.diff(whole.files.wanted()) {
                Ok(diff) => {
                    found.list.extend(site.obstacle(&diff).err());
                    found.list.extend(site.strangers(&diff).filter(|path| differs(whole, path)).map(|path| {
                        let message = "Safelight did not write this file, but needs to write another one there";
                        Error::new(Code::ForeignFiles, message)
                            .at(whole.config.output.join(path))
                            .hint("move it away, or replace it with `safelight build --adopt`")
                    }));
                }
                Err(error) => found.list.push(error),
            }
        }
        Err(error) if error.code == Code::Locked => {
            found.notes.push("another build is running, so the output was not checked".to_owned());
        }
        Err(error) => found.list.push(error),
    }
}

/// Whether a file in the output holds anything else than what would be written there. Pictures that are not made yet
/// count as different.
fn differs(whole: &Whole<'_>, path: &str) -> bool {
    let cache = Cache::look(State::of(whole.config).cache());
    let content = |file: &File| whole.composer.content(path, file.what, &cache).and_then(Prepared::into_content);
    let wanted = match whole.files.get(path).map(content) {
        Some(Ok(Content::Bytes(bytes))) => Some(bytes),
        Some(Ok(Content::CopyOf(file))) => std::fs::read(file).ok(),
        Some(Ok(Content::Written(_)) | Err(_)) | None => None,
    };
    wanted.is_none() || std::fs::read(whole.config.output.join(path)).ok() != wanted
}

/// Path, bytes, and whether the bytes are known or estimated, of every file.
fn sizes<'w>(whole: &Whole<'w>, pages: &BTreeMap<&str, u64>) -> Vec<(&'w str, u64, bool)> {
    let typical = pages.values().sum::<u64>() / (pages.len() as u64).max(1);
    let size = |path: &str, what: FileKind| match what {
        FileKind::Picture { album, section, photo, rung } => {
            let album = &whole.plan.albums[album as usize];
            let section = &album.sections[section as usize];
            let photo = section.photos[photo as usize].photo;
            let recipe = &whole.pictures.of(section.gallery, photo).ladder_in(album).rungs[rung as usize].recipe;
            let pixels = f64::from(recipe.width) * f64::from(recipe.height);
            let bytes = pixels * recipe.format.bits_per_pixel() / 8.0;
            (bytes as u64, false)
        }
        FileKind::Original { album, section, photo } => {
            let found = whole.downloads.of(album as usize).photo(section as usize, photo as usize);
            (found.map_or(0, |found| found.bytes), true)
        }
        FileKind::Archive { album, part } => {
            let album = whole.downloads.of(album as usize);
            let part = &album.parts[part as usize];
            (part.bytes, album.members(part).all(|(_, member)| member.known_bytes().is_some()))
        }
        FileKind::Static(at) => {
            let file = &whole.catalog.static_files[at as usize].file;
            (file.metadata().map_or(0, |found| found.len()), true)
        }
        FileKind::Asset(at) => (whole.theme.assets()[at as usize].bytes.len() as u64, true),
        _ => pages.get(path).map_or((typical, false), |bytes| (*bytes, true)),
    };
    let sized = whole.files.iter().map(|(path, file)| {
        let (bytes, known) = size(path, file.what);
        (path, bytes, known)
    });
    sized.collect()
}
