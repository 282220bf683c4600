//! Whatever is changed in a sealed file is noticed.

use super::super::file::{open_padded, seal_padded};
use super::super::records::{HEADER, RECORD_SIZE, Refusal, Sealer, header};
use super::super::{ContentKey, open};
use super::{keys, noise, scope, sealing};

const BLOCK: usize = RECORD_SIZE as usize - 17;

fn refusal(content: &ContentKey, name: &str, whole: &[u8]) -> Refusal {
    open(content, name, None, whole, std::io::sink()).expect_err("it was damaged")
}

#[test]
fn any_changed_bit_is_refused() {
    let sealing = sealing();
    let whole = sealing.seal("a.bin", b"what nobody else may see");
    for place in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << bit;
            let refusal = refusal(sealing.content_key(), "a.bin", &damaged);
            match place {
                0..16 => assert!(matches!(refusal, Refusal::Record(1)), "{refusal}"),
                16..20 => assert!(matches!(refusal, Refusal::RecordSize(_)), "{refusal}"),
                20 => assert!(matches!(refusal, Refusal::KeyId), "{refusal}"),
                _ => assert!(matches!(refusal, Refusal::Record(1)), "{refusal}"),
            }
        }
    }
}

#[test]
fn any_file_that_is_cut_off_or_goes_on_is_refused() {
    let sealing = sealing();
    let small = sealing.seal("a.bin", b"some words");
    for length in 0..small.len() {
        let refusal = refusal(sealing.content_key(), "a.bin", &small[..length]);
        assert!(matches!(refusal, Refusal::Header | Refusal::CutOff | Refusal::Record(1)), "{length}: {refusal}");
    }
    let large = sealing.seal("a.bin", &noise(3 * BLOCK));
    let end = |record: usize| HEADER + record * RECORD_SIZE as usize;
    for length in [end(0), end(0) + 16, end(1), end(2), end(3) - 1, large.len() - 1] {
        let refusal = refusal(sealing.content_key(), "a.bin", &large[..length]);
        assert!(matches!(refusal, Refusal::CutOff | Refusal::Record(_)), "{length}: {refusal}");
    }
    assert!(matches!(refusal(sealing.content_key(), "a.bin", &large[..end(1)]), Refusal::CutOff));
    for more in [b"\0".to_vec(), small.clone(), large[end(2)..].to_vec()] {
        let longer = [small.as_slice(), &more].concat();
        assert!(matches!(refusal(sealing.content_key(), "a.bin", &longer), Refusal::Record(1)));
    }
    // A last record of full size: what follows is no part of it.
    let full = seal_padded(sealing.content_key().file_key("a.bin").as_slice(), &[7; 16], &noise(BLOCK), BLOCK as u64);
    let longer = [full.as_slice(), b"\0"].concat();
    assert!(matches!(refusal(sealing.content_key(), "a.bin", &longer), Refusal::Trailing));
}

#[test]
fn records_that_are_swapped_dropped_or_repeated_are_refused() {
    let sealing = sealing();
    let whole = sealing.seal("a.bin", &noise(4 * BLOCK - 1));
    let (head, records) = whole.split_at(HEADER);
    let records: Vec<&[u8]> = records.chunks(RECORD_SIZE as usize).collect();
    let count = records.len();
    let other = sealing.seal("a.bin", &noise(4 * BLOCK - 2));
    let foreign: Vec<&[u8]> = other[HEADER..].chunks(RECORD_SIZE as usize).collect();
    let mut orders = vec![records[..count - 1].to_vec(), records[1..].to_vec()];
    for at in 0..count {
        let mut swapped = records.clone();
        swapped.swap(at, (at + 1) % count);
        let mut repeated = records.clone();
        repeated.insert(at, records[at]);
        let mut dropped = records.clone();
        dropped.remove(at);
        let mut mixed = records.clone();
        mixed[at] = foreign[at];
        orders.extend([swapped, repeated, dropped, mixed]);
    }
    for order in orders {
        let damaged = [head, &order.concat()].concat();
        refusal(sealing.content_key(), "a.bin", &damaged);
    }
}

#[test]
fn a_file_under_another_name_of_another_state_or_of_another_gallery_is_refused() {
    let sealing = sealing();
    let whole = sealing.seal("a.bin", b"one");
    assert!(matches!(refusal(sealing.content_key(), "b.bin", &whole), Refusal::Record(1)));
    let after = keys().sealing(&scope(2));
    assert!(matches!(refusal(after.content_key(), "a.bin", &whole), Refusal::Record(1)));

    // An older file of the same name opens, and has not the salt that is listed.
    let listed = sealing.salt("a.bin", 3, &<[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(b"two")));
    let refused = open(sealing.content_key(), "a.bin", Some(&listed), whole.as_slice(), std::io::sink());
    assert!(matches!(refused, Err(Refusal::Salt)));
}

/// A file of records that only the holder of the key could have made.
fn forged(records: &[(&[u8], usize, bool)]) -> Result<u64, Refusal> {
    let mut sealer = Sealer::new(b"key", &[1; 16]);
    let mut whole = header(&[1; 16], RECORD_SIZE).to_vec();
    for (plain, padding, last) in records {
        let mut record = plain.to_vec();
        sealer.seal(&mut record, 0, *padding, *last);
        whole.extend(record);
    }
    open_padded(b"key", None, whole.as_slice(), std::io::sink(), |length| length.max(8)).map(|opened| opened.length)
}

#[test]
fn records_that_are_not_put_together_as_ours_are_refused() {
    let block = vec![1; BLOCK];
    assert_eq!(forged(&[(b"12345678", 0, true)]).unwrap(), 8);
    assert_eq!(forged(&[(b"1234", 4, true)]).unwrap(), 4);
    assert_eq!(forged(&[(&block, 0, false), (b"1", 0, true)]).unwrap(), BLOCK as u64 + 1);
    assert!(matches!(forged(&[(b"1234", 3, true)]), Err(Refusal::Length)));
    assert!(matches!(forged(&[(b"1234", 5, true)]), Err(Refusal::Length)));
    assert!(matches!(forged(&[(&block[1..], 1, false), (b"1", 0, true)]), Err(Refusal::Padding(2))), "padding first");
    assert!(matches!(forged(&[(&block, 0, false)]), Err(Refusal::CutOff)));
    assert!(matches!(forged(&[(b"12345678", 0, false)]), Err(Refusal::CutOff)));
    assert!(matches!(forged(&[(&block, 0, true), (b"1", 0, true)]), Err(Refusal::Trailing)));
    assert!(matches!(forged(&[]), Err(Refusal::CutOff)));
}

#[test]
fn a_record_without_a_delimiter_is_refused() {
    // Plain text whose delimiter is another byte: sealed with one more byte, of which the tag is cut.
    use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    let material = b"key";
    let prk = crate::access::keys::mac(&[1; 16], &[material]);
    let key: [u8; 16] = crate::access::keys::expand(&prk, b"Content-Encoding: aes128gcm\0");
    let nonce: [u8; 12] = crate::access::keys::expand(&prk, b"Content-Encoding: nonce\0");
    for plain in [b"\0\0\0\0".as_slice(), b"1234\x03\0", b"1234"] {
        let mut record = plain.to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).unwrap();
        let whole = [header(&[1; 16], RECORD_SIZE).as_slice(), &record].concat();
        let refused = open_padded(material, None, whole.as_slice(), std::io::sink(), |length| length);
        assert!(matches!(refused, Err(Refusal::Padding(1))), "{plain:?}: {refused:?}");
    }
}
