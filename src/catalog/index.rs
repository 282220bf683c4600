//! The index: what was read of each file, so that an unchanged file is not read twice.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use walkdir::DirEntry;

use super::sidecars::Sidecar;
use crate::formats::Header;
use crate::metadata::{Metadata, OriginalFile};
use crate::{Code, Error, Result};

/// Raised whenever the readers of headers or metadata give other answers for the same bytes. Another release reads anew in
/// any case.
const READER_REVISION: u32 = 10;
const RELEASE: &str = env!("CARGO_PKG_VERSION");
const MAGIC: &[u8; 8] = b"SLINDEX1";

/// What the file system says of a file; equal twice means that its bytes are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified: i64,
    /// Change time of the entry, nanoseconds since 1970; 0 where the system has none. Notices files whose
    /// modification time was set back.
    pub changed: i64,
    /// Stands for the path of the file itself where links led to it; 0 where none did. A link that leads elsewhere is
    /// another file, however alike their times are.
    pub target: u64,
}

impl Stat {
    /// From what the system gave.
    pub fn of(metadata: &fs::Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt;
            metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let changed = 0;
        Self { size: metadata.len(), modified, changed, target: 0 }
    }

    /// The same, of a file that could not be read. Why it could not says nothing about the next time, so no index keeps it.
    pub(super) fn unsettled(self) -> Self {
        Self { changed: i64::MAX, ..self }
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// What rendering a photograph has taught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The key of what it was rendered to: other sizes or another background teach something else.
    pub by: [u8; 20],
    /// The mean colour in sRGB.
    pub colour: [u8; 3],
    /// What was odd about its pixels, one sentence each.
    pub warnings: Vec<String>,
}

/// Goes along with a walk through folders, and knows what lies behind links.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The outermost link on the way to where the walk is.
    link: Option<PathBuf>,
}

impl Links {
    /// To be told of every entry, in the order of the walk.
    pub(super) fn pass(&mut self, entry: &DirEntry) {
        self.link.take_if(|link| !entry.path().starts_with(link));
        if self.link.is_none() && entry.path_is_symlink() {
            self.link = Some(entry.path().to_owned());
        }
    }

    /// What the file system says of the entry that was passed last.
    pub(super) fn stat(&self, entry: &DirEntry) -> walkdir::Result<Stat> {
        let stat = Stat::of(&entry.metadata()?);
        if self.link.is_none() {
            return Ok(stat);
        }
        let real = entry.path().canonicalize();
        let hash = blake3::hash(real.as_deref().unwrap_or(entry.path()).as_os_str().as_encoded_bytes());
        Ok(Stat { target: u64::from_le_bytes(std::array::from_fn(|at| hash.as_bytes()[at])), ..stat })
    }
}

/// What reading a file gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
// Nearly all findings are photos; a box for each would cost more than the few others waste.
#[allow(clippy::large_enum_variant)]
pub(super) enum Finding {
    Photo {
        sha256: [u8; 32],
        header: Header,
        metadata: Metadata,
        seen: Option<Seen>,
        warnings: Vec<String>,
        original: Result<OriginalFile, Box<str>>,
    },
    /// Not a photograph and nothing to tell.
    Other,
    /// A kind of file that a photographer expects to work: named once with what to do.
    Unsupported {
        kind: String,
        advice: String,
        /// Whether it is a photo all the same.
        is_photo: bool,
    },
    Broken(String),
    /// A file to copy.
    Plain {
        sha256: [u8; 32],
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub stat: Stat,
    pub sidecar: Option<Sidecar>,
    pub finding: Finding,
}

/// The index of one site. A missing, damaged or foreign file is an empty index: everything is read anew.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) entries: HashMap<Box<[u8]>, Entry>,
    /// What was read of files that are no photographs; photographs carry their own part.
    pub(super) fresh: HashMap<Box<[u8]>, Entry>,
    /// The language in which texts were chosen.
    language: String,
    dirty: bool,
}

impl Index {
    /// Reads the index at `path`.
    pub fn load(path: &Path) -> Self {
        let (language, entries) = fs::read(path).ok().and_then(|bytes| decode(&bytes)).unwrap_or_default();
        Self { entries, language, ..Self::default() }
    }

    /// Forgets photographs whose texts were chosen in another language than this.
    pub(super) fn speak(&mut self, language: &str) {
        if self.language != language {
            self.entries.retain(|_, entry| !matches!(entry.finding, Finding::Photo { .. }));
            language.clone_into(&mut self.language);
            self.dirty = true;
        }
    }

