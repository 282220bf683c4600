//! AVIF: AV1 still pictures by libaom, in a container of our own writing.

#[cfg(feature = "avif")]
mod container;
#[cfg(feature = "avif")]
mod decode;
#[cfg(feature = "avif")]
mod encode;
#[cfg(feature = "avif")]
mod planes;

#[cfg(feature = "avif")]
pub(super) use decode::frame;
#[cfg(feature = "avif")]
pub(super) use encode::{encode, encoder};
#[cfg(feature = "avif")]
pub(super) use planes::planes;

/// Counts up with every change of ours that changes the bytes of AVIF files.
pub(super) const REVISION: u32 = 1;

/// Encoder, version and fixed settings: none is built in.
#[cfg(not(feature = "avif"))]
pub(super) fn encoder() -> String {
    "none".to_owned()
}
