//! A build from end to end: reads, plans, makes what is missing, composes, publishes.
//!
//! The walk goes one way. It only turns back where a photograph fails when its pixels are wanted: then the plan is made
//! again without it. Whatever goes wrong, what must no longer be reachable comes down.

pub mod access;
pub mod address_history;
mod audit_input;
mod boilerplate;
mod facts;
pub mod forget;
mod leftovers;
mod preview;
mod render;
mod secret_guard;
pub mod stages;
mod state;
mod stopping;
mod withdrawal;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

pub use access::Access;
pub use preview::Preview;
pub use secret_guard::Leaks;
pub use state::State;
pub use withdrawal::without_tokens;
use withdrawal::{DeadByLedger, may_be_dead};

use crate::catalog::{Broken, Catalog, Index};
use crate::compose::{File, FileKind};
use crate::config::Config;
use crate::images::cache::Cache;
use crate::images::render_pool::Workshop;
use crate::lock::Lock;
use crate::pages::Theme;
use crate::plan::{Grants, Pictures, Plan, Previewed, VisibilityCount, lies_among_pictures};
use crate::publish::{ChangeKind, Diff, Manifest, Report, Site, Step, Tally};
use crate::{Code, Error, ErrorKind, images};
use stages::{Composed, Planned};

/// How a build is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Photographs that are rendered at once.
    pub threads: usize,
    /// Bytes that rendering may take in all; a photo that needs more by itself is left out.
    pub memory: u64,
    /// A photograph in a gallery that cannot be shown, whatever its format, makes the build fail, and nothing new is published.
    pub strict: bool,
    /// Say what would be done, do nothing.
    pub dry_run: bool,
    /// Replace files in the output that somebody else put where ours belong.
    pub adopt: bool,
    /// The clock, for the ages of files.
    pub now: SystemTime,
    /// Set to stop.
    pub cancel: Arc<AtomicBool>,
    /// Program to run for rendering; none for the one that is running.
    pub worker: Option<PathBuf>,
    /// The lock of the state folder, where the caller has waited for it: settings and ledger are then what they are after
    /// the waiting. Without it the build takes the lock itself, and waits for nobody.
    pub turn: Option<Arc<Lock>>,
}

/// What happens during a build, as it happens. Called from several threads.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Something that the owner should know.
    Warning(&'a Error),
    /// All that exists was read.
    Read {
        /// Galleries that are shown.
        galleries: usize,
        /// Photos that are shown.
        photos: usize,
    },
    /// Rendering goes on.
    Rendering {
        /// Photographs that are done.
        done: usize,
        /// Photographs to render.
        total: usize,
    },
    /// Writing goes on.
    Writing {
        /// Files that are made.
        done: usize,
        /// Files to write.
        total: usize,
    },
}

/// Hears of [`Event`]s.
pub type Listener<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// What a build did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Summary {
    /// Galleries that are shown.
    pub galleries: usize,
    /// Photos that are shown.
    pub photos: usize,
    /// Photos of which pictures were made.
    pub rendered: usize,
    /// Photos that cannot be used, and why.
    pub broken: Vec<Broken>,
    /// Photos in formats that are not read, and what each is.
    pub unsupported: Vec<Broken>,
    /// Folders that their owner left out by a mark in them, below the folder of galleries.
    pub marked: Vec<PathBuf>,
    /// How many galleries are public, unlisted, private.
    pub visibility: VisibilityCount,
    /// Galleries that are public and were not when the site was last published, by their folders.
    pub newly_public: Vec<PathBuf>,
    /// Nothing was published from here before.
    pub is_first: bool,
    /// Galleries that are not published, and why.
    pub left_out: Vec<Error>,
    /// Private galleries that are shown to their owner alone, with their addresses.
    #[serde(skip)]
    pub previews: Vec<Previewed>,
    /// What was written and removed; in a dry run, what would be.
    pub report: Report,
    /// Everything that lies in the output now.
    pub total: Tally,
}

