//! What is read from files that are right.

use super::*;

fn said(settings: &ImageSettings) -> Vec<(Format, Vec<u32>, u8)> {
    settings.formats.iter().map(|one| (one.format, one.widths.clone(), one.quality)).collect()
}

const LADDER: [u32; 5] = [320, 640, 1280, 1920, 2560];

#[test]
fn an_empty_file_makes_a_site() {
    let config = site("");
    assert_eq!(config.title, "coast");
    assert_eq!(config.language, "en");
    assert_eq!(config.url, None);
    assert_eq!(config.root, Path::new("/sites/coast"));
    assert_eq!(config.output, Path::new("/sites/coast/public"));
    assert_eq!(config.galleries, Path::new("/sites/coast/galleries"));
    assert_eq!(config.pages, Path::new("/sites/coast/pages"));
    assert_eq!(config.static_files, Path::new("/sites/coast/static"));
    assert_eq!(config.themes, Path::new("/sites/coast/themes"));
    assert_eq!(config.state, Path::new("/sites/coast/.safelight"));
    assert_eq!(config.rights, RightsSettings::default());
    assert_eq!(config.theme.name, "default");
    assert_eq!((config.theme.scheme, config.theme.density, config.theme.grid), Default::default());
    assert_eq!(config.theme.page_size, 1000);
    assert!(config.discovery.feed && config.discovery.index);
    assert_eq!((config.links.dated, config.links.tombstone_days), (false, 90));
}

#[test]
fn the_default_set_is_the_best_format_of_this_build_and_jpeg_for_the_rest() {
    let best = if cfg!(feature = "avif") { Format::Avif } else { Format::Webp };
    let images = site("").images;
    assert_eq!(said(&images), [(best, LADDER.to_vec(), 80), (Format::Jpeg, vec![1280, 2560], 80)]);
    assert_eq!(images.background, [255; 3]);
}

#[test]
fn jpeg_alone_gets_the_whole_ladder_and_beside_another_the_fallback() {
    assert_eq!(said(&site("images.formats = [\"jpeg\"]").images), [(Format::Jpeg, LADDER.to_vec(), 80)]);
    assert_eq!(
        said(&site("images.formats = [\"jpeg\", \"webp\"]").images),
        [(Format::Webp, LADDER.to_vec(), 80), (Format::Jpeg, vec![1280, 2560], 80)]
    );
}

#[test]
fn widths_and_quality_of_one_format_go_over_those_of_all() {
    let images = site(
        "[images]\nformats = [\"webp\", \"jpeg\"]\nquality = 70\nwidths = [900, 300]\nbackground = \"teal\"\n\
         [images.jpeg]\nwidths = [500]\n[images.webp]\nquality = 60\n",
    )
    .images;
    assert_eq!(said(&images), [(Format::Webp, vec![300, 900], 60), (Format::Jpeg, vec![500], 70)]);
    assert_eq!(images.background, [0, 128, 128]);
}

#[test]
fn what_a_gallery_says_goes_over_what_was_said_further_up() {
    let top =
        site("[images]\nformats = [\"webp\", \"jpeg\"]\nquality = 70\nbackground = \"#111\"\njpeg.quality = 50").images;
    assert_eq!(top.with(&ImageOverrides::default()), top);

    let parent = gallery("[images]\nwebp.widths = [640]\nbackground = \"#222222\"");
    let child = gallery("[images]\nquality = 90\njpeg.widths = [100]");
    let middle = top.with(&parent.images);
    assert_eq!(said(&middle), [(Format::Webp, vec![640], 70), (Format::Jpeg, vec![1280, 2560], 50)]);
    assert_eq!(middle.background, [0x22; 3]);
    // The nearest word counts: quality for all formats also goes over the site's for JPEG.
    let low = middle.with(&child.images);
    assert_eq!(said(&low), [(Format::Webp, vec![640], 90), (Format::Jpeg, vec![100], 90)]);
    assert_eq!(low.background, [0x22; 3]);
}

#[test]
fn a_gallery_with_other_formats_gets_their_default_widths_and_the_sites_words() {
    let top = site("[images]\nquality = 70").images;
    assert_eq!(said(&top.with(&gallery("images.formats = [\"jpeg\"]").images)), [(Format::Jpeg, LADDER.to_vec(), 70)]);
    let back = top
        .with(&gallery("images.formats = [\"jpeg\"]").images)
        .with(&gallery("images.formats = [\"webp\", \"jpeg\"]").images);
    assert_eq!(said(&back), [(Format::Webp, LADDER.to_vec(), 70), (Format::Jpeg, vec![1280, 2560], 70)]);
}

#[test]
fn creator_and_contact_follow_from_who_made_the_site() {
    let config = site("author = \"Mara\"\ncontact = \"mailto:a@b.example\"");
    assert_eq!(config.rights.creator.as_deref(), Some("Mara"));
    assert_eq!(config.links.contact.as_deref(), Some("a@b.example"));
    let config = site(
        "author = \"Mara\"\ncontact = \"a@b.example\"\n[rights]\ncreator = \"Studio\"\n[links]\ncontact = \"c@d.example\"",
    );
    assert_eq!(config.rights.creator.as_deref(), Some("Studio"));
    assert_eq!(config.links.contact.as_deref(), Some("c@d.example"));
}

#[test]
fn dated_links_may_stand_at_the_top() {
    assert!(site("dated_links = true").links.dated);
    assert!(site("[links]\ndated_links = true").links.dated);
}

