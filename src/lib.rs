//! Safelight: folders of photographs in, a static gallery site with signed access links out.
//!
//! A build ([`build::build`]) is one walk, in one direction; each room takes plain values and gives plain values:
//!
//! 1. [`config`] reads and checks `site.toml` and each gallery's `gallery.toml`.
//! 2. [`catalog`] finds what exists: galleries, photographs (headers by [`formats`], [`metadata`], hashes), text pages.
//! 3. [`access`] works out, from the ledger and the root secret, who may reach what.
//! 4. [`plan`] names every picture, page and size that the site will have, before any of it is made.
//! 5. [`images`] renders what neither the output nor the cache has, each photograph in a child process.
//! 6. [`compose`] turns the plan into views, and [`pages`] turns views into HTML.
//! 7. [`publish`] brings the output into the wanted state, in an order that is safe to stop at any moment.
//!
//! Afterwards [`audit`] reads what was published and says what should not be there; it and the build look for secrets with
//! [`search`]. [`picks`] brings clients' favourites home. The library never prints and never exits; [`Error`] says what is wrong, where, and what to do.

#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

pub mod access;
#[cfg(test)]
mod architecture_tests;
pub mod audit;
pub mod build;
pub mod catalog;
pub mod compose;
pub mod config;
pub mod content_types;
#[cfg(feature = "publish")]
pub mod deploy;
pub mod error;
pub mod files;
pub mod formats;
pub mod headers_file;
pub mod images;
mod listed_enum;
pub mod lock;
mod markup;
pub mod metadata;
pub mod pages;
pub mod picks;
pub mod plan;
pub mod processes;
pub mod publish;
pub mod sealed;
pub mod search;
pub mod toml_text;
pub mod visibility;

pub use error::{Code, Error, ErrorKind, Errors, Result, SourceLocation};
pub use visibility::Visibility;
