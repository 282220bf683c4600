//! What published pictures and pages say of a photograph.

use crate::support::Site;
use crate::support::photos::{CORNERS, ascii, caption, exif, fractions, jpeg, pixels, short, taken, xmp};

/// A camera's block with place and serial numbers.
fn telling() -> Vec<u8> {
    let gps = [
        ascii(1, "N"),
        fractions(2, &[(63, 1), (59, 1), (4321, 100)]),
        ascii(3, "W"),
        fractions(4, &[(22, 1), (37, 1), (1234, 100)]),
    ];
    let camera = [ascii(0xa431, "SERIAL-4711"), ascii(0xa435, "LENS-0815"), ascii(0xa430, "Owner Secret")];
    exif(
        &[
            ascii(0x10f, "Canon"),
            ascii(0x110, "Canon EOS R5"),
            ascii(0x13b, "Mara Camera"),
            ascii(0x8298, "© Mara Camera"),
        ],
        &[(0x8769, &camera), (0x8825, &gps)],
    )
}

const TELLING_XMP: &str = "<aux:SerialNumber>SERIAL-4712</aux:SerialNumber><exif:GPSLatitude>63,59.72N</exif:GPSLatitude>\
    <exif:GPSLongitude>22,37.2W</exif:GPSLongitude><photoshop:City>Hidden City</photoshop:City>";

