//! What was broken up by ends of lines, by places where a line may be broken, by quotes of a program, or by tags within a
//! line.

use super::encodings;
use super::piece::Piece;
use super::unescape::entity;

/// What was broken by the end of a line has so many symbols of base64 around the break at least.
const SHORTEST_BROKEN: usize = 17;
/// So much is read on each side of a break.
const BROKEN_REACH: usize = 200;

/// The longest comment within a name, and the longest tag.
const LONGEST_COMMENT: usize = 4096;
const LONGEST_TAG: usize = 512;
/// The longest name of a tag within a line.
const LONGEST_NAME: usize = 9;

/// Where something may break a word up, in order.
fn places(text: &[u8]) -> Vec<usize> {
    let first = memchr::memchr3_iter(b'\n', b'<', b'&', text);
    let quotes = memchr::memchr3_iter(b'"', b'\'', b'`', text);
    let unseen = memchr::memchr3_iter(0xc2, 0xe2, 0xef, text);
    let may_break = |at: &usize| matches!(text.get(*at..*at + 2), Some([first, second]) if may_break(*first, *second));
    let mut places: Vec<usize> = first.chain(quotes).chain(unseen).filter(may_break).collect();
    places.sort_unstable();
    places
}

fn may_break(first: u8, second: u8) -> bool {
    match first {
        b'\n' => is_symbol(second) || second.is_ascii_whitespace(),
        b'<' => matches!(second, b'/' | b'!') || second.is_ascii_alphabetic(),
        // Soft hyphens and what has no width, in UTF-8.
        0xc2 => second == 0xad,
        0xe2 => matches!(second, 0x80 | 0x81),
        0xef => second == 0xbb,
        b'&' => second == b'#' || second.is_ascii_alphanumeric(),
        b'"' | b'\'' | b'`' => matches!(second, b'+' | b'.' | b'\\') || second.is_ascii_whitespace(),
        _ => false,
    }
}

/// Tells every piece that is whole only when what breaks it up is taken out.
pub(super) fn broken(text: &[u8], mut tell: impl FnMut(&Piece)) {
    let places = places(text);
    let is_quote = |at: &usize| matches!(text[*at], b'"' | b'\'' | b'`');
    let mut breaks = places
        .iter()
        .copied()
        .filter(|at| !is_quote(at))
        .filter_map(|at| {
            // An end of a line has two bytes where it comes from Windows.
            let is_long = text[at] == b'\n' && at > 0 && text[at - 1] == b'\r';
            let start = if is_long { at - 1 } else { at };
            let goes_on = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| is_symbol(*byte));
            let gap = if goes_on(start.checked_sub(1)) { gap(text, at) } else { 0 };
            (gap > 0 && goes_on(Some(at + gap))).then_some((start, at + gap - start))
        })
        .peekable();
    piece_of_breaks(text, &mut breaks, b"", &mut tell);
    // Tags part words or nothing at all.
    let tags: Vec<(usize, usize)> = places.iter().map(|at| (*at, tag(text, *at))).filter(|(_, gap)| *gap > 0).collect();
    for instead in [&b" "[..], b""] {
        piece_of_breaks(text, &mut tags.iter().copied().peekable(), instead, &mut tell);
    }
    // Programs put their texts together.
    let quotes = places.iter().copied().filter(is_quote);
    let mut breaks = quotes.map(|at| (at, joint(text, at))).filter(|(_, gap)| *gap > 0).peekable();
    piece_of_breaks(text, &mut breaks, b"", &mut tell);
}

fn piece_of_breaks(
    text: &[u8],
    breaks: &mut std::iter::Peekable<impl Iterator<Item = (usize, usize)>>,
    instead: &[u8],
    tell: &mut impl FnMut(&Piece),
) {
    while let Some((first, gap)) = breaks.next() {
        let mut gaps = vec![(first, gap)];
        let mut end = first + gap;
        while gaps.len() < 4096
            && let Some((next, gap)) = breaks.next_if(|(next, _)| *next <= end + BROKEN_REACH)
        {
            gaps.push((next, gap));
            end = next + gap;
        }
        // Between most lines a word ends.
        let is_line = |at: usize| matches!(text[at], b'\n' | b'\r');
        let symbols = |part: &mut dyn Iterator<Item = &u8>| {
            part.take(SHORTEST_BROKEN).take_while(|byte| is_symbol(**byte)).count()
        };
        // So many symbols go on from one line to the next up to here.
        let mut before = 0;
        let mut ahead = gaps.iter().skip(1).map(|(at, _)| *at);
        let joins = gaps.iter().any(|(at, gap)| {
            let line = symbols(&mut text[..*at].iter().rev());
            let next = ahead.next().unwrap_or(text.len()).max(at + gap);
            let behind = symbols(&mut text[at + gap..next].iter());
            let joins = !is_line(*at) || before.max(line) + behind >= SHORTEST_BROKEN;
            let goes_on = at + gap + behind == next;
            before = if goes_on { before.max(line) + behind } else { behind };
            joins
        });
        if !joins {
            continue;
        }
        let mut piece = Piece::default();
        let mut at = first.saturating_sub(BROKEN_REACH);
        for (place, gap) in gaps {
            // One break may lie within another.
            if place >= at {
                piece.keep(text, at, place);
                piece.read(instead, place);
                at = place + gap;
            }
        }
        let end = (end + BROKEN_REACH).min(text.len()).max(at);
        piece.keep(text, at, end);
        piece.sources.push(end);
        tell(&piece);
    }
}

