//! Decoded pixels between the stages.

use super::RenderError;

/// What the samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    /// Not premultiplied. As decoded only: it leaves the way to sRGB as [`Layout::Rgba`].
    GreyAlpha,
    /// BT.601, full range, as JFIF has it: the form in which most photographs arrive and leave.
    Ycc,
    Rgb,
    /// Not premultiplied.
    Rgba,
    /// 0 is no ink.
    Cmyk,
}

impl Layout {
    pub(super) fn channels(self) -> usize {
        match self {
            Layout::Grey => 1,
            Layout::GreyAlpha => 2,
            Layout::Ycc | Layout::Rgb => 3,
            Layout::Rgba | Layout::Cmyk => 4,
        }
    }

    pub(super) fn has_alpha(self) -> bool {
        matches!(self, Layout::GreyAlpha | Layout::Rgba)
    }
}

/// The samples, interleaved, rows without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) layout: Layout,
    pub(super) samples: Samples,
}

impl Picture {
    pub(super) fn is_deep(&self) -> bool {
        matches!(self.samples, Samples::Sixteen(_))
    }

    /// An eight-bit picture whose buffer must have exactly the size that its dimensions ask for.
    pub(super) fn eight(width: usize, height: usize, layout: Layout, samples: Vec<u8>) -> Result<Self, RenderError> {
        check(width, height, layout, samples.len())?;
        Ok(Self { width, height, layout, samples: Samples::Eight(samples) })
    }

    /// The same for sixteen bits.
    pub(super) fn sixteen(width: usize, height: usize, layout: Layout, samples: Vec<u16>) -> Result<Self, RenderError> {
        check(width, height, layout, samples.len())?;
        Ok(Self { width, height, layout, samples: Samples::Sixteen(samples) })
    }
}

fn check(width: usize, height: usize, layout: Layout, samples: usize) -> Result<(), RenderError> {
    let wanted = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(layout.channels()));
    if width == 0 || height == 0 || wanted != Some(samples) {
        return Err(RenderError::new("its number of pixels does not match its header"));
    }
    Ok(())
}

/// Buffers that outlive a photograph: fresh memory costs more than the pixels that go into it.
///
/// One for each worker; never shared between threads.
#[derive(Default)]
pub struct Scratch {
    pub(super) resizer: fast_image_resize::Resizer,
    pub(super) profiles: super::colour::Transforms,
    /// The watermark that was drawn last, by what its drawing depends on.
    pub(super) mark: Option<([u8; 32], std::sync::Arc<Picture>)>,
    spare: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scratch").field("spare", &self.spare.len()).finish_non_exhaustive()
    }
}

/// More than this is given back to the system between photographs, so that one panorama does not stay in memory.
const KEEP: usize = 96 << 20;

impl Scratch {
    /// Empty; grows with use.
    pub fn new() -> Self {
        Self::default()
    }

    /// A buffer of this many bytes of any content.
    pub(super) fn take(&mut self, length: usize) -> Vec<u8> {
        // The smallest that is large enough, else the largest.
        let best = (0..self.spare.len()).min_by_key(|&at| {
            let capacity = self.spare[at].capacity();
            if capacity >= length { (0, capacity) } else { (1, usize::MAX - capacity) }
        });
        let mut buffer = best.map(|at| self.spare.swap_remove(at)).unwrap_or_default();
        if buffer.capacity() < length {
            // Fresh zeros cost nothing until they are written: a header that lies about its size takes no memory.
            return vec![0; length];
        }
        buffer.resize(length, 0);
        buffer
    }

    /// Takes a buffer back.
    pub(super) fn give(&mut self, buffer: Vec<u8>) {
        let held: usize = self.spare.iter().map(Vec::capacity).sum();
        if self.spare.len() < 8 && held + buffer.capacity() <= KEEP {
            self.spare.push(buffer);
        }
    }

    /// Gives back what the resizer took for a picture larger than most.
    pub(super) fn trim(&mut self) {
        if self.resizer.size_of_internal_buffers() > KEEP {
            self.resizer.reset_internal_buffers();
        }
    }

    /// Takes a picture's buffer back.
    pub(super) fn give_picture(&mut self, picture: Picture) {
        if let Samples::Eight(buffer) = picture.samples {
            self.give(buffer);
        }
    }
}
