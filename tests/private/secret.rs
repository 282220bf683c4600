//! The former secret is as secret as the present one.

use std::fs;

use crate::place::Place;

#[test]
fn the_former_secret_that_others_can_read_stops_builds_and_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.share("the couple", &[]);
    place.build().fine();
    place.run(&["secret", "rotate", "--until", "2027-02-01", "--today", "2027-01-02"]).fine();
    place.build().fine();
    let former = place.path(".safelight/secret.previous");
    assert_eq!(fs::metadata(&former).unwrap().permissions().mode() & 0o777, 0o600);
    place.run(&["secret", "check"]).fine();
    place.run(&["audit"]).fine();
    let output = place.output();
    fs::set_permissions(&former, fs::Permissions::from_mode(0o644)).unwrap();
    place.build().refused(5, "others on this machine").refused(5, "secret.previous");
    place.run(&["secret", "check"]).refused(5, "secret.previous");
    place.run(&["audit"]).refused(1, "secret.previous");
    fs::set_permissions(&former, fs::Permissions::from_mode(0o600)).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "-f", ".safelight/secret.previous"]] {
        let git = std::process::Command::new("git").current_dir(place.path("")).args(arguments).status();
        assert!(git.unwrap().success());
    }
    place.build().refused(5, "git tracks").refused(5, "secret.previous");
    place.run(&["secret", "check"]).refused(5, "git tracks");
    place.run(&["audit"]).refused(1, "git tracks");
    assert_eq!(place.output(), output);
}
