//! Planes as codecs give them, put together from tiles and made into colours.

use crate::images::RenderError;
use crate::images::convert::narrow;
use crate::images::picture::{Layout, Picture};

/// Planes of sixteen-bit samples: luma, or green; then blue and red differences, or blue and red.
pub(in crate::images) struct Frame {
    pub(in crate::images) width: usize,
    pub(in crate::images) height: usize,
    /// Each with the samples of a row, of which there may be more than are seen.
    pub(in crate::images) planes: Vec<(usize, Vec<u16>)>,
    /// By how many bits positions in the second and third plane are shorter, across and down.
    pub(in crate::images) shift: (u32, u32),
    pub(in crate::images) depth: u32,
    pub(in crate::images) full: bool,
    /// Code points of H.273.
    pub(in crate::images) matrix: u32,
    pub(in crate::images) primaries: u32,
    pub(in crate::images) transfer: u32,
}

/// A part of a picture: its left and upper edge, its width and height.
pub(super) type Area = (usize, usize, usize, usize);

fn broken() -> RenderError {
    RenderError::new("its parts do not fit together")
}

impl Frame {
    /// A frame like this one of another size, in which nothing is drawn yet.
    pub(super) fn canvas(&self, width: usize, height: usize) -> Self {
        let mut planes = Vec::with_capacity(self.planes.len());
        for at in 0..self.planes.len() {
            let shift = if at == 0 { (0, 0) } else { self.shift };
            let columns = width.div_ceil(1 << shift.0);
            planes.push((columns, vec![0; columns * height.div_ceil(1 << shift.1)]));
        }
        Self { width, height, planes, ..*self }
    }

    /// Draws a tile with its upper left corner at a place; what lies outside is cut off.
    ///
    /// # Errors
    /// The tile is coded otherwise than this frame.
    pub(super) fn draw(&mut self, tile: &Self, (left, top): (usize, usize)) -> Result<(), RenderError> {
        let alike = (tile.depth, tile.shift, tile.planes.len()) == (self.depth, self.shift, self.planes.len());
        if !alike || left >= self.width || top >= self.height {
            return Err(broken());
        }
        for (at, ((to_columns, to), (from_columns, from))) in self.planes.iter_mut().zip(&tile.planes).enumerate() {
            let shift = if at == 0 { (0, 0) } else { self.shift };
            // Tiles begin at whole samples of every plane (ISO/IEC 23008-12, 6.6.2.3.1).
            let (left, top) = (left >> shift.0, top >> shift.1);
            let columns = tile.width.div_ceil(1 << shift.0).min(to_columns.saturating_sub(left));
            let rows = tile.height.div_ceil(1 << shift.1);
            let lines = to.chunks_exact_mut(*to_columns).skip(top).zip(from.chunks(*from_columns)).take(rows);
            for (to, from) in lines {
                to[left..left + columns].copy_from_slice(from.get(..columns).ok_or_else(broken)?);
            }
        }
        Ok(())
    }
}

/// Red's and blue's share of luma for a code of H.273; `None` where the planes are green, blue and red themselves.
fn weights(matrix: u32) -> Result<Option<(f32, f32)>, RenderError> {
    Ok(Some(match matrix {
        0 => return Ok(None),
        1 => (0.2126, 0.0722),
        4 => (0.30, 0.11),
        // Unspecified counts as BT.601, as elsewhere in the field.
        2 | 5 | 6 => (0.299, 0.114),
        7 => (0.212, 0.087),
        9 => (0.2627, 0.0593),
        _ => return Err(RenderError::new(format!("its colour matrix ({matrix}) is not supported"))),
    }))
}

/// A sample of a picture, from a number between 0 and 1.
trait Sample: Copy {
    fn of(value: f32) -> Self;
}

impl Sample for u16 {
    fn of(value: f32) -> Self {
        (value * 65_535.0 + 0.5).clamp(0.0, 65_535.0) as Self
    }
}

impl Sample for u8 {
    fn of(value: f32) -> Self {
        narrow(u16::of(value))
    }
}

/// Black, and what lies between it and white, for luma and for colour differences.
fn range(depth: u32, full: bool) -> (f32, f32, f32) {
    let top = ((1u32 << depth) - 1) as f32;
    let unit = (1u32 << (depth - 8)) as f32;
    if full { (0.0, top, top) } else { (16.0 * unit, 219.0 * unit, 224.0 * unit) }
}

/// An area of a frame in RGB or grey, with alpha or without (H.273, 8.3), in sixteen bits if it is to be `deep`, else in eight.
///
/// # Errors
/// A matrix that is not known; alpha of another size.
pub(super) fn to_rgb(
    frame: &Frame,
    alpha: Option<&Frame>,
    (matrix, full): (u32, bool),
    deep: bool,
    area: Area,
) -> Result<Picture, RenderError> {
    let layout = match (frame.planes.len() < 3, alpha) {
        (true, Some(_)) => Layout::GreyAlpha,
        (true, None) => Layout::Grey,
        (false, Some(_)) => Layout::Rgba,
        (false, None) => Layout::Rgb,
    };
    if deep {
        Picture::sixteen(area.2, area.3, layout, samples(frame, alpha, matrix, full, area)?)
    } else {
        Picture::eight(area.2, area.3, layout, samples(frame, alpha, matrix, full, area)?)
    }
}

fn samples<S: Sample>(
    frame: &Frame,
    alpha: Option<&Frame>,
    matrix: u32,
    full: bool,
    (left, top, width, height): Area,
) -> Result<Vec<S>, RenderError> {
    let is_outside = left + width > frame.width || top + height > frame.height;
    let fits = |alpha: &Frame| (alpha.width, alpha.height) == (frame.width, frame.height);
    if is_outside || !alpha.is_none_or(fits) {
        return Err(broken());
    }
    let weights = weights(matrix)?;
    let (black, span, chroma_span) = range(frame.depth, full);
    let middle = (128u32 << (frame.depth - 8)) as f32;
    let luma = |sample: u16| (f32::from(sample) - black) / span;
    let [(columns, first), rest @ ..] = frame.planes.as_slice() else { return Err(broken()) };
    let alpha = alpha.map(|alpha| (range(alpha.depth, alpha.full), &alpha.planes[0]));
    let channels = if rest.len() < 2 { 1 } else { 3 } + usize::from(alpha.is_some());
    let mut samples = Vec::with_capacity(width * height * channels);
    for y in top..top + height {
        for x in left..left + width {
            let l = luma(first[y * columns + x]);
            if let [(columns, second), (_, third), ..] = rest {
                let near = (y >> frame.shift.1) * columns + (x >> frame.shift.0);
                let colour = match weights {
                    None => [luma(third[near]), l, luma(second[near])],
                    Some((red, blue)) => {
                        let cb = (f32::from(second[near]) - middle) / chroma_span;
                        let cr = (f32::from(third[near]) - middle) / chroma_span;
                        let r = l + 2.0 * (1.0 - red) * cr;
                        let b = l + 2.0 * (1.0 - blue) * cb;
                        [r, (l - red * r - blue * b) / (1.0 - red - blue), b]
                    }
                };
                samples.extend(colour.map(S::of));
            } else {
                samples.push(S::of(l));
            }
            if let Some(((black, span, _), (columns, plane))) = &alpha {
                samples.push(S::of((f32::from(plane[y * columns + x]) - black) / span));
            }
        }
    }
    Ok(samples)
}
