//! Lists for other tools: where they may lie, and what must be known before they are made.

use std::fs;

use super::Host;
use crate::support::{Run, Site};

fn plan(site: &Site, more: &[&str]) -> Run {
    site.run(&[&["publish", "--threads", "1", "--plan"], more].concat())
}

/// What `rclone` does with the record in `end`, once everything else is done.
fn carry_out(site: &Site) {
    fs::create_dir_all(site.path("lists/online/safelight-state")).unwrap();
    for file in fs::read_dir(site.path("lists/end/safelight-state")).unwrap() {
        let file = file.unwrap();
        let to = site.path("lists/online/safelight-state").join(file.file_name());
        fs::copy(file.path(), to).unwrap();
    }
}

#[test]
fn lists_begin_anew_only_where_none_were_made_before() {
    let site = Site::with_private_gallery();
    let gone = site.share("the couple", &[]);
    site.share("their parents", &[]);
    let told = plan(&site, &["lists", "--rebuild-state"]).fine();
    // Not every host knows when a file was changed, and the record of another state may be as long.
    let copies: Vec<&str> = told.err.lines().filter(|line| line.trim_start().starts_with("rclone copy")).collect();
    assert!(copies.len() >= 4 && copies.iter().all(|line| line.contains("--ignore-times")), "{}", told.err);
    site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    // The same line once more, from the history of a shell.
    let refused = plan(&site, &["lists", "--rebuild-state"]).refused(2);
    for part in
        ["`lists/end` has a record", "rclone copy --ignore-times R:safelight-state", "leave `--rebuild-state` out"]
    {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    carry_out(&site);
    fs::remove_dir_all(site.path("lists/end")).unwrap();
    let refused = plan(&site, &["lists", "--rebuild-state"]).refused(2);
    assert!(refused.err.contains("`lists/online` has a record"), "{}", refused.err);
    plan(&site, &["lists"]).fine();
    assert!(site.read("lists/withdrawn.txt").contains(&gone));
}

#[test]
fn lists_know_what_is_online_after_the_secret_was_replaced() {
    let site = Site::with_private_gallery();
    let old = site.share("the couple", &[]);
    plan(&site, &["lists", "--rebuild-state"]).fine();
    carry_out(&site);
    site.prepare(&["secret", "rotate", "--until", "2027-12-31"]);
    let told = plan(&site, &["lists"]).fine();
    assert!(!told.err.contains(" 0 pages"), "{}", told.err);
    carry_out(&site);
    site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    plan(&site, &["lists"]).fine();
    assert!(site.read("lists/withdrawn.txt").contains(&old));
}

#[test]
fn lists_lie_where_nothing_is_published_from_or_to() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    for place in [
        "public",
        "public/lists",
        "static",
        "static/a/b",
        "galleries/coast",
        "pages",
        "themes/lists",
        ".safelight",
        ".",
        "../web",
        "../web/lists",
    ] {
        let refused = plan(&host.site, &[place]).refused(3);
        assert!(refused.err.contains("is, contains or lies in"), "{place}: {}", refused.err);
        assert!(!host.site.path(place).join("pages.txt").exists(), "{place}");
    }
    // Without a target, too.
    let settings = host.site.read("site.toml");
    host.site.put("site.toml", settings.split("[publish]").next().unwrap());
    plan(&host.site, &["public/lists", "--rebuild-state"]).refused(3);
    assert!(!host.site.path("public/lists").exists());
    plan(&host.site, &["lists", "--rebuild-state"]).fine();
}

#[test]
fn lists_that_were_carried_out_are_a_publish() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    plan(&host.site, &["lists"]).fine();
    let web = host.site.path("../web");
    for (from, to) in [("public", web.clone()), ("lists/end/safelight-state", web.join("safelight-state"))] {
        let done = std::process::Command::new("cp").arg("-rT").arg(host.site.path(from)).arg(to).status().unwrap();
        assert!(done.success());
    }
    let told = host.publish(&["--status"]).fine();
    assert!(told.out.contains("published on ") && told.out.contains("links: as in the ledger"), "{}", told.out);
}
