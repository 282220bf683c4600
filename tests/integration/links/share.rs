//! Private galleries from secret to takedown, through the program itself, on small sites made here.

use std::fs;

use crate::support::crawl::addresses;
use crate::support::{Site, said};

#[test]
fn a_link_opens_its_gallery_and_names_nothing_else() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    let parents = site.share("their parents", &[]);
    // Favourites name files; without them nothing does.
    site.put(
        "galleries/lake-house/gallery.toml",
        format!("favourites = false\n{}", site.read("galleries/lake-house/gallery.toml")),
    );
    site.build();
    let page = site.page(&couple);
    for needed in ["Boathouse", "noindex, nofollow, noarchive, noimageindex", "no-referrer", "Dance"] {
        assert!(page.contains(needed), "{needed}\n{page}");
    }
    let token = |link: &str| link.trim_start_matches("g/").trim_end_matches('/').to_owned();
    let assets = site.assets();
    assert_eq!(assets.len(), 1);
    let files = site.output();
    let mut private_pages = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("g/") || path.starts_with("x/")) {
        let text = String::from_utf8_lossy(bytes);
        for foreign in
            ["SECRET_", "secret_", "DSC_", "the couple", "their parents", "lake-house", "canonical", "guests"]
        {
            assert!(!text.contains(foreign), "{foreign} in {path}");
        }
        if path.ends_with(".html") {
            private_pages += usize::from(bytes != safelight::pages::BLANK.as_bytes());
            assert!(!text.contains(&token(if path.starts_with(&couple) { &parents } else { &couple })), "{path}");
            assert!(!text.contains("src=\"http") && !text.contains("coast"), "{path}");
            for address in addresses(&text) {
                let file =
                    if address.is_empty() || address.ends_with('/') { format!("{address}index.html") } else { address };
                assert!(files.contains_key(&file), "{path} leads to {file}, which is not there");
            }
        }
    }
    // Two grids and three photos, and the grid beside them.
    assert_eq!(private_pages, 6);
    // The same photo in a public gallery has another name.
    let names = |prefix: &str| -> Vec<String> {
        let pictures = files.keys().filter(|path| path.starts_with(prefix) && path.ends_with(".jpg"));
        pictures.map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert!(!names("img/").is_empty() && names("x/").iter().all(|name| name.starts_with('i') && name.len() == 17 + 4));
    // Nothing public leads there.
    for (path, bytes) in site.public() {
        let text = String::from_utf8_lossy(&bytes);
        for private in ["Boathouse", "SECRET_0", "the couple", "lake-house", &token(&couple), &assets[0]] {
            assert!(!text.contains(private), "{private} in {path}");
        }
    }
    site.run(&["build", "--format", "json"]).fine();
    insta::assert_snapshot!(said());
}

