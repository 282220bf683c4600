//! A person who is forgotten is named nowhere that we keep, and a photo takes along what belongs to it alone.

use std::fs;

use sha2::{Digest as _, Sha256};

use crate::support::{Site, said, temporary_folder, tree};

#[test]
fn a_forgotten_persons_name_stands_nowhere_in_the_sites_folder() {
    let site = Site::with_private_gallery();
    let name = "Wilhelmina Zzyzx";
    site.share(name, &["--expires", "2027-01-31"]);
    site.share("the couple", &[]);
    site.build();
    site.run(&["extend", "lake-house", "--to", name, "--expires", "2027-03-01"]).fine();
    site.run(&["revoke", "lake-house", "--to", name]).fine();
    site.build();
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    site.build();
    site.run(&["audit"]).fine();
    site.run(&["links", "--cards", "cards.html"]).fine();
    assert!(!mentions(&site, name).is_empty());
    let ids =
        |ledger: &str| ledger.lines().filter(|line| line.starts_with("id")).map(str::to_owned).collect::<Vec<_>>();
    let before = ids(&site.read("access.toml"));
    site.run(&["forget", "--person", name, "--yes"]).fine();
    assert_eq!(mentions(&site, name), [""; 0]);
    assert_eq!(ids(&site.read("access.toml")), before);
    site.build();
    site.run(&["audit"]).fine();
    assert_eq!(mentions(&site, name), [""; 0]);
    assert!(site.read("access.toml").contains("the couple"));
}

#[test]
fn what_a_forgotten_persons_name_remains_in_is_told() {
    let site = Site::with_private_gallery();
    let name = "Wilhelmina Zzyzx";
    site.share(name, &[]);
    site.run(&["links", "--cards", "cards.html"]).fine();
    site.run(&["forget", "--person", name, "--yes"]).fine();
    assert_eq!(mentions(&site, name), ["cards.html"]);
    insta::assert_snapshot!(said());
}

