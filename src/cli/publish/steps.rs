//! The steps of a publish: withdraw, build, audit, put online, purge, prove.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use safelight::build::Access;
use safelight::config::{Config, PublishTarget};
use safelight::deploy::proof::Check;
use safelight::deploy::run::{OnTarget, Run};
use safelight::deploy::session::NotTaken;
use safelight::lock::Lock;
use safelight::publish::Manifest;
use safelight::{Code, Error, Errors};
use serde_json::json;

use super::super::build::Progress;
use super::super::{Context, Outcome};
use super::upload::Built;
use super::{Arguments, announce, checks, lists, preview, status};

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
    /// What somebody has agreed to remove.
    pub agreed: RefCell<BTreeSet<String>>,
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

/// What a change leaves to be done.
#[derive(Default)]
pub(super) struct Left {
    /// Where to look afterwards.
    pub checks: Vec<Check>,
    /// What went wrong although the change was carried out, as far as it could be.
    pub late: Vec<Error>,
    /// How many addresses caches were told to forget.
    pub purged: usize,
}

impl Left {
    /// Adds what one change left; says whether there was one.
    fn take(&mut self, one: Option<Self>) -> bool {
        let Some(one) = one else { return false };
        self.checks.extend(one.checks);
        self.late.extend(one.late);
        self.purged += one.purged;
        true
    }
}

impl Publishing<'_> {
    /// Everything, from withdrawing to looking at the site.
    pub(super) fn publish(&self) -> Outcome {
        #[expect(clippy::disallowed_methods, reason = "how long a publish took is no part of a site")]
        let began = Instant::now();
        if self.arguments.dry_run {
            return self.dry_run();
        }
        if let Some(folder) = &self.arguments.plan {
            return lists::write(self, folder);
        }
        let mut done = Left::default();
        let (withdrawn, on_target) = match self.with_state(None, |on_target| self.withdraw_first(on_target)) {
            Ok((withdrawn, on_target)) => (withdrawn, Some(on_target)),
            // Whoever publishes instead withdraws, too.
            Err(errors) if errors.iter().any(|error| error.code == Code::TargetBusy) => return Err(errors),
            // Not even the state could be taken, or something resists: what else must go is tried all the same.
            Err(errors) => return Err(self.after_failure(errors, None)),
        };
        // What lies there is known, unless a build takes its time.
        let known = on_target.filter(|_| withdrawn.is_none() && self.arguments.no_build);
        let mut has_withdrawn = done.take(withdrawn);
        if self.arguments.withdraw {
            match self.with_state(None, |on_target| self.withdraw_last(on_target, None)) {
                Ok((rest, on_target)) => {
                    has_withdrawn |= done.take(rest);
                    let there = &on_target.online.manifest;
                    done.checks.extend(checks::unproved(self, &on_target.state.header, there));
                }
                Err(errors) => done.late.extend(errors),
            }
            if !has_withdrawn && done.late.is_empty() {
                self.context.voice.note("nothing had to be withdrawn");
            }
            return self.ended(done, |_| announce::withdraw_summary(self));
        }
        let built = self.build().and_then(|()| self.wanted().map_err(Errors::from));
        // What was just built is current.
        let is_current = |built: &Built| if self.arguments.no_build { self.require_current(built) } else { Ok(()) };
        let built = built.and_then(|(wanted, rules)| is_current(&wanted).map(|()| (wanted, rules)));
        let (wanted, rules) = match built {
            Ok(built) => built,
            Err(errors) => return Err(self.after_failure(done.late.into_iter().chain(errors).collect(), None)),
        };
        let online = self.with_state(known, |on_target| self.put_online(on_target, &wanted, &rules));
        self.progress.finish();
        match online {
            Ok((online, on_target)) => {
                let amounts = online.as_ref().map(|online| online.amounts);
                done.take(online.map(|online| online.withdrawn));
                done.checks.extend(checks::unproved(self, &on_target.state.header, &wanted.manifest));
                drop(on_target);
                self.ended(done, |done| match amounts {
                    Some(amounts) => announce::done(self, &amounts, done.purged, &rules, began.elapsed()),
                    None => announce::unchanged(self, &wanted.manifest),
                })
            }
            Err(errors) => {
                let errors: Vec<Error> = done.late.into_iter().chain(errors).collect();
                // What a checkout without photos lacks, nobody gave up.
                let lacks = errors.iter().any(|error| error.code == Code::GalleriesEmptied);
                Err(self.after_failure(errors, (!lacks).then_some(&wanted.manifest)))
            }
        }
    }

    /// Looks at the site, and ends: well, or with what went wrong on its way although the site is online.
    fn ended(&self, mut done: Left, tell: impl FnOnce(&Left)) -> Outcome {
        let proof = checks::prove(self, &done.checks);
        let mut wrong = proof.errors;
        // What somebody else has published since need not be what this publish brought.
        let is_newer = || self.run.look().is_ok_and(|on_target| on_target.state.header.run != self.run.terms.run);
        if wrong.iter().any(|error| error.code == Code::NotOnline) && is_newer() {
            wrong.retain(|error| error.code != Code::NotOnline);
            self.context.voice.note("another publish has changed the site since");
        }
        if !proof.gone.is_empty() {
            done.late.extend(self.run.proved(&proof.gone).err());
        }
        // The site is online also where something else of it still is.
        if done.late.is_empty() {
            tell(&done);
        }
        done.late.extend(wrong);
        if done.late.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(done.late) }
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
                    self.refuse(&on_target)?;
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
            std::thread::sleep(Duration::from_millis(if self.run.terms.lease_length.is_some() { 20 } else { 1000 }));
        }
    }

    fn dry_run(&self) -> Outcome {
        self.with_state(None, |on_target| preview::dry_run(self, on_target).map_err(Halt::Failed)).map(|(code, _)| code)
    }

    /// Says what is online.
    pub(super) fn status(&self) -> Outcome {
        let on_target = self.run.look().map_err(|error| vec![error])?;
        status::status(self, &on_target)
    }
}
