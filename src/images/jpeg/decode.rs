//! JPEG to pixels, reduced while decoding where that serves.

use mozjpeg_sys as sys;

use super::errors::{Complaints, Leftover, PADDING, guarded, manager};
use super::structure::{Colours, Structure, without_padding};
use crate::images::picture::{Layout, Picture};
use crate::images::{RenderError, Scratch};

/// What libjpeg needs, with every pointer between the parts set up once they no longer move.
struct Decoder {
    info: sys::jpeg_decompress_struct,
    errors: sys::jpeg_error_mgr,
    complaints: Complaints,
}

impl Decoder {
    fn new() -> Result<Box<Self>, RenderError> {
        // SAFETY: zero is a valid bit pattern for the C struct; jpeg_create_decompress fills it. The box does
        // not move, so the pointers to its parts stay valid until drop.
        unsafe {
            let mut decoder =
                Box::new(Decoder { info: std::mem::zeroed(), errors: manager(), complaints: Complaints::default() });
            let this: *mut Decoder = &mut *decoder;
            (*this).info.common.err = &raw mut (*this).errors;
            guarded(|| sys::jpeg_create_decompress(&raw mut (*this).info))?;
            (*this).info.common.client_data = (&raw mut (*this).complaints).cast();
            Ok(decoder)
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: created by jpeg_create_decompress, or zeroed, which destroy takes as nothing to do.
        unsafe { sys::jpeg_destroy_decompress(&mut self.info) }
    }
}

/// A decoded JPEG and what was odd about it.
pub(in crate::images) struct Decoded {
    pub(in crate::images) picture: Picture,
    pub(in crate::images) warnings: Vec<String>,
}

/// Decodes to at least `least` (width and height, as stored), reduced by 2, 4 or 8 where that leaves enough.
///
/// With `keep_ycc` an ordinary colour JPEG stays in its own Y'CbCr.
///
/// # Errors
/// Broken or cut data, however much of it would decode.
pub(in crate::images) fn decode(
    bytes: &[u8],
    structure: &Structure,
    least: (u32, u32),
    keep_ycc: bool,
    scratch: &mut Scratch,
) -> Result<Decoded, RenderError> {
    let bytes = &*structure.without_stray(bytes);
    let (decoded, leftover) = attempt(bytes, structure, least, keep_ycc, scratch)?;
    let Some(leftover) = leftover else { return Ok(decoded) };
    match without_padding(bytes) {
        None if leftover.bytes <= PADDING => Ok(decoded),
        None => Err(broken(&leftover.message)),
        // It was padding if all of the picture comes out without it: else it stood in for what is missing.
        Some(shorter) => {
            scratch.give_picture(decoded.picture);
            match attempt(&shorter, structure, least, keep_ycc, scratch) {
                Ok((decoded, left)) if left.as_ref().is_none_or(|left| left.bytes <= PADDING) => Ok(decoded),
                _ => Err(broken(&leftover.message)),
            }
        }
    }
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its JPEG data is broken or truncated: {what}"))
}

/// Decodes, and tells how many bytes follow the picture's data.
fn attempt(
    bytes: &[u8],
    structure: &Structure,
    least: (u32, u32),
    keep_ycc: bool,
    scratch: &mut Scratch,
) -> Result<(Decoded, Option<Leftover>), RenderError> {
    let mut decoder = Decoder::new()?;
    let this: &mut Decoder = &mut decoder;
    let info = &mut this.info;
    let reduction = reduction((structure.width, structure.height), least);
    // SAFETY: `bytes` outlives the decoder; libjpeg reads no further than its length.
    let layout = guarded(|| unsafe {
        sys::jpeg_mem_src(info, bytes.as_ptr(), bytes.len() as sys::c_ulong);
        sys::jpeg_read_header(info, 1);
        if let Some(colours) = structure.colours {
            info.jpeg_color_space = match colours {
                Colours::Grey => sys::JCS_GRAYSCALE,
                Colours::Rgb => sys::JCS_RGB,
                Colours::Ycc => sys::JCS_YCbCr,
                Colours::Cmyk => sys::JCS_CMYK,
            };
        }
        let (space, layout) = match info.jpeg_color_space {
            sys::JCS_GRAYSCALE => (sys::JCS_GRAYSCALE, Layout::Grey),
            sys::JCS_YCbCr if keep_ycc => (sys::JCS_YCbCr, Layout::Ycc),
            sys::JCS_CMYK | sys::JCS_YCCK => (sys::JCS_CMYK, Layout::Cmyk),
            _ => (sys::JCS_RGB, Layout::Rgb),
        };
        info.out_color_space = space;
        info.scale_num = 1;
        info.scale_denom = reduction;
        info.dct_method = sys::JDCT_DEFAULT;
        // Smoothing guesses at what a cut progressive file lacks; nothing is lacking in a whole one.
        info.do_block_smoothing = 0;
        sys::jpeg_start_decompress(info);
        layout
    })?;
    let (width, height) = (info.output_width as usize, info.output_height as usize);
    let row = width * layout.channels();
    if info.output_components as usize != layout.channels() {
        return Err(RenderError::new("its JPEG data has an unknown colour layout"));
    }
    let mut pixels = scratch.take(row * height);
    let read = guarded(|| {
        let mut done = 0;
        while done < height {
            let mut rows: [*mut u8; 16] = [std::ptr::null_mut(); 16];
            let mut count = 0;
            for (slot, line) in rows.iter_mut().zip(pixels[done * row..].chunks_exact_mut(row)) {
                *slot = line.as_mut_ptr();
                count += 1;
            }
            // SAFETY: `count` rows of `row` bytes each, all within `pixels`.
            let got = unsafe { sys::jpeg_read_scanlines(info, rows.as_mut_ptr(), count) };
            if got == 0 {
                break;
            }
            done += got as usize;
        }
        // Reads on to the end marker, so that a file without one is noticed.
        // SAFETY: the decoder is in the state that libjpeg asks for: all rows are read.
        unsafe { sys::jpeg_finish_decompress(info) };
        done
    })?;
    if let Some(damage) = this.complaints.damage.take() {
        scratch.give(pixels);
        return Err(broken(&damage));
    }
    if read != height {
        return Err(RenderError::new("its JPEG data ends before the last row"));
    }
    if layout == Layout::Cmyk && structure.adobe && structure.colours.is_none() {
        for sample in &mut pixels {
            *sample = 255 - *sample;
        }
    }
    let warnings = std::mem::take(&mut this.complaints.harmless);
    let picture = Picture::eight(width, height, layout, pixels)?;
    Ok((Decoded { picture, warnings }, this.complaints.leftover.take()))
}

/// 1, 2, 4 or 8: the most by which the picture can be reduced while decoding and still be as large as `least`.
pub(in crate::images) fn reduction((width, height): (u32, u32), least: (u32, u32)) -> u32 {
    let enough = |by: &u32| width.div_ceil(*by) >= least.0 && height.div_ceil(*by) >= least.1;
    [8, 4, 2].into_iter().find(enough).unwrap_or(1)
}
