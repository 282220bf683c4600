//! The boxes of an ISO base media file (ISO/IEC 14496-12) and the items of a HEIF one (ISO/IEC 23008-12).

use std::borrow::Cow;

use super::bytes::{be16, be32, be64, slice, take};

/// No still picture has more items, extents or properties than this.
const MOST: usize = 4096;

/// Pictures that belong to another one and are looked at: no photo has so many.
const MOST_AUXILIARY: usize = 64;

/// What an `auxC` property calls transparency, in AVIF and in HEIC.
const ALPHA: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0"];

/// A box: its type, where its header starts and its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boxed<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) at: usize,
    pub(crate) body: &'a [u8],
    /// How its header gives its size.
    pub(crate) sized: Sized,
}

/// How a box's header gives its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sized {
    /// In 32 bits.
    Plain,
    /// In 64 bits that follow.
    Long,
    /// It goes on to the end.
    ToEnd,
}

impl Boxed<'_> {
    /// Where the box ends, in the bytes it was read from.
    pub(crate) fn end(&self) -> usize {
        self.at + if self.sized == Sized::Long { 16 } else { 8 } + self.body.len()
    }
}

/// Why a box cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It goes on behind the end.
    Cut,
    /// It has no room for its own header.
    TooShort,
}

/// Every box of `bytes`, until one is cut off.
pub(crate) fn boxes(bytes: &[u8]) -> impl Iterator<Item = Boxed<'_>> {
    boxes_or_fault(bytes).map_while(Result::ok)
}

/// Every box of `bytes`, and the fault of one that is none.
pub(crate) fn boxes_or_fault(bytes: &[u8]) -> impl Iterator<Item = Result<Boxed<'_>, Fault>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let found = (at < bytes.len()).then(|| read_box(bytes, at))?;
        at = found.map_or(bytes.len(), |found| found.end());
        Some(found)
    })
}

fn read_box(bytes: &[u8], at: usize) -> Result<Boxed<'_>, Fault> {
    let kind = take(bytes, at + 4).ok_or(Fault::Cut)?;
    let length = |size: u64| usize::try_from(size).map_err(|_| Fault::Cut);
    let (head, size, sized) = match be32(bytes, at).ok_or(Fault::Cut)? {
        0 => (8, bytes.len() - at, Sized::ToEnd),
        1 => (16, length(be64(bytes, at + 8).ok_or(Fault::Cut)?)?, Sized::Long),
        size => (8, length(size.into())?, Sized::Plain),
    };
    let body = slice(bytes, at + head, size.checked_sub(head).ok_or(Fault::TooShort)?).ok_or(Fault::Cut)?;
    Ok(Boxed { kind, at, body, sized })
}

/// The first box of this type.
pub(crate) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<Boxed<'a>> {
    boxes(bytes).find(|found| &found.kind == kind)
}

/// Version, flags and the rest of a full box's body.
pub(crate) fn full(body: &[u8]) -> Option<(u8, u32, &[u8])> {
    let word = be32(body, 0)?;
    Some((word.to_be_bytes()[0], word & 0x00ff_ffff, &body[4..]))
}

/// An item that the file declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) id: u32,
    pub(crate) kind: [u8; 4],
    /// The media type of a `mime` item.
    pub(crate) media: &'a [u8],
}

/// Where an item's bytes lie.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) id: u32,
    /// 0: in the file. 1: in the `idat` box. 2: in another item.
    pub(crate) method: u8,
    pub(crate) reference: u16,
    /// Start and length of each piece; a length of 0 is the rest.
    pub(crate) extents: Vec<(u64, u64)>,
}

/// The `meta` box of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Meta<'a> {
    /// The boxes inside.
    pub(crate) inner: &'a [u8],
    pub(crate) primary: u32,
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) locations: Vec<Location>,
}

