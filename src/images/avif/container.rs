//! The container of AVIF files as we write them: ISO/IEC 23008-12 (HEIF) with AV1 items (AV1-ISOBMFF, AVIF 1.1).
//!
//! `ftyp`, one `meta`, one `mdat`, in this order. Item locations have construction method 0 and 32-bit offsets
//! from the start of the file, so that metadata items can be added by rewriting `meta` and shifting the offsets.

use crate::images::RenderError;

/// A coded frame, and what its sequence header says.
pub(in crate::images) struct Coded {
    data: Vec<u8>,
    /// The body of `av1C`.
    configuration: [u8; 4],
    grey: bool,
}

impl Coded {
    /// Takes a temporal unit of one frame; its temporal delimiter goes, as AVIF wants it.
    pub(in crate::images) fn new(mut data: Vec<u8>, grey: bool) -> Result<Self, RenderError> {
        // Header byte 0x12 is a temporal delimiter with a size field, which is 0.
        if data.starts_with(&[0x12, 0x00]) {
            data.drain(..2);
        }
        let configuration = configuration(&data, grey)
            .ok_or_else(|| RenderError::new("libaom gave no sequence header with its picture"))?;
        Ok(Self { data, configuration, grey })
    }
}

/// `av1C` from the sequence header, which must be the first unit and of a still picture (AV1, 5.5.1).
fn configuration(data: &[u8], grey: bool) -> Option<[u8; 4]> {
    let [header, size, first, second, ..] = *data else { return None };
    // Type 1 with a size field of one byte.
    if header != 0x0A || size >= 0x80 {
        return None;
    }
    let profile = first >> 5;
    let reduced = first & 0x08 != 0;
    if !reduced {
        return None;
    }
    let level = ((first & 0x07) << 2) | (second >> 6);
    let subsampling = if grey { 0b0001_1100 } else { 0b0000_1100 };
    Some([0x81, (profile << 5) | level, subsampling, 0])
}

/// A box whose body is written by `body`.
fn boxed(out: &mut Vec<u8>, kind: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind);
    body(out);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// A box with version and flags.
fn full(out: &mut Vec<u8>, kind: &[u8; 4], version: u8, flags: u8, body: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, kind, |out| {
        out.extend([version, 0, 0, flags]);
        body(out);
    });
}

const COLOUR: u16 = 1;
const ALPHA: u16 = 2;

/// The file: a colour picture in sRGB, and its alpha if there is one.
///
/// # Errors
/// More than 4 GiB.
pub(in crate::images) fn write(
    width: u32,
    height: u32,
    colour: &Coded,
    alpha: Option<&Coded>,
) -> Result<Vec<u8>, RenderError> {
    let total = colour.data.len() + alpha.map_or(0, |alpha| alpha.data.len());
    if total > u32::MAX as usize - 4096 {
        return Err(RenderError::new("its AVIF would be larger than 4 GiB"));
    }
    let mut out = Vec::with_capacity(total + 512);
    boxed(&mut out, b"ftyp", |out| {
        out.extend(b"avif\0\0\0\0avifmif1miaf");
        // The baseline profile: 4:2:0, eight bits, sizes that level 5.1 allows.
        if width <= 8192 && height <= 4352 {
            out.extend(b"MA1B");
        }
    });
    let items: Vec<(u16, &Coded)> =
        std::iter::once((COLOUR, colour)).chain(alpha.map(|alpha| (ALPHA, alpha))).collect();
    // Where each offset stands, to be filled in when the length of all before `mdat` is known.
    let mut offsets = Vec::new();
    full(&mut out, b"meta", 0, 0, |out| {
        full(out, b"hdlr", 0, 0, |out| {
            out.extend(b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
        });
        full(out, b"pitm", 0, 0, |out| out.extend(COLOUR.to_be_bytes()));
        full(out, b"iloc", 0, 0, |out| {
            // Offsets and lengths of four bytes, no base offsets.
            out.extend([0x44, 0x00]);
            out.extend((items.len() as u16).to_be_bytes());
            for (item, coded) in &items {
                out.extend(item.to_be_bytes());
                // This file, one extent.
                out.extend([0, 0, 0, 1]);
                offsets.push(out.len());
                out.extend([0; 4]);
                out.extend((coded.data.len() as u32).to_be_bytes());
            }
        });
        full(out, b"iinf", 0, 0, |out| {
            out.extend((items.len() as u16).to_be_bytes());
            for (item, _) in &items {
                full(out, b"infe", 2, 0, |out| {
                    out.extend(item.to_be_bytes());
                    out.extend(b"\0\0av01");
                    out.extend(if *item == COLOUR { b"Color\0" } else { b"Alpha\0" });
                });
            }
        });
        if alpha.is_some() {
            full(out, b"iref", 0, 0, |out| {
                boxed(out, b"auxl", |out| {
                    out.extend(ALPHA.to_be_bytes());
                    out.extend([0, 1]);
                    out.extend(COLOUR.to_be_bytes());
                });
            });
        }
        boxed(out, b"iprp", |out| {
            boxed(out, b"ipco", |out| properties(out, width, height, colour, alpha));
            full(out, b"ipma", 0, 0, |out| {
                out.extend((items.len() as u32).to_be_bytes());
                for (item, _) in &items {
                    out.extend(item.to_be_bytes());
                    // The high bit marks what a reader must understand.
                    out.extend(if *item == COLOUR { [4, 1, 2, 0x83, 4] } else { [4, 1, 5, 0x86, 7] });
                }
            });
        });
    });
    let mut at = out.len() + 8;
    for (place, (_, coded)) in offsets.into_iter().zip(&items) {
        out[place..place + 4].copy_from_slice(&(at as u32).to_be_bytes());
        at += coded.data.len();
    }
    boxed(&mut out, b"mdat", |out| {
        for (_, coded) in &items {
            out.extend(&coded.data);
        }
    });
    Ok(out)
}

/// The properties, numbered from 1 in this order: 1 to 4 for colour, 1 and 5 to 7 for alpha.
fn properties(out: &mut Vec<u8>, width: u32, height: u32, colour: &Coded, alpha: Option<&Coded>) {
    full(out, b"ispe", 0, 0, |out| {
        out.extend(width.to_be_bytes());
        out.extend(height.to_be_bytes());
    });
    full(out, b"pixi", 0, 0, |out| out.extend(if colour.grey { &[1, 8][..] } else { &[3, 8, 8, 8] }));
    boxed(out, b"av1C", |out| out.extend(colour.configuration));
    boxed(out, b"colr", |out| {
        // BT.709 primaries, the sRGB curve, BT.601 coefficients, full range (H.273).
        out.extend(b"nclx\x00\x01\x00\x0d\x00\x06\x80");
    });
    if let Some(alpha) = alpha {
        full(out, b"pixi", 0, 0, |out| out.extend([1, 8]));
        boxed(out, b"av1C", |out| out.extend(alpha.configuration));
        full(out, b"auxC", 0, 0, |out| out.extend(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"));
    }
}
