//! Guesses the encoding of texts whose block declares none, or the wrong one.
//!
//! A text whose letters nobody can be sure of is left out: no caption is better than one that cannot be read.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, ISO_8859_2, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254,
    WINDOWS_1257, WINDOWS_1258,
};

/// The encoding of texts that one program wrote in one go; none where it cannot be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charset(Option<&'static Encoding>);

impl Charset {
    /// Windows-1252, and with it Latin-1.
    pub(super) fn latin() -> Self {
        Self(Some(WINDOWS_1252))
    }

    /// Guesses from all texts that are not UTF-8; the more of them, the better the guess.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let texts: Vec<&[u8]> = texts.filter(|text| std::str::from_utf8(text).is_err()).collect();
        if texts.is_empty() {
            return Self::latin();
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        for text in &texts {
            detector.feed(text, false);
            detector.feed(b"\n", false);
        }
        detector.feed(b"", true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        // It knows what pages of the web are written in, and Macs' old encoding is not among that.
        let worth = |encoding| texts.iter().map(|text| worth(text, encoding)).sum::<i32>();
        if !LATIN.contains(&guess) {
            let is_short = texts.iter().flat_map(|text| text.iter()).filter(|byte| !byte.is_ascii()).count() < FEW;
            // A letter or two within plain words are accents; on their own they may be anything.
            return match (is_short, worth(WINDOWS_1252) > 0) {
                (false, _) => Self(Some(guess)),
                (true, true) => Self::latin(),
                (true, false) => Self(None),
            };
        }
        // Central Europe's letters stand at the places of the West's and of the Mac's; a few of them prove nothing.
        let few = texts.iter().map(|text| differing(text, guess)).sum::<usize>() < 3;
        let guess = if few && worth(WINDOWS_1252) >= worth(guess) { WINDOWS_1252 } else { guess };
        match worth(MACINTOSH).cmp(&worth(guess)) {
            std::cmp::Ordering::Greater => Self(Some(MACINTOSH)),
            std::cmp::Ordering::Equal if few && guess != WINDOWS_1252 => Self(None),
            _ => Self(Some(guess)),
        }
    }

    /// The text; empty where it cannot be read.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return text.to_owned();
        }
        let Some(encoding) = self.0 else { return String::new() };
        let (text, is_damaged) = encoding.decode_without_bom_handling(bytes);
        if is_damaged || !is_readable(&text) { String::new() } else { text.into_owned() }
    }
}

/// A text on its own: UTF-8 where it is UTF-8, else guessed; empty where it cannot be read.
pub(super) fn decode(bytes: &[u8]) -> String {
    Charset::of(std::iter::once(bytes)).decode(bytes)
}

/// Encodings of Latin letters, of which short texts tell little.
const LATIN: [&Encoding; 6] = [WINDOWS_1252, WINDOWS_1250, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258, ISO_8859_2];

/// Fewer letters than these do not tell a script.
const FEW: usize = 5;

/// How many letters another encoding reads in another way than Windows-1252.
fn differing(text: &[u8], encoding: &'static Encoding) -> usize {
    let read = |byte: &u8, encoding: &'static Encoding| {
        encoding.decode_without_bom_handling(std::slice::from_ref(byte)).0.into_owned()
    };
    text.iter().filter(|byte| !byte.is_ascii() && read(byte, WINDOWS_1252) != read(byte, encoding)).count()
}

/// How well an encoding of Latin letters fits: what stands within a word should be a letter, and a small one.
fn worth(text: &[u8], encoding: &'static Encoding) -> i32 {
    let letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_lowercase);
    let mut worth = 0;
    for (at, byte) in text.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        let (decoded, is_damaged) = encoding.decode_without_bom_handling(std::slice::from_ref(byte));
        let Some(c) = decoded.chars().next() else { continue };
        let inside = letter(at.checked_sub(1)) || letter(Some(at + 1));
        worth += match c {
            _ if is_damaged || c.is_control() => -8,
            '’' if letter(at.checked_sub(1)) && letter(Some(at + 1)) => 1,
            // An apostrophe stands within words, quotation marks and dashes at their ends.
            '’' | '“' | '”' | '‘' | '„' | '«' | '»' | '–' | '—' | '…' | '©' | '®' | '°' | '€' | '£' => {
                0
            }
            _ if !inside => 0,
            _ if !c.is_alphabetic() => -3,
            _ if c.is_uppercase() && letter(at.checked_sub(1)) => -3,
            _ => 1,
        };
    }
    worth
}

/// Whether this can have been written by people: no control characters, and no run of accented letters as another script
/// gives when it is taken for Latin-1.
fn is_readable(text: &str) -> bool {
    let odd =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\0')) || matches!(c, '\u{ad}' | '\u{fffd}');
    let accented = |c: char| ('\u{c0}'..='\u{ff}').contains(&c) && c.is_alphabetic();
    let jumble = text.split(|c| !accented(c)).any(|run| {
        let mut letters: Vec<char> = run.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        letters.len() >= 3
    });
    !jumble && !text.chars().any(odd)
}

