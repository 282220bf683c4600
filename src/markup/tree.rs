//! A page as a tree of elements and text: enough for pages that templates of a theme make.
//!
//! Elements that HTML lets authors leave open (`<li>`, `<p>`, `<dt>`, …) are closed where the next of their kind begins; the
//! rest of the standard's repairs for broken markup is left to the author of the theme.

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};

/// Elements without content.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// What ends an element whose end was left out: each may stand directly in the same parent as the others of its group.
const SIBLINGS: [&[&str]; 5] = [&["li"], &["dt", "dd"], &["option"], &["tr"], &["td", "th"]];
/// What ends an open paragraph.
const BLOCKS: [&str; 19] = [
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "section",
    "article",
    "aside",
    "header",
    "footer",
    "nav",
    "h1",
    "h2",
    "h3",
    "h4",
    "figure",
    "form",
    "table",
    "blockquote",
];
/// Names in SVG that are not in lower case: the tokenizer gives all in lower case.
const SVG_NAMES: [&str; 9] = [
    "viewBox",
    "preserveAspectRatio",
    "pathLength",
    "gradientUnits",
    "gradientTransform",
    "clipPath",
    "linearGradient",
    "radialGradient",
    "clipPathUnits",
];

/// A part of the tree.
#[derive(Debug, PartialEq)]
pub(crate) enum Node {
    /// Text, without escapes.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element with all that is in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Element {
    /// Its name, in lower case but for SVG.
    pub name: String,
    /// Its attributes, by name; values without escapes.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Node>,
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every element in it and it itself, in the order of the page.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        for child in &self.children {
            if let Node::Element(child) = child {
                found.extend(child.all());
            }
        }
        found
    }
}

/// Reads a whole page; the root has no name.
pub(crate) fn tree(page: &str) -> Element {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut open = vec![element(String::new())];
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let in_svg = open.iter().any(|around| around.name == "svg");
                let own = |name: &HtmlString| named(&String::from_utf8_lossy(name), in_svg);
                let mut begun = element(own(&tag.name));
                let attributes = tag.attributes.iter();
                begun.attributes = attributes
                    .map(|(name, value)| {
                        let name = named(&String::from_utf8_lossy(name), in_svg || begun.name == "svg");
                        (name, String::from_utf8_lossy(&value.value).into_owned())
                    })
                    .collect();
                end_before(&mut open, &begun.name);
                let is_whole = VOID.contains(&begun.name.as_str()) || in_svg && tag.self_closing;
                open.push(begun);
                if is_whole {
                    end_last(&mut open);
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).to_ascii_lowercase();
                if let Some(at) = open.iter().rposition(|around| around.name.eq_ignore_ascii_case(&name)) {
                    while open.len() > at {
                        end_last(&mut open);
                    }
                }
            }
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text.value).into_owned();
                if let Some(around) = open.last_mut() {
                    match around.children.last_mut() {
                        Some(Node::Text(before)) => before.push_str(&text),
                        _ => around.children.push(Node::Text(text)),
                    }
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    while open.len() > 1 {
        end_last(&mut open);
    }
    open.pop().unwrap_or_else(|| element(String::new()))
}

fn element(name: String) -> Element {
    Element { name, attributes: Vec::new(), children: Vec::new() }
}

fn named(name: &str, in_svg: bool) -> String {
    let known = SVG_NAMES.iter().filter(|_| in_svg).find(|known| known.eq_ignore_ascii_case(name));
    known.map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}

/// Ends what was left open and cannot hold an element with this name.
fn end_before(open: &mut Vec<Element>, name: &str) {
    let last = open.last().map(|last| last.name.as_str()).unwrap_or_default();
    let ends = last == "p" && BLOCKS.contains(&name)
        || SIBLINGS.iter().any(|group| group.contains(&last) && group.contains(&name));
    if ends {
        end_last(open);
    }
}

/// Puts the element that was opened last into the one around it. The root stays.
fn end_last(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(last) = open.pop()
        && let Some(around) = open.last_mut()
    {
        around.children.push(Node::Element(last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match node {
            Node::Text(text) => format!("{text:?}"),
            Node::Element(element) => {
                let attributes: String =
                    element.attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                let children: Vec<String> = element.children.iter().map(shown).collect();
                format!("({}{attributes} {})", element.name, children.join(" ")).replace(" )", ")")
            }
        }
    }

    fn read(page: &str) -> String {
        tree(page).children.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn elements_hold_what_stands_between_their_tags() {
        assert_eq!(
            read("<!doctype html><main id=a><h1>A &amp; b</h1><!-- c --><img src=x alt='&quot;'>d</main>"),
            "(main id=a (h1 \"A & b\") (img alt=\" src=x) \"d\")"
        );
        assert_eq!(
            read("<ul><li>a<li>b<ul><li>c</ul></ul><p>d<p>e<div>f</div>"),
            "(ul (li \"a\") (li \"b\" (ul (li \"c\")))) (p \"d\") (p \"e\") (div \"f\")"
        );
    }

    #[test]
    fn what_is_left_open_or_closed_twice_loses_nothing() {
        assert_eq!(read("</b><main><p>a</main></main>b<i>"), "(main (p \"a\")) \"b\" (i)");
        assert_eq!(read("<template><dialog><p>a</p></dialog></template>"), "(template (dialog (p \"a\")))");
    }

    #[test]
    fn names_in_svg_are_as_svg_has_them() {
        assert_eq!(
            read("<svg viewBox='0 0 1 1'><path d='M1'/><linearGradient/></svg><p viewBox=a>"),
            "(svg viewBox=0 0 1 1 (path d=M1) (linearGradient)) (p viewbox=a)"
        );
    }
}
