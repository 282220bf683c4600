//! A build under way: makes and publishes what is planned, and begins again with another plan where a photograph fails.

use std::collections::{BTreeSet, HashSet};
use std::fs::File as DiskFile;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use super::secret_guard::Leaks;
use super::stages::{Composed, Planned};
use super::unusable::{broken_errors, none_usable};
use super::{Access, Event, Listener, Options, Summary, access, render, stopping, withdrawal};
use crate::catalog::{Catalog, Index};
use crate::compose::{File, FileKind, Files, Prepared, Salt};
use crate::config::Config;
use crate::images::cache::{self, Cache};
use crate::images::render_pool::Workshop;
use crate::pages::Theme;
use crate::plan::{Pictures, Plan};
use crate::publish::{ChangeKind, Diff, Report, Site, Step, Tally};
use crate::{Code, Error};

/// Why nothing was published.
pub(super) enum Stopped {
    /// A finished picture could not be read back from the cache.
    Damaged(Error),
    Failed(Vec<Error>),
}

/// What came of one attempt to make and publish what is planned.
enum Attempt {
    Published(Box<Summary>),
    /// Photographs failed when their pixels were wanted, and were taken out of the catalog.
    PhotosFailed,
    /// Pictures that the record knows, and that the output and the cache have lost.
    PicturesLost(BTreeSet<String>),
    /// The same, because what the cache has of them is damaged.
    CacheDamaged(BTreeSet<String>, Error),
}

/// One build under way.
pub(super) struct RunningBuild<'a> {
    pub config: &'a Config,
    pub access: &'a Access,
    pub granted: &'a access::Granted,
    pub options: &'a Options,
    pub listener: Listener<'a>,
    pub cache: &'a Cache,
    /// The photographs that were rendered: one may be twice, when the output turns out to have lost pictures of it.
    pub rendered: BTreeSet<PathBuf>,
    /// Warnings that were given: a second attempt does not repeat them.
    pub told: HashSet<String>,
}

