//! Which sizes of a photo are made.

use crate::config::{Format, ImageSettings};
use crate::images::Recipe;

/// A JPEG of this width or less serves as preview card, which messengers refuse above 300 KB.
const CARD_WIDTH: u32 = 1280;
const CARD_BYTES: u32 = 300_000;
/// Taller JPEGs are no preview cards, and need not fit at any quality.
const CARD_HEIGHT: u32 = 2560;
/// Encoding takes some 72 bytes for each pixel. Only what is far taller than wide comes here: the square of the largest
/// width is allowed in any case.
const MOST_PIXELS: u64 = 64_000_000;

/// The recipes of a photo that is `width` × `height` pixels as shown, best format first, widths ascending.
///
/// Transparent places are laid on `background`. Never larger than the original. A width that is more than nine tenths of the next one is left out: no browser gains by
/// it. Widths are widths for portraits too; only what the format cannot hold, or what has more than 64 megapixels because it is
/// so tall, is made smaller.
pub fn recipes(settings: &ImageSettings, background: [u8; 3], width: u32, height: u32) -> Vec<Recipe> {
    let mut all = Vec::new();
    for format in &settings.formats {
        let largest = format.widths.last().copied().unwrap_or(width);
        let cap = width.min(largest).min(widest(format.format, largest, (width, height))).max(1);
        let mut widths: Vec<u32> =
            format.widths.iter().copied().filter(|w| u64::from(*w) * 10 <= u64::from(cap) * 9).collect();
        widths.push(cap);
        for w in widths {
            all.push(Recipe {
                format: format.format,
                width: w,
                // A line of one pixel cannot be made narrower, and loses of its length instead.
                height: scaled(w, height, width).clamp(1, format.format.max_side()),
                quality: format.quality,
                background,
                max_bytes: None,
            });
        }
    }
    for recipe in &mut all {
        let card = recipe.format == Format::Jpeg && recipe.width <= CARD_WIDTH && recipe.height <= CARD_HEIGHT;
        recipe.max_bytes = card.then_some(CARD_BYTES);
    }
    all
}

/// The largest width of a picture of this shape that the format and memory have room for.
fn widest(format: Format, largest: u32, (width, height): (u32, u32)) -> u32 {
    let side = format.max_side();
    let by_side = if height > side { (u64::from(side) * u64::from(width) / u64::from(height)) as u32 } else { side };
    let pixels = MOST_PIXELS.max(u64::from(largest).saturating_mul(u64::from(largest)));
    let by_pixels = (pixels as f64 * f64::from(width) / f64::from(height.max(1))).sqrt() as u32;
    let all = u64::from(width) * u64::from(height);
    by_side.min(if all > pixels { by_pixels } else { width })
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
            ..Default::default()
        }
    }

    fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
        recipes(&settings(), [255; 3], width, height).iter().map(|recipe| (recipe.width, recipe.height)).collect()
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
    fn a_portrait_has_the_widths_that_were_asked_for() {
        assert_eq!(sizes(4000, 6000).last(), Some(&(2560, 3840)));
        let widths = |width, height| sizes(width, height).into_iter().map(|(width, _)| width).collect::<Vec<_>>();
        assert_eq!(widths(2500, 12_000), [320, 640, 1280, 1920, 2500, 1280, 2500]);
        assert_eq!(widths(10, 20_000).last(), Some(&10));
    }

    #[test]
    fn what_a_format_cannot_hold_is_made_smaller_in_that_format_alone() {
        // WebP ends at 16,383 pixels.
        assert_eq!(
            sizes(2000, 20_000),
            [(320, 3200), (640, 6400), (1280, 12_800), (1638, 16_380), (1280, 12_800), (2000, 20_000)]
        );
        for recipe in [
            recipes(&settings(), [255; 3], 1, 65_000),
            recipes(&settings(), [255; 3], 3, 60_000),
            recipes(&settings(), [255; 3], 60_000, 7),
        ]
        .concat()
        {
            assert!(
                recipe.height <= recipe.format.max_side() && recipe.width <= recipe.format.max_side(),
                "{recipe:?}"
            );
        }
    }

    #[test]
    fn a_very_tall_picture_takes_no_more_memory_than_a_machine_has() {
        let most =
            recipes(&settings(), [255; 3], 5000, 60_000).iter().map(|r| u64::from(r.width) * u64::from(r.height)).max();
        assert!(most <= Some(64_100_000), "{most:?}");
    }

    #[test]
    fn extreme_shapes_keep_a_pixel() {
        assert_eq!(sizes(60_000, 1).first(), Some(&(320, 1)));
        assert_eq!(sizes(1, 60_000), [(1, 16_383), (1, 60_000)]);
    }

    #[test]
    fn small_jpegs_fit_into_preview_cards() {
        let all = recipes(&settings(), [255; 3], 6000, 4000);
        assert_eq!(all.iter().filter(|recipe| recipe.max_bytes.is_some()).count(), 1);
        // What is too tall for a card would not fit at any quality.
        assert!(recipes(&settings(), [255; 3], 1280, 12_800).iter().all(|recipe| recipe.max_bytes.is_none()));
    }
}
