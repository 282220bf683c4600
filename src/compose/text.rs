//! Text pages.

use super::Composer;
use crate::Error;
use crate::pages::view::{LinkView, TextView};

/// A text page, read.
pub(super) struct Text {
    /// Its path below the output.
    pub path: String,
    view: TextView,
}

impl Composer<'_> {
    pub(super) fn read_texts(&mut self) -> Result<Vec<Error>, Vec<Error>> {
        Ok(Vec::new())
    }

    pub(super) fn menus(&self) -> (Vec<LinkView>, Vec<LinkView>) {
        (Vec::new(), Vec::new())
    }

    pub(super) fn text(&self, at: usize) -> TextView {
        self.texts[at].view.clone()
    }
}
