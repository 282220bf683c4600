//! Beginning a site.

use serde_json::Value;

use super::events;
use crate::support::{Site, said};

#[test]
fn a_new_site_builds_at_once_without_a_complaint() {
    let site = Site::initialised();
    let built = site.run(&["build"]);
    assert!(built.code == 0, "{}", built.err);
    assert_eq!(built.said(), "");
    for page in ["index.html", "about/index.html", "privacy/index.html", "terms/index.html", "404.html"] {
        assert!(site.path("public").join(page).is_file(), "{page}");
    }
    let privacy = site.read("public/privacy/index.html");
    assert!(privacy.contains("Ada Vik") && privacy.contains("ada@vik.example") && !privacy.contains("{{"), "{privacy}");
    let (code, events) = events(&site, &["check"]);
    assert_eq!((code, &events.last().unwrap()["findings"]), (0, &Value::from(0)), "{events:?}");
}

#[test]
fn a_new_site_is_true_in_every_language() {
    for (language, privacy) in
        [("en", "Privacy"), ("de", "Datenschutz"), ("fr", "Confidentialité"), ("es", "Privacidad")]
    {
        let site = Site::empty();
        site.run(&["init", ".", "--title", "Tides", "--contact", "ada@vik.example", "--language", language]).fine();
        site.put_png("galleries/coast/one.png", 6);
        let built = site.run(&["build"]);
        assert!(built.code == 0 && !built.err.contains("warning"), "{language}: {}", built.err);
        let page = site.read("public/privacy/index.html");
        let begins = format!("<html lang=\"{language}\" dir=\"ltr\"");
        assert!(page.contains(&begins) && page.contains(&format!("<h1>{privacy}</h1>")), "{language}: {page}");
        assert!(!page.contains("{{") && page.contains("ada@vik.example"), "{language}");
        // The texts say the same, in parts that are told alike.
        let headings = |name: &str| site.read(&format!("pages/{name}.md")).matches("\n## ").count();
        assert_eq!([headings("about"), headings("privacy"), headings("terms")], [1, 7, 5], "{language}");
        // A promise that is broken is told in each of them.
        let settings = site.read("site.toml");
        site.put("site.toml", settings.replace("[rights]\n", "[rights]\nkeep_gps = true\n"));
        assert!(site.run(&["check"]).err.contains("no-locations"), "{language}");
    }
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
    assert!(made.code == 0 && made.err.contains("site.toml`: "), "{}", made.err);
    let (code, events) = events(&site, &["check"]);
    assert_eq!(code, 1);
    assert!(
        events.iter().any(|event| event["message"].as_str().is_some_and(|text| text.contains("`contact` is still")))
    );
}

#[test]
fn init_says_what_it_wrote_and_what_comes_next() {
    let site = Site::empty();
    site.session(&[
        "init new --dry-run",
        "init new --contact ada@vik.example",
        "init new --contact ada@vik.example",
        "init bare",
        "init ftp --url ftp://x",
        "init other --title 'Ebb and Flow' --author Ada --contact https://vik.example/ --url https://vik.example/p/ --format json",
        "check --site bare",
        "build --site new",
    ]);
    insta::assert_snapshot!(said());
}
