//! What commands say is true, and opens nothing.

use crate::place::Place;

const DAY: [&str; 2] = ["--today", "2027-01-02"];

#[test]
fn half_an_address_is_not_answered_with_the_whole() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    let half = format!("{}/", &link[..link.len() - 2]);
    let told = place.run(&["theme", "data", &half]).refused(2, "did you mean `g/p");
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    assert!(!told.err.contains(token) && !told.out.contains(token), "{}", told.err);
}

#[test]
fn pictures_that_nothing_opens_any_more_are_not_said_to_move() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.share("their parents", &[]);
    let run = |words: &[&str]| place.run(&[words, &DAY].concat()).fine().err;
    let one = run(&["revoke", "lake-house", "--to", "the couple"]);
    assert!(one.contains("the pictures move to another address"), "{one}");
    for last in
        [&["revoke", "lake-house", "--to", "their parents", "--dry-run"][..], &["retire", "lake-house", "--dry-run"]]
    {
        let told = run(last);
        assert!(
            told.contains("the pictures would not be published any more") && !told.contains("another address"),
            "{told}"
        );
    }
}

#[test]
fn a_dry_rotation_says_what_would_be_and_nothing_of_a_secret_that_was_not_made() {
    let place = Place::new();
    place.share("the couple", &[]);
    let secret = place.read(".safelight/secret");
    for how in [&["--compromised"][..], &["--until", "30d"]] {
        let told = place.run(&[&["secret", "rotate", "--dry-run"], how, &DAY].concat()).fine().err;
        assert!(told.contains("would have another address") && told.contains("addresses would "), "{told}");
        assert!(["keep a copy", "publish now", "will have"].iter().all(|words| !told.contains(words)), "{told}");
    }
    assert_eq!(place.read(".safelight/secret"), secret);
    assert!(place.run(&[&["secret", "rotate", "--compromised"], &DAY[..]].concat()).fine().err.contains("keep a copy"));
}

#[test]
fn no_qr_code_is_made_that_no_telephone_can_open() {
    let place = Place::new();
    let settings = place.read("site.toml");
    place.write("site.toml", &settings.replace("url = ", "# url = "));
    let ledger = place.path("access.toml");
    place
        .run(&["share", "lake-house", "--to", "x", "--qr", "card.svg"])
        .refused(3, "a QR code needs the site's address");
    assert!(!ledger.exists() && !place.path("card.svg").exists());
    place.run(&["links", "--cards", "cards.html"]).refused(3, "cards need the site's address");
}

#[test]
fn a_folder_that_looks_like_an_option_is_shared_as_the_hint_says() {
    let place = Place::new();
    place.write("galleries/-x/gallery.toml", "access = \"private\"\n");
    place.photo("galleries/-x/a.png", 4);
    let told = place.build().fine().err;
    let hint = told.lines().find_map(|line| line.split_once("share it: safelight ")).unwrap().1;
    let words: Vec<&str> = hint.split(' ').collect();
    assert!(place.run(&words).fine().link().starts_with("g/p"));
    place.run(&["retire", "./-x", "--dry-run"]).fine();
    place.run(&["forget", "--photo", "./-x/a.png", "--yes"]).fine();
}
