//! Names: one address for every photo, each of which works.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::support::crawl::faults;
use crate::support::{Site, said};

/// File names that have broken gallery makers.
fn hard_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        "a.jpg",
        "A.jpg",
        "a.JPG",
        "a.jpeg",
        "a.png.jpg",
        "a b.jpg",
        " a.jpg",
        "a .jpg",
        "caf\u{e9}.jpg",
        "cafe\u{301}.jpg",
        "cafe.jpg",
        "100%.jpg",
        "%41.jpg",
        "%2e%2e%2f.jpg",
        "#1.jpg",
        "what?.jpg",
        "\"quoted\".jpg",
        "it's.jpg",
        "<script>alert(1)<.jpg",
        "<script>.jpg",
        "a&amp;b.jpg",
        "-rf.jpg",
        "--strict.jpg",
        "con.jpg",
        "NUL.jpg",
        "com1.jpg",
        "index.jpg",
        "page-2.jpg",
        "page-02.jpg",
        "404.jpg",
        "東京.jpg",
        "🦊.jpg",
        "مرحبا.jpg",
        "\u{202e}gpj.jpg",
        "a\\b.jpg",
        "a\tb.jpg",
        "a\nb.jpg",
        "a:b.jpg",
        "*.jpg",
        "|.jpg",
        "...jpg",
        "ß.jpg",
        "ss.jpg",
        "ı.jpg",
        "i.jpg",
        "I.jpg",
        "a-2bcde.jpg",
        "~.jpg",
        "{{ a }}.jpg",
        "{% raw %}.jpg",
        "a.jpg.jpg",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .collect();
    names.push(b"\xff\xfe.jpg".to_vec());
    names.push(b"caf\xe9.jpg".to_vec());
    names.push([&[b'x'; 251][..], b".jpg"].concat());
    names.push([&[b'x'; 250][..], b"y.jpg"].concat());
    names.push(["é".repeat(125).as_bytes(), b"z.jpg"].concat());
    names.sort();
    names.dedup();
    names
}

fn put(site: &Site, folder: &Path, name: &[u8]) {
    site.put_photo(folder.join(OsStr::from_bytes(name)));
}

fn none_meet(site: &Site) {
    let paths = site.paths();
    let folded: BTreeSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(folded.len(), paths.len());
    for path in &paths {
        assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)), "{path}");
        for part in path.split('/') {
            let device = part.split('.').next().unwrap();
            assert!(!["con", "prn", "aux", "nul", "com1", "lpt1"].contains(&device), "{path}");
            assert!(!part.starts_with('-') && part.len() < 100, "{path}");
        }
    }
}

#[test]
fn every_name_of_a_file_gets_one_page_that_works() {
    let site = Site::new();
    let names = hard_names();
    for name in &names {
        put(&site, Path::new("Lake"), name);
    }
    let run = site.build();
    assert!(!run.err.contains("warning"), "{}", run.err);
    let pages = site.like("lake/", ".html");
    // A name that begins with a dot is hidden.
    let shown = names.iter().filter(|name| name[0] != b'.').count();
    assert_eq!(pages.len(), shown + 1, "{pages:?}");
    none_meet(&site);
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    for (path, bytes) in site.tree().iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "html")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("<script>"), "{}", path.display());
    }
}

