//! Finds links from public files to private ones.

use super::{AuditInput, Finding, Report, Rule};
use crate::access::gate::{DenyList, Gate, is_symbol, verdict};
use crate::markup::{self, Part};
use crate::publish::Reach;
use crate::search::is_text;
use crate::visibility::PrivateFolder;

/// How addresses stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    /// HTML, XML, SVG.
    Markup,
    /// CSS.
    Style,
    /// JSON and scripts: between quotes.
    Quoted,
    /// Everything else: between white space.
    Plain,
}

impl Language {
    /// By the file's name; none for what is no text.
    pub(super) fn of(path: &str, content: &[u8]) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("html" | "htm" | "xhtml" | "xml" | "svg" | "atom" | "rss") => Some(Self::Markup),
            Some("css") => Some(Self::Style),
            Some("json" | "js" | "mjs" | "webmanifest" | "map") => Some(Self::Quoted),
            _ if is_text(content) => {
                Some(if content.trim_ascii_start().starts_with(b"<") { Self::Markup } else { Self::Plain })
            }
            _ => None,
        }
    }
}

/// The shortest address of something private, from a place that is itself far from it: a token is as long.
const SHORTEST_LEAD: usize = 25;
/// A token with its day is no longer.
const LONGEST_SEGMENT: usize = 64;
/// So many places are told of one file.
const MOST_LEADS: usize = 1000;

/// Whether private files lie below `g/`, `x/` and `e/` alone.
pub(super) fn are_kept(input: &AuditInput) -> bool {
    input.files.iter().filter(|(_, file)| file.reach == Reach::Private).all(|(path, _)| PrivateFolder::holds(path))
}

/// Whether an address may lead below `g/`, `x/` or `e/`, as browsers and hosts read it. Most addresses do not, and nothing more
/// needs to be known of them.
fn is_near(address: &str) -> bool {
    let address = address.trim_matches(|letter: char| letter <= ' ');
    let is_kept = |part: &str| PrivateFolder::ALL.iter().any(|folder| part.eq_ignore_ascii_case(folder.name()));
    address.contains(['%', '\\', '\t', '\n', '\r']) || address.split('/').any(is_kept)
}

/// Where a text states an address that has exactly the form of a private one and that nobody has told of: whatever a program
/// does with it, people can follow it.
pub(super) fn stated(text: &[u8], is_told: impl Fn(&str) -> bool) -> Option<usize> {
    memchr::memchr_iter(b'/', text).find(|at| {
        let below = |folder: &PrivateFolder| Some((*folder, text[at + 1..].strip_prefix(folder.prefix().as_bytes())?));
        let Some((folder, rest)) = PrivateFolder::ALL.iter().find_map(below) else { return false };
        let symbols = rest.iter().take(LONGEST_SEGMENT).take_while(|byte| is_symbol(byte)).count();
        let Ok(segment) = std::str::from_utf8(&rest[..symbols]) else { return false };
        let path = format!("/{}", folder.of_token(segment));
        let is_private = || matches!(verdict(&path, "/", 0, &DenyList::default()), Gate::PassPrivate(_) | Gate::Gone);
        symbols >= SHORTEST_LEAD && is_private() && !is_told(segment)
    })
}

/// Said of a file that leads to something private.
pub(super) fn leading(path: &str, at: usize) -> Finding {
    Finding::new(Rule::PrivateLink, path, Some(at), "this public file leads to something private")
}

/// Tells each place where a public file leads to something private.
pub(super) fn follow(
    input: &AuditInput,
    are_kept: bool,
    path: &str,
    language: Language,
    content: &[u8],
    report: &mut Report,
) {
    let base = (language == Language::Markup).then(|| base_of(content)).flatten();
    let from = base.as_deref().unwrap_or(path);
    let all = !are_kept || is_near(from);
    let mut told = 0;
    let mut lead = |address: &str, at: usize| {
        if told < MOST_LEADS
            && (all || address.len() >= SHORTEST_LEAD && is_near(address))
            && leads_to_private(input, from, address)
        {
            told += 1;
            report.add(leading(path, at));
        }
    };
    match language {
        Language::Markup => markup::parts(content, |part| match part {
            Part::Tag(tag) => {
                for (name, value, at) in tag.attributes() {
                    match name {
                        "srcset" | "imagesrcset" | "ping" => {
                            markup::set_addresses(value).for_each(|address| lead(address, at))
                        }
                        "values" => value.split(';').for_each(|address| lead(address, at)),
                        "content" => {
                            lead(value, at);
                            markup::refresh_address(value).into_iter().for_each(|address| lead(address, at));
                        }
                        _ => lead(value, at),
                    }
                    if markup::STYLED.contains(&name) {
                        markup::style_addresses(value.as_bytes(), |address, within| lead(address, at + within));
                    }
                }
            }
            Part::Text { inside: "style", at, text } => {
                markup::style_addresses(text, |address, within| lead(address, at + within))
            }
            Part::Text { inside: "script", at, text } => quoted(text, |address, within| lead(address, at + within)),
            Part::Text { at, text, .. } => {
                words(text, |address, within| lead(&markup::unescaped(address), at + within))
            }
            Part::Close(_) => {}
        }),
        Language::Style => markup::style_addresses(content, lead),
        Language::Quoted => quoted(content, lead),
        Language::Plain => words(content, lead),
    }
}

