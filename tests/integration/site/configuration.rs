//! What `site.toml` and `gallery.toml` ask for.

use crate::support::crawl::faults;
use crate::support::photos::jpeg;
use crate::support::{Site, said};

#[test]
fn private_and_sealed_galleries_leave_no_trace() {
    let public = || Site::new().config("url = \"https://name.example/\"\n").photos(["Lake/a.jpg", "Sea/b.jpg"]);
    let alone = public();
    alone.build();
    let site = public()
        .photos([
            "Wedding Day/bride-portrait.jpg",
            "Wedding Day/Late Party/dance.jpg",
            "lake/penumbra.jpg",
            "Vault/hidden-face.jpg",
        ])
        .gallery_toml("Wedding Day", "title = \"Ines and Joao\"\naccess = \"private\"\n")
        .gallery_toml("Wedding Day/Late Party", "access = \"public\"\n")
        .gallery_toml("lake", "access = \"private\"\n")
        .gallery_toml("Vault", "title = \"Ultramarine\"\naccess = \"sealed\"\n");
    site.build();
    for word in
        ["wedding", "ines and", "bride", "late-party", "dance", "penumbra", "vault", "ultramarine", "hidden-face"]
    {
        assert_eq!(site.containing(word), [] as [&str; 0], "{word}");
    }
    assert_eq!(crate::support::differences(&alone.tree(), &site.tree()), [] as [&str; 0]);
    // What is made private later comes down.
    site.put("galleries/Sea/gallery.toml", "access = \"private\"\n");
    site.build();
    assert_eq!(site.containing("sea/"), [] as [&str; 0]);
    insta::assert_snapshot!(said());
}