impl RunningBuild<'_> {
    pub(super) fn plan(&self, catalog: &mut Catalog) -> Result<(Planned, Vec<File>), Vec<Error>> {
        Planned::new(self.config, self.access, self.granted, catalog)
    }

    pub(super) fn warn<'e>(&mut self, warnings: impl IntoIterator<Item = &'e Error>) {
        for warning in warnings {
            // All of its fields: thousands of photos may be odd in the same way.
            if self.told.insert(format!("{warning:?}")) {
                (self.listener)(Event::Warning(warning));
            }
        }
    }

    /// Makes and publishes what is planned; again, with a new plan, where something turns out otherwise than was planned.
    pub(super) fn run(
        &mut self,
        site: &mut Site,
        catalog: &mut Catalog,
        index: &mut Index,
        planned: (Planned, Vec<File>),
    ) -> Result<Summary, Vec<Error>> {
        let theme = Theme::of(self.config, &catalog.languages())?;
        self.warn(theme.warnings());
        let plan = &planned.0.plan;
        (self.listener)(Event::Read { galleries: shown_galleries(plan), photos: plan.photo_count() });
        let (mut next, mut lost, mut mended) = (Some(planned), BTreeSet::new(), false);
        loop {
            let planned = next.take().map_or_else(|| self.plan(catalog), Ok)?;
            lost = match self.attempt(site, catalog, index, &theme, planned, lost)? {
                Attempt::Published(summary) => return Ok(*summary),
                Attempt::PhotosFailed => BTreeSet::new(),
                Attempt::PicturesLost(lost) => lost,
                // What is wanted of the cache is looked through once; what is damaged is made again.
                Attempt::CacheDamaged(_, error) if mended => return Err(vec![error]),
                Attempt::CacheDamaged(lost, _) => {
                    mended = true;
                    lost
                }
            };
        }
    }

    fn attempt(
        &mut self,
        site: &mut Site,
        catalog: &mut Catalog,
        index: &mut Index,
        theme: &Theme,
        (mut planned, files): (Planned, Vec<File>),
        lost: BTreeSet<String>,
    ) -> Result<Attempt, Vec<Error>> {
        if planned.recall(catalog, self.cache) {
            index.mark_changed();
        }
        let pictures = &planned.pictures;
        let needs = render::needs(catalog, &planned, &files, site, self.cache, &lost);
        let too_much = needs.above(self.options.memory, catalog, pictures);
        if !too_much.is_empty() {
            catalog.take_out(too_much);
            return Ok(Attempt::PhotosFailed);
        }
        if !needs.is_empty() && !self.options.dry_run {
            let failed = self.make(&needs, catalog, pictures, index)?;
            if !failed.is_empty() {
                catalog.take_out(failed);
                return Ok(Attempt::PhotosFailed);
            }
        }
        if self.options.strict && !(catalog.broken.is_empty() && catalog.unsupported.is_empty()) {
            return Err(broken_errors(self.config, catalog));
        }
        if let Some(errors) = none_usable(self.config, catalog) {
            return Err(errors);
        }
        planned.weigh(catalog, site.manifest(), self.cache);
        let plan = &planned.plan;
        let composed = planned.compose(self.config, catalog, theme, files)?;
        let diff = site.diff(composed.files.wanted())?;
        let to_make_again = |site: &Site, diff: &Diff, gone: &dyn Fn(&cache::Key) -> bool| {
            render::to_make_again(&composed.composer, &composed.files, site.changes(diff), gone)
        };
        let lost = to_make_again(site, &diff, &|key| !self.cache.contains(key));
        if !lost.is_empty() && !self.options.dry_run {
            return Ok(Attempt::PicturesLost(lost));
        }
        self.warn(&composed.warnings);
        // Before the record says that they are.
        let newly_public = withdrawal::newly_public(site.manifest(), plan);
        let newly_public = newly_public.into_iter().map(|at| catalog.galleries[at].folder.clone()).collect();
        let is_first = site.manifest().is_empty();
        let report = if self.options.dry_run {
            site.obstacle(&diff)?;
            self.refuse_secrets_in_copies(site, &composed.composer, &composed.files, &diff)?;
            self.foretell(site, &diff)
        } else {
            match self.publish(site, &composed, diff, plan, true) {
                Ok(report) => report,
                Err(Stopped::Failed(errors)) => return Err(errors),
                Err(Stopped::Damaged(error)) => {
                    let diff = site.diff(composed.files.wanted())?;
                    // Reading an entry that is not as it was written removes it.
                    let lost = to_make_again(site, &diff, &|key| self.cache.read(key).is_none());
                    return Ok(Attempt::CacheDamaged(lost, error));
                }
            }
        };
        let rendered = if self.options.dry_run { needs.len() } else { self.rendered.len() };
        let total = site
            .manifest()
            .iter()
            .fold(Tally::default(), |sum, record| Tally { files: sum.files + 1, bytes: sum.bytes + record.size });
        Ok(Attempt::Published(Box::new(Summary {
            galleries: shown_galleries(plan),
            photos: plan.photo_count(),
            rendered,
            broken: catalog.broken.clone(),
            unsupported: catalog.unsupported.clone(),
            companions: catalog.companions,
            marked: catalog.left_out.clone(),
            visibility: plan.count_by_visibility(catalog),
            newly_public,
            is_first,
            left_out: plan.left_out.clone(),
            previews: plan.previews.clone(),
            report,
            total,
            downloads: downloads_in(site, &composed.files),
            many_parts: planned
                .downloads
                .most_parts(plan)
                .map(|(gallery, parts)| (catalog.galleries[gallery].folder.clone(), parts)),
        })))
    }

    /// Renders what is needed. Gives the photographs that failed.
    fn make(
        &mut self,
        needs: &render::Needs,
        catalog: &mut Catalog,
        pictures: &Pictures,
        index: &mut Index,
    ) -> Result<Vec<(usize, usize, String)>, Vec<Error>> {
        let mut workshop = Workshop::new(self.options.threads, self.options.memory, Arc::clone(&self.options.cancel));
        if let Some(worker) = &self.options.worker {
            workshop = workshop.executable(worker);
        }
        let made = needs.make(self.config, catalog, pictures, &workshop, self.cache, self.listener)?;
        if made.any {
            index.mark_changed();
        }
        self.rendered.extend(made.files);
        Ok(made.failed)
    }

    /// Publishes; where it is `stoppable`, not once its owner wants to stop.
    pub(super) fn publish(
        &self,
        site: &mut Site,
        Composed { composer, files, .. }: &Composed<'_>,
        diff: Diff,
        plan: &Plan,
        stoppable: bool,
    ) -> Result<Report, Stopped> {
        let total = site.changes(&diff).filter(|change| change.kind != ChangeKind::Removed).count();
        let done = AtomicUsize::new(0);
        let damaged = AtomicBool::new(false);
        let cancel = Arc::clone(&self.options.cancel);
        // Until everything is made nothing can be seen, so this is where a build can be stopped.
        site.observe(Box::new(move |step| match step {
            Step::Stage(_) if stoppable && cancel.load(Ordering::Relaxed) => {
                Err(std::io::ErrorKind::Interrupted.into())
            }
            _ => Ok(()),
        }));
        site.set_note(withdrawal::DEAD, withdrawal::dead_note(plan));
        site.set_note(withdrawal::PUBLIC, withdrawal::public_note(plan));
        self.granted.leave_notes(site);
        let leaks = Leaks::of(self.config, self.access);
        let changed = site.changes(&diff).filter_map(|change| Some(files.get(change.path)?.what));
        composer.learn_salts(files, changed, |path, key| {
            let lies_there = site.manifest().get(path).is_some_and(|record| record.key == key) && site.is_intact(path);
            lies_there.then(|| first_bytes(&self.config.output.join(path))).flatten()
        });
        let published = site.publish(diff, &|path| {
            let file = files.get(path).ok_or_else(|| Error::new(Code::Internal, "is not planned").at(path))?;
            let content = composer.content(path, file.what, self.cache);
            if let Ok(content) = &content {
                leaks.refuse(path, content.plain())?;
            }
            if content.is_err() && matches!(file.what, FileKind::Picture { .. }) {
                damaged.store(true, Ordering::Relaxed);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            (self.listener)(Event::Writing { done, total });
            content.and_then(Prepared::into_content)
        });
        published.map_err(|error| {
            if self.options.cancel.load(Ordering::Relaxed) {
                Stopped::Failed(vec![stopping::interrupted()])
            } else if damaged.into_inner() || error.code == Code::CacheDamaged {
                Stopped::Damaged(error)
            } else {
                Stopped::Failed(vec![error])
            }
        })
    }

    /// What a publish would do, without sizes of what is not made yet.
    fn foretell(&self, site: &Site, diff: &Diff) -> Report {
        let mut report = Report::default();
        for change in site.changes(diff) {
            match change.kind {
                ChangeKind::New => report.new.files += 1,
                ChangeKind::Changed => {
                    report.changed.files += 1;
                    report.replaced_paths.push(change.path.to_owned());
                }
                ChangeKind::Mended => report.mended.files += 1,
                ChangeKind::Removed => {
                    report.removed.files += 1;
                    report.removed_paths.push(change.path.to_owned());
                }
            }
        }
        report.unchanged.files =
            site.manifest().len() - report.changed.files - report.mended.files - report.removed.files;
        report
    }

    /// Pages of links that died since the last publish go before anything is made. Gives how many there were.
    pub(super) fn take_down_dead(&self, site: &mut Site, plan: &Plan) -> usize {
        let dead = withdrawal::newly_dead(site.manifest(), plan);
        let down = site.take_down(dead.iter().map(String::as_str));
        for (path, error) in down.failed {
            (self.listener)(Event::Warning(&withdrawal::still_reachable(&path, error)));
        }
        down.removed.len()
    }

    /// Removes finished pictures from the cache that nothing has asked for in a month.
    pub(super) fn sweep(&self, catalog: &Catalog) {
        let pictures = Pictures::new(self.config, catalog);
        let used = render::used(catalog, &pictures);
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        let before = self.options.now.checked_sub(month).unwrap_or(SystemTime::UNIX_EPOCH);
        if let Err(error) = self.cache.sweep(|key| used.contains(key), before) {
            (self.listener)(Event::Warning(&error));
        }
    }
}

/// The salt that a sealed file begins with.
fn first_bytes(file: &Path) -> Option<Salt> {
    let mut salt = Salt::default();
    DiskFile::open(file).ok()?.read_exact(&mut salt).ok()?;
    Some(salt)
}

/// Files of the output that are there for downloads alone.
fn downloads_in(site: &Site, files: &Files) -> Tally {
    let downloads =
        files.iter().filter(|(_, file)| matches!(file.what, FileKind::Original { .. } | FileKind::Archive { .. }));
    let lying = downloads.filter_map(|(path, _)| site.manifest().get(path));
    lying.fold(Tally::default(), |sum, record| Tally { files: sum.files + 1, bytes: sum.bytes + record.size })
}

fn shown_galleries(plan: &Plan) -> usize {
    plan.albums.iter().filter(|album| !album.is_empty()).count()
}
