//! The generated gates for nginx and Caddy, in the real servers on loopback, against the table that
//! every gate is held to; and what these servers and Apache serve of a site as the documentation sets them up.
//!
//! They need Debian's packages `nginx`, `caddy`, `apache2`, `python3` and `libfaketime`; without them leave these tests
//! out with `cargo test -- --skip real_server`.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use jiff::civil::Date;
use safelight::access::edge::{EdgeGate, GonePage};
use safelight::access::gate::DenyList;

use crate::access::gate_table::{Case, Table};
use crate::support::Site;

const NEEDED: &str =
    "install Debian's packages nginx, caddy, apache2 and libfaketime, or leave this out with `-- --skip real_server`";

/// A server that ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(mut command: Command, port: u16, log: &Path) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect(NEEDED);
        let mut server = Self { child, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.child.try_wait().unwrap();
            let log = || std::fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none(), "the server ended: {}", log());
            assert!(start.elapsed() < Duration::from_secs(30), "the server does not answer: {}", log());
            std::thread::yield_now();
        }
        server
    }

    /// Status, head in lower case, and body of the answer to a path as it is.
    fn get(&self, path: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let port = self.port;
        // In one piece: a server that does not take the path may hang up before it has heard the rest.
        let request = format!("GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, head.to_lowercase(), body.to_owned())
    }

    fn verdict(&self, path: &str) -> String {
        let (status, head, body) = self.get(path);
        let private = head.contains("x-robots-tag: noindex, nofollow, noarchive, noimageindex");
        match status {
            410 => "gone".into(),
            404 => "not-found".into(),
            // The server itself did not take the path.
            400 => "refused".into(),
            200 if body.contains("passed") && !private && !head.contains("cache-control") => "public".into(),
            200 if private && head.contains("cache-control: private, no-cache") => "page or entry".into(),
            200 if private && head.contains("cache-control: public, max-age=86400") => "assets".into(),
            _ => format!("status {status}: {head}"),
        }
    }

    fn differences(&self, cases: &[&Case]) -> Vec<String> {
        let expected = |case: &Case| match case.verdict.as_str() {
            "page" | "entry" => "page or entry".to_owned(),
            other => other.to_owned(),
        };
        let wrong = cases.iter().map(|case| (case, expected(case), self.verdict(&case.path)));
        wrong
            .filter(|(case, expected, got)| {
                let refused = expected == "not-found" || case.path.starts_with("/../");
                if got == "refused" { !refused } else { expected != got }
            })
            .map(|(case, expected, got)| format!("{} ({:.90}) is {expected}, not {got}", case.why, case.path))
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect(NEEDED).flatten().map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.exists()).expect(NEEDED)
}

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

