//! What a private page must say, and must not ask for.

use super::markup::{self, Part, Tag};
use super::scope::shown;
use super::{AuditInput, Finding, Kind, Report};

/// What search engines are told on every private page.
const ROBOTS: [&str; 4] = ["noindex", "nofollow", "noarchive", "noimageindex"];

/// Checks a private page.
pub(super) fn check(input: &AuditInput, path: &str, page: &[u8], report: &mut Report) {
    let mut robots = String::new();
    let mut referrer = false;
    let mut tell = |at: usize, kind, message: &str, hint| {
        report.finding(Finding { file: shown(path), offset: Some(at as u64), kind, message: message.to_owned(), hint });
    };
    let foreign = |address: &str| is_foreign(input, address);
    let external = "this private page asks another site for something, which then learns of the page";
    let remove = "take it out of the theme: a private page loads nothing from elsewhere";
    markup::parts(page, |part| match part {
        Part::Tag(tag) => {
            match (tag.name.as_str(), tag.get("name").map(str::to_ascii_lowercase).as_deref()) {
                ("meta", Some("robots")) => {
                    robots.push_str(&tag.get("content").unwrap_or_default().to_ascii_lowercase())
                }
                ("meta", Some("referrer")) => {
                    referrer |= tag.get("content").is_some_and(|value| value.trim() == "no-referrer")
                }
                _ => {}
            }
            let names_itself = (tag.name == "link" && has(&tag, "rel", "canonical"))
                || (tag.name == "meta" && tag.get("property") == Some("og:url"));
            if names_itself {
                let hint = "take it out of the theme: a private page has no canonical address";
                tell(tag.at, Kind::PrivatePage, "this private page names a canonical address", hint);
            }
            if loads(&tag).any(foreign) {
                tell(tag.at, Kind::ExternalRequest, external, remove);
            }
            if let Some(style) = tag.get("style") {
                markup::style_addresses(style.as_bytes(), |address, _| {
                    if foreign(address) {
                        tell(tag.at, Kind::ExternalRequest, external, remove);
                    }
                });
            }
        }
        Part::Text { before: "style", at, text } => markup::style_addresses(text, |address, within| {
            if foreign(address) {
                tell(at + within, Kind::ExternalRequest, external, remove);
            }
        }),
        Part::Text { .. } => {}
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
            "href" if by_link || matches!(tag.name.as_str(), "image" | "use") => vec![value],
            "xlink:href" => vec![value],
            "content" if refreshes => value.split_once("url=").map(|(_, address)| address).into_iter().collect(),
            // Cards are loaded by whoever previews the link.
            "content" if tag.get("property") == Some("og:image") => vec![value],
            _ => Vec::new(),
        };
        list
    })
}

fn has(tag: &Tag, attribute: &str, word: &str) -> bool {
    tag.get(attribute).is_some_and(|value| value.split_ascii_whitespace().any(|part| part.eq_ignore_ascii_case(word)))
}

/// Whether an address is on another site.
fn is_foreign(input: &AuditInput, address: &str) -> bool {
    let address = address.trim().replace('\\', "/");
    let lower = address.to_ascii_lowercase();
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

    const HEAD: &str = "<meta name=robots content='noindex, nofollow, noarchive, noimageindex'><meta name=referrer content=no-referrer>";

    fn kinds(page: &str) -> Vec<Kind> {
        let input =
            AuditInput { origin: Some("https://a.example".to_owned()), base: "/".to_owned(), ..AuditInput::default() };
        let mut report = Report::default();
        check(&input, "g/p/index.html", page.as_bytes(), &mut report);
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
        assert_eq!(kinds(&HEAD.replace("no-referrer", "origin")), [Kind::PrivatePage]);
        assert_eq!(kinds(&format!("{HEAD}<link rel=canonical href=/g/p/>")), [Kind::PrivatePage]);
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
        ] {
            assert_eq!(kinds(&format!("{HEAD}{body}")), [Kind::ExternalRequest], "{body}");
        }
    }
}
