//! Publishing into a folder: what is written, kept, mended, removed, left alone and refused.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use safelight::publish::{Change, ChangeKind, Content, Fingerprint, Phase, Reach, Report, Site, Step, Wanted};
use safelight::{Error, ErrorKind, Result};

use super::Place;

impl Place {
    pub fn publish(&self, files: &[(&str, &str)]) -> Result<Report> {
        publish(&mut self.open(), files)
    }

    pub fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.output.join(path)).ok()
    }

    pub fn write(&self, path: &str, text: &str) {
        let whole = self.output.join(path);
        fs::create_dir_all(whole.parent().unwrap()).unwrap();
        fs::write(whole, text).unwrap();
    }
}

/// HTML is a page, the rest are assets.
pub fn wanted<'a>(files: &'a [(&str, &str)]) -> impl Iterator<Item = Wanted<'a>> {
    files.iter().map(|(path, content)| {
        super::wanted(path, content, if path.ends_with(".html") { Phase::Page } else { Phase::Asset })
    })
}

pub fn publish(site: &mut Site, files: &[(&str, &str)]) -> Result<Report> {
    let diff = site.diff(wanted(files))?;
    let contents: BTreeMap<&str, &str> = files.iter().copied().collect();
    site.publish(diff, &|path| Ok(Content::Bytes(contents[path].into())))
}

pub const FILES: [(&str, &str); 3] = [("a/index.html", "page"), ("a/one.jpg", "one"), ("index.html", "home")];

pub fn wrong(site: &Site, paths: &[&str]) -> Error {
    let files: Vec<_> = paths.iter().map(|path| (*path, "")).collect();
    site.diff(wanted(&files)).unwrap_err()
}

#[test]
fn a_second_publish_of_the_same_writes_nothing_at_all() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let state = |folder: &Path| {
        let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
        all.filter(|entry| entry.file_name() != "lock" && entry.path() != place.state)
            .map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().modified().unwrap()))
            .collect::<Vec<_>>()
    };
    let before = state(place.folder.path());
    let mut site = place.open();
    let steps = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&steps);
    site.observe(Box::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }));
    let diff = site.diff(wanted(&FILES)).unwrap();
    assert!(diff.is_empty());
    let report = site.publish(diff, &|path| panic!("`{path}` was made again")).unwrap();
    assert_eq!((report.unchanged.files, report.unchanged.bytes), (3, 11));
    assert_eq!(steps.load(Ordering::SeqCst), 0);
    assert_eq!(state(place.folder.path()), before);
}

#[test]
fn changes_are_told_before_they_are_made_and_in_order() {
    let place = Place::new();
    place.publish(&[("changed.jpg", "old"), ("gone.jpg", ""), ("lost.jpg", "lost"), ("same.jpg", "same")]).unwrap();
    fs::remove_file(place.output.join("lost.jpg")).unwrap();
    let site = place.open();
    let files = [("added.jpg", ""), ("changed.jpg", "new"), ("lost.jpg", "lost"), ("same.jpg", "same")];
    let diff = site.diff(wanted(&files)).unwrap();
    let change = |path, kind| Change { path, kind };
    assert_eq!(
        site.changes(&diff).collect::<Vec<_>>(),
        [
            change("added.jpg", ChangeKind::New),
            change("changed.jpg", ChangeKind::Changed),
            change("gone.jpg", ChangeKind::Removed),
            change("lost.jpg", ChangeKind::Mended),
        ]
    );
}

#[test]
fn files_that_were_changed_or_lost_in_the_output_are_mended() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    place.write("a/one.jpg", "1");
    fs::remove_file(place.output.join("index.html")).unwrap();
    let report = place.publish(&FILES).unwrap();
    assert_eq!((report.mended.files, report.mended.bytes, report.unchanged.files), (2, 7, 1));
    assert_eq!(report.replaced_paths, ["a/one.jpg", "index.html"]);
    assert_eq!((place.read("a/one.jpg"), place.read("index.html")), (Some("one".into()), Some("home".into())));
}

