//! What can be read in pictures and other packed bytes.

use super::encodings::each_run;

/// So many bytes in a row could be meant as a text.
const SHORTEST_TEXT: usize = 24;
/// So many characters of ASCII stand side by side in every text that says something else when it is read: `&nbsp;`, `%C3%A4`.
const ASCII_IN_TEXT: usize = 6;

/// Tells each part of other bytes than text in which escapes and breaks are read.
pub(super) fn texts(bytes: &[u8], mut tell: impl FnMut(usize, usize)) {
    let Some(last) = bytes.len().checked_sub(8) else { return };
    let is_legible = |byte: &&u8| !is_illegible(**byte);
    let mut done = 0;
    // Eight bytes show all rows that begin at three places.
    for at in (0..last).step_by(9 - ASCII_IN_TEXT).chain([last]) {
        let row = at + 2;
        if row >= done && bytes[at..].first_chunk().is_some_and(|eight| has_ascii_row(*eight)) {
            let start = row - bytes[done..row].iter().rev().take_while(is_legible).count();
            done = row + bytes[row..].iter().take_while(is_legible).count();
            each_run(bytes, start, done, SHORTEST_TEXT, |_| true, &mut tell);
        }
    }
}

/// Whether [`ASCII_IN_TEXT`] of these bytes, in a row, are ASCII and no control characters.
fn has_ascii_row(bytes: [u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(bytes);
    // The highest bit of each byte: of one that is ASCII and no control character, of two, four and six in a row.
    let one = ((bytes & 0x7f * EACH) + 0x60 * EACH) & !bytes & 0x80 * EACH;
    let two = one & one << 8;
    let four = two & two << 16;
    four & two << 32 != 0
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
    fn six_characters_in_a_row_are_seen_wherever_they_stand_in_eight_bytes() {
        for start in 0..=8 {
            for end in start..=8 {
                for (inside, outside) in [(b' ', 0x1f), (b'~', 0x80), (b'a', 0xe1), (0x7f, 0)] {
                    let bytes = std::array::from_fn(|at| if (start..end).contains(&at) { inside } else { outside });
                    assert_eq!(has_ascii_row(bytes), end - start >= ASCII_IN_TEXT, "{start} {end}");
                }
            }
        }
    }
}
