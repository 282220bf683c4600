//! Interleaved pixels to the planes that AV1 takes.

use crate::images::convert::ycc;
use crate::images::picture::{Layout, Picture, Samples};
use crate::images::{RenderError, Scratch};

/// Luma and chroma apart, chroma at half resolution: what AV1 takes.
pub(in crate::images) struct Planes {
    pub(in crate::images) luma: Vec<u8>,
    pub(in crate::images) blue: Vec<u8>,
    pub(in crate::images) red: Vec<u8>,
    pub(in crate::images) alpha: Option<Vec<u8>>,
}

impl Planes {
    pub(in crate::images) fn give_back(self, scratch: &mut Scratch) {
        scratch.give(self.luma);
        scratch.give(self.blue);
        scratch.give(self.red);
        if let Some(alpha) = self.alpha {
            scratch.give(alpha);
        }
    }
}

/// The planes of an eight-bit picture: chroma is the mean of 2×2 pixels, of fewer at odd edges.
pub(in crate::images) fn planes(picture: &Picture, scratch: &mut Scratch) -> Result<Planes, RenderError> {
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
        Layout::Ycc => split(samples.as_chunks::<3>().0, width, &mut planes, |pixel| *pixel, mean),
        Layout::Rgba => {
            let pixels = samples.as_chunks::<4>().0;
            let with_alpha = |[r, g, b, alpha]: &[u8; 4]| {
                let [y, cb, cr] = ycc([*r, *g, *b]);
                [y, cb, cr, *alpha]
            };
            split(pixels, width, &mut planes, with_alpha, mean_of_the_seen);
            let mut alpha = scratch.take(width * height);
            for (to, pixel) in alpha.iter_mut().zip(pixels) {
                *to = pixel[3];
            }
            planes.alpha = Some(alpha);
        }
        Layout::GreyAlpha | Layout::Rgb | Layout::Cmyk => {
            return Err(RenderError::new("AVIF is written from Y'CbCr only"));
        }
    }
    Ok(planes)
}

/// The mean of one component of four pixels.
fn mean([a, b, c, d]: &[[u8; 3]; 4], at: usize) -> u8 {
    ((u16::from(a[at]) + u16::from(b[at]) + u16::from(c[at]) + u16::from(d[at]) + 2) >> 2) as u8
}

/// The same, each by its alpha: what is not seen has no say in the colour of what is.
fn mean_of_the_seen(pixels: &[[u8; 4]; 4], at: usize) -> u8 {
    let (mut sum, mut weight) = (0, 0);
    for pixel in pixels {
        sum += u32::from(pixel[at]) * u32::from(pixel[3]);
        weight += u32::from(pixel[3]);
    }
    // No colour where nothing is seen.
    (sum + weight / 2).checked_div(weight).unwrap_or(128) as u8
}

fn split<P, const CHANNELS: usize>(
    pixels: &[P],
    width: usize,
    planes: &mut Planes,
    ycc: impl Fn(&P) -> [u8; CHANNELS],
    mean: impl Fn(&[[u8; CHANNELS]; 4], usize) -> u8,
) {
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
            let four @ [a, b, c, d] = [ycc(&top[left]), ycc(&top[right]), ycc(&bottom[left]), ycc(&bottom[right])];
            luma_top[left] = a[0];
            luma_top[right] = b[0];
            if !single {
                luma_bottom[left] = c[0];
                luma_bottom[right] = d[0];
            }
            *blue = mean(&four, 1);
            *red = mean(&four, 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_edges_keep_their_chroma() {
        let pixels = vec![10, 100, 200, 20, 110, 210, 30, 120, 220];
        let picture = Picture::eight(3, 1, Layout::Ycc, pixels).unwrap();
        let planes = planes(&picture, &mut Scratch::new()).unwrap();
        assert_eq!(planes.luma, [10, 20, 30]);
        assert_eq!(planes.blue, [105, 120]);
        assert_eq!(planes.red, [205, 220]);
    }

    #[test]
    fn what_is_not_seen_has_no_say_in_the_chroma() {
        let [_, blue, red] = ycc([200, 40, 40]);
        let mut pixels = [[0, 255, 0, 0]; 8];
        pixels[0] = [200, 40, 40, 255];
        let picture = Picture::eight(4, 2, Layout::Rgba, pixels.concat()).unwrap();
        let planes = planes(&picture, &mut Scratch::new()).unwrap();
        assert_eq!((planes.blue, planes.red), (vec![blue, 128], vec![red, 128]));
    }
}
