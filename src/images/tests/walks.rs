//! What every source and every format have in common.

use super::make::{colour_jpeg, jpeg, png, quarters, tiff, webp};
use super::*;
use image::ExtendedColorType::{Rgb8, Rgb16, Rgba8};

#[test]
fn all_eight_orientations_come_out_upright() {
    // The colours of the quarters, clockwise from above left, once the orientation is applied.
    const RED: [u8; 4] = [220, 38, 30, 255];
    const GREEN: [u8; 4] = [30, 200, 38, 255];
    const BLUE: [u8; 4] = [38, 30, 220, 255];
    const GREY: [u8; 4] = [60, 60, 68, 255];
    let source = colour_jpeg(320, 160);
    for (orientation, corners) in [
        (1, [RED, GREEN, GREY, BLUE]),
        (2, [GREEN, RED, BLUE, GREY]),
        (3, [GREY, BLUE, RED, GREEN]),
        (4, [BLUE, GREY, GREEN, RED]),
        (5, [RED, BLUE, GREY, GREEN]),
        (6, [BLUE, RED, GREEN, GREY]),
        (7, [GREY, GREEN, RED, BLUE]),
        (8, [GREEN, GREY, BLUE, RED]),
    ] {
        let source = Source { bytes: &source, orientation };
        let header = inspect(&source, &Limits::default()).unwrap();
        let upright = if orientation < 5 { (320, 160) } else { (160, 320) };
        assert_eq!((header.width, header.height), upright);
        for by in [1, 4] {
            let (width, height) = (header.width / by, header.height / by);
            let recipes: Vec<Recipe> = encoders_available().iter().map(|f| recipe(*f, width, height)).collect();
            let made = render(&source, &recipes, &Limits::default(), &mut Scratch::new()).unwrap();
            for encoded in &made.encoded {
                let seen = seen(encoded);
                assert_eq!((seen.width, seen.height), (width as usize, height as usize));
                let (left, right) = (seen.width / 4, seen.width * 3 / 4);
                let (top, bottom) = (seen.height / 4, seen.height * 3 / 4);
                for ((x, y), colour) in
                    [(left, top), (right, top), (right, bottom), (left, bottom)].into_iter().zip(corners)
                {
                    assert!(near(seen.at(x, y), colour, 22), "{orientation} {x},{y}: {:?}", seen.at(x, y));
                }
            }
        }
    }
}

#[test]
fn equal_pixels_look_alike_from_every_kind_of_source() {
    let pixels = quarters(80, 60);
    let deep: Vec<u8> = pixels.iter().flat_map(|sample| (u16::from(*sample) * 257).to_ne_bytes()).collect();
    let mut sources = vec![
        ("png", png(80, 60, &pixels, Rgb8)),
        ("deep png", png(80, 60, &deep, Rgb16)),
        ("tiff", tiff(80, 60, &pixels, Rgb8)),
        ("deep tiff", tiff(80, 60, &deep, Rgb16)),
        ("webp", webp(80, 60, &pixels, Rgb8)),
    ];
    if encoders_available().contains(&Format::Avif) {
        let avif = rendered(&sources[0].1, &[recipe(Format::Avif, 80, 60)]).encoded.remove(0);
        sources.push(("avif", avif));
    }
    for (name, source) in sources {
        let recipes: Vec<Recipe> = encoders_available().iter().map(|format| recipe(*format, 40, 30)).collect();
        for (encoded, recipe) in rendered(&source, &recipes).encoded.iter().zip(&recipes) {
            let seen = seen(encoded);
            for (x, y, colour) in [
                (10, 8, [220, 38, 30, 255]),
                (30, 8, [30, 200, 38, 255]),
                (10, 22, [38, 30, 220, 255]),
                (30, 22, [60, 60, 68, 255]),
            ] {
                assert!(near(seen.at(x, y), colour, 20), "{name} {:?} {x},{y}: {:?}", recipe.format, seen.at(x, y));
            }
        }
    }
}

#[test]
fn a_truncated_file_of_any_kind_is_broken() {
    let pixels = quarters(80, 60);
    let mut sources = vec![png(80, 60, &pixels, Rgb8), tiff(80, 60, &pixels, Rgb8), webp(80, 60, &pixels, Rgb8)];
    let written = rendered(&sources[0], &encoders_available().iter().map(|f| recipe(*f, 80, 60)).collect::<Vec<_>>());
    sources.extend(written.encoded);
    for source in sources {
        for length in (0..source.len()).step_by(29).chain(source.len() - 8..source.len()) {
            let result = try_render(&source[..length], &[recipe(Format::Jpeg, 20, 15)]);
            // Pixels come first in a TIFF of this writer; what follows is its directory, without which it is nothing.
            assert!(result.is_err(), "{:?}: {length} of {}", sniff(&source), source.len());
        }
    }
}

