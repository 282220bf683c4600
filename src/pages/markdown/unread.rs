//! Links and pictures that were meant as such and that Markdown does not take: it prints them as they are typed.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

/// Something that is printed, although it looks like a link or a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// What Markdown asks for.
    pub remedy: String,
    /// Whether nothing else can have been meant.
    pub certain: bool,
}

/// Stands for what Markdown took: code, links, HTML.
const TAKEN: char = '\u{fffc}';
/// Endings of what texts link to.
const ENDINGS: [&str; 14] = [
    ".md", ".html", ".htm", ".pdf", ".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff", ".svg", ".heic",
];
/// Quotes that programs make of straight ones, and that begin no title.
const ROUND_QUOTES: [char; 9] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»'];

/// Finds them in the events of a text. Code is left alone.
pub(super) fn find<'e, 'a: 'e>(text: &str, events: impl Iterator<Item = (&'e Event<'a>, Range<usize>)>) -> Vec<Unread> {
    let mut found = Vec::new();
    let mut literal = Literal::default();
    // Within code and within what was taken as a link.
    let mut closed = 0_usize;
    for (event, range) in events {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_)) => {
                found.extend(literal.scan(text));
                closed += 1;
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                if closed == 0 {
                    literal.push(&TAKEN.to_string(), range.start);
                }
                closed += 1;
            }
            Event::End(
                TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) | TagEnd::Link | TagEnd::Image,
            ) => {
                closed = closed.saturating_sub(1);
            }
            _ if closed > 0 => {}
            Event::Text(_) => {
                // The backslash that took its meaning from a mark at the beginning does not belong to the words.
                let is_escaped = text[..range.start].ends_with('\\')
                    && text[range.clone()].starts_with(|c: char| c.is_ascii_punctuation());
                let start = range.start - usize::from(is_escaped);
                literal.push(&text[start..range.end], start);
            }
            Event::SoftBreak | Event::HardBreak => literal.push("\n", range.start),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            Event::Start(_) | Event::End(_) => found.extend(literal.scan(text)),
            _ => literal.push(&TAKEN.to_string(), range.start),
        }
    }
    found.extend(literal.scan(text));
    found
}

/// The words of one paragraph as they are typed, without what Markdown took.
#[derive(Default)]
struct Literal {
    words: String,
    /// Where each part begins: here and in the text.
    parts: Vec<(usize, usize)>,
}

impl Literal {
    fn push(&mut self, words: &str, at: usize) {
        self.parts.push((self.words.len(), at));
        self.words.push_str(words);
    }

    fn place(&self, at: usize) -> usize {
        let part = self.parts.partition_point(|(here, _)| *here <= at).saturating_sub(1);
        self.parts.get(part).map_or(0, |(here, there)| there + (at - here))
    }

