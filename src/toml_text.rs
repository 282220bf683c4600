//! Changes keys in a text that a person wrote, and keeps every comment in it.

use toml_edit::{Item, Table, Value};

/// Sets a key; comments above and beside an old value stay.
pub fn set(table: &mut Table, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
    } else {
        table.insert(key, Item::Value(value));
    }
}

/// Takes a key out. Comments above and beside it go to the key behind it, or else stay behind the one before it.
pub fn take_out(table: &mut Table, key: &str) {
    let values = table.iter().filter(|(_, item)| item.is_value()).map(|(key, _)| key.to_owned());
    let values: Vec<String> = values.collect();
    let Some(at) = values.iter().position(|known| known == key) else { return };
    let Some((key, item)) = table.remove_entry(key) else { return };
    let text = |raw: Option<&toml_edit::RawString>| raw.and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let above = text(key.leaf_decor().prefix());
    let beside = text(item.as_value().and_then(|value| value.decor().suffix()));
    let comments = above.lines().chain([&*beside]).map(str::trim).filter(|line| line.starts_with('#'));
    let comments: Vec<&str> = comments.collect();
    if comments.is_empty() {
        return;
    }
    if let Some(mut next) = values.get(at + 1).and_then(|next| table.key_mut(next)) {
        let prefix = text(next.leaf_decor().prefix());
        next.leaf_decor_mut().set_prefix(format!("{}\n{prefix}", comments.join("\n")));
    } else if let Some(before) = at.checked_sub(1).and_then(|at| table.get_mut(&values[at])?.as_value_mut()) {
        let suffix = text(before.decor().suffix());
        before.decor_mut().set_suffix(format!("{suffix}\n{}", comments.join("\n")));
    }
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    const TEXT: &str =
        "# first\na = 1 # of a\n\n  # above b\n  # and more\nb = 2 # of b\nc = 3\n# of the table\n[t]\nd = 4\n";

    fn without(keys: &[&str]) -> String {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        keys.iter().for_each(|key| take_out(&mut document, key));
        document.to_string()
    }

    #[test]
    fn comments_of_a_key_that_goes_stand_at_the_next_or_behind_the_last() {
        let next = "# first\na = 1 # of a\n# above b\n# and more\n# of b\nc = 3\n# of the table\n[t]\nd = 4\n";
        assert_eq!(without(&["b"]), next);
        let last = "# first\na = 1 # of a\n# above b\n# and more\n# of b\n# of the table\n[t]\nd = 4\n";
        assert_eq!(without(&["c", "b"]), last);
        assert_eq!(without(&["c", "none"]), TEXT.replace("c = 3\n", ""));
    }

    #[test]
    fn comments_of_a_key_that_is_set_stay() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        set(&mut document, "b", "two");
        assert_eq!(document.to_string(), TEXT.replace("b = 2", "b = \"two\""));
    }
}
