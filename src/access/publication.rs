//! Publications: every page, assets folder and tombstone that the ledger asks a build for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use rayon::prelude::*;

use super::gate::DenyList;
use super::identifier::{GalleryId, LinkId};
use super::keys::Keys;
use super::ledger::{LEDGER_FILE, Ledger, LedgerGallery, Link};
use super::life::{Today, day_after, last_day, state};
use super::scope::{Mode, PasswordTag, Scope};
use super::token::{AssetsToken, PageToken};
use crate::{Code, Error, Result};

/// What a gallery's own `gallery.toml` says that matters here.
#[derive(Clone, Debug, Default)]
pub struct GalleryFacts {
    /// Its last day.
    pub expires: Option<Date>,
    /// Whether its files lie there as ciphertext; none for private.
    pub mode: Option<Mode>,
    /// The marks of the passwords chosen for its audiences, from [`Keys::password_tag`].
    pub password_tags: BTreeMap<String, PasswordTag>,
}

/// What a publication depends on besides the ledger and the keys.
#[derive(Clone, Copy, Debug)]
pub struct PublicationContext<'a> {
    /// The day.
    pub today: Today,
    /// The galleries that have anything to say; the others are private and without end.
    pub galleries: &'a BTreeMap<GalleryId, GalleryFacts>,
    /// Whether the site puts last days into addresses.
    pub dated_links: bool,
    /// For how many days a dead address says that it is dead.
    pub tombstone_days: u32,
}

/// What is published of one gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryPublication {
    /// The gallery.
    pub gallery: GalleryId,
    /// The audiences with a living link, by name. Without any, only tombstones are published.
    pub audiences: Vec<AudiencePublication>,
    /// The dead addresses that say so.
    pub tombstones: Vec<Tombstone>,
}

/// What is published for one audience of a gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudiencePublication {
    /// What its files depend on; names come from [`Keys::name_key`] of it.
    pub scope: Scope,
    /// Where its files lie.
    pub assets: AssetsToken,
    /// A page for each living link; during a planned change of the root, one more for the former address.
    pub pages: Vec<LivePage>,
}

/// A page that opens the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePage {
    /// The link.
    pub link: LinkId,
    /// Its address.
    pub token: PageToken,
    /// Whether it is the address under the former root.
    pub of_previous_root: bool,
    /// Its last day, once that is no more than [`ANNOUNCED_DAYS`] away: the page says so.
    pub ends_soon: Option<Date>,
}

/// How many days ahead a page says that its link will end.
const ANNOUNCED_DAYS: i32 = 30;

/// Why an address is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TombstoneReason {
    /// The link no longer works.
    Ended,
    /// The link has another address.
    Renewed,
}

/// A dead address that says so, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The link it belonged to.
    pub link: LinkId,
    /// The address.
    pub token: PageToken,
    /// Since when the link is dead; for a renewed one the day after its former last day.
    pub since: Date,
    /// What it says.
    pub reason: TombstoneReason,
}

/// What is published of every gallery that has anything, in the ledger's order.
///
/// During a planned change of the root `previous` gives the former keys.
///
/// # Errors
/// A planned change of the root without the former secret, or with another one.
pub fn publication(
    ledger: &Ledger,
    keys: &Keys,
    previous: Option<&Keys>,
    circumstances: &PublicationContext<'_>,
) -> Result<Vec<GalleryPublication>> {
    let previous = overlapping(ledger, previous, circumstances.today)?;
    Ok(of_roots(ledger, keys, previous, circumstances))
}

/// What is published under the current root, without the former one's addresses.
pub fn publication_of_root(
    ledger: &Ledger,
    keys: &Keys,
    circumstances: &PublicationContext<'_>,
) -> Vec<GalleryPublication> {
    of_roots(ledger, keys, None, circumstances)
}

fn of_roots(
    ledger: &Ledger,
    keys: &Keys,
    previous: Option<&Keys>,
    circumstances: &PublicationContext<'_>,
) -> Vec<GalleryPublication> {
    let all = ledger.galleries.par_iter().map(|gallery| gallery_publication(gallery, keys, previous, circumstances));
    all.filter(|one| !one.audiences.is_empty() || !one.tombstones.is_empty()).collect()
}

/// What an edge refuses at once: the dead pages of a publication and the assets addresses that earlier publishes recorded,
/// but nothing that is published now.
pub fn deny_list<'a>(
    published: &'a [GalleryPublication],
    former_assets: impl IntoIterator<Item = &'a str>,
) -> DenyList {
    let audiences = || published.iter().flat_map(|gallery| &gallery.audiences);
    let pages = audiences().flat_map(|audience| &audience.pages).map(|page| page.token.path_segment());
    let living: BTreeSet<&str> = audiences().map(|audience| audience.assets.path_segment()).chain(pages).collect();
    let dead = published.iter().flat_map(|gallery| &gallery.tombstones).map(|tombstone| tombstone.token.path_segment());
    DenyList::new(dead.chain(former_assets).filter(|token| !living.contains(token)))
}

