//! Gates answer dead links with the site's own page.

use crate::support::crawl::addresses;
use crate::support::{Site, said};

#[test]
fn every_gate_answers_a_dead_link_with_the_sites_own_page() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    let output = site.output();
    for server in ["nginx", "caddy", "cloudfront", "cloudflare", "netlify"] {
        let gate = site.run(&["edge", server]).fine().out;
        // Quotes are escaped in all of them.
        let plain = gate.replace("\\\"", "\"");
        for part in ["This link no longer works", "hello@example.com", "Halcyon Coast", "noindex, nofollow"] {
            assert!(plain.contains(part), "{server}: {part}\n{gate}");
        }
        for private in ["Boathouse", "lake-house", "the couple", "SECRET_0"] {
            assert!(!plain.contains(private), "{server}: {private}");
        }
        // What the page needs is there, and public.
        let page = plain.split_once("<!doctype html>").unwrap().1.split_once("</html>").unwrap().0;
        let needed: Vec<String> = addresses(page).into_iter().filter(|path| path.contains('.')).collect();
        assert!(needed.len() >= 3, "{needed:?}");
        for path in needed {
            assert!(output.contains_key(&path) && path.starts_with("assets/"), "{server}: {path}");
        }
    }
    assert!(site.run(&["edge", "cloudfront"]).out.len() <= 10_240);
}

#[test]
fn a_cloudfront_gate_without_room_for_the_page_says_so_and_names_whom_to_ask() {
    let site = Site::with_private_gallery();
    let settings = site.read("site.toml");
    site.put("site.toml", settings.replace("title = ", "description = \"x\"\nfooter = []\ntitle = "));
    site.put("themes/mine/theme.toml", "");
    let long = "<!-- long -->".repeat(700);
    site.put("themes/mine/footer-extra.html", &long);
    site.put("site.toml", format!("{settings}[theme]\nname = \"mine\"\n"));
    let gate = site.run(&["edge", "cloudfront"]).fine();
    assert!(gate.out.len() <= 10_240 && !gate.out.contains("<!-- long -->"));
    for part in ["This link no longer works", "hello@example.com", "Halcyon Coast"] {
        assert!(gate.out.contains(part), "{part}\n{}", gate.out);
    }
    assert!(site.run(&["edge", "netlify"]).fine().out.contains("<!-- long -->"));
    insta::assert_snapshot!(said());
}

#[test]
fn a_theme_that_fails_keeps_no_gate_from_being_made() {
    let site = Site::with_private_gallery();
    site.put("themes/mine/theme.toml", "");
    site.put("themes/mine/tombstone.html", "{% if %}");
    let settings = site.read("site.toml");
    site.put("site.toml", format!("{settings}[theme]\nname = \"mine\"\n"));
    site.run(&["edge", "netlify"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn the_gate_for_cloudflare_is_published_with_a_site_that_passes_its_audit() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.share("the parents", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let print = |day: &str| {
        let gate = site.run(&["edge", "cloudflare", "--today", day]).fine().out;
        site.put("static/_worker.js", &gate);
        gate
    };
    let build = |day: &str| site.run(&["build", "--strict", "--today", day]);
    // A page that died, and where its pictures were.
    let gate = print("2027-01-02");
    assert_eq!(gate.split_once("var DENY = ").unwrap().1.split_once(';').unwrap().0.matches(',').count(), 1, "{gate}");
    build("2027-01-02").fine();
    assert!(site.output().contains_key("_worker.js"));
    // The gate of another day is as good.
    site.run(&["revoke", "lake-house", "--to", "the parents", "--today", "2027-01-03"]).fine();
    build("2027-01-03").fine();
    // One that was changed is none.
    site.put("static/_worker.js", gate.replace("'gone'", "'public'"));
    let run = build("2027-01-03");
    assert!(run.code != 0, "{}", run.err);
    insta::assert_snapshot!(said());
}
