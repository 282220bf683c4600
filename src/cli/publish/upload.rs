//! Building, and bringing online what was built.

use std::path::Path;

use safelight::build::{State, merge_notes};
use safelight::config::PurgeSetting;
use safelight::deploy::change::Change;
use safelight::deploy::headers::HeaderRules;
use safelight::deploy::purge::{PurgeList, Purger};
use safelight::deploy::run::OnTarget;
use safelight::deploy::session::{Bytes, GivenBack};
use safelight::deploy::{Headers, Keeps, Sight, delete_private_versions};
use safelight::publish::{Manifest, Phase, Record, manifest_path};
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error};

use super::ledger::only_owned;
use super::steps::{Halt, Left, Publishing};
use super::{announce, checks, memory};

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
            PrivateFolder::holds(record.path) || record.phase == Phase::Asset && online.get(record.path).is_none()
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

/// A hash of the headers that a file is sent with, so that other headers are a change.
pub(super) fn stamp(headers: &Headers<'_>) -> i64 {
    let mut hash = blake3::Hasher::new();
    hash.update(headers.content_type.as_bytes()).update(b"\n");
    hash.update(headers.cache_control.unwrap_or_default().as_bytes());
    let mut short = [0; 8];
    short.copy_from_slice(&hash.finalize().as_bytes()[..8]);
    i64::from_le_bytes(short)
}

