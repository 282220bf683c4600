//! What must not get out, however odd the folders are.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::{Site, differences, said};

/// A site with a private gallery that was never shared.
fn with_a_private_gallery() -> Site {
    Site::new().photos(["Lake/a.jpg", "Secret/b.jpg"]).gallery_toml("Secret", "access = \"private\"\n")
}

#[test]
fn a_gallery_toml_out_of_reach_publishes_nothing() {
    let settings = "galleries/Secret/gallery.toml";
    type Way<'a> = (&'a str, &'a dyn Fn(&Site));
    let ways: [Way<'_>; 7] = [
        ("leads nowhere", &|site| symlink("/nonexistent/gallery.toml", site.path(settings)).unwrap()),
        ("leads to itself", &|site| symlink("gallery.toml", site.path(settings)).unwrap()),
        ("leads up", &|site| symlink("..", site.path(settings)).unwrap()),
        ("is a folder", &|site| fs::create_dir(site.path(settings)).unwrap()),
        ("is a pipe", &|site| assert!(Command::new("mkfifo").arg(site.path(settings)).status().unwrap().success())),
        ("is in capitals", &|site| site.put("galleries/Secret/Gallery.TOML", "access = \"private\"\n")),
        ("has another ending", &|site| site.put("galleries/Secret/gallery.toml.txt", "access = \"private\"\n")),
    ];
    for (name, way) in ways {
        let site = with_a_private_gallery();
        site.build();
        let before = site.tree();
        assert_eq!(site.containing("secret/b"), [] as [&str; 0]);
        site.remove(settings);
        way(&site);
        let run = site.run(&["build"]);
        assert!(matches!(run.code, 3 | 6), "{name}: {} {}", run.code, run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{name}");
        assert_ne!(site.run(&["check"]).code, 0, "{name}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_among_static_files_publishes_neither_the_secret_nor_originals() {
    for target in [
        "../.safelight",
        "../.safelight/secret",
        "../galleries",
        "../galleries/Secret/b.jpg",
        "../elsewhere",
        "../pages",
        "../site.toml",
        "..",
    ] {
        let site = with_a_private_gallery().file("static/fine.txt", "Fine.").file("pages/about.md", "About.\n");
        site.put("elsewhere/c.jpg", crate::support::photos::jpeg(96, 64, 3).bytes());
        symlink("../elsewhere", site.path("galleries/Linked")).unwrap();
        site.prepare(&["secret", "new"]);
        site.build();
        let before = site.tree();
        symlink(target, site.path("static/link")).unwrap();
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{target}: {}", run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{target}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_in_a_theme_publishes_neither_the_secret_nor_the_ledger_nor_originals() {
    for (link, target) in [
        ("assets/a", "../../../.safelight/secret"),
        ("assets/a", "../../../access.toml"),
        ("assets/a", "../../../galleries/Secret"),
        ("assets/a.jpg", "../../../galleries/Secret/b.jpg"),
        ("assets/a.jpg", "../../../elsewhere/c.jpg"),
        ("assets/a", "../../.."),
        ("assets/a", "../../../public"),
        ("footer-extra.html", "../../site.toml"),
        ("", "../galleries/Secret"),
    ] {
        let site = with_a_private_gallery().file("themes/mine/assets/fine.svg", "<svg/>");
        let site = site.file("themes/other/fine.svg", "<svg/>").config("[theme]\nname = \"mine\"\n");
        site.put("elsewhere/c.jpg", crate::support::photos::jpeg(96, 64, 3).bytes());
        symlink("../elsewhere", site.path("galleries/Linked")).unwrap();
        // Links that lead to nothing secret are fine.
        symlink("../../other/fine.svg", site.path("themes/mine/assets/linked.svg")).unwrap();
        site.prepare(&["secret", "new"]);
        site.prepare(&["share", "Secret", "--to", "Ada"]);
        site.build();
        let before = site.tree();
        let place = if link.is_empty() { "themes/mine".to_owned() } else { format!("themes/mine/{link}") };
        if link.is_empty() {
            fs::remove_dir_all(site.path(&place)).unwrap();
        }
        symlink(target, site.path(&place)).unwrap();
        let run = site.run(&["build"]);
        assert_ne!(run.code, 0, "{target}");
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{target}");
        assert_ne!(site.run(&["check"]).code, 0, "{target}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_among_galleries_shows_neither_the_output_nor_the_site_itself() {
    for (link, target) in [
        ("root", "../public"),
        ("Lake/deep", "../../public/img/lake"),
        ("Lake/one.jpg", "../../public/fine.jpg"),
        ("root", ".."),
        ("root", "../.safelight"),
        ("root", "../.safelight-serve"),
        ("root", "../static"),
        ("root", "../pages"),
        ("Linked/back", "../public"),
    ] {
        let site = with_a_private_gallery().file("pages/about.md", "About.\n");
        let site = site.file("static/fine.jpg", crate::support::photos::jpeg(96, 64, 3).bytes());
        let site = site
            .file(".safelight-serve/index.html", "")
            .file("elsewhere/c.jpg", crate::support::photos::jpeg(96, 64, 3).bytes());
        symlink("../elsewhere", site.path("galleries/Linked")).unwrap();
        site.build();
        let before = site.tree();
        symlink(target, site.path("galleries").join(link)).unwrap();
        for arguments in [&["build"][..], &["check"]] {
            let run = site.run(arguments);
            assert_ne!(run.code, 0, "{target}");
            assert!(run.err.contains(&format!("`galleries/{link}`")), "{link} to {target}: {}", run.err);
        }
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{target}");
    }
    insta::assert_snapshot!(said());
}

/// A site with open galleries, and two private ones: one is a folder elsewhere, and one has a section that is.
fn with_private_galleries() -> Site {
    let photos = ["Lake/a.jpg", "Sea/s.jpg", "Secret/b.jpg", "Secret/Deep/d.jpg", "Closed/c.jpg", "Closed/Town/t.jpg"];
    let site = Site::new().photos(photos);
    let site = site.gallery_toml("Secret", "access = \"private\"\n").gallery_toml("Closed", "access = \"private\"\n");
    for (number, file) in ["disk/Far/f.jpg", "disk/Raw/r.jpg", "disk/Best/e.jpg"].into_iter().enumerate() {
        site.put(file, crate::support::photos::jpeg(96, 64, 50 + number as u8).bytes());
    }
    site.put("disk/Far/gallery.toml", "access = \"private\"\n");
    symlink("../disk/Far", site.path("galleries/Far")).unwrap();
    symlink("../../disk/Raw", site.path("galleries/Secret/Raw")).unwrap();
    symlink("../../disk/Best/e.jpg", site.path("galleries/Secret/e.jpg")).unwrap();
    site
}

#[test]
fn a_link_into_a_private_gallery_publishes_nothing() {
    for (link, target, place, gallery) in [
        ("Lake/one.jpg", "../Secret/b.jpg", "Secret/b.jpg", "Secret"),
        ("Lake/one.jpg", "../Secret/Deep/d.jpg", "Secret/Deep/d.jpg", "Secret"),
        ("Lake/one.jpg", "../Sea/../Secret/./b.jpg", "Secret/b.jpg", "Secret"),
        ("Lake/one.jpg", "../../by-way", "Secret/b.jpg", "Secret"),
        ("Lake/more", "../Secret", "Secret", "Secret"),
        ("Lake/more", "../Secret/Deep", "Secret/Deep", "Secret"),
        ("more", "Closed/Town", "Closed/Town", "Closed"),
        ("one.jpg", "Closed/Town/t.jpg", "Closed/Town/t.jpg", "Closed"),
        // A private gallery that is itself a link, and pictures that a private one has by way of links.
        ("Lake/one.jpg", "../Far/f.jpg", "Far/f.jpg", "Far"),
        ("Lake/one.jpg", "../../disk/Far/f.jpg", "Far/f.jpg", "Far"),
        ("Lake/one.jpg", "../Secret/Raw/r.jpg", "Secret/Raw", "Secret"),
        ("Lake/one.jpg", "../Secret/e.jpg", "Secret/e.jpg", "Secret"),
        // Whoever may see one private gallery may not see another.
        ("Closed/one.jpg", "../Secret/b.jpg", "Secret/b.jpg", "Secret"),
        ("Secret/Deep/more", "../../Closed/Town", "Closed/Town", "Closed"),
        // What a sidecar and a gallery.toml say is shown too.
        ("Lake/a.xmp", "../Secret/b.xmp", "Secret/b.xmp", "Secret"),
        ("Lake/gallery.toml", "../Secret/Deep/texts", "Secret/Deep/texts", "Secret"),
    ] {
        let site = with_private_galleries();
        site.put("galleries/Secret/b.xmp", "<x/>");
        site.put("galleries/Secret/Deep/texts", "title = \"Hidden\"\n");
        symlink("galleries/Secret/b.jpg", site.path("by-way")).unwrap();
        site.build();
        let before = site.tree();
        symlink(target, site.path("galleries").join(link)).unwrap();
        for arguments in [&["build"][..], &["check"]] {
            let run = site.run(arguments);
            assert_ne!(run.code, 0, "{link} to {target}");
            for named in
                [format!("`galleries/{link}`"), format!("`galleries/{place}`"), format!("`galleries/{gallery}`")]
            {
                assert!(run.err.contains(&named), "{link} to {target}: {}", run.err);
            }
            assert_eq!(run.err.matches("error: ").count(), 1, "{}", run.err);
        }
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{link} to {target}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn links_within_a_private_gallery_out_of_it_and_among_open_ones_are_followed() {
    for (link, target) in [
        ("Secret/again.jpg", "b.jpg"),
        ("Secret/Deep/again.jpg", "../b.jpg"),
        ("Secret/more", "Deep"),
        ("Secret/Raw/again.jpg", "../Deep/d.jpg"),
        ("Secret/open", "../Sea"),
        ("Lake/one.jpg", "../Sea/s.jpg"),
        ("Lake/more", "../Sea"),
        // Of what lies elsewhere a private gallery may have a part that an open one has too.
        ("Lake/one.jpg", "../../disk/Best/e.jpg"),
        ("Lake/more", "../../disk/Raw"),
    ] {
        let site = with_private_galleries();
        let target = if link.contains("Raw") { site.path("galleries/Secret/Deep/d.jpg") } else { target.into() };
        // An open gallery does not become private because a private one links to it.
        symlink("../Sea", site.path("galleries/Closed/Sea")).unwrap();
        symlink(&target, site.path("galleries").join(link)).unwrap();
        let run = site.build();
        assert!(!run.err.contains("this link"), "{link}: {}", run.err);
        assert_eq!(site.like("lake/one", ".html").len(), usize::from(link == "Lake/one.jpg"), "{link}");
        assert_eq!(site.like("lake/more/", ".html").len(), 2 * usize::from(link == "Lake/more"), "{link}");
    }
}

#[test]
fn what_a_link_showed_comes_down_when_the_gallery_that_it_leads_into_becomes_private() {
    let site = Site::new().photos(["Lake/a.jpg", "Sea/secret.jpg", "Sea/Deep/hidden.jpg"]);
    symlink("../Sea/secret.jpg", site.path("galleries/Lake/secret.jpg")).unwrap();
    symlink("../Sea/Deep", site.path("galleries/Lake/Deep")).unwrap();
    site.build();
    assert!(site.paths().contains(&"lake/secret.html".to_owned()));
    assert!(site.paths().contains(&"lake/deep/hidden.html".to_owned()));
    site.put("galleries/Sea/gallery.toml", "access = \"private\"\n");
    assert_eq!(site.run(&["build"]).code, 3);
    for word in ["secret", "hidden", "sea/"] {
        assert!(site.paths().iter().all(|path| !path.contains(word)), "{:?}", site.paths());
    }
    assert!(site.paths().contains(&"lake/a.html".to_owned()), "{:?}", site.paths());
}

#[test]
fn what_cannot_be_taken_down_is_named_and_no_page_that_may_stay() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/gone.jpg", "Sea/s.jpg"]);
    site.build();
    site.remove("galleries/Lake/gone.jpg");
    site.put("galleries/Sea/broken.jpg", "no photo");
    // No file of ours is removed from behind a link.
    fs::rename(site.path("public/lake"), site.path("elsewhere")).unwrap();
    symlink("../elsewhere", site.path("public/lake")).unwrap();
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 6, "{}", run.err);
    let named: Vec<&str> = run.err.lines().filter(|line| line.contains("lake/")).collect();
    assert!(named.len() == 1 && named[0].contains("`lake/gone.html`"), "{named:?}");
    insta::assert_snapshot!(said());
}

#[test]
fn an_error_in_site_toml_keeps_nothing_up_that_was_withdrawn() {
    let published = || {
        let site = Site::new().photos(["Lake/a.jpg", "Lake/gone.jpg", "Sea/c.jpg", "Town/d.jpg", "Old/e.jpg"]);
        site.build();
        site.put("galleries/Sea/gallery.toml", "access = \"private\"\n");
        fs::remove_dir_all(site.path("galleries/Old")).unwrap();
        site.remove("galleries/Lake/gone.jpg");
        site
    };
    let site = published();
    site.set_config("bogus = 1\n");
    let run = site.run(&["build"]);
    assert_eq!(run.code, 3, "{}", run.err);
    for name in ["sea/", "old/", "gone"] {
        assert!(site.paths().iter().all(|path| !path.contains(name)), "{name}: {:?}", site.paths());
    }
    assert!(site.paths().contains(&"town/d.html".to_owned()) && site.paths().contains(&"lake/a.html".to_owned()));
    // Where nobody knows which folders were meant, or what is wrong at all, it is said what stays.
    for config in [
        "galeries = \"photos\"\n",
        "galleries = 1\n",
        "output = \"\"\n",
        "[theme]\npages = \"texts\"\n",
        "title = \"\n",
    ] {
        let site = published();
        let before = site.tree();
        site.set_config(config);
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{config}: {}", run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{config}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn an_open_gallery_is_taken_out_after_its_last_day_with_what_lies_below() {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Lake/Deep/d.jpg", "Sea/c.jpg", "Hidden/h.jpg"])
        .gallery_toml("Lake", "expires = 2026-06-30\n")
        .gallery_toml("Lake/Deep", "expires = 2027-06-30\n")
        .gallery_toml("Hidden", "access = \"unlisted\"\nexpires = 2026-07-01\n");
    let on = |day: &str| site.run(&["build", "--today", day]);
    assert_eq!(on("2026-06-30").code, 0);
    let full = site.tree();
    assert!(
        site.paths().contains(&"lake/deep/d.html".to_owned()) && site.paths().contains(&"hidden/h.html".to_owned())
    );
    let next = site.run(&["next-expiry", "--today", "2026-06-29", "--format", "json"]);
    let next: serde_json::Value = serde_json::from_str(next.out.lines().last().unwrap()).unwrap();
    assert_eq!((&next["last_day"], &next["galleries"]), (&"2026-06-30".into(), &serde_json::json!(["Lake"])));
    let run = on("2026-07-01");
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(site.containing("lake"), [] as [&str; 0]);
    assert_eq!(site.containing("deep"), [] as [&str; 0]);
    assert!(site.paths().contains(&"hidden/h.html".to_owned()));
    assert_eq!(crate::support::crawl::faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    // The rest is what it would be without it.
    let other = Site::new().photos(["Sea/c.jpg", "Hidden/h.jpg"]);
    let other = other.gallery_toml("Hidden", "access = \"unlisted\"\n");
    other.build();
    assert_eq!(differences(&site.tree(), &other.tree()), [] as [&str; 0]);
    // A build that fails for another reason withdraws it too.
    assert_eq!(on("2026-06-30").code, 0);
    assert_eq!(differences(&full, &site.tree()), [] as [&str; 0]);
    site.put("galleries/Sea/gallery.toml", "titel = 1\n");
    assert_eq!(on("2026-07-02").code, 3);
    assert!(site.paths().iter().all(|path| !path.contains("lake") && !path.contains("hidden")), "{:?}", site.paths());
    assert!(site.paths().contains(&"sea/c.html".to_owned()));
    insta::assert_snapshot!(said());
}

#[test]
fn photos_in_a_private_folder_of_galleries_are_not_shown() {
    let site = Site::new().photos(["loose.jpg", "Lake/a.jpg"]).gallery_toml("", "access = \"private\"\n");
    site.build();
    assert!(
        site.like("", "").iter().all(|path| !path.contains("loose") && !path.contains("lake")),
        "{:?}",
        site.paths()
    );
    site.put("galleries/gallery.toml", "access = \"unlisted\"\n");
    site.build();
    assert!(site.paths().contains(&"photos/loose.html".to_owned()));
}

#[test]
fn other_links_among_static_files_are_followed() {
    let site = Site::new().photo("Lake/a.jpg").file("static/fine.txt", "Fine.").file("brand/logo.svg", "<svg/>");
    symlink("../brand", site.path("static/brand")).unwrap();
    symlink("nowhere", site.path("static/gone")).unwrap();
    symlink(".", site.path("static/again")).unwrap();
    site.build();
    assert_eq!(site.text("brand/logo.svg"), "<svg/>");
    insta::assert_snapshot!(said());
}

#[test]
fn an_empty_folder_of_galleries_removes_no_site() {
    let site = Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]);
    site.build();
    let before = site.tree();
    fs::rename(site.path("galleries"), site.path("elsewhere")).unwrap();
    fs::create_dir(site.path("galleries")).unwrap();
    let run = site.run(&["build"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(
        run.err.starts_with("error: `galleries`: the galleries folder is empty, but the published site has photos")
    );
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    // On purpose it is possible, and a first build of nothing is too.
    fs::create_dir(site.path("galleries/None")).unwrap();
    site.build();
    assert_eq!(site.containing("lake"), [] as [&str; 0]);
    Site::new().build();
}
