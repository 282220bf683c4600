//! Records and ledgers that lost something, and logs that hold anything.

use std::fs;
use std::process::Stdio;

use crate::support::{Site, said};

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
    site.try_build().refused(3);
    assert_eq!(site.assets(), [] as [&str; 0]);
    insta::assert_snapshot!(said());
}

#[test]
fn private_files_without_a_record_of_them_are_refused() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    for arguments in [&["build"][..], &["build", "--adopt"], &["build", "--public-only"]] {
        let before = site.output();
        site.run(arguments).refused(3);
        assert_eq!(site.output(), before);
    }
    for folder in ["g", "x"] {
        fs::remove_dir_all(site.path("public").join(folder)).unwrap();
    }
    site.run(&["build", "--adopt"]).fine();
    insta::assert_snapshot!(said());
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
    site.run(&["verify", &format!("/{link}")]);
    fs::remove_file(site.path("access.toml")).unwrap();
    assert_eq!(site.run(&share).code, 3);
    assert!(!site.path("access.toml").exists());
    insta::assert_snapshot!(said());
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
    assert!(told.contains("link of `the couple`"), "{told}");
}