/// The address that a page says its relative addresses start from.
pub(super) fn base_of(page: &[u8]) -> Option<String> {
    let mut base = None;
    let is_base = |at: usize| page.get(at + 1..at + 5).is_some_and(|name| name.eq_ignore_ascii_case(b"base"));
    if memchr::memchr_iter(b'<', page).any(is_base) {
        markup::parts(page, |part| match part {
            Part::Tag(tag) if tag.name == "base" && base.is_none() => base = tag.get("href").map(str::to_owned),
            _ => {}
        });
    }
    base
}

/// Whether an address in the file at `from` (a path below the output, or an address itself) is one of something private.
fn leads_to_private(input: &AuditInput, from: &str, address: &str) -> bool {
    let Some(target) = absolute(input, from, address) else { return false };
    let decoded = percent_encoding::percent_decode_str(&target.path).decode_utf8_lossy().into_owned();
    is_private(input, &target) || {
        let again = Target { path: resolved(&decoded), ..target };
        decoded != target.path && is_private(input, &again)
    }
}

fn is_private(input: &AuditInput, target: &Target) -> bool {
    let decoded = percent_encoding::percent_decode_str(&target.path).decode_utf8_lossy();
    match verdict(&target.path, &input.base, 0, &DenyList::default()) {
        Gate::PassPrivate(_) | Gate::Gone => true,
        // Not the form of a link, but near enough that some host may take it for one; patterns as `/g/*` are not. Other
        // sites have a `/g/` and an `/e/` of their own.
        Gate::NotFound => !target.is_elsewhere && decoded.split('/').any(|part| part.len() >= 25),
        Gate::PassPublic => {
            let whole = resolved(&decoded);
            let below = below_base(input, &whole).unwrap_or(&whole);
            let names = [below.to_owned(), format!("{}/index.html", below.trim_end_matches('/'))];
            names.iter().any(|name| input.files.get(name).is_some_and(|file| file.reach == Reach::Private))
        }
    }
}

/// What of a path, without its escapes, lies below the site's base; nothing for one that lies elsewhere.
pub(super) fn below_base<'p>(input: &AuditInput, decoded: &'p str) -> Option<&'p str> {
    decoded.strip_prefix(percent_encoding::percent_decode_str(&input.base).decode_utf8_lossy().as_ref())
}

/// What an address means.
pub(super) struct Target {
    /// The path on its host.
    pub path: String,
    /// Whether it names a host that is not known to be the site's own.
    pub is_elsewhere: bool,
}

/// What an address in the file at `from` means; nothing for one that is no address of the web.
pub(super) fn absolute(input: &AuditInput, from: &str, address: &str) -> Option<Target> {
    let address = as_browsers_read(address);
    let address = address.split(['#', '?']).next().unwrap_or_default();
    if address.is_empty() {
        return None;
    }
    let on_host = |rest: &str| {
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Target { path: resolved(path), is_elsewhere: !is_own_host(input, host) }
    };
    if let Some(rest) = address.strip_prefix("//") {
        return Some(on_host(rest));
    }
    if let Some((scheme, rest)) = address.split_once(':')
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    {
        let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        return web.then(|| on_host(rest.trim_start_matches('/')));
    }
    let here = |path: &str| Target { path: resolved(path), is_elsewhere: false };
    if address.starts_with('/') {
        return Some(here(address));
    }
    let from = if from.contains("://") || from.starts_with('/') {
        absolute(input, "", from)?
    } else {
        here(&format!("{}{from}", input.base))
    };
    let folder = from.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(Target { path: resolved(&format!("{folder}/{address}")), ..from })
}

/// Whether this is the site's own host, where that is known.
pub(super) fn is_own_host(input: &AuditInput, host: &str) -> bool {
    let own = input.origin.as_ref().and_then(|origin| origin.split_once("//"));
    own.is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
}

/// An address without what browsers leave out of it.
pub(super) fn as_browsers_read(address: &str) -> String {
    address.trim_matches(|letter: char| letter <= ' ').replace(['\t', '\n', '\r'], "").replace('\\', "/")
}

/// A path without doubled slashes and dot segments.
fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

