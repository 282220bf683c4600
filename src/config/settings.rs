//! Every setting that can be written, once: its name, what it may hold, its default, and what it is for.
//!
//! The reader, the suggestions for misspelt names, the JSON schemas and the reference in
//! `docs/configuration.md` are all made from these tables, so that they cannot contradict each other.

mod gallery;
mod site;
mod words;

use super::Format;
pub(super) use gallery::GALLERY;
pub(super) use site::{DEFAULT_ACCESS, SITE};
pub(super) use words::{FORMATS, SORTS};

/// The tables of named targets.
pub(super) const TARGETS: &str = "publish.targets.*";

/// The tables that are named by languages.
pub(super) const TRANSLATIONS: &str = "translations.*";

/// What a setting may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line of text, not empty, of so many characters at most.
    Line(usize),
    /// Text that may have several lines and be empty; Markdown or a caption.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// One of some words.
    Choice(&'static Words),
    /// Formats of pictures, none twice, `jpeg` among them.
    Formats,
    /// Widths in pixels, none twice.
    Widths,
    /// Several short texts, none twice; whether there may be none.
    Lines { may_be_empty: bool },
    /// A program and its arguments.
    Command,
    /// `#rgb`, `#rrggbb` or a basic colour name of CSS.
    Colour,
    /// A day, as `2027-06-30`.
    Day,
    /// The address of the site: `http` or `https`, a host, perhaps a port and a path.
    SiteAddress,
    /// A web address.
    WebAddress,
    /// An e-mail address or a web address.
    Contact,
    /// A language tag of BCP 47.
    Language,
    /// Several language tags, none twice.
    Languages,
    /// A folder, relative to the site's folder or absolute.
    Folder,
    /// The name of one folder, without slashes.
    FolderName,
    /// A file below a folder, relative, never climbing out; its ending is one of these, where some are named.
    File(&'static [&'static str]),
    /// Twelve lower-case Crockford base32 symbols.
    Id,
    /// A word of [`SORTS`] or a list of file names.
    Sort,
}

/// The words that a choice knows, and what one of them is called.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What a word of these is: `format`.
    pub noun: &'static str,
    /// More than one of it: `formats`.
    pub nouns: &'static str,
    /// Each word with what it means.
    pub words: &'static [(&'static str, &'static str)],
}

impl Words {
    /// The words alone, as listed.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().map(|(word, _)| *word)
    }
}

/// What holds where a setting is not written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Otherwise {
    /// A value, as TOML.
    Is(&'static str),
    /// Something that depends on the rest, told in words.
    Told(&'static str),
}

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name in its table; `*` for a name that the owner chooses.
    pub name: &'static str,
    pub kind: Kind,
    pub default: Otherwise,
    /// One or two sentences, Markdown.
    pub about: &'static str,
    /// A value to show, as TOML. Different from the default.
    pub example: &'static str,
}

/// One table of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    /// Its dotted name, empty for the top; `*` stands for a name that the owner chooses.
    pub table: &'static str,
    /// What the owner's own name stands for, where one is in `table` or in the settings.
    pub wildcard: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub settings: &'static [Setting],
}

/// Where gallery.toml and site.toml share tables, there is one definition.
pub(super) type Sections = &'static [&'static Section];

use Kind::{Colour, Formats, Number, Widths};
use Otherwise::{Is, Told};

const fn setting(
    name: &'static str,
    kind: Kind,
    default: Otherwise,
    about: &'static str,
    example: &'static str,
) -> Setting {
    Setting { name, kind, default, about, example }
}

const IMAGES: Section = Section {
    table: "images",
    wildcard: "",
    about: "How pictures are made. A `gallery.toml` accepts the same settings for its gallery and the galleries below it. The file \
            nearest to the photo wins: its `quality` also overrides that of `[images.jpeg]` further up.",
    settings: &[
        setting(
            "formats",
            Formats,
            Told("`[\"avif\", \"jpeg\"]`; `[\"webp\", \"jpeg\"]` in a build without AVIF"),
            "The formats to create. Browsers choose the smallest they support; the order here does not matter. `jpeg` is \
             required: preview cards and old software show nothing else.",
            "[\"webp\", \"jpeg\"]",
        ),
        setting(
            "quality",
            Number(1, 100),
            Is("80"),
            "Perceived quality; the same number looks alike in every format.",
            "85",
        ),
        setting(
            "widths",
            Widths,
            Told(
                "`[320, 640, 1280, 1920, 2560]`; `[1280, 2560]` for JPEG next to another format, since few browsers \
                 still request it",
            ),
            "Widths in pixels, for every format and also for portraits. Photos are never enlarged: a narrower photo gets its own width \
             instead. A picture that would be taller than its format allows (WebP 16,383 pixels, JPEG 65,500, AVIF 32,768) or \
             larger than 64 megapixels is made smaller.",
            "[480, 960, 1920]",
        ),
        setting(
            "background",
            Colour,
            Is("\"#ffffff\""),
            "The background of transparent photos, in every format: `#rrggbb` or a basic CSS colour name.",
            "\"silver\"",
        ),
    ],
};

/// The same two settings for each format.
const ONE_FORMAT: &[Setting] = &[
    setting("quality", Number(1, 100), Told("`images.quality`"), "Quality of this format.", "70"),
    setting("widths", Widths, Told("`images.widths`"), "Widths of this format.", "[800, 1600]"),
];

/// How pictures are made, in both files: what a `gallery.toml` does not say is inherited. One table for each format.
pub(super) static SHARED: [Section; 1 + Format::ALL.len()] = {
    let mut all = [IMAGES; 1 + Format::ALL.len()];
    let mut at = 0;
    while at < Format::ALL.len() {
        let (table, about) = Format::ALL[at].table();
        all[1 + at] = Section { table, wildcard: "", about, settings: ONE_FORMAT };
        at += 1;
    }
    all
};

/// The tables of a file: those at its top, the shared ones, and the rest.
const fn with_shared<const COUNT: usize>(
    top: &'static Section,
    rest: &[&'static Section],
) -> [&'static Section; COUNT] {
    assert!(COUNT == 1 + SHARED.len() + rest.len());
    let mut all = [top; COUNT];
    let mut at = 0;
    while at < SHARED.len() {
        all[1 + at] = &SHARED[at];
        at += 1;
    }
    at = 0;
    while at < rest.len() {
        all[1 + SHARED.len() + at] = rest[at];
        at += 1;
    }
    all
}

impl Section {
    /// Whether both files know it.
    pub fn is_shared(&self) -> bool {
        SHARED.iter().any(|shared| shared.table == self.table)
    }
}

/// Names that a later version will honour. Refused until then: a photographer who writes `watermark = true`
/// must not publish without one.
pub(super) const LATER: &[&str] = &["download", "originals", "watermarks"];
