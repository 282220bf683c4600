//! `_headers`, for hosts that read it (Cloudflare Pages, Netlify): wildcards only, so that it names no gallery.

use std::fmt::Write as _;

use crate::config::DataMining;
use crate::pages::theme::{policy_of_answers, policy_of_codes};
use crate::visibility::{NO_ROBOTS, PrivateFolder};

const FOREVER: &str = "public, max-age=31536000, immutable";

/// The file, the same for every site with these settings. `base` is the base path.
///
/// `sends_to` is an address of another site that scripts may send to. Hosts join the values of a header that several rules set; those that are set twice here mean the last one
/// then (Referrer-Policy) or the strictest (X-Robots-Tag, Content-Security-Policy).
pub fn headers(base: &str, index: bool, mining: DataMining, sends_to: Option<&str>) -> String {
    let mut all = vec![
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("Content-Security-Policy", format!("{}; frame-ancestors 'self'", policy_of_answers(sends_to))),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()".to_owned()),
    ];
    match mining {
        DataMining::Unspecified => {}
        DataMining::Allowed => all.push(("tdm-reservation", "0".to_owned())),
        _ => all.push(("tdm-reservation", "1".to_owned())),
    }
    if !index {
        all.push(("X-Robots-Tag", "noindex".to_owned()));
    }
    let mut rules = vec![
        ("*".to_owned(), all),
        ("img/*".to_owned(), vec![("Cache-Control", FOREVER.to_owned())]),
        ("assets/*".to_owned(), vec![("Cache-Control", FOREVER.to_owned())]),
    ];
    rules.extend(PrivateFolder::ALL.iter().map(|folder| (pattern_of(*folder), private_lines(*folder))));
    // What opens in the browser lies below these.
    let strict = ("Content-Security-Policy", format!("{}; frame-ancestors 'self'", policy_of_codes(sends_to, true)));
    if let Some((_, lines)) = rules.iter_mut().find(|(pattern, _)| *pattern == pattern_of(PrivateFolder::Pages)) {
        lines.push(strict.clone());
    }
    rules.push(("find/*".to_owned(), vec![strict]));
    let mut out = String::new();
    for (pattern, lines) in rules {
        let _ = writeln!(out, "{base}{pattern}");
        for (name, value) in lines {
            let _ = writeln!(out, "  {name}: {value}");
        }
    }
    out
}

/// The pattern of all that lies in a private folder, below the base path.
fn pattern_of(folder: PrivateFolder) -> String {
    format!("{}*", folder.prefix())
}

/// The headers of what lies in a private folder.
fn private_lines(folder: PrivateFolder) -> Vec<(&'static str, String)> {
    vec![
        ("X-Robots-Tag", NO_ROBOTS.to_owned()),
        ("Referrer-Policy", "no-referrer".to_owned()),
        ("Cache-Control", folder.cache_control().to_owned()),
    ]
}

/// What an owner's file lacks of the rules of private folders: patterns with their lines. A line counts where it stands below
/// its own pattern or below that of the whole site or of the whole host.
pub fn lacking(own: &str, base: &str) -> Vec<(String, Vec<String>)> {
    let mut known = std::collections::BTreeSet::new();
    let mut pattern = "";
    for line in own.lines().map(str::trim) {
        if line.starts_with('/') || line.starts_with("http") {
            pattern = line;
        } else {
            known.insert((pattern.to_owned(), line.to_ascii_lowercase()));
        }
    }
    let whole = format!("{base}*");
    let mut lacking = Vec::new();
    for folder in &PrivateFolder::ALL {
        let at = format!("{base}{}", pattern_of(*folder));
        let lines: Vec<String> =
            private_lines(*folder).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let there = |line: &String| {
            let line = line.to_ascii_lowercase();
            [&at, "/*", &whole].iter().any(|at| known.contains(&((*at).to_owned(), line.clone())))
        };
        let missing: Vec<String> = lines.into_iter().filter(|line| !there(line)).collect();
        if !missing.is_empty() {
            lacking.push((at, missing));
        }
    }
    lacking
}
