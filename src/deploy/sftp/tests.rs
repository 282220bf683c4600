//! SFTP against a server in memory.

mod peer;

use std::sync::Mutex;

use super::*;
use crate::deploy::Missing;
use crate::deploy::files_store::tests::{
    ODD, conditions_are_honoured, get, list, objects_come_and_go, odd_names_go, one_of_eight_wins, put,
};
use crate::deploy::store::OPAQUE;
use crate::deploy::{Body, Condition, Copied, Put};
use crate::error::Code;
use crate::{Error, Result};
use peer::{Break, Server};

type Peer = Arc<Mutex<Server>>;

fn connect_to(server: &Peer, root: &str, missing: Missing) -> Result<Box<dyn Store>> {
    let dialled = Arc::clone(server);
    let dial = Box::new(move || Server::dial(&dialled));
    let remote = Remote::open("sftp://host/srv/site".to_owned(), root.to_owned(), dial, missing, Arc::default())?;
    Ok(Box::new(FilesStore::new(remote)?))
}

fn connected() -> (Peer, Box<dyn Store>) {
    let server = Server::new();
    let store = connect_to(&server, "/srv/site", Missing::Made).unwrap();
    (server, store)
}

#[test]
fn objects_on_a_server_come_and_go() {
    let (server, store) = connected();
    objects_come_and_go(&*store);
    assert!(!server.lock().unwrap().nodes.keys().any(|path| path.starts_with("/srv/site/.safelight-tmp/")));
}

#[test]
fn odd_names_on_a_server_go() {
    let (server, store) = connected();
    for path in ODD {
        server.lock().unwrap().put(&[b"/srv/site/", path].concat());
    }
    odd_names_go(&*store);
}

#[test]
fn a_server_may_give_less_than_is_asked_for_and_be_unable_to_copy() {
    let server = Server::new();
    server.lock().unwrap().longest_read = 1000;
    server.lock().unwrap().extensions.retain(|name| name.starts_with("posix"));
    let store = connect_to(&server, "/srv", Missing::Made).unwrap();
    objects_come_and_go(&*store);
    assert_eq!(store.copy("x/a1/three.jpg", "x/b", OPAQUE).unwrap(), Copied::Unsupported);
}

#[test]
fn what_gets_its_name_is_on_the_disk_where_the_server_offers_that() {
    let (server, store) = connected();
    put(&*store, "index.html", &[7; 100_000]);
    put(&*store, "empty.txt", b"");
    assert_eq!(store.copy("index.html", "x/a/b.jpg", OPAQUE).unwrap(), Copied::Done);
    put(&*store, "index.html", b"again");
    assert_eq!(server.lock().unwrap().unsynced, [""; 0]);

    server.lock().unwrap().extensions.retain(|name| !name.starts_with("fsync"));
    let store = connect_to(&server, "/srv/site", Missing::Made).unwrap();
    put(&*store, "index.html", b"as well as it can");
    assert_eq!(server.lock().unwrap().unsynced, ["/srv/site/index.html"]);
}

#[test]
fn conditions_are_honoured_on_a_server() {
    let (server, store) = connected();
    conditions_are_honoured(&*store);
    assert_eq!(server.lock().unwrap().unlocked, 0);
}

#[test]
fn one_of_eight_wins_on_a_server() {
    one_of_eight_wins(&*connected().1);
}

#[test]
fn a_lock_that_is_given_back_before_one_can_look_is_waited_for() {
    let (server, store) = connected();
    server.lock().unwrap().refused_locks = 3;
    conditions_are_honoured(&*store);
    assert_eq!(server.lock().unwrap().refused_locks, 0);
}

#[test]
fn modes_are_what_they_should_be_whatever_the_umask_of_the_server() {
    let (server, store) = connected();
    put(&*store, "g/p/index.html", b"page");
    put(&*store, "safelight-state/a", b"state");
    let mode = |path: &str| server.lock().unwrap().nodes[path].mode & 0o777;
    assert_eq!(mode("/srv/site"), 0o755);
    assert_eq!([mode("/srv/site/g"), mode("/srv/site/g/p/index.html")], [0o755, 0o644]);
    assert_eq!([mode("/srv/site/safelight-state"), mode("/srv/site/safelight-state/a")], [0o700, 0o600]);
    assert_eq!(mode("/srv/site/.safelight-tmp"), 0o700);
}

