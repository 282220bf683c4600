//! Metadata into finished pictures: the picture's own bytes stay as they are.

use super::packet::Packet;
use crate::config::Format;
use crate::formats::{jpeg, webp};
use crate::{Code, Error, Result};

/// Puts a packet into a picture of a format that has no metadata yet; decoding gives the same picture as before.
///
/// JPEG: `APP1` EXIF, `APP1` XMP and `APP13` IPTC after JFIF's `APP0`. WebP: `EXIF` and `XMP ` chunks behind the
/// picture, under `VP8X`. AVIF: an `Exif` and a `mime` item that describe the primary one.
///
/// # Errors
///
/// The file is built in a way that cannot be taken apart safely, or is of another format.
pub fn splice(format: Format, pixels: &[u8], packet: &Packet) -> Result<Vec<u8>> {
    if packet.is_empty() {
        return Ok(pixels.to_vec());
    }
    let spliced = match format {
        Format::Jpeg => into_jpeg(pixels, packet),
        Format::Webp => into_webp(pixels, packet),
        Format::Avif => super::splice_avif::into_avif(pixels, packet),
    };
    spliced
        .map_err(|why| Error::new(Code::MetadataNotWritten, format!("cannot write metadata into this picture: {why}")))
}

fn into_jpeg(pixels: &[u8], packet: &Packet) -> Result<Vec<u8>, &'static str> {
    let first = jpeg::segments(pixels).next().ok_or("it has no segments")?;
    let insert_at = match first.marker {
        jpeg::APP0 => first.at + 4 + first.body.len(),
        _ => first.at,
    };
    let mut out = Vec::with_capacity(pixels.len() + packet.exif.len() + packet.xmp.len() + packet.iptc.len() + 256);
    out.extend_from_slice(&pixels[..insert_at]);
    jpeg_segments(&mut out, packet)?;
    out.extend_from_slice(&pixels[insert_at..]);
    Ok(out)
}

/// How many bytes [`splice`] adds to a JPEG.
pub fn jpeg_growth(packet: &Packet) -> u64 {
    let mut segments = Vec::new();
    // What cannot be written is told when it is to be written.
    let _ = jpeg_segments(&mut segments, packet);
    segments.len() as u64
}

/// The segments of a packet, in their usual order.
pub(super) fn jpeg_segments(out: &mut Vec<u8>, packet: &Packet) -> Result<(), &'static str> {
    if !packet.exif.is_empty() {
        segment(out, jpeg::APP1, &[b"Exif\0\0", &packet.exif])?;
    }
    if !packet.xmp.is_empty() {
        segment(out, jpeg::APP1, &[jpeg::XMP, &packet.xmp])?;
    }
    if !packet.iptc.is_empty() {
        // Resource 0x0404 with an empty name; its length is that without the padding to an even one.
        let length = u32::try_from(packet.iptc.len()).map_err(|_| TOO_LONG)?.to_be_bytes();
        let padding = &[0][..packet.iptc.len() % 2];
        segment(out, jpeg::APP13, &[jpeg::PHOTOSHOP, b"8BIM\x04\x04\0\0", &length, &packet.iptc, padding])?;
    }
    Ok(())
}

const TOO_LONG: &str = "its texts are too long";

fn segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) -> Result<(), &'static str> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 2;
    out.extend([0xff, marker]);
    out.extend(u16::try_from(length).map_err(|_| TOO_LONG)?.to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
    Ok(())
}

fn into_webp(pixels: &[u8], packet: &Packet) -> Result<Vec<u8>, &'static str> {
    let canvas = webp::canvas(pixels).ok_or("its first chunk is damaged")?;
    let mut chunks: Vec<(&[u8], &[u8])> = webp::chunks(pixels).collect();
    let end = chunks.iter().map(|(_, body)| 8 + body.len() + body.len() % 2).sum::<usize>() + 12;
    // The last chunk's padding byte is missing from some files.
    if pixels.len().abs_diff(end) > 1 || pixels.len() > end {
        return Err("its chunks do not fill it");
    }
    let mut extended = match chunks[0] {
        (b"VP8X", body) if body.len() == 10 => {
            chunks.remove(0);
            body.to_vec()
        }
        (b"VP8X", _) => return Err("its first chunk is damaged"),
        _ => {
            let mut body = vec![if canvas.alpha { webp::ALPHA } else { 0 }, 0, 0, 0];
            body.extend(&(canvas.width - 1).to_le_bytes()[..3]);
            body.extend(&(canvas.height - 1).to_le_bytes()[..3]);
            body
        }
    };
    chunks.retain(|(kind, _)| !matches!(*kind, b"EXIF" | b"XMP "));
    extended[0] &= !(webp::EXIF | webp::XMP);
    if !packet.exif.is_empty() {
        extended[0] |= webp::EXIF;
        chunks.push((b"EXIF", &packet.exif));
    }
    if !packet.xmp.is_empty() {
        extended[0] |= webp::XMP;
        chunks.push((b"XMP ", &packet.xmp));
    }
    chunks.insert(0, (b"VP8X", &extended));
    let mut out = Vec::with_capacity(pixels.len() + packet.exif.len() + packet.xmp.len() + 64);
    out.extend(b"RIFF\0\0\0\0WEBP");
    for (kind, body) in chunks {
        out.extend_from_slice(kind);
        out.extend(u32::try_from(body.len()).map_err(|_| TOO_LONG)?.to_le_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(&[0][..body.len() % 2]);
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| TOO_LONG)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(out)
}
