use super::*;

fn s3(server: &Server) -> Box<dyn Store> {
    store(CloudKind::S3, server)
}

const COPIED: &str =
    "<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>\"1\"</ETag></CopyObjectResult>";

#[test]
fn an_object_is_sent_with_its_headers_and_its_digest() {
    let server = Server::start([stored("\"e1\""), stored("\"e2\""), stored("\"e3\"")]);
    let store = s3(&server);
    put(&*store, Condition::Always).unwrap();
    put(&*store, Condition::Absent).unwrap();
    put(&*store, Condition::Unchanged(&Version("\"e1\"".to_owned()))).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("content-type"), "text/html; charset=utf-8");
    assert_eq!(seen[0].header("cache-control"), "public, max-age=60");
    assert_eq!(
        seen[0].header("x-amz-content-sha256"),
        "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9"
    );
    assert_eq!((seen[0].header("content-length"), seen[0].text()), ("5", "bytes"));
    let conditions: Vec<_> = seen.iter().map(|seen| (seen.header("if-none-match"), seen.header("if-match"))).collect();
    assert_eq!(conditions, [("", ""), ("*", ""), ("", "\"e1\"")]);
}

#[test]
fn a_condition_on_what_is_gone_is_refused() {
    let server = Server::start([Reply::refusal(404, "NoSuchKey", "")]);
    assert_eq!(put(&*s3(&server), Condition::Unchanged(&Version("\"e\"".to_owned()))).unwrap(), Put::Refused);
}

#[test]
fn two_writers_that_meet_try_again() {
    let server = Server::start([Reply::refusal(409, "ConditionalRequestConflict", ""), stored("\"e\"")]);
    assert_eq!(put(&*s3(&server), Condition::Absent).unwrap(), Put::Stored(Version("\"e\"".to_owned())));
}

#[test]
fn a_store_without_conditions_says_so() {
    let server = Server::start([Reply::refusal(501, "NotImplemented", "A header you provided implies functionality")]);
    assert_eq!(put(&*s3(&server), Condition::Absent).unwrap_err().code, Code::TargetUnguarded);
}

#[test]
fn a_copy_gets_its_own_headers() {
    let server = Server::start([Reply::body(COPIED)]);
    assert_eq!(s3(&server).copy(ODD, "x/new/ü.html", PAGE).unwrap(), Copied::Done);
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "PUT /photos/site/x/new/%C3%BC.html");
    assert_eq!(seen.header("x-amz-copy-source"), format!("/photos/site/{ODD_ENCODED}"));
    assert_eq!(seen.header("x-amz-metadata-directive"), "REPLACE");
    assert_eq!(seen.header("content-type"), PAGE.content_type);
    assert_eq!(seen.header("cache-control"), "public, max-age=60");
    assert_eq!(seen.header("content-length"), "0");
}

