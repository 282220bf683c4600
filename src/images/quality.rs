//! One scale of perceived quality for all encoders.
//!
//! A quality of 80 is meant to score about 80 in SSIMULACRA2 against the resized, not yet encoded
//! picture, as a mean over natural photographs 1280 pixels wide. `benches/calibrate` measures
//! what the tables should hold (`docs/images.md` says how far that has been done); between their points the setting
//! is interpolated.

use super::recipe::Format;

/// Perceived quality to libjpeg's quality (Annex K tables, 4:2:0 below [`FULL_CHROMA`]).
const JPEG: &[(f64, f64)] = &[
    (1.0, 5.0),
    (50.0, 35.0),
    (60.0, 52.0),
    (70.0, 68.0),
    (75.0, 74.0),
    (80.0, 83.0),
    (85.0, 89.0),
    (90.0, 94.0),
    (100.0, 100.0),
];
/// Perceived quality to libwebp's quality at method 4.
const WEBP: &[(f64, f64)] = &[
    (1.0, 5.0),
    (50.0, 40.0),
    (60.0, 55.0),
    (70.0, 72.0),
    (75.0, 79.0),
    (80.0, 86.0),
    (85.0, 91.0),
    (90.0, 95.0),
    (100.0, 100.0),
];
/// Perceived quality to libaom's constant-quality level: 63 is worst. 0 would be lossless, another codec altogether.
const AVIF: &[(f64, f64)] = &[
    (1.0, 63.0),
    (50.0, 45.0),
    (60.0, 36.0),
    (70.0, 26.0),
    (75.0, 20.0),
    (80.0, 14.0),
    (85.0, 9.0),
    (90.0, 5.0),
    (100.0, 1.0),
];

/// From this perceived quality on, JPEG keeps its colours at full resolution (4:4:4).
pub(super) const FULL_CHROMA: u8 = 90;

/// The encoder's own setting for a perceived quality: libjpeg's or libwebp's quality, or libaom's level.
pub fn setting(format: Format, quality: u8) -> u8 {
    let table = match format {
        Format::Avif => AVIF,
        Format::Webp => WEBP,
        Format::Jpeg => JPEG,
    };
    interpolate(table, f64::from(quality.clamp(1, 100))).round() as u8
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
            assert!(setting(Format::Jpeg, quality) <= setting(Format::Jpeg, quality + 1), "{quality}");
            assert!(setting(Format::Webp, quality) <= setting(Format::Webp, quality + 1), "{quality}");
            assert!(setting(Format::Avif, quality) >= setting(Format::Avif, quality + 1), "{quality}");
        }
    }

    #[test]
    fn the_best_avif_is_still_lossy_and_the_ends_are_in_range() {
        assert_eq!(setting(Format::Avif, 100), 1);
        assert_eq!(setting(Format::Avif, 0), 63);
        assert_eq!(setting(Format::Jpeg, 255), 100);
    }
}
