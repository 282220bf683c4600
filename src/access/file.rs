//! The ledger's file: read whole, changed under a lock, replaced in one step.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::ledger::{Ledger, LedgerDocument};
use super::sources::make_private_folder;
use crate::lock::{Lock, Patience};
use crate::{Code, Error, Result};

/// Larger files are no ledgers: this is ten times one with a hundred thousand links.
const LARGEST: u64 = 256 << 20;

/// Reads the text of a ledger; none where there is no file.
///
/// # Errors
/// A file that cannot be read, is not UTF-8, or is larger than 256 MiB.
pub fn read_text(path: &Path) -> Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(Code::CannotRead, "read the ledger", path, error)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(Code::CannotRead, "read the ledger", path, error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::new(Code::FileNotRead, "the ledger is larger than 256 MiB")
            .at(path)
            .hint("check that this is the right file"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| {
        Error::new(Code::NotUtf8, "the ledger is not UTF-8")
            .at(path)
            .hint("restore the file from git, and keep editors from converting it")
    })
}

/// Reads the ledger; none where there is no file.
///
/// # Errors
/// As for [`read_text`] and [`Ledger::parse`].
pub fn read(path: &Path) -> Result<Option<Ledger>> {
    read_text(path)?.map(|text| Ledger::parse(&text, path)).transpose()
}

/// Waits until nobody else changes the ledger, and keeps others from it. What is read before may be of yesterday.
///
/// # Errors
/// As for [`Lock::of_file`]; a folder that cannot be made.
pub fn lock(state: &Path, patience: &Patience<'_>) -> Result<Lock> {
    // Outside of what is committed.
    make_private_folder(Some(state))?;
    Lock::of_file(&state.join("access.lock"), "another command is changing the ledger", patience)
}

/// The ledger's file while nobody else may change it. The lock goes when this is dropped, and with the process.
#[derive(Debug)]
pub struct LockedLedger {
    path: PathBuf,
    _lock: Lock,
    on_disk: Option<String>,
    document: LedgerDocument,
}

impl LockedLedger {
    /// Reads the ledger at `path`, whose lock the caller holds, as of [`lock`]; where there is none, begins one for the root
    /// with the id `root`.
    ///
    /// # Errors
    /// Everything that [`read_text`] and [`Ledger::parse`] refuse.
    pub fn open(path: &Path, lock: Lock, root: &str) -> Result<Self> {
        // A link to the ledger stays one: what is replaced is the file behind it.
        let path = if path.is_symlink() {
            path.canonicalize().map_err(|error| Error::io(Code::CannotRead, "follow the link", path, error))?
        } else {
            path.to_owned()
        };
        let on_disk = read_text(&path)?;
        let document = match &on_disk {
            Some(text) => LedgerDocument::parse(text, &path)?,
            None => LedgerDocument::new(root),
        };
        Ok(Self { path, _lock: lock, on_disk, document })
    }

    /// What the ledger says.
    pub fn ledger(&self) -> &Ledger {
        self.document.ledger()
    }

    /// Carries a change out and writes the file: either all of it is there afterwards, or the file is as it was.
    ///
    /// # Errors
    /// A file that something else changed since it was read; one that cannot be written.
    pub fn commit(&mut self, change: &Change) -> Result<()> {
        let mut document = self.document.clone();
        document.apply(change)?;
        let text = document.text();
        // What was written must read as what was meant; a ledger is worth the second look.
        if Ledger::parse(&text, &self.path)? != *document.ledger() {
            return Err(Error::new(Code::InvalidLedger, "the ledger's format cannot be changed safely")
                .at(&self.path)
                .hint("write galleries as `[[gallery]]` and links as `[[gallery.link]]`, one key per line"));
        }
        if read_text(&self.path)? != self.on_disk {
            return Err(Error::new(Code::LedgerChanged, "something else changed the ledger in the meantime")
                .at(&self.path)
                .hint("save it in your editor, then run the command again"));
        }
        replace(&self.path, text.as_bytes())?;
        self.document = document;
        self.on_disk = Some(text);
        Ok(())
    }
}

