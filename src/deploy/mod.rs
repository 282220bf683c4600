//! Brings a target online into the state of the output folder, withdrawals first, in an order that is safe to stop anywhere.

mod files_store;
pub mod folder;
pub mod sftp;
pub mod store;

pub use store::{Body, Condition, Copied, Headers, Keeps, Put, Sight, Store, Version};
