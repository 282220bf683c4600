//! What can be read in bytes that are no text.

/// A bit or number in each of eight bytes.
pub(super) const EACH: u64 = 0x0101_0101_0101_0101;
/// The upper bit of each.
pub(super) const HIGH: u64 = EACH * 0x80;

/// Tells each run of bytes that reads as text, where it is long enough to hold a word: in ASCII, and in other scripts where
/// fifteen bytes or more are UTF-8, as within any markup.
pub(super) fn runs(bytes: &[u8], shortest: usize, mut tell: impl FnMut(usize, usize)) {
    let mut at = 0;
    // A run of seven or more covers four of the bytes that are looked at together.
    while at + 4 <= bytes.len() {
        let eight = match bytes.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => bytes[at..].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
        };
        let beyond = eight & HIGH;
        let controls = !((eight | HIGH) - EACH * 0x20) & !eight & HIGH;
        let odd = beyond | controls;
        let in_first = odd & 0xffff_ffff == 0;
        if !in_first && odd >> 32 != 0 && !(controls == 0 && is_utf8_like(eight) && reads_on(bytes, at)) {
            at += 8;
            continue;
        }
        let middle = if in_first || odd >> 32 != 0 { at } else { at + 4 };
        let start = middle - bytes[..middle].iter().rev().take_while(|byte| is_legible(**byte)).count();
        let end = middle + bytes[middle..].iter().take_while(|byte| is_legible(**byte)).count();
        if end - start >= shortest {
            tell(start, end);
        }
        at = end.max(at + 4);
    }
}

/// Whether eight bytes could stand in the middle of UTF-8: whatever begins a letter is followed by what continues it.
fn is_utf8_like(eight: u64) -> bool {
    let beyond = eight & HIGH;
    let begin = beyond & eight << 1;
    let next = (beyond & !begin) >> 8;
    (begin & !next | next & !beyond) & (HIGH >> 8) == 0
}

/// Whether the sixteen bytes around these eight could stand in UTF-8 too: by chance hardly ever.
fn reads_on(bytes: &[u8], at: usize) -> bool {
    let near = |place: usize| bytes.get(place..place + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok());
    let sides = [at.checked_sub(4).and_then(near), near(at + 4)];
    sides.into_iter().flatten().all(|eight| is_utf8_like(u64::from_le_bytes(eight)))
}

fn is_legible(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        runs(bytes, 7, |start, end| all.push((start, end)));
        all
    }

    #[test]
    fn each_run_of_letters_is_told_once_wherever_it_begins() {
        for before in 0..17 {
            for text in ["Hochzeit im Mai", "Hochzeit", "<li>Свадьба Ольги</li>", "Österreich"] {
                let bytes = [&vec![1; before][..], text.as_bytes(), b"\0\x01\0\x02short\0\0"].concat();
                assert_eq!(found(&bytes), [(before, before + text.len())], "{text}");
            }
        }
        assert_eq!(found(b""), []);
        assert_eq!(found(&[0xff; 64]), []);
    }
}
