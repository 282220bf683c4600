//! Sealed galleries as bytes: what a host serves of them, written and opened.
//!
//! 1. [`Sealing`] turns plain text into files of RFC 8188 that anybody may host; [`open`] reads them back, record by record.
//! 2. [`slots_file`] wraps the key of one audience's files for each code and password; [`Slots`] finds it again.
//! 3. [`LocatorKey`] leads from a code that a person types at the look-up page to the page of a link.
//! 4. [`Manifest`] is the sealed table of a gallery: its photos, and every file with its salt.
//!
//! What is opened was written by somebody else: each reader has a limit, and a name for everything it refuses.

mod file;
mod locator;
mod manifest;
mod names;
mod records;
mod slots;
mod stretch;
#[cfg(test)]
mod tests;

pub use crate::access::{ContentKey, Sealing};
pub use file::{Opened, SealedWriter, open, padme, sealed_length};
pub use locator::{LOCATOR_LENGTH, LocatorFault, LocatorKey};
pub use manifest::{MANIFEST_LIMIT, Manifest, ManifestFault, Node, SealedFile, SealedPhoto, SealedPicture};
pub use names::path_below;
pub use records::{RECORD_SIZE, Refusal};
pub use slots::{SLOTS_LIMIT, Slots, SlotsFault, slots_file};
pub use stretch::Iterations;
