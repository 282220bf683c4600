//! What a site's own files make a browser do beyond showing a page: ask other hosts, send forms, store, report.
//!
//! A reading for warnings about files that the owner wrote; what browsers allow is the content security policy's
//! affair. Comments are skipped, and what templates put in at last is not known.

use super::words::line_of;

/// What a file makes a browser do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Asks another host for something.
    Elsewhere,
    /// Has a form.
    Form,
    /// Keeps something in the browser.
    Stores,
    /// Tells somebody what is looked at.
    Reports,
}

/// One deed, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The line, from 1.
    pub line: usize,
    /// What is done.
    pub deed: Deed,
    /// The host that is asked or the word that does it.
    pub what: String,
}

/// Elements and attributes whose address is fetched without a click.
const FETCHED: [(&str, &str); 19] = [
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
    ("body", "background"),
];

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
pub fn deeds(name: &str, text: &str) -> Vec<Found> {
    let mut reading = Reading { text, found: Vec::new() };
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" | "svg" => reading.markup(),
        "css" => reading.style(text, 0),
        "js" | "mjs" => reading.script(text, 0),
        _ if name == "_headers" => reading.headers(),
        _ => {}
    }
    reading.found.sort();
    reading.found.dedup();
    reading.found
}

struct Reading<'t> {
    text: &'t str,
    found: Vec<Found>,
}

impl Reading<'_> {
    fn add(&mut self, at: usize, deed: Deed, what: &str) {
        self.found.push(Found { line: line_of(self.text, at), deed, what: what.to_owned() });
    }

    fn address(&mut self, at: usize, address: &str) {
        if let Some(host) = host_of(address) {
            self.add(at, Deed::Elsewhere, host);
        }
    }

    fn markup(&mut self) {
        let mut text = self.text.to_owned();
        for (open, close) in [("<!--", "-->"), ("{#", "#}"), ("{{", "}}"), ("{%", "%}")] {
            text = without(&text, open, close);
        }
        let mut from = 0;
        while let Some(start) = text[from..].find('<').map(|at| from + at) {
            let (name, attributes, end) = tag(&text, start);
            from = end.max(start + 1);
            for (attribute, value, at) in &attributes {
                let link = name == "link"
                    && attribute == "href"
                    && attributes.iter().any(|(other, relations, _)| {
                        let mut relations = relations.split_ascii_whitespace().map(str::to_ascii_lowercase);
                        other == "rel" && relations.any(|relation| RELATIONS.contains(&relation.as_str()))
                    });
                if link || FETCHED.contains(&(name.as_str(), attribute.as_str())) {
                    // Only `srcset` has several, and a comma within an address begins none.
                    value.split(", ").for_each(|address| self.address(*at, address));
                } else if attribute == "style" {
                    self.style(value, *at);
                } else if name == "a" && attribute == "ping" {
                    self.add(*at, Deed::Reports, "ping");
                }
            }
            match name.as_str() {
                "form" => {
                    let action = attributes.iter().find(|(attribute, ..)| attribute == "action");
                    let host = action.and_then(|(_, address, _)| host_of(address));
                    self.add(start, Deed::Form, host.unwrap_or("form"));
                }
                "script" | "style" => {
                    let close = format!("</{name}");
                    let stop = text[from..].find(&close).map_or(text.len(), |at| from + at);
                    let inside = text[from..stop].to_owned();
                    if name == "style" {
                        self.style(&inside, from)
                    } else {
                        self.script(&inside, from)
                    }
                    from = stop;
                }
                _ => {}
            }
        }
    }

    fn style(&mut self, css: &str, base: usize) {
        let css = without(css, "/*", "*/");
        for start in ["url(", "@import"] {
            for (at, _) in css.match_indices(start) {
                let rest = &css[at + start.len()..];
                let address = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
                let end = address.find(|c: char| c.is_whitespace() || "\"')".contains(c)).unwrap_or(address.len());
                self.address(base + at, &address[..end]);
            }
        }
    }

    fn script(&mut self, script: &str, base: usize) {
        let (code, words) = apart(script);
        for (at, word) in words {
            self.address(base + at, word);
        }
        for name in STORES {
            for (at, _) in code.match_indices(name) {
                self.add(base + at, Deed::Stores, name);
            }
        }
        for (at, _) in code.match_indices("sendBeacon") {
            self.add(base + at, Deed::Reports, "sendBeacon");
        }
    }

    fn headers(&mut self) {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if line.trim_start().to_ascii_lowercase().starts_with("set-cookie:") {
                self.add(at, Deed::Stores, "Set-Cookie");
            }
            at += line.len();
        }
    }
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