/// What stands between quotes and could be an address, without its escapes.
pub(super) fn quoted(text: &[u8], mut tell: impl FnMut(&str, usize)) {
    let mut quotes = memchr::memchr3_iter(b'"', b'\'', b'`', text).peekable();
    while let Some(open) = quotes.next() {
        let Some(close) = quotes.peek().copied() else { break };
        let inside = &text[open + 1..close];
        if inside.len() < 4096
            && inside.iter().any(|byte| matches!(byte, b'/' | b'\\'))
            && let Ok(inside) = std::str::from_utf8(inside)
        {
            tell(&without_backslashes(inside), open + 1);
        }
    }
}

/// A text of a script or of JSON as a program reads it: `\/`, `\x2f`, `\u002f` and `\u{2f}` are all a slash.
fn without_backslashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let code = |digits: Option<&str>| u32::from_str_radix(digits?, 16).ok().and_then(char::from_u32);
        let braced = || escape.get(2..).filter(|_| escape.starts_with("u{")).and_then(|rest| rest.split_once('}'));
        let (letter, length) = match escape.chars().next() {
            None => {
                rest = "\\";
                break;
            }
            Some('x') => (code(escape.get(1..3)), 3),
            Some('u') => match braced() {
                Some((digits, _)) => (code(Some(digits)), digits.len() + 3),
                None => (code(escape.get(1..5)), 5),
            },
            Some('n' | 'r' | 't') => (Some(' '), 1),
            Some(letter) => (Some(letter), letter.len_utf8()),
        };
        // What is no escape after all stays as it is.
        let (letter, length) = letter.map_or(('\\', 0), |letter| (letter, length));
        out.push(letter);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out
}

