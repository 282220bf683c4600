//! Fixed palettes of classes: aspect ratios, placeholder colours and heights of chunks.
//!
//! A strict content security policy allows no `style` attribute, and a stylesheet made from what galleries
//! hold would tell visitors of one gallery about another. So the stylesheet carries every class there can
//! be, always the same, and a page picks.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// Aspect ratios: the class's number (hundredths) and the exact width divided by height.
///
/// Common camera and screen formats are exact; between them a picture is off by 3.5 % at most from 1:2 to 5:2, by 5 %
/// from 1:3 to 6:1, which the grid cuts from its edges. Strips, which are longer, are shown whole within the nearest one.
pub const RATIOS: [(u16, f64); 83] = [
    (15, 0.15),
    (17, 0.17),
    (19, 0.19),
    (21, 0.21),
    (24, 0.24),
    (27, 0.27),
    (30, 0.3),
    (33, 1.0 / 3.0),
    (36, 0.36),
    (39, 0.39),
    (42, 0.42),
    (46, 6.0 / 13.0),
    (50, 0.5),
    (53, 0.53),
    (56, 0.5625),
    (60, 0.6),
    (63, 0.625),
    (67, 2.0 / 3.0),
    (69, 0.69),
    (71, 5.0 / 7.0),
    (75, 0.75),
    (78, 0.775),
    (80, 0.8),
    (83, 5.0 / 6.0),
    (86, 6.0 / 7.0),
    (90, 0.9),
    (95, 0.95),
    (100, 1.0),
    (105, 1.05),
    (110, 1.1),
    (117, 7.0 / 6.0),
    (120, 1.2),
    (125, 1.25),
    (129, 9.0 / 7.0),
    (133, 4.0 / 3.0),
    (136, 1.36),
    (140, 1.4),
    (145, 1.45),
    (150, 1.5),
    (155, 1.55),
    (160, 1.6),
    (167, 5.0 / 3.0),
    (172, 1.72),
    (178, 16.0 / 9.0),
    (185, 1.85),
    (192, 1.92),
    (200, 2.0),
    (208, 2.08),
    (217, 13.0 / 6.0),
    (226, 2.26),
    (235, 2.35),
    (244, 2.44),
    (255, 2.55),
    (271, 65.0 / 24.0),
    (285, 2.85),
    (300, 3.0),
    (315, 3.15),
    (330, 3.3),
    (346, 3.46),
    (363, 3.63),
    (380, 3.8),
    (400, 4.0),
    (420, 4.2),
    (441, 4.41),
    (463, 4.63),
    (486, 4.86),
    (510, 5.1),
    (535, 5.35),
    (560, 5.6),
    (588, 5.88),
    (617, 6.17),
    (650, 6.5),
    (700, 7.0),
    (750, 7.5),
    (800, 8.0),
    (900, 9.0),
    (1000, 10.0),
    (1100, 11.0),
    (1200, 12.0),
    (1350, 13.5),
    (1500, 15.0),
    (1700, 17.0),
    (2000, 20.0),
];
/// What is longer than this, or narrower than its inverse of three, is a strip.
const LONGEST_CUT: f64 = 6.3;
const NARROWEST_CUT: f64 = 0.32;
/// The narrowest frame of a cover: its title stands below it.
const NARROWEST_COVER: f64 = 0.5;

/// Widths in pixels of pictures that a screen may have more than twice the room for; what lies between two has the smaller.
pub const SMALL: [u16; 28] = [
    1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000,
    1280,
];
/// What is as wide as this fills every screen at less than twice its size.
const WIDE_ENOUGH: u32 = 1600;

/// One of [`RATIOS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(u8);

impl Default for Ratio {
    fn default() -> Self {
        Self::nearest(1, 1)
    }
}

