//! The tables of `gallery.toml`.

use super::Kind::{Choice, Day, File, Flag, Id, Line, Lines, Text, WebAddress};
use super::Otherwise::{Is, Told};
use super::words::ACCESS;
use super::{AVIF, IMAGES, JPEG, Kind, Section, Sections, WEBP, setting};

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
            "The order of photos. Where file names are listed, photos that are not follow by name.",
            "\"taken\"",
        ),
        setting(
            "access",
            Choice(&ACCESS),
            Told("as the gallery above, else the site's `default_access`"),
            "Who may see the gallery and what lies below it. A gallery is never more open than the one above.",
            "\"private\"",
        ),
        setting(
            "expires",
            Day,
            Told("never"),
            "The last day (in UTC) of the gallery, and of links made for it without a day of their own. The first build after it \
             takes an open gallery out of the site, with what lies below.",
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
            "Only photos with one of these keywords, names, paths or folders; case does not matter.",
            "[\"portraits\", \"DSC_0042.jpg\"]",
        ),
        setting(
            "except",
            Lines { may_be_empty: true },
            Is("[]"),
            "Never photos with one of these keywords, names, paths or folders, whatever `only` says. A word that fits no photo is an error.",
            "[\"family\"]",
        ),
    ],
};

/// `gallery.toml`.
pub(in crate::config) static GALLERY: Sections =
    &[&GALLERY_TOP, &IMAGES, &AVIF, &WEBP, &JPEG, &CAPTIONS, &ALT, &AUDIENCES];
