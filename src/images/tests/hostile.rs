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
    assert_eq!(refused(&source), "it has 4225 megapixels, and the limit is 300");
    let mut source = png(64, 48, &quarters(64, 48), Rgb8);
    source[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1]);
    assert_eq!(refused(&source), "it has 2147483647×1 pixels, and no side may be longer than 65535");
    let small = Limits { max_pixels: 100, ..Limits::default() };
    for source in [colour_jpeg(64, 48), png(64, 48, &quarters(64, 48), Rgb8)] {
        let source = Source { bytes: &source, orientation: 1 };
        assert_eq!(inspect(&source, &small).unwrap_err().reason(), "it has 0 megapixels, and the limit is 0");
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
    assert!(made.warnings[0].starts_with("its colour profile is not used"), "{:?}", made.warnings);
}

#[test]
fn what_is_no_photograph_is_named() {
    assert_eq!(refused(b""), "the file is empty");
    assert!(refused(b"<html>").starts_with("it is in no format that can be read"));
    assert!(refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").contains("HEIC"));
    assert!(refused(b"GIF89a").contains("GIF"));
    assert!(refused(&[0xFF, 0xD8, 0xFF]).contains("cut off"));
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
            let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
            let _ = render(
                &Source { bytes: &broken, orientation: 1 },
                &[recipe(Format::Jpeg, 8, 6)],
                &limits,
                &mut Scratch::new(),
            );
        }
    }
}