impl Ratio {
    /// The class nearest to a picture of this size in pixels; a side of zero counts as one pixel.
    pub fn nearest(width: u32, height: u32) -> Self {
        let wanted = f64::from(width.max(1)) / f64::from(height.max(1));
        // The class below or the one above, whichever is fewer times wider or narrower.
        let above = RATIOS.partition_point(|(_, value)| *value <= wanted).min(RATIOS.len() - 1);
        let below = above.saturating_sub(1);
        let is_above = RATIOS[above].1 / wanted < wanted / RATIOS[below].1;
        Self(if is_above { above } else { below } as u8)
    }

    /// Width divided by height.
    pub fn value(self) -> f64 {
        RATIOS[usize::from(self.0)].1
    }

    /// The class, as `r150`.
    pub fn class(self) -> String {
        format!("r{}", RATIOS[usize::from(self.0)].0)
    }

    /// Whether it is so long or so narrow that cutting it to a class could cost much of it.
    pub fn is_strip(self) -> bool {
        !(NARROWEST_CUT..LONGEST_CUT).contains(&self.value())
    }

    /// The same as the frame of a cover, which has room for a title.
    pub fn of_cover(self) -> Self {
        if self.value() < NARROWEST_COVER { Self::nearest(1, 2) } else { self }
    }
}

/// The class of a picture that must not fill what room there is, as `z320`: it is shown at twice its pixels at most.
pub fn small_class(width: u32) -> Option<String> {
    if width >= WIDE_ENOUGH {
        return None;
    }
    let at = SMALL.partition_point(|known| u32::from(*known) <= width);
    SMALL.get(at.saturating_sub(1)).map(|known| format!("z{known}"))
}

/// Lightness levels of the colour palette, in OKLab.
const LIGHTNESS: [f64; 8] = [0.16, 0.27, 0.37, 0.47, 0.57, 0.68, 0.79, 0.91];
/// Hue and chroma of each column of the palette: grey, and six directions that photographs lean to.
const TINTS: [(f64, f64); 8] = [
    (0.0, 0.0),
    (0.008, 0.022),   // warm grey
    (-0.008, -0.022), // cool grey
    (0.022, 0.05),    // sand, skin
    (0.075, 0.042),   // red, rust
    (-0.045, 0.05),   // leaf
    (-0.022, -0.06),  // sky, dusk
    (0.045, -0.015),  // heather, blossom
];

struct Swatch {
    rgb: [u8; 3],
    lab: [f64; 3],
    class: String,
}

static SWATCHES: LazyLock<Vec<Swatch>> = LazyLock::new(|| {
    let mut swatches = Vec::with_capacity(64);
    for lightness in LIGHTNESS {
        for (a, b) in TINTS {
            // As `#rgb`, in half the bytes of `#rrggbb`: a placeholder need not be finer.
            let rgb = to_srgb([lightness, a, b]).map(|level| (level / 17 + u8::from(level % 17 > 8)) * 17);
            let class = format!("c{:02}", swatches.len());
            swatches.push(Swatch { rgb, lab: to_oklab(rgb), class });
        }
    }
    swatches
});

/// The class of the placeholder colour nearest to an sRGB colour, by distance in OKLab: `c00` to `c63`.
pub fn colour_class(colour: [u8; 3]) -> &'static str {
    let wanted = to_oklab(colour);
    let mut best = (f64::INFINITY, "c00");
    for swatch in SWATCHES.iter() {
        let distance: f64 = swatch.lab.iter().zip(wanted).map(|(x, y)| (x - y) * (x - y)).sum();
        if distance < best.0 {
            best = (distance, &swatch.class);
        }
    }
    best.1
}

/// Coarse steps of heights: each doubles the one before.
const COARSE: usize = 10;
/// Fine steps within a doubling: 4.4 % each.
const FINE: usize = 16;
/// Height of the lowest step, in hundredths of the viewport's width.
const LOWEST: f64 = 10.0;
/// Letters of the coarse and fine classes on narrow, medium and wide viewports.
const HEIGHT_LETTERS: [(char, char); 3] = [('a', 'b'), ('m', 'n'), ('w', 'x')];

