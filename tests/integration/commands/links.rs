//! What the commands about links say.

use crate::support::{Site, said};

#[test]
fn share_says_what_a_link_opens_and_what_stands_in_its_way() {
    let site = Site::with_private_gallery();
    site.session(&[
        "share lake-house --to 'the couple' --expires 90d --dry-run",
        "share lake-house --to 'the couple' --expires 90d",
        "share galleries/lake-house/ --to 'a guest' --audience guests --format json",
        "share lake-house --to 'the couple'",
        "share lake-house --to Ida --audience gests",
        "share lake-house --to Ida --expires 2026-12-31",
        "share lake-house --to Ida --expires soon",
        "share lake-house --to Ida --qr public/card.svg",
        "share lake-house/dance --to 'the band'",
        "share coast --to Ida",
        "share coast --to Ida --private --dry-run",
        "share coast --to Ida --private",
        "share cost --to Ida",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn links_are_listed_for_people_programs_and_spreadsheets() {
    let site = Site::with_known_links();
    site.session(&[
        "links",
        "links --alive",
        "links --reveal",
        "links --format csv",
        "links --format json",
        "links --format json --reveal",
        "links coast",
        "links cost",
        "links --cards cards.html",
        "links --cards site.toml",
        "links --format csv --cards cards.html",
        "links --today=2027-05-01",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn verify_tells_whose_an_address_is() {
    let site = Site::with_known_links();
    site.build();
    let links = site.run(&["links", "--reveal"]).fine().out;
    let address = |to: &str| {
        let line = links.lines().find(|line| line.contains(to)).unwrap();
        line.split_once("https://photos.example.com").unwrap().1.to_owned()
    };
    let (couple, cousin) = (address("the couple"), address("a cousin"));
    let assets = site.assets().remove(0);
    site.session(&[
        &format!("verify https://photos.example.com{couple}"),
        &format!("verify https://photos.example.com{couple} --format json"),
        &format!("verify {couple} --today 2027-05-01"),
        &format!("verify {cousin} 'GET /x/{assets}/ HTTP/1.1'"),
        "verify /g/pAAAAAAAAAAAAAAAAAAAAAAAA/",
        "verify /g/pAAAAAAAAAAAAAAAAAAAAAAAA/ --format json",
        "verify nothing",
        "verify",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn next_expiry_tells_the_day_in_every_form() {
    let site = Site::with_known_links();
    let forms = ["next-expiry", "next-expiry --cron", "next-expiry --ics", "next-expiry --format json"];
    site.session(&forms);
    site.prepare(&["revoke", "lake-house", "--to", "the couple"]);
    site.session(&forms);
    site.prepare(&["secret", "rotate", "--until", "2027-02-01"]);
    site.session(&forms[..1]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_gate_says_where_it_belongs_and_what_it_refuses() {
    let site = Site::with_known_links();
    let mut told = String::new();
    for server in ["nginx", "caddy", "cloudfront", "cloudflare", "netlify"] {
        let run = site.prepare(&["edge", server]);
        assert!(run.out.len() > 1000);
        told += &format!("$ safelight edge {server}\n[stderr]\n{}\n", run.err);
    }
    site.session(&["edge apache", "edge nginx --site elsewhere"]);
    insta::assert_snapshot!(told + &said());
}
