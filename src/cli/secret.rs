//! `safelight secret`.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use safelight::access::change::rotate_root;
use safelight::access::ledger::LEDGER_FILE;
use safelight::access::life::ahead_of_clock;
use safelight::access::sources::{FILE, NEW_FILE, Origin, PREVIOUS_FILE, VARIABLE, write_new};
use safelight::access::{Keys, Ledger, Secret, durations, file, git};
use safelight::catalog::Catalog;
use safelight::config::Config;
use safelight::lock::Patience;
use safelight::{Code, Error, Errors, Visibility};
use serde_json::json;

use super::link_session::{Day, last_moment, secret_sources};
use super::turn::with_patience;
use super::{Context, Outcome};

/// Arguments of `secret`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Create the site's secret in `.safelight/secret`
    New(New),
    /// Check that the secret is valid and is the one this site's links were made with
    Check,
    /// Replace the secret: every link gets a new address
    Rotate(Rotate),
}

#[derive(Debug, clap::Args)]
struct New {
    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("how").required(true).args(["until", "compromised"])))]
struct Rotate {
    /// Planned change: current addresses keep working through this day (2027-03-01, or 90d from today)
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// The secret has leaked: all current addresses stop working at the next publish
    #[arg(long)]
    compromised: bool,
    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    match &arguments.action {
        Action::New(new) => make(context, new),
        Action::Check => check(context),
        Action::Rotate(rotate) => replace(context, rotate),
    }
}

fn make(context: &Context, arguments: &New) -> Outcome {
    let config = context.config()?;
    let path = config.root.join(FILE);
    let ledger = file::read(&config.root.join(LEDGER_FILE))?;
    if ledger.is_some_and(|ledger| ledger.galleries.iter().any(|gallery| !gallery.links.is_empty())) {
        return Err(vec![
            Error::new(Code::SecretWrong, "this site already has links, which were derived from another secret")
                .at(LEDGER_FILE)
                .hint("copy that secret here; if it is lost or leaked, run `safelight secret rotate --compromised`"),
        ]);
    }
    if secret_sources(&config).find(git::tracks)?.is_some() {
        return Err(vec![
            Error::new(Code::SecretExists, "this site already has a secret, which is not replaced").hint(
                "`safelight secret check` shows where; to replace it on purpose, run `safelight secret rotate --until 30d`",
            ),
        ]);
    }
    let secret = fresh()?;
    let root = Keys::new(&secret).root_id();
    if !arguments.dry_run {
        write_new(&secret, &path)?;
        keep_out_of_git(&config);
    }
    context.voice.note(&if arguments.dry_run {
        format!("would write {FILE}, readable only by you")
    } else {
        format!("wrote {FILE}, readable only by you\n{}", advice(FILE))
    });
    context.voice.json(&json!({
        "event": "summary", "command": "secret new", "dry_run": arguments.dry_run, "file": FILE,
        "root": if arguments.dry_run { None } else { Some(root) },
    }));
    Ok(ExitCode::SUCCESS)
}

fn advice(file: &str) -> String {
    format!(
        "keep a backup in your password manager: without the secret, no link can be made again\nfor CI: in GitHub, run \
         `gh secret set {VARIABLE} < {file}`; in GitLab, create a variable {VARIABLE} that is masked, hidden and \
         protected\nnever commit it, and never put it into site.toml"
    )
}

fn check(context: &Context) -> Outcome {
    let config = context.config()?;
    let Some(found) = secret_sources(&config).find(git::tracks)? else {
        return Err(vec![
            Error::new(Code::SecretMissing, "this site has no secret").hint("create one with `safelight secret new`"),
        ]);
    };
    let keys = Keys::new(&found.secret);
    let ledger = file::read(&config.root.join(LEDGER_FILE))?;
    if let Some(ledger) = &ledger {
        keys.require_root(&ledger.root, LEDGER_FILE.as_ref())?;
    }
    for warning in found.warnings.iter().chain(&git::unheard(&config.root)) {
        context.voice.warning(warning);
    }
    let place = match &found.origin {
        Origin::Variable => VARIABLE.to_owned(),
        Origin::NamedFile(file) => file.display().to_string(),
        Origin::SiteFile(_) => FILE.to_owned(),
    };
    let links: usize = ledger.iter().flat_map(|ledger| &ledger.galleries).map(|gallery| gallery.links.len()).sum();
    let fits = match &ledger {
        Some(_) => format!("this site's {links} links were derived from it"),
        None => "no link was derived from it yet".to_owned(),
    };
    let former = if found.previous.is_some() { "; the former secret is available too" } else { "" };
    context.voice.answer(&format!("the secret in {place} is valid; {fits}{former}"));
    context.voice.json(&json!({
        "event": "summary", "command": "secret check", "place": place, "root": keys.root_id(), "links": links,
        "ledger": ledger.is_some(), "previous": found.previous.is_some(),
    }));
    Ok(ExitCode::SUCCESS)
}

