//! The derivations of access against the vectors that a second implementation printed.
use std::collections::BTreeSet;

use safelight::access::code::{CodeFault, normal_code, normal_password};
use safelight::access::keys::pae;
use safelight::access::{GalleryId, Keys, LinkId, Mode, Scope, Secret};
use serde_json::Value;

pub(super) fn vectors() -> Value {
    serde_json::from_str(include_str!("../../vectors/vectors-v1.json")).expect("the vectors are JSON")
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|place| u8::from_str_radix(&text[place..place + 2], 16).unwrap()).collect()
}

pub(super) fn keys() -> Keys {
    Keys::new(&Secret::of_published_vectors())
}

pub(super) fn gallery() -> GalleryId {
    text(&vectors()["gallery"]).parse().unwrap()
}

const DAY: jiff::civil::Date = jiff::civil::date(2027, 6, 30);

#[test]
fn the_root_has_its_text_form_and_its_id() {
    let vectors = vectors();
    assert_eq!(hex(Secret::of_published_vectors().expose_bytes()), text(&vectors["root_hex"]));
    assert_eq!(*Secret::of_published_vectors().expose_text(), text(&vectors["secret"]));
    assert_eq!(keys().root_id(), text(&vectors["root_id"]));
}

#[test]
fn field_lists_are_encoded_apart() {
    let vectors = vectors();
    let expected = &vectors["pae_hex"];
    assert_eq!(hex(&pae(&[])), text(&expected["none"]));
    assert_eq!(hex(&pae(&[b""])), text(&expected["one_empty"]));
    assert_eq!(hex(&pae(&[b"ab", b"c"])), text(&expected["ab_c"]));
    assert_eq!(hex(&pae(&[b"a", b"bc"])), text(&expected["a_bc"]));
}

#[test]
fn pages_have_their_addresses() {
    let vectors = vectors();
    let pages = vectors["page"].as_object().unwrap();
    assert_eq!(pages.len(), 3);
    for (link, expected) in pages {
        let link: LinkId = link.parse().unwrap();
        let token = |day| keys().page_token(gallery(), link, day).path_segment().to_owned();
        assert_eq!(token(None), text(&expected["undated"]));
        assert_eq!(token(Some(DAY)), text(&expected["dated_20270630"]));
    }
}

/// The scope with this name in the vectors.
pub(super) fn scope(name: &str) -> Scope {
    let vectors = vectors();
    let passwords: Vec<&[u8]> = vectors["passwords"].as_array().unwrap().iter().map(|p| text(p).as_bytes()).collect();
    // Given in reverse and twice: neither order nor repetition counts.
    let passwords: Vec<&[u8]> = passwords.iter().rev().chain(&passwords).copied().collect();
    let expected = &vectors["scopes"][name];
    let audience = text(&expected["audience"]);
    let tagged = !text(&expected["password_tag"]).is_empty();
    Scope {
        gallery: gallery(),
        audience: audience.to_owned(),
        mode: if expected["mode"] == "sealed" { Mode::Sealed } else { Mode::Private },
        epoch: u32::try_from(expected["epoch"].as_u64().unwrap()).unwrap(),
        password_tag: keys().password_tag(gallery(), audience, if tagged { &passwords } else { &[] }),
        dead: expected["dead"].as_array().unwrap().iter().map(|id| text(id).parse().unwrap()).collect::<BTreeSet<_>>(),
    }
}

#[test]
fn every_scope_has_its_assets_and_its_names() {
    let vectors = vectors();
    let source: [u8; 32] = unhex(text(&vectors["name_of"]["source_sha256"])).try_into().unwrap();
    let recipe = text(&vectors["name_of"]["recipe"]);
    let scopes = vectors["scopes"].as_object().unwrap();
    assert_eq!(scopes.len(), 7);
    for (name, expected) in scopes {
        let scope = scope(name);
        assert_eq!(keys().assets_token(&scope, None).path_segment(), text(&expected["assets"]), "{name}");
        assert_eq!(
            keys().assets_token(&scope, Some(DAY)).path_segment(),
            text(&expected["assets_dated_20270630"]),
            "{name}"
        );
        assert_eq!(keys().name_key(&scope).image(&source, recipe).path_segment(), text(&expected["name"]), "{name}");
    }
}

#[test]
fn every_link_has_its_code() {
    let vectors = vectors();
    let links = vectors["links"].as_array().unwrap();
    let codes = vectors["codes"]["links"].as_array().unwrap();
    assert_eq!(links.len(), codes.len());
    for (link, code) in links.iter().zip(codes) {
        assert_eq!(*keys().link_code(gallery(), text(link).parse().unwrap()).expose(), text(code));
    }
    for extreme in ["zero_bits", "all_bits"] {
        let code = text(&vectors["codes"][extreme]);
        assert_eq!(normal_code(code).map(|read| read.expose().to_string()), Ok(code.to_owned()));
    }
}

#[test]
fn typed_codes_are_read_as_meant_or_refused_with_the_reason() {
    let vectors = vectors();
    let all = vectors["typed_codes"].as_array().unwrap();
    assert_eq!(all.len(), 12);
    for one in all {
        let read = normal_code(text(&one["typed"])).map(|code| code.symbols().to_vec());
        let expected = match one["refused"].as_str() {
            None => Ok(text(&one["symbols"]).as_bytes().to_vec()),
            Some("symbol") => Err(CodeFault::Symbol),
            Some("length") => Err(CodeFault::Length),
            Some("check") => Err(CodeFault::Check),
            Some(other) => panic!("{other}"),
        };
        assert_eq!(read, expected, "{one}");
    }
}

#[test]
fn typed_passwords_have_their_bytes() {
    let vectors = vectors();
    let all = vectors["typed_passwords"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    for one in all {
        let password = normal_password(text(&one["typed"])).unwrap();
        assert_eq!(hex(password.expose().as_bytes()), text(&one["utf8_hex"]), "{one}");
    }
}
