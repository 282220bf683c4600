//! The former secret is as secret as the present one.

use std::fs;

use crate::support::Site;

#[test]
fn the_former_secret_that_others_can_read_stops_builds_and_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    site.build();
    let former = site.path(".safelight/secret.previous");
    assert_eq!(fs::metadata(&former).unwrap().permissions().mode() & 0o777, 0o600);
    site.run(&["secret", "check"]).fine();
    site.run(&["audit"]).fine();
    let output = site.output();
    fs::set_permissions(&former, fs::Permissions::from_mode(0o644)).unwrap();
    site.try_build().refused(5, "others on this machine").refused(5, "secret.previous");
    site.run(&["secret", "check"]).refused(5, "secret.previous");
    site.run(&["audit"]).refused(1, "secret.previous");
    fs::set_permissions(&former, fs::Permissions::from_mode(0o600)).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "-f", ".safelight/secret.previous"]] {
        let git = std::process::Command::new("git").current_dir(site.path("")).args(arguments).status();
        assert!(git.unwrap().success());
    }
    site.try_build().refused(5, "git tracks").refused(5, "secret.previous");
    site.run(&["secret", "check"]).refused(5, "git tracks");
    site.run(&["audit"]).refused(1, "git tracks");
    assert_eq!(site.output(), output);
}
