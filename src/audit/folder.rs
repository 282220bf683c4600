//! What lies in the published folder, against what should.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;

use super::scope::shown;
use super::{AuditInput, Finding, Kind, Report};
use crate::{Error, Result};

/// The publisher's own folder for what is not shown yet.
const STAGING: &str = ".safelight-staging";
/// Where hosts would list private folders.
const INDEXES: [&str; 3] = ["g/index.html", "x/index.html", "e/index.html"];

/// A file that lies there.
#[derive(Debug)]
pub(super) struct Lying {
    /// Its path below the output, with slashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    modified: i64,
}

/// Everything that lies there.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Regular files, by path.
    pub files: Vec<Lying>,
    /// Symbolic links and other things that are no files.
    others: Vec<String>,
}

/// Lists the folder without following a link. What git and the publisher keep for themselves is left out.
pub(super) fn list(output: &Path) -> Result<Listing> {
    let mut listing = Listing::default();
    // git's own folder is no part of the site; it is looked at with the surroundings.
    let ours = |name: &std::ffi::OsStr, depth: usize| depth != 1 || (name != STAGING && name != ".git");
    for entry in WalkDir::new(output).into_iter().filter_entry(|entry| ours(entry.file_name(), entry.depth())) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(output).to_owned();
            match error.io_error() {
                Some(cause) if cause.kind() == std::io::ErrorKind::NotFound && path == output => {
                    Error::new(crate::ErrorKind::Io, "this folder is not there").at(path).hint("build the site first")
                }
                Some(cause) => Error::io("read", &path, cause),
                None => Error::new(crate::ErrorKind::Io, "cannot be read").at(path),
            }
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        let below = entry.path().strip_prefix(output).unwrap_or(entry.path());
        let path = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        if !entry.file_type().is_file() {
            listing.others.push(path);
            continue;
        }
        let metadata =
            fs::symlink_metadata(entry.path()).map_err(|error| Error::io("look at", entry.path(), &error))?;
        listing.files.push(Lying { path, size: metadata.len(), modified: modified(&metadata) });
    }
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// Tells what is too much, too little and not as it was written.
pub(super) fn compare(input: &AuditInput, listing: &Listing, report: &mut Report) {
    let finding = |file: &str, kind, message: &str, hint| Finding {
        file: shown(file),
        offset: None,
        kind,
        message: message.to_owned(),
        hint,
    };
    for path in &listing.others {
        let message = "this is no file but a link or a device; a host may follow it to anywhere";
        report.finding(finding(
            path,
            Kind::Unexplained,
            message,
            "remove it, and put what it stands for into the static folder",
        ));
    }
    let mut there = BTreeSet::new();
    for file in &listing.files {
        there.insert(file.path.as_str());
        if INDEXES.contains(&file.path.as_str()) {
            let message = "an index stands where it could list private folders";
            report.finding(finding(&file.path, Kind::Index, message, "remove it: nothing leads to this address"));
        } else if let Some(expected) = input.files.get(&file.path) {
            if expected.size != file.size {
                let message = format!("it has {} bytes and was written with {}", file.size, expected.size);
                report.finding(finding(&file.path, Kind::Changed, &message, "build again: the file is written anew"));
            } else if !expected.settled {
                let notice = finding(&file.path, Kind::Changed, "the publish that wrote it did not end", "build again");
                report.notices.push(notice);
            } else if input.is_original && expected.modified != file.modified {
                let message = "it was written by somebody else since it was published";
                report.notices.push(finding(
                    &file.path,
                    Kind::Changed,
                    message,
                    "build again: the file is written anew",
                ));
            }
        } else {
            let message = "no plan explains this file: it was not written by a build, or a build lost track of it";
            report.finding(finding(
                &file.path,
                Kind::Unexplained,
                message,
                "remove it; what shall be published goes into the static folder",
            ));
        }
    }
    for (path, expected) in &input.files {
        if !there.contains(path.as_str()) {
            let finding = finding(
                path,
                Kind::Missing,
                "it was published and is not there",
                "build again: the file is written anew",
            );
            if expected.settled { report.findings.push(finding) } else { report.notices.push(finding) }
        }
    }
}

fn modified(metadata: &fs::Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    }
}
