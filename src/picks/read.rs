//! What a client sent: which of the forms it is, by what is in it.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::{LONGEST_NAME, Picks, json, link, mail, one_line, table};
use crate::{Code, Error, Result};

/// Nothing that a client sends with favourites is larger; photos that are attached to a mail would be.
pub const LARGEST: u64 = 32 << 20;
/// A text of names is never longer.
const LONGEST_TEXT: usize = 4 << 20;

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Favourites, as a page of the site writes them.
    Picks(Picks),
    /// A text in which names of photos stand, and who sent it if that is known.
    Text {
        /// The text.
        text: String,
        /// The sender of a mail.
        from: Option<String>,
    },
}

/// Reads what was sent, by one person or several. `name` is the file's name: its ending tells a mail from a text about mails.
///
/// # Errors
/// What is damaged, too large, or no text.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Sent>> {
    let ends = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
    let too_large = || Error::new(Code::InvalidPicks, "this is too large for a list of favourites");
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    if bytes.contains(&0) && Encoding::for_bom(bytes).is_none() {
        return Err(Error::new(Code::InvalidPicks, "this is not a text")
            .hint("give the file with favourites, a CSV table, or a text or mail with the names of photos"));
    }
    let text = decoded(bytes);
    if (ends(".eml") || mail::begins_like_one(&text))
        && let Some(found) = mail::read(bytes)
    {
        return of_mail(found);
    }
    if text.len() > LONGEST_TEXT && !text.trim_start().starts_with('{') {
        return Err(too_large());
    }
    of_text(&text, None)
}

/// Attached favourites and tables; the text of the mail only where there are none.
fn of_mail(mail: mail::Mail) -> Result<Vec<Sent>> {
    let mut sent = Vec::new();
    let sender = mail.from.as_deref().and_then(|from| one_line(from, LONGEST_NAME));
    for (name, bytes) in &mail.attachments {
        let name = name.to_ascii_lowercase();
        if [".json", ".csv"].iter().any(|ending| name.ends_with(ending)) {
            let found = of_text(&decoded(bytes), None);
            // A mail may have other tables and data with it.
            sent.extend(found.unwrap_or_default().into_iter().filter_map(|one| match one {
                Sent::Picks(picks) => Some(Sent::Picks(Picks { from: picks.from.or_else(|| sender.clone()), ..picks })),
                Sent::Text { .. } => None,
            }));
        }
    }
    if sent.is_empty() { of_text(&mail.text, sender) } else { Ok(sent) }
}

fn of_text(text: &str, from: Option<String>) -> Result<Vec<Sent>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let picks = |all: Vec<Picks>| all.into_iter().map(Sent::Picks).collect::<Vec<_>>();
    if text.starts_with('{') {
        return Ok(picks(vec![json::read(text)?]));
    }
    let in_links = link::find(text)?;
    if !in_links.is_empty() {
        return Ok(picks(in_links));
    }
    let within = json::find(text);
    if !within.is_empty() {
        return Ok(picks(within));
    }
    if let Some(separator) = table::separator(text) {
        return Ok(picks(table::read(text, separator)?));
    }
    Ok(vec![Sent::Text { text: text.chars().take(LONGEST_TEXT).collect(), from }])
}

/// Text in the encoding that its mark names, else UTF-8, else what spreadsheets write where they do not know UTF-8.
fn decoded(bytes: &[u8]) -> String {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picks::link::pack;

    const FILE: &str = r#"{"type":"safelight-picks","version":1,"key":"GPih6BNwi9kk","lists":[{"name":"Album","photos":[{"number":1,"file":"a.jpg"}]}]}"#;

    fn forms(bytes: &[u8], name: &str) -> Vec<String> {
        let told = |sent: Sent| match sent {
            Sent::Picks(picks) => {
                format!("picks of {}", picks.all().map(|(_, pick)| pick.file.clone()).collect::<String>())
            }
            Sent::Text { text, from } => format!("text {text} of {}", from.unwrap_or_default()),
        };
        read(bytes, name).unwrap().into_iter().map(told).collect()
    }

    #[test]
    fn the_form_is_known_by_the_content() {
        assert_eq!(forms(FILE.as_bytes(), "a.txt"), ["picks of a.jpg"]);
        assert_eq!(forms(format!("\u{feff}{FILE}\n").as_bytes(), "-"), ["picks of a.jpg"]);
        assert_eq!(forms(b"\xef\xbb\xbflist;number;file;note;from\r\n;1;a.jpg;;\r\n", "x"), ["picks of a.jpg"]);
        assert_eq!(
            forms(format!("See https://a.example/#picks={}", pack(FILE.as_bytes())).as_bytes(), "-"),
            ["picks of a.jpg"]
        );
        assert_eq!(forms(b"DSC_0042, DSC_0050", "x.csv"), ["text DSC_0042, DSC_0050 of "]);
        assert_eq!(forms(b"f\xfcr uns: a.jpg", "x.txt"), ["text für uns: a.jpg of "]);
        let wide: Vec<u8> = [0xfeff_u16].into_iter().chain("a.jpg".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(forms(&wide, "x.txt"), ["text a.jpg of "]);
    }

    #[test]
    fn attached_favourites_count_before_the_text_of_a_mail() {
        let mail = |more: &str| {
            format!(
                "From: Zoe <z@example.com>\nTo: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nb.jpg\n{more}--b--\n"
            )
        };
        let attached = format!(
            "--b\nContent-Type: application/json\nContent-Disposition: attachment; filename=f.json\n\n{FILE}\n"
        );
        assert_eq!(forms(mail(&attached).as_bytes(), "x.eml"), ["picks of a.jpg"]);
        assert_eq!(forms(mail("").as_bytes(), "-"), ["text b.jpg of Zoe"]);
    }

    #[test]
    fn a_picture_is_no_text() {
        assert!(read(b"\xff\xd8\xff\xe0\0\x10JFIF", "a.jpg").unwrap_err().message.contains("not a text"));
    }
}
