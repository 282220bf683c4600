//! Days that decide: the clock's, those that a wrong clock has left in the ledger, and last days that are brought forward.

use crate::support::{Site, said};

/// The day of the true clock, and the one that was ten years ahead.
const TRUE: &str = "2027-01-02";
const AHEAD: &str = "2036-12-25";

#[test]
fn another_day_than_the_clocks_is_for_looking() {
    let site = Site::with_private_gallery();
    site.share("the couple", &["--expires", "90d"]);
    site.build();
    let (ledger, files) = (site.read("access.toml"), site.output());
    let writing: [&[&str]; 11] = [
        &["build"],
        &["build", "--strict"],
        &["share", "lake-house", "--to", "Ida"],
        &["revoke", "lake-house", "--to", "the couple"],
        &["extend", "lake-house", "--to", "the couple", "--expires", "2027-09-01"],
        &["expire", "lake-house", "--to", "the couple", "--on", "2027-02-02"],
        &["rotate", "lake-house"],
        &["retire", "lake-house"],
        &["secret", "rotate", "--until", "90d"],
        &["forget", "--person", "the couple", "--yes"],
        &["forget", "--photo", "coast/DSC_0001.png", "--yes"],
    ];
    for command in writing {
        site.run(&[command, &["--today=2027-02-01"]].concat()).refused(2);
        if !command.contains(&"--strict") {
            site.run(&[command, &["--today=2027-02-01", "--dry-run"]].concat()).fine();
        }
    }
    site.run(&["links", "--cards", "cards.html", "--today=2027-02-01"]).refused(2);
    assert!(!site.path("cards.html").exists());
    assert_eq!((site.read("access.toml"), site.output()), (ledger, files));
    for looking in [&["links"][..], &["next-expiry"], &["audit"], &["edge", "nginx"]] {
        site.run(&[looking, &["--today=2027-02-01"]].concat()).fine();
    }
    site.run(&["links", "--today=2027-05-01"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn a_ledger_that_is_ahead_of_the_clock_is_told_and_put_right_and_revives_nothing_that_was_ended() {
    let site = Site::with_private_gallery();
    site.put("site.toml", format!("dated_links = true\n{}", site.read("site.toml")));
    site.put_png("galleries/harbour/DSC_0011.png", 11);
    site.put("galleries/harbour/gallery.toml", "access = \"private\"\n");
    let couple = site.share("the couple", &["--expires", "2027-06-30"]);
    let parents = site.share("their parents", &[]);
    let former = site.share("the caterer", &["--expires", "2027-01-01"]);
    let harbour = site.run(&["share", "harbour", "--to", "Ida", "--today", "2027-01-01"]).fine().link();
    site.build();
    let assets = site.assets();
    // Then the clock jumps, and nobody notices before all this is done and published.
    let on = |day: &str, arguments: &[&str]| site.run(&[arguments, &["--today", day]].concat());
    let band = on(AHEAD, &["share", "lake-house", "--to", "the band", "--expires", "90d"]).fine().link();
    on(AHEAD, &["revoke", "lake-house", "--to", "their parents"]).fine();
    on(AHEAD, &["retire", "harbour"]).fine();
    site.build_on(AHEAD).fine();
    assert!(site.is_tombstone(&parents) && !site.path(format!("public/{couple}")).exists());

    // The clock is right again: everything says what is the matter, and by how much.
    for command in [
        &["links"][..],
        &["next-expiry"],
        &["verify", &couple],
        &["edge", "nginx"],
        &["audit"],
        &["check"],
        &["build", "--threads", "1"],
        &["share", "lake-house", "--to", "Ada", "--dry-run"],
        &["revoke", "lake-house", "--to", "the band", "--dry-run"],
        &["secret", "rotate", "--compromised", "--dry-run"],
    ] {
        on(TRUE, command);
    }
    on(TRUE, &["links", "lake-house"]).fine();

    let ledger = site.read("access.toml");
    let dry = on(TRUE, &["repair", "--dry-run"]).fine();
    assert!(!dry.err.contains("parents") && !dry.err.contains("caterer") && !dry.err.contains("Ida"), "{}", dry.err);
    // Nobody but a person knows whether the clock is right now.
    on(TRUE, &["repair"]).refused(2);
    assert_eq!(site.read("access.toml"), ledger);
    on(TRUE, &["repair", "--yes"]).fine();
    let ledger = site.read("access.toml");
    assert!(!ledger.contains("2036") && ledger.contains("closed = 2027-01-02"), "{ledger}");
    assert!(ledger.contains("revoked = 2027-01-02") && ledger.contains("expires = 2037-03-25"), "{ledger}");

    // The record of the last publish takes exactly this, and what was ended stays ended.
    assert_eq!(site.build_on(TRUE).said(), "");
    assert!(site.page(&couple).contains("Boathouse") && site.page(&band).contains("Boathouse"));
    assert!(site.is_tombstone(&parents) && site.is_tombstone(&harbour) && site.is_tombstone(&former));
    let now = site.assets();
    assert!(now.len() == 1 && !assets.contains(&now[0]), "{assets:?} {now:?}");
    on(TRUE, &["repair", "--yes"]).refused(3);
    on(TRUE, &["audit"]).fine();
    // What was counted from the wrong day is brought forward.
    on(TRUE, &["expire", "lake-house", "--to", "the band", "--on", "90d"]).fine();
    on(TRUE, &["links", "lake-house"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn a_clock_that_is_a_day_behind_the_ledger_is_told_too() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.run(&["links", "--today", "2026-12-31"]).fine();
    site.run(&["build", "--today", "2026-12-31", "--format", "json"]).fine();
    assert_eq!(site.run(&["links", "--today", "2027-01-01"]).fine().err, "");
    insta::assert_snapshot!(said());
}

#[test]
fn a_living_link_gets_a_first_or_an_earlier_last_day_and_nothing_moves() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    let parents = site.share("their parents", &["--expires", "2027-06-30"]);
    site.build();
    let (assets, ledger) = (site.assets(), site.read("access.toml"));
    let expire = |to: &str, day: &str, more: &[&str]| {
        site.run(&[&["expire", "lake-house", "--to", to, "--on", day], more].concat())
    };
    let dry = expire("the couple", "2027-03-31", &["--dry-run"]).fine();
    assert!(site.read("access.toml") == ledger, "{}", dry.err);
    expire("the couple", "2027-03-31", &["--format", "json"]).fine();
    expire("their parents", "30d", &[]).fine();
    let lines = site.read("access.toml");
    assert!(lines.contains("expires = 2027-03-31") && lines.contains("expires = 2027-02-01"), "{lines}");
    assert!(!lines.contains("was ="), "{lines}");
    site.build();
    assert_eq!(site.assets(), assets);
    assert!(site.page(&couple).contains("Boathouse") && site.page(&parents).contains("Boathouse"));

    // What `extend` cannot do names what can, and the other way round.
    let band = site.share("the band", &[]);
    site.run(&["extend", "lake-house", "--to", "the band", "--expires", "90d"]).refused(3);
    expire("the band", "2027-04-01", &[]).fine();
    site.run(&["extend", "lake-house", "--to", "the band", "--expires", "2027-03-01"]).refused(3);
    expire("the band", "2027-05-01", &[]).refused(3);
    expire("the band", "2027-04-01", &[]).refused(3);
    expire("the band", "2026-12-31", &[]).refused(2);
    expire("the band", "2027-01-02", &[]).fine();
    site.build();
    assert!(site.page(&band).contains("Boathouse"), "today is included");
    expire("nobody", "2027-03-01", &[]).refused(3);
    site.build_on("2027-02-02");
    assert!(site.is_tombstone(&parents) && site.is_tombstone(&band) && site.page(&couple).contains("Boathouse"));
    insta::assert_snapshot!(said());
}

#[test]
fn a_dated_link_that_is_to_end_sooner_gets_another_address_and_the_old_one_says_so() {
    let site = Site::with_private_gallery();
    site.put("site.toml", format!("dated_links = true\n{}", site.read("site.toml")));
    let first = site.share("the couple", &["--expires", "2027-06-30"]);
    let endless = site.share("their parents", &[]);
    site.build();
    let assets = site.assets();
    let expire = |to: &str, day: &str| site.run(&["expire", "lake-house", "--to", to, "--on", day]).fine();
    let told = expire("the couple", "2027-03-31");
    assert!(told.link().starts_with("g/20270331-p"), "{}", told.err);
    let (second, dated) = (told.link(), expire("their parents", "2027-04-30").link());
    assert!(dated.starts_with("g/20270430-p") && endless.starts_with("g/p"));
    site.build();
    for old in [&first, &endless] {
        let page = site.page(old);
        assert!(site.is_tombstone(old) && !page.contains("/g/20"), "it says nothing of where to: {page}");
    }
    assert!(site.page(&second).contains("Boathouse") && site.page(&dated).contains("Boathouse"));
    assert_eq!(site.assets(), assets);
    site.run(&["verify", &first, &endless]).fine();
    site.run(&["audit"]).fine();
    // Back to the former day: that address is alive again, and the other one is the tombstone.
    let extend = |to: &str, day: &str| site.run(&["extend", "lake-house", "--to", to, "--expires", day]).fine().link();
    assert_eq!(extend("the couple", "2027-06-30"), first);
    assert_eq!(extend("their parents", "never"), endless);
    site.build();
    assert!(site.page(&first).contains("Boathouse") && site.is_tombstone(&second));
    assert!(site.page(&endless).contains("Boathouse") && site.is_tombstone(&dated));
    assert_eq!(site.assets(), assets);
    expire("the couple", "2027-03-31");
    assert_eq!(site.read("access.toml").matches("was = [2027-06-30, 2027-03-31]").count(), 1);
    insta::assert_snapshot!(said());
}
