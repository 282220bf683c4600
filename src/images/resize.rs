//! Reducing, by Lanczos3, in gamma space; never enlarging.

use fast_image_resize as fir;
use fir::images::{Image, ImageRef};

use super::picture::{Picture, Samples};
use super::{RenderError, Scratch};

/// The picture at another, smaller size.
///
/// # Errors
/// A size of zero or above the picture's own.
pub(super) fn resize(
    picture: &Picture,
    width: usize,
    height: usize,
    scratch: &mut Scratch,
) -> Result<Picture, RenderError> {
    convolve(picture, width, height, picture.layout.has_alpha(), scratch)
}

/// The same of a picture that is wanted no more: transparency costs no second copy of it.
///
/// # Errors
/// As [`resize`].
pub(super) fn reduce(
    mut picture: Picture,
    width: usize,
    height: usize,
    scratch: &mut Scratch,
) -> Result<Picture, RenderError> {
    if picture.layout.has_alpha() {
        in_place(&mut picture, |image| fir::MulDiv::new().multiply_alpha_inplace(image))?;
    }
    let mut reduced = convolve(&picture, width, height, false, scratch)?;
    scratch.give_picture(picture);
    unpremultiply(&mut reduced)?;
    Ok(reduced)
}

/// Colours that have been multiplied by their alpha become themselves again; a picture without alpha stays as it is.
pub(super) fn unpremultiply(picture: &mut Picture) -> Result<(), RenderError> {
    if !picture.layout.has_alpha() {
        return Ok(());
    }
    in_place(picture, |image| fir::MulDiv::new().divide_alpha_inplace(image))
}

fn failed(error: &dyn std::fmt::Display) -> RenderError {
    RenderError::new(format!("it could not be resized: {error}"))
}

fn in_place<E: std::fmt::Display>(
    picture: &mut Picture,
    work: impl FnOnce(&mut Image<'_>) -> Result<(), E>,
) -> Result<(), RenderError> {
    let (width, height, kind) = (picture.width as u32, picture.height as u32, pixel_type(picture));
    let bytes = match &mut picture.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => bytemuck::cast_slice_mut(samples),
    };
    let mut image = Image::from_slice_u8(width, height, bytes, kind).map_err(|error| failed(&error))?;
    work(&mut image).map_err(|error| failed(&error))
}

fn convolve(
    picture: &Picture,
    width: usize,
    height: usize,
    premultiply: bool,
    scratch: &mut Scratch,
) -> Result<Picture, RenderError> {
    if width == 0 || height == 0 || width > picture.width || height > picture.height {
        return Err(RenderError::new(format!(
            "a size of {width}×{height} was asked for, and the picture has {}×{}",
            picture.width, picture.height
        )));
    }
    let options = fir::ResizeOptions::new()
        .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3))
        .use_alpha(premultiply);
    let length = width * height * picture.layout.channels();
    let mut resized = match picture.samples {
        Samples::Eight(_) => Picture::eight(width, height, picture.layout, scratch.take(length))?,
        Samples::Sixteen(_) => Picture::sixteen(width, height, picture.layout, vec![0; length])?,
    };
    let bytes = match &picture.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => bytemuck::cast_slice(samples),
    };
    let from = ImageRef::new(picture.width as u32, picture.height as u32, bytes, pixel_type(picture))
        .map_err(|error| failed(&error))?;
    in_place(&mut resized, |to| scratch.resizer.resize(&from, to, &options))?;
    Ok(resized)
}

fn pixel_type(picture: &Picture) -> fir::PixelType {
    match (picture.layout.channels(), picture.is_deep()) {
        (1, false) => fir::PixelType::U8,
        (2, false) => fir::PixelType::U8x2,
        (3, false) => fir::PixelType::U8x3,
        (_, false) => fir::PixelType::U8x4,
        (1, true) => fir::PixelType::U16,
        (2, true) => fir::PixelType::U16x2,
        (3, true) => fir::PixelType::U16x3,
        (_, true) => fir::PixelType::U16x4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::picture::Layout;

    #[test]
    fn a_picture_is_never_enlarged() {
        let picture = Picture::eight(4, 4, Layout::Grey, vec![7; 16]).unwrap();
        assert!(resize(&picture, 5, 4, &mut Scratch::new()).is_err());
        assert!(resize(&picture, 4, 5, &mut Scratch::new()).is_err());
        assert!(resize(&picture, 0, 4, &mut Scratch::new()).is_err());
    }

    #[test]
    fn what_is_transparent_does_not_bleed_into_its_neighbours() {
        // Half opaque red, half transparent green: no green may show in the opaque part.
        let mut pixels = Vec::new();
        for at in 0..64 * 64 {
            pixels.extend(if at % 64 < 33 { [255, 0, 0, 255] } else { [0, 255, 0, 0] });
        }
        let picture = Picture::eight(64, 64, Layout::Rgba, pixels).unwrap();
        let small = resize(&picture, 16, 16, &mut Scratch::new()).unwrap();
        let Samples::Eight(pixels) = small.samples else { unreachable!() };
        for pixel in pixels.as_chunks::<4>().0 {
            assert!(pixel[3] < 8 || pixel[1] < 40, "{pixel:?}");
        }
    }

    #[test]
    fn a_picture_that_is_wanted_no_more_is_reduced_to_the_same_pixels() {
        for layout in [Layout::Grey, Layout::GreyAlpha, Layout::Rgb, Layout::Rgba] {
            let samples = (0..60 * 40 * layout.channels()).map(|at| (at * 31_337 % 65_536) as u16);
            let deep = Picture::sixteen(60, 40, layout, samples.clone().collect()).unwrap();
            let eight = Picture::eight(60, 40, layout, samples.map(|sample| (sample >> 8) as u8).collect()).unwrap();
            for picture in [deep, eight] {
                let wanted = resize(&picture, 23, 17, &mut Scratch::new()).unwrap();
                assert_eq!(reduce(picture, 23, 17, &mut Scratch::new()).unwrap(), wanted, "{layout:?}");
            }
        }
    }

    #[test]
    fn memory_for_a_large_transparent_picture_is_given_back() {
        let mut scratch = Scratch::new();
        let picture = Picture::eight(8000, 4000, Layout::Rgba, vec![9; 8000 * 4000 * 4]).unwrap();
        resize(&picture, 80, 40, &mut scratch).unwrap();
        assert!(scratch.resizer.size_of_internal_buffers() > 100 << 20);
        scratch.trim();
        assert_eq!(scratch.resizer.size_of_internal_buffers(), 0);
        // What ordinary photographs need stays.
        reduce(picture, 80, 40, &mut scratch).unwrap();
        let kept = scratch.resizer.size_of_internal_buffers();
        scratch.trim();
        assert_eq!(scratch.resizer.size_of_internal_buffers(), kept);
    }
}
