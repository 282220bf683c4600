//! Slips in `gallery.toml` and what is said of each.

use super::*;

#[test]
fn impossible_values_are_refused() {
    for (text, column, expected) in [
        (
            "access = \"secret\"",
            10,
            "unknown access `secret` in `access` / known values: public, unlisted, private, sealed",
        ),
        (
            "access = \"privat\"",
            10,
            "unknown access `privat` in `access` / did you mean `private`? known values: public, unlisted, private, sealed",
        ),
        ("sort = \"date\"", 8, "unknown order `date` in `sort` / did you mean `taken`?"),
        (
            "sort = \"nmae\"",
            8,
            "unknown order `nmae` in `sort` / did you mean `name`? known orders: name, taken, taken-descending",
        ),
        ("sort = 3", 8, "`sort` must be an order or a list of file names, not `3`"),
        ("sort = [\"a.jpg\", \"a.jpg\"]", 18, "`\"a.jpg\"` is in `sort` twice"),
        (
            "sort = [\"b/a.jpg\"]",
            8,
            "`sort` must be a list of file names without slashes, not `[\"b/a.jpg\"]` / set the order of a folder below in its own `gallery.toml`",
        ),
        (
            "expires = \"2027-06-30\"",
            11,
            "`expires` must be a date such as `2027-06-30`, not `\"2027-06-30\"` / write it without quotes",
        ),
        (
            "expires = 2027-06-30T10:00:00Z",
            11,
            "`expires` must be a date such as `2027-06-30`, not `2027-06-30T10:00:00Z` / remove the time: a day ends at midnight UTC",
        ),
        (
            "expires = 10:00:00",
            11,
            "`expires` must be a date such as `2027-06-30`, not `10:00:00` / remove the time: a day ends at midnight UTC",
        ),
        (
            "cover = \"../b.jpg\"",
            9,
            "`cover` must be a path below its folder, not `\"../b.jpg\"` / remove `..`, which leads out of it",
        ),
        ("cover = \"a/./b.jpg\"", 9, "`cover` must be a file name, or a path below its folder, not `\"a/./b.jpg\"`"),
        (
            "keywords = \"lake\"",
            12,
            "`keywords` must be a list of texts in quotes, not `\"lake\"` / put it in square brackets",
        ),
        (
            "keywords = [\"lake\", \"\"]",
            21,
            "`keywords` must contain texts of 1 to 255 characters in quotes, not `\"\"`",
        ),
        (
            "captions = { \"a/b.jpg\" = \"x\" }",
            14,
            "`a/b.jpg` in `[captions]` must be the name of a file in this gallery / name files of a folder below it in that folder's own `gallery.toml`",
        ),
        ("captions = { \"a b.jpg\" = 3 }", 26, "`captions.\"a b.jpg\"` must be text in quotes, not `3`"),
        (
            "audiences.guests.only = []",
            25,
            "`audiences.guests.only` is empty and would match no photo / remove it, or add an entry",
        ),
        (
            "audiences.guests.olny = [\"a\"]",
            18,
            "unknown setting `olny` in `[audiences.guests]` / did you mean `only`?",
        ),
        (
            "audiences.guests = 3",
            20,
            "`audiences.guests` must be a table, not `3` / write `[audiences.guests]` on its own line, with its settings below",
        ),
        (
            "url = \"https://a.example/\"",
            1,
            "unknown setting `url` / known here: title, date, description, language, cover, sort, access, expires, keywords, licence, share_cover, header, sections, favourites, downloads, passwords, id, images, captions, alt, lists, audiences, watermark, translations",
        ),
    ] {
        gallery_refused(text, &format!("`gallery.toml` line 1, column {column}: {expected}"));
    }
}

/// TOML takes every line behind `[captions]` for one of its keys.
#[test]
fn a_setting_among_names_of_files_is_refused_however_it_is_spelled() {
    let settings = [
        "access",
        "expires",
        "title",
        "date",
        "cover",
        "sort",
        "keywords",
        "licence",
        "share_cover",
        "downloads",
        "id",
    ];
    let tables = ["images", "audiences", "alt", "captions"];
    let later = ["password", "originals", "watermarks", "sections"];
    let closing = ["private", "hidden", "visibility", "draft", "published", "protected"];
    let slips = [
        "Access",
        "ACCESS",
        "acces",
        "acess",
        "accesss",
        "privat",
        "\"access \"",
        "\"access:\"",
        "share-cover",
        "expire",
    ];
    for table in ["captions", "alt"] {
        for name in settings.iter().chain(&tables).chain(&later).chain(&closing).chain(&slips) {
            if *name == table {
                continue;
            }
            for value in ["\"private\"", "true", "2027-06-30", "[\"x\"]"] {
                let told = gallery_refusals(&format!("[{table}]\n\"a.jpg\" = \"A\"\n{name} = {value}\n"));
                assert_eq!(told.len(), 1, "{told:?}");
                assert!(told[0].starts_with("`gallery.toml` line 3, column 1: "), "{told:?}");
                assert!(told[0].contains(" looks like a setting, but has no effect there / "), "{told:?}");
            }
        }
    }
    gallery_refused(
        "[captions]\n\"a.jpg\" = \"A\"\naccess = \"private\"",
        "`gallery.toml` line 3, column 1: `access` in `[captions]` looks like a setting, but has no effect there / move `access` to the top of the file, before the first `[table]`",
    );
    gallery_refused(
        "[audiences]\naccess = \"private\"",
        "`gallery.toml` line 2, column 1: `access` in `[audiences]` looks like a setting, but has no effect there / move `access` to the top of the file, before the first `[table]`",
    );
}

