//! Settings and the theme, shown.

use serde_json::Value;

use super::events;
use crate::support::{Site, said};

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
    let unknown = site.run(&["theme", "eject", "foto.html"]);
    assert!(unknown.code == 2 && unknown.err.contains("photo.html"), "{}", unknown.err);
}

#[test]
fn settings_are_shown_with_their_defaults_and_described_for_editors() {
    let site = Site::with_private_gallery();
    site.session(&["config show", "config show --format json", "config schema --gallery"]);
    insta::assert_snapshot!(said());
    site.session(&["config schema"]);
    insta::assert_snapshot!("schema-of-site-toml", said());
}

#[test]
fn the_theme_is_listed_copied_out_and_checked() {
    let site = Site::with_private_gallery();
    site.session(&[
        "theme files",
        "theme files --format json",
        "theme eject photo.html --dry-run",
        "theme eject photo.html",
        "theme eject photo.html",
        "theme eject foto.html",
        "theme check",
        "theme data coats",
        "theme data robots.txt",
    ]);
    site.put("themes/default/gallery.html", "{{ gallery.titel }}");
    site.put("themes/default/home.html", "{% if %}");
    site.put("themes/default/words/en.ftl", "hom = Start\n");
    site.session(&["theme check", "theme check --format json", "theme files"]);
    insta::assert_snapshot!(said());
}
