//! Camera data as people say it: `Canon EOS R5`, `1/250 s`, `f/2.8`, `35 mm`, `ISO 400`. What no camera can have been set
//! to is what one writes that does not know, or a damaged number, and is left out.

use std::ops::RangeInclusive;

use super::model::{Camera, Fraction};

/// Makers as they write themselves into files, and as people call them.
const MAKERS: [(&str, &str); 24] = [
    ("apple", "Apple"),
    ("asahi optical", "Pentax"),
    ("canon", "Canon"),
    ("casio", "Casio"),
    ("dji", "DJI"),
    ("eastman kodak", "Kodak"),
    ("fujifilm", "Fujifilm"),
    ("google", "Google"),
    ("gopro", "GoPro"),
    ("hasselblad", "Hasselblad"),
    ("huawei", "Huawei"),
    ("konica minolta", "Konica Minolta"),
    ("leica", "Leica"),
    ("minolta", "Minolta"),
    ("nikon", "Nikon"),
    ("olympus", "Olympus"),
    ("om digital", "OM System"),
    ("panasonic", "Panasonic"),
    ("pentax", "Pentax"),
    ("phase one", "Phase One"),
    ("ricoh", "Ricoh"),
    ("samsung", "Samsung"),
    ("sigma", "Sigma"),
    ("sony", "Sony"),
];

/// Seconds. Cameras end at half a minute, a remote release at some minutes; what is left to an hour is astronomy.
const SHUTTERS: RangeInclusive<f64> = 0.000_001..=3600.0;
/// The highest that was ever sold is some four millions.
const SENSITIVITIES: RangeInclusive<u32> = 1..=10_000_000;
/// Millimetres: from telephones to telescopes.
const FOCAL_LENGTHS: RangeInclusive<f32> = 0.5..=20_000.0;
/// From the fastest lens that was built to a pinhole.
const APERTURES: RangeInclusive<f32> = 0.3..=1024.0;

/// What stands where a name is not known, in lower case.
const NO_NAMES: [&str; 10] =
    ["unknown", "none", "n/a", "na", "null", "nil", "no lens", "undefined", "not available", "unspecified"];

/// Whether a text names a camera or a lens, rather than saying that nobody knows.
fn is_name(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.chars().any(char::is_alphanumeric)
        && !bare.bytes().all(|byte| byte == b'0')
        && !NO_NAMES.contains(&bare)
        && !["unknown lens", "unknown camera", "unknown make", "unknown model", "unknown ("]
            .iter()
            .any(|start| bare.starts_with(start))
}

/// Whether a sensitivity is one that a camera can be set to.
pub(super) fn is_sensitivity(iso: &u32) -> bool {
    SENSITIVITIES.contains(iso)
}

impl Fraction {
    /// A fraction above zero; `None` for what cameras write when they do not know.
    pub fn new(numerator: u32, denominator: u32) -> Option<Self> {
        (numerator != 0 && denominator != 0).then_some(Self { numerator, denominator })
    }

    /// A decimal number, to a millionth; `None` where it is not above zero or does not fit.
    pub(super) fn from_decimal(value: f64) -> Option<Self> {
        const PARTS: u32 = 1_000_000;
        let parts = (value * f64::from(PARTS)).round();
        (parts >= 1.0 && parts <= f64::from(u32::MAX)).then_some(Self { numerator: parts as u32, denominator: PARTS })
    }

    /// Its value.
    pub fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }
}

impl Camera {
    /// Maker and model, the maker once and without its company's form: `Canon EOS R5`, `Nikon D810`.
    pub fn camera_name(&self) -> Option<String> {
        let make = self.make.as_deref().map(maker_name);
        let Some(model) = self.model.as_deref() else { return make.map(str::to_owned) };
        let Some(make) = make else { return Some(model.to_owned()) };
        // Pentax cameras made by Ricoh are Pentax all the same, and so with every model that names a maker.
        let lower = model.to_lowercase();
        let own = MAKERS.iter().find(|(key, _)| starts_with_word(&lower, key));
        Some(match own {
            Some((key, name)) => format!("{name}{}", &model[key.len()..]),
            None if starts_with_word(&lower, &make.to_lowercase()) => model.to_owned(),
            None => format!("{make} {model}"),
        })
    }

