//! The contract with each cloud, against a server that answers by a script.

mod azure;
mod credentials;
mod gcs;
mod s3;

use std::sync::Arc;

use super::*;
use crate::deploy::http::Unsigned;
use crate::deploy::http::testing::{HASTY, Reply, Server, client};
use crate::deploy::store::*;

/// A name with everything that is special in addresses, XML or queries.
const ODD: &str = "x/50% ü+#&?'\"<é>.html";

/// The same within an address.
const ODD_ENCODED: &str = "x/50%25%20%C3%BC%2B%23%26%3F%27%22%3C%C3%A9%3E.html";

const PAGE: Headers<'static> =
    Headers { content_type: "text/html; charset=utf-8", cache_control: Some("public, max-age=60") };

fn target(kind: CloudKind, server: &Server) -> CloudTarget {
    CloudTarget {
        kind,
        bucket: "photos".to_owned(),
        account: None,
        prefix: "site/".to_owned(),
        endpoint: Some(server.url()),
        region: None,
        name: "cloud://photos/site".to_owned(),
    }
}

fn store(kind: CloudKind, server: &Server) -> Box<dyn Store> {
    let target = target(kind, server);
    let signer = Arc::new(Unsigned);
    match kind {
        CloudKind::S3 => {
            Box::new(super::s3::with_signer(&target, format!("{}/photos", server.url()), signer, client()))
        }
        CloudKind::Gcs => Box::new(super::gcs::with_signer(&target, signer, HASTY, Default::default())),
        CloudKind::Azure => {
            Box::new(super::azure::with_signer(&target, None, signer, HASTY, Default::default()).unwrap())
        }
    }
}

fn put(store: &dyn Store, condition: Condition<'_>) -> Result<Put> {
    store.put("state", PAGE, Body::Bytes(b"bytes"), condition)
}

fn listed(store: &dyn Store, folder: &str) -> Result<Vec<(String, u64)>> {
    let mut all = Vec::new();
    store.list(folder, &mut |path, size| all.push((path.to_owned(), size)))?;
    Ok(all)
}

const ALL: [CloudKind; 3] = [CloudKind::S3, CloudKind::Gcs, CloudKind::Azure];

/// A successful writing, as each cloud reports it.
fn stored(version: &str) -> Reply {
    Reply::status(200).with("etag", version).with("x-goog-generation", version)
}

#[test]
fn odd_names_are_encoded_once() {
    for kind in ALL {
        let server = Server::start([stored("7"), Reply::body("page").with("etag", "7").with("x-goog-generation", "7")]);
        let store = store(kind, &server);
        let stored = store.put(ODD, PAGE, Body::Bytes(b"page"), Condition::Always).unwrap();
        assert_eq!(stored, Put::Stored(Version("7".to_owned())));
        let mut read = Vec::new();
        assert_eq!(store.get(ODD, &mut read).unwrap(), Some(Version("7".to_owned())));
        assert_eq!(read, b"page");
        let address = format!("/photos/site/{ODD_ENCODED}");
        assert_eq!(server.lines(), [format!("PUT {address}"), format!("GET {address}")]);
    }
}

#[test]
fn a_lost_answer_to_a_conditional_write_comes_back_as_refused() {
    for kind in ALL {
        let server = Server::start([Reply::Lost, Reply::refusal(412, "PreconditionFailed", "")]);
        assert_eq!(put(&*store(kind, &server), Condition::Absent).unwrap(), Put::Refused, "{kind:?}");
        assert_eq!(server.seen()[0], server.seen()[1], "{kind:?}");
    }
}

#[test]
fn an_unconditional_write_is_never_refused() {
    for kind in ALL {
        let server = Server::start([Reply::refusal(412, "LeaseIdMissing", "There is a lease.")]);
        let error = put(&*store(kind, &server), Condition::Always).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::TargetRefused, "cloud://photos/site refused to store a file: LeaseIdMissing: There is a lease")
        );
    }
}

#[test]
fn refusals_become_errors_that_hide_addresses() {
    let private = "no access to /photos/x/pk3jx7q2m5n4b6v8c9z1l2k3j/index.html";
    let cases = [
        (403, "AccessDenied", private, Code::TargetRefused, "AccessDenied: no access to /photos/x/…/index.html"),
        (404, "NoSuchBucket", "no bucket", Code::TargetRefused, "NoSuchBucket: no bucket"),
        (507, "InsufficientStorage", "full", Code::TargetFull, "InsufficientStorage: full"),
        (403, "QuotaExceeded", "full", Code::TargetFull, "QuotaExceeded: full"),
        (503, "SlowDown", "too fast", Code::TargetUnreachable, "SlowDown: too fast"),
    ];
    for kind in ALL {
        for (status, word, message, code, told) in cases {
            let server = Server::start(std::iter::repeat_n(Reply::refusal(status, word, message), 4));
            let error = put(&*store(kind, &server), Condition::Always).unwrap_err();
            let expected = format!("cloud://photos/site refused to store a file: {told}");
            assert_eq!((error.code, error.message), (code, expected), "{kind:?}");
        }
    }
}

#[test]
fn an_answer_that_is_no_document_is_told_by_its_status() {
    let server = Server::start([Reply::Answer(403, Vec::new(), b"<html><p>Forbidden".to_vec())]);
    let error = put(&*store(CloudKind::S3, &server), Condition::Always).unwrap_err();
    assert_eq!(error.message, "cloud://photos/site refused to store a file: status 403");
}