#[test]
fn names_of_files_that_only_resemble_settings_stand_among_captions() {
    let names = [
        "access.jpg",
        "downloads.jpg",
        "description.png",
        "title.webp",
        "IMG_0001",
        "DSC 12",
        "7",
        "private party.jpg",
    ];
    for name in names {
        assert_eq!(gallery(&format!("[captions]\n\"{name}\" = \"A\"")).captions.len(), 1, "{name}");
    }
}

/// A closing quote that is missing makes text of the settings behind it.
#[test]
fn a_setting_within_a_text_is_refused() {
    for line in [
        "access = \"private\"",
        "  Access='private'",
        "private = true",
        "expires = 2027-06-30",
        "audiences.guests.except = [\"x\"]",
    ] {
        for text in [
            format!("description = \"\"\"\nThree days in June.\n{line}\n\"\"\""),
            format!("[captions]\n\"a.jpg\" = \"\"\"\nThe ferry.\n{line}\n\"\"\""),
        ] {
            let told = gallery_refusals(&text);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains(" contains a line that looks like the setting `"), "{told:?}");
        }
    }
    for honest in ["Access: by ferry only.", "a = b", "Width = 20 cm", "Who = we are", "access = by ferry"] {
        gallery(&format!("description = \"\"\"\nThree days.\n{honest}\n\"\"\""));
    }
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for day in ["2027-02-29", "2027-13-01", "2027-04-31", "2027-00-10", "2027-01-00"] {
        let told = gallery_refusals(&format!("date = {day}"));
        assert!(told[0].starts_with("`gallery.toml` line 1, column "), "{told:?}");
    }
    assert_eq!(gallery("date = 2028-02-29").date, Some(jiff::civil::date(2028, 2, 29)));
}

#[test]
fn an_id_is_twelve_lower_case_crockford_symbols() {
    assert_eq!(gallery("id = \"k3v9q2m7t4xa\"").id.as_deref(), Some("k3v9q2m7t4xa"));
    for id in [
        "",
        "k3v9q2m7t4x",
        "k3v9q2m7t4xaa",
        "K3V9Q2M7T4XA",
        "k3v9q2m7t4xi",
        "k3v9q2m7t4xl",
        "k3v9q2m7t4xo",
        "k3v9q2m7t4xu",
        "k3v9q2m7t4é",
        "k3v9-2m7t4xa",
    ] {
        assert!(
            gallery_refusals(&format!("id = \"{id}\""))[0].contains("twelve lower-case Crockford base32 symbols"),
            "{id}"
        );
    }
}

#[test]
fn names_of_audiences_have_letters_digits_and_little_else() {
    for name in ["guests", "the couple", "Gäste_2-a", "हिन्दी", "e\u{301}t\u{e9}"] {
        let found = gallery(&format!("[audiences.\"{name}\"]\nexcept = [\"x\"]"));
        assert_eq!(found.audiences.len(), 1, "{name}");
    }
    let long = "x".repeat(65);
    for name in ["", " guests", "guests ", "a/b", "a.b", "a\\u0007", "a\\nb", "<b>", long.as_str()] {
        let told = gallery_refusals(&format!("[audiences.\"{name}\"]"));
        assert_eq!(told.len(), 1, "{name}");
        assert!(told[0].contains("is not a valid audience name"), "{told:?}");
    }
}

#[test]
fn two_spellings_of_one_audience_are_refused() {
    gallery_refused(
        "[audiences.\"\u{e9}t\u{e9}\"]\n[audiences.\"e\u{301}te\u{301}\"]",
        "`gallery.toml` line 2, column 12: the audience `\u{e9}t\u{e9}` is defined twice",
    );
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let told = gallery_refusals("\"a\\u001b[31m\" = 1");
    assert!(told[0].contains("\\u{1b}[31m"), "{told:?}");
}

#[test]
fn audiences_of_an_open_gallery_hide_nothing_and_are_refused() {
    for access in ["public", "unlisted"] {
        gallery_refused(
            &format!("access = \"{access}\"\n[audiences.guests]\nexcept = [\"family\"]"),
            "`gallery.toml` line 1, column 10: `[audiences]` has no effect, because this gallery is open to everyone / write `access = \"private\"`, or delete the audiences",
        );
    }
    for access in ["access = \"private\"", "access = \"sealed\"", ""] {
        assert_eq!(gallery(&format!("{access}\n[audiences.guests]\nexcept = [\"family\"]")).audiences.len(), 1);
    }
}
