//! What closes: nothing that is wrong with a site keeps a dead link up, or shows an audience more than it may see.

use std::fs;

use crate::support::{Run, Site, said};

#[test]
fn nothing_keeps_a_dead_link_up() {
    let break_photo = |site: &Site| site.put("galleries/coast/DSC_0002.png", "no picture");
    let break_template = |site: &Site| site.put("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    let break_settings = |site: &Site| site.put("galleries/coast/gallery.toml", "titel = \"x\"\n");
    let lock_pictures = |site: &Site| {
        use std::os::unix::fs::PermissionsExt;
        for path in site.output().keys().filter(|path| path.starts_with("x/")) {
            fs::set_permissions(site.path("public").join(path), fs::Permissions::from_mode(0o444)).unwrap();
        }
        break_photo(site);
    };
    type Break<'a> = (&'a str, &'a dyn Fn(&Site));
    let breaks: [Break<'_>; 4] = [
        ("photo", &break_photo),
        ("template", &break_template),
        ("settings", &break_settings),
        ("locked", &lock_pictures),
    ];
    for (name, harm) in breaks {
        let site = Site::with_private_gallery();
        let settings = site.read("site.toml");
        if name == "template" {
            site.put("site.toml", format!("{settings}[theme]\nname = \"mine\"\n"));
            site.put("themes/mine/theme.toml", "");
        }
        let link = site.share("the couple", &[]);
        site.run(&["build", "--strict"]).fine();
        assert!(site.path(format!("public/{link}index.html")).exists() && site.assets().len() == 1, "{name}");
        harm(&site);
        site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
        let failed = site.run(&["build", "--strict"]);
        assert_ne!(failed.code, 0, "{name}: {}", failed.err);
        assert!(
            !site.path(format!("public/{link}index.html")).exists() || site.is_tombstone(&link),
            "{name}: {}",
            failed.err
        );
        assert!(site.assets().is_empty(), "{name}: {}", failed.err);
        assert!(site.path("public/index.html").exists(), "{name}");
    }
}

