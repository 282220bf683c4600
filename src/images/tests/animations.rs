//! Animations, of which the first picture is shown.

use super::make::{png, quarters, webp, with_chunk};
use super::*;
use crate::images::picture::Picture;
use image::ExtendedColorType::Rgb8;

fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
    [kind, &(body.len() as u32).to_le_bytes(), body, &[0][..body.len() % 2]].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), chunks.concat()].concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// The chunks of a still picture that an animation has, too.
fn picture(file: &[u8]) -> Vec<u8> {
    let chunks = crate::formats::webp::chunks(file);
    chunks
        .filter(|(kind, _)| matches!(*kind, b"ALPH" | b"VP8 " | b"VP8L"))
        .flat_map(|(kind, body)| chunk(kind, body))
        .collect()
}

/// A frame at a place: its sides less one, a duration, and how it is laid over the last.
fn frame((left, top): (u32, u32), (width, height): (u32, u32), file: &[u8]) -> Vec<u8> {
    let numbers = [left / 2, top / 2, width - 1, height - 1, 40].map(|number| number.to_le_bytes()[..3].to_vec());
    chunk(b"ANMF", &[numbers.concat(), vec![0], picture(file)].concat())
}

fn animation((width, height): (u32, u32), frames: &[Vec<u8>]) -> Vec<u8> {
    let sides = [width - 1, height - 1].map(|side| side.to_le_bytes()[..3].to_vec()).concat();
    let head = [chunk(b"VP8X", &[&[0x12, 0, 0, 0], &sides[..]].concat()), chunk(b"ANIM", &[9, 9, 9, 255, 0, 0])];
    riff(&[&head[..], frames].concat())
}

const TOLD: &str = "it is an animation; only its first picture is shown";

fn probe(source: &[u8]) -> crate::formats::Header {
    let limits = crate::formats::Limits::default();
    let header = crate::formats::probe(source, "a", &limits).unwrap();
    assert_eq!(crate::metadata::read(source, &header, &limits).1, [TOLD]);
    header
}

#[test]
fn the_first_picture_of_an_animated_webp_is_shown() {
    let pixels = quarters(64, 48);
    let still = webp(64, 48, &pixels, Rgb8);
    let other = webp(64, 48, &[7; 64 * 48 * 3], Rgb8);
    let source = animation((64, 48), &[frame((0, 0), (64, 48), &still), frame((0, 0), (64, 48), &other)]);
    assert_eq!(seen(&source), seen(&still));
    let header = probe(&source);
    assert_eq!((header.width, header.height, header.has_alpha), (64, 48, false));
    // Every way in which a frame may be cut.
    for length in (0..source.len()).step_by(5) {
        assert!(try_render(&source[..length], &[recipe(Format::Jpeg, 8, 6)]).is_err(), "{length}");
    }
}

#[test]
fn a_first_picture_smaller_than_the_canvas_lies_on_nothing() {
    let still = webp(32, 24, &quarters(32, 24), Rgb8);
    let source = animation((64, 48), &[frame((10, 20), (32, 24), &still)]);
    let (seen, part) = (seen(&source), seen(&still));
    for (x, y) in (0..48).flat_map(|y| (0..64).map(move |x| (x, y))) {
        let inside = (10..42).contains(&x) && (20..44).contains(&y);
        let wanted = if inside { part.at(x - 10, y - 20) } else { [0; 4] };
        assert_eq!(seen.at(x, y), wanted, "{x},{y}");
    }
    assert!(probe(&source).has_alpha);
    for place in [(40, 20), (10, 30)] {
        let beyond = animation((64, 48), &[frame(place, (32, 24), &still)]);
        assert!(try_render(&beyond, &[recipe(Format::Jpeg, 8, 6)]).is_err());
    }
    assert!(crate::formats::probe(&animation((64, 48), &[]), "a", &crate::formats::Limits::default()).is_err());
}

#[test]
fn lossy_pictures_with_alpha_keep_it() {
    if !encoders_available().contains(&Format::Webp) {
        return;
    }
    let pixels: Vec<u8> = (0..64 * 48).flat_map(|at| [200, 100, 40, if at % 64 < 32 { 255 } else { 90 }]).collect();
    let still = Picture::eight(64, 48, Layout::Rgba, pixels).unwrap();
    let still = crate::images::webp::encode(&still, 80, &mut Scratch::new()).unwrap();
    assert!(picture(&still).starts_with(b"ALPH"));
    let source = animation((64, 48), &[frame((0, 0), (64, 48), &still)]);
    assert_eq!(seen(&source), seen(&still));
    assert!(probe(&source).has_alpha);
}

#[test]
fn the_still_of_an_animated_png_is_shown() {
    let still = png(64, 48, &quarters(64, 48), Rgb8);
    let source = with_chunk(&still, b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(seen(&source), seen(&still));
    probe(&source);
}
