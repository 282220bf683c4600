//! A strict build looks for leaks.

use std::fs;

use crate::place::Place;

#[test]
fn a_strict_build_ends_with_a_finding_where_a_public_file_leads_to_a_private_gallery() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.run(&["build", "--strict", "--today", "2027-01-02"]).fine();
    place.write("static/notes.txt", &format!("https://photos.example.com/{link}"));
    // A build that was not asked to look does not.
    place.build().fine();
    let ran = place.run(&["build", "--strict", "--today", "2027-01-02"]).refused(1, "notes.txt");
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    assert!(!ran.err.contains(token) && !ran.out.contains(token), "{}", ran.err);
    // The folder is as the build made it: what to do with it is for whoever asked.
    assert!(place.path("public/notes.txt").exists());
    fs::remove_file(place.path("static/notes.txt")).unwrap();
    place.run(&["build", "--strict", "--today", "2027-01-02"]).fine();
    assert!(!place.path("public/notes.txt").exists());
}
