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

#[test]
fn a_few_zeros_before_a_marker_do_not_matter_and_many_do() {
    let source = colour_jpeg(64, 48);
    let recipes = [recipe(Format::Jpeg, 64, 48)];
    let wanted = rendered(&source, &recipes).encoded;
    for marker in [0xDB, 0xC0, 0xDA] {
        let at = source.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
        let padded = |zeros| [&source[..at], &vec![0; zeros], &source[at..]].concat();
        assert_eq!(try_render(&padded(64), &recipes).unwrap().encoded, wanted, "{marker:x}");
        assert!(try_render(&padded(65), &recipes).is_err(), "{marker:x}");
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
    assert_eq!(error.reason(), "it is a JPEG of more than 100 scans");
}
