//! What this binary was built with.

use super::{Format, avif, jpeg, webp};

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
    let mut codecs = vec![
        // Without the feature it is plain C.
        Codec { name: "mozjpeg", version: jpeg::VERSION.to_owned(), simd: cfg!(feature = "simd") },
        // Intrinsics, in every build for these processors.
        Codec {
            name: "libwebp",
            version: webp::version(),
            simd: cfg!(any(target_arch = "x86_64", target_arch = "aarch64")),
        },
    ];
    if cfg!(feature = "avif") {
        let encoder = avif::encoder();
        let version = encoder.split('-').nth(1).unwrap_or("unknown").to_owned();
        codecs.push(Codec {
            name: "libaom",
            version,
            simd: cfg!(any(target_arch = "x86_64", target_arch = "aarch64")),
        });
    }
    codecs
}

/// The formats that this binary can write, best first.
pub fn encoders_available() -> &'static [Format] {
    if cfg!(feature = "avif") { &Format::ALL } else { &[Format::Webp, Format::Jpeg] }
}
