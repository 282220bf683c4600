//! WebP through libwebp: reading, and lossy writing at method 4.

use libwebp_sys as sys;

use std::borrow::Cow;

use super::colour::ColourSpace;
use super::convert;
use super::picture::{Layout, Picture, Samples};
use super::source::{Decode, Decoded};
use super::{Limits, RenderError, Scratch};
use crate::formats::bytes::le32;
use crate::formats::webp::{Frame, HEADER, chunks, first_frame};

/// Counts up with every change of ours that changes the bytes of WebP files.
pub(super) const REVISION: u32 = 1;

/// Method 4 is where libwebp's curve of bytes against time bends.
const METHOD: i32 = 4;

/// The version of the library that is built in.
pub(super) fn version() -> String {
    // SAFETY: takes and touches nothing.
    let version = unsafe { sys::WebPGetEncoderVersion() };
    format!("{}.{}.{}", version >> 16, (version >> 8) & 0xFF, version & 0xFF)
}

/// Encoder, version and fixed settings, as recipes name them.
pub(super) fn encoder() -> String {
    format!("libwebp-{}-m{METHOD}", version())
}

struct Image(sys::WebPPicture);

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: initialised before it is wrapped.
        unsafe { sys::WebPPictureFree(&mut self.0) }
    }
}

struct Sink(sys::WebPMemoryWriter);

impl Drop for Sink {
    fn drop(&mut self) {
        // SAFETY: initialised before it is wrapped.
        unsafe { sys::WebPMemoryWriterClear(&mut self.0) }
    }
}

/// Encodes grey, Y'CbCr or RGBA pixels of eight bits at libwebp's `quality`.
///
/// # Errors
/// A picture of another layout, or libwebp's own.
pub(super) fn encode(picture: &Picture, quality: u8, scratch: &mut Scratch) -> Result<Vec<u8>, RenderError> {
    let Samples::Eight(samples) = &picture.samples else {
        return Err(RenderError::new("WebP is written from eight bits only"));
    };
    let mut buffer = Vec::new();
    let (pixels, channels): (&[u8], usize) = match picture.layout {
        Layout::Rgba => (samples, 4),
        Layout::Ycc => {
            buffer = scratch.take(samples.len());
            for (to, from) in buffer.as_chunks_mut::<3>().0.iter_mut().zip(samples.as_chunks::<3>().0) {
                *to = convert::rgb(*from);
            }
            (&buffer, 3)
        }
        Layout::Grey => {
            buffer = scratch.take(samples.len() * 3);
            for (to, from) in buffer.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
                *to = [*from; 3];
            }
            (&buffer, 3)
        }
        _ => return Err(RenderError::new("WebP is written from grey, Y'CbCr or RGBA only")),
    };
    let failed = || RenderError::new("libwebp could not encode it");
    let no_memory = || RenderError::memory("libwebp had no memory to encode it");
    // SAFETY: zero is valid for the C structs and libwebp initialises them. `pixels` has height rows of stride
    // bytes. The writer outlives the encoding, and its bytes are copied before it is cleared.
    let encoded = unsafe {
        let mut config: sys::WebPConfig = std::mem::zeroed();
        if !sys::WebPInitConfig(&mut config) {
            return Err(failed());
        }
        config.quality = f32::from(quality);
        config.method = METHOD;
        config.thread_level = 0;
        // Lossless alpha at full quality is the default, and small for the shapes that photographs are cut to.
        let mut image: sys::WebPPicture = std::mem::zeroed();
        if !sys::WebPPictureInit(&mut image) {
            return Err(failed());
        }
        let mut image = Image(image);
        image.0.width = picture.width as i32;
        image.0.height = picture.height as i32;
        let stride = (picture.width * channels) as i32;
        let imported = if channels == 4 {
            sys::WebPPictureImportRGBA(&mut image.0, pixels.as_ptr(), stride)
        } else {
            sys::WebPPictureImportRGB(&mut image.0, pixels.as_ptr(), stride)
        };
        // The sizes are right, so there was no memory for the planes.
        if imported == 0 {
            return Err(no_memory());
        }
        let mut sink: sys::WebPMemoryWriter = std::mem::zeroed();
        sys::WebPMemoryWriterInit(&mut sink);
        let mut sink = Sink(sink);
        image.0.writer = Some(sys::WebPMemoryWrite);
        image.0.custom_ptr = (&raw mut sink.0).cast();
        if sys::WebPEncode(&config, &mut image.0) == 0 || sink.0.mem.is_null() {
            use sys::WebPEncodingError::{VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY, VP8_ENC_ERROR_OUT_OF_MEMORY};
            return Err(match image.0.error_code {
                VP8_ENC_ERROR_OUT_OF_MEMORY | VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY => no_memory(),
                _ => failed(),
            });
        }
        std::slice::from_raw_parts(sink.0.mem, sink.0.size).to_vec()
    };
    scratch.give(buffer);
    Ok(encoded)
}

