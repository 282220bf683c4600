//! Answers browsers: files of the last good site, with what makes pages reload put into them.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use safelight::content_types::content_type;
use tiny_http::{Header, Method, Request, Response, ResponseBox, Server};

use super::hosts::Hosts;
use super::stage::{Shown, Stage};

/// Where what belongs to the server lies; no file of a site has such a name.
const OWN: &str = "/.safelight-live/";
/// What stands on every page of a preview.
const PREVIEW: &str = "<p class=\"safelight-preview\" role=\"note\">Private preview: this address works only here, and \
                       no link opens it</p>";
/// Browsers that may listen at once.
const LISTENERS: usize = 64;
/// How often a listener is told that the connection lives; so long is a closed one held at most.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Answers requests until the program ends.
pub(super) fn answer(server: &Server, stage: &Arc<Stage>, hosts: &Hosts, listening: &Arc<AtomicUsize>) {
    while let Ok(request) = server.recv() {
        if let Err(refusal) = admit(&request, hosts) {
            let _ = request.respond(refusal);
            continue;
        }
        let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
        if path == format!("{OWN}events") && *request.method() == Method::Get {
            listen(request, stage, listening);
            continue;
        }
        let range = header(&request, "range").map(str::to_owned);
        let response = respond(&path, range.as_deref(), &stage.now());
        // Whoever asked may have gone.
        let _ = request.respond(response);
    }
}

/// Refuses what must not be answered at all.
fn admit(request: &Request, hosts: &Hosts) -> Result<(), ResponseBox> {
    let mut named = request.headers().iter().filter(|header| header.field.equiv("host"));
    let ours = named.next().is_some_and(|host| hosts.allow(host.value.as_str())) && named.next().is_none();
    if !ours {
        return Err(text(421, "This server answers only to localhost. To use another name, start it with --host.\n"));
    }
    match request.method() {
        Method::Get | Method::Head if request.url().starts_with('/') => Ok(()),
        Method::Get | Method::Head => Err(text(400, "Bad request.\n")),
        _ => Err(with(text(405, "Only GET and HEAD.\n"), "Allow", "GET, HEAD")),
    }
}

fn header<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    request.headers().iter().find(|header| header.field.equiv(name)).map(|header| header.value.as_str())
}

/// Server-sent events: the revision at once, and again whenever it changes.
fn listen(request: Request, stage: &Arc<Stage>, listening: &Arc<AtomicUsize>) {
    if listening.fetch_add(1, Ordering::Relaxed) >= LISTENERS {
        listening.fetch_sub(1, Ordering::Relaxed);
        let _ = request.respond(text(503, "Too many pages are open.\n"));
        return;
    }
    let (stage, listening) = (Arc::clone(stage), Arc::clone(listening));
    std::thread::spawn(move || {
        let mut out = request.into_writer();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
                    X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
        let mut revision = stage.now().revision;
        let mut line = format!("{head}data: {revision}\n\n");
        while out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_ok() {
            let now = stage.wait(revision, HEARTBEAT);
            line = if now == revision { ":\n\n".to_owned() } else { format!("data: {now}\n\n") };
            revision = now;
        }
        listening.fetch_sub(1, Ordering::Relaxed);
    });
}

fn respond(path: &str, range: Option<&str>, shown: &Shown) -> ResponseBox {
    if let Some(own) = path.strip_prefix(OWN) {
        return match own {
            "reload.js" => typed(200, "text/javascript; charset=utf-8", include_str!("reload.js").into()),
            "overlay.css" => typed(200, "text/css; charset=utf-8", include_str!("overlay.css").into()),
            _ => text(404, "Not found.\n"),
        };
    }
    let Some(root) = &shown.root else { return html(503, waiting_page(shown)) };
    let base = shown.base.trim_end_matches('/');
    let below = match path.strip_prefix(base) {
        Some("") if !base.is_empty() => return moved(&format!("{base}/")),
        Some(below) if below.starts_with('/') => below,
        _ if path == "/" => return moved(&shown.base),
        _ => return not_found(root, shown),
    };
    let Some(relative) = safe(below) else { return not_found(root, shown) };
    let mut file = root.join(&relative);
    if below.ends_with('/') {
        file.push("index.html");
    } else if file.is_dir() {
        let has_page = inside(root, &file.join("index.html")).is_some();
        return if has_page { moved(&format!("{path}/")) } else { not_found(root, shown) };
    }
    match inside(root, &file) {
        Some(file) if is_page(&file) => match std::fs::read_to_string(&file) {
            // As a gate answers it, and what its owner should see of a folder without a page.
            Ok(page) if page == safelight::pages::BLANK => not_found(root, shown),
            Ok(page) => {
                let is_preview = shown.previews.iter().any(|folder| relative.starts_with(folder));
                html(200, alive(if is_preview { marked(page, shown) } else { page }, shown))
            }
            Err(_) => not_found(root, shown),
        },
        Some(file) => whole_or_part(&file, range).unwrap_or_else(|| not_found(root, shown)),
        None => not_found(root, shown),
    }
}

