//! Finds requests of private pages to other sites, also those of the styles and scripts they load.

use std::collections::BTreeSet;
use std::fs;

use super::folder::Lying;
use super::links::{self, Language};
use super::{AuditInput, Report, Rule};
use crate::markup::{self, Part, Tag};
use crate::search::base64;

/// A frame in a frame, and markup in a script, are looked into this deep.
const DEEPEST: usize = 3;
/// Larger styles and scripts are not read.
const LARGEST: u64 = 64 << 20;
/// Relations of a link that nobody follows by himself.
const UNFOLLOWED: [&str; 2] = ["canonical", "license"];
/// What scripts' addresses begin with, where they name no scheme that is for the web.
const WEB: [&str; 5] = ["http:", "https:", "ws:", "wss:", "ftp:"];
/// What addresses of servers begin with that browsers ask where they are (RFC 7064, RFC 7065).
const MEETING: [&str; 4] = ["stun:", "stuns:", "turn:", "turns:"];
/// What tells a page of XML which styles to load.
const STYLE_OF_XML: &[u8] = b"<?xml-stylesheet";
/// Where it is longer, it says nothing of styles.
const LONGEST: usize = 4096;
/// Longer base64 in a script is a picture.
const LARGEST_ENCODED: usize = 1 << 20;

/// Styles and scripts of the site's own, by their path below the output.
pub(super) type Used = BTreeSet<(String, Language)>;

/// Tells each place where a page asks another site for something; within a frame, the place of the frame.
pub(super) fn requests(input: &AuditInput, page: &[u8], tell: &mut dyn FnMut(usize)) {
    within(input, page, 0, tell);
}

fn within(input: &AuditInput, page: &[u8], depth: usize, tell: &mut dyn FnMut(usize)) {
    if depth > DEEPEST {
        return;
    }
    // A script that runs, or says where scripts are, and not data that lies in its place.
    let mut runs = true;
    markup::parts(page, |part| match part {
        Part::Tag(tag) => {
            runs = runs_scripts(tag);
            let mut asks_elsewhere = false;
            for address in loads(tag) {
                asks_elsewhere |= is_foreign(input, address);
                inline(input, address, depth, &mut |_| asks_elsewhere = true);
            }
            for (name, value, at) in tag.attributes() {
                if markup::STYLED.contains(&name) {
                    styled(input, value.as_bytes(), &mut |_| asks_elsewhere = true);
                } else if name == "srcdoc" {
                    within(input, value.as_bytes(), depth + 1, &mut |_| asks_elsewhere = true);
                } else if name.starts_with("on") {
                    asks(input, value.as_bytes(), depth, &mut |_| tell(at));
                }
            }
            if asks_elsewhere {
                tell(tag.at);
            }
        }
        Part::Text { inside: "style", at, text } => styled(input, text, &mut |within| tell(at + within)),
        Part::Text { inside: "script", at, text } if runs => asks(input, text, depth, &mut |within| tell(at + within)),
        Part::Text { .. } | Part::Close(_) => {}
    });
    styles_of_xml(input, page, tell);
}

/// Tells each place where a style asks another site for something.
fn styled(input: &AuditInput, style: &[u8], tell: &mut dyn FnMut(usize)) {
    markup::style_addresses(style, |address, at| {
        if is_foreign(input, address) {
            tell(at);
        }
    });
}

/// Tells each place where a page of XML names a style on another site.
fn styles_of_xml(input: &AuditInput, page: &[u8], tell: &mut dyn FnMut(usize)) {
    let mut next = 0;
    for at in memchr::memmem::find_iter(page, STYLE_OF_XML) {
        if at < next {
            continue;
        }
        let rest = &page[at..page.len().min(at + LONGEST)];
        let said = &rest[..memchr::memmem::find(rest, b"?>").unwrap_or(rest.len())];
        next = at + said.len();
        links::quoted(said, |address, _| {
            if is_foreign(input, &markup::unescaped(address)) {
                tell(at);
            }
        });
    }
}

