//! What may have been meant to close a gallery closes it, and what was never meant to be shown is not.

use crate::support::photos::jpeg;
use crate::support::{Site, differences, said};

/// A site with two galleries, published.
pub fn published() -> Site {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/Deep/d.jpg", "Sea/b.jpg"]);
    site.build();
    site
}

/// Expects a refused build that names this file, a `check` that does too, and nothing of the gallery at its address.
#[track_caller]
pub fn closes(site: &Site, file: &str) {
    let check = site.run(&["check"]);
    assert_ne!(check.code, 0, "{file}");
    assert!(check.err.contains(&format!("`galleries/{file}`")), "{file}: {}", check.err);
    let run = site.run(&["build"]);
    assert!(matches!(run.code, 3 | 6), "{file}: {} {}", run.code, run.err);
    assert!(run.err.contains(&format!("error: `galleries/{file}`")), "{file}: {}", run.err);
    let left: Vec<String> = site.paths().into_iter().filter(|path| path.contains("lake")).collect();
    assert_eq!(left, [] as [&str; 0], "{file}: {}", run.err);
    assert!(site.paths().contains(&"sea/b.html".to_owned()), "{file}");
}

/// Expects a refused build that leaves what was published, and says so.
#[track_caller]
fn stays(site: &Site, file: &str) {
    let before = site.tree();
    let run = site.run(&["build"]);
    assert_eq!(run.code, 3, "{file}: {}", run.err);
    assert!(run.err.contains("`galleries/Lake`") && !run.err.contains("`galleries/Sea`"), "{file}: {}", run.err);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{file}");
}

#[test]
fn settings_that_may_have_been_meant_to_close_a_gallery_take_it_down() {
    let wide: Vec<u8> = "access = \"private\"\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        &b"acess = \"private\"\n"[..],
        b"access = \"private\n",
        b"access = private\n",
        b"access = \"privat\"\n",
        b"Access = \"private\"\n",
        b"access = true\n",
        b"access = [\"private\"]\n",
        b"[access]\nlevel = \"private\"\n",
        b"private = true\n",
        b"privat = \"ja\"\n",
        b"public = false\n",
        b"publish = false\n",
        b"draft = true\n",
        b"hidden = true\n",
        b"geheim = true\n",
        b"visibility = \"hidden\"\n",
        b"password = \"x\"\n",
        b"expires = \"2026-01-01\"\n",
        b"expires = 2026-02-30\n",
        b"expiry = 2027-01-01\n",
        b"id = \"K3V9\"\n",
        b"[audience.guests]\nonly = [\"x\"]\n",
        b"[audiences]\nguests = \"x\"\n",
        b"[audiences.guests]\nexcept = [\"family\"]\n",
        b"access = \"unlisted\"\n[audiences.guests]\nexcept = [\"family\"]\n",
        b"[settings]\naccess = \"private\"\n",
        b"[captions]\n\"a.jpg\" = \"The ferry\"\naccess = \"private\"\n",
        b"status = \"private\"\n",
        b"zugriff = \"privat\"\n",
        b"access: private\n",
        b"access = \"public\"\naccess = \"private\"\n",
        b"<<<<<<< HEAD\naccess = \"private\"\n=======\n>>>>>>> other\n",
        b"title = \"\xc9tretat\"\naccess = \"private\"\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 120\n",
        b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n",
        b"<!DOCTYPE html>\n<title>Sign in</title>\n",
        b"",
        b" \n\n",
        b"\0\0\0\0",
        &wide,
    ] {
        let site = published();
        site.put("galleries/Lake/gallery.toml", text);
        closes(&site, "Lake/gallery.toml");
        // Mended, it is as it was.
        site.put("galleries/Lake/gallery.toml", "title = \"Lake\"\n");
        site.build();
        assert!(site.paths().contains(&"lake/a.html".to_owned()));
    }
}

