use super::*;

fn gcs(server: &Server) -> Box<dyn Store> {
    store(CloudKind::Gcs, server)
}

#[test]
fn an_object_is_sent_with_its_headers_and_its_digest() {
    let server = Server::start([stored("1"), stored("2"), stored("3")]);
    let store = gcs(&server);
    assert_eq!(put(&*store, Condition::Always).unwrap(), Put::Stored(Version("1".to_owned())));
    put(&*store, Condition::Absent).unwrap();
    put(&*store, Condition::Unchanged(&Version("1700000000000001".to_owned()))).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].line, "PUT /photos/site/state");
    assert_eq!(seen[0].header("content-type"), "text/html; charset=utf-8");
    assert_eq!(seen[0].header("cache-control"), "public, max-age=60");
    assert_eq!(seen[0].header("content-md5"), "SzpiGLs+OnMD6KFxpg/Pkg==");
    let conditions: Vec<_> = seen.iter().map(|seen| seen.header("x-goog-if-generation-match")).collect();
    assert_eq!(conditions, ["", "0", "1700000000000001"]);
    assert!(
        seen.iter().all(|seen| !seen.headers.contains_key("if-match") && !seen.headers.contains_key("if-none-match"))
    );
}

#[test]
fn a_copy_gets_its_own_headers() {
    let server = Server::start([Reply::status(200), Reply::refusal(404, "NoSuchKey", "")]);
    let store = gcs(&server);
    assert_eq!(store.copy(ODD, "x/new.html", PAGE).unwrap(), Copied::Done);
    assert_eq!(store.copy("none", "x/new.html", PAGE).unwrap(), Copied::Missing);
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "PUT /photos/site/x/new.html");
    assert_eq!(seen.header("x-goog-copy-source"), format!("/photos/site/{ODD_ENCODED}"));
    assert_eq!(seen.header("x-goog-metadata-directive"), "REPLACE");
    assert_eq!((seen.header("content-type"), seen.header("cache-control")), (PAGE.content_type, "public, max-age=60"));
    assert_eq!(seen.header("content-length"), "0");
}

#[test]
fn a_broken_read_demands_the_same_generation() {
    let whole = Reply::body("0123456789").with("x-goog-generation", "17");
    let rest = Reply::Answer(206, vec![("x-goog-generation".to_owned(), "17".to_owned())], b"456789".to_vec());
    let headers = vec![("x-goog-generation".to_owned(), "17".to_owned())];
    let Reply::Answer(_, _, body) = whole else { unreachable!() };
    let server = Server::start([Reply::Cut(Box::new(Reply::Answer(200, headers, body)), 4), rest]);
    let mut read = Vec::new();
    assert_eq!(gcs(&server).get("state", &mut read).unwrap(), Some(Version("17".to_owned())));
    assert_eq!(read, b"0123456789");
    let seen = &server.seen()[1];
    assert_eq!((seen.header("range"), seen.header("x-goog-if-generation-match")), ("bytes=4-", "17"));
}

#[test]
fn a_listing_goes_on_page_by_page() {
    let server = Server::start([
        Reply::body(
            "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>\
             <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
             <NextContinuationToken>Cg==</NextContinuationToken>\
             <Contents><Key>site/x/a%20b</Key><Generation>1</Generation><Size>3</Size></Contents></ListBucketResult>",
        ),
        Reply::body("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
    ]);
    assert_eq!(listed(&*gcs(&server), "x/").unwrap(), [("x/a b".to_owned(), 3)]);
    assert_eq!(
        server.lines(),
        [
            "GET /photos/?list-type=2&encoding-type=url&prefix=site%2Fx%2F",
            "GET /photos/?list-type=2&encoding-type=url&continuation-token=Cg%3D%3D&prefix=site%2Fx%2F",
        ]
    );
}

#[test]
fn looking_reads_the_buckets_settings() {
    let cases = [
        (r#"{"softDeletePolicy":{"retentionDurationSeconds":"604800"}}"#, Keeps::Deleted),
        (r#"{"softDeletePolicy":{"retentionDurationSeconds":"0"},"versioning":{"enabled":true}}"#, Keeps::Versions),
        (
            r#"{"softDeletePolicy":{"retentionDurationSeconds":"604800"},"versioning":{"enabled":true}}"#,
            Keeps::VersionsAndDeleted,
        ),
        ("{}", Keeps::Nothing),
    ];
    for (settings, keeps) in cases {
        let server = Server::start([Reply::body("<ListBucketResult/>"), Reply::body(settings)]);
        assert_eq!(gcs(&server).look().unwrap(), Sight { lists: true, keeps });
        assert_eq!(
            server.lines(),
            ["GET /photos/?list-type=2&max-keys=1", "GET /storage/v1/b/photos?fields=versioning%2CsoftDeletePolicy",]
        );
    }
    let server = Server::start([Reply::status(401), Reply::status(403)]);
    assert_eq!(gcs(&server).look().unwrap(), Sight { lists: false, keeps: Keeps::Unknown });
}

#[test]
fn former_generations_go_and_the_present_one_stays() {
    let first = r#"{"nextPageToken":"more","items":[
        {"name":"site/x/ü","generation":"1","timeDeleted":"2026-11-01T00:00:00Z"},{"name":"site/x/ü","generation":"2"}]}"#;
    let second = r#"{"items":[{"name":"site/x/b","generation":"9","timeDeleted":"2026-11-02T00:00:00Z"}]}"#;
    let server = Server::start([Reply::body(first), Reply::status(204), Reply::body(second), Reply::status(204)]);
    assert_eq!(gcs(&server).delete_versions("x/").unwrap(), Some(2));
    let list = "GET /storage/v1/b/photos/o?versions=true&prefix=site%2Fx%2F&fields=nextPageToken%2Citems%28name%2Cgeneration%2CtimeDeleted%29";
    assert_eq!(
        server.lines(),
        [
            list.to_owned(),
            "DELETE /photos/site/x/%C3%BC?generation=1".to_owned(),
            format!("{list}&pageToken=more"),
            "DELETE /photos/site/x/b?generation=9".to_owned(),
        ]
    );
    let server = Server::start([Reply::status(403)]);
    assert_eq!(gcs(&server).delete_versions("x/").unwrap(), None);
}
