use super::*;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

fn cache() -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path().join("site/.safelight/cache")).unwrap();
    (folder, cache)
}

fn key(text: &str) -> Key {
    Key::derivative(&[7; 32], 1, &[], text)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    list(folder).unwrap().iter().flat_map(|shard| list(shard).unwrap()).collect()
}

const LONG_AGO: SystemTime = SystemTime::UNIX_EPOCH;

fn far_ahead() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40)
}

#[test]
fn what_was_written_is_read_back() {
    let (_folder, cache) = cache();
    assert!(!cache.contains(&key("a")));
    assert_eq!(cache.read(&key("a")), None);
    cache.write(&key("a"), b"pixels").unwrap();
    cache.write(&key("b"), b"").unwrap();
    assert!(cache.contains(&key("a")) && cache.contains(&key("b")));
    assert_eq!(cache.read(&key("a")), Some(b"pixels".to_vec()));
    assert_eq!(cache.read(&key("b")), Some(Vec::new()));
    cache.write(&key("a"), b"other").unwrap();
    assert_eq!(cache.read(&key("a")), Some(b"other".to_vec()));
    cache.remove(&key("a")).unwrap();
    cache.remove(&key("a")).unwrap();
    assert!(!cache.contains(&key("a")));
}

#[test]
fn writers_that_make_a_folder_at_the_same_moment_all_write() {
    for round in 0..200 {
        let (_folder, cache) = cache();
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    cache.write(&key("a"), b"pixels").unwrap_or_else(|error| panic!("round {round}: {error}"));
                });
            }
        });
    }
}

#[test]
fn every_input_changes_the_key() {
    let keys = [
        Key::derivative(&[0; 32], 1, &[], "avif 640"),
        Key::derivative(&[1; 32], 1, &[], "avif 640"),
        Key::derivative(&[0; 32], 3, &[], "avif 640"),
        Key::derivative(&[0; 32], 1, &[], "avif 641"),
        Key::derivative(&[0; 32], 1, &[(1280, 853)], "avif 640"),
        Key::derivative(&[0; 32], 1, &[(1280, 854)], "avif 640"),
        Key::derivative(&[0; 32], 1, &[(2560, 1707), (1280, 853)], "avif 640"),
        Key::facts(&[0; 32], 1, &[], "avif 640"),
    ];
    let different: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len());
}

#[test]
fn all_that_was_made_of_a_source_is_found_and_removed_whatever_it_was_made_for() {
    let (_folder, cache) = cache();
    let source = std::array::from_fn(|at| at as u8);
    let made = [
        Key::derivative(&source, 1, &[], "avif 640"),
        Key::derivative(&source, 6, &[(1280, 853)], "jpeg 320"),
        Key::facts(&source, 1, &[], "1"),
    ];
    for key in made.iter().chain([&key("another's")]) {
        cache.write(key, b"pixels").unwrap();
    }
    assert_eq!(cache.remove_all(|key| key.source()[..] == source[..8]).unwrap().entries, 3);
    assert_eq!(cache.keys().unwrap(), [key("another's")].into());
}

#[test]
fn any_flipped_bit_cut_or_addition_is_noticed_and_the_entry_removed() {
    let (_folder, cache) = cache();
    let path = cache.path(&key("a"));
    cache.write(&key("a"), b"pixels").unwrap();
    let whole = fs::read(&path).unwrap();
    let mut damaged = Vec::new();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        damaged.push(bytes);
        damaged.push(whole[..at].to_vec());
    }
    damaged.push([&whole[..], b"x"].concat());
    for bytes in damaged {
        fs::write(&path, bytes).unwrap();
        assert_eq!(cache.read(&key("a")), None);
        assert!(!path.exists());
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(cache.read(&key("a")), Some(b"pixels".to_vec()));
}

