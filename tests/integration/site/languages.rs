//! Sites whose open part is laid out in several languages.

use std::collections::BTreeSet;

use crate::support::{Site, said};

/// A site in English, German and Arabic, with a private gallery.
fn site() -> Site {
    let site = Site::new()
        .photos(["Lake/a.jpg", "Lake/Shore/b.jpg", "Hidden/c.jpg", "lake-house/d.jpg"])
        .gallery_toml(
            "Lake",
            "title = \"The lake\"\ndate = 2026-06-20\ndescription = \"See [the shore](Shore) and [terms](../../pages/terms.md).\"\n\
             [captions]\n\"a.jpg\" = \"A boat\"\n\
             [translations.de]\ntitle = \"Der See\"\ndescription = \"[Ufer](Shore), [Recht](../../pages/terms.md).\"\n\
             [translations.de.captions]\n\"a.jpg\" = \"Ein Boot\"\n",
        )
        .gallery_toml("Hidden", "access = \"unlisted\"\n")
        .gallery_toml("lake-house", "access = \"private\"\nlanguage = \"de\"\n[translations.de]\ntitle = \"Seehaus\"\n")
        .file("pages/about.md", "# About\n\n[Terms](terms.md)\n")
        .file("pages/terms.md", "+++\nmenu = \"footer\"\n+++\n# Terms\n")
        .file("pages/terms.de.md", "+++\nmenu = \"footer\"\neffective = 2026-03-01\n+++\n# Bedingungen\n\n[Über](about.md), [See](../galleries/Lake)\n")
        .config(
            "url = \"https://example.com/photos/\"\nlanguages = [\"de\", \"ar\"]\n[translations.de]\ntitle = \"Testseite\"\n",
        );
    site.prepare(&["secret", "new"]);
    site
}

#[track_caller]
fn has(site: &Site, path: &str, texts: &[&str]) {
    let page = site.read(&format!("public/{path}"));
    for text in texts {
        assert!(page.contains(text), "{path} has no {text}:\n{page}");
    }
}

#[test]
fn the_open_part_is_there_in_every_language_and_links_to_itself_in_the_others() {
    let site = site();
    let link = site.share("a client", &[]);
    site.build();
    has(
        &site,
        "index.html",
        &["<html lang=\"en\" dir=\"ltr\"", "href=\"/photos/lake/\"", "20 June 2026", "hreflang=\"de\""],
    );
    let alternates = [
        "<link rel=\"alternate\" hreflang=\"en\" href=\"https://example.com/photos/lake/\">",
        "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://example.com/photos/lake/\">",
        "<link rel=\"alternate\" hreflang=\"de\" href=\"https://example.com/photos/de/lake/\">",
        "<link rel=\"alternate\" hreflang=\"ar\" href=\"https://example.com/photos/ar/lake/\">",
    ];
    for page in ["lake/index.html", "de/lake/index.html", "ar/lake/index.html"] {
        has(&site, page, &alternates);
    }
    has(
        &site,
        "de/lake/index.html",
        &[
            "<html lang=\"de\" dir=\"ltr\"",
            "<title>Der See – Testseite</title>",
            "href=\"/photos/de/lake/a.html\"",
            "href=\"/photos/de/lake/shore/\"",
            // A translation leads to translations, and to the main text where there is none.
            "<a href=\"/photos/de/terms/\">Recht</a>",
            "20. Juni 2026",
            "<link rel=\"canonical\" href=\"https://example.com/photos/de/lake/\">",
            "<a href=\"/photos/ar/lake/\" hreflang=\"ar\" lang=\"ar\" dir=\"rtl\" rel=\"alternate\">العربية</a>",
        ],
    );
    has(&site, "de/lake/a.html", &["alt=\"Ein Boot\"", "src=\"/photos/img/lake/"]);
    has(&site, "lake/a.html", &["alt=\"A boat\"", "src=\"/photos/img/lake/"]);
    has(&site, "ar/lake/index.html", &["<html lang=\"ar\" dir=\"rtl\"", "See <a href=\"/photos/ar/lake/shore/\">"]);
    has(&site, "ar/lake/index.html", &["<a href=\"/photos/terms/\">terms</a>"]);
    has(
        &site,
        "de/terms/index.html",
        &["Gültig seit 1. März 2026", "<a href=\"/photos/about/\">Über</a>", "<a href=\"/photos/de/lake/\">See</a>"],
    );
    has(
        &site,
        "de/index.html",
        &["<li><a href=\"/photos/about/\">About</a></li>", "<li><a href=\"/photos/de/terms/\">Bedingungen</a></li>"],
    );
    // A text that is not translated leads to the home pages, and names no alternate.
    has(&site, "about/index.html", &["<a href=\"/photos/de/\" hreflang=\"de\" lang=\"de\" dir=\"ltr\">Deutsch</a>"]);
    has(
        &site,
        "terms/index.html",
        &["<a href=\"/photos/de/terms/\" hreflang=\"de\" lang=\"de\" dir=\"ltr\" rel=\"alternate\">"],
    );
    assert!(!site.read("public/terms/index.html").contains("hreflang=\"ar\" href=\"https"));
    assert!(!site.path("public/ar/terms").exists() && !site.path("public/de/about").exists());
    // What is listed nowhere is there, and listed nowhere.
    has(&site, "de/hidden/index.html", &["noindex"]);
    let sitemap = site.read("public/sitemap.xml");
    assert!(sitemap.contains(
        "<xhtml:link rel=\"alternate\" hreflang=\"ar\" href=\"https://example.com/photos/ar/lake/a.html\"/>"
    ));
    assert!(!sitemap.contains("hidden") && !site.read("public/de/index.html").contains("hidden"));
    // A private gallery is there once, in its own language, with the menu of that.
    has(
        &site,
        &format!("{link}index.html"),
        &["<html lang=\"de\"", ">Seehaus</h1>", "href=\"/photos/de/terms/\"", "href=\"/photos/de/\""],
    );
    assert!(!site.read(&format!("public/{link}index.html")).contains("hreflang"));
    site.run(&["audit"]).fine();
}

