//! `publish --dry-run`.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;

use safelight::config::TargetAddress;
use safelight::deploy::change::Change;
use safelight::deploy::purge::PurgeList;
use safelight::deploy::run::OnTarget;
use safelight::deploy::withdrawal::{Tombstone, Withdrawal};
use safelight::publish::{Fingerprint, Manifest, Phase, Record};
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error};
use serde_json::json;

use super::super::build::counted;
use super::super::{Outcome, whole};
use super::announce::{amounts_text, keeps_text, label};
use super::steps::Publishing;
use super::upload::stamp;

/// Says what a publish would do. Files that the next build would make anew count with the sizes that are known.
pub(super) fn dry_run(publishing: &Publishing<'_>, on_target: &OnTarget) -> Outcome {
    let voice = &publishing.context.voice;
    let ledgered = publishing.ledgered(on_target, &publishing.today()?);
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
    let wanted = match publishing.arguments.no_build {
        true => {
            let (built, _) = publishing.wanted()?;
            publishing.require_current(&built)?;
            built.manifest
        }
        false => {
            let local = publishing.wanted().map(|(built, _)| built.manifest);
            composed(publishing, on_target, &local.unwrap_or_default())?
        }
    };
    let change = Change::between(&on_target.online.manifest, &wanted, true);
    let amounts = change.amounts();
    let sight = publishing.run.site.look().map_err(|error| vec![error])?;
    let batch = publishing.run.site.delete_batch().max(1);
    // The state twice and its proof; the private folders twice.
    let fixed = if change.is_empty() { 4 } else { 20 };
    // As a publish does, once everything that it withdraws is told.
    publishing.refuse_listed(sight, &wanted)?;
    let requests = amounts.new.files
        + amounts.replaced.files
        + amounts.copied.files
        + amounts.removed.files.div_ceil(batch)
        + fixed;
    let purged = (!publishing.target.purge.is_empty())
        .then(|| PurgeList::of(&change, publishing.base(), |_| true).lines().len());
    let empties = publishing.empties(&change, &on_target.state.header, &ledgered);
    let questions: Vec<_> = empties.into_iter().chain(publishing.removes_many(on_target, &change)).collect();
    let asks: Vec<&str> = questions.iter().map(|question| question.what.as_str()).collect();
    voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to, "dry_run": true, "files": amounts,
        "requests": requests, "purged": purged, "lists": sight.lists, "keeps": sight.keeps, "asks": asks,
    }));
    if let TargetAddress::Folder(folder) = &publishing.target.address
        && !folder.exists()
    {
        voice.note(&format!("the folder {} would be made", publishing.target.to));
    }
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
    for question in &questions {
        voice.note(&format!(
            "a publish would ask before it removes {}; where nobody can answer, it needs `--allow-removals {}`",
            question.what, question.files
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
                .filter(|record| PrivateFolder::holds(record.path) && record.phase == Phase::Asset)
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
