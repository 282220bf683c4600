//! Days that decide: the clock's, those that a wrong clock has left in the ledger, and last days that are brought forward.

use crate::place::Place;

/// The day of the true clock, and the one that was ten years ahead.
const TRUE: &str = "2027-01-02";
const AHEAD: &str = "2036-12-25";

#[test]
fn another_day_than_the_clocks_is_for_looking() {
    let place = Place::new();
    place.share("the couple", &["--expires", "90d"]);
    place.build().fine();
    let (ledger, files) = (place.read("access.toml"), place.output());
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
        place.run(&[command, &["--today=2027-02-01"]].concat()).refused(2, "`--today` is for looking");
        if !command.contains(&"--strict") {
            place.run(&[command, &["--today=2027-02-01", "--dry-run"]].concat()).fine();
        }
    }
    place.run(&["links", "--cards", "cards.html", "--today=2027-02-01"]).refused(2, "`--today` is for looking");
    assert!(!place.path("cards.html").exists());
    assert_eq!((place.read("access.toml"), place.output()), (ledger, files));
    for looking in [&["links"][..], &["next-expiry"], &["audit"], &["edge", "nginx"]] {
        place.run(&[looking, &["--today=2027-02-01"]].concat()).fine();
    }
    let later = place.run(&["links", "--today=2027-05-01"]).fine();
    assert!(later.out.contains("expired 2027-04-01"), "{}", later.out);
}

#[test]
fn a_ledger_that_is_ahead_of_the_clock_is_told_and_put_right_and_revives_nothing_that_was_ended() {
    let place = Place::new();
    place.write("site.toml", &format!("dated_links = true\n{}", place.read("site.toml")));
    place.photo("galleries/harbour/DSC_0011.png", 11);
    place.write("galleries/harbour/gallery.toml", "access = \"private\"\n");
    let couple = place.share("the couple", &["--expires", "2027-06-30"]);
    let parents = place.share("their parents", &[]);
    let former = place.share("the caterer", &["--expires", "2027-01-01"]);
    let harbour = place.run(&["share", "harbour", "--to", "Ida", "--today", "2027-01-01"]).fine().link();
    place.build().fine();
    let assets = place.assets();
    // Then the clock jumps, and nobody notices before all this is done and published.
    let on = |day: &str, arguments: &[&str]| place.run(&[arguments, &["--today", day]].concat());
    let band = on(AHEAD, &["share", "lake-house", "--to", "the band", "--expires", "90d"]).fine().link();
    on(AHEAD, &["revoke", "lake-house", "--to", "their parents"]).fine();
    on(AHEAD, &["retire", "harbour"]).fine();
    place.build_on(AHEAD).fine();
    assert!(place.is_tombstone(&parents) && !place.path(&format!("public/{couple}")).exists());

    // The clock is right again: everything says what is the matter, and by how much.
    let words = "the ledger is 3645 days (about 10 years) ahead of the clock: its newest entry is of 2036-12-25";
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
        let told = on(TRUE, command).err;
        assert!(told.contains(words) && told.contains("`safelight repair`"), "{command:?}: {told}");
    }
    assert!(on(TRUE, &["links", "lake-house"]).fine().out.contains("expired 2027-06-30"));

    let ledger = place.read("access.toml");
    let dry = on(TRUE, &["repair", "--dry-run"]).fine();
    for said in
        ["3 entries of the ledger to be dated 2027-01-02", "`the couple`", "until 2037-03-25", "nothing was changed"]
    {
        assert!(dry.err.contains(said), "{said}: {}", dry.err);
    }
    assert!(!dry.err.contains("parents") && !dry.err.contains("caterer") && !dry.err.contains("Ida"), "{}", dry.err);
    // Nobody but a person knows whether the clock is right now.
    on(TRUE, &["repair"]).refused(2, "this needs a yes");
    assert_eq!(place.read("access.toml"), ledger);
    on(TRUE, &["repair", "--yes"]).fine();
    let ledger = place.read("access.toml");
    assert!(!ledger.contains("2036") && ledger.contains("closed = 2027-01-02"), "{ledger}");
    assert!(ledger.contains("revoked = 2027-01-02") && ledger.contains("expires = 2037-03-25"), "{ledger}");

    // The record of the last publish takes exactly this, and what was ended stays ended.
    let built = place.build_on(TRUE).fine();
    assert!(!built.err.contains("ahead of the clock"), "{}", built.err);
    assert!(place.page(&couple).contains("Boathouse") && place.page(&band).contains("Boathouse"));
    assert!(place.is_tombstone(&parents) && place.is_tombstone(&harbour) && place.is_tombstone(&former));
    let now = place.assets();
    assert!(now.len() == 1 && !assets.contains(&now[0]), "{assets:?} {now:?}");
    on(TRUE, &["repair", "--yes"]).refused(3, "no entry of the ledger is later than today");
    on(TRUE, &["audit"]).fine();
    // What was counted from the wrong day is brought forward.
    on(TRUE, &["expire", "lake-house", "--to", "the band", "--on", "90d"]).fine();
    assert!(on(TRUE, &["links", "lake-house"]).fine().out.contains("2027-04-02"));
}

