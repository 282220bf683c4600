//! `safelight next-expiry`: when a build must run so that links, open galleries and former addresses end on their day.

use std::process::ExitCode;

use safelight::access::life::{next_expiry, rotation_end};
use safelight::build::access::ledger_path;
use safelight::catalog::Catalog;
use serde_json::json;

use super::build::counted;
use super::link_session::{Day, LinkSession, last_moment};
use super::{Context, Outcome};

/// Arguments of `next-expiry`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print a calendar event (iCalendar)
    #[arg(long, conflicts_with = "cron")]
    ics: bool,
    /// Print a crontab line (UTC)
    #[arg(long)]
    cron: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let desk = LinkSession::open(context, arguments.day, false)?;
    let links = next_expiry(&desk.ledger, |gallery| desk.gallery_expires(gallery), desk.today);
    let open = Catalog::open_ends(&desk.folders, desk.config.default_access, desk.today.date());
    let rotation = rotation_end(&desk.ledger, desk.today);
    let days = links.iter().map(|next| next.last_day).chain(open.iter().map(|(day, _)| *day)).chain(rotation);
    let Some(last_day) = days.min() else {
        context.voice.note("no working link or open gallery expires");
        context.voice.json(
            &json!({ "event": "summary", "command": "next-expiry", "last_day": null, "links": [], "galleries": [],
                "former_addresses": false }),
        );
        return Ok(ExitCode::SUCCESS);
    };
    let links = links.filter(|next| next.last_day == last_day).map(|next| next.links).unwrap_or_default();
    let open: Vec<String> =
        open.into_iter().filter(|(day, _)| *day == last_day).map(|(_, folder)| ledger_path(folder)).collect();
    let day = last_day.tomorrow().unwrap_or(last_day);
    let rotation = rotation == Some(last_day);
    let counts = [
        (links.len(), counted(links.len(), "link", "links")),
        (open.len(), counted(open.len(), "open gallery", "open galleries")),
        (usize::from(rotation), "the former addresses of all links".to_owned()),
    ];
    let ending: Vec<String> = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    let ending = ending.join(" and ");
    let one = links.len() + open.len() == 1 && !rotation;
    let text = if arguments.ics {
        // RFC 5545. Calendars are shared and synced, so no name stands in it.
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Safelight//next-expiry//EN\r\nBEGIN:VEVENT\r\nUID:safelight-{0}@{1}\r\nDTSTAMP:{2}T000000Z\r\nDTSTART:{0}T000500Z\r\nDURATION:PT15M\r\nSUMMARY:Build and publish: {3}\r\nEND:VEVENT\r\nEND:VCALENDAR",
            day.strftime("%Y%m%d"),
            // A site that never shared anything has no root.
            if desk.ledger.root.is_empty() { "site" } else { &desk.ledger.root },
            desk.today.date().strftime("%Y%m%d"),
            if one { format!("{ending} ends") } else { format!("{ending} end") },
        )
    } else if arguments.cron {
        format!("# {day}, UTC\n5 0 {} {} *", day.day(), day.month())
    } else {
        let names = links
            .iter()
            .map(|(gallery, link)| format!("  {}  {}", desk.path(*gallery), desk.name_of(*gallery, *link)))
            .chain(open.iter().map(|folder| format!("  {folder}  open to everyone until then")))
            .chain(rotation.then(|| {
                "  the planned secret rotation ends: you can delete `.safelight/secret.previous` then".to_owned()
            }));
        safelight::error::visible(&format!(
            "{ending} {} until {}; build and publish on {day} (UTC), just after midnight\n{}",
            if one { "works" } else { "work" },
            last_moment(last_day),
            names.collect::<Vec<_>>().join("\n")
        ))
    };
    context.voice.answer(&text);
    context.voice.json(&json!({
        "event": "summary", "command": "next-expiry", "last_day": last_day, "dead_from": day,
        "links": links.iter().map(|(gallery, link)| json!({
            "gallery": desk.path(*gallery), "link": link.as_str() })).collect::<Vec<_>>(),
        "galleries": open, "former_addresses": rotation,
    }));
    Ok(ExitCode::SUCCESS)
}
