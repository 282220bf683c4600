use super::*;
use crate::pages::files::{OverrideState, check, eject, files};

fn rendered(files: &[(&str, &str)]) -> String {
    let theme = load(files).unwrap();
    theme.render(&theme.prepare(&site()), &gallery()).unwrap()
}

fn failure(files: &[(&str, &str)]) -> String {
    let folder = themes(files);
    let settings = ThemeSettings { name: "mine".into(), ..settings() };
    let theme = Theme::load(&settings, folder.path(), &["en"]).unwrap();
    told(&theme.render(&theme.prepare(&site()), &gallery()).unwrap_err(), folder.path())
}

#[test]
fn a_block_of_a_built_in_template_is_overridden() {
    let page = rendered(&[(
        "gallery.html",
        "{% extends \"default/gallery.html\" %}{% block heading %}<h1>Mine: {{ gallery.title }}</h1>{% endblock %}",
    )]);
    assert!(page.contains("<main id=\"content\" tabindex=\"-1\">\n<h1>Mine: Iceland</h1>"));
    assert!(page.contains("<ul class=\"tiles"));
}

#[test]
fn a_template_that_others_extend_is_overridden_for_all_of_them() {
    let page = rendered(&[(
        "base.html",
        "{% extends \"default/base.html\" %}{% block footer %}<footer>Mine</footer>{% endblock %}",
    )]);
    assert!(page.contains("<footer>Mine</footer>") && page.contains("<h1>Iceland</h1>"));
}

#[test]
fn a_part_is_overridden_by_name() {
    let part = "{% component picture(of) %}<img alt=\"{{ of.alt }}\" src=\"{{ of.src }}\">{% endcomponent picture %}";
    assert!(rendered(&[("mine.html", part)]).contains("<img alt=\"Photo 1 of 2, Iceland\" src=\"/photos/img/b.jpg\">"));
}

#[test]
fn hooks_words_and_styles_are_added() {
    let theme = load(&[
        ("head-extra.html", "<meta name=\"x\" content=\"{{ site.title }}\">\n"),
        ("footer-extra.html", "<p>More</p>\n"),
        (
            "words/en.ftl",
            "skip = To the top\nphoto_count = { $count ->\n    [one] a picture\n   *[other] { $count } pictures\n}\n",
        ),
        ("custom.css", ".mine{background:url(paper.png)}.other{background:url('assets/paper.png')}"),
        ("assets/paper.png", "png"),
    ])
    .unwrap();
    let page = theme.render(&theme.prepare(&site()), &gallery()).unwrap();
    assert!(page.contains("<meta name=\"x\" content=\"Shore\">\n"));
    assert!(page.contains("<p>More</p>\n</footer>"));
    assert!(page.contains(">To the top</a>") && page.contains("<span>2 pictures</span>"));
    let style = theme.assets().iter().find(|asset| asset.name == "style.css").unwrap();
    let css = String::from_utf8(style.bytes.clone()).unwrap();
    let paper = theme.assets().iter().find(|asset| asset.name == "paper.png").unwrap();
    let name = paper.path.strip_prefix("assets/").unwrap();
    assert!(css.ends_with(&format!(".mine{{background:url({name})}}.other{{background:url({name})}}")), "{css}");
}

#[test]
fn a_field_that_does_not_exist_is_told_with_its_place_and_nearest_name() {
    let text =
        "{% extends \"default/gallery.html\" %}\n{% block heading %}\n  <h1>{{ gallery.titel }}</h1>\n{% endblock %}";
    assert_eq!(
        failure(&[("gallery.html", text)]),
        "`mine/gallery.html` line 3, column 18: field `titel` is not defined / did you mean `title`?"
    );
    assert_eq!(
        failure(&[("head-extra.html", "\n{{ sit.title }}")]),
        "`mine/head-extra.html` line 2, column 4: variable `sit` is not defined / did you mean `site`?"
    );
    assert!(
        failure(&[("head-extra.html", "{{ assets[\"logo.svg\"] }}")])
            .starts_with("`mine/head-extra.html` line 1, column ")
    );
}

