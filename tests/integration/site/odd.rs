//! Files that are not what a photographer meant to put there.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::crawl::faults;
use crate::support::photos::{jpeg, png};
use crate::support::{Site, differences, said};

#[test]
fn links_in_circles_pipes_and_clutter_are_passed_by() {
    let site = Site::new().photo("Lake/a.jpg");
    symlink("..", site.path("galleries/Lake/up")).unwrap();
    symlink("nowhere", site.path("galleries/Lake/gone.jpg")).unwrap();
    symlink("self.jpg", site.path("galleries/Lake/self.jpg")).unwrap();
    assert!(Command::new("mkfifo").arg(site.path("galleries/Lake/pipe.jpg")).status().unwrap().success());
    for name in [".hidden.jpg", "._a.jpg", "Thumbs.db", ".DS_Store", "desktop.ini", "notes.txt", ".picasa/x.jpg"] {
        site.put(format!("galleries/Lake/{name}"), "clutter");
    }
    // What exiftool and editors leave of a file that they change.
    for name in ["a.jpg_original", "a.jpg~"] {
        site.put(format!("galleries/Lake/{name}"), jpeg(96, 64, 9).bytes());
    }
    fs::create_dir(site.path("galleries/Empty")).unwrap();
    let run = site.build();
    assert_eq!(
        run.said().lines().map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(": ")).collect::<Vec<_>>(),
        [
            "warning: `galleries/Lake/up`",
            "warning: `galleries/Lake/gone.jpg`",
            "warning: `galleries/Lake/pipe.jpg`",
            "warning: `galleries/Lake/self.jpg`",
        ],
        "{}",
        run.err
    );
    assert_eq!(site.like("", ".html"), ["404.html", "index.html", "lake/a.html", "lake/index.html"]);
}

#[test]
fn a_linked_folder_and_a_linked_photo_are_shown() {
    let site = Site::new().file("elsewhere/Sea/b.jpg", jpeg(96, 64, 3).bytes());
    symlink("../elsewhere/Sea", site.path("galleries/Sea")).unwrap();
    fs::create_dir(site.path("galleries/Lake")).unwrap();
    symlink("../../elsewhere/Sea/b.jpg", site.path("galleries/Lake/b.jpg")).unwrap();
    // As git-annex keeps them.
    site.put(".git/annex/objects/c.jpg", jpeg(96, 64, 4).bytes());
    symlink("../../.git/annex/objects/c.jpg", site.path("galleries/Lake/c.jpg")).unwrap();
    site.build();
    for page in ["sea/b.html", "lake/b.html", "lake/c.html"] {
        assert!(site.paths().contains(&page.to_owned()), "{page}");
    }
}

#[test]
fn a_picture_with_the_ending_of_something_else_is_named() {
    let site = Site::new()
        .photo("Lake/a.jpg")
        .file("galleries/Lake/b.txt", jpeg(96, 64, 4).bytes())
        .file("galleries/Lake/notes.html", "<p>Notes")
        .file("galleries/Lake/c.db", png(96, 64, |_, _| [1, 2, 3]));
    let run = site.build();
    let hint = "hint: to show it, give it a picture's extension; to hide it, move it away\n";
    let told =
        |name: &str, what: &str| format!("warning: `galleries/Lake/{name}`: is {what}, so it is left out\n{hint}");
    assert_eq!(
        run.said(),
        told("b.txt", "JPEG with the extension `.txt`") + &told("c.db", "PNG with the extension `.db`")
    );
    assert_eq!(site.summary()["photos"], 1);
}

