//! Gates as servers and hosts run them.

#[cfg(unix)]
mod caddy;
mod gone_page;
#[cfg(unix)]
mod listing;
#[cfg(unix)]
mod nginx;
mod scripts;
#[cfg(unix)]
mod servers;
