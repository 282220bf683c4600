//! The words that choices know.

use super::Words;
use crate::config::{Downloads, Format, Position};
use crate::visibility::Visibility;

pub(in crate::config) static FORMATS: Words =
    Words { noun: "format", nouns: "formats", words: &of_formats([Format::Avif, Format::Jpeg, Format::Webp]) };

/// Every format, in the order of the alphabet.
const fn of_formats(all: [Format; Format::ALL.len()]) -> [(&'static str, &'static str); Format::ALL.len()] {
    let mut words = [("", ""); Format::ALL.len()];
    let mut at = 0;
    while at < all.len() {
        words[at] = (all[at].name(), all[at].about());
        at += 1;
    }
    words
}

pub(in crate::config) static DATA_MINING: Words = Words {
    noun: "value",
    nouns: "values",
    words: &[
        ("allowed", "any use"),
        ("prohibited-ai-training", "no training of AI or machine learning"),
        ("prohibited-except-search", "no mining, except by search engines"),
        ("prohibited", "no mining"),
    ],
};

pub(in crate::config) static HEADERS: Words = Words {
    noun: "header",
    nouns: "headers",
    words: &[
        ("none", "the title above the photos"),
        ("half", "the cover across the page, half as tall as the window"),
        ("full", "the cover fills the window"),
    ],
};

pub(in crate::config) static SCHEMES: Words = Words {
    noun: "scheme",
    nouns: "schemes",
    words: &[("auto", "follows the visitor's system"), ("light", "always light"), ("dark", "always dark")],
};

pub(in crate::config) static DENSITIES: Words = Words {
    noun: "density",
    nouns: "densities",
    words: &[
        ("compact", "small pictures, many on a screen"),
        ("regular", "medium pictures"),
        ("airy", "large pictures"),
    ],
};

pub(in crate::config) static GRIDS: Words = Words {
    noun: "grid",
    nouns: "grids",
    words: &[("rows", "rows of equal height, uncropped"), ("squares", "squares, cropped to the centre")],
};

pub(in crate::config) static ACCESS: Words =
    Words { noun: "access", nouns: "values", words: &words_of::<{ Visibility::ALL.len() }>(&Visibility::ALL) };

/// A whole site may be closed, but not be sealed: a code belongs to a gallery.
pub(in crate::config) static DEFAULT: Words = Words {
    noun: "access",
    nouns: "values",
    words: &words_of::<3>(&[Visibility::Public, Visibility::Unlisted, Visibility::Private]),
};

const fn words_of<const COUNT: usize>(all: &[Visibility]) -> [(&'static str, &'static str); COUNT] {
    let mut words = [("", ""); COUNT];
    let mut at = 0;
    while at < COUNT {
        words[at] = (all[at].name(), all[at].about());
        at += 1;
    }
    words
}

pub(in crate::config) static DOWNLOADS: Words = Words {
    noun: "download",
    nouns: "values",
    words: &{
        let mut words = [("", ""); Downloads::ALL.len()];
        let mut at = 0;
        while at < words.len() {
            words[at] = (Downloads::ALL[at].name(), Downloads::ALL[at].about());
            at += 1;
        }
        words
    },
};

pub(in crate::config) static POSITIONS: Words = Words {
    noun: "position",
    nouns: "positions",
    words: &{
        let mut words = [("", ""); Position::ALL.len()];
        let mut at = 0;
        while at < words.len() {
            words[at] = (Position::ALL[at].name(), Position::ALL[at].about());
            at += 1;
        }
        words
    },
};

pub(in crate::config) static SORTS: Words = Words {
    noun: "order",
    nouns: "orders",
    words: &[
        ("name", "by file name, `2` before `10`"),
        ("taken", "oldest first; photos without a date last, by name"),
        ("taken-descending", "newest first"),
    ],
};

/// What a logo may be: kinds of files that every browser shows.
pub(super) const PICTURES: &[&str] = &["svg", "png", "webp", "avif", "jpg", "jpeg"];
pub(super) const FONTS: &[&str] = &["woff2", "woff", "ttf", "otf"];
