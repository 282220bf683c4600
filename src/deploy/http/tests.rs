use std::sync::Arc;
use std::time::Duration;

use http::Method;
use md5::Md5;

use super::testing::{HASTY, Reply, Server, client};
use super::*;
use crate::deploy::lease::{Lease, Moment};

fn get(server: &Server) -> Call<'static> {
    Call::new(Method::GET, format!("{}/x/ptoken", server.url()))
}

fn download(server: &Server, to: &mut Vec<u8>) -> Result<Download> {
    let call = |from, version: Option<&str>| match version {
        Some(version) => get(server).header("range", format!("bytes={from}-")).header("if-match", version),
        None => get(server),
    };
    let version = |headers: &HeaderMap| headers.get("etag").map(|value| value.to_str().unwrap().to_owned());
    client().download(&call, &version, &Unsigned, to)
}

#[test]
fn what_may_pass_is_repeated() {
    for status in [408, 429, 500, 502, 503, 504] {
        let server = Server::start([Reply::status(status), Reply::status(status), Reply::body("done")]);
        let answer = client().send(&get(&server), &Unsigned).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"done".as_slice()), "{status}");
    }
    let conflict = Reply::refusal(409, "ConditionalRequestConflict", "");
    let server = Server::start([conflict, Reply::body("done")]);
    assert_eq!(client().send(&get(&server), &Unsigned).unwrap().status, 200);
}

#[test]
fn refusals_are_final() {
    for status in [301, 400, 401, 403, 404, 409, 412, 501] {
        let server = Server::start([Reply::status(status), Reply::body("never asked for")]);
        assert_eq!(client().send(&get(&server), &Unsigned).unwrap().status, status);
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[test]
fn patience_ends_with_the_last_answer() {
    let server = Server::start(std::iter::repeat_n(Reply::status(503), 10));
    assert_eq!(client().send(&get(&server), &Unsigned).unwrap().status, 503);
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn lost_and_cut_answers_are_asked_for_again() {
    let cut = Reply::Cut(Box::new(Reply::body("a whole answer")), 7);
    let server = Server::start([Reply::Lost, cut, Reply::body("a whole answer")]);
    let call = get(&server).payload(Payload::Bytes(b"sent".into()));
    assert_eq!(client().send(&call, &Unsigned).unwrap().body, b"a whole answer");
    assert_eq!(server.seen().iter().map(Seen::text).collect::<Vec<_>>(), ["sent"; 3]);
}

use super::testing::Seen;

#[test]
fn a_silent_server_is_given_up() {
    let server = Server::start(std::iter::repeat_n(Reply::Silence, 4));
    let mut call = get(&server);
    call.patience = Duration::from_millis(30);
    let error = client().send(&call, &Unsigned).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::TargetUnreachable, "127.0.0.1 cannot be reached: it does not answer in time")
    );
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn nobody_listening_is_an_error_without_the_path() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let call = Call::new(Method::GET, format!("http://{address}/x/psecret?sig=secret"));
    let error = client().send(&call, &Unsigned).unwrap_err();
    assert_eq!(error.code, Code::TargetUnreachable);
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn who_waits_for_a_target_is_told_once_and_waits_in_vain_once() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let watch = Watch {
        tell: Arc::new(move |error: &Error| hears.lock().unwrap().push(error.message.clone())),
        ..Watch::default()
    };
    let replies = [vec![Reply::Lost; 5], vec![Reply::body("ok"), Reply::Lost, Reply::body("ok")]].concat();
    let server = Server::start(replies);
    let client = Client::new(HASTY, watch);
    let ask = || client.send(&get(&server), &Unsigned).map(|answer| answer.status).map_err(|error| error.code);
    let asked = |times: usize| assert_eq!(server.seen().len(), times);
    assert_eq!(ask(), Err(Code::TargetUnreachable));
    asked(4);
    // No other request waits as long.
    assert_eq!(ask(), Err(Code::TargetUnreachable));
    asked(5);
    // An answer shows that it is worthwhile again.
    assert_eq!(ask(), Ok(200));
    assert_eq!(ask(), Ok(200));
    asked(8);
    let told = told.lock().unwrap();
    assert!(told.len() == 1 && told[0].ends_with("it is tried again for a while"), "{told:?}");
}

#[test]
fn after_the_lease_nothing_is_repeated() {
    let server = Server::start([Reply::status(503), Reply::body("never asked for")]);
    let lease = Arc::new(Lease::default());
    lease.hold(Moment::now(), Duration::ZERO);
    let error = Client::new(HASTY, lease).send(&get(&server), &Unsigned).unwrap_err();
    assert_eq!((error.code, server.seen().len()), (Code::TargetBusy, 1));
}

#[test]
fn whoever_wants_to_stop_waits_no_longer() {
    let server = Server::start(std::iter::repeat_n(Reply::status(503).with("retry-after", "3600"), 4));
    let retry = Retry { total: Duration::from_secs(3600), ..HASTY };
    let watch = Watch::default();
    let client = Client::new(retry, watch.clone());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.send(&get(&server), &Unsigned));
        while server.seen().is_empty() {
            std::thread::yield_now();
        }
        // The pause ends, and the attempts that are left take no hour each.
        watch.hurry.store(true, Ordering::Relaxed);
        while server.seen().len() < 2 {
            std::thread::yield_now();
        }
        watch.lease.hold(Moment::now(), Duration::ZERO);
        assert_eq!(waiting.join().unwrap().unwrap_err().code, Code::TargetBusy);
    });
}

