//! Photographs made for the tests.

use safelight::images::{Format, Limits, Pixels, Recipe, Scratch, Source, look, render};

/// How a JPEG is to be.
#[derive(Clone)]
pub struct Jpeg {
    width: u32,
    height: u32,
    seed: u8,
    quarters: bool,
    segments: Vec<Vec<u8>>,
}

/// A JPEG of plain colour that `seed` decides.
pub fn jpeg(width: u32, height: u32, seed: u8) -> Jpeg {
    Jpeg { width, height, seed, quarters: false, segments: Vec::new() }
}

/// Red and green above, blue and grey below.
pub const CORNERS: [[u8; 3]; 4] = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [60, 60, 60]];

impl Jpeg {
    /// Four corners in four colours.
    pub fn quarters(mut self) -> Self {
        self.quarters = true;
        self
    }

    pub fn exif(mut self, block: &[u8]) -> Self {
        self.segments.push(segment(0xe1, &[b"Exif\0\0", block].concat()));
        self
    }

    /// An embedded colour profile.
    pub fn icc(mut self, profile: &[u8]) -> Self {
        self.segments.push(segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", profile].concat()));
        self
    }

    /// A packet of XMP whose one description holds these elements.
    pub fn xmp(mut self, elements: &str) -> Self {
        self.segments.push(segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", xmp(elements).as_bytes()].concat()));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let (width, height, seed) = (self.width, self.height, self.seed);
        let colour = |x: u32, y: u32| match (self.quarters, x * 2 < width, y * 2 < height) {
            (false, ..) => [seed, x as u8, y as u8],
            (_, true, true) => CORNERS[0],
            (_, false, true) => CORNERS[1],
            (_, true, false) => CORNERS[2],
            (_, false, false) => CORNERS[3],
        };
        let png = png(width, height, colour);
        let recipe = Recipe {
            format: Format::Jpeg,
            width,
            height,
            quality: 80,
            background: [255; 3],
            max_bytes: None,
            mark: None,
        };
        let source = Source { bytes: &png, orientation: 1 };
        let made = render(&source, &[recipe], &Limits::default(), &mut Scratch::default()).unwrap();
        let plain = &made.encoded[0];
        [&plain[..2], &self.segments.concat(), &plain[2..]].concat()
    }
}

pub fn png(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y)));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// The same with transparency.
pub fn transparent_png(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let picture = image::RgbaImage::from_fn(width, height, |x, y| image::Rgba(colour(x, y)));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &((body.len() + 2) as u16).to_be_bytes()[..], body].concat()
}

/// A packet of XMP whose one description holds these elements.
pub fn xmp(elements: &str) -> String {
    format!(
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">
<rdf:Description rdf:about="">{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"#
    )
}

/// A caption in XMP.
pub fn caption(text: &str) -> String {
    format!(r#"<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>"#)
}

/// One entry of an EXIF directory: tag, type, count, value.
pub type Entry = (u16, u16, u32, Vec<u8>);

pub fn ascii(tag: u16, text: &str) -> Entry {
    (tag, 2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat())
}

pub fn short(tag: u16, value: u16) -> Entry {
    (tag, 3, 1, value.to_le_bytes().to_vec())
}

pub fn fractions(tag: u16, values: &[(u32, u32)]) -> Entry {
    let value = values.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect();
    (tag, 5, values.len() as u32, value)
}

/// A little-endian EXIF block of one directory and the directories below it.
pub fn exif(first: &[Entry], below: &[(u16, &[Entry])]) -> Vec<u8> {
    let mut first = first.to_vec();
    first.extend(below.iter().map(|(tag, _)| (*tag, 4, 1, vec![0; 4])));
    let mut at = 8 + directory(&first, 8).len();
    let mut tail = Vec::new();
    for (tag, entries) in below {
        for entry in first.iter_mut().filter(|entry| entry.0 == *tag) {
            entry.3 = (at as u32).to_le_bytes().to_vec();
        }
        let bytes = directory(entries, at);
        at += bytes.len();
        tail.extend(bytes);
    }
    [b"II\x2a\0\x08\0\0\0".to_vec(), directory(&first, 8), tail].concat()
}

fn directory(entries: &[Entry], at: usize) -> Vec<u8> {
    let mut rows = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    for (tag, kind, count, value) in entries {
        rows.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes()].concat());
        if value.len() <= 4 {
            rows.extend([value.as_slice(), &[0; 4][value.len()..]].concat());
        } else {
            rows.extend(((at + 2 + entries.len() * 12 + 4 + values.len()) as u32).to_le_bytes());
            values.extend(value);
        }
    }
    [rows, vec![0; 4], values].concat()
}

/// The day a photo was taken, as EXIF.
pub fn taken(day: &str) -> Vec<u8> {
    exif(&[], &[(0x8769, &[ascii(0x9003, &format!("{day} 12:00:00"))])])
}

pub fn pixels(bytes: &[u8]) -> Pixels {
    look(bytes, &Limits::default(), &mut Scratch::default()).unwrap()
}
