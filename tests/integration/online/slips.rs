//! What owners do by mistake: nothing is lost by it, and nothing that is closed stays open.

use std::fs;

use super::Host;
use crate::support::{Site, tree};

/// What version control does not keep, and what was built, is gone.
fn leave_only_settings(site: &Site) {
    for photo in tree(&site.path("galleries")).into_keys().filter(|path| path.extension().is_some_and(|of| of == "png"))
    {
        fs::remove_file(site.path("galleries").join(photo)).unwrap();
    }
    forget_what_was_built(site);
}

fn forget_what_was_built(site: &Site) {
    for built in ["public", ".safelight/published", ".safelight/publish", ".safelight/index"] {
        let _ = fs::remove_dir_all(site.path(built));
    }
}

#[test]
fn a_gallery_that_is_closed_goes_also_where_the_targets_record_was_lost() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    assert!(host.online().contains_key("coast/index.html"));
    fs::remove_dir_all(host.site.path("../web/safelight-state")).unwrap();
    host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("no record of them"), "{}", told.err);
    assert!(host.online() == host.site.output());
    assert!(!host.online().keys().any(|path| path.contains("coast")), "{:?}", host.online().keys());
}

#[test]
fn a_disk_that_is_not_there_is_no_new_target() {
    let host = Host::new();
    let link = host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    // As if it had been on another disk than the one that its place is on now.
    let memory = ".safelight/publish/targets.json";
    let known = host.site.read(memory);
    let mut targets: serde_json::Value = serde_json::from_str(&known).unwrap();
    assert!(targets[0]["disk"].is_u64(), "{known}");
    targets[0]["disk"] = 7.into();
    host.site.put(memory, targets.to_string());
    let (web, away) = (host.site.path("../web"), host.site.path("../away"));
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    fs::rename(&web, &away).unwrap();
    let refused = host.publish(&[]).refused(6);
    assert!(refused.err.contains("mounted") && !web.exists(), "{}", refused.err);
    // The empty folder that a disk is mounted at.
    fs::create_dir(&web).unwrap();
    for arguments in [&[][..], &["--withdraw"], &["--dry-run"]] {
        let refused = host.publish(arguments).refused(6);
        assert!(refused.err.contains("mounted") && tree(&web).is_empty(), "{}", refused.err);
    }
    fs::remove_dir(&web).unwrap();
    fs::rename(&away, &web).unwrap();
    host.publish(&[]).fine();
    assert!(host.is_tombstone(&link));
    // A folder that was emptied on purpose is on the same disk.
    fs::remove_dir_all(&web).unwrap();
    host.publish(&[]).fine();
    assert!(host.online() == host.site.output());
}

#[test]
fn a_checkout_without_photos_empties_no_gallery() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let online = host.online();
    leave_only_settings(&host.site);
    let dry = host.publish(&["--dry-run"]).fine();
    assert!(dry.err.contains("would ask before it removes all photos of 1 private gallery"), "{}", dry.err);
    let refused = host.publish(&[]);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("all photos of 1 private gallery"), "{}", refused.err);
    assert!(refused.err.contains("--allow-removals"), "{}", refused.err);
    assert!(host.online() == online);
    // Fewer than would go.
    assert_ne!(host.publish(&["--allow-removals", "2"]).code, 0);
    assert!(host.online() == online);
}

#[test]
fn nor_does_it_when_a_link_ended_and_pictures_move() {
    let host = Host::new();
    let gone = host.site.share("the couple", &[]);
    let stays = host.site.share("their parents", &[]);
    host.publish(&[]).fine();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    leave_only_settings(&host.site);
    let refused = host.publish(&[]);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("all photos of 1 private gallery"), "{}", refused.err);
    // What was withdrawn goes all the same, and pages show nothing that is not there.
    assert!(host.is_tombstone(&gone) && !host.online().contains_key(&format!("{stays}photo.html")));
    assert_eq!(host.dangling(), [""; 0]);
}

#[test]
fn of_two_open_sites_the_second_takes_nothing_over() {
    let host = Host::new();
    fs::remove_dir_all(host.site.path("galleries/lake-house")).unwrap();
    host.publish(&[]).fine();
    let online = host.online();
    host.site.remove(".safelight/secret");
    forget_what_was_built(&host.site);
    host.site.prepare(&["secret", "new"]);
    let settings = host.site.read("site.toml");
    host.site.put("site.toml", settings.replace("http://127.0.0.1", "http://localhost"));
    host.publish(&[]).refused(5);
    assert!(host.online() == online);
    // The same site with another secret.
    host.site.put("site.toml", settings);
    host.publish(&[]).fine();
    assert!(host.online() == host.site.output());
}

#[test]
fn public_galleries_are_not_emptied_either_and_closing_them_all_is_no_mistake() {
    let host = Host::new();
    host.publish(&[]).fine();
    let online = host.online();
    let photos = |path: &&String| path.starts_with("img/");
    assert!(online.keys().any(|path| photos(&path)));
    leave_only_settings(&host.site);
    let refused = host.publish(&[]);
    assert!(refused.code != 0 && refused.err.contains("all public photos"), "{}", refused.err);
    assert!(host.online() == online);

    let host = Host::new();
    host.publish(&[]).fine();
    host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
    host.publish(&[]).fine();
    assert!(!host.online().keys().any(|path| photos(&path)));
}

