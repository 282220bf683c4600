//! Downloads: originals, the ZIP files that photos are packed in, and their views.

use std::fmt;
use std::fs::File as DiskFile;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, System, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Composer, Contents, Placed, Sources, derivative_key};
use crate::images::cache::Cache;
use crate::metadata::strip_original;
use crate::pages::view::{DownloadPartView, DownloadView};
use crate::plan::{DownloadFile, Part, entry_time, kept, original_packet};
use crate::publish::{Produce, Unwritten};
use crate::{Code, Error, Result};

/// How much of a ZIP file is gathered before it is written.
const STRETCH: usize = 1 << 18;

impl Sources<'_> {
    /// What may be saved of a photo.
    pub(super) fn download(&self, placed: &Placed<'_>) -> Option<DownloadView> {
        let (album, section, photo) = placed.place;
        let found = self.downloads.of(album).photo(section, photo)?;
        let path = match &found.file {
            DownloadFile::Original { path } => &**path,
            DownloadFile::Rendition(rung) => self.drawing.of(album, section, photo, *rung),
        };
        Some(DownloadView { url: self.url(path), name: found.name.to_string(), bytes: found.known_bytes() })
    }

    /// The ZIP files of an album.
    pub(super) fn parts(&self, number: usize, language: &str) -> Vec<DownloadPartView> {
        let album = &self.plan.albums[number];
        let view = |part: &Part| {
            let heading = self.heading(album, part.section, language);
            let bytes = part.bytes;
            DownloadPartView {
                section_id: heading.is_some().then(|| super::views::section_id(part.section)),
                section: heading,
                number: part.number,
                total: part.total,
                photos: part.photos.len(),
                bytes,
                size: self.theme.words(language).size(bytes),
                url: self.url(&part.path),
                name: part.name.clone(),
            }
        };
        self.downloads.of(number).parts.iter().map(view).collect()
    }

    /// The bytes of a photo's original.
    pub(super) fn original(&self, placed: &Placed<'_>) -> Result<Vec<u8>> {
        let (gallery, photo) = (placed.section.gallery, placed.photo);
        let file = self.catalog.photo_file(self.config, gallery, placed.shown.photo);
        let shown = || self.config.display_path(&file).to_owned();
        let source = std::fs::read(&file).map_err(|error| Error::io(Code::CannotRead, "read", &shown(), error))?;
        let hash: [u8; 32] = Sha256::digest(&source).into();
        if hash != photo.sha256 {
            let changed = Error::new(Code::PhotoChanged, "this photo changed while the site was built");
            return Err(changed.at(shown()).hint("build again"));
        }
        let refused = |why: String| {
            let what = format!("cannot remove private metadata from this photo: {why}");
            let hint = "export it again, or set `downloads = \"web\"`";
            Error::new(Code::MetadataNotWritten, what).at(shown()).hint(hint)
        };
        let file = photo.original.as_ref().map_err(|why| refused(why.to_string()))?;
        let (rights, packet) = original_packet(self.config, placed.gallery, photo)
            .ok_or_else(|| refused("it was not planned".to_owned()))?;
        strip_original(&source, photo.header.format, &rights, kept(photo, file), &packet).map_err(refused)
    }

    /// The bytes of a picture that is in the cache.
    pub(super) fn rendition(&self, placed: &Placed<'_>, rung: usize, cache: &Cache) -> Result<Vec<u8>> {
        let picture = self.pictures.of(placed.section.gallery, placed.shown.photo);
        let ladder = picture.ladder_in(placed.album);
        let key = derivative_key(placed.photo, ladder, rung);
        let format = ladder.rungs[rung].recipe.format;
        let pixels = cache.read(&key).ok_or_else(|| {
            Error::new(Code::CacheDamaged, "a cached picture is missing or damaged")
                .at(cache.folder())
                .hint("build again; if this happens repeatedly, the disk may be failing")
        })?;
        crate::metadata::splice(format, &pixels, &picture.imprint.packet)
    }
}

impl Composer<'_> {
    /// A part of an album, to be written.
    pub(super) fn archive<'c>(&'c self, album: usize, part: &'c Part, cache: &'c Cache) -> Archive<'c> {
        Archive { contents: &self.contents, album, part, cache }
    }
}

/// A ZIP file that is written photo by photo: one of them is in memory.
pub(super) struct Archive<'c> {
    contents: &'c Contents<'c>,
    album: usize,
    part: &'c Part,
    cache: &'c Cache,
}

impl fmt::Debug for Archive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Archive").field(&self.part.name).finish()
    }
}

impl Archive<'_> {
    fn members(&self) -> impl Iterator<Item = Member<'_, impl FnOnce() -> Result<Vec<u8>>>> {
        self.contents.downloads.of(self.album).members(self.part).map(move |(photo, member)| {
            let placed = self.contents.placed(self.album, self.part.section, photo);
            let content = move || match member.file {
                DownloadFile::Original { .. } => self.contents.original(&placed),
                DownloadFile::Rendition(rung) => self.contents.rendition(&placed, rung, self.cache),
            };
            (&*member.entry, entry_time(placed.photo), content)
        })
    }

    /// Writes it from its beginning to its end, for what cannot go back.
    pub(super) fn write(&self, out: impl Write) -> Result<(), Unwritten> {
        let mut sink = Sink::new(out);
        let filled = fill(ZipWriter::new_stream(&mut sink), self.members());
        sink.finish(filled)
    }
}

impl Produce for Archive<'_> {
    fn produce(&self, file: &mut DiskFile) -> Result<(), Unwritten> {
        pack(file, self.members())
    }
}

/// A file in a ZIP file: its name there, its time, and what makes its bytes.
type Member<'m, F> = (&'m str, Option<jiff::civil::DateTime>, F);