/// A reader of big-endian numbers of the widths a box chooses for itself.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self, width: usize) -> Option<u64> {
        let (head, rest) = self.0.split_at_checked(width)?;
        self.0 = rest;
        Some(head.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn small(&mut self, width: usize) -> Option<u32> {
        self.number(width).and_then(|value| u32::try_from(value).ok())
    }

    fn text(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }
}

impl<'a> Meta<'a> {
    /// The file's `meta` box, read.
    pub(crate) fn of_file(bytes: &'a [u8]) -> Option<Self> {
        let (_, _, inner) = full(find(bytes, b"meta")?.body)?;
        let (version, _, body) = full(find(inner, b"pitm")?.body)?;
        let primary = if version == 0 { u32::from(be16(body, 0)?) } else { be32(body, 0)? };
        let items = items(find(inner, b"iinf")?.body)?;
        let locations = locations(find(inner, b"iloc")?.body)?;
        Some(Self { inner, primary, items, locations })
    }

    /// What an item is.
    pub(crate) fn kind(&self, id: u32) -> Option<[u8; 4]> {
        self.items.iter().find(|item| item.id == id).map(|item| item.kind)
    }

    /// Where an item lies.
    pub(crate) fn location(&self, id: u32) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// The pieces of an item's bytes; `None` where one is not in the file.
    pub(crate) fn pieces(&self, file: &'a [u8], location: &Location) -> Option<Vec<&'a [u8]>> {
        let from = match location.method {
            0 => file,
            1 => find(self.inner, b"idat")?.body,
            _ => return None,
        };
        let piece = |(at, length): &(u64, u64)| {
            let at = usize::try_from(*at).ok()?;
            match usize::try_from(*length).ok()? {
                0 => from.get(at..),
                length => slice(from, at, length),
            }
        };
        location.extents.iter().map(piece).collect()
    }

    /// An item's bytes, of at most `limit` together.
    pub(crate) fn content(&self, file: &'a [u8], id: u32, limit: usize) -> Option<Cow<'a, [u8]>> {
        let pieces = self.pieces(file, self.location(id)?)?;
        let total = pieces.iter().fold(0, |total: usize, piece| total.saturating_add(piece.len()));
        (total <= limit).then(|| match pieces.as_slice() {
            [one] => Cow::Borrowed(*one),
            several => Cow::Owned(several.concat()),
        })
    }

    /// An item's width and height before its turning (`ispe`).
    pub(crate) fn size(&self, id: u32) -> Option<(u32, u32)> {
        let extent = self.property(id, b"ispe")?;
        Some((be32(extent, 4)?, be32(extent, 8)?))
    }

    /// An item's quarter turns to the left (`irot`), and the axis of the mirror behind them (`imir`): 0 swaps top and
    /// bottom, 1 left and right.
    pub(crate) fn turning(&self, id: u32) -> (u8, Option<u8>) {
        let first = |kind| self.property(id, kind).and_then(|body| body.first().copied());
        (first(b"irot").unwrap_or(0) & 3, first(b"imir").map(|axis| axis & 1))
    }

    /// What is shown of an item of this size (`clap`): left and upper edge, width and height. `None` if that is nothing.
    pub(crate) fn aperture(&self, id: u32, (width, height): (u32, u32)) -> Option<(u32, u32, u32, u32)> {
        let Some(body) = self.property(id, b"clap") else { return Some((0, 0, width, height)) };
        let word = |at: usize| be32(body, at * 4);
        // Numerator and denominator of a length, then of how far its centre lies off the middle.
        let part = |whole: u32, length: usize, offset: usize| {
            let share = |at: usize| Some(f64::from(word(at)?) / f64::from(word(at + 1).filter(|below| *below > 0)?));
            let signed =
                |at: usize| Some(f64::from(word(at)? as i32) / f64::from(word(at + 1).filter(|below| *below > 0)?));
            let (length, offset) = (share(length)?, signed(offset)?);
            let start = ((f64::from(whole) - length) / 2.0 + offset).round().clamp(0.0, f64::from(whole)) as u32;
            let length = length.round().clamp(0.0, f64::from(whole - start)) as u32;
            (length > 0).then_some((start, length))
        };
        let ((left, width), (top, height)) = (part(width, 0, 4)?, part(height, 2, 6)?);
        Some((left, top, width, height))
    }

    /// The rows and columns of a grid of items (ISO/IEC 23008-12, 6.6.2.3.2), where its size is that of its `ispe`.
    pub(crate) fn grid(&self, id: u32, file: &[u8]) -> Option<(usize, usize)> {
        let body = self.pieces(file, self.location(id)?)?.concat();
        let [_, flags, rows, columns, ..] = *body.as_slice() else { return None };
        let size = match flags & 1 {
            0 => (be16(&body, 4)?.into(), be16(&body, 6)?.into()),
            _ => (be32(&body, 4)?, be32(&body, 8)?),
        };
        (self.size(id)? == size).then_some((usize::from(rows) + 1, usize::from(columns) + 1))
    }

    /// The items that a derived one is made of, in order; none for one that is coded.
    pub(crate) fn sources(&self, id: u32) -> Vec<u32> {
        self.find_sources(id).unwrap_or_default()
    }

    fn find_sources(&self, id: u32) -> Option<Vec<u32>> {
        let (width, references) = self.references(b"dimg")?;
        for mut reader in references {
            if reader.small(width)? == id {
                let count = reader.small(2)?;
                return (0..count).map(|_| reader.small(width)).collect();
            }
        }
        None
    }

    /// The first coded item that a picture is made of: itself, where it is coded.
    pub(crate) fn coded(&self, id: u32) -> u32 {
        // An identity of a grid of tiles is the deepest there is.
        (0..2).fold(id, |id, _| self.sources(id).first().copied().unwrap_or(id))
    }

    /// What is said of an item's colours (`colr`), by itself or by what it is made of.
    pub(crate) fn colours(&self, id: u32) -> Vec<Boxed<'a>> {
        let said =
            |id| self.properties(id).into_iter().filter(|property| &property.kind == b"colr").collect::<Vec<_>>();
        let own = said(id);
        if own.is_empty() { said(self.coded(id)) } else { own }
    }

    /// The item that holds another's transparency.
    pub(crate) fn alpha_of(&self, id: u32) -> Option<u32> {
        self.pointing_at(id, b"auxl").into_iter().take(MOST_AUXILIARY).find(|auxiliary| {
            let kind = self.property(*auxiliary, b"auxC").and_then(|body| body.get(4..));
            kind.is_some_and(|kind| ALPHA.iter().any(|alpha| kind.starts_with(alpha)))
        })
    }

    /// The body of an item's first property of this type.
    pub(crate) fn property(&self, id: u32, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties(id).iter().find(|property| &property.kind == kind).map(|property| property.body)
    }

    /// The properties of an item, in their order.
    pub(crate) fn properties(&self, id: u32) -> Vec<Boxed<'a>> {
        self.find_properties(id).unwrap_or_default()
    }

