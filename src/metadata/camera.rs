//! Camera data as people say it: `Canon EOS R5`, `1/250 s`, `f/2.8`, `35 mm`, `ISO 400`.

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

impl Fraction {
    /// A fraction above zero; `None` for what cameras write when they do not know.
    pub fn new(numerator: u32, denominator: u32) -> Option<Self> {
        (numerator != 0 && denominator != 0).then_some(Self { numerator, denominator })
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

    /// The exposure time: `1/250 s`, `0.5 s`, `2 s`.
    pub fn exposure_text(&self) -> Option<String> {
        let seconds = self.shutter?.value();
        let inverse = 1.0 / seconds;
        Some(if seconds >= 0.3 {
            format!("{} s", short(seconds, 1))
        } else if inverse < 10.0 && (inverse - inverse.round()).abs() > 0.05 {
            format!("1/{} s", short(inverse, 1))
        } else {
            format!("1/{} s", inverse.round())
        })
    }

    /// The f-number: `f/2.8`, `f/8`.
    pub fn aperture_text(&self) -> Option<String> {
        self.aperture.map(|number| format!("f/{}", short(f64::from(number), 1)))
    }

    /// The focal length: `35 mm`, `4.2 mm`.
    pub fn focal_length_text(&self) -> Option<String> {
        self.focal_length.map(|mm| format!("{} mm", short(f64::from(mm), if mm < 20.0 { 1 } else { 0 })))
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
    let lens =
        lens.filter(|lens| lens.chars().any(char::is_alphanumeric) && !matches!(*lens, "0" | "Unknown" | "None"))?;
    // "----" and "0.0 mm f/0.0" are what bodies write for lenses that do not speak to them.
    if lens.starts_with("0.0") || lens.starts_with("0 mm") {
        return None;
    }
    let lens = &lens.replace(".0-", "-").replace(".0 mm", " mm");
    let bare = lens.starts_with(|c: char| c.is_ascii_digit());
    match make.map(maker_name).filter(|_| bare) {
        Some(make) if !lens.to_lowercase().contains(&make.to_lowercase()) => Some(format!("{make} {lens}").into()),
        _ => Some(lens.as_str().into()),
    }
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
            (1, 3, "0.3 s"),
            (10, 25, "0.4 s"),
            (1, 8000, "1/8000 s"),
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
        assert_eq!(
            Camera { focal_length: Some(100.0), ..Camera::default() }.focal_length_text().as_deref(),
            Some("100 mm")
        );
    }

    #[test]
    fn a_lens_without_a_name_takes_its_makers() {
        assert_eq!(lens_name(Some("NIKON"), Some("70.0-200.0 mm f/2.8")).as_deref(), Some("Nikon 70-200 mm f/2.8"));
        assert_eq!(lens_name(Some("Canon"), Some("EF50mm f/1.4 USM")).as_deref(), Some("EF50mm f/1.4 USM"));
        assert_eq!(lens_name(None, Some("----")), None);
        assert_eq!(lens_name(Some("NIKON"), Some("0.0 mm f/0.0")), None);
    }
}
