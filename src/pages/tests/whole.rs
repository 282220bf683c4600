use super::*;

#[test]
fn a_photo_page_is_this() {
    let theme = theme();
    let page = theme.render(&theme.prepare(&site()), &photo()).unwrap();
    let (_, main) = page.split_once("<main id=\"content\" tabindex=\"-1\">\n").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    assert_eq!(
        main,
        r#"<figure class="photo r150 small z1000 c30"><picture><source type="image/avif" srcset="/photos/img/a.avif 600w" sizes="(min-width:640px) min(92vw,123vh), min(100vw,123vh)"><img src="/photos/img/b.jpg" srcset="/photos/img/a.jpg 600w, /photos/img/b.jpg 1200w" sizes="(min-width:640px) min(92vw,123vh), min(100vw,123vh)" width="1200" height="800" alt="A harbour" fetchpriority="high"></picture></figure>
<nav class="step" aria-label="Other photos of this gallery">
<a id="previous" rel="prev" href="/photos/iceland/1/">Previous</a>
<p><span class="count" aria-label="Photo 2 of 3" role="img">2 / 3</span> <a id="up" href="/photos/iceland/">All photos</a></p>
<a id="next" rel="next" href="/photos/iceland/3/">Next</a>
</nav>
<article class="about">
<div class="telling"><nav class="crumbs" aria-label="You are here"><ol>
<li><a href="/photos/iceland/">Iceland</a></li>
</ol></nav>
<h1>Harbour</h1>
<p class="caption">Two lines
of words</p>
</div>
<div><h2 class="quiet">About this photo</h2>
<dl>
<div><dt>Taken</dt><dd><time datetime="2026-03-02T08:00:00">2 March 2026, 08:00</time></dd></div>
<div><dt>Camera</dt><dd>X-T4</dd></div>
<div><dt>Lens</dt><dd>23mm</dd></div>
<div><dt>Exposure</dt><dd>1/250 s · f/8</dd></div>
<div><dt>Photographer</dt><dd>M. Holt</dd></div>
<div><dt>Copyright</dt><dd>© M. Holt</dd></div>
<div><dt>Licence</dt><dd><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a></dd></div>
<div><dt>Keywords</dt><dd>fog, ferry</dd></div>
</dl></div>
</article>
"#
    );
}

#[test]
fn a_public_head_is_this() {
    let theme = theme();
    let page = theme.render(&theme.prepare(&site()), &gallery()).unwrap();
    let (head, _) = page.split_once("<meta name=\"color-scheme\"").unwrap();
    let (_, head) = head.split_once("<title>").unwrap();
    assert_eq!(
        head,
        r#"Iceland – Shore</title>
<meta name="description" content="In short.">
<link rel="canonical" href="https://example.com/photos/iceland/">
<meta property="og:title" content="Iceland">
<meta property="og:type" content="website">
<meta property="og:url" content="https://example.com/photos/iceland/">
<meta property="og:site_name" content="Shore">
<meta property="og:description" content="In short.">
<meta property="og:image" content="https://example.com/photos/img/card.jpg">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="800">
<meta property="og:image:alt" content="A lake">
<meta name="twitter:card" content="summary_large_image">
"#
    );
}

#[test]
fn a_private_head_says_nothing() {
    let theme = theme();
    let (mut gallery, mut photo) = (gallery(), photo());
    for head in [&mut gallery.head, &mut photo.head] {
        head.audience = Visibility::Private;
        head.card = None;
    }
    let prepared = theme.prepare(&site());
    for page in [&gallery as &dyn PageView, &photo, &tombstone(), &unlock()] {
        let page = theme.render(&prepared, page).unwrap();
        let (head, _) = page.split_once("</head>").unwrap();
        for said in ["Iceland", "Harbour", "In short.", "canonical", "A lake", "ld+json", "feed.xml", "og:url"] {
            assert!(!head.contains(said), "{said} in {head}");
        }
        for line in [
            "<title>Private gallery – Shore</title>",
            "<meta name=\"robots\" content=\"noindex, nofollow, noarchive, noimageindex\">",
            "<meta name=\"referrer\" content=\"no-referrer\">",
            "<meta property=\"og:title\" content=\"Private gallery\">",
        ] {
            assert!(head.contains(line), "{line} in {head}");
        }
        assert!(!page.contains("feed.xml"));
    }
}