#[test]
fn transparency_is_kept_where_it_can_be_and_lies_on_the_background_elsewhere() {
    // The left half is transparent, though its hidden colour is green.
    let pixels: Vec<u8> =
        (0..64 * 64).flat_map(|at| if at % 64 < 32 { [0, 255, 0, 0] } else { [200, 30, 30, 255] }).collect();
    for source in [png(64, 64, &pixels, Rgba8), webp(64, 64, &pixels, Rgba8), tiff(64, 64, &pixels, Rgba8)] {
        for format in encoders_available() {
            let wanted = Recipe { background: [10, 20, 250], ..recipe(*format, 32, 32) };
            let seen = seen(&rendered(&source, &[wanted]).encoded[0]);
            let left = seen.at(6, 16);
            if *format == Format::Jpeg {
                assert!(near(left, [10, 20, 250, 255], 12), "{left:?}");
            } else {
                assert!(left[3] < 6, "{format:?} {left:?}");
            }
            assert!(near(seen.at(26, 16), [200, 30, 30, 255], 14), "{format:?} {:?}", seen.at(26, 16));
        }
    }
}

#[test]
fn an_avif_source_keeps_its_alpha() {
    if !encoders_available().contains(&Format::Avif) {
        return;
    }
    let pixels: Vec<u8> = (0..64 * 64).flat_map(|at| [200, 30, 30, if at % 64 < 32 { 0 } else { 255 }]).collect();
    let avif = rendered(&png(64, 64, &pixels, Rgba8), &[recipe(Format::Avif, 64, 64)]).encoded.remove(0);
    let seen = seen(&rendered(&avif, &[recipe(Format::Webp, 64, 64)]).encoded[0]);
    assert!(seen.at(8, 32)[3] < 6 && seen.at(56, 32)[3] > 249);
}

#[test]
fn an_avif_whose_colours_were_multiplied_by_their_alpha_gets_them_back() {
    if !encoders_available().contains(&Format::Avif) {
        return;
    }
    let pixels = [50, 25, 12, 64].repeat(64 * 64);
    let avif = rendered(&png(64, 64, &pixels, Rgba8), &[recipe(Format::Avif, 64, 64)]).encoded.remove(0);
    // A reference of another kind beside the one from alpha to colour, and everything behind it moves.
    let kind = avif.windows(4).position(|word| word == b"auxl").unwrap();
    let at = kind + 10;
    let mut multiplied = [&avif[..at], b"\0\0\0\x0eprem\0\x01\0\x01\0\x02", &avif[at..]].concat();
    let mut add = |at: usize| {
        let word: [u8; 4] = multiplied[at..at + 4].try_into().unwrap();
        multiplied[at..at + 4].copy_from_slice(&(u32::from_be_bytes(word) + 14).to_be_bytes());
    };
    let position = |name: &[u8; 4]| avif.windows(4).position(|word| word == name).unwrap();
    add(position(b"meta") - 4);
    add(position(b"iref") - 4);
    // Each item's offset.
    add(position(b"iloc") + 18);
    add(position(b"iloc") + 32);
    assert!(near(seen(&avif).at(32, 32), [50, 25, 12, 64], 3), "{:?}", seen(&avif).at(32, 32));
    assert!(near(seen(&multiplied).at(32, 32), [199, 100, 48, 64], 12), "{:?}", seen(&multiplied).at(32, 32));
}

#[test]
fn what_nobody_sees_does_not_colour_what_is_seen() {
    // Opaque red from the third pixel of a four on; what is transparent has a hidden green.
    let pixels: Vec<u8> =
        (0..64 * 64).flat_map(|at| if at % 64 < 35 { [0, 255, 0, 0] } else { [200, 30, 30, 255] }).collect();
    let source = png(64, 64, &pixels, Rgba8);
    for format in [Format::Avif, Format::Webp].into_iter().filter(|format| encoders_available().contains(format)) {
        let seen = seen(&rendered(&source, &[recipe(format, 64, 64)]).encoded[0]);
        for x in 35..64 {
            assert!(near(seen.at(x, 32), [200, 30, 30, 255], 20), "{format:?} {x}: {:?}", seen.at(x, 32));
        }
        assert!((0..30).all(|x| seen.at(x, 32)[1] < 30), "{format:?}: {:?}", seen.at(10, 32));
    }
}

