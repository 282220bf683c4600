//! Passwords that the photographer chose: set, judged, listed, removed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::sealed::{SETTINGS, seal};
use crate::support::{Run, Site, said};

const FILE: &str = ".safelight/passwords.toml";
const GOOD: &str = "tulip anvil mosaic kettle";
const OTHER: &str = "gravel poem lantern oxide";

fn sealed() -> Site {
    let site = Site::with_known_links();
    seal(&site);
    site
}

/// Chooses a password, which the environment has.
fn choose(site: &Site, password: &str, more: &[&str]) -> Run {
    site.run_with(&[&["password", "lake-house"], more].concat(), &[("SAFELIGHT_PASSWORD", password)])
}

#[test]
fn a_password_is_kept_apart_and_the_gallery_says_only_that_there_is_one() {
    let site = sealed();
    let before = site.read(SETTINGS);
    choose(&site, &format!("  {GOOD} "), &[]).fine();
    assert_eq!(fs::metadata(site.path(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(site.read(FILE).contains(&format!("# lake-house\n[k3v9q2m7t4xa]\n\"\" = [\"{GOOD}\"]\n")));
    assert_eq!(site.read(".safelight/.gitignore"), "*\n");
    let after = site.read(SETTINGS);
    assert!(after.contains("\npasswords = true\n") && before.lines().all(|line| after.contains(line)), "{after}");
    // Another one for the guests, from a file with two.
    site.put("chosen.txt", format!("\u{feff}{GOOD}\r\n\r\n{OTHER}\r\n"));
    site.run(&["password", "lake-house", "--for", "guests", "--file", "chosen.txt"]).fine();
    assert!(site.read(FILE).contains(&format!("guests = [\"{GOOD}\", \"{OTHER}\"]\n")));
    assert!(site.read(SETTINGS).contains("except = [\"SECRET_0009.png\"]\npasswords = true\n"));
    // In place of the first, the same again, and gone.
    choose(&site, OTHER, &[]).fine();
    assert!(site.read(FILE).contains(&format!("\"\" = [\"{OTHER}\"]\n")));
    choose(&site, OTHER, &[]).fine();
    choose(&site, OTHER, &["--format", "json"]).fine();
    site.session(&[
        "password lake-house --list",
        "password lake-house --list --format json",
        "password lake-house --remove",
        "password lake-house --remove",
        "password lake-house --list",
        "password lake-house --remove --for guests",
        "password lake-house --list",
    ]);
    assert!(!site.read(FILE).contains("k3v9q2m7t4xa") && !site.read(SETTINGS).contains("passwords = true"));
    let told = said();
    assert!(!told.contains("tulip") && !told.contains("gravel"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn a_password_that_would_be_guessed_is_refused_with_the_reason_and_the_price() {
    let site = sealed();
    for weak in ["boathouse", "Halcyon Coast 2027", "the couple", "secret", "lake-house", "Hochzeit2027", "q1w2e3r4"] {
        let run = choose(&site, weak, &[]).refused(2);
        assert!(run.err.contains("is weak: ") && run.err.contains("in computing time"), "{weak}: {}", run.err);
        assert!(!run.err.contains(weak), "{}", run.err);
    }
    assert!(!site.path(FILE).exists() && !site.read(SETTINGS).contains("passwords"));
    said();
    choose(&site, "boathouse", &[]).refused(2);
    choose(&site, &format!("{GOOD}\nboathouse"), &[]).refused(2);
    choose(&site, &format!("{GOOD}\nboathouse"), &["--allow-weak"]).fine();
    let told = choose(&site, "boathouse", &["--allow-weak", "--format", "json"]).fine().events().pop().unwrap();
    assert_eq!((&told["weak"][0]["password"], &told["changed"]), (&1.into(), &true.into()));
    insta::assert_snapshot!(said());
    // Where trying one takes more work, a shorter one will do.
    choose(&site, "gravel poem mosaic", &[]).refused(2);
    site.put("site.toml", site.read("site.toml") + "[codes]\niterations = 10000000\n");
    choose(&site, "gravel poem mosaic", &[]).fine();
}

#[test]
fn what_is_no_password_and_where_none_can_be_is_said() {
    let site = sealed();
    choose(&site, " \u{3000} ", &[]).refused(2);
    choose(&site, "3ssp tae7 21fm a34x", &[]).refused(2);
    choose(&site, GOOD, &["--for", "guest"]).refused(3);
    site.put("chosen.txt", [0xff, 0xfe]);
    site.session(&[
        // No terminal, and nothing else.
        "password lake-house",
        "password lake-house --file none.txt",
        "password lake-house --file chosen.txt",
        "password coast",
        "password lake-house --list --remove",
    ]);
    let elsewhere = format!("[k3v9q2m7t4xa]\n\"\" = [\"{OTHER}\"]\n");
    let variables = [("SAFELIGHT_PASSWORDS", elsewhere.as_str()), ("SAFELIGHT_PASSWORD", GOOD)];
    site.run_with(&["password", "lake-house"], &variables).refused(2);
    site.put(SETTINGS, site.read(SETTINGS).replace("\"sealed\"", "\"private\""));
    choose(&site, GOOD, &[]).refused(3);
    assert!(!site.path(FILE).exists());
    insta::assert_snapshot!(said());
}

#[test]
fn passwords_of_a_gallery_that_is_not_sealed_stop_the_build_and_can_be_removed() {
    let site = sealed();
    choose(&site, GOOD, &[]).fine();
    site.put("chosen.txt", OTHER);
    site.run(&["password", "lake-house", "--for", "guests", "--file", "chosen.txt"]).fine();
    said();
    site.put(SETTINGS, site.read(SETTINGS).replace("\"sealed\"", "\"private\""));
    site.session(&[
        "check",
        "password lake-house --remove",
        "check",
        "password lake-house --remove --for guests",
        "check",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_password_opens_what_is_published_and_another_one_moves_it() {
    let site = sealed();
    choose(&site, GOOD, &[]).fine();
    site.build();
    let opened = |site: &Site, password: &str| {
        let files = site.output();
        let slots = files.iter().filter(|(path, _)| path.ends_with("slots.json"));
        slots
            .filter(|(_, slots)| safelight::sealed::Slots::read(slots).unwrap().open(password.as_bytes()).is_some())
            .map(|(path, _)| path.clone())
            .collect::<Vec<_>>()
    };
    let first = opened(&site, GOOD);
    assert_eq!(first.len(), 1, "of the audience that it was chosen for");
    choose(&site, OTHER, &[]).fine();
    site.build();
    assert_eq!(opened(&site, GOOD), [""; 0]);
    assert!(opened(&site, OTHER) != first && opened(&site, OTHER).len() == 1);
    // A revoked link takes no password along.
    site.run(&["revoke", "lake-house", "--to", "their parents"]).fine();
    site.build();
    assert_eq!(opened(&site, OTHER).len(), 1);
    // A computer without them refuses to build.
    fs::rename(site.path(FILE), site.path("elsewhere.toml")).unwrap();
    site.try_build().refused(5);
    let text = site.read("elsewhere.toml");
    site.run_with(&["build", "--threads", "1"], &[("SAFELIGHT_PASSWORDS", &text)]).fine();
    assert_eq!(opened(&site, OTHER).len(), 1);
    for (path, bytes) in site.output() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(OTHER) && !text.contains(GOOD), "{path}");
    }
}
