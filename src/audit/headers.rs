//! Whether the rules for hosts give private folders their headers, and nothing takes them back.

use std::collections::BTreeMap;

use super::external_requests::is_foreign;
use super::private_page::{LETS_IN, ROBOTS, words_of};
use super::{AuditInput, Report, Rule, links};
use crate::headers_file::{self, Line, matches};
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

/// Checks the rules for hosts.
pub(super) fn check(input: &AuditInput, path: &str, text: &str, report: &mut Report) {
    let rules = headers_file::rules(text, |host| links::is_own_host(input, host));
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

/// The headers of a path, by their names in lower case: all values, in order, between commas.
fn headers(rules: &[headers_file::Rule<'_>], path: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for line in rules.iter().filter(|rule| matches(rule.pattern, path)).flat_map(|rule| &rule.lines) {
        match line {
            Line::TakesAway(name) => drop(all.remove(&name.to_ascii_lowercase())),
            Line::Sets(name, value) => {
                let joined = all.entry(name.to_ascii_lowercase()).or_default();
                if !joined.is_empty() {
                    joined.push(',');
                }
                joined.push_str(&value.to_ascii_lowercase());
            }
        }
    }
    all
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
