//! Passwords that the photographer chose for the audiences of sealed galleries, and the places they are kept in.
//!
//! They never stand in `site.toml`, in a `gallery.toml` or in the ledger. Their own file has a table for each gallery, by its id, with
//! a list for each audience, by its name; `""` is everyone the gallery was shared with:
//!
//! ```toml
//! [k3v9q2m7t4xa]
//! "" = ["a long one", "another"]
//! guests = ["for the guests alone"]
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_edit::{DocumentMut, Item, Table};
use zeroize::Zeroizing;

use super::code::{Password, normal_code, normal_password};
use super::identifier::GalleryId;
use super::keys::Keys;
use super::own_file::{OwnFile, readable_by_others};
use super::scope::PasswordTag;
use super::sources::SecretSources;
use crate::{Code, Error, Result, files};

/// The variable that holds the passwords themselves, as they stand in the file.
pub const VARIABLE: &str = "SAFELIGHT_PASSWORDS";
/// The variable that names a file with them.
pub const FILE_VARIABLE: &str = "SAFELIGHT_PASSWORDS_FILE";
/// The file in the site's folder.
pub const FILE: &str = ".safelight/passwords.toml";

const PASSWORDS_FILE: OwnFile = OwnFile {
    name: "the file with the passwords",
    read: "read the passwords",
    if_open: "run `chmod 600` on it; if someone may have read it, choose other passwords with `safelight password`",
    if_tracked: "run `git rm --cached` on it, add it to `.gitignore`, and choose other passwords with `safelight password`: \
                 everyone with the repository knows these",
    if_published: "move it out, and choose other passwords if the folder was ever online",
    largest: 1 << 20,
};

/// The passwords of a site, in their normal form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passwords(BTreeMap<GalleryId, BTreeMap<String, Vec<Password>>>);

impl Passwords {
    /// Reads the text of their file; `origin` names it in errors.
    ///
    /// # Errors
    /// Text that is not of the form above, a name that is not the id of a gallery, a password that is empty or a valid code. No
    /// message repeats any part of a password.
    pub fn parse(text: &str, origin: &Path) -> Result<Self> {
        Reader { text: text.strip_prefix('\u{feff}').unwrap_or(text), origin }.read()
    }

    /// The passwords of one audience; its name is empty for everyone that the gallery was shared with.
    pub fn for_audience(&self, gallery: GalleryId, audience: &str) -> &[Password] {
        self.0.get(&gallery).and_then(|audiences| audiences.get(audience)).map_or(&[], Vec::as_slice)
    }

    /// The audiences of a gallery that have passwords, by name.
    pub fn audiences(&self, gallery: GalleryId) -> impl Iterator<Item = &str> {
        let audiences = self.0.get(&gallery).into_iter().flatten();
        audiences.filter(|(_, passwords)| !passwords.is_empty()).map(|(name, _)| name.as_str())
    }

    /// The marks of a gallery's passwords by audience, for [`super::publication::GalleryFacts`].
    pub fn tags(&self, keys: &Keys, gallery: GalleryId) -> BTreeMap<String, PasswordTag> {
        let tag = |audience: &str| {
            let passwords = self.for_audience(gallery, audience).iter().map(|one| one.expose().as_bytes());
            keys.password_tag(gallery, audience, &passwords.collect::<Vec<_>>())
        };
        self.audiences(gallery).filter_map(|audience| Some((audience.to_owned(), tag(audience)?))).collect()
    }

    /// Replaces the passwords of one audience; without any, it has none any more.
    pub fn set(&mut self, gallery: GalleryId, audience: &str, passwords: Vec<Password>) {
        self.0.entry(gallery).or_default().insert(audience.to_owned(), passwords);
    }

    /// Writes the passwords of one audience into their file, readable by its owner alone, and keeps everything else in it. `path`
    /// is the gallery's, for whoever reads the file.
    ///
    /// # Errors
    /// When the file is not what [`Self::parse`] reads, or cannot be written.
    pub fn write(&self, file: &Path, gallery: GalleryId, path: &str, audience: &str) -> Result<()> {
        let before = match PASSWORDS_FILE.read(file)? {
            Some(bytes) => text_of(bytes, file)?,
            None => Zeroizing::default(),
        };
        let after = edited(&before, gallery, path, audience, self.for_audience(gallery, audience));
        let after = after.ok_or_else(|| damaged("this file cannot be changed").at(file))?;
        // What was written must read as what was meant.
        let read = Self::parse(&after, file)?;
        if read.for_audience(gallery, audience) != self.for_audience(gallery, audience) {
            return Err(damaged("this file cannot be changed").at(file));
        }
        files::write_private(file, |out| std::io::Write::write_all(out, after.as_bytes()))
    }
}

