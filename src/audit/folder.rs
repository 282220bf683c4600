//! Compares the published folder with its expected content.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;

use super::{AuditInput, Expected, Finding, Report, Rule, gates};
use crate::visibility::PrivateFolder;
use crate::{Code, Error, Result};

/// What folders of the publisher's own begin with, for what is not shown yet.
const OURS: &str = ".safelight";

/// A file that lies there.
#[derive(Debug)]
pub(super) struct Lying {
    /// Its path below the output, with slashes; for people where the name is no UTF-8.
    pub path: String,
    /// The file.
    pub place: PathBuf,
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
    /// Folders with nothing in them.
    pub empty: Vec<String>,
}

/// Lists the folder without following a link. What cannot be read is a finding.
///
/// # Errors
/// When the folder itself cannot be read.
pub(super) fn list(output: &Path, report: &mut Report) -> Result<Listing> {
    let mut listing = Listing::default();
    fs::read_dir(output).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let error = Error::new(Code::NoOutput, "this folder does not exist");
            return error.at(output).hint("build the site first");
        }
        Error::io(Code::CannotRead, "read", output, error)
    })?;
    let below = |path: &Path| {
        let below = path.strip_prefix(output).unwrap_or(path);
        below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    // Folders on the way to the last entry, each with whether something lies in it.
    let mut open: Vec<(usize, String, bool)> = Vec::new();
    for entry in WalkDir::new(output).min_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = below(error.path().unwrap_or(output));
                let other = || std::io::Error::other("it leads to itself");
                report.add(unreadable(&path, &error.into_io_error().unwrap_or_else(other)));
                continue;
            }
        };
        let path = below(entry.path());
        close(&mut open, entry.depth(), &mut listing.empty);
        if let Some((.., is_used)) = open.last_mut() {
            *is_used = true;
        }
        if entry.file_type().is_dir() {
            open.push((entry.depth(), path, false));
            continue;
        }
        if !entry.file_type().is_file() {
            listing.others.push(path);
            continue;
        }
        let place = entry.into_path();
        match fs::symlink_metadata(&place) {
            Ok(metadata) => {
                listing.files.push(Lying { path, place, size: metadata.len(), modified: modified(&metadata) });
            }
            Err(error) => report.add(unreadable(&path, &error)),
        }
    }
    close(&mut open, 0, &mut listing.empty);
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// Takes leave of folders that do not hold what lies this deep, and notes those with nothing in them.
fn close(open: &mut Vec<(usize, String, bool)>, depth: usize, empty: &mut Vec<String>) {
    while open.last().is_some_and(|(of, ..)| *of >= depth) {
        empty.extend(open.pop().filter(|(.., is_used)| !is_used).map(|(_, path, _)| path));
    }
}

/// What to say about a file or folder that cannot be read.
pub(super) fn unreadable(path: &str, error: &std::io::Error) -> Finding {
    let message = format!("it cannot be read and was not checked: {error}");
    Finding::new(Rule::UnreadableFile, path, None, message)
}

/// Tells what is too much, too little and not as it was written.
pub(super) fn compare(input: &AuditInput, listing: &Listing, report: &mut Report) {
    for path in &listing.others {
        let message = "this is a symbolic link or a device, which a host may follow anywhere";
        report.tell(Rule::NotAFile, path, None, message);
    }
    // A checkout that is deployed has git's own folder. Hosts that take the folder as it is serve it, so it is read as all else.
    let is_git = listing.files.iter().any(|file| file.path == ".git/HEAD");
    if is_git {
        let message = "git's own folder is in the published folder: some hosts serve it, and it contains removed files";
        report.tell(Rule::GitFolder, ".git", None, message);
    }
    for file in &listing.files {
        let lists = || fs::read(&file.place).map_or(true, |text| text != crate::pages::BLANK.as_bytes());
        let told = if PrivateFolder::is_index(&file.path) && lists() {
            Some((Rule::PrivateIndex, "this index page could list private folders".to_owned()))
        } else if let Some(expected) = input.files.get(&file.path) {
            differs(input, file, expected)
        } else {
            unexplained(input, file, is_git).map(|(rule, message)| (rule, message.to_owned()))
        };
        if let Some((rule, message)) = told {
            report.tell(rule, &file.path, None, message);
        }
    }
    let there: BTreeSet<&str> = listing.files.iter().map(|file| file.path.as_str()).collect();
    for (path, expected) in input.files.iter().filter(|(path, _)| !there.contains(path.as_str())) {
        let rule = if expected.settled { Rule::MissingFile } else { Rule::UnsettledMissing };
        report.tell(rule, path, None, "this published file is missing");
    }
}

/// How a file is not as it was written.
fn differs(input: &AuditInput, file: &Lying, expected: &Expected) -> Option<(Rule, String)> {
    if expected.size != file.size {
        let message = format!("it has {} bytes, but was written with {}", file.size, expected.size);
        Some((Rule::ChangedFile, message))
    } else if !expected.settled {
        Some((Rule::UnsettledChanged, "the publish that wrote it was interrupted".to_owned()))
    } else if input.is_original && expected.modified != file.modified {
        Some((Rule::TouchedFile, "something else has rewritten it since it was published".to_owned()))
    } else {
        None
    }
}

/// What to say of a file that no record knows.
fn unexplained(input: &AuditInput, file: &Lying, is_git: bool) -> Option<(Rule, &'static str)> {
    // Git's folder is told of once; what is private in it is found by reading it. Who puts the gate into the folder by hand must
    // do so again after each build, and knows what it is.
    if is_git && file.path.starts_with(".git/")
        || file.path == gates::WORKER && fs::read(&file.place).is_ok_and(|text| gates::is_gate(input, &text))
    {
        None
    } else if file.path.starts_with(OURS) {
        Some((Rule::UnfinishedPublish, "an interrupted publish left this here, and hosts may serve it"))
    } else {
        let message = "this file does not belong to the site: no build wrote it, or a build lost track of it";
        Some((Rule::UnexplainedFile, message))
    }
}

fn modified(metadata: &fs::Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    }
}
