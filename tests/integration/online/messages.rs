//! What a publish says before, after, and instead.

use std::fs;

use super::Host;
use crate::support::Site;

#[test]
fn a_site_that_names_no_target_says_how() {
    let site = Site::with_private_gallery();
    let refused = site.run(&["publish"]).refused(2);
    assert!(refused.err.contains("add `[publish]` with `to`"), "{}", refused.err);
    let host = Host::new();
    let refused = host.publish(&["staging"]).refused(2);
    assert!(refused.err.contains("no target named `staging`"), "{}", refused.err);
    host.site.put("site.toml", host.site.read("site.toml") + "[publish.targets.staging]\nto = \"../other\"\n");
    host.publish(&["staging"]);
    assert!(host.site.path("../other/index.html").exists() && !host.site.path("../web/index.html").exists());
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.site.share("their parents", &[]);
    host.publish(&[]).fine();
    let (online, built) = (host.online(), host.site.output());
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    let told = host.publish(&["--dry-run"]).fine();
    for part in [
        "would be withdrawn first: `lake-house`: the page of `the couple`",
        "would be copied",
        "would be removed",
        "requests",
    ] {
        assert!(told.err.contains(part), "{part}: {}", told.err);
    }
    let summary = host.publish(&["--dry-run", "--format", "json"]).fine().events().pop().unwrap();
    assert_eq!(summary["dry_run"], true);
    assert!(summary["files"]["copied"]["files"].as_u64().unwrap() >= 3 && summary["requests"].as_u64().unwrap() > 5);
    assert_eq!((host.online(), host.site.output()), (online, built));
}

#[test]
fn a_dry_run_right_after_a_publish_finds_nothing_to_do() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    // As where the photos are so new that their times say nothing about their bytes yet.
    host.site.remove(".safelight/index");
    let told = host.publish(&["--dry-run"]).fine();
    let files = host.site.output().len();
    assert!(told.err.starts_with(&format!("{files} unchanged\n")), "{}", told.err);
}

#[test]
fn a_dry_run_says_that_a_folder_would_be_made_and_does_not_make_it() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    let told = host.publish(&["--dry-run"]).fine();
    assert!(told.err.contains("the folder ../web would be made") && told.err.contains("would be sent"), "{}", told.err);
    assert!(!host.site.path("../web").exists());
    // As when a disk is not mounted.
    host.site.put("site.toml", host.site.read("site.toml").replace("../web", "../disk/web"));
    let refused = host.publish(&["--dry-run"]).refused(6);
    assert!(refused.err.contains("the folder above `../disk/web` does not exist"), "{}", refused.err);
}

#[test]
fn the_state_says_what_is_online_and_what_the_ledger_has_besides() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    fs::create_dir(host.site.path("../web")).unwrap();
    let told = host.publish(&["--status"]).fine();
    assert!(told.out.contains("nothing was published yet"), "{}", told.out);
    host.publish(&[]).fine();
    let told = host.publish(&["--status"]).fine();
    assert!(told.out.contains("by tester on ") && told.out.contains("links: as in the ledger"), "{}", told.out);
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    host.site.share("their parents", &[]);
    let told = host.publish(&["--status"]).fine();
    for part in [
        "to be withdrawn: `lake-house`: the page of `the couple`",
        "not online yet: `lake-house`: the page of `their parents`",
    ] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
}

#[test]
fn many_removals_need_a_word() {
    let site = Site::new();
    for at in 0..130 {
        site.put(format!("static/notes/{at}.txt"), "text");
    }
    site.put_png("galleries/coast/DSC_0001.png", 1);
    let host = Host::of(
        site.site_toml("title = \"Coast\"\nurl = \"https://photos.example.com/\"\n[images]\nformats = [\"jpeg\"]\n"),
    );
    host.publish(&[]).fine();
    let online = host.online();
    fs::remove_dir_all(host.site.path("static/notes")).unwrap();
    let refused = host.publish(&[]).refused(2);
    assert!(refused.err.contains("--allow-removals 130"), "{}", refused.err);
    assert_eq!(host.online(), online);
    let dry = host.publish(&["--dry-run"]).fine();
    let asks = "a publish would ask before it removes 130 public files; where nobody can answer, it needs `--allow-removals 130`";
    assert!(dry.err.contains(asks), "{}", dry.err);
    let dry = host.publish(&["--dry-run", "--allow-removals", "130"]).fine();
    assert!(!dry.err.contains("would ask"), "{}", dry.err);
    host.publish(&["--allow-removals", "130"]).fine();
    assert_eq!(host.online(), host.site.output());
}

#[test]
fn files_whose_headers_change_are_sent_again_and_no_others() {
    let host = Host::new();
    host.publish(&[]).fine();
    let headers = host.site.read("public/_headers");
    host.site.put("static/_headers", format!("{headers}\n/coast/*\n  Cache-Control: public, max-age=77\n"));
    let in_coast = host.online().into_keys().filter(|path| path.starts_with("coast/")).count();
    assert!(in_coast > 2);
    let told = host.publish(&["--format", "json"]).fine().events().pop().unwrap();
    // And `_headers` itself.
    assert_eq!(told["files"]["replaced"]["files"], in_coast + 1, "{told}");
}

