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
    let told = ["DSC.png", "raw.png", "e\u{301}.png"].map(|photo| {
        place.run(&["forget", "--photo", &format!("coast/{photo}"), "--yes", "--today", "2027-01-02"]).fine().err
    });
    let mut left: Vec<String> = std::fs::read_dir(place.path("galleries/coast"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("DSC_"))
        .collect();
    left.sort();
    assert_eq!(left, ["dsc.png", "dsc.png.XMP", "dsc.xmp", "raw.CR2", "raw.xmp"]);
    assert!(told.iter().any(|told| told.contains("galleries/coast/raw.xmp, a sidecar that another picture may need")));
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

#[test]
#[cfg(unix)]
fn a_photo_is_forgotten_wherever_links_lead_to_its_file() {
    use std::os::unix::fs::symlink;

    let place = Place::new();
    symlink("dance", place.path("galleries/lake-house/again")).unwrap();
    symlink("coast", place.path("galleries/shore")).unwrap();
    fs::create_dir(place.path("orig")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    place.photo("orig/near.png", 41);
    place.photo("far.png", 42);
    fs::rename(place.path("far.png"), elsewhere.path().join("far.png")).unwrap();
    symlink("../../orig/near.png", place.path("galleries/coast/near.png")).unwrap();
    symlink("near.png", place.path("galleries/coast/second.png")).unwrap();
    symlink(elsewhere.path().join("far.png"), place.path("galleries/coast/far.png")).unwrap();
    place.share("the couple", &[]);
    place.build().fine();
    for (photo, files, links) in [
        ("lake-house/dance/SECRET_0010.png", "galleries/lake-house/dance/SECRET_0010.png", 0),
        ("shore/DSC_0002.png", "galleries/shore/DSC_0002.png", 0),
        ("coast/second.png", "galleries/coast/second.png, galleries/coast/near.png, orig/near.png", 0),
        ("coast/far.png", "galleries/coast/far.png", 1),
    ] {
        let first = files.split(", ").next().unwrap();
        let (erased, before) = (Erased::at(&place, first), place.output());
        let stem = photo.rsplit('/').next().unwrap().trim_end_matches(".png").to_lowercase();
        let told = place.run(&["forget", "--photo", photo, "--yes", "--today", "2027-01-02"]).fine();
        assert!(told.err.contains(&format!("erased {files}, ")), "{}", told.err);
        assert!(!told.err.contains("the same photo"), "{}", told.err);
        assert_eq!(told.err.matches("to which it was a link").count(), links, "{}", told.err);
        for file in files.split(", ") {
            assert!(place.path(file).symlink_metadata().is_err(), "{file}");
        }
        assert_eq!(erased.in_cache(&place), [""; 0], "{photo}");
        let left: Vec<String> = place.output().into_keys().filter(|path| path.to_lowercase().contains(&stem)).collect();
        assert_eq!(left, [""; 0]);
        assert!(place.output().len() < before.len());
    }
    assert!(elsewhere.path().join("far.png").is_file());
    let after = place.output();
    place.build().fine();
    let left = place.output();
    let more: Vec<&String> = after.keys().filter(|path| path.starts_with("x/") && !left.contains_key(*path)).collect();
    assert!(more.is_empty(), "{more:?}");
}

#[test]
fn what_is_kept_of_former_versions_of_a_photo_goes_with_it() {
    let place = Place::new();
    place.build().fine();
    let photo = "galleries/coast/DSC_0002.png";
    let former = Erased::at(&place, photo);
    place.photo(photo, 77);
    place.build().fine();
    let (erased, other) = (Erased::at(&place, photo), Erased::at(&place, "galleries/coast/DSC_0001.png"));
    assert!(!former.in_cache(&place).is_empty() && !erased.in_cache(&place).is_empty());
    let kept = other.in_cache(&place);
    place.run(&["forget", "--photo", "coast/DSC_0002.png", "--yes", "--today", "2027-01-02"]).fine();
    assert_eq!((former.in_cache(&place), erased.in_cache(&place)), (Vec::new(), Vec::new()));
    assert!(!kept.is_empty() && other.in_cache(&place) == kept);
}

#[test]
fn what_the_cache_keeps_of_photos_that_were_removed_by_hand_or_may_be_here_is_told() {
    let place = Place::new();
    place.build().fine();
    let forget = |photo: &str| place.run(&["forget", "--photo", photo, "--yes", "--today", "2027-01-02"]);
    let removed = Erased::at(&place, "galleries/coast/DSC_0002.png");
    fs::remove_file(place.path("galleries/coast/DSC_0002.png")).unwrap();
    place.build().fine();
    forget("coast/DSC_0002.png").refused(2, "If it was removed by hand: `safelight clean` drops");
    place.write("galleries/lake-house/gallery.toml", "acces = \"private\"\n");
    let told = forget("coast/DSC_0001.png").fine();
    assert!(told.err.contains("pictures of former versions of it in the cache: `safelight clean`"), "{}", told.err);
    assert!(!removed.in_cache(&place).is_empty());
}

#[test]
#[cfg(unix)]
fn the_cache_keeps_what_was_made_of_a_folder_that_cannot_be_read_at_the_moment() {
    let place = Place::new();
    fs::rename(place.path("galleries/coast"), place.path("disk")).unwrap();
    std::os::unix::fs::symlink("../disk", place.path("galleries/coast")).unwrap();
    place.photo("galleries/hills/a.png", 60);
    place.build().fine();
    let away = Erased::at(&place, "disk/DSC_0002.png");
    fs::rename(place.path("disk"), place.path("unplugged")).unwrap();
    place.build().fine();
    place.run(&["forget", "--photo", "hills/a.png", "--yes", "--today", "2027-01-02"]).fine();
    assert!(!away.in_cache(&place).is_empty());
}

#[test]
fn what_serve_built_goes_with_a_forgotten_photo_and_a_former_output_is_told() {
    let place = Place::new();
    place.build().fine();
    place.write("site.toml", &format!("output = \"new\"\n{}", place.read("site.toml")));
    place.build().fine();
    let served = "a copy for its owner to look at";
    place.write(".safelight-serve/site/x/token/1.jpg", served);
    let forget = ["forget", "--photo", "coast/DSC_0002.png", "--today", "2027-01-02"];
    place.run(&[&forget[..], &["--dry-run"]].concat()).fine();
    assert!(place.path(".safelight-serve/site").exists());
    let told = place.run(&[&forget[..], &["--yes"]].concat()).fine();
    assert!(!place.path(".safelight-serve/site").exists());
    assert!(told.err.contains("DSC_0002.png, the site that `serve` built, "), "{}", told.err);
    assert!(told.err.contains("public, the output of an earlier build"), "{}", told.err);
    place.write(".safelight-serve/site/x/token/1.jpg", served);
    let told = place.run(&["clean"]).fine();
    assert!(!place.path(".safelight-serve/site").exists());
    assert!(told.err.contains(", and the site that `serve` built; the published site"), "{}", told.err);
}

#[test]
fn a_photo_that_cannot_be_read_is_found_where_the_ledger_last_saw_its_gallery() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    let erased = Erased::at(&place, "galleries/lake-house/dance/SECRET_0010.png");
    fs::rename(place.path("galleries/lake-house"), place.path("galleries/boat")).unwrap();
    place.write("galleries/boat/dance/SECRET_0010.png", "not a picture any more");
    // Another photo where it lay.
    place.photo("galleries/lake-house/SECRET_0009.png", 90);
    place.write("galleries/boat/SECRET_0009.png", "not a picture any more");
    let before = place.output().len();
    let forget = |photo: &str| place.run(&["forget", "--photo", photo, "--yes", "--today", "2027-01-02"]).fine();
    forget("boat/dance/SECRET_0010.png");
    assert_eq!((before - place.output().len(), erased.in_cache(&place)), (2, Vec::new()));
    forget("boat/SECRET_0009.png");
    assert_eq!(before - place.output().len(), 2);
}

#[test]
fn a_photo_of_which_it_is_not_known_what_is_published_is_not_called_gone() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    fs::rename(place.path("galleries/lake-house/dance"), place.path("galleries/lake-house/ball")).unwrap();
    place.write("galleries/lake-house/ball/SECRET_0010.png", "not a picture any more");
    let forget = |photo: &str| place.run(&["forget", "--photo", photo, "--yes", "--today", "2027-01-02"]).fine();
    let unsure = "what was published of it where its folder had another name then, until you build";
    let told = forget("lake-house/ball/SECRET_0010.png");
    assert!(told.err.contains(unsure), "{}", told.err);
    let told = forget("coast/DSC_0001.png");
    assert!(!told.err.contains(unsure), "{}", told.err);
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
