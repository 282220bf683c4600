//! `safelight audit`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use safelight::Error;
use safelight::access::ledger::LEDGER_FILE;
use safelight::access::life::ahead_of_clock;
use safelight::audit::{self, AuditInput, Finding, Report};
use safelight::build::{self, Options};
use safelight::config::Config;
use safelight::publish::Reach;
use serde_json::json;

use super::build::counted;
use super::link_session::{self, Day};
use super::{Context, Outcome, explain};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The published folder or a copy of it [default: the site's output]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Explain a rule and its remedy; without a name, list all rules
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["folder", "today"])]
    explain: Option<String>,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    if let Some(id) = &arguments.explain {
        return explain::run_rules(context, id);
    }
    let config = context.config()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| config.output.clone());
    // Told first: it explains links that count as ended.
    let ledger = safelight::access::file::read(&config.root.join(LEDGER_FILE)).ok().flatten();
    if let Some(warning) = ledger.and_then(|ledger| ahead_of_clock(&ledger, Day::clock())) {
        context.voice.warning(&warning);
    }
    let (input, mut report) = read(&config, &folder, arguments.day)?;
    if !report.is_clean() && !context.voice.is_json() {
        let unbuilt = unbuilt(context, &config, &input, arguments.day);
        report.set_unbuilt(&input, unbuilt.iter().map(String::as_str));
    }
    tell(context, &report);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Audits what a build has just published, and tells what it noticed.
///
/// # Errors
/// Everything that was found: each finding for programs, in groups for people.
pub(crate) fn after_build(context: &Context, config: &Config, day: Day) -> Result<(), Vec<Error>> {
    let (_, report) = read(config, &config.output, day)?;
    for notice in &report.notices {
        context.voice.detail(&line(notice));
    }
    match report.is_clean() {
        true => Ok(()),
        false if context.voice.is_json() => Err(report.errors()),
        false => Err(report.grouped()),
    }
}

fn read(config: &Config, folder: &Path, day: Day) -> Result<(AuditInput, Report), Vec<Error>> {
    let input = AuditInput::of_site(config, folder, &link_session::secret_sources(config), day.date())?;
    let report = audit::audit(&input)?;
    Ok((input, report))
}

/// The published files that the next build would write anew or remove. A site that cannot be built has none: what is wrong
/// with it, a build or `check` says.
fn unbuilt(context: &Context, config: &Config, input: &AuditInput, day: Day) -> Vec<String> {
    // What was published without its private part is compared with the public part.
    let public_only = input.files.values().all(|file| file.reach == Reach::Public);
    let Ok((access, _)) = link_session::access_untold(context, config, day, public_only) else { return Vec::new() };
    let options = Options {
        threads: 1,
        memory: super::build::half_of_memory(),
        strict: false,
        dry_run: true,
        adopt: true,
        now: SystemTime::now(),
        cancel: Default::default(),
        worker: None,
        turn: None,
    };
    let report = build::build(config, &access, &options, &|_| {}).map(|summary| summary.report).unwrap_or_default();
    report.replaced_paths.into_iter().chain(report.removed_paths).collect()
}

fn tell(context: &Context, report: &Report) {
    let voice = &context.voice;
    for (event, list) in [("finding", &report.findings), ("notice", &report.notices)] {
        for finding in list {
            voice.json(&json!({
                "event": event, "rule": finding.rule, "kind": finding.kind, "file": finding.file, "offset": finding.offset,
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
    report.grouped().iter().for_each(|error| voice.error(error));
    let is_shown = |notice: &&Finding| voice.is_verbose() || notice.rule.limits_the_audit();
    for notice in report.notices.iter().filter(is_shown) {
        voice.note(&format!("notice: {}", line(notice)));
    }
    let text = format!(
        "{} in {}, {}; {}",
        if report.is_clean() { "nothing found".to_owned() } else { format!("{} found", report.findings.len()) },
        counted(report.files, "file", "files"),
        super::build::bytes_text(report.bytes),
        noticed(&report.notices, voice.is_verbose()),
    );
    voice.note(&text);
}

/// How many notices there are of each kind: `3 notices (2 private-word, 1 unread), --verbose shows them`.
fn noticed(notices: &[Finding], are_shown: bool) -> String {
    if notices.is_empty() {
        return "0 notices".to_owned();
    }
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    for notice in notices {
        *kinds.entry(notice.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let more = if are_shown { "" } else { "; --verbose shows them" };
    format!("{} ({}){more}", counted(notices.len(), "notice", "notices"), kinds.join(", "))
}

fn line(finding: &Finding) -> String {
    finding.error().to_string()
}
