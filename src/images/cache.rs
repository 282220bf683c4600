//! The store of finished pixels: what was rendered once is not rendered again.
//!
//! A cache is a folder that holds nothing which cannot be made again. It is only ever a saving: an
//! entry that is torn, damaged, edited or lying under another's name is noticed when it is read,
//! removed, and made again; it is never used. Because every read is checked, nothing is synced to
//! disk here: after a power cut an entry is either whole or noticed.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result};

/// First bytes of every entry; the last one is the version of this layout.
const MAGIC: [u8; 8] = *b"slcache\x01";
/// Magic, payload length (little endian), blake3 of key and payload.
const HEADER: usize = 8 + 8 + 32;
/// No derivative comes near this; a larger file is not an entry.
const LARGEST_PAYLOAD: u64 = 1 << 30;
/// How names of entries that are still being written begin.
const TEMPORARY: &str = ".tmp-";
const EXTENSION: &str = ".bin";

/// The name of an entry: the beginning of its source's SHA-256, so that all that was made of a source is found whatever
/// it was made for, and a hash of everything that decides the entry's content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key([u8; Key::LENGTH]);

impl Key {
    /// Length in bytes; 160 bits are beyond any accidental or contrived collision of two sources, and 96 of two
    /// recipes for one.
    pub const LENGTH: usize = 20;
    /// How much of it is the source's.
    pub const SOURCE: usize = 8;

    /// The key of one derivative: the source's SHA-256, the orientation it is shown in (EXIF, 1 to
    /// 8), the complete text of the recipe, encoder and version included, and the sizes above it.
    ///
    /// `above` holds the larger sizes that are made of this source along with it, largest first:
    /// each size is reduced from a larger one, so they decide its pixels.
    pub fn derivative(source: &[u8; 32], orientation: u8, above: &[(u32, u32)], recipe: &str) -> Self {
        Self::of("safelight cache: derivative, 2", source, orientation, above, recipe)
    }

    /// The key of what was learnt about a source while rendering it; `revision` names the version
    /// of the code that learnt it, and `sizes` are all that are made of it, largest first.
    pub fn facts(source: &[u8; 32], orientation: u8, sizes: &[(u32, u32)], revision: &str) -> Self {
        Self::of("safelight cache: facts, 2", source, orientation, sizes, revision)
    }

    /// Only the last input has a length that no other input tells, so no two inputs run together.
    fn of(context: &str, source: &[u8; 32], orientation: u8, sizes: &[(u32, u32)], text: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(source).update(&[orientation]).update(&(sizes.len() as u64).to_le_bytes());
        for (width, height) in sizes {
            hasher.update(&width.to_le_bytes()).update(&height.to_le_bytes());
        }
        hasher.update(text.as_bytes());
        let mut key = [0; Self::LENGTH];
        let (of_source, of_all) = key.split_at_mut(Self::SOURCE);
        of_source.copy_from_slice(&source[..Self::SOURCE]);
        hasher.finalize_xof().fill(of_all);
        Self(key)
    }

    /// The first bytes of its source's SHA-256.
    pub fn source(&self) -> [u8; Self::SOURCE] {
        let mut source = [0; Self::SOURCE];
        source.copy_from_slice(&self.0[..Self::SOURCE]);
        source
    }

    /// The key's bytes, for storing it compactly.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Reads the key back from an entry's folder and file name; nothing for files of other making.
    fn from_names(folder: &str, file: &str) -> Option<Self> {
        let rest = file.strip_suffix(EXTENSION)?;
        if folder.len() != 2 || rest.len() != 2 * Self::LENGTH - 2 {
            return None;
        }
        let mut key = [0; Self::LENGTH];
        let mut digits = folder.bytes().chain(rest.bytes());
        for byte in &mut key {
            *byte = hex_digit(digits.next()?)? << 4 | hex_digit(digits.next()?)?;
        }
        Some(Self(key))
    }
}

/// Lower case alone: an upper-case name is not one that was written here.
fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// What rendering a source taught about it, kept so that a warm build knows it too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Mean colour in sRGB.
    pub colour: [u8; 3],
    /// What was odd but not wrong, such as a broken colour profile; one sentence each.
    pub warnings: Vec<String>,
}

/// How much lies in a cache, or was taken out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Number of entries; half-written ones count too.
    pub entries: u64,
    /// Their sizes on disk added up, in bytes, headers included.
    pub bytes: u64,
}

/// The store. Threads and processes may share a folder: entries appear whole or not at all.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    written: AtomicU64,
    /// Nothing is made or removed.
    only_look: bool,
}