/// The former keys, as long as their addresses are published.
fn overlapping<'k>(ledger: &Ledger, previous: Option<&'k Keys>, today: Today) -> Result<Option<&'k Keys>> {
    let Some(expected) = ledger.previous.as_ref().filter(|previous| today.date() <= previous.until) else {
        return Ok(None);
    };
    match previous {
        Some(keys) if keys.root_id() == expected.root => Ok(previous),
        given => {
            let what = if given.is_some() { "is not the one that the ledger names" } else { "is missing" };
            Err(Error::new(
                Code::FormerSecretMissing,
                format!("the former secret, whose addresses work until {}, {what}", expected.until),
            )
            .at(LEDGER_FILE)
            .hint(
                "restore `.safelight/secret.previous`, or set SAFELIGHT_SECRET_PREVIOUS; if it is lost, `safelight \
                   secret rotate --compromised` gives every link a new address",
            ))
        }
    }
}

/// What the files of one audience depend on today.
pub fn scope_of(gallery: &LedgerGallery, audience: &str, facts: &GalleryFacts, today: Today) -> Scope {
    let of_audience = gallery.links.iter().filter(|link| link.audience == audience);
    Scope {
        gallery: gallery.id,
        audience: audience.to_owned(),
        mode: facts.mode.unwrap_or(Mode::Private),
        epoch: gallery.epoch,
        password_tag: facts.password_tags.get(audience).copied(),
        dead: of_audience
            .filter(|link| !state(gallery, link, facts.expires, today).is_alive())
            .map(|link| link.id)
            .collect(),
    }
}

fn gallery_publication(
    gallery: &LedgerGallery,
    keys: &Keys,
    previous: Option<&Keys>,
    circumstances: &PublicationContext<'_>,
) -> GalleryPublication {
    let none = GalleryFacts::default();
    let facts = circumstances.galleries.get(&gallery.id).unwrap_or(&none);
    let living = |link: &&Link| state(gallery, link, facts.expires, circumstances.today).is_alive();
    let roots = || [(keys, false)].into_iter().chain(previous.map(|keys| (keys, true)));
    let audiences: BTreeSet<&str> = gallery.links.iter().filter(living).map(|link| link.audience.as_str()).collect();
    let audiences = audiences.into_iter().map(|audience| {
        let scope = scope_of(gallery, audience, facts, circumstances.today);
        let day = facts.expires.filter(|_| circumstances.dated_links);
        let pages = gallery.links.iter().filter(|link| link.audience == audience).filter(living).flat_map(|link| {
            let last = last_day(link, facts.expires);
            let near = |last: &Date| (*last - circumstances.today.date()).get_days() <= ANNOUNCED_DAYS;
            let ends_soon = last.filter(near);
            roots().map(move |(keys, of_previous_root)| LivePage {
                link: link.id,
                token: keys.page_token(gallery.id, link.id, link.day_in_address()),
                of_previous_root,
                ends_soon,
            })
        });
        AudiencePublication { assets: keys.assets_token(&scope, day), pages: pages.collect(), scope }
    });
    let tombstones = gallery.links.iter().flat_map(|link| {
        graves(gallery, link, facts, circumstances).into_iter().flat_map(move |(day, since, reason)| {
            roots().map(move |(keys, _)| Tombstone {
                link: link.id,
                token: keys.page_token(gallery.id, link.id, day),
                since,
                reason,
            })
        })
    });
    GalleryPublication { gallery: gallery.id, audiences: audiences.collect(), tombstones: tombstones.collect() }
}

/// The dead addresses of a link that still say so: the day in each, since when, and what it says.
fn graves(
    gallery: &LedgerGallery,
    link: &Link,
    facts: &GalleryFacts,
    circumstances: &PublicationContext<'_>,
) -> Vec<(Option<Date>, Date, TombstoneReason)> {
    let today = circumstances.today;
    let dead_since = state(gallery, link, facts.expires, today).dead_since();
    let kept = |since: Date| {
        let end = since.checked_add(i64::from(circumstances.tombstone_days.min(365_000)).days());
        end.map_or(true, |end| today.date() < end)
    };
    let mut graves = Vec::new();
    if let Some(since) = dead_since.filter(|since| kept(*since)) {
        graves.push((link.day_in_address(), since, TombstoneReason::Ended));
    }
    let reason = if dead_since.is_some() { TombstoneReason::Ended } else { TombstoneReason::Renewed };
    let mut former = link.days().split_off(1);
    former.sort_unstable();
    for day in former {
        let Some(day) = day else {
            // Nothing in the ledger says when the link was given its first last day. As long as it lives, somebody may
            // follow the address that it had before.
            let since = dead_since.or(link.expires.map(day_after)).unwrap_or(today.date());
            if kept(since) {
                graves.push((None, since, reason));
            }
            continue;
        };
        // The ledger does not say when a day was replaced. At the latest it was on the day itself, so
        // the address is kept for the whole time after it.
        let since = day_after(day);
        if kept(since) {
            let shown = dead_since.map_or(since, |dead| dead.min(since));
            graves.push((Some(day), shown, reason));
        }
    }
    graves
}

#[cfg(test)]
mod tests;
