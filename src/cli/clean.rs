//! `safelight clean`.

use std::process::ExitCode;

use safelight::build::State;

use super::turn::with_patience;
use super::{Context, Outcome};

/// Arguments of `clean`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Show what would be deleted without deleting it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let config = context.config()?;
    let state = State::of(&config);
    let served = if state.has_served() { ", and the site built by `serve`" } else { "" };
    let dropped = match arguments.dry_run {
        true => state.amount(),
        false => with_patience(context, None, |patience| state.clean(patience)),
    }?;
    let verb = if arguments.dry_run { "would delete" } else { "deleted" };
    context.voice.note(&format!(
        "{verb} {} cached pictures, {}{served}; the published site and its manifest are kept",
        dropped.entries,
        super::build::bytes_text(dropped.bytes),
    ));
    context.voice.json(&serde_json::json!({
        "event": "summary", "command": "clean", "dry_run": arguments.dry_run,
        "entries": dropped.entries, "bytes": dropped.bytes, "served": !served.is_empty(),
    }));
    Ok(ExitCode::SUCCESS)
}
