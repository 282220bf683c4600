//! Slips in `site.toml` and what is said of each.

use super::*;

#[test]
fn an_unknown_format_is_answered_with_the_nearest() {
    refused(
        "title = \"x\"\n\n[images]\nformats = [\"avfi\", \"jpeg\"]",
        "`site.toml` line 4, column 12: unknown format `avfi` in `images.formats` / did you mean `avif`? known \
         formats: avif, jpeg, webp",
    );
    refused(
        "images.formats = [\"jpg\"]",
        "`site.toml` line 1, column 19: unknown format `jpg` in `images.formats` / did you mean `jpeg`? known \
         formats: avif, jpeg, webp",
    );
    refused(
        "images.formats = [\"heic\", \"jpeg\"]",
        "`site.toml` line 1, column 19: unknown format `heic` in `images.formats` / known formats: avif, jpeg, webp",
    );
}

#[test]
fn unknown_names_are_answered_with_what_was_meant() {
    refused("tilte = \"x\"", "`site.toml` line 1, column 1: unknown setting `tilte` / did you mean `title`?");
    refused(
        "[images]\nqualty = 80",
        "`site.toml` line 2, column 1: unknown setting `qualty` in `[images]` / did you mean `quality`?",
    );
    refused("[image]\nquality = 80", "`site.toml` line 1, column 2: unknown table `[image]` / did you mean `images`?");
    refused(
        "[images.jpg]\nquality = 80",
        "`site.toml` line 1, column 9: unknown table `[images.jpg]` / did you mean `jpeg`?",
    );
    refused(
        "creator = \"x\"",
        "`site.toml` line 1, column 1: unknown setting `creator` / move `creator` to `[rights]`",
    );
    refused(
        "[discovery]\nurl = \"https://a.example\"",
        "`site.toml` line 2, column 1: unknown setting `url` in `[discovery]` / move `url` to the top of the file, before the first `[table]`",
    );
    refused(
        "[discovery]\nzzzzzz = 1",
        "`site.toml` line 2, column 1: unknown setting `zzzzzz` in `[discovery]` / known here: feed, index",
    );
}

#[test]
fn a_quoted_name_with_a_dot_is_no_table() {
    refused(
        "\"images.avif\" = { quality = 3 }",
        "`site.toml` line 1, column 1: unknown table `[\"images.avif\"]` / write it without quotes",
    );
    refused(
        "\"*\" = { quality = 3 }",
        "`site.toml` line 1, column 1: unknown table `[\"*\"]` / known here: title, description, url, language, languages, \
         author, contact, output, galleries, pages, static, themes, default_access, dated_links, images, rights, theme, discovery, favourites, links, downloads, codes, find, publish, translations",
    );
}

