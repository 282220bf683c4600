//! `safelight forget`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safelight::access::change::forget_person;
use safelight::access::git;
use safelight::access::ledger::LEDGER_FILE;
use safelight::build::forget::{erase, traces};
use safelight::catalog::{Catalog, same_name};
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error};
use serde_json::json;

use super::build::counted;
use super::link_session::{Day, LinkSession, announcer, typed_path};
use super::secret::confirmed;
use super::{Context, Outcome, turn};

/// Files beyond this are no texts that mention anybody.
const LARGEST_TEXT: u64 = 16 << 20;

/// Arguments of `forget`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["person", "photo"])))]
pub(crate) struct Arguments {
    /// Erase this recipient's name from the ledger; the links keep working
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// Erase this photo: the file, its published pictures and everything cached
    #[arg(long, value_name = "PATH")]
    photo: Option<String>,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    /// Show what would be erased without erasing it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    arguments.day.refuse_writing(arguments.dry_run)?;
    match (&arguments.person, &arguments.photo) {
        (Some(name), _) => person(context, arguments, name),
        (None, Some(path)) => photo(context, arguments, path),
        (None, None) => Ok(ExitCode::from(2)),
    }
}

fn person(context: &Context, arguments: &Arguments, name: &str) -> Outcome {
    let mut desk = LinkSession::open(context, arguments.day, !arguments.dry_run)?;
    let change = desk.situation(|situation| forget_person(&desk.ledger, situation, name))?;
    let links = change.edits.len();
    if !arguments.dry_run {
        let question = format!(
            "erase `{}` from {}? You can then no longer tell by name which links were theirs",
            safelight::error::visible(name),
            counted(links, "link", "links")
        );
        ask(arguments, &question)?;
        desk.commit(&change)?;
    }
    let verb = if arguments.dry_run { "would be erased" } else { "is erased" };
    let mut remains = Vec::new();
    if git::tracks(&desk.config.root.join(LEDGER_FILE)) {
        remains.push("the git history of access.toml, and every clone of it".to_owned());
    }
    for file in mentions(&desk, name) {
        remains.push(format!("{}, which mentions the name", file.display()));
    }
    remains.push("captions and photo metadata in which you wrote the name".to_owned());
    remains.push("your backups, printed cards, tables and messages".to_owned());
    let mut lines = vec![format!(
        "the name {verb} from {}; the links still work (to end them, revoke them)",
        counted(links, "link", "links")
    )];
    lines.push("what remains:".to_owned());
    lines.extend(remains.iter().map(|one| format!("  {one}")));
    context.voice.note(&lines.join("\n"));
    context.voice.json(&json!({
        "event": "summary", "command": "forget", "dry_run": arguments.dry_run, "links": links, "remains": remains,
    }));
    Ok(ExitCode::SUCCESS)
}

