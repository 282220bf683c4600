//! Names of private galleries, of their files and of recipients, in every script and beside public names of the same sound.

use std::collections::BTreeMap;
use std::fs;

use super::forms::{Shared, jpeg, wide};

#[test]
fn names_in_other_scripts_are_found_in_every_form() {
    for (title, to, forms) in [
        (
            "Свадьба Ольги",
            "Ольга Иванова",
            vec!["«Свадьба Ольги»", "СВАДЬБА ОЛЬГИ", "Ольга Иванова", "/svad-ba-ol-gi/", "свадьба\u{a0}ольги"],
        ),
        (
            "Österreich Reise",
            "Élodie Çelik",
            vec![
                "Österreich Reise",
                "O\u{308}sterreich\n   Reise",
                "osterreich-reise",
                "&Ouml;sterreich Reise",
                "&#214;sterreich&nbsp;Reise",
                "\\u00d6sterreich Reise",
                "%C3%96sterreich%20Reise",
                "Élodie Çelik",
                "&Eacute;lodie &Ccedil;elik",
            ],
        ),
    ] {
        let site = Shared::new("private/journey", &format!("title = \"{title}\"\n"), "Foto_1.png", to);
        assert_eq!(site.findings(), BTreeMap::new());
        let plants: Vec<(&str, Vec<u8>)> =
            forms.iter().map(|form| ("html", format!("<p>{form} </p>").into_bytes())).collect();
        site.all_found("private-word", &plants);
        // The letter that ends another field stands just before the title.
        let inside = [b"\0Canon\0".to_vec(), wide(title), vec![0; 2]].concat();
        site.all_found("private-word", &[("jpg", jpeg(&inside))]);
    }
}

#[test]
fn a_public_gallery_of_the_same_name_makes_notices_and_no_findings() {
    let site = Shared::lake();
    site.put_png("galleries/Lake House/Kiss Under Oak.png", 5);
    site.run(&["build", "--strict"]).fine();
    assert_eq!(site.findings(), BTreeMap::new());
    assert!(site.told("notice").values().flatten().any(|(kind, _)| kind == "private-word"));
}

#[test]
fn a_word_that_programs_use_is_a_notice_in_a_program_and_a_finding_where_people_read() {
    let site = Shared::new("us", "title = \"Overlay\"\n", "Kiss.png", "Toggled");
    site.run(&["build", "--strict"]).fine();
    site.write("lib.js", "e.overlay=function(a){return a.toggled}");
    assert_eq!(
        site.findings().remove("lib.js").unwrap_or_default().iter().filter(|(kind, _)| kind == "private-word").count(),
        0
    );
    assert_eq!(site.told("notice")["lib.js"].len(), 2);
    site.write("lib.js", "e.overlay=1 // Overlay, for the Toggled");
    site.write("a.html", "<p>the overlay of the toggled</p>");
    let found = site.findings();
    for file in ["lib.js", "a.html"] {
        assert_eq!(found[file].iter().filter(|(kind, _)| kind == "private-word").count(), 2, "{file}: {found:?}");
    }
}

#[test]
fn what_a_gallery_says_itself_may_stand_on_its_pages_whatever_else_is_called_so() {
    let site = Shared::lake();
    for wedding in ["weddings/anna-ben", "weddings/carla-dan"] {
        for (section, seed) in [("ceremony", 5), ("reception", 6)] {
            site.put_png(format!("galleries/{wedding}/{section}/first.png"), seed);
        }
        site.private(wedding, "", "second.png", Some(&wedding["weddings/".len()..]));
    }
    site.private("p/paris", "", "third.png", None);
    site.private("p/journey", "description = \"Two days in Paris\"\n", "fourth.png", Some("Ophelia"));
    site.run(&["build", "--strict"]).fine();
    assert_eq!(site.findings(), BTreeMap::new());
    // What a gallery does not say is not for those who see it.
    let page = fs::read_dir(site.path("public/g")).unwrap().flatten().map(|page| page.path().join("index.html"));
    let page = page
        .into_iter()
        .find(|page| fs::read_to_string(page).is_ok_and(|text| text.contains("Two days in Paris")))
        .unwrap();
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, format!("{text} Ceremony")).unwrap();
    assert!(site.findings().values().flatten().any(|(kind, _)| kind == "private-word"));
}

