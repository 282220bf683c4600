//! The container of AVIF files as others write them: what is needed for one still picture.
//!
//! Read are the primary item, its alpha, its turning and mirroring, its colours. Derived pictures (grids, overlays)
//! and sequences are refused.

// Without libaom only the size is asked for.
#![cfg_attr(not(feature = "avif"), allow(dead_code))]

use std::collections::BTreeMap;

use crate::images::{Limits, RenderError, check_size};

/// The primary item and what belongs to it.
#[derive(Debug, Default)]
pub(in crate::images) struct Structure<'a> {
    /// Width as coded, before turning.
    pub(in crate::images) width: u32,
    /// Height as coded.
    pub(in crate::images) height: u32,
    /// AV1 data of the colour item, in its extents.
    pub(in crate::images) colour: Vec<&'a [u8]>,
    /// AV1 data of the alpha item.
    pub(in crate::images) alpha: Option<Vec<&'a [u8]>>,
    /// Whether the colours have been multiplied by their alpha.
    pub(in crate::images) premultiplied: bool,
    /// Quarter turns to the left.
    pub(in crate::images) turns: u8,
    /// Mirrored: `Some(0)` top to bottom, `Some(1)` left to right.
    pub(in crate::images) mirror: Option<u8>,
    /// Primaries, transfer, matrix and full range, as H.273 numbers them.
    pub(in crate::images) nclx: Option<(u16, u16, u16, bool)>,
    pub(in crate::images) icc: Option<&'a [u8]>,
}

fn cut() -> RenderError {
    RenderError::new("its AVIF data is cut off")
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its AVIF data is broken: {what}"))
}

/// Bytes that are read from the front.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], RenderError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or_else(cut)?;
        self.0 = tail;
        Ok(head)
    }

    /// A big-endian number of 0 to 8 bytes.
    fn number(&mut self, length: usize) -> Result<u64, RenderError> {
        Ok(self.take(length)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn byte(&mut self) -> Result<u8, RenderError> {
        Ok(self.number(1)? as u8)
    }

    fn version(&mut self) -> Result<(u8, u32), RenderError> {
        let word = self.number(4)? as u32;
        Ok(((word >> 24) as u8, word & 0xFF_FFFF))
    }

    /// The next box: its type and body; `None` at the end.
    fn next_box(&mut self) -> Result<Option<(&'a [u8], Reader<'a>)>, RenderError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let length = self.number(4)?;
        let kind = self.take(4)?;
        let body = match length {
            0 => std::mem::take(&mut self.0),
            1 => {
                let length = self.number(8)?.checked_sub(16).ok_or_else(|| broken("a box is too short"))?;
                self.take(usize::try_from(length).map_err(|_| cut())?)?
            }
            _ => self.take(length.checked_sub(8).ok_or_else(|| broken("a box is too short"))? as usize)?,
        };
        Ok(Some((kind, Reader(body))))
    }
}

/// Items and properties in one file; more are a bomb.
const MOST: usize = 4096;

/// Where an item's data lies.
struct Location {
    in_idat: bool,
    extents: Vec<(u64, u64)>,
}

#[derive(Default)]
struct Meta<'a> {
    primary: u32,
    kinds: BTreeMap<u32, [u8; 4]>,
    locations: BTreeMap<u32, Location>,
    /// Kind, from, to.
    references: Vec<([u8; 4], u32, u32)>,
    properties: Vec<(&'a [u8], Reader<'a>)>,
    associations: BTreeMap<u32, Vec<usize>>,
    idat: &'a [u8],
}

