//! The examples of RFC 8188, section 3.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::records::{HEADER, Records, Refusal, Sealer, header, read_header};

const PLAIN: &[u8] = b"I am the walrus";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn opened(material: &[u8], salt: &[u8; 16], size: u32, records: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Records::new(records, material, salt, size).unwrap();
    let mut all = Vec::new();
    while let Some(record) = records.next().unwrap() {
        all.push(record.plain.to_vec());
    }
    all
}

#[test]
fn one_record_as_in_section_3_1() {
    let material = bytes("yqdlZ-tYemfogSmv7Ws5PQ");
    let whole = bytes("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg");
    let (salt, size) = read_header(&mut whole.as_slice()).unwrap();
    assert_eq!(size, 4096);
    assert_eq!(opened(&material, &salt, size, &whole[HEADER..]), [PLAIN]);

    let mut record = PLAIN.to_vec();
    Sealer::new(&material, &salt).seal(&mut record, 0, 0, true);
    assert_eq!([header(&salt, size).as_slice(), &record].concat(), whole);
}

#[test]
fn two_records_with_padding_and_a_key_id_as_in_section_3_2() {
    let material = bytes("BO3ZVPxUlnLORbVGMpbT1Q");
    let whole =
        bytes("uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA");
    assert!(matches!(read_header(&mut whole.as_slice()), Err(Refusal::KeyId)), "ours name no key");
    let salt: [u8; 16] = whole[..16].try_into().unwrap();
    let records = &whole[HEADER + 2..];
    assert_eq!(opened(&material, &salt, 25, records), [&PLAIN[..7], &PLAIN[7..]]);

    let mut sealer = Sealer::new(&material, &salt);
    let (mut first, mut second) = (PLAIN[..7].to_vec(), PLAIN[7..].to_vec());
    sealer.seal(&mut first, 0, 1, false);
    sealer.seal(&mut second, 0, 0, true);
    assert_eq!([first, second].concat(), records);
}
