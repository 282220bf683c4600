//! What is left out of a site, by a mark, by a default or because it is elsewhere, and how that is told.

use std::fs;
use std::os::unix::fs::symlink;

use super::closing::published;
use crate::support::photos::jpeg;
use crate::support::{Site, differences, said};

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
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn a_site_whose_photos_are_all_elsewhere_is_not_published() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    let not_here: [&[u8]; 5] = [
        pointer.as_bytes(),
        b"/annex/objects/SHA256E-s1--ab.jpg\n",
        b"<!DOCTYPE html>\n<html>Sign in",
        b"../../elsewhere/a.jpg",
        &[0; 4096],
    ];
    for bytes in not_here {
        let site = published();
        let before = site.tree();
        for file in ["Lake/a.jpg", "Lake/Deep/d.jpg", "Sea/b.jpg"] {
            site.put(format!("galleries/{file}"), bytes);
        }
        for arguments in [&["build"][..], &["build", "--dry-run"]] {
            let run = site.run(arguments);
            assert_eq!(run.code, 4, "{}", run.err);
        }
        site.run(&["check"]).refused(1);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
        // One that is there makes a site, and the others are named.
        site.put_photo("Sea/b.jpg");
        site.build();
    }
    // What lies in a cloud has another name, or is a link to nothing.
    let site = published();
    site.remove("galleries/Lake/a.jpg");
    site.put("galleries/Lake/.a.jpg.icloud", "bplist00");
    site.remove("galleries/Sea/b.jpg");
    symlink("../../.git/annex/objects/Xx/SHA256E-s1--ab.jpg", site.path("galleries/Sea/b.jpg")).unwrap();
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 4, "{}", run.err);
    insta::assert_snapshot!(said());
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
        let run = site.run(&["build", "--verbose"]);
        assert!(run.code == 0, "{name}: {}", run.err);
        let broken = &site.summary()["broken"];
        assert_eq!(broken[0]["file"], format!("galleries/Lake/{name}"), "{name}: {broken}");
    }
    let jpeg_as_text = Site::new().photo("Lake/a.jpg").file("galleries/Lake/b.txt", jpeg(96, 64, 4).bytes());
    assert_eq!(jpeg_as_text.run(&["build", "--strict"]).code, 4);
    // A RAW file beside what was made of it, films, drawings and what is no photo by its name are no photos that are missing.
    let site = Site::new().photos(["Lake/a.jpg", "Lake/DSC_1.NEF.jpg"]);
    for (name, bytes) in [
        ("a.DNG", &b"II*\0\x08\0\0\0"[..]),
        ("A.PSD", b"8BPS\0\x01"),
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
    insta::assert_snapshot!(said());
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
            let names: Vec<_> = fs::read_dir(site.path("")).unwrap().map(|one| one.unwrap().file_name()).collect();
            assert!(names.iter().all(|name| !name.to_string_lossy().contains(['~', '$', '%'])), "{names:?}");
        }
    }
    let site = Site::new().photo("Lake/a.jpg").config("output = \"./~x\"\n");
    site.build();
    assert!(site.path("~x/lake/a.html").exists());
    insta::assert_snapshot!(said());
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
    site.build();
    for page in ["sea/b.html", "sea/bay/c.html", "quiet/q.html"] {
        assert!(site.paths().contains(&page.to_owned()), "{page}");
    }
    for word in ["loose", "lake", "deep", "ada"] {
        assert!(site.paths().iter().all(|path| !path.contains(word)), "{word}: {:?}", site.paths());
    }
    assert!(site.text("index.html").contains("sea/"), "a public gallery is listed");
    assert_eq!(site.summary()["access"], serde_json::json!({ "public": 2, "unlisted": 1, "private": 2, "sealed": 0 }));
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
    insta::assert_snapshot!(said());
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
    site.run(&["check"]).refused(1);
    let run = site.run(&["build", "--format", "json"]);
    let summary: serde_json::Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["newly_public"], serde_json::json!(["galleries/Lake", "galleries/Sea"]));
    site.build();
    // One that is new, one that was unlisted, and one that was private.
    site.put_photo("New/n.jpg");
    site.put("galleries/Quiet/gallery.toml", "");
    site.remove("galleries/Quiet/gallery.toml");
    site.put("galleries/Closed/gallery.toml", "access = \"public\"\n");
    site.run(&["build", "--dry-run"]);
    site.build();
    site.build();
    insta::assert_snapshot!(said());
}
