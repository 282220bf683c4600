//! HTML and XML as far as an audit needs it: tags with their attributes, and the text between them.
//!
//! Nothing is refused and nothing is repaired: what a browser might take for a tag is one.

use std::borrow::Cow;

/// A part of a page.
#[derive(Debug)]
pub(super) enum Part<'a> {
    /// A tag that opens something.
    Tag(Tag<'a>),
    /// The name of a tag that closes something, in lower case.
    Close(&'a str),
    /// What stands between tags, the inside of scripts and styles too; with the name of the tag before it.
    Text { before: &'a str, at: usize, text: &'a [u8] },
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// Its name in lower case.
    pub name: Cow<'a, str>,
    /// Where it begins.
    pub at: usize,
    /// Names in lower case, values without escapes, and where each value begins.
    attributes: Vec<(Cow<'a, str>, Cow<'a, str>, usize)>,
}

impl Tag<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, ..)| known == name).map(|(_, value, _)| &**value)
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.attributes.iter().map(|(name, value, at)| (&**name, &**value, *at))
    }
}

/// Tells every part, in order. Comments are left out: nothing is loaded from them, and words in them are found elsewhere.
pub(super) fn parts(page: &[u8], mut tell: impl FnMut(Part<'_>)) {
    let mut at = 0;
    let mut before = String::new();
    while at < page.len() {
        let open = memchr::memchr(b'<', &page[at..]).map_or(page.len(), |distance| at + distance);
        if open > at {
            tell(Part::Text { before: &before, at, text: &page[at..open] });
        }
        let rest = &page[open..];
        if rest.starts_with(b"<!--") {
            at = open + 2 + end_of_comment(&rest[2..]);
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            let (tag, end) = tag(page, open);
            before.replace_range(.., &tag.name);
            tell(Part::Tag(tag));
            at = end;
            if matches!(before.as_str(), "script" | "style") {
                let close = format!("</{before}");
                let length =
                    page[at..].windows(close.len()).position(|text| text.eq_ignore_ascii_case(close.as_bytes()));
                let end = length.map_or(page.len(), |length| at + length);
                tell(Part::Text { before: &before, at, text: &page[at..end] });
                at = end;
            }
        } else if rest.get(1).is_some_and(|byte| matches!(byte, b'/' | b'!' | b'?')) {
            // A closing tag or a declaration.
            at = memchr::memchr(b'>', rest).map_or(page.len(), |end| open + end + 1);
            if rest[1] == b'/' {
                let name = rest[2..].iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric());
                tell(Part::Close(&name.map(|byte| char::from(byte.to_ascii_lowercase())).collect::<String>()));
            }
        } else {
            // A lone `<`.
            at = open + 1;
        }
    }
}

/// Where a comment ends, from the two dashes that open it: they may be those that close it, too.
fn end_of_comment(rest: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'>', rest)
        .find(|at| rest[..*at].ends_with(b"--") || rest[..*at].ends_with(b"--!"))
        .map(|at| at + 1);
    ends.unwrap_or(rest.len())
}

/// The tag that begins at `open`, and where it ends.
fn tag(page: &[u8], open: usize) -> (Tag<'_>, usize) {
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let mut at = open + 1;
    let name = lowered(take(page, &mut at, ends));
    let mut attributes = Vec::new();
    loop {
        while at < page.len() && (page[at].is_ascii_whitespace() || page[at] == b'/') {
            at += 1;
        }
        if at >= page.len() || page[at] == b'>' {
            break;
        }
        let start = at;
        let name = lowered(take(page, &mut at, |byte| ends(byte) || byte == b'='));
        let mut look = at;
        while look < page.len() && page[look].is_ascii_whitespace() {
            look += 1;
        }
        if page.get(look) != Some(&b'=') {
            attributes.push((name, Cow::Borrowed(""), start));
            at = at.max(start + 1);
            continue;
        }
        at = look + 1;
        while at < page.len() && page[at].is_ascii_whitespace() {
            at += 1;
        }
        let quote = page.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
        at += usize::from(quote.is_some());
        let place = at;
        let value = match quote {
            Some(quote) => {
                at = memchr::memchr(quote, &page[at..]).map_or(page.len(), |length| at + length);
                String::from_utf8_lossy(&page[place..at])
            }
            None => take(page, &mut at, |byte| byte.is_ascii_whitespace() || byte == b'>'),
        };
        at += usize::from(quote.is_some());
        let value = if value.contains('&') { unescaped(&value).into() } else { value };
        attributes.push((name, value, place));
    }
    (Tag { name, at: open, attributes }, (at + 1).min(page.len()))
}

