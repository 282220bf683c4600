//! Pictures of HEIF (ISO/IEC 23008-12): AVIF by libaom, HEIC by `heic-rs`. One reading of what the file holds, two codecs.

mod hevc;
mod planes;
mod structure;

#[cfg(feature = "avif")]
pub(super) use planes::Frame;
pub(super) use structure::read;