#[test]
fn another_site_does_not_take_a_target_over() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let online = host.online();
    // A computer that has neither ledger nor secret, on which somebody makes new ones.
    let (secret, ledger) = (host.site.read(".safelight/secret"), host.site.read("access.toml"));
    let gallery = host.site.read("galleries/lake-house/gallery.toml");
    for file in [".safelight/secret", "access.toml"] {
        host.site.remove(file);
    }
    host.site.put("galleries/lake-house/gallery.toml", "access = \"private\"\n");
    forget_what_was_built(&host.site);
    host.site.prepare(&["secret", "new"]);
    host.site.share("somebody else", &[]);
    for arguments in [&[][..], &["--withdraw"], &["--dry-run"], &["--rebuild-state"]] {
        let refused = host.publish(arguments).refused(5);
        assert!(refused.err.contains("another"), "{}", refused.err);
        assert!(host.online() == online);
    }
    host.site.put(".safelight/secret", secret);
    host.site.put("access.toml", ledger);
    host.site.put("galleries/lake-house/gallery.toml", gallery);
    host.publish(&[]).fine();
    assert!(host.online() == online);
}

#[test]
fn a_site_with_another_address_removes_nothing_unasked() {
    let host = Host::new();
    host.publish(&[]).fine();
    let online = host.online();
    fs::rename(host.site.path("galleries/coast"), host.site.path("galleries/harbour")).unwrap();
    let settings = host.site.read("site.toml");
    host.site.put("site.toml", settings.replace("http://127.0.0.1", "http://localhost"));
    let refused = host.publish(&[]).refused(2);
    assert!(refused.err.contains("public files, of http://127.0.0.1"), "{}", refused.err);
    let now = host.online();
    assert!(online.iter().all(|(path, bytes)| now.get(path) == Some(bytes)));
    host.site.put("site.toml", settings);
    host.publish(&[]).fine();
    assert!(host.online() == host.site.output());
}

#[test]
fn folders_that_somebody_else_uses_are_left_alone() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    let mine = ["g/index.html", "g/galleria/index.html", "x/xwiki/data", "e/mail"];
    for file in mine {
        host.site.put(format!("../web/{file}"), "mine");
    }
    let refused = host.publish(&[]);
    assert!(refused.code != 0 && refused.err.contains("not Safelight's"), "{}", refused.err);
    assert!(mine.iter().all(|file| host.site.path(format!("../web/{file}")).exists()));
    host.publish(&["--rebuild-state"]).fine();
    assert!(host.online() == host.site.output());
}

#[test]
fn rebuilding_the_record_sends_everything_again() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    host.site.put("../web/index.html", "damaged");
    host.site.remove("../web/coast/index.html");
    let picture = host.private("x/").into_iter().find(|path| path.ends_with(".jpg")).unwrap();
    let same_size = vec![0; host.online()[&picture].len()];
    host.site.put(format!("../web/{picture}"), same_size);
    host.publish(&["--rebuild-state"]).fine();
    assert!(host.online() == host.site.output());
}

#[test]
fn what_was_not_seen_to_be_gone_is_looked_at_until_it_is() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.site.share("their parents", &[]);
    host.publish(&[]).fine();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    host.remember("x/");
    let refused = host.publish(&[]).refused(1);
    assert!(refused.err.contains("still answers"), "{}", refused.err);
    for arguments in [&[][..], &["--withdraw"], &["--no-build"]] {
        let refused = host.publish(arguments).refused(1);
        assert!(refused.err.contains("still answers"), "{}", refused.err);
    }
    let status = host.publish(&["--status"]).fine();
    assert!(status.out.contains("not seen to be gone"), "{}", status.out);
    // Nor does another address of the site, or none, make it gone.
    let settings = host.site.read("site.toml");
    let url = settings.lines().find(|line| line.starts_with("url = ")).unwrap();
    for other in ["", "url = \"http://localhost:1/\""] {
        host.site.put("site.toml", settings.replace(url, other));
        let refused = host.publish(&[]).refused(1);
        assert!(refused.err.contains("still answers"), "{}", refused.err);
    }
    host.site.put("site.toml", settings);
    host.remember("nothing/");
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("are gone"), "{}", told.err);
    let told = host.publish(&[]).fine();
    assert!(!told.err.contains("gone"), "{}", told.err);
}

#[test]
fn one_place_may_hold_the_records_of_several_sites_and_targets() {
    let (one, other) = (Host::new(), Host::new());
    let place = one.site.path("../records");
    fs::create_dir(&place).unwrap();
    for host in [&one, &other] {
        let settings = host.site.read("site.toml");
        let second = "[publish.targets.second]\nto = \"../second\"\n";
        let state = format!("state = \"{}\"\n", place.display());
        host.site.put("site.toml", format!("{settings}{state}{second}{state}"));
        host.site.share("the couple", &[]);
    }
    for _ in 0..2 {
        for host in [&one, &other] {
            host.publish(&[]).fine();
            host.publish(&["second"]).fine();
            assert!(host.online() == host.site.output());
            let second = tree(&host.site.path("../second"));
            assert!(second.keys().filter(|path| !path.starts_with(".safelight")).count() == host.site.output().len());
        }
        one.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
        one.site.share("the couple", &[]);
    }
}
