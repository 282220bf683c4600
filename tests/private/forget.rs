//! A person who is forgotten is named nowhere that we keep, and a photo takes along what belongs to it alone.

use std::fs;

use sha2::{Digest as _, Sha256};

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

#[test]
fn a_forgotten_photo_is_gone_from_every_address_and_from_the_cache_whatever_changed_since_it_was_published() {
    let place = Place::new();
    place.share("the couple", &["--audience", "guests"]);
    place.share("their parents", &[]);
    place.share("the band", &[]);
    place.build().fine();
    let settings = place.read("site.toml");
    place.write("site.toml", &format!("{settings}quality = 70\n"));
    place.build().fine();
    let (all, erased) = (place.output(), Erased::at(&place, "galleries/lake-house/dance/SECRET_0010.png"));
    fs::rename(place.path("galleries/lake-house/dance"), place.path("galleries/lake-house/ball")).unwrap();
    place.write("site.toml", &format!("{settings}quality = 60\n"));
    place.run(&["revoke", "lake-house", "--to", "the band", "--today", "2027-01-02"]).fine();
    place.run(&["rotate", "lake-house", "--today", "2027-01-02"]).fine();
    assert!(!erased.in_cache(&place).is_empty());
    let told =
        place.run(&["forget", "--photo", "lake-house/ball/SECRET_0010.png", "--yes", "--today", "2027-01-02"]).fine();
    // In each of the two audiences its page and its one picture.
    let gone: Vec<&String> = all.keys().filter(|path| !place.path("public").join(path).exists()).collect();
    assert_eq!(gone.len(), 4, "{gone:?}");
    assert_eq!(erased.in_cache(&place), [""; 0]);
    assert!(
        told.err
            .contains("erased galleries/lake-house/ball/SECRET_0010.png, 4 published files and 3 entries of the cache"),
        "{}",
        told.err
    );
    let purged: Vec<&String> =
        all.keys().filter(|path| told.out.lines().any(|line| line == format!("/{path}"))).collect();
    let grids = purged.iter().filter(|path| path.starts_with("g/")).count();
    assert!(gone.iter().all(|path| purged.contains(path)) && grids == 3, "{}", told.out);
}

#[test]
fn a_forgotten_open_photo_is_gone_although_its_pictures_would_be_others_now() {
    let place = Place::new();
    place.build().fine();
    place.write("site.toml", &format!("{}quality = 70\n", place.read("site.toml")));
    place.run(&["forget", "--photo", "coast/DSC_0002.png", "--yes", "--today", "2027-01-02"]).fine();
    let left: Vec<String> =
        place.output().into_keys().filter(|path| path.contains("DSC_000") || path.contains("dsc_000")).collect();
    assert!(left.len() == 2 && left.iter().all(|path| path.to_lowercase().contains("dsc_0001")), "{left:?}");
}

#[test]
fn nothing_that_is_wrong_elsewhere_or_with_the_photo_itself_keeps_it_up() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    let all = place.output();
    let erased = Erased::at(&place, "galleries/lake-house/SECRET_0009.png");
    assert!(!erased.in_cache(&place).is_empty());
    place.write("galleries/lake-house/SECRET_0009.png", "not a picture any more");
    place.write("galleries/coast/gallery.toml", "acces = \"private\"\n");
    place.write("access.toml", "half a led");
    fs::remove_file(place.path(".safelight/secret")).unwrap();
    let forget = |photo: &str| place.run(&["forget", "--photo", photo, "--yes", "--today", "2027-01-02"]);
    forget("lake-house/SECRET_0009.png").fine();
    assert!(!place.path("galleries/lake-house/SECRET_0009.png").exists());
    assert_eq!((all.len() - place.output().len(), erased.in_cache(&place)), (2, Vec::new()));
    forget("lake-house/gallery.toml").refused(2, "there is no photo");
    forget("../site.toml").refused(2, "there is no photo");
    assert!(place.path("site.toml").exists() && place.path("galleries/lake-house/gallery.toml").exists());
}

/// A photo as it was before it was erased.
struct Erased(String);

impl Erased {
    fn at(place: &Place, file: &str) -> Self {
        let sum = Sha256::digest(fs::read(place.path(file)).unwrap());
        Self(sum[..5].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Entries of the cache that are made of it.
    fn in_cache(&self, place: &Place) -> Vec<String> {
        let mut files = std::collections::BTreeMap::new();
        let cache = place.path(".safelight/cache");
        collect(&cache, &cache, &mut files);
        files.into_keys().filter(|path| path.replace('/', "").starts_with(&self.0)).collect()
    }
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