/// Reads the boxes of a file.
pub(in crate::images) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    let mut file = Reader(bytes);
    let mut found = None;
    while let Some((kind, body)) = file.next_box()? {
        if kind == b"meta" && found.is_none() {
            found = Some(meta(body)?);
        }
    }
    let meta = found.ok_or_else(|| broken("it has no items"))?;
    match meta.kinds.get(&meta.primary) {
        Some(b"av01") => {}
        Some(b"grid" | b"iovl" | b"iden") => {
            return Err(RenderError::new("it is an AVIF put together from several pictures; export it as one"));
        }
        _ => return Err(broken("its main item is no AV1 picture")),
    }
    let mut structure = Structure { colour: meta.data(meta.primary, bytes)?, ..Structure::default() };
    for (kind, body) in meta.properties_of(meta.primary) {
        structure.property(kind, body)?;
    }
    check_size(limits, structure.width, structure.height)?;
    let auxiliary = meta.references.iter().filter(|(kind, _, to)| kind == b"auxl" && *to == meta.primary);
    for (_, item, _) in auxiliary {
        let is_alpha = meta.properties_of(*item).any(|(kind, body)| {
            kind == b"auxC"
                && body.0.get(4..).is_some_and(|name| {
                    name.starts_with(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
                        || name.starts_with(b"urn:mpeg:hevc:2015:auxid:1\0")
                })
        });
        if is_alpha && meta.kinds.get(item) == Some(b"av01") {
            structure.alpha = Some(meta.data(*item, bytes)?);
            // "This is multiplied by that" (ISO/IEC 23008-12, 6.6.2.1.3).
            structure.premultiplied = meta.references.contains(&(*b"prem", meta.primary, *item));
        }
    }
    Ok(structure)
}

impl<'a> Structure<'a> {
    /// Width and height after the file's own turning.
    pub(in crate::images) fn shown(&self) -> (u32, u32) {
        if self.turns % 2 == 1 { (self.height, self.width) } else { (self.width, self.height) }
    }

    fn property(&mut self, kind: &[u8], mut body: Reader<'a>) -> Result<(), RenderError> {
        match kind {
            b"ispe" => {
                body.version()?;
                self.width = body.number(4)? as u32;
                self.height = body.number(4)? as u32;
            }
            b"irot" => self.turns = body.byte()? & 3,
            b"imir" => self.mirror = Some(body.byte()? & 1),
            b"clap" => {
                return Err(RenderError::new("it is a cropped AVIF (`clap`), which is not read; export it anew"));
            }
            b"colr" => match body.take(4)? {
                b"nclx" => {
                    let (primaries, transfer, matrix) = (body.number(2)?, body.number(2)?, body.number(2)?);
                    let full = body.byte()? & 0x80 != 0;
                    self.nclx = Some((primaries as u16, transfer as u16, matrix as u16, full));
                }
                b"prof" | b"rICC" => self.icc = Some(body.0),
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}

fn meta<'a>(mut body: Reader<'a>) -> Result<Meta<'a>, RenderError> {
    let mut meta = Meta::default();
    body.version()?;
    while let Some((kind, mut body)) = body.next_box()? {
        match kind {
            b"pitm" => {
                let (version, _) = body.version()?;
                meta.primary = body.number(if version == 0 { 2 } else { 4 })? as u32;
            }
            b"iinf" => meta.items(body)?,
            b"iloc" => meta.read_locations(body)?,
            b"iref" => meta.read_references(body)?,
            b"iprp" => meta.read_properties(body)?,
            b"idat" => meta.idat = body.0,
            _ => {}
        }
    }
    Ok(meta)
}

impl<'a> Meta<'a> {
    fn items(&mut self, mut body: Reader<'a>) -> Result<(), RenderError> {
        let (version, _) = body.version()?;
        body.number(if version == 0 { 2 } else { 4 })?;
        while let Some((kind, mut entry)) = body.next_box()? {
            let (version, _) = entry.version()?;
            if kind != b"infe" || !matches!(version, 2 | 3) || self.kinds.len() >= MOST {
                continue;
            }
            let item = entry.number(if version == 2 { 2 } else { 4 })? as u32;
            entry.number(2)?;
            let kind = entry.take(4)?.try_into().map_err(|_| cut())?;
            self.kinds.insert(item, kind);
        }
        Ok(())
    }

