//! What every target of files must do. `folder` and `sftp` run these on their own.

use super::*;
use crate::deploy::store::OPAQUE;

/// Puts bytes in any case.
pub(in crate::deploy) fn put(store: &dyn Store, path: &str, bytes: &[u8]) {
    let put = store.put(path, OPAQUE, Body::Bytes(bytes), Condition::Always).unwrap();
    assert!(matches!(put, Put::Stored(_)));
}

/// Reads an object.
pub(in crate::deploy) fn get(store: &dyn Store, path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    store.get(path, &mut bytes).unwrap().map(|_| bytes)
}

/// Lists a folder, sorted.
pub(in crate::deploy) fn list(store: &dyn Store, folder: &str) -> Vec<(String, u64)> {
    let mut all = Vec::new();
    store.list(folder, &mut |path, size| all.push((path.to_owned(), size))).unwrap();
    all.sort();
    all
}

/// Writing, reading, listing, copying, removing.
pub(in crate::deploy) fn objects_come_and_go(store: &dyn Store) {
    let long: Vec<u8> = (0..700_000_u32).map(|number| (number % 251) as u8).collect();
    let odd = "x/aÜ 1%#?/'\"[*].jpg";
    for (path, bytes) in
        [("index.html", &b"home"[..]), ("x/a1/one.jpg", &long), (odd, b"odd"), ("g/p1/index.html", b"")]
    {
        assert_eq!(get(store, path), None, "{path}");
        put(store, path, bytes);
        assert_eq!(get(store, path).as_deref(), Some(bytes), "{path}");
    }
    put(store, "index.html", b"another home");
    assert_eq!(get(store, "index.html").as_deref(), Some(&b"another home"[..]));
    assert_eq!(list(store, "x/"), [("x/a1/one.jpg".to_owned(), 700_000), (odd.to_owned(), 3)]);
    assert_eq!(list(store, "e/"), []);
    assert_eq!(list(store, "index.html/"), []);

    if store.copy("x/a1/one.jpg", "x/a2/one.jpg", OPAQUE).unwrap() == Copied::Done {
        assert_eq!(get(store, "x/a2/one.jpg").as_ref(), Some(&long));
        assert_eq!(store.copy("x/a1/two.jpg", "x/a2/two.jpg", OPAQUE).unwrap(), Copied::Missing);
        assert_eq!(store.copy("x/a9/two.jpg", "x/a2/two.jpg", OPAQUE).unwrap(), Copied::Missing);
    }
    // What is not there, or cannot be there, counts as removed.
    let gone = ["x/a1/one.jpg", "x/a1/two.jpg", "x/a9/one.jpg", "index.html/a", "x/a2/one.jpg", odd, "g/p1"];
    assert_eq!(store.delete(&gone), []);
    assert_eq!(list(store, "x/"), []);
    // A folder of somebody else where the site has a file.
    put(store, "notes.html/of-somebody", b"1");
    let error = store.put("notes.html", OPAQUE, Body::Bytes(b"page"), Condition::Always).unwrap_err();
    assert!(error.message.starts_with("`notes.html` in `"), "{error}");
    assert_eq!(store.delete(&["notes.html/of-somebody"]), []);
    // An emptied folder is there for the next object.
    put(store, "x/a1/three.jpg", b"3");
    assert_eq!(list(store, "x/"), [("x/a1/three.jpg".to_owned(), 1)]);
    assert_eq!(get(store, "g/p1/index.html").as_deref(), Some(&b""[..]), "a folder is no object");
    assert_eq!(get(store, "g/p1"), None);
    for path in ["../a", "/a", "a//b", "a/../b", ".safelight-tmp/a", ""] {
        assert!(store.put(path, OPAQUE, Body::Bytes(b"a"), Condition::Always).is_err(), "{path}");
        assert!(store.get(path, &mut Vec::new()).is_err(), "{path}");
        assert_eq!(store.delete(&[path]).len(), 1, "{path}");
    }
}

/// Paths of files that other programs put on a target, under names that no site has.
pub(in crate::deploy) const ODD: [&[u8]; 4] =
    [b"x/F\xfcr Anna.zip", b"x/b\xff/c/\xfe\xfe.jpg", b"x/a\\b.jpg", b"x/b\xff/\xf0\x9f\x98"];

