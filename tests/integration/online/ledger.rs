//! An older ledger, a lost record, another secret.

use std::fs;
use std::path::PathBuf;

use super::Host;

fn record(host: &Host) -> PathBuf {
    let mut files = fs::read_dir(host.site.path("../web/safelight-state")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

#[test]
fn a_ledger_that_is_older_than_the_one_online_is_refused() {
    let host = Host::new();
    let older = |host: &Host| (host.site.read("access.toml"), host.site.read("galleries/lake-house/gallery.toml"));
    let link = host.site.share("the couple", &[]);
    let before = older(&host);
    host.publish(&[]).fine();
    host.site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    host.publish(&[]).fine();
    let online = host.online();
    // A job that began earlier: its ledger, and no record of a build.
    host.site.put("access.toml", before.0);
    host.site.put("galleries/lake-house/gallery.toml", before.1);
    for folder in ["public", ".safelight/published"] {
        fs::remove_dir_all(host.site.path(folder)).unwrap();
    }
    let refused = host.publish(&[]).refused(3);
    assert!(refused.err.contains("no longer revoked") && refused.err.contains("what is online"), "{}", refused.err);
    assert_eq!(host.online(), online);
    assert!(host.is_tombstone(&link));
}

#[test]
fn a_ledger_that_lacks_a_last_day_of_a_dated_link_is_an_older_one() {
    let host = Host::new();
    let settings = host.site.read("site.toml");
    host.site.put("site.toml", settings.replace("[publish]", "[links]\ndated_links = true\n[publish]"));
    host.site.share("the couple", &["--expires", "2027-06-30"]);
    let before = host.site.read("access.toml");
    host.site.prepare(&["expire", "lake-house", "--to", "the couple", "--on", "2027-03-31"]);
    host.publish(&[]).fine();
    fs::remove_dir_all(host.site.path(".safelight/published")).unwrap();
    fs::remove_dir_all(host.site.path("public")).unwrap();
    host.site.put("access.toml", before);
    let refused = host.publish(&[]).refused(3);
    assert!(refused.err.contains("lacks a last day"), "{}", refused.err);
}

#[test]
fn the_record_online_is_encrypted_and_its_loss_is_made_up_for() {
    let host = Host::new();
    let link = host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let file = record(&host);
    let bytes = fs::read(&file).unwrap();
    let token = link.split('/').nth(1).unwrap();
    assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()));
    fs::remove_file(&file).unwrap();
    host.publish(&[]).fine();
    assert_eq!(host.online(), host.site.output());
    fs::write(record(&host), "damaged").unwrap();
    let refused = host.publish(&[]).refused(6);
    assert!(refused.err.contains("--rebuild-state"), "{}", refused.err);
    host.publish(&["--rebuild-state"]).fine();
    assert_eq!(host.publish(&[]).fine().code, 0);
}

#[test]
fn without_the_secret_nothing_is_changed_on_a_target_that_has_private_parts() {
    let host = Host::new();
    host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let online = host.online();
    host.site.remove(".safelight/secret");
    host.site.remove("access.toml");
    fs::remove_dir_all(host.site.path("galleries/lake-house")).unwrap();
    fs::remove_dir_all(host.site.path(".safelight/published")).unwrap();
    fs::remove_dir_all(host.site.path("public")).unwrap();
    let refused = host.publish(&[]).refused(5);
    assert!(refused.err.contains("has private galleries"), "{}", refused.err);
    assert_eq!(host.online(), online);
}

#[test]
fn a_secret_that_was_replaced_cannot_publish_any_longer() {
    let host = Host::new();
    let old = host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let (secret, ledger) = (host.site.read(".safelight/secret"), host.site.read("access.toml"));
    host.site.prepare(&["secret", "rotate", "--compromised"]);
    host.publish(&[]).fine();
    assert_eq!(host.online(), host.site.output());
    assert!(!host.online().contains_key(&format!("{old}index.html")));
    host.site.put(".safelight/secret", secret);
    host.site.put("access.toml", ledger);
    fs::remove_dir_all(host.site.path(".safelight/published")).unwrap();
    fs::remove_dir_all(host.site.path("public")).unwrap();
    let refused = host.publish(&[]).refused(3);
    assert!(refused.err.contains("was replaced"), "{}", refused.err);
}

#[test]
fn a_planned_rotation_without_the_former_secret_takes_nobodys_pictures_down() {
    let host = Host::new();
    let old = host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let online = host.online();
    host.site.prepare(&["secret", "rotate", "--until", "2027-12-31"]);
    let former = host.site.read(".safelight/secret.previous");
    host.site.remove(".safelight/secret.previous");
    let refused = host.publish(&[]).refused(5);
    assert!(refused.err.contains("former secret"), "{}", refused.err);
    assert_eq!(host.online(), online);
    host.site.put(".safelight/secret.previous", former);
    use std::os::unix::fs::PermissionsExt as _;
    let file = host.site.path(".safelight/secret.previous");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    host.publish(&[]).fine();
    assert_eq!(host.online(), host.site.output());
    assert!(host.online().contains_key(&format!("{old}index.html")));
}