    fn find_properties(&self, id: u32) -> Option<Vec<Boxed<'a>>> {
        let properties = find(self.inner, b"iprp")?.body;
        let all: Vec<_> = boxes(find(properties, b"ipco")?.body).take(MOST).collect();
        let mut found = Vec::new();
        for association in boxes(properties).filter(|inner| &inner.kind == b"ipma") {
            let (version, flags, body) = full(association.body)?;
            let mut reader = Reader(body);
            for _ in 0..reader.small(4)? {
                let item = reader.small(if version == 0 { 2 } else { 4 })?;
                for _ in 0..reader.small(1)? {
                    let index = if flags & 1 == 1 { reader.small(2)? & 0x7fff } else { reader.small(1)? & 0x7f };
                    let property = usize::try_from(index).ok()?.checked_sub(1).and_then(|index| all.get(index));
                    if let Some(property) = property.filter(|_| item == id && found.len() < MOST) {
                        found.push(*property);
                    }
                }
            }
        }
        Some(found)
    }

    /// The references of a type (`iref`): how many bytes an item's number takes, and for each reference the item that it is
    /// from, how many it leads to, and those.
    fn references(&self, kind: &'static [u8; 4]) -> Option<(usize, impl Iterator<Item = Reader<'a>>)> {
        let (version, _, body) = full(find(self.inner, b"iref")?.body)?;
        let found = boxes(body).filter(move |reference| &reference.kind == kind).take(MOST);
        Some((if version == 0 { 2 } else { 4 }, found.map(|reference| Reader(reference.body))))
    }

    /// The items that point at this one with a reference of this type.
    pub(crate) fn pointing_at(&self, id: u32, kind: &'static [u8; 4]) -> Vec<u32> {
        self.find_pointing_at(id, kind).unwrap_or_default()
    }

    /// Whether any item refers to another in this way.
    pub(crate) fn has_reference(&self, kind: &[u8; 4]) -> bool {
        let references = find(self.inner, b"iref").and_then(|references| references.body.get(4..));
        references.is_some_and(|references| find(references, kind).is_some())
    }

    fn find_pointing_at(&self, id: u32, kind: &'static [u8; 4]) -> Option<Vec<u32>> {
        let (width, references) = self.references(kind)?;
        let mut found = Vec::new();
        for mut reader in references {
            let from = reader.small(width)?;
            for _ in 0..reader.small(2)? {
                if reader.small(width)? == id {
                    found.push(from);
                    break;
                }
            }
        }
        Some(found)
    }
}

