//! JPEG through libjpeg's interface (mozjpeg's library, in its libjpeg-turbo mode).

mod decode;
mod encode;
mod errors;
mod structure;

pub(super) use decode::{decode, reduction};
pub(super) use encode::encode;
pub(super) use structure::{Colours, read};

/// Counts up with every change of ours that changes the bytes of JPEG files.
pub(super) const REVISION: u32 = 1;

/// The version of the library that is built in.
pub(super) const VERSION: &str = "4.1.1";

/// Encoder and version, as recipes name them.
pub(super) fn encoder() -> String {
    format!("mozjpeg-{VERSION}")
}
