//! Turns the theme settings of `site.toml` into custom properties of the stylesheet, and checks contrast.

use std::fmt::Write as _;

use crate::config::{Grid, Scheme, ThemeSettings};
use crate::{Code, Error};

use super::layout::{COVERS, GROWTH, measures};
use super::palette::{BREAKPOINTS, linear, short, to_oklab, to_srgb};

type Colour = [u8; 3];

/// Paper and ink; the accent is a darkroom's lamp.
const LIGHT: (Colour, Colour) = ([0xfb, 0xfa, 0xf8], [0x1c, 0x1a, 0x18]);
const LIGHT_ACCENT: Colour = [0xa8, 0x32, 0x1e];
const DARK: (Colour, Colour) = ([0x14, 0x13, 0x12], [0xec, 0xe8, 0xe2]);
const DARK_ACCENT: Colour = [0xff, 0x8a, 0x6b];

const HEADING_FONTS: &str = "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,\"URW Palladio L\",P052,Georgia,serif";
const TEXT_FONTS: &str =
    "Seravek,\"Gill Sans Nova\",\"Source Sans 3\",Ubuntu,Calibri,\"Segoe UI\",system-ui,sans-serif";

/// WCAG 2.2, 1.4.3: the least contrast of text.
const ENOUGH: f64 = 4.5;

/// The settings, worked out.
#[derive(Clone, Debug)]
pub(crate) struct Appearance {
    /// Custom properties and font faces; stands before the rest of the stylesheet.
    pub css: String,
    /// The icon of the site: a dot in the accent colour.
    pub icon: String,
    /// Background colours and the media query each is for.
    pub grounds: Vec<(String, Option<&'static str>)>,
    /// What cannot be read well.
    pub warnings: Vec<Error>,
}

/// Works out the settings.
pub(crate) fn appearance(settings: &ThemeSettings) -> Appearance {
    let mut warnings = Vec::new();
    let light = scheme(
        "light",
        settings.light.unwrap_or(LIGHT),
        settings.accent,
        LIGHT_ACCENT,
        settings.scheme != Scheme::Dark,
        &mut warnings,
    );
    let dark = scheme(
        "dark",
        settings.dark.unwrap_or(DARK),
        settings.accent,
        DARK_ACCENT,
        settings.scheme != Scheme::Light,
        &mut warnings,
    );
    let measures = measures(settings.density);
    let mut css = String::new();
    for (name, font) in [("Site Heading", &settings.heading_font), ("Site Text", &settings.text_font)] {
        if let Some(font) = font {
            // The stylesheet lies in assets/. A font that comes late stays away: nothing moves.
            let _ = write!(
                css,
                "@font-face{{font-family:\"{name}\";src:url(\"../{}\");font-weight:100 900;font-display:optional}}",
                address(font)
            );
        }
    }
    let heading = if settings.heading_font.is_some() {
        format!("\"Site Heading\",{HEADING_FONTS}")
    } else {
        HEADING_FONTS.into()
    };
    let text = if settings.text_font.is_some() { format!("\"Site Text\",{TEXT_FONTS}") } else { TEXT_FONTS.into() };
    let (first, names) = match settings.scheme {
        Scheme::Auto => (&light, "light dark"),
        Scheme::Light => (&light, "light"),
        Scheme::Dark => (&dark, "dark"),
    };
    let _ = write!(
        css,
        ":root{{color-scheme:{names};--heading-font:{heading};--text-font:{text};{}{}}}",
        first.properties(),
        sizes(settings, &measures, 0)
    );
    for place in [1, 2] {
        let _ = write!(
            css,
            "@media(min-width:{}px){{:root{{{}}}}}",
            BREAKPOINTS[place - 1],
            sizes(settings, &measures, place)
        );
    }
    if settings.scheme == Scheme::Auto {
        let _ = write!(css, "@media(prefers-color-scheme:dark){{:root{{{}}}}}", dark.properties());
    }
    let grounds = match settings.scheme {
        Scheme::Auto => vec![
            (hex(light.ground), Some("(prefers-color-scheme:light)")),
            (hex(dark.ground), Some("(prefers-color-scheme:dark)")),
        ],
        _ => vec![(hex(first.ground), None)],
    };
    let icon = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"{}\"/></svg>\n",
        hex(first.accent)
    );
    Appearance { css, icon, grounds, warnings }
}

fn sizes(settings: &ThemeSettings, measures: &super::layout::Measures, place: usize) -> String {
    let mut text = format!(
        "--row-height:{}vw;--gap:{}vw;--cover-height:{}vw;--cover-gap:{}vw;--growth:{}",
        short(measures.heights[place]),
        short(measures.gaps[place]),
        short(COVERS.heights[place]),
        short(COVERS.gaps[place]),
        short(GROWTH[place])
    );
    if settings.grid == Grid::Squares {
        let _ = write!(text, ";--columns:{}", measures.columns[place]);
    }
    text
}