#[test]
fn empty_folders_in_place_of_a_file_of_ours_make_way_and_a_strangers_file_there_does_not() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    fs::remove_file(place.output.join("index.html")).unwrap();
    fs::create_dir_all(place.output.join("index.html/a/b")).unwrap();
    let report = place.publish(&FILES).unwrap();
    assert_eq!((report.mended.files, place.read("index.html").as_deref()), (1, Some("home")));
    // A folder of ours that somebody emptied but for folders.
    let with_a_file: Vec<_> =
        FILES.into_iter().filter(|(path, _)| !path.starts_with("a/")).chain([("a", "file")]).collect();
    fs::create_dir(place.output.join("a/empty")).unwrap();
    place.publish(&with_a_file).unwrap();
    assert_eq!(place.read("a").as_deref(), Some("file"));
    fs::remove_file(place.output.join("index.html")).unwrap();
    place.write("index.html/mine.txt", "mine");
    assert_eq!(place.publish(&with_a_file).unwrap_err().kind(), ErrorKind::Site);
    assert_eq!(place.read("index.html/mine.txt").as_deref(), Some("mine"));
}

#[test]
fn a_file_whose_bytes_stay_is_not_written_again_when_its_key_changes() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let modified = || fs::metadata(place.output.join("index.html")).unwrap().modified().unwrap();
    let before = modified();
    let mut site = place.open();
    let other = FILES.iter().map(|(path, _)| Wanted {
        path,
        key: Fingerprint([9; 16]),
        phase: Phase::Page,
        reach: Reach::Public,
    });
    let diff = site.diff(other).unwrap();
    let contents = BTreeMap::from(FILES);
    let report = site.publish(diff, &|path| Ok(Content::Bytes(contents[path].into()))).unwrap();
    assert_eq!((report.unchanged.files, report.changed.files), (3, 0));
    assert_eq!(report.purge_list("/"), "");
    assert_eq!(modified(), before);
    assert_eq!(site.manifest().get("index.html").unwrap().key, Fingerprint([9; 16]));
}

#[test]
fn files_of_others_are_never_touched_and_folders_with_them_stay() {
    let place = Place::new();
    place.write("CNAME", "photos.example");
    place.publish(&FILES).unwrap();
    place.write("a/mine.txt", "mine");
    let report = place.publish(&[("b/two.jpg", "two")]).unwrap();
    assert_eq!(report.removed_paths, ["a/index.html", "a/one.jpg", "index.html"]);
    assert_eq!((report.removed.files, report.removed.bytes), (3, 11));
    assert_eq!((place.read("CNAME"), place.read("a/mine.txt")), (Some("photos.example".into()), Some("mine".into())));
    place.publish(&[]).unwrap();
    assert!(!place.output.join("b").exists());
    assert!(place.output.join("a/mine.txt").exists());
}

#[test]
fn a_file_of_somebody_else_in_the_way_stops_the_publish_before_anything_is_written() {
    let place = Place::new();
    place.write("index.html", "by hand");
    let error = place.publish(&FILES).unwrap_err();
    assert_eq!(error.message, "files that Safelight did not write are in the way of `index.html`");
    assert!(error.hint.unwrap().contains("--adopt"));
    assert_eq!(fs::read_dir(&place.output).unwrap().count(), 1);
    assert_eq!(place.read("index.html").unwrap(), "by hand");

    let mut site = place.open();
    site.adopt(true);
    let report = publish(&mut site, &FILES).unwrap();
    assert_eq!((report.adopted, report.replaced_paths), (vec!["index.html".to_owned()], vec!["index.html".to_owned()]));
    assert_eq!(place.read("index.html").unwrap(), "home");
}

#[test]
fn a_file_of_somebody_else_that_holds_the_right_bytes_becomes_ours() {
    let place = Place::new();
    place.write("index.html", "home");
    let report = place.publish(&FILES).unwrap();
    assert_eq!((report.adopted, report.unchanged.files, report.new.files), (vec!["index.html".to_owned()], 1, 2));
    place.publish(&[]).unwrap();
    assert!(!place.output.join("index.html").exists());
}

