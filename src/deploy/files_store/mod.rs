//! The rules of targets that are made of files, a folder or a server that speaks SFTP, written once for both.
//!
//! - Nobody ever reads half a file. It is written into `.safelight-tmp/` under the root, which nobody but its owner may
//!   enter, brought onto the disk, and renamed into its place. One folder for all of them and not one beside each file: so
//!   no web server shows an unfinished page, and what a killed publish leaves is found without walking through the site.
//!   The next publish removes it once it is ten minutes old. No list names it.
//! - Links are never followed below the root. One in the place of a folder is an error; one in the place of a file is
//!   listed, replaced and removed as what it is.
//! - Folders and files are for everybody to read, as web servers need it; those of the state are the owner's alone.
//! - A condition is checked under a lock ([`turn`]). Which writing an object is, its first 64 bytes say: the state begins
//!   with random bytes, and nothing else is written under a condition that it must not lie there twice.

mod folders;
mod names;
mod primitives;
#[cfg(test)]
pub(super) mod tests;
mod turn;
mod unfinished;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use jiff::Timestamp;

use crate::error::Code;
use crate::publish::check_path;
use crate::{Error, Result};

use super::{Body, Condition, Copied, Headers, Put, Sight, Store, Version};
use folders::{ancestors, is_absent};
pub(super) use names::{bytes_of, name_of};
use primitives::Told as _;
pub(super) use primitives::{Access, Entry, Files, Kind, Source, in_the_way, is_vague, refusal, told};
use turn::Turn;
use unfinished::UNFINISHED;

/// The bytes that tell writings apart.
const TELLING: u64 = 64;
/// How many folders are listed at once.
const FOLDERS_AT_ONCE: usize = 64;

/// A target made of files.
#[derive(Debug)]
pub(super) struct FilesStore<F: Files> {
    files: F,
    /// Random digits in the names of unfinished files, and how many there have been.
    random: String,
    count: AtomicU64,
    /// Folders that are known to be there and no links.
    folders: Mutex<HashSet<String>>,
    is_ready: Mutex<bool>,
}

impl<F: Files> FilesStore<F> {
    /// Nothing is read or written yet.
    pub(super) fn new(files: F) -> Result<Self> {
        let mut bytes = [0; 16];
        #[expect(clippy::disallowed_methods, reason = "names of files that are gone when the publish ends")]
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::new(Code::CannotRead, format!("the system provides no randomness: {error}")))?;
        Ok(Self {
            files,
            random: hex(&bytes),
            count: AtomicU64::new(0),
            folders: Mutex::default(),
            is_ready: Mutex::new(false),
        })
    }

    /// Puts an unfinished file in its place.
    fn show(&self, unfinished: &str, path: &str) -> io::Result<()> {
        self.make_folders_above(path)?;
        match self.files.rename(unfinished, path) {
            // The folder was empty and went with its last file, while another thread came with a new one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                ancestors(path).for_each(|folder| self.forget(folder));
                self.make_folders_above(path)?;
                self.files.rename(unfinished, path)
            }
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                Err(told(in_the_way(self.name(), path, "a folder", "a file")))
            }
            renamed => renamed,
        }
    }

    /// Whether a condition holds now.
    fn holds(&self, path: &str, condition: Condition<'_>) -> Result<bool> {
        Ok(match condition {
            Condition::Always => true,
            Condition::Absent => match self.is_below_folders(path) {
                Ok(true) => match self.files.entry(path) {
                    Ok(_) => false,
                    Err(error) if is_absent(&error) => true,
                    Err(error) => return Err(error).or_refusal(&self.files, "look at", path),
                },
                below => !below.or_refusal(&self.files, "look at", path)?,
            },
            Condition::Unchanged(version) => {
                self.read(path, TELLING, &mut io::sink())?.is_some_and(|found| found == *version)
            }
        })
    }

    /// Reads an object, at most that many bytes of it.
    fn read(&self, path: &str, at_most: u64, to: &mut dyn Write) -> Result<Option<Version>> {
        let mut read = Reading { start: Vec::new(), to };
        let result = match self.is_below_folders(path) {
            Ok(true) => self.files.read(path, at_most, &mut read),
            Ok(false) => return Ok(None),
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => Ok(Some(version(&read.start))),
            Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::IsADirectory => Ok(None),
            Err(error) => Err(error).or_refusal(&self.files, "read", path),
        }
    }

    /// Puts an unfinished file in its place if the condition holds.
    fn show_if(&self, unfinished: &str, path: &str, condition: Condition<'_>) -> io::Result<bool> {
        if let Condition::Always = condition {
            return self.show(unfinished, path).map(|()| true);
        }
        let turn = Turn::wait(self).map_err(told)?;
        if !self.holds(path, condition).map_err(told)? {
            return Ok(false);
        }
        if !turn.is_ours() {
            let message = format!("`{}` answered so late that another publish took its turn", self.name());
            return Err(told(Error::new(Code::TargetBusy, message).hint("publish again")));
        }
        self.show(unfinished, path).map(|()| true)
    }
}

impl<F: Files> Store for FilesStore<F> {
    fn name(&self) -> &str {
        self.files.name()
    }