#[test]
fn a_gallery_in_one_of_the_sites_languages_is_named_once_in_it() {
    let site = Site::new()
        .photo("Lake/a.jpg")
        .gallery_toml("Lake", "language = \"de\"\n")
        .config("url = \"https://example.com/\"\nlanguages = [\"de\", \"fr\"]\n");
    site.build();
    for (page, here) in [("lake/", "lake/"), ("de/lake/", "de/lake/"), ("fr/lake/", "lake/")] {
        let text = site.read(&format!("public/{page}index.html"));
        let link = format!("<link rel=\"alternate\" hreflang=\"de\" href=\"https://example.com/{here}\">");
        assert_eq!((text.matches("hreflang=\"de\" href=").count(), text.contains(&link)), (1, true), "{page}: {text}");
    }
}

#[test]
fn a_further_language_changes_nothing_at_plain_addresses_but_what_leads_to_it() {
    let site = site();
    site.build();
    let pictures = |site: &Site| -> BTreeSet<String> {
        site.like("", "").into_iter().filter(|path| path.starts_with("img/")).collect()
    };
    let before = pictures(&site);
    let files = site.like("", "");
    site.set_config("url = \"https://example.com/photos/\"\n");
    site.build();
    assert_eq!(pictures(&site), before);
    assert!(site.like("", "").iter().all(|path| !path.starts_with("de/") && !path.starts_with("ar/")));
    assert!(files.iter().any(|path| path.starts_with("ar/")));
}

#[test]
fn a_gallery_that_closes_comes_down_in_every_language_even_if_the_build_fails() {
    let site = site();
    site.build();
    site.put("galleries/Lake/gallery.toml", "access = \"private\"\n");
    site.put("pages/broken.md", "[x](nowhere.md)\n");
    assert_ne!(site.try_build().code, 0);
    let left: Vec<String> = site.like("", "").into_iter().filter(|path| path.contains("lake")).collect();
    assert_eq!(left, [""; 0]);
    // What did not close stays, texts too.
    assert!(site.path("public/de/terms/index.html").exists() && site.path("public/de/hidden/index.html").exists());
}

#[test]
fn what_may_be_meant_to_close_a_gallery_closes_it_among_translations_too() {
    for text in [
        "[translations.de]\naccess = \"private\"\n",
        "[translations]\naccess = \"private\"\n",
        "[translations.de.captions]\naccess = \"private\"\n",
        "[translations.private]\ntitle = \"Lake\"\n",
    ] {
        let site = Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]).config("languages = [\"de\"]\n");
        site.build();
        site.put("galleries/Lake/gallery.toml", text);
        assert_ne!(site.try_build().code, 0, "{text}");
        let left: Vec<String> = site.like("", "").into_iter().filter(|path| path.contains("lake")).collect();
        assert_eq!(left, [""; 0], "{text}");
        assert!(site.path("public/de/sea/index.html").exists());
    }
}

#[test]
fn what_is_wrong_with_languages_is_told() {
    let site = Site::new().photo("de/a.jpg").config("languages = [\"de\", \"DE\"]\n");
    site.run(&["check"]);
    site.set_config("languages = [\"en\", \"german\"]\n");
    site.run(&["check"]);
    site.set_config("languages = [\"en\"]\n[translations.deutsch]\ntitle = \"x\"\n");
    site.run(&["check"]);
    // A gallery that is called like a language makes room.
    site.set_config("languages = [\"de\", \"sv\"]\n");
    site.run(&["build"]);
    site.put("pages/de.md", "# De\n");
    site.run(&["check"]);
    site.remove("pages/de.md");
    site.put("pages/about.de.md", "# Über\n");
    site.put("pages/about.DE.md", "# Über\n");
    site.run(&["check"]);
    site.remove("pages/about.DE.md");
    site.put("galleries/de/gallery.toml", "[translations.fr]\ntitle = \"A\"\n[translations.de]\ntitle = \"B\"\n");
    site.set_config("languages = [\"de-AT\"]\n[translations.nl]\ntitle = \"x\"\n");
    site.run(&["check"]);
    for table in ["[translations.de.captions]\n\"b.jpg\" = \"B\"\n", "[translations.de.alt]\ntitle = \"A\"\n"] {
        site.put("galleries/de/gallery.toml", table);
        site.run(&["check"]);
    }
    insta::assert_snapshot!(said());
}
