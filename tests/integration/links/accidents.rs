//! What a slip of the hand must not publish, break or overwrite.

use std::fs;
use std::process::Command;

use crate::support::photos::xmp;
use crate::support::{Site, said};

#[test]
fn a_gallery_that_was_closed_by_the_folder_above_stays_closed_where_it_is_moved() {
    let site = Site::with_private_gallery();
    site.put("galleries/clients/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/clients/smith/SECRET_0020.png", 20);
    site.run(&["share", "clients/smith", "--to", "Ada", "--today", "2027-01-01"]).fine();
    assert!(site.read("galleries/clients/smith/gallery.toml").contains("access = \"private\""));
    site.build();
    fs::rename(site.path("galleries/clients/smith"), site.path("galleries/smith")).unwrap();
    site.build();
    assert!(!site.public().keys().any(|path| path.contains("smith")), "{:?}", site.public().keys());

    // Shared when that was not yet written down, or taken out by hand.
    let file = site.read("galleries/smith/gallery.toml").replace("access = \"private\"\n", "");
    site.put("galleries/smith/gallery.toml", &file);
    site.try_build().refused(3);
    assert!(!site.public().keys().any(|path| path.contains("smith")));
    site.put("galleries/smith/gallery.toml", format!("access = \"public\"\n{file}"));
    site.build();
    assert!(site.public().contains_key("smith/index.html"));
    insta::assert_snapshot!(said());
}

#[test]
fn a_ledger_that_is_committed_and_has_gone_is_missed_without_any_record() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").arg("-C").arg(site.path("")).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "access.toml"]);
    git(&["commit", "-qm", "a"]);
    fs::remove_file(site.path("access.toml")).unwrap();
    site.try_build().refused(3);
    let again = ["share", "lake-house", "--to", "Ida"];
    site.run(&again).refused(3);
    assert!(!site.path("access.toml").exists());
    insta::assert_snapshot!(said());
}

