//! Files that machines read: feed, sitemap, robots rules, reservation against mining, response headers.
//!
//! Pure functions of small inputs. They are given what is public and nothing else: no unlisted gallery, no
//! private path, and what they write is the same whether there are private galleries or not.

mod feed;
mod headers;
mod robots;
mod sitemap;

pub use feed::{Feed, FeedEntry, atom};
pub use headers::{headers, lacking};
pub use robots::{robots, tdm_reservation};
pub use sitemap::{SitemapEntry, sitemaps};

/// Text for XML and HTML: escaped, and without the characters that XML 1.0 cannot hold.
pub fn xml(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    let start = text.bytes().position(|byte| !is_plain(byte)).unwrap_or(text.len());
    // Most texts are addresses, in which there is nothing to escape.
    let (clean, rest) = text.split_at(start);
    let mut out = String::with_capacity(text.len());
    out.push_str(clean);
    for c in rest.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() && u32::from(c) < 0x20 => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
