//! Addresses as they are written in settings: of the site, of licences, of people; and language tags.
//!
//! Strict on purpose: what passes here is put into HTML, XML, headers and metadata.

use std::net::Ipv6Addr;

use super::SiteUrl;

/// Why an address is not one: what was expected, and a hint or nothing.
pub(super) type Refusal = (&'static str, &'static str);

const SITE: &str = "an address such as `https://photos.example.com/`";
const WEB: &str = "a web address such as `https://example.com/page`";

/// The longest address that is taken, in bytes.
const LONGEST: usize = 2000;

/// Where a site is served. The host becomes lower case, a default port goes, the path gets slashes at both ends.
pub(super) fn site(text: &str) -> Result<SiteUrl, Refusal> {
    let (scheme, rest) = scheme(text).ok_or((SITE, "begin it with `https://`"))?;
    if rest.contains('?') {
        return Err((SITE, "remove `?` and everything after it"));
    }
    if rest.contains('#') {
        return Err((SITE, "remove `#` and everything after it"));
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err((SITE, "remove the user name and password: they would be published"));
    }
    let authority = host(scheme, authority).ok_or((SITE, host_hint(authority)))?;
    if text.len() > LONGEST {
        return Err((SITE, "shorten it to at most 2000 bytes"));
    }
    let mut base = String::from("/");
    for segment in path.trim_matches('/').split('/') {
        if path.trim_matches('/').is_empty() {
            break;
        }
        // Browsers take a dot that is written as `%2e` for a dot, and walk up.
        let dotted = segment.to_ascii_lowercase().replace("%2e", ".");
        if segment.is_empty() || dotted == "." || dotted == ".." {
            return Err((SITE, "write the path without `.`, `..` and doubled slashes"));
        }
        if !is_path_segment(segment) {
            return Err((SITE, "write other characters in the path as `%` and two hexadecimal digits"));
        }
        base.push_str(segment);
        base.push('/');
    }
    // Two slashes at an end are more likely a slip than a wish, and `trim_matches` took them all.
    if path.starts_with("//") || path.ends_with("//") {
        return Err((SITE, "write the path without `.`, `..` and doubled slashes"));
    }
    Ok(SiteUrl { origin: format!("{scheme}://{authority}"), base })
}

