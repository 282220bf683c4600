//! The list of what caches must forget.

use std::fs;

use crate::support::{Site, said};

#[test]
fn the_purge_list_of_a_build_that_failed_names_what_came_down() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.put("galleries/coast/broken.png", "no picture");
    let arguments = ["build", "--strict", "--purge-list", "purge.txt"];
    assert_eq!(site.run(&arguments).code, 4);
    assert!(site.read("purge.txt").contains(&format!("/{link}\n")) && site.read("purge.txt").contains("/x/"));
    let inside = ["build", "--purge-list", "public/purge.txt"];
    site.run(&inside).refused(2);
    assert!(!site.path("public/purge.txt").exists());
    insta::assert_snapshot!(said());
}

#[test]
fn a_purge_list_replaces_nothing_of_the_site_and_is_refused_before_the_build() {
    let site = Site::with_private_gallery();
    site.put("pages/about.md", "About\n");
    site.share("the couple", &[]);
    let own = ["site.toml", "access.toml", ".safelight/secret", "pages/about.md", "galleries/coast/DSC_0001.png"];
    for file in own {
        let before = fs::read(site.path(file)).unwrap();
        site.run(&["build", "--purge-list", file]).refused(2);
        site.run(&["links", "--cards", file]).refused(2);
        assert_eq!(fs::read(site.path(file)).unwrap(), before, "{file}");
    }
    site.run(&["build", "--purge-list", "galleries/coast/new.txt"]).refused(2);
    site.run(&["build", "--purge-list", "missing/purge.txt"]).refused(2);
    fs::create_dir(site.path("kept")).unwrap();
    site.run(&["build", "--purge-list", "kept"]).refused(2);
    assert!(!site.path("public/index.html").exists() && !site.path("missing").exists());
    insta::assert_snapshot!(said());
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
        site.run(&["build", "--purge-list", list, "--previous-manifest", record]).refused(2);
        assert_eq!(
            (fs::read(site.path("earlier")).unwrap(), site.output()),
            (before.clone(), output.clone()),
            "{list}"
        );
    }
    site.run(&["build", "--purge-list", "later", "--previous-manifest", "earlier"]).fine();
    insta::assert_snapshot!(said());
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
    let build = |file: &str| site.run(&["build", "--purge-list", file]).fine();
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
    let ran = site.run(&["build", "--purge-list", &name]).refused(6);
    assert!(ran.out.lines().any(|line| line == format!("/{link}")), "{}", ran.out);
    insta::assert_snapshot!(said());
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
        let failed = site.run(&["build", "--purge-list", "purge.txt"]);
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
    let build = ["build", "--purge-list", "purge.txt", "--previous-manifest", "no/such"];
    site.run(&build).refused(6);
    assert!(site.is_tombstone(&couple));
    insta::assert_snapshot!(said());
}
