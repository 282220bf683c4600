//! Where codes lead that people type on the look-up page.

use std::fmt;

use crate::access::{LinkCode, PageToken};
use crate::visibility::PrivateFolder;

/// A link that its code finds.
#[derive(Clone)]
pub struct Locator {
    /// The file that leads there, below `e/`. Whoever knows it can try codes offline.
    pub name: String,
    /// The code.
    pub code: LinkCode,
    /// The page that it leads to: the link's, or the one that says that the link has died.
    pub page: PageToken,
}

impl Locator {
    /// Where its file lies below the output.
    pub fn path(&self) -> String {
        format!("{}{}", PrivateFolder::Entries.prefix(), self.name)
    }

    /// What it leads to below the output.
    pub fn target(&self) -> String {
        PrivateFolder::Pages.of_token(self.page.path_segment())
    }
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locator(hidden)")
    }
}
