//! IPTC-IIM 4.2: the data sets that press agencies have written since 1991.

use super::blocks::resources;
use super::capture_time::Taken;
use super::charset::Charset;
use super::machine_made;
use super::model::{Location, Metadata};
use super::text;
use crate::formats::bytes::{be16, slice};

/// No photo has more data sets than this.
const MOST: usize = 4096;

/// A data set: record, number, content.
type DataSet<'a> = (u8, u8, &'a [u8]);

/// Every data set; `false` at the end where something was cut off.
pub(super) fn data_sets(block: &[u8]) -> (Vec<DataSet<'_>>, bool) {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < MOST && block.get(at) == Some(&0x1c) {
        let Some((set, next)) = data_set(block, at) else { return (found, false) };
        found.push(set);
        at = next;
    }
    // Padding after the last one is common; anything else is not.
    let whole = block.get(at..).is_none_or(|rest| rest.iter().all(|byte| *byte == 0));
    (found, whole)
}

fn data_set(block: &[u8], at: usize) -> Option<(DataSet<'_>, usize)> {
    let (record, number) = (*block.get(at + 1)?, *block.get(at + 2)?);
    let length = usize::from(be16(block, at + 3)?);
    let (start, length) = match length & 0x8000 {
        0 => (at + 5, length),
        // An extended data set gives here the width of its length.
        _ => {
            let width = length & 0x7fff;
            let digits = slice(block, at + 5, width).filter(|_| width <= 4)?;
            (at + 5 + width, digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        }
    };
    Some(((record, number, slice(block, start, length)?), start + length))
}

/// Reads a block. Texts that are UTF-8 are UTF-8 whatever 1:90 declares, for programs declare the one and write the other.
/// All others of a block are in one encoding, which is guessed of all of them together unless 1:90 declares Latin-1.
pub(super) fn read(block: &[u8]) -> (Metadata, Vec<String>) {
    let mut warnings = Vec::new();
    let block = if block.starts_with(b"8BIM") {
        resources(block).find(|(id, _)| *id == 0x0404).map_or(&[][..], |(_, body)| body)
    } else {
        block
    };
    let (sets, whole) = data_sets(block);
    if !whole {
        warnings.push("its IPTC block is damaged; only its readable part is used".into());
    }
    let declared = sets.iter().find(|(record, number, _)| (*record, *number) == (1, 90)).map(|(_, _, escape)| *escape);
    let charset = match declared {
        Some(b"\x1b.A" | b"\x1b-A") => Charset::latin(),
        _ => Charset::of(sets.iter().filter(|(record, _, _)| *record == 2).map(|(_, _, content)| *content)),
    };
    let all = |wanted: u8| {
        let of = sets.iter().filter(move |(record, number, _)| *record == 2 && *number == wanted);
        of.map(move |(_, _, content)| charset.decode(content))
    };
    let line = |number| all(number).find_map(|content| text::line(&content));
    let mut metadata = Metadata {
        title: line(5).filter(|title| !machine_made::is_text(title)).or_else(|| line(105)),
        caption: all(120).find_map(|content| text::lines(&content)).filter(|caption| !machine_made::is_text(caption)),
        creators: all(80).filter_map(|content| text::line(&content).map(String::from)).collect(),
        copyright: line(116),
        credit: line(110),
        taken: all(55).next().and_then(|date| Taken::from_iim(&date, all(60).next().as_deref())),
        location: Location {
            sublocation: line(92),
            city: line(90),
            state: line(95),
            country: line(101),
            country_code: line(100),
        },
        keywords_unread: !whole,
        ..Metadata::default()
    };
    let keywords: Vec<String> = all(25).collect();
    super::precedence::add_keywords(&mut metadata.keywords, keywords.iter().map(String::as_str));
    (metadata, warnings)
}
