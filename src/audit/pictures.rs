//! Finds positions and serial numbers in published pictures and videos.

use super::{AuditInput, Report, Rule};
use crate::formats::SourceFormat;
use crate::metadata::{Carried, film_check, strip_check, xmp_check};

/// Tells what a picture or a film carries that points to people and places.
pub(super) fn check(input: &AuditInput, path: &str, content: &[u8], report: &mut Report) {
    // What is never written here is looked at as films are: somebody else's boxes.
    let is_foreign = |format| matches!(format, SourceFormat::Heic | SourceFormat::JpegXl);
    let is_photo = SourceFormat::by_bytes(content).is_some_and(|format| !is_foreign(format));
    let film = if is_photo { None } else { film_check(content) };
    let is_film = film.is_some();
    let found = match film {
        Some(found) => found,
        None if is_photo => strip_check(content),
        None if has_text_of_its_own(path, content) => xmp_check(content),
        None => return,
    };
    for (kind, name) in &found.items {
        let (rule, what) = match kind {
            Carried::Gps if !input.keep_gps => (Rule::Position, "where it was taken"),
            // Programs for drawing number their documents; that is no camera's number.
            Carried::SerialNumber if is_photo || name.to_lowercase().contains("serial") => {
                (Rule::SerialNumber, "the serial number of a camera or lens")
            }
            // Published pictures are written here, and what is damaged in one says nothing; nobody knows who wrote a film.
            Carried::Unreadable if is_film => {
                let message = format!("the metadata of this video or picture cannot be read ({name})");
                report.tell(Rule::ClosedMetadata, path, None, message);
                continue;
            }
            _ => continue,
        };
        let this = if is_film { "video or picture" } else { "picture" };
        report.tell(rule, path, None, format!("this {this} reveals {what} ({name})"));
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

    fn boxed(kind: &[u8], body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
    }

    fn film(moov: &[u8]) -> Vec<u8> {
        [boxed(b"ftyp", b"mp42\0\0\0\0mp42"), boxed(b"mdat", &[7; 64]), boxed(b"moov", moov)].concat()
    }

    #[test]
    fn films_are_looked_into_wherever_they_say_a_place() {
        assert_eq!(found("a.mp4", &film(&boxed(b"udta", &boxed(b"\xa9nam", b"\0\x01\0\0a")))), 0);
        let place = b"\0\x12\x15\xc7+50.0100+014.0200/";
        let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdta");
        let key = boxed(b"mdta", b"com.apple.quicktime.location.ISO6709");
        let keys = boxed(b"keys", &[b"\0\0\0\0\0\0\0\x01", &key[..]].concat());
        let plain = boxed(b"meta", &[handler.clone(), keys.clone()].concat());
        let full = boxed(b"meta", &[b"\0\0\0\0", &handler[..], &keys].concat());
        let places = boxed(b"stsd", &[b"\0\0\0\0\0\0\0\x01", &boxed(b"gpmd", b"")[..]].concat());
        let track = [b"stbl", b"minf", b"mdia", b"trak"].iter().fold(places, |inner, kind| boxed(*kind, &inner));
        let xmp = [b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", XMP.as_bytes()].concat();
        for said in [
            boxed(b"udta", &boxed(b"\xa9xyz", place)),
            boxed(b"udta", &boxed(b"loci", b"\0\0\0\0")),
            boxed(b"trak", &boxed(b"udta", &boxed(b"\xa9xyz", place))),
            boxed(b"udta", &full),
            plain,
            full,
            track,
            boxed(b"uuid", &xmp),
        ] {
            assert_eq!(found("a.mov", &film(&said)), 1, "{}", String::from_utf8_lossy(&said));
        }
        // The film of the moment lies behind its picture.
        let moment = film(&boxed(b"udta", &boxed(b"\xa9xyz", place)));
        assert_eq!(found("a.jpg", &[jpeg(&[exif(false)]), moment].concat()), 1);
        let deep =
            (0..60_000).fold(Vec::new(), |inner, _| if inner.len() > 1 << 16 { inner } else { boxed(b"udta", &inner) });
        assert_eq!(found("a.mp4", &film(&deep)), 0);
        found("a.mp4", &film(&b"\0\0\0\x08udta".repeat(1 << 17)));
    }

    #[test]
    fn pictures_that_are_no_photos_here_are_looked_into() {
        let block = |has_place| [b"\0\0\0\x06", &exif(has_place)[..]].concat();
        let start = [boxed(b"JXL ", b"\r\n\x87\n"), boxed(b"ftyp", b"jxl \0\0\0\0jxl ")].concat();
        for (kind, body, count) in [
            (b"Exif", block(true), 1),
            (b"Exif", block(false), 0),
            (b"xml ", XMP.as_bytes().to_vec(), 1),
            (b"jxlc", b"\xff\x0a".to_vec(), 0),
        ] {
            assert_eq!(found("a.jxl", &[start.clone(), boxed(kind, &body)].concat()), count);
        }
        let mut report = Report::default();
        let packed = [start, boxed(b"brob", b"Exif\x0b\x02")].concat();
        check(&AuditInput::default(), "a.jxl", &packed, &mut report);
        assert_eq!((report.findings.len(), report.notices.len()), (0, 1));
        // An item of a HEIC, in the box that holds its metadata.
        let heic = |has_place| {
            let entry = boxed(b"infe", b"\x02\0\0\0\0\x01\0\0Exif\0");
            let list = boxed(b"iinf", &[b"\0\0\0\0\0\x01", &entry[..]].concat());
            let block = block(has_place);
            let length = u32::try_from(block.len()).unwrap().to_be_bytes();
            let extent = [b"\x01\0\0\0\x44\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\0", &length[..]].concat();
            let meta = [boxed(b"pitm", b"\0\0\0\0\0\x02"), list, boxed(b"iloc", &extent), boxed(b"idat", &block)];
            [boxed(b"ftyp", b"heic\0\0\0\0mif1"), boxed(b"meta", &[b"\0\0\0\0", &meta.concat()[..]].concat())].concat()
        };
        assert_eq!((found("a.heic", &heic(false)), found("a.heic", &heic(true))), (0, 1));
    }
}
