use std::collections::HashMap;

use reqsign_core::{Context, StaticEnv};

use super::*;
use crate::deploy::http::testing::{Reply, Server, client};

fn environment<const N: usize>(variables: [(&str, &str); N]) -> Context {
    let envs: HashMap<_, _> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Context::new().with_env(StaticEnv { home_dir: None, envs })
}

fn amazon(server: &Server) -> Context {
    environment([
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL_CLOUDFRONT", &server.url()),
    ])
}

fn list(folders: &[&str], files: &[&str]) -> PurgeList {
    let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    PurgeList { folders: owned(folders), files: owned(files) }
}

fn numbered(format: fn(usize) -> String, count: usize) -> BTreeSet<String> {
    (0..count).map(format).collect()
}

/// Paths of the invalidations that a server was asked for.
fn invalidated(server: &Server) -> Vec<Vec<String>> {
    let seen = server.seen();
    seen.iter()
        .map(|seen| {
            let document = roxmltree::Document::parse(seen.text()).unwrap();
            let paths: Vec<_> = document
                .descendants()
                .filter(|node| node.tag_name().name() == "Path")
                .map(|node| node.text().unwrap().to_owned())
                .collect();
            let quantity = document.descendants().find(|node| node.tag_name().name() == "Quantity").unwrap();
            assert_eq!(quantity.text(), Some(paths.len().to_string().as_str()));
            paths
        })
        .collect()
}

fn cloudfront() -> Purger {
    Purger::CloudFront { distribution: "E123EXAMPLE".to_owned() }
}

#[test]
fn cloudfront_forgets_folders_and_files() {
    let server = Server::start([Reply::Lost, Reply::status(201)]);
    let list = list(&["/x/pone/", "/g/tag/"], &["/a/b%20&.html", "/", "/x/pone/page.html", "/"]);
    cloudfront().purge_in(&amazon(&server), &client(), &list, "https://example.com/").unwrap();
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /2020-05-31/distribution/E123EXAMPLE/invalidation");
    assert!(seen[1].header("authorization").contains("/us-east-1/cloudfront/aws4_request"));
    assert_eq!(invalidated(&server)[1], ["/", "/a/b%20&.html", "/g/tag/*", "/x/pone/*"]);
    assert_eq!(seen[0].body, seen[1].body, "a repeated request starts one invalidation");
}

#[test]
fn many_links_become_a_folder_and_many_files_everything() {
    let server = Server::start(std::iter::repeat_n(Reply::status(201), 4));
    let purge =
        |list: &PurgeList| cloudfront().purge_in(&amazon(&server), &client(), list, "https://example.com/").unwrap();
    purge(&PurgeList { folders: numbered(|n| format!("/x/p{n:02}/"), 15), files: BTreeSet::new() });
    purge(&PurgeList {
        folders: numbered(|n| format!("/x/p{n:02}/"), 16),
        files: ["/x/q/page".into(), "/z".into()].into(),
    });
    purge(&PurgeList { folders: BTreeSet::new(), files: numbered(|n| format!("/{n}"), 3000) });
    purge(&PurgeList { folders: BTreeSet::new(), files: numbered(|n| format!("/{n}"), 3001) });
    let paths = invalidated(&server);
    assert_eq!((paths[0].len(), paths[2].len()), (15, 3000));
    assert_eq!(paths[1], ["/x/*", "/z"]);
    assert_eq!(paths[3], ["/*"]);
}

#[test]
fn cloudfront_says_why_it_refuses() {
    let body = "<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code><Message>Processing \
                your request will cause you to exceed it.</Message></Error></ErrorResponse>";
    let server = Server::start([Reply::Answer(400, Vec::new(), body.into())]);
    let error = cloudfront().purge_in(&amazon(&server), &client(), &list(&["/x/p/"], &[]), "").unwrap_err();
    assert_eq!(error.code, Code::PurgeFailed);
    assert!(error.message.contains("TooManyInvalidationsInProgress"), "{}", error.message);
}

#[test]
fn an_empty_list_asks_nobody() {
    let server = Server::start([]);
    cloudfront().purge_in(&amazon(&server), &client(), &PurgeList::default(), "").unwrap();
    assert!(server.seen().is_empty());
}

