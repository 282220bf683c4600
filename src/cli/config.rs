//! `safelight config`.

use std::process::ExitCode;

use safelight::config::{gallery_schema, site_schema};
use serde_json::json;

use super::{Context, Outcome};

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the JSON schema of `site.toml` for editors
    Schema {
        /// Print the schema of `gallery.toml` instead
        #[arg(long)]
        gallery: bool,
    },
    /// Print every setting in effect, including defaults, as a `site.toml`
    Show,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let voice = &context.voice;
    match arguments.command {
        Command::Schema { gallery } => {
            let schema = if gallery { gallery_schema() } else { site_schema() };
            voice.answer(&format!("{schema:#}"));
            voice.json(&json!({
                "event": "summary", "command": "config schema",
                "file": if gallery { "gallery.toml" } else { "site.toml" }, "schema": schema,
            }));
        }
        Command::Show => {
            let text = context.config()?.show();
            voice.answer(text.trim_end());
            voice.json(&json!({ "event": "summary", "command": "config show", "toml": text }));
        }
    }
    Ok(ExitCode::SUCCESS)
}
