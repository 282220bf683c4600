//! Dates, names and words of photos as cameras, phones and programs really write them.

use crate::support::Site;
use crate::support::photos::{Entry, ascii, caption, exif, jpeg};

/// A photo with an EXIF date, the camera that took it, and the offset from UTC where it knows one.
fn photo(seed: u8, model: &str, taken: &str, offset: Option<&str>) -> Vec<u8> {
    let mut shot: Vec<Entry> = vec![ascii(0x9003, taken)];
    shot.extend(offset.map(|offset| ascii(0x9011, offset)));
    jpeg(96, 64, seed).exif(&exif(&[ascii(0x0110, model)], &[(0x8769, &shot)])).bytes()
}

/// The photos of the gallery "Lake" in the order in which its page shows them.
fn order(site: &Site) -> Vec<String> {
    let mut seen = Vec::new();
    for target in crate::support::crawl::references(&site.text("lake/index.html")) {
        if let Some(name) = target.strip_prefix("/lake/").and_then(|name| name.strip_suffix(".html"))
            && !seen.contains(&name.to_owned())
        {
            seen.push(name.to_owned());
        }
    }
    seen
}

/// These galleries in the order in which the home page shows them.
fn galleries<'a>(site: &Site, titles: &[&'a str]) -> Vec<&'a str> {
    let home = site.text("index.html");
    let mut places: Vec<(usize, &str)> =
        titles.iter().map(|title| (home.find(title).unwrap_or_else(|| panic!("{title}: {home}")), *title)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, title)| title).collect()
}

#[test]
fn two_cameras_in_two_zones_are_sorted_by_the_moment() {
    let day = |time: &str| format!("2024:06:01 {time}");
    let site = Site::new()
        // Clocks alone would say b, a, c, d.
        .file("galleries/Lake/a.jpg", photo(1, "One", &day("10:00:00"), Some("+02:00")))
        .file("galleries/Lake/b.jpg", photo(2, "Two", &day("09:30:00"), Some("+00:00")))
        // Without an offset: as the same camera's nearest photo.
        .file("galleries/Lake/c.jpg", photo(3, "One", &day("11:00:00"), None))
        // A third camera: as any nearest photo, here c's neighbour in time with an offset, a.
        .file("galleries/Lake/d.jpg", photo(4, "Three", &day("12:00:00"), None))
        .gallery_toml("Lake", "sort = \"taken\"\n");
    site.build();
    assert_eq!(order(&site), ["a", "c", "b", "d"]);
    // Every page says the time on the photographer's watch.
    assert!(site.text("lake/a.html").contains("10:00"));
    site.put("galleries/Lake/gallery.toml", "sort = \"taken-descending\"\n");
    site.build();
    assert_eq!(order(&site), ["d", "b", "c", "a"]);
}

#[test]
fn dates_of_unset_clocks_and_of_the_future_do_not_count() {
    let site = Site::new()
        .config("url = \"https://name.example/\"\n")
        .file("galleries/Lake/ahead.jpg", photo(1, "One", "2098:05:06 10:00:00", None))
        .file("galleries/Lake/unset.jpg", photo(2, "One", "1970:01:01 00:00:00", None))
        .file("galleries/Lake/scan.jpg", photo(3, "One", "1985:06:12 12:00:00", None))
        .file("galleries/Lake/today.jpg", photo(4, "One", "2024:06:01 12:00:00", None))
        .gallery_toml("Lake", "sort = \"taken-descending\"\n")
        .file("galleries/Pond/x.jpg", photo(5, "One", "2024:06:02 12:00:00", None));
    let warning = "warning: `galleries/Lake/ahead.jpg`: is dated 2098-05-06, which is in the future, so it counts as undated\nhint: correct the date in a photo program or a sidecar\n";
    assert_eq!(site.build().said(), warning);
    let check = |site: &Site| {
        assert_eq!(order(site), ["today", "scan", "ahead", "unset"]);
        assert_eq!(site.containing("2098"), [] as [&str; 0]);
        assert_eq!(site.containing("1970"), [] as [&str; 0]);
        assert_eq!(galleries(site, &["Lake", "Pond"]), ["Pond", "Lake"]);
        assert!(site.text("feed.xml").contains("<updated>2024-06-02T00:00:00Z</updated>"));
        assert!(site.text("lake/scan.html").contains("1985"));
    };
    check(&site);
    // The next build tells it again, and gives the same site.
    let cold = site.tree();
    assert_eq!(site.build().said(), warning);
    check(&site);
    assert!(cold == site.tree());
    // A gallery that its owner dates ahead waits with its entry in the feed.
    site.put("galleries/Lake/gallery.toml", "date = 2098-01-01\n");
    site.build();
    assert!(!site.text("feed.xml").contains("2098"));
    assert_eq!(galleries(&site, &["Lake", "Pond"]), ["Lake", "Pond"]);
}

