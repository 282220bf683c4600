//! Profiles that are tables of measured colours, and whatever else is no curve and matrix from black on: by Little CMS.
//!
//! Between the points of a table every library interpolates in its own way, and for inks that shows; where curves do not
//! begin at black, libraries differ in what becomes of it. So these profiles are read by the library that programs for
//! pictures are held to. Other curves and matrices leave no such choice.

use lcms2::{
    ColorSpaceSignature, DisallowCache, Flags, Intent, PixelFormat, Profile, ProfileClassSignature, ThreadContext,
    Transform,
};

use super::picture::Layout;

/// A conversion to sRGB.
pub(super) struct Tables(Transform<u8, u8, ThreadContext, DisallowCache>);

impl Tables {
    /// From an ICC profile, for pixels of this layout and depth, by the perceptual intent, which has black point
    /// compensation (ISO 18619) on the way to Little CMS's sRGB: printed blacks do not come out as the dark grey that they
    /// are on paper.
    ///
    /// # Errors
    /// The profile is broken, of a kind that pictures do not have, or for another layout.
    pub(super) fn new(icc: &[u8], layout: Layout, deep: bool) -> Result<Self, String> {
        let context = ThreadContext::new();
        let profile = Profile::new_icc_context(&context, icc).map_err(|_| "it cannot be read".to_owned())?;
        let class = profile.device_class();
        if !matches!(
            class,
            ProfileClassSignature::InputClass
                | ProfileClassSignature::DisplayClass
                | ProfileClassSignature::OutputClass
                | ProfileClassSignature::ColorSpaceClass
        ) {
            return Err("it is of a kind that is not for pictures".to_owned());
        }
        let (space, from) = match (layout, deep) {
            (Layout::Cmyk, false) => (ColorSpaceSignature::CmykData, PixelFormat::CMYK_8),
            (Layout::Cmyk, true) => (ColorSpaceSignature::CmykData, PixelFormat::CMYK_16),
            (Layout::Rgb | Layout::Ycc, false) => (ColorSpaceSignature::RgbData, PixelFormat::RGB_8),
            (Layout::Rgb | Layout::Ycc, true) => (ColorSpaceSignature::RgbData, PixelFormat::RGB_16),
            (Layout::Rgba, false) => (ColorSpaceSignature::RgbData, PixelFormat::RGBA_8),
            (Layout::Rgba, true) => (ColorSpaceSignature::RgbData, PixelFormat::RGBA_16),
            (Layout::Grey, false) => (ColorSpaceSignature::GrayData, PixelFormat::GRAY_8),
            (Layout::Grey, true) => (ColorSpaceSignature::GrayData, PixelFormat::GRAY_16),
            (Layout::GreyAlpha, _) => return Err("grey with alpha is converted as grey".to_owned()),
        };
        if profile.color_space() != space {
            return Err("it is for another kind of picture".to_owned());
        }
        let to = match (layout, deep) {
            (Layout::Rgba, _) => from,
            (_, false) => PixelFormat::RGB_8,
            (_, true) => PixelFormat::RGB_16,
        };
        let srgb = Profile::new_srgb_context(&context);
        let flags = Flags::NO_CACHE | Flags::COPY_ALPHA;
        Transform::new_flags_context(&context, &profile, from, &srgb, to, Intent::Perceptual, flags)
            .map(Self)
            .map_err(|_| "its tables cannot be used".to_owned())
    }

    /// Converts whole pixels; both sides are bytes of the layouts that [`Tables::new`] was given, and of as many pixels.
    pub(super) fn convert(&self, from: &[u8], to: &mut [u8]) {
        self.0.transform_pixels(from, to);
    }
}
