//! JSON schemas of both files, for editors that complete and check while one types.

use serde_json::{Map, Value, json};

use super::settings::{FORMATS, GALLERY, Kind, Otherwise, SITE, SORTS, Sections, Setting};
use super::value::WIDEST;

/// The JSON Schema (draft 2020-12) of `site.toml`.
pub fn site_schema() -> Value {
    schema("Safelight site", "site.toml", SITE)
}

/// The JSON Schema (draft 2020-12) of `gallery.toml`.
pub fn gallery_schema() -> Value {
    schema("Safelight gallery", "gallery.toml", GALLERY)
}

fn schema(title: &str, file: &str, sections: Sections) -> Value {
    let mut whole = Map::new();
    whole.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    whole.insert("title".into(), title.into());
    whole.extend(table("", sections));
    whole.insert("description".into(), format!("Settings in `{file}`.").into());
    Value::Object(whole)
}

/// One table and those in it; `*` is every name that is not listed.
fn table(pattern: &str, sections: Sections) -> Map<String, Value> {
    let mut about = "";
    let mut properties = Map::new();
    let mut others = Value::Bool(false);
    for section in sections {
        if section.table == pattern {
            about = section.about;
            // What a gallery does not say of pictures it inherits.
            let defaults = !(section.is_shared() && std::ptr::eq(sections, GALLERY));
            for setting in section.settings {
                match setting.name {
                    "*" => others = of_setting(setting, defaults),
                    name => drop(properties.insert(name.into(), of_setting(setting, defaults))),
                }
            }
            continue;
        }
        let rest = match pattern {
            "" => Some(section.table),
            _ => section.table.strip_prefix(pattern).and_then(|rest| rest.strip_prefix('.')),
        };
        let Some(name) = rest.and_then(|rest| rest.split('.').next()) else { continue };
        let inner = if pattern.is_empty() { name.to_owned() } else { format!("{pattern}.{name}") };
        match name {
            "*" => others = table(&inner, sections).into(),
            _ if properties.contains_key(name) => {}
            _ => drop(properties.insert(name.into(), table(&inner, sections).into())),
        }
    }
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("description".into(), about.into());
    if !properties.is_empty() {
        schema.insert("properties".into(), properties.into());
    }
    schema.insert("additionalProperties".into(), others);
    schema
}

fn of_setting(setting: &Setting, defaults: bool) -> Value {
    let mut map = of_kind(setting.kind);
    map.insert("description".into(), setting.about.into());
    if defaults
        && let Otherwise::Is(default) = setting.default
        && let Some(value) = json_of(default)
    {
        map.insert("default".into(), value);
    }
    if let Some(value) = json_of(setting.example) {
        map.insert("examples".into(), json!([value]));
    }
    map.into()
}

fn of_kind(kind: Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Line(longest) => json!({ "type": "string", "minLength": 1, "maxLength": longest }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words.names().collect::<Vec<_>>() }),
        Kind::Formats => json!({
            "type": "array", "items": { "type": "string", "enum": FORMATS.names().collect::<Vec<_>>() },
            "uniqueItems": true, "contains": { "const": "jpeg" },
        }),
        Kind::Widths => json!({
            "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": WIDEST },
            "uniqueItems": true, "minItems": 1, "maxItems": 16,
        }),
        Kind::Lines { may_be_empty } => json!({
            "type": "array", "items": { "type": "string", "minLength": 1, "maxLength": 255 },
            "uniqueItems": true, "minItems": u8::from(!may_be_empty),
        }),
        Kind::Command => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
        Kind::Colour => json!({ "type": "string" }),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::SiteAddress => json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^?#@]+$" }),
        Kind::WebAddress => json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://" }),
        Kind::Contact => json!({ "type": "string", "minLength": 3 }),
        Kind::Language => json!({ "type": "string", "pattern": LANGUAGE }),
        Kind::Languages => json!({
            "type": "array", "items": { "type": "string", "pattern": LANGUAGE }, "uniqueItems": true,
        }),
        Kind::Folder | Kind::File(_) => json!({ "type": "string", "minLength": 1 }),
        Kind::FolderName => json!({ "type": "string", "pattern": "^[^/\\\\:]+$" }),
        Kind::Id => json!({ "type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{12}$" }),
        Kind::Sort => json!({ "oneOf": [
            { "type": "string", "enum": SORTS.names().collect::<Vec<_>>() },
            { "type": "array", "items": { "type": "string", "minLength": 1 }, "uniqueItems": true },
        ] }),
    };
    if let Value::Object(map) = schema { map } else { Map::new() }
}

/// A language tag.
const LANGUAGE: &str = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$";

/// A value that stands in the tables as TOML, as JSON; a day becomes its text.
fn json_of(literal: &str) -> Option<Value> {
    let line = format!("value = {literal}");
    let parsed: toml::Table = toml::from_str(&line).ok()?;
    match parsed.get("value")? {
        toml::Value::Datetime(day) => Some(day.to_string().into()),
        other => serde_json::to_value(other).ok(),
    }
}
