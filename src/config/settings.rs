//! Every setting that can be written, once: its name, what it may hold, its default, and what it is for.
//!
//! The reader, the suggestions for misspelt names, the JSON schemas and the reference in
//! `docs/configuration.md` are all made from these tables, so that they cannot contradict each other.

use super::Format;

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
#[derive(Debug)]
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

use Kind::{
    Choice, Colour, Contact, Day, File, Flag, Folder, FolderName, Formats, Id, Language, Line, Lines, Number,
    SiteAddress, Text, WebAddress, Widths,
};
use Otherwise::{Is, Told};

pub(super) static FORMATS: Words = Words {
    noun: "format",
    nouns: "formats",
    words: &[
        ("avif", "smallest; every browser since 2024"),
        ("jpeg", "everything that shows pictures; always needed"),
        ("webp", "every browser since 2020"),
    ],
};

pub(super) static DATA_MINING: Words = Words {
    noun: "value",
    nouns: "values",
    words: &[
        ("allowed", "anything may be done"),
        ("prohibited-ai-training", "not for training AI or machine learning"),
        ("prohibited-except-search", "no mining at all, search engines excepted"),
        ("prohibited", "no mining at all"),
    ],
};

static SCHEMES: Words = Words {
    noun: "scheme",
    nouns: "schemes",
    words: &[("auto", "as the visitor's system says"), ("light", "always light"), ("dark", "always dark")],
};

static DENSITIES: Words = Words {
    noun: "density",
    nouns: "densities",
    words: &[
        ("compact", "small pictures, many at a glance"),
        ("regular", "between the two"),
        ("airy", "large pictures"),
    ],
};

static GRIDS: Words = Words {
    noun: "grid",
    nouns: "grids",
    words: &[("rows", "rows of equal height, every picture whole"), ("squares", "squares, cut in the middle")],
};

pub(super) static ACCESS: Words = Words {
    noun: "access",
    nouns: "values",
    words: &[
        ("public", "everybody; listed everywhere"),
        ("unlisted", "everybody who knows the address; listed nowhere"),
        ("private", "who holds a link"),
        ("sealed", "who holds a link and a code"),
    ],
};

pub(super) static SORTS: Words = Words {
    noun: "order",
    nouns: "orders",
    words: &[
        ("name", "by file name, `2` before `10`"),
        ("taken", "oldest first; photos without a date come last, by name"),
        ("taken-descending", "newest first"),
    ],
};

/// What a logo may be: kinds of files that every browser shows.
const PICTURES: &[&str] = &["svg", "png", "webp", "avif", "jpg", "jpeg"];
const FONTS: &[&str] = &["woff2", "woff", "ttf", "otf"];

const fn setting(
    name: &'static str,
    kind: Kind,
    default: Otherwise,
    about: &'static str,
    example: &'static str,
) -> Setting {
    Setting { name, kind, default, about, example }
}

static SITE_TOP: Section = Section {
    table: "",
    wildcard: "",
    about: "At the top of the file, before the first `[table]`.",
    settings: &[
        setting("title", Line(200), Told("the folder's name"), "The site's name.", "\"Halcyon Coast\""),
        setting(
            "description",
            Line(1000),
            Told("none"),
            "One sentence about the site, for search engines and preview cards.",
            "\"Tides, ferries and late light.\"",
        ),
        setting(
            "url",
            SiteAddress,
            Told("none"),
            "Where the site will be served; it may have a path. Feed, sitemap, canonical addresses and preview cards \
             need it and are left out without it.",
            "\"https://photos.example.com/\"",
        ),
        setting("language", Language, Is("\"en\""), "Language of the texts, as a BCP 47 tag.", "\"pt-BR\""),
        setting("author", Line(200), Told("none"), "Who made the photographs.", "\"Mara Lindqvist\""),
        setting(
            "contact",
            Contact,
            Told("none"),
            "Whom visitors write to: an e-mail address or a web address.",
            "\"hello@example.com\"",
        ),
        setting(
            "output",
            Folder,
            Is("\"public\""),
            "The folder that the site is written to. It holds nothing else of yours: never the site's folder itself, \
             nor one with or inside the folders below.",
            "\"build/site\"",
        ),
        setting(
            "galleries",
            Folder,
            Is("\"galleries\""),
            "The folder whose folders are the galleries.",
            "\"example-site/galleries\"",
        ),
        setting("pages", Folder, Is("\"pages\""), "The folder of text pages in Markdown.", "\"example-site/pages\""),
        setting(
            "static",
            Folder,
            Is("\"static\""),
            "The folder of files that are copied as they are: favicon, logo, fonts, `CNAME`.",
            "\"example-site/static\"",
        ),
        setting("themes", Folder, Is("\"themes\""), "The folder of themes of your own.", "\"my-themes\""),
        setting("dated_links", Flag, Is("false"), "The same as `links.dated_links`; write one of the two.", "true"),
    ],
};