#[test]
fn the_public_part_is_what_it_would_be_without_private_galleries() {
    let site = Site::with_private_gallery();
    // Names that would collide, and an unlisted folder around a private one.
    site.put_png("galleries/Lake House/DSC_0003.png", 3);
    site.put("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/DSC_0004.png", 4);
    site.put("galleries/quiet/inner/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/quiet/inner/DSC_0005.png", 5);
    site.share("the couple", &[]);
    site.run(&["share", "quiet/inner", "--to", "Ida", "--today", "2027-01-01"]).fine();
    site.build();
    let with = site.public();
    assert!(site.output().len() > with.len() + 8);

    for gone in ["galleries/lake-house", "galleries/quiet/inner", "public", ".safelight"] {
        fs::remove_dir_all(site.path(gone)).unwrap();
    }
    fs::remove_file(site.path("access.toml")).unwrap();
    site.build();
    let without = site.output();
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    let different: Vec<_> =
        with.iter().filter(|(path, bytes)| without[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn two_audiences_see_different_pictures_and_not_each_other() {
    let site = Site::with_private_gallery();
    let guests =
        site.run(&["share", "lake-house", "--to", "a guest", "--audience", "guests", "--today", "2027-01-01"]).fine();
    let couple = site.share("the couple", &[]);
    site.build();
    assert_eq!(site.assets().len(), 2);
    let count = |page: &str| page.matches("/x/a").count();
    let (of_guests, of_couple) = (site.page(&guests.link()), site.page(&couple));
    assert!(count(&of_guests) < count(&of_couple));
    let assets_of = |page: &str| page.split_once("/x/").unwrap().1[..25].to_owned();
    assert!(assets_of(&of_guests) != assets_of(&of_couple) && !of_guests.contains(&assets_of(&of_couple)));
    let arguments = ["share", "lake-house", "--to", "x", "--audience", "gests"];
    site.run(&arguments).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_gallery_keeps_its_links_when_its_folder_moves() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let before = site.output();
    fs::create_dir_all(site.path("galleries/weddings")).unwrap();
    fs::rename(site.path("galleries/lake-house"), site.path("galleries/weddings/boathouse")).unwrap();
    site.build();
    assert_eq!(site.output(), before);
    let listed = site.run(&["links", "--reveal"]).fine();
    assert!(listed.out.contains(&link), "{}", listed.out);
    site.run(&["revoke", "galleries/weddings/boathouse", "--to", "the couple"]).fine();
    // A new folder at the old path answers no old link, and a copy of the folder is refused.
    fs::remove_dir_all(site.path("galleries/weddings")).unwrap();
    site.put_private_gallery();
    site.try_build().refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn share_says_what_it_opens_and_loses_no_comment() {
    let site = Site::with_private_gallery();
    let before = site.read("galleries/lake-house/gallery.toml");
    let dry = site
        .run(&[
            "share",
            "galleries/lake-house/",
            "--to",
            "the couple",
            "--expires",
            "90d",
            "--dry-run",
            "--today",
            "2027-01-01",
        ])
        .fine();
    assert!(dry.out.is_empty() && !site.path("access.toml").exists());
    assert_eq!(site.read("galleries/lake-house/gallery.toml"), before);
    let qr = site.path("card.svg");
    let link = site.share("the couple", &["--qr", qr.to_str().unwrap()]);
    assert!(link.ends_with('/') && fs::read_to_string(qr).unwrap().contains("<svg"));
    let after = site.read("galleries/lake-house/gallery.toml");
    assert!(before.lines().all(|line| after.contains(line)) && after.contains("id = \""), "{after}");
    site.run(&["share", "coast", "--to", "x"]).refused(3);
    site.run(&["share", "cost", "--to", "x"]).refused(2);
    site.run(&["share", "coast", "--to", "x", "--private"]).fine();
    assert!(site.read("galleries/coast/gallery.toml").contains("access = \"private\""));
    site.run(&["share", "lake-house", "--to", "x", "--qr", "public/card.svg"]).refused(2);
    let dance = site.run(&["share", "lake-house/dance", "--to", "the band"]).fine();
    site.build();
    assert!(!site.page(&link).contains("Dance") && site.page(&dance.link()).contains("Dance"));
    insta::assert_snapshot!(said());
}

#[test]
fn tables_and_cards_show_links_only_when_asked() {
    let site = Site::with_private_gallery();
    let link = site.share("=cmd", &[]);
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    for arguments in [&["links"][..], &["links", "--format", "csv"], &["links", "--format", "json"]] {
        let ran = site.run(arguments).fine();
        assert!(!ran.out.contains(token), "{}", ran.out);
    }
    assert!(site.run(&["links", "--format", "csv"]).out.contains("\"'=cmd\""));
    site.run(&["build", "--format", "csv"]).refused(2);
    site.run(&["links", "--format", "csv", "--cards", "x.html"]).refused(2);
    site.run(&["links", "--csv"]).refused(2);
    assert!(site.run(&["links", "--reveal"]).out.contains(token));
    site.run(&["links", "--cards", "cards.html", "--page-per-gallery"]).fine();
    assert!(site.read("cards.html").contains(&link) && site.read("cards.html").contains("Boathouse"));
    let github = site.run_with(&["build"], &[("GITHUB_ACTIONS", "true")]).fine();
    assert!(
        github.out.starts_with("::add-mask::") && github.out.contains(&format!("::add-mask::{token}\n")),
        "{}",
        github.out
    );
    let quiet = site.run(&["build", "--verbose"]).fine();
    assert!(!quiet.out.contains(token) && !quiet.err.contains(token));
    site.run(&["verify", "https://photos.example.com/g/pAAAAAAAAAAAAAAAAAAAAAAAA/"]).refused(1);
    site.run(&["next-expiry"]).fine();
    site.share("Ida", &["--expires", "2027-06-30"]);
    assert!(site.run(&["next-expiry", "--cron", "--today", "2027-01-01"]).fine().out.contains("5 0 1 7 *"));
    assert!(
        site.run(&["next-expiry", "--ics", "--today", "2027-01-01"]).fine().out.contains("DTSTART:20270701T000500Z")
    );
    insta::assert_snapshot!(said());
}

#[test]
fn a_cover_that_an_audience_is_not_shown_is_said_to_be_hidden_from_it() {
    let site = Site::with_private_gallery();
    let settings = site.read("galleries/lake-house/gallery.toml");
    let with_cover = |cover: &str| {
        let id = site.read("galleries/lake-house/gallery.toml");
        let id = id.lines().find(|line| line.starts_with("id =")).map(|line| format!("{line}\n")).unwrap_or_default();
        site.put("galleries/lake-house/gallery.toml", format!("{id}cover = \"{cover}\"\n{settings}"));
    };
    site.share("the couple", &[]);
    site.share("a guest", &["--audience", "guests"]);
    with_cover("SECRET_0009.png");
    site.build();
    with_cover("SECRET_0008.png");
    site.build();
    insta::assert_snapshot!(said());
}