#[test]
fn links_on_a_server_are_never_followed() {
    let (server, store) = connected();
    server.lock().unwrap().link("/srv/site/x");
    server.lock().unwrap().link("/srv/site/a.jpg");
    let refused = |error: Error| assert_eq!(error.code, Code::InTheWay, "{error}");
    refused(store.put("x/b.jpg", OPAQUE, Body::Bytes(b"new"), Condition::Always).unwrap_err());
    refused(store.get("x/a.jpg", &mut Vec::new()).unwrap_err());
    refused(store.get("a.jpg", &mut Vec::new()).unwrap_err());
    refused(store.list("x/", &mut |_, _| {}).unwrap_err());
    refused(store.delete(&["x/a.jpg"]).pop().unwrap().1);
    assert_eq!(list(&*store, ""), [("a.jpg".to_owned(), 10), ("x".to_owned(), 10)]);
    assert_eq!(store.delete(&["a.jpg", "x"]), []);
    assert_eq!(list(&*store, ""), []);
}

/// A small publish: everything that a store does.
fn publishes(store: &dyn Store) -> Result<()> {
    let state = "safelight-state/abc";
    let put = |path: &str, bytes: &[u8], condition| store.put(path, OPAQUE, Body::Bytes(bytes), condition);
    let Some(version) = store.get(state, &mut Vec::new())? else { panic!("the state has gone") };
    let Put::Stored(version) = put(state, b"taken", Condition::Unchanged(&version))? else {
        panic!("nobody else is here")
    };
    assert!(store.delete(&["g/p1/index.html", "x/a1/two.jpg"]).is_empty());
    let long = vec![7; 100_000];
    put("x/a3/three.jpg", &long, Condition::Always)?;
    put("index.html", b"new home", Condition::Always)?;
    assert_eq!(store.copy("x/a1/one.jpg", "x/a2/one.jpg", OPAQUE)?, Copied::Done);
    let mut found = Vec::new();
    store.list("x/", &mut |path, _| found.push(path.to_owned()))?;
    found.sort();
    assert_eq!(found, ["x/a1/one.jpg", "x/a2/one.jpg", "x/a3/three.jpg"]);
    assert!(store.delete(&["x/a1/one.jpg"]).is_empty());
    store.now()?;
    assert!(matches!(put(state, b"given back", Condition::Unchanged(&version))?, Put::Stored(_)));
    Ok(())
}

#[test]
fn a_line_that_breaks_anywhere_is_opened_again() {
    for is_carried_out in [false, true] {
        for at in 1.. {
            let server = Server::new();
            let store = connect_to(&server, "/srv/site", Missing::Made).unwrap();
            for path in ["index.html", "g/p1/index.html", "x/a1/one.jpg", "x/a1/two.jpg", "safelight-state/abc"] {
                put(&*store, path, b"old");
            }
            let before = {
                let mut server = server.lock().unwrap();
                // A lock whose answer was lost is old soon.
                server.slowness = 10;
                server.breaks = Some(Break { at: server.requests + at, is_carried_out });
                server.requests
            };
            publishes(&*store).unwrap();
            let server = server.lock().unwrap();
            let long = vec![7; 100_000];
            let expected = [
                ("index.html", &b"new home"[..]),
                ("safelight-state/abc", b"given back"),
                ("x/a2/one.jpg", b"old"),
                ("x/a3/three.jpg", &long),
            ];
            assert_eq!(server.files(), expected, "broken at {at}");
            if server.requests - before < at {
                assert_eq!(server.connections, 1);
                break;
            }
            assert_eq!(server.connections, 2, "broken at {at}");
        }
    }
}

#[test]
fn a_server_that_is_full_says_nothing_and_is_asked() {
    let (server, store) = connected();
    store.now().unwrap();
    server.lock().unwrap().is_full = true;
    let full = store.put("index.html", OPAQUE, Body::Bytes(b"home"), Condition::Always).unwrap_err();
    assert_eq!(full.code, Code::TargetFull, "{full}");
    server.lock().unwrap().extensions.retain(|name| !name.starts_with("statvfs"));
    let store = connect_to(&server, "/srv/site", Missing::Made).unwrap();
    let refused = store.put("index.html", OPAQUE, Body::Bytes(b"home"), Condition::Always).unwrap_err();
    assert_eq!(refused.code, Code::TargetRefused, "{refused}");
    assert!(refused.hint.is_some_and(|hint| hint.contains("quota")));
}

#[test]
fn a_server_that_cannot_replace_files_in_one_step_is_refused() {
    let server = Server::new();
    server.lock().unwrap().extensions.clear();
    let error = connect_to(&server, "/srv/site", Missing::Made).unwrap_err();
    assert_eq!(error.code, Code::TargetRefused);
    assert!(error.message.contains("posix-rename@openssh.com"), "{error}");
}

