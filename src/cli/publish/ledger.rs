//! What the ledger says today of what lies on the target.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use safelight::access::publication::{GalleryFacts, GalleryPublication};
use safelight::access::{GalleryId, Ledger, Link, LinkId};
use safelight::build::dead_online;
use safelight::catalog::Catalog;
use safelight::deploy::header::Header;
use safelight::deploy::run::OnTarget;
use safelight::deploy::session::Told;
use safelight::deploy::withdrawal::{Ledgered, folder_of};
use safelight::publish::Record;
use safelight::{Code, Error};

use super::steps::Publishing;

/// What the folders and the ledger say today.
pub(super) struct Today {
    pub publications: Vec<GalleryPublication>,
    pub facts: BTreeMap<GalleryId, GalleryFacts>,
    /// Whether settings and passwords are all here and can be read, so that every address that the ledger gives is known.
    pub is_sure: bool,
}

impl Publishing<'_> {
    pub(super) fn today(&self) -> Result<Today, Vec<Error>> {
        let (folders, wrong) = Catalog::folders(self.config);
        let said = || folders.iter().map(|(path, said)| (path.as_path(), said));
        let facts = self.access.facts(said());
        // Without the former secret nobody can tell which pictures its pages still need.
        let publications = self.access.publications(self.config, said())?;
        let mut audiences = publications.iter().flat_map(|one| one.audiences.iter().map(move |of| (one.gallery, of)));
        let lacks = audiences.any(|(gallery, of)| {
            let said = folders.iter().find(|(_, said)| said.id.as_deref() == Some(gallery.as_str()));
            said.is_none_or(|(_, said)| said.has_passwords(&of.scope.audience) && of.scope.password_tag.is_none())
        });
        let is_sure = self.settings_stand && wrong.is_empty() && !lacks;
        Ok(Today { publications, facts, is_sure })
    }

    pub(super) fn ledgered(&self, on_target: &OnTarget, today: &Today) -> Ledgered {
        let (dead, _) = dead_online(self.access, self.config, self.settings_stand, &on_target.online.manifest);
        Ledgered::of(&today.publications, self.access.ledger(), dead)
    }

    /// What the state says from the moment it is taken: whose the private folders are, and what the ledger is today.
    pub(super) fn known(&self, on_target: &OnTarget, today: &Today, ledgered: &Ledgered) -> Told {
        let mut header = on_target.state.header.clone();
        header.owners.extend(ledgered.living.clone());
        header.owners.extend(ledgered.tombstones.clone());
        header.days = all_days(self.access.ledger());
        let mut notes = on_target.online.manifest.notes().clone();
        self.access.note_ledger(&today.facts, &mut notes);
        (header, notes)
    }

    /// Notes in what the state says that a publish ended well.
    pub(super) fn note_published(&self, header: &mut Header, now: Timestamp) {
        header.published = Some(now);
        header.site = super::address(self.config);
        // Who it was is nobody's business where everybody can read it.
        header.by = if self.run.states.keys.is_some() { self.run.terms.who.clone() } else { String::new() };
    }

    /// Refuses to publish with an older ledger than the one that is online.
    pub(super) fn refuse_behind(&self, on_target: &OnTarget) -> Result<(), Vec<Error>> {
        let mut behind = self.access.behind(&self.today()?.facts, &on_target.online.manifest);
        let ledger = self.access.ledger();
        for (link, days) in &on_target.state.header.days {
            let known = ledger.and_then(|ledger| ledger.galleries.iter().find_map(|gallery| gallery.link(*link)));
            let now = known.map(self::days).unwrap_or_default();
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
}

/// Keeps of the owners of private folders those whose folders lie there.
pub(super) fn only_owned<'r>(header: &mut Header, reached: impl Iterator<Item = Record<'r>>) {
    let there: BTreeSet<String> = reached.filter_map(|record| folder_of(record.path).map(str::to_owned)).collect();
    header.owners.retain(|folder, _| there.contains(folder));
}

/// The last days that the addresses of a link have and had; nothing for one whose address has none.
pub(super) fn days(link: &Link) -> BTreeSet<String> {
    let days = link.days();
    days.iter()
        .flatten()
        .filter(|_| days.len() > 1 || link.day_in_address().is_some())
        .map(ToString::to_string)
        .collect()
}

/// The same for every link.
pub(super) fn all_days(ledger: Option<&Ledger>) -> BTreeMap<LinkId, BTreeSet<String>> {
    let links = ledger.into_iter().flat_map(|ledger| &ledger.galleries).flat_map(|gallery| &gallery.links);
    links.map(|link| (link.id, days(link))).filter(|(_, days)| !days.is_empty()).collect()
}
