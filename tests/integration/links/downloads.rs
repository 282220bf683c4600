//! What holders of links may save, and what of it goes when a link dies.

use std::fs;

use crate::support::Site;
use crate::support::archives::{members, zip_of};
use crate::support::photos::{ascii, exif, fractions, jpeg};

const ID: &str = "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\ntitle = \"Boathouse\"\n";
const GUESTS: &str = "[audiences.guests]\nexcept = [\"SECRET_0009.png\"]\n";

/// The private gallery with these settings at its top and for guests.
fn site(top: &str, guests: &str) -> Site {
    let site = Site::with_known_links();
    site.put("galleries/lake-house/gallery.toml", format!("{ID}{top}{GUESTS}{guests}"));
    site
}

/// All ZIP files below `x/`, by the folders of their audiences, each with the paths of its members.
fn archives(site: &Site) -> Vec<(String, Vec<String>)> {
    let zips = site.like("x/", ".zip");
    zips.into_iter()
        .map(|path| {
            let bytes = fs::read(site.path("public").join(&path)).unwrap();
            (path, members(&bytes).into_keys().collect())
        })
        .collect()
}

/// Originals are the only PNG files: pictures of this site are JPEG.
fn originals(site: &Site) -> Vec<String> {
    site.like("x/", ".png")
}

#[test]
fn each_audience_saves_what_it_is_offered_and_nothing_of_another() {
    let site = site("downloads = \"full\"\n", "downloads = \"web\"\n");
    site.build();
    let all = archives(&site);
    let names: Vec<&str> = all.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).collect();
    let count = |name: &str| names.iter().filter(|other| **other == name).count();
    for (name, expected) in [
        ("Boathouse/SECRET_0001.png", 1),
        ("Boathouse/SECRET_0009.png", 1),
        ("Boathouse/Dance/SECRET_0010.png", 1),
        ("Boathouse/SECRET_0001.jpg", 1),
        ("Boathouse/SECRET_0009.jpg", 0),
        ("Boathouse/Dance/SECRET_0010.jpg", 1),
    ] {
        assert_eq!(count(name), expected, "{name}: {names:?}");
    }
    assert_eq!((all.len(), originals(&site).len()), (4, 3));
    for (path, _) in &all {
        assert!(path.ends_with("/boathouse.zip") || path.ends_with("/boathouse-dance.zip"), "{path}");
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        assert!(path.chars().all(allowed) && path.split('/').count() == 4, "{path}");
    }
    // The originals lie in one folder with the ZIP files that hold them.
    let folder = |path: &str| path.split('/').nth(1).unwrap().to_owned();
    let full: Vec<String> =
        all.iter().filter(|(_, names)| names[0].ends_with(".png")).map(|(path, _)| folder(path)).collect();
    assert!(originals(&site).iter().all(|path| full.contains(&folder(path))));
    site.run(&["audit"]).fine();
}

#[test]
fn a_folder_below_can_restrict_an_audience_and_open_nothing_to_it() {
    let site = site("downloads = \"none\"\n", "downloads = \"web\"\n");
    site.put("galleries/lake-house/dance/gallery.toml", "downloads = \"full\"\n");
    site.build();
    // For everyone with a link the word nearest to the photo counts; for guests it is theirs.
    let names: Vec<String> = archives(&site).into_iter().flat_map(|(_, names)| names).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["Boathouse/Dance/SECRET_0010.jpg", "Boathouse/Dance/SECRET_0010.png", "Boathouse/SECRET_0001.jpg"]
    );
    site.put("galleries/lake-house/dance/gallery.toml", "downloads = \"none\"\n");
    site.build();
    let names: Vec<String> = archives(&site).into_iter().flat_map(|(_, names)| names).collect();
    assert_eq!(names, ["Boathouse/SECRET_0001.jpg"]);
}

#[test]
fn a_revoked_link_takes_the_downloads_with_it_and_the_others_find_them_at_a_new_place() {
    let site = site("downloads = \"full\"\n", "");
    site.build();
    let before: Vec<String> = archives(&site).into_iter().map(|(path, _)| path).chain(originals(&site)).collect();
    site.run(&["revoke", "lake-house", "--to", "their parents"]).fine();
    site.build();
    let after: Vec<String> = archives(&site).into_iter().map(|(path, _)| path).chain(originals(&site)).collect();
    assert_eq!(before.len(), after.len());
    // Those of the guests stay where they are.
    let stay = before.iter().filter(|path| after.contains(path)).count();
    assert_eq!(stay, 4, "{before:?} {after:?}");
    let grids = site.like("g/", "index.html");
    assert!(grids.len() >= 3);
    site.run(&["audit"]).fine();
}

#[test]
fn what_an_audience_is_no_longer_offered_comes_down_though_the_build_fails() {
    let site = site("downloads = \"full\"\n", "downloads = \"full\"\n");
    site.build();
    assert_eq!((archives(&site).len(), originals(&site).len()), (4, 5));
    site.put("galleries/lake-house/gallery.toml", format!("{ID}downloads = \"full\"\n{GUESTS}downloads = \"web\"\n"));
    site.put("pages/about.md", "+++\nnonsense\n+++\n");
    site.run(&["build"]).refused(3);
    assert_eq!((archives(&site).len(), originals(&site).len()), (2, 3));
    // A word that nobody understands may have been meant to restrict.
    site.put("galleries/lake-house/gallery.toml", format!("{ID}downloads = \"ful\"\n{GUESTS}"));
    site.run(&["build"]).refused(3);
    assert_eq!((archives(&site).len(), originals(&site).len()), (0, 0));
    assert!(!site.like("x/", ".jpg").is_empty());
}

#[test]
fn a_photo_that_is_forgotten_is_in_no_zip_file_of_any_audience() {
    let site = site("downloads = \"full\"\n", "downloads = \"web\"\n");
    site.build();
    site.run(&["forget", "--photo", "lake-house/SECRET_0001.png", "--yes"]).fine();
    let left: Vec<String> = archives(&site).into_iter().flat_map(|(_, names)| names).collect();
    assert!(left.iter().all(|name| !name.contains("SECRET_0001")), "{left:?}");
    assert_eq!(originals(&site).len(), 2);
    site.build();
    let names: Vec<String> = archives(&site).into_iter().flat_map(|(_, names)| names).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    site.run(&["audit"]).fine();
}

#[test]
fn a_place_that_was_left_in_a_zip_file_is_found_by_the_audit() {
    let site = site("downloads = \"full\"\n", "");
    site.build();
    let (path, _) = archives(&site).remove(0);
    let place = [ascii(1, "N"), fractions(2, &[(50, 1), (4, 1), (0, 1)])];
    let picture = jpeg(96, 64, 1).exif(&exif(&[], &[(0x8825, &place)])).bytes();
    let clean = jpeg(96, 64, 2).bytes();
    site.put(format!("public/{path}"), zip_of(&[("a.jpg", &clean), ("b.jpg", &picture), ("c.jpg", &clean)]));
    let told = site.run(&["audit"]).refused(1).err;
    assert!(told.contains("reveals where it was taken"), "{told}");
}