#[test]
fn a_day_in_a_file_s_name_sorts_what_has_no_other_and_is_not_shown() {
    let site = Site::new()
        .file("galleries/Lake/b.jpg", photo(1, "One", "2024:06:01 12:00:00", None))
        .photos(["Lake/IMG-20240601-WA0003.jpg", "Lake/IMG-20240602-WA0001.jpg", "Lake/IMG_20991399.jpg"])
        .photo("Lake/IMG_20980101_000000.jpg")
        .gallery_toml("Lake", "sort = \"taken\"\n");
    assert_eq!(site.build().said(), "");
    let order: Vec<String> = order(&site).iter().map(|name| name.to_lowercase()).collect();
    let at = |start: &str| order.iter().position(|name| name.starts_with(start)).unwrap();
    let places = ["img-20240601", "b", "img-20240602", "img_20980101", "img_20991399"].map(at);
    assert_eq!(places, [0, 1, 2, 3, 4], "{order:?}");
    assert!(!site.text("lake/index.html").contains("2 June 2024"));
}

#[test]
fn names_sort_as_the_site_s_language_has_them() {
    let photos = ["Lake/dsc1-edit.jpg", "Lake/dsc1.jpg", "Lake/dsc2.jpg"];
    let site = Site::new().photos(photos).photos(["Zürich/1.jpg", "Öland/1.jpg", "Oslo/1.jpg", "Ålesund/1.jpg"]);
    let home = |site: &Site| galleries(site, &["Lake", "Zürich", "Öland", "Oslo", "Ålesund"]);
    site.build();
    assert_eq!(home(&site), ["Ålesund", "Lake", "Öland", "Oslo", "Zürich"]);
    assert_eq!(order(&site), ["dsc1", "dsc1-edit", "dsc2"]);
    site.set_config("language = \"sv\"\n");
    site.build();
    assert_eq!(home(&site), ["Lake", "Oslo", "Zürich", "Ålesund", "Öland"]);
}

#[test]
fn what_devices_and_programs_write_by_themselves_is_not_shown() {
    let described = |seed, text: &str| jpeg(96, 64, seed).exif(&exif(&[ascii(0x010e, text)], &[])).bytes();
    let list = |words: &[&str]| words.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect::<String>();
    let words = list(&["heron", "darktable", "exported", "format", "jpg"]);
    let paths = list(&["heron", "darktable|exported", "darktable|format|jpg"]);
    let tags = format!(
        "<dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject><lr:hierarchicalSubject \
         xmlns:lr='http://ns.adobe.com/lightroom/1.0/'><rdf:Bag>{paths}</rdf:Bag></lr:hierarchicalSubject>"
    );
    let site = Site::new()
        .file("galleries/Lake/a.jpg", described(1, "<KENOX S630  / Samsung S630>"))
        .file("galleries/Lake/b.jpg", described(2, "oznorWO"))
        .file("galleries/Lake/c.jpg", described(3, "Default Street at night"))
        .file("galleries/Lake/d.jpg", jpeg(96, 64, 4).xmp(&(caption("SONY DSC") + &tags)).bytes());
    assert_eq!(site.build().said(), "");
    for hidden in ["KENOX", "oznorWO", "SONY DSC", "darktable", "exported"] {
        assert_eq!(site.containing(hidden), [] as [&str; 0], "{hidden}");
    }
    assert!(site.text("lake/c.html").contains("Default Street at night"));
    assert!(site.text("lake/d.html").contains("heron"));
    // Rules for audiences go by them all the same.
    site.put("galleries/Lake/gallery.toml", "access = \"private\"\n[audiences.guests]\nexcept = [\"exported\"]\n");
    assert_eq!(site.run(&["secret", "new"]).code, 0);
    let run = site.run(&["share", "Lake", "--to", "Ada", "--audience", "guests"]);
    assert_eq!(run.code, 0, "{}", run.err);
    site.build();
    assert_ne!(site.containing("Default Street at night"), [] as [&str; 0]);
    assert_eq!(site.containing("heron"), [] as [&str; 0]);
}
