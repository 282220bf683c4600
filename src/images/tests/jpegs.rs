//! Every kind of JPEG that a folder of photographs may hold.

use super::make::{Jpeg, colour_jpeg, jpeg, quarters};
use super::*;

fn looks_like_the_quarters(bytes: &[u8]) {
    let seen = seen(&rendered(bytes, &[recipe(Format::Jpeg, 64, 48)]).encoded[0]);
    assert_eq!((seen.width, seen.height), (64, 48));
    for (x, y, colour) in [
        (10, 10, [220, 38, 30, 255]),
        (50, 10, [30, 200, 38, 255]),
        (10, 38, [38, 30, 220, 255]),
        (50, 38, [60, 60, 68, 255]),
    ] {
        assert!(near(seen.at(x, y), colour, 16), "{x},{y}: {:?}", seen.at(x, y));
    }
}

#[test]
fn every_way_of_writing_a_jpeg_gives_the_same_picture() {
    let base = Jpeg { channels: 3, sampling: 2, ..Jpeg::default() };
    for how in [
        base,
        Jpeg { sampling: 1, ..base },
        Jpeg { progressive: true, ..base },
        Jpeg { separate: true, ..base },
        Jpeg { restart_rows: 1, ..base },
        Jpeg { restart_rows: 1, progressive: true, ..base },
        Jpeg { rgb: true, sampling: 1, ..base },
    ] {
        // Large enough to be reduced while decoding, and odd.
        looks_like_the_quarters(&jpeg(331, 247, &quarters(331, 247), how));
        looks_like_the_quarters(&jpeg(64, 48, &quarters(64, 48), how));
    }
}

#[test]
fn grey_stays_grey() {
    let pixels: Vec<u8> = (0..96 * 64).map(|at| (at % 96) as u8 * 2).collect();
    let source = jpeg(96, 64, &pixels, Jpeg { channels: 1, ..Jpeg::default() });
    let recipes: Vec<Recipe> = encoders_available().iter().map(|format| recipe(*format, 96, 64)).collect();
    let made = rendered(&source, &recipes);
    for (encoded, recipe) in made.encoded.iter().zip(&recipes) {
        let seen = seen(encoded);
        for x in [0, 20, 48, 95] {
            let [r, g, b, _] = seen.at(x, 30);
            assert!(r == g && g == b && r.abs_diff(x as u8 * 2) <= 5, "{recipe:?} {x}: {r} {g} {b}");
        }
    }
    // One component in the frame header of the JPEG.
    let jpeg = &made.encoded[recipes.iter().position(|recipe| recipe.format == Format::Jpeg).unwrap()];
    assert_eq!(super::super::jpeg::read(jpeg, &Limits::default()).unwrap().components, 1);
}

#[test]
fn cmyk_is_read_with_adobe_inversion_and_without() {
    // Full cyan over full magenta, no profile.
    let inks: Vec<u8> = (0..32 * 32).flat_map(|at| if at < 512 { [255, 0, 0, 0] } else { [0, 255, 0, 0] }).collect();
    let inverted: Vec<u8> = inks.iter().map(|ink| 255 - ink).collect();
    for (pixels, adobe, ycck) in [(&inks, false, false), (&inverted, true, false), (&inverted, true, true)] {
        let source = jpeg(32, 32, pixels, Jpeg { channels: 4, adobe, ycck, ..Jpeg::default() });
        let seen = seen(&rendered(&source, &[recipe(Format::Jpeg, 32, 32)]).encoded[0]);
        assert!(near(seen.at(16, 4), [0, 158, 224, 255], 12), "{adobe} {ycck} {:?}", seen.at(16, 4));
        assert!(near(seen.at(16, 28), [226, 0, 122, 255], 12), "{adobe} {ycck} {:?}", seen.at(16, 28));
    }
}

#[test]
fn a_jpeg_cut_anywhere_is_broken() {
    let base = Jpeg { channels: 3, sampling: 2, ..Jpeg::default() };
    for how in
        [base, Jpeg { progressive: true, ..base }, Jpeg { separate: true, ..base }, Jpeg { restart_rows: 1, ..base }]
    {
        let whole = jpeg(160, 120, &quarters(160, 120), how);
        for length in (0..whole.len()).step_by(7).chain(whole.len() - 12..whole.len()) {
            let result = try_render(&whole[..length], &[recipe(Format::Jpeg, 32, 24)]);
            assert!(result.is_err(), "{length} of {}", whole.len());
        }
    }
}

#[test]
fn a_jpeg_whose_hole_is_filled_with_zeros_is_broken() {
    let mut source = colour_jpeg(320, 240);
    let half = source.len() / 2;
    source[half..].fill(0);
    assert!(try_render(&source, &[recipe(Format::Jpeg, 32, 24)]).is_err());
}

