//! What the site's texts claim, and what the site does.

use crate::support::Site;

const POLICY: &str = "+++\ntitle = \"Datenschutz\"\neffective = 2026-01-01\nclaims = [\n  \"no-cookies\", \"no-third-parties\", \
                      \"no-tracking\",\n  \"no-forms\",\n  \"no-locations\", \"no-ai-training\",\n  \"contact-by-mail\",\n]\n+++\n\nWir \
                      speichern nichts.\n";

fn told(site: &Site) -> String {
    let build = site.run(&["build", "-q"]);
    assert_eq!(build.code, 0, "{}", build.err);
    let check = site.run(&["check", "-q"]);
    // What is a warning where it stops nothing is a finding of a check.
    let findings = build.err.replace("warning: ", "error: ");
    assert_eq!((check.code, check.err), (i32::from(!findings.is_empty()), findings));
    build.err
}

#[test]
fn a_setting_that_contradicts_a_claim_is_told_with_both_lines() {
    let settings = "contact = \"https://forms.example/ada\"\n[rights]\nkeep_gps = true\ndata_mining = \"allowed\"\n";
    let site = Site::new().photo("Lake/a.jpg").file("pages/datenschutz.md", POLICY).config(settings);
    insta::assert_snapshot!(told(&site));
}

#[test]
fn files_of_the_sites_own_that_contradict_a_claim_are_told() {
    let reserved = "[rights]\ndata_mining = \"prohibited\"\n";
    let site = Site::new()
        .photo("Lake/a.jpg")
        .file("pages/datenschutz.md", POLICY)
        .config(reserved)
        .file("themes/default/custom.css", "\n@import \"https://fonts.example/a.css\";\n")
        .file("themes/default/footer-extra.html", "<form action=\"https://forms.example/ada\"></form>\n")
        .file("static/count.js", "document.cookie = 'a=1';\n");
    insta::assert_snapshot!(told(&site));
}

#[test]
fn nothing_is_told_where_no_text_in_force_claims_anything() {
    let site =
        Site::new().photo("Lake/a.jpg").config("contact = \"https://forms.example/ada\"\n[rights]\nkeep_gps = true\n");
    site.put("themes/default/footer-extra.html", "<form></form>\n");
    assert_eq!(told(&site), "");
    site.put("pages/about.md", "# About\n\nNo forms, no cookies, GPS removed.\n");
    site.put("pages/datenschutz.md", POLICY.replace("effective", "draft = true\neffective"));
    assert_eq!(told(&site), "");
}

#[test]
fn the_starters_claims_are_true() {
    let site = Site::new();
    let run = site.run(&["init", "new", "--title", "New", "--author", "Ada Vik", "--contact", "ada@vik.example"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = site.run(&["build", "-q", "--site", "new"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}
