//! Behaviours: what a site's own files make a browser do beyond showing a page: ask other hosts, send forms, store, report.
//!
//! A reading for warnings about files that the owner wrote; what browsers allow is the content security policy's
//! affair. Comments are skipped, and what templates put in at last is not known.

use std::path::Path;

use crate::markup::{self, Part, Tag};
use crate::{Code, Error};

use super::position::line_of;

/// What a file makes a browser do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// Asks another host for something.
    Elsewhere,
    /// Has a form.
    Form,
    /// Keeps something in the browser.
    Stores,
    /// Tells somebody what is looked at.
    Reports,
    /// Has what the policy of the pages refuses, wherever it comes from.
    Refused(Refused),
}

/// What the policy of the pages refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// A script that stands in the page.
    Script,
    /// Styles that stand in the page.
    Style,
    /// Styles of one element.
    StyleAttribute,
    /// A script in an attribute, as `onclick`.
    Handler,
    /// A script as an address.
    ScriptAddress,
    /// Another page, or what a plug-in shows.
    Frame,
    /// Another place that addresses count from.
    Base,
    /// A header in the place of those that pages have.
    Meta,
    /// A file that stands in its address.
    InPlace,
}

impl Refused {
    /// What is said of it: what it is, and what does the same. `what` is the element or attribute.
    fn told(self, what: &str) -> (String, &'static str) {
        match self {
            Self::Script => (
                "the inline script does not run".to_owned(),
                "move it to the theme's `assets/` and load it: `<script src=\"{{ assets[\"name.js\"] }}\" \
                 type=\"module\"></script>`",
            ),
            Self::Style => ("`<style>` has no effect".to_owned(), "move it to the theme's `custom.css`"),
            Self::StyleAttribute => (
                "`style=\"…\"` has no effect".to_owned(),
                "give the element a class, and style the class in the theme's `custom.css`",
            ),
            Self::Handler => (
                format!("`{what}` does not run"),
                "handle the event in a script in the theme's `assets/`: `element.addEventListener(…)`",
            ),
            Self::ScriptAddress => (
                format!("`javascript:` in `{what}` does not run"),
                "handle the click in a script in the theme's `assets/`",
            ),
            Self::Frame => (format!("`<{what}>` stays empty"), "link to it instead: pages cannot embed other pages"),
            Self::Base => ("`<base>` has no effect".to_owned(), "write `{{ site.base }}` in front of addresses"),
            Self::Meta => (
                format!("`http-equiv=\"{what}\"` does not belong in a page"),
                "remove it: the theme and `_headers` contain all instructions for browsers",
            ),
            Self::InPlace => {
                (format!("the content of a `{what}` address is not shown"), "put the file into the theme's `assets/`")
            }
        }
    }
}

/// One behaviour, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The line, from 1.
    pub line: usize,
    /// What is done.
    pub behaviour: Behaviour,
    /// The host that is asked or the word that does it.
    pub what: String,
}

/// Elements and attributes whose address is fetched without a click.
const FETCHED: [(&str, &str); 22] = [
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("frame", "src"),
    ("embed", "src"),
    ("input", "src"),
    ("track", "src"),
    ("audio", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("object", "data"),
    ("image", "href"),
    ("image", "xlink:href"),
    ("use", "href"),
    ("use", "xlink:href"),
    ("feimage", "href"),
    ("feimage", "xlink:href"),
    ("script", "href"),
    ("script", "xlink:href"),
];

/// Attributes that hold an address, also of what happens at a click.
const ADDRESSES: [&str; 12] =
    ["href", "xlink:href", "src", "action", "formaction", "data", "poster", "background", "to", "from", "values", "by"];

/// Relations of a `link` whose address is fetched, or whose host is asked, without a click.
const RELATIONS: [&str; 9] = [
    "stylesheet",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "icon",
    "apple-touch-icon",
    "manifest",
];

/// Names in scripts that keep something in the browser.
const STORES: [&str; 7] =
    ["document.cookie", "cookieStore", "localStorage", "sessionStorage", "indexedDB", "caches.open", "serviceWorker"];

/// What a file of this name makes a browser do; nothing for kinds of files that do nothing by themselves.
///
/// What the policy refuses is told of pages alone: of other files it depends on where they stand.
pub fn behaviours(name: &str, text: &str) -> Vec<Found> {
    let mut reading = Reading { text, found: Vec::new() };
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => reading.markup(true),
        "svg" => reading.markup(false),
        "css" => reading.style(text.as_bytes(), 0),
        "js" | "mjs" => reading.script(text, 0),
        _ if name == "_headers" => reading.headers(),
        _ => {}
    }
    reading.found.sort();
    reading.found.dedup();
    reading.found
}