/// The entries of an `iinf` box; those of older versions have no type and are passed over.
fn items(body: &[u8]) -> Option<Vec<Item<'_>>> {
    let (version, _, body) = full(body)?;
    let entries = body.get(if version == 0 { 2 } else { 4 }..)?;
    let item = |entry: Boxed<'_>| -> Option<(u32, [u8; 4], usize)> {
        let (version, _, body) = full(entry.body)?;
        let width = match version {
            2 => 2,
            3 => 4,
            _ => return None,
        };
        let mut reader = Reader(body);
        let id = reader.small(width)?;
        Some((id, take(body, width + 2)?, width + 6))
    };
    let mut found = Vec::new();
    for entry in boxes(entries).filter(|entry| &entry.kind == b"infe").take(MOST) {
        let Some((id, kind, after)) = item(entry) else { continue };
        let mut rest = Reader(entry.body.get(4 + after..).unwrap_or_default());
        rest.text();
        let media = if &kind == b"mime" { rest.text() } else { &[] };
        found.push(Item { id, kind, media });
    }
    Some(found)
}

/// The entries of an `iloc` box, base offsets added in.
fn locations(body: &[u8]) -> Option<Vec<Location>> {
    let (version, _, body) = full(body)?;
    if version > 2 {
        return None;
    }
    let mut reader = Reader(body);
    let widths = reader.small(2)?;
    let width = |shift: u32| usize::try_from(widths >> shift & 0xf).ok().filter(|width| matches!(width, 0 | 4 | 8));
    let (offset, length, base) = (width(12)?, width(8)?, width(4)?);
    let index = if version == 0 { 0 } else { width(0)? };
    let wide = if version == 2 { 4 } else { 2 };
    let mut found = Vec::new();
    let mut total = 0;
    for _ in 0..reader.small(wide)? {
        let id = reader.small(wide)?;
        let method = if version == 0 { 0 } else { u8::try_from(reader.small(2)? & 0xf).ok()? };
        let reference = u16::try_from(reader.small(2)?).ok()?;
        let base = reader.number(base)?;
        let count = usize::try_from(reader.small(2)?).ok()?;
        total += count + 1;
        // Extents may be empty on paper, so the count alone must not decide how much memory is taken.
        if total > MOST {
            return None;
        }
        let mut extents = Vec::with_capacity(count);
        for _ in 0..count {
            reader.number(index)?;
            extents.push((base.checked_add(reader.number(offset)?)?, reader.number(length)?));
        }
        found.push(Location { id, method, reference, extents });
    }
    Some(found)
}
