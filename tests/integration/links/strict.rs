//! A strict build looks for leaks.

use std::fs;

use crate::support::{Site, said};

#[test]
fn a_strict_build_ends_with_a_finding_where_a_public_file_leads_to_a_private_gallery() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.run(&["build", "--strict"]).fine();
    site.put("static/notes.txt", format!("https://photos.example.com/{link}"));
    // A build that was not asked to look does not.
    site.build();
    let ran = site.run(&["build", "--strict"]).refused(1);
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    assert!(!ran.err.contains(token) && !ran.out.contains(token), "{}", ran.err);
    // The folder is as the build made it: what to do with it is for whoever asked.
    assert!(site.path("public/notes.txt").exists());
    fs::remove_file(site.path("static/notes.txt")).unwrap();
    site.run(&["build", "--strict"]).fine();
    assert!(!site.path("public/notes.txt").exists());
    insta::assert_snapshot!(said());
}
