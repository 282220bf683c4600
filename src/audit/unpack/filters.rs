//! The ways in which a PDF packs its streams (ISO 32000-2, 7.4), but for `deflate`. What is damaged is unpacked up to there, and
//! no more than `most` bytes and a few.

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

/// `ASCII85Decode`: five letters are four bytes.
pub(super) fn ascii85(text: &[u8], most: usize) -> Vec<u8> {
    let text = text.trim_ascii_start();
    let mut out = Vec::new();
    let mut group = [0; 5];
    let mut count = 0;
    let push = |out: &mut Vec<u8>, group: [u8; 5], bytes: usize| {
        let number = group.iter().fold(0_u64, |number, digit| number * 85 + u64::from(*digit));
        out.extend_from_slice(&number.to_be_bytes()[4..4 + bytes]);
    };
    for byte in text.strip_prefix(b"<~").unwrap_or(text) {
        match byte {
            b'!'..=b'u' => {
                group[count] = byte - b'!';
                count += 1;
                if count == 5 {
                    push(&mut out, group, 4);
                    count = 0;
                }
            }
            b'z' if count == 0 => out.extend([0; 4]),
            0 => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => break,
        }
        if out.len() > most {
            return out;
        }
    }
    if count > 1 {
        // The highest digit stands for those that are missing.
        group[count..].fill(84);
        push(&mut out, group, count - 1);
    }
    out
}

/// `ASCIIHexDecode`, up to what is neither a digit nor white space.
pub(super) fn hex(text: &[u8], most: usize) -> Vec<u8> {
    let mut digits = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != 0)
        .map_while(|byte| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .fuse();
    let mut out = Vec::new();
    while out.len() <= most
        && let Some(high) = digits.next()
    {
        out.push(high << 4 | digits.next().unwrap_or(0));
    }
    out
}

/// `RunLengthDecode`: so many bytes as they are, or one byte so many times.
pub(super) fn run_length(packed: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = packed;
    while let [length, behind @ ..] = rest
        && out.len() <= most
    {
        let length = usize::from(*length);
        rest = match (length, behind) {
            (..=127, behind) => {
                let (plain, behind) = behind.split_at(behind.len().min(length + 1));
                out.extend_from_slice(plain);
                behind
            }
            (129.., [byte, behind @ ..]) => {
                out.extend(std::iter::repeat_n(*byte, 257 - length));
                behind
            }
            _ => break,
        };
    }
    out
}

/// `LZWDecode`. Codes grow by a bit one code early, unless the stream says that they do not.
pub(super) fn lzw(packed: &[u8], is_early: bool, most: usize) -> Vec<u8> {
    let decoder = if is_early { Decoder::with_tiff_size_switch } else { Decoder::new };
    let mut decoder = decoder(BitOrder::Msb, 8);
    let mut out = Vec::new();
    let mut rest = packed;
    let mut room = [0; 4096];
    while out.len() <= most {
        let step = decoder.decode_bytes(rest, &mut room);
        out.extend_from_slice(&room[..step.consumed_out]);
        rest = &rest[step.consumed_in..];
        if !matches!(step.status, Ok(LzwStatus::Ok)) {
            break;
        }
    }
    out.truncate(most + 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 16;

    #[test]
    fn letters_and_runs_are_unpacked_as_the_standard_says() {
        assert_eq!(ascii85(b"<~87cUR\nD]i,\"Ebo80~>", MOST), b"Hello World!");
        assert_eq!(ascii85(b"z!!~>end", MOST), b"\0\0\0\0\0");
        assert_eq!(ascii85(b"87cURD]i,\"Ebo7", MOST), b"Hello World");
        assert_eq!(hex(b"48 65\n6c6C 6f2>end", MOST), b"Hello ");
        assert_eq!(run_length(b"\x02abc\xfed\x80e", MOST), b"abcddd");
        // The example of the standard, 7.4.4.2.
        assert_eq!(lzw(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", true, MOST), b"-----A---B");
    }

    #[test]
    fn codes_grow_where_the_stream_says_that_they_do() {
        for is_early in [true, false] {
            // Every byte as a code of its own: each but the first adds a string to the table.
            let text: Vec<u8> = (0..3000_u32).map(|n| (n % 251).to_le_bytes()[0]).collect();
            let mut bits = format!("{:09b}", 256);
            for (written, byte) in text.iter().enumerate() {
                let next = 258 + written.saturating_sub(1) + usize::from(is_early);
                let width = (usize::BITS - next.leading_zeros()).clamp(9, 12) as usize;
                bits.push_str(&format!("{byte:0width$b}"));
            }
            let packed: Vec<u8> = bits
                .as_bytes()
                .chunks(8)
                .map(|eight| u8::from_str_radix(&format!("{:0<8}", String::from_utf8_lossy(eight)), 2).unwrap())
                .collect();
            assert_eq!(lzw(&packed, is_early, MOST)[..3000], text, "{is_early}");
        }
    }

    #[test]
    fn what_is_damaged_or_too_large_ends() {
        for text in [&b""[..], b"\xff", b"<~", b"zzzz", b"\x81", b"\x05a", b"\x80\x0b\xff\xff", b"!"] {
            for most in [0, MOST] {
                let lengths = [ascii85(text, most), hex(text, most), run_length(text, most), lzw(text, true, most)];
                assert!(lengths.iter().all(|out| out.len() <= most + 128));
            }
        }
        assert!(run_length(&b"\x81a".repeat(5000), 1000).len() < 1200);
        assert!(ascii85(&[b'z'; 5000], 1000).len() < 1010);
    }
}
