//! The output folder: mended, shared with nobody, never half a site.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::crawl::faults;
use crate::support::{Site, differences, said};

fn some_site() -> Site {
    let photos: Vec<String> = (0..12).map(|number| format!("G{}/p{number}.jpg", number % 3)).collect();
    Site::new().photos(photos.iter().map(String::as_str))
}

#[test]
fn what_was_changed_or_lost_in_the_output_is_mended_and_foreign_files_stay() {
    let site = some_site();
    site.build();
    let before = site.tree();
    let picture = site.like("img/g0/p0-", ".jpg").remove(0);
    site.put(format!("public/{picture}"), "edited");
    site.remove("public/g1/index.html");
    fs::remove_dir_all(site.path("public/img/g2")).unwrap();
    site.put("public/mine.txt", "mine");
    site.put("public/g0/notes/mine.txt", "mine");
    let summary = site.summary();
    assert_eq!(summary["rendered"], 0);
    assert_eq!(differences(&before, &site.tree()), ["g0/notes/mine.txt", "mine.txt"]);
    // The folder of a gallery that goes is left to who has something in it.
    fs::remove_dir_all(site.path("galleries/G0")).unwrap();
    site.build();
    assert_eq!(site.like("g0/", ""), ["g0/notes/mine.txt"]);
}

#[test]
fn a_foreign_file_where_ours_belongs_is_not_overwritten_unless_asked() {
    let site = some_site().file("public/index.html", "mine");
    let run = site.run(&["build"]);
    assert_ne!(run.code, 0);
    assert_eq!(site.text("index.html"), "mine");
    assert_eq!(site.run(&["build", "--adopt"]).code, 0);
    assert_ne!(site.text("index.html"), "mine");
    insta::assert_snapshot!(said());
}

#[test]
fn clean_keeps_the_record_of_what_was_written() {
    let site = some_site();
    site.build();
    assert_eq!(site.run(&["clean"]).code, 0);
    site.remove("galleries/G0/p0.jpg");
    site.build();
    assert_eq!(site.containing("g0/p0-"), [] as [&str; 0]);
    assert!(!site.paths().contains(&"g0/p0.html".to_owned()));
}

#[test]
fn a_photo_that_is_rendered_for_two_reasons_is_rendered_once() {
    let site = some_site();
    site.build();
    let before = site.tree();
    assert_eq!(site.run(&["clean"]).code, 0);
    fs::remove_dir_all(site.path("public/img")).unwrap();
    let run = site.run(&["build", "--format", "json"]);
    let totals: Vec<_> = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|event| event["event"] == "rendering" && event["done"] == event["total"])
        .map(|event| event["total"].as_u64())
        .collect();
    assert_eq!(totals, [Some(12)], "{}", run.out);
    let summary: serde_json::Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["rendered"], 12);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    // Found damaged only after the first pass: rendered again, counted once.
    assert_eq!(site.run(&["clean"]).code, 0);
    let picture = site.like("img/g0/p0-", ".jpg").remove(0);
    let length = fs::read(site.path("public").join(&picture)).unwrap().len();
    site.put(format!("public/{picture}"), vec![0; length]);
    assert_eq!(site.summary()["rendered"], 12);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
}

#[test]
fn a_dry_clean_makes_nothing_and_a_clean_of_nothing_neither() {
    let site = some_site();
    for arguments in [&["clean", "--dry-run"][..], &["clean"]] {
        let run = site.run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!site.path(".safelight").exists(), "{arguments:?}");
    }
}

#[test]
fn what_a_killed_build_left_unfinished_is_swept_by_the_next_one() {
    let site = some_site();
    site.build();
    let leave = || {
        site.put(".safelight/index.4711.tmp", "half");
        site.put(".safelight/cache/ab/.tmp-4711-0", "half");
    };
    let left = || [".safelight/index.4711.tmp", ".safelight/cache/ab/.tmp-4711-0"].map(|path| site.path(path).exists());
    leave();
    // Whoever ends by itself takes its number out of the lock.
    site.put(".safelight/lock", "4711");
    site.build();
    assert_eq!(left(), [false, false]);
    assert_eq!(fs::read(site.path(".safelight/lock")).unwrap(), b"");
    leave();
    assert_eq!(site.run(&["clean"]).code, 0);
    assert_eq!(left(), [false, false]);
}

