//! The markers of a JPEG file, read before a decoder sees it (ITU-T T.81, annex B).
//!
//! Sizes are known here before anything is allocated, and floods of scans are refused.

use std::borrow::Cow;
use std::ops::Range;

use super::errors::PADDING;
use crate::formats::jpeg::{END_OF_IMAGE, Fault, Headers, START_OF_SCAN, Segment, segment};
use crate::images::{Limits, RenderError, check_size};

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
    /// What the samples mean, whatever the JPEG itself says.
    pub(in crate::images) colours: Option<Colours>,
    /// Where bytes lie between the headers that belong to none of them.
    stray: Vec<Range<usize>>,
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its JPEG data is broken: {what}"))
}

/// What the numbers in the scans mean, where the file around a JPEG says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::images) enum Colours {
    Grey,
    Rgb,
    Ycc,
    /// 0 is no ink.
    Cmyk,
}

/// Reads the markers up to the first scan; for pictures of several scans also counts the scans.
pub(in crate::images) fn read(bytes: &[u8], limits: &Limits) -> Result<Structure, RenderError> {
    let mut found = Structure::default();
    let mut chunks: Vec<(u8, u8, &[u8])> = Vec::new();
    let mut headers = Headers::new(bytes);
    let (scan_header, at) = loop {
        let segment = headers.read().unwrap_or(Err(Fault::Cut)).map_err(fault)?;
        let body = segment.body;
        match segment.marker {
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
                found.multiple_scans = segment.marker == 0xC2;
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(RenderError::new(
                    "it is a lossless, hierarchical or arithmetic-coded JPEG, which is not supported; export it again as ordinary JPEG",
                ));
            }
            START_OF_SCAN => break (body, segment.at),
            END_OF_IMAGE => return Err(broken("it ends before its first scan")),
            0xE1 => found.exif_adobe_rgb |= says_adobe_rgb(body),
            0xE2 => {
                if let Some([number, count, profile @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    chunks.push((*number, *count, profile));
                }
            }
            0xEE => found.adobe |= body.starts_with(b"Adobe") && body.len() >= 12,
            _ => {}
        }
    };
    found.stray = headers.into_stray();
    if found.components == 0 {
        return Err(broken("a scan without a frame"));
    }
    check_size(limits, found.width, found.height)?;
    match join(chunks, limits.profile_bytes) {
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

fn fault(fault: Fault) -> RenderError {
    match fault {
        Fault::Cut => broken("it is cut off"),
        Fault::NoMarker => broken("a marker is missing"),
    }
}

/// The segment at `at`, between or after scans. Zeros before it are padding; anything else is picture data out of place.
fn later_segment(bytes: &[u8], at: usize) -> Result<Segment<'_>, RenderError> {
    let segment = segment(bytes, at, PADDING).map_err(fault)?;
    let before = bytes.get(at..segment.at).unwrap_or_default();
    if segment.stray > 0 && before.iter().any(|byte| !matches!(byte, 0 | 0xFF)) {
        return Err(broken("a marker is missing"));
    }
    Ok(segment)
}

impl Structure {
    /// The file without the bytes between its headers that belong to none of them.
    pub(super) fn without_stray<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.stray.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let (mut out, mut from) = (Vec::with_capacity(bytes.len()), 0);
        for stray in &self.stray {
            out.extend_from_slice(bytes.get(from..stray.start).unwrap_or_default());
            from = stray.end;
        }
        out.extend_from_slice(bytes.get(from..).unwrap_or_default());
        Cow::Owned(out)
    }
}

/// The file without what some cameras fill it up with behind the data of its scans: one byte again and again, more often
/// than [`PADDING`]. `None` where there is none.
///
/// One of the bytes stays: it may be the last of the data. A hole that was filled with zeros goes too, so what has one
/// lacks picture data afterwards.
pub(super) fn without_padding(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut headers = Headers::new(bytes);
    let mut at = std::iter::from_fn(|| headers.read()?.ok()).find(|segment| segment.marker == START_OF_SCAN)?.end;
    let (mut out, mut from) = (Vec::new(), 0);
    loop {
        let end = end_of_scan(bytes, at)?;
        let fill = bytes[at..end].iter().rev().take_while(|byte| **byte == 0xFF).count();
        let data = &bytes[at..end - fill];
        let run = data.iter().rev().take_while(|byte| data.last() == Some(*byte)).count();
        if run > PADDING {
            out.extend_from_slice(&bytes[from..at + data.len() - run + 1]);
            from = end;
        }
        at = end;
        loop {
            let segment = later_segment(bytes, at).ok()?;
            at = segment.end;
            match segment.marker {
                START_OF_SCAN => break,
                END_OF_IMAGE => {
                    out.extend_from_slice(&bytes[from..]);
                    return (from > 0).then_some(out);
                }
                _ => {}
            }
        }
    }
}

/// Walks all scans: not too many, and every component in at least one of them.
fn check_scans(bytes: &[u8], mut at: usize, components: u8, limits: &Limits) -> Result<(), RenderError> {
    let mut scans = 0;
    let mut identifiers = std::collections::BTreeSet::new();
    loop {
        let segment = later_segment(bytes, at)?;
        at = segment.end;
        if segment.marker == END_OF_IMAGE {
            break;
        }
        if segment.marker != START_OF_SCAN {
            continue;
        }
        scans += 1;
        if scans > limits.scans {
            return Err(RenderError::new(format!("it is a JPEG of more than {} scans", limits.scans)));
        }
        let count = usize::from(segment.body.first().copied().unwrap_or(0));
        // For a progressive picture this takes any scan, not only that of the lowest frequency: libjpeg checks those.
        identifiers.extend(segment.body.iter().skip(1).step_by(2).take(count).copied());
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