#[test]
fn mistakes_of_syntax_and_missing_things_are_told_when_the_theme_is_loaded() {
    let error = |name: &str, text: &str| load(&[(name, text)]).map(|_| ()).unwrap_err().join("\n");
    assert_eq!(
        error("gallery.html", "{% extends \"default/galery.html\" %}"),
        "`mine/gallery.html`: extends `default/galery.html`, which does not exist / did you mean `gallery.html`?"
    );
    assert_eq!(error("x.html", "a\n{{ b | uper }}"), "`mine/x.html` line 2, column 8: unknown filter `uper` / ");
    assert!(error("x.html", "a\n{% if b %}").starts_with("`mine/x.html` line 2"));
    assert_eq!(
        error("gallery.html", "{% extends \"default/gallery.html\" %}\n{% block heding %}{% endblock %}"),
        "`mine/gallery.html` line 2, column 10: block `heding` is not defined in any parent template / "
    );
    assert_eq!(
        error("custom.css", "a{}\nb{background:url(\"papr.png\")}"),
        "`mine/custom.css` line 2, column 1: there is no file `papr.png` in the theme's `assets/` / "
    );
    assert!(error("custom.css", "@import url(https://fonts.example/a.css);").contains("is on another site"));
}

#[test]
fn a_theme_that_does_not_exist_is_an_error_and_a_misspelt_file_a_warning() {
    let settings = ThemeSettings { name: "mien".into(), ..settings() };
    assert!(Theme::load(&settings, Path::new("nowhere"), &["en"]).is_err());
    let theme = load(&[("galery.html", "x"), ("costom.css", "x"), (".hidden", "x")]).unwrap();
    let warnings: Vec<_> = theme.warnings().iter().map(|warning| warning.hint.clone().unwrap()).collect();
    assert_eq!(warnings, ["did you mean `custom.css`?", "did you mean `gallery.html`?"]);
}

#[test]
fn a_copied_file_knows_when_it_is_stale() {
    let current = eject("gallery.html").unwrap();
    let stale = current.replacen(|c: char| c.is_ascii_digit(), "x", 1);
    let folder = themes(&[
        ("gallery.html", &(stale + "<!-- mine -->")),
        ("photo.html", &(eject("photo.html").unwrap() + "<!-- mine -->")),
        ("text.html", "{% extends \"default/text.html\" %}"),
        ("home.html", "mine {% include \"own.html\" %}"),
        ("404.html", crate::pages::files::built_in("404.html").unwrap()),
        ("own.html", "mine"),
        ("words/en.ftl", "home = Start"),
    ]);
    let states: Vec<_> = files(folder.path(), "mine")
        .unwrap()
        .into_iter()
        .filter(|file| file.overridden_by.is_some())
        .map(|file| (file.name, file.state))
        .collect();
    let expected = [
        ("404.html", OverrideState::Same),
        ("gallery.html", OverrideState::Stale),
        ("home.html", OverrideState::Unmarked),
        ("own.html", OverrideState::Own),
        ("photo.html", OverrideState::Current),
        ("text.html", OverrideState::Extends),
        ("words/en.ftl", OverrideState::Extends),
    ];
    assert_eq!(states, expected.map(|(name, state)| (name.to_owned(), state)));
    assert_eq!(check(folder.path(), "mine").unwrap().len(), 3);
}

#[test]
fn every_file_that_is_copied_out_works_as_it_is() {
    let copies: Vec<_> = crate::pages::files::BUILT_IN.iter().map(|(name, _)| (*name, eject(name).unwrap())).collect();
    let files: Vec<_> = copies.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let theme = load(&files).unwrap();
    let pages = every_page(&theme, &theme.prepare(&site()));
    assert!(pages.iter().all(|page| page.starts_with("<!doctype html>")), "{}", &pages[0][..80]);
    assert_eq!(eject("galery.html").unwrap_err().hint.as_deref(), Some("did you mean `gallery.html`?"));
}

#[test]
fn the_fingerprint_follows_every_part_of_the_theme() {
    let plain = load(&[("x.html", "")]).unwrap().fingerprint();
    assert_eq!(plain, load(&[("x.html", "")]).unwrap().fingerprint());
    for change in [("x.html", "y"), ("words/en.ftl", "home = H"), ("custom.css", "a{}"), ("assets/a.svg", "s")] {
        assert_ne!(plain, load(&[("x.html", ""), change]).unwrap().fingerprint(), "{}", change.0);
    }
}

