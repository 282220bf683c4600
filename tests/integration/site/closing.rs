//! What may have been meant to close a gallery closes it, and what was never meant to be shown is not.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::photos::jpeg;
use crate::support::{Site, differences};

/// A site with two galleries, published.
fn published() -> Site {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/Deep/d.jpg", "Sea/b.jpg"]);
    site.build();
    site
}

/// Expects a refused build that names this file, a `check` that does too, and nothing of the gallery at its address.
#[track_caller]
fn closes(site: &Site, file: &str) {
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
    let told = "warning: `galleries/Lake`: what was published of this gallery can still be reached\n";
    assert!(run.err.contains(told) && !run.err.contains("`galleries/Sea`"), "{file}: {}", run.err);
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
        let run = site.build();
        let told = format!("warning: `{file}`: looks like an earlier or another `gallery.toml`");
        assert!(run.err.contains(&told), "{name}: {}", run.err);
        site.put(&file, "access = \"private\"\n");
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{name}: {}", run.err);
        assert!(run.err.contains("which says `access = \"private\"`"), "{}", run.err);
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
        assert!(site.build().err.contains(&format!("warning: `galleries/Lake/{name}`: reads like a mark")));
        site.put("galleries/Lake/gallery.toml", "access = \"private\"\n");
        assert!(!site.build().err.contains("reads like a mark"));
    }
    // What is told repeats no password.
    let site = published().file("galleries/Lake/notes.txt", "Password: swordfish\n");
    let run = site.run(&["build"]);
    assert!(run.code == 3 && run.err.contains("`Password …`") && !run.err.contains("swordfish"), "{}", run.err);
    // An owner's word counts over what other programs say.
    let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "access = \"public\"\n");
    site.put("galleries/Lake/metadata.json", "{\"title\": \"Lake\",\n  \"access\": \"protected\"}");
    let run = site.build();
    assert!(
        run.err.contains("warning: `galleries/Lake/metadata.json`: this file says `\"access\": \"protected\"`"),
        "{}",
        run.err
    );
    site.remove("galleries/Lake/gallery.toml");
    assert_eq!(site.run(&["build"]).code, 3);
    // A vim undo file holds every state there ever was.
    let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "access = \"public\"\n");
    site.put("galleries/Lake/.gallery.toml.un~", "Vim\x01access = \"private\"");
    site.build();
}

#[test]
fn settings_where_no_gallery_is_are_named() {
    for file in ["gallery.toml", "pages/gallery.toml", "static/Gallery.toml", "themes/gallery.toml.txt"] {
        let site = published();
        site.put(file, "access = \"private\"\n");
        for arguments in [&["build"][..], &["check"]] {
            let run = site.run(arguments);
            assert_ne!(run.code, 0, "{file}");
            assert!(run.err.contains(&format!("error: `{file}`: looks like the settings of a gallery")), "{}", run.err);
        }
        // Beside the folder of galleries it may have been meant for all of them.
        assert_eq!(site.paths().contains(&"lake/a.html".to_owned()), file != "gallery.toml", "{file}");
    }
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

#[test]
fn a_mark_leaves_a_folder_out_with_all_that_lies_below_and_withdraws_it() {
    for (mark, text) in [(".nomedia", ""), ("nomedia.txt", ""), (".noimage", ""), (".ppignore", "# all\n*\n")] {
        let site = published();
        site.put(format!("galleries/Lake/{mark}"), text);
        // What is wrong in there is nobody's business.
        site.put("galleries/Lake/Deep/gallery.toml", "titel = 1\n");
        site.put("galleries/Lake/broken.jpg", "no picture");
        site.put("galleries/Lake/album.toml", "access = \"private\"\n");
        symlink("../../public", site.path("galleries/Lake/up")).unwrap();
        symlink("nowhere", site.path("galleries/Lake/gallery.toml")).unwrap();
        let run = site.run(&["build", "--strict", "--verbose"]);
        assert_eq!(run.code, 0, "{mark}: {}", run.err);
        assert!(run.err.contains("1 folder left out by `.nomedia`"), "{}", run.err);
        assert!(run.err.contains("left out by the mark in it: galleries/Lake\n"), "{}", run.err);
        assert_eq!(site.containing("lake"), [] as [&str; 0], "{mark}");
        assert_eq!(site.summary()["folders_left_out"], serde_json::json!(["galleries/Lake"]));
        // Also by a build that fails for another reason.
        fs::remove_file(site.path(format!("galleries/Lake/{mark}"))).unwrap();
        for name in ["Deep/gallery.toml", "broken.jpg", "album.toml", "up", "gallery.toml"] {
            site.remove(&format!("galleries/Lake/{name}"));
        }
        site.build();
        site.put(format!("galleries/Lake/{mark}"), text);
        site.put("galleries/Sea/gallery.toml", "titel = 1\n");
        assert_eq!(site.run(&["build"]).code, 3);
        assert_eq!(site.like("lake/", "a.html"), [] as [&str; 0], "{mark}");
        assert_eq!(site.like("img/lake", ""), [] as [&str; 0], "{mark}");
    }
    // A shared gallery keeps its links, which show nothing then.
    let site = Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]).gallery_toml("Lake", "access = \"private\"\n");
    assert_eq!(site.run(&["secret", "new"]).code, 0);
    assert_eq!(site.run(&["share", "Lake", "--to", "Ada"]).code, 0);
    site.build();
    assert!(!site.like("x/", ".jpg").is_empty());
    site.put("galleries/Lake/.nomedia", "");
    site.build();
    for ending in [".jpg", ".webp"] {
        assert_eq!(site.like("x/", ending), [] as [&str; 0]);
    }
    let site = published().file("galleries/Lake/.ppignore", "*.psd\n");
    assert!(site.build().err.contains("warning: `galleries/Lake/.ppignore`: PhotoPrism's patterns are not read here"));
}

