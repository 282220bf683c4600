//! What a publish never says: an address that opens something.

use std::fs;

use super::Host;

#[test]
fn files_in_private_folders_are_never_named() {
    let host = Host::new();
    let link = host.site.share("the couple", &[]);
    host.publish(&[]).fine();
    let web = host.site.path("../web");
    let page = web.join(link.trim_end_matches('/'));
    // A plain file in the place of the folder of a link that works, and others that somebody put there.
    let strange =
        [page.clone(), web.join("x/by-hand.jpg"), web.join("e/by-hand.txt"), web.join("x/by-hand/by-hand.jpg")];
    let token = link.split('/').nth(1).unwrap();
    for arguments in [&["--status"][..], &["--dry-run"], &["--withdraw"], &[]] {
        for format in ["text", "json"] {
            host.publish(&[]).fine();
            fs::remove_dir_all(&page).unwrap();
            for path in &strange {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "foreign").unwrap();
            }
            let told = host.publish(&[arguments, &["-v", "--format", format]].concat()).fine();
            let said = told.out + &told.err;
            assert!(!said.contains(token) && !said.contains("by-hand"), "{arguments:?}: {said}");
            assert!(said.contains("a private file of unknown origin"), "{arguments:?}: {said}");
        }
    }
    assert_eq!(host.online(), host.site.output());
}
