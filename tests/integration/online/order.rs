//! What is online after a publish, and after one that failed.

use std::fs;

use super::Host;
use crate::support::Site;

#[test]
fn what_is_built_is_online_and_the_second_time_nothing_is_sent() {
    let host = Host::new();
    let link = host.site.share("the couple", &[]);
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("looked at the site from outside"), "{}", told.err);
    assert_eq!(host.online(), host.site.output());
    assert!(host.online().contains_key(&format!("{link}index.html")));
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("is up to date"), "{}", told.err);
    let summary = host.publish(&["--format", "json"]).fine().events().pop().unwrap();
    assert_eq!((&summary["event"], &summary["command"]), (&"summary".into(), &"publish".into()));
    assert_eq!(summary["unchanged"], host.site.output().len());
    // Nothing of the site's state is there but the target's own record.
    assert!(!host.site.path("../web/.safelight").exists());
}

#[test]
fn a_link_that_ends_is_a_tombstone_its_pictures_move_and_others_keep_theirs() {
    let host = Host::new();
    let (gone, stays) = (host.site.share("the couple", &[]), host.site.share("their parents", &[]));
    host.publish(&[]).fine();
    let before = host.private("x/");
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("withdrawn: `lake-house`: the page of `the couple`"), "{}", told.err);
    assert!(told.err.contains("copied on the target"), "pictures are not sent again: {}", told.err);
    assert!(host.is_tombstone(&gone) && !host.is_tombstone(&stays));
    assert!(before.iter().all(|path| !host.online().contains_key(path)));
    assert_eq!(host.online(), host.site.output());
    assert_eq!(host.dangling(), [""; 0]);
}

#[test]
fn what_must_go_goes_although_the_site_cannot_be_built() {
    type Break<'a> = (&'a str, &'a dyn Fn(&Site));
    let breaks: [Break<'_>; 4] = [
        ("template", &|site| {
            site.put("themes/mine/theme.toml", "");
            site.put("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
            site.put("site.toml", site.read("site.toml") + "[theme]\nname = \"mine\"\n");
        }),
        ("gallery", &|site| site.put("galleries/coast/gallery.toml", "titel = \"x\"\n")),
        ("settings", &|site| site.put("site.toml", format!("titel = 1\n{}", site.read("site.toml")))),
        ("its own settings", &|site| {
            let settings = site.read("galleries/lake-house/gallery.toml");
            site.put("galleries/lake-house/gallery.toml", format!("titel = 1\n{settings}"));
        }),
    ];
    for (name, harm) in breaks {
        let host = Host::new();
        let gone = host.site.share("the couple", &[]);
        let stays = host.site.share("their parents", &[]);
        let guest = host.site.share("a guest", &["--audience", "guests"]);
        host.publish(&[]).fine();
        let public = host.site.public();
        host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
        harm(&host.site);
        let failed = host.publish(&[]);
        assert_ne!(failed.code, 0, "{name}: {}", failed.err);
        assert!(host.is_tombstone(&gone), "{name}: {}", failed.err);
        // The pictures that a former recipient knows are gone, with the page that showed them; the other audience stays.
        assert!(!host.online().contains_key(&format!("{stays}index.html")), "{name}: {}", failed.err);
        assert!(!host.is_tombstone(&guest), "{name}: {}", failed.err);
        assert_eq!(host.dangling(), [""; 0], "{name}");
        for path in public.keys() {
            assert!(host.online().contains_key(path), "{name}: {path} went");
        }
    }
}

#[test]
fn withdrawing_alone_takes_down_what_must_go_without_a_photo_at_hand() {
    let host = Host::new();
    let gone = host.site.share("the couple", &[]);
    let guest = host.site.share("a guest", &["--audience", "guests"]);
    host.publish(&[]).fine();
    let told = host.publish(&["--withdraw"]).fine();
    assert!(told.err.contains("nothing had to be withdrawn"), "{}", told.err);
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    // Another machine: the ledger, the secret and the settings.
    for folder in ["public", "galleries/lake-house/dance"] {
        fs::remove_dir_all(host.site.path(folder)).unwrap();
    }
    for file in ["galleries/lake-house/SECRET_0001.png", "galleries/lake-house/SECRET_0009.png"] {
        host.site.remove(file);
    }
    fs::remove_dir_all(host.site.path(".safelight/published")).unwrap();
    let told = host.publish(&["--withdraw"]).fine();
    assert!(told.err.contains("withdrawn: `lake-house`: the page of `the couple`"), "{}", told.err);
    assert!(host.is_tombstone(&gone) && host.online().contains_key(&format!("{guest}index.html")));
    // What the other audience may see.
    assert_eq!(host.private("x/").iter().filter(|path| path.ends_with(".jpg")).count(), 2, "{:?}", host.private("x/"));
}

#[test]
fn what_is_withdrawn_alone_is_not_brought_back_by_an_older_ledger_or_an_older_output() {
    let host = Host::new();
    let gone = host.site.share("the couple", &[]);
    host.site.share("their parents", &[]);
    let older = host.site.read("access.toml");
    host.publish(&[]).fine();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    let refused = host.publish(&["--no-build"]).refused(6);
    assert!(refused.err.contains("the output is older"), "{}", refused.err);
    assert!(host.is_tombstone(&gone));
    host.publish(&["--withdraw"]).fine();
    assert!(host.is_tombstone(&gone));
    host.site.put("access.toml", older);
    for folder in ["public", ".safelight/published"] {
        fs::remove_dir_all(host.site.path(folder)).unwrap();
    }
    let refused = host.publish(&[]).refused(3);
    assert!(refused.err.contains("no longer revoked"), "{}", refused.err);
    assert!(host.is_tombstone(&gone));
}

#[test]
fn a_gallery_that_is_closed_goes_although_the_site_cannot_be_built_and_however_large_it_is() {
    let host = Host::new();
    for at in 0..60 {
        host.site.put_png(format!("galleries/coast/MORE_{at}.png"), at);
    }
    host.publish(&[]).fine();
    let of_coast = |host: &Host| host.online().keys().filter(|path| path.contains("coast/")).count();
    assert!(of_coast(&host) > 100);
    host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
    host.site.put("galleries/other/gallery.toml", "titel = \"x\"\n");
    host.publish(&[]).refused(3);
    assert_eq!(of_coast(&host), 0);
    host.site.remove("galleries/other/gallery.toml");
    host.publish(&[]).fine();
    assert_eq!(host.online(), host.site.output());
    // The same with `--withdraw`, and in one go.
    for arguments in [&["--withdraw"][..], &[]] {
        host.site.remove("galleries/coast/gallery.toml");
        host.publish(&[]).fine();
        assert!(of_coast(&host) > 100);
        host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
        host.publish(arguments).fine();
        assert_eq!(of_coast(&host), 0, "{arguments:?}");
    }
}

#[test]
fn removals_that_need_a_word_keep_nothing_up_that_must_go() {
    let host = Host::new();
    for at in 0..130 {
        host.site.put(format!("static/notes/{at}.txt"), "text");
    }
    let (gone, stays) = (host.site.share("the couple", &[]), host.site.share("their parents", &[]));
    host.publish(&[]).fine();
    let before = host.private("x/");
    fs::remove_dir_all(host.site.path("static/notes")).unwrap();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    let refused = host.publish(&[]).refused(2);
    assert!(refused.err.contains("nothing public was changed"), "{}", refused.err);
    assert!(host.is_tombstone(&gone) && !host.is_tombstone(&stays));
    assert!(before.iter().all(|path| !host.online().contains_key(path)));
    assert_eq!(host.online().keys().filter(|path| path.starts_with("notes/")).count(), 130);
    assert_eq!(host.dangling(), [""; 0]);
}

#[test]
fn a_fresh_machine_publishes_the_same_site() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let before = host.online();
    for folder in ["public", ".safelight/published", ".safelight/cache"] {
        fs::remove_dir_all(host.site.path(folder)).unwrap();
    }
    let told = host.publish(&[]).fine();
    assert!(told.err.contains("is up to date"), "{}", told.err);
    assert_eq!(host.online(), before);
}

