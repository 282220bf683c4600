//! Small readings of text: values, schemes, anchors, summaries.

/// The next `{{ name }}` of a text: what stands before it, its name, and what comes after.
pub(super) fn next_value(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("{{")?;
    let inside = &text[open + 2..];
    let close = inside.find("}}")?;
    Some((&text[..open], inside[..close].trim(), &inside[close + 2..]))
}

/// The scheme of an address that has one.
pub(super) fn scheme(address: &str) -> Option<&str> {
    // Browsers take white space and control characters out before they look.
    let (scheme, _) = address.trim_start_matches(|c: char| c.is_control() || c.is_whitespace()).split_once(':')?;
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.\t\n\r".contains(c);
    (!scheme.is_empty() && scheme.chars().all(letters)).then_some(scheme)
}

/// Words as an anchor: lower-case letters and digits of any script, with single dashes between.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\'' | '’') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The first words of a text, cut after about 160 characters.
pub(super) fn summary(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut out = String::new();
    for word in words {
        if !out.is_empty() && out.chars().count() + word.chars().count() >= 160 {
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Some(out).filter(|text| !text.is_empty())
}