    fn scan(&mut self, text: &str) -> Vec<Unread> {
        let mut found = Vec::new();
        let words = self.words.as_str();
        let mut at = 0;
        while let Some(step) = words[at..].find(['[', ')', '\\']).map(|step| at + step) {
            at = step + 1;
            match words.as_bytes()[step] {
                b'\\' => at += usize::from(words.as_bytes().get(at).is_some_and(u8::is_ascii_punctuation)),
                b')' if words[at..].starts_with('[') => {
                    if let Some(end) = closing(words, at, b'[', b']')
                        && is_address(&words[at + 1..end])
                    {
                        let begin = words[..step].rfind('(').unwrap_or(step);
                        let address = &words[at + 1..end];
                        let brackets = address.contains(char::is_whitespace);
                        let address = if brackets { format!("<{address}>") } else { address.to_owned() };
                        let remedy = format!("write the text first: `[{}]({address})`", &words[begin + 1..step]);
                        found.push((begin..end + 1, remedy, true));
                        at = end + 1;
                    }
                }
                b'[' => {
                    if let Some((span, remedy, certain)) = link(words, step) {
                        at = span.end.max(at);
                        found.push((span, remedy, certain));
                    }
                }
                _ => {}
            }
        }
        let told = found
            .into_iter()
            .map(|(span, remedy, certain)| {
                let start = self.place(span.start);
                let end = self.place(span.end.saturating_sub(1)) + 1;
                let end = (end.max(start)..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
                Unread { span: start..end, remedy, certain }
            })
            .collect();
        *self = Self::default();
        told
    }
}

/// What begins with the bracket at `open` and is no link although it looks like one.
fn link(words: &str, open: usize) -> Option<(Range<usize>, String, bool)> {
    let before = words[..open].chars().next_back();
    let picture = before == Some('!') && !words[..open].ends_with("\\!");
    let start = if picture { open - 1 } else { open };
    if let Some(inner) = words[open..].strip_prefix("[[") {
        let end = open + 2 + inner.find("]]")?;
        let name = &words[open + 2..end];
        let remedy = if picture {
            "write the text first, then the address: `![text](../galleries/iceland/DSC_0042.jpg)`"
        } else {
            "write the text first, then the address: `[text](../galleries/iceland)`; for literal brackets, write `\\[[`"
        };
        return (!name.is_empty() && !name.contains('\n')).then(|| (start..end + 2, remedy.to_owned(), picture));
    }
    let close = closing(words, open, b'[', b']')?;
    let label = &words[open + 1..close];
    let after = &words[close + 1..];
    let bang = if picture { "!" } else { "" };
    if after.starts_with('(') {
        return inline(words, start, close + 1, bang, label);
    }
    let spaces = after.len() - after.trim_start().len();
    if spaces > 0 && spaces < 4 && after[spaces..].starts_with('(') {
        let from = close + 1 + spaces;
        let end = closing(words, from, b'(', b')')?;
        let address = words[from + 1..end].trim();
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        let meant = picture || !is_number && is_address(address) && !address.contains(char::is_whitespace);
        let remedy = format!("write nothing between the brackets and the parenthesis: `{bang}[{label}]({address})`");
        return meant.then_some((start..end + 1, remedy, true));
    }
    if let Some(address) = after.strip_prefix(": ").map(|rest| rest.lines().next().unwrap_or_default().trim()) {
        let begins_line = words[..open].trim_end_matches(' ').chars().next_back().is_none_or(|c| c == '\n');
        let remedy = format!("put the address in angle brackets: `[{label}]: <{address}>`");
        let end = close + 3 + address.len();
        return (begins_line && begins_as_address(address)).then(|| (start..end.min(words.len()), remedy, true));
    }
    if after.starts_with('[') && !before.is_some_and(char::is_alphanumeric) {
        let end = closing(words, close + 1, b'[', b']')?;
        let name = &words[close + 2..end];
        let remedy =
            format!("add a separate line with the address: `[{name}]: https://…`; for literal brackets, write `\\[`");
        return (!name.is_empty() && !label.is_empty()).then(|| (start..end + 1, remedy, picture));
    }
    None
}

/// A link whose address Markdown cannot read, with its parenthesis at `from`.
fn inline(words: &str, start: usize, from: usize, bang: &str, label: &str) -> Option<(Range<usize>, String, bool)> {
    let line = words[from..].find('\n').map_or(words.len(), |end| from + end);
    let close = closing(words, from, b'(', b')');
    let end = close.unwrap_or_else(|| words[from..line].rfind(')').map_or(line, |end| from + end));
    let inside = words[from + 1..end].trim();
    let certain = !bang.is_empty() || is_address(inside);
    if inside.is_empty() {
        return None;
    }
    let address = inside.trim_start_matches('<').trim_end_matches('>');
    let quoted = address
        .split_once(|c: char| ROUND_QUOTES.contains(&c))
        .filter(|(before, _)| before.ends_with(char::is_whitespace));
    let is_open = close.is_none() && !words[from..line].contains(')');
    let remedy = if is_open && !address.contains(char::is_whitespace) {
        format!("close the parenthesis: `{bang}[{label}]({address})`")
    } else if is_open {
        format!("close the parenthesis after the address, as in `{bang}[{label}](address)`")
    } else if let Some((plain, title)) = quoted {
        let title = title.trim_end_matches(|c: char| ROUND_QUOTES.contains(&c) || c.is_whitespace());
        let plain = plain.trim();
        let plain = if plain.contains(char::is_whitespace) { format!("<{plain}>") } else { plain.to_owned() };
        format!("write the title in straight quotes: `{bang}[{label}]({plain} \"{title}\")`")
    } else if certain {
        format!("put the address in angle brackets, as in `{bang}[{label}](<{address}>)`, or write `%20` for a space")
    } else {
        "put addresses with spaces in angle brackets: `(<my page.md>)`; for literal brackets, write `\\[`".to_owned()
    };
    let end = (end + 1).min(words.len());
    Some((start..end, remedy, certain))
}

/// The bracket that closes the one at `from`, escapes and pairs within aside.
fn closing(words: &str, from: usize, open: u8, close: u8) -> Option<usize> {
    let bytes = words.as_bytes();
    let (mut depth, mut at) = (0_usize, from);
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
            byte if byte == open => depth += 1,
            byte if byte == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether words were meant as an address, with or without a title.
fn is_address(words: &str) -> bool {
    let words = words.trim();
    let plain = words.split([' ', '"']).next().unwrap_or_default();
    let lower = words.to_lowercase();
    begins_as_address(words)
        || words.contains("{{")
        || words.contains(['/', '\\'])
        || ENDINGS.iter().any(|ending| lower.ends_with(ending) || plain.to_lowercase().ends_with(ending))
}

fn begins_as_address(words: &str) -> bool {
    let lower = words.trim_start_matches('<').to_lowercase();
    ["./", "../", ".\\", "..\\", "/", "~/", "#", "http:", "https:", "mailto:", "tel:", "www."]
        .iter()
        .any(|start| lower.starts_with(start))
}
