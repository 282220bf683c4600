//! The folders of a site, and what must not lie in what: a build writes to one of them and removes from it.

use std::path::{Component, Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::document::Problems;
use super::walk::Values;
use crate::error::{Code, closest_match};

/// The folder of what the program keeps beside `site.toml`.
pub const STATE: &str = ".safelight";

/// The folder beside `site.toml` that the served site is built into.
pub const SERVED_FOLDER: &str = ".safelight-serve";

/// The folders, joined to the site's.
pub(super) struct Folders {
    pub output: PathBuf,
    pub galleries: PathBuf,
    pub pages: PathBuf,
    pub static_files: PathBuf,
    pub themes: PathBuf,
    pub state: PathBuf,
}

/// Takes the folders out of a file's values.
pub(super) fn take(values: &mut Values, root: &Path, problems: &mut Problems<'_>) -> Folders {
    let mut folder = |name: &'static str, default: &str| {
        let at = values.at(name);
        let said = values.text(name).unwrap_or_else(|| default.to_owned());
        let path = match at_home(&said) {
            Ok(home) => root.join(home.unwrap_or_else(|| PathBuf::from(said))),
            Err((what, hint)) => {
                problems.add(Code::InvalidValue, at.unwrap_or(0), format!("`{name}` {what}"), hint);
                root.join(default)
            }
        };
        Folder { name, at, real: resolved(&path), path }
    };
    let output = folder("output", "public");
    let inputs = [
        folder("galleries", "galleries"),
        folder("pages", "pages"),
        folder("static", "static"),
        folder("themes", "themes"),
    ];
    let state = root.join(STATE);
    check(&output, &inputs, &resolved(root), &resolved(&state), problems);
    let [galleries, pages, static_files, themes] = inputs.map(|input| input.path);
    Folders { output: output.path, galleries, pages, static_files, themes, state }
}

/// A path that begins with the home folder as shells write it (`~`, `$HOME`, `%USERPROFILE%`), with that folder in its
/// place; nothing where it is any other path.
///
/// # Errors
/// What a shell would put something in place of and we do not, and a hint. A folder called `~` is never meant.
pub fn at_home(path: &str) -> Result<Option<PathBuf>, (String, &'static str)> {
    const WHOLE: &str = "write the full path";
    let names = ["~", "${HOME}", "$HOME", "%USERPROFILE%", "%HOME%"];
    let rest = names.iter().find_map(|name| {
        let rest = path.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(['/', '\\'])).then(|| rest.trim_start_matches(['/', '\\']))
    });
    let is_variable = |part: &str| {
        let name = part.strip_prefix('$').map(|name| name.trim_start_matches('{'));
        let name = name.or_else(|| part.strip_prefix('%').filter(|rest| rest.ends_with('%')));
        name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
    };
    // Behind the first name there is nothing that a shell would replace, but `~` there is a slip all the same.
    if let Some(part) = rest.unwrap_or(path).split(['/', '\\']).find(|part| *part == "~" || is_variable(part)) {
        return Err((format!("contains `{part}`, which is not expanded here"), WHOLE));
    }
    let Some(rest) = rest else {
        if path.starts_with('~') {
            let hint = "write the full path; for a folder whose name begins like this, write `./` in front";
            return Err((
                format!("begins with `{}`, which is not expanded here", path.split('/').next().unwrap_or(path)),
                hint,
            ));
        }
        return Ok(None);
    };
    match std::env::home_dir().filter(|home| home.is_absolute()) {
        Some(home) => Ok(Some(if rest.is_empty() { home } else { home.join(rest) })),
        None => Err(("begins with `~/`, but the home folder is unknown".to_owned(), WHOLE)),
    }
}

/// Whether a file with errors may have meant other folders of galleries, pages and output than those that were taken out
/// of it: one of the three is wrong, misspelt, or in a table where it does not belong.
pub(super) fn in_doubt(table: &DeTable<'_>, values: &Values) -> bool {
    const NAMES: [&str; 3] = ["galleries", "output", "pages"];
    fn holds_one(table: &DeTable<'_>) -> bool {
        let mut entries = table.iter();
        entries.any(|(key, value)| {
            NAMES.contains(&key.get_ref().as_ref()) || value.get_ref().as_table().is_some_and(holds_one)
        })
    }
    table.iter().any(|(key, value)| {
        let name = key.get_ref().as_ref();
        let unread = values.at(name).is_none();
        match value.get_ref() {
            _ if NAMES.contains(&name) => unread,
            DeValue::Table(inner) => holds_one(inner),
            DeValue::String(_) => unread && closest_match(name, NAMES).is_some(),
            _ => false,
        }
    })
}

