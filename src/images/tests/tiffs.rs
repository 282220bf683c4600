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
    let header = crate::formats::probe(&source, "a.tif", &crate::formats::Limits::default()).unwrap();
    assert_eq!((header.width, header.height), (64, 64));
    let seen = seen(&rendered(&source, &[recipe(Format::Jpeg, 64, 64)]).encoded[0]);
    assert!(near(seen.at(30, 30), [200, 200, 200, 255], 2), "{:?}", seen.at(30, 30));
    // Nothing but thumbnails: then the first is all there is.
    let alone = tiff_by_hand(&[(&thumbnail, &small)]);
    assert_eq!(crate::formats::probe(&alone, "a.tif", &crate::formats::Limits::default()).unwrap().width, 8);
    rendered(&alone, &[recipe(Format::Jpeg, 8, 8)]);
}

#[test]
fn whole_files_of_another_kind_are_not_called_broken() {
    let pixels = vec![0; 32 * 32 * 4];
    let float = [entries(&[32], &[32], &[1]), vec![(339, &[3][..])]].concat();
    let long = entries(&[32], &[32], &[1]);
    let lab = entries(&[32], &[8], &[8]);
    let inks = entries(&[32], &[4], &[5]);
    let zstd: Vec<(u16, &[u32])> = entries(&[32], &[8], &[1])
        .into_iter()
        .map(|(tag, values)| if tag == 259 { (tag, &[50_000][..]) } else { (tag, values) })
        .collect();
    for (name, entries) in [("float", float), ("long", long), ("lab", lab), ("inks", inks), ("zstd", zstd)] {
        let reason = try_render(&tiff_by_hand(&[(&entries, &pixels)]), &[recipe(Format::Jpeg, 32, 32)])
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(reason.starts_with("it is an unsupported kind of TIFF ("), "{name}: {reason}");
        assert!(reason.contains("save it as grey, RGB or CMYK with 8 or 16 bits"), "{name}: {reason}");
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
fn jpeg_inside_tiff_in_its_old_form_is_refused_by_name() {
    let reason = refusal(&flat(2, 8, &[], 6, &[1, 2, 3]));
    let named = "it is an unsupported kind of TIFF (JPEG inside TIFF, in its old form);";
    assert!(reason.starts_with(named), "{reason}");
}

/// Values of so many bits, rows beginning with a byte of their own.
fn pack(values: &[u32], width: usize, bits: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for row in values.chunks(width) {
        let (mut word, mut held) = (0u64, 0);
        for value in row {
            word = word << bits | u64::from(*value);
            held += bits;
            while held >= 8 {
                held -= 8;
                out.push((word >> held) as u8);
            }
        }
        if held > 0 {
            out.push((word << (8 - held)) as u8);
        }
    }
    out
}

/// As TIFF numbers the ways of packing bytes.
fn compress(bytes: &[u8], how: u32) -> Vec<u8> {
    use std::io::Write;
    match how {
        // LZW of single bytes, begun anew before the codes grow.
        5 => {
            let codes =
                bytes.chunks(200).flat_map(|part| [256].into_iter().chain(part.iter().map(|byte| u32::from(*byte))));
            pack(&codes.chain([257]).collect::<Vec<_>>(), usize::MAX, 9)
        }
        8 => {
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        32_773 => bytes.chunks(100).flat_map(|part| [&[part.len() as u8 - 1], part].concat()).collect(),
        _ => bytes.to_vec(),
    }
}

/// All values of so many bits, in an odd width.
fn steps(bits: u32) -> Vec<u32> {
    (0..37u32 * 20).map(|at| (at % 37 + at / 37) & ((1 << bits) - 1)).collect()
}

#[test]
fn grey_of_few_bits_is_read_however_it_is_packed() {
    for (bits, white_at_zero, how) in (1..8u32).flat_map(|bits| {
        [false, true].into_iter().flat_map(move |white| [1, 5, 8, 32_773].map(|how| (bits, white, how)))
    }) {
        let values = steps(bits);
        let data = pack(&values, 37, bits);
        // The last of two strips is lower.
        let row = data.len() / 20;
        let strips = [compress(&data[..12 * row], how), compress(&data[12 * row..], how)];
        let photometric = [u32::from(!white_at_zero)];
        let (bits_entry, compression) = ([bits], [how]);
        let entries: [(u16, &[u32]); 7] = [
            (256, &[37]),
            (257, &[20]),
            (258, &bits_entry),
            (259, &compression),
            (262, &photometric),
            (277, &[1]),
            (278, &[12]),
        ];
        let seen = seen(&super::make::tiff_in_pieces(&entries, &strips, false));
        let last = (1 << bits) - 1;
        for (at, value) in values.iter().enumerate() {
            let shade = (f64::from(*value) * 255.0 / f64::from(last)).round() as u8;
            let shade = if white_at_zero { 255 - shade } else { shade };
            assert_eq!(seen.at(at % 37, at / 37), [shade, shade, shade, 255], "{bits} {white_at_zero} {how} {at}");
        }
    }
}

#[test]
fn palettes_are_read_in_strips_and_in_tiles() {
    for bits in [1, 2, 4, 8u32] {
        for (eight_bit_map, big_endian) in [(false, false), (true, false), (false, true)] {
            let count = 1u32 << bits;
            let colour = |value: u32| [value * 251 % 256, value * 13 % 256, 255 - value % 256];
            let scale = if eight_bit_map { 1 } else { 257 };
            let map: Vec<u32> =
                (0..3).flat_map(|channel| (0..count).map(move |value| colour(value)[channel] * scale)).collect();
            let values = steps(bits);
            let bits_entry = [bits];
            let mut entries: Vec<(u16, &[u32])> = vec![
                (256, &[37]),
                (257, &[20]),
                (258, &bits_entry),
                (259, &[1]),
                (262, &[3]),
                (277, &[1]),
                (320, &map),
            ];
            let strip = super::make::tiff_in_pieces(
                &[&entries[..], &[(278, &[20])]].concat(),
                &[pack(&values, 37, bits)],
                false,
            );
            // Tiles of 32 by 16, two by two, filled up beyond the edges.
            let tile = |left: usize, top: usize| {
                let value = |x: usize, y: usize| if x < 37 && y < 20 { values[y * 37 + x] } else { 0 };
                let inside: Vec<u32> = (0..16).flat_map(|y| (0..32).map(move |x| value(left + x, top + y))).collect();
                pack(&inside, 32, bits)
            };
            entries.extend([(322, &[32][..]), (323, &[16][..])]);
            let tiles = [tile(0, 0), tile(32, 0), tile(0, 16), tile(32, 16)];
            let mut sources = vec![super::make::tiff_in_pieces(&entries, &tiles, true)];
            if !big_endian {
                sources.push(strip);
            }
            for source in sources {
                let header = crate::formats::probe(&source, "a.tif", &crate::formats::Limits::default()).unwrap();
                assert_eq!((header.width, header.channels, header.bits), (37, 3, 8));
                let seen = seen(&source);
                for (at, value) in values.iter().enumerate() {
                    let [r, g, b] = colour(*value).map(|channel| channel as u8);
                    assert_eq!(seen.at(at % 37, at / 37), [r, g, b, 255], "{bits} {eight_bit_map} {at}");
                }
            }
        }
    }
    let short: [(u16, &[u32]); 7] =
        [(256, &[16]), (257, &[16]), (258, &[8]), (259, &[1]), (262, &[3]), (277, &[1]), (320, &[1, 2, 3])];
    assert!(refusal(&tiff_by_hand(&[(&short, &[0; 256])])).contains("palette"));
}

#[test]
fn fax_data_and_bytes_turned_round_are_read() {
    // Left half white, right half black: a row of both runs, and rows like the one above.
    let mut code = "001".to_owned() + "101010" + "0000010111" + &"11".repeat(31) + "000000000001000000000001";
    code.extend(std::iter::repeat_n('0', (8 - code.len() % 8) % 8));
    let fax: Vec<u8> =
        code.as_bytes().chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'))).collect();
    let rows = pack(&(0..32 * 32).map(|at| u32::from(at % 32 >= 16)).collect::<Vec<_>>(), 32, 1);
    for (compression, data) in [([4], &fax), ([1], &rows)] {
        for lowest_first in [false, true] {
            let turned = data.iter().map(|byte| if lowest_first { byte.reverse_bits() } else { *byte });
            let data = [turned.collect::<Vec<u8>>()];
            let order = [1 + u32::from(lowest_first)];
            for (photometric, left) in [([0], 255), ([1], 0)] {
                for rows in [[32], [u32::MAX]] {
                    let entries: [(u16, &[u32]); 8] = [
                        (256, &[32]),
                        (257, &[32]),
                        (258, &[1]),
                        (259, &compression),
                        (262, &photometric),
                        (266, &order),
                        (277, &[1]),
                        (278, &rows),
                    ];
                    let seen = seen(&super::make::tiff_in_pieces(&entries, &data, false));
                    let shades = [0, 15, 16, 31].map(|x| seen.at(x, 20)[0]);
                    assert_eq!(shades, [left, left, 255 - left, 255 - left], "{compression:?} {order:?}");
                }
            }
        }
    }
    let cut = super::make::tiff_in_pieces(
        &[(256, &[32]), (257, &[32]), (258, &[1]), (259, &[4]), (262, &[0]), (277, &[1]), (278, &[32])],
        &[fax[..3].to_vec()],
        false,
    );
    assert!(refusal(&cut).contains("broken or truncated"));
}

/// The segments with tables of a JPEG, as a file of their own, and the file without them.
fn without_tables(jpeg: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut tables, mut rest) = (vec![0xFF, 0xD8], vec![0xFF, 0xD8]);
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let into = if matches!(jpeg[at + 1], 0xDB | 0xC4) { &mut tables } else { &mut rest };
        into.extend(&jpeg[at..end]);
        at = end;
    }
    rest.extend(&jpeg[at..]);
    tables.extend([0xFF, 0xD9]);
    (tables, rest)
}

#[test]
fn jpeg_inside_tiff_is_read_and_its_damage_is_noticed() {
    use super::make::{Jpeg, jpeg, quarters, tiff_in_pieces};
    let (width, height) = (80usize, 48usize);
    let colours = quarters(width, height);
    let part = |channels: usize, left: usize, top: usize, wide: usize, high: usize| -> Vec<u8> {
        let at = |x: usize, y: usize| (y.min(height - 1) * width + x.min(width - 1)) * 3;
        let pixel = |x, y| colours[at(x, y)..at(x, y) + 3][..if channels == 4 { 3 } else { channels }].to_vec();
        let places = (top..top + high).flat_map(|y| (left..left + wide).map(move |x| (x, y)));
        places.flat_map(|(x, y)| if channels == 4 { [pixel(x, y), vec![0]].concat() } else { pixel(x, y) }).collect()
    };
    for (photometric, channels, rgb) in
        [(6u32, 3usize, false), (2, 3, true), (1, 1, false), (0, 1, false), (5, 4, false)]
    {
        let encode = |left, top, wide, high| {
            let sampling = if photometric == 6 { 2 } else { 1 };
            let how = Jpeg { channels, rgb, sampling, ..Jpeg::default() };
            jpeg(wide, high, &part(channels, left, top, wide, high), how)
        };
        // The other reader's picture of the same samples.
        let plain = tiff_in_pieces(
            &[
                (256, &[80]),
                (257, &[48]),
                (258, &vec![8; channels]),
                (259, &[1]),
                (262, &[if photometric == 6 { 2 } else { photometric }]),
                (277, &[channels as u32]),
                (278, &[48]),
            ],
            &[part(channels, 0, 0, width, height)],
            false,
        );
        let wanted = seen(&plain);
        let (photometric, depths, samples) = ([photometric], vec![8; channels], [channels as u32]);
        let common: Vec<(u16, &[u32])> =
            vec![(256, &[80]), (257, &[48]), (258, &depths), (259, &[7]), (262, &photometric), (277, &samples)];
        let strips = [encode(0, 0, 80, 32), encode(0, 32, 80, 16)];
        let tiles = [(0, 0), (32, 0), (64, 0), (0, 32), (32, 32), (64, 32)].map(|(x, y)| encode(x, y, 32, 32));
        let rows: (u16, &[u32]) = (278, &[32]);
        let tile: [(u16, &[u32]); 2] = [(322, &[32]), (323, &[32])];
        let of_strips = |strips: &[Vec<u8>]| tiff_in_pieces(&[&common[..], &[rows]].concat(), strips, false);
        let split = tiles.clone().map(|tile| without_tables(&tile));
        let tables: Vec<u32> = split[0].0.iter().map(|byte| u32::from(*byte)).collect();
        let shared = [&common[..], &tile, &[(347, &tables[..])]].concat();
        let bare = split.map(|(_, rest)| rest);
        for source in [
            of_strips(&strips),
            tiff_in_pieces(&[&common[..], &tile].concat(), &tiles, true),
            tiff_in_pieces(&shared, &bare, true),
        ] {
            let seen = seen(&source);
            for (x, y) in [(10, 10), (60, 10), (10, 40), (60, 40), (33, 30), (79, 47)] {
                assert!(near(seen.at(x, y), wanted.at(x, y), 14), "{photometric:?} {x},{y}: {:?}", seen.at(x, y));
            }
        }
        // Each piece is whole, or the picture is broken.
        let mut cut = strips.clone();
        cut[1].truncate(cut[1].len() * 2 / 3);
        assert!(refusal(&of_strips(&cut)).contains("JPEG data is broken"));
        let narrow = [encode(0, 0, 64, 32), encode(0, 32, 80, 16)];
        assert!(refusal(&of_strips(&narrow)).contains("the wrong size"));
    }
}
