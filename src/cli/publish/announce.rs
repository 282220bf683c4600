//! What a publish says: before it, while it withdraws, and after it; and what it looks at afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use safelight::deploy::Keeps;
use safelight::deploy::change::{Amounts, Change};
use safelight::deploy::header::{Header, Owner};
use safelight::deploy::headers::HeaderRules;
use safelight::deploy::withdrawal::{Ledgered, folder_of};
use safelight::error::on_one_line;
use safelight::publish::{Manifest, Tally};
use safelight::visibility::PrivateFolder;
use serde_json::json;

use super::super::build::{bytes_text, counted, seconds_text};
use super::steps::{Left, Publishing};

/// What was brought online.
pub(super) struct Online {
    pub amounts: Amounts,
    pub withdrawn: Left,
}

/// What a target does with deleted files, as the rest of a sentence about it.
pub(super) fn keeps_text(keeps: Keeps) -> Option<&'static str> {
    match keeps {
        Keeps::Nothing => None,
        Keeps::Versions => {
            Some("keeps former versions of files; those of private files are removed where the rights suffice")
        }
        Keeps::VersionsAndDeleted => Some(
            "keeps former versions of files, and what is deleted for some days; former versions of private files are removed where \
             the rights suffice, and stay for those days",
        ),
        Keeps::Deleted => Some("keeps deleted files for some days; only the host can remove them earlier"),
        Keeps::Unknown => Some("does not say whether it keeps deleted files: the rights to ask are missing"),
    }
}

/// What a path is, for people: the gallery and the link, never an address that opens something.
pub(super) fn label(publishing: &Publishing<'_>, header: &Header, ledgered: &Ledgered, path: &str) -> String {
    if !PrivateFolder::holds(path) || PrivateFolder::is_index(path) {
        return format!("`{}`", on_one_line(path));
    }
    let owners = [&ledgered.tombstones, &ledgered.living, &header.owners];
    let owner = folder_of(path).and_then(|folder| owners.into_iter().find_map(|all| all.get(folder)));
    owner.map_or_else(|| "a private file of unknown origin".to_owned(), |owner| name(publishing, owner))
}

pub(super) fn name(publishing: &Publishing<'_>, owner: &Owner) -> String {
    let gallery = publishing.access.ledger().and_then(|ledger| ledger.gallery(owner.gallery));
    let path = gallery.map_or_else(|| owner.gallery.to_string(), |gallery| gallery.path.clone());
    let path = on_one_line(&path);
    let Some(link) = owner.link else { return format!("`{path}`: pictures") };
    match gallery.and_then(|gallery| gallery.link(link)).map(|link| link.to.as_str()).filter(|to| !to.is_empty()) {
        Some(to) => format!("`{path}`: the page of `{}`", on_one_line(to)),
        None => format!("`{path}`: the page of {link}"),
    }
}

/// Says what was withdrawn: once for each page and each folder of pictures.
pub(super) fn withdrawn(publishing: &Publishing<'_>, change: &Change<'_>, header: &Header, ledgered: &Ledgered) {
    let voice = &publishing.context.voice;
    let gone = change.removals().map(|(record, done)| (record.path, done));
    let dead = change.writings().map(|(record, _, done)| (record.path, done));
    let mut told: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (path, done) in gone.chain(dead) {
        let counts = told.entry(label(publishing, header, ledgered, path)).or_default();
        counts.0 += 1;
        counts.1 += usize::from(!done);
    }
    for (what, (files, left)) in told {
        voice.json(&json!({ "event": "withdrawn", "what": what, "files": files, "left": left }));
        let left = if left > 0 { format!(", {left} could not be taken down") } else { String::new() };
        voice.note(&format!("withdrawn: {what} ({}{left})", counted(files, "file", "files")));
    }
}

/// Says that nothing changed.
pub(super) fn unchanged(publishing: &Publishing<'_>, wanted: &Manifest) {
    let voice = &publishing.context.voice;
    voice.json(
        &json!({ "event": "summary", "command": "publish", "target": publishing.target.to, "unchanged": wanted.len() }),
    );
    let files = counted(wanted.len(), "file", "files");
    voice.note(&format!("{} is up to date: {files}", publishing.target.to));
}

/// What programs hear at the end of a withdrawal.
pub(super) fn withdraw_summary(publishing: &Publishing<'_>) {
    publishing.context.voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to, "withdraw": true,
    }));
}

/// Says what was done.
pub(super) fn done(publishing: &Publishing<'_>, amounts: &Amounts, purged: usize, rules: &HeaderRules, time: Duration) {
    let voice = &publishing.context.voice;
    voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to, "dry_run": false,
        "files": amounts, "purged": purged,
        "seconds": (time.as_secs_f64() * 1000.0).round() / 1000.0,
    }));
    let unsent: Vec<String> = if publishing.run.site.sends_headers() {
        rules.not_sendable().iter().map(|(_, name)| name.to_string()).collect::<BTreeSet<_>>().into_iter().collect()
    } else {
        Vec::new()
    };
    if !unsent.is_empty() {
        voice.detail(&format!("the target does not send these headers of `_headers`: {}", unsent.join(", ")));
    }
    voice.note(&format!("{}, after {}", amounts_text(amounts, false), seconds_text(time)));
    if publishing.target.purge.is_empty() {
        voice.detail("no cache was told, because site.toml has no `[publish.purge]`");
    }
    let at = match &publishing.config.url {
        Some(url) => format!("{}{}", url.origin, url.base),
        None => publishing.target.to.clone(),
    };
    voice.note(&format!("online: {at}"));
}

pub(super) fn amounts_text(amounts: &Amounts, would: bool) -> String {
    let would = if would { "would be " } else { "" };
    let part = |tally: Tally, word: &str| {
        (tally.files > 0)
            .then(|| format!("{} {would}{word} ({})", counted(tally.files, "file", "files"), bytes_text(tally.bytes)))
    };
    let parts: Vec<String> = [
        part(amounts.new, "sent"),
        part(amounts.replaced, "replaced"),
        part(amounts.copied, "copied on the target"),
        part(amounts.removed, "removed"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let unchanged = format!("{} unchanged", amounts.unchanged.files);
    if parts.is_empty() { unchanged } else { format!("{}; {unchanged}", parts.join(", ")) }
}
