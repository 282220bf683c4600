//! Whole files through the room's own doors.

pub(crate) mod build;

use super::*;
use build::{avif, boxed, exif_segment, jpeg, long, raw, short, tiff, webp};

fn header_of(bytes: &[u8], name: &str) -> Header {
    probe(bytes, name, &Limits::default()).unwrap()
}

#[test]
fn a_file_is_what_its_bytes_say() {
    for (bytes, format) in [
        (&b"\xff\xd8\xff\xe0"[..], Ok(SourceFormat::Jpeg)),
        (b"\x89PNG\r\n\x1a\n", Ok(SourceFormat::Png)),
        (b"II*\0\x08\0\0\0", Ok(SourceFormat::Tiff)),
        (b"RIFF\0\0\0\0WEBPVP8 ", Ok(SourceFormat::Webp)),
        (b"RIFF\0\0\0\0WAVEfmt ", Err(NotAPhoto::Unknown)),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Ok(SourceFormat::Avif)),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Ok(SourceFormat::Heic)),
        (b"\xff\x0a\0", Ok(SourceFormat::JpegXl)),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Ok(SourceFormat::JpegXl)),
        (b"\0\0\0\x10ftypmif1\0\0\0\0", Err(NotAPhoto::OtherHeif)),
        (b"\0\0\0\x24ftypavis\0\0\0\0avifavismsf1mif1miaf", Err(NotAPhoto::Animation)),
        (b"", Err(NotAPhoto::Empty)),
    ] {
        assert_eq!(sniff(bytes, "a"), format, "{}", bytes.escape_ascii());
    }
}

#[test]
fn an_avif_is_measured_with_its_own_turn() {
    let header = header_of(&avif(), "a.avif");
    assert_eq!((header.width, header.height, header.orientation, header.container_orientation), (640, 480, 1, 8));
    assert_eq!((header.displayed_size(), header.bits, header.channels, header.has_alpha), ((480, 640), 10, 4, true));
}

#[test]
fn what_is_no_photo_is_called_by_its_name() {
    let dng = tiff(&[short(0x0100, 9), short(0x0101, 9), raw(0xc612, &[1, 4, 0, 0])], &[]);
    let plain = tiff(&[short(0x0100, 9), short(0x0101, 9)], &[]);
    let what = |bytes: &[u8], name: &str| match probe(bytes, name, &Limits::default()) {
        Err(ProbeError::NotAPhoto(what)) => Some(what),
        _ => None,
    };
    assert_eq!(what(&dng, "a.tif"), Some(NotAPhoto::Raw));
    assert_eq!(what(&plain, "a.NEF"), Some(NotAPhoto::Raw));
    assert_eq!(what(&plain, "a.tif"), None);
    assert_eq!(what(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "a"), Some(NotAPhoto::Raw));
    assert_eq!(what(b"\0\0\0\x18ftypavci\0\0\0\0mif1avci", "a.heic"), Some(NotAPhoto::OtherHeif));
    assert_eq!(what(b"\0\0\0\x18ftyphevc\0\0\0\0msf1hevc", "a.heics"), Some(NotAPhoto::Animation));
    let animated = b"\0\0\0\x24ftypavif\0\0\0\0avifavismsf1mif1miaf";
    assert_eq!(what(animated, "a.avif"), Some(NotAPhoto::Animation));
    assert_eq!(what(b"\0\0\0\x18ftypqt  \0\0\0\0qt  qt  ", "a.mov"), Some(NotAPhoto::Video));
    assert_eq!(what(b"GIF89a", "a.gif"), Some(NotAPhoto::Gif));
    assert_eq!(what(b"", "a.jpg"), Some(NotAPhoto::Empty));
    assert_eq!(what(b"hello", "a.jpg"), Some(NotAPhoto::Unknown));
    let error: crate::Error = ProbeError::NotAPhoto(NotAPhoto::Raw).into();
    assert_eq!((error.kind(), error.message.as_str()), (crate::ErrorKind::Photo, "this is a RAW file"));
}

#[test]
fn sizes_beyond_the_limits_are_refused() {
    let photo = webp();
    assert_eq!(header_of(&photo, "a.webp").displayed_size(), (640, 480));
    let limits = Limits { pixels: 640 * 480 - 1, ..Limits::default() };
    let error = probe(&photo, "a", &limits).unwrap_err();
    assert!(matches!(error, ProbeError::TooLarge { width: 640, height: 480, .. }));
    assert_eq!(error.to_string(), "it has 0 megapixels, more than the limit of 0");
    let long_side = tiff(&[long(0x0100, 70_000), short(0x0101, 1)], &[]);
    assert!(matches!(probe(&long_side, "a", &Limits::default()), Err(ProbeError::TooLarge { .. })));
}

#[test]
fn the_first_segment_of_exif_turns_a_jpeg() {
    let turned = |orientation| exif_segment(&tiff(&[short(0x0112, orientation)], &[]));
    let orientation = |segments: &[Vec<u8>]| header_of(&jpeg(segments), "a").orientation;
    assert_eq!(orientation(&[turned(6), turned(3)]), 6);
    assert_eq!((orientation(&[turned(9)]), orientation(&[])), (1, 1));
}

#[test]
fn a_jpeg_ends_at_its_own_end_marker() {
    let scan = b"\xff\xda\0\x03\x01\x12\xff\0\xff\xd0\xff";
    let table = b"\xff\xc4\0\x04\xff\xd9";
    let file = [scan, &table[..], scan, b"\xff\xd9behind\xff\xd9"].concat();
    assert_eq!(jpeg::end_of_picture(&file, 0), Some(file.len() - 8));
    assert_eq!(jpeg::end_of_picture(&file[..file.len() - 9], 0), None);
}

#[test]
fn a_box_that_is_cut_off_is_noticed_by_those_who_need_all() {
    use isobmff::{Fault, boxes, boxes_or_fault};
    let whole = [boxed(b"ftyp", b"avif"), boxed(b"mdat", b"picture")].concat();
    let read = |bytes: &[u8]| (boxes(bytes).count(), boxes_or_fault(bytes).try_for_each(|found| found.map(drop)));
    assert_eq!(read(&whole), (2, Ok(())));
    assert_eq!(read(&whole[..whole.len() - 1]), (1, Err(Fault::Cut)));
    assert_eq!(read(&whole[..15]), (1, Err(Fault::Cut)));
    assert_eq!(read(b"\0\0\0\x07ftyp"), (0, Err(Fault::TooShort)));
    // To the end of the file, or with a length of 64 bits.
    assert_eq!(read(b"\0\0\0\0mdatpicture"), (1, Ok(())));
    assert_eq!(read(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x11p"), (1, Ok(())));
}