fn runs_scripts(tag: &Tag) -> bool {
    let kind = tag.get("type").unwrap_or_default().trim().to_ascii_lowercase();
    let script = ["javascript", "ecmascript", "jscript", "livescript"].iter().any(|name| kind.contains(name));
    script || matches!(kind.as_str(), "" | "module" | "importmap" | "speculationrules")
}

/// What a browser loads for a tag without being asked, and whoever previews the page.
fn loads(tag: &Tag) -> Vec<&str> {
    let mut relations = tag.get("rel").unwrap_or_default().split_ascii_whitespace().peekable();
    let is_unfollowed = relations.peek().is_some()
        && relations.all(|relation| UNFOLLOWED.iter().any(|known| relation.eq_ignore_ascii_case(known)));
    let header = tag.get("http-equiv").filter(|_| tag.name == "meta").unwrap_or_default().trim().to_ascii_lowercase();
    let is_card = [tag.get("property"), tag.get("name")].into_iter().flatten().any(is_card);
    let mut all = Vec::new();
    for (name, value, _) in tag.attributes() {
        match name {
            "srcset" | "imagesrcset" => all.extend(markup::set_addresses(value)),
            "ping" | "attributionsrc" => all.extend(value.split_ascii_whitespace()),
            "src" | "poster" | "data" | "action" | "formaction" | "manifest" | "background" | "lowsrc" => {
                all.push(value)
            }
            "href" | "xlink:href" => match tag.name.as_str() {
                // A link is followed by people.
                "a" | "area" if !starts_with(value.trim_start(), "javascript:") => {}
                "link" if is_unfollowed => {}
                _ => all.push(value),
            },
            // Animations set addresses as other attributes do.
            "to" | "from" | "by" | "values" => all.extend(value.split(';')),
            "content" if header == "refresh" => all.extend(markup::refresh_address(value)),
            "content" if header.starts_with("content-security-policy") => all.extend(reported(value)),
            "content" if is_card => all.push(value),
            _ => {}
        }
    }
    all
}

/// To whom a policy tells what goes against it.
fn reported(policy: &str) -> impl Iterator<Item = &str> {
    policy.split(';').flat_map(|rule| {
        let mut words = rule.split_ascii_whitespace();
        let tells = words
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("report-uri") || name.eq_ignore_ascii_case("report-to"));
        words.filter(move |_| tells)
    })
}

