//! What visitors of open galleries may save.

use std::collections::BTreeMap;
use std::fs;

use crate::support::archives::members;
use crate::support::photos::{ascii, exif, fractions, jpeg, png, short};
use crate::support::{Site, differences};

/// What a camera says of itself, of its owner and of where it was.
fn telling_jpeg(seed: u8) -> Vec<u8> {
    let first = [ascii(0x010f, "Canon"), ascii(0x0110, "Canon EOS R5"), short(0x0112, 6)];
    let shot = [ascii(0x9003, "2026:06:20 14:03:22"), ascii(0xa430, "OWNERNAME"), ascii(0xa431, "SERIAL0042")];
    let place = [
        ascii(1, "N"),
        fractions(2, &[(50, 1), (4, 1), (0, 1)]),
        ascii(3, "E"),
        fractions(4, &[(14, 1), (25, 1), (0, 1)]),
    ];
    let block = exif(&first, &[(0x8769, &shot), (0x8825, &place)]);
    let picture = jpeg(96, 64, seed).exif(&block).xmp("<aux:SerialNumber>SERIAL0042</aux:SerialNumber>").bytes();
    [picture, b"a film: OWNERNAME".to_vec()].concat()
}

/// A picture of so many pixels that nothing can pack it.
fn noise(side: u32, seed: u32) -> Vec<u8> {
    let mix = |x: u32, y: u32, c: u32| {
        let mut state = (x * 7919 + y * 104_729 + c * 15_485_863).wrapping_mul(seed * 2 + 1).wrapping_add(0x9e37_79b9);
        for _ in 0..3 {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
        }
        (state >> 11) as u8
    };
    png(side, side, |x, y| [mix(x, y, 1), mix(x, y, 2), mix(x, y, 3)])
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// The one published path that contains a text.
#[track_caller]
fn path(site: &Site, part: &str) -> String {
    let paths: Vec<String> = site.paths().into_iter().filter(|path| path.contains(part)).collect();
    assert_eq!(paths.len(), 1, "{part}: {paths:?}");
    paths[0].clone()
}

fn published(site: &Site, path: &str) -> Vec<u8> {
    fs::read(site.path("public").join(path)).unwrap()
}

/// All ZIP files by their paths.
fn archives(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let zips = site.paths().into_iter().filter(|path| path.ends_with(".zip"));
    zips.map(|path| (path.clone(), published(site, &path))).collect()
}

/// What templates are given of a page.
fn view(site: &Site, page: &str) -> serde_json::Value {
    serde_json::from_str(&site.prepare(&["theme", "data", page]).out).unwrap()
}

#[test]
fn a_gallery_offers_nothing_unless_it_says_so() {
    let site = Site::new().photos(["Lake/a.jpg"]);
    site.build();
    assert!(site.paths().iter().all(|path| !path.ends_with(".zip") && !path.contains("original")));
    let gallery = view(&site, "/lake/");
    assert_eq!(gallery["gallery"]["downloads"], serde_json::json!([]));
    assert!(gallery["gallery"]["sections"][0]["chunks"][0]["tiles"][0]["download"].is_null());
}

#[test]
fn web_downloads_are_the_largest_jpeg_of_each_page_alone_and_in_a_zip() {
    let site = Site::new().file("galleries/Lake/a.jpg", telling_jpeg(1)).file("galleries/Lake/b.png", noise(80, 2));
    let site = site.gallery_toml("Lake", "downloads = \"web\"\n");
    site.build();
    let zip = path(&site, ".zip");
    assert!(zip.starts_with("img/lake/") && zip.ends_with("/lake.zip"), "{zip}");
    let members = members(&published(&site, &zip));
    assert_eq!(members.keys().collect::<Vec<_>>(), ["Lake/a.jpg", "Lake/b.jpg"]);
    let gallery = view(&site, "/lake/");
    let tiles = &gallery["gallery"]["sections"][0]["chunks"][0]["tiles"];
    assert_eq!((&tiles[0]["download"]["name"], &tiles[1]["download"]["name"]), (&"a.jpg".into(), &"b.jpg".into()));
    let url = tiles[0]["download"]["url"].as_str().unwrap();
    assert!(url.starts_with("/img/lake/a-64."), "{url}");
    assert_eq!(members["Lake/a.jpg"], published(&site, &url[1..]));
    assert_eq!(tiles[0]["download"]["bytes"], members["Lake/a.jpg"].len());
    let part = &gallery["gallery"]["downloads"][0];
    let (said, is) = (part["bytes"].as_u64().unwrap(), published(&site, &zip).len() as u64);
    assert!(said.abs_diff(is) < 300, "{said} {is}");
    assert_eq!((&part["url"], &part["name"]), (&format!("/{zip}").into(), &"lake.zip".into()));
    assert_eq!((&part["photos"], &part["total"], &part["section"]), (&2.into(), &1.into(), &serde_json::Value::Null));
}

#[test]
fn an_original_is_published_under_its_name_without_what_its_camera_wrote_of_people_and_places() {
    let site = Site::new().config("[rights]\ncopyright = \"© Mara\"\n");
    let site = site.file("galleries/Lake/DSC 1.JPG", telling_jpeg(1)).gallery_toml("Lake", "downloads = \"full\"\n");
    site.build();
    let original = published(&site, &path(&site, "-original."));
    for secret in ["SERIAL0042", "OWNERNAME"] {
        assert!(!holds(&original, secret), "{secret}");
    }
    assert!(holds(&original, "© Mara") && holds(&original, "2026:06:20 14:03:22") && holds(&original, "Canon EOS R5"));
    // The picture itself, from its tables on.
    let source = telling_jpeg(1);
    let scan = memchr::memmem::find(&source, b"\xff\xda").unwrap();
    let end = memchr::memmem::rfind(&source, b"\xff\xd9").unwrap() + 2;
    assert!(original.ends_with(&source[scan..end]));
    let page = site.like("lake/dsc-1", ".html").remove(0);
    let photo = view(&site, &format!("/{page}"));
    assert_eq!(photo["photo"]["download"]["name"], "DSC 1.JPG");
    assert_eq!(members(&published(&site, &path(&site, ".zip"))), BTreeMap::from([("Lake/DSC 1.JPG".into(), original)]));
    site.run(&["audit"]).fine();
}

#[test]
fn coordinates_stay_in_an_original_where_the_site_keeps_them() {
    let site = Site::new().config("[rights]\nkeep_gps = true\n").file("galleries/Lake/a.jpg", telling_jpeg(1));
    let site = site.gallery_toml("Lake", "downloads = \"full\"\n");
    site.build();
    let original = published(&site, &path(&site, "-original."));
    // The entry that leads to them, as the EXIF of derivatives has it.
    assert!(original.windows(4).any(|four| four == [0x88, 0x25, 0, 4]));
    assert!(!holds(&original, "SERIAL0042"));
}

#[test]
fn the_word_nearest_to_a_photo_counts() {
    let site = Site::new().photos(["a/b/one.jpg", "a/c/two.jpg", "a/three.jpg"]);
    let site = site.gallery_toml("a", "downloads = \"full\"\n").gallery_toml("a/c", "downloads = \"none\"\n");
    site.build();
    let mut originals: Vec<String> = site.paths().into_iter().filter(|path| path.contains("original")).collect();
    originals.iter_mut().for_each(|path| path.truncate(path.find("-original").unwrap()));
    assert_eq!(originals, ["img/a/b/one", "img/a/three"]);
    assert!(site.paths().iter().all(|path| !(path.starts_with("img/a/c/") && path.ends_with(".zip"))));
}

#[test]
fn no_photo_is_lost_where_two_have_the_same_name_and_names_are_safe() {
    let site = Site::new().file("galleries/Lake/a.png", noise(40, 1)).file("galleries/Lake/a.jpg", telling_jpeg(2));
    let site = site.file("galleries/Lake/A.jpg", telling_jpeg(3)).gallery_toml("Lake", "downloads = \"web\"\n");
    site.build();
    let members = members(&published(&site, &path(&site, ".zip")));
    assert_eq!(members.len(), 3);
    let folded: std::collections::BTreeSet<String> = members.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded.len(), 3, "{folded:?}");
}

