//! The command line as people and programs use it: the real program, in folders made for each test.
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Site;

/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Sets one small size of pictures in one format.
fn quick_pictures(site: &Site) {
    let settings = site.read("site.toml").replace("[images]", "[images]\nformats = [\"jpeg\"]\nwidths = [60]");
    site.put("site.toml", settings);
}

/// Exit code and events of a command with `--format json`.
fn events(site: &Site, arguments: &[&str]) -> (i32, Vec<Value>) {
    let run = site.run(&[arguments, &["--format", "json"]].concat());
    (run.code, run.events())
}

#[test]
fn a_new_site_builds_at_once_without_a_complaint() {
    let site = Site::initialised();
    let built = site.run(&["build"]);
    assert!(built.code == 0, "{}", built.err);
    assert!(!built.err.contains("warning"), "{}", built.err);
    for page in ["index.html", "about/index.html", "privacy/index.html", "terms/index.html", "404.html"] {
        assert!(site.path("public").join(page).is_file(), "{page}");
    }
    let privacy = site.read("public/privacy/index.html");
    assert!(privacy.contains("Ada Vik") && privacy.contains("ada@vik.example") && !privacy.contains("{{"), "{privacy}");
    let (code, events) = events(&site, &["check"]);
    assert_eq!((code, &events.last().unwrap()["findings"]), (0, &Value::from(0)), "{events:?}");
}

#[test]
fn init_overwrites_nothing_and_then_writes_nothing() {
    let site = Site::empty();
    site.put("pages/about.md", "mine");
    let refused = site.run(&["init", "."]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("pages/about.md"), "{}", refused.err);
    assert_eq!(site.read("pages/about.md"), "mine");
    assert!(!site.path("site.toml").exists());
}