#[test]
fn an_entry_under_another_name_is_not_used() {
    let (_folder, cache) = cache();
    cache.write(&key("a"), b"pixels").unwrap();
    cache.write(&key("b"), b"others").unwrap();
    fs::copy(cache.path(&key("a")), cache.path(&key("b"))).unwrap();
    assert_eq!(cache.read(&key("b")), None);
}

#[test]
fn only_the_owner_may_look_in() {
    let (_folder, cache) = cache();
    cache.write(&key("a"), b"pixels").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = cache.path(&key("a"));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(cache.folder()), 0o700);
}

#[test]
fn a_folder_that_others_may_look_into_is_closed_when_it_is_opened() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("cache");
    fs::create_dir_all(folder.join("ab")).unwrap();
    let mode = || fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    Cache::look(&folder);
    assert_eq!(mode(), 0o755);
    Cache::open(&folder).unwrap();
    assert_eq!(mode(), 0o700);
}

#[test]
fn a_name_left_by_a_killed_write_does_not_stop_the_next_and_is_swept() {
    let (_folder, cache) = cache();
    let path = cache.path(&key("a"));
    create_folder(path.parent().unwrap()).unwrap();
    let left = path.with_file_name(format!("{TEMPORARY}{}-0", std::process::id()));
    fs::write(&left, b"half").unwrap();
    cache.write(&key("a"), b"pixels").unwrap();
    assert_eq!(fs::read(&left).unwrap(), b"half");
    let swept = cache.sweep(|_| true, far_ahead()).unwrap();
    assert_eq!(swept, Amount { entries: 1, bytes: 4 });
    assert_eq!(files(cache.folder()), [path]);
}

#[test]
fn a_sweep_takes_what_is_old_and_not_kept_and_nothing_else() {
    let (_folder, cache) = cache();
    for name in ["keep", "go"] {
        cache.write(&key(name), b"pixels").unwrap();
    }
    let foreign = cache.path(&key("keep")).with_file_name("notes.txt");
    fs::write(&foreign, b"mine").unwrap();
    fs::write(cache.folder().join("README"), b"mine").unwrap();
    assert_eq!(cache.sweep(|_| false, LONG_AGO).unwrap(), Amount::default());
    let entry = Amount { entries: 1, bytes: (HEADER + 6) as u64 };
    assert_eq!(cache.sweep(|found| *found == key("keep"), far_ahead()).unwrap(), entry);
    assert!(cache.contains(&key("keep")) && !cache.contains(&key("go")));
    assert_eq!(cache.amount().unwrap(), entry);
    assert_eq!(cache.keys().unwrap(), [key("keep")].into());
    assert_eq!(cache.clear().unwrap(), entry);
    assert_eq!(cache.amount().unwrap(), Amount::default());
    assert!(foreign.exists());
}

#[test]
fn facts_come_back_as_they_were() {
    let (_folder, cache) = cache();
    let facts = Facts { colour: [1, 2, 3], warnings: vec!["its colour profile is broken".into()] };
    let key = Key::facts(&[7; 32], 1, &[], "1");
    assert_eq!(cache.read_facts(&key), None);
    cache.write_facts(&key, &facts).unwrap();
    assert_eq!(cache.read_facts(&key), Some(facts));
    cache.write(&key, &[0xff]).unwrap();
    assert_eq!(cache.read_facts(&key), None);
}

#[test]
fn an_error_names_the_path() {
    let (folder, cache) = cache();
    fs::remove_dir_all(cache.folder()).unwrap();
    fs::write(cache.folder(), b"a file where the cache should be").unwrap();
    let error = cache.write(&key("a"), b"pixels").unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Io);
    assert!(error.place.unwrap().file.starts_with(folder.path()));
}

#[test]
fn a_full_disk_is_told_as_such() {
    let error = full_or("write", Path::new("cache/ab/cd.bin"), ErrorKind::StorageFull.into());
    assert!(error.hint.is_some_and(|hint| hint.contains("free some disk space")));
}
