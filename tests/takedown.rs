//! What closes: nothing that is wrong with a site keeps a dead link up, or shows an audience more than it may see.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use std::fs;
use std::process::{Command, Stdio};

use place::{Place, Ran};

#[test]
fn nothing_keeps_a_dead_link_up() {
    let break_photo = |place: &Place| place.write("galleries/coast/DSC_0002.png", "no picture");
    let break_template = |place: &Place| place.write("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    let break_settings = |place: &Place| place.write("galleries/coast/gallery.toml", "titel = \"x\"\n");
    let lock_pictures = |place: &Place| {
        use std::os::unix::fs::PermissionsExt;
        for path in place.output().keys().filter(|path| path.starts_with("x/")) {
            fs::set_permissions(place.path("public").join(path), fs::Permissions::from_mode(0o444)).unwrap();
        }
        break_photo(place);
    };
    type Break<'a> = (&'a str, &'a dyn Fn(&Place));
    let breaks: [Break<'_>; 4] = [
        ("photo", &break_photo),
        ("template", &break_template),
        ("settings", &break_settings),
        ("locked", &lock_pictures),
    ];
    for (name, harm) in breaks {
        let place = Place::new();
        let site = place.read("site.toml");
        if name == "template" {
            place.write("site.toml", &format!("{site}[theme]\nname = \"mine\"\n"));
            place.write("themes/mine/theme.toml", "");
        }
        let link = place.share("the couple", &[]);
        place.run(&["build", "--strict", "--today", "2027-01-02"]).fine();
        assert!(place.path(&format!("public/{link}index.html")).exists() && place.assets().len() == 1, "{name}");
        harm(&place);
        place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
        let failed = place.run(&["build", "--strict", "--today", "2027-01-02"]);
        assert_ne!(failed.code, 0, "{name}: {}", failed.err);
        assert!(
            !place.path(&format!("public/{link}index.html")).exists() || place.is_tombstone(&link),
            "{name}: {}",
            failed.err
        );
        assert!(place.assets().is_empty(), "{name}: {}", failed.err);
        assert!(place.path("public/index.html").exists(), "{name}");
    }
}

