//! The record of what was written: read whole, checked before anything is believed, held as it lies in the file.
//!
//! Layout, little-endian: magic and version (8 bytes), number of entries (u32), four bytes of zero, length of all paths (u64),
//! length of the notes (u64); the entries, 40 bytes each, in the order of their paths' bytes; the paths without separators;
//! the notes; BLAKE3 of all that. A million files with paths of 50 bytes take 90 MB, in the file and in memory.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::{Code, Error, Result};

use super::output_dir::refused;
use super::path::check_path;
use super::{Fingerprint, Phase, Reach};

/// Names the format and its version.
pub(super) const MAGIC: &[u8; 8] = b"slmanif1";
/// Magic, counts and lengths.
pub(super) const HEADER: usize = 32;
/// One entry.
pub(super) const ENTRY: usize = 40;
/// The checksum at the end.
pub(super) const CHECKSUM: usize = 32;
/// Notes are small; a file that claims more is damaged.
const MOST_NOTES: u64 = 256 << 20;

/// One file that we wrote, or are about to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Relative to the output folder.
    pub path: &'a str,
    /// The fingerprint of the inputs it was made from.
    pub key: Fingerprint,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last modified, in nanoseconds since 1970, as the file system said after writing. In a record of what lies
    /// online, a hash of the headers that it was sent with.
    pub modified: i64,
    /// Whether it is an asset or a page.
    pub phase: Phase,
    /// Who it is for.
    pub reach: Reach,
    /// False between the moment that a file is announced and the end of that publish: such a file may be missing, old or new.
    pub settled: bool,
}

/// Everything that we wrote into one output folder, in the order of the paths' bytes, and named notes.
#[derive(Debug, Default)]
pub struct Manifest {
    entries: Vec<u8>,
    paths: String,
    notes: Notes,
}

/// What a manifest carries besides files.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Notes {
    /// The output folder that the manifest is about.
    pub(super) output: String,
    /// For other rooms; this one does not look inside.
    pub(super) named: BTreeMap<String, Vec<u8>>,
}

