//! A small change touches few files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::place::Place;

#[test]
fn revoking_a_link_touches_the_files_of_its_gallery_alone() {
    let place = Place::new();
    for name in ["meadow", "harbour"] {
        place.write(&format!("galleries/{name}/gallery.toml"), "access = \"private\"\n");
        place.photo(&format!("galleries/{name}/SECRET_1.png"), 3);
        place.run(&["share", name, "--to", "Ida", "--today", "2027-01-01"]).fine();
    }
    let (couple, parents) = (place.share("the couple", &[]), place.share("their parents", &[]));
    let guest = place.share("a guest", &["--audience", "guests"]);
    place.build().fine();
    let own =
        [&couple, &parents].map(|link| fs::read_to_string(place.path(&format!("public/{link}index.html"))).unwrap());
    let assets = own[0].split_once("/x/").unwrap().1[..25].to_owned();
    let before = stamps(&place);
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    place.build().fine();
    let after = stamps(&place);
    let touched: BTreeSet<&String> = before.symmetric_difference(&after).map(|(path, ..)| path).collect();
    let page = fs::read_to_string(place.path(&format!("public/{parents}index.html"))).unwrap();
    let moved = page.split_once("/x/").unwrap().1[..25].to_owned();
    assert_ne!(moved, assets);
    for path in &touched {
        let of_gallery = [couple.as_str(), &parents, &format!("x/{assets}/"), &format!("x/{moved}/")];
        assert!(of_gallery.iter().any(|folder| path.starts_with(*folder)), "{path} of {touched:?}");
    }
    // Two pages, and every picture and photo page at its former and at its present place.
    let count = |folder: &str| touched.iter().filter(|path| path.starts_with(folder)).count();
    assert_eq!((count(&couple), count(&parents), count(&guest)), (1, 1, 0));
    assert!(count("x/") > 2 && count(&format!("x/{assets}/")) == count(&format!("x/{moved}/")));
}

#[test]
fn a_new_link_adds_one_page_and_a_new_title_reaches_every_holder() {
    let place = Place::new();
    let couple = place.share("the couple", &[]);
    place.build().fine();
    let before = stamps(&place);
    let parents = place.share("their parents", &[]);
    place.build().fine();
    let after = stamps(&place);
    let new: Vec<&String> = after.difference(&before).map(|(path, ..)| path).collect();
    assert_eq!(new, [&format!("{parents}index.html")]);
    assert!(before.is_subset(&after));
    let settings = place.read("galleries/lake-house/gallery.toml");
    place.write("galleries/lake-house/gallery.toml", &settings.replace("Boathouse", "Kingfisher"));
    place.build().fine();
    for link in [couple, parents] {
        let page = place.page(&link);
        assert!(page.contains("Kingfisher") && !page.contains("Boathouse"), "{page}");
    }
}

#[test]
fn two_equal_photos_of_a_private_gallery_share_their_pictures_and_either_may_go() {
    let place = Place::new();
    let galleries = |path: &str| place.path("galleries").join(path);
    fs::create_dir_all(galleries("lake-house/best")).unwrap();
    for twin in ["lake-house/SECRET_0002.png", "lake-house/best/SECRET_0003.png"] {
        fs::copy(galleries("lake-house/SECRET_0001.png"), galleries(twin)).unwrap();
    }
    let link = place.share("the couple", &[]);
    place.build().fine();
    let pages = |place: &Place| {
        place
            .output()
            .keys()
            .filter(|path| path.starts_with("x/") && path.ends_with(".html") && !path.ends_with("/index.html"))
            .count()
    };
    let pictures = |place: &Place| -> BTreeSet<String> {
        place.output().into_keys().filter(|path| path.starts_with("x/") && path.ends_with(".jpg")).collect()
    };
    let all = pictures(&place);
    assert_eq!((pages(&place), place.photos(&link)), (5, 5), "{}", place.page(&link));
    let before = stamps(&place);
    place.build().fine();
    assert_eq!(stamps(&place), before);
    place.run(&["audit"]).fine();
    // The first of them is erased: the others' pictures stay, at once and after the next build.
    place.run(&["forget", "--photo", "lake-house/SECRET_0001.png", "--yes", "--today", "2027-01-02"]).fine();
    assert_eq!((pages(&place), pictures(&place)), (4, all.clone()));
    place.build().fine();
    fs::remove_file(galleries("lake-house/SECRET_0002.png")).unwrap();
    place.build().fine();
    assert_eq!((pages(&place), pictures(&place)), (3, all.clone()));
    fs::remove_file(galleries("lake-house/best/SECRET_0003.png")).unwrap();
    place.build().fine();
    assert!(pictures(&place).is_subset(&all) && pictures(&place).len() < all.len());
    place.run(&["audit"]).fine();
}

/// Every published file with what changes when it is written again.
fn stamps(place: &Place) -> BTreeSet<(String, SystemTime, u64)> {
    let stamp = |path: &Path| {
        let found = fs::metadata(path).unwrap();
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let number = found.len();
        (found.modified().unwrap(), number)
    };
    let paths = place.output().into_keys();
    paths
        .map(|path| (stamp(&place.path("public").join(&path)), path))
        .map(|((time, id), path)| (path, time, id))
        .collect()
}
