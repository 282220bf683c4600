use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;
use crate::audit::Rule;

const BEGIN: &str =
    "<!-- The tables are made from src/error/codes.rs: SAFELIGHT_WRITE_DOCS=1 cargo test --lib error::codes -->\n";
const END: &str = "<!-- end of the tables -->\n";

fn tables() -> String {
    let mut text = String::from("| Code | Severity | Kind | Meaning | What to do |\n|---|---|---|---|---|\n");
    for code in Code::all() {
        let (severity, kind) = (code.severity(), code.kind());
        text.push_str(&format!("| `{code}` | {severity} | `{kind}` | {} | {} |\n", code.meaning(), code.remedy()));
    }
    text.push_str("\n## Warnings that only a build gives\n\n| Code | Why `check` does not |\n|---|---|\n");
    for (code, why) in Code::all().filter_map(|code| Some((code, code.unknown_to_check()?))) {
        text.push_str(&format!("| `{code}` | {why} |\n"));
    }
    text
}

#[test]
fn the_documented_tables_are_these() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/errors.md has no place for the tables");
    let (written, after) = rest.split_once(END).expect("docs/errors.md has no end of the tables");
    if std::env::var_os("SAFELIGHT_WRITE_DOCS").is_some() {
        fs::write(&file, [before, BEGIN, &tables(), END, after].concat()).unwrap();
    } else {
        assert_eq!(written, tables());
    }
}

#[test]
fn every_code_has_a_name_of_its_own_a_sentence_and_a_remedy() {
    let ids: BTreeSet<&str> = Code::all().map(Code::id).collect();
    assert_eq!(ids.len(), Code::all().count());
    for code in Code::all() {
        let id = code.id();
        assert_eq!(Code::by_id(id), Some(code));
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{id}");
        assert!(code.meaning().ends_with('.') && code.meaning().len() > 30, "{id}");
        assert!(!code.remedy().is_empty() && !code.remedy().ends_with('.'), "{id}");
        assert!(code.unknown_to_check().is_none_or(|why| code.is_build_warning() && why.ends_with('.')), "{id}");
        assert_eq!(Rule::by_id(id), None, "`safelight explain {id}` would mean two things");
    }
    assert_eq!(Code::by_id("none"), None);
}

#[test]
fn a_kind_is_called_the_same_for_people_and_programs() {
    for kind in Code::all().map(Code::kind) {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.to_string());
    }
}
