//! What every source and every format have in common.

use super::make::{colour_jpeg, jpeg, png, quarters, tiff, webp, with_chunk};
use super::*;
use image::ExtendedColorType::{La8, Rgb8, Rgb16, Rgba8, Rgba16};

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
        let upright = if orientation < 5 { (320, 160) } else { (160, 320) };
        for by in [1, 4] {
            let (width, height) = (upright.0 / by, upright.1 / by);
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
            assert!(result.is_err(), "{:?}: {length} of {}", sniff(&source, ""), source.len());
        }
    }
}

/// An AVIF with alpha, which no recipe asks for.
#[cfg(feature = "avif")]
fn transparent_avif(width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
    let picture = picture::Picture::eight(width, height, Layout::Rgba, pixels.to_vec()).unwrap();
    let mut planes = avif::planes(&picture, &mut Scratch::new()).unwrap();
    avif::encode(&mut planes, width, height, 10).unwrap()
}

/// A picture whose left half is transparent, though its hidden colour is green, in every format that has transparency.
fn half_transparent() -> Vec<(&'static str, Vec<u8>)> {
    let eight = |at| if at % 64 < 32 { [0, 255, 0, 0] } else { [200, 30, 30, 255] };
    let pixels: Vec<u8> = (0..64 * 64).flat_map(eight).collect();
    let deep: Vec<u8> = pixels.iter().flat_map(|sample| (u16::from(*sample) * 257).to_ne_bytes()).collect();
    let opaque: Vec<u8> = pixels.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
    vec![
        ("PNG", png(64, 64, &pixels, Rgba8)),
        ("PNG of sixteen bits", png(64, 64, &deep, Rgba16)),
        // One colour that counts as transparent.
        ("PNG with a key", with_chunk(&png(64, 64, &opaque, Rgb8), b"tRNS", &[0, 0, 0, 255, 0, 0])),
        ("lossless WebP", webp(64, 64, &pixels, Rgba8)),
        ("TIFF", tiff(64, 64, &pixels, Rgba8)),
        #[cfg(feature = "avif")]
        ("AVIF", transparent_avif(64, 64, &pixels)),
    ]
}

#[test]
fn what_is_transparent_lies_on_the_background_in_every_format_alike() {
    for (name, source) in half_transparent() {
        assert_eq!(seen(&source).at(6, 32)[3], 0, "{name}");
        for format in encoders_available() {
            let wanted = Recipe { background: [10, 20, 250], ..recipe(*format, 32, 32) };
            let made = rendered(&source, &[wanted]);
            let seen = seen(&made.encoded[0]);
            assert!(seen.rgba.iter().all(|pixel| pixel[3] == 255), "{name} {format:?}");
            // To the very edge: nothing hidden bleeds into what is seen.
            for (x, colour) in
                [(6, [10, 20, 250, 255]), (13, [10, 20, 250, 255]), (18, [200, 30, 30, 255]), (26, [200, 30, 30, 255])]
            {
                assert!(near(seen.at(x, 16), colour, 24), "{name} {format:?} {x}: {:?}", seen.at(x, 16));
            }
            // The mean of both in linear light.
            let [r, g, b] = made.colour;
            assert!(near([r, g, b, 0], [147, 26, 184, 0], 6), "{name} {format:?}: {:?}", made.colour);
        }
    }
}

#[test]
fn black_lines_on_nothing_are_black_on_the_background() {
    let lines: Vec<u8> = (0..64 * 64).flat_map(|at| if at % 16 == 0 { [0, 0, 0, 255] } else { [0; 4] }).collect();
    let greys: Vec<u8> = lines.as_chunks::<4>().0.iter().flat_map(|[grey, _, _, alpha]| [*grey, *alpha]).collect();
    let recipes: Vec<Recipe> = encoders_available().iter().map(|format| recipe(*format, 64, 64)).collect();
    for source in [png(64, 64, &lines, Rgba8), png(64, 64, &greys, La8), webp(64, 64, &lines, Rgba8)] {
        let made = rendered(&source, &recipes);
        for encoded in &made.encoded {
            let seen = seen(encoded);
            assert!(seen.at(8, 32)[0] > 240 && seen.at(16, 32)[0] < 60, "{:?} {:?}", seen.at(8, 32), seen.at(16, 32));
        }
        assert!(made.colour.iter().all(|channel| *channel > 230), "{:?}", made.colour);
    }
}

#[cfg(feature = "avif")]
#[test]
fn an_avif_whose_colours_were_multiplied_by_their_alpha_gets_them_back() {
    let avif = transparent_avif(64, 64, &[50, 25, 12, 64].repeat(64 * 64));
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