static IMAGES: Section = Section {
    table: "images",
    wildcard: "",
    about: "How pictures are made. A `gallery.toml` can say the same for one gallery and what lies below it; what is \
            said nearer to the photo wins, all of it over all that was said further up.",
    settings: &[
        setting(
            "formats",
            Formats,
            Told("`[\"avif\", \"jpeg\"]`; `[\"webp\", \"jpeg\"]` in a build without AVIF"),
            "Which formats are made. Browsers are offered the smallest first, in whatever order they are listed \
             here. `jpeg` is always among them: preview cards and old software show nothing else.",
            "[\"webp\", \"jpeg\"]",
        ),
        setting(
            "quality",
            Number(1, 100),
            Is("80"),
            "Quality as it is seen; the same number looks alike in every format.",
            "85",
        ),
        setting(
            "widths",
            Widths,
            Told(
                "`[320, 640, 1280, 1920, 2560]`; `[1280, 2560]` for JPEG beside another format, since few browsers \
                 still ask for it",
            ),
            "Widths in pixels, for every format. Nothing is enlarged: a narrower photo gets its own width instead.",
            "[480, 960, 1920]",
        ),
        setting(
            "background",
            Colour,
            Is("\"#ffffff\""),
            "What shows through transparent places in JPEG: `#rrggbb` or a basic colour name of CSS.",
            "\"silver\"",
        ),
    ],
};

/// The same two settings for each format.
const ONE_FORMAT: &[Setting] = &[
    setting("quality", Number(1, 100), Told("`images.quality`"), "Quality in this format alone.", "70"),
    setting("widths", Widths, Told("`images.widths`"), "Widths in this format alone.", "[800, 1600]"),
];

static AVIF: Section = Section { table: "images.avif", wildcard: "", about: "AVIF alone.", settings: ONE_FORMAT };
static WEBP: Section = Section { table: "images.webp", wildcard: "", about: "WebP alone.", settings: ONE_FORMAT };
static JPEG: Section = Section { table: "images.jpeg", wildcard: "", about: "JPEG alone.", settings: ONE_FORMAT };

static RIGHTS: Section = Section {
    table: "rights",
    wildcard: "",
    about: "What published pictures say of their rights, unless the photo says something else itself.",
    settings: &[
        setting("creator", Line(200), Told("`author`"), "Who made the picture.", "\"Studio Lindqvist\""),
        setting("copyright", Line(500), Told("none"), "The copyright line.", "\"© 2026 Mara Lindqvist\""),
        setting("credit", Line(200), Told("none"), "How to credit the picture.", "\"Photo: Mara Lindqvist\""),
        setting(
            "licence",
            WebAddress,
            Told("none"),
            "The address of the licence.",
            "\"https://creativecommons.org/licenses/by-nc/4.0/\"",
        ),
        setting(
            "data_mining",
            Choice(&DATA_MINING),
            Told("nothing is said"),
            "What machines may do with the pictures: goes into each picture, `tdmrep.json` and `robots.txt`.",
            "\"prohibited-ai-training\"",
        ),
        setting(
            "keep_gps",
            Flag,
            Is("false"),
            "Whether published pictures keep the place where they were taken. It can lead to somebody's door.",
            "true",
        ),
    ],
};

