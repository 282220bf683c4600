//! Private galleries, from secret to takedown.

mod accidents;
#[cfg(unix)]
mod audiences;
mod changes;
mod clients;
#[cfg(unix)]
mod codes;
mod days;
mod downloads;
mod endings;
mod forget;
mod listing;
mod lookup;
#[cfg(unix)]
mod opened;
#[cfg(unix)]
mod passwords;
mod preview;
mod purge_list;
mod record;
mod sealed;
#[cfg(unix)]
mod secret;
mod share;
mod strict;
mod takedown;
mod told;
#[cfg(unix)]
mod turns;
#[cfg(unix)]
mod uploads;
#[cfg(unix)]
mod watermarks;
mod way_back;
