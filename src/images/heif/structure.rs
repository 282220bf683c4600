//! What a HEIF file holds of its main picture: one still picture, in one piece or in a grid of tiles.
//!
//! Read are the primary item, its transparency, its cropping, turning and mirroring, its colours. Overlays are refused; gain
//! maps, depth maps and thumbnails are other items, and are never looked at.

use super::planes::{Area, Frame, to_rgb};
use crate::formats::bytes::be16;
use crate::formats::hevc::Configuration;
use crate::formats::isobmff::{Boxed, Fault, Meta, boxes_or_fault};
use crate::images::colour::ColourSpace;
use crate::images::orient::orient;
use crate::images::resize::unpremultiply;
use crate::images::source::{Decode, Decoded};
use crate::images::{Limits, RenderError, Scratch, check_size};

/// The primary item and what belongs to it.
pub(in crate::images) struct Structure<'a> {
    colour: Layer<'a>,
    alpha: Option<Layer<'a>>,
    /// Whether the colours have been multiplied by their alpha.
    premultiplied: bool,
    /// What is shown of it.
    area: Area,
    /// Quarter turns to the left.
    turns: u8,
    /// Mirrored: `Some(0)` top to bottom, `Some(1)` left to right.
    mirror: Option<u8>,
    /// Primaries, transfer, matrix and full range, as H.273 numbers them.
    nclx: Option<(u16, u16, u16, bool)>,
    icc: Option<&'a [u8]>,
    /// The brightest that it shows (`clli`), in cd/m²; 0 is unknown.
    peak: u16,
}

/// A picture in as many pieces as it is coded in.
struct Layer<'a> {
    width: usize,
    height: usize,
    /// Tiles side by side.
    columns: usize,
    tiles: Vec<Tile<'a>>,
}

/// A coded picture.
struct Tile<'a> {
    width: usize,
    height: usize,
    /// Its data, in its extents.
    data: Vec<&'a [u8]>,
    codec: Codec<'a>,
}

enum Codec<'a> {
    Av1,
    Hevc(Box<Configuration<'a>>),
}

fn cut() -> RenderError {
    RenderError::new("its HEIF data is truncated")
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its HEIF data is broken: {what}"))
}

/// Reads the boxes of a file.
pub(in crate::images) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    // All of the file must be there.
    boxes_or_fault(bytes).try_for_each(|found| found.map(drop)).map_err(|fault| match fault {
        Fault::Cut => cut(),
        Fault::TooShort => broken("a box is too short"),
    })?;
    let meta = Meta::of_file(bytes).ok_or_else(|| broken("its list of pictures cannot be read"))?;
    let primary = meta.primary;
    let colour = Layer::read(&meta, primary, bytes, limits)?;
    let (width, height) = (colour.width as u32, colour.height as u32);
    let area = match meta.aperture(primary, (width, height)) {
        None => return Err(broken("it is cropped to nothing")),
        Some((left, top, width, height)) => (left as usize, top as usize, width as usize, height as usize),
    };
    let (turns, mirror) = meta.turning(primary);
    let peak = meta.property(primary, b"clli").and_then(|body| be16(body, 0)).unwrap_or(0);
    let mut structure =
        Structure { colour, alpha: None, premultiplied: false, area, turns, mirror, nclx: None, icc: None, peak };
    for property in meta.colours(primary) {
        structure.take(&property)?;
    }
    if let Some(alpha) = meta.alpha_of(primary) {
        structure.alpha = Some(Layer::read(&meta, alpha, bytes, limits)?);
        // "This is multiplied by that" (ISO/IEC 23008-12, 6.6.2.1.3).
        structure.premultiplied = meta.pointing_at(alpha, b"prem").contains(&primary);
    }
    Ok(structure)
}

impl<'a> Layer<'a> {
    fn read(meta: &Meta<'a>, item: u32, file: &'a [u8], limits: &Limits) -> Result<Self, RenderError> {
        let (width, height) = meta.size(item).ok_or_else(|| broken("its size is missing"))?;
        check_size(limits, width, height)?;
        let (width, height) = (width as usize, height as usize);
        // An identity derivation shows another item, with properties of its own.
        let shown = match meta.kind(item).as_ref() {
            Some(b"iden") => *meta.sources(item).first().ok_or_else(|| broken("it shows nothing"))?,
            _ => item,
        };
        if meta.kind(shown).as_ref() != Some(b"grid") {
            let tile = Tile::read(meta, shown, file)?;
            if (tile.width, tile.height) != (width, height) {
                return Err(broken("its size is not that of what it shows"));
            }
            return Ok(Self { width, height, columns: 1, tiles: vec![tile] });
        }
        let (rows, columns) = meta.grid(shown, file).ok_or_else(|| broken("its grid cannot be read"))?;
        let sources = meta.sources(shown);
        if sources.len() != rows * columns {
            return Err(broken("its grid has too few or too many parts"));
        }
        let tiles = sources.iter().map(|tile| Tile::read(meta, *tile, file)).collect::<Result<Vec<_>, _>>()?;
        let size = tiles.first().map_or((0, 0), |tile| (tile.width, tile.height));
        let alike = tiles.iter().all(|tile| (tile.width, tile.height) == size);
        // Every tile shows something of its own, so that a small file cannot ask for work without an end.
        let fits = |side: usize, count: usize, whole: usize| {
            side > 0 && side.saturating_mul(count) >= whole && side.saturating_mul(count - 1) < whole
        };
        if !alike || !fits(size.0, columns, width) || !fits(size.1, rows, height) {
            return Err(broken("the parts of its grid do not fit together"));
        }
        Ok(Self { width, height, columns, tiles })
    }