static THEME: Section = Section {
    table: "theme",
    wildcard: "",
    about: "How the pages look.",
    settings: &[
        setting(
            "name",
            FolderName,
            Is("\"default\""),
            "The theme's folder below `themes`; what lies in it goes over the built-in theme.",
            "\"harbour\"",
        ),
        setting(
            "logo",
            File(PICTURES),
            Told("none: the title is set in type"),
            "A picture in the `static` folder, shown in place of the title.",
            "\"logo.svg\"",
        ),
        setting("accent", Colour, Told("the theme's"), "The colour of links and marks.", "\"#c2410c\""),
        setting("scheme", Choice(&SCHEMES), Is("\"auto\""), "Light or dark pages.", "\"dark\""),
        setting(
            "heading_font",
            File(FONTS),
            Told("the theme's"),
            "A font file in the `static` folder, for headings.",
            "\"fonts/heading.woff2\"",
        ),
        setting(
            "text_font",
            File(FONTS),
            Told("the theme's"),
            "A font file in the `static` folder, for text.",
            "\"fonts/text.woff2\"",
        ),
        setting("density", Choice(&DENSITIES), Is("\"regular\""), "How large the pictures of a grid are.", "\"airy\""),
        setting("grid", Choice(&GRIDS), Is("\"rows\""), "The shape of a gallery's grid.", "\"squares\""),
        setting(
            "page_size",
            Number(24, 2000),
            Is("1000"),
            "How many photos a page holds before a gallery is split.",
            "240",
        ),
    ],
};

/// The two colours of a scheme: both or none.
const COLOURS: &[Setting] = &[
    setting("background", Colour, Told("the theme's"), "Colour of the page. Needs `text` beside it.", "\"#fbfaf8\""),
    setting("text", Colour, Told("the theme's"), "Colour of the text. Needs `background` beside it.", "\"#1c1b1a\""),
];

static LIGHT: Section =
    Section { table: "theme.light", wildcard: "", about: "Colours of light pages.", settings: COLOURS };
static DARK: Section =
    Section { table: "theme.dark", wildcard: "", about: "Colours of dark pages.", settings: COLOURS };

static DISCOVERY: Section = Section {
    table: "discovery",
    wildcard: "",
    about: "To be found, or not.",
    settings: &[
        setting(
            "feed",
            Flag,
            Is("true"),
            "Whether there is an Atom feed of the newest galleries; needs `url`.",
            "false",
        ),
        setting("index", Flag, Is("true"), "Whether search engines may list the public part.", "false"),
    ],
};

static LINKS: Section = Section {
    table: "links",
    wildcard: "",
    about: "Links to private galleries.",
    settings: &[
        setting(
            "dated_links",
            Flag,
            Is("false"),
            "Whether the last day stands in the path of new links, so that a server can refuse it on the day without \
             a new build.",
            "true",
        ),
        setting(
            "tombstone_days",
            Number(1, 3650),
            Is("90"),
            "For how many days a dead link says that it no longer works.",
            "365",
        ),
        setting(
            "contact",
            Contact,
            Told("`contact`"),
            "Whom the holder of a dead link asks.",
            "\"studio@example.com\"",
        ),
    ],
};

/// `site.toml`.
pub(super) static SITE: Sections =
    &[&SITE_TOP, &IMAGES, &AVIF, &WEBP, &JPEG, &RIGHTS, &THEME, &LIGHT, &DARK, &DISCOVERY, &LINKS];

