//! Bytes on their way to a target or from there: the record of what is online, which grows with the site.
//!
//! They lie in a file that others cannot read, so that a large site takes no memory. What is small needs none, and where the disk takes
//! no more they stay in memory: a full disk at home keeps nothing online that must go.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::store::Body;

/// How much is written at a time.
const PIECE: usize = 1 << 18;

/// Written from its start, then read from there or sent.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    /// Whether the file keeps its name, as what is sent must; otherwise nothing of it stays, whatever becomes of this run.
    is_named: bool,
    file: Option<File>,
    in_file: u64,
    /// What follows the bytes in the file.
    rest: Vec<u8>,
    /// The disk takes no more.
    is_full: bool,
}

impl Scratch {
    /// In this folder, which is made where it is missing.
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(format!("publish-{name}"));
        Self { path, is_named: false, file: None, in_file: 0, rest: Vec::new(), is_full: false }
    }

    /// The same for what is sent.
    pub(super) fn to_send(folder: &Path, name: &str) -> Self {
        let mut scratch = Self::new(folder, name);
        scratch.is_named = true;
        scratch
    }

    pub(super) fn length(&self) -> u64 {
        self.in_file + self.rest.len() as u64
    }

    /// All of it, from the start.
    pub(super) fn reader(&mut self) -> io::Result<impl Read + '_> {
        let rest = self.rest.as_slice();
        let in_file = match &mut self.file {
            Some(file) => {
                file.rewind()?;
                Some(file.take(self.in_file))
            }
            None => None,
        };
        Ok(in_file.map(|file| Box::new(file) as Box<dyn Read>).unwrap_or_else(|| Box::new(io::empty())).chain(rest))
    }

    /// The last so many bytes; all, where it has no more.
    pub(super) fn end(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let skipped = self.length().saturating_sub(count);
        let mut reader = self.reader()?;
        io::copy(&mut Read::by_ref(&mut reader).take(skipped), &mut io::sink())?;
        let mut end = Vec::new();
        reader.read_to_end(&mut end)?;
        Ok(end)
    }

    /// All of it, to be sent.
    pub(super) fn body(&mut self) -> io::Result<Body<'_>> {
        if self.file.is_some() {
            self.spill()?;
        }
        Ok(match self.file {
            Some(_) => Body::File { path: &self.path, size: self.in_file },
            None => Body::Bytes(&self.rest),
        })
    }

    /// Brings the rest into the file, or the file into memory where that fails.
    fn spill(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = self.create().ok();
        }
        let written = self.file.as_mut().map(|file| {
            file.seek(SeekFrom::Start(self.in_file))?;
            file.write_all(&self.rest)
        });
        if let Some(Ok(())) = written {
            self.in_file += self.rest.len() as u64;
            self.rest.clear();
            return Ok(());
        }
        let mut all = Vec::new();
        self.reader()?.read_to_end(&mut all)?;
        self.remove();
        (self.rest, self.in_file, self.is_full) = (all, 0, true);
        Ok(())
    }

    fn create(&self) -> io::Result<File> {
        self.path.parent().map_or(Ok(()), crate::files::private_folder_if_missing).map_err(io::Error::other)?;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        if !self.is_named {
            std::fs::remove_file(&self.path)?;
        }
        Ok(file)
    }

    fn remove(&mut self) {
        if self.file.take().is_some() && self.is_named {
            // What stays is overwritten by the next publish, and readable by its owner alone.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Write for Scratch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        if self.rest.len() >= PIECE && !self.is_full {
            self.spill()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Vec<u8> {
        (0..PIECE * 3 + 5).map(|at| (at % 251) as u8).collect()
    }

    fn check(mut scratch: Scratch, bytes: &[u8]) {
        assert_eq!(scratch.length(), bytes.len() as u64);
        for _ in 0..2 {
            let mut read = Vec::new();
            scratch.reader().unwrap().read_to_end(&mut read).unwrap();
            assert!(read == bytes);
        }
        let (body, mut sent) = (scratch.body().unwrap(), Vec::new());
        assert_eq!(body.size(), bytes.len() as u64);
        body.reader().unwrap().read_to_end(&mut sent).unwrap();
        assert!(sent == bytes);
    }

    #[test]
    fn what_is_large_lies_in_a_file_that_goes_and_what_is_small_in_none() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("publish");
        let count = || std::fs::read_dir(&folder).unwrap().count();
        let mut scratch = Scratch::to_send(&folder, "sealed");
        scratch.write_all(b"small").unwrap();
        check(scratch, b"small");
        assert!(!folder.exists());
        let mut scratch = Scratch::to_send(&folder, "sealed");
        long().chunks(PIECE / 3).for_each(|some| scratch.write_all(some).unwrap());
        assert!(scratch.rest.len() < PIECE);
        assert_eq!(count(), 1);
        check(scratch, &long());
        assert_eq!(count(), 0);
        let mut scratch = Scratch::new(&folder, "opened");
        scratch.write_all(&long()).unwrap();
        assert_eq!((count(), scratch.in_file), (0, long().len() as u64));
        let mut read = Vec::new();
        scratch.reader().unwrap().read_to_end(&mut read).unwrap();
        assert!(read == long());
    }

    #[test]
    fn where_the_disk_takes_nothing_or_no_more_it_stays_in_memory() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("file"), "").unwrap();
        let mut scratch = Scratch::to_send(&place.path().join("file/publish"), "sealed");
        long().chunks(PIECE / 3).for_each(|some| scratch.write_all(some).unwrap());
        assert!(scratch.file.is_none());
        check(scratch, &long());

        let mut scratch = Scratch::to_send(place.path(), "sealed");
        let (begin, end) = (&long()[..PIECE + 7], &long()[PIECE + 7..]);
        scratch.write_all(begin).unwrap();
        // One that can be read and not written.
        scratch.file = Some(File::open(&scratch.path).unwrap());
        end.chunks(PIECE / 3).for_each(|some| scratch.write_all(some).unwrap());
        assert!(scratch.file.is_none() && !scratch.path.exists());
        check(scratch, &long());
    }
}
