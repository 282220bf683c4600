//! The steps of a publish: withdraw, build, audit, put online, purge, prove.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use safelight::access::publication::GalleryPublication;
use safelight::build::{self, Access, State, add_tombstones, dead_online, merge_notes};
use safelight::catalog::Catalog;
use safelight::config::{Config, PublishTarget, PurgeSetting};
use safelight::deploy::change::Change;
use safelight::deploy::headers::HeaderRules;
use safelight::deploy::purge::{PurgeList, Purger};
use safelight::deploy::run::{Lying, Run, Stale};
use safelight::deploy::session::{Bytes, NotTaken};
use safelight::deploy::state::{Header, Owner};
use safelight::deploy::withdrawal::{Grave, Ledgered, Withdrawal, is_wanted};
use safelight::deploy::{Headers, Keeps};
use safelight::lock::Lock;
use safelight::publish::{Manifest, Record, manifest_path};
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
    /// Refuses what was changed in the output after the build, which searched it for secrets and knows what is in it.
    fn require_unchanged(&self, path: &str, file: &Path) -> safelight::Result<()> {
        let written = self.manifest.position(path).ok().map(|at| self.modified[at]);
        let now = file.metadata().and_then(|of| of.modified()).map_err(|error| Error::io(Code::CannotRead, "read", file, error))?;
        let now = now.duration_since(std::time::UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_nanos()).ok());
        if now == written {
            return Ok(());
        }
        let message = "this file of the output was changed after it was built";
        Err(Error::new(Code::InTheWay, message).at(file).hint("publish without `--no-build`, which writes it anew"))
    }
}

/// A page for a dead link, where the theme's cannot be made.
const PLAIN_GRAVE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
    content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>This link has ended</title>\n\
    <p>This link no longer works. Please ask the person who sent it.</p>\n";

/// The headers of a page of a link.
const GRAVE_PATH: &str = "g/x/index.html";

