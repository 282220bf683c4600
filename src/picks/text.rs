//! Favourites in a text of any language: which of its words are names of photos, and what stands around them.
//!
//! A line that holds nothing but names is a list, whatever the names are; a short line before it is the list's heading, and
//! `name: words` is a note. Among other words a name counts only where it cannot be an ordinary word: with the ending of a
//! photo, or with digits among letters.

use std::collections::HashMap;

use super::shelf::{Shelf, fold, has_ending_of_a_photo};
use super::{Found, LONGEST_NAME, List, MOST_LISTS, MOST_PICKS, Pick, name, note};

/// A name of a file has no more words.
const MOST_WORDS: usize = 6;
/// Of a longer line only the beginning counts.
const LONGEST_LINE: usize = 64 << 10;
/// A heading has no more words.
const MOST_HEADING_WORDS: usize = 5;

/// The lists in a text, as far as its words are names of photos on the shelf, or are made like them.
pub(super) fn lists(text: &str, shelf: &Shelf) -> Vec<List> {
    let own = read(text, shelf, false);
    // What is quoted is the answer to it, or was sent before: it counts where nothing else is there.
    let has_any = own.iter().any(|list| list.photos.iter().any(|pick| shelf.find(&pick.file) != Found::Nothing));
    if has_any { own } else { read(text, shelf, true) }
}

fn read(text: &str, shelf: &Shelf, quoted: bool) -> Vec<List> {
    let mut lists: Vec<List> = vec![List::default()];
    let mut current = 0;
    let mut heading: Option<String> = None;
    // Whether a paragraph begins here.
    let mut begins = true;
    // Where each photo stands first.
    let mut first: HashMap<Result<usize, String>, (usize, usize)> = HashMap::new();
    let mut picks = 0;
    for line in text.lines() {
        let mut line = line.trim();
        if line.starts_with('>') {
            if !quoted {
                continue;
            }
            line = line.trim_start_matches(['>', ' ']);
        }
        let line = match line.char_indices().nth(LONGEST_LINE) {
            Some((end, _)) => &line[..end],
            None => line,
        };
        let (of_line, photos) = match look(line, shelf) {
            Line::Empty => {
                heading = heading.filter(|text| text.trim_end().ends_with([':', '：']));
                begins = true;
                continue;
            }
            Line::Words => {
                heading = Some(line.to_owned());
                begins = false;
                continue;
            }
            Line::Note(pick) if begins && heading.is_none() && first.contains_key(&identity(&pick, shelf)) => {
                // Notes may stand by themselves behind all lists.
                let (list, at) = first[&identity(&pick, shelf)];
                lists[list].photos[at].note = pick.note;
                continue;
            }
            Line::Note(pick) => (heading.take().map(|text| heading_of(&text).unwrap_or_default()), vec![pick]),
            // A list behind words that are no heading has no name.
            Line::List(own, photos) => {
                (own.or(heading.take()).map(|text| heading_of(&text).unwrap_or_default()), photos)
            }
            // What is spoken of again is not picked again.
            Line::Prose(mut photos) => {
                picks += photos.len();
                if picks > MOST_PICKS {
                    break;
                }
                photos.retain(|pick| !first.contains_key(&identity(pick, shelf)));
                add(&mut lists, &mut first, 0, photos, shelf);
                heading = None;
                begins = false;
                continue;
            }
        };
        heading = None;
        begins = false;
        if let Some(name) = of_line {
            current = lists.iter().position(|list| list.name == name).unwrap_or(lists.len());
            if current == lists.len() {
                if lists.len() >= MOST_LISTS {
                    break;
                }
                lists.push(List { name, ..List::default() });
            }
        }
        picks += photos.len();
        if picks > MOST_PICKS {
            break;
        }
        add(&mut lists, &mut first, current, photos, shelf);
    }
    lists.retain(|list| !list.photos.is_empty());
    lists
}

/// Adds picks to a list.
fn add(
    lists: &mut [List],
    first: &mut HashMap<Result<usize, String>, (usize, usize)>,
    list: usize,
    photos: Vec<Pick>,
    shelf: &Shelf,
) {
    for pick in photos {
        first.entry(identity(&pick, shelf)).or_insert((list, lists[list].photos.len()));
        lists[list].photos.push(pick);
    }
}

/// What tells two picks of one photo: the photo, or the name where there is none.
fn identity(pick: &Pick, shelf: &Shelf) -> Result<usize, String> {
    match shelf.find(&pick.file) {
        Found::Photo(at, _) => Ok(at),
        Found::Several(_) | Found::Nothing => Err(fold(&pick.file)),
    }
}

/// What a line is.
enum Line {
    Empty,
    /// Nothing in it is a name.
    Words,
    /// A name, and what is wanted of its photo.
    Note(Pick),
    /// Names, with the heading that may stand before them on the line.
    List(Option<String>, Vec<Pick>),
    /// Names among other words.
    Prose(Vec<Pick>),
}

