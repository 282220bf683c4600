//! What a private page must say, and must not ask for.

use super::leads;
use super::markup::{self, Part, Tag};
use super::scope::shown;
use super::words::Lexicon;
use super::{AuditInput, Finding, Kind, Report};
use crate::access::GalleryId;

/// What search engines are told on every private page.
const ROBOTS: [&str; 4] = ["noindex", "nofollow", "noarchive", "noimageindex"];

/// Robots that pages speak to by name.
const ROBOT_NAMES: [&str; 6] = ["robots", "googlebot", "googlebot-image", "googlebot-news", "bingbot", "yandex"];
/// Words that take back what search engines are told.
const LETS_IN: [&str; 4] = ["index", "follow", "archive", "all"];
/// Properties that a preview shows as its words or its picture.
const CARD_WORDS: [&str; 5] = ["og:title", "og:description", "twitter:title", "twitter:description", "description"];
const CARD_PICTURES: [&str; 4] = ["og:image", "og:image:url", "og:image:secure_url", "twitter:image"];
/// A frame in a frame is looked into this deep.
const DEEPEST_FRAME: usize = 3;

/// Checks a private page of a gallery, where it is known whose it is.
pub(super) fn check(
    input: &AuditInput,
    lexicon: &Lexicon<'_>,
    gallery: Option<GalleryId>,
    path: &str,
    page: &[u8],
    report: &mut Report,
) {
    let mut robots = String::new();
    let mut referrer = false;
    let mut tell = |at: usize, kind, message: &str, hint| {
        report.finding(Finding { file: shown(path), offset: Some(at as u64), kind, message: message.to_owned(), hint });
    };
    let shares_cover = gallery.is_none_or(|gallery| input.shared_covers.contains(&gallery));
    let names_gallery = |text: &str| {
        let mut found = false;
        lexicon.find(text.as_bytes(), |_, _, known| {
            found |= !known.is_public && known.word.gallery.is_some() && known.word.gallery == gallery;
        });
        found
    };
    let neutral = "mend the theme: `{{ page.title }}` and `{{ page.name }}` are neutral on a private page";
    let in_preview =
        "whoever is sent this private page's address, and any app on the way, reads the gallery's name in its preview";
    markup::parts(page, |part| match part {
        Part::Tag(tag) => {
            let content = tag.get("content").unwrap_or_default();
            let name = tag.get("name").or(tag.get("property")).unwrap_or_default().trim().to_ascii_lowercase();
            if tag.name == "meta" {
                if ROBOT_NAMES.contains(&name.as_str()) {
                    let said = content.to_ascii_lowercase();
                    if said.split([',', ' ']).any(|word| LETS_IN.contains(&word)) {
                        let hint = "take it out of the theme: `{{ page.robots }}` says all that is to be said";
                        tell(tag.at, Kind::PrivatePage, "this private page invites search engines", hint);
                    }
                    if name == "robots" {
                        robots.push_str(&said);
                        robots.push(',');
                    }
                }
                if name == "referrer" {
                    let is_good = content.trim().eq_ignore_ascii_case("no-referrer");
                    referrer |= is_good;
                    if !is_good {
                        let hint =
                            "take it out of the theme: the last word counts, and `{{ page.referrer }}` is enough";
                        tell(tag.at, Kind::PrivatePage, "this private page lets other sites learn its address", hint);
                    }
                }
                if CARD_WORDS.contains(&name.as_str()) && names_gallery(content) {
                    tell(tag.at, Kind::PrivatePage, in_preview, neutral);
                }
                if CARD_PICTURES.contains(&name.as_str()) && !shares_cover {
                    let hint =
                        "mend the theme: `{{ page.card }}` is there only where it may be; or say `share_cover = true`";
                    let message =
                        "this private page shows a picture in its preview, and its gallery does not say that it may";
                    tell(tag.at, Kind::PrivatePage, message, hint);
                }
            }
            if tag.get("referrerpolicy").is_some_and(|policy| !policy.trim().eq_ignore_ascii_case("no-referrer")) {
                let hint = "take `referrerpolicy` out of the theme";
                tell(tag.at, Kind::PrivatePage, "this private page lets another site learn its address", hint);
            }
            let names_itself =
                (tag.name == "link" && has(&tag, "rel", "canonical")) || (tag.name == "meta" && name == "og:url");
            if names_itself {
                let hint = "take it out of the theme: a private page has no canonical address";
                tell(tag.at, Kind::PrivatePage, "this private page names a canonical address", hint);
            }
        }
        Part::Text { before: "title", at, text } => {
            if names_gallery(&markup::unescaped(&String::from_utf8_lossy(text))) {
                tell(at, Kind::PrivatePage, in_preview, neutral);
            }
        }
        Part::Text { .. } => {}
    });
    requests(input, page, 0, &mut |at| {
        let message = "this private page asks another site for something, which then learns of the page";
        tell(
            at,
            Kind::ExternalRequest,
            message,
            "take it out of the theme: a private page loads nothing from elsewhere",
        );
    });
    let said: Vec<&str> = robots.split([',', ' ']).map(str::trim).collect();
    if !ROBOTS.iter().all(|word| said.contains(word)) {
        let hint = "mend the theme: `<meta name=\"robots\" content=\"{{ page.robots }}\">` in every page's head";
        tell(0, Kind::PrivatePage, "this private page does not tell search engines to leave it alone", hint);
    }
    if !referrer {
        let hint = "mend the theme: `<meta name=\"referrer\" content=\"{{ page.referrer }}\">` in every page's head";
        tell(
            0,
            Kind::PrivatePage,
            "this private page lets other sites learn its address from visitors who follow a link",
            hint,
        );
    }
}