#[test]
fn the_end_of_the_lease_ends_a_pause() {
    let server = Server::start([Reply::status(503).with("retry-after", "3600")]);
    let lease = Arc::new(Lease::default());
    let retry = Retry { total: Duration::from_secs(3600), ..HASTY };
    let client = Client::new(retry, Arc::clone(&lease));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.send(&get(&server), &Unsigned));
        while server.seen().is_empty() {
            std::thread::yield_now();
        }
        lease.hold(Moment::now(), Duration::ZERO);
        assert_eq!(waiting.join().unwrap().unwrap_err().code, Code::TargetBusy);
    });
}

#[test]
fn connections_are_kept() {
    let server = Server::start(std::iter::repeat_n(Reply::body("ok"), 5));
    let client = client();
    for _ in 0..5 {
        client.send(&get(&server), &Unsigned).unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Server::start([Reply::body("never asked for")]);
    let server = Server::start([Reply::status(307).with("location", &elsewhere.url())]);
    assert_eq!(client().send(&get(&server), &Unsigned).unwrap().status, 307);
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let whole = Reply::body("0123456789").with("etag", "\"v1\"");
    let rest = Reply::Answer(206, vec![("etag".to_owned(), "\"v1\"".to_owned())], b"456789".to_vec());
    let server = Server::start([Reply::Lost, Reply::Cut(Box::new(whole), 4), Reply::status(503), rest]);
    let mut to = Vec::new();
    assert!(matches!(download(&server, &mut to).unwrap(), Download::Complete(version) if version == "\"v1\""));
    assert_eq!(to, b"0123456789");
    let seen = server.seen();
    assert_eq!((seen[3].header("range"), seen[3].header("if-match")), ("bytes=4-", "\"v1\""));
}

#[test]
fn a_server_without_ranges_is_read_from_the_start_and_written_once() {
    let whole = Reply::body("0123456789").with("etag", "\"v1\"");
    let server = Server::start([Reply::Cut(Box::new(whole.clone()), 4), whole]);
    let mut to = Vec::new();
    download(&server, &mut to).unwrap();
    assert_eq!(to, b"0123456789");
}

#[test]
fn a_download_never_mixes_two_versions() {
    let first = Reply::Cut(Box::new(Reply::body("0123456789").with("etag", "\"v1\"")), 4);
    for second in [Reply::status(412), Reply::body("abcdefghij").with("etag", "\"v2\"")] {
        let server = Server::start([first.clone(), second]);
        let error = download(&server, &mut Vec::new()).unwrap_err();
        assert_eq!(error.message, "a file on the target changed while it was read");
    }
}

#[test]
fn large_files_are_streamed_and_sent_again_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    let bytes: Vec<u8> = (0..9_000_000_u32).map(|number| (number % 251) as u8).collect();
    std::fs::write(&path, &bytes).unwrap();
    let body = crate::deploy::Body::File { path: &path, size: bytes.len() as u64 };
    let payload = Payload::of(body).unwrap();
    assert!(matches!(payload, Payload::File { .. }));
    assert_eq!(payload.digest::<Md5>().unwrap(), Payload::Bytes(bytes.as_slice().into()).digest::<Md5>().unwrap());
    let server = Server::start([Reply::status(500), Reply::status(200)]);
    client().send(&Call::new(Method::PUT, server.url()).payload(payload), &Unsigned).unwrap();
    assert!(server.seen().iter().all(|seen| seen.body == bytes));
    assert_eq!(server.seen()[1].header("content-length"), "9000000");
}

#[test]
fn files_that_changed_are_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    for actual in [9_usize, 11, 9_000_000] {
        let path = folder.path().join("file");
        std::fs::write(&path, vec![0; actual]).unwrap();
        for size in [10, 9_000_001] {
            let payload = Payload::of(crate::deploy::Body::File { path: &path, size });
            let error = payload.and_then(|payload| payload.digest::<Md5>()).unwrap_err();
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::CannotRead, "changed while it was being published")
            );
        }
    }
}

#[test]
fn strangers_messages_are_told_without_what_opens_something() {
    let cases = [
        ("Access  Denied\nfor you", "Access Denied for you"),
        (
            "not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::bucket/x/pk3jx7q2m5n4b6v8c9z1l2k3j/a.jpg\"",
            "not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::bucket/x/…/a.jpg\"",
        ),
        (
            "set GOOGLE_APPLICATION_CREDENTIALS, AuthorizationHeaderMalformed",
            "set GOOGLE_APPLICATION_CREDENTIALS, AuthorizationHeaderMalformed",
        ),
        ("token abcdefghijklmnopqrstuvwx", "token …"),
        ("key Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1==", "key …"),
        ("a\u{1b}[31mred", "a[31mred"),
    ];
    for (said, expected) in cases {
        assert_eq!(told(said), expected);
    }
    assert_eq!(told(&"word ".repeat(100)).chars().count(), 301);
}