fn look(line: &str, shelf: &Shelf) -> Line {
    let line = line.trim_start_matches(['-', '*', '•', '–', '·', ' ', '\t']);
    if line.trim().is_empty() {
        return Line::Empty;
    }
    if let Some(photos) = only_names(line, shelf) {
        return Line::List(None, photos);
    }
    if let Some((before, after)) = line.split_once([':', '：']) {
        // `DSC_0042: a bit tighter`, and with names alone behind it `Album: DSC_0042, DSC_0050`.
        if is_name(before, shelf) {
            return Line::Note(Pick {
                number: None,
                file: plain(before).to_owned(),
                note: note(Some(after.to_owned())),
            });
        }
        if let Some(photos) = only_names(after, shelf) {
            return Line::List(Some(before.to_owned()), photos);
        }
    }
    let photos = among_words(line, shelf);
    if photos.is_empty() { Line::Words } else { Line::Prose(photos) }
}

/// The names of a line that holds nothing else: parted by commas or semicolons, or by spaces.
fn only_names(line: &str, shelf: &Shelf) -> Option<Vec<Pick>> {
    let parts: Vec<&str> =
        line.split([',', ';', '、', '，', '،', '\t']).map(plain).filter(|part| !part.is_empty()).collect();
    let known = |part: &&str| shelf.find(part) != Found::Nothing;
    let names = |parts: &[&str]| parts.iter().all(|part| is_name(part, shelf)) && parts.iter().any(known);
    let pick = |file: &str| Pick { number: None, file: file.to_owned(), note: None };
    if names(&parts) {
        return Some(parts.into_iter().map(pick).collect());
    }
    let words: Vec<&str> =
        parts.iter().flat_map(|part| part.split_whitespace()).map(plain).filter(|word| !word.is_empty()).collect();
    names(&words).then(|| words.into_iter().map(pick).collect())
}

/// Names among other words: of those that could be ordinary words none counts.
fn among_words(line: &str, shelf: &Shelf) -> Vec<Pick> {
    let words: Vec<(usize, &str)> =
        line.split_whitespace().map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // The longest name that begins here.
        let longest = (at + 1..=words.len().min(at + MOST_WORDS)).rev().find_map(|end| {
            let (last, word) = words[end - 1];
            let text = plain(&line[words[at].0..last + word.len()]);
            let inner = text.contains([',', ';']);
            let counts = if inner { false } else { is_unmistakable(text) && is_name(text, shelf) };
            counts.then_some((end, text))
        });
        match longest {
            Some((end, text)) => {
                found.push(Pick { number: None, file: text.to_owned(), note: None });
                at = end;
            }
            None => {
                // Several in one word, as in `DSC_0042,DSC_0050`.
                let parts = words[at].1.split([',', ';', '/', '+', '&']).map(plain);
                let names = parts.filter(|part| is_unmistakable(part) && is_name(part, shelf));
                found.extend(names.map(|part| Pick { number: None, file: part.to_owned(), note: None }));
                at += 1;
            }
        }
    }
    found
}

/// Whether a text is the name of a photo, or made like one so that it should be.
fn is_name(text: &str, shelf: &Shelf) -> bool {
    let text = plain(text);
    let bare = |text: &str| !text.contains(char::is_whitespace) && !text.contains("://");
    shelf.find(text) != Found::Nothing
        || bare(text) && (shelf.has_pattern_of(text) || has_ending_of_a_photo(text) && text.len() > 4)
}

/// Whether a text cannot be an ordinary word: it has a photo's ending, or digits among other characters.
fn is_unmistakable(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().filter(|c| c.is_alphabetic() || *c == '_').count();
    has_ending_of_a_photo(text) || digits >= 2 && others >= 1
}

/// A word without the marks that stand around it in a sentence.
fn plain(text: &str) -> &str {
    let around = |c: char| c.is_whitespace() || "\"'“”„‘’«»‹›「」『』()[]{}<>!?,;:，、。；：！？،؟".contains(c);
    text.trim_matches(around).trim_end_matches('.').trim_matches(around)
}

