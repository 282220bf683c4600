//! Markdown of text pages and descriptions, turned into HTML that is safe: raw HTML is shown as text,
//! addresses that run are no links, and a link to something that does not exist is an error with its line.
//!
//! CommonMark with tables, footnotes, strikethrough and smart punctuation. Values of the site stand in the
//! text as `{{ site.title }}`; they are put in after parsing, so that nothing in them is markup.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pulldown_cmark::{
    Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset, html,
};

use crate::error::closest_match;
use crate::{Code, Error};

use super::picture::PictureView;
use super::position::line_of;
use super::view::{HeadingView, Href};

mod scan;
mod unread;

pub use scan::slug;
use scan::{next_value, scheme, summary};
use unread::Unread;

/// A text to be rendered, and what it may refer to.
pub struct Markdown<'a> {
    /// The text.
    pub text: &'a str,
    /// The file it stands in, for errors.
    pub file: &'a Path,
    /// The line of the file where the text begins, from 1.
    pub first_line: usize,
    /// Values of the site and of the page, by name: `site.title`, `page.effective`.
    pub values: &'a BTreeMap<String, String>,
    /// The address of what a link names by source path (`../galleries/iceland`, `privacy.md`), or by a path
    /// of the site (`/iceland/`); none where there is no such thing.
    pub resolve: &'a dyn Fn(&str) -> Option<String>,
    /// The picture of a photo that an image names by its source path, as `../galleries/iceland/DSC_0042.jpg`; none for
    /// anything else.
    pub picture: &'a dyn Fn(&str) -> Option<PictureView>,
    /// What a link can name here, for those that lead nowhere.
    pub advice: &'a str,
}

/// What links can name in most texts.
pub const ADVICE: &str =
    "give the relative path of a gallery's folder or a page's file, such as `../galleries/iceland`";

/// A link to a place on a page, which the page itself must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The page's address.
    pub address: String,
    /// The place, without `#`.
    pub anchor: String,
    /// The line of the file in which the link stands.
    pub line: usize,
}

/// A text as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML.
    pub html: String,
    /// The level-one heading that the text began with, taken out of it.
    pub title: Option<String>,
    /// Its headings, those of the second level below those of the first.
    pub contents: Vec<HeadingView>,
    /// The first paragraph without markup, cut at a word after about 160 characters.
    pub summary: Option<String>,
    /// Every anchor that links may name: headings and notes.
    pub anchors: BTreeSet<String>,
    /// Links to places on pages that are named by path; whoever knows all pages checks them.
    pub elsewhere: Vec<Elsewhere>,
    /// Links that were made harmless, notes that nothing refers to.
    pub warnings: Vec<Error>,
}

/// Anchors that templates use themselves.
const TAKEN: [&str; 6] = ["content", "contents", "versions", "previous", "next", "up"];

impl Markdown<'_> {
    /// Renders the text.
    ///
    /// # Errors
    ///
    /// All of them, with their lines: dead links, anchors that are not there, values that do not exist,
    /// pictures from other sites.
    pub fn render(&self) -> Result<Rendered, Vec<Error>> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_SMART_PUNCTUATION
            | Options::ENABLE_HEADING_ATTRIBUTES;
        let parser = TextMergeWithOffset::new(Parser::new_ext(self.text, options).into_offset_iter());
        let events: Vec<_> = parser.collect();
        let unread = unread::find(self.text, events.iter().map(|(event, range)| (event, range.clone())));
        let events: Vec<_> = events.into_iter().map(|(event, range)| (event, range.start)).collect();
        let mut walk = Walk::new(self, &events);
        walk.tell(unread);
        for (event, at) in events {
            walk.take(event, at);
        }
        walk.finish()
    }

    fn line(&self, at: usize) -> usize {
        line_of(self.text, at) + self.first_line - 1
    }
}

/// A photo in a text.
struct Shown {
    picture: PictureView,
    title: String,
    alt: String,
    /// Markup within the words, which counts for nothing.
    depth: usize,
}

