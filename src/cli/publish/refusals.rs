//! What a publish refuses to do, and what it asks about.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;

use safelight::access::GalleryId;
use safelight::build::{closed_online, dead_online, is_like_a_token, says_closed};
use safelight::catalog::Catalog;
use safelight::config::TargetAddress;
use safelight::deploy::change::Change;
use safelight::deploy::header::{Header, Owner};
use safelight::deploy::online::Online;
use safelight::deploy::run::OnTarget;
use safelight::deploy::withdrawal::{Ledgered, folder_of};
use safelight::plan::lies_among_pictures;
use safelight::publish::{Phase, Reach, Record};
use safelight::visibility::{PrivateFolder, Visibility};
use safelight::{Code, Error};

use super::super::build::counted;
use super::super::secret::confirmed;
use super::memory;
use super::steps::Publishing;
use super::upload::Built;

/// What a publish does not remove before somebody agrees.
pub(super) struct Question {
    /// What would be removed.
    pub(super) what: String,
    /// The number that `--allow-removals` needs for it.
    pub(super) files: usize,
    /// What is said where nobody agrees.
    refusal: Error,
}

impl Publishing<'_> {
    /// Refuses what must not be changed from here.
    pub(super) fn refuse(&self, on_target: &OnTarget) -> Result<(), Vec<Error>> {
        self.refuse_lost(on_target)?;
        self.refuse_behind(on_target)
    }

    /// Refuses a target without a record that is not what it was, or that somebody else uses.
    fn refuse_lost(&self, on_target: &OnTarget) -> Result<(), Error> {
        if on_target.has_record || on_target.supersedes() || self.arguments.rebuild_state {
            return Ok(());
        }
        let to = &self.target.to;
        // A web server's folder often holds more than one site; a bucket does not.
        let is_shared = matches!(self.target.address, TargetAddress::Folder(_) | TargetAddress::Sftp { .. });
        if is_shared && is_others(&on_target.online) {
            let message = format!("{to} has folders named `g`, `x` or `e` with files that are not Safelight's");
            let hint = "name another place in `to`; with `--rebuild-state`, what is in those folders is removed";
            return Err(Error::new(Code::ForeignFiles, message).hint(hint));
        }
        let is_bare = on_target.online.manifest.is_empty() && on_target.online.unusable.is_empty();
        if is_bare && (self.arguments.withdraw || (memory::is_away(self.config, self.target) && !self.has_home()?)) {
            let message = format!("nothing of the site is on {to}");
            let hint =
                "check `to` in site.toml, and whether the disk is mounted; if that is right, add `--rebuild-state`";
            return Err(Error::new(Code::StateMissing, message).hint(hint));
        }
        Ok(())
    }

    fn has_home(&self) -> safelight::Result<bool> {
        self.run.site.get("index.html", &mut std::io::sink()).map(|version| version.is_some())
    }

    /// Refuses an output that is older than the ledger or the settings: it would bring back what was withdrawn.
    pub(super) fn require_current(&self, wanted: &Built) -> Result<(), Vec<Error>> {
        let (dead, _) = dead_online(self.access, self.config, self.settings_stand, &wanted.manifest);
        let is_open = || {
            !says_closed(self.config, self.access)
                || closed_online(self.config, self.access, &wanted.manifest).is_empty()
        };
        if dead.is_empty() && is_open() {
            return Ok(());
        }
        let message =
            "the output is older than the ledger or the galleries' settings: it contains what was withdrawn since";
        Err(vec![Error::new(Code::InTheWay, message).at(&self.config.output).hint("publish without `--no-build`")])
    }

    /// Whether a gallery that people have links to would be left without photos, or the whole site: by a checkout of the settings
    /// alone, or because a disk is not there.
    pub(super) fn empties(&self, change: &Change<'_>, header: &Header, ledgered: &Ledgered) -> Option<Question> {
        change.removals().next()?;
        let wanted = || change.wanted.iter().filter(|record| record.phase == Phase::Asset);
        let is_open = |record: &Record<'_>| record.reach == Reach::Public && lies_among_pictures(record.path);
        let going = || change.removals().map(|(record, _)| record).filter(|record| record.phase == Phase::Asset);
        // By audience: when one of its links ends, its pictures get another folder.
        let shown: BTreeSet<&str> = wanted().filter_map(|record| folder_of(record.path)).collect();
        let audience = |owner: &Owner| (owner.gallery, owner.audience.clone());
        let is_shown = |folder: &str| folder.starts_with("x/") && shown.contains(folder);
        let shown: BTreeSet<_> =
            ledgered.living.iter().filter(|(folder, _)| is_shown(folder)).map(|(_, owner)| audience(owner)).collect();
        let living: BTreeSet<_> = ledgered.living.values().filter(|owner| owner.link.is_some()).map(audience).collect();
        let lost = going().filter(|record| PrivateFolder::Assets.below(record.path).is_some());
        let lost = lost.filter_map(|record| {
            let folder = folder_of(record.path)?;
            ledgered.living.get(folder).or_else(|| header.owners.get(folder)).map(audience)
        });
        let empty: BTreeSet<GalleryId> =
            lost.filter(|of| living.contains(of) && !shown.contains(of)).map(|(gallery, _)| gallery).collect();
        let is_bare = going().any(|record| is_open(&record)) && !wanted().any(|record| is_open(&record)) && {
            let closed = closed_online(self.config, self.access, change.online);
            going().any(|record| is_open(&record) && !closed.contains(record.path))
        };
        let files = change.amounts().removed.files;
        let is_allowed = self.arguments.allow_removals.is_some_and(|count| count >= files);
        if (empty.is_empty() && !is_bare) || is_allowed {
            return None;
        }
        let what = match empty.len() {
            0 => "all public photos".to_owned(),
            count => format!("all photos of {}", counted(count, "private gallery", "private galleries")),
        };
        let message = format!("the publish would remove {what}; nothing was removed");
        let hint = format!(
            "are the photos on this computer, and is their disk connected? To remove them, pass `--allow-removals {files}`"
        );
        Some(Question { what, files, refusal: Error::new(Code::GalleriesEmptied, message).hint(hint) })
    }

    /// Whether more public files would be removed than anybody expects. Those of galleries that are closed do not count: their
    /// owner wants them gone.
    pub(super) fn removes_many(&self, on_target: &OnTarget, change: &Change<'_>) -> Option<Question> {
        let online = &on_target.online.manifest;
        let other = on_target
            .state
            .header
            .site
            .as_ref()
            .filter(|site| super::address(self.config).is_some_and(|own| own != **site));
        let mut bound = self.arguments.allow_removals.unwrap_or_else(|| match other {
            Some(_) => 0,
            None => (online.iter().filter(|record| !PrivateFolder::holds(record.path)).count() / 10).max(100),
        });
        let removed = change.amounts().removed_public;
        if removed > bound {
            let closed = closed_online(self.config, self.access, online);
            bound += change.removals().filter(|(record, _)| closed.contains(record.path)).count();
        }
        if removed <= bound {
            return None;
        }
        let what = counted(removed, "public file", "public files");
        let why = match other {
            Some(site) => format!("of {site}"),
            None => format!("which is more than {bound}"),
        };
        let message = format!("the publish would remove {what}, {why}; nothing public was changed");
        let hint = format!("look at it with `--dry-run`; if it is right, pass `--allow-removals {removed}`");
        Some(Question { what, files: removed, refusal: Error::new(Code::TooManyRemovals, message).hint(hint) })
    }

    /// Refuses a record that strangers can read where it would name what is listed nowhere.
    pub(super) fn require_secret(&self) -> Result<(), Error> {
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

    /// Asks, where there is a terminal; once, also where the answer has to wait for another publish.
    pub(super) fn agreed(&self, question: Option<Question>) -> Result<(), Vec<Error>> {
        let Some(Question { what, refusal, .. }) = question else { return Ok(()) };
        let agrees =
            || std::io::stderr().is_terminal() && confirmed(&format!("remove {what} from {}?", self.target.to));
        if !self.agreed.borrow().contains(&what) && !agrees() {
            return Err(vec![refusal]);
        }
        self.agreed.borrow_mut().insert(what);
        Ok(())
    }

    /// Says that a target without a record holds files that nobody looks after.
    pub(super) fn tell_unrecorded(&self, on_target: &OnTarget) -> safelight::Result<()> {
        if !on_target.has_record && (!on_target.online.manifest.is_empty() || self.has_home()?) {
            self.context.voice.note(&format!(
                "{} has files and no record of them: what the site no longer has stays there, unless it is private; remove it yourself",
                self.target.to
            ));
        }
        Ok(())
    }
}

/// Whether the private folders hold files, and none of them as a publish that has lost its record left them.
fn is_others(online: &Online) -> bool {
    let is_of_site = |path: &str| {
        let name = PrivateFolder::split(path).and_then(|(_, below)| below.split(['/', '.']).next());
        name.is_some_and(is_like_a_token)
    };
    // Every site has a page there that keeps hosts from listing them.
    let private = online.manifest.iter().map(|record| record.path);
    let mut private = private.filter(|path| PrivateFolder::holds(path) && !PrivateFolder::is_index(path)).peekable();
    let has_any = private.peek().is_some() || !online.unusable.is_empty();
    has_any && !private.any(is_of_site)
}
