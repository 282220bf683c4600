//! Pixels to JPEG: baseline, with Huffman tables made for the picture up to [`OPTIMISED_WIDTH`].
//!
//! Progressive files were 0 to 3 % smaller for twice to three times the time, trellis quantisation 10 % for eight times.

use mozjpeg_sys as sys;

use super::errors::{guarded, manager};
use crate::images::RenderError;
use crate::images::picture::{Layout, Picture, Samples};

/// Tables of a picture's own spare 5 % of its bytes and take another pass over all of it: an eighth of the whole work
/// on a photograph, nearly all of it for the two largest sizes. Small pictures are fetched most, so they have it.
const OPTIMISED_WIDTH: usize = 1280;

struct Encoder {
    info: sys::jpeg_compress_struct,
    errors: sys::jpeg_error_mgr,
    sink: sys::jpeg_destination_mgr,
    /// What is written so far; its spare capacity is where libjpeg writes next.
    output: Vec<u8>,
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: created by jpeg_create_compress, or zeroed, which destroy takes as nothing to do.
        unsafe { sys::jpeg_destroy_compress(&mut self.info) }
    }
}

/// Encodes grey or Y'CbCr pixels of eight bits at libjpeg's `quality`, with colours at half resolution (4:2:0)
/// unless `full_chroma`.
///
/// # Errors
/// A picture of another layout or depth, or too large for the format.
pub(in crate::images) fn encode(picture: &Picture, quality: u8, full_chroma: bool) -> Result<Vec<u8>, RenderError> {
    let Samples::Eight(pixels) = &picture.samples else {
        return Err(RenderError::new("JPEG is written from eight bits only"));
    };
    let (space, components) = match picture.layout {
        Layout::Grey => (sys::JCS_GRAYSCALE, 1),
        Layout::Ycc => (sys::JCS_YCbCr, 3),
        _ => return Err(RenderError::new("JPEG is written from grey or Y'CbCr only")),
    };
    // SAFETY: zero is valid for the C structs; jpeg_create_compress fills them. The box does not move, so the
    // pointers between its parts stay valid until drop. libjpeg reads the rows it is given and no more, and
    // writes to the capacity of `output` that it was told of.
    unsafe {
        let mut encoder = Box::new(Encoder {
            info: std::mem::zeroed(),
            errors: manager(),
            sink: std::mem::zeroed(),
            output: Vec::with_capacity(pixels.len() / 8 + 4096),
        });
        let this: *mut Encoder = &mut *encoder;
        (*this).info.common.err = &raw mut (*this).errors;
        (*this).sink.init_destination = Some(offer);
        (*this).sink.empty_output_buffer = Some(grow);
        (*this).sink.term_destination = Some(finish);
        guarded(|| {
            sys::jpeg_create_compress(&raw mut (*this).info);
            let info = &mut (*this).info;
            info.common.client_data = (&raw mut (*this).output).cast();
            info.dest = &raw mut (*this).sink;
            sys::jpeg_c_set_int_param(info, sys::JINT_COMPRESS_PROFILE, sys::JCP_FASTEST as sys::c_int);
            info.image_width = picture.width as sys::JDIMENSION;
            info.image_height = picture.height as sys::JDIMENSION;
            info.input_components = components;
            info.in_color_space = space;
            sys::jpeg_set_defaults(info);
            sys::jpeg_set_quality(info, sys::c_int::from(quality), 1);
            info.optimize_coding = sys::boolean::from(picture.width <= OPTIMISED_WIDTH);
            info.dct_method = sys::JDCT_DEFAULT;
            let factor = if full_chroma || components == 1 { 1 } else { 2 };
            (*info.comp_info).h_samp_factor = factor;
            (*info.comp_info).v_samp_factor = factor;
            sys::jpeg_start_compress(info, 1);
            let row = picture.width * components as usize;
            for lines in pixels.chunks(row * 16) {
                let mut rows: [*const u8; 16] = [std::ptr::null(); 16];
                let mut count = 0;
                for (slot, line) in rows.iter_mut().zip(lines.chunks_exact(row)) {
                    *slot = line.as_ptr();
                    count += 1;
                }
                sys::jpeg_write_scanlines(info, rows.as_ptr(), count);
            }
            sys::jpeg_finish_compress(info);
        })?;
        Ok(std::mem::take(&mut encoder.output))
    }
}

/// Points libjpeg at the spare capacity.
///
/// # Safety
/// `client_data` is the encoder's `output`.
unsafe fn point(info: &mut sys::jpeg_compress_struct) {
    // SAFETY: set by `encode`, as is dest.
    unsafe {
        let output = &mut *info.common.client_data.cast::<Vec<u8>>();
        let spare = output.spare_capacity_mut();
        (*info.dest).next_output_byte = spare.as_mut_ptr().cast();
        (*info.dest).free_in_buffer = spare.len();
    }
}

unsafe extern "C-unwind" fn offer(info: &mut sys::jpeg_compress_struct) {
    // SAFETY: called by libjpeg for the encoder above.
    unsafe { point(info) }
}

/// The whole buffer is full, whatever `free_in_buffer` says: libjpeg's contract.
unsafe extern "C-unwind" fn grow(info: &mut sys::jpeg_compress_struct) -> sys::boolean {
    // SAFETY: as above; libjpeg has written every byte of the spare capacity.
    unsafe {
        let output = &mut *info.common.client_data.cast::<Vec<u8>>();
        output.set_len(output.capacity());
        output.reserve(output.len() / 2 + 4096);
        point(info);
    }
    1
}

unsafe extern "C-unwind" fn finish(info: &mut sys::jpeg_compress_struct) {
    // SAFETY: as above; libjpeg has written all but `free_in_buffer` bytes.
    unsafe {
        let output = &mut *info.common.client_data.cast::<Vec<u8>>();
        output.set_len(output.capacity() - (*info.dest).free_in_buffer);
    }
}
