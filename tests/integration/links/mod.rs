//! Private galleries, from secret to takedown.

mod accidents;
#[cfg(unix)]
mod audiences;
mod changes;
mod days;
mod forget;
#[allow(clippy::module_inception)]
mod links;
mod listing;
mod preview;
#[cfg(unix)]
mod secret;
mod strict;
mod takedown;
mod told;
#[cfg(unix)]
mod turns;
#[cfg(unix)]
mod uploads;
mod way_back;
