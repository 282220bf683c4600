//! Addresses in styles and in attributes that hold more than one.

/// Attributes whose value is read as a style is.
pub(crate) const STYLED: [&str; 16] = [
    "style",
    "fill",
    "stroke",
    "filter",
    "mask",
    "clip-path",
    "cursor",
    "marker",
    "marker-start",
    "marker-mid",
    "marker-end",
    "to",
    "from",
    "by",
    "values",
    "background",
];

/// Functions of a style whose texts are addresses that are loaded.
const LOADING: [&str; 4] = ["url", "src", "image-set", "-webkit-image-set"];

/// Every address that a stylesheet loads, with its place: one walk, as CSS Syntax 3 cuts a style into tokens.
pub(crate) fn style_addresses(style: &[u8], mut tell: impl FnMut(&str, usize)) {
    let mut at = 0;
    // Whether each function that is open loads its texts; and the rule with an `@` that is being read.
    let mut open: Vec<bool> = Vec::new();
    let mut rule = String::new();
    while let Some(byte) = style.get(at) {
        let start = at;
        match byte {
            b'/' if style.get(at + 1) == Some(&b'*') => {
                at = memchr::memmem::find(&style[at + 2..], b"*/").map_or(style.len(), |end| at + 2 + end + 2);
            }
            b'"' | b'\'' => {
                let (text, end) = style_text(style, at + 1, |next| next == *byte || next == b'\n');
                if rule == "import" || open.last() == Some(&true) {
                    tell(text.trim(), start + 1);
                }
                at = end + 1;
            }
            b'@' => {
                let (name, end) = style_text(style, at + 1, |next| !is_of_name(next));
                (rule, at) = (name.to_ascii_lowercase(), end.max(at + 1));
            }
            b'(' => {
                open.push(false);
                at += 1;
            }
            b')' => {
                open.pop();
                at += 1;
            }
            b';' | b'{' | b'}' => {
                rule.clear();
                open.clear();
                at += 1;
            }
            byte if is_of_name(*byte) => {
                let (name, end) = style_text(style, at, |next| !is_of_name(next));
                at = end.max(at + 1);
                if style.get(at) != Some(&b'(') {
                    continue;
                }
                at += 1;
                let name = name.to_ascii_lowercase();
                let inside = at + style[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if name == "url" && !matches!(style.get(inside), Some(b'"' | b'\'')) {
                    let (text, end) = style_text(style, inside, |next| next == b')');
                    // Names of vocabularies are addresses that nobody asks for.
                    if rule != "namespace" {
                        tell(text.trim(), inside);
                    }
                    at = end + 1;
                } else {
                    open.push(LOADING.contains(&name.as_str()) && rule != "namespace");
                }
            }
            _ => at += 1,
        }
    }
}

/// Whether a byte belongs to a name of a style; what an escape stands for does.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\' | 0x80..)
}

/// The text up to where it ends, without its escapes, and where that is.
fn style_text(style: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> (String, usize) {
    let mut text = Vec::new();
    let mut at = start;
    while let Some(byte) = style.get(at).filter(|byte| !ends(**byte)) {
        at += 1;
        if *byte != b'\\' {
            text.push(*byte);
            continue;
        }
        let digits = style[at..].iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let code =
            std::str::from_utf8(&style[at..at + digits]).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                at += digits;
                at += usize::from(style.get(at).is_some_and(u8::is_ascii_whitespace));
            }
            // A line may go on behind an escaped end.
            None if style.get(at) == Some(&b'\n') => at += 1,
            None => {
                text.extend(style.get(at));
                at += 1;
            }
        }
    }
    (String::from_utf8_lossy(&text).into_owned(), at.min(style.len()))
}

/// The address that the content of a refresh leads to, with or without its `url=` (HTML, "shared declarative refresh steps").
pub(crate) fn refresh_address(content: &str) -> Option<&str> {
    let rest = content.trim_start();
    let time = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let rest = rest[time..].trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, ';' | ','));
    if time == 0 || rest.len() == content.trim_start().len() - time {
        return None;
    }
    let named = rest.get(..3).filter(|name| name.eq_ignore_ascii_case("url"));
    let behind = named.and_then(|_| rest[3..].trim_start().strip_prefix('='));
    Some(behind.unwrap_or(rest).trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'')))
}

/// The addresses of a `srcset`.
pub(crate) fn set_addresses(set: &str) -> impl Iterator<Item = &str> {
    set.split_whitespace().flat_map(|part| part.split(',')).filter(|part| part.contains(['/', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_open_the_same_thing_again_and_again_are_read_once() {
        // Read to the end at each of them, they would take minutes.
        for part in ["url(", "url('", "@import", "image-set(", "/*", "a(", "\\", "@import \""] {
            style_addresses(part.repeat(1 << 16).as_bytes(), |_, _| {});
        }
    }

    #[test]
    fn addresses_in_styles_and_sets_are_found() {
        let mut all = Vec::new();
        let style = b"@import \"a.css\"; @import url(b.css); x{background:url( 'c.png' )} y{src:url(d)}";
        style_addresses(style, |text, _| all.push(text.to_owned()));
        all.sort();
        assert_eq!(all, ["a.css", "b.css", "c.png", "d"]);
        let told = |style: &str| {
            let mut all = Vec::new();
            style_addresses(style.as_bytes(), |text, at| all.push((text.to_owned(), at)));
            all
        };
        for (style, at) in [
            ("a{b:URL(/x)}", 8),
            ("a{b:u\\72l(/x)}", 10),
            ("a{b:url(\\2fx)}", 8),
            ("@IMPORT '/x'", 9),
            ("@import/**/\"/x\"", 12),
            ("@imp\\6frt '/x'", 11),
            ("a{b:image-set(\"/x\" 1x type(\"image/png\"))}", 15),
            ("a{b:-webkit-Image-Set( '/x' 1x)}", 24),
            ("a{b:src('/x')}", 9),
        ] {
            assert_eq!(told(style), [("/x".to_owned(), at)], "{style}");
        }
        for style in [
            "a{content:'https://a.example'}",
            "/* url(/x) */",
            "@namespace url(http://www.w3.org/1999/xhtml);",
            "@font-face{src:local('a') format('b')}",
        ] {
            assert_eq!(told(style), [], "{style}");
        }
        for (content, address) in [
            ("0; url=/x", Some("/x")),
            ("0;URL = '/x'", Some("/x")),
            ("5 , /x", Some("/x")),
            ("5", None),
            ("https://a.example/", None),
            ("640w", None),
        ] {
            assert_eq!(refresh_address(content), address, "{content}");
        }
        assert_eq!(set_addresses("/a.jpg 1x, /b.jpg 640w,/c.jpg").collect::<Vec<_>>(), ["/a.jpg", "/b.jpg", "/c.jpg"]);
    }
}