/// Soft hyphens, joiners, and what has no width.
const UNSEEN: [&str; 6] = ["\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"];

fn is_unseen(text: &str) -> bool {
    UNSEEN.contains(&text)
}

/// How long what breaks a word is, that begins at `at`; 0 where nothing does.
fn gap(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    match rest[0] {
        b'\n' => rest.iter().take(256).take_while(|byte| byte.is_ascii_whitespace()).count(),
        b'<' if rest.len() > 4 && rest[1..4].eq_ignore_ascii_case(b"wbr") => {
            rest.iter().take(16).position(|byte| *byte == b'>').map_or(0, |end| end + 1)
        }
        b'&' => match entity(rest) {
            Some((text, length)) if is_unseen(&text) => length,
            _ => 0,
        },
        0xc2 | 0xe2 | 0xef => UNSEEN.iter().find(|text| rest.starts_with(text.as_bytes())).map_or(0, |text| text.len()),
        _ => 0,
    }
}

/// How long a tag within a line or a comment is that begins at `at`; 0 where none does.
fn tag(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    if rest.starts_with(b"<!--") {
        let comment = &rest[..rest.len().min(LONGEST_COMMENT)];
        return memchr::memmem::find(comment, b"-->").map_or(0, |end| end + 3);
    }
    let Some(inside) = rest.strip_prefix(b"<") else { return 0 };
    let name = inside.strip_prefix(b"/").unwrap_or(inside);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b':';
    let length = name.iter().take_while(|byte| is_of_name(byte)).take(LONGEST_NAME + 1).count();
    if length > LONGEST_NAME {
        return 0;
    }
    let mut lower = [0; LONGEST_NAME];
    lower[..length].copy_from_slice(&name[..length]);
    lower.make_ascii_lowercase();
    let is_known = is_within_lines(&lower[..length]);
    if !is_known || !name.get(length).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')) {
        return 0;
    }
    rest.iter().take(LONGEST_TAG).position(|byte| *byte == b'>').map_or(0, |end| end + 1)
}

/// Whether a tag of this name stands within a line of text, and breaks no word and no name. Those with a colon are runs of text
/// in documents of Word and LibreOffice.
fn is_within_lines(name: &[u8]) -> bool {
    const NAMES: &str = "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark nobr output q rp rt ruby \
        s samp slot small span strike strong sub sup time tspan tt u var w:r w:t w:rpr text:span";
    NAMES.split(' ').any(|known| known.as_bytes() == name)
}

/// How long a quote is that ends a text and is followed by the next that is joined to it.
fn joint(text: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    let mut is_joined = false;
    for byte in text[at + 1..].iter().take(64) {
        end += 1;
        match byte {
            b'+' | b'.' | b'\\' => is_joined = true,
            byte if byte.is_ascii_whitespace() => {}
            b'"' | b'\'' | b'`' if is_joined => return end - at,
            _ => return 0,
        }
    }
    0
}

/// A symbol of either base64, or what fills it up.
fn is_symbol(byte: u8) -> bool {
    byte == b'=' || encodings::is_symbol(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_up_is_read_whole_and_leads_back() {
        let name = "pqHj2r_ZN1lEF10utN0Ktky71";
        for gap in [
            "\n",
            "\r\n",
            "\n    ",
            "<wbr>",
            "<WBR/>",
            "&shy;",
            "&#8203;",
            "\" +\n \"",
            "' . '",
            "\"+'",
            "` + `",
            "<tspan x='1'>",
            "\u{ad}",
            "\u{200b}",
            "<b>",
            "</SPAN>",
            "<!-- x -->",
            "<em class='a'>",
            "</a>",
            "</w:t></w:r><w:r><w:t>",
        ] {
            for at in 1..24 {
                let text = format!("x\n{}{gap}{}", &name[..at], &name[at..]);
                let mut found = Vec::new();
                broken(text.as_bytes(), |piece| {
                    let place = memchr::memmem::find(&piece.text, name.as_bytes());
                    found.extend(place.and_then(|place| piece.span(place, place + name.len())).map(|(at, _)| at));
                });
                assert_eq!(found, [2], "{text}");
            }
        }
        let short = "i_icsLqT4IdKyoiyk";
        for at in 1..16 {
            let text = format!("x {}\n{} y", &short[..at], &short[at..]);
            let mut found = false;
            broken(text.as_bytes(), |piece| {
                found |= memchr::memmem::find(&piece.text, short.as_bytes()).is_some();
            });
            assert!(found, "{at}");
        }
        for width in [7, 8, 12] {
            let lines: Vec<&[u8]> = name.as_bytes().chunks(width).collect();
            for end in [&b"\n"[..], b"\r\n", b"\n  "] {
                let text = [b"x: ", &lines.join(end)[..], b" y"].concat();
                let mut found = false;
                broken(&text, |piece| {
                    found |= memchr::memmem::find(&piece.text, name.as_bytes()).is_some();
                });
                assert!(found, "{width}");
            }
        }
        let mut pieces = 0;
        let prose = b"two lines of prose\nare left <p>as</p> they are &amp; cost\nnothing, \"said\" \"she\"";
        broken(prose, |_| pieces += 1);
        assert_eq!(pieces, 0);
    }
}
