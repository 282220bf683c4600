//! AV1 to pixels by libaom: 8, 10 and 12 bits, grey, 4:2:0, 4:2:2 and 4:4:4, with alpha.

use libaom_sys as aom;
use std::ffi::c_int;

use super::read::Structure;
use crate::images::colour::ColourSpace;
use crate::images::orient::orient;
use crate::images::picture::{Layout, Picture, Samples};
use crate::images::resize::unpremultiply;
use crate::images::{Limits, RenderError, Scratch};

struct Decoder(aom::aom_codec_ctx_t);

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised; `Decoder` is made only then.
        unsafe {
            aom::aom_codec_destroy(&mut self.0);
        }
    }
}

/// Planes of sixteen-bit samples, each with its width.
struct Frame {
    width: usize,
    height: usize,
    planes: Vec<(usize, Vec<u16>)>,
    shift: (u32, u32),
    depth: u32,
    full: bool,
    matrix: u32,
    primaries: u32,
    transfer: u32,
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

/// The picture as the file wants it shown, and its colour space.
///
/// # Errors
/// Broken data, or a frame of another size than the container promised.
pub(in crate::images) fn decode(
    structure: &Structure<'_>,
    limits: &Limits,
    warnings: &mut Vec<String>,
) -> Result<(Picture, ColourSpace), RenderError> {
    let size = (structure.width as usize, structure.height as usize);
    let frame = frame(&structure.colour.concat(), size)?;
    let alpha = match &structure.alpha {
        Some(alpha) => Some(self::frame(&alpha.concat(), size)?),
        None => None,
    };
    // The container's word counts before the stream's.
    let (primaries, transfer, matrix, full) = match structure.nclx {
        Some((primaries, transfer, matrix, full)) => {
            (u32::from(primaries), u32::from(transfer), u32::from(matrix), full)
        }
        None => (frame.primaries, frame.transfer, frame.matrix, frame.full),
    };
    let space = match structure.icc {
        Some(icc) if icc.len() > limits.profile_bytes => {
            warnings.push(crate::images::TOO_LARGE_PROFILE.to_owned());
            ColourSpace::Srgb
        }
        Some(icc) => ColourSpace::Icc(icc.to_vec()),
        None if matches!((primaries, transfer), (1 | 2, 13 | 1 | 2 | 6)) => ColourSpace::Srgb,
        None => ColourSpace::Cicp { primaries: primaries as u8, transfer: transfer as u8 },
    };
    let mut picture = to_rgb(&frame, alpha.as_ref(), matrix, full)?;
    let depth = frame.depth;
    // Before the next copy of the pixels is made.
    drop((frame, alpha));
    if structure.premultiplied {
        unpremultiply(&mut picture)?;
    }
    if depth == 8 {
        picture = crate::images::convert::to_eight(picture);
    }
    // HEIF turns first and mirrors then; `irot` counts to the left.
    let scratch = &mut Scratch::new();
    picture = orient(picture, [1, 8, 3, 6][usize::from(structure.turns & 3)], scratch)?;
    picture = match structure.mirror {
        Some(0) => orient(picture, 4, scratch)?,
        Some(_) => orient(picture, 2, scratch)?,
        None => picture,
    };
    Ok((picture, space))
}

fn frame(data: &[u8], (width, height): (usize, usize)) -> Result<Frame, RenderError> {
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
        _ => return Err(RenderError::new(format!("it is an AVIF with an unsupported colour matrix ({matrix})"))),
    }))
}

/// Sixteen-bit RGB or grey, with alpha or without, from planes (H.273, 8.3).
fn to_rgb(frame: &Frame, alpha: Option<&Frame>, matrix: u32, full: bool) -> Result<Picture, RenderError> {
    let top = ((1u32 << frame.depth) - 1) as f32;
    let unit = (1u32 << (frame.depth - 8)) as f32;
    let (black, span, chroma_span) = if full { (0.0, top, top) } else { (16.0 * unit, 219.0 * unit, 224.0 * unit) };
    let middle = 128.0 * unit;
    let to_sixteen = |value: f32| (value * 65_535.0 + 0.5).clamp(0.0, 65_535.0) as u16;
    let luma = |sample: u16| (f32::from(sample) - black) / span;
    let weights = weights(matrix)?;
    let [first, rest @ ..] = frame.planes.as_slice() else { return Err(broken()) };
    let grey = rest.len() < 2;
    let layout = match (grey, alpha) {
        (true, Some(_)) => Layout::GreyAlpha,
        (true, None) => Layout::Grey,
        (false, Some(_)) => Layout::Rgba,
        (false, None) => Layout::Rgb,
    };
    let mut samples = Vec::with_capacity(frame.width * frame.height * layout.channels());
    for y in 0..frame.height {
        for x in 0..frame.width {
            let at = y * frame.width + x;
            let colour = if let [(columns, second), (_, third), ..] = rest {
                let near = (y >> frame.shift.1) * columns + (x >> frame.shift.0);
                let l = luma(first.1[at]);
                match weights {
                    None => [luma(third[near]), l, luma(second[near])],
                    Some((red, blue)) => {
                        let cb = (f32::from(second[near]) - middle) / chroma_span;
                        let cr = (f32::from(third[near]) - middle) / chroma_span;
                        let r = l + 2.0 * (1.0 - red) * cr;
                        let b = l + 2.0 * (1.0 - blue) * cb;
                        [r, (l - red * r - blue * b) / (1.0 - red - blue), b]
                    }
                }
            } else {
                [luma(first.1[at]); 3]
            };
            match layout {
                Layout::Grey | Layout::GreyAlpha => samples.push(to_sixteen(colour[0])),
                _ => samples.extend(colour.map(to_sixteen)),
            }
            if let Some(alpha) = alpha {
                let top = ((1u32 << alpha.depth) - 1) as f32;
                let (black, span) = if alpha.full {
                    (0.0, top)
                } else {
                    let unit = (1u32 << (alpha.depth - 8)) as f32;
                    (16.0 * unit, 219.0 * unit)
                };
                samples.push(to_sixteen((f32::from(alpha.planes[0].1[at]) - black) / span));
            }
        }
    }
    Ok(Picture { width: frame.width, height: frame.height, layout, samples: Samples::Sixteen(samples) })
}