/// What stands between white space and could be an address.
fn words(text: &[u8], mut tell: impl FnMut(&str, usize)) {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'"' | b'\'' | b'(' | b')' | b',' | b';')
    };
    let mut at = 0;
    for word in text.split(ends) {
        if word.len() < 4096
            && word.contains(&b'/')
            && let Ok(word) = std::str::from_utf8(word)
        {
            tell(word, at);
        }
        at += word.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Expected;

    const TOKEN: &str = "pqHj2r_ZN1lEF10utN0Ktky71";

    #[test]
    fn pages_of_other_sites_below_folders_named_like_ours_are_left_alone() {
        let links = "<a href='https://www.eventbrite.com/e/spring-wedding-fair-2027-tickets-123456789012'>\
            <a href='//docs.example/g/an-introduction-to-our-studio-and-method/'>\
            <base href='https://docs.example/g/'><a href='an-introduction-to-our-studio-and-method/'>";
        let follow_with = |origin: Option<&str>, page: &str| {
            let mut input = AuditInput { base: "/".to_owned(), ..input() };
            input.origin = origin.map(str::to_owned);
            let mut report = Report::default();
            follow(&input, are_kept(&input), "about/index.html", Language::Markup, page.as_bytes(), &mut report);
            report.findings.len()
        };
        let near = format!("<a href='https://photos.example/g/{TOKEN}x/'>");
        for origin in [None, Some("https://photos.example")] {
            assert_eq!(follow_with(origin, links), 0, "{origin:?}");
            // A copy of the site on another host is as good.
            assert_eq!(follow_with(origin, &format!("<a href='https://mirror.example/g/{TOKEN}/'>")), 1);
            assert_eq!(follow_with(origin, &near), usize::from(origin.is_some()));
        }
    }

    fn input() -> AuditInput {
        let private = Expected { size: 1, modified: 0, reach: Reach::Private, settled: true };
        AuditInput {
            base: "/photos/".to_owned(),
            files: [("odd/secret.html".to_owned(), private), ("deep/index.html".to_owned(), private)].into(),
            ..AuditInput::default()
        }
    }

    fn places(path: &str, content: &str) -> Vec<u64> {
        let mut report = Report::default();
        let language = Language::of(path, content.as_bytes()).unwrap();
        let mut input = input();
        follow(&input, are_kept(&input), path, language, content.as_bytes(), &mut report);
        let found: Vec<u64> = report.findings.drain(..).filter_map(|finding| finding.offset).collect();
        // Where all that is private lies in its own folders, most addresses are passed by, and none of these.
        input.files.clear();
        follow(&input, are_kept(&input), path, language, content.as_bytes(), &mut report);
        let kept: Vec<u64> = report.findings.iter().filter_map(|finding| finding.offset).collect();
        assert!(kept == found || content.contains("=odd/") || content.contains("=deep/"), "{path}: {content}");
        found
    }

    #[test]
    fn every_way_of_leading_somewhere_is_followed() {
        let pages = [
            ("index.html", format!("<a href=\"/photos/g/{TOKEN}/\">")),
            ("index.html", format!("<a href=g/{TOKEN}/>")),
            ("lakes/index.html", format!("<img srcset='a.jpg 1x, ../x/{}/i.jpg 2x'>", TOKEN.replacen('p', "a", 1))),
            ("lakes/a.html", format!("<base href=/photos/g/><a href='{TOKEN}/'>")),
            (
                "index.html",
                format!("<meta property=og:image content='https://elsewhere.example/photos/g/{TOKEN}/a.jpg'>"),
            ),
            ("index.html", format!("<meta http-equiv=refresh content='0; url=/photos/G/{TOKEN}/'>")),
            ("index.html", format!("<p style=\"background:url(/photos/g/{TOKEN}/a)\">")),
            ("index.html", format!("<script>go('\\/photos\\/g\\/{TOKEN}\\/')</script>")),
            ("index.html", format!("<script>go('\\x2fphotos\\u002fg\\u{{2f}}{TOKEN}')</script>")),
            ("index.html", format!("<meta http-equiv=refresh content='0; /photos/g/{TOKEN}/'>")),
            ("index.html", format!("<rect fill='URL(/photos/g/{TOKEN}/a)'>")),
            ("index.html", "<a href=odd/secret.html>".to_owned()),
            ("index.html", "<a href=deep/>".to_owned()),
            ("index.html", format!("<a href='/photos/%67/{TOKEN}/'>")),
            ("index.html", format!("<a href='/photos/%2567/{TOKEN}/'>")),
            ("a.css", format!("b{{background:url(g/{TOKEN}/a.jpg)}}")),
            ("feed.xml", format!("<loc>https://a.example/photos/g/{TOKEN}/</loc>")),
            ("a.json", format!("{{\"a\":\"/photos/g/{TOKEN}/\"}}")),
            ("index.html", "<a href='/photos/g/pqHj2r_Z&Tab;N1lEF10utN0Ktky71/'>".to_owned()),
            ("index.html", "<a href='/photos/g/pqHj2r_ZN1lEF\n10utN0Ktky71/'>".to_owned()),
            ("_redirects", format!("/lake /photos/g/{TOKEN}/ 302")),
        ];
        for (path, content) in pages {
            assert_eq!(places(path, &content).len(), 1, "{path}: {content}");
        }
    }

    #[test]
    fn an_address_that_has_the_form_of_a_private_one_is_found_however_it_stands_in_a_text() {
        let told = |_: &str| false;
        for text in [
            format!("<link><![CDATA[https://photos.example.com/g/{TOKEN}/]]></link>"),
            format!("{{\"t\":\"More at https://photos.example.com/g/{TOKEN}/ soon\"}}"),
            format!("<a onclick=\"location='/g/{TOKEN}'\">"),
            format!("URL:https://photos.example.com/g/20270630-{TOKEN}"),
            format!("[/x/{}/a.jpg]", TOKEN.replacen('p', "a", 1)),
        ] {
            assert!(stated(text.as_bytes(), told).is_some(), "{text}");
            assert!(stated(text.as_bytes(), |_| true).is_none(), "{text}");
        }
        for text in
            [format!("/g/{TOKEN}x/"), "/g/an-introduction-to-it/".to_owned(), format!("/h/{TOKEN}/"), "/g/".to_owned()]
        {
            assert!(stated(text.as_bytes(), told).is_none(), "{text}");
        }
    }

    #[test]
    fn a_base_path_with_escapes_is_followed_in_each_of_its_spellings() {
        let leads = |address: &str| {
            let private = Expected { size: 1, modified: 0, reach: Reach::Private, settled: true };
            let files = [("odd/secret.html".to_owned(), private)].into();
            let input = AuditInput { base: "/fotos%20%C3%A9/".to_owned(), files, ..AuditInput::default() };
            let page = format!("<a href='{address}'>");
            let mut report = Report::default();
            follow(&input, are_kept(&input), "a.html", Language::Markup, page.as_bytes(), &mut report);
            report.findings.len()
        };
        for base in ["/fotos%20%C3%A9/", "/fotos%20%c3%a9/", "/%66otos é/", "/fotos%20é/"] {
            assert_eq!(leads(&format!("{base}g/{TOKEN}/")), 1, "{base}");
            assert_eq!(leads(&format!("{base}odd/secret.html")), 1, "{base}");
        }
        assert_eq!(leads(&format!("g/{TOKEN}/")), 1);
        assert_eq!(leads(&format!("/g/{TOKEN}/")), 0);
    }

    #[test]
    fn what_leads_to_nothing_private_is_left_alone() {
        let page =
            format!("<a href=/photos/lakes/>a</a><a href=/g/{TOKEN}/>other site's root</a><a href='mailto:a@b.c'>");
        assert_eq!(places("index.html", &page), Vec::<u64>::new());
        assert_eq!(places("_headers", "/photos/g/*\n  X-Robots-Tag: noindex\n/photos/x/*\n"), Vec::<u64>::new());
        assert_eq!(places("robots.txt", "Disallow: /photos/g/\n"), Vec::<u64>::new());
    }
}