#[test]
fn what_cannot_be_read_now_was_not_withdrawn() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Sea/c.jpg", "Town/d.jpg", "Town/Old/e.jpg"]);
    site.build();
    let before = site.tree();
    // A photo whose content is not at hand, a disk that is not there, and what is no file.
    site.remove("galleries/Lake/b.jpg");
    symlink("../../.git/annex/objects/b.jpg", site.path("galleries/Lake/b.jpg")).unwrap();
    fs::remove_dir_all(site.path("galleries/Town")).unwrap();
    symlink("/nonexistent/Town", site.path("galleries/Town")).unwrap();
    // A film is never shown, so nothing is missed.
    symlink("nowhere.mp4", site.path("galleries/Sea/film.mp4")).unwrap();
    site.remove("galleries/Sea/c.jpg");
    assert!(Command::new("mkfifo").arg(site.path("galleries/Sea/c.jpg")).status().unwrap().success());
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(!run.err.contains("error: `galleries/Sea/film"));
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    // Without it the others are built.
    let run = site.run(&["build", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.out);
    let summary: serde_json::Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
    let mut broken: Vec<_> =
        summary["broken"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    broken.sort_unstable();
    // In the form of every warning.
    assert_eq!(broken, ["galleries/Lake/b.jpg", "galleries/Sea/c.jpg", "galleries/Town"]);
    assert_eq!(site.like("", ".html"), ["404.html", "index.html", "lake/a.html", "lake/index.html"]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_folder_that_may_not_be_read_is_named_and_was_not_withdrawn() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new().photos(["Lake/a.jpg", "Lake/Deep/b.jpg", "Sea/c.jpg"]);
    site.build();
    let before = site.tree();
    let set = |folder: &str, mode: u32| {
        fs::set_permissions(site.path("galleries").join(folder), fs::Permissions::from_mode(mode)).unwrap();
    };
    for folder in ["Lake/Deep", "Lake", ""] {
        set(folder, 0o000);
        // The system's administrator may read everything.
        let skipped = fs::read_dir(site.path("galleries").join(folder)).is_ok();
        let run = if skipped { None } else { Some(site.run(&["build", "--strict"])) };
        set(folder, 0o700);
        let Some(run) = run else { return };
        assert!(matches!(run.code, 4 | 6), "{folder}: {} {}", run.code, run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0], "{folder}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_file_is_what_its_bytes_say() {
    let site = Site::new().file("galleries/Lake/really-png.jpg", png(96, 64, |x, y| [x as u8, y as u8, 9]));
    let site = site
        .file("galleries/Lake/no-ending", jpeg(96, 64, 4).bytes())
        .file("galleries/Lake/jpeg.png", jpeg(96, 64, 5).bytes());
    let run = site.build();
    assert_eq!(run.said(), "");
    assert_eq!(site.summary()["photos"], 3);
}

#[test]
fn what_cannot_be_read_is_named_and_the_others_are_built() {
    let whole = jpeg(96, 64, 1).bytes();
    let site = Site::new()
        .photo("Lake/good.jpg")
        .file("galleries/Lake/empty.jpg", "")
        .file("galleries/Lake/text.jpg", "this is a letter, not a photograph")
        .file("galleries/Lake/truncated.jpg", &whole[..whole.len() * 2 / 3])
        .file("galleries/Lake/header.jpg", &whole[..20]);
    let run = site.build();
    assert_eq!(run.err.matches("warning: ").count(), 4, "{}", run.err);
    assert_eq!(site.like("lake/", ".html"), ["lake/good.html", "lake/index.html"]);
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    // A second build says the same, without trying pixels that are known to be broken in vain for long.
    assert_eq!(site.build().said(), run.said());
    insta::assert_snapshot!(said());
}

#[test]
fn raw_files_and_films_are_named_once_with_what_to_do() {
    let raw = [b"II\x2a\0\x10\0\0\0CR\x02\0".to_vec(), vec![0; 600]].concat();
    let avci = [b"\0\0\0\x18ftypavci\0\0\0\0mif1avci".to_vec(), vec![0; 200]].concat();
    let film = [b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec(), vec![0; 200]].concat();
    let mut site = Site::new().photo("Lake/a.jpg");
    for number in 1..4 {
        site = site
            .file(format!("galleries/Lake/{number}.CR2"), &raw)
            .file(format!("galleries/Lake/{number}.heic"), &avci)
            .file(format!("galleries/Lake/{number}.mp4"), &film);
    }
    let run = site.build();
    assert_eq!(run.err.matches("warning: ").count(), 3, "{}", run.err);
    assert_eq!(run.err.matches("hint: ").count(), 3, "{}", run.err);
    assert_eq!(site.run(&["build", "--strict"]).code, 4);
    insta::assert_snapshot!(said());
}

#[test]
fn a_photo_directly_in_the_folder_of_galleries_is_shown() {
    let site = Site::new().photos(["loose.jpg", "Lake/a.jpg", "photos/b.jpg"]);
    site.build();
    assert!(site.paths().contains(&"photos/loose.html".to_owned()), "{:?}", site.paths());
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
}

#[test]
fn a_broken_gallery_toml_is_told_with_its_line_and_nothing_is_published() {
    let site = Site::new().photo("Lake/a.jpg").gallery_toml("Lake", "title = \"Lake\"\ntitel = \"x\"\n");
    let run = site.run(&["build"]);
    assert_eq!((run.code, site.paths().len()), (3, 0));
    assert_eq!(
        run.err,
        "error: `galleries/Lake/gallery.toml` line 2, column 1: unknown setting `titel`\nhint: did you mean `title`?\n"
    );
}

#[test]
fn under_strict_a_broken_photo_leaves_the_last_good_site_byte_for_byte() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Sea/c.jpg", "Town/Old/only.jpg", "loose.jpg"]);
    site.build();
    let (before, whole) = (site.tree(), jpeg(96, 64, 1).bytes());
    for broken in [&b"text"[..], &whole[..whole.len() * 2 / 3]] {
        site.put("galleries/Lake/bad.jpg", broken);
        site.put_photo("Sea/new.jpg");
        let run = site.run(&["build", "--strict"]);
        assert_eq!(run.code, 4, "{}", run.err);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    }
    // A photo that was published and breaks was not withdrawn.
    for name in ["Lake/a.jpg", "Town/Old/only.jpg", "loose.jpg"] {
        site.put(format!("galleries/{name}"), "text");
    }
    assert_eq!(site.run(&["build", "--strict"]).code, 4);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    insta::assert_snapshot!(said());
}

#[test]
fn under_strict_a_photo_that_was_removed_comes_down_all_the_same() {
    let site =
        Site::new().photos(["Lake/a.jpg", "Lake/gone.jpg", "Lake/Deep Down/d.jpg", "Sea/c.jpg", "Town/only.jpg"]);
    site.build();
    let before = site.tree();
    site.remove("galleries/Lake/gone.jpg");
    site.remove("galleries/Town/only.jpg");
    site.put("galleries/Sea/bad.jpg", "text");
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 4);
    assert_eq!(site.containing("lake/gone-"), [] as [&str; 0]);
    assert!(site.like("lake/", ".html").iter().all(|page| !page.contains("gone")));
    assert!(site.like("", "").iter().all(|path| !path.contains("only")), "{:?}", site.paths());
    let after = site.tree();
    assert!(
        after.keys().any(|path| path.starts_with("sea")) && after.keys().any(|path| path.ends_with("deep-down/d.html"))
    );
    assert!(after.iter().all(|(path, bytes)| before.get(path) == Some(bytes)));
    no_page_shows_what_is_not_there(&site);
    // Once it is mended, all is as if nothing had happened.
    site.remove("galleries/Sea/bad.jpg");
    site.build();
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
}

#[test]
fn a_photo_that_was_removed_comes_down_although_a_gallery_toml_is_wrong() {
    let site =
        Site::new().photos(["Lake/a.jpg", "Lake/gone.jpg", "Sea/c.jpg"]).gallery_toml("Sea", "title = \"Sea\"\n");
    site.build();
    site.remove("galleries/Lake/gone.jpg");
    site.put("galleries/Sea/gallery.toml", "titel = 1\n");
    assert_eq!(site.run(&["build"]).code, 3);
    assert_eq!(site.containing("lake/gone-"), [] as [&str; 0]);
    assert!(site.paths().contains(&"sea/c.html".to_owned()) && site.paths().contains(&"lake/a.html".to_owned()));
    no_page_shows_what_is_not_there(&site);
}

#[test]
fn a_photo_that_was_removed_comes_down_although_a_text_page_has_a_name_of_ours() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/gone.jpg", "Notes/c.jpg"]);
    site.put("pages/notes.md", "The gallery of this name has another address.\n");
    site.build();
    let before = site.tree();
    site.remove("galleries/Lake/gone.jpg");
    site.put("pages/g.md", "Taken.\n");
    let run = site.run(&["build"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert_eq!(site.containing("lake/gone-"), [] as [&str; 0]);
    let lost: Vec<_> = before.keys().filter(|path| !site.tree().contains_key(*path)).cloned().collect();
    assert!(
        lost.iter().all(|path| path.to_string_lossy().contains("gone") || path.ends_with("index.html")),
        "{lost:?}"
    );
    no_page_shows_what_is_not_there(&site);
    insta::assert_snapshot!(said());
}

/// Every picture, style and script of every page is there.
fn no_page_shows_what_is_not_there(site: &Site) {
    let faults = faults(&site.path("public"), "/", "");
    let shown: Vec<_> =
        faults.iter().filter(|fault| fault.contains(": /img/") || fault.contains(": /assets/")).collect();
    assert_eq!(shown, [] as [&str; 0]);
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/locked.jpg"]);
    let set = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(site.path("galleries/Lake/locked.jpg"), fs::Permissions::from_mode(mode)).unwrap();
    };
    set(0o000);
    // The system's administrator may read everything.
    if fs::read(site.path("galleries/Lake/locked.jpg")).is_ok() {
        return;
    }
    site.build();
    set(0o600);
    site.build();
    assert!(site.paths().contains(&"lake/locked.html".to_owned()));
    insta::assert_snapshot!(said());
}
