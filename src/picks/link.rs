//! Favourites within a link, as they are carried to another device.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::{Picks, json};
use crate::{Code, Error, Result};

/// What stands before the favourites in the address. Filters of mail write the `#` as an escape.
const MARKS: [&str; 2] = ["#picks=", "%23picks="];
/// The text of favourites is never longer, packed or not.
const LONGEST: u64 = 8 << 20;
/// A mail may quote a link again and again.
const MOST_LINKS: usize = 16;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The favourites of every link in a text, each link once.
///
/// # Errors
/// When one of them is damaged.
pub(super) fn find(text: &str) -> Result<Vec<Picks>> {
    let mut seen: Vec<&str> = Vec::new();
    let mut starts: Vec<usize> =
        MARKS.iter().flat_map(|mark| text.match_indices(mark).map(move |(at, _)| at + mark.len())).collect();
    starts.sort_unstable();
    for start in starts {
        let end = text[start..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(text.len() - start);
        let packed = &text[start..start + end];
        if !seen.contains(&packed) && seen.len() < MOST_LINKS {
            seen.push(packed);
        }
    }
    seen.into_iter().map(unpack).collect()
}

/// Base64url of raw DEFLATE (RFC 1951) of the text of a file.
fn unpack(packed: &str) -> Result<Picks> {
    let damaged = |why: &str| {
        Error::new(Code::InvalidPicks, format!("the favourites in this link {why}"))
            .hint("copy the whole link, or ask for the file")
    };
    let bytes = BASE64.decode(packed).map_err(|_| damaged("are cut off or altered"))?;
    let mut text = Vec::new();
    let unpacked = flate2::read::DeflateDecoder::new(bytes.as_slice()).take(LONGEST + 1).read_to_end(&mut text);
    unpacked.map_err(|_| damaged("are cut off or altered"))?;
    if text.len() as u64 > LONGEST {
        return Err(damaged("are too large"));
    }
    json::read(std::str::from_utf8(&text).map_err(|_| damaged("are cut off or altered"))?)
}

/// Packs a text as a page does.
#[cfg(test)]
pub(super) fn pack(text: &[u8]) -> String {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(encoder.finish().unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"type":"safelight-picks","version":1,"key":"GPih6BNwi9kk","lists":[{"name":"Album","photos":[{"number":1,"file":"é.jpg"}]}]}"#;

    #[test]
    fn a_link_is_found_wherever_it_stands_and_once() {
        let packed = pack(FILE.as_bytes());
        let text = format!("Hi,\nhttps://a.example/g/p/#picks={packed}.\n> <https://a.example/g/p/%23picks={packed}>");
        assert_eq!(find(&text).unwrap(), [json::read(FILE).unwrap()]);
        assert_eq!(find("https://a.example/#photo").unwrap(), []);
    }

    #[test]
    fn a_damaged_link_and_one_that_unpacks_without_end_are_refused() {
        let packed = pack(FILE.as_bytes());
        let says = |packed: &str| find(&format!("#picks={packed}")).unwrap_err().message;
        assert!(says(&packed[..packed.len() / 2]).contains("cut off"));
        assert!(says("").contains("cut off") || says("").contains("damaged"));
        let bomb = pack(&vec![b' '; LONGEST as usize * 4]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        assert!(says(&bomb).contains("too large"));
    }
}
