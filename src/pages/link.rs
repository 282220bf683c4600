//! Links that are safe to follow.

use serde::Serialize;

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// Its words.
    pub text: String,
    /// Where it leads; none for words that are no link.
    pub url: Option<Href>,
}

impl LinkView {
    /// A link to a page of this site: a path below the base path, percent-encoded.
    pub fn to(text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { text: text.into(), url: Some(Href::path(path)) }
    }

    /// A link to what the owner gave as contact: an address for mail, a web address, or words alone.
    pub fn contact(contact: &str) -> Self {
        let text = contact.trim();
        let bare = text.strip_prefix("mailto:").unwrap_or(text);
        Self { text: bare.to_owned(), url: Href::contact(text) }
    }

    /// A link to a licence. Known licences get their short names, others show their address.
    pub fn licence(address: &str) -> Self {
        Self { text: licence_name(address), url: Href::external(address) }
    }
}

/// An address that is safe to put into `href`: a path of this site, `https`, `http`, `mailto` or `tel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Href(String);

impl Href {
    /// A path of this site. What does not start with one slash is made to.
    pub fn path(path: impl Into<String>) -> Self {
        let path = path.into();
        if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") {
            Self(path)
        } else {
            Self(format!("/{}", path.trim_start_matches(['/', '\\'])))
        }
    }

    /// An address elsewhere: `https` or `http`, nothing else.
    pub fn external(address: &str) -> Option<Self> {
        let address = address.trim();
        let scheme = address.split_once("://")?.0;
        let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
        (plain && ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)))
            .then(|| Self(address.to_owned()))
    }

    /// Whom to write to: an address for mail, `mailto:`, `tel:`, or a web address.
    pub fn contact(contact: &str) -> Option<Self> {
        let contact = contact.trim();
        let plain = !contact.chars().any(|c| c.is_control() || c.is_whitespace());
        let lower = contact.to_ascii_lowercase();
        if plain && (lower.starts_with("mailto:") || lower.starts_with("tel:")) {
            return Some(Self(contact.to_owned()));
        }
        let (name, host) = contact.split_once('@').unwrap_or_default();
        let mail = plain
            && !name.is_empty()
            && !host.is_empty()
            && !contact.contains([':', '/', '<', '>', '"', '?', '&', '\\'])
            && !host.contains('@');
        if mail { Some(Self(format!("mailto:{contact}"))) } else { Self::external(contact) }
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What licences are called whose address is known.
fn licence_name(address: &str) -> String {
    let path = address.trim().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let Some(rest) = path.strip_prefix("creativecommons.org/") else { return path.trim_end_matches('/').to_owned() };
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some("publicdomain"), Some("zero"), Some(version)) => format!("CC0 {version}"),
        (Some("publicdomain"), Some("mark"), Some(_)) => "Public domain".to_owned(),
        (Some("licenses"), Some(kind), Some(version)) => format!("CC {} {version}", kind.to_uppercase()),
        _ => path.trim_end_matches('/').to_owned(),
    }
}
