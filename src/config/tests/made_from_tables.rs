//! What is made from the tables of settings agrees with what the reader does.

use serde_json::Value;

use super::super::settings::{GALLERY, Kind, Otherwise, SHARED, SITE, Sections};
use super::super::{gallery_schema, reference, site_schema};
use super::*;

/// A file that says everything, by the examples of the tables; `AVIF` only where this build has it.
fn all_examples(sections: Sections) -> String {
    let mut text = String::new();
    for section in sections {
        if !section.table.is_empty() {
            text.push_str(&format!(
                "[{}]\n",
                section.table.replace("translations.*", "translations.de").replace('*', "guests")
            ));
        }
        for setting in section.settings {
            let name = if setting.name == "*" { "\"DSC_0042.jpg\"" } else { setting.name };
            // The same flag has two places, of which one is said.
            if (section.table, name) != ("", "dated_links") {
                let every = if cfg!(feature = "avif") { "[\"avif\", \"webp\", \"jpeg\"]" } else { setting.example };
                let example = if name == "formats" { every } else { setting.example };
                if section.table != "images.avif" || cfg!(feature = "avif") {
                    text.push_str(&format!("{name} = {example}\n"));
                }
            }
        }
    }
    text
}

#[test]
fn every_setting_is_read_and_shown_and_reads_back() {
    let config = site(&all_examples(SITE));
    let shown = config.show();
    // Without AVIF all formats that there are are also the default ones.
    let unchanged: Vec<_> = shown.lines().filter(|line| line.ends_with("# default")).collect();
    let expected = if cfg!(feature = "avif") { vec![] } else { vec!["formats = [\"webp\", \"jpeg\"]  # default"] };
    assert_eq!(unchanged, expected, "an example changed nothing:\n{shown}");
    assert_eq!(site(&shown).show(), shown);
    // Every setting stands there, but for those that are shown where they take effect.
    let table: toml::Table = shown.parse().unwrap();
    for section in SITE.iter().filter(|section| section.table != "images.avif" || cfg!(feature = "avif")) {
        for setting in section.settings {
            if matches!((section.table, setting.name), ("", "dated_links") | ("images", "quality" | "widths")) {
                continue;
            }
            let mut here = Some(&table);
            for name in section.table.split('.').filter(|name| !name.is_empty()) {
                let named = if section.table.starts_with("translations") { "de" } else { "guests" };
                let name = if name == "*" { named } else { name };
                here = here.and_then(|table| table.get(name)).and_then(toml::Value::as_table);
            }
            assert!(here.is_some_and(|table| table.contains_key(setting.name)), "{} {}", section.table, setting.name);
        }
    }
}

#[test]
fn every_word_of_every_choice_is_understood() {
    for section in SITE {
        for setting in section.settings {
            let Kind::Choice(words) = setting.kind else { continue };
            for word in words.names() {
                let line = format!("{} = \"{word}\"", setting.name);
                let table = if section.table.is_empty() { String::new() } else { format!("[{}]\n", section.table) };
                let shown = site(&format!("{table}{line}")).show();
                assert!(shown.lines().any(|shown| shown.split("  #").next() == Some(&line)), "{line}\n{shown}");
            }
        }
    }
    let access = |word| gallery(&format!("access = \"{word}\"")).access;
    assert_eq!(
        ["public", "unlisted", "private", "sealed"].map(access),
        [Visibility::Public, Visibility::Unlisted, Visibility::Private, Visibility::Sealed].map(Some)
    );
}

#[test]
fn every_example_of_a_gallery_is_read() {
    let found = format!("{:?}", gallery(&all_examples(GALLERY)));
    for trace in [
        "lake house",
        "June",
        "DSC_0042.jpg",
        "Taken",
        "Private",
        "2027-06-30",
        "summer",
        "licenses/by",
        "share_cover: true",
        "Some(Web)",
        "Some(Full)",
        "k3v9q2m7t4xa",
        "ferry, late",
        "white ferry",
        "portraits",
        "family",
    ] {
        assert!(found.contains(trace), "{trace}: {found}");
    }
}