impl Publishing<'_> {
    pub(super) fn build(&self) -> Result<(), Vec<Error>> {
        if self.arguments.no_build {
            return Ok(());
        }
        super::build_and_audit(
            self.context,
            self.config,
            self.access,
            (self.arguments, self.turn.clone(), &self.cancel),
            self.progress,
        )
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
        manifest.set_modified(|record| stamp(&rules.of_path(record.path)));
        Ok((Built { manifest, modified }, rules))
    }

    /// The rules that the output's own `_headers` gives; the usual ones where there is none.
    pub(super) fn rules(&self) -> HeaderRules {
        let text = std::fs::read_to_string(self.config.output.join("_headers")).unwrap_or_default();
        HeaderRules::of(&text, self.base())
    }

    pub(super) fn base(&self) -> &str {
        self.config.url.as_ref().map_or("/", |url| &url.base)
    }

    /// Brings what is wanted online; nothing where it is there already.
    pub(super) fn put_online(
        &self,
        on_target: &OnTarget,
        built: &Built,
        rules: &HeaderRules,
    ) -> Result<Option<announce::Online>, Halt> {
        let online = &on_target.online.manifest;
        let today = self.today()?;
        let ledgered = self.ledgered(on_target, &today);
        let whole = Change::between(online, &built.manifest, true);
        self.agreed(self.empties(&whole, &on_target.state.header, &ledgered))?;
        // Too many removals stop what is public; what is private moves and goes all the same.
        let refused = self.agreed(self.removes_many(on_target, &whole)).err();
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
        self.tell_unrecorded(on_target)?;
        let keeps = self.look_at(wanted)?;
        let output: &Path = &self.config.output;
        let contents = |record: &Record<'_>| -> safelight::Result<(Headers<'_>, Bytes)> {
            let file = output.join(record.path);
            built.require_unchanged(record.path, &file)?;
            Ok((rules.of_path(record.path), Bytes::Of(file)))
        };
        let now = self.run.states.store.now()?;
        let mut known = self.known(on_target, &today, &ledgered);
        let checks = checks::checks(self, &change, &on_target.state.header, &ledgered);
        known.0.unproved.extend(checks::to_prove(&checks));
        let outcome = self.run.carry_out(on_target, known, &change, &contents, false, |header, notes| {
            *notes = merge_notes(notes, built.manifest.notes());
            only_owned(header, change.reached());
            header.keeps = keeps;
            if refused.is_none() {
                self.note_published(header, now);
            }
        })?;
        self.progress.finish();
        let mut withdrawn = Left { checks, ..Left::default() };
        self.purge(outcome.given, &change, &mut withdrawn);
        let errors: Vec<Error> = outcome.errors.into_iter().chain(refused.into_iter().flatten()).collect();
        if !errors.is_empty() {
            return Err(Halt::Failed(errors.into_iter().chain(withdrawn.late).collect()));
        }
        if !change.is_empty() {
            withdrawn.late.extend(self.run.verify(wanted).err());
            withdrawn.late.extend(self.drop_versions(&change, keeps).err());
        }
        memory::remember(&self.context.voice, self.config, self.target, keeps);
        if keeps != on_target.state.header.keeps
            && let Some(what) = announce::keeps_text(keeps)
        {
            let message = format!("{} {what}", self.target.to);
            let hint = "turn that off, or let it end after a few days";
            self.run.warn(&Error::new(Code::TargetKeeps, message).hint(hint));
        }
        Ok(Some(announce::Online { amounts: change.amounts(), withdrawn }))
    }

    /// Looks at the target before private files go there.
    fn look_at(&self, wanted: &Manifest) -> Result<Keeps, Vec<Error>> {
        let sight = self.run.site.look().map_err(|error| vec![error])?;
        self.refuse_listed(sight, wanted)?;
        Ok(sight.keeps)
    }

    /// Refuses a target that strangers can list, where private files are to lie there.
    pub(super) fn refuse_listed(&self, sight: Sight, wanted: &Manifest) -> Result<(), Error> {
        if !sight.lists || !wanted.iter().any(|record| PrivateFolder::holds(record.path)) {
            return Ok(());
        }
        let message =
            format!("strangers can list all files on {}, and with them every private address", self.target.to);
        let hint = "take the right to list from the public (`s3:ListBucket`, “Object Viewer”, container access), and leave it \
                    the right to read";
        Err(Error::new(Code::TargetListed, message).hint(hint))
    }

    /// Removes what a target keeps of private files that have gone.
    pub(super) fn drop_versions(&self, change: &Change<'_>, keeps: Keeps) -> safelight::Result<()> {
        // A page that says that its link ended leaves the one before as a version.
        let replaces = |(record, replaced, _): (Record<'_>, bool, bool)| replaced && PrivateFolder::holds(record.path);
        let is_due = change.removals().next().is_some() || change.writings().any(replaces);
        if is_due && delete_private_versions(self.run.site, keeps)? {
            let message = format!(
                "former versions of private files stay on {}: the rights to remove them are missing",
                self.target.to
            );
            self.run.warn(&Error::new(Code::TargetKeeps, message).hint("remove them yourself, or grant those rights"));
        }
        Ok(())
    }

    /// Has caches forget what changed, and what an earlier publish could not tell them.
    pub(super) fn purge(&self, given: Option<GivenBack<'_>>, change: &Change<'_>, withdrawn: &mut Left) {
        let Some(given) = given else {
            withdrawn.late.extend(self.tell_caches_of(change));
            return;
        };
        let errors = self.tell_caches(given.pending());
        withdrawn.purged = given.pending().lines().len();
        if errors.is_empty() {
            withdrawn.late.extend(given.caches_were_told().err());
        }
        withdrawn.late.extend(errors);
    }

    /// Has caches forget what a change has made stale, where the target's record could not note it: what has gone is not there for
    /// the next publish to see.
    pub(super) fn tell_caches_of(&self, change: &Change<'_>) -> Vec<Error> {
        let stale = self
            .run
            .purges
            .map(|base| PurgeList::of(change, base, |is_done| is_done))
            .filter(|stale| !stale.is_empty());
        stale.map(|stale| self.tell_caches(&stale)).unwrap_or_default()
    }

    fn tell_caches(&self, list: &PurgeList) -> Vec<Error> {
        let site = super::address(self.config).unwrap_or_default();
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
        let told = self.target.purge.iter().map(|one| purger(one).purge(list, &site));
        told.filter_map(Result::err).collect()
    }
}