/// Builds the site.
///
/// # Errors
/// All that is wrong, as far as it can be known at once. The output then is what it was, less what must come down.
pub fn build(
    config: &Config,
    access: &Access,
    options: &Options,
    listener: Listener<'_>,
) -> Result<Summary, Vec<Error>> {
    let built = build_site(config, access, options, listener);
    built.map_err(|errors| errors.into_iter().map(without_tokens).collect())
}

fn build_site(
    config: &Config,
    access: &Access,
    options: &Options,
    listener: Listener<'_>,
) -> Result<Summary, Vec<Error>> {
    let state = State::of(config);
    if let Some(preview) = access.preview() {
        preview.refuse_published(config)?;
    }
    // Both read what an earlier build left, and take their time on a large site.
    let open = || match options.dry_run {
        true => Site::look(&config.output, state.folder()),
        false => Site::open_in_turn(&config.output, state.folder(), options.turn.clone()),
    };
    let (site, mut index) = rayon::join(open, || Index::load(&state.index()));
    let mut site = site?;
    site.adopt(options.adopt);
    let without_a_record = site.manifest().is_empty();
    if let Some(error) = access::unrecorded(config, site.manifest()) {
        return Err(vec![error]);
    }
    if let Some(warning) = site.warning() {
        listener(Event::Warning(warning));
    }
    let mut read = Catalog::read_what_can_be(config, &mut index);
    // Before anything is planned or taken down: what is over is withdrawn.
    if let Some(catalog) = &mut read.0 {
        catalog.close_ended(access.today().date());
    }
    let early = AbortedBuild { config, access, options, listener, settings_stand: true };
    if let Some(error) = emptied(config, &site) {
        return Err(early.refused(&mut site, None, vec![error]));
    }
    let cache = if options.dry_run { Ok(Cache::look(state.cache())) } else { Cache::open(state.cache()) };
    let cache = cache.map_err(|error| read.1.push(error));
    let (cache, mut catalog) = match (cache, read) {
        (Ok(cache), (Some(catalog), wrong)) if wrong.is_empty() => (cache, catalog),
        (_, (partial, wrong)) => return Err(early.refused(&mut site, partial, wrong)),
    };
    let granted = match access.grant(config, &catalog, site.manifest()) {
        Ok(granted) => granted,
        Err(errors) => return Err(early.refused(&mut site, Some(catalog), errors)),
    };
    for warning in &catalog.warnings {
        listener(Event::Warning(warning));
    }
    if site.follows_a_kill()
        && let Err(error) = state.sweep(&cache)
    {
        listener(Event::Warning(&error));
    }
    let mut walk = Walk {
        config,
        access,
        granted: &granted,
        options,
        listener,
        cache: &cache,
        rendered: BTreeSet::new(),
        told: HashSet::new(),
    };
    // What the plan wants before any photograph fails: a photo that turns out to be broken was not withdrawn.
    let planned = match walk.plan(&mut catalog) {
        Ok(planned) => planned,
        Err(errors) => return Err(early.refused(&mut site, Some(catalog), errors)),
    };
    let living = withdrawal::Retained::of(config, &catalog, &planned.0.plan, site.manifest());
    let dead = if options.dry_run { 0 } else { walk.take_down_dead(&mut site, &planned.0.plan) };
    let outcome = walk.run(&mut site, &mut catalog, &mut index, planned);
    if !options.dry_run {
        // Also after a failure: what was rendered need not be rendered again.
        let saved = index.save(&state.index(), &catalog, &config.galleries, options.now);
        if let (Err(error), Ok(_)) = (saved, &outcome) {
            listener(Event::Warning(&error));
        }
    }
    match outcome {
        Ok(summary) => {
            if summary.rendered > 0 && !options.dry_run && state.is_sweep_due(options.now) {
                walk.sweep(&catalog);
                state.note_sweep();
            }
            if without_a_record && !options.dry_run {
                leftovers::told(config, &site).iter().for_each(|warning| listener(Event::Warning(warning)));
            }
            Ok(summary)
        }
        Err(errors) if options.dry_run => Err(errors),
        Err(errors) if errors.iter().any(|error| error.kind() == ErrorKind::Interrupted) => {
            Err(walk.stop(&mut site, catalog, &living, dead))
        }
        Err(mut errors) => {
            errors.extend(living.take_down_the_rest(&mut site, listener));
            Err(errors)
        }
    }
}