#[test]
fn what_is_missing_is_nothing_but_a_missing_bucket_is_an_error() {
    for kind in ALL {
        let server = Server::start([
            Reply::refusal(404, "NoSuchKey", ""),
            Reply::refusal(404, "NoSuchKey", ""),
            Reply::refusal(404, "NoSuchBucket", ""),
            Reply::refusal(404, "ContainerNotFound", ""),
        ]);
        let store = store(kind, &server);
        assert_eq!(store.get("a", &mut Vec::new()).unwrap(), None);
        assert!(store.delete(&["a"]).is_empty());
        assert_eq!(store.get("a", &mut Vec::new()).unwrap_err().code, Code::TargetRefused);
        assert_eq!(store.delete(&["a"])[0].1.code, Code::TargetRefused);
    }
}

#[test]
fn the_time_is_the_targets_whatever_it_answers() {
    for kind in ALL {
        let server =
            Server::start([Reply::status(403).with("date", "Sun, 29 Nov 2026 22:15:01 GMT"), Reply::status(200)]);
        let store = store(kind, &server);
        assert_eq!(store.now().unwrap().to_string(), "2026-11-29T22:15:01Z");
        assert_eq!(store.now().unwrap_err().code, Code::TargetUnreachable);
        let query = if kind == CloudKind::Azure { "?restype=container" } else { "/" };
        assert_eq!(server.lines()[0], format!("HEAD /photos{query}"));
    }
}

#[test]
fn a_listing_that_makes_no_sense_is_an_error() {
    for kind in ALL {
        for body in ["", "<html/>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "{}"] {
            let server = Server::start([Reply::body(body)]);
            assert_eq!(
                listed(&*store(kind, &server), "x/").unwrap_err().code,
                Code::TargetUnreachable,
                "{kind:?} {body}"
            );
        }
    }
}

#[test]
fn failed_deletions_are_named_by_place() {
    for kind in [CloudKind::Gcs, CloudKind::Azure] {
        let server = Server::start([Reply::status(204), Reply::refusal(403, "AccessDenied", "no"), Reply::status(202)]);
        let left = store(kind, &server).delete(&["a", "b", "c"]);
        assert_eq!(
            left.iter().map(|(place, error)| (*place, error.code)).collect::<Vec<_>>(),
            [(1, Code::TargetRefused)]
        );
    }
}

#[test]
fn what_is_too_large_is_refused_unread() {
    for kind in [CloudKind::S3, CloudKind::Azure] {
        let server = Server::start([]);
        let body = Body::File { path: std::path::Path::new("/no/such/file"), size: (5 << 30) + 1 };
        let error = store(kind, &server).put("a.zip", PAGE, body, Condition::Always).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::TargetRefused, "cloud://photos/site takes no file of more than 5 GB")
        );
    }
}

#[test]
fn some_refusals_say_what_to_set() {
    let cases = [
        ("RequestTimeTooSkewed", "this computer's clock is wrong: set it, then publish again"),
        ("AuthorizationHeaderMalformed", "write the bucket's `region` into `site.toml`"),
        ("AccessDenied", "check what the credentials may do there"),
    ];
    for (code, hint) in cases {
        let server = Server::start([Reply::refusal(403, code, "")]);
        let error = put(&*store(CloudKind::S3, &server), Condition::Always).unwrap_err();
        assert_eq!(error.hint.as_deref(), Some(hint));
    }
}

#[test]
fn former_versions_of_private_files_go_wherever_there_may_be_some() {
    let (gcs_one, azure_one) = (
        r#"{"items":[{"name":"site/g/a","generation":"1","timeDeleted":"2026-11-01T00:00:00Z"}]}"#,
        "<EnumerationResults><Blobs><Blob><Name>site/g/a</Name><VersionId>1</VersionId><Properties/></Blob></Blobs></EnumerationResults>",
    );
    let (gcs_none, azure_none) = ("{}", "<EnumerationResults><Blobs/></EnumerationResults>");
    for (kind, one, none) in [(CloudKind::Gcs, gcs_one, gcs_none), (CloudKind::Azure, azure_one, azure_none)] {
        for keeps in [Keeps::Versions, Keeps::Deleted, Keeps::VersionsAndDeleted, Keeps::Unknown] {
            let script = [Reply::body(one), Reply::status(204), Reply::body(none), Reply::body(none)];
            let server = Server::start(script);
            assert_eq!(delete_private_versions(&*store(kind, &server), keeps), Ok(false));
            let lines = server.lines();
            assert!(lines[1].starts_with("DELETE /photos/site/g/a?") && lines.len() == 4, "{keeps:?}: {lines:?}");
        }
        let server = Server::start([]);
        assert_eq!(delete_private_versions(&*store(kind, &server), Keeps::Nothing), Ok(false));
    }
}

#[test]
fn missing_rights_are_told_where_there_are_versions_and_a_target_without_any_may_refuse() {
    for kind in ALL {
        for (keeps, stay) in [(Keeps::Versions, true), (Keeps::VersionsAndDeleted, true), (Keeps::Unknown, false)] {
            let server = Server::start([Reply::refusal(403, "AccessDenied", "")]);
            assert_eq!(delete_private_versions(&*store(kind, &server), keeps), Ok(stay), "{kind:?} {keeps:?}");
        }
        let refused = || Server::start([Reply::refusal(409, "FeatureNotSupported", "")]);
        assert_eq!(delete_private_versions(&*store(kind, &refused()), Keeps::Deleted), Ok(false), "{kind:?}");
        assert!(delete_private_versions(&*store(kind, &refused()), Keeps::Versions).is_err(), "{kind:?}");
    }
}

#[test]
fn an_endpoint_needs_a_scheme() {
    let server = Server::start([]);
    let target = CloudTarget { endpoint: Some("minio.local:9000".to_owned()), ..target(CloudKind::S3, &server) };
    let error = open(&target, Watch::default()).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::TargetRefused, "`minio.local:9000` is not an address"));
}
