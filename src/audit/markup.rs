//! HTML and XML as far as an audit needs it: tags with their attributes, and the text between them.
//!
//! Nothing is refused and nothing is repaired: what a browser might take for a tag is one.

/// A part of a page.
#[derive(Debug)]
pub(super) enum Part<'a> {
    /// A tag that opens something.
    Tag(Tag),
    /// What stands between tags, the inside of scripts and styles too; with the name of the tag before it.
    Text { before: &'a str, at: usize, text: &'a [u8] },
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag {
    /// Its name in lower case.
    pub name: String,
    /// Where it begins.
    pub at: usize,
    /// Names in lower case, values without escapes, and where each value begins.
    attributes: Vec<(String, String, usize)>,
}

impl Tag {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, ..)| known == name).map(|(_, value, _)| value.as_str())
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.attributes.iter().map(|(name, value, at)| (name.as_str(), value.as_str(), *at))
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
            at = memchr::memmem::find(rest, b"-->").map_or(page.len(), |end| open + end + 3);
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            let (tag, end) = tag(page, open);
            before.clone_from(&tag.name);
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
        } else {
            // A closing tag, a declaration, or a lone `<`.
            at = memchr::memchr(b'>', rest).map_or(page.len(), |end| open + end + 1).max(open + 1);
            if rest.get(1).is_some_and(|byte| !matches!(byte, b'/' | b'!' | b'?')) {
                at = open + 1;
            }
        }
    }
}

/// The tag that begins at `open`, and where it ends.
fn tag(page: &[u8], open: usize) -> (Tag, usize) {
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let mut at = open + 1;
    let take = |at: &mut usize, until: &dyn Fn(u8) -> bool| {
        let start = *at;
        while *at < page.len() && !until(page[*at]) {
            *at += 1;
        }
        String::from_utf8_lossy(&page[start..*at]).into_owned()
    };
    let name = take(&mut at, &ends).to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        while at < page.len() && (page[at].is_ascii_whitespace() || page[at] == b'/') {
            at += 1;
        }
        if at >= page.len() || page[at] == b'>' {
            break;
        }
        let start = at;
        let name = take(&mut at, &|byte| ends(byte) || byte == b'=').to_ascii_lowercase();
        let mut look = at;
        while look < page.len() && page[look].is_ascii_whitespace() {
            look += 1;
        }
        if page.get(look) != Some(&b'=') {
            attributes.push((name, String::new(), start));
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
            Some(quote) => take(&mut at, &|byte| byte == quote),
            None => take(&mut at, &|byte| byte.is_ascii_whitespace() || byte == b'>'),
        };
        at += usize::from(quote.is_some());
        attributes.push((name, unescaped(&value), place));
    }
    (Tag { name, at: open, attributes }, (at + 1).min(page.len()))
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

/// Every address that a stylesheet loads, with its place.
pub(super) fn style_addresses(style: &[u8], mut tell: impl FnMut(&str, usize)) {
    for at in memchr::memmem::find_iter(style, b"url(")
        .map(|at| at + 4)
        .chain(memchr::memmem::find_iter(style, b"@import").map(|at| at + 7))
    {
        let rest = &style[at..];
        let skipped = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'')).count();
        let rest = &rest[skipped..];
        let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b')' | b';')).unwrap_or(rest.len());
        let text = String::from_utf8_lossy(&rest[..end]);
        // `@import url(…)` was found by its `url(`.
        if !text.starts_with("url(") {
            tell(text.trim(), at + skipped);
        }
    }
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
            Part::Text { before, text, .. } => all.push(format!("{before}:{}", String::from_utf8_lossy(text))),
        });
        all
    }

    #[test]
    fn tags_attributes_and_texts_are_told_apart_however_they_are_written() {
        let page =
            "<A HREF='/a&amp;b' x=1 y><!-- <img src=no> -->t</A><script>if (a<b) '</p>'</script><img src=/i.jpg>";
        assert_eq!(seen(page), ["a[href=/a&b x=1 y=]", "a:t", "script[]", "script:if (a<b) '</p>'", "img[src=/i.jpg]"]);
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
        assert_eq!(set_addresses("/a.jpg 1x, /b.jpg 640w,/c.jpg").collect::<Vec<_>>(), ["/a.jpg", "/b.jpg", "/c.jpg"]);
    }
}
