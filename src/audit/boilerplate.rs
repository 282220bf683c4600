//! Words that every site says, and words that programs use: where they stand for nothing private.
//!
//! A private gallery may be called `label`, or after a family Lang. Where such a word is markup it says nothing about the
//! gallery; where people read it, it is told of once.

/// How far a tag is looked for around a word in it.
const REACH: usize = 4096;
/// Attributes that people read, or that previews show.
const READ: [&[u8]; 6] = [b"alt", b"title", b"content", b"aria-label", b"placeholder", b"value"];

/// Whether a word of these stands where no person reads it: in a tag but for the attributes that are read, or as the name of
/// a value in JSON.
pub(super) fn is_markup(text: &[u8], at: usize, end: usize) -> bool {
    let before = &text[at.saturating_sub(REACH)..at];
    let is_name = before.last() == Some(&b'"')
        && text.get(end) == Some(&b'"')
        && text[end + 1..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
    if is_name {
        return true;
    }
    let Some(open) = memchr::memrchr2(b'<', b'>', before).filter(|open| before[*open] == b'<') else { return false };
    // The value that the word stands in begins behind the last `=` whose quote is not closed before the word.
    let tag = &before[open..];
    let Some(equals) = memchr::memrchr(b'=', tag).filter(|equals| {
        let value = &tag[equals + 1..];
        match value.first() {
            Some(quote @ (b'"' | b'\'')) => !value[1..].contains(quote),
            _ => !value.contains(&b' '),
        }
    }) else {
        return true;
    };
    let name = tag[..equals].rsplit(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    !READ.iter().any(|read| name.eq_ignore_ascii_case(read))
}

/// Whether nobody reads a file but browsers, hosts and crawlers.
pub(super) fn is_for_programs(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(name, "_headers" | "_redirects" | "robots.txt") || matches!(ending, Some("css" | "js" | "mjs"))
}

/// Whether what was found in a script or style is one word in small letters, as programs call their parts: `selected`,
/// `overlay`.
pub(super) fn is_of_program(path: &str, found: &[u8]) -> bool {
    let is_program = is_for_programs(path) || path.ends_with(".map");
    is_program && found.iter().all(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_in_small_letters_may_be_a_programs_own() {
        assert!(is_of_program("lib/jquery.js", b"selected") && is_of_program("a.css.map", b"overlay"));
        for (path, found) in
            [("a.html", &b"selected"[..]), ("a.js", b"Selected"), ("a.js", b"lake house"), ("a.js", b"r5a")]
        {
            assert!(!is_of_program(path, found));
        }
    }

    #[test]
    fn markup_is_told_from_what_people_read() {
        for (text, expected) in [
            ("<html lang=en>", true),
            ("<p class=\"a lang\">", true),
            ("</lang>", true),
            ("<p class='x'>lang", false),
            ("<img class=\"x\" alt=\"the lang family\">", false),
            ("<img alt=\"x\" class=\"lang\">", true),
            ("<img alt=\"x\" lang>", true),
            ("{\"lang\": 1}", true),
            ("{\"a\": \"lang\"}", false),
            ("lang", false),
        ] {
            let at = text.find("lang").unwrap();
            assert_eq!(is_markup(text.as_bytes(), at, at + 4), expected, "{text}");
        }
    }
}
