use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::{Duration, SystemTime};

use super::*;
use crate::deploy::Missing;
use crate::deploy::files_store::tests::{
    ODD, conditions_are_honoured, get, list, objects_come_and_go, odd_names_go, one_of_eight_wins, put,
};
use crate::deploy::store::OPAQUE;
use crate::deploy::{Condition, Put};

/// A target, and the folder that it is.
fn target() -> (tempfile::TempDir, Box<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "/nas", &[], Missing::Made).unwrap();
    (folder, store)
}

/// Sets the time of a file back.
fn age(path: &Path, seconds: u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
}

#[test]
fn objects_in_a_folder_come_and_go() {
    let (folder, store) = target();
    objects_come_and_go(&*store);
    assert_eq!(fs::read_dir(folder.path().join(".safelight-tmp")).unwrap().count(), 0);
    assert_eq!(store.delete(&["x/a1/three.jpg"]), []);
    assert!(!folder.path().join("x").exists(), "emptied folders go too");
    assert!(folder.path().is_dir());
}

#[test]
fn odd_names_in_a_folder_go() {
    let (folder, store) = target();
    for path in ODD {
        let path = folder.path().join(OsStr::from_bytes(path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "foreign").unwrap();
    }
    odd_names_go(&*store);
    assert!(!folder.path().join("x").exists(), "emptied folders go too");
}

#[test]
fn folders_that_went_meanwhile_are_made_again() {
    let (folder, store) = target();
    put(&*store, "x/a1/one.jpg", b"1");
    fs::remove_dir_all(folder.path().join("x")).unwrap();
    put(&*store, "x/a1/two.jpg", b"2");
    assert_eq!(list(&*store, "x/"), [("x/a1/two.jpg".to_owned(), 1)]);
}

#[test]
fn conditions_are_honoured_in_a_folder() {
    conditions_are_honoured(&*target().1);
}

#[test]
fn one_of_eight_wins_in_a_folder() {
    one_of_eight_wins(&*target().1);
}

#[test]
fn the_web_server_may_read_what_is_of_the_site_and_nobody_the_state() {
    let (folder, store) = target();
    put(&*store, "g/p/index.html", b"page");
    put(&*store, "safelight-state/a", b"state");
    store.copy("g/p/index.html", "safelight-state/b", OPAQUE).unwrap();
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("g"), mode("g/p"), mode("g/p/index.html")], [0o755, 0o755, 0o644]);
    assert_eq!([mode("safelight-state"), mode("safelight-state/a"), mode("safelight-state/b")], [0o700, 0o600, 0o600]);
    assert_eq!(mode(".safelight-tmp"), 0o700);
}

#[test]
fn who_reads_meanwhile_gets_all_of_the_old_file_or_all_of_the_new() {
    let (folder, store) = target();
    let pages = [vec![b'a'; 300_000], vec![b'b'; 200_000]];
    put(&*store, "index.html", &pages[0]);
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (0..40).for_each(|round| put(&*store, "index.html", &pages[round % 2]));
            ended.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !ended.load(std::sync::atomic::Ordering::Relaxed) {
            let read = fs::read(folder.path().join("index.html")).unwrap();
            assert!(pages.contains(&read), "{} bytes", read.len());
        }
    });
}

#[test]
fn what_could_not_be_written_leaves_the_old_object_and_nothing_else() {
    let (folder, store) = target();
    put(&*store, "a.jpg", b"old");
    let new = folder.path().join("new");
    fs::write(&new, "12345").unwrap();
    let body = Body::File { path: &new, size: 9 };
    let error = store.put("a.jpg", OPAQUE, body, Condition::Always).unwrap_err();
    assert_eq!(error.code, Code::CannotRead);
    assert_eq!(get(&*store, "a.jpg").as_deref(), Some(&b"old"[..]));
    assert_eq!(fs::read_dir(folder.path().join(".safelight-tmp")).unwrap().count(), 0);
}

#[test]
fn links_are_never_followed() {
    let (folder, store) = target();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.jpg"), "outside").unwrap();
    symlink(outside.path(), folder.path().join("x")).unwrap();
    fs::create_dir(folder.path().join("g")).unwrap();
    symlink(outside.path().join("a.jpg"), folder.path().join("g/a.jpg")).unwrap();
    symlink(outside.path(), folder.path().join("g/p")).unwrap();

    let refused = |error: Error| assert_eq!(error.code, Code::InTheWay, "{error}");
    let error = store.put("x/b.jpg", OPAQUE, Body::Bytes(b"new"), Condition::Always).unwrap_err();
    assert_eq!(error.message, "`x` in `/nas` is a symbolic link, but should be a folder");
    refused(error);
    refused(store.get("x/a.jpg", &mut Vec::new()).unwrap_err());
    refused(store.get("g/a.jpg", &mut Vec::new()).unwrap_err());
    refused(store.list("x/", &mut |_, _| {}).unwrap_err());
    refused(store.copy("x/a.jpg", "a.jpg", OPAQUE).unwrap_err());
    refused(store.delete(&["x/a.jpg"]).pop().unwrap().1);
    // A link is listed as what it is, so that it can be removed.
    let names: Vec<String> = list(&*store, "g/").into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["g/a.jpg", "g/p"]);
    put(&*store, "g/a.jpg", b"new");
    assert_eq!(store.delete(&["g/p"]), []);
    assert_eq!(fs::read(outside.path().join("a.jpg")).unwrap(), b"outside");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    assert_eq!(list(&*store, "g/"), [("g/a.jpg".to_owned(), 3)]);
}