/// A text that was UTF-8, was taken for Windows-1252, and was encoded once more (`ZÃ¼rich`), as it was meant.
pub(super) fn mended(text: &str) -> Option<String> {
    let leads = |c: char| ('\u{c2}'..='\u{f4}').contains(&c);
    if !text.contains(leads) {
        return None;
    }
    let (bytes, _, is_lost) = WINDOWS_1252.encode(text);
    let once = String::from_utf8(bytes.into_owned()).ok().filter(|once| !is_lost && once != text)?;
    (!once.contains(|c| ('\u{80}'..='\u{9f}').contains(&c))).then_some(once)
}

/// EXIF's UserComment: eight bytes that name the encoding, which programs fill in by habit, and the text.
pub(super) fn user_comment(value: &[u8], is_little_endian: bool) -> Option<String> {
    let (name, rest) = value.split_at_checked(8).unwrap_or((&[], value));
    let name = name.to_ascii_uppercase();
    let text = match name.as_slice() {
        [b'U', b'N', b'I', b'C', b'O', b'D', b'E', _] => wide(rest, is_little_endian),
        [b'J', b'I', b'S', ..] if rest.contains(&0x1b) => {
            let (text, is_damaged) = ISO_2022_JP.decode_without_bom_handling(until_zero(rest));
            if is_damaged { String::new() } else { text.into_owned() }
        }
        [b'J', b'I', b'S', b'\0', ..] | [b'A', b'S', b'C', b'I', b'I', ..] => narrow(rest, is_little_endian),
        name if name.iter().all(|byte| matches!(byte, b'\0' | b' ')) => narrow(rest, is_little_endian),
        // Without the eight bytes that should be there.
        _ => narrow(value, is_little_endian),
    };
    let text = text.trim_matches(|c: char| c == '\0' || c == '\u{feff}' || c.is_whitespace());
    (!text.is_empty() && is_readable(text)).then(|| text.to_owned())
}

/// One byte a letter, or so it says.
fn narrow(bytes: &[u8], is_little_endian: bool) -> String {
    let looks_wide = bytes.len() >= 4 && zeros(bytes, 0).max(zeros(bytes, 1)) * 4 > bytes.len();
    let text = until_zero(bytes);
    // Padding is zeros too, but behind the text.
    if looks_wide && text.len() <= 1 { wide(bytes, is_little_endian) } else { decode(text) }
}

/// UTF-16 in the order of its mark, else in the one that makes more sense, else in the block's. Some programs
/// say so and write UTF-8.
fn wide(bytes: &[u8], is_little_endian: bool) -> String {
    let text = until_zero(bytes);
    if text.len() > 1
        && let Ok(text) = std::str::from_utf8(text)
        && text.chars().filter(|c| matches!(c, ' ' | 'a'..='z' | 'A'..='Z')).count() * 2 > text.chars().count()
    {
        return text.to_owned();
    }
    let likely = |encoding: &'static Encoding| {
        let (text, is_damaged) = encoding.decode_without_bom_handling(text_units(bytes));
        text.chars().map(likelihood).sum::<i32>() - if is_damaged { 100 } else { 0 }
    };
    let little = match bytes {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        _ => match likely(UTF_16LE).cmp(&likely(UTF_16BE)) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => is_little_endian,
        },
    };
    let encoding = if little { UTF_16LE } else { UTF_16BE };
    let (text, is_damaged) = encoding.decode_without_bom_handling(text_units(bytes));
    if is_damaged { String::new() } else { text.into_owned() }
}

/// How likely a letter stands in a caption. Units whose bytes are swapped lie all over Unicode.
fn likelihood(c: char) -> i32 {
    match c {
        '\0'..='\u{6ff}' | '\u{3040}'..='\u{30ff}' | '\u{2010}'..='\u{2026}' => 2,
        '\u{900}'..='\u{e7f}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{3000}'..='\u{3002}' => 1,
        _ => -2,
    }
}

/// The units before the first that is zero, whole ones only.
fn text_units(bytes: &[u8]) -> &[u8] {
    let end = bytes.chunks_exact(2).position(|unit| unit == [0, 0]).unwrap_or(bytes.len() / 2);
    &bytes[..end * 2]
}

