//! What a publish says: before it, while it withdraws, and after it; and what it looks at afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use safelight::access::{Ledger, Link, LinkId};
use safelight::config::Config;
use safelight::deploy::change::{Amounts, Change};
use safelight::deploy::headers::HeaderRules;
use safelight::deploy::proof::{self, Check, Expected, Fetch as _, Web};
use safelight::deploy::run::{OnTarget, Stale, is_private};
use safelight::deploy::state::{Header, Owner};
use safelight::deploy::withdrawal::{Ledgered, Tombstone, Withdrawal, folder_of};
use safelight::deploy::{Headers, Keeps};
use safelight::error::on_one_line;
use safelight::publish::{Fingerprint, Manifest, Phase, Record, Tally, url_path};
use safelight::{Code, Error};
use serde_json::json;

use super::super::build::{bytes_text, counted, seconds_text};
use super::super::{Outcome, whole};
use super::steps::{Publishing, Withdrawn};

/// Removed public files of which more than these are not all asked for. Of private ones all are.
const MOST_GONE: usize = 1000;
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

/// What was brought online.
pub(super) struct Online {
    pub amounts: Amounts,
    pub withdrawn: Withdrawn,
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

/// What a target does with deleted files, as the rest of a sentence about it.
pub(super) fn keeps_text(keeps: Keeps) -> Option<&'static str> {
    match keeps {
        Keeps::Nothing => None,
        Keeps::Versions => {
            Some("keeps former versions of files; those of private files are removed where the rights suffice")
        }
        Keeps::Deleted => Some("keeps deleted files for some days; only the host can remove them earlier"),
        Keeps::Unknown => Some("does not say whether it keeps deleted files: the rights to ask are missing"),
    }
}

/// Where this computer remembers what it published to, and what each target does with deleted files.
fn memory_file(config: &Config) -> PathBuf {
    config.state.join("publish").join("targets.json")
}

/// Remembers a target, and names those of former settings: nobody takes anything down there any more.
pub(super) fn remember(publishing: &Publishing<'_>, keeps: Keeps) {
    let config = publishing.config;
    let mut known = remembered(config);
    let is_new = known.insert(publishing.target.to.clone(), keeps) != Some(keeps);
    let in_use = |to: &String| config.publish.values().any(|target| target.to == *to);
    for former in known.keys().filter(|to| !in_use(to)) {
        publishing.context.voice.note(&format!(
            "{} may still have the site with all its links, and is no target any more: take it down there, then delete {}",
            former,
            config.display_path(&memory_file(config)).display()
        ));
    }
    if is_new && let Ok(text) = serde_json::to_vec(&known) {
        // A reminder that cannot be kept is no reason to fail.
        let _ = safelight::files::write_private(&memory_file(config), |out| std::io::Write::write_all(out, &text));
    }
}

