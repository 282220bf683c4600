//! From a photo there is a way back to the grid, which names no link.

use std::collections::BTreeSet;

use crate::support::{Site, said};

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
fn own_grids(site: &Site) -> Vec<String> {
    let own = |path: &String| path.starts_with("x/a") && is_grid(path);
    site.output().into_keys().filter(own).collect()
}

#[test]
fn every_private_photo_leads_to_its_place_in_a_grid_that_names_no_link() {
    let site = Site::with_private_gallery();
    site.put("site.toml", format!("{}[theme]\npage_size = 24\n", site.read("site.toml")));
    for photo in 20..50 {
        site.put_png(format!("galleries/lake-house/dance/SECRET_00{photo}.png"), photo);
    }
    let links = [site.share("Mara", &[]), site.share("Ida", &[])];
    let guest = site.share("a guest", &["--audience", "guests"]);
    site.build();
    let output = site.output();
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
        let tile = shown.split_once(&format!(" id=\"{id}\"")).unwrap().1;
        assert!(tile[..tile.find("</li>").unwrap()].contains(&format!("href=\"/{page}\"")), "{page}");
        grids.insert(grid);
    }
    assert_eq!(own_grids(&site), grids.iter().cloned().collect::<Vec<_>>());
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
        for (path, bytes) in site.public() {
            assert!(!String::from_utf8_lossy(&bytes).contains(&assets), "{path}");
        }
    }
    let audit = site.run(&["audit"]);
    assert!(audit.code == 0 || !format!("{}{}", audit.out, audit.err).contains("x/"), "{}{}", audit.out, audit.err);
}

#[test]
fn the_grid_beside_the_photos_goes_where_they_go_and_is_forgotten_by_caches() {
    let site = Site::with_private_gallery();
    site.share("Mara", &[]);
    site.share("Ida", &[]);
    site.build();
    let before = own_grids(&site);
    assert_eq!(before.len(), 1);
    site.run(&["revoke", "lake-house", "--to", "Mara"]).fine();
    site.run(&["build", "--threads", "1", "--purge-list", "purge.txt"]).fine();
    let after = own_grids(&site);
    assert!(after.len() == 1 && after != before, "{after:?}");
    let purge = site.read("purge.txt");
    for address in [before[0].strip_suffix("index.html").unwrap(), &before[0]] {
        assert!(purge.lines().any(|line| line == format!("/{address}")), "{address} is not in\n{purge}");
    }
    // The last link takes it along.
    site.run(&["revoke", "lake-house", "--to", "Ida"]).fine();
    site.build();
    assert!(!site.output().keys().any(|path| path.starts_with("x/a")));
}

#[test]
fn the_grid_beside_the_photos_is_known_to_verify_and_passes_the_gate() {
    let site = Site::with_private_gallery();
    site.share("Mara", &[]);
    site.build();
    let grid = own_grids(&site).remove(0);
    let folder = grid.strip_suffix("index.html").unwrap();
    for address in [folder.trim_end_matches('/'), folder, &grid] {
        let told = site.run(&["verify", &format!("https://photos.example.com/{address}")]).fine();
        assert!(!told.out.contains("opens nothing"), "{address}: {}", told.out);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_build_that_fails_takes_down_the_grids_that_show_a_withdrawn_photo_and_no_others() {
    let site = Site::with_private_gallery();
    let link = site.share("Mara", &[]);
    let guest = site.share("a guest", &["--audience", "guests"]);
    site.build();
    assert_eq!(own_grids(&site).len(), 2);
    // Of the two audiences one was never shown it.
    std::fs::remove_file(site.path("galleries/lake-house/SECRET_0009.png")).unwrap();
    let settings = site.read("galleries/lake-house/gallery.toml");
    site.put(
        "galleries/lake-house/gallery.toml",
        settings.replace("except = [\"SECRET_0009.png\"]\n", "only = [\"SECRET_0001.png\", \"SECRET_0010.png\"]\n"),
    );
    site.put("pages/broken.md", "[x](nowhere.md)\n");
    site.try_build().refused(3);
    let there = |link: &str| site.path(format!("public/{link}index.html")).exists();
    assert!(!there(&link) && there(&guest));
    assert_eq!(own_grids(&site).len(), 1);
    insta::assert_snapshot!(said());
}