/// Tells each place where a page asks another site for something; within a frame, the place of the frame.
fn requests(input: &AuditInput, page: &[u8], depth: usize, tell: &mut dyn FnMut(usize)) {
    let foreign = |address: &str| is_foreign(input, address);
    // A script that runs, and not data that lies in its place.
    let mut runs = true;
    markup::parts(page, |part| match part {
        Part::Tag(tag) => {
            let kind = tag.get("type").unwrap_or_default().to_ascii_lowercase();
            runs = kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("ecmascript");
            if loads(&tag).any(foreign) {
                tell(tag.at);
            }
            if let Some(style) = tag.get("style") {
                markup::style_addresses(style.as_bytes(), |address, _| {
                    if foreign(address) {
                        tell(tag.at);
                    }
                });
            }
            if let Some(frame) = tag.get("srcdoc").filter(|_| depth < DEEPEST_FRAME) {
                requests(input, frame.as_bytes(), depth + 1, &mut |_| tell(tag.at));
            }
            let handlers = tag.attributes().filter(|(name, ..)| name.starts_with("on"));
            handlers.for_each(|(_, script, at)| asks(input, script.as_bytes(), &mut |_| tell(at)));
        }
        Part::Text { before: "style", at, text } => markup::style_addresses(text, |address, within| {
            if foreign(address) {
                tell(at + within);
            }
        }),
        Part::Text { before: "script", at, text } if runs => asks(input, text, &mut |within| tell(at + within)),
        Part::Text { .. } => {}
    });
}

/// Tells each text of a script that is an address on another site.
fn asks(input: &AuditInput, script: &[u8], tell: &mut dyn FnMut(usize)) {
    leads::quoted(script, |text, at| {
        // Names of vocabularies are addresses that nobody asks for.
        if is_foreign(input, text) && !text.contains("//www.w3.org/") {
            tell(at);
        }
    });
}

/// Checks a stylesheet that private pages may use.
pub(super) fn check_style(input: &AuditInput, path: &str, style: &[u8], report: &mut Report) {
    markup::style_addresses(style, |address, at| {
        if is_foreign(input, address) {
            report.finding(Finding {
                file: shown(path),
                offset: Some(at as u64),
                kind: Kind::ExternalRequest,
                message: "this stylesheet loads something from another site, and private pages use it".to_owned(),
                hint: "put what it loads into the static folder",
            });
        }
    });
}

/// Checks the rules for hosts: they must give private folders their headers.
pub(super) fn check_headers(input: &AuditInput, path: &str, rules: &str, report: &mut Report) {
    for folder in ["g", "x"] {
        let pattern = format!("{}{folder}/*", input.base);
        let mut lines = rules.lines().skip_while(|line| line.trim_end() != pattern).skip(1);
        let own: Vec<String> = lines
            .by_ref()
            .take_while(|line| line.starts_with([' ', '\t']))
            .map(|line| line.trim().to_ascii_lowercase())
            .collect();
        let says = |name: &str, value: &str| own.iter().any(|line| line.starts_with(name) && line.contains(value));
        if !says("x-robots-tag:", "noindex") || !says("referrer-policy:", "no-referrer") {
            report.finding(Finding {
                file: shown(path),
                offset: Some(0),
                kind: Kind::Headers,
                message: format!("`{pattern}` does not get the private headers"),
                hint: "take the rules that a build writes into your own `_headers`, or remove yours from the static folder",
            });
        }
    }
}

