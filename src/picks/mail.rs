//! Favourites in a mail: as an attached file, or in its text.

use mail_parser::{MessageParser, MimeHeaders as _};

/// Attachments beyond these are not looked at.
const MOST_ATTACHMENTS: usize = 64;

/// What of a mail may hold favourites.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mail {
    /// Attached files, with their names.
    pub(super) attachments: Vec<(String, Vec<u8>)>,
    /// The text, from HTML where there is no plain one.
    pub(super) text: String,
    /// Who sent it: the name, else the address.
    pub(super) from: Option<String>,
}

/// Takes a mail apart (RFC 5322, MIME).
pub(super) fn read(bytes: &[u8]) -> Option<Mail> {
    let message = MessageParser::default().parse(bytes)?;
    let attachments = message
        .attachments()
        .take(MOST_ATTACHMENTS)
        .filter_map(|part| Some((part.attachment_name()?.to_owned(), part.contents().to_vec())))
        .collect();
    let text = message.body_text(0).map(|text| text.into_owned()).unwrap_or_default();
    let sender = message.from().and_then(|from| from.first());
    let from = sender.and_then(|one| one.name().or(one.address())).map(str::to_owned);
    Some(Mail { attachments, text, from })
}

/// Whether a text begins as mails do: with a line of a header that every mail has near its top.
pub(super) fn begins_like_one(text: &str) -> bool {
    const NAMES: [&str; 9] =
        ["from", "to", "subject", "date", "received", "return-path", "delivered-to", "message-id", "mime-version"];
    let mut lines = text.lines().take(60).take_while(|line| !line.trim().is_empty());
    let header = |line: &str| {
        let name = line.split_once(':').map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let first = lines.clone().next().is_some_and(header);
    let known = lines.clone().filter(|line| {
        line.split_once(':').is_some_and(|(name, _)| NAMES.contains(&name.to_ascii_lowercase().as_str()))
    });
    first && known.count() >= 2 && lines.all(|line| header(line) || line.starts_with([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_decoded_and_attachments_kept() {
        let mail = "From: =?utf-8?q?Zo=C3=A9?= <zoe@example.com>\r\nSubject: Photos\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nL=E4ngere Fassung: DSC_0=\r\n042.jpg\r\n\
            --b\r\nContent-Type: application/json; name=\"f.json\"\r\nContent-Disposition: attachment; filename=\"f.json\"\r\nContent-Transfer-Encoding: base64\r\n\r\ne30=\r\n--b--\r\n";
        assert!(begins_like_one(mail));
        let mail = read(mail.as_bytes()).unwrap();
        assert_eq!(mail.from.as_deref(), Some("Zoé"));
        assert_eq!(mail.text.trim_end(), "Längere Fassung: DSC_0042.jpg");
        assert_eq!(mail.attachments, [("f.json".to_owned(), b"{}".to_vec())]);
        let html = "From: a@example.com\r\nTo: b@example.com\r\nContent-Type: text/html\r\n\r\n<p>DSC_0042.jpg<br>DSC_0050.jpg</p>";
        let text = read(html.as_bytes()).unwrap().text;
        assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["DSC_0042.jpg", "DSC_0050.jpg"]);
    }

    #[test]
    fn a_text_with_colons_is_no_mail() {
        for text in ["Album: DSC_0042.jpg\nPrints: DSC_0050.jpg", "DSC_0042: a bit tighter", "", "To: you\nDSC_0042"] {
            assert!(!begins_like_one(text), "{text}");
        }
    }
}
