//! Withdrawal by the ledger alone, for when the galleries cannot be read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::{DEAD, is_of_all, without_tokens};
use crate::access::publication::{publication, publication_of_root};
use crate::access::{GalleryId, Link, Mode, Scope};
use crate::build::Access;
use crate::build::access::circumstances;
use crate::build::address_history::recorded_assets;
use crate::catalog::Catalog;
use crate::config::{Config, GalleryConfig};
use crate::publish::{Manifest, Reach};
use crate::visibility::PrivateFolder;
use crate::{Code, Error};

/// Private files that were published, as far as the ledger alone can tell.
#[derive(Debug, Default)]
pub(in crate::build) struct DeadByLedger {
    /// What it gives no address to any more.
    pub dead: BTreeSet<String>,
    /// Pages of which nobody can tell without the former secret.
    pub unknown: BTreeSet<String>,
}

impl DeadByLedger {
    /// What is dead by the ledger alone, for a build that cannot read the galleries; the settings of folders that can be read
    /// count. Nothing stays because a record says so, which may be older than what lies there: a private file stays where the
    /// ledger gives its address today. Where the site's own settings are in doubt (`settings_stand` is false), so is whether
    /// addresses have a day.
    pub(in crate::build) fn of(access: &Access, config: &Config, settings_stand: bool, manifest: &Manifest) -> Self {
        let mut found = Self::default();
        let (Some(keys), Some(ledger)) = (access.keys(), access.ledger()) else { return found };
        let (folders, unreadable) = Catalog::folders(config);
        let facts = access.facts(folders.iter().map(|(path, said)| (path.as_path(), said)));
        // A ledger that has lost revocations would let dead links live.
        if !access.violations(&facts, manifest).is_empty() {
            return found;
        }
        let folder = |path: &str| -> String {
            path[..path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at + 1)].to_owned()
        };
        let private = || manifest.iter().filter(|record| record.reach == Reach::Private);
        let circumstances = circumstances(config, &facts, access.today());
        let whole = publication(ledger, keys, access.previous(), &circumstances);
        // Without the former secret its addresses cannot be told apart: those of pages stay as long as what they show does.
        let blind = whole.is_err();
        let published = whole.unwrap_or_else(|_| publication_of_root(ledger, keys, &circumstances));
        let mut living = BTreeSet::new();
        for audience in published.iter().flat_map(|one| &one.audiences) {
            living.insert(PrivateFolder::Assets.of_token(audience.assets.path_segment()));
            living.extend(audience.pages.iter().map(|page| PrivateFolder::Pages.of_token(page.token.path_segment())));
        }
        let said_so: BTreeSet<String> = manifest
            .note(DEAD)
            .map(|note| {
                String::from_utf8_lossy(note).lines().map(|token| PrivateFolder::Pages.of_token(token)).collect()
            })
            .unwrap_or_default();
        // The day in an address is the one its gallery had, where that cannot be read now.
        let days: BTreeSet<Date> = private()
            .filter_map(|record| PrivateFolder::Assets.below(record.path)?.split_once('-'))
            .filter_map(|(day, _)| Date::strptime("%Y%m%d", day).ok())
            .collect();
        let wrong: BTreeSet<&Path> =
            unreadable.iter().filter_map(|error| Some(error.place.as_ref()?.file.as_path())).collect();
        let is_wrong =
            |folder: &Path| wrong.contains(config.display_gallery_path(folder.join("gallery.toml")).as_path());
        let told: BTreeMap<GalleryId, &(PathBuf, GalleryConfig)> =
            folders.iter().filter_map(|one| Some((one.1.id.as_deref()?.parse().ok()?, one))).collect();
        let recorded = recorded_assets(manifest);
        for (one, audience) in
            published.iter().flat_map(|one| one.audiences.iter().map(move |audience| (one, audience)))
        {
            let scope = &audience.scope;
            let told = told.get(&one.gallery).filter(|_| settings_stand);
            let is_unread = told.is_none_or(|(folder, _)| folder.ancestors().any(is_wrong));
            let lacks_passwords =
                told.is_some_and(|(_, said)| said.has_passwords(&scope.audience)) && scope.password_tag.is_none();
            if !is_unread && !lacks_passwords {
                continue;
            }
            // Nor is it known whether it is sealed, and whether passwords open it.
            let tag = access.passwords().tags(keys, one.gallery).get(&scope.audience).copied();
            for (mode, password_tag) in [(Mode::Private, None), (Mode::Sealed, None), (Mode::Sealed, tag)] {
                let scope = Scope { mode, password_tag, ..scope.clone() };
                let with_day = |day| PrivateFolder::Assets.of_token(keys.assets_token(&scope, day).path_segment());
                living.extend(days.iter().copied().map(Some).chain([None]).map(with_day));
            }
            // Without its passwords nobody can tell its address but the record, which counts as long as no link has died.
            let ended = scope.dead.iter().any(|link| {
                let day = ledger.gallery(one.gallery).and_then(|of| of.link(*link)).and_then(Link::day_in_address);
                let page = PrivateFolder::Pages.of_token(keys.page_token(one.gallery, *link, day).path_segment());
                manifest.get(&format!("{page}index.html")).is_some() && !said_so.contains(&page)
            });
            if !ended {
                let own = recorded.iter().filter(|was| was.gallery == one.gallery && was.audience == scope.audience);
                living.extend(own.map(|was| PrivateFolder::Assets.of_token(&was.token)));
            }
        }
        let dead: BTreeSet<String> = published
            .iter()
            .flat_map(|one| &one.tombstones)
            .map(|grave| PrivateFolder::Pages.of_token(grave.token.path_segment()))
            .collect();
        for record in private() {
            let folder = folder(record.path);
            // What a publish was about to replace when it was cut short may be the living page.
            let tombstone = record.settled && said_so.contains(&folder);
            let stays = is_of_all(record.path) || PrivateFolder::is_locator(record.path);
            if living.contains(&folder) || tombstone || stays {
                continue;
            }
            let unknown = blind && PrivateFolder::Pages.below(record.path).is_some() && !dead.contains(&folder);
            let list = if unknown { &mut found.unknown } else { &mut found.dead };
            list.insert(record.path.to_owned());
        }
        found
    }
}

/// A page that may be a dead link's.
pub(in crate::build) fn may_be_dead(path: &str) -> Error {
    let message = format!("`{path}` is still online, and may belong to a dead link");
    let hint = "restore the former secret and build again, or delete the file on the host";
    without_tokens(Error::new(Code::EndedLinkUnclear, message).hint(hint))
}
