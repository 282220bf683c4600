//! Text in UTF-16.

use super::piece::Piece;

/// UTF-16 shorter than this many characters is chance.
const SHORTEST_WIDE: usize = 7;
/// The first letter of UTF-16 and the last may belong to what stands beside it: then so much is read without them.
const WIDE_END: usize = 512;

/// A text that says that it is UTF-16: as a whole, in any script.
fn marked(text: &[u8]) -> Option<Piece> {
    let order: Order = match text {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, _) = text[2..].as_chunks::<2>();
    let mut piece = Piece { is_recoded: true, ..Piece::default() };
    let mut at = 2;
    for letter in char::decode_utf16(pairs.iter().map(|pair| order(*pair))) {
        let letter = letter.unwrap_or(char::REPLACEMENT_CHARACTER);
        piece.read(letter.encode_utf8(&mut [0; 4]).as_bytes(), at);
        at += 2 * letter.len_utf16();
    }
    piece.sources.push(at);
    Some(piece)
}

/// Puts two bytes together.
type Order = fn([u8; 2]) -> u16;

/// Tells every piece that is UTF-16, in either order of bytes: so Windows writes titles into pictures.
///
/// A text that says that it is UTF-16 is read as a whole, in any script; otherwise scripts up to Arabic are. Without a mark at the
/// beginning nobody knows where such a text begins: the letter before it may be the end of something else. So its ends are told
/// without their outermost letter too.
pub(super) fn wide(text: &[u8], mut tell: impl FnMut(&Piece)) {
    if let Some(piece) = marked(text) {
        tell(&piece);
    }
    let letter = |order: Order, at: usize| -> Option<char> {
        let pair = text.get(at..at + 2)?;
        let code = order([pair[0], pair[1]]);
        let is_text = matches!(code, 0x09 | 0x0a | 0x0d | 0x20..0x7f | 0xa0..0x700 | 0x2010..=0x203a);
        char::from_u32(u32::from(code)).filter(|_| is_text)
    };
    // The upper half comes second where the lower one comes first.
    let orders: [(Order, usize); 2] = [(u16::from_le_bytes, 1), (u16::from_be_bytes, 0)];
    let mut done = [[0; 2]; 2];
    for place in places(text) {
        for ((order, upper), done) in orders.into_iter().zip(&mut done) {
            let Some(at) = place.checked_sub(upper) else { continue };
            if at >= done[at % 2] && letter(order, at).is_some() && letter(order, at + 2).is_some() {
                done[at % 2] = wide_piece(at, |at| letter(order, at), &mut tell);
            }
        }
    }
}

/// Where four letters in a row may have their upper halves, each at every second byte. Of such rows, one half stands at a multiple
/// of eight or behind one, so few bytes are looked at. Rows of zeros and of spaces have none.
fn places(text: &[u8]) -> Vec<usize> {
    let is_upper = |at: usize| text.get(at).is_some_and(|byte| *byte < 7 || *byte == b' ');
    let begins = |at: usize| {
        let is_row =
            text.get(at + 1) == text.get(at) && at.checked_sub(1).is_some_and(|before| text[before] == text[at]);
        !is_row && (0..4).all(|letter| is_upper(at + 2 * letter))
    };
    let mut places = Vec::new();
    for start in (0..text.len()).step_by(8) {
        for at in [start, start + 1] {
            if is_upper(at) && (is_upper(at + 2) || at >= 2 && is_upper(at - 2)) {
                let letters = (0..4).rev().filter_map(|back| at.checked_sub(2 * back));
                places.extend(letters.filter(|at| begins(*at)));
            }
        }
    }
    places
}

/// Tells the piece around `at` whose characters `letter` reads, and returns where it ends.
fn wide_piece(at: usize, letter: impl Fn(usize) -> Option<char>, tell: &mut impl FnMut(&Piece)) -> usize {
    let mut start = at;
    while let Some(before) = start.checked_sub(2).filter(|before| letter(*before).is_some()) {
        start = before;
    }
    let mut piece = Piece { is_recoded: true, ..Piece::default() };
    let mut ends = Vec::new();
    let mut end = start;
    while let Some(letter) = letter(end) {
        ends.push(piece.text.len());
        piece.read(letter.encode_utf8(&mut [0; 4]).as_bytes(), end);
        end += 2;
    }
    piece.sources.push(end);
    if ends.len() >= SHORTEST_WIDE {
        tell(&piece);
        let part = |from: usize, until: usize| Piece {
            text: piece.text[from..until].to_vec(),
            sources: piece.sources[from..=until].to_vec(),
            is_recoded: true,
        };
        tell(&part(ends[1], ends.get(WIDE_END).copied().unwrap_or(piece.text.len())));
        tell(&part(ends[ends.len().saturating_sub(WIDE_END)], ends[ends.len() - 1]));
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_that_it_is_utf_16_is_read_in_any_script() {
        for (mark, order) in [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
        {
            let text = [mark.to_vec(), "湖畔の家 𝐀 Đám".encode_utf16().flat_map(order).collect()].concat();
            let piece = marked(&text).unwrap();
            assert_eq!(std::str::from_utf8(&piece.text), Ok("湖畔の家 𝐀 Đám"));
            assert_eq!(piece.span(0, 3), Some((2, 4)));
            assert_eq!(piece.sources.last(), Some(&text.len()));
        }
        assert!(marked(b"\xff").is_none() && marked(b"ab").is_none());
    }

    #[test]
    fn rows_of_zeros_and_spaces_are_passed_by() {
        assert!(places(&[0; 1000]).len() < 4);
        assert!(places(&[b' '; 1000]).len() < 4);
    }

    #[test]
    fn utf_16_is_read_at_every_offset_in_both_orders_and_beside_other_letters() {
        for (name, beside) in [("LakeHouse", 0xff), ("LakeHouse", b'n'), ("ЛесДомСад", 0xff), ("Übersicht", 0)]
        {
            for before in 0..17 {
                for order in [u16::to_le_bytes, u16::to_be_bytes] {
                    let mut text = vec![0xff; before];
                    text.extend([beside, 0]);
                    text.extend(name.encode_utf16().flat_map(order));
                    text.extend([0, beside]);
                    let mut found = false;
                    wide(&text, |piece| {
                        let whole = String::from_utf8_lossy(&piece.text).into_owned();
                        found |= whole.trim_matches('n') == name
                            && (piece.text.len() == name.len())
                            && piece.span(0, name.len()).is_some_and(|(at, _)| at == before + 2);
                    });
                    assert!(found, "{name} {before} {beside}");
                }
            }
        }
    }
}