struct Folder {
    name: &'static str,
    /// Where it is said, unless it is the default.
    at: Option<usize>,
    path: PathBuf,
    /// With symlinks resolved as far as it exists.
    real: PathBuf,
}

fn check(output: &Folder, inputs: &[Folder; 4], root: &Path, state: &Path, problems: &mut Problems<'_>) {
    let hint = "give the output its own folder, such as `public`";
    let at = output.at.unwrap_or(0);
    if root.starts_with(&output.real) {
        let what = if root == output.real { "is" } else { "contains" };
        problems.add(
            Code::OverlappingFolders,
            at,
            format!("`output` {what} the site's own folder, which a build would overwrite"),
            hint,
        );
    } else if let Some(relation) = relation(&output.real, state) {
        problems.add(
            Code::OverlappingFolders,
            at,
            format!("`output` {relation} `.safelight`, which contains the secret"),
            hint,
        );
    }
    for input in inputs {
        if !root.starts_with(&output.real)
            && let Some(relation) = relation(&output.real, &input.real)
        {
            let at = output.at.or(input.at).unwrap_or(0);
            problems.add(
                Code::OverlappingFolders,
                at,
                format!("`output` {relation} the folder of `{}`", input.name),
                hint,
            );
        }
        if let Some(relation) = relation(&input.real, state).filter(|_| !root.starts_with(&input.real)) {
            let at = input.at.unwrap_or(0);
            problems.add(
                Code::OverlappingFolders,
                at,
                format!("`{}` {relation} `.safelight`, which contains the secret", input.name),
                "",
            );
        }
    }
    for (position, one) in inputs.iter().enumerate() {
        for other in &inputs[position + 1..] {
            if one.real == other.real {
                let at = other.at.or(one.at).unwrap_or(0);
                problems.add(
                    Code::OverlappingFolders,
                    at,
                    format!("`{}` and `{}` are the same folder", one.name, other.name),
                    "give each its own folder",
                );
            }
        }
    }
    check_static(inputs, root, problems);
}

/// What lies in `static` is published as it is: originals, drafts and the secret must not be among it.
fn check_static(inputs: &[Folder; 4], root: &Path, problems: &mut Problems<'_>) {
    let [galleries, pages, files, themes] = inputs;
    let at = files.at.unwrap_or(0);
    if root.starts_with(&files.real) {
        problems.add(
            Code::OverlappingFolders,
            at,
            "`static` contains the site's own folder, so everything in it would be published",
            "give static files their own folder, such as `static`",
        );
        return;
    }
    for input in [galleries, pages, themes] {
        let at = files.at.or(input.at).unwrap_or(0);
        if input.real == files.real {
            continue;
        }
        if input.real.starts_with(&files.real) {
            let message =
                format!("`static` contains the folder of `{}`, which would be published unchanged", input.name);
            problems.add(Code::OverlappingFolders, at, message, "give each its own folder");
        } else if files.real.starts_with(&input.real) && !root.starts_with(&input.real) {
            let message =
                format!("`static` is inside the folder of `{}`, which would be published unchanged", input.name);
            problems.add(Code::OverlappingFolders, at, message, "give each its own folder");
        }
    }
}

/// How one folder stands to another, where one of them would get what is the other's.
fn relation(one: &Path, other: &Path) -> Option<&'static str> {
    if one == other {
        Some("is")
    } else if one.starts_with(other) {
        Some("is inside")
    } else if other.starts_with(one) {
        Some("contains")
    } else {
        None
    }
}

/// The absolute path without symlinks, `.` and `..`, as far as it exists; what does not exist is taken as it stands.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for component in absolute.components() {
        match component {
            // What stands before is resolved already, so that its parent is the real one.
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            Component::Normal(name) => {
                real.push(name);
                if let Ok(found) = real.canonicalize() {
                    real = found;
                }
            }
            Component::Prefix(_) | Component::RootDir => real.push(component),
        }
    }
    real
}