#[test]
fn a_copy_that_fails_after_its_status_is_repeated() {
    let error = Reply::body("<Error><Code>InternalError</Code><Message>try again</Message></Error>");
    let server = Server::start([error, Reply::body("  \n"), Reply::body(COPIED)]);
    assert_eq!(s3(&server).copy("a", "b", PAGE).unwrap(), Copied::Done);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn copies_that_cannot_be() {
    let cases = [
        (Reply::refusal(404, "NoSuchKey", ""), Copied::Missing),
        (Reply::refusal(400, "InvalidRequest", "larger than the maximum allowable size"), Copied::Unsupported),
        (Reply::refusal(501, "NotImplemented", ""), Copied::Unsupported),
    ];
    for (reply, expected) in cases {
        assert_eq!(s3(&Server::start([reply])).copy("a", "b", PAGE).unwrap(), expected);
    }
}

#[test]
fn a_listing_goes_on_page_by_page() {
    let server = Server::start([
        Reply::body(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>\
             <IsTruncated>true</IsTruncated><NextContinuationToken>to+ken/=</NextContinuationToken>\
             <Contents><Key>site/x/50%25+%C3%BC%2B%23.html</Key><Size>3</Size></Contents>\
             <Contents><Key>other/foreign</Key><Size>4</Size></Contents></ListBucketResult>",
        ),
        Reply::body(
            "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
             <Contents><Key>site/x/%26amp%3B</Key><Size>5000000000</Size></Contents></ListBucketResult>",
        ),
        Reply::body("<ListBucketResult><Contents><Key>site/a%20b+c</Key><Size>1</Size></Contents></ListBucketResult>"),
    ]);
    let store = s3(&server);
    let expected = [("x/50% ü+#.html".to_owned(), 3), ("x/&amp;".to_owned(), 5_000_000_000)];
    assert_eq!(listed(&*store, "x/").unwrap(), expected);
    // Names are decoded where the answer says that they are encoded.
    assert_eq!(listed(&*store, "").unwrap(), [("a%20b+c".to_owned(), 1)]);
    assert_eq!(
        server.lines(),
        [
            "GET /photos/?list-type=2&encoding-type=url&prefix=site%2Fx%2F",
            "GET /photos/?list-type=2&encoding-type=url&continuation-token=to%2Bken%2F%3D&prefix=site%2Fx%2F",
            "GET /photos/?list-type=2&encoding-type=url&prefix=site%2F",
        ]
    );
}

#[test]
fn many_objects_are_deleted_at_once() {
    let errors = "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                  <Error><Key>site/b&amp;</Key><Code>AccessDenied</Code><Message>no</Message></Error>\
                  <Error><Key>site/c</Key><Code>SlowDown</Code><Message>later</Message></Error>\
                  <Error><Key>site/d</Key><Code>NoSuchKey</Code><Message>gone</Message></Error></DeleteResult>";
    let server = Server::start([Reply::body(errors), Reply::status(204)]);
    let left = s3(&server).delete(&["a", "b&", "c", "d"]);
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].0, left[0].1.message.as_str()),
        (1, "cloud://photos/site refused to delete a file: AccessDenied: no")
    );
    let seen = server.seen();
    assert_eq!(server.lines(), ["POST /photos/?delete", "DELETE /photos/site/c"]);
    assert_eq!(
        seen[0].text(),
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet><Object><Key>site/a</Key></Object>\
         <Object><Key>site/b&amp;</Key></Object><Object><Key>site/c</Key></Object><Object><Key>site/d</Key></Object></Delete>"
    );
    assert_eq!(seen[0].header("content-md5").len(), 24);
    assert_eq!(seen[0].header("x-amz-content-sha256").len(), 64);
}

#[test]
fn a_thousand_are_a_request_and_their_places_go_on() {
    let refused = "<DeleteResult><Error><Key>site/1000</Key><Code>AccessDenied</Code></Error></DeleteResult>";
    let server = Server::start([Reply::body("<DeleteResult/>"), Reply::body(refused)]);
    let paths: Vec<_> = (0..1002).map(|number| number.to_string()).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let left = s3(&server).delete(&paths);
    assert_eq!(left.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1000]);
}

#[test]
fn a_store_without_batches_deletes_one_by_one_from_then_on() {
    for refusal in [Reply::refusal(501, "NotImplemented", ""), Reply::refusal(400, "MalformedXML", "")] {
        let server = Server::start([refusal].into_iter().chain(std::iter::repeat_n(Reply::status(204), 4)));
        let store = s3(&server);
        assert!(store.delete(&["a", "b"]).is_empty());
        assert!(store.delete(&["c", "d"]).is_empty());
        let each = ["a", "b", "c", "d"].map(|name| format!("DELETE /photos/site/{name}"));
        assert_eq!(server.lines()[1..], each);
    }
}

#[test]
fn a_refused_batch_leaves_all() {
    let server = Server::start([Reply::refusal(403, "AccessDenied", "no")]);
    let left = s3(&server).delete(&["a", "b"]);
    assert_eq!(
        left.iter().map(|(place, error)| (*place, error.code)).collect::<Vec<_>>(),
        [(0, Code::TargetRefused), (1, Code::TargetRefused)]
    );
}

