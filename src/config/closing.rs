//! The one rule for closing: whatever may have been meant to close a gallery, and cannot be understood, closes it.
//!
//! Everything that decides by words what an owner meant lives here: names of settings that slipped to where they do not
//! count, settings files with errors, and files that are no settings but read like some. Where it is in doubt it says
//! yes: a gallery that is taken down by mistake comes back with the next build, and one that was shown does not.

use toml::Spanned;
use toml::de::DeValue;
use unicode_normalization::UnicodeNormalization as _;

use super::settings::{GALLERY, LATER, Sections};
use crate::Visibility;
use crate::error::closest_match;

/// What people write to close a gallery that is no setting of Safelight: settings of other programs, and plain words.
const CLOSING: &[&str] = &[
    "private",
    "public",
    "unlisted",
    "sealed",
    "hidden",
    "hide",
    "visible",
    "visibility",
    "draft",
    "publish",
    "published",
    "protected",
    "protect",
    "locked",
    "lock",
    "secret",
    "closed",
    "restricted",
    "permission",
    "permissions",
    "privacy",
    "acl",
    "auth",
    "share",
    "shared",
    "sharing",
    "noindex",
    "robots",
    "listed",
    "expire",
    "expiry",
    "until",
    "until_date",
    "allow",
    "deny",
    "users",
    "invite",
];

/// The setting that a name was probably meant as: one of these tables, one of a later version, or another word for
/// closing. Case, width, dashes and spaces do not matter, and a slip or two of the keyboard neither. What has an ending
/// is the name of a file.
pub(super) fn meant_as(written: &str, sections: Sections) -> Option<&'static str> {
    let folded = folded(written);
    let near = |folded: &str| if folded.contains('.') { None } else { closest_match(folded, words(sections)) };
    words(sections).find(|name| *name == folded).or_else(|| near(&folded))
}

/// The setting that a line in a text of several lines reads like: a closing quote that is missing swallows the settings
/// behind it. Only whole lines of TOML count, under the name of a setting or a word for closing.
pub(super) fn swallowed(text: &str, sections: Sections) -> Option<&'static str> {
    text.lines().find_map(|line| {
        let (name, _) = line.split_once('=')?;
        let name = folded(name.trim().trim_matches(['"', '\'']).rsplit('.').next()?);
        let meant = words(sections).find(|word| *word == name);
        let meant = meant.or_else(|| closest_match(&name, ["access"].into_iter().chain(CLOSING.iter().copied())))?;
        line.parse::<toml::Table>().is_ok().then_some(meant)
    })
}

/// Every name that means something, in tables of this file, in later versions, or to close something.
fn words(sections: Sections) -> impl Iterator<Item = &'static str> {
    let known = sections.iter().flat_map(|section| {
        let tables = section.table.split('.').filter(|name| !name.is_empty());
        tables.chain(section.settings.iter().map(|setting| setting.name))
    });
    known.filter(|name| *name != "*").chain(LATER.iter().copied()).chain(CLOSING.iter().copied())
}

fn folded(name: &str) -> String {
    let name = name.nfkc().filter(|c| !c.is_control() && !c.is_whitespace()).collect::<String>().to_lowercase();
    name.trim_matches(['-', '_', ':', '.']).replace('-', "_")
}

/// Settings of a `gallery.toml` that close it, end it, or bind it to those who may see it. One of them that is wrong
/// closes the gallery.
pub(super) const CLOSING_SETTINGS: &[&str] = &["access", "audiences", "expires", "id"];

/// Parts of names that are about closing, in the languages that settings are most often written in. Folded: small
/// letters and digits alone, without accents.
const STEMS: &[&str] = &[
    "acces",
    "adgang",
    "audienc",
    "confiden",
    "dostep",
    "dostup",
    "expir",
    "geheim",
    "hidden",
    "nascost",
    "ocult",
    "offentlich",
    "oeffentlich",
    "passwor",
    "permis",
    "privad",
    "privat",
    "prive",
    "protect",
    "prywat",
    "restrict",
    "secret",
    "sichtbar",
    "skjul",
    "tilgang",
    "toegang",
    "unlist",
    "verborg",
    "versteck",
    "visib",
    "vertraulich",
    "zugang",
    "zugriff",
    "закрыт",
    "приват",
    "скрыт",
    "非公開",
    "私密",
    "비공개",
];

/// Names that take one of [`CLOSED`] or of [`OPEN`] as their value.
const ABOUT_ACCESS: &[&str] = &[
    "access",
    "accesslevel",
    "accesso",
    "acceso",
    "acces",
    "acl",
    "adgang",
    "audience",
    "defaultaccess",
    "dostep",
    "permission",
    "permissions",
    "privacy",
    "sharing",
    "sichtbarkeit",
    "state",
    "status",
    "tilgang",
    "toegang",
    "visibilidad",
    "visibilita",
    "visibilite",
    "visibility",
    "zichtbaarheid",
    "zugang",
    "zugriff",
    "доступ",
    "公開範囲",
];

