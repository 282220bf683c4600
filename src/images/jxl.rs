//! JPEG XL by `jxl-oxide`.

use std::borrow::Cow;

use jxl_oxide::{AllocTracker, JxlImage, JxlThreadPool, PixelFormat};

use super::colour::ColourSpace;
use super::picture::{Layout, Picture};
use super::resize::unpremultiply;
use super::source::{Decode, Decoded};
use super::{Limits, RenderError, Scratch, check_size};
use crate::formats::jxl::{Said, codestream, header};

/// Memory that decoding takes for each pixel: three planes of floating point, filtered and blended in copies.
const BYTES_PER_PIXEL: usize = 96;

/// A codestream whose header has been read.
pub(super) struct Structure<'a> {
    codestream: Cow<'a, [u8]>,
    said: Said,
}

fn broken(error: impl std::fmt::Display) -> RenderError {
    RenderError::new(format!("its JPEG XL data is broken or truncated: {error}"))
}

/// Reads the header.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    let codestream = codestream(bytes).ok_or_else(|| broken("it has no picture"))?;
    let said = header(&codestream).ok_or_else(|| broken("its header cannot be read"))?;
    check_size(limits, said.size.0, said.size.1)?;
    Ok(Structure { codestream, said })
}

impl Decode for Structure<'_> {
    fn size(&self) -> (u32, u32) {
        self.said.size
    }

    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        _: &Limits,
        _: &mut Scratch,
        _: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        let (width, height) = (self.said.size.0 as usize, self.said.size.1 as usize);
        let tracker = AllocTracker::with_limit(width * height * BYTES_PER_PIXEL + (64 << 20));
        // One photograph is one thread's work.
        let builder = JxlImage::builder().pool(JxlThreadPool::none()).alloc_tracker(tracker);
        let image = builder.read(&*self.codestream).map_err(broken)?;
        if image.num_loaded_keyframes() == 0 {
            return Err(broken("its picture is not all there"));
        }
        let format = image.pixel_format();
        let layout = match format {
            PixelFormat::Gray => Layout::Grey,
            PixelFormat::Graya => Layout::GreyAlpha,
            PixelFormat::Rgb => Layout::Rgb,
            PixelFormat::Rgba => Layout::Rgba,
            PixelFormat::Cmyk => Layout::Cmyk,
            PixelFormat::Cmyka => return Err(RenderError::new("it is a transparent CMYK picture; export it as RGB")),
        };
        let space = match image.rendered_cicp() {
            Some([primaries, transfer, ..]) => {
                // All that PQ can code is what encoders write where they know nothing.
                let peak = image.image_header().metadata.tone_mapping.intensity_target.max(0.0) as u16;
                ColourSpace::of_cicp(primaries, transfer, if peak < 10_000 { peak } else { 0 })
            }
            None => match image.rendered_icc() {
                icc if icc.is_empty() => ColourSpace::Srgb,
                icc => ColourSpace::Icc(icc),
            },
        };
        let render = image.render_frame(0).map_err(broken)?;
        let premultiplied =
            image.image_header().metadata.ec_info.iter().any(|extra| extra.alpha_associated() == Some(true));
        let mut stream = render.stream();
        if (stream.width() as usize, stream.height() as usize, stream.channels() as usize)
            != (width, height, layout.channels())
        {
            return Err(broken("its picture has another size than its header says"));
        }
        let length = width * height * layout.channels();
        let is_deep = self.said.bits > 8 || premultiplied;
        let mut picture = if is_deep {
            let mut samples = vec![0_u16; length];
            stream.write_to_buffer(&mut samples);
            Picture::sixteen(width, height, layout, samples)?
        } else {
            let mut samples = vec![0_u8; length];
            stream.write_to_buffer(&mut samples);
            Picture::eight(width, height, layout, samples)?
        };
        if premultiplied {
            unpremultiply(&mut picture)?;
        }
        Ok(Decoded { picture, space })
    }
}