/// Warnings about a file of a theme: what browsers refuse, and what asks other hosts than `own`, the site's.
pub(super) fn warnings(name: &str, file: &Path, text: &str, own: Option<&str>) -> Vec<Error> {
    let told = |found: Found| {
        let (message, hint) = match found.behaviour {
            Behaviour::Refused(refused) => {
                let (what, instead) = refused.told(&found.what);
                (format!("{what}, because the content security policy blocks it"), instead)
            }
            Behaviour::Elsewhere if own == Some(&*found.what) => return None,
            Behaviour::Elsewhere => (
                format!("nothing is loaded from `{}`, because the content security policy blocks it", found.what),
                "put a copy of the file into the theme's `assets/`: pages load nothing from other sites",
            ),
            Behaviour::Form if found.what == "form" || own == Some(&*found.what) => return None,
            Behaviour::Form => (
                format!("the form is not sent, because the content security policy blocks `{}`", found.what),
                "link to a page with the form instead",
            ),
            Behaviour::Stores | Behaviour::Reports => return None,
        };
        Some(Error::new(Code::BlockedByPolicy, message).at_line(file, found.line, 1).hint(hint))
    };
    // What a script names need not be asked: it may be a link.
    let is_shown = [".html", ".htm", ".css"].iter().any(|ending| name.ends_with(ending));
    behaviours(name, text).into_iter().filter(|_| is_shown).filter_map(told).collect()
}

struct Reading<'t> {
    text: &'t str,
    found: Vec<Found>,
}