#[test]
fn nothing_keeps_a_private_photo_up_that_was_taken_away_hidden_or_put_behind_a_link_of_its_own() {
    let break_template = |place: &Place| {
        let site = place.read("site.toml");
        place.write("site.toml", &format!("{site}[theme]\nname = \"mine\"\n"));
        place.write("themes/mine/theme.toml", "");
        place.write("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    };
    let break_photo = |place: &Place| place.write("galleries/coast/DSC_0002.png", "no picture");
    let break_settings = |place: &Place| place.write("galleries/coast/gallery.toml", "titel = \"x\"\n");
    let leave = |_: &Place| ();
    let remove = |place: &Place| fs::remove_file(place.path("galleries/lake-house/dance/SECRET_0010.png")).unwrap();
    let hide = |place: &Place| {
        let said = place.read("galleries/lake-house/gallery.toml");
        let said = said.replace("[\"SECRET_0009.png\"]", "[\"SECRET_0009.png\", \"SECRET_0010.png\"]");
        place.write("galleries/lake-house/gallery.toml", &said);
    };
    let part = |place: &Place| place.write("galleries/lake-house/dance/gallery.toml", "access = \"private\"\n");
    let rename = |place: &Place| fs::rename(place.path("galleries/lake-house"), place.path("galleries/boats")).unwrap();
    let spoil = |place: &Place| place.write("galleries/lake-house/dance/SECRET_0010.png", "no picture");
    let add = |place: &Place| place.write("static/img/icon.txt", "no photo");
    type Change<'a> = (&'a str, &'a dyn Fn(&Place), usize);
    let changes: [Change<'_>; 6] = [
        ("left", &leave, 0),
        ("removed", &remove, 1),
        ("hidden", &hide, 1),
        ("parted", &part, 1),
        ("renamed", &rename, 0),
        ("spoiled", &spoil, 0),
    ];
    let pictures =
        |place: &Place| place.output().keys().filter(|path| path.starts_with("x/") && path.ends_with(".jpg")).count();
    for (wrong, harm) in
        [("template", &break_template as &dyn Fn(&Place)), ("photo", &break_photo), ("settings", &break_settings)]
    {
        for (name, change, gone) in changes {
            let place = Place::new();
            place.share("a guest", &["--audience", "guests"]);
            add(&place);
            place.run(&["build", "--strict", "--today", "2027-01-02"]).fine();
            let before = pictures(&place);
            change(&place);
            harm(&place);
            let failed = place.run(&["build", "--strict", "--today", "2027-01-02"]);
            assert_ne!(failed.code, 0, "{name}, {wrong}: {}", failed.err);
            assert_eq!(pictures(&place), before - gone, "{name}, {wrong}: {}", failed.err);
            assert!(place.path("public/img/icon.txt").exists(), "{name}, {wrong}: {}", failed.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_a_private_gallery_showed_by_a_link_comes_down_when_the_other_gallery_becomes_private() {
    let place = Place::new();
    std::os::unix::fs::symlink("../coast/DSC_0002.png", place.path("galleries/lake-house/linked.png")).unwrap();
    let link = place.share("the couple", &[]);
    place.build().fine();
    let before = place.output();
    assert_eq!(place.photos(&link), 4);
    place.write("galleries/coast/gallery.toml", "access = \"private\"\n");
    place.build().refused(3, "linked.png");
    let private = |path: &&String| path.starts_with("x/") && path.ends_with(".jpg");
    assert_eq!(place.output().keys().filter(private).count(), before.keys().filter(private).count() - 1);
}

#[test]
fn an_audience_whose_table_has_gone_sees_no_more_than_before() {
    let place = Place::new();
    let link = place.share("a guest", &["--audience", "guests"]);
    place.build().fine();
    let before = place.output();
    let said = place.read("galleries/lake-house/gallery.toml").replace("[audiences.guests]", "[audiences.family]");
    place.write("galleries/lake-house/gallery.toml", &said);
    place.build().refused(3, "the audience `guests`, for which a link still works, is not described here any more");
    assert_eq!(place.output(), before);
    // Its links end all the same.
    place.run(&["revoke", "lake-house", "--to", "a guest", "--today", "2027-01-02"]).fine();
    place.build().fine();
    assert!(place.is_tombstone(&link) && place.assets().is_empty());
}

#[test]
fn what_was_to_be_hidden_is_hidden_however_it_is_named_and_a_name_of_nothing_is_refused() {
    let place = Place::new();
    let toml = |words: &str| {
        let text = format!("access = \"private\"\ntitle = \"Boathouse\"\n[audiences.guests]\nexcept = [{words}]\n");
        let id = place.read("galleries/lake-house/gallery.toml");
        let id = id.lines().find(|line| line.starts_with("id =")).map(|line| format!("{line}\n")).unwrap_or_default();
        place.write("galleries/lake-house/gallery.toml", &format!("{id}{text}"));
    };
    toml("\"SECRET_0008.png\"");
    let arguments = ["share", "lake-house", "--to", "a guest", "--today", "2027-01-01", "--audience", "guests"];
    place.run(&arguments).refused(3, "`except` of the audience `guests` names `SECRET_0008.png`");
    toml("\"SECRET_0009.png\"");
    let link = place.run(&arguments).fine().link();
    let shown = |words: &str| {
        toml(words);
        place.build().fine();
        place.photos(&link)
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
    let before = place.output();
    for words in ["\"SECRET_000\"", "\"SECRET_*.png\"", "\"danc\"", "\"SECRET_0009.png\", \"famliy\""] {
        toml(words);
        place.build().refused(3, "correct it, or take it out");
        assert_eq!(place.output(), before);
    }
}

#[test]
fn an_audience_learns_nothing_of_the_days_of_photos_that_it_does_not_see() {
    let place = Place::new();
    let dated = |name: &str, year: u16| {
        let xmp = format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" photoshop:DateCreated=\"{year}-03-04\"/></rdf:RDF></x:xmpmeta>"
        );
        place.write(&format!("galleries/lake-house/{name}.xmp"), &xmp);
    };
    dated("SECRET_0001", 2026);
    dated("SECRET_0009", 2019);
    let guest = place.share("a guest", &["--audience", "guests"]);
    let couple = place.share("the couple", &[]);
    place.build().fine();
    assert!(place.page(&couple).contains("2019") && place.page(&couple).contains("2026"));
    assert!(place.page(&guest).contains("2026") && !place.page(&guest).contains("2019"), "{}", place.page(&guest));
}

/// A site with a link that was published and then revoked, and something that keeps it from being built.
fn revoked_under(what: impl Fn(&Place)) -> (Place, String, Ran) {
    let place = Place::new();
    place.photo("galleries/other/a.png", 3);
    let link = place.share("the couple", &[]);
    place.build().fine();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    what(&place);
    let ran = place.build();
    (place, link, ran)
}

#[test]
fn no_refusal_of_a_build_keeps_a_dead_link_up() {
    let copied = |place: &Place| {
        let said = place.read("galleries/lake-house/gallery.toml");
        place.photo("galleries/copy/a.png", 4);
        place.write("galleries/copy/gallery.toml", &said);
    };
    let lost = |place: &Place| fs::remove_dir_all(place.path("galleries/lake-house")).unwrap();
    let unknown =
        |place: &Place| place.write("galleries/other/gallery.toml", "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\n");
    let site =
        |place: &Place| place.write("site.toml", &place.read("site.toml").replace("title =", "bogus = 1\ntitle ="));
    let table = |place: &Place| place.write("galleries/other/gallery.toml", "titel = 1\n");
    let linked = |place: &Place| {
        std::os::unix::fs::symlink("../lake-house/SECRET_0009.png", place.path("galleries/other/b.png")).unwrap();
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&Place));
    let cases: [Case<'_>; 6] = [
        ("copied", &copied),
        ("lost", &lost),
        ("unknown", &unknown),
        ("site", &site),
        ("table", &table),
        ("linked", &linked),
    ];
    for (name, what) in cases {
        let (place, link, ran) = revoked_under(what);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        let left: Vec<_> =
            place.output().into_keys().filter(|path| path.starts_with("x/") || path.starts_with(&link)).collect();
        assert_eq!(left, [] as [&str; 0], "{name}");
        assert!(place.output().keys().any(|path| path.starts_with("coast/")), "{name}");
    }
}

#[test]
fn no_page_is_left_with_pictures_that_came_down() {
    let photo = |place: &Place| place.write("galleries/other/gallery.toml", "titel = 1\n");
    let page = |place: &Place| place.write("pages/broken.md", "---\nunknown: [\n---\n");
    let site =
        |place: &Place| place.write("site.toml", &place.read("site.toml").replace("title =", "bogus = 1\ntitle ="));
    let template = |place: &Place| place.write("themes/mine/photo.html", "{{ nothing.at.all }}{% if %}");
    type Harm<'a> = (&'a str, &'a dyn Fn(&Place));
    let harms: [Harm<'_>; 4] = [("table", &photo), ("page", &page), ("site", &site), ("template", &template)];
    for (name, harm) in harms {
        let place = Place::new();
        place.write("site.toml", &format!("{}[theme]\nname = \"mine\"\n", place.read("site.toml")));
        place.write("themes/mine/theme.toml", "");
        place.photo("galleries/other/a.png", 3);
        let (ended, living) = (place.share("the couple", &[]), place.share("their parents", &[]));
        let guest = place.share("a guest", &["--audience", "guests"]);
        place.build().fine();
        place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
        harm(&place);
        let ran = place.build();
        assert_ne!(ran.code, 0, "{name}");
        let there = |link: &str| place.path(&format!("public/{link}index.html")).exists();
        // Another audience's pictures did not move.
        assert_eq!((there(&ended), there(&living), there(&guest)), (false, false, true), "{name}: {}", ran.err);
        assert!(place.assets().len() == 1 && ran.err.contains("were taken down all the same"), "{name}: {}", ran.err);
        // What keeps the rest from being listed stays with it.
        let folders = ["g".to_owned(), "x".to_owned(), format!("x/{}", place.assets()[0])];
        for folder in folders {
            assert!(place.path(&format!("public/{folder}/index.html")).exists(), "{name}: {folder}");
        }
    }
}

#[test]
fn what_came_down_is_counted_once() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    let before = place.output();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    fs::remove_file(place.path("galleries/coast/DSC_0002.png")).unwrap();
    place.write("galleries/other/gallery.toml", "titel = 1\n");
    let told = place.build().refused(3, "titel").err;
    assert_eq!(told.matches("were taken down").count(), 1, "{told}");
    let after = place.output();
    let gone: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert!(
        told.contains(&format!("{} files that must no longer be reachable were taken down", gone.len())),
        "{gone:?} {told}"
    );
}

#[test]
fn without_the_former_secret_a_page_of_an_ended_link_comes_down_and_what_nobody_can_tell_is_listed() {
    let place = Place::new();
    place.write("galleries/harbour/gallery.toml", "access = \"private\"\n");
    place.photo("galleries/harbour/SECRET_1.png", 3);
    place.run(&["share", "harbour", "--to", "Ida", "--today", "2027-01-01"]).fine();
    for to in ["the couple", "their parents"] {
        place.share(to, &[]);
    }
    place.run(&["secret", "rotate", "--until", "2027-02-01", "--today", "2027-01-02"]).fine();
    place.build().fine();
    let pages = |place: &Place| place.output().into_keys().filter(|path| path.starts_with("g/p")).collect::<Vec<_>>();
    assert_eq!(pages(&place).len(), 6);
    fs::remove_file(place.path(".safelight/secret.previous")).unwrap();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    let ran = place.build().refused(5, "the former secret");
    // Two of the other gallery: under the present secret, and one of which nobody can tell.
    let left = pages(&place);
    assert!(left.len() == 2 && left.iter().all(|path| !place.read(&format!("public/{path}")).contains("Boathouse")));
    assert_eq!(ran.err.matches("can still be reached, and may be of a link that was ended").count(), 1, "{}", ran.err);
    assert!(left.iter().all(|path| !ran.err.contains(path.split('/').nth(1).unwrap())), "{}", ran.err);
}

#[test]
fn what_no_note_in_the_record_knows_comes_down_too() {
    use safelight::publish::{Site, Wanted};
    let place = Place::new();
    place.photo("galleries/other/a.png", 3);
    place.share("the couple", &[]);
    place.share("their parents", &[]);
    place.build().fine();
    let notes = {
        let site = Site::open(&place.path("public"), &place.path(".safelight")).unwrap();
        ["assets", "tombstones"].map(|name| (name, site.manifest().note(name).map(<[u8]>::to_vec)))
    };
    place.run(&["rotate", "lake-house", "--today", "2027-01-02"]).fine();
    place.build().fine();
    // As a publish leaves it that was killed after it had shown its files: the notes are still the older ones.
    {
        let mut site = Site::open(&place.path("public"), &place.path(".safelight")).unwrap();
        for (name, note) in notes {
            site.set_note(name, note.unwrap_or_default());
        }
        let wanted = site.manifest().iter().map(|record| Wanted {
            path: record.path,
            key: record.key,
            phase: record.phase,
            reach: record.reach,
        });
        let diff = site.diff(wanted).unwrap();
        site.publish(diff, &|path| panic!("{path} is there")).unwrap();
    }
    for to in ["the couple", "their parents"] {
        place.run(&["revoke", "lake-house", "--to", to, "--today", "2027-01-02"]).fine();
    }
    place.write("galleries/other/gallery.toml", "titel = 1\n");
    place.build().refused(3, "unknown setting `titel`");
    assert_eq!(place.assets(), [] as [&str; 0]);
}

#[test]
fn the_purge_list_of_a_build_that_failed_names_what_came_down() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.build().fine();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    place.write("galleries/coast/broken.png", "no picture");
    let arguments = ["build", "--strict", "--today", "2027-01-02", "--purge-list", "purge.txt"];
    assert_eq!(place.run(&arguments).code, 4);
    assert!(place.read("purge.txt").contains(&format!("/{link}\n")) && place.read("purge.txt").contains("/x/"));
    let inside = ["build", "--purge-list", "public/purge.txt"];
    place.run(&inside).refused(2, "this file would be published");
    assert!(!place.path("public/purge.txt").exists());
}

#[test]
fn a_purge_list_replaces_nothing_of_the_site_and_is_refused_before_the_build() {
    let place = Place::new();
    place.write("pages/about.md", "About\n");
    place.share("the couple", &[]);
    let own = ["site.toml", "access.toml", ".safelight/secret", "pages/about.md", "galleries/coast/DSC_0001.png"];
    for file in own {
        let before = fs::read(place.path(file)).unwrap();
        place.run(&["build", "--purge-list", file]).refused(2, "one of the site's own files");
        place.run(&["links", "--cards", file]).refused(2, "one of the site's own files");
        assert_eq!(fs::read(place.path(file)).unwrap(), before, "{file}");
    }
    place.run(&["build", "--purge-list", "galleries/coast/new.txt"]).refused(2, "one of the site's own files");
    place.run(&["build", "--purge-list", "missing/purge.txt"]).refused(2, "the folder of this file is not there");
    fs::create_dir(place.path("kept")).unwrap();
    place.run(&["build", "--purge-list", "kept"]).refused(2, "this is a folder");
    assert!(!place.path("public/index.html").exists() && !place.path("missing").exists());
}

#[test]
fn a_purge_list_does_not_replace_the_record_that_it_is_compared_with() {
    let place = Place::new();
    place.build().fine();
    fs::copy(place.path(".safelight/published/public.manifest"), place.path("earlier")).unwrap();
    std::os::unix::fs::symlink("earlier", place.path("link")).unwrap();
    let (before, output) = (fs::read(place.path("earlier")).unwrap(), place.output());
    place.photo("galleries/coast/DSC_0003.png", 3);
    for (list, record) in [("earlier", "earlier"), ("link", "earlier"), ("./earlier", "link")] {
        place
            .run(&["build", "--purge-list", list, "--previous-manifest", record])
            .refused(2, "would replace the earlier record that it is compared with");
        assert_eq!(
            (fs::read(place.path("earlier")).unwrap(), place.output()),
            (before.clone(), output.clone()),
            "{list}"
        );
    }
    place.run(&["build", "--purge-list", "later", "--previous-manifest", "earlier"]).fine();
}

#[test]
#[cfg(unix)]
fn a_purge_list_is_written_into_pipes_and_standard_output() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.build().fine();
    let change = |title: &str| {
        place.write("galleries/lake-house/gallery.toml", &{
            let said = place.read("galleries/lake-house/gallery.toml");
            let id = said.lines().find(|line| line.starts_with("id")).unwrap();
            format!("{id}\naccess = \"private\"\ntitle = \"{title}\"\n")
        })
    };
    let build = |file: &str| place.run(&["build", "--today", "2027-01-02", "--purge-list", file]).fine();
    for (file, title) in [("-", "One"), ("/dev/stdout", "Two")] {
        change(title);
        assert!(build(file).out.lines().any(|line| line == format!("/{link}")), "{file}");
    }
    change("Three");
    let pipe = place.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    build("pipe");
    assert!(reader.join().unwrap().contains(&format!("/{link}\n")));
    assert!(!fs::metadata(&pipe).unwrap().is_file());
    // The file behind a link is replaced, the link stays.
    change("Four");
    place.write("kept/purge.txt", "old");
    std::os::unix::fs::symlink("kept/purge.txt", place.path("link")).unwrap();
    build("link");
    assert!(place.path("link").is_symlink() && place.read("kept/purge.txt").contains(&link));
}

#[test]
fn a_purge_list_that_cannot_be_written_is_printed() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.build().fine();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    // A name of a file, and too long for the name under which it is written first.
    let name = "p".repeat(250);
    let ran =
        place.run(&["build", "--today", "2027-01-02", "--purge-list", &name]).refused(6, "it was printed instead");
    assert!(ran.out.lines().any(|line| line == format!("/{link}")), "{}", ran.out);
    assert!(ran.err.contains("photos in"), "{}", ran.err);
}

#[test]
fn private_files_without_a_record_of_them_are_refused() {
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    fs::remove_dir_all(place.path(".safelight/published")).unwrap();
    for arguments in [&["build"][..], &["build", "--adopt"], &["build", "--public-only"]] {
        let before = place.output();
        place.run(arguments).refused(3, "the record of what was written has gone");
        assert_eq!(place.output(), before);
    }
    for folder in ["g", "x"] {
        fs::remove_dir_all(place.path("public").join(folder)).unwrap();
    }
    place.run(&["build", "--adopt", "--today", "2027-01-02"]).fine();
}

#[test]
fn nobody_gets_a_link_from_a_ledger_that_lost_an_entry() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    place.build().fine();
    let ledger = place.read("access.toml");
    let kept: String =
        ledger.lines().filter(|line| !line.starts_with("revoked")).map(|line| format!("{line}\n")).collect();
    assert_ne!(kept, ledger);
    place.write("access.toml", &kept);
    let share = ["share", "lake-house", "--to", "their parents", "--today", "2027-01-02"];
    let extend = ["extend", "lake-house", "--to", "the couple", "--expires", "30d", "--today", "2027-01-02"];
    for arguments in [&share[..], &extend, &["edge", "nginx"]] {
        let code = place.run(arguments).code;
        assert_eq!(code, 3, "{arguments:?}");
    }
    assert_eq!(place.read("access.toml"), kept);
    let told = place.run(&["verify", &format!("/{link}"), "--today", "2027-01-02"]);
    assert!(told.err.contains("warning: `access.toml`"), "{}", told.err);
    fs::remove_file(place.path("access.toml")).unwrap();
    assert_eq!(place.run(&share).code, 3);
    assert!(!place.path("access.toml").exists());
}

#[test]
fn a_log_is_read_to_its_end_whatever_stands_in_it() {
    let place = Place::new();
    let link = place.share("the couple", &[]);
    place.build().fine();
    let mut command = Command::new(env!("CARGO_BIN_EXE_safelight"));
    command.current_dir(place.path("")).args(["verify", "-", "--today", "2027-01-02"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = [&b"GET /a\xff /g/\n"[..], b"GET /", link.as_bytes(), b" 200\r\n"].concat();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &log).unwrap();
    let told = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(told.contains("the link of `the couple`"), "{told}");
}

#[test]
fn whatever_is_wrong_with_site_toml_keeps_no_dead_link_up_and_the_purge_list_names_it() {
    type Spoil = fn(&str) -> Option<Vec<u8>>;
    let wrong: [(&str, Spoil); 7] = [
        ("an unknown setting", |text| Some(format!("bogus = 1\n{text}").into())),
        ("no TOML at its end", |text| Some(format!("{text}\n[[[\n").into())),
        ("no TOML at its beginning", |text| Some(format!("title = T\n{text}").into())),
        ("a setting twice", |text| Some(format!("title = \"Again\"\n{text}").into())),
        ("a text without end", |text| Some(format!("{text}\n[links]\nx = \"\"\"\n").into())),
        ("no UTF-8", |text| Some([text.as_bytes(), b"# \xff\n"].concat())),
        ("no file", |_| None),
    ];
    for (name, spoil) in wrong {
        let place = Place::new();
        let (couple, parents) = (place.share("the couple", &[]), place.share("their parents", &[]));
        place.build().fine();
        let assets = place.assets();
        place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
        match spoil(&place.read("site.toml")) {
            Some(bytes) => fs::write(place.path("site.toml"), bytes).unwrap(),
            None => fs::remove_file(place.path("site.toml")).unwrap(),
        }
        let failed = place.run(&["build", "--today", "2027-01-02", "--purge-list", "purge.txt"]);
        assert_ne!(failed.code, 0, "{name}");
        assert!(!place.path(&format!("public/{couple}index.html")).exists(), "{name}\n{}", failed.err);
        // It showed the pictures that came down, and is there again after the next build.
        assert!(!place.path(&format!("public/{parents}index.html")).exists(), "{name}");
        assert_eq!(place.assets(), Vec::<String>::new(), "{name}");
        let list = place.read("purge.txt");
        assert!([&couple, &parents, &assets[0]].iter().all(|gone| list.contains(*gone)), "{name}\n{list}");
    }
}

#[test]
fn an_earlier_record_that_is_not_there_keeps_no_dead_link_up() {
    let place = Place::new();
    let couple = place.share("the couple", &[]);
    place.build().fine();
    place.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-02"]).fine();
    let build = ["build", "--today", "2027-01-02", "--purge-list", "purge.txt", "--previous-manifest", "no/such"];
    place.run(&build).refused(6, "no/such");
    assert!(place.is_tombstone(&couple));
}
