//! What two audiences of one gallery may know of each other.

use std::fs;
use std::os::unix::fs::symlink;

use crate::place::{Place, sidecar};

fn keywords(words: &[&str]) -> String {
    let items: String = words.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect();
    sidecar(&format!("<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"))
}

fn settings(place: &Place, audience: &str) {
    let before = place.read("galleries/lake-house/gallery.toml");
    let id = before.lines().find(|line| line.starts_with("id =")).unwrap_or_default();
    place.write("galleries/lake-house/gallery.toml", &format!("{id}\naccess = \"private\"\n{audience}"));
}

#[test]
fn a_photo_whose_keywords_cannot_be_read_is_not_shown_to_an_audience_from_which_keywords_hide() {
    let hidden = "galleries/lake-house/SECRET_0001.xmp";
    type Harm<'a> = (&'a str, &'a dyn Fn(&Place));
    let harms: [Harm<'_>; 3] = [
        ("cut", &|place| place.write(hidden, &keywords(&["family"])[..150])),
        ("empty", &|place| place.write(hidden, "")),
        ("leads nowhere", &|place| {
            fs::remove_file(place.path(hidden)).unwrap();
            symlink("/nonexistent/SECRET_0001.xmp", place.path(hidden)).unwrap();
        }),
    ];
    for (name, harm) in harms {
        let place = Place::new();
        settings(&place, "[audiences.guests]\nexcept = [\"family\", \"SECRET_0010\"]\n");
        place.write(hidden, &keywords(&["family"]));
        place.write("galleries/lake-house/SECRET_0009.xmp", &keywords(&["family"]));
        place.photo("galleries/lake-house/SECRET_0011.png", 11);
        let link = place.share("a guest", &["--audience", "guests"]);
        let couple = place.share("the couple", &[]);
        place.build().fine();
        assert_eq!(place.photos(&link), 1, "{name}");
        harm(&place);
        let ran = place.build().fine();
        assert_eq!((place.photos(&link), place.photos(&couple)), (1, 4), "{name}: {}", ran.err);
        let told = "`galleries/lake-house/SECRET_0001.png`: is not shown to the audience `guests`";
        assert!(ran.err.contains(told) && ran.err.contains("its sidecar is not used"), "{name}: {}", ran.err);
        // From the index as well; and names of files hide what they name, whatever else cannot be read.
        assert!(place.build().fine().err.contains(told));
        settings(&place, "[audiences.guests]\nexcept = [\"SECRET_0009\"]\n");
        let ran = place.build().fine();
        assert!(place.photos(&link) == 3 && !ran.err.contains("is not shown to"), "{name}: {}", ran.err);
    }
}

#[test]
fn a_keyword_that_no_photo_has_is_refused_and_what_cannot_be_read_is_named() {
    let place = Place::new();
    settings(&place, "[audiences.guests]\nexcept = [\"family\"]\n");
    place.write("galleries/lake-house/SECRET_0001.xmp", &keywords(&["family"]));
    let link = place.share("a guest", &["--audience", "guests"]);
    place.build().fine();
    place.write("galleries/lake-house/SECRET_0001.xmp", "");
    let before = place.output();
    let ran = place.build().refused(3, "`except` of the audience `guests` names `family`");
    assert!(ran.err.contains("mend the metadata of `lake-house/SECRET_0001.png`"), "{}", ran.err);
    assert!(place.output() == before && place.photos(&link) == 2);
}

#[test]
fn a_keyword_that_an_audience_goes_by_stands_on_no_page() {
    let place = Place::new();
    settings(&place, "[audiences.grandma]\nonly = [\"For-Grandma\"]\n");
    place.write("galleries/lake-house/SECRET_0001.xmp", &keywords(&["for-grandma", "rowing boat"]));
    // A section, and a gallery of its own within: the words of what is around them are theirs too.
    place.write("galleries/lake-house/dance/SECRET_0010.xmp", &keywords(&["for-grandma", "waltz"]));
    place.photo("galleries/lake-house/attic/SECRET_0020.png", 20);
    place.write("galleries/lake-house/attic/SECRET_0020.xmp", &keywords(&["for-grandma", "trunk"]));
    place.write("galleries/lake-house/attic/gallery.toml", "access = \"private\"\n");
    place.share("the couple", &[]);
    place.share("Grandma", &["--audience", "grandma"]);
    place.run(&["share", "lake-house/attic", "--to", "Ida", "--today", "2027-01-01"]).fine();
    place.build().fine();
    let output = place.output();
    let with = |word: &str| {
        output.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase().contains(word)).count()
    };
    assert_eq!((with("rowing boat"), with("waltz"), with("trunk"), with("for-grandma")), (2, 2, 1, 0));
}