/// Writes beside the file, makes it last, and puts it in the file's place in one step.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        if let Ok(old) = std::fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().map_err(|error| {
        // Nothing of ours stays beside a ledger that could not be written.
        let _ = std::fs::remove_file(&new);
        Error::io(Code::CannotWrite, "write the ledger", path, error)
    })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Some file systems cannot sync a folder; the file itself is safe by then.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::change::{ActionContext, Share, share};
    use super::super::{GalleryId, LinkId, Today};
    use super::*;

    fn sharing(ledger: &Ledger, seed: u8) -> Change {
        let situation = ActionContext { today: Today::new(date(2026, 11, 22), ledger), gallery_expires: &|_| None };
        let request = Share {
            gallery: GalleryId::from_entropy([1; 8]),
            path: "lake",
            link: LinkId::from_entropy([seed; 8]),
            to: &format!("person {seed}"),
            audience: "",
            expires: None,
            dated: false,
            find: false,
        };
        share(ledger, &situation, &request).unwrap()
    }

    fn paths() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (path, state) = (folder.path().join("access.toml"), folder.path().join(".safelight"));
        (folder, path, state)
    }

    fn open(path: &Path, state: &Path) -> Result<LockedLedger> {
        LockedLedger::open(path, lock(state, &Patience::NONE)?, "root")
    }

    #[test]
    fn a_change_is_written_whole_and_read_back() {
        let (folder, path, state) = paths();
        assert_eq!(read(&path).unwrap(), None);
        let mut held = open(&path, &state).unwrap();
        for seed in [2, 3] {
            let change = sharing(held.ledger(), seed);
            held.commit(&change).unwrap();
            assert_eq!(read(&path).unwrap().as_ref(), Some(held.ledger()));
        }
        assert_eq!(held.ledger().galleries[0].links.len(), 2);
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn two_commands_cannot_change_the_ledger_at_once() {
        let (_folder, path, state) = paths();
        let held = open(&path, &state).unwrap();
        assert_eq!(open(&path, &state).unwrap_err().code, Code::Locked);
        drop(held);
        assert!(open(&path, &state).is_ok());
    }

    #[test]
    fn what_an_editor_saved_meanwhile_is_not_lost() {
        let (_folder, path, state) = paths();
        let mut held = open(&path, &state).unwrap();
        let change = sharing(held.ledger(), 2);
        std::fs::write(&path, "version = 1\nroot = \"root\"\n# a note\n").unwrap();
        assert!(held.commit(&change).unwrap_err().message.contains("in the meantime"));
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("# a note\n"));
        drop(held);
        let mut held = open(&path, &state).unwrap();
        held.commit(&change).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains("# a note"));
    }

    #[test]
    fn a_ledger_in_inline_form_is_read_but_not_damaged() {
        let (_folder, path, state) = paths();
        let text = "version = 1\nroot = \"root\"\ngallery = [{ id = \"111111111111\", path = \"lake\", epoch = 1 }]\n";
        std::fs::write(&path, text).unwrap();
        let mut held = open(&path, &state).unwrap();
        let change = sharing(held.ledger(), 2);
        assert!(held.commit(&change).unwrap_err().hint.unwrap().contains("[[gallery]]"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[cfg(unix)]
    #[test]
    fn a_ledger_behind_a_symbolic_link_stays_there_and_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, path, state) = paths();
        let real = folder.path().join("real.toml");
        std::fs::write(&real, "version = 1\nroot = \"root\"\n").unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &path).unwrap();
        let mut held = open(&path, &state).unwrap();
        let change = sharing(held.ledger(), 2);
        held.commit(&change).unwrap();
        assert!(path.is_symlink());
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(read(&real).unwrap().unwrap().galleries.len(), 1);
    }
}
