//! Size limits, checked before memory is allocated: one set for all readers, so that what passes the plan is rendered.

/// The longest side of a picture that is read: libjpeg's own limit.
pub const LONGEST_SIDE: u32 = 65_500;
/// The most pixels of a picture that is read.
pub const MOST_PIXELS: u64 = 300_000_000;

/// What is refused before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest side, in pixels. Default: [`LONGEST_SIDE`].
    pub side: u32,
    /// Width times height. Default: [`MOST_PIXELS`].
    pub pixels: u64,
    /// Bytes of one block of metadata. Default: 8 MiB.
    pub metadata_bytes: usize,
    /// Bytes of an embedded colour profile. Default: 4 MiB, twice the largest in use.
    pub profile_bytes: usize,
    /// Scans in a progressive JPEG. Default: 100; encoders write ten or so.
    pub scans: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { side: LONGEST_SIDE, pixels: MOST_PIXELS, metadata_bytes: 8 << 20, profile_bytes: 4 << 20, scans: 100 }
    }
}

impl Limits {
    /// Why a picture of this size is not read, as what follows "it has"; `None` where it is.
    pub(crate) fn too_large(&self, width: u32, height: u32) -> Option<String> {
        if width.max(height) > self.side {
            return Some(format!("{width} × {height} pixels, more than the limit of {} per side", self.side));
        }
        let pixels = u64::from(width) * u64::from(height);
        (pixels > self.pixels).then(|| {
            format!("{:.0} megapixels, more than the limit of {:.0}", pixels as f64 / 1e6, self.pixels as f64 / 1e6)
        })
    }
}
