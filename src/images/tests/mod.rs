//! Whole walks from bytes to bytes, on sources made here.

mod animations;
mod colours;
mod hostile;
mod jpegs;
mod make;
mod marks;
mod telephones;
mod tiffs;
mod walks;

use super::picture::{Layout, Samples};
use super::*;
use crate::formats::sniff;

impl Pixels {
    fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.rgba[y * self.width + x]
    }
}

/// Whether two colours are alike within `by` steps in every channel.
fn near(a: [u8; 4], b: [u8; 4], by: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= by)
}

/// The pixels of what must decode without a warning.
fn seen(bytes: &[u8]) -> Pixels {
    let pixels = look(bytes, &Limits::default(), &mut Scratch::new()).unwrap();
    assert_eq!(pixels.warnings, Vec::<String>::new());
    pixels
}

fn recipe(format: Format, width: u32, height: u32) -> Recipe {
    Recipe { format, width, height, quality: 92, background: [255; 3], max_bytes: None, mark: None }
}

fn try_render(bytes: &[u8], recipes: &[Recipe]) -> Result<Rendered, RenderError> {
    render(&Source { bytes, orientation: 1 }, recipes, &Limits::default(), &mut Scratch::new())
}

/// Renders what must succeed without a warning.
fn rendered(bytes: &[u8], recipes: &[Recipe]) -> Rendered {
    let rendered = try_render(bytes, recipes).unwrap();
    assert_eq!(rendered.warnings, Vec::<String>::new());
    rendered
}
