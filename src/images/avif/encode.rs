//! Planes to AV1 by libaom: all-intra, speed 9, tuned for SSIM, one thread.
//!
//! One thread because libaom's bytes depend on the number of threads; speed 9 because slower speeds take three
//! times the time and more for 5 % fewer bytes.

use libaom_sys as aom;
use std::ffi::{CStr, c_int};

use super::container::{self, Coded};
use super::planes::Planes;
use crate::images::RenderError;

/// Encoder, version and fixed settings, as recipes name them.
pub(in crate::images) fn encoder() -> String {
    // SAFETY: libaom returns a constant string.
    let version = unsafe { CStr::from_ptr(aom::aom_codec_version_str()) };
    format!("libaom-{}-intra-s{SPEED}-ssim", version.to_string_lossy().trim_start_matches('v'))
}

const SPEED: c_int = 9;

struct Encoder(aom::aom_codec_ctx_t);

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised; `Encoder` is made only then.
        unsafe {
            aom::aom_codec_destroy(&mut self.0);
        }
    }
}

/// Encodes planes at libaom's constant-quality `level` (1 is best, 63 worst) into an AVIF file in sRGB.
///
/// # Errors
/// libaom's own, such as no memory.
pub(in crate::images) fn encode(
    planes: &mut Planes,
    width: usize,
    height: usize,
    level: u8,
) -> Result<Vec<u8>, RenderError> {
    let size = (width, height);
    let colour = still(size, level, [&mut planes.luma, &mut planes.blue, &mut planes.red], false)?;
    let alpha = match &mut planes.alpha {
        Some(alpha) => Some(still(size, level, [alpha, &mut planes.blue, &mut planes.red], true)?),
        None => None,
    };
    container::write(width as u32, height as u32, &colour, alpha.as_ref())
}

/// One coded frame. With `grey` only the first plane counts.
fn still(
    (width, height): (usize, usize),
    level: u8,
    planes: [&mut Vec<u8>; 3],
    grey: bool,
) -> Result<Coded, RenderError> {
    let half = (width.div_ceil(2), height.div_ceil(2));
    let lengths = [width * height, half.0 * half.1, half.0 * half.1];
    if planes.iter().zip(lengths).any(|(plane, length)| plane.len() != length) {
        return Err(RenderError::new("its planes do not have the size of the picture"));
    }
    // SAFETY: zero is valid for these C structs, and libaom fills them. The planes are as large as the image
    // says and outlive it; libaom does not write to them. Packets are copied before the next call.
    unsafe {
        let interface = aom::aom_codec_av1_cx();
        let mut config: aom::aom_codec_enc_cfg_t = std::mem::zeroed();
        check(aom::aom_codec_enc_config_default(interface, &mut config, aom::AOM_USAGE_ALL_INTRA))?;
        config.g_w = width as _;
        config.g_h = height as _;
        config.g_threads = 1;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_bit_depth = aom::AOM_BITS_8;
        config.g_input_bit_depth = 8;
        config.rc_end_usage = aom::AOM_Q;
        config.rc_min_quantizer = u32::from(level);
        config.rc_max_quantizer = u32::from(level);
        config.monochrome = u32::from(grey);
        let mut context: aom::aom_codec_ctx_t = std::mem::zeroed();
        check(aom::aom_codec_enc_init_ver(&mut context, interface, &config, 0, aom::AOM_ENCODER_ABI_VERSION as c_int))?;
        let mut encoder = Encoder(context);
        for (control, value) in [
            (aom::AOME_SET_CPUUSED, SPEED),
            (aom::AOME_SET_CQ_LEVEL, c_int::from(level)),
            (aom::AOME_SET_TUNING, aom::AOM_TUNE_SSIM as c_int),
            (aom::AV1E_SET_COLOR_PRIMARIES, aom::AOM_CICP_CP_BT_709 as c_int),
            (aom::AV1E_SET_TRANSFER_CHARACTERISTICS, aom::AOM_CICP_TC_SRGB as c_int),
            (aom::AV1E_SET_MATRIX_COEFFICIENTS, aom::AOM_CICP_MC_BT_601 as c_int),
            (aom::AV1E_SET_COLOR_RANGE, aom::AOM_CR_FULL_RANGE as c_int),
        ] {
            check(aom::aom_codec_control(&mut encoder.0, control as c_int, value))?;
        }
        let mut image: aom::aom_image_t = std::mem::zeroed();
        let [first, second, third] = planes;
        if aom::aom_img_wrap(&mut image, aom::AOM_IMG_FMT_I420, width as _, height as _, 1, first.as_mut_ptr())
            .is_null()
        {
            return Err(RenderError::new("libaom refuses a picture of this size"));
        }
        image.planes = [first.as_mut_ptr(), second.as_mut_ptr(), third.as_mut_ptr()];
        image.stride = [width as c_int, half.0 as c_int, half.0 as c_int];
        image.range = aom::AOM_CR_FULL_RANGE;
        image.monochrome = c_int::from(grey);
        check(aom::aom_codec_encode(&mut encoder.0, &image, 0, 1, 0))?;
        let mut coded = Vec::new();
        // The second round flushes: a null image means the end.
        for round in 0..2 {
            if round == 1 {
                check(aom::aom_codec_encode(&mut encoder.0, std::ptr::null(), 0, 1, 0))?;
            }
            let mut iterator = std::ptr::null();
            loop {
                let packet = aom::aom_codec_get_cx_data(&mut encoder.0, &mut iterator);
                if packet.is_null() {
                    break;
                }
                if (*packet).kind == aom::AOM_CODEC_CX_FRAME_PKT {
                    let frame = (*packet).data.frame;
                    coded.extend_from_slice(std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz));
                }
            }
        }
        Coded::new(coded, grey)
    }
}

fn check(code: aom::aom_codec_err_t) -> Result<(), RenderError> {
    if code == aom::AOM_CODEC_OK {
        return Ok(());
    }
    // SAFETY: libaom returns a constant string.
    let reason = unsafe { CStr::from_ptr(aom::aom_codec_err_to_string(code)) };
    let reason = format!("libaom could not encode it: {}", reason.to_string_lossy());
    Err(if code == aom::AOM_CODEC_MEM_ERROR { RenderError::memory(reason) } else { RenderError::new(reason) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_memory_is_told_from_what_is_the_picture_s_fault() {
        assert!(check(aom::AOM_CODEC_MEM_ERROR).unwrap_err().is_for_memory());
        assert!(!check(aom::AOM_CODEC_INVALID_PARAM).unwrap_err().is_for_memory());
        assert_eq!(check(aom::AOM_CODEC_OK), Ok(()));
    }
}
