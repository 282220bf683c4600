//! The record of what was published: whose it is, what it survives, and what it tells.

use std::fs;
use std::path::Path;

use safelight::ErrorKind;
use safelight::publish::{Content, Manifest, Phase, Reach, Site, purge_between};

use super::Place;
use super::folder::{FILES, publish, wanted};

#[test]
fn a_site_is_open_once_and_an_output_folder_for_one_site() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let site = place.open();
    let error = Site::open(&place.output, &place.state).unwrap_err();
    assert_eq!((error.kind(), error.hint.is_some()), (ErrorKind::Locked, true));
    if cfg!(unix) {
        let other = place.folder.path().join("other/.safelight");
        assert_eq!(Site::open(&place.output, &other).unwrap_err().kind(), ErrorKind::Locked);
    }
    drop(site);
    place.open();
}

#[test]
#[cfg(unix)]
fn the_folder_beside_the_site_is_closed_to_others_when_it_is_opened() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let state = place.manifest().ancestors().nth(2).unwrap().to_owned();
    fs::create_dir_all(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    place.open();
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn each_output_folder_has_a_record_of_its_own_that_moves_with_the_site() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let mut preview = Site::open(&place.folder.path().join("preview"), &place.state).unwrap();
    assert_eq!(publish(&mut preview, &FILES).unwrap().new.files, 3);
    drop(preview);
    assert_eq!(place.publish(&FILES).unwrap().unchanged.files, 3);

    let moved = place.folder.path().join("elsewhere");
    fs::create_dir(&moved).unwrap();
    fs::rename(&place.output, moved.join("public")).unwrap();
    fs::rename(&place.state, moved.join(".safelight")).unwrap();
    let mut site = Site::open(&moved.join("public"), &moved.join(".safelight")).unwrap();
    assert_eq!(publish(&mut site, &FILES).unwrap().unchanged.files, 3);
}

#[test]
fn the_output_and_the_state_folder_must_not_lie_in_one_another() {
    let place = Place::new();
    for (output, state) in [("a", "a"), ("a", "a/.safelight"), ("a/public", "a")] {
        let error = Site::open(&place.folder.path().join(output), &place.folder.path().join(state)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Site, "{output} {state}");
    }
}

#[test]
fn a_damaged_manifest_is_replaced_by_its_copy_and_nothing_is_forgotten() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let mut bytes = fs::read(place.manifest()).unwrap();
    bytes[50] ^= 1;
    fs::write(place.manifest(), &bytes).unwrap();
    let mut site = place.open();
    assert!(site.warning().unwrap().message.contains("checksum"));
    assert_eq!(site.manifest().len(), 3);
    let report = publish(&mut site, &[("index.html", "home")]).unwrap();
    assert_eq!(report.removed_paths, ["a/index.html", "a/one.jpg"]);
    drop(site);
    assert!(place.open().warning().is_none());

    fs::write(place.manifest(), &bytes).unwrap();
    fs::write(place.manifest().with_extension("previous"), "").unwrap();
    let error = Site::open(&place.output, &place.state).unwrap_err();
    assert_eq!((error.kind(), error.hint.is_some()), (ErrorKind::Site, true));
}

#[test]
fn no_change_of_one_byte_and_no_cut_gets_a_manifest_past_its_checks() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let bytes = fs::read(place.manifest()).unwrap();
    let path = place.folder.path().join("damaged");
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 0x41;
        fs::write(&path, damaged).unwrap();
        assert!(Manifest::load(&path).is_err(), "byte {index}");
        fs::write(&path, &bytes[..index]).unwrap();
        assert!(Manifest::load(&path).is_err(), "cut at {index}");
    }
    assert!(Manifest::load(Path::new(&place.manifest())).is_ok());
}

