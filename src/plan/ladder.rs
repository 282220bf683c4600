//! Which sizes of a photo are made.

use crate::config::{Format, ImageSettings};
use crate::images::Recipe;

/// A JPEG of this width or less serves as preview card, which messengers refuse above 300 KB.
const CARD_WIDTH: u32 = 1280;
const CARD_BYTES: u32 = 300_000;

/// The recipes of a photo that is `width` × `height` pixels as shown, best format first, widths ascending.
///
/// Never larger than the original. A width that is more than nine tenths of the next one is left out: no browser gains by
/// it. A portrait is made no taller than the largest width, because pages show no picture taller than the screen.
pub fn recipes(settings: &ImageSettings, width: u32, height: u32) -> Vec<Recipe> {
    let mut all = Vec::new();
    for format in &settings.formats {
        let largest = format.widths.last().copied().unwrap_or(width);
        let by_height = if height > width { scaled(largest, width, height) } else { largest };
        let cap = width.min(by_height).max(1);
        let mut widths: Vec<u32> =
            format.widths.iter().copied().filter(|w| u64::from(*w) * 10 <= u64::from(cap) * 9).collect();
        widths.push(cap);
        for w in widths {
            all.push(Recipe {
                format: format.format,
                width: w,
                height: scaled(w, height, width).max(1),
                quality: format.quality,
                background: settings.background,
                max_bytes: (format.format == Format::Jpeg && w <= CARD_WIDTH).then_some(CARD_BYTES),
            });
        }
    }
    all
}

/// `length × to / from`, rounded.
fn scaled(length: u32, to: u32, from: u32) -> u32 {
    let exact = (u64::from(length) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
    u32::try_from(exact).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FormatSettings;

    fn settings() -> ImageSettings {
        ImageSettings {
            formats: vec![
                FormatSettings { format: Format::Webp, widths: vec![320, 640, 1280, 1920, 2560], quality: 80 },
                FormatSettings { format: Format::Jpeg, widths: vec![1280, 2560], quality: 80 },
            ],
            background: [255; 3],
            ..Default::default()
        }
    }

    fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
        recipes(&settings(), width, height).iter().map(|recipe| (recipe.width, recipe.height)).collect()
    }

    #[test]
    fn a_large_photo_gets_every_width() {
        let webp = [(320, 213), (640, 427), (1280, 853), (1920, 1280), (2560, 1707)];
        assert_eq!(sizes(6000, 4000), [&webp[..], &[(1280, 853), (2560, 1707)]].concat());
    }

    #[test]
    fn nothing_is_larger_than_the_original_and_no_two_are_nearly_alike() {
        assert_eq!(sizes(300, 200), [(300, 200), (300, 200)]);
        assert_eq!(sizes(2000, 1000), [(320, 160), (640, 320), (1280, 640), (2000, 1000), (1280, 640), (2000, 1000)]);
    }

    #[test]
    fn a_portrait_is_no_taller_than_the_largest_width() {
        assert_eq!(sizes(4000, 6000).last(), Some(&(1707, 2561)));
    }

    #[test]
    fn extreme_shapes_keep_a_pixel() {
        assert_eq!(sizes(60_000, 1).first(), Some(&(320, 1)));
        assert_eq!(sizes(1, 60_000).first(), Some(&(1, 60_000)));
    }

    #[test]
    fn small_jpegs_fit_into_preview_cards() {
        let all = recipes(&settings(), 6000, 4000);
        assert_eq!(all.iter().filter(|recipe| recipe.max_bytes.is_some()).count(), 1);
    }
}
