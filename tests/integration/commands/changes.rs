//! What the commands say that change links and galleries.

use crate::support::{Site, said};

#[test]
fn a_revoked_link_is_told_with_what_becomes_of_the_pictures() {
    let site = Site::with_known_links();
    site.session(&[
        "revoke lake-house --to 'the couple' --dry-run",
        "revoke lake-house --to 'the couple'",
        "revoke lake-house --to 'the couple'",
        "revoke lake-house --to 'a guest' --format json",
        "revoke lake-house --id q8r3x6v1z0mb",
        "revoke lake-house --to nobody",
        "revoke lake-house --id aaaaaaaaaaaa",
        "revoke coast --to Ida",
        "revoke lake-house",
        "revoke lake-house --to Ida --today=2027-02-02",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_last_day_that_changes_is_told() {
    let site = Site::with_known_links();
    site.session(&[
        "extend lake-house --to 'the couple' --expires 2027-09-01 --dry-run",
        "extend lake-house --to 'the couple' --expires 2027-09-01",
        "extend lake-house --to 'the couple' --expires 2027-05-01",
        "extend lake-house --to 'their parents' --expires 90d",
        "extend lake-house --to 'a cousin' --expires 90d",
        "extend lake-house --to nobody --expires 90d",
        "expire lake-house --to 'the couple' --on 2027-03-01 --dry-run",
        "expire lake-house --to 'the couple' --on 2027-03-01",
        "expire lake-house --to 'the couple' --on 2027-06-01",
        "expire lake-house --to 'the couple' --on 2026-03-01",
        "expire lake-house --to 'their parents' --on 30d --format json",
        "extend lake-house --to 'the couple' --expires 90d --format json",
        "extend lake-house --to 'the couple' --expires 90d --today 2027-05-01",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_with_its_day_in_the_address_is_given_again_when_the_day_changes() {
    let site = Site::with_known_links();
    site.put("site.toml", format!("{}[links]\ndated_links = true\n", site.read("site.toml")));
    site.session(&[
        "share lake-house --to Ida --expires 2027-01-31",
        "extend lake-house --to Ida --expires 2027-02-28",
        "extend lake-house --to Ida --expires 2027-03-31 --format json",
        "links",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_gallery_whose_pictures_move_or_that_is_closed_is_told() {
    let site = Site::with_known_links();
    site.session(&[
        "rotate lake-house --dry-run",
        "rotate lake-house",
        "rotate lake-house --format json",
        "rotate coast",
        "rotate cost",
        "retire lake-house --dry-run",
        "retire lake-house",
        "retire lake-house",
        "rotate lake-house",
        "share lake-house --to Ida",
        "retire coast",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_forgotten_and_what_remains_is_told() {
    let site = Site::with_known_links();
    site.build();
    site.session(&[
        "forget --person 'the couple'",
        "forget --person nobody --yes",
        "forget --person 'the couple' --dry-run",
        "forget --person 'the couple' --yes",
        "forget --person 'a guest' --yes --format json",
        "forget --photo lake-house/SECRET_0009.png --dry-run",
        "forget --photo lake-house/SECRET_0009.png --yes",
        "forget --photo coast/DSC_0002.png --yes --format json",
        "forget --photo lake-house/missing.png --yes",
        "forget",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn days_that_a_wrong_clock_left_in_the_ledger_are_put_right_on_request() {
    let site = Site::with_known_links();
    site.session(&["repair"]);
    let ledger = site.read("access.toml");
    site.put("access.toml", ledger.replacen("issued = 2027-01-01", "issued = 2036-12-25", 1));
    site.session(&[
        "build",
        "links",
        "repair",
        "repair --dry-run",
        "repair --yes --format json",
        "repair --yes",
        "build",
    ]);
    insta::assert_snapshot!(said());
}
