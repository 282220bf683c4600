//! One photo in, its derivatives out.
//!
//! [`render`] takes the bytes of a source and a list of [`Recipe`]s, and gives encoded pictures: pixels in sRGB
//! and nothing else, no metadata, no profile. It walks in one direction: what is it, how large, is that allowed
//! (before memory is taken) → decode, reduced where that serves → reduce to the largest size wanted → turn
//! upright → to sRGB → the smaller sizes, each from a larger one → encode.
//!
//! One photograph is one thread's work; [`render`] starts no threads, reads no clock, and opens no file but that of a
//! watermark.
//! The [`workshop`] does that for many, in child processes, and keeps what they made in the [`cache`].

mod avif;
pub mod cache;
mod cmyk;
mod codecs;
mod colour;
mod convert;
mod decode;
mod encoder;
mod heif;
mod jpeg;
mod jxl;
mod lut;
mod mark;
mod orient;
mod patched;
mod picture;
mod png;
mod quality;
mod recipe;
mod render;
pub mod render_pool;
mod renderer;
mod resize;
mod source;
mod tiff;
mod tone;
mod webp;

#[cfg(test)]
mod tests;

pub use codecs::{Codec, codecs, encoders_available};
pub use decode::{Pixels, look};
pub use mark::Mark;
pub use picture::Scratch;
pub use recipe::{Format, Recipe};
pub use render::{Rendered, render, render_wanted};
pub use renderer::{Crafter, facts_revision, memory_estimate, memory_refusal, worker_main};

pub use crate::formats::Limits;

/// Counts up with every change of ours to what happens before the encoders: decoding, colour, resizing.
const REVISION: u32 = 4;

/// A source photograph: its bytes, and how it is to be turned.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The whole file. What it is, is decided by them.
    pub bytes: &'a [u8],
    /// The Exif orientation, 1 to 8; anything else counts as 1. An AVIF's or HEIC's own turning and mirroring
    /// (`irot`, `imir`) come first, and its Exif orientation is to be ignored, as HEIF has it.
    pub orientation: u8,
}

/// Whether a picture of this size may be read.
fn check_size(limits: &Limits, width: u32, height: u32) -> Result<(), RenderError> {
    if width == 0 || height == 0 {
        return Err(RenderError::new("its header declares no pixels"));
    }
    match limits.too_large(width, height) {
        Some(what) => Err(RenderError::new(format!("it has {what}"))),
        None => Ok(()),
    }
}

/// The warning for a profile above [`Limits::profile_bytes`].
const TOO_LARGE_PROFILE: &str = "its colour profile is ignored: it is too large; treated as sRGB";

/// Why a photograph cannot be used: one sentence without a full stop, about "it".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    reason: String,
    for_memory: bool,
}

impl RenderError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), for_memory: false }
    }

    /// A library could not get the memory that it asked for.
    fn memory(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), for_memory: true }
    }

    /// The sentence.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether it failed for lack of memory, which may be another's fault.
    pub fn is_for_memory(&self) -> bool {
        self.for_memory
    }
}

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for RenderError {}
