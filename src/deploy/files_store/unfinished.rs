//! Files that are being written: in a folder of their own, where nobody sees them.

use std::io;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::deploy::Body;
use crate::error::Code;
use crate::{Error, Result};

use super::primitives::{Access, Files, Kind, Told as _};
use super::{FilesStore, turn};

/// Where unfinished files lie.
pub(super) const UNFINISHED: &str = ".safelight-tmp";
/// Seconds after which nobody writes an unfinished file any more.
const LEFT_OVER_AFTER: i64 = 600;

impl<F: Files> FilesStore<F> {
    /// A name that nobody has and nobody guesses.
    fn unfinished(&self) -> String {
        format!("{UNFINISHED}/{}-{}", self.random, self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes an unfinished file and hands it to `then`, which says whether it put it in its place; if not, it is removed.
    /// Where the line was lost while it was made, it is made once more under another name.
    pub(super) fn with_unfinished<T>(
        &self,
        make: impl Fn(&str) -> io::Result<T>,
        then: impl FnOnce(&str, T) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let mut unfinished = self.unfinished();
        let mut made = make(&unfinished);
        if made.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset) {
            let _ = self.files.remove(&[unfinished.as_str()]);
            unfinished = self.unfinished();
            made = make(&unfinished);
        }
        let shown = made.and_then(|made| then(&unfinished, made));
        if !matches!(shown, Ok(true)) {
            // The error to tell is another; the next publish removes what stays.
            let _ = self.files.remove(&[unfinished.as_str()]);
        }
        shown
    }

    /// Makes the folder for unfinished files, and removes those that a killed publish left; once.
    pub(super) fn make_ready(&self) -> Result<()> {
        let mut is_ready = self.is_ready.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if *is_ready {
            return Ok(());
        }
        self.make_folder(UNFINISHED, Access::Owner).or_refusal(&self.files, "create a folder in", "")?;
        let now = self.clock()?;
        let mut left = Vec::new();
        self.files
            .entries(&[UNFINISHED.to_owned()], &mut |_, name, entry| {
                let path = format!("{UNFINISHED}/{name}");
                // The lock has rules of its own.
                let is_old = now.as_second() - entry.modified.as_second() > LEFT_OVER_AFTER;
                if is_old && entry.kind != Kind::Folder && path != turn::lock() {
                    left.push(path);
                }
            })
            .or_refusal(&self.files, "list unfinished files in", "")?;
        for left in left.chunks(self.files.remove_batch()) {
            let left: Vec<&str> = left.iter().map(String::as_str).collect();
            for (removed, path) in self.files.remove(&left).into_iter().zip(&left) {
                if let Err(error) = removed
                    && error.kind() != io::ErrorKind::NotFound
                {
                    return Err(error).or_refusal(&self.files, "remove the unfinished file", path);
                }
            }
        }
        *is_ready = true;
        Ok(())
    }

    /// The time on the target: that of a file just written there.
    pub(super) fn clock(&self) -> Result<Timestamp> {
        let mut now = None;
        let read = |probe: &str, ()| {
            now = Some(self.files.entry(probe)?.modified);
            // It has served its purpose.
            Ok(false)
        };
        self.with_unfinished(|probe| self.files.write_new(probe, Access::Owner, Body::Bytes(b"?")), read).or_refusal(
            &self.files,
            "write a file to read the clock of",
            "",
        )?;
        now.ok_or_else(|| {
            Error::new(Code::TargetUnreachable, format!("`{}` does not tell its time", self.files.name()))
        })
    }
}