#[test]
fn a_command_hears_what_caches_must_forget() {
    use std::os::unix::fs::PermissionsExt as _;
    let host = Host::new();
    let settings = host.site.read("site.toml");
    host.site.put("site.toml", settings + "[publish.purge]\ncommand = [\"./purge.sh\"]\n");
    host.site.put("purge.sh", "#!/bin/sh\ncat >> purged.txt\n");
    fs::set_permissions(host.site.path("purge.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let (gone, stays) = (host.site.share("the couple", &[]), host.site.share("their parents", &[]));
    host.publish(&[]).fine();
    let old = host.private("x/").remove(0);
    let folder = old.split('/').take(2).collect::<Vec<_>>().join("/");
    fs::write(host.site.path("purged.txt"), "").unwrap();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    host.publish(&[]).fine();
    let purged = host.site.read("purged.txt");
    let lines: Vec<&str> = purged.lines().collect();
    for wanted in [format!("/{folder}/*"), format!("/{gone}"), format!("/{stays}")] {
        assert!(lines.contains(&wanted.as_str()), "{wanted} in {lines:?}");
    }
    assert!(!lines.contains(&"/*") && lines.iter().all(|line| line.starts_with('/')), "{lines:?}");
    // One that fails is told of, the site is online all the same, and the next publish makes up for it.
    host.site.put("purge.sh", "#!/bin/sh\necho no such zone >&2\nexit 3\n");
    host.site.put("galleries/coast/gallery.toml", "title = \"Shore\"\n");
    let told = host.publish(&[]).refused(6);
    assert!(told.err.contains("no such zone"), "{}", told.err);
    assert_eq!(host.online(), host.site.output());
    host.site.put("purge.sh", "#!/bin/sh\ncat > purged.txt\n");
    host.publish(&[]).fine();
    assert!(host.site.read("purged.txt").lines().any(|line| line == "/coast/"), "{}", host.site.read("purged.txt"));
    host.site.put("purged.txt", "");
    host.publish(&[]).fine();
    assert_eq!(host.site.read("purged.txt"), "");
}

#[test]
fn what_was_changed_in_the_output_after_the_build_is_not_published() {
    let host = Host::new();
    host.site.build();
    host.site.put("public/about.txt", "not named in the record");
    let page = host.site.read("public/index.html");
    host.site.put("public/index.html", page.replace("Halcyon", "Changed"));
    let refused = host.publish(&["--no-build"]).refused(6);
    assert!(refused.err.contains("changed after it was built"), "{}", refused.err);
    assert!(!host.online().contains_key("index.html") && !host.online().contains_key("about.txt"));
    // A file that no build wrote is found by the audit, and never sent.
    let refused = host.publish(&[]).refused(1);
    assert!(refused.err.contains("about.txt"), "{}", refused.err);
    host.site.remove("public/about.txt");
    host.publish(&[]).fine();
    assert_eq!(host.online(), host.site.output());
}

#[test]
fn lists_for_other_tools_name_everything_once_and_in_order() {
    let host = Host::new();
    let gone = host.site.share("the couple", &[]);
    let told = host.publish(&["--plan", "lists"]).fine();
    assert!(told.err.contains("rclone copy --ignore-times --files-from-raw lists/assets.txt"), "{}", told.err);
    let list = |name: &str| -> Vec<String> {
        host.site.read(&format!("lists/{name}.txt")).lines().map(str::to_owned).collect()
    };
    let all: Vec<String> = list("assets").into_iter().chain(list("pages")).collect();
    assert_eq!(all.len(), host.site.output().len());
    assert!(list("withdrawn").is_empty() && list("removed").is_empty());
    host.publish(&[]).fine();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    host.publish(&["--plan", "lists"]).fine();
    assert!(!list("withdrawn").is_empty());
    assert!(list("withdrawn").contains(&format!("{gone}index.html")));
    assert!(list("withdrawn").iter().any(|path| path.starts_with("x/")), "{:?}", list("withdrawn"));
    assert!(list("pages").contains(&format!("{gone}index.html")));
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(host.site.path("lists/pages.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can read private addresses");
}

#[test]
fn lists_without_a_target_need_a_copy_of_its_record() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let refused = site.run(&["publish", "--plan", "lists"]).refused(3);
    assert!(refused.err.contains("rclone copy --ignore-times R:safelight-state"), "{}", refused.err);
    site.run(&["publish", "--plan", "lists", "--rebuild-state"]).fine();
    // They were carried out, and the record was fetched again.
    fs::create_dir_all(site.path("lists/online")).unwrap();
    fs::rename(site.path("lists/end/safelight-state"), site.path("lists/online/safelight-state")).unwrap();
    let told = site.run(&["publish", "--plan", "lists"]).fine();
    assert!(told.err.contains("0 withdrawn, 0 assets, 0 pages, 0 removed"), "{}", told.err);
    site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    site.run(&["publish", "--plan", "lists"]).fine();
    assert!(site.read("lists/withdrawn.txt").contains("x/"));
}

#[test]
fn nothing_is_withdrawn_where_nothing_was_published() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    let refused = host.publish(&["--withdraw"]).refused(6);
    assert!(refused.err.contains("does not exist") && !host.site.path("../web").exists(), "{}", refused.err);
    fs::create_dir(host.site.path("../web")).unwrap();
    let refused = host.publish(&["--withdraw"]).refused(6);
    assert!(refused.err.contains("nothing of the site is on"), "{}", refused.err);
}