#[test]
fn what_is_told_as_a_default_is_the_default() {
    let mut text = String::new();
    // The table `find` says something by being there.
    for section in SITE.iter().filter(|section| !section.table.contains('*') && section.table != "find") {
        if !section.table.is_empty() {
            text.push_str(&format!("[{}]\n", section.table));
        }
        for setting in section.settings {
            if let Otherwise::Is(default) = setting.default
                && (section.table, setting.name) != ("", "dated_links")
            {
                text.push_str(&format!("{} = {default}\n", setting.name));
            }
        }
    }
    assert_eq!(site(&text).show(), site("").show());
    let lines = site("").show();
    assert!(
        lines.lines().all(|line| line.is_empty() || line.starts_with('[') || line.ends_with("# default")),
        "{lines}"
    );
}

#[test]
fn what_is_in_force_is_shown_with_marks() {
    let config = site(
        "author = \"Mara \\\"M\\\" L\"\nurl = \"https://a.example/p\"\n[images]\nformats = [\"jpeg\"]\nquality = 70\n[links]\ncontact = \"a@b.example\"",
    );
    let expected = r##"title = "coast"  # default
# description is not set  # default
url = "https://a.example/p/"
language = "en"  # default
languages = []  # default
author = 'Mara "M" L'
# contact is not set  # default
output = "public"  # default
galleries = "galleries"  # default
pages = "pages"  # default
static = "static"  # default
themes = "themes"  # default
default_access = "public"  # default

[images]
formats = ["jpeg"]
background = "#ffffff"  # default

[images.jpeg]
quality = 70
widths = [320, 640, 1280, 1920, 2560]  # default

[rights]
creator = 'Mara "M" L'  # default
# copyright is not set  # default
# credit is not set  # default
# licence is not set  # default
# data_mining is not set  # default
show_places = false  # default
keep_gps = false  # default

[theme]
name = "default"  # default
# logo is not set  # default
# accent is not set  # default
scheme = "auto"  # default
# heading_font is not set  # default
# text_font is not set  # default
density = "regular"  # default
grid = "rows"  # default
page_size = 1000  # default

[theme.light]
# background is not set  # default
# text is not set  # default

[theme.dark]
# background is not set  # default
# text is not set  # default

[discovery]
feed = true  # default
index = true  # default

[favourites]
# send_to is not set  # default

[links]
dated_links = false  # default
tombstone_days = 90  # default
contact = "a@b.example"

[downloads]
part_size = 25  # default

[codes]
iterations = 600000  # default
"##;
    assert_eq!(config.show(), expected);
    assert_eq!(site(&config.show()).show(), config.show());
}

/// The parts of JSON Schema that ours use.
fn follows(schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{place}: {what}: {value}"));
    let keys = schema.as_object().unwrap();
    for (key, rule) in keys {
        let good = match key.as_str() {
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64(),
                "array" => value.is_array(),
                other => panic!("{other}"),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_i64() >= rule.as_i64(),
            "maximum" => value.as_i64() <= rule.as_i64(),
            "minLength" => value.as_str().unwrap().chars().count() as u64 >= rule.as_u64().unwrap(),
            "maxLength" => value.as_str().unwrap().chars().count() as u64 <= rule.as_u64().unwrap(),
            "minItems" => value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "maxItems" => value.as_array().unwrap().len() as u64 <= rule.as_u64().unwrap(),
            "contains" => value.as_array().unwrap().contains(&rule["const"]),
            "oneOf" => rule.as_array().unwrap().iter().filter(|one| follows(one, value, place).is_ok()).count() == 1,
            "items" => {
                for item in value.as_array().unwrap() {
                    follows(rule, item, place)?;
                }
                true
            }
            "properties" | "additionalProperties"
                if key == "additionalProperties" || !keys.contains_key("additionalProperties") =>
            {
                let listed = schema.get("properties").and_then(Value::as_object);
                for (name, inner) in value.as_object().unwrap() {
                    let place = format!("{place}/{name}");
                    match (listed.and_then(|listed| listed.get(name)), &schema["additionalProperties"]) {
                        (Some(rule), _) => follows(rule, inner, &place)?,
                        (None, Value::Bool(true) | Value::Null) => {}
                        (None, Value::Bool(false)) => return Err(format!("{place}: unknown")),
                        (None, rule) => follows(rule, inner, &place)?,
                    }
                }
                true
            }
            "properties" | "$schema" | "title" | "description" | "default" | "examples" | "uniqueItems" | "pattern"
            | "format" => true,
            other => panic!("unknown keyword {other}"),
        };
        if !good {
            return fail(key);
        }
    }
    Ok(())
}

