//! Reads and writes photo metadata.
//!
//! Everything here is a pure function over the bytes of a file. No pixel is decoded, no file opened, and
//! whatever the bytes say, no more memory is taken than [`Limits`] allow.
//!
//! # Whose word counts
//!
//! A photo may say the same thing in four places. For each field on its own, the first of these that has
//! it counts:
//!
//! | Field | Order |
//! |---|---|
//! | title | XMP `dc:title`, `photoshop:Headline`; IPTC 2:05, 2:105; EXIF `XPTitle` |
//! | caption | XMP `dc:description`; IPTC 2:120; EXIF `ImageDescription`, `XPComment`, `UserComment` |
//! | alt text | XMP `Iptc4xmpCore:AltTextAccessibility` |
//! | keywords | XMP `dc:subject`, the leaves of `lr:hierarchicalSubject`; IPTC 2:25; EXIF `XPKeywords` |
//! | creator | XMP `dc:creator`; IPTC 2:80; EXIF `Artist`, `XPAuthor` |
//! | copyright | XMP `dc:rights`; IPTC 2:116; EXIF `Copyright` |
//! | credit | XMP `photoshop:Credit`; IPTC 2:110 |
//! | licence | XMP `xmpRights:WebStatement`, `cc:license`, `plus:LicensorURL` |
//! | rights reserved or not | XMP `xmpRights:Marked` |
//! | AI training | XMP `plus:DataMining` |
//! | taken | EXIF `DateTimeOriginal` with its offset and parts of a second; XMP `photoshop:DateCreated`, `exif:DateTimeOriginal`; IPTC 2:55 and 2:60; EXIF `DateTimeDigitized`; XMP `xmp:CreateDate`, `exif:DateTimeDigitized` |
//! | camera, coordinates | EXIF; XMP |
//! | place in words | XMP `photoshop:City` and its like, `Iptc4xmpExt:LocationShown`, `LocationCreated`; IPTC 2:92 to 2:101 |
//! | rating, label | XMP; EXIF `Rating` |
//!
//! An offset from UTC that the first block with the time lacks is taken from another that names the same second,
//! unless it is zero, which programs write when they know none. A sidecar lies over all of it: see
//! [`Metadata::overlaid_with`]; its `xmp:CreateDate` does not count. Texts a camera writes by itself, such as
//! `OLYMPUS DIGITAL CAMERA`, and dates of clocks that were never set, count as missing.

mod blocks;
mod camera;
mod capture_time;
mod charset;
mod directory;
mod exif;
mod iptc;
mod machine_made;
mod model;
mod original;
mod packet;
mod precedence;
mod privacy_scan;
mod splice;
mod splice_avif;
mod text;
mod video;
mod xmp;
mod xmp_guard;

#[cfg(test)]
mod tests;

pub use capture_time::{Day, Precision, Taken};
pub use model::{Camera, DataMining, Fraction, Gps, Licence, Location, Metadata};
pub use original::{Kept, OriginalFile, REVISION as ORIGINAL_REVISION, examine, strip_original};
pub use packet::{Packet, Rights};
pub use privacy_scan::{Carried, Found, film_check, strip_check, xmp_check};
pub use splice::{jpeg_growth, splice};
pub(crate) use xmp::parse as parse_xmp;

use crate::formats::{Header, Limits};
use crate::{Code, Error, Result, formats};

/// What a photo says about itself, and a sentence for each block that was damaged and left out.
pub fn read(bytes: &[u8], header: &Header, limits: &Limits) -> (Metadata, Vec<String>) {
    read_in(bytes, header, limits, None)
}

/// As [`read`], choosing the texts of `language` (BCP 47) where a property has several; else `x-default`.
pub fn read_in(bytes: &[u8], header: &Header, limits: &Limits, language: Option<&str>) -> (Metadata, Vec<String>) {
    let found = blocks::Blocks::of(bytes, header.format, limits);
    let (metadata, told) = settled(found, language);
    let mut warnings = formats::oddities(bytes, header.format);
    warnings.extend(told);
    (metadata, warnings)
}

