//! What this computer remembers of targets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use safelight::build::Access;
use safelight::catalog::Catalog;
use safelight::config::{Config, PublishTarget, TargetAddress};
use safelight::deploy::Keeps;
use safelight::deploy::withdrawal::Ledgered;
use serde::{Deserialize, Serialize};

use super::super::Printer;
use super::announce::keeps_text;

/// What is remembered of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// As it is written in `site.toml`.
    to: String,
    /// The same of the server of a bucket.
    #[serde(default)]
    endpoint: Option<String>,
    /// What it does with deleted files.
    keeps: Keeps,
    /// The disk that a folder lies on, where the system tells.
    #[serde(default)]
    disk: Option<u64>,
    /// What it shows since it was last published to, as [`shown`] says it.
    #[serde(default)]
    shows: BTreeSet<String>,
}

impl Known {
    /// Whether this is that target, however it is written.
    fn is(&self, config: &Config, target: &PublishTarget) -> bool {
        let address = || TargetAddress::read(&self.to, &config.root);
        self.endpoint == target.endpoint
            && (self.to == target.to || address().is_some_and(|address| address.is_same_place(&target.address)))
    }
}

/// Where this computer remembers what it published to.
fn memory_file(config: &Config) -> PathBuf {
    config.state.join("publish").join("targets.json")
}

/// Remembers a target, and names those of former settings: nobody takes anything down there any more.
pub(super) fn remember(voice: &Printer, config: &Config, target: &PublishTarget, keeps: Keeps) {
    let known = change(config, |known| {
        let entry = entry(config, target, known);
        (entry.keeps, entry.disk) = (keeps, disk(target));
    });
    for former in known.iter().filter(|one| !config.publish.values().any(|target| one.is(config, target))) {
        voice.note(&format!(
            "{} may still have the site with all its links, and is no target any more: take it down there, then delete {}",
            former.to,
            config.display_path(&memory_file(config)).display()
        ));
    }
}

/// Remembers what a target shows once everything went well, and names the other targets that may still show what has been
/// withdrawn since they were published to.
pub(super) fn remind(voice: &Printer, config: &Config, access: &Access, target: &PublishTarget, went_well: bool) {
    // Where this cannot be known, nothing is said.
    let Some(shown) = shown(config, access) else { return };
    let known = change(config, |known| {
        if went_well {
            entry(config, target, known).shows.clone_from(&shown);
        }
    });
    for other in known.iter().filter(|one| !one.is(config, target) && !one.shows.is_subset(&shown)) {
        let named = config.publish.iter().find(|(_, target)| other.is(config, target));
        let Some((name, _)) = named else { continue };
        let command = ["safelight publish", name].join(" ");
        voice.note(&format!(
            "{} was not published since something was withdrawn, and may still show it: run `{}`",
            other.to,
            command.trim_end()
        ));
    }
}

/// Whether a folder lay on another disk than the one that it, or its place, is on now: its own is not there.
pub(super) fn is_away(config: &Config, target: &PublishTarget) -> bool {
    let known = remembered(config).into_iter().find(|one| one.is(config, target)).and_then(|one| one.disk);
    known.is_some_and(|known| disk(target).is_some_and(|now| now != known))
}

/// The disk that a folder lies on, or would lie on.
fn disk(target: &PublishTarget) -> Option<u64> {
    let TargetAddress::Folder(folder) = &target.address else { return None };
    let there = folder.ancestors().find_map(|folder| folder.metadata().ok());
    there.map(|there| std::os::unix::fs::MetadataExt::dev(&there))
}

/// What is known of a target, under the way that it is written now.
fn entry<'k>(config: &Config, target: &PublishTarget, known: &'k mut Vec<Known>) -> &'k mut Known {
    let same = known.iter().rfind(|one| one.is(config, target)).cloned();
    let (keeps, disk, shows) = same.map_or_else(Default::default, |same| (same.keeps, same.disk, same.shows));
    known.retain(|one| !one.is(config, target));
    let (to, endpoint) = (target.to.clone(), target.endpoint.clone());
    known.insert(0, Known { to, endpoint, keeps, disk, shows });
    &mut known[0]
}

/// Changes what is remembered, and gives it.
fn change(config: &Config, change: impl FnOnce(&mut Vec<Known>)) -> Vec<Known> {
    let before = remembered(config);
    let mut known = before.clone();
    change(&mut known);
    known.sort_by(|one, other| one.to.cmp(&other.to));
    if before != known
        && let Ok(text) = serde_json::to_vec(&known)
    {
        // A reminder that cannot be kept is no reason to fail.
        let _ = safelight::files::write_private(&memory_file(config), |out| std::io::Write::write_all(out, &text));
    }
    known
}

fn remembered(config: &Config) -> Vec<Known> {
    std::fs::read(memory_file(config)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// What to know of targets when something is erased: one sentence for each that may keep it.
pub(crate) fn may_stay(config: &Config) -> Vec<String> {
    let told = |known: Known| Some(format!("{} {}", known.to, keeps_text(known.keeps)?));
    remembered(config).into_iter().filter_map(told).collect()
}

/// What the ledger and the galleries' settings show today: every private folder, in a form that opens nothing, and every gallery
/// that is open.
fn shown(config: &Config, access: &Access) -> Option<BTreeSet<String>> {
    let (folders, _) = Catalog::folders(config);
    let publications = access.publications(config, folders.iter().map(|(path, said)| (path.as_path(), said))).ok()?;
    // The folder of galleries is none itself.
    let galleries = folders.iter().filter(|(path, _)| !path.as_os_str().is_empty());
    let said: BTreeMap<&Path, _> = galleries.map(|(path, said)| (path.as_path(), said)).collect();
    let today = access.today().date();
    let is_open = |folder: &Path| {
        let around = || folder.ancestors().filter_map(|above| said.get(above));
        let is_closed = around().any(|said| said.access.is_some_and(|access| !access.is_open()));
        let top = around().last().and_then(|said| said.access).unwrap_or(config.default_access);
        top.is_open() && !is_closed && around().all(|said| said.expires.is_none_or(|last| last >= today))
    };
    let private = Ledgered::of(&publications, None, BTreeSet::new()).living.into_keys();
    let private = private.map(|folder| blake3::hash(folder.as_bytes()).to_hex()[..12].to_owned());
    let open = said.keys().filter(|folder| is_open(folder)).map(|folder| folder.to_string_lossy().into_owned());
    Some(private.chain(open).collect())
}
