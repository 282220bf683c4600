//! What commands say is true, and opens nothing.

use crate::support::{Site, said};

#[test]
fn half_an_address_is_not_answered_with_the_whole() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    let half = format!("{}/", &link[..link.len() - 2]);
    let told = site.run(&["theme", "data", &half]).refused(2);
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    assert!(!told.err.contains(token) && !told.out.contains(token), "{}", told.err);
    insta::assert_snapshot!(said());
}

#[test]
fn pictures_that_nothing_opens_any_more_are_not_said_to_move() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.share("their parents", &[]);
    site.session(&[
        "revoke lake-house --to 'the couple'",
        "revoke lake-house --to 'their parents' --dry-run",
        "retire lake-house --dry-run",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_dry_rotation_says_what_would_be_and_nothing_of_a_secret_that_was_not_made() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let secret = site.read(".safelight/secret");
    for how in [&["--compromised"][..], &["--until", "30d"]] {
        site.run(&[&["secret", "rotate", "--dry-run"], how].concat()).fine();
    }
    assert_eq!(site.read(".safelight/secret"), secret);
    site.run(&["secret", "rotate", "--compromised"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn no_qr_code_is_made_that_no_telephone_can_open() {
    let site = Site::with_private_gallery();
    let settings = site.read("site.toml");
    site.put("site.toml", settings.replace("url = ", "# url = "));
    let ledger = site.path("access.toml");
    site.run(&["share", "lake-house", "--to", "x", "--qr", "card.svg"]).refused(3);
    assert!(!ledger.exists() && !site.path("card.svg").exists());
    site.run(&["links", "--cards", "cards.html"]).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_folder_that_looks_like_an_option_is_shared_as_the_hint_says() {
    let site = Site::with_private_gallery();
    site.put("galleries/-x/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/-x/a.png", 4);
    let told = site.build().err;
    let hint = told.lines().find_map(|line| line.split_once("share it with `safelight ")).unwrap().1;
    let words: Vec<&str> = hint.split(' ').collect();
    assert!(site.run(&words).fine().link().starts_with("g/p"));
    site.run(&["retire", "./-x", "--dry-run"]).fine();
    site.run(&["forget", "--photo", "./-x/a.png", "--yes"]).fine();
}

#[test]
fn making_a_gallery_private_is_told_and_works_where_audiences_wait_for_it() {
    let site = Site::with_private_gallery();
    let file = "galleries/coast/gallery.toml";
    for access in ["public", "unlisted"] {
        site.put(file, format!("access = \"{access}\"\n[audiences.g]\nexcept = [\"DSC_0001.png\"]\n"));
        site.run(&["share", "coast", "--to", "x"]).refused(3);
        site.try_build().refused(3);
        let share = ["share", "coast", "--to", access, "--audience", "g", "--private"];
        let dry = site.run(&[&share[..], &["--dry-run"]].concat()).fine().err;
        assert!(dry.contains(&format!("`{file}` would say `access = \"private\"`")), "{dry}");
        assert!(site.read(file).contains(access), "{dry}");
        site.run(&share).fine();
        site.build();
        site.run(&["retire", "coast"]).fine();
    }
    let quiet = site.run(&["share", "lake-house", "--to", "y", "--private", "--dry-run"]).fine().err;
    assert!(!quiet.contains("would say") && !quiet.contains("public pages"), "{quiet}");
    insta::assert_snapshot!(said());
}

#[test]
fn a_warning_of_a_build_is_a_finding_of_check() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.run(&["check"]).fine();
    site.put(".git", "this is no repository\n");
    site.build();
    site.run(&["check"]).refused(1);
    insta::assert_snapshot!(said());
}

#[test]
fn a_qr_code_goes_into_an_svg_and_what_git_would_take_along_is_told() {
    let site = Site::with_private_gallery();
    let share = |to: &str, file: &str, more: &[&str]| {
        site.run(&[&["share", "lake-house", "--to", to, "--qr", file], more].concat())
    };
    share("a", "card.png", &[]).refused(2);
    assert!(!site.path("access.toml").exists() && !site.path("card.png").exists());
    let done = share("a", "card.svg", &[]).fine().err;
    assert!(!done.contains("git add"), "{done}");
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(site.path("")).status();
    assert!(git.unwrap().success());
    let hint = "`git add` would include card.svg";
    let dry = share("b", "card.svg", &["--dry-run"]).fine().err;
    assert!(dry.contains(hint), "{dry}");
    let cards = || site.run(&["links", "--cards", "cards.html"]).fine().err;
    assert!(cards().contains("`git add` would include cards.html"));
    site.put(".gitignore", "card*\n");
    assert!(!share("b", "card.svg", &[]).fine().err.contains("git add") && !cards().contains("git add"));
    insta::assert_snapshot!(said());
}

#[test]
fn a_name_is_found_however_its_letters_are_composed() {
    let site = Site::with_private_gallery();
    let (apart, whole) = ("su\u{308}d", "s\u{fc}d");
    site.put(format!("galleries/{apart}/gallery.toml"), "access = \"private\"\n");
    for name in ["fu\u{308}r.png", "g.png"] {
        site.put_png(format!("galleries/{apart}/{name}"), 7);
    }
    site.run(&["share", whole, "--to", "x"]).fine();
    site.run(&["share", &format!("galleries/{whole}"), "--to", "y"]).fine();
    site.run(&["forget", "--photo", &format!("{whole}/f\u{fc}r.png"), "--yes"]).fine();
    assert!(!site.path(format!("galleries/{apart}/fu\u{308}r.png")).exists());
    site.run(&["forget", "--photo", &format!("{whole}/g.png"), "--yes"]).fine();
    assert!(!site.path(format!("galleries/{apart}/g.png")).exists());
}

#[test]
fn an_example_of_a_secret_is_not_called_a_secret_of_this_site() {
    let site = Site::with_private_gallery();
    site.put("pages/about.md", format!("As in slk1_{}_abcd", "a".repeat(43)));
    let told = site.try_build().refused(5).err;
    assert!(!told.contains("rotate"), "{told}");
    insta::assert_snapshot!(said());
}

#[test]
fn an_audit_knows_the_day_and_counts_what_it_says() {
    let site = Site::with_private_gallery();
    site.share("the couple", &["--expires", "2027-01-31"]);
    site.build();
    let on = |day| site.run(&["audit", "--today", day]);
    on("2027-01-31").fine();
    // The page of a link that ended since still lies there.
    on("2027-02-01").refused(1);
    insta::assert_snapshot!(said());
}

#[test]
fn the_link_on_a_dead_page_is_the_address_alone() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.build();
    let page = site.page(&link);
    let ask = "<p>Ask <a href=\"mailto:hello@example.com\">hello@example.com</a>.</p>";
    assert!(site.is_tombstone(&link) && page.contains(ask), "{page}");
}
