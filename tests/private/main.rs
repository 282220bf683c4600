//! What private galleries ask of the commands around them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accidents;
#[cfg(unix)]
mod audiences;
mod changes;
mod days;
mod forget;
mod gates;
mod listing;
#[path = "../place/mod.rs"]
mod place;
mod preview;
#[cfg(unix)]
mod secret;
mod strict;
mod told;
#[cfg(unix)]
mod turns;
#[cfg(unix)]
mod uploads;
mod way_back;