impl Manifest {
    /// Reads a manifest and checks all of it: checksum, order, every path.
    ///
    /// # Errors
    ///
    /// An I/O error where the file cannot be read, a site error where it is damaged or of another version.
    pub fn load(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| refused(Code::CannotRead, "open the manifest", path, error))?;
        let length =
            file.metadata().map_err(|error| refused(Code::CannotRead, "read the manifest", path, error))?.len();
        Self::read(&mut file, length).map_err(|fault| match fault {
            Fault::Io(error) => refused(Code::CannotRead, "read the manifest", path, error),
            Fault::Damaged(what) => {
                Error::new(Code::RecordDamaged, format!("the manifest is damaged: {what}")).at(path).hint(
                    "restore a copy of it; or empty the output folder, delete this file and its `.previous` copy, and \
                 build again: without a manifest, Safelight does not know which files in the output are its own",
                )
            }
        })
    }

    /// Reads a manifest that is kept elsewhere than beside an output folder, `length` bytes long, and checks all of it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the end of a sentence.
    pub fn decode(from: &mut impl Read, length: u64) -> std::result::Result<Self, String> {
        Self::read(from, length).map_err(|fault| match fault {
            Fault::Io(error) => error.to_string(),
            Fault::Damaged(what) => what.to_owned(),
        })
    }

    /// Writes a manifest that is kept elsewhere than beside an output folder. `records` gives the same records, in the order
    /// of their paths, each time it is called.
    ///
    /// # Errors
    ///
    /// Those of `to`, and more files than a manifest can name.
    pub fn encode<'a, I: Iterator<Item = Record<'a>>>(
        to: &mut impl Write,
        notes: BTreeMap<String, Vec<u8>>,
        records: impl Fn() -> I,
    ) -> io::Result<()> {
        super::record::stream(to, &Notes { output: String::new(), named: notes }, records)
    }

    /// A manifest of these records, which come in the order of their paths, each once.
    ///
    /// # Errors
    ///
    /// More files than a manifest can name.
    pub fn of<'a>(records: impl Iterator<Item = Record<'a>>, notes: BTreeMap<String, Vec<u8>>) -> io::Result<Self> {
        let mut made = Self { notes: Notes { output: String::new(), named: notes }, ..Self::default() };
        for record in records {
            let start = u32::try_from(made.paths.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
            made.entries.extend_from_slice(&record.to_entry(start));
            made.paths.push_str(record.path);
        }
        Ok(made)
    }

    /// Gives every file another `modified`, for records that mean something else by it.
    pub fn set_modified(&mut self, of: impl Fn(Record<'_>) -> i64) {
        for index in 0..self.len() {
            let modified = of(self.record(index));
            self.entries[index * ENTRY + 24..index * ENTRY + 32].copy_from_slice(&modified.to_le_bytes());
        }
    }

    /// Reads from a file of that length.
    fn read(file: &mut impl Read, length: u64) -> std::result::Result<Self, Fault> {
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        if header[..8] != MAGIC[..] {
            return Err(Fault::Damaged("it does not begin like a manifest of this version"));
        }
        let count = u64::from(u32_at(&header, 8));
        let (path_bytes, note_bytes) = (u64_at(&header, 16), u64_at(&header, 24));
        let rest = (HEADER + CHECKSUM) as u64 + count * ENTRY as u64;
        // Lengths are believed only when they add up to the file's, so nothing larger than the file is ever allocated.
        let fits = path_bytes <= u64::from(u32::MAX)
            && note_bytes <= MOST_NOTES
            && rest.checked_add(path_bytes).and_then(|sum| sum.checked_add(note_bytes)) == Some(length);
        let (true, Ok(entry_bytes), Ok(path_bytes), Ok(note_bytes)) =
            (fits, usize::try_from(count * ENTRY as u64), usize::try_from(path_bytes), usize::try_from(note_bytes))
        else {
            return Err(Fault::Damaged("its length is wrong"));
        };
        let mut entries = vec![0; entry_bytes];
        file.read_exact(&mut entries)?;
        let mut paths = vec![0; path_bytes];
        file.read_exact(&mut paths)?;
        let mut notes = vec![0; note_bytes];
        file.read_exact(&mut notes)?;
        let mut checksum = [0; CHECKSUM];
        file.read_exact(&mut checksum)?;
        let mut hasher = blake3::Hasher::new();
        for part in [&header[..], &entries, &paths, &notes] {
            hasher.update(part);
        }
        if hasher.finalize() != blake3::Hash::from_bytes(checksum) {
            return Err(Fault::Damaged("its checksum is wrong"));
        }
        let paths = String::from_utf8(paths).map_err(|_| Fault::Damaged("a path is not text"))?;
        let notes = postcard::from_bytes(&notes).map_err(|_| Fault::Damaged("its notes cannot be read"))?;
        let manifest = Self { entries, paths, notes };
        manifest.check()?;
        Ok(manifest)
    }

    /// Checks what a checksum says nothing about: a manifest made by somebody else must not make us remove `../…`.
    fn check(&self) -> std::result::Result<(), Fault> {
        let mut start = 0;
        let mut last = "";
        for index in 0..self.len() {
            let entry = self.entry(index);
            let end = self.path_end(index);
            if u32_at(entry, 32) as usize != start || entry[36] > 1 || entry[37] > 1 || entry[38] > 1 {
                return Err(Fault::Damaged("an entry is invalid"));
            }
            let path = self.paths.get(start..end).ok_or(Fault::Damaged("a path is cut"))?;
            if path <= last || check_path(path).is_err() {
                return Err(Fault::Damaged("a path is invalid or out of order"));
            }
            (start, last) = (end, path);
        }
        if start == self.paths.len() { Ok(()) } else { Err(Fault::Damaged("it contains paths without entries")) }
    }

    /// How many files it names.
    pub fn len(&self) -> usize {
        self.entries.len() / ENTRY
    }

    /// Whether it names no file.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The files, in the order of their paths' bytes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Record<'_>> + Clone {
        (0..self.len()).map(|index| self.record(index))
    }

    /// The file at this path.
    pub fn get(&self, path: &str) -> Option<Record<'_>> {
        self.position(path).ok().map(|index| self.record(index))
    }

    /// A note that was left by an earlier publish.
    pub fn note(&self, name: &str) -> Option<&[u8]> {
        self.notes.named.get(name).map(Vec::as_slice)
    }

    /// All notes, by name.
    pub fn notes(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.notes.named
    }

    /// The output folder this manifest is about: relative to the site's folder where it lies in it.
    pub fn output(&self) -> &str {
        &self.notes.output
    }

    /// An empty manifest for this output folder.
    pub(super) fn empty(output: String) -> Self {
        Self { notes: Notes { output, named: BTreeMap::new() }, ..Self::default() }
    }

    /// Where the path is, or where it would be.
    ///
    /// # Errors
    ///
    /// The position at which it would be, where it is not.
    pub fn position(&self, path: &str) -> std::result::Result<usize, usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.path(middle).cmp(path) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok(middle),
            }
        }
        Err(low)
    }

    /// The positions of the files below this folder.
    pub(super) fn below(&self, folder: &str) -> impl Iterator<Item = usize> + '_ {
        let prefix = format!("{folder}/");
        let first = self.position(&prefix).unwrap_or_else(|position| position);
        (first..self.len()).take_while(move |index| self.path(*index).starts_with(&prefix))
    }

    /// The path of the entry at this position, which must be below [`Self::len`].
    pub fn path(&self, index: usize) -> &str {
        &self.paths[u32_at(self.entry(index), 32) as usize..self.path_end(index)]
    }

    /// The entry at this position, which must be below [`Self::len`].
    pub fn record(&self, index: usize) -> Record<'_> {
        let entry = self.entry(index);
        let mut key = [0; 16];
        key.copy_from_slice(&entry[..16]);
        Record {
            path: self.path(index),
            key: Fingerprint(key),
            size: u64_at(entry, 16),
            modified: u64_at(entry, 24).cast_signed(),
            phase: if entry[36] == 0 { Phase::Asset } else { Phase::Page },
            reach: if entry[37] == 0 { Reach::Public } else { Reach::Private },
            settled: entry[38] == 1,
        }
    }

    fn entry(&self, index: usize) -> &[u8] {
        &self.entries[index * ENTRY..(index + 1) * ENTRY]
    }

    fn path_end(&self, index: usize) -> usize {
        if index + 1 < self.len() { u32_at(self.entry(index + 1), 32) as usize } else { self.paths.len() }
    }
}

impl Record<'_> {
    /// The entry for this file, whose path starts at `start` among all paths.
    pub(super) fn to_entry(self, start: u32) -> [u8; ENTRY] {
        let mut entry = [0; ENTRY];
        entry[..16].copy_from_slice(&self.key.0);
        entry[16..24].copy_from_slice(&self.size.to_le_bytes());
        entry[24..32].copy_from_slice(&self.modified.to_le_bytes());
        entry[32..36].copy_from_slice(&start.to_le_bytes());
        entry[36] = u8::from(self.phase == Phase::Page);
        entry[37] = u8::from(self.reach == Reach::Private);
        entry[38] = u8::from(self.settled);
        entry
    }
}

/// Why a manifest was not read.
enum Fault {
    Io(std::io::Error),
    Damaged(&'static str),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            Self::Damaged("it ends too early")
        } else {
            Self::Io(error)
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}