#[test]
fn a_forged_manifest_cannot_name_a_file_outside_the_output() {
    let place = Place::new();
    place.publish(&[("aa/b", "x")]).unwrap();
    let mut bytes = fs::read(place.manifest()).unwrap();
    let at = bytes.windows(4).position(|window| window == b"aa/b").unwrap();
    bytes[at..at + 4].copy_from_slice(b"../b");
    let end = bytes.len() - 32;
    let checksum = blake3::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(checksum.as_bytes());
    fs::write(place.manifest(), &bytes).unwrap();
    assert!(Manifest::load(&place.manifest()).unwrap_err().message.contains("a path is invalid or out of order"));
}

#[test]
fn notes_last_from_one_publish_to_the_next() {
    let place = Place::new();
    let mut site = place.open();
    site.set_note("ledger", vec![1, 2]);
    publish(&mut site, &FILES).unwrap();
    drop(site);
    let mut site = place.open();
    assert_eq!(site.manifest().note("ledger"), Some(&[1, 2][..]));
    site.set_note("ledger", vec![3]);
    publish(&mut site, &FILES).unwrap();
    drop(site);
    assert_eq!(Manifest::load(&place.manifest()).unwrap().notes()["ledger"], [3]);
}

#[test]
fn the_manifest_says_what_was_written_and_two_of_them_what_to_purge() {
    let place = Place::new();
    place.publish(&[("g/t/index.html", "private"), ("index.html", "home"), ("one.jpg", "one")]).unwrap();
    let older = Manifest::load(&place.manifest()).unwrap();
    let paths: Vec<_> = older.iter().map(|record| (record.path, record.size, record.phase, record.reach)).collect();
    assert_eq!(
        paths,
        [
            ("g/t/index.html", 7, Phase::Page, Reach::Private),
            ("index.html", 4, Phase::Page, Reach::Public),
            ("one.jpg", 3, Phase::Asset, Reach::Public),
        ]
    );
    place.publish(&[("index.html", "new home"), ("one.jpg", "one"), ("two.jpg", "two")]).unwrap();
    let newer = Manifest::load(&place.manifest()).unwrap();
    assert_eq!(purge_between(&older, &newer, "/p/"), "/p/\n/p/g/t/\n/p/g/t/index.html\n/p/index.html\n");
}

#[cfg(unix)]
#[test]
fn the_record_is_for_its_owner_alone_and_the_site_for_everybody() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let source = place.folder.path().join("private-cache-entry");
    fs::write(&source, "cached").unwrap();
    fs::set_permissions(&source, fs::Permissions::from_mode(0o600)).unwrap();
    let mut site = place.open();
    let diff = site.diff(wanted(&[("a/copy.jpg", "cached")])).unwrap();
    site.publish(diff, &|_| Ok(Content::CopyOf(source.clone()))).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place.state), mode(&place.manifest()), mode(&place.state.join("lock"))), (0o700, 0o600, 0o600));
    assert_eq!(mode(&place.output.join("a/copy.jpg")) & 0o400, 0o400);
    assert_eq!(mode(&place.output.join("a/copy.jpg")) & 0o111, 0);
    // A copy, not a link: editing one must not change the other.
    fs::write(place.output.join("a/copy.jpg"), "edited").unwrap();
    assert_eq!(fs::read_to_string(&source).unwrap(), "cached");
    assert!(!place.output.join(".safelight-staging").exists());
}

#[test]
fn what_a_killed_publish_left_out_of_sight_is_swept_and_a_strangers_file_there_is_not() {
    let place = Place::new();
    place.publish(&FILES).unwrap();
    let beside = place.state.join("staging/0");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("12"), "half a file").unwrap();
    // Where the site's own folder is on another file system.
    let within = format!(".safelight-staging/{}/0/12", "0a".repeat(16));
    place.write(&within, "half a file");
    place.write(".safelight-staging/mine.txt", "mine");
    place.publish(&FILES).unwrap();
    assert_eq!((place.read(&within), place.read(".safelight-staging/mine.txt")), (None, Some("mine".into())));
    assert!(!beside.exists());
    place.publish(&[("index.html", "changed")]).unwrap();
    assert_eq!(place.read("index.html").unwrap(), "changed");
}