#[test]
fn a_condition_on_a_field_that_does_not_exist_is_warned_about() {
    let theme =
        load(&[("head-extra.html", "{% if site.titel %}x{% endif %}{% if words.skipp %}y{% endif %}")]).unwrap();
    let hints: Vec<_> = theme.warnings().iter().map(|warning| warning.hint.clone().unwrap()).collect();
    assert_eq!(hints, ["did you mean `site.title`?", "did you mean `words.skip`?"]);
}

#[test]
fn words_are_overridden_for_each_language_and_the_nearest_one_counts() {
    let folder = themes(&[("words/de.ftl", "home = Anfang\nmenu = Menü"), ("words/de-AT.ftl", "home = Daheim")]);
    let settings = ThemeSettings { name: "mine".into(), ..settings() };
    let theme = Theme::load(&settings, folder.path(), &["en", "de-AT", "de", "de-CH"]).unwrap();
    let said = |language: &str| ["home", "menu", "skip"].map(|word| theme.words(language).text(word).to_owned());
    assert_eq!(said("de-AT"), ["Daheim", "Menü", "Zum Inhalt"]);
    assert_eq!(said("de-CH"), ["Anfang", "Menü", "Zum Inhalt"]);
    assert_eq!(said("en"), ["Home", "Site", "Skip to the content"]);
}

#[test]
fn files_of_words_that_do_nothing_are_told() {
    let theme = load(&[("words/sv.ftl", "home = Hem"), ("words/german.ftl", ""), ("de.ftl", "")]).unwrap();
    let warnings: Vec<_> = theme.warnings().iter().map(|warning| warning.message.clone()).collect();
    assert_eq!(warnings, ["is not used by the theme", "is not used by the theme", "is not used: no page is in `sv`"]);
    let old = load(&[("words.toml", "home = \"Start\"")]).map(|_| ()).unwrap_err().join("\n");
    assert!(old.contains("`mine/words.toml`: is not read any more") && old.contains("`words/de.ftl`"), "{old}");
    // A mistake in a file counts at once, whether a page is in its language or not.
    assert!(load(&[("words/sv.ftl", "hom = Hem")]).is_err());
}

#[test]
fn words_of_a_language_without_any_are_copied_out_in_english() {
    let copy = eject("words/sv.ftl").unwrap();
    assert!(copy.starts_with("# safelight theme, from words/en.ftl ") && copy.contains("\nhome = Home\n"));
    assert!(eject("words/pt-BR.ftl").unwrap().contains("\nhome = Início\n"));
    let folder = themes(&[("words/sv.ftl", &copy)]);
    let settings = ThemeSettings { name: "mine".into(), ..settings() };
    let theme = Theme::load(&settings, folder.path(), &["sv"]).unwrap();
    assert_eq!(theme.words("sv").english().count(), 0);
    let sv = files(folder.path(), "mine").unwrap().into_iter().find(|file| file.name == "words/sv.ftl").unwrap();
    assert_eq!(sv.state, OverrideState::Current);
}

#[test]
fn scripts_are_given_every_form_of_a_word() {
    let page = rendered(&[(
        "footer-extra.html",
        "<p data-count=\"{{ words.photo_count | forms }}\" data-full=\"{{ words.favourites_full }}\">",
    )]);
    assert!(
        page.contains(
            "data-count=\"{&quot;one&quot;:&quot;{count} photo&quot;,&quot;other&quot;:&quot;{count} photos&quot;}\""
        ),
        "{page}"
    );
    assert!(page.contains("data-full=\"“{list}” has {limit} photos now"));
}

#[test]
fn a_copy_of_every_built_in_file_changes_nothing_and_is_told_of_by_nobody() {
    let themes = tempfile::tempdir().unwrap();
    for (name, text) in crate::pages::files::BUILT_IN.iter() {
        let file = themes.path().join("default").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let copied = Theme::load(&settings(), themes.path(), &["en"]).unwrap();
    let built_in = Theme::load(&settings(), Path::new("nowhere"), &["en"]).unwrap();
    assert_eq!((copied.warnings().len(), copied.behaviours().len()), (0, 0));
    assert_eq!(copied.fingerprint(), built_in.fingerprint());
    assert_eq!(copied.assets(), built_in.assets());
}
