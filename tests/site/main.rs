//! Small sites built by the real program, as its users run it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its folder has failed")]

mod cards;
mod claims;
#[path = "../clock/mod.rs"]
mod clock;
mod closing;
mod configuration;
mod crawl;
mod dates;
mod determinism;
mod making;
mod memory;
mod messages;
mod names;
mod odd;
#[path = "../options/mod.rs"]
mod options;
mod pictures;
mod publishing;
mod site;
mod stopped;
mod texts;
mod warm;
mod withheld;
mod words;
