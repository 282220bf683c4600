//! The forms in which a name may stand somewhere, and which names say nothing.

use super::folding::{Class, Folding};
use crate::plan::address_name;

/// Shorter words say nothing.
pub(super) const SHORTEST: usize = 4;
/// Words that are written as one are looked for where that is at least so long: shorter ones are other words.
const SHORTEST_JOINED: usize = 8;
/// The name of a file that is a number with a letter, or a date with a time, says something where it is so long.
const SHORTEST_NUMBER: usize = 7;
/// A number without a letter has so many digits: a day has eight, and days stand everywhere.
const SHORTEST_DIGITS: usize = 9;
/// What may stand between the words of a name: as an address, a tag, a part of a mail address, a file.
const JOINTS: [&str; 6] = [" ", "-", "_", "+", ".", ""];
/// In scripts with a sign for each syllable or word.
const SHORTEST_UNSPACED: usize = 3;
/// Words that galleries everywhere are called by.
const GENERIC: &str = "album, albums, archive, best, bride, camera, children, client, clients, collection, couple, dcim, default, \
    draft, event, events, everyone, export, exports, family, final, folder, friends, galleries, gallery, \
    grandparents, groom, guest, guests, home, image, images, index, misc, name, other, parents, photo, photos, \
    pics, picture, pictures, portrait, portraits, preview, private, private gallery, public, selection, \
    siblings, the couple, untitled, wedding";

/// What a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhraseKind {
    /// A gallery's title, or its folder's name.
    Title,
    /// Whom a link was made for.
    Recipient,
    /// The name of a photograph's file.
    FileName,
}

/// The forms that a word is looked for in; none for a word that says nothing.
pub(super) fn forms(folding: &Folding, text: &str, what: PhraseKind) -> Vec<Vec<u8>> {
    let whole = folding.whole(text);
    let mut forms = Vec::new();
    if what == PhraseKind::FileName
        && let Some((stem, _)) = whole.trim().rsplit_once('.')
    {
        // A number with an extension is still a number.
        if !tells_something(folding, stem, what) {
            return Vec::new();
        }
        forms.extend([stem.to_owned(), address_name(text.trim().rsplit_once('.').map_or(text, |(stem, _)| stem))]);
    } else {
        forms.push(address_name(text));
    }
    if what != PhraseKind::FileName {
        // As it stands in addresses, and as a title is made of a folder's name.
        let written: Vec<&str> = whole.split([' ', '-', '_']).filter(|part| !part.is_empty()).collect();
        let words: Vec<&str> =
            whole.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        for parts in [&written, &words] {
            let joined = JOINTS.iter().map(|joint| (joint, parts.join(joint)));
            let says = |(joint, form): &(&&str, String)| !joint.is_empty() || form.chars().count() >= SHORTEST_JOINED;
            forms.extend(joined.filter(says).map(|(_, form)| form));
        }
        if let (PhraseKind::Recipient, Some((family, given))) = (what, written.split_last())
            && !given.is_empty()
        {
            forms.push(format!("{family}, {}", given.join(" ")));
        }
    }
    forms.push(whole);
    let mut forms: Vec<Vec<u8>> = forms
        .iter()
        // Words begin and end with letters, whatever stands around them.
        .map(|form| form.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|form| tells_something(folding, form, what))
        .map(|form| form.as_bytes().to_vec())
        .collect();
    forms.sort();
    forms.dedup();
    forms
}

fn tells_something(folding: &Folding, form: &str, what: PhraseKind) -> bool {
    let letters = form.chars().filter(|letter| letter.is_alphabetic()).count();
    let digits = form.chars().filter(char::is_ascii_digit).count();
    let length = form.chars().count();
    let unspaced = form.char_indices().filter(|(at, _)| is_unspaced(folding, form.as_bytes(), *at)).count();
    let is_long = length >= SHORTEST || unspaced >= SHORTEST_UNSPACED;
    // Cameras count with one letter or with the time.
    let is_number = what == PhraseKind::FileName
        && length >= SHORTEST_NUMBER
        && digits > 0
        && (letters > 0 || digits >= SHORTEST_DIGITS);
    is_long && (letters >= 2 || is_number) && !GENERIC.split(", ").any(|generic| generic == form)
}

fn is_unspaced(folding: &Folding, text: &[u8], at: usize) -> bool {
    folding.at(text, at).is_some_and(|(letter, _)| letter.class == Class::Unspaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, what: PhraseKind) -> Vec<String> {
        forms(&Folding::default(), text, what).into_iter().map(|form| String::from_utf8(form).unwrap()).collect()
    }

    #[test]
    fn what_cameras_call_their_files_says_something_and_a_short_number_does_not() {
        for name in ["P1020304.JPG", "L1000123.dng", "R0001234.jpg", "20270630_142210.jpg", "DSC_0042.jpg"] {
            assert!(!all(name, PhraseKind::FileName).is_empty(), "{name}");
        }
        for name in ["0042.jpg", "1234567.jpg", "2027-06-30.jpg", "20270630.jpg", "P12.jpg"] {
            assert_eq!(all(name, PhraseKind::FileName), Vec::<String>::new(), "{name}");
        }
        assert_eq!(all("P1020304", PhraseKind::Title), Vec::<String>::new());
    }

    #[test]
    fn a_name_is_looked_for_as_one_word_and_with_whatever_joins_its_words() {
        for (what, text, expected) in [
            (
                PhraseKind::Title,
                "Lake House",
                vec!["lake house", "lake-house", "lake_house", "lake.house", "lakehouse"],
            ),
            (PhraseKind::Title, "My Day", vec!["my day", "my-day", "my.day"]),
            (
                PhraseKind::Recipient,
                "Thaddeus Okonkwo",
                vec![
                    "thaddeus.okonkwo",
                    "thaddeus_okonkwo",
                    "thaddeus+okonkwo",
                    "thaddeus-okonkwo",
                    "okonkwo, thaddeus",
                ],
            ),
            (PhraseKind::Recipient, "Patrick O'Brien-Smith", vec!["patrickobriensmith", "patrick o'brien smith"]),
        ] {
            let forms = all(text, what);
            for form in expected {
                assert!(forms.iter().any(|known| known == form), "{form}: {forms:?}");
            }
        }
        assert!(!all("My Day", PhraseKind::Title).contains(&"myday".to_owned()));
    }
}