#[test]
fn settings_that_are_wrong_in_something_else_leave_up_what_was_published() {
    for text in [
        "titel = \"Our private lake\"\n",
        "[images]\nwidths = [\"x\"]\n",
        "sort = \"newest\"\n",
        "cover = \"../a.jpg\"\n",
        "title = \"Lake\n",
        "access = \"public\"\ntitel = \"x\"\n",
        "public = true\n",
        "keywords = \"lake\"\n",
        "[captions]\ntitle = \"x\"\n",
    ] {
        let site = published();
        site.put("galleries/Lake/gallery.toml", text);
        stays(&site, text);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_file_that_may_have_been_meant_as_settings_stops_the_gallery() {
    for name in [
        "gallery copy.toml",
        "gallery (1).toml",
        "gallery.toml.txt",
        "gallery.toml.bak",
        "gallery.toml.orig",
        "gallery.toml.rtf",
        ".gallery.toml.swp",
        "gallery.toml~",
        "#gallery.toml#",
        "gallery.sync-conflict-20240601-120000-ABCDEF7.toml",
        "gallery (Anna's conflicted copy 2024-06-01).toml",
        "gallery-DESKTOP-XY.toml",
        "album.toml",
        "Gallery.TOML",
        "galery.toml",
        "gallery.tml",
        "gallery.yaml",
        "gallery.json",
        "gallery.ini",
        "gallery.cfg",
        ".gallery.toml",
        "_gallery.toml",
        "gallery",
        "settings.toml",
        // By what they say.
        "README",
        "notes.txt",
        "index.md",
        ".hidden-settings",
    ] {
        let site = published();
        site.put(format!("galleries/Lake/{name}"), "title: Lake\nprivate: true\n");
        closes(&site, &format!("Lake/{name}"));
    }
    // What says nothing of access is an error too, where it can only have been settings.
    let site = published();
    site.put("galleries/Lake/gallery copy.toml", "title = \"The lake\"\n");
    stays(&site, "gallery copy.toml");
    let site = published();
    site.put("galleries/Lake/.gallery.toml.icloud", b"bplist00\0\xd3\0private things");
    closes(&site, "Lake/.gallery.toml.icloud");
}

#[test]
fn beside_a_gallery_toml_another_one_matters_where_it_says_something_more_closed() {
    for name in ["gallery.toml~", "gallery.toml.bak", ".gallery.toml.swp", "gallery copy.toml", "gallery.toml.orig"] {
        let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "title = \"The lake\"\n");
        let file = format!("galleries/Lake/{name}");
        site.put(&file, "title = \"A lake\"\n");
        site.build();
        site.put(&file, "access = \"private\"\n");
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{name}: {}", run.err);
        assert_eq!(site.like("lake", ""), [] as [&str; 0], "{name}");
        // Where the gallery is closed, nothing is missed.
        site.put("galleries/Lake/gallery.toml", "access = \"private\"\n");
        site.build();
    }
    // So is a mark that has no effect, and the rules of a server.
    for (name, text) in [
        ("private", ""),
        ("PRIVATE.txt", ""),
        (".htaccess", "AuthType Basic\nRequire valid-user\n"),
        ("DO NOT PUBLISH", ""),
    ] {
        let site = published();
        site.put(format!("galleries/Lake/{name}"), text);
        closes(&site, &format!("Lake/{name}"));
        site.put("galleries/Lake/gallery.toml", "access = \"unlisted\"\n");
        assert!(site.build().err.contains(&format!("warning: `galleries/Lake/{name}`: ")));
        site.put("galleries/Lake/gallery.toml", "access = \"private\"\n");
        assert!(!site.build().err.contains(&format!("`galleries/Lake/{name}`")));
    }
    // What is told repeats no password.
    let site = published().file("galleries/Lake/notes.txt", "Password: swordfish\n");
    let run = site.run(&["build"]);
    assert!(run.code == 3 && !run.err.contains("swordfish"), "{}", run.err);
    // An owner's word counts over what other programs say.
    let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "access = \"public\"\n");
    site.put("galleries/Lake/metadata.json", "{\"title\": \"Lake\",\n  \"access\": \"protected\"}");
    site.build();
    site.remove("galleries/Lake/gallery.toml");
    assert_eq!(site.run(&["build"]).code, 3);
    // A vim undo file holds every state there ever was.
    let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "access = \"public\"\n");
    site.put("galleries/Lake/.gallery.toml.un~", "Vim\x01access = \"private\"");
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn settings_where_no_gallery_is_are_named() {
    for file in ["gallery.toml", "pages/gallery.toml", "static/Gallery.toml", "themes/gallery.toml.txt"] {
        let site = published();
        site.put(file, "access = \"private\"\n");
        for arguments in [&["build"][..], &["check"]] {
            let run = site.run(arguments);
            assert_ne!(run.code, 0, "{file}");
        }
        // Beside the folder of galleries it may have been meant for all of them.
        assert_eq!(site.paths().contains(&"lake/a.html".to_owned()), file != "gallery.toml", "{file}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn what_other_systems_leave_is_passed_over() {
    let site = published();
    let before = site.tree();
    let photo = jpeg(96, 64, 9).bytes();
    for folder in
        ["#recycle", "#Recycle", "@eaDir", "@Recently-Snapshot", "$RECYCLE.BIN", "lost+found", "CaptureOne", "x.lrdata"]
    {
        site.put(format!("galleries/{folder}/Wedding/deleted.jpg"), &photo);
        site.put(format!("galleries/Lake/{folder}/deleted.jpg"), &photo);
    }
    for name in
        ["~syncthing~b.jpg.tmp", "b.jpg.part", "b.jpg.1a2b3c4d.partial", ".b.jpg.Ab12Cd", "b.jpg.crdownload", "M.THM"]
    {
        site.put(format!("galleries/Lake/{name}"), &photo);
    }
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    // Not what only sounds like it.
    site.put("galleries/Originals/o.jpg", &photo);
    site.build();
    assert!(site.paths().contains(&"originals/o.html".to_owned()));
}
