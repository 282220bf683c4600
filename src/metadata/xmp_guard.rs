//! A look at an XML text before it is parsed: what would cost a parser far more than its length is refused.

/// Deepest nesting of elements; real packets stay under 12.
const DEEPEST: usize = 64;
/// Attributes of one element are compared with each other; Lightroom writes some hundreds.
const MOST_ATTRIBUTES: usize = 2048;
/// Namespaces are copied from element to element; programs declare some dozens.
const MOST_NAMESPACES: usize = 512;

/// Whether the text is tame: bounded in depth, attributes and namespaces, and without a document type.
pub(super) fn is_tame(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text.matches("xmlns").count() > MOST_NAMESPACES {
        return false;
    }
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(open) = bytes[at..].iter().position(|byte| *byte == b'<') {
        at += open;
        let rest = &text[at..];
        let skip = |end: &str| rest.find(end).map_or(rest.len(), |found| found + end.len());
        if rest.starts_with("<!--") {
            at += skip("-->");
        } else if rest.starts_with("<![CDATA[") {
            at += skip("]]>");
        } else if rest.starts_with("<?") {
            at += skip("?>");
        } else if rest.starts_with("<!") {
            return false;
        } else {
            let (length, attributes, closed) = tag(rest.as_bytes());
            if attributes > MOST_ATTRIBUTES {
                return false;
            }
            match (rest.starts_with("</"), closed) {
                (true, _) => depth = depth.saturating_sub(1),
                (false, true) => {}
                (false, false) => depth += 1,
            }
            if depth > DEEPEST {
                return false;
            }
            at += length;
        }
    }
    true
}

/// Where the element ends that the text begins with; nothing where it does not end.
pub(super) fn element(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(open) = memchr::memchr(b'<', &bytes[at..]) {
        at += open;
        let rest = &text[at..];
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
            .into_iter()
            .find(|(start, _)| rest.starts_with(start));
        if let Some((_, end)) = skipped {
            at += rest.find(end)? + end.len();
            continue;
        }
        let (length, _, closed) = tag(rest.as_bytes());
        match (rest.starts_with("</"), closed) {
            (true, _) => depth = depth.checked_sub(1)?,
            (false, true) => {}
            (false, false) => depth += 1,
        }
        at += length;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// A tag's length, its equals signs outside quotes, and whether it closes itself.
fn tag(bytes: &[u8]) -> (usize, usize, bool) {
    let (mut quote, mut attributes) = (None, 0);
    for (index, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'=') => attributes += 1,
            (None, b'>') => return (index + 1, attributes, bytes[index - 1] == b'/'),
            _ => {}
        }
    }
    (bytes.len(), attributes, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_wide_and_entity_ridden_texts_are_refused() {
        assert!(is_tame("<a b='<' c=\">\"><!-- <x --><d/><![CDATA[<<<]]></a>"));
        assert!(!is_tame(&"<a>".repeat(DEEPEST + 1)));
        assert!(is_tame(&"<a></a>".repeat(DEEPEST + 1)));
        assert!(!is_tame(&format!("<a {}/>", "b='' ".repeat(MOST_ATTRIBUTES + 1))));
        assert!(!is_tame(&"<a xmlns:b='c'/>".repeat(MOST_NAMESPACES + 1)));
        assert!(!is_tame("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"));
    }
}
