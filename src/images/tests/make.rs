//! Sources for the tests.

use mozjpeg_sys as sys;

/// A picture with four different quarters and a gradient, so that turning, mirroring and mixing up channels show:
/// red and green above, blue and dark grey below.
pub(super) fn quarters(width: usize, height: usize) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let shade = ((x + y) % 16) as u8;
            pixels.extend(match (x * 2 < width, y * 2 < height) {
                (true, true) => [220, 30 + shade, 30],
                (false, true) => [30, 200, 30 + shade],
                (true, false) => [30 + shade, 30, 220],
                (false, false) => [60, 60, 60 + shade],
            });
        }
    }
    pixels
}

/// How a JPEG source is to be written.
#[derive(Clone, Copy, Default)]
pub(super) struct Jpeg<'a> {
    pub(super) channels: usize,
    pub(super) progressive: bool,
    /// Each component in a scan of its own.
    pub(super) separate: bool,
    pub(super) restart_rows: i32,
    /// Width of the luma blocks against chroma: 1 is 4:4:4, 2 is 4:2:0.
    pub(super) sampling: i32,
    pub(super) icc: Option<&'a [u8]>,
    /// The Adobe marker; CMYK samples are then stored inverted.
    pub(super) adobe: bool,
    /// Store RGB itself.
    pub(super) rgb: bool,
    /// CMYK as YCCK.
    pub(super) ycck: bool,
}

/// A JPEG of quality 95 from interleaved samples.
pub(super) fn jpeg(width: usize, height: usize, pixels: &[u8], how: Jpeg<'_>) -> Vec<u8> {
    let channels = how.channels.max(1);
    assert_eq!(pixels.len(), width * height * channels);
    let mut out: *mut u8 = std::ptr::null_mut();
    let mut length: std::os::raw::c_ulong = 0;
    // SAFETY: libjpeg's own order of calls, on memory that lives through all of them. Errors exit the process.
    unsafe {
        let mut info: sys::jpeg_compress_struct = std::mem::zeroed();
        let mut errors: sys::jpeg_error_mgr = std::mem::zeroed();
        info.common.err = sys::jpeg_std_error(&mut errors);
        sys::jpeg_create_compress(&mut info);
        sys::jpeg_c_set_int_param(&mut info, sys::JINT_COMPRESS_PROFILE, sys::JCP_FASTEST as i32);
        sys::jpeg_mem_dest(&mut info, &mut out, &mut length);
        info.image_width = width as u32;
        info.image_height = height as u32;
        info.input_components = channels as i32;
        info.in_color_space = match channels {
            1 => sys::JCS_GRAYSCALE,
            3 => sys::JCS_RGB,
            _ => sys::JCS_CMYK,
        };
        sys::jpeg_set_defaults(&mut info);
        if how.rgb {
            sys::jpeg_set_colorspace(&mut info, sys::JCS_RGB);
        }
        if how.ycck {
            sys::jpeg_set_colorspace(&mut info, sys::JCS_YCCK);
        }
        sys::jpeg_set_quality(&mut info, 95, 1);
        if channels == 3 {
            (*info.comp_info).h_samp_factor = how.sampling.max(1);
            (*info.comp_info).v_samp_factor = how.sampling.max(1);
        }
        info.write_Adobe_marker = i32::from(how.adobe);
        info.restart_in_rows = how.restart_rows;
        let mut scans: Vec<sys::jpeg_scan_info> = Vec::new();
        if how.separate {
            for component in 0..channels as i32 {
                scans.push(sys::jpeg_scan_info {
                    comps_in_scan: 1,
                    component_index: [component, 0, 0, 0],
                    Ss: 0,
                    Se: 63,
                    Ah: 0,
                    Al: 0,
                });
            }
            info.scan_info = scans.as_ptr();
            info.num_scans = scans.len() as i32;
        }
        if how.progressive {
            sys::jpeg_simple_progression(&mut info);
        }
        sys::jpeg_start_compress(&mut info, 1);
        if let Some(icc) = how.icc {
            let parts: Vec<&[u8]> = icc.chunks(1000).collect();
            for (index, part) in parts.iter().enumerate() {
                let mut body = b"ICC_PROFILE\0".to_vec();
                body.extend([index as u8 + 1, parts.len() as u8]);
                body.extend_from_slice(part);
                sys::jpeg_write_marker(&mut info, 0xE2, body.as_ptr(), body.len() as u32);
            }
        }
        for row in pixels.chunks_exact(width * channels) {
            let line = row.as_ptr();
            sys::jpeg_write_scanlines(&mut info, &line, 1);
        }
        sys::jpeg_finish_compress(&mut info);
        sys::jpeg_destroy_compress(&mut info);
        let bytes = std::slice::from_raw_parts(out, length as usize).to_vec();
        libc_free(out);
        bytes
    }
}

unsafe fn libc_free(pointer: *mut u8) {
    unsafe extern "C" {
        fn free(pointer: *mut std::ffi::c_void);
    }
    // SAFETY: libjpeg allocated it by malloc and hands it over.
    unsafe { free(pointer.cast()) }
}

pub(super) fn colour_jpeg(width: usize, height: usize) -> Vec<u8> {
    jpeg(width, height, &quarters(width, height), Jpeg { channels: 3, sampling: 2, ..Jpeg::default() })
}