    fn put(&self, path: &str, _: Headers<'_>, body: Body<'_>, condition: Condition<'_>) -> Result<Put> {
        check(path)?;
        self.make_ready()?;
        let mut start = [0; TELLING as usize];
        let length = Source::open(&body).and_then(|mut source| source.fill(&mut start)).or_refusal(
            &self.files,
            "write",
            path,
        )?;
        let shown = self
            .with_unfinished(
                |unfinished| self.files.write_new(unfinished, Access::of(path), body),
                |unfinished, ()| self.show_if(unfinished, path, condition),
            )
            .or_refusal(&self.files, "write", path)?;
        Ok(if shown { Put::Stored(version(&start[..length])) } else { Put::Refused })
    }

    fn copy(&self, from: &str, to: &str, _: Headers<'_>) -> Result<Copied> {
        check(from)?;
        check(to)?;
        self.make_ready()?;
        if !self.is_below_folders(from).or_refusal(&self.files, "copy", from)? {
            return Ok(Copied::Missing);
        }
        let mut outcome = Copied::Done;
        let shown = self.with_unfinished(
            |unfinished| self.files.copy_new(from, unfinished, Access::of(to)),
            |unfinished, copied| {
                outcome = copied;
                if copied == Copied::Done {
                    self.show(unfinished, to)?;
                }
                Ok(copied == Copied::Done)
            },
        );
        match shown {
            Ok(_) => Ok(outcome),
            // Only what is copied can be missing: the folders above the copy are made.
            Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::IsADirectory => Ok(Copied::Missing),
            Err(error) => Err(error).or_refusal(&self.files, "copy", from),
        }
    }

    fn delete(&self, paths: &[&str]) -> Vec<(usize, Error)> {
        let mut failed = Vec::new();
        let mut there = Vec::new();
        for (place, path) in paths.iter().enumerate() {
            match check_listed(path).and_then(|()| self.is_below_folders(path).or_refusal(&self.files, "remove", path))
            {
                Ok(true) => there.push((place, *path)),
                Ok(false) => {}
                Err(error) => failed.push((place, error)),
            }
        }
        let mut emptied = BTreeSet::new();
        for there in there.chunks(self.files.remove_batch()) {
            let names: Vec<&str> = there.iter().map(|(_, path)| *path).collect();
            for (removed, (place, path)) in self.files.remove(&names).into_iter().zip(there) {
                match removed {
                    Ok(()) => {}
                    Err(error) if is_absent(&error) => {}
                    // A folder has taken its place, so the object is gone.
                    Err(_) if self.files.entry(path).is_ok_and(|entry| entry.kind == Kind::Folder) => {}
                    Err(error) => {
                        failed.push((*place, refusal(self.name(), "remove", path, error)));
                        continue;
                    }
                }
                emptied.extend(ancestors(path).last());
            }
        }
        // The deepest first. A folder that is not empty refuses, which ends the way up.
        while let Some(folder) = emptied.pop_last() {
            if self.files.remove_folder(folder).is_ok() {
                self.forget(folder);
                emptied.extend(ancestors(folder).last());
            }
        }
        failed.sort_by_key(|(place, _)| *place);
        failed
    }

    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        check(path)?;
        self.read(path, u64::MAX, to)
    }

    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let folder = folder.trim_end_matches('/');
        let refused = |error| refusal(self.name(), "list", folder, error);
        if !self.is_below_folders(folder).and_then(|below| Ok(below && self.is_folder(folder)?)).map_err(refused)? {
            return Ok(());
        }
        let mut waiting = vec![folder.to_owned()];
        while !waiting.is_empty() {
            let now = waiting.split_off(waiting.len().saturating_sub(FOLDERS_AT_ONCE));
            self.files
                .entries(&now, &mut |place, name, entry| {
                    let path = if now[place].is_empty() { name.to_owned() } else { format!("{}/{name}", now[place]) };
                    match entry.kind {
                        Kind::Folder if path == UNFINISHED => {}
                        Kind::Folder => waiting.push(path),
                        Kind::File | Kind::Link | Kind::Other => each(&path, entry.size),
                    }
                })
                .map_err(refused)?;
        }
        Ok(())
    }

    fn now(&self) -> Result<Timestamp> {
        self.make_ready()?;
        self.clock()
    }

    /// Nothing: what the web server in front of the files lists or keeps, it does not tell here.
    fn look(&self) -> Result<Sight> {
        Ok(Sight::default())
    }

    fn delete_versions(&self, _: &str) -> Result<Option<usize>> {
        Ok(None)
    }

    fn delete_batch(&self) -> usize {
        self.files.remove_batch()
    }

    fn sends_headers(&self) -> bool {
        false
    }
}

/// Passes on what is read, and keeps its start.
struct Reading<'a> {
    start: Vec<u8>,
    to: &'a mut dyn Write,
}

impl Write for Reading<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let missing = TELLING as usize - self.start.len();
        self.start.extend(bytes.iter().take(missing));
        self.to.write_all(bytes).map_err(|error| {
            told(Error::new(Code::CannotWrite, format!("cannot keep what was read: {error}")).caused_by(error))
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Which writing begins with these bytes.
fn version(start: &[u8]) -> Version {
    Version(hex(start))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into memory does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Refuses what is no path of an object.
fn check(path: &str) -> Result<()> {
    check_listed(path)?;
    check_path(path).map_err(|_| unusable())
}

/// Refuses what no listing gives. A name that no site has is removed like any other.
fn check_listed(path: &str) -> Result<()> {
    let is_ours = path.split('/').next() == Some(UNFINISHED);
    if is_ours || path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Err(unusable());
    }
    Ok(())
}

/// The path is not repeated: it may be private.
fn unusable() -> Error {
    Error::new(Code::UnusableName, "the path of a file cannot be used on the target")
}
