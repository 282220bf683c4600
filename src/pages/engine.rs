//! The template engine: layers of templates, filters of ours, escaping.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tera::{Kwargs, State, Tera, Value};

use crate::Error;

use super::failure::{Sources, explain};
use super::files::{BUILT_IN, Overlay};
use super::words::{Filling, Words, fill};

/// Compiles the built-in templates and, over them, a site's own.
pub(crate) fn compile(overlay: &Overlay, words: &Words) -> Result<(Tera, Sources), Vec<Error>> {
    let mut tera = Tera::default();
    let mut sources = Sources::new();
    let mut templates = Vec::new();
    for (name, text) in BUILT_IN.iter().filter(|(name, _)| name.ends_with(".html")) {
        sources.insert(format!("default/{name}"), PathBuf::from(format!("default/{name}")));
        templates.push((format!("default/{name}"), (*text).to_owned()));
    }
    for (name, (path, text)) in overlay.texts.iter().filter(|(name, _)| name.ends_with(".html")) {
        sources.insert(format!("site/{name}"), path.clone());
        templates.push((format!("site/{name}"), text.clone()));
    }
    tera.set_escape_fn(escape);
    speak(&mut tera, words);
    tera.set_fallback_prefixes(["site/", "default/"]).map_err(|error| explain(&error, &sources))?;
    tera.add_raw_templates(templates).map_err(|error| explain(&error, &sources))?;
    Ok((tera, sources))
}

/// The same templates with the words of a language.
pub(crate) fn speaking(templates: &Tera, words: &Words) -> Tera {
    let mut tera = templates.clone();
    speak(&mut tera, words);
    tera
}

fn speak(tera: &mut Tera, words: &Words) {
    tera.global_context().insert_value("words", words.value());
    let words = Arc::new(words.clone());
    let own = Arc::clone(&words);
    tera.register_filter("fill", move |text: &str, values: Kwargs, _: &State| filled(text, &values, &own));
    tera.register_filter("count", move |word: Value, values: Kwargs, _: &State| -> tera::TeraResult<String> {
        let count: u64 = values.must_get("count")?;
        let forms = word.as_map();
        let form = forms.and_then(|forms| {
            words.form(count, |form| forms.iter().find(|(key, _)| key.as_str() == Some(form))?.1.as_str())
        });
        match form.or(word.as_str()) {
            Some(text) => filled(text, &values, &words),
            None => Err(tera::Error::message("`count` needs a word with plural forms")),
        }
    });
    tera.register_filter("forms", |word: Value, _: Kwargs, _: &State| {
        // A script chooses among them by `Intl.PluralRules`; a word without forms has one for every number.
        let forms = match word.as_map() {
            Some(_) => serde_json::to_value(&word).unwrap_or_default(),
            None => serde_json::json!({ "other": word.as_str() }),
        };
        sorted(forms).to_string()
    });
}

fn filled(text: &str, values: &Kwargs, words: &Words) -> tera::TeraResult<String> {
    let value = |place: &str| {
        let (_, value) = values.iter().find(|(key, _)| key.as_str() == Some(place))?;
        Some(match value.as_u64() {
            Some(number) => words.number(number),
            None => words.filled(Filling::Text(&value.to_string())),
        })
    };
    fill(text, value).map_err(|place| tera::Error::message(format!("no value was given for `{{{place}}}`")))
}

/// Escapes text for elements and quoted attributes; runs of plain text are written whole.
pub(super) fn escape(text: &str, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let bytes = text.as_bytes();
    let mut written = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let entity: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\'' => b"&#39;",
            _ => continue,
        };
        out.write_all(&bytes[written..place])?;
        out.write_all(entity)?;
        written = place + 1;
    }
    out.write_all(&bytes[written..])
}

/// JSON with its names in order, whatever order the maps behind it had.
pub(super) fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            serde_json::Value::Object(fields.into_iter().collect())
        }
        serde_json::Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
