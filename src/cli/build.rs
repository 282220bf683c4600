//! `safelight build`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use indicatif::{ProgressBar, ProgressStyle};
use safelight::build::{self, Event, Options, Summary};
use safelight::config::Config;
use safelight::plan::VisibilityCount;
use safelight::publish::{Manifest, manifest_path, purge_between, purge_missing};
use safelight::{Code, Error};
use serde_json::json;

use super::output_file::OutputFile;
use super::{Context, Outcome, Printer, turn};

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Publish nothing new unless every photo in the galleries can be shown, and audit the result
    #[arg(long)]
    strict: bool,
    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,
    /// Number of photos to render in parallel [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: Option<u16>,
    /// Memory limit for rendering: 2G, 800M. A photo that needs more is left out, and the build says how much it needs
    /// [default: half of the installed memory]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    memory: Option<u64>,
    /// Replace files in the output folder that Safelight did not write
    #[arg(long)]
    adopt: bool,
    /// Write the addresses to purge from caches to this file, one per line; `-` is standard output
    #[arg(long, value_name = "FILE")]
    purge_list: Option<std::path::PathBuf>,
    /// For the purge list, compare with this manifest of an earlier build instead of the local one: a copy of
    /// `.safelight/published/public.manifest`, named after the output folder (or `elsewhere-….manifest` if that is not
    /// next to site.toml)
    #[arg(long, value_name = "FILE", requires = "purge_list")]
    previous_manifest: Option<std::path::PathBuf>,
    /// Build only what is public; needs no secret
    #[arg(long)]
    public_only: bool,
    #[command(flatten)]
    day: super::link_session::Day,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Outcome {
    let started = Instant::now();
    arguments.day.refuse_writing(arguments.dry_run)?;
    let cancel = stop_on_ctrl_c(&context.voice, SITE_STAYS);
    let (turn, _looking) = match arguments.dry_run {
        true => (None, turn::look(context, Some(&cancel))?),
        false => (turn::take(context, Some(&cancel))?, None),
    };
    let options = Options {
        threads: arguments.threads.map_or_else(cores, usize::from),
        memory: arguments.memory.unwrap_or_else(half_of_memory),
        strict: arguments.strict,
        dry_run: arguments.dry_run,
        adopt: arguments.adopt,
        now: SystemTime::now(),
        cancel,
        worker: None,
        turn,
    };
    let config = context.config().map_err(|errors| withdraw_at_least(context, &arguments, &options, errors))?;
    // Before the build: the named record may be the one that it replaces. One that cannot be read keeps nothing up.
    let older = arguments.previous_manifest.as_deref().map(Manifest::load).transpose();
    let access = super::link_session::access(context, &config, arguments.day, arguments.public_only)?;
    let progress = Progress::new(context.voice);
    let record = || record_of(&config);
    let target = purge_target(context, &config, &arguments)?;
    let before = target.as_ref().and_then(|_| record().ok()).unwrap_or_default();
    let built = build::build(&config, &access, &options, &|event| progress.hear(event));
    progress.finish();
    let mut unwritten = Vec::new();
    if let Some(target) = &target {
        let base = config.url.as_ref().map_or("/", |url| &url.base);
        let list = match (&built, &older) {
            (Ok(summary), Ok(None)) => Ok(summary.report.purge_list(base)),
            (Ok(_), Ok(Some(older))) => record().map(|record| purge_between(older, &record, base)),
            (Ok(_), Err(error)) => Err(error.clone()),
            (Err(_), _) => Ok(came_down(&config, &before, &record().unwrap_or_default())),
        };
        unwritten.extend(list.and_then(|list| hand_over(&context.voice, target, &list)).err());
    }
    let summary = match built {
        Ok(summary) => summary,
        Err(mut errors) => {
            errors.extend(unwritten);
            return Err(errors);
        }
    };
    tell(context, &config, &summary, arguments.dry_run, started.elapsed());
    if arguments.strict
        && !arguments.dry_run
        && let Err(errors) = super::audit::after_build(context, &config, arguments.day)
    {
        unwritten.extend(errors);
    }
    if unwritten.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(unwritten) }
}

/// Where the purge list goes, if it is wanted: never over the record that it is made from.
fn purge_target(context: &Context, config: &Config, arguments: &Arguments) -> Result<Option<OutputFile>, Vec<Error>> {
    let Some(file) = &arguments.purge_list else { return Ok(None) };
    let target = OutputFile::of(context, config, file)?;
    if arguments.previous_manifest.as_deref().is_some_and(|record| target.replaces(record)) {
        let why = "the purge list would overwrite the manifest that it is compared with";
        return Err(vec![Error::new(Code::UnusableTarget, why).at(file).hint("write it to another file")]);
    }
    Ok(Some(target))
}

