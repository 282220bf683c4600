//! The TIFF structure: what EXIF blocks and TIFF files are made of (TIFF 6.0, BigTIFF, CIPA DC-008).
//!
//! Real cameras write directories that strict readers refuse: unsorted, one entry short, values past the
//! end. Here an entry that cannot be read is passed over and the others count.

use std::collections::BTreeSet;

use super::bytes::{Order, slice};

/// Tags whose entries point to further directories.
pub(crate) mod tag {
    pub(crate) const EXIF: u16 = 0x8769;
    pub(crate) const GPS: u16 = 0x8825;
    pub(crate) const INTEROPERABILITY: u16 = 0xa005;
}

/// No directory of a photograph comes near this; a larger count is damage.
const ENTRIES: u64 = 4096;

/// A TIFF structure, its header checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tiff<'a> {
    bytes: &'a [u8],
    order: Order,
    big: bool,
    first: usize,
}

/// One entry of a directory; its value lies somewhere in the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    value: &'a [u8],
    order: Order,
}

/// A directory: its readable entries, and what comes of the others.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
    /// How many entries could not be read.
    pub(crate) damaged: usize,
    /// How many of these are of a type that is not known here.
    unknown: usize,
    /// Where the next directory is, 0 where there is none; `None` where the block ends before it says.
    pub(crate) next: Option<usize>,
}

impl<'a> Tiff<'a> {
    /// Checks the eight or sixteen bytes at the start.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let order = match bytes.get(..2)? {
            b"II" => Order::Little,
            b"MM" => Order::Big,
            _ => return None,
        };
        let (big, first) = match order.u16(bytes, 2)? {
            42 => (false, u64::from(order.u32(bytes, 4)?)),
            43 if order.u16(bytes, 4)? == 8 => (true, order.u64(bytes, 8)?),
            _ => return None,
        };
        Some(Self { bytes, order, big, first: usize::try_from(first).ok()? })
    }

    /// The first directory.
    pub(crate) fn first(&self) -> Option<Directory<'a>> {
        self.directory(self.first)
    }

    /// The directory of the picture: the first one that is not a thumbnail's (NewSubfileType, bit 0), else the first.
    pub(crate) fn page(&self) -> Option<Directory<'a>> {
        const KIND: u16 = 0x00fe;
        const PAGES: usize = 16;
        let mut directory = self.first()?;
        for _ in 1..PAGES {
            if directory.number(KIND).is_none_or(|kind| kind & 1 == 0) {
                return Some(directory);
            }
            let Some(next) = directory.next.and_then(|next| self.directory(next)) else { break };
            directory = next;
        }
        match directory.number(KIND) {
            Some(kind) if kind & 1 == 1 => self.first(),
            _ => Some(directory),
        }
    }

    /// The directory at this offset; `None` when there is none.
    pub(crate) fn directory(&self, at: usize) -> Option<Directory<'a>> {
        if at < 8 {
            return None;
        }
        let (count, head, size, word) = if self.big {
            (self.order.u64(self.bytes, at)?, 8, 20, 8)
        } else {
            (u64::from(self.order.u16(self.bytes, at)?), 2, 12, 4)
        };
        let count = usize::try_from(count.min(ENTRIES)).ok()?;
        let start = at.checked_add(head)?;
        let table = self.bytes.get(start..)?;
        let mut directory = Directory::default();
        for row in table.chunks_exact(size).take(count) {
            match self.entry(row, word) {
                Some(entry) => directory.entries.push(entry),
                None => {
                    directory.damaged += 1;
                    directory.unknown += usize::from(self.order.u16(row, 2).and_then(size_of_kind).is_none());
                }
            }
        }
        directory.damaged += count.saturating_sub(table.len() / size);
        let after = start + count.saturating_mul(size);
        directory.next = match self.big {
            true => self.order.u64(self.bytes, after).and_then(|next| usize::try_from(next).ok()),
            false => self.order.u32(self.bytes, after).and_then(|next| usize::try_from(next).ok()),
        };
        Some(directory)
    }

    /// Whether an EXIF block is whole: every directory of it, with those below, reads to its end and is reached once.
    pub(crate) fn is_whole(&self) -> bool {
        const DIRECTORIES: usize = 8;
        let (mut next, mut seen) = (Some(self.first), BTreeSet::new());
        for _ in 0..DIRECTORIES {
            match next {
                None => return false,
                Some(0) => break,
                Some(at) => next = self.after_whole(at, &[tag::EXIF, tag::GPS], &mut seen),
            }
        }
        next == Some(0)
    }

    /// Where the directory after a whole one is; entries with the tags `below` say where further ones are.
    fn after_whole(&self, at: usize, below: &[u16], seen: &mut BTreeSet<usize>) -> Option<usize> {
        let directory = self.directory(at).filter(|found| found.damaged == found.unknown && seen.insert(at))?;
        for entry in directory.entries.iter().filter(|entry| below.contains(&entry.tag)) {
            let below = if entry.tag == tag::EXIF { &[tag::INTEROPERABILITY][..] } else { &[] };
            let at = usize::try_from(entry.number(0)?).ok()?;
            // None of those below is followed by another.
            self.after_whole(at, below, seen).filter(|next| *next == 0)?;
        }
        directory.next
    }

    /// The directory that an entry of another one points to.
    pub(crate) fn below(&self, directory: &Directory<'_>, tag: u16) -> Option<Directory<'a>> {
        self.directory(usize::try_from(directory.number(tag)?).ok()?)
    }

    fn entry(&self, row: &'a [u8], word: usize) -> Option<Entry<'a>> {
        let (tag, kind) = (self.order.u16(row, 0)?, self.order.u16(row, 2)?);
        let count = if self.big { self.order.u64(row, 4)? } else { u64::from(self.order.u32(row, 4)?) };
        let length = usize::try_from(count).ok()?.checked_mul(size_of_kind(kind)?)?;
        let place = 4 + word;
        let value = if length <= word {
            slice(row, place, length)?
        } else {
            let at = if self.big { self.order.u64(row, place)? } else { u64::from(self.order.u32(row, place)?) };
            slice(self.bytes, usize::try_from(at).ok()?, length)?
        };
        Some(Entry { tag, kind, value, order: self.order })
    }
}

/// The orientation that a TIFF or an EXIF block gives, 1 to 8; 1 where it is missing or impossible.
pub(crate) fn orientation(block: &[u8]) -> u8 {
    const ORIENTATION: u16 = 0x0112;
    let of = |directory: Option<Directory<'_>>| directory.and_then(|found| found.number(ORIENTATION));
    let number = Tiff::new(block).and_then(|tiff| of(tiff.page()).or_else(|| of(tiff.first())));
    number.and_then(|number| u8::try_from(number).ok()).filter(|number| (1..=8).contains(number)).unwrap_or(1)
}

/// Whether an EXIF block says that its picture is in Adobe RGB. Cameras set to it embed no profile: they write "uncalibrated"
/// and the interoperability index `R03`. A block that is damaged anywhere is not believed.
pub(crate) fn says_adobe_rgb(block: &[u8]) -> bool {
    const COLOUR_SPACE: u16 = 0xa001;
    const INTEROPERABILITY_INDEX: u16 = 1;
    let Some(tiff) = Tiff::new(block).filter(Tiff::is_whole) else { return false };
    let shot = tiff.first().and_then(|first| tiff.below(&first, tag::EXIF));
    let space = shot.as_ref().and_then(|shot| shot.number(COLOUR_SPACE));
    let more = shot.and_then(|shot| tiff.below(&shot, tag::INTEROPERABILITY));
    let index = more.and_then(|more| more.get(INTEROPERABILITY_INDEX));
    matches!(space, Some(0xffff | 2)) && index.is_some_and(|index| index.bytes().starts_with(b"R03"))
}

/// Bytes of one value of a TIFF type.
fn size_of_kind(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => return None,
    })
}

