//! Looking at private galleries before anybody has a link to them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::access::{Keys, Secret};
use crate::config::Config;
use crate::{Code, Error, Result};

/// Has a build show private galleries that no living link opens, at addresses of a root that was drawn for this alone.
#[derive(Debug)]
pub struct Preview {
    keys: Arc<Keys>,
    published: PathBuf,
}

impl Preview {
    /// `root` is a fresh secret that is kept nowhere; `published` the folder that visitors see.
    pub fn new(root: &Secret, published: &Path) -> Self {
        Self { keys: Arc::new(Keys::new(root)), published: published.to_owned() }
    }

    /// The keys of its addresses.
    pub(super) fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Nothing that is shown this way may lie where visitors could see it.
    ///
    /// # Errors
    /// An output that is the published folder, lies in it, or around it.
    pub(super) fn refuse_published(&self, config: &Config) -> Result<()> {
        let whole = |path: &Path| {
            path.canonicalize().unwrap_or_else(|_| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
        };
        let (output, published) = (whole(&config.output), whole(&self.published));
        if output.starts_with(&published) || published.starts_with(&output) {
            return Err(Error::new(
                Code::UnusableTarget,
                "galleries without a link cannot be previewed in the published folder",
            )
            .at(&config.output)
            .hint("share the gallery, or preview it in another folder"));
        }
        Ok(())
    }
}
