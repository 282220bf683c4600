//! The tables of `site.toml`.

use super::Kind::{
    Choice, Colour, Command, Contact, File, Flag, Folder, FolderName, Language, Languages, Line, Number, SiteAddress,
    WebAddress,
};
use super::Otherwise::{Is, Told};
use super::words::{DATA_MINING, DEFAULT, DENSITIES, FONTS, GRIDS, PICTURES, SCHEMES};
use super::{SHARED, Section, Sections, Setting, TARGETS, setting, with_shared};
use crate::config::{LEAST_ITERATIONS, MOST_ITERATIONS};

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
            "The site's address; it may have a path. Feed, sitemap, canonical addresses and preview cards need it and are \
             left out without it.",
            "\"https://photos.example.com/\"",
        ),
        setting("language", Language, Is("\"en\""), "The language of your texts, as a BCP 47 tag.", "\"pt-BR\""),
        setting(
            "languages",
            Languages,
            Is("[]"),
            "Further languages of the public and unlisted part of the site: all of its pages again below `/de/`, `/fr/`.",
            "[\"de\", \"fr\"]",
        ),
        setting("author", Line(200), Told("none"), "The photographer's name.", "\"Mara Lindqvist\""),
        setting(
            "contact",
            Contact,
            Told("none"),
            "How visitors reach you: an email or web address.",
            "\"hello@example.com\"",
        ),
        setting(
            "output",
            Folder,
            Is("\"public\""),
            "The folder that the site is written to. Keep nothing else in it: it must not be the site's folder, nor contain \
             or lie inside one of the folders below.",
            "\"build/site\"",
        ),
        setting(
            "galleries",
            Folder,
            Is("\"galleries\""),
            "The folder that contains the galleries.",
            "\"example-site/galleries\"",
        ),
        setting("pages", Folder, Is("\"pages\""), "The folder of text pages in Markdown.", "\"example-site/pages\""),
        setting(
            "static",
            Folder,
            Is("\"static\""),
            "The folder of files to copy unchanged: favicon, logo, fonts, `CNAME`.",
            "\"example-site/static\"",
        ),
        setting("themes", Folder, Is("\"themes\""), "The folder of your own themes.", "\"my-themes\""),
        setting(
            DEFAULT_ACCESS,
            Choice(&DEFAULT),
            Is("\"public\""),
            "Who may see galleries that do not set `access`. With `private`, nobody sees a gallery until you share it or set \
             `access = \"public\"` in it.",
            "\"private\"",
        ),
        setting("dated_links", Flag, Is("false"), "The same as `links.dated_links`; set only one of them.", "true"),
    ],
};

static RIGHTS: Section = Section {
    table: "rights",
    wildcard: "",
    about: "Rights metadata for published pictures, for photos that have none of their own.",
    settings: &[
        setting("creator", Line(200), Told("`author`"), "The creator of the picture.", "\"Studio Lindqvist\""),
        setting("copyright", Line(500), Told("none"), "The copyright line.", "\"© 2026 Mara Lindqvist\""),
        setting("credit", Line(200), Told("none"), "How to credit the picture.", "\"Photo: Mara Lindqvist\""),
        setting(
            "licence",
            WebAddress,
            Told("none"),
            "The licence, as an address.",
            "\"https://creativecommons.org/licenses/by-nc/4.0/\"",
        ),
        setting(
            "data_mining",
            Choice(&DATA_MINING),
            Told("none"),
            "What machines may do with the pictures; written to each picture, `tdmrep.json` and `robots.txt`.",
            "\"prohibited-ai-training\"",
        ),
        setting("show_places", Flag, Is("false"), "Show the city and country that a photo names on its page.", "true"),
        setting(
            "keep_gps",
            Flag,
            Is("false"),
            "Keep GPS positions in published pictures. They can lead to someone's door.",
            "true",
        ),
    ],
};

