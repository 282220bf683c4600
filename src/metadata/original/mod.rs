//! Originals for downloads: the file as it is, its pixels, colours and orientation to the byte, without what it says of people,
//! places and devices.
//!
//! Nothing is searched for and taken out: what is known to be part of the picture is taken over, everything else is left
//! behind, and what the site says of rights is written anew, with the time and the camera that pages show too. What cannot be
//! taken apart with certainty is refused. The finished file is looked through by the audit's own search besides.

mod chunks;
mod jpeg;
mod tiff;

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::capture_time::{Precision, Taken};
use super::directory::Directory;
use super::model::Camera;
use super::packet::{Packet, Rights};
use super::privacy_scan::{Carried, film_check, strip_check};
use crate::formats::SourceFormat;
use crate::formats::tiff::tag;

/// Raised whenever the same photo gives other bytes.
pub const REVISION: u32 = 1;

/// Pixels for each unit, and the unit as EXIF counts it: 2 is an inch, 3 a centimetre.
pub(super) type Density = ((u32, u32), u16);

/// What is known of a photo's file that can be given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalFile {
    /// Bytes of what is taken over from it.
    pub length: u64,
    /// Its EXIF alone says that its colours are Adobe RGB.
    pub(super) adobe_rgb: bool,
    pub(super) density: Option<Density>,
}

/// What an original keeps of what its file said.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The orientation that EXIF gives, 1 to 8.
    pub orientation: u8,
    /// When it was taken.
    pub taken: Option<&'a Taken>,
    /// The camera and how it was set.
    pub camera: &'a Camera,
    /// What else decides how it looks.
    pub file: &'a OriginalFile,
}

impl Kept<'_> {
    /// Writes it into the first directory of a block.
    pub(super) fn add_to(&self, first: &mut Directory) {
        let camera = self.camera;
        for (tag, text) in [(0x010f, &camera.make), (0x0110, &camera.model)] {
            text.iter().for_each(|text| first.text(tag, text));
        }
        if self.orientation != 1 {
            first.short(0x0112, u16::from(self.orientation));
        }
        let mut shot = Directory::new(first.order());
        if let Some(shutter) = camera.shutter {
            shot.fractions(0x829a, &[(shutter.numerator, shutter.denominator)]);
        }
        let hundredths = |value: f32| ((value * 100.0).round() as u32, 100);
        camera.aperture.into_iter().for_each(|aperture| shot.fractions(0x829d, &[hundredths(aperture)]));
        camera.focal_length.into_iter().for_each(|length| shot.fractions(0x920a, &[hundredths(length)]));
        if let Some(iso) = camera.iso {
            shot.short(0x8827, u16::try_from(iso).unwrap_or(u16::MAX));
            // Sixteen bits do not hold more (EXIF 2.3, 4.6.5).
            if iso >= u32::from(u16::MAX) {
                shot.longs(0x8833, &[iso]);
                shot.short(0x8830, 3);
            }
        }
        camera.focal_length_35mm.into_iter().for_each(|length| shot.short(0xa405, length));
        camera.lens.iter().for_each(|lens| shot.text(0xa434, lens));
        self.add_time(&mut shot);
        if self.file.adobe_rgb {
            shot.short(0xa001, 0xffff);
            let mut index = Directory::new(first.order());
            index.text(0x0001, "R03");
            shot.put_below(tag::INTEROPERABILITY, index);
        }
        if !shot.is_empty() {
            shot.bytes(0x9000, 7, b"0232");
        }
        first.put_below(tag::EXIF, shot);
    }

    /// EXIF has no way to write a day alone.
    fn add_time(&self, shot: &mut Directory) {
        let Some(taken) = self.taken.filter(|taken| taken.precision() >= Precision::Minute) else { return };
        let at = taken.local();
        let time = format!(
            "{:04}:{:02}:{:02} {:02}:{:02}:{:02}",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        );
        shot.text(0x9003, &time);
        taken.offset_text().iter().for_each(|offset| shot.text(0x9011, offset));
        let parts = format!("{:09}", at.subsec_nanosecond());
        let parts = parts.trim_end_matches('0');
        if !parts.is_empty() {
            shot.text(0x9291, parts);
        }
    }
}

/// A finished file, in pieces: those of the source, and those that were written.
#[derive(Debug, Default)]
pub struct Original {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Source(Range<usize>),
    Own(Vec<u8>),
}