/// Words that say by themselves that something is not for everybody: values, and names of flags.
const CLOSED: &[&str] = &[
    "classified",
    "closed",
    "confidential",
    "confidentiel",
    "draft",
    "dold",
    "geheim",
    "gesperrt",
    "hidden",
    "hide",
    "inviteonly",
    "locked",
    "nascosto",
    "nobody",
    "nonpublic",
    "notpublic",
    "oculto",
    "oculta",
    "private",
    "privat",
    "prive",
    "privee",
    "privado",
    "privada",
    "privato",
    "privata",
    "prywatne",
    "prywatny",
    "prywatna",
    "protected",
    "restricted",
    "sealed",
    "secret",
    "skjult",
    "soukrome",
    "verborgen",
    "versteckt",
    "vertraulich",
    "yksityinen",
    "закрыто",
    "приватно",
    "скрыто",
    "非公開",
    "私密",
    "비공개",
];
/// The same for what is merely listed nowhere.
const UNLISTED: &[&str] = &["unlisted", "nichtgelistet", "linkonly", "noindex", "nolist", "notlisted"];
/// Words that say that something is for everybody, and names of flags that do.
const OPEN: &[&str] = &[
    "all",
    "anyone",
    "everybody",
    "everyone",
    "listed",
    "offentlich",
    "oeffentlich",
    "offentlig",
    "open",
    "openbaar",
    "public",
    "publico",
    "publique",
    "pubblico",
    "publiczny",
    "publiek",
    "publish",
    "published",
    "share",
    "shared",
    "visible",
    "sichtbar",
    "公開",
];
/// Names whose value, whatever it is, keeps others out.
const SECRETS: &[&str] = &["password", "passwort", "passphrase", "passcode", "motdepasse", "contrasena", "wachtwoord"];

const YES: &[&str] = &["true", "yes", "y", "1", "on", "ja", "oui", "si", "sim", "tak", "да"];
const NO: &[&str] = &["false", "no", "n", "0", "off", "nein", "non", "nee", "nej", "nao", "nie", "never", "нет"];

/// Whether a name that no setting has may have been meant to close a gallery: by its own sound, unless it is nearer to a
/// setting that has nothing to do with that; or because its value says so; or because it is a flag that nobody knows.
pub(super) fn may_mean_closing(name: &str, value: &Spanned<DeValue<'_>>) -> bool {
    match value.get_ref() {
        DeValue::String(text) if says(name, text).is_some_and(|said| said == Visibility::Public) => false,
        DeValue::Boolean(flag) => says(name, if *flag { "true" } else { "false" }) != Some(Visibility::Public),
        _ => sounds_closing(name) || holds_closing(value),
    }
}

/// The same in `site.toml`, where it would close every gallery that says nothing: only what names access plainly.
pub(super) fn may_mean_closing_all(name: &str, value: &Spanned<DeValue<'_>>) -> bool {
    let of_access = |name: &str| {
        let name = bare(name);
        let near = strsim::damerau_levenshtein(&name, "defaultaccess") <= 4;
        near || ["acces", "privat", "prive", "visib", "sichtbar", "zugriff"].iter().any(|stem| name.contains(stem))
    };
    let closed = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => is_one_of(&bare(text), &[CLOSED]),
        DeValue::Table(table) => table.iter().any(|(key, value)| may_mean_closing_all(key.get_ref(), value)),
        _ => false,
    };
    of_access(name) || closed(value)
}

/// Whether a value, or anything in it, says that something is closed.
fn holds_closing(value: &Spanned<DeValue<'_>>) -> bool {
    match value.get_ref() {
        DeValue::String(text) => is_one_of(&bare(text), &[CLOSED, UNLISTED]),
        DeValue::Array(items) => items.iter().any(holds_closing),
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            let key = key.get_ref();
            CLOSING_SETTINGS.contains(&key.as_ref()) || sounds_closing(key) || holds_closing(value)
        }),
        _ => false,
    }
}

/// Whether a name sounds like something that closes.
fn sounds_closing(name: &str) -> bool {
    let name = bare(name);
    if name.is_empty() || name.len() > 64 {
        return false;
    }
    if STEMS.iter().any(|stem| name.contains(stem)) {
        return true;
    }
    let distance = |known: &str| {
        let known = bare(known);
        let far = strsim::damerau_levenshtein(&name, &known);
        (far <= (known.len().max(name.len()) / 3).max(1)).then_some(far)
    };
    let closing =
        CLOSING.iter().chain(CLOSING_SETTINGS).chain(ABOUT_ACCESS).chain(CLOSED).chain(UNLISTED).chain(SECRETS);
    let near = closing.filter_map(|word| distance(word)).min();
    let other = words(GALLERY).filter(|word| !CLOSING.contains(word) && !CLOSING_SETTINGS.contains(word));
    let other = other.filter_map(distance).min();
    near.is_some_and(|near| other.is_none_or(|other| near <= other))
}