    /// Without what no camera can have been set to, and without names that say that nobody knows.
    pub(super) fn possible(self) -> Self {
        let name = |text: Option<Box<str>>| text.filter(|text| is_name(text));
        Self {
            make: name(self.make),
            model: name(self.model),
            lens: self.lens,
            focal_length: self.focal_length.filter(|mm| FOCAL_LENGTHS.contains(mm)),
            focal_length_35mm: self.focal_length_35mm.filter(|mm| FOCAL_LENGTHS.contains(&f32::from(*mm))),
            aperture: self.aperture.filter(|number| APERTURES.contains(number)),
            shutter: self.shutter.filter(|shutter| SHUTTERS.contains(&shutter.value())),
            iso: self.iso.filter(is_sensitivity),
        }
    }

    /// The exposure time: `1/250 s`, `1/3 s`, `0.5 s`, `2 s`. From a quarter of a second on, dials have decimals; thirds have
    /// none.
    pub fn exposure_text(&self) -> Option<String> {
        let seconds = self.shutter?.value();
        let inverse = 1.0 / seconds;
        // Half a hundredth more than nothing: 0.345 is a little less in binary.
        let rounded = |digits: i32| (seconds * 10_f64.powi(digits) + 1e-9).round() / 10_f64.powi(digits);
        Some(if (inverse - 3.0).abs() < 0.05 {
            "1/3 s".to_owned()
        } else if seconds >= 0.995 {
            format!("{} s", short(rounded(1), 1))
        } else if seconds >= 0.255 {
            format!("{} s", short(rounded(2), 2))
        } else if inverse < 10.0 && (inverse - inverse.round()).abs() > 0.05 {
            format!("1/{} s", short(inverse, 1))
        } else {
            format!("1/{} s", inverse.round())
        })
    }

    /// The f-number: `f/2.8`, `f/8`, `f/0.95`.
    pub fn aperture_text(&self) -> Option<String> {
        self.aperture.map(|number| format!("f/{}", short(f64::from(number), if number < 1.0 { 2 } else { 1 })))
    }

    /// The focal length: `35 mm`, `22.5 mm`, `4.2 mm`.
    pub fn focal_length_text(&self) -> Option<String> {
        self.focal_length.map(|mm| format!("{} mm", short(f64::from(mm), 1)))
    }

    /// The sensitivity: `ISO 400`.
    pub fn iso_text(&self) -> Option<String> {
        self.iso.map(|iso| format!("ISO {iso}"))
    }
}

