//! How a token or a secret may be written, but for the case of letters.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// A token without its day: the rest is unique by itself.
pub(super) fn undated(token: &str) -> &[u8] {
    let bytes = token.as_bytes();
    let dated = bytes.len() > 9 && bytes[8] == b'-' && bytes[..8].iter().all(u8::is_ascii_digit);
    if dated { &bytes[9..] } else { bytes }
}

/// A token as it is, in base64 and hex, and the bytes that it stands for, in hex and in the other base64; those of an address
/// raw and in base32 too.
pub(super) fn token_forms(token: &[u8], is_address: bool) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::from([token.to_vec(), hex(token)]);
    forms.extend(in_base64(token));
    if let Some(raw) = token.get(1..).and_then(|body| URL_SAFE_NO_PAD.decode(body).ok()) {
        forms.insert(hex(&raw));
        // Where both alphabets give the same, that is the token without its letter.
        forms.insert(STANDARD_NO_PAD.encode(&raw).into_bytes());
        forms.remove(&token[1..]);
        if is_address {
            forms.insert(in_base32(&raw));
            forms.insert(raw);
        }
    }
    if is_address {
        forms.insert(in_base32(token));
    }
    forms
}

/// A secret raw, in hex, base32 and base64, and its text form in them; in the last one twice.
pub(super) fn secret_forms(secret: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut forms = vec![secret.to_vec(), hex(secret), in_base32(secret)];
    forms.extend(in_base64(secret));
    // What is text already is packed once more.
    let mut upper = hex(secret);
    upper.make_ascii_uppercase();
    let texts = [hex(secret), upper, STANDARD_NO_PAD.encode(secret).into_bytes()].map(Zeroizing::new);
    forms.extend(texts.iter().flat_map(|text| in_base64(text)));
    // The text form in base64: how a variable of a CI can come into a file.
    if let Ok(Ok(secret)) = <[u8; 32]>::try_from(secret).map(crate::access::Secret::generate) {
        let text = secret.expose_text();
        forms.extend([hex(text.as_bytes()), in_base32(text.as_bytes())]);
        forms.extend(in_base64(text.as_bytes()));
    }
    forms.into_iter().map(Zeroizing::new).collect()
}

/// Hex, in small letters.
pub(super) fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

/// The characters that are the same whatever stands before and behind, for each place within three bytes and both alphabets.
pub(super) fn in_base64(bytes: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for before in 0..3 {
        let mut padded = Zeroizing::new(vec![0; before]);
        padded.extend_from_slice(bytes);
        let first = (before * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&*padded), URL_SAFE_NO_PAD.encode(&*padded)] {
            let encoded = Zeroizing::new(encoded);
            forms.extend(encoded.as_bytes().get(first..end).map(<[u8]>::to_vec));
        }
    }
    forms
}

/// Base32 (RFC 4648) from the beginning, in small letters, without the last symbol where something else could change it.
pub(super) fn in_base32(bytes: &[u8]) -> Vec<u8> {
    const SYMBOLS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut out = Vec::with_capacity(bytes.len() * 8 / 5);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held & 0x1f) << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(SYMBOLS[(held >> bits & 31) as usize]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_what_others_write() {
        assert_eq!(in_base32(b"foobar"), b"mzxw6ytbo");
        assert_eq!(in_base32(b"fooba"), b"mzxw6ytb");
        assert_eq!(in_base32(b""), b"");
    }
}
