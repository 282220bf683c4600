//! Files for machines: feed, sitemap, robots rules, headers.

use super::Composer;

impl Composer<'_> {
    pub(super) fn has_feed(&self) -> bool {
        false
    }

    pub(super) fn mining_reserved(&self) -> Option<bool> {
        None
    }

    pub(super) fn machine_paths(&self) -> Vec<String> {
        Vec::new()
    }

    pub(super) fn machine_file(&self, _at: usize) -> String {
        String::new()
    }
}