const HEADER: &str = "# Passwords of sealed galleries, written by `safelight password`. Keep this file to yourself.\n";

/// The passwords of a site, and where they were found.
#[derive(Debug, Default)]
pub struct FoundPasswords {
    /// The passwords; none where no place has any.
    pub passwords: Passwords,
    /// The variable that they came from, or that names their file; none where they lie in the site.
    pub variable: Option<&'static str>,
    /// What is not right about that place but can be meant so.
    pub warnings: Vec<Error>,
}

impl SecretSources {
    /// Finds the passwords in the first place that has any, and judges the place. `tracked` says whether git tracks a file.
    ///
    /// # Errors
    /// As [`Passwords::parse`]; a file that cannot be read, is named by the environment and not there, is tracked by git, lies
    /// under the output, or in `.safelight` can be read by others.
    pub fn find_passwords(&self, tracked: impl Fn(&Path) -> bool) -> Result<FoundPasswords> {
        if let Some(value) = self.passwords.as_ref().filter(|text| !text.is_empty()) {
            let passwords = Passwords::parse(value, VARIABLE.as_ref())?;
            return Ok(FoundPasswords { passwords, variable: Some(VARIABLE), warnings: Vec::new() });
        }
        if let Some(file) = self.passwords_file.as_ref().filter(|file| !file.as_os_str().is_empty()) {
            let bytes = PASSWORDS_FILE.read(file)?.ok_or_else(|| {
                Error::new(Code::SecretFileMissing, format!("the file named by {FILE_VARIABLE} does not exist"))
                    .at(file)
                    .hint("put the passwords there, or unset the variable")
            })?;
            PASSWORDS_FILE.refuse_place(file, &self.published, tracked)?;
            let exposed = || {
                Error::new(Code::SecretExposed, "other users on this computer can read the file with the passwords")
                    .at(file)
                    .hint("run `chmod 600` on it, unless your container mounts secrets this way")
            };
            let warnings = readable_by_others(file).then(exposed).into_iter().collect();
            let passwords = Passwords::parse(&text_of(bytes, file)?, file)?;
            return Ok(FoundPasswords { passwords, variable: Some(FILE_VARIABLE), warnings });
        }
        let file = self.site.join(FILE);
        let Some(bytes) = PASSWORDS_FILE.read(&file)? else { return Ok(FoundPasswords::default()) };
        PASSWORDS_FILE.refuse_open(&file, &self.published, tracked)?;
        let passwords = Passwords::parse(&text_of(bytes, &file)?, FILE.as_ref())?;
        Ok(FoundPasswords { passwords, ..FoundPasswords::default() })
    }
}

fn text_of(bytes: Option<Zeroizing<Vec<u8>>>, file: &Path) -> Result<Zeroizing<String>> {
    match bytes.as_deref().map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(text)) => Ok(Zeroizing::new(text.to_owned())),
        Some(Err(_)) => Err(damaged("this file is not UTF-8").at(file)),
        None => Err(damaged("this file is larger than 1 MiB").at(file)),
    }
}

fn damaged(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidPasswords, message)
}

/// The text with the passwords of one audience changed; a gallery that has none left goes.
fn edited(
    text: &str,
    gallery: GalleryId,
    path: &str,
    audience: &str,
    passwords: &[Password],
) -> Option<Zeroizing<String>> {
    let mut document: DocumentMut = text.parse().ok()?;
    let table = document.entry(gallery.as_str()).or_insert_with(|| {
        let mut table = Table::new();
        let before = if text.is_empty() { HEADER } else { "" };
        table.decor_mut().set_prefix(format!("{before}\n# {}\n", crate::error::on_one_line(path)));
        Item::Table(table)
    });
    let table = table.as_table_mut()?;
    if passwords.is_empty() {
        table.remove(audience);
    } else {
        let list: toml_edit::Array = passwords.iter().map(Password::expose).collect();
        crate::toml_text::set(table, audience, list);
    }
    if table.is_empty() {
        document.remove(gallery.as_str());
    }
    Some(Zeroizing::new(document.to_string()))
}

type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'a> {
    text: &'a str,
    origin: &'a Path,
}