impl Cache {
    /// Opens the cache in `folder`, creating it, readable by its owner alone, where it is missing.
    ///
    /// # Errors
    /// Where the folder cannot be created.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        create_folder(&folder)?;
        crate::files::close_to_others(&folder);
        Ok(Self { folder, written: AtomicU64::new(0), only_look: false })
    }

    /// The cache in `folder` for reading alone: where it is missing it is empty, and what is damaged stays.
    pub fn look(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), written: AtomicU64::new(0), only_look: true }
    }

    /// The folder this cache lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is an entry, by one `stat`. It may still prove damaged when it is read.
    pub fn contains(&self, key: &Key) -> bool {
        fs::symlink_metadata(self.path(key)).is_ok_and(|found| found.is_file() && found.len() >= HEADER as u64)
    }

    /// How many bytes an entry's payload has, by one `stat`.
    pub fn length(&self, key: &Key) -> Option<u64> {
        fs::symlink_metadata(self.path(key)).ok()?.len().checked_sub(HEADER as u64)
    }

    /// The entry's payload, or nothing where it is missing or not what was written.
    /// A damaged entry is removed, so that [`Cache::contains`] does not promise it again.
    pub fn read(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut file = File::open(&path).ok()?;
        let payload = read_entry(&mut file, key);
        if payload.is_none() && !self.only_look {
            // Failing to remove it changes nothing: every later read notices it as well.
            let _ = fs::remove_file(&path);
        }
        payload
    }

    /// Stores a payload, replacing an earlier entry of this key.
    ///
    /// # Errors
    /// Where the disk is full or the folder cannot be written; nothing half-written is left then.
    pub fn write(&self, key: &Key, payload: &[u8]) -> Result<()> {
        let path = self.path(key);
        let (temporary, mut file) = self.create_temporary(&path)?;
        let written = file
            .write_all(&header(key, payload))
            .and_then(|()| file.write_all(payload))
            .map_err(|error| full_or("write", &temporary, error))
            .and_then(|()| fs::rename(&temporary, &path).map_err(|error| full_or("write", &path, error)));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// The facts stored under a key made by [`Key::facts`], checked like every entry.
    pub fn read_facts(&self, key: &Key) -> Option<Facts> {
        let facts = postcard::from_bytes(&self.read(key)?).ok();
        if facts.is_none() {
            let _ = self.remove(key);
        }
        facts
    }

    /// Stores the facts of a source.
    ///
    /// # Errors
    /// As [`Cache::write`].
    pub fn write_facts(&self, key: &Key, facts: &Facts) -> Result<()> {
        let bytes = postcard::to_stdvec(facts).map_err(|error| {
            Error::new(Code::CannotWrite, format!("cannot encode a cache entry: {error}")).caused_by(error)
        })?;
        self.write(key, &bytes)
    }

    /// Removes an entry; one that is not there is no error.
    ///
    /// # Errors
    /// Where the file is there and cannot be removed.
    pub fn remove(&self, key: &Key) -> Result<()> {
        remove_file(&self.path(key))
    }

    /// Removes what was last written before `older_than` and is either not to be kept or was never
    /// finished, and says how much that was. Files that are not the cache's own are left alone.
    ///
    /// # Errors
    /// Where the folder cannot be listed or a file not removed.
    pub fn sweep(&self, keep: impl Fn(&Key) -> bool, older_than: SystemTime) -> Result<Amount> {
        self.remove_where(|entry, modified| {
            modified.is_some_and(|modified| modified < older_than) && !entry.is_some_and(&keep)
        })
    }

    /// Removes what was never finished: nobody else may be writing here.
    ///
    /// # Errors
    /// As [`Cache::sweep`].
    pub fn sweep_unfinished(&self) -> Result<Amount> {
        self.remove_where(|entry, _| entry.is_none())
    }

    /// Removes the entries that are to go, and says how much that was.
    ///
    /// # Errors
    /// As [`Cache::sweep`].
    pub fn remove_all(&self, goes: impl Fn(&Key) -> bool) -> Result<Amount> {
        self.remove_where(|entry, _| entry.is_some_and(&goes))
    }

    /// Removes every entry, finished or not, and says how much that was.
    ///
    /// # Errors
    /// As [`Cache::sweep`].
    pub fn clear(&self) -> Result<Amount> {
        self.remove_where(|_, _| true)
    }

    /// How much lies here.
    ///
    /// # Errors
    /// Where the folder cannot be listed.
    pub fn amount(&self) -> Result<Amount> {
        let mut amount = Amount::default();
        self.walk(|_, path| {
            // What another process removed meanwhile is not here any more.
            if let Ok(found) = fs::symlink_metadata(path) {
                amount.entries += 1;
                amount.bytes += found.len();
            }
            Ok(())
        })?;
        Ok(amount)
    }

    /// Every key that has an entry, in no order. One listing of the folder is many times cheaper
    /// than asking [`Cache::contains`] for each of many thousands.
    ///
    /// # Errors
    /// Where the folder cannot be listed.
    pub fn keys(&self) -> Result<std::collections::HashSet<Key>> {
        let mut keys = std::collections::HashSet::new();
        self.walk(|key, _| {
            keys.extend(key);
            Ok(())
        })?;
        Ok(keys)
    }

    fn path(&self, key: &Key) -> PathBuf {
        let name = key.to_string();
        // 256 folders keep each listing short for caches of a million entries.
        self.folder.join(&name[..2]).join(format!("{}{EXTENSION}", &name[2..]))
    }

    fn create_temporary(&self, beside: &Path) -> Result<(PathBuf, File)> {
        let folder = beside.parent().unwrap_or(&self.folder);
        let mut made = false;
        loop {
            let number = self.written.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{TEMPORARY}{}-{number}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok((path, file)),
                // Left by a killed process that had our number: take the next name.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                // Whether the folder is there by now says nothing: another process may have made it just after.
                Err(error) if error.kind() == ErrorKind::NotFound && !made => {
                    create_folder(folder)?;
                    made = true;
                }
                Err(error) => return Err(full_or("create", &path, error)),
            }
        }
    }

    fn remove_where(&self, goes: impl Fn(Option<&Key>, Option<SystemTime>) -> bool) -> Result<Amount> {
        let mut amount = Amount::default();
        self.walk(|key, path| {
            let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
            if goes(key.as_ref(), found.modified().ok()) {
                remove_file(path)?;
                amount.entries += 1;
                amount.bytes += found.len();
            }
            Ok(())
        })?;
        Ok(amount)
    }

    /// Calls `visit` for every file of the cache's own making: with its key, or without one for
    /// files that were never finished.
    fn walk(&self, mut visit: impl FnMut(Option<Key>, &Path) -> Result<()>) -> Result<()> {
        for folder in list(&self.folder)? {
            let Some(folder_name) = folder.file_name().and_then(|name| name.to_str()) else { continue };
            if folder_name.len() != 2 || !folder_name.bytes().all(|digit| hex_digit(digit).is_some()) {
                continue;
            }
            for file in list(&folder)? {
                let Some(file_name) = file.file_name().and_then(|name| name.to_str()) else { continue };
                let key = Key::from_names(folder_name, file_name);
                if key.is_some() || file_name.starts_with(TEMPORARY) {
                    visit(key, &file)?;
                }
            }
        }
        Ok(())
    }
}

