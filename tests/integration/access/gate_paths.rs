//! The library's own gate against the table that every generated gate is held to.

use super::gate_table::Table;
use safelight::access::gate::{DenyList, verdict};

#[test]
fn the_library_gives_every_verdict_of_the_table() {
    let table = Table::read();
    assert!(table.cases.len() >= 60);
    let deny = DenyList::new(table.deny.iter().map(String::as_str));
    let wrong: Vec<String> = table
        .cases
        .iter()
        .map(|case| (case, verdict(&case.path, &case.base, table.today, &deny).name()))
        .filter(|(case, got)| *got != case.verdict)
        .map(|(case, got)| format!("{}: {} is {}, not {got}", case.why, case.path, case.verdict))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_query_changes_no_verdict() {
    let table = Table::read();
    let deny = DenyList::new(table.deny.iter().map(String::as_str));
    for case in &table.cases {
        let with_query = format!("{}?a=/g/../x", case.path);
        assert_eq!(verdict(&with_query, &case.base, table.today, &deny).name(), case.verdict, "{}", case.why);
    }
}

#[test]
fn verify_knows_the_token_of_every_path_that_passes_or_is_gone() {
    use safelight::access::verify::{TokenIndex, TokenKind};
    let table = Table::read();
    let gallery = "k3v9q2m7t4xa".parse().unwrap();
    // What the gates take for a token is one for `verify` too: it knows it from the path alone.
    let token = |path: &str| {
        let path = percent_encoding_once(path);
        let mut segments = path.split('/').skip_while(|segment| !matches!(*segment, "g" | "x"));
        segments.nth(1).map(str::to_owned)
    };
    let mut seen = 0;
    for case in table.cases.iter().filter(|case| matches!(case.verdict.as_str(), "page" | "assets" | "gone")) {
        let mut known = TokenIndex::default();
        let token = token(&case.path).unwrap_or_else(|| panic!("{}", case.why));
        known.add_assets(&token, gallery, "", true);
        let found = known.identify(&case.path);
        assert!(
            found.iter().any(|verdict| matches!(verdict.meaning, TokenKind::Assets { .. })),
            "{}: {found:?}",
            case.why
        );
        seen += 1;
    }
    assert!(seen > 20);
}

/// Decodes the escapes of the table's paths, which are all ASCII where this is asked for.
fn percent_encoding_once(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        out.push(u8::from_str_radix(&after[..2], 16).unwrap() as char);
        rest = &after[2..];
    }
    out + rest
}