    fn read_locations(&mut self, mut body: Reader<'a>) -> Result<(), RenderError> {
        let (version, _) = body.version()?;
        let sizes = body.number(2)?;
        let [offset, length, base, index] = [12, 8, 4, 0].map(|shift| (sizes >> shift) as usize & 15);
        let index = if version == 0 { 0 } else { index };
        if [offset, length, base, index].iter().any(|size| !matches!(size, 0 | 4 | 8)) {
            return Err(broken("its table of locations makes no sense"));
        }
        let wide = if version < 2 { 2 } else { 4 };
        let count = body.number(wide)?;
        for _ in 0..count.min(MOST as u64) {
            let item = body.number(wide)? as u32;
            let method = if version == 0 { 0 } else { body.number(2)? & 15 };
            body.number(2)?;
            let start = body.number(base)?;
            let mut extents = Vec::new();
            for _ in 0..body.number(2)? {
                body.number(index)?;
                extents.push((start.saturating_add(body.number(offset)?), body.number(length)?));
            }
            if method < 2 {
                self.locations.insert(item, Location { in_idat: method == 1, extents });
            }
        }
        Ok(())
    }

    fn read_references(&mut self, mut body: Reader<'a>) -> Result<(), RenderError> {
        let (version, _) = body.version()?;
        let wide = if version == 0 { 2 } else { 4 };
        while let Some((kind, mut entry)) = body.next_box()? {
            let from = entry.number(wide)? as u32;
            for _ in 0..entry.number(2)? {
                let to = entry.number(wide)? as u32;
                if self.references.len() < MOST {
                    self.references.push((kind.try_into().map_err(|_| cut())?, from, to));
                }
            }
        }
        Ok(())
    }

    fn read_properties(&mut self, mut body: Reader<'a>) -> Result<(), RenderError> {
        while let Some((kind, mut body)) = body.next_box()? {
            if kind == b"ipco" {
                while let Some(property) = body.next_box()? {
                    if self.properties.len() < MOST {
                        self.properties.push(property);
                    }
                }
            } else if kind == b"ipma" {
                let (version, flags) = body.version()?;
                for _ in 0..body.number(4)?.min(MOST as u64) {
                    let item = body.number(if version == 0 { 2 } else { 4 })? as u32;
                    let mut numbers = Vec::new();
                    for _ in 0..body.byte()? {
                        // The high bit says "essential".
                        let number = if flags & 1 == 1 { body.number(2)? & 0x7FFF } else { body.number(1)? & 0x7F };
                        numbers.push(number as usize);
                    }
                    self.associations.insert(item, numbers);
                }
            }
        }
        Ok(())
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = (&'a [u8], Reader<'a>)> + '_ {
        let numbers = self.associations.get(&item).into_iter().flatten();
        // They count from 1; 0 means none.
        numbers.filter_map(|number| self.properties.get(number.checked_sub(1)?).copied())
    }

    /// An item's data, checked to lie within the file.
    fn data(&self, item: u32, file: &'a [u8]) -> Result<Vec<&'a [u8]>, RenderError> {
        let location = self.locations.get(&item).ok_or_else(|| broken("an item lies nowhere"))?;
        let source = if location.in_idat { self.idat } else { file };
        let mut data = Vec::new();
        let mut total = 0usize;
        for (offset, length) in &location.extents {
            let rest = usize::try_from(*offset).ok().and_then(|offset| source.get(offset..)).ok_or_else(cut)?;
            // A length of 0 means to the end.
            let length = if *length == 0 { rest.len() } else { usize::try_from(*length).map_err(|_| cut())? };
            data.push(rest.get(..length).ok_or_else(cut)?);
            total = total.saturating_add(length);
        }
        // Extents may overlap; together they cannot be more than the file.
        if total == 0 || total > file.len() {
            return Err(broken("an item is empty or larger than the file"));
        }
        Ok(data)
    }
}
