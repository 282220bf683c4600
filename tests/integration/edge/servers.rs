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

use safelight::access::edge::{EdgeGate, GonePage};
use safelight::access::gate::DenyList;

use crate::access::gate_table::{Case, Table};

pub const NEEDED: &str =
    "install Debian's packages nginx, caddy, apache2 and libfaketime, or leave this out with `-- --skip real_server`";

/// A server that ends with the test.
pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub fn start(mut command: Command, port: u16, log: &Path) -> Self {
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
    pub fn get(&self, path: &str) -> (u16, String, String) {
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

    pub fn verdict(&self, path: &str) -> String {
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

    pub fn differences(&self, cases: &[&Case]) -> Vec<String> {
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

pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

pub fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect(NEEDED).flatten().map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.exists()).expect(NEEDED)
}

/// What starts nginx with this `http` block, and its log of errors.
pub fn nginx_of(folder: &Path, http: &str) -> (Command, PathBuf) {
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

pub fn caddy_of(folder: &Path, time_zone: &str, site: &str) -> Server {
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

pub fn gate(table: &Table, base: &str) -> EdgeGate {
    EdgeGate::new(base, DenyList::new(table.deny.iter().map(String::as_str)))
}

pub fn bases(table: &Table) -> BTreeSet<&str> {
    table.cases.iter().map(|case| case.base.as_str()).collect()
}

/// With all that means something in a configuration, and longer than nginx takes in one piece.
pub fn page() -> String {
    let odd = "<!doctype html><p class='a' id=\"b\">Ende — ${x} $uri { y } {http.request.uri} {path} {$HOME} {{a}} \\ `c`; # \n</p>\n\
        <style>a{color:red}b{}</style><script>'\\{\\}\\\"{vars.x}\\\\{x}'</script>\r\n";
    odd.repeat(60) + "<p>\\n ends { }</p>\\"
}

pub fn with_page(table: &Table, base: &str) -> EdgeGate {
    EdgeGate { gone: GonePage { whole: page(), short: String::new() }, ..gate(table, base) }
}

pub fn write_site(folder: &Path) {
    let living = folder.join("site/g/pqHj2r_ZN1lEF10utN0Ktky71");
    std::fs::create_dir_all(&living).unwrap();
    std::fs::write(living.join("index.html"), "the gallery").unwrap();
}

pub fn answers_a_dead_link_with_our_page_and_serves_a_living_one(server: &Server) {
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

/// The first block of a kind below a heading of the documentation.
pub fn documented<'a>(heading: &str, fence: &str) -> &'a str {
    let text = include_str!("../../../docs/deploy.md").split_once(heading).unwrap().1;
    text.split_once(fence).unwrap().1.split_once("```").unwrap().0
}

/// `log` is where the server tells of requests.
pub fn keeps_private_addresses_out_of_its_log(server: &Server, log: &Path) {
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

pub fn has_the_headers_of_private_files(server: &Server) {
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
pub fn write_documented_site(folder: &Path) {
    write_site(folder);
    let pictures = folder.join("site/x/aiszVmMLLXUlp40kJJR9L7I8B");
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::create_dir_all(folder.join("site/pub")).unwrap();
    std::fs::write(pictures.join("i7BkxW3qP0m2f7en9.jpg"), "a picture").unwrap();
    std::fs::write(folder.join("site/public.html"), "for everybody").unwrap();
    std::fs::write(folder.join("site/404.html"), "not found").unwrap();
}

/// Twenty-four symbols that look as if they were drawn, the same for each number.
pub fn symbols(number: u32) -> String {
    let mut state = u64::from(number) + 1;
    let mut symbol = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyz012345"[(state >> 59) as usize])
    };
    (0..24).map(|_| symbol()).collect()
}