fn flare(server: &Server) -> Context {
    environment([
        ("CLOUDFLARE_API_TOKEN", "cf-secret"),
        ("CLOUDFLARE_API_BASE_URL", &format!("{}/client/v4", server.url())),
    ])
}

fn cloudflare(zone: &str) -> Purger {
    Purger::Cloudflare { zone: zone.to_owned() }
}

const ZONE: &str = "0123456789abcdef0123456789abcdef";

fn done() -> Reply {
    Reply::body(r#"{"success":true,"errors":[],"result":{"id":"x"}}"#)
}

#[test]
fn cloudflare_forgets_by_thirties() {
    let server = Server::start([
        Reply::body(format!(r#"{{"success":true,"result":[{{"id":"{ZONE}"}}]}}"#)),
        Reply::status(429).with("retry-after", "0"),
        done(),
        done(),
        done(),
    ]);
    let list = PurgeList { folders: numbered(|n| format!("/x/p{n:02}/"), 31), files: ["/a%20b.html".into()].into() };
    cloudflare("example.com").purge_in(&flare(&server), &client(), &list, "https://photos.example.com/base/").unwrap();
    let seen = server.seen();
    let purge = format!("POST /client/v4/zones/{ZONE}/purge_cache");
    assert_eq!(server.lines(), ["GET /client/v4/zones?name=example%2Ecom", &purge, &purge, &purge, &purge]);
    assert!(seen.iter().all(|seen| seen.header("authorization") == "Bearer cf-secret"));
    assert_eq!(seen[1].body, seen[2].body);
    assert!(seen[2].text().starts_with(r#"{"prefixes":["photos.example.com/x/p00/","#));
    assert_eq!(seen[3].text(), r#"{"prefixes":["photos.example.com/x/p30/"]}"#);
    assert_eq!(seen[4].text(), r#"{"files":["https://photos.example.com/a%20b.html"]}"#);
}

#[test]
fn too_many_folders_are_everything() {
    let server = Server::start([done()]);
    let list = PurgeList { folders: numbered(|n| format!("/x/p{n:03}/"), 151), files: BTreeSet::new() };
    cloudflare(ZONE).purge_in(&flare(&server), &client(), &list, "https://example.com/").unwrap();
    assert_eq!(server.seen()[0].text(), r#"{"purge_everything":true}"#);
}

#[test]
fn cloudflares_refusals_are_told_without_the_token() {
    let server = Server::start([Reply::Answer(
        403,
        Vec::new(),
        br#"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}"#.to_vec(),
    )]);
    let error =
        cloudflare(ZONE).purge_in(&flare(&server), &client(), &list(&["/x/p/"], &[]), "https://a.b/").unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::PurgeFailed, "Cloudflare refused to forget: status 403 Authentication error")
    );
    let without = cloudflare(ZONE).purge_in(&environment([]), &client(), &list(&["/x/p/"], &[]), "https://a.b/");
    assert_eq!(without.unwrap_err().code, Code::CredentialsMissing);
}

fn command(script: &str) -> Purger {
    Purger::Command(vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()])
}

#[test]
fn a_command_reads_paths_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let purger = command(&format!("cat > '{}'", out.display()));
    purger.purge(&list(&["/x/p/"], &["/b", "/a"]), "https://example.com/").unwrap();
    assert_eq!(std::fs::read_to_string(out).unwrap(), "/x/p/*\n/a\n/b\n");
}

#[test]
fn a_command_may_read_nothing_and_complain_at_length() {
    let files = PurgeList { folders: BTreeSet::new(), files: numbered(|n| format!("/a/long/path/{n}"), 20_000) };
    command("exit 0").purge(&files, "").unwrap();
    let script = "yes complaint | head -n 50000 >&2; echo last of pk3jx7q2m5n4b6v8c9z1l2k3j >&2; exit 3";
    let error = command(script).purge(&files, "").unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::PurgeFailed, "`sh` ended with exit code 3: complaint; complaint; last of …")
    );
    let missing = Purger::Command(vec!["/no/such/command".to_owned()]).purge(&files, "");
    assert_eq!(missing.unwrap_err().code, Code::PurgeFailed);
}
