//! What visitors may download, and how large a part of a gallery is.

use crate::listed_enum::listed_enum;

listed_enum! {
    /// What visitors may download of each photo; the order is from nothing to everything.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Downloads {
        /// Nothing.
        #[default]
        None,
        /// A JPEG of the size that pages show.
        Web,
        /// The original file, without private metadata.
        Full,
    }
}

impl Downloads {
    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Web => "web",
            Self::Full => "full",
        }
    }

    /// What it means, for the reference of settings.
    pub const fn about(self) -> &'static str {
        match self {
            Self::None => "no downloads",
            Self::Web => "the largest JPEG of each photo",
            Self::Full => "the original of each photo, without private metadata",
        }
    }

    /// The one with this name in settings.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// How downloads are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DownloadSettings {
    /// The largest ZIP file in bytes; a photo that is larger is alone in one. Default: 25,000,000, which every known host takes.
    pub part_bytes: u64,
}

/// Bytes of a megabyte, as hosts and people count them.
pub(super) const MEGABYTE: u64 = 1_000_000;
/// Megabytes of a part where nothing is said: Cloudflare, the host with the lowest limit, takes 26.2.
pub(super) const PART_SIZE: u32 = 25;

impl Default for DownloadSettings {
    fn default() -> Self {
        Self { part_bytes: u64::from(PART_SIZE) * MEGABYTE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_order_goes_from_nothing_to_everything() {
        for one in Downloads::ALL {
            assert_eq!(Downloads::named(one.name()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.name());
        }
        assert!(Downloads::ALL.is_sorted() && Downloads::default() == Downloads::None);
    }
}
