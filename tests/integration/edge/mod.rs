//! Gates as servers and hosts run them.

mod gone_page;
mod scripts;
#[cfg(unix)]
mod servers;
