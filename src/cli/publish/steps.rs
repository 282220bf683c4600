//! The steps of a publish: withdraw, build, audit, put online, purge, prove.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use safelight::access::publication::GalleryPublication;
use safelight::build::{self, Access, State, add_tombstones, closed_online, dead_online, merge_notes};
use safelight::catalog::Catalog;
use safelight::config::{Config, PublishTarget, PurgeSetting};
use safelight::deploy::change::Change;
use safelight::deploy::headers::HeaderRules;
use safelight::deploy::proof::Check;
use safelight::deploy::purge::{PurgeList, Purger};
use safelight::deploy::run::{OnTarget, Run, is_private};
use safelight::deploy::session::{Bytes, GivenBack, NotTaken};
use safelight::deploy::state::Header;
use safelight::deploy::withdrawal::{Ledgered, Tombstone, Withdrawal, folder_of, is_wanted};
use safelight::deploy::{Headers, Keeps};
use safelight::lock::Lock;
use safelight::publish::{Manifest, Phase, Record, manifest_path};
use safelight::visibility::{PrivateFolder, Visibility};
use safelight::{Code, Error, Errors};
use serde_json::json;

use super::super::build::{Progress, counted};
use super::super::secret::confirmed;
use super::super::{Context, Outcome, whole};
use super::{Arguments, announce, options};

/// One publish.
pub(super) struct Publishing<'a> {
    pub context: &'a Context,
    pub arguments: &'a Arguments,
    pub config: &'a Config,
    /// Whether `site.toml` has no errors.
    pub settings_stand: bool,
    pub target: &'a PublishTarget,
    pub access: &'a Access,
    pub run: Run<'a>,
    pub progress: &'a Progress,
    /// There is no target that can be looked at: lists are made from a copy of its record.
    pub by_copy: bool,
    pub turn: Option<Arc<Lock>>,
    pub cancel: Arc<AtomicBool>,
}

/// Why a step did not come to its end.
pub(super) enum Halt {
    /// The state is held or has changed: look again.
    NotTaken(NotTaken),
    Failed(Vec<Error>),
}

impl From<NotTaken> for Halt {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Failed(error) => Self::Failed(vec![error]),
            why => Self::NotTaken(why),
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(vec![error])
    }
}

impl From<Vec<Error>> for Halt {
    fn from(errors: Vec<Error>) -> Self {
        Self::Failed(errors)
    }
}

type Notes = BTreeMap<String, Vec<u8>>;

/// What a change leaves to be done.
#[derive(Default)]
pub(super) struct Withdrawn {
    /// Where to look afterwards.
    pub checks: Vec<Check>,
    /// What went wrong although the change was carried out, as far as it could be.
    pub late: Vec<Error>,
    /// How many addresses caches were told to forget.
    pub purged: usize,
}

/// The same of everything that a publish did.
#[derive(Default)]
struct Done {
    checks: Vec<Check>,
    late: Vec<Error>,
    purged: usize,
}

impl Done {
    /// Adds what one change left; says whether there was one.
    fn take(&mut self, one: Option<Withdrawn>) -> bool {
        let Some(one) = one else { return false };
        self.checks.extend(one.checks);
        self.late.extend(one.late);
        self.purged += one.purged;
        true
    }
}

/// What the folders and the ledger say today.
pub(super) struct Today {
    pub publications: Vec<GalleryPublication>,
    pub facts: BTreeMap<safelight::access::GalleryId, safelight::access::publication::GalleryFacts>,
}

/// What the last build wrote.
pub(super) struct Built {
    /// The files; `modified` is the hash of their headers.
    pub manifest: Manifest,
    /// When each was written, in the same order.
    modified: Vec<i64>,
}

impl Built {
    /// What is private, and the public files that its pages may need and that do not lie online.
    fn private(&self, online: &Manifest) -> safelight::Result<Manifest> {
        let is_needed = |record: &Record<'_>| {
            is_private(record.path) || record.phase == Phase::Asset && online.get(record.path).is_none()
        };
        Manifest::of(self.manifest.iter().filter(is_needed), self.manifest.notes().clone())
            .map_err(|error| Error::new(Code::CannotRead, format!("the site cannot be listed: {error}")))
    }

    /// Refuses what was changed in the output after the build, which searched it for secrets and knows what is in it.
    fn require_unchanged(&self, path: &str, file: &Path) -> safelight::Result<()> {
        let written = self.manifest.position(path).ok().map(|at| self.modified[at]);
        let now = file
            .metadata()
            .and_then(|of| of.modified())
            .map_err(|error| Error::io(Code::CannotRead, "read", file, error))?;
        let now = now.duration_since(std::time::UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_nanos()).ok());
        if now == written {
            return Ok(());
        }
        let message = "this file of the output was changed after it was built";
        Err(Error::new(Code::InTheWay, message).at(file).hint("publish without `--no-build`, which writes it anew"))
    }
}

