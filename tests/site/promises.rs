//! What the site's texts promise, and what the site does.

use crate::site::Site;

const POLICY: &str = "+++\ntitle = \"Privacy\"\neffective = 2026-01-01\n+++\n\nNo cookies. No third\nparties. There are no forms.\n\n\
                      Everything else is removed: the position (GPS), and all the rest.\n\n\
                      We write through the mail companies on the way. Pictures may not be used for training AI.\n";

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
fn a_setting_that_contradicts_a_sentence_is_told_with_both_lines() {
    let settings = "contact = \"https://forms.example/ada\"\n[rights]\nkeep_gps = true\ndata_mining = \"allowed\"\n";
    let site = Site::new().photo("Lake/a.jpg").file("pages/privacy.md", POLICY).config(settings);
    assert_eq!(
        told(&site),
        "warning: `site.toml` line 9, column 12: `rights.keep_gps` leaves the place where they were taken in the pictures, \
         but `pages/privacy.md` line 9 says “Everything else is removed: the position (GPS), and all the rest.”\n\
         hint: take the setting out, or change what the text says\n\
         warning: `site.toml` line 10, column 15: `rights.data_mining` reserves nothing, but `pages/privacy.md` line 11 says \
         “Pictures may not be used for training AI.”\n\
         hint: write `data_mining = \"prohibited-ai-training\"` below `[rights]`, or change what the text says\n\
         warning: `site.toml` line 2, column 11: `contact` is a page of `forms.example`, which learns what visitors write, but \
         `pages/privacy.md` line 11 says “We write through the mail companies on the way.”\n\
         hint: name that company in the text, or give an e-mail address\n"
    );
}

#[test]
fn files_of_the_sites_own_that_contradict_a_sentence_are_told() {
    let reserved = "[rights]\ndata_mining = \"prohibited\"\n";
    let site = Site::new()
        .photo("Lake/a.jpg")
        .file("pages/privacy.md", POLICY)
        .config(reserved)
        .file("themes/default/custom.css", "\n@import \"https://fonts.example/a.css\";\n")
        .file("themes/default/footer-extra.html", "<form action=\"https://forms.example/ada\"></form>\n")
        .file("static/count.js", "document.cookie = 'a=1';\n");
    let err = told(&site);
    let lines: Vec<&str> = err.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(
        lines,
        [
            "warning: `themes/default/custom.css` line 2, column 1: asks `fonts.example` for something, but `pages/privacy.md` \
             line 6 says “No third parties.”",
            "warning: `themes/default/footer-extra.html` line 1, column 1: has a form that is sent to `forms.example`, but \
             `pages/privacy.md` line 7 says “There are no forms.”",
            "warning: `static/count.js` line 1, column 1: keeps something in browsers (`document.cookie`), but \
             `pages/privacy.md` line 6 says “No cookies.”",
        ]
    );
}

#[test]
fn nothing_is_told_where_no_text_in_force_promises() {
    let site =
        Site::new().photo("Lake/a.jpg").config("contact = \"https://forms.example/ada\"\n[rights]\nkeep_gps = true\n");
    site.put("themes/default/footer-extra.html", "<form></form>\n");
    assert_eq!(told(&site), "");
    site.put("pages/about.md", "# About\n\nNo forms, no cookies, GPS removed.\n");
    site.put("pages/privacy.md", POLICY.replace("effective", "draft = true\neffective"));
    assert_eq!(told(&site), "");
}

#[test]
fn the_starter_keeps_its_promises() {
    let site = Site::new();
    let run = site.run(&["init", "new", "--title", "New", "--author", "Ada Vik", "--contact", "ada@vik.example"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let run = site.run(&["build", "-q", "--site", "new"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}
