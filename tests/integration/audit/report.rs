//! What the command says, whole.

use super::*;
use crate::support::{Run, said};

/// Runs the program on the day on which the site was built.
fn safelight(site: &Site, arguments: &[&str]) -> Run {
    site.run(&[arguments, &["--today", "2026-11-23"]].concat())
}

#[test]
fn a_clean_site_is_one_line() {
    let site = Site::new();
    let notices = |run: Run| run.fine().err.lines().filter(|line| line.starts_with("notice: ")).count();
    assert_eq!(notices(safelight(&site, &["audit"])), 0);
    assert_eq!(notices(safelight(&site, &["audit", "--verbose"])), 6);
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_found_often_is_told_once_with_a_count_and_what_a_build_mends_comes_first() {
    let site = Site::new();
    let token = site.living();
    let _public = site.plant("more/a.txt", format!("{token} {token}\n{token}").as_bytes());
    let _another = site.plant("more/b.txt", token.as_bytes());
    let _gone = site.remove("404.html");
    safelight(&site, &["audit"]).refused(1);
    insta::assert_snapshot!(said());
}

#[test]
fn after_a_change_that_is_not_built_yet_people_are_told_so_and_programs_are_told_everything() {
    let site = Site::new();
    safelight(&site, &["revoke", "weddings/lake-house", "--to", "Anneliese"]).fine();
    let events = Run::of(&mut site.command(&["audit", "--format", "json", "--today", "2026-11-23"])).events();
    let findings = events.iter().filter(|event| event["event"] == "finding").count();
    assert!(findings > 10, "{events:?}");
    let errors = |run: Run| run.refused(1).err.matches("error: ").count();
    assert_eq!(errors(safelight(&site, &["audit"])), 1);
    // An address that everybody can read does not wait for a build.
    let _planted =
        site.replace("index.html", |text| text.replacen("<main", &format!("<main title='{}'", site.living()), 1));
    assert!(errors(safelight(&site, &["audit"])) > 1);
    insta::assert_snapshot!(said());
}

#[test]
fn each_rule_is_explained_and_all_are_listed() {
    let site = Site::new();
    let listed = site.run(&["audit", "--explain"]).fine().out;
    assert_eq!(listed.lines().count(), Rule::all().count());
    for (rule, line) in Rule::all().zip(listed.lines()) {
        assert!(line.starts_with(rule.id()) && line.ends_with(rule.why()), "{line}");
    }
    site.session(&[
        "audit --explain ledger-content",
        "audit --explain ledger-contents",
        "audit --explain no-secret --format json",
    ]);
    // Every finding says its rule.
    let _planted = site.plant("index.html", site.living().as_bytes());
    let events = site.run(&["audit", "--format", "json", "--today", "2026-11-23"]).events();
    assert!(events.iter().all(|event| event["event"] == "summary" || event["rule"].is_string()), "{events:?}");
    insta::assert_snapshot!(said());
}