fn maker_name(make: &str) -> &str {
    let lower = make.to_lowercase();
    MAKERS.iter().find(|(key, _)| starts_with_word(&lower, key)).map_or(make, |(_, name)| name)
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// The lens, with its maker where its own name is nothing but numbers: `Zeiss 50mm f/1.4`.
pub(super) fn lens_name(make: Option<&str>, lens: Option<&str>) -> Option<Box<str>> {
    // A number alone is one of its maker's list, not a name.
    let lens = lens.filter(|lens| is_name(lens) && !lens.bytes().all(|byte| byte.is_ascii_digit()))?;
    // "----", "0.0 mm f/0.0" and "DT 0mm F0 SAM" are what bodies write for lenses that do not speak to them.
    if has_no_focal_length(lens) {
        return None;
    }
    let lens = &lens.replace(".0-", "-").replace(".0 mm", " mm");
    let bare = lens.starts_with(|c: char| c.is_ascii_digit());
    match make.map(maker_name).filter(|_| bare) {
        Some(make) if !lens.to_lowercase().contains(&make.to_lowercase()) => Some(format!("{make} {lens}").into()),
        _ => Some(lens.as_str().into()),
    }
}

/// Whether a lens's name gives its focal lengths, and all of them as zero.
fn has_no_focal_length(lens: &str) -> bool {
    let lower = lens.to_lowercase();
    let Some((before, _)) = lower.split_once("mm") else { return false };
    let before = before.trim_end();
    let start = before
        .rfind(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-'))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let numbers = before[start..].split('-').filter(|number| !number.is_empty());
    let mut numbers = numbers.map(|number| number.parse::<f64>()).peekable();
    numbers.peek().is_some() && numbers.all(|number| number == Ok(0.0))
}

/// At most this many decimals, without a tail of zeros.
fn short(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(make: &str, model: &str) -> Option<String> {
        let text = |text: &str| (!text.is_empty()).then(|| text.into());
        Camera { make: text(make), model: text(model), ..Camera::default() }.camera_name()
    }

    #[test]
    fn a_camera_names_its_maker_once() {
        for (make, model, expected) in [
            ("Canon", "Canon EOS R5", "Canon EOS R5"),
            ("NIKON CORPORATION", "NIKON D810", "Nikon D810"),
            ("SONY", "ILCE-7", "Sony ILCE-7"),
            ("LEICA CAMERA AG", "LEICA M (Typ 240)", "Leica M (Typ 240)"),
            ("RICOH IMAGING COMPANY, LTD.", "PENTAX K-1", "Pentax K-1"),
            ("Konica Minolta", "DYNAX 5D", "Konica Minolta DYNAX 5D"),
            ("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro"),
            ("Tinycam", "Tinycam 3", "Tinycam 3"),
            ("", "X100V", "X100V"),
            ("FUJIFILM", "", "Fujifilm"),
        ] {
            assert_eq!(name(make, model).as_deref(), Some(expected));
        }
        assert_eq!(name("", ""), None);
    }

    #[test]
    fn exposures_read_as_on_the_dial() {
        for (numerator, denominator, expected) in [
            (1, 250, "1/250 s"),
            (10, 2500, "1/250 s"),
            (16_666, 1_000_000, "1/60 s"),
            (1, 2, "0.5 s"),
            (2, 1, "2 s"),
            (30, 1, "30 s"),
            (13, 10, "1.3 s"),
            (1, 4, "1/4 s"),
            (1, 3, "1/3 s"),
            (333_333, 1_000_000, "1/3 s"),
            (3, 10, "0.3 s"),
            (345, 1000, "0.35 s"),
            (10, 25, "0.4 s"),
            (6, 10, "0.6 s"),
            (77, 100, "0.77 s"),
            (8, 10, "0.8 s"),
            (999, 1000, "1 s"),
            (1, 1, "1 s"),
            (16, 10, "1.6 s"),
            (25, 10, "2.5 s"),
            (1299, 1000, "1.3 s"),
            (60, 1, "60 s"),
            (10, 40, "1/4 s"),
            (2, 10, "1/5 s"),
            (10, 35, "0.29 s"),
            (1, 13, "1/13 s"),
            (1, 8000, "1/8000 s"),
            (1, 32_000, "1/32000 s"),
        ] {
            let camera = Camera { shutter: Fraction::new(numerator, denominator), ..Camera::default() };
            assert_eq!(camera.exposure_text().as_deref(), Some(expected));
        }
        assert_eq!(Fraction::new(0, 10), None);
    }

    #[test]
    fn numbers_carry_their_units_and_no_needless_zeros() {
        let camera = Camera { aperture: Some(2.8), focal_length: Some(35.0), iso: Some(400), ..Camera::default() };
        assert_eq!(camera.aperture_text().as_deref(), Some("f/2.8"));
        assert_eq!(camera.focal_length_text().as_deref(), Some("35 mm"));
        assert_eq!(camera.iso_text().as_deref(), Some("ISO 400"));
        assert_eq!(Camera { aperture: Some(8.0), ..Camera::default() }.aperture_text().as_deref(), Some("f/8"));
        assert_eq!(
            Camera { focal_length: Some(4.25), ..Camera::default() }.focal_length_text().as_deref(),
            Some("4.2 mm")
        );
        for (mm, expected) in
            [(100.0, "100 mm"), (22.5, "22.5 mm"), (19.96, "20 mm"), (104.9, "104.9 mm"), (1.54, "1.5 mm")]
        {
            let camera = Camera { focal_length: Some(mm), ..Camera::default() };
            assert_eq!(camera.focal_length_text().as_deref(), Some(expected));
        }
        for (number, expected) in
            [(0.95, "f/0.95"), (1.0, "f/1"), (1.8, "f/1.8"), (2.0, "f/2"), (11.0, "f/11"), (5.6, "f/5.6")]
        {
            let camera = Camera { aperture: Some(number), ..Camera::default() };
            assert_eq!(camera.aperture_text().as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_lens_without_a_name_takes_its_makers() {
        assert_eq!(lens_name(Some("NIKON"), Some("70.0-200.0 mm f/2.8")).as_deref(), Some("Nikon 70-200 mm f/2.8"));
        assert_eq!(lens_name(Some("Canon"), Some("EF50mm f/1.4 USM")).as_deref(), Some("EF50mm f/1.4 USM"));
        assert_eq!(lens_name(None, Some("----")), None);
        for nobody_knows in [
            "----",
            "- - -",
            "0",
            "224",
            "65535",
            "Unknown",
            "unknown",
            "(Unknown)",
            "Unknown Lens (51)",
            "Unknown (0)",
            "None",
            "N/A",
            "n/a",
            "No Lens",
            "0mm",
            "0 mm f/0",
            "0.0 mm f/0.0",
            "0.0-0.0 mm f/0.0-0.0",
            "0-0mm f/0-0",
            "DT 0mm F0 SAM",
            "E 0mm F0",
        ] {
            assert_eq!(lens_name(Some("NIKON"), Some(nobody_knows)), None, "{nobody_knows}");
        }
        for lens in ["E 20mm F2.8", "DT 30mm F2.8 Macro SAM", "EF100mm f/2.8L", "Lensbaby", "FE 100-400mm F4.5", "10mm"]
        {
            assert_eq!(lens_name(None, Some(lens)).as_deref(), Some(lens));
        }
    }

    #[test]
    fn what_no_camera_can_have_been_set_to_is_left_out() {
        let shutter = |above, below| Camera { shutter: Fraction::new(above, below), ..Camera::default() };
        for (above, below) in [(1, 8000), (1, 180_000), (30, 1), (3600, 1)] {
            assert_eq!(shutter(above, below).possible(), shutter(above, below));
        }
        for (above, below) in [(u32::MAX, 1), (3601, 1), (1, u32::MAX)] {
            assert_eq!(shutter(above, below).possible(), Camera::default());
        }
        let iso = |iso| Camera { iso: Some(iso), ..Camera::default() };
        for possible in [1, 100, 102_400, 4_560_000] {
            assert_eq!(iso(possible).possible(), iso(possible));
        }
        for impossible in [0, 10_000_001, u32::MAX] {
            assert_eq!(iso(impossible).possible(), Camera::default());
        }
        let lens = |focal_length: f32, aperture: f32| Camera {
            focal_length: Some(focal_length),
            aperture: Some(aperture),
            focal_length_35mm: Some(0),
            ..Camera::default()
        };
        for (focal_length, aperture) in [(1.54, 0.95), (5200.0, 512.0)] {
            let possible = Camera { focal_length_35mm: None, ..lens(focal_length, aperture) };
            assert_eq!(lens(focal_length, aperture).possible(), possible);
        }
        for value in [0.0, -1.0, f32::NAN, f32::INFINITY, 65_535.0] {
            assert_eq!(lens(value, value).possible(), Camera::default());
        }
        let named = |name: &str| Camera { make: Some(name.into()), model: Some(name.into()), ..Camera::default() };
        assert_eq!(named("Holga 120").possible(), named("Holga 120"));
        for blank in ["----", "?", "0", "000", "Unknown", "<unknown>", "N/A"] {
            assert_eq!(named(blank).possible(), Camera::default(), "{blank}");
        }
    }
}