fn photo(context: &Context, arguments: &Arguments, typed: &str) -> Outcome {
    // Neither the secret nor the ledger is needed, so nothing that is wrong with them keeps a photo up.
    let (turn, _looking) = match arguments.dry_run {
        true => (None, turn::look(context, None)?),
        false => (turn::take(context, None)?, None),
    };
    let config = context.config()?;
    let (folder, name) = typed.rsplit_once('/').unwrap_or(("", typed));
    let folder = typed_path(&config, &Catalog::folders(&config).0, folder);
    let name = name_there(&config.galleries.join(&folder), name);
    let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
    let found = traces(&config, &path, turn.as_deref())?;
    let files: Vec<String> = found.files.iter().map(|file| config.display_path(file).display().to_string()).collect();
    let what = |published, cached| {
        let mut all = files.clone();
        all.extend(found.served.then(|| "the site built by `serve`".to_owned()));
        all.push(counted(published, "published file", "published files"));
        format!("{} and {}", all.join(", "), counted(cached, "cache entry", "cache entries"))
    };
    let mut erased = what(found.published.len(), found.cached);
    let mut remains: Vec<String> =
        found.twins.iter().map(|twin| format!("{}, the same photo", twin.display())).collect();
    remains
        .extend(found.named_in.iter().map(|file| format!("{}, which names it", config.display_path(file).display())));
    remains.extend(
        found.alike.iter().map(|file| format!("{}, the same photo by its name", config.display_path(file).display())),
    );
    let stays = |files: &[PathBuf], why: &str| {
        files.iter().map(|file| format!("{}, {why}", config.display_path(file).display())).collect::<Vec<_>>()
    };
    remains.extend(stays(&found.sidecars, "a sidecar that another picture may need"));
    remains.extend(stays(&found.elsewhere, "the target of a symbolic link"));
    remains.extend(stays(&found.former, "the output of an earlier build, where builds take nothing down"));
    if found.may_be_published {
        let what = "its published files, if its folder had another name then, until you build: the photo cannot be \
                    read, and nothing was published under its present name";
        remains.push(what.to_owned());
    }
    if found.may_be_cached {
        remains.push("cached pictures of its former versions: `safelight clean` deletes them".to_owned());
    }
    if found.files.iter().any(|file| git::tracks(file)) {
        remains.push("the git history of the file, and every clone of it".to_owned());
    }
    #[cfg(feature = "publish")]
    remains.extend(
        super::publish::memory::may_stay(&config).into_iter().map(|what| format!("copies at the host: {what}")),
    );
    remains.push("backups, and copies that visitors made".to_owned());
    let mut purge = String::new();
    let (mut published, mut cached, mut failed) = (found.published.len(), found.cached, Vec::new());
    if !arguments.dry_run {
        ask(arguments, &format!("erase {erased}? This cannot be undone"))?;
        let done = erase(&config, &found, std::time::SystemTime::now(), turn)?;
        // Most of these addresses are alive: other photos lie there.
        if let Some(announce) = announcer(context) {
            for path in found.published.iter().chain(&found.showing) {
                let token = PrivateFolder::split(path).and_then(|(_, below)| below.split('/').next());
                token.map(announce);
            }
        }
        purge = done.down.purge_list(config.url.as_ref().map_or("/", |url| &url.base), &found.showing);
        (published, cached, failed) = (done.down.removed.len(), done.cached, done.errors);
        erased = what(published, cached);
    }
    let would = if arguments.dry_run { "would erase" } else { "erased" };
    let mut lines = vec![format!("{would} {erased}"), "what remains:".to_owned()];
    lines.extend(remains.iter().map(|one| format!("  {one}")));
    if !arguments.dry_run {
        lines.push("build and publish now, to update the pages that showed it".to_owned());
        if !purge.is_empty() {
            lines.push("then purge these addresses from your caches:".to_owned());
        }
    }
    context.voice.note(&lines.join("\n"));
    if !purge.is_empty() {
        context.voice.answer(purge.trim_end());
    }
    context.voice.json(&json!({
        "event": "summary", "command": "forget", "dry_run": arguments.dry_run, "files": files,
        "published": published, "cached": cached, "served": found.served, "remains": remains, "purge": purge.lines().collect::<Vec<_>>(),
    }));
    if failed.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(failed) }
}

/// A name as a folder has it, where that has it with its letters composed otherwise.
fn name_there(folder: &Path, typed: &str) -> String {
    if folder.join(typed).exists() {
        return typed.to_owned();
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.find(|name| same_name(name, typed)).unwrap_or_else(|| typed.to_owned())
}

fn ask(arguments: &Arguments, question: &str) -> Result<(), Vec<Error>> {
    if arguments.yes || confirmed(question) {
        return Ok(());
    }
    Err(vec![
        Error::new(Code::ConfirmationNeeded, "nothing was erased, because you did not confirm")
            .hint("answer yes, or pass `--yes`"),
    ])
}

/// Files of the site in which a name stands: settings, pages, and what lies beside `site.toml`, as cards that were
/// printed and tables that were saved.
fn mentions(desk: &LinkSession, name: &str) -> Vec<PathBuf> {
    let wanted = name.trim().to_lowercase();
    let within = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    let mut all = within(&desk.config.root);
    all.extend(within(&desk.config.pages));
    all.extend(desk.folders.iter().filter_map(|(_, said)| said.file.clone()));
    all.sort();
    all.dedup();
    let has = |file: &PathBuf| {
        let small = std::fs::metadata(file).is_ok_and(|found| found.len() <= LARGEST_TEXT);
        small && std::fs::read(file).is_ok_and(|text| String::from_utf8_lossy(&text).to_lowercase().contains(&wanted))
    };
    all.into_iter().filter(has).map(|file| desk.config.display_path(&file).to_owned()).collect()
}
