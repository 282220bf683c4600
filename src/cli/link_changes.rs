//! `revoke`, `extend`, `expire`, `rotate`, `retire`: marks in the ledger, shown before they are made.

use std::process::ExitCode;

use safelight::Error;
use safelight::access::change::{AudienceAssets, close, expire, extend, revoke, rotate};
use safelight::access::{Change, GalleryId, LinkId, durations};
use safelight::build::access::ledger_path;
use safelight::config::GalleryConfig;
use safelight::error::shell_quote;
use serde_json::json;

use super::build::counted;
use super::link_session::{Day, LinkSession, Whose, last_moment};
use super::{Context, Outcome};

/// Arguments of `revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The gallery's folder
    gallery: String,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    how: How,
}

/// Arguments of `extend`.
#[derive(Debug, clap::Args)]
pub(crate) struct Extend {
    /// The gallery's folder
    gallery: String,
    #[command(flatten)]
    whose: Whose,
    /// The new last day: 90d or 12w from today, 2027-06-30, or `never`
    #[arg(long, value_name = "DAY")]
    expires: String,
    #[command(flatten)]
    how: How,
}

/// Arguments of `expire`.
#[derive(Debug, clap::Args)]
pub(crate) struct Expire {
    /// The gallery's folder
    gallery: String,
    #[command(flatten)]
    whose: Whose,
    /// The new last day: 90d or 12w from today, or 2027-06-30; today at the earliest
    #[arg(long, value_name = "DAY")]
    on: String,
    #[command(flatten)]
    how: How,
}

/// Arguments of `rotate` and `retire`.
#[derive(Debug, clap::Args)]
pub(crate) struct Whole {
    /// The gallery's folder
    gallery: String,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, clap::Args)]