/// What a browser loads for a tag without being asked.
fn loads(tag: &Tag) -> impl Iterator<Item = &str> {
    let by_link = tag.name == "link" && !has(tag, "rel", "canonical") && !has(tag, "rel", "license");
    let refreshes =
        tag.name == "meta" && tag.get("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("refresh"));
    tag.attributes().flat_map(move |(name, value, _)| {
        let list: Vec<&str> = match name {
            "srcset" | "imagesrcset" => markup::set_addresses(value).collect(),
            "src" | "poster" | "data" | "action" | "formaction" | "manifest" | "background" | "ping" => vec![value],
            "href" if by_link || matches!(tag.name.as_str(), "image" | "use" | "base" | "script") => vec![value],
            "xlink:href" => vec![value],
            "content" if refreshes => {
                let address = value.split_once('=').map(|(_, address)| address.trim_matches([' ', '"', '\'']));
                address.into_iter().collect()
            }
            // Cards are loaded by whoever previews the link.
            "content" if [tag.get("property"), tag.get("name")].into_iter().flatten().any(is_card_picture) => {
                vec![value]
            }
            _ => Vec::new(),
        };
        list
    })
}

fn is_card_picture(name: &str) -> bool {
    CARD_PICTURES.iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
}

fn has(tag: &Tag, attribute: &str, word: &str) -> bool {
    tag.get(attribute).is_some_and(|value| value.split_ascii_whitespace().any(|part| part.eq_ignore_ascii_case(word)))
}

/// Whether an address is on another site.
fn is_foreign(input: &AuditInput, address: &str) -> bool {
    let lower = leads::as_browsers_read(address).to_ascii_lowercase();
    let rest = match lower.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || matches!(scheme, "http:" | "https:" | "ws:" | "wss:" | "ftp:") => {
            rest
        }
        _ => return false,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let own =
        input.origin.as_ref().and_then(|origin| origin.split_once("//")).map(|(_, host)| host.to_ascii_lowercase());
    own.as_deref() != Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Word, WordKind};

    const HEAD: &str = "<meta name=robots content='noindex, nofollow, noarchive, noimageindex'><meta name=referrer content=no-referrer>";

    fn kinds(page: &str) -> Vec<Kind> {
        let gallery = "k3v9q2m7t4xa".parse().unwrap();
        let title = Word { text: "Lake House".to_owned(), what: WordKind::Title, gallery: Some(gallery), link: None };
        let input = AuditInput {
            origin: Some("https://a.example".to_owned()),
            base: "/".to_owned(),
            words: vec![title],
            ..AuditInput::default()
        };
        let mut report = Report::default();
        check(&input, &Lexicon::of(&input), Some(gallery), "g/p/index.html", page.as_bytes(), &mut report);
        report.findings.into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_private_page_that_keeps_to_itself_is_left_alone() {
        let body = "<a href='https://b.example/'>x</a><img src=/x/a.jpg srcset='https://a.example/x/b.jpg 2x'>";
        assert_eq!(kinds(&format!("{HEAD}{body}")), []);
    }

    #[test]
    fn missing_words_to_search_engines_and_a_canonical_address_are_found() {
        assert_eq!(kinds("<p>"), [Kind::PrivatePage, Kind::PrivatePage]);
        assert_eq!(kinds(&HEAD.replace(", noarchive", "")), [Kind::PrivatePage]);
        assert_eq!(kinds(&HEAD.replace("no-referrer", "origin")), [Kind::PrivatePage; 2]);
        assert_eq!(kinds(&format!("{HEAD}<link rel=canonical href=/g/p/>")), [Kind::PrivatePage]);
    }

    #[test]
    fn what_takes_back_another_word_or_says_too_much_before_the_page_is_opened_is_found() {
        for body in [
            "<meta name=robots content='index, follow'>",
            "<meta name=GoogleBot content=all>",
            "<meta name=referrer content=unsafe-url>",
            "<a href='https://b.example/' referrerpolicy=origin>x</a>",
            "<title>Lake House – Studio</title>",
            "<title>L&#97;ke House</title>",
            "<meta property=og:title content='lake house'>",
            "<meta name=description content='The Lake House in May'>",
            "<meta property=og:image content=/x/a/i.jpg>",
            "<meta name=twitter:image content=/x/a/i.jpg>",
        ] {
            assert_eq!(kinds(&format!("{HEAD}{body}")), [Kind::PrivatePage], "{body}");
        }
        let body = "<title>Private gallery</title><h1>Lake House</h1><meta name=googlebot content=noindex>\
            <script type='application/ld+json'>{\"@context\":\"https://schema.org\"}</script>\
            <script>f('http://www.w3.org/2000/svg', '/a//b', 'see https://b.example')</script>";
        assert_eq!(kinds(&format!("{HEAD}{body}")), []);
    }

    #[test]
    fn each_request_to_another_site_is_found() {
        for body in [
            "<script src='https://b.example/a.js'></script>",
            "<link rel=stylesheet href=//b.example/a.css>",
            "<link rel=preconnect href='https://b.example'>",
            "<img srcset='/a.jpg 1x, https://b.example/a.jpg 2x'>",
            "<iframe src='https://b.example'></iframe>",
            "<style>@import 'https://b.example/a.css';</style>",
            "<p style='background:url(https://b.example/a.png)'>",
            "<form action='https://b.example/'>",
            "<base href='https://b.example/'>",
            "<iframe srcdoc=\"&lt;img src='https://b.example/a.gif'&gt;\">",
            "<iframe srcdoc='<script>fetch(&quot;//b.example/&quot;)</script>'>",
            "<img src='ht\ttps:/\n/b.example/a.gif'>",
            "<script>fetch('https://b.example/?' + location)</script>",
            "<script type=module>import `https://b.example/a.js`</script>",
            "<p onclick='new Image().src=\"https://b.example/a.gif\"'>",
            "<meta http-equiv=refresh content='0; URL = https://b.example/'>",
            "<meta name=twitter:card content=summary><link rel=icon href=https://b.example/a.png>",
        ] {
            assert_eq!(kinds(&format!("{HEAD}{body}")), [Kind::ExternalRequest], "{body}");
        }
    }
}
