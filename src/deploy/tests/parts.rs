//! Single parts by themselves: what caches are told, which pages go with their pictures, what shows that conditions are honoured.

use super::super::header::Owner;
use super::super::purge::PurgeList;
use super::*;
use crate::publish::{Fingerprint, Phase, Reach};
use crate::visibility::PrivateFolder;

fn record(path: &str, content: u8) -> Record<'_> {
    Record {
        path,
        key: Fingerprint([content; 16]),
        size: 1,
        modified: 7,
        phase: if path.ends_with(".html") { Phase::Page } else { Phase::Asset },
        reach: if PrivateFolder::holds(path) { Reach::Private } else { Reach::Public },
        settled: true,
    }
}

/// Files with their contents.
fn manifest(files: &[(&str, u8)]) -> Manifest {
    let mut files = files.to_vec();
    files.sort_unstable();
    Manifest::of(files.iter().map(|(path, content)| record(path, *content)), BTreeMap::new()).unwrap()
}

#[test]
fn caches_forget_all_that_was_replaced_or_removed_and_that_a_page_was_missing() {
    let online = manifest(&[
        ("index.html", 1),
        ("same.jpg", 1),
        ("img/a b.jpg", 1),
        ("img/gone.jpg", 1),
        ("old/index.html", 1),
        ("g/changed/index.html", 1),
        ("g/ended/index.html", 1),
        ("x/gone/i.jpg", 1),
        ("x/changed/i.jpg", 1),
    ]);
    let wanted = manifest(&[
        ("index.html", 2),
        ("same.jpg", 1),
        ("img/a b.jpg", 2),
        ("img/new.jpg", 2),
        ("new/index.html", 2),
        ("g/changed/index.html", 2),
        ("g/new/index.html", 2),
        ("x/changed/i.jpg", 2),
        ("x/new/i.jpg", 2),
    ]);
    let change = Change::between(&online, &wanted, true);
    assert_eq!(PurgeList::of(&change, "/b/", |is_done| is_done), PurgeList::default(), "nothing was done yet");
    change.waves().into_iter().flatten().for_each(|action| change.mark(action));
    let stale = PurgeList::of(&change, "/b/", |is_done| is_done);
    let folders: Vec<&str> = stale.folders.iter().map(String::as_str).collect();
    let files: Vec<&str> = stale.files.iter().map(String::as_str).collect();
    assert_eq!(folders, ["/b/g/ended/", "/b/x/gone/"]);
    let expected = [
        "/b/",
        "/b/g/changed/",
        "/b/g/changed/index.html",
        "/b/g/new/",
        "/b/img/a%20b.jpg",
        "/b/img/gone.jpg",
        "/b/index.html",
        "/b/new/",
        "/b/old/",
        "/b/old/index.html",
        "/b/x/changed/i.jpg",
    ];
    assert_eq!(files, expected);
}

#[test]
fn other_headers_are_a_change_although_the_bytes_are_the_same() {
    let online = manifest(&[("index.html", 1), ("a.jpg", 1)]);
    let with_others = |record: Record<'static>| Record { modified: 8, ..record };
    let wanted = [with_others(record("a.jpg", 1)), record("index.html", 1)];
    let wanted = Manifest::of(wanted.into_iter(), BTreeMap::new()).unwrap();
    let change = Change::between(&online, &wanted, true);
    let sent: Vec<&str> = change.writings().map(|(record, ..)| record.path).collect();
    assert_eq!(sent, ["a.jpg"]);
}

#[test]
fn with_pictures_that_go_at_the_end_go_the_pages_that_show_them_and_no_current_one() {
    let owner = |audience: &str, link: Option<&str>| Owner {
        gallery: "0123456789ab".parse().unwrap(),
        audience: audience.to_owned(),
        link: link.map(|link| link.parse().unwrap()),
    };
    let (stale, current, guest) = ("00000000000a", "00000000000b", "00000000000c");
    let mut header = Header::default();
    header.owners.insert("x/old/".to_owned(), owner("family", None));
    let living = [
        ("x/new/", owner("family", None)),
        ("g/stale/", owner("family", Some(stale))),
        ("g/current/", owner("family", Some(current))),
        ("g/guest/", owner("guests", Some(guest))),
        ("x/guest/", owner("guests", None)),
    ];
    let ledgered = Ledgered {
        dead: BTreeSet::from(["x/old/i.jpg".to_owned()]),
        living: living.into_iter().map(|(folder, owner)| (folder.to_owned(), owner)).collect(),
        tombstones: BTreeMap::new(),
    };
    let online = manifest(&[
        ("index.html", 1),
        ("g/stale/index.html", 1),
        ("g/current/index.html", 2),
        ("g/guest/index.html", 1),
        ("x/old/i.jpg", 1),
        ("x/new/i.jpg", 1),
        ("x/guest/i.jpg", 1),
    ]);
    let tombstone = Tombstone { page: TOMBSTONE.as_bytes(), headers: 7 };
    let doomed = |record: &Record<'_>| ledgered.dead.contains(record.path);
    let is_current = |record: &Record<'_>| record.path == "g/current/index.html";
    let last = Withdrawal::last(&online, &header, &ledgered, tombstone, doomed, is_current).unwrap();
    let goes: Vec<&str> =
        online.iter().zip(&last.goes).filter(|(_, goes)| **goes).map(|(record, _)| record.path).collect();
    assert_eq!(goes, ["g/stale/index.html", "x/old/i.jpg"]);
    assert_eq!(last.gaps, BTreeSet::from([stale.parse().unwrap()]));
}

#[test]
fn a_target_is_guarded_that_honours_every_condition() {
    let bench = Bench::new();
    for (ignores_absent, ignores_unchanged) in [(false, false), (true, false), (false, true), (true, true)] {
        let store = Memory { ignores_absent, ignores_unchanged, ..Memory::default() };
        let is_guarded = bench.with(&store, "test", |run| run.states.is_guarded("run").unwrap());
        assert_eq!(is_guarded, !ignores_absent && !ignores_unchanged);
        assert!(store.objects().is_empty());
    }
}