#[test]
fn every_name_of_a_folder_gets_an_address_that_works_below_a_path_too() {
    let site = Site::new().config("url = \"https://name.example/photos/\"\n");
    let mut names: Vec<Vec<u8>> = [
        "index",
        "img",
        "assets",
        "g",
        "x",
        "e",
        "photos",
        "page-2",
        "about",
        "About",
        "IMG",
        "con",
        "aux.d",
        "a b",
        "a-b",
        "A B",
        "caf\u{e9}",
        "cafe\u{301}",
        "%",
        "#",
        "?",
        "<script>",
        "\"",
        "'",
        "-x",
        "--",
        "index.html",
        "404",
        "robots.txt",
        "_headers",
        "feed.xml",
        "static",
        "galleries",
        "Lake House",
        "lake-house",
        "\u{202e}x",
        "東京",
        "{{ x }}",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .collect();
    names.push(b"\xff\xfe".to_vec());
    names.push(vec![b'y'; 255]);
    for name in &names {
        put(&site, Path::new(OsStr::from_bytes(name)), b"a.jpg");
    }
    put(&site, Path::new("about/img/index"), b"index.jpg");
    let site = site.file("pages/about.md", "# About\n\nWords.\n").file("pages/privacy.md", "# Privacy\n\nWords.\n");
    let run = site.build();
    let told: Vec<&str> =
        run.err.lines().filter_map(|line| line.strip_prefix("warning: ")?.split('`').nth(1)).collect();
    let contested = ["A B", "About", "Lake House", "a b", "about", "cafe\u{301}", "caf\u{e9}"];
    assert_eq!(
        told.into_iter().collect::<BTreeSet<_>>(),
        contested.map(|name| format!("galleries/{name}")).iter().map(String::as_str).collect(),
        "{}",
        run.err
    );
    none_meet(&site);
    assert_eq!(faults(&site.path("public"), "/photos/", "https://name.example"), [] as [&str; 0]);
    assert!(site.text("about/index.html").contains("Words."));
    assert_eq!(site.summary()["galleries"], names.len() + 1, "each folder and the deep one");
}

#[test]
fn galleries_nest_to_any_depth() {
    let deep: Vec<String> = (1..=12).map(|level| format!("Level {level}")).collect();
    let mut site = Site::new();
    for level in 1..=12 {
        site = site.photo(Path::new(&deep[..level].join("/")).join("Same Name.jpg"));
    }
    site.build();
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    let slugs: Vec<String> = (1..=12).map(|level| format!("level-{level}")).collect();
    assert!(site.text(&format!("{}/index.html", slugs.join("/"))).contains("Level 12"));
}

#[test]
fn a_folder_too_deep_for_an_address_is_left_out_by_name_and_the_rest_is_built() {
    let folder = |depth: usize| (0..depth).map(|at| format!("{at:02}{}", "x".repeat(76))).collect::<Vec<_>>().join("/");
    let site =
        Site::new().photo("Lake/a.jpg").photo(format!("{}/b.jpg", folder(2))).photo(format!("{}/c.jpg", folder(35)));
    let run = site.build();
    let told = |line: &str| {
        line.contains("/c.jpg`: left out: its address would be longer than 2048 bytes; nest it in fewer folders")
    };
    assert!(run.err.lines().any(told), "{}", run.err);
    assert_eq!(
        (site.like("lake/", "a.html").len(), site.like("", "/b.html").len(), site.like("", "/c.html").len()),
        (1, 1, 0)
    );
    assert_eq!(site.run(&["build", "--strict"]).code, 4);
    insta::assert_snapshot!(said());
}

#[test]
fn addresses_stay_when_other_photos_come_and_go_or_one_is_exported_again() {
    let site = Site::new().photos(["Lake/b.jpg", "Lake/B c.jpg", "Lake/C\u{e9}.jpg", "Town/x.jpg"]);
    site.build();
    let pages = |site: &Site| -> BTreeSet<String> { site.like("", ".html").into_iter().collect() };
    let before = pages(&site);
    for name in [
        "Lake/a.jpg",
        "Lake/B.jpg",
        "Lake/b.JPG",
        "Lake/b-c.jpg",
        "Lake/Ce\u{301}.jpg",
        "Lake/b c.jpg",
        "Towns/x.jpg",
        "A/x.jpg",
    ] {
        site.put_photo(name);
    }
    site.put("galleries/Lake/b.jpg", crate::support::photos::jpeg(80, 60, 1).bytes());
    site.build();
    let after = pages(&site);
    assert!(before.is_subset(&after), "{:?}", before.difference(&after));
    site.remove("galleries/Lake/B c.jpg");
    site.build();
    assert_eq!(before.difference(&pages(&site)).count(), 1);
}

#[test]
fn the_address_of_a_gallery_changes_its_owner_for_no_neighbour_without_a_word() {
    let site = Site::new().photos(["100% #1?/a.jpg", "Sp Ace/b.jpg", "lake-house/c.jpg", "Been/d.jpg"]);
    assert_eq!(site.build().said(), "");
    let pages = |site: &Site| site.like("", "index.html");
    let before = pages(&site);
    assert!(before.contains(&"sp-ace/index.html".to_owned()) && before.contains(&"lake-house/index.html".to_owned()));
    site.put_photo("100-1/z.jpg");
    site.put_photo("Lake House/z.jpg");
    site.build();
    let after = pages(&site);
    assert!(before.iter().all(|page| after.contains(page)), "{before:?} {after:?}");
    assert!(site.text("lake-house/index.html").contains("c.html") && !site.text("100-1/index.html").contains("a.html"));
    // Neither of two gets what was the other's, and a page takes an address away only with a word.
    site.put_photo("sp ace/z.jpg");
    site.put("pages/been.md", "Been.\n");
    site.build();
    assert!(!site.paths().contains(&"sp-ace/index.html".to_owned()));
    insta::assert_snapshot!(said());
}

#[test]
fn a_picture_has_another_address_once_it_is_another_picture() {
    let site = Site::new().photo("Lake/a.jpg");
    site.build();
    let before = site.like("img/", "");
    site.put("galleries/Lake/a.jpg", crate::support::photos::jpeg(96, 64, 200).bytes());
    site.build();
    let after = site.like("img/", "");
    assert_eq!((before.len(), after.len()), (4, 4));
    assert!(after.iter().all(|path| !before.contains(path)));
}
