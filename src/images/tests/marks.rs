//! Watermarks on pictures.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use image::{Rgba, RgbaImage};
use sha2::{Digest as _, Sha256};

use super::super::{Format, Limits, Mark, Recipe, RenderError, Scratch, Source, look, render};
use crate::config::Position;

/// A file of a mark, in a folder that goes with it.
struct Made {
    _folder: tempfile::TempDir,
    path: PathBuf,
    sha256: [u8; 32],
}

fn file(bytes: &[u8]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mark");
    std::fs::write(&path, bytes).unwrap();
    Made { _folder: folder, path, sha256: Sha256::digest(bytes).into() }
}

impl Made {
    fn mark(&self, text: Option<&str>, position: Position, size: u8, opacity: u8) -> Arc<Mark> {
        let text = text.map(|text| (text, [255, 0, 0]));
        Arc::new(Mark::new(&self.path, self.sha256, text, position, (size, opacity)))
    }
}

fn png(picture: &RgbaImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A red square.
fn red(side: u32) -> Vec<u8> {
    png(&RgbaImage::from_pixel(side, side, Rgba([255, 0, 0, 255])))
}

/// A grey picture of 200 × 100 with a mark, at so many points of it.
fn marked(mark: &Arc<Mark>, points: &[(usize, usize)]) -> Result<Vec<[u8; 3]>, RenderError> {
    let source = png(&RgbaImage::from_pixel(200, 100, Rgba([60, 60, 60, 255])));
    let recipe = Recipe {
        format: Format::Jpeg,
        width: 200,
        height: 100,
        quality: 95,
        background: [255; 3],
        max_bytes: None,
        mark: Some(Arc::clone(mark)),
    };
    let source = Source { bytes: &source, orientation: 1 };
    let made = render(&source, &[recipe], &Limits::default(), &mut Scratch::default())?;
    let pixels = look(&made.encoded[0], &Limits::default(), &mut Scratch::default())?;
    let at = |(x, y): &(usize, usize)| {
        let [r, g, b, _] = pixels.rgba[y * pixels.width + x];
        [r, g, b]
    };
    Ok(points.iter().map(at).collect())
}

fn is_near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 12)
}

const GREY: [u8; 3] = [60; 3];

#[test]
fn a_mark_lies_where_it_is_to_lie_and_as_large_as_it_is_to_be() {
    let made = file(&red(400));
    // Half of the height, which is the shorter side; three pixels from the edges.
    let corners = [(5, 5), (100, 50), (195, 95), (60, 5)];
    let at = |position| marked(&made.mark(None, position, 50, 100), &corners).unwrap();
    let expected = |hits: [bool; 4]| hits.map(|hit| if hit { [255, 0, 0] } else { GREY });
    for (position, hits) in [
        (Position::TopLeft, [true, false, false, false]),
        (Position::Centre, [false, true, false, false]),
        (Position::BottomRight, [false, false, true, false]),
    ] {
        let found = at(position);
        let good = found.iter().zip(expected(hits)).all(|(one, other)| is_near(*one, other));
        assert!(good, "{position:?}: {found:?}");
    }
}

#[test]
fn a_mark_is_as_opaque_as_it_is_to_be_and_never_enlarged() {
    let made = file(&red(10));
    let found = marked(&made.mark(None, Position::Centre, 100, 50), &[(100, 50), (110, 50)]).unwrap();
    assert!(is_near(found[0], [158, 30, 30]) && is_near(found[1], GREY), "{found:?}");
}

#[test]
fn the_recipe_names_all_that_decides_a_mark() {
    let (one, other) = (file(&red(10)), file(&red(12)));
    let recipe = |mark| Recipe {
        format: Format::Jpeg,
        width: 20,
        height: 10,
        quality: 80,
        background: [255; 3],
        max_bytes: None,
        mark,
    };
    let base = || one.mark(None, Position::Top, 20, 50);
    let marks = [
        None,
        Some(base()),
        Some(other.mark(None, Position::Top, 20, 50)),
        Some(one.mark(Some("a"), Position::Top, 20, 50)),
        Some(one.mark(Some("b"), Position::Top, 20, 50)),
        Some(one.mark(None, Position::Left, 20, 50)),
        Some(one.mark(None, Position::Top, 21, 50)),
        Some(one.mark(None, Position::Top, 20, 51)),
    ];
    let texts: std::collections::BTreeSet<String> = marks.into_iter().map(|mark| recipe(mark).text()).collect();
    assert_eq!(texts.len(), 8);
    // Where the file lies says nothing.
    let moved = file(&red(10)).mark(None, Position::Top, 20, 50);
    assert_eq!(recipe(Some(moved)).text(), recipe(Some(base())).text());
}

