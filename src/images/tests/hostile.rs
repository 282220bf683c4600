//! Files that are not what they say.

use super::make::{colour_jpeg, png, quarters, with_chunk};
use super::*;
use image::ExtendedColorType::Rgb8;

fn refused(bytes: &[u8]) -> String {
    try_render(bytes, &[recipe(Format::Jpeg, 8, 6)]).unwrap_err().reason().to_owned()
}

#[test]
fn sizes_are_refused_before_memory_is_taken() {
    // 65,000 × 65,000 in the header of an ordinary file.
    let mut source = colour_jpeg(64, 48);
    let frame = source.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    source[frame + 5..frame + 9].copy_from_slice(&[0xFD, 0xE8, 0xFD, 0xE8]);
    assert_eq!(refused(&source), "it has 4225 megapixels, more than the limit of 300");
    let mut source = png(64, 48, &quarters(64, 48), Rgb8);
    source[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1]);
    assert_eq!(refused(&source), "it has 2147483647 × 1 pixels, more than the limit of 65500 per side");
}

#[test]
fn rendering_and_planning_have_one_limit() {
    let pixels = quarters(64, 48);
    let mut sources = vec![
        colour_jpeg(64, 48),
        png(64, 48, &pixels, Rgb8),
        super::make::tiff(64, 48, &pixels, Rgb8),
        super::make::webp(64, 48, &pixels, Rgb8),
    ];
    if encoders_available().contains(&Format::Avif) {
        sources.push(rendered(&sources[0], &[recipe(Format::Avif, 64, 48)]).encoded.remove(0));
    }
    let limits = |pixels| Limits { pixels, ..Limits::default() };
    for source in sources {
        let header = crate::formats::probe(&source, "a", &limits(64 * 48)).unwrap();
        let seen = look(&source, &limits(64 * 48), &mut Scratch::new()).unwrap();
        assert_eq!(header.displayed_size(), (seen.width as u32, seen.height as u32));
        let (small, reason) = (limits(64 * 48 - 1), "it has 0 megapixels, more than the limit of 0");
        assert_eq!(crate::formats::probe(&source, "a", &small).unwrap_err().to_string(), reason);
        assert_eq!(look(&source, &small, &mut Scratch::new()).unwrap_err().to_string(), reason);
    }
}

#[test]
fn a_bomb_in_a_profile_is_a_warning() {
    let bomb = {
        use std::io::Write;
        let mut packer = flate2::write::ZlibEncoder::new(b"icc\0\0".to_vec(), flate2::Compression::best());
        packer.write_all(&vec![0; 64 << 20]).unwrap();
        packer.finish().unwrap()
    };
    let source = with_chunk(&png(64, 48, &quarters(64, 48), Rgb8), b"iCCP", &bomb);
    let made = try_render(&source, &[recipe(Format::Jpeg, 64, 48)]).unwrap();
    assert_eq!(made.warnings.len(), 1, "{:?}", made.warnings);
    assert!(made.warnings[0].starts_with("its colour profile is ignored"), "{:?}", made.warnings);
}

#[test]
fn what_is_no_photograph_is_named() {
    assert_eq!(refused(b""), "it is an empty file; copy it again from the original");
    assert!(refused(b"<html>").starts_with("it is not a picture, or a badly damaged one; "));
    let avci = refused(b"\0\0\0\x18ftypavci\0\0\0\0mif1avci");
    assert!(avci.starts_with("it is a HEIF picture in another coding than HEVC or AV1; export it"), "{avci}");
    assert!(refused(b"GIF89a").starts_with("it is a GIF; "));
    assert!(refused(&[0xFF, 0xD8, 0xFF]).contains("truncated"));
}