#[test]
fn a_part_is_under_its_size_and_a_changed_photo_changes_its_own_part_alone() {
    let site = Site::new().config("[downloads]\npart_size = 1\n").gallery_toml("Lake", "downloads = \"full\"\n");
    for at in 0..14 {
        site.put(format!("galleries/Lake/photo{at:02}.png"), noise(300, at + 1));
    }
    site.build();
    let before = archives(&site);
    assert!((4..=9).contains(&before.len()), "{:?}", before.keys());
    let mut names = Vec::new();
    for zip in before.values() {
        assert!(zip.len() <= 1_000_000);
        names.extend(members(zip).into_keys());
    }
    names.sort();
    assert_eq!(names, (0..14).map(|at| format!("Lake/photo{at:02}.png")).collect::<Vec<_>>());
    let total = before.len();
    for path in before.keys() {
        assert!(path.ends_with(&format!("-of-{total}.zip")), "{path}");
    }
    // A warm build writes none again.
    let summary = site.summary();
    assert_eq!((&summary["files"]["new"]["files"], &summary["files"]["changed"]["files"]), (&0.into(), &0.into()));
    site.put("galleries/Lake/photo05.png", noise(300, 99));
    site.build();
    let after = archives(&site);
    let kept = after.iter().filter(|(path, bytes)| before.get(*path) == Some(bytes)).count();
    assert_eq!((after.len(), kept), (total, total - 1));
}

