//! What this computer remembers of targets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use safelight::config::{Config, PublishTarget};
use safelight::deploy::Keeps;

use super::announce::keeps_text;
use super::steps::Publishing;

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

/// Whether this computer has published to a target before.
pub(super) fn knows(config: &Config, target: &PublishTarget) -> bool {
    remembered(config).contains_key(&target.to)
}

fn remembered(config: &Config) -> BTreeMap<String, Keeps> {
    std::fs::read(memory_file(config)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// What to know of targets when something is erased: one sentence for each that may keep it.
pub(crate) fn may_stay(config: &Config) -> Vec<String> {
    let told = |(target, keeps): (String, Keeps)| Some(format!("{target} {}", keeps_text(keeps)?));
    remembered(config).into_iter().filter_map(told).collect()
}
