//! Watermarks, as galleries ask for them.

use super::document::Problems;
use super::walk::Values;
use crate::Code;
use crate::listed_enum::listed_enum;

listed_enum! {
    /// Where a watermark lies in a picture.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Position {
        /// In the corner.
        TopLeft,
        /// In the middle of the edge.
        Top,
        /// In the corner.
        TopRight,
        /// In the middle of the edge.
        Left,
        /// In the middle of the picture.
        Centre,
        /// In the middle of the edge.
        Right,
        /// In the corner.
        BottomLeft,
        /// In the middle of the edge.
        Bottom,
        /// In the corner.
        BottomRight,
    }
}

impl Position {
    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TopLeft => "top-left",
            Self::Top => "top",
            Self::TopRight => "top-right",
            Self::Left => "left",
            Self::Centre => "centre",
            Self::Right => "right",
            Self::BottomLeft => "bottom-left",
            Self::Bottom => "bottom",
            Self::BottomRight => "bottom-right",
        }
    }

    /// What it means, for the reference of settings.
    pub const fn about(self) -> &'static str {
        match self {
            Self::TopLeft | Self::TopRight | Self::BottomLeft | Self::BottomRight => "in the corner",
            Self::Top | Self::Left | Self::Right | Self::Bottom => "in the middle of the edge",
            Self::Centre => "in the middle of the picture",
        }
    }

    /// The one with this name in settings.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Thirds from the left and from the top: 0, 1 or 2.
    pub const fn thirds(self) -> (usize, usize) {
        let place = self as usize;
        (place % 3, place / 3)
    }
}

/// What a gallery says of its watermark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatermarkSaid {
    /// Here and below there is none.
    Off,
    /// This one.
    On(WatermarkSettings),
}

/// A watermark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatermarkSettings {
    /// What is drawn.
    pub drawing: Drawing,
    /// Where. Default: `BottomRight`.
    pub position: Position,
    /// The share of width and height that it fits into, in hundredths. Default: 25.
    pub size: u8,
    /// How opaque it is, in hundredths. Default: 50.
    pub opacity: u8,
}

/// What a watermark shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// A PNG file, relative to the site's folder.
    Picture(String),
    /// A line of text.
    Text {
        /// The text.
        text: String,
        /// A font file, relative to the site's folder.
        font: String,
        /// Its colour. Default: white.
        colour: [u8; 3],
    },
}

impl Drawing {
    /// The file that it is made of, relative to the site's folder.
    pub fn file(&self) -> &str {
        match self {
            Self::Picture(file) | Self::Text { font: file, .. } => file,
        }
    }
}

const POSITION: Position = Position::BottomRight;
const SIZE: u8 = 25;
const OPACITY: u8 = 50;

/// Takes `[watermark]` out of a file's values. `at` is where the table is, if there is one: nobody may publish without a
/// watermark because a table says too little.
pub(super) fn take(v: &mut Values, at: Option<usize>, problems: &mut Problems<'_>) -> Option<WatermarkSaid> {
    let at = at?;
    let (at_file, at_font, at_colour) = (v.at("watermark.file"), v.at("watermark.font"), v.at("watermark.colour"));
    let (file, text, font) = (v.text("watermark.file"), v.text("watermark.text"), v.text("watermark.font"));
    let colour = v.colour("watermark.colour");
    let position = v.text("watermark.position").and_then(|name| Position::named(&name)).unwrap_or(POSITION);
    let hundredths = |v: &mut Values, name: &str| v.number(name).and_then(|number| u8::try_from(number).ok());
    let size = hundredths(v, "watermark.size").unwrap_or(SIZE);
    let opacity = hundredths(v, "watermark.opacity").unwrap_or(OPACITY);
    if v.flag("watermark.enabled") == Some(false) {
        return Some(WatermarkSaid::Off);
    }
    let mut conflict = |at: usize, what: &str, hint: &str| problems.add(Code::ConflictingSettings, at, what, hint);
    let drawing = match (file, text, font) {
        (Some(file), None, None) => {
            if let Some(at) = at_colour {
                conflict(at, "`watermark.colour` has no effect on a picture", "remove it");
            }
            Drawing::Picture(file)
        }
        (None, Some(text), Some(font)) => Drawing::Text { text, font, colour: colour.unwrap_or([255; 3]) },
        (Some(_), ..) => {
            conflict(
                at_file.unwrap_or(at),
                "`watermark.file` excludes `text` and `font`",
                "keep the picture or the text",
            );
            return None;
        }
        (None, Some(_), None) => {
            conflict(
                at,
                "`watermark.text` needs `font`",
                "name a font file (`.ttf`, `.otf`), relative to the site's folder",
            );
            return None;
        }
        (None, None, font) => {
            let at = at_font.filter(|_| font.is_some()).unwrap_or(at);
            conflict(at, "`[watermark]` needs `file` or `text`", "name a PNG file, or write a text");
            return None;
        }
    };
    Some(WatermarkSaid::On(WatermarkSettings { drawing, position, size, opacity }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_back_and_lie_in_their_thirds() {
        for one in Position::ALL {
            assert_eq!(Position::named(one.name()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.name());
        }
        assert_eq!(Position::BottomLeft.thirds(), (0, 2));
        assert_eq!(Position::Centre.thirds(), (1, 1));
    }
}