/// What a photo carries, for a sidecar to begin with: programs that find one do not look into the photo any more.
#[derive(Debug, Default)]
pub struct Embedded {
    /// Its XMP packet, where it has one.
    pub packet: Option<String>,
    /// What all of its blocks say.
    pub metadata: Metadata,
}

/// What a photo carries, or a RAW file that is built as TIFF is; of other files nothing is known.
///
/// # Errors
///
/// A sentence where some of it cannot be read, or lies in several packets.
pub fn embedded(bytes: &[u8], limits: &Limits) -> Result<Embedded, String> {
    let Some(format) = formats::SourceFormat::by_bytes(bytes) else { return Ok(Embedded::default()) };
    let found = blocks::Blocks::of(bytes, format, limits);
    if found.lost_xmp || found.xmp.len() > 1 {
        return Err("its own XMP is damaged or in several parts".to_owned());
    }
    let packet = found.xmp.first().map(|packet| xmp::as_text(packet).into_owned());
    let (metadata, _) = settled(found, None);
    Ok(Embedded { packet, metadata })
}

/// What the blocks of one file say together.
fn settled(found: blocks::Blocks<'_>, language: Option<&str>) -> (Metadata, Vec<String>) {
    let mut warnings = Vec::new();
    warnings.extend(found.warnings);
    let mut from_xmp = xmp::Xmp::default();
    let mut lost_xmp = found.lost_xmp;
    for packet in &found.xmp {
        match xmp::read(packet, language) {
            Ok(more) => {
                from_xmp.metadata = from_xmp.metadata.or(more.metadata);
                from_xmp.digitized = from_xmp.digitized.or(more.digitized);
                from_xmp.warnings.extend(more.warnings);
            }
            Err(why) => {
                lost_xmp = true;
                warnings.push(format!("{why} and is ignored"));
            }
        }
    }
    from_xmp.metadata.unread |= lost_xmp;
    // A property stands in one packet and its extension only once; a second packet may have its own.
    from_xmp.metadata.keywords_unread |= found.second_xmp || (lost_xmp && from_xmp.metadata.keywords.is_empty());
    let (mut from_iptc, told) = found.iptc.map(|block| iptc::read(&block)).unwrap_or_default();
    from_iptc.keywords_unread |= found.lost_others;
    warnings.extend(told);
    let from_exif = found.exif.map(|block| exif::read(&block)).unwrap_or_default();
    let (metadata, told) = precedence::settle(from_xmp, from_iptc, from_exif);
    warnings.extend(told);
    (metadata, warnings)
}

/// What a sidecar `.xmp` says of its photo.
///
/// # Errors
///
/// It is larger than `limits` allow, or no XMP.
pub fn read_sidecar(xmp: &[u8], limits: &Limits) -> Result<Metadata> {
    read_sidecar_in(xmp, limits, None).map(|(metadata, _)| metadata)
}

/// As [`read_sidecar`], choosing the texts of `language` (BCP 47) where a property has several. Also gives a sentence for
/// each thing in it that could not be used.
///
/// # Errors
///
/// It is larger than `limits` allow, or no XMP.
pub fn read_sidecar_in(xmp: &[u8], limits: &Limits, language: Option<&str>) -> Result<(Metadata, Vec<String>)> {
    let refuse = |why: String| {
        Error::new(Code::MetadataDamaged, why).hint("export it again, or delete it to use the photo's own metadata")
    };
    if xmp.len() > limits.metadata_bytes {
        return Err(refuse(format!("this sidecar is larger than {} bytes", limits.metadata_bytes)));
    }
    xmp::read(xmp, language).map(|xmp| (xmp.metadata, xmp.warnings)).map_err(refuse)
}
