//! The tables of `gallery.toml`.

use super::Kind::{Choice, Day, File, Flag, Id, Line, Lines, Text, WebAddress};
use super::Otherwise::{Is, Told};
use super::words::{ACCESS, DOWNLOADS};
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
            "downloads",
            Choice(&DOWNLOADS),
            Told("that of the parent gallery, else `\"none\"`"),
            "What visitors may download, of single photos and as ZIP files. Galleries below inherit it.",
            "\"web\"",
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

static AUDIENCES: Section = Section {
    table: "audiences.*",
    wildcard: "NAME",
    about: "An audience of a private gallery: which photos its links show. Audiences cannot learn of each other.",
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
            "downloads",
            Choice(&DOWNLOADS),
            Told("that of the gallery"),
            "What this audience may download. Folders below the gallery can only restrict it further.",
            "\"full\"",
        ),
    ],
};

/// `gallery.toml`.
pub(in crate::config) static GALLERY: Sections =
    &with_shared::<{ SHARED.len() + 4 }>(&GALLERY_TOP, &[&CAPTIONS, &ALT, &AUDIENCES]);
