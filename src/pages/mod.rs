//! Pages: views in, HTML out. Owns the theme, the words of the interface, text pages in markdown, and the
//! files that machines read (feed, sitemap, robots, headers).
//!
//! Templates see [views](view) and nothing else: never domain types, never keys. Nothing here decides who may
//! see what; a view says who its page is for, and the page's head follows from that.

pub mod appearance;
mod assets;
pub mod behaviour;
mod blank;
pub mod discovery;
mod engine;
mod failure;
pub mod files;
pub mod front_matter;
mod kinds;
pub mod layout;
mod link;
pub mod markdown;
mod names;
pub mod palette;
mod picture;
mod position;
mod structured;
pub mod theme;
pub mod view;
pub mod words;

pub use blank::BLANK;
pub use kinds::{PageKind, PageView};
pub use theme::{Asset, PreparedSite, Theme};
pub use view::CONTRACT;
pub use words::Words;

#[cfg(test)]
pub(crate) mod tests;
