//! A picture in all its files, as browsers choose among them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::config::Format;

use super::palette::{Ratio, colour_class, small_class};

/// How wide a picture among words stands: as wide as a line of words.
const IN_TEXT: &str = "(min-width:46rem) 42rem, 92vw";
/// The longest line of words in pixels.
const LINE: u32 = 840;
/// Pixels of a picture that may stand alone across a page.
const LARGE: u32 = 600;

/// A picture in all its files.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PictureView {
    /// What it shows, in words; never empty, never a file name.
    pub alt: String,
    /// Pixels of the largest file.
    pub width: u32,
    /// Pixels of the largest file.
    pub height: u32,
    /// Class of the placeholder colour, `c00` to `c63`.
    pub colour: String,
    /// Classes of its shape: the aspect ratio, as `r150`; `whole` where nothing may be cut from it, as from a strip; `small`
    /// and its width, as `z320`, where it may not fill all the room that there is.
    pub ratio: String,
    /// Width divided by height, as the class has it.
    pub aspect: f64,
    /// Files in the formats that not every browser shows, best first.
    pub sources: Vec<SourceView>,
    /// The file that every browser shows.
    pub src: String,
    /// The files of the format of `src`, as `srcset` wants them.
    pub srcset: String,
    /// How wide the picture will stand, as `sizes` wants it, without `auto`.
    pub sizes: String,
    /// Whether it is fetched at once, as the first picture of a page is; all others when they come near.
    pub eager: bool,
    /// The frame that it stands in; templates have it as `ratio` and `aspect`.
    #[serde(skip)]
    pub shape: Ratio,
}

/// The files of one format.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceView {
    /// Media type.
    pub mime: &'static str,
    /// Addresses and widths, as `srcset` wants them.
    pub srcset: String,
}

/// One file of a picture, as the build made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Its format.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Its path below the base path, percent-encoded.
    pub url: String,
}

impl PictureView {
    /// A picture from its files. `colour` is its average or dominant colour in sRGB.
    ///
    /// `sizes` is left for [`TileView`]s, covers and photo pages to fill in; it starts as the whole
    /// viewport's width. Without renditions the addresses stay empty.
    pub fn new(alt: impl Into<String>, colour: [u8; 3], renditions: &[Rendition]) -> Self {
        let (width, height) =
            renditions.iter().map(|rendition| (rendition.width, rendition.height)).max().unwrap_or((1, 1));
        let ratio = Ratio::nearest(width, height);
        let formats = Format::ALL;
        let fallback = formats.iter().rev().find(|format| renditions.iter().any(|file| file.format == **format));
        let sources = formats
            .iter()
            .filter(|format| Some(*format) != fallback)
            .map(|format| SourceView { mime: format.mime(), srcset: srcset(renditions, *format) })
            .filter(|source| !source.srcset.is_empty())
            .collect();
        let mut picture = Self {
            alt: alt.into(),
            width,
            height,
            colour: colour_class(colour).to_owned(),
            ratio: String::new(),
            aspect: 0.0,
            sources,
            src: fallback.map(|format| middle(renditions, *format)).unwrap_or_default(),
            srcset: fallback.map(|format| srcset(renditions, *format)).unwrap_or_default(),
            sizes: "100vw".to_owned(),
            eager: false,
            shape: ratio,
        };
        picture.frame(ratio);
        picture
    }

    /// The picture across the whole page.
    pub fn across(mut self) -> Self {
        self.sizes = "100vw".to_owned();
        self
    }

    /// The picture as the cover of a gallery, in a frame that has room for a title below it.
    pub fn as_cover(mut self) -> Self {
        self.frame(self.shape.of_cover());
        self
    }

    /// Puts it into a frame of this shape.
    fn frame(&mut self, shape: Ratio) {
        self.ratio = shape.class();
        if Ratio::nearest(self.width, self.height).is_strip() || shape != self.shape {
            self.ratio.push_str(" whole");
        }
        if let Some(class) = small_class(self.width) {
            self.ratio.push_str(" small ");
            self.ratio.push_str(&class);
        }
        self.aspect = (shape.value() * 10_000.0).round() / 10_000.0;
        self.shape = shape;
    }

    /// Whether it is wide enough to stand alone across a page.
    pub(super) fn is_large(&self) -> bool {
        self.width >= LARGE
    }

    /// The picture as it stands among the words of a text page, fetched when it comes near. `title` may be empty.
    pub(super) fn in_text(&self, title: &str) -> String {
        let mut html = "<picture>".to_owned();
        let attribute = |html: &mut String, name: &str, value: &str| {
            let mut escaped = Vec::with_capacity(value.len());
            // Writing into memory does not fail.
            let _ = super::engine::escape(value, &mut escaped);
            let _ = write!(html, " {name}=\"{}\"", String::from_utf8_lossy(&escaped));
        };
        for source in &self.sources {
            html.push_str("<source");
            for (name, value) in [("type", source.mime), ("srcset", &source.srcset), ("sizes", IN_TEXT)] {
                attribute(&mut html, name, value);
            }
            html.push('>');
        }
        html.push_str("<img");
        if let Some(class) = small_class(self.width).filter(|_| self.width < LINE / 2) {
            attribute(&mut html, "class", &format!("small {class}"));
        }
        let (width, height) = (self.width.to_string(), self.height.to_string());
        for (name, value) in [
            ("src", self.src.as_str()),
            ("srcset", &self.srcset),
            ("sizes", IN_TEXT),
            ("width", &width),
            ("height", &height),
            ("alt", &self.alt),
            ("title", title),
        ] {
            if name != "title" || !value.is_empty() {
                attribute(&mut html, name, value);
            }
        }
        html.push_str(" loading=\"lazy\" decoding=\"async\"></picture>");
        html
    }

    /// The frame that it stands in, for layouts.
    pub(crate) fn shape(&self) -> Ratio {
        self.shape
    }
}

fn srcset(renditions: &[Rendition], format: Format) -> String {
    let mut files: Vec<_> = renditions.iter().filter(|file| file.format == format).collect();
    files.sort_by_key(|file| file.width);
    // A large site has a hundred thousand of these: one allocation each.
    let mut text = String::with_capacity(files.iter().map(|file| file.url.len() + 10).sum());
    for file in files {
        if !text.is_empty() {
            text.push_str(", ");
        }
        // Commas end a candidate and white space an address.
        for part in file.url.split_inclusive([' ', ',']) {
            match part.strip_suffix(' ') {
                Some(rest) => text.extend([rest, "%20"]),
                None => match part.strip_suffix(',') {
                    Some(rest) => text.extend([rest, "%2C"]),
                    None => text.push_str(part),
                },
            }
        }
        let _ = write!(text, " {}w", file.width);
    }
    text
}

/// The file for browsers that know no `srcset`: the smallest of at least 1,200 pixels, else the largest.
fn middle(renditions: &[Rendition], format: Format) -> String {
    let of_format = || renditions.iter().filter(|file| file.format == format);
    of_format()
        .filter(|file| file.width >= 1200)
        .min_by_key(|file| file.width)
        .or_else(|| of_format().max_by_key(|file| file.width))
        .map(|file| file.url.clone())
        .unwrap_or_default()
}
