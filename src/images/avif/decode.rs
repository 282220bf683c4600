//! AV1 to planes by libaom: 8, 10 and 12 bits, grey, 4:2:0, 4:2:2 and 4:4:4.

use libaom_sys as aom;
use std::ffi::c_int;

use crate::images::RenderError;
use crate::images::heif::Frame;

struct Decoder(aom::aom_codec_ctx_t);

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised; `Decoder` is made only then.
        unsafe {
            aom::aom_codec_destroy(&mut self.0);
        }
    }
}

fn broken() -> RenderError {
    RenderError::new("its AVIF data is broken or truncated")
}

fn check(code: aom::aom_codec_err_t) -> Result<(), RenderError> {
    match code {
        aom::AOM_CODEC_OK => Ok(()),
        aom::AOM_CODEC_MEM_ERROR => Err(RenderError::memory("libaom had no memory to decode it")),
        _ => Err(broken()),
    }
}

/// Decodes a picture of this size.
///
/// # Errors
/// Broken data, or a frame of another size than the container promised.
pub(in crate::images) fn frame(data: &[u8], (width, height): (usize, usize)) -> Result<Frame, RenderError> {
    // SAFETY: zero is valid for the C structs. libaom reads no further than it is told; its image is valid until
    // the next call and its planes have the stride and, for more than eight bits, the sample size that it says.
    unsafe {
        let config = aom::aom_codec_dec_cfg_t { threads: 1, w: 0, h: 0, allow_lowbitdepth: 1 };
        let interface = aom::aom_codec_av1_dx();
        // Before frame buffers are allocated: what the sequence header says.
        let mut info: aom::aom_codec_stream_info_t = std::mem::zeroed();
        let peeked = aom::aom_codec_peek_stream_info(interface, data.as_ptr(), data.len(), &mut info);
        if peeked != aom::AOM_CODEC_OK || (info.w as usize, info.h as usize) != (width, height) {
            return Err(broken());
        }
        let mut context: aom::aom_codec_ctx_t = std::mem::zeroed();
        check(aom::aom_codec_dec_init_ver(&mut context, interface, &config, 0, aom::AOM_DECODER_ABI_VERSION as c_int))?;
        let mut decoder = Decoder(context);
        check(aom::aom_codec_decode(&mut decoder.0, data.as_ptr(), data.len(), std::ptr::null_mut()))?;
        let mut iterator = std::ptr::null();
        let image = aom::aom_codec_get_frame(&mut decoder.0, &mut iterator);
        let Some(image) = image.as_ref() else { return Err(broken()) };
        if (image.d_w as usize, image.d_h as usize) != (width, height) {
            return Err(broken());
        }
        let wide = image.fmt & aom::AOM_IMG_FMT_HIGHBITDEPTH != 0;
        let mut planes = Vec::new();
        for plane in 0..if image.monochrome != 0 { 1 } else { 3 } {
            let (shift_x, shift_y) = if plane == 0 { (0, 0) } else { (image.x_chroma_shift, image.y_chroma_shift) };
            let (columns, rows) = ((width + (1 << shift_x) - 1) >> shift_x, (height + (1 << shift_y) - 1) >> shift_y);
            let mut samples = Vec::with_capacity(columns * rows);
            for row in 0..rows {
                let line = image.planes[plane].offset(row as isize * image.stride[plane] as isize);
                if line.is_null() {
                    return Err(broken());
                }
                if wide {
                    samples.extend_from_slice(std::slice::from_raw_parts(line.cast::<u16>(), columns));
                } else {
                    samples.extend(std::slice::from_raw_parts(line, columns).iter().map(|sample| u16::from(*sample)));
                }
            }
            planes.push((columns, samples));
        }
        Ok(Frame {
            width,
            height,
            planes,
            shift: (image.x_chroma_shift, image.y_chroma_shift),
            depth: image.bit_depth.clamp(8, 12),
            full: image.range == aom::AOM_CR_FULL_RANGE,
            matrix: image.mc,
            primaries: image.cp,
            transfer: image.tc,
        })
    }
}
