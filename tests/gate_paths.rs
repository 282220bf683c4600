//! The library's own gate against the table that every generated gate is held to.
#![allow(missing_docs)]

mod gate_table;

use gate_table::Table;
use safelight::access::gate::{DenyList, Gate, Prefix, verdict};

fn name(gate: Gate) -> &'static str {
    match gate {
        Gate::PassPublic => "public",
        Gate::PassPrivate(Prefix::Page) => "page",
        Gate::PassPrivate(Prefix::Assets) => "assets",
        Gate::PassPrivate(Prefix::Entry) => "entry",
        Gate::Gone => "gone",
        Gate::NotFound => "not-found",
    }
}

#[test]
fn the_library_gives_every_verdict_of_the_table() {
    let table = Table::read();
    assert!(table.cases.len() >= 60);
    let deny = DenyList::new(table.deny.iter().map(String::as_str));
    let wrong: Vec<String> = table
        .cases
        .iter()
        .map(|case| (case, name(verdict(&case.path, &case.base, table.today, &deny))))
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
        assert_eq!(name(verdict(&with_query, &case.base, table.today, &deny)), case.verdict, "{}", case.why);
    }
}
