//! HEIC and JPEG XL, made by other programs (`fixtures/make.py`): four quarters in red, green, blue and grey.

use super::*;
use crate::formats::{Header, ProbeError, SourceFormat, oddities, probe};

const PLAIN: &[u8] = include_bytes!("fixtures/plain.heic");
const DEEP: &[u8] = include_bytes!("fixtures/deep.heic");
const ALPHA: &[u8] = include_bytes!("fixtures/alpha.heic");
const STREAM: &[u8] = include_bytes!("fixtures/stream.heic");
const GRID: &[u8] = include_bytes!("fixtures/grid.heic");
const TURNED: &[u8] = include_bytes!("fixtures/turned.heic");
const IDENTITY: &[u8] = include_bytes!("fixtures/identity.heic");
const JXL: &[u8] = include_bytes!("fixtures/plain.jxl");
const ALPHA_JXL: &[u8] = include_bytes!("fixtures/alpha.jxl");
const DEEP_JXL: &[u8] = include_bytes!("fixtures/deep.jxl");
const PQ_JXL: &[u8] = include_bytes!("fixtures/pq.jxl");
const ALL: [&[u8]; 11] = [PLAIN, DEEP, ALPHA, STREAM, GRID, TURNED, IDENTITY, JXL, ALPHA_JXL, DEEP_JXL, PQ_JXL];

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const GREY: [u8; 3] = [90, 90, 90];

fn header(bytes: &[u8]) -> Header {
    probe(bytes, "", &Limits::default()).unwrap()
}

/// The colours of the four quarters, left to right and top to bottom, must be these within a few steps.
fn assert_quarters(bytes: &[u8], wanted: [[u8; 3]; 4]) -> Pixels {
    let pixels = seen(bytes);
    let (width, height) = (pixels.width, pixels.height);
    let header = header(bytes);
    assert_eq!((width as u32, height as u32), header.displayed_size());
    let places = [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| (width * x / 4, height * y / 4));
    for ((x, y), wanted) in places.into_iter().zip(wanted) {
        let found = pixels.rgba[y * width + x];
        let differs = wanted.iter().zip(found).any(|(wanted, found)| wanted.abs_diff(found) > 6);
        assert!(!differs, "{found:?} at {x},{y} is not {wanted:?}");
    }
    pixels
}

#[test]
fn photos_of_telephones_are_seen_in_their_colours() {
    for bytes in [PLAIN, DEEP, STREAM, JXL, DEEP_JXL] {
        let pixels = assert_quarters(bytes, [RED, GREEN, BLUE, GREY]);
        assert_eq!((pixels.width, pixels.height), (64, if bytes == STREAM { 64 } else { 48 }));
    }
    assert_eq!((header(PLAIN).bits, header(DEEP).bits, header(DEEP_JXL).bits), (8, 10, 16));
    assert_eq!((header(PLAIN).format, header(JXL).format), (SourceFormat::Heic, SourceFormat::JpegXl));
}

#[test]
fn tiles_are_put_together_cropped_turned_and_mirrored() {
    for bytes in [GRID, IDENTITY] {
        let pixels = seen(bytes);
        assert_eq!((pixels.width, pixels.height), (100, 90));
        for ((x, y), wanted) in [((60, 60), RED), ((68, 60), GREEN), ((60, 68), BLUE), ((99, 89), GREY)] {
            let found = pixels.rgba[y * 100 + x];
            assert!(
                wanted.iter().zip(found).all(|(wanted, found)| wanted.abs_diff(found) <= 6),
                "{found:?} at {x},{y}"
            );
        }
    }
    // A quarter to the left puts green above red, the mirror puts them on the right.
    let pixels = seen(TURNED);
    assert_eq!((pixels.width, pixels.height), (60, 80));
    assert_eq!(header(TURNED).displayed_size(), (60, 80));
    for ((x, y), wanted) in [((5, 10), GREY), ((30, 10), GREEN), ((5, 60), BLUE), ((30, 60), RED)] {
        let found = pixels.rgba[y * 60 + x];
        assert!(wanted.iter().zip(found).all(|(wanted, found)| wanted.abs_diff(found) <= 6), "{found:?} at {x},{y}");
    }
}

#[test]
fn what_is_transparent_in_them_is() {
    for bytes in [ALPHA, ALPHA_JXL] {
        let pixels = seen(bytes);
        let alpha = |x: usize| pixels.rgba[20 * pixels.width + x][3];
        assert!(alpha(10) > 250 && alpha(50) < 5, "{} {}", alpha(10), alpha(50));
        assert!(header(bytes).has_alpha && header(bytes).may_be_transparent());
    }
}

