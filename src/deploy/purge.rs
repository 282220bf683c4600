//! Telling a content delivery network to forget what was withdrawn or replaced.

mod cloudflare;
mod cloudfront;
mod command;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use reqsign_core::Context;

use super::change::Change;
use super::cloud::context;
use super::http::{Client, Retry};
use super::withdrawal::folder_of;
use crate::error::Code;
use crate::publish::{Phase, Reach, url_path};
use crate::{Error, Result};

/// What caches must forget: URL paths, from the first `/` on and percent-encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PurgeList {
    /// Folders, which end with `/`, with everything below.
    pub folders: BTreeSet<String>,
    /// Single files.
    pub files: BTreeSet<String>,
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purger {
    /// Amazon CloudFront.
    CloudFront {
        /// The distribution's id: `E123EXAMPLE`.
        distribution: String,
    },
    /// Cloudflare.
    Cloudflare {
        /// The zone's id or name: `example.com`.
        zone: String,
    },
    /// A command, with its arguments, that reads paths from its standard input, one a line; a folder ends with `/*`.
    Command(Vec<String>),
}

impl Purger {
    /// Asks to forget a list; `site` is the site's address. The networks need some seconds, up to a minute, to do so everywhere.
    ///
    /// # Errors
    /// There are no credentials, or the network or the command refuses: [`Code::PurgeFailed`].
    pub fn purge(&self, list: &PurgeList, site: &str) -> Result<()> {
        // Cloudflare's free plan allows five requests a minute.
        let patient = Retry { total: Duration::from_secs(300), ..Retry::PATIENT };
        self.purge_in(&context(None, Retry::BRIEF), &Client::new(patient, Arc::default()), list, site)
    }

    /// Asks from a given environment.
    fn purge_in(&self, context: &Context, client: &Client, list: &PurgeList, site: &str) -> Result<()> {
        let list = list.without_repetitions();
        if list.folders.is_empty() && list.files.is_empty() {
            return Ok(());
        }
        match self {
            Self::CloudFront { distribution } => cloudfront::invalidate(context, client, distribution, &list),
            Self::Cloudflare { zone } => cloudflare::purge(context, client, zone, &list, site),
            Self::Command(words) => command::run(words, &list),
        }
    }
}

impl PurgeList {
    /// What a change makes list. `counts` says of what is done, and of what is not, whether it counts. `base` as in `/photos/`.
    pub fn of(change: &Change<'_>, base: &str, counts: impl Fn(bool) -> bool) -> Self {
        let mut list = Self::default();
        for (record, is_done) in change.removals() {
            match folder_of(record.path).filter(|_| record.reach == Reach::Private) {
                _ if !counts(is_done) => {}
                Some(folder) => drop(list.folders.insert(url_path(base, folder))),
                None => list.add(base, record.path),
            }
        }
        for (record, replaced, is_done) in change.writings() {
            if replaced && counts(is_done) {
                list.add(base, record.path);
            } else if counts(is_done) && record.phase == Phase::Page {
                // A cache may remember that there was nothing.
                list.files.insert(url_path(base, record.path));
            }
        }
        list
    }

    fn add(&mut self, base: &str, path: &str) {
        let short = url_path(base, path);
        if short.ends_with('/') {
            self.files.insert(format!("{short}index.html"));
        }
        self.files.insert(short);
    }

    /// Whether caches have nothing to forget.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }

    /// Adds what another change has made list.
    pub fn extend(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.files.extend(other.files);
    }

    /// Addresses as lines, folders with `*` at their end; what such a folder covers is left out.
    pub fn lines(&self) -> Vec<String> {
        let list = self.without_repetitions();
        list.folders.iter().map(|folder| format!("{folder}*")).chain(list.files).collect()
    }

    /// The same without what another folder of the list covers.
    fn without_repetitions(&self) -> Self {
        let mut folders: Vec<&String> = self.folders.iter().collect();
        // What lies below a folder follows it directly.
        folders.dedup_by(|next, kept| next.starts_with(kept.as_str()));
        let covered = |file: &str| {
            let place = folders.partition_point(|folder| folder.as_str() <= file);
            place > 0 && file.starts_with(folders[place - 1].as_str())
        };
        let files = self.files.iter().filter(|file| !covered(file)).cloned().collect();
        Self { folders: folders.into_iter().cloned().collect(), files }
    }
}

/// An error about a purge; what others said is already fit to be shown.
fn failed(message: String) -> Error {
    Error::new(Code::PurgeFailed, message)
}

/// The same error as one about a purge, unless credentials are missing.
fn as_purge(error: Error) -> Error {
    match error.code {
        Code::CredentialsMissing => error,
        _ => Error { code: Code::PurgeFailed, ..error },
    }
}