/// Whether the bytes of a settings file that cannot be read as one may have been meant to close its gallery. What is
/// empty, full of zeros or too long to be read may have said anything.
pub(crate) fn may_close(bytes: &[u8]) -> bool {
    let text = text_of(bytes);
    let is_lost = |c: char| c == '\0' || c.is_whitespace() || c == '\u{feff}';
    if text.chars().all(is_lost) || text.contains('\0') {
        return true;
    }
    statements(&text).any(|statement| match pair(statement) {
        Some((name, value)) => match says(name, value) {
            Some(said) => said != Visibility::Public,
            None => sounds_closing(name) || is_one_of(&bare(value), &[CLOSED, UNLISTED]),
        },
        None => statement
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.len() > 3 && (is_one_of(&bare(word), &[CLOSED, UNLISTED]) || sounds_closing(word))),
    })
}

/// The same for a `gallery.toml`: one in which nothing reads like a setting is something else in its place (a pointer of a
/// versioning program, an encrypted file, an error of a server), and what it stands for may have said anything.
pub(super) fn may_close_gallery(bytes: &[u8]) -> bool {
    let text = text_of(bytes);
    let is_setting = |name: &str| closest_match(&folded(name), words(GALLERY)).is_some();
    let is_page = text.trim_start().starts_with('<') && !text.trim_start().starts_with("<<<<");
    may_close(bytes) || is_page || !statements(&text).filter_map(pair).any(|(name, _)| is_setting(name))
}

/// The most closed of what a text says of who may see something, and the line that says it. Only lines count that read
/// like a setting whose meaning is plain, as `access = private`, `private: true` or `"visibility": "hidden"`.
pub(crate) fn said_by(bytes: &[u8]) -> Option<(Visibility, String)> {
    let text = text_of(bytes);
    let said = statements(&text).filter_map(|statement| {
        let (name, value) = pair(statement)?;
        // A password is not repeated.
        let is_secret = SECRETS.contains(&bare(name).as_str());
        let shown = if is_secret { format!("{} …", name.trim()) } else { statement.trim().to_owned() };
        Some((says(name, value)?, shown))
    });
    // Of equals the first.
    said.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

/// What a name with a value says of who may see something.
fn says(name: &str, value: &str) -> Option<Visibility> {
    let (name, value) = (bare(name.trim().trim_start_matches(['-', '*', '+'])), bare(value));
    let flag = name.strip_prefix("is").filter(|rest| is_one_of(rest, &[CLOSED, UNLISTED, OPEN])).unwrap_or(&name);
    let (yes, no) = (YES.contains(&&*value), NO.contains(&&*value));
    let closed = |list: &[&str]| if list == UNLISTED { Visibility::Unlisted } else { Visibility::Private };
    if ABOUT_ACCESS.contains(&&*name) {
        return [CLOSED, UNLISTED]
            .into_iter()
            .find(|list| list.contains(&&*value))
            .map(closed)
            .or_else(|| OPEN.contains(&&*value).then_some(Visibility::Public));
    }
    if SECRETS.contains(&&*name) {
        return (!value.is_empty() && !no).then_some(Visibility::Private);
    }
    if let Some(list) = [CLOSED, UNLISTED].into_iter().find(|list| list.contains(&flag)) {
        return if yes {
            Some(closed(list))
        } else if no {
            Some(Visibility::Public)
        } else {
            None
        };
    }
    if OPEN.contains(&flag) {
        return if no {
            Some(Visibility::Private)
        } else if yes {
            Some(Visibility::Public)
        } else {
            None
        };
    }
    let said = [CLOSED, UNLISTED].into_iter().find(|list| list.contains(&&*value)).map(closed);
    said.filter(|_| sounds_closing(&name))
}

/// Whether a word says by itself that something is not for everybody.
pub(crate) fn is_word_for_closing(word: &str) -> bool {
    let word = bare(word);
    let more = ["donotpublish", "dontpublish", "donotshare", "nopublish", "notforpublication"];
    is_one_of(&word, &[CLOSED, UNLISTED, &more])
}

fn is_one_of(word: &str, lists: &[&[&str]]) -> bool {
    lists.iter().any(|list| list.contains(&word))
}

/// The statements of a text in whatever notation: lines without comments, and what stands between braces, commas,
/// semicolons and tags.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split(|c: char| c.is_control() && c != '\t').map(str::trim);
    let lines =
        lines.filter(|line| !line.is_empty() && !["#", "//", ";", "--", "%"].iter().any(|mark| line.starts_with(mark)));
    let lines = lines.map(|line| line.split(" #").next().unwrap_or(line));
    lines.flat_map(|line| line.split(['{', '}', ',', ';', '<'])).filter(|statement| !statement.trim().is_empty())
}