#[test]
fn a_site_whose_photos_are_all_elsewhere_is_not_published() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    for (bytes, told) in [
        (pointer.as_bytes(), "`git lfs pull` brings it"),
        (b"/annex/objects/SHA256E-s1--ab.jpg\n", "`git annex get` brings it"),
        (b"<!DOCTYPE html>\n<html>Sign in", "a web page and not a photo"),
        (b"../../elsewhere/a.jpg", "a link that was written as text"),
        (&[0; 4096], "only zeros"),
    ] {
        let site = published();
        let before = site.tree();
        for file in ["Lake/a.jpg", "Lake/Deep/d.jpg", "Sea/b.jpg"] {
            site.put(format!("galleries/{file}"), bytes);
        }
        for arguments in [&["build"][..], &["build", "--dry-run"]] {
            let run = site.run(arguments);
            assert_eq!(run.code, 4, "{told}: {}", run.err);
            assert!(run.err.contains("error: `galleries`: none of the 3 photos can be used"), "{}", run.err);
            assert!(run.err.contains(told) && run.err.contains("and 2 more"), "{told}: {}", run.err);
        }
        assert!(site.run(&["check"]).err.contains("none of the 3 photos can be used"));
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{told}");
        // One that is there makes a site, and the others are named.
        site.put_photo("Sea/b.jpg");
        let run = site.build();
        assert!(
            run.err.contains("warning: `galleries/Lake/a.jpg`: left out: ") && run.err.contains(told),
            "{}",
            run.err
        );
    }
    // What lies in a cloud has another name, or is a link to nothing.
    let site = published();
    site.remove("galleries/Lake/a.jpg");
    site.put("galleries/Lake/.a.jpg.icloud", "bplist00");
    site.remove("galleries/Sea/b.jpg");
    symlink("../../.git/annex/objects/Xx/SHA256E-s1--ab.jpg", site.path("galleries/Sea/b.jpg")).unwrap();
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("error: `galleries/Lake/a.jpg`: it is in iCloud"), "{}", run.err);
    assert!(run.err.contains("error: `galleries/Sea/b.jpg`: its bytes are in git-annex"), "{}", run.err);
}