#[test]
fn init_refuses_a_bad_address_before_it_writes() {
    let site = Site::empty();
    let refused = site.run(&["init", "new", "--url", "ftp://x"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(!site.path("new").exists());
}

#[test]
fn init_takes_names_with_quotes_as_they_are() {
    let site = Site::empty();
    let title = "Ada's \"{{title}}\" \\ pictures";
    site.run(&["init", ".", "--title", title, "--author", "{{title}}", "--email", "a@b.example"]).fine();
    let settings: toml::Table = site.read("site.toml").parse().unwrap();
    assert_eq!(settings["title"].as_str(), Some(title));
    assert_eq!(settings["author"].as_str(), Some("{{title}}"));
}

#[test]
fn a_dry_init_writes_nothing() {
    let site = Site::empty();
    let (code, events) = events(&site, &["init", "new", "--dry-run", "--contact", "a@b.example"]);
    assert_eq!((code, &events.last().unwrap()["title"]), (0, &Value::from("New")));
    assert!(!site.path("new").exists());
}

#[test]
fn a_site_without_a_contact_builds_and_check_says_what_is_missing() {
    let site = Site::empty();
    let made = site.run(&["init", "."]);
    assert!(made.code == 0 && made.err.contains("no contact is known"), "{}", made.err);
    let (code, events) = events(&site, &["check"]);
    assert_eq!(code, 1);
    assert!(
        events.iter().any(|event| event["message"].as_str().is_some_and(|text| text.contains("`contact` is still")))
    );
}

#[test]
fn check_finds_what_is_wrong_in_galleries_pages_and_templates_together_and_leaves_nothing() {
    let site = Site::initialised();
    site.put("galleries/coast/gallery.toml", "titel = \"Coast\"\n");
    site.put("themes/mine/photo.html", "{{ photo.titel }}{% if %}");
    site.put("site.toml", site.read("site.toml").replace("[theme]", "[theme]\nname = \"mine\""));
    let (code, events) = events(&site, &["check"]);
    assert_eq!(code, 1, "{events:?}");
    let place =
        |name: &str| events.iter().find(|event| event["file"].as_str().is_some_and(|file| file.ends_with(name)));
    let gallery = place("gallery.toml").unwrap();
    assert_eq!((&gallery["event"], &gallery["line"]), (&Value::from("error"), &Value::from(1)));
    assert!(gallery["hint"].as_str().unwrap().contains("title"), "{gallery}");
    assert!(place("photo.html").is_some(), "{events:?}");
    assert!(!site.path(".safelight").exists() && !site.path("public").exists());
}

#[test]
fn check_renders_templates_so_that_a_missing_field_is_found() {
    let site = Site::initialised();
    site.put_png("galleries/coast/one.png", 6);
    site.put("themes/mine/photo.html", "{{ photo.titel }}");
    site.put("site.toml", site.read("site.toml").replace("[theme]", "[theme]\nname = \"mine\""));
    let output = site.run(&["check"]);
    assert_eq!(output.code, 1);
    assert!(output.err.contains("titel") && output.err.contains("photo.html"), "{}", output.err);
}

#[test]
fn check_counts_what_a_host_takes() {
    let site = Site::initialised();
    let rules: String = (0..101).map(|at| format!("/{at}\n  X-A: b\n")).collect();
    site.put("static/_headers", &rules);
    fs::File::create(site.path("static/film.mp4")).unwrap().set_len(26 << 20).unwrap();
    let findings = |host: &str| {
        let (code, events) = events(&site, &["check", "--host", host]);
        (code, events.last().unwrap()["findings"].as_u64().unwrap(), events)
    };
    let (code, count, events) = findings("cloudflare-pages");
    assert_eq!((code, count), (1, 2), "{events:?}");
    let estimate = |events: &[Value]| {
        events.iter().any(|event| event["message"].as_str().is_some_and(|m| m.contains("estimated")))
    };
    assert!(!estimate(&events), "nothing here is estimated: {events:?}");
    // GitHub sends no headers of ours, so those of the owner do nothing.
    assert_eq!(findings("github-pages").1, 1);
    assert_eq!(findings("netlify").1, 0);
    assert_eq!(findings("s3").1, 1);
    site.put_png("galleries/coast/one.png", 6);
    assert!(estimate(&findings("s3").2), "sizes of pictures are estimates, and said to be");
}

#[test]
fn check_finds_names_that_a_host_does_not_take_and_says_what_it_redirects() {
    let site = Site::initialised();
    site.put_png("galleries/coast/_MG_1234.png", 6);
    site.put("static/price #1?.pdf", "%PDF");
    let check = |host: &str| {
        let (_, events) = events(&site, &["check", "--host", host]);
        let said = |kind: &str, key: &str| {
            let of_kind = events.iter().filter(|event| event["event"] == kind);
            of_kind.map(|event| event[key].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        (said("error", "message"), said("error", "file"), said("note", "message"))
    };
    let (messages, files, notes) = check("github-pages");
    assert!(
        messages.len() == 1 && messages[0].contains("Jekyll") && files[0].contains("_mg_1234"),
        "{messages:?} {files:?}"
    );
    assert!(!notes.iter().any(|note| note.contains("`/a.html`")), "{notes:?}");
    site.put("static/.nojekyll", "");
    assert_eq!(check("github-pages").0, [""; 0]);
    let (messages, files, notes) = check("netlify");
    assert!(messages.len() == 1 && messages[0].contains("`#` or `?`") && files == ["price #1?.pdf"], "{messages:?}");
    assert!(notes.iter().any(|note| note.contains("pretty_urls = false")), "{notes:?}");
    let (messages, _, notes) = check("cloudflare-pages");
    assert_eq!(messages, [""; 0]);
    assert!(notes.iter().any(|note| note.contains("`/a.html` is redirected to `/a`")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("`price #1?.pdf` has a character in its name")), "{notes:?}");
}

#[test]
fn schemas_are_json_and_what_is_in_force_reads_back() {
    let site = Site::initialised();
    for arguments in [&["config", "schema"][..], &["config", "schema", "--gallery"]] {
        let output = site.run(arguments);
        let schema: Value = serde_json::from_str(&output.out).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(schema["properties"]["title"].is_object());
    }
    let shown = site.run(&["config", "show"]);
    let again: toml::Table = shown.out.parse().unwrap();
    assert_eq!(again["title"].as_str(), Some("Tides"));
    assert_eq!(again["output"].as_str(), Some("public"));
}

#[test]
fn theme_data_is_what_the_page_is_made_from() {
    let site = Site::initialised();
    site.put_png("galleries/coast/one.png", 6);
    for (page, kind, root) in [
        ("/", "home", "home"),
        ("coast", "gallery", "gallery"),
        ("/about/", "text", "text"),
        ("404.html", "not-found", "page"),
    ] {
        let output = site.run(&["theme", "data", page]);
        let data: Value = serde_json::from_str(&output.out).unwrap_or_else(|_| panic!("{page}: {}", output.err));
        assert_eq!(data["page"]["kind"], kind);
        assert!(data[root].is_object(), "{page}");
    }
    let missing = site.run(&["theme", "data", "coats"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("`coast/`"), "{}", missing.err);
    assert_eq!(site.run(&["theme", "data", "robots.txt"]).code, 2);
}

#[test]
fn a_file_of_the_theme_is_copied_out_once_and_then_known() {
    let site = Site::initialised();
    let path = "themes/default/photo.html";
    site.run(&["theme", "eject", "photo.html", "--dry-run"]).fine();
    assert!(!site.path("themes").exists());
    site.run(&["theme", "eject", "photo.html"]).fine();
    let copy = site.read(path);
    assert_eq!(site.run(&["theme", "eject", "photo.html"]).code, 2);
    assert_eq!(site.read(path), copy);
    let (_, events) = events(&site, &["theme", "files"]);
    let files = events.last().unwrap()["files"].as_array().unwrap();
    let photo = files.iter().find(|file| file["name"] == "photo.html").unwrap();
    assert_eq!((&photo["state"], &photo["overridden_by"]), (&Value::from("current"), &Value::from(path)));
    assert_eq!(site.run(&["theme", "check"]).code, 0);
    // A copy of another version, as its first line says.
    let (first, rest) = copy.split_once('\n').unwrap();
    let (mark, version) = first.rsplit_once("photo.html ").unwrap();
    site.put(path, format!("{mark}photo.html {}\n{rest}", version.replace(|c: char| c.is_ascii_hexdigit(), "0")));
    let stale = site.run(&["theme", "check"]);
    assert_eq!(stale.code, 1);
    assert!(stale.err.contains("older version"), "{}", stale.err);
    let unknown = site.run(&["theme", "eject", "foto.html"]);
    assert!(unknown.code == 2 && unknown.err.contains("photo.html"), "{}", unknown.err);
}

#[test]
fn every_command_explains_itself() {
    let site = Site::empty();
    for command in [
        &["build"][..],
        &["check"],
        &["clean"],
        &["completions"],
        &["config"],
        &["config", "schema"],
        &["config", "show"],
        &["init"],
        &["serve"],
        &["theme"],
        &["theme", "check"],
        &["theme", "data"],
        &["theme", "eject"],
        &["theme", "files"],
    ] {
        let output = site.run(&[command, &["--help"]].concat());
        let text = output.out;
        let first = text.lines().next().unwrap_or_default();
        assert!(output.code == 0 && first.len() > 12 && !first.starts_with("Usage"), "{command:?}: {text}");
    }
}

#[test]
fn completions_name_the_commands() {
    let site = Site::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = site.run(&["completions", shell]);
        assert!(output.out.contains("completions"), "{shell}");
    }
}

#[test]
fn colour_is_for_terminals_and_exit_codes_tell_kinds_apart() {
    let site = Site::initialised();
    site.put("site.toml", "titel = 1\n");
    let wrong = site.run(&["build"]);
    assert_eq!(wrong.code, 3);
    assert!(!wrong.err.contains('\x1b'), "{}", wrong.err);
    assert_eq!(site.run(&["biuld"]).code, 2);
    assert_eq!(site.run(&["serve", "--port", "0", "--site", "nowhere"]).code, 3);
}

/// A running `safelight serve`.
struct Serving {
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
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let mut command = site.command(&[&["serve", "--port", "0", "--format", "json"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut serving = Self { child, lines, port: 0 };
        let url = serving.event("serving")["urls"][0].as_str().unwrap().to_owned();
        serving.port = url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();
        serving
    }

    /// The next event of a kind.
    fn event(&mut self, kind: &str) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the server ended before `{kind}`");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == kind {
                return event;
            }
        }
    }

    fn ask(&self, request: &str) -> TcpStream {
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

    fn get(&self, path: &str) -> (u16, String, String) {
        let (status, head, body) = self.get_as("localhost", path);
        (status, head, String::from_utf8_lossy(&body).into_owned())
    }

    fn listen(&self) -> Listening {
        let stream = self.ask("GET /.safelight-live/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Listening { lines: BufReader::new(stream) }
    }
}

/// A browser that waits for the site to change.
struct Listening {
    lines: BufReader<TcpStream>,
}

impl Listening {
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
fn the_site_follows_its_files_and_half_typed_ones_leave_the_last_good_site() {
    let site = Site::initialised();
    quick_pictures(&site);
    let mut serving = Serving::start(&site, &[]);
    serving.event("built");
    let mut browser = serving.listen();
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
    let mut browser = serving.listen();
    browser.revision();
    let (status, _, page) = serving.get("/");
    assert!(status == 503 && page.contains("`site.toml` line 1") && page.contains("no earlier one"), "{page}");
    site.put("site.toml", &settings);
    browser.until(|| match serving.get("/") {
        (200, _, page) if page.contains("Tides") => Ok(()),
        (status, _, page) => Err(format!("{status}: {page}")),
    });
    serving.event("built");
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
    assert!(Path::new(&site.path(".safelight-serve/.gitignore")).is_file());
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
    assert!(built.code == 0 && built.err.contains("no living link"), "{}", built.err);
    assert!(!site.path("public/g").exists() && !site.path("public/x").exists());
}

#[test]
fn every_option_is_told_in_the_documents() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = fs::read_to_string(root.join("README.md")).unwrap();
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") {
            documents.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let site = Site::initialised();
    let help = |words: &[&str]| {
        let output = site.run(&[words, &["--help"]].concat());
        output.out
    };
    let below = |text: &str| -> Vec<String> {
        let listed = text.split("Commands:\n").nth(1).unwrap_or_default();
        let lines = listed.lines().take_while(|line| !line.is_empty());
        // A command's name stands two columns in; what it does may go on below, further in.
        let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
        names.map(str::to_owned).collect()
    };
    let commands = below(&help(&[]));
    assert!(commands.len() > 15, "{commands:?}");
    let mut untold = Vec::new();
    for command in &commands {
        let text = help(&[command]);
        let deeper: Vec<_> = below(&text).iter().map(|name| help(&[command, name])).collect();
        for text in std::iter::once(&text).chain(&deeper) {
            for line in text.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
                let options = line.split([' ', ',']).take_while(|word| word.starts_with('-') || word.is_empty());
                untold.extend(
                    options
                        .filter(|word| word.len() > 2 && !["--help", "--version"].contains(word))
                        .filter(|word| {
                            !documents.contains(&format!("`{word}")) && !documents.contains(&format!(" {word}"))
                        })
                        .map(|word| format!("{command} {word}")),
                );
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new());
}