/// What was written to the output, by the record of it.
fn record_of(config: &Config) -> safelight::Result<Manifest> {
    manifest_path(&config.output, build::State::of(config).folder()).and_then(|path| Manifest::load(&path))
}

/// The purge list of a build that failed: what came down all the same; one that is stopped may have published the site
/// without it.
fn came_down(config: &Config, before: &Manifest, now: &Manifest) -> String {
    let base = config.url.as_ref().map_or("/", |url| &url.base);
    let lists = [purge_between(before, now, base), purge_missing(now, &config.output, base)];
    let lines: BTreeSet<&str> = lists.iter().flat_map(|list| list.lines()).collect();
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// Writes the purge list. No later build can make it again, so what cannot be written is printed.
fn hand_over(voice: &Printer, target: &OutputFile, list: &str) -> safelight::Result<()> {
    let written = match target {
        OutputFile::StandardOutput => None,
        // Dead addresses are in it, and those of renewed links.
        other => Some(other.write(list.as_bytes())),
    };
    match written {
        Some(Ok(())) => return Ok(()),
        _ if list.is_empty() => {}
        _ => voice.answer(list.trim_end()),
    }
    voice.json(&json!({ "event": "purge", "purge": list.lines().collect::<Vec<_>>() }));
    let hint = if list.is_empty() {
        "it would be empty"
    } else {
        "it was printed instead, because no later build can create it again"
    };
    written.unwrap_or(Ok(())).map_err(|error| error.hint(hint))
}

/// A typing error in `site.toml` keeps nothing up that was withdrawn.
fn withdraw_at_least(
    context: &Context,
    arguments: &Arguments,
    options: &Options,
    mut errors: Vec<Error>,
) -> Vec<Error> {
    if options.dry_run {
        return errors;
    }
    let file = context.site_file();
    let read = Config::read_what_can_be(&file).and_then(|(config, folders_stand)| {
        let access = super::link_session::access(context, &config, arguments.day, arguments.public_only).ok()?;
        Some((config, folders_stand, access))
    });
    let told = |event: Event<'_>| {
        if let Event::Warning(warning) = event {
            context.voice.warning(warning);
        }
    };
    match read {
        Some((config, folders_stand, access)) => {
            let target = purge_target(context, &config, arguments).ok().flatten();
            let before = target.as_ref().and_then(|_| record_of(&config).ok()).unwrap_or_default();
            errors.extend(build::withdraw(&config, folders_stand, &access, options, &told));
            if let Some(target) = &target {
                let list = came_down(&config, &before, &record_of(&config).unwrap_or_default());
                errors.extend(hand_over(&context.voice, target, &list).err());
            }
        }
        None if file.with_file_name(".safelight").join("published").is_dir() => {
            context.voice.warning(&build::stays_reachable());
        }
        None => {}
    }
    errors
}