#[test]
fn a_root_that_was_given_up_does_not_come_back() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let (ledger, secret) = (site.read("access.toml"), site.read(".safelight/secret"));
    site.run(&["secret", "rotate", "--compromised"]).fine();
    site.build();
    assert!(!site.path(format!("public/{link}index.html")).exists());
    site.build();
    let (newer_ledger, newer_secret) = (site.read("access.toml"), site.read(".safelight/secret"));
    site.put("access.toml", &ledger);
    fs::write(site.path(".safelight/secret"), secret).unwrap();
    site.try_build().refused(3);
    assert!(!site.path(format!("public/{link}index.html")).exists());
    site.put("access.toml", &newer_ledger);
    fs::write(site.path(".safelight/secret"), newer_secret).unwrap();
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn a_folder_that_an_audience_names_is_not_shared_away_from_it() {
    let site = Site::with_private_gallery();
    site.put(
        "galleries/lake-house/gallery.toml",
        "access = \"private\"\ntitle = \"Boathouse\"\n[audiences.guests]\nexcept = [\"dance\"]\n",
    );
    site.share("the guests", &["--audience", "guests"]);
    let before = (site.read("access.toml"), site.read("galleries/lake-house/gallery.toml"));
    let dance = ["share", "lake-house/dance", "--to", "Ida", "--today", "2027-01-01"];
    site.run(&dance).refused(3);
    assert_eq!(before, (site.read("access.toml"), site.read("galleries/lake-house/gallery.toml")));
    assert!(!site.path("galleries/lake-house/dance/gallery.toml").exists());
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn what_the_site_is_made_of_is_not_written_over() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    for own in [
        ".safelight/secret",
        "site.toml",
        "access.toml",
        "galleries/coast/DSC_0001.png",
        "galleries/new.html",
        "./galleries/../access.toml",
    ] {
        let before = fs::read(site.path(own)).ok();
        site.run(&["links", "--cards", own]).refused(2);
        let share = ["share", "lake-house", "--to", "Ida", "--qr", own, "--today", "2027-01-01"];
        site.run(&share).refused(2);
        assert_eq!(fs::read(site.path(own)).ok(), before, "{own}");
    }
    site.run(&["links", "--cards", "cards.html"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn a_copy_of_the_secret_among_static_files_stops_the_build() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.put("static/notes/key.txt", site.read(".safelight/secret"));
    site.run(&["build", "--dry-run"]).refused(5);
    site.try_build().refused(5);
    let file = site.path("static/notes/key.txt");
    let variables = [("SAFELIGHT_SECRET_FILE", file.to_str().unwrap())];
    site.run_with(&["build"], &variables).refused(5);
    assert!(!site.path("public/notes/key.txt").exists());
    insta::assert_snapshot!(said());
}

#[test]
fn a_secret_in_anything_that_would_be_published_stops_the_build_and_keeps_nothing_up() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.share("their parents", &[]);
    site.put("static/robots-notes.txt", "nothing here");
    site.build();
    let secret = site.read(".safelight/secret").trim().to_owned();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let caption = format!(
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">The key is {secret}</rdf:li></rdf:Alt></dc:description>"
    );
    let before = site.output();
    for (file, text) in [
        ("static/a.txt", format!("the key is {secret}, keep it")),
        ("static/b.bin", hex),
        ("themes/default/assets/key.txt", format!("{secret}\n")),
        ("themes/default/custom.css", format!("/* {secret} */")),
        ("pages/about.md", format!("Ask for {secret} at the door")),
        ("galleries/coast/DSC_0001.xmp", xmp(&caption)),
    ] {
        site.put(file, &text);
        let refused = site.try_build().refused(5);
        site.run(&["check"]).refused(5);
        assert!(!refused.err.contains(&secret[5..]), "{}", refused.err);
        assert_eq!(site.output(), before);
        fs::remove_file(site.path(file)).unwrap();
    }
    let photo = format!("galleries/coast/{secret}.png");
    site.put_png(&photo, 6);
    let refused = site.try_build().refused(5);
    assert!(!refused.err.contains("sitemap"), "{}", refused.err);
    assert!(!refused.err.contains(&secret[5..]), "{}", refused.err);
    fs::remove_file(site.path(&photo)).unwrap();
    let named = format!("static/{secret}.txt");
    site.put(&named, "a name");
    fs::remove_file(site.path("galleries/coast/DSC_0002.png")).unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let refused = site.try_build().refused(5);
    assert!(!refused.err.contains(&secret[5..]), "{}", refused.err);
    // What was withdrawn is gone all the same.
    assert!(!site.path(format!("public/{link}index.html")).exists());
    assert!(!site.output().into_keys().any(|path| path.contains("0002")));
    fs::remove_file(site.path(&named)).unwrap();
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn erasing_a_photo_tells_what_still_names_it_and_hides_living_addresses_from_logs() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.put("galleries/lake-house/SECRET_0009.CR3", "raw");
    site.build();
    let assets = site.assets();
    let erase = ["forget", "--photo", "lake-house/SECRET_0009.png", "--yes"];
    let done = site.run_with(&erase, &[("GITHUB_ACTIONS", "true")]).fine();
    for remains in ["SECRET_0009.CR3", "lake-house/gallery.toml"] {
        assert!(done.err.contains(remains), "{remains}\n{}", done.err);
    }
    let mask = format!("::add-mask::{}", assets[0]);
    assert!(done.out.contains(&mask) && done.out.find(&mask) < done.out.find("/x/"), "{}", done.out);
}

#[test]
fn line_ends_of_a_gallery_toml_stay_as_they_are() {
    let site = Site::with_private_gallery();
    let file = "galleries/lake-house/gallery.toml";
    site.put(file, site.read(file).replace('\n', "\r\n"));
    site.share("the couple", &[]);
    let after = site.read(file);
    assert!(after.contains("id = ") && !after.replace("\r\n", "").contains('\n'), "{after:?}");
}

#[test]
fn a_gallery_whose_id_was_lost_is_not_shared_anew_and_the_hints_name_the_one_that_is_meant() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let settings = site.read("galleries/lake-house/gallery.toml");
    let id = settings.lines().find_map(|line| line.strip_prefix("id = \"")).unwrap().trim_end_matches('"').to_owned();
    let without: String =
        settings.lines().filter(|line| !line.starts_with("id =")).map(|line| format!("{line}\n")).collect();
    site.put("galleries/lake-house/gallery.toml", &without);
    let before = site.read("access.toml");
    let again = ["share", "lake-house", "--to", "Ida"];
    site.run(&again).refused(3);
    assert!(site.read("access.toml") == before && site.read("galleries/lake-house/gallery.toml") == without);
    site.try_build().refused(3);
    // One that lies elsewhere has not lost it, and its former place is free.
    site.put("galleries/moved/gallery.toml", &settings);
    site.put_png("galleries/moved/SECRET_0001.png", 1);
    site.put_png("galleries/moved/SECRET_0009.png", 9);
    site.run(&again).fine();
    site.build();
    assert!(!site.is_tombstone(&link));
    // Its folder gone, the id in the hint ends the one that was meant and not the one in its place.
    fs::remove_dir_all(site.path("galleries/moved")).unwrap();
    site.try_build().refused(3);
    site.run(&["retire", &id]).fine();
    site.build();
    assert!(site.is_tombstone(&link) && site.assets().len() == 1);
    insta::assert_snapshot!(said());
}