impl Reader<'_> {
    fn read(&self) -> Result<Passwords> {
        // The parser's own message may quote the line, so it goes no further.
        let document = DeTable::parse(self.text).map_err(|error| {
            self.wrong(error.span().unwrap_or(0..0), "this is not TOML")
                .hint("correct the line: a table for each gallery, `[k3v9q2m7t4xa]`, with lists of passwords in it, `\"\" = [\"…\"]`")
        })?;
        let mut all = Passwords::default();
        for (name, value) in document.get_ref() {
            let id: GalleryId = name.get_ref().parse().map_err(|_| {
                self.wrong(name.span(), "this is not the id of a gallery")
                    .hint("a gallery's `gallery.toml` has its id; `safelight password` writes this file for you")
            })?;
            let table = value.get_ref().as_table().ok_or_else(|| {
                self.wrong(value.span(), "a gallery must have a table, with a list of passwords for each audience")
            })?;
            for (audience, list) in table {
                all.set(id, audience.get_ref(), self.list(list)?);
            }
        }
        Ok(all)
    }

    fn list(&self, value: &Value<'_>) -> Result<Vec<Password>> {
        let wrong = |span| self.wrong(span, "the passwords of an audience must be a list of texts, `[\"…\", \"…\"]`");
        let list = value.get_ref().as_array().ok_or_else(|| wrong(value.span()))?;
        let mut passwords: Vec<Password> = Vec::new();
        for one in list {
            let typed = one.get_ref().as_str().ok_or_else(|| wrong(one.span()))?;
            let password = chosen(typed).map_err(|error| {
                let wrong = self.wrong(one.span(), error.message);
                Error { hint: error.hint, ..wrong }
            })?;
            if !passwords.contains(&password) {
                passwords.push(password);
            }
        }
        Ok(passwords)
    }

    fn wrong(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        damaged(message).at_line(self.origin, line, before[line_start..].chars().count() + 1)
    }
}