#[test]
fn a_folder_on_a_server_is_made_only_where_the_one_above_is() {
    let server = Server::new();
    let error = connect_to(&server, "/srv/mnt/site", Missing::Made).unwrap_err();
    assert_eq!(error.code, Code::TargetUnreachable);
    assert_eq!(error.message, "the folder above `sftp://host/srv/site` does not exist on the server");
    // Whoever only looks makes nothing.
    let refused = connect_to(&server, "/srv/other", Missing::Refused).unwrap_err();
    assert_eq!(refused.message, "the folder `sftp://host/srv/site` does not exist on the server");
    for missing in [Missing::Foreseen, Missing::Refused] {
        let Ok(store) = connect_to(&server, "/srv/other", missing) else { continue };
        assert_eq!(store.get("index.html", &mut Vec::new()).unwrap(), None);
        store.list("x/", &mut |path, _| panic!("{path}")).unwrap();
        assert!(!store.look().unwrap().lists);
    }
    connect_to(&server, "/srv/other", Missing::Refused).unwrap_err();
    server.lock().unwrap().link("/srv/file");
    assert!(connect_to(&server, "/srv/file", Missing::Made).is_err());
}

#[test]
fn a_line_that_cannot_be_opened_again_is_told_with_its_reason() {
    let server = Server::new();
    let dialled = Arc::clone(&server);
    let hangs_up = Mutex::new(false);
    let dial = Box::new(move || {
        if std::mem::replace(&mut *hangs_up.lock().unwrap(), true) {
            return Err(Error::new(Code::TargetUnreachable, "the network is down"));
        }
        Server::dial(&dialled)
    });
    let remote = Remote::open("n".to_owned(), "/srv/site".to_owned(), dial, Missing::Made, Arc::default()).unwrap();
    let store = FilesStore::new(remote).unwrap();
    store.now().unwrap();
    let requests = server.lock().unwrap().requests;
    server.lock().unwrap().breaks = Some(Break { at: requests + 2, is_carried_out: false });
    for _ in 0..2 {
        let error = store.put("a", OPAQUE, Body::Bytes(b"a"), Condition::Always).unwrap_err();
        assert_eq!(error.message, "the network is down");
    }
    assert_eq!(store.delete(&["a", "b"]).len(), 2);
}

#[test]
fn many_files_are_removed_and_many_folders_listed_side_by_side() {
    let (server, store) = connected();
    let paths: Vec<String> = (0..50).map(|number| format!("x/a{number}/i.jpg")).collect();
    paths.iter().for_each(|path| put(&*store, path, b"i"));
    assert_eq!(list(&*store, "x/").len(), 50);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    assert_eq!(store.delete(&paths), []);
    assert_eq!(server.lock().unwrap().files(), []);
    assert_eq!(get(&*store, "x/a1/i.jpg"), None);
}

#[test]
fn paths_are_absolute_or_begin_in_the_users_folder() {
    let root = |path: &str| {
        let target =
            SftpTarget { user: None, host: String::new(), port: None, path: path.to_owned(), name: String::new() };
        target.root()
    };
    let roots = ["/srv/www/", "/~/www", "/~", "/~/", "/", "", "/~me/www"].map(root);
    assert_eq!(roots, ["/srv/www", "www", ".", ".", "/", "/", "/~me/www"]);
}

#[test]
fn packets_that_make_no_sense_are_errors() {
    use super::wire::{Packet, Reply, kind};
    for bytes in [&[0, 0, 0, 4, 1, 0, 0, 0][..], &[255, 0, 0, 9, 1], &[0, 0, 0, 9, 1, 0, 0]] {
        assert!(Reply::read(&mut &*bytes).is_err(), "{bytes:?}");
    }
    let packet = Packet::of(kind::NAME).text("ab").number(7).long(8).numbered(3);
    assert_eq!(packet, [0, 0, 0, 23, 104, 0, 0, 0, 3, 0, 0, 0, 2, b'a', b'b', 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8]);
    let mut reply = Reply::read(&mut &*packet).unwrap();
    assert_eq!((reply.kind, reply.number), (kind::NAME, 3));
    assert_eq!(reply.bytes().unwrap(), b"ab");
    assert_eq!((reply.number().unwrap(), reply.is_at_end()), (7, false));
    assert_eq!((reply.long().unwrap(), reply.is_at_end()), (8, true));
    assert!(reply.number().is_err());
    let mut cut = Reply::read(&mut &*Packet::of(kind::NAME).number(90).numbered(0)).unwrap();
    assert!(cut.bytes().is_err());
}