#[test]
fn alpha_that_hides_nothing_is_dropped() {
    let opaque: Vec<u8> = quarters(64, 48).as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let recipes: Vec<Recipe> = encoders_available().iter().map(|format| recipe(*format, 32, 24)).collect();
    let plain = rendered(&png(64, 48, &quarters(64, 48), Rgb8), &recipes);
    let made = rendered(&png(64, 48, &opaque, Rgba8), &recipes);
    for (encoded, plain) in made.encoded.iter().zip(&plain.encoded) {
        assert!(encoded.len() <= plain.len() + 40);
        assert!(seen(encoded).rgba.iter().all(|pixel| pixel[3] == 255));
    }
}

#[test]
fn the_same_source_gives_the_same_bytes_whatever_was_made_before() {
    let source = colour_jpeg(333, 222);
    let recipes: Vec<Recipe> = encoders_available()
        .iter()
        .flat_map(|format| [recipe(*format, 300, 200), recipe(*format, 150, 100), recipe(*format, 33, 22)])
        .collect();
    let mut used = Scratch::new();
    render(
        &Source { bytes: &colour_jpeg(700, 500), orientation: 6 },
        &[recipe(Format::Jpeg, 500, 700)],
        &Limits::default(),
        &mut used,
    )
    .unwrap();
    let first = render(&Source { bytes: &source, orientation: 1 }, &recipes, &Limits::default(), &mut used).unwrap();
    assert_eq!(first, rendered(&source, &recipes));
}

#[test]
fn nothing_is_enlarged() {
    let error = try_render(&colour_jpeg(64, 48), &[recipe(Format::Jpeg, 65, 48)]).unwrap_err();
    assert_eq!(error.reason(), "a size of 65×48 was asked for, and it has 64×48");
}

#[test]
fn a_preview_card_fits_its_bytes() {
    let noise: Vec<u8> = (0..200u32 * 150 * 3).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let source = png(200, 150, &noise, Rgb8);
    let free = rendered(&source, &[recipe(Format::Jpeg, 200, 150)]).encoded.remove(0);
    let most = free.len() as u32 / 2;
    let wanted = Recipe { max_bytes: Some(most), ..recipe(Format::Jpeg, 200, 150) };
    let card = rendered(&source, std::slice::from_ref(&wanted)).encoded.remove(0);
    assert!(card.len() <= most as usize && card.len() > most as usize / 4, "{} of {most}", card.len());
    let error = try_render(&source, &[Recipe { max_bytes: Some(100), ..wanted }]).unwrap_err();
    assert_eq!(error.reason(), "its JPEG does not fit into 100 bytes at any quality");
}

#[test]
fn no_metadata_and_no_profile_leave_with_the_pixels() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let how = make::Jpeg { channels: 3, sampling: 2, icc: Some(&icc), ..make::Jpeg::default() };
    let source = jpeg(64, 48, &quarters(64, 48), how);
    let recipes: Vec<Recipe> = encoders_available().iter().map(|format| recipe(*format, 64, 48)).collect();
    for encoded in rendered(&source, &recipes).encoded {
        for word in [&b"ICC_PROFILE"[..], b"ICCP", b"prof", b"Exif", b"http"] {
            assert!(!encoded.windows(word.len()).any(|window| window == word), "{word:?}");
        }
    }
}

#[test]
fn the_colour_that_stands_in_is_the_mean_in_linear_light() {
    // Black and white in equal parts: 186 in gamma space, not 128.
    let pixels: Vec<u8> = (0..64 * 64).flat_map(|at| if at % 64 < 32 { [0; 3] } else { [255; 3] }).collect();
    let made = rendered(&png(64, 64, &pixels, Rgb8), &[recipe(Format::Jpeg, 64, 64)]);
    assert!(made.colour.iter().all(|value| value.abs_diff(186) <= 3), "{:?}", made.colour);
}

#[test]
fn no_recipe_still_looks_at_every_pixel() {
    let source = colour_jpeg(320, 240);
    assert!(rendered(&source, &[]).encoded.is_empty());
    assert!(try_render(&source[..source.len() - 300], &[]).is_err());
}
