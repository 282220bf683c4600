//! Whole walks from bytes to bytes, on sources made here.

mod colours;
mod hostile;
mod jpegs;
mod make;
mod walks;

use super::picture::{Layout, Samples};
use super::*;

/// A picture's pixels again, in sRGB, eight bits, RGBA.
struct Seen {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Seen {
    fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.pixels[y * self.width + x]
    }
}

/// Whether two colours are alike within `by` steps in every channel.
fn near(a: [u8; 4], b: [u8; 4], by: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= by)
}

fn look(bytes: &[u8]) -> Seen {
    let limits = Limits::default();
    let scratch = &mut Scratch::new();
    let (_, opened) = source::open(bytes, &limits).unwrap();
    let mut warnings = Vec::new();
    let decoded = opened.decode(bytes, opened.shown(1), &limits, scratch, &mut warnings).unwrap();
    let picture = colour::to_srgb(decoded.picture, &decoded.space, scratch, &mut warnings).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    let picture = convert::to_eight(picture);
    let Samples::Eight(samples) = picture.samples else { unreachable!() };
    let pixels = samples
        .chunks_exact(picture.layout.channels())
        .map(|pixel| match (picture.layout, pixel) {
            (Layout::Ycc, &[y, cb, cr]) => {
                let [r, g, b] = convert::rgb([y, cb, cr]);
                [r, g, b, 255]
            }
            (_, &[grey]) => [grey, grey, grey, 255],
            (_, &[r, g, b]) => [r, g, b, 255],
            (_, &[r, g, b, a]) => [r, g, b, a],
            _ => unreachable!(),
        })
        .collect();
    Seen { width: picture.width, height: picture.height, pixels }
}

fn recipe(format: Format, width: u32, height: u32) -> Recipe {
    Recipe { format, width, height, quality: 92, background: [255; 3], max_bytes: None }
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
