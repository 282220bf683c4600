//! Every length, at every edge, there and back.

use std::io::Write as _;

use sha2::{Digest as _, Sha256};

use super::super::{RECORD_SIZE, open, padme, sealed_length};
use super::{keys, noise, scope, sealing};

const BLOCK: usize = RECORD_SIZE as usize - 17;

#[test]
fn what_was_sealed_opens_whatever_its_length() {
    let sealing = sealing();
    let around = |length: usize| length - 2..length + 3;
    let edges = [BLOCK, 2 * BLOCK, RECORD_SIZE as usize, 2 * RECORD_SIZE as usize].into_iter().flat_map(around);
    let small = (0..40).chain([63, 64, 65, 127, 129, 255, 256, 257, 4095, 4097, 65_535, 65_537]);
    for length in small.chain(edges) {
        let plain = noise(length);
        let whole = sealing.seal("a.bin", &plain);
        assert_eq!(whole.len() as u64, sealed_length(length as u64), "{length}");
        let mut back = Vec::new();
        let opened = open(sealing.content_key(), "a.bin", Some(whole.first_chunk().unwrap()), &*whole, &mut back);
        assert_eq!(opened.unwrap().length, length as u64);
        assert!(back == plain, "{length}");

        let sha256 = Sha256::digest(&plain).into();
        let mut writer = sealing.writer("a.bin", length as u64, &sha256, Vec::new());
        plain.chunks(1 + length / 3).for_each(|piece| writer.write_all(piece).unwrap());
        assert!(writer.finish().unwrap() == whole, "{length}: another file when it is streamed");
    }
}

#[test]
fn the_padded_length_tells_little_and_costs_little() {
    assert_eq!([0, 1, 2, 9, 100, 1000, 1_000_000].map(padme), [0, 1, 2, 10, 104, 1024, 1_015_808]);
    for length in (1..5000).chain((0..62).flat_map(|bit| (1_u64 << bit) - 1..(1 << bit) + 2)) {
        let padded = padme(length);
        assert!(padded >= length && u128::from(padded - length) <= u128::from(length) * 12 / 100, "{length}: {padded}");
        assert_eq!(padme(padded), padded, "{length}");
    }
    assert!((1..5000).map(padme).is_sorted(), "longer files are never shorter");
    // Of a million lengths of files, few are told apart.
    let told: std::collections::BTreeSet<u64> = (1_000_000..2_000_000).step_by(97).map(padme).collect();
    assert!(told.len() <= 40, "{}", told.len());
    assert!(padme(u64::MAX) > 1 << 63, "no overflow");
}

#[test]
fn another_name_content_length_or_scope_has_another_salt_and_equal_input_equal_bytes() {
    let sealing = sealing();
    let mut salts = std::collections::BTreeSet::new();
    let mut files = 0;
    for name in ["a.bin", "b.bin"] {
        for plain in [b"".as_slice(), b"\0", b"\0\0", b"a", b"b"] {
            for epoch in [1, 2] {
                let whole = keys().sealing(&scope(epoch)).seal(name, plain);
                salts.insert(whole[..16].to_vec());
                files += 1;
                assert!(epoch == 2 || whole == sealing.seal(name, plain));
            }
        }
    }
    assert_eq!(salts.len(), files);
}

#[test]
fn a_writer_takes_the_announced_bytes_and_no_others() {
    let sealing = sealing();
    let plain = noise(1000);
    let sha256 = Sha256::digest(&plain).into();
    let writer = || sealing.writer("a.bin", 1000, &sha256, Vec::new());

    let mut more = writer();
    more.write_all(&plain).unwrap();
    assert!(more.write_all(b"x").is_err());
    let mut fewer = writer();
    fewer.write_all(&plain[..999]).unwrap();
    assert!(fewer.finish().is_err());
    let mut other = writer();
    other.write_all(&noise(999)).unwrap();
    other.write_all(b"x").unwrap();
    assert!(other.finish().is_err(), "another plain text under the same key and nonces");
}

#[test]
fn keys_and_salts_do_not_show_themselves() {
    let sealing = sealing();
    assert_eq!(format!("{sealing:?} {:?}", sealing.content_key()), "Sealing(hidden) ContentKey(hidden)");
}