/// How many bytes at even (0) or odd (1) places are zero.
fn zeros(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count()
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_JP, EUC_KR, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1253};

    use super::*;

    const WORDS: [&str; 28] = [
        "Zürich",
        "München",
        "Größe",
        "Ålesund",
        "Øystein",
        "Crème brûlée à Étretat",
        "São Paulo",
        "Þingvellir – © Jón",
        "café “x”",
        "El Niño",
        "Jäääär",
        "École d’été",
        "Reykjavík",
        "Ærø",
        "Façade",
        "Müller & Söhne, Straße",
        "Bjørn Ødegård",
        "Malmö",
        "Curaçao",
        "Îles d’Hyères",
        "Château de Chambord",
        "Übung",
        "© 2024 Ann",
        "50 °C",
        "Ñandú",
        "à",
        "Ann’s",
        "München “Süd”",
    ];

    #[test]
    fn latin_letters_are_read_in_windows_1252() {
        for text in WORDS {
            let (bytes, _, _) = WINDOWS_1252.encode(text);
            let read = decode(&bytes);
            assert_eq!(read, text);
        }
    }

    #[test]
    fn texts_of_one_block_are_guessed_together_and_never_wrong() {
        for (encoding, texts) in [
            (WINDOWS_1251, ["Закат над Невой", "Санкт-Петербург", "Иванов"]),
            (WINDOWS_1250, ["Příliš žluťoučký kůň", "Zażółć gęślą jaźń", "Łódź"]),
            (WINDOWS_1253, ["Καλημέρα από την Αθήνα", "Ηλιοβασίλεμα στη θάλασσα", "Αθήνα"]),
            (SHIFT_JIS, ["京都の秋の紅葉です", "清水寺から見た夕日", "京都"]),
            (EUC_JP, ["京都の秋の紅葉です", "清水寺から見た夕日", "京都"]),
            (GBK, ["北京的秋天非常美丽", "长城上的日落", "北京"]),
            (BIG5, ["臺北的夜景非常美麗", "陽明山上的日落", "臺北"]),
            (EUC_KR, ["서울의 가을은 아름답다", "한강의 일몰", "서울"]),
            (MACINTOSH, ["Zürich im Frühling", "Crème brûlée", "Größe"]),
        ] {
            let bytes: Vec<Vec<u8>> = texts.iter().map(|text| encoding.encode(text).0.into_owned()).collect();
            let charset = Charset::of(bytes.iter().map(Vec::as_slice));
            let read: Vec<String> = bytes.iter().map(|bytes| charset.decode(bytes)).collect();
            assert_eq!(read, texts, "{}", encoding.name());
            // Alone they may be too short to be sure of, and are left out then.
            for (bytes, text) in bytes.iter().zip(texts) {
                let alone = decode(bytes);
                assert!(alone == text || alone.is_empty(), "{}: {alone} for {text}", encoding.name());
            }
        }
    }

    #[test]
    fn what_was_encoded_twice_is_mended_and_honest_accents_stay() {
        for (text, expected) in
            [("ZÃ¼rich", "Zürich"), ("caf\u{c3}\u{a9} â€“ x", "café – x"), ("ÐœÐ¾Ñ\u{81}ÐºÐ²Ð°", "Москва")]
        {
            assert_eq!(mended(text).as_deref(), Some(expected));
        }
        for text in WORDS.into_iter().chain(["Ã", "Âge d’or", "naïveté", "Москва"]) {
            assert_eq!(mended(text), None, "{text}");
        }
    }

    #[test]
    fn a_user_comment_is_read_in_the_encoding_that_it_names() {
        let wide = |text: &str, little: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
        };
        let read = |name: &[u8; 8], text: &[u8]| user_comment(&[name, text].concat(), true);
        assert_eq!(read(b"ASCII\0\0\0", b"At the lake   \0\0").as_deref(), Some("At the lake"));
        assert_eq!(read(b"ASCII\0\0\0", "Am See, Zürich".as_bytes()).as_deref(), Some("Am See, Zürich"));
        assert_eq!(read(b"ASCII\0\0\0", b"Am See, Z\xfcrich").as_deref(), Some("Am See, Zürich"));
        assert_eq!(read(b"\0\0\0\0\0\0\0\0", b"At the lake").as_deref(), Some("At the lake"));
        for text in ["At the lake", "Закат над Невой", "京都の秋", "Zürich"] {
            for little in [true, false] {
                let padded = [wide(text, little), vec![0; 6]].concat();
                assert_eq!(read(b"UNICODE\0", &padded).as_deref(), Some(text), "{little}");
                let marked = [wide("\u{feff}", little), wide(text, little)].concat();
                assert_eq!(read(b"UNICODE\0", &marked).as_deref(), Some(text), "{little}");
            }
        }
        assert_eq!(read(b"UNICODE\0", b"At the lake").as_deref(), Some("At the lake"));
        let (japanese, _, _) = ISO_2022_JP.encode("京都の秋");
        assert_eq!(read(b"JIS\0\0\0\0\0", &japanese).as_deref(), Some("京都の秋"));
        assert_eq!(user_comment(b"At the lake, without a name", true).as_deref(), Some("At the lake, without a name"));
        for blank in
            [&b"ASCII\0\0\0        "[..], b"UNICODE\0\0\0\0\0", b"\0\0\0\0\0\0\0\0", b"        ", b"", b"ASCII"]
        {
            assert!(user_comment(blank, true).is_none_or(|text| text == "ASCII"), "{blank:?}");
        }
        assert_eq!(read(b"\0\0\0\0\0\0\0\0", b"\x01\x02\x7f\x10\xff\xfe\x03binary\x04"), None);
    }
}
