//! `_headers`, for hosts that read it (Cloudflare Pages, Netlify): wildcards only, so that it names no gallery.

use std::fmt::Write as _;

use crate::config::DataMining;
use crate::pages::theme::POLICY;

const FOREVER: &str = "public, max-age=31536000, immutable";
const UNSEEN: &str = "noindex, nofollow, noarchive, noimageindex";

/// The file, the same for every site with these settings. `base` is the base path.
///
/// Hosts join the values of a header that several rules set; those that are set twice here mean the last one
/// then (Referrer-Policy) or the strictest (X-Robots-Tag).
pub fn headers(base: &str, index: bool, mining: DataMining) -> String {
    let mut all = vec![
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("Content-Security-Policy", format!("{POLICY}; frame-ancestors 'self'")),
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
        ("*", all),
        ("img/*", vec![("Cache-Control", FOREVER.to_owned())]),
        ("assets/*", vec![("Cache-Control", FOREVER.to_owned())]),
    ];
    rules.extend(private_rules());
    let mut out = String::new();
    for (pattern, lines) in rules {
        let _ = writeln!(out, "{base}{pattern}");
        for (name, value) in lines {
            let _ = writeln!(out, "  {name}: {value}");
        }
    }
    out
}

/// The rules of private folders: patterns below the base path, and their headers.
fn private_rules() -> [(&'static str, Vec<(&'static str, String)>); 3] {
    let private = |cache: &str| {
        vec![
            ("X-Robots-Tag", UNSEEN.to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("Cache-Control", cache.to_owned()),
        ]
    };
    [
        ("g/*", private("private, no-cache")),
        ("x/*", private("public, max-age=86400")),
        ("e/*", private("private, no-cache")),
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
    for (folder, lines) in private_rules() {
        let at = format!("{base}{folder}");
        let lines: Vec<String> = lines.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let there = |line: &String| {
            let line = line.to_ascii_lowercase();
            [&at, "/*", &whole].iter().any(|at| known.contains(&((*at).to_owned(), line.clone())))
        };
        let missing: Vec<String> = lines.into_iter().filter(|line| !there(line)).collect();
        // Typed codes are not offered yet, and nothing lies there.
        if !missing.is_empty() && folder != "e/*" {
            lacking.push((at, missing));
        }
    }
    lacking
}
