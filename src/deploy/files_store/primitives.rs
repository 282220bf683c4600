//! What a place for files must be able to do, and nothing about how it is used.

use std::fmt;
use std::io::{self, Read, Write};

use jiff::Timestamp;

use crate::deploy::{Body, Copied};
use crate::error::Code;
use crate::visibility::PrivateFolder;
use crate::{Error, Result};

/// The folder of the state; nobody but the owner of the account may look into it.
const STATE: &str = "safelight-state/";

/// Who may read a file or enter a folder on the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::deploy) enum Access {
    /// Everybody with an account there, and so the web server.
    Everybody,
    /// The owner of the account alone.
    Owner,
}

impl Access {
    /// Who may read what lies at this path.
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with(STATE) { Self::Owner } else { Self::Everybody }
    }

    /// The mode of a file.
    pub(in crate::deploy) const fn of_file(self) -> u32 {
        match self {
            Self::Everybody => 0o644,
            Self::Owner => 0o600,
        }
    }

    /// The mode of a folder.
    pub(in crate::deploy) const fn of_folder(self) -> u32 {
        match self {
            Self::Everybody => 0o755,
            Self::Owner => 0o700,
        }
    }
}

/// What lies under a name. A link is never followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::deploy) enum Kind {
    File,
    Folder,
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// What is known of a name without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::deploy) struct Entry {
    pub(in crate::deploy) kind: Kind,
    /// Bytes.
    pub(in crate::deploy) size: u64,
    /// By the clock of the target, at least to the second.
    pub(in crate::deploy) modified: Timestamp,
}

/// A place for files. Paths are below its root with `/` between components; the root itself is the empty path. Errors have
/// the kind that fits (`NotFound`, `AlreadyExists`, `StorageFull`, and `ConnectionReset` where a line was lost and the step may
/// be repeated), or are made by [`told`].
pub(in crate::deploy) trait Files: fmt::Debug + Send + Sync {
    /// As its owner wrote it.
    fn name(&self) -> &str;

