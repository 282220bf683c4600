//! A site in another language than the theme.

use crate::support::{Site, said};

#[test]
fn english_words_in_a_site_of_another_language_are_warned_of() {
    for language in ["de", "pt-BR", "zh-Hant", "fr-CH"] {
        let site = Site::new().photo("Lake/a.jpg").config(&format!("language = \"{language}\"\n"));
        for command in [&["build"][..], &["check"], &["theme", "check"]] {
            site.run(command);
        }
    }
    for language in ["en", "en-GB", "EN-us"] {
        let site = Site::new().photo("Lake/a.jpg").config(&format!("language = \"{language}\"\n"));
        assert!(!site.run(&["build"]).err.contains("English"));
    }
    insta::assert_snapshot!(said());
}

#[test]
fn words_of_the_sites_own_are_not_missed_and_the_others_are_named() {
    let site = Site::new().photo("Lake/a.jpg").config("language = \"de\"\n");
    let english = site.run(&["theme", "eject", "words.toml", "--print"]).out;
    site.put("themes/default/words.toml", "home = \"Start\"\n");
    let told = site.run(&["check"]).err;
    assert!(!told.contains("`home`"), "{told}");
    site.put("themes/default/words.toml", english.replace("Home", "Start").replace("January", "Januar"));
    assert!(!site.run(&["check"]).err.contains("English"));
    insta::assert_snapshot!(said());
}
