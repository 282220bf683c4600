//! What the commands about the secret say.

use crate::support::{Site, said};

#[test]
fn a_secret_is_made_once_and_checked() {
    let site = Site::new();
    site.session(&[
        "secret check",
        "secret rotate --compromised",
        "secret new",
        "secret new",
        "secret check",
        "secret check --format json",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_secret_that_is_replaced_says_what_becomes_of_the_links() {
    let site = Site::with_known_links();
    site.build();
    site.session(&[
        "secret check",
        "secret new",
        "secret rotate",
        "secret rotate --until 2027-02-01 --dry-run",
        "secret rotate --until 2027-02-01",
        "secret check",
        "secret rotate --until 2027-03-01",
        "secret rotate --compromised --dry-run",
        "secret rotate --compromised",
        "secret rotate --compromised --format json",
        "secret rotate --until 2026-02-01",
    ]);
    insta::assert_snapshot!(said());
}