/// TOML makes every line behind `[captions]` a caption.
#[test]
fn a_gallery_whose_setting_slipped_into_a_table_of_names_is_not_published() {
    for slip in [
        "[captions]\n\"a.jpg\" = \"The ferry\"\naccess = \"private\"\n",
        "[alt]\naccess = \"private\"\n",
        "[captions]\nAcces = \"private\"\n",
        "[captions]\nprivat = \"yes\"\n",
        "[captions]\nZugriff = \"privat\"\n",
        "description = \"\"\"\nOurs.\naccess = \"private\"\n\"\"\"\n",
    ] {
        let site = Site::new().photos(["Lake/a.jpg", "Wedding/a.jpg"]).gallery_toml("Wedding", slip);
        for arguments in [&["build"][..], &["build", "--strict"], &["check"]] {
            let run = site.run(arguments);
            let code = if arguments == ["check"] { 1 } else { 3 };
            assert_eq!(run.code, code, "{slip}{arguments:?}\n{}", run.err);
        }
        assert_eq!(site.containing("wedding"), [] as [&str; 0], "{slip}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn an_unlisted_gallery_has_pages_and_is_named_nowhere() {
    let site = Site::new()
        .config("url = \"https://name.example/\"\n")
        .photos(["Lake/a.jpg", "Draft Work/b.jpg", "Draft Work/Below/c.jpg", "Lake/Hushed/d.jpg"])
        .gallery_toml("Draft Work", "access = \"unlisted\"\ndate = 2026-01-01\n")
        .gallery_toml("Lake", "date = 2026-01-01\n")
        .gallery_toml("Lake/Hushed", "access = \"unlisted\"\n");
    site.build();
    for path in [
        "index.html",
        "404.html",
        "feed.xml",
        "sitemap.xml",
        "robots.txt",
        "_headers",
        "lake/index.html",
        "lake/a.html",
    ] {
        let text = site.text(path).to_lowercase();
        assert!(!text.contains("draft") && !text.contains("hushed"), "{path}");
    }
    assert!(site.text("feed.xml").contains("/lake/") && site.text("sitemap.xml").contains("/lake/"));
    for path in ["draft-work/index.html", "draft-work/b.html", "draft-work/below/c.html", "lake/hushed/d.html"] {
        assert!(site.text(path).contains("noindex"), "{path}");
    }
    assert!(!site.text("lake/index.html").contains("noindex"));
    assert!(site.text("draft-work/index.html").contains("/draft-work/below/"));
    // Its photos lead back to it; nothing else does.
    assert_eq!(faults(&site.path("public"), "/", "https://name.example"), [] as [&str; 0]);
}

#[test]
fn a_site_below_a_path_refers_to_nothing_outside_it() {
    let site = Site::new()
        .config("url = \"https://name.example/photos/\"\n")
        .photos(["Lake/a.jpg", "Lake/b.jpg", "Lake/Deep/c.jpg"])
        .gallery_toml("Lake", "date = 2026-01-01\n")
        .file("pages/about.md", "# About\n\nSee [the lake](../galleries/Lake).\n");
    site.build();
    assert_eq!(faults(&site.path("public"), "/photos/", "https://name.example"), [] as [&str; 0]);
    for path in ["feed.xml", "sitemap.xml"] {
        assert_eq!(
            site.text(path).matches("https://name.example/").count(),
            site.text(path).matches("https://name.example/photos/").count()
        );
    }
}

#[test]
fn static_files_are_copied_as_they_are() {
    let site = Site::new()
        .photo("Lake/a.jpg")
        .file("static/CNAME", "name.example\n")
        .file("static/fonts/a b.woff2", [0, 159, 146, 150])
        .file("static/.well-known/security.txt", "Contact: x\n")
        .file("static/.DS_Store", "clutter");
    site.build();
    let tree = site.tree();
    assert_eq!(tree[std::path::Path::new("fonts/a b.woff2")], [0, 159, 146, 150]);
    assert_eq!(tree[std::path::Path::new(".well-known/security.txt")], b"Contact: x\n");
    assert!(tree.contains_key(std::path::Path::new("CNAME")) && !tree.contains_key(std::path::Path::new(".DS_Store")));
    site.remove("static/CNAME");
    site.build();
    assert!(!site.paths().contains(&"CNAME".to_owned()));
}

#[test]
fn hidden_static_files_that_hosts_read_are_copied_and_all_others_are_named() {
    let copied =
        [".htaccess", ".nojekyll", ".domains", ".well-known/security.txt", "downloads/.htaccess", "_redirects"];
    let named =
        [".env", ".htpasswd", ".git/HEAD", ".ssh/id_rsa", "fonts/.npmrc", ".gitignore", ".site.css.swp", "old.html~"];
    let clutter = [".DS_Store", "._logo.svg", "fonts/.DS_Store", "Thumbs.db", ".gitkeep"];
    let site =
        copied.iter().chain(&named).chain(&clutter).fold(Site::new().photo("Lake/a.jpg"), |site, path| {
            site.file(format!("static/{path}"), format!("in {path}"))
        });
    let run = site.run(&["build"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for path in copied {
        assert_eq!(site.text(path), format!("in {path}"));
        assert!(!run.err.contains(&format!("`static/{path}`")), "{path}: {}", run.err);
    }
    for path in named {
        let top = path.split_once('/').map_or(path, |(top, _)| if top.starts_with('.') { top } else { path });
        assert!(!site.paths().contains(&path.to_owned()), "{path}");
        assert!(run.err.contains(&format!("`static/{top}`")), "{path}: {}", run.err);
    }
    for path in clutter {
        assert!(!site.paths().contains(&path.to_owned()) && !run.err.contains(path), "{path}: {}", run.err);
    }
    let checked = site.run(&["check"]);
    assert_eq!(checked.code, 1);
    assert!(
        named.iter().all(|path| checked.err.contains(path.split_once('/').map_or(*path, |(top, _)| top))),
        "{}",
        checked.err
    );
    insta::assert_snapshot!(said());
}

#[test]
fn a_static_file_where_ours_belongs_is_an_error() {
    for path in ["index.html", "Index.html", "404.html", "about/index.html", "ABOUT/x.txt"] {
        let site =
            Site::new().photo("Lake/a.jpg").file("pages/about.md", "# About\n").file(format!("static/{path}"), "mine");
        let run = site.run(&["build"]);
        if path == "ABOUT/x.txt" {
            assert!([0, 3].contains(&run.code), "{path}: {}", run.err);
            continue;
        }
        assert_eq!(run.code, 3, "{path}: {}", run.err);
        assert!(run.err.contains(path), "{path}: {}", run.err);
        assert_eq!(site.paths().len(), 0);
    }
    // A gallery makes way, whatever the case of the static folder's letters.
    let site = Site::new().photo("Lake/a.jpg").file("static/lake/index.html", "mine");
    site.build();
    assert_eq!(site.text("lake/index.html"), "mine");
}

#[test]
fn a_static_file_whose_place_is_kept_or_cannot_be_is_refused() {
    for path in ["g/x.html", "X/photo.jpg", "e/deep/x.txt", "x", "back\\slash.txt"] {
        let site = Site::new().photo("Lake/a.jpg").file(format!("static/{path}"), "mine");
        let run = site.run(&["build"]);
        assert_eq!((run.code, site.paths().len()), (3, 0), "{path}: {}", run.err);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn image_settings_of_a_gallery_hold_below_it() {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Lake/Deep/b.jpg", "Sea/c.jpg"])
        .gallery_toml("Lake", "[images]\nformats = [\"jpeg\"]\n[images.jpeg]\nwidths = [40]\n");
    site.build();
    assert_eq!(site.like("img/lake/", "").len(), 2, "{:?}", site.like("img/", ""));
    assert!(site.like("img/lake/", "").iter().all(|path| path.contains("-40.") && path.ends_with(".jpg")));
    assert_eq!(site.like("img/sea/", "").len(), 4);
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
}

#[test]
fn nothing_is_larger_than_the_photo() {
    let site = Site::new()
        .file("galleries/Lake/tiny.jpg", jpeg(20, 10, 1).bytes())
        .file("galleries/Lake/dot.jpg", jpeg(1, 1, 1).bytes());
    site.build();
    assert!(site.like("img/lake/tiny-", "").iter().all(|path| path.contains("-20.")));
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
}
