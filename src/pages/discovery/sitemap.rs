//! Sitemaps with images (sitemaps.org 0.9, Google's image extension).

use std::fmt::Write as _;

use jiff::civil::Date;
use rayon::prelude::*;

use super::xml;

/// The protocol's limit of addresses in one file.
const URLS: usize = 50_000;
/// The protocol's limit of bytes in one file, uncompressed.
const BYTES: usize = 50 * 1024 * 1024;
/// The extension's limit of images for one page.
const IMAGES: usize = 1_000;

const OPEN: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n";
/// The same for pages in several languages, which are named by links of XHTML.
const OPEN_IN_LANGUAGES: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
const CLOSE: &str = "</urlset>\n";

/// A public page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitemapEntry {
    /// Its absolute address.
    pub url: String,
    /// The last day it is known to have changed.
    pub changed: Option<Date>,
    /// The absolute addresses of its pictures; the first 1,000 are listed.
    pub images: Vec<String>,
    /// The absolute addresses of the page in each of its languages, itself among them; empty where it has one.
    pub languages: Vec<(String, String)>,
}

/// The sitemap's files, by name below the base path: `sitemap.xml`, and where that would be more than the protocol
/// allows, `sitemap-1.xml` and so on with `sitemap.xml` as their index. `root` is the absolute address of the
/// base path, with a slash at the end.
pub fn sitemaps(root: &str, entries: &[SitemapEntry]) -> Vec<(String, String)> {
    split(root, entries, URLS, BYTES)
}

pub(super) fn split(root: &str, entries: &[SitemapEntry], urls: usize, bytes: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let has_languages = entries.iter().any(|entry| !entry.languages.is_empty());
    let open = if has_languages { OPEN_IN_LANGUAGES } else { OPEN };
    let (mut text, mut count) = (String::from(open), 0);
    let written: Vec<String> = entries.par_iter().map(written).collect();
    for entry in &written {
        if count == urls || count > 0 && text.len() + entry.len() + CLOSE.len() > bytes {
            text.push_str(CLOSE);
            files.push(std::mem::replace(&mut text, String::from(open)));
            count = 0;
        }
        text.push_str(entry);
        count += 1;
    }
    text.push_str(CLOSE);
    files.push(text);
    if files.len() == 1 {
        return files.into_iter().map(|text| ("sitemap.xml".to_owned(), text)).collect();
    }
    let mut index = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for number in 1..=files.len() {
        let _ = writeln!(index, "<sitemap><loc>{}sitemap-{number}.xml</loc></sitemap>", xml(root));
    }
    index.push_str("</sitemapindex>\n");
    let parts = files.into_iter().enumerate().map(|(place, text)| (format!("sitemap-{}.xml", place + 1), text));
    std::iter::once(("sitemap.xml".to_owned(), index)).chain(parts).collect()
}

fn written(entry: &SitemapEntry) -> String {
    let mut out = format!("<url><loc>{}</loc>", xml(&entry.url));
    if let Some(day) = entry.changed {
        let _ = write!(out, "<lastmod>{day}</lastmod>");
    }
    for image in entry.images.iter().take(IMAGES) {
        let _ = write!(out, "<image:image><image:loc>{}</image:loc></image:image>", xml(image));
    }
    for (language, url) in &entry.languages {
        let _ = write!(out, "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{}\"/>", xml(language), xml(url));
    }
    out.push_str("</url>\n");
    out
}
