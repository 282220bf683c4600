//! Names of objects in addresses: percent-encoded exactly once, by one rule for all clouds.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const VALUE: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// In paths `/` separates.
const PATH: AsciiSet = VALUE.remove(b'/');

/// An object's name within a path.
pub(super) fn in_path(name: &str) -> String {
    utf8_percent_encode(name, &PATH).to_string()
}

/// A value within a query.
pub(super) fn in_query(value: &str) -> String {
    utf8_percent_encode(value, &VALUE).to_string()
}

/// Adds a query to an address; values are encoded here.
pub(super) fn with_query(url: &str, query: &[(&str, &str)]) -> String {
    let mut out = url.to_owned();
    for (position, (key, value)) in query.iter().enumerate() {
        out.push(if position == 0 { '?' } else { '&' });
        out.push_str(key);
        // `?versioning` and its like have no value, and are signed as if they had an empty one.
        if !value.is_empty() {
            out.push('=');
            out.push_str(&in_query(value));
        }
    }
    out
}

/// A name out of a listing with `encoding-type=url`, where a space may be `+`; nothing if it is no text.
pub(super) fn from_listing(name: &str) -> Option<String> {
    percent_decode_str(&name.replace('+', " ")).decode_utf8().ok().map(|name| name.into_owned())
}