/// What a build does that cannot begin because `site.toml` has errors: what was withdrawn comes down all the same, if
/// `folders_stand`; otherwise dead links alone, with their pictures. `config` is what could be read of it. Gives what is
/// wrong besides, and what could not be removed.
pub fn withdraw(
    config: &Config,
    folders_stand: bool,
    access: &Access,
    options: &Options,
    listener: Listener<'_>,
) -> Vec<Error> {
    let state = State::of(config);
    let mut site = match Site::open_in_turn(&config.output, state.folder(), options.turn.clone()) {
        Ok(site) => site,
        Err(error) => return vec![error],
    };
    let early = AbortedBuild { config, access, options, listener, settings_stand: false };
    if !folders_stand || emptied(config, &site).is_some() {
        if !site.manifest().is_empty() {
            listener(Event::Warning(&stays_reachable()));
        }
        return early.refused(&mut site, None, Vec::new());
    }
    let (mut partial, wrong) = Catalog::read_what_can_be(config, &mut Index::load(&state.index()));
    if let Some(catalog) = &mut partial {
        catalog.close_ended(access.today().date());
    }
    early.refused(&mut site, partial, wrong)
}

/// Said where nobody can tell from `site.toml` what was withdrawn.
pub fn stays_reachable() -> Error {
    Error::new(
        Code::StillReachable,
        "photographs and galleries that were withdrawn since the last build can still be reached",
    )
    .hint("mend site.toml and build again")
}

/// A build that ends before it has a plan.
struct AbortedBuild<'a> {
    config: &'a Config,
    access: &'a Access,
    options: &'a Options,
    listener: Listener<'a>,
    /// Whether `site.toml` has no errors.
    settings_stand: bool,
}

impl AbortedBuild<'_> {
    /// Takes down what the ledger alone says is dead, and photos whose files have gone; the rest of the site stays.
    fn refused(&self, site: &mut Site, mut partial: Option<Catalog>, mut errors: Vec<Error>) -> Vec<Error> {
        if self.options.dry_run {
            return errors;
        }
        if let Some(catalog) = &mut partial {
            self.tell_what_stays(site, catalog, &errors);
            catalog.close_doubted();
        }
        let by_ledger = DeadByLedger::of(self.access, self.config, self.settings_stand, site.manifest());
        let mut gone = by_ledger.dead;
        if let Some(mut catalog) = partial
            && let Some(living) = self.living(&mut catalog, site.manifest())
        {
            gone.extend(living.gone(site.manifest()));
        }
        errors.extend(withdrawal::take_down(&self.config.output, site, &gone, self.listener));
        let left = by_ledger.unknown.iter().filter(|path| self.config.output.join(path).exists());
        errors.extend(left.map(|path| may_be_dead(path)));
        errors
    }

    /// What may stay by what could be read; nothing where that tells nothing.
    fn living(&self, catalog: &mut Catalog, manifest: &Manifest) -> Option<withdrawal::Retained> {
        let granted = self.settings_stand.then(|| self.access.grant(self.config, catalog, manifest).ok()).flatten();
        let grants = granted.as_ref().zip(self.access.keys());
        let grants = grants.map(|(granted, keys)| Grants { keys, publications: &granted.publications });
        let plan = Plan::new(catalog, grants.as_ref()).or_else(|wrong| {
            // Text pages whose names are taken are no reason to keep a photo up.
            let refused =
                |file: &Path| wrong.iter().any(|error| error.place.as_ref().is_some_and(|at| at.file == file));
            catalog.pages.retain(|page| !refused(&page.file));
            Plan::new(catalog, grants.as_ref())
        });
        let living = withdrawal::Retained::of(self.config, catalog, &plan.ok()?, manifest);
        // Without today's links what is private is known by its gallery alone.
        Some(if grants.is_some() { living } else { living.open_alone(catalog, manifest) })
    }

    /// Warns of galleries whose settings cannot be read and that the last publish has shown: of those that stay, and of those
    /// that come down because their owner may have closed them just now.
    fn tell_what_stays(&self, site: &Site, catalog: &Catalog, errors: &[Error]) {
        let Ok(plan) = Plan::new(catalog, None) else { return };
        for album in &plan.albums {
            let folder = self.config.display_gallery_path(&catalog.galleries[album.gallery].folder);
            let wrong = |error: &Error| {
                error.place.as_ref().is_some_and(|place| {
                    let settings = place.file.file_name().is_some_and(Catalog::may_be_settings);
                    settings && place.file.parent() == Some(&folder)
                })
            };
            let Some(path) = album.open_path().filter(|path| !path.is_empty()) else { continue };
            let is_published = || site.manifest().iter().any(|record| record.path.starts_with(path));
            if catalog.is_doubted(album.gallery) {
                if is_published() {
                    let told = "what was published of this gallery is taken down: its settings may have been meant to close it";
                    let hint = "mend what is wrong there, and build again";
                    (self.listener)(Event::Warning(&Error::new(Code::TakenDown, told).at(folder).hint(hint)));
                }
            } else if errors.iter().any(wrong) && is_published() {
                let told = Error::new(Code::StillReachable, "what was published of this gallery can still be reached")
                    .at(folder);
                let hint =
                    "mend its gallery.toml and build again; to take it down at once, move the folder away and build";
                (self.listener)(Event::Warning(&told.hint(hint)));
            }
        }
    }
}

