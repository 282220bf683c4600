//! What private pages may not say, and not load.

use super::*;

#[test]
fn one_private_page_may_not_name_what_is_anothers() {
    let site = Site::new();
    let (living, dead, assets) = (site.living(), site.page("q8r3x6v1z0mb"), site.assets());
    site.finds(&format!("g/{dead}/index.html"), &assets, Kind::Token, Some(0));
    site.finds(&format!("g/{living}/index.html"), &dead, Kind::Token, Some(0));
    let page = fs::read_dir(site.config.output.join("x").join(&assets)).unwrap();
    let page = page
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.ends_with(".html"))
        .unwrap();
    site.finds(&format!("x/{assets}/{page}"), &living, Kind::Token, Some(0));
    site.finds(&format!("g/{living}/index.html"), "Bartholomew", Kind::PrivateWord, Some(0));
    site.finds(&format!("x/{assets}/{page}"), " Kiss-Under-Oak.png", Kind::PrivateWord, Some(1));
}

#[test]
fn private_pages_that_say_too_much_or_load_from_elsewhere_are_found() {
    let site = Site::new();
    let page = format!("g/{}/index.html", site.living());
    site.finds(&page, "<link rel=canonical href=/g/>", Kind::PrivatePage, Some(0));
    site.finds(&page, "<img src=https://elsewhere.example/a.gif>", Kind::ExternalRequest, Some(0));
    let file = site.config.output.join(&page);
    let good = fs::read_to_string(&file).unwrap();
    for word in ["noimageindex", "no-referrer"] {
        fs::write(&file, good.replace(word, "none")).unwrap();
        assert!(site.audit().findings.iter().any(|finding| finding.kind == Kind::PrivatePage), "{word}");
    }
    fs::write(&file, good).unwrap();
    let headers = site.config.output.join("_headers");
    let good = fs::read_to_string(&headers).unwrap();
    fs::write(&headers, good.replace("/x/*", "/y/*")).unwrap();
    assert!(site.audit().findings.iter().any(|finding| finding.kind == Kind::Headers));
}

#[test]
fn stylesheets_that_private_pages_use_may_ask_no_other_site() {
    let site = Site::new();
    let page = format!("g/{}/index.html", site.living());
    site.finds(&page, "<style>@import \"https://elsewhere.example/a.css\"</style>", Kind::ExternalRequest, Some(16));
    site.finds(&page, "<p style=\"background:url(//elsewhere.example/a.gif)\">", Kind::ExternalRequest, Some(0));
    let style = fs::read_dir(site.config.output.join("assets")).unwrap();
    let mut names = style.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let style = format!("assets/{}", names.find(|name| name.starts_with("style.")).unwrap());
    let found = site.found(&style, b"\na{background:url(https://elsewhere.example/a.gif)}");
    assert!(found.iter().any(|found| found.0 == Kind::ExternalRequest && found.1.is_some()), "{found:?}");
    assert!(site.found(&style, b"\na{background:url(mine.gif)}").iter().all(|found| found.0 != Kind::ExternalRequest));
}

#[test]
fn a_script_that_private_pages_load_may_ask_no_other_site_and_what_only_public_pages_load_may() {
    let site = Site::new();
    let has = |found: BTreeSet<(Kind, Option<i64>)>| found.iter().any(|found| found.0 == Kind::ExternalRequest);
    let mut names = fs::read_dir(site.config.output.join("assets"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let script = format!("assets/{}", names.find(|name| name.ends_with(".js")).unwrap());
    assert!(has(site.found(&script, b"\nfetch(\"https://stats.example/\"+location.pathname)")));
    assert!(!has(site.found(&script, b"\nf(\"/a.js\")")));
    // What it imports, too.
    let _imported = site.plant("more/b.js", b"fetch(`https://stats.example/`)");
    assert!(has(site.found(&script, b"\nimport \"/more/b.js\"")));
    let style = b"@import url(https://fonts.example/a.css);";
    assert!(!has(site.found("old-blog/style.css", style)));
    let page = format!("g/{}/index.html", site.living());
    let _planted = site.plant("old-blog/style.css", style);
    assert!(has(site.found(&page, b"<link rel=stylesheet href=/old-blog/style.css>")));
}

#[test]
fn the_preview_of_a_shared_cover_shows_the_picture_and_no_name() {
    let site = Site::with("share_cover = true\n");
    let page = fs::read_to_string(site.config.output.join("g").join(site.living()).join("index.html")).unwrap();
    assert!(page.contains("og:image\"") && !page.contains("og:image:alt"), "{page}");
    assert_eq!(site.audit().findings, []);
}
