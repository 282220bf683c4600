//! A client's favourites, brought home: read in every form in which they arrive, matched to photos, merged, and handed to the
//! photographer's programs.
//!
//! 1. [`read`] takes a file, a mail, a text or a link apart into [`Picks`], or into a text that only the names of photos explain.
//! 2. [`Shelf`] holds the photos that could be picked; [`home`] finds the gallery that a client meant, [`matching`] its photos.
//! 3. [`merge`] puts together what several people picked, and where they disagree.
//! 4. [`originals`], [`sidecar`], [`copies`] and [`names`] carry the result over to other programs.
//!
//! Everything that arrives is untrusted: it is bounded in size, a name in it is only compared and never opened, and whatever is
//! not certain is told instead of guessed.

pub mod copies;
pub mod home;
mod json;
mod link;
mod mail;
pub mod matching;
pub mod merge;
pub mod names;
pub mod originals;
pub mod read;
mod shelf;
pub mod sidecar;
mod table;
mod text;

pub use read::Sent;
pub use shelf::{Found, How, Shelf};

/// What one person picked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// The key of the gallery as that person saw it.
    pub key: Option<String>,
    /// The title of the gallery, for people.
    pub gallery: Option<String>,
    /// The tag of the link that the person held: see [`link_tag`].
    pub link: Option<String>,
    /// The name that the person gave.
    pub from: Option<String>,
    /// A note for the whole.
    pub note: Option<String>,
    /// How many photos the gallery had.
    pub total: Option<usize>,
    /// The lists, in their order.
    pub lists: Vec<List>,
}

/// A named list of photos.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Its name; empty where the person gave none.
    pub name: String,
    /// How many photos were asked for.
    pub limit: Option<u32>,
    /// Its photos, in their order.
    pub photos: Vec<Pick>,
}

/// A photo in a list, as the person's file names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    /// Its place in the gallery as the person saw it, from 1.
    pub number: Option<usize>,
    /// Its path within the gallery, or whatever was written.
    pub file: String,
    /// What the person wants of it.
    pub note: Option<String>,
}

impl Picks {
    /// All picks with the list each is in.
    pub fn all(&self) -> impl Iterator<Item = (&List, &Pick)> {
        self.lists.iter().flat_map(|list| list.photos.iter().map(move |pick| (list, pick)))
    }
}

/// Longest name of a person or list, in characters.
const LONGEST_NAME: usize = 100;
/// Longest note, in characters.
const LONGEST_NOTE: usize = 2000;
/// Longest path of a photo, in bytes; no file system takes a longer one.
const LONGEST_PATH: usize = 4096;
/// Most lists of one person.
const MOST_LISTS: usize = 200;
/// Most picks of one person, in all lists.
const MOST_PICKS: usize = 100_000;

/// A text on one line, without control characters and marks that turn the direction of writing, cut at `longest` characters.
fn one_line(text: &str, longest: usize) -> Option<String> {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(longest).collect();
    (!cut.is_empty()).then_some(cut)
}

/// A name that somebody wrote, for being shown: on one line, and not endless.
pub fn shown_name(name: &str) -> String {
    one_line(name, 2 * LONGEST_NAME).unwrap_or_else(|| "?".to_owned())
}

fn name(text: Option<String>) -> Option<String> {
    text.and_then(|text| one_line(&text, LONGEST_NAME))
}

fn note(text: Option<String>) -> Option<String> {
    text.and_then(|text| one_line(&text, LONGEST_NOTE))
}

/// The tag by which favourites name the link that their sender held: it tells the link to whoever has the root secret, and
/// opens nothing. `segment` is the page's token as it stands in addresses.
pub fn link_tag(segment: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(["safelight link", segment].join("\0"));
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_on_its_line() {
        assert_eq!(one_line(" a\r\n\u{1b}[31mb\u{202e}\t c ", 100).as_deref(), Some("a [31mb c"));
        assert_eq!(one_line("\n\u{200f}\n", 100), None);
        assert_eq!(one_line(&"é".repeat(300), LONGEST_NAME).unwrap().chars().count(), LONGEST_NAME);
    }

    /// By `printf 'safelight link\0pFaMU6AJ5eB7HpqOujXnllyuV' | openssl sha256 -binary | head -c 12 | basenc --base64url`.
    #[test]
    fn a_link_has_the_tag_that_pages_give_it() {
        assert_eq!(link_tag("pFaMU6AJ5eB7HpqOujXnllyuV"), "mWNXrBGRiyjAqqE6");
    }
}
