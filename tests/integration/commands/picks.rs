//! Clients' favourites, as photographers bring them home.

use std::fs;
use std::path::PathBuf;

use safelight::picks::link_tag;
use safelight::plan::{key_of_open, key_of_private};
use serde_json::{Value, json};

use crate::support::{Site, differences, said, tree};

/// The key of the private gallery for one of its audiences.
fn key(audience: &str) -> String {
    key_of_private("k3v9q2m7t4xa".parse().unwrap(), audience)
}

/// The tag of the link that was given to somebody.
fn tag(site: &Site, to: &str) -> String {
    let links = site.prepare(&["links", "--reveal"]).out;
    let line = links.lines().find(|line| line.contains(to)).unwrap();
    let token = line.split_once("/g/").unwrap().1;
    link_tag(token.trim_end_matches('/'))
}

/// Number, name and note of a photo.
type Photo<'a> = (usize, &'a str, &'a str);

/// A file as a page of the site writes it; lists by name.
fn picks(key: &str, total: usize, lists: &[(&str, &[Photo<'_>])]) -> Value {
    let photo = |(number, file, note): &Photo<'_>| match note.is_empty() {
        true => json!({ "number": number, "file": file }),
        false => json!({ "number": number, "file": file, "note": note }),
    };
    let list = |(name, photos): &(&str, &[Photo<'_>])| json!({ "name": name, "photos": photos.iter().map(photo).collect::<Vec<_>>() });
    let lists: Vec<Value> = lists.iter().map(list).collect();
    json!({ "type": "safelight-picks", "version": 1, "key": key, "total": total, "lists": lists })
}

fn with(mut picks: Value, fields: Value) -> Value {
    picks.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    picks
}

/// A site, and beside it what the couple and a guest sent.
fn site() -> Site {
    let site = Site::with_known_links();
    let couple = picks(
        &key(""),
        3,
        &[
            ("Album", &[(1, "SECRET_0001.png", "a bit tighter"), (3, "dance/SECRET_0010.png", "")]),
            ("Prints", &[(1, "SECRET_0001.png", "")]),
        ],
    );
    let fields = json!({ "from": "Mara", "note": "For the whole", "link": tag(&site, "the couple") });
    let mut couple = with(couple, fields);
    couple["lists"][0]["limit"] = 30.into();
    // The second photo is hidden from guests.
    let guest = picks(&key("guests"), 2, &[("Album", &[(1, "SECRET_0001.NEF", ""), (2, "SECRET_0009.png", "mine")])]);
    let guest = with(guest, json!({ "link": tag(&site, "a guest") }));
    site.put("../mara.json", couple.to_string());
    site.put("../guest.json", guest.to_string());
    site
}

/// Originals: RAW files that are none, because nothing looks into them.
fn originals(site: &Site) -> PathBuf {
    for name in ["day/SECRET_0001.NEF", "day/SECRET_0009.NEF", "day/dance/SECRET_0010.nef", "day/dance/SECRET_0010.JPG"]
    {
        site.put(PathBuf::from("../raw").join(name), name);
    }
    site.path("../raw")
}

#[test]
fn it_is_told_who_picked_what_and_where_people_disagree() {
    let site = site();
    site.session(&[
        "picks import ../mara.json",
        "picks import ../mara.json ../guest.json",
        "picks import ../mara.json ../guest.json --list prints --verbose",
        "picks import ../mara.json ../guest.json --format json",
    ]);
    site.remove(".safelight/secret");
    site.session(&["picks import ../mara.json"]);
    insta::assert_snapshot!(said());
}

#[test]
fn every_form_of_one_selection_means_the_same_photos() {
    let site = site();
    let table = "\u{feff}list;number;file;note;from\r\nAlbum;1;SECRET_0001.png;;Mara\r\nAlbum;3;dance/SECRET_0010.png;;Mara\r\n";
    site.put("../table.csv", table);
    site.put("../names.txt", "SECRET_0001, secret_0010.NEF\n");
    let mail = "From: Mara <mara@example.com>\nTo: ada@example.com\nSubject: =?utf-8?q?F=C3=BCr_euch?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nLiebe Ada,\n\nAlbum (2 von 30):\nSECRET_0=\n001.png: enger\nSECRET_0010.png\n\nViele Gr=C3=BC=C3=9Fe\n";
    site.put("../mail.eml", mail);
    for file in ["../mara.json", "../table.csv", "../names.txt", "../mail.eml"] {
        let names = site.prepare(&["picks", "import", file, "--names", "capture-one"]).out;
        assert_eq!(names, "SECRET_0001,SECRET_0010\n", "{file}");
    }
    site.session(&["picks import ../table.csv", "picks import ../names.txt", "picks import ../mail.eml"]);
    insta::assert_snapshot!(said());
}

#[test]
fn picks_become_sidecars_lists_and_copies_and_nothing_of_the_site_changes() {
    let site = site();
    site.build();
    let originals = originals(&site);
    let sidecar = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"2\"/></rdf:RDF></x:xmpmeta>";
    site.put("../raw/day/SECRET_0001.xmp", sidecar);
    site.put("../raw/day/SECRET_0009.xmp", "<broken");
    let (before, raw) = (tree(site.root()), tree(&originals));
    site.session(&[
        "picks import ../mara.json --originals ../raw --xmp lightroom --rating 5 --copy-to ../picked --dry-run",
    ]);
    assert_eq!(differences(&raw, &tree(&originals)), [] as [&str; 0]);
    assert!(!site.path("../picked").exists());
    site.session(&[
        "picks import ../mara.json --originals ../raw --xmp lightroom --rating 5 --copy-to ../picked",
        "picks import ../mara.json --originals ../raw --xmp lightroom --rating 5 --copy-to ../picked",
        "picks import ../mara.json --originals ../raw --xmp darktable --label Green --format json",
        "picks import ../mara.json --names lightroom --names-to ../names.txt",
        "picks import ../mara.json --list prints --link-to ../links --quiet",
    ]);
    let changed = differences(&raw, &tree(&originals));
    let expected = [
        "day/SECRET_0001.NEF.xmp",
        "day/SECRET_0001.xmp",
        "day/dance/SECRET_0010.JPG.xmp",
        "day/dance/SECRET_0010.nef.xmp",
        "day/dance/SECRET_0010.xmp",
    ];
    assert_eq!(changed, expected);
    let merged = sidecar
        .replace("/></rdf:RDF>", "><dc:subject xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Bag><rdf:li>Album</rdf:li><rdf:li>Prints</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF>");
    assert_eq!(site.read("../raw/day/SECRET_0001.xmp"), merged);
    assert_eq!(site.read("../names.txt"), "SECRET_0001, SECRET_0010\n");
    let copied = tree(&site.path("../picked"));
    let copied: Vec<&str> = copied.keys().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(copied, ["SECRET_0001.NEF", "dance/SECRET_0010.JPG", "dance/SECRET_0010.nef"]);
    assert!(site.path("../links/SECRET_0001.png").is_symlink());
    assert_eq!(differences(&before, &tree(site.root())), [] as [&str; 0]);
    insta::assert_snapshot!(said());
}

#[test]
fn what_stands_in_the_way_is_left_and_told() {
    let site = site();
    originals(&site);
    site.put("../raw/night/SECRET_0010.NEF", "another");
    site.put("../raw/day/SECRET_0001.xmp", "<broken");
    site.put("../picked/dance/SECRET_0010.png", "somebody's");
    let closed = site.path("../raw/day/dance/SECRET_0010.xmp");
    site.put(&closed, "<x/>");
    fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o444)).unwrap();
    site.session(&[
        "picks import ../mara.json --originals ../raw --xmp lightroom",
        "picks import ../mara.json --copy-to ../picked",
        "picks import ../mara.json --originals ../raw/night --names lightroom",
    ]);
    assert_eq!(site.read("../raw/day/SECRET_0001.xmp"), "<broken");
    // Nothing was copied, since not everything could be.
    assert_eq!(tree(&site.path("../picked")).len(), 1);
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_unclear_is_an_error_with_a_way_out() {
    let site = site();
    site.put_png("galleries/sea/SECRET_0001.png", 3);
    site.put("../both.txt", "SECRET_0001");
    site.put("../one.txt", "SECRET_0001, SECRET_0009");
    site.put("../none.txt", "Thank you, we love them all.");
    site.put("../damaged.json", "{\"type\":");
    site.put("../coast.json", picks(&key_of_open("coast/"), 2, &[("A", &[(1, "DSC_0001.png", "")])]).to_string());
    site.put("../photo.jpg", [0xff, 0xd8, 0xff, 0, 1]);
    site.session(&[
        "picks import ../both.txt",
        "picks import ../both.txt --gallery sea",
        "picks import ../one.txt",
        "picks import ../none.txt --gallery sea",
        "picks import ../damaged.json ../photo.jpg ../missing.json",
        "picks import 'https://photos.example.com/g/x/#picks=AAAA'",
        "picks import ../coast.json --gallery lake-house",
        "picks import ../coast.json",
        "picks import ../coast.json --gallery cost",
        "picks import ../coast.json --list Wall",
        "picks import ../coast.json --xmp lightroom",
        "picks import ../coast.json --xmp lightroom --originals galleries",
        "picks import ../coast.json --copy-to static/picked",
        "picks import ../coast.json --names lightroom --names-to public/names.txt",
        "picks import ../coast.json --rating 6",
        "picks",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn hostile_favourites_are_only_compared_and_shown_safely() {
    let site = site();
    let hostile = picks(
        &key(""),
        3,
        &[(
            "=cmd|'/c calc'!A0\u{1b}[2J",
            &[
                (1, "SECRET_0001.png", "\u{1b}]0;x\u{7}\r\nerror: all is lost"),
                (1, "SECRET_0001.png", ""),
                (0, "../../etc/passwd", ""),
                (999_999, "/etc/passwd", ""),
                (2, "x\u{1b}[31m\n\u{202e}gnp.png", ""),
                (2, "SECRET_0009.png\0", ""),
                (3, "DANCE/secret_0010.PNG", ""),
            ],
        )],
    );
    site.put("../hostile.json", with(hostile, json!({ "from": "A\nB\u{9b}", "link": "x".repeat(10_000) })).to_string());
    let before = tree(site.root());
    let text = site.run(&["picks", "import", "../hostile.json"]).refused(1);
    let json = site.run(&["picks", "import", "../hostile.json", "--format", "json"]).refused(1);
    for said in [&text.out, &text.err, &json.out, &json.err] {
        assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "{said:?}");
    }
    site.prepare(&["picks", "import", "../mara.json", "--copy-to", "../picked"]);
    assert_eq!(differences(&before, &tree(site.root())), [] as [&str; 0]);
    assert!(fs::read_dir(site.path("..")).unwrap().count() < 6);
    insta::assert_snapshot!(said());
}

#[test]
fn a_gallery_that_ended_or_was_renamed_throughout_still_knows_its_photos() {
    let site = site();
    site.put("galleries/coast/gallery.toml", "expires = 2027-01-01\n");
    site.put("../coast.json", picks(&key_of_open("coast/"), 2, &[("A", &[(2, "DSC_0002.png", "")])]).to_string());
    site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    for (old, new) in [
        ("SECRET_0001.png", "Lake 1.png"),
        ("SECRET_0009.png", "Lake 2.png"),
        ("dance/SECRET_0010.png", "dance/Dance.png"),
    ] {
        let path = |name: &str| site.path("galleries/lake-house").join(name);
        fs::rename(path(old), path(new)).unwrap();
    }
    site.put("galleries/lake-house/gallery.toml", "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\n");
    site.session(&[
        "picks import ../coast.json",
        "picks import ../mara.json",
        "picks import ../mara.json --names lightroom",
    ]);
    insta::assert_snapshot!(said());
}