#[test]
fn nothing_keeps_a_private_photo_up_that_was_taken_away_hidden_or_put_behind_a_link_of_its_own() {
    let break_template = |site: &Site| {
        let settings = site.read("site.toml");
        site.put("site.toml", format!("{settings}[theme]\nname = \"mine\"\n"));
        site.put("themes/mine/theme.toml", "");
        site.put("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    };
    let break_photo = |site: &Site| site.put("galleries/coast/DSC_0002.png", "no picture");
    let break_settings = |site: &Site| site.put("galleries/coast/gallery.toml", "titel = \"x\"\n");
    let leave = |_: &Site| ();
    let remove = |site: &Site| fs::remove_file(site.path("galleries/lake-house/dance/SECRET_0010.png")).unwrap();
    let hide = |site: &Site| {
        let said = site.read("galleries/lake-house/gallery.toml");
        let said = said.replace("[\"SECRET_0009.png\"]", "[\"SECRET_0009.png\", \"SECRET_0010.png\"]");
        site.put("galleries/lake-house/gallery.toml", &said);
    };
    let part = |site: &Site| site.put("galleries/lake-house/dance/gallery.toml", "access = \"private\"\n");
    let rename = |site: &Site| fs::rename(site.path("galleries/lake-house"), site.path("galleries/boats")).unwrap();
    let spoil = |site: &Site| site.put("galleries/lake-house/dance/SECRET_0010.png", "no picture");
    let add = |site: &Site| site.put("static/img/icon.txt", "no photo");
    type Change<'a> = (&'a str, &'a dyn Fn(&Site), usize);
    let changes: [Change<'_>; 6] = [
        ("left", &leave, 0),
        ("removed", &remove, 1),
        ("hidden", &hide, 1),
        ("parted", &part, 1),
        ("renamed", &rename, 0),
        ("spoiled", &spoil, 0),
    ];
    let pictures =
        |site: &Site| site.output().keys().filter(|path| path.starts_with("x/") && path.ends_with(".jpg")).count();
    for (wrong, harm) in
        [("template", &break_template as &dyn Fn(&Site)), ("photo", &break_photo), ("settings", &break_settings)]
    {
        for (name, change, gone) in changes {
            let site = Site::with_private_gallery();
            site.share("a guest", &["--audience", "guests"]);
            add(&site);
            site.run(&["build", "--strict"]).fine();
            let before = pictures(&site);
            change(&site);
            harm(&site);
            let failed = site.run(&["build", "--strict"]);
            assert_ne!(failed.code, 0, "{name}, {wrong}: {}", failed.err);
            assert_eq!(pictures(&site), before - gone, "{name}, {wrong}: {}", failed.err);
            assert!(site.path("public/img/icon.txt").exists(), "{name}, {wrong}: {}", failed.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_a_private_gallery_showed_by_a_link_comes_down_when_the_other_gallery_becomes_private() {
    let site = Site::with_private_gallery();
    std::os::unix::fs::symlink("../coast/DSC_0002.png", site.path("galleries/lake-house/linked.png")).unwrap();
    let link = site.share("the couple", &[]);
    site.build();
    let before = site.output();
    assert_eq!(site.photos_of(&link), 4);
    site.put("galleries/coast/gallery.toml", "access = \"private\"\n");
    site.try_build().refused(3);
    let private = |path: &&String| path.starts_with("x/") && path.ends_with(".jpg");
    assert_eq!(site.output().keys().filter(private).count(), before.keys().filter(private).count() - 1);
    insta::assert_snapshot!(said());
}

#[test]
fn an_audience_whose_table_has_gone_sees_no_more_than_before() {
    let site = Site::with_private_gallery();
    let link = site.share("a guest", &["--audience", "guests"]);
    site.build();
    let before = site.output();
    let settings = site.read("galleries/lake-house/gallery.toml").replace("[audiences.guests]", "[audiences.family]");
    site.put("galleries/lake-house/gallery.toml", &settings);
    site.try_build().refused(3);
    assert_eq!(site.output(), before);
    // Its links end all the same.
    site.run(&["revoke", "lake-house", "--to", "a guest"]).fine();
    site.build();
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
    insta::assert_snapshot!(said());
}

#[test]
fn what_was_to_be_hidden_is_hidden_however_it_is_named_and_a_name_of_nothing_is_refused() {
    let site = Site::with_private_gallery();
    let toml = |words: &str| {
        let text = format!("access = \"private\"\ntitle = \"Boathouse\"\n[audiences.guests]\nexcept = [{words}]\n");
        let id = site.read("galleries/lake-house/gallery.toml");
        let id = id.lines().find(|line| line.starts_with("id =")).map(|line| format!("{line}\n")).unwrap_or_default();
        site.put("galleries/lake-house/gallery.toml", format!("{id}{text}"));
    };
    toml("\"SECRET_0008.png\"");
    let arguments = ["share", "lake-house", "--to", "a guest", "--today", "2027-01-01", "--audience", "guests"];
    site.run(&arguments).refused(3);
    toml("\"SECRET_0009.png\"");
    let link = site.run(&arguments).fine().link();
    let shown = |words: &str| {
        toml(words);
        site.build();
        site.photos_of(&link)
    };
    for words in [
        "\"SECRET_0009.png\"",
        "\"secret_0009.PNG\"",
        "\"Secret_0009\"",
        "\"/SECRET_0009.png\"",
        "\"dance\"",
        "\"dance/SECRET_0010.png\"",
    ] {
        assert_eq!(shown(words), 2, "{words}");
    }
    assert_eq!(shown("\"dance/\", \"secret_0009\""), 1);
    let before = site.output();
    for words in ["\"SECRET_000\"", "\"SECRET_*.png\"", "\"danc\"", "\"SECRET_0009.png\", \"famliy\""] {
        toml(words);
        site.try_build().refused(3);
        assert_eq!(site.output(), before);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn an_audience_learns_nothing_of_the_days_of_photos_that_it_does_not_see() {
    let site = Site::with_private_gallery();
    let dated = |name: &str, year: u16| {
        let xmp = format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" photoshop:DateCreated=\"{year}-03-04\"/></rdf:RDF></x:xmpmeta>"
        );
        site.put(format!("galleries/lake-house/{name}.xmp"), &xmp);
    };
    dated("SECRET_0001", 2026);
    dated("SECRET_0009", 2019);
    let guest = site.share("a guest", &["--audience", "guests"]);
    let couple = site.share("the couple", &[]);
    site.build();
    assert!(site.page(&couple).contains("2019") && site.page(&couple).contains("2026"));
    assert!(site.page(&guest).contains("2026") && !site.page(&guest).contains("2019"), "{}", site.page(&guest));
}

/// A site with a link that was published and then revoked, and something that keeps it from being built.
fn revoked_under(what: impl Fn(&Site)) -> (Site, String, Run) {
    let site = Site::with_private_gallery();
    site.put_png("galleries/other/a.png", 3);
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    what(&site);
    let ran = site.try_build();
    (site, link, ran)
}

#[test]
fn no_refusal_of_a_build_keeps_a_dead_link_up() {
    let copied = |site: &Site| {
        let said = site.read("galleries/lake-house/gallery.toml");
        site.put_png("galleries/copy/a.png", 4);
        site.put("galleries/copy/gallery.toml", &said);
    };
    let lost = |site: &Site| fs::remove_dir_all(site.path("galleries/lake-house")).unwrap();
    let unknown =
        |site: &Site| site.put("galleries/other/gallery.toml", "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\n");
    let settings = |site: &Site| site.put("site.toml", site.read("site.toml").replace("title =", "bogus = 1\ntitle ="));
    let table = |site: &Site| site.put("galleries/other/gallery.toml", "titel = 1\n");
    let linked = |site: &Site| {
        std::os::unix::fs::symlink("../lake-house/SECRET_0009.png", site.path("galleries/other/b.png")).unwrap();
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&Site));
    let cases: [Case<'_>; 6] = [
        ("copied", &copied),
        ("lost", &lost),
        ("unknown", &unknown),
        ("site", &settings),
        ("table", &table),
        ("linked", &linked),
    ];
    for (name, what) in cases {
        let (site, link, ran) = revoked_under(what);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        let left: Vec<_> =
            site.output().into_keys().filter(|path| path.starts_with("x/") || path.starts_with(&link)).collect();
        assert_eq!(left, [] as [&str; 0], "{name}");
        assert!(site.output().keys().any(|path| path.starts_with("coast/")), "{name}");
    }
}

#[test]
fn no_page_is_left_with_pictures_that_came_down() {
    let photo = |site: &Site| site.put("galleries/other/gallery.toml", "titel = 1\n");
    let page = |site: &Site| site.put("pages/broken.md", "---\nunknown: [\n---\n");
    let settings = |site: &Site| site.put("site.toml", site.read("site.toml").replace("title =", "bogus = 1\ntitle ="));
    let template = |site: &Site| site.put("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    type Harm<'a> = (&'a str, &'a dyn Fn(&Site));
    let harms: [Harm<'_>; 4] = [("table", &photo), ("page", &page), ("site", &settings), ("template", &template)];
    for (name, harm) in harms {
        let site = Site::with_private_gallery();
        site.put("site.toml", format!("{}[theme]\nname = \"mine\"\n", site.read("site.toml")));
        site.put("themes/mine/theme.toml", "");
        site.put_png("galleries/other/a.png", 3);
        let (ended, living) = (site.share("the couple", &[]), site.share("their parents", &[]));
        let guest = site.share("a guest", &["--audience", "guests"]);
        site.build();
        site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
        harm(&site);
        let ran = site.try_build();
        assert_ne!(ran.code, 0, "{name}");
        let there = |link: &str| site.path(format!("public/{link}index.html")).exists();
        // Another audience's pictures did not move.
        assert_eq!((there(&ended), there(&living), there(&guest)), (false, false, true), "{name}: {}", ran.err);
        assert!(site.assets().len() == 1, "{name}: {}", ran.err);
        // What keeps the rest from being listed stays with it.
        let folders = ["g".to_owned(), "x".to_owned(), format!("x/{}", site.assets()[0])];
        for folder in folders {
            assert!(site.path(format!("public/{folder}/index.html")).exists(), "{name}: {folder}");
        }
    }
    insta::assert_snapshot!(said());
}

#[test]
fn what_came_down_is_counted_once() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    let before = site.output();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    fs::remove_file(site.path("galleries/coast/DSC_0002.png")).unwrap();
    site.put("galleries/other/gallery.toml", "titel = 1\n");
    let told = site.try_build().refused(3).err;
    let after = site.output();
    let gone: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!(told.matches(&format!("{} withdrawn files ", gone.len())).count(), 1, "{gone:?} {told}");
    insta::assert_snapshot!(said());
}

#[test]
fn without_the_former_secret_a_page_of_an_ended_link_comes_down_and_what_nobody_can_tell_is_listed() {
    let site = Site::with_private_gallery();
    site.put("galleries/harbour/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/harbour/SECRET_1.png", 3);
    site.run(&["share", "harbour", "--to", "Ida", "--today", "2027-01-01"]).fine();
    for to in ["the couple", "their parents"] {
        site.share(to, &[]);
    }
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    site.build();
    let pages = |site: &Site| site.output().into_keys().filter(|path| path.starts_with("g/p")).collect::<Vec<_>>();
    assert_eq!(pages(&site).len(), 6);
    fs::remove_file(site.path(".safelight/secret.previous")).unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let ran = site.try_build().refused(5);
    // Two of the other gallery: under the present secret, and one of which nobody can tell.
    let left = pages(&site);
    assert!(left.len() == 2 && left.iter().all(|path| !site.read(&format!("public/{path}")).contains("Boathouse")));
    assert!(left.iter().all(|path| !ran.err.contains(path.split('/').nth(1).unwrap())), "{}", ran.err);
    insta::assert_snapshot!(said());
}