struct Colours {
    ground: Colour,
    text: Colour,
    muted: Colour,
    line: Colour,
    accent: Colour,
}

impl Colours {
    fn properties(&self) -> String {
        format!(
            "--ground:{};--text:{};--muted:{};--line:{};--accent:{};",
            hex(self.ground),
            hex(self.text),
            hex(self.muted),
            hex(self.line),
            hex(self.accent)
        )
    }
}

fn scheme(
    name: &str,
    (ground, text): (Colour, Colour),
    chosen: Option<Colour>,
    default: Colour,
    used: bool,
    warnings: &mut Vec<Error>,
) -> Colours {
    let reached = contrast(ground, text);
    if used && reached < ENOUGH {
        warnings.push(
            Error::new(Code::LowContrast, format!("text on the {name} background has a contrast of {reached:.1} to 1"))
                .hint(format!("choose colours with a contrast of at least {ENOUGH} to 1 for `theme.{name}`")),
        );
    }
    let mut accent = chosen.unwrap_or(default);
    let reached = contrast(ground, accent);
    if reached < ENOUGH {
        let better = readable(accent, ground, text, ENOUGH + 0.1);
        if let (true, Some(chosen)) = (used, chosen) {
            warnings.push(
                Error::new(
                    Code::LowContrast,
                    format!("the accent {} on the {name} background has a contrast of {reached:.1} to 1", hex(chosen)),
                )
                .hint(format!(
                    "choose an accent with a contrast of at least {ENOUGH} to 1; on {name} pages {} is used instead",
                    hex(better)
                )),
            );
        }
        accent = better;
    }
    // Quiet text is quiet, and still a little better to read than it must be.
    let muted = readable(mix(ground, text, 0.5), ground, text, ENOUGH + 1.1);
    Colours { ground, text, muted, line: mix(ground, text, 0.16), accent }
}

/// `colour`, moved towards `text` until it has the wanted contrast with `ground`.
fn readable(colour: Colour, ground: Colour, text: Colour, wanted: f64) -> Colour {
    (0..=20)
        .map(|step| mix(colour, text, f64::from(step) / 20.0))
        .find(|mixed| contrast(ground, *mixed) >= wanted)
        .unwrap_or(text)
}

fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    let (from, to) = (to_oklab(from), to_oklab(to));
    to_srgb([0, 1, 2].map(|axis| from[axis] + (to[axis] - from[axis]) * share))
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let luminance = |[r, g, b]: Colour| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn hex([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A path below `static` as an address: slashes stay, everything unusual is percent-encoded.
pub(crate) fn address(path: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(path.trim_start_matches(['/', '\\']), KEPT).to_string()
}

/// The media type of a font file, by its ending.
pub(crate) fn font_mime(path: &str) -> &'static str {
    match path.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("woff") => "font/woff",
        Some("ttf") => "font/ttf",
        Some("otf") => "font/otf",
        _ => "font/woff2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::tests::settings;

    #[test]
    fn contrast_is_what_the_standard_says() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.005);
        assert_eq!(contrast([9, 9, 9], [9, 9, 9]), 1.0);
    }

    #[test]
    fn the_default_colours_can_be_read() {
        for (colours, accent) in [(LIGHT, LIGHT_ACCENT), (DARK, DARK_ACCENT)] {
            let mut warnings = Vec::new();
            let scheme = scheme("light", colours, None, accent, true, &mut warnings);
            assert!(warnings.is_empty());
            assert!(contrast(scheme.ground, scheme.text) > 12.0);
            assert!(contrast(scheme.ground, scheme.muted) >= ENOUGH);
            assert_eq!(scheme.accent, accent);
        }
    }

    #[test]
    fn pale_text_and_a_pale_accent_are_warned_about_where_they_are_used() {
        let mut settings = settings();
        settings.light = Some(([255; 3], [200; 3]));
        settings.accent = Some([255, 255, 0]);
        let warnings = appearance(&settings).warnings;
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0].message, "text on the light background has a contrast of 1.7 to 1");
        assert!(warnings[1].message.starts_with("the accent #ffff00 on the light background"));
        settings.scheme = Scheme::Dark;
        assert!(appearance(&settings).warnings.is_empty());
    }

    #[test]
    fn a_font_file_cannot_leave_its_place_in_the_stylesheet() {
        let mut settings = settings();
        settings.text_font = Some("fonts/a\")}body{x:y}.woff2".into());
        let css = appearance(&settings).css;
        assert!(css.contains("url(\"../fonts/a%22%29%7Dbody%7Bx%3Ay%7D.woff2\")"), "{css}");
    }

    #[test]
    fn one_scheme_alone_has_no_media_query() {
        let mut settings = settings();
        settings.scheme = Scheme::Dark;
        let appearance = appearance(&settings);
        assert!(!appearance.css.contains("prefers-color-scheme"));
        assert_eq!(appearance.grounds, [("#141312".to_owned(), None)]);
    }
}
