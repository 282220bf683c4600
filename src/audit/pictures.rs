//! Where a published picture was taken, and with whose camera.

use super::scope::shown;
use super::{AuditInput, Finding, Kind, Report};
use crate::metadata::{Carried, SourceFormat, strip_check, xmp_check};

/// Tells what a picture carries that points to people and places.
pub(super) fn check(input: &AuditInput, path: &str, content: &[u8], report: &mut Report) {
    let is_photo = SourceFormat::by_bytes(content).is_some();
    let found = if is_photo {
        strip_check(content)
    } else if has_text_of_its_own(path, content) {
        xmp_check(content)
    } else {
        return;
    };
    for (kind, name) in &found.items {
        let what = match kind {
            Carried::Gps if !input.keep_gps => "where it was taken",
            // Programs for drawing number their documents; that is no camera's number.
            Carried::SerialNumber if is_photo || name.to_lowercase().contains("serial") => {
                "the serial number of a camera or lens"
            }
            _ => continue,
        };
        report.finding(Finding {
            file: shown(path),
            offset: None,
            kind: Kind::Metadata,
            message: format!("this picture says {what} ({name})"),
            hint: "build again; where the file lies in the static folder, export it without metadata",
        });
    }
}

/// Whether it may hold XMP as text: an SVG, a GIF, or the file that lies beside a photo.
fn has_text_of_its_own(path: &str, content: &[u8]) -> bool {
    let start = &content[..content.len().min(4096)];
    let begins = |text: &[u8]| memchr::memmem::find(start, text).is_some();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    content.starts_with(b"GIF8")
        || begins(b"<svg")
        || begins(b"<x:xmpmeta")
        || matches!(ending.as_deref(), Some("svg" | "xmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const XMP: &str = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
        xmlns:exif='http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='50,1N' \
        xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/' xmpMM:DocumentID='a'/></rdf:RDF>";

    fn found(path: &str, content: &[u8]) -> usize {
        let mut report = Report::default();
        check(&AuditInput::default(), path, content, &mut report);
        report.findings.len()
    }

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, body].concat()
    }

    /// An EXIF block with nothing in it, or with a place.
    fn exif(has_place: bool) -> Vec<u8> {
        let mut block = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
        block.extend(if has_place { [0x25, 0x88] } else { [0x12, 0x01] });
        block.extend(if has_place { [4, 0] } else { [3, 0] });
        block.extend([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        block
    }

    fn jpeg(blocks: &[Vec<u8>]) -> Vec<u8> {
        let mut all = b"\xff\xd8".to_vec();
        blocks.iter().for_each(|block| all.extend(segment(0xe1, block)));
        all.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
        all.extend(b"\x12\x34\xff\xd9");
        all
    }

    #[test]
    fn the_second_block_and_the_second_picture_of_a_jpeg_are_looked_into() {
        assert_eq!(found("a.jpg", &jpeg(&[exif(false)])), 0);
        assert_eq!(found("a.jpg", &jpeg(&[exif(true)])), 1);
        assert_eq!(found("a.jpg", &jpeg(&[exif(false), exif(true)])), 1);
        assert_eq!(found("a.jpg", &[jpeg(&[exif(false)]), vec![0; 16], jpeg(&[exif(true)])].concat()), 1);
        assert_eq!(found("a.jpg", &[jpeg(&[]), jpeg(&[]), b"\xff\xd8\xff".to_vec(), jpeg(&[exif(true)])].concat()), 1);
    }

    #[test]
    fn what_programs_keep_as_text_in_a_png_is_looked_into() {
        let hex: String = exif(true).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = |name: &str| format!("Raw profile type {name}\0\n{name}\n{:8}\n{hex}\n", hex.len() / 2).into_bytes();
        let chunk = |kind: &[u8], body: &[u8]| {
            let length = u32::try_from(body.len()).unwrap().to_be_bytes();
            [&length[..], kind, body, &[0; 4]].concat()
        };
        let png = |chunks: &[Vec<u8>]| [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat();
        let clean = chunk(b"eXIf", &exif(false)[6..]);
        assert_eq!(found("a.png", &png(std::slice::from_ref(&clean))), 0);
        for name in ["exif", "APP1"] {
            assert_eq!(found("a.png", &png(&[clean.clone(), chunk(b"tEXt", &text(name))])), 1, "{name}");
        }
    }

    #[test]
    fn xmp_in_drawings_and_beside_photos_is_looked_into() {
        assert_eq!(found("a.svg", format!("<svg><metadata>{XMP}</metadata></svg>").as_bytes()), 1);
        let outside = XMP.replace(" xmlns:exif='http://ns.adobe.com/exif/1.0/'", "");
        let drawing = format!("<svg xmlns:exif='http://ns.adobe.com/exif/1.0/'>{outside}</svg>");
        assert_eq!(found("a.svg", drawing.as_bytes()), 1);
        assert_eq!(found("a.gif", &[&b"GIF89a\0\0\x21\xff\x0bXMP DataXMP"[..], XMP.as_bytes(), b"\x01"].concat()), 1);
        assert_eq!(found("a.xmp", format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'>{XMP}</x:xmpmeta>").as_bytes()), 1);
        assert_eq!(found("a.html", format!("<p>{XMP}").as_bytes()), 0);
    }
}
