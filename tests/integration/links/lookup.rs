//! The look-up page, and where the codes lead that are typed there.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safelight::sealed::{Iterations, LocatorKey, sealed_length};

use super::sealed::code_of;
use crate::support::Site;

fn site() -> Site {
    let site = Site::with_private_gallery();
    let settings = site.read("site.toml");
    site.put("site.toml", format!("{settings}[find]\ntitle = \"Your photos\"\nlabel = \"Event number\"\n"));
    site
}

/// What the page tells browsers, and where a code leads with it.
fn found(site: &Site, to: &str) -> Option<String> {
    let page = site.text("find/index.html");
    let said =
        |name: &str| page.split(&format!("data-{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let salt: [u8; 16] = URL_SAFE_NO_PAD.decode(said("salt")).unwrap().try_into().unwrap();
    let iterations = Iterations::new(said("iterations").parse().unwrap()).unwrap();
    let key = LocatorKey::new(&code_of(site, to), &salt, iterations);
    let file = fs::read(site.path("public/e").join(key.name())).ok()?;
    assert_eq!(file.len() as u64, sealed_length(1024), "its size says nothing of the address");
    Some(key.open(&file).unwrap())
}

#[test]
fn a_code_leads_to_its_link_and_of_a_dead_link_to_the_page_that_says_so() {
    let site = site();
    let anna = site.share("Anna", &["--find"]);
    let ben = site.share("Ben", &[]);
    site.build();
    let page = site.text("find/index.html");
    assert!(
        page.contains("Your photos") && page.contains("Event number") && page.contains("require-trusted-types-for")
    );
    assert_eq!(found(&site, "Anna"), Some(format!("/{anna}")));
    assert_eq!(found(&site, "Ben"), None, "{ben}");
    site.run(&["revoke", "lake-house", "--to", "Anna"]).fine();
    site.build();
    assert_eq!(found(&site, "Anna"), Some(format!("/{anna}")));
    assert!(site.is_tombstone(&anna));
    site.run(&["audit"]).fine();
    // When nothing is left to lead to, the file goes.
    site.build_on("2029-01-02");
    assert_eq!(found(&site, "Anna"), None);
}

#[test]
fn names_of_locators_are_remembered_and_made_again_where_the_record_is_lost() {
    let site = site();
    site.share("Anna", &["--find"]);
    site.build();
    let before = site.tree();
    site.build();
    assert_eq!(before, site.tree());
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    fs::remove_dir_all(site.path("public")).unwrap();
    site.build();
    assert_eq!(before, site.tree());
}

#[test]
fn without_the_secret_or_the_setting_there_is_no_look_up_page() {
    let site = site();
    site.run(&["build", "--public-only"]).fine();
    assert!(!site.paths().iter().any(|path| path.starts_with("find/")));
    site.build();
    assert!(site.paths().contains(&"find/index.html".to_owned()));
    site.put(
        "site.toml",
        site.read("site.toml")
            .replace("[find]", "[theme]")
            .replace("title = \"Your photos\"\nlabel = \"Event number\"\n", ""),
    );
    site.build();
    assert!(!site.paths().iter().any(|path| path.starts_with("find/") || path.starts_with("e/")));
}