fn pictures(site: &Site) -> Vec<(String, Vec<u8>)> {
    let tree = site.tree().into_iter().filter(|(path, _)| path.starts_with("img"));
    tree.map(|(path, bytes)| (path.display().to_string(), bytes)).collect()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn places_and_serial_numbers_stay_at_home() {
    let site = Site::new().file("galleries/Lake/a.jpg", jpeg(96, 64, 1).exif(&telling()).xmp(TELLING_XMP).bytes());
    let site = site.file("galleries/Lake/a.xmp", xmp("<aux:SerialNumber>SERIAL-4713</aux:SerialNumber>"));
    site.build();
    for secret in ["SERIAL-471", "LENS-0815", "Owner Secret", "Hidden City", "GPSL", "63,59", "22,37"] {
        assert_eq!(site.containing(secret), [] as [&str; 0], "{secret}");
    }
    let degrees = [63u32.to_le_bytes(), 1u32.to_le_bytes()].concat();
    for (path, bytes) in pictures(&site) {
        assert!(!holds(&bytes, &degrees), "{path}");
    }
    assert!(site.text("lake/a.html").contains("Canon EOS R5"));
}

#[test]
fn a_place_is_kept_with_its_switch_alone() {
    let site = Site::new().file("galleries/Lake/a.jpg", jpeg(96, 64, 1).exif(&telling()).bytes());
    let site = site.config("[rights]\nkeep_gps = true\n");
    site.build();
    for (path, bytes) in pictures(&site) {
        let said = safelight::metadata::read(
            &bytes,
            &safelight::formats::probe(&bytes, &path, &Default::default()).unwrap(),
            &Default::default(),
        );
        assert!(said.0.gps.is_some(), "{path}");
    }
    assert_eq!(site.containing("SERIAL-471"), [] as [&str; 0]);
}

#[test]
fn creator_and_copyright_are_kept_or_filled_in() {
    let site = Site::new()
        .config(
            "author = \"Site Author\"\n[rights]\ncopyright = \"© Site\"\nlicence = \"https://licence.example/by\"\n",
        )
        .file("galleries/Lake/own.jpg", jpeg(96, 64, 1).exif(&telling()).bytes())
        .file("galleries/Lake/none.jpg", jpeg(96, 64, 2).bytes());
    site.build();
    for (path, bytes) in pictures(&site) {
        let expected =
            if path.contains("own") { ["Mara Camera", "© Mara Camera"] } else { ["Site Author", "© Site"] };
        for text in expected.iter().chain(&["https://licence.example/by"]) {
            assert!(holds(&bytes, text.as_bytes()), "{path}: {text}");
        }
    }
}

/// The rights that a photo's published JPEG carries in XMP, where it has this element.
fn carries(site: &Site, photo: &str, text: &str) -> bool {
    holds(&site.picture(&format!("lake/{photo}"), "jpg"), text.as_bytes())
}

#[test]
fn nothing_of_the_sites_stands_in_for_what_a_photo_says_and_nobody_understands() {
    let plus = |word: &str| {
        format!("<plus:DataMining xmlns:plus=\"http://ns.useplus.org/ldf/xmp/1.0/\">{word}</plus:DataMining>")
    };
    let rights =
        |name: &str, text: &str| format!("<r:{name} xmlns:r=\"http://ns.adobe.com/xap/1.0/rights/\">{text}</r:{name}>");
    let photo = |seed, elements: &str| jpeg(96, 64, seed).xmp(elements).bytes();
    let site = Site::new()
        .file("galleries/Lake/plain.jpg", photo(1, &caption("A boat")))
        .file("galleries/Lake/unknown.jpg", photo(2, &plus("PLUS DMI-PROHIBITED")))
        .file("galleries/Lake/newer.jpg", photo(3, &plus("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-NEW")))
        .file("galleries/Lake/unsaid.jpg", photo(4, &plus("http://ns.useplus.org/ldf/vocab/DMI-UNSPECIFIED")))
        .file("galleries/Lake/damaged.jpg", photo(5, "<broken"))
        .file("galleries/Lake/odd.jpg", photo(6, &rights("WebStatement", "see the contract")))
        .file("galleries/Lake/quoted.jpg", photo(7, &rights("WebStatement", "https://ex.org/it's/licence")))
        .file("galleries/Lake/free.jpg", photo(8, &rights("Marked", "False")))
        .file("galleries/Lake/beside.jpg", photo(9, &caption("A boat")))
        .file("galleries/Lake/beside.xmp", "no sidecar")
        .file("galleries/Lake/over.jpg", photo(10, &caption("A boat")))
        .file("galleries/Lake/over.xmp", xmp(&plus("none of it")));
    let settings = |mining: &str| {
        format!(
            "[rights]\ncopyright = \"© Site\"\nlicence = \"https://licence.example/by\"\ndata_mining = \"{mining}\"\n"
        )
    };
    site.set_config(&settings("allowed"));
    let run = site.build();
    for (name, words) in [
        ("unknown", "its data-mining value `PLUS DMI-PROHIBITED` is unknown and counts as a prohibition"),
        ("newer", "`http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-NEW` is unknown and is passed on unchanged"),
        ("odd", "its licence `see the contract` is not a web address, so it is published without a licence"),
    ] {
        let told = |line: &str| line.contains(&format!("{name}.jpg")) && line.contains(words);
        assert!(run.err.lines().any(told), "{name}: {}", run.err);
    }
    for (name, allowed) in
        [("plain", true), ("unsaid", true), ("unknown", false), ("newer", false), ("damaged", false), ("beside", false)]
    {
        assert_eq!(carries(&site, name, "DMI-ALLOWED"), allowed, "{name}");
    }
    assert!(carries(&site, "unknown", "vocab/DMI-PROHIBITED<") && carries(&site, "newer", "vocab/DMI-PROHIBITED-NEW<"));
    assert!(carries(&site, "over", "vocab/DMI-PROHIBITED<"));
    for (name, licence) in [("plain", "https://licence.example/by"), ("quoted", "https://ex.org/it's/licence")] {
        assert!(carries(&site, name, licence), "{name}");
    }
    assert!(!carries(&site, "odd", "WebStatement"));
    assert!(
        site.text("lake/quoted.html").contains("https://ex.org/it&#39;s/licence"),
        "{}",
        site.text("lake/quoted.html")
    );
    assert!(carries(&site, "free", "Marked>False<") && carries(&site, "plain", "Marked>True<"));
    // What is stricter may stand in for all of them.
    site.set_config(&settings("prohibited"));
    site.build();
    for name in ["plain", "unsaid", "damaged", "beside"] {
        assert!(carries(&site, name, "vocab/DMI-PROHIBITED<"), "{name}");
    }
}

#[test]
fn a_year_alone_is_a_year_on_every_page() {
    let dated = |seed, date: &str| {
        let element = "photoshop:DateCreated";
        jpeg(96, 64, seed)
            .xmp(&format!("<{element} xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\">{date}</{element}>"))
            .bytes()
    };
    let site = Site::new()
        .config("url = \"https://photos.example/\"\n")
        .file("galleries/Lake/a.jpg", dated(1, "1987"))
        .file("galleries/Sea/b.jpg", dated(2, "1987-05"));
    site.build();
    for page in ["lake/a.html", "lake/index.html", "index.html"] {
        assert!(site.text(page).contains("<time datetime=\"1987\">1987</time>"), "{}", site.text(page));
    }
    for page in ["sea/b.html", "sea/index.html", "index.html"] {
        assert!(site.text(page).contains("<time datetime=\"1987-05\">May 1987</time>"), "{}", site.text(page));
    }
    assert!(site.text("lake/a.html").contains("\"dateCreated\":\"1987\""), "{}", site.text("lake/a.html"));
}

#[test]
fn every_orientation_is_shown_upright() {
    let mut site = Site::new();
    for orientation in 1..=8u16 {
        let photo = jpeg(96, 64, 0).quarters().exif(&exif(&[short(0x112, orientation)], &[]));
        site = site.file(format!("galleries/Lake/o{orientation}.jpg"), photo.bytes());
    }
    site.build();
    // Which stored corner (above left, above right, below left, below right) is seen at each corner.
    let seen = [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 1, 3],
        [2, 0, 3, 1],
        [3, 1, 2, 0],
        [1, 3, 0, 2],
    ];
    for (at, corners) in seen.iter().enumerate() {
        for ending in [".jpg", ".webp"] {
            let picture = pixels(&site.picture(&format!("lake/o{}", at + 1), ending));
            let turned = at >= 4;
            assert_eq!(picture.width < picture.height, turned, "orientation {}", at + 1);
            let (right, below) = (picture.width - 5, picture.height - 5);
            for (place, corner) in [(4, 4), (right, 4), (4, below), (right, below)].iter().zip(corners) {
                let found = picture.rgba[place.1 * picture.width + place.0];
                let near = CORNERS[*corner].iter().zip(found).all(|(a, b)| a.abs_diff(b) < 30);
                assert!(near, "orientation {}{ending}: {found:?} instead of {:?}", at + 1, CORNERS[*corner]);
            }
        }
        let page = site.text(&format!("lake/o{}.html", at + 1));
        let size = if at >= 4 { r#"width="64" height="96""# } else { r#"width="96" height="64""# };
        assert!(page.contains(size), "orientation {}: {page}", at + 1);
    }
}

#[test]
fn the_owner_has_the_last_word_on_captions_then_the_sidecar_then_the_photo() {
    let photo = |seed| jpeg(96, 64, seed).xmp(&caption("from the photo")).bytes();
    let site = Site::new()
        .file("galleries/Lake/one.jpg", photo(1))
        .file("galleries/Lake/two.jpg", photo(2))
        .file("galleries/Lake/two.xmp", xmp(&caption("from the sidecar")))
        .file("galleries/Lake/three.jpg", photo(3))
        .file("galleries/Lake/three.jpg.xmp", xmp(&caption("from the sidecar")))
        .gallery_toml("Lake", "[captions]\n\"three.jpg\" = \"from the owner\"\n");
    site.build();
    for (page, expected) in [("one", "from the photo"), ("two", "from the sidecar"), ("three", "from the owner")] {
        let text = site.text(&format!("lake/{page}.html"));
        for source in ["from the photo", "from the sidecar", "from the owner"] {
            assert_eq!(text.contains(source), source == expected, "{page}: {source}");
        }
    }
    // A new sidecar is noticed.
    site.put("galleries/Lake/one.XMP", xmp(&caption("from a new sidecar")));
    site.build();
    assert!(site.text("lake/one.html").contains("from a new sidecar"));
}

#[test]
fn a_photo_that_says_nothing_is_told_by_its_number() {
    let site = Site::new().photos(["Lake/1.jpg", "Lake/2.jpg", "Lake/3.jpg"]).gallery_toml(
        "Lake",
        "title = \"The <lake>\"\nkeywords = [\"summer\"]\n[alt]\n\"2.jpg\" = \"A \\\"white\\\" ferry\"\n[captions]\n\"3.jpg\" = \"Late\"\n",
    );
    site.build();
    assert!(
        site.text("lake/1.html").contains(r#"alt="Photo 1 of 3, The &lt;lake&gt;""#),
        "{}",
        site.text("lake/1.html")
    );
    assert!(site.text("lake/2.html").contains("alt=\"A &quot;white&quot; ferry\""));
    assert!(site.text("lake/3.html").contains(r#"alt="Late""#));
    assert!(site.text("lake/2.html").contains("summer"));
}

/// The photos of a gallery in the order in which its page shows them.
fn order(site: &Site) -> Vec<String> {
    let page = site.text("lake/index.html");
    let mut seen = Vec::new();
    for target in crate::support::crawl::references(&page) {
        if let Some(name) = target.strip_prefix("/lake/").and_then(|name| name.strip_suffix(".html"))
            && !seen.contains(&name.to_owned())
        {
            seen.push(name.to_owned());
        }
    }
    seen
}

#[test]
fn photos_are_shown_in_the_order_that_was_asked_for() {
    let on = |seed, day: &str| jpeg(96, 64, seed).exif(&taken(day)).bytes();
    let site = Site::new()
        .file("galleries/Lake/img10.jpg", on(1, "2024:01:02"))
        .file("galleries/Lake/img2.jpg", on(2, "2024:01:03"))
        .file("galleries/Lake/img1.jpg", on(3, "2024:01:01"))
        .photo("Lake/undated.jpg");
    for (sort, expected) in [
        ("\"name\"", ["img1", "img2", "img10", "undated"]),
        ("\"taken\"", ["img1", "img10", "img2", "undated"]),
        ("\"taken-descending\"", ["img2", "img10", "img1", "undated"]),
        ("[\"undated.jpg\", \"img10.jpg\"]", ["undated", "img10", "img1", "img2"]),
    ] {
        site.put("galleries/Lake/gallery.toml", format!("sort = {sort}\n"));
        site.build();
        assert_eq!(order(&site), expected, "{sort}");
    }
    site.put("galleries/Lake/gallery.toml", "sort = [\"undatd.jpg\"]\n");
    let run = site.build();
    assert_eq!(
        run.said(),
        "warning: `galleries/Lake/gallery.toml`: `sort` names `undatd.jpg`, which is not in this folder\n\
         hint: did you mean `undated.jpg`?\n"
    );
}

#[test]
fn a_list_finds_names_in_another_normal_form() {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Lake/e\u{301}.jpg", "Lake/z.jpg", "o\u{308}/1.jpg", "n/1.jpg"])
        .gallery_toml("Lake", "sort = [\"z.jpg\", \"\u{e9}.jpg\"]\n")
        .gallery_toml("", "sort = [\"\u{f6}\", \"n\", \"Lake\"]\n");
    let run = site.build();
    assert_eq!(run.said(), "");
    let order = order(&site);
    assert!(order.len() == 3 && order[0] == "z" && order[2] == "a", "{order:?}");
    let home = site.text("index.html");
    let at = |address: &str| home.find(&format!("href=\"/{address}")).unwrap_or_else(|| panic!("{address}: {home}"));
    assert!(at("o/") < at("n/") && at("n/") < at("lake/"));
}

#[test]
#[cfg(target_os = "linux")]
fn every_photo_has_the_sidecar_in_its_own_letters_in_warm_builds_too() {
    let site = Site::new()
        .photos(["Lake/DSC.jpg", "Lake/dsc.jpg"])
        .file("galleries/Lake/DSC.xmp", xmp(&caption("the one")))
        .file("galleries/Lake/DSC.XMP", xmp(&caption("a stray")))
        .file("galleries/Lake/dsc.xmp", xmp(&caption("the other")));
    let texts = || {
        let page = site.text("lake/index.html");
        ["the one", "the other", "a stray"].map(|text| page.contains(text))
    };
    site.build();
    assert_eq!(texts(), [true, true, false]);
    site.put("galleries/Lake/DSC.XMP", xmp(&caption("a stray changed")));
    site.build();
    assert_eq!(texts(), [true, true, false]);
    // Another file of the same size and age is another sidecar all the same.
    site.remove("galleries/Lake/DSC.xmp");
    site.build();
    assert_eq!(texts(), [false, true, true]);
}

#[test]
fn texts_in_several_languages_are_shown_in_the_site_s_or_the_gallery_s() {
    let alt = |name: &str, texts: [&str; 3]| {
        let [de, en, default] = texts;
        format!(
            "<dc:{name} xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><rdf:Alt><rdf:li xml:lang=\"x-default\">{default}</rdf:li>\
             <rdf:li xml:lang=\"en-GB\">{en}</rdf:li><rdf:li xml:lang=\"de\">{de}</rdf:li></rdf:Alt></dc:{name}>"
        )
    };
    let site = Site::new()
        .file("galleries/Lake/a.jpg", jpeg(96, 64, 1).xmp(&alt("description", ["Boot", "Dinghy", "Ship"])).bytes())
        .file("galleries/Lake/b.jpg", jpeg(96, 64, 2).bytes())
        .file("galleries/Lake/b.xmp", xmp(&alt("description", ["Steg", "Jetty", "Pier"])));
    for (language, texts) in [("de", ["Boot", "Steg"]), ("en", ["Dinghy", "Jetty"]), ("fr", ["Ship", "Pier"])] {
        site.set_config(&format!("language = \"{language}\"\n"));
        site.build();
        for (page, text) in ["lake/a.html", "lake/b.html"].iter().zip(texts) {
            assert!(site.text(page).contains(text), "{language} {page}");
        }
    }
    for (language, texts) in [("de", ["Boot", "Steg"]), ("en", ["Dinghy", "Jetty"])] {
        site.put("galleries/Lake/gallery.toml", format!("language = \"{language}\"\n"));
        for _ in ["cold", "warm"] {
            site.build();
            for (page, text) in ["lake/a.html", "lake/b.html"].iter().zip(texts) {
                assert!(site.text(page).contains(text), "{language} {page}");
            }
        }
    }
}

#[test]
fn a_tall_picture_has_the_widths_that_were_asked_for() {
    let site = Site::new().file("galleries/Lake/tall.jpg", jpeg(100, 900, 1).bytes());
    site.build();
    let pictures = site.like("img/lake/tall-", "");
    let widths: std::collections::BTreeSet<&str> =
        pictures.iter().filter_map(|path| path.strip_prefix("img/lake/tall-")?.split('.').next()).collect();
    assert_eq!(widths.into_iter().collect::<Vec<_>>(), ["32", "48", "64", "96"]);
}
