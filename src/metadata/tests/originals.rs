//! Originals with everything that a camera writes, and what is left of it.

use super::super::{Kept, Packet, Rights, examine, read, strip_check, strip_original};
use super::build::{
    ascii, exif_segment, fractions, iim, iptc_segment, jpeg, png, segment, short, tiff, webp, xmp, xmp_segment,
};
use super::{camera_block, header_of, rights};
use crate::formats::{Limits, SourceFormat};
use crate::metadata::Gps;

const SECRETS: [&str; 8] =
    ["0123456789", "Paper Ltd", "OWNER", "MakerNote", "thumbnail", "GPSLatitude", "ftypmp42", "a private remark"];

/// A packet with a place, a serial number and the document that it was made from.
fn telling() -> Vec<u8> {
    xmp("<exif:GPSLatitude>50,1N</exif:GPSLatitude><xmp:Label>OWNER 0123456789</xmp:Label>")
}

/// A JPEG with every kind of thing that is not the picture, and a film behind it.
fn full_jpeg() -> Vec<u8> {
    let place = iim(&[(2, 90, b"OWNER"), (2, 120, b"a private remark")]);
    let segments = [
        exif_segment(&camera_block()),
        xmp_segment(&telling()),
        iptc_segment(&place),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01the profile"),
        segment(0xe2, b"MPF\0II*\0\x08\0\0\0 thumbnail"),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xe4, b"MakerNote"),
        segment(0xfe, b"a private remark"),
    ];
    let picture = jpeg(&segments);
    // A comment between two scans, and a second picture and a film behind the first.
    let end = picture.len() - 2;
    let scan = segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    let more = [segment(0xfe, b"a private remark"), scan, b"\x56\xff\0\x78\xff\xd9".to_vec()].concat();
    let behind = [jpeg(&[exif_segment(&camera_block())]), b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec()].concat();
    [&picture[..end], &more, &behind].concat()
}

/// The original of a photo, as a download has it.
fn stripped(source: &[u8], rights: &Rights) -> Result<Vec<u8>, String> {
    let header = header_of(source, "a");
    let (said, _) = read(source, &header, &Limits::default());
    let file = examine(source, header.format)?;
    let kept = Kept { orientation: header.orientation, taken: said.taken.as_ref(), camera: &said.camera, file: &file };
    let packet = Packet::of_original(rights, &kept);
    strip_original(source, header.format, rights, kept, &packet)
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(bytes, text).is_some()
}

#[test]
fn an_original_keeps_its_picture_its_colours_its_time_and_its_camera_and_nothing_else() {
    let source = full_jpeg();
    let out = stripped(&source, &rights()).unwrap();
    for secret in SECRETS {
        assert!(!holds(&out, secret.as_bytes()), "{secret}");
    }
    for part in [&b"ICC_PROFILE\0\x01\x01the profile"[..], b"Adobe\0\x64", b"\x12\xff\0\x34", b"\x56\xff\0\x78\xff\xd9"]
    {
        assert!(holds(&out, part), "{part:?}");
    }
    let header = header_of(&out, "a");
    assert_eq!((header.orientation, header.displayed_size()), (6, header_of(&source, "a").displayed_size()));
    let (said, warnings) = read(&out, &header, &Limits::default());
    let (before, _) = read(&source, &header_of(&source, "a"), &Limits::default());
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((said.taken, &said.camera), (before.taken, &before.camera));
    assert!(before.gps.is_some() && said.gps.is_none());
    assert_eq!(Rights::from(&said), rights());
}

#[test]
fn coordinates_stay_only_where_they_are_asked_for() {
    let with = Rights { gps: Gps::new(64.1, -21.9, None), ..rights() };
    let out = stripped(&full_jpeg(), &with).unwrap();
    let (said, _) = read(&out, &header_of(&out, "a"), &Limits::default());
    assert!(said.gps.is_some());
}

