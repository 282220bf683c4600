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
    assert_eq!(
        told(&site),
        "warning: `site.toml` line 9, column 12: `rights.keep_gps` leaves the place where they were taken in the pictures, \
         but `pages/datenschutz.md` line 7 claims `no-locations`\n\
         hint: take the setting out, or the claim\n\
         warning: `site.toml` line 10, column 15: `rights.data_mining` reserves nothing, but `pages/datenschutz.md` line 7 claims \
         `no-ai-training`\n\
         hint: write `data_mining = \"prohibited-ai-training\"` below `[rights]`, or take the claim out\n\
         warning: `site.toml` line 2, column 11: `contact` is a page of `forms.example`, which learns what visitors write, but \
         `pages/datenschutz.md` line 8 claims `contact-by-mail`\n\
         hint: give an e-mail address, or take the claim out\n"
    );
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
    let err = told(&site);
    let lines: Vec<&str> = err.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(
        lines,
        [
            "warning: `themes/default/custom.css` line 2, column 1: `fonts.example` is asked for something, which the pages' \
             security policy refuses",
            "warning: `themes/default/footer-extra.html` line 1, column 1: the form is not sent: the pages' security policy \
             refuses `forms.example`",
            "warning: `themes/default/custom.css` line 2, column 1: asks `fonts.example` for something, but \
             `pages/datenschutz.md` line 5 claims `no-third-parties`",
            "warning: `themes/default/footer-extra.html` line 1, column 1: has a form that is sent to `forms.example`, but \
             `pages/datenschutz.md` line 6 claims `no-forms`",
            "warning: `static/count.js` line 1, column 1: keeps something in browsers (`document.cookie`), but \
             `pages/datenschutz.md` line 5 claims `no-cookies`",
        ]
    );
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
