//! A build from end to end: reads, plans, makes what is missing, composes, publishes.
//!
//! The walk goes one way. It only turns back where a photograph fails when its pixels are wanted: then the plan is made
//! again without it. Whatever goes wrong, what must no longer be reachable comes down.

mod aborted;
pub mod access;
pub mod address_history;
mod audit_input;
mod boilerplate;
mod facts;
pub mod forget;
mod leftovers;
mod locators;
mod preview;
mod render;
mod running;
mod secret_guard;
pub mod stages;
mod state;
mod stopping;
mod unusable;
mod withdrawal;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

pub use aborted::{closed_folders, closed_online, says_closed, stays_reachable, withdraw};
pub use access::Access;
pub use address_history::merge_notes;
pub use preview::Preview;
pub use secret_guard::Leaks;
pub use state::State;
pub use unusable::none_usable;
pub use withdrawal::{add_tombstones, dead_online, is_like_a_token, without_tokens};

use crate::catalog::{Broken, Catalog, Index, Walked};
use crate::config::Config;
use crate::images::cache::Cache;
use crate::lock::Lock;
use crate::plan::{Previewed, VisibilityCount};
use crate::publish::{Report, Site, Tally};
use crate::{Error, ErrorKind};
use aborted::{AbortedBuild, emptied};
use running::RunningBuild;

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
    /// Files in formats that are not read, beside a photo of the same name.
    pub companions: usize,
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
    /// What of it is there for downloads alone: originals and ZIP files.
    pub downloads: Tally,
    /// A gallery that is packed in very many ZIP files, and how many they are.
    pub many_parts: Option<(PathBuf, usize)>,
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
    // These take their time on a large site, and none needs another.
    let open = || match options.dry_run {
        true => Site::look(&config.output, state.folder()),
        false => Site::open_in_turn(&config.output, state.folder(), options.turn.clone()),
    };
    let load = || rayon::join(open, || Index::load(&state.index()));
    let ((site, mut index), walked) = rayon::join(load, || Walked::through(config));
    let mut site = site?;
    site.adopt(options.adopt);
    let without_a_record = site.manifest().is_empty();
    if let Some(error) = access::unrecorded(config, site.manifest()) {
        return Err(vec![error]);
    }
    if let Some(warning) = site.warning() {
        listener(Event::Warning(warning));
    }
    let mut read = Catalog::read_walked(config, &mut index, walked);
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
    let mut walk = RunningBuild {
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