static THEME: Section = Section {
    table: "theme",
    wildcard: "",
    about: "The look of the pages.",
    settings: &[
        setting(
            "name",
            FolderName,
            Is("\"default\""),
            "The theme's folder in `themes`; its files override the built-in theme.",
            "\"harbour\"",
        ),
        setting(
            "logo",
            File(PICTURES),
            Told("none: the title as text"),
            "A picture in the `static` folder, shown in place of the title.",
            "\"logo.svg\"",
        ),
        setting("accent", Colour, Told("the theme's"), "The colour of links and highlights.", "\"#c2410c\""),
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
        setting("density", Choice(&DENSITIES), Is("\"regular\""), "The size of pictures in a grid.", "\"airy\""),
        setting("grid", Choice(&GRIDS), Is("\"rows\""), "The shape of a gallery's grid.", "\"squares\""),
        setting(
            "page_size",
            Number(24, 2000),
            Is("1000"),
            "The number of photos on a page; larger galleries are split.",
            "240",
        ),
    ],
};

/// The two colours of a scheme: both or none.
const COLOURS: &[Setting] = &[
    setting("background", Colour, Told("the theme's"), "The colour of the page. Set `text` too.", "\"#fbfaf8\""),
    setting("text", Colour, Told("the theme's"), "The colour of the text. Set `background` too.", "\"#1c1b1a\""),
];

static LIGHT: Section =
    Section { table: "theme.light", wildcard: "", about: "Colours of light pages.", settings: COLOURS };
static DARK: Section =
    Section { table: "theme.dark", wildcard: "", about: "Colours of dark pages.", settings: COLOURS };

static DISCOVERY: Section = Section {
    table: "discovery",
    wildcard: "",
    about: "Feeds and search engines.",
    settings: &[
        setting("feed", Flag, Is("true"), "Create an Atom feed of the newest galleries; needs `url`.", "false"),
        setting("index", Flag, Is("true"), "Let search engines list the public part of the site.", "false"),
    ],
};

static FAVOURITES: Section = Section {
    table: "favourites",
    wildcard: "",
    about: "How clients hand over their favourites, beside a file, an email and the share sheet of their phone.",
    settings: &[setting(
        "send_to",
        WebAddress,
        Told("none"),
        "An address that accepts web forms (`https`). The page sends favourites to it when a client presses “Send”, and only then.",
        "\"https://forms.example.com/favourites\"",
    )],
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
            "Include the last day in the address of new links, so that a server can refuse expired links without a new \
             build.",
            "true",
        ),
        setting(
            "tombstone_days",
            Number(1, 3650),
            Is("90"),
            "How many days a dead link says that it no longer works.",
            "365",
        ),
        setting(
            "contact",
            Contact,
            Told("`contact`"),
            "Whom to ask about a dead link: an email or web address.",
            "\"studio@example.com\"",
        ),
    ],
};

static DOWNLOADS: Section = Section {
    table: "downloads",
    wildcard: "",
    about: "Downloads, for galleries and audiences that set `downloads`.",
    settings: &[setting(
        "part_size",
        Number(1, 100_000),
        Is("25"),
        "The size of the ZIP files that photos are packed in, in megabytes. The default is below the limits of all known hosts \
         (Cloudflare: 25 MiB, GitHub Pages: 100 MiB); set more for fewer files if your host allows it. A larger photo gets a ZIP file of its \
         own.",
        "1000",
    )],
};

static CODES: Section = Section {
    table: "codes",
    wildcard: "",
    about: "Codes and passwords, for sealed galleries and the look-up page.",
    settings: &[setting(
        "iterations",
        Number(LEAST_ITERATIONS, MOST_ITERATIONS),
        Is("600000"),
        "How much work it takes to try one code or password (rounds of PBKDF2 with SHA-256). A phone does the default in about a second; \
         more makes guessing slower, and opening too. Files with codes and passwords are written anew when it changes.",
        "1000000",
    )],
};

