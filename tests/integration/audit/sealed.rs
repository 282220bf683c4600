//! Sealed galleries on a host: every file opens, and nothing else lies among them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::support::Site;

const SETTINGS: &str = "galleries/lake-house/gallery.toml";

fn site() -> Site {
    let site = Site::with_private_gallery();
    site.put(SETTINGS, site.read(SETTINGS).replace("\"private\"", "\"sealed\""));
    site.share("Anna", &[]);
    site.build();
    site
}

/// The rules that an audit finds broken, with the files in which they are.
fn broken(site: &Site) -> BTreeMap<String, Vec<String>> {
    let mut broken = BTreeMap::<String, Vec<String>>::new();
    for event in site.run(&["audit", "--format", "json"]).events() {
        if event["event"] == "finding" && event["kind"] == "sealed" {
            let rule = event["rule"].as_str().unwrap().to_owned();
            broken.entry(rule).or_default().push(event["file"].as_str().unwrap().to_owned());
        }
    }
    broken
}

#[test]
fn whatever_is_done_to_a_sealed_file_is_found() {
    let site = site();
    assert_eq!(broken(&site), BTreeMap::new());
    let folder = site.path("public/x").join(&site.assets()[0]);
    let mut pictures: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pictures.retain(|path| {
        path.file_name().unwrap().to_str().unwrap().starts_with('i') && path.extension().unwrap() == "bin"
    });
    pictures.sort();
    let [one, other, ..] = pictures.as_slice() else { panic!("{pictures:?}") };
    let slots = folder.join("slots.json");
    let manifest = folder.join("manifest.bin");
    type Way<'a> = (&'a str, &'a dyn Fn());
    let flip = |path: &PathBuf, at: usize| {
        let mut bytes = fs::read(path).unwrap();
        let at = at.min(bytes.len() - 1);
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let edit = |path: &PathBuf, from: &str, to: &str| {
        fs::write(path, fs::read_to_string(path).unwrap().replace(from, to)).unwrap()
    };
    let ways: [Way<'_>; 11] = [
        ("sealed-file", &|| flip(one, 200)),
        ("sealed-file", &|| flip(one, usize::MAX)),
        ("sealed-file", &|| fs::write(one, fs::read(other).unwrap()).unwrap()),
        ("sealed-file", &|| fs::write(one, &fs::read(one).unwrap()[..60]).unwrap()),
        ("sealed-file", &|| flip(&manifest, 100)),
        ("sealed-plain", &|| {
            fs::write(one, b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0 and a picture").unwrap()
        }),
        ("sealed-plain", &|| fs::write(folder.join("dance.jpg"), b"\xff\xd8").unwrap()),
        ("sealed-plain", &|| fs::write(folder.join("index.html"), b"<p>Boathouse").unwrap()),
        ("sealed-manifest", &|| fs::remove_file(one).unwrap()),
        ("sealed-stretching", &|| edit(&slots, "600000", "599999")),
        ("sealed-slots", &|| edit(&slots, "]]}", "],[\"AAAAAAAAAAAAAAAAAAAAAA\",\"AA\"]]}")),
    ];
    let good = site.tree();
    for (rule, way) in ways {
        way();
        let found = broken(&site);
        assert!(found.contains_key(rule), "{rule}: {found:?}");
        for (path, bytes) in &good {
            fs::write(site.path("public").join(path), bytes).unwrap();
        }
        let _ = fs::remove_file(folder.join("dance.jpg"));
    }
    assert_eq!(broken(&site), BTreeMap::new());
}

#[test]
fn the_page_of_a_sealed_gallery_may_not_say_its_name() {
    let site = site();
    let page = site.like("g/", "/index.html").into_iter().find(|path| path.len() > 20).unwrap();
    site.put(format!("public/{page}"), site.text(&page) + "<p>The Boathouse party");
    let told = site.run(&["audit"]).refused(1);
    assert!(told.err.contains("the title or folder of a private gallery"), "{}", told.err);
}
