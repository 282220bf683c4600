//! The tables of `gallery.toml`.

use super::Kind::{Choice, Colour, Day, File, Flag, Id, Language, Line, Lines, Number, Text, WebAddress};
use super::Otherwise::{Is, Told};
use super::words::{ACCESS, DOWNLOADS, HEADERS, POSITIONS};
use super::{Kind, SHARED, Section, Sections, setting, with_shared};

static GALLERY_TOP: Section = Section {
    table: "",
    wildcard: "",
    about: "At the top of the file, before the first `[table]`. All settings are optional.",
    settings: &[
        setting("title", Line(200), Told("from the folder's name"), "The gallery's name.", "\"The lake house\""),
        setting(
            "date",
            Day,
            Told("the days of its photos"),
            "The gallery's date, for display and sorting.",
            "2026-06-20",
        ),
        setting("description", Text, Told("none"), "Text above the photos, in Markdown.", "\"Three days *in June*.\""),
        setting(
            "language",
            Language,
            Told("that of the parent gallery, else the site's"),
            "The language of its pages and of the galleries below it, as a BCP 47 tag: words of the interface, dates, direction.",
            "\"pl\"",
        ),
        setting(
            "cover",
            File(&[]),
            Told("the first photo"),
            "The gallery's cover photo: a file in it, or a path below it.",
            "\"DSC_0042.jpg\"",
        ),
        setting(
            "sort",
            Kind::Sort,
            Told("that of the parent gallery, else `\"name\"`"),
            "The order of photos. If you list file names, the other photos follow by name.",
            "\"taken\"",
        ),
        setting(
            "access",
            Choice(&ACCESS),
            Told("that of the parent gallery, else the site's `default_access`"),
            "Who may see the gallery and the galleries below it. A gallery is never more open than its parent.",
            "\"private\"",
        ),
        setting(
            "expires",
            Day,
            Told("never"),
            "The last day (in UTC) of the gallery, and of its links that have none of their own. The first build after \
             it removes an open gallery from the site, with the galleries below it.",
            "2027-06-30",
        ),
        setting(
            "keywords",
            Lines { may_be_empty: true },
            Is("[]"),
            "Keywords for every photo in it.",
            "[\"lake\", \"summer\"]",
        ),
        setting(
            "licence",
            WebAddress,
            Told("`rights.licence` of the site"),
            "The licence of its photos, as an address.",
            "\"https://creativecommons.org/licenses/by/4.0/\"",
        ),
        setting(
            "share_cover",
            Flag,
            Is("false"),
            "Show the cover in the preview card of private links. Anyone who sees the link then sees the cover.",
            "true",
        ),
        setting(
            "header",
            Choice(&HEADERS),
            Is("\"none\""),
            "How its page begins: with the title alone, or with the cover across the page.",
            "\"half\"",
        ),
        setting(
            "sections",
            Lines { may_be_empty: true },
            Is("[]"),
            "Keywords that each make a section of the grid, in this order. A photo is in the first that it has; photos without any come \
             first.",
            "[\"ceremony\", \"party\"]",
        ),
        setting(
            "favourites",
            Flag,
            Told("`true` in private galleries, else `false`"),
            "Whether visitors can mark photos as favourites. What they mark is kept in their browser, from the first mark on, and goes \
             nowhere unless they hand it over.",
            "false",
        ),
        setting(
            "downloads",
            Choice(&DOWNLOADS),
            Told("that of the parent gallery, else `\"none\"`"),
            "What visitors may download, of single photos and as ZIP files. Galleries below inherit it.",
            "\"web\"",
        ),
        setting(
            "passwords",
            Flag,
            Is("false"),
            "Whether passwords that you chose open this sealed gallery too. Written by `safelight password`; the passwords themselves are \
             never in this file. A build without them is an error.",
            "true",
        ),
        setting(
            "id",
            Id,
            Told("none"),
            "Connects the gallery to its links, also after you rename the folder. Written by `safelight share`; never change \
             or copy it.",
            "\"k3v9q2m7t4xa\"",
        ),
    ],
};

static CAPTIONS: Section = Section {
    table: "captions",
    wildcard: "FILE",
    about: "Captions by file name. They override the photo's own.",
    settings: &[setting(
        "*",
        Text,
        Told("the photo's own"),
        "The caption of one photo; an empty text hides it.",
        "\"The ferry, late.\"",
    )],
};

static ALT: Section = Section {
    table: "alt",
    wildcard: "FILE",
    about: "Alternative texts by file name, for people who cannot see the picture.",
    settings: &[setting(
        "*",
        Text,
        Told("the photo's own, else its caption"),
        "A description of what the photo shows.",
        "\"A white ferry leaves the harbour.\"",
    )],
};

