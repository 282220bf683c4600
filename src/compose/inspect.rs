//! Looking at pages without publishing them: what templates are given, and what they make of it.

use super::{Composer, What};
use crate::Result;
use crate::pages::Page;

impl Composer<'_> {
    /// The data that the template of a page is given, as JSON; nothing for files that no template makes.
    ///
    /// # Errors
    /// When a view cannot be written as JSON.
    pub fn data(&self, what: What) -> Result<Option<serde_json::Value>> {
        let data = |page: Page<'_>| self.theme.data(&self.site, page).map(Some);
        match what {
            What::Home => data(Page::Home(&self.home())),
            What::Grid { album, grid, page } => {
                data(Page::Gallery(&self.gallery(album as usize, grid as usize, page as usize)))
            }
            What::Photo { album, section, photo } => {
                data(Page::Photo(&self.photo(album as usize, section as usize, photo as usize)))
            }
            What::Text(at) => data(Page::Text(&self.text(at as usize))),
            What::NotFound => data(Page::NotFound(&self.not_found())),
            What::Tombstone(at) => data(Page::Tombstone(&self.tombstone(at as usize))),
            What::Picture { .. } | What::Machine(_) | What::Asset(_) | What::Static(_) | What::Blank => Ok(None),
        }
    }

    /// The text of a page or of a file for machines; nothing for files that are copied or painted.
    ///
    /// # Errors
    /// What a template lacks.
    pub fn written(&self, what: What) -> Result<Option<String>> {
        match what {
            What::Picture { .. } | What::Asset(_) | What::Static(_) => Ok(None),
            other => self.page(other).map(Some),
        }
    }
}
