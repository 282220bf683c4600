//! The server for its owner: what it serves, to whom, and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::{events, quick_pictures};
use crate::support::Site;

/// Longer than anything here takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(60);

/// A running `safelight serve`.
pub struct Serving {
    child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    pub fn start(site: &Site, arguments: &[&str]) -> Self {
        let mut command = site.command(&[&["serve", "--port", "0", "--format", "json"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut serving = Self { child, lines, port: 0 };
        let url = serving.event("serving")["urls"][0].as_str().unwrap().to_owned();
        serving.port = url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();
        serving
    }

    /// The next event of a kind.
    pub fn event(&mut self, kind: &str) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the server ended before `{kind}`");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == kind {
                return event;
            }
        }
    }

    pub fn ask(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Status, head and body of an answer.
    fn get_as(&self, host: &str, path: &str) -> (u16, String, Vec<u8>) {
        let mut stream = self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head, answer[end + 4..].to_vec())
    }

    pub fn get(&self, path: &str) -> (u16, String, String) {
        let (status, head, body) = self.get_as("localhost", path);
        (status, head, String::from_utf8_lossy(&body).into_owned())
    }
}

#[test]
fn what_is_served_is_the_site_and_nothing_around_it() {
    let site = Site::initialised();
    quick_pictures(&site);
    site.put_png("galleries/coast/one.png", 6);
    site.put("galleries/drafts/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/drafts/two.png", 6);
    site.put("static/film.mp4", "0123456789");
    site.put("static/plain.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    assert!(!site.path("public").exists(), "the published site is left alone");

    let (status, head, home) = serving.get("/");
    assert_eq!(status, 200);
    assert!(head.contains("Content-Type: text/html; charset=utf-8") && head.contains("no-store"), "{head}");
    assert!(home.contains("Tides") && home.contains("/.safelight-live/reload.js"), "{home}");
    assert!(!home.contains("drafts"), "{home}");
    assert!(!site.read(".safelight-serve/site/index.html").contains("safelight-live"), "only what is served reloads");
    assert_eq!(serving.get("/drafts/").0, 200);

    let (status, head, _) = serving.get("/coast");
    assert_eq!(status, 302);
    assert!(head.contains("Location: /coast/"), "{head}");
    let (status, _, gallery) = serving.get("/coast/");
    assert_eq!(status, 200);
    let picture = gallery.split('"').find(|part| part.ends_with(".jpg")).unwrap_or_else(|| panic!("{gallery}"));
    let (status, head, bytes) = serving.get_as("127.0.0.1:1", picture);
    assert_eq!((status, &bytes[..2]), (200, &[0xff, 0xd8][..]));
    assert!(head.contains("image/jpeg"), "{head}");
    assert!(serving.get("/plain.svg").1.contains("image/svg+xml"));
    assert!(serving.get("/.safelight-live/reload.js").1.contains("text/javascript"));

    let (status, _, body) = serving.get("/nowhere");
    assert!(status == 404 && body.contains("<html"), "{body}");
    for path in [
        "/../site.toml",
        "/%2e%2e/%2e%2e/site.toml",
        "/..%2fsite.toml",
        "/coast/../../../site.toml",
        "/..%5csite.toml",
        "//etc/passwd",
        "/.gitignore",
        "/coast//index.html",
    ] {
        assert_eq!(serving.get(path).0, 404, "{path}");
    }
    for host in ["evil.example", "localhost.evil.example", "192.0.2.1", ""] {
        assert_eq!(serving.get_as(host, "/").0, 421, "{host}");
    }

    let mut stream =
        serving.ask("GET /film.mp4 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=2-4\r\nConnection: close\r\n\r\n");
    let mut part = String::new();
    stream.read_to_string(&mut part).unwrap();
    assert!(
        part.starts_with("HTTP/1.1 206") && part.contains("bytes 2-4/10") && part.ends_with("\r\n\r\n234"),
        "{part}"
    );
    let mut stream =
        serving.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let mut refused = String::new();
    stream.read_to_string(&mut refused).unwrap();
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_site_is_not_followed() {
    let site = Site::initialised();
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    std::os::unix::fs::symlink(site.path("site.toml"), site.path(".safelight-serve/site/leak.txt")).unwrap();
    assert_eq!(serving.get("/leak.txt").0, 404);
}

#[test]
fn a_site_below_a_path_is_served_below_it() {
    let site = Site::initialised();
    let settings = site
        .read("site.toml")
        .replace("# url = \"https://photos.example.com/\"", "url = \"https://example.com/my/photos/\"");
    site.put("site.toml", &settings);
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    assert!(serving.get("/").1.contains("Location: /my/photos/"));
    assert!(serving.get("/my/photos").1.contains("Location: /my/photos/"));
    let (status, _, home) = serving.get("/my/photos/");
    assert!(status == 200 && home.contains("/my/photos/assets/style."), "{home}");
    let style = home.split('"').find(|part| part.contains("/assets/style.")).unwrap();
    assert!(serving.get(style).1.contains("text/css"));
    assert_eq!(serving.get("/about/").0, 404);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_server_well() {
    let site = Site::initialised();
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    let process = rustix::process::Pid::from_child(&serving.child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(serving.event("summary")["builds"], 1);
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_served_and_what_is_published_do_not_disturb_each_other() {
    let site = Site::initialised();
    quick_pictures(&site);
    site.put_png("galleries/coast/one.png", 6);
    site.run(&["build"]).fine();
    let mut serving = Serving::start(&site, &[]);
    let built = serving.event("built");
    assert_eq!(built["rendered"], 0, "pictures that were made for the one are there for the other");
    let (code, events) = events(&site, &["build"]);
    assert_eq!(code, 0, "{events:?}");
    assert_eq!(events.last().unwrap()["files"]["new"]["files"], 0, "{events:?}");
    assert!(site.path(".safelight-serve/.gitignore").is_file());
}

#[test]
fn a_gallery_without_a_link_is_served_to_its_owner_and_marked_as_a_preview() {
    let site = Site::initialised();
    quick_pictures(&site);
    site.put_png("galleries/coast/one.png", 6);
    site.put("galleries/lake/gallery.toml", "access = \"private\"\ntitle = \"Boathouse\"\n");
    site.put_png("galleries/lake/two.png", 6);
    let mut serving = Serving::start(&site, &[]);
    let event = serving.event("preview");
    assert_eq!((event["gallery"].as_str(), event["audience"].as_str()), (Some("lake"), Some("")));
    let url = event["urls"][0].as_str().unwrap();
    let path = url.split_once("/g/").map(|(_, rest)| format!("/g/{rest}")).unwrap();
    // 144 bits that nobody can guess, also where a phone may ask.
    assert_eq!(path.len(), "/g/".len() + 25 + "/".len());
    let (status, _, page) = serving.get(&path);
    assert!(status == 200 && page.contains("Boathouse"), "{page}");
    let is_marked = |page: &str| page.contains("class=\"safelight-preview\"") && page.contains("overlay.css");
    assert!(is_marked(&page), "{page}");
    let photo = page.split('"').find(|part| part.starts_with("/x/") && part.ends_with(".html")).unwrap();
    let (status, _, photo) = serving.get(photo);
    assert!(status == 200 && is_marked(&photo), "{photo}");
    // Nothing else is marked, leads there or names it.
    for open in ["/", "/coast/", "/sitemap.xml", "/404.html"] {
        let (_, _, page) = serving.get(open);
        assert!(!is_marked(&page) && !page.contains("Boathouse") && !page.contains("/g/"), "{open}: {page}");
    }
    assert_eq!(serving.get("/g/").0, 404);
    // The mark is what the server adds, and the next run has another address.
    drop(serving);
    let mut again = Serving::start(&site, &[]);
    let other = again.event("preview")["urls"][0].as_str().unwrap().to_owned();
    assert_ne!(url.rsplit("/g/").next(), other.rsplit("/g/").next());
    assert_eq!(again.get(&path).0, 404);
    drop(again);
    let built = site.run(&["build"]);
    assert!(built.code == 0 && built.err.contains("warning: `galleries/lake`: "), "{}", built.err);
    assert!(!site.path("public/g").exists() && !site.path("public/x").exists());
}
