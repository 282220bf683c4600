//! The formats of files, read by their structure: what a file is, and how it is put together.
//!
//! Everything here is a pure function over the bytes of a file. No pixel is decoded and no metadata interpreted: this
//! room finds where things lie, the rooms above say what they mean. Whatever the bytes say, every read is checked.

pub(crate) mod bytes;
mod header;
pub(crate) mod hevc;
pub(crate) mod isobmff;
pub(crate) mod jpeg;
pub(crate) mod jxl;
mod limits;
pub(crate) mod png;
mod sniff;
pub(crate) mod tiff;
pub(crate) mod webp;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use header::oddities;
pub use header::{Header, ProbeError, probe};
pub use limits::{LONGEST_SIDE, Limits, MOST_PIXELS};
pub use sniff::{NotAPhoto, SourceFormat, sniff};
