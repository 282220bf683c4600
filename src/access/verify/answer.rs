//! The answer about a text: the gate's verdict on its path, next to the meaning of its tokens: an address that a gate refuses opens nothing,
//! whoever's it is.

use jiff::civil::Date;

use super::{AddressRoot, TokenIndex, TokenKind, Verdict};
use crate::access::gate::{DenyList, Gate, verdict};

/// What every gate of a site goes by.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// The path of the site, as `/` or `/photos/`.
    pub base: &'a str,
    /// The day in UTC.
    pub today: Date,
    /// The dead tokens that gates refuse.
    pub deny: &'a DenyList,
}

/// What is known of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What a gate makes of the path in it; none where the text has no path, as a bare file name.
    pub gate: Option<Gate>,
    /// The tokens in it.
    pub tokens: Vec<Verdict>,
}

impl Answer {
    /// Whether a token of it opens anything as it stands in the text; none for what is not known, and for the name of a
    /// file, which opens nothing by itself.
    pub fn opens(&self, meaning: &TokenKind, today: Date) -> Option<bool> {
        let passes = self.gate.is_none_or(|gate| matches!(gate, Gate::PassPrivate(_)));
        meaning.works(today).map(|works| works && passes)
    }
}

impl TokenKind {
    /// Whether it is the address of a page that shows its gallery, as long as its root is in force.
    pub fn opens_a_page(&self) -> bool {
        match self {
            Self::Page { state, replaced, root, .. } => {
                state.is_alive() && replaced.is_none() && *root != AddressRoot::GivenUp
            }
            _ => false,
        }
    }

    /// Whether the address leads to what it once led to, on a day; none for what is no address or not known.
    pub fn works(&self, today: Date) -> Option<bool> {
        match self {
            Self::Page { root: AddressRoot::Previous(until), .. } => {
                Some(self.opens_a_page() && until.is_some_and(|until| today <= until))
            }
            Self::Page { .. } => Some(self.opens_a_page()),
            Self::Assets { current, .. } => Some(*current),
            Self::Locator { state, root, .. } => Some(
                state.is_alive()
                    && match root {
                        AddressRoot::Current => true,
                        AddressRoot::Previous(until) => until.is_some_and(|until| today <= until),
                        AddressRoot::GivenUp => false,
                    },
            ),
            Self::Name { .. } | Self::Unknown => None,
        }
    }
}

impl TokenIndex {
    /// What an edge makes of a text, and what the tokens in it are.
    pub fn answer(&self, text: &str, edge: Edge<'_>) -> Answer {
        let gate = request_path(text).map(|path| verdict(path, edge.base, digits(edge.today), edge.deny));
        Answer { gate, tokens: self.identify(text) }
    }
}

/// The path that is asked for: of a path itself, of an address, or of a line from the log of a server that writes its
/// lines as nginx, Apache, Caddy or CloudFront do. As it stands there, still escaped.
pub fn request_path(text: &str) -> Option<&str> {
    let text = text.trim();
    let word = |text: &'_ str| text.find([' ', '\t', '"']).unwrap_or(text.len());
    if text.starts_with('/') {
        return Some(&text[..word(text)]);
    }
    if let Some((_, rest)) = text.split_once("\"uri\":\"") {
        return rest.starts_with('/').then(|| &rest[..word(rest)]);
    }
    // `"GET /g/… HTTP/1.1"`; CloudFront has the host's name between the method and the path.
    for method in ["GET", "HEAD", "POST"] {
        let Some((before, rest)) = text.split_once(method) else { continue };
        if before.ends_with(|c: char| c.is_ascii_alphanumeric()) || !rest.starts_with([' ', '\t']) {
            continue;
        }
        if let Some(path) = rest.split_whitespace().take(2).find(|word| word.starts_with('/')) {
            return Some(&path[..word(path)]);
        }
    }
    let (_, rest) = text.split_once("://")?;
    let rest = &rest[..word(rest)];
    Some(rest.find('/').map_or("/", |start| &rest[start..]))
}

/// A day as the number that stands in addresses.
fn digits(day: Date) -> u32 {
    let part = |number: i8| u32::from(number.unsigned_abs());
    u32::from(day.year().unsigned_abs()) * 10_000 + part(day.month()) * 100 + part(day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_found_in_what_people_paste_and_in_the_lines_of_logs() {
        for (text, path) in [
            ("/g/p1/index.html?a#b", "/g/p1/index.html?a#b"),
            ("  https://photos.example.com/g/p1/  ", "/g/p1/"),
            ("https://photos.example.com", "/"),
            (
                r#"10.0.0.1 - - [01/Jan/2027:10:00:00 +0000] "GET /g/p1/ HTTP/1.1" 200 5 "https://a.example/b" "x""#,
                "/g/p1/",
            ),
            (r#"{"request":{"method":"GET","host":"a.example","uri":"/g/p1/"}}"#, "/g/p1/"),
            ("2027-01-01\t10:00:00\tFRA2\t5\t10.0.0.1\tGET\tabc.cloudfront.net\t/g/p1/\t200", "/g/p1/"),
        ] {
            assert_eq!(request_path(text), Some(path), "{text}");
        }
        for text in ["i7BkxW3qP0m2f7en9.jpg", "g/p1/index.html", "WIDGETS /a", "", r#""uri":"x""#] {
            assert_eq!(request_path(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_written_as_in_addresses() {
        assert_eq!(digits(jiff::civil::date(2027, 6, 30)), 20_270_630);
    }
}
