use super::*;

fn azure(server: &Server) -> Box<dyn Store> {
    store(CloudKind::Azure, server)
}

#[test]
fn a_blob_is_sent_with_its_headers_and_its_digest() {
    let server = Server::start([stored("\"0x1\""), stored("\"0x2\""), stored("\"0x3\"")]);
    let store = azure(&server);
    put(&*store, Condition::Always).unwrap();
    put(&*store, Condition::Absent).unwrap();
    put(&*store, Condition::Unchanged(&Version("\"0x1\"".to_owned()))).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("x-ms-blob-type"), "BlockBlob");
    assert_eq!(seen[0].header("x-ms-blob-content-type"), "text/html; charset=utf-8");
    assert_eq!(seen[0].header("x-ms-blob-cache-control"), "public, max-age=60");
    assert_eq!(seen[0].header("content-md5"), "SzpiGLs+OnMD6KFxpg/Pkg==");
    assert!(seen.iter().all(|seen| seen.header("x-ms-version") == "2021-12-02"));
    let conditions: Vec<_> = seen.iter().map(|seen| (seen.header("if-none-match"), seen.header("if-match"))).collect();
    assert_eq!(conditions, [("", ""), ("*", ""), ("", "\"0x1\"")]);
}

#[test]
fn a_blob_that_exists_is_refused_with_its_own_word() {
    let server =
        Server::start([Reply::refusal(409, "BlobAlreadyExists", ""), Reply::refusal(409, "SnapshotsPresent", "")]);
    let store = azure(&server);
    assert_eq!(put(&*store, Condition::Absent).unwrap(), Put::Refused);
    assert_eq!(put(&*store, Condition::Absent).unwrap_err().code, Code::TargetRefused);
}

#[test]
fn a_refusal_without_body_is_told_by_its_header() {
    let server = Server::start([Reply::status(409).with("x-ms-error-code", "LeaseAlreadyPresent")]);
    let error = put(&*azure(&server), Condition::Always).unwrap_err();
    assert_eq!(error.message, "cloud://photos/site refused to store a file: LeaseAlreadyPresent");
}

#[test]
fn a_copy_is_given_its_own_headers() {
    let server = Server::start([Reply::status(202).with("x-ms-copy-status", "success"), Reply::status(200)]);
    assert_eq!(azure(&server).copy(ODD, "x/new.html", PAGE).unwrap(), Copied::Done);
    let seen = server.seen();
    assert_eq!(server.lines(), ["PUT /photos/site/x/new.html", "PUT /photos/site/x/new.html?comp=properties"]);
    assert_eq!(seen[0].header("x-ms-copy-source"), format!("{}/photos/site/{ODD_ENCODED}", server.url()));
    assert_eq!(seen[1].header("x-ms-blob-content-type"), PAGE.content_type);
    assert_eq!(seen[1].header("x-ms-blob-cache-control"), "public, max-age=60");
}

#[test]
fn a_copy_that_is_made_later_is_waited_for() {
    let pending = Reply::status(202).with("x-ms-copy-status", "pending");
    let done = Reply::status(200).with("x-ms-copy-status", "success");
    let server = Server::start([pending, done, Reply::status(200)]);
    assert_eq!(azure(&server).copy("a", "b", PAGE).unwrap(), Copied::Done);
    assert_eq!(server.lines()[1], "HEAD /photos/site/b");
}

#[test]
fn there_may_be_nothing_to_copy() {
    let server = Server::start([
        Reply::refusal(404, "CannotVerifyCopySource", ""),
        Reply::refusal(404, "ContainerNotFound", ""),
        Reply::status(202).with("x-ms-copy-status", "failed"),
    ]);
    let store = azure(&server);
    assert_eq!(store.copy("a", "b", PAGE).unwrap(), Copied::Missing);
    assert_eq!(store.copy("a", "b", PAGE).unwrap_err().code, Code::TargetRefused);
    assert_eq!(store.copy("a", "b", PAGE).unwrap_err().code, Code::TargetUnreachable);
}

#[test]
fn a_listing_goes_on_page_by_page() {
    let page = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>\
                <Blob><Name>site/x/50% ü+&amp;</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>\
                <Blob><Name Encoded=\"true\">site/x/%EF%BF%BF</Name><Properties><Content-Length>4</Content-Length></Properties>\
                </Blob></Blobs><NextMarker>2!mark=</NextMarker></EnumerationResults>";
    let server = Server::start([
        Reply::body(page),
        Reply::body("<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"),
    ]);
    let expected = [("x/50% ü+&".to_owned(), 3), ("x/\u{ffff}".to_owned(), 4)];
    assert_eq!(listed(&*azure(&server), "x/").unwrap(), expected);
    assert_eq!(
        server.lines(),
        [
            "GET /photos?restype=container&comp=list&prefix=site%2Fx%2F",
            "GET /photos?restype=container&comp=list&prefix=site%2Fx%2F&marker=2%21mark%3D",
        ]
    );
}

