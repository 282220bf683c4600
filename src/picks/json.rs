//! Favourites as the gallery's page writes them.

use serde::Deserialize;

use super::{LONGEST_PATH, List, MOST_LISTS, MOST_PICKS, Pick, Picks, name, note};
use crate::{Code, Error, Result};

/// The file as it is written. What it has besides is of later versions, or nobody's.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
    key: Option<String>,
    gallery: Option<String>,
    link: Option<String>,
    from: Option<String>,
    note: Option<String>,
    total: Option<usize>,
    #[serde(default)]
    lists: Vec<FileList>,
}

#[derive(Deserialize)]
struct FileList {
    #[serde(default)]
    name: String,
    limit: Option<u32>,
    #[serde(default)]
    photos: Vec<FilePick>,
}

#[derive(Deserialize)]
struct FilePick {
    number: Option<usize>,
    #[serde(default)]
    file: String,
    note: Option<String>,
}

/// The word that tells favourites from other JSON.
const KIND: &str = "safelight-picks";
/// A mail may quote favourites again and again. Each try may read all of it.
const MOST_TRIES: usize = 32;

/// Favourites that stand whole within another text, as in the mail of a service that forwards forms; each once.
pub(super) fn find(text: &str) -> Vec<Picks> {
    let mut found = Vec::new();
    let mut after = 0;
    for (at, _) in text.match_indices(KIND).take(MOST_TRIES) {
        let Some(start) = text[after..at].rfind('{').map(|start| after + start) else { continue };
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<&serde_json::value::RawValue>();
        if let Some(Ok(value)) = values.next()
            && let Ok(picks) = read(value.get())
        {
            after = start + value.get().len();
            if !found.contains(&picks) {
                found.push(picks);
            }
        }
    }
    found
}

/// Reads the text of a file. The parser itself bounds the depth.
///
/// # Errors
/// When it is damaged, is something else, or has more than anybody picks.
pub(super) fn read(text: &str) -> Result<Picks> {
    let refused = |what: String| Error::new(Code::InvalidPicks, what);
    let file: File = serde_json::from_str(text).map_err(|error| {
        refused(format!("these favourites are damaged ({error})"))
            .hint("ask for the file again, or for the list of names")
    })?;
    if file.kind != KIND {
        return Err(refused("this file contains something else than favourites".to_owned()));
    }
    if file.version != 1 {
        return Err(refused(format!("this version does not read favourites of version {}", file.version))
            .hint("update Safelight, or ask for the list of names"));
    }
    let picks = file.lists.iter().map(|list| list.photos.len()).sum::<usize>();
    if file.lists.len() > MOST_LISTS || picks > MOST_PICKS {
        return Err(refused(format!(
            "this file has {} lists with {picks} photos, which is too many",
            file.lists.len()
        )));
    }
    let pick = |pick: FilePick| {
        let named = !pick.file.is_empty() || pick.number.is_some();
        let file = if pick.file.len() > LONGEST_PATH { String::new() } else { pick.file };
        named.then(|| Pick { number: pick.number, file, note: note(pick.note) })
    };
    let list = |list: FileList| List {
        name: name(Some(list.name)).unwrap_or_default(),
        limit: list.limit,
        photos: list.photos.into_iter().filter_map(pick).collect(),
    };
    Ok(Picks {
        key: file.key,
        gallery: name(file.gallery),
        link: file.link,
        from: name(file.from),
        note: note(file.note),
        total: file.total,
        lists: file.lists.into_iter().map(list).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"type":"safelight-picks","version":1,"site":"https://photos.example.com/","gallery":"The lake house",
        "key":"GPih6BNwi9kk","from":"Anna\u001b[31m","note":"For\nthe whole","total":412,"extra":[[{}]],
        "lists":[{"name":"Album","limit":30,"photos":[{"number":12,"file":"ceremony/DSC_0042.jpg","note":"a bit tighter"},
        {"file":"../../etc/passwd"},{"note":"nothing"}]},{}]}"#;

    #[test]
    fn a_file_of_the_page_is_read_whole_and_cleaned() {
        let picks = read(FILE).unwrap();
        let expected = Picks {
            key: Some("GPih6BNwi9kk".to_owned()),
            gallery: Some("The lake house".to_owned()),
            link: None,
            from: Some("Anna [31m".to_owned()),
            note: Some("For the whole".to_owned()),
            total: Some(412),
            lists: vec![
                List {
                    name: "Album".to_owned(),
                    limit: Some(30),
                    photos: vec![
                        Pick {
                            number: Some(12),
                            file: "ceremony/DSC_0042.jpg".to_owned(),
                            note: Some("a bit tighter".to_owned()),
                        },
                        Pick { number: None, file: "../../etc/passwd".to_owned(), note: None },
                    ],
                },
                List::default(),
            ],
        };
        assert_eq!(picks, expected);
    }

    #[test]
    fn favourites_are_found_within_a_text() {
        let text = format!("name: Anna\nmessage: {{Album}} DSC_0042\npicks: {FILE}\n> {FILE}\nsafelight-picks {{");
        assert_eq!(find(&text), [read(FILE).unwrap()]);
        assert_eq!(find(&text[..200]), []);
        assert_eq!(find(&"{\"safelight-picks".repeat(10_000)), []);
    }

    #[test]
    fn what_is_damaged_foreign_new_or_endless_is_refused() {
        let says = |text: &str| read(text).unwrap_err().message;
        assert!(says(&FILE[..FILE.len() / 2]).starts_with("these favourites are damaged (EOF"));
        assert!(says(&FILE.replace("-picks", "-other")).contains("something else"));
        assert!(says(&FILE.replace("\"version\":1", "\"version\":2")).contains("version 2"));
        assert!(says(&format!("{}{}", r#"{"extra":"#, "[".repeat(100_000))).contains("damaged"));
        let many = r#"{"file":"a"},"#.repeat(MOST_PICKS + 1);
        let lists = format!(
            r#"{{"type":"safelight-picks","version":1,"lists":[{{"photos":[{}]}}]}}"#,
            many.trim_end_matches(',')
        );
        assert!(says(&lists).contains("too many"));
        assert!(
            says(r#"{"type":"safelight-picks","version":1,"lists":[{"photos":[{"number":-1}]}]}"#).contains("damaged")
        );
    }
}
