//! The segments of a JPEG before its picture data (ITU-T T.81, annex B), for whoever reads one: what libjpeg passes over
//! between them is passed over here, up to a limit.

use std::ops::Range;

use super::bytes::{be16, slice};

/// Bytes between the headers of a file that belong to none of them, as some cameras and old editors leave them. libjpeg
/// passes over any number; where more are in the way, a header has been lost.
const MOST_STRAY: usize = 1024;

/// A segment: its marker's second byte, where it starts (at the marker), and what follows its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    pub(crate) at: usize,
    pub(crate) body: &'a [u8],
    /// Where the next one is looked for.
    pub(crate) end: usize,
    /// Bytes before it that belong to nothing.
    pub(crate) stray: usize,
}

/// Why there is no further segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file ends.
    Cut,
    /// Something that is no marker stands in a marker's place.
    NoMarker,
}

pub(crate) const APP0: u8 = 0xe0;
pub(crate) const APP1: u8 = 0xe1;
pub(crate) const APP13: u8 = 0xed;
/// The frame of a progressive picture.
const PROGRESSIVE: u8 = 0xc2;
pub(crate) const START_OF_SCAN: u8 = 0xda;
pub(crate) const END_OF_IMAGE: u8 = 0xd9;

pub(crate) const EXIF: &[u8] = b"Exif\0";
pub(crate) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
pub(crate) const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
pub(crate) const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// The segment at `from`, or after at most `most` stray bytes. Markers that stand alone have an empty body.
pub(crate) fn segment(bytes: &[u8], from: usize, most: usize) -> Result<Segment<'_>, Fault> {
    let (mut at, mut stray) = (from, 0);
    let marker = loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let skipped = rest.iter().take(most + 1).take_while(|byte| **byte != 0xff).count();
        stray += skipped;
        if stray > most {
            return Err(Fault::NoMarker);
        }
        // Any number of fill bytes may stand before a marker.
        let fill = rest[skipped..].iter().take_while(|byte| **byte == 0xff).count();
        at += skipped + fill;
        match bytes.get(at) {
            None => return Err(Fault::Cut),
            // An escaped byte of picture data, which there is none of here.
            Some(0) => {
                stray += 2;
                at += 1;
            }
            Some(0x02..=0xbf) => return Err(Fault::NoMarker),
            Some(marker) => break *marker,
        }
    };
    let (at, body) = (at - 1, at + 1);
    if matches!(marker, 0x01 | 0xd0..=0xd9) {
        return Ok(Segment { marker, at, body: &[], end: body, stray });
    }
    let length = usize::from(be16(bytes, body).ok_or(Fault::Cut)?).max(2);
    let content = slice(bytes, body + 2, length - 2).ok_or(Fault::Cut)?;
    Ok(Segment { marker, at, body: content, end: body + length, stray })
}

/// Reads one segment after the other, up to and with the first start of scan or the end marker.
#[derive(Clone, Debug)]
pub(crate) struct Headers<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the bytes lie that belong to no header.
    stray: Vec<Range<usize>>,
    left: usize,
    ended: bool,
}

impl<'a> Headers<'a> {
    /// From the start of a file.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 2, stray: Vec::new(), left: MOST_STRAY, ended: !bytes.starts_with(b"\xff\xd8") }
    }

    /// The next segment that is none of the markers that mean nothing here; `None` after the start of a scan.
    pub(crate) fn read(&mut self) -> Option<Result<Segment<'a>, Fault>> {
        while !self.ended {
            match segment(self.bytes, self.at, self.left) {
                Ok(segment) => {
                    if segment.stray > 0 {
                        self.stray.push(self.at..segment.at);
                        self.left -= segment.stray;
                    }
                    self.at = segment.end;
                    self.ended = matches!(segment.marker, START_OF_SCAN | END_OF_IMAGE);
                    if !matches!(segment.marker, 0x01 | 0xd0..=0xd8) {
                        return Some(Ok(segment));
                    }
                }
                Err(fault) => {
                    self.ended = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }

    /// Where the bytes lie that belonged to none of the headers read so far.
    pub(crate) fn into_stray(self) -> Vec<Range<usize>> {
        self.stray
    }
}

/// Segments up to and with the first start of scan; ends where the file does not go on as it should.
pub(crate) fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut headers = Headers::new(bytes);
    std::iter::from_fn(move || headers.read()?.ok().filter(|segment| segment.marker != END_OF_IMAGE))
}

/// The first EXIF block.
pub(crate) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let block = segments(bytes).find(|segment| segment.marker == APP1 && segment.body.starts_with(EXIF));
    block.and_then(|segment| segment.body.get(6..))
}

/// How many bytes lie between the headers and belong to none.
pub(crate) fn stray(bytes: &[u8]) -> usize {
    segments(bytes).map(|segment| segment.stray).sum()
}

/// Where the data after a scan's header ends: at a marker that is neither a stuffed byte nor a restart.
pub(crate) fn end_of_scan(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// Where the picture ends whose scans begin at `at`: after the first end marker that no scan and no segment holds.
pub(crate) fn end_of_picture(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = end_of_scan(bytes, at)?;
        match bytes.get(at + 1)? {
            &END_OF_IMAGE => return Some(at + 2),
            _ => at += 2 + usize::from(be16(bytes, at + 2)?),
        }
    }
}

/// A frame header (B.2.2): how the picture is coded, and how large it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    marker: u8,
    /// Bits of a sample.
    pub(crate) bits: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: u8,
    /// Three bytes for each channel: its number, its sampling factors, its table.
    pub(crate) components: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Whether it is a frame header: SOF0 to SOF15 without DHT, JPG and DAC.
    pub(crate) fn is_frame(&self) -> bool {
        matches!(self.marker, 0xc0..=0xcf) && !matches!(self.marker, 0xc4 | 0xc8 | 0xcc)
    }

    /// The frame that its body describes; `None` where that is too short.
    pub(crate) fn frame(&self) -> Option<Frame<'a>> {
        let [bits, h1, h0, w1, w0, channels, components @ ..] = self.body else { return None };
        let two = |high: &u8, low: &u8| u32::from(u16::from_be_bytes([*high, *low]));
        let (width, height) = (two(w1, w0), two(h1, h0));
        Some(Frame { marker: self.marker, bits: *bits, width, height, channels: *channels, components })
    }
}

impl Frame<'_> {
    /// Whether the picture comes in several scans, by the header of the first: all coefficients are kept until the last.
    pub(crate) fn has_several_scans(&self, first_scan: &[u8]) -> bool {
        self.marker == PROGRESSIVE || first_scan.first().copied().unwrap_or(0) < self.channels
    }
}