#[test]
fn unlisted_pages_and_sites_that_shall_not_be_found_say_noindex() {
    let theme = theme();
    let mut gallery = gallery();
    gallery.head.audience = Visibility::Unlisted;
    let page = theme.render(&theme.prepare(&site()), &gallery).unwrap();
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">") && !page.contains("no-referrer"));
    let hidden = SiteView { index: false, ..site() };
    let page = theme.render(&theme.prepare(&hidden), &home()).unwrap();
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
}

#[test]
fn hostile_words_are_text_everywhere() {
    let bad = "</title><script>alert('1')</script>\"><img src=x onerror=y> {{ site.title }} {% raw %} & ';--";
    let theme = theme();
    let mut site = site();
    site.title = bad.into();
    site.description = Some(bad.into());
    site.author = Some(bad.into());
    site.copyright = Some(bad.into());
    site.menu = vec![LinkView::to(bad, bad)];
    site.contact = Some(LinkView::contact(bad));
    let prepared = theme.prepare(&site);
    let mut home = home();
    home.galleries[0].title = bad.into();
    home.galleries[0].picture.as_mut().unwrap().alt = bad.into();
    let mut gallery = gallery();
    gallery.title = bad.into();
    gallery.head.description = Some(bad.into());
    gallery.sections[0].title = Some(bad.into());
    gallery.sections[0].chunks[0].tiles[0].picture.alt = bad.into();
    gallery.sections[0].chunks[0].tiles[0].file = Some(bad.into());
    gallery.sections[0].chunks[0].tiles[0].caption = Some(bad.into());
    gallery.contents = vec![LinkView::to(bad, bad)];
    gallery.favourites = Some(FavouritesView {
        key: bad.into(),
        file_name: bad.into(),
        subject: bad.into(),
        lists: vec![ListView { name: bad.into(), limit: Some(1) }],
        send_to: Some(bad.into()),
        mail: Some(bad.into()),
    });
    let mut photo = photo();
    photo.title = Some(bad.into());
    photo.caption = Some(bad.into());
    photo.camera = Some(bad.into());
    photo.exposure = vec![bad.into()];
    photo.keywords = vec![bad.into()];
    photo.gallery = bad.into();
    photo.licence = Some(LinkView { text: bad.into(), url: Href::external(bad) });
    let mut text = text();
    text.title = bad.into();
    for page in [&home as &dyn PageView, &gallery, &photo, &text] {
        let html = theme.render(&prepared, page).unwrap();
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
        // Only the stylesheet's neighbour, the viewer, favourites and the data block are scripts.
        let scripts = html.matches("<script").count();
        let expected = match page.kind() {
            PageKind::Gallery => 3,
            PageKind::Photo => 2,
            _ => 1,
        };
        assert_eq!(scripts, expected);
        assert!(html.contains("{{ site.title }}"));
    }
}

#[test]
fn structured_data_of_a_photo_is_whole_and_cannot_leave_its_element() {
    let theme = theme();
    let mut photo = photo();
    photo.caption = Some("</script><!-- & \u{2028}".into());
    let page = theme.render(&theme.prepare(&site()), &photo).unwrap();
    let (_, json) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    let (json, _) = json.split_once("</script>").unwrap();
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(value["caption"], "</script><!-- & \u{2028}");
    assert_eq!(value["contentUrl"], "https://example.com/photos/img/b.jpg");
    assert_eq!(value["creator"]["name"], "M. Holt");
    assert_eq!(value["license"], "https://creativecommons.org/licenses/by/4.0/");
    assert_eq!(value["creditText"], "M. Holt");
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    let theme = theme();
    for page in every_page(&theme, &theme.prepare(&site())) {
        assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
        for attribute in page.split(" on").skip(1) {
            assert!(!attribute.split([' ', '>']).next().unwrap().contains('='), "{attribute}");
        }
        for kind in ["src=\"http", "srcset=\"http", "rel=\"stylesheet\" href=\"http", "url(http"] {
            assert!(!page.contains(kind), "{kind}");
        }
        assert!(page.contains("Content-Security-Policy") && !page.contains("unsafe"));
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<main").count(), 1);
    }
    for asset in theme.assets() {
        // The namespace of SVG is a name, not an address that is asked.
        let text = String::from_utf8_lossy(&asset.bytes).replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("//"), "{}", asset.name);
    }
}

#[test]
fn one_picture_of_a_page_is_eager_and_all_have_their_size() {
    let theme = theme();
    for page in every_page(&theme, &theme.prepare(&site())) {
        let pictures = page.matches("<img ").count();
        assert!(page.matches("fetchpriority=\"high\"").count() == pictures.min(1), "{page}");
        assert_eq!(page.matches(" width=\"").count(), pictures);
        assert_eq!(page.matches("loading=\"lazy\"").count(), pictures.saturating_sub(1));
        assert_eq!(page.matches("sizes=\"auto, ").count(), 2 * pictures.saturating_sub(1));
    }
}

