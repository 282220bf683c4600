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

#[test]
fn a_gallery_and_its_audiences_have_languages_of_their_own() {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Lake/Shore/b.jpg", "Sea/c.jpg", "lake-house/d.jpg", "lake-house/e.jpg"])
        .gallery_toml("Lake", "language = \"pl\"\ndate = 2026-06-20\n")
        .gallery_toml(
            "lake-house",
            "access = \"private\"\nlanguage = \"ja\"\ndate = 2026-06-20\n[audiences.family]\nlanguage = \"ar\"\n",
        );
    site.prepare(&["secret", "new"]);
    let (to_all, to_family) = (site.share("all", &[]), site.share("family", &["--audience", "family"]));
    site.build();
    let begins = |path: &str, head: &str| assert!(site.read(path).contains(head), "{path}: {}", site.read(path));
    begins("public/lake/index.html", "<html lang=\"pl\" dir=\"ltr\"");
    begins("public/lake/index.html", "20 czerwca 2026");
    begins("public/lake/index.html", ">1 zdjęcie<");
    begins("public/lake/a.html", "Wszystkie zdjęcia");
    begins("public/lake/shore/index.html", "<html lang=\"pl\"");
    begins("public/sea/index.html", "<html lang=\"en\" dir=\"ltr\"");
    // The home page says what it says of them in its own language.
    begins("public/index.html", "20 June 2026");
    let page = |link: &str| format!("public/{link}index.html");
    begins(&page(&to_all), "<html lang=\"ja\" dir=\"ltr\"");
    begins(&page(&to_all), "2026年6月20日");
    begins(&page(&to_all), "写真2枚");
    begins(&page(&to_family), "<html lang=\"ar\" dir=\"rtl\"");
    begins(&page(&to_family), "20 يونيو 2026");
    begins(&page(&to_family), "صورتان");
    site.run(&["audit"]).fine();
}

#[test]
fn a_language_that_a_gallery_asks_for_and_that_we_lack_is_told_where_it_is_asked_for() {
    let site = Site::new().photos(["Lake/a.jpg", "Sea/c.jpg"]).gallery_toml("Lake", "language = \"sv\"\n");
    for command in [&["build"][..], &["check"], &["theme", "check"]] {
        site.run(command);
    }
    site.put("themes/default/words.toml", "home = \"Hem\"\n");
    site.run(&["build"]);
    site.remove("themes/default/words.toml");
    site.put("themes/default/words/sv.ftl", "home = Hem\nhom = Hem\nphoto_count = { $count } { $kind }\nskip\n");
    site.run(&["check"]);
    site.put("themes/default/words/sv.ftl", "home = Hem\nhom = Hem\nphoto_count = { $count } { $kind }\n");
    site.run(&["check"]);
    insta::assert_snapshot!(said());
}
