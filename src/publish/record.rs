//! Writing the manifest: streamed, so that a second million of entries is never held, and replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Code, Error, ErrorKind, Result};

use super::manifest::{HEADER, MAGIC, Manifest, Notes, Record};
use super::output_dir::{refused, sync_folder};
use super::{Observer, Step};

/// Which of the two manifests of a publish is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Before anything is shown: what lies there and what will. It is kept as a second copy too, for it names everything
    /// of ours that can be there until the next publish begins.
    Intent,
    /// After everything: what lies there.
    Outcome,
}

/// Where the second copy lies.
pub(super) fn previous(path: &Path) -> PathBuf {
    path.with_extension("previous")
}

/// Reads the manifest, or its second copy where it is damaged or gone; with the warning that belongs to that.
/// Nothing of either is an empty manifest.
pub(super) fn load_or_recover(path: &Path, output: &str) -> Result<(Manifest, Option<Error>)> {
    let copy = previous(path);
    let exists = |path: &Path| fs::symlink_metadata(path).is_ok();
    if !exists(path) && !exists(&copy) {
        return Ok((Manifest::empty(output.to_owned()), None));
    }
    let fault = match Manifest::load(path) {
        Ok(manifest) => return of_output(manifest, output, path).map(|manifest| (manifest, None)),
        Err(fault) => fault,
    };
    // A manifest that cannot be read for want of permission, say, is not damaged: the newer record must not be passed over.
    let gone = !exists(path);
    if !gone && fault.kind() == ErrorKind::Io {
        return Err(fault);
    }
    match Manifest::load(&copy) {
        Ok(manifest) => Ok((of_output(manifest, output, &copy)?, Some(fault.hint("its second copy was used instead")))),
        Err(_) => Err(fault),
    }
}

/// A manifest about another folder would have us remove files there that somebody else wrote.
fn of_output(manifest: Manifest, output: &str, path: &Path) -> Result<Manifest> {
    if manifest.output() == output {
        return Ok(manifest);
    }
    Err(Error::new(
        Code::RecordDamaged,
        format!("this manifest belongs to the output folder `{}`, not `{output}`", manifest.output()),
    )
    .at(path)
    .hint("move it away if it was copied here by mistake"))
}

/// Writes a manifest in the place of the present one: whole or not at all, on the disk when this returns.
/// `records` gives the same records, in the order of their paths, each time it is called.
pub(super) fn write<'a, I: Iterator<Item = Record<'a>>>(
    path: &Path,
    kind: Kind,
    notes: &Notes,
    records: impl Fn() -> I,
    observer: Option<&Observer>,
) -> Result<()> {
    let observe = |step: Step<'_>| observer.map_or(Ok(()), |observer| observer(step));
    let fresh = path.with_extension("new");
    let written = (|| {
        observe(Step::WriteManifest)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::with_capacity(1 << 18, options.open(&fresh)?);
        stream(&mut file, notes, records)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        observe(Step::ReplaceManifest)?;
        if kind == Kind::Intent {
            keep_copy(&fresh, path)?;
        }
        fs::rename(&fresh, path)
    })();
    if let Err(error) = written {
        // It may be what fills the disk; if even that fails, the next manifest overwrites it.
        let _ = fs::remove_file(&fresh);
        return Err(refused(Code::CannotWrite, "write the manifest", path, error));
    }
    path.parent()
        .map_or(Ok(()), |folder| sync_folder(folder).map_err(|error| refused(Code::CannotWrite, "sync", folder, error)))
}

/// Makes the fresh manifest the second copy as well; a link costs nothing, and neither file is ever written in place.
fn keep_copy(fresh: &Path, path: &Path) -> io::Result<()> {
    let spare = path.with_extension("spare");
    match fs::remove_file(&spare) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if fs::hard_link(fresh, &spare).is_err() {
        // File systems without links.
        fs::copy(fresh, &spare)?;
        File::open(&spare)?.sync_all()?;
    }
    fs::rename(&spare, previous(path))
}

/// Writes the format that the manifest's module describes.
pub(super) fn stream<'a, I: Iterator<Item = Record<'a>>>(
    file: &mut impl Write,
    notes: &Notes,
    records: impl Fn() -> I,
) -> io::Result<()> {
    let notes = postcard::to_stdvec(notes).map_err(io::Error::other)?;
    let (count, path_bytes) = records().fold((0_u64, 0_u64), |(count, sum), record| {
        debug_assert!(!record.path.is_empty());
        (count + 1, sum + record.path.len() as u64)
    });
    let too_many = || io::Error::new(io::ErrorKind::FileTooLarge, "the site has too many files");
    let count = u32::try_from(count).map_err(|_| too_many())?;
    u32::try_from(path_bytes).map_err(|_| too_many())?;

    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&count.to_le_bytes());
    header[16..24].copy_from_slice(&path_bytes.to_le_bytes());
    header[24..].copy_from_slice(&(notes.len() as u64).to_le_bytes());

    let mut hasher = blake3::Hasher::new();
    let mut emit = |bytes: &[u8], hasher: &mut blake3::Hasher| {
        hasher.update(bytes);
        file.write_all(bytes)
    };
    emit(&header, &mut hasher)?;
    // BLAKE3 is fast on long stretches only, so entries and paths are gathered before they are hashed.
    let mut stretch = Vec::with_capacity(STRETCH + 4096);
    let mut start = 0_u32;
    for record in records() {
        stretch.extend_from_slice(&record.to_entry(start));
        start = start.wrapping_add(u32::try_from(record.path.len()).map_err(|_| too_many())?);
        if stretch.len() >= STRETCH {
            emit(&stretch, &mut hasher)?;
            stretch.clear();
        }
    }
    for record in records() {
        stretch.extend_from_slice(record.path.as_bytes());
        if stretch.len() >= STRETCH {
            emit(&stretch, &mut hasher)?;
            stretch.clear();
        }
    }
    stretch.extend_from_slice(&notes);
    emit(&stretch, &mut hasher)?;
    file.write_all(hasher.finalize().as_bytes())
}

/// How much is gathered before it is hashed and written, in bytes.
const STRETCH: usize = 1 << 17;
