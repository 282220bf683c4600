//! What lies around the published folder: the secret, the ledger, repositories and workflows.

use super::*;
use crate::support::said;

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_or_git_tracks_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let places = |report: Report| report.findings.iter().filter(|finding| finding.kind == Kind::SecretPlace).count();
    let file = site.root().join(".safelight/secret");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(places(site.audit()), 1);
    git(site.root(), &["init", "-q"]);
    git(site.root(), &["add", "-f", ".safelight/secret"]);
    assert_eq!(places(site.audit()), 2);
}

#[cfg(unix)]
#[test]
fn a_secret_that_the_environment_names_may_be_readable_by_others_and_a_notice_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let mounted = site.root().join("mounted");
    fs::write(&mounted, site.secret.expose_text().as_bytes()).unwrap();
    fs::set_permissions(&mounted, fs::Permissions::from_mode(0o444)).unwrap();
    let places = |file: &Path| {
        let report = site.audit_with(&SecretSources { file: Some(file.to_owned()), ..site.sources() });
        let of = |list: &[safelight::audit::Finding]| list.iter().filter(|one| one.kind == Kind::SecretPlace).count();
        (of(&report.findings), of(&report.notices))
    };
    assert_eq!(places(&mounted), (0, 1));
    // Not so the file that lies in the site, even where the environment names it.
    let own = site.root().join(".safelight/secret");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(places(&mounted), (1, 1));
    assert!(places(&own).0 > 0);
    // Where it is published it is a finding, whoever may read it.
    let published = site.config.output.join("mounted");
    fs::rename(&mounted, &published).unwrap();
    assert_eq!(places(&published), (2, 1));
}

#[test]
fn a_secret_file_that_is_not_there_is_an_error_for_the_audit_as_for_a_build() {
    let site = Site::new();
    let missing = site.root().join("mounted/secret");
    for command in ["build", "audit"] {
        site.run_with(&[command], &[("SAFELIGHT_SECRET_FILE", missing.to_str().unwrap())]).refused(5);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn private_files_in_a_repository_a_branch_or_a_public_artifact_are_found() {
    let site = Site::new();
    let places =
        |report: Report| report.findings.into_iter().filter(|f| f.kind == Kind::PublicPlace).collect::<Vec<_>>();
    let workflows = site.root().join(".github/workflows");
    fs::create_dir_all(&workflows).unwrap();
    fs::write(workflows.join("a.yml"), "# actions/upload-pages-artifact\n- uses: actions/upload-pages-artifact@v3\n")
        .unwrap();
    let found = places(site.audit());
    assert_eq!(
        found.iter().map(|f| (f.file.as_str(), f.offset)).collect::<Vec<_>>(),
        [(".github/workflows/a.yml", Some(32))]
    );
    fs::remove_dir_all(&workflows).unwrap();
    git(site.root(), &["init", "-q"]);
    assert_eq!(places(site.audit()), []);
    git(site.root(), &["add", "-f", "public"]);
    assert_eq!(places(site.audit()).len(), 1);
    git(&site.config.output, &["init", "-q"]);
    assert_eq!(places(site.audit()).len(), 1);
}

#[cfg(unix)]
#[test]
fn the_former_secrets_file_is_held_to_the_same_rules() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let file = site.root().join(".safelight/secret.previous");
    write_secret(
        &file,
        &Secret::generate(std::array::from_fn(|n| (n as u8).wrapping_mul(11).wrapping_add(1))).unwrap(),
    );
    let places =
        || site.audit().findings.into_iter().filter(|found| found.kind == Kind::SecretPlace).collect::<Vec<_>>();
    assert_eq!(places(), []);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    git(site.root(), &["init", "-q"]);
    git(site.root(), &["add", "-f", ".safelight/secret.previous"]);
    let found = places();
    assert!(found.len() == 2 && found.iter().all(|one| one.file == ".safelight/secret.previous"), "{found:?}");
}

#[test]
fn gits_own_folder_is_read_as_all_else_and_told_of_once() {
    let site = Site::new();
    let output = &site.config.output;
    git(output, &["init", "-q"]);
    let report = site.audit();
    assert!(report.findings.iter().all(|found| found.kind == Kind::PublicPlace), "{report:?}");
    assert_eq!(report.notices.iter().filter(|notice| notice.file == ".git").count(), 1);
    fs::remove_dir_all(output.join(".git")).unwrap();
    // A folder that only looks like git's hides nothing.
    fs::create_dir_all(output.join(".git/g").join(site.living())).unwrap();
    fs::write(output.join(".git/HEAD"), "").unwrap();
    let page = output.join("g").join(site.living()).join("index.html");
    fs::copy(page, output.join(".git/g").join(site.living()).join("index.html")).unwrap();
    let report = site.audit();
    site.nothing_is_given_away(&report);
    assert!(report.findings.iter().any(|found| found.kind == Kind::Token), "{report:?}");
}

#[test]
fn a_secret_in_a_tracked_file_and_private_pages_in_a_branch_are_found() {
    let site = Site::new();
    let root = site.root();
    let commit =
        ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "-qm", "a"];
    git(root, &["init", "-q", "-b", "main"]);
    fs::write(root.join(".env"), format!("SAFELIGHT_SECRET={}\n", *site.secret.expose_text())).unwrap();
    assert_eq!(site.audit().findings, []);
    git(root, &["add", "-f", ".env"]);
    let report = site.audit();
    site.nothing_is_given_away(&report);
    let places = |report: &Report| report.findings.iter().map(|one| (one.kind, one.file.clone())).collect::<Vec<_>>();
    assert_eq!(places(&report), [(Kind::SecretPlace, ".env".to_owned())]);
    git(root, &["rm", "-q", "--cached", ".env"]);
    git(root, &["add", "site.toml"]);
    git(root, &commit);
    git(root, &["checkout", "-q", "-b", "gh-pages"]);
    git(root, &["add", "-f", "public"]);
    git(root, &commit);
    // Back, without touching what lies in the folder.
    git(root, &["symbolic-ref", "HEAD", "refs/heads/main"]);
    git(root, &["reset", "-q"]);
    let report = site.audit();
    let found: Vec<_> = report.findings.iter().filter(|found| found.kind == Kind::PublicPlace).collect();
    assert!(found.len() == 1 && found[0].message.contains("`gh-pages`"), "{report:?}");
}

