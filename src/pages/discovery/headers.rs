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
    let private = |cache: &str| {
        vec![
            ("X-Robots-Tag", UNSEEN.to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("Cache-Control", cache.to_owned()),
        ]
    };
    let rules = [
        ("*", all),
        ("img/*", vec![("Cache-Control", FOREVER.to_owned())]),
        ("assets/*", vec![("Cache-Control", FOREVER.to_owned())]),
        ("g/*", private("private, no-cache")),
        ("x/*", private("public, max-age=86400")),
        ("e/*", private("private, no-cache")),
    ];
    let mut out = String::new();
    for (pattern, lines) in rules {
        let _ = writeln!(out, "{base}{pattern}");
        for (name, value) in lines {
            let _ = writeln!(out, "  {name}: {value}");
        }
    }
    out
}
