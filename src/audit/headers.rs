//! Whether the rules for hosts give private folders their headers, and nothing takes them back.
//!
//! Cloudflare Pages and Netlify read `_headers` alike: a line that is a path begins a rule, lines below it are headers,
//! `! Name` takes one away. All rules that match a path count, in their order, and the values of one header are joined.

use std::collections::BTreeMap;

use super::external_requests::is_foreign;
use super::private_page::{LETS_IN, ROBOTS, words_of};
use super::{AuditInput, Report, Rule, links};
use crate::markup;
use crate::visibility::PrivateFolder;

/// Policies that browsers know (Referrer Policy, 3).
const POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];
/// For how many seconds a copy of what is private may be shown without asking.
const LONGEST: u64 = 86_400;

/// A line of a rule.
enum Line<'t> {
    Sets(String, &'t str),
    TakesAway(String),
}

/// A pattern of paths, and what it says.
struct HeaderRule<'t> {
    pattern: &'t str,
    lines: Vec<Line<'t>>,
}

/// Checks the rules for hosts.
pub(super) fn check(input: &AuditInput, path: &str, text: &str, report: &mut Report) {
    let rules = rules(input, text);
    let body = "A".repeat(crate::access::token::TOKEN_BODY);
    for folder in PrivateFolder::ALL {
        let names = match folder {
            PrivateFolder::Pages => vec![format!("p{body}/"), format!("p{body}/index.html")],
            PrivateFolder::Assets => vec![format!("a{body}/a.html"), format!("a{body}/iAAAAAAAAAAAAAAAA.jpg")],
            // Typed codes are not every site's.
            PrivateFolder::Entries if !input.files.keys().any(|path| folder.below(path).is_some()) => continue,
            PrivateFolder::Entries => vec![format!("e{body}.bin")],
        };
        let prefix = format!("{}{}", input.base, folder.prefix());
        let headers: Vec<Headers<'_>> = names
            .iter()
            .map(|name| Headers { input, folder, values: headers(&rules, &format!("{prefix}{name}")) })
            .collect();
        for (fault, _) in FAULTS.iter().filter(|(_, is_there)| headers.iter().any(is_there)) {
            let message = format!("`{prefix}*` does not get the private headers: {fault}");
            report.tell(Rule::PrivateHeaders, path, Some(0), message);
        }
    }
}

fn rules<'t>(input: &AuditInput, text: &'t str) -> Vec<HeaderRule<'t>> {
    let mut rules: Vec<HeaderRule<'t>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let on_host = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"));
        if let Some(rest) = on_host {
            // A rule for another host says nothing here, and neither do the lines below it.
            let (host, pattern) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let pattern = if links::is_own_host(input, host) { pattern } else { "" };
            rules.push(HeaderRule { pattern, lines: Vec::new() });
        } else if line.starts_with('/') {
            rules.push(HeaderRule { pattern: line, lines: Vec::new() });
        } else if let Some(rule) = rules.last_mut() {
            if let Some(name) = line.strip_prefix('!') {
                rule.lines.push(Line::TakesAway(name.trim().to_ascii_lowercase()));
            } else if let Some((name, value)) = line.split_once(':') {
                rule.lines.push(Line::Sets(name.trim().to_ascii_lowercase(), value.trim()));
            }
        }
    }
    rules
}

/// The headers of a path, by their names in lower case: all values, in order, between commas.
fn headers(rules: &[HeaderRule<'_>], path: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for line in rules.iter().filter(|rule| matches(rule.pattern, path)).flat_map(|rule| &rule.lines) {
        match line {
            Line::TakesAway(name) => drop(all.remove(name)),
            Line::Sets(name, value) => {
                let joined = all.entry(name.clone()).or_default();
                if !joined.is_empty() {
                    joined.push(',');
                }
                joined.push_str(&value.to_ascii_lowercase());
            }
        }
    }
    all
}

/// Whether a pattern is one of this path: `*` is anything, `:name` anything but a slash.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last star stands, and how much of the path it has taken.
    let mut star = None;
    loop {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
                continue;
            }
            Some(b':') if pattern.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => {
                let name = pattern[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
                let length = path[place..].iter().take_while(|byte| **byte != b'/').count();
                if length > 0 {
                    at += 1 + name.count();
                    place += length;
                    continue;
                }
            }
            None if place == path.len() => return true,
            Some(byte) if path.get(place) == Some(byte) => {
                at += 1;
                place += 1;
                continue;
            }
            _ => {}
        }
        match &mut star {
            Some((begins, taken)) if *taken < path.len() => {
                *taken += 1;
                (at, place) = (*begins + 1, *taken);
            }
            _ => return false,
        }
    }
}

/// The headers of something private, and what may be wrong with them.
struct Headers<'a> {
    input: &'a AuditInput,
    folder: PrivateFolder,
    values: BTreeMap<String, String>,
}

/// What is said of a fault, and the function that finds it.
type Fault = (&'static str, fn(&Headers<'_>) -> bool);

