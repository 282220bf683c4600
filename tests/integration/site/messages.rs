//! What the program says, to the letter.

use crate::support::{Run, Site, said};

#[test]
fn an_unknown_setting_names_line_column_and_the_nearest() {
    Site::new().site_toml("title = \"x\"\n\n[images]\nqualty = 80\n").run(&["build"]).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn an_unknown_format_names_line_column_and_the_nearest() {
    Site::new().site_toml("[images]\nformats = [\"avfi\", \"jpeg\"]\n").run(&["build"]).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_missing_site_says_how_to_begin() {
    let site = Site::new();
    site.remove("site.toml");
    site.run(&["build"]).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_missing_folder_of_galleries_says_what_to_do() {
    let site = Site::new();
    std::fs::remove_dir(site.path("galleries")).unwrap();
    site.run(&["build"]).refused(3);
    insta::assert_snapshot!(said());
}

#[test]
fn a_name_in_site_toml_of_what_is_not_there_is_told_with_its_place() {
    for line in
        ["galleries = \"nope\"", "galleries = \"site.toml\"", "theme.name = \"nope\"", "theme.logo = \"nope.svg\""]
    {
        Site::new().site_toml(&format!("title = \"x\"\n{line}\n")).run(&["build"]).refused(3);
    }
    insta::assert_snapshot!(said());
}

/// A log of CI: no line for each photo, four for many, and the summary.
#[test]
fn without_a_terminal_progress_is_a_few_lines() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Lake/c.jpg"]);
    let rendering = |told: &str| told.lines().filter(|line| line.starts_with("rendering: ")).count();
    let few = site.build().err;
    assert_eq!(rendering(&few), 0, "{few}");
    for number in 0..25 {
        site.put_photo(format!("Sea/{number}.jpg"));
    }
    let many = site.build().err;
    assert_eq!(rendering(&many), 4, "{many}");
    assert!(many.lines().count() < 12, "{many}");
}

#[test]
fn a_quiet_build_tells_what_is_wrong_alone() {
    let site = Site::new().photo("Lake/a.jpg").file("galleries/Lake/b.jpg", "");
    site.run(&["build", "-q"]).fine();
    site.run(&["build", "-q", "--strict"]).refused(4);
    insta::assert_snapshot!(said());
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let site = Site::new().photo("Lake/b.jpg").file("galleries/Lake/a\u{1b}[31m\n.jpg", "");
    let text = site.run(&["build", "-q"]).fine().err;
    assert!(!text.contains('\u{1b}') && text.lines().count() == 1, "{text:?}");
}

#[test]
fn a_dry_run_counts_and_leaves_everything() {
    let site = Site::new().photo("Lake/a.jpg");
    site.run(&["build", "--dry-run"]).fine();
    assert_eq!(site.paths().len(), 0);
    insta::assert_snapshot!(said());
}

#[test]
fn a_wrong_call_is_told_apart_from_a_wrong_site() {
    let site = Site::new();
    assert_eq!(site.run(&["biuld"]).code, 2);
    assert_eq!(site.run(&["build", "--threads", "0"]).code, 2);
    assert_eq!(site.run(&["build", "--memory", "1K"]).code, 2);
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let site = Site::new().photo("Lake/a.jpg");
    for arguments in [&["config", "show"][..], &["build", "--format", "json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = Run::of(site.command(arguments).stdout(full));
        assert_eq!(run.code, 6, "{arguments:?}: {}", run.err);
        insta::assert_snapshot!(run.err);
    }
}

#[test]
fn a_wrong_call_is_told_to_programs_too() {
    let site = Site::new();
    for arguments in [&["build", "--threads", "x"][..], &["edge", "foo"], &["build", "--nope"], &["bild"]] {
        let run = site.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!((run.code, run.err.as_str()), (2, ""), "{arguments:?}");
        let event: serde_json::Value = serde_json::from_str(run.out.trim()).unwrap();
        assert_eq!((&event["event"], &event["kind"]), (&"error".into(), &"usage".into()), "{event}");
        assert!(!event["message"].as_str().unwrap().contains("error:"), "{event}");
    }
    assert_eq!(site.run(&["--help", "--format", "json"]).code, 0);
}

#[test]
fn a_static_file_in_the_place_of_a_page_is_named() {
    for name in ["404.html", "INDEX.html"] {
        let site = Site::new().photo("Lake/a.jpg").file(format!("static/{name}"), "mine");
        for (command, code) in [("build", 3), ("check", 1)] {
            site.run(&[command]).refused(code);
        }
    }
    insta::assert_snapshot!(said());
}