    /// Says that something was learned that the written index does not hold.
    pub fn mark_changed(&mut self) {
        self.dirty = true;
    }

    /// The entry for a file that has not changed. It is moved out: each file is asked for once.
    pub(super) fn take(&mut self, key: &[u8], stat: &Stat, sidecar: Option<&Sidecar>) -> Option<Entry> {
        let known = self.entries.get(key)?;
        if known.stat != *stat || known.sidecar.as_ref() != sidecar {
            return None;
        }
        self.entries.remove(key)
    }

    /// Writes the index where it changed, atomically and readable by its owner alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path, catalog: &super::Catalog, galleries: &Path, now: SystemTime) -> Result<()> {
        // What is left in `entries` belongs to files that have gone.
        if !self.dirty && self.entries.is_empty() {
            return Ok(());
        }
        let now = nanoseconds(now);
        let photos = catalog.galleries.iter().flat_map(|gallery| &gallery.photos);
        let others = self.fresh.values().map(|entry| match &entry.finding {
            Finding::Plain { sha256 } => (&entry.stat, Some(sha256)),
            _ => (&entry.stat, None),
        });
        let alike = alike(photos.map(|photo| (&photo.stat, Some(&photo.sha256))).chain(others));
        let settled = |stat: &Stat| is_settled(stat, now) && !alike.contains(stat);
        let mut body = postcard::to_stdvec(&(READER_REVISION, RELEASE, &self.language)).unwrap_or_default();
        let mut append = |key: &[u8], entry: &Entry| -> Result<()> {
            if settled(&entry.stat) && entry.sidecar.as_ref().is_none_or(|sidecar| settled(&sidecar.stat)) {
                body = postcard::to_extend(&(key, entry), std::mem::take(&mut body)).map_err(|error| {
                    Error::new(Code::Internal, format!("cannot encode the index: {error}")).at(path).caused_by(error)
                })?;
            }
            Ok(())
        };
        for gallery in &catalog.galleries {
            let folder = galleries.join(&gallery.folder);
            for photo in &gallery.photos {
                let finding = Finding::Photo {
                    sha256: photo.sha256,
                    header: photo.header,
                    metadata: photo.metadata.clone(),
                    seen: photo.seen.clone(),
                    warnings: photo.warnings.clone(),
                    original: photo.original.clone(),
                };
                append(
                    &key_in(&folder.join(&photo.name), gallery.language.as_deref(), &self.language),
                    &Entry { stat: photo.stat, sidecar: photo.sidecar.clone(), finding },
                )?;
            }
        }
        let mut rest: Vec<_> = self.fresh.iter().collect();
        rest.sort_by_key(|(key, _)| *key);
        for (key, entry) in rest {
            append(key, entry)?;
        }
        crate::files::write_private(path, |file| {
            file.write_all(MAGIC)?;
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)
        })
    }
}

/// What the file system says alike of files with different contents. Where their folders change names, which changes no
/// time of theirs, one would be taken for the other.
fn alike<'a>(files: impl Iterator<Item = (&'a Stat, Option<&'a [u8; 32]>)>) -> HashSet<Stat> {
    let mut known = HashMap::new();
    files
        .filter(|(stat, content)| known.insert(**stat, *content).is_some_and(|other| other != *content))
        .map(|(stat, _)| *stat)
        .collect()
}

/// Whether a file that was read from `now` on, in nanoseconds since 1970, cannot have changed since with the same times: one that
/// changed just before may change again within the same tick of its clock.
fn is_settled(stat: &Stat, now: i64) -> bool {
    const SECOND: i64 = 1_000_000_000;
    let latest = stat.modified.max(stat.changed);
    // Clocks of whole seconds tick every second or two; all others every hundredth of a second at the slowest.
    let tick = if latest % SECOND == 0 { 2 * SECOND } else { SECOND / 20 };
    latest < now.saturating_sub(tick)
}

/// The key of a file: its path's bytes.
pub(super) fn key_of(path: &Path) -> Box<[u8]> {
    path.as_os_str().as_encoded_bytes().into()
}

/// The key of a photo, whose texts are chosen in the language of its gallery: where that is another than the site's, the
/// language is part of it. No path has a zero byte.
pub(super) fn key_in(path: &Path, language: Option<&str>, of_site: &str) -> Box<[u8]> {
    let path = path.as_os_str().as_encoded_bytes();
    match language.filter(|language| *language != of_site) {
        Some(language) => [path, b"\0", language.as_bytes()].concat().into(),
        None => path.into(),
    }
}