/// A password that was chosen, from what was typed.
///
/// # Errors
/// Nothing but white space; a valid code, which would never be taken for a password.
pub fn chosen(typed: &str) -> Result<Password> {
    let refused = |message: &str| Error::new(Code::PasswordRefused, message);
    let password = normal_password(typed).ok_or_else(|| {
        refused("the password is empty").hint("choose one of several words; white space around it does not count")
    })?;
    if normal_code(typed).is_ok() {
        return Err(refused("the password has the form of a link's code, and would be taken for one")
            .hint("choose another; a link's own code opens the gallery anyway"));
    }
    Ok(password)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const ID: &str = "k3v9q2m7t4xa";
    const TEXT: &str = "# mine\n[k3v9q2m7t4xa] # the lake\n\"\" = [\"a long one\", \" \\uFF41 long one\"]\nguests = [\"for the guests\"]\n";

    fn id() -> GalleryId {
        ID.parse().unwrap()
    }

    fn parse(text: &str) -> Result<Passwords> {
        Passwords::parse(text, FILE.as_ref())
    }

    fn exposed(passwords: &Passwords, audience: &str) -> Vec<String> {
        passwords.for_audience(id(), audience).iter().map(|one| one.expose().to_owned()).collect()
    }

    fn site() -> (tempfile::TempDir, SecretSources) {
        let folder = tempfile::tempdir().unwrap();
        let sources = SecretSources { site: folder.path().to_owned(), ..SecretSources::default() };
        (folder, sources)
    }

    #[test]
    fn passwords_are_read_in_their_normal_form_and_each_once() {
        let passwords = parse(TEXT).unwrap();
        assert_eq!(exposed(&passwords, ""), ["a long one"]);
        assert_eq!(exposed(&passwords, "guests"), ["for the guests"]);
        assert_eq!(exposed(&passwords, "family"), Vec::<String>::new());
        assert_eq!(passwords.audiences(id()).collect::<Vec<_>>(), ["", "guests"]);
        assert!(!format!("{passwords:?}").contains("long"));
        let keys = Keys::new(&crate::access::Secret::of_published_vectors());
        let tags = passwords.tags(&keys, id());
        assert_eq!(tags.keys().collect::<Vec<_>>(), ["", "guests"]);
        assert_eq!(tags.get(""), keys.password_tag(id(), "", &[b"a long one"]).as_ref());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_the_password() {
        let hush = "hush hush";
        for (text, at, message) in [
            (format!("[{ID}]\n\"\" = [\"{hush}\""), "line 2", "this is not TOML"),
            (format!("[{ID}]\n\"\" = \"{hush}\""), "line 2, column 6", "must be a list of texts"),
            (format!("[{ID}]\n\"\" = [\"{hush}\", 5]"), "line 2, column 20", "must be a list of texts"),
            (format!("\"{hush}\" = 1"), "line 1", "not the id of a gallery"),
            (format!("{ID} = [\"{hush}\"]"), "line 1", "must have a table"),
            (format!("[{ID}]\n\"\" = [\"{hush}\", \" \"]"), "line 2, column 20", "is empty"),
            (format!("[{ID}]\n\"\" = [\"0000-0000-0000-0000\"]"), "line 2, column 7", "form of a link's code"),
        ] {
            let error = parse(&text).unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(told.contains(at) && told.contains(message), "{told}");
            assert!(!told.contains("hush") && !told.contains("0000-"), "{told}");
        }
    }

    #[test]
    fn the_file_is_closed_to_others_and_keeps_what_its_owner_wrote() {
        let (folder, sources) = site();
        let file = folder.path().join(FILE);
        let mut passwords = Passwords::default();
        passwords.set(id(), "", vec![chosen("a \"long\" one").unwrap()]);
        passwords.write(&file, id(), "lake\nhouse", "").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("{HEADER}\n# lake\\nhouse\n[{ID}]\n\"\" = ['a \"long\" one']\n"));
        assert_eq!(sources.find_passwords(|_| false).unwrap().passwords, passwords);

        std::fs::write(&file, TEXT).unwrap();
        passwords.set(id(), "guests", Vec::new());
        passwords.write(&file, id(), "lake", "guests").unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, TEXT.replace("guests = [\"for the guests\"]\n", ""));
        passwords.set(id(), "", Vec::new());
        passwords.write(&file, id(), "lake", "").unwrap();
        assert!(!std::fs::read_to_string(&file).unwrap().contains(ID));
        // What cannot be read is never replaced.
        std::fs::write(&file, "[").unwrap();
        assert!(passwords.write(&file, id(), "lake", "").is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[");
    }

    #[test]
    fn the_first_source_that_is_set_wins_and_an_empty_one_is_not_set() {
        let (folder, mut sources) = site();
        let found = |sources: &SecretSources| {
            let found = sources.find_passwords(|_| false).unwrap();
            (exposed(&found.passwords, "guests").concat(), found.variable)
        };
        assert_eq!(found(&sources), (String::new(), None));
        let mut passwords = Passwords::default();
        let of = |text: &str| TEXT.replace("for the guests", text);
        passwords.set(id(), "guests", vec![chosen("one").unwrap()]);
        passwords.write(&folder.path().join(FILE), id(), "lake", "guests").unwrap();
        assert_eq!(found(&sources), ("one".to_owned(), None));
        let named = folder.path().join("named");
        std::fs::write(&named, of("two")).unwrap();
        sources.passwords_file = Some(named.clone());
        assert_eq!(found(&sources), ("two".to_owned(), Some(FILE_VARIABLE)));
        std::fs::set_permissions(&named, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(sources.find_passwords(|_| false).unwrap().warnings.len(), 1);
        sources.passwords = Some(Zeroizing::new(String::new()));
        assert_eq!(found(&sources).1, Some(FILE_VARIABLE));
        sources.passwords = Some(Zeroizing::new(of("three")));
        assert_eq!(found(&sources), ("three".to_owned(), Some(VARIABLE)));
        assert!(!format!("{sources:?}").contains("three"));
        (sources.passwords, sources.passwords_file) = (None, Some(folder.path().join("none")));
        assert!(sources.find_passwords(|_| false).unwrap_err().message.contains("does not exist"));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let (folder, mut sources) = site();
        let file = folder.path().join(FILE);
        let mut passwords = Passwords::default();
        passwords.set(id(), "", vec![chosen("one").unwrap()]);
        passwords.write(&file, id(), "lake", "").unwrap();
        assert!(sources.find_passwords(|path| path == file).unwrap_err().message.contains("git tracks"));
        sources.published = vec![folder.path().to_owned()];
        assert!(sources.find_passwords(|_| false).unwrap_err().message.contains("published folder"));
        sources.published.clear();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o604)).unwrap();
        assert!(sources.find_passwords(|_| false).unwrap_err().message.contains("other users"));
    }
}
