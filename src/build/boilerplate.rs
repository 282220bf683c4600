//! The words that every site contains: its templates, the words of its interface, and what programs read.
//!
//! A private gallery may be called `label`, or after a family Lang: the audit tells such words apart.

use crate::pages::{Theme, Words};

/// A site's galleries have so many photos at most whose numbers are counted out.
const MOST_NUMBERS: usize = 10_000;

/// What the program itself writes besides templates: HTML of markdown and of pictures, headers, rules for crawlers, sitemap,
/// feed, structured data, and the names in a picture's metadata.
const WRITTEN: &str = "\
html head body main aside header footer section article figure figcaption picture image images source srcset sizes width \
height loading lazy eager decoding async fetchpriority high style script module stylesheet href class data type media \
link icon meta charset name content property viewport device initial scale fit cover role label aria hidden current page \
list item table thead tbody align left right center start strong code blockquote pre language footnote footnotes \
definition reference backref details summary input checkbox checked disabled time datetime lang span auto frame crossorigin \
preload font alternate canonical license nofollow noopener noreferrer mailto http https text plain \
public private max-age immutable no-cache Cache-Control X-Content-Type-Options nosniff Referrer-Policy \
strict-origin-when-cross-origin no-referrer Content-Security-Policy default-src none base-uri connect-src self font-src \
form-action img-src manifest-src media-src script-src style-src frame-ancestors Permissions-Policy camera geolocation \
microphone browsing-topics X-Robots-Tag noindex noarchive noimageindex assets img robots referrer tdm-reservation \
User-agent Disallow Sitemap AI2Bot Ai2Bot-Dolma Amazonbot anthropic-ai Applebot-Extended Bytespider CCBot ClaudeBot \
cohere-training-data-crawler Diffbot FacebookBot Google-Extended GPTBot ImagesiftBot meta-externalagent PanguBot Timpibot \
DataForSeoBot img2dataset omgili VelenPublicWebCrawler Webzio-Extended location version encoding utf-8 \
urlset sitemapindex xhtml hreflang x-default 1999 xmlns schemas sitemap-image lastmod www.sitemaps.org www.google.com www.w3.org 2005 Atom feed subtitle \
updated published author entry rights generator id application/atom+xml text/html application/ld+json \
schema.org context graph ImageObject Person contentUrl mainEntityOfPage caption description dateCreated keywords creator \
creditText copyrightNotice acquireLicensePage home gallery photo not-found tombstone website summary_large_image twitter \
card site_name rows squares compact regular airy theme-color color-scheme dark light only normal jpeg avif webp svg png sitemap.xml feed.xml robots.txt \
index.html headers redirects tdmrep.json well-known \
xpacket begin xmpmeta adobe rdf RDF Description about syntax purl elements terms default Alt Seq Bag photoshop Credit \
xmpRights WebStatement UsageTerms Marked plus DataMining vocab Licensor LicensorURL iptc xmp exif GPSLatitude GPSLongitude \
Copyright Artist Photoshop Exif ICC_PROFILE sRGB profile";

/// All of it as one text; `most` is the number of photos in the largest gallery.
pub(super) fn text(theme: &Theme, most: usize) -> String {
    let mut all = vec![WRITTEN.replace(' ', " | ")];
    all.extend(theme.templates().iter().map(|template| written(template)));
    for asset in theme.assets() {
        all.push(asset.name.clone());
        all.extend(std::str::from_utf8(&asset.bytes).ok().map(str::to_owned));
    }
    for words in theme.all_words() {
        all.extend(words.texts().map(str::to_owned));
        all.extend(counted(words, most));
    }
    // Nothing goes on from one to the next.
    all.join(" | ")
}

/// A template without what stands in its braces.
fn written(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let close = match rest.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => "{",
        };
        out.push_str(&rest[..open]);
        out.push(' ');
        rest = rest[open..].find(close).map_or("", |end| &rest[open + end + close.len()..]);
    }
    out.push_str(rest);
    out
}

/// What is said with numbers, for every number: `Photo 7` is no name of a file.
fn counted(words: &Words, most: usize) -> Vec<String> {
    let places = |text: &str| {
        let mut parts = text.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        let rest: Vec<String> =
            parts.filter_map(|part| part.split_once('}')).map(|(_, behind)| behind.to_owned()).collect();
        (first, rest)
    };
    let mut all = Vec::new();
    for (first, rest) in words.texts().filter(|text| text.contains("number}") || text.contains("count}")).map(places) {
        all.extend(
            (0..=most.min(MOST_NUMBERS))
                .map(|number| words.number(number as u64))
                .map(|number| rest.iter().fold(first.clone(), |text, behind| format!("{text}{number}{behind}"))),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_template_only_what_it_writes_counts() {
        assert_eq!(written("a{{ page.lang }}b{% if x %}c{# d #}e{f"), "a b c e f");
        assert_eq!(written("{{ page"), " ");
    }
}