/// A TOML text as the JSON that an editor's validator sees: days are texts.
fn json(text: &str) -> Value {
    fn plain(value: &toml::Value) -> Value {
        match value {
            toml::Value::Table(table) => table.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
            toml::Value::Array(items) => items.iter().map(plain).collect(),
            toml::Value::Datetime(day) => day.to_string().into(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(&toml::Value::Table(text.parse().unwrap()))
}

#[test]
fn the_schemas_take_what_the_reader_takes() {
    let own = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/site.toml")).unwrap();
    for text in ["", own.as_str(), &all_examples(SITE), &site("").show()] {
        follows(&site_schema(), &json(text), "site").unwrap();
    }
    for text in ["", "sort = [\"a\"]", &all_examples(GALLERY)] {
        follows(&gallery_schema(), &json(text), "gallery").unwrap();
    }
}

#[test]
fn the_schemas_refuse_what_the_reader_refuses() {
    for text in [
        "tilte = 1",
        "title = 1",
        "[image]",
        "[images]\nquality = 0",
        "[images]\nformats = [\"avfi\", \"jpeg\"]",
        "images.formats = [\"webp\"]",
        "images.jpeg.widths = []",
        "theme.page_size = 1",
        "theme.light.colour = \"#fff\"",
        "title = \"\"",
    ] {
        assert!(follows(&site_schema(), &json(text), "site").is_err(), "{text}");
        refusals(text);
    }
    for text in [
        "url = \"https://a.example\"",
        "access = \"open\"",
        "captions.a = 1",
        "audiences.guests.olny = []",
        "audiences.guests.only = []",
        "sort = \"x\"",
    ] {
        assert!(follows(&gallery_schema(), &json(text), "gallery").is_err(), "{text}");
        gallery_refusals(text);
    }
}

#[test]
fn the_schemas_name_their_dialect_and_describe_every_setting() {
    for (schema, sections) in [(site_schema(), SITE), (gallery_schema(), GALLERY)] {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for section in sections {
            let mut here = &schema;
            for name in section.table.split('.').filter(|name| !name.is_empty()) {
                here = if name == "*" { &here["additionalProperties"] } else { &here["properties"][name] };
            }
            for setting in section.settings {
                let one =
                    if setting.name == "*" { &here["additionalProperties"] } else { &here["properties"][setting.name] };
                assert_eq!(one["description"], setting.about, "{} {}", section.table, setting.name);
                assert!(one["examples"][0] != Value::Null, "{}", setting.name);
            }
        }
    }
    assert_eq!(site_schema()["properties"]["theme"]["properties"]["page_size"]["default"], 1000);
    // A gallery inherits what it does not say of pictures.
    assert_eq!(site_schema()["properties"]["images"]["properties"]["quality"]["default"], 80);
    assert_eq!(gallery_schema()["properties"]["images"]["properties"]["quality"]["default"], Value::Null);
}

#[test]
fn the_reference_lists_every_setting_with_an_example_that_reads() {
    let text = reference();
    let blocks: Vec<_> = text.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), SITE.len() + GALLERY.len() - SHARED.len());
    for section in SITE.iter().chain(GALLERY) {
        for setting in section.settings.iter().filter(|setting| setting.name != "*") {
            assert!(text.contains(&format!("| `{}` |", setting.name)), "{}", setting.name);
        }
    }
    for block in blocks {
        let _: toml::Table = block.parse().unwrap();
    }
}