#[cfg(unix)]
#[test]
fn links_in_the_output_are_never_followed() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let outside = place.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::create_dir(&place.output).unwrap();
    symlink(&outside, place.output.join("a")).unwrap();
    let refused = place.publish(&FILES).unwrap_err().message;
    assert!(refused.contains("`a") && refused.contains("that Safelight did not create"), "{refused}");
    let mut site = place.open();
    site.adopt(true);
    assert!(publish(&mut site, &FILES).is_err(), "a link to a folder is never replaced");
    drop(site);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    fs::remove_file(place.output.join("a")).unwrap();
    place.publish(&FILES).unwrap();

    // Our own file was replaced by a link: the link goes, what it leads to stays.
    let precious = outside.join("one.jpg");
    fs::write(&precious, "one").unwrap();
    fs::remove_file(place.output.join("a/one.jpg")).unwrap();
    symlink(&precious, place.output.join("a/one.jpg")).unwrap();
    assert_eq!(place.publish(&FILES).unwrap().mended.files, 1);
    assert!(fs::symlink_metadata(place.output.join("a/one.jpg")).unwrap().is_file());
    assert_eq!(fs::read_to_string(&precious).unwrap(), "one");

    // Our folder was replaced by a link: nothing behind it is ours to remove.
    fs::write(outside.join("index.html"), "page").unwrap();
    fs::remove_dir_all(place.output.join("a")).unwrap();
    symlink(&outside, place.output.join("a")).unwrap();
    let error = place.publish(&[("index.html", "home")]).unwrap_err();
    assert!(error.message.contains("a symbolic link"), "{error}");
    let down = place.open().take_down(["a/index.html"]);
    assert_eq!((down.removed.len(), down.failed.len()), (0, 1));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 2);
}

#[test]
fn what_must_go_goes_at_once_pages_first_and_is_forgotten_by_the_next_publish() {
    let place = Place::new();
    let files = [("g/t/index.html", "private"), ("index.html", "home"), ("x/t/one.jpg", "one")];
    place.publish(&files).unwrap();
    let mut site = place.open();
    let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&order);
    site.observe(Box::new(move |step| {
        if let Step::TakeDown(path) = step {
            seen.lock().unwrap().push(path.to_owned());
        }
        Ok(())
    }));
    let down = site.take_down(["x/t/one.jpg", "g/t/index.html", "g/t/index.html", "etc/passwd", "../up"]);
    assert_eq!(down.removed, ["g/t/index.html", "x/t/one.jpg"]);
    assert_eq!(down.unknown, ["../up", "etc/passwd"]);
    assert_eq!(*order.lock().unwrap(), ["g/t/index.html", "x/t/one.jpg"]);
    assert!(!place.output.join("g").exists() && !place.output.join("x").exists());
    assert_eq!(site.take_down(["x/t/one.jpg"]).missing, ["x/t/one.jpg"]);

    let report = publish(&mut site, &[("index.html", "home")]).unwrap();
    assert_eq!(report.purge_list("/"), "/g/t/\n/g/t/index.html\n/x/t/one.jpg\n");
    assert_eq!(site.manifest().len(), 1);
}

#[test]
fn a_take_down_goes_on_after_a_failure_and_lists_what_is_still_reachable() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let mut site = place.open();
    site.observe(Box::new(|step| match step {
        Step::TakeDown("a/index.html") => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
        _ => Ok(()),
    }));
    let down = site.take_down(FILES.map(|(path, _)| path));
    assert_eq!(down.removed, ["a/one.jpg", "index.html"]);
    assert_eq!(down.failed[0].0, "a/index.html");
    assert_eq!(down.failed[0].1.kind(), ErrorKind::Io);
}

#[test]
fn a_page_that_was_taken_down_after_the_diff_is_written_again_if_it_is_wanted() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let mut site = place.open();
    let diff = site.diff(wanted(&FILES)).unwrap();
    site.take_down(["index.html"]);
    let contents = BTreeMap::from(FILES);
    let report = site.publish(diff, &|path| Ok(Content::Bytes(contents[path].into()))).unwrap();
    assert_eq!(report.mended.files, 1);
    assert_eq!(place.read("index.html").unwrap(), "home");
}

