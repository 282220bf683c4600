//! Looking at the site as a stranger does: where, and what should be there.

use std::collections::BTreeMap;
use std::time::Duration;

use safelight::config::PurgeSetting;
use safelight::deploy::change::Change;
use safelight::deploy::header::{Header, Unproved};
use safelight::deploy::proof::{self, Check, Expected, Fetch as _, Proof, Web};
use safelight::deploy::withdrawal::{Ledgered, folder_of};
use safelight::publish::{Manifest, Phase, Record, url_path};
use safelight::visibility::PrivateFolder;
use serde_json::json;

use super::super::build::counted;
use super::announce::label;
use super::steps::Publishing;

/// Removed public files of which more than these are not all asked for. Of private ones all are.
const MOST_GONE: usize = 1000;

/// Files of each folder that stand for all of it, where a later publish must look again.
const OF_EACH_FOLDER: usize = 20;

/// New files that are asked for.
const SAMPLE: usize = 12;

/// Waiting for caches that were told to forget.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
];

/// Where to look after a withdrawal: `page` stands in the place of pages.
pub(super) fn withdrawal_checks(
    publishing: &Publishing<'_>,
    change: &Change<'_>,
    header: &Header,
    ledgered: &Ledgered,
    page: &[u8],
) -> Vec<Check> {
    let dead = change.writings().map(|(record, ..)| (record, Expected::Tombstone(page.to_vec())));
    as_checks(publishing, header, ledgered, gone(change).chain(dead))
}

/// Where to look after everything: at what went, at every page of a dead link, and at some of what came.
pub(super) fn checks(
    publishing: &Publishing<'_>,
    change: &Change<'_>,
    header: &Header,
    ledgered: &Ledgered,
) -> Vec<Check> {
    let is_dead =
        |record: &Record<'_>| folder_of(record.path).is_some_and(|folder| ledgered.tombstones.contains_key(folder));
    let (dead, new): (Vec<Record<'_>>, Vec<_>) = change.writings().map(|(record, ..)| record).partition(is_dead);
    let output = &publishing.config.output;
    let page = |path: &str| Expected::Tombstone(std::fs::read(output.join(path)).unwrap_or_default());
    // Names that hosts read and do not serve.
    let served = new.into_iter().filter(|record| !record.path.starts_with(['_', '.']));
    let (pages, assets): (Vec<_>, Vec<_>) = served.partition(|record| record.phase == Phase::Page);
    let dead = dead.into_iter().map(|record| (record, page(record.path)));
    let there = some(&pages, SAMPLE / 2).chain(some(&assets, SAMPLE / 2)).map(|record| (record, Expected::There));
    as_checks(publishing, header, ledgered, gone(change).chain(dead).chain(there))
}

/// What of that must be seen to be gone: a publish that finds it there, or is killed before it looks, leaves it to the next one. Of each
/// folder some stand for all.
pub(super) fn to_prove(checks: &[Check]) -> impl Iterator<Item = (String, Unproved)> + '_ {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let gone = checks.iter().filter(|check| check.expected != Expected::There && !PrivateFolder::is_index(&check.path));
    gone.filter(move |check| {
        let count = counts.entry(check.path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default();
        *count += 1;
        *count <= OF_EACH_FOLDER
    })
    .map(|check| (check.url.clone(), Unproved { path: check.path.clone(), what: check.what.clone() }))
}

/// Where earlier publishes have not seen yet that what they took down is gone. `there` is what lies there now.
pub(super) fn unproved(publishing: &Publishing<'_>, header: &Header, there: &Manifest) -> Vec<Check> {
    let expected = |path: &str| match there.get(path) {
        None => Expected::Gone,
        // The page that says that the link is dead, or that of a link which works there again.
        Some(record) if record.phase == Phase::Page && PrivateFolder::Pages.below(path).is_some() => {
            let mut page = Vec::new();
            // Where it cannot be read, only an address that answers with nothing is as it should be.
            let read = publishing.run.site.get(path, &mut page);
            Expected::Tombstone(if read.is_ok() { page } else { Vec::new() })
        }
        // It is there again, and meant to be.
        Some(_) => Expected::Anything,
    };
    let site = super::address(publishing.config);
    let check = |(url, of): (&String, &Unproved)| Check {
        url: url.clone(),
        path: of.path.clone(),
        what: of.what.clone(),
        is_former: !site.as_ref().is_some_and(|site| url.starts_with(site.as_str())),
        expected: expected(&of.path),
    };
    header.unproved.iter().map(check).collect()
}

/// What went: all that was private, and as much of the rest as is asked for.
fn gone<'c>(change: &'c Change<'_>) -> impl Iterator<Item = (Record<'c>, Expected)> {
    let (private, public): (Vec<_>, Vec<_>) =
        change.removals().map(|(record, _)| record).partition(|record| PrivateFolder::holds(record.path));
    let public: Vec<_> = some(&public, MOST_GONE).collect();
    private.into_iter().chain(public).map(|record| (record, Expected::Gone))
}

