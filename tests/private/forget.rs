//! A person who is forgotten is named nowhere that we keep, and a photo takes along what belongs to it alone.

use crate::place::{Place, collect};

#[test]
fn a_forgotten_persons_name_stands_nowhere_in_the_sites_folder() {
    let place = Place::new();
    let name = "Wilhelmina Zzyzx";
    place.share(name, &["--expires", "2027-01-31"]);
    place.share("the couple", &[]);
    place.build().fine();
    place.run(&["extend", "lake-house", "--to", name, "--expires", "2027-03-01", "--today", "2027-01-02"]).fine();
    place.run(&["revoke", "lake-house", "--to", name, "--today", "2027-01-02"]).fine();
    place.build().fine();
    place.run(&["secret", "rotate", "--until", "2027-02-01", "--today", "2027-01-02"]).fine();
    place.build().fine();
    place.run(&["audit"]).fine();
    place.run(&["links", "--cards", "cards.html", "--today", "2027-01-02"]).fine();
    assert!(!mentions(&place, name).is_empty());
    let ids =
        |ledger: &str| ledger.lines().filter(|line| line.starts_with("id")).map(str::to_owned).collect::<Vec<_>>();
    let before = ids(&place.read("access.toml"));
    place.run(&["forget", "--person", name, "--yes", "--today", "2027-01-02"]).fine();
    assert_eq!(mentions(&place, name), [""; 0]);
    assert_eq!(ids(&place.read("access.toml")), before);
    place.build().fine();
    place.run(&["audit"]).fine();
    assert_eq!(mentions(&place, name), [""; 0]);
    assert!(place.read("access.toml").contains("the couple"));
}

#[test]
fn what_a_forgotten_persons_name_remains_in_is_told() {
    let place = Place::new();
    let name = "Wilhelmina Zzyzx";
    place.share(name, &[]);
    place.run(&["links", "--cards", "cards.html", "--today", "2027-01-02"]).fine();
    let told = place.run(&["forget", "--person", name, "--yes", "--today", "2027-01-02"]).fine();
    assert!(told.err.contains("cards.html, which mentions the name"), "{}", told.err);
    assert_eq!(mentions(&place, name), ["cards.html"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_forgotten_photo_takes_its_own_sidecars_along_and_nobody_elses() {
    let place = Place::new();
    let sidecar = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></x:xmpmeta>";
    for photo in ["DSC.png", "dsc.png", "raw.png", "e\u{301}.png"] {
        place.photo(&format!("galleries/coast/{photo}"), 40);
    }
    for other in ["DSC.xmp", "dsc.xmp", "dsc.png.XMP", "raw.CR2", "raw.xmp", "\u{e9}.xmp"] {
        place.write(&format!("galleries/coast/{other}"), sidecar);
    }
    for photo in ["DSC.png", "raw.png", "e\u{301}.png"] {
        place.run(&["forget", "--photo", &format!("coast/{photo}"), "--yes", "--today", "2027-01-02"]).fine();
    }
    let mut left: Vec<String> = std::fs::read_dir(place.path("galleries/coast"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("DSC_"))
        .collect();
    left.sort();
    assert_eq!(left, ["dsc.png", "dsc.png.XMP", "dsc.xmp", "raw.CR2", "raw.xmp"]);
}

/// Files anywhere in the site's folder, hidden ones too, in which a name stands in any case, plain or as JSON or UTF-16.
fn mentions(place: &Place, name: &str) -> Vec<String> {
    let mut files = std::collections::BTreeMap::new();
    collect(&place.path(""), &place.path(""), &mut files);
    let first = name.split(' ').next().unwrap().to_lowercase();
    let wide: Vec<u8> = first.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has = |bytes: &[u8]| {
        let lower = bytes.to_ascii_lowercase();
        let found = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
        found(first.as_bytes()) || found(&wide)
    };
    files
        .into_iter()
        .filter(|(path, bytes)| has(bytes) || path.to_lowercase().contains(&first))
        .map(|(path, _)| path)
        .collect()
}
