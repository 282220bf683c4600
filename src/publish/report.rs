//! The report of a publish, and the addresses to purge from caches.

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::error::Error;

use super::manifest::Manifest;

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// How many.
    pub files: usize,
    /// Their sizes together.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// What a publish did. Paths are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Files that were not there before.
    pub new: Tally,
    /// Files that were replaced because what they are made from changed.
    pub changed: Tally,
    /// Files that had been changed or lost in the output and are right again.
    pub mended: Tally,
    /// Files that were left as they are.
    pub unchanged: Tally,
    /// Files that are no longer wanted.
    pub removed: Tally,
    /// Files that somebody else had put there and that are ours now.
    pub adopted: Vec<String>,
    /// The paths that were removed.
    pub removed_paths: Vec<String>,
    /// The paths whose bytes are not what they were.
    pub replaced_paths: Vec<String>,
}

impl Report {
    /// What a content delivery network must forget: URL paths below `base`, one a line, sorted; see [`purge_between`].
    pub fn purge_list(&self, base: &str) -> String {
        purge_lines(base, self.removed_paths.iter().chain(&self.replaced_paths).map(String::as_str))
    }
}

/// What a take-down did. Paths are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TakenDown {
    /// Removed now.
    pub removed: Vec<String>,
    /// Of ours, but no longer there.
    pub missing: Vec<String>,
    /// Not of ours, so left alone.
    pub unknown: Vec<String>,
    /// Still reachable, with the reason.
    pub failed: Vec<(String, Error)>,
}

impl TakenDown {
    /// What a content delivery network must forget although nothing else is published; see [`purge_between`]. `soon` names
    /// files that lie there and will be replaced.
    pub fn purge_list(&self, base: &str, soon: &[String]) -> String {
        purge_lines(base, self.removed.iter().chain(&self.missing).chain(soon).map(String::as_str))
    }
}

/// What changed between two manifests, for a content delivery network that still has the older state: URL paths below
/// `base` (as in `/photos/`) of files that went or changed, percent-encoded, one a line, sorted. A folder's `index.html`
/// is listed as the folder too.
pub fn purge_between(older: &Manifest, newer: &Manifest, base: &str) -> String {
    let stale = older.iter().filter(|record| {
        !record.settled
            || newer.get(record.path).is_none_or(|now| now.key != record.key || now.size != record.size || !now.settled)
    });
    purge_lines(base, stale.map(|record| record.path))
}

/// The same for a build that failed: what it wrote stands, but some of what the manifest names has been taken down.
pub fn purge_missing(manifest: &Manifest, output: &Path, base: &str) -> String {
    let gone = |path: &&str| std::fs::symlink_metadata(output.join(path)).is_err();
    purge_lines(base, manifest.iter().map(|record| record.path).filter(gone))
}

/// Everything that has a meaning in a URL's path, or is not plain ASCII.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path below the site's folder as it stands in its address: `base` (as in `/photos/`) in front, percent-encoded, and for a
/// folder's `index.html` the folder.
pub fn url_path(base: &str, path: &str) -> String {
    let encoded = utf8_percent_encode(path, ESCAPED).to_string();
    let whole = format!("/{}/{encoded}", base.trim_matches('/')).replacen("//", "/", 1);
    match whole.strip_suffix("/index.html") {
        Some(folder) => format!("{folder}/"),
        None => whole,
    }
}

fn purge_lines<'a>(base: &str, paths: impl Iterator<Item = &'a str>) -> String {
    let base = base.trim_matches('/');
    let base = if base.is_empty() { "/".to_owned() } else { format!("/{base}/") };
    let mut lines = BTreeSet::new();
    for path in paths {
        let encoded = utf8_percent_encode(path, ESCAPED).to_string();
        if encoded == "index.html" || encoded.ends_with("/index.html") {
            lines.insert(format!("{base}{}", encoded.strip_suffix("index.html").unwrap_or_default()));
        }
        lines.insert(format!("{base}{encoded}"));
    }
    lines.into_iter().fold(String::new(), |list, line| list + &line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purge_list_holds_url_paths_and_a_folder_for_its_index() {
        let report = Report {
            removed_paths: vec!["a b/index.html".into(), "index.html".into()],
            replaced_paths: vec!["ü#.jpg".into()],
            ..Report::default()
        };
        assert_eq!(
            report.purge_list("/photos/"),
            "/photos/\n/photos/%C3%BC%23.jpg\n/photos/a%20b/\n/photos/a%20b/index.html\n/photos/index.html\n"
        );
        assert_eq!(Report { removed_paths: vec!["x".into()], ..Report::default() }.purge_list(""), "/x\n");
    }
}
