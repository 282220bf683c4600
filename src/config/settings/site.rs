//! The tables of `site.toml`.

use super::Kind::{
    Choice, Colour, Contact, File, Flag, Folder, FolderName, Language, Line, Number, SiteAddress, WebAddress,
};
use super::Otherwise::{Is, Told};
use super::words::{DATA_MINING, DEFAULT, DENSITIES, FONTS, GRIDS, PICTURES, SCHEMES};
use super::{AVIF, IMAGES, JPEG, Section, Sections, Setting, WEBP, setting};

/// Who may see a gallery that says nothing.
pub(in crate::config) const DEFAULT_ACCESS: &str = "default_access";

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
        setting(
            DEFAULT_ACCESS,
            Choice(&DEFAULT),
            Is("\"public\""),
            "Who may see a gallery that does not say `access`, and what lies below it. With `private` a gallery is seen by nobody \
             until it is shared, or says `access = \"public\"` itself.",
            "\"private\"",
        ),
        setting("dated_links", Flag, Is("false"), "The same as `links.dated_links`; write one of the two.", "true"),
    ],
};

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
pub(in crate::config) static SITE: Sections =
    &[&SITE_TOP, &IMAGES, &AVIF, &WEBP, &JPEG, &RIGHTS, &THEME, &LIGHT, &DARK, &DISCOVERY, &LINKS];
