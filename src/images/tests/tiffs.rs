//! TIFF as scanners and old programs write it.

use super::make::tiff_by_hand;
use super::*;

/// Width, height, bits and photometric interpretation; one sample, no compression.
fn entries(side: &[u32; 1], bits: &'static [u32], photometric: &'static [u32]) -> Vec<(u16, &'static [u32])> {
    let side: &'static [u32] = Box::leak(Box::new(*side));
    vec![(256, side), (257, side), (258, bits), (259, &[1]), (262, photometric), (277, &[1]), (278, side)]
}

/// Left half of a low value, right half of a high one.
fn halves(side: usize, low: &[u8], high: &[u8]) -> Vec<u8> {
    (0..side).flat_map(|_| [low.repeat(side / 2), high.repeat(side / 2)].concat()).collect()
}

#[test]
fn white_is_white_whichever_end_of_the_scale_it_has() {
    for (bits, low, high) in [(&[8][..], &[10][..], &[240][..]), (&[16], &[10, 10], &[240, 240])] {
        for (photometric, dark_left) in [(&[1][..], true), (&[0], false)] {
            let pixels = halves(32, low, high);
            let source = tiff_by_hand(&[(&entries(&[32], bits, photometric), &pixels)]);
            let seen = seen(&rendered(&source, &[recipe(Format::Jpeg, 32, 32)]).encoded[0]);
            let (left, right) = (seen.at(6, 16)[0], seen.at(26, 16)[0]);
            assert_eq!(left < right, dark_left, "{bits:?} bits, interpretation {photometric:?}: {left} and {right}");
            assert!(left.abs_diff(right) > 200);
        }
    }
}

#[test]
fn the_first_whole_page_is_the_picture_and_no_thumbnail_before_it() {
    let thumbnail = [entries(&[8], &[8], &[1]), vec![(254, &[1][..])]].concat();
    let (small, large) = (vec![0; 64], vec![200; 64 * 64]);
    let full = entries(&[64], &[8], &[1]);
    let source = tiff_by_hand(&[(&thumbnail, &small), (&full, &large)]);
    let header = crate::metadata::probe(&source, "a.tif", &crate::metadata::Limits::default()).unwrap();
    assert_eq!((header.width, header.height), (64, 64));
    let seen = seen(&rendered(&source, &[recipe(Format::Jpeg, 64, 64)]).encoded[0]);
    assert!(near(seen.at(30, 30), [200, 200, 200, 255], 2), "{:?}", seen.at(30, 30));
    // Nothing but thumbnails: then the first is all there is.
    let alone = tiff_by_hand(&[(&thumbnail, &small)]);
    assert_eq!(crate::metadata::probe(&alone, "a.tif", &crate::metadata::Limits::default()).unwrap().width, 8);
    rendered(&alone, &[recipe(Format::Jpeg, 8, 8)]);
}

#[test]
fn whole_files_of_another_kind_are_not_called_broken() {
    let pixels = vec![0; 32 * 32 * 4];
    let float = [entries(&[32], &[32], &[1]), vec![(339, &[3][..])]].concat();
    let long = entries(&[32], &[32], &[1]);
    let lab = entries(&[32], &[8], &[8]);
    let palette = entries(&[32], &[8], &[3]);
    let zstd: Vec<(u16, &[u32])> = entries(&[32], &[8], &[1])
        .into_iter()
        .map(|(tag, values)| if tag == 259 { (tag, &[50_000][..]) } else { (tag, values) })
        .collect();
    for (name, entries) in [("float", float), ("long", long), ("lab", lab), ("palette", palette), ("zstd", zstd)] {
        let reason = try_render(&tiff_by_hand(&[(&entries, &pixels)]), &[recipe(Format::Jpeg, 32, 32)])
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(reason.starts_with("it is a TIFF of a kind that is not read ("), "{name}: {reason}");
        assert!(reason.contains("save it with 8 or 16 bits of grey, RGB or CMYK"), "{name}: {reason}");
    }
}