#[test]
fn nothing_of_a_folder_of_galleries_that_is_closed_is_public_and_each_gallery_in_it_is_named() {
    let site = Site::with_private_gallery();
    site.put("galleries/gallery.toml", "access = \"private\"\ndescription = \"Words for few\"\n");
    site.put_png("galleries/loose.png", 5);
    site.put_png("galleries/coast/north/DSC_0003.png", 6);
    fs::create_dir_all(site.path("galleries/empty")).unwrap();
    site.build();
    for (path, bytes) in site.output() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("Words for few") && !text.contains("coast/") && !text.contains("North"), "{path}");
    }
    let shared = site.run(&["share", "coast", "--to", "Ida", "--today", "2027-01-01"]).fine();
    site.build();
    assert_eq!(site.photos_of(&shared.link()), 3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_repository_of_somebody_else_is_looked_into_and_one_that_cannot_be_read_is_told_of() {
    let site = Site::with_private_gallery();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").arg("-C").arg(site.path("")).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    site.share("the couple", &[]);
    git(&["init", "-q"]);
    git(&["add", "access.toml"]);
    git(&["commit", "-qm", "a"]);
    let build = ["build", "--threads", "1"];
    let others = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];
    let ran = site.run_with(&build, &others).fine();
    assert!(!ran.err.contains("git"), "{}", ran.err);
    let ledger = site.read("access.toml");
    site.put("access.toml", &ledger[..ledger.find("[[gallery.link]]").unwrap()]);
    site.run_with(&build, &others).refused(3);
    site.put("access.toml", &ledger);
    git(&["add", "-f", ".safelight/secret"]);
    site.run_with(&build, &others).refused(5);
    git(&["rm", "-q", "--cached", ".safelight/secret"]);

    // No git, and a repository that git cannot read: the site is built, and its owner knows what was not looked at.
    for command in [&build[..], &["secret", "check"]] {
        site.run_with(command, &[("PATH", "/nonexistent")]).fine();
    }
    fs::write(site.path(".git/HEAD"), "").unwrap();
    let ran = site.build();
    assert_eq!(ran.err.matches("git says").count(), 1, "{}", ran.err);
    site.run(&["audit"]).fine();
    fs::remove_dir_all(site.path(".git")).unwrap();
    assert_eq!(site.run_with(&build, &[("PATH", "/nonexistent")]).fine().said(), "");
    insta::assert_snapshot!(said());
}

#[test]
fn a_file_of_headers_in_the_place_of_ours_is_told_of_where_private_pages_lose_theirs_by_it() {
    let site = Site::with_private_gallery();
    site.put("static/_headers", "/*\n  Referrer-Policy: no-referrer\n");
    let told = "lacks headers for private pages and pictures";
    assert!(!site.build().err.contains(told));
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["check"]).refused(1);
    fs::remove_file(site.path("static/_headers")).unwrap();
    site.build();
    let ours = site.read("public/_headers");
    site.put("static/_headers", format!("/*\n  X-Own: 1\n{ours}"));
    assert!(!site.build().err.contains(told) && !site.is_tombstone(&link));
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_to_nothing_in_the_text_of_a_private_gallery_is_told_once_with_what_can_be_linked() {
    let site = Site::with_private_gallery();
    let settings = site.read("galleries/lake-house/gallery.toml");
    site.put("galleries/lake-house/gallery.toml", format!("description = \"See [the dance](dance)\"\n{settings}"));
    site.share("the couple", &[]);
    site.share("a guest", &["--audience", "guests"]);
    let ran = site.try_build().refused(3);
    assert_eq!(ran.err.matches("error: ").count(), 1, "{}", ran.err);
    insta::assert_snapshot!(said());
}