#[test]
fn directories_of_a_hierarchical_namespace_are_no_files() {
    let blob = |name: &str, kind: &str| {
        format!(
            "<Blob><Name>{name}</Name><VersionId>1</VersionId><Properties><Etag>0x8DF</Etag><ResourceType>{kind}</ResourceType>\
             <Content-Length>0</Content-Length></Properties></Blob>"
        )
    };
    let page =
        [blob("site/x", "directory"), blob("site/x/a", "directory"), blob("site/x/a/empty.txt", "file")].concat();
    let page = format!("<EnumerationResults><Blobs>{page}</Blobs><NextMarker/></EnumerationResults>");
    let server = Server::start([Reply::body(page.clone()), Reply::body(page), Reply::status(202)]);
    assert_eq!(listed(&*azure(&server), "x/").unwrap(), [("x/a/empty.txt".to_owned(), 0)]);
    assert_eq!(azure(&server).delete_versions("x/").unwrap(), Some(1));
}

#[test]
fn a_deletion_takes_snapshots_along() {
    let server = Server::start([Reply::status(202)]);
    assert!(azure(&server).delete(&["a b"]).is_empty());
    let seen = &server.seen()[0];
    assert_eq!((seen.line.as_str(), seen.header("x-ms-delete-snapshots")), ("DELETE /photos/site/a%20b", "include"));
}

#[test]
fn looking_reads_the_accounts_settings() {
    let properties = |enabled| {
        format!(
            "\u{feff}<StorageServiceProperties><DeleteRetentionPolicy><Enabled>{enabled}</Enabled></DeleteRetentionPolicy>\
             </StorageServiceProperties>"
        )
    };
    let blobs = |version| {
        format!(
            "<EnumerationResults><Blobs><Blob><Name>a</Name>{version}<Properties/></Blob></Blobs><NextMarker/></EnumerationResults>"
        )
    };
    let versioned = || blobs("<VersionId>2026-11-29T00:00:00.0000000Z</VersionId>");
    let cases = [
        (vec![Reply::body(blobs("")), Reply::body(properties("true")), Reply::body(blobs(""))], true, Keeps::Deleted),
        (
            vec![Reply::status(404), Reply::body(properties("true")), Reply::body(versioned())],
            false,
            Keeps::VersionsAndDeleted,
        ),
        (vec![Reply::status(404), Reply::body(properties("false")), Reply::body(versioned())], false, Keeps::Versions),
        (vec![Reply::status(409), Reply::body(properties("false")), Reply::body(blobs(""))], false, Keeps::Nothing),
        (vec![Reply::status(403), Reply::refusal(403, "AuthorizationPermissionMismatch", "")], false, Keeps::Unknown),
    ];
    for (script, lists, keeps) in cases {
        let server = Server::start(script);
        assert_eq!(azure(&server).look().unwrap(), Sight { lists, keeps });
        let lines = server.lines();
        assert_eq!(lines[0], "GET /photos?restype=container&comp=list&maxresults=1");
        assert_eq!(lines[1], "GET /?restype=service&comp=properties");
    }
}

#[test]
fn former_versions_go_and_the_present_one_stays() {
    let blob = |version: &str, latest: &str| {
        format!("<Blob><Name>site/x/a</Name><VersionId>{version}</VersionId>{latest}<Properties/></Blob>")
    };
    let page = format!(
        "<EnumerationResults><Blobs>{}{}</Blobs><NextMarker/></EnumerationResults>",
        blob("2026-11-01T00:00:00.0000000Z", ""),
        blob("2026-11-02T00:00:00.0000000Z", "<IsCurrentVersion>true</IsCurrentVersion>"),
    );
    let server = Server::start([Reply::body(page), Reply::status(202)]);
    assert_eq!(azure(&server).delete_versions("x/").unwrap(), Some(1));
    assert_eq!(
        server.lines(),
        [
            "GET /photos?restype=container&comp=list&include=versions&prefix=site%2Fx%2F",
            "DELETE /photos/site/x/a?versionid=2026-11-01T00%3A00%3A00.0000000Z",
        ]
    );
}

#[test]
fn the_account_must_be_named() {
    let server = Server::start([]);
    let target = CloudTarget { endpoint: None, ..target(CloudKind::Azure, &server) };
    let open = |account: Option<&str>| {
        super::super::azure::with_signer(
            &target,
            account.map(str::to_owned),
            Arc::new(Unsigned),
            HASTY,
            Default::default(),
        )
    };
    assert_eq!(open(None).unwrap_err().code, Code::CredentialsMissing);
    assert!(open(Some("account")).is_ok());
}
