//! Files and folders as they lie on a disk.

use super::*;

/// A folder of its own with these files in it.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// What is said of a `site.toml` on disk.
fn said_of(folder: &Path) -> Vec<String> {
    told(&Config::read(&folder.join("site.toml")).map(|_| ()).unwrap_err())
}

/// Reads a site whose `site.toml` is this.
fn said(text: &str) -> Vec<String> {
    said_of(folder(&[("site.toml", text.as_bytes())]).path())
}

#[test]
fn a_missing_file_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let told = said_of(folder.path());
    let expected = format!(
        "there is no `site.toml` in `{}` / run safelight in the folder that contains `site.toml`, or create a site with `safelight init`",
        folder.path().display()
    );
    assert_eq!(told, [expected]);
}

#[test]
fn the_own_site_of_the_repository_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (config, warnings) = Config::read(&root.join("site.toml")).unwrap();
    assert_eq!(told(&warnings), [""; 0]);
    assert_eq!(config.root, root);
    assert_eq!(config.galleries, root.join("example-site/galleries"));
    assert_eq!(config.themes, root.join("themes"));
    assert_eq!(config.rights.data_mining, DataMining::ProhibitedAiTraining);
}

#[test]
fn a_gallery_is_named_by_its_path_in_the_site() {
    let site = folder(&[
        ("galleries/a/gallery.toml", b"tilte = 1"),
        ("galleries/b/gallery.toml", b"\xef\xbb\xbftitle = \"B\""),
    ]);
    let read =
        |name: &str| GalleryConfig::read(&site.path().join("galleries").join(name).join("gallery.toml"), site.path());
    assert_eq!(
        told(&read("a").map(|_| ()).unwrap_err().errors),
        ["`galleries/a/gallery.toml` line 1, column 1: unknown setting `tilte` / did you mean `title`?"]
    );
    let found = read("b").unwrap();
    assert_eq!(found.title.as_deref(), Some("B"));
    assert_eq!(found.file, Some(site.path().join("galleries/b/gallery.toml")));
    assert!(
        told(&read("c").map(|_| ()).unwrap_err().errors)[0].starts_with("`galleries/c/gallery.toml`: cannot read: ")
    );
}

#[test]
fn what_is_not_text_is_told_with_its_place() {
    let told = |bytes: &[u8]| said_of(folder(&[("site.toml", bytes)]).path());
    assert_eq!(
        told(b"title = \"x\"\nauthor = \"\xc3\xa9\xe9\""),
        ["`site.toml` line 2, column 12: this is not UTF-8 / save the file as UTF-8"]
    );
    assert_eq!(
        told(b"\xff\xfet\0i\0"),
        ["`site.toml` line 1, column 1: this is not UTF-8 / it looks like UTF-16: save it as UTF-8"]
    );
}

#[test]
fn a_huge_file_a_folder_and_a_pipe_are_refused() {
    let huge = vec![b'#'; (1 << 20) + 1];
    assert_eq!(said_of(folder(&[("site.toml", &huge)]).path()), ["`site.toml`: the file is larger than 1 MiB"]);
    let full = vec![b'#'; 1 << 20];
    assert!(Config::read(&folder(&[("site.toml", &full)]).path().join("site.toml")).is_ok());
    assert_eq!(said_of(folder(&[("site.toml/x", b"")]).path()), ["`site.toml`: this is not a file"]);
    #[cfg(unix)]
    {
        let folder = folder(&[]);
        let path = folder.path().join("site.toml");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert_eq!(said_of(folder.path()), ["`site.toml`: this is not a file"]);
    }
}

#[test]
fn the_output_stays_clear_of_everything_else() {
    let hint = " / give the output its own folder, such as `public`";
    for (output, told) in [
        (".", "`output` is the site's own folder, which a build would overwrite"),
        ("x/..", "`output` is the site's own folder, which a build would overwrite"),
        ("..", "`output` contains the site's own folder, which a build would overwrite"),
        ("/", "`output` contains the site's own folder, which a build would overwrite"),
        ("galleries", "`output` is the folder of `galleries`"),
        ("./galleries/", "`output` is the folder of `galleries`"),
        ("galleries/out", "`output` is inside the folder of `galleries`"),
        ("pages/out", "`output` is inside the folder of `pages`"),
        ("static", "`output` is the folder of `static`"),
        ("x/../themes/a", "`output` is inside the folder of `themes`"),
        (".safelight", "`output` is `.safelight`, which contains the secret"),
        (".safelight/out", "`output` is inside `.safelight`, which contains the secret"),
    ] {
        assert_eq!(
            said(&format!("output = \"{output}\"")),
            [format!("`site.toml` line 1, column 10: {told}{hint}")],
            "{output}"
        );
    }
    assert_eq!(
        said("pages = \"public/pages\""),
        [format!("`site.toml` line 1, column 9: `output` contains the folder of `pages`{hint}")]
    );
    assert_eq!(
        said("galleries = \".\""),
        [format!("`site.toml` line 1, column 13: `output` is inside the folder of `galleries`{hint}")]
    );
    for output in ["build/site", "../elsewhere-for-a-test", "publication", "galleries-built"] {
        assert!(
            Config::read(
                &folder(&[("site.toml", format!("output = \"{output}\"").as_bytes())]).path().join("site.toml")
            )
            .is_ok()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_hides_no_folder() {
    let site = folder(&[("site.toml", b"output = \"alias/new/out\""), ("galleries/new/a", b"")]);
    std::os::unix::fs::symlink("galleries", site.path().join("alias")).unwrap();
    assert_eq!(
        said_of(site.path()),
        [
            "`site.toml` line 1, column 10: `output` is inside the folder of `galleries` / give the output its own folder, such as `public`"
        ]
    );
    let site = folder(&[("site.toml", b"output = \"self\"")]);
    std::os::unix::fs::symlink(".", site.path().join("self")).unwrap();
    assert_eq!(said_of(site.path()).len(), 1);
    // Climbing out of a link leaves from where it leads to.
    let site = folder(&[("site.toml", b"output = \"far/../out\""), ("galleries/a/b/x", b"")]);
    std::os::unix::fs::symlink("galleries/a", site.path().join("far")).unwrap();
    assert_eq!(said_of(site.path()).len(), 1);
}

#[test]
fn what_is_copied_as_it_is_contains_nothing_that_must_stay() {
    assert_eq!(
        said("static = \".\"\noutput = \"../elsewhere-for-a-test\""),
        [
            "`site.toml` line 1, column 10: `static` contains the site's own folder, so everything in it would be published / give static files their own folder, such as `static`"
        ]
    );
    assert_eq!(
        said("static = \"files\"\ngalleries = \"files/photos\""),
        [
            "`site.toml` line 1, column 10: `static` contains the folder of `galleries`, which would be published unchanged / give each its own folder"
        ]
    );
    for (folder, place) in [("galleries", 10), ("pages", 10), ("themes", 10)] {
        assert_eq!(
            said(&format!("static = \"{folder}/x\"")),
            [format!(
                "`site.toml` line 1, column {place}: `static` is inside the folder of `{folder}`, which would be published unchanged / give each its own folder"
            )]
        );
    }
    assert_eq!(
        said("static = \".safelight\""),
        ["`site.toml` line 1, column 10: `static` is `.safelight`, which contains the secret"]
    );
    assert_eq!(
        said("pages = \"galleries\""),
        ["`site.toml` line 1, column 9: `galleries` and `pages` are the same folder / give each its own folder"]
    );
}
