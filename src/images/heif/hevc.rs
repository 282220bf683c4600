//! HEVC to planes, one coded picture at a time.

use heic_rs::hevc::{ChromaFormat, decode_still, probe};

use super::planes::Frame;
use crate::formats::hevc::{Colours, Configuration};
use crate::images::RenderError;

/// Decodes a picture of this size.
///
/// # Errors
/// Broken data, coding tools that the decoder lacks, or a picture of another size than the container promised.
pub(super) fn frame(
    data: &[u8],
    configuration: &Configuration<'_>,
    size: (usize, usize),
) -> Result<Frame, RenderError> {
    let units = configuration.units(data).ok_or_else(|| RenderError::new("its HEVC data is truncated"))?;
    // Before frame buffers are allocated: what the sequence parameter set says.
    let info = probe(&configuration.sets).map_err(broken)?;
    if (info.width as usize, info.height as usize) != size {
        return Err(RenderError::new("its HEVC data is broken: a part has another size than its header says"));
    }
    let frame = decode_still(&configuration.sets, &units).map_err(broken)?;
    frame.validate().map_err(broken)?;
    let mut planes = vec![(frame.y_stride as usize, frame.y)];
    if frame.chroma != ChromaFormat::Monochrome {
        planes.push((frame.c_stride as usize, frame.cb));
        planes.push((frame.c_stride as usize, frame.cr));
    }
    let colours = configuration.colours().unwrap_or(Colours::UNSPECIFIED);
    Ok(Frame {
        width: size.0,
        height: size.1,
        planes,
        shift: (frame.chroma.x_shift(), frame.chroma.y_shift()),
        depth: u32::from(frame.bit_depth),
        full: colours.full,
        matrix: colours.matrix.into(),
        primaries: colours.primaries.into(),
        transfer: colours.transfer.into(),
    })
}

fn broken(error: heic_rs::Error) -> RenderError {
    match error {
        heic_rs::Error::Unsupported(what) => {
            RenderError::new(format!("its HEVC data needs what the decoder lacks ({what}); export it as JPEG"))
        }
        error => RenderError::new(format!("its HEVC data is broken: {error}")),
    }
}
