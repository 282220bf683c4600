//! Links and galleries that end: revoked, expired, closed, forgotten.

use std::fs;

use crate::support::{Site, said};

#[test]
fn a_revoked_link_dies_with_its_pictures_and_nobody_elses() {
    let site = Site::with_private_gallery();
    let (couple, parents) = (site.share("the couple", &[]), site.share("their parents", &[]));
    site.build();
    let (before, public) = (site.assets(), site.public());
    let dry = site.run(&["revoke", "lake-house", "--to", "the couple", "--dry-run"]).fine();
    assert!(!site.read("access.toml").contains("revoked"), "{}", dry.err);
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let purge = site.path("purge.txt");
    site.run(&["build", "--purge-list", purge.to_str().unwrap()]).fine();
    assert!(site.is_tombstone(&couple) && site.page(&couple).contains("hello@example.com"));
    assert!(site.page(&parents).contains("Boathouse"));
    let after = site.assets();
    assert!(before.len() == 1 && after.len() == 1 && before != after);
    assert_eq!(site.public(), public);
    let purge = fs::read_to_string(purge).unwrap();
    assert!(
        purge.contains(&format!("/{couple}\n")) && purge.contains(&before[0]) && !purge.contains(&after[0]),
        "{purge}"
    );
    site.run(&["revoke", "lake-house", "--to", "the couple"]).refused(3);
    // Its former pictures are still known by their address.
    let known = site.run(&["verify", &format!("GET /x/{}/ HTTP/1.1", before[0]), &couple]).fine();
    assert!(!known.out.contains(couple.trim_start_matches("g/").trim_end_matches('/')));
    insta::assert_snapshot!(said());
}

#[test]
fn a_last_day_ends_a_link_and_a_later_one_brings_it_back_with_other_pictures() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &["--expires", "2027-01-31"]);
    site.build_on("2027-01-31");
    let before = site.assets();
    assert!(!site.is_tombstone(&link));
    site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "2027-02-28", "--today", "2027-01-31"])
        .fine();
    site.build_on("2027-01-31");
    assert_eq!(site.assets(), before);
    assert!(!site.is_tombstone(&link));
    site.build_on("2027-03-01");
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
    site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "30d", "--today", "2027-03-01"]).fine();
    assert!(site.read("access.toml").contains("epoch = 2"));
    site.build_on("2027-03-01");
    assert!(!site.is_tombstone(&link));
    assert!(site.assets().len() == 1 && site.assets() != before);
}

#[test]
fn a_dated_link_carries_its_day_and_says_when_it_was_renewed() {
    let site = Site::with_private_gallery();
    let settings = site.read("site.toml");
    site.put("site.toml", format!("dated_links = true\n{settings}"));
    let link = site.share("the couple", &["--expires", "2027-01-31"]);
    assert!(link.starts_with("g/20270131-p"), "{link}");
    site.build();
    let extended = site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "2027-02-28"]).fine();
    let renewed = extended.link();
    assert!(renewed.starts_with("g/20270228-p") && renewed[11..] != link[11..], "{renewed}");
    site.build();
    assert!(site.is_tombstone(&link) && !site.page(&link).contains(&renewed) && !site.is_tombstone(&renewed));
    let gate = site.run(&["edge", "cloudflare"]).fine();
    let token = link.trim_start_matches("g/").trim_end_matches('/').to_lowercase();
    assert!(gate.out.contains(&token) && !gate.out.contains(&renewed[2..36].to_lowercase()), "{}", gate.out);
}

#[test]
fn a_closed_gallery_is_dead_and_its_folder_may_go() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let gallery = site.path("galleries/lake-house");
    let aside = site.path("aside");
    fs::rename(&gallery, &aside).unwrap();
    site.try_build().refused(3);
    assert!(!site.is_tombstone(&link));
    fs::rename(&aside, &gallery).unwrap();
    site.run(&["retire", "lake-house"]).fine();
    fs::remove_dir_all(&gallery).unwrap();
    site.build();
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
    site.build_on("2027-05-01");
    assert!(!site.path("public/g").exists());
    insta::assert_snapshot!(said());
}

#[test]
fn a_ledger_that_lost_something_is_refused_before_anything_is_written() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-01"]).fine();
    site.share("their parents", &[]);
    site.build();
    let (ledger, output) = (site.read("access.toml"), site.output());
    site.put("access.toml", ledger.replace("revoked = 2027-01-01\n", ""));
    site.try_build().refused(3);
    fs::remove_file(site.path("access.toml")).unwrap();
    site.try_build().refused(3);
    assert_eq!(site.output(), output);
    site.put("access.toml", &ledger);
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_forgotten_is_gone_and_what_remains_is_told() {
    let site = Site::with_private_gallery();
    let link = site.share("their parents", &[]);
    site.build();
    site.run(&["forget", "--person", "their parents"]).refused(2);
    site.run(&["forget", "--person", "their parents", "--yes"]).fine();
    assert!(!site.read("access.toml").contains("their parents"));
    site.build();
    assert!(!site.is_tombstone(&link));
    let before = site.output();
    let photo = site.run(&["forget", "--photo", "lake-house/SECRET_0009.png", "--yes"]).fine();
    assert!(!site.path("galleries/lake-house/SECRET_0009.png").exists());
    let gone: Vec<&String> =
        photo.out.lines().filter_map(|line| before.keys().find(|path| line == format!("/{path}"))).collect();
    let lies_there = |path: &&&String| site.path("public").join(path).exists();
    // Pages that show it stay until the next build, and must be fetched anew then.
    let (there, gone): (Vec<&String>, Vec<&String>) = gone.iter().partition(lies_there);
    assert!(gone.len() >= 2 && there.iter().any(|path| **path == format!("{link}index.html")), "{}", photo.out);
    site.build();
    assert!(site.output().len() < before.len());
    insta::assert_snapshot!(said());
}

#[test]
fn a_fresh_machine_lists_what_caches_must_forget_by_an_earlier_record() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let before = site.assets();
    fs::copy(site.path(".safelight/published/public.manifest"), site.path("earlier")).unwrap();
    // What a checkout in CI has: no output, no record.
    fs::remove_dir_all(site.path("public")).unwrap();
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let arguments = ["build", "--purge-list", "purge", "--previous-manifest", "earlier"];
    site.run(&arguments).fine();
    let purge = site.read("purge");
    assert!(purge.contains(&format!("/{link}index.html\n")) && purge.contains(&before[0]), "{purge}");
    assert!(!purge.contains("/coast/"), "{purge}");
}

#[test]
fn an_error_about_a_private_file_does_not_hold_its_address() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    // Somebody put something where the page belongs.
    let page = site.path(format!("public/{link}index.html"));
    fs::remove_file(&page).unwrap();
    fs::create_dir(&page).unwrap();
    fs::write(page.join("mine"), "x").unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let ran = site.try_build().refused(3);
    assert!(!ran.err.contains(link.trim_start_matches("g/").trim_end_matches('/')), "{}", ran.err);
    assert!(site.assets().is_empty(), "{}", ran.err);
    insta::assert_snapshot!(said());
}