#[test]
fn what_follows_the_end_of_a_jpeg_does_not_matter() {
    let source = colour_jpeg(64, 48);
    let trailed = [&source[..], &colour_jpeg(16, 12), b"trailer"].concat();
    let recipes = [recipe(Format::Jpeg, 64, 48)];
    assert_eq!(rendered(&trailed, &recipes), rendered(&source, &recipes));
}

#[test]
fn a_missing_component_is_noticed_although_the_file_ends_well() {
    let source = jpeg(64, 48, &quarters(64, 48), Jpeg { channels: 3, separate: true, ..Jpeg::default() });
    // The last scan begins at the last start-of-scan marker.
    let last = source.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let shortened = [&source[..last], &[0xFF, 0xD9]].concat();
    let error = try_render(&shortened, &[recipe(Format::Jpeg, 64, 48)]).unwrap_err();
    assert!(error.reason().contains("component"), "{error}");
}

/// Sequential JPEGs of every arrangement, of a picture that fills each block.
fn sequential() -> Vec<Vec<u8>> {
    let base = Jpeg { channels: 3, sampling: 2, ..Jpeg::default() };
    let grey: Vec<u8> = (0..160 * 120).map(|at| (at % 160) as u8 ^ (at / 160) as u8).collect();
    let colours = quarters(160, 120);
    vec![
        jpeg(160, 120, &colours, base),
        jpeg(160, 120, &colours, Jpeg { sampling: 1, ..base }),
        jpeg(160, 120, &colours, Jpeg { separate: true, ..base }),
        jpeg(160, 120, &colours, Jpeg { restart_rows: 1, ..base }),
        jpeg(160, 120, &grey, Jpeg { channels: 1, ..base }),
    ]
}

/// Where each scan's data begins and the picture ends.
fn scans(source: &[u8]) -> (Vec<usize>, usize) {
    let begin = |at: usize| at + 2 + usize::from(u16::from_be_bytes([source[at + 2], source[at + 3]]));
    let pairs = source.windows(2).enumerate();
    (pairs.filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| begin(at)).collect(), source.len() - 2)
}

#[test]
fn what_a_sequential_scan_says_of_frequencies_does_not_matter() {
    let recipes = [recipe(Format::Jpeg, 64, 48)];
    for source in sequential() {
        let wanted = rendered(&source, &recipes);
        for said in [[0, 0, 0], [1, 5, 0], [63, 0, 0x21], [0, 63, 0x10]] {
            let mut odd = source.clone();
            for begin in scans(&source).0 {
                odd[begin - 3..begin].copy_from_slice(&said);
            }
            assert_eq!(rendered(&odd, &recipes), wanted, "{said:?}");
        }
    }
}

#[test]
fn padding_before_the_end_of_a_whole_picture_does_not_matter_however_long() {
    let recipes = [recipe(Format::Jpeg, 64, 48)];
    let progressive = Jpeg { channels: 3, progressive: true, ..Jpeg::default() };
    for source in sequential().into_iter().chain([jpeg(160, 120, &quarters(160, 120), progressive)]) {
        let wanted = rendered(&source, &recipes).encoded;
        let (_, end) = scans(&source);
        for padding in [vec![0; 300], vec![0; 70_000], vec![0xAA; 500], vec![b' '; 65], vec![0xFF; 400]] {
            let padded = [&source[..end], &padding, &source[end..], b"trailer"].concat();
            assert_eq!(rendered(&padded, &recipes).encoded, wanted, "{} of {:x}", padding.len(), padding[0]);
        }
        // Picture data that did not decode.
        let rest: Vec<u8> = (0..300u32).map(|at| (at * 7 % 251) as u8).collect();
        for junk in [&rest[..], &[&rest[..], &[0; 200]].concat()] {
            assert!(try_render(&[&source[..end], junk, &source[end..]].concat(), &recipes).is_err());
        }
    }
}