fn remembered(config: &Config) -> BTreeMap<String, Keeps> {
    std::fs::read(memory_file(config)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// What to know of targets when something is erased: one sentence for each that may keep it.
pub(crate) fn may_stay(config: &Config) -> Vec<String> {
    let told = |(target, keeps): (String, Keeps)| Some(format!("{target} {}", keeps_text(keeps)?));
    remembered(config).into_iter().filter_map(told).collect()
}

/// What a path is, for people: the gallery and the link, never an address that opens something.
fn label(publishing: &Publishing<'_>, header: &Header, ledgered: &Ledgered, path: &str) -> String {
    let Some(folder) = folder_of(path).filter(|_| is_private(path)) else { return format!("`{}`", on_one_line(path)) };
    let owner = [&ledgered.tombstones, &ledgered.living, &header.owners].into_iter().find_map(|all| all.get(folder));
    owner.map_or_else(|| "a private file of unknown origin".to_owned(), |owner| name(publishing, owner))
}

fn name(publishing: &Publishing<'_>, owner: &Owner) -> String {
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

/// What went: all that was private, and as much of the rest as is asked for.
fn gone<'c>(change: &'c Change<'_>) -> impl Iterator<Item = (Record<'c>, Expected)> {
    let (private, public): (Vec<_>, Vec<_>) =
        change.removals().map(|(record, _)| record).partition(|record| is_private(record.path));
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

/// Looks at the site as a stranger does.
pub(super) fn prove(publishing: &Publishing<'_>, checks: &[Check]) -> Result<(), Vec<Error>> {
    let voice = &publishing.context.voice;
    let mut unique: BTreeMap<&str, &Check> = BTreeMap::new();
    for check in checks {
        // What was withdrawn first and is there again in another form counts last.
        unique.insert(&check.url, check);
    }
    let checks: Vec<Check> = unique.into_values().cloned().collect();
    if publishing.config.url.is_none() {
        voice.note("site.toml has no `url`, so nobody looked at the site from outside");
        return Ok(());
    }
    if checks.is_empty() {
        return Ok(());
    }
    if publishing.target.state.is_none() && publishing.run.states.keys.is_some() {
        tell_of_state(publishing);
    }
    let pauses: &[Duration] = if !publishing.target.purge.is_empty() { &PAUSES } else { &[] };
    let wrong = proof::prove(&Web::default(), &checks, pauses);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let gone = checks.iter().filter(|check| check.expected != Expected::There).count();
    let there = checks.len() - gone;
    voice.json(&json!({ "event": "proved", "gone": gone, "there": there }));
    let parts = [
        (gone, counted(gone, "removed address is gone", "removed addresses are gone")),
        (there, counted(there, "new address answers", "new addresses answer")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    voice.note(&format!("looked at the site from outside: {}", parts.join(", ")));
    Ok(())
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

fn amounts_text(amounts: &Amounts, would: bool) -> String {
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

/// Says what a publish would do. Files that the next build would make anew count with the sizes that are known.
pub(super) fn dry_run(publishing: &Publishing<'_>, on_target: &OnTarget) -> Outcome {
    let voice = &publishing.context.voice;
    let ledgered = publishing.ledgered(on_target)?;
    let nothing = Tombstone { page: &[], headers: 0 };
    let first = Withdrawal::first(&on_target.online, &on_target.state.header, &ledgered, nothing)?;
    let withdrawal = Change::withdrawal(&on_target.online.manifest, &first.instead, |at| first.goes[at]);
    let mut gone: BTreeMap<String, usize> = BTreeMap::new();
    let dead = withdrawal.writings().map(|(record, ..)| record);
    for record in withdrawal.removals().map(|(record, _)| record).chain(dead) {
        *gone.entry(label(publishing, &on_target.state.header, &ledgered, record.path)).or_default() += 1;
    }
    for (what, files) in &gone {
        voice.json(&json!({ "event": "withdrawn", "what": what, "files": files }));
        voice.note(&format!("would be withdrawn first: {what} ({})", counted(*files, "file", "files")));
    }
    if publishing.arguments.withdraw {
        return Ok(ExitCode::SUCCESS);
    }
    let local = publishing.wanted().map(|(built, _)| built.manifest);
    let wanted = match publishing.arguments.no_build {
        true => local.map_err(|error| vec![error])?,
        false => composed(publishing, on_target, &local.unwrap_or_default())?,
    };
    let change = Change::between(&on_target.online.manifest, &wanted, true);
    let amounts = change.amounts();
    let sight = publishing.run.site.look().map_err(|error| vec![error])?;
    let batch = publishing.run.site.delete_batch().max(1);
    // The state twice and its proof; the private folders twice.
    let fixed = if change.is_empty() { 4 } else { 20 };
    let requests = amounts.new.files
        + amounts.replaced.files
        + amounts.copied.files
        + amounts.removed.files.div_ceil(batch)
        + fixed;
    let purged = (!publishing.target.purge.is_empty()).then(|| {
        change.waves().into_iter().flatten().for_each(|action| change.mark(action));
        Stale::of(&change, publishing.base()).lines().len()
    });
    voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to, "dry_run": true, "files": amounts,
        "requests": requests, "purged": purged, "lists": sight.lists, "keeps": sight.keeps,
    }));
    voice.note(&amounts_text(&amounts, true));
    if change.writings().any(|(record, ..)| record.size == 0) {
        voice.note("sizes of files that are not built yet are not counted");
    }
    voice.note(&format!("about {}", counted(requests, "request", "requests")));
    if let Some(purged) = purged {
        voice.note(&format!("{} would be purged from caches", counted(purged, "address", "addresses")));
    }
    if amounts.removed_public > 0 {
        voice.note(&format!(
            "{} among them",
            counted(amounts.removed_public, "removed file is public", "removed files are public")
        ));
    }
    if let Some(what) = keeps_text(sight.keeps) {
        voice.note(&format!("{} {what}", publishing.target.to));
    }
    Ok(ExitCode::SUCCESS)
}

/// What a build would bring, without making it; sizes are those of the last build, or of what lies online.
fn composed(publishing: &Publishing<'_>, on_target: &OnTarget, local: &Manifest) -> Result<Manifest, Vec<Error>> {
    let rules = publishing.rules();
    whole::compose(
        publishing.context,
        publishing.config,
        |_| {},
        |site| {
            let known = [local, &on_target.online.manifest];
            // What moves keeps its size.
            let by_key: HashMap<Fingerprint, u64> = known
                .iter()
                .flat_map(|known| known.iter())
                .filter(|record| is_private(record.path) && record.phase == Phase::Asset)
                .map(|record| (record.key, record.size))
                .collect();
            let records = site.files.wanted().map(|wanted| {
                let same =
                    known.iter().filter_map(|known| known.get(wanted.path)).find(|known| known.key == wanted.key);
                let size = same.map(|same| same.size).or(by_key.get(&wanted.key).copied()).unwrap_or_default();
                Record {
                    path: wanted.path,
                    key: wanted.key,
                    size,
                    modified: stamp(&rules.of_path(wanted.path)),
                    phase: wanted.phase,
                    reach: wanted.reach,
                    settled: true,
                }
            });
            let mut records: Vec<Record<'_>> = records.collect();
            records.sort_unstable_by_key(|record| record.path);
            Manifest::of(records.into_iter(), BTreeMap::new())
                .map_err(|error| vec![Error::new(Code::CannotRead, format!("the site cannot be listed: {error}"))])
        },
    )
}

/// Says what is online, since when, and what differs from today's ledger.
pub(super) fn status(publishing: &Publishing<'_>, on_target: &OnTarget) -> Outcome {
    let voice = &publishing.context.voice;
    let header = &on_target.state.header;
    let manifest = &on_target.online.manifest;
    let ledgered = publishing.ledgered(on_target)?;
    let bytes: u64 = manifest.iter().map(|record| record.size).sum();
    let private = manifest.iter().filter(|record| is_private(record.path)).count();
    let mut dead: BTreeSet<String> = BTreeSet::new();
    for path in &ledgered.dead {
        dead.insert(label(publishing, header, &ledgered, path));
    }
    let missing: BTreeSet<String> = ledgered
        .living
        .iter()
        .filter(|(folder, owner)| owner.link.is_some() && manifest.get(&format!("{folder}index.html")).is_none())
        .map(|(_, owner)| name(publishing, owner))
        .collect();
    let behind = publishing.access.behind(&publishing.today()?.facts, manifest);
    let unsettled = manifest.iter().filter(|record| !record.settled).count();
    voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to,
        "published": header.published.map(|time| time.to_string()), "by": header.by,
        "files": manifest.len(), "private": private, "bytes": bytes,
        "holder": header.holder.as_ref().map(|holder| json!({ "who": holder.who, "since": holder.since.to_string() })),
        "to_withdraw": dead, "not_online": missing, "unfinished": unsettled, "ledger_behind": !behind.is_empty(),
        "keeps": header.keeps,
    }));
    let mut lines = vec![match header.published {
        Some(time) => {
            format!("{}: published on {}, by {}", publishing.target.to, time.strftime("%Y-%m-%d %H:%M UTC"), header.by)
        }
        None => format!("{}: nothing was published yet, or not to its end", publishing.target.to),
    }];
    lines.push(format!(
        "{}, {}; {private} of them for holders of links",
        counted(manifest.len(), "file", "files"),
        bytes_text(bytes)
    ));
    if let Some(holder) = &header.holder {
        lines.push(format!("being published by {} since {}", holder.who, holder.since.strftime("%Y-%m-%d %H:%M UTC")));
    } else if unsettled > 0 {
        lines.push(format!("{} unfinished: publish again", counted(unsettled, "file is", "files are")));
    }
    lines.extend(dead.iter().map(|what| format!("to be withdrawn: {what}")));
    lines.extend(missing.iter().map(|what| format!("not online yet: {what}")));
    lines.extend(behind.iter().map(|error| format!("the ledger here is older than the one online: {error}")));
    if dead.is_empty() && missing.is_empty() && behind.is_empty() && header.published.is_some() {
        lines.push("links: as in the ledger".to_owned());
    }
    if let Some(what) = keeps_text(header.keeps) {
        lines.push(format!("the target {what}"));
    }
    voice.answer(&lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}