/// What starts nginx with this `http` block, and its log of errors.
fn nginx_of(folder: &Path, http: &str) -> (Command, PathBuf) {
    let root = folder.display();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {root}/pid;\nerror_log {root}/error.log;\nevents {{ }}\nhttp {{\n\
         client_body_temp_path {root}/b;\nproxy_temp_path {root}/p;\nfastcgi_temp_path {root}/f;\nuwsgi_temp_path {root}/u;\nscgi_temp_path {root}/s;\n{http}\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let log = folder.join("error.log");
    let mut command = Command::new(if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" });
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(&log);
    (command, log)
}

fn caddy(folder: &Path, gate: &EdgeGate, time_zone: &str, site: &str) -> Server {
    std::fs::write(folder.join("safelight.caddy"), gate.caddy().unwrap()).unwrap();
    caddy_of(folder, time_zone, site)
}

fn caddy_of(folder: &Path, time_zone: &str, site: &str) -> Server {
    let port = free_port();
    let config = format!(
        "{{\n\tadmin off\n\tauto_https off\n\tlog {{\n\t\toutput file {}/log\n\t}}\n}}\nhttp://127.0.0.1:{port}, http://localhost:{port} {{\n{site}\n}}\n",
        folder.display()
    );
    std::fs::write(folder.join("Caddyfile"), config).unwrap();
    let mut command = Command::new("caddy");
    command.arg("run").arg("--config").arg(folder.join("Caddyfile")).arg("--adapter").arg("caddyfile");
    command.env("TZ", time_zone).env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    Server::start(command, port, &folder.join("log"))
}

fn gate(table: &Table, base: &str) -> EdgeGate {
    EdgeGate::new(base, DenyList::new(table.deny.iter().map(String::as_str)))
}

fn bases(table: &Table) -> BTreeSet<&str> {
    table.cases.iter().map(|case| case.base.as_str()).collect()
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

/// With all that means something in a configuration, and longer than nginx takes in one piece.
fn page() -> String {
    let odd = "<!doctype html><p class='a' id=\"b\">Ende — ${x} $uri { y } {http.request.uri} {path} {$HOME} {{a}} \\ `c`; # \n</p>\n\
        <style>a{color:red}b{}</style><script>'\\{\\}\\\"{vars.x}\\\\{x}'</script>\r\n";
    odd.repeat(60) + "<p>\\n ends { }</p>\\"
}

fn with_page(table: &Table, base: &str) -> EdgeGate {
    EdgeGate { gone: GonePage { whole: page(), short: String::new() }, ..gate(table, base) }
}

fn write_site(folder: &Path) {
    let living = folder.join("site/g/pqHj2r_ZN1lEF10utN0Ktky71");
    std::fs::create_dir_all(&living).unwrap();
    std::fs::write(living.join("index.html"), "the gallery").unwrap();
}

fn answers_a_dead_link_with_our_page_and_serves_a_living_one(server: &Server) {
    for dead in [
        "/g/20200629-pg6_MStAzsLo74L0e9IzayeHV/",
        "/x/20200629-ag5CvgHR0LOhRQsCm7Rn0u1EB/i7BkxW3qP0m2f7en9.jpg",
        "/g/pFaMU6AJ5eB7HpqOujXnllyuV/",
    ] {
        let (status, head, body) = server.get(dead);
        assert_eq!((status, body), (410, page()), "{dead}");
        assert!(head.contains("cache-control: no-store") && !head.contains("max-age"), "{head}");
        assert!(
            head.contains("content-type: text/html; charset=utf-8") && head.contains("x-robots-tag: noindex"),
            "{head}"
        );
    }
    let (status, head, body) = server.get("/g/pqHj2r_ZN1lEF10utN0Ktky71/");
    assert_eq!((status, body.trim()), (200, "the gallery"));
    assert!(head.contains("cache-control: private, no-cache"), "{head}");
    let (status, head, _) = server.get("/x/aiszVmMLLXUlp40kJJR9L7I8B/missing.jpg");
    assert!(status == 404 && !head.contains("max-age"), "{head}");
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
fn a_real_server_of_caddy_answers_a_dead_link_with_our_page_and_serves_a_living_one() {
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    let site =
        format!("root * {}\nroute {{\nimport safelight.caddy\nfile_server\n}}", folder.path().join("site").display());
    let server = caddy(folder.path(), &with_page(&Table::read(), "/"), "UTC", &site);
    answers_a_dead_link_with_our_page_and_serves_a_living_one(&server);
}

/// The first block of a kind below a heading of the documentation.
fn documented<'a>(heading: &str, fence: &str) -> &'a str {
    let text = include_str!("../../../docs/deploy.md").split_once(heading).unwrap().1;
    text.split_once(fence).unwrap().1.split_once("```").unwrap().0
}

/// `log` is where the server tells of requests.
fn keeps_private_addresses_out_of_its_log(server: &Server, log: &Path) {
    let page = "pqHj2r_ZN1lEF10utN0Ktky71";
    for spelling in ["/g/", "/%67/", "/./g/", "/pub/../g/", "//g/", "/g//", "/pub/%2e%2e/g/", "/g/%2e/", "/G/"] {
        server.get(&format!("{spelling}{page}/"));
        server.get(&format!("{spelling}{page}/nothing.html"));
    }
    server.get("/x/aiszVmMLLXUlp40kJJR9L7I8B/i7BkxW3qP0m2f7en9.jpg");
    assert!(server.get("/public.html").2.contains("for everybody"));
    assert_eq!(server.get("/nothing-there.html").0, 404);
    let told = std::fs::read_to_string(log).unwrap();
    assert!(told.contains("/public.html") && told.contains("/nothing-there.html"), "{told}");
    assert!(!told.contains(page) && !told.contains("aiszVmMLLXUlp40kJJR9L7I8B"), "{told}");
}

fn has_the_headers_of_private_files(server: &Server) {
    for (path, kept) in [
        ("/g/pqHj2r_ZN1lEF10utN0Ktky71/", "cache-control: private, no-cache"),
        ("/x/aiszVmMLLXUlp40kJJR9L7I8B/i7BkxW3qP0m2f7en9.jpg", "cache-control: public, max-age=86400"),
    ] {
        let (status, head, _) = server.get(path);
        assert_eq!(status, 200, "{head}");
        for header in [kept, "referrer-policy: no-referrer", "x-robots-tag: noindex, nofollow, noarchive, noimageindex"]
        {
            assert!(head.contains(header), "{path}: {head}");
        }
    }
    let (status, head, _) = server.get("/x/aiszVmMLLXUlp40kJJR9L7I8B/missing.jpg");
    assert!(status == 404 && !head.contains("cache-control: public"), "{head}");
}

/// A site with a public page, a private one and a private picture, to be served as the documentation says.
fn write_documented_site(folder: &Path) {
    write_site(folder);
    let pictures = folder.join("site/x/aiszVmMLLXUlp40kJJR9L7I8B");
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::create_dir_all(folder.join("site/pub")).unwrap();
    std::fs::write(pictures.join("i7BkxW3qP0m2f7en9.jpg"), "a picture").unwrap();
    std::fs::write(folder.join("site/public.html"), "for everybody").unwrap();
    std::fs::write(folder.join("site/404.html"), "not found").unwrap();
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

#[test]
fn a_real_server_of_caddy_as_documented_keeps_private_addresses_out_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    write_documented_site(folder.path());
    let served = documented("## Your own server, Caddy", "```\n");
    let version = Command::new("caddy").arg("version").output().expect(NEEDED).stdout;
    let version = String::from_utf8(version).unwrap();
    let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();
    // As the comment there says.
    let served = if minor < 8 { served.replace("log_skip", "skip_log") } else { served.to_owned() };
    let inner = served.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
    let log = folder.path().join("access.log");
    let site = inner.replace("/srv/photos", &folder.path().join("site").display().to_string())
        + &format!("\nlog {{\noutput file {}\n}}\n", log.display());
    let server = caddy_of(folder.path(), "UTC", &site);
    keeps_private_addresses_out_of_its_log(&server, &log);
    has_the_headers_of_private_files(&server);
}

/// Twenty-four symbols that look as if they were drawn, the same for each number.
fn symbols(number: u32) -> String {
    let mut state = u64::from(number) + 1;
    let mut symbol = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyz012345"[(state >> 59) as usize])
    };
    (0..24).map(|_| symbol()).collect()
}

/// Caddy's clock cannot be faked, so the table's days are moved to where its today is the real one.
fn moved(table: &Table, today: Date) -> Table {
    let days = (today - "2027-06-30".parse::<Date>().unwrap()).get_days();
    let shifted = |text: &str| {
        let mut out = text.to_owned();
        for at in 0..text.len().saturating_sub(7) {
            let Some(day) = text.get(at..at + 8).filter(|day| day.bytes().all(|byte| byte.is_ascii_digit())) else {
                continue;
            };
            if let Ok(day) = Date::strptime("%Y%m%d", day).and_then(|day| day.checked_add(days.days())) {
                out.replace_range(at..at + 8, &day.strftime("%Y%m%d").to_string());
                break;
            }
        }
        out
    };
    let case = |case: &Case| Case {
        why: case.why.clone(),
        path: shifted(&case.path),
        base: case.base.clone(),
        verdict: case.verdict.clone(),
    };
    Table {
        today: table.today,
        deny: table.deny.iter().map(|token| shifted(token)).collect(),
        cases: table.cases.iter().map(case).collect(),
    }
}

#[test]
fn a_real_server_of_caddy_gives_every_verdict_of_the_table() {
    let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let table = Table::read();
    // At any hour the day in one of these two is not UTC's.
    for time_zone in ["Etc/GMT-14", "Etc/GMT+12"] {
        for base in bases(&table) {
            let mut day = today();
            loop {
                let table = moved(&table, day);
                let folder = tempfile::tempdir().unwrap();
                let server = caddy(
                    folder.path(),
                    &gate(&table, base),
                    time_zone,
                    "route {\nimport safelight.caddy\nrespond passed\n}",
                );
                let cases: Vec<&Case> = table.cases.iter().filter(|case| case.base == base).collect();
                let differences = server.differences(&cases);
                // Midnight may have passed on the way.
                if today() == day {
                    assert_eq!(differences, [""; 0], "{base} {time_zone}");
                    break;
                }
                day = today();
            }
        }
    }
}

/// Apache with these directives, in one process, which ends with the test.
fn apache_of(folder: &Path, site: &str) -> Server {
    let port = free_port();
    let root = folder.display();
    let modules = ["mpm_event", "authz_core", "dir", "mime", "headers", "autoindex", "alias"];
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    // Where root runs the test, Apache serves as somebody else, who must be able to read the folder.
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let config = format!(
        "{modules}ServerRoot {root}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {root}/pid\nDefaultRuntimeDir {root}\n\
         User nobody\nGroup nogroup\nTypesConfig /etc/mime.types\nErrorLog {root}/error.log\n{site}\n"
    );
    std::fs::write(folder.join("apache.conf"), config).unwrap();
    let mut command =
        Command::new(if Path::new("/usr/sbin/apache2").exists() { "/usr/sbin/apache2" } else { "apache2" });
    command.arg("-X").arg("-f").arg(folder.join("apache.conf"));
    Server::start(command, port, &folder.join("error.log"))
}

#[test]
fn a_real_server_of_apache_as_documented_lists_nothing_and_keeps_private_addresses_out_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    write_documented_site(folder.path());
    let heading = "## Your own server or a rented one, Apache";
    let site = folder.path().join("site");
    std::fs::write(site.join(".htaccess"), documented(heading, "```apache\n")).unwrap();
    std::fs::write(site.join("_headers"), "/*").unwrap();
    std::fs::create_dir(site.join("img")).unwrap();
    std::fs::write(site.join("img/a.jpg"), "a picture").unwrap();
    // All but the name of the host and its certificate.
    let text = documented("On your own server, run `a2enmod", "```apache\n");
    let kept = text.lines().filter(|line| !["VirtualHost", "ServerName", "SSL"].iter().any(|word| line.contains(word)));
    let served: String = kept.map(|line| format!("{line}\n")).collect();
    let served = served
        .replace("/srv/photos", &site.display().to_string())
        .replace("/var/log/apache2/photos.log", &format!("{root}/access.log"))
        .replace("/var/log/apache2/photos-error.log", &format!("{root}/error.log"));
    let formats = "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\" combined";
    let server = apache_of(folder.path(), &format!("{formats}\n{served}"));
    keeps_private_addresses_out_of_its_log(&server, &folder.path().join("access.log"));
    has_the_headers_of_private_files(&server);
    let log = std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
    assert!(!log.contains("pqHj2r_ZN1lEF10utN0Ktky71") && !log.contains("aiszVmMLLXUlp40kJJR9L7I8B"), "{log}");
    for path in ["/g/", "/x/", "/x/aiszVmMLLXUlp40kJJR9L7I8B/", "/pub/", "/img/"] {
        let (status, _, body) = server.get(path);
        assert!(status != 200 && !body.contains("Index of"), "{path}: {status} {body}");
    }
    for path in ["/_headers", "/.htaccess"] {
        assert!([403, 404].contains(&server.get(path).0), "{path}");
    }
    let (status, head, body) = server.get("/nothing-there.html");
    assert_eq!((status, body.as_str()), (404, "not found"), "{head}");
    let (_, head, _) = server.get("/public.html");
    assert!(
        head.contains("referrer-policy: strict-origin-when-cross-origin") && !head.contains("x-robots-tag"),
        "{head}"
    );
    assert!(server.get("/img/a.jpg").1.contains("immutable"));
}

#[test]
fn a_real_server_that_lists_folders_lists_nothing_private_and_nothing_unlisted() {
    let site = Site::with_private_gallery();
    site.put("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/DSC_0004.png", 4);
    site.put_png("galleries/coast/hushed/DSC_0005.png", 5);
    site.put("galleries/coast/hushed/gallery.toml", "access = \"unlisted\"\n");
    let links = [site.share("the couple", &[]), site.share("a guest", &["--audience", "guests"])];
    site.build();
    let files = site.output();
    let folders: BTreeSet<&str> =
        files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..=at])).collect();
    let mut untold: Vec<String> = links.iter().map(|link| link.split('/').nth(1).unwrap().to_owned()).collect();
    untold.extend(site.assets());
    untold.extend(["quiet", "hushed"].map(str::to_owned));
    assert_eq!(untold.len(), 6);
    let public = site.path("public");
    let folder = tempfile::tempdir().unwrap();
    let (nginx_folder, caddy_folder) = (folder.path().join("nginx"), folder.path().join("caddy"));
    std::fs::create_dir(&nginx_folder).unwrap();
    std::fs::create_dir(&caddy_folder).unwrap();
    let apache = {
        // Where root runs the test, Apache serves as somebody else.
        for folder in [site.root(), site.root().parent().unwrap()] {
            std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let listing = format!(
            "DocumentRoot {0}\n<Directory {0}>\nOptions +Indexes\nRequire all granted\n</Directory>\nDirectoryIndex index.html",
            public.display()
        );
        apache_of(folder.path(), &listing)
    };
    let nginx = {
        let port = free_port();
        let listing = format!("server {{\nlisten 127.0.0.1:{port};\nroot {};\nautoindex on;\n}}", public.display());
        let (command, log) = nginx_of(&nginx_folder, &format!("access_log off;\n{listing}"));
        Server::start(command, port, &log)
    };
    let caddy = caddy_of(&caddy_folder, "UTC", &format!("root * {}\nfile_server browse", public.display()));
    let python = {
        let port = free_port();
        let mut command = Command::new("python3");
        command.args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"]).arg(&public).arg(port.to_string());
        Server::start(command, port, Path::new(""))
    };
    for (name, server) in [("apache", apache), ("nginx", nginx), ("caddy", caddy), ("python", python)] {
        let mut lists = 0;
        for folder in &folders {
            let (status, _, body) = server.get(&format!("/{folder}"));
            let own = files.get(&format!("{folder}index.html"));
            if own.is_some_and(|page| page != safelight::pages::BLANK.as_bytes()) {
                continue;
            }
            lists += usize::from(own.is_none());
            assert_eq!(status, 200, "{name} {folder}");
            // The theme's folder is listed, or nothing would be shown by this.
            assert_eq!(body.contains("style."), *folder == "assets/", "{name} {folder}: {body}");
            let told: Vec<&String> = untold.iter().filter(|text| body.contains(*text)).collect();
            assert!(told.is_empty(), "{name} lists {told:?} at /{folder}");
        }
        assert_eq!(lists, 1, "{name}");
    }
}
