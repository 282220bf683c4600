//! HEIC and JPEG XL are photos like any other: with what they say of themselves, and without what nobody should know.

use crate::support::photos::pixels;
use crate::support::{Site, said};

const HEIC: &[u8] = include_bytes!("../../../src/images/tests/fixtures/phone.heic");
const JXL: &[u8] = include_bytes!("../../../src/images/tests/fixtures/phone.jxl");
const PACKED: &[u8] = include_bytes!("../../../src/images/tests/fixtures/packed.jxl");

/// A site with a photo of each kind.
fn site() -> Site {
    let settings = "sort = \"taken\"\ncover = \"IMG_2.jxl\"\n\n[captions]\n\"IMG_1.HEIC\" = \"On the pier\"\n";
    Site::new()
        .gallery_toml("Lake", settings)
        .file("galleries/Lake/IMG_1.HEIC", HEIC)
        .file("galleries/Lake/IMG_2.jxl", JXL)
        .file("galleries/Lake/IMG_3.jxl", PACKED)
        .file("galleries/Lake/IMG_1.DNG", b"II*\0\x08\0\0\0")
}

#[test]
fn photos_of_phones_are_shown_with_their_titles_dates_and_captions() {
    let site = site();
    assert_eq!(site.run(&["check"]).code, 0);
    site.build();
    site.run(&["build", "--strict"]).fine();
    let photo = |name: &str| {
        let pages = site.like("lake/", ".html");
        let page = pages.iter().find(|page| page.starts_with(&format!("lake/{name}"))).unwrap();
        site.text(page)
    };
    assert!(photo("img_1").contains("On the pier"));
    for name in ["img_1", "img_2", "img_3"] {
        let page = photo(name);
        assert!(page.contains("Boats at rest") && page.contains("2024"), "{name}: {page}");
    }
    // By the turning of the file itself, and not by that of its EXIF.
    for picture in site.like("img/lake/", ".jpg") {
        let pixels = pixels(&std::fs::read(site.path("public").join(&picture)).unwrap());
        assert_eq!(pixels.width * 3, pixels.height * 4, "{picture}");
        let [r, g, b, _] = pixels.rgba[pixels.height / 4 * pixels.width + pixels.width / 4];
        assert!(r > 200 && g < 50 && b < 50, "{picture}: {r} {g} {b}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn serial_numbers_and_places_of_phones_stay_out_of_what_is_published() {
    let site = site();
    site.build();
    for file in site.like("", "") {
        let bytes = std::fs::read(site.path("public").join(&file)).unwrap();
        for secret in [&b"SN-0047110815"[..], b"GPSLatitude"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{file}");
        }
    }
    site.run(&["audit"]).fine();
}

#[test]
fn a_photo_of_a_phone_is_forgotten_like_any_other() {
    let site = site();
    site.build();
    let before = site.like("img/lake/", "").len();
    site.run(&["forget", "--photo", "Lake/IMG_1.HEIC", "--yes"]).fine();
    site.build();
    assert!(!site.like("lake/", ".html").iter().any(|page| page.contains("img_1")));
    assert!(site.like("img/lake/", "").len() < before);
}

#[test]
fn one_photo_in_two_formats_has_two_addresses_and_a_warning() {
    let site = Site::new().photo("Lake/IMG_1.jpg").file("galleries/Lake/IMG_1.HEIC", HEIC);
    let run = site.build();
    assert_eq!(site.like("lake/img_1", ".html").len(), 2, "{:?}", site.like("lake/", ".html"));
    assert_eq!(run.err.matches("looks like the same photo").count(), 1, "{}", run.err);
}