/// The name that a heading gives a list: without the count that may stand behind it.
fn heading_of(line: &str) -> Option<String> {
    let mut text =
        line.trim().trim_end_matches([':', '：']).trim_matches(['*', '#', '=', '_', ' ', '"', '“', '”', '-']);
    let mut is_counted = false;
    if let Some(open) = text.rfind(['(', '（', '[']) {
        let behind = &text[open..];
        if behind.ends_with([')', '）', ']']) && behind.contains(|c: char| c.is_ascii_digit()) {
            text = text[..open].trim_end();
            is_counted = true;
        }
    }
    let is_short = text.split_whitespace().count() <= MOST_HEADING_WORDS && text.chars().count() <= LONGEST_NAME / 2;
    // A count behind it makes it certain.
    let is_name = (is_counted || is_short && !text.ends_with(['.', ',', '!', '?', ';'])) && !fold(text).is_empty();
    if is_name { name(Some(text.to_owned())) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picks::shelf::shelf;

    fn told(text: &str, paths: &[&str]) -> Vec<String> {
        let pick = |pick: &Pick| match &pick.note {
            Some(note) => format!("{} ({note})", pick.file),
            None => pick.file.clone(),
        };
        let list =
            |list: List| format!("{}: {}", list.name, list.photos.iter().map(pick).collect::<Vec<_>>().join(" | "));
        lists(text, &shelf(paths)).into_iter().map(list).collect()
    }

    const PATHS: [&str; 6] = [
        "ceremony/DSC_0042.jpg",
        "ceremony/DSC_0050.jpg",
        "DSC_0051-Edit.jpg",
        "Ida 3.jpg",
        "dance.jpg",
        "Mara and Ida 12.jpg",
    ];

    #[test]
    fn lists_of_names_are_read_with_endings_or_without_parted_in_any_way() {
        for text in [
            "DSC_0042.jpg, DSC_0050.jpg, dance.jpg",
            "DSC_0042,DSC_0050,dance",
            "dsc_0042.NEF; DSC_0050; dance.jpg.",
            "DSC_0042 DSC_0050 dance",
            "DSC_0042\nDSC_0050\ndance\n",
            "- DSC_0042\r\n- ceremony/DSC_0050.jpg\r\n- “dance”\r\n",
            "DSC_0042、DSC_0050、dance",
        ] {
            let found = told(text, &PATHS);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].split(" | ").count(), 3, "{text}: {found:?}");
        }
    }

    #[test]
    fn headings_and_notes_stay_with_their_names() {
        let text = "Hallo Ann,\n\nhier sind unsere Bilder für das Album, vielen Dank für alles!\n\nAlbum (2 von 30):\n\nDSC_0042.jpg\nDSC_0050.jpg: etwas enger, bitte: links\n\nDrucke\ndance, Ida 3\n\nWand: DSC_0042\nViele Grüße\nIda";
        assert_eq!(
            told(text, &PATHS),
            [
                "Album: DSC_0042.jpg | DSC_0050.jpg (etwas enger, bitte: links)",
                "Drucke: dance | Ida 3",
                "Wand: DSC_0042"
            ]
        );
        let japanese = "アルバム：\nDSC_0042、DSC_0050\n";
        assert_eq!(told(japanese, &PATHS), ["アルバム: DSC_0042 | DSC_0050"]);
    }

    #[test]
    fn a_mail_that_the_page_prepared_keeps_its_lists_and_notes() {
        let text = "Our album (2)\nDSC_0042.jpg, DSC_0050.jpg\n\nFor the long wall in the hall, please! (1)\nDSC_0050.jpg\n\nDSC_0042.jpg: a bit tighter\n\nThank you for DSC_0042!\n\nAnna";
        let lists = [
            "Our album: DSC_0042.jpg (a bit tighter) | DSC_0050.jpg",
            "For the long wall in the hall, please!: DSC_0050.jpg",
        ];
        assert_eq!(told(text, &PATHS), lists);
        let spoken =
            "Album\nDSC_0042\n\nWe are not so sure about these ones, what do you say?\nDSC_0050: darker\ndance";
        assert_eq!(told(spoken, &PATHS), [": DSC_0050 (darker) | dance", "Album: DSC_0042"]);
    }

    #[test]
    fn among_words_only_what_is_no_word_is_a_name() {
        let text =
            "We love DSC_0042 (and DSC_0050.jpg!), Mara and Ida 12.jpg, and that dance with Ida 3 times in 2026.";
        assert_eq!(told(text, &PATHS), [": DSC_0042 | DSC_0050.jpg | Mara and Ida 12.jpg"]);
        assert_eq!(told("The dance was wonderful, 42 photos", &PATHS), [] as [&str; 0]);
        assert_eq!(told("", &PATHS), [] as [&str; 0]);
    }

    #[test]
    fn a_name_that_is_made_like_others_but_is_not_there_is_kept_for_being_told() {
        assert_eq!(told("DSC_0042, DSC_9999, x.jpg", &PATHS), [": DSC_0042 | DSC_9999 | x.jpg"]);
    }

    #[test]
    fn what_is_quoted_counts_only_where_nothing_else_does() {
        assert_eq!(told("DSC_0042\n> On Monday you wrote:\n> DSC_0050\n", &PATHS), [": DSC_0042"]);
        assert_eq!(told("As written below.\n> DSC_0050\n", &PATHS), [": DSC_0050"]);
    }
}
