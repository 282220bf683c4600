//! Gates answer dead links with the site's own page.

use crate::place::{Place, addresses};

#[test]
fn every_gate_answers_a_dead_link_with_the_sites_own_page() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    let output = place.output();
    for server in ["nginx", "caddy", "cloudfront", "cloudflare", "netlify"] {
        let gate = place.run(&["edge", server, "--today", "2027-01-02"]).fine().out;
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
    assert!(place.run(&["edge", "cloudfront", "--today", "2027-01-02"]).out.len() <= 10_240);
}

#[test]
fn a_cloudfront_gate_without_room_for_the_page_says_so_and_names_whom_to_ask() {
    let place = Place::new();
    let settings = place.read("site.toml");
    place.write("site.toml", &settings.replace("title = ", "description = \"x\"\nfooter = []\ntitle = "));
    place.write("themes/mine/theme.toml", "");
    let long = "<!-- long -->".repeat(700);
    place.write("themes/mine/footer-extra.html", &long);
    place.write("site.toml", &format!("{settings}[theme]\nname = \"mine\"\n"));
    let gate = place.run(&["edge", "cloudfront"]).fine();
    assert!(gate.err.contains("a short one"), "{}", gate.err);
    assert!(gate.out.len() <= 10_240 && !gate.out.contains("<!-- long -->"));
    for part in ["This link no longer works", "hello@example.com", "Halcyon Coast"] {
        assert!(gate.out.contains(part), "{part}\n{}", gate.out);
    }
    assert!(place.run(&["edge", "netlify"]).fine().out.contains("<!-- long -->"));
}

#[test]
fn a_theme_that_fails_keeps_no_gate_from_being_made() {
    let place = Place::new();
    place.write("themes/mine/theme.toml", "");
    place.write("themes/mine/tombstone.html", "{% if %}");
    let settings = place.read("site.toml");
    place.write("site.toml", &format!("{settings}[theme]\nname = \"mine\"\n"));
    let gate = place.run(&["edge", "netlify"]).fine();
    assert!(gate.err.contains("tombstone.html") && gate.out.contains("no longer works"), "{}", gate.err);
}

#[test]
fn the_gate_for_cloudflare_is_published_with_a_site_that_passes_its_audit() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.share("the parents", &[]);
    place.build().fine();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    let print = |day: &str| {
        let gate = place.run(&["edge", "cloudflare", "--today", day]).fine().out;
        place.write("static/_worker.js", &gate);
        gate
    };
    let build = |day: &str| place.run(&["build", "--strict", "--today", day]);
    // A page that died, and where its pictures were.
    let gate = print("2027-01-02");
    assert_eq!(gate.split_once("var DENY = ").unwrap().1.split_once(';').unwrap().0.matches(',').count(), 1, "{gate}");
    build("2027-01-02").fine();
    assert!(place.output().contains_key("_worker.js"));
    // The gate of another day is as good.
    place.run(&["revoke", "lake-house", "--to", "the parents", "--today", "2027-01-03"]).fine();
    build("2027-01-03").fine();
    // One that was changed is none.
    place.write("static/_worker.js", &gate.replace("'gone'", "'public'"));
    let run = build("2027-01-03");
    assert!(run.code != 0 && run.err.contains("safelight edge cloudflare > static/_worker.js"), "{}", run.err);
}
