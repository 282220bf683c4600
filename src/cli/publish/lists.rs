//! `publish --plan`: lists of files for rclone or any other tool, in the order in which they must be carried out.
//!
//! The target's record of what is online travels along: what it was comes from the target, or from a copy in `online/` where
//! Safelight cannot reach it; what it will be lies in `begin/` and `end/`, for before and after the uploads. So lists that
//! were not carried out to their end are made up for by the next ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use jiff::Timestamp;
use safelight::Error;
use safelight::config::{Config, TargetAddress};
use safelight::deploy::change::{Action, Change};
use safelight::deploy::header::random_name;
use safelight::deploy::state::{STATES, States};
use safelight::deploy::withdrawal::{Tombstone, Withdrawal};
use safelight::deploy::{Condition, Missing, folder};
use safelight::publish::{Manifest, Phase};
use safelight::{Code, error};
use serde_json::json;

use super::super::Outcome;
use super::ledger::only_owned;
use super::own_folders;
use super::steps::Publishing;

/// Where the record lies that says that all was carried out.
const END: &str = "end";

/// Builds, and writes the lists of what is to be done on the target.
pub(super) fn write(publishing: &Publishing<'_>, place: &Path) -> Outcome {
    let voice = &publishing.context.voice;
    if publishing.by_copy && publishing.arguments.rebuild_state {
        refuse_second_beginning(place)?;
    }
    publishing.build()?;
    let (built, _) = publishing.wanted()?;
    let wanted = &built.manifest;
    let on_target = match publishing.by_copy {
        true => match publishing.run.believe()? {
            None if !publishing.arguments.rebuild_state => {
                let message = "there is no copy of the target's record, so what is online is unknown";
                let hint =
                    format!("{}; the first time, when nothing is online, pass `--rebuild-state`", fetch_hint(place));
                return Err(vec![Error::new(Code::RecordMissing, message).hint(hint)]);
            }
            believed => believed.unwrap_or_default(),
        },
        false => publishing.run.look()?,
    };
    publishing.refuse(&on_target)?;
    let today = publishing.today()?;
    let ledgered = publishing.ledgered(&on_target, &today);
    publishing.require_current(&built)?;
    let nothing = Tombstone { page: &[], headers: 0 };
    let first = Withdrawal::first(&on_target.online, &on_target.state.header, &ledgered, nothing)?;
    // Pages of dead links go at once; what stands in their place comes with the pages.
    let none = Manifest::default();
    let withdrawal = Change::withdrawal(&on_target.online.manifest, &none, |at| first.goes[at]);
    let withdrawn: Vec<String> = on_target.online.unusable.iter().cloned().chain(removals(&withdrawal, None)).collect();
    withdrawal.waves().into_iter().flatten().for_each(|action| withdrawal.mark(action));
    let left =
        Manifest::of(withdrawal.reached(), on_target.online.manifest.notes().clone()).map_err(unwritable(place))?;
    let change = Change::between(&left, wanted, false);
    publishing.agreed(publishing.empties(&change, &on_target.state.header, &ledgered))?;
    publishing.agreed(publishing.removes_many(&on_target, &change))?;
    let of_phase = |phase: Phase| -> Vec<String> {
        change
            .writings()
            .filter(|(record, ..)| record.phase == phase)
            .map(|(record, ..)| record.path.to_owned())
            .collect()
    };
    let (assets, pages) = (of_phase(Phase::Asset), of_phase(Phase::Page));
    let removed: Vec<String> =
        removals(&change, Some(Phase::Page)).into_iter().chain(removals(&change, Some(Phase::Asset))).collect();
    fs::create_dir_all(place).map_err(unwritable(place))?;
    for (name, list) in [("withdrawn", &withdrawn), ("assets", &assets), ("pages", &pages), ("removed", &removed)] {
        let file = place.join(format!("{name}.txt"));
        let text: String = list.iter().map(|path| format!("{path}\n")).collect();
        // They name private addresses.
        safelight::files::write_private(&file, |out| std::io::Write::write_all(out, text.as_bytes()))?;
    }
    let (mut header, mut notes) = publishing.known(&on_target, &today, &ledgered);
    header.holder = None;
    let state = |part: &str, header: &_, notes: &_, is_done: bool| -> Result<(), Error> {
        let store = folder::open(&place.join(part), part, &[], Missing::Made)?;
        let states = States { store: &*store, ..*publishing.run.states };
        let put = match is_done {
            false => states.write(header, notes, || change.announced(), Condition::Always),
            true => states.write(header, notes, || change.reached(), Condition::Always),
        };
        put.map(drop)
    };
    header.nonce = random_name()?;
    state("begin", &header, &notes, false)?;
    change.waves().into_iter().flatten().for_each(|action: Action| change.mark(action));
    notes = safelight::build::merge_notes(&notes, wanted.notes());
    only_owned(&mut header, change.reached());
    // It is there once all is carried out.
    publishing.note_published(&mut header, Timestamp::try_from(SystemTime::now()).unwrap_or_default());
    header.nonce = random_name()?;
    state(END, &header, &notes, true)?;
    voice.json(&json!({
        "event": "summary", "command": "publish", "plan": place, "withdrawn": withdrawn.len(), "assets": assets.len(),
        "pages": pages.len(), "removed": removed.len(),
    }));
    let said = [(&withdrawn, "withdrawn"), (&assets, "assets"), (&pages, "pages"), (&removed, "removed")];
    let counts: Vec<String> = said.iter().map(|(list, word)| format!("{} {word}", list.len())).collect();
    voice.note(&format!("lists in {}: {}", place.display(), counts.join(", ")));
    voice.note(&format!("carry them out in this order, with your remote for `R:`:\n{}", commands(publishing, place)));
    Ok(ExitCode::SUCCESS)
}

