//! The formats that pictures are written in. How each is encoded stands in `images::encoder`.

use crate::listed_enum::listed_enum;

listed_enum! {
    /// A kind of file that browsers show; best first, the order in which a page offers them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Format {
        /// AV1 image file.
        Avif,
        /// WebP.
        Webp,
        /// JPEG: every browser shows it, and preview cards show nothing else.
        Jpeg,
    }
}

/// What is known of a format without encoding anything.
struct Facts {
    /// Its name in settings.
    name: &'static str,
    /// What is said of it in the reference of settings.
    about: &'static str,
    /// The table of its own settings.
    table: &'static str,
    /// What is said of that table.
    table_about: &'static str,
    /// The ending of its files, without the dot.
    extension: &'static str,
    /// Its media type.
    mime: &'static str,
    /// The largest width and height that it can hold.
    max_side: u32,
    /// Bits for a pixel of an ordinary photograph at the default quality, rounded up.
    bits_per_pixel: f64,
    /// Whether this program can encode it.
    is_available: bool,
}

impl Format {
    const fn facts(self) -> Facts {
        match self {
            Self::Avif => Facts {
                name: "avif",
                about: "smallest; every browser since 2024",
                table: "images.avif",
                table_about: "Settings for AVIF only.",
                extension: "avif",
                mime: "image/avif",
                // AV1 holds 65,536, but viewers built on libavif open nothing larger than its default limit.
                max_side: 32_768,
                bits_per_pixel: 0.9,
                is_available: cfg!(feature = "avif"),
            },
            Self::Webp => Facts {
                name: "webp",
                about: "every browser since 2020",
                table: "images.webp",
                table_about: "Settings for WebP only.",
                extension: "webp",
                mime: "image/webp",
                max_side: 16_383,
                bits_per_pixel: 1.2,
                is_available: true,
            },
            Self::Jpeg => Facts {
                name: "jpeg",
                about: "shown by everything; required",
                table: "images.jpeg",
                table_about: "Settings for JPEG only.",
                extension: "jpg",
                mime: "image/jpeg",
                max_side: 65_500,
                bits_per_pixel: 1.8,
                is_available: true,
            },
        }
    }

    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The one with this name in settings.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What is said of it in the reference of settings.
    pub(super) const fn about(self) -> &'static str {
        self.facts().about
    }

    /// The table of its own settings, and what is said of it.
    pub(super) const fn table(self) -> (&'static str, &'static str) {
        let facts = self.facts();
        (facts.table, facts.table_about)
    }

    /// The ending of its files, without the dot.
    pub fn extension(self) -> &'static str {
        self.facts().extension
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        self.facts().mime
    }

    /// The largest width and height that the format can hold.
    pub fn max_side(self) -> u32 {
        self.facts().max_side
    }

    /// Bits for a pixel of an ordinary photograph at the default quality, rounded up.
    pub fn bits_per_pixel(self) -> f64 {
        self.facts().bits_per_pixel
    }

    /// Whether this program can encode it; AVIF is left out of builds without the feature `avif`.
    pub fn is_available(self) -> bool {
        self.facts().is_available
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_formats_share_a_name_a_table_or_an_ending() {
        let facts = Format::ALL.map(|format| format.facts());
        for (at, one) in facts.iter().enumerate() {
            assert_eq!(one.table, format!("images.{}", one.name));
            let others = facts[at + 1..].iter();
            assert!(others.clone().all(|other| other.name != one.name && other.extension != one.extension));
        }
    }

    #[test]
    fn no_side_is_longer_than_viewers_open() {
        assert_eq!(Format::ALL.map(Format::max_side), [32_768, 16_383, 65_500]);
    }
}
