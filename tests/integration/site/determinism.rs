//! Same input, same bytes.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::support::photos::{caption, jpeg, taken};
use crate::support::{Site, differences, options};

fn some_site() -> Site {
    Site::new()
        .config("url = \"https://name.example/\"\nauthor = \"Mara\"\n[rights]\ncopyright = \"© Mara\"\n")
        .photos(["Lake/a.jpg", "Lake/B c.jpg", "Lake/d.jpg", "Lake/Deep/e.jpg", "Sea/f.jpg", "Sea/g.jpg"])
        .file("galleries/Sea/h.jpg", jpeg(64, 96, 8).exif(&taken("2024:03:12")).xmp(&caption("A pier")).bytes())
        .gallery_toml("Lake", "title = \"The lake\"\n[captions]\n\"a.jpg\" = \"The ferry\"\n")
        .file("pages/about.md", "# About\n\nWords.\n")
        .file("static/favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
}

/// The same site in another folder.
fn elsewhere(site: &Site) -> Site {
    let other = Site::new();
    for (path, bytes) in crate::support::tree(&site.path("")) {
        if !path.starts_with("public") && !path.components().any(|part| part.as_os_str() == ".safelight") {
            other.put(path, bytes);
        }
    }
    other
}

/// Builds in this process at a later hour, so that what was read is kept.
fn build_later(site: &Site) {
    use safelight::build::{Access, Options, build};
    let (config, _) = safelight::config::Config::read(&site.path("site.toml")).unwrap();
    let options = Options { threads: 2, now: SystemTime::now() + Duration::from_secs(60), ..options() };
    build(&config, &Access::default(), &options, &|_| {}).unwrap();
}

#[test]
fn one_thread_or_two_here_or_elsewhere_give_the_same_bytes() {
    let site = some_site();
    assert_eq!(site.run(&["build", "--threads", "1"]).code, 0);
    let other = elsewhere(&site);
    assert_eq!(other.run(&["build", "--threads", "2"]).code, 0);
    assert_eq!(differences(&site.tree(), &other.tree()), [] as [&str; 0]);
    assert!(site.tree().len() > 40);
    // Nor does the folder from which the program is called.
    let third = elsewhere(&site);
    let run = third
        .command(&["build", "--site", third.path("site.toml").to_str().unwrap()])
        .current_dir("/")
        .output()
        .unwrap();
    assert!(run.status.success());
    assert_eq!(differences(&site.tree(), &third.tree()), [] as [&str; 0]);
    let folder = site.root().parent().unwrap().file_name().unwrap();
    assert_eq!(site.containing(folder.to_str().unwrap()), [] as [&str; 0]);
}

#[test]
fn a_warm_build_and_one_after_clean_give_the_same_bytes() {
    let site = some_site();
    build_later(&site);
    let cold = site.tree();
    let warm = site.summary();
    assert_eq!(warm["rendered"], 0);
    assert_eq!(warm["files"]["unchanged"]["files"], cold.len());
    assert_eq!(differences(&cold, &site.tree()), [] as [&str; 0]);
    assert_eq!(site.run(&["clean"]).code, 0);
    build_later(&site);
    assert_eq!(differences(&cold, &site.tree()), [] as [&str; 0]);
    fs::remove_dir_all(site.path("public")).unwrap();
    site.build();
    assert_eq!(differences(&cold, &site.tree()), [] as [&str; 0]);
    // Whatever way a site was changed, it ends as one that was built at once.
    site.put_photo("Sea/new.jpg");
    site.build();
    site.remove("galleries/Sea/new.jpg");
    site.build();
    assert_eq!(differences(&cold, &site.tree()), [] as [&str; 0]);
}

#[test]
fn a_new_copyright_line_renders_nothing_and_reaches_every_picture() {
    let site = some_site();
    site.build();
    let before = site.tree();
    site.set_config("url = \"https://name.example/\"\nauthor = \"Mara\"\n[rights]\ncopyright = \"© 2031 Mara L.\"\n");
    assert_eq!(site.summary()["rendered"], 0);
    let after = site.tree();
    let pictures: Vec<_> = after.iter().filter(|(path, _)| path.starts_with("img")).collect();
    assert_eq!(pictures.len(), before.keys().filter(|path| path.starts_with("img")).count());
    for (path, bytes) in pictures {
        assert!(String::from_utf8_lossy(bytes).contains("© 2031 Mara L."), "{}", path.display());
        assert!(!before.contains_key(path));
    }
}

#[test]
fn a_new_caption_changes_only_pages_that_show_it() {
    let site = some_site();
    site.build();
    let before = site.tree();
    site.put("galleries/Lake/gallery.toml", "title = \"The lake\"\n[captions]\n\"a.jpg\" = \"The ferry, late\"\n");
    assert_eq!(site.summary()["rendered"], 0);
    let changed = differences(&before, &site.tree());
    for path in &changed {
        assert!(site.text(path).contains("The ferry, late"), "{path}");
    }
    assert!(changed.contains(&"lake/a.html".to_owned()) && !changed.contains(&"sea/f.html".to_owned()), "{changed:?}");
}

#[test]
fn a_new_time_of_a_file_changes_nothing() {
    let site = some_site();
    build_later(&site);
    let before = site.tree();
    let file = fs::File::options().write(true).open(site.path("galleries/Lake/a.jpg")).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    assert_eq!(site.summary()["rendered"], 0);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
}

#[test]
fn other_bytes_of_the_same_length_and_time_are_noticed() {
    let site = some_site();
    let path = site.path("galleries/Lake/a.jpg");
    let (bytes, time) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    build_later(&site);
    let before = site.tree();
    // One bit in the middle of the pixels: still a whole JPEG in all likelihood, and surely another file.
    let mut other = bytes.clone();
    let quality_table = other.windows(2).position(|pair| pair == [0xff, 0xdb]).unwrap();
    other[quality_table + 6] ^= 1;
    fs::write(&path, &other).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert_eq!(site.summary()["rendered"], 1);
    let changed = differences(&before, &site.tree());
    assert!(changed.iter().any(|path| path.starts_with("img/lake/a-")), "{changed:?}");
    assert!(changed.iter().all(|path| !path.starts_with("img/sea/")), "{changed:?}");
}

#[test]
fn one_photo_in_two_galleries_is_rendered_once() {
    let site = Site::new().photo("Lake/a.jpg");
    let bytes = fs::read(site.path("galleries/Lake/a.jpg")).unwrap();
    site.build();
    site.put(Path::new("galleries/Sea/b.jpg"), bytes);
    let summary = site.summary();
    assert_eq!((&summary["rendered"], &summary["photos"]), (&0.into(), &2.into()));
}

/// What nothing needs any more is looked for once a day, and goes after a month.
#[test]
fn a_month_after_a_photo_has_gone_its_pictures_leave_the_cache() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg"]);
    let (config, _) = safelight::config::Config::read(&site.path("site.toml")).unwrap();
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let entries = || safelight::build::State::of(&config).amount().unwrap().entries;
    // Each build has something to render; the clock of the first is the one that the files are made by.
    let build_after = |days: u32, photo: &str| {
        site.put_photo(photo);
        let mut options = crate::support::options();
        options.now += day * days;
        safelight::build::build(&config, &safelight::build::Access::default(), &options, &|_| ()).unwrap();
        entries()
    };
    let both = build_after(0, "Lake/c.jpg");
    site.remove("galleries/Lake/a.jpg");
    let each = both / 3;
    assert_eq!(build_after(0, "Lake/d.jpg"), both + each);
    assert_eq!(build_after(20, "Lake/e.jpg"), both + 2 * each);
    assert_eq!(build_after(40, "Lake/f.jpg"), both + 2 * each);
}