/// A text in which everything between these marks is blank, and every line where it was.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        let end = rest[start + open.len()..].find(close).map_or(rest.len(), |at| start + open.len() + at + close.len());
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out + rest
}

/// The tag at a `<`: its name, its attributes with values and places, and where it ends.
fn tag(text: &str, start: usize) -> (String, Vec<(String, String, usize)>, usize) {
    let stops = |c: char| c.is_whitespace() || c == '>' || c == '=';
    let skip = |at: usize, what: fn(char) -> bool| at + text[at..].find(|c| !what(c)).unwrap_or(text.len() - at);
    let word = |at: usize| at + text[at..].find(stops).unwrap_or(text.len() - at);
    let mut at = word(start + 1);
    let name = text[start + 1..at].trim_end_matches('/').to_ascii_lowercase();
    let mut attributes = Vec::new();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return (String::new(), attributes, start + 1);
    }
    loop {
        at = skip(at, |c| c.is_whitespace() || c == '/' || c == '=');
        if at >= text.len() || text[at..].starts_with('>') {
            return (name, attributes, (at + 1).min(text.len()));
        }
        let place = at;
        at = word(at);
        let attribute = text[place..at].to_ascii_lowercase();
        let equals = skip(at, char::is_whitespace);
        let mut value = String::new();
        if text[equals..].starts_with('=') {
            at = skip(equals + 1, char::is_whitespace);
            let quote = text[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
            let (from, end) = match quote {
                Some(quote) => (at + 1, text[at + 1..].find(quote).map_or(text.len(), |end| at + 1 + end)),
                None => (at, at + text[at..].find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len() - at)),
            };
            value = text[from..end].to_owned();
            at = (end + usize::from(quote.is_some())).min(text.len());
        }
        attributes.push((attribute, value, place));
    }
}

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

    fn told(name: &str, text: &str) -> Vec<(usize, Deed, String)> {
        deeds(name, text).into_iter().map(|found| (found.line, found.deed, found.what)).collect()
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
        let elsewhere = |line, host: &str| (line, Deed::Elsewhere, host.to_owned());
        assert_eq!(
            told("head-extra.html", text),
            [
                elsewhere(3, "fonts.example"),
                elsewhere(5, "count.example"),
                elsewhere(6, "pictures.example"),
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
                (1, Deed::Form, "form".to_owned()),
                (2, Deed::Reports, "ping".to_owned()),
                (5, Deed::Stores, "localStorage".to_owned()),
                (6, Deed::Reports, "sendBeacon".to_owned())
            ]
        );
        assert_eq!(told("_headers", "/*\n  Set-Cookie: a=1\n"), [(2, Deed::Stores, "Set-Cookie".to_owned())]);
    }

    #[test]
    fn stylesheets_and_scripts_that_ask_other_hosts_are_found() {
        let css = "/* url(https://no.example/) */ a{background:url(\"assets/a.png\")}\n@font-face{src:url( 'https://fonts.example/a.woff2' )}";
        assert_eq!(told("custom.css", css), [(2, Deed::Elsewhere, "fonts.example".to_owned())]);
        let script =
            "/* 'https://no.example' */ fetch(`https://api.example/${1}`)\nlet ns = \"http://www.w3.org/2000/svg\";";
        assert_eq!(told("script.js", script), [(1, Deed::Elsewhere, "api.example".to_owned())]);
    }

    #[test]
    fn the_built_in_theme_does_none_of_it() {
        for (name, text) in crate::pages::files::BUILT_IN {
            assert_eq!(deeds(name, text), [], "{name}");
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
                assert!(deeds(name, text).len() < 3);
            }
        }
    }
}