#[test]
fn looking_asks_as_a_stranger_and_as_the_owner() {
    let versioning = |status| format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
    let enabled = Reply::body(versioning("<Status>Enabled</Status>"));
    let cases = [
        (Reply::body("<ListBucketResult/>"), enabled.clone(), true, Keeps::Versions),
        (Reply::status(403), Reply::body(versioning("<Status>Suspended</Status>")), false, Keeps::Versions),
        (Reply::body("<html>a page</html>"), Reply::body(versioning("")), false, Keeps::Nothing),
        (Reply::status(301), Reply::refusal(403, "AccessDenied", ""), false, Keeps::Unknown),
        (Reply::status(400), Reply::refusal(501, "NotImplemented", ""), false, Keeps::Nothing),
    ];
    for (stranger, owner, lists, keeps) in cases {
        let server = Server::start([stranger, owner]);
        assert_eq!(s3(&server).look().unwrap(), Sight { lists, keeps });
        assert_eq!(server.lines(), ["GET /photos/?list-type=2&max-keys=1", "GET /photos/?versioning"]);
    }
    let server = Server::start(std::iter::repeat_n(Reply::status(503), 4));
    assert_eq!(s3(&server).look().unwrap_err().code, Code::TargetUnreachable);
}

fn entry(kind: &str, key: &str, version: &str, latest: bool) -> String {
    format!("<{kind}><Key>site/{key}</Key><VersionId>{version}</VersionId><IsLatest>{latest}</IsLatest></{kind}>")
}

fn versions(entries: &[String], more: &str) -> Reply {
    Reply::body(format!("<ListVersionsResult>{}{more}</ListVersionsResult>", entries.concat()))
}

#[test]
fn former_versions_go_before_the_markers_that_hide_them() {
    let more = "<IsTruncated>true</IsTruncated><NextKeyMarker>site/x/b</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>";
    let first = [
        entry("Version", "x/a", "now", true),
        entry("Version", "x/a", "old1", false),
        entry("Version", "x/a", "old2", false),
        entry("DeleteMarker", "x/b", "mark", true),
    ];
    let server = Server::start([
        versions(&first, more),
        Reply::body("<DeleteResult/>"),
        versions(&[entry("Version", "x/b", "gone", false)], ""),
        Reply::status(204),
        versions(&[entry("Version", "x/a", "now", true), entry("DeleteMarker", "x/b", "mark", true)], ""),
        Reply::status(204),
    ]);
    assert_eq!(s3(&server).delete_versions("x/").unwrap(), Some(3));
    assert_eq!(
        server.lines(),
        [
            "GET /photos/?versions&encoding-type=url&prefix=site%2Fx%2F",
            "POST /photos/?delete",
            "GET /photos/?versions&encoding-type=url&prefix=site%2Fx%2F&key-marker=site%2Fx%2Fb&version-id-marker=v",
            "DELETE /photos/site/x/b?versionId=gone",
            "GET /photos/?versions&encoding-type=url&prefix=site%2Fx%2F",
            "DELETE /photos/site/x/b?versionId=mark",
        ]
    );
    assert!(server.seen()[1].text().contains("<Key>site/x/a</Key><VersionId>old1</VersionId>"));
    assert!(!server.seen()[1].text().contains("now"));
}

#[test]
fn a_marker_stays_while_a_version_under_it_does() {
    let former = [entry("DeleteMarker", "x/b", "mark", true), entry("Version", "x/b", "gone", false)];
    let server = Server::start([versions(&former, ""), Reply::refusal(403, "AccessDenied", "")]);
    assert_eq!(s3(&server).delete_versions("x/").unwrap(), None);
    assert_eq!(server.seen().len(), 2);
    let server = Server::start([Reply::refusal(501, "NotImplemented", "")]);
    assert_eq!(s3(&server).delete_versions("x/").unwrap(), None);
}