#[test]
fn without_a_record_what_the_build_cannot_explain_is_named() {
    let site = some_site();
    site.build();
    fs::remove_dir_all(site.path(".safelight")).unwrap();
    site.remove("galleries/G0/p0.jpg");
    let run = site.run(&["build", "--adopt"]);
    assert_eq!(run.code, 0, "{}", run.err);
    // Once.
    assert_eq!(site.build().said(), "");
    insta::assert_snapshot!(said());
}

#[test]
fn a_former_output_is_named_when_it_is_left() {
    let site = some_site();
    site.build();
    site.set_config("output = \"www\"\n");
    site.build();
    assert_eq!(site.build().said(), "");
    insta::assert_snapshot!(said());
}

#[test]
fn a_second_build_at_the_same_time_is_refused_when_it_has_waited_long_enough() {
    let site = some_site();
    site.build();
    let (config, _) = safelight::config::Config::read(&site.path("site.toml")).unwrap();
    let state = safelight::build::State::of(&config);
    let held = safelight::publish::Site::open(&config.output, state.folder()).unwrap();
    // What it has made is not cleaned away under its hands either.
    for command in ["build", "clean"] {
        let run = site.run(&[command, "--lock-timeout", "1s"]);
        assert_eq!(run.code, 7, "{command}: {}", run.err);
    }
    drop(held);
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn an_output_that_cannot_be_written_is_told_and_the_site_stays() {
    let site = some_site().config("output = \"out/public\"\n").file("out", "a file where the folder should be");
    let run = site.run(&["build"]);
    assert_eq!(run.code, 6, "{}", run.err);
    insta::assert_snapshot!(said());
}

/// Starts the program and kills it by SIGKILL after so many lines of its events. Gives whether it was still running.
fn kill_after(site: &Site, lines: usize) -> bool {
    let mut child =
        site.command(&["build", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
    let read = events.by_ref().take(lines).count();
    child.kill().unwrap();
    child.wait().unwrap();
    read == lines && !events.any(|line| line.is_ok_and(|line| line.contains("\"summary\"")))
}

#[test]
fn a_build_that_is_killed_leaves_whole_pages_and_the_next_one_finishes() {
    let cold = some_site();
    cold.build();
    let cold = cold.tree();
    let mut killed = 0;
    for lines in 1..24 {
        let site = some_site();
        killed += usize::from(kill_after(&site, lines));
        whole(&site);
        // What was told as done is not made again.
        let rendered = site.summary()["rendered"].as_u64().unwrap();
        assert!(rendered <= 14 - (lines as u64).min(14) || lines < 3, "{rendered} after {lines} events");
        assert_eq!(differences(&cold, &site.tree()), [] as [&str; 0]);
    }
    assert!(killed > 5, "{killed}");
}

#[test]
fn a_rebuild_that_is_killed_leaves_whole_pages_too() {
    let changed = || {
        let site = some_site();
        site.build();
        site.remove("galleries/G0/p0.jpg");
        fs::remove_dir_all(site.path("galleries/G1")).unwrap();
        site.put_photo("G2/new.jpg");
        site.put_photo("New/new.jpg");
        site.set_config("author = \"Mara\"\n");
        site
    };
    let cold = changed();
    fs::remove_dir_all(cold.path("public")).unwrap();
    cold.build();
    for lines in [1, 2, 3, 5, 8, 10, 12, 14] {
        let site = changed();
        kill_after(&site, lines);
        whole(&site);
        site.build();
        assert_eq!(differences(&cold.tree(), &site.tree()), [] as [&str; 0]);
    }
}

/// No page shows a picture or uses a style that is not there.
fn whole(site: &Site) {
    let faults = faults(&site.path("public"), "/", "");
    let missing: Vec<_> =
        faults.iter().filter(|fault| fault.contains(": /img/") || fault.contains(": /assets/")).collect();
    assert_eq!(missing, [] as [&str; 0]);
}

#[test]
fn a_damaged_picture_in_the_cache_is_made_again_in_the_same_build() {
    let site = some_site();
    site.build();
    let before = site.tree();
    let cached: Vec<_> = crate::support::tree(&site.path(".safelight/cache")).into_iter().collect();
    // Whatever they hold: what was learnt of a photo, and pictures.
    for (path, bytes) in cached.iter().step_by(3) {
        let mut bytes = bytes.clone();
        let end = bytes.len() - 4;
        bytes[end..].copy_from_slice(b"evil");
        fs::write(site.path(".safelight/cache").join(path), bytes).unwrap();
    }
    fs::remove_dir_all(site.path("public")).unwrap();
    site.build();
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
}

#[test]
fn a_dry_run_and_a_check_leave_nothing_behind() {
    use std::os::unix::fs::PermissionsExt;
    let site = some_site();
    let all = || crate::support::tree(&site.path(""));
    let before = all();
    for arguments in [&["build", "--dry-run"][..], &["check"]] {
        let run = site.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        assert_eq!(differences(&before, &all()), [] as [&str; 0], "{arguments:?}");
        assert!(!site.path(".safelight").exists(), "{arguments:?}");
    }
    site.build();
    site.put_photo("G0/new.jpg");
    let before = all();
    let lock = fs::metadata(site.path(".safelight/lock")).unwrap().modified().unwrap();
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o500)).unwrap();
    for arguments in [&["build", "--dry-run"][..], &["check"]] {
        let run = site.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    }
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(differences(&before, &all()), [] as [&str; 0]);
    assert_eq!(fs::metadata(site.path(".safelight/lock")).unwrap().modified().unwrap(), lock);
}

#[test]
fn what_no_option_replaces_is_named_with_what_to_do_and_a_check_sees_it() {
    use std::os::unix::fs::symlink;
    let site = some_site();
    site.build();
    let before = site.tree();
    let picture = site.like("img/g0/p0-", ".jpg").remove(0);
    let into_a_folder = |site: &Site| {
        site.remove(&format!("public/{picture}"));
        site.put(format!("public/{picture}/mine.txt"), "mine");
        picture.clone()
    };
    let into_a_link = |site: &Site| {
        fs::rename(site.path("public/g2"), site.path("elsewhere")).unwrap();
        symlink("../elsewhere", site.path("public/g2")).unwrap();
        "g2".to_owned()
    };
    let back = |site: &Site| {
        fs::remove_dir_all(site.path("public").join(&picture)).unwrap();
    };
    for (number, way) in [&into_a_folder as &dyn Fn(&Site) -> String, &into_a_link].into_iter().enumerate() {
        let named = way(&site);
        for arguments in [&["build"][..], &["build", "--adopt"], &["build", "--dry-run"], &["check"]] {
            let run = site.run(arguments);
            assert_ne!(run.code, 0, "{arguments:?}");
            assert!(run.err.contains(&format!("`{named}`")), "{arguments:?}: {}", run.err);
        }
        if number == 0 {
            back(&site);
        }
    }
    fs::remove_file(site.path("public/g2")).unwrap();
    fs::rename(site.path("elsewhere"), site.path("public/g2")).unwrap();
    site.build();
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_check_sees_foreign_files_where_ours_belong() {
    let site = some_site().file("public/index.html", "mine").file("public/mine.txt", "mine");
    let run = site.run(&["check"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(!run.err.contains("mine.txt"), "{}", run.err);
    insta::assert_snapshot!(said());
}
