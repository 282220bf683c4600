//! `safelight audit`.

use std::path::PathBuf;
use std::process::ExitCode;

use safelight::Error;
use safelight::access::sources;
use safelight::audit::{self, AuditInput, Finding, Report, SecretTexts};
use safelight::config::Config;
use serde_json::json;

use super::build::counted;
use super::desk::Day;
use super::{Context, Outcome};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The published folder, or a copy of it [default: the site's output]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let config = context.config()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| config.output.clone());
    let report = read(&config, &folder, arguments.day)?;
    tell(context, &report);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Audits what a build has just published, and tells what it noticed.
///
/// # Errors
/// Everything that was found.
pub(crate) fn after_build(context: &Context, config: &Config, day: Day) -> Result<(), Vec<Error>> {
    let report = read(config, &config.output, day)?;
    for notice in &report.notices {
        context.voice.detail(&line(notice));
    }
    if report.is_clean() { Ok(()) } else { Err(report.errors()) }
}

fn read(config: &Config, folder: &std::path::Path, day: Day) -> Result<Report, Vec<Error>> {
    let text = |name: &str| std::env::var(name).ok().map(Into::into);
    let secrets = SecretTexts {
        value: text(sources::VARIABLE),
        file: std::env::var_os(sources::FILE_VARIABLE).map(PathBuf::from),
        previous: text(sources::PREVIOUS_VARIABLE),
    };
    let input = AuditInput::of_site(config, folder, &secrets, day.date())?;
    audit::audit(&input).map_err(|error| vec![error])
}

fn tell(context: &Context, report: &Report) {
    let voice = &context.voice;
    for (event, list) in [("finding", &report.findings), ("notice", &report.notices)] {
        for finding in list {
            voice.json(&json!({
                "event": event, "kind": finding.kind, "file": finding.file, "offset": finding.offset,
                "message": finding.message, "hint": finding.hint,
            }));
        }
    }
    voice.json(&json!({
        "event": "summary", "command": "audit", "findings": report.findings.len(), "notices": report.notices.len(),
        "files": report.files, "bytes": report.bytes,
    }));
    // Programs were told already, and the summary is the last they hear.
    if voice.is_json() {
        return;
    }
    for finding in &report.findings {
        voice.error(&finding.error());
    }
    for notice in &report.notices {
        voice.note(&format!("notice: {}", line(notice)));
    }
    voice.note(&format!(
        "{} in {}, {}; {}",
        if report.is_clean() { "nothing found".to_owned() } else { format!("{} found", report.findings.len()) },
        counted(report.files, "file", "files"),
        super::build::bytes_text(report.bytes),
        counted(report.notices.len(), "notice", "notices"),
    ));
}

fn line(finding: &Finding) -> String {
    finding.error().to_string()
}
