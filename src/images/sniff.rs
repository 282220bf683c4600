//! What a file is, by its first bytes.

/// A format that can be read, or that is known by sight and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF or BigTIFF.
    Tiff,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
}

/// The kind of a file whose bytes begin like this (64 bytes suffice); `None` for what is not read.
pub fn sniff(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Kind::Png),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Kind::Tiff),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
        // A sequence often calls itself a picture too.
        _ if brands(bytes).any(|brand| brand == b"avis") => None,
        _ if brands(bytes).any(|brand| brand == b"avif") => Some(Kind::Avif),
        _ => None,
    }
}

/// The brands of an ISO base media file: the major one first.
fn brands(bytes: &[u8]) -> impl Iterator<Item = &[u8; 4]> {
    let body = match bytes {
        [a, b, c, d, b'f', b't', b'y', b'p', body @ ..] => {
            let length = (u32::from_be_bytes([*a, *b, *c, *d]) as usize).saturating_sub(8);
            &body[..length.min(body.len())]
        }
        _ => &[],
    };
    // The second word is a version.
    body.as_chunks::<4>().0.iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, brand)| brand)
}

/// Why a file that is no readable picture is none, and what to do.
pub(super) fn refusal(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "the file is empty";
    }
    if brands(bytes).any(|brand| brand == b"avis") {
        return "it is an animated AVIF; export a still picture";
    }
    if brands(bytes).any(|brand| matches!(brand, b"heic" | b"heix" | b"hevc" | b"heim" | b"mif1")) {
        return "it is HEIC, which cannot be read; export it as JPEG or TIFF";
    }
    if brands(bytes).next().is_some() {
        return "it is a video or another media file, not a photograph";
    }
    if bytes.starts_with(&[0xFF, 0x0A]) || bytes.starts_with(b"\0\0\0\x0CJXL ") {
        return "it is JPEG XL, which cannot be read; export it as JPEG or TIFF";
    }
    if bytes.starts_with(b"GIF8") {
        return "it is a GIF, which is not read; export it as PNG or JPEG";
    }
    if bytes.starts_with(b"8BPS") {
        return "it is a Photoshop file; export it as TIFF or JPEG";
    }
    "it is in no format that can be read: JPEG, PNG, TIFF, WebP or AVIF"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(sniff(&[0xFF, 0xD8, 0xFF, 0xE0]), Some(Kind::Jpeg));
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Some(Kind::Webp));
        assert_eq!(sniff(b"RIFF\0\0\0\0WAVEfmt "), None);
        assert_eq!(sniff(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"), Some(Kind::Avif));
        assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), None);
        assert_eq!(refusal(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), refusal(b"\0\0\0\x10ftypmif1\0\0\0\0"));
        let animated = b"\0\0\0\x24ftypavis\0\0\0\0avifavismsf1mif1miaf";
        assert_eq!(sniff(animated), None);
        assert_eq!(refusal(animated), "it is an animated AVIF; export a still picture");
        assert_eq!(sniff(b""), None);
        assert_eq!(refusal(b""), "the file is empty");
    }
}