impl Publishing<'_> {
    /// Everything, from withdrawing to proving.
    pub(super) fn publish(&self) -> Outcome {
        #[expect(clippy::disallowed_methods, reason = "how long a publish took is no part of a site")]
        let began = Instant::now();
        let voice = &self.context.voice;
        if self.arguments.dry_run {
            return self.dry_run();
        }
        if let Some(folder) = &self.arguments.plan {
            return super::lists::write(self, self.run.states.keys, folder);
        }
        let (withdrawn, lying) = self.with_state(None, |lying| self.withdraw_first(lying))?;
        // What lies there is known, unless a build takes its time.
        let known = Some(lying).filter(|_| withdrawn.is_none() && self.arguments.no_build);
        let mut late = Vec::new();
        let mut checks = Vec::new();
        let mut take = |withdrawn: Option<(Stale, Vec<announce::Proof>)>, late: &mut Vec<Error>| {
            let is_some = withdrawn.is_some();
            if let Some((gone, proofs)) = withdrawn {
                late.extend(self.purge(&gone).err().into_iter().flatten());
                checks.extend(proofs);
            }
            is_some
        };
        let mut has_withdrawn = take(withdrawn, &mut late);
        if self.arguments.withdraw {
            let (rest, _) = self.with_state(None, |lying| self.withdraw_last(lying, None))?;
            has_withdrawn |= take(rest, &mut late);
            if !has_withdrawn {
                voice.note("nothing had to be withdrawn");
            }
            late.extend(self.prove(&checks).err().into_iter().flatten());
            return self.ended(late, || {
                voice.json(&json!({ "event": "summary", "command": "publish", "target": self.target.to, "withdraw": true }));
            });
        }
        let built = self.build().and_then(|()| self.wanted().map_err(Errors::from));
        let (wanted, rules) = match built {
            Ok(wanted) => wanted,
            Err(errors) => return Err(self.after_failure(late.into_iter().chain(errors).collect(), None)),
        };
        let done = self.with_state(known, |lying| self.put_online(lying, &wanted, &rules));
        self.progress.finish();
        let done = match done {
            Ok((done, _)) => done,
            Err(errors) => return Err(self.after_failure(late.into_iter().chain(errors).collect(), Some(&wanted.manifest))),
        };
        if let Some(done) = &done {
            late.extend(self.purge(&done.stale).err().into_iter().flatten());
            checks.extend(done.checks.iter().cloned());
        }
        late.extend(self.prove(&checks).err().into_iter().flatten());
        self.ended(late, || match &done {
            Some(done) => announce::done(self, &done.amounts, &done.stale, &rules, began.elapsed()),
            None => announce::unchanged(self, &wanted.manifest),
        })
    }

    /// Ends a publish: well, or with what went wrong on its way although the site is online.
    fn ended(&self, late: Vec<Error>, tell: impl FnOnce()) -> Outcome {
        if !late.is_empty() {
            return Err(late);
        }
        tell();
        Ok(ExitCode::SUCCESS)
    }

    /// What a publish does that cannot begin: what must go, goes. Gives what is wrong with what could not be done.
    pub(super) fn withdraw_at_least(&self, mut wrong: Vec<Error>) -> Vec<Error> {
        if self.arguments.dry_run || self.arguments.plan.is_some() {
            return wrong;
        }
        match self.with_state(None, |lying| self.withdraw_first(lying)) {
            Ok((Some((gone, _)), _)) => wrong.extend(self.purge(&gone).err().into_iter().flatten()),
            Ok(_) => {}
            Err(errors) => wrong.extend(errors),
        }
        self.after_failure(wrong, None)
    }

    /// What a publish does that broke on its way: files that were given up go, with the pages that show them.
    fn after_failure(&self, mut errors: Vec<Error>, wanted: Option<&Manifest>) -> Vec<Error> {
        self.progress.finish();
        match self.with_state(None, |lying| self.withdraw_last(lying, wanted)) {
            Ok((Some((gone, _)), _)) => errors.extend(self.purge(&gone).err().into_iter().flatten()),
            Ok(_) => {}
            Err(more) => errors.extend(more.into_iter().filter(|error| !errors.contains(error)).collect::<Vec<_>>()),
        }
        errors
    }

    /// Looks at the target and does something with what lies there; again where somebody else was faster, and later where
    /// somebody else is at work. Gives what lay there, too. `known`: what lies there, where that was just looked at.
    pub(super) fn with_state<T>(
        &self,
        mut known: Option<Lying>,
        mut step: impl FnMut(&Lying) -> Result<T, Halt>,
    ) -> Result<(T, Lying), Vec<Error>> {
        #[expect(clippy::disallowed_methods, reason = "how long one waits for another publish is no part of a site")]
        let began = Instant::now();
        let mut told = String::new();
        loop {
            let lying = match known.take() {
                Some(known) => known,
                None => {
                    let lying = self.run.look().map_err(|error| vec![error])?;
                    self.refuse_behind(&lying)?;
                    lying
                }
            };
            let holder = match step(&lying) {
                Ok(done) => return Ok((done, lying)),
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
            if let Some(holder) = holder {
                if told != holder.run {
                    self.context.voice.json(&json!({ "event": "waiting", "who": holder.who, "since": holder.since }));
                    self.context.voice.note(&format!("waiting for {who}, who is publishing since {}", holder.since));
                    told = holder.run;
                }
                #[expect(clippy::disallowed_methods, reason = "no target tells when it is free")]
                std::thread::sleep(Duration::from_millis(if self.run.terms.lease.is_some() { 50 } else { 2000 }));
            }
        }
    }

    /// Refuses to publish with an older ledger than the one that is online.
    pub(super) fn refuse_behind(&self, lying: &Lying) -> Result<(), Vec<Error>> {
        let mut behind = self.access.behind(&self.today()?.facts, &lying.online.manifest);
        let ledger = self.access.ledger();
        for (link, days) in &lying.state.header.days {
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
        // Without the former secret, what is known of the current one counts; a build refuses then.
        let publications = self.access.publications(self.config, said()).unwrap_or_default();
        Ok(Today { publications, facts })
    }

    fn ledgered(&self, lying: &Lying) -> Result<Ledgered, Vec<Error>> {
        let (dead, unknown) = dead_online(self.access, self.config, self.settings_stand, &lying.online.manifest);
        if !unknown.is_empty() {
            let what = counted(unknown.len(), "page", "pages");
            let message = format!("{what} online may belong to dead links; nobody can tell without the former secret");
            let hint = "set SAFELIGHT_SECRET_PREVIOUS to the former secret and publish again";
            self.run.warn(&Error::new(Code::EndedLinkUnclear, message).hint(hint));
        }
        Ok(Ledgered::of(&self.today()?.publications, self.access.ledger(), dead))
    }

    /// Takes down what nothing needs that lives; nothing where there is none of it.
    fn withdraw_first(&self, lying: &Lying) -> Result<Option<(Stale, Vec<announce::Proof>)>, Halt> {
        let ledgered = self.ledgered(lying)?;
        if ledgered.dead.is_empty() && lying.online.odd.is_empty() {
            return Ok(None);
        }
        let (page, rules) = (self.grave(), self.rules());
        let headers = announce::stamp(&rules.of_path(GRAVE_PATH));
        let grave = Grave { page: &page, headers };
        let first = Withdrawal::first(&lying.online, &lying.state.header, &ledgered, grave)?;
        if first.is_empty() && lying.online.odd.is_empty() {
            return Ok(None);
        }
        self.withdraw(lying, &ledgered, &first, &page).map(Some)
    }

    /// Takes down what was kept for pages that live, with those pages. `wanted` is what a publish was bringing online.
    fn withdraw_last(
        &self,
        lying: &Lying,
        wanted: Option<&Manifest>,
    ) -> Result<Option<(Stale, Vec<announce::Proof>)>, Halt> {
        let ledgered = self.ledgered(lying)?;
        let manifest = &lying.online.manifest;
        let doomed = |record: &Record<'_>| {
            let is_over = wanted.is_some_and(|wanted| wanted.get(record.path).is_none());
            ledgered.dead.contains(record.path) || (is_over && safelight::deploy::run::is_private(record.path))
        };
        let current = |record: &Record<'_>| wanted.is_some_and(|wanted| is_wanted(wanted, record));
        let last = Withdrawal::last(manifest, &lying.state.header, &ledgered, doomed, current);
        if last.is_empty() {
            return Ok(None);
        }
        let done = self.withdraw(lying, &ledgered, &last, &[])?;
        if !last.gaps.is_empty() {
            let links = counted(last.gaps.len(), "link that still works shows", "links that still work show");
            self.context.voice.note(&format!("{links} nothing until the next publish"));
        }
        Ok(Some(done))
    }

    fn withdraw(
        &self,
        lying: &Lying,
        ledgered: &Ledgered,
        withdrawal: &Withdrawal,
        page: &[u8],
    ) -> Result<(Stale, Vec<announce::Proof>), Halt> {
        let rules = self.rules();
        let change = Change::withdrawal(&lying.online.manifest, &withdrawal.instead, |at| withdrawal.goes[at]);
        let contents = |record: &Record<'_>| Ok((rules.of_path(record.path), Bytes::Made(page.to_vec())));
        let outcome = self.run.carry_out(lying, &change, &contents, true, |header, notes| {
            let tokens = withdrawal.instead.iter().filter_map(|record| record.path.split('/').nth(1));
            add_tombstones(notes, tokens.map(str::to_owned));
            owned(header, ledgered, change.reached());
        })?;
        self.progress.finish();
        let base = self.base();
        let stale = Stale::of(&change, base);
        announce::withdrawn(self, &change, &lying.state.header, ledgered);
        let proofs = announce::withdrawal_checks(self, &change, &lying.state.header, ledgered, page);
        match outcome {
            Ok(()) => Ok((stale, proofs)),
            Err(errors) => {
                // What is down is down for caches too.
                let purged = self.purge(&stale).err().into_iter().flatten();
                Err(Halt::Failed(errors.into_iter().chain(purged).collect()))
            }
        }
    }

    /// The page for links that ended: the theme's, where the site can be composed.
    fn grave(&self) -> Vec<u8> {
        let made = self
            .settings_stand
            .then(|| whole::compose(self.context, self.config, |_| {}, |site| Ok(site.composer.expired_page()?)));
        made.and_then(Result::ok).unwrap_or_else(|| PLAIN_GRAVE.to_owned()).into_bytes()
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

    /// Brings what is wanted online; nothing where it is there already.
    fn put_online(
        &self,
        lying: &Lying,
        built: &Built,
        rules: &HeaderRules,
    ) -> Result<Option<announce::Done>, Halt> {
        let wanted = &built.manifest;
        let change = Change::between(&lying.online.manifest, wanted, true);
        if change.is_empty() && lying.online.odd.is_empty() {
            return Ok(None);
        }
        let ledgered = self.ledgered(lying)?;
        self.bounded(lying, &change)?;
        let keeps = self.look_at(lying, wanted)?;
        let output: &Path = &self.config.output;
        let contents = |record: &Record<'_>| -> safelight::Result<(Headers<'_>, Bytes)> {
            let file = output.join(record.path);
            built.require_unchanged(record.path, &file)?;
            Ok((rules.of_path(record.path), Bytes::Of(file)))
        };
        let now = self.run.states.store.now()?;
        let outcome = self.run.carry_out(lying, &change, &contents, false, |header, notes| {
            *notes = merge_notes(notes, wanted.notes());
            owned(header, &ledgered, change.reached());
            header.published = Some(now);
            header.by.clone_from(&self.run.terms.who);
            header.keeps = keeps;
            header.days = announce::all_days(self.access.ledger());
        })?;
        self.progress.finish();
        if let Err(mut errors) = outcome {
            // What has gone or changed by now is purged although the rest failed.
            errors.extend(self.purge(&Stale::of(&change, self.base())).err().into_iter().flatten());
            return Err(Halt::Failed(errors));
        }
        self.run.verify(self.run.look()?)?;
        self.drop_versions(&change, keeps)?;
        announce::remember(self, keeps);
        Ok(Some(announce::Done {
            amounts: change.amounts(),
            stale: Stale::of(&change, self.base()),
            checks: announce::checks(self, &change, &lying.state.header, &ledgered),
        }))
    }

    /// Refuses to remove more public files than anybody expects, before anything changes.
    pub(super) fn bounded(&self, lying: &Lying, change: &Change<'_>) -> Result<(), Vec<Error>> {
        let removed = change.amounts().removed_public;
        let online = lying.online.manifest.iter().filter(|record| !safelight::deploy::run::is_private(record.path));
        let bound = self.arguments.allow_removals.unwrap_or_else(|| (online.count() / 10).max(100));
        if removed <= bound {
            return Ok(());
        }
        let what = counted(removed, "public file", "public files");
        let can_ask = self.arguments.allow_removals.is_none() && std::io::stderr().is_terminal();
        if can_ask && confirmed(&format!("remove {what} from {}?", self.target.to)) {
            return Ok(());
        }
        let message = format!("the publish would remove {what}, which is more than {bound}; nothing was changed");
        let hint = format!("look at it with `--dry-run`; if it is right, pass `--allow-removals {removed}`");
        Err(vec![Error::new(Code::TooManyRemovals, message).hint(hint)])
    }

    /// Looks at the target before private files go there.
    fn look_at(&self, lying: &Lying, wanted: &Manifest) -> Result<Keeps, Vec<Error>> {
        let sight = self.run.site.look().map_err(|error| vec![error])?;
        let has_private = wanted.iter().any(|record| safelight::deploy::run::is_private(record.path));
        if sight.lists && has_private {
            let message =
                format!("strangers can list all files on {}, and with them every private address", self.target.to);
            let hint = "take the right to list from the public (`s3:ListBucket`, “Object Viewer”, container access), and leave it \
                        the right to read";
            return Err(vec![Error::new(Code::TargetListed, message).hint(hint)]);
        }
        if sight.keeps != lying.state.header.keeps
            && let Some(what) = announce::keeps_text(sight.keeps)
        {
            let message = format!("{} {what}", self.target.to);
            let hint = "turn that off, or let it end after a few days";
            self.run.warn(&Error::new(Code::TargetKeeps, message).hint(hint));
        }
        Ok(sight.keeps)
    }

    /// Removes what a target keeps of private files that have gone.
    fn drop_versions(&self, change: &Change<'_>, keeps: Keeps) -> Result<(), Vec<Error>> {
        if keeps != Keeps::Versions || change.removals().next().is_none() {
            return Ok(());
        }
        for folder in safelight::visibility::PrivateFolder::ALL {
            if self.run.site.delete_versions(folder.prefix()).map_err(|error| vec![error])?.is_none() {
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

    /// Has caches forget.
    fn purge(&self, stale: &Stale) -> Result<(), Vec<Error>> {
        let site = self.config.url.as_ref().map(|url| format!("{}{}", url.origin, url.base)).unwrap_or_default();
        let list = PurgeList {
            folders: stale.folders.iter().cloned().collect(),
            files: stale.files.iter().cloned().collect(),
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
        let told = self.target.purge.iter().map(|one| purger(one).purge(&list, &site, Arc::clone(&self.cancel)));
        let errors: Vec<Error> = told.filter_map(Result::err).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn prove(&self, checks: &[announce::Proof]) -> Result<(), Vec<Error>> {
        announce::prove(self, checks)
    }

    fn dry_run(&self) -> Outcome {
        self.with_state(None, |lying| announce::dry_run(self, lying).map_err(Halt::Failed)).map(|(code, _)| code)
    }

    /// Says what is online.
    pub(super) fn status(&self) -> Outcome {
        let lying = self.run.look().map_err(|error| vec![error])?;
        announce::status(self, &lying)
    }

    pub(super) fn ledgered_of(&self, lying: &Lying) -> Result<Ledgered, Vec<Error>> {
        self.ledgered(lying)
    }

    pub(super) fn first_of(&self, lying: &Lying, ledgered: &Ledgered) -> Result<Withdrawal, Vec<Error>> {
        let grave = Grave { page: &[], headers: 0 };
        Withdrawal::first(&lying.online, &lying.state.header, ledgered, grave).map_err(|error| vec![error])
    }
}

/// Notes whose the private folders are that lie there.
pub(super) fn owned<'r>(header: &mut Header, ledgered: &Ledgered, reached: impl Iterator<Item = Record<'r>>) {
    let mut known: BTreeMap<String, Owner> = std::mem::take(&mut header.owners);
    known.extend(ledgered.living.clone());
    known.extend(ledgered.tombstones.clone());
    for record in reached {
        if let Some(folder) = safelight::deploy::withdrawal::folder_of(record.path)
            && let Some((folder, owner)) = known.remove_entry(folder)
        {
            header.owners.insert(folder, owner);
        }
    }
}