/// Says what a build did.
pub(super) fn tell(context: &Context, config: &Config, summary: &Summary, dry_run: bool, time: std::time::Duration) {
    let voice = &context.voice;
    for broken in &summary.broken {
        let error = Error::new(Code::PhotoLeftOut, format!("left out: {}", broken.reason)).at(broken.file(config));
        voice.warning(&error);
    }
    for one in &summary.unsupported {
        voice.detail(&format!("left out: {}: {}", one.file(config).display(), one.reason));
    }
    let shown = |folder: &std::path::PathBuf| config.display_gallery_path(folder).to_string_lossy().into_owned();
    let marked: Vec<String> = summary.marked.iter().map(shown).collect();
    for folder in &marked {
        voice.detail(&format!("left out by a marker file: {folder}"));
    }
    let newly_public: Vec<String> = summary.newly_public.iter().map(shown).collect();
    let report = &summary.report;
    voice.json(&json!({
        "event": "summary", "command": "build", "dry_run": dry_run, "output": config.output.to_string_lossy(),
        "galleries": summary.galleries, "photos": summary.photos, "rendered": summary.rendered,
        "access": summary.visibility, "newly_public": newly_public, "folders_left_out": marked,
        "companions_left_out": summary.companions,
        "broken": summary.broken.iter().chain(&summary.unsupported).map(|b| json!({
            "file": b.file(config).to_string_lossy(), "reason": b.reason })).collect::<Vec<_>>(),
        "files": { "new": report.new, "changed": report.changed, "mended": report.mended,
            "unchanged": report.unchanged, "removed": report.removed, "total": summary.total,
            "downloads": summary.downloads },
        "seconds": (time.as_secs_f64() * 1000.0).round() / 1000.0,
    }));
    if voice.is_json() || voice.is_quiet() {
        return;
    }
    let mut lines = vec![format!(
        "{} in {}{}",
        counted(summary.photos, "photo", "photos"),
        counted(summary.galleries, "gallery", "galleries"),
        if summary.broken.is_empty() { String::new() } else { format!(", {} left out", summary.broken.len()) },
    )];
    let would = if dry_run { "would be " } else { "" };
    let reused = summary.photos.saturating_sub(summary.rendered);
    lines.push(format!("{} {would}rendered, {reused} reused", counted(summary.rendered, "photo", "photos")));
    if summary.companions > 0 {
        let companions = counted(summary.companions, "file", "files");
        lines.push(format!("{companions} in other formats ignored next to a photo of the same name"));
    }
    let mut access = access_text(summary.visibility);
    if !marked.is_empty() {
        access.push_str(&format!("; {} left out by `.nomedia`", counted(marked.len(), "folder", "folders")));
    }
    lines.push(access);
    // On the first build all are.
    if !summary.is_first {
        lines.extend(newly_public.iter().map(|gallery| format!("{would}public for the first time: {gallery}")));
    }
    let files: Vec<String> = [
        (report.new.files, "new"),
        (report.changed.files, "changed"),
        (report.mended.files, "mended"),
        (report.removed.files, "removed"),
        (report.unchanged.files, "unchanged"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {would}{word}"))
    .collect();
    lines.push(format!("files: {}", if files.is_empty() { "none".to_owned() } else { files.join(", ") }));
    if !dry_run && summary.downloads.files > 0 {
        let files = counted(summary.downloads.files, "file", "files");
        lines.push(format!("downloads: {files}, {}", bytes_text(summary.downloads.bytes)));
    }
    if let Some((gallery, parts)) = &summary.many_parts {
        lines.push(many_parts_text(&shown(gallery), *parts));
    }
    if !dry_run {
        lines.push(format!(
            "{} in {}, after {}",
            bytes_text(summary.total.bytes),
            shown_path(config),
            seconds_text(time)
        ));
    }
    voice.note(&lines.join("\n"));
}

/// Advice for a gallery that is packed in very many ZIP files.
pub(crate) fn many_parts_text(gallery: &str, parts: usize) -> String {
    format!("{gallery} is packed in {parts} ZIP files: if your host takes large files, set `downloads.part_size`")
}

/// How many galleries everybody sees, and how many not.
pub(crate) fn access_text(count: VisibilityCount) -> String {
    let VisibilityCount { public, unlisted, private, sealed } = count;
    let sealed = if sealed == 0 { String::new() } else { format!(", {sealed} sealed") };
    format!("{public} public, {unlisted} unlisted, {private} private{sealed}")
}

fn shown_path(config: &Config) -> String {
    let relative =
        std::env::current_dir().ok().and_then(|here| config.output.strip_prefix(&here).map(ToOwned::to_owned).ok());
    format!("{}/", relative.as_deref().unwrap_or(&config.output).display())
}

pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Bytes as people say them, in powers of ten.
pub(crate) fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

pub(super) fn seconds_text(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 90.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// `2G`, `800M`, `1500000000`; powers of 1024.
fn parse_bytes(text: &str) -> Result<u64, String> {
    let trimmed = text.trim().trim_end_matches(['B', 'b']).trim_end_matches('i');
    let (number, factor) = match trimmed.chars().last() {
        Some('k' | 'K') => (&trimmed[..trimmed.len() - 1], 1 << 10),
        Some('m' | 'M') => (&trimmed[..trimmed.len() - 1], 1 << 20),
        Some('g' | 'G') => (&trimmed[..trimmed.len() - 1], 1 << 30),
        _ => (trimmed, 1),
    };
    let bytes: u64 = number.trim().parse().map_err(|_| "expected a size such as 2G or 800M".to_owned())?;
    match bytes.checked_mul(factor) {
        None => Err("the size is too large".to_owned()),
        Some(bytes) if bytes < 64 << 20 => Err("expected at least 64M".to_owned()),
        Some(bytes) => Ok(bytes),
    }
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Half of the machine's memory, or of what a container allows; 2 GiB where nobody knows.
pub(super) fn half_of_memory() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
    });
    let container = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse::<u64>().ok());
    machine.into_iter().chain(container).min().map_or(2 << 30, |bytes| bytes / 2)
}