static LISTS: Section = Section {
    table: "lists",
    wildcard: "NAME",
    about: "Lists that visitors sort their favourites into, in alphabetical order. Without any there is one.",
    settings: &[setting(
        "*",
        Number(0, 100_000),
        Told("one list without a limit"),
        "The number of photos that the list can hold; `0` for any number.",
        "30",
    )],
};

static AUDIENCES: Section = Section {
    table: "audiences.*",
    wildcard: "NAME",
    about: "An audience of a private gallery: which photos its links show, and in which language. Audiences cannot learn of each other.",
    settings: &[
        setting(
            "only",
            Lines { may_be_empty: false },
            Told("every photo"),
            "Show only photos with one of these keywords, names, paths or folders, in any case.",
            "[\"portraits\", \"DSC_0042.jpg\"]",
        ),
        setting(
            "except",
            Lines { may_be_empty: true },
            Is("[]"),
            "Hide photos with one of these keywords, names, paths or folders, even if `only` includes them. An entry that matches no photo is an error.",
            "[\"family\"]",
        ),
        setting(
            "language",
            Language,
            Told("the gallery's"),
            "The language of the audience's pages, as a BCP 47 tag.",
            "\"pl\"",
        ),
        setting(
            "downloads",
            Choice(&DOWNLOADS),
            Told("that of the gallery"),
            "What this audience may download. Folders below the gallery can only restrict it further.",
            "\"full\"",
        ),
        setting("watermark", Flag, Is("true"), "Whether this audience sees the gallery's watermark.", "false"),
        setting(
            "passwords",
            Flag,
            Is("false"),
            "Whether passwords that you chose for this audience open the sealed gallery too, as at the top of the file.",
            "true",
        ),
    ],
};

static WATERMARK: Section = Section {
    table: "watermark",
    wildcard: "",
    about: "A mark over the pictures of the gallery and the galleries below it: on pages, preview cards and web-size downloads. Its files are \
            relative to the site's folder and are not published.",
    settings: &[
        setting(
            "enabled",
            Flag,
            Is("true"),
            "`false`: no watermark here and in the galleries below, whatever the gallery above says.",
            "false",
        ),
        setting(
            "file",
            File(&["png"]),
            Told("none"),
            "A PNG file, best with transparency. It is never enlarged.",
            "\"marks/logo.png\"",
        ),
        setting(
            "text",
            Line(100),
            Told("none"),
            "A line of text instead of a picture. Set `font` too.",
            "\"© Mara Lindqvist\"",
        ),
        setting("font", File(&["ttf", "otf"]), Told("none"), "The font of the text.", "\"static/fonts/text.ttf\""),
        setting("colour", Colour, Is("\"#ffffff\""), "The colour of the text.", "\"black\""),
        setting("position", Choice(&POSITIONS), Is("\"bottom-right\""), "Where it lies.", "\"centre\""),
        setting(
            "size",
            Number(1, 100),
            Is("25"),
            "The share of the picture's width and height that it fits into, in percent.",
            "40",
        ),
        setting("opacity", Number(1, 100), Is("50"), "How opaque it is, in percent.", "80"),
    ],
};

static TRANSLATIONS: Section = Section {
    table: "translations.*",
    wildcard: "TAG",
    about: "What the gallery is called on pages in another language.",
    settings: &[
        setting("title", Line(200), Told("`title`"), "The gallery's name.", "\"Das Haus am See\""),
        setting(
            "description",
            Text,
            Told("`description`"),
            "Text above the photos, in Markdown.",
            "\"Drei Tage *im Juni*.\"",
        ),
    ],
};

static TRANSLATED_CAPTIONS: Section = Section {
    table: "translations.*.captions",
    wildcard: "FILE",
    about: "Captions by file name, on pages in another language.",
    settings: &[setting("*", Text, Told("as in `captions`"), "The caption of one photo.", "\"Die späte Fähre.\"")],
};

static TRANSLATED_ALT: Section = Section {
    table: "translations.*.alt",
    wildcard: "FILE",
    about: "Alternative texts by file name, on pages in another language.",
    settings: &[setting(
        "*",
        Text,
        Told("as in `alt`"),
        "A description of what the photo shows.",
        "\"Eine weiße Fähre.\"",
    )],
};

/// `gallery.toml`.
pub(in crate::config) static GALLERY: Sections = &with_shared::<{ SHARED.len() + 9 }>(
    &GALLERY_TOP,
    &[&CAPTIONS, &ALT, &LISTS, &AUDIENCES, &WATERMARK, &TRANSLATIONS, &TRANSLATED_CAPTIONS, &TRANSLATED_ALT],
);