#[test]
fn a_clock_that_is_a_day_behind_the_ledger_is_told_too() {
    let place = Place::new();
    place.share("the couple", &[]);
    let told = place.run(&["links", "--today", "2026-12-31"]).fine().err;
    assert!(told.contains("the ledger is a day ahead of the clock"), "{told}");
    let json = place.run(&["build", "--today", "2026-12-31", "--format", "json"]).fine().out;
    assert!(json.contains("\"event\":\"warning\"") && json.contains("a day ahead of the clock"), "{json}");
    assert!(!place.run(&["links", "--today", "2027-01-01"]).fine().err.contains("ahead"));
}

#[test]
fn a_living_link_gets_a_first_or_an_earlier_last_day_and_nothing_moves() {
    let place = Place::new();
    let couple = place.share("the couple", &[]);
    let parents = place.share("their parents", &["--expires", "2027-06-30"]);
    place.build().fine();
    let (assets, ledger) = (place.assets(), place.read("access.toml"));
    let expire = |to: &str, day: &str, more: &[&str]| {
        place.run(&[&["expire", "lake-house", "--to", to, "--on", day], more].concat())
    };
    let dry = expire("the couple", "2027-03-31", &["--dry-run"]).fine();
    assert!(dry.err.contains("would work until 2027-03-31") && place.read("access.toml") == ledger, "{}", dry.err);
    let told = expire("the couple", "2027-03-31", &["--format", "json"]).fine().out;
    assert!(told.contains("\"command\":\"expire\"") && told.contains("\"renewed\":[]"), "{told}");
    expire("their parents", "30d", &[]).fine();
    let lines = place.read("access.toml");
    assert!(lines.contains("expires = 2027-03-31") && lines.contains("expires = 2027-02-01"), "{lines}");
    assert!(!lines.contains("was ="), "{lines}");
    place.build().fine();
    assert_eq!(place.assets(), assets);
    assert!(place.page(&couple).contains("Boathouse") && place.page(&parents).contains("Boathouse"));

    // What `extend` cannot do names what can, and the other way round.
    let band = place.share("the band", &[]);
    place.run(&["extend", "lake-house", "--to", "the band", "--expires", "90d"]).refused(3, "`safelight expire` it");
    expire("the band", "2027-04-01", &[]).fine();
    place
        .run(&["extend", "lake-house", "--to", "the band", "--expires", "2027-03-01"])
        .refused(3, "`safelight expire` it");
    expire("the band", "2027-05-01", &[]).refused(3, "`safelight extend` it");
    expire("the band", "2027-04-01", &[]).refused(3, "is the last day of this link already");
    expire("the band", "2026-12-31", &[]).refused(2, "has passed");
    expire("the band", "2027-01-02", &[]).fine();
    place.build().fine();
    assert!(place.page(&band).contains("Boathouse"), "today is included");
    expire("nobody", "2027-03-01", &[]).refused(3, "no link for `nobody`");
    place.build_on("2027-02-02").fine();
    assert!(place.is_tombstone(&parents) && place.is_tombstone(&band) && place.page(&couple).contains("Boathouse"));
}

#[test]
fn a_dated_link_that_is_to_end_sooner_gets_another_address_and_the_old_one_says_so() {
    let place = Place::new();
    place.write("site.toml", &format!("dated_links = true\n{}", place.read("site.toml")));
    let first = place.share("the couple", &["--expires", "2027-06-30"]);
    let endless = place.share("their parents", &[]);
    place.build().fine();
    let assets = place.assets();
    let expire = |to: &str, day: &str| place.run(&["expire", "lake-house", "--to", to, "--on", day]).fine();
    let told = expire("the couple", "2027-03-31");
    assert!(told.link().starts_with("g/20270331-p") && told.err.contains("send it the new one"), "{}", told.err);
    let (second, dated) = (told.link(), expire("their parents", "2027-04-30").link());
    assert!(dated.starts_with("g/20270430-p") && endless.starts_with("g/p"));
    place.build().fine();
    for old in [&first, &endless] {
        let page = place.page(old);
        assert!(place.is_tombstone(old) && !page.contains("/g/20"), "it says nothing of where to: {page}");
    }
    assert!(place.page(&second).contains("Boathouse") && place.page(&dated).contains("Boathouse"));
    assert_eq!(place.assets(), assets);
    let known = place.run(&["verify", &first, &endless]).fine();
    assert!(known.out.contains("its former address, through 2027-06-30"), "{}", known.out);
    assert!(known.out.contains("its former address, without a last day"), "{}", known.out);
    place.run(&["audit"]).fine();
    // Back to the former day: that address is alive again, and the other one is the tombstone.
    let extend = |to: &str, day: &str| place.run(&["extend", "lake-house", "--to", to, "--expires", day]).fine().link();
    assert_eq!(extend("the couple", "2027-06-30"), first);
    assert_eq!(extend("their parents", "never"), endless);
    place.build().fine();
    assert!(place.page(&first).contains("Boathouse") && place.is_tombstone(&second));
    assert!(place.page(&endless).contains("Boathouse") && place.is_tombstone(&dated));
    assert_eq!(place.assets(), assets);
    expire("the couple", "2027-03-31");
    assert_eq!(place.read("access.toml").matches("was = [2027-06-30, 2027-03-31]").count(), 1);
}