static FIND: Section = Section {
    table: "find",
    wildcard: "",
    about: "The look-up page at `/find/`, where guests type the code from a printed card. The site has one where this table is written, even with \
            nothing in it. Links work there when they were made with `safelight share --find`.",
    settings: &[
        setting("title", Line(200), Told("the theme's words"), "The heading of the page.", "\"Find your photos\""),
        setting(
            "label",
            Line(100),
            Told("the theme's words"),
            "What a code is called on the page and on cards.",
            "\"Event number\"",
        ),
        setting(
            "text",
            Line(1000),
            Told("none"),
            "One or two sentences above the field.",
            "\"The number is on the card that you were given.\"",
        ),
    ],
};

const TARGET: &[Setting] = &[
    setting(
        "to",
        Line(1000),
        Told("none"),
        "Where the site goes: `s3://bucket/folder` (also R2, B2, MinIO, Spaces, with `endpoint`), `gs://bucket/folder`, \
         `az://account/container/folder`, `sftp://user@host/folder`, a folder such as a NAS, `netlify://site-id` or \
         `cloudflare-pages://project`. Credentials are never written here; `docs/publish.md` says where they come from.",
        "\"s3://photos.example.com\"",
    ),
    setting(
        "endpoint",
        Line(1000),
        Told("the cloud's own"),
        "The server of the bucket.",
        "\"https://ACCOUNT.r2.cloudflarestorage.com\"",
    ),
    setting("region", Line(100), Told("that of your credentials"), "The region of a bucket on S3.", "\"eu-central-1\""),
    setting(
        "state",
        Line(1000),
        Told("`safelight-state/` at the target"),
        "Another bucket or folder for the record of what is online. It is encrypted under the site's secret.",
        "\"s3://photos-state.example.com\"",
    ),
];

const PURGES: &[Setting] = &[
    setting("cloudfront", Line(100), Told("none"), "The id of a CloudFront distribution.", "\"E123EXAMPLE\""),
    setting(
        "cloudflare",
        Line(100),
        Told("none"),
        "The id or name of a Cloudflare zone. The token comes from `CLOUDFLARE_API_TOKEN`.",
        "\"example.com\"",
    ),
    setting(
        "command",
        Command,
        Told("none"),
        "A program and its arguments. It gets the URL paths to purge on its standard input, one per line; those that end with `*` stand for \
         everything that begins so.",
        "[\"./purge.sh\"]",
    ),
];

static PUBLISH: Section = Section {
    table: "publish",
    wildcard: "",
    about: "Where `safelight publish` puts the site online.",
    settings: TARGET,
};

static PURGE: Section = Section {
    table: "publish.purge",
    wildcard: "",
    about: "The caches that must forget what changed: one of these.",
    settings: PURGES,
};

static NAMED_TARGET: Section = Section {
    table: TARGETS,
    wildcard: "NAME",
    about: "A further target: `safelight publish NAME` publishes to it.",
    settings: TARGET,
};

static NAMED_PURGE: Section = Section {
    table: "publish.targets.*.purge",
    wildcard: "NAME",
    about: "The caches of a further target.",
    settings: PURGES,
};

static TRANSLATIONS: Section = Section {
    table: "translations.*",
    wildcard: "TAG",
    about: "What the site is called in another language; `TAG` is one of `languages`.",
    settings: &[
        setting("title", Line(200), Told("`title`"), "The site's name.", "\"Halcyon-Küste\""),
        setting(
            "description",
            Line(1000),
            Told("`description`"),
            "One sentence about the site.",
            "\"Gezeiten, Fähren und spätes Licht.\"",
        ),
    ],
};

/// `site.toml`.
pub(in crate::config) static SITE: Sections = &with_shared::<{ SHARED.len() + 16 }>(
    &SITE_TOP,
    &[
        &RIGHTS,
        &THEME,
        &LIGHT,
        &DARK,
        &DISCOVERY,
        &FAVOURITES,
        &LINKS,
        &DOWNLOADS,
        &CODES,
        &FIND,
        &PUBLISH,
        &PURGE,
        &NAMED_TARGET,
        &NAMED_PURGE,
        &TRANSLATIONS,
    ],
);
