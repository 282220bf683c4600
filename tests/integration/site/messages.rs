//! What the program says, to the letter.

use crate::support::{Run, Site};

fn told(site: &Site, arguments: &[&str]) -> (i32, String) {
    let run = site.run(arguments);
    (run.code, run.err)
}

#[test]
fn an_unknown_setting_names_line_column_and_the_nearest() {
    let site = Site::new().site_toml("title = \"x\"\n\n[images]\nqualty = 80\n");
    assert_eq!(
        told(&site, &["build"]),
        (3, "error: `site.toml` line 4, column 1: unknown setting `qualty` in `[images]`\nhint: did you mean `quality`?\n".to_owned())
    );
}

#[test]
fn an_unknown_format_names_line_column_and_the_nearest() {
    let site = Site::new().site_toml("[images]\nformats = [\"avfi\", \"jpeg\"]\n");
    assert_eq!(
        told(&site, &["build"]),
        (
            3,
            "error: `site.toml` line 2, column 12: unknown format `avfi` in `images.formats`\n\
             hint: did you mean `avif`? known formats: avif, jpeg, webp\n"
                .to_owned()
        )
    );
}

#[test]
fn a_missing_site_says_how_to_begin() {
    let site = Site::new();
    site.remove("site.toml");
    let text = "error: there is no `site.toml` here\n\
                hint: `safelight init` makes a site; run safelight in the folder that holds `site.toml`\n";
    assert_eq!(told(&site, &["build"]), (3, text.to_owned()));
}

#[test]
fn a_missing_folder_of_galleries_says_what_to_do() {
    let site = Site::new();
    std::fs::remove_dir(site.path("galleries")).unwrap();
    assert_eq!(
        told(&site, &["build"]),
        (
            3,
            "error: `galleries`: the folder of galleries is not there\n\
             hint: make the folder and put a folder of photographs into it, or name another with `galleries` in site.toml\n"
                .to_owned()
        )
    );
}

#[test]
fn a_name_in_site_toml_of_what_is_not_there_is_told_with_its_place() {
    let folders = "hint: make the folder and put a folder of photographs into it, or name another with `galleries` in site.toml\n";
    for (line, place, wrong, hint) in [
        ("galleries = \"nope\"", "line 2, column 13", "`galleries` names `nope`, which is not there", folders),
        (
            "galleries = \"site.toml\"",
            "line 2, column 13",
            "`galleries` names `site.toml`, which is no folder",
            folders,
        ),
        (
            "theme.name = \"nope\"",
            "line 2, column 14",
            "there is no theme `nope`",
            "hint: make the folder, or leave `theme.name` out for the built-in theme\n",
        ),
        (
            "theme.logo = \"nope.svg\"",
            "line 2, column 14",
            "`theme.logo` names `nope.svg`, which is not in the folder of static files",
            "hint: put the file there; its path counts from that folder\n",
        ),
    ] {
        let site = Site::new().site_toml(&format!("title = \"x\"\n{line}\n"));
        let told = told(&site, &["build"]);
        assert_eq!(told, (3, format!("error: `site.toml` {place}: {wrong}\n{hint}")), "{line}");
    }
}

/// A log of CI: no line for each photo, four for many, and the summary.
#[test]
fn without_a_terminal_progress_is_a_few_lines() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Lake/c.jpg"]);
    let rendering = |told: &str| told.lines().filter(|line| line.starts_with("rendering: ")).count();
    let (code, few) = told(&site, &["build"]);
    assert_eq!((code, rendering(&few), few.contains("3 photos rendered")), (0, 0, true), "{few}");
    for number in 0..25 {
        site.put_photo(format!("Sea/{number}.jpg"));
    }
    let (code, many) = told(&site, &["build"]);
    assert_eq!((code, rendering(&many), many.contains("rendering: 25 of 25 photos")), (0, 4, true), "{many}");
    assert!(many.lines().count() < 12, "{many}");
}

#[test]
fn a_quiet_build_tells_what_is_wrong_alone() {
    let site = Site::new().photo("Lake/a.jpg").file("galleries/Lake/b.jpg", "");
    assert_eq!(
        told(&site, &["build", "-q"]),
        (0, "warning: `galleries/Lake/b.jpg`: left out: the file is empty\n".to_owned())
    );
    assert_eq!(
        told(&site, &["build", "-q", "--strict"]),
        (4, "error: `galleries/Lake/b.jpg`: the file is empty\n".to_owned())
    );
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let site = Site::new().photo("Lake/b.jpg").file("galleries/Lake/a\u{1b}[31m\n.jpg", "");
    let (code, text) = told(&site, &["build", "-q"]);
    assert_eq!(code, 0);
    assert!(!text.contains('\u{1b}') && text.lines().count() == 1, "{text:?}");
}

#[test]
fn a_dry_run_counts_and_leaves_everything() {
    let site = Site::new().photo("Lake/a.jpg");
    let run = site.run(&["build", "--dry-run"]);
    assert_eq!((run.code, site.paths().len()), (0, 0));
    assert!(run.err.starts_with("1 photo in 1 gallery\n1 photo would be rendered, 0 reused\n"), "{}", run.err);
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
        assert!(run.err.contains("error: what was asked for cannot be written to standard output: "), "{}", run.err);
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
        for command in ["build", "check"] {
            let run = site.run(&[command]);
            assert_ne!(run.code, 0);
            let told = format!("error: `static/{name}`: this file would lie where the build writes `");
            assert!(run.err.contains(&told), "{}", run.err);
        }
    }
}