#[test]
fn a_picture_is_not_made_without_the_mark_that_it_should_have() {
    let reason = |mark: &Arc<Mark>| {
        assert!(mark.check().is_err());
        marked(mark, &[]).unwrap_err().to_string()
    };
    let made = file(&red(10));
    let mark = made.mark(None, Position::Top, 20, 50);
    std::fs::write(&made.path, red(11)).unwrap();
    assert_eq!(reason(&mark), "its watermark changed during the build");
    std::fs::remove_file(&made.path).unwrap();
    assert!(reason(&mark).starts_with("its watermark cannot be read: "));
    let no_picture = file(b"no picture").mark(None, Position::Top, 20, 50);
    assert!(reason(&no_picture).starts_with("its watermark cannot be read: "), "its folder has gone");
    let made = file(b"no picture");
    assert!(reason(&made.mark(None, Position::Top, 20, 50)).starts_with("its watermark is no usable PNG: "));
    assert_eq!(reason(&made.mark(Some("a"), Position::Top, 20, 50)), "its watermark's font cannot be read");
    let made = file(&png(&RgbaImage::new(4, 4)));
    let why = "its watermark is no usable PNG: it is fully transparent";
    assert_eq!(reason(&made.mark(None, Position::Top, 20, 50)), why);
}

/// A font whose one letter, `I`, is a filled square of its whole height.
fn font() -> Vec<u8> {
    let two = |numbers: &[i16]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let head = [
        &[0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5][..],
        &two(&[0, 1000]),
        &[0; 16],
        &two(&[0, 0, 1000, 1000, 0, 8, 2, 0, 0]),
    ]
    .concat();
    let hhea = [&[0, 1, 0, 0][..], &two(&[1000, 0, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0]), &two(&[2])].concat();
    let maxp = [&[0, 1, 0, 0][..], &two(&[2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])].concat();
    let hmtx = two(&[1000, 0, 1000, 0]);
    // Format 4, with one segment for the letter and the one that ends the list.
    let cmap = two(&[0, 1, 3, 1, 0, 12, 4, 32, 0, 4, 4, 1, 0, 73, -1, 0, 73, -1, -72, 1, 0, 0]);
    let square =
        [two(&[1, 0, 0, 1000, 1000, 3, 0]), vec![1, 1, 1, 1], two(&[0, 0, 1000, 0, 0, 1000, 0, -1000])].concat();
    let glyf = square;
    let loca = two(&[0, 0, (glyf.len() / 2) as i16]);
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", cmap),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
    ];
    let mut out = [&[0, 1, 0, 0][..], &two(&[7, 64, 2, 48])].concat();
    let mut at = 12 + 16 * tables.len();
    for (name, table) in &tables {
        out.extend([&name[..], &[0; 4], &(at as u32).to_be_bytes(), &(table.len() as u32).to_be_bytes()].concat());
        at += table.len().next_multiple_of(4);
    }
    for (_, mut table) in tables {
        table.resize(table.len().next_multiple_of(4), 0);
        out.extend(table);
    }
    out
}

#[test]
fn a_text_is_drawn_in_its_font_and_colour() {
    let made = file(&font());
    let found = marked(&made.mark(Some("I"), Position::Centre, 50, 100), &[(100, 50), (140, 50)]).unwrap();
    assert!(is_near(found[0], [255, 0, 0]) && is_near(found[1], GREY), "{found:?}");
    // Three of them are three times as wide.
    let found = marked(&made.mark(Some("III"), Position::Centre, 50, 100), &[(140, 50), (100, 20)]).unwrap();
    assert!(is_near(found[0], [255, 0, 0]) && is_near(found[1], GREY), "{found:?}");
    let lacking = made.mark(Some("IX"), Position::Centre, 50, 100).check().unwrap_err();
    assert_eq!(lacking.to_string(), "its watermark's font has no `X`");
    assert!(made.mark(Some(" "), Position::Centre, 50, 100).check().is_err());
}
