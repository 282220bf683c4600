//! Hosts that list folders: every folder whose list would tell of something has a page that says nothing.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Site, said};

const SAYS_NOTHING: &str = "<title>404</title>";

/// Folders of the output without a page, each with a slash at its end.
fn listed(site: &Site) -> BTreeSet<String> {
    let files = site.output();
    let folders = files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| path[..=at].to_owned()));
    folders.filter(|folder| !files.contains_key(&format!("{folder}index.html"))).collect()
}

#[test]
fn a_host_that_lists_folders_lists_nothing_private_and_nothing_unlisted() {
    let site = Site::with_private_gallery();
    site.put("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/DSC_0004.png", 4);
    site.put_png("galleries/coast/cove/DSC_0005.png", 5);
    site.put("galleries/coast/cove/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/inner/DSC_0006.png", 6);
    let links = [site.share("the couple", &[]), site.share("a guest", &["--audience", "guests"])];
    site.build();
    // What may be listed: the theme's files, and the pictures of a listed gallery, whose own list has an unlisted folder.
    assert_eq!(listed(&site), BTreeSet::from(["assets/".to_owned()]));
    let files = site.output();
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
    assert!(links.iter().all(|link| site.page(link).contains("Boathouse")));
    site.run(&["audit"]).fine();
    site.run(&["build", "--format", "json"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn the_pages_that_say_nothing_come_and_go_with_what_they_keep_from_being_listed() {
    let site = Site::with_private_gallery();
    let says_nothing = |site: &Site| -> Vec<String> {
        let all = site.output().into_iter();
        all.filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(SAYS_NOTHING)).map(|(path, _)| path).collect()
    };
    site.build();
    assert_eq!(says_nothing(&site), [""; 0], "a site in which everything is listed has none");
    let without = site.output();
    let link = site.share("the couple", &[]);
    site.build();
    let there = says_nothing(&site);
    assert!(there.contains(&"g/index.html".to_owned()) && there.contains(&"x/index.html".to_owned()), "{there:?}");
    assert_eq!(site.public(), without, "what is public does not tell of it");
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.build();
    assert!(site.is_tombstone(&link));
    assert_eq!(says_nothing(&site), ["g/index.html"], "a dead link's page is listed by nobody either");
    site.run(&["retire", "lake-house"]).fine();
    fs::remove_dir_all(site.path("galleries/lake-house")).unwrap();
    site.run(&["build", "--today", "2037-01-02"]).fine();
    assert_eq!(site.output(), without);
}

#[test]
fn another_page_where_private_folders_would_be_listed_is_told_by_the_audit() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    site.run(&["audit"]).fine();
    site.put("public/g/index.html", "<title>404</title>");
    site.run(&["audit"]).refused(1);
    site.build();
    site.run(&["audit"]).fine();
    insta::assert_snapshot!(said());
}
