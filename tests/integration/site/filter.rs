//! What the filters of open galleries know, and where there are none.

use crate::support::Site;
use crate::support::photos::{jpeg, taken};

fn photo(day: &str, keywords: &[&str]) -> Vec<u8> {
    let items: String = keywords.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect();
    let subject = format!("<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>");
    jpeg(96, 64, keywords.len() as u8).exif(&taken(day)).xmp(&subject).bytes()
}

fn lake() -> Site {
    Site::new()
        .file("galleries/Lake/a.jpg", photo("2026:03:02", &["fog"]))
        .file("galleries/Lake/b.jpg", photo("2026:03:09", &["ferry", "fog"]))
        .file("galleries/Lake/c.jpg", photo("2026:05:01", &["ferry", "fog", "darktable", "exported"]))
}

#[test]
fn a_filter_knows_keywords_by_how_many_photos_have_them_and_months_in_order() {
    let site = lake();
    site.build();
    assert_eq!(
        site.read("public/lake/filter.json"),
        r#"{"keyword":[["fog","fog",[1,2,3]],["ferry","ferry",[2,3]]],"date":[["2026-03","March 2026",[1,2]],["2026-05","May 2026",[3]]]}"#
    );
    assert!(site.read("public/lake/index.html").contains("data-from=\"/lake/filter.json\""));
}

#[test]
fn each_language_of_an_open_gallery_has_a_filter_with_its_dates() {
    let site = lake().config("languages = [\"de\"]\n");
    site.build();
    assert!(site.read("public/de/lake/filter.json").contains(r#"["2026-03","März 2026",[1,2]]"#));
    assert!(site.read("public/de/lake/index.html").contains("data-from=\"/de/lake/filter.json\""));
}

#[test]
fn photos_that_are_all_alike_have_no_filter() {
    let site = Site::new()
        .file("galleries/Lake/a.jpg", photo("2026:03:02", &["fog"]))
        .file("galleries/Lake/b.jpg", photo("2026:03:09", &["fog"]));
    site.build();
    assert!(!site.path("public/lake/filter.json").exists());
    assert!(!site.read("public/lake/index.html").contains("id=\"filter\""));
}

#[test]
fn unlisted_galleries_have_a_filter_and_private_ones_have_none() {
    let site = lake().gallery_toml("Lake", "access = \"unlisted\"\n");
    site.build();
    assert!(site.path("public/lake/filter.json").exists());
    site.put("galleries/Lake/gallery.toml", "access = \"private\"\n");
    site.run(&["secret", "new"]).fine();
    site.run(&["share", "galleries/Lake", "--to", "Anna"]).fine();
    site.build();
    let page = site.like("g/p", "index.html");
    assert_eq!(site.like("", "filter.json"), [] as [&str; 0]);
    assert!(!site.read(&format!("public/{}", page[0])).contains("id=\"filter\""));
    site.run(&["audit"]).fine();
}

#[test]
fn a_build_that_fails_takes_down_what_the_filter_knew_of_a_withdrawn_photo() {
    let site = lake()
        .file("galleries/Sea/a.jpg", photo("2026:03:02", &["pier"]))
        .file("galleries/Sea/b.jpg", photo("2026:04:02", &["pier"]));
    site.build();
    site.remove("galleries/Lake/c.jpg");
    site.put("pages/about.md", "---\nunknown: [\n---\n");
    site.run(&["build"]).refused(3);
    assert!(!site.path("public/lake/filter.json").exists());
    assert!(site.path("public/sea/filter.json").exists());
}
