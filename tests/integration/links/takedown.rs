//! What closes: nothing that is wrong with a site keeps a dead link up, or shows an audience more than it may see.

use std::fs;
use std::process::Stdio;

use crate::support::{Run, Site};

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
    site.try_build().refused(3, "linked.png");
    let private = |path: &&String| path.starts_with("x/") && path.ends_with(".jpg");
    assert_eq!(site.output().keys().filter(private).count(), before.keys().filter(private).count() - 1);
}

#[test]
fn an_audience_whose_table_has_gone_sees_no_more_than_before() {
    let site = Site::with_private_gallery();
    let link = site.share("a guest", &["--audience", "guests"]);
    site.build();
    let before = site.output();
    let said = site.read("galleries/lake-house/gallery.toml").replace("[audiences.guests]", "[audiences.family]");
    site.put("galleries/lake-house/gallery.toml", &said);
    site.try_build().refused(3, "the audience `guests`, for which a link still works, is not described here any more");
    assert_eq!(site.output(), before);
    // Its links end all the same.
    site.run(&["revoke", "lake-house", "--to", "a guest"]).fine();
    site.build();
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
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
    site.run(&arguments).refused(3, "`except` of the audience `guests` names `SECRET_0008.png`");
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
        site.try_build().refused(3, "correct it, or take it out");
        assert_eq!(site.output(), before);
    }
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
        assert!(site.assets().len() == 1 && ran.err.contains("were taken down all the same"), "{name}: {}", ran.err);
        // What keeps the rest from being listed stays with it.
        let folders = ["g".to_owned(), "x".to_owned(), format!("x/{}", site.assets()[0])];
        for folder in folders {
            assert!(site.path(format!("public/{folder}/index.html")).exists(), "{name}: {folder}");
        }
    }
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
    let told = site.try_build().refused(3, "titel").err;
    assert_eq!(told.matches("were taken down").count(), 1, "{told}");
    let after = site.output();
    let gone: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert!(
        told.contains(&format!("{} files that must no longer be reachable were taken down", gone.len())),
        "{gone:?} {told}"
    );
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
    let ran = site.try_build().refused(5, "the former secret");
    // Two of the other gallery: under the present secret, and one of which nobody can tell.
    let left = pages(&site);
    assert!(left.len() == 2 && left.iter().all(|path| !site.read(&format!("public/{path}")).contains("Boathouse")));
    assert_eq!(ran.err.matches("can still be reached, and may be of a link that was ended").count(), 1, "{}", ran.err);
    assert!(left.iter().all(|path| !ran.err.contains(path.split('/').nth(1).unwrap())), "{}", ran.err);
}

#[test]
fn what_no_note_in_the_record_knows_comes_down_too() {
    use safelight::publish::Wanted;
    let site = Site::with_private_gallery();
    site.put_png("galleries/other/a.png", 3);
    site.share("the couple", &[]);
    site.share("their parents", &[]);
    site.build();
    let notes = {
        let opened = safelight::publish::Site::open(&site.path("public"), &site.path(".safelight")).unwrap();
        ["assets", "tombstones"].map(|name| (name, opened.manifest().note(name).map(<[u8]>::to_vec)))
    };
    site.run(&["rotate", "lake-house"]).fine();
    site.build();
    // As a publish leaves it that was killed after it had shown its files: the notes are still the older ones.
    {
        let mut opened = safelight::publish::Site::open(&site.path("public"), &site.path(".safelight")).unwrap();
        for (name, note) in notes {
            opened.set_note(name, note.unwrap_or_default());
        }
        let wanted = opened.manifest().iter().map(|record| Wanted {
            path: record.path,
            key: record.key,
            phase: record.phase,
            reach: record.reach,
        });
        let diff = opened.diff(wanted).unwrap();
        opened.publish(diff, &|path| panic!("{path} is there")).unwrap();
    }
    for to in ["the couple", "their parents"] {
        site.run(&["revoke", "lake-house", "--to", to]).fine();
    }
    site.put("galleries/other/gallery.toml", "titel = 1\n");
    site.try_build().refused(3, "unknown setting `titel`");
    assert_eq!(site.assets(), [] as [&str; 0]);
}

#[test]
fn the_purge_list_of_a_build_that_failed_names_what_came_down() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.put("galleries/coast/broken.png", "no picture");
    let arguments = ["build", "--strict", "--today", "2027-01-02", "--purge-list", "purge.txt"];
    assert_eq!(site.run(&arguments).code, 4);
    assert!(site.read("purge.txt").contains(&format!("/{link}\n")) && site.read("purge.txt").contains("/x/"));
    let inside = ["build", "--purge-list", "public/purge.txt"];
    site.run(&inside).refused(2, "this file would be published");
    assert!(!site.path("public/purge.txt").exists());
}

#[test]
fn a_purge_list_replaces_nothing_of_the_site_and_is_refused_before_the_build() {
    let site = Site::with_private_gallery();
    site.put("pages/about.md", "About\n");
    site.share("the couple", &[]);
    let own = ["site.toml", "access.toml", ".safelight/secret", "pages/about.md", "galleries/coast/DSC_0001.png"];
    for file in own {
        let before = fs::read(site.path(file)).unwrap();
        site.run(&["build", "--purge-list", file]).refused(2, "one of the site's own files");
        site.run(&["links", "--cards", file]).refused(2, "one of the site's own files");
        assert_eq!(fs::read(site.path(file)).unwrap(), before, "{file}");
    }
    site.run(&["build", "--purge-list", "galleries/coast/new.txt"]).refused(2, "one of the site's own files");
    site.run(&["build", "--purge-list", "missing/purge.txt"]).refused(2, "the folder of this file is not there");
    fs::create_dir(site.path("kept")).unwrap();
    site.run(&["build", "--purge-list", "kept"]).refused(2, "this is a folder");
    assert!(!site.path("public/index.html").exists() && !site.path("missing").exists());
}

