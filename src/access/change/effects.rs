//! The effects of ledger changes on addresses: found by comparing before and after, so that a
//! dry run cannot promise anything else than what happens.

use std::collections::BTreeSet;

use super::super::identifier::{GalleryId, LinkId};
use super::super::ledger::{Ledger, LedgerGallery, Link};
use super::super::life::{Today, state};
use super::{ActionContext, Edit};

/// The files of one audience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AudienceAssets {
    /// The gallery.
    pub gallery: GalleryId,
    /// The audience; empty for the one without a name.
    pub audience: String,
}

/// What a change does, link by link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Links that work afterwards and did not before: new ones, and expired ones that were extended.
    pub opened: Vec<(GalleryId, LinkId)>,
    /// Links that stop working; their addresses become tombstones.
    pub ended: Vec<(GalleryId, LinkId)>,
    /// Living links that get another address; the old one says that the link was renewed.
    pub renewed: Vec<(GalleryId, LinkId)>,
    /// Living links whose address stays.
    pub kept: Vec<(GalleryId, LinkId)>,
    /// Audiences whose files move: what was cached or copied of their addresses leads nowhere.
    pub moved_assets: Vec<AudienceAssets>,
    /// Audiences whose last link ends: nothing of theirs is published any more.
    pub ended_assets: Vec<AudienceAssets>,
    /// Whether every address of the site changes.
    pub whole_site: bool,
}

impl Effects {
    pub(super) fn of(before: &Ledger, edits: &[Edit], situation: &ActionContext<'_>) -> Self {
        Self::between(before, edits, situation, situation.today)
    }

    /// The same for edits after which another day decides. Links of any gallery may begin to work then.
    pub(super) fn between(before: &Ledger, edits: &[Edit], situation: &ActionContext<'_>, then: Today) -> Self {
        let after = ActionContext { today: then, ..*situation };
        let whole_site = edits.iter().any(|edit| matches!(edit, Edit::RootChanged { .. }));
        let touched: BTreeSet<GalleryId> = edits.iter().filter_map(gallery_of).collect();
        let mut effects = Self { whole_site, ..Self::default() };
        let galleries = before
            .galleries
            .iter()
            .filter(|gallery| whole_site || then != situation.today || touched.contains(&gallery.id));
        let mut relevant = Ledger { galleries: galleries.cloned().collect(), ..Ledger::new("") };
        let old = relevant.clone();
        edits.iter().for_each(|edit| edit.apply(&mut relevant));
        for gallery in &relevant.galleries {
            effects.add((old.gallery(gallery.id), situation), (gallery, &after));
        }
        effects
    }

    fn add(
        &mut self,
        (before, was): (Option<&LedgerGallery>, &ActionContext<'_>),
        (after, is): (&LedgerGallery, &ActionContext<'_>),
    ) {
        let expires = (is.gallery_expires)(after.id);
        let alive = |gallery: &LedgerGallery, link: &Link, at: &ActionContext<'_>| {
            state(gallery, link, expires, at.today).is_alive()
        };
        for link in &after.links {
            let id = (after.id, link.id);
            let old = before.and_then(|gallery| Some((gallery, gallery.link(link.id)?)));
            let was_alive = old.is_some_and(|(gallery, link)| alive(gallery, link, was));
            let same_address = old.is_some_and(|(_, old)| old.day_in_address() == link.day_in_address());
            match (was_alive, alive(after, link, is)) {
                (false, true) => self.opened.push(id),
                (true, false) => self.ended.push(id),
                (true, true) if self.whole_site || !same_address => self.renewed.push(id),
                (true, true) => self.kept.push(id),
                (false, false) => {}
            }
        }
        let dead = |gallery: &LedgerGallery, audience: &str, at: &ActionContext<'_>| -> BTreeSet<LinkId> {
            let of_audience = gallery.links.iter().filter(|link| link.audience == audience);
            of_audience.filter(|link| !alive(gallery, link, at)).map(|link| link.id).collect()
        };
        let audiences: BTreeSet<&str> = after.links.iter().map(|link| link.audience.as_str()).collect();
        for audience in audiences {
            let Some(before) = before else { continue };
            // What had no living link had no files that could move.
            let has_files = |gallery: &LedgerGallery, at: &ActionContext<'_>| {
                gallery.links.iter().any(|link| link.audience == audience && alive(gallery, link, at))
            };
            let same = before.epoch == after.epoch && dead(before, audience, was) == dead(after, audience, is);
            if has_files(before, was) && (self.whole_site || !same) {
                let moved = AudienceAssets { gallery: after.id, audience: audience.to_owned() };
                if has_files(after, is) { &mut self.moved_assets } else { &mut self.ended_assets }.push(moved);
            }
        }
    }
}

fn gallery_of(edit: &Edit) -> Option<GalleryId> {
    match edit {
        Edit::GalleryAdded { id, .. } => Some(*id),
        Edit::LinkAdded { gallery, .. }
        | Edit::Revoked { gallery, .. }
        | Edit::Extended { gallery, .. }
        | Edit::Redated { gallery, .. }
        | Edit::EpochRaised { gallery, .. }
        | Edit::Closed { gallery, .. }
        | Edit::NameBlanked { gallery, .. }
        | Edit::Moved { gallery, .. } => Some(*gallery),
        Edit::RootChanged { .. } => None,
    }
}
