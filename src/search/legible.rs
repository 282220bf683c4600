//! Finds legible text in pictures and other packed bytes.

use super::encodings::each_run;

/// So many bytes in a row could be meant as a text.
const SHORTEST_TEXT: usize = 24;
/// So many characters of ASCII stand side by side in every text that says something else when it is read: `&nbsp;`, `%C3%A4`.
const ASCII_IN_TEXT: usize = 6;
/// So many bytes are looked at at once.
const BLOCK: usize = 16;

/// Tells each part of other bytes than text in which escapes and breaks are read.
pub(super) fn texts(bytes: &[u8], mut tell: impl FnMut(usize, usize)) {
    let Some(last) = bytes.len().checked_sub(BLOCK) else { return };
    let is_legible = |byte: &&u8| !is_illegible(**byte);
    let mut done = 0;
    // What begins too late in one block to be whole in it is whole in the next.
    const STEP: usize = BLOCK + 1 - ASCII_IN_TEXT;
    for at in (0..last + STEP).step_by(STEP) {
        let at = at.min(last);
        let mut ends = bytes[at..].first_chunk().map_or(0, |block| ascii_ends(*block));
        while ends != 0 {
            let row = at + ends.trailing_zeros() as usize / 8;
            ends &= ends - 1;
            if row >= done {
                let start = row - bytes[done..row].iter().rev().take_while(is_legible).count();
                done = row + bytes[row..].iter().take_while(is_legible).count();
                each_run(bytes, start, done, SHORTEST_TEXT, |_| true, &mut tell);
            }
        }
    }
}

/// The highest bit of each of these bytes that is the last of [`ASCII_IN_TEXT`] in a row that are ASCII and no control characters.
fn ascii_ends(block: [u8; BLOCK]) -> u128 {
    const EACH: u128 = u128::from_le_bytes([1; BLOCK]);
    let bytes = u128::from_le_bytes(block);
    // Of one such byte, of two, four and six in a row.
    let one = ((bytes & (0x7f * EACH)) + 0x60 * EACH) & !bytes & (0x80 * EACH);
    let two = one & one << 8;
    let four = two & two << 16;
    four & two << 32
}

/// Whether bytes are UTF-8 that may be cut, or so few of them are beyond ASCII that they could be Latin-1.
pub(super) fn is_legible(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| **byte >= 0x80).count() <= 2
        || std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Whether a byte stands in no text.
pub(super) fn is_illegible(byte: u8) -> bool {
    const ILLEGIBLE: [bool; 256] = {
        let mut illegible = [false; 256];
        let mut byte = 0;
        while byte < 0x80_u8 {
            illegible[byte as usize] = byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
            byte += 1;
        }
        illegible
    };
    ILLEGIBLE[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        texts(bytes, |start, end| all.push((start, end)));
        all
    }

    #[test]
    fn a_text_among_other_bytes_is_told_as_far_as_it_can_be_read() {
        for text in ["%4c%61%6b%65%20House, told", "Свадьба&nbsp;Ольги", "a\n<b>\t 1234567890, 123456"] {
            for before in 0..12 {
                for beside in [0, 0x1f, 0x7f] {
                    let bytes = [&vec![beside; before][..], text.as_bytes(), &[beside; 3]].concat();
                    assert_eq!(all(&bytes), [(before, before + text.len())], "{text}");
                    assert_eq!(all(&bytes[..before + text.len()]), [(before, before + text.len())], "{text}");
                }
                let bytes = [&vec![0xff; before][..], text.as_bytes(), b"\0", text.as_bytes()].concat();
                assert_eq!(all(&bytes), [(0, before + text.len()), (before + text.len() + 1, bytes.len())]);
            }
        }
        for none in [&b"too short to be meant."[..], b"", &[0xff; 99], b"\0a\0few\0letters\0and\0none\0of\0them"] {
            assert_eq!(all(none), []);
        }
    }

    #[test]
    fn six_characters_in_a_row_are_seen_wherever_they_stand_in_a_block() {
        for start in 0..=BLOCK {
            for end in start..=BLOCK {
                for (inside, outside) in [(b' ', 0x1f), (b'~', 0x80), (b'a', 0xe1), (0x7f, 0)] {
                    let block = std::array::from_fn(|at| if (start..end).contains(&at) { inside } else { outside });
                    let ends = ascii_ends(block).to_le_bytes().map(|byte| byte != 0);
                    let expected = std::array::from_fn(|at| at < end && at >= start + ASCII_IN_TEXT - 1);
                    assert_eq!(ends, expected, "{start} {end}");
                }
            }
        }
    }
}
