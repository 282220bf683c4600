//! Looking at pages without publishing them: what templates are given, and what they make of it.

use super::{Composer, FileKind};
use crate::Result;

impl Composer<'_> {
    /// The data that the template of a page is given, as JSON; nothing for files that no template makes.
    ///
    /// # Errors
    /// When a view cannot be written as JSON.
    pub fn data(&self, what: FileKind) -> Result<Option<serde_json::Value>> {
        match what {
            FileKind::Page(page) => self.contents.theme.data(self.site_of(page), &*self.contents.view(page)).map(Some),
            FileKind::Picture { .. }
            | FileKind::Original { .. }
            | FileKind::Archive { .. }
            | FileKind::Slots { .. }
            | FileKind::Manifest { .. }
            | FileKind::Locator(_)
            | FileKind::Machine(_)
            | FileKind::Asset(_)
            | FileKind::Static(_)
            | FileKind::Blank => Ok(None),
        }
    }

    /// The text of a page or of a file for machines; nothing for files that are copied or painted.
    ///
    /// # Errors
    /// What a template lacks.
    pub fn written(&self, what: FileKind) -> Result<Option<String>> {
        match what {
            FileKind::Picture { .. }
            | FileKind::Original { .. }
            | FileKind::Archive { .. }
            | FileKind::Slots { .. }
            | FileKind::Locator(_)
            | FileKind::Asset(_)
            | FileKind::Static(_) => Ok(None),
            FileKind::Manifest { album } => self.page(FileKind::Page(self.sealed_grid(album))).map(Some),
            other => self.page(other).map(Some),
        }
    }
}