/// What stands from `at` up to where it ends; `at` is then there.
fn take<'a>(page: &'a [u8], at: &mut usize, ends: impl Fn(u8) -> bool) -> Cow<'a, str> {
    let rest = &page[*at..];
    let text = &rest[..rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len())];
    *at += text.len();
    String::from_utf8_lossy(text)
}

fn lowered(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name }
}

/// A text without its HTML escapes.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (code, length) = super::spellings::entity(rest.as_bytes()).unwrap_or((u32::from('&'), 1));
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// Attributes whose value is read as a style is.
pub(super) const STYLED: [&str; 16] = [
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
pub(super) fn style_addresses(style: &[u8], mut tell: impl FnMut(&str, usize)) {
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
pub(super) fn refresh_address(content: &str) -> Option<&str> {
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
pub(super) fn set_addresses(set: &str) -> impl Iterator<Item = &str> {
    set.split_whitespace().flat_map(|part| part.split(',')).filter(|part| part.contains(['/', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(page: &str) -> Vec<String> {
        let mut all = Vec::new();
        parts(page.as_bytes(), |part| match part {
            Part::Tag(tag) => {
                let attributes: Vec<String> =
                    tag.attributes().map(|(name, value, _)| format!("{name}={value}")).collect();
                all.push(format!("{}[{}]", tag.name, attributes.join(" ")));
            }
            Part::Close(name) => all.push(format!("/{name}")),
            Part::Text { before, text, .. } => all.push(format!("{before}:{}", String::from_utf8_lossy(text))),
        });
        all
    }

    #[test]
    fn tags_attributes_and_texts_are_told_apart_however_they_are_written() {
        let page =
            "<A HREF='/a&amp;b' x=1 y><!-- <img src=no> -->t</A><script>if (a<b) '</p>'</script><img src=/i.jpg>";
        assert_eq!(
            seen(page),
            ["a[href=/a&b x=1 y=]", "a:t", "/a", "script[]", "script:if (a<b) '</p>'", "/script", "img[src=/i.jpg]"]
        );
        for comment in ["<!-->", "<!--->", "<!-- a -->", "<!-- a --!>", "<!-- - -- a --->", "<!-- <!-- -->"] {
            assert_eq!(seen(&format!("{comment}<b>")), ["b[]"], "{comment}");
        }
    }

    #[test]
    fn styles_and_pages_that_open_the_same_thing_again_and_again_are_read_once() {
        // Read to the end at each of them, they would take minutes.
        for part in ["url(", "url('", "@import", "image-set(", "/*", "a(", "\\", "@import \""] {
            style_addresses(part.repeat(1 << 16).as_bytes(), |_, _| {});
        }
        for part in ["<", "< ", "<!--", "<!-- --", "<!---", "<a ", "</", "<style", "<a content=1 "] {
            parts(part.repeat(1 << 16).as_bytes(), |_| {});
        }
    }

    #[test]
    fn broken_pages_end_and_lose_nothing_before_their_end() {
        for page in ["<", "<a", "<a b", "<a b=", "<a b='", "<!--", "< a>", "<a <b>", "a < b", "<script>x"] {
            let _ = seen(page);
        }
        assert_eq!(seen("<a href=\"x"), ["a[href=x]"]);
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
