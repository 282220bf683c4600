//! The Atom feed of the newest galleries (RFC 4287).

use std::fmt::Write as _;

use jiff::civil::Date;

use super::xml;

/// What the feed says of the site. Addresses are absolute.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// The site's name.
    pub title: &'a str,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// BCP 47.
    pub language: &'a str,
    /// Who made the photographs; the site's name where that is not said.
    pub author: Option<&'a str>,
    /// The address of the home page; also the feed's identity.
    pub home: &'a str,
    /// The address of the feed itself.
    pub url: &'a str,
    /// The copyright line.
    pub rights: Option<&'a str>,
}

/// A gallery in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its title.
    pub title: String,
    /// Its address, which is also its identity.
    pub url: String,
    /// The day it says, or the last day of its photos; none of the future, which would stay on top for ever.
    pub date: Date,
    /// Its description as HTML.
    pub summary: Option<String>,
    /// The address, width and height of its cover as JPEG, and what it shows.
    pub cover: Option<(String, u32, u32, String)>,
}

/// The feed: the newest `limit` entries, newest first, ties by address. None without entries, since a feed must
/// say when it last changed.
pub fn atom(feed: &Feed<'_>, entries: &[FeedEntry], limit: usize) -> Option<String> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by(|one, other| other.date.cmp(&one.date).then_with(|| one.url.cmp(&other.url)));
    entries.truncate(limit);
    let newest = entries.first()?.date;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let _ = writeln!(out, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">", xml(feed.language));
    let _ = writeln!(out, "<title>{}</title>", xml(feed.title));
    if let Some(description) = feed.description {
        let _ = writeln!(out, "<subtitle>{}</subtitle>", xml(description));
    }
    let _ = writeln!(out, "<id>{}</id>", xml(feed.home));
    let _ = writeln!(out, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", xml(feed.home));
    let _ = writeln!(out, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", xml(feed.url));
    let _ = writeln!(out, "<updated>{newest}T00:00:00Z</updated>");
    let _ = writeln!(out, "<author><name>{}</name></author>", xml(feed.author.unwrap_or(feed.title)));
    if let Some(rights) = feed.rights {
        let _ = writeln!(out, "<rights>{}</rights>", xml(rights));
    }
    for entry in entries {
        let _ = writeln!(out, "<entry>\n<title>{}</title>", xml(&entry.title));
        let _ = writeln!(out, "<id>{}</id>", xml(&entry.url));
        let _ = writeln!(out, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", xml(&entry.url));
        let _ = writeln!(out, "<published>{0}T00:00:00Z</published>\n<updated>{0}T00:00:00Z</updated>", entry.date);
        let mut content = String::new();
        if let Some((url, width, height, alt)) = &entry.cover {
            let (url, alt) = (xml(url), xml(alt));
            let _ = write!(content, "<p><img src=\"{url}\" width=\"{width}\" height=\"{height}\" alt=\"{alt}\"></p>");
        }
        content.push_str(entry.summary.as_deref().unwrap_or_default());
        if !content.is_empty() {
            let _ = writeln!(out, "<content type=\"html\">{}</content>", xml(&content));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    Some(out)
}