#[test]
fn a_photo_that_is_larger_than_a_part_is_alone_in_one() {
    let site = Site::new().config("[downloads]\npart_size = 1\n").gallery_toml("Lake", "downloads = \"full\"\n");
    let site = site.file("galleries/Lake/a.png", noise(700, 1)).photos(["Lake/b.jpg", "Lake/c.jpg"]);
    site.build();
    let zips = archives(&site);
    let mut counts: Vec<usize> = zips.values().map(|zip| members(zip).len()).collect();
    counts.sort_unstable();
    assert_eq!(counts.iter().sum::<usize>(), 3);
    assert!(zips.values().any(|zip| zip.len() > 1_000_000 && members(zip).len() == 1));
    let told = site.prepare(&["check", "--host", "github-pages"]).err;
    assert!(told.contains("downloads: "), "{told}");
}

#[test]
fn cold_and_warm_builds_give_the_same_bytes() {
    let make = || {
        let site = Site::new().file("galleries/Lake/a.jpg", telling_jpeg(1)).photos(["Lake/b.jpg", "Sea/c.jpg"]);
        site.gallery_toml("Lake", "downloads = \"full\"\n").gallery_toml("Sea", "downloads = \"web\"\n")
    };
    let (cold, warm) = (make(), make());
    warm.put("galleries/Lake/gallery.toml", "downloads = \"web\"\n");
    warm.build();
    warm.put("galleries/Lake/gallery.toml", "downloads = \"full\"\n");
    warm.build();
    cold.build();
    assert_eq!(differences(&cold.tree(), &warm.tree()), [] as [&str; 0]);
    // Also what must be made again without the cache, because it was lost.
    let zip = path(&warm, "sea.zip");
    fs::remove_file(warm.path("public").join(&zip)).unwrap();
    fs::remove_dir_all(warm.path(".safelight/cache")).unwrap();
    warm.build();
    assert_eq!(differences(&cold.tree(), &warm.tree()), [] as [&str; 0]);
}