fn replace(context: &Context, arguments: &Rotate) -> Outcome {
    arguments.day.refuse_writing(arguments.dry_run)?;
    let config = context.config()?;
    // Before the secret is read: another command may be replacing it.
    let has_ledger = config.root.join(LEDGER_FILE).exists();
    let lock = |patience: &Patience<'_>| file::lock(&config.state, patience);
    let lock = has_ledger.then(|| with_patience(context, None, lock)).transpose()?;
    // A secret that was lost, or is not sound, can be replaced without overlap all the same.
    let found = match secret_sources(&config).find(git::tracks) {
        Ok(found) => found,
        Err(_) if arguments.compromised => None,
        Err(error) => return Err(vec![error]),
    };
    let Some(lock) = lock else {
        return Err(vec![
            Error::new(Code::NothingToDo, "there are no links yet, so there is nothing to rotate")
                .hint("delete `.safelight/secret` and create another with `safelight secret new`"),
        ]);
    };
    let in_site = config.root.join(FILE);
    if let Some(Origin::Variable | Origin::NamedFile(_)) = found.as_ref().map(|found| &found.origin) {
        return Err(vec![
            Error::new(
                Code::SecretFromEnvironment,
                "the secret comes from the environment, where Safelight cannot \
                                                     replace it",
            )
            .hint(
                "run this where `.safelight/secret` contains it, without SAFELIGHT_SECRET and \
                       SAFELIGHT_SECRET_FILE; then give CI the new one",
            ),
        ]);
    }
    let ledger_path = config.root.join(LEDGER_FILE);
    let mut locked = file::LockedLedger::open(&ledger_path, lock, "")?;
    if let Some(warning) = ahead_of_clock(locked.ledger(), Day::clock()) {
        context.voice.warning(&warning);
    }
    let today = safelight::access::Today::new(arguments.day.date(), locked.ledger());
    let until: Option<Date> = arguments.until.as_deref().map(|typed| durations::last_day(typed, today)).transpose()?;
    if until.is_some() {
        let found = found.as_ref().ok_or_else(|| vec![safelight::build::access::no_secret()])?;
        Keys::new(&found.secret).require_root(&locked.ledger().root, LEDGER_FILE.as_ref())?;
    }
    let secret = fresh()?;
    let root = Keys::new(&secret).root_id();
    let expires = |_| None;
    let situation = safelight::access::change::ActionContext { today, gallery_expires: &expires };
    let change = rotate_root(locked.ledger(), &situation, &root, until)?;
    let living = change.effects.renewed.len();
    if !arguments.dry_run {
        let (new, former) = (config.root.join(NEW_FILE), config.root.join(PREVIOUS_FILE));
        // What an interrupted rotation left there was never in force.
        remove(&new)?;
        write_new(&secret, &new)?;
        locked.commit(&change).map_err(|error| {
            let _ = std::fs::remove_file(&new);
            vec![error]
        })?;
        let rename = |from: &Path, to: &Path| {
            std::fs::rename(from, to)
                .map_err(|error| Errors::from(Error::io(Code::CannotWrite, "replace the secret", from, error)))
        };
        if until.is_some() {
            rename(&in_site, &former)?;
        } else {
            remove(&former)?;
        }
        rename(&new, &in_site)?;
        keep_out_of_git(&config);
    }
    let would = if arguments.dry_run { "would have" } else { "will have" };
    let links = super::build::counted(living, "working link", "working links");
    let mut lines = vec![format!(
        "{links} {would} a new address with the next publish: send them (`safelight links --reveal`, `--cards`)"
    )];
    if has_codes(&config, locked.ledger()) {
        let change = if arguments.dry_run { "would change" } else { "change" };
        lines.push(format!("codes {change} with the addresses: tell people theirs anew, and print new cards"));
    }
    match until {
        Some(until) => lines.push(format!(
            "the present addresses {} through {}; until then, builds need the former secret too ({PREVIOUS_FILE}, in \
             CI SAFELIGHT_SECRET_PREVIOUS)",
            if arguments.dry_run { "would work" } else { "work" },
            last_moment(until)
        )),
        None if arguments.dry_run => {
            lines.push("all present addresses would stop working with the next publish".to_owned());
        }
        None => lines.push(
            "all present addresses stop working with the next publish; publish now, and purge your \
                            caches"
                .to_owned(),
        ),
    }
    lines.push(if arguments.dry_run { "nothing was changed".to_owned() } else { advice(FILE) });
    context.voice.note(&lines.join("\n"));
    context.voice.json(&json!({
        "event": "summary", "command": "secret rotate", "dry_run": arguments.dry_run, "until": until,
        "links": living, "root": if arguments.dry_run { None } else { Some(root) },
    }));
    Ok(ExitCode::SUCCESS)
}

/// Whether any link has a code that somebody may have been told.
fn has_codes(config: &Config, ledger: &Ledger) -> bool {
    let (folders, _) = Catalog::folders(config);
    folders.iter().any(|(_, said)| said.access == Some(Visibility::Sealed))
        || ledger.galleries.iter().flat_map(|gallery| &gallery.links).any(|link| link.find)
}

fn fresh() -> Result<Secret, Vec<Error>> {
    Secret::generate(super::share::entropy()?).map_err(Errors::from)
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(Code::CannotRemove, "remove", path, error))
        }
        _ => Ok(()),
    }
}

/// The folder of the secret ignores itself, whatever else the repository says.
pub(crate) fn keep_out_of_git(config: &Config) {
    let ignore = config.root.join(".safelight/.gitignore");
    if !ignore.exists() {
        // Only a help: a tracked secret is refused in any case.
        let _ = std::fs::write(&ignore, "*\n");
    }
}

/// Whether somebody with a desk may be asked: a person at a terminal.
pub(crate) fn confirmed(question: &str) -> bool {
    use std::io::{BufRead as _, IsTerminal as _, Write as _};
    if !std::io::stdin().is_terminal() {
        return false;
    }
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
