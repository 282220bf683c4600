//! What is wanted of a photograph: a format, a size, a quality. And how that is written down.

use super::quality;
use super::{avif, jpeg, webp};

pub use crate::config::Format;

impl Format {
    /// Every format, best first: the order in which a page offers them.
    pub const ALL: [Format; 3] = [Format::Avif, Format::Webp, Format::Jpeg];

    /// The file name's ending, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Avif => "avif",
            Format::Webp => "webp",
            Format::Jpeg => "jpg",
        }
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        match self {
            Format::Avif => "image/avif",
            Format::Webp => "image/webp",
            Format::Jpeg => "image/jpeg",
        }
    }

    /// The largest width and height that the format can hold.
    pub fn max_side(self) -> u32 {
        match self {
            // AV1 holds 65,536, but viewers built on libavif open nothing larger than its default limit.
            Format::Avif => 32_768,
            Format::Webp => 16_383,
            Format::Jpeg => 65_500,
        }
    }
}

/// One derivative: what it is and how it is made, down to the encoder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Recipe {
    /// The format.
    pub format: Format,
    /// Width in pixels of the picture as shown, after its orientation is applied. Never above the original's.
    pub width: u32,
    /// Height in pixels of the picture as shown.
    pub height: u32,
    /// Perceived quality, 1 to 100: about the SSIMULACRA2 score, and so the same look in every format.
    pub quality: u8,
    /// sRGB colour that transparent places of the source are laid on, in every format.
    pub background: [u8; 3],
    /// JPEG only: quality is lowered until the file is no larger, as preview cards need it.
    pub max_bytes: Option<u32>,
}

impl Recipe {
    /// The complete recipe as text: equal text means equal bytes for equal sources.
    ///
    /// It names the encoder, its version, the setting that the quality stands for, and our own
    /// revision of the way to the encoder, so that names and cache keys change with any of them.
    pub fn text(&self) -> String {
        let setting = quality::setting(self.format, self.quality);
        let (encoder, parameter, revision) = match self.format {
            Format::Avif => (avif::encoder(), "cq", avif::REVISION),
            Format::Webp => (webp::encoder(), "q", webp::REVISION),
            Format::Jpeg => (jpeg::encoder(), "q", jpeg::REVISION),
        };
        let mut text =
            format!("{};w={};h={};quality={}", self.format.name(), self.width, self.height, self.quality.clamp(1, 100));
        let [r, g, b] = self.background;
        text.push_str(&format!(";bg={r:02x}{g:02x}{b:02x}"));
        if let Some(bytes) = self.max_bytes.filter(|_| self.format == Format::Jpeg) {
            text.push_str(&format!(";max={bytes}"));
        }
        text.push_str(&format!(";enc={encoder};{parameter}={setting};rev={}.{revision}", super::REVISION));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(format: Format) -> Recipe {
        Recipe { format, width: 1280, height: 853, quality: 80, background: [255; 3], max_bytes: None }
    }

    #[test]
    fn the_text_names_all_that_decides_the_bytes() {
        let text = recipe(Format::Jpeg).text();
        assert!(text.starts_with("jpeg;w=1280;h=853;quality=80;bg=ffffff;enc=mozjpeg-"), "{text}");
        let mut seen = std::collections::BTreeSet::from([text]);
        for changed in [
            Recipe { width: 1279, ..recipe(Format::Jpeg) },
            Recipe { height: 852, ..recipe(Format::Jpeg) },
            Recipe { quality: 81, ..recipe(Format::Jpeg) },
            Recipe { background: [0; 3], ..recipe(Format::Jpeg) },
            Recipe { background: [0; 3], ..recipe(Format::Webp) },
            Recipe { background: [0; 3], ..recipe(Format::Avif) },
            Recipe { max_bytes: Some(300_000), ..recipe(Format::Jpeg) },
            recipe(Format::Webp),
            recipe(Format::Avif),
        ] {
            assert!(seen.insert(changed.text()), "{changed:?}");
        }
    }

    #[test]
    fn no_side_is_longer_than_viewers_open() {
        assert_eq!(Format::ALL.map(Format::max_side), [32_768, 16_383, 65_500]);
    }
}
