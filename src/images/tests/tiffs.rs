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

/// A little TIFF of one strip: the samples of one pixel again and again.
fn flat(photometric: u32, bits: u32, extra: &[u32], compression: u32, pixel: &[u8]) -> Vec<u8> {
    let samples = [pixel.len() as u32 * 8 / bits];
    let depths = vec![bits; samples[0] as usize];
    let (photometric, compression) = ([photometric], [compression]);
    let mut entries: Vec<(u16, &[u32])> =
        vec![(256, &[16]), (257, &[16]), (258, &depths), (259, &compression), (262, &photometric), (277, &samples)];
    entries.push((278, &[16]));
    if !extra.is_empty() {
        entries.push((338, extra));
    }
    tiff_by_hand(&[(&entries, &pixel.repeat(256))])
}

/// The colour of the picture's middle.
fn middle(source: &[u8]) -> [u8; 4] {
    seen(source).at(8, 8)
}

#[test]
fn colours_that_were_multiplied_by_their_alpha_come_back() {
    // A quarter of 200, 100 and 48.
    assert_eq!(middle(&flat(2, 8, &[2], 1, &[50, 25, 12, 64])), [50, 25, 12, 64]);
    let [r, g, b, alpha] = middle(&flat(2, 8, &[1], 1, &[50, 25, 12, 64]));
    assert!(near([r, g, b, alpha], [199, 100, 48, 64], 1), "{r} {g} {b} {alpha}");
    let deep: Vec<u8> = [12_850u16, 6_425, 3_084, 16_448].into_iter().flat_map(u16::to_le_bytes).collect();
    let got = middle(&flat(2, 16, &[1], 1, &deep));
    assert!(near(got, [199, 100, 48, 64], 1), "{got:?}");
}

#[test]
fn grey_with_alpha_is_read_and_a_channel_of_another_use_is_not_seen() {
    assert_eq!(middle(&flat(1, 8, &[2], 1, &[100, 64])), [100, 100, 100, 64]);
    assert_eq!(middle(&flat(1, 16, &[2], 1, &[0, 100, 0, 64])), [100, 100, 100, 64]);
    assert_eq!(middle(&flat(1, 8, &[1], 1, &[25, 64])), [100, 100, 100, 64]);
    assert_eq!(middle(&flat(1, 8, &[0], 1, &[100, 64])), [100, 100, 100, 255]);
}

fn refusal(source: &[u8]) -> String {
    try_render(source, &[recipe(Format::Jpeg, 16, 16)]).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn transparent_inks_are_refused_and_opaque_ones_read() {
    for bits in [8, 16] {
        let wide = |pixel: [u8; 5]| -> Vec<u8> { pixel.iter().flat_map(|s| vec![*s; bits as usize / 8]).collect() };
        let opaque = middle(&flat(5, bits, &[2], 1, &wide([255, 0, 0, 0, 255])));
        assert!(near(opaque, [0, 158, 224, 255], 1), "{opaque:?}");
        let reason = refusal(&flat(5, bits, &[2], 1, &wide([255, 0, 0, 0, 128])));
        assert!(reason.contains("(CMYK with transparency)"), "{reason}");
    }
}

#[test]
fn five_samples_of_sixteen_bits_are_not_above_the_limits() {
    // Above 64 MiB, where the limit grows with the picture.
    let side = [2700u32];
    let entries: Vec<(u16, &[u32])> = vec![
        (256, &side),
        (257, &side),
        (258, &[16; 5]),
        (259, &[1]),
        (262, &[5]),
        (277, &[5]),
        (278, &side),
        (338, &[2]),
    ];
    let source = tiff_by_hand(&[(&entries, &vec![255; 2700 * 2700 * 10])]);
    rendered(&source, &[recipe(Format::Jpeg, 16, 16)]);
}

#[test]
fn a_channel_of_another_use_beside_colours_is_not_seen_or_refused() {
    assert_eq!(middle(&flat(2, 8, &[0], 1, &[200, 100, 50, 7])), [200, 100, 50, 255]);
    // Each row as differences from one pixel to the next.
    let differences: Vec<u8> = (0..16).flat_map(|_| [&[200, 100, 50, 7][..], &[0; 60]].concat()).collect();
    let entries: [(u16, &[u32]); 9] = [
        (256, &[16]),
        (257, &[16]),
        (258, &[8; 4]),
        (259, &[1]),
        (262, &[2]),
        (277, &[4]),
        (278, &[16]),
        (317, &[2]),
        (338, &[0]),
    ];
    let reason = refusal(&tiff_by_hand(&[(&entries, &differences)]));
    assert!(reason.contains("(channels beside the colours, compressed with a predictor)"), "{reason}");
}

#[test]
fn jpeg_inside_tiff_is_refused_by_name() {
    for compression in [6, 7] {
        let reason = refusal(&flat(2, 8, &[], compression, &[1, 2, 3]));
        assert!(reason.starts_with("it is a TIFF of a kind that is not read (JPEG inside TIFF);"), "{reason}");
    }
}