/// The path of a request as one below the output; nothing for one that means to climb out or to see what is hidden.
fn safe(below: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(below).decode_utf8().ok()?;
    let mut path = PathBuf::new();
    let below = decoded.strip_prefix('/')?;
    let below = below.strip_suffix('/').unwrap_or(below);
    for part in below.split('/').filter(|_| !below.is_empty()) {
        let hidden = part.starts_with('.') && part != ".well-known";
        // A colon names another drive or stream on some systems.
        if part.is_empty() || hidden || part.contains(['\\', '\0']) || cfg!(windows) && part.contains(':') {
            return None;
        }
        path.push(part);
    }
    Some(path)
}

/// The file, if it is one and really lies in the output, whatever links led to it.
fn inside(root: &Path, file: &Path) -> Option<PathBuf> {
    let (root, real) = (root.canonicalize().ok()?, file.canonicalize().ok()?);
    (real.starts_with(root) && real.is_file()).then_some(real)
}

fn is_page(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "html")
}

fn whole_or_part(file: &Path, range: Option<&str>) -> Option<ResponseBox> {
    use std::io::{Seek, SeekFrom};
    let mut opened = File::open(file).ok()?;
    let size = opened.metadata().ok()?.len();
    let mime = content_type(&file.to_string_lossy());
    // Browsers play a film only where they can ask for parts of it.
    if let Some((first, last)) = range.and_then(|range| part(range, size)) {
        opened.seek(SeekFrom::Start(first)).ok()?;
        let length = last - first + 1;
        let response = Response::new(206.into(), Vec::new(), opened.take(length), usize::try_from(length).ok(), None);
        let response = response.with_chunked_threshold(usize::MAX).boxed();
        return Some(with(sealed(response, mime), "Content-Range", &format!("bytes {first}-{last}/{size}")));
    }
    let response = Response::from_file(opened).with_chunked_threshold(usize::MAX).boxed();
    Some(with(sealed(response, mime), "Accept-Ranges", "bytes"))
}

/// First and last byte of a single range that can be had; what else is asked for gets the whole.
fn part(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = size.checked_sub(1)?;
    let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), end),
        _ => return None,
    };
    (first <= last).then_some((first, last))
}

fn not_found(root: &Path, shown: &Shown) -> ResponseBox {
    match inside(root, &root.join("404.html")).and_then(|page| std::fs::read_to_string(page).ok()) {
        Some(page) => html(404, alive(page, shown)),
        None => text(404, "Not found.\n"),
    }
}

/// A page with what reloads it, and with what is wrong.
fn alive(page: String, shown: &Shown) -> String {
    let head = format!(
        "<script src=\"{OWN}reload.js\" data-revision=\"{}\" data-events=\"{OWN}events\" defer></script>{}",
        shown.revision,
        if shown.errors.is_empty() {
            String::new()
        } else {
            format!("<link rel=\"stylesheet\" href=\"{OWN}overlay.css\">")
        },
    );
    let page = before(page, "</head>", &head);
    if shown.errors.is_empty() { page } else { before(page, "</body>", &trouble(shown)) }
}

/// A page of a gallery that nobody else can see, marked as one.
fn marked(page: String, shown: &Shown) -> String {
    let style = format!("<link rel=\"stylesheet\" href=\"{OWN}overlay.css\">");
    // Trouble brings the same stylesheet along.
    let mut page = if shown.errors.is_empty() { before(page, "</head>", &style) } else { page };
    let body = page.find("<body").and_then(|start| Some(start + page[start..].find('>')? + 1));
    page.insert_str(body.unwrap_or(0), PREVIEW);
    page
}

/// Puts something before the last such tag, or at the end where there is none.
fn before(mut page: String, tag: &str, addition: &str) -> String {
    let at = if tag == "</head>" { page.find(tag) } else { page.rfind(tag) };
    page.insert_str(at.unwrap_or(page.len()), addition);
    page
}

/// What is wrong, and what the page below it is.
fn trouble(shown: &Shown) -> String {
    let mut list = String::new();
    for error in &shown.errors {
        list.push_str(&format!("<li><b>error:</b> {}", escaped(&error.to_string())));
        if let Some(hint) = &error.hint {
            list.push_str(&format!("<i>hint: {}</i>", escaped(hint)));
        }
        list.push_str("</li>");
    }
    let below = match shown.root {
        Some(_) => "this is the last good version",
        None => "there is no earlier version to show",
    };
    format!(
        "<section class=\"safelight-trouble\" role=\"alert\"><h2>The build failed: {below}</h2><ul>{list}</ul></section>"
    )
}

