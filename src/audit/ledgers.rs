//! A ledger, by its shape: as TOML however it is spaced, and as JSON.

/// How far behind a gallery's beginning its links may begin, in JSON.
const REACH: usize = 4096;

/// Tells each place where a ledger's links begin.
pub(super) fn ledgers(text: &[u8], mut tell: impl FnMut(usize, usize)) {
    for at in memchr::memmem::find_iter(text, b"[[") {
        if let Some(length) = after(&text[at..], &["[[", "gallery", ".", "link", "]]"]) {
            tell(at, at + length);
        }
    }
    for at in memchr::memmem::find_iter(text, b"\"gallery\"") {
        let Some(length) = after(&text[at..], &["\"gallery\"", ":", "[", "{"]) else { continue };
        let rest = &text[at + length..text.len().min(at + length + REACH)];
        let links = |link: usize| after(&rest[link..], &["\"link\"", ":", "["]).is_some();
        if memchr::memmem::find_iter(rest, b"\"link\"").any(links) {
            tell(at, at + length);
        }
    }
}

/// How long these are at the beginning of the text, one after the other, with white space between them; names may be quoted.
fn after(text: &[u8], parts: &[&str]) -> Option<usize> {
    let mut at = 0;
    for part in parts {
        at += text.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = text.get(at..)?;
        let quoted = rest.starts_with(b"\"") && rest.get(1..)?.starts_with(part.as_bytes());
        let start = usize::from(quoted && rest.get(part.len() + 1) == Some(&b'"'));
        if !rest.get(start..)?.starts_with(part.as_bytes()) {
            return None;
        }
        at += part.len() + 2 * start;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_known_by_its_shape_in_toml_and_json() {
        let shapes = [
            "[[gallery.link]]",
            "[[ gallery . link ]]",
            "[[\"gallery\".\"link\"]]",
            "{\"gallery\": [{\"link\": [{\"to\": \"x\"}]}]}",
            "{\"gallery\":[{\"id\":\"k3v9q2m7t4xa\",\n \"link\" : [",
        ];
        for shape in shapes {
            let mut found = Vec::new();
            ledgers(shape.as_bytes(), |at, _| found.push(at));
            assert_eq!(found.len(), 1, "{shape}");
        }
        for other in ["[[gallery]]", "[[gallery.links]]", "{\"gallery\": [{\"name\": 1}]}", "[[", "\"gallery\""] {
            ledgers(other.as_bytes(), |_, _| panic!("{other}"));
        }
    }
}
