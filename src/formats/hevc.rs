//! HEVC (ITU-T H.265) as HEIF carries it: the decoder configuration, and what a sequence parameter set says of colours.

use super::bytes::be16;

const VIDEO_PARAMETERS: u8 = 32;
const SEQUENCE_PARAMETERS: u8 = 33;
const PICTURE_PARAMETERS: u8 = 34;

/// The parameter sets of an item (`hvcC`, ISO/IEC 14496-15, 8.3.2.1).
#[derive(Clone, Debug)]
pub(crate) struct Configuration<'a> {
    /// Bytes of the length before each unit of an item's data.
    length_size: usize,
    /// Bits of a luma sample.
    pub(crate) bits: u8,
    /// Whether there is no colour.
    pub(crate) grey: bool,
    /// Video, sequence and picture parameter sets, in this order.
    pub(crate) sets: Vec<&'a [u8]>,
    sequence: Option<&'a [u8]>,
}

impl<'a> Configuration<'a> {
    /// Reads the body of an `hvcC` box.
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        let length_size = usize::from(body.get(21)? & 3) + 1;
        let (grey, bits) = (body.get(16)? & 3 == 0, 8 + (body.get(17)? & 7));
        let mut units: Vec<(u8, &[u8])> = Vec::new();
        let mut at = 23;
        for _ in 0..*body.get(22)? {
            let kind = body.get(at)? & 0x3f;
            let count = be16(body, at + 1)?;
            at += 3;
            for _ in 0..count {
                let length = usize::from(be16(body, at)?);
                units.push((kind, body.get(at + 2..at + 2 + length)?));
                at += 2 + length;
            }
        }
        let of = |wanted| units.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, unit)| *unit);
        let sets = [VIDEO_PARAMETERS, SEQUENCE_PARAMETERS, PICTURE_PARAMETERS].into_iter().flat_map(of).collect();
        let sequence = of(SEQUENCE_PARAMETERS).next();
        Some(Self { length_size, bits, grey, sets, sequence })
    }

    /// The units of an item's data.
    pub(crate) fn units<'b>(&self, mut data: &'b [u8]) -> Option<Vec<&'b [u8]>> {
        let mut units = Vec::new();
        while !data.is_empty() {
            let (length, rest) = data.split_at_checked(self.length_size)?;
            let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            let (unit, rest) = rest.split_at_checked(length)?;
            units.push(unit);
            data = rest;
        }
        Some(units)
    }

    /// Primaries, transfer, matrix and full range of the pictures, as far as their sequence parameter set says.
    pub(crate) fn colours(&self) -> Option<Colours> {
        colours(self.sequence?)
    }
}

/// Colour description of a video signal, in code points of H.273; 2 is unspecified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colours {
    pub(crate) primaries: u8,
    pub(crate) transfer: u8,
    pub(crate) matrix: u8,
    pub(crate) full: bool,
}

impl Colours {
    /// Of a stream that says nothing (E.3.1).
    pub(crate) const UNSPECIFIED: Self = Self { primaries: 2, transfer: 2, matrix: 2, full: false };
}

/// The bits of a unit, without the bytes that keep start codes out of it.
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn of(unit: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(unit.len());
        for (at, byte) in unit.iter().enumerate() {
            let is_prevention = *byte == 3 && at >= 2 && unit[at - 2..at] == [0, 0];
            if !is_prevention {
                bytes.push(*byte);
            }
        }
        Self { bytes, at: 0 }
    }

    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    fn number(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0, |number, _| Some(number << 1 | u32::from(self.flag()?)))
    }

    fn byte(&mut self) -> Option<u8> {
        self.number(8).map(|number| number as u8)
    }

    fn skip(&mut self, bits: usize) {
        self.at = self.at.saturating_add(bits);
    }

    /// An Exp-Golomb code (9.2), of which signed ones are skipped in the same way.
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.number(zeros)?)
    }
}

/// Reads a sequence parameter set (7.3.2.2) up to the colour description of its VUI (E.2.1).
fn colours(unit: &[u8]) -> Option<Colours> {
    let mut bits = Bits::of(unit.get(2..)?);
    bits.skip(4);
    let layers = bits.number(3)? as usize;
    bits.skip(1);
    profile_and_level(&mut bits, layers)?;
    bits.golomb()?;
    if bits.golomb()? == 3 {
        bits.skip(1);
    }
    for _ in 0..2 {
        bits.golomb()?;
    }
    if bits.flag()? {
        for _ in 0..4 {
            bits.golomb()?;
        }
    }
    for _ in 0..2 {
        bits.golomb()?;
    }
    let order_bits = bits.golomb()?.checked_add(4)?;
    let ordered = if bits.flag()? { layers + 1 } else { 1 };
    // Three numbers for each layer, then the sizes of blocks and the depths of their division.
    for _ in 0..ordered * 3 + 6 {
        bits.golomb()?;
    }
    if bits.flag()? && bits.flag()? {
        scaling_lists(&mut bits)?;
    }
    bits.skip(2);
    if bits.flag()? {
        bits.skip(8);
        for _ in 0..2 {
            bits.golomb()?;
        }
        bits.skip(1);
    }
    reference_sets(&mut bits)?;
    if bits.flag()? {
        for _ in 0..bits.golomb()?.min(32) {
            bits.skip(order_bits as usize + 1);
        }
    }
    bits.skip(2);
    if !bits.flag()? {
        return None;
    }
    // The shape of pixels, 255 for one that is written out.
    if bits.flag()? && bits.number(8)? == 255 {
        bits.skip(32);
    }
    if bits.flag()? {
        bits.skip(1);
    }
    if !bits.flag()? {
        return None;
    }
    bits.skip(3);
    let full = bits.flag()?;
    if !bits.flag()? {
        return Some(Colours { full, ..Colours::UNSPECIFIED });
    }
    Some(Colours { primaries: bits.byte()?, transfer: bits.byte()?, matrix: bits.byte()?, full })
}

/// Profile, tier and level of the stream and of its layers (7.3.3).
fn profile_and_level(bits: &mut Bits, layers: usize) -> Option<()> {
    bits.skip(88 + 8);
    let mut told = Vec::new();
    for _ in 0..layers {
        told.push((bits.flag()?, bits.flag()?));
    }
    if layers > 0 {
        bits.skip(2 * (8 - layers));
    }
    for (profile, level) in told {
        bits.skip(if profile { 88 } else { 0 } + if level { 8 } else { 0 });
    }
    Some(())
}

/// 7.3.4.
fn scaling_lists(bits: &mut Bits) -> Option<()> {
    for size in 0..4_u32 {
        for _ in 0..if size == 3 { 2 } else { 6 } {
            if !bits.flag()? {
                bits.golomb()?;
                continue;
            }
            let coefficients = (1 << (4 + (size << 1))).min(64) + u32::from(size > 1);
            for _ in 0..coefficients {
                bits.golomb()?;
            }
        }
    }
    Some(())
}

/// 7.3.7.
fn reference_sets(bits: &mut Bits) -> Option<()> {
    let mut before = 0;
    for set in 0..bits.golomb()?.min(64) {
        if set > 0 && bits.flag()? {
            bits.skip(1);
            bits.golomb()?;
            let mut used = 0;
            for _ in 0..=before {
                // Not used by this picture, and then perhaps by none behind it.
                used += u32::from(bits.flag()? || bits.flag()?);
            }
            before = used;
        } else {
            let (negative, positive) = (bits.golomb()?, bits.golomb()?);
            before = negative.min(16) + positive.min(16);
            for _ in 0..before {
                bits.golomb()?;
                bits.skip(1);
            }
        }
    }
    Some(())
}
