//! Names in templates that no page is given. The engine tells them where they are written out; in an `if` they
//! would be false for ever, and nobody the wiser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::closest_match;
use crate::{Code, Error};

use super::position::{column_of, line_of};

/// Fields by the name of what has them: `gallery` has `title`, and so on.
pub(crate) type Contract = BTreeMap<String, BTreeSet<String>>;

/// Warnings for every `root.field` of a template whose root is known and whose field is not.
pub(crate) fn unknown(text: &str, file: &Path, contract: &Contract) -> Vec<Error> {
    let mut warnings = Vec::new();
    // Arguments of components may have any name.
    if text.contains("component ") {
        return warnings;
    }
    let own = |root: &str| text.contains(&format!("for {root} ")) || text.contains(&format!("set {root} "));
    for (at, root, field) in mentions(text) {
        let Some(fields) = contract.get(root) else { continue };
        if fields.contains(field) || own(root) {
            continue;
        }
        let warning = Error::new(Code::UnknownField, format!("`{root}` has no field `{field}`"));
        let warning = warning.at_line(file, line_of(text, at), column_of(text, at));
        warnings.push(match closest_match(field, fields.iter().map(String::as_str)) {
            Some(known) => warning.hint(format!("did you mean `{root}.{known}`?")),
            None => warning.hint("`safelight theme data` shows a page's data"),
        });
    }
    warnings
}

/// Each `root.field` inside the tags of a template, and where it stands.
fn mentions(text: &str) -> Vec<(usize, &str, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| open + at) {
        let Some(close) = (match text.as_bytes().get(open + 1) {
            Some(b'{') => Some("}}"),
            Some(b'%') => Some("%}"),
            Some(b'#') => Some("#}"),
            _ => None,
        }) else {
            at = open + 1;
            continue;
        };
        let end = text[open + 2..].find(close).map_or(text.len(), |end| end + open + 2);
        if close != "#}" {
            expression(text, open + 2, end, &mut found);
        }
        at = (end + 2).min(text.len());
    }
    found
}

fn expression<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<(usize, &'a str, &'a str)>) {
    let bytes = text.as_bytes();
    let word = |mut place: usize| {
        while place < end && (bytes[place].is_ascii_alphanumeric() || bytes[place] == b'_') {
            place += 1;
        }
        place
    };
    let mut place = start;
    while place < end {
        match bytes[place] {
            quote @ (b'"' | b'\'' | b'`') => {
                let after = bytes[place + 1..end].iter().position(|byte| *byte == quote);
                place = after.map_or(end, |after| place + after + 2);
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let stop = word(place);
                let chained = place > start && bytes[place - 1] == b'.';
                if !chained && stop < end && bytes[stop] == b'.' {
                    let field = word(stop + 1);
                    if field > stop + 1 {
                        found.push((place, &text[place..stop], &text[stop + 1..field]));
                    }
                }
                place = stop;
            }
            _ => place += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let fields = ["title", "photos"].map(str::to_owned).into();
        let contract = Contract::from([("gallery".to_owned(), fields)]);
        let warnings = unknown(text, Path::new("a.html"), &contract);
        warnings.iter().map(|warning| format!("{warning} / {}", warning.hint.clone().unwrap_or_default())).collect()
    }

    #[test]
    fn a_name_that_no_page_is_given_is_told() {
        assert_eq!(
            told("{# gallery.x #}\n{% if not gallery.titel and \"gallery.y\" %}gallery.z{{ a.gallery.x }}{% endif %}"),
            ["`a.html` line 2, column 11: `gallery` has no field `titel` / did you mean `gallery.title`?"]
        );
    }

    #[test]
    fn names_of_the_templates_own_are_left_alone() {
        assert!(told("{% for gallery in home.galleries %}{{ gallery.url }}{% endfor %}").is_empty());
        assert!(told("{% component x(gallery) %}{{ gallery.url }}{% endcomponent x %}").is_empty());
        assert!(told("{{ other.titel }}{{ gallery.title.x }} { {{").is_empty());
    }
}