#[test]
fn galleries_called_by_words_that_every_page_says_give_no_finding() {
    let site = Shared::lake();
    for name in ["lang", "label", "icon", "card", "role", "description", "website", "loading", "sizes", "not-found"] {
        site.private(&format!("families/{name}"), "", "Photo 1.png", None);
    }
    site.private("families/november-2027", "", "Photo 2.png", Some("Camera"));
    fs::write(site.path("galleries/mountains/gallery.toml"), "date = 2027-11-05\n").unwrap();
    site.run(&["build", "--strict"]).fine();
    assert_eq!(site.findings(), BTreeMap::new());
    let lang = |notices: &BTreeMap<String, Vec<(String, String)>>| {
        notices.values().flatten().filter(|(_, text)| text.contains("`lan…`")).count()
    };
    let notices = site.told("notice");
    assert_eq!(lang(&notices), 0, "{notices:?}");
    // In a text it is told of once, and found in nothing that programs read.
    for name in ["index.html", "404.html"] {
        let page = site.path("public").join(name);
        fs::write(&page, fs::read_to_string(&page).unwrap() + "<p class=lang>the family Lang</p>").unwrap();
    }
    let notices = site.told("notice");
    assert_eq!(lang(&notices), 1, "{notices:?}");
}

#[test]
fn a_photo_that_is_titled_like_its_file_does_not_give_the_files_name_away() {
    let site = Shared::lake();
    // Favourites would name the files on the gallery's own pages.
    let settings = site.read("galleries/weddings/lake-house/gallery.toml");
    site.put("galleries/weddings/lake-house/gallery.toml", format!("favourites = false\n{settings}"));
    let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>\
        <rdf:li xml:lang='x-default'>Secretphoto_1.png</rdf:li></rdf:Alt></dc:title><dc:description><rdf:Alt>\
        <rdf:li xml:lang='x-default'>secretphoto_1</rdf:li></rdf:Alt></dc:description>\
        </rdf:Description></rdf:RDF></x:xmpmeta>";
    for folder in ["weddings/lake-house/secretphoto_1", "mountains/other"] {
        site.put_png(format!("galleries/{folder}.png"), 7);
        site.put(format!("galleries/{folder}.png.xmp"), packet);
    }
    site.build();
    let pages = |folder: &str| -> String {
        let pages = walkdir::WalkDir::new(site.path("public").join(folder)).into_iter().flatten();
        let pages = pages.filter(|page| page.path().extension().is_some_and(|ending| ending == "html"));
        pages.map(|page| fs::read_to_string(page.path()).unwrap().to_lowercase()).collect()
    };
    assert!(pages("mountains").contains("secretphoto_1"), "the sidecar was not read");
    for folder in ["g", "x"] {
        assert!(!pages(folder).contains("secretphoto_1"), "{folder}");
    }
    // A theme that shows the name anyway is found.
    fs::remove_file(site.path("galleries/mountains/other.png")).unwrap();
    fs::remove_file(site.path("galleries/mountains/other.png.xmp")).unwrap();
    site.build();
    assert_eq!(site.findings(), BTreeMap::new());
    let page = format!("g/{}/index.html", site.only_below("g"));
    let content = fs::read_to_string(site.path("public").join(&page)).unwrap();
    site.write(&page, format!("{content}<h1>secretphoto_1.png</h1>"));
    assert!(site.findings().values().flatten().any(|(kind, _)| kind == "private-word"));
}

#[test]
fn names_are_found_as_one_word_as_addresses_and_across_tags() {
    let site = Shared::new("weddings/us", "title = \"Lake House\"\n", "P1020304.png", "Thaddeus Okonkwo");
    site.private("weddings/others", "title = \"Bartholomew & Wilhelmina\"\n", "20270630_142210.png", None);
    site.run(&["build", "--strict"]).fine();
    let plants: Vec<(&str, Vec<u8>)> = [
        "LakeHouse",
        "#lakehouse",
        "lake.house",
        "thaddeus.okonkwo@example.org",
        "Thaddeus_Okonkwo",
        "Thaddeus+Okonkwo",
        "thaddeus-okonkwo",
        "Okonkwo, Thaddeus",
        "<span>Thaddeus</span> <em class=x>Okonkwo</em>",
        "<b>L</b>ake House",
        "Lake<br>House",
        "Bartholomew &amp;<br>Wilhelmina",
        "p1020304",
        "20270630_142210.jpg",
        // The last letter of an escape stands before them.
        r#"<script>x={"html":"\u003cb\u003eThaddeus Okonkwo\u003c/b\u003e"}</script>"#,
        r#"<script>x="Thanks to:\nLakehouse\nand all"</script>"#,
        r"<style>p::after{content:'\ALake House'}</style>",
        r"<script>x='\x3eLake House'</script>",
        "<a href='?text=%2Fp1020304.jpg'>",
        "<img src='data:image/svg+xml,%3Ctitle%3EBartholomew%20%26%20Wilhelmina'>",
    ]
    .iter()
    .map(|text| ("html", format!("<p>{text}</p>").into_bytes()))
    .collect();
    site.all_found("private-word", &plants);
    site.write("planted.html", "<p>by the lake</p><p>House rules</p> an alake.houses thaddeus <li>P102</li>");
    let found = site.findings();
    assert!(found["planted.html"].iter().all(|(kind, _)| kind != "private-word"), "{found:?}");
}