fn as_checks<'c>(
    publishing: &Publishing<'_>,
    header: &Header,
    ledgered: &Ledgered,
    expected: impl Iterator<Item = (Record<'c>, Expected)>,
) -> Vec<Check> {
    let Some(url) = &publishing.config.url else { return Vec::new() };
    let check = |(record, expected): (Record<'_>, Expected)| Check {
        url: format!("{}{}", url.origin, url_path(&url.base, record.path)),
        path: record.path.to_owned(),
        is_former: false,
        what: label(publishing, header, ledgered, record.path),
        expected,
    };
    expected.map(check).collect()
}

/// At most so many of a list, evenly.
fn some<'r>(all: &[Record<'r>], most: usize) -> impl Iterator<Item = Record<'r>> {
    let step = all.len().div_ceil(most.max(1)).max(1);
    all.iter().step_by(step).copied()
}

/// How long one waits for caches: where none is told, none will forget.
fn pauses(purge: &[PurgeSetting]) -> &'static [Duration] {
    if purge.is_empty() { &[] } else { &PAUSES }
}

/// Looks at the site as a stranger does.
pub(super) fn prove(publishing: &Publishing<'_>, checks: &[Check]) -> Proof {
    let voice = &publishing.context.voice;
    let mut unique: BTreeMap<&str, &Check> = BTreeMap::new();
    for check in checks {
        // What was withdrawn first and is there again in another form counts last.
        unique.insert(&check.url, check);
    }
    let checks: Vec<Check> = unique.into_values().cloned().collect();
    if publishing.config.url.is_none() {
        voice.note("site.toml has no `url`, so nobody looked at the site from outside");
    }
    if checks.is_empty() {
        return Proof::default();
    }
    if publishing.target.state.is_none() && publishing.run.states.keys.is_some() {
        tell_of_state(publishing);
    }
    let proof = proof::prove(&Web::default(), &checks, pauses(&publishing.target.purge));
    if !proof.errors.is_empty() {
        return proof;
    }
    let there = checks.iter().filter(|check| check.expected == Expected::There).count();
    let gone = proof.gone.len();
    voice.json(&json!({ "event": "proved", "gone": gone, "there": there }));
    let parts = [
        (gone, counted(gone, "removed address is gone", "removed addresses are gone")),
        (there, counted(there, "new address answers", "new addresses answer")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    voice.note(&format!("looked at the site from outside: {}", parts.join(", ")));
    proof
}

/// Says whether strangers can fetch the target's record, which is encrypted.
fn tell_of_state(publishing: &Publishing<'_>) {
    let Some(url) = &publishing.config.url else { return };
    let address = format!("{}{}", url.origin, url_path(&url.base, &publishing.run.states.path()));
    if matches!(Web::default().get(&address, 64), Ok((200, _))) {
        publishing.context.voice.detail(
            "whoever knows its name can fetch the record of what is online from the site's address; it is encrypted, and `state` in \
             site.toml can keep it elsewhere",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_that_are_told_are_waited_for() {
        let purge = [PurgeSetting::Command(vec!["true".to_owned()])];
        assert!(pauses(&purge).iter().sum::<Duration>() >= Duration::from_secs(60));
        assert_eq!(pauses(&[]), [] as [Duration; 0]);
    }
}