#[test]
fn a_gallery_says_what_it_says() {
    let found = gallery(
        "id = \"k3v9q2m7t4xa\"\ntitle = \"Lake\"\ndate = 2026-06-20\ndescription = \"\"\"\r\nOne\r\ntwo\"\"\"\ncover = \"sub/a.jpg\"\n\
         sort = [\"b.jpg\", \"a.jpg\"]\naccess = \"sealed\"\nexpires = 2027-06-30\nkeywords = [\"lake\"]\n\
         licence = \"https://a.example/l\"\nlanguage = \"pt-br\"\nshare_cover = true\n[captions]\n\"a.jpg\" = \"\"\nb = \"B\"\n[alt]\n\"a.jpg\" = \"An a\"\n\
         [audiences.guests]\nonly = [\"lake\"]\nexcept = [\"b.jpg\"]\nlanguage = \"PL\"\n[audiences.\"the couple\"]\n",
    );
    assert_eq!(found.id.as_deref(), Some("k3v9q2m7t4xa"));
    assert_eq!(found.title.as_deref(), Some("Lake"));
    assert_eq!(found.date, Some(jiff::civil::date(2026, 6, 20)));
    assert_eq!(found.description.as_deref(), Some("One\ntwo"));
    assert_eq!(found.cover.as_deref(), Some("sub/a.jpg"));
    assert_eq!(found.sort, Some(Sort::Listed(vec!["b.jpg".into(), "a.jpg".into()])));
    assert_eq!(found.access, Some(Visibility::Sealed));
    assert_eq!(found.expires, Some(jiff::civil::date(2027, 6, 30)));
    assert_eq!(found.keywords, ["lake"]);
    assert_eq!(found.licence.as_deref(), Some("https://a.example/l"));
    assert_eq!(found.language.as_deref(), Some("pt-BR"));
    assert!(found.share_cover);
    assert_eq!(found.captions, BTreeMap::from([("a.jpg".into(), String::new()), ("b".into(), "B".into())]));
    assert_eq!(found.alt, BTreeMap::from([("a.jpg".into(), "An a".into())]));
    let guests = AudienceRule {
        only: Some(vec!["lake".into()]),
        except: vec!["b.jpg".into()],
        language: Some("pl".into()),
        downloads: None,
        watermark: None,
        passwords: false,
    };
    let expected = BTreeMap::from([("guests".into(), guests), ("the couple".into(), AudienceRule::default())]);
    assert_eq!(found.audiences, expected);
    assert_eq!(gallery("sort = \"taken-descending\"").sort, Some(Sort::TakenDescending));
    assert_eq!(gallery("").sort, None);
}

#[test]
fn a_file_may_be_called_like_a_later_option() {
    assert_eq!(gallery("[captions]\n\"originals.jpg\" = \"x\"").captions["originals.jpg"], "x");
}

#[test]
fn what_is_odd_but_possible_is_a_warning() {
    let outcome = Config::from_text(
        "[discovery]\nfeed = true\n[theme]\ndark = { background = \"#000\", text = \"#333\" }\nlight = { background = \"white\", text = \"black\" }",
        Path::new("site.toml"),
        Path::new("/sites/coast"),
    );
    let (config, warnings) = outcome.unwrap();
    assert_eq!(config.theme.dark, Some(([0; 3], [0x33; 3])));
    assert_eq!(
        told(&warnings),
        [
            "`site.toml` line 2, column 8: a feed needs the site's address / write `url` at the top of the file",
            "`site.toml` line 4, column 23: text is hard to read on this background in `[theme.dark]`: the contrast is 1.7 / choose colours with a contrast of at least 4.5",
        ]
    );
}

#[test]
fn a_site_that_others_can_read_on_the_way_is_a_warning() {
    let warnings = |url: &str| {
        let text = format!("title = \"x\"\nurl = \"{url}\"");
        told(&Config::from_text(&text, Path::new("site.toml"), Path::new("/sites/coast")).unwrap().1)
    };
    assert_eq!(
        warnings("http://photos.example.com/"),
        [
            "`site.toml` line 2, column 7: `url` uses `http`, so anyone between the site and its visitors can read and change pages / serve the site over `https`"
        ]
    );
    for url in ["https://photos.example.com/", "http://localhost:8080/", "http://127.0.0.1/x", "http://[::1]:80/"] {
        assert_eq!(warnings(url), [""; 0], "{url}");
    }
}

#[test]
fn settings_of_a_format_that_only_a_gallery_may_ask_for_are_a_warning() {
    let other = if cfg!(feature = "avif") { "webp" } else { "avif" };
    let text = format!("[images.{other}]\nquality = 60");
    let (config, warnings) = Config::from_text(&text, Path::new("site.toml"), Path::new("/sites/coast")).unwrap();
    assert_eq!(
        told(&warnings),
        [format!(
            "`site.toml` line 2, column 11: `[images.{other}]` has no effect unless `{other}` is created / add `{other}` to `images.formats`, here or in a gallery"
        )]
    );
    if cfg!(feature = "avif") {
        let found = config.images.with(&gallery("images.formats = [\"webp\", \"jpeg\"]").images);
        assert_eq!(said(&found), [(Format::Webp, LADDER.to_vec(), 60), (Format::Jpeg, vec![1280, 2560], 80)]);
    }
}

#[test]
fn a_look_up_page_is_wanted_by_its_table_alone() {
    assert_eq!(site("").find, None);
    assert_eq!(site("[find]").find, Some(FindSettings::default()));
    let said = site("[find]\nlabel = \"Event number\"");
    assert_eq!(said.find.as_ref().and_then(|find| find.label.as_deref()), Some("Event number"));
    for config in [site("[find]"), said] {
        assert_eq!(site(&config.show()).find, config.find);
    }
    assert_eq!(site("find.title = \"Yours\"").find.and_then(|find| find.title).as_deref(), Some("Yours"));
}
