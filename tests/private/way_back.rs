//! From a photo there is a way back to the grid, which names no link.

use std::collections::BTreeSet;

use crate::place::Place;

/// The address that the page of a photo leads up to.
fn up(page: &str) -> String {
    let link = page.split_once("<a id=\"up\" href=\"/").unwrap().1;
    link.split('"').next().unwrap().to_owned()
}

fn is_grid(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap();
    name == "index.html" || name.starts_with("page-")
}

/// All pages of the grids in folders below `x/`.
fn own_grids(place: &Place) -> Vec<String> {
    let own = |path: &String| path.starts_with("x/a") && is_grid(path);
    place.output().into_keys().filter(own).collect()
}

#[test]
fn every_private_photo_leads_to_its_place_in_a_grid_that_names_no_link() {
    let place = Place::new();
    place.write("site.toml", &format!("{}[theme]\npage_size = 24\n", place.read("site.toml")));
    for photo in 20..50 {
        place.photo(&format!("galleries/lake-house/dance/SECRET_00{photo}.png"), photo);
    }
    let links = [place.share("Mara", &[]), place.share("Ida", &[])];
    let guest = place.share("a guest", &["--audience", "guests"]);
    place.build().fine();
    let output = place.output();
    let text = |path: &str| String::from_utf8(output[path].clone()).unwrap();
    let is_photo = |path: &&String| path.starts_with("x/a") && path.ends_with(".html") && !is_grid(path);
    let pages: Vec<&String> = output.keys().filter(is_photo).collect();
    assert_eq!(pages.len(), 33 + 32);
    let mut grids = BTreeSet::new();
    for page in pages {
        let up = up(&text(page));
        let (grid, id) = up.split_once('#').unwrap();
        let grid = if grid.ends_with('/') { format!("{grid}index.html") } else { grid.to_owned() };
        assert_eq!(grid.split('/').nth(1), page.split('/').nth(1), "another audience's");
        let shown = text(&grid);
        let tile = shown.split_once(&format!(" id=\"{id}\">")).unwrap().1;
        assert!(tile[..tile.find("</li>").unwrap()].contains(&format!("href=\"/{page}\"")), "{page}");
        grids.insert(grid);
    }
    assert_eq!(own_grids(&place), grids.iter().cloned().collect::<Vec<_>>());
    assert_eq!(grids.len(), 4, "two pages for each audience");
    // The same as its holders', at another address; it names no link, and is not to be found.
    for link in [&links[0], &links[1], &guest] {
        let holder = text(&format!("{link}index.html"));
        let assets = holder.split_once("/x/").unwrap().1[..25].to_owned();
        let own = text(&format!("x/{assets}/index.html"));
        let moved = own.replace(&format!("\"/x/{assets}/page-"), &format!("\"/{link}page-"));
        assert_eq!(moved.replace(&format!("\"/x/{assets}/\""), &format!("\"/{link}\"")), holder);
        assert!(!own.contains("/g/"));
        assert!(own.contains("content=\"noindex, nofollow, noarchive, noimageindex\""));
        assert!(own.contains("<meta name=\"referrer\" content=\"no-referrer\">") && !own.contains("canonical"));
        for (path, bytes) in place.public() {
            assert!(!String::from_utf8_lossy(&bytes).contains(&assets), "{path}");
        }
    }
    let audit = place.run(&["audit"]);
    assert!(audit.code == 0 || !format!("{}{}", audit.out, audit.err).contains("x/"), "{}{}", audit.out, audit.err);
}

#[test]
fn the_grid_beside_the_photos_goes_where_they_go_and_is_forgotten_by_caches() {
    let place = Place::new();
    place.share("Mara", &[]);
    place.share("Ida", &[]);
    place.build().fine();
    let before = own_grids(&place);
    assert_eq!(before.len(), 1);
    place.run(&["revoke", "lake-house", "--to", "Mara", "--today", "2027-01-02"]).fine();
    place.run(&["build", "--threads", "1", "--today", "2027-01-02", "--purge-list", "purge.txt"]).fine();
    let after = own_grids(&place);
    assert!(after.len() == 1 && after != before, "{after:?}");
    let purge = place.read("purge.txt");
    for address in [before[0].strip_suffix("index.html").unwrap(), &before[0]] {
        assert!(purge.lines().any(|line| line == format!("/{address}")), "{address} is not in\n{purge}");
    }
    // The last link takes it along.
    place.run(&["revoke", "lake-house", "--to", "Ida", "--today", "2027-01-02"]).fine();
    place.build().fine();
    assert!(!place.output().keys().any(|path| path.starts_with("x/a")));
}

#[test]
fn the_grid_beside_the_photos_is_known_to_verify_and_passes_the_gate() {
    let place = Place::new();
    place.share("Mara", &[]);
    place.build().fine();
    let grid = own_grids(&place).remove(0);
    let folder = grid.strip_suffix("index.html").unwrap();
    for address in [folder.trim_end_matches('/'), folder, &grid] {
        let told = place.run(&["verify", &format!("https://photos.example.com/{address}")]).fine();
        assert!(told.out.contains("lake-house") && !told.out.contains("opens nothing"), "{address}: {}", told.out);
    }
}

#[test]
fn a_build_that_fails_takes_down_the_grids_that_show_a_withdrawn_photo_and_no_others() {
    let place = Place::new();
    let link = place.share("Mara", &[]);
    let guest = place.share("a guest", &["--audience", "guests"]);
    place.build().fine();
    assert_eq!(own_grids(&place).len(), 2);
    // Of the two audiences one was never shown it.
    std::fs::remove_file(place.path("galleries/lake-house/SECRET_0009.png")).unwrap();
    let settings = place.read("galleries/lake-house/gallery.toml");
    place.write(
        "galleries/lake-house/gallery.toml",
        &settings.replace("except = [\"SECRET_0009.png\"]\n", "only = [\"SECRET_0001.png\", \"SECRET_0010.png\"]\n"),
    );
    place.write("pages/broken.md", "[x](nowhere.md)\n");
    place.build().refused(3, "leads nowhere");
    let there = |link: &str| place.path(&format!("public/{link}index.html")).exists();
    assert!(!there(&link) && there(&guest));
    assert_eq!(own_grids(&place).len(), 1);
}