struct How {
    /// Show what would change without changing anything
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run_revoke(context: &Context, arguments: &Revoke) -> Outcome {
    mark(context, "revoke", &arguments.gallery, &arguments.how, |desk, gallery| {
        desk.situation(|situation| revoke(&desk.ledger, situation, gallery, arguments.whose.name()))
    })
}

pub(crate) fn run_extend(context: &Context, arguments: &Extend) -> Outcome {
    mark(context, "extend", &arguments.gallery, &arguments.how, |desk, gallery| {
        let expires = match arguments.expires.trim() {
            "never" => None,
            typed => Some(durations::last_day(typed, desk.today)?),
        };
        desk.refuse_lost_entries()?;
        desk.situation(|situation| extend(&desk.ledger, situation, gallery, arguments.whose.name(), expires))
    })
}

pub(crate) fn run_expire(context: &Context, arguments: &Expire) -> Outcome {
    mark(context, "expire", &arguments.gallery, &arguments.how, |desk, gallery| {
        let last = durations::last_day(&arguments.on, desk.today)?;
        desk.situation(|situation| expire(&desk.ledger, situation, gallery, arguments.whose.name(), last))
    })
}

pub(crate) fn run_rotate(context: &Context, arguments: &Whole) -> Outcome {
    mark(context, "rotate", &arguments.gallery, &arguments.how, |desk, gallery| {
        desk.situation(|situation| rotate(&desk.ledger, situation, gallery))
    })
}

pub(crate) fn run_retire(context: &Context, arguments: &Whole) -> Outcome {
    mark(context, "retire", &arguments.gallery, &arguments.how, |desk, gallery| {
        desk.situation(|situation| close(&desk.ledger, situation, gallery))
    })
}

fn mark(
    context: &Context,
    command: &str,
    typed: &str,
    how: &How,
    change: impl FnOnce(&LinkSession, GalleryId) -> Result<Change, Error>,
) -> Outcome {
    let mut desk = LinkSession::open(context, how.day, !how.dry_run)?;
    let gallery = desk.gallery(typed)?;
    let change = change(&desk, gallery)?;
    let path = desk.path(gallery);
    if !how.dry_run {
        desk.commit(&change)?;
    } else if let Some(after) = after(&desk, &change) {
        desk.ledger = after;
    }
    let lines = effects(&desk, &change, how.dry_run);
    let mut lines = if lines.is_empty() { vec!["no working link is affected".to_owned()] } else { lines };
    if command == "retire" {
        let verb = if how.dry_run { "would be closed" } else { "is closed" };
        lines.insert(0, format!("`{path}` {verb} permanently; once that is published, you can delete its folder"));
        let inside = |folder: &std::path::Path| folder.starts_with(&path) && folder != std::path::Path::new(&path);
        let open = |said: &GalleryConfig| {
            let id = said.id.as_deref().and_then(|id| id.parse().ok());
            id.and_then(|id| desk.ledger.gallery(id)).is_some_and(|gallery| gallery.closed.is_none())
        };
        for (folder, _) in desk.folders.iter().filter(|(folder, said)| inside(folder) && open(said)) {
            let folder = ledger_path(folder);
            lines.insert(
                1,
                format!(
                    "`{folder}` in it was shared separately and stays open: move or retire it before \
                                     you delete the folder"
                ),
            );
        }
    }
    lines.push(if how.dry_run { "nothing was changed" } else { "this takes effect when you next publish" }.to_owned());
    context.voice.note(&lines.join("\n"));
    let ids = |list: &[(GalleryId, LinkId)]| list.iter().map(|(_, link)| link.to_string()).collect::<Vec<_>>();
    let audiences = |list: &[AudienceAssets]| list.iter().map(|one| one.audience.clone()).collect::<Vec<_>>();
    for (gallery, link) in change.effects.renewed.iter().chain(&change.effects.opened) {
        if let Some(address) = address(&desk, *gallery, *link)
            && !how.dry_run
        {
            context.voice.answer(&address);
        }
    }
    context.voice.json(&json!({
        "event": "summary", "command": command, "dry_run": how.dry_run, "gallery": path, "id": gallery.as_str(),
        "opened": ids(&change.effects.opened), "ended": ids(&change.effects.ended),
        "renewed": ids(&change.effects.renewed), "kept": ids(&change.effects.kept),
        "moved_assets": audiences(&change.effects.moved_assets),
        "ended_assets": audiences(&change.effects.ended_assets),
    }));
    Ok(ExitCode::SUCCESS)
}

/// The ledger as it would be.
fn after(desk: &LinkSession, change: &Change) -> Option<safelight::access::Ledger> {
    let text =
        safelight::access::file::read_text(&desk.config.root.join(safelight::access::ledger::LEDGER_FILE)).ok()??;
    let mut document = safelight::access::LedgerDocument::parse(&text, "access.toml".as_ref()).ok()?;
    document.apply(change).ok()?;
    Some(document.ledger().clone())
}

fn address(desk: &LinkSession, gallery: GalleryId, link: LinkId) -> Option<String> {
    let link = desk.ledger.gallery(gallery)?.link(link)?;
    Some(desk.address(desk.token(gallery, link)?.path_segment()))
}

/// What a change does, for people.
fn effects(desk: &LinkSession, change: &Change, dry_run: bool) -> Vec<String> {
    let effects = &change.effects;
    let mut lines = Vec::new();
    let name = |(gallery, link): &(GalleryId, LinkId)| desk.name_of(*gallery, *link);
    let will = |now: &'static str, then: &'static str| if dry_run { then } else { now };
    let code = |(gallery, link): &(GalleryId, LinkId)| desk.code(*gallery, desk.ledger.gallery(*gallery)?.link(*link)?);
    for one in &effects.ended {
        lines.push(match code(one) {
            Some(_) => {
                format!("the link for {} and its code {}", name(one), will("stop working", "would stop working"))
            }
            None => format!("the link for {} {}", name(one), will("stops working", "would stop working")),
        });
    }
    for one in effects.opened.iter().chain(&effects.renewed).chain(&effects.kept) {
        let changed = change
            .edits
            .iter()
            .any(|edit| matches!(edit, safelight::access::Edit::Extended { link, .. } if *link == one.1));
        let last = desk
            .ledger
            .gallery(one.0)
            .and_then(|gallery| safelight::access::life::last_day(gallery.link(one.1)?, desk.gallery_expires(one.0)));
        if changed {
            let until =
                last.map_or_else(|| "until you revoke it".to_owned(), |day| format!("until {}", last_moment(day)));
            lines.push(format!("the link for {} {} {until}", name(one), will("works", "would work")));
        }
    }
    for one in &effects.renewed {
        let kept = if code(one).is_some() { "; its code stays" } else { "" };
        lines.push(format!("the link for {} {} a new address: send it{kept}", name(one), will("has", "would get")));
    }
    let kept = effects.kept.len();
    if kept > 0 {
        lines.push(format!(
            "{} {} as {}",
            counted(kept, "link", "links"),
            if kept == 1 { "stays" } else { "stay" },
            if kept == 1 { "it is" } else { "they are" }
        ));
    }
    let of = |audience: &str| if audience.is_empty() { String::new() } else { format!(" of `{audience}`") };
    for moved in &effects.moved_assets {
        let keyed = if desk.is_sealed(moved.gallery) {
            will(" and are encrypted with a new key", " and be encrypted with a new key")
        } else {
            ""
        };
        lines.push(format!(
            "the pictures{} {} to a new address{keyed}",
            of(&moved.audience),
            will("move", "would move")
        ));
    }
    for ended in &effects.ended_assets {
        lines.push(format!(
            "the pictures{} {} published any more, because no link opens them",
            of(&ended.audience),
            will("are not", "would not be")
        ));
    }
    // Somebody who is shut out may know a password, and somebody else's link.
    let mut shared = effects.moved_assets.iter().filter(|moved| has_passwords(desk, moved));
    if let Some(moved) = shared.find(|_| !effects.ended.is_empty()) {
        let path = shell_quote(&desk.path(moved.gallery));
        let whose =
            if moved.audience.is_empty() { String::new() } else { format!(" --for {}", shell_quote(&moved.audience)) };
        lines.push(format!(
            "passwords that you chose stay valid: whoever knows one and the address of another working link can still open the \
             gallery; choose another with `safelight password {path}{whose}`"
        ));
    }
    lines
}

/// Whether chosen passwords open the gallery for an audience.
fn has_passwords(desk: &LinkSession, of: &AudienceAssets) -> bool {
    desk.is_sealed(of.gallery) && desk.folder(of.gallery).is_some_and(|(_, said)| said.has_passwords(&of.audience))
}
