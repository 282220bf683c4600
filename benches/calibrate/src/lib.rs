//! What the programs of this folder share: scoring one picture against another.

use safelight::images::{Limits, Scratch, look};
use ssimulacra2::compute_frame_ssimulacra2;
use yuvxyb::{ColorPrimaries, Rgb, TransferCharacteristic};

/// The width at which the scale of quality is defined.
pub const WIDTH: u32 = 1280;

/// A picture in sRGB, as SSIMULACRA2 wants it.
pub fn frame(pixels: impl Iterator<Item = [u8; 3]>, width: usize, height: usize) -> Rgb {
    let data = pixels.map(|pixel| pixel.map(|value| f32::from(value) / 255.0)).collect();
    Rgb::new(data, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709).expect("a frame")
}

/// An encoded picture, decoded by the product's decoders.
pub fn decoded(bytes: &[u8], scratch: &mut Scratch) -> Rgb {
    let seen = look(bytes, &Limits::default(), scratch).expect("a picture");
    frame(seen.rgba.iter().map(|[r, g, b, _]| [*r, *g, *b]), seen.width, seen.height)
}

/// SSIMULACRA2: 100 is the reference itself.
pub fn score(reference: &Rgb, distorted: Rgb) -> f64 {
    compute_frame_ssimulacra2(reference.clone(), distorted).expect("a score")
}