fn pack<'m>(
    file: &mut DiskFile,
    members: impl Iterator<Item = Member<'m, impl FnOnce() -> Result<Vec<u8>>>>,
) -> Result<(), Unwritten> {
    let mut sink = Sink::new(BufWriter::with_capacity(STRETCH, file));
    let filled = fill(ZipWriter::new(&mut sink), members);
    sink.finish(filled)
}

/// Fills a ZIP file: stored, with the same bytes for the same members.
fn fill<'m, W: Write + Seek>(
    mut archive: ZipWriter<W>,
    members: impl Iterator<Item = Member<'m, impl FnOnce() -> Result<Vec<u8>>>>,
) -> Result<(), Unwritten> {
    let mut made = Ok(());
    for (entry, time, content) in members {
        made = content().map_err(Unwritten::Content).and_then(|bytes| {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .last_modified_time(time_of(time))
                .unix_permissions(0o644)
                .system(System::Unix)
                .large_file(u32::try_from(bytes.len()).is_err());
            archive.start_file(entry, options).map_err(of_library)?;
            Ok(archive.write_all(&bytes)?)
        });
        if made.is_err() {
            break;
        }
    }
    let finished = archive.finish().map(drop).map_err(of_library);
    made.and(finished)
}

fn of_library(error: ZipError) -> Unwritten {
    match error {
        ZipError::Io(error) => Unwritten::Write(error),
        other => Unwritten::Content(Error::new(Code::Internal, format!("cannot pack a ZIP file: {other}"))),
    }
}

/// ZIP knows no earlier day than 1 January 1980, which stands for none.
fn time_of(time: Option<jiff::civil::DateTime>) -> DateTime {
    let none = DateTime::default();
    let Some(time) = time else { return none };
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(time.year()).unwrap_or_default();
    let [month, day] = [time.month(), time.day()].map(small);
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(small);
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or(none)
}

/// A file that takes everything: the library ends a file that failed by writing on, and complains on the terminal when that
/// fails too. The first fault is kept, and what comes after it goes nowhere.
struct Sink<W> {
    file: W,
    at: u64,
    end: u64,
    fault: Option<io::Error>,
}

impl<W: Write> Sink<W> {
    fn new(file: W) -> Self {
        Self { file, at: 0, end: 0, fault: None }
    }

    /// The first fault, else what came of filling it.
    fn finish(mut self, filled: Result<(), Unwritten>) -> Result<(), Unwritten> {
        match self.fault.take() {
            Some(fault) => Err(fault.into()),
            None => {
                filled?;
                Ok(self.file.flush()?)
            }
        }
    }

    fn keep<T>(&mut self, outcome: io::Result<T>, otherwise: T) -> T {
        outcome.unwrap_or_else(|fault| {
            self.fault.get_or_insert(fault);
            otherwise
        })
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.fault.is_none() {
            let outcome = self.file.write_all(bytes);
            self.keep(outcome, ());
        }
        self.at += bytes.len() as u64;
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write + Seek> Seek for Sink<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => self.end.saturating_add_signed(by),
        };
        if self.fault.is_none() && to != SeekFrom::Current(0) {
            let outcome = self.file.seek(SeekFrom::Start(self.at));
            self.keep(outcome, self.at);
        }
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn packed(count: usize, content: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        let names: Vec<String> = (0..count).map(|at| format!("Lake/é{at}.jpg")).collect();
        let time = jiff::civil::date(2026, 6, 20).at(14, 3, 22, 0);
        let members = names.iter().enumerate().map(|(at, name)| {
            let content = &content;
            (name.as_str(), (at % 2 == 0).then_some(time), move || Ok(content(at)))
        });
        pack(&mut file, members).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_zip_holds_its_members_as_they_are_with_names_and_times() {
        let bytes = packed(3, |at| vec![at as u8; 1000 * at]);
        assert_eq!(bytes, packed(3, |at| vec![at as u8; 1000 * at]));
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        for at in 0..3 {
            let mut entry = archive.by_index(at).unwrap();
            assert_eq!(entry.name().unwrap(), format!("Lake/é{at}.jpg"));
            assert_eq!((entry.compression(), entry.size()), (CompressionMethod::Stored, 1000 * at as u64));
            let time = entry.last_modified().unwrap();
            let expected = if at % 2 == 0 { (2026, 6, 20, 14) } else { (1980, 1, 1, 0) };
            assert_eq!((time.year(), time.month(), time.day(), time.hour()), expected);
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert_eq!(content, vec![at as u8; 1000 * at]);
        }
    }

    #[test]
    fn more_members_than_sixteen_bits_count_are_all_there() {
        let bytes = packed(70_000, |at| vec![at as u8]);
        assert!(memchr::memmem::rfind(&bytes, b"PK\x06\x06").is_some(), "no ZIP64 record");
        assert_eq!(zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap().len(), 70_000);
    }

    #[test]
    fn a_disk_that_is_full_and_a_photo_that_fails_end_the_file() {
        struct Full(u64);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len() as u64).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        impl Seek for Full {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(0)
            }
        }
        let mut sink = Sink::new(Full(10));
        sink.write_all(&[0; 8]).unwrap();
        sink.write_all(&[0; 8]).unwrap();
        assert_eq!(sink.seek(SeekFrom::Start(3)).unwrap(), 3);
        assert_eq!(sink.fault.unwrap().kind(), io::ErrorKind::StorageFull);
        let wrong = || Err(Error::new(Code::PhotoChanged, "changed"));
        let ended = pack(&mut tempfile::tempfile().unwrap(), std::iter::once(("a.jpg", None, wrong)));
        assert!(matches!(ended, Err(Unwritten::Content(error)) if error.code == Code::PhotoChanged));
    }
}