/// The classes that give a chunk its height before it is laid out, from its heights in hundredths of the
/// viewport's width on narrow, medium and wide viewports.
pub fn height_classes(heights: [f64; 3]) -> String {
    let mut classes = String::new();
    for (height, (coarse, fine)) in heights.into_iter().zip(HEIGHT_LETTERS) {
        let steps = ((height.max(LOWEST) / LOWEST).log2() * FINE as f64).round() as usize;
        let steps = steps.min(COARSE * FINE - 1);
        if !classes.is_empty() {
            classes.push(' ');
        }
        let _ = write!(classes, "{coarse}{} {fine}{}", steps / FINE, steps % FINE);
    }
    classes
}

/// The smallest viewport width, in pixels, that counts as medium and as wide.
pub const BREAKPOINTS: [u32; 2] = [640, 1200];

/// The part of the stylesheet that defines every class of the palettes.
pub fn stylesheet() -> String {
    let mut css = String::new();
    for (name, value) in RATIOS {
        let _ = write!(css, ".r{name}{{--r:{}}}", short(value));
    }
    for width in SMALL {
        let _ = write!(css, ".z{width}{{--w:{}px}}", 2 * width);
    }
    for swatch in SWATCHES.iter() {
        let [r, g, b] = swatch.rgb;
        let _ = write!(css, ".{}{{--c:#{:x}{:x}{:x}}}", swatch.class, r / 17, g / 17, b / 17);
    }
    for (place, (coarse, fine)) in HEIGHT_LETTERS.into_iter().enumerate() {
        if place > 0 {
            let _ = write!(css, "@media(min-width:{}px){{", BREAKPOINTS[place - 1]);
        }
        for step in 0..COARSE {
            let _ = write!(css, ".{coarse}{step}{{--a:{}}}", LOWEST as u64 * (1 << step));
        }
        for step in 0..FINE {
            let _ = write!(css, ".{fine}{step}{{--b:{}}}", short((step as f64 / FINE as f64).exp2()));
        }
        if place > 0 {
            css.push('}');
        }
    }
    css
}

/// A number with three decimals at most and no zeros at the end.
pub(crate) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text.strip_prefix("0.") {
        Some(decimals) => format!(".{decimals}"),
        None => text.to_owned(),
    }
}

/// sRGB to OKLab (Björn Ottosson, 2020): lightness 0 to 1, then green–red and blue–yellow.
pub(crate) fn to_oklab(rgb: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// OKLab to sRGB, each channel clipped to what sRGB can show.
pub(crate) fn to_srgb([lightness, a, b]: [f64; 3]) -> [u8; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|channel| {
        let channel = channel.clamp(0.0, 1.0);
        let encoded = if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    })
}

