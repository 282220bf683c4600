//! Favourites as a table, as the gallery's page writes it or a spreadsheet has saved it again.

use super::{LONGEST_PATH, List, MOST_LISTS, MOST_PICKS, Pick, Picks, name, note};
use crate::{Code, Error, Result};

const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The separator of a text whose first line is the head of a table of favourites; nothing where it is none.
pub(super) fn separator(text: &str) -> Option<u8> {
    let head = text.lines().next().unwrap_or_default();
    let separator = SEPARATORS.into_iter().max_by_key(|separator| head.matches(*separator).count())?;
    let columns: Vec<String> = head.split(separator).map(column).collect();
    let has = |wanted: &str| columns.iter().any(|column| column == wanted);
    // Another list of files may have such a column too.
    let is_table = has("file") && (has("list") || has("number") || has("note") || has("from"));
    is_table.then(|| u8::try_from(separator).ok()).flatten()
}

/// The name of a column as it is compared.
fn column(name: &str) -> String {
    name.trim().trim_matches('"').to_lowercase()
}

/// Reads a table (RFC 4180, with any of the separators that spreadsheets write): one person for each name in its column `from`.
///
/// # Errors
/// When it cannot be taken apart, or has more than anybody picks.
pub(super) fn read(text: &str, separator: u8) -> Result<Vec<Picks>> {
    let refused = |what: String| Error::new(Code::InvalidPicks, what);
    let damaged = |error: csv::Error| refused(format!("this table is damaged ({error})"));
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().map_err(damaged)?.iter().map(column).collect();
    let place = |wanted: &str| head.iter().position(|column| column == wanted);
    let places = ["list", "number", "file", "note", "from"].map(place);
    let mut people: Vec<Picks> = Vec::new();
    let mut rows = 0;
    for row in reader.records() {
        let row = row.map_err(damaged)?;
        let cell = |at: usize| places[at].and_then(|place| row.get(place)).map(plain).filter(|cell| !cell.is_empty());
        let (number, file) = (cell(1).and_then(|number| number.trim().parse().ok()), cell(2).unwrap_or_default());
        if file.is_empty() || file.len() > LONGEST_PATH {
            continue;
        }
        rows += 1;
        if rows > MOST_PICKS {
            return Err(refused(format!("this table has more than {MOST_PICKS} photos, which is too many")));
        }
        let from = name(cell(4));
        let at = people.iter().position(|one| one.from == from).unwrap_or_else(|| {
            people.push(Picks { from, ..Picks::default() });
            people.len() - 1
        });
        let lists = &mut people[at].lists;
        let list = name(cell(0)).unwrap_or_default();
        let at = lists.iter().position(|one| one.name == list).unwrap_or_else(|| {
            lists.push(List { name: list, ..List::default() });
            lists.len() - 1
        });
        lists[at].photos.push(Pick { number, file, note: note(cell(3)) });
        if lists.len() > MOST_LISTS || people.len() > MOST_LISTS {
            return Err(refused("this table has too many lists or people".to_owned()));
        }
    }
    Ok(people)
}

/// A cell without the mark that keeps a spreadsheet from taking it for a formula.
fn plain(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_any(text: &str) -> Vec<Picks> {
        read(text, separator(text).unwrap()).unwrap()
    }

    #[test]
    fn a_table_is_read_as_written_and_as_spreadsheets_save_it_again() {
        let table = "list,number,file,note,from\r\nAlbum,12,ceremony/DSC_0042.jpg,\"tighter, \"\"please\"\"\",Anna\r\nPrints,,'=1+1.jpg,'-5,Anna\r\n";
        let picks = read_any(table);
        let pick = |number, file: &str, note: &str| Pick { number, file: file.to_owned(), note: Some(note.to_owned()) };
        let list = |name: &str, photo| List { name: name.to_owned(), limit: None, photos: vec![photo] };
        let lists = vec![
            list("Album", pick(Some(12), "ceremony/DSC_0042.jpg", "tighter, \"please\"")),
            list("Prints", pick(None, "=1+1.jpg", "-5")),
        ];
        assert_eq!(picks, [Picks { from: Some("Anna".to_owned()), lists, ..Picks::default() }]);
        let saved = "List;Number;File;Note;From\nAlbum;12;ceremony/DSC_0042.jpg;\"tighter, \"\"please\"\"\";Anna\nPrints;;'=1+1.jpg;'-5;Anna\n";
        assert_eq!(read_any(saved), picks);
        let tabs = "\"list\"\tnumber\tfile\tnote\tfrom\nAlbum\t1\ta.jpg\n\t\t\t\t\nAlbum\t2\tb.jpg\t\tBen\n";
        let told: Vec<_> = read_any(tabs).iter().map(|one| (one.from.clone(), one.all().count())).collect();
        assert_eq!(told, [(None, 1), (Some("Ben".to_owned()), 1)]);
    }

    #[test]
    fn another_table_is_none_of_favourites() {
        for text in ["DSC_0042.jpg, DSC_0050.jpg", "file,size\na.jpg,5\n", "", "profile,list\n", "list;number;note\n"] {
            assert_eq!(separator(text), None, "{text}");
        }
    }
}
