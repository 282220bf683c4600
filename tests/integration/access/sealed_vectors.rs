//! Sealed files, slots and locators against the vectors that a second implementation printed.
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use safelight::sealed::{self, Iterations, LocatorKey, Slots, slots_file};
use sha2::{Digest as _, Sha256};

use super::vectors::{gallery, hex, keys, scope, text, vectors};

/// Symbols of a code as it is printed.
fn symbols(code: &str) -> Vec<u8> {
    code.replace('-', "").into_bytes()
}

#[test]
fn sealed_files_are_the_ones_of_the_vectors() {
    let vectors = vectors();
    let sealing = keys().sealing(&scope("one dead"));
    let files = vectors["sealed_one_dead"]["files"].as_object().unwrap();
    assert_eq!(files.len(), 9);
    for (name, expected) in files {
        let length = expected["plain"]["length"].as_u64().unwrap();
        let plain: Vec<u8> = (0..length).map(|place| (place % 251 * 7 % 251) as u8).collect();
        let sha256: [u8; 32] = Sha256::digest(&plain).into();
        assert_eq!(hex(&sha256), text(&expected["plain"]["sha256"]), "{name}");

        let salt = sealing.salt(name, length, &sha256);
        assert_eq!(URL_SAFE_NO_PAD.encode(salt), text(&expected["salt"]), "{name}");
        let whole = sealing.seal(name, &plain);
        assert_eq!(whole.len() as u64, expected["sealed"]["length"].as_u64().unwrap(), "{name}");
        assert_eq!(whole.len() as u64, sealed::sealed_length(length), "{name}");
        assert_eq!(hex(&Sha256::digest(&whole)), text(&expected["sealed"]["sha256"]), "{name}");

        let mut streamed = sealing.writer(name, length, &sha256, Vec::new());
        // In pieces that end nowhere where records do.
        plain.chunks(100_003).for_each(|piece| streamed.write_all(piece).unwrap());
        assert!(streamed.finish().unwrap() == whole, "{name}: another file when it is streamed");

        let mut back = Vec::new();
        let opened = sealed::open(sealing.content_key(), name, Some(&salt), whole.as_slice(), &mut back).unwrap();
        assert!(back == plain, "{name}: another plain text");
        assert_eq!((opened.salt, opened.length), (salt, length), "{name}");
    }
}

#[test]
fn slots_are_the_ones_of_the_vectors_and_every_code_opens_them() {
    let vectors = vectors();
    let scope = scope("sealed");
    let slots = vectors["slots"].as_object().unwrap();
    assert_eq!(slots.len(), 4);
    let sealed = keys().sealing(&scope).seal("manifest.bin", b"it opens");
    for (count, expected) in slots {
        let codes: Vec<Vec<u8>> = (0..count.parse().unwrap()).map(link_code).collect();
        let secrets: Vec<&[u8]> = codes.iter().map(Vec::as_slice).collect();
        let file = slots_file(&keys(), &scope, &secrets, false, Iterations::default());
        assert_eq!(String::from_utf8(file.clone()).unwrap(), text(expected), "{count}");

        let read = Slots::read(&file).unwrap();
        assert_eq!((read.chosen(), read.iterations().get()), (false, 600_000));
        let key = read.open(secrets[secrets.len() - 1]).expect("a code that was given");
        let mut back = Vec::new();
        sealed::open(&key, "manifest.bin", None, sealed.as_slice(), &mut back).unwrap();
        assert_eq!(back, b"it opens");
        assert!(read.open(b"0000000000000000").is_none());
    }
}

/// The codes that the vectors' slots were made of, as the reference printed them.
fn link_code(number: usize) -> Vec<u8> {
    const CODES: [&str; 9] = [
        "RQ5S-MTJF-QS2F-VZQ4",
        "YXN4-Y0ZN-Z6KE-VEW5",
        "J11X-GZGN-03CJ-X3H7",
        "S7KS-K3HN-0MVM-11GS",
        "GWH7-FB5V-69R9-30YS",
        "GF64-4T4E-QNDV-3YD9",
        "JX4Z-BFJR-R46X-KW0T",
        "X408-RKHB-P5K2-4R76",
        "Q7CP-7ERQ-NV50-GKCP",
    ];
    symbols(CODES[number])
}

#[test]
fn slots_of_chosen_passwords_are_the_ones_of_the_vectors() {
    let vectors = vectors();
    let scope = scope("sealed guests, passwords, one dead");
    let passwords: Vec<&[u8]> = vectors["passwords"].as_array().unwrap().iter().map(|p| text(p).as_bytes()).collect();
    // Given twice: repetition does not count.
    let file = slots_file(&keys(), &scope, &passwords.repeat(2), true, Iterations::default());
    assert_eq!(String::from_utf8(file.clone()).unwrap(), text(&vectors["slots_chosen"]));
    let read = Slots::read(&file).unwrap();
    assert!(read.chosen());
    assert_eq!(read.count(), 8);
    assert!(read.open(passwords[1]).is_some());
}

#[test]
fn a_locator_is_the_one_of_the_vectors_and_leads_to_its_link() {
    let expected = &vectors()["locator"];
    assert_eq!(URL_SAFE_NO_PAD.encode(keys().code_salt()), text(&expected["salt"]));
    let code = symbols(text(&expected["code"]));
    let key = LocatorKey::new(&code, &keys().code_salt(), Iterations::default());
    let go = text(&expected["go"]);
    assert_eq!(
        go,
        format!("/g/{}/", keys().page_token(gallery(), "h7w2c9d4n5ke".parse().unwrap(), None).path_segment())
    );
    assert_eq!(key.name(), text(&expected["path"]));
    let file = key.seal(&keys(), go);
    assert_eq!(STANDARD.encode(&file), text(&expected["file_b64"]));
    assert_eq!(key.open(&file).unwrap(), go);
}