/// Whether a property gives a preview something to load: a picture, a film, a player.
fn is_card(name: &str) -> bool {
    ["og:image", "og:video", "og:audio", "twitter:image", "twitter:player"]
        .iter()
        .any(|known| starts_with(name.trim(), known))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

/// Looks into an address that is a page, a style or a script itself.
fn inline(input: &AuditInput, address: &str, depth: usize, tell: &mut dyn FnMut(usize)) {
    let address = address.trim_start();
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    if starts_with(address, "javascript:") {
        asks(input, &decoded(&address["javascript:".len()..]), depth, tell);
    } else if starts_with(address, "data:")
        && let Some((kind, body)) = address["data:".len()..].split_once(',')
    {
        let kind = kind.to_ascii_lowercase();
        let mut body = decoded(body);
        if kind.contains(";base64") {
            body.retain(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
            body = base64(&body);
        }
        if kind.contains("javascript") || kind.contains("ecmascript") {
            asks(input, &body, depth + 1, tell);
        } else if kind.starts_with("text/css") {
            styled(input, &body, tell);
        } else if kind.contains("html") || kind.contains("xml") {
            within(input, &body, depth + 1, tell);
        }
    }
}

/// Tells each text of a script that is an address on another site, or markup that asks for one; in base64, too.
fn asks(input: &AuditInput, script: &[u8], depth: usize, tell: &mut dyn FnMut(usize)) {
    if depth > DEEPEST {
        return;
    }
    links::quoted(script, |text, at| {
        if names_another_site(input, text) {
            tell(at);
        } else if text.contains('<') {
            within(input, text.as_bytes(), depth + 1, &mut |_| tell(at));
        }
    });
    encoded(script, |text, at| {
        let decoded = String::from_utf8(base64(text)).unwrap_or_default();
        if names_another_site(input, &decoded) {
            tell(at);
        } else if decoded.contains('<') {
            within(input, decoded.as_bytes(), depth + 1, &mut |_| tell(at));
        } else {
            asks(input, decoded.as_bytes(), depth + 1, &mut |_| tell(at));
        }
    });
    for start in MEETING {
        for at in memchr::memmem::find_iter(script, start.as_bytes()) {
            let is_quoted = at.checked_sub(1).is_some_and(|before| matches!(script[before], b'"' | b'\'' | b'`'));
            if is_quoted && is_foreign_server(input, &script[at + start.len()..]) {
                tell(at);
            }
        }
    }
}

/// Whether a text of a script is an address on another site.
fn names_another_site(input: &AuditInput, text: &str) -> bool {
    // Names of vocabularies are addresses that nobody asks for.
    if text.contains("//www.w3.org/") {
        return false;
    }
    // A comment between two texts is no address.
    let address = links::as_browsers_read(text);
    let host = address.strip_prefix("//").and_then(|rest| rest.split(['/', '?', '#']).next());
    let is_comment = host.is_some_and(|host| !host.contains('.') || host.contains([' ', '(', ')', ',', ';']));
    !is_comment && is_foreign(input, text)
}

/// Whether what follows the scheme of a server is the name of another one than the site's, with or without a port.
fn is_foreign_server(input: &AuditInput, rest: &[u8]) -> bool {
    let is_of_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'[' | b']' | 0x80..);
    let host = &rest[..rest.iter().position(|byte| !is_of_host(byte)).unwrap_or(rest.len())];
    let host = String::from_utf8_lossy(host);
    host.trim_matches('.').contains(['.', '[']) && !links::is_own_host(input, &host)
}

/// Tells each text of a script that may be an address, or a script, in base64.
fn encoded(script: &[u8], mut tell: impl FnMut(&[u8], usize)) {
    let is_symbol = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut quotes = memchr::memchr3_iter(b'"', b'\'', b'`', script).peekable();
    while let Some(open) = quotes.next() {
        let Some(close) = quotes.peek().copied() else { break };
        let text = &script[open + 1..close];
        if (8..LARGEST_ENCODED).contains(&text.len()) && text.iter().all(is_symbol) {
            let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
            tell(&text[..text.len() - padding], open + 1);
        }
    }
}

/// Whether an address is on another site.
pub(super) fn is_foreign(input: &AuditInput, address: &str) -> bool {
    let lower = links::as_browsers_read(address).to_ascii_lowercase();
    // Browsers do without the slashes behind a scheme of the web, or take more of them.
    let rest = match WEB.iter().find_map(|scheme| lower.strip_prefix(scheme)) {
        Some(rest) => rest,
        None if lower.starts_with("//") => &lower,
        None => return false,
    };
    let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !links::is_own_host(input, host)
}

/// Notes the styles and scripts of the site's own that a page loads.
pub(super) fn uses(input: &AuditInput, path: &str, page: &[u8], used: &mut Used) {
    let base = links::base_of(page);
    let from = base.as_deref().unwrap_or(path);
    let mut add = |address: &str, language: Option<Language>| {
        if let Some(file) = own_file(input, from, address)
            && let Some(language) = language.or_else(|| by_name(&file))
        {
            used.insert((file, language));
        }
    };
    markup::parts(page, |part| match part {
        Part::Tag(tag) if tag.name == "script" => {
            for address in ["src", "href", "xlink:href"].iter().filter_map(|name| tag.get(name)) {
                add(address, Some(Language::Quoted));
            }
        }
        Part::Tag(tag) if tag.name == "link" => {
            let relations = tag.get("rel").unwrap_or_default().to_ascii_lowercase();
            let language = relations.contains("stylesheet").then_some(Language::Style);
            tag.get("href").into_iter().for_each(|address| add(address, language));
        }
        Part::Text { inside: "style", text, .. } => markup::style_addresses(text, |address, _| add(address, None)),
        Part::Text { inside: "script", text, .. } => links::quoted(text, |address, _| add(address, None)),
        _ => {}
    });
}

/// The path below the output of a file that is the site's own.
fn own_file(input: &AuditInput, from: &str, address: &str) -> Option<String> {
    let target = links::absolute(input, from, address).filter(|target| !target.is_elsewhere)?;
    let path = percent_encoding::percent_decode_str(&target.path).decode_utf8().ok()?;
    links::below_base(input, &path).map(str::to_owned)
}

fn by_name(path: &str) -> Option<Language> {
    match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "css" => Some(Language::Style),
        "js" | "mjs" => Some(Language::Quoted),
        _ => None,
    }
}

