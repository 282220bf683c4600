//! Brings a target online into the state of the output folder, withdrawals first, in an order that is safe to stop anywhere.
//!
//! 1. [`state`] reads the target's own record of what lies on it; [`online`] corrects it by what really lies in the private folders.
//! 2. [`withdrawal`] says what must go, whatever else happens; [`change`] what else is to be done, in waves.
//! 3. [`session`] takes the state, so that nobody else changes the target meanwhile, carries a change out, and gives it back.
//! 4. [`proof`] looks at the site's address as a stranger does.
//!
//! [`store`] is what every target can do.

mod action;
pub mod change;
pub mod cloud;
mod files_store;
pub mod folder;
pub mod header;
pub mod headers;
mod http;
pub mod lease;
pub mod online;
pub mod owner;
pub mod proof;
pub mod purge;
pub mod run;
mod scratch;
pub mod session;
pub mod sftp;
pub mod state;
pub mod store;
#[cfg(test)]
mod tests;
pub mod withdrawal;

pub use http::Watch;
pub use purge::{PurgeList, Purger};
pub use store::{
    Body, Condition, Copied, Headers, Keeps, Missing, Put, Sight, Store, Version, delete_private_versions,
};