impl Reading<'_> {
    fn add(&mut self, at: usize, behaviour: Behaviour, what: &str) {
        self.found.push(Found { line: line_of(self.text, at), behaviour, what: what.to_owned() });
    }

    fn address(&mut self, at: usize, address: &str) {
        if let Some(host) = host_of(address) {
            self.add(at, Behaviour::Elsewhere, host);
        }
    }

    fn markup(&mut self, is_page: bool) {
        let html = of_template(self.text);
        let mut kind = String::new();
        markup::flat_parts(html.as_bytes(), |part| match part {
            Part::Tag(tag) => {
                kind = tag.get("type").unwrap_or_default().to_owned();
                self.tag(tag, is_page);
            }
            Part::Text { inside: "style", at, text } => self.style(text, at),
            Part::Text { inside: "script", at, text } if is_run(&kind) => {
                self.script(&String::from_utf8_lossy(text), at);
            }
            Part::Text { .. } | Part::Close(_) => {}
        });
    }

    fn tag(&mut self, tag: &Tag, is_page: bool) {
        let name = tag.name.as_str();
        let relations = tag.get("rel").unwrap_or_default().to_ascii_lowercase();
        let is_asked =
            name == "link" && relations.split_ascii_whitespace().any(|relation| RELATIONS.contains(&relation));
        for (key, value, at) in tag.attributes() {
            let fetched = FETCHED.contains(&(name, key))
                || key == "background"
                || is_asked && matches!(key, "href" | "imagesrcset");
            if fetched {
                // Only `srcset` has several, and a comma within an address begins none.
                let several = key.ends_with("srcset");
                let addresses: Vec<&str> = if several { value.split(", ").collect() } else { vec![value] };
                for address in addresses {
                    self.address(at, address);
                    self.in_place(at, address);
                }
            } else if key == "style" {
                self.style(value.as_bytes(), at);
            } else if name == "a" && key == "ping" {
                self.add(at, Behaviour::Reports, "ping");
            }
            if is_page {
                self.refused(name, key, value, at);
            }
        }
        if name == "form" {
            let host = tag.get("action").and_then(host_of);
            self.add(tag.at, Behaviour::Form, host.unwrap_or("form"));
        }
        if is_page {
            self.refused_tag(tag);
        }
    }

    /// What the policy refuses of an attribute.
    fn refused(&mut self, element: &str, key: &str, value: &str, at: usize) {
        let handler = key
            .strip_prefix("on")
            .is_some_and(|event| event.len() > 2 && event.bytes().all(|byte| byte.is_ascii_alphabetic()));
        if handler {
            self.add(at, Behaviour::Refused(Refused::Handler), key);
        } else if key == "style" {
            self.add(at, Behaviour::Refused(Refused::StyleAttribute), key);
        } else if ADDRESSES.contains(&key) && scheme(value) == "javascript" {
            self.add(at, Behaviour::Refused(Refused::ScriptAddress), key);
        } else if key == "formaction"
            && let Some(host) = host_of(value)
        {
            self.add(at, Behaviour::Form, host);
        } else if key == "srcdoc" && element != "iframe" {
            self.add(at, Behaviour::Refused(Refused::Frame), key);
        }
    }

    /// What the policy refuses of an element itself.
    fn refused_tag(&mut self, tag: &Tag) {
        let header = tag.get("http-equiv").unwrap_or_default().to_ascii_lowercase();
        let has = |name: &str| tag.get(name).is_some();
        let refused = match tag.name.as_str() {
            "script" if !has("src") && !has("href") && !has("xlink:href") => {
                is_run(tag.get("type").unwrap_or_default()).then_some(Refused::Script)
            }
            "style" => Some(Refused::Style),
            "iframe" | "frame" | "object" | "embed" | "applet" | "portal" | "fencedframe" => Some(Refused::Frame),
            "base" if has("href") => Some(Refused::Base),
            "meta" => {
                // The policy that pages have is written by the theme itself.
                let content = tag.attributes().find(|(name, ..)| *name == "content");
                let written = content.and_then(|(_, value, at)| self.text.get(at..at + value.len()));
                let is_own = written.is_some_and(|text| text.contains("theme.policy") || text.contains("page.policy"));
                match header.as_str() {
                    "refresh" | "set-cookie" => Some(Refused::Meta),
                    "content-security-policy" | "content-security-policy-report-only" if !is_own => Some(Refused::Meta),
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(refused) = refused {
            let what = if refused == Refused::Meta { &header } else { &tag.name };
            self.add(tag.at, Behaviour::Refused(refused), what);
        }
    }

    /// An address that holds the file itself.
    fn in_place(&mut self, at: usize, address: &str) {
        let scheme = scheme(address);
        if matches!(scheme.as_str(), "data" | "blob" | "filesystem") {
            self.add(at, Behaviour::Refused(Refused::InPlace), &format!("{scheme}:"));
        }
    }

    fn style(&mut self, css: &[u8], base: usize) {
        markup::style_addresses(css, |address, at| {
            self.address(base + at, address);
            self.in_place(base + at, address);
        });
    }

    fn script(&mut self, script: &str, base: usize) {
        let (code, words) = apart(script);
        for (at, word) in words {
            self.address(base + at, word);
        }
        for name in STORES {
            for (at, _) in code.match_indices(name) {
                self.add(base + at, Behaviour::Stores, name);
            }
        }
        for (at, _) in code.match_indices("sendBeacon") {
            self.add(base + at, Behaviour::Reports, "sendBeacon");
        }
    }

    fn headers(&mut self) {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if line.trim_start().to_ascii_lowercase().starts_with("set-cookie:") {
                self.add(at, Behaviour::Stores, "Set-Cookie");
            }
            at += line.len();
        }
    }
}

/// The scheme of an address as browsers see it, in lower case; empty where it has none.
fn scheme(address: &str) -> String {
    let plain: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    match plain.split_once(':') {
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) => {
            scheme.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

/// Whether browsers run a script of this type, rather than keep it as data.
fn is_run(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    matches!(kind, "" | "module" | "importmap" | "speculationrules")
        || kind.ends_with("javascript")
        || kind.ends_with("ecmascript")
}

/// The host of an address that leaves the site; names of XML vocabularies are never asked.
fn host_of(address: &str) -> Option<&str> {
    let address = address.trim();
    let known = ["https:", "http:", "wss:", "ws:"];
    let scheme =
        known.iter().find(|scheme| address.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
    let rest = address[scheme.map_or(0, |scheme| scheme.len())..].strip_prefix("//")?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#:\"'`)\\".contains(c)).unwrap_or(rest.len());
    let host = &rest[..end];
    (host.contains('.') && host != "www.w3.org").then_some(host)
}

/// The HTML of a template: comments and statements are blank, values are a word, and everything stands where it stood.
fn of_template(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((start, (_, close, filler))) =
        MARKS.into_iter().filter_map(|mark| Some((rest.find(mark.0)?, mark))).min_by_key(|(start, _)| *start)
    {
        let end = rest[start + 2..].find(close).map_or(rest.len(), |at| start + 2 + at + 2);
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { filler }));
        rest = &rest[end..];
    }
    out + rest
}

/// What begins and ends code of a template, and what stands for it.
const MARKS: [(&str, &str, char); 3] = [("{#", "#}", ' '), ("{%", "%}", ' '), ("{{", "}}", '_')];

/// A script without comments and quoted words, everything where it was; and the quoted words with their places.
fn apart(script: &str) -> (String, Vec<(usize, &str)>) {
    let mut code = String::with_capacity(script.len());
    let mut words = Vec::new();
    let mut at = 0;
    let blank = |code: &mut String, from: usize, to: usize| {
        code.extend(script[from..to].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    };
    while let Some(c) = script[at..].chars().next() {
        let rest = &script[at..];
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else if matches!(c, '"' | '\'' | '`') {
            let mut escaped = false;
            let close = rest[1..].find(|next| {
                let closes = next == c && !escaped;
                escaped = next == '\\' && !escaped;
                closes
            });
            let end = close.map_or(rest.len(), |close| close + 2);
            words.push((at, &rest[1..close.map_or(rest.len(), |close| close + 1)]));
            end
        } else {
            code.push(c);
            at += c.len_utf8();
            continue;
        };
        blank(&mut code, at, at + end);
        at += end;
    }
    (code, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &str) -> Vec<(usize, Behaviour, String)> {
        behaviours(name, text).into_iter().map(|found| (found.line, found.behaviour, found.what)).collect()
    }

    #[test]
    fn markup_that_asks_other_hosts_is_found_with_its_line() {
        let text = "<!-- <img src=\"https://no.example/a\"> -->\n\
                    {# <script src=\"https://no.example/b\"></script> #}\n\
                    <link rel=\"stylesheet\" href=\"https://fonts.example/css?x\">\n\
                    <link rel=\"license\" href=\"https://licence.example/\"><a href='https://friend.example/'>friend</a>\n\
                    <script async src=//count.example/a.js></script>\n\
                    <img alt=\"a > b\" srcset=\"/a.jpg 1x, https://pictures.example/b.jpg 2x\" src=\"{{ assets[\"a.jpg\"] }}\">\n\
                    <style>\n@import 'https://fonts.example/more.css';\n</style>";
        let elsewhere = |line, host: &str| (line, Behaviour::Elsewhere, host.to_owned());
        assert_eq!(
            told("head-extra.html", text),
            [
                elsewhere(3, "fonts.example"),
                elsewhere(5, "count.example"),
                elsewhere(6, "pictures.example"),
                (7, Behaviour::Refused(Refused::Style), "style".to_owned()),
                elsewhere(8, "fonts.example")
            ]
        );
    }

    #[test]
    fn forms_stores_and_reports_are_found() {
        let text = "<form action=\"/send\">\n<a ping=\"/count\" href=\"/\">x</a>\n<script>\n// localStorage\nlocalStorage.a = 'document.cookie';\nnavigator.sendBeacon(\"/count\")</script>";
        assert_eq!(
            told("footer-extra.html", text),
            [
                (1, Behaviour::Form, "form".to_owned()),
                (2, Behaviour::Reports, "ping".to_owned()),
                (3, Behaviour::Refused(Refused::Script), "script".to_owned()),
                (5, Behaviour::Stores, "localStorage".to_owned()),
                (6, Behaviour::Reports, "sendBeacon".to_owned())
            ]
        );
        assert_eq!(told("_headers", "/*\n  Set-Cookie: a=1\n"), [(2, Behaviour::Stores, "Set-Cookie".to_owned())]);
    }

    #[test]
    fn stylesheets_and_scripts_that_ask_other_hosts_are_found() {
        let css = "/* url(https://no.example/) */ a{background:url(\"assets/a.png\")}\n@font-face{src:url( 'https://fonts.example/a.woff2' )}";
        assert_eq!(told("custom.css", css), [(2, Behaviour::Elsewhere, "fonts.example".to_owned())]);
        let script =
            "/* 'https://no.example' */ fetch(`https://api.example/${1}`)\nlet ns = \"http://www.w3.org/2000/svg\";";
        assert_eq!(told("script.js", script), [(1, Behaviour::Elsewhere, "api.example".to_owned())]);
    }

    /// What is warned of, as `line: message`.
    fn warned(name: &str, text: &str) -> Vec<String> {
        let all = warnings(name, Path::new("mine"), text, Some("own.example"));
        all.iter().map(|error| format!("{}: {}", error.place.as_ref().unwrap().line.unwrap(), error.message)).collect()
    }

    #[test]
    fn everything_that_the_policy_refuses_is_told_with_its_line() {
        let refused = [
            "<script>go()</script>",
            "<script type=\"module\">go()</script>",
            "<SCRIPT TYPE='text/JavaScript; charset=utf-8'>go()</SCRIPT>",
            "<script type=importmap>{}</script>",
            "<style>a{}</style>",
            "<p style=\"color:red\">x</p>",
            "<p style='background:url(/a.png)'>x</p>",
            "<p {% if page.title %}style=\"{{ page.title }}\"{% endif %}>x</p>",
            "<a href=\"/\" onclick=\"go()\">x</a>",
            "<body ONLOAD=go()>",
            "<svg onload=go()></svg>",
            "<a href=\"javascript:go()\">x</a>",
            "<a href=\" java&#115;cript&colon;go()\">x</a>",
            "<a href=\"java\tscript:go()\">x</a>",
            "<form action=javascript:go()></form>",
            "<svg><a xlink:href=\"javascript:go()\">x</a></svg>",
            "<iframe src=\"/map.html\"></iframe>",
            "<iframe srcdoc=\"x\"></iframe>",
            "<object data=/a.pdf></object>",
            "<embed src=/a.pdf>",
            "<base href=/elsewhere/>",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://else.example/\">",
            "<meta http-equiv=Content-Security-Policy content=\"script-src *\">",
            "<meta http-equiv=set-cookie content=a>",
            "<img src=\"data:image/gif;base64,R0lGOD\">",
            "<img src=https://else.example/a.png>",
            "<img src=\"//else.example/a.png\">",
            "<img src=\"https://else.example/{{ page.kind }}.png\">",
            "<img src=\"https&colon;//else.example/a.png\">",
            "<img srcset=\"/a.png 1x, https://else.example/b.png 2x\">",
            "<picture><source srcset=https://else.example/a.webp></picture>",
            "<video src=https://else.example/a.mp4></video>",
            "<video poster=https://else.example/a.png></video>",
            "<audio src=https://else.example/a.mp3></audio>",
            "<video><track src=https://else.example/a.vtt></video>",
            "<svg><use href=https://else.example/a.svg#b /></svg>",
            "<svg><image xlink:href=https://else.example/a.png /></svg>",
            "<input type=image src=https://else.example/a.png>",
            "<td background=https://else.example/a.png>",
            "<script src=https://else.example/a.js></script>",
            "<script\nsrc='https://else.example/a.js'></script>",
            "<link rel=stylesheet href=https://else.example/a.css>",
            "<link rel=\"preload\" as=font href=https://else.example/a.woff2>",
            "<link rel=\"shortcut icon\" href=https://else.example/a.ico>",
            "<link rel=preconnect href=https://else.example>",
            "<form action=https://else.example/send></form>",
            "<button formaction=https://else.example/send>x</button>",
        ];
        for html in refused {
            let told = warned("head-extra.html", &format!("{{#\n<img src=https://no.example/a> #}}\n{html}"));
            assert!(!told.is_empty(), "{html}");
            assert!(told.iter().all(|told| told.starts_with("3: ") || told.starts_with("4: ")), "{html}: {told:?}");
            assert!(told.iter().all(|told| told.contains("policy blocks")), "{html}: {told:?}");
        }
    }

    #[test]
    fn what_the_policy_lets_pass_is_not_told() {
        for html in [
            "<script src=\"{{ assets[\"a.js\"] }}\" type=module></script>",
            "<script type=\"application/ld+json\">{\"@context\": \"https://schema.org\"}</script>",
            "<script type=application/json>{}</script>",
            "<!-- <script>go()</script> <p style=a onclick=b> -->",
            "{# <iframe></iframe> #}{% if a %}{% endif %}",
            "<p class=style title=\"onclick=go() javascript:go()\">style=\"\" javascript:</p>",
            "<a href=https://else.example/>x</a><a rel=me href=https://else.example/@me>x</a>",
            "<link rel=me href=https://else.example/@me><link rel=\"license alternate\" href=https://else.example/>",
            "<link rel=stylesheet href=/a.css><img src=/a.png srcset=\"/a.png 1x, /b.png 2x\">",
            "<img src=https://own.example/a.png><form action=/send></form><form action=https://own.example/send></form>",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"{{ theme.policy }}\">",
            "<meta http-equiv=content-type content=text/html><meta name=refresh content=a>",
            "<svg><use href=#a /></svg><p data-style=a data-onclick=b on=c>",
            "<code>&lt;iframe src=https://else.example/&gt;</code>",
        ] {
            assert_eq!(warned("head-extra.html", html), [] as [&str; 0], "{html}");
        }
        assert_eq!(warned("custom.css", "a{b:url(https://own.example/c)}"), [] as [&str; 0]);
        let css = warned("custom.css", "\na{b:url(data:image/png;base64,x)}\n@import 'https://else.example/a.css';");
        assert_eq!(css.len(), 2, "{css:?}");
        assert!(css[0].starts_with("2: ") && css[1].starts_with("3: "), "{css:?}");
    }

    #[test]
    fn the_code_of_templates_is_no_html_and_moves_nothing() {
        let template = "{# <b> #}<a {% if x %}class=\"y\"{% endif %} href=\"{{ assets[\"a>b\"] }}\">\n{{ \"<i>\" | é }}<img src={{ x }} alt=z>";
        let html = of_template(template);
        assert_eq!(html.len(), template.len());
        assert_eq!(html.find("<a "), template.find("<a "));
        let mut tags = Vec::new();
        markup::flat_parts(html.as_bytes(), |part| {
            if let Part::Tag(tag) = part {
                tags.push(tag.clone());
            }
        });
        assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["a", "img"]);
        assert_eq!(tags[0].get("class"), Some("y"));
        assert!(tags[0].get("href").is_some_and(|value| value.chars().all(|c| c == '_')));
        assert_eq!(tags[1].get("alt"), Some("z"));
    }

    #[test]
    fn the_built_in_theme_does_none_of_it() {
        for (name, text) in crate::pages::files::BUILT_IN.iter() {
            let mut found: Vec<_> = behaviours(name, text).into_iter().map(|found| found.behaviour).collect();
            found.dedup();
            let expected: &[Behaviour] = match *name {
                // What clients choose as favourites is kept in their browser, and a gallery that they ask it to remember.
                "favourites.js" | "unlock.js" => &[Behaviour::Stores],
                // What is typed there is sent nowhere.
                "unlock.html" | "find.html" => &[Behaviour::Form],
                _ => &[],
            };
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn broken_files_are_read_to_their_end() {
        for text in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href='",
            "<img src=\"é",
            "<script>`é",
            "{{ <!-- é",
            "</script>",
            "<é é=é>",
        ] {
            for name in ["a.html", "a.css", "a.js", "_headers", "a.txt"] {
                assert!(behaviours(name, text).len() < 3);
            }
            assert_eq!(of_template(text).len(), text.len());
        }
    }
}
