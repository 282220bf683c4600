//! Changes to a `gallery.toml` that its owner wrote: every comment, and all that is not changed, stays as it is.

use std::path::{Path, PathBuf};

use super::{Config, GalleryConfig};
use crate::error::{Code, Error};
use crate::visibility::Visibility;
use crate::{files, toml_text};

/// What `share` writes into a gallery's `gallery.toml`: its id, and that it is private. Checked before anything is written.
#[derive(Debug)]
pub struct GalleryEdit {
    file: PathBuf,
    before: Option<String>,
    after: String,
}

impl GalleryEdit {
    /// The change to the file of the gallery in `folder`, below the folder of galleries; `close` makes it private.
    ///
    /// # Errors
    /// The file cannot be read, or would not say afterwards what it should.
    pub fn new(config: &Config, folder: &Path, id: &str, close: bool) -> Result<Self, Vec<Error>> {
        let file = config.galleries.join(folder).join("gallery.toml");
        let shown = config.display_path(&file);
        let before = match std::fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(vec![Error::io(Code::CannotRead, "read", shown, error)]),
        };
        let refused = || Error::new(Code::IdNotWritten, "cannot write the id into this file").at(shown);
        let after = edited(before.as_deref().unwrap_or_default(), id, close)
            .ok_or_else(|| vec![refused().hint(format!("add the line `id = \"{id}\"` yourself, then share again"))])?;
        // What was written must read as what was meant.
        let said = GalleryConfig::from_text(&after, shown)?;
        if said.id.as_deref() != Some(id) || (close && said.access != Some(Visibility::Private)) {
            return Err(vec![refused()]);
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

fn edited(text: &str, id: &str, close: bool) -> Option<String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let mut document: toml_edit::DocumentMut = body.parse().ok()?;
    toml_text::set(&mut document, "id", id);
    if close {
        toml_text::set(&mut document, "access", Visibility::Private.name());
    }
    let new = format!("{mark}{document}");
    // The parser makes one kind of line ends of all; the file keeps its own.
    Some(if body.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "k3v9q2m7t4xa";

    #[test]
    fn an_id_goes_above_the_tables_and_no_comment_is_lost() {
        let text = "# The lake house\ntitle = \"Lake house\" # no date\n\n# Not for grandma\n[audiences.family]\nexcept = [\"party\"]\n";
        let new = edited(text, ID, true).unwrap();
        for line in text.lines() {
            assert!(new.contains(line), "{new}");
        }
        let said = GalleryConfig::from_text(&new, "gallery.toml".as_ref()).unwrap();
        assert_eq!((said.id.as_deref(), said.access), (Some(ID), Some(Visibility::Private)));
        assert_eq!(edited("", ID, false).unwrap(), format!("id = \"{ID}\"\n"));
        let open = "\u{feff}# above\naccess = \"unlisted\" # keep me\n";
        let new = edited(open, ID, true).unwrap();
        assert_eq!(new, format!("{}id = \"{ID}\"\n", open.replace("unlisted", "private")));
    }
}
