//! Sites and galleries in other languages than English.

use crate::support::{Site, said};

#[test]
fn english_words_in_a_site_of_another_language_are_warned_of() {
    for language in ["sv", "zh-Hant"] {
        let site = Site::new().photo("Lake/a.jpg").config(&format!("language = \"{language}\"\n"));
        for command in [&["build"][..], &["check"], &["theme", "check"]] {
            site.run(command);
        }
    }
    for language in ["en", "en-GB", "EN-us", "de", "pt-BR", "zh-CN", "fr-CH"] {
        let site = Site::new().photo("Lake/a.jpg").config(&format!("language = \"{language}\"\n"));
        assert!(!site.run(&["build"]).err.contains("English"), "{language}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn words_of_the_sites_own_are_not_missed_and_the_others_are_named() {
    let site = Site::new().photo("Lake/a.jpg").config("language = \"sv\"\n");
    site.run(&["theme", "eject", "words/sv.ftl"]).fine();
    let english = site.read("themes/default/words/sv.ftl");
    site.put("themes/default/words/sv.ftl", "home = Hem\n");
    let told = site.run(&["check"]).err;
    assert!(!told.contains("`home`"), "{told}");
    site.put("themes/default/words/sv.ftl", english.replace("= Home", "= Hem"));
    assert!(!site.run(&["check"]).err.contains("English"));
    insta::assert_snapshot!(said());
}
