//! Files that may be photographs: what they are, what they say of themselves, and what stands beside them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::ignored_files::{is_text, stands_for};
use super::index::{Entry, Finding, Index, Stat, key_in};
use super::sidecars::Sidecar;
use super::{Broken, Catalog, Photo};
use crate::config::Config;
use crate::formats;
use crate::metadata;
use crate::{Code, Error};

/// No photograph that this program reads is larger; a file above it is refused before memory is taken.
const LARGEST_FILE: u64 = 2 << 30;
/// A file that may be a photo: its gallery, name, times, and its sidecar.
pub(super) type Candidate = (usize, OsString, Stat, Option<Sidecar>);
/// What was read of it: its gallery, name, key in the index, and the finding.
type Read = (usize, OsString, Box<[u8]>, Entry);

/// Reads what is new or changed, on all threads, and hands out what is known.
pub(super) fn read_photos(config: &Config, index: &mut Index, work: Vec<Candidate>, catalog: &mut Catalog) {
    index.speak(&config.language);
    // Each with its place in the work, so that warnings come in one order whatever was known.
    let mut found: Vec<(usize, Read)> = Vec::with_capacity(work.len());
    let mut unknown = Vec::new();
    for (place, (gallery, name, stat, sidecar)) in work.into_iter().enumerate() {
        let file = config.galleries.join(&catalog.galleries[gallery].folder).join(&name);
        let key = key_in(&file, catalog.galleries[gallery].language.as_deref(), &config.language);
        match index.take(&key, &stat, sidecar.as_ref()) {
            Some(entry) => found.push((place, (gallery, name, key, entry))),
            None => unknown.push((place, gallery, name, key, file, stat, sidecar)),
        }
    }
    if !unknown.is_empty() {
        index.mark_changed();
    }
    let read: Vec<_> = unknown
        .into_par_iter()
        .map(|(place, gallery, name, key, file, stat, sidecar)| {
            let language = catalog.galleries[gallery].language.as_ref().unwrap_or(&config.language);
            let entry = read_photo(&file, &name, stat, sidecar, language);
            (place, (gallery, name, key, entry))
        })
        .collect();
    found.extend(read);
    found.sort_unstable_by_key(|(place, _)| *place);
    let mut unread: Vec<Unread> = Vec::new();
    for (_, (gallery, name, key, entry)) in found {
        let folder = catalog.galleries[gallery].folder.clone();
        match entry.finding {
            Finding::Photo { sha256, header, metadata, seen, warnings, original } => {
                let file = config.display_gallery_path(folder.join(&name));
                catalog.warnings.extend(
                    warnings.iter().map(|warning| Error::new(Code::MetadataDamaged, warning.clone()).at(&file)),
                );
                let (stat, sidecar) = (entry.stat, entry.sidecar);
                let taken = metadata.taken;
                let photo = Photo { name, stat, sidecar, sha256, header, metadata, taken, seen, warnings, original };
                catalog.galleries[gallery].photos.push(photo);
                continue;
            }
            Finding::Broken(ref reason) => catalog.broken.push(Broken { folder, name, reason: reason.clone() }),
            Finding::Unsupported { ref kind, ref advice, is_photo } => {
                let file = Broken { folder, name, reason: kind.clone() };
                unread.push(Unread { gallery, file, advice: advice.clone(), is_photo });
            }
            Finding::Other | Finding::Plain { .. } => {}
        }
        index.fresh.insert(key, entry);
    }
    pass_by_companions(catalog, &mut unread);
    name_unread(config, catalog, unread);
    warn_of_twins(config, catalog);
    catalog.unsupported.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    catalog.broken.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
}

/// A file in a format that is not read.
struct Unread {
    gallery: usize,
    file: Broken,
    advice: String,
    /// Whether it is a photo all the same.
    is_photo: bool,
}

