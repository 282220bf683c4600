//! Changes to a `gallery.toml` that its owner wrote: every comment, and all that is not changed, stays as it is.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};
use unicode_normalization::UnicodeNormalization as _;

use super::{Config, GalleryConfig};
use crate::error::{Code, Error};
use crate::visibility::Visibility;
use crate::{files, toml_text};

/// A change to a gallery's `gallery.toml`. Checked before anything is written.
#[derive(Debug)]
pub struct GalleryEdit {
    file: PathBuf,
    before: Option<String>,
    after: String,
}

impl GalleryEdit {
    /// What `share` writes into the file of the gallery in `folder`, below the folder of galleries: its id, and with `close`
    /// who may see it.
    ///
    /// # Errors
    /// The file cannot be read, or would not say afterwards what it should.
    pub fn share(config: &Config, folder: &Path, id: &str, close: Option<Visibility>) -> Result<Self, Vec<Error>> {
        let refused = Error::new(Code::IdNotWritten, "cannot write the id into this file")
            .hint(format!("add the line `id = \"{id}\"` yourself, then share again"));
        let holds = |said: &GalleryConfig| said.id.as_deref() == Some(id) && (close.is_none() || said.access == close);
        let edit = |document: &mut DocumentMut| {
            toml_text::set(document, "id", id);
            if let Some(access) = close {
                toml_text::set(document, "access", access.name());
            }
            Some(())
        };
        Self::new(config, folder, edit, holds, refused)
    }

    /// Writes whether chosen passwords open the gallery for an audience; its name is empty for everyone that it was shared with.
    ///
    /// # Errors
    /// As [`Self::share`].
    pub fn passwords(config: &Config, folder: &Path, audience: &str, wanted: bool) -> Result<Self, Vec<Error>> {
        let table = if audience.is_empty() {
            "at its top".to_owned()
        } else {
            format!("into the table of the audience `{audience}`")
        };
        let refused =
            Error::new(Code::SettingNotWritten, format!("cannot write `passwords = {wanted}` into this file"))
                .hint(format!("write that line {table} yourself, then run the command again"));
        let edit = |document: &mut DocumentMut| set_passwords(document, audience, wanted);
        Self::new(config, folder, edit, |said| said.has_passwords(audience) == wanted, refused)
    }

    /// The change that `edit` makes, where the file says afterwards what `holds` wants of it.
    fn new(
        config: &Config,
        folder: &Path,
        edit: impl FnOnce(&mut DocumentMut) -> Option<()>,
        holds: impl FnOnce(&GalleryConfig) -> bool,
        refused: Error,
    ) -> Result<Self, Vec<Error>> {
        let file = config.galleries.join(folder).join("gallery.toml");
        let shown = config.display_path(&file);
        let before = match std::fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(vec![Error::io(Code::CannotRead, "read", shown, error)]),
        };
        let Some(after) = edited(before.as_deref().unwrap_or_default(), edit) else {
            return Err(vec![refused.at(shown)]);
        };
        // What was written must read as what was meant.
        if !holds(&GalleryConfig::from_text(&after, shown)?) {
            return Err(vec![refused.at(shown)]);
        }
        // The file that a link leads to is changed, and the link stays.
        let target = if file.is_symlink() {
            file.canonicalize().map_err(|error| Error::io(Code::CannotRead, "follow the link", shown, error))?
        } else {
            file
        };
        Ok(Self { file: target, before, after })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<(), Error> {
        self.put(&self.after)
    }

    /// Puts back what was there before, because what the change was for has failed. That error is the one to tell.
    pub fn undo(&self) {
        let _ = match &self.before {
            Some(text) => self.put(text),
            None => std::fs::remove_file(&self.file)
                .map_err(|error| Error::io(Code::CannotWrite, "remove", &self.file, error)),
        };
    }

    fn put(&self, text: &str) -> Result<(), Error> {
        let mode = std::fs::metadata(&self.file).map_or(0o644, |metadata| {
            use std::os::unix::fs::PermissionsExt as _;
            metadata.permissions().mode() & 0o777
        });
        files::write_atomic(&self.file, mode, |out| std::io::Write::write_all(out, text.as_bytes()))
    }
}

fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut) -> Option<()>) -> Option<String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let mut document: DocumentMut = body.parse().ok()?;
    edit(&mut document)?;
    let new = format!("{mark}{document}");
    // The parser makes one kind of line ends of all; the file keeps its own.
    Some(if body.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new })
}

fn set_passwords(document: &mut DocumentMut, audience: &str, wanted: bool) -> Option<()> {
    const KEY: &str = "passwords";
    if audience.is_empty() {
        toml_text::set(document, KEY, wanted);
        return Some(());
    }
    let audiences = document.get_mut("audiences")?.as_table_like_mut()?;
    // Whatever Unicode makes of the name, it is the same audience.
    let is_it = |written: &str| written.nfc().eq(audience.nfc());
    let written = audiences.iter().map(|(name, _)| name.to_owned()).find(|name| is_it(name))?;
    let table = audiences.get_mut(&written)?.as_table_like_mut()?;
    match table.get_mut(KEY).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = wanted.into();
            *old.decor_mut() = decor;
        }
        None => drop(table.insert(KEY, toml_edit::value(wanted))),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "k3v9q2m7t4xa";

    fn shared(text: &str, close: bool) -> String {
        let edit = |document: &mut DocumentMut| {
            toml_text::set(document, "id", ID);
            if close {
                toml_text::set(document, "access", "private");
            }
            Some(())
        };
        edited(text, edit).unwrap()
    }

    fn with_passwords(text: &str, audience: &str, wanted: bool) -> Option<String> {
        edited(text, |document| set_passwords(document, audience, wanted))
    }

    #[test]
    fn an_id_goes_above_the_tables_and_no_comment_is_lost() {
        let text = "# The lake house\ntitle = \"Lake house\" # no date\n\n# Not for grandma\n[audiences.family]\nexcept = [\"party\"]\n";
        let new = shared(text, true);
        for line in text.lines() {
            assert!(new.contains(line), "{new}");
        }
        let said = GalleryConfig::from_text(&new, "gallery.toml".as_ref()).unwrap();
        assert_eq!((said.id.as_deref(), said.access), (Some(ID), Some(Visibility::Private)));
        assert_eq!(shared("", false), format!("id = \"{ID}\"\n"));
        let open = "\u{feff}# above\naccess = \"unlisted\" # keep me\n";
        let new = shared(open, true);
        assert_eq!(new, format!("{}id = \"{ID}\"\n", open.replace("unlisted", "private")));
    }

    #[test]
    fn passwords_are_noted_for_their_audience_whatever_form_its_table_has() {
        let text = "access = \"sealed\" # keep\n[audiences.family] # all of us\n# not grandma\nexcept = [\"party\"]\n";
        let new = with_passwords(text, "family", true).unwrap();
        assert_eq!(new, format!("{text}passwords = true\n"));
        assert_eq!(with_passwords(&new, "family", false).unwrap(), new.replace("= true", "= false"));
        let new = with_passwords(text, "", true).unwrap();
        assert_eq!(new, text.replace("# keep\n", "# keep\npasswords = true\n"));
        for (text, audience) in [
            ("access = \"sealed\"\naudiences.family = { except = [\"party\"] }\n", "family"),
            ("access = \"sealed\"\naudiences = { family = {} }\n", "family"),
            ("access = \"sealed\"\n[audiences]\nfamily.language = \"pl\"\n", "family"),
            ("access = \"sealed\"\n[audiences.\"caf\u{65}\u{301}\"]\n", "caf\u{e9}"),
        ] {
            let new = with_passwords(text, audience, true).unwrap();
            let said = GalleryConfig::from_text(&new, "gallery.toml".as_ref()).unwrap();
            assert!(said.has_passwords(audience) && !said.has_passwords(""), "{new}");
        }
        assert!(with_passwords(text, "guests", true).is_none());
    }
}