#[test]
fn other_formats_lose_what_they_say_too() {
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0".to_vec(), telling()].concat();
    let remark: &[u8] = b"Comment\0a private remark";
    let block = camera_block();
    let in_png = png(&[(b"eXIf", &block), (b"iTXt", &text), (b"tEXt", remark), (b"tIME", b"0123456")]);
    let in_png = [in_png, b"OWNER behind the picture".to_vec()].concat();
    let in_webp = super::splice(&webp(), &Packet::new(&rights())).unwrap();
    let mut in_webp = [in_webp, b"OWNR\x06\0\0\0OWNER ".to_vec()].concat();
    let length = (in_webp.len() - 8) as u32;
    in_webp[4..8].copy_from_slice(&length.to_le_bytes());
    for source in [in_png, in_webp] {
        let out = stripped(&source, &rights()).unwrap();
        for secret in SECRETS {
            assert!(!holds(&out, secret.as_bytes()), "{secret}");
        }
        let (before, after) = (header_of(&source, "a"), header_of(&out, "a"));
        assert_eq!((before.format, before.displayed_size()), (after.format, after.displayed_size()));
        let (said, warnings) = read(&out, &after, &Limits::default());
        assert_eq!((Rights::from(&said), warnings), (rights(), Vec::new()));
    }
}

/// A TIFF of one strip, whatever else stands in its directory.
fn tiff_file(compression: u16, more: &[super::build::Entry]) -> Vec<u8> {
    let strip = b"pixels that stay";
    let with = |at: u32| {
        let mut entries = vec![
            short(0x0100, 4),
            short(0x0101, 4),
            short(0x0102, 8),
            short(0x0103, compression),
            short(0x0106, 1),
            (0x0111, 4, 1, at.to_le_bytes().to_vec()),
            short(0x0115, 1),
            short(0x0116, 4),
            (0x0117, 4, 1, (strip.len() as u32).to_le_bytes().to_vec()),
            fractions(0x011a, &[(300, 1)]),
        ];
        entries.extend_from_slice(more);
        tiff(&entries, &[(0x8825, &[ascii(1, b"N"), fractions(2, &[(64, 1), (8, 1), (0, 1)])])])
    };
    let before = with(0).len() as u32;
    [with(before), strip.to_vec()].concat()
}

#[test]
fn a_tiff_is_written_anew_around_its_pixels() {
    let source = tiff_file(1, &[ascii(0x010e, b"a private remark"), short(0x0112, 8), ascii(0x013b, b"OWNER")]);
    let out = stripped(&source, &rights()).unwrap();
    assert!(holds(&out, b"pixels that stay") && !holds(&out, b"a private remark") && !holds(&out, b"OWNER"));
    let header = header_of(&out, "a");
    assert_eq!((header.format, header.orientation, header.width), (SourceFormat::Tiff, 8, 4));
    let (said, _) = read(&out, &header, &Limits::default());
    assert_eq!(Rights::from(&said), rights());
    assert!(said.gps.is_none());
    let tiff = crate::formats::tiff::Tiff::new(&out).unwrap();
    let page = tiff.first().unwrap();
    let at = page.number(0x0111).unwrap() as usize;
    assert_eq!(&out[at..at + 16], b"pixels that stay");
    assert_eq!(page.get(0x011a).unwrap().fraction(0), Some((300, 1)));
    // A strip behind the end, and a compression whose strips are files of their own.
    let mut cut = source.clone();
    cut.truncate(source.len() - 1);
    assert!(examine(&cut, SourceFormat::Tiff).is_err());
    assert!(examine(&tiff_file(7, &[]), SourceFormat::Tiff).is_err());
}