/// A RAW file beside the JPEG that was made of it, and the film of a live photo, are no photos that are missing: they are
/// counted and nothing else.
fn pass_by_companions(catalog: &mut Catalog, unread: &mut Vec<Unread>) {
    let mut shown: HashMap<usize, HashSet<String>> = HashMap::new();
    let before = unread.len();
    unread.retain(|one| {
        let names = || catalog.galleries[one.gallery].photos.iter().flat_map(|photo| stems_of(&photo.name)).collect();
        let shown = shown.entry(one.gallery).or_insert_with(names);
        !stems_of(&one.file.name).iter().any(|stem| shown.contains(stem))
    });
    catalog.companions = before - unread.len();
}

/// Names each kind of file that is not read once.
fn name_unread(config: &Config, catalog: &mut Catalog, unread: Vec<Unread>) {
    let mut kinds: BTreeMap<String, (String, usize, PathBuf)> = BTreeMap::new();
    for Unread { file, advice, is_photo, .. } in unread {
        let path = file.file(config);
        let told = kinds.entry(file.reason.clone()).or_insert_with(|| (advice, 0, path.clone()));
        told.1 += 1;
        told.2 = told.2.clone().min(path);
        if is_photo {
            catalog.unsupported.push(file);
        }
    }
    for (kind, (advice, count, first)) in kinds {
        let message =
            if count == 1 { format!("{kind}, left out") } else { format!("{kind}, left out with {} more", count - 1) };
        catalog.warnings.push(Error::new(Code::PhotoKindNotRead, message).at(first).hint(advice));
    }
}

/// Warns of photos of one gallery that have the same name and other formats, as exports leave them: both are shown.
fn warn_of_twins(config: &Config, catalog: &mut Catalog) {
    let mut warnings = Vec::new();
    for gallery in &catalog.galleries {
        // Most galleries are of one format: a large site must not pay for the few that are not.
        let Some(format) = gallery.photos.first().map(|photo| photo.header.format) else { continue };
        if gallery.photos.iter().all(|photo| photo.header.format == format) {
            continue;
        }
        let mut first: HashMap<String, &Photo> = HashMap::with_capacity(gallery.photos.len());
        let mut twins = Vec::new();
        for photo in &gallery.photos {
            let other = *first.entry(stem_of(&photo.name)).or_insert(photo);
            if other.header.format != photo.header.format {
                twins.push((other, photo));
            }
        }
        if let Some((other, photo)) = twins.first() {
            let more =
                if twins.len() == 1 { String::new() } else { format!(", and {} more are alike", twins.len() - 1) };
            let message =
                format!("looks like the same photo as `{}`: both are shown{more}", other.name.to_string_lossy());
            let file = config.display_gallery_path(gallery.folder.join(&photo.name));
            warnings.push(Error::new(Code::PhotoTwice, message).at(file).hint("keep one of them, or rename one"));
        }
    }
    catalog.warnings.extend(warnings);
}

/// The name of a file without its ending, in small letters.
fn stem_of(name: &OsStr) -> String {
    let mut name = name.to_string_lossy().to_lowercase();
    name.truncate(name.rfind('.').unwrap_or(name.len()));
    name
}

/// The name of a file without its ending, and without a second one, as in `DSC_1.NEF.jpg`: what files of one photo share.
fn stems_of(name: &OsStr) -> Vec<String> {
    let first = stem_of(name);
    let is_second = formats::NotAPhoto::by_name(&first).is_some();
    let second = first.rsplit_once('.').filter(|_| is_second).map(|(stem, _)| stem.to_owned());
    std::iter::once(first).chain(second).collect()
}