impl<'a> Directory<'a> {
    /// The first entry with this tag.
    pub(crate) fn get(&self, tag: u16) -> Option<Entry<'a>> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }

    /// The first number of the entry with this tag.
    pub(crate) fn number(&self, tag: u16) -> Option<u64> {
        self.get(tag)?.number(0)
    }
}

impl<'a> Entry<'a> {
    /// The value as it stands.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.value
    }

    /// How many values there are.
    pub(crate) fn count(&self) -> usize {
        size_of_kind(self.kind).map_or(0, |size| self.value.len() / size)
    }

    /// The whole number at `index`, of any unsigned type; signed ones where they are not negative.
    pub(crate) fn number(&self, index: usize) -> Option<u64> {
        let at = index.checked_mul(size_of_kind(self.kind)?)?;
        match self.kind {
            1 | 7 => self.value.get(at).map(|byte| u64::from(*byte)),
            3 => self.order.u16(self.value, at).map(u64::from),
            4 | 13 => self.order.u32(self.value, at).map(u64::from),
            8 => self.order.u16(self.value, at).and_then(|value| u64::try_from(value.cast_signed()).ok()),
            9 => self.order.u32(self.value, at).and_then(|value| u64::try_from(value.cast_signed()).ok()),
            16 | 18 => self.order.u64(self.value, at),
            _ => None,
        }
    }

    /// The fraction at `index`, as it was written; a whole number has the denominator 1.
    pub(crate) fn fraction(&self, index: usize) -> Option<(i64, i64)> {
        let at = index.checked_mul(8)?;
        match self.kind {
            5 => {
                let (above, below) = (self.order.u32(self.value, at)?, self.order.u32(self.value, at + 4)?);
                Some((i64::from(above), i64::from(below)))
            }
            10 => {
                let (above, below) = (self.order.u32(self.value, at)?, self.order.u32(self.value, at + 4)?);
                Some((i64::from(above.cast_signed()), i64::from(below.cast_signed())))
            }
            _ => Some((i64::try_from(self.number(index)?).ok()?, 1)),
        }
    }

    /// The fraction at `index` as a number; `None` where the denominator is 0, which means unknown.
    pub(crate) fn real(&self, index: usize) -> Option<f64> {
        let at = index.checked_mul(8)?;
        if self.kind == 12 {
            return self.order.u64(self.value, at).map(f64::from_bits).filter(|value| value.is_finite());
        }
        let (above, below) = self.fraction(index)?;
        (below != 0).then(|| above as f64 / below as f64)
    }
}
