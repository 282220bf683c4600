//! Files of a theme that are published: their names, and what stylesheets call them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::closest_match;
use crate::{Code, Error};

use super::appearance::address;
use super::position::line_of;

/// A file of the theme that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its name, as in `style.css` or `logo.svg`.
    pub name: String,
    /// Its path below the base path, as `assets/style.1a2b3c4d.css`: new content, new name.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Adds a file under a name that changes with its content.
pub(crate) fn publish(name: &str, bytes: Vec<u8>, published: &mut BTreeMap<String, String>, assets: &mut Vec<Asset>) {
    let hash = blake3::hash(&bytes).to_hex();
    let encoded = address(name);
    let path = match encoded.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains('/') => {
            format!("assets/{stem}.{}.{ending}", &hash[..8])
        }
        _ => format!("assets/{encoded}.{}", &hash[..8]),
    };
    published.insert(name.to_owned(), path.clone());
    assets.push(Asset { name: name.to_owned(), path, bytes });
}

/// A stylesheet whose `url(…)` that name files of `assets/` have their published names.
pub(crate) fn with_assets(
    css: &str,
    file: &Path,
    published: &BTreeMap<String, String>,
    errors: &mut Vec<Error>,
) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("url(") {
        let (before, after) = rest.split_at(start + 4);
        out.push_str(before);
        let Some(end) = after.find(')') else {
            rest = after;
            break;
        };
        let named = after[..end].trim().trim_matches(['"', '\'']);
        let plain = named.trim_start_matches("./").trim_start_matches("assets/");
        if let Some(path) = published.get(plain) {
            // The stylesheet lies in assets/ itself.
            out.push_str(path.strip_prefix("assets/").unwrap_or(path));
        } else {
            let line = line_of(css, css.len() - rest.len() + start);
            let elsewhere = named.contains("//");
            let local = named.starts_with(['#', '/']) || named.starts_with("../") || named.starts_with("data:");
            if elsewhere {
                let error = Error::new(
                    Code::BlockedByPolicy,
                    format!("`{named}` is on another site, from which pages may not load"),
                );
                errors.push(error.at_line(file, line, 1).hint("put the file into the theme's `assets/`"));
            } else if !local {
                let error =
                    Error::new(Code::MissingAsset, format!("there is no file `{plain}` in the theme's `assets/`"))
                        .at_line(file, line, 1);
                errors.push(match closest_match(plain, published.keys().map(String::as_str)) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error,
                });
            }
            out.push_str(&after[..end]);
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// A script whose imports of other scripts of the theme, as `from "./seal.js"`, have their published names.
pub(crate) fn with_imports(script: String, published: &BTreeMap<String, String>) -> String {
    published.iter().filter(|(name, _)| name.ends_with(".js")).fold(script, |script, (name, path)| {
        // Both lie in assets/.
        let path = path.strip_prefix("assets/").unwrap_or(path);
        script.replace(&format!("from \"./{name}\""), &format!("from \"./{path}\""))
    })
}

/// A built-in stylesheet or script without comments and line ends. Knows our own files only.
pub(crate) fn shortened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
