//! Hosts that list folders: every folder whose list would tell of something has a page that says nothing.

use std::collections::BTreeSet;
use std::fs;

use crate::place::Place;

const SAYS_NOTHING: &str = "<title>404</title>";

/// Folders of the output without a page, each with a slash at its end.
fn listed(place: &Place) -> BTreeSet<String> {
    let files = place.output();
    let folders = files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| path[..=at].to_owned()));
    folders.filter(|folder| !files.contains_key(&format!("{folder}index.html"))).collect()
}

#[test]
fn a_host_that_lists_folders_lists_nothing_private_and_nothing_unlisted() {
    let place = Place::new();
    place.write("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    place.photo("galleries/quiet/DSC_0004.png", 4);
    place.photo("galleries/coast/cove/DSC_0005.png", 5);
    place.write("galleries/coast/cove/gallery.toml", "access = \"unlisted\"\n");
    place.photo("galleries/quiet/inner/DSC_0006.png", 6);
    let links = [place.share("the couple", &[]), place.share("a guest", &["--audience", "guests"])];
    place.build().fine();
    // What may be listed: the theme's files, and the pictures of a listed gallery, whose own list has an unlisted folder.
    assert_eq!(listed(&place), BTreeSet::from(["assets/".to_owned()]));
    let files = place.output();
    let blank = &files["g/index.html"];
    let text = String::from_utf8(blank.clone()).unwrap();
    for needed in ["noindex, nofollow, noarchive, noimageindex", "no-referrer", "default-src 'none'"] {
        assert!(text.contains(needed), "{text}");
    }
    for absent in ["href", "src=", "Halcyon", "http:", "https:", "url("] {
        assert!(!text.contains(absent), "{absent} in {text}");
    }
    for path in
        ["x/index.html", "img/index.html", "img/coast/index.html", "img/coast/cove/index.html", "img/quiet/index.html"]
    {
        assert_eq!(&files[path], blank, "{path}");
    }
    assert!(links.iter().all(|link| place.page(link).contains("Boathouse")));
    place.run(&["audit"]).fine();
    let again = place.run(&["build", "--today", "2027-01-02", "--format", "json"]).fine();
    assert!(again.out.contains("\"new\":{\"files\":0"), "{}", again.out);
}

#[test]
fn the_pages_that_say_nothing_come_and_go_with_what_they_keep_from_being_listed() {
    let place = Place::new();
    let says_nothing = |place: &Place| -> Vec<String> {
        let all = place.output().into_iter();
        all.filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(SAYS_NOTHING)).map(|(path, _)| path).collect()
    };
    place.build().fine();
    assert_eq!(says_nothing(&place), [""; 0], "a site in which everything is listed has none");
    let without = place.output();
    let link = place.share("the couple", &[]);
    place.build().fine();
    let there = says_nothing(&place);
    assert!(there.contains(&"g/index.html".to_owned()) && there.contains(&"x/index.html".to_owned()), "{there:?}");
    assert_eq!(place.public(), without, "what is public does not tell of it");
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    place.build().fine();
    assert!(place.is_tombstone(&link));
    assert_eq!(says_nothing(&place), ["g/index.html"], "a dead link's page is listed by nobody either");
    place.run(&["retire", "lake-house", "--today", "2027-01-02"]).fine();
    fs::remove_dir_all(place.path("galleries/lake-house")).unwrap();
    place.run(&["build", "--today", "2037-01-02"]).fine();
    assert_eq!(place.output(), without);
}

#[test]
fn another_page_where_private_folders_would_be_listed_is_told_by_the_audit() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    place.run(&["audit"]).fine();
    place.write("public/g/index.html", "<title>404</title>");
    place.run(&["audit"]).refused(1, "an index stands where it could list private folders");
    place.build().fine();
    place.run(&["audit"]).fine();
}
