//! The one publishing rule, for every target: in which order files appear and go.
//!
//! Assets first, for nothing refers to them yet. Then pages at new addresses, which nothing that can be reached links
//! to yet. Then pages that replace others, the deepest first and so the home page last: whatever they link to is there.
//! Then pages that are no longer wanted, which nothing links to any more, entry pages first. Then the assets that only
//! those showed. What one wave did is on the disk before the next begins.

use super::Phase;
use super::diff::{Action, Diff};
use super::manifest::Manifest;

/// The waves of one publish: numbers of files to write, and positions of files to remove.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// Files to show: assets, new pages, replaced pages.
    pub(super) shown: [Vec<usize>; 3],
    /// Files to remove: pages, assets.
    pub(super) removed: [Vec<usize>; 2],
}

impl Order {
    /// Orders the files to write for which `staged` says that they differ from what lies there, and all removals.
    pub(super) fn new(diff: &Diff, manifest: &Manifest, staged: impl Fn(usize) -> bool) -> Self {
        let mut order = Self::default();
        for (number, fresh) in diff.fresh.iter().enumerate().filter(|(number, _)| staged(*number)) {
            let wave = match (fresh.phase, fresh.old()) {
                (Phase::Asset, _) => 0,
                (Phase::Page, None) => 1,
                (Phase::Page, Some(_)) => 2,
            };
            order.shown[wave].push(number);
        }
        let depth = |path: &str| path.matches('/').count();
        let [_, new, replaced] = &mut order.shown;
        for pages in [new, replaced] {
            // Stable: pages of one depth keep the order of their paths.
            pages.sort_by_cached_key(|number| std::cmp::Reverse(depth(diff.path(&diff.fresh[*number]))));
        }
        order.removed = removals(manifest, diff.removals());
        order
    }

    /// Whether anything is shown.
    pub(super) fn shows(&self) -> bool {
        self.shown.iter().any(|wave| !wave.is_empty())
    }
}

/// Pages before the assets that they show, entry pages first.
pub(super) fn removals(manifest: &Manifest, positions: impl Iterator<Item = usize>) -> [Vec<usize>; 2] {
    let (mut pages, assets): (Vec<_>, Vec<_>) =
        positions.partition(|position| manifest.record(*position).phase == Phase::Page);
    pages.sort_by_cached_key(|position| manifest.path(*position).matches('/').count());
    [pages, assets]
}

/// The old pages that may show an asset which must go before its time: all that are not staying as they are, for those
/// that stay were made for the wanted state and refer to nothing else.
pub(super) fn old_pages<'a>(diff: &'a Diff, manifest: &'a Manifest) -> impl Iterator<Item = usize> + 'a {
    diff.fates
        .iter()
        .enumerate()
        .filter(|(_, fate)| **fate != Action::Keep)
        .map(|(position, _)| position)
        .filter(|position| manifest.record(*position).phase == Phase::Page)
}