    /// Writes a file under a name that nothing has, with exactly this mode, and brings it onto the disk where the target can.
    /// Not repeated by itself: after a lost answer the name may be taken by one's own file.
    fn write_new(&self, path: &str, access: Access, body: Body<'_>) -> io::Result<()>;

    /// Copies a file to a name that nothing has, as [`Files::write_new`] would write it.
    fn copy_new(&self, from: &str, to: &str, access: Access) -> io::Result<Copied>;

    /// Reads a file, at most that many bytes of it.
    fn read(&self, path: &str, at_most: u64, to: &mut dyn Write) -> io::Result<()>;

    /// Gives a file another name, in place of what has it, without a moment in which nothing has it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes files, or links themselves; one result for each.
    fn remove(&self, paths: &[&str]) -> Vec<io::Result<()>>;

    /// Makes a folder with exactly this mode.
    fn make_folder(&self, path: &str, access: Access) -> io::Result<()>;

    /// Removes a folder that is empty.
    fn remove_folder(&self, path: &str) -> io::Result<()>;

    /// What has this name.
    fn entry(&self, path: &str) -> io::Result<Entry>;

    /// Tells what lies in each of these folders, by the folder's place in the list, name by name and without `.` and `..`.
    /// A folder that has gone is empty.
    fn entries(&self, folders: &[String], each: &mut dyn FnMut(usize, &str, Entry)) -> io::Result<()>;

    /// Whether the lease is over.
    fn is_stopped(&self) -> bool {
        false
    }

    /// How many objects are worth removing in one call of [`Files::remove`].
    fn remove_batch(&self) -> usize;
}

/// An error of ours as one of the system, which [`refusal`] finds again.
pub(in crate::deploy) fn told(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Whether a target refused without saying why.
pub(in crate::deploy) fn is_vague(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && !error.get_ref().is_some_and(|inner| inner.is::<Error>())
}

/// What a refusal of the target means to the owner. `doing` continues "cannot", as in "write"; without a path, what is
/// done to the target as a whole, as in "open". Names the object only
/// where its path is nobody's secret.
pub(in crate::deploy) fn refusal(name: &str, doing: &str, path: &str, error: io::Error) -> Error {
    use io::ErrorKind as Is;
    if let Some(ours) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        return ours.clone();
    }
    let what = if path.is_empty() { format!("`{name}`") } else { what_in(name, path) };
    let (code, hint) = match error.kind() {
        Is::StorageFull | Is::QuotaExceeded => (Code::TargetFull, Some("free some room there, then publish again")),
        Is::ReadOnlyFilesystem => (Code::TargetRefused, Some("the file system is mounted read-only")),
        Is::PermissionDenied => {
            (Code::TargetRefused, Some("check who owns the folder and whether you may write there"))
        }
        Is::InvalidFilename => {
            (Code::TargetRefused, Some("shorten the name of a folder or file: it is too long for the target"))
        }
        Is::CrossesDevices => (
            Code::TargetRefused,
            Some("a folder of the target is a file system of its own: make it an ordinary folder"),
        ),
        Is::NotFound | Is::StaleNetworkFileHandle => {
            (Code::TargetUnreachable, Some("the folder has gone meanwhile: is it still mounted?"))
        }
        Is::ConnectionReset | Is::InvalidData => (Code::TargetUnreachable, None),
        // A server that knows no quotas says no more.
        _ if is_vague(&error) && doing.starts_with("write") => {
            (Code::TargetRefused, Some("check whether there is room left, and whether the quota is used up"))
        }
        _ => (Code::TargetRefused, None),
    };
    let told = Error::new(code, format!("cannot {doing} {what}: {error}")).caused_by(error);
    match hint {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

/// What lies at a path on a target, named only where its path is nobody's secret.
fn what_in(name: &str, path: &str) -> String {
    if path.starts_with(STATE) {
        format!("the record of what is online in `{name}`")
    } else if PrivateFolder::holds(path) {
        format!("something private in `{name}`")
    } else {
        format!("`{path}` in `{name}`")
    }
}

/// The error where something is not what the site has there.
pub(in crate::deploy) fn in_the_way(name: &str, path: &str, is: &str, should: &str) -> Error {
    let message = format!("{} is {is}, but should be {should}", what_in(name, path));
    Error::new(Code::InTheWay, message).hint("remove or rename it there, then publish again")
}

/// The bytes of an object, read piece by piece, which must be as many as was said.
pub(in crate::deploy) struct Source<'a> {
    body: &'a Body<'a>,
    reader: Box<dyn Read + Send + 'a>,
    left: u64,
}

impl<'a> Source<'a> {
    /// From the start.
    pub(in crate::deploy) fn open(body: &'a Body<'a>) -> io::Result<Self> {
        let reader = body.reader().map_err(|error| unreadable(body, error))?;
        Ok(Self { body, reader, left: body.size() })
    }

    /// Fills the buffer as far as there are bytes, and says how far; less than all of it only at the end.
    pub(in crate::deploy) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.reader.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(self.body, error)),
            }
        }
        self.left = self.left.checked_sub(filled as u64).ok_or_else(|| self.changed())?;
        if filled < buffer.len() && self.left > 0 {
            return Err(self.changed());
        }
        Ok(filled)
    }

    fn changed(&self) -> io::Error {
        let error = Error::new(Code::CannotRead, "the file changed while it was sent").hint("publish again");
        told(match self.body {
            Body::File { path, .. } => error.at(path),
            Body::Bytes(_) => error,
        })
    }
}

fn unreadable(body: &Body<'_>, error: io::Error) -> io::Error {
    told(match body {
        Body::File { path, .. } => Error::io(Code::CannotRead, "read", path, error),
        Body::Bytes(_) => Error::new(Code::Internal, "bytes in memory cannot be read"),
    })
}

/// Makes an error of a primitive one of the store.
pub(super) trait Told<T> {
    fn or_refusal(self, files: &impl Files, doing: &str, path: &str) -> Result<T>;
}

impl<T> Told<T> for io::Result<T> {
    fn or_refusal(self, files: &impl Files, doing: &str, path: &str) -> Result<T> {
        self.map_err(|error| refusal(files.name(), doing, path, error))
    }
}