#[test]
fn foreign_files_in_private_folders_go_lost_ones_come_back_and_other_files_stay() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let web = host.site.path("../web");
    fs::create_dir_all(web.join("x/aFOREIGN")).unwrap();
    fs::write(web.join("x/aFOREIGN/by-hand.jpg"), "foreign").unwrap();
    fs::write(web.join("owner.txt"), "the owner's").unwrap();
    let lost = host.private("x/").remove(0);
    fs::remove_file(web.join(&lost)).unwrap();
    host.publish(&[]).fine();
    let mut online = host.online();
    assert_eq!(online.remove("owner.txt").unwrap(), b"the owner's");
    assert_eq!(online, host.site.output());
}

#[test]
fn a_gallery_that_is_public_no_longer_leaves_no_public_file() {
    let host = Host::new();
    host.publish(&[]).fine();
    assert!(host.online().keys().any(|path| path.starts_with("coast/")));
    host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
    host.publish(&[]).fine();
    assert_eq!(host.online().keys().filter(|path| path.contains("coast") || path.starts_with("img/")).count(), 0);
}

#[test]
fn what_still_answers_after_it_was_withdrawn_is_found_and_named_without_its_address() {
    for (folder, what) in [("x/", "pictures"), ("g/", "the page of `the couple`")] {
        let host = Host::new();
        let link = host.site.share("the couple", &[]);
        host.publish(&[]).fine();
        host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
        host.remember(folder);
        let found = host.publish(&[]).refused(1);
        let expected = format!("`lake-house`: {what} is withdrawn, and the site's address still answers with a file");
        assert!(found.err.contains(&expected), "{}", found.err);
        let token = link.split('/').nth(1).unwrap();
        assert!(!found.err.contains(token), "{}", found.err);
    }
}