/// Name and value of a statement.
fn pair(statement: &str) -> Option<(&str, &str)> {
    let at = statement.find(['=', ':', '>'])?;
    let (name, value) = (&statement[..at], &statement[at + 1..]);
    // The name in a dotted or indented one is the last; a sentence is none.
    let name = name.rsplit('.').next().unwrap_or(name);
    (name.split_whitespace().count() <= 3).then(|| (name, value.trim_start_matches(['>', '=', ':'])))
}

/// A word as it is compared: small letters and digits alone, without accents and width.
fn bare(text: &str) -> String {
    let plain = text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    plain.filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).nfc().collect()
}

/// Bytes as text, whatever encoding they are most likely in; marks of rich text are taken out.
fn text_of(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => wide(bytes, u16::from_le_bytes),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => wide(bytes, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    if text.trim_start().starts_with("{\\rtf") { without_rich_text(&text) } else { text }
}

/// Rich text without its commands, `\par` and a backslash at a line's end as ends of lines.
fn without_rich_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(code) = rest.strip_prefix('\'') {
            // A character by its number in some code page: quotes, most often.
            rest = code.get(2..).unwrap_or_default();
            continue;
        }
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let digits = rest[letters..].find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len() - letters);
        if letters == 0 || &rest[..letters] == "par" || &rest[..letters] == "line" {
            plain.push('\n');
        }
        rest = &rest[letters + digits..];
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    plain.push_str(rest);
    plain
}

/// The text without the lines that are about closing: what a wrong one of them makes unreadable can be read then.
pub(super) fn without_closing_lines(text: &str) -> String {
    // Blanks in their place, so that nothing moves.
    let blank = |line: &str| line.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
    let is_closing = |line: &str| pair(line).is_some_and(|(name, _)| bare(name).contains("acces"));
    text.split_inclusive('\n').map(|line| if is_closing(line) { blank(line) } else { line.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_any_notation_that_closes_is_known() {
        for text in [
            "access = private",
            "access = \"private\"",
            "private: true",
            "visibility: hidden",
            "  - private: yes",
            "{\"title\": \"Lake\", \"access\": \"protected\"}",
            "Access: Private",
            "public = false",
            "published: no",
            "draft = true",
            "hidden=1",
            "<access>private</access>",
            "Zugriff = privat",
            "sichtbarkeit: versteckt",
            "visibilité: privé",
            "password = \"x\"",
            "is_private: true",
            "status: draft",
            "access=private ; for now",
            "{\\rtf1\\ansi\n\\f0\\fs24 access = \\'93private\\'94\\\n}",
        ] {
            assert_eq!(said_by(text.as_bytes()).map(|(said, _)| said), Some(Visibility::Private), "{text}");
            assert!(may_close(text.as_bytes()), "{text}");
        }
        let wide: Vec<u8> = "access = \"private\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(said_by(&wide).map(|(said, _)| said), Some(Visibility::Private));
        assert_eq!(said_by(b"access = unlisted").map(|(said, _)| said), Some(Visibility::Unlisted));
    }

    #[test]
    fn texts_about_something_else_close_nothing() {
        for text in [
            "We met at a private beach.",
            "Note: private shoot for the Smiths",
            "title = \"Private view\"",
            "# access = \"private\"",
            "private: false",
            "public: true",
            "hidden = no",
            "draft: false",
            "Password policy: see the site",
            "camera: Leica",
            "https://example.com/private",
            "{\"archived\": true}",
        ] {
            let said = said_by(text.as_bytes()).map(|(said, _)| said);
            assert!(said.is_none_or(|said| said == Visibility::Public), "{text}: {said:?}");
        }
        for text in
            ["titel = 1\n", "title = \"Lake\n", "access = public\ntitle = \n", "# private\nwidths = [\n", "covr = x"]
        {
            assert!(!may_close(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_may_have_said_anything_may_have_closed() {
        for bytes in [
            &b""[..],
            b" \n\t\n",
            b"\0\0\0\0",
            b"title = \"Lake\"\n\0\0\0",
            b"acess = \"private\"",
            b"access = \"private\n",
            b"privat",
            b"<<<<<<< HEAD\naccess = \"private\"\n=======\n",
            b"expires = 2026-02-30",
            b"visibilty = x",
            b"title = \"\xc9tretat\"\naccess = \"private\"",
        ] {
            assert!(may_close(bytes), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