#[test]
fn whatever_is_cut_off_ends_in_an_error_and_nothing_panics() {
    for bytes in ALL {
        // Boxes behind the pictures, and padding, may be missing.
        for length in (0..bytes.len() * 9 / 10).step_by(7) {
            let cut = &bytes[..length];
            assert!(look(cut, &Limits::default(), &mut Scratch::new()).is_err(), "{length} of {}", bytes.len());
            let _ = probe(cut, "a.heic", &Limits::default());
        }
        for at in (0..bytes.len()).step_by(5) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0x55;
            let _ = probe(&damaged, "a.heic", &Limits::default());
            let _ = look(&damaged, &Limits::default(), &mut Scratch::new());
        }
    }
}

#[test]
fn a_grid_that_promises_more_than_it_has_is_refused_before_memory_is_taken() {
    // The canvas of 100 by 90 becomes one of 17,000 by 17,000, in the grid and in its `ispe`.
    let mut bomb = GRID.to_vec();
    for (small, large) in [
        ([0, 100, 0, 90].as_slice(), [0x42, 0x68, 0x42, 0x68].as_slice()),
        (&[0, 0, 0, 100, 0, 0, 0, 90], &[0, 0, 0x42, 0x68, 0, 0, 0x42, 0x68]),
    ] {
        let at = bomb.windows(small.len()).position(|window| window == small).unwrap();
        bomb[at..at + small.len()].copy_from_slice(large);
    }
    let refused = probe(&bomb, "a.heic", &Limits::default());
    assert!(matches!(refused, Err(ProbeError::Damaged(..))), "{refused:?}");
    assert!(look(&bomb, &Limits::default(), &mut Scratch::new()).is_err());
}

#[test]
fn a_property_that_is_no_property_is_passed_over() {
    // Some telephones write a place of 0 among an item's properties, which counts from 1.
    let mut odd = PLAIN.to_vec();
    let at = odd.windows(4).position(|window| window == b"ipma").unwrap() - 4;
    let length = usize::try_from(u32::from_be_bytes(odd[at..at + 4].try_into().unwrap())).unwrap();
    let last = &mut odd[at + length - 1];
    assert_eq!(*last & 0x7f, 4, "the bits for each channel, which are not needed");
    *last = 0x80;
    assert_eq!(seen(&odd), seen(PLAIN));
}

#[test]
fn a_sequence_shows_its_first_picture_and_says_so() {
    let mut sequence = PLAIN.to_vec();
    let at = sequence.windows(4).position(|window| window == b"mif1").unwrap();
    sequence[at..at + 4].copy_from_slice(b"msf1");
    assert_eq!(oddities(&sequence, header(&sequence).format).len(), 1);
    assert_eq!(oddities(PLAIN, SourceFormat::Heic), [] as [&str; 0]);
}

#[test]
fn brighter_pictures_are_mapped_to_what_screens_show() {
    // How they are seen in Chromium is looked at by `tests/browser/bright.mjs`.
    let pq: &[&[u8]] = &[include_bytes!("fixtures/pq.png"), PQ_JXL, include_bytes!("fixtures/pq.avif")];
    let hlg: &[&[u8]] =
        &[include_bytes!("fixtures/hlg.png"), include_bytes!("fixtures/hlg.jxl"), include_bytes!("fixtures/hlg.avif")];
    for (files, white) in [(pq, 5..6), (hlg, 2..3)] {
        let files = if cfg!(feature = "avif") { files } else { &files[..2] };
        let mut first: Option<Vec<[u8; 4]>> = None;
        for bytes in files {
            assert!(header(bytes).is_hdr);
            let pixels = seen(bytes);
            let patches: Vec<[u8; 4]> =
                (0..32).map(|at| pixels.rgba[(at / 8 * 16 + 8) * 128 + at % 8 * 16 + 8]).collect();
            let greys: Vec<u8> = patches[..16].iter().map(|patch| patch[1]).collect();
            assert!(greys.is_sorted() && greys[0] < 3, "{greys:?}");
            assert!(white.contains(&greys.iter().filter(|grey| **grey > 200).count()), "{greys:?}");
            let near = |first: &Vec<[u8; 4]>| first.iter().zip(&patches).all(|(a, b)| super::near(*a, *b, 4));
            assert!(first.as_ref().is_none_or(near), "{first:?} {patches:?}");
            first.get_or_insert(patches);
        }
    }
}