#[test]
#[cfg(target_os = "linux")]
fn a_forgotten_photo_takes_its_own_sidecars_along_and_nobody_elses() {
    let site = Site::with_private_gallery();
    let sidecar = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></x:xmpmeta>";
    for photo in ["DSC.png", "dsc.png", "raw.png", "e\u{301}.png"] {
        site.put_png(format!("galleries/coast/{photo}"), 40);
    }
    for other in ["DSC.xmp", "dsc.xmp", "dsc.png.XMP", "raw.CR2", "raw.xmp", "\u{e9}.xmp"] {
        site.put(format!("galleries/coast/{other}"), sidecar);
    }
    for photo in ["DSC.png", "raw.png", "e\u{301}.png"] {
        site.run(&["forget", "--photo", &format!("coast/{photo}"), "--yes"]).fine();
    }
    let mut left: Vec<String> = std::fs::read_dir(site.path("galleries/coast"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("DSC_"))
        .collect();
    left.sort();
    assert_eq!(left, ["dsc.png", "dsc.png.XMP", "dsc.xmp", "raw.CR2", "raw.xmp"]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_forgotten_photo_is_gone_from_every_address_and_from_the_cache_whatever_changed_since_it_was_published() {
    let site = Site::with_private_gallery();
    site.share("the couple", &["--audience", "guests"]);
    site.share("their parents", &[]);
    site.share("the band", &[]);
    site.build();
    let settings = site.read("site.toml");
    site.put("site.toml", format!("{settings}quality = 70\n"));
    site.build();
    let (all, erased) = (site.output(), Erased::at(&site, "galleries/lake-house/dance/SECRET_0010.png"));
    fs::rename(site.path("galleries/lake-house/dance"), site.path("galleries/lake-house/ball")).unwrap();
    site.put("site.toml", format!("{settings}quality = 60\n"));
    site.run(&["revoke", "lake-house", "--to", "the band"]).fine();
    site.run(&["rotate", "lake-house"]).fine();
    assert!(!erased.in_cache(&site).is_empty());
    let told = site.run(&["forget", "--photo", "lake-house/ball/SECRET_0010.png", "--yes"]).fine();
    // In each of the two audiences its page and its one picture.
    let gone: Vec<&String> = all.keys().filter(|path| !site.path("public").join(path).exists()).collect();
    assert_eq!(gone.len(), 4, "{gone:?}");
    assert_eq!(erased.in_cache(&site), [""; 0]);
    let purged: Vec<&String> =
        all.keys().filter(|path| told.out.lines().any(|line| line == format!("/{path}"))).collect();
    let grids = purged.iter().filter(|path| path.starts_with("g/")).count();
    assert!(gone.iter().all(|path| purged.contains(path)) && grids == 3, "{}", told.out);
    insta::assert_snapshot!(said());
}

#[test]
fn a_forgotten_open_photo_is_gone_although_its_pictures_would_be_others_now() {
    let site = Site::with_private_gallery();
    site.build();
    site.put("site.toml", format!("{}quality = 70\n", site.read("site.toml")));
    site.run(&["forget", "--photo", "coast/DSC_0002.png", "--yes"]).fine();
    let left: Vec<String> =
        site.output().into_keys().filter(|path| path.contains("DSC_000") || path.contains("dsc_000")).collect();
    assert!(left.len() == 2 && left.iter().all(|path| path.to_lowercase().contains("dsc_0001")), "{left:?}");
}

#[test]
fn nothing_that_is_wrong_elsewhere_or_with_the_photo_itself_keeps_it_up() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    let all = site.output();
    let erased = Erased::at(&site, "galleries/lake-house/SECRET_0009.png");
    assert!(!erased.in_cache(&site).is_empty());
    site.put("galleries/lake-house/SECRET_0009.png", "not a picture any more");
    site.put("galleries/coast/gallery.toml", "acces = \"private\"\n");
    site.put("access.toml", "half a led");
    fs::remove_file(site.path(".safelight/secret")).unwrap();
    let forget = |photo: &str| site.run(&["forget", "--photo", photo, "--yes"]);
    forget("lake-house/SECRET_0009.png").fine();
    assert!(!site.path("galleries/lake-house/SECRET_0009.png").exists());
    assert_eq!((all.len() - site.output().len(), erased.in_cache(&site)), (2, Vec::new()));
    forget("lake-house/gallery.toml").refused(2);
    forget("../site.toml").refused(2);
    assert!(site.path("site.toml").exists() && site.path("galleries/lake-house/gallery.toml").exists());
    insta::assert_snapshot!(said());
}

#[test]
#[cfg(unix)]
fn a_photo_is_forgotten_wherever_links_lead_to_its_file() {
    use std::os::unix::fs::symlink;

    let site = Site::with_private_gallery();
    symlink("dance", site.path("galleries/lake-house/again")).unwrap();
    symlink("coast", site.path("galleries/shore")).unwrap();
    fs::create_dir(site.path("orig")).unwrap();
    let elsewhere = temporary_folder();
    site.put_png("orig/near.png", 41);
    site.put_png("far.png", 42);
    fs::rename(site.path("far.png"), elsewhere.path().join("far.png")).unwrap();
    symlink("../../orig/near.png", site.path("galleries/coast/near.png")).unwrap();
    symlink("near.png", site.path("galleries/coast/second.png")).unwrap();
    symlink(elsewhere.path().join("far.png"), site.path("galleries/coast/far.png")).unwrap();
    site.share("the couple", &[]);
    site.build();
    for (photo, files) in [
        ("lake-house/dance/SECRET_0010.png", "galleries/lake-house/dance/SECRET_0010.png"),
        ("shore/DSC_0002.png", "galleries/shore/DSC_0002.png"),
        ("coast/second.png", "galleries/coast/second.png, galleries/coast/near.png, orig/near.png"),
        ("coast/far.png", "galleries/coast/far.png"),
    ] {
        let first = files.split(", ").next().unwrap();
        let (erased, before) = (Erased::at(&site, first), site.output());
        let stem = photo.rsplit('/').next().unwrap().trim_end_matches(".png").to_lowercase();
        site.run(&["forget", "--photo", photo, "--yes"]).fine();
        for file in files.split(", ") {
            assert!(site.path(file).symlink_metadata().is_err(), "{file}");
        }
        assert_eq!(erased.in_cache(&site), [""; 0], "{photo}");
        let left: Vec<String> = site.output().into_keys().filter(|path| path.to_lowercase().contains(&stem)).collect();
        assert_eq!(left, [""; 0]);
        assert!(site.output().len() < before.len());
    }
    assert!(elsewhere.path().join("far.png").is_file());
    let after = site.output();
    site.build();
    let left = site.output();
    let more: Vec<&String> = after.keys().filter(|path| path.starts_with("x/") && !left.contains_key(*path)).collect();
    assert!(more.is_empty(), "{more:?}");
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_kept_of_former_versions_of_a_photo_goes_with_it() {
    let site = Site::with_private_gallery();
    site.build();
    let photo = "galleries/coast/DSC_0002.png";
    let former = Erased::at(&site, photo);
    site.put_png(photo, 77);
    site.build();
    let (erased, other) = (Erased::at(&site, photo), Erased::at(&site, "galleries/coast/DSC_0001.png"));
    assert!(!former.in_cache(&site).is_empty() && !erased.in_cache(&site).is_empty());
    let kept = other.in_cache(&site);
    site.run(&["forget", "--photo", "coast/DSC_0002.png", "--yes"]).fine();
    assert_eq!((former.in_cache(&site), erased.in_cache(&site)), (Vec::new(), Vec::new()));
    assert!(!kept.is_empty() && other.in_cache(&site) == kept);
}

#[test]
fn what_the_cache_keeps_of_photos_that_were_removed_by_hand_or_may_be_here_is_told() {
    let site = Site::with_private_gallery();
    site.build();
    let forget = |photo: &str| site.run(&["forget", "--photo", photo, "--yes"]);
    let removed = Erased::at(&site, "galleries/coast/DSC_0002.png");
    fs::remove_file(site.path("galleries/coast/DSC_0002.png")).unwrap();
    site.build();
    forget("coast/DSC_0002.png").refused(2);
    site.put("galleries/lake-house/gallery.toml", "acces = \"private\"\n");
    forget("coast/DSC_0001.png").fine();
    assert!(!removed.in_cache(&site).is_empty());
    insta::assert_snapshot!(said());
}

#[test]
#[cfg(unix)]
fn the_cache_keeps_what_was_made_of_a_folder_that_cannot_be_read_at_the_moment() {
    let site = Site::with_private_gallery();
    fs::rename(site.path("galleries/coast"), site.path("disk")).unwrap();
    std::os::unix::fs::symlink("../disk", site.path("galleries/coast")).unwrap();
    site.put_png("galleries/hills/a.png", 60);
    site.build();
    let away = Erased::at(&site, "disk/DSC_0002.png");
    fs::rename(site.path("disk"), site.path("unplugged")).unwrap();
    site.build();
    site.run(&["forget", "--photo", "hills/a.png", "--yes"]).fine();
    assert!(!away.in_cache(&site).is_empty());
}

#[test]
fn what_serve_built_goes_with_a_forgotten_photo_and_a_former_output_is_told() {
    let site = Site::with_private_gallery();
    site.build();
    site.put("site.toml", format!("output = \"new\"\n{}", site.read("site.toml")));
    site.build();
    let served = "a copy for its owner to look at";
    site.put(".safelight-serve/site/x/token/1.jpg", served);
    let forget = ["forget", "--photo", "coast/DSC_0002.png"];
    site.run(&[&forget[..], &["--dry-run"]].concat()).fine();
    assert!(site.path(".safelight-serve/site").exists());
    site.run(&[&forget[..], &["--yes"]].concat()).fine();
    assert!(!site.path(".safelight-serve/site").exists());
    site.put(".safelight-serve/site/x/token/1.jpg", served);
    site.run(&["clean"]).fine();
    assert!(!site.path(".safelight-serve/site").exists());
    insta::assert_snapshot!(said());
}

#[test]
fn a_photo_that_cannot_be_read_is_found_where_the_ledger_last_saw_its_gallery() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    let erased = Erased::at(&site, "galleries/lake-house/dance/SECRET_0010.png");
    fs::rename(site.path("galleries/lake-house"), site.path("galleries/boat")).unwrap();
    site.put("galleries/boat/dance/SECRET_0010.png", "not a picture any more");
    // Another photo where it lay.
    site.put_png("galleries/lake-house/SECRET_0009.png", 90);
    site.put("galleries/boat/SECRET_0009.png", "not a picture any more");
    let before = site.output().len();
    let forget = |photo: &str| site.run(&["forget", "--photo", photo, "--yes"]).fine();
    forget("boat/dance/SECRET_0010.png");
    assert_eq!((before - site.output().len(), erased.in_cache(&site)), (2, Vec::new()));
    forget("boat/SECRET_0009.png");
    assert_eq!(before - site.output().len(), 2);
}

#[test]
fn a_photo_of_which_it_is_not_known_what_is_published_is_not_called_gone() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    fs::rename(site.path("galleries/lake-house/dance"), site.path("galleries/lake-house/ball")).unwrap();
    site.put("galleries/lake-house/ball/SECRET_0010.png", "not a picture any more");
    let forget = |photo: &str| site.run(&["forget", "--photo", photo, "--yes"]).fine();
    forget("lake-house/ball/SECRET_0010.png");
    forget("coast/DSC_0001.png");
    insta::assert_snapshot!(said());
}

/// A photo as it was before it was erased.
struct Erased(String);

impl Erased {
    fn at(site: &Site, file: &str) -> Self {
        let sum = Sha256::digest(fs::read(site.path(file)).unwrap());
        Self(sum[..5].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Entries of the cache that are made of it.
    fn in_cache(&self, site: &Site) -> Vec<String> {
        let paths = tree(&site.path(".safelight/cache")).into_keys().map(|path| path.display().to_string());
        paths.filter(|path| path.replace('/', "").starts_with(&self.0)).collect()
    }
}

/// Files anywhere in the site's folder, hidden ones too, in which a name stands in any case, plain or as JSON or UTF-16.
fn mentions(site: &Site, name: &str) -> Vec<String> {
    let first = name.split(' ').next().unwrap().to_lowercase();
    let wide: Vec<u8> = first.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has = |bytes: &[u8]| {
        let lower = bytes.to_ascii_lowercase();
        let found = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
        found(first.as_bytes()) || found(&wide)
    };
    tree(site.root())
        .into_iter()
        .map(|(path, bytes)| (path.display().to_string(), bytes))
        .filter(|(path, bytes)| has(bytes) || path.to_lowercase().contains(&first))
        .map(|(path, _)| path)
        .collect()
}