impl Original {
    fn take(&mut self, range: Range<usize>) {
        match self.pieces.last_mut() {
            Some(Piece::Source(last)) if last.end == range.start => last.end = range.end,
            _ if range.is_empty() => {}
            _ => self.pieces.push(Piece::Source(range)),
        }
    }

    fn put(&mut self, bytes: impl Into<Vec<u8>>) {
        self.pieces.push(Piece::Own(bytes.into()));
    }

    /// Its length in bytes.
    fn len(&self) -> usize {
        let of = |piece: &Piece| match piece {
            Piece::Source(range) => range.len(),
            Piece::Own(bytes) => bytes.len(),
        };
        self.pieces.iter().map(of).sum()
    }

    /// Writes it, taking what it needs of the source that it was made of.
    fn write(&self, source: &[u8], out: &mut impl Write) -> io::Result<()> {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Source(range) => out.write_all(source.get(range.clone()).unwrap_or_default()),
            Piece::Own(bytes) => out.write_all(bytes),
        })
    }
}

/// Why a photo's file cannot be given away: the end of "its metadata cannot be removed safely: …".
type Refusal = &'static str;

/// Takes a photo's file apart and puts it together again with another packet.
fn rewritten(source: &[u8], format: SourceFormat, written: &Written<'_>) -> Result<Original, Refusal> {
    match format {
        SourceFormat::Jpeg => jpeg::rewritten(source, written.packet),
        SourceFormat::Png => chunks::png(source, written.packet),
        SourceFormat::Webp => chunks::webp(source, written.packet),
        SourceFormat::JpegXl => chunks::jpeg_xl(source, written.packet),
        SourceFormat::Tiff => tiff::rewritten(source, written),
        SourceFormat::Avif | SourceFormat::Heic => {
            Err("the pictures in AVIF and HEIC files cannot be told apart from what belongs to them")
        }
    }
}

/// What is written into an original: as blocks, and as what they are made of, for formats that have directories of their own.
struct Written<'a> {
    packet: &'a Packet,
    rights: Rights,
    kept: Option<Kept<'a>>,
}

/// Looks whether the file of a photo can be given away, and what of it must be remembered.
///
/// # Errors
/// Why it cannot.
pub fn examine(source: &[u8], format: SourceFormat) -> Result<OriginalFile, Refusal> {
    let nothing = Packet::default();
    let written = Written { packet: &nothing, rights: Rights::default(), kept: None };
    let length = rewritten(source, format, &written)?.len() as u64;
    let exif = if format == SourceFormat::Jpeg { crate::formats::jpeg::exif(source) } else { None };
    let adobe_rgb = exif.is_some_and(crate::formats::tiff::says_adobe_rgb);
    let density = match format {
        SourceFormat::Jpeg => exif.and_then(tiff::density).or_else(|| jpeg::density(source)),
        _ => None,
    };
    Ok(OriginalFile { length, adobe_rgb, density })
}

/// The file of a photo with `rights` written into it and everything private left out; see [`examine`].
///
/// # Errors
/// It cannot be taken apart, or something private would be left.
pub fn strip_original(
    source: &[u8],
    format: SourceFormat,
    rights: &Rights,
    kept: Kept<'_>,
    packet: &Packet,
) -> Result<Vec<u8>, String> {
    let written = Written { packet, rights: rights.cleaned(), kept: Some(kept) };
    let original = rewritten(source, format, &written)?;
    let mut out = Vec::with_capacity(original.len());
    original.write(source, &mut out).map_err(|error| error.to_string())?;
    match private_rest(&out, written.rights.gps.is_some()) {
        Some(rest) => Err(format!("{rest} would be left in it")),
        None => Ok(out),
    }
}

/// What the audit's search finds in a finished original and may not stand there.
fn private_rest(bytes: &[u8], may_have_gps: bool) -> Option<String> {
    let found = film_check(bytes).unwrap_or_else(|| strip_check(bytes));
    let is_ours = |(kind, name): &(Carried, String)| match kind {
        Carried::Gps => may_have_gps && name == "EXIF",
        // The time, the camera and the colour space.
        Carried::Other => name.starts_with("EXIF "),
        _ => false,
    };
    found.items.iter().find(|item| !is_ours(item)).map(|(_, name)| name.clone())
}
