//! Looking at a site without making a picture.

use std::fs;

use serde_json::Value;

use super::events;
use crate::support::{Site, said};

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
    // Objects carry none of them, which is told by name.
    let (_, count, events) = findings("s3");
    let tells = |event: &Value| event["message"].as_str().is_some_and(|told| told.contains("`/100` X-A"));
    assert!(count == 0 && events.iter().any(tells), "{events:?}");
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
    assert!(notes.iter().any(|note| note.contains("`price #1?.pdf` contains a character")), "{notes:?}");
}

#[test]
fn a_check_tells_what_a_build_would_and_counts_it() {
    let site = Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]);
    site.session(&["check", "check --format json", "check --site elsewhere"]);
    site.put("galleries/Lake/gallery.toml", "titel = \"Lake\"\n");
    site.put("galleries/Sea/gallery.toml", "access = \"private\"\n");
    site.put("galleries/Sea/c.jpg", "no picture");
    site.put("pages/about.md", "[x](nowhere.md)\n");
    site.session(&["check", "check --format json"]);
    site.put("site.toml", "titel = 1\n[images]\nqualty = 80\n");
    site.session(&["check", "check --format json"]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_check_for_a_host_tells_what_it_does_not_take() {
    let site = Site::new().photo("coast/_MG_1234.jpg").file("static/price #1?.pdf", "%PDF");
    let hosts = [
        "cloudflare-pages",
        "cloudflare-workers",
        "github-pages",
        "gitlab-pages",
        "netlify",
        "vercel",
        "azure-static-web-apps",
        "s3",
    ];
    let commands: Vec<String> = hosts.iter().map(|host| format!("check --host {host}")).collect();
    site.session(&commands.iter().map(String::as_str).collect::<Vec<_>>());
    insta::assert_snapshot!(said());
}
