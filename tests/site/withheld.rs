//! What must not get out, however odd the folders are.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::site::{Site, differences};

/// A site with a private gallery that was never shared.
fn with_a_private_gallery() -> Site {
    Site::new().photos(["Lake/a.jpg", "Secret/b.jpg"]).gallery_toml("Secret", "access = \"private\"\n")
}

#[test]
fn a_gallery_toml_out_of_reach_publishes_nothing() {
    let settings = "galleries/Secret/gallery.toml";
    let ways: [(&str, &dyn Fn(&Site)); 7] = [
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
        assert_eq!(site.containing("secret"), [] as [&str; 0]);
        site.remove(settings);
        way(&site);
        let run = site.run(&["build"]);
        assert!(matches!(run.code, 3 | 6), "{name}: {} {}", run.code, run.err);
        assert!(run.err.contains("error: `galleries/Secret/") && run.err.contains("gallery.toml"), "{name}: {}", run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{name}");
        assert_ne!(site.run(&["check"]).code, 0, "{name}");
    }
}

#[test]
fn a_link_among_static_files_publishes_neither_the_secret_nor_originals() {
    for (target, what) in [
        ("../.safelight", "the folder with the secret"),
        ("../.safelight/secret", "the folder with the secret"),
        ("../galleries", "original photographs"),
        ("../galleries/Secret/b.jpg", "original photographs"),
        ("../elsewhere", "original photographs"),
        ("../pages", "the sources of pages"),
        ("../site.toml", "`site.toml`"),
        ("..", "the folder with the secret"),
    ] {
        let site = with_a_private_gallery().file("static/fine.txt", "Fine.").file("pages/about.md", "About.\n");
        site.put("elsewhere/c.jpg", crate::making::jpeg(96, 64, 3).bytes());
        symlink("../elsewhere", site.path("galleries/Linked")).unwrap();
        assert_eq!(site.run(&["secret", "new"]).code, 0);
        site.build();
        let before = site.tree();
        symlink(target, site.path("static/link")).unwrap();
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{target}: {}", run.err);
        let told = format!("error: `static/link`: this link leads to {what}, which would be published as it is\n");
        assert!(run.err.contains(&told), "{target}: {}", run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{target}");
    }
}

#[test]
fn other_links_among_static_files_are_followed() {
    let site = Site::new().photo("Lake/a.jpg").file("static/fine.txt", "Fine.").file("brand/logo.svg", "<svg/>");
    symlink("../brand", site.path("static/brand")).unwrap();
    symlink("nowhere", site.path("static/gone")).unwrap();
    symlink(".", site.path("static/again")).unwrap();
    let run = site.build();
    assert_eq!(site.text("brand/logo.svg"), "<svg/>");
    for name in ["static/gone", "static/again"] {
        assert!(run.err.contains(&format!("warning: `{name}`: this link leads to nothing")), "{}", run.err);
    }
}
