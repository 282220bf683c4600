//! Precedence of metadata blocks that disagree.

use super::exif::Exif;
use super::model::{Location, Metadata};
use super::text;
use super::xmp::Xmp;

/// No photo has more keywords than this; each is at most one line.
const MOST_KEYWORDS: usize = 1000;

/// Adds keywords, cleaned, none twice.
pub(super) fn add_keywords<'a>(keywords: &mut Vec<String>, more: impl IntoIterator<Item = &'a str>) {
    for keyword in more {
        if keywords.len() >= MOST_KEYWORDS {
            return;
        }
        if let Some(keyword) = text::line(keyword).map(String::from)
            && !keywords.contains(&keyword)
        {
            keywords.push(keyword);
        }
    }
}

/// What the three blocks say together, in the order that the module's documentation gives.
pub(super) fn settle(xmp: Xmp, mut iptc: Metadata, exif: Exif) -> (Metadata, Vec<String>) {
    let Xmp { metadata: mut xmp, digitized: stored, mut warnings } = xmp;
    let Exif { metadata: mut camera, digitized, warnings: more } = exif;
    warnings.extend(more);
    let name = camera.camera.clone().or(xmp.camera.clone());
    for block in [&mut xmp, &mut iptc, &mut camera] {
        block.drop_machine_made(&name);
    }
    // The camera itself is the best witness for how it was set, where it stood, and for the moment.
    let technical = Metadata {
        camera: std::mem::take(&mut camera.camera).or(std::mem::take(&mut xmp.camera)),
        gps: camera.gps.take().or(xmp.gps.take()),
        taken: camera.taken.take(),
        ..Metadata::default()
    };
    let late = Metadata { taken: digitized.or(stored), ..Metadata::default() };
    // A city from one place and a country from another make a third: places are taken whole.
    if xmp.location != Location::default() {
        iptc.location = Location::default();
    }
    let mut all = technical.or(xmp).or(iptc).or(camera).or(late);
    all.keywords_unread |= all.keywords.len() >= MOST_KEYWORDS;
    (all, warnings)
}