#[test]
fn a_purge_list_does_not_replace_the_record_that_it_is_compared_with() {
    let site = Site::with_private_gallery();
    site.build();
    fs::copy(site.path(".safelight/published/public.manifest"), site.path("earlier")).unwrap();
    std::os::unix::fs::symlink("earlier", site.path("link")).unwrap();
    let (before, output) = (fs::read(site.path("earlier")).unwrap(), site.output());
    site.put_png("galleries/coast/DSC_0003.png", 3);
    for (list, record) in [("earlier", "earlier"), ("link", "earlier"), ("./earlier", "link")] {
        site.run(&["build", "--purge-list", list, "--previous-manifest", record])
            .refused(2, "would replace the earlier record that it is compared with");
        assert_eq!(
            (fs::read(site.path("earlier")).unwrap(), site.output()),
            (before.clone(), output.clone()),
            "{list}"
        );
    }
    site.run(&["build", "--purge-list", "later", "--previous-manifest", "earlier"]).fine();
}

#[test]
#[cfg(unix)]
fn a_purge_list_is_written_into_pipes_and_standard_output() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let change = |title: &str| {
        site.put("galleries/lake-house/gallery.toml", &{
            let said = site.read("galleries/lake-house/gallery.toml");
            let id = said.lines().find(|line| line.starts_with("id")).unwrap();
            format!("{id}\naccess = \"private\"\ntitle = \"{title}\"\n")
        })
    };
    let build = |file: &str| site.run(&["build", "--today", "2027-01-02", "--purge-list", file]).fine();
    for (file, title) in [("-", "One"), ("/dev/stdout", "Two")] {
        change(title);
        assert!(build(file).out.lines().any(|line| line == format!("/{link}")), "{file}");
    }
    change("Three");
    let pipe = site.path("pipe");
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
    site.put("kept/purge.txt", "old");
    std::os::unix::fs::symlink("kept/purge.txt", site.path("link")).unwrap();
    build("link");
    assert!(site.path("link").is_symlink() && site.read("kept/purge.txt").contains(&link));
}

#[test]
fn a_purge_list_that_cannot_be_written_is_printed() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    // A name of a file, and too long for the name under which it is written first.
    let name = "p".repeat(250);
    let ran = site.run(&["build", "--today", "2027-01-02", "--purge-list", &name]).refused(6, "it was printed instead");
    assert!(ran.out.lines().any(|line| line == format!("/{link}")), "{}", ran.out);
    assert!(ran.err.contains("photos in"), "{}", ran.err);
}

#[test]
fn private_files_without_a_record_of_them_are_refused() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    for arguments in [&["build"][..], &["build", "--adopt"], &["build", "--public-only"]] {
        let before = site.output();
        site.run(arguments).refused(3, "the record of what was written has gone");
        assert_eq!(site.output(), before);
    }
    for folder in ["g", "x"] {
        fs::remove_dir_all(site.path("public").join(folder)).unwrap();
    }
    site.run(&["build", "--adopt"]).fine();
}

#[test]
fn nobody_gets_a_link_from_a_ledger_that_lost_an_entry() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.build();
    let ledger = site.read("access.toml");
    let kept: String =
        ledger.lines().filter(|line| !line.starts_with("revoked")).map(|line| format!("{line}\n")).collect();
    assert_ne!(kept, ledger);
    site.put("access.toml", &kept);
    let share = ["share", "lake-house", "--to", "their parents"];
    let extend = ["extend", "lake-house", "--to", "the couple", "--expires", "30d"];
    for arguments in [&share[..], &extend, &["edge", "nginx"]] {
        let code = site.run(arguments).code;
        assert_eq!(code, 3, "{arguments:?}");
    }
    assert_eq!(site.read("access.toml"), kept);
    let told = site.run(&["verify", &format!("/{link}")]);
    assert!(told.err.contains("warning: `access.toml`"), "{}", told.err);
    fs::remove_file(site.path("access.toml")).unwrap();
    assert_eq!(site.run(&share).code, 3);
    assert!(!site.path("access.toml").exists());
}

#[test]
fn a_log_is_read_to_its_end_whatever_stands_in_it() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let mut command = site.command(&["verify", "-"]);
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
        let site = Site::with_private_gallery();
        let (couple, parents) = (site.share("the couple", &[]), site.share("their parents", &[]));
        site.build();
        let assets = site.assets();
        site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
        match spoil(&site.read("site.toml")) {
            Some(bytes) => fs::write(site.path("site.toml"), bytes).unwrap(),
            None => fs::remove_file(site.path("site.toml")).unwrap(),
        }
        let failed = site.run(&["build", "--today", "2027-01-02", "--purge-list", "purge.txt"]);
        assert_ne!(failed.code, 0, "{name}");
        assert!(!site.path(format!("public/{couple}index.html")).exists(), "{name}\n{}", failed.err);
        // It showed the pictures that came down, and is there again after the next build.
        assert!(!site.path(format!("public/{parents}index.html")).exists(), "{name}");
        assert_eq!(site.assets(), Vec::<String>::new(), "{name}");
        let list = site.read("purge.txt");
        assert!([&couple, &parents, &assets[0]].iter().all(|gone| list.contains(*gone)), "{name}\n{list}");
    }
}

#[test]
fn an_earlier_record_that_is_not_there_keeps_no_dead_link_up() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let build = ["build", "--today", "2027-01-02", "--purge-list", "purge.txt", "--previous-manifest", "no/such"];
    site.run(&build).refused(6, "no/such");
    assert!(site.is_tombstone(&couple));
}
