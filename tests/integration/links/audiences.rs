//! What two audiences of one gallery may know of each other.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::photos::xmp;
use crate::support::{Site, said};

fn keywords(words: &[&str]) -> String {
    let items: String = words.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect();
    xmp(&format!("<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"))
}

fn settings(site: &Site, audience: &str) {
    let before = site.read("galleries/lake-house/gallery.toml");
    let id = before.lines().find(|line| line.starts_with("id =")).unwrap_or_default();
    site.put("galleries/lake-house/gallery.toml", format!("{id}\naccess = \"private\"\n{audience}"));
}

#[test]
fn a_photo_whose_keywords_cannot_be_read_is_not_shown_to_an_audience_from_which_keywords_hide() {
    let hidden = "galleries/lake-house/SECRET_0001.xmp";
    type Harm<'a> = (&'a str, &'a dyn Fn(&Site));
    let harms: [Harm<'_>; 3] = [
        ("cut", &|site| site.put(hidden, &keywords(&["family"])[..150])),
        ("empty", &|site| site.put(hidden, "")),
        ("leads nowhere", &|site| {
            fs::remove_file(site.path(hidden)).unwrap();
            symlink("/nonexistent/SECRET_0001.xmp", site.path(hidden)).unwrap();
        }),
    ];
    for (name, harm) in harms {
        let site = Site::with_private_gallery();
        settings(&site, "[audiences.guests]\nexcept = [\"family\", \"SECRET_0010\"]\n");
        site.put(hidden, keywords(&["family"]));
        site.put("galleries/lake-house/SECRET_0009.xmp", keywords(&["family"]));
        site.put_png("galleries/lake-house/SECRET_0011.png", 11);
        let link = site.share("a guest", &["--audience", "guests"]);
        let couple = site.share("the couple", &[]);
        site.build();
        assert_eq!(site.photos_of(&link), 1, "{name}");
        harm(&site);
        let ran = site.build();
        assert_eq!((site.photos_of(&link), site.photos_of(&couple)), (1, 4), "{name}: {}", ran.err);
        // From the index as well; and names of files hide what they name, whatever else cannot be read.
        site.build();
        settings(&site, "[audiences.guests]\nexcept = [\"SECRET_0009\"]\n");
        site.build();
        assert_eq!(site.photos_of(&link), 3, "{name}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_keyword_that_no_photo_has_is_refused_and_what_cannot_be_read_is_named() {
    let site = Site::with_private_gallery();
    settings(&site, "[audiences.guests]\nexcept = [\"family\"]\n");
    site.put("galleries/lake-house/SECRET_0001.xmp", keywords(&["family"]));
    let link = site.share("a guest", &["--audience", "guests"]);
    site.build();
    site.put("galleries/lake-house/SECRET_0001.xmp", "");
    let before = site.output();
    site.try_build().refused(3);
    assert!(site.output() == before && site.photos_of(&link) == 2);
    insta::assert_snapshot!(said());
}

#[test]
fn a_keyword_that_an_audience_goes_by_stands_on_no_page() {
    let site = Site::with_private_gallery();
    settings(&site, "[audiences.grandma]\nonly = [\"For-Grandma\"]\n");
    site.put("galleries/lake-house/SECRET_0001.xmp", keywords(&["for-grandma", "rowing boat"]));
    // A section, and a gallery of its own within: the words of what is around them are theirs too.
    site.put("galleries/lake-house/dance/SECRET_0010.xmp", keywords(&["for-grandma", "waltz"]));
    site.put_png("galleries/lake-house/attic/SECRET_0020.png", 20);
    site.put("galleries/lake-house/attic/SECRET_0020.xmp", keywords(&["for-grandma", "trunk"]));
    site.put("galleries/lake-house/attic/gallery.toml", "access = \"private\"\n");
    site.share("the couple", &[]);
    site.share("Grandma", &["--audience", "grandma"]);
    site.run(&["share", "lake-house/attic", "--to", "Ida", "--today", "2027-01-01"]).fine();
    site.build();
    let output = site.output();
    let with = |word: &str| {
        output.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase().contains(word)).count()
    };
    assert_eq!((with("rowing boat"), with("waltz"), with("trunk"), with("for-grandma")), (2, 2, 1, 0));
}
