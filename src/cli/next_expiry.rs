//! `safelight next-expiry`: when a build must run so that links end on their day.

use std::process::ExitCode;

use safelight::access::life::next_expiry;
use serde_json::json;

use super::build::counted;
use super::desk::{Day, Desk, last_moment};
use super::{Context, Outcome};

/// Arguments of `next-expiry`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print an event for a calendar
    #[arg(long, conflicts_with = "cron")]
    ics: bool,
    /// Print a line for cron, in UTC
    #[arg(long)]
    cron: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let desk = Desk::open(context, arguments.day, false)?;
    let next = next_expiry(&desk.ledger, |gallery| desk.gallery_expires(gallery), desk.today);
    let Some(next) = next else {
        context.voice.note("no living link has a last day");
        context.voice.json(&json!({ "event": "summary", "command": "next-expiry", "last_day": null }));
        return Ok(ExitCode::SUCCESS);
    };
    let day = next.dead_from;
    let text = if arguments.ics {
        // RFC 5545. Calendars are shared and synced, so no name stands in it.
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Safelight//next-expiry//EN\r\nBEGIN:VEVENT\r\nUID:safelight-{0}@{1}\r\nDTSTAMP:{2}T000000Z\r\nDTSTART:{0}T000500Z\r\nDURATION:PT15M\r\nSUMMARY:Build and publish: {3}\r\nEND:VEVENT\r\nEND:VCALENDAR",
            day.strftime("%Y%m%d"),
            desk.ledger.root,
            desk.today.date().strftime("%Y%m%d"),
            counted(next.links.len(), "link ends", "links end"),
        )
    } else if arguments.cron {
        format!("# {day}, UTC\n5 0 {} {} *", day.day(), day.month())
    } else {
        let names: Vec<String> = next
            .links
            .iter()
            .map(|(gallery, link)| format!("  {}  {}", desk.path(*gallery), desk.name_of(*gallery, *link)))
            .collect();
        safelight::error::visible(&format!(
            "{} until {}; build and publish on {day} (UTC), just after midnight\n{}",
            counted(next.links.len(), "link works", "links work"),
            last_moment(next.last_day),
            names.join("\n")
        ))
    };
    context.voice.answer(&text);
    context.voice.json(&json!({
        "event": "summary", "command": "next-expiry", "last_day": next.last_day, "dead_from": day,
        "links": next.links.iter().map(|(gallery, link)| json!({
            "gallery": desk.path(*gallery), "link": link.as_str() })).collect::<Vec<_>>(),
    }));
    Ok(ExitCode::SUCCESS)
}
