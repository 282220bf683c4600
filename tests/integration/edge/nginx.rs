//! The gate within a real nginx.

use std::path::Path;

use safelight::access::edge::EdgeGate;
use safelight::access::gate::DenyList;

use super::servers::*;
use crate::access::gate_table::{Case, Table};

/// nginx at half past eleven in the evening of the table's day in UTC, when it is the next day where it runs.
fn nginx(folder: &Path, gate: &EdgeGate, site: &str) -> Server {
    let port = free_port();
    let parts = gate.nginx().unwrap();
    let root = folder.display();
    let http = format!(
        "access_log off;\n{}\nserver {{\nlisten 127.0.0.1:{port};\nroot {root}/site;\n{}\n{site}\n}}",
        parts.http, parts.server
    );
    let (mut command, log) = nginx_of(folder, &http);
    command.env("LD_PRELOAD", faketime()).env("TZ", "XXX-14").env("FAKETIME", "@2027-07-01 13:30:00");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Server::start(command, port, &log)
}

#[test]
fn a_real_server_of_nginx_gives_every_verdict_of_the_table() {
    let table = Table::read();
    for base in bases(&table) {
        let folder = tempfile::tempdir().unwrap();
        let server = nginx(folder.path(), &gate(&table, base), "location / { return 200 passed; }");
        let cases: Vec<&Case> = table.cases.iter().filter(|case| case.base == base).collect();
        assert_eq!(server.differences(&cases), [""; 0], "{base}");
    }
}

#[test]
fn a_real_server_of_nginx_answers_a_dead_link_with_our_page_and_serves_a_living_one() {
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    let server = nginx(folder.path(), &with_page(&Table::read(), "/"), "");
    answers_a_dead_link_with_our_page_and_serves_a_living_one(&server);
}

#[test]
fn a_real_server_of_nginx_shows_the_sites_page_for_what_the_gate_does_not_find() {
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    std::fs::write(folder.path().join("site/404.html"), "our page").unwrap();
    let gate = gate(&Table::read(), "/");
    let missing = ["/g/", "//g/pqHj2r_ZN1lEF10utN0Ktky71/", "/G/pqHj2r_ZN1lEF10utN0Ktky71/", "/g/x", "/nothing"];
    for site in ["error_page 404 /404.html;", "error_page 404 /404.html;\nrecursive_error_pages on;"] {
        let server = nginx(folder.path(), &gate, site);
        for path in missing {
            let (status, head, body) = server.get(path);
            assert_eq!((status, body.as_str()), (404, "our page"), "{path} {site}");
            assert!(!head.contains("private") && !head.contains("max-age"), "{head}");
        }
        assert_eq!(server.get("/g/pqHj2r_ZN1lEF10utN0Ktky71/").0, 200);
        assert_eq!(server.get("/g/pFaMU6AJ5eB7HpqOujXnllyuV/").0, 410);
    }
    // A page for errors that is private itself is refused, and nothing goes round in circles.
    let server = nginx(folder.path(), &gate, "error_page 404 /g/404.html;");
    assert_eq!(server.get("/g/").0, 404);
}

#[test]
fn a_real_server_of_nginx_takes_a_long_list_without_a_warning() {
    for count in [64, 65, 6000] {
        let folder = tempfile::tempdir().unwrap();
        let name = |number: u32| {
            let hash = symbols(number);
            if number.is_multiple_of(2) { format!("p{hash}") } else { format!("20280101-a{hash}") }
        };
        let tokens: Vec<String> = (0..count).map(name).collect();
        let gate = EdgeGate::new("/", DenyList::new(tokens.iter().map(String::as_str)));
        let server = nginx(folder.path(), &gate, "");
        let log = std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
        assert!(!log.contains("[warn]"), "{count}: {log}");
        assert_eq!(server.get(&format!("/g/{}/", name(0))).0, 410);
    }
}

#[test]
fn a_real_server_of_nginx_as_documented_keeps_private_addresses_out_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    write_documented_site(folder.path());
    let heading = "## Your own server, nginx";
    let port = free_port();
    // All but the name of the host and its certificate.
    let lines = documented(heading, "```nginx\n").lines();
    let kept = lines.filter(|line| !["listen", "ssl", "http2"].iter().any(|word| line.trim_start().starts_with(word)));
    let served: String = kept.map(|line| format!("{line}\n")).collect();
    let served = served
        .replace("server {", &format!("server {{\nlisten 127.0.0.1:{port};"))
        .replace("photos.example.com;", "localhost;")
        .replace("/srv/photos", &format!("{root}/site"))
        .replace("/var/log/nginx/photos.log", &format!("{root}/access.log"));
    std::fs::create_dir(folder.path().join("snippets")).unwrap();
    for name in ["photos-headers.conf", "photos-private.conf"] {
        let snippet = documented(&format!("`snippets/{name}`:"), "```nginx\n");
        std::fs::write(folder.path().join("snippets").join(name), snippet).unwrap();
    }
    let (command, log) = nginx_of(folder.path(), &served);
    let server = Server::start(command, port, &log);
    keeps_private_addresses_out_of_its_log(&server, &folder.path().join("access.log"));
    has_the_headers_of_private_files(&server);
}