#[test]
fn a_word_that_cannot_be_understood_offers_nothing_and_takes_down_what_was_offered() {
    let site = Site::new().file("galleries/Lake/a.jpg", telling_jpeg(1)).gallery_toml("Lake", "downloads = \"full\"\n");
    site.build();
    let pictures = site.paths().iter().filter(|path| path.starts_with("img/lake/a-")).count();
    site.put("galleries/Lake/gallery.toml", "downloads = \"nnoe\"\n");
    let told = site.run(&["build"]).refused(3).err;
    assert!(told.contains("unknown download `nnoe`") && told.contains("did you mean `none`?"), "{told}");
    let left = site.paths();
    assert!(left.iter().all(|path| !path.contains("original") && !path.ends_with(".zip")), "{left:?}");
    assert!(left.contains(&"lake/index.html".to_owned()) && left.contains(&"lake/a.html".to_owned()));
    // The original was one of them.
    assert_eq!(left.iter().filter(|path| path.starts_with("img/lake/a-")).count(), pictures - 1);
}

#[test]
fn what_is_no_longer_offered_comes_down_though_the_build_fails() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Sea/c.jpg", "Old/d.jpg"]);
    for gallery in ["Lake", "Sea", "Old"] {
        site.put(format!("galleries/{gallery}/gallery.toml"), "downloads = \"full\"\n");
    }
    site.build();
    let of = |gallery: &str, what: &str| {
        let start = format!("img/{gallery}/");
        site.paths().iter().filter(|path| path.starts_with(&start) && path.contains(what)).count()
    };
    assert_eq!((of("lake", "original"), of("lake", ".zip"), of("sea", ".zip"), of("old", "original")), (2, 1, 1, 1));
    site.remove("galleries/Lake/a.jpg");
    site.put("galleries/Old/gallery.toml", "downloads = \"web\"\n");
    site.put("pages/about.md", "+++\nnonsense\n+++\n");
    site.run(&["build"]).refused(3);
    assert_eq!((of("lake", "original"), of("lake", ".zip")), (1, 0));
    assert_eq!((of("sea", "original"), of("sea", ".zip")), (1, 1));
    assert_eq!((of("old", "original"), of("old", ".zip")), (0, 0));
    // A page that merely led to a ZIP file stays.
    assert!(site.paths().contains(&"old/index.html".to_owned()));
    site.remove("pages/about.md");
    site.build();
    assert_eq!((of("lake", ".zip"), of("old", ".zip"), of("old", "original")), (1, 1, 0));
}

#[test]
fn a_forgotten_photo_takes_its_original_and_the_zip_files_along() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Sea/c.jpg"]);
    for gallery in ["Lake", "Sea"] {
        site.put(format!("galleries/{gallery}/gallery.toml"), "downloads = \"full\"\n");
    }
    site.build();
    site.run(&["forget", "--photo", "Lake/a.jpg", "--yes"]).fine();
    let left = site.paths();
    assert!(left.iter().all(|path| !path.starts_with("img/lake/a-")), "{left:?}");
    assert_eq!(left.iter().filter(|path| path.ends_with(".zip")).count(), 1, "{left:?}");
    site.build();
    let members = members(&published(&site, &path(&site, "/lake.zip")));
    assert_eq!(members.keys().collect::<Vec<_>>(), ["Lake/b.jpg"]);
}

#[test]
fn sections_by_keyword_are_packed_by_themselves() {
    let of = |keyword: &str, seed: u8| {
        let subject = format!("<dc:subject><rdf:Bag><rdf:li>{keyword}</rdf:li></rdf:Bag></dc:subject>");
        jpeg(96, 64, seed).xmp(&subject).bytes()
    };
    let site = Site::new().file("galleries/Lake/a.jpg", of("dance", 1)).file("galleries/Lake/b.jpg", of("ferry", 2));
    let site = site.gallery_toml("Lake", "downloads = \"full\"\nsections = [\"First dance\", \"dance\"]\n");
    site.build();
    let names = |part: &str| members(&published(&site, &path(&site, part))).into_keys().collect::<Vec<_>>();
    assert_eq!(
        (names("/lake.zip"), names("/lake-dance.zip")),
        (vec!["Lake/b.jpg".into()], vec!["Lake/dance/a.jpg".into()])
    );
}
