//! The server follows what its owner does to the site.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::time::Instant;

use super::quick_pictures;
use super::serve::{LONG, Serving};
use crate::support::Site;

/// A browser that waits for the site to change.
struct Listening {
    lines: BufReader<TcpStream>,
}

impl Listening {
    fn to(serving: &Serving) -> Self {
        let stream = serving.ask("GET /.safelight-live/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Self { lines: BufReader::new(stream) }
    }

    /// The next revision that is told; fails when none is for a long time, in which signs of life go on.
    fn revision(&mut self) -> u64 {
        let deadline = Instant::now() + LONG;
        loop {
            assert!(Instant::now() < deadline, "nothing changed");
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the server hung up");
            if let Some(revision) = line.strip_prefix("data: ") {
                return revision.trim().parse().unwrap();
            }
        }
    }

    /// Looks at every revision until one is as wanted. Saving a file may be seen as two changes.
    fn until<T>(&mut self, look: impl Fn() -> Result<T, String>) -> T {
        let mut seen = String::new();
        for _ in 0..6 {
            self.revision();
            match look() {
                Ok(found) => return found,
                Err(other) => seen = other,
            }
        }
        panic!("not after six revisions: {seen}");
    }
}

#[test]
fn the_site_follows_its_files_and_half_typed_ones_leave_the_last_good_site() {
    let site = Site::initialised();
    quick_pictures(&site);
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    let mut browser = Listening::to(&serving);
    let first = browser.revision();
    assert!(serving.get("/").2.contains(&format!("data-revision=\"{first}\"")));

    // A photograph in a gallery that was not there.
    site.put_png("galleries/coast/one.png", 6);
    browser.until(|| match serving.get("/coast/") {
        (200, _, page) if page.contains(".jpg") => Ok(()),
        (status, _, page) => Err(format!("{status}: {page}")),
    });

    // A setting, half typed.
    let settings = site.read("site.toml");
    site.put("site.toml", settings.replace("title = \"Tides\"", "title = \"Tid"));
    browser.until(|| {
        let (status, _, page) = serving.get("/coast/");
        let line = settings.lines().position(|line| line.starts_with("title")).unwrap() + 1;
        let shown = page.contains("safelight-trouble") && page.contains(&format!("`site.toml` line {line}"));
        if status == 200 && shown && page.contains(".jpg") { Ok(()) } else { Err(page) }
    });
    site.put("site.toml", settings.replace("title = \"Tides\"", "title = \"Ebb\""));
    browser.until(|| {
        let page = serving.get("/").2;
        if page.contains("Ebb") && !page.contains("safelight-trouble") { Ok(()) } else { Err(page) }
    });

    // A template, half typed, in a folder that was not there.
    site.put("themes/default/home.html", "{% if");
    browser.until(|| {
        let page = serving.get("/").2;
        if page.contains("home.html") && page.contains("Ebb") { Ok(()) } else { Err(page) }
    });
    fs::remove_dir_all(site.path("themes")).unwrap();
    browser.until(|| {
        let page = serving.get("/").2;
        if page.contains("safelight-trouble") { Err(page) } else { Ok(()) }
    });

    // A gallery that goes.
    fs::remove_dir_all(site.path("galleries/coast")).unwrap();
    browser.until(|| match serving.get("/coast/") {
        (404, ..) => Ok(()),
        (status, _, page) => Err(format!("{status}: {page}")),
    });
}

#[test]
fn a_site_that_was_never_good_is_shown_as_soon_as_it_is() {
    let site = Site::initialised();
    let settings = site.read("site.toml");
    site.put("site.toml", "title = <\n");
    let mut serving = Serving::start(&site, &[]);
    let mut browser = Listening::to(&serving);
    browser.revision();
    let (status, _, page) = serving.get("/");
    assert!(status == 503 && page.contains("`site.toml` line 1") && page.contains("no earlier version"), "{page}");
    site.put("site.toml", &settings);
    browser.until(|| match serving.get("/") {
        (200, _, page) if page.contains("Tides") => Ok(()),
        (status, _, page) => Err(format!("{status}: {page}")),
    });
    serving.event("built");
}