#[test]
fn a_lock_of_a_killed_publish_is_broken_and_a_living_one_is_not() {
    let (folder, store) = target();
    store.now().unwrap();
    let lock = folder.path().join(".safelight-tmp/lock");
    fs::write(&lock, "").unwrap();
    age(&lock, 61 + 5);
    one_of_eight_wins(&*store);
    assert!(!lock.exists());

    fs::write(&lock, "").unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| store.put("safelight-state/b", OPAQUE, Body::Bytes(b"b"), Condition::Absent));
        // It waits: what it wants to write is ready, and not shown.
        while fs::read_dir(folder.path().join(".safelight-tmp")).unwrap().count() < 4 {
            std::thread::yield_now();
        }
        assert!(!folder.path().join("safelight-state/b").exists());
        fs::remove_file(&lock).unwrap();
        assert!(matches!(writer.join().unwrap().unwrap(), Put::Stored(_)));
    });
}

#[test]
fn a_lock_is_broken_although_its_breaker_was_killed() {
    let (folder, store) = target();
    store.now().unwrap();
    let unfinished = folder.path().join(".safelight-tmp");
    let lock = unfinished.join("lock");
    fs::write(&lock, "").unwrap();
    age(&lock, 200);
    let since = fs::metadata(&lock).unwrap().modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let marker = unfinished.join(format!("broken-{}-0", since.as_secs()));
    fs::write(&marker, "").unwrap();
    age(&marker, 100);
    conditions_are_honoured(&*store);
}

#[test]
fn what_a_killed_publish_left_is_not_listed_and_goes_when_it_is_old() {
    let (folder, store) = target();
    put(&*store, "a", b"a");
    let unfinished = folder.path().join(".safelight-tmp");
    for (name, seconds) in [("old", 700), ("young", 300)] {
        fs::write(unfinished.join(name), "private").unwrap();
        age(&unfinished.join(name), seconds);
    }
    assert_eq!(list(&*store, ""), [("a".to_owned(), 1)]);
    let again = open(folder.path(), "/nas", &[], Missing::Made).unwrap();
    put(&*again, "b", b"b");
    let left: Vec<_> = fs::read_dir(&unfinished).unwrap().map(|found| found.unwrap().file_name()).collect();
    assert_eq!(left, ["young"]);
}

#[test]
fn a_folder_of_the_site_is_no_target() {
    let place = tempfile::tempdir().unwrap();
    let site = place.path().join("site");
    fs::create_dir_all(site.join("public")).unwrap();
    fs::create_dir(place.path().join("nas")).unwrap();
    symlink(&site, place.path().join("nas/link")).unwrap();
    let elsewhere = place.path().join("elsewhere/public");
    let forbidden = [(site.as_path(), "the site's folder"), (elsewhere.as_path(), "the output folder")];
    for path in ["site", "site/public", "site/new", "nas/link", "nas/link/new", ".", "site/../site", "elsewhere/public"]
    {
        let error = open(&place.path().join(path), path, &forbidden, Missing::Made).unwrap_err();
        assert_eq!(error.code, Code::OverlappingFolders, "{path}");
    }
    open(&place.path().join("nas"), "nas", &forbidden, Missing::Made).unwrap();
    open(&place.path().join("site2"), "site2", &forbidden, Missing::Made).unwrap();
}

#[test]
fn a_folder_is_made_only_where_the_one_above_is() {
    let place = tempfile::tempdir().unwrap();
    let error = open(&place.path().join("mnt/site"), "/mnt/site", &[], Missing::Made).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::TargetUnreachable, "the folder above `/mnt/site` does not exist")
    );
    assert!(!place.path().join("mnt").exists());
    let store = open(&place.path().join("site"), "/site", &[], Missing::Made).unwrap();
    put(&*store, "a", b"a");
    assert_eq!(fs::read(place.path().join("site/a")).unwrap(), b"a");
}

#[test]
fn the_time_is_that_of_files_written_there() {
    let (_folder, store) = target();
    let before = Timestamp::now().as_second();
    let told = store.now().unwrap().as_second();
    assert!((before - 1..=before + 60).contains(&told), "{told}");
}
