//! HTML as browsers read it: tags with their attributes and the text between them, each with its place in the file.
//!
//! The tokenizer is `html5gum`, which follows the HTML standard. It knows no tree, so what an element of text holds, as
//! `<noscript>` or `<title>`, is told twice: as text, and as the tags that it would be in another place, as within an SVG.

mod style;
mod tree;

use std::convert::Infallible;

use html5gum::Tokenizer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

pub(crate) use style::{STYLED, refresh_address, set_addresses, style_addresses};
pub(crate) use tree::{Element, Node, tree};

/// Elements of text within elements of text are read this deep.
const DEEPEST: usize = 4;
/// Elements whose content is text in HTML, and markup elsewhere or for browsers without scripts.
const TEXT_ELEMENTS: [&str; 9] =
    ["textarea", "title", "plaintext", "style", "iframe", "xmp", "noembed", "noframes", "noscript"];

/// A part of a page.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// A tag that opens something.
    Tag(&'a Tag),
    /// The name of a tag that closes something, in lower case.
    Close(&'a str),
    /// What stands between tags, as it is written. `inside` is the element that was opened just before, if any.
    Text { inside: &'a str, at: usize, text: &'a [u8] },
}

/// An opening tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// Its name in lower case.
    pub name: String,
    /// Where it begins.
    pub at: usize,
    attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
struct Attribute {
    name: String,
    value: String,
    at: usize,
}

impl Tag {
    /// The value of an attribute, without escapes.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|known| known.name == name).map(|known| known.value.as_str())
    }

    /// Names in lower case, values without escapes, and where each value begins.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.attributes.iter().map(|known| (known.name.as_str(), known.value.as_str(), known.at))
    }
}

/// Tells every part, in order. Comments are left out: nothing is loaded from them.
pub(crate) fn parts(page: &[u8], mut tell: impl FnMut(Part<'_>)) {
    read(page, 0, 0, &mut tell);
}

/// The same without the tags that an element of text would hold in another place: each byte of the page is told once.
pub(crate) fn flat_parts(page: &[u8], mut tell: impl FnMut(Part<'_>)) {
    read(page, 0, DEEPEST, &mut tell);
}

/// Tells the parts of a piece of a page that begins at `start`.
fn read(page: &[u8], start: usize, depth: usize, tell: &mut dyn FnMut(Part<'_>)) {
    let mut open: Option<Tag> = None;
    let mut last = (String::new(), false);
    let handle = |event: CallbackEvent<'_>, span: html5gum::Span<usize>| -> Option<Infallible> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let at = start + span.start;
        match event {
            CallbackEvent::OpenStartTag { name } => {
                open = Some(Tag { name: text(name), at, attributes: Vec::new() });
            }
            CallbackEvent::AttributeName { name } => {
                let attribute = Attribute { name: text(name), value: String::new(), at };
                if let Some(tag) = &mut open {
                    tag.attributes.push(attribute);
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(attribute) = open.as_mut().and_then(|tag| tag.attributes.last_mut()) {
                    (attribute.value, attribute.at) = (text(value), at);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(tag) = open.take() {
                    tell(Part::Tag(&tag));
                    last = (tag.name, self_closing);
                }
            }
            CallbackEvent::EndTag { name } => {
                last.0.clear();
                tell(Part::Close(&text(name)));
            }
            CallbackEvent::String { .. } => {
                let (inside, is_closed) = &last;
                let text = page.get(span.start..span.end.min(page.len())).unwrap_or_default();
                tell(Part::Text { inside, at, text });
                // In an SVG a script can close itself.
                let is_markup = TEXT_ELEMENTS.contains(&inside.as_str()) || *is_closed && inside == "script";
                if is_markup && depth < DEEPEST && memchr::memchr(b'<', text).is_some() {
                    read(text, at, depth + 1, tell);
                }
            }
            _ => {}
        }
        None
    };
    let mut emitter = CallbackEmitter::new(handle);
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(page, emitter).finish();
    // A page that is cut within a tag has lost that tag only: what it says counts.
    if let Some(cut) = open.map(|tag| tag.at - start) {
        for end in [">", "\">", "'>"] {
            let whole = [&page[cut..], end.as_bytes()].concat();
            let mut is_whole = false;
            if depth < DEEPEST {
                read(&whole, start + cut, DEEPEST, &mut |part| {
                    is_whole = true;
                    tell(part);
                });
            }
            if is_whole {
                break;
            }
        }
    }
}

/// A text without its HTML escapes.
pub(crate) fn unescaped(text: &str) -> String {
    htmlize::unescape(text).into_owned()
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
            Part::Text { inside, text, .. } => all.push(format!("{inside}:{}", String::from_utf8_lossy(text))),
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
        assert_eq!(seen("<img src=\"https&colon;&sol;/a&NewLine;b\">"), ["img[src=https://a\nb]"]);
    }

    #[test]
    fn everything_knows_its_place() {
        let page = "é<p a='1' b = é><style>é{}</style>x &amp; y<script>\nz</script>";
        let mut places = Vec::new();
        parts(page.as_bytes(), |part| match part {
            Part::Tag(tag) => {
                places.push((tag.at, &page[tag.at..][..1]));
                places.extend(tag.attributes().map(|(_, value, at)| (at, &page[at..][..value.len()])));
            }
            Part::Text { at, text, .. } => places.push((at, &page[at..][..text.len()])),
            Part::Close(_) => {}
        });
        let texts: Vec<&str> = places.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["é", "<", "1", "é", "<", "é{}", "x &amp; y", "<", "\nz"]);
    }

    #[test]
    fn what_is_text_in_html_is_read_as_tags_too() {
        for name in ["noscript", "textarea", "title", "iframe", "style", "xmp"] {
            let page = format!("<{name}><img src=/a></{name}><b>");
            let inside = format!("{name}:<img src=/a>");
            assert_eq!(seen(&page), [&format!("{name}[]"), &inside, "img[src=/a]", &format!("/{name}"), "b[]"]);
        }
        assert_eq!(seen("<svg><script href=/a /><image href=/b></svg>").last().unwrap(), "/svg");
    }

    #[test]
    fn broken_pages_end_and_lose_nothing_before_their_end() {
        for page in ["<", "<a", "<a b", "<a b=", "<a b='", "<!--", "< a>", "<a <b>", "a < b", "<script>x", "<é=é"] {
            let _ = seen(page);
        }
        for page in ["<a href=\"x", "<a href='x", "<a href=x", "<a href=x "] {
            assert_eq!(seen(page), ["a[href=x]"], "{page}");
        }
        for part in ["<", "< ", "<!--", "<!-- --", "<!---", "<a ", "</", "<style", "<a content=1 ", "<title>"] {
            parts(part.repeat(1 << 14).as_bytes(), |_| {});
        }
    }
}
