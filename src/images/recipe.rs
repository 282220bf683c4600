//! Recipes: the format, size and quality of a derivative, and their text form.

use std::sync::Arc;

use super::encoder::Encoder;
use super::mark::Mark;
use super::quality;

pub use crate::config::Format;

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
    /// What is laid over the picture.
    pub mark: Option<Arc<Mark>>,
}

impl Recipe {
    /// The encoder's own setting for the quality.
    pub(super) fn setting(&self) -> u8 {
        quality::setting(self.format, self.quality)
    }

    /// The complete recipe as text: equal text means equal bytes for equal sources.
    ///
    /// It names the encoder, its version, the setting that the quality stands for, and our own
    /// revision of the way to the encoder, so that names and cache keys change with any of them.
    pub fn text(&self) -> String {
        let Encoder { library, parameter, revision, .. } = Encoder::of(self.format);
        let (encoder, setting) = (library(), self.setting());
        let mut text =
            format!("{};w={};h={};quality={}", self.format.name(), self.width, self.height, self.quality.clamp(1, 100));
        let [r, g, b] = self.background;
        text.push_str(&format!(";bg={r:02x}{g:02x}{b:02x}"));
        if let Some(bytes) = self.max_bytes.filter(|_| self.format == Format::Jpeg) {
            text.push_str(&format!(";max={bytes}"));
        }
        if let Some(mark) = &self.mark {
            text.push_str(&mark.recipe_text());
        }
        text.push_str(&format!(";enc={encoder};{parameter}={setting};rev={}.{revision}", super::REVISION));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(format: Format) -> Recipe {
        Recipe { format, width: 1280, height: 853, quality: 80, background: [255; 3], max_bytes: None, mark: None }
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
}