/// What the chunks of a WebP file say (RFC 9649).
pub(super) struct Structure<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    alpha: bool,
    icc: Option<&'a [u8]>,
    /// Of an animation, its first picture as a file of its own.
    whole: Cow<'a, [u8]>,
    /// The first column and row of that picture on the canvas, and whether it leaves some of it uncovered.
    place: (usize, usize),
    uncovered: bool,
}

/// Reads the chunks: all of them must be there.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    let cut = || RenderError::new("its WebP data is truncated");
    let length = le32(bytes, 4).and_then(|length| usize::try_from(length).ok()).ok_or_else(cut)?;
    let whole = bytes.get(..length.saturating_add(8)).ok_or_else(cut)?;
    let (mut end, mut icc) = (HEADER, None);
    for (kind, body) in chunks(whole) {
        if kind == b"ICCP" {
            icc = Some(body);
        }
        // Chunks are padded to an even length.
        end += 8 + body.len() + body.len() % 2;
    }
    if end < whole.len() {
        return Err(cut());
    }
    let features = features(whole)?;
    let (width, height) = (features.width.max(0) as u32, features.height.max(0) as u32);
    super::check_size(limits, width, height)?;
    let alpha = features.has_alpha != 0;
    let mut structure =
        Structure { width, height, alpha, icc, whole: Cow::Borrowed(whole), place: (0, 0), uncovered: false };
    if features.has_animation != 0 {
        structure.take_frame(first_frame(whole).ok_or_else(broken)?)?;
    }
    Ok(structure)
}

fn broken() -> RenderError {
    RenderError::new("its WebP data is broken")
}

fn features(file: &[u8]) -> Result<sys::WebPBitstreamFeatures, RenderError> {
    // SAFETY: zero is valid for the C struct, libwebp fills it and reads no further than told.
    unsafe {
        let mut features: sys::WebPBitstreamFeatures = std::mem::zeroed();
        let status = sys::WebPGetFeatures(file.as_ptr(), file.len(), &mut features);
        if status == sys::VP8StatusCode::VP8_STATUS_OK { Ok(features) } else { Err(broken()) }
    }
}

impl Decode for Structure<'_> {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        limits: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        Ok(Decoded { picture: self.pixels(scratch)?, space: self.colour_space(limits, warnings) })
    }
}

impl Structure<'_> {
    /// Puts the first picture of an animation in the place of the whole; as in browsers, the canvas is transparent.
    fn take_frame(&mut self, frame: Frame<'_>) -> Result<(), RenderError> {
        let within = |from: u32, length: u32, whole: u32| from.checked_add(length).is_some_and(|end| end <= whole);
        if !within(frame.left, frame.width, self.width) || !within(frame.top, frame.height, self.height) {
            return Err(broken());
        }
        let file = frame.to_file();
        let features = features(&file)?;
        if (features.width, features.height) != (frame.width as i32, frame.height as i32) {
            return Err(broken());
        }
        self.uncovered = (frame.width, frame.height) != (self.width, self.height);
        self.alpha = features.has_alpha != 0 || self.uncovered;
        self.place = (frame.left as usize, frame.top as usize);
        self.whole = Cow::Owned(file);
        Ok(())
    }

    /// The colour space of the file.
    fn colour_space(&self, limits: &Limits, warnings: &mut Vec<String>) -> ColourSpace {
        match self.icc {
            Some(icc) if icc.len() > limits.profile_bytes => {
                warnings.push(super::TOO_LARGE_PROFILE.to_owned());
                ColourSpace::Srgb
            }
            Some(icc) => ColourSpace::Icc(icc.to_vec()),
            None => ColourSpace::Srgb,
        }
    }

    /// The pixels: RGB, or RGBA where the file has alpha.
    fn pixels(&self, scratch: &mut Scratch) -> Result<Picture, RenderError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let layout = if self.alpha { Layout::Rgba } else { Layout::Rgb };
        let stride = width * layout.channels();
        let mut pixels = scratch.take(stride * height);
        if self.uncovered {
            pixels.fill(0);
        }
        let decode = if self.alpha { sys::WebPDecodeRGBAInto } else { sys::WebPDecodeRGBInto };
        let into = &mut pixels[self.place.1 * stride + self.place.0 * layout.channels()..];
        // SAFETY: libwebp reads the file's bytes and writes within `into`, whose size and stride it is told.
        let done =
            unsafe { decode(self.whole.as_ptr(), self.whole.len(), into.as_mut_ptr(), into.len(), stride as i32) };
        if done.is_null() {
            return Err(RenderError::new("its WebP data is broken or truncated"));
        }
        Picture::eight(width, height, layout, pixels)
    }
}
