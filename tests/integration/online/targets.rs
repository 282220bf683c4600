//! What this computer remembers of several targets.

use std::fs;

use super::Host;

/// Publishes to the site's only target, which is written so.
fn publish_to(host: &Host, to: &str, title: &str) -> String {
    let settings = host.site.read("site.toml");
    let settings = settings.split("[publish]").next().unwrap();
    host.site.put("site.toml", format!("{settings}[publish]\nto = \"{to}\"\n"));
    host.site.put("galleries/coast/gallery.toml", format!("title = \"{title}\"\n"));
    host.publish(&[]).fine().err
}

#[test]
fn a_target_that_is_written_in_another_way_is_the_same() {
    let host = Host::new();
    publish_to(&host, "../web", "1");
    let web = host.site.path("../web");
    let full = web.canonicalize().unwrap();
    std::os::unix::fs::symlink(&full, host.site.path("../link")).unwrap();
    let full = full.to_str().unwrap().to_owned();
    for (at, to) in ["../web/", "./../web", "../link", &full, &format!("{full}/")].into_iter().enumerate() {
        let told = publish_to(&host, to, &format!("another {at}"));
        assert!(!told.contains("is no target any more"), "{to}: {told}");
    }
    // Another one is another one.
    fs::rename(&web, host.site.path("../old")).unwrap();
    fs::create_dir(&web).unwrap();
    publish_to(&host, "../web", "once more");
    host.site.put("site.toml", host.site.read("site.toml") + "[publish.targets.other]\nto = \"../other\"\n");
    host.publish(&["other"]);
    let told = publish_to(&host, "../web", "alone");
    assert!(told.contains("../other may still have the site"), "{told}");
}

#[test]
fn other_targets_that_may_still_show_what_was_withdrawn_are_named_until_they_are_published() {
    let host = Host::new();
    let links = ["the couple", "their parents", "a friend"].map(|to| host.site.share(to, &[]));
    let settings = format!("default_access = \"private\"\n{}", host.site.read("site.toml"));
    host.site.put("site.toml", settings + "[publish.targets.second]\nto = \"../second\"\n");
    host.site.put("galleries/coast/gallery.toml", "access = \"public\"\n");
    let is_named = |told: &str, command: &str| told.contains(&format!("may still show it: run `{command}`\n"));
    // The site's address leads to the other one, which shows the same by then.
    let publish_second = || host.publish(&["second"]).fine().err;
    host.publish(&[]).fine();
    let told = publish_second();
    assert!(!told.contains("may still show"), "{told}");
    // New links are nothing to be told.
    host.site.share("a guest", &["--audience", "guests"]);
    let told = host.publish(&[]).fine().err;
    assert!(!told.contains("may still show"), "{told}");

    type Withdraw<'a> = (&'a str, &'a dyn Fn());
    let ways: [Withdraw<'_>; 3] = [
        ("a revoked link", &|| drop(host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]))),
        ("pictures at another address", &|| drop(host.site.prepare(&["rotate", "lake-house"]))),
        ("a closed gallery", &|| {
            host.site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
            host.site.put_png("galleries/other/DSC_0001.png", 7);
            host.site.put("galleries/other/gallery.toml", "access = \"public\"\n");
        }),
    ];
    for (what, withdraw) in ways {
        withdraw();
        for arguments in [&["--withdraw"][..], &[], &[]] {
            let told = host.publish(arguments).fine().err;
            assert!(is_named(&told, "safelight publish second"), "{what}, {arguments:?}: {told}");
        }
        let told = publish_second();
        assert!(!told.contains("may still show"), "{what}: {told}");
        let told = host.publish(&[]).fine().err;
        assert!(!told.contains("may still show"), "{what}: {told}");
    }
    // The other way round, and a publish that fails is none.
    host.site.prepare(&["revoke", "lake-house", "--to", "a friend"]);
    assert!(is_named(&host.publish(&["second"]).err, "safelight publish"));
    host.site.put("galleries/other/gallery.toml", "titel = \"x\"\n");
    host.publish(&[]).refused(3);
    host.site.put("galleries/other/gallery.toml", "access = \"public\"\n");
    assert!(is_named(&host.publish(&["second"]).err, "safelight publish"));
    let memory = host.site.read(".safelight/publish/targets.json");
    assert!(links.iter().all(|link| !memory.contains(link.split('/').nth(1).unwrap())), "{memory}");
}
