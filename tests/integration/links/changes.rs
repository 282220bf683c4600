//! A small change touches few files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::support::Site;

#[test]
fn revoking_a_link_touches_the_files_of_its_gallery_alone() {
    let site = Site::with_private_gallery();
    for name in ["meadow", "harbour"] {
        site.put(format!("galleries/{name}/gallery.toml"), "access = \"private\"\n");
        site.put_png(format!("galleries/{name}/SECRET_1.png"), 3);
        site.run(&["share", name, "--to", "Ida", "--today", "2027-01-01"]).fine();
    }
    let (couple, parents) = (site.share("the couple", &[]), site.share("their parents", &[]));
    let guest = site.share("a guest", &["--audience", "guests"]);
    site.build();
    let own =
        [&couple, &parents].map(|link| fs::read_to_string(site.path(format!("public/{link}index.html"))).unwrap());
    let assets = own[0].split_once("/x/").unwrap().1[..25].to_owned();
    let before = stamps(&site);
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.build();
    let after = stamps(&site);
    let touched: BTreeSet<&String> = before.symmetric_difference(&after).map(|(path, ..)| path).collect();
    let page = fs::read_to_string(site.path(format!("public/{parents}index.html"))).unwrap();
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
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    site.build();
    let before = stamps(&site);
    let parents = site.share("their parents", &[]);
    site.build();
    let after = stamps(&site);
    let new: Vec<&String> = after.difference(&before).map(|(path, ..)| path).collect();
    assert_eq!(new, [&format!("{parents}index.html")]);
    assert!(before.is_subset(&after));
    let settings = site.read("galleries/lake-house/gallery.toml");
    site.put("galleries/lake-house/gallery.toml", settings.replace("Boathouse", "Kingfisher"));
    site.build();
    for link in [couple, parents] {
        let page = site.page(&link);
        assert!(page.contains("Kingfisher") && !page.contains("Boathouse"), "{page}");
    }
}

#[test]
fn two_equal_photos_of_a_private_gallery_share_their_pictures_and_either_may_go() {
    let site = Site::with_private_gallery();
    let galleries = |path: &str| site.path("galleries").join(path);
    fs::create_dir_all(galleries("lake-house/best")).unwrap();
    for twin in ["lake-house/SECRET_0002.png", "lake-house/best/SECRET_0003.png"] {
        fs::copy(galleries("lake-house/SECRET_0001.png"), galleries(twin)).unwrap();
    }
    let link = site.share("the couple", &[]);
    site.build();
    let pages = |site: &Site| {
        site.output()
            .keys()
            .filter(|path| path.starts_with("x/") && path.ends_with(".html") && !path.ends_with("/index.html"))
            .count()
    };
    let pictures = |site: &Site| -> BTreeSet<String> {
        site.output().into_keys().filter(|path| path.starts_with("x/") && path.ends_with(".jpg")).collect()
    };
    let all = pictures(&site);
    assert_eq!((pages(&site), site.photos_of(&link)), (5, 5), "{}", site.page(&link));
    let before = stamps(&site);
    site.build();
    assert_eq!(stamps(&site), before);
    site.run(&["audit"]).fine();
    // The first of them is erased: the others' pictures stay, at once and after the next build.
    site.run(&["forget", "--photo", "lake-house/SECRET_0001.png", "--yes"]).fine();
    assert_eq!((pages(&site), pictures(&site)), (4, all.clone()));
    site.build();
    fs::remove_file(galleries("lake-house/SECRET_0002.png")).unwrap();
    site.build();
    assert_eq!((pages(&site), pictures(&site)), (3, all.clone()));
    fs::remove_file(galleries("lake-house/best/SECRET_0003.png")).unwrap();
    site.build();
    assert!(pictures(&site).is_subset(&all) && pictures(&site).len() < all.len());
    site.run(&["audit"]).fine();
}

/// Every published file with what changes when it is written again.
fn stamps(site: &Site) -> BTreeSet<(String, SystemTime, u64)> {
    let stamp = |path: &Path| {
        let found = fs::metadata(path).unwrap();
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let number = found.len();
        (found.modified().unwrap(), number)
    };
    let paths = site.output().into_keys();
    paths
        .map(|path| (stamp(&site.path("public").join(&path)), path))
        .map(|((time, id), path)| (path, time, id))
        .collect()
}