#[test]
fn impossible_and_clashing_paths_are_refused_by_name() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let site = place.open();
    assert!(wrong(&site, &["../up"]).message.contains("`../up`"));
    assert_eq!(
        wrong(&site, &["index.html", "index.html"]).message,
        "output paths `index.html` and `index.html` are the same"
    );
    assert!(
        wrong(&site, &["a/one.jpg", "A/two.jpg"]).message.contains("`A/two.jpg` and `a/one.jpg` differ only in case")
    );
    assert!(wrong(&site, &["index.html/x", "index.html"]).message.contains("a file and a folder"));
}

#[test]
fn nothing_unfinished_lies_in_the_output() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let mut site = place.open();
    let output = place.output.clone();
    let count = move || fs::read_dir(&output).unwrap().count();
    let before = count();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    site.observe(Box::new(move |step| {
        if matches!(step, Step::Stage(_) | Step::WriteManifest) {
            told.lock().unwrap().push(count());
        }
        Ok(())
    }));
    publish(&mut site, &[("index.html", "changed"), ("new.html", "new")]).unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 2 && seen[..3].iter().all(|count| *count == before), "{seen:?}");
}

#[test]
fn many_files_are_published_alike_on_one_thread_and_on_several() {
    let names: Vec<String> = (0..300).map(|number| format!("{}/{}/{number}.jpg", number % 7, number % 13)).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let reports = [1, 4].map(|threads| {
        let place = Place::new();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let report = pool.install(|| place.publish(&files)).unwrap();
        for (path, content) in &files {
            assert_eq!(place.read(path).as_deref(), Some(*content));
        }
        // In another order, and fewer.
        let fewer: Vec<_> = files.iter().rev().copied().take(150).collect();
        let second = pool.install(|| place.publish(&fewer)).unwrap();
        assert_eq!((second.unchanged.files, second.removed.files), (150, 150));
        (report, second)
    });
    assert_eq!(reports[0], reports[1]);
}

#[test]
fn the_steps_of_a_publish_come_in_the_one_order_that_is_safe() {
    let place = Place::new();
    place.publish(&[("gone.html", ""), ("gone.jpg", ""), ("index.html", "home"), ("lake/index.html", "lake")]).unwrap();
    let steps = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&steps);
    let mut site = place.open();
    site.observe(Box::new(move |step| {
        seen.lock().unwrap().push(format!("{step:?}"));
        Ok(())
    }));
    let files =
        [("index.html", "home 2"), ("lake/index.html", "lake 2"), ("sea/1.jpg", "sea"), ("sea/index.html", "sea")];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| publish(&mut site, &files)).unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        [
            "Stage(\"index.html\")",
            "Stage(\"lake/index.html\")",
            "Stage(\"sea/1.jpg\")",
            "Stage(\"sea/index.html\")",
            "WriteManifest",
            "ReplaceManifest",
            "Show(\"sea/1.jpg\")",
            "Settle",
            "Show(\"sea/index.html\")",
            "Settle",
            "Show(\"lake/index.html\")",
            "Show(\"index.html\")",
            "Settle",
            "Remove(\"gone.html\")",
            "Settle",
            "Remove(\"gone.jpg\")",
            "Settle",
            "WriteManifest",
            "ReplaceManifest",
        ]
    );
}

#[test]
fn a_name_that_changes_only_its_case_is_the_new_name_afterwards() {
    let place = Place::new();
    place.publish(&[("a/Logo.png", "logo"), ("index.html", "home")]).unwrap();
    let report = place.publish(&[("a/logo.png", "new logo"), ("index.html", "home")]).unwrap();
    assert_eq!(report.removed_paths, ["a/Logo.png"]);
    assert_eq!(place.read("a/logo.png").as_deref(), Some("new logo"));
    assert_eq!(fs::read_dir(place.output.join("a")).unwrap().count(), 1);
}