fn read_photo(file: &Path, name: &OsStr, mut stat: Stat, sidecar: Option<Sidecar>, language: &str) -> Entry {
    let finding = |stat, sidecar, finding| Entry { stat, sidecar, finding };
    let has_name_of_a_photo = formats::SourceFormat::by_name(&name.to_string_lossy()).is_some();
    if stat.size == 0 {
        let may_be = formats::NotAPhoto::by_name(&name.to_string_lossy()).is_some_and(|what| is_photo(what, name));
        let is_photo = has_name_of_a_photo || may_be;
        let empty = if is_photo { Finding::Broken("the file is empty".to_owned()) } else { Finding::Other };
        return finding(stat, sidecar, empty);
    }
    if stat.size > LARGEST_FILE {
        return finding(stat, sidecar, Finding::Broken("the file is larger than 2 GiB".to_owned()));
    }
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let broken = Finding::Broken(format!("cannot be read: {error}"));
            return finding(stat.unsettled(), sidecar, broken);
        }
    };
    if has_name_of_a_photo && let Some(why) = stands_for(&bytes) {
        return finding(stat, sidecar, Finding::Broken(why.to_owned()));
    }
    let limits = formats::Limits::default();
    let header = match formats::probe(&bytes, &name.to_string_lossy(), &limits) {
        Ok(header) => header,
        Err(formats::ProbeError::NotAPhoto(what)) => return finding(stat, sidecar, not_a_photo(what, name, &bytes)),
        Err(error) => return finding(stat, sidecar, Finding::Broken(error.to_string())),
    };
    let (mut said, mut warnings) = metadata::read_in(&bytes, &header, &limits, Some(language));
    if let Some(sidecar) = &sidecar {
        let folder = file.parent().unwrap_or(Path::new("."));
        let bytes = sidecar.read(folder, limits.metadata_bytes);
        if bytes.is_err() {
            stat = stat.unsettled();
        }
        match bytes
            .map_err(|e| e.to_string())
            .and_then(|b| metadata::read_sidecar_in(&b, &limits, Some(language)).map_err(|e| e.to_string()))
        {
            Ok((over, told)) => {
                said = said.overlaid_with(over);
                warnings.extend(told);
            }
            Err(reason) => {
                said.unread = true;
                said.keywords_unread = true;
                warnings.push(format!("its sidecar is ignored: {reason}"));
            }
        }
    }
    let sha256 = Sha256::digest(&bytes).into();
    let original = metadata::examine(&bytes, header.format).map_err(Into::into);
    finding(stat, sidecar, Finding::Photo { sha256, header, metadata: said, seen: None, warnings, original })
}

/// What to make of a file that is no photograph: what photographers expect to work is named, a photograph's name on
/// something else is a broken photo, and the rest is nobody's business.
fn not_a_photo(what: formats::NotAPhoto, name: &OsStr, bytes: &[u8]) -> Finding {
    match what {
        formats::NotAPhoto::Unknown | formats::NotAPhoto::Empty => {
            if formats::SourceFormat::by_name(&name.to_string_lossy()).is_some() {
                Finding::Broken(format!("this is {}", what.what()))
            } else if Path::new(name).extension().is_none() && !is_text(bytes) {
                // A photo may have lost its ending and its first bytes.
                let kind = "this file has no extension and is not a picture".to_owned();
                let advice = "restore its extension, or move it away".to_owned();
                Finding::Unsupported { kind, advice, is_photo: false }
            } else {
                Finding::Other
            }
        }
        _ => Finding::Unsupported {
            kind: format!("this is {}", what.what()),
            advice: what.hint().to_owned(),
            is_photo: is_photo(what, name),
        },
    }
}

/// Whether what is not read here is a photo all the same: neither a film nor a drawing.
fn is_photo(what: formats::NotAPhoto, name: &OsStr) -> bool {
    use crate::formats::NotAPhoto as Not;
    match what {
        Not::Raw | Not::OtherHeif | Not::Jpeg2000 | Not::Animation | Not::Gif | Not::Layered => true,
        Not::OtherPicture => {
            let ending = Path::new(name).extension().map(|ending| ending.to_ascii_lowercase());
            !ending.is_some_and(|ending| ending == "svg" || ending == "ico")
        }
        Not::Video | Not::Unknown | Not::Empty => false,
    }
}