/// One sRGB channel made linear (IEC 61966-2-1).
pub(crate) fn linear(channel: u8) -> f64 {
    static LINEAR: LazyLock<[f64; 256]> = LazyLock::new(|| {
        std::array::from_fn(|channel| {
            let value = channel as f64 / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    });
    LINEAR[usize::from(channel)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_nearest_class_is_the_one_that_a_look_at_all_of_them_finds() {
        for (width, height) in (1..=120).flat_map(|width| (1..=120).map(move |height| (width, height))) {
            let wanted = f64::from(width) / f64::from(height);
            let distance = |value: f64| (value / wanted).max(wanted / value);
            let best = RATIOS.iter().map(|(_, value)| distance(*value)).fold(f64::INFINITY, f64::min);
            assert_eq!(distance(Ratio::nearest(width, height).value()), best, "{width}:{height}");
        }
    }

    #[test]
    fn common_formats_have_a_class_that_is_exact() {
        for (width, height, class) in [
            (6000, 4000, "r150"),
            (4000, 6000, "r67"),
            (4032, 3024, "r133"),
            (3840, 2160, "r178"),
            (1000, 1000, "r100"),
        ] {
            let ratio = Ratio::nearest(width, height);
            assert_eq!(ratio.class(), class);
            assert!((ratio.value() - f64::from(width) / f64::from(height)).abs() < 1e-9);
        }
    }

    #[test]
    fn no_ratio_of_the_range_is_further_off_than_it_says() {
        for width in 340..6100 {
            let ratio = Ratio::nearest(width, 1000).value();
            let error = (ratio / (f64::from(width) / 1000.0)).ln().abs();
            let limit = if (500..2500).contains(&width) { 0.034 } else { 0.05 };
            assert!(error < limit, "{width}: {error}");
        }
        assert_eq!(Ratio::nearest(0, 0).class(), "r100");
        assert_eq!(Ratio::nearest(u32::MAX, 1).class(), "r2000");
        assert_eq!(Ratio::nearest(1, u32::MAX).class(), "r15");
    }

    #[test]
    fn strips_are_told_from_what_may_be_cut() {
        for (width, height, strip) in
            [(10, 1, true), (1, 10, true), (7, 1, true), (1, 4, true), (6, 1, false), (1, 3, false)]
        {
            assert_eq!(Ratio::nearest(width, height).is_strip(), strip, "{width}:{height}");
        }
        assert_eq!(Ratio::nearest(10, 1).class(), "r1000");
        assert_eq!(Ratio::nearest(1, 10).of_cover(), Ratio::nearest(1, 2));
        assert_eq!(Ratio::nearest(3, 2).of_cover(), Ratio::nearest(3, 2));
    }

    #[test]
    fn no_picture_is_shown_at_more_than_twice_its_pixels_nor_at_much_less() {
        for width in 1..WIDE_ENOUGH {
            let known: u32 = small_class(width).unwrap()[1..].parse().unwrap();
            assert!(known <= width && (width < 10 || known * 4 >= width * 3), "{width}: {known}");
        }
        assert_eq!(small_class(WIDE_ENOUGH), None);
        assert_eq!(small_class(0), Some("z1".to_owned()));
    }

    #[test]
    fn every_class_is_defined_once() {
        let css = stylesheet();
        let names: BTreeSet<_> = RATIOS.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), RATIOS.len());
        assert!(RATIOS.windows(2).all(|pair| pair[0].1 < pair[1].1));
        for (name, _) in RATIOS {
            assert_eq!(css.matches(&format!(".r{name}{{")).count(), 1);
        }
        for width in SMALL {
            assert_eq!(css.matches(&format!(".z{width}{{")).count(), 1);
        }
        for colour in [[0, 0, 0], [255, 255, 255], [200, 30, 40], [30, 90, 200]] {
            assert_eq!(css.matches(&format!(".{}{{", colour_class(colour))).count(), 1);
        }
        for class in height_classes([1.0, 400.0, 1e9]).split(' ') {
            assert_eq!(css.matches(&format!(".{class}{{")).count(), 1, "{class}");
        }
    }

    #[test]
    fn a_placeholder_is_near_its_picture() {
        let black = &SWATCHES[colour_class([0, 0, 0])[1..].parse::<usize>().unwrap()];
        assert!(black.rgb.iter().all(|level| *level <= 17), "{:?}", black.rgb);
        let white = &SWATCHES[colour_class([255, 255, 255])[1..].parse::<usize>().unwrap()];
        assert!(white.rgb.iter().all(|level| *level >= 204), "{:?}", white.rgb);
        let sky = &SWATCHES[colour_class([90, 140, 200])[1..].parse::<usize>().unwrap()];
        assert!(sky.rgb[2] > sky.rgb[0], "{:?}", sky.rgb);
    }

    #[test]
    fn oklab_there_and_back_is_the_same_colour() {
        for colour in [[0, 0, 0], [255, 255, 255], [12, 200, 99], [254, 1, 128]] {
            assert_eq!(to_srgb(to_oklab(colour)), colour);
        }
    }

    #[test]
    fn heights_are_told_within_three_per_cent() {
        for height in [12.0, 99.0, 417.0, 5_000.0] {
            let classes = height_classes([height; 3]);
            let digits: Vec<f64> = classes.split(' ').map(|class| class[1..].parse().unwrap()).collect();
            let told = LOWEST * digits[0].exp2() * (digits[1] / FINE as f64).exp2();
            assert!((told / height).ln().abs() < 0.03, "{height} as {told}");
        }
    }
}
