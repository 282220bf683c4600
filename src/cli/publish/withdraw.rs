//! Withdrawing: before everything else, and again where the rest of a publish cannot be carried out.

use super::super::build::counted;
use super::super::whole;
use super::ledger::{Today, only_owned};
use super::steps::{Halt, Left, Publishing};
use super::upload::stamp;
use super::{announce, checks};
use safelight::access::edge::GONE_TEXT;
use safelight::build::{add_tombstones, closed_online};
use safelight::deploy::change::Change;
use safelight::deploy::run::OnTarget;
use safelight::deploy::session::Bytes;
use safelight::deploy::withdrawal::{Ledgered, Tombstone, Withdrawal, is_wanted};
use safelight::publish::{Manifest, Record};
use safelight::visibility::PrivateFolder;

/// The headers of a page of a link.
const TOMBSTONE_PATH: &str = "g/x/index.html";

impl Publishing<'_> {
    /// Takes down what nothing needs that lives; nothing where there is none of it.
    pub(super) fn withdraw_first(&self, on_target: &OnTarget) -> Result<Option<Left>, Halt> {
        let today = self.today()?;
        let ledgered = self.ledgered(on_target, &today);
        // Nothing to compose a page for.
        if ledgered.dead.is_empty() && on_target.online.unusable.is_empty() {
            return Ok(None);
        }
        let page = self.tombstone();
        let tombstone = self.as_tombstone(&page);
        let first = Withdrawal::first(&on_target.online, &on_target.state.header, &ledgered, tombstone)?;
        self.withdraw(on_target, (&today, &ledgered), &first, &page)
    }

    /// Takes down what was kept for pages that live, with those pages, and galleries that are closed. `wanted` is what a publish
    /// was bringing online.
    pub(super) fn withdraw_last(&self, on_target: &OnTarget, wanted: Option<&Manifest>) -> Result<Option<Left>, Halt> {
        let today = self.today()?;
        let ledgered = self.ledgered(on_target, &today);
        let manifest = &on_target.online.manifest;
        let closed = closed_online(self.config, self.access, manifest);
        let doomed = |record: &Record<'_>| {
            let is_over = wanted.is_some_and(|wanted| wanted.get(record.path).is_none());
            ledgered.dead.contains(record.path)
                || closed.contains(record.path)
                || (is_over && PrivateFolder::holds(record.path))
        };
        let current = |record: &Record<'_>| wanted.is_some_and(|wanted| is_wanted(wanted, record));
        if !manifest.iter().any(|record| doomed(&record)) {
            return Ok(None);
        }
        let page = self.tombstone();
        let tombstone = self.as_tombstone(&page);
        let last = Withdrawal::last(manifest, &on_target.state.header, &ledgered, tombstone, doomed, current)?;
        let Some(withdrawn) = self.withdraw(on_target, (&today, &ledgered), &last, &page)? else { return Ok(None) };
        if !last.gaps.is_empty() {
            let links = counted(last.gaps.len(), "link that still works shows", "links that still work show");
            self.context.voice.note(&format!("{links} nothing until the next publish"));
        }
        if !closed.is_empty() {
            self.context.voice.note("pages that list closed galleries have gaps until the next publish");
        }
        Ok(Some(withdrawn))
    }

    pub(super) fn withdraw(
        &self,
        on_target: &OnTarget,
        (today, ledgered): (&Today, &Ledgered),
        withdrawal: &Withdrawal,
        page: &[u8],
    ) -> Result<Option<Left>, Halt> {
        let rules = self.rules();
        let change = Change::withdrawal(&on_target.online.manifest, &withdrawal.instead, |at| withdrawal.goes[at]);
        if change.is_empty() && on_target.online.unusable.is_empty() {
            return Ok(None);
        }
        let contents = |record: &Record<'_>| Ok((rules.of_path(record.path), Bytes::Made(page.to_vec())));
        let mut known = self.known(on_target, today, ledgered);
        let checks = checks::withdrawal_checks(self, &change, &on_target.state.header, ledgered, page);
        known.0.unproved.extend(checks::to_prove(&checks));
        let outcome = self.run.carry_out(on_target, known, &change, &contents, true, |header, notes| {
            // A page that says that its link is dead no longer makes what it showed suspect. So it is noted only where
            // nothing else is needed to tell what is dead.
            if today.is_sure {
                let tokens = withdrawal.instead.iter().filter_map(|record| record.path.split('/').nth(1));
                add_tombstones(notes, tokens.map(str::to_owned));
            }
            only_owned(header, change.reached());
        });
        self.progress.finish();
        if outcome.is_ok() || change.has_begun() {
            announce::withdrawn(self, &change, &on_target.state.header, ledgered);
        }
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(why) => {
                self.tell_caches_of(&change).iter().for_each(|error| self.run.warn(error));
                return Err(why.into());
            }
        };
        let mut withdrawn = Left { checks, late: outcome.errors, purged: 0 };
        self.purge(outcome.given, &change, &mut withdrawn);
        withdrawn.late.extend(self.drop_versions(&change, on_target.state.header.keeps).err());
        Ok(Some(withdrawn))
    }

    /// The page for links that ended: the theme's, where the site can be composed.
    pub(super) fn tombstone(&self) -> Vec<u8> {
        let made = self
            .settings_stand
            .then(|| whole::compose(self.context, self.config, |_| {}, |site| Ok(site.composer.expired_page()?)));
        made.and_then(Result::ok).unwrap_or_else(|| GONE_TEXT.to_owned()).into_bytes()
    }

    pub(super) fn as_tombstone<'p>(&self, page: &'p [u8]) -> Tombstone<'p> {
        Tombstone { page, headers: stamp(&self.rules().of_path(TOMBSTONE_PATH)) }
    }
}
