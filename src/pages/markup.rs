//! Reads HTML as browsers do: elements with their attributes, decoded, and where each stands.
//!
//! The tokenizer is `html5gum`, which follows the standard. Templates are read too: what the engine puts in is not known, and
//! stands as a word that means nothing.

use html5gum::{DefaultEmitter, Span, Token, Tokenizer};

/// A start tag, and of a script or style what it encloses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name, in lower case.
    pub name: String,
    /// Where it begins, in bytes.
    pub at: usize,
    /// Its attributes, in their order.
    pub attributes: Vec<Attribute>,
    /// The text of a script or style, and where it begins.
    pub text: Option<(usize, String)>,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, in lower case.
    pub name: String,
    /// Its value, with character references decoded.
    pub value: String,
    /// Where it stands, in bytes.
    pub span: std::ops::Range<usize>,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.value.as_str())
    }
}

impl Element {
    /// Whether it has an attribute.
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
}

/// Every element of a text, in its order. Comments hold none.
pub fn elements(html: &str) -> Vec<Element> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // Scripts and styles are text up to their end tags.
    emitter.naively_switch_states(true);
    let mut all: Vec<Element> = Vec::new();
    let range = |span: Span<usize>| span.start.min(html.len())..span.end.min(html.len());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut inside = false;
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => {
                let mut attributes: Vec<Attribute> = tag
                    .attributes
                    .iter()
                    .map(|(name, value)| Attribute { name: text(name), value: text(value), span: range(value.span) })
                    .collect();
                attributes.sort_by_key(|attribute| attribute.span.start);
                let name = text(&tag.name);
                inside = matches!(name.as_str(), "script" | "style") && !tag.self_closing;
                let enclosed = inside.then(|| (range(tag.span).end, String::new()));
                all.push(Element { name, at: range(tag.span).start, attributes, text: enclosed });
            }
            Token::EndTag(_) => inside = false,
            Token::String(string) if inside => {
                if let Some((_, enclosed)) = all.last_mut().and_then(|element| element.text.as_mut()) {
                    enclosed.push_str(&text(&string));
                }
            }
            _ => {}
        }
    }
    all
}

/// The HTML of a template: comments and statements are blank, values are a word, and everything stands where it stood.
pub fn of_template(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((start, (_, close, filler))) =
        MARKS.into_iter().filter_map(|mark| Some((rest.find(mark.0)?, mark))).min_by_key(|(start, _)| *start)
    {
        let end = rest[start + 2..].find(close).map_or(rest.len(), |at| start + 2 + at + 2);
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { filler }));
        rest = &rest[end..];
    }
    out + rest
}

/// What begins and ends code of a template, and what stands for it.
const MARKS: [(&str, &str, char); 3] = [("{#", "#}", ' '), ("{%", "%}", ' '), ("{{", "}}", '_')];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_attributes_decoded_and_know_where_they_stand() {
        let html = "<p>é<!-- <b> --><A HREF='/a?b&amp;c' Title=x\n data-q></A>";
        let all = elements(html);
        assert_eq!(all.iter().map(|element| element.name.as_str()).collect::<Vec<_>>(), ["p", "a"]);
        assert_eq!(all[1].at, html.find("<A").unwrap());
        let told: Vec<_> = all[1].attributes.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(told, [("href", "/a?b&c"), ("title", "x"), ("data-q", "")]);
        for attribute in &all[1].attributes {
            assert!(html[attribute.span.clone()].to_lowercase().starts_with(&attribute.name), "{attribute:?}");
        }
    }

    #[test]
    fn a_script_and_a_style_are_text_to_their_ends() {
        let html = "<script>if (a<b) c('<img>')</script><style>a{}</style><i>";
        let all = elements(html);
        let names: Vec<_> = all.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["script", "style", "i"]);
        assert_eq!(all[0].text, Some((8, "if (a<b) c('<img>')".to_owned())));
        assert_eq!(all[1].text.as_ref().unwrap().1, "a{}");
        assert_eq!(&html[all[1].text.as_ref().unwrap().0..][..3], "a{}");
    }

    #[test]
    fn the_code_of_templates_is_no_html_and_moves_nothing() {
        let template = "{# <b> #}<a {% if x %}class=\"y\"{% endif %} href=\"{{ assets[\"a>b\"] }}\">\n{{ \"<i>\" | é }}<img src={{ x }} alt=z>";
        let html = of_template(template);
        assert_eq!(html.find("<a "), template.find("<a "));
        let all = elements(&html);
        let names: Vec<_> = all.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["a", "img"]);
        assert_eq!(all[0].attribute("class"), Some("y"));
        assert!(all[0].attribute("href").is_some_and(|value| value.chars().all(|c| c == '_')));
        assert_eq!(all[1].attribute("alt"), Some("z"));
    }

    #[test]
    fn broken_markup_is_read_to_its_end() {
        for text in
            ["<", "<a", "<a href", "<a href=", "<a href='é", "<script>`é", "</script>", "<é é=é>", "<!--", "{{", "&#x"]
        {
            assert!(elements(text).len() <= 1, "{text}");
            assert_eq!(of_template(text).len(), text.len());
        }
    }
}
