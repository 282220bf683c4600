//! What the command says, whole.

use super::*;
use crate::support::Run;

/// Runs the program on the day on which the site was built.
fn safelight(site: &Site, arguments: &[&str]) -> Run {
    site.run(&[arguments, &["--today", "2026-11-23"]].concat())
}

/// What people are told; how many files and bytes there are depends on the theme and the codecs.
fn said(site: &Site, arguments: &[&str]) -> String {
    let run = safelight(site, arguments);
    assert_eq!(run.out, "");
    let text = run.err;
    let (before, last) =
        text.trim_end().rsplit_once('\n').map_or(("", text.trim_end()), |(before, last)| (before, last));
    let (found, counts) = last.split_once(" in ").unwrap();
    let rest = counts.split_once("; ").map_or(String::new(), |(_, rest)| format!("; {rest}"));
    assert!(counts.contains(" files, ") && counts.contains("B"), "{text}");
    let last = format!("{found} in N files, N MB{rest}\n");
    if before.is_empty() { last } else { format!("{before}\n{last}") }
}

#[test]
fn a_clean_site_is_one_line() {
    let site = Site::new();
    let notices = "6 notices (6 private-word); --verbose shows them";
    assert_eq!(said(&site, &["audit"]), format!("nothing found in N files, N MB; {notices}\n"));
    let text = said(&site, &["audit", "--verbose"]);
    assert!(text.lines().filter(|line| line.starts_with("notice: ")).count() == 6, "{text}");
    assert!(text.ends_with("; 6 notices (6 private-word)\n"), "{text}");
}

#[test]
fn what_is_found_often_is_told_once_with_a_count_and_what_a_build_mends_comes_first() {
    let site = Site::new();
    let token = site.living();
    let _public = site.plant("more/a.txt", format!("{token} {token}\n{token}").as_bytes());
    let _another = site.plant("more/b.txt", token.as_bytes());
    let _gone = site.remove("404.html");
    let short = format!("{}…", &token[..6]);
    assert_eq!(
        said(&site, &["audit"]),
        format!(
            "error: `404.html`: it was published and is not there\n\
             hint: build again: the file is written anew\n\
             error: `more/a.txt`: byte 0: the address of a link, {short}, stands outside its own scope\n       \
             4 of this kind: 4 in 2 files below `more/`\n\
             hint: take it out where the file comes from and build again; if the file was online, revoke the link and share again\n\
             error: `more/a.txt`: no plan explains this file: it was not written by a build, or a build lost track of it\n       \
             2 of this kind: 2 in 2 files below `more/`\n\
             hint: remove it; what shall be published goes into the static folder\n\
             7 found in N files, N MB; 6 notices (6 private-word); --verbose shows them\n"
        )
    );
}

#[test]
fn after_a_change_that_is_not_built_yet_people_are_told_so_and_programs_are_told_everything() {
    let site = Site::new();
    safelight(&site, &["revoke", "weddings/lake-house", "--to", "Anneliese"]).fine();
    let events = safelight(&site, &["audit", "--format", "json"]).out;
    let findings = events.lines().filter(|line| line.starts_with(r#"{"event":"finding""#)).count();
    assert!(findings > 10, "{events}");
    assert_eq!(
        said(&site, &["audit"]),
        format!(
            "error: the last change is not built yet: {findings} findings in 1 file that the next build writes anew or removes\n\
             hint: `safelight build`, upload what it writes, and audit again\n\
             {findings} found in N files, N MB; 6 notices (6 private-word); --verbose shows them\n"
        )
    );
    // An address that everybody can read does not wait for a build.
    let _planted =
        site.replace("index.html", |text| text.replacen("<main", &format!("<main title='{}'", site.living()), 1));
    let text = said(&site, &["audit"]);
    assert!(text.starts_with("error: the last change is not built yet: "), "{text}");
    assert!(text.contains("error: `index.html`: byte ") && text.contains("the address of a dead link"), "{text}");
}

#[test]
fn each_rule_is_explained_and_all_are_listed() {
    let site = Site::new();
    let explained = |arguments: &[&str]| {
        let run = site.run(&[&["audit"], arguments].concat());
        (run.code, run.out, run.err)
    };
    assert_eq!(
        explained(&["--explain", "ledger-content"]),
        (
            0,
            "ledger-content (error, ledger)\n\n\
             The ledger names every recipient and every private gallery.\n\n\
             What to do: remove the file; the ledger belongs beside `site.toml`\n"
                .to_owned(),
            String::new()
        )
    );
    let (code, listed, _) = explained(&["--explain"]);
    assert_eq!((code, listed.lines().count()), (0, Rule::all().count()));
    for (rule, line) in Rule::all().zip(listed.lines()) {
        assert!(line.starts_with(rule.id()) && line.ends_with(rule.why()), "{line}");
    }
    assert_eq!(
        explained(&["--explain", "ledger-contents"]).2,
        "error: no rule of the audit is called `ledger-contents`\n\
         hint: did you mean `ledger-content`? `safelight audit --explain` lists all\n"
    );
    let (_, events, _) = explained(&["--explain", "no-secret", "--format", "json"]);
    assert!(
        events.starts_with(r#"{"event":"rule","rule":"no-secret","kind":"unread","severity":"notice","why":"#),
        "{events}"
    );
    // Every finding says its rule.
    let _planted = site.plant("index.html", site.living().as_bytes());
    let events = safelight(&site, &["audit", "--format", "json"]).out;
    assert!(
        events.contains(r#"{"event":"finding","rule":"page-token","kind":"token","file":"index.html","#),
        "{events}"
    );
}