#[test]
fn a_hole_at_the_end_is_no_padding() {
    let recipes = [recipe(Format::Jpeg, 32, 24)];
    let refused = |bytes: &[u8], what: std::fmt::Arguments<'_>| assert!(try_render(bytes, &recipes).is_err(), "{what}");
    for (which, source) in sequential().into_iter().enumerate() {
        let (begin, end) = (scans(&source).0[0], scans(&source).1);
        for cut in (1..100).step_by(2).map(|percent| begin + (end - begin) * percent / 100) {
            for (fill, count) in [(0, source.len() - cut), (0, 20_000), (0x20, 40_000), (0xFF, 500)] {
                let hole = [&source[..cut], &vec![fill; count][..]].concat();
                refused(&hole, format_args!("{which}: {cut} of {end}, {count} of {fill:x} and no end"));
                // A few zeros may be the picture's own.
                if count > 100 {
                    let closed = [&hole[..], &[0xFF, 0xD9]].concat();
                    refused(&closed, format_args!("{which}: {cut} of {end}, {count} of {fill:x}"));
                }
            }
        }
        // Within the last row of blocks.
        for cut in end - 24..end {
            for zeros in [source.len() - cut, 20_000] {
                refused(&[&source[..cut], &vec![0; zeros][..]].concat(), format_args!("{which}: {cut}, {zeros}"));
            }
        }
    }
}

#[test]
fn stray_bytes_between_headers_are_passed_over_by_every_reader() {
    let source = [&colour_jpeg(64, 48)[..2], &[0xFF, 0xE1, 0, 6, 1, 2, 3, 4], &colour_jpeg(64, 48)[2..]].concat();
    let recipes = [recipe(Format::Jpeg, 64, 48)];
    let wanted = rendered(&source, &recipes).encoded;
    let limits = crate::formats::Limits::default();
    let probe = |bytes: &[u8]| crate::formats::probe(bytes, "a.jpg", &limits);
    let header = probe(&source).unwrap();
    let told = |bytes: &[u8]| crate::metadata::read(bytes, &header, &limits).1;
    assert_eq!(told(&source), [] as [String; 0]);
    for marker in [0xE0, 0xDB, 0xC0, 0xC4, 0xDA] {
        let at = source.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
        let with = |stray: &[u8]| [&source[..at], stray, &source[at..]].concat();
        let kinds = [[0, 0], [0xFF, 0], [b'A', b'z'], [0, 0xFF], [0xD9, 0xDA]];
        for stray in kinds.iter().flat_map(|kind| [1, 8, 100, 512].map(|times| kind.repeat(times))) {
            // What ends in FF is taken for the fill bytes of the marker.
            let count = stray.len() - usize::from(stray == [0, 0xFF]);
            let odd = with(&stray);
            assert_eq!(probe(&odd), Ok(header), "{marker:x} {stray:?}");
            assert_eq!(rendered(&odd, &recipes).encoded, wanted, "{marker:x} {stray:?}");
            if stray[1] != 0xFF {
                assert_eq!(told(&odd), [format!("{count} stray bytes between its headers were skipped")]);
            }
        }
        for lost in [vec![0; 1025], vec![b'A'; 5000], vec![0x55; 100_000]] {
            assert!(try_render(&with(&lost), &recipes).is_err(), "{marker:x}");
            assert!(probe(&with(&lost)).is_err() || marker == 0xC4 || marker == 0xDA, "{marker:x}");
        }
    }
    // Two gaps of one byte each.
    let second = source.windows(2).position(|pair| pair == [0xFF, 0xDB]).unwrap();
    let two = [&source[..10], b"A", &source[10..second], b"B", &source[second..]].concat();
    assert_eq!(told(&two), ["2 stray bytes between its headers were skipped"]);
}

#[test]
fn sides_above_the_limit_are_too_large_and_not_broken() {
    for (width, height, read) in [(65_500u16, 8u16, true), (65_501, 8, false), (8, 65_535, false)] {
        let mut source = jpeg(65_500, 8, &vec![90; 65_500 * 8], Jpeg { channels: 1, ..Jpeg::default() });
        let frame = source.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        source[frame + 5..frame + 9].copy_from_slice(&[height.to_be_bytes(), width.to_be_bytes()].concat());
        let probed = crate::formats::probe(&source, "a.jpg", &crate::formats::Limits::default());
        let done = try_render(&source, &[recipe(Format::Jpeg, 8, 8)]);
        assert_eq!((probed.is_ok(), done.is_ok()), (read, read));
        if !read {
            let reason = done.unwrap_err().to_string();
            assert!(reason.ends_with(", more than the limit of 65500 per side"), "{reason}");
            assert_eq!(probed.unwrap_err().to_string(), reason);
        }
    }
}

#[test]
fn a_flood_of_scans_is_refused() {
    let source = jpeg(64, 48, &quarters(64, 48), Jpeg { channels: 3, progressive: true, ..Jpeg::default() });
    let last = source.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let mut flood = source[..last].to_vec();
    for _ in 0..200 {
        flood.extend_from_slice(&source[last..source.len() - 2]);
    }
    flood.extend([0xFF, 0xD9]);
    let error = try_render(&flood, &[recipe(Format::Jpeg, 64, 48)]).unwrap_err();
    assert_eq!(error.reason(), "it is a JPEG with more than 100 scans");
}
