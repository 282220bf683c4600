//! CMYK without a profile: ordinary offset inks on coated paper, by the Neugebauer model.
//!
//! Each of the sixteen overprints of solid inks has a known colour; a screened colour is their mean, weighted by
//! the area that each covers (Demichel). The mean is taken in gamma space, which stands in for the spread of
//! light in paper (Yule-Nielsen). The plain formula `255 - ink` gives colours that no press can print.

use super::RenderError;
use super::convert::narrow;
use super::picture::{Layout, Picture, Samples};

/// sRGB of the solid overprints; the index has bit 0 for cyan, 1 for magenta, 2 for yellow, 3 for black.
const SOLIDS: [[f32; 3]; 16] = [
    [255.0, 255.0, 255.0],
    [0.0, 158.0, 224.0],
    [226.0, 0.0, 122.0],
    [46.0, 49.0, 146.0],
    [255.0, 237.0, 0.0],
    [0.0, 150.0, 64.0],
    [227.0, 30.0, 36.0],
    [54.0, 48.0, 46.0],
    [35.0, 31.0, 32.0],
    [0.0, 20.0, 28.0],
    [30.0, 0.0, 12.0],
    [6.0, 4.0, 18.0],
    [32.0, 28.0, 0.0],
    [0.0, 18.0, 6.0],
    [26.0, 4.0, 2.0],
    [0.0, 0.0, 0.0],
];

/// A CMYK picture in RGB of eight bits.
pub(super) fn to_rgb(picture: Picture) -> Result<Picture, RenderError> {
    let inks: Vec<u8> = match picture.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => samples.into_iter().map(narrow).collect(),
    };
    let pixels = inks.as_chunks::<4>().0.iter().flat_map(|inks| print(*inks)).collect();
    Picture::eight(picture.width, picture.height, Layout::Rgb, pixels)
}

/// One colour; 255 is full ink.
fn print(inks: [u8; 4]) -> [u8; 3] {
    let mut colours = SOLIDS;
    // Black first: each ink halves what is left.
    for (ink, half) in inks.into_iter().rev().zip([8, 4, 2, 1]) {
        let cover = f32::from(ink) / 255.0;
        let (without, with) = colours.split_at_mut(half);
        for (colour, inked) in without.iter_mut().zip(with) {
            for (value, inked) in colour.iter_mut().zip(inked) {
                *value += (*inked - *value) * cover;
            }
        }
    }
    let [colour, ..] = colours;
    colour.map(|value| (value + 0.5) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solids_print_as_themselves() {
        assert_eq!(print([0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(print([255, 0, 0, 0]), [0, 158, 224]);
        assert_eq!(print([0, 255, 255, 0]), [227, 30, 36]);
        assert_eq!(print([0, 0, 0, 255]), [35, 31, 32]);
        assert_eq!(print([255, 255, 255, 255]), [0, 0, 0]);
    }

    #[test]
    fn half_the_black_is_a_middle_grey() {
        let [r, g, b] = print([0, 0, 0, 128]);
        assert!((140..150).contains(&r) && r.abs_diff(b) < 4 && r.abs_diff(g) < 4, "{r} {g} {b}");
    }
}
