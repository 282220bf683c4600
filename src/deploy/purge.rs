//! Telling a content delivery network to forget what was withdrawn or replaced.

mod cloudflare;
mod cloudfront;
mod command;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use reqsign_core::Context;

use super::cloud::context;
use super::http::{Client, Retry};
use crate::error::Code;
use crate::{Error, Result};

/// What a network is to forget: paths of addresses, from the first `/` on and percent-encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurgeList {
    /// Folders, which end with `/`, with everything below.
    pub folders: Vec<String>,
    /// Single files.
    pub files: Vec<String>,
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
    /// The same without what another folder of the list covers, in order.
    fn without_repetitions(&self) -> Self {
        let mut folders = self.folders.clone();
        folders.sort_unstable();
        // What lies below a folder follows it directly.
        folders.dedup_by(|next, kept| next.starts_with(kept.as_str()));
        let covered = |file: &str| {
            let place = folders.partition_point(|folder| folder.as_str() <= file);
            place > 0 && file.starts_with(&folders[place - 1])
        };
        let mut files: Vec<_> = self.files.iter().filter(|file| !covered(file)).cloned().collect();
        files.sort_unstable();
        files.dedup();
        Self { folders, files }
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