const FAULTS: [Fault; 4] = [
    ("`X-Robots-Tag` does not keep search engines out", let_robots_in),
    ("`Referrer-Policy` lets other sites learn the address", name_the_address),
    ("`Cache-Control` allows caches to keep copies longer than the link", keep_copies),
    ("a header makes browsers contact another site", lead_away),
];

impl Headers<'_> {
    fn get(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }
}

fn let_robots_in(headers: &Headers<'_>) -> bool {
    let robots: Vec<&str> = words_of(headers.get("x-robots-tag")).flat_map(|word| word.split(':')).collect();
    !ROBOTS.iter().all(|word| robots.contains(word)) || LETS_IN.iter().any(|word| robots.contains(word))
}

fn name_the_address(headers: &Headers<'_>) -> bool {
    // Browsers take the last policy that they know.
    words_of(headers.get("referrer-policy")).rfind(|word| POLICIES.contains(word)) != Some("no-referrer")
}

fn keep_copies(headers: &Headers<'_>) -> bool {
    words_of(headers.get("cache-control")).any(|word| match word.split_once('=') {
        Some(("max-age" | "s-maxage", seconds)) => {
            seconds.trim_matches('"').parse().is_ok_and(|seconds: u64| seconds > LONGEST)
        }
        _ => word == "immutable" || word == "public" && headers.folder != PrivateFolder::Assets,
    })
}

fn lead_away(headers: &Headers<'_>) -> bool {
    let is_foreign = |address: &str| is_foreign(headers.input, address);
    let policy = headers.get("content-security-policy").split([';', ',']);
    let mut reports = policy.filter_map(|rule| rule.trim().strip_prefix("report-uri"));
    let mut links = ["link", "report-to", "reporting-endpoints"].into_iter().map(|name| headers.get(name));
    markup::refresh_address(headers.get("refresh")).is_some_and(is_foreign)
        || links.any(|links| links.split(['<', '>', '"', '\'']).any(is_foreign))
        || reports.any(|hosts| hosts.split_whitespace().any(is_foreign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataMining;

    fn found(text: &str) -> usize {
        let mut report = Report::default();
        let input = AuditInput {
            base: "/photos/".to_owned(),
            origin: Some("https://a.example".to_owned()),
            ..AuditInput::default()
        };
        check(&input, "_headers", text, &mut report);
        report.findings.len()
    }

    fn written() -> String {
        crate::pages::discovery::headers("/photos/", true, DataMining::Allowed, None)
    }

    #[test]
    fn the_rules_that_a_build_writes_are_enough() {
        assert_eq!(found(&written()), 0);
        assert_eq!(found(&written().replace("  ", "\t").replace("X-Robots-Tag: ", "x-robots-tag:")), 0);
        assert_eq!(
            found(&format!("# mine\n/*\n  Referrer-Policy: unsafe-url\n  X-Frame-Options: deny\n{}", written())),
            0
        );
        let other = "https://:project.pages.dev/*\n  X-Robots-Tag: all\n/lakes/*\n  X-Robots-Tag: all\n  Refresh: 0; https://b.example\n";
        assert_eq!(found(&format!("{}{other}", written())), 0);
    }

    #[test]
    fn each_way_of_taking_the_private_headers_back_is_found() {
        assert_eq!(found(""), 4);
        let changed = |from: &str, to: &str| {
            let text = written();
            let at = text.find("/photos/g/*").unwrap();
            assert!(text[at..].contains(from));
            format!("{}{}", &text[..at], text[at..].replacen(from, to, 1))
        };
        for (from, to) in [
            ("no-referrer\n", "no-referrer-when-downgrade\n"),
            ("noindex, nofollow, noarchive, noimageindex", "noindex"),
            ("noindex, nofollow", "noindexing, nofollow"),
            ("private, no-cache", "public, max-age=31536000"),
            ("public, max-age=86400", "public, max-age=86400, immutable"),
            ("/photos/x/*", "/photos/y/*"),
        ] {
            assert!(found(&changed(from, to)) > 0, "{from} → {to}");
        }
        for more in [
            "/photos/*\n  X-Robots-Tag: all\n",
            "/*\n  Referrer-Policy: unsafe-url\n",
            "/photos/g/*\n  X-Robots-Tag: index\n",
            "/photos/g/*\n  ! X-Robots-Tag\n",
            "/photos/:folder/*\n  ! Referrer-Policy\n",
            "/*.jpg\n  Cache-Control: immutable\n",
            "https://a.example/photos/*\n  X-Robots-Tag: all\n",
            "/photos/g/*\n  Refresh: 5; https://b.example/\n",
            "/photos/*/index.html\n  Link: <https://b.example/a.css>; rel=preload\n",
            "/*\n  Reporting-Endpoints: all=\"https://b.example/\"\n",
            "/*\n  Content-Security-Policy: default-src 'self'; report-uri https://b.example/\n",
        ] {
            assert!(found(&format!("{}{more}", written())) > 0, "{more}");
        }
    }
}
