//! The forms in which a name may stand somewhere, and which names say nothing.

use super::WordKind;
use super::folding::{Class, Folding};
use crate::plan::address_name;

/// Shorter words say nothing.
pub(super) const SHORTEST: usize = 4;
/// In scripts with a sign for each syllable or word.
const SHORTEST_UNSPACED: usize = 3;
/// Words that galleries everywhere are called by.
const GENERIC: [&str; 45] = [
    "album",
    "albums",
    "archive",
    "best",
    "camera",
    "client",
    "clients",
    "collection",
    "dcim",
    "default",
    "draft",
    "event",
    "events",
    "everyone",
    "export",
    "exports",
    "family",
    "final",
    "folder",
    "friends",
    "galleries",
    "gallery",
    "guest",
    "guests",
    "home",
    "image",
    "images",
    "index",
    "misc",
    "name",
    "other",
    "photo",
    "photos",
    "pics",
    "picture",
    "pictures",
    "portrait",
    "portraits",
    "preview",
    "private",
    "private gallery",
    "public",
    "selection",
    "untitled",
    "wedding",
];

/// The forms that a word is looked for in; none for a word that says nothing.
pub(super) fn forms(folding: &Folding, text: &str, what: WordKind) -> Vec<Vec<u8>> {
    let whole = folding.whole(text);
    let mut forms = Vec::new();
    if what == WordKind::FileName
        && let Some((stem, _)) = whole.trim().rsplit_once('.')
    {
        // A number with an extension is still a number.
        if !tells_something(folding, stem) {
            return Vec::new();
        }
        forms.extend([stem.to_owned(), address_name(text.trim().rsplit_once('.').map_or(text, |(stem, _)| stem))]);
    } else {
        forms.push(address_name(text));
    }
    if what == WordKind::Title {
        // As it stands in addresses, and as a title is made of a folder's name.
        let parts: Vec<&str> = whole.split([' ', '-', '_']).filter(|part| !part.is_empty()).collect();
        forms.extend([" ", "-", "_", "+"].map(|joint| parts.join(joint)));
    }
    forms.push(whole);
    let mut forms: Vec<Vec<u8>> = forms
        .iter()
        // Words begin and end with letters, whatever stands around them.
        .map(|form| form.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|form| tells_something(folding, form))
        .map(|form| form.as_bytes().to_vec())
        .collect();
    forms.sort();
    forms.dedup();
    forms
}

fn tells_something(folding: &Folding, form: &str) -> bool {
    let letters = form.chars().filter(|letter| letter.is_alphabetic()).count();
    let unspaced = form.char_indices().filter(|(at, _)| is_unspaced(folding, form.as_bytes(), *at)).count();
    let is_long = form.chars().count() >= SHORTEST || unspaced >= SHORTEST_UNSPACED;
    is_long && letters >= 2 && !GENERIC.contains(&form)
}

fn is_unspaced(folding: &Folding, text: &[u8], at: usize) -> bool {
    folding.at(text, at).is_some_and(|(letter, _)| letter.class == Class::Unspaced)
}