/// One walk over a text.
struct Walk<'a, 'b> {
    source: &'b Markdown<'b>,
    out: Vec<Event<'a>>,
    /// The note that is being written, where one is.
    note: Option<String>,
    notes: BTreeMap<String, Vec<Event<'a>>>,
    /// Numbers of notes, by name, and how often each was referred to.
    numbers: BTreeMap<String, (usize, usize)>,
    raise: i32,
    heading: Option<(u8, String)>,
    headings: Vec<(u8, HeadingView)>,
    anchors: BTreeSet<String>,
    wanted: Vec<(String, usize)>,
    /// Whether each open link was kept.
    links: Vec<bool>,
    /// The photo that is being shown, with its title and the words that stand for it.
    shown: Option<Shown>,
    /// How the columns of the table stand, where one is open, and which comes next.
    columns: (Vec<Alignment>, usize),
    in_head: bool,
    code: bool,
    paragraph: Option<String>,
    result: Rendered,
    errors: Vec<Error>,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(source: &'b Markdown<'b>, events: &[(Event<'a>, usize)]) -> Self {
        let levels = events.iter().filter_map(|(event, _)| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(*level as i32),
            _ => None,
        });
        // The page's title is its level-one heading; what the text has begins at two, without a gap.
        let titled = matches!(events.first(), Some((Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }), _)));
        let top = levels.skip(usize::from(titled)).min().unwrap_or(2);
        Self {
            source,
            out: Vec::with_capacity(events.len()),
            note: None,
            notes: BTreeMap::new(),
            numbers: BTreeMap::new(),
            raise: 2 - top,
            heading: titled.then(|| (0, String::new())),
            headings: Vec::new(),
            anchors: TAKEN.iter().map(|name| (*name).to_owned()).collect(),
            wanted: Vec::new(),
            links: Vec::new(),
            shown: None,
            columns: (Vec::new(), 0),
            in_head: false,
            code: false,
            paragraph: None,
            result: Rendered::default(),
            errors: Vec::new(),
        }
    }

    fn put(&mut self, event: Event<'a>) {
        match &self.note {
            Some(name) => self.notes.entry(name.clone()).or_default().push(event),
            None => self.out.push(event),
        }
    }

    fn error(&mut self, code: Code, message: String, at: usize, hint: Option<String>) {
        let error = Error::new(code, message).at_line(self.source.file, self.source.line(at), 1);
        self.errors.push(match hint {
            Some(hint) => error.hint(hint),
            None => error,
        });
    }

    /// What Markdown prints although it was meant as a link or a picture.
    fn tell(&mut self, all: Vec<Unread>) {
        for unread in all {
            let typed = self.source.text[unread.span.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
            let message = format!("`{typed}` is not a valid link and appears as text");
            let message = if typed.starts_with('!') {
                message.replace("not a valid link", "not a valid picture")
            } else {
                message
            };
            if unread.certain {
                self.error(Code::UnreadMarkup, message, unread.span.start, Some(unread.remedy));
            } else {
                let warning = Error::new(Code::UnreadMarkup, message).at_line(
                    self.source.file,
                    self.source.line(unread.span.start),
                    1,
                );
                self.result.warnings.push(warning.hint(unread.remedy));
            }
        }
    }

    fn take(&mut self, event: Event<'a>, at: usize) {
        if let Some(mut shown) = self.shown.take() {
            match event {
                Event::Start(_) => shown.depth += 1,
                Event::End(_) if shown.depth > 0 => shown.depth -= 1,
                Event::End(_) => {
                    let words = shown.alt.split_whitespace().collect::<Vec<_>>().join(" ");
                    if !words.is_empty() {
                        self.say(&words);
                        shown.picture.alt = words;
                    }
                    return self.put(Event::InlineHtml(shown.picture.in_text(&shown.title).into()));
                }
                Event::Text(text) => shown.alt.push_str(&self.filled(&text, at)),
                Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => shown.alt.push_str(&text),
                _ => shown.alt.push(' '),
            }
            self.shown = Some(shown);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(end) => self.end(end),
            Event::Text(text) if self.code => self.put(Event::Text(text)),
            Event::Text(text) => self.text(&text, at),
            // What looks like HTML is text like any other.
            Event::Html(text) | Event::InlineHtml(text) => {
                self.tell_html(&text, at);
                self.say(&text);
                self.put(Event::Text(text));
            }
            Event::FootnoteReference(name) => self.refer(&name),
            Event::Code(text) => {
                self.say(&text);
                self.put(Event::Code(text));
            }
            Event::SoftBreak | Event::HardBreak => {
                self.say(" ");
                self.put(event);
            }
            other => self.put(other),
        }
    }

    /// HTML that was meant as such is seen by every visitor.
    fn tell_html(&mut self, text: &str, at: usize) {
        for (start, _) in text.match_indices('<') {
            let rest = &text[start + 1..];
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
            let what = match name {
                _ if rest.starts_with("!--") => "this comment".to_owned(),
                name if name.starts_with(|c: char| c.is_ascii_alphabetic()) => format!("`<{name}>`"),
                _ => continue,
            };
            let message = format!("{what} is shown as text, because HTML is not supported in Markdown");
            let warning =
                Error::new(Code::UnreadMarkup, message).at_line(self.source.file, self.source.line(at + start), 1);
            let hint = "write it in Markdown, or remove it; to show it, use a code span: `` `<b>` ``";
            self.result.warnings.push(warning.hint(hint));
            // One for all that stands together, as a comment or a block does.
            break;
        }
    }

    fn start(&mut self, tag: Tag<'a>, at: usize) {
        match tag {
            Tag::Heading { .. } if matches!(self.heading, Some((0, _))) => {}
            Tag::Heading { level, id, .. } => {
                let level = (level as i32 + self.raise).clamp(2, 6) as u8;
                self.heading = Some((level, String::new()));
                // Classes and attributes are dropped: `onclick` is one.
                let id = id.map(|id| slug(&id)).filter(|id| !id.is_empty());
                self.headings.push((level, HeadingView { id: id.unwrap_or_default(), ..HeadingView::default() }));
                // Stands for the tag until the heading's words, and so its anchor, are known.
                self.put(Event::Start(Tag::Heading { level: h(level), id: None, classes: vec![], attrs: vec![] }));
            }
            Tag::HtmlBlock => self.put(Event::Start(Tag::Paragraph)),
            Tag::CodeBlock(_) => {
                self.code = true;
                self.put(Event::Start(tag));
            }
            Tag::Paragraph => {
                if self.result.summary.is_none() && self.note.is_none() {
                    self.paragraph = Some(String::new());
                }
                self.put(Event::Start(tag));
            }
            Tag::Table(columns) => {
                self.put(Event::Html("<div class=\"table\">".into()));
                // Columns are aligned by classes: the pages' policy allows no `style` attributes.
                self.put(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])));
                self.columns = (columns, 0);
            }
            Tag::TableHead | Tag::TableRow => {
                self.columns.1 = 0;
                self.in_head = tag == Tag::TableHead;
                self.put(Event::Start(tag));
            }
            Tag::TableCell => {
                let class = match self.columns.0.get(self.columns.1) {
                    Some(Alignment::Left) => " class=\"to-start\"",
                    Some(Alignment::Center) => " class=\"to-middle\"",
                    Some(Alignment::Right) => " class=\"to-end\"",
                    Some(Alignment::None) | None => "",
                };
                self.columns.1 += 1;
                let name = if self.in_head { "th" } else { "td" };
                self.put(Event::InlineHtml(format!("<{name}{class}>").into()));
            }
            Tag::FootnoteDefinition(name) => {
                self.notes.entry(name.to_string()).or_default();
                self.note = Some(name.to_string());
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                let kept = self.destination(link_type, &dest_url, at);
                self.links.push(kept.is_some());
                if let Some((link_type, dest_url)) = kept {
                    let dest_url = CowStr::from(dest_url);
                    self.put(Event::Start(Tag::Link { link_type, dest_url, title, id: "".into() }));
                }
            }
            Tag::Image { dest_url, title, .. } => {
                let dest = self.filled(&dest_url, at);
                let path = percent_encoding::percent_decode_str(&dest).decode_utf8_lossy();
                if let Some(picture) = (self.source.picture)(&path) {
                    let title = title.to_string();
                    self.shown = Some(Shown { picture, title, alt: String::new(), depth: 0 });
                    return;
                }
                let address = if scheme(&dest).is_some() || dest.starts_with("//") {
                    let hint = "put the file into the `static` folder: pages load nothing from other sites";
                    self.error(
                        Code::UnusablePicture,
                        format!("the picture `{dest}` is on another site"),
                        at,
                        Some(hint.to_owned()),
                    );
                    None
                } else {
                    self.resolved(&dest, at)
                };
                if address.as_deref().is_some_and(|address| address.ends_with('/') || address.ends_with(".html")) {
                    let hint = "use a photo of an open gallery, such as `../galleries/iceland/DSC_0042.jpg`, or a file \
                                in `static`";
                    self.error(
                        Code::UnusablePicture,
                        format!("`{dest}` is a page, not a picture"),
                        at,
                        Some(hint.to_owned()),
                    );
                }
                let dest_url = CowStr::from(address.unwrap_or_default());
                self.put(Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, title, id: "".into() }));
            }
            other => self.put(Event::Start(other)),
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => {
                let Some((level, text)) = self.heading.take() else { return };
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if level == 0 {
                    self.result.title = Some(text).filter(|text| !text.is_empty());
                    self.out.clear();
                    return;
                }
                let id = self.anchor(&text);
                if let Some((_, heading)) = self.headings.last_mut() {
                    heading.id.clone_from(&id);
                    heading.text = text;
                }
                let note = self.note.clone();
                let events = match note {
                    Some(name) => self.notes.entry(name).or_default(),
                    None => &mut self.out,
                };
                let open = events.iter_mut().rev().find_map(|event| match event {
                    Event::Start(Tag::Heading { id, .. }) => Some(id),
                    _ => None,
                });
                if let Some(open) = open {
                    *open = Some(id.into());
                }
                self.put(Event::End(TagEnd::Heading(h(level))));
            }
            TagEnd::HtmlBlock => self.put(Event::End(TagEnd::Paragraph)),
            TagEnd::CodeBlock => {
                self.code = false;
                self.put(Event::End(end));
            }
            TagEnd::Paragraph => {
                if let Some(text) = self.paragraph.take() {
                    self.result.summary = summary(&text);
                }
                self.put(Event::End(end));
            }
            TagEnd::TableCell => {
                let close = if self.in_head { "</th>" } else { "</td>" };
                self.put(Event::InlineHtml(close.into()));
            }
            TagEnd::Table => {
                self.put(Event::End(end));
                self.put(Event::Html("</div>\n".into()));
            }
            TagEnd::FootnoteDefinition => self.note = None,
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.put(Event::End(end));
                }
            }
            other => self.put(Event::End(other)),
        }
    }

    /// Remembers words for the heading or the summary that is being read.
    fn say(&mut self, text: &str) {
        if let Some((_, words)) = &mut self.heading {
            words.push_str(text);
        }
        if let Some(words) = &mut self.paragraph {
            words.push_str(text);
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        let mut rest = text;
        while let Some((before, name, after)) = next_value(rest) {
            self.say(before);
            self.put(Event::Text(before.to_owned().into()));
            let value = self.value(name, at).unwrap_or_default();
            self.say(&value);
            let href = (name == "site.contact" && self.links.is_empty()).then(|| Href::contact(&value)).flatten();
            match href {
                Some(href) => {
                    let dest_url = href.as_str().to_owned().into();
                    let link_type = LinkType::Inline;
                    self.put(Event::Start(Tag::Link { link_type, dest_url, title: "".into(), id: "".into() }));
                    self.put(Event::Text(value.into()));
                    self.put(Event::End(TagEnd::Link));
                }
                None => self.put(Event::Text(value.into())),
            }
            rest = after;
        }
        self.say(rest);
        self.put(Event::Text(rest.to_owned().into()));
    }

    fn value(&mut self, name: &str, at: usize) -> Option<String> {
        let value = self.source.values.get(name).cloned();
        if value.is_none() {
            let known = self.source.values.keys().map(String::as_str);
            let hint = match closest_match(name, known.clone()) {
                Some(known) => format!("did you mean `{{{{ {known} }}}}`?"),
                None => format!("available: {}", known.collect::<Vec<_>>().join(", ")),
            };
            self.error(Code::UnknownPlaceholder, format!("there is no value `{name}`"), at, Some(hint));
        }
        value
    }

    /// An address with its values put in.
    fn filled(&mut self, text: &str, at: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_value(rest) {
            out.push_str(before);
            out.push_str(&self.value(name, at).unwrap_or_default());
            rest = after;
        }
        out + rest
    }

    fn destination(&mut self, link_type: LinkType, dest: &str, at: usize) -> Option<(LinkType, String)> {
        let dest = self.filled(dest, at);
        if link_type == LinkType::Email {
            return Some((link_type, dest));
        }
        if let Some(anchor) = dest.strip_prefix('#') {
            self.wanted.push((anchor.to_owned(), at));
            return Some((LinkType::Inline, dest));
        }
        if scheme(&dest).is_some() || dest.starts_with("//") {
            let safe = Href::external(&dest).or_else(|| Href::contact(&dest)).map(|href| href.as_str().to_owned());
            if safe.is_none() {
                let warning = Error::new(Code::RefusedAddress, format!("pages may not link to `{dest}`"));
                let warning = warning.at_line(self.source.file, self.source.line(at), 1);
                self.result.warnings.push(warning.hint("use https, http, mailto or tel; the link's text stays"));
            }
            return safe.map(|dest| (LinkType::Inline, dest));
        }
        self.resolved(&dest, at).map(|dest| (LinkType::Inline, dest))
    }

    fn resolved(&mut self, dest: &str, at: usize) -> Option<String> {
        let end = dest.find(['#', '?']).unwrap_or(dest.len());
        let path = percent_encoding::percent_decode_str(&dest[..end]).decode_utf8_lossy();
        let Some(found) = (self.source.resolve)(&path) else {
            let typed =
                self.source.text[at.min(self.source.text.len())..].split(['\n', ')']).next().unwrap_or_default();
            // Markdown takes some of the backslashes of a path for its own.
            let hint = if dest.contains('\\') || typed.contains('\\') {
                "write `/` between folder names, as in `../galleries/iceland`".to_owned()
            } else {
                self.source.advice.to_owned()
            };
            self.error(Code::DeadLink, format!("the link `{dest}` leads nowhere"), at, Some(hint));
            return None;
        };
        if let Some(anchor) = dest[end..].split_once('#').map(|(_, anchor)| anchor).filter(|anchor| !anchor.is_empty())
        {
            let (address, line) = (found.clone(), self.source.line(at));
            self.result.elsewhere.push(Elsewhere { address, anchor: anchor.to_owned(), line });
        }
        Some(found + &dest[end..])
    }

    fn refer(&mut self, name: &str) {
        let next = self.numbers.len() + 1;
        let (number, times) = self.numbers.entry(name.to_owned()).or_insert((next, 0));
        *times += 1;
        let id = if *times == 1 { format!("{number}") } else { format!("{number}-{times}") };
        let mark = format!("<sup id=\"ref-{id}\"><a href=\"#note-{number}\" role=\"doc-noteref\">{number}</a></sup>");
        self.put(Event::Html(mark.into()));
    }

    /// An anchor that no other heading of the page has.
    fn anchor(&mut self, text: &str) -> String {
        let wanted = self.headings.last().map(|(_, heading)| heading.id.clone()).unwrap_or_default();
        let base = Some(wanted).filter(|id| !id.is_empty()).unwrap_or_else(|| slug(text));
        let base = if base.is_empty() { "section".to_owned() } else { base };
        let mut id = base.clone();
        let mut count = 1;
        while !self.anchors.insert(id.clone()) {
            count += 1;
            id = format!("{base}-{count}");
        }
        id
    }

    fn finish(mut self) -> Result<Rendered, Vec<Error>> {
        for (anchor, at) in std::mem::take(&mut self.wanted) {
            if !self.headings.iter().any(|(_, heading)| heading.id == anchor) {
                let known = self.headings.iter().map(|(_, heading)| heading.id.as_str());
                let hint = closest_match(&anchor, known).map(|known| format!("did you mean `#{known}`?"));
                self.error(Code::DeadLink, format!("there is no heading `#{anchor}` on this page"), at, hint);
            }
        }
        if !self.errors.is_empty() {
            self.errors.sort_by_key(|error| error.place.as_ref().and_then(|place| place.line));
            return Err(self.errors);
        }
        self.result.anchors.extend(self.headings.iter().map(|(_, heading)| heading.id.clone()));
        self.result.anchors.extend(self.numbers.values().map(|(number, _)| format!("note-{number}")));
        html::push_html(&mut self.result.html, self.out.into_iter());
        let mut notes: Vec<_> = self.numbers.into_iter().map(|(name, (number, _))| (number, name)).collect();
        notes.sort();
        if !notes.is_empty() {
            self.result.html.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
            for (number, name) in notes {
                let mut inner = String::new();
                html::push_html(&mut inner, self.notes.remove(&name).unwrap_or_default().into_iter());
                let back = format!(" <a href=\"#ref-{number}\" role=\"doc-backlink\">↩</a>");
                match inner.trim_end().strip_suffix("</p>") {
                    Some(open) => inner = format!("{open}{back}</p>\n"),
                    None => inner.push_str(&back),
                }
                self.result.html.push_str(&format!("<li id=\"note-{number}\">\n{inner}</li>\n"));
            }
            self.result.html.push_str("</ol>\n</div>\n");
        }
        for name in self.notes.into_keys() {
            let warning =
                Error::new(Code::TextNotShown, format!("nothing refers to the footnote `{name}`")).at(self.source.file);
            self.result.warnings.push(warning);
        }
        // A heading without words would be a link without words.
        for (level, heading) in self.headings.into_iter().filter(|(_, heading)| !heading.text.is_empty()) {
            match (level, self.result.contents.last_mut()) {
                (2, _) | (3, None) => self.result.contents.push(heading),
                (3, Some(above)) => above.below.push(heading),
                _ => {}
            }
        }
        Ok(self.result)
    }
}

fn h(level: u8) -> HeadingLevel {
    HeadingLevel::try_from(usize::from(level)).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
