//! `safelight completions`.

use std::process::ExitCode;

use clap::CommandFactory;

use super::{Cli, Context, Outcome};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell to generate completions for
    shell: clap_complete::Shell,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "safelight", &mut script);
    let script = String::from_utf8_lossy(&script);
    context.voice.answer(script.trim_end());
    context.voice.json(&serde_json::json!({
        "event": "summary", "command": "completions", "shell": arguments.shell.to_string(), "script": script,
    }));
    Ok(ExitCode::SUCCESS)
}
