//! Selects the sizes of a photo to make.

use crate::config::{Format, ImageSettings};
use crate::images::Recipe;

/// A JPEG of this width or less serves as preview card, which messengers refuse above 300 KB.
const CARD_WIDTH: u32 = 1280;
const CARD_BYTES: u32 = 300_000;
/// Taller JPEGs are no preview cards, and need not fit at any quality.
const CARD_HEIGHT: u32 = 2560;
/// What readers of preview cards show large: Facebook asks for 600 × 315, which is more than all others do.
const CARD_LEAST: (u32, u32) = (600, 315);
/// What is smaller is on no card: as X says.
const CARD_SMALLEST: (u32, u32) = (300, 157);
/// What they take at most along a side, as X says; only strips come near.
const CARD_SIDE: u32 = 4096;
/// The quality of a card where no JPEG is made beside it.
const CARD_QUALITY: u8 = 80;
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
                mark: None,
            });
        }
    }
    for recipe in &mut all {
        let card = recipe.format == Format::Jpeg && recipe.width <= CARD_WIDTH && recipe.height <= CARD_HEIGHT;
        recipe.max_bytes = card.then_some(CARD_BYTES);
    }
    all
}

/// The JPEG that stands on preview cards where none of the photo's other pictures, `made`, can: its widths are others, it is a
/// strip, or no JPEG is made at all.
pub fn card(
    settings: &ImageSettings,
    background: [u8; 3],
    made: &[Recipe],
    (width, height): (u32, u32),
) -> Option<Recipe> {
    let (wide, tall) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let usual = (f64::from(CARD_WIDTH) / wide).min(f64::from(CARD_HEIGHT) / tall);
    let least = (f64::from(CARD_LEAST.0) / wide).max(f64::from(CARD_LEAST.1) / tall);
    // A strip that has the usual size is too thin for a card, and one without end too large.
    let scale = usual.max(least).min(f64::from(CARD_SIDE) / wide.max(tall)).min(1.0);
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    let size = (side(wide), side(tall));
    if size.0 < CARD_SMALLEST.0 || size.1 < CARD_SMALLEST.1 {
        return None;
    }
    let fits = |recipe: &&Recipe| recipe.max_bytes.is_some();
    let enough =
        |recipe: &Recipe| recipe.width >= CARD_LEAST.0.min(size.0) && recipe.height >= CARD_LEAST.1.min(size.1);
    if made.iter().filter(fits).any(enough) {
        return None;
    }
    let quality = settings.formats.iter().find(|format| format.format == Format::Jpeg);
    Some(Recipe {
        format: Format::Jpeg,
        width: size.0,
        height: size.1,
        quality: quality.map_or(CARD_QUALITY, |format| format.quality),
        background,
        max_bytes: Some(CARD_BYTES),
        mark: None,
    })
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

    const WHITE: [u8; 3] = [255; 3];
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
    fn every_photo_with_enough_pixels_has_a_preview_card_whatever_its_sizes() {
        let jpeg = |widths: &[u32]| ImageSettings {
            formats: vec![FormatSettings { format: Format::Jpeg, widths: widths.to_vec(), quality: 90 }],
            ..Default::default()
        };
        let webp = ImageSettings {
            formats: vec![FormatSettings { format: Format::Webp, widths: vec![640], quality: 70 }],
            ..Default::default()
        };
        let ladders = [jpeg(&[1280, 2560]), jpeg(&[320]), jpeg(&[200, 3000]), jpeg(&[640, 1920]), webp, settings()];
        let shapes = [
            (1365, 2048),
            (2048, 1365),
            (1281, 854),
            (1400, 933),
            (6000, 4000),
            (4000, 6000),
            (1080, 1350),
            (1080, 1920),
            (2160, 2160),
            (10_000, 1000),
            (1000, 10_000),
            (3000, 500),
            (700, 700),
            (600, 315),
        ];
        for (settings, (width, height)) in ladders.iter().flat_map(|one| shapes.map(|shape| (one, shape))) {
            let made = recipes(settings, WHITE, width, height);
            let extra = card(settings, WHITE, &made, (width, height));
            let cards = made.iter().chain(&extra).filter(|recipe| recipe.max_bytes.is_some());
            let card = cards.max_by_key(|recipe| recipe.width).unwrap();
            assert_eq!(card.format, Format::Jpeg);
            assert!(card.width.max(card.height) <= CARD_SIDE && card.max_bytes == Some(CARD_BYTES), "{card:?}");
            // A strip that no more than fits has less across, as much as fits.
            let least = if width.max(height) > 9 * width.min(height) { (300, 300) } else { CARD_LEAST };
            assert!(card.width >= least.0 && card.height >= least.1, "{width} × {height}: {card:?}");
            let ratio = f64::from(card.width) * f64::from(height) / (f64::from(card.height) * f64::from(width));
            assert!((ratio - 1.0).abs() < 0.01, "{width} × {height}: {card:?}");
        }
        assert_eq!(
            card(&jpeg(&[1280, 2560]), WHITE, &recipes(&jpeg(&[1280, 2560]), WHITE, 6000, 4000), (6000, 4000)),
            None
        );
        let portrait =
            card(&jpeg(&[1280, 2560]), WHITE, &recipes(&jpeg(&[1280, 2560]), WHITE, 1365, 2048), (1365, 2048)).unwrap();
        assert_eq!((portrait.width, portrait.height, portrait.quality), (1280, 1920, 90));
    }

    #[test]
    fn a_small_photo_is_its_own_preview_card() {
        for (width, height) in [(300, 200), (40, 30), (299, 3000), (3000, 100), (599, 1000), (1200, 200)] {
            let made = recipes(&settings(), WHITE, width, height);
            assert_eq!(card(&settings(), WHITE, &made, (width, height)), None, "{width} × {height}");
        }
    }

    #[test]
    fn small_jpegs_fit_into_preview_cards() {
        let all = recipes(&settings(), [255; 3], 6000, 4000);
        assert_eq!(all.iter().filter(|recipe| recipe.max_bytes.is_some()).count(), 1);
        // What is too tall for a card would not fit at any quality.
        assert!(recipes(&settings(), [255; 3], 1280, 12_800).iter().all(|recipe| recipe.max_bytes.is_none()));
    }
}