/// Refuses a folder where others could read the lists, or where they would get into the site.
pub(super) fn refuse_open_place(config: &Config, place: &Path) -> Result<(), Error> {
    let mut forbidden = own_folders(config);
    forbidden.extend(config.publish.values().filter_map(|target| match &target.address {
        TargetAddress::Folder(folder) => Some((folder.as_path(), "a target")),
        _ => None,
    }));
    folder::refuse_overlap(place, &format!("the folder for lists `{}`", place.display()), &forbidden)
}

/// Refuses to begin anew where lists were made before: what they brought online would stay there for good.
fn refuse_second_beginning(place: &Path) -> Result<(), Error> {
    let has_record = |folder: &Path| fs::read_dir(folder.join(STATES)).is_ok_and(|mut files| files.next().is_some());
    let Some(found) = [believed(place), place.join(END)].into_iter().find(|folder| has_record(folder)) else {
        return Ok(());
    };
    let found = found.display();
    let message = format!("`{found}` has a record of what is online, which `--rebuild-state` would ignore");
    let hint =
        format!("{}, and leave `--rebuild-state` out; if nothing is online, delete `{found}`", fetch_hint(place));
    Err(Error::new(Code::InvalidArgument, message).hint(hint))
}

fn fetch_hint(place: &Path) -> String {
    format!(
        "copy it with `rclone copy --ignore-times R:safelight-state {}`",
        believed(place).join("safelight-state").display()
    )
}

/// Where a copy of the target's record lies, for targets that Safelight cannot reach.
pub(super) fn believed(place: &Path) -> PathBuf {
    place.join("online")
}

/// The commands for rclone; `R:` stands for the remote.
fn commands(publishing: &Publishing<'_>, place: &Path) -> String {
    let path = |path: PathBuf| error::shell_quote(&path.to_string_lossy());
    let list = |name: &str| path(place.join(format!("{name}.txt")));
    let output = path(publishing.config.output.clone());
    let fetch =
        format!("rclone copy --ignore-times R:safelight-state {}", path(believed(place).join("safelight-state")));
    let fetch = publishing.by_copy.then(|| format!("{fetch}   # next time, before `publish --plan`"));
    let commands = [
        format!("rclone delete --files-from-raw {} R:", list("withdrawn")),
        format!("rclone copy --ignore-times {} R:", path(place.join("begin"))),
        format!("rclone copy --ignore-times --files-from-raw {} {output} R:", list("assets")),
        format!("rclone copy --ignore-times --files-from-raw {} {output} R:", list("pages")),
        format!("rclone delete --files-from-raw {} R:", list("removed")),
        format!("rclone copy --ignore-times {} R:", path(place.join("end"))),
    ];
    commands.into_iter().chain(fetch).collect::<Vec<_>>().join("\n")
}

fn removals(change: &Change<'_>, phase: Option<Phase>) -> Vec<String> {
    let all = change.removals().filter(|(record, _)| phase.is_none_or(|phase| record.phase == phase));
    all.map(|(record, _)| record.path.to_owned()).collect()
}

fn unwritable(place: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |error| Error::io(Code::CannotWrite, "write the lists", place, error)
}
