//! The one writer: brings an output folder into the wanted state, in an order that is safe to stop at any moment.
//!
//! The walk, each step with a file of its own:
//!
//! 1. [`Site::open`] takes the locks ([`crate::lock`]) and reads the [`Manifest`], the record of what was written (`manifest`, `record`).
//! 2. [`Site::take_down`] removes what must no longer be reachable, at once and whatever happens later.
//! 3. [`Site::diff`] compares what is wanted with the manifest and with what really lies in the folder (`diff`, `names`, `inspect`).
//! 4. [`Site::publish`] stages every new file out of sight, then shows and removes in waves (`order`, `apply`, `output_dir`):
//!    assets, new pages, replaced pages, removed pages, removed assets; what one wave did is on the disk before the next.
//! 5. [`Report`] says what happened, and what a content delivery network must forget (`report`).
//!
//! Only what the manifest names is ever removed, and the manifest names a file before it is shown and forgets it after
//! it is removed. This room knows paths, keys and bytes; nothing of photographs or templates.

mod apply;
mod diff;
mod inspect;
mod manifest;
mod names;
mod order;
mod output_dir;
mod path;
mod record;
mod report;
mod site;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;

pub use diff::{Change, ChangeKind, Diff};
pub use manifest::{Manifest, Record};
pub use path::{LONGEST_PATH, check_path};
pub use report::{Report, TakenDown, Tally, purge_between, purge_missing, url_path};
pub use site::{Site, manifest_path};

use crate::Error;
use crate::visibility::Visibility;

/// The fingerprint of everything that a file's bytes depend on; two builds that give a path the same key give it the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 16]);

/// When a file may appear, and how long it must stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Pictures, styles, scripts: shown first and removed last, for pages refer to them.
    Asset,
    /// HTML, feeds, sitemaps, headers: shown when everything that they refer to is there.
    Page,
}

/// Who a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everybody.
    Public,
    /// Whoever holds a link.
    Private,
}

impl From<Visibility> for Reach {
    fn from(visibility: Visibility) -> Self {
        if visibility.is_open() { Self::Public } else { Self::Private }
    }
}

/// One file that should lie in the output.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where, relative to the output folder, `/` between components; see [`check_path`].
    pub path: &'a str,
    /// The fingerprint of all inputs.
    pub key: Fingerprint,
    /// When it may appear.
    pub phase: Phase,
    /// Who it is for.
    pub reach: Reach,
}

/// What a file should hold.
#[derive(Debug)]
pub enum Content<'c> {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of this file, copied (or cloned by file systems that can), never linked: an edit in the output must not
    /// reach the original.
    CopyOf(PathBuf),
    /// What is written piece by piece, because it is too large to be held.
    Written(Box<dyn Produce + 'c>),
}

/// Writes a file that is too large to be held.
pub trait Produce: fmt::Debug + Send + Sync {
    /// Writes the whole into a file that is empty.
    ///
    /// # Errors
    ///
    /// What its contents are made of is not as it should be, or the file cannot be written.
    fn produce(&self, file: &mut File) -> std::result::Result<(), Unwritten>;
}

/// Why a file was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// What it is made of is wrong.
    Content(Error),
    /// The disk is full, say.
    Write(io::Error),
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        Self::Content(error)
    }
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// What is about to be done: for progress bars, and for tests that stop at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A file that must no longer be reachable is removed, outside any publish.
    TakeDown(&'a str),
    /// A file's content is made and laid out of sight.
    Stage(&'a str),
    /// Everything done so far is brought onto the disk.
    Settle,
    /// A new manifest is written beside the present one.
    WriteManifest,
    /// The new manifest takes the place of the present one.
    ReplaceManifest,
    /// An old file of ours makes way for a folder or a folder for a file.
    MakeWay(&'a str),
    /// A staged file takes its place.
    Show(&'a str),
    /// A file that is no longer wanted is removed.
    Remove(&'a str),
}

/// Called before each step; an error stops the publish as the same error from the file system would.
pub type Observer = Box<dyn Fn(Step<'_>) -> io::Result<()> + Send + Sync>;