/// Checks the styles and scripts that private pages load, and what those import.
pub(super) fn check_used(input: &AuditInput, files: &[Lying], used: Used) -> Report {
    let mut report = Report::default();
    let mut waiting: Vec<_> = used.iter().cloned().collect();
    let mut known = used;
    while let Some((path, language)) = waiting.pop() {
        let place = files.binary_search_by(|file| file.path.as_str().cmp(&path)).ok().map(|at| &files[at]);
        let Some(file) = place.filter(|file| file.size <= LARGEST) else { continue };
        // That it cannot be read is told by the reading of all files.
        let Ok(content) = fs::read(&file.place) else { continue };
        let mut tell = |at: usize| {
            let what = if language == Language::Style { "stylesheet" } else { "script" };
            let message = format!("this {what}, used by private pages, loads something from another site");
            report.tell(Rule::AssetRequest, &path, Some(at), message);
        };
        let mut add = |address: &str| {
            if let Some(found) = own_file(input, &path, address)
                && let Some(language) = by_name(&found)
                && known.insert((found.clone(), language))
            {
                waiting.push((found, language));
            }
        };
        if language == Language::Style {
            styled(input, &content, &mut tell);
            markup::style_addresses(&content, |address, _| add(address));
        } else {
            asks(input, &content, 0, &mut tell);
            links::quoted(&content, |address, _| add(address));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> AuditInput {
        AuditInput { origin: Some("https://a.example".to_owned()), base: "/".to_owned(), ..AuditInput::default() }
    }

    fn asked(page: &str) -> usize {
        let mut count = 0;
        requests(&input(), page.as_bytes(), &mut |_| count += 1);
        count
    }

    #[test]
    fn pages_and_scripts_that_keep_to_the_site_ask_for_nothing() {
        for page in [
            "<img src=/a.gif><img src=https://A.example/a.gif><link rel=license href=https://b.example/>",
            "<script>f(`a`)// https://b.example/ is not asked\n+'b'; if (a<b) g('<b>', \"/c\")</script>",
            "<script>f('turn:left.', 'function', \"stun:A.example:3478\", 'L2EvYi5qcGc=', 'aHR0cHM6Ly9hLmV4YW1wbGUv', 'stun:')</script>",
            "<?xml-stylesheet href='/a.css'?><meta http-equiv=Content-Security-Policy content=\"img-src https://b.example/; report-uri /r\">",
            "<p style=\"content:'https://b.example/'\"><img alt='url(https://b.example/)' src='data:image/png;base64,AAAA'>",
        ] {
            assert_eq!(asked(page), 0, "{page}");
        }
        for (name, text) in crate::pages::files::BUILT_IN.iter().filter(|(name, _)| name.ends_with(".js")) {
            asks(&input(), text.as_bytes(), 0, &mut |at| panic!("{name} at {at}"));
        }
    }

    #[test]
    fn styles_and_scripts_that_a_page_loads_are_noted_and_no_others() {
        let mut used = Used::new();
        let page = "<link rel=stylesheet href=/s/a.css><script src=../j></script><img src=/no.css>\
            <style>@import 'b.css';</style><script>import('/c.mjs');f('/d.png')</script>\
            <link rel=modulepreload href=//a.example/e.js><script src=//b.example/f.js></script>";
        uses(&input(), "g/index.html", page.as_bytes(), &mut used);
        let used: Vec<&str> = used.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(used, ["c.mjs", "e.js", "g/b.css", "j", "s/a.css"]);
    }

    #[test]
    fn each_request_to_another_site_is_found() {
        for body in [
            "<script src='https://b.example/a.js'></script>",
            "<link rel=stylesheet href=//b.example/a.css>",
            "<img src=\"https&colon;//b.example/a\">",
            "<img src='&#104;ttps&colon;&sol;&sol;b&period;example/a'>",
            "<img src=&#47&#47b.example/a>",
            "<img src='https&colon;&bsol;&bsol;b.example/a'>",
            "<iframe srcdoc='&lt;img src=&quot;https&amp;colon;//b.example/a&quot;&gt;'></iframe>",
            "<svg><style><img src=//b.example/a></style></svg>",
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
            "<meta http-equiv=Refresh content='0; https://b.example/'>",
            "<style>@IMPORT 'https://b.example/a.css';a{b:URL(/a)}</style>",
            "<style>a{b:image-set('https://b.example/a.png' 1x)}</style>",
            "<style>@import/**/\"https://b.example/a.css\"</style>",
            "<style>a{b:u\\72l(https\\3a //b.example/)}</style>",
            "<script type=importmap>{\"imports\":{\"a\":\"https://b.example/a.js\"}}</script>",
            "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"https://b.example/\"]}]}</script>",
            "<script type=text/jscript>f('https://b.example/')</script>",
            "<svg><feImage href='https://b.example/a.svg'/></svg>",
            "<svg><rect fill=\"url('https://b.example/a.svg#a')\"/></svg>",
            "<svg><image><set attributeName=href to='https://b.example/a.png'/></image></svg>",
            "<svg><animate attributeName=href values='/a.png;https://b.example/a.png'/></svg>",
            "<link rel='license stylesheet' href='https://b.example/a.css'>",
            "<img src='http:/b.example/a.gif'>",
            "<img src='http:b.example/a.gif'>",
            "<script>document.write(\"<img src=https://b.example/a.gif>\")</script>",
            "<script>f('https:\\x2f\\x2fb.example')</script>",
            "<iframe src=\"data:text/html,<img src='https://b.example/a.gif'>\"></iframe>",
            "<iframe src='data:text/html;base64,PGltZyBzcmM9Ly9iLmV4YW1wbGUvYT4='></iframe>",
            "<iframe src=\"javascript:fetch('//b.example/')\"></iframe>",
            "<a href=/ ping='/a https://b.example/'>x</a>",
            "<!-- a --!><img src=//b.example/a.gif><!-- -->",
            "<meta property=og:video content='https://b.example/a.mp4'>",
            "<meta name=twitter:player content='https://b.example/'>",
            "<noscript><img src=//b.example/a.gif></noscript>",
            "<script>fetch(atob('aHR0cHM6Ly9iLmV4YW1wbGUv'))</script>",
            "<script>fetch(atob(`Ly9iLmV4YW1wbGUvYQ==`))</script>",
            "<script>eval(atob(\"ZmV0Y2goJ2h0dHBzOi8vYi5leGFtcGxlLycp\"))</script>",
            "<script>new RTCPeerConnection({iceServers:[{urls:'stun:stun.b.example:3478'}]})</script>",
            "<script>f(\"turns:b.example?transport=tcp\")</script>",
            "<?xml-stylesheet type='text/css' href=\"https://b.example/a.css\"?><p>",
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'; report-uri https://b.example/\">",
            "<meta http-equiv=content-security-policy-report-only content='Report-To //b.example/'>",
            "<meta name=twitter:card content=summary><link rel=icon href=https://b.example/a.png>",
        ] {
            assert!(asked(body) > 0, "{body}");
        }
    }
}
