//! Rules for crawlers: `robots.txt` (RFC 9309) and the reservation against text and data mining (TDMRep).

use std::fmt::Write as _;

use crate::config::DataMining;

/// Crawlers that collect for the training of machines, by what they call themselves.
const TRAINING: [&str; 16] = [
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "ImagesiftBot",
    "meta-externalagent",
    "PanguBot",
    "Timpibot",
];
/// Crawlers that mine for other ends than search.
const MINING: [&str; 6] =
    ["Ai2Bot-Dolma", "DataForSeoBot", "img2dataset", "omgili", "VelenPublicWebCrawler", "Webzio-Extended"];

/// The rules. `base` is the base path; `sitemap` the absolute address of the sitemap.
///
/// Private paths are never named: the file would be a map to them. Where the site shall not be indexed, pages
/// say so themselves (a crawler that may not come in would not learn it), and pictures, which cannot, are refused.
pub fn robots(base: &str, index: bool, mining: DataMining, sitemap: Option<&str>) -> String {
    let mut out = String::from("User-agent: *\n");
    if index {
        out.push_str("Disallow:\n");
    } else {
        let _ = writeln!(out, "Disallow: {base}img/");
    }
    let refused: Vec<&str> = match mining {
        DataMining::Unspecified | DataMining::Allowed => vec![],
        DataMining::ProhibitedAiTraining => TRAINING.to_vec(),
        DataMining::ProhibitedExceptSearch | DataMining::Prohibited => TRAINING.into_iter().chain(MINING).collect(),
    };
    if !refused.is_empty() {
        out.push('\n');
        for name in refused {
            let _ = writeln!(out, "User-agent: {name}");
        }
        let _ = writeln!(out, "Disallow: {base}");
    }
    if let (Some(sitemap), true) = (sitemap, index) {
        let _ = writeln!(out, "\nSitemap: {sitemap}");
    }
    out
}

/// The content of `/.well-known/tdmrep.json` (W3C TDMRep); none where nothing is said. It counts only at the root
/// of a host, so a site below a path needs it from whoever owns the root.
pub fn tdm_reservation(base: &str, mining: DataMining) -> Option<String> {
    let reserved = match mining {
        DataMining::Unspecified => return None,
        DataMining::Allowed => 0,
        DataMining::ProhibitedAiTraining | DataMining::ProhibitedExceptSearch | DataMining::Prohibited => 1,
    };
    let location = serde_json::Value::from(format!("{base}*"));
    Some(format!("[\n  {{ \"location\": {location}, \"tdm-reservation\": {reserved} }}\n]\n"))
}
