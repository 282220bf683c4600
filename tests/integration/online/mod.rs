//! `safelight publish`: from the built folder to a target, through the real program.

mod host;
mod ledger;
mod messages;
mod order;
mod plan;
mod quiet;
mod slips;
mod targets;
mod tools;

use host::Host;
