//! What a state says besides the files: who is changing the target, whose its private folders are, what caches must still forget.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::purge::PurgeList;
use super::store::Keeps;
use crate::access::{GalleryId, LinkId};
use crate::{Code, Error, Result};

/// What a state says besides the files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Differs for each writing, so that one's own is known after an answer that was lost.
    pub nonce: String,
    /// The run that wrote it.
    #[serde(default)]
    pub run: String,
    /// Who is changing the target now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// When a publish last ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// Who that was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The address of the site that was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Whose the private folders are that lie there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, Owner>,
    /// The last days that addresses of links have and had, by link: a ledger that lacks one of them is an older one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<LinkId, BTreeSet<String>>,
    /// What caches have not been told to forget, or not with success.
    #[serde(default, skip_serializing_if = "PurgeList::is_empty")]
    pub pending: PurgeList,
    /// What was taken down and not yet seen to be gone, by address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unproved: BTreeMap<String, Unproved>,
    /// What the target does with deleted files, as its owner was told.
    #[serde(default)]
    pub keeps: Keeps,
}

/// What was at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproved {
    /// Its path on the target.
    pub path: String,
    /// What it was, for people.
    pub what: String,
}

/// Whose a private folder is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The gallery.
    pub gallery: GalleryId,
    /// The audience.
    pub audience: String,
    /// The link, for a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
}

/// Who holds the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// A random number of this run.
    pub run: String,
    /// Person and machine, or the job.
    pub who: String,
    /// Since when, by the target's clock.
    pub since: Timestamp,
    /// Until when, unless it is renewed; by the target's clock.
    pub until: Timestamp,
    /// The process, where one on the same machine can tell whether it still runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
}

/// A process, told apart from those of other machines, containers and starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The start of the machine and the name space of processes.
    pub world: String,
    /// Its number there.
    pub number: u32,
}

impl Process {
    /// This one; none where the system does not tell.
    pub fn current() -> Option<Self> {
        let start = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
        Some(Self { world: format!("{} {}", start.trim(), space.display()), number: std::process::id() })
    }

    /// Whether it certainly runs no longer. One of another user cannot be asked, and counts as running.
    fn is_gone(&self) -> bool {
        let is_here = Self::current().is_some_and(|own| own.world == self.world && own.number != self.number);
        let number = i32::try_from(self.number).ok().and_then(rustix::process::Pid::from_raw);
        is_here
            && number.is_some_and(|number| rustix::process::test_kill_process(number) == Err(rustix::io::Errno::SRCH))
    }
}

impl Holder {
    /// Whether nobody need wait for it any longer. `now` is the target's clock.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now || self.process.as_ref().is_some_and(Process::is_gone)
    }
}

/// A random name for a run or a writing.
///
/// # Errors
/// A system without a random source.
#[expect(clippy::disallowed_methods, reason = "names of runs are no part of a site")]
pub fn random_name() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(Code::CannotStart, format!("the system's random source fails: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
