//! TIFF: one page anew, of the entries that say how its pixels lie in the file, and its strips or tiles as they are.

use std::ops::Range;

use super::{Density, Original, Refusal, Written};
use crate::formats::bytes::Order;
use crate::formats::tiff::{self, Tiff};
use crate::metadata::packet;

const DAMAGED: Refusal = "it is damaged";
/// Compression in which strips are JPEGs, which may have metadata of their own.
const JPEG: [u64; 2] = [6, 7];

/// Entries that say how pixels are stored, coloured and scaled (TIFF 6.0, its supplements, and the colour profile).
const PIXELS: [u16; 28] = [
    0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010a, 0x0112, 0x0115, 0x0116, 0x0118, 0x0119, 0x011a, 0x011b, 0x011c,
    0x0124, 0x0128, 0x012d, 0x013d, 0x013e, 0x013f, 0x0140, 0x0142, 0x0143, 0x0152, 0x0153, 0x0154, 0x0155, 0x8773,
];
/// Offsets and lengths of strips, and of tiles.
const PLACES: [(u16, u16); 2] = [(0x0111, 0x0117), (0x0144, 0x0145)];
/// How light is measured, for JPEG in TIFF and YCbCr.
const COLOURS: [u16; 4] = [0x0211, 0x0212, 0x0213, 0x0214];
const COMPRESSION: u16 = 0x0103;
const ORIENTATION: u16 = 0x0112;
const XMP: u16 = 700;
const IPTC: u16 = 33723;

/// The page that is shown, with the packet's entries.
pub(super) fn rewritten(source: &[u8], written: &Written<'_>) -> Result<Original, Refusal> {
    let page = Tiff::new(source).and_then(|file| file.page()).ok_or(DAMAGED)?;
    let order = if source.starts_with(b"MM") { Order::Big } else { Order::Little };
    if page.number(COMPRESSION).is_some_and(|compression| JPEG.contains(&compression)) {
        return Err("it is a JPEG in a TIFF");
    }
    let mut directory = packet::directory(&written.rights, written.kept.as_ref(), order);
    for tag in PIXELS.into_iter().chain(COLOURS) {
        let Some(entry) = page.get(tag).filter(|_| !directory.has(tag)) else { continue };
        if entry.kind > 12 {
            return Err("it has entries of eight bytes");
        }
        directory.add(tag, entry.kind, entry.count(), entry.bytes().to_vec());
    }
    if !directory.has(ORIENTATION) {
        // The first page may say it for another one.
        let orientation = tiff::orientation(source);
        if orientation != 1 {
            directory.short(ORIENTATION, u16::from(orientation));
        }
    }
    if !written.packet.xmp.is_empty() {
        directory.bytes(XMP, 1, &written.packet.xmp);
    }
    if !written.packet.iptc.is_empty() {
        directory.bytes(IPTC, 7, &written.packet.iptc);
    }
    let (offsets, lengths) = PLACES.into_iter().find(|(offsets, _)| page.get(*offsets).is_some()).ok_or(DAMAGED)?;
    let parts = parts(source, &page, offsets, lengths)?;
    let sizes = parts.iter().map(|part| u32::try_from(part.len())).collect::<Result<Vec<u32>, _>>();
    directory.longs(lengths, &sizes.map_err(|_| DAMAGED)?);
    // As long with the offsets as without: they are filled in when it is known where the parts begin.
    let unknown = vec![0; parts.len()];
    directory.longs(offsets, &unknown);
    let mut at = 8 + directory.len();
    let mut places = Vec::with_capacity(parts.len());
    for part in &parts {
        places.push(u32::try_from(at).map_err(|_| "it is too large")?);
        at += part.len() + part.len() % 2;
    }
    u32::try_from(at).map_err(|_| "it is too large")?;
    directory.remove(offsets);
    directory.longs(offsets, &places);
    let mut out = Original::default();
    out.put(directory.block());
    for part in parts {
        let odd = part.len() % 2;
        out.take(part);
        if odd == 1 {
            out.put([0]);
        }
    }
    Ok(out)
}

/// Where the strips or tiles lie.
fn parts(source: &[u8], page: &tiff::Directory<'_>, offsets: u16, lengths: u16) -> Result<Vec<Range<usize>>, Refusal> {
    let (offsets, lengths) = (page.get(offsets).ok_or(DAMAGED)?, page.get(lengths).ok_or(DAMAGED)?);
    if offsets.count() != lengths.count() || offsets.count() == 0 {
        return Err(DAMAGED);
    }
    let number = |entry: &tiff::Entry<'_>, at| usize::try_from(entry.number(at)?).ok();
    let part = |at| {
        let start = number(&offsets, at)?;
        let end = start.checked_add(number(&lengths, at)?)?;
        (end <= source.len()).then_some(start..end)
    };
    let parts: Vec<Range<usize>> = (0..offsets.count()).map(part).collect::<Option<_>>().ok_or(DAMAGED)?;
    // Strips that lie on one another would make a small file a large one.
    if parts.iter().map(Range::len).sum::<usize>() > source.len() { Err(DAMAGED) } else { Ok(parts) }
}

/// The density that an EXIF block gives.
pub(super) fn density(block: &[u8]) -> Option<Density> {
    let first = Tiff::new(block)?.first()?;
    let (above, below) = first.get(0x011a)?.fraction(0)?;
    let positive = |value: i64| u32::try_from(value).ok().filter(|value| *value > 0);
    let unit = first.number(0x0128).unwrap_or(2);
    let unit = u16::try_from(unit).ok().filter(|unit| matches!(unit, 2 | 3))?;
    Some(((positive(above)?, positive(below)?), unit))
}