#[test]
fn columns_count_characters() {
    refused(
        "# Grüße aus Łódź 📷\n\"größe\" = 1",
        "`site.toml` line 2, column 1: unknown setting `größe` / known here: title, description, url, language, languages, \
         author, contact, output, galleries, pages, static, themes, default_access, dated_links, images, rights, theme, discovery, favourites, links, downloads, codes, find, publish, translations",
    );
    refused(
        "rights = { credit = \"Łódź 📷é\", keep_gps = 3 }",
        "`site.toml` line 1, column 43: `rights.keep_gps` must be `true` or `false`, not `3`",
    );
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_do_not_shift_places() {
    refused(
        "\u{feff}title = \"x\"\r\n\r\n[theme]\r\ngrid = \"square\"\r\n",
        "`site.toml` line 4, column 8: unknown grid `square` in `theme.grid` / did you mean `squares`? known grids: \
         rows, squares",
    );
    refused("\u{feff}tilte = 1", "`site.toml` line 1, column 1: unknown setting `tilte` / did you mean `title`?");
}

#[test]
fn wrong_types_say_what_was_expected() {
    for (text, column, expected) in [
        ("title = 3", 9, "`title` must be text in quotes, not `3`"),
        ("title = [\"a\"]", 9, "`title` must be text in quotes, not `[\"a\"]`"),
        ("url = 2026-01-01", 7, "`url` must be text in quotes, not `2026-01-01`"),
        (
            "images.quality = \"80\"",
            18,
            "`images.quality` must be a whole number from 1 to 100, not `\"80\"` / write it without quotes",
        ),
        ("images.quality = 80.5", 18, "`images.quality` must be a whole number from 1 to 100, not `80.5`"),
        (
            "images.widths = 640",
            17,
            "`images.widths` must be a list of 1 to 16 widths in pixels, not `640` / for example `[640, 1280, 2560]`",
        ),
        ("images.widths = [\"a\"]", 18, "`images.widths` must contain whole numbers from 1 to 16383, not `\"a\"`"),
        (
            "images.formats = \"jpeg\"",
            18,
            "`images.formats` must be a list of formats, not `\"jpeg\"` / for example `[\"webp\", \"jpeg\"]`",
        ),
        ("images.formats = [\"jpeg\", 1]", 27, "`images.formats` must contain format names in quotes, not `1`"),
        (
            "discovery.feed = \"true\"",
            18,
            "`discovery.feed` must be `true` or `false`, not `\"true\"` / write it without quotes",
        ),
        (
            "theme = \"dark\"",
            9,
            "`theme` must be a table, not `\"dark\"` / write `[theme]` on its own line, with its settings below",
        ),
        (
            "theme.light = \"#fff\"",
            15,
            "`theme.light` must be a table, not `\"#fff\"` / write `[theme.light]` on its own line, with its settings below",
        ),
    ] {
        refused(text, &format!("`site.toml` line 1, column {column}: {expected}"));
    }
    assert_eq!(refusals("[[images]]\nquality = 3").len(), 1);
}

#[test]
fn impossible_numbers_are_refused() {
    for number in ["0", "101", "-1", "99999999999999999999", "0xFF"] {
        refused(
            &format!("images.quality = {number}"),
            &format!(
                "`site.toml` line 1, column 18: `images.quality` must be a whole number from 1 to 100, not `{number}`"
            ),
        );
    }
    for (name, number, range) in [
        ("links.tombstone_days", "0", "1 to 3650"),
        ("links.tombstone_days", "3651", "1 to 3650"),
        ("theme.page_size", "23", "24 to 2000"),
        ("theme.page_size", "2001", "24 to 2000"),
        ("images.avif.quality", "0", "1 to 100"),
    ] {
        refused(
            &format!("{name} = {number}"),
            &format!(
                "`site.toml` line 1, column {}: `{name}` must be a whole number from {range}, not `{number}`",
                name.len() + 4
            ),
        );
    }
    for width in ["0", "16384", "-5", "1.5"] {
        refused(
            &format!("images.widths = [640, {width}]"),
            &format!(
                "`site.toml` line 1, column 23: `images.widths` must contain whole numbers from 1 to 16383, not `{width}`"
            ),
        );
    }
    refused(
        "images.webp.widths = [640, 6_40]",
        "`site.toml` line 1, column 28: `6_40` is in `images.webp.widths` twice",
    );
    refused(
        "images.widths = []",
        "`site.toml` line 1, column 17: `images.widths` must be a list of 1 to 16 widths in pixels, not `[]` / for example `[640, 1280, 2560]`",
    );
}

#[test]
fn formats_need_jpeg_and_none_twice() {
    refused(
        "images.formats = [\"webp\"]",
        "`site.toml` line 1, column 18: `images.formats` does not include `jpeg` / add it: preview cards and old software show nothing else, and it costs little next to another format",
    );
    assert_eq!(refusals("images.formats = []").len(), 1);
    refused(
        "images.formats = [\"webp\", \"jpeg\", \"webp\"]",
        "`site.toml` line 1, column 35: `webp` is in `images.formats` twice",
    );
    refused(
        "[images]\nformats = [\"jpeg\"]\nwebp.quality = 3",
        "`site.toml` line 3, column 16: `[images.webp]` has no effect, because `images.formats` does not include `webp` / remove it, or add `webp` to the formats",
    );
}

#[cfg(not(feature = "avif"))]
#[test]
fn a_format_that_this_build_cannot_make_is_refused() {
    refused(
        "images.formats = [\"avif\", \"jpeg\"]",
        "`site.toml` line 1, column 19: this build of safelight cannot create `avif`, which `images.formats` requests / remove it, or build safelight with the feature `avif` (the default)",
    );
}

#[test]
fn impossible_texts_are_refused() {
    for (text, column, expected) in [
        (
            "title = \" \"",
            9,
            "`title` must be text that is not empty, not `\" \"` / remove the setting if it has no value",
        ),
        (
            "author = \"a\\u001b[31m\"",
            10,
            "`author` must be one line without control characters, not `\"a\\u001b[31m\"`",
        ),
        (
            "url = \"photos.example.com\"",
            7,
            "`url` must be an address such as `https://photos.example.com/`, not `\"photos.example.com\"` / begin it with `https://`",
        ),
        (
            "url = \"https://a.example/?x\"",
            7,
            "`url` must be an address such as `https://photos.example.com/`, not `\"https://a.example/?x\"` / remove `?` and everything after it",
        ),
        (
            "url = \"https://me@a.example/\"",
            7,
            "`url` must be an address such as `https://photos.example.com/`, not `\"https://me@a.example/\"` / remove the user name and password: they would be published",
        ),
        (
            "language = \"en_GB\"",
            12,
            "`language` must be a language tag such as `en` or `pt-BR`, not `\"en_GB\"` / join its parts with `-`",
        ),
        (
            "language = \"english\"",
            12,
            "`language` must be a language tag such as `en` or `pt-BR`, not `\"english\"` / write the language's code, not its name: `en` for English, `de` for German",
        ),
        (
            "contact = \"me\"",
            11,
            "`contact` must be an email or web address, not `\"me\"` / for example `hello@example.com`",
        ),
        (
            "contact = \"javascript:alert(1)\"",
            11,
            "`contact` must be an email or web address, not `\"javascript:alert(1)\"` / for example `hello@example.com`",
        ),
        (
            "rights.licence = \"CC BY 4.0\"",
            18,
            "`rights.licence` must be a web address such as `https://example.com/page`, not `\"CC BY 4.0\"` / write its address: `https://creativecommons.org/licenses/by/4.0/`",
        ),
        (
            "rights.data_mining = \"prohibit\"",
            22,
            "unknown value `prohibit` in `rights.data_mining` / did you mean `prohibited`? known values: allowed, prohibited-ai-training, prohibited-except-search, prohibited",
        ),
        (
            "images.background = \"whit\"",
            21,
            "`images.background` must be a colour such as `#c2410c` or a basic CSS colour name, not `\"whit\"` / did you mean `white`?",
        ),
        (
            "theme.accent = \"#12345\"",
            16,
            "`theme.accent` must be a colour such as `#c2410c` or a basic CSS colour name, not `\"#12345\"`",
        ),
        (
            "theme.name = \"../other\"",
            14,
            "`theme.name` must be the name of a folder, without slashes, not `\"../other\"`",
        ),
        (
            "theme.logo = \"../logo.svg\"",
            14,
            "`theme.logo` must be a path below its folder, not `\"../logo.svg\"` / remove `..`, which leads out of it",
        ),
        (
            "theme.logo = \"/logo.svg\"",
            14,
            "`theme.logo` must be a path below its folder, not `\"/logo.svg\"` / remove everything before that folder",
        ),
        (
            "theme.logo = 'C:logo.svg'",
            14,
            "`theme.logo` must be a path below its folder, not `'C:logo.svg'` / remove everything before that folder",
        ),
        (
            "theme.logo = 'a\\logo.svg'",
            14,
            "`theme.logo` must be a path with forward slashes, not `'a\\logo.svg'` / write `/` for `\\`",
        ),
        (
            "theme.text_font = \"a.woff3\"",
            19,
            "`theme.text_font` must be a file ending in `.woff2`, `.woff`, `.ttf`, `.otf`, not `\"a.woff3\"`",
        ),
        ("pages = \"\"", 9, "`pages` must be the path of a folder, not `\"\"`"),
    ] {
        refused(text, &format!("`site.toml` line 1, column {column}: {expected}"));
    }
    assert_eq!(refusals(&format!("title = \"{}\"", "x".repeat(201))).len(), 1);
}

#[test]
fn one_colour_of_a_scheme_needs_the_other() {
    refused(
        "[theme]\nlight = { background = \"#fff\" }",
        "`site.toml` line 2, column 24: `theme.light.background` needs `text` / set both or neither",
    );
    refused(
        "theme.dark.text = \"#fff\"",
        "`site.toml` line 1, column 19: `theme.dark.text` needs `background` / set both or neither",
    );
}

#[test]
fn what_a_later_version_will_honour_is_refused_and_not_skipped() {
    for name in ["download", "originals", "watermarks"] {
        refused(
            &format!("{name} = true"),
            &format!("`site.toml` line 1, column 1: `{name}` is not available in this version / remove it for now"),
        );
        gallery_refused(
            &format!("[audiences.guests]\n{name} = true"),
            &format!("`gallery.toml` line 2, column 1: `{name}` is not available in this version / remove it for now"),
        );
    }
    refused(
        "[images.watermarks]\nfile = \"x\"",
        "`site.toml` line 1, column 9: `watermarks` is not available in this version / remove it for now",
    );
}

#[test]
fn a_dated_link_is_said_in_one_place() {
    refused(
        "dated_links = true\n[links]\ndated_links = true",
        "`site.toml` line 1, column 15: `dated_links` is set twice: at the top and in `[links]` / keep one of the two",
    );
}

#[test]
fn all_problems_of_a_file_are_told_in_its_order() {
    let text = "zzzzzzzz = 1\n[theme]\npage_size = 1\ngrid = 4\n[images]\nwidths = [0, 0]\nquality = 0\n";
    let lines: Vec<_> = Config::from_text(text, Path::new("site.toml"), Path::new("/sites/coast"))
        .unwrap_err()
        .iter()
        .map(|error| error.place.as_ref().and_then(|place| Some((place.line?, place.column?))))
        .collect();
    assert_eq!(lines, [Some((1, 1)), Some((3, 13)), Some((4, 8)), Some((6, 11)), Some((6, 14)), Some((7, 11))]);
}

#[test]
fn a_file_full_of_problems_tells_the_first_fifty() {
    let text: String = (0..2000).map(|number| format!("zzzzzzzz{number} = 1\n")).collect();
    let told = refusals(&text);
    assert_eq!(told.len(), 51);
    assert_eq!(told[50], "`site.toml`: and 1950 more problems");
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    for (text, start) in [
        ("title = Halcyon", "`site.toml` line 1, column 9: this is not valid TOML: "),
        ("title = \"x\"\ntitle = \"y\"", "`site.toml` line 2, column 1: this is not valid TOML: duplicate key"),
        ("title = \"x", "`site.toml` line 1, column 1"),
        ("a = 1\n[b", "`site.toml` line 2, column "),
        ("é = 1", "`site.toml` line 1, column 1"),
        ("description = \"\"\"\nx", "`site.toml` line "),
    ] {
        let told = refusals(text);
        assert!(told.iter().all(|one| one.starts_with("`site.toml` line")), "{told:#?}");
        assert!(told[0].starts_with(start), "{told:#?}");
    }
    assert!(refusals("title = Halcyon")[0].ends_with(" / put text in \"quotes\""));
    assert!(refusals("title = “Halcyon”")[0].ends_with(" / write straight quotes: \""));
}

#[test]
fn a_secret_is_refused_wherever_it_stands_and_never_repeated() {
    let secret = "slk1_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8_abcd";
    for text in [
        format!("# {secret}\n"),
        format!("title = \"{secret}\""),
        format!("tilte = \"x{secret}\""),
        format!("{secret} = 1"),
        format!("secret = {secret}"),
        format!("title = \"\\u0073{}\"", &secret[1..]),
        format!("[images]\nformats = [\"\\u0073{}\"]", &secret[1..]),
        format!("\"\\u0073{}\" = 1", &secret[1..]),
    ] {
        let all = [refusals(&text), gallery_refusals(&text)].concat();
        assert_eq!(all.len(), 2, "{text}");
        for told in all {
            assert!(told.contains("this file contains a secret"), "{told}");
            assert!(!told.contains("AAECAw"), "{told}");
        }
    }
}

#[test]
fn no_text_makes_the_reader_panic() {
    let deep = format!("a = {}{}", "[".repeat(5000), "]".repeat(5000));
    let tables = format!("[{}]", vec!["a"; 5000].join("."));
    for text in [
        deep.as_str(),
        tables.as_str(),
        "[",
        "]",
        "=",
        "\"",
        "'''",
        "[[",
        "a.b.c",
        "\u{feff}\u{feff}",
        "\0",
        "\r",
        "[images]\n[images]",
        "images = 1\nimages.quality = 2",
        "title = \"\\uD800\"",
        "captions = [[[]]]",
        "[audiences]\n\"\" = 1",
        "x = 1979-99-99",
        "date = 0000-00-00",
    ] {
        let _ = Config::from_text(text, Path::new("site.toml"), Path::new("/sites/coast"));
        let _ = GalleryConfig::from_text(text, Path::new("gallery.toml"));
    }
}

#[test]
fn a_password_is_sent_elsewhere_and_not_repeated() {
    let hint = "delete the line, and choose a password with `safelight password GALLERY`; if others could read it, choose another";
    let message = format!("a password does not belong in this file / {hint}");
    refused("password = \"x\"", &format!("`site.toml` line 1, column 1: {message}"));
    gallery_refused("[audiences.guests]\npassword = \"x\"", &format!("`gallery.toml` line 2, column 1: {message}"));
}

#[test]
fn trying_a_code_takes_as_much_work_as_every_client_accepts() {
    for (wrong, told) in [("599999", "599999"), ("10000001", "10000001")] {
        refused(
            &format!("codes.iterations = {wrong}"),
            &format!(
                "`site.toml` line 1, column 20: `codes.iterations` must be a whole number from 600000 to 10000000, not `{told}`"
            ),
        );
    }
}