/// What lies there is listed and removed, whatever its name. `store` holds [`ODD`] alone.
pub(in crate::deploy) fn odd_names_go(store: &dyn Store) {
    let found = list(store, "x/");
    let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths.len(), ODD.len(), "{paths:?}");
    assert!(paths.iter().all(|path| check_path(path).is_err()), "{paths:?}");
    assert_eq!(store.delete(&paths), []);
    assert_eq!(list(store, ""), []);
}

/// Conditions, one after the other.
pub(in crate::deploy) fn conditions_are_honoured(store: &dyn Store) {
    let path = "safelight-state/abc";
    let put = |bytes: &[u8], condition: Condition<'_>| store.put(path, OPAQUE, Body::Bytes(bytes), condition).unwrap();
    let one = match put(b"one", Condition::Absent) {
        Put::Stored(version) => version,
        Put::Refused => panic!("there was none"),
    };
    assert_eq!(store.get(path, &mut Vec::new()).unwrap().as_ref(), Some(&one));
    assert_eq!(put(b"two", Condition::Absent), Put::Refused);
    assert_eq!(get(store, path).as_deref(), Some(&b"one"[..]));
    let Put::Stored(two) = put(b"two", Condition::Unchanged(&one)) else { panic!("it was that one") };
    assert_eq!(put(b"three", Condition::Unchanged(&one)), Put::Refused);
    assert_eq!(get(store, path).as_deref(), Some(&b"two"[..]));
    assert_eq!(store.delete(&[path]), []);
    assert_eq!(put(b"three", Condition::Unchanged(&two)), Put::Refused);
    assert_eq!(get(store, path), None);
    // Nothing unfinished stays, and neither does the lock.
    assert_eq!(list(store, ""), []);
}

/// Eight at once: for each round one wins, and the others learn that they did not.
pub(in crate::deploy) fn one_of_eight_wins(store: &dyn Store) {
    let path = "safelight-state/abc";
    let mut version = None;
    for round in 0..4 {
        let condition = version.as_ref().map_or(Condition::Absent, Condition::Unchanged);
        let puts: Vec<Put> = std::thread::scope(|scope| {
            let attempt = |number: u32| {
                let bytes = format!("{round} {number}");
                store.put(path, OPAQUE, Body::Bytes(bytes.as_bytes()), condition).unwrap()
            };
            let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || attempt(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won: Vec<&Version> = puts
            .iter()
            .filter_map(|put| match put {
                Put::Stored(version) => Some(version),
                Put::Refused => None,
            })
            .collect();
        assert_eq!(won.len(), 1, "{puts:?}");
        assert_eq!(store.get(path, &mut Vec::new()).unwrap().as_ref(), Some(won[0]));
        version = Some(won[0].clone());
    }
}

#[test]
fn refusals_name_only_what_is_public() {
    let said = |path: &str, kind: io::ErrorKind| refusal("/nas/site", "write", path, kind.into());
    let public = said("coast/index.html", io::ErrorKind::PermissionDenied);
    assert_eq!(public.message, "cannot write `coast/index.html` in `/nas/site`: permission denied");
    assert_eq!(public.code, Code::TargetRefused);
    for path in ["g/pABC/index.html", "x/aABC/i.jpg", "e/eABC.bin", "safelight-state/ABC"] {
        assert!(!said(path, io::ErrorKind::PermissionDenied).message.contains("ABC"), "{path}");
    }
    assert_eq!(said("a", io::ErrorKind::StorageFull).code, Code::TargetFull);
    let is_folder = |path: &str| in_the_way("/nas/site", path, "a folder", "a file").message;
    assert_eq!(is_folder("coast/index.html"), "`coast/index.html` in `/nas/site` is a folder, but should be a file");
    assert_eq!(is_folder("x"), "`x` in `/nas/site` is a folder, but should be a file");
    assert_eq!(is_folder("x/aABC"), "something private in `/nas/site` is a folder, but should be a file");
    assert_eq!(refusal("n", "write", "a", told(public.clone())), public);
}

#[test]
fn a_file_that_is_not_as_long_as_it_was_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "12345").unwrap();
    for (size, is_right) in [(5, true), (4, false), (6, false)] {
        let body = Body::File { path: &path, size };
        let mut source = Source::open(&body).unwrap();
        assert_eq!(source.fill(&mut [0; 9]).is_ok(), is_right, "{size}");
    }
}
