//! `publish --status`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use safelight::deploy::run::OnTarget;
use safelight::visibility::PrivateFolder;
use serde_json::json;

use super::super::Outcome;
use super::super::build::{bytes_text, counted};
use super::announce::{keeps_text, label, name};
use super::steps::Publishing;

/// Says what is online, since when, and what differs from today's ledger.
pub(super) fn status(publishing: &Publishing<'_>, on_target: &OnTarget) -> Outcome {
    let voice = &publishing.context.voice;
    let header = &on_target.state.header;
    let manifest = &on_target.online.manifest;
    let today = publishing.today()?;
    let ledgered = publishing.ledgered(on_target, &today);
    let bytes: u64 = manifest.iter().map(|record| record.size).sum();
    let private = manifest.iter().filter(|record| PrivateFolder::holds(record.path)).count();
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
    let behind = publishing.access.behind(&today.facts, manifest);
    let unsettled = manifest.iter().filter(|record| !record.settled).count();
    let unproved: BTreeSet<&String> = header.unproved.values().map(|of| &of.what).collect();
    voice.json(&json!({
        "event": "summary", "command": "publish", "target": publishing.target.to,
        "published": header.published.map(|time| time.to_string()), "by": header.by,
        "files": manifest.len(), "private": private, "bytes": bytes,
        "holder": header.holder.as_ref().map(|holder| json!({ "who": holder.who, "since": holder.since.to_string() })),
        "to_withdraw": dead, "not_online": missing, "unfinished": unsettled, "ledger_behind": !behind.is_empty(),
        "keeps": header.keeps, "unproved": unproved,
    }));
    let mut lines = vec![match header.published {
        Some(time) => {
            let by = if header.by.is_empty() { String::new() } else { format!(", by {}", header.by) };
            format!("{}: published on {}{by}", publishing.target.to, time.strftime("%Y-%m-%d %H:%M UTC"))
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
    lines.extend(
        unproved.iter().map(|what| format!("taken down, and not seen to be gone at the site's address: {what}")),
    );
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
