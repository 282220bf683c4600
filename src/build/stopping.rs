//! A build that its owner stops: what was withdrawn is off the site all the same, and every page stays.

use std::collections::BTreeSet;

use super::withdrawal::{Retained, pages_that_show, still_reachable};
use super::{RunningBuild, none_usable, render};
use crate::catalog::Catalog;
use crate::compose::{is_archive, is_blank};
use crate::pages::Theme;
use crate::plan::PICTURES;
use crate::publish::{Change, ChangeKind, Phase, Site};
use crate::{Code, Error};

/// The error of a build that was stopped and changed nothing.
pub(super) fn interrupted() -> Error {
    stopped("the site is unchanged")
}

fn stopped(site: &str) -> Error {
    Error::new(Code::Interrupted, format!("{site}; finished pictures are kept")).hint("run the build again to continue")
}

impl RunningBuild<'_> {
    /// Ends a build that was stopped. The site is published without what was withdrawn and without new photographs that
    /// were not finished; where that would take something else from it, what was withdrawn comes down by itself, and
    /// pages that show it have a gap until the next build. `dead` pages of links went already.
    pub(super) fn stop(&self, site: &mut Site, catalog: Catalog, living: &Retained, dead: usize) -> Vec<Error> {
        let gone = living.gone(site.manifest());
        if gone.is_empty() && dead == 0 {
            return vec![interrupted()];
        }
        let showing = pages_that_show(&self.config.output, &gone, site.manifest());
        if self.publish_what_stays(site, catalog, living, &showing).is_some() {
            return vec![stopped("the site is complete, without what was withdrawn")];
        }
        let showing = showing.len();
        let down = site.take_down(gone.iter().map(String::as_str));
        let removed = down.removed.len() + dead;
        let mut errors = vec![stopped(&format!(
            "{removed} withdrawn files were taken down, and {showing} pages that showed some of them have gaps until \
             the next build; the rest of the site is unchanged"
        ))];
        errors.extend(down.failed.into_iter().map(|(path, error)| still_reachable(&path, error)));
        errors
    }

    /// Publishes what needs no rendering. Nothing, where that cannot be, or would remove what may stay; of pages that are
    /// `showing` what was withdrawn, those of galleries that are empty now go.
    fn publish_what_stays(
        &self,
        site: &mut Site,
        mut catalog: Catalog,
        living: &Retained,
        showing: &BTreeSet<String>,
    ) -> Option<()> {
        if self.options.strict && !(catalog.broken.is_empty() && catalog.unsupported.is_empty())
            || none_usable(self.config, &catalog).is_some()
        {
            return None;
        }
        let theme = Theme::of(self.config, &catalog.languages()).ok()?;
        loop {
            let (mut planned, files) = self.plan(&mut catalog).ok()?;
            planned.recall(&mut catalog, self.cache);
            let needs = render::needs(&catalog, &planned, &files, site, self.cache, &BTreeSet::new());
            if !needs.is_empty() {
                needs.leave_out(&mut catalog);
                continue;
            }
            planned.weigh(&catalog, site.manifest(), self.cache);
            let composed = planned.compose(self.config, &catalog, &theme, files).ok()?;
            let diff = site.diff(composed.files.wanted()).ok()?;
            let takes_more = |change: Change<'_>| {
                change.kind == ChangeKind::Removed
                    && site.manifest().get(change.path).is_some_and(|record| {
                        let shown = record.phase == Phase::Page || record.path.starts_with(PICTURES);
                        // Another ZIP file stands in the place of one that has changed.
                        let is_other = is_blank(&record.key) || is_archive(&record.key);
                        shown && !is_other && living.may_stay(&record) && !showing.contains(record.path)
                    })
            };
            if site.changes(&diff).any(takes_more) {
                return None;
            }
            return self.publish(site, &composed, diff, &planned.plan, false).ok().map(drop);
        }
    }
}
