//! Image settings: defaults, overrides, and the result of both.

use super::document::Problems;
use super::walk::Values;
use super::{Format, FormatSettings, ImageOverrides, ImageSettings};
use crate::Code;

/// The default quality in every format.
pub(super) const QUALITY: u8 = 80;
/// The default widths in pixels: from a phone's thumbnail to a large, dense screen.
pub(super) const LADDER: [u32; 5] = [320, 640, 1280, 1920, 2560];
/// The default widths of JPEG beside another format: few browsers still ask for it, preview cards take the smaller.
pub(super) const FALLBACK: [u32; 2] = [1280, 2560];
const WHITE: [u8; 3] = [255; 3];

/// The default formats of this build.
pub(super) fn default_formats() -> Vec<Format> {
    let best = if Format::Avif.is_available() { Format::Avif } else { Format::Webp };
    vec![best, Format::Jpeg]
}

impl ImageOverrides {
    /// This with what `nearer` says over it. What is said nearer wins whole: its quality for all formats also goes
    /// over a quality for one format that was said further up.
    pub fn with(&self, nearer: &Self) -> Self {
        let mut merged = self.clone();
        if nearer.formats.is_some() {
            merged.formats.clone_from(&nearer.formats);
        }
        if nearer.quality.is_some() {
            merged.quality = nearer.quality;
            merged.format_quality.clear();
        }
        if nearer.widths.is_some() {
            merged.widths.clone_from(&nearer.widths);
            merged.format_widths.clear();
        }
        merged.format_quality.extend(&nearer.format_quality);
        merged.format_widths.extend(nearer.format_widths.iter().map(|(format, widths)| (*format, widths.clone())));
        merged.background = nearer.background.or(merged.background);
        merged
    }
}

impl ImageSettings {
    /// What is in force where this is said and nothing else.
    pub fn of(said: ImageOverrides) -> Self {
        let wanted = said.formats.clone().unwrap_or_else(default_formats);
        let ladder_of = |format| match format {
            Format::Jpeg if wanted.len() > 1 => FALLBACK.to_vec(),
            _ => LADDER.to_vec(),
        };
        let one = |format: &Format| FormatSettings {
            format: *format,
            widths: said
                .format_widths
                .get(format)
                .or(said.widths.as_ref())
                .cloned()
                .unwrap_or_else(|| ladder_of(*format)),
            quality: said.format_quality.get(format).copied().or(said.quality).unwrap_or(QUALITY),
        };
        Self { formats: wanted.iter().map(one).collect(), background: said.background.unwrap_or(WHITE), said }
    }

    /// These settings with what a gallery says over them.
    pub fn with(&self, said: &ImageOverrides) -> Self {
        Self::of(self.said.with(said))
    }
}

impl Default for ImageSettings {
    /// What is in force where nothing is said.
    fn default() -> Self {
        Self::of(ImageOverrides::default())
    }
}

/// Takes `[images]` out of a file's values.
pub(super) fn take(values: &mut Values, problems: &mut Problems<'_>) -> ImageOverrides {
    let formats = values.formats("images.formats");
    let quality_of = |values: &mut Values, path: &str| values.number(path).and_then(|number| u8::try_from(number).ok());
    let mut said = ImageOverrides {
        quality: quality_of(values, "images.quality"),
        widths: values.numbers("images.widths"),
        background: values.colour("images.background"),
        ..ImageOverrides::default()
    };
    for format in Format::ALL {
        let name = format.name();
        let (quality, widths) = (format!("images.{name}.quality"), format!("images.{name}.widths"));
        if let Some(at) = values.at(&quality).or(values.at(&widths)) {
            match &formats {
                Some(formats) if !formats.contains(&format) => problems.add(
                    Code::ConflictingSettings,
                    at,
                    format!("`[images.{name}]` has no effect, because `images.formats` does not include `{name}`"),
                    format!("remove it, or add `{name}` to the formats"),
                ),
                // A gallery further down may ask for it, and in a gallery the site may have.
                None if !default_formats().contains(&format) => problems.warn(
                    Code::SettingWithoutEffect,
                    at,
                    format!("`[images.{name}]` has no effect unless `{name}` is created"),
                    format!("add `{name}` to `images.formats`, here or in a gallery"),
                ),
                _ => {}
            }
        }
        if let Some(quality) = quality_of(values, &quality) {
            said.format_quality.insert(format, quality);
        }
        if let Some(widths) = values.numbers(&widths) {
            said.format_widths.insert(format, widths);
        }
    }
    said.formats = formats;
    said
}