/// A PNG of `image`'s own writing.
pub(super) fn png(width: usize, height: usize, pixels: &[u8], colour: image::ExtendedColorType) -> Vec<u8> {
    use image::ImageEncoder;
    let mut out = Vec::new();
    image::codecs::png::PngEncoder::new(&mut out).write_image(pixels, width as u32, height as u32, colour).unwrap();
    out
}

/// A PNG with a chunk put in after its header.
pub(super) fn with_chunk(png: &[u8], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = (body.len() as u32).to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(body);
    let mut check = flate2::Crc::new();
    check.update(&chunk[4..]);
    chunk.extend(check.sum().to_be_bytes());
    [&png[..33], &chunk, &png[33..]].concat()
}

/// A TIFF of `image`'s own writing.
pub(super) fn tiff(width: usize, height: usize, pixels: &[u8], colour: image::ExtendedColorType) -> Vec<u8> {
    use image::ImageEncoder;
    let mut out = std::io::Cursor::new(Vec::new());
    image::codecs::tiff::TiffEncoder::new(&mut out).write_image(pixels, width as u32, height as u32, colour).unwrap();
    out.into_inner()
}

/// An RGB TIFF with one row in each strip, and a profile.
pub(super) fn tiff_of_rows(width: usize, height: usize, pixels: &[u8], icc: &[u8]) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut out).unwrap();
    let mut picture = encoder.new_image::<tiff::encoder::colortype::RGB8>(width as u32, height as u32).unwrap();
    picture.rows_per_strip(1).unwrap();
    picture.encoder().write_tag(tiff::tags::Tag::IccProfile, icc).unwrap();
    picture.write_data(pixels).unwrap();
    out.into_inner()
}

/// A page of a TIFF: its entries (tag, values) and its pixels. Values are written in 16 bits where those hold them.
type Page<'a> = (&'a [(u16, &'a [u32])], &'a [u8]);

/// A TIFF made by hand, little-endian, with each page's pixels in one strip.
pub(super) fn tiff_by_hand(pages: &[Page<'_>]) -> Vec<u8> {
    let mut out = b"II\x2a\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (entries, pixels) in pages {
        let strip = [out.len() as u32];
        out.extend(*pixels);
        let mut all: Vec<(u16, &[u32])> = entries.to_vec();
        let length = [pixels.len() as u32];
        all.extend([(273, &strip[..]), (279, &length[..])]);
        all.sort_by_key(|(tag, _)| *tag);
        let mut table = (all.len() as u16).to_le_bytes().to_vec();
        for (tag, values) in all {
            let width = if values.iter().all(|value| *value < 0x1_0000) { 2 } else { 4 };
            table.extend([tag.to_le_bytes(), if width == 2 { 3u16 } else { 4 }.to_le_bytes()].concat());
            table.extend((values.len() as u32).to_le_bytes());
            let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()[..width].to_vec()).collect();
            bytes.resize(bytes.len().max(4), 0);
            if bytes.len() == 4 {
                table.extend(bytes);
            } else {
                table.extend((out.len() as u32).to_le_bytes());
                out.extend(bytes);
            }
        }
        let at = (out.len() as u32).to_le_bytes();
        out[link..link + 4].copy_from_slice(&at);
        out.extend(table);
        link = out.len();
        out.extend([0; 4]);
    }
    out
}

/// A lossless WebP.
pub(super) fn webp(width: usize, height: usize, pixels: &[u8], colour: image::ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut out)
        .encode(pixels, width as u32, height as u32, colour)
        .unwrap();
    out
}

/// A TIFF made by hand, little-endian, of one page in strips or tiles.
pub(super) fn tiff_in_pieces(entries: &[(u16, &[u32])], pieces: &[Vec<u8>], tiled: bool) -> Vec<u8> {
    let mut out = b"II\x2a\0\0\0\0\0".to_vec();
    let (mut places, mut lengths) = (Vec::new(), Vec::new());
    for piece in pieces {
        places.push(out.len() as u32);
        lengths.push(piece.len() as u32);
        out.extend(piece);
    }
    let mut all: Vec<(u16, &[u32])> = entries.to_vec();
    all.extend(if tiled {
        [(324, &places[..]), (325, &lengths[..])]
    } else {
        [(273, &places[..]), (279, &lengths[..])]
    });
    all.sort_by_key(|(tag, _)| *tag);
    let mut table = (all.len() as u16).to_le_bytes().to_vec();
    for (tag, values) in all {
        // Tables of bytes, numbers of 16 bits, and others.
        let (kind, width) = match tag {
            347 => (7u16, 1),
            _ if values.iter().all(|value| *value < 0x1_0000) => (3, 2),
            _ => (4, 4),
        };
        table.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        table.extend((values.len() as u32).to_le_bytes());
        let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()[..width].to_vec()).collect();
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            table.extend(bytes);
        } else {
            table.extend((out.len() as u32).to_le_bytes());
            out.extend(bytes);
        }
    }
    let at = (out.len() as u32).to_le_bytes();
    out[4..8].copy_from_slice(&at);
    out.extend(table);
    out.extend([0; 4]);
    out
}