/// A page for a dead link, where the theme's cannot be made.
const PLAIN_TOMBSTONE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
    content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>This link has ended</title>\n\
    <p>This link no longer works. Please ask the person who sent it.</p>\n";

/// The headers of a page of a link.
const TOMBSTONE_PATH: &str = "g/x/index.html";

impl Publishing<'_> {
    /// Everything, from withdrawing to looking at the site.
    pub(super) fn publish(&self) -> Outcome {
        #[expect(clippy::disallowed_methods, reason = "how long a publish took is no part of a site")]
        let began = Instant::now();
        if self.arguments.dry_run {
            return self.dry_run();
        }
        if let Some(folder) = &self.arguments.plan {
            return super::lists::write(self, self.run.states.keys, folder);
        }
        let mut done = Done::default();
        let (withdrawn, on_target) = match self.with_state(None, |on_target| self.withdraw_first(on_target)) {
            Ok((withdrawn, on_target)) => (withdrawn, Some(on_target)),
            // Not even the state could be taken, or something resists: what else must go is tried all the same.
            Err(errors) => return Err(self.after_failure(errors, None)),
        };
        // What lies there is known, unless a build takes its time.
        let known = on_target.filter(|_| withdrawn.is_none() && self.arguments.no_build);
        let mut has_withdrawn = done.take(withdrawn);
        if self.arguments.withdraw {
            match self.with_state(None, |on_target| self.withdraw_last(on_target, None)) {
                Ok((rest, _)) => has_withdrawn |= done.take(rest),
                Err(errors) => done.late.extend(errors),
            }
            if !has_withdrawn && done.late.is_empty() {
                self.context.voice.note("nothing had to be withdrawn");
            }
            return self.ended(done, |_| announce::withdraw_summary(self));
        }
        let built = self.build().and_then(|()| self.wanted().map_err(Errors::from));
        let built = built.and_then(|(wanted, rules)| self.require_current(&wanted).map(|()| (wanted, rules)));
        let (wanted, rules) = match built {
            Ok(built) => built,
            Err(errors) => return Err(self.after_failure(done.late.into_iter().chain(errors).collect(), None)),
        };
        let online = self.with_state(known, |on_target| self.put_online(on_target, &wanted, &rules));
        self.progress.finish();
        match online {
            Ok((online, _)) => {
                let amounts = online.as_ref().map(|online| online.amounts);
                done.take(online.map(|online| online.withdrawn));
                self.ended(done, |done| match amounts {
                    Some(amounts) => announce::done(self, &amounts, done.purged, &rules, began.elapsed()),
                    None => announce::unchanged(self, &wanted.manifest),
                })
            }
            Err(errors) => {
                Err(self.after_failure(done.late.into_iter().chain(errors).collect(), Some(&wanted.manifest)))
            }
        }
    }

    /// Looks at the site, and ends: well, or with what went wrong on its way although the site is online.
    fn ended(&self, mut done: Done, tell: impl FnOnce(&Done)) -> Outcome {
        let mut wrong = announce::prove(self, &done.checks).err().unwrap_or_default();
        // What somebody else has published since need not be what this publish brought.
        let is_newer = || self.run.look().is_ok_and(|on_target| on_target.state.header.run != self.run.terms.run);
        if wrong.iter().any(|error| error.code == Code::NotOnline) && is_newer() {
            wrong.retain(|error| error.code != Code::NotOnline);
            self.context.voice.note("another publish has changed the site since");
        }
        done.late.extend(wrong);
        if !done.late.is_empty() {
            return Err(done.late);
        }
        tell(&done);
        Ok(ExitCode::SUCCESS)
    }

    /// What a publish does that cannot begin: what must go, goes. Gives what is wrong with what could not be done.
    pub(super) fn withdraw_at_least(&self, mut wrong: Vec<Error>) -> Vec<Error> {
        if self.arguments.dry_run || self.arguments.plan.is_some() {
            return wrong;
        }
        match self.with_state(None, |on_target| self.withdraw_first(on_target)) {
            Ok((Some(withdrawn), _)) => wrong.extend(withdrawn.late),
            Ok(_) => {}
            Err(errors) => wrong.extend(errors),
        }
        self.after_failure(wrong, None)
    }

    /// What a publish does that broke on its way: files that were given up go, with the pages that show them, and galleries that
    /// are closed.
    fn after_failure(&self, mut errors: Vec<Error>, wanted: Option<&Manifest>) -> Vec<Error> {
        self.progress.finish();
        let more = match self.with_state(None, |on_target| self.withdraw_last(on_target, wanted)) {
            Ok((Some(withdrawn), _)) => withdrawn.late,
            Ok(_) => Vec::new(),
            Err(more) => more,
        };
        for error in more {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// Looks at the target and does something with what lies there; again where somebody else was faster, and later where
    /// somebody else is at work. Gives what lay there, too. `known`: what lies there, where that was just looked at.
    pub(super) fn with_state<T>(
        &self,
        mut known: Option<OnTarget>,
        mut step: impl FnMut(&OnTarget) -> Result<T, Halt>,
    ) -> Result<(T, OnTarget), Vec<Error>> {
        #[expect(clippy::disallowed_methods, reason = "how long one waits for another publish is no part of a site")]
        let began = Instant::now();
        let mut told = String::new();
        loop {
            let on_target = match known.take() {
                Some(known) => known,
                None => {
                    let on_target = self.run.look().map_err(|error| vec![error])?;
                    self.refuse_behind(&on_target)?;
                    on_target
                }
            };
            let holder = match step(&on_target) {
                Ok(done) => return Ok((done, on_target)),
                Err(Halt::Failed(errors)) => return Err(errors),
                Err(Halt::NotTaken(NotTaken::Held(holder))) => Some(holder),
                Err(Halt::NotTaken(_)) => None,
            };
            let who = holder.as_ref().map_or_else(|| "another publish".to_owned(), |holder| holder.who.clone());
            if began.elapsed() >= self.context.common.lock_timeout {
                let error = Error::new(Code::TargetBusy, format!("{who} is publishing to {}", self.target.to));
                return Err(vec![match &holder {
                    Some(holder) => error.hint(format!(
                        "wait until it ends; if it was killed, publish again after {}",
                        holder.until.strftime("%H:%M:%S UTC")
                    )),
                    None => error.hint("publish again"),
                }]);
            }
            if self.cancel.load(Ordering::Relaxed) {
                return Err(vec![Error::new(Code::Interrupted, "another publish was still running")]);
            }
            if let Some(holder) = holder.filter(|holder| told != holder.run) {
                self.context.voice.json(&json!({ "event": "waiting", "who": holder.who, "since": holder.since }));
                let since = holder.since.strftime("%H:%M:%S UTC");
                self.context.voice.note(&format!("waiting for {who}, publishing since {since}"));
                told = holder.run;
            }
            #[expect(clippy::disallowed_methods, reason = "no target tells when it is free")]
            std::thread::sleep(Duration::from_millis(if self.run.terms.lease.is_some() { 20 } else { 1000 }));
        }
    }

    /// Refuses to publish with an older ledger than the one that is online.
    pub(super) fn refuse_behind(&self, on_target: &OnTarget) -> Result<(), Vec<Error>> {
        let mut behind = self.access.behind(&self.today()?.facts, &on_target.online.manifest);
        let ledger = self.access.ledger();
        for (link, days) in &on_target.state.header.days {
            let known = ledger.and_then(|ledger| ledger.galleries.iter().find_map(|gallery| gallery.link(*link)));
            let now = known.map(announce::days).unwrap_or_default();
            if behind.is_empty() && !days.is_subset(&now) {
                let message = format!("the ledger lacks a last day that the link `{link}` has or had online");
                behind.push(
                    Error::new(Code::LedgerBehind, message)
                        .at(safelight::access::ledger::LEDGER_FILE)
                        .hint("get the newer `access.toml` (`git pull`), then publish again"),
                );
            }
        }
        if behind.is_empty() { Ok(()) } else { Err(behind) }
    }

    pub(super) fn today(&self) -> Result<Today, Vec<Error>> {
        let (folders, _) = Catalog::folders(self.config);
        let said = || folders.iter().map(|(path, said)| (path.as_path(), said));
        let facts = self.access.facts(said());
        // Without the former secret nobody can tell which pictures its pages still need.
        let publications = self.access.publications(self.config, said())?;
        Ok(Today { publications, facts })
    }

    pub(super) fn ledgered(&self, on_target: &OnTarget) -> Result<Ledgered, Vec<Error>> {
        let today = self.today()?;
        let (dead, _) = dead_online(self.access, self.config, self.settings_stand, &on_target.online.manifest);
        Ok(Ledgered::of(&today.publications, self.access.ledger(), dead))
    }

    /// Whether settings and passwords are all here and can be read, so that every address that the ledger gives is known.
    fn is_sure(&self) -> Result<bool, Vec<Error>> {
        let (folders, wrong) = Catalog::folders(self.config);
        let today = self.today()?;
        let mut audiences =
            today.publications.iter().flat_map(|one| one.audiences.iter().map(move |of| (one.gallery, of)));
        let lacks = audiences.any(|(gallery, of)| {
            let said = folders.iter().find(|(_, said)| said.id.as_deref() == Some(gallery.as_str()));
            said.is_none_or(|(_, said)| said.has_passwords(&of.scope.audience) && of.scope.password_tag.is_none())
        });
        Ok(self.settings_stand && wrong.is_empty() && !lacks)
    }

    /// What the state says from the moment it is taken: whose the private folders are, and what the ledger is today.
    pub(super) fn known(&self, on_target: &OnTarget, ledgered: &Ledgered) -> Result<(Header, Notes), Vec<Error>> {
        let mut header = on_target.state.header.clone();
        header.owners.extend(ledgered.living.clone());
        header.owners.extend(ledgered.tombstones.clone());
        header.days = announce::all_days(self.access.ledger());
        let mut notes = on_target.online.manifest.notes().clone();
        self.access.note_ledger(&self.today()?.facts, &mut notes);
        Ok((header, notes))
    }

    /// Takes down what nothing needs that lives; nothing where there is none of it.
    fn withdraw_first(&self, on_target: &OnTarget) -> Result<Option<Withdrawn>, Halt> {
        if self.arguments.withdraw && on_target.state.version.is_none() {
            let message =
                format!("there is no record of a publish on {}, so nothing can be withdrawn there", self.target.to);
            let hint = "check `to` in site.toml, and whether the disk is mounted";
            return Err(Error::new(Code::TargetRefused, message).hint(hint).into());
        }
        let ledgered = self.ledgered(on_target)?;
        // Nothing to compose a page for.
        if ledgered.dead.is_empty() && on_target.online.unusable.is_empty() {
            return Ok(None);
        }
        let page = self.tombstone();
        let tombstone = self.as_tombstone(&page);
        let first = Withdrawal::first(&on_target.online, &on_target.state.header, &ledgered, tombstone)?;
        self.withdraw(on_target, &ledgered, &first, &page)
    }

    /// Takes down what was kept for pages that live, with those pages, and galleries that are closed. `wanted` is what a publish
    /// was bringing online.
    fn withdraw_last(&self, on_target: &OnTarget, wanted: Option<&Manifest>) -> Result<Option<Withdrawn>, Halt> {
        let ledgered = self.ledgered(on_target)?;
        let manifest = &on_target.online.manifest;
        let closed = closed_online(self.config, self.access, manifest);
        let doomed = |record: &Record<'_>| {
            let is_over = wanted.is_some_and(|wanted| wanted.get(record.path).is_none());
            ledgered.dead.contains(record.path) || closed.contains(record.path) || (is_over && is_private(record.path))
        };
        let current = |record: &Record<'_>| wanted.is_some_and(|wanted| is_wanted(wanted, record));
        if !manifest.iter().any(|record| doomed(&record)) {
            return Ok(None);
        }
        let page = self.tombstone();
        let tombstone = self.as_tombstone(&page);
        let last = Withdrawal::last(manifest, &on_target.state.header, &ledgered, tombstone, doomed, current)?;
        let Some(withdrawn) = self.withdraw(on_target, &ledgered, &last, &page)? else { return Ok(None) };
        if !last.gaps.is_empty() {
            let links = counted(last.gaps.len(), "link that still works shows", "links that still work show");
            self.context.voice.note(&format!("{links} nothing until the next publish"));
        }
        if !closed.is_empty() {
            self.context.voice.note("pages that list closed galleries have gaps until the next publish");
        }
        Ok(Some(withdrawn))
    }

    fn withdraw(
        &self,
        on_target: &OnTarget,
        ledgered: &Ledgered,
        withdrawal: &Withdrawal,
        page: &[u8],
    ) -> Result<Option<Withdrawn>, Halt> {
        let rules = self.rules();
        let change = Change::withdrawal(&on_target.online.manifest, &withdrawal.instead, |at| withdrawal.goes[at]);
        if change.is_empty() && on_target.online.unusable.is_empty() {
            return Ok(None);
        }
        let contents = |record: &Record<'_>| Ok((rules.of_path(record.path), Bytes::Made(page.to_vec())));
        let known = self.known(on_target, ledgered)?;
        let is_sure = self.is_sure()?;
        let outcome = self.run.carry_out(on_target, known, &change, &contents, true, |header, notes| {
            // A page that says that its link is dead no longer makes what it showed suspect. So it is noted only where
            // nothing else is needed to tell what is dead.
            if is_sure {
                let tokens = withdrawal.instead.iter().filter_map(|record| record.path.split('/').nth(1));
                add_tombstones(notes, tokens.map(str::to_owned));
            }
            only_owned(header, change.reached());
        })?;
        self.progress.finish();
        announce::withdrawn(self, &change, &on_target.state.header, ledgered);
        let mut withdrawn = Withdrawn {
            checks: announce::withdrawal_checks(self, &change, &on_target.state.header, ledgered, page),
            late: outcome.errors,
            purged: 0,
        };
        self.purge(outcome.given, &mut withdrawn);
        withdrawn.late.extend(self.drop_versions(&change, on_target.state.header.keeps).err());
        Ok(Some(withdrawn))
    }

    /// The page for links that ended: the theme's, where the site can be composed.
    fn tombstone(&self) -> Vec<u8> {
        let made = self
            .settings_stand
            .then(|| whole::compose(self.context, self.config, |_| {}, |site| Ok(site.composer.expired_page()?)));
        made.and_then(Result::ok).unwrap_or_else(|| PLAIN_TOMBSTONE.to_owned()).into_bytes()
    }

    fn as_tombstone<'p>(&self, page: &'p [u8]) -> Tombstone<'p> {
        Tombstone { page, headers: announce::stamp(&self.rules().of_path(TOMBSTONE_PATH)) }
    }

    /// The rules that the output's own `_headers` gives; the usual ones where there is none.
    pub(super) fn rules(&self) -> HeaderRules {
        let text = std::fs::read_to_string(self.config.output.join("_headers")).unwrap_or_default();
        HeaderRules::of(&text, self.base())
    }

    pub(super) fn base(&self) -> &str {
        self.config.url.as_ref().map_or("/", |url| &url.base)
    }

    pub(super) fn build(&self) -> Result<(), Vec<Error>> {
        if self.arguments.no_build {
            return Ok(());
        }
        #[expect(clippy::disallowed_methods, reason = "how long a build took is no part of a site")]
        let began = Instant::now();
        let built = build::build(self.config, self.access, &options(self), &|event| self.progress.hear(event));
        self.progress.finish();
        super::super::build::tell(self.context, self.config, &built?, false, began.elapsed());
        super::super::audit::after_build(self.context, self.config, super::link_session::Day::default())
    }

    /// What the record of the last build says, with the headers of each file.
    pub(super) fn wanted(&self) -> safelight::Result<(Built, HeaderRules)> {
        let record = manifest_path(&self.config.output, State::of(self.config).folder())?;
        if !record.exists() {
            let error = Error::new(Code::RecordMissing, "there is no record of a build, so nothing can be published");
            return Err(error.hint("publish without `--no-build`"));
        }
        let mut manifest = Manifest::load(&record)?;
        let rules = self.rules();
        let modified = manifest.iter().map(|record| record.modified).collect();
        manifest.set_modified(|record| announce::stamp(&rules.of_path(record.path)));
        Ok((Built { manifest, modified }, rules))
    }

    /// Refuses an output that is older than the ledger or the settings: it would bring back what was withdrawn.
    pub(super) fn require_current(&self, wanted: &Built) -> Result<(), Vec<Error>> {
        let (dead, _) = dead_online(self.access, self.config, self.settings_stand, &wanted.manifest);
        if dead.is_empty() && closed_online(self.config, self.access, &wanted.manifest).is_empty() {
            return Ok(());
        }
        let message =
            "the output is older than the ledger or the galleries' settings: it contains what was withdrawn since";
        Err(vec![Error::new(Code::InTheWay, message).at(&self.config.output).hint("publish without `--no-build`")])
    }

    /// Brings what is wanted online; nothing where it is there already.
    fn put_online(
        &self,
        on_target: &OnTarget,
        built: &Built,
        rules: &HeaderRules,
    ) -> Result<Option<announce::Online>, Halt> {
        let online = &on_target.online.manifest;
        let ledgered = self.ledgered(on_target)?;
        let whole = Change::between(online, &built.manifest, true);
        // Too many removals stop what is public; what is private moves and goes all the same.
        let refused = self.bounded(on_target, &whole).err();
        let private = match &refused {
            Some(_) => Some(built.private(online)?),
            None => None,
        };
        let change = match &private {
            Some(private) => Change::of_private(online, private, true),
            None => whole,
        };
        let wanted = private.as_ref().unwrap_or(&built.manifest);
        let has_pending = !on_target.state.header.pending.is_empty();
        if change.is_empty() && on_target.online.unusable.is_empty() && !has_pending {
            return refused.map_or(Ok(None), |errors| Err(Halt::Failed(errors)));
        }
        self.require_secret()?;
        let keeps = self.look_at(on_target, wanted)?;
        let output: &Path = &self.config.output;
        let contents = |record: &Record<'_>| -> safelight::Result<(Headers<'_>, Bytes)> {
            let file = output.join(record.path);
            built.require_unchanged(record.path, &file)?;
            Ok((rules.of_path(record.path), Bytes::Of(file)))
        };
        let now = self.run.states.store.now()?;
        let known = self.known(on_target, &ledgered)?;
        let outcome = self.run.carry_out(on_target, known, &change, &contents, false, |header, notes| {
            *notes = merge_notes(notes, built.manifest.notes());
            only_owned(header, change.reached());
            header.keeps = keeps;
            if refused.is_none() {
                header.published = Some(now);
                header.by = if self.run.states.keys.is_some() { self.run.terms.who.clone() } else { String::new() };
            }
        })?;
        self.progress.finish();
        let mut withdrawn = Withdrawn::default();
        self.purge(outcome.given, &mut withdrawn);
        let errors: Vec<Error> = outcome.errors.into_iter().chain(refused.into_iter().flatten()).collect();
        if !errors.is_empty() {
            return Err(Halt::Failed(errors.into_iter().chain(withdrawn.late).collect()));
        }
        if !change.is_empty() {
            withdrawn.late.extend(self.run.look().and_then(|on_target| self.run.verify(&on_target)).err());
            withdrawn.late.extend(self.drop_versions(&change, keeps).err());
        }
        announce::remember(self, keeps);
        withdrawn.checks = announce::checks(self, &change, &on_target.state.header, &ledgered);
        Ok(Some(announce::Online { amounts: change.amounts(), withdrawn }))
    }

    /// Refuses to remove more public files than anybody expects, before anything public changes. Those of galleries that
    /// are closed do not count: their owner wants them gone.
    pub(super) fn bounded(&self, on_target: &OnTarget, change: &Change<'_>) -> Result<(), Vec<Error>> {
        let online = &on_target.online.manifest;
        let mut bound = self
            .arguments
            .allow_removals
            .unwrap_or_else(|| (online.iter().filter(|record| !is_private(record.path)).count() / 10).max(100));
        let removed = change.amounts().removed_public;
        if removed > bound {
            let closed = closed_online(self.config, self.access, online);
            bound += change.removals().filter(|(record, _)| closed.contains(record.path)).count();
        }
        if removed <= bound {
            return Ok(());
        }
        let what = counted(removed, "public file", "public files");
        let can_ask = self.arguments.allow_removals.is_none() && std::io::stderr().is_terminal();
        if can_ask && confirmed(&format!("remove {what} from {}?", self.target.to)) {
            return Ok(());
        }
        let message =
            format!("the publish would remove {what}, which is more than {bound}; nothing public was changed");
        let hint = format!("look at it with `--dry-run`; if it is right, pass `--allow-removals {removed}`");
        Err(vec![Error::new(Code::TooManyRemovals, message).hint(hint)])
    }

    /// Refuses a record that strangers can read where it would name what is listed nowhere.
    fn require_secret(&self) -> Result<(), Error> {
        let is_unlisted = |visibility: Option<Visibility>| visibility == Some(Visibility::Unlisted);
        let (folders, _) = Catalog::folders(self.config);
        let has_unlisted =
            is_unlisted(Some(self.config.default_access)) || folders.iter().any(|(_, said)| is_unlisted(said.access));
        if self.run.states.keys.is_some() || self.target.state.is_some() || !has_unlisted {
            return Ok(());
        }
        let message = "the site has unlisted galleries, and without a secret strangers could read the target's record, which names them";
        let hint = "create a secret with `safelight secret new`; or keep the record where only you can read it, with `state` in site.toml";
        Err(Error::new(Code::SecretMissing, message).hint(hint))
    }

    /// Looks at the target before private files go there.
    fn look_at(&self, on_target: &OnTarget, wanted: &Manifest) -> Result<Keeps, Vec<Error>> {
        let sight = self.run.site.look().map_err(|error| vec![error])?;
        let has_private = wanted.iter().any(|record| is_private(record.path));
        if sight.lists && has_private {
            let message =
                format!("strangers can list all files on {}, and with them every private address", self.target.to);
            let hint = "take the right to list from the public (`s3:ListBucket`, “Object Viewer”, container access), and leave it \
                        the right to read";
            return Err(vec![Error::new(Code::TargetListed, message).hint(hint)]);
        }
        if sight.keeps != on_target.state.header.keeps
            && let Some(what) = announce::keeps_text(sight.keeps)
        {
            let message = format!("{} {what}", self.target.to);
            let hint = "turn that off, or let it end after a few days";
            self.run.warn(&Error::new(Code::TargetKeeps, message).hint(hint));
        }
        Ok(sight.keeps)
    }

    /// Removes what a target keeps of private files that have gone.
    fn drop_versions(&self, change: &Change<'_>, keeps: Keeps) -> safelight::Result<()> {
        if keeps != Keeps::Versions || change.removals().next().is_none() {
            return Ok(());
        }
        for folder in PrivateFolder::ALL {
            if self.run.site.delete_versions(folder.prefix())?.is_none() {
                let message = format!(
                    "former versions of private files stay on {}: the rights to remove them are missing",
                    self.target.to
                );
                self.run
                    .warn(&Error::new(Code::TargetKeeps, message).hint("remove them yourself, or grant those rights"));
                break;
            }
        }
        Ok(())
    }

    /// Has caches forget what changed, and what an earlier publish could not tell them.
    fn purge(&self, given: Option<GivenBack<'_>>, withdrawn: &mut Withdrawn) {
        let Some(given) = given else { return };
        let site = self.config.url.as_ref().map(|url| format!("{}{}", url.origin, url.base)).unwrap_or_default();
        let list = PurgeList {
            folders: given.pending().folders.iter().cloned().collect(),
            files: given.pending().files.iter().cloned().collect(),
        };
        let purger = |setting: &PurgeSetting| match setting.clone() {
            PurgeSetting::CloudFront(distribution) => Purger::CloudFront { distribution },
            PurgeSetting::Cloudflare(zone) => Purger::Cloudflare { zone },
            PurgeSetting::Command(mut words) => {
                // As the other paths in `site.toml`: below its folder.
                if let Some(program) = words.first_mut().filter(|program| program.contains('/')) {
                    *program = self.config.root.join(&*program).to_string_lossy().into_owned();
                }
                Purger::Command(words)
            }
        };
        let told = self.target.purge.iter().map(|one| purger(one).purge(&list, &site, Arc::default()));
        let errors: Vec<Error> = told.filter_map(Result::err).collect();
        withdrawn.purged = given.pending().lines().len();
        if errors.is_empty() {
            withdrawn.late.extend(given.caches_were_told().err());
        }
        withdrawn.late.extend(errors);
    }

    fn dry_run(&self) -> Outcome {
        self.with_state(None, |on_target| announce::dry_run(self, on_target).map_err(Halt::Failed))
            .map(|(code, _)| code)
    }

    /// Says what is online.
    pub(super) fn status(&self) -> Outcome {
        let on_target = self.run.look().map_err(|error| vec![error])?;
        announce::status(self, &on_target)
    }
}

/// Keeps of the owners of private folders those whose folders lie there.
pub(super) fn only_owned<'r>(header: &mut Header, reached: impl Iterator<Item = Record<'r>>) {
    let there: BTreeSet<String> = reached.filter_map(|record| folder_of(record.path).map(str::to_owned)).collect();
    header.owners.retain(|folder, _| there.contains(folder));
}