/// What a build leaves when it is stopped.
pub(super) const SITE_STAYS: &str = "the site stays intact";

/// A flag that Ctrl-C sets; the second Ctrl-C ends the program at once, which leaves a sound site too.
/// `words` say what becomes of the site.
pub(crate) fn stop_on_ctrl_c(voice: &Printer, words: &'static str) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let (set, voice) = (Arc::clone(&flag), *voice);
    let handler = ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        voice.note(&format!("stopping; {words}. Press Ctrl-C again to stop at once"));
    });
    if let Err(error) = handler {
        voice.detail(&format!("cannot handle Ctrl-C: {error}"));
    }
    flag
}

/// Fewer photographs than these are rendered without a word where there is no terminal.
const FEW: usize = 20;

/// Whether one of so many equal parts of the whole is done with this one.
fn passes(done: usize, total: usize, parts: usize) -> bool {
    done * parts / total.max(1) != done.saturating_sub(1) * parts / total.max(1)
}

/// Progress on a terminal; plain lines elsewhere, and events for programs.
pub(super) struct Progress {
    voice: Printer,
    bar: std::sync::Mutex<Option<(ProgressBar, &'static str)>>,
    started: Instant,
}

impl Progress {
    pub(super) fn new(voice: Printer) -> Self {
        Self { voice, bar: std::sync::Mutex::new(None), started: Instant::now() }
    }

    pub(super) fn hear(&self, event: Event<'_>) {
        match event {
            Event::Warning(warning) => {
                debug_assert!(
                    warning.code.is_build_warning(),
                    "the table does not say that a build warns of it: {warning:?}"
                );
                self.aside(|| self.voice.warning(warning));
            }
            Event::Read { galleries, photos } => {
                self.voice.json(&json!({ "event": "read", "galleries": galleries, "photos": photos }));
                self.voice.detail(&format!(
                    "{} in {}",
                    counted(photos, "photo", "photos"),
                    counted(galleries, "gallery", "galleries")
                ));
            }
            Event::Rendering { done, total } => self.step("rendering", "photos", done, total),
            Event::Writing { done, total } => self.step("writing", "files", done, total),
        }
    }

    pub(super) fn step(&self, doing: &'static str, what: &'static str, done: usize, total: usize) {
        let Ok(mut bar) = self.bar.lock() else { return };
        if self.voice.is_json() {
            if done == total || passes(done, total, 10) {
                self.voice.json(&json!({ "event": doing, "done": done, "total": total }));
            }
            return;
        }
        if !self.voice.can_draw() {
            // A log has the summary for all of them, and for a few photographs nothing else.
            if total >= FEW && passes(done, total, 4) && doing == "rendering" {
                self.voice
                    .note(&format!("{doing}: {done} of {total} {what}, {}", seconds_text(self.started.elapsed())));
            }
            return;
        }
        if bar.as_ref().is_none_or(|(_, name)| *name != doing) {
            if let Some((old, _)) = bar.take() {
                old.finish_and_clear();
            }
            let new = ProgressBar::new(total as u64);
            let template = format!("{doing} {{bar:32}} {{pos}}/{{len}} {what}, {{per_sec:.1}}, {{eta}} left");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                new.set_style(style);
            }
            *bar = Some((new, doing));
        }
        if let Some((bar, _)) = bar.as_ref() {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }

    /// Speaks without tearing the bar.
    fn aside(&self, speak: impl FnOnce()) {
        match self.bar.lock() {
            Ok(bar) => match bar.as_ref() {
                Some((bar, _)) => bar.suspend(speak),
                None => speak(),
            },
            Err(_) => speak(),
        }
    }

    pub(super) fn finish(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some((bar, _)) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_whole_are_told_once_each() {
        let told = |total, parts| (0..=total).filter(|done| passes(*done, total, parts)).collect::<Vec<_>>();
        assert_eq!(told(20, 4), [5, 10, 15, 20]);
        assert_eq!(told(1001, 4), [251, 501, 751, 1001]);
        assert_eq!(told(3, 10), [1, 2, 3]);
        assert_eq!(told(0, 4), [0; 0]);
    }
}
