//! Decodes runs of base64 (either alphabet), base32 and hex (RFC 4648), wherever they begin.
//!
//! Nothing says where an encoded part begins, so each run is read from every place at which its symbols can be grouped.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Shorter runs of symbols stand for nothing that is looked for.
const SHORTEST: usize = 22;
const SHORTEST_BASE32: usize = 28;
const SHORTEST_HEX: usize = 30;
/// Longer runs are read in parts, which have so much in common that nothing is cut. Both are whole groups of each encoding.
const LONGEST: usize = 1 << 16;
const OVERLAP: usize = 1 << 10;
/// So many bytes of a run are looked at before it is read.
const SAMPLES: usize = 3;

/// What symbols of an encoding stand for.
pub(super) struct Decoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What it is called.
    pub how: &'static str,
    /// Where the first symbol stands.
    start: usize,
    /// So many symbols stand for so many bytes.
    ratio: (usize, usize),
}

impl Decoded {
    /// From where to where in the text these bytes stand.
    pub(super) fn span(&self, at: usize, end: usize) -> (usize, usize) {
        let (symbols, bytes) = self.ratio;
        (self.start + at * symbols / bytes, self.start + (end * symbols).div_ceil(bytes))
    }
}

/// Tells what every run of symbols stands for.
pub(super) fn decoded(text: &[u8], mut tell: impl FnMut(&Decoded)) {
    each_run(text, 0, text.len(), SHORTEST, is_symbol, |start, end| {
        for place in 0..4 {
            let bytes = base64(&text[start + place..end]);
            tell(&Decoded { bytes, how: "in base64", start: start + place, ratio: (4, 3) });
        }
        each_run(
            text,
            start,
            end,
            SHORTEST_HEX,
            |byte| byte.is_ascii_hexdigit(),
            |start, end| {
                for place in 0..2 {
                    let bytes = in_bits(&text[start + place..end], 4);
                    tell(&Decoded { bytes, how: "in hex", start: start + place, ratio: (2, 1) });
                }
            },
        );
        for first in [b'a', b'A'] {
            let is_of_case = |byte: u8| byte.wrapping_sub(first) < 26 || matches!(byte, b'2'..=b'7');
            each_run(text, start, end, SHORTEST_BASE32, is_of_case, |start, end| {
                for place in 0..8 {
                    let bytes = in_bits(&text[start + place..end], 5);
                    tell(&Decoded { bytes, how: "in base32", start: start + place, ratio: (8, 5) });
                }
            });
        }
    });
}

/// Tells each run of such bytes that is long enough, in parts. Few bytes are looked at: a run covers [`SAMPLES`] of the places
/// that lie `shortest / SAMPLES` apart.
pub(super) fn each_run(
    text: &[u8],
    start: usize,
    end: usize,
    shortest: usize,
    belongs: impl Fn(u8) -> bool,
    mut tell: impl FnMut(usize, usize),
) {
    let step = shortest / SAMPLES;
    let (mut at, mut samples) = (start, 0);
    while at < end {
        samples = if belongs(text[at]) { samples + 1 } else { 0 };
        if samples < SAMPLES {
            at += step;
            continue;
        }
        let first = at - (SAMPLES - 1) * step;
        let mut part = first - text[start..first].iter().rev().take_while(|byte| belongs(**byte)).count();
        let stop = first + text[first..end].iter().take_while(|byte| belongs(**byte)).count();
        while stop - part >= shortest {
            tell(part, stop.min(part + LONGEST));
            if part + LONGEST >= stop {
                break;
            }
            part += LONGEST - OVERLAP;
        }
        (at, samples) = (stop + step, 0);
    }
}

