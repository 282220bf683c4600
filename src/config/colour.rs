//! Colours as they are written in settings.

/// The sixteen basic colour names of CSS.
pub(super) const NAMES: [(&str, [u8; 3]); 16] = [
    ("aqua", [0, 255, 255]),
    ("black", [0, 0, 0]),
    ("blue", [0, 0, 255]),
    ("fuchsia", [255, 0, 255]),
    ("gray", [128, 128, 128]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("maroon", [128, 0, 0]),
    ("navy", [0, 0, 128]),
    ("olive", [128, 128, 0]),
    ("purple", [128, 0, 128]),
    ("red", [255, 0, 0]),
    ("silver", [192, 192, 192]),
    ("teal", [0, 128, 128]),
    ("white", [255, 255, 255]),
    ("yellow", [255, 255, 0]),
];

/// `#rgb`, `#rrggbb` or a basic colour name, in either case.
pub(super) fn parse(text: &str) -> Option<[u8; 3]> {
    let lower = text.to_ascii_lowercase();
    let Some(digits) = lower.strip_prefix('#') else {
        return NAMES.iter().find(|(name, _)| *name == lower).map(|(_, colour)| *colour);
    };
    let nibbles: Option<Vec<u8>> =
        digits.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    match nibbles?.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r1, r2, g1, g2, b1, b2] => Some([r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2]),
        _ => None,
    }
}

/// `#rrggbb`.
pub(super) fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Contrast of two colours as WCAG 2 defines it, 1 to 21.
pub(super) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance of WCAG 2.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_long_and_named_colours_are_read() {
        assert_eq!(parse("#fff"), Some([255; 3]));
        assert_eq!(parse("#0aF"), Some([0, 0xaa, 0xff]));
        assert_eq!(parse("#C2410c"), Some([0xc2, 0x41, 0x0c]));
        assert_eq!(parse("Teal"), Some([0, 128, 128]));
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#", "#ff", "#ffff", "#fffffff", "#ggg", "ffffff", "reddish", "#ééé", "# fff"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.01);
        assert_eq!(contrast([1, 2, 3], [1, 2, 3]), 1.0);
    }

    #[test]
    fn a_colour_is_written_as_it_is_read() {
        for (_, colour) in NAMES {
            assert_eq!(parse(&hex(colour)), Some(colour));
        }
    }
}
