//! A folder on a server as a target, over SFTP and the user's own `ssh`: so its settings, agent, jump hosts, known hosts and
//! hardware keys are those that the user has.
//!
//! The protocol is spoken here and not by a library: what is needed of it is small, the calls are blocking anyway, and a
//! library with its runtime would be some thirty crates more to compile.

mod connection;
mod remote;
mod session;
mod ssh;
#[cfg(test)]
mod tests;
mod transfer;
mod wire;

use std::sync::Arc;

use crate::Result;
use crate::deploy::Missing;
use crate::deploy::lease::Lease;

use super::Store;
use super::files_store::FilesStore;
use remote::Remote;

/// A folder on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SftpTarget {
    /// Who logs in; without one, whom the settings of `ssh` or the system name.
    pub user: Option<String>,
    /// The server, or a `Host` of the settings of `ssh`.
    pub host: String,
    /// The port; without one, that of the settings of `ssh`, or 22.
    pub port: Option<u16>,
    /// The folder: from the root of the server, or from the user's own folder as `/~/…`.
    pub path: String,
    /// As its owner wrote it.
    pub name: String,
}

impl SftpTarget {
    /// The folder as the server takes it: what is not absolute begins in the user's own folder.
    fn root(&self) -> String {
        match self.path.trim_end_matches('/') {
            "" => "/",
            "/~" => ".",
            path => path.strip_prefix("/~/").unwrap_or(path),
        }
        .to_owned()
    }
}

/// Connects to a server. The program is `ssh`, or what the environment variable `SAFELIGHT_SSH` says: a program and further
/// options, as words between spaces. Once the lease is over, connecting, waiting and sending stop. If only the site's folder is
/// `missing`, that is done which is said.
///
/// # Errors
/// There is no `ssh`; it does not know the server's key, may not log in, or cannot connect, with what it says; the server
/// cannot replace files in one step; the folder above the site's is missing.
pub fn open(target: &SftpTarget, missing: Missing, lease: Arc<Lease>) -> Result<Box<dyn Store>> {
    let dialled = target.clone();
    let remote =
        Remote::open(target.name.clone(), target.root(), Box::new(move || ssh::dial(&dialled)), missing, lease)?;
    Ok(Box::new(FilesStore::new(remote)?))
}