fn header(key: &Key, payload: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(&checksum(key, payload));
    header
}

/// The key goes in, so that an entry moved under another's name is noticed.
fn checksum(key: &Key, payload: &[u8]) -> [u8; 32] {
    *blake3::Hasher::new().update(&key.0).update(payload).finalize().as_bytes()
}

fn read_entry(file: &mut File, key: &Key) -> Option<Vec<u8>> {
    let length = file.metadata().ok()?.len().checked_sub(HEADER as u64)?;
    let mut found = [0; HEADER];
    file.read_exact(&mut found).ok()?;
    // The length is compared before memory is taken for it.
    if found[..8] != MAGIC || found[8..16] != length.to_le_bytes() || length > LARGEST_PAYLOAD {
        return None;
    }
    let mut payload = Vec::with_capacity(usize::try_from(length).ok()?);
    file.take(length).read_to_end(&mut payload).ok()?;
    (payload.len() as u64 == length && found == header(key, &payload)).then_some(payload)
}

fn create_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| full_or("create", folder, error))
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(Code::CannotRemove, "remove", path, error)),
        _ => Ok(()),
    }
}

/// The paths in a folder; none where there is no such folder (any more) or it is a file.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        entries => entries.map_err(|error| Error::io(Code::CannotRead, "list", folder, error))?,
    };
    entries
        .map(|entry| {
            entry.map(|entry| entry.path()).map_err(|error| Error::io(Code::CannotRead, "list", folder, error))
        })
        .collect()
}

fn full_or(doing: &str, path: &Path, error: std::io::Error) -> Error {
    let error = Error::io(Code::CannotWrite, doing, path, error);
    if error.code == Code::DiskFull {
        error.hint("free some disk space and build again: finished pictures are kept")
    } else {
        error
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