#[test]
fn a_tracked_file_with_a_living_link_is_noticed() {
    let site = Site::new();
    let root = site.root();
    git(root, &["init", "-q"]);
    fs::write(root.join("cards.html"), format!("<a href=\"/g/{}/\">open</a>", site.living())).unwrap();
    fs::write(root.join("list.txt"), "/g/nothing/").unwrap();
    let noticed = || {
        let report = site.audit();
        site.nothing_is_given_away(&report);
        assert_eq!(report.findings, []);
        let places = report.notices.into_iter().filter(|one| one.kind == Kind::PublicPlace);
        places.map(|one| one.file).collect::<Vec<_>>()
    };
    assert_eq!(noticed(), Vec::<String>::new());
    git(root, &["add", "cards.html", "list.txt"]);
    assert_eq!(noticed(), ["cards.html"]);
}

#[test]
fn every_way_of_handing_the_site_to_the_world_is_found_unless_it_is_the_public_part() {
    let site = Site::new();
    let places =
        || site.audit().findings.into_iter().filter(|found| found.kind == Kind::PublicPlace).collect::<Vec<_>>();
    let steps = [
        "uses: actions/upload-pages-artifact@v3",
        "uses: actions/upload-artifact@v4\n  with: { path: public }",
        "uses: peaceiris/actions-gh-pages@v4",
        "uses: JamesIves/github-pages-deploy-action@v4",
        "run: git push origin gh-pages",
        "run: git push origin HEAD:pages",
    ];
    for step in steps {
        for (path, start) in [(".github/workflows/a.yml", "jobs:\n- "), (".github/workflows/b.yaml", "# nothing\n- ")] {
            let planted = site.plant(&format!("../{path}"), format!("{start}{step}\n").as_bytes());
            let found = places();
            assert_eq!(
                found.iter().map(|one| (one.file.as_str(), one.offset)).collect::<Vec<_>>(),
                [(path, Some(start.find('-').unwrap() as u64))],
                "{step}"
            );
            drop(planted);
            let _public = site
                .plant(&format!("../{path}"), format!("- run: safelight build --public-only\n- {step}\n").as_bytes());
            assert_eq!(places(), [], "{step}");
        }
    }
    // Another artifact than the site.
    let other =
        site.plant("../.github/workflows/a.yml", b"- uses: actions/upload-artifact@v4\n  with: { path: logs }\n");
    assert_eq!(places(), []);
    drop(other);
    let gitlab = site.plant("../.gitlab-ci.yml", b"# pages:\nbuild:\n  script: x\npages:\n  script: safelight build\n");
    assert_eq!(places().iter().map(|one| one.offset).collect::<Vec<_>>(), [Some(28)]);
    drop(gitlab);
    let _public = site.plant("../.gitlab-ci.yml", b"pages:\n  script: safelight build --public-only\n");
    assert_eq!(places(), []);
}

#[test]
fn a_branch_of_the_published_folder_itself_is_found_by_its_name() {
    let site = Site::new();
    git(&site.config.output, &["init", "-q", "-b", "gh-pages"]);
    let report = site.audit();
    let found: Vec<_> = report.findings.iter().filter(|found| found.kind == Kind::PublicPlace).collect();
    assert!(found.len() == 1 && found[0].message.contains("`gh-pages`"), "{report:?}");
}

#[test]
fn a_secret_or_the_ledger_below_the_output_is_found() {
    let site = Site::new();
    let file = site.config.output.join("keys/secret");
    write_secret(&file, &site.secret);
    let report = site.audit_with(&SecretSources { file: Some(file), ..site.sources() });
    let kinds: BTreeSet<Kind> = report.findings.iter().map(|found| found.kind).collect();
    assert!(kinds.contains(&Kind::SecretPlace) && kinds.contains(&Kind::Secret), "{report:?}");
    fs::remove_dir_all(site.config.output.join("keys")).unwrap();
    // The whole site's folder is looked at as if it were published.
    let input = AuditInput::of_site(&site.config, site.root(), &site.sources(), DAY).unwrap();
    let found = audit(&input).unwrap().findings;
    let ledger = found.iter().filter(|one| one.kind == Kind::Ledger && one.message.contains("published folder"));
    assert_eq!(ledger.count(), 1);
    assert!(found.iter().any(|one| one.kind == Kind::SecretPlace && one.message.contains("published folder")));
}

fn git(folder: &Path, arguments: &[&str]) {
    assert!(Command::new("git").arg("-C").arg(folder).args(arguments).status().unwrap().success());
}
