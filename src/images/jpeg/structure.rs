//! The markers of a JPEG file, read before a decoder sees it (ITU-T T.81, annex B).
//!
//! Sizes are known here before anything is allocated, and floods of scans are refused.

use std::borrow::Cow;
use std::ops::Range;

use super::decode::decode;
use super::errors::PADDING;
use crate::formats::jpeg::{END_OF_IMAGE, Fault, Headers, START_OF_SCAN, Segment, end_of_scan, segment};
use crate::formats::tiff;
use crate::images::colour::ColourSpace;
use crate::images::source::{Decode, Decoded};
use crate::images::{Limits, RenderError, Scratch, check_size};

/// What the markers say.
#[derive(Debug, Default)]
pub(in crate::images) struct Structure {
    pub(in crate::images) width: u32,
    pub(in crate::images) height: u32,
    pub(in crate::images) components: u8,
    /// The Adobe marker: CMYK is stored inverted.
    pub(in crate::images) adobe: bool,
    /// The embedded profile, put together from its chunks.
    icc: Option<Vec<u8>>,
    /// Why there is no profile although there are chunks of one.
    icc_broken: Option<&'static str>,
    /// Exif says that the colour space is Adobe RGB (interoperability index R03).
    exif_adobe_rgb: bool,
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
    let mut frame = None;
    let mut chunks: Vec<(u8, u8, &[u8])> = Vec::new();
    let mut headers = Headers::new(bytes);
    let (scan_header, at) = loop {
        let segment = headers.read().unwrap_or(Err(Fault::Cut)).map_err(fault)?;
        let body = segment.body;
        match segment.marker {
            0xC0..=0xC2 => {
                if frame.is_some() {
                    return Err(broken("two frames"));
                }
                let read = segment.frame().ok_or_else(|| broken("a short frame header"))?;
                if read.bits != 8 {
                    return Err(RenderError::new(format!(
                        "it is a JPEG with {} bits per sample, but only 8 are supported; export it again as ordinary JPEG",
                        read.bits
                    )));
                }
                frame = Some(read);
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
    let frame = frame.filter(|frame| frame.channels > 0).ok_or_else(|| broken("a scan without a frame"))?;
    (found.width, found.height, found.components) = (frame.width, frame.height, frame.channels);
    check_size(limits, found.width, found.height)?;
    match join(chunks, limits.profile_bytes) {
        Ok(icc) => found.icc = icc,
        Err(reason) => found.icc_broken = Some(reason),
    }
    if frame.has_several_scans(scan_header) {
        check_scans(bytes, at, found.components, limits)?;
    }
    Ok(found)
}

fn fault(fault: Fault) -> RenderError {
    match fault {
        Fault::Cut => broken("it is truncated"),
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

impl Decode for Structure {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn decode(
        &self,
        bytes: &[u8],
        least: (u32, u32),
        _: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        let space = match (&self.icc, self.exif_adobe_rgb) {
            (Some(icc), _) => ColourSpace::Icc(icc.clone()),
            (None, true) if self.components == 3 => ColourSpace::AdobeRgb,
            (None, _) => ColourSpace::Srgb,
        };
        if let Some(reason) = self.icc_broken {
            warnings.push(format!("its colour profile is ignored: {reason}; treated as sRGB"));
        }
        let keep_ycc = self.components == 3 && scratch.profiles.is_srgb(&space);
        let decoded = decode(bytes, self, least, keep_ycc, scratch)?;
        warnings.extend(decoded.warnings);
        Ok(Decoded { picture: decoded.picture, space })
    }
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
            return Err(RenderError::new(format!("it is a JPEG with more than {} scans", limits.scans)));
        }
        let count = usize::from(segment.body.first().copied().unwrap_or(0));
        // For a progressive picture this takes any scan, not only that of the lowest frequency: libjpeg checks those.
        identifiers.extend(segment.body.iter().skip(1).step_by(2).take(count).copied());
        at = end_of_scan(bytes, at).ok_or_else(|| broken("it is truncated"))?;
    }
    if identifiers.len() < usize::from(components) {
        return Err(broken("a colour component is missing"));
    }
    Ok(())
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

/// Whether an EXIF segment says so; see [`tiff::says_adobe_rgb`].
fn says_adobe_rgb(body: &[u8]) -> bool {
    body.strip_prefix(b"Exif\0\0").is_some_and(tiff::says_adobe_rgb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tiff::tag;

    /// An EXIF segment of a camera set to Adobe RGB: what its first directory, that of the shot, that of the place, that of
    /// interoperability and that of the thumbnail begin at is 8, 68, 140, 158 and 176.
    fn adobe_rgb(is_big_endian: bool) -> Vec<u8> {
        let two = |value: u16| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let four = |value: u32| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [&two(tag)[..], &two(kind), &four(count), &value].concat()
        };
        let short = |value: u16| [two(value), [0; 2]].concat().try_into().unwrap();
        let directory =
            |entries: &[Vec<u8>], next: u32| [&two(entries.len() as u16)[..], &entries.concat(), &four(next)].concat();
        let first = [
            entry(0x010f, 2, 6, four(62)),
            entry(0x0112, 3, 1, short(1)),
            entry(tag::EXIF, 4, 1, four(68)),
            entry(tag::GPS, 4, 1, four(140)),
        ];
        let shot = [
            entry(0x829a, 5, 1, four(122)),
            entry(0x9000, 7, 4, *b"0230"),
            entry(0xa001, 3, 1, short(0xffff)),
            entry(tag::INTEROPERABILITY, 4, 1, four(158)),
        ];
        [
            b"Exif\0\0".to_vec(),
            [if is_big_endian { b"MM" } else { b"II" }, &two(42)[..], &four(8)].concat(),
            [&directory(&first, 176)[..], b"Canon\0"].concat(),
            [directory(&shot, 0), four(1).to_vec(), four(250).to_vec(), vec![0; 10]].concat(),
            directory(&[entry(0, 1, 4, [2, 2, 0, 0])], 0),
            directory(&[entry(1, 2, 4, *b"R03\0")], 0),
            directory(&[entry(0x0103, 3, 1, short(6))], 0),
        ]
        .concat()
    }

    #[test]
    fn adobe_rgb_is_believed_of_a_whole_block_alone() {
        assert!(says_adobe_rgb(&adobe_rgb(true)));
        let block = adobe_rgb(false);
        for (at, bytes, expected) in [
            (0, &b"Exif"[..], true),
            (0, b"Exim", false),
            // BigTIFF.
            (6 + 2, b"\x2b", false),
            // The maker's name, and the exposure, behind the end.
            (6 + 10 + 8, b"\xff", false),
            (6 + 70 + 8, b"\xff", false),
            // An entry of a type that is not known, as empty rows have it.
            (6 + 10 + 2, b"\0", true),
            // No place; one without a directory.
            (6 + 46, b"\x13\x01", true),
            (6 + 46 + 8, b"\xff", false),
            // Colour spaces: the other number in use, sRGB, none.
            (6 + 94 + 8, b"\x02\0", true),
            (6 + 94 + 8, b"\x01\0", false),
            (6 + 94, b"\x02", false),
            // Behind the shot's directory there is none.
            (6 + 118, b"\x08", false),
            // Another index, another tag.
            (6 + 160 + 8, b"R98", false),
            (6 + 160, b"\x02", false),
            // The thumbnail's directory comes once more, does not exist, or there is none.
            (6 + 190, b"\xb0", false),
            (6 + 58, b"\xff", false),
            (6 + 58, b"\0", true),
        ] {
            let mut block = block.clone();
            block[at..at + bytes.len()].copy_from_slice(bytes);
            assert_eq!(says_adobe_rgb(&block), expected, "{at} {bytes:?}");
        }
        assert!((0..block.len()).all(|length| !says_adobe_rgb(&block[..length])));
    }
}
