//! The markers of a JPEG file, read before a decoder sees it (ITU-T T.81, annex B).
//!
//! Sizes are known here before anything is allocated, and floods of scans are refused.

use super::errors::PADDING;
use crate::images::{Limits, RenderError};

/// What the markers say.
#[derive(Debug, Default)]
pub(in crate::images) struct Structure {
    pub(in crate::images) width: u32,
    pub(in crate::images) height: u32,
    pub(in crate::images) components: u8,
    /// More than one scan: libjpeg keeps all coefficients in memory.
    pub(in crate::images) multiple_scans: bool,
    /// The Adobe marker: CMYK is stored inverted.
    pub(in crate::images) adobe: bool,
    /// The embedded profile, put together from its chunks.
    pub(in crate::images) icc: Option<Vec<u8>>,
    /// Why there is no profile although there are chunks of one.
    pub(in crate::images) icc_broken: Option<&'static str>,
    /// Exif says that the colour space is Adobe RGB (interoperability index R03).
    pub(in crate::images) exif_adobe_rgb: bool,
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its JPEG data is broken: {what}"))
}

/// Reads the markers up to the first scan; for pictures of several scans also counts the scans.
pub(in crate::images) fn read(bytes: &[u8], limits: &Limits) -> Result<Structure, RenderError> {
    let mut found = Structure::default();
    let mut chunks: Vec<(u8, u8, &[u8])> = Vec::new();
    let mut at = 2;
    let scan_header = loop {
        let (marker, body, next) = segment(bytes, at)?;
        match marker {
            0xC0..=0xC2 => {
                if found.components != 0 {
                    return Err(broken("two frames"));
                }
                let [precision, h1, h0, w1, w0, components, ..] = *body else {
                    return Err(broken("a short frame header"));
                };
                if precision != 8 {
                    return Err(RenderError::new(format!(
                        "it is a JPEG of {precision} bits for a sample, and only 8 are supported; export it again as ordinary JPEG"
                    )));
                }
                found.height = u32::from(u16::from_be_bytes([h1, h0]));
                found.width = u32::from(u16::from_be_bytes([w1, w0]));
                found.components = components;
                found.multiple_scans = marker == 0xC2;
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(RenderError::new(
                    "it is a lossless, hierarchical or arithmetic-coded JPEG, which is not supported; export it again as ordinary JPEG",
                ));
            }
            0xDA => break body,
            0xD9 => return Err(broken("it ends before its first scan")),
            0xE1 => found.exif_adobe_rgb |= says_adobe_rgb(body),
            0xE2 => {
                if let Some([number, count, profile @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    chunks.push((*number, *count, profile));
                }
            }
            0xEE => found.adobe |= body.starts_with(b"Adobe") && body.len() >= 12,
            _ => {}
        }
        at = next;
    };
    if found.components == 0 {
        return Err(broken("a scan without a frame"));
    }
    limits.check_size(found.width, found.height)?;
    match join(chunks, limits.max_icc_bytes) {
        Ok(icc) => found.icc = icc,
        Err(reason) => found.icc_broken = Some(reason),
    }
    let in_first_scan = scan_header.first().copied().unwrap_or(0);
    if in_first_scan < found.components {
        found.multiple_scans = true;
    }
    if found.multiple_scans {
        check_scans(bytes, at, found.components, limits)?;
    }
    Ok(found)
}

/// The marker at `at`, its body, and where the next one begins.
fn segment(bytes: &[u8], mut at: usize) -> Result<(u8, &[u8], usize), RenderError> {
    let cut = || broken("it is cut off");
    let rest = bytes.get(at..).unwrap_or_default();
    at += rest.iter().take(PADDING).take_while(|byte| **byte == 0).count();
    if bytes.get(at) != Some(&0xFF) {
        return Err(if at >= bytes.len() { cut() } else { broken("a marker is missing") });
    }
    // Any number of fill bytes may stand before a marker.
    while bytes.get(at) == Some(&0xFF) {
        at += 1;
    }
    let marker = *bytes.get(at).ok_or_else(cut)?;
    at += 1;
    if marker == 0xD9 || marker == 0x01 || (0xD0..=0xD8).contains(&marker) {
        return Ok((marker, &[], at));
    }
    let length = match bytes.get(at..at + 2) {
        Some([high, low]) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return Err(cut()),
    };
    let body = bytes.get(at + 2..at + length.max(2)).ok_or_else(cut)?;
    Ok((marker, body, at + length.max(2)))
}

/// Walks all scans: not too many, and every component in at least one of them.
fn check_scans(bytes: &[u8], mut at: usize, components: u8, limits: &Limits) -> Result<(), RenderError> {
    let mut scans = 0;
    let mut identifiers = std::collections::BTreeSet::new();
    loop {
        let (marker, body, next) = segment(bytes, at)?;
        at = next;
        if marker == 0xD9 {
            break;
        }
        if marker != 0xDA {
            continue;
        }
        scans += 1;
        if scans > limits.max_scans {
            return Err(RenderError::new(format!("it is a JPEG of more than {} scans", limits.max_scans)));
        }
        let count = usize::from(body.first().copied().unwrap_or(0));
        // For a progressive picture this takes any scan, not only that of the lowest frequency: libjpeg checks those.
        identifiers.extend(body.iter().skip(1).step_by(2).take(count).copied());
        at = end_of_scan(bytes, at).ok_or_else(|| broken("it is cut off"))?;
    }
    if identifiers.len() < usize::from(components) {
        return Err(broken("a colour component is missing"));
    }
    Ok(())
}

/// Where the coded data after a scan header ends: at a marker that is neither a stuffed byte nor a restart.
fn end_of_scan(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        match bytes.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

/// An ICC profile from its chunks (ICC.1, annex B.4), in the order of their numbers.
fn join(mut chunks: Vec<(u8, u8, &[u8])>, limit: usize) -> Result<Option<Vec<u8>>, &'static str> {
    let Some(count) = chunks.first().map(|chunk| chunk.1) else { return Ok(None) };
    chunks.sort_by_key(|chunk| chunk.0);
    let complete = chunks.len() == usize::from(count)
        && chunks.iter().enumerate().all(|(index, chunk)| usize::from(chunk.0) == index + 1 && chunk.1 == count);
    if !complete {
        return Err("parts of it are missing");
    }
    if chunks.iter().map(|chunk| chunk.2.len()).sum::<usize>() > limit {
        return Err("it is too large");
    }
    Ok(Some(chunks.iter().flat_map(|chunk| chunk.2).copied().collect()))
}

/// Cameras set to Adobe RGB embed no profile: they write "uncalibrated" and the interoperability index `R03`.
fn says_adobe_rgb(body: &[u8]) -> bool {
    let Some(tiff) = body.strip_prefix(b"Exif\0\0") else { return false };
    let Ok(exif) = exif::Reader::new().read_raw(tiff.to_vec()) else { return false };
    let uncalibrated = exif
        .get_field(exif::Tag::ColorSpace, exif::In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .is_some_and(|space| space == 0xFFFF || space == 2);
    let index = exif.get_field(exif::Tag::InteroperabilityIndex, exif::In::PRIMARY);
    uncalibrated
        && index.is_some_and(
            |field| matches!(&field.value, exif::Value::Ascii(text) if text.first().is_some_and(|t| t.starts_with(b"R03"))),
        )
}
