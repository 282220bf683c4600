//! What every target can do, whatever it is made of: a bucket, a server, a folder.
//!
//! A store knows paths, bytes and headers. What a site is, and in which order it may change, others know. Every method may
//! be called from several threads, blocks, and repeats by itself what is safe to repeat: a caller sees an error only when
//! waiting would not have helped.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

use jiff::Timestamp;

use crate::visibility::PrivateFolder;
use crate::{Code, Error, Result};

/// What is sent along with an object's bytes, and kept by targets that can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Headers<'a> {
    /// `Content-Type`, with a charset where it is text.
    pub content_type: &'a str,
    /// `Cache-Control`; none where the site says nothing.
    pub cache_control: Option<&'a str>,
}

/// Headers of what no browser asks for: the state.
pub const OPAQUE: Headers<'static> =
    Headers { content_type: "application/octet-stream", cache_control: Some("private, no-store") };

/// The bytes of an object.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// These.
    Bytes(&'a [u8]),
    /// Those of a file, which must not change meanwhile. A file that is not as long as it says is an error.
    File {
        /// Where it lies on this computer.
        path: &'a Path,
        /// Its length in bytes.
        size: u64,
    },
}

impl Body<'_> {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// Reads it from the start; once more for each attempt.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(*bytes),
            Self::File { path, .. } => Box::new(std::fs::File::open(path)?),
        })
    }
}

/// Which writing of an object it is: an entity tag, a generation, or what else a target tells writings apart by. Two writings
/// of the same bytes need not differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// When an object may be written.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// In any case.
    Always,
    /// While there is none.
    Absent,
    /// While it is that one.
    Unchanged(&'a Version),
}

/// What came of writing an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It lies there.
    Stored(Version),
    /// The condition did not hold. After an answer that was lost this can be one's own writing: read it back.
    Refused,
}

/// What came of copying an object within a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It lies there.
    Done,
    /// There is nothing to copy.
    Missing,
    /// This target cannot copy: send it.
    Unsupported,
}

/// What looking at a target found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Strangers can list what is in it.
    pub lists: bool,
    /// What it does with what is deleted.
    pub keeps: Keeps,
}

/// What a target does with deleted and replaced objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// They are gone.
    #[default]
    Nothing,
    /// They stay as versions, which [`Store::delete_versions`] removes where the rights suffice.
    Versions,
    /// They stay for some days, and nobody but the host removes them earlier.
    Deleted,
    /// They stay as versions, and versions that are removed stay for some days.
    VersionsAndDeleted,
    /// It does not tell: the rights to ask are missing.
    Unknown,
}

impl Keeps {
    /// By what a target says of itself.
    pub(super) fn of(versions: bool, deleted: bool) -> Self {
        match (versions, deleted) {
            (false, false) => Self::Nothing,
            (true, false) => Self::Versions,
            (false, true) => Self::Deleted,
            (true, true) => Self::VersionsAndDeleted,
        }
    }
}

/// Removes former versions of private files, also where a target was not seen to keep any. Gives whether some stay because the
/// rights are missing.
///
/// # Errors
/// Those of [`Store::delete_versions`].
pub fn delete_private_versions(store: &dyn Store, keeps: Keeps) -> Result<bool> {
    if keeps == Keeps::Nothing {
        return Ok(false);
    }
    let has_versions = matches!(keeps, Keeps::Versions | Keeps::VersionsAndDeleted);
    for folder in PrivateFolder::ALL {
        match store.delete_versions(folder.prefix()) {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(has_versions),
            // Where there may be none, it may have no words for them.
            Err(error) if error.code == Code::TargetRefused && !has_versions => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// What becomes of a folder that is the target and missing, where the folder above it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is made.
    Made,
    /// It counts as an empty one that nothing is written to.
    Foreseen,
    /// It is an error.
    Refused,
}

/// A target. Paths are below the site's folder on it, `/` between components, as in the record of a build; never empty.
pub trait Store: fmt::Debug + Send + Sync {
    /// As its owner wrote it, without anything secret: `s3://photos.example.com`.
    fn name(&self) -> &str;

    /// Writes an object in one piece: whoever reads meanwhile gets all of the old one or all of the new one. Attempts with a
    /// condition are repeated too; see [`Put::Refused`].
    ///
    /// # Errors
    /// The target cannot be reached, refuses, or is full; the file cannot be read.
    fn put(&self, path: &str, headers: Headers<'_>, body: Body<'_>, condition: Condition<'_>) -> Result<Put>;

    /// Copies an object that lies there, without sending its bytes. `headers` are those of the copy.
    ///
    /// # Errors
    /// Those of [`Store::put`].
    fn copy(&self, from: &str, to: &str, headers: Headers<'_>) -> Result<Copied>;

    /// Removes objects; one that is not there counts as removed. Gives those that may still be there, by their place in
    /// `paths`, each with the reason.
    fn delete(&self, paths: &[&str]) -> Vec<(usize, Error)>;

    /// Reads an object, and says which writing it was; nothing where there is none.
    ///
    /// # Errors
    /// Those of [`Store::put`], without the condition; what `to` says.
    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>>;

    /// Calls `each` for every object below a folder, which ends with `/`, in any order, with its path and its size in bytes.
    /// A folder that is not there is empty.
    ///
    /// # Errors
    /// The target cannot be reached or refuses; then nothing is known, whatever `each` was told.
    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()>;

    /// What time it is there: the target's clock and not this computer's, which may be wrong.
    ///
    /// # Errors
    /// The target cannot be reached, or has no clock that it tells.
    fn now(&self) -> Result<Timestamp>;

    /// Whether strangers can list it, and what it does with what is deleted. What it does not tell is no error.
    ///
    /// # Errors
    /// The target cannot be reached.
    fn look(&self) -> Result<Sight>;

    /// Removes former versions of the objects below a folder, which ends with `/`, and of those that are deleted; the objects
    /// that are there stay. Gives how many there were; nothing where this target has no versions or the rights are missing.
    ///
    /// # Errors
    /// The target cannot be reached.
    fn delete_versions(&self, folder: &str) -> Result<Option<usize>>;

    /// How many objects [`Store::delete`] takes at once.
    fn delete_batch(&self) -> usize {
        1
    }

    /// Which headers of an object it keeps and sends to browsers.
    fn sends_headers(&self) -> bool;
}
