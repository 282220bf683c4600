//! Hosts that are published to through their own tools, which are scripts here.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Run, Site};

/// A site for a host, with a tool that writes down how it was called and answers by `answers`.
fn site(to: &str, tool: &str, answers: &str) -> Site {
    let site = Site::with_private_gallery();
    site.put("site.toml", format!("{}[publish]\nto = \"{to}\"\n", site.read("site.toml")));
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$HOME/called.txt\"\ncase \"$*\" in\n{answers}\nesac\n");
    site.put(format!("bin/{tool}"), script);
    fs::set_permissions(site.path(format!("bin/{tool}")), fs::Permissions::from_mode(0o755)).unwrap();
    site
}

fn publish(site: &Site, more: &[&str]) -> Run {
    let path = format!("{}:/usr/bin:/bin", site.path("bin").display());
    site.run_with(&[&["publish"], more].concat(), &[("PATH", &path)])
}

#[test]
fn netlify_gets_the_site_and_former_deploys_are_deleted() {
    let answers = "deploy*) echo '{\"deploy_id\": \"new\"}' ;;\n\
        'api listSiteDeploys'*) echo '[{\"id\": \"new\"}, {\"id\": \"older\"}, {\"id\": \"oldest\"}]' ;;";
    let site = site("netlify://my-site", "netlify", answers);
    let told = publish(&site, &[]).fine();
    let called = site.read("called.txt");
    assert!(called.contains("deploy --prod --no-build --json --dir "), "{called}");
    for id in ["older", "oldest"] {
        assert!(called.contains(&format!("api deleteDeploy --data {{\"deploy_id\":\"{id}\"}}")), "{called}");
    }
    assert!(!called.contains("\"new\"}"), "{called}");
    assert!(told.err.contains("2 former deployments deleted"), "{}", told.err);
}

#[test]
fn cloudflare_pages_gets_the_site_and_former_deployments_are_deleted() {
    // Older versions of the tool begin the names with capitals.
    for names in [["id", "deployment", "status"], ["Id", "Deployment", "Status"]] {
        let [id, url, status] = names;
        let one = |name: &str, state: &str| {
            format!(
                "{{\"{id}\": \"{name}\", \"{url}\": \"https://{name}.photos.pages.dev\", \"{status}\": \"{state}\"}}"
            )
        };
        let list = [one("broken", "Failure"), one("ours", "just now"), one("older", "2 days ago")].join(", ");
        let answers = format!(
            "'pages deploy '*) echo 'Take a peek over at https://ours.photos.pages.dev' ;;\n'pages deployment list'*) echo '[{list}]' ;;"
        );
        let site = site("cloudflare-pages://photos", "wrangler", &answers);
        let told = publish(&site, &[]).fine();
        let called = site.read("called.txt");
        assert!(called.contains("--project-name photos") && called.contains("deployment delete older"), "{called}");
        assert!(!called.contains("delete ours") && !called.contains("delete broken"), "{called}");
        assert!(told.err.contains("1 former deployment deleted"), "{}", told.err);
    }
}

/// Netlify with these deploys, the newest first, each with its state; `deploy` prints this.
fn netlify(printed: &str, deploys: &[(&str, &str)]) -> Site {
    let one = |(id, state): &(&str, &str)| format!("{{\"id\": \"{id}\", \"state\": \"{state}\"}}");
    let list: Vec<String> = deploys.iter().map(one).collect();
    let answers = format!("deploy*) echo '{printed}' ;;\n'api listSiteDeploys'*) echo '[{}]' ;;", list.join(", "));
    site("netlify://my-site", "netlify", &answers)
}

#[test]
fn ours_stays_whatever_else_was_deployed() {
    let deleted = |site: &Site| {
        let called = site.read("called.txt");
        let ids = called.lines().filter_map(|line| line.strip_prefix("api deleteDeploy --data {\"deploy_id\":\""));
        ids.map(|id| id.trim_end_matches("\"}").to_owned()).collect::<Vec<_>>()
    };
    let made = "{\"deploy_id\": \"ours\"}";
    let site = netlify(made, &[("broken", "error"), ("ours", "ready"), ("stuck", "uploading"), ("older", "ready")]);
    publish(&site, &[]).fine();
    assert_eq!(deleted(&site), ["older"]);

    let site = netlify(made, &[("theirs", "ready"), ("ours", "ready"), ("older", "ready")]);
    let refused = publish(&site, &[]).refused(7);
    assert!(refused.err.contains("somebody else deployed") && !refused.err.contains("online;"), "{}", refused.err);
    assert_eq!(deleted(&site), ["older"]);

    for printed in ["{\"deploy_id\": \"elsewhere\"}", "Deployed.", "{\"deploy_url\": \"https://a\"}"] {
        let site = netlify(printed, &[("newest", "ready"), ("older", "ready")]);
        let refused = publish(&site, &[]).refused(6);
        assert!(refused.err.contains("no former one was deleted"), "{}", refused.err);
        assert_eq!(deleted(&site), [""; 0]);
    }
}

#[test]
fn a_tool_and_a_command_for_caches_get_no_secret() {
    let answers = "deploy*) echo '{\"deploy_id\": \"new\"}' ;;\n'api listSiteDeploys'*) env | cut -d= -f1 > \"$HOME/env.txt\"; echo '[{\"id\": \"new\"}]' ;;";
    let site = site("netlify://my-site", "netlify", answers);
    let secret = site.read(".safelight/secret");
    let path = format!("{}:/usr/bin:/bin", site.path("bin").display());
    let purge = "[publish.targets.folder]\nto = \"../web\"\n[publish.targets.folder.purge]\ncommand = [\"sh\", \"-c\", \"cat; env | cut -d= -f1 > env2.txt\"]\n";
    // Without an address nobody looks at the site afterwards.
    let settings = site.read("site.toml").replace("url = \"https://photos.example.com/\"\n", "");
    site.put("site.toml", settings + purge);
    let secrets = ["SAFELIGHT_SECRET", "SAFELIGHT_SECRET_PREVIOUS", "SAFELIGHT_PASSWORD", "SAFELIGHT_PASSWORDS"];
    let values = [secret.trim(), "", "guess this", ""];
    let env: Vec<(&str, &str)> = secrets.into_iter().zip(values).chain([("PATH", path.as_str())]).collect();
    site.run_with(&["publish"], &env).fine();
    site.run_with(&["publish", "folder"], &env);
    for file in ["env.txt", "env2.txt"] {
        let names = site.read(file);
        let has = |name: &str| names.lines().any(|line| line == name);
        assert!(has("PATH") && !secrets.into_iter().any(has), "{file}: {names}");
    }
}

#[test]
fn a_tool_that_is_missing_or_fails_is_named() {
    let site = Site::with_private_gallery();
    site.put("site.toml", format!("{}[publish]\nto = \"netlify://a\"\n", site.read("site.toml")));
    let refused = publish(&site, &[]).refused(6);
    assert!(refused.err.contains("npm install -g netlify-cli"), "{}", refused.err);
    let refused = publish(&site, &["--withdraw"]).refused(2);
    assert!(refused.err.contains("only as a whole"), "{}", refused.err);
}

#[test]
fn what_a_host_does_not_take_is_found_before_anything_goes_there() {
    let site = site("cloudflare-pages://photos", "wrangler", "*) ;;");
    fs::create_dir_all(site.path("static")).unwrap();
    fs::File::create(site.path("static/film.mp4")).unwrap().set_len(26 << 20).unwrap();
    publish(&site, &[]).refused(1);
    assert!(!site.path("called.txt").exists());
}