/// A web address, for links: returned as written.
pub(super) fn web(text: &str) -> Result<String, Refusal> {
    let (scheme, rest) = scheme(text).ok_or((WEB, licence_hint(text)))?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err((WEB, "remove the user name and password: they would be published"));
    }
    host(scheme, authority).ok_or((WEB, host_hint(authority)))?;
    if text.len() > LONGEST {
        return Err((WEB, "shorten it to at most 2000 bytes"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>`\\{}|^".contains(c)) {
        return Err((WEB, "write spaces, quotes and brackets as `%` and two hexadecimal digits"));
    }
    Ok(text.to_owned())
}

/// An e-mail address, with or without `mailto:`, or a web address.
pub(super) fn contact(text: &str) -> Result<String, Refusal> {
    const EXPECTED: &str = "an email or web address";
    if text.contains("://") {
        return web(text).map_err(|(_, hint)| (EXPECTED, hint));
    }
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let (name, domain) = address.split_once('@').ok_or((EXPECTED, "for example `hello@example.com`"))?;
    let is_name = !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.chars().all(|c| c.is_alphanumeric() || "!#$*+-/=^_~.".contains(c));
    if is_name && is_domain(domain) && domain.contains('.') {
        Ok(address.to_owned())
    } else {
        Err((EXPECTED, "for example `hello@example.com`"))
    }
}

/// A tag of BCP 47 in its usual case: `pt-br` becomes `pt-BR`. Private-use and grandfathered tags are refused.
pub(super) fn language(text: &str) -> Result<String, Refusal> {
    const EXPECTED: &str = "a language tag such as `en` or `pt-BR`";
    if text.contains('_') {
        return Err((EXPECTED, "join its parts with `-`"));
    }
    let mut tag = String::new();
    for (position, part) in text.split('-').enumerate() {
        let is_part = (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_first = (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_part || text.len() > 35 || (position == 0 && !is_first) {
            let hint = if text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                "write the language's code, not its name: `en` for English, `de` for German"
            } else {
                ""
            };
            return Err((EXPECTED, hint));
        }
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        if position > 0 {
            tag.push('-');
        }
        // Region upper case, script with a capital, the rest lower case: RFC 5646, section 2.1.1.
        match part.len() {
            2 if position > 0 && letters => tag.push_str(&part.to_ascii_uppercase()),
            4 if position > 0 && letters => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Ok(tag)
}

/// Scheme, host and port of a web address: what stands before its path, query or fragment.
pub(crate) fn origin_of(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |at| host + at);
    &address[..end]
}

/// Splits `http` or `https` off.
fn scheme(text: &str) -> Option<(&'static str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(("https", rest)),
        "http" => Some(("http", rest)),
        _ => None,
    }
}

/// Host and port, in normal form.
fn host(scheme: &str, authority: &str) -> Option<String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (format!("[{}]", address.parse::<Ipv6Addr>().ok()?), port)
        }
        None => {
            let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (is_domain(name).then(|| name.to_ascii_lowercase())?, port)
        }
    };
    if port.is_empty() {
        return Some(host);
    }
    let digits = port.strip_prefix(':')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (scheme, digits.parse::<u16>().ok()?) {
        (_, 0) => None,
        ("https", 443) | ("http", 80) => Some(host),
        (_, port) => Some(format!("{host}:{port}")),
    }
}

fn host_hint(authority: &str) -> &'static str {
    if authority.is_ascii() { "" } else { "write the host in its ASCII form, which begins with `xn--`" }
}

/// Labels of letters, digits and inner hyphens.
fn is_domain(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

/// Characters that stand for themselves in a path, in HTML and in a header alike, and whole percent triplets.
fn is_path_segment(segment: &str) -> bool {
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()];
                digits.iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$*+,;=:@()".contains(&byte),
        };
        if !good {
            return false;
        }
    }
    true
}

/// The address that belongs to a licence's short name.
fn licence_hint(text: &str) -> &'static str {
    let name: String = text.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    match name.as_str() {
        "cc0" | "cc010" => "write its address: `https://creativecommons.org/publicdomain/zero/1.0/`",
        "ccby" | "ccby40" => "write its address: `https://creativecommons.org/licenses/by/4.0/`",
        "ccbysa" | "ccbysa40" => "write its address: `https://creativecommons.org/licenses/by-sa/4.0/`",
        "ccbynd" | "ccbynd40" => "write its address: `https://creativecommons.org/licenses/by-nd/4.0/`",
        "ccbync" | "ccbync40" => "write its address: `https://creativecommons.org/licenses/by-nc/4.0/`",
        "ccbyncsa" | "ccbyncsa40" => "write its address: `https://creativecommons.org/licenses/by-nc-sa/4.0/`",
        "ccbyncnd" | "ccbyncnd40" => "write its address: `https://creativecommons.org/licenses/by-nc-nd/4.0/`",
        _ => "begin it with `https://`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_site_is_brought_into_one_form() {
        for (text, origin, base) in [
            ("https://photos.example.com", "https://photos.example.com", "/"),
            ("HTTPS://Photos.Example.com:443/", "https://photos.example.com", "/"),
            ("https://name.example/photos", "https://name.example", "/photos/"),
            ("https://name.example/a/b%20c/", "https://name.example", "/a/b%20c/"),
            ("http://localhost:8080/x", "http://localhost:8080", "/x/"),
            ("http://[::1]:3000", "http://[::1]:3000", "/"),
        ] {
            assert_eq!(site(text), Ok(SiteUrl { origin: origin.into(), base: base.into() }), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_site_is_refused() {
        for text in [
            "",
            "photos.example.com",
            "//photos.example.com",
            "ftp://photos.example.com",
            "javascript://alert(1)",
            "https://",
            "https:///path",
            "https://a.example/?page=1",
            "https://a.example/#top",
            "https://me:pass@a.example/",
            "https://a b.example/",
            "https://-a.example/",
            "https://a..example/",
            "https://a.example:0/",
            "https://a.example:99999/",
            "https://a.example:+80/",
            "https://[::1/",
            "https://a.example/x/../y",
            "https://a.example/%2e%2e/",
            "https://a.example/x/.%2E/y",
            "https://a.example/%2e/",
            "https://a.example//x",
            "https://a.example/x//",
            "https://a.example/%zz",
            "https://a.example/%4",
            "https://a.example/<script>",
            "https://a.example/\"",
            "https://bücher.example/",
            "https://a.example/bücher",
            "https://a.example\\x",
        ] {
            assert!(site(text).is_err(), "{text}");
        }
    }

    #[test]
    fn contacts_are_mail_or_web_addresses() {
        assert_eq!(contact("hello@example.com").as_deref(), Ok("hello@example.com"));
        assert_eq!(contact("mailto:a.b+c@example.com").as_deref(), Ok("a.b+c@example.com"));
        assert_eq!(contact("https://example.com/contact?x=1#y").as_deref(), Ok("https://example.com/contact?x=1#y"));
        for text in [
            "",
            "hello",
            "a@b@c.de",
            "@b.de",
            "a@",
            "a@localhost",
            "a b@c.de",
            "a@b.de?bcc=x@y.z",
            "javascript:alert(1)",
            "javascript://x.de/%0aalert(1)",
            "a&b@c.de",
            "\"a\"@c.de",
            "https://x.de/ y",
        ] {
            assert!(contact(text).is_err(), "{text}");
        }
    }

    #[test]
    fn language_tags_get_their_usual_case() {
        for (text, tag) in
            [("EN", "en"), ("pt-br", "pt-BR"), ("zh-hANT-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("gsw", "gsw")]
        {
            assert_eq!(language(text).as_deref(), Ok(tag));
        }
        for text in
            ["", "e", "english", "en_GB", "en-", "-en", "en--GB", "en-toolongsubtag", "é", "x-own", "12", "en GB"]
        {
            assert!(language(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_short_name_of_a_licence_is_answered_with_its_address() {
        assert_eq!(
            web("CC BY-NC 4.0").unwrap_err().1,
            "write its address: `https://creativecommons.org/licenses/by-nc/4.0/`"
        );
    }

    #[test]
    fn the_origin_of_an_address_ends_before_its_path_query_or_fragment() {
        for address in [
            "https://a.example:8443/f/1?x#y",
            "https://a.example:8443?x=/",
            "https://a.example:8443#/y",
            "https://a.example:8443",
        ] {
            assert_eq!(origin_of(address), "https://a.example:8443");
        }
    }
}