static GALLERY_TOP: Section = Section {
    table: "",
    wildcard: "",
    about: "At the top of the file, before the first `[table]`. All of it optional.",
    settings: &[
        setting("title", Line(200), Told("from the folder's name"), "The gallery's name.", "\"The lake house\""),
        setting(
            "date",
            Day,
            Told("the days of its photos"),
            "The day of the gallery: what is shown with it and sorts it.",
            "2026-06-20",
        ),
        setting("description", Text, Told("none"), "Text above the photos, in Markdown.", "\"Three days *in June*.\""),
        setting(
            "cover",
            File(&[]),
            Told("the first photo"),
            "The photo that stands for the gallery: a file in it, or a path below it.",
            "\"DSC_0042.jpg\"",
        ),
        setting(
            "sort",
            Kind::Sort,
            Told("as the gallery above, else `\"name\"`"),
            "The order of photos: `\"name\"`, `\"taken\"`, `\"taken-descending\"`, or a list of file names; photos \
             that are not listed follow by name.",
            "\"taken\"",
        ),
        setting(
            "access",
            Choice(&ACCESS),
            Told("as the gallery above, else `\"public\"`"),
            "Who may see the gallery and what lies below it. A gallery is never more open than the one above.",
            "\"private\"",
        ),
        setting(
            "expires",
            Day,
            Told("never"),
            "The last day (in UTC) of the gallery, and of links made for it without a day of their own.",
            "2027-06-30",
        ),
        setting(
            "keywords",
            Lines { may_be_empty: true },
            Is("[]"),
            "Keywords of every photo in it.",
            "[\"lake\", \"summer\"]",
        ),
        setting(
            "licence",
            WebAddress,
            Told("`rights.licence` of the site"),
            "The address of the licence of its photos.",
            "\"https://creativecommons.org/licenses/by/4.0/\"",
        ),
        setting(
            "share_cover",
            Flag,
            Is("false"),
            "Whether the cover may stand in the preview card of a private link. Whoever sees the link then sees it.",
            "true",
        ),
        setting(
            "id",
            Id,
            Told("none"),
            "Written by `safelight share`; it binds the gallery to its links and stays when the folder is renamed. Never \
             change or copy it.",
            "\"k3v9q2m7t4xa\"",
        ),
    ],
};

static CAPTIONS: Section = Section {
    table: "captions",
    wildcard: "FILE",
    about: "Captions by file name, over what the photo says itself.",
    settings: &[setting(
        "*",
        Text,
        Told("the photo's own"),
        "The caption of one photo; an empty text shows none.",
        "\"The ferry, late.\"",
    )],
};

static ALT: Section = Section {
    table: "alt",
    wildcard: "FILE",
    about: "Alternative texts by file name, for who cannot see the picture.",
    settings: &[setting(
        "*",
        Text,
        Told("the photo's own, else its caption"),
        "What the photo shows, in words.",
        "\"A white ferry leaves the harbour.\"",
    )],
};

static AUDIENCES: Section = Section {
    table: "audiences.*",
    wildcard: "NAME",
    about: "An audience of a private gallery: what its links show. Audiences cannot learn of each other.",
    settings: &[
        setting(
            "only",
            Lines { may_be_empty: false },
            Told("every photo"),
            "Only photos with one of these keywords or file names.",
            "[\"portraits\", \"DSC_0042.jpg\"]",
        ),
        setting(
            "except",
            Lines { may_be_empty: true },
            Is("[]"),
            "Never photos with one of these keywords or file names, whatever `only` says.",
            "[\"family\"]",
        ),
    ],
};

/// `gallery.toml`.
pub(super) static GALLERY: Sections = &[&GALLERY_TOP, &IMAGES, &AVIF, &WEBP, &JPEG, &CAPTIONS, &ALT, &AUDIENCES];

/// Names that a later version will honour. Refused until then: a photographer who writes `watermark = true`
/// must not publish without one.
pub(super) const LATER: &[&str] = &[
    "downloads",
    "download",
    "originals",
    "watermark",
    "watermarks",
    "password",
    "passwords",
    "codes",
    "favourites",
    "favorites",
    "sections",
    "languages",
];

impl Format {
    /// Its name in settings.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "avif" => Some(Self::Avif),
            "webp" => Some(Self::Webp),
            "jpeg" => Some(Self::Jpeg),
            _ => None,
        }
    }

    /// As it is written in settings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Webp => "webp",
            Self::Jpeg => "jpeg",
        }
    }

    /// Whether this program can encode it; AVIF is left out of builds without the feature `avif`.
    pub fn is_available(self) -> bool {
        self != Self::Avif || cfg!(feature = "avif")
    }
}