/// Entries by the bytes of their files' paths.
type Entries = HashMap<Box<[u8]>, Entry>;

/// The language and the entries of a written index.
fn decode(bytes: &[u8]) -> Option<(String, Entries)> {
    let body = bytes.strip_prefix(MAGIC)?;
    let (sum, body) = body.split_at_checked(32)?;
    if blake3::hash(body).as_bytes() != sum {
        return None;
    }
    let (revision, rest) = postcard::take_from_bytes::<u32>(body).ok()?;
    let (release, rest) = postcard::take_from_bytes::<String>(rest).ok()?;
    if revision != READER_REVISION || release != RELEASE {
        return None;
    }
    let (language, mut rest) = postcard::take_from_bytes::<String>(rest).ok()?;
    let mut entries = HashMap::new();
    while !rest.is_empty() {
        let ((key, entry), after) = postcard::take_from_bytes::<(Vec<u8>, Entry)>(rest).ok()?;
        entries.insert(key.into_boxed_slice(), entry);
        rest = after;
    }
    Some((language, entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_settled_when_its_clock_has_ticked_since_it_changed() {
        let now = 1_900_000_000_500_000_000;
        let is_settled = |modified, changed| is_settled(&Stat { size: 1, modified, changed, target: 0 }, now);
        assert!(is_settled(now - 60_000_000, now - 60_000_001));
        assert!(!is_settled(now - 40_000_000, 1));
        assert!(!is_settled(1, now - 40_000_000));
        assert!(!is_settled(now + 5, now + 5));
        // Clocks of whole seconds.
        assert!(!is_settled(1_900_000_000_000_000_000, 0));
        assert!(!is_settled(1_899_999_999_000_000_000, 0));
        assert!(is_settled(1_899_999_998_000_000_000, 0));
        assert!(!super::is_settled(&Stat { size: 1, ..Stat::default() }.unsettled(), now));
    }

    #[cfg(unix)]
    #[test]
    fn files_behind_links_are_told_apart_by_where_the_links_lead() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let at = |path: &str| place.path().join(path);
        for folder in ["disk/one", "disk/two", "walked/Lake"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for file in ["disk/a.jpg", "disk/one/a.jpg", "disk/two/a.jpg", "walked/Lake/a.jpg"] {
            fs::write(at(file), "photo").unwrap();
        }
        let targets = |file: &str, folder: &str| {
            for (link, target) in [("walked/b.jpg", file), ("walked/Sea", folder)] {
                let _ = fs::remove_file(at(link));
                symlink(at(target), at(link)).unwrap();
            }
            let (mut links, mut targets) = (Links::default(), Vec::new());
            let walk = walkdir::WalkDir::new(at("walked")).follow_links(true).sort_by_file_name();
            for entry in walk.into_iter().map(std::result::Result::unwrap) {
                links.pass(&entry);
                targets.extend(entry.file_type().is_file().then(|| links.stat(&entry).unwrap().target));
            }
            targets
        };
        // Lake/a.jpg, Sea/a.jpg, b.jpg.
        let (first, second) = (targets("disk/a.jpg", "disk/one"), targets("disk/one/a.jpg", "disk/two"));
        assert_eq!((first.len(), first[0], second[0]), (3, 0, 0));
        assert!(first[1] != second[1] && first[2] != second[2] && first[1] == second[2] && first[1] != 0);
        assert_eq!(targets("disk/a.jpg", "disk/one"), first);
    }

    #[test]
    fn files_that_only_their_content_tells_apart_are_found() {
        let stat = |size, target| Stat { size, target, ..Stat::default() };
        let (a, b) = ([1; 32], [2; 32]);
        let files = [
            (stat(1, 0), Some(&a)),
            (stat(1, 0), Some(&a)),
            (stat(2, 0), Some(&a)),
            (stat(2, 0), Some(&b)),
            (stat(3, 0), None),
            (stat(3, 0), Some(&b)),
            (stat(4, 5), Some(&a)),
            (stat(4, 6), Some(&b)),
        ];
        let found = alike(files.iter().map(|(stat, content)| (stat, *content)));
        assert_eq!(found, HashSet::from([stat(2, 0), stat(3, 0)]));
    }
}