/// Whether a byte is a symbol of base64 in either alphabet.
pub(super) fn is_symbol(byte: u8) -> bool {
    const SYMBOLS: [bool; 256] = {
        let mut symbols = [false; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            symbols[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/');
            byte += 1;
        }
        symbols
    };
    SYMBOLS[usize::from(byte)]
}

fn standard(symbol: u8) -> u8 {
    match symbol {
        b'-' => b'+',
        b'_' => b'/',
        symbol => symbol,
    }
}

/// What these symbols of base64 stand for, in either alphabet; as much of it as is whole.
pub(crate) fn base64(symbols: &[u8]) -> Vec<u8> {
    // Four symbols are three bytes; one symbol is none.
    let whole = symbols.len() - usize::from(symbols.len() % 4 == 1);
    let symbols: Vec<u8> = symbols[..whole].iter().map(|symbol| standard(*symbol)).collect();
    LENIENT.decode(&symbols).unwrap_or_default()
}

/// What symbols stand for that are so many bits each: hex digits, or letters and the digits from 2 on.
fn in_bits(symbols: &[u8], width: u32) -> Vec<u8> {
    let value = |symbol: u8| match symbol {
        _ if width == 4 => char::from(symbol).to_digit(16).unwrap_or_default(),
        b'2'..=b'7' => u32::from(symbol - b'2') + 26,
        symbol => u32::from(symbol & 0x1f).saturating_sub(1),
    };
    let mut bytes = Vec::with_capacity(symbols.len() * width as usize / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for symbol in symbols {
        held = held << width | value(*symbol);
        bits += width;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

/// A token without its day: the rest is unique by itself.
pub(crate) fn undated(token: &str) -> &[u8] {
    let bytes = token.as_bytes();
    let dated = bytes.len() > 9 && bytes[8] == b'-' && bytes[..8].iter().all(u8::is_ascii_digit);
    if dated { &bytes[9..] } else { bytes }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::*;

    fn found(text: &[u8], wanted: &[u8]) -> Vec<(usize, usize, &'static str)> {
        let mut all = Vec::new();
        decoded(text, |part| {
            let places = memchr::memmem::find_iter(&part.bytes, wanted);
            all.extend(places.map(|at| part.span(at, at + wanted.len())).map(|(at, end)| (at, end, part.how)));
        });
        all.sort_unstable();
        all.dedup();
        all
    }

    #[test]
    fn base32_is_read_as_others_write_it() {
        assert_eq!(in_bits(b"mzxw6ytboi", 5), b"foobar");
        assert_eq!(in_bits(b"MZXW6YTB", 5), b"fooba");
        assert_eq!(in_bits(b"", 5), b"");
        assert_eq!(in_bits(b"4bFf0", 4), b"K\xff");
    }

    #[test]
    fn bytes_are_found_wherever_they_begin_in_each_encoding_and_lead_back() {
        // With all symbols in it.
        let bytes = b"\xfb\xff\xbfwhat is within\x00\x10\x83";
        for before in 0..9 {
            for encoded in [STANDARD_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)] {
                let text = format!("({}{encoded})", "A".repeat(before));
                assert_eq!(found(text.as_bytes(), bytes), [(before + 1, before + 1 + encoded.len(), "in base64")]);
            }
            let encoded = STANDARD.encode([&vec![b'?'; before], &bytes[..], b"?"].concat());
            assert_eq!(found(encoded.as_bytes(), bytes).len(), 1, "{before}");
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            let text = format!("{}{hex}.", "f".repeat(before));
            assert_eq!(found(text.as_bytes(), bytes), [(before, before + hex.len(), "in hex")]);
        }
    }

    #[test]
    fn a_run_that_is_read_in_parts_is_read_whole() {
        let bytes = b"what is within it";
        for before in [LONGEST - 30, LONGEST - 7, LONGEST, LONGEST * 2 - 9] {
            let text = ["A".repeat(before), STANDARD_NO_PAD.encode(bytes), "A".repeat(LONGEST)].concat();
            assert_eq!(found(text.as_bytes(), bytes).len(), 1, "{before}");
        }
    }
}
