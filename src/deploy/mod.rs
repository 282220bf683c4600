//! Brings a target online into the state of the output folder, withdrawals first, in an order that is safe to stop anywhere.

pub mod cloud;
mod http;
pub mod purge;
pub mod store;

pub use purge::{PurgeList, Purger};
pub use store::{Body, Condition, Copied, Headers, Keeps, Put, Sight, Store, Version};
