//! Watermarks: who sees them, and what they do not go together with.

use crate::support::photos::transparent_png;
use crate::support::{Site, differences};

const ID: &str = "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\ntitle = \"Boathouse\"\n";
const MARK: &str = "[watermark]\nfile = \"marks/logo.png\"\nopacity = 100\n";

fn logo(red: u8) -> Vec<u8> {
    transparent_png(64, 64, |x, _| [red, 0, 0, if x < 32 { 255 } else { 0 }])
}

/// The private gallery with these settings, and a file for a mark.
fn site(settings: &str) -> Site {
    let site = Site::with_known_links().file("marks/logo.png", logo(255));
    site.put("galleries/lake-house/gallery.toml", format!("{ID}{settings}"));
    site
}

/// Pictures below `x/`, by the folders of audiences.
fn pictures(site: &Site) -> Vec<(String, Vec<u8>)> {
    site.output().into_iter().filter(|(path, _)| path.starts_with("x/") && path.ends_with(".jpg")).collect()
}

#[test]
fn an_audience_that_is_spared_sees_the_pictures_as_they_are_and_others_do_not() {
    let plain = site("[audiences.guests]\n");
    plain.build();
    let (clean, before) = (pictures(&plain), plain.public());
    let marked = site(&format!("{MARK}[audiences.guests]\nwatermark = false\n"));
    marked.build();
    let now = pictures(&marked);
    assert_eq!((clean.len(), now.len()), (6, 6));
    let stays = |(path, bytes): &&(String, Vec<u8>)| clean.contains(&(path.clone(), bytes.clone()));
    // Those of the guests, to the byte and at their places; of the others none.
    assert_eq!(now.iter().filter(stays).count(), 3);
    let unknown = now.iter().filter(|(_, bytes)| clean.iter().all(|(_, other)| other != bytes)).count();
    assert_eq!(unknown, 3);
    assert!(before == marked.public(), "a private watermark changes nothing open");
    marked.run(&["audit"]).fine();
    // A second build makes nothing, and a build from nothing makes the same.
    let summary = marked.summary();
    assert_eq!((&summary["rendered"], &summary["files"]["new"]["files"]), (&0.into(), &0.into()));
    let tree = marked.tree();
    std::fs::remove_dir_all(marked.path("public")).unwrap();
    std::fs::remove_dir_all(marked.path(".safelight/cache")).unwrap();
    marked.build();
    assert_eq!(differences(&tree, &marked.tree()), [] as [&str; 0]);
}

#[test]
fn another_mark_makes_other_pictures_and_the_old_ones_go() {
    let site = site(&format!("{MARK}[audiences.guests]\n"));
    site.build();
    let before = pictures(&site);
    site.put("marks/logo.png", logo(200));
    site.build();
    let after = pictures(&site);
    assert_eq!((before.len(), after.len()), (6, 6));
    assert!(after.iter().all(|(path, _)| before.iter().all(|(old, _)| old != path)));
    // Below, a folder can do without.
    site.put("galleries/lake-house/dance/gallery.toml", "[watermark]\nenabled = false\n");
    site.build();
    let kept = pictures(&site).iter().filter(|one| after.contains(one)).count();
    assert_eq!(kept, 4);
}

#[test]
fn web_downloads_have_the_watermark_and_originals_contradict_it() {
    let web =
        site(&format!("downloads = \"web\"\n{MARK}[audiences.guests]\ndownloads = \"full\"\nwatermark = false\n"));
    web.build();
    let zips = web.like("x/", ".zip");
    let members: Vec<Vec<u8>> =
        zips.iter().flat_map(|path| crate::support::archives::members(&web.output()[path]).into_values()).collect();
    // Each is a file that is published by itself too.
    let output = web.output();
    assert!(members.len() == 6 && members.iter().all(|one| output.values().any(|other| other == one)));
    assert_eq!(web.like("x/", ".png").len(), 3);
    for settings in [
        format!("downloads = \"full\"\n{MARK}[audiences.guests]\n"),
        format!("{MARK}[audiences.guests]\ndownloads = \"full\"\n"),
    ] {
        let site = site(&settings);
        let told = site.run(&["build"]).refused(3).err;
        assert!(told.contains("originals have no watermark"), "{told}");
        assert!(!site.path("public").exists());
    }
}

#[test]
fn nothing_is_published_without_the_watermark_that_was_asked_for() {
    for (settings, expected) in [
        ("[watermark]\n", "`[watermark]` needs `file` or `text`"),
        ("[watermark]\ntext = \"Mara\"\n", "`watermark.text` needs `font`"),
        ("[watermark]\nfile = \"marks/none.png\"\n", "names `marks/none.png`, which cannot be read"),
        ("[watermark]\nfile = \"marks/text.png\"\n", "watermark is no usable PNG"),
        ("[watermark]\nfile = \"marks/logo.png\"\ntext = \"Mara\"\n", "excludes `text` and `font`"),
        ("watermark = true\n", "`watermark` must be a table"),
        ("[watermarks]\nfile = \"marks/logo.png\"\n", "`watermarks` is not available"),
    ] {
        let site = site(&format!("{settings}[audiences.guests]\n")).file("marks/text.png", "no picture");
        for command in ["check", "build"] {
            let told = site.run(&[command]);
            assert!(told.code != 0 && told.err.contains(expected), "{command} {settings}{}", told.err);
        }
        assert!(!site.path("public").exists());
    }
}
