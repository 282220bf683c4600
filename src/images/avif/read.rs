//! The container of AVIF files as others write them: what is needed for one still picture.
//!
//! Read are the primary item, its alpha, its turning and mirroring, its colours. Derived pictures (grids, overlays)
//! and sequences are refused.

// Without libaom only the size is asked for.
#![cfg_attr(not(feature = "avif"), allow(dead_code))]

use crate::formats::bytes::be16;
use crate::formats::isobmff::{Boxed, Fault, Meta, boxes_or_fault};
use crate::images::source::{Decode, Decoded};
use crate::images::{Limits, RenderError, Scratch, check_size};

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
    RenderError::new("its AVIF data is truncated")
}

fn broken(what: &str) -> RenderError {
    RenderError::new(format!("its AVIF data is broken: {what}"))
}

/// Reads the boxes of a file.
pub(in crate::images) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Structure<'a>, RenderError> {
    // All of the file must be there.
    boxes_or_fault(bytes).try_for_each(|found| found.map(drop)).map_err(|fault| match fault {
        Fault::Cut => cut(),
        Fault::TooShort => broken("a box is too short"),
    })?;
    let meta = Meta::of_file(bytes).ok_or_else(|| broken("its list of pictures cannot be read"))?;
    match meta.kind(meta.primary).as_ref() {
        Some(b"av01") => {}
        Some(b"grid" | b"iovl" | b"iden") => {
            return Err(RenderError::new("it is an AVIF composed of several pictures; export it as one"));
        }
        _ => return Err(broken("its main item is not an AV1 picture")),
    }
    let (width, height) = meta.size(meta.primary).ok_or_else(|| broken("its size is missing"))?;
    check_size(limits, width, height)?;
    let (turns, mirror) = meta.turning(meta.primary);
    let colour = data(&meta, meta.primary, bytes)?;
    let mut structure = Structure { width, height, colour, turns, mirror, ..Structure::default() };
    for property in meta.properties(meta.primary) {
        structure.take(&property)?;
    }
    if let Some(alpha) = meta.alpha_of(meta.primary).filter(|item| meta.kind(*item) == Some(*b"av01")) {
        structure.alpha = Some(data(&meta, alpha, bytes)?);
        // "This is multiplied by that" (ISO/IEC 23008-12, 6.6.2.1.3).
        structure.premultiplied = meta.pointing_at(alpha, b"prem").contains(&meta.primary);
    }
    Ok(structure)
}

/// An item's data, checked to lie within the file.
fn data<'a>(meta: &Meta<'a>, item: u32, file: &'a [u8]) -> Result<Vec<&'a [u8]>, RenderError> {
    let location = meta.location(item).filter(|location| location.method < 2);
    let pieces = meta.pieces(file, location.ok_or_else(|| broken("an item lies nowhere"))?).ok_or_else(cut)?;
    // They may overlap; together they cannot be more than the file.
    let total = pieces.iter().fold(0, |total: usize, piece| total.saturating_add(piece.len()));
    if total == 0 || total > file.len() {
        return Err(broken("an item is empty or larger than the file"));
    }
    Ok(pieces)
}

impl Decode for Structure<'_> {
    fn size(&self) -> (u32, u32) {
        if self.turns % 2 == 1 { (self.height, self.width) } else { (self.width, self.height) }
    }

    #[cfg(feature = "avif")]
    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        limits: &Limits,
        _: &mut Scratch,
        warnings: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        let (picture, space) = super::decode(self, limits, warnings)?;
        Ok(Decoded { picture, space })
    }

    #[cfg(not(feature = "avif"))]
    fn decode(
        &self,
        _: &[u8],
        _: (u32, u32),
        _: &Limits,
        _: &mut Scratch,
        _: &mut Vec<String>,
    ) -> Result<Decoded, RenderError> {
        Err(RenderError::new(
            "it is an AVIF, which this build cannot read; install cmake and nasm and build with the feature `avif`, or export it as JPEG",
        ))
    }
}

impl<'a> Structure<'a> {
    /// Takes what a property says of colours.
    fn take(&mut self, property: &Boxed<'a>) -> Result<(), RenderError> {
        let body = property.body;
        match (&property.kind, body.get(..4)) {
            (b"clap", _) => {
                return Err(RenderError::new("it is a cropped AVIF (`clap`), which is not supported; export it again"));
            }
            (b"colr", Some(b"nclx")) => {
                let code = |at| be16(body, at).ok_or_else(cut);
                let full = body.get(10).ok_or_else(cut)? & 0x80 != 0;
                self.nclx = Some((code(4)?, code(6)?, code(8)?, full));
            }
            (b"colr", Some(b"prof" | b"rICC")) => self.icc = Some(&body[4..]),
            (b"colr", None) => return Err(cut()),
            _ => {}
        }
        Ok(())
    }
}
