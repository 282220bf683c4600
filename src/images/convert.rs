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

/// Luma and chroma apart, chroma at half resolution: what AV1 takes.
pub(super) struct Planes {
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
    pub(super) alpha: Option<Vec<u8>>,
}

impl Planes {
    pub(super) fn give_back(self, scratch: &mut Scratch) {
        scratch.give(self.luma);
        scratch.give(self.blue);
        scratch.give(self.red);
        if let Some(alpha) = self.alpha {
            scratch.give(alpha);
        }
    }
}

/// The planes of an eight-bit picture: chroma is the mean of 2×2 pixels, of fewer at odd edges.
pub(super) fn planes(picture: &Picture, scratch: &mut Scratch) -> Result<Planes, RenderError> {
    let Samples::Eight(samples) = &picture.samples else {
        return Err(RenderError::new("AVIF is written from eight bits only"));
    };
    let (width, height) = (picture.width, picture.height);
    let small = width.div_ceil(2) * height.div_ceil(2);
    let mut planes =
        Planes { luma: scratch.take(width * height), blue: scratch.take(small), red: scratch.take(small), alpha: None };
    match picture.layout {
        Layout::Grey => {
            planes.luma.copy_from_slice(samples);
            planes.blue.fill(128);
            planes.red.fill(128);
        }
        Layout::Ycc => split(samples.as_chunks::<3>().0, width, &mut planes, |pixel| *pixel),
        Layout::Rgba => {
            let pixels = samples.as_chunks::<4>().0;
            split(pixels, width, &mut planes, |[r, g, b, _]| ycc([*r, *g, *b]));
            let mut alpha = scratch.take(width * height);
            for (to, pixel) in alpha.iter_mut().zip(pixels) {
                *to = pixel[3];
            }
            planes.alpha = Some(alpha);
        }
        Layout::Rgb | Layout::Cmyk => return Err(RenderError::new("AVIF is written from Y'CbCr only")),
    }
    Ok(planes)
}

fn split<P>(pixels: &[P], width: usize, planes: &mut Planes, ycc: impl Fn(&P) -> [u8; 3]) {
    let half = width.div_ceil(2);
    let rows = pixels.chunks(width * 2).zip(planes.luma.chunks_mut(width * 2));
    let chroma = planes.blue.chunks_mut(half).zip(planes.red.chunks_mut(half));
    for ((pair, luma), (blue, red)) in rows.zip(chroma) {
        let (top, bottom) = pair.split_at(width);
        let (luma_top, luma_bottom) = luma.split_at_mut(width);
        // The last row of an odd height stands for both.
        let (bottom, single) = if bottom.is_empty() { (top, true) } else { (bottom, false) };
        for (x, (blue, red)) in blue.iter_mut().zip(red).enumerate() {
            let (left, right) = (2 * x, (2 * x + 1).min(width - 1));
            let [a, b, c, d] = [ycc(&top[left]), ycc(&top[right]), ycc(&bottom[left]), ycc(&bottom[right])];
            luma_top[left] = a[0];
            luma_top[right] = b[0];
            if !single {
                luma_bottom[left] = c[0];
                luma_bottom[right] = d[0];
            }
            let mean = |at: usize| {
                ((u16::from(a[at]) + u16::from(b[at]) + u16::from(c[at]) + u16::from(d[at]) + 2) >> 2) as u8
            };
            *blue = mean(1);
            *red = mean(2);
        }
    }
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

    #[test]
    fn odd_edges_keep_their_chroma() {
        let pixels = vec![10, 100, 200, 20, 110, 210, 30, 120, 220];
        let picture = Picture::eight(3, 1, Layout::Ycc, pixels).unwrap();
        let planes = planes(&picture, &mut Scratch::new()).unwrap();
        assert_eq!(planes.luma, [10, 20, 30]);
        assert_eq!(planes.blue, [105, 120]);
        assert_eq!(planes.red, [205, 220]);
    }
}