/// A folder of galleries in which there is nothing at all, where there were photos: a disk that is not there.
fn emptied(config: &Config, site: &Site) -> Option<Error> {
    let mut there = std::fs::read_dir(&config.galleries).ok()?;
    let shown = site.manifest().iter().any(|record| lies_among_pictures(record.path));
    (shown && there.next().is_none()).then(|| {
        Error::new(Code::GalleriesEmptied, "the folder of galleries is empty, and the published site has photographs: nothing was removed")
            .at(config.display_gallery_path(Path::new("")))
            .hint("if it lies on a disk of its own, connect it; to take everything down, make an empty folder in it and build")
    })
}

/// Why nothing was published.
enum Stopped {
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
struct Walk<'a> {
    config: &'a Config,
    access: &'a Access,
    granted: &'a access::Granted,
    options: &'a Options,
    listener: Listener<'a>,
    cache: &'a Cache,
    /// The photographs that were rendered: one may be twice, when the output turns out to have lost pictures of it.
    rendered: BTreeSet<PathBuf>,
    /// Warnings that were given: a second attempt does not repeat them.
    told: HashSet<String>,
}

impl Walk<'_> {
    fn plan(&self, catalog: &mut Catalog) -> Result<(Planned, Vec<File>), Vec<Error>> {
        Planned::new(self.config, self.access, self.granted, catalog)
    }

    fn warn<'e>(&mut self, warnings: impl IntoIterator<Item = &'e Error>) {
        for warning in warnings {
            // All of its fields: thousands of photos may be odd in the same way.
            if self.told.insert(format!("{warning:?}")) {
                (self.listener)(Event::Warning(warning));
            }
        }
    }

    /// Makes and publishes what is planned; again, with a new plan, where something turns out otherwise than was planned.
    fn run(
        &mut self,
        site: &mut Site,
        catalog: &mut Catalog,
        index: &mut Index,
        planned: (Planned, Vec<File>),
    ) -> Result<Summary, Vec<Error>> {
        let theme = Theme::of(self.config)?;
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
        (planned, files): (Planned, Vec<File>),
        lost: BTreeSet<String>,
    ) -> Result<Attempt, Vec<Error>> {
        let Planned { plan, pictures, paths } = &planned;
        let needs = render::needs(catalog, plan, pictures, (paths, &files), site, self.cache, &lost);
        if needs.learn(catalog) {
            index.mark_changed();
        }
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
        let composed = planned.compose(self.config, catalog, theme, files)?;
        let diff = site.diff(composed.files.wanted())?;
        let to_make_again = |site: &Site, diff: &Diff, gone: &dyn Fn(&images::cache::Key) -> bool| {
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
            marked: catalog.left_out.clone(),
            visibility: plan.count_by_visibility(catalog),
            newly_public,
            is_first,
            left_out: plan.left_out.clone(),
            previews: plan.previews.clone(),
            report,
            total,
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
    fn publish(
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
        let published = site.publish(diff, &|path| {
            let file = files.get(path).ok_or_else(|| Error::new(Code::Internal, "is not planned").at(path))?;
            let content = composer.content(file.what, self.cache);
            if let Ok(content) = &content {
                leaks.refuse(path, content)?;
            }
            if content.is_err() && matches!(file.what, FileKind::Picture { .. }) {
                damaged.store(true, Ordering::Relaxed);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            (self.listener)(Event::Writing { done, total });
            content
        });
        published.map_err(|error| {
            if self.options.cancel.load(Ordering::Relaxed) {
                Stopped::Failed(vec![stopping::interrupted()])
            } else if damaged.into_inner() {
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
    fn take_down_dead(&self, site: &mut Site, plan: &Plan) -> usize {
        let dead = withdrawal::newly_dead(site.manifest(), plan);
        let down = site.take_down(dead.iter().map(String::as_str));
        for (path, error) in down.failed {
            (self.listener)(Event::Warning(&withdrawal::still_reachable(&path, error)));
        }
        down.removed.len()
    }

    /// Removes finished pictures from the cache that nothing has asked for in a month.
    fn sweep(&self, catalog: &Catalog) {
        let pictures = Pictures::new(self.config, catalog);
        let used = render::used(catalog, &pictures);
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        let before = self.options.now.checked_sub(month).unwrap_or(SystemTime::UNIX_EPOCH);
        if let Err(error) = self.cache.sweep(|key| used.contains(key), before) {
            (self.listener)(Event::Warning(&error));
        }
    }
}

fn shown_galleries(plan: &Plan) -> usize {
    plan.albums.iter().filter(|album| !album.is_empty()).count()
}

/// The photos that are not on the site although they lie in a gallery, one by one.
fn broken_errors(config: &Config, catalog: &Catalog) -> Vec<Error> {
    let mut all: Vec<&Broken> = catalog.broken.iter().chain(&catalog.unsupported).collect();
    all.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    all.iter().map(|broken| Error::new(Code::PhotoLeftOut, broken.reason.clone()).at(broken.file(config))).collect()
}

/// Why a site of which no photo can be used is not published: a checkout without its large files, most likely, or a disk that
/// is not there. One error, and one for each reason.
pub fn none_usable(config: &Config, catalog: &Catalog) -> Option<Vec<Error>> {
    let unusable = || catalog.broken.iter().chain(&catalog.unsupported);
    let count = unusable().count();
    if count == 0 || catalog.galleries.iter().any(|gallery| !gallery.photos.is_empty()) {
        return None;
    }
    let mut reasons: BTreeMap<&str, Vec<&Broken>> = BTreeMap::new();
    unusable().for_each(|one| reasons.entry(&one.reason).or_default().push(one));
    let what = if count == 1 {
        "the only photo cannot be used".to_owned()
    } else {
        format!("none of the {count} photos can be used")
    };
    let whole = Error::new(Code::NoUsablePhoto, format!("{what}, and a site without a photo is not published"))
        .at(config.display_gallery_path(Path::new("")))
        .hint("nothing was taken down because of it; bring the photos, and build again");
    let each = reasons.into_iter().map(|(reason, all)| {
        let more = if all.len() > 1 { format!(", and {} more", all.len() - 1) } else { String::new() };
        Error::new(Code::PhotoLeftOut, format!("{reason}{more}")).at(all[0].file(config))
    });
    Some(std::iter::once(whole).chain(each).collect())
}