    fn decode(&self) -> Result<Frame, RenderError> {
        let [first, rest @ ..] = self.tiles.as_slice() else { return Err(broken("it has no parts")) };
        let frame = first.decode()?;
        if rest.is_empty() {
            return Ok(frame);
        }
        let mut canvas = frame.canvas(self.width, self.height);
        canvas.draw(&frame, (0, 0))?;
        for (at, tile) in (1..).zip(rest) {
            canvas.draw(&tile.decode()?, (at % self.columns * first.width, at / self.columns * first.height))?;
        }
        Ok(canvas)
    }
}

impl<'a> Tile<'a> {
    fn read(meta: &Meta<'a>, item: u32, file: &'a [u8]) -> Result<Self, RenderError> {
        let codec = match meta.kind(item).as_ref() {
            Some(b"av01") => Codec::Av1,
            Some(b"hvc1" | b"hev1") => {
                let configuration = meta.property(item, b"hvcC").and_then(Configuration::read);
                Codec::Hevc(Box::new(configuration.ok_or_else(|| broken("its HEVC configuration cannot be read"))?))
            }
            Some(b"iovl") => return Err(RenderError::new("it is composed of overlapping pictures; export it as JPEG")),
            _ => return Err(broken("its main item is neither an AV1 nor an HEVC picture")),
        };
        let (width, height) = meta.size(item).ok_or_else(|| broken("the size of a part is missing"))?;
        let location = meta.location(item).filter(|location| location.method < 2);
        let data = meta.pieces(file, location.ok_or_else(|| broken("an item lies nowhere"))?).ok_or_else(cut)?;
        // They may overlap; together they cannot be more than the file.
        let total = data.iter().fold(0, |total: usize, piece| total.saturating_add(piece.len()));
        if total == 0 || total > file.len() {
            return Err(broken("an item is empty or larger than the file"));
        }
        Ok(Self { width: width as usize, height: height as usize, data, codec })
    }

    fn decode(&self) -> Result<Frame, RenderError> {
        let data = match self.data.as_slice() {
            [one] => std::borrow::Cow::Borrowed(*one),
            several => std::borrow::Cow::Owned(several.concat()),
        };
        match &self.codec {
            Codec::Hevc(configuration) => super::hevc::frame(&data, configuration, (self.width, self.height)),
            #[cfg(feature = "avif")]
            Codec::Av1 => crate::images::avif::frame(&data, (self.width, self.height)),
            #[cfg(not(feature = "avif"))]
            Codec::Av1 => Err(RenderError::new(
                "it is an AVIF, which this build cannot read; install cmake and nasm and build with the feature `avif`, or export it as JPEG",
            )),
        }
    }
}

impl Decode for Structure<'_> {
    fn size(&self) -> (u32, u32) {
        let (width, height) = (self.area.2 as u32, self.area.3 as u32);
        if self.turns % 2 == 1 { (height, width) } else { (width, height) }
    }

    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        limits: &Limits,
        scratch: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        let frame = self.colour.decode()?;
        let alpha = self.alpha.as_ref().map(Layer::decode).transpose()?;
        // The container's word counts before the stream's.
        let (primaries, transfer, matrix, full) = match self.nclx {
            Some((primaries, transfer, matrix, full)) => {
                (u32::from(primaries), u32::from(transfer), u32::from(matrix), full)
            }
            None => (frame.primaries, frame.transfer, frame.matrix, frame.full),
        };
        let space = match self.icc {
            Some(icc) if icc.len() > limits.profile_bytes => {
                warnings.push(crate::images::TOO_LARGE_PROFILE.to_owned());
                ColourSpace::Srgb
            }
            Some(icc) => ColourSpace::Icc(icc.to_vec()),
            None => ColourSpace::of_cicp(primaries as u8, transfer as u8, self.peak),
        };
        let deep = frame.depth > 8 || self.premultiplied;
        let mut picture = to_rgb(&frame, alpha.as_ref(), (matrix, full), deep, self.area)?;
        let depth = frame.depth;
        // Before the next copy of the pixels is made.
        drop((frame, alpha));
        if self.premultiplied {
            unpremultiply(&mut picture)?;
            if depth == 8 {
                picture = crate::images::convert::to_eight(picture);
            }
        }
        // HEIF turns first and mirrors then; `irot` counts to the left.
        picture = orient(picture, [1, 8, 3, 6][usize::from(self.turns & 3)], scratch)?;
        picture = match self.mirror {
            Some(0) => orient(picture, 4, scratch)?,
            Some(_) => orient(picture, 2, scratch)?,
            None => picture,
        };
        Ok(Decoded { picture, space })
    }
}

impl<'a> Structure<'a> {
    /// Takes what a property says of colours.
    fn take(&mut self, property: &Boxed<'a>) -> Result<(), RenderError> {
        let body = property.body;
        match body.get(..4) {
            Some(b"nclx") => {
                let code = |at| be16(body, at).ok_or_else(cut);
                let full = body.get(10).ok_or_else(cut)? & 0x80 != 0;
                self.nclx = Some((code(4)?, code(6)?, code(8)?, full));
            }
            Some(b"prof" | b"rICC") => self.icc = Some(&body[4..]),
            Some(_) => {}
            None => return Err(cut()),
        }
        Ok(())
    }
}
