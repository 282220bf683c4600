//! Reducing, by Lanczos3, in gamma space; never enlarging.

use fast_image_resize as fir;
use fir::images::{Image, ImageRef};

use super::picture::{Layout, Picture, Samples};
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
    if width == 0 || height == 0 || width > picture.width || height > picture.height {
        return Err(RenderError::new(format!(
            "a size of {width}×{height} was asked for, and the picture has {}×{}",
            picture.width, picture.height
        )));
    }
    let options = fir::ResizeOptions::new()
        .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3))
        .use_alpha(picture.layout == Layout::Rgba);
    let failed = |error: &dyn std::fmt::Display| RenderError::new(format!("it could not be resized: {error}"));
    let (from_width, from_height) = (picture.width as u32, picture.height as u32);
    let length = width * height * picture.layout.channels();
    let kind = pixel_type(picture);
    match &picture.samples {
        Samples::Eight(samples) => {
            let mut pixels = scratch.take(length);
            let from = ImageRef::new(from_width, from_height, samples, kind).map_err(|e| failed(&e))?;
            let mut to =
                Image::from_slice_u8(width as u32, height as u32, &mut pixels, kind).map_err(|e| failed(&e))?;
            scratch.resizer.resize(&from, &mut to, &options).map_err(|e| failed(&e))?;
            Picture::eight(width, height, picture.layout, pixels)
        }
        Samples::Sixteen(samples) => {
            let mut pixels = vec![0u16; length];
            // SAFETY: any u16 is two valid bytes, and bytes have no alignment to miss.
            let (_, bytes, _) = unsafe { samples.align_to::<u8>() };
            // SAFETY: as above, and any two bytes are a valid u16.
            let (_, target, _) = unsafe { pixels.align_to_mut::<u8>() };
            let from = ImageRef::new(from_width, from_height, bytes, kind).map_err(|e| failed(&e))?;
            let mut to = Image::from_slice_u8(width as u32, height as u32, target, kind).map_err(|e| failed(&e))?;
            scratch.resizer.resize(&from, &mut to, &options).map_err(|e| failed(&e))?;
            Picture::sixteen(width, height, picture.layout, pixels)
        }
    }
}

fn pixel_type(picture: &Picture) -> fir::PixelType {
    match (picture.layout.channels(), picture.is_deep()) {
        (1, false) => fir::PixelType::U8,
        (3, false) => fir::PixelType::U8x3,
        (_, false) => fir::PixelType::U8x4,
        (1, true) => fir::PixelType::U16,
        (3, true) => fir::PixelType::U16x3,
        (_, true) => fir::PixelType::U16x4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