#[test]
fn flipped_bytes_never_panic() {
    let pixels = quarters(48, 36);
    let mut sources = vec![
        colour_jpeg(48, 36),
        png(48, 36, &pixels, Rgb8),
        super::make::tiff(48, 36, &pixels, Rgb8),
        super::make::webp(48, 36, &pixels, Rgb8),
    ];
    if encoders_available().contains(&Format::Avif) {
        sources.push(rendered(&sources[0], &[recipe(Format::Avif, 48, 36)]).encoded.remove(0));
    }
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for source in sources {
        for _ in 0..150 {
            let mut broken = source.clone();
            for _ in 0..1 + next() % 3 {
                // Headers are where decisions are made.
                let at = if next() % 2 == 0 { next() % broken.len().min(600) } else { next() % broken.len() };
                broken[at] = next() as u8;
            }
            let limits = Limits { pixels: 1_000_000, ..Limits::default() };
            let _ = render(
                &Source { bytes: &broken, orientation: 1 },
                &[recipe(Format::Jpeg, 8, 6)],
                &limits,
                &mut Scratch::new(),
            );
        }
    }
}

/// What the header alone says, or why it is not believed.
fn probed(bytes: &[u8]) -> Result<u64, String> {
    let header = crate::formats::probe(bytes, "a", &crate::formats::Limits::default());
    header.map(|header| u64::from(header.width) * u64::from(header.height)).map_err(|error| error.to_string())
}

/// A PNG of one colour: the best that DEFLATE can do.
fn plain_png(side: u32, depth: u8, kind: u8, row: usize) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(9));
    (0..side).for_each(|_| packer.write_all(&vec![0; row + 1]).unwrap());
    let mut out = with_chunk(&png(1, 1, &[0; 3], Rgb8)[..33], b"IDAT", &packer.finish().unwrap());
    out[16..26].copy_from_slice(&[&side.to_be_bytes()[..], &side.to_be_bytes(), &[depth, kind]].concat());
    let mut check = flate2::Crc::new();
    check.update(&out[12..29]);
    out[29..33].copy_from_slice(&check.sum().to_be_bytes());
    out.extend(b"\0\0\0\0IEND\xAE\x42\x60\x82");
    out
}

#[test]
fn headers_that_promise_more_than_the_file_can_hold_are_not_believed() {
    let doubt = "its header declares more pixels than such a small file can contain";
    let mut jpeg = colour_jpeg(64, 48);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x3A, 0x98, 0x4E, 0x20]);
    let mut png = png(64, 48, &quarters(64, 48), Rgb8);
    png[16..24].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x3A, 0x98]);
    // A lossless WebP of 16,384 pixels a side that ends after its header.
    let webp = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let side = [16_000u32];
    for compression in [1, 5, 7, 8, 32_773] {
        let entries: [(u16, &[u32]); 7] =
            [(256, &side), (257, &side), (258, &[8]), (259, &[compression]), (262, &[1]), (277, &[1]), (278, &side)];
        let tiff = super::make::tiff_by_hand(&[(&entries, &[1, 2, 3])]);
        assert_eq!(probed(&tiff).unwrap_err(), format!("damaged TIFF: {doubt}"), "{compression}");
    }
    assert_eq!(probed(&jpeg).unwrap_err(), format!("damaged JPEG: {doubt}"));
    assert_eq!(probed(&png).unwrap_err(), format!("damaged PNG: {doubt}"));
    assert_eq!(probed(&webp).unwrap_err(), format!("damaged WebP: {doubt}"));
}

#[test]
fn a_plain_area_is_believed_however_well_it_is_packed() {
    for (depth, kind, row) in [(8, 2, 15_000), (16, 6, 40_000), (1, 0, 625), (8, 0, 5000), (1, 3, 625)] {
        assert_eq!(probed(&plain_png(5000, depth, kind, row)), Ok(25_000_000), "{depth} {kind}");
    }
    let plain = super::make::jpeg(
        5000,
        5000,
        &vec![255; 75_000_000],
        super::make::Jpeg { channels: 3, sampling: 2, progressive: true, ..Default::default() },
    );
    assert_eq!(probed(&plain), Ok(25_000_000));
    rendered(&plain, &[recipe(Format::Jpeg, 50, 50)]);
    let webp = super::make::webp(5000, 5000, &vec![255; 75_000_000], Rgb8);
    assert!(webp.len() < 20_000, "{}", webp.len());
    assert_eq!(probed(&webp), Ok(25_000_000));
    rendered(&webp, &[recipe(Format::Jpeg, 50, 50)]);
}
