//! The former secret is as secret as the present one.

use std::fs;

use crate::support::{Site, said};

#[test]
fn the_former_secret_that_others_can_read_stops_builds_and_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    site.build();
    let former = site.path(".safelight/secret.previous");
    assert_eq!(fs::metadata(&former).unwrap().permissions().mode() & 0o777, 0o600);
    site.run(&["secret", "check"]).fine();
    site.run(&["audit"]).fine();
    let output = site.output();
    fs::set_permissions(&former, fs::Permissions::from_mode(0o644)).unwrap();
    site.try_build().refused(5);
    site.run(&["secret", "check"]).refused(5);
    site.run(&["audit"]).refused(1);
    fs::set_permissions(&former, fs::Permissions::from_mode(0o600)).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "-f", ".safelight/secret.previous"]] {
        let git = std::process::Command::new("git").current_dir(site.path("")).args(arguments).status();
        assert!(git.unwrap().success());
    }
    site.try_build().refused(5);
    site.run(&["secret", "check"]).refused(5);
    site.run(&["audit"]).refused(1);
    assert_eq!(site.output(), output);
    insta::assert_snapshot!(said());
}

#[test]
fn without_the_right_secret_nothing_is_written() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let secret = site.read(".safelight/secret");
    fs::remove_file(site.path(".safelight/secret")).unwrap();
    site.try_build().refused(5);
    let other = Site::with_private_gallery();
    let wrong = other.read(".safelight/secret");
    // In its middle: the same letter may stand in its prefix, too.
    let mut damaged = secret.clone();
    damaged.replace_range(20..21, if &secret[20..21] == "A" { "B" } else { "A" });
    for bad in [wrong.as_str(), damaged.as_str()] {
        let ran = site.run_with(&["build"], &[("SAFELIGHT_SECRET", bad.trim_end())]);
        assert_eq!(ran.code, 5, "{}", ran.err);
        assert!(!ran.err.contains(&bad[5..20]));
    }
    assert!(!site.path("public").exists());
    // As in the CI of a fork: the variable is there and empty.
    site.run_with(&["build", "--public-only"], &[("SAFELIGHT_SECRET", "")]).fine();
    assert!(site.assets().is_empty() && site.path("public/index.html").exists());
    site.run_with(&["build"], &[("SAFELIGHT_SECRET", secret.trim_end())]).fine();
    assert_eq!(site.assets().len(), 1);
    site.run(&["build", "--public-only"]).refused(3);
    assert_eq!(site.assets().len(), 1);
    site.run(&["secret", "new"]).refused(5);
    insta::assert_snapshot!(said());
}

#[test]
fn a_planned_change_of_the_secret_keeps_former_addresses_until_its_day() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    let former = site.read(".safelight/secret.previous");
    let next = |more: &[&str], day: &str| site.run(&[&["next-expiry", "--today", day], more].concat()).fine().out;
    next(&[], "2027-01-02");
    assert!(next(&["--cron"], "2027-01-02").contains("5 0 2 2 *"));
    assert!(next(&["--ics"], "2027-01-02").contains("DTSTART:20270202"));
    assert_eq!(next(&["--cron"], "2027-02-02"), "");
    fs::remove_file(site.path(".safelight/secret.previous")).unwrap();
    site.try_build().refused(5);
    site.run_with(&["build"], &[("SAFELIGHT_SECRET_PREVIOUS", former.trim_end())]).fine();
    let new = site.run(&["links", "--reveal"]).fine().link();
    assert!(new != link && !site.is_tombstone(&new) && !site.is_tombstone(&link));
    assert_eq!(site.assets().len(), 1);
    site.build_on("2027-02-02");
    assert!(!site.is_tombstone(&new) && !site.path(format!("public/{link}")).exists());
    site.run(&["secret", "rotate", "--compromised", "--today", "2027-02-02"]).fine();
    site.build_on("2027-02-02");
    assert!(!site.path(format!("public/{new}")).exists() && site.assets().len() == 1);
    insta::assert_snapshot!(said());
}

#[test]
fn an_address_under_a_secret_that_was_given_up_is_told_apart_from_an_unknown_one() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &["--expires", "2027-06-30"]);
    let parents = site.share("their parents", &[]);
    site.build();
    let told = |link: &str| site.run(&["verify", &format!("/{link}")]);
    told(&couple).fine();
    site.run(&["revoke", "lake-house", "--to", "their parents"]).fine();
    site.build();
    let given_up = |when: &str| {
        for link in [&couple, &parents] {
            told(link).fine();
            let json = site.run(&["verify", &format!("/{link}"), "--format", "json"]).fine();
            let event: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
            assert_eq!((&event["alive"], &event["previous_root"]), (&false.into(), &true.into()), "{when}");
        }
    };
    for _ in 0..2 {
        site.run(&["secret", "rotate", "--compromised"]).fine();
        given_up("before the next build");
        for _ in 0..2 {
            site.build();
            given_up("after it");
        }
    }
    let new = site.run(&["links", "--reveal", "--alive"]).fine().link();
    assert_ne!(new, couple);
    told(&new).fine();
    // Where such an address stands in what is published, an audit knows it.
    site.run(&["audit"]).fine();
    site.put("public/leak.txt", format!("see /{couple}"));
    site.run(&["audit"]).refused(1);
    insta::assert_snapshot!(said());
}
