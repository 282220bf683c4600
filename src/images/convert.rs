//! Between the layouts and depths, without change of colour space.

use super::picture::{Layout, Picture, Samples};
use super::{RenderError, Scratch};

/// BT.601 full range, as JFIF has it, in 16-bit fixed point.
const BITS: u32 = 16;
const HALF: i32 = 1 << (BITS - 1);

const fn fixed(value: f64) -> i32 {
    (value * (1 << BITS) as f64 + 0.5) as i32
}

/// The Y'CbCr of one colour.
#[inline]
pub(super) fn ycc([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let y = (fixed(0.299) * r + fixed(0.587) * g + fixed(0.114) * b + HALF) >> BITS;
    // The last fraction below a half keeps 255 from rounding to 256, as in libjpeg.
    let cb = (fixed(0.5) * b - fixed(0.331_264_108) * g - fixed(0.168_735_892) * r + (128 << BITS) + HALF - 1) >> BITS;
    let cr = (fixed(0.5) * r - fixed(0.418_687_589) * g - fixed(0.081_312_411) * b + (128 << BITS) + HALF - 1) >> BITS;
    [y.clamp(0, 255) as u8, cb.clamp(0, 255) as u8, cr.clamp(0, 255) as u8]
}

/// The RGB of one Y'CbCr colour.
#[inline]
pub(super) fn rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << BITS, i32::from(cb) - 128, i32::from(cr) - 128);
    let r = (y + fixed(1.402) * cr + HALF) >> BITS;
    let g = (y - fixed(0.344_136_286) * cb - fixed(0.714_136_286) * cr + HALF) >> BITS;
    let b = (y + fixed(1.772) * cb + HALF) >> BITS;
    [r.clamp(0, 255) as u8, g.clamp(0, 255) as u8, b.clamp(0, 255) as u8]
}

/// Sixteen bits to eight, rounded.
#[inline]
pub(super) fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u8
}

/// The picture with eight bits for a sample.
pub(super) fn to_eight(picture: Picture) -> Picture {
    match picture.samples {
        Samples::Eight(_) => picture,
        Samples::Sixteen(samples) => {
            Picture { samples: Samples::Eight(samples.into_iter().map(narrow).collect()), ..picture }
        }
    }
}

/// Eight-bit RGB becomes Y'CbCr in place; anything else stays as it is.
pub(super) fn to_ycc(mut picture: Picture) -> Picture {
    if let (Layout::Rgb, Samples::Eight(samples)) = (picture.layout, &mut picture.samples) {
        for pixel in samples.as_chunks_mut::<3>().0 {
            *pixel = ycc(*pixel);
        }
        picture.layout = Layout::Ycc;
    }
    picture
}

/// Alpha is dropped where every pixel is opaque.
pub(super) fn drop_opaque_alpha(picture: Picture) -> Picture {
    if picture.layout != Layout::Rgba {
        return picture;
    }
    fn without<T: Copy + PartialEq>(samples: &[T], opaque: T) -> Option<Vec<T>> {
        let pixels = samples.as_chunks::<4>().0;
        pixels
            .iter()
            .all(|pixel| pixel[3] == opaque)
            .then(|| pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect())
    }
    let samples = match &picture.samples {
        Samples::Eight(samples) => without(samples, 255).map(Samples::Eight),
        Samples::Sixteen(samples) => without(samples, 65_535).map(Samples::Sixteen),
    };
    match samples {
        Some(samples) => Picture { layout: Layout::Rgb, samples, ..picture },
        None => picture,
    }
}

/// An RGBA picture on a background, as Y'CbCr. Anything else is not transparent and is refused.
pub(super) fn flatten(picture: &Picture, background: [u8; 3], scratch: &mut Scratch) -> Result<Picture, RenderError> {
    let (Layout::Rgba, Samples::Eight(samples)) = (picture.layout, &picture.samples) else {
        return Err(RenderError::new("only a transparent picture of eight bits can be flattened"));
    };
    let mut flat = scratch.take(picture.width * picture.height * 3);
    for (to, &[r, g, b, a]) in flat.as_chunks_mut::<3>().0.iter_mut().zip(samples.as_chunks::<4>().0) {
        let alpha = u32::from(a);
        let over =
            |front: u8, back: u8| ((u32::from(front) * alpha + u32::from(back) * (255 - alpha) + 127) / 255) as u8;
        *to = ycc([over(r, background[0]), over(g, background[1]), over(b, background[2])]);
    }
    Picture::eight(picture.width, picture.height, Layout::Ycc, flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_known_components() {
        assert_eq!(ycc([255, 255, 255]), [255, 128, 128]);
        assert_eq!(ycc([0, 0, 0]), [0, 128, 128]);
        assert_eq!(ycc([255, 0, 0]), [76, 85, 255]);
        assert_eq!(ycc([0, 0, 255]), [29, 255, 107]);
    }

    #[test]
    fn there_and_back_stays_within_two_steps() {
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let back = rgb(ycc([r, g, b]));
                    for (a, b) in [r, g, b].into_iter().zip(back) {
                        assert!(a.abs_diff(b) <= 2, "{r} {g} {b}: {back:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn sixteen_bits_round_to_the_nearest_eight() {
        assert_eq!([0, 128, 129, 65_535, 65_535 - 128, 65_535 - 129].map(narrow), [0, 0, 1, 255, 255, 254]);
    }
}
