//! One scale of perceived quality for all encoders.
//!
//! A quality of 80 scores 80 in SSIMULACRA2 against the resized, not yet encoded picture, as a mean over 24 natural
//! photographs 1280 pixels wide. `benches/calibrate` measures what the tables hold; between their points the setting is
//! interpolated. The ends are not measured. WebP, which halves its colours' resolution, ends at about 87, and AVIF as it
//! is encoded here at about 90, whatever more is asked for.

use super::Format;
use super::encoder::{Encoder, Scale};

/// Perceived quality to libjpeg's quality (Annex K tables), colours at half their resolution (4:2:0).
pub(super) const JPEG: Scale = &[
    (1.0, 5.0),
    (30.0, 21.6),
    (40.0, 26.3),
    (50.0, 33.2),
    (60.0, 46.4),
    (65.0, 54.7),
    (70.0, 65.4),
    (75.0, 74.1),
    (80.0, 83.4),
    (85.0, 90.9),
];
/// The same from [`FULL_CHROMA`] on, where more bytes for halved colours would be wasted (4:4:4).
pub(super) const JPEG_FULL: Scale =
    &[(86.0, 88.0), (88.0, 90.5), (90.0, 93.7), (92.0, 96.0), (94.0, 99.0), (100.0, 100.0)];
/// Perceived quality to libwebp's quality at method 4.
pub(super) const WEBP: Scale = &[
    (1.0, 1.0),
    (40.0, 19.4),
    (50.0, 31.2),
    (60.0, 50.3),
    (65.0, 63.8),
    (70.0, 75.9),
    (75.0, 82.5),
    (80.0, 88.3),
    (85.0, 94.9),
    (87.0, 99.0),
    (100.0, 100.0),
];
/// Perceived quality to libaom's constant-quality level: 63 is worst. 0 would be lossless, another codec altogether.
pub(super) const AVIF: Scale = &[
    (1.0, 63.0),
    (30.0, 43.5),
    (40.0, 39.9),
    (50.0, 36.3),
    (60.0, 31.6),
    (65.0, 28.8),
    (70.0, 25.3),
    (75.0, 20.0),
    (80.0, 14.0),
    (85.0, 7.8),
    (88.0, 4.4),
    (90.0, 2.0),
    (100.0, 1.0),
];

/// From this perceived quality on, JPEG keeps its colours at full resolution.
pub(super) const FULL_CHROMA: u8 = 86;

/// The encoder's own setting for a perceived quality: libjpeg's or libwebp's quality, or libaom's level.
pub fn setting(format: Format, quality: u8) -> u8 {
    interpolate((Encoder::of(format).scale)(quality), f64::from(quality.clamp(1, 100))).round() as u8
}

/// Linear between the points of a table that ascends in its first column.
fn interpolate(table: &[(f64, f64)], at: f64) -> f64 {
    for pair in table.windows(2) {
        if let [(x0, y0), (x1, y1)] = *pair
            && at <= x1
        {
            return y0 + (y1 - y0) * ((at - x0) / (x1 - x0)).clamp(0.0, 1.0);
        }
    }
    table.last().map_or(at, |point| point.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_quality_never_asks_an_encoder_for_less() {
        for quality in 1..100 {
            // Where the colours get their resolution, the same number is better than before.
            let same_colours = quality + 1 != FULL_CHROMA;
            assert!(!same_colours || setting(Format::Jpeg, quality) <= setting(Format::Jpeg, quality + 1), "{quality}");
            assert!(setting(Format::Webp, quality) <= setting(Format::Webp, quality + 1), "{quality}");
            assert!(setting(Format::Avif, quality) >= setting(Format::Avif, quality + 1), "{quality}");
        }
    }

    #[test]
    fn the_best_avif_is_still_lossy_and_the_ends_are_in_range() {
        assert_eq!(setting(Format::Avif, 100), 1);
        assert_eq!(setting(Format::Avif, 0), 63);
        assert_eq!(setting(Format::Jpeg, 255), 100);
        assert_eq!((setting(Format::Jpeg, 80), setting(Format::Webp, 80), setting(Format::Avif, 80)), (83, 88, 14));
    }
}
