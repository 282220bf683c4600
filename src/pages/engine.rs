//! The template engine: layers of templates, filters of ours, escaping.

use std::path::PathBuf;

use tera::{Kwargs, State, Tera, Value};

use crate::Error;

use super::failure::{Sources, explain};
use super::files::{BUILT_IN, Overlay};
use super::words::{Words, fill};

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
    tera.register_filter("fill", |text: &str, values: Kwargs, _: &State| filled(text, &values));
    tera.register_filter("count", |word: Value, values: Kwargs, _: &State| -> tera::TeraResult<String> {
        let count: u64 = values.must_get("count")?;
        let form = if count == 1 { "one" } else { "other" };
        match word.as_map().and_then(|forms| forms.get(&form.into())).unwrap_or(&word).as_str() {
            Some(text) => filled(text, &values),
            None => Err(tera::Error::message("`count` needs a word with the forms `one` and `other`")),
        }
    });
    tera.global_context().insert_value("words", words.value());
    tera.set_fallback_prefixes(["site/", "default/"]).map_err(|error| explain(&error, &sources))?;
    tera.add_raw_templates(templates).map_err(|error| explain(&error, &sources))?;
    Ok((tera, sources))
}

fn filled(text: &str, values: &Kwargs) -> tera::TeraResult<String> {
    let value =
        |place: &str| values.iter().find(|(key, _)| key.as_str() == Some(place)).map(|(_, value)| value.to_string());
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
