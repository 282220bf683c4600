//! Leftovers of earlier builds that are in no record: files in the output after its record was lost, and a former output.

use std::path::Path;

use walkdir::WalkDir;

use crate::config::{Config, SERVED_FOLDER};
use crate::plan::PICTURES;
use crate::publish::{Manifest, Site, manifest_path};
use crate::{Code, Error};

/// How many paths a message names.
const NAMED: usize = 10;

/// What the owner should know after the first publish of which there is a record.
pub(super) fn told(config: &Config, site: &Site) -> Vec<Error> {
    // What is served to its owner alone is nobody's former site.
    if config.output.starts_with(config.root.join(SERVED_FOLDER)) {
        return Vec::new();
    }
    unexplained(config, site.manifest()).into_iter().chain(former_outputs(config)).collect()
}

/// Pages and pictures in the output that the build did not write.
fn unexplained(config: &Config, manifest: &Manifest) -> Option<Error> {
    let files = WalkDir::new(&config.output).sort_by_file_name().into_iter().flatten();
    let mut unknown = files.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = entry.path().strip_prefix(&config.output).ok()?.to_str()?.to_owned();
        let like_ours = Path::new(&path).starts_with(PICTURES) || path.ends_with(".html");
        (like_ours && manifest.get(&path).is_none()).then_some(path)
    });
    let named: Vec<String> = unknown.by_ref().take(NAMED).map(|path| format!("`{path}`")).collect();
    let (first, more) = (named.join(", "), unknown.count());
    let (more, count) = (if more > 0 { format!(" and {more} more") } else { String::new() }, named.len() + more);
    (count > 0).then(|| {
        let what = if count == 1 { "page or picture is" } else { "pages and pictures are" };
        Error::new(Code::Leftovers, format!(
            "there was no record of earlier builds, and {count} {what} here that this build did not make: {first}{more}"
        ))
        .at(config.display_path(&config.output))
        .hint("delete what does not belong to the site: it may include withdrawn photos, and no build will take them down")
    })
}

/// Other folders that this site was written into, and that are still there.
fn former_outputs(config: &Config) -> Vec<Error> {
    former(config)
        .into_iter()
        .map(|(folder, left)| {
            Error::new(
                Code::Leftovers,
                format!("this former output folder still contains {left} files of an earlier build"),
            )
            .at(folder)
            .hint("delete the folder if it is no longer the output: builds take nothing down there")
        })
        .collect()
}

/// Those folders as the record names them, and how many of the files are left that were written there.
pub(super) fn former(config: &Config) -> Vec<(String, usize)> {
    let Ok(own) = manifest_path(&config.output, &config.state) else { return Vec::new() };
    let entries = own.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut records: Vec<_> = entries.map(|entry| entry.path()).collect();
    records.retain(|path| *path != own && path.extension().is_some_and(|ending| ending == "manifest"));
    records.sort();
    let former = records.into_iter().filter_map(|path| Manifest::load(&path).ok());
    former
        .filter(|manifest| !Path::new(manifest.output()).starts_with(SERVED_FOLDER))
        .filter_map(|manifest| {
            let folder = config.root.join(manifest.output());
            let left = manifest.iter().filter(|record| folder.join(record.path).is_file()).count();
            (left > 0).then(|| (manifest.output().to_owned(), left))
        })
        .collect()
}