/// Before there is a site: what is wrong, or how far the first build is.
fn waiting_page(shown: &Shown) -> String {
    let (refresh, what) = if shown.errors.is_empty() {
        let progress = shown.progress.map(|(done, total)| format!("<p>{done} of {total} photos</p>"));
        (
            "<meta http-equiv=\"refresh\" content=\"2\">",
            format!("<h1>The site is being built</h1>{}", progress.unwrap_or_default()),
        )
    } else {
        ("", "<h1>There is no site yet</h1><p>It appears here once you fix these errors.</p>".to_owned())
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Safelight</title>{refresh}<link rel=\"stylesheet\" href=\"{OWN}overlay.css\"></head>\
         <body class=\"safelight-alone\"><main>{what}</main></body></html>"
    );
    alive(page, shown)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn html(status: u16, page: String) -> ResponseBox {
    typed(status, "text/html; charset=utf-8", page)
}

fn text(status: u16, text: &str) -> ResponseBox {
    typed(status, "text/plain; charset=utf-8", text.to_owned())
}

fn moved(to: &str) -> ResponseBox {
    // Two slashes would name another host.
    let to = format!("/{}", to.trim_start_matches('/'));
    with(text(302, "Moved.\n"), "Location", &to)
}

fn typed(status: u16, mime: &'static str, body: String) -> ResponseBox {
    let response = Response::from_data(body.into_bytes()).with_status_code(status).with_chunked_threshold(usize::MAX);
    sealed(response.boxed(), mime)
}

/// Nothing is kept, so that what is seen is what is there; nothing is read by other sites.
fn sealed(response: ResponseBox, mime: &str) -> ResponseBox {
    [
        ("Content-Type", mime),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
    ]
    .into_iter()
    .fold(response, |response, (name, value)| with(response, name, value))
}

fn with(mut response: ResponseBox, name: &str, value: &str) -> ResponseBox {
    // A value with a line break is no header; then there is none.
    if let Ok(header) = Header::from_bytes(name, value) {
        response.add_header(header);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_site_or_to_what_is_hidden() {
        for path in [
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "/a/%2E%2E%2fx",
            "/..%5cx",
            "/.git/config",
            "/a//b",
            "/a/./b",
            "/a%00b",
            "/%ff",
        ] {
            assert_eq!(safe(path), None, "{path}");
        }
        assert_eq!(safe("/"), Some(PathBuf::new()));
        assert_eq!(safe("/a%20b/c.jpg"), Some(PathBuf::from("a b/c.jpg")));
        assert_eq!(safe("/.well-known/tdmrep.json"), Some(PathBuf::from(".well-known/tdmrep.json")));
    }

    #[test]
    #[cfg(unix)]
    fn no_link_in_the_site_leads_out_of_it() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("site");
        for (file, text) in [("out/index.html", "outside"), ("out/a.txt", "outside"), ("site/in/index.html", "inside")]
        {
            let file = place.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        symlink("../out", root.join("folder")).unwrap();
        symlink("../out/a.txt", root.join("file.txt")).unwrap();
        symlink("../out/index.html", root.join("404.html")).unwrap();
        symlink("in", root.join("again")).unwrap();
        let shown = Shown { root: Some(root), ..Shown::default() };
        let answered = |path: &str| {
            let response = respond(path, None, &shown);
            let (status, mut text) = (response.status_code().0, String::new());
            response.into_reader().read_to_string(&mut text).unwrap();
            (status, text.contains("outside"), text.contains("inside"))
        };
        for path in ["/folder", "/folder/", "/folder/index.html", "/folder/a.txt", "/file.txt", "/nothing"] {
            assert_eq!(answered(path), (404, false, false), "{path}");
        }
        assert_eq!(answered("/again"), (302, false, false));
        assert_eq!(answered("/again/"), (200, false, true));
    }

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        assert_eq!(part("bytes=0-1", 10), Some((0, 1)));
        assert_eq!(part("bytes=5-", 10), Some((5, 9)));
        assert_eq!(part("bytes=-3", 10), Some((7, 9)));
        assert_eq!(part("bytes=2-99", 10), Some((2, 9)));
        assert_eq!(part("bytes=10-", 10), None);
        assert_eq!(part("bytes=0-", 0), None);
        assert_eq!(part("bytes=0-1,4-5", 10), None);
    }

    #[test]
    fn errors_in_a_page_are_text_and_no_markup() {
        let shown = Shown {
            errors: vec![safelight::Error::new(safelight::Code::Internal, "<img src=x onerror=1>")],
            ..Shown::default()
        };
        let page = alive("<html><head></head><body></body></html>".into(), &shown);
        assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "{page}");
    }
}
