//! Looking at pages without publishing them: what templates are given, and what they make of it.

use super::{Composer, FileKind};
use crate::Result;
use crate::pages::Page;

impl Composer<'_> {
    /// The data that the template of a page is given, as JSON; nothing for files that no template makes.
    ///
    /// # Errors
    /// When a view cannot be written as JSON.
    pub fn data(&self, what: FileKind) -> Result<Option<serde_json::Value>> {
        let data = |page: Page<'_>| self.theme.data(&self.site, page).map(Some);
        match what {
            FileKind::Home => data(Page::Home(&self.home())),
            FileKind::Grid { album, grid, page } => {
                data(Page::Gallery(&self.gallery(album as usize, grid as usize, page as usize)))
            }
            FileKind::Photo { album, section, photo } => {
                data(Page::Photo(&self.photo(album as usize, section as usize, photo as usize)))
            }
            FileKind::Text(at) => data(Page::Text(&self.text(at as usize))),
            FileKind::NotFound => data(Page::NotFound(&self.not_found())),
            FileKind::Tombstone(at) => data(Page::Tombstone(&self.tombstone(at as usize))),
            FileKind::Picture { .. }
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
            FileKind::Picture { .. } | FileKind::Asset(_) | FileKind::Static(_) => Ok(None),
            other => self.page(other).map(Some),
        }
    }
}
