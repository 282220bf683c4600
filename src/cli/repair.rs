//! `safelight repair`: a way back for a ledger that was written while the clock was ahead.

use std::process::ExitCode;

use safelight::access::change::redate;
use safelight::access::life::last_day;
use safelight::access::{Edit, GalleryId, LinkId};
use safelight::{Code, Error};
use serde_json::json;

use super::build::counted;
use super::link_session::{Day, LinkSession, last_moment};
use super::secret::confirmed;
use super::{Context, Outcome};

/// Arguments of `repair`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Do not ask for confirmation that the clock is right now
    #[arg(long)]
    yes: bool,
    /// Show what would change without changing anything
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let (mut desk, wrong) = LinkSession::open_untold(context, Day::default(), !arguments.dry_run)?;
    // A gallery's own last day decides which links work again, so every gallery must say it.
    if !wrong.is_empty() {
        return Err(wrong);
    }
    desk.refuse_lost_entries()?;
    let clock = Day::clock();
    let change = desk.situation(|situation| redate(&desk.ledger, situation, clock))?;
    let ahead = desk.today.date();
    let raised = |edit: &&Edit| matches!(edit, Edit::EpochRaised { .. });
    let days = change.edits.iter().filter(|edit| !raised(edit)).count();
    let names = |list: &[(GalleryId, LinkId)]| -> Vec<String> {
        let name = |(gallery, link): &(GalleryId, LinkId)| {
            format!("  {}  {}", desk.path(*gallery), desk.name_of(*gallery, *link))
        };
        list.iter().map(name).collect()
    };
    let mut lines = vec![format!(
        "{} of the ledger will be dated {clock} (UTC), today by this computer's clock; the newest is dated {ahead}",
        counted(days, "entry", "entries")
    )];
    let opened = &change.effects.opened;
    if !opened.is_empty() {
        lines.push("links that count as expired now, and will work again at their old addresses:".to_owned());
        lines.extend(names(opened));
        lines.push("the pictures of their galleries move to a new address".to_owned());
    }
    lines.push("revoked links and closed galleries stay that way".to_owned());
    // Counted from the wrong day, as `--expires 90d` is.
    let is_late = |edit: &Edit| match edit {
        Edit::Redated { gallery, link, .. } => {
            let found = desk.ledger.gallery(*gallery)?.link(*link)?;
            let day = last_day(found, desk.gallery_expires(*gallery)).filter(|day| *day >= ahead)?;
            Some(format!("  {}  {}, until {}", desk.path(*gallery), desk.name_of(*gallery, *link), last_moment(day)))
        }
        _ => None,
    };
    let late: Vec<String> = change.edits.iter().filter_map(is_late).collect();
    if !late.is_empty() {
        lines.push(
            "links created on such a day keep their last day; use `safelight expire` to set an earlier one:".to_owned(),
        );
        lines.extend(late);
    }
    context.voice.note(&lines.join("\n"));
    let ids: Vec<String> = opened.iter().map(|(_, link)| link.to_string()).collect();
    if arguments.dry_run {
        context.voice.note("nothing was changed");
    } else {
        let question = format!(
            "is {clock} (UTC) really today's date? If the clock is behind, links that have expired would work again"
        );
        if !arguments.yes && !confirmed(&question) {
            return Err(vec![
                Error::new(Code::ConfirmationNeeded, "nothing was changed, because you did not confirm")
                    .hint(format!("answer yes, or pass `--yes`, if today is {clock} (UTC)")),
            ]);
        }
        desk.commit(&change)?;
        context.voice.note("done; this takes effect when you next publish");
    }
    context.voice.json(&json!({
        "event": "summary", "command": "repair", "dry_run": arguments.dry_run, "today": clock, "newest": ahead,
        "entries": days, "opened": ids,
    }));
    Ok(ExitCode::SUCCESS)
}
