//! The eight orientations of Exif (tag 0x0112), applied to pixels.

use super::picture::{Picture, Samples};
use super::{RenderError, Scratch};

/// Whether an orientation lays the picture on its side.
pub(super) fn swaps_sides(orientation: u8) -> bool {
    (5..=8).contains(&orientation)
}

/// The picture as it is to be shown. Orientations outside 1 to 8 count as 1.
pub(super) fn orient(picture: Picture, orientation: u8, scratch: &mut Scratch) -> Result<Picture, RenderError> {
    if !(2..=8).contains(&orientation) {
        return Ok(picture);
    }
    let (width, height, layout) = (picture.width, picture.height, picture.layout);
    let (new_width, new_height) = if swaps_sides(orientation) { (height, width) } else { (width, height) };
    match &picture.samples {
        Samples::Eight(from) => {
            let mut to = scratch.take(from.len());
            turn(from, &mut to, width, height, layout.channels(), orientation);
            scratch.give_picture(picture);
            Picture::eight(new_width, new_height, layout, to)
        }
        Samples::Sixteen(from) => {
            let mut to = vec![0; from.len()];
            turn(from, &mut to, width, height, layout.channels(), orientation);
            Picture::sixteen(new_width, new_height, layout, to)
        }
    }
}

fn turn<T: Copy>(from: &[T], to: &mut [T], width: usize, height: usize, channels: usize, orientation: u8) {
    match channels {
        1 => turn_pixels(from.as_chunks::<1>().0, to.as_chunks_mut::<1>().0, width, height, orientation),
        2 => turn_pixels(from.as_chunks::<2>().0, to.as_chunks_mut::<2>().0, width, height, orientation),
        3 => turn_pixels(from.as_chunks::<3>().0, to.as_chunks_mut::<3>().0, width, height, orientation),
        _ => turn_pixels(from.as_chunks::<4>().0, to.as_chunks_mut::<4>().0, width, height, orientation),
    }
}

/// Pixels of a tile's side: a tile of source and one of destination fit the first cache together.
const TILE: usize = 32;

fn turn_pixels<P: Copy>(from: &[P], to: &mut [P], width: usize, height: usize, orientation: u8) {
    let new_width = if swaps_sides(orientation) { height } else { width };
    for tile_y in (0..height).step_by(TILE) {
        for tile_x in (0..width).step_by(TILE) {
            for y in tile_y..(tile_y + TILE).min(height) {
                for x in tile_x..(tile_x + TILE).min(width) {
                    let (right, down) = (width - 1 - x, height - 1 - y);
                    let (new_x, new_y) = match orientation {
                        2 => (right, y),
                        3 => (right, down),
                        4 => (x, down),
                        5 => (y, x),
                        6 => (down, x),
                        7 => (down, right),
                        _ => (y, right),
                    };
                    to[new_y * new_width + new_x] = from[y * width + x];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::picture::Layout;

    /// `abc` over `def`, turned by each orientation as the Exif standard draws it.
    #[test]
    fn every_orientation_lands_where_the_standard_says() {
        let wanted: [(u8, usize, &[u8]); 9] = [
            (0, 3, b"abcdef"),
            (1, 3, b"abcdef"),
            (2, 3, b"cbafed"),
            (3, 3, b"fedcba"),
            (4, 3, b"defabc"),
            (5, 2, b"adbecf"),
            (6, 2, b"daebfc"),
            (7, 2, b"fcebda"),
            (8, 2, b"cfbead"),
        ];
        for (orientation, width, pixels) in wanted {
            let picture = Picture::eight(3, 2, Layout::Grey, b"abcdef".to_vec()).unwrap();
            let turned = orient(picture, orientation, &mut Scratch::new()).unwrap();
            assert_eq!(
                turned,
                Picture::eight(width, 6 / width, Layout::Grey, pixels.to_vec()).unwrap(),
                "{orientation}"
            );
        }
    }

    #[test]
    fn deep_and_large_pictures_turn_the_same_way() {
        let pixels: Vec<u16> = (0..100 * 70 * 3).map(|at| at as u16).collect();
        let picture = Picture::sixteen(100, 70, Layout::Rgb, pixels).unwrap();
        let mut turned = picture.clone();
        for _ in 0..4 {
            turned = orient(turned, 6, &mut Scratch::new()).unwrap();
        }
        assert_eq!(turned, picture);
    }
}
