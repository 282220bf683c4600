//! The codecs that this binary was built with.

use std::sync::LazyLock;

use super::encoder::Encoder;
use super::{Format, avif, jpeg, webp};

/// SIMD by intrinsics, in every build for these processors.
const HAS_INTRINSICS: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// A native library that is built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// The library's name.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// Whether its SIMD code is built in.
    pub simd: bool,
}

/// The codecs, for `--version`.
pub fn codecs() -> Vec<Codec> {
    encoders_available().iter().rev().map(|format| (Encoder::of(*format).codec)()).collect()
}

pub(super) fn mozjpeg() -> Codec {
    // Without the feature it is plain C.
    Codec { name: "mozjpeg", version: jpeg::VERSION.to_owned(), simd: cfg!(feature = "simd") }
}

pub(super) fn libwebp() -> Codec {
    Codec { name: "libwebp", version: webp::version(), simd: HAS_INTRINSICS }
}

pub(super) fn libaom() -> Codec {
    let version = avif::encoder().split('-').nth(1).unwrap_or("unknown").to_owned();
    Codec { name: "libaom", version, simd: HAS_INTRINSICS }
}

/// The formats that this binary can write, best first.
pub fn encoders_available() -> &'static [Format] {
    static AVAILABLE: LazyLock<Vec<Format>> =
        LazyLock::new(|| Format::ALL.into_iter().filter(|format| format.is_available()).collect());
    &AVAILABLE
}
