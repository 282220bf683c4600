//! Which room may know which: the table in `ARCHITECTURE.md`, held against the paths in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// What every room stands on: an error, files, what they are sent with, TOML that is written, and who may see what.
const GROUND: [&str; 9] =
    ["content_types", "error", "files", "headers_file", "listed_enum", "lock", "processes", "toml_text", "visibility"];

type Rooms = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rooms of the table with what each may know. `all` is everything but the command line.
fn table(text: &str) -> Rooms {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip_while(|line| !line.starts_with("| Room |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let name = |cell: &str| cell.split('`').nth(1).unwrap_or_default().to_owned();
    let names: BTreeSet<String> = rows.iter().map(|row| name(row[1])).filter(|name| name != "cli").collect();
    let may = |cell: &str| match cell {
        "all" => names.clone(),
        cell => cell.split(',').map(|word| word.split_whitespace().next().unwrap_or("–").to_owned()).collect(),
    };
    rows.iter().map(|row| (name(row[1]), may(row[3]))).collect()
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// The rooms that a file of Rust names in its paths, tests aside.
fn known_by(text: &str) -> BTreeSet<String> {
    let code = without_tests(text);
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut known = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => drop(known.insert(word(rest))),
            // The first word of each part, whatever braces stand within it.
            Some(list) => {
                let (mut depth, mut begins) = (1, true);
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => begins = true,
                        c if begins && depth == 1 && !c.is_whitespace() => {
                            known.insert(word(&list[at..]));
                            begins = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
    known
}

/// The files of code below `src`, tests aside, each with its text.
fn code() -> impl Iterator<Item = (String, String)> {
    let source = root().join("src");
    let files = WalkDir::new(&source).sort_by_file_name().into_iter().filter_map(Result::ok);
    files.filter_map(move |entry| {
        let shown = entry.path().strip_prefix(&source).unwrap().to_string_lossy().into_owned();
        let is_code = shown.ends_with(".rs") && !shown.contains("tests");
        is_code.then(|| (shown, fs::read_to_string(entry.path()).unwrap()))
    })
}

/// What each room knows, with a file that does.
fn known() -> BTreeMap<(String, String), String> {
    let source = root().join("src");
    let mut known = BTreeMap::new();
    for (shown, text) in code() {
        let Some((room, _)) = shown.split_once('/') else { continue };
        for other in known_by(&text) {
            if other != room && (source.join(&other).is_dir() || source.join(format!("{other}.rs")).is_file()) {
                known.entry((room.to_owned(), other)).or_insert(shown.clone());
            }
        }
    }
    known
}

#[test]
fn a_room_knows_only_what_the_table_allows() {
    let may = table(&fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    let wrong: Vec<String> = known()
        .into_iter()
        .filter(|((_, other), _)| !GROUND.contains(&other.as_str()))
        .filter(|((room, other), _)| !may.get(room).is_some_and(|known| known.contains(other)))
        .map(|((room, other), file)| format!("`{room}` must not know `{other}`: src/{file}"))
        .collect();
    assert_eq!(wrong, [] as [&str; 0]);
}

#[test]
fn other_programs_are_started_in_one_place_which_knows_every_secret() {
    for (file, text) in code() {
        let starts = without_tests(&text).contains("Command::new(");
        assert!(!starts || file == "processes.rs", "src/{file}: use `processes::command`, which hands on no secret");
        for name in text
            .split('"')
            .filter(|text| text.starts_with("SAFELIGHT_SECRET") || text.starts_with("SAFELIGHT_PASSWORD"))
        {
            let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            let is_known = crate::processes::SECRET_VARIABLES.contains(&name);
            assert!(!is_name || is_known, "src/{file}: `SECRET_VARIABLES` lacks {name}");
        }
    }
}

#[test]
fn there_is_no_circle_among_the_rooms() {
    let mut left = table(&fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    assert!(left.len() > 9, "the table of rooms has gone");
    loop {
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let floor = |(name, known): (&String, &BTreeSet<String>)| {
            known.iter().all(|other| other == name || !names.contains(other)).then(|| name.clone())
        };
        let floor: Vec<String> = left.iter().filter_map(floor).collect();
        if floor.is_empty() {
            break;
        }
        left.retain(|name, _| !floor.contains(name));
    }
    assert!(left.is_empty(), "these know each other in a circle: {:?}", left.keys());
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let text = "use crate::plan::{Plan, AlbumLocation};\nuse crate::{Error, audit::{self, Finding}, build};\n// crate::serve\nfn f() { crate::files::x() }\n#[cfg(test)]\nmod tests {\nuse crate::cli;\n}";
    let known: Vec<String> = known_by(text).into_iter().collect();
    assert_eq!(known, ["Error", "audit", "build", "files", "plan"]);
}