#[test]
fn under_strict_every_photo_in_the_galleries_is_on_the_site() {
    for (name, bytes) in [
        ("c.heic", &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..]),
        ("c.dng", b"II*\0\x08\0\0\0"),
        ("c.gif", b"GIF89a\x01\0\x01\0"),
        ("c.jxl", b"\xff\x0a\xfa\x7f"),
        ("c.jp2", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("c.psd", b"8BPS\0\x01"),
        ("c.bmp", b"BM12345678"),
        ("photo", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("c.nef", b""),
    ] {
        let site = Site::new().photo("Lake/a.jpg");
        site.put(format!("galleries/Lake/{name}"), bytes);
        let run = site.run(&["build", "--strict"]);
        assert_eq!(run.code, 4, "{name}: {}", run.err);
        assert!(run.err.contains(&format!("error: `galleries/Lake/{name}`: ")), "{name}: {}", run.err);
        let run = site.run(&["build", "--verbose"]);
        assert!(run.code == 0 && run.err.contains(&format!("galleries/Lake/{name}")), "{name}: {}", run.err);
        let broken = &site.summary()["broken"];
        assert_eq!(broken[0]["file"], format!("galleries/Lake/{name}"), "{name}: {broken}");
    }
    let jpeg_as_text = Site::new().photo("Lake/a.jpg").file("galleries/Lake/b.txt", jpeg(96, 64, 4).bytes());
    assert_eq!(jpeg_as_text.run(&["build", "--strict"]).code, 4);
    // A RAW file beside what was made of it, films, drawings and what is no photo by its name are no photos that are missing.
    let site = Site::new().photos(["Lake/a.jpg", "Lake/DSC_1.NEF.jpg"]);
    for (name, bytes) in [
        ("a.DNG", &b"II*\0\x08\0\0\0"[..]),
        ("A.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("DSC_1.NEF", b"II*\0\x08\0\0\0"),
        ("film.mp4", b"\0\0\0\x18ftypisom"),
        ("logo.svg", b"<svg/>"),
        ("CNAME", b""),
        ("notes.log", b""),
        ("LICENSE", b"All rights reserved.\n"),
    ] {
        site.put(format!("galleries/Lake/{name}"), bytes);
    }
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(site.summary()["broken"], serde_json::json!([]));
    // What nobody knows is told.
    site.put("galleries/Lake/IMG_0042", [0xde, 0xad, 0xbe, 0xef].repeat(64));
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("warning: `galleries/Lake/IMG_0042`: this file has no ending"), "{}", run.err);
}

#[test]
fn no_folder_is_called_like_the_home_folder_of_a_shell() {
    for output in ["~/public_html", "$HOME/public_html", "${HOME}/public_html", "%USERPROFILE%/public_html"] {
        let site = Site::new().photo("Lake/a.jpg").config(&format!("output = '{output}'\n"));
        let home = site.path("home");
        fs::create_dir(&home).unwrap();
        let run = site.command(&["build"]).env("HOME", &home).output().unwrap();
        assert!(run.status.success(), "{output}: {run:?}");
        assert!(home.join("public_html/lake/a.html").exists(), "{output}");
    }
    for setting in ["output", "galleries", "pages", "static", "themes"] {
        for folder in ["~anna/photos", "a/~/b", "$PHOTOS/a", "%APPDATA%/a", "~x"] {
            let site = Site::new().photo("Lake/a.jpg").config(&format!("{setting} = \"{folder}\"\n"));
            let run = site.run(&["build"]);
            assert_eq!(run.code, 3, "{setting} {folder}: {}", run.err);
            assert!(
                run.err.contains(&format!("`{setting}` ")) && run.err.contains("stands for nothing here"),
                "{}",
                run.err
            );
            let names: Vec<_> = fs::read_dir(site.path("")).unwrap().map(|one| one.unwrap().file_name()).collect();
            assert!(names.iter().all(|name| !name.to_string_lossy().contains(['~', '$', '%'])), "{names:?}");
        }
    }
    let site = Site::new().photo("Lake/a.jpg").config("output = \"./~x\"\n");
    site.build();
    assert!(site.path("~x/lake/a.html").exists());
}

#[test]
fn galleries_are_private_unless_they_say_otherwise_where_the_site_says_so() {
    let photos = [
        "loose.jpg",
        "Lake/a.jpg",
        "Lake/Deep/d.jpg",
        "Sea/b.jpg",
        "Sea/Bay/c.jpg",
        "Quiet/q.jpg",
        "Clients/Ada/x.jpg",
    ];
    let site = Site::new()
        .photos(photos)
        .gallery_toml("Sea", "access = \"public\"\n")
        .gallery_toml("Quiet", "access = \"unlisted\"\n")
        .gallery_toml("Clients/Ada", "access = \"public\"\n");
    site.build();
    assert!(site.paths().contains(&"lake/a.html".to_owned()) && site.paths().contains(&"photos/loose.html".to_owned()));
    site.set_config("default_access = \"private\"\n");
    let run = site.build();
    for page in ["sea/b.html", "sea/bay/c.html", "quiet/q.html"] {
        assert!(site.paths().contains(&page.to_owned()), "{page}");
    }
    for word in ["loose", "lake", "deep", "ada"] {
        assert!(site.paths().iter().all(|path| !path.contains(word)), "{word}: {:?}", site.paths());
    }
    assert!(site.text("index.html").contains("sea/"), "a public gallery is listed");
    for told in [
        "`galleries/Lake`: is private and has no living link; it is left out\nhint: share it: safelight share Lake --to NAME",
        "`galleries/Clients/Ada/gallery.toml`: `access = \"public\"` has no effect: the gallery above it is private\nhint: a gallery is never more open than the one around it, which is closed by `default_access`",
        "1 unlisted",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    assert_eq!(site.summary()["access"], serde_json::json!({ "public": 2, "unlisted": 1, "private": 2 }));
    // It is shared as any other private gallery.
    assert_eq!(site.run(&["secret", "new"]).code, 0);
    let shared = site.run(&["share", "Lake", "--to", "Ada"]);
    assert_eq!(shared.code, 0, "{}", shared.err);
    assert!(fs::read_to_string(site.path("galleries/Lake/gallery.toml")).unwrap().contains("access = \"private\""));
    site.build();
    assert_eq!(site.like("g/p", "index.html").len(), 1);
    let audit = site.run(&["audit"]);
    assert_eq!(audit.code, 0, "{}", audit.err);
    // A link from an open gallery into a closed one is refused, though it says nothing itself.
    for (link, target) in
        [("Sea/one.jpg", "../Clients/Ada/x.jpg"), ("Sea/more", "../Clients"), ("Sea/one.jpg", "../loose.jpg")]
    {
        symlink(target, site.path("galleries").join(link)).unwrap();
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{link} to {target}: {}", run.err);
        fs::remove_file(site.path("galleries").join(link)).unwrap();
    }
}

#[test]
fn a_wrong_default_closes_what_says_nothing() {
    for config in [
        "default_access = \"privat\"\n",
        "default_access = \"sealed\"\n",
        "default_access = private\n",
        "default_access = true\n",
        "default_acces = \"private\"\n",
        "access = \"private\"\n",
        "private = true\n",
    ] {
        let site = published();
        site.put("galleries/Sea/gallery.toml", "access = \"public\"\n");
        site.build();
        site.set_config(config);
        assert_eq!(site.run(&["check"]).code, 1, "{config}");
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{config}: {}", run.err);
        assert!(site.paths().iter().all(|path| !path.contains("lake")), "{config}: {:?}", site.paths());
        assert!(site.paths().contains(&"sea/b.html".to_owned()), "{config}");
    }
}

#[test]
fn galleries_are_counted_by_who_sees_them_and_new_public_ones_are_named() {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Sea/b.jpg", "Quiet/c.jpg", "Closed/d.jpg", "Closed/Deep/e.jpg"])
        .gallery_toml("Quiet", "access = \"unlisted\"\n")
        .gallery_toml("Closed", "access = \"private\"\n");
    let counts = "2 public, 1 unlisted, 1 private";
    assert!(site.run(&["check"]).err.contains(counts));
    let run = site.run(&["build", "--format", "json"]);
    let summary: serde_json::Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["newly_public"], serde_json::json!(["galleries/Lake", "galleries/Sea"]));
    let run = site.build();
    assert!(run.err.contains(counts) && !run.err.contains("for the first time"), "{}", run.err);
    // One that is new, one that was unlisted, and one that was private.
    site.put_photo("New/n.jpg");
    site.put("galleries/Quiet/gallery.toml", "");
    site.remove("galleries/Quiet/gallery.toml");
    site.put("galleries/Closed/gallery.toml", "access = \"public\"\n");
    let run = site.run(&["build", "--dry-run"]);
    assert!(run.err.contains("would be public for the first time: galleries/New\n"), "{}", run.err);
    let run = site.build();
    for gallery in ["New", "Quiet", "Closed", "Closed/Deep"] {
        assert!(
            run.err.contains(&format!("\npublic for the first time: galleries/{gallery}\n")),
            "{gallery}: {}",
            run.err
        );
    }
    assert!(!run.err.contains("first time: galleries/Lake"), "{}", run.err);
    assert!(!site.build().err.contains("for the first time"));
}
