//! EXIF (CIPA DC-008): what the camera wrote.

use super::capture_time::{Taken, offset_minutes};
use super::charset::{self, user_comment};
use super::machine_made;
use super::model::{Camera, Fraction, Gps, Metadata};
use super::text;
use crate::formats::tiff::{Directory, Entry, Tiff};

mod tag {
    pub(super) const IMAGE_DESCRIPTION: u16 = 0x010e;
    pub(super) const MAKE: u16 = 0x010f;
    pub(super) const MODEL: u16 = 0x0110;
    pub(super) const DATE_STORED: u16 = 0x0132;
    pub(super) const ARTIST: u16 = 0x013b;
    pub(super) const RATING: u16 = 0x4746;
    pub(super) const COPYRIGHT: u16 = 0x8298;
    pub(super) const EXPOSURE_TIME: u16 = 0x829a;
    pub(super) const F_NUMBER: u16 = 0x829d;
    pub(super) use crate::formats::tiff::tag::{EXIF as EXIF_DIRECTORY, GPS as GPS_DIRECTORY};

    pub(super) const SENSITIVITY: u16 = 0x8827;
    pub(super) const STANDARD_SENSITIVITY: u16 = 0x8831;
    pub(super) const EXPOSURE_INDEX: u16 = 0x8832;
    pub(super) const ISO_SPEED: u16 = 0x8833;
    pub(super) const DATE_ORIGINAL: u16 = 0x9003;
    pub(super) const DATE_DIGITIZED: u16 = 0x9004;
    pub(super) const OFFSET_STORED: u16 = 0x9010;
    pub(super) const OFFSET_ORIGINAL: u16 = 0x9011;
    pub(super) const OFFSET_DIGITIZED: u16 = 0x9012;
    pub(super) const APERTURE_VALUE: u16 = 0x9202;
    pub(super) const FOCAL_LENGTH: u16 = 0x920a;
    pub(super) const USER_COMMENT: u16 = 0x9286;
    pub(super) const PARTS_ORIGINAL: u16 = 0x9291;
    pub(super) const PARTS_DIGITIZED: u16 = 0x9292;
    pub(super) const XP_TITLE: u16 = 0x9c9b;
    pub(super) const XP_COMMENT: u16 = 0x9c9c;
    pub(super) const XP_AUTHOR: u16 = 0x9c9d;
    pub(super) const XP_KEYWORDS: u16 = 0x9c9e;
    pub(super) const FOCAL_LENGTH_35MM: u16 = 0xa405;
    pub(super) const LENS_MAKE: u16 = 0xa433;
    pub(super) const LENS_MODEL: u16 = 0xa434;
}

/// What an EXIF block holds, the two kinds of date apart because XMP comes between them.
#[derive(Debug, Default)]
pub(super) struct Exif {
    /// Everything but dates other than the original one.
    pub(super) metadata: Metadata,
    /// When it was scanned or stored, where no original date is known.
    pub(super) digitized: Option<Taken>,
    /// What was damaged, one sentence each.
    pub(super) warnings: Vec<String>,
}

/// Reads a block; what cannot be read is passed over with a warning.
pub(super) fn read(block: &[u8]) -> Exif {
    let mut exif = Exif::default();
    let Some((tiff, first)) = Tiff::new(block).and_then(|tiff| Some((tiff, tiff.first()?))) else {
        exif.metadata.keywords_unread = true;
        exif.warnings.push("its EXIF block is damaged and ignored".into());
        return exif;
    };
    let below = |tag| {
        let at = first.number(tag).and_then(|at| usize::try_from(at).ok())?;
        Some(tiff.directory(at).ok_or(tag))
    };
    let mut damaged = first.damaged;
    let shot = match below(tag::EXIF_DIRECTORY) {
        Some(Ok(shot)) => shot,
        Some(Err(_)) => {
            damaged += 1;
            Directory::default()
        }
        None => Directory::default(),
    };
    let position = below(tag::GPS_DIRECTORY).and_then(Result::ok);
    damaged += shot.damaged;
    if damaged > 0 {
        exif.warnings.push("some entries of its EXIF block are damaged and ignored".into());
    }
    exif.metadata.camera = read_camera(&first, &shot).possible();
    let comment = shot.get(tag::USER_COMMENT).and_then(|entry| user_comment(entry.bytes(), block.starts_with(b"II")));
    read_texts(&first, comment, &mut exif.metadata);
    // They stand in the first directory.
    exif.metadata.keywords_unread = first.damaged > 0;
    exif.metadata.gps = position.and_then(|position| read_gps(&position));
    let date = |date, parts, offset| {
        let (parts, offset) = (ascii(&shot, parts), ascii(&shot, offset));
        Taken::from_exif(&ascii(&shot, date)?, parts.as_deref(), offset.as_deref())
    };
    exif.metadata.taken = date(tag::DATE_ORIGINAL, tag::PARTS_ORIGINAL, tag::OFFSET_ORIGINAL).map(|taken| {
        // Many phones write the offset of one of the three times alone; it counts for another that names the same second.
        let written = ascii(&shot, tag::DATE_ORIGINAL);
        let digitized = ascii(&shot, tag::DATE_DIGITIZED).filter(|time| Some(time) == written.as_ref());
        let stored = ascii(&first, tag::DATE_STORED).filter(|time| Some(time) == written.as_ref());
        let offset = digitized.and_then(|_| ascii(&shot, tag::OFFSET_DIGITIZED));
        let offset = offset.or_else(|| stored.and_then(|_| ascii(&shot, tag::OFFSET_STORED)));
        taken.with_offset(offset.as_deref().and_then(offset_minutes))
    });
    exif.digitized = date(tag::DATE_DIGITIZED, tag::PARTS_DIGITIZED, tag::OFFSET_DIGITIZED);
    exif
}

