//! Follows every reference of the pages that lie in a folder.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{Tree, tree};

/// What is wrong with the references of every page below `output`, served below `base`, which begins and ends with `/`.
pub fn faults(output: &Path, base: &str, origin: &str) -> Vec<String> {
    let files = tree(output);
    let mut faults = Vec::new();
    let mut referred = BTreeSet::new();
    for (page, bytes) in files.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "html")) {
        let text = std::str::from_utf8(bytes).unwrap();
        for target in references(text) {
            match resolve(&files, page, &target, base, origin) {
                Ok(Some(path)) => {
                    referred.insert(path);
                }
                Ok(None) => {}
                Err(why) => faults.push(format!("{}: {target}: {why}", page.display())),
            }
        }
    }
    let says_something = |(path, bytes): (&'_ std::path::PathBuf, &Vec<u8>)| {
        (*bytes != safelight::pages::BLANK.as_bytes()).then(|| path.clone())
    };
    for path in files.iter().filter_map(says_something) {
        let Some(path) = path.to_str() else { continue };
        let reachable = path.ends_with(".html") || path.starts_with("img/");
        if reachable && !["index.html", "404.html"].contains(&path) && !referred.contains(path) {
            faults.push(format!("{path}: nothing leads to it"));
        }
    }
    faults
}

/// Addresses below the site's own root, wherever they stand in a page.
pub fn addresses(page: &str) -> Vec<String> {
    let marks = page.match_indices(['"', ' ', ',']).map(|(at, _)| at + 1);
    let starts = marks.filter(|at| page[*at..].starts_with('/') && !page[*at..].starts_with("//"));
    starts.map(|at| page[at + 1..].split(['"', ' ', ',', '#', '>']).next().unwrap().to_owned()).collect()
}

/// Every address in a page's tags.
pub fn references(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        for name in ["href", "src", "action", "poster"] {
            found.extend(attribute(tag, name));
        }
        for sources in ["srcset", "imagesrcset"].iter().filter_map(|name| attribute(tag, name)) {
            found.extend(sources.split(',').filter_map(|source| Some(source.split_whitespace().next()?.to_owned())));
        }
        if tag.contains("og:image\"") || tag.contains("og:url\"") {
            found.extend(attribute(tag, "content"));
        }
    }
    found
}

pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..][..tag[start..].find('"')?];
    Some(
        value
            .replace("&#x2F;", "/")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&amp;", "&"),
    )
}

/// The path of the file that an address leads to; none for a place in the same page.
fn resolve(files: &Tree, page: &Path, target: &str, base: &str, origin: &str) -> Result<Option<String>, String> {
    let local = target.strip_prefix(origin).filter(|_| !origin.is_empty()).unwrap_or(target);
    if local.starts_with('#') || local.starts_with("data:") {
        return Ok(None);
    }
    if local.contains(':') || local.starts_with("//") {
        return Err("leads elsewhere".to_owned());
    }
    let path = local.split(['#', '?']).next().unwrap_or_default();
    let path =
        percent_encoding::percent_decode_str(path).decode_utf8().map_err(|error| error.to_string())?.into_owned();
    let mut path = match path.strip_prefix('/') {
        Some(_) => path.strip_prefix(base).ok_or("lies outside the site")?.to_owned(),
        None => page.parent().unwrap().join(&path).to_str().unwrap().to_owned(),
    };
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    }
    if files.contains_key(Path::new(&path)) { Ok(Some(path)) } else { Err("is not there".to_owned()) }
}