#[test]
fn the_stylesheet_and_the_script_are_small() {
    for (scheme, grid) in [(Scheme::Auto, Grid::Rows), (Scheme::Dark, Grid::Squares)] {
        let settings = ThemeSettings { scheme, grid, ..settings() };
        let theme = Theme::load(&settings, Path::new("nowhere"), &["en"]).unwrap();
        let size = |name: &str| zipped(&theme.assets().iter().find(|asset| asset.name == name).unwrap().bytes);
        assert!(size("style.css") <= 6 * 1024, "style.css: {} bytes", size("style.css"));
        let (viewer, favourites) = (size("script.js") + size("viewer.js") + size("filter.js"), size("favourites.js"));
        assert!(viewer <= 8 * 1024, "the scripts of an open gallery: {viewer} bytes");
        assert!(viewer + favourites <= 12 * 1024, "all scripts: {} bytes", viewer + favourites);
        let sealed = size("seal.js") + size("unlock.js");
        assert!(sealed <= 9 * 1024, "the scripts of a sealed gallery: {sealed} bytes");
        assert!(size("unlock.css") <= 1024, "unlock.css: {} bytes", size("unlock.css"));
    }
}

#[test]
fn everything_lies_below_the_base_path() {
    let theme = theme();
    for page in every_page(&theme, &theme.prepare(&site())) {
        for kind in ["href=\"", "src=\""] {
            for address in page.split(kind).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let fine = address.starts_with("/photos/") || address.starts_with('#') || address.contains(':');
                assert!(fine, "{address}");
            }
        }
    }
}

#[test]
fn the_same_views_give_the_same_bytes_on_any_thread() {
    let (one, other) = (theme(), theme());
    let first = every_page(&one, &one.prepare(&site()));
    let second =
        std::thread::scope(|scope| scope.spawn(|| every_page(&other, &other.prepare(&site()))).join().unwrap());
    assert_eq!(first, second);
    assert_eq!(one.assets(), other.assets());
}

#[test]
fn languages_that_are_written_from_the_right_say_so() {
    let directions = [("he", "rtl"), ("ar-EG", "rtl"), ("az-Arab", "rtl"), ("en", "ltr"), ("ar-Latn", "ltr")];
    let theme = Theme::load(&settings(), Path::new("nowhere"), &directions.map(|(language, _)| language)).unwrap();
    for (language, direction) in directions {
        let mut home = home();
        home.head.language = language.into();
        let page = theme.render(&theme.prepare(&site()), &home).unwrap();
        assert!(page.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\"")));
    }
}

#[test]
fn what_a_template_is_given_can_be_printed() {
    let theme = theme();
    let data = theme.data(&theme.prepare(&site()), &photo()).unwrap();
    assert_eq!(data["contract"], 2);
    assert_eq!(data["photo"]["camera"], "X-T4");
    assert_eq!(data["page"]["kind"], "photo");
    assert_eq!((&data["page"]["language"], &data["page"]["direction"]), (&"en".into(), &"ltr".into()));
}

/// Names every field of the contract, with `[]` for the entries of a list.
fn paths(value: &serde_json::Value, path: &str, into: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| paths(value, &format!("{path}.{name}"), into))
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{path}[]"), into)),
        _ => into.push(path.to_owned()),
    }
}

#[test]
fn the_documentation_names_every_field_of_the_contract() {
    let documentation = include_str!("../../../docs/themes.md");
    let theme = theme();
    let prepared = theme.prepare(&site());
    let (mut home, mut gallery, photo, text, stone) = (home(), gallery(), photo(), text(), tombstone());
    home.head.languages = vec![PageLanguageView::default()];
    gallery.pages = vec![PageLinkView { number: 1, url: "/".into(), current: true }];
    for page in [&home as &dyn PageView, &gallery, &photo, &text, &stone, &unlock(), &find()] {
        let mut data = theme.data(&prepared, page).unwrap();
        data.as_object_mut().unwrap().remove("words");
        data.as_object_mut().unwrap().remove("assets");
        let mut names = Vec::new();
        paths(&data, "", &mut names);
        for name in names {
            let field = name.rsplit('.').next().unwrap().trim_end_matches("[]");
            assert!(documentation.contains(&format!("`{field}`")), "{name} is not documented");
        }
    }
}