#[test]
fn a_jpeg_xl_keeps_its_codestream_and_what_a_jpeg_would_be_made_of_again_goes() {
    let boxed = super::build::boxed;
    let exif = [&[0; 4][..], &camera_block()].concat();
    let file = [
        crate::formats::jxl::BOXES.to_vec(),
        boxed(b"ftyp", b"jxl \0\0\0\0jxl "),
        boxed(b"jxll", b"\x0a"),
        boxed(b"Exif", &exif),
        boxed(b"xml ", &telling()),
        boxed(b"jbrd", b"a private remark"),
        boxed(b"jxlc", b"\xff\x0acodestream"),
    ]
    .concat();
    let file_of = examine(&file, SourceFormat::JpegXl).unwrap();
    let camera = super::Metadata::default().camera;
    let kept = Kept { orientation: 1, taken: None, camera: &camera, file: &file_of };
    let packet = Packet::of_original(&rights(), &kept);
    let out = strip_original(&file, SourceFormat::JpegXl, &rights(), kept, &packet).unwrap();
    assert!(holds(&out, b"codestream") && holds(&out, b"jxll") && !holds(&out, b"jbrd") && !holds(&out, b"OWNER"));
    let bare = strip_original(b"\xff\x0acodestream", SourceFormat::JpegXl, &rights(), kept, &packet).unwrap();
    assert!(bare.starts_with(crate::formats::jxl::BOXES) && bare.ends_with(b"jxlc\xff\x0acodestream"));
}

#[test]
fn what_cannot_be_taken_apart_is_refused() {
    let whole = full_jpeg();
    let scan = whole.windows(2).position(|pair| pair == b"\xff\xda").unwrap();
    // Cut within the picture: nobody knows where it ends.
    for end in [20, scan, scan + 12] {
        assert!(examine(&whole[..end], SourceFormat::Jpeg).is_err(), "{end}");
    }
    assert!(examine(&super::build::avif(), SourceFormat::Avif).is_err());
    assert!(examine(b"\x89PNG\r\n\x1a\n", SourceFormat::Png).is_err());
    let unknown = png(&[(b"XYZW", b"what nobody can do without")]);
    assert!(examine(&unknown, SourceFormat::Png).is_err());
}

#[test]
fn a_file_that_is_spoiled_anywhere_is_refused_or_clean() {
    for source in [full_jpeg(), png(&[(b"eXIf", &camera_block())]), webp(), tiff_file(1, &[])] {
        let format = SourceFormat::by_bytes(&source).unwrap();
        let camera = super::Metadata::default().camera;
        for at in (0..source.len()).step_by(2) {
            for value in [0xff, source[at] ^ 0x10] {
                let mut spoiled = source.clone();
                spoiled[at] = value;
                let Ok(file) = examine(&spoiled, format) else { continue };
                let kept = Kept { orientation: 6, taken: None, camera: &camera, file: &file };
                let packet = Packet::of_original(&rights(), &kept);
                if let Ok(out) = strip_original(&spoiled, format, &rights(), kept, &packet) {
                    assert!(!holds(&out, b"0123456789") && !holds(&out, b"OWNER"), "{format:?} {at} {value}");
                }
            }
            let _ = examine(&source[..at], format);
        }
    }
}

#[test]
fn a_camera_set_to_adobe_rgb_stays_so_without_its_block() {
    let shot = [short(0xa001, 0xffff)];
    let block = super::build::tiff(&[], &[(0x8769, &shot)]);
    // The directory of interoperability hangs below that of the shot, which the builder does not know.
    assert!(!crate::formats::tiff::says_adobe_rgb(&block));
    let file = crate::metadata::OriginalFile { length: 0, adobe_rgb: true, density: Some(((118, 1), 3)) };
    let camera = super::Metadata::default().camera;
    let kept = Kept { orientation: 1, taken: None, camera: &camera, file: &file };
    let packet = Packet::of_original(&Rights::default(), &kept);
    assert!(crate::formats::tiff::says_adobe_rgb(&packet.exif));
    assert!(strip_check(&jpeg(&[exif_segment(&packet.exif)])).items.iter().all(|(_, name)| name.starts_with("EXIF")));
}