fn read_texts(first: &Directory<'_>, comment: Option<String>, metadata: &mut Metadata) {
    let captions = [ascii(first, tag::IMAGE_DESCRIPTION), wide(first, tag::XP_COMMENT), comment];
    let of_people = |text: &str| !machine_made::is_text(text) && !machine_made::is_camera(text, &metadata.camera);
    metadata.caption =
        captions.into_iter().flatten().find_map(|text| text::lines(&text).filter(|text| of_people(text)));
    metadata.title = wide(first, tag::XP_TITLE).and_then(|title| text::line(&title));
    // One text for all of them, parted by semicolons.
    let creators = ascii(first, tag::ARTIST).or_else(|| wide(first, tag::XP_AUTHOR)).unwrap_or_default();
    metadata.creators = creators.split(';').filter_map(|creator| text::line(creator).map(String::from)).collect();
    // Two parts, the photographer's and the editor's, with a zero between; a blank stands for none.
    metadata.copyright = first.get(tag::COPYRIGHT).and_then(|entry| {
        let parts: Vec<_> =
            entry.bytes().split(|byte| *byte == 0).filter_map(|part| text::line(&charset::decode(part))).collect();
        text::line(&parts.join("; "))
    });
    let keywords = wide(first, tag::XP_KEYWORDS).unwrap_or_default();
    super::precedence::add_keywords(&mut metadata.keywords, keywords.split(';'));
    metadata.rating =
        first.number(tag::RATING).and_then(|stars| i8::try_from(stars).ok()).filter(|stars| (1..=5).contains(stars));
}

fn read_camera(first: &Directory<'_>, shot: &Directory<'_>) -> Camera {
    let lens = ascii(shot, tag::LENS_MODEL).and_then(|lens| text::line(&lens));
    // A bare "50mm f/1.4" says more with its maker; most lenses name themselves well enough.
    let lens_make = ascii(shot, tag::LENS_MAKE).and_then(|make| text::line(&make));
    Camera {
        make: ascii(first, tag::MAKE).and_then(|make| text::line(&make)),
        model: ascii(first, tag::MODEL).and_then(|model| text::line(&model)),
        lens: super::camera::lens_name(lens_make.as_deref(), lens.as_deref()),
        focal_length: shot.get(tag::FOCAL_LENGTH).and_then(|entry| Some(entry.real(0)? as f32)),
        focal_length_35mm: shot.number(tag::FOCAL_LENGTH_35MM).and_then(|mm| u16::try_from(mm).ok()),
        aperture: shot
            .get(tag::F_NUMBER)
            .and_then(|entry| entry.real(0))
            .filter(|number| *number > 0.0)
            .or_else(|| {
                // APEX: the f-number is the square root of two to this power; 0 stands for none.
                let apex = shot.get(tag::APERTURE_VALUE)?.real(0).filter(|apex| *apex != 0.0)?;
                Some((2_f64.powf(apex / 2.0) * 10.0).round() / 10.0)
            })
            .map(|number| number as f32),
        shutter: shot.get(tag::EXPOSURE_TIME).and_then(|entry| {
            let (numerator, denominator) = entry.fraction(0)?;
            Fraction::new(u32::try_from(numerator).ok()?, u32::try_from(denominator).ok()?)
        }),
        iso: sensitivity(shot),
    }
}

/// Sixteen bits do not hold more than 65535, which then means "see the other tags" (EXIF 2.3, 4.6.5).
fn sensitivity(shot: &Directory<'_>) -> Option<u32> {
    let of = |tag| {
        let value = shot.number(tag).and_then(|value| u32::try_from(value).ok());
        value.filter(super::camera::is_sensitivity)
    };
    let wider = || [tag::STANDARD_SENSITIVITY, tag::EXPOSURE_INDEX, tag::ISO_SPEED].into_iter().find_map(of);
    match of(tag::SENSITIVITY) {
        Some(65535) => wider().or(Some(65535)),
        Some(value) => Some(value),
        None => wider(),
    }
}

/// Degrees, minutes and seconds with their references (EXIF 2.32, 4.6.6).
fn read_gps(position: &Directory<'_>) -> Option<Gps> {
    let degrees = |reference, tag, negative: [char; 2]| {
        let entry = position.get(tag)?;
        let part = |index| entry.real(index);
        let value = part(0)? + part(1).unwrap_or(0.0) / 60.0 + part(2).unwrap_or(0.0) / 3600.0;
        let reference = ascii(position, reference)?;
        Some(if reference.trim().starts_with(negative) { -value } else { value })
    };
    let (latitude, longitude) = (degrees(1, 2, ['S', 's'])?, degrees(3, 4, ['W', 'w'])?);
    let altitude = position.get(6).and_then(|entry| entry.real(0)).map(|metres| {
        let below_sea = position.number(5) == Some(1);
        (if below_sea { -metres } else { metres }) as f32
    });
    Gps::new(latitude, longitude, altitude)
}

/// A text up to its first zero; `None` where it is blank.
fn ascii(directory: &Directory<'_>, tag: u16) -> Option<String> {
    let entry = directory.get(tag)?;
    let text = charset::decode(entry.bytes().split(|byte| *byte == 0).next()?);
    (!text.trim().is_empty()).then_some(text)
}

/// One of Windows' texts: UTF-16, little-endian whatever the block's order.
fn wide(directory: &Directory<'_>, tag: u16) -> Option<String> {
    let entry: Entry<'_> = directory.get(tag)?;
    let units: Vec<u16> = entry
        .bytes()
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .take_while(|unit| *unit != 0)
        .collect();
    let text = String::from_utf16_lossy(&units);
    (!text.trim().is_empty()).then_some(text)
}
